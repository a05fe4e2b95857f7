"""A coding sheet as it comes back: its ticket and its rows, wherever tabs and columns have moved to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.layout import MEMO, Column
from sekom_analysis.exchange.tables import read_bytes
from sekom_analysis.exchange.workbooks import OLD_OFFICE, ZIP, Book, BookLimits, Stored, address
from sekom_analysis.exchange.workbooks.values import OddCellError, Values
from sekom_analysis.problems import Problem

_HEAD_ROWS = 30
_LIMITS = BookLimits(xml_parts=1_500_000)  # each cell is kept with its place
_NOT_OURS = "send the file that 'sekom sheet CODER' wrote, filled in and saved as .xlsx"


class Cell(NamedTuple):
    """One filled cell: where it is, its text, and whether a program worked it out."""

    tab: str
    address: str
    row: int
    text: str
    formula: bool = False


class Ticket(NamedTuple):
    """What a sheet says of itself: whose it is, and which definitions it was written with."""

    study: str
    coder: str
    lang: str
    seen_until: str
    versions: Mapping[str, str]


class SheetRow(NamedTuple):
    """One row of a tab: the note's key and text, and what the coder filled in."""

    tab: str
    number: int
    key: Cell
    text: Cell
    given: Mapping[Column, Cell]


class SheetFile(NamedTuple):
    """All of a sheet that matters."""

    ticket: Ticket
    rows: tuple[SheetRow, ...]


def is_coding_sheet(path: str | os.PathLike[str]) -> bool:
    """Whether a file says of itself that it is a coding sheet; a log saved by Excel is a workbook too."""
    data, problem = read_bytes(Path(path))
    if problem or not data.startswith(ZIP):
        return False
    try:
        return any(map(_ticket, _grids(data, Path(path).name).values()))
    except ExchangeError:
        return False


def read_sheet_file(path: Path) -> tuple[SheetFile | None, bytes, list[Problem]]:
    """Read a coding sheet; None where it is none, with every problem found.

    Returns
    -------
    sheet, data, problems
        `data` is the file itself.
    """
    data, problem = read_bytes(path)
    if problem:
        return None, data, [problem]
    if not data.startswith(ZIP):
        locked = data.startswith(OLD_OFFICE)
        what = "it is protected by a password, or in Excel's old format" if locked else "it is no workbook"
        return None, data, [Problem(path.name, None, what, "save it as .xlsx without a password")]
    try:
        grids = _grids(data, path.name)
    except ExchangeError as error:
        return None, data, list(error.problems)
    ticket = next(filter(None, map(_ticket, grids.values())), None)
    if ticket is None:
        what = "it is no coding sheet: no tab says whose it is and for which study"
        return None, data, [Problem(path.name, None, what, _NOT_OURS)]
    problems: list[Problem] = []
    rows = [row for tab, grid in grids.items() for row in _rows(tab, grid, path.name, problems)]
    if not rows and not problems:
        problems.append(Problem(path.name, None, "no tab with notes was found in it", _NOT_OURS))
    return SheetFile(ticket, tuple(rows)), data, problems


Grid = dict[int, dict[int, Cell]]


def _grids(data: bytes, file: str) -> dict[str, Grid]:
    """Return the filled cells of every tab: row -> column -> cell."""
    grids: dict[str, Grid] = {}
    with Book(data, file, _LIMITS) as book:
        values = book.values()
        for tab in book.names:
            grids[tab] = {}
            book.walk(tab, _into(grids[tab], tab, values))
    return grids


def _into(grid: Grid, tab: str, values: Values) -> Callable[[Stored], None]:
    """Return what puts a tab's cells into its grid."""

    def take(stored: Stored) -> None:
        cell = _cell(tab, stored, values)
        if cell.text.strip():
            grid.setdefault(stored.row, {})[stored.column] = cell

    return take


def _cell(tab: str, stored: Stored, values: Values) -> Cell:
    place = address(stored.row, stored.column)
    if stored.formula is not None:
        return Cell(tab, place, stored.row, f"={stored.formula}", formula=True)
    try:
        text = values.text(stored)
    except OddCellError:
        text = stored.value
    return Cell(tab, place, stored.row, text)


def _texts(row: Mapping[int, Cell]) -> dict[int, str]:
    return {place: cell.text.strip() for place, cell in row.items()}


def _ticket(grid: Grid) -> Ticket | None:
    """Return what a tab says of the sheet; None if it says nothing of that kind."""
    for number, row in sorted(grid.items())[:_HEAD_ROWS]:
        for place, text in _texts(row).items():
            if text == layout.TICKET:
                return _ticket_at(grid, number, place)
    return None


def _ticket_at(grid: Grid, top: int, left: int) -> Ticket:
    pairs = {}
    for number in range(top, top + 6):
        texts = _texts(grid.get(number, {}))
        pairs[texts.get(left, "")] = texts.get(left + 1, "")
    names, versions = _texts(grid.get(top, {})), _texts(grid.get(top + 1, {}))
    known = {name[:-1]: versions.get(place, "") for place, name in names.items() if name.endswith("/")}
    return Ticket(
        pairs.get("study", ""),
        pairs.get("coder", ""),
        pairs.get("lang", ""),
        pairs.get("seen_until", ""),
        known,
    )


def _rows(tab: str, grid: Grid, file: str, problems: list[Problem]) -> Iterator[SheetRow]:
    """Yield the rows of a tab below the row of marks; nothing if the tab has none."""
    marks = _mark_row(grid)
    if not marks:
        return
    top = next(iter(marks.values())).row
    problems += _doubled(marks, file)
    columns = {place: column for place, cell in marks.items() if (column := layout.column_of(cell.text))}
    key, text = (_place(marks, mark) for mark in (layout.KEY, layout.TEXT))
    for number in sorted(number for number in grid if number > top):
        row = grid[number]
        given = {column: _typed(column, row[place]) for place, column in columns.items() if place in row}
        if given or key in row or text in row:
            key_cell, text_cell = (row.get(place, _empty(marks[place], number)) for place in (key, text))
            yield SheetRow(tab, number, key_cell, text_cell, given)


def _typed(column: Column, cell: Cell) -> Cell:
    # What looks like a formula in a memo is what the coder wrote.
    return cell._replace(formula=False) if column.part == MEMO else cell


def _mark_row(grid: Grid) -> dict[int, Cell]:
    """Return the row that names the columns."""
    for _, row in sorted(grid.items())[:_HEAD_ROWS]:
        if {layout.KEY, layout.TEXT} <= set(_texts(row).values()):
            return {place: cell._replace(text=cell.text.strip()) for place, cell in row.items()}
    return {}


def _doubled(marks: Mapping[int, Cell], file: str) -> Iterator[Problem]:
    seen: dict[str, Cell] = {}
    for cell in marks.values():
        if cell.text in seen:
            what = (
                f"tab '{cell.tab}' has two columns '{cell.text}' ({seen[cell.text].address}, {cell.address})"
            )
            yield Problem(file, cell.row, what, "delete the one that was added")
        seen[cell.text] = cell


def _place(marks: Mapping[int, Cell], mark: str) -> int:
    return next(place for place, cell in marks.items() if cell.text == mark)


def _empty(mark: Cell, number: int) -> Cell:
    """Return the empty cell in the column of a mark."""
    letters = mark.address.rstrip("0123456789")
    return Cell(mark.tab, f"{letters}{number}", number, "")
