"""The span of each count: a thin line through the dots, or a whisker of its own under them."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sekom_analysis.consensus.spans import CODERS, span_kind
from sekom_analysis.figures import style as st
from sekom_analysis.figures.legends import HANDLE
from sekom_analysis.figures.placing import Chart
from sekom_analysis.wording import say

WIDTHS = {True: 0.8, False: 1.3}
"""Points; a line among dots is thinner than a whisker that stands alone."""
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
