"""How many of the codes in use had appeared after n notes or sources."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.labels import HANDLE, Key, draw_above

COLUMNS = ("n", "as_coded", "mean", "low", "high")
HEIGHT = 58.0  # mm
PER_TICK = 16.0  # mm, what a number on the axis takes at least
BAND, MEAN = "#d5dfe6", "#1f5f8b"
UNITS = ("note", "source")


@st.texts_as_texts
def plot_saturation(
    table: pd.DataFrame, *, ax: Axes | None = None, lang: str = "sv", by: str = "note"
) -> Axes:
    """Draw how many of the codes in use had appeared after n notes or sources.

    Parameters
    ----------
    table : as `saturation` gives it
        Columns ``n``, ``as_coded`` (all missing: no line), ``mean``, ``low`` and ``high``.
    ax : Axes, optional
        Where to draw; without it a figure 160 mm wide is made.
    lang : ``"sv"`` or ``"en"``.
    by : ``"note"`` or ``"source"``: what n counts.

    Returns
    -------
    Axes
        The steps are the order in which notes were coded; the line is the mean over all orders, and 95 % of
        random orders are in the band. The dashed line is the number of codes in use.

    Raises
    ------
    FigureError
        If the table is empty, columns are missing, or `by` is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"n": [1, 2, 3], "as_coded": [1, 1, 2], "mean": [1.0, 1.7, 2.0],
    ...                       "low": [1, 1, 2], "high": [1, 2, 2]})
    >>> ax = plot_saturation(table, lang="en")
    >>> ax.get_xlabel(), ax.lines[1].get_ydata().tolist()
    ('Notes coded', [1.0, 1.7, 2.0])
    """
    check_language(lang)
    st.check_columns(table, COLUMNS, "saturation")
    if by not in UNITS:
        msg = f"'by' is one of {', '.join(UNITS)}, not '{by}'. Nothing was drawn."
        raise FigureError(msg)
    n_codes = round(float(table["mean"].iloc[-1]))
    with st.style():
        if ax is None:
            ax = st.panel(HEIGHT, left=14, right=7, top=0, bottom=11)
        ax.axhline(n_codes, color=st.QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        ax.fill_between(table["n"], table["low"], table["high"], color=BAND, linewidth=0, step="post")
        ax.plot(table["n"], table["mean"], color=MEAN, linewidth=1.2)
        known = bool(table["as_coded"].notna().all())
        if known:
            steps = table["as_coded"].astype(float)
            ax.step(table["n"], steps, where="post", color=st.INK, linewidth=1.4)
        _draw_axes(ax, table, n_codes, by, lang)
        draw_above(ax, [Key("", marks) for marks in _marks(ax, n_codes, known, lang)])
    return ax


def _draw_axes(ax: Axes, table: pd.DataFrame, n_codes: int, by: str, lang: str) -> None:
    ax.set_xlim(float(table["n"].iloc[0]), max(float(table["n"].iloc[-1]), 2.0))
    ax.set_ylim(0, n_codes * 1.06 + 0.3)
    for axis, bins in ((ax.xaxis, max(2, int(st.size_mm(ax)[0] / PER_TICK))), (ax.yaxis, 6)):
        axis.set_major_locator(MaxNLocator(nbins=bins, integer=True))
        axis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang, 0)))
    ax.tick_params(length=2.5, width=0.6, labelsize=st.TEXT, color=st.QUIET)
    ax.grid(axis="y")
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_xlabel(say(f"figure_saturation_{by}", lang))
    ax.set_ylabel(say("figure_saturation_axis", lang))


def _marks(ax: Axes, n_codes: int, has_order: bool, lang: str) -> list[list[Line2D | Patch]]:
    """Return what the lines and the band are, two rows of marks."""
    room = st.room_right(ax) - HANDLE

    def words(key: str, **values: str) -> str:
        return st.wrap(say(f"figure_saturation_{key}", lang, **values), room)

    look: dict[str, Any] = {"color": st.QUIET, "linewidth": 0.8, "linestyle": (0, (4, 3))}
    coded = Line2D([], [], color=st.INK, linewidth=1.4, label=words("coded"))
    mean = Line2D([], [], color=MEAN, linewidth=1.2, label=words("mean"))
    band = Patch(facecolor=BAND, label=words("band"))
    whole = Line2D([], [], label=words("all", n=number(n_codes, lang, 0)), **look)
    return [[coded, mean], [band, whole]] if has_order else [[mean], [band, whole]]
