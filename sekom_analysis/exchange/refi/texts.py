"""The sources of a project: the text of each or why it cannot be had, its pieces by positions, its notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.exchange.refi.selected import told_in, unplaced
from sekom_analysis.exchange.refi.words import (
    Remarks,
    child,
    children,
    local,
    note_id,
    numbered,
    plain_guid,
    plain_text,
    text_of,
    unpack,
)
from sekom_analysis.formats.guarded import Archive, shown_name
from sekom_analysis.formats.word import word_text
from sekom_analysis.study.selections import Span

# --- the files of sources -----------------------------------------------------------------------------


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


# --- pieces of a text by positions --------------------------------------------------------------------


_COUNTED = {
    "\r\n": "refi_line_ends",
    "utf-16": "refi_counted_twice",
}


class Piece(NamedTuple):
    """Where a selection begins and ends, and the text that it says it holds."""

    start: int
    end: int
    name: str


class View(NamedTuple):
    """One way of counting a text's signs."""

    counted: str
    length: int
    cut: Callable[[int, int], str]


def flat(text: str) -> str:
    """Return a text with line feeds only."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def view_of(text: str, pieces: Iterable[Piece], name: str, remarks: Remarks) -> View:
    """Return how the positions in a text are counted: the way in which most pieces say what they hold.

    Where they do not say it, it is the way in which most of them begin and end with a word; if that does
    not tell either, it is said that the positions are in doubt.
    """
    pieces = list(pieces)
    furthest = max((piece.end for piece in pieces), default=0)
    views = [view for view in _views(text) if view.length >= furthest] or _views(text)[:1]
    if views[0].length < furthest:
        remarks.add("refi_beyond", name)
    fits = [(_matches(view, pieces), _whole_words(view, pieces)) for view in views]
    best = views[fits.index(max(fits))]  # the first of several
    rivals = [view for view, fit in zip(views, fits, strict=True) if fit == max(fits)]
    if any(_differ(view, best, pieces) for view in rivals):
        remarks.add("refi_counted_doubt", name)
    elif best.counted in _COUNTED and any(_differ(view, best, pieces) for view in _views(text)):
        remarks.add(_COUNTED[best.counted], name)
    return best


def _whole_words(view: View, pieces: Iterable[Piece]) -> int:
    """Return how many pieces begin and end where a word does; one that is the whole text counts twice."""
    pieces = list(pieces)
    return sum((piece.start, piece.end) == (0, view.length) for piece in pieces) + sum(
        _is_apart(view.cut(max(piece.start - 1, 0), piece.start), view.cut(piece.start, piece.start + 1))
        and _is_apart(view.cut(max(piece.end - 1, 0), piece.end), view.cut(piece.end, piece.end + 1))
        and view.cut(piece.start, piece.end).strip() == view.cut(piece.start, piece.end)
        for piece in pieces
    )


def _is_apart(before: str, after: str) -> bool:
    return not (before[-1:].isalnum() and after[:1].isalnum()) and "\ufffd" not in before + after


def _differ(one: View, other: View, pieces: Iterable[Piece]) -> bool:
    return any(one.cut(piece.start, piece.end) != other.cut(piece.start, piece.end) for piece in pieces)


def _views(text: str) -> list[View]:
    whole = flat(text)
    doubled = whole.replace("\n", "\r\n")
    units = whole.encode("utf-16-le", "surrogatepass")
    views = [_view("\r\n" if "\r\n" in text else "", text), _view("", whole), _view("\r\n", doubled)]
    views.append(
        View(
            "utf-16",
            len(units) // 2,
            lambda start, end: units[2 * start : 2 * end].decode("utf-16-le", "replace"),
        )
    )
    return views


def _view(counted: str, text: str) -> View:
    return View(counted, len(text), lambda start, end: flat(text[start:end]))


def _matches(view: View, pieces: Iterable[Piece]) -> int:
    return sum(
        bool(piece.name) and view.cut(piece.start, piece.end).split() == piece.name.split()
        for piece in pieces
    )


# --- the sources of a project as notes ----------------------------------------------------------------


_SELECTIONS = ("PlainTextSelection", "PDFSelection")
_NO_TEXTS = {"PictureSource": "pictures", "AudioSource": "sound recordings", "VideoSource": "videos"}
NOT_TAKEN = "not taken"


class Coded(NamedTuple):
    """One `Coding`, the selection around it if there is one, the note that it is about, and its words."""

    note_id: str
    coding: Element
    selection: Element | None
    words: tuple[Span, ...] = ()


class Sources:
    """Every note of a project, and what was coded of it.

    Parameters
    ----------
    root : the project
    text : gives the text of an element, or None
    remarks, lost : where to say what was not as it should be, and what was left out
    """

    def __init__(self, root: Element, text: Texts, remarks: Remarks, lost: Counter[str]) -> None:
        self._text = text
        self._remarks = remarks
        self._lost = lost
        self.notes: dict[str, dict[str, Any]] = {}
        self.coded: list[Coded] = []
        self.told: dict[str, Mapping[str, Any]] = {}  # note -> what its description says of selected words
        self.missing: list[tuple[str, Phrase]] = []  # sources without a text, and why
        self.by_guid: dict[str, list[str]] = {}
        for source in _all_sources(root):
            self._take(source)

    def _take(self, source: Element) -> None:
        if local(source) in _NO_TEXTS:
            self._lost[_NO_TEXTS[local(source)]] += 1
            self.missing.append((title_of(source), self._text.why(source)))
            return
        before = len(self.notes)
        selections = [element for element in source.iter() if local(element) in _SELECTIONS]
        holder = child(source, "Representation") if local(source) == "PDFSource" else source
        text = None if holder is None else self._text(holder)
        ours = unpack(text_of(source, "Description"))
        if ours and ours.kind == "note" and str(ours.values.get("note_id", "")).strip():
            self._own(source, ours.values, text, selections)
        elif text is None and not any(selection.get("name") for selection in selections):
            self._lost["sources whose text is not in the file as plain text"] += 1
            self._say_missing(source)
        else:
            self._foreign(source, text, selections)
        self.by_guid[plain_guid(source.get("guid"))] = list(self.notes)[before:]

    def _say_missing(self, source: Element) -> None:
        self._lost["codings of them"] += sum(local(element) == "Coding" for element in source.iter())
        title, reason = title_of(source), self._text.why(source)
        self.missing.append((title, reason))
        self._remarks.add("refi_no_text", name=title, reason=reason)

    def _own(
        self, source: Element, values: dict[str, Any], text: str | None, selected: list[Element]
    ) -> None:
        """Take a note of ours; its codes count for the whole, and what was selected of it are their words."""
        note, told = str(values.pop("note_id")), told_in(values)
        exact = values.pop("text", None)
        if isinstance(exact, str) and (text is None or plain_text(exact) == plain_text(text)):
            text = exact
        if text is None:
            self._lost["notes whose text is not in the file"] += 1
            self._say_missing(source)
            return
        if exact is not None and text != exact:
            self._remarks.add("refi_note_changed", note)
        kept = text if text == exact else flat(text)
        name = self._add(numbered(note, self.notes, " ", len(note) + 9), kept, values)
        whole = (0, len(plain_text(text)))
        self.told[name] = told if text == exact or exact is None else {}
        for selection in selected:
            place = _place(selection)
            span = unplaced(place, kept) if place else None
            if place not in (whole, None) and span is None:
                self._remarks.add("refi_note_part", name)
            self._code(name, children(selection, "Coding"), selection, (span,) if span else ())
        self._code(name, children(source, "Coding"), None)

    def _foreign(self, source: Element, text: str | None, selected: list[Element]) -> None:
        """Take each coded piece of a text as a note, and the whole where it is coded or no piece is."""
        title = title_of(source)
        is_word = plain_guid(source.get("guid")) in self._text.of_word
        chosen = [element for element in selected if child(element, "Coding") is not None]
        self._lost["selections without a code"] += len(selected) - len(chosen)
        pieces = [piece for piece in map(_piece, chosen) if piece is not None]
        view = view_of(text or "", pieces, title, self._remarks)
        cells = {"source": title, "description": text_of(source, "Description").strip()}
        names: dict[str, str] = {}
        for selection in sorted(chosen, key=_order):
            place, cut = _cut(selection, view, text is not None, is_word)
            codings = list(children(selection, "Coding"))
            if not cut.strip():
                self._lost["codings of an empty piece of text"] += len(codings)
                continue
            if place not in names:
                whole = text is not None and cut == flat(text)
                name = note_id(title if whole else f"{title[:60]} {place}", self.notes)
                names[place] = self._add(name, cut, {**cells, "position": place})
            self._code(names[place], codings, selection)
        codings = list(children(source, "Coding"))
        if text is not None and text.strip() and (codings or not names):
            name = names.get(f"0-{view.length}") or self._add(note_id(title, self.notes), flat(text), cells)
            self._code(name, codings, None)

    def _add(self, name: str, text: str, cells: dict[str, Any]) -> str:
        self.notes[name] = {"text": text, **{label: str(cell) for label, cell in cells.items() if cell}}
        return name

    def _code(
        self, note: str, codings: Iterable[Element], selection: Element | None, words: tuple[Span, ...] = ()
    ) -> None:
        self.coded += [Coded(note, coding, selection, words) for coding in codings]


def _all_sources(root: Element) -> list[Element]:
    sources = child(root, "Sources")
    return [] if sources is None else list(sources)


def _cut(selection: Element, view: View, is_there: bool, is_word: bool) -> tuple[str, str]:
    """Return the place of a selection, and its text: what it says of itself where that is surer."""
    piece = _piece(selection)
    if piece is None:
        return plain_guid(selection.get("guid"))[:8], selection.get("name") or ""
    is_told = bool(piece.name) and (is_word or not is_there)  # a Word document is counted in many ways
    return f"{piece.start}-{piece.end}", view.cut(piece.start, piece.end) if not is_told else piece.name


def _order(selection: Element) -> tuple[int, int]:
    return _place(selection) or (-1, -1)


def _place(selection: Element) -> tuple[int, int] | None:
    piece = _piece(selection)
    return (piece.start, piece.end) if piece else None


def _piece(selection: Element) -> Piece | None:
    """Return the positions of a selection; None if it has none, such as a part of a page."""
    try:
        start, end = (int(selection.get(name) or "") for name in ("startPosition", "endPosition"))
    except ValueError:
        return None
    return Piece(start, end, selection.get("name") or "") if 0 <= start <= end else None


def attributes(root: Element) -> Iterator[tuple[Element, list[str]]]:
    """Yield each `VariableValue` of cases and sources, with the guids of the sources it is about."""
    for case in children(child(root, "Cases"), "Case"):
        about = [plain_guid(reference.get("targetGUID")) for reference in children(case, "SourceRef")]
        yield from ((value, about) for value in children(case, "VariableValue"))
    for source in _all_sources(root):
        yield from ((value, [plain_guid(source.get("guid"))]) for value in children(source, "VariableValue"))
