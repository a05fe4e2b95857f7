"""Grids of counts: themes by category, categories by source, coverage, and scores by coder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.ticker import FixedLocator, FuncFormatter

from sekom_analysis.basics.errors import needing
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.labels import draw_tiles, name_points, name_tiles, shades

_THEME_COLUMNS = ("theme", "category", "count", "n_category")
_SOURCE_COLUMNS = ("source", "code", "count", "share", "n_settled", "n_all")
CELL, HEAD_WIDTH = 8.0, 24.0  # mm
SLANT, SLANTED_RIGHT = 35, 22.0  # degrees; mm that the last slanted name needs
DARKEST = "#2f4b6e"


@st.texts_as_texts
def plot_themes(table: pd.DataFrame, *, ax: Axes | None = None, lang: str = "sv") -> Axes:
    """Draw a grid of categories × themes with the number of notes in each cell, darker for more.

    Parameters
    ----------
    table : as `themes_by_category` gives it
    ax : where to draw; without it a figure is made
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    Axes

    Raises
    ------
    FigureError
        If columns are missing or there are no rows.
    """
    check_language(lang)
    needed = (*_THEME_COLUMNS, f"label_{lang}", f"theme_label_{lang}")
    st.check_columns(table, needed, "themes")
    grid = table.pivot(index="category", columns="theme", values="count")
    grid = grid.reindex(index=table["category"].unique(), columns=table["theme"].unique())
    sizes = table.drop_duplicates("category").set_index("category")
    heads = table.drop_duplicates("theme").set_index("theme")[f"theme_label_{lang}"]
    with st.style():
        names = [
            st.wrap(say("figure_themes_category", lang, label=row[f"label_{lang}"], n=row["n_category"]), 58)
            for _, row in sizes.loc[grid.index].iterrows()
        ]
        if ax is None:
            left = max(map(st.text_width, names)) + 4
            wide = HEAD_WIDTH * len(grid.columns)
            ax = st.panel(
                CELL * len(grid), left=left, right=max(st.PAGE_WIDTH - left - wide, 4), top=8, bottom=3,
                width=max(st.PAGE_WIDTH, left + wide + 4),
            )  # fmt: skip
        _draw_counts(ax, grid, grid, lang)
        name_tiles(ax, names, [heads[theme] for theme in grid.columns])
    return ax


@st.texts_as_texts
def plot_sources(table: pd.DataFrame, *, ax: Axes | None = None, lang: str = "sv") -> Axes:
    """Draw a grid of sources × codes with the number of notes in each cell, darker for a larger share.

    Parameters
    ----------
    table : as `count_by_source` gives it
    ax : where to draw; without it a figure is made
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    Axes

    Raises
    ------
    FigureError
        If columns are missing or there are no rows.
    """
    check_language(lang)
    st.check_columns(table, (*_SOURCE_COLUMNS, f"label_{lang}"), "sources")
    order = [table[name].unique() for name in ("source", "code")]
    count, share = (
        table.pivot(index="source", columns="code", values=value).reindex(index=order[0], columns=order[1])
        for value in ("count", "share")
    )
    codes = table.drop_duplicates("code").set_index("code")[f"label_{lang}"]
    heads = [str(codes[code]) for code in count.columns]
    with st.style():
        names = [
            say("figure_sources_settled", lang, source=row["source"], n=row["n_settled"], all=row["n_all"])
            for row in table.drop_duplicates("source").to_dict("records")
        ]
        if ax is None:
            left, slanted = max(map(st.text_width, names)) + 4, max(map(st.text_width, heads))
            wide = min(HEAD_WIDTH, (st.PAGE_WIDTH - left - SLANTED_RIGHT) / len(heads))
            ax = st.panel(
                CELL * len(names), left=left, right=st.PAGE_WIDTH - left - wide * len(heads),
                top=slanted * math.sin(math.radians(SLANT)) + 5, bottom=3,
            )  # fmt: skip
        _draw_counts(ax, count, share.fillna(0), lang)
        name_tiles(ax, names, heads)
        for label in ax.get_xticklabels():
            label.set(rotation=SLANT, ha="left", rotation_mode="anchor")
    return ax


def _draw_counts(ax: Axes, counts: pd.DataFrame, tones: pd.DataFrame, lang: str) -> None:
    """Draw tiles by their tones and write the counts on them."""
    texts = [[number(count, lang, 0) for count in row] for row in counts.to_numpy()]
    draw_tiles(ax, shades(tones, DARKEST, 0.0, float(tones.to_numpy().max())), texts)


# --- how each coder uses the scale: who is strict, who stays in the middle ----------------------------


SCORE_COLUMNS = ("criterion", "coder", "score", "count")
ROW, BETWEEN, SCORE_HEAD = 6.4, 4.0, 42.0  # mm
SMALLEST, LARGEST = 8.0, 230.0  # points squared
DOT = "#1f5f8b"


@st.texts_as_texts
def plot_scores(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: str = "sv",
    criteria: Mapping[str, str] | None = None,
    points: Mapping[str, Mapping[int, str]] | None = None,
) -> Axes:
    """Draw how often each coder gave each score, criterion by criterion.

    Parameters
    ----------
    table : as `count_scores` gives it
    ax : where to draw; without it a figure 160 mm wide is made
    lang : ``"sv"`` or ``"en"``
    criteria : criterion -> its label; their order is kept
    points : criterion -> point of its scale -> its label, as `Variable.points` gives them

    Returns
    -------
    Axes
        The area of a dot is the number of actions, which is given beside it. What points mean is said below.

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
    with needing("figures"):
        import seaborn as sns  # here, since it takes two seconds to import
    check_language(lang)
    st.check_columns(table, SCORE_COLUMNS, "scores")
    places = _places(table, list(criteria or {}))
    with st.style():
        if ax is None:
            left = SCORE_HEAD + BETWEEN * 2 + max(map(st.text_width, table["coder"]))
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
        used = dict.fromkeys(criterion for criterion, _ in places)
        name_points(ax, points or {}, {one: (criteria or {}).get(one, one) for one in used}, lang, 12)
    return ax


def _places(table: pd.DataFrame, order: list[str]) -> dict[tuple[str, str], float]:
    """Return how far down (mm) the row of each criterion and coder is."""
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
            name = st.wrap(criteria.get(criterion, criterion), SCORE_HEAD)
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
