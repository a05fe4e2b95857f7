"""Sheets as their makers see them: every row of every sheet, and what a reader of rows alone would miss."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sekom_analysis.basics.errors import ExchangeError, TableError
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines, quoted
from sekom_analysis.formats.encodings import Reading, in_quotes, known_encoding, recognised
from sekom_analysis.formats.guarded import refusal
from sekom_analysis.formats.other_books import ENDINGS, read_other_book
from sekom_analysis.formats.tables import (
    DELIMITERS,
    LARGEST_FILE,
    WORKBOOKS,
    is_blank,
    read_bytes,
    split_rows,
    split_with,
    undecodable,
    unguarded,
)
from sekom_analysis.formats.workbook_cells import LIMITS, Stored, address
from sekom_analysis.formats.workbook_reading import OLD_OFFICE, ZIP, Book, SheetRows

_TOLD_IN_A_COLUMN = 20  # cells of one kind that are kept with their places
_EMPTY_STRETCH = 100_000  # rows: what is farther away than that was not put there by a person
_MOSTLY = 0.6  # of the rows have as many cells as the header
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+)?")


@dataclass
class Grid:
    """One sheet, or a text table: its rows as texts, row 1 first.

    Parameters
    ----------
    name : the sheet; empty for a text table
    rows : cells of each row, blank rows empty lists
    problems : errors and formulas without a stored result, with their row and cell
    more_problems : columns that have more such cells, and how many
    hidden_rows, hidden_columns : rows and columns that Excel does not show, by number
    converted : cells in which Excel shows a date or a percentage, by column
    is_hidden : whether Excel does not show the sheet
    is_text : whether it is a text table
    """

    name: str = ""
    rows: list[list[str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    more_problems: Counter[int] = field(default_factory=Counter)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    converted: dict[int, dict[int, str]] = field(default_factory=dict)
    is_hidden: bool = False
    is_text: bool = False


@dataclass
class Grids:
    """All of a file.

    Parameters
    ----------
    file : its name
    grids : its sheets, in their order; one for a text table
    reading : how the letters of a text table were read
    """

    file: str
    grids: list[Grid]
    reading: Reading | None = None


def read_grids(
    path: str | os.PathLike[str],
    sheet: str | None = None,
    encoding: str | None = None,
    single: Collection[str] = (),
) -> Grids:
    """Read every sheet of a workbook, or a text table in whatever encoding.

    Parameters
    ----------
    path : the file
    sheet : only this sheet
    encoding : of a text table; left out, it is found out
    single : names of a column that is alone in a text table

    Raises
    ------
    TableError
        If it cannot be read; with every reason.
    """
    path = Path(path)
    if path.suffix.lower() in ENDINGS and path.is_file():
        return Grids(path.name, _other_grids(path, sheet, encoding))
    data, problem = read_bytes(path)
    if problem:
        raise unreadable(path, [problem])
    if path.suffix.lower() not in WORKBOOKS:
        return _text_grid(data, path, sheet, encoding, single)
    if encoding is not None:
        raise unreadable(path, [Problem.of(path.name, None, "grid_encoding_of_book")])
    return Grids(path.name, _book_grids(data, path, sheet))


def unreadable(path: Path, problems: Sequence[Problem]) -> TableError:
    """Return the error that says why a file cannot be read as a table."""
    error = TableError(f"'{path}' could not be read as a table:\n{problem_lines(problems)}")
    error.problems = tuple(problems)
    return error


# --- workbooks ----------------------------------------------------------------------------------------


def _book_grids(data: bytes, path: Path, sheet: str | None) -> list[Grid]:
    if data.startswith(OLD_OFFICE):
        raise unreadable(path, [Problem.of(path.name, None, "book_locked")])
    if not data.startswith(ZIP):
        raise unreadable(path, [Problem.of(path.name, None, "book_none")])
    limits = replace(LIMITS, odd_cells=LIMITS.cells)
    try:
        with Book(data, path.name, limits) as book:
            names = [sheet] if sheet is not None else book.names or [""]
            return [_book_grid(book, _same_name(name, book.names)) for name in names]
    except ExchangeError as error:
        raise unreadable(path, list(error.problems)) from error


def _same_name(name: str, names: Collection[str]) -> str:
    """Return the sheet as it is called there: case and stray blanks aside."""
    alike = (one for one in names if one.strip().casefold() == name.strip().casefold())
    return name if name in names else next(alike, name)


def _book_grid(book: Book, name: str) -> Grid:
    book.path(name or None)
    taken = _SeenRows(book, name)
    merged = book.walk(name or None, taken.take)
    taken.widen()
    taken.fill(merged)
    grid = taken.grid
    grid.rows, grid.problems = taken.rows, taken.problems
    grid.hidden_rows = list(book.hidden_rows)
    grid.hidden_columns = [
        column for first, last in book.hidden_columns for column in range(first, min(last, taken.width) + 1)
    ]
    grid.is_hidden = name in book.hidden
    return grid


def _other_grids(path: Path, sheet: str | None, encoding: str | None) -> list[Grid]:
    """Return the sheets of LibreOffice's or Excel's old workbook."""
    if encoding is not None:
        raise unreadable(path, [Problem.of(path.name, None, "grid_encoding_of_book")])
    if path.stat().st_size > LARGEST_FILE:
        raise unreadable(path, [Problem.of(path.name, None, "table_large", n=LARGEST_FILE // 1_000_000)])
    sheets, problem = read_other_book(path)
    if problem is not None:
        raise unreadable(path, [problem])
    grids = [Grid(one["name"], one["rows"], is_hidden=one["is_hidden"]) for one in sheets]
    names = [grid.name for grid in grids]
    if sheet is not None and _same_name(sheet, names) not in names:
        raise unreadable(
            path, [Problem.of(path.name, None, "book_no_sheet", sheet=sheet, names=quoted(names))]
        )
    if not grids:
        raise unreadable(path, [Problem.of(path.name, None, "book_no_sheets")])
    return [grid for grid in grids if sheet is None or grid.name == _same_name(sheet, names)]


class _SeenRows(SheetRows):
    """Rows as their cells come in, with what a person sees of them; odd cells are counted, not refused."""

    def __init__(self, book: Book, name: str) -> None:
        super().__init__(book.file, book.values(), book.limits)
        self.grid = Grid(name)
        self.odd: Counter[int] = Counter()
        shown = self.values.dates, self.values.percents
        self.converting = shown[0] | shown[1]

    def take(self, cell: Stored) -> None:
        """Put a cell into its row, and keep how it is shown."""
        if cell.row > len(self.rows) + _EMPTY_STRETCH:
            place = address(cell.row, cell.column)
            raise refusal(self.file, "grid_far", place=place, text=self._text(cell)[:40])
        super().take(cell)
        if cell.kind == "n" and cell.style in self.converting and cell.value:
            kind = "date" if cell.style in self.values.dates else "percent"
            self.grid.converted.setdefault(cell.column, {})[cell.row] = kind

    def _odd(self, cell: Stored, kind: str, /, **values: object) -> None:
        self.odd[cell.column] += 1
        if self.odd[cell.column] <= _TOLD_IN_A_COLUMN:
            super()._odd(cell, kind, **values)
        else:
            self.grid.more_problems[cell.column] += 1


# --- text tables --------------------------------------------------------------------------------------


def _text_grid(
    data: bytes, path: Path, sheet: str | None, encoding: str | None, single: Collection[str]
) -> Grids:
    if sheet is not None:
        raise unreadable(path, [Problem.of(path.name, None, "table_no_sheet", sheet=sheet)])
    if data.startswith((ZIP, OLD_OFFICE)):
        raise unreadable(path, [Problem.of(path.name, None, "table_workbook")])
    reading = _read_text(data, path, encoding)
    rows, problems = rows_of(reading.text, path.name, single)
    if problems:
        raise unreadable(path, problems)
    rows = [list(map(unguarded, row)) for row in rows]
    return Grids(path.name, [Grid(rows=rows, is_text=True)], reading)


def _read_text(data: bytes, path: Path, encoding: str | None) -> Reading:
    name = known_encoding(encoding) if encoding is not None else ""
    if encoding is not None and not name:
        raise unreadable(path, [Problem.of(path.name, None, "grid_encoding", encoding=encoding)])
    if b"\0" in data and not name and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise unreadable(path, [Problem.of(path.name, None, "table_no_text")])
    try:
        if not name:
            return recognised(data)
        return Reading(data.decode(name).removeprefix("\ufeff"), name)
    except UnicodeDecodeError as error:
        said = name or Phrase("problem_table_utf8_rest")
        raise unreadable(path, [undecodable(error, said, path.name)]) from error


def rows_of(text: str, file: str, single: Collection[str] = ()) -> tuple[list[list[str]], list[Problem]]:
    r"""Cells of every row, also where lines of a title stand above the header.

    Examples
    --------
    >>> rows_of("Enkät 2024\n\nnr;svar\n1;ja\n2;nej, inte nu\n", "a.csv")[0]
    [['Enkät 2024'], [], ['nr', 'svar'], ['1', 'ja'], ['2', 'nej, inte nu']]
    """
    rows, problems = split_rows(text, file)
    first = next((row for row in rows if not is_blank(row)), [""])
    if len(first) > 1 or first[0].strip().casefold() in single:
        return rows, problems
    for delimiter in DELIMITERS:
        if text.count(delimiter) < 3 or (delimiter == "," and 2 * text.count(", ") > text.count(",")):
            continue
        others, faults = split_with(text, delimiter, file)
        widths = Counter(len(row) for row in others if not is_blank(row))
        common, times = widths.most_common(1)[0]
        if common > 1 and times > _MOSTLY * sum(widths.values()) and times > 2 and not faults:
            return others, faults
    return rows, problems


def encoding_doubt(path: Path) -> Problem | None:
    """Return what speaks against how a study reads the letters of its file of notes; None if nothing does."""
    data, problem = read_bytes(path)
    if problem or path.suffix.lower() in WORKBOOKS or data.isascii() or b"\0" in data:
        return None
    try:
        reading = recognised(data)
    except UnicodeDecodeError:
        return None
    words = in_quotes(reading.text)
    if reading.is_doubled:
        return Problem.of(path.name, None, "grid_doubled", words=words)
    if reading.is_guessed and reading.encoding != "cp1252":
        return Problem.of(path.name, None, "grid_letters", encoding=reading.encoding, words=words)
    return None
