"""The text of a source, and its pieces by positions, however the program counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import Archive
from sekom_analysis.exchange.refi.xmlreading import Remarks, child, text_of

_COUNTED = {
    "\r\n": ("positions are counted over two signs at each line end", "the pieces were cut accordingly"),
    "utf-16": ("positions count some signs twice, as UTF-16 does", "the pieces were cut accordingly"),
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


def source_text(source: Element, archive: Archive, files: dict[str, str], remarks: Remarks) -> str | None:
    """Return the text of a `TextSource`, with line ends as they are; None if it is not to be had.

    Parameters
    ----------
    source : the element
    archive : where files are read from
    files : lower-case names without folders -> names in the archive
    remarks : where to say what was not as it should be
    """
    if child(source, "PlainTextContent") is not None:
        return text_of(source, "PlainTextContent")
    path = source.get("plainTextPath") or ""
    name = files.get(path.replace("\\", "/").rsplit("/", 1)[-1].lower())
    if name is None:
        return None
    try:
        return decoded(archive.read(name), name, remarks)
    except ExchangeError as error:
        remarks.add("a text cannot be read", str(error).splitlines()[1].removeprefix("- "), name)
        return None


def decoded(data: bytes, name: str, remarks: Remarks) -> str:
    """Return a file's bytes as text: UTF-8 as it should be, or what else it is."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        remarks.add("a text is UTF-16, not UTF-8", "it was read all the same", name)
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        remarks.add("a text is not UTF-8", "it was read as cp1252: check its letters", name)
        return data.decode("cp1252", "replace")


def flat(text: str) -> str:
    """Return a text with line feeds only."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def view_of(text: str, pieces: Iterable[Piece], name: str, remarks: Remarks) -> View:
    """Return how the positions in a text are counted: the way in which most pieces say what they hold."""
    pieces = list(pieces)
    furthest = max((piece.end for piece in pieces), default=0)
    views = [view for view in _views(text) if view.length >= furthest] or _views(text)[:1]
    if views[0].length < furthest:
        remarks.add("positions lie beyond the end of a text", "what is there was taken", name)
    best = max(views, key=lambda view: _matches(view, pieces))  # the first of several
    if best.counted in _COUNTED and pieces:
        remarks.add(*_COUNTED[best.counted], name)
    return best


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
