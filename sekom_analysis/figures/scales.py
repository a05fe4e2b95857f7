"""How scores are spread on each scale: a bar of shares a scale, the highest scores' share at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, list_in_words, number, quoted, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.count_texts import MOST_NAMED
from sekom_analysis.figures.sheets import SPARE, Layout, Rows, Sheet, Width, layout_of, set_rows
from sekom_analysis.figures.styling import POINTS_PER_MM, mix, readable_on, text_width

SCALE_COLUMNS = ("variable", "coder", "point", "count")
POOLED = "(all)"
"""The coder in rows of all coders' scores together; no coder can be called so."""
RAMP = ("#c9d3db", "#a4b6c4", "#7b94a8", "#4f6d86", "#27465f")
BELOW, ZERO = ("#e9c7b4", "#c98a66", "#8b3614"), "#d9dcda"
THICK = 0.58  # of the pitch
BETWEEN = 1.5  # units above a further key
SPREAD = 1.2  # times the pitch of counts
FEW = 4  # from so many points on, the two highest are summed; of fewer, the highest
MANY = 15  # points; with more, only the ends of the key are numbered, and no line is between shares
LEAST_BARS = 40.0  # mm; a column of means has to leave so much


@dataclass(frozen=True)
class Scale:
    """One scale: its label, how many scores each of its points got, and their mean."""

    label: str
    counts: dict[int, int]
    mean: float
    ends: tuple[str, str]

    @property
    def points(self) -> tuple[int, ...]:
        """The points from the lowest up."""
        return tuple(self.counts)

    @property
    def n(self) -> int:
        """How many scores there are."""
        return sum(self.counts.values())

    def share(self, points: Sequence[int]) -> float:
        """Return the share (0–1) of the scores that some points got; NaN without scores."""
        return sum(self.counts[point] for point in points) / self.n if self.n else math.nan


@st.texts_as_texts
def plot_scales(
    distribution: pd.DataFrame,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    width_mm: Width = 160,
    ax: Axes | None = None,
    lang: str = "sv",
) -> Axes:
    """Draw how scores are spread on each scale: shares side by side, from the lowest point to the highest.

    At the row's end is the share of the two highest points (of the highest, where there are three or fewer),
    by which scales are sorted, and where there is room the mean. Scales of different points are in groups
    with a key of their own. A scale that goes from below zero to above it has two hues that meet at zero.

    Parameters
    ----------
    distribution : table with one row per scale, coder and point
        Columns ``variable``, ``label_sv``, ``label_en``, ``coder`` (``"(all)"`` for all together, which is
        drawn), ``point``, ``count``, ``n``, ``mean``; as `scale_counts` gives it. With ``low_sv``,
        ``low_en``, ``high_sv`` and ``high_en`` the ends of the key are named.
    title : what the numbers say; left out, there is none.
    subtitle, source : left out, made of the table; ``""`` for none.
    width_mm : 85 (a column), 160 (a page) or another number of mm; or ``"slide"``, 254 × 142.9 mm.
    ax : Axes, optional
        Where to draw: all of it, texts too, is inside them.
    lang : ``"sv"`` or ``"en"``.

    Returns
    -------
    Axes
        A bar's width is a share in percent; the vertical axis is in mm from the top.

    Raises
    ------
    FigureError
        If columns are missing, no row is of all coders, a point is doubled or no whole number, `width_mm`
        is another, or not even one row fits on `ax`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"variable": "goal", "label_sv": "Mål", "label_en": "Goal", "coder": "(all)",
    ...                       "point": [1, 2, 3, 4, 5], "count": [1, 0, 2, 4, 3], "n": 10, "mean": 3.8})
    >>> ax = plot_scales(table, lang="en")
    >>> [round(bar.get_width()) for bars in ax.containers for bar in bars]
    [10, 0, 20, 40, 30]
    >>> [text.get_text() for text in ax.texts if text.get_label() in ("top goal", "mean goal")]
    ['70%', '3.8']
    """
    check_language(lang)
    _check(distribution, lang)
    with st.style():
        scales = _scales(distribution[distribution["coder"] == POOLED], lang)
        layout = layout_of(width_mm, ax)
        layout = replace(layout, pitch=layout.pitch * SPREAD)
        if subtitle is None:
            subtitle = _subtitle(distribution, lang)
        sheet = Sheet(layout, ax, title or "", subtitle, "")
        _draw(sheet, scales, source, lang)
    return sheet.ax


def _check(table: pd.DataFrame, lang: str) -> None:
    st.check_columns(table, (*SCALE_COLUMNS, f"label_{lang}"), "scales")
    pooled = table[table["coder"] == POOLED]
    if pooled.empty:
        msg = (
            f"The scales table has no rows of all coders together ('{POOLED}' in the column coder). "
            f"It has: {quoted(table['coder'].drop_duplicates())}. Nothing was drawn."
        )
        raise FigureError(msg)
    if not (pooled["point"].astype(float) % 1 == 0).all():
        msg = "The points of a scale must be whole numbers. Nothing was drawn."
        raise FigureError(msg)
    doubled = pooled[pooled.duplicated(["variable", "point"])]
    if not doubled.empty:
        row = doubled.iloc[0]
        msg = f"More than one count for '{row['variable']}', point {row['point']}. Nothing was drawn."
        raise FigureError(msg)


def _scales(pooled: pd.DataFrame, lang: str) -> dict[str, Scale]:
    """Return the scales by variable: those of the same points together, from the largest top share down."""
    found: dict[str, Scale] = {}
    for variable, rows in pooled.groupby("variable", sort=False):
        counts = dict(zip(rows["point"].astype(int), rows["count"].astype(int), strict=True))
        points = range(min(counts), max(counts) + 1)
        row = rows.iloc[0]
        ends = [row.get(f"{end}_{lang}", "") for end in ("low", "high")]
        low, high = (end if isinstance(end, str) else "" for end in ends)
        mean = float(row.get("mean", math.nan))
        label = str(row[f"label_{lang}"]) or str(variable)
        found[str(variable)] = Scale(label, {p: counts.get(p, 0) for p in points}, mean, (low, high))
    kinds = list(dict.fromkeys(scale.points for scale in found.values()))

    def place(variable: str) -> tuple[int, float]:
        scale = found[variable]
        share = scale.share(top_of(scale.points))
        return kinds.index(scale.points), 1.0 if math.isnan(share) else -share

    return {variable: found[variable] for variable in sorted(found, key=place)}


def top_of(points: Sequence[int]) -> tuple[int, ...]:
    """Return the points whose share is at the row's end.

    Examples
    --------
    >>> top_of([1, 2, 3, 4, 5]), top_of([-1, 0, 1])
    ((4, 5), (1,))
    """
    return tuple(points[-2:] if len(points) >= FEW else points[-1:])


def colours_of(points: Sequence[int]) -> list[str]:
    """Return a colour for each point: pale to dark, or two hues that meet at zero."""
    if points[0] < 0 < points[-1]:
        most = max(-points[0], points[-1])
        return [_diverging(point / most) for point in points]
    steps = max(len(points) - 1, 1)
    return [_between(RAMP, place / steps) for place in range(len(points))]


def _diverging(share: float) -> str:
    """Return the colour from −1 to 1; zero is neither hue."""
    if not share:
        return ZERO
    return _between(BELOW, -share) if share < 0 else _between(RAMP, share)


def _between(ramp: Sequence[str], share: float) -> str:
    """Return the colour at a share (0–1) of the way along a ramp."""
    place = share * (len(ramp) - 1)
    first = min(int(place), len(ramp) - 2)
    return to_hex(mix(ramp[first], place - first, ramp[first + 1]))


# --- what it says -------------------------------------------------------------------------------------


def _subtitle(table: pd.DataFrame, lang: str) -> str:
    coders = [str(coder) for coder in table["coder"].drop_duplicates() if coder != POOLED]
    if not coders:
        return say("figure_scales", lang)
    many = say("figure_scales_coders", lang, n=len(coders))
    who = list_in_words(coders, lang) if len(coders) <= MOST_NAMED else many
    return say("figure_scales_of", lang, who=who)


def _source(scales: Sequence[Scale], lang: str, *, with_means: bool) -> str:
    tops = list(dict.fromkeys(_range(top_of(scale.points), lang) for scale in scales))
    key = "figure_scales_top_mean" if with_means else "figure_scales_top"
    sizes = [scale.n for scale in scales]
    low, high = (number(n, lang, 0) for n in (min(sizes), max(sizes)))
    ending = "_range" if low != high else "_one" if max(sizes) == 1 else ""
    n = say(f"figure_scales_n{ending}", lang, n=low, low=low, high=high)
    return f"{n} {say(key, lang, top=list_in_words(tops, lang))}"


def _range(points: Sequence[int], lang: str) -> str:
    return "–".join(number(point, lang, 0) for point in points)


def _percent(share: float, lang: str) -> str:
    if math.isnan(share):
        return number(share, lang)
    return say("figure_percent", lang, n=number(int(100 * share + 0.5), lang, 0))


# --- drawing ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where bars begin and end, and the columns of numbers end, in mm; `means` is None without them."""

    start: float
    end: float
    tops: float
    means: float | None

    @property
    def per_percent(self) -> float:
        """The mm of a percent."""
        return (self.end - self.start) / 100


def _draw(sheet: Sheet, scales: dict[str, Scale], source: str | None, lang: str) -> None:
    kinds = list(dict.fromkeys(scale.points for scale in scales.values()))
    head = _head_height(sheet.layout)
    heads = head * len(kinds) + BETWEEN * sheet.layout.unit * (len(kinds) - 1)
    place, shown, rows = _fitting(sheet, scales, source, lang, heads)
    top = sheet.y
    for kind in dict.fromkeys(scales[variable].points for variable in shown):
        own = [n for n, variable in enumerate(shown) if scales[variable].points == kind]
        gap = BETWEEN * sheet.layout.unit if own[0] else 0.0
        above = rows.middles[own[0]] - rows.heights[own[0]] / 2
        _draw_key(sheet, [scales[shown[n]] for n in own], top + gap + above, place, lang)
        top += gap + head
        for n in own:
            y = top + rows.middles[n]
            sheet.lines(f"name {shown[n]}", sheet.left, y, rows.labels[n], rows.size, is_middle=True)
            _draw_bar(sheet, scales[shown[n]], y, rows, place, lang)
            _draw_numbers(sheet, shown[n], scales[shown[n]], y, rows.size, place, lang)
    sheet.finish(top + rows.height, place.start, place.per_percent)


def _head_height(layout: Layout) -> float:
    return 1.5 * layout.label / POINTS_PER_MM + 1.6 * layout.unit


def _fitting(
    sheet: Sheet, scales: dict[str, Scale], source: str | None, lang: str, heads: float
) -> tuple[Place, list[str], Rows]:
    """Return the scales that there is room for, with their rows; what is left out is said at the foot."""
    variables = list(scales)
    for n in range(len(variables), 0, -1):
        shown = variables[:n]
        labels = [scales[variable].label for variable in shown]
        loose = set_rows(sheet.layout, labels, None)
        own = [scales[one] for one in shown]
        place = _place(sheet, own, loose.width if loose else 0.0, lang)
        said = source
        if said is None:
            ends = _ends_told(sheet, own, place, lang)
            said = f"{ends} {_source(own, lang, with_means=place.means is not None)}"
        left = len(variables) - n
        if left:
            said += " " + say(f"figure_scales_hidden{'_one' if left == 1 else ''}", lang, n=left)
        sheet.set_source(said.strip())
        room = None if sheet.room is None else sheet.room - heads
        if place.end - place.start > 0 and (rows := set_rows(sheet.layout, labels, room)):
            return place, shown, rows
    width, height = sheet.layout.width, sheet.layout.height or 0.0
    msg = (
        f"Axes of {width:.0f} × {height:.0f} mm are too small for one row beside the texts. "
        "Make them larger, leave out texts (subtitle='', source=''), or leave out ax. Nothing was drawn."
    )
    raise FigureError(msg)


def _ends_told(sheet: Sheet, scales: Sequence[Scale], place: Place, lang: str) -> str:
    """Say what the ends of scales mean, where there is no room for it beside the key."""
    told = []
    for points in dict.fromkeys(scale.points for scale in scales):
        own = [scale for scale in scales if scale.points == points]
        named = _strip(own, sheet.layout, _strip_room(sheet, points, place, lang), lang).named
        ends = zip((points[0], points[-1]), named, strict=True)
        said = ", ".join(f"{number(point, lang, 0)} = {name}" for point, name in ends if name)
        told.append(f"{said}." if said else "")
    return " ".join(dict.fromkeys(filter(None, told)))


def _place(sheet: Sheet, scales: Sequence[Scale], names: float, lang: str) -> Place:
    layout, size = sheet.layout, sheet.layout.label
    heads = [_range(top_of(scale.points), lang) for scale in scales]
    top_width = max(
        text_width(say("figure_percent", lang, n=100), bold=True, size=size),
        *(text_width(head, size=size) for head in heads),
    )
    start = sheet.left + names + 1.5 * layout.unit
    means = [number(scale.mean, lang, 1) for scale in scales]
    mean_width = max(text_width(text, size=size) for text in [say("figure_scales_mean", lang), *means])
    end = sheet.right - top_width - 1.5 * layout.unit
    with_means = end - mean_width - 2 * layout.unit - start >= LEAST_BARS
    if not with_means or all(math.isnan(scale.mean) for scale in scales):
        return Place(start, end, sheet.right, None)
    shift = mean_width + 2 * layout.unit
    return Place(start, end - shift, sheet.right - shift, sheet.right)


@dataclass(frozen=True)
class Strip:
    """The key of scales with the same points: what is on it, and what stands beside it."""

    points: tuple[int, ...]
    texts: Sequence[str]
    each: float
    ends: tuple[str, str]
    named: tuple[str, str]
    """The ends in words that there is no room for; empty where there is."""


def _strip(scales: Sequence[Scale], layout: Layout, room: float, lang: str) -> Strip:
    """Return the key in the room (mm) that it has; what does not fit beside it is for the source line."""
    em, points = layout.label / POINTS_PER_MM, scales[0].points
    texts = [number(point, lang, 0) for point in points]
    widest = max(text_width(text, size=layout.label) for text in texts) + 0.7 * em
    is_many = len(points) > MANY
    each = min(widest, 12 * em / len(points)) if is_many else widest
    named = scales[0].ends if len({scale.ends for scale in scales}) == 1 else ("", "")
    numbers = (texts[0], texts[-1]) if is_many else ("", "")
    low, high = (f"{end} {name}".strip() for end, name in zip(numbers, named, strict=True))
    around = sum(text_width(end, size=layout.label) + 0.5 * em for end in (low, high) if end)
    inside = [] if is_many else texts
    if each * len(points) + around <= room:
        return Strip(points, inside, each, (low, high), ("", ""))
    return Strip(points, inside, each, numbers, named)


def _strip_room(sheet: Sheet, points: Sequence[int], place: Place, lang: str) -> float:
    head = text_width(_range(top_of(points), lang), size=sheet.layout.label)
    return SPARE * (place.tops - head - 2 * sheet.layout.unit - sheet.left)


def _draw_key(sheet: Sheet, scales: Sequence[Scale], top: float, place: Place, lang: str) -> None:
    """Draw the points as a strip with their numbers, the ends named, and the heads of the numbers."""
    size, em = sheet.layout.label, sheet.layout.label / POINTS_PER_MM
    room = _strip_room(sheet, scales[0].points, place, lang)
    strip = _strip(scales, sheet.layout, room, lang)
    x, y = sheet.left, top + 0.75 * em
    if strip.ends[0]:
        sheet.text("key", x, y, strip.ends[0], size, colour=st.QUIET)
        x += text_width(strip.ends[0], size=size) + 0.5 * em
    colours = colours_of(strip.points)
    for n, colour in enumerate(colours):
        sheet.box(x + n * strip.each, y - 0.62 * em, strip.each, 1.24 * em, colour)
    for n, text in enumerate(strip.texts):
        ink = readable_on(colours[n])
        sheet.text("key", x + (n + 0.5) * strip.each, y, text, size, colour=ink, ha="center")
    if strip.ends[1]:
        end = x + strip.each * len(colours) + 0.5 * em
        sheet.text("key", end, y, strip.ends[1], size, colour=st.QUIET)
    head = _range(top_of(strip.points), lang)
    sheet.text("head", place.tops, y, head, size, colour=st.QUIET, ha="right")
    if place.means is not None:
        mean = say("figure_scales_mean", lang)
        sheet.text("head", place.means, y, mean, size, colour=st.QUIET, ha="right")


def _draw_bar(sheet: Sheet, scale: Scale, y: float, rows: Rows, place: Place, lang: str) -> None:
    """Draw the shares beside each other, each with its number where that fits."""
    before, colours = 0.0, colours_of(scale.points)
    shares = [100 * scale.share([point]) if scale.n else 0.0 for point in scale.points]
    lefts = [sum(shares[:n]) for n in range(len(shares))]
    line = 0.0 if len(shares) > MANY else 0.8
    bars = sheet.ax.barh(
        [y] * len(shares), shares, THICK * rows.pitch, left=lefts, color=colours, edgecolor=st.PAPER,
        linewidth=line, zorder=2,
    )  # fmt: skip
    bars.set_label(scale.label)
    for share, colour in zip(shares, colours, strict=True):
        text = number(int(share + 0.5), lang, 0)
        if share * place.per_percent >= text_width(text, size=rows.size) + 1.2 * sheet.layout.unit:
            middle = place.start + (before + share / 2) * place.per_percent
            sheet.text("share", middle, y, text, rows.size, colour=readable_on(colour), ha="center")
        before += share


def _draw_numbers(
    sheet: Sheet, variable: str, scale: Scale, y: float, size: float, place: Place, lang: str
) -> None:
    top = _percent(scale.share(top_of(scale.points)), lang)
    ink = st.ink_of(RAMP[-1])
    sheet.text(f"top {variable}", place.tops, y, top, size, bold=True, colour=ink, ha="right")
    if place.means is not None:
        mean = number(scale.mean, lang, 1)
        sheet.text(f"mean {variable}", place.means, y, mean, size, colour=st.QUIET, ha="right")
