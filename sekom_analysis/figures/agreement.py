"""Agreement as a forest plot: a row per coefficient, with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MultipleLocator

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.labels import Key, draw_above, draw_tiles, name_tiles, shades

_FOREST_COLUMNS = ("group", "label", "value", "low", "high", "note")
LABEL_WIDTH = 52.0  # mm
ROW, LINE, HEADING = 5.0, 3.7, 6.6
BETWEEN = 4.0  # mm between columns
TOP, BOTTOM = 6.0, 11.0
CLEAR = 10.0  # mm from one number of the axis to the next, at least


@dataclass(frozen=True)
class _Column:
    """A column of figures at the right: its head, its cells, and its right edge in mm from the plot."""

    head: str
    cells: list[str]
    edge: float


@st.texts_as_texts
def plot_agreement(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: str = "sv",
    floor: float | None = None,
    decimals: int = 2,
) -> Axes:
    """Draw coefficients with their intervals, in groups such as overall, per code, per pair of coders.

    Parameters
    ----------
    table : rows of agreement tables, in the order in which they are drawn
        Columns ``group`` (heading; rows of a group follow each other; empty: none), ``label``, ``value``,
        ``low``, ``high`` (NaN: no interval), ``note`` (why there is no value); with ``n_notes`` a column
        of it is printed.
    ax : Axes, optional
        Where to draw; without it a figure 160 mm wide is made, as high as the rows need.
    lang : ``"sv"`` or ``"en"``.
    floor : float, optional
        The value below which the plan asks for something; a thin line with its text.
    decimals : int
        Of the values printed.

    Returns
    -------
    Axes
        From 0, or the lowest value if that is below 0, to 1.

    Raises
    ------
    FigureError
        If the table is empty or columns are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"group": ["Alla"], "label": ["Kategori"], "value": [0.802], "low": [0.74],
    ...                      "high": [0.86], "note": [""]})
    >>> [text.get_text() for text in plot_agreement(rows).texts]
    ['Alla', 'värde', '0,80', 'intervall', '[0,74; 0,86]']
    """
    check_language(lang)
    st.check_columns(table, _FOREST_COLUMNS, "agreement")
    with st.style():
        labels = [st.wrap(str(label), LABEL_WIDTH) for label in table["label"]]
        columns = _columns(table, lang, decimals)
        left = max(map(st.text_width, labels)) + BETWEEN
        right = columns[-1].edge + 2
        width = st.PAGE_WIDTH - left - right if ax is None else st.size_mm(ax)[0]
        notes = [st.wrap(str(note), width - 2) if _empty(value) else "" for value, note in _values(table)]
        headings, centres, height = _places(table, labels, notes)
        if ax is None:
            ax = st.panel(height, left=left, right=right, top=TOP, bottom=BOTTOM)
        _draw_axes(ax, table, (centres, labels), height, left, lang)
        _draw_headings(ax, headings, left)
        _draw_values(ax, table, centres, notes)
        _draw_columns(ax, columns, centres)
        if floor is not None:
            _draw_floor(ax, floor, width, lang)
    return ax


def _empty(value: float) -> bool:
    return math.isnan(value)


def _values(table: pd.DataFrame) -> Iterator[tuple[float, str]]:
    notes = table["note"].fillna("").astype(str)
    return zip(table["value"].astype(float), notes, strict=True)


def _columns(table: pd.DataFrame, lang: str, decimals: int) -> list[_Column]:
    """Return value, interval and number of notes, as they are printed."""
    cells = {"figure_value_column": [number(value, lang, decimals) for value in table["value"].astype(float)]}
    ends = table[["low", "high"]].astype(float)
    if ends.notna().all(axis=1).any():
        pairs = zip(ends["low"], ends["high"], strict=True)
        cells["figure_interval_column"] = [_interval(low, high, lang, decimals) for low, high in pairs]
    if "n_notes" in table.columns:
        cells["figure_notes_column"] = [number(float(n), lang, 0) for n in table["n_notes"]]
    columns: list[_Column] = []
    edge = 0.0
    for key, texts in cells.items():
        head = say(key, lang)
        edge += max(map(st.text_width, [head, *texts])) + BETWEEN
        columns.append(_Column(head, texts, edge))
    return columns


def _interval(low: float, high: float, lang: str, decimals: int) -> str:
    if math.isnan(low + high):
        return number(math.nan, lang)
    ends = {"low": number(low, lang, decimals), "high": number(high, lang, decimals)}
    return say("figure_interval", lang, **ends)


def _places(
    table: pd.DataFrame, labels: list[str], notes: list[str]
) -> tuple[list[tuple[str, float]], list[float], float]:
    """Return the headings and the rows with where they are, in mm from the top, and the height."""
    headings: list[tuple[str, float]] = []
    centres: list[float] = []
    below, before = 1.0, ""
    for group, label, note in zip(table["group"].fillna("").astype(str), labels, notes, strict=True):
        if group and group != before:
            headings.append((group, below + HEADING - 2.8))
            below += HEADING
        lines = max(label.count("\n"), note.count("\n"))
        row = ROW + LINE * lines
        centres.append(below + row / 2)
        below, before = below + row, group
    return headings, centres, below + 1.0


def _draw_axes(
    ax: Axes, table: pd.DataFrame, ticks: tuple[list[float], list[str]], height: float, left: float, lang: str
) -> None:
    ends = table[["value", "low"]].to_numpy(float).ravel()
    ax.set_xlim(min([0.0, *ends[~np.isnan(ends)]]), 1.0)
    ax.set_ylim(height, 0)
    ax.set_yticks(*ticks)
    ax.tick_params(
        axis="y", length=0, pad=(left - 1) * st.POINTS_PER_MM, labelsize=st.TEXT, labelcolor=st.INK
    )
    for label in ax.get_yticklabels():
        label.set_horizontalalignment("left")
    ax.tick_params(axis="x", length=2.5, width=0.6, labelsize=st.TEXT, color=st.QUIET)
    start, end = ax.get_xlim()
    ax.xaxis.set_major_locator(MultipleLocator(_step((end - start) / st.size_mm(ax)[0])))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value + 0.0, lang, 1)))
    ax.grid(axis="x")
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_xlabel(say("figure_agreement_axis", lang))


def _step(per_mm: float) -> float:
    """Return the smallest step between marks whose numbers do not touch."""
    return next((step for step in (0.2, 0.5) if step / per_mm >= CLEAR), 1.0)


def _draw_headings(ax: Axes, headings: list[tuple[str, float]], left: float) -> None:
    for heading, height in headings:
        ax.annotate(
            heading,
            (0, height),
            xycoords=ax.get_yaxis_transform(),
            xytext=(-(left - 1) * st.POINTS_PER_MM, 0),
            textcoords="offset points",
            va="center_baseline",
            weight="bold",
            # A heading may run into the plot, over the grid.
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )


def _draw_values(ax: Axes, table: pd.DataFrame, centres: list[float], notes: list[str]) -> None:
    rows = table[["value", "low", "high"]].astype(float).assign(centre=centres, remark=notes)
    known = rows[rows["value"].notna()]
    spans = known.dropna(subset=["low", "high"])
    ax.hlines(spans["centre"], spans["low"], spans["high"], color=st.INK, linewidth=1.1, clip_on=False)
    ax.plot(known["value"], known["centre"], "o", ms=4.6, color=st.INK, clip_on=False, zorder=3)
    for row in rows[rows["value"].isna() & (rows["remark"] != "")].itertuples():
        ax.annotate(
            str(row.remark),
            (0, float(row.centre)),  # type: ignore[arg-type]
            xycoords=ax.get_yaxis_transform(),
            xytext=(2, 0),
            textcoords="offset points",
            va="center_baseline",
            color=st.QUIET,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )


def _draw_columns(ax: Axes, columns: list[_Column], centres: list[float]) -> None:
    for column in columns:
        shift = column.edge * st.POINTS_PER_MM
        ax.annotate(
            column.head,
            (1, 1),
            xycoords="axes fraction",
            xytext=(shift, 3),
            textcoords="offset points",
            ha="right",
            va="bottom",
            color=st.QUIET,
        )
        for cell, centre in zip(column.cells, centres, strict=True):
            ax.annotate(
                cell,
                (1, centre),
                xycoords=ax.get_yaxis_transform(),
                xytext=(shift, 0),
                textcoords="offset points",
                ha="right",
                va="center_baseline",
            )


def _draw_floor(ax: Axes, floor: float, width: float, lang: str) -> None:
    """Draw a thin line, its text above it and within the plot's own width."""
    text = say("figure_floor", lang, floor=_short(floor, lang))
    start, end = ax.get_xlim()
    place = (floor - start) / (end - start) * width
    half = st.text_width(text) / 2
    ax.axvline(floor, color=st.INK, linewidth=0.7, linestyle=(0, (4, 3)), zorder=1)
    ax.annotate(
        text,
        (floor, 1),
        xycoords=ax.get_xaxis_transform(),
        xytext=(0, 3),
        textcoords="offset points",
        ha="left" if place < half else "right" if place > width - half else "center",
        va="bottom",
    )


def _short(value: float, lang: str) -> str:
    """Return a number with no more decimals than it needs, up to three."""
    return next(
        (number(value, lang, d) for d in (1, 2) if math.isclose(value, round(value, d))),
        number(value, lang, 3),
    )


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
