"""Which codes are taken for each other, and how many notes to share, drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.labels import Key, draw_above, draw_tiles, name_tiles, shades

# --- which codes are taken for each other -------------------------------------------------------------


CONFUSION_LABEL_WIDTH = 48.0  # mm
CONFUSION_LINE = 3.7
SLANT = 40  # degrees
CELL = 15.0  # mm, no wider
MANY = 9  # with more codes than this, columns carry numbers and the rows say what they stand for
SAME = "#e3e6ea"
DARKEST = "#9a3f16"


@st.texts_as_texts
def plot_confusions(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: str = "sv",
    labels: Mapping[str, str] | None = None,
    value: Literal["pairs", "notes"] = "pairs",
) -> Axes:
    """Draw which codes coders chose for one and the same note: the darker, the more often.

    The diagonal, where coders agree, stays grey whatever its size, so that the confusions stand out.

    Parameters
    ----------
    table : one row per two codes
        Columns ``code_a``, ``code_b`` and ``pairs`` (pairs of coders) or ``notes``. With each two codes
        once, the lower triangle is drawn; with both orders, the whole square, ``code_a`` downwards.
    ax : Axes, optional
        Where to draw; without it a figure at least 160 mm wide is made.
    lang : ``"sv"`` or ``"en"``.
    labels : mapping of code to label, optional
        Its order is the order of the codes; codes that it lacks follow, as they are.
    value : ``"pairs"`` or ``"notes"``
        Which numbers the cells show.

    Returns
    -------
    Axes

    Raises
    ------
    FigureError
        If columns are missing, the table is empty, two codes have more than one row, or `value` is another.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"code_a": ["kunskap", "kunskap", "resurser"],
    ...                       "code_b": ["kunskap", "resurser", "resurser"], "pairs": [30, 4, 12]})
    >>> ax = plot_confusions(table, labels={"kunskap": "Kunskap", "resurser": "Resurser"})
    >>> sorted(text.get_text() for text in ax.texts)
    ['12', '30', '4']
    """
    check_language(lang)
    if value not in ("pairs", "notes"):
        msg = f"Confusions are counted in 'pairs' or 'notes', not in '{value}'. Nothing was drawn."
        raise FigureError(msg)
    st.check_columns(table, ("code_a", "code_b", value), "confusions")
    with st.style():
        grid = _grid(table, value, labels or {})
        names = [st.wrap(str((labels or {}).get(code, code)), CONFUSION_LABEL_WIDTH) for code in grid.index]
        heads = names
        if len(names) > MANY:
            heads = [str(place) for place in range(1, len(names) + 1)]
            names = [f"{name}  {head}" for name, head in zip(names, heads, strict=True)]
        if ax is None:
            ax = _panel(grid, names, heads, lang)
        _draw_cells(ax, grid, lang)
        _draw_names(ax, names, heads)
        marks = [
            Patch(facecolor=DARKEST, label=say("figure_other_code", lang)),
            Patch(facecolor=SAME, edgecolor=st.QUIET, lw=0.6, label=say("figure_same_code", lang)),
        ]
        draw_above(ax, [Key(say(f"figure_confusion_{value}", lang), marks)])
    return ax


def _grid(table: pd.DataFrame, value: str, labels: Mapping[str, str]) -> pd.DataFrame:
    """Return the square of codes, with NaN where a row is missing."""
    doubled = table[table.duplicated(["code_a", "code_b"])]
    if not doubled.empty:
        both = ", ".join(f"{row.code_a} and {row.code_b}" for row in doubled.itertuples())
        msg = f"The confusions table has more than one row for {both}. Nothing was drawn."
        raise FigureError(msg)
    used = dict.fromkeys([*table["code_a"], *table["code_b"]])
    codes = [code for code in labels if code in used] + [code for code in used if code not in labels]
    grid = table.pivot(index="code_a", columns="code_b", values=value).reindex(index=codes, columns=codes)
    grid = grid.astype(float)
    both_ways = (grid.notna() & grid.T.notna()).to_numpy()
    if both_ways[~np.eye(len(codes), dtype=bool)].any():
        return grid
    return grid.combine_first(grid.T).reindex(index=codes, columns=codes).where(_lower(len(codes)))


def _lower(size: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    return np.tril(np.ones((size, size), dtype=bool))


def _panel(grid: pd.DataFrame, names: list[str], heads: list[str], lang: str) -> Axes:
    left, right = max(map(st.text_width, names)) + 4, 6.0
    figures = [number(cell, lang, 0) for cell in grid.to_numpy().ravel() if not np.isnan(cell)]
    least = max(map(st.text_width, [*figures, *heads] if len(names) > MANY else figures)) + 1.6
    cell = max(least, min(CELL, (st.PAGE_WIDTH - left - right) / len(names)))
    width = max(st.PAGE_WIDTH, left + cell * len(names) + right)
    lines = max(name.count("\n") for name in names) + 1
    slant = 0 if len(names) > MANY else max(map(st.text_width, heads)) * math.sin(math.radians(SLANT))
    return st.panel(
        max(cell * 0.75, lines * CONFUSION_LINE + 1.2) * len(names),
        left=left,
        right=width - left - cell * len(names),
        top=0,
        bottom=slant + 6,
        width=width,
    )


def _draw_cells(ax: Axes, grid: pd.DataFrame, lang: str) -> None:
    """Draw the confusions, darker with their number, and the diagonal in one tone of its own."""
    same = np.eye(len(grid), dtype=bool)
    known = grid.notna().to_numpy()
    most = np.nanmax(np.where(same, np.nan, grid.to_numpy()), initial=1.0)
    colours = shades(grid, DARKEST, 0.0, most)
    colours[same & known] = to_rgba(SAME)
    texts = np.where(known, [[number(cell, lang, 0) for cell in row] for row in grid.to_numpy()], "")
    draw_tiles(ax, colours, texts.tolist())
    for place in np.flatnonzero(np.diag(known)):
        ax.add_patch(Rectangle((place + 0.03, place + 0.03), 0.94, 0.94, fill=False, ec=st.QUIET, lw=0.6))


def _draw_names(ax: Axes, names: list[str], heads: list[str]) -> None:
    name_tiles(ax, names, heads, on_top=False)
    if heads is names:
        for label in ax.get_xticklabels():
            label.set(rotation=SLANT, ha="right", rotation_mode="anchor")


# --- how many notes to share: what agreement to expect of each number of notes ------------------------


SAMPLE_COLUMNS = ("n_notes", "value", "low", "high", "enough")
HEIGHT = 62.0  # mm
BAND, SAMPLE_LINE, ENOUGH = "#d5dfe6", "#1f5f8b", "#b5542f"


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
        The value that the interval is to be above.

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
    st.check_columns(table, SAMPLE_COLUMNS, "sample")
    with st.style():
        if ax is None:
            ax = st.panel(HEIGHT, left=16, right=6, top=6, bottom=12)
        places = range(len(table))
        ax.fill_between(places, table["low"], table["high"], color=BAND, linewidth=0)
        ax.plot(places, table["value"], color=SAMPLE_LINE, marker="o", markersize=3)
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
