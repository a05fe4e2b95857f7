"""How many notes each code got, and how far that depends on who coded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.consensus import SETTLED_BAR
from sekom_analysis.consensus.counts import span_kind
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.count_texts import (
    counts_source,
    has_spans,
    hidden_sentence,
    is_of,
    is_of_several,
    subtitle_of,
)
from sekom_analysis.figures.labels import SPARE_COLOURS
from sekom_analysis.figures.sheets import (
    BAR,
    TALL,
    WIDER,
    Dashes,
    Layout,
    Mark,
    Rows,
    Sheet,
    Width,
    edge_of,
    layout_of,
    line_height,
    lines_of,
    set_rows,
)
from sekom_analysis.figures.styling import text_width

Order = Literal["size", "codebook"]
ORDERS: tuple[Order, ...] = ("size", "codebook")

_COUNT_COLUMNS = ("code", "by", "by_colour", "coder", "is_bar", "count", "n_notes", "n_all")
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
class Cell:
    """A bar: its count, its span where that has a length, and each source's own count."""

    count: int
    span: tuple[float, float] | None
    ticks: Mapping[str, int]
    colour: str = ""
    """Empty for that of its group."""

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
    sources: Sequence[str]
    with_percent: bool

    def total(self, code: str) -> int:
        """Return the count of a code in all groups."""
        return sum(self.cells[code, group.by].count for group in self.groups)

    def most(self, by: str, codes: Sequence[str]) -> float:
        """Return the largest number that is drawn of a group."""
        return max((self.cells[code, by].most for code in codes), default=0)


@st.texts_as_texts
def plot_counts(
    counts: pd.DataFrame,
    *,
    order: Order = "size",
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    width_mm: Width = 160,
    ax: Axes | None = None,
    lang: str = "sv",
) -> Axes:
    """Draw how many notes each code got: a bar per code and group, with its number at the row's end.

    Two groups, such as hinder and möjlighet, stand back to back; more have columns of their own. A grey band
    behind a bar is its span, where that has a length; an upright mark is a source's own sorting. Whoever has
    not read all notes has no mark, and the source line says so. Where the counts do not add up to the notes,
    since a note may have several codes or none, the percent of the notes is there too.

    Parameters
    ----------
    counts : table with one row per code, group and coder
        Columns ``code``, ``label_sv``, ``label_en``, ``by``, ``by_label_sv``, ``by_label_en``,
        ``by_colour`` (hex or empty), ``coder``, ``is_bar`` (true for the one whose counts are the bars),
        ``count``, ``n_notes`` (notes this coder has decided on), ``n_all``; as `count_codes` gives it.
        ``is_source``, ``low``, ``high`` and ``interval`` may be there or not, and so may ``n_none`` (notes
        that have no code).
    order : ``"size"`` (the largest total on top) or ``"codebook"`` (as in the table).
    title : what the numbers say; left out, there is none.
    subtitle, source : left out, made of the table; ``""`` for none.
    width_mm : 85 (a column), 160 (a page) or another number of mm; or ``"slide"``, 254 × 142.9 mm.
    ax : Axes, optional
        Where to draw: all of it, texts too, is inside them.
    lang : ``"sv"`` or ``"en"``.

    Returns
    -------
    Axes
        A bar's width is its count (to the left below zero); the vertical axis is in mm from the top. Where
        rows do not fit on a slide or on `ax`, the largest are there and the source line counts the others.

    Raises
    ------
    FigureError
        If columns are missing, a count is doubled, the bars are nobody's or several coders', `order` or
        `width_mm` is another, or not even one row fits on `ax`.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(code="resurser", label_sv="Resurser", label_en="Resources", by="", by_label_sv="",
    ...            by_label_en="", by_colour="", n_all=9)
    >>> counts = pd.DataFrame([{**row, "coder": "k1", "is_bar": True, "count": 4, "n_notes": 4},
    ...                        {**row, "coder": "k2", "is_bar": False, "count": 6, "n_notes": 6}])
    >>> ax = plot_counts(counts, width_mm=85, lang="en")
    >>> [text.get_text() for text in ax.texts if text.get_label().startswith(("name", "count"))]
    ['Resources', '4']
    >>> [bar.get_width().item() for bars in ax.containers for bar in bars]
    [4.0]
    """
    check_language(lang)
    if order not in ORDERS:
        msg = f"Codes cannot be ordered by '{order}'. Choose among: {', '.join(ORDERS)}. Nothing was drawn."
        raise FigureError(msg)
    _check(counts, lang)
    with st.style():
        chart = _chart(counts, order, lang)
        if subtitle is None:
            subtitle = subtitle_of(counts, lang, with_percent=chart.with_percent)
        said = counts_source(counts, lang) if source is None else source
        sheet = Sheet(layout_of(width_mm, ax), ax, title or "", subtitle, said)
        sheet.key(_marks(counts, chart, lang))
        _draw(sheet, chart, said, lang)
    return sheet.ax


def _check(counts: pd.DataFrame, lang: str) -> None:
    st.check_columns(counts, (*_COUNT_COLUMNS, f"label_{lang}", f"by_label_{lang}"), "counts")
    problems: list[str] = []
    keys = ["code", "by", "coder"]
    doubled = counts.loc[counts.duplicated(keys), keys].drop_duplicates()
    problems += [f"More than one count for code, group and coder {tuple(row)}." for row in doubled.to_numpy()]
    owners = list(counts.loc[counts["is_bar"].astype(bool), "coder"].unique())
    if len(owners) != 1:
        whose = ", ".join(map(str, owners)) or "nobody's"
        problems.append(f"The bars must be the counts of exactly one coder; 'is_bar' makes them {whose}.")
    if problems:
        raise FigureError(" ".join([*problems, "Nothing was drawn."]))


# --- the table as bars, spans and marks ---------------------------------------------------------------


def _chart(counts: pd.DataFrame, order: Order, lang: str) -> Chart:
    bars = counts[counts["is_bar"].astype(bool)]
    groups = _groups(bars, lang)
    names = bars.drop_duplicates("code").set_index("code")[f"label_{lang}"].astype(str)
    is_tick = is_of(counts, "is_source") & ~counts["is_bar"].astype(bool)
    own = counts[is_tick]
    sources = list(dict.fromkeys(own["coder"].astype(str)))
    ticks: dict[tuple[str, str], dict[str, int]] = {}
    for code, by, coder, count in zip(own["code"], own["by"], own["coder"], own["count"], strict=True):
        ticks.setdefault((str(code), str(by)), {})[str(coder)] = int(count)
    cells = {
        (str(row["code"]), str(row["by"])): Cell(
            int(row["count"]), _span(row), ticks.get((str(row["code"]), str(row["by"])), {})
        )
        for row in bars.to_dict("records")
    }
    for code in names.index:  # a table need not have a row for what nobody chose
        for group in groups:
            cells.setdefault((str(code), group.by), Cell(0, None, ticks.get((str(code), group.by), {})))
    labels = {str(code): name or str(code) for code, name in names.items()}
    n_notes, is_plain = int(bars["n_notes"].iloc[0]), len(groups) == 1
    with_percent = is_plain and n_notes > 0 and is_of_several(counts)
    chart = Chart(labels, groups, cells, n_notes, sources, with_percent)
    if order == "size":
        sorted_ = sorted(labels, key=lambda code: -chart.total(code))
        chart = Chart({code: labels[code] for code in sorted_}, groups, cells, n_notes, sources, with_percent)
    return chart


def _span(row: Mapping[object, object]) -> tuple[float, float] | None:
    low, high = (float(row.get(end, float("nan"))) for end in ("low", "high"))  # type: ignore[arg-type]
    return (low, high) if low < high else None


def _groups(bars: pd.DataFrame, lang: str) -> list[Group]:
    first = bars.drop_duplicates("by")
    columns = (first["by"], first[f"by_label_{lang}"], first["by_colour"])
    return [
        Group(str(by), str(label), str(colour) if isinstance(colour, str) and colour else spare(place))
        for place, (by, label, colour) in enumerate(zip(*columns, strict=True))
    ]


def spare(place: int) -> str:
    """Return the colour of a group that the codebook gives none."""
    return SPARE_COLOURS[place % len(SPARE_COLOURS)]


def _marks(counts: pd.DataFrame, chart: Chart, lang: str) -> list[Mark]:
    """Say what the marks are; nothing where there are bars only, which the subtitle tells of."""
    named = len(chart.groups) == 1 and bool(chart.groups[0].label)
    if not (has_spans(counts) or chart.sources or named):
        return []
    owner = str(counts.loc[counts["is_bar"].astype(bool), "coder"].iloc[0])
    said = say("figure_key_settled", lang) if owner == SETTLED_BAR else owner
    if named:
        said = f"{chart.groups[0].label}: {said}"
    marks = [Mark("bar", said, [group.colour for group in chart.groups])]
    if has_spans(counts):
        marks.append(Mark("band", say(f"figure_key_{span_kind(counts)}", lang)))
    for place, one in enumerate(chart.sources):
        marks.append(Mark("tick", one, [st.INK], DASHES[place % len(DASHES)]))
    return marks


# --- bars from an axis, back to back from one, or in columns ------------------------------------------


@dataclass(frozen=True)
class Lane:
    """Where the bars of a group begin and which way they go, and where their numbers end, in mm."""

    group: Group
    zero: float
    sign: int
    numbers: float


def _draw(sheet: Sheet, chart: Chart, source: str, lang: str) -> None:
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
        return _draw(sheet, _unfolded(chart), source, lang)
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
            sheet.set_source(f"{source} {hidden_sentence(most, len(codes) - n, lang)}".strip())
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
        colours = [cell.colour or lane.group.colour for cell in cells]
        bars = sheet.ax.barh(
            middles, [float(lane.sign * cell.count) for cell in cells], BAR * rows.pitch, left=offset,
            color=colours, edgecolor=list(map(edge_of, colours)), lw=0.5, zorder=2,
        )  # fmt: skip
        bars.set_label(lane.group.label or "bars")
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
