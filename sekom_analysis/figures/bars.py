"""Rows of bars on a sheet: from one axis, back to back, or in columns, with spans, marks and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.count_texts import HIDDEN, hidden_sentence
from sekom_analysis.figures.sheets import (
    BAR,
    TALL,
    WIDER,
    Dashes,
    Layout,
    Rows,
    Sheet,
    edge_of,
    line_height,
    lines_of,
    set_rows,
)
from sekom_analysis.figures.styling import text_width

# --- what is drawn ------------------------------------------------------------------------------------


DASHES: tuple[Dashes, ...] = ("-", (0, (1.2, 0.7)), (0, (0.5, 0.5)))
NARROW = 13.0  # mm, what a column of bars takes at least
ACROSS = 2  # sides back to back
BETWEEN = 4  # units between columns


@dataclass(frozen=True)
class Group:
    """What splits the counts: a code of `by`, or nothing."""

    by: str
    label: str
    colour: str

    @property
    def ink(self) -> str:
        """The colour of its texts."""
        return st.ink_of(self.colour)


@dataclass(frozen=True)
class Part:
    """A part of a bar: what it is, its count and its colour."""

    label: str
    count: int
    colour: str


@dataclass(frozen=True)
class Cell:
    """A bar: its count, its span where that has a length, and each source's own count."""

    count: int
    span: tuple[float, float] | None
    ticks: Mapping[str, int]
    colour: str = ""
    """Empty for that of its group."""
    parts: Sequence[Part] = ()
    """What the bar is made up of, from the axis on; as many in each cell of a group, or none."""

    @property
    def most(self) -> float:
        """The largest number that is drawn."""
        return max(self.count, *(self.span or (0,)), *self.ticks.values(), 0)


@dataclass(frozen=True)
class Chart:
    """All that is drawn: codes in their order with their labels, groups, and a cell for each two."""

    labels: Mapping[str, str]
    groups: Sequence[Group]
    cells: Mapping[tuple[str, str], Cell]
    n_notes: int
    sources: Sequence[str] = ()
    with_percent: bool = False
    hidden: str = HIDDEN
    """The wording that tells of rows without room."""

    def total(self, code: str) -> int:
        """Return the count of a code in all groups."""
        return sum(self.cells[code, group.by].count for group in self.groups)

    def most(self, by: str, codes: Sequence[str]) -> float:
        """Return the largest number that is drawn of a group."""
        return max((self.cells[code, by].most for code in codes), default=0)


# --- bars from an axis, back to back from one, or in columns ------------------------------------------


@dataclass(frozen=True)
class Lane:
    """Where the bars of a group begin and which way they go, and where their numbers end, in mm."""

    group: Group
    zero: float
    sign: int
    numbers: float


def draw_chart(sheet: Sheet, chart: Chart, source: str, lang: str) -> None:
    """Draw the rows of a chart below the head of a sheet, and finish it; `source` is what its foot says."""
    layout, n_groups = sheet.layout, len(chart.groups)
    heads = _head_lines(sheet, chart)
    top = sheet.y + _head_height(sheet, heads)
    codes, rows = _fitting(sheet, chart, source, top, lang)
    left = sheet.left + rows.width + 1.5 * layout.unit
    widths = [_number_width(chart, group, codes, layout, lang) for group in chart.groups]
    place = _back_to_back if n_groups == ACROSS else _in_columns
    lanes, per_unit = place(sheet, chart, codes, left, widths)
    if per_unit <= 0:
        if n_groups == 1:
            raise _too_small(layout)
        return draw_chart(sheet, _unfolded(chart), source, lang)
    if n_groups > 1:
        _draw_heads(sheet, lanes, heads)
    _draw_rows(sheet, chart, codes, rows, top)
    _draw_lanes(sheet, chart, codes, rows, lanes, (top, per_unit), lang)
    sheet.finish(top + rows.height, lanes[0].zero, per_unit)
    return None


def _unfolded(chart: Chart) -> Chart:
    """Return the chart with a row for each code and group, for where columns would be too narrow."""
    each = [(code, group) for code in chart.labels for group in chart.groups]
    labels = {f"{code}/{group.by}": f"{chart.labels[code]}: {group.label}" for code, group in each}
    cells = {
        (f"{code}/{group.by}", ""): replace(chart.cells[code, group.by], colour=group.colour)
        for code, group in each
    }
    return Chart(labels, [Group("", "", st.NEUTRAL)], cells, chart.n_notes, chart.sources, with_percent=False)


def _too_small(layout: Layout) -> FigureError:
    width, height = layout.width, layout.height or 0.0
    msg = (
        f"Axes of {width:.0f} × {height:.0f} mm are too small for one row beside the texts. "
        "Make them larger, leave out texts (subtitle='', source=''), or leave out ax. Nothing was drawn."
    )
    return FigureError(msg)


def _fitting(sheet: Sheet, chart: Chart, source: str, top: float, lang: str) -> tuple[list[str], Rows]:
    """Return the codes that there is room for, with their rows; what is left out is said at the foot."""
    codes = list(chart.labels)
    by_size = sorted(codes, key=lambda code: -chart.total(code))
    n_most = len(codes)
    if sheet.room is not None:
        n_most = max(1, min(n_most, int(sheet.room / line_height(0.8 * sheet.layout.label))))
    for n in range(n_most, 0, -1):
        kept = set(by_size[:n])
        shown = [code for code in codes if code in kept]
        if n < len(codes):
            most = chart.total(by_size[n])
            sheet.set_source(f"{source} {hidden_sentence(most, len(codes) - n, lang, chart.hidden)}".strip())
        room = None if sheet.room is None else sheet.room - (top - sheet.y)
        if rows := set_rows(sheet.layout, [chart.labels[code] for code in shown], room):
            return shown, rows
    raise _too_small(sheet.layout)


def _number_width(chart: Chart, group: Group, codes: Sequence[str], layout: Layout, lang: str) -> float:
    """Return what the numbers of a group take, with what is between them and the bars."""
    counts = [number(chart.cells[code, group.by].count, lang, 0) for code in codes]
    width = max(text_width(count, bold=True, size=layout.label) for count in counts)
    if chart.with_percent:
        width += _percent_width(chart, codes, layout, lang)
    return width + 1.5 * layout.unit


def _percent_width(chart: Chart, codes: Sequence[str], layout: Layout, lang: str) -> float:
    shares = [_percent(chart, chart.total(code), lang) for code in codes]
    return max(text_width(share, size=layout.label) for share in shares) + 1.5 * layout.unit


def _percent(chart: Chart, count: int, lang: str) -> str:
    """Return the percent of the notes; halves go up."""
    return say("figure_percent", lang, n=number(int(100 * count / chart.n_notes + 0.5), lang, 0))


def _back_to_back(
    sheet: Sheet, chart: Chart, codes: Sequence[str], left: float, widths: Sequence[float]
) -> tuple[list[Lane], float]:
    """Share the width between two sides, on one scale from a middle axis; none where it is too narrow."""
    first, second = chart.groups
    start, end = left + widths[0], sheet.right - widths[1]
    if end - start < NARROW:
        return [], 0.0
    here, there = (chart.most(group.by, codes) for group in (first, second))
    # The heads stand beside the axis; the left one may reach over the labels, the right one needs room.
    head = min(text_width(second.label, bold=True, size=sheet.layout.label), 0.3 * (end - start))
    least = max(0.0, head - widths[1] + sheet.layout.unit)
    per_unit = (end - start) / max(here + there, 1)
    if there * per_unit < least:
        per_unit = (end - start - least) / max(here, 1)
    zero = start + here * per_unit
    unit = sheet.layout.unit
    return [Lane(first, zero, -1, start - unit), Lane(second, zero, 1, sheet.right)], per_unit


def _in_columns(
    sheet: Sheet, chart: Chart, codes: Sequence[str], left: float, widths: Sequence[float]
) -> tuple[list[Lane], float]:
    """Give each group a column, all on one scale; none where they would be too narrow."""
    n, between = len(chart.groups), BETWEEN * sheet.layout.unit
    room = sheet.right - left - between * (n - 1)
    wide = room / n
    bars = wide - max(widths)
    if bars < (NARROW if n > 1 else NARROW / 2):
        return [], 0.0
    most = max(max(chart.most(group.by, codes) for group in chart.groups), 1)
    lanes = []
    for place, group in enumerate(chart.groups):
        start = left + place * (wide + between)
        lanes.append(Lane(group, start, 1, start + wide))
    return lanes, bars / most


# --- drawing ------------------------------------------------------------------------------------------


def _head_lines(sheet: Sheet, chart: Chart) -> list[list[str]]:
    """Return the heads of groups, broken to what a side or a column is at least."""
    n, layout = len(chart.groups), sheet.layout
    if n < ACROSS:
        return []
    room = sheet.right - sheet.left
    names = min(
        WIDER * layout.names, max(text_width(one, size=layout.label) for one in chart.labels.values())
    )
    width = 0.3 * room if n == ACROSS else max(NARROW, (room - names) / n - BETWEEN * layout.unit)
    return [lines_of(group.label, width, layout.label, bold=True) for group in chart.groups]


def _head_height(sheet: Sheet, heads: Sequence[Sequence[str]]) -> float:
    n_lines = max(map(len, heads), default=0)
    return n_lines * line_height(sheet.layout.label) + (0.6 * sheet.layout.unit if heads else 0)


def _draw_heads(sheet: Sheet, lanes: Sequence[Lane], heads: Sequence[Sequence[str]]) -> None:
    """Name the groups above their bars, the last lines at one height."""
    layout, step = sheet.layout, line_height(sheet.layout.label)
    foot = sheet.y + _head_height(sheet, heads) - 0.6 * layout.unit
    for lane, lines in zip(lanes, heads, strict=True):
        shift = lane.sign * layout.unit if len(lanes) == ACROSS else 0.0
        sheet.lines(
            f"head {lane.group.by}", lane.zero + shift, foot - len(lines) * step, lines, leading=1.2,
            bold=True, colour=lane.group.ink, ha="right" if lane.sign < 0 else "left",
        )  # fmt: skip


def _draw_rows(sheet: Sheet, chart: Chart, codes: Sequence[str], rows: Rows, top: float) -> None:
    for code, label, middle in zip(codes, rows.labels, rows.middles, strict=True):
        sheet.lines(f"name {code}", sheet.left, top + middle, label, rows.size, is_middle=True)


def _draw_lanes(
    sheet: Sheet,
    chart: Chart,
    codes: Sequence[str],
    rows: Rows,
    lanes: Sequence[Lane],
    place: tuple[float, float],
    lang: str,
) -> None:
    """Draw bands, bars, marks, axes and numbers; x is in units of the first lane's axis."""
    (top, per_unit), first = place, lanes[0].zero
    middles = [top + middle for middle in rows.middles]
    for lane in lanes:
        offset = (lane.zero - first) / per_unit
        cells = [chart.cells[code, lane.group.by] for code in codes]
        spans = [(y, *cell.span) for y, cell in zip(middles, cells, strict=True) if cell.span]
        for y, low, high in spans:
            band = sheet.ax.barh(
                y, lane.sign * (high - low), TALL * rows.pitch, left=offset + lane.sign * low, color=st.BAND,
                edgecolor=st.AXIS, lw=0.5, zorder=1.5,
            )  # fmt: skip
            band.set_label("_band")
        _draw_bars(sheet, lane, cells, middles, BAR * rows.pitch, offset)
        for y, cell in zip(middles, cells, strict=True):
            for n, (source, count) in enumerate(cell.ticks.items()):
                at = offset + lane.sign * count
                sheet.tick(at, y, TALL * rows.pitch, st.INK, source, DASHES[n % len(DASHES)])
        sheet.ax.plot(
            [offset, offset], [top, top + rows.height], color=st.INK, lw=0.7, zorder=4, label="_axis",
            solid_capstyle="butt", scalex=False, scaley=False,
        )  # fmt: skip
        for code, y, cell in zip(codes, middles, cells, strict=True):
            _write_number(sheet, chart, codes, lane, (code, cell.count), (y, rows.size), lang)


def _draw_bars(
    sheet: Sheet,
    lane: Lane,
    cells: Sequence[Cell],
    middles: Sequence[float],
    height: float,
    offset: float,
) -> None:
    """Draw the bars of a lane, or the parts that they are made up of, one after another."""
    whole = lane.group.label or "bars"
    layers = [cell.parts or [Part(whole, cell.count, cell.colour or lane.group.colour)] for cell in cells]
    before = [0] * len(cells)
    for parts in zip(*layers, strict=True):
        colours = [part.colour for part in parts]
        # A white line keeps parts apart that are alike in grey; the key has them in the same order.
        edges = list(map(edge_of, colours)) if len(layers[0]) == 1 else st.PAPER
        bars = sheet.ax.barh(
            middles, [float(lane.sign * part.count) for part in parts], height, color=colours,
            left=[offset + lane.sign * start for start in before], edgecolor=edges, lw=0.5, zorder=2,
        )  # fmt: skip
        bars.set_label(parts[0].label)
        before = [start + part.count for start, part in zip(before, parts, strict=True)]


def _write_number(
    sheet: Sheet,
    chart: Chart,
    codes: Sequence[str],
    lane: Lane,
    what: tuple[str, int],
    where: tuple[float, float],
    lang: str,
) -> None:
    """Write a count at the row's end, and the percent of the notes where that is of use."""
    (code, count), (y, size), x = what, where, lane.numbers
    if chart.with_percent:
        said = _percent(chart, count, lang)
        sheet.text(f"percent {code}", x, y, said, size, colour=st.QUIET, ha="right")
        x -= _percent_width(chart, codes, sheet.layout, lang)
    said = number(count, lang, 0)
    ink = st.ink_of(chart.cells[code, lane.group.by].colour or lane.group.colour)
    sheet.text(f"count {code} {lane.group.by}", x, y, said, size, bold=True, colour=ink, ha="right")
