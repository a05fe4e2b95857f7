"""What the present state asks for, back to back with the actions that answer it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sekom_analysis.figures import style as st
from sekom_analysis.figures.colours import mix
from sekom_analysis.figures.counts import fill
from sekom_analysis.figures.legends import Key, draw_above
from sekom_analysis.wording import check_language, number, say

COLUMNS = ("code", "n_notes", "n_actions", "low", "high")
COUNT_COLUMNS = ("code", "by", "by_colour", "is_bar", "count")
PITCH, BAR, BOTTOM = 9.0, 5.2, 12.0  # mm
ACTIONS = "#4a4a4a"


@st.texts_as_texts
def plot_coverage(
    categories: pd.DataFrame, notes: pd.DataFrame, *, ax: Axes | None = None, lang: str = "sv"
) -> Axes:
    """Draw each category's notes to the left and the actions that answer it to the right.

    Parameters
    ----------
    categories : ``Coverage.categories``
    notes : ``Coverage.notes``, the counts of the same categories, split by hinder/möjlighet or not
    ax : where to draw; without it a figure 160 mm wide is made
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    Axes
        Categories with most notes on top. Notes are drawn below zero, so that both sides share one scale;
        the line at the end of an action bar goes from the lowest to the highest coder's own count.

    Raises
    ------
    FigureError
        If columns are missing or there are no rows.
    """
    check_language(lang)
    st.check_columns(categories, (*COLUMNS, f"label_{lang}"), "coverage")
    st.check_columns(notes, (*COUNT_COLUMNS, f"by_label_{lang}"), "counts")
    table = categories.sort_values("n_notes", ascending=False, kind="stable", ignore_index=True)
    with st.style():
        names = [st.wrap(str(name), 46.0) for name in table[f"label_{lang}"]]
        if ax is None:
            left = max(map(st.text_width, names)) + 4
            ax = st.panel(PITCH * len(table), left=left, right=6.0, top=0, bottom=BOTTOM)
        left_marks = _draw_notes(ax, table, notes[notes["is_bar"].astype(bool)], lang)
        right_marks = _draw_actions(ax, table, lang)
        _draw_axes(ax, table, names, lang)
        draw_above(
            ax,
            [
                Key(say("figure_coverage_notes", lang), left_marks),
                Key(say("figure_coverage_actions", lang), right_marks),
            ],
        )
    return ax


def _middles(table: pd.DataFrame) -> list[float]:
    return [PITCH * (place + 0.5) for place in range(len(table))]


def _draw_notes(ax: Axes, table: pd.DataFrame, bars: pd.DataFrame, lang: str) -> list[Patch]:
    """Draw the notes leftwards, the groups one after another; return a mark a group."""
    below, marks = pd.Series(0.0, index=table.index), []
    for place, by in enumerate(bars["by"].unique()):
        rows = bars[bars["by"] == by]
        face, edge, hatch = fill(place, str(rows["by_colour"].iloc[0]))
        count = rows.set_index("code")["count"].reindex(table["code"]).fillna(0).reset_index(drop=True)
        label = str(rows[f"by_label_{lang}"].iloc[0]) or say("figure_count_axis", lang)
        ax.barh(
            _middles(table), -count, BAR, left=-below, color=face, edgecolor=edge, hatch=hatch, lw=0.7,
            label=label,
        )  # fmt: skip
        below += count
        marks.append(Patch(facecolor=face, edgecolor=edge, hatch=hatch, lw=0.7, label=label))
    _write(ax, table, -below, table["n_notes"], lang, -4)
    return marks


def _draw_actions(ax: Axes, table: pd.DataFrame, lang: str) -> list[Patch | Line2D]:
    """Draw the actions rightwards with the span of the coders' own counts; return marks."""
    face, edge = mix(ACTIONS, 0.55), mix(ACTIONS, 0.1)
    n_adjudicated = int(table["n_adjudicated"].max()) if "n_adjudicated" in table else 0
    key = "figure_coverage_consensus" if n_adjudicated else "figure_coverage_majority"
    label = say(key, lang, n=n_adjudicated)
    ax.barh(_middles(table), table["n_actions"], BAR, color=face, edgecolor=edge, lw=0.7, label="actions")
    marks: list[Patch | Line2D] = [Patch(facecolor=face, edgecolor=edge, lw=0.7, label=label)]
    spans = table[["low", "high"]].astype("Float64")
    known = spans.notna().all(axis=1)
    for middle, low, high in zip(_middles(table), spans["low"], spans["high"], strict=True):
        if not pd.isna(low):
            ax.plot([low, high], [middle, middle], color=st.INK, lw=1.6, solid_capstyle="butt", label="span")
    if known.any():
        marks.append(Line2D([], [], color=st.INK, lw=1.6, label=say("figure_coverage_span", lang)))
    ends = table["n_actions"].where(~known, spans.max(axis=1).fillna(0)).combine(table["n_actions"], max)
    _write(ax, table, ends, table["n_actions"], lang, 4)
    return marks


def _write(ax: Axes, table: pd.DataFrame, ends: pd.Series, values: pd.Series, lang: str, gap: int) -> None:
    """Write each bar's value beyond its end."""
    for middle, end, value in zip(_middles(table), ends, values, strict=True):
        ax.annotate(
            number(value, lang, 0), (float(end), middle), (gap, 0), textcoords="offset points",
            ha="left" if gap > 0 else "right", va="center_baseline",
        )  # fmt: skip


def _draw_axes(ax: Axes, table: pd.DataFrame, names: list[str], lang: str) -> None:
    most_notes, most_actions = table["n_notes"].max(), table[["n_actions", "high"]].max().max()
    room = 0.09 * float(most_notes + most_actions)
    ax.set_xlim(-float(most_notes) - room, float(most_actions) + room)
    ax.set_ylim(PITCH * len(table), 0)
    ax.set_yticks(_middles(table), names)
    ax.axvline(0, color=st.INK, lw=0.8)
    ax.tick_params(axis="y", length=0, pad=5, labelsize=st.TEXT, labelcolor=st.INK)
    ax.tick_params(axis="x", length=2.5, width=0.6, labelsize=st.TEXT, color=st.QUIET)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(abs(value), lang, 0)))
    ax.grid(axis="x")
    ax.spines[["top", "right", "bottom", "left"]].set_visible(False)
    ax.set_xlabel(f"←  {say('figure_coverage_left', lang)}      {say('figure_coverage_right', lang)}  →")
