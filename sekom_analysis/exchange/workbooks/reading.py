"""Sheets as rows of texts; formulas are not run."""

from __future__ import annotations

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import refusal
from sekom_analysis.exchange.workbooks.book import Book
from sekom_analysis.exchange.workbooks.cells import Stored, address, area
from sekom_analysis.exchange.workbooks.limits import LIMITS, OPEN_AND_SAVE, BookLimits
from sekom_analysis.exchange.workbooks.values import OddCellError, Values
from sekom_analysis.problems import Problem

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_WIDER = 2  # times as many cells may there be with those that short rows lack


def read_rows(
    data: bytes, file: str, sheet: str | None = None, *, exact: bool = False, limits: BookLimits = LIMITS
) -> tuple[list[list[str]], list[Problem]]:
    """Cells of every row of a sheet as text; the first sheet if none is named.

    Formulas are not run: a cell holds what Excel last stored for it. What is
    merged over several rows is given to each of them, as a person sees it.
    With `exact`, line breaks stay as `exactly` wrote them.
    """
    if data.startswith(OLD_OFFICE):
        what = "it is protected by a password, or in Excel's old format"
        return [], [Problem(file, None, what, "save it as .xlsx without a password")]
    if not data.startswith(ZIP):
        todo = "save it as .xlsx; if it is a text table, name it .csv"
        return [], [Problem(file, None, "it is not an Excel workbook", todo)]
    try:
        with Book(data, file, limits) as book:
            return book_rows(book, sheet, exact=exact)
    except ExchangeError as error:
        return [], list(error.problems)


def book_rows(
    book: Book, sheet: str | None = None, file: str = "", *, exact: bool = False
) -> tuple[list[list[str]], list[Problem]]:
    """Rows of one of several sheets of an opened workbook, as `read_rows` gives them.

    Parameters
    ----------
    book : the workbook
    sheet : name of the sheet, by default the first
    file : what problems name as its place, by default the file
    exact : whether line breaks stay as `exactly` wrote them

    Raises
    ------
    ExchangeError
        If there is no such sheet, or it is damaged or too large.
    """
    book.path(sheet)
    taken = _Rows(file or book.file, book.values(exact=exact), book.limits)
    merged = book.walk(sheet, taken.take)
    taken.widen()
    taken.fill(merged)
    return taken.rows, taken.problems


def sheet_names(data: bytes, file: str) -> list[str]:
    """Return the names of a workbook's sheets, in their order.

    Raises
    ------
    ExchangeError
        If it is damaged, no workbook, or could do harm.
    """
    with Book(data, file) as book:
        return book.names


def merged_across(data: bytes) -> list[tuple[int, str]]:
    """Return rows and cells of the first sheet, below its header, that are merged over several columns."""
    with Book(data, "the workbook") as book:
        merged = book.merged(None)
    bounds = ((cells, area(cells)) for cells in merged)
    return [
        (found[0][0], cells)
        for cells, found in bounds
        if found and found[0][0] > 1 and found[1][1] > found[0][1]
    ]


class _Rows:
    """Rows as their cells come in."""

    def __init__(self, file: str, values: Values, limits: BookLimits) -> None:
        self.file, self.values, self.limits = file, values, limits
        self.rows: list[list[str]] = []
        self.problems: list[Problem] = []
        self.count = self.filled = self.width = 0

    def take(self, cell: Stored) -> None:
        """Put a cell into its row, or say why not."""
        if len(self.rows) < cell.row:
            self.rows.extend([] for _ in range(cell.row - len(self.rows)))
        row = self.rows[cell.row - 1]
        text = self._text(cell)
        if text:
            lacking = cell.column - len(row)
            if lacking > 0:
                self.filled += not row
                self.width = max(self.width, cell.column)
                self._count(lacking)
                row.extend([""] * lacking)
            row[cell.column - 1] = text

    def _text(self, cell: Stored) -> str:
        # A formula whose result is the empty text says so by its kind.
        if cell.formula is not None and not cell.value and cell.kind != "str":
            self._odd(cell, "a formula whose result was never stored", "open the file in Excel and save it")
            return ""
        try:
            return self.values.text(cell)
        except OddCellError as error:
            self._odd(cell, str(error), "correct the cell")
            return cell.value

    def _count(self, cells: int) -> None:
        self.count += cells
        most = self.limits.cells
        if self.count > most:
            what = f"it has more than {most:,} cells"
            raise refusal(self.file, what, "take it apart into several files, or leave columns out")
        if self.filled * self.width > _WIDER * most:
            what = f"it has more than {_WIDER * most:,} cells in {self.width:,} columns, empty ones too"
            todo = "take it apart into several files, or take away what stands far to the right"
            raise refusal(self.file, what, todo)

    def _odd(self, cell: Stored, what: str, todo: str) -> None:
        what = what if what.startswith(("holds", "refers", "shows")) else f"holds {what}"
        place = address(cell.row, cell.column)
        self.problems.append(Problem(self.file, cell.row, f"cell {place} {what}", todo))
        if len(self.problems) > self.limits.odd_cells:
            first = self.problems[0]
            what = f"{first.what}, and {self.limits.odd_cells:,} more cells are of no use either"
            raise refusal(self.file, what, first.todo)

    def widen(self) -> None:
        """Make all rows that hold something as long as the longest."""
        for row in self.rows:
            if row:
                row.extend([""] * (self.width - len(row)))

    def fill(self, ranges: list[str]) -> None:
        """Give every row of a merged cell its text; a merged header and blank rows stay as they are."""
        given = 0
        for name in ranges:
            bounds = area(name)
            if bounds is None:
                raise refusal(self.file, f"it merges '{name[:40]}', which names no cells", OPEN_AND_SAVE)
            (top, left), (bottom, _) = bounds
            text = "".join(self.rows[top - 1][left - 1 : left]) if top <= len(self.rows) else ""
            if top == 1 or not text:
                continue
            given += max(min(bottom, len(self.rows)) - top, 0)
            if given > self.limits.cells:
                what = f"its merged cells cover more than {self.limits.cells:,} rows, many of them twice"
                raise refusal(self.file, what, OPEN_AND_SAVE)
            for row in self.rows[top:bottom]:
                if row:
                    row[left - 1] = text
