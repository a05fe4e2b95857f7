"""The sources of a project as notes: our own each as the note it is, others in the pieces that were coded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.exchange.refi.guids import plain_guid
from sekom_analysis.exchange.refi.ids import note_id, numbered
from sekom_analysis.exchange.refi.labelled import unpack
from sekom_analysis.exchange.refi.plaintext import plain_text
from sekom_analysis.exchange.refi.texts import Piece, View, flat, view_of
from sekom_analysis.exchange.refi.xmlreading import Remarks, child, children, local, text_of

_SELECTIONS = ("PlainTextSelection", "PDFSelection")
_NO_TEXTS = {"PictureSource": "pictures", "AudioSource": "sound recordings", "VideoSource": "videos"}
NOT_TAKEN = "not taken"


class Coded(NamedTuple):
    """One `Coding`, the selection around it if there is one, and the note that it is about."""

    note_id: str
    coding: Element
    selection: Element | None


class Sources:
    """Every note of a project, and what was coded of it.

    Parameters
    ----------
    root : the project
    text : gives the text of an element, or None
    remarks, lost : where to say what was not as it should be, and what was left out
    """

    def __init__(
        self, root: Element, text: Callable[[Element], str | None], remarks: Remarks, lost: Counter[str]
    ) -> None:
        self._text = text
        self._remarks = remarks
        self._lost = lost
        self.notes: dict[str, dict[str, Any]] = {}
        self.coded: list[Coded] = []
        self.by_guid: dict[str, list[str]] = {}
        for source in _all_sources(root):
            self._take(source)

    def _take(self, source: Element) -> None:
        if local(source) in _NO_TEXTS:
            self._lost[_NO_TEXTS[local(source)]] += 1
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
            self._lost["codings of them"] += sum(local(element) == "Coding" for element in source.iter())
        else:
            self._foreign(source, text, selections)
        self.by_guid[plain_guid(source.get("guid"))] = list(self.notes)[before:]

    def _own(
        self, source: Element, values: dict[str, Any], text: str | None, selected: list[Element]
    ) -> None:
        """Take a note of ours; whatever was selected of it counts for the whole."""
        note = str(values.pop("note_id"))
        exact = values.pop("text", None)
        if isinstance(exact, str) and (text is None or plain_text(exact) == plain_text(text)):
            text = exact
        if text is None:
            self._lost["notes whose text is not in the file"] += 1
            self._lost["codings of them"] += sum(local(element) == "Coding" for element in source.iter())
            return
        if exact is not None and text != exact:
            what = "a note's text was changed in another program"
            self._remarks.add(what, "the changed one was taken", note)
        kept = text if text == exact else flat(text)
        name = self._add(numbered(note, self.notes, " ", len(note) + 9), kept, values)
        whole = (0, len(plain_text(text)))
        for selection in selected:
            if _place(selection) not in (whole, None):
                what = "a part of a note was selected in another program"
                self._remarks.add(what, "its codes count for the whole note", name)
            self._code(name, children(selection, "Coding"), selection)
        self._code(name, children(source, "Coding"), None)

    def _foreign(self, source: Element, text: str | None, selected: list[Element]) -> None:
        """Take each coded piece of a text as a note, and the whole where it is coded or no piece is."""
        title = source.get("name") or "text"
        chosen = [element for element in selected if child(element, "Coding") is not None]
        self._lost["selections without a code"] += len(selected) - len(chosen)
        pieces = [piece for piece in map(_piece, chosen) if piece is not None]
        view = view_of(text or "", pieces, title, self._remarks)
        cells = {"source": title, "description": text_of(source, "Description").strip()}
        names: dict[str, str] = {}
        for selection in sorted(chosen, key=_order):
            place, cut = _cut(selection, view, text is not None)
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

    def _code(self, note: str, codings: Iterable[Element], selection: Element | None) -> None:
        self.coded += [Coded(note, coding, selection) for coding in codings]


def _all_sources(root: Element) -> list[Element]:
    sources = child(root, "Sources")
    return [] if sources is None else list(sources)


def _cut(selection: Element, view: View, is_there: bool) -> tuple[str, str]:
    """Return the place of a selection, and its text: what it says of itself where there is nothing else."""
    piece = _piece(selection)
    if piece is None:
        return plain_guid(selection.get("guid"))[:8], selection.get("name") or ""
    return f"{piece.start}-{piece.end}", view.cut(piece.start, piece.end) if is_there else piece.name


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
