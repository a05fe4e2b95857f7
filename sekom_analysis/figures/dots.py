"""Rows of dots with intervals on a sheet, in groups under headings, with columns of numbers beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from matplotlib.axes import Axes

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.sheets import (
    LABEL_LEADING,
    SPARE,
    Layout,
    Rows,
    Sheet,
    line_height,
    lines_of,
    set_rows,
)
from sekom_analysis.figures.styling import text_width

CLOSE = 0.72  # times the pitch of bars: dots are thinner
LEAST_PLOT = 12.0  # mm
CLEAR = 10.0  # mm from one number of the axis to the next, at least
OPEN = "#a3411b"
"""The colour of rings."""


@dataclass(frozen=True)
class Row:
    """A value with its interval, or why there is none; a ring instead of a dot where it `is_open`."""

    group: str
    label: str
    value: float
    ends: tuple[float, float] | None
    note: str = ""
    is_open: bool = False
    shared: tuple[float, float] | None = None
    """A thicker line, over what the value shares with others."""
    has_line: bool = True
    """Whether the chart's upright line is for this row."""


@dataclass(frozen=True)
class Chart:
    """All that is drawn.

    Attributes
    ----------
    rows : from the top down
    cells : column -> its texts, a row each; heads are the wordings ``figure_COLUMN_column``
    heads : column -> its head, where it is another
    low, high : the ends of the axis
    marks : mm of a unit -> the values that have a number on the axis, each with its text
    line : where an upright line is, with its text; None for none
    hidden : the wording that tells how many rows there is no room for
    bold : the column in bold
    """

    rows: Sequence[Row]
    cells: Mapping[str, Sequence[str]]
    low: float
    high: float
    marks: Callable[[float], Sequence[tuple[float, str]]]
    line: tuple[float, str] | None
    hidden: str
    bold: str
    heads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    """A column of numbers: its head, its cells, and its width in mm."""

    name: str
    head: Sequence[str]
    cells: Sequence[str]
    width: float


@dataclass(frozen=True)
class Plot:
    """Where things are, in mm: the plot's sides, its rows, and what stands beside and above them."""

    start: float
    end: float
    low: float
    per_unit: float
    head: float
    columns: Sequence[Column]
    rows: Rows
    notes: Sequence[Sequence[str]]
    headings: Mapping[int, Sequence[str]]
    """The row that a group begins with -> the lines of its heading."""

    @property
    def zero(self) -> float:
        """Where 0 is."""
        return self.start - self.low * self.per_unit


def draw_dots(sheet: Sheet, chart: Chart, source: str, lang: str) -> Axes:
    """Draw a chart below the head of a sheet, and finish it; `source` is what its foot says.

    Raises
    ------
    FigureError
        If there is no room for one row.
    """
    n_rows = len(chart.rows)
    for n in range(n_rows, 0, -1):
        left = n_rows - n
        told = say(f"{chart.hidden}{'_one' if left == 1 else ''}", lang, n=number(left, lang, 0))
        sheet.set_source(f"{source} {told}".strip() if left else source)
        plot = _plot(sheet, chart, n, lang)
        if plot is not None:
            return _draw(sheet, chart, n, plot)
    width, height = sheet.layout.width, sheet.layout.height or 0.0
    msg = (
        f"Axes of {width:.0f} × {height:.0f} mm are too small for one row beside the texts. "
        "Make them larger, leave out texts (subtitle=''), or leave out ax. Nothing was drawn."
    )
    raise FigureError(msg)


# --- where things are ---------------------------------------------------------------------------------


def _column(chart: Chart, name: str, n: int, layout: Layout, lang: str) -> Column:
    head = (chart.heads.get(name) or say(f"figure_{name}_column", lang)).split("\n")
    cells, size = chart.cells[name][:n], layout.label
    widths = [text_width(cell, size=size, bold=name == chart.bold) for cell in cells]
    return Column(name, head, cells, max(*widths, *(text_width(line, size=size) for line in head)))


def _plot(sheet: Sheet, chart: Chart, n_rows: int, lang: str) -> Plot | None:
    """Return where things are; None where there is no room for them."""
    layout, rows = sheet.layout, chart.rows[:n_rows]
    columns = [_column(chart, name, n_rows, layout, lang) for name in chart.cells]
    labels = [row.label for row in rows]
    loose = set_rows(layout, labels, None)
    names = loose.width if loose else 0.0
    start = sheet.left + names + 3 * layout.unit  # half a dot may be left of the plot
    end = sheet.right - sum(column.width + 2 * layout.unit for column in columns)
    if end - start < LEAST_PLOT:
        return None
    missing = [row.note if math.isnan(row.value) else "" for row in rows]
    notes = [lines_of(note, end - start, layout.label) if note else [] for note in missing]
    headings = {
        n: lines_of(row.group, end - sheet.left, layout.label, bold=True)
        for n, row in enumerate(rows)
        if row.group and (n == 0 or rows[n - 1].group != row.group)
    }
    lines = max((len(column.head) for column in columns), default=1)
    head = lines * line_height(layout.label) + 0.6 * layout.unit
    room = None
    if sheet.room is not None:
        room = sheet.room - head - _axis_height(layout)
        room -= sum(_heading_height(layout, said) for said in headings.values())
    laid = set_rows(layout, labels, room, [max(1, len(note)) for note in notes])
    if laid is None:
        return None
    per_unit = (end - start) / (chart.high - chart.low)
    return Plot(start, end, chart.low, per_unit, head, columns, laid, notes, headings)


def _axis_height(layout: Layout) -> float:
    return line_height(layout.label) + 1.5 * layout.unit


def _heading_height(layout: Layout, lines: Sequence[str]) -> float:
    return len(lines) * line_height(layout.label, LABEL_LEADING) + 1.2 * layout.unit


# --- drawing ------------------------------------------------------------------------------------------


def _draw(sheet: Sheet, chart: Chart, n_rows: int, plot: Plot) -> Axes:
    layout, rows = sheet.layout, chart.rows[:n_rows]
    top, shift = sheet.y + plot.head, 0.0
    middles: list[float] = []
    for n, middle in enumerate(plot.rows.middles):
        if n in plot.headings:
            above = top + shift + middle - plot.rows.heights[n] / 2 + 0.6 * layout.unit
            sheet.lines(
                f"heading {n}", sheet.left, above, plot.headings[n], bold=True, on_paper=True,
                colour=st.ink_of(st.NEUTRAL),
            )  # fmt: skip
            shift += _heading_height(layout, plot.headings[n])
        middles.append(top + shift + middle)
    bottom = top + shift + plot.rows.height
    _draw_axis(sheet, plot, chart.marks(plot.per_unit), top, bottom)
    if chart.line is not None:
        own = [y for row, y in zip(rows, middles, strict=True) if row.has_line] or middles
        foot = own[-1] + plot.rows.pitch / 2 if len(own) < len(rows) else bottom
        _draw_line(sheet, plot, chart.line, (top, foot))
    for n, (row, y) in enumerate(zip(rows, middles, strict=True)):
        sheet.lines(f"label {n}", sheet.left, y, plot.rows.labels[n], plot.rows.size, is_middle=True)
        _draw_dot(sheet, plot, n, row, y)
        _write_cells(sheet, plot, n, row, y, chart.bold)
    _write_heads(sheet, plot, top)
    return sheet.finish(bottom + _axis_height(layout), plot.zero, plot.per_unit)


def _draw_axis(
    sheet: Sheet, plot: Plot, marks: Sequence[tuple[float, str]], top: float, bottom: float
) -> None:
    """Draw thin lines at round values, with their numbers under them."""
    middle = bottom + 0.6 * sheet.layout.unit + line_height(sheet.layout.label) / 2
    for value, said in marks:
        x = plot.zero + value * plot.per_unit
        sheet.line(x, top, bottom, st.FAINT, 0.5)
        sheet.text("axis", x, middle, said, colour=st.QUIET, ha="center")


def _draw_line(sheet: Sheet, plot: Plot, line: tuple[float, str], ends: tuple[float, float]) -> None:
    """Draw an upright line with its text above it, within the plot's own width where that is enough."""
    value, text = line
    half, x = text_width(text, size=sheet.layout.label) / SPARE / 2, plot.zero + value * plot.per_unit
    at = max(min(max(x, plot.start + half), plot.end - half), sheet.left + half)
    middle = ends[0] - 0.6 * sheet.layout.unit - line_height(sheet.layout.label) / 2
    sheet.text("line", at, middle, text, colour=st.QUIET, ha="center")
    sheet.ax.plot(
        [value, value], ends, color=st.INK, lw=0.7, ls=(0, (3, 2)), zorder=2, label="_line", scalex=False,
        scaley=False,
    )  # fmt: skip


def _draw_dot(sheet: Sheet, plot: Plot, n: int, row: Row, y: float) -> None:
    """Draw a dot or a ring with the line of its interval; or say why there is none."""
    if math.isnan(row.value):
        sheet.lines(
            f"note {n}", plot.start, y, plot.notes[n], plot.rows.size, colour=st.QUIET, is_middle=True,
            on_paper=True,
        )  # fmt: skip
        return
    colour, tick = (OPEN if row.is_open else st.NEUTRAL), sheet.layout.tick
    for ends, role, times in ((row.ends, "interval", 1.0), (row.shared, "shared", 2.6)):
        if ends:
            sheet.ax.plot(
                ends, [y, y], color=colour, lw=times * tick, zorder=3, label=role, scalex=False,
                scaley=False, solid_capstyle="round",
            )  # fmt: skip
    fill = st.PAPER if row.is_open else colour
    sheet.ax.plot(
        [row.value], [y], "o", ms=3.7 * tick, color=colour, mfc=fill, mew=0.8 * tick, zorder=4, label="value",
        clip_on=False, scalex=False, scaley=False,
    )  # fmt: skip


def _edges(sheet: Sheet, plot: Plot) -> list[float]:
    """Return where the columns of numbers end, in mm."""
    edges, at = [], plot.end
    for column in plot.columns:
        at += column.width + 2 * sheet.layout.unit
        edges.append(at)
    return edges


def _write_cells(sheet: Sheet, plot: Plot, n: int, row: Row, y: float, bold: str) -> None:
    for column, x in zip(plot.columns, _edges(sheet, plot), strict=True):
        is_bold = column.name == bold
        ink = (st.ink_of(OPEN) if row.is_open else st.INK) if is_bold else st.QUIET
        role = f"{column.name} {n}"
        sheet.text(role, x, y, column.cells[n], plot.rows.size, bold=is_bold, colour=ink, ha="right")


def _write_heads(sheet: Sheet, plot: Plot, top: float) -> None:
    step, foot = line_height(sheet.layout.label), top - 0.6 * sheet.layout.unit
    for column, x in zip(plot.columns, _edges(sheet, plot), strict=True):
        above = foot - len(column.head) * step
        sheet.lines("head", x, above, column.head, colour=st.QUIET, ha="right", leading=1.2)
