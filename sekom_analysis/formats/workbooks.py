"""Rows into a workbook's bytes; the same rows give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

# --- texts of values in a workbook's cells, and what of them a cell can hold --------------------------


LONGEST_TEXT = 32_767
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NUMBER_DIGITS = 15


def stored_text(value: object, *, exact: bool = False) -> str:
    r"""Text of a value that Excel stored; with `exact`, line breaks as `exactly` wrote them.

    Examples
    --------
    >>> stored_text(7.0), stored_text("007"), stored_text(None), stored_text(0.1 + 0.2)
    ('7', '007', '', '0.3')
    >>> stored_text(dt.datetime(2016, 5, 12)), stored_text("a_x000D_\nb")
    ('2016-05-12', 'a\nb')
    """
    if isinstance(value, float):
        short = f"{value:.{NUMBER_DIGITS}g}"
        return short if "e" in short else plain_text(float(short))
    if isinstance(value, str):
        text = re.sub("_x([0-9A-Fa-f]{4})_", _unescaped, value) if "_x" in value else value
        return text if exact else one_line_break(text)
    return plain_text(value)


def plain_text(value: object) -> str:
    """Text of any value, the same in text tables and in workbooks.

    Examples
    --------
    >>> plain_text(7.0), plain_text(True), plain_text(0.1 + 0.2), plain_text(None)
    ('7', 'TRUE', '0.30000000000000004', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**NUMBER_DIGITS:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _unescaped(match: re.Match[str]) -> str:
    point = int(match[1], 16)
    return match[0] if 0xD800 <= point <= 0xDFFF else chr(point)


def escaped(text: str) -> str:
    """Return a text as a workbook holds it: what only looks like an escaped character is escaped itself."""
    return re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text)


def exactly(text: str) -> str:
    r"""Return a text as a workbook holds it sign by sign: line breaks of any kind, and what XML cannot say.

    Examples
    --------
    >>> stored_text(exactly("a\r\nb\x07"), exact=True)
    'a\r\nb\x07'
    """
    return re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda sign: f"_x{ord(sign[0]):04X}_", escaped(text))


def one_line_break(text: str) -> str:
    r"""Return a text whose lines all end in ``\n``."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


# --- rows into a workbook's bytes; the same rows give the same bytes ----------------------------------


MOST_ROWS = 1_048_576
_STEADY_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can hold


def write_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as a workbook of one sheet: numbers as numbers, all else as text.

    A text that begins with ``=``, ``+``, ``-`` or ``@`` stays a text.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    return saved(book)


def saved(book: Any) -> bytes:
    """Return a workbook as bytes: the same workbook gives the same, since no time of writing stays in it."""
    buffer, steady = io.BytesIO(), io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(steady, "w") as archive:
        for entry in made.infolist():
            data = made.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(
                    rb"(<dcterms:(created|modified)[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", data
                )
            fixed = zipfile.ZipInfo(entry.filename, _STEADY_TIME)
            archive.writestr(fixed, data, zipfile.ZIP_DEFLATED)
    return steady.getvalue()


def _cell(sheet: Any, value: object) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf"):
        return WriteOnlyCell(sheet, value)
    text = one_line_break(plain_text(value))
    cell = WriteOnlyCell(sheet, escaped(text))
    if text:
        cell.data_type = "s"
    return cell
