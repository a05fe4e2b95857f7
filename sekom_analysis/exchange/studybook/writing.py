"""A study's workbook as a file: a first sheet that says what is where, and one sheet a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import pandas as pd
from openpyxl.styles import Alignment, Font

from sekom_analysis.errors import TableError
from sekom_analysis.exchange.sheets.style import FONT, Style, apply, lines
from sekom_analysis.exchange.studybook.pages import COMES_BACK, Page, title_of
from sekom_analysis.exchange.workbooks import LONGEST_TEXT, MOST_ROWS, exactly, plain_text, saved
from sekom_analysis.problems import Problem, problem_lines
from sekom_analysis.wording import say

_LINE, _TALLEST = 15.5, 400.0  # points
_NARROW, _WIDE, _CELLS_LOOKED_AT = 9.0, 60.0, 200
_TOP = Alignment(vertical="top", wrap_text=True)
TITLE, LINE = Style(Font(name=FONT, size=16, bold=True)), Style(Font(name=FONT, size=11))
HEAD, BODY = (
    Style(Font(name=FONT, size=11, bold=True), alignment=_TOP),
    Style(Font(name=FONT, size=11), alignment=_TOP),
)
_GUIDE_WIDTHS = (30.0, 96.0, 12.0)


def workbook_bytes(pages: Sequence[Page], file: str, title: str, lang: str) -> bytes:
    """Return pages as a workbook; the same pages give the same bytes.

    Parameters
    ----------
    pages : the sheets, in their order
    file : name of the file, for problems
    title : what the study is called
    lang : language of the first sheet, ``"sv"`` or ``"en"``

    Raises
    ------
    TableError
        If a text is longer than a cell can be, or there are more rows than a sheet holds: all are listed.
    """
    from openpyxl import Workbook

    problems = [problem for one in pages for problem in _problems(one, file)]
    if problems:
        msg = f"The study does not fit into a workbook:\n{problem_lines(problems)}\nNothing was written."
        raise TableError(msg)
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "sekom_analysis", plain_title(title)
    _write_guide(book.create_sheet(title_of("guide", lang)), pages, title, lang)
    for one in pages:
        _write_page(book.create_sheet(one.title), one)
    return saved(book)


def plain_title(title: str) -> str:
    """Return a title without signs that XML cannot hold."""
    return "".join(sign for sign in title if sign.isprintable())


def _problems(page: Page, file: str) -> Iterator[Problem]:
    where = f"{file}, {page.title}"
    if len(page.table) >= MOST_ROWS:
        what = f"a sheet holds {MOST_ROWS:,} rows, and there are {len(page.table) + 1:,}"
        yield Problem(where, None, what, "export a part of the study, or as .qdpx")
    for name in page.table.columns:
        for row, value in enumerate(page.table[name], start=2):
            if isinstance(value, str) and len(exactly(value).encode("utf-16-le")) > 2 * LONGEST_TEXT:
                what = f"a text in the column '{name}' is longer than the {LONGEST_TEXT:,} that a cell holds"
                yield Problem(where, row, what, "shorten it, or export as .qdpx")


def _write_guide(sheet: Any, pages: Sequence[Page], title: str, lang: str) -> None:
    for letter, width in zip("ABC", _GUIDE_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_text(sheet, title, TITLE)])
    sheet.append([_text(sheet, say("workbook_intro", lang), LINE)])
    sheet.append([_text(sheet, say("workbook_intro_back", lang), LINE)])
    sheet.append([])
    heads = (say(f"workbook_head_{name}", lang) for name in ("sheet", "about", "rows"))
    sheet.append([_text(sheet, head, HEAD) for head in heads])
    sheet.row_dimensions[1].height = 24.0
    for row, page in enumerate(pages, start=6):
        mark = f"{page.about} {say('workbook_comes_back', lang)}" if page.key in COMES_BACK else page.about
        sheet.row_dimensions[row].height = _LINE * lines(mark, 1.2 * _GUIDE_WIDTHS[1])
        sheet.append([_text(sheet, page.title), _text(sheet, mark), _number(sheet, len(page.table))])


def _write_page(sheet: Any, page: Page) -> None:
    from openpyxl.utils import get_column_letter

    table = page.table
    widths = [_width(str(name), table.iloc[:, place]) for place, name in enumerate(table.columns)]
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B2" if page.key in ("notes", "ratings") else "A2"
    if len(table.columns):
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table) + 1}"
    sheet.append([_text(sheet, str(name), HEAD) for name in table.columns])
    gaps = table.isna().to_numpy()
    rows = zip(table.itertuples(index=False, name=None), gaps, strict=True)
    for number, (row, is_gap) in enumerate(rows, start=2):
        cells = zip(row, is_gap, strict=True)
        texts = zip(row, widths, strict=True)
        tallest = max((lines(text, width) for text, width in texts if isinstance(text, str)), default=1)
        sheet.row_dimensions[number].height = min(_LINE * tallest, _TALLEST)
        sheet.append([None if gap else _value(sheet, value) for value, gap in cells])


def _width(name: str, column: pd.Series) -> float:
    longest = max((len(plain_text(value)) for value in islice(column, _CELLS_LOOKED_AT)), default=0)
    return min(max(_NARROW, 1.1 * max(longest, len(name) + 2)), _WIDE)


def _value(sheet: Any, value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(sheet, round(value, 6) if isinstance(value, float) else value)
    return _text(sheet, plain_text(value)) if value != "" else None


def _number(sheet: Any, value: float) -> Any:
    from openpyxl.cell import WriteOnlyCell

    return apply(WriteOnlyCell(sheet, value), BODY)


def _text(sheet: Any, text: str, look: Style = BODY) -> Any:
    """Return a cell that holds a text and never a formula."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, exactly(text))
    cell.data_type = "s"
    return apply(cell, look)
