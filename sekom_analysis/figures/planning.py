"""How many notes to share: what agreement to expect of each number of notes."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from sekom_analysis.figures import style as st
from sekom_analysis.wording import check_language, number, say

COLUMNS = ("n_notes", "value", "low", "high", "enough")
HEIGHT = 62.0  # mm
BAND, LINE, ENOUGH = "#d5dfe6", "#1f5f8b", "#b5542f"


@st.texts_as_texts
def plot_sample(
    table: pd.DataFrame, *, ax: Axes | None = None, lang: str = "sv", floor: float | None = None
) -> Axes:
    """Draw what agreement to expect of each number of notes, and where it is enough.

    Parameters
    ----------
    table : as `plan_sample` gives it
        Columns ``n_notes``, ``value``, ``low``, ``high`` and ``enough``.
    ax : Axes, optional
        Where to draw; without it a figure 160 mm wide is made.
    lang : ``"sv"`` or ``"en"``.
    floor : float, optional
        The value that the interval is to lie above.

    Returns
    -------
    Axes
        The band is where most studies of that size end up, the line their median. The first size that
        is enough has a ring and its number; without one nothing is marked.

    Raises
    ------
    FigureError
        If the table is empty or columns are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"n_notes": [50, 100], "value": [0.8, 0.8], "low": [0.6, 0.66],
    ...                       "high": [0.94, 0.91], "enough": [False, True]})
    >>> [text.get_text() for text in plot_sample(table).texts]
    ['räcker: 100 lappar']
    """
    check_language(lang)
    st.check_columns(table, COLUMNS, "sample")
    with st.style():
        if ax is None:
            ax = st.panel(HEIGHT, left=16, right=6, top=6, bottom=12)
        places = range(len(table))
        ax.fill_between(places, table["low"], table["high"], color=BAND, linewidth=0)
        ax.plot(places, table["value"], color=LINE, marker="o", markersize=3)
        if floor is not None:
            ax.axhline(floor, color=st.QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        rows = enumerate(table.to_dict("records"))
        for place, row in [(place, row) for place, row in rows if row["enough"]][:1]:
            ax.plot([place], [row["value"]], "o", markersize=9, mfc="none", mec=ENOUGH, mew=1.5)
            text = say("figure_enough", lang, n=number(row["n_notes"], lang, 0))
            ax.annotate(
                text, (place, row["high"]), (0, 4), textcoords="offset points", ha="center", color=ENOUGH
            )
        ax.set_xticks(places, [number(size, lang, 0) for size in table["n_notes"]])
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang, 1)))
        ax.set_xlim(-0.6, len(table) - 0.4)
        ax.set_ylim(min(0.0, float(table["low"].min())), 1.1)
        ax.set_yticks([tick for tick in ax.get_yticks() if tick <= 1])
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_xlabel(say("figure_sample_axis", lang))
        ax.set_ylabel(say("figure_agreement_axis", lang))
    return ax
