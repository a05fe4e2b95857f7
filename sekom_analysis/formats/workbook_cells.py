"""A sheet's cells and a workbook's texts, read as they come and refused once they are too many."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.formats.guarded import Limits, Walker, refusal
from sekom_analysis.formats.workbooks import MOST_ROWS, NUMBER_DIGITS, stored_text

# --- how much of a workbook is read -------------------------------------------------------------------


@dataclass(frozen=True)
class BookLimits(Limits):
    """Limits of files, and of what only workbooks have.

    Parameters
    ----------
    cells : number of cells of a sheet, from column A to the last filled one of each row
    texts : number of different texts in the workbook
    merged : number of merged cells
    comments : number of comments of a sheet
    odd_cells : number of errors and formulas without a stored result that are listed one by one
    """

    entry_bytes: int = 100_000_000
    total_bytes: int = 200_000_000
    xml_parts: int = 3_000_000
    cells: int = 1_000_000
    texts: int = 1_000_000
    merged: int = 100_000
    comments: int = 100_000
    odd_cells: int = 1_000


LIMITS = BookLimits()


# --- A sheet's cells and a workbook's texts, read as they come and refused once they are too many -----


_MOST_COLUMNS = 16_384
_ROW = re.compile(r"([0-9]{1,7})(?:\.0)?")  # some programs write 7.0
_NAME = re.compile("([A-Z]{1,3})([0-9]{1,7})")


class Stored(NamedTuple):
    """A cell as it is in the file.

    Parameters
    ----------
    row, column : from 1 on
    kind : ``n`` number, ``s`` shared text, ``str`` or ``inlineStr`` text, ``b`` truth value, ``e`` error,
        ``d`` date
    value : what is in it; empty where nothing was stored
    style : number of its style
    formula : what Excel works out; None where it is not a formula
    """

    row: int
    column: int
    kind: str
    value: str
    style: str
    formula: str | None


def address(row: int, column: int) -> str:
    """Return a cell's name.

    Examples
    --------
    >>> address(7, 28)
    'AB7'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def place(name: str) -> tuple[int, int] | None:
    """Return row and column of a cell's name, if it is one.

    Examples
    --------
    >>> place("AB7"), place("7")
    ((7, 28), None)
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    row, column = int(match[2]), _column(match[1])
    return (row, column) if 1 <= row <= MOST_ROWS and column <= _MOST_COLUMNS else None


def area(name: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return the first and the last cell of a range, each as row and column, if it is one.

    Examples
    --------
    >>> area("B2:C4"), area("A1"), area("A")
    (((2, 2), (4, 3)), ((1, 1), (1, 1)), None)
    """
    first, _, last = name.replace("$", "").partition(":")
    start, stop = place(first), place(last or first)
    return (start, stop) if start and stop and start[0] <= stop[0] and start[1] <= stop[1] else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number


class PartWalker(Walker):
    """A walker through a part of a workbook; what it says names no line, which nobody could look up.

    Millions of elements pass here: what each of them takes is written out rather than called.
    """

    def __init__(self, where: str, part: str, limits: BookLimits) -> None:
        super().__init__(where, limits)
        self.part = part
        self.most: BookLimits = limits
        self.names: dict[str, str] = {}
        self.pieces: list[str] = []
        self.parser.ordered_attributes = False
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def walk(self, data: bytes) -> None:
        """Read a whole part; one that plainly holds too much is not begun with."""
        if (data.count(b"<") + data.count(b"/>")) // 2 > self.left:  # each element opens and closes
            self.left = -1
            self.stop()
        super().walk(data)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.left -= 1
        if self.left < 0 or self.depth > self.deepest:
            self.stop()
        part = self.names.get(name)
        if part is None:
            part = self.names[name] = name.rpartition(":")[2]  # prefixes are what other programs write
        self.begin(part, attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.finish(self.names[name])

    def begin(self, part: str, attributes: dict[str, str]) -> None:
        """Take note of an element that begins."""
        raise NotImplementedError

    def finish(self, part: str) -> None:
        """Take note of an element that ends."""
        raise NotImplementedError

    def listen(self, *, on: bool) -> None:
        """Begin or end to gather text."""
        self.parser.CharacterDataHandler = self.pieces.append if on else None

    def refusal(self, *, kind: str, **values: object) -> ExchangeError:
        """Return the error, with the part where the reader is."""
        found = Problem.of(self.where, None, kind, **values)
        return refusal(self.where, "book_part", part=self.part, what=found.what, todo=found.todo)


class TextWalker(PartWalker):
    """Reads the texts that cells refer to; what is said of how to pronounce them is left out."""

    def __init__(self, where: str, part: str, limits: BookLimits) -> None:
        super().__init__(where, part, limits)
        self.texts: list[str] = []
        self.is_phonetic = False

    def begin(self, part: str, attributes: dict[str, str]) -> None:
        """Take note of an element that begins."""
        if part == "t":
            self.listen(on=not self.is_phonetic)
        elif part == "rPh":
            self.is_phonetic = True

    def finish(self, part: str) -> None:
        """Take note of an element that ends."""
        if part == "t":
            self.listen(on=False)
        elif part == "rPh":
            self.is_phonetic = False
        elif part == "si":
            self.texts.append("".join(self.pieces))
            self.pieces.clear()
            if len(self.texts) > self.most.texts:
                raise refusal(self.where, "book_texts", most=self.most.texts)


class CellWalker(PartWalker):
    """Reads a sheet's cells, each handed on as soon as it ends, and which of them are merged."""

    def __init__(self, where: str, part: str, limits: BookLimits, take: Callable[[Stored], None]) -> None:
        super().__init__(where, part, limits)
        self.take = take
        self.merged: list[str] = []
        self.hidden: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.columns: dict[str, int] = {}
        self.row = self.column = 0
        self.kind, self.style = "n", "0"
        self.value = ""
        self.formula: str | None = None
        self.is_phonetic = False

    def begin(self, part: str, attributes: dict[str, str]) -> None:
        """Take note of an element that begins."""
        if part == "c":
            self._begin_cell(attributes)
        elif part in ("v", "f", "is"):
            self.pieces.clear()
            self.listen(on=part != "is")
        elif part == "t":
            self.listen(on=not self.is_phonetic)
        elif part == "row":
            self._begin_row(attributes.get("r"))
            if attributes.get("hidden") in ("1", "true"):
                self.hidden.append(self.row)
        elif part == "rPh":
            self.is_phonetic = True
        elif part == "col" and attributes.get("hidden") in ("1", "true"):
            self._hide(attributes.get("min", ""), attributes.get("max", ""))
        elif part == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def finish(self, part: str) -> None:
        """Take note of an element that ends."""
        if part == "c":
            if self.value or self.formula is not None:
                kind, style = self.kind, self.style
                self.take(Stored(self.row, self.column, kind, self.value, style, self.formula))
        elif part in ("v", "t", "f"):
            self.listen(on=False)
            if part == "f":
                self.formula = "".join(self.pieces)
            elif part == "v" and self.kind != "inlineStr":
                text = "".join(self.pieces)
                self.value = text if self.kind == "str" else text.strip()
        elif part == "is" and self.kind == "inlineStr":
            self.value = "".join(self.pieces)
        elif part == "rPh":
            self.is_phonetic = False

    def _begin_row(self, number: str | None) -> None:
        self.row += 1
        self.column = 0
        if number is not None:
            found = _ROW.fullmatch(number)
            if not found or not 1 <= int(found[1]) <= MOST_ROWS:
                raise self.refusal(kind="book_row", name=number[:20])
            self.row = int(found[1])

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if not self.row:
            raise self.refusal(kind="book_no_row")
        name = attributes.get("r")
        self.column = self.column + 1 if name is None else self._column(name)
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "0")
        self.value, self.formula = "", None

    def _column(self, name: str) -> int:
        letters = name.rstrip("0123456789")
        if letters not in self.columns:
            found = place(name)
            if found is None:
                raise self.refusal(kind="book_cell", name=name[:20])
            self.columns[letters] = found[1]
        return self.columns[letters]

    def _hide(self, first: str, last: str) -> None:
        if first.isdecimal() and last.isdecimal() and len(first + last) <= 10:
            self.hidden_columns.append((int(first), int(last)))

    def _merge(self, cells: str) -> None:
        self.merged.append(cells)
        if len(self.merged) > self.most.merged:
            raise refusal(self.where, "book_merged", most=self.most.merged)


# --- what a stored cell says: a shared text, a number, a date, by its kind and style ------------------


_SHORT = 40


class OddCellError(ValueError):
    """A cell's value is not of the kind that it claims to be."""

    def __init__(self, fault: Phrase) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass
class Values:
    """What the cells of one workbook refer to.

    Parameters
    ----------
    texts : the shared texts, by number
    dates, durations : numbers of the styles that show a number as a date or time, and as a time passed
    percents : numbers of the styles that show a number in percent
    since_1904 : whether days are counted from 1904, as old Excel for Macintosh does
    exact : whether line breaks stay as they are
    """

    texts: list[str] = field(default_factory=list)
    dates: frozenset[str] = frozenset()
    durations: frozenset[str] = frozenset()
    percents: frozenset[str] = frozenset()
    since_1904: bool = False
    exact: bool = False

    def __post_init__(self) -> None:
        self.texts = [stored_text(text, exact=self.exact) for text in self.texts]

    def text(self, cell: Stored) -> str:
        """Return a cell's text.

        Raises
        ------
        OddCellError
            If it holds an error, or what no such cell can hold.

        Examples
        --------
        >>> Values(["en lapp"]).text(Stored(1, 1, "s", "0", "0", None))
        'en lapp'
        """
        value, kind = cell.value, cell.kind
        if not value:
            return ""
        if kind == "s":
            return self._shared(value)
        if kind == "n" and cell.style not in self.dates:
            return _number(value)
        if kind in ("str", "inlineStr"):
            return stored_text(value, exact=self.exact)
        if kind == "n":
            return stored_text(self._date(value, cell.style))
        return _of_kind(kind, value)

    def _shared(self, value: str) -> str:
        try:
            number = int(value)
        except ValueError:
            number = -1
        if not 0 <= number < len(self.texts):
            raise OddCellError(Phrase("cell_no_text", value=value[:_SHORT]))
        return self.texts[number]

    def _date(self, value: str, style: str) -> object:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        epoch = MAC_EPOCH if self.since_1904 else WINDOWS_EPOCH
        try:
            return from_excel(float(value), epoch, timedelta=style in self.durations)
        except (ValueError, OverflowError):
            raise OddCellError(Phrase("cell_no_date", value=value[:_SHORT])) from None


def _number(value: str) -> str:
    if len(value) <= NUMBER_DIGITS and value.isascii() and value.isdigit():
        return str(int(value))
    try:
        return stored_text(float(value) if set(value) & set(".eE") else int(value))
    except ValueError:
        raise OddCellError(Phrase("cell_no_number", value=value[:_SHORT])) from None


def _of_kind(kind: str, value: str) -> str:
    if kind == "e":
        raise OddCellError(Phrase("cell_error", value=value[:_SHORT]))
    if kind == "b" and value in ("0", "1", "true", "false"):
        return stored_text(value in ("1", "true"))
    moment = _moment(value) if kind == "d" else None
    if moment is not None:
        return stored_text(moment)
    raise OddCellError(Phrase("cell_kind", value=value[:_SHORT], kind=kind[:_SHORT]))


def _moment(value: str) -> dt.datetime | dt.time | None:
    try:
        if "T" not in value and ":" in value:
            return dt.time.fromisoformat(value)
        return dt.datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError:
        return None


class StyleWalker(PartWalker):
    """Reads which styles show a number as a date or in percent.

    Formats are those of cells: what a conditional format (``dxf``) brings with it may bear the same number
    as another one there.
    """

    def __init__(self, where: str, part: str, limits: BookLimits) -> None:
        super().__init__(where, part, limits)
        self.formats: dict[str, str] = {}
        self.styles: list[str] = []
        self.is_inside = self.is_listed = False

    def begin(self, part: str, attributes: dict[str, str]) -> None:
        """Take note of an element that begins."""
        if part == "numFmts":
            self.is_listed = True
        elif part == "numFmt" and self.is_listed:
            self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif part == "cellXfs":
            self.is_inside = True
        elif part == "xf" and self.is_inside:
            self.styles.append(attributes.get("numFmtId", "0"))

    def finish(self, part: str) -> None:
        """Take note of an element that ends."""
        if part == "cellXfs":
            self.is_inside = False
        elif part == "numFmts":
            self.is_listed = False

    def shown(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """Return numbers of the styles that show a date or time, a time passed, and a number in percent."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

        known = {str(number): code for number, code in BUILTIN_FORMATS.items()} | self.formats
        dated = {number for number in set(self.styles) if is_date_format(known.get(number))}
        lasting = {number for number in set(self.styles) if is_timedelta_format(known.get(number))}
        parts = {number for number in set(self.styles) if "%" in (known.get(number) or "")}
        styles = list(enumerate(self.styles))
        return (
            frozenset(str(style) for style, number in styles if number in dated),
            frozenset(str(style) for style, number in styles if number in lasting),
            frozenset(str(style) for style, number in styles if number in parts),
        )
