"""Agreement as a forest plot: a row a coefficient, with its interval."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MultipleLocator

from sekom_analysis.figures import style as st
from sekom_analysis.wording import check_language, number, say

COLUMNS = ("group", "label", "value", "low", "high", "note")
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
    st.check_columns(table, COLUMNS, "agreement")
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
    """Return the headings and the rows with where they stand, in mm from the top, and the height."""
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
