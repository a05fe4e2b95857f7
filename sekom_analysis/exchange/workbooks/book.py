"""An opened workbook: its sheets by name, and what their cells refer to."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self
from xml.etree.ElementTree import Element

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import open_archive, parse_xml, refusal
from sekom_analysis.exchange.workbooks.cells import CellWalker, PartWalker, Stored, TextWalker
from sekom_analysis.exchange.workbooks.comments import LEGACY, THREADED, Comment, CommentWalker, joined
from sekom_analysis.exchange.workbooks.limits import LIMITS, OPEN_AND_SAVE, BookLimits
from sekom_analysis.exchange.workbooks.values import StyleWalker, Values

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
            raise refusal(self.file, "it has no sheet that can be read", OPEN_AND_SAVE)
        if sheet is None:
            return next(iter(self._sheets.values()))
        if sheet not in self._sheets:
            names = ", ".join(f"'{name}'" for name in self._sheets)
            raise refusal(self.file, f"it has no sheet '{sheet}'", f"name one of: {names}")
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
        return Values(texts.texts, *styles.dates(), self._since_1904, exact)

    def walk(self, sheet: str | None, take: Callable[[Stored], None]) -> list[str]:
        """Hand on each cell of a sheet that holds something, as it is read; return what is merged.

        Raises
        ------
        ExchangeError
            If there is no such sheet, or it is damaged or too large.
        """
        walker = CellWalker(self.file, self.path(sheet), self.limits, take)
        self._walk(walker, self._archive.read(walker.part))
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
            what = f"it is damaged or no Excel workbook ('{part}' is of another kind)"
            raise refusal(self.file, what, OPEN_AND_SAVE)
        related = self._related(part)
        known = set(self._archive.names)
        self._sheets: dict[str, str] = {}
        for element in root.iter():
            kind, path = related.get(_named(element, "id"), ("", ""))
            if _local(element.tag) == "sheet" and kind == "worksheet" and path in known:
                self._sheets.setdefault(element.get("name", ""), path)
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
            what = f"it is damaged or no Excel workbook (there is no '{part}' in it)"
            raise refusal(self.file, what, OPEN_AND_SAVE)
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
