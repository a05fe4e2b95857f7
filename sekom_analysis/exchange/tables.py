"""Tables in and out, as Swedish Excel writes and opens them.

A table read is a DataFrame of texts whose index, named ``row``, holds the row
numbers that a person sees in Excel (the header is row 1).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.errors import NotSavedError, TableError
from sekom_analysis.exchange import delimited
from sekom_analysis.exchange.workbooks import (
    LONGEST_TEXT,
    MOST_ROWS,
    OLD_OFFICE,
    ZIP,
    plain_text,
    read_rows,
    write_rows,
)
from sekom_analysis.exchange.workbooks import UNWRITABLE as NOT_IN_CELLS
from sekom_analysis.files import check_outside, write_whole
from sekom_analysis.problems import Problem, problem_lines

WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".csv", ".tsv", ".txt", "")
LARGEST_FILE, LONGEST_LINE = 100_000_000, 5_000_000  # bytes
_SAVE_AS = "save it as .xlsx or as 'CSV UTF-8'"


def read_table(path: str | os.PathLike[str], sheet: str | None = None) -> pd.DataFrame:
    r"""Read a text table or an Excel workbook, every cell as text.

    Parameters
    ----------
    path : a file
        ``.xlsx``; or ``.csv``, ``.tsv``, ``.txt`` with semicolon, tab or comma
        in UTF-8, UTF-16 with mark, or Windows-1252. The ``'`` that `write_table` puts before what looks
        like a formula is taken off.
    sheet : the workbook's sheet, by default its first

    Returns
    -------
    DataFrame of dtype str, index ``row``
        Empty cells are empty texts; ``007`` and ``NA`` stay what they are.
        Blank rows and blank columns at the right are left out. Spaces around
        column names go.

    Raises
    ------
    TableError
        With every problem of the file, its rows, and what to do.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "notes.csv"
    >>> _ = path.write_bytes("note_id;text\r\n007;Ojämn nivå\r\n".encode("cp1252"))
    >>> read_table(path).loc[2].to_dict()
    {'note_id': '007', 'text': 'Ojämn nivå'}
    """
    frame, problems = check_table(path, sheet)
    if problems:
        msg = f"'{path}' could not be read as a table:\n{problem_lines(problems)}\nNothing was changed."
        raise TableError(msg)
    return frame


def check_table(path: str | os.PathLike[str], sheet: str | None = None) -> tuple[pd.DataFrame, list[Problem]]:
    """Read a table as `read_table` does, but hand back the problems beside it.

    Returns
    -------
    frame, problems
        The rows that could be read, and every problem; good without any.

    Examples
    --------
    >>> frame, problems = check_table("no-such-file.csv")
    >>> len(frame), problems[0].what
    (0, 'there is no such file')
    """
    path = Path(path)
    data, problem = read_bytes(path)
    if problem:
        return _frame([], [], []), [problem]
    if path.suffix.lower() in WORKBOOKS:
        rows, problems = read_rows(data, path.name, sheet)
    else:
        rows, problems = _read_text_rows(data, path.name, sheet)
    if all(map(delimited.is_blank, rows)) and not problems:
        return _frame([], [], []), [Problem.of(path.name, None, "table_empty")]
    return as_table(rows, path.name, problems)


def read_bytes(path: Path) -> tuple[bytes, Problem | None]:
    """Return what a table's file holds, or why it cannot be had."""
    suffix = path.suffix.lower()
    try:
        if path.stat().st_size > LARGEST_FILE:
            return b"", Problem.of(path.name, None, "table_large", n=LARGEST_FILE // 1_000_000)
        data = path.read_bytes()
    except FileNotFoundError:
        return b"", Problem.of(path.name, None, "table_missing")
    except PermissionError:
        if path.is_dir():
            return b"", _directory(path)
        return b"", Problem.of(path.name, None, "table_open")
    except IsADirectoryError:
        return b"", _directory(path)
    except (OSError, ValueError) as error:
        return b"", Problem.of(path.name, None, "table_unreadable", reason=str(error))
    if suffix == ".xls":
        return b"", Problem(path.name, None, "it is in Excel's old format", "save it as .xlsx")
    if suffix not in (*WORKBOOKS, *TEXTS):
        what = f"tables are read from .xlsx, .csv, .tsv and .txt, not from '{suffix}'"
        return b"", Problem(path.name, None, what, _SAVE_AS)
    if not data:
        return b"", Problem.of(path.name, None, "table_empty")
    return data, None if suffix in WORKBOOKS else _long_line(data, path.name)


def _long_line(data: bytes, file: str) -> Problem | None:
    """Say which line is longer than any table's: to split it would take many times its size."""
    start, row = 0, 1
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        if end - start > LONGEST_LINE:
            sizes = {"n": f"{end - start:,}", "most": f"{LONGEST_LINE:,}"}
            return Problem.of(file, row, "table_long_line", **sizes)
        start, row = end + 1, row + 1
    return None


def _directory(path: Path) -> Problem:
    return Problem.of(path.name, None, "table_folder")


def _read_text_rows(data: bytes, file: str, sheet: str | None) -> tuple[list[list[str]], list[Problem]]:
    if sheet is not None:
        todo = "leave the sheet out, or name an .xlsx file"
        return [], [Problem(file, None, f"a text table has no sheet '{sheet}'", todo)]
    if data.startswith((ZIP, OLD_OFFICE)):
        return [], [Problem.of(file, None, "table_workbook")]
    text, problems = delimited.decode(data, file)
    if problems:
        return [], problems
    rows, problems = delimited.split_rows(text, file)
    return [list(map(delimited.unguarded, row)) for row in rows], problems


def as_table(rows: list[list[str]], file: str, problems: list[Problem]) -> tuple[pd.DataFrame, list[Problem]]:
    """Return header and rows with their numbers; cells that do not fit are listed after `problems`."""
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if not delimited.is_blank(row)]
    if not numbered:
        return _frame([], [], []), problems
    top, header = numbered.pop(0)
    names = [name.strip() for name in header]
    while not names[-1]:
        names.pop()
    width = len(names)
    problems = [*_name_problems(names, file, top), *_size_problems(numbered, width, file), *problems]
    problems.sort(key=lambda problem: problem.row or 0)
    cells = [(row + [""] * width)[:width] for _, row in numbered]
    frame = _frame(cells, [number for number, _ in numbered], names)
    return frame.loc[:, (frame.columns != "") & ~frame.columns.duplicated()], problems


def _frame(cells: list[list[str]], numbers: list[int], names: list[str]) -> pd.DataFrame:
    index = pd.Index(numbers, name="row", dtype="int64")
    return pd.DataFrame(cells, index=index, columns=pd.Index(names, dtype="str"), dtype="str")


def _name_problems(names: list[str], file: str, row: int) -> Iterator[Problem]:
    for place, name in enumerate(names, start=1):
        if not name:
            yield Problem.of(file, row, "table_no_name", letter=_letter(place))
    for name, times in Counter(filter(None, names)).items():
        if times > 1:
            letters = ", ".join(_letter(place) for place, other in enumerate(names, start=1) if other == name)
            yield Problem.of(file, row, "table_same_name", n=times, name=name, letters=letters)


def _size_problems(rows: list[tuple[int, list[str]]], width: int, file: str) -> Iterator[Problem]:
    for number, row in rows:
        surplus = next((text for text in row[width:] if text.strip()), None)
        if surplus is not None:
            yield Problem.of(file, number, "table_surplus", text=_short(surplus), n=width)
        elif len(row) < width:
            yield Problem.of(file, number, "table_short", n=len(row), width=width)


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def write_table(
    frame: pd.DataFrame, path: str | os.PathLike[str], *, plain: bool = False, in_study: bool = False
) -> Path:
    r"""Write the columns of a table (not its index), whole or not at all.

    Parameters
    ----------
    frame : any table
        Missing values become empty cells, dates ISO texts.
    path : a file
        ``.xlsx``, or a text table: UTF-8 with mark and semicolons, which
        Swedish Excel opens rightly.
    plain : bool
        A text table without mark and with commas, for other programs.
    in_study : bool
        Whether it belongs among a study's data; else it is refused there.

    Notes
    -----
    Excel takes a text that begins with ``=``, ``+``, ``-``, ``@`` or a tab in a
    text table for a formula, so it stands there behind a ``'``, but for numbers;
    and it drops the zeros of ``007``. ``.xlsx`` keeps both as the texts they are.

    Raises
    ------
    TableError
        If the file cannot hold some value or column name; lists all of them.
    NotSavedError
        If the file cannot be written; one that was there stays as it was.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> path = write_table(pd.DataFrame({"code": ["kunskap"], "n": [6]}), Path(mkdtemp()) / "counts.csv")
    >>> path.read_bytes()
    b'\xef\xbb\xbfcode;n\r\nkunskap;6\r\n'
    """
    path = Path(path)
    return replace_file(path, table_bytes(frame, path, plain=plain), in_study=in_study)


def table_bytes(frame: pd.DataFrame, path: Path, *, plain: bool = False) -> bytes:
    """Return what a file of that name holds for a table; see `write_table`.

    Raises
    ------
    TableError
        If the file cannot hold some value or column name; lists all of them.
    """
    names = [str(name) for name in frame.columns]
    values = frame.astype(object).where(frame.notna(), None)
    rows = [names, *values.itertuples(index=False, name=None)]
    is_workbook = path.suffix.lower() == ".xlsx"
    problems = [*_kind_problems(path), *_name_problems(names, path.name, 1)]
    problems += _unwritable(rows, path.name, is_workbook)
    if problems:
        msg = f"The table cannot be written to '{path}':\n{problem_lines(problems)}\nNothing was saved."
        raise TableError(msg)
    if is_workbook:
        return write_rows(rows)
    text = delimited.join_rows([list(map(_cell, row)) for row in rows], "," if plain else ";")
    return text.encode("utf-8" if plain else "utf-8-sig")


def _cell(value: object) -> str:
    """Return what stands in a cell of a text table."""
    return delimited.guarded(value) if isinstance(value, str) else plain_text(value)


def _kind_problems(path: Path) -> Iterator[Problem]:
    if path.suffix.lower() not in (".xlsx", *TEXTS):
        what = f"tables are written as .xlsx, .csv, .tsv or .txt, not as '{path.suffix}'"
        yield Problem(path.name, None, what, "name the file so")


def _unwritable(rows: Sequence[Sequence[Any]], file: str, is_workbook: bool) -> Iterator[Problem]:
    if is_workbook and len(rows) > MOST_ROWS:
        what = f"a sheet holds {MOST_ROWS:,} rows, and these are {len(rows):,}"
        yield Problem(file, None, what, "write a .csv")
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            what = _refusal(plain_text(value), is_workbook)
            if what:
                yield Problem(file, number, f"cell {_letter(place)}{number} holds {what}", "change the text")


def _refusal(text: str, is_workbook: bool) -> str:
    sign = (NOT_IN_CELLS if is_workbook else delimited.UNWRITABLE).search(text)
    if sign:
        return f"the character U+{ord(sign[0]):04X}, which such a file cannot hold"
    length = len(text.encode("utf-16-le")) // 2 if is_workbook else 0
    if length > LONGEST_TEXT:
        return f"{length:,} characters, and a cell of a workbook holds {LONGEST_TEXT:,}"
    return ""


def replace_file(path: str | os.PathLike[str], data: bytes, *, in_study: bool = False) -> Path:
    """Write a file whole or not at all: beside its place first, then into it.

    Parameters
    ----------
    path : where to; among a study's data only `in_study`, as `files.check_outside` sees to
    data : what it is to hold
    in_study : whether it belongs there

    Raises
    ------
    NotSavedError
        If it cannot be written; a file that was there stays as it was.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> replace_file(Path(mkdtemp()) / "a.txt", b"text").read_bytes()
    b'text'
    """
    path = Path(path) if in_study else check_outside(Path(path))
    try:
        path.parent.stat()  # a misspelt folder is not made in passing
        write_whole(path, data)
    except OSError as error:
        msg = (
            f"'{path}' was not saved ({error.strerror or error}). Allowed is a name in a folder that exists, "
            "may be written to and has room; close the file if it is open in Excel, and try again. "
            "What stood there before is unchanged."
        )
        raise NotSavedError(msg) from error
    return path
