"""Legends above the drawing area, stacked, each under its own sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.transforms import ScaledTranslation

from sekom_analysis.figures import style as st

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
    """How often a mark's symbol stands on it: 2 for one at each end."""


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
