"""From what was typed into a row of a coding sheet to an answer, or to what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from sekom_analysis.answers import answer_fault
from sekom_analysis.codebook import Variable
from sekom_analysis.decisions import LONGEST_MEMO
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.grid import Cell
from sekom_analysis.exchange.sheets.layout import ANSWER, CERTAINTY, CODE, MEMO, NONE, Column
from sekom_analysis.exchange.sheets.texttable import is_what_is_left
from sekom_analysis.wording import LANGUAGES, say

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

Given = Mapping[Column, Cell]


class Fault(NamedTuple):
    """What is wrong with one cell, and what to do about it."""

    cell: Cell
    what: str
    todo: str


class Answer(NamedTuple):
    """What a row says on one variable; `codes` is None where it is unseen. `cell` stands for the place."""

    cell: Cell | None
    codes: str | None
    certainty: str
    memo: str


def answer_of(variable: Variable, given: Given, lang: str, encoding: str = "") -> tuple[Answer, list[Fault]]:
    """Return a row's answer to one variable, and every cell that is no answer.

    Parameters
    ----------
    variable : the definition that the coder saw
    given : the filled cells of the variable's columns
    lang : language of the sheet; labels of the other one and the codes themselves are understood too
    encoding : of a text table that cannot hold every letter: labels may have lost some; else empty
    """
    faults = [_is_formula(cell) for cell in given.values() if cell.formula]
    if faults:
        return Answer(None, None, "", ""), faults
    take = _marked if variable.kind == "multiple" else _number if variable.kind == "scale" else _chosen
    cell, codes, faults = take(variable, given, lang, encoding)
    certainty, doubts = _certainty(given.get(Column(variable.id, CERTAINTY)), lang)
    memo = given.get(Column(variable.id, MEMO))
    if memo and len(memo.text) > LONGEST_MEMO:
        what = f"the memo has {len(memo.text):,} characters"
        doubts.append(Fault(memo, what, f"at most {LONGEST_MEMO:,} fit: shorten it"))
    return Answer(cell, codes, certainty, memo.text if memo else ""), [*faults, *doubts]


def _is_formula(cell: Cell) -> Fault:
    return Fault(cell, f"it holds the formula '{_short(cell.text)}'", "type the answer itself")


def error_faults(memo: Cell | None, stands: str) -> list[Fault]:
    """Return a fault where a memo is what is left of a formula; not where the log says just that.

    Parameters
    ----------
    memo : the cell, if it is filled
    stands : the memo in the log

    Examples
    --------
    >>> [fault.what for fault in error_faults(Cell("Lappar", "E6", 6, "Err:509"), "")]
    ["it shows the error 'Err:509': what was typed began like a formula, and is lost in this file"]
    """
    text = memo.text.strip() if memo else ""
    is_error = text.upper() in _ERRORS or bool(_CODED_ERROR.fullmatch(text))
    if memo is None or not is_error or text == stands.strip():
        return []
    what = f"it shows the error '{text}': what was typed began like a formula, and is lost in this file"
    return [Fault(memo, what, "type it again with a word before the sign, or collect the .xlsx")]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


Taken = tuple[Cell | None, str | None, list[Fault]]


def _chosen(variable: Variable, given: Given, lang: str, encoding: str) -> Taken:
    """Read the one code of a `single`."""
    cell = given.get(Column(variable.id, ANSWER))
    if cell is None:
        return None, None, []
    codes = _codes_called(variable, cell.text, lang, encoding)
    if len(codes) == 1:
        return cell, codes[0], []
    if codes:
        what = f"'{_short(cell.text)}' could be any of the codes {', '.join(codes)}"
        return cell, None, [Fault(cell, what, "choose the answer in the list")]
    return cell, None, [_unknown(variable, cell, lang)]


def _codes_called(variable: Variable, text: str, lang: str, encoding: str) -> list[str]:
    """Return the codes that a text can mean: as the sheet names them, else by id or in the other language."""
    wanted = layout.plain(text)
    shown = [
        code for code, label in layout.labels_of(variable, lang).items() if layout.plain(label) == wanted
    ]
    if shown:
        return shown
    others = {other: layout.labels_of(variable, other) for other in LANGUAGES if other != lang}
    called = [
        code
        for code in variable.answers
        if wanted in (code, *(layout.plain(labels[code]) for labels in others.values()))
    ]
    labels = layout.labels_of(variable, lang)
    return called or [code for code, label in labels.items() if is_what_is_left(text, label, encoding)]


def _unknown(variable: Variable, cell: Cell, lang: str) -> Fault:
    labels = list(layout.labels_of(variable, lang).values())
    what = f"'{_short(cell.text)}' is no answer to '{variable.label.in_(lang)}'"
    if len(labels) <= AS_MANY:
        return Fault(cell, what, f"allowed: {', '.join(labels)}")
    near = get_close_matches(cell.text, labels, n=3, cutoff=0.3)
    closest = f"; the closest are: {', '.join(near)}" if near else ""
    return Fault(cell, what, f"allowed are the {len(labels)} answers of the cell's list{closest}")


def _number(variable: Variable, given: Given, lang: str, _: str) -> Taken:
    """Read the number of a `scale`."""
    cell = given.get(Column(variable.id, ANSWER))
    if cell is None:
        return None, None, []
    text = cell.text.strip()
    if not answer_fault(variable, text):
        return cell, text, []
    low, high = variable.range or (1, 5)
    what = f"'{_short(text)}' is no answer to '{variable.label.in_(lang)}'"
    return cell, None, [Fault(cell, what, f"allowed: a whole number from {low} to {high}")]


def _marked(variable: Variable, given: Given, lang: str, _: str) -> Taken:
    """Read the marks of a `multiple`: no mark at all is unseen, 'none of them' the empty set."""
    cells = {column: cell for column, cell in given.items() if column.part in (CODE, NONE)}
    faults = [_no_mark(cell) for cell in cells.values() if layout.plain(cell.text) not in layout.MARKS]
    if not cells or faults:
        return None, None, faults
    none = cells.pop(Column(variable.id, NONE), None)
    marked = {column.code: cell for column, cell in cells.items()}
    if none and marked:
        labels = ", ".join(layout.labels_of(variable, lang, marked).values())
        what = f"'{say('card_confirm_none', lang)}' is marked together with: {labels}"
        return none, None, [Fault(none, what, "empty the one that is not meant")]
    if none:
        return none, "", []
    unknown = [cell for code, cell in marked.items() if code not in variable.code_ids]
    if unknown:
        return (
            None,
            None,
            [Fault(cell, "its column is no code of the variable", "empty it") for cell in unknown],
        )
    codes = [code for code in variable.code_ids if code in marked]
    return marked[codes[0]], "|".join(codes), []


def _no_mark(cell: Cell) -> Fault:
    what = f"'{_short(cell.text)}' is no mark"
    return Fault(cell, what, f"allowed: {layout.MARK}, or empty the cell")


def _certainty(cell: Cell | None, lang: str) -> tuple[str, list[Fault]]:
    if cell is None:
        return "", []
    wanted = layout.plain(cell.text)
    for number in layout.CERTAINTIES:
        names = [number, *(say(f"card_certainty_{number}", language) for language in LANGUAGES)]
        if wanted in map(layout.plain, names):
            return number, []
    allowed = ", ".join(say(f"card_certainty_{number}", lang) for number in layout.CERTAINTIES)
    return "", [
        Fault(cell, f"'{_short(cell.text)}' is no answer to how sure", f"allowed: {allowed} (1, 2, 3)")
    ]
