"""How each coder uses the scale: who is strict, who stays in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.ticker import FixedLocator, FuncFormatter

from sekom_analysis.figures import style as st
from sekom_analysis.wording import check_language, number, say

COLUMNS = ("criterion", "coder", "score", "count")
ROW, BETWEEN, HEAD = 6.4, 4.0, 42.0  # mm
SMALLEST, LARGEST = 8.0, 230.0  # points squared
DOT = "#1f5f8b"


@st.texts_as_texts
def plot_scores(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: str = "sv",
    criteria: Mapping[str, str] | None = None,
) -> Axes:
    """Draw how often each coder gave each score, criterion by criterion.

    Parameters
    ----------
    table : as `count_scores` gives it
    ax : where to draw; without it a figure 160 mm wide is made
    lang : ``"sv"`` or ``"en"``
    criteria : criterion -> its label; their order is kept

    Returns
    -------
    Axes
        The area of a dot is the number of actions, which stands beside it.

    Raises
    ------
    FigureError
        If columns are missing or there are no rows.

    Examples
    --------
    >>> table = pd.DataFrame({"criterion": "goal", "coder": ["k1", "k2"], "score": [4, 2], "count": [9, 7]})
    >>> ax = plot_scores(table, criteria={"goal": "Målbild"})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['k1', 'k2']
    """
    import seaborn as sns  # here, since it takes two seconds to import

    check_language(lang)
    st.check_columns(table, COLUMNS, "scores")
    places = _places(table, list(criteria or {}))
    with st.style():
        if ax is None:
            left = HEAD + BETWEEN * 2 + max(map(st.text_width, table["coder"]))
            ax = st.panel(max(places.values()) + ROW, left=left, right=4, top=4, bottom=12)
        keys = zip(table["criterion"], table["coder"], strict=True)
        shown = table.assign(place=[places[key] for key in keys])
        sns.scatterplot(
            shown, x="score", y="place", size="count", sizes=(SMALLEST, LARGEST),
            size_norm=(0, int(table["count"].max())), color=DOT, legend=False, ax=ax,
        )  # fmt: skip
        areas = cast("PathCollection", ax.collections[-1]).get_sizes()
        for row, area in zip(shown.to_dict("records"), areas, strict=True):
            ax.annotate(
                number(row["count"], lang, 0), (row["score"], row["place"]), (area**0.5 / 2 + 2, 0),
                textcoords="offset points", color=st.QUIET, ha="left", va="center_baseline",
            )  # fmt: skip
        _name_rows(ax, places, criteria or {})
        _name_scores(ax, table, lang)
    return ax


def _places(table: pd.DataFrame, order: list[str]) -> dict[tuple[str, str], float]:
    """Return how far down (mm) the row of each criterion and coder stands."""
    used = table["criterion"].unique()
    ordered = [name for name in order if name in used] + [name for name in used if name not in order]
    places, below = {}, ROW
    for criterion in ordered:
        for coder in sorted(table.loc[table["criterion"] == criterion, "coder"].unique()):
            places[criterion, coder] = below
            below += ROW
        below += BETWEEN
    return places


def _name_rows(ax: Axes, places: Mapping[tuple[str, str], float], criteria: Mapping[str, str]) -> None:
    ax.set_yticks(list(places.values()), [coder for _, coder in places])
    ax.set_ylim(max(places.values()) + ROW, 0)
    ax.tick_params(axis="y", length=0)
    widest = max(st.text_width(coder) for _, coder in places)
    said: set[str] = set()
    for (criterion, _), place in places.items():
        if criterion not in said:
            said.add(criterion)
            name = st.wrap(criteria.get(criterion, criterion), HEAD)
            middle = "center" if "\n" in name else "center_baseline"
            ax.annotate(
                name, (0, place), ((-widest - 5) * st.POINTS_PER_MM, 0), xycoords=ax.get_yaxis_transform(),
                textcoords="offset points", ha="right", va=middle, annotation_clip=False,
            )  # fmt: skip


def _name_scores(ax: Axes, table: pd.DataFrame, lang: str) -> None:
    low, high = int(table["score"].min()), int(table["score"].max())
    ax.set_xlim(low - 0.5, high + 0.5)
    ax.xaxis.set_major_locator(FixedLocator(range(low, high + 1)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang, 0)))
    ax.grid(axis="x")
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_xlabel(say("figure_scores_axis", lang))
    ax.set_ylabel("")
