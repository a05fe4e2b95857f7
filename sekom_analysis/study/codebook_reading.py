"""A codebook as people keep it, in Excel, Word or a text table: what it holds, and what was made of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.basics.errors import ExchangeError, TableError
from sekom_analysis.basics.wording import LANGUAGES, Problem, quoted, say
from sekom_analysis.formats.grids import read_grids
from sekom_analysis.formats.guarded import read_file
from sekom_analysis.formats.other_books import ENDINGS as OTHER_BOOKS
from sekom_analysis.formats.tables import (
    WORKBOOKS,
    as_table,
    check_table,
    decode,
    is_blank,
    read_bytes,
    split_rows,
    unguarded,
)
from sekom_analysis.formats.word import word_tables
from sekom_analysis.formats.workbook_reading import read_rows, sheet_names
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.codebook_rows import Entries, Grid, Heading, book_of
from sekom_analysis.study.codebook_table import check_codebook_table
from sekom_analysis.study.codebook_words import Name, column_of

_TEXTS = (".csv", ".tsv", ".txt")
ENDINGS = (*_TEXTS, *WORKBOOKS, *OTHER_BOOKS, ".docx")
_FIRST = 40  # rows in which a heading is looked for
_CODES = ("code", "label", "group")


class BookRead(NamedTuple):
    """What a file holds of a codebook.

    Attributes
    ----------
    codebook : the codebook; None if there is a problem
    problems : why it cannot be used, with sheet and row as the file shows them
    remarks : what was made of it, to be known
    """

    codebook: Codebook | None
    problems: list[Problem]
    remarks: list[Problem]


def read_kept_codebook(path: Path) -> BookRead:
    """Read a codebook that is a table, whatever its columns are called.

    A table of our own form is read as it is. Of any other the heading is
    found, ids are made where only labels are given, and what was made is told.

    Parameters
    ----------
    path : ``.xlsx``, ``.ods``, ``.xls``, ``.docx``, or a text table
    """
    found = _own_form(path)
    if found is not None:
        return BookRead(found, [], [])
    try:
        sheets = list(_sheets(path))
    except (ExchangeError, TableError) as error:
        return BookRead(None, list(error.problems), [])
    broken = [problem for sheet in sheets for problem in sheet.problems]
    if broken:
        return BookRead(None, broken, [])
    grids = [grid for sheet in sheets if (grid := _grid(sheet, len(sheets) > 1)) is not None]
    if not grids:
        return BookRead(None, [_not_found(path.name, sheets)], [])
    return _read(path.name, sheets, grids)


def _read(file: str, sheets: Sequence[_Sheet], grids: list[Grid]) -> BookRead:
    # sheets without a variable are one each; a table that names its variables is whole
    whole = next((grid for grid in grids if grid.names_variables), None)
    used = [whole] if whole is not None else grids
    book, problems, remarks = book_of([Entries(grid, grid.title if len(used) > 1 else "") for grid in used])
    others = [sheet.title for sheet in sheets if sheet.title and sheet.rows]
    left = [title for title in others if title not in {grid.title for grid in used}]
    if left and sheets:
        remarks.append(Problem.of(file, None, "kept_sheets", names=quoted(left)))
    return BookRead(None if problems else book, problems, remarks)


def _own_form(path: Path) -> Codebook | None:
    """Return a codebook that is written as `write_codebook_file` writes it; None if it is not."""
    suffix = path.suffix.lower()
    titles = {say("workbook_tab_codebook", lang) for lang in LANGUAGES}
    try:
        if suffix in OTHER_BOOKS:
            grids = read_grids(path).grids
            own = next((grid for grid in grids if grid.name in titles), grids[0])
            table, problems = as_table(own.rows, path.name, [])
        elif suffix in (*_TEXTS, *WORKBOOKS):
            data, _ = read_bytes(path)
            names = sheet_names(data, path.name) if suffix in WORKBOOKS else []
            table, problems = check_table(path, next((name for name in names if name in titles), None))
        else:
            return None
    except (ExchangeError, TableError):
        return None
    if problems:
        return None
    book, problems = check_codebook_table(table, path.name)
    return None if problems else book


# --- the sheets of a file: rows with the numbers that the file shows ----------------------------------


class _Sheet(NamedTuple):
    place: str
    title: str
    rows: list[tuple[int, list[str]]]
    problems: list[Problem]


def _sheets(path: Path) -> Iterator[_Sheet]:
    suffix = path.suffix.lower()
    if suffix == ".docx":
        tables = word_tables(read_file(path), path.name)
        for number, table in enumerate(tables, start=1):
            title = say("kept_table", "sv", n=number) if len(tables) > 1 else ""
            yield _sheet(path.name, title, table, [])
        if not tables:
            yield _Sheet(path.name, "", [], [])
        return
    titles = {say("workbook_tab_codebook", lang) for lang in LANGUAGES}
    if suffix in OTHER_BOOKS:
        grids = read_grids(path).grids
        for grid in [grid for grid in grids if grid.name in titles] or grids:
            yield _sheet(path.name, grid.name, grid.rows, [])
        return
    data, problem = read_bytes(path)
    if problem:
        yield _Sheet(path.name, "", [], [problem])
    elif suffix in WORKBOOKS:
        names = sheet_names(data, path.name)
        for name in [name for name in names if name in titles] or names:
            rows, problems = read_rows(data, path.name, name)
            yield _sheet(path.name, name, rows, problems)
    else:
        text, problems = decode(data, path.name)
        rows, broken = _text_rows(text, path.name) if not problems else ([], [])
        yield _sheet(path.name, "", [list(map(unguarded, row)) for row in rows], [*problems, *broken])


def _text_rows(text: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    """Return the rows of a text table; lines above its heading say nothing of what parts its cells."""
    rows, problems = split_rows(text, file)
    lines = text.splitlines(keepends=True)
    for above in range(1, min(_FIRST, len(lines) - 1)):
        if max(map(len, rows), default=0) > 1:
            break
        below, wrong = split_rows("".join(lines[above:]), file)
        if len(next((row for row in below if not is_blank(row)), [])) > 1 and not wrong:
            return [*([line.strip()] for line in lines[:above]), *below], []
    return rows, problems


def _sheet(file: str, title: str, rows: list[list[str]], problems: list[Problem]) -> _Sheet:
    place = f"{file}, {title}" if title else file
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if not is_blank(row)]
    return _Sheet(place, title, numbered, problems)


# --- the heading of a table ---------------------------------------------------------------------------


def _grid(sheet: _Sheet, is_one_of_several: bool) -> Grid | None:
    """Return the rows of a sheet below its heading; a list without one is codes, and what they mean."""
    best, score = None, 0
    for at, (_, row) in enumerate(sheet.rows[:_FIRST]):
        names = [column_of(cell) for cell in row]
        fields = {name.field for name in names if name is not None}
        known = len(fields) if fields & {*_CODES, "range", "kind"} and _could_head(row, names) else 0
        if known > score:
            best, score = at, known
    if best is None:
        return None if is_one_of_several else _without_heading(sheet)
    number, told = sheet.rows[best]
    heading = Heading(number, tuple(told), tuple(column_of(cell) for cell in told))
    rows = tuple((number, tuple(cells)) for number, cells in sheet.rows[best + 1 :])
    return Grid(sheet.place, sheet.title, heading, rows)


def _could_head(row: Sequence[str], names: Sequence[Name | None]) -> bool:
    """Whether most of what a row says are names of columns, as in a heading."""
    filled = sum(bool(cell.strip()) for cell in row)
    known = sum(name is not None for name in names)
    return known >= 2 or known == filled == 1


def _without_heading(sheet: _Sheet) -> Grid | None:
    """Return a list of two columns at most, of short texts, as codes and what they mean."""
    wide = max((sum(bool(cell.strip()) for cell in row) for _, row in sheet.rows), default=0)
    short = [row for _, row in sheet.rows if row and 0 < len(row[0].strip()) <= 60]
    if not 1 <= wide <= 2 or len(short) < len(sheet.rows) or len(sheet.rows) < 2:
        return None
    names = (Name("label"), Name("definition"))[:wide]
    rows = tuple((number, tuple(cells)) for number, cells in sheet.rows)
    return Grid(sheet.place, sheet.title, Heading(None, ("", "")[:wide], names), rows)


def _not_found(file: str, sheets: Sequence[_Sheet]) -> Problem:
    rows = next((sheet.rows for sheet in sheets if sheet.rows), [])
    if not rows:
        return Problem.of(file, None, "kept_empty")
    named = quoted(cell.strip()[:40] for cell in rows[0][1][:10] if cell.strip())
    return Problem.of(file, rows[0][0], "kept_no_heading", names=named)
