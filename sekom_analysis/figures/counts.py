"""How many notes each code got, and how far that depends on who coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.consensus import SETTLED_BAR
from sekom_analysis.consensus.counts import CODERS, span_kind
from sekom_analysis.consensus.settled import bar_name
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.labels import HANDLE, Key, draw_above
from sekom_analysis.figures.styling import Colour, mix

# --- where the bars and dots of a figure of counts are, in mm from its top --------------------------


BAR = 3.6  # mm, the height of a line of text and a little more
DOTS = (1.7, 1.2)  # mm from dot to dot; the smaller where only so the figure fits on a page
GAP = 2.8  # mm between categories
LINE = 3.7


@dataclass(frozen=True)
class Coder:
    """Who counted, how many notes they have read, and how many there are."""

    name: str
    read: int
    of: int

    @property
    def has_notes_left(self) -> bool:
        """Whether some notes are still without this coder's decision."""
        return self.read < self.of


@dataclass(frozen=True)
class Chart:
    """The bars (a row each, in drawing order) and the dots, with where they are in mm from the top."""

    bars: pd.DataFrame
    dots: pd.DataFrame
    height: float
    pitch: float


def coders_of(rows: pd.DataFrame) -> list[Coder]:
    """Return the coders of some rows of the counts, in the order of the table."""
    each = rows.drop_duplicates("coder")
    columns = (each["coder"], each["n_notes"], each["n_all"])
    return [Coder(str(name), int(read), int(of)) for name, read, of in zip(*columns, strict=True)]


def fit(counts: pd.DataFrame, labels: dict[str, str], per_mm: float, room: float) -> Chart:
    """Lay the chart out with large dots, or with small ones if only so it fits on a page."""
    large, small = (_lay_out(counts, labels, per_mm, pitch) for pitch in DOTS)
    return small if small.height <= room < large.height else large


def _lay_out(counts: pd.DataFrame, labels: dict[str, str], per_mm: float, pitch: float) -> Chart:
    dots = _stack(counts[~counts["is_bar"].astype(bool)], pitch * per_mm)
    # A whisker takes the place nearest the bar; the line between coders goes through the dots there.
    kind = span_kind(counts)
    own_row = int(kind not in ("", CODERS))
    dots["level"] += own_row
    usual = max(min(2, dots["coder"].nunique()) + own_row, int(bool(kind)))
    depth = (dots.groupby(["code", "by"])["level"].max() + 1).clip(lower=usual).to_dict()
    bars = counts[counts["is_bar"].astype(bool)].copy()
    bars["place"] = pd.Categorical(bars["code"], list(labels), ordered=True)
    bars = bars.sort_values("place", kind="stable", ignore_index=True)
    bars["lane"] = [depth.get(bar, usual) * pitch + 0.6 for bar in zip(bars["code"], bars["by"], strict=True)]
    bars["centre"], height = _centres(bars, labels)
    bars["span_height"] = bars["centre"] - BAR / 2 - pitch / 2
    dots = dots.merge(bars[["code", "by", "centre"]], on=["code", "by"])
    dots["height"] = dots["centre"] - BAR / 2 - (dots["level"] + 0.5) * pitch
    return Chart(bars, dots, height, pitch)


def _centres(bars: pd.DataFrame, labels: dict[str, str]) -> tuple[list[float], float]:
    """Set bars below each other, each under the lane of its dots; return their middles and the height."""
    below, centres = 0.0, []
    for code, group in bars.groupby("place", observed=True, sort=False):
        lanes = group["lane"].tolist()
        lines = (labels[str(code)].count("\n") + 1) * LINE
        spare = max(0.0, lines - sum(lanes) - BAR * len(lanes)) / 2
        below += GAP / 2 + spare
        for lane in lanes:
            centres.append(below + lane + BAR / 2)
            below += lane + BAR
        below += GAP / 2 + spare
    return centres, below + GAP / 2


def _stack(dots: pd.DataFrame, near: float) -> pd.DataFrame:
    """Give every dot the lowest level at which no other of its bar is nearer than a dot's width."""
    dots = dots.assign(level=0)
    for _, group in dots.groupby(["code", "by"], sort=False):
        dots.loc[group.index, "level"] = _levels(group["count"].to_numpy(float), near)
    return dots


def _levels(counts: npt.NDArray[np.float64], near: float) -> list[int]:
    levels: list[int] = []
    for count in counts:
        taken = {level for other, level in zip(counts, levels, strict=False) if abs(other - count) < near}
        levels.append(next(level for level in range(len(counts)) if level not in taken))
    return levels


# --- the span of each count: a thin line through the dots, or a whisker of its own under them ---------


WIDTHS = {True: 0.8, False: 1.3}
"""Points; a line among dots is thinner than a whisker on its own."""
CAP = 0.36  # half the height of a whisker's ends, in dots


def draw_spans(ax: Axes, chart: Chart, lang: str) -> list[Line2D]:
    """Draw the span of each bar that has one, and return the mark that names its kind; none without spans."""
    kind = span_kind(chart.bars)
    if not kind:
        return []
    rows = chart.bars.dropna(subset=["low", "high"])
    is_line = kind == CODERS
    look: dict[str, Any] = {"colors": st.INK, "linewidth": WIDTHS[is_line], "zorder": 2.5}
    lines = ax.hlines(rows["span_height"], rows["low"], rows["high"], **look)
    lines.set_label(kind)
    if not is_line:
        _draw_ends(ax, rows, CAP * chart.pitch, look)
    label = st.wrap(say(f"figure_span_{kind}", lang), st.room_right(ax) - HANDLE)
    marker: dict[str, Any] = (
        {} if is_line else {"marker": "|", "markersize": 4.5, "markeredgewidth": WIDTHS[False]}
    )
    return [Line2D([], [], color=st.INK, linewidth=WIDTHS[is_line], label=label, **marker)]


def _draw_ends(ax: Axes, rows: pd.DataFrame, half: float, look: dict[str, Any]) -> None:
    for end in ("low", "high"):
        ends = ax.vlines(rows[end], rows["span_height"] - half, rows["span_height"] + half, **look)
        ends.set_label(end)


# --- how many notes each code got, and how far that depends on who coded ------------------------------


_COUNT_COLUMNS = ("code", "by", "by_colour", "coder", "is_bar", "count", "n_notes", "n_all")
LABEL_WIDTH = 58.0
RIGHT, BOTTOM = 7.0, 11.0
ABOVE = 26.0  # mm, what the legends usually take
# The first group is dark and plain, the next pale and hatched: told apart in grey print too.
FILLS: tuple[tuple[float, str], ...] = ((0.0, ""), (0.68, "/////"), (0.35, ""), (0.85, "....."))
SPARE_COLOURS = ("#3d5a80", "#8a5a2b", "#5b6b3a", "#6b4c7a")
MARKERS = ("o", "s", "^", "D", "v")


@st.texts_as_texts
def plot_counts(counts: pd.DataFrame, *, ax: Axes | None = None, lang: str = "sv") -> Axes:
    """Draw how many notes each code got: a bar per code and group, and on it a dot for every other coder.

    The bars are one coder's counts, or the majority's; the legend says whose. The dots are on the bar
    at each other coder's own count, so that their spread shows how far the figure depends on who coded.
    Dots of the same count are stacked. A coder who has not read all notes gets a hollow dot, and the
    legend says how many were read. A table with spans gets them too, and the legend names their kind: for
    ``coders`` a thin line through the dots, else a whisker between bar and dots.

    Parameters
    ----------
    counts : table with one row per code, group and coder
        Columns ``code``, ``label_sv``, ``label_en``, ``by``, ``by_label_sv``, ``by_label_en``,
        ``by_colour`` (hex or empty), ``coder``, ``is_bar`` (true for the one whose counts are the bars),
        ``count``, ``n_notes`` (notes this coder has decided on), ``n_all``; as `count_codes` gives it.
        ``low``, ``high`` and ``interval`` may be there or not.
    ax : Axes, optional
        Where to draw; without it a figure 160 mm wide is made, as high as the bars need.
    lang : ``"sv"`` or ``"en"``.

    Returns
    -------
    Axes
        Codes from the largest total down; the vertical axis is in mm of a figure of its own.

    Raises
    ------
    FigureError
        If columns are missing, a count is doubled, or the bars are nobody's or several coders'.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(label_sv="Resurser", label_en="Resources", by="", by_label_sv="", by_label_en="",
    ...            by_colour="", n_notes=9, n_all=9, code="resurser")
    >>> counts = pd.DataFrame([{**row, "coder": "k1", "is_bar": True, "count": 4},
    ...                        {**row, "coder": "k2", "is_bar": False, "count": 6}])
    >>> ax = plot_counts(counts, lang="en")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['Resources']
    >>> [bar.get_width().item() for bar in ax.patches]
    [4.0]
    """
    check_language(lang)
    _check(counts, lang)
    with st.style():
        labels = _labels(counts, lang)
        left = max(map(st.text_width, labels.values())) + 4
        width = st.PAGE_WIDTH - left - RIGHT if ax is None else st.size_mm(ax)[0]
        limit = _limit(counts, width, lang)
        chart = fit(counts, labels, limit / width, room=st.PAGE_HEIGHT - ABOVE - BOTTOM)
        if ax is None:
            ax = st.panel(chart.height, left=left, right=RIGHT, top=0, bottom=BOTTOM)
        _draw_axes(ax, chart, labels, limit, lang)
        bars = _draw_bars(ax, chart, lang)
        dots = _draw_dots(ax, chart, lang)
        spans = draw_spans(ax, chart, lang)
        keys = _keys(chart, bars, dots, lang)
        draw_above(ax, [*keys, Key("", spans, points=2)] if spans else keys)
    return ax


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


def _labels(counts: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return code -> label, broken into lines, from the largest total of the bars down."""
    bars = counts[counts["is_bar"].astype(bool)]
    totals = bars.groupby("code", sort=False)["count"].sum().sort_values(ascending=False, kind="stable")
    names = bars.drop_duplicates("code").set_index("code")[f"label_{lang}"]
    return {str(code): st.wrap(str(names[code]), LABEL_WIDTH) for code in totals.index}


def _limit(counts: pd.DataFrame, width: float, lang: str) -> float:
    """Right end of the axis: the largest count and room for its figures."""
    highest = counts["high"].max() if span_kind(counts) else 0
    most = max(int(counts["count"].max()), int(highest), 1)
    room = st.text_width(number(most, lang, 0)) + 3
    return most * width / max(width - room, 1)


def _draw_axes(ax: Axes, chart: Chart, labels: dict[str, str], limit: float, lang: str) -> None:
    middles = chart.bars.groupby("code")["centre"].mean()
    ax.set_xlim(0, limit)
    ax.set_ylim(chart.height, 0)
    ax.set_yticks([middles[code] for code in labels], list(labels.values()))
    ax.tick_params(axis="y", length=0, pad=5, labelsize=st.TEXT, labelcolor=st.INK)
    ax.tick_params(axis="x", length=2.5, width=0.6, labelsize=st.TEXT, color=st.QUIET)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang, 0)))
    ax.grid(axis="x")
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    ax.set_xlabel(say("figure_count_axis", lang))


def fill(place: int, colour: str) -> tuple[Colour, str, str]:
    """Return face, edge and hatch of the group at a place in the legend, from the codebook's colour."""
    base = colour or SPARE_COLOURS[place % len(SPARE_COLOURS)]
    share, hatch = FILLS[place % len(FILLS)]
    return mix(base, share), to_hex(mix(base, 0.15, "black")), hatch


def _groups(bars: pd.DataFrame) -> Sequence[tuple[str, pd.DataFrame]]:
    return [(str(by), bars[bars["by"] == by]) for by in bars["by"].unique()]


def _draw_bars(ax: Axes, chart: Chart, lang: str) -> list[Patch]:
    """Draw the bars with their values; return a mark a group for the legend."""
    marks = []
    for place, (_, rows) in enumerate(_groups(chart.bars)):
        face, edge, hatch = fill(place, str(rows["by_colour"].iloc[0]))
        label = str(rows[f"by_label_{lang}"].iloc[0])
        bars = ax.barh(
            rows["centre"], rows["count"].astype(float), BAR, color=face, edgecolor=edge, hatch=hatch, lw=0.7
        )
        bars.set_label(label)
        for value in ax.bar_label(bars, [number(count, lang, 0) for count in rows["count"]], padding=3):
            value.set_verticalalignment("center_baseline")
        marks.append(Patch(facecolor=face, edgecolor=edge, hatch=hatch, lw=0.7, label=label))
    return marks


def _draw_dots(ax: Axes, chart: Chart, lang: str) -> list[Line2D]:
    """Draw one line of dots a coder, hollow where notes are left; return marks for the legend."""
    coders = coders_of(chart.dots)
    shapes = MARKERS if len(coders) <= len(MARKERS) else MARKERS[:1]
    diameter = (chart.pitch - 0.5) * min(1.0, st.size_mm(ax)[1] / chart.height)
    marks = []
    for place, coder in enumerate(coders):
        dots = chart.dots[chart.dots["coder"] == coder.name]
        looks = _dot_looks(shapes[place % len(shapes)], diameter, coder.has_notes_left)
        ax.plot(dots["count"], dots["height"], clip_on=False, zorder=3, label=coder.name, **looks)
        part = say("figure_read_part", lang, coder=coder.name, read=coder.read, all=coder.of)
        marks.append(Line2D([], [], label=part if coder.has_notes_left else coder.name, **looks))
    return marks


def _dot_looks(shape: str, diameter: float, hollow: bool) -> dict[str, Any]:
    return {
        "linestyle": "none",
        "marker": shape,
        "markersize": diameter * st.POINTS_PER_MM,
        "markerfacecolor": "white" if hollow else st.INK,
        "markeredgecolor": st.INK,
        "markeredgewidth": 0.7,
    }


def _keys(chart: Chart, bars: Sequence[Patch], dots: Sequence[Line2D], lang: str) -> list[Key]:
    """Say what the bars are and what the dots are."""
    (owner,) = coders_of(chart.bars)
    majority = owner.name == SETTLED_BAR
    sentence = say(
        "figure_bars_part" if owner.has_notes_left else "figure_bars",
        lang,
        who=bar_name(chart.bars, lang),
        read=owner.read,
        all=owner.of,
    )
    if not any(bar.get_label() for bar in bars):
        bars[0].set_label(sentence)
        sentence = ""
    keys = [Key(sentence, bars)]
    if dots:
        named = dots if len(dots) <= len(MARKERS) else _only_hollow_named(dots, chart.dots, lang)
        keys.append(
            Key(say("figure_dots" if majority else "figure_dots_others", lang), named, mark_width=0.8)
        )
    return keys


def _only_hollow_named(marks: Sequence[Line2D], dots: pd.DataFrame, lang: str) -> list[Line2D]:
    """Where shapes do not distinguish coders, name only those who have notes left to read."""
    named = list(zip(marks, coders_of(dots), strict=True))
    full = [mark for mark, coder in named if not coder.has_notes_left]
    if full:
        of = coders_of(dots)[0].of
        full[0].set_label(say("figure_read_all", lang, all=of, coders=len(full)))
    return full[:1] + [mark for mark, coder in named if coder.has_notes_left]
