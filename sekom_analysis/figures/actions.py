"""Actions in order of priority: their ranks with intervals, their scores by each criterion, and the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num, num2date
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter

from sekom_analysis.actions.priorities import MEAN, TOP, first
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.labels import (
    LINE,
    Key,
    action_labels,
    draw_above,
    draw_tiles,
    name_points,
    name_tiles,
    room_for,
    set_rows,
    shades,
    shortened,
    stacked,
)

_RANK_COLUMNS = ("action", "rank", "rank_to", "low", "high", "p_top")
BOTTOM, HEAD = 12.0, 9.0  # mm
LABEL_WIDTH, CHANCE_WIDTH = 82.0, 16.0
MANY = 22  # with more rows than this, a label has one line
HEAD_WIDTH, CELL_HEIGHT = 25.0, 7.4
LINE_COLOUR, FIRST = "#1f5f8b", "#b5542f"


@st.texts_as_texts
def plot_priorities(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: str = "sv",
    labels: Mapping[str, str] | None = None,
    most: int = TOP,
    top: int = TOP,
) -> Axes:
    """Draw the rank of each action with its interval, the first on top.

    Parameters
    ----------
    table : one round of `rank_actions`
    ax : where to draw; without it a figure 160 mm wide is made, as high as the rows need
    lang : ``"sv"`` or ``"en"``
    labels : action -> what it says; long texts are cut after two lines (one with many rows)
    most : how many actions, from the first; those that share the last one's rank come with it
    top : as in `rank_actions`; a line after so many ranks

    Returns
    -------
    Axes
        A dot at the rank, a thick line over the range that equal actions share, a thin one over the
        interval; at the right the probability of being among the first `top`.

    Raises
    ------
    FigureError
        If columns are missing or there are no rows.

    Examples
    --------
    >>> table = pd.DataFrame({"action": ["D1", "D2"], "rank": [1, 2], "rank_to": [1, 2], "low": [1, 1],
    ...                       "high": [2, 2], "p_top": [0.93, 0.07]})
    >>> ax = plot_priorities(table, labels={"D1": "Ta fram nyckeltal"}, top=1)
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['D1 Ta fram nyckeltal', 'D2']
    """
    check_language(lang)
    st.check_columns(table, _RANK_COLUMNS, "priorities")
    n_actions, rows = len(table), first(table, most)
    with st.style():
        names = action_labels(rows["action"], labels, LABEL_WIDTH, 1 if len(rows) > MANY else 2)
        centres, height = stacked(names, HEAD)
        if ax is None:
            ax = st.panel(height, left=room_for(names), right=CHANCE_WIDTH, top=0, bottom=BOTTOM)
        ax.hlines(centres, rows["low"], rows["high"], color=LINE_COLOUR, linewidth=1.1)
        ax.hlines(centres, rows["rank"], rows["rank_to"], color=LINE_COLOUR, linewidth=3.6)
        middle = (rows["rank"] + rows["rank_to"]) / 2
        ax.plot(middle, centres, "o", ms=4.8, mfc="white", mec=LINE_COLOUR, mew=1.3, zorder=3, clip_on=False)
        if top < n_actions:
            ax.axvline(top + 0.5, color=FIRST, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        _set_axes(ax, names, centres, height, n_actions, lang)
        _draw_chances(ax, rows["p_top"], centres, lang)
        draw_above(ax, [Key("", _marks(lang, top if top < n_actions else 0), 2.2)])
        _draw_head(ax, lang, top)
    return ax


def _marks(lang: str, top: int) -> list[Line2D]:
    dot = {"marker": "o", "mfc": "white", "mec": LINE_COLOUR, "ms": 4.8, "mew": 1.3, "lw": 0.0}
    marks = [
        Line2D([], [], label=say("figure_rank", lang), **dot),  # type: ignore[arg-type]
        Line2D([], [], color=LINE_COLOUR, lw=3.6, label=say("figure_rank_tied", lang)),
        Line2D([], [], color=LINE_COLOUR, lw=1.1, label=say("figure_rank_interval", lang)),
    ]
    if top:
        dashes = {"color": FIRST, "lw": 0.9, "ls": (0, (4, 3))}
        marks.append(Line2D([], [], label=say("figure_rank_top", lang, n=top), **dashes))  # type: ignore[arg-type]
    return marks


def _set_axes(
    ax: Axes, names: list[str], centres: list[float], height: float, n_actions: int, lang: str
) -> None:
    ax.set_xlim(0.0, n_actions + 1.0)
    ax.set_ylim(height, 0)
    set_rows(ax, centres, names)
    step = next((step for step in (1, 2, 5, 10, 20, 50) if n_actions / step <= 8), 100)
    ax.xaxis.set_major_locator(
        FixedLocator([1, *range(step, n_actions + 1, step)] if step > 1 else [*range(1, n_actions + 1)])
    )
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, lang, 0)))
    ax.tick_params(axis="x", length=2.5, width=0.6, labelsize=st.TEXT, color=st.QUIET)
    ax.grid(axis="x")
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.set_xlabel(say("figure_rank_axis", lang, n=n_actions))


def chance_text(chance: float, lang: str) -> str:
    r"""Return a probability in percent; what was never or always drawn is not called impossible or sure.

    Examples
    --------
    >>> chance_text(0.366, "sv"), chance_text(1.0, "en")
    ('37\xa0%', '> 99%')
    """
    bound = "< " if chance < 0.005 else "> " if chance > 0.995 else ""
    shown = number(100 * min(max(chance, 0.01), 0.99), lang, 0)
    return bound + say("figure_percent", lang, n=shown)


def _draw_chances(ax: Axes, chances: pd.Series[float], centres: list[float], lang: str) -> None:
    for chance, centre in zip(chances, centres, strict=True):
        ax.annotate(
            chance_text(chance, lang),
            (1, centre),
            xycoords=ax.get_yaxis_transform(),
            xytext=((CHANCE_WIDTH - 2) * st.POINTS_PER_MM, 0),
            textcoords="offset points",
            ha="right",
            va="center_baseline",
        )


def _draw_head(ax: Axes, lang: str, top: int) -> None:
    ax.annotate(
        say("figure_rank_chance", lang, n=top),
        (1, 1.0),
        xycoords=ax.get_yaxis_transform(),
        xytext=((CHANCE_WIDTH - 2) * st.POINTS_PER_MM, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        color=st.QUIET,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )


@st.texts_as_texts
def plot_criteria(
    table: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: str = "sv",
    labels: Mapping[str, str] | None = None,
    criteria: Mapping[str, str] | None = None,
    most: int = TOP,
    scale: tuple[float, float] = (1.0, 5.0),
    points: Mapping[str, Mapping[int, str]] | None = None,
) -> Axes:
    """Draw the mean score of each action by each criterion: the darker, the higher.

    Parameters
    ----------
    table : one round of `rank_actions`
    ax, lang, labels, most : as in `plot_priorities`
    criteria : criterion -> its label
    scale : the lowest and highest score that can be given; the colours span it
    points : criterion -> point of its scale -> its label, as `Variable.points` gives them

    Returns
    -------
    Axes
        Rows are actions, the first on top; a criterion that nobody scored an action by is left white.

    Raises
    ------
    FigureError
        If columns are missing or there are no rows.

    Examples
    --------
    >>> table = pd.DataFrame({"action": ["D1", "D2"], "rank": [1, 2], "mean_goal": [4.5, 3.0],
    ...                       "mean_gap": [4.0, None]})
    >>> ax = plot_criteria(table, criteria={"goal": "Målbild", "gap": "Nuläge"})
    >>> [text.get_text() for text in ax.texts]
    ['4,5', '4,0', '3,0']
    """
    check_language(lang)
    means = [name for name in table.columns if str(name).startswith(MEAN)]
    st.check_columns(table, ("action", "rank", *(means or [f"{MEAN}<criterion>"])), "criteria")
    rows = first(table, most)
    named = {name: str(name).removeprefix(MEAN) for name in means}
    heads = [st.wrap((criteria or {}).get(name, name), HEAD_WIDTH - 2) for name in named.values()]
    with st.style():
        room = st.PAGE_WIDTH - HEAD_WIDTH * len(heads) - 6
        names = action_labels(rows["action"], labels, max(room, 40.0), 1 if len(rows) > MANY else 2)
        if ax is None:
            ax = _grid_panel(names, heads)
        grid = rows[means].astype(float)
        texts = [["" if np.isnan(mean) else number(mean, lang, 1) for mean in row] for row in grid.to_numpy()]
        draw_tiles(ax, shades(grid, LINE_COLOUR, *scale), texts)
        name_tiles(ax, names, heads)
        set_rows(ax, [place + 0.5 for place in range(len(rows))], names)
        used = {name: (criteria or {}).get(name, name) for name in named.values()}
        name_points(ax, points or {}, used, lang, 3)
    return ax


def _grid_panel(names: list[str], heads: list[str]) -> Axes:
    left, wide = room_for(names), HEAD_WIDTH * len(heads)
    width = max(st.PAGE_WIDTH, left + wide + 2)
    lines = max(head.count("\n") for head in heads) + 1
    row = CELL_HEIGHT + (1.2 if any("\n" in name for name in names) else -1.4)
    return st.panel(
        row * len(names), left=left, right=width - left - wide, top=LINE * lines + 3, bottom=3, width=width
    )


# --- the plan as a Gantt chart: when each action is done, by whom, and what it waits for --------------


PLAN_COLUMNS = ("action", "responsible", "start", "end", "status", "depends_on")
PLAN_LABEL_WIDTH, WHO_WIDTH, PLAN_BOTTOM = 62.0, 34.0, 8.0  # mm
PLAN_HEAD, BAR = 5.5, 3.4
CLEAR = 17.0  # mm from one date of the axis to the next, at least
DARK = "#1f5f8b"
# Told apart by lightness and hatching, so that they hold in grey print.
FILLS: dict[str, dict[str, str]] = {
    "planned": {"facecolor": "white"},
    "ongoing": {"facecolor": "#9cc1da"},
    "done": {"facecolor": DARK},
    "paused": {"facecolor": "white", "hatch": "....."},
    "dropped": {"facecolor": "#e3e3e3", "hatch": "/////"},
}


@st.texts_as_texts
def plot_plan(
    plan: pd.DataFrame,
    *,
    ax: Axes | None = None,
    lang: str = "sv",
    labels: Mapping[str, str] | None = None,
) -> Axes:
    """Draw each action of a plan as a bar from its start to its end.

    Parameters
    ----------
    plan : as `read_plan` gives it
    ax : where to draw; without it a figure 160 mm wide is made, as high as the rows need
    lang : ``"sv"`` or ``"en"``
    labels : action -> what it says; long texts are cut after two lines

    Returns
    -------
    Axes
        Rows in the plan's order, at the right who is responsible. An arrow leads from the end of an action
        to the start of one that waits for it. What has a start or an end only is a mark there; what has
        neither says that it has no time yet.

    Raises
    ------
    FigureError
        If columns are missing or there are no rows.

    Examples
    --------
    >>> plan = pd.DataFrame({"action": ["M1", "M2"], "responsible": ["Kansliet", ""], "status": "planned",
    ...     "start": pd.to_datetime(["2023-09-01", None]), "end": pd.to_datetime(["2023-11-30", None]),
    ...     "depends_on": ""})
    >>> [text.get_text() for text in plot_plan(plan, lang="en").texts]
    ['Responsible', 'Kansliet', 'nobody yet', 'no time set yet']
    """
    check_language(lang)
    st.check_columns(plan, PLAN_COLUMNS, "plan")
    rows = plan.reset_index(drop=True)
    with st.style():
        names = action_labels(rows["action"], labels, PLAN_LABEL_WIDTH)
        who = [
            shortened(name, WHO_WIDTH - 4) or say("figure_plan_nobody", lang) for name in rows["responsible"]
        ]
        tallest = [max(pair, key=lambda text: text.count("\n")) for pair in zip(names, who, strict=True)]
        centres, height = stacked(tallest, PLAN_HEAD)
        if ax is None:
            ax = st.panel(height, left=room_for(names), right=WHO_WIDTH, top=0, bottom=PLAN_BOTTOM)
        spans = rows.assign(centre=centres)
        _set_plan_axes(ax, spans, names, height, lang)
        _draw_who(ax, who, rows["responsible"], centres, lang)
        _draw_bars(ax, spans, lang)
        _draw_waiting(ax, spans)
        draw_above(ax, [Key("", _plan_marks(rows["status"], lang), 1.0)])
    return ax


def _set_plan_axes(ax: Axes, rows: pd.DataFrame, names: list[str], height: float, lang: str) -> None:
    days = pd.concat([rows["start"], rows["end"]]).dropna()
    first, last = (days.min(), days.max()) if len(days) else (pd.Timestamp("today"),) * 2
    margin = pd.Timedelta(days=max(3, (last - first).days // 25))
    ax.set_xlim(_place(first - margin), _place(last + margin))
    ax.set_ylim(height, 0)
    set_rows(ax, rows["centre"].tolist(), names)
    months = say("figure_months", lang).split()
    ax.xaxis.set_major_locator(FixedLocator(_ticks(ax)))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _month(value, months)))
    ax.tick_params(axis="x", length=2.5, width=0.6, labelsize=st.TEXT, color=st.QUIET)
    ax.grid(axis="x")
    ax.spines[["top", "right", "left"]].set_visible(False)


def _place(day: object) -> float:
    return float(date2num(pd.Timestamp(day).to_pydatetime()))  # type: ignore[arg-type, no-untyped-call]


def _month(value: float, months: list[str]) -> str:
    day = num2date(value)  # type: ignore[no-untyped-call]
    return f"{months[day.month - 1]} {day.year}"


def _ticks(ax: Axes) -> list[float]:
    """Return the first days of months, or of every third, sixth or twelfth, whose names do not touch."""
    start, end = ax.get_xlim()
    first, last = (num2date(value) for value in (start, end))  # type: ignore[no-untyped-call]
    all_ = [dt.date(month // 12, month % 12 + 1, 1) for month in range(12 * first.year, 12 * last.year + 12)]
    inside = [day for day in all_ if start <= _place(day) <= end]
    per_day = st.size_mm(ax)[0] / (end - start)
    for step in (1, 2, 3, 6, 12, 24, 60):
        chosen = [_place(day) for day in inside if (12 * day.year + day.month - 1) % step == 0]
        if all(b - a >= CLEAR / per_day for a, b in pairwise(chosen)):
            return chosen
    return chosen


def _draw_bars(ax: Axes, rows: pd.DataFrame, lang: str) -> None:
    start, end = ax.get_xlim()
    for row in rows.to_dict("records"):
        fill = FILLS.get(row["status"], FILLS["planned"])
        known = [_place(row[name]) for name in ("start", "end") if not pd.isna(row[name])]
        if len(known) == 2:
            # An end is a day that belongs to the bar.
            low, wide = known[0], max(known[1] - known[0] + 1, 0.5)
            corner = (low, row["centre"] - BAR / 2)
            ax.add_patch(Rectangle(corner, wide, BAR, edgecolor=DARK, linewidth=0.9, **fill))  # type: ignore[arg-type]
        elif known:
            mark = ">" if pd.isna(row["end"]) else "<"
            ax.plot(known, [row["centre"]], mark, ms=5, mfc=fill["facecolor"], mec=DARK, mew=0.9)
        else:
            text = say("figure_plan_no_time", lang)
            ax.text((start + end) / 2, row["centre"], text, ha="center", va="center_baseline", color=st.QUIET)


def _draw_waiting(ax: Axes, rows: pd.DataFrame) -> None:
    by_action = {row["action"]: row for row in rows.to_dict("records")}
    for row in by_action.values():
        for other in filter(None, row["depends_on"].split("|")):
            before = by_action.get(other)
            if before is None or pd.isna(before["end"]) or pd.isna(row["start"]):
                continue
            ax.annotate(
                "",
                (_place(row["start"]), row["centre"]),
                (_place(before["end"]) + 1, before["centre"]),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": st.INK,
                    "lw": 0.8,
                    "shrinkA": 0,
                    "shrinkB": 0,
                    "connectionstyle": "angle3,angleA=0,angleB=90",
                },
            )


def _draw_who(ax: Axes, who: list[str], named: pd.Series[str], centres: list[float], lang: str) -> None:
    edge = 3 * st.POINTS_PER_MM
    ax.annotate(
        say("figure_plan_responsible", lang), (1, 1.0), xycoords=ax.get_yaxis_transform(), xytext=(edge, 0),
        textcoords="offset points", va="top", color=st.QUIET,
    )  # fmt: skip
    for text, name, centre in zip(who, named, centres, strict=True):
        ax.annotate(
            text, (1, centre), xycoords=ax.get_yaxis_transform(), xytext=(edge, 0),
            textcoords="offset points", va="center", linespacing=1.15,
            style="normal" if name else "italic", color=st.INK if name else st.QUIET,
        )  # fmt: skip


def _plan_marks(statuses: pd.Series[str], lang: str) -> list[Patch]:
    used = [status for status in FILLS if (statuses == status).any()] or ["planned"]
    return [
        Patch(edgecolor=DARK, linewidth=0.9, label=say(f"plan_status_{status}", lang), **FILLS[status])  # type: ignore[arg-type]
        for status in used
    ]
