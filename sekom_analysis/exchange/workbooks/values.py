"""What a stored cell says: a shared text, a number, a date, by its kind and style."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from sekom_analysis.exchange.workbooks.cells import PartWalker, Stored
from sekom_analysis.exchange.workbooks.limits import BookLimits
from sekom_analysis.exchange.workbooks.texts import NUMBER_DIGITS, stored_text

_SHORT = 40


class OddCellError(ValueError):
    """What a cell holds is not what it says that it is."""


@dataclass
class Values:
    """What the cells of one workbook refer to.

    Parameters
    ----------
    texts : the shared texts, by number
    dates, durations : numbers of the styles that show a number as a date or time, and as a time passed
    since_1904 : whether days are counted from 1904, as old Excel for Macintosh does
    exact : whether line breaks stay as they are
    """

    texts: list[str] = field(default_factory=list)
    dates: frozenset[str] = frozenset()
    durations: frozenset[str] = frozenset()
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
            msg = f"refers to text number {value[:_SHORT]}, which is not in the file"
            raise OddCellError(msg)
        return self.texts[number]

    def _date(self, value: str, style: str) -> object:
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

        epoch = MAC_EPOCH if self.since_1904 else WINDOWS_EPOCH
        try:
            return from_excel(float(value), epoch, timedelta=style in self.durations)
        except (ValueError, OverflowError):
            msg = f"shows {value[:_SHORT]} as a date, which is none"
            raise OddCellError(msg) from None


def _number(value: str) -> str:
    if len(value) <= NUMBER_DIGITS and value.isascii() and value.isdigit():
        return str(int(value))
    try:
        return stored_text(float(value) if set(value) & set(".eE") else int(value))
    except ValueError:
        msg = f"holds '{value[:_SHORT]}' as a number, which is none"
        raise OddCellError(msg) from None


def _of_kind(kind: str, value: str) -> str:
    if kind == "e":
        msg = f"holds Excel's error {value[:_SHORT]}"
        raise OddCellError(msg)
    if kind == "b" and value in ("0", "1", "true", "false"):
        return stored_text(value in ("1", "true"))
    moment = _moment(value) if kind == "d" else None
    if moment is not None:
        return stored_text(moment)
    msg = f"holds '{value[:_SHORT]}' as what it cannot be (kind '{kind[:_SHORT]}')"
    raise OddCellError(msg)


def _moment(value: str) -> dt.datetime | dt.time | None:
    try:
        if "T" not in value and ":" in value:
            return dt.time.fromisoformat(value)
        return dt.datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError:
        return None


class StyleWalker(PartWalker):
    """Reads which styles show a number as a date."""

    def __init__(self, where: str, part: str, limits: BookLimits) -> None:
        super().__init__(where, part, limits)
        self.formats: dict[str, str] = {}
        self.styles: list[str] = []
        self.is_inside = False

    def begin(self, part: str, attributes: dict[str, str]) -> None:
        """Take note of an element that begins."""
        if part == "numFmt":
            self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif part == "cellXfs":
            self.is_inside = True
        elif part == "xf" and self.is_inside:
            self.styles.append(attributes.get("numFmtId", "0"))

    def finish(self, part: str) -> None:
        """Take note of an element that ends."""
        if part == "cellXfs":
            self.is_inside = False

    def dates(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return numbers of the styles that show a date or time, and of those that show a time passed."""
        from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

        known = {str(number): code for number, code in BUILTIN_FORMATS.items()} | self.formats
        dated = {number for number in set(self.styles) if is_date_format(known.get(number))}
        lasting = {number for number in set(self.styles) if is_timedelta_format(known.get(number))}
        styles = list(enumerate(self.styles))
        return (
            frozenset(str(style) for style, number in styles if number in dated),
            frozenset(str(style) for style, number in styles if number in lasting),
        )
