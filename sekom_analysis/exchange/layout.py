"""What a coding sheet is made of: tabs, columns, labels, and the marks by which a file is known again.

Writing and reading share this module, so that they cannot drift apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import pandas as pd
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

from sekom_analysis.formats.workbooks import UNWRITABLE, escaped
from sekom_analysis.study.codebook import Variable, asked_by
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT, WARM_UP
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.points import labels_in, with_number
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.secret import first_time_notes

TICKET = "sekom_analysis coding sheet"
FORMAT = "2"  # 1: the hidden row below the heads, and no code by its number
KEY, TEXT = "sekom/key", "sekom/text"
TICKET_MARK, GLOSS, REMARK, TEXTS = "sekom/ticket", "sekom/gloss", "sekom/remark", "sekom/texts"
WHOLE_MARK = "sekom/whole"
DONE = "✓"
MARK = "x"
MARKS = frozenset({MARK, "×", "✓", "✔", "1", "ja", "yes", "true", "sant"})
ANSWER, CODE, NONE, CERTAINTY, MEMO = "answer", "code", "none", "certainty", "memo"
PROPOSED = "proposal"  # the name of a code that is missing
CERTAINTIES = ("1", "2", "3")
PASS = str(INDEPENDENT)
PASSES = (PASS, str(AFTER_TALK))

_MARK = re.compile(r"([a-z0-9_]{1,40})/(answer|code|none|certainty|memo|proposal)(?:/([a-z0-9_]{1,40}))?")
CONTEXT = "sekom/context"
_FEW_CODES = 12
_FEW_POINTS = 21  # a drop-down of a longer scale lists its named points alone
# One code of a `multiple` of many in each: a 1 is completed to an earlier cell's 1, 4, 7 as it is typed.
TYPED_CELLS = 5
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?[.)]?")
_KEY = re.compile(r"(n[0-9a-f]{20})\.(h[0-9a-f]{11})(?:\.(h[0-9a-f]{11}))?")


class Column(NamedTuple):
    """One column that a coder fills in.

    `code` only where a `multiple` has a column for each code, or more than one to type codes in.
    """

    variable: str
    part: str
    code: str = ""

    @property
    def mark(self) -> str:
        """The text in the hidden row by which the column is known, wherever it has moved."""
        return "/".join(filter(None, self))


class Row(NamedTuple):
    """One note in a sheet, with the variables that are asked of it; `remark` says what to know of it."""

    note_id: str
    key: str
    text: str
    gloss: str
    variables: tuple[str, ...]
    context: tuple[tuple[str, str], ...] = ()
    remark: str = ""


class Tab(NamedTuple):
    """The notes of one stage, in the coder's order, and every variable that is asked of any of them."""

    stage: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]


def column_of(mark: str) -> Column | None:
    """Return the column that a mark names; None if it names none.

    Examples
    --------
    >>> column_of("themes/code/filmer"), column_of("sekom/text")
    (Column(variable='themes', part='code', code='filmer'), None)
    """
    found = _MARK.fullmatch(mark)
    return Column(found[1], found[2], found[3] or "") if found else None


def is_mark(text: str) -> bool:
    """Whether a text is one of those by which columns are known."""
    fixed = (KEY, TEXT, WHOLE_MARK, CONTEXT, GLOSS, REMARK)
    return text in fixed or text.startswith(f"{TICKET_MARK} ") or column_of(text) is not None


def columns_of(variable: Variable) -> list[Column]:
    """Return a variable's columns: its answers, how sure, the memo, and a code that is missing.

    A `multiple` of many codes has columns to type them in, and the marks come last.
    """
    beside = [CERTAINTY, MEMO, *([] if variable.kind == "scale" else [PROPOSED])]
    others = [Column(variable.id, part) for part in beside]
    if variable.kind == "multiple":
        answers = [Column(variable.id, CODE, code) for code in variable.code_ids]
        answers.append(Column(variable.id, NONE))
        return [*typed_columns(variable), *others, *answers] if is_typed(variable) else [*answers, *others]
    return [Column(variable.id, ANSWER), *others]


def typed_columns(variable: Variable) -> list[Column]:
    """Return the columns in which the codes of a `multiple` of many are typed."""
    return [Column(variable.id, ANSWER, str(n) if n > 1 else "") for n in range(1, TYPED_CELLS + 1)]


def blocks_of(variables: Iterable[Variable]) -> list[list[Column]]:
    """Return the columns that stand together under a question, in order.

    The marks of a `multiple` whose codes can be typed come after all questions:
    the next one is not to be many columns away.
    """
    blocks, marks = [], []
    for variable in variables:
        columns = columns_of(variable)
        aside = [c for c in columns if c.part in (CODE, NONE)] if is_typed(variable) else []
        blocks.append([column for column in columns if column not in aside])
        marks += [aside] if aside else []
    return [*blocks, *marks]


def is_typed(variable: Variable) -> bool:
    """Whether the codes of a `multiple` can be typed: there are many."""
    return variable.kind == "multiple" and len(variable.code_ids) > _FEW_CODES


def numbers_of(variable: Variable) -> dict[str, str]:
    """Return the codes by their numbers on the codebook's tab; none where a code is itself called a number.

    Examples
    --------
    >>> codes = [{"id": "tid", "label": "Tid"}, {"id": "pengar", "label": "Pengar"}]
    >>> numbers_of(Variable.model_validate({"id": "v", "kind": "single", "label": "V", "codes": codes}))
    {'1': 'tid', '2': 'pengar'}
    """
    names = [name for code in variable.codes for name in (code.id, code.label.sv, code.label.en)]
    if any(name and _NUMBER.fullmatch(name.strip()) for name in names):
        return {}
    return {str(number): code for number, code in enumerate(variable.code_ids, start=1)}


def number_of(variable: Variable, code: str) -> str:
    """Return the number of a code; empty if it has none."""
    return next((number for number, one in numbers_of(variable).items() if one == code), "")


def forms_name(variable: str, part: str = "") -> str:
    """Return the workbook's name for the list of all that is understood in a cell."""
    return f"sekom_v_{variable}" if variable else f"sekom_{part}"


def tabs_of(desk: Desk) -> list[Tab]:
    """Return what a coder is asked, one tab a stage; stages that ask the same share a tab."""
    rows: dict[str, list[Row]] = {}
    for note_id in _in_order(desk):
        row = _row(desk, note_id)
        if row.variables:
            rows.setdefault(_stage(desk, note_id), []).append(row)
    asked = {stage: frozenset(v for row in mine for v in row.variables) for stage, mine in rows.items()}
    if len(set(asked.values())) == 1:
        place = {note_id: n for n, note_id in enumerate(_in_order(desk))}
        together = sorted((row for mine in rows.values() for row in mine), key=lambda row: place[row.note_id])
        rows, asked = {"": together}, {"": next(iter(asked.values()))}
    return [Tab(stage, _variables(desk, asked[stage]), tuple(rows[stage])) for stage in sorted(rows)]


def _in_order(desk: Desk) -> list[str]:
    """Return the notes as the coder meets them on the card too: warm-up last, training never."""
    decisions = desk.decisions()
    met = set(decisions.loc[decisions["pass"] == str(WARM_UP), "note_id"])
    notes = (note_id for note_id in desk.notes.index if note_id not in desk.training)
    return first_time_notes(notes, desk.seed, desk.coder, met)


def _row(desk: Desk, note_id: str) -> Row:
    text = str(desk.notes.at[note_id, "text"])
    gloss = str(desk.notes.at[note_id, "text_en"]) if "text_en" in desk.notes.columns else ""
    asked = tuple(variable.id for variable in desk.variables_of(note_id))
    hashes = dict.fromkeys((note_hash(text), desk.seen.hash_of(note_id)))  # one where there is no context
    key = ".".join((desk.note_keys[note_id], *hashes))
    context = tuple((name, writable(cell)) for name, cell in desk.seen.context_of(note_id))
    return Row(note_id, key, writable(text), writable(gloss), asked, context)


def _stage(desk: Desk, note_id: str) -> str:
    return str(desk.notes.at[note_id, "stage"]) if "stage" in desk.notes.columns else ""


def _variables(desk: Desk, asked: Collection[str]) -> tuple[Variable, ...]:
    return tuple(variable for variable in desk.codebook.variables if variable.id in asked)


class RowKey(NamedTuple):
    """What the key of a row holds: the note's key, the hash of its text, and that of all that was seen."""

    note: str
    text: str
    seen: str


def row_key(key: str) -> RowKey | None:
    """Split the key of a row; None if it is none."""
    found = _KEY.fullmatch(key)
    return RowKey(found[1], found[2], found[3] or found[2]) if found else None


def writable(text: str) -> str:
    """Return a text without the characters that no workbook can hold; nobody sees them."""
    return UNWRITABLE.sub("", text)


def plain(text: str) -> str:
    """Return a text as it is compared: spaces, composed letters and capitals aside.

    Examples
    --------
    >>> plain(" Oja\u0308mn  Nivå") == plain("ojämn nivå")
    True
    """
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def labels_of(variable: Variable, lang: str, codes: Iterable[str] | None = None) -> dict[str, str]:
    """Return the label of each answer, in the codebook's order; labels that are alike carry their code.

    Parameters
    ----------
    variable : Variable of kind `single` or `multiple`
    lang : ``"sv"`` or ``"en"``
    codes : which; left out, those that can be chosen now
    """
    wanted = list(variable.answers if codes is None else codes)
    labels = {code: " ".join(writable(variable.label_of(code, lang)).split()) for code in wanted}
    times = Counter(map(plain, labels.values()))
    return {code: f"{label} [{code}]" if times[plain(label)] > 1 else label for code, label in labels.items()}


def choices_of(variable: Variable, lang: str) -> list[object]:
    """Return what the drop-down of a variable's answer lists; nothing for a scale without labels.

    Examples
    --------
    >>> choices_of(Variable(id="v", kind="scale", label="V", range=(1, 3), labels={1: "inte alls"}), "sv")
    ['1 inte alls', 2, 3]
    """
    if variable.range is None:
        return list(labels_of(variable, lang).values())
    named = labels_in(variable, lang)
    listed = [int(point) for point in variable.answers]
    return (
        [shown_point(variable, p, lang) for p in (listed if len(listed) <= _FEW_POINTS else named)]
        if named
        else []
    )


def shown_point(variable: Variable, point: int, lang: str) -> str | int:
    """Return a number of a scale as a cell shows it: with its label, if it has one."""
    label = labels_in(variable, lang).get(point)
    return point if label is None else " ".join(writable(with_number(point, label)).split())


def can_show(variable: Variable, codes: str) -> bool:
    """Whether an earlier answer has a place in the sheet: one with a retired code has none."""
    return not codes or all(code in variable.answers for code in codes.split("|"))


def standing(decisions: pd.DataFrame) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return the independent decisions by (note_id, variable), or what has replaced them since."""
    counted = decisions[decisions["pass"].isin(PASSES)].sort_values("pass", kind="stable")
    rows: list[dict[str, str]] = counted.to_dict("records")  # type: ignore[assignment]
    return {(row["note_id"], asked_by(row["variable"], row.get("codes", ""))): row for row in rows}


# --- how a coding sheet looks: fonts, colours, borders and widths, each made once ---------------------


FONT = "Calibri"
INK, QUIET, PALE, FAINT, GREEN = "222222", "6B6B6B", "B0B0B0", "D3D9D8", "2F7F79"
HEAD, LOCKED, CLOSED, WRONG, AGAIN = "E6EDEC", "F7F8F8", "DCDCDC", "F6D5CC", "FBF1DA"

_LINE, _STRONG = Side("thin", FAINT), Side("medium", "B9C4C2")
_AROUND = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_BLOCK = Border(left=_STRONG, right=_LINE, top=_LINE, bottom=_LINE)


@dataclass(frozen=True, eq=False)
class Style:
    """How one sort of cell looks."""

    font: Font
    fill: PatternFill | None = None
    alignment: Alignment | None = None
    border: Border | None = None
    protection: Protection | None = None


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def _text(size: float = 11, colour: str = INK, bold: bool = False) -> Font:
    return Font(name=FONT, size=size, color=colour, bold=bold)


def _placed(across: str = "left", down: str = "top", wrap: bool = True, indent: int = 0) -> Alignment:
    return Alignment(horizontal=across, vertical=down, wrap_text=wrap, indent=indent)


_OPEN = Protection(locked=False)
TITLE = Style(_text(18, bold=True), alignment=_placed(wrap=False))
TAB_TITLE = Style(_text(14, bold=True), alignment=_placed(down="center", wrap=False))
BODY = Style(_text(12), alignment=_placed())
STEP = Style(_text(12, QUIET, bold=True), alignment=_placed("right"))
SMALL = Style(_text(9, QUIET), alignment=_placed(wrap=False))
LABEL = Style(_text(11, bold=True), _fill(HEAD), _placed(down="center", indent=1))
QUESTION = Style(_text(10), _fill(HEAD), _placed(indent=1))
COLUMN = Style(_text(10, QUIET), _fill(HEAD), _placed("center"), _AROUND)
NOTE = Style(_text(12), _fill(LOCKED), _placed(indent=1), _AROUND, _OPEN)
REMARK_STYLE = Style(_text(10), _fill(AGAIN), _placed(indent=1), _AROUND, _OPEN)
TICK = Style(_text(12, GREEN, bold=True), _fill(LOCKED), _placed("center"), _AROUND, _OPEN)
CELL = Style(_text(11), None, _placed(indent=1), _AROUND, _OPEN)
KEY_STYLE = Style(_text(8, PALE), None, _placed("fill", wrap=False), None, _OPEN)
CHOICE = Style(_text(11), None, _placed("center"), _AROUND, _OPEN)
NOT_ASKED = Style(_text(11), _fill(CLOSED), None, _AROUND, _OPEN)
CODE_NAME = Style(_text(11, bold=True), None, _placed(indent=1), _AROUND)
DEFINITION = Style(_text(11), None, _placed(indent=1), _AROUND)
_LINKED = Font(name=FONT, size=11, color=GREEN, underline="single")
LINK = Style(_LINKED, None, _placed())
NOTE_LINK = Style(_LINKED, _fill(LOCKED), _placed("center"), _AROUND, _OPEN)
WHOLE = Style(_text(12), None, _placed())
WHOLE_HEAD = Style(_text(10, QUIET, bold=True), None, _placed())
GOAL = Style(_text(12), alignment=_placed(down="center", indent=1))
CONTRADICTION = PatternFill(bgColor=WRONG)  # in a conditional format it is the background that shows

_made: WeakKeyDictionary[Any, dict[tuple[Style, str], Any]] = WeakKeyDictionary()


def put(cell: Any, value: object) -> None:
    """Write a value into a cell; a text is never taken for a formula."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.value = escaped(writable(value))
        cell.data_type = "s"
    else:
        cell.value = value


@cache
def first_of_block(style: Style) -> Style:
    """Return the style with the stronger line that begins a question."""
    return replace(style, border=_BLOCK)


def apply(cell: Any, style: Style, number_format: str = "") -> Any:
    """Give a cell a style; return the cell.

    A style is put together once a workbook: thousands of cells share it, and
    putting it together is what takes the time.
    """
    made = _made.setdefault(cell.parent.parent, {})
    key = (style, number_format)
    if key not in made:
        for part in fields(style):
            if (value := getattr(style, part.name)) is not None:
                setattr(cell, part.name, value)
        if number_format:
            cell.number_format = number_format
        made[key] = copy(cell._style)
    cell._style = copy(made[key])
    return cell


def lines(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column `width` characters wide."""
    return sum(1 + int(len(part) * 1.1 / max(width, 1)) for part in text.split("\n"))
