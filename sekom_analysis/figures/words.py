"""Words that mark each group of notes against the others, as bars and as a cloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import Affine2D

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.labels import Key, draw_above, fill

_BAR_COLUMNS = ("group", "word", "count", "n_group", "count_rest", "n_rest", "z")
PITCH, BAR, HEADING = 4.6, 3.2, 7.5  # mm: a word's line, its bar, a group's heading
BOTTOM = 11.0


@st.texts_as_texts
def plot_keywords(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: str = "sv",
    top: int = 10,
    labels: Mapping[str, str] | None = None,
    colours: Mapping[str, str] | None = None,
) -> Axes:
    """Draw the words that mark each group: the share of its notes that have the word, and of the others'.

    Parameters
    ----------
    table : as `keywords` gives it; within a group the words keep the table's order
    ax : where to draw; without it a figure 160 mm wide is made
    lang : ``"sv"`` or ``"en"``
    top : how many words a group; only words that are more common in the group than outside it
    labels : group -> what to call it
    colours : group -> hex colour, as the codebook has it

    Returns
    -------
    Axes
        The vertical axis is in mm of a figure of its own.

    Raises
    ------
    FigureError
        If columns are missing or there are no rows.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"group": ["hinder"], "word": ["tid"], "count": [6], "n_group": [60],
    ...                       "count_rest": [1], "n_rest": [100], "log_odds": [1.2], "z": [2.1]})
    >>> ax = plot_keywords(table, lang="en")
    >>> [label.get_text() for label in ax.get_yticklabels()], ax.patches[0].get_width().item()
    (['tid'], 10.0)
    """
    check_language(lang)
    st.check_columns(table, _BAR_COLUMNS, "keywords")
    groups = _groups(table, top)
    with st.style():
        height = sum(HEADING + PITCH * len(rows) for _, rows in groups)
        left = max((st.text_width(word) for _, rows in groups for word in rows["word"]), default=10.0) + 5
        if ax is None:
            ax = st.panel(height, left=left, right=24.0, top=0, bottom=BOTTOM)
        marks = _draw_groups(ax, groups, lang, labels or {}, colours or {})
        _draw_axes(ax, height, lang)
        draw_above(ax, [Key("", marks)])
    return ax


def _groups(table: pd.DataFrame, top: int) -> list[tuple[str, pd.DataFrame]]:
    marking = table[table["z"] > 0]
    names = dict.fromkeys(table["group"])
    return [(str(name), marking[marking["group"] == name].head(top)) for name in names]


def _draw_groups(
    ax: Axes,
    groups: Sequence[tuple[str, pd.DataFrame]],
    lang: str,
    labels: Mapping[str, str],
    colours: Mapping[str, str],
) -> list[Patch | Line2D]:
    """Draw each group under its heading; return marks for the legend."""
    ticks: list[float] = []
    words: list[str] = []
    below, face, edge, dot = 0.0, st.FAINT, st.QUIET, _dot()
    for place, (name, rows) in enumerate(groups):
        n = int(rows["n_group"].iloc[0]) if len(rows) else 0
        heading = say("figure_keywords_group", lang, group=labels.get(name, name), n=n)
        ax.text(0, below + HEADING - 2.4, heading, weight="bold", ha="left", va="baseline")
        below += HEADING
        face, edge = fill(place, colours.get(name, ""))  # type: ignore[assignment]
        middles = [below + PITCH * (line + 0.5) for line in range(len(rows))]
        shares = 100 * rows["count"] / rows["n_group"]
        others = 100 * rows["count_rest"] / rows["n_rest"]
        ax.barh(middles, shares, BAR, color=face, edgecolor=edge, lw=0.7, label=name)
        ax.plot(others, middles, clip_on=False, zorder=3, **dot)
        for middle, share, other, count in zip(middles, shares, others, rows["count"], strict=True):
            ax.annotate(
                number(count, lang, 0), (max(share, other), middle), (4, 0),
                textcoords="offset points", va="center_baseline",
            )  # fmt: skip
        ticks, words, below = [*ticks, *middles], [*words, *rows["word"]], below + PITCH * len(rows)
    ax.set_yticks(ticks, words)
    return [
        Patch(facecolor="#8c8c8c", edgecolor=st.QUIET, lw=0.7, label=say("figure_keywords_bar", lang)),
        Line2D([], [], label=say("figure_keywords_dot", lang), **dot),
    ]


def _dot() -> dict[str, Any]:
    return {
        "linestyle": "none", "marker": "o", "markersize": 4.2,
        "markerfacecolor": "white", "markeredgecolor": st.INK, "markeredgewidth": 0.8,
    }  # fmt: skip


def _draw_axes(ax: Axes, height: float, lang: str) -> None:
    ax.set_ylim(height, 0)
    ax.set_xlim(left=0)
    ax.tick_params(axis="y", length=0, pad=5, labelsize=st.TEXT, labelcolor=st.INK)
    ax.tick_params(axis="x", length=2.5, width=0.6, labelsize=st.TEXT, color=st.QUIET)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{number(value, lang, 0)} %"))
    ax.grid(axis="x")
    ax.spines[["top", "right", "bottom"]].set_visible(False)
    ax.set_xlabel(say("figure_keywords_axis", lang))


# --- the words that mark a group as a cloud -----------------------------------------------------------


HEIGHT = 72.0  # mm
LARGEST, SMALLEST = 16.0, 0.35  # mm of an em; the smallest word as a share of the largest
STEP = 2.0  # mm between places tried
AIR = np.array([3.0, 1.4])  # mm beside and above each word
MOST = 100  # words that there is room for in a size to read
FLAT = 2.2  # how much wider than high the cloud grows


@st.texts_as_texts
def plot_word_cloud(
    table: pd.DataFrame,
    group: str,
    *,
    ax: Axes | None = None,
    top: int = 30,
    colour: str = st.INK,
) -> Axes:
    """Draw the words that mark one group, larger for those that mark it more.

    Size follows `z`, how surely a word marks the group; place means nothing. The words are those that
    `plot_keywords` draws, all of them level, so that they can be read. Nothing is random.

    Parameters
    ----------
    table : as `keywords` gives it
    group : one of its groups
    ax : where to draw; without it a figure 160 mm wide is made
    top : at most so many words, and 100 at most; only words more common in the group than outside it
    colour : hex colour of all words

    Returns
    -------
    Axes
        Both axes are in mm of a figure of its own. Its patches are the words; each one's label is the word.

    Raises
    ------
    FigureError
        If columns are missing, the table has no such group, or no word marks it.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["hinder"] * 2, "word": ["tid", "vilja"], "count": [6, 4],
    ...                       "n_group": [60] * 2, "count_rest": [1, 2], "n_rest": [100] * 2,
    ...                       "z": [2.1, 1.1]})
    >>> ax = plot_word_cloud(table, "hinder")
    >>> [patch.get_label() for patch in ax.patches]
    ['tid', 'vilja']
    """
    st.check_columns(table, _BAR_COLUMNS, "keywords")
    weights = _weights(table, group, top)
    with st.style():
        if ax is None:
            ax = st.panel(HEIGHT, left=0.0, right=0.0, top=0.0, bottom=0.0)
        for word, shape in _placed(weights).items():
            ax.add_patch(PathPatch(shape, facecolor=colour, lw=0, label=word))
        ax.set(xlim=(0, st.PAGE_WIDTH), ylim=(0, HEIGHT), aspect="equal")
        ax.set_axis_off()
    return ax


def _weights(table: pd.DataFrame, group: str, top: int) -> pd.Series:
    groups = list(dict.fromkeys(table["group"]))
    if group not in groups:
        msg = f"The table has no group '{group}'. It has: {', '.join(map(str, groups))}."
        raise FigureError(msg)
    rows = table[(table["group"] == group) & (table["z"] > 0)].head(min(top, MOST))
    if rows.empty:
        msg = f"No word is more common in '{group}' than outside it, so there is nothing to draw."
        raise FigureError(msg)
    return rows.set_index("word")["z"]


def _placed(weights: pd.Series) -> dict[str, Path]:
    """Return each word's shape where it is placed: all smaller until there is room for all."""
    size = (SMALLEST + (1 - SMALLEST) * weights / weights.max()).to_numpy(dtype=float)
    outlines = [_outline(str(word)) for word in weights.index]
    extents = np.array([outline.get_extents().size for outline in outlines])
    em, corners = LARGEST, None
    while corners is None:
        corners = _places(extents * (em * size)[:, None] + AIR)
        em *= 0.9 if corners is None else 1.0
    return {
        str(word): outline.transformed(Affine2D().scale(em * own).translate(*corner))
        for word, outline, own, corner in zip(weights.index, outlines, size, corners, strict=True)
    }


def _outline(word: str) -> Path:
    """Return a word's shape in the style's font, 1 mm an em, its lower left corner at the origin."""
    outline = TextPath((0, 0), word, size=1, prop=FontProperties())
    box = outline.get_extents()
    return outline.transformed(Affine2D().translate(-box.x0, -box.y0))


def _places(rooms: np.ndarray) -> np.ndarray | None:
    """Return lower left corners of words that need this much room, shape (words, 2); None if it is lacking.

    Each word in turn gets the free place nearest to the middle.
    """
    across, up = np.meshgrid(np.arange(0, st.PAGE_WIDTH, STEP), np.arange(0, HEIGHT, STEP))
    middles = np.column_stack([across.ravel(), up.ravel()])
    away = np.hypot((middles[:, 0] - st.PAGE_WIDTH / 2) / FLAT, middles[:, 1] - HEIGHT / 2)
    middles = middles[np.argsort(away, kind="stable")]
    taken = np.empty((0, 4))  # left, bottom, right, top
    for room in rooms:
        low = middles - room / 2
        high = low + room
        free = (low >= 0).all(axis=1) & (high <= (st.PAGE_WIDTH, HEIGHT)).all(axis=1)
        for left, bottom, right, top in taken:
            apart_across = (low[:, 0] >= right) | (high[:, 0] <= left)
            free &= apart_across | (low[:, 1] >= top) | (high[:, 1] <= bottom)
        if not free.any():
            return None
        first = int(np.argmax(free))
        taken = np.vstack([taken, [*low[first], *high[first]]])
    corners: np.ndarray = taken[:, :2] + AIR / 2
    return corners
