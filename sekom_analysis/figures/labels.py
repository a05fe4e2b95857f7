"""Labels, legends and tiles: texts of notes wrapped to a width, and what colours and marks stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.transforms import ScaledTranslation

from sekom_analysis.basics.wording import number
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.styling import (
    INK,
    POINTS_PER_MM,
    TEXT,
    Colour,
    mix,
    readable_on,
    text_width,
    wrap,
)

# The first group is dark, the next pale: told apart in grey print too.
LIGHTER = (0.0, 0.6, 0.3, 0.8)
SPARE_COLOURS = (st.NEUTRAL, "#519f94", "#a3411b", "#8a9499")


def fill(place: int, colour: str) -> tuple[Colour, str]:
    """Return face and edge of the group at a place in the legend, from the codebook's colour."""
    base = colour or SPARE_COLOURS[place % len(SPARE_COLOURS)]
    return mix(base, LIGHTER[place % len(LIGHTER)]), to_hex(mix(base, 0.15, "black"))


CUT = "…"
ROW, LINE, BETWEEN = 5.4, 3.7, 4.0  # mm
MOST_PER_MM = 1.2  # letters; the narrowest take 0.8 mm


def shortened(text: str, width: float, lines: int = 2) -> str:
    """Wrap a text to a width in mm; what does not fit in so many lines is cut between words.

    Examples
    --------
    >>> shortened("en åtgärd med ganska många ord i", 22, 1)
    'en åtgärd…'
    """
    room = int(MOST_PER_MM * width * (lines + 1))  # what lies far beyond the cut need not be measured
    wrapped = wrap(text[:room], width).split("\n")
    if len(wrapped) <= lines:
        return "\n".join(wrapped)
    last = wrapped[lines - 1].split()
    while len(last) > 1 and text_width(" ".join(last) + CUT) > width:
        last.pop()
    return "\n".join([*wrapped[: lines - 1], " ".join(last).rstrip(",.;:–- ") + CUT])


def action_labels(
    actions: pd.Series[str], said: Mapping[str, str] | None, width: float, lines: int = 2
) -> list[str]:
    """Return the id of each action, and what it says, cut to a width in mm."""
    texts = said or {}
    return [shortened(f"{action} {texts.get(action, '')}".strip(), width, lines) for action in actions]


def stacked(names: Sequence[str], start: float = 1.0) -> tuple[list[float], float]:
    """Set rows as high as their labels below each other; return their middles and the height, in mm."""
    below, centres = start, []
    for name in names:
        row = ROW + LINE * name.count("\n")
        centres.append(below + row / 2)
        below += row
    return centres, below + 1.0


def room_for(names: Sequence[str]) -> float:
    """Return what labels take at the left of a figure, in mm."""
    return max(map(text_width, names)) + BETWEEN


def set_rows(ax: Axes, places: Sequence[float], names: Sequence[str]) -> None:
    """Write the labels of rows, all beginning at one place."""
    ax.set_yticks(places, names, rotation=0)
    pad = (room_for(names) - 1) * POINTS_PER_MM
    ax.tick_params(axis="y", length=0, pad=pad, labelsize=TEXT, labelcolor=INK)
    for label in ax.get_yticklabels():
        label.set_horizontalalignment("left")


# --- legends above the drawing area, stacked, each under its own sentence -----------------------------


HANDLE = 9.0  # mm for the mark, its distance to the text, and that to the next entry
CLEAR = 2.2  # mm between legends, and under the lowest


@dataclass(frozen=True)
class Key:
    """One legend: a sentence (or none) and the marks it explains."""

    sentence: str
    marks: Sequence[Artist]
    mark_width: float = 1.8
    """In sizes of the text."""
    points: int = 1
    """How often a mark's symbol is on it: 2 for one at each end."""


def draw_above(ax: Axes, keys: Sequence[Key]) -> None:
    """Put legends above the drawing area, the first on top; a figure of ours grows by what they need."""
    width, raised = st.room_right(ax), CLEAR
    for key in reversed(keys):
        legend = _legend(ax, key, width, raised)
        ax.add_artist(legend)
        legend.set_clip_on(False)  # a notebook cuts figures to what they hold, and would cut it off
        figure = ax.figure
        raised += legend.get_window_extent().height / figure.dpi * st.MM_PER_INCH + CLEAR
    st.grow_top(ax, raised)


def _legend(ax: Axes, key: Key, width: float, raised: float) -> Legend:
    labels = [str(mark.get_label()) for mark in key.marks]
    up = ScaledTranslation(0, raised / st.MM_PER_INCH, cast("Figure", ax.figure).dpi_scale_trans)
    return Legend(
        ax,
        list(key.marks),
        labels,
        title=st.wrap(key.sentence, width),
        alignment="left",
        ncols=_columns([st.text_width(label) + HANDLE for label in labels], width),
        loc="lower left",
        bbox_to_anchor=(0, 1),
        bbox_transform=ax.transAxes + up,
        numpoints=key.points,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=key.mark_width,
        handleheight=0.9,
        handletextpad=0.6,
        columnspacing=1.6,
        labelspacing=0.35,
    )


def _columns(entries: Sequence[float], width: float) -> int:
    """Return the most columns that entries so wide (mm), set down one column after another, fit in."""
    for columns in range(len(entries), 1, -1):
        split = np.array_split(np.asarray(entries), columns)
        if sum(float(column.max()) for column in split) <= width:
            return columns
    return 1


# --- tables as coloured tiles with a text on each: counts, shares, mean scores, confusions ------------


Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
GAP = 0.8  # points of white between tiles


def shades(values: object, darkest: str, low: float, high: float) -> Floats:
    """Return a colour for each value, from nearly white at `low` to `darkest` at `high`.

    Parameters
    ----------
    values : numbers of shape (R, C); NaN is left transparent

    Returns
    -------
    Array of shape (R, C, 4): red, green, blue, opacity.
    """
    numbers = np.asarray(values, dtype=float)
    scale = LinearSegmentedColormap.from_list("shades", [mix(darkest, 0.93), mix(darkest, 0.0)])
    colours = np.asarray(scale(np.nan_to_num((numbers - low) / ((high - low) or 1.0))))
    colours[np.isnan(numbers), 3] = 0.0
    return colours


def draw_tiles(ax: Axes, colours: Floats, texts: Sequence[Sequence[str]]) -> None:
    """Fill Axes with tiles, the first row on top, each text in whichever of black and white stands out more.

    Parameters
    ----------
    ax : where to draw; tile (r, c) spans c to c + 1 and r to r + 1
    colours : shape (R, C, 4)
    texts : R rows of C; an empty one is not drawn
    """
    n_rows, n_columns = colours.shape[:2]
    ax.pcolormesh(colours, edgecolors="white", linewidth=GAP)
    ax.set(xlim=(0, n_columns), ylim=(n_rows, 0), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            if text:
                red, green, blue, _ = colours[row, column]
                ink = readable_on((red, green, blue))
                ax.text(column + 0.5, row + 0.5, text, color=ink, ha="center", va="center_baseline")


def name_tiles(ax: Axes, names: Sequence[str], heads: Sequence[str], *, on_top: bool = True) -> None:
    """Write the rows' names on the left and the columns' above or below."""
    ax.set_yticks(np.arange(len(names)) + 0.5, names)
    ax.set_xticks(np.arange(len(heads)) + 0.5, heads)
    if on_top:
        ax.xaxis.tick_top()
    ax.tick_params(length=0, labelsize=st.TEXT, labelcolor=st.INK, pad=3)


_KEY_EDGE = 2.0  # mm from either edge of the figure


def name_points(
    ax: Axes,
    points: Mapping[str, Mapping[int, str]],
    criteria: Mapping[str, str],
    lang: str,
    below: float,
) -> None:
    """Say under a figure what the points of its scales mean; nothing where they have no labels.

    Parameters
    ----------
    ax : the figure
    points : criterion -> point -> its label
    criteria : criterion -> its name, for all that are drawn
    lang : ``"sv"`` or ``"en"``
    below : how far (mm) below the drawing area nothing else is
    """
    sharing: dict[str, list[str]] = {}
    for criterion, name in criteria.items():
        told = points.get(criterion, {})
        said = ", ".join(f"{number(point, lang, 0)} = {told[point]}" for point in sorted(told) if told[point])
        if said:
            sharing.setdefault(said, []).append(name)
    if not sharing:
        return
    of_all = len(sharing) == 1 and len(next(iter(sharing.values()))) == len(criteria)
    lines = list(sharing) if of_all else [f"{', '.join(names)}: {said}" for said, names in sharing.items()]
    width = st.size_mm(ax)[0]
    share = ax.get_position()
    text = "\n".join(wrap(line, width / share.width - 2 * _KEY_EDGE) for line in lines)
    st.grow_bottom(ax, (text.count("\n") + 1) * LINE + 2)
    left = _KEY_EDGE - share.x0 * width / share.width
    ax.annotate(
        text, (0, 0), (left * POINTS_PER_MM, -below * POINTS_PER_MM), xycoords="axes fraction",
        textcoords="offset points", ha="left", va="top", color=st.QUIET, annotation_clip=False,
    )  # fmt: skip
