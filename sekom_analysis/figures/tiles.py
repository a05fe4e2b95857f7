"""Tables as coloured tiles with a text on each: counts, shares, mean scores, confusions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from sekom_analysis.figures import style as st
from sekom_analysis.figures.colours import mix, readable_on

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
