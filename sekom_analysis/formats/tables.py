"""Tables in and out, as Swedish Excel writes and opens them.

A table read is a DataFrame of texts whose index, named ``row``, holds the row
numbers that a person sees in Excel (the header is row 1).
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.basics.errors import TableError
from sekom_analysis.basics.files import patiently, replace_file
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines
from sekom_analysis.formats.workbook_reading import OLD_OFFICE, ZIP, read_rows
from sekom_analysis.formats.workbooks import LONGEST_TEXT, MOST_ROWS, plain_text, write_rows
from sekom_analysis.formats.workbooks import UNWRITABLE as NOT_IN_CELLS

# --- text tables (csv and its kin): from bytes to rows of cells, and back -----------------------------


DELIMITERS = (";", "\t", ",")
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_BLOCK = 16
_LIKE_A_FORMULA = re.compile("'*[=+\\-@\t\r]")
_GUARDED = re.compile("'+[=+\\-@\t\r]")
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?(e[-+]?[0-9]+)?", re.IGNORECASE)


def decode(data: bytes, file: str) -> tuple[str, list[Problem]]:
    r"""Text of a file in UTF-8 or UTF-16 (with mark), or else in Windows' cp1252.

    Examples
    --------
    >>> decode("å".encode("cp1252"), "a.csv"), decode("å".encode("utf-8-sig"), "a.csv")
    (('å', []), ('å', []))
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return _decode_as(data, encoding, file)
    if b"\0" in data:
        return "", [Problem.of(file, None, "table_no_text")]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        if re.search(rb"\xc3[\x80-\xbf]", data):
            return "", [undecodable(error, Phrase("problem_table_utf8_rest"), file)]
    return _decode_as(data, "cp1252", file)


def _decode_as(data: bytes, encoding: str, file: str) -> tuple[str, list[Problem]]:
    try:
        return data.decode(encoding), []
    except UnicodeDecodeError as error:
        is_last = encoding == "cp1252"
        name = Phrase("problem_table_either") if is_last else encoding.removesuffix("-sig").upper()
        return "", [undecodable(error, name, file)]


def undecodable(error: UnicodeDecodeError, encoding: str, file: str) -> Problem:
    """Return which byte of a file is not of its encoding, and in which row."""
    before = error.object[: error.start].decode(error.encoding, errors="ignore")
    row = len(split_rows(before + "_", file)[0])
    byte = f"0x{error.object[error.start]:02x}"
    return Problem.of(file, row, "table_byte", byte=byte, encoding=encoding)


def split_rows(text: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    r"""Cells of every row, those of blank lines empty lists.

    Semicolon, tab or comma: whichever splits the header and leaves the fewest
    rows with another number of cells. None of them in the header: one column.

    Examples
    --------
    >>> split_rows('note_id;text\r\n007;"två\nrader, en lapp"\r\n', "notes.csv")
    ([['note_id', 'text'], ['007', 'två\nrader, en lapp']], [])
    >>> split_rows("text\nkunskap, resurser; systemsyn\n", "notes.csv")
    ([['text'], ['kunskap, resurser; systemsyn']], [])
    """
    if not text.strip(" \r\n" + "".join(DELIMITERS)):
        return [], []
    told = re.match(r"sep=([;,\t|])\r?\n", text, re.IGNORECASE)
    if told:
        return split_with(text[told.end() :], told[1], file)
    splits = [split_with(text, delimiter, file) for delimiter in DELIMITERS if delimiter in text]
    candidates = [split for split in splits if _width(split[0]) > 1]
    if not candidates:
        return split_with(text, _absent_from(text), file)
    return min(candidates, key=lambda split: (_unlike_header(*split), -_width(split[0])))


def split_with(text: str, delimiter: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    """Return the cells of rows; one with broken quotes is listed and leaves an empty row behind."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    problems = []
    while True:
        try:
            rows.append(next(reader))
        except StopIteration:
            break
        except csv.Error as error:
            rows.append([])
            problems.append(_broken_quotes(file, len(rows), str(error)))
            if "field limit" in str(error):
                break
    if "\r\n" in text and text.endswith("\n"):
        _complete_blocks(rows)
    return rows, problems


def _broken_quotes(file: str, row: int, error: str) -> Problem:
    if "expected after" in error:
        return Problem.of(file, row, "table_after_quote")
    return Problem.of(file, row, "table_open_quote")


def _complete_blocks(rows: list[list[str]]) -> None:
    """Give back the last cells that Excel leaves out.

    Excel writes text tables in blocks of 16 rows and drops from a whole block
    the last columns that are empty in it. Any other short row stays short.
    """
    width = _width(rows)
    for start in range(_BLOCK, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        lengths = {len(row) for row in block}
        if len(lengths) == 1 and 0 < lengths.pop() < width:
            rows[start : start + _BLOCK] = [row + [""] * (width - len(row)) for row in block]


def is_blank(row: Sequence[str]) -> bool:
    """Whether a row shows nothing."""
    return not row or not any(map(str.strip, row))  # a sheet may begin with a million rows of nothing


def _width(rows: Sequence[Sequence[str]]) -> int:
    return next((len(row) for row in rows if not is_blank(row)), 0)


def _unlike_header(rows: Sequence[Sequence[str]], problems: Sequence[Problem]) -> int:
    width = _width(rows)
    return sum(len(row) != width for row in rows if not is_blank(row)) + len(problems)


def _absent_from(text: str) -> str:
    used = set(text)
    return next(chr(point) for point in range(0xE000, 0x110000) if chr(point) not in used)


def guarded(text: str) -> str:
    """Return a cell's text as a spreadsheet program shows it rather than runs it; a number stays as it is.

    Examples
    --------
    >>> guarded("=1+1"), guarded("- en punkt"), guarded("-0,5"), guarded("kunskap")
    ("'=1+1", "'- en punkt", '-0,5', 'kunskap')
    """
    is_formula = _LIKE_A_FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def unguarded(text: str) -> str:
    """Return a cell's text without the sign that `guarded` put before it.

    Examples
    --------
    >>> unguarded("'=1+1"), unguarded("'citat'"), unguarded(guarded("'=1+1"))
    ('=1+1', "'citat'", "'=1+1")
    """
    return text[1:] if _GUARDED.match(text) else text


def join_rows(rows: Iterable[Sequence[str]], delimiter: str) -> str:
    r"""Rows of cells as text, CRLF after each; quotes only where they are needed.

    Examples
    --------
    >>> join_rows([["note_id", "text"], ["007", 'kallas "nyckeltal"; ibland']], ";")
    'note_id;text\r\n007;"kallas ""nyckeltal""; ibland"\r\n'
    """
    return "".join(delimiter.join(map(_quoted, row)) + "\r\n" for row in rows)


def _quoted(text: str) -> str:
    # All delimiters, not only the one in use: the reader then has nothing to guess.
    if text.lower().startswith("sep=") or any(sign in text for sign in ';\t,"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


# --- tables in and out, as Swedish Excel writes and opens them ----------------------------------------


WORKBOOKS = (".xlsx", ".xlsm")
TEXTS = (".csv", ".tsv", ".txt", "")
LARGEST_FILE, LONGEST_LINE = 100_000_000, 5_000_000  # bytes


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
    if all(map(is_blank, rows)) and not problems:
        return _frame([], [], []), [Problem.of(path.name, None, "table_empty")]
    return as_table(rows, path.name, problems)


def read_bytes(path: Path) -> tuple[bytes, Problem | None]:
    """Return what a table's file holds, or why it cannot be had."""
    suffix = path.suffix.lower()
    try:
        if path.stat().st_size > LARGEST_FILE:
            return b"", Problem.of(path.name, None, "table_large", n=LARGEST_FILE // 1_000_000)
        data = patiently(path.read_bytes)
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
        return b"", Problem.of(path.name, None, "table_xls")
    if suffix not in (*WORKBOOKS, *TEXTS):
        return b"", Problem.of(path.name, None, "table_kind", suffix=suffix)
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
        return [], [Problem.of(file, None, "table_no_sheet", sheet=sheet)]
    if data.startswith((ZIP, OLD_OFFICE)):
        return [], [Problem.of(file, None, "table_workbook")]
    text, problems = decode(data, file)
    if problems:
        return [], problems
    rows, problems = split_rows(text, file)
    return [list(map(unguarded, row)) for row in rows], problems


def as_table(rows: list[list[str]], file: str, problems: list[Problem]) -> tuple[pd.DataFrame, list[Problem]]:
    """Return header and rows with their numbers; cells that do not fit are listed after `problems`."""
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if not is_blank(row)]
    if not numbered:
        return _frame([], [], []), problems
    top, header = numbered.pop(0)
    names = [name.strip() for name in header]
    while not names[-1]:
        names.pop()
    width = len(names)
    problems = [*_name_problems(names, file, top), *size_problems(numbered, width, file), *problems]
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


def size_problems(rows: list[tuple[int, list[str]]], width: int, file: str) -> Iterator[Problem]:
    """Yield the rows that have more or fewer cells than the header."""
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
    text table for a formula, so it is written there after a ``'``, except for numbers;
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
    text = join_rows([list(map(_cell, row)) for row in rows], "," if plain else ";")
    return text.encode("utf-8" if plain else "utf-8-sig")


def _cell(value: object) -> str:
    """Return what is in a cell of a text table."""
    return guarded(value) if isinstance(value, str) else plain_text(value)


def _kind_problems(path: Path) -> Iterator[Problem]:
    if path.suffix.lower() not in (".xlsx", *TEXTS):
        yield Problem.of(path.name, None, "table_kind_written", suffix=path.suffix)


def _unwritable(rows: Sequence[Sequence[Any]], file: str, is_workbook: bool) -> Iterator[Problem]:
    if is_workbook and len(rows) > MOST_ROWS:
        yield Problem.of(file, None, "table_rows", most=MOST_ROWS, n=len(rows))
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            text, cell = plain_text(value), f"{_letter(place)}{number}"
            sign = (NOT_IN_CELLS if is_workbook else UNWRITABLE).search(text)
            length = len(text.encode("utf-16-le")) // 2 if is_workbook else 0
            if sign:
                yield Problem.of(file, number, "table_sign", place=cell, sign=f"U+{ord(sign[0]):04X}")
            elif length > LONGEST_TEXT:
                yield Problem.of(file, number, "table_long", place=cell, n=length, most=LONGEST_TEXT)
