"""Where the themes lie: how many notes of each category have each theme."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from sekom_analysis.figures import style as st
from sekom_analysis.figures.colours import readable_on
from sekom_analysis.wording import check_language, number, say

COLUMNS = ("theme", "category", "count", "n_category")
CELL, LABEL_WIDTH, HEAD_WIDTH = 8.0, 46.0, 24.0  # mm
DARKEST = "#2f4b6e"


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
        _draw_cells(ax, grid, lang)
        ax.set_yticks(np.arange(len(grid)) + 0.5, names, rotation=0)
        ax.set_xticks(np.arange(len(grid.columns)) + 0.5, [heads[theme] for theme in grid.columns])
        ax.xaxis.tick_top()
        ax.tick_params(length=0, labelsize=st.TEXT, labelcolor=st.INK, pad=3)
        ax.set(xlabel="", ylabel="")
    return ax


def _draw_cells(ax: Axes, grid: pd.DataFrame, lang: str) -> None:
    colours = sns.light_palette(DARKEST, as_cmap=True)
    most = max(float(np.nanmax(grid.to_numpy())), 1.0)
    sns.heatmap(
        grid, cmap=colours, vmin=0, vmax=most, cbar=False, linewidths=0.8, linecolor="white",
        xticklabels=False, yticklabels=False, ax=ax,
    )  # fmt: skip
    for line, row in enumerate(grid.to_numpy()):
        for column, count in enumerate(row):
            red, green, blue, _ = colours(count / most)
            ink = readable_on((red, green, blue))
            ax.text(
                column + 0.5, line + 0.5, number(count, lang, 0), color=ink, ha="center", va="center_baseline"
            )
