"""The files of a project's sources: the text of each, or why it cannot be had."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.exchange.refi.words import Remarks, child, local, plain_guid, text_of
from sekom_analysis.formats.guarded import Archive, shown_name
from sekom_analysis.formats.word import word_text

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MEDIA = {"PictureSource": "media_picture", "AudioSource": "media_sound", "VideoSource": "media_video"}
_PATHS = ("plainTextPath", "richTextPath", "path")


class Texts:
    """Gives the text of a source, a note or a representation.

    Parameters
    ----------
    archive : where files are read from
    remarks : where to say what was not as it should be
    """

    def __init__(self, archive: Archive, remarks: Remarks) -> None:
        self._archive = archive
        self._remarks = remarks
        self._files = {name.replace("\\", "/").rsplit("/", 1)[-1].lower(): name for name in archive.names}
        self._broken: dict[str, str] = {}
        self.of_word: set[str] = set()  # guids of what was read out of a Word document

    def __call__(self, source: Element) -> str | None:
        """Return a text, with line ends as they are; None if it is not to be had."""
        if child(source, "PlainTextContent") is not None:
            return text_of(source, "PlainTextContent")
        name = self._there(source.get("plainTextPath"))
        if name is not None:
            text = self._read(name)
            if text is not None:
                return text
        name = self._there(source.get("richTextPath"))
        if name is not None and name.lower().endswith(".docx"):
            text = self._read_word(name)
            if text is not None:
                self.of_word.add(plain_guid(source.get("guid")))
            return text
        return None

    def why(self, source: Element) -> Phrase:
        """Return why there is no text of a source."""
        if local(source) in _MEDIA:
            return Phrase("no_text_media", media=Phrase(_MEDIA[local(source)]))
        holder = child(source, "Representation") if local(source) == "PDFSource" else source
        if holder is None:
            return Phrase("no_text_pdf")
        paths = [path for name in _PATHS if (path := holder.get(name))]
        if not paths:
            return Phrase("no_text_named")
        for path in paths:
            name = self._there(path)
            if name in self._broken:
                return Phrase("no_text_broken", name=shown_name(name), reason=self._broken[name])
            if name is not None:
                return Phrase("no_text_kind", name=shown_name(name))
        shown = shown_name(paths[0].removeprefix("internal://"))
        inside = any(path.startswith("internal:") for path in paths)
        return Phrase("no_text_lacking" if inside else "no_text_outside", path=shown)

    def _there(self, path: str | None) -> str | None:
        """Return the name in the archive of the file that a path leads to, whatever its folder."""
        return self._files.get((path or "").replace("\\", "/").rsplit("/", 1)[-1].lower())

    def _read(self, name: str) -> str | None:
        try:
            return decoded(self._archive.read(name), name, self._remarks)
        except ExchangeError as error:
            self._say_broken(name, error)
            return None

    def _read_word(self, name: str) -> str | None:
        try:
            text = word_text(self._archive.read(name), name)
        except ExchangeError as error:
            self._say_broken(name, error)
            return None
        self._remarks.add("refi_word", shown_name(name))
        return text

    def _say_broken(self, name: str, error: ExchangeError) -> None:
        found: Problem = error.problems[0]
        self._broken[name] = found.what
        self._remarks.add("refi_text", name, reason=found.what)


def decoded(data: bytes, name: str, remarks: Remarks) -> str:
    """Return a file's bytes as text: UTF-8 as it should be, or what else it is."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        remarks.add("refi_utf16", name)
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        remarks.add("refi_cp1252", name)
        return data.decode("cp1252", "replace")


def title_of(source: Element) -> str:
    """Return what a source is called: its name, else its file's, unless that is a mere guid.

    Examples
    --------
    >>> title_of(Element("TextSource", plainTextPath="internal://Intervju 3.txt"))
    'Intervju 3'
    """
    named = " ".join((source.get("name") or "").split())
    if named:
        return source.get("name") or named
    holders = [source, *(one for one in source if local(one) in ("Representation", "Transcript"))]
    for holder in holders:
        if (holder.get("name") or "").strip():
            return str(holder.get("name"))
        for attribute in _PATHS:
            file = PurePosixPath((holder.get(attribute) or "").replace("\\", "/").rsplit("/", 1)[-1])
            if file.stem and not _GUID.fullmatch(file.stem.lower()):
                return file.stem
    return "text"
