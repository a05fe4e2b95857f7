"""A sheet's cells and a workbook's texts, read as they come and refused once they are too many."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import Walker, refusal
from sekom_analysis.exchange.workbooks.limits import OPEN_AND_SAVE, BookLimits
from sekom_analysis.exchange.workbooks.writing import MOST_ROWS

_MOST_COLUMNS = 16_384
_ROW = re.compile(r"([0-9]{1,7})(?:\.0)?")  # some programs write 7.0
_NAME = re.compile("([A-Z]{1,3})([0-9]{1,7})")


class Stored(NamedTuple):
    """A cell as it stands in the file.

    Parameters
    ----------
    row, column : from 1 on
    kind : ``n`` number, ``s`` shared text, ``str`` or ``inlineStr`` text, ``b`` truth value, ``e`` error,
        ``d`` date
    value : what stands in it; empty where nothing was stored
    style : number of its style
    formula : what Excel works out; None where it is no formula
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

    def refusal(self, what: str, todo: str) -> ExchangeError:
        """Return the error, with the part where the reader is."""
        return refusal(self.where, f"'{self.part}' in it cannot be used: {what}", todo)


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
                what = f"it holds more than {self.most.texts:,} texts"
                raise refusal(self.where, what, "take it apart into several files")


class CellWalker(PartWalker):
    """Reads a sheet's cells, each handed on as soon as it ends, and which of them are merged."""

    def __init__(self, where: str, part: str, limits: BookLimits, take: Callable[[Stored], None]) -> None:
        super().__init__(where, part, limits)
        self.take = take
        self.merged: list[str] = []
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
        elif part == "rPh":
            self.is_phonetic = True
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
                self.value = "".join(self.pieces)
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
                what = f"it has a row '{number[:20]}'"
                raise self.refusal(what, OPEN_AND_SAVE)
            self.row = int(found[1])

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        if not self.row:
            what = "it has a cell in no row"
            raise self.refusal(what, OPEN_AND_SAVE)
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
                what = f"it has a cell '{name[:20]}'"
                raise self.refusal(what, OPEN_AND_SAVE)
            self.columns[letters] = found[1]
        return self.columns[letters]

    def _merge(self, cells: str) -> None:
        self.merged.append(cells)
        if len(self.merged) > self.most.merged:
            what = f"it has more than {self.most.merged:,} merged cells"
            raise refusal(self.where, what, "take it apart into several files, or split them")
