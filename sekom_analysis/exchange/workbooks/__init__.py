"""Excel workbooks (.xlsx): from bytes to rows of cells, and back."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import Archive, Limits, open_archive, refusal
from sekom_analysis.problems import Problem

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
LONGEST_TEXT = 32_767
MOST_ROWS = 1_048_576
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

LIMITS = Limits(entry_bytes=50_000_000, total_bytes=100_000_000)
MOST_CELLS = 5_000_000

_STEADY_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can hold
_OPEN_AND_SAVE = "open it in Excel and save it again as 'Excel Workbook (.xlsx)'"
_NUMBER_DIGITS = 15
_MOST_LISTED = 1000


def read_rows(
    data: bytes, file: str, sheet: str | None = None, *, exact: bool = False
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
        _check_archive(data, file)
        return _read_sheet(data, file, sheet, exact)
    except ExchangeError as error:
        return [], list(error.problems)
    except Exception as error:  # a damaged workbook can fail anywhere inside its reader
        what = f"it is damaged or no Excel workbook ({type(error).__name__}: {error})"
        return [], [Problem(file, None, what, _OPEN_AND_SAVE)]


def sheet_names(data: bytes, file: str) -> list[str]:
    """Return the names of a workbook's sheets, in their order.

    Raises
    ------
    ExchangeError
        If it is damaged, no workbook, or could do harm.
    """
    from openpyxl import load_workbook

    _check_archive(data, file)
    try:
        return [sheet.title for sheet in load_workbook(io.BytesIO(data), read_only=True).worksheets]
    except Exception as error:  # a damaged workbook can fail anywhere inside its reader
        what = f"it is damaged or no Excel workbook ({type(error).__name__}: {error})"
        raise refusal(file, what, _OPEN_AND_SAVE) from None


def _check_archive(data: bytes, file: str) -> None:
    """Refuse what would fill the memory, or declares what no workbook does."""
    with open_archive(data, LIMITS, file) as archive:
        archive.check_all()
        for name in archive.names:
            if name.lower().endswith((".xml", ".rels")):
                _check_part(archive, name)


def _check_part(archive: Archive, name: str) -> None:
    part = archive.read(name)
    if b"<!DOCTYPE" in part:
        what = f"'{name}' in it declares a document type, which no workbook does"
        raise refusal(archive.name, what, _OPEN_AND_SAVE)
    if name.lower().endswith("sharedstrings.xml") and part.count(b"<") > MOST_CELLS:
        raise refusal(archive.name, "it holds more texts than are read of one file", "take it apart")


def _read_sheet(
    data: bytes, file: str, name: str | None, exact: bool
) -> tuple[list[list[str]], list[Problem]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if not sheets:
        return [], [Problem(file, None, "it has no sheet that can be read", _OPEN_AND_SAVE)]
    if name is not None and name not in sheets:
        names = ", ".join(f"'{title}'" for title in sheets)
        return [], [Problem(file, None, f"it has no sheet '{name}'", f"name one of: {names}")]
    sheet = sheets[name] if name is not None else book.worksheets[0]
    sheet.reset_dimensions()  # some programs store a wrong size
    rows, problems = _cells(sheet, file, exact)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        xml = archive.read(sheet._worksheet_path)
    merged, unsaved = _beyond_cells(xml)
    _fill_merged(rows, merged)
    problems += [_unsaved_formula(file, cell) for cell in unsaved[:_MOST_LISTED]]
    return rows, problems


def _cells(sheet: Any, file: str, exact: bool) -> tuple[list[list[str]], list[Problem]]:
    rows: list[list[str]] = []
    problems = []
    count = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        texts = [""] * len(row)
        for place, cell in enumerate(row):
            if cell.value is None:
                continue
            texts[place] = stored_text(cell.value, exact=exact)
            if cell.data_type == "e":
                what = f"cell {cell.coordinate} holds Excel's error {cell.value}"
                problems.append(Problem(file, number, what, "correct the cell"))
        while texts and not texts[-1]:
            texts.pop()
        count += len(texts)
        rows.append(texts)
        if count > MOST_CELLS:
            what = f"it has more than {MOST_CELLS:,} cells"
            return [], [Problem(file, number, what, "take it apart into several files")]
    width = max(map(len, rows), default=0)
    filled = sum(map(bool, rows))
    if filled * width > 2 * MOST_CELLS:
        what = f"it has {filled:,} rows, and one of them reaches to column {width:,}"
        return [], [Problem(file, None, what, "take away what stands far to the right")]
    return [row + [""] * (width - len(row)) if row else row for row in rows], problems


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
        short = f"{value:.{_NUMBER_DIGITS}g}"
        return short if "e" in short else plain_text(float(short))
    if isinstance(value, str):
        text = re.sub("_x([0-9A-Fa-f]{4})_", _unescaped, value)
        return text if exact else _one_line_break(text)
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
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_NUMBER_DIGITS:
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


def _one_line_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _beyond_cells(xml: bytes) -> tuple[list[str], list[str]]:
    """List merged ranges, and the cells whose formula has no stored value."""
    merged: list[str] = []
    unsaved: list[str] = []
    if b"mergeCell " not in xml and b"<f" not in xml and b":f" not in xml:
        return merged, unsaved
    for _, element in ElementTree.iterparse(io.BytesIO(xml)):
        tag = element.tag.rpartition("}")[2]
        if tag == "mergeCell":
            merged.append(element.attrib["ref"])
        elif tag == "c":
            if _is_unsaved(element):
                unsaved.append(element.attrib["r"])
            element.clear()
        elif tag == "row":
            element.clear()
    return merged, unsaved


def _is_unsaved(cell: ElementTree.Element) -> bool:
    # A formula whose result is the empty text says so by its type.
    parts = {part.tag.rpartition("}")[2]: part.text for part in cell}
    return "f" in parts and not parts.get("v") and cell.get("t") != "str"


def _unsaved_formula(file: str, cell: str) -> Problem:
    row = int(re.sub(r"\D", "", cell))
    what = f"cell {cell} holds a formula whose result was never stored"
    return Problem(file, row, what, "open the file in Excel and save it")


def _fill_merged(rows: list[list[str]], ranges: Iterable[str]) -> None:
    """Give every row of a merged cell its text; a merged header stays as it is."""
    from openpyxl.utils import range_boundaries

    for left, top, _, bottom in map(range_boundaries, ranges):
        cell = rows[top - 1][left - 1 : left] if top <= len(rows) else []
        if top == 1 or not any(cell):
            continue
        for row in rows[top:bottom]:
            row[left - 1] = cell[0]


def merged_across(data: bytes) -> list[tuple[int, str]]:
    """Return rows and cells of the first sheet, below its header, that are merged over several columns."""
    from openpyxl import load_workbook
    from openpyxl.utils import range_boundaries

    sheet = load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        merged, _ = _beyond_cells(archive.read(sheet._worksheet_path))
    bounds = ((cells, range_boundaries(cells)) for cells in merged)
    return [(top, cells) for cells, (left, top, right, _) in bounds if top > 1 and right > left]


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
    text = _one_line_break(plain_text(value))
    cell = WriteOnlyCell(sheet, escaped(text))
    if text:
        cell.data_type = "s"
    return cell
