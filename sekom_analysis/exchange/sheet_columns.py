"""Where the columns of a tab of a coding sheet are, how wide they are, and what their heads say."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from openpyxl.utils import get_column_letter as letter

from sekom_analysis.basics.wording import say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import ANSWER, CERTAINTY, CODE, MEMO, NONE, PROPOSED, Column, Tab
from sekom_analysis.exchange.sheet_whole import Fit

# The hidden row of marks is above the heads: what is filtered and sorted begins right below them.
LABELS, QUESTIONS, MARK_ROW, HEADS, FIRST = 2, 3, 4, 5, 6
DONE_WIDTH, KEY_WIDTH = 7.0, 10.0
MEMO_WIDTH, PROPOSED_WIDTH, TYPED_WIDTH = 24.0, 18.0, 16.0


class TabWriter:
    """Writes one tab; knows where its columns are."""

    def __init__(self, sheet: Any, tab: Tab, ranges: Mapping[str, str], fit: Fit, lang: str) -> None:
        self.sheet, self.tab, self.ranges, self.fit, self.lang = sheet, tab, ranges, fit, lang
        self.last = FIRST + len(tab.rows) - 1
        has_gloss = any(row.gloss for row in tab.rows)
        # Whoever asks for English may need the gloss to read at all; to a Swedish reader it is an aside.
        self.names = tuple(dict.fromkeys(name for row in tab.rows for name, _ in row.context))
        start = 3
        self.whole = start if fit.long else 0
        start += bool(self.whole)
        self.context = start if self.names else 0
        start += bool(self.context)
        stays = start
        self.gloss = start if has_gloss and lang == "en" else 0
        start += bool(self.gloss)
        if self.whole:
            stays = self.whole + 1  # the wide column of long texts leaves no room for more
        elif not self.context:
            stays = start
        self.frozen = f"{letter(stays)}{FIRST}"
        self.remark = start if any(row.remark for row in tab.rows) else 0
        start += bool(self.remark)
        self.blocks = layout.blocks_of(tab.variables)
        self.places = {column: start + n for n, column in enumerate(chain(*self.blocks))}
        self.after = start + len(self.places)
        if has_gloss and not self.gloss:
            self.gloss, self.after = self.after, self.after + 1
        self.variables = {variable.id: variable for variable in tab.variables}

    def cell(self, row: int, column: int, text: object, look: layout.Style, number_format: str = "") -> Any:
        """Write a cell; a text that begins with an equals sign stays a text."""
        cell = layout.apply(self.sheet.cell(row, column), look, number_format)
        layout.put(cell, text)
        return cell

    def whole_column(self, place: int) -> str:
        """Return the cells of a column, from the first note to the last."""
        return f"{letter(place)}{FIRST}:{letter(place)}{self.last}"


def head_of(writer: TabWriter, column: Column) -> str:
    """Return what is above a column."""
    variable, lang = writer.variables[column.variable], writer.lang
    if column.part == CODE:
        label = layout.labels_of(variable, lang)[column.code]
        number = layout.number_of(variable, column.code) if layout.is_typed(variable) else ""
        return f"{number}. {label}" if number else label
    if column.part == ANSWER and variable.range:
        low, high = variable.range
        return say("sheet_head_scale", lang, low=low, high=high)
    if column.part == ANSWER and layout.is_typed(variable):
        return say("sheet_head_typed", lang, n=column.code or 1)
    keys = {
        ANSWER: "sheet_head_answer",
        NONE: "card_confirm_none",
        MEMO: "card_memo",
        PROPOSED: "sheet_head_proposal",
    }
    return say(keys.get(column.part, "sheet_head_certainty"), lang)


def width_of(writer: TabWriter, column: Column) -> float:
    """Return how wide a column is."""
    variable = writer.variables[column.variable]
    if column.part == ANSWER and variable.kind == "single":
        longest = max(map(len, layout.labels_of(variable, writer.lang).values()), default=0)
        return float(min(max(longest + 4, 18), 40))
    if column.part == ANSWER and variable.labels:
        return float(min(max(len(str(one)) for one in layout.choices_of(variable, writer.lang)) + 5, 30))
    if column.part == ANSWER and variable.kind == "multiple":
        longest = max(map(len, layout.labels_of(variable, writer.lang).values()), default=0)
        return float(min(max(longest / 2, 11), TYPED_WIDTH))
    if column.part == CODE:
        return float(min(max(len(head_of(writer, column)) / 2.5, 13), 24))
    return {MEMO: MEMO_WIDTH, PROPOSED: PROPOSED_WIDTH, CERTAINTY: 11.0, NONE: 11.0}.get(column.part, 9.0)
