"""Agreement as a forest plot: a row per coefficient, with its interval."""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes

from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.dots import CLEAR, CLOSE, Chart, Row, draw_dots
from sekom_analysis.figures.sheets import PAGE, Sheet, Width, layout_of

_COLUMNS = ("group", "label", "value", "low", "high", "note")
WIDE = 1.25  # times the labels of counts
WITH_FLOOR = "independent"
"""Where a table has the column ``group_key``: what the plan's floor is for."""


@st.texts_as_texts
def plot_agreement(
    table: pd.DataFrame,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    floor: float | None = None,
    decimals: int = 2,
    width_mm: Width = 160,
    ax: Axes | None = None,
    lang: str = "sv",
) -> Axes:
    """Draw coefficients with their intervals, in groups such as overall, per code, per pair of coders.

    Parameters
    ----------
    table : rows of agreement tables, in the order in which they are drawn
        Columns ``group`` (heading; rows of a group follow each other; empty: none), ``label``, ``value``,
        ``low``, ``high`` (NaN: no interval), ``note`` (why there is no value); with ``n_notes`` a column
        of it is printed. Where there is ``group_key``, the floor is for rows of ``"independent"`` only.
    title : what the numbers say; left out, there is none.
    subtitle : left out, what is drawn; ``""`` for none.
    source : left out, none.
    floor : float, optional
        The value below which the plan asks for something: a line with its text, and rings below it.
    decimals : int
        Of the values printed.
    width_mm : 85 (a column), 160 (a page) or another number of mm; or ``"slide"``, 254 × 142.9 mm.
        A column has no room for the intervals in figures.
    ax : Axes, optional
        Where to draw: all of it, texts too, is inside them.
    lang : ``"sv"`` or ``"en"``.

    Returns
    -------
    Axes
        The axis runs from 0, or the lowest value if that is below 0, to 1; heights are in mm from the top.

    Raises
    ------
    FigureError
        If the table is empty, columns are missing, `width_mm` is another, or no row fits on `ax`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"group": ["Alla"], "label": ["Kategori"], "value": [0.802], "low": [0.74],
    ...                      "high": [0.86], "note": [""]})
    >>> ax = plot_agreement(rows, subtitle="")
    >>> [text.get_text() for text in ax.texts if text.get_label() in ("value 0", "interval 0")]
    ['0,80', '[0,74; 0,86]']
    """
    check_language(lang)
    st.check_columns(table, _COLUMNS, "agreement")
    with st.style():
        layout = layout_of(width_mm, ax)
        layout = replace(layout, pitch=layout.pitch * CLOSE, names=layout.names * WIDE)
        rows = _rows(table, floor)
        if subtitle is None:
            has_ends = any(row.ends for row in rows)
            key = "figure_agreement_intervals" if has_ends else "figure_agreement"
            subtitle = say(key, lang, full=number(1, lang, 0))
        known = [value for row in rows for value in (row.value, *(row.ends or ())) if not math.isnan(value)]
        low = min([0.0, *known])
        chart = Chart(
            rows=rows,
            cells=_cells(table, lang, decimals, with_intervals=layout.label >= PAGE.label),
            low=low,
            high=1.0,
            marks=lambda per_unit: _marks(low, per_unit, lang),
            line=None if floor is None else (floor, say("figure_floor", lang, floor=_short(floor, lang))),
            hidden="figure_agreement_hidden",
            bold="value",
        )
        return draw_dots(Sheet(layout, ax, title or "", subtitle, ""), chart, source or "", lang)


def _rows(table: pd.DataFrame, floor: float | None) -> list[Row]:
    found = []
    for row in table.fillna({"group": "", "note": ""}).to_dict("records"):
        value, low, high = (float(row[name]) for name in ("value", "low", "high"))
        ends = None if math.isnan(low + high) else (low, high)
        has_floor = row.get("group_key", WITH_FLOOR) == WITH_FLOOR
        is_under = floor is not None and has_floor and value < floor
        texts = (str(row["group"]), str(row["label"]))
        found.append(Row(*texts, value, ends, note=str(row["note"]), is_open=is_under, has_line=has_floor))
    return found


def _marks(low: float, per_unit: float, lang: str) -> list[tuple[float, str]]:
    """Return round values from the lowest to 1, with as small steps as their numbers leave room for."""
    step = next((step for step in (0.2, 0.5) if step * per_unit >= CLEAR), 1.0)
    places = range(math.ceil(low / step - 1e-9), round(1 / step) + 1)
    return [(n * step, number(n * step + 0.0, lang, 1)) for n in places]


def _cells(table: pd.DataFrame, lang: str, decimals: int, *, with_intervals: bool) -> dict[str, list[str]]:
    """Return value, interval and number of notes, as they are printed."""
    cells = {"value": [number(value, lang, decimals) for value in table["value"].astype(float)]}
    ends = table[["low", "high"]].astype(float)
    if with_intervals and ends.notna().all(axis=1).any():
        pairs = zip(ends["low"], ends["high"], strict=True)
        cells["interval"] = [_interval(low, high, lang, decimals) for low, high in pairs]
    if "n_notes" in table.columns:
        cells["notes"] = [number(float(n), lang, 0) for n in table["n_notes"]]
    return cells


def _interval(low: float, high: float, lang: str, decimals: int) -> str:
    if math.isnan(low + high):
        return number(math.nan, lang)
    ends = {"low": number(low, lang, decimals), "high": number(high, lang, decimals)}
    return say("figure_interval", lang, **ends)


def _short(value: float, lang: str) -> str:
    """Return a number with no more decimals than it needs, up to three."""
    return next(
        (number(value, lang, d) for d in (1, 2) if math.isclose(value, round(value, d))),
        number(value, lang, 3),
    )
