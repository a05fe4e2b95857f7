"""The text of a source in REFI-QDA, its pieces by positions, and the answers given to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.basics.wording import Phrase
from sekom_analysis.exchange.refi.codebook import EMPTY
from sekom_analysis.exchange.refi.source_files import Texts, title_of
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
from sekom_analysis.study.codebook import NONE_FITS, Codebook, Variable
from sekom_analysis.study.study import Study

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

    def __init__(self, root: Element, text: Texts, remarks: Remarks, lost: Counter[str]) -> None:
        self._text = text
        self._remarks = remarks
        self._lost = lost
        self.notes: dict[str, dict[str, Any]] = {}
        self.coded: list[Coded] = []
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
        """Take a note of ours; whatever was selected of it counts for the whole."""
        note = str(values.pop("note_id"))
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
        for selection in selected:
            if _place(selection) not in (whole, None):
                self._remarks.add("refi_note_part", name)
            self._code(name, children(selection, "Coding"), selection)
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

    def _code(self, note: str, codings: Iterable[Element], selection: Element | None) -> None:
        self.coded += [Coded(note, coding, selection) for coding in codings]


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


# --- A study's decisions, sorted by how REFI-QDA can hold them ----------------------------------------


_NUMBER = re.compile(r"-?[0-9]{1,9}")
_USER = re.compile(r"(.+)#([0-3])")
INDEPENDENT = "1"


class User(NamedTuple):
    """Who decided: a coder in one pass. A second reading is another user, else two answers would mix."""

    coder: str
    pass_: str

    @property
    def id(self) -> str:
        """How the user is called in the file: the coder's id, with the pass where it is not the usual one."""
        return self.coder if self.pass_ == INDEPENDENT else f"{self.coder}#{self.pass_}"

    @classmethod
    def of(cls, id_: str) -> User:
        """Return the user of an id.

        Examples
        --------
        >>> User.of("anna"), User.of("anna#2")
        (User(coder='anna', pass_='1'), User(coder='anna', pass_='2'))
        """
        found = _USER.fullmatch(id_)
        return cls(found[1], found[2]) if found else cls(id_, INDEPENDENT)


class Answer(NamedTuple):
    """One standing decision."""

    note_id: str
    user: User
    variable: str
    codes: tuple[str, ...]
    certainty: str
    memo: str
    decided_at: str


class Sorted(NamedTuple):
    """Every standing decision of a study, by note.

    Attributes
    ----------
    users : who decided, in the study's order, coders without a decision among them
    codings, scores, asides : note -> answers, in the order of time; asides are what is neither
    homeless : how many decisions are about notes that the study no longer has
    """

    users: list[User]
    codings: dict[str, list[Answer]]
    scores: dict[str, list[Answer]]
    asides: dict[str, list[Answer]]
    homeless: int


def sorted_answers(study: Study) -> Sorted:
    """Return the standing decisions of all coders, in all passes."""
    table = study.decisions().sort_values(["decided_at", "coder", "pass", "variable"], kind="stable")
    found = Sorted(_users(study, set(zip(table["coder"], table["pass"], strict=True))), {}, {}, {}, 0)
    known, homeless = set(study.notes.index), 0
    wanted = ["note_id", "coder", "pass", "variable", "codes", "certainty", "memo", "decided_at"]
    for note, coder, pass_, variable, codes, *rest in table[wanted].itertuples(index=False, name=None):
        several = tuple(codes.split("|")) if codes else (EMPTY,)
        answer = Answer(note, User(coder, pass_), variable, several, *rest)
        homeless += note not in known
        if note in known:
            _place_in_book(answer, study.codebook, found).setdefault(note, []).append(answer)
    return found._replace(homeless=homeless)


def _users(study: Study, deciding: Iterable[tuple[str, str]]) -> list[User]:
    order = {coder: place for place, coder in enumerate(study.coders)}
    usual = {User(coder, INDEPENDENT) for coder in order}
    return sorted(
        usual | {User(*pair) for pair in deciding}, key=lambda u: (order[u.coder], u.pass_ != "1", u)
    )


def _place_in_book(answer: Answer, codebook: Codebook, found: Sorted) -> dict[str, list[Answer]]:
    if answer.variable not in codebook.ids:  # flags, and what the codebook asked once
        return found.asides
    variable = codebook[answer.variable]
    if variable.kind == "scale":
        return found.scores if _NUMBER.fullmatch(answer.codes[0]) and len(answer.codes) == 1 else found.asides
    return found.codings if set(answer.codes) <= offered(variable) else found.asides


def offered(variable: Variable) -> set[str]:
    """Return the answers for which the codebook in the file has a code."""
    special = {EMPTY} if variable.kind == "multiple" else {NONE_FITS} if variable.allows_none_fits else set()
    return {code.id for code in variable.codes} | special
