"""How a coding sheet looks: fonts, colours, borders and widths, each made once."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

FONT = "Calibri"
INK, QUIET, PALE, FAINT, GREEN = "222222", "6B6B6B", "B0B0B0", "D3D9D8", "2F7F79"
HEAD, LOCKED, CLOSED, WRONG, AGAIN = "E6EDEC", "F7F8F8", "DCDCDC", "F6D5CC", "FBF1DA"

_LINE, _STRONG = Side("thin", FAINT), Side("medium", "B9C4C2")
_AROUND = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_BLOCK = Border(left=_STRONG, right=_LINE, top=_LINE, bottom=_LINE)


@dataclass(frozen=True, eq=False)
class Style:
    """How one sort of cell looks."""

    font: Font
    fill: PatternFill | None = None
    alignment: Alignment | None = None
    border: Border | None = None
    protection: Protection | None = None


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def _text(size: float = 11, colour: str = INK, bold: bool = False) -> Font:
    return Font(name=FONT, size=size, color=colour, bold=bold)


def _placed(across: str = "left", down: str = "top", wrap: bool = True, indent: int = 0) -> Alignment:
    return Alignment(horizontal=across, vertical=down, wrap_text=wrap, indent=indent)


_OPEN = Protection(locked=False)
TITLE = Style(_text(18, bold=True), alignment=_placed(wrap=False))
TAB_TITLE = Style(_text(14, bold=True), alignment=_placed(down="center", wrap=False))
BODY = Style(_text(12), alignment=_placed())
STEP = Style(_text(12, QUIET, bold=True), alignment=_placed("right"))
SMALL = Style(_text(9, QUIET), alignment=_placed(wrap=False))
LABEL = Style(_text(11, bold=True), _fill(HEAD), _placed(down="center", indent=1))
QUESTION = Style(_text(10), _fill(HEAD), _placed(indent=1))
COLUMN = Style(_text(10, QUIET), _fill(HEAD), _placed("center", "bottom"), _AROUND)
NOTE = Style(_text(12), _fill(LOCKED), _placed(down="center", indent=1), _AROUND)
REMARK = Style(_text(10), _fill(AGAIN), _placed(down="center", indent=1), _AROUND)
TICK = Style(_text(12, GREEN, bold=True), _fill(LOCKED), _placed("center", "center"), _AROUND)
CELL = Style(_text(11), None, _placed(down="center", indent=1), _AROUND, _OPEN)
KEY = Style(_text(8, PALE), alignment=_placed(down="center", wrap=False))
CHOICE = Style(_text(11), None, _placed("center", "center"), _AROUND, _OPEN)
NOT_ASKED = Style(_text(11), _fill(CLOSED), None, _AROUND)
CODE_NAME = Style(_text(11, bold=True), None, _placed(down="center", indent=1), _AROUND)
DEFINITION = Style(_text(11), None, _placed(down="center", indent=1), _AROUND)
GOAL = Style(_text(12), alignment=_placed(down="center", indent=1))
CONTRADICTION = PatternFill(bgColor=WRONG)  # in a conditional format it is the background that shows

_made: WeakKeyDictionary[Any, dict[tuple[Style, str], Any]] = WeakKeyDictionary()


@cache
def first_of_block(style: Style) -> Style:
    """Return the style with the stronger line that begins a question."""
    return replace(style, border=_BLOCK)


def apply(cell: Any, style: Style, number_format: str = "") -> Any:
    """Give a cell a style; return the cell.

    A style is put together once a workbook: thousands of cells share it, and
    putting it together is what takes the time.
    """
    made = _made.setdefault(cell.parent.parent, {})
    key = (style, number_format)
    if key not in made:
        for part in fields(style):
            if (value := getattr(style, part.name)) is not None:
                setattr(cell, part.name, value)
        if number_format:
            cell.number_format = number_format
        made[key] = copy(cell._style)
    cell._style = copy(made[key])
    return cell


def lines(text: str, width: float) -> int:
    """Return about how many lines a text takes in a column `width` characters wide."""
    return sum(1 + int(len(part) * 1.1 / max(width, 1)) for part in text.split("\n"))
