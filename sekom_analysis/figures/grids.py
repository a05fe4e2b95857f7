"""Grids of counts: themes by category, categories by source."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from sekom_analysis.figures import style as st
from sekom_analysis.figures.tiles import draw_tiles, name_tiles, shades
from sekom_analysis.wording import check_language, number, say

COLUMNS = ("theme", "category", "count", "n_category")
SOURCE_COLUMNS = ("source", "code", "count", "share", "n_settled", "n_all")
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
    needed = (*COLUMNS, f"label_{lang}", f"theme_label_{lang}")
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
    st.check_columns(table, (*SOURCE_COLUMNS, f"label_{lang}"), "sources")
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
