"""Text tables (csv and its kin): from bytes to rows of cells, and back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from sekom_analysis.problems import Problem
from sekom_analysis.wording import Phrase

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
            return "", [_undecodable(error, Phrase("problem_table_utf8_rest"), file)]
    return _decode_as(data, "cp1252", file)


def _decode_as(data: bytes, encoding: str, file: str) -> tuple[str, list[Problem]]:
    try:
        return data.decode(encoding), []
    except UnicodeDecodeError as error:
        is_last = encoding == "cp1252"
        name = Phrase("problem_table_either") if is_last else encoding.removesuffix("-sig").upper()
        return "", [_undecodable(error, name, file)]


def _undecodable(error: UnicodeDecodeError, encoding: str, file: str) -> Problem:
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
        return _split(text[told.end() :], told[1], file)
    splits = [_split(text, delimiter, file) for delimiter in DELIMITERS if delimiter in text]
    candidates = [split for split in splits if _width(split[0]) > 1]
    if not candidates:
        return _split(text, _absent_from(text), file)
    return min(candidates, key=lambda split: (_unlike_header(*split), -_width(split[0])))


def _split(text: str, delimiter: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    """Read rows; one with broken quotes is listed and leaves an empty row behind."""
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
