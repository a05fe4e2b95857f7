"""One tab of a coding sheet: notes down, questions across, drop-downs, ticks and their count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.datavalidation import DataValidation

from sekom_analysis.basics.wording import say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import ANSWER, CERTAINTY, CODE, MEMO, NONE, PROPOSED, Column, Row, Tab
from sekom_analysis.formats.workbooks import escaped
from sekom_analysis.study.codebook import PROPOSAL, Variable, asked_by
from sekom_analysis.study.shown import context_name

LABELS, QUESTIONS, HEADS, MARK_ROW = 2, 3, 4, 5
FIRST = 6
TEXT_WIDTH, GLOSS_WIDTH, REMARK_WIDTH, KEY_WIDTH, DONE_WIDTH = 48.0, 44.0, 34.0, 10.0, 7.0
CONTEXT_WIDTH = 28.0
MEMO_WIDTH, PROPOSED_WIDTH = 24.0, 18.0
NOTE_LINE, MEMO_LINE, LEAST_HEIGHT, MOST_HEIGHT = 16.0, 15.0, 32.0, 409.0
Answers = Mapping[tuple[str, str], Mapping[str, str]]


class _Writer:
    """Writes one tab; knows where its columns are."""

    def __init__(self, sheet: Any, tab: Tab, ranges: Mapping[str, str], lang: str) -> None:
        self.sheet, self.tab, self.ranges, self.lang = sheet, tab, ranges, lang
        self.last = FIRST + len(tab.rows) - 1
        has_gloss = any(row.gloss for row in tab.rows)
        # Whoever asks for English may need the gloss to read at all; to a Swedish reader it is an aside.
        self.names = tuple(dict.fromkeys(name for row in tab.rows for name, _ in row.context))
        self.context = 3 if self.names else 0
        start = 4 if self.context else 3
        self.gloss = start if has_gloss and lang == "en" else 0
        start += bool(self.gloss)
        self.frozen = f"{letter(4 if self.context else start)}{FIRST}"
        self.remark = start if any(row.remark for row in tab.rows) else 0
        start += bool(self.remark)
        blocks = [column for variable in tab.variables for column in layout.columns_of(variable)]
        self.places = {column: start + n for n, column in enumerate(blocks)}
        self.after = start + len(blocks)
        if has_gloss and not self.gloss:
            self.gloss, self.after = self.after, self.after + 1
        self.variables = {variable.id: variable for variable in tab.variables}

    def cell(self, row: int, column: int, text: object, look: layout.Style, number_format: str = "") -> Any:
        """Write a cell; a text that begins with an equals sign stays a text."""
        cell = layout.apply(self.sheet.cell(row, column), look, number_format)
        put(cell, text)
        return cell


def put(cell: Any, value: object) -> None:
    """Write a value into a cell; a text is never taken for a formula."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.value = escaped(layout.writable(value))
        cell.data_type = "s"
    else:
        cell.value = value


def write_tab(sheet: Any, tab: Tab, ranges: Mapping[str, str], answers: Answers, lang: str) -> str:
    """Write the notes of one stage; return the address of the cell that counts finished rows.

    Parameters
    ----------
    sheet : an empty worksheet
    tab : the notes and their variables
    ranges : list's name -> where it is on the tab of lists
    answers : (note_id, variable) -> what the coder answered before
    lang : ``"sv"`` or ``"en"``
    """
    writer = _Writer(sheet, tab, ranges, lang)
    _write_head(writer)
    for number, row in enumerate(tab.rows, start=FIRST):
        _write_row(writer, number, row, answers)
    for column, place in writer.places.items():
        _restrict(writer, column, place)
    for variable in tab.variables:
        _warn_of_contradictions(writer, variable)
    sheet.freeze_panes = writer.frozen
    sheet.print_title_rows, sheet.print_title_cols = f"{LABELS}:{HEADS}", "A:B"
    return "$B$1"


def write_ticket(sheet: Any, ticket: str) -> None:
    """Write what says whose sheet it is into the hidden row of a tab, too."""
    put(layout.apply(sheet.cell(MARK_ROW, 1), layout.SMALL), ticket)


def texts_beside(sheet: Any, tab: Tab) -> list[str]:
    """Return the texts of a written tab that are neither a note's, nor a gloss, nor an answer."""
    heads = [cell.value for row in sheet.iter_rows(max_row=HEADS) for cell in row if cell.data_type == "s"]
    marks = (cell for cell in sheet[MARK_ROW] if cell.value == layout.CONTEXT)
    places = [cell.column for cell in marks]
    contexts = [sheet.cell(row, place).value for place in places for row in range(FIRST, sheet.max_row + 1)]
    return [*filter(None, [*heads, *contexts]), *(row.remark for row in tab.rows if row.remark)]


def _write_head(writer: _Writer) -> None:
    sheet, lang = writer.sheet, writer.lang
    sheet.row_dimensions[1].height = 26
    counted = f'=COUNTIF($A${FIRST}:$A${writer.last},"{layout.DONE}")&"'
    counted += say("sheet_done_of", lang, all=len(writer.tab.rows)) + '"'
    layout.apply(sheet.cell(1, 2), layout.TAB_TITLE).value = counted
    _fixed_column(writer, 1, say("sheet_head_done", lang), "", DONE_WIDTH)
    _fixed_column(writer, 2, say("sheet_head_note", lang), layout.TEXT, TEXT_WIDTH)
    if writer.context:
        head = (
            context_name(writer.names[0], lang) if len(writer.names) == 1 else say("sheet_head_context", lang)
        )
        _fixed_column(writer, writer.context, head, layout.CONTEXT, CONTEXT_WIDTH)
    if writer.gloss:
        _fixed_column(writer, writer.gloss, say("card_gloss", lang), layout.GLOSS, GLOSS_WIDTH)
    if writer.remark:
        _fixed_column(writer, writer.remark, say("sheet_head_remark", lang), layout.REMARK, REMARK_WIDTH)
    _fixed_column(writer, writer.after, say("sheet_head_key", lang), layout.KEY, KEY_WIDTH)
    for variable in writer.tab.variables:
        _write_question(writer, variable)
    sheet.row_dimensions[MARK_ROW].hidden = True
    sheet.row_dimensions[QUESTIONS].height = 14.0 * max(
        _question_lines(writer, variable) for variable in writer.tab.variables
    )
    sheet.row_dimensions[HEADS].height = (
        13.5 * max(_head_lines(writer, column) for column in writer.places) + 4
    )


def _fixed_column(writer: _Writer, place: int, head: str, mark: str, width: float) -> None:
    for row in (LABELS, QUESTIONS):
        writer.cell(row, place, None, layout.QUESTION)
    writer.cell(HEADS, place, head, layout.COLUMN)
    writer.cell(MARK_ROW, place, mark, layout.SMALL)
    writer.sheet.column_dimensions[letter(place)].width = width


def _write_question(writer: _Writer, variable: Variable) -> None:
    """Write a question above its columns, and the heads of the columns."""
    columns = layout.columns_of(variable)
    first, last = writer.places[columns[0]], writer.places[columns[-1]]
    for column in columns:
        place = writer.places[column]
        look = layout.first_of_block(layout.COLUMN) if place == first else layout.COLUMN
        writer.cell(HEADS, place, _head(writer, column), look)
        writer.cell(MARK_ROW, place, column.mark, layout.SMALL)
        writer.sheet.column_dimensions[letter(place)].width = _width(writer, column)
    for row, text, look in (
        (LABELS, variable.label.in_(writer.lang), layout.LABEL),
        (QUESTIONS, _question(variable, writer.lang), layout.QUESTION),
    ):
        writer.cell(row, first, text, layout.first_of_block(look))
        for place in range(first + 1, last + 1):
            layout.apply(writer.sheet.cell(row, place), look)
        writer.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    writer.sheet.row_dimensions[LABELS].height = 20


def _question(variable: Variable, lang: str) -> str:
    return variable.question.in_(lang) if variable.question else ""


def _head(writer: _Writer, column: Column) -> str:
    variable, lang = writer.variables[column.variable], writer.lang
    if column.part == CODE:
        return layout.labels_of(variable, lang)[column.code]
    if column.part == ANSWER and variable.range:
        return f"{variable.range[0]}–{variable.range[1]}"
    keys = {
        ANSWER: "sheet_head_answer",
        NONE: "card_confirm_none",
        MEMO: "card_memo",
        PROPOSED: "sheet_head_proposal",
    }
    return say(keys.get(column.part, "sheet_head_certainty"), lang)


def _width(writer: _Writer, column: Column) -> float:
    variable = writer.variables[column.variable]
    if column.part == ANSWER and variable.kind == "single":
        longest = max(map(len, layout.labels_of(variable, writer.lang).values()), default=0)
        return float(min(max(longest + 4, 18), 40))
    if column.part == CODE:
        return float(min(max(len(_head(writer, column)) / 2.5, 13), 24))
    return {MEMO: MEMO_WIDTH, PROPOSED: PROPOSED_WIDTH, CERTAINTY: 11.0, NONE: 11.0}.get(column.part, 9.0)


def _question_lines(writer: _Writer, variable: Variable) -> int:
    width = sum(_width(writer, column) for column in layout.columns_of(variable))
    return layout.lines(_question(variable, writer.lang), width)


def _head_lines(writer: _Writer, column: Column) -> int:
    return layout.lines(_head(writer, column), _width(writer, column) - 2)


def _write_row(writer: _Writer, number: int, row: Row, answers: Answers) -> None:
    layout.apply(writer.sheet.cell(number, 1), layout.TICK).value = _tick(writer, number, row)
    writer.cell(number, 2, row.text, layout.NOTE)
    context = _context(writer, row)
    if writer.context:
        writer.cell(number, writer.context, context, layout.NOTE)
    if writer.gloss:
        writer.cell(number, writer.gloss, row.gloss, layout.NOTE)
    if writer.remark:
        writer.cell(number, writer.remark, row.remark, layout.REMARK_STYLE if row.remark else layout.NOTE)
    writer.cell(number, writer.after, row.key, layout.KEY_STYLE)
    named = (one for name in row.variables for one in (name, asked_by(PROPOSAL, name)))
    memos = [answers.get((row.note_id, name), {}).get("memo", "") for name in named]
    writer.sheet.row_dimensions[number].height = _row_height(row, context, memos)
    for variable in writer.tab.variables:
        asked = variable.id in row.variables
        given = answers.get((row.note_id, variable.id)) if asked else None
        proposed = (
            answers.get((row.note_id, asked_by(PROPOSAL, variable.id)), {}).get("memo") if asked else None
        )
        for nth, column in enumerate(layout.columns_of(variable)):
            value = _shown(variable, column, given, writer.lang) if given else None
            value = proposed if column.part == PROPOSED else value
            look = _look(variable, column, asked)
            look = look if nth else layout.first_of_block(look)
            writer.cell(number, writer.places[column], value, look, _number_format(variable, column))


def _context(writer: _Writer, row: Row) -> str:
    """Return what is shown beside a note; with the columns' names where there are several."""
    if len(writer.names) == 1:
        return "".join(cell for _, cell in row.context)
    return "\n".join(f"{context_name(name, writer.lang)}: {cell}" for name, cell in row.context)


def _row_height(row: Row, context: str, memos: Sequence[str]) -> float:
    """Return a height that shows the whole row: not every program finds it when it opens a file."""
    text = NOTE_LINE * layout.lines(row.text, TEXT_WIDTH - 4)
    beside = NOTE_LINE * layout.lines(context, CONTEXT_WIDTH - 4)
    gloss = NOTE_LINE * layout.lines(row.gloss, GLOSS_WIDTH - 4)
    remark = MEMO_LINE * layout.lines(row.remark, REMARK_WIDTH - 4)
    memo = MEMO_LINE * max((layout.lines(memo, MEMO_WIDTH - 4) for memo in memos), default=1)
    return min(max(text, beside, gloss, remark, memo, LEAST_HEIGHT) + 6, MOST_HEIGHT)


def _look(variable: Variable, column: Column, asked: bool) -> layout.Style:
    if not asked:
        return layout.NOT_ASKED
    is_choice = column.part in (CODE, NONE) or (column.part == ANSWER and variable.kind == "scale")
    return layout.CHOICE if is_choice else layout.CELL


def _number_format(variable: Variable, column: Column) -> str:
    """Return the format under which a typed answer stays what it is: a memo ``=1+1`` is not a sum."""
    return "0" if column.part == ANSWER and variable.kind == "scale" else "@"


def _shown(variable: Variable, column: Column, given: Mapping[str, str], lang: str) -> object:
    """Return what a cell shows for an earlier answer; nothing if the sheet has no place for it."""
    codes, left_open = given["codes"], "left_open" in given
    if column.part == MEMO and (left_open or layout.can_show(variable, codes)):
        return given["memo"]
    if left_open or not layout.can_show(variable, codes):
        return None
    if column.part == CERTAINTY:
        return say(f"card_certainty_{given['certainty']}", lang) if given["certainty"] else None
    if column.part == ANSWER:
        return int(codes) if variable.kind == "scale" else layout.labels_of(variable, lang)[codes]
    chosen = column.code in codes.split("|") if column.part == CODE else not codes
    return layout.MARK if chosen else None


def _tick(writer: _Writer, number: int, row: Row) -> str:
    """Return the formula that ticks a row once each of its questions has an answer."""
    answered = [_is_answered(writer, number, writer.variables[name]) for name in row.variables]
    return f'=IF(AND({",".join(answered)}),"{layout.DONE}","")'


def _is_answered(writer: _Writer, number: int, variable: Variable) -> str:
    if variable.kind != "multiple":
        return f'{letter(writer.places[Column(variable.id, ANSWER)])}{number}<>""'
    codes, none = _codes_and_none(writer, variable, number)
    if not variable.code_ids:
        return f'{none}<>""'
    return f'(COUNTA({codes})>0)<>({none}<>"")'


def _codes_and_none(writer: _Writer, variable: Variable, number: int) -> tuple[str, str]:
    """Return where the marks of a `multiple` are in a row: those of the codes, and that of none of them."""
    none = writer.places[Column(variable.id, NONE)]
    first = none - len(variable.code_ids)
    return f"${letter(first)}{number}:${letter(none - 1)}{number}", f"${letter(none)}{number}"


def _warn_of_contradictions(writer: _Writer, variable: Variable) -> None:
    """Colour a row's marks where a code and 'none of them' are both marked."""
    if variable.kind != "multiple" or not variable.code_ids:
        return
    codes, none = _codes_and_none(writer, variable, FIRST)
    rule = FormulaRule(formula=[f'AND({none}<>"",COUNTA({codes})>0)'], fill=layout.CONTRADICTION)
    place = writer.places[Column(variable.id, NONE)]
    area = f"{letter(place - len(variable.code_ids))}{FIRST}:{letter(place)}{writer.last}"
    writer.sheet.conditional_formatting.add(area, rule)


def _restrict(writer: _Writer, column: Column, place: int) -> None:
    """Give a column its drop-down, or the limits of its scale."""
    if column.part in (MEMO, PROPOSED):
        return
    variable = writer.variables[column.variable]
    rule = _rule(writer, variable, column)
    rule.errorTitle = " ".join(layout.writable(variable.label.in_(writer.lang)).split())[:31]
    rule.errorStyle, rule.showErrorMessage, rule.allow_blank = "stop", True, True
    for first, last in _runs(writer, column.variable):
        rule.add(f"{letter(place)}{first}:{letter(place)}{last}")
    writer.sheet.add_data_validation(rule)


def _runs(writer: _Writer, variable: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last row of each stretch of notes that are asked a variable."""
    rows = [n for n, row in enumerate(writer.tab.rows, start=FIRST) if variable in row.variables]
    for _, run in groupby(enumerate(rows), key=lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in run]
        yield numbers[0], numbers[-1]


def _rule(writer: _Writer, variable: Variable, column: Column) -> DataValidation:
    lang = writer.lang
    if column.part == ANSWER and variable.range:
        low, high = variable.range
        error = say("sheet_not_on_scale", lang, low=low, high=high)
        return DataValidation("whole", formula1=str(low), formula2=str(high), operator="between", error=error)
    name, error = f"{variable.id}/", "sheet_not_in_list"
    if column.part in (CODE, NONE):
        name, error = "mark", "sheet_not_a_mark"
    elif column.part == CERTAINTY:
        name = "certainty"
    return DataValidation("list", formula1=writer.ranges[name], error=say(error, lang))
