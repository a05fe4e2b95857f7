"""From what was typed into a row of a coding sheet to an answer, or to what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from sekom_analysis.basics.wording import LANGUAGES, say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import ANSWER, CERTAINTY, CODE, MEMO, NONE, PROPOSED, Column
from sekom_analysis.exchange.sheet_grid import Cell, Ticket, is_what_is_left
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.decisions import LONGEST_MEMO
from sekom_analysis.study.points import labels_in, point_named, with_number
from sekom_analysis.study.proposals import LONGEST_NAME, Proposal
from sekom_analysis.study.rows import answer_fault

AS_MANY = 12  # how many answers a message lists
# What spreadsheets show where a formula has no result, in English and Swedish; 'Err:509' is LibreOffice's.
_ERRORS = frozenset(
    {
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#FIELD!",
        "#BUSY!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA", "#ERROR!",
        "#SKÄRNING!", "#DIVISION/0!", "#VÄRDEFEL!", "#REFERENS!", "#NAMN?", "#OGILTIGT!", "#SAKNAS!", "#FEL!",
    }
)  # fmt: skip
_CODED_ERROR = re.compile(r"(Err|Fel):[0-9]{3}")

_WORD = re.compile(r"[^\s,;|]+")
CERTAINTY_FORMS = [
    *layout.CERTAINTIES,
    *dict.fromkeys(say(f"card_certainty_{n}", lang) for lang in LANGUAGES for n in layout.CERTAINTIES),
]

Given = Mapping[Column, Cell]


class OddCell(NamedTuple):
    """What is wrong with one cell: the kind of problem that it is, with its values."""

    cell: Cell
    kind: str
    values: Mapping[str, object]


class Answer(NamedTuple):
    """What a row says on one variable; `codes` is None where it is unseen. `cell` gives the place."""

    cell: Cell | None
    codes: str | None
    certainty: str
    memo: str


class Spoken(NamedTuple):
    """How answers are written in a sheet.

    Attributes
    ----------
    lang : language of the sheet
    encoding : of a text table that cannot hold every letter; else empty
    is_numbered : whether the sheet showed a number for each code
    """

    lang: str
    encoding: str = ""
    is_numbered: bool = False


def answer_of(
    variable: Variable, given: Given, ticket: Ticket, encoding: str = ""
) -> tuple[Answer, list[OddCell]]:
    """Return a row's answer to one variable, and every cell that is not an answer.

    Parameters
    ----------
    variable : the definition that the coder saw
    given : the filled cells of the variable's columns
    ticket : says the sheet's language; labels of the other one and the codes themselves are understood too,
        and their numbers if the sheet showed them
    encoding : of a text table that cannot hold every letter: labels may have lost some; else empty
    """
    faults = [_is_formula(cell) for cell in given.values() if cell.formula]
    if faults:
        return Answer(None, None, "", ""), faults
    take = _several if variable.kind == "multiple" else _number if variable.kind == "scale" else _chosen
    spoken = Spoken(ticket.lang, encoding, ticket.is_numbered)
    cell, codes, faults = take(variable, given, spoken)
    certainty, doubts = _certainty(given.get(Column(variable.id, CERTAINTY)), ticket.lang)
    memo = given.get(Column(variable.id, MEMO))
    if memo and len(memo.text) > LONGEST_MEMO:
        doubts.append(OddCell(memo, "sheet_memo_long", {"n": len(memo.text), "most": LONGEST_MEMO}))
    return Answer(cell, codes, certainty, memo.text if memo else ""), [*faults, *doubts]


def proposal_of(variable: str, given: Given, stands: str) -> tuple[Answer | None, list[OddCell]]:
    """Return the proposal of a code that a row holds for a variable, and what is wrong with its cell.

    Parameters
    ----------
    variable : id of the variable
    given : the filled cells of the variable's columns
    stands : the proposal in the log
    """
    cell = given.get(Column(variable, PROPOSED))
    if cell is None:
        return None, []
    said = Proposal.read(cell.text)
    faults = error_faults(cell, stands)
    for text, most in ((said.name, LONGEST_NAME), (said.memo, LONGEST_MEMO)):
        if len(text) > most:
            faults.append(OddCell(cell, "sheet_proposal_long", {"n": len(text), "most": most}))
    return Answer(cell, variable, "", said.memo), faults


def _is_formula(cell: Cell) -> OddCell:
    return OddCell(cell, "sheet_formula", {"text": _short(cell.text)})


def error_faults(memo: Cell | None, stands: str) -> list[OddCell]:
    """Return a fault where a memo is what is left of a formula; not where the log says just that.

    Parameters
    ----------
    memo : the cell, if it is filled
    stands : the memo in the log

    Examples
    --------
    >>> [(fault.kind, fault.values) for fault in error_faults(Cell("Lappar", "E6", 6, "Err:509"), "")]
    [('sheet_error', {'text': 'Err:509'})]
    """
    text = memo.text.strip() if memo else ""
    is_error = text.upper() in _ERRORS or bool(_CODED_ERROR.fullmatch(text))
    if memo is None or not is_error or text == stands.strip():
        return []
    return [OddCell(memo, "sheet_error", {"text": text})]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


Taken = tuple[Cell | None, str | None, list[OddCell]]


def _chosen(variable: Variable, given: Given, spoken: Spoken) -> Taken:
    """Read the one code of a `single`."""
    cell = given.get(Column(variable.id, ANSWER))
    if cell is None:
        return None, None, []
    codes = _codes_called(variable, cell.text, spoken)
    if len(codes) == 1:
        return cell, codes[0], []
    if codes:
        return cell, None, [_ambiguous(cell, codes)]
    return cell, None, [_unknown(variable, cell, spoken.lang)]


def _codes_called(variable: Variable, text: str, spoken: Spoken) -> list[str]:
    """Return the codes that a text can mean.

    As the sheet names them; else by id or in the other language; else by number.
    """
    wanted, labels = layout.plain(text), layout.labels_of(variable, spoken.lang)
    if shown := [code for code, label in labels.items() if layout.plain(label) == wanted]:
        return shown
    others = [layout.labels_of(variable, other) for other in LANGUAGES if other != spoken.lang]
    called = [
        code
        for code in variable.answers
        if wanted in (code, *(layout.plain(other[code]) for other in others))
    ]
    if not called and spoken.is_numbered and (number := layout.numbers_of(variable).get(wanted)):
        return [number]
    return called or [code for code, label in labels.items() if is_what_is_left(text, label, spoken.encoding)]


def forms_of(variable: Variable) -> list[str]:
    """Return all that is understood as an answer, for a `multiple` as one of its codes; each once."""
    forms = [*layout.numbers_of(variable), *variable.answers]
    forms += [label for lang in LANGUAGES for label in layout.labels_of(variable, lang).values()]
    for lang in LANGUAGES:
        named = labels_in(variable, lang)
        forms += [form for one in named.items() for form in (with_number(*one), one[1])]
    forms += sorted(_nones()) if variable.kind == "multiple" else []
    once: dict[str, str] = {}
    for form in forms:
        once.setdefault(layout.plain(form), form)
    return list(once.values())


_MONTHS = ("jan", "feb", "mar", "apr", "maj", "may", "jun", "jul", "aug", "sep", "okt", "oct", "nov", "dec")
_TRUTHS = frozenset({"true", "false", "sant", "falskt"})


def has_numbers_only_for_codes(variable: Variable) -> bool:
    """Whether codes have numbers, and no program takes a name or id for a number, a date or a formula.

    Examples
    --------
    >>> named = [[{"id": "a", "label": name}] for name in ("Tid", "3/4", "Mars 2", "Sant")]
    >>> book = [{"id": "v", "kind": "single", "label": "V", "codes": codes} for codes in named]
    >>> [has_numbers_only_for_codes(Variable.model_validate(one)) for one in book]
    [True, False, False, False]
    """
    numbers = layout.numbers_of(variable)
    names = [form for form in forms_of(variable) if form not in numbers]
    return bool(numbers) and not any(map(_is_taken_amiss, names))


def _is_taken_amiss(form: str) -> bool:
    text = layout.plain(form)
    is_date = text.startswith(_MONTHS) and any(map(str.isdigit, text))
    return not text[:1].isalpha() or text in _TRUTHS or is_date


def _nones() -> frozenset[str]:
    """Return how it is said, in the languages of sheets, that no code of several fits."""
    return frozenset(say("card_confirm_none", lang) for lang in LANGUAGES)


def _is_none(text: str) -> bool:
    return layout.plain(text) in map(layout.plain, _nones())


def _ambiguous(cell: Cell, codes: list[str]) -> OddCell:
    return OddCell(cell, "sheet_ambiguous", {"text": _short(cell.text), "codes": ", ".join(codes)})


def _unknown(variable: Variable, cell: Cell, lang: str) -> OddCell:
    labels = list(layout.labels_of(variable, lang).values())
    said = {"text": _short(cell.text), "label": variable.label.in_(lang)}
    if len(labels) <= AS_MANY:
        return OddCell(cell, "sheet_unknown", {**said, "allowed": ", ".join(labels)})
    near = get_close_matches(cell.text, labels, n=3, cutoff=0.3)
    kind = "sheet_unknown_near" if near else "sheet_unknown_of_many"
    return OddCell(cell, kind, {**said, "n": len(labels), "near": ", ".join(near)})


def _number(variable: Variable, given: Given, spoken: Spoken) -> Taken:
    """Read the number of a `scale`, or the point that is named."""
    cell = given.get(Column(variable.id, ANSWER))
    if cell is None:
        return None, None, []
    text = cell.text.strip()
    if not answer_fault(variable, text):
        return cell, text, []
    if point := point_named(variable, text) or _what_is_left(variable, text, spoken):
        return cell, point, []
    low, high = variable.range or (1, 5)
    said = {"text": _short(text), "label": variable.label.in_(spoken.lang), "low": low, "high": high}
    return cell, None, [OddCell(cell, "sheet_number", said)]


def _what_is_left(variable: Variable, text: str, spoken: Spoken) -> str:
    """Return the one point whose label can have become a text where an encoding lacks its letters."""
    named = labels_in(variable, spoken.lang).items()
    found = [
        point
        for point, label in named
        if any(is_what_is_left(text, one, spoken.encoding) for one in (label, with_number(point, label)))
    ]
    return str(found[0]) if len(found) == 1 else ""


def _several(variable: Variable, given: Given, spoken: Spoken) -> Taken:
    """Read a `multiple`: what is typed, or the marks; where there are both, they must agree."""
    marked, marks, faults = _marked(variable, given, spoken)
    cells = {int(column.code or 1): cell for column, cell in given.items() if column.part == ANSWER}
    typed = [cell for _, cell in sorted(cells.items())]
    if not typed:
        return marked, marks, faults
    codes, more = _typed(variable, typed, spoken)
    faults = [*more, *faults]
    if marked is not None and not faults and codes != marks:
        text = _short("; ".join(cell.text for cell in typed))
        said = {"text": text, "labels": _named(variable, marks or "", spoken.lang)}
        faults = [OddCell(typed[0], "sheet_typed_and_marks", said)]
    return typed[0], None if faults else codes, faults


def _named(variable: Variable, codes: str, lang: str) -> str:
    labels = layout.labels_of(variable, lang, codes.split("|")) if codes else {}
    return ", ".join(labels.values()) or say("card_confirm_none", lang)


def _typed(variable: Variable, cells: list[Cell], spoken: Spoken) -> tuple[str | None, list[OddCell]]:
    """Read the codes of one or several cells; all that is wrong with them is told."""
    nones = [cell for cell in cells if _is_none(cell.text)]
    found: list[str] = []
    faults: list[OddCell] = []
    for cell in (cell for cell in cells if cell not in nones):
        codes, odd = _typed_in_one(variable, cell, spoken)
        found += codes
        faults += [odd] if odd else []
    chosen = "|".join(code for code in variable.code_ids if code in found)
    if nones and chosen:
        said = {"none": nones[0].text.strip(), "labels": _named(variable, chosen, spoken.lang)}
        faults.append(OddCell(nones[0], "sheet_none_and_marks", said))
    return None if faults else chosen, faults


def _typed_in_one(variable: Variable, cell: Cell, spoken: Spoken) -> tuple[list[str], OddCell | None]:
    """Read the codes of one cell, between commas, semicolons or spaces, which labels may hold too."""
    found: list[str] = []
    for text, codes in _pieces(variable, cell.text, spoken):
        piece = cell._replace(text=text)
        if len(codes) > 1:
            return [], _ambiguous(piece, codes)
        if not codes:
            return [], _unknown(variable, piece, spoken.lang)
        found += codes
    return found, None if found else _unknown(variable, cell, spoken.lang)


def _pieces(variable: Variable, text: str, spoken: Spoken) -> Iterator[tuple[str, list[str]]]:
    """Yield the parts of a text that name codes, the longest each time; what names none as it is."""
    words = list(_WORD.finditer(text))
    start = 0
    while start < len(words):
        for end in range(len(words), start, -1):
            piece = text[words[start].start() : words[end - 1].end()]
            if codes := _codes_called(variable, piece, spoken):
                break
        else:
            end, piece, codes = start + 1, _up_to_a_comma(text, words[start].start()), []
        yield piece, codes
        start = end


def _up_to_a_comma(text: str, start: int) -> str:
    return re.split("[,;|\n]", text[start:])[0].strip()


def _marked(variable: Variable, given: Given, spoken: Spoken) -> Taken:
    """Read the marks of a `multiple`: no mark at all is unseen, 'none of them' the empty set."""
    cells = {column: cell for column, cell in given.items() if column.part in (CODE, NONE)}
    faults = [
        _no_mark(cell) for column, cell in cells.items() if not _is_mark(variable, column, cell.text, spoken)
    ]
    if not cells or faults:
        return None, None, faults
    none = cells.pop(Column(variable.id, NONE), None)
    marked = {column.code: cell for column, cell in cells.items()}
    if none and marked:
        labels = ", ".join(layout.labels_of(variable, spoken.lang, marked).values())
        said = {"none": say("card_confirm_none", spoken.lang), "labels": labels}
        return none, None, [OddCell(none, "sheet_none_and_marks", said)]
    if none:
        return none, "", []
    unknown = [cell for code, cell in marked.items() if code not in variable.code_ids]
    if unknown:
        return None, None, [OddCell(cell, "sheet_no_code", {}) for cell in unknown]
    codes = [code for code in variable.code_ids if code in marked]
    return marked[codes[0]], "|".join(codes), []


def _is_mark(variable: Variable, column: Column, text: str, spoken: Spoken) -> bool:
    """Whether a cell is marked: by a mark, or by what the column is called."""
    if layout.plain(text) in layout.MARKS:
        return True
    return _is_none(text) if column.part == NONE else _codes_called(variable, text, spoken) == [column.code]


def _no_mark(cell: Cell) -> OddCell:
    return OddCell(cell, "sheet_no_mark", {"text": _short(cell.text), "mark": layout.MARK})


def _certainty(cell: Cell | None, lang: str) -> tuple[str, list[OddCell]]:
    if cell is None:
        return "", []
    wanted = layout.plain(cell.text)
    for number in layout.CERTAINTIES:
        names = [number, *(say(f"card_certainty_{number}", language) for language in LANGUAGES)]
        if wanted in map(layout.plain, names):
            return number, []
    allowed = ", ".join(say(f"card_certainty_{number}", lang) for number in layout.CERTAINTIES)
    return "", [OddCell(cell, "sheet_certainty", {"text": _short(cell.text), "allowed": allowed})]
