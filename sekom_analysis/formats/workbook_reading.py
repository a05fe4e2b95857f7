"""Sheets as rows of texts; formulas are not run."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Self
from xml.etree.ElementTree import Element

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Problem, quoted
from sekom_analysis.formats.guarded import open_archive, parse_xml, refusal
from sekom_analysis.formats.workbook_cells import (
    LIMITS,
    BookLimits,
    CellWalker,
    OddCellError,
    PartWalker,
    Stored,
    StyleWalker,
    TextWalker,
    Values,
    address,
    area,
    place,
)
from sekom_analysis.formats.workbooks import stored_text

# --- comments on the cells of a sheet: Excel's notes of old, and the threads that it has now ----------


LEGACY, THREADED = "comments", "threadedComment"  # the kinds of part that hold them
_LEARN_MORE = "go.microsoft.com/fwlink/?linkid=870924"


class Comment(NamedTuple):
    """What somebody wrote about a cell."""

    row: int
    column: int
    text: str


def said(text: str, author: str = "") -> str:
    r"""Return what a person wrote of a comment, without what Excel puts before it.

    A thread is stored a second time for older programs, below some lines in the language of Excel that
    only the address in them distinguishes from others; a note of old begins with its author's name.

    Examples
    --------
    >>> said("Anna Ek:\nosäker", "Anna Ek")
    'osäker'
    >>> said(f"[Trådad kommentar]\n\nDin version … https://{_LEARN_MORE}\n\nKommentar:\n    osäker")
    'osäker'
    """
    head, found, rest = text.partition(_LEARN_MORE)
    if found and head.lstrip().startswith("["):
        _, _, rest = rest.lstrip().partition("\n")  # the word 'Comment:'
        return "\n".join(line.removeprefix("    ") for line in rest.split("\n")).strip()
    name = author.strip()
    return text.strip().removeprefix(f"{name}:" if name else "").strip()


class CommentWalker(PartWalker):
    """Reads one part with comments, of either kind."""

    def __init__(self, where: str, part: str, limits: BookLimits) -> None:
        super().__init__(where, part, limits)
        self.comments: list[Comment] = []
        self.authors: list[str] = []
        self.at: tuple[int, int] | None = None
        self.author = ""
        self.is_thread = self.is_phonetic = False

    def begin(self, part: str, attributes: dict[str, str]) -> None:
        """Take note of an element that begins."""
        if part in ("comment", "threadedComment"):
            self.is_thread = part == "threadedComment"
            self.at = place(attributes.get("ref", ""))
            self.author = self._named(attributes.get("authorId", ""))
            self.pieces.clear()
        elif part == "rPh":
            self.is_phonetic = True
        elif part in ("t", "author") or (part == "text" and self.is_thread):
            self.listen(on=not self.is_phonetic)

    def finish(self, part: str) -> None:
        """Take note of an element that ends."""
        if part == "rPh":
            self.is_phonetic = False
        elif part == "author":
            self.listen(on=False)
            self.authors.append("".join(self.pieces))
            self.pieces.clear()
        elif part in ("t", "text"):
            self.listen(on=False)
        elif part in ("comment", "threadedComment"):
            self._take(said(stored_text("".join(self.pieces)), self.author))

    def _named(self, number: str) -> str:
        return self.authors[int(number)] if number.isdecimal() and int(number) < len(self.authors) else ""

    def _take(self, text: str) -> None:
        if self.at is not None and text:
            self.comments.append(Comment(*self.at, text))
        if len(self.comments) > self.most.comments:
            raise refusal(self.where, "book_comments", most=self.most.comments)


def joined(legacy: list[Comment], threads: list[Comment]) -> list[Comment]:
    """Return one comment a cell: the thread where there is one, with its replies; else the note."""
    found: dict[tuple[int, int], list[str]] = {}
    for row, column, text in threads:
        found.setdefault((row, column), []).append(text)
    for row, column, text in legacy:
        found.setdefault((row, column), [text])
    return [Comment(*at, "\n".join(texts)) for at, texts in sorted(found.items())]


# --- an opened workbook: its sheets by name, and what their cells refer to ----------------------------


_USUAL_PLACE = "xl/workbook.xml"
_TREE_PARTS = 200_000  # of the parts that only list others
# LibreOffice writes the time of day where it runs and calls it UTC; what it stamps its archives with is UTC.
_LOCAL_TIME = "LibreOffice"
_FARTHEST_ZONE = timedelta(hours=15)


class Book:
    """A workbook whose parts are read when they are asked for; use it in a ``with``.

    Parameters
    ----------
    data : the file
    file : its name, for messages
    limits : how much of it is read, all sheets together

    Raises
    ------
    ExchangeError
        If it is damaged, no workbook, could do harm, or is larger than the limits.
    """

    def __init__(self, data: bytes, file: str, limits: BookLimits = LIMITS) -> None:
        self.file = file
        self.limits = limits
        self._left = limits.xml_parts
        self._values: dict[bool, Values] = {}
        self.hidden: set[str] = set()  # sheets that Excel does not show
        self.hidden_rows: list[int] = []  # of the sheet that was walked last
        self.hidden_columns: list[tuple[int, int]] = []  # the first and last of each stretch of them, there
        self._archive = open_archive(data, limits, file)
        try:
            self._archive.check_all()
            self._open()
        except BaseException:
            self._archive.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @property
    def names(self) -> list[str]:
        """Names of the sheets with cells, in their order."""
        return list(self._sheets)

    def path(self, sheet: str | None) -> str:
        """Return the part of the archive that holds a sheet; of the first one, if none is named.

        Raises
        ------
        ExchangeError
            If there is no such sheet; lists those there are.
        """
        if not self._sheets:
            raise refusal(self.file, "book_no_sheets")
        if sheet is None:
            return next(iter(self._sheets.values()))
        if sheet not in self._sheets:
            names = quoted(self._sheets)
            raise refusal(self.file, "book_no_sheet", sheet=sheet, names=names)
        return self._sheets[sheet]

    def values(self, *, exact: bool = False) -> Values:
        """Return what turns stored cells into texts.

        Parameters
        ----------
        exact : whether line breaks stay as `exactly` wrote them
        """
        if exact not in self._values:
            self._values[exact] = self._read_values(exact)
        return self._values[exact]

    def _read_values(self, exact: bool) -> Values:
        texts = TextWalker(self.file, self._others.get("sharedStrings", ""), self.limits)
        styles = StyleWalker(self.file, self._others.get("styles", ""), self.limits)
        for walker in (texts, styles):
            if walker.part:
                self._walk(walker, self._archive.read(walker.part))
        return Values(texts.texts, *styles.shown(), self._since_1904, exact)

    def walk(self, sheet: str | None, take: Callable[[Stored], None]) -> list[str]:
        """Hand on each cell of a sheet that holds something, as it is read; return what is merged.

        Raises
        ------
        ExchangeError
            If there is no such sheet, or it is damaged or too large.
        """
        walker = CellWalker(self.file, self.path(sheet), self.limits, take)
        self._walk(walker, self._archive.read(walker.part))
        self.hidden_rows, self.hidden_columns = walker.hidden, walker.hidden_columns
        return walker.merged

    def merged(self, sheet: str | None) -> list[str]:
        """Return which cells of a sheet are merged; its cells are left alone."""
        walker = CellWalker(self.file, self.path(sheet), self.limits, lambda cell: None)
        data = self._archive.read(walker.part)
        if b"mergeCell" in data or b"\0" in data:  # in UTF-16 no word can be found so
            self._walk(walker, data)
        return walker.merged

    def comments(self, sheet: str | None) -> list[Comment]:
        """Return what is written about cells of a sheet, notes of old and threads alike.

        Raises
        ------
        ExchangeError
            If there is no such sheet, or its comments are damaged or too many.
        """
        found: dict[str, list[Comment]] = {LEGACY: [], THREADED: []}
        for kind, part in self._related(self.path(sheet)).values():
            if kind in found and part in self._archive.names:
                walker = CommentWalker(self.file, part, self.limits)
                self._walk(walker, self._archive.read(part))
                found[kind] += walker.comments
        return joined(found[LEGACY], found[THREADED])

    @property
    def saved_at(self) -> datetime | None:
        """When the workbook was last saved, as the program that saved it says; None if it does not."""
        when = _moment(self._said(self._about, "modified"))
        if when is None or not self._said(self._program, "Application").startswith(_LOCAL_TIME):
            return when
        stamp = _stamped(self._archive.stamp(self._about))
        return stamp if stamp is not None and abs(stamp - when) < _FARTHEST_ZONE else when

    def _said(self, part: str, name: str) -> str:
        """Return what one of the parts about the workbook says; empty if it cannot be read."""
        try:
            root = self._tree(part)
        except ExchangeError:
            return ""
        return next((one.text or "" for one in root.iter() if _local(one.tag) == name), "").strip()

    def _walk(self, walker: PartWalker, data: bytes) -> None:
        walker.left = self._left
        walker.walk(data)
        self._left = walker.left

    def _open(self) -> None:
        """Find the parts by what the archive says of them."""
        top = self._related("")
        part = next((path for kind, path in top.values() if kind == "officeDocument"), _USUAL_PLACE)
        parts = dict(top.values())
        self._about, self._program = parts.get("core-properties", ""), parts.get("extended-properties", "")
        root = self._tree(part)
        if _local(root.tag) != "workbook":
            raise refusal(self.file, "book_other_kind", part=part)
        related = self._related(part)
        known = set(self._archive.names)
        self._sheets: dict[str, str] = {}
        for element in root.iter():
            kind, path = related.get(_named(element, "id"), ("", ""))
            if _local(element.tag) == "sheet" and kind == "worksheet" and path in known:
                self._sheets.setdefault(element.get("name", ""), path)
                if element.get("state", "visible") != "visible":
                    self.hidden.add(element.get("name", ""))
        self._others = {kind: path for kind, path in related.values() if path in known}
        told = (element.get("date1904") for element in root.iter() if _local(element.tag) == "workbookPr")
        self._since_1904 = next(told, None) in ("1", "true")

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to: id -> its kind and its path."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self._archive.names:
            return {}
        return {
            one.get("Id", ""): (
                one.get("Type", "").rpartition("/")[2],
                _joined(folder, one.get("Target", "")),
            )
            for one in self._tree(path)
        }

    def _tree(self, part: str) -> Element:
        if part not in self._archive.names:
            raise refusal(self.file, "book_lacks", part=part)
        limits = replace(self.limits, xml_parts=_TREE_PARTS)
        return parse_xml(self._archive.read(part), f"{self.file}, {part}", limits)


def _joined(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _moment(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _stamped(stamp: tuple[int, int, int, int, int, int]) -> datetime | None:
    try:
        return datetime(*stamp, tzinfo=UTC)
    except ValueError:
        return None


def _named(element: Element, name: str) -> str:
    return next((text for key, text in element.items() if key.endswith("}" + name)), "")


# --- sheets as rows of texts; formulas are not run ----------------------------------------------------


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
_WIDER = 2  # times as many cells may there be with those that short rows lack


def read_rows(
    data: bytes, file: str, sheet: str | None = None, *, exact: bool = False, limits: BookLimits = LIMITS
) -> tuple[list[list[str]], list[Problem]]:
    """Cells of every row of a sheet as text; the first sheet if none is named.

    Formulas are not run: a cell holds what Excel last stored for it. What is
    merged over several rows is given to each of them, as a person sees it.
    With `exact`, line breaks stay as `exactly` wrote them.
    """
    if data.startswith(OLD_OFFICE):
        return [], [Problem.of(file, None, "book_locked")]
    if not data.startswith(ZIP):
        return [], [Problem.of(file, None, "book_none")]
    try:
        with Book(data, file, limits) as book:
            return book_rows(book, sheet, exact=exact)
    except ExchangeError as error:
        return [], list(error.problems)


def book_rows(
    book: Book, sheet: str | None = None, file: str = "", *, exact: bool = False
) -> tuple[list[list[str]], list[Problem]]:
    """Rows of one of several sheets of an opened workbook, as `read_rows` gives them.

    Parameters
    ----------
    book : the workbook
    sheet : name of the sheet, by default the first
    file : what problems name as its place, by default the file
    exact : whether line breaks stay as `exactly` wrote them

    Raises
    ------
    ExchangeError
        If there is no such sheet, or it is damaged or too large.
    """
    book.path(sheet)
    taken = SheetRows(file or book.file, book.values(exact=exact), book.limits)
    merged = book.walk(sheet, taken.take)
    taken.widen()
    taken.fill(merged)
    return taken.rows, taken.problems


def sheet_names(data: bytes, file: str) -> list[str]:
    """Return the names of a workbook's sheets, in their order.

    Raises
    ------
    ExchangeError
        If it is damaged, no workbook, or could do harm.
    """
    with Book(data, file) as book:
        return book.names


def merged_across(data: bytes) -> list[tuple[int, str]]:
    """Return rows and cells of the first sheet, below its header, that are merged over several columns."""
    with Book(data, "the workbook") as book:
        merged = book.merged(None)
    bounds = ((cells, area(cells)) for cells in merged)
    return [
        (found[0][0], cells)
        for cells, found in bounds
        if found and found[0][0] > 1 and found[1][1] > found[0][1]
    ]


class SheetRows:
    """Rows as their cells come in."""

    def __init__(self, file: str, values: Values, limits: BookLimits) -> None:
        self.file, self.values, self.limits = file, values, limits
        self.rows: list[list[str]] = []
        self.problems: list[Problem] = []
        self.count = self.filled = self.width = 0

    def take(self, cell: Stored) -> None:
        """Put a cell into its row, or say why not."""
        if len(self.rows) < cell.row:
            self.rows.extend([] for _ in range(cell.row - len(self.rows)))
        row = self.rows[cell.row - 1]
        text = self._text(cell)
        if text:
            lacking = cell.column - len(row)
            if lacking > 0:
                self.filled += not row
                self.width = max(self.width, cell.column)
                self._count(lacking)
                row.extend([""] * lacking)
            row[cell.column - 1] = text

    def _text(self, cell: Stored) -> str:
        # A formula whose result is the empty text says so by its kind.
        if cell.formula is not None and not cell.value and cell.kind != "str":
            self._odd(cell, "cell_formula")
            return ""
        try:
            return self.values.text(cell)
        except OddCellError as error:
            self._odd(cell, "cell_odd", fault=error.fault)
            return cell.value

    def _count(self, cells: int) -> None:
        self.count += cells
        most = self.limits.cells
        if self.count > most:
            raise refusal(self.file, "book_cells", most=most)
        if self.filled * self.width > _WIDER * most:
            raise refusal(self.file, "book_wide", most=_WIDER * most, width=self.width)

    def _odd(self, cell: Stored, kind: str, /, **values: object) -> None:
        place = address(cell.row, cell.column)
        self.problems.append(Problem.of(self.file, cell.row, kind, place=place, **values))
        if len(self.problems) > self.limits.odd_cells:
            first = self.problems[0]
            told = {"what": first.what, "todo": first.todo, "n": self.limits.odd_cells}
            raise refusal(self.file, "book_odd_cells", **told)

    def widen(self) -> None:
        """Make all rows that hold something as long as the longest."""
        for row in self.rows:
            if row:
                row.extend([""] * (self.width - len(row)))

    def fill(self, ranges: list[str]) -> None:
        """Give every row of a merged cell its text; a merged header and blank rows stay as they are."""
        given = 0
        for name in ranges:
            bounds = area(name)
            if bounds is None:
                raise refusal(self.file, "book_merge_name", name=name[:40])
            (top, left), (bottom, _) = bounds
            text = "".join(self.rows[top - 1][left - 1 : left]) if top <= len(self.rows) else ""
            if top == 1 or not text:
                continue
            given += max(min(bottom, len(self.rows)) - top, 0)
            if given > self.limits.cells:
                raise refusal(self.file, "book_merge_rows", most=self.limits.cells)
            for row in self.rows[top:bottom]:
                if row:
                    row[left - 1] = text
