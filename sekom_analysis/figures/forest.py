"""Agreement as a forest plot: a row per coefficient, with its interval."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.sheets import (
    LABEL_LEADING,
    PAGE,
    SPARE,
    Layout,
    Rows,
    Sheet,
    Width,
    layout_of,
    line_height,
    lines_of,
    set_rows,
)
from sekom_analysis.figures.styling import text_width

_COLUMNS = ("group", "label", "value", "low", "high", "note")
CLOSE = 0.72  # times the pitch of counts: points are thinner than bars
WIDE = 1.25  # times the labels of counts
LEAST_PLOT = 24.0  # mm
CLEAR = 10.0  # mm from one number of the axis to the next, at least
UNDER = "#a3411b"
"""What is under the floor."""
WITH_FLOOR = "independent"
"""Where a table has the column ``group_key``: what the plan's floor is for."""


@dataclass(frozen=True)
class Row:
    """A coefficient with its interval, or why there is none."""

    group: str
    label: str
    value: float
    ends: tuple[float, float] | None
    note: str
    has_floor: bool


@dataclass(frozen=True)
class Column:
    """A column of numbers: its head, its cells, and its width in mm."""

    name: str
    head: str
    cells: Sequence[str]
    width: float


@dataclass(frozen=True)
class Plot:
    """Where things are, in mm: the plot's sides, its rows, and what is drawn of the table."""

    start: float
    end: float
    low: float
    columns: Sequence[Column]
    rows: Rows
    notes: Sequence[Sequence[str]]
    headings: Mapping[int, Sequence[str]]
    """The row that a group begins with -> the lines of its heading."""

    @property
    def per_unit(self) -> float:
        """The mm from 0 to 1."""
        return (self.end - self.start) / (1 - self.low)

    @property
    def zero(self) -> float:
        """Where 0 is."""
        return self.start - self.low * self.per_unit


@st.texts_as_texts
def plot_agreement(
    table: pd.DataFrame,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    floor: float | None = None,
    decimals: int = 2,
    width_mm: Width = 160,
    ax: Axes | None = None,
    lang: str = "sv",
) -> Axes:
    """Draw coefficients with their intervals, in groups such as overall, per code, per pair of coders.

    Parameters
    ----------
    table : rows of agreement tables, in the order in which they are drawn
        Columns ``group`` (heading; rows of a group follow each other; empty: none), ``label``, ``value``,
        ``low``, ``high`` (NaN: no interval), ``note`` (why there is no value); with ``n_notes`` a column
        of it is printed. Where there is ``group_key``, the floor is for rows of ``"independent"`` only.
    title : what the numbers say; left out, there is none.
    subtitle : left out, what is drawn; ``""`` for none.
    source : left out, none.
    floor : float, optional
        The value below which the plan asks for something: a line with its text, and rings below it.
    decimals : int
        Of the values printed.
    width_mm : 85 (a column), 160 (a page) or another number of mm; or ``"slide"``, 254 × 142.9 mm.
        A column has no room for the intervals in figures.
    ax : Axes, optional
        Where to draw: all of it, texts too, is inside them.
    lang : ``"sv"`` or ``"en"``.

    Returns
    -------
    Axes
        The axis runs from 0, or the lowest value if that is below 0, to 1; heights are in mm from the top.

    Raises
    ------
    FigureError
        If the table is empty, columns are missing, `width_mm` is another, or no row fits on `ax`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"group": ["Alla"], "label": ["Kategori"], "value": [0.802], "low": [0.74],
    ...                      "high": [0.86], "note": [""]})
    >>> ax = plot_agreement(rows, subtitle="")
    >>> [text.get_text() for text in ax.texts if text.get_label() in ("value 0", "interval 0")]
    ['0,80', '[0,74; 0,86]']
    """
    check_language(lang)
    st.check_columns(table, _COLUMNS, "agreement")
    with st.style():
        layout = layout_of(width_mm, ax)
        layout = replace(layout, pitch=layout.pitch * CLOSE, names=layout.names * WIDE)
        rows = _rows(table)
        if subtitle is None:
            has_ends = any(row.ends for row in rows)
            subtitle = say("figure_agreement_intervals" if has_ends else "figure_agreement", lang)
        sheet = Sheet(layout, ax, title or "", subtitle, "")
        cells = _cells(table, lang, decimals, with_intervals=layout.label >= PAGE.label)
        shown, plot = _fitting(sheet, rows, cells, source or "", lang)
        _draw(sheet, shown, plot, floor, lang)
    return sheet.ax


def _rows(table: pd.DataFrame) -> list[Row]:
    found = []
    for row in table.fillna({"group": "", "note": ""}).to_dict("records"):
        low, high = float(row["low"]), float(row["high"])
        ends = None if math.isnan(low + high) else (low, high)
        has_floor = row.get("group_key", WITH_FLOOR) == WITH_FLOOR
        texts = (str(row["group"]), str(row["label"]))
        found.append(Row(*texts, float(row["value"]), ends, str(row["note"]), has_floor))
    return found


def _cells(table: pd.DataFrame, lang: str, decimals: int, *, with_intervals: bool) -> dict[str, list[str]]:
    """Return value, interval and number of notes, as they are printed."""
    cells = {"value": [number(value, lang, decimals) for value in table["value"].astype(float)]}
    ends = table[["low", "high"]].astype(float)
    if with_intervals and ends.notna().all(axis=1).any():
        pairs = zip(ends["low"], ends["high"], strict=True)
        cells["interval"] = [_interval(low, high, lang, decimals) for low, high in pairs]
    if "n_notes" in table.columns:
        cells["notes"] = [number(float(n), lang, 0) for n in table["n_notes"]]
    return cells


def _interval(low: float, high: float, lang: str, decimals: int) -> str:
    if math.isnan(low + high):
        return number(math.nan, lang)
    ends = {"low": number(low, lang, decimals), "high": number(high, lang, decimals)}
    return say("figure_interval", lang, **ends)


# --- where things are ---------------------------------------------------------------------------------


def _fitting(
    sheet: Sheet, rows: Sequence[Row], cells: dict[str, list[str]], source: str, lang: str
) -> tuple[Sequence[Row], Plot]:
    """Return the first rows that there is room for; that others are left out is said at the foot."""
    for n in range(len(rows), 0, -1):
        shown, left = rows[:n], len(rows) - n
        key = "figure_agreement_hidden_one" if left == 1 else "figure_agreement_hidden"
        sheet.set_source(f"{source} {say(key, lang, n=left)}".strip() if left else source)
        columns = [_column(name, texts[:n], sheet.layout, lang) for name, texts in cells.items()]
        plot = _plot(sheet, shown, columns)
        if plot is not None:
            return shown, plot
    width, height = sheet.layout.width, sheet.layout.height or 0.0
    msg = (
        f"Axes of {width:.0f} × {height:.0f} mm are too small for one row beside the texts. "
        "Make them larger, leave out texts (subtitle=''), or leave out ax. Nothing was drawn."
    )
    raise FigureError(msg)


def _column(name: str, cells: Sequence[str], layout: Layout, lang: str) -> Column:
    head = say(f"figure_{name}_column", lang)
    widths = [text_width(cell, size=layout.label, bold=name == "value") for cell in cells]
    return Column(name, head, cells, max(*widths, text_width(head, size=layout.label)))


def _plot(sheet: Sheet, rows: Sequence[Row], columns: Sequence[Column]) -> Plot | None:
    """Return where things are; None where there is no room for them."""
    layout = sheet.layout
    labels = [row.label for row in rows]
    loose = set_rows(layout, labels, None)
    names = loose.width if loose else 0.0
    start = sheet.left + names + 3 * layout.unit  # half a dot may be left of the plot
    end = sheet.right - sum(column.width + 2 * layout.unit for column in columns)
    if end - start < LEAST_PLOT / 2:
        return None
    missing = [row.note if math.isnan(row.value) else "" for row in rows]
    notes = [lines_of(note, end - start, layout.label) if note else [] for note in missing]
    headings = {
        n: lines_of(row.group, end - sheet.left, layout.label, bold=True)
        for n, row in enumerate(rows)
        if row.group and (n == 0 or rows[n - 1].group != row.group)
    }
    room = None
    if sheet.room is not None:
        room = sheet.room - _head_height(layout) - _axis_height(layout)
        room -= sum(_heading_height(layout, lines) for lines in headings.values())
    laid = set_rows(layout, labels, room, [max(1, len(note)) for note in notes])
    if laid is None:
        return None
    known = [value for row in rows for value in (row.value, *(row.ends or ())) if not math.isnan(value)]
    return Plot(start, end, min([0.0, *known]), columns, laid, notes, headings)


def _head_height(layout: Layout) -> float:
    return line_height(layout.label) + 0.6 * layout.unit


def _axis_height(layout: Layout) -> float:
    return line_height(layout.label) + 1.5 * layout.unit


def _heading_height(layout: Layout, lines: Sequence[str]) -> float:
    return len(lines) * line_height(layout.label, LABEL_LEADING) + 1.2 * layout.unit


# --- drawing ------------------------------------------------------------------------------------------


def _draw(sheet: Sheet, rows: Sequence[Row], plot: Plot, floor: float | None, lang: str) -> None:
    layout = sheet.layout
    top = sheet.y + _head_height(layout)
    shift, middles = 0.0, []
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
    _draw_axis(sheet, plot, top, bottom, lang)
    if floor is not None:
        own = [y for row, y in zip(rows, middles, strict=True) if row.has_floor] or middles
        foot = own[-1] + plot.rows.pitch / 2 if len(own) < len(rows) else bottom
        _draw_floor(sheet, plot, floor, (top, foot), lang)
    for n, (row, y) in enumerate(zip(rows, middles, strict=True)):
        is_under = floor is not None and row.has_floor and row.value < floor
        sheet.lines(f"label {n}", sheet.left, y, plot.rows.labels[n], plot.rows.size, is_middle=True)
        _draw_point(sheet, plot, n, row, y, is_under=is_under)
        _write_cells(sheet, plot, n, y, is_under=is_under)
    _write_heads(sheet, plot, top)
    sheet.finish(bottom + _axis_height(layout), plot.zero, plot.per_unit)


def _draw_axis(sheet: Sheet, plot: Plot, top: float, bottom: float, lang: str) -> None:
    """Draw thin lines at round values, with their numbers under them."""
    step = next((step for step in (0.2, 0.5) if step * plot.per_unit >= CLEAR), 1.0)
    first = math.ceil(plot.low / step - 1e-9)
    for n in range(first, round(1 / step) + 1):
        x = plot.zero + n * step * plot.per_unit
        sheet.line(x, top, bottom, st.FAINT, 0.5)
        middle = bottom + 0.6 * sheet.layout.unit + line_height(sheet.layout.label) / 2
        said = number(n * step + 0.0, lang, 1)
        sheet.text("axis", x, middle, said, colour=st.QUIET, ha="center")


def _draw_floor(sheet: Sheet, plot: Plot, floor: float, ends: tuple[float, float], lang: str) -> None:
    """Draw a line with its text above it, within the plot's own width."""
    text = say("figure_floor", lang, floor=_short(floor, lang))
    half, x = text_width(text, size=sheet.layout.label) / SPARE / 2, plot.zero + floor * plot.per_unit
    left, right = plot.start, plot.end
    at = min(max(x, left + half), right - half)
    middle = ends[0] - 0.6 * sheet.layout.unit - line_height(sheet.layout.label) / 2
    sheet.text("floor", at, middle, text, colour=st.QUIET, ha="center")
    sheet.ax.plot(
        [floor, floor], ends, color=st.INK, lw=0.7, ls=(0, (3, 2)), zorder=2, label="_floor", scalex=False,
        scaley=False,
    )  # fmt: skip


def _draw_point(sheet: Sheet, plot: Plot, n: int, row: Row, y: float, *, is_under: bool) -> None:
    """Draw a dot with the line of its interval: a ring under the floor; or say why there is none."""
    if math.isnan(row.value):
        note = plot.notes[n]
        sheet.lines(
            f"note {n}", plot.start, y, note, plot.rows.size, colour=st.QUIET, is_middle=True, on_paper=True
        )
        return
    colour, tick = (UNDER if is_under else st.NEUTRAL), sheet.layout.tick
    if row.ends:
        sheet.ax.plot(
            row.ends, [y, y], color=colour, lw=tick, zorder=3, label="interval", scalex=False, scaley=False,
            solid_capstyle="round",
        )  # fmt: skip
    fill = st.PAPER if is_under else colour
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


def _write_cells(sheet: Sheet, plot: Plot, n: int, y: float, *, is_under: bool) -> None:
    for column, x in zip(plot.columns, _edges(sheet, plot), strict=True):
        is_value = column.name == "value"
        ink = (st.ink_of(UNDER) if is_under else st.INK) if is_value else st.QUIET
        said, role = column.cells[n], f"{column.name} {n}"
        sheet.text(role, x, y, said, plot.rows.size, bold=is_value, colour=ink, ha="right")


def _write_heads(sheet: Sheet, plot: Plot, top: float) -> None:
    middle = top - 0.6 * sheet.layout.unit - line_height(sheet.layout.label) / 2
    for column, x in zip(plot.columns, _edges(sheet, plot), strict=True):
        sheet.text("head", x, middle, column.head, colour=st.QUIET, ha="right")


def _short(value: float, lang: str) -> str:
    """Return a number with no more decimals than it needs, up to three."""
    return next(
        (number(value, lang, d) for d in (1, 2) if math.isclose(value, round(value, d))),
        number(value, lang, 3),
    )
