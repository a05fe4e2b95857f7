"""Rows into a workbook's bytes; the same rows give the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from sekom_analysis.exchange.workbooks.texts import escaped, one_line_break, plain_text

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
