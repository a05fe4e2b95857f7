"""The cells of a file that came back, tab by tab, whatever program saved it as what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.sheets import texttable
from sekom_analysis.exchange.tables import TEXTS, read_bytes
from sekom_analysis.exchange.workbooks import OLD_OFFICE, ZIP, Book, BookLimits, Stored, address
from sekom_analysis.exchange.workbooks.values import OddCellError, Values
from sekom_analysis.logline import utc_text
from sekom_analysis.problems import Problem

_LIMITS = BookLimits(xml_parts=1_500_000)  # each cell is kept with its place
_SAVE_AS = "open it in {program}, choose File, Save as, '{kind}', and collect the .xlsx"
_EXCEL, _OFFICE = "Excel Workbook (.xlsx)", "Excel 2007-365 (.xlsx)"
_UNREAD = {
    ".ods": ("a LibreOffice sheet (.ods)", _SAVE_AS.format(program="LibreOffice", kind=_OFFICE)),
    ".fods": ("a LibreOffice sheet (.fods)", _SAVE_AS.format(program="LibreOffice", kind=_OFFICE)),
    ".ots": ("a LibreOffice template (.ots)", _SAVE_AS.format(program="LibreOffice", kind=_OFFICE)),
    ".xls": ("in Excel's old format (.xls)", _SAVE_AS.format(program="Excel or LibreOffice", kind=_EXCEL)),
    ".xlsb": ("in Excel's binary format (.xlsb)", _SAVE_AS.format(program="Excel", kind=_EXCEL)),
    ".numbers": (
        "a Numbers sheet (.numbers)",
        "open it in Numbers, choose File, Export To, Excel, and collect the .xlsx",
    ),
}


class Cell(NamedTuple):
    """One filled cell: where it is, its text, and whether a program worked it out."""

    tab: str
    address: str
    row: int
    text: str
    formula: bool = False

    @property
    def place(self) -> str:
        """Where it is, in words."""
        return f"cell {self.address} of the tab '{self.tab}'"


Row = dict[int, Cell]
Grid = dict[int, Row]


class Opened(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    grids : tab -> row -> column -> cell, the filled ones
    comments : tab -> row -> column -> what is written about that cell
    saved_at : when it was last saved, UTC as in a log; empty where it does not say
    encoding : of a text table that cannot hold every letter; else empty
    is_text : whether it is a text table, which holds one tab
    """

    grids: Mapping[str, Grid]
    comments: Mapping[str, Grid]
    saved_at: str = ""
    encoding: str = ""
    is_text: bool = False


def is_unread(path: Path) -> bool:
    """Whether a file is a spreadsheet by its name, but of a kind that is not read."""
    return path.suffix.lower() in _UNREAD


def open_file(path: Path) -> tuple[Opened | None, bytes, list[Problem]]:
    """Return what a file holds, and the file itself; None where it cannot be read, with why."""
    if is_unread(path) and path.is_file():
        what, todo = _UNREAD[path.suffix.lower()]
        return None, b"", [Problem(path.name, None, f"it is {what}, which is not read", todo)]
    data, problem = read_bytes(path)
    if problem:
        return None, data, [problem]
    if path.suffix.lower() in TEXTS and not data.startswith((ZIP, OLD_OFFICE)):
        return _text_table(data, path)
    if not data.startswith(ZIP):
        locked = data.startswith(OLD_OFFICE)
        what = "it is protected by a password, or in Excel's old format" if locked else "it is no workbook"
        return None, data, [Problem(path.name, None, what, "save it as .xlsx without a password")]
    try:
        return _workbook(data, path.name), data, []
    except ExchangeError as error:
        return None, data, list(error.problems)


def _workbook(data: bytes, file: str) -> Opened:
    grids: dict[str, Grid] = {}
    comments: dict[str, Grid] = {}
    with Book(data, file, _LIMITS) as book:
        values = book.values()
        for tab in book.names:
            grids[tab], comments[tab] = {}, {}
            book.walk(tab, _into(grids[tab], tab, values))
            for row, column, text in book.comments(tab):
                comments[tab].setdefault(row, {})[column] = Cell(tab, address(row, column), row, text)
        saved_at = utc_text(book.saved_at) if book.saved_at else ""
    return Opened(grids, comments, saved_at)


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


def _text_table(data: bytes, path: Path) -> tuple[Opened | None, bytes, list[Problem]]:
    table = texttable.read(data, path.name)
    tab = path.stem
    grid = {
        number: {
            place: Cell(tab, address(number, place), number, text)
            for place, text in enumerate(row, start=1)
            if text.strip()
        }
        for number, row in enumerate(table.rows, start=1)
    }
    grid = {number: row for number, row in grid.items() if row}
    return Opened({tab: grid}, {}, "", table.encoding, is_text=True), data, table.problems
