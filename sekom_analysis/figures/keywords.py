"""Words that mark each group of notes against the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sekom_analysis.figures import style as st
from sekom_analysis.figures.counts import fill
from sekom_analysis.figures.legends import Key, draw_above
from sekom_analysis.wording import check_language, number, say

COLUMNS = ("group", "word", "count", "n_group", "count_rest", "n_rest", "z")
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
    table : as `keywords` gives it; within a group the words stand in the table's order
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
    st.check_columns(table, COLUMNS, "keywords")
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
        face, edge, hatch = fill(place, colours.get(name, ""))  # type: ignore[assignment]
        middles = [below + PITCH * (line + 0.5) for line in range(len(rows))]
        shares = 100 * rows["count"] / rows["n_group"]
        others = 100 * rows["count_rest"] / rows["n_rest"]
        ax.barh(middles, shares, BAR, color=face, edgecolor=edge, hatch=hatch, lw=0.7, label=name)
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
