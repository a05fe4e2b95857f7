"""One tab of a coding sheet: notes down, questions across, drop-downs, ticks and their count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl.utils import get_column_letter as letter

from sekom_analysis.basics.wording import say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import ANSWER, CERTAINTY, CODE, MEMO, NONE, PROPOSED, Column, Row, Tab
from sekom_analysis.exchange.sheet_columns import (
    DONE_WIDTH,
    FIRST,
    HEADS,
    KEY_WIDTH,
    LABELS,
    MARK_ROW,
    MEMO_WIDTH,
    QUESTIONS,
    TabWriter,
    head_of,
    width_of,
)
from sekom_analysis.exchange.sheet_rules import add_rules, tick
from sekom_analysis.exchange.sheet_typing import forms_of, has_numbers_only_for_codes
from sekom_analysis.exchange.sheet_whole import (
    CONTEXT_WIDTH,
    GLOSS_WIDTH,
    LINK_WIDTH,
    REMARK_WIDTH,
    Fit,
    fit_of,
    keys_area,
)
from sekom_analysis.study.codebook import PROPOSAL, Variable, asked_by
from sekom_analysis.study.shown import context_name

_BUTTONS = 16.0  # room below the heads for the arrows that sort and filter
Answers = Mapping[tuple[str, str], Mapping[str, str]]


def fit_of_tab(tab: Tab, answers: Answers) -> Fit:
    """Return how the rows of a tab hold its texts, beside what the coder answered before."""
    memos = {}
    for row in tab.rows:
        named = (one for name in row.variables for one in (name, asked_by(PROPOSAL, name)))
        memos[row.note_id] = [answers.get((row.note_id, name), {}).get("memo", "") for name in named]
    return fit_of(tab, memos, MEMO_WIDTH)


def write_tab(
    sheet: Any,
    tab: Tab,
    ranges: Mapping[str, str],
    answers: Answers,
    fit: Fit,
    links: Mapping[str, str],
    lang: str,
) -> str:
    """Write the notes of one stage; return the cells that hold the keys of its rows.

    Parameters
    ----------
    sheet : an empty worksheet
    tab : the notes and their variables
    ranges : list's name -> where it is on the tab of lists
    answers : (note_id, variable) -> what the coder answered before
    fit : how its rows hold the texts
    links : note_id -> the formula that leads to its whole text, where a row cannot show it
    lang : ``"sv"`` or ``"en"``
    """
    writer = TabWriter(sheet, tab, ranges, fit, lang)
    _write_head(writer)
    for number, row in enumerate(tab.rows, start=FIRST):
        _write_row(writer, number, row, answers, links.get(row.note_id))
    add_rules(writer)
    sheet.freeze_panes = writer.frozen
    _begin_at_the_first_answer(writer)
    sheet.auto_filter.ref = f"A{HEADS}:{letter(writer.after)}{writer.last}"
    sheet.print_title_rows, sheet.print_title_cols = f"{LABELS}:{HEADS}", "A:B"
    return keys_area(writer.after, FIRST, writer.last)


def _begin_at_the_first_answer(writer: TabWriter) -> None:
    """Let the cursor be where the first answer goes, not in the head."""
    place = f"{letter(min(writer.places.values()))}{FIRST}"
    for selection in writer.sheet.sheet_view.selection:
        selection.activeCell, selection.sqref = place, place


def write_ticket(sheet: Any, ticket: str) -> None:
    """Write what says whose sheet it is into the hidden row of a tab, too."""
    layout.put(layout.apply(sheet.cell(MARK_ROW, 1), layout.SMALL), ticket)


def texts_beside(sheet: Any, tab: Tab) -> list[str]:
    """Return the texts of a written tab that are neither a note's, nor a gloss, nor an answer."""
    rows = [row for row in sheet.iter_rows(max_row=HEADS) if row[0].row != MARK_ROW]
    heads = [cell.value for row in rows for cell in row if cell.data_type == "s"]
    marks = (cell for cell in sheet[MARK_ROW] if cell.value == layout.CONTEXT)
    places = [cell.column for cell in marks]
    contexts = [sheet.cell(row, place).value for place in places for row in range(FIRST, sheet.max_row + 1)]
    remarks = [row.remark for row in tab.rows if row.remark]
    return [*filter(None, [*heads, *contexts]), *remarks]


def _write_head(writer: TabWriter) -> None:
    sheet, lang = writer.sheet, writer.lang
    sheet.row_dimensions[1].height = 26
    counted = f'=COUNTIF($A${FIRST}:$A${writer.last},"{layout.DONE}")&"'
    counted += say("sheet_done_of", lang, all=len(writer.tab.rows)) + '"'
    layout.apply(sheet.cell(1, 2), layout.TAB_TITLE).value = counted
    _fixed_column(writer, 1, say("sheet_head_done", lang), "", DONE_WIDTH)
    _fixed_column(writer, 2, say("sheet_head_note", lang), layout.TEXT, writer.fit.width)
    if writer.whole:
        _fixed_column(writer, writer.whole, say("sheet_head_whole", lang), layout.WHOLE_MARK, LINK_WIDTH)
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
    for block in writer.blocks:
        _write_question(writer, block)
    sheet.row_dimensions[MARK_ROW].hidden = True
    sheet.row_dimensions[QUESTIONS].height = 14.0 * max(
        _question_lines(writer, block) for block in writer.blocks
    )
    sheet.row_dimensions[HEADS].height = (
        13.5 * max(_head_lines(writer, column) for column in writer.places) + _BUTTONS
    )


def _fixed_column(writer: TabWriter, place: int, head: str, mark: str, width: float) -> None:
    for row in (LABELS, QUESTIONS):
        writer.cell(row, place, None, layout.QUESTION)
    writer.cell(HEADS, place, head, layout.COLUMN)
    writer.cell(MARK_ROW, place, mark, layout.SMALL)
    writer.sheet.column_dimensions[letter(place)].width = width


def _write_question(writer: TabWriter, columns: list[Column]) -> None:
    """Write a question above its columns, and the heads of the columns."""
    variable = writer.variables[columns[0].variable]
    first, last = writer.places[columns[0]], writer.places[columns[-1]]
    for column in columns:
        place = writer.places[column]
        look = layout.first_of_block(layout.COLUMN) if place == first else layout.COLUMN
        writer.cell(HEADS, place, head_of(writer, column), look)
        writer.cell(MARK_ROW, place, column.mark, layout.SMALL)
        writer.sheet.column_dimensions[letter(place)].width = width_of(writer, column)
    for row, text, look in (
        (LABELS, variable.label.in_(writer.lang), layout.LABEL),
        (QUESTIONS, _question(writer, columns), layout.QUESTION),
    ):
        writer.cell(row, first, _apart(text, variable), layout.first_of_block(look))
        for place in range(first + 1, last + 1):
            layout.apply(writer.sheet.cell(row, place), look)
        writer.sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    writer.sheet.row_dimensions[LABELS].height = 20


def _apart(text: str, variable: Variable) -> str:
    """Return a head behind a space if it begins as an answer, which would be completed to it."""
    begins = layout.plain(text).startswith(tuple(map(layout.plain, forms_of(variable))))
    return f"\N{NO-BREAK SPACE}{text}" if variable.kind != "scale" and begins else text


def _question(writer: TabWriter, columns: list[Column]) -> str:
    """Return what is asked above a block; above the marks that stand aside, what they are for."""
    variable = writer.variables[columns[0].variable]
    if layout.is_typed(variable) and columns[0].part != ANSWER:
        return say("sheet_marks_aside", writer.lang)
    return variable.question.in_(writer.lang) if variable.question else ""


def _question_lines(writer: TabWriter, columns: list[Column]) -> int:
    return layout.lines(_question(writer, columns), sum(width_of(writer, column) for column in columns))


def _head_lines(writer: TabWriter, column: Column) -> int:
    return layout.lines(head_of(writer, column), width_of(writer, column) - 2)


def _write_row(writer: TabWriter, number: int, row: Row, answers: Answers, link: str | None) -> None:
    layout.apply(writer.sheet.cell(number, 1), layout.TICK).value = tick(writer, number, row)
    writer.cell(number, 2, row.text, layout.NOTE)
    if writer.whole:
        layout.apply(writer.sheet.cell(number, writer.whole), layout.NOTE_LINK).value = link
    if writer.context:
        writer.cell(number, writer.context, _context(writer, row), layout.NOTE)
    if writer.gloss:
        writer.cell(number, writer.gloss, row.gloss, layout.NOTE)
    if writer.remark:
        writer.cell(number, writer.remark, row.remark, layout.REMARK_STYLE if row.remark else layout.NOTE)
    writer.cell(number, writer.after, row.key, layout.KEY_STYLE)
    writer.sheet.row_dimensions[number].height = writer.fit.height
    for block in writer.blocks:
        variable = writer.variables[block[0].variable]
        asked = variable.id in row.variables
        given = answers.get((row.note_id, variable.id)) if asked else None
        proposed = (
            answers.get((row.note_id, asked_by(PROPOSAL, variable.id)), {}).get("memo") if asked else None
        )
        for nth, column in enumerate(block):
            value = _shown(variable, column, given, writer.lang) if given else None
            value = proposed if column.part == PROPOSED else value
            look = _look(variable, column, asked)
            look = look if nth else layout.first_of_block(look)
            writer.cell(number, writer.places[column], value, look, _number_format(variable, column))


def _context(writer: TabWriter, row: Row) -> str:
    """Return what is shown beside a note; with the columns' names where there are several."""
    if len(writer.names) == 1:
        return "".join(cell for _, cell in row.context)
    return "\n".join(f"{context_name(name, writer.lang)}: {cell}" for name, cell in row.context)


def _look(variable: Variable, column: Column, asked: bool) -> layout.Style:
    if not asked:
        return layout.NOT_ASKED
    is_choice = column.part in (CODE, NONE) or (column.part == ANSWER and variable.kind == "scale")
    return layout.CHOICE if is_choice else layout.CELL


def _number_format(variable: Variable, column: Column) -> str:
    """Return the format under which a typed answer stays what it is: a memo ``=1+1`` is not a sum.

    A number that is a text is completed as it is typed, 1 to an earlier 12; a number that is one is not.
    """
    if column.part != ANSWER:
        return "@"
    if variable.kind == "scale":
        return "0"
    return "General" if has_numbers_only_for_codes(variable) else "@"


def _shown(variable: Variable, column: Column, given: Mapping[str, str], lang: str) -> object:
    """Return what a cell shows for an earlier answer; nothing if the sheet has no place for it."""
    codes, left_open = given["codes"], "left_open" in given
    if column.part == MEMO and (left_open or layout.can_show(variable, codes)):
        return given["memo"]
    if left_open or not layout.can_show(variable, codes):
        return None
    if column.part == CERTAINTY:
        return say(f"card_certainty_{given['certainty']}", lang) if given["certainty"] else None
    if column.part == ANSWER and layout.is_typed(variable):
        return _typed(variable, codes, column, lang)
    if layout.is_typed(variable) and len(codes.split("|")) <= layout.TYPED_CELLS:
        return None
    if column.part == ANSWER:
        if variable.kind == "scale":
            return layout.shown_point(variable, int(codes), lang)
        return layout.labels_of(variable, lang)[codes]
    chosen = column.code in codes.split("|") if column.part == CODE else not codes
    return layout.MARK if chosen else None


def _typed(variable: Variable, codes: str, column: Column, lang: str) -> str | None:
    """Return what one of the cells shows in which codes are typed; nothing where there are more of them."""
    named = [layout.labels_of(variable, lang)[code] for code in codes.split("|")] if codes else []
    shown = named or [say("card_confirm_none", lang)]
    place = layout.typed_columns(variable).index(column)
    return shown[place] if place < len(shown) <= layout.TYPED_CELLS else None
