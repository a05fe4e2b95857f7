"""The words that mark a group as a cloud, for those who want one; the bars of `plot_keywords` say more."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from sekom_analysis.errors import FigureError
from sekom_analysis.figures import style as st
from sekom_analysis.figures.keywords import COLUMNS

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
    st.check_columns(table, COLUMNS, "keywords")
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
    """Return each word's shape where it stands: all smaller until there is room for all."""
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
