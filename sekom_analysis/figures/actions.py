"""Actions in order of priority: their ranks with intervals, their scores by each criterion, and the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num, num2date
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter

from sekom_analysis.actions.priorities import MEAN, TOP, first
from sekom_analysis.basics.wording import check_language, number, say
from sekom_analysis.figures import styling as st
from sekom_analysis.figures.dots import CLOSE, Chart, Row, draw_dots
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
from sekom_analysis.figures.sheets import PAGE, Layout, Sheet, Width, cut_lines, layout_of

_RANK_COLUMNS = ("action", "rank", "rank_to", "low", "high", "p_top")
LABELS = 0.52  # of the width between the margins
CLOSEST = 8.0  # mm between numbers of ranks, at least
TIERS = ("clear", "maybe", "hardly")
MANY = 22  # with more rows than this, a label has one line
HEAD_WIDTH, CELL_HEIGHT = 25.0, 7.4
LINE_COLOUR = "#1f5f8b"


@st.texts_as_texts
def plot_priorities(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    most: int = TOP,
    top: int = TOP,
    title: str | None = None,
    subtitle: str | None = None,
    source: str | None = None,
    width_mm: Width = 160,
    ax: Axes | None = None,
    lang: str = "sv",
) -> Axes:
    """Draw the rank of each action with its interval: clearly among the first, maybe, or hardly.

    Clearly among the first `top` is an action whose whole interval is, hardly one whose whole interval is
    not; in each group the first stands on top.

    Parameters
    ----------
    table : one round of `rank_actions`
    labels : action -> what it says; long texts are cut after two lines (one with many rows)
    most : how many actions, from the first; those that share the last one's rank come with it
    top : as in `rank_actions`; a line after so many ranks
    title : what the numbers say; left out, there is none.
    subtitle, source : left out, made of the table; ``""`` for none.
    width_mm : 85 (a column), 160 (a page) or another number of mm; or ``"slide"``, 254 × 142.9 mm.
        A column has no room for the probabilities.
    ax : Axes, optional
        Where to draw: all of it, texts too, is inside them.
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    Axes
        A dot at the rank, a thick line over the range that equal actions share, a thin one over the
        interval; at the right the rank and the probability of being among the first `top`.

    Raises
    ------
    FigureError
        If columns are missing, there are no rows, or `width_mm` is another.

    Examples
    --------
    >>> table = pd.DataFrame({"action": ["D1", "D2"], "rank": [1, 2], "rank_to": [1, 2], "low": [1, 1],
    ...                       "high": [2, 2], "p_top": [0.93, 0.07]})
    >>> ax = plot_priorities(table, labels={"D1": "Ta fram nyckeltal"}, top=1)
    >>> [text.get_text() for text in ax.texts if text.get_label().startswith("label")]
    ['D1 Ta fram nyckeltal', 'D2']
    """
    check_language(lang)
    st.check_columns(table, _RANK_COLUMNS, "priorities")
    n_actions, rows = len(table), first(table, most)
    has_line = top < n_actions
    rows = rows.assign(tier=_tiers(rows, top))
    rows = rows.sort_values("tier", kind="stable") if has_line else rows
    last = max(int(rows["high"].max()), int(rows["rank_to"].max()), min(top + 1, n_actions))
    with st.style():
        layout = layout_of(width_mm, ax)
        names = LABELS * (layout.width - 2 * layout.margin)
        layout = replace(layout, pitch=layout.pitch * CLOSE, names=names)
        if subtitle is None:
            key = (
                "figure_priorities_shared" if (rows["rank"] < rows["rank_to"]).any() else "figure_priorities"
            )
            subtitle = say(key, lang, n=number(n_actions, lang, 0))
        said = _tiers_told(table, top, lang) if source is None and has_line else source or ""
        sheet = Sheet(layout, ax, title or "", subtitle, "")
        ranks = zip(rows["rank"].astype(float), rows["rank_to"].astype(float), strict=True)
        cells = {"rank": [_rank(*ends, lang) for ends in ranks]}
        if layout.label >= PAGE.label:
            cells["chance"] = [chance_text(chance, lang) for chance in rows["p_top"]]
        heads = {"rank": say("figure_rank", lang), "chance": say("figure_rank_chance", lang, n=top)}
        chart = Chart(
            rows=_rank_rows(rows, labels or {}, layout, top if has_line else 0, lang),
            cells=cells,
            low=0.5,
            high=last + 0.5,
            marks=lambda per_unit: _rank_marks(last, per_unit, lang),
            line=(top + 0.5, say("figure_rank_top", lang, n=top)) if has_line else None,
            hidden="figure_priorities_hidden",
            bold="rank",
            heads=heads,
        )
        return draw_dots(sheet, chart, said, lang)


def _tiers(table: pd.DataFrame, top: int) -> list[int]:
    """Return for each action 0 for clearly among the first, 1 for maybe, 2 for hardly."""
    ends = zip(table["low"].astype(float), table["high"].astype(float), strict=True)
    return [0 if high <= top else 2 if low > top else 1 for low, high in ends]


def _tiers_told(table: pd.DataFrame, top: int, lang: str) -> str:
    tiers = _tiers(table, top)
    counts = {name: number(tiers.count(tier), lang, 0) for tier, name in enumerate(TIERS)}
    return say("figure_priorities_tiers", lang, n=number(len(table), lang, 0), top=top, **counts)


def _rank(low: float, high: float, lang: str) -> str:
    ends = [number(low, lang, 0), number(high, lang, 0)]
    return ends[0] if low == high else "–".join(ends)


def _rank_rows(
    rows: pd.DataFrame, labels: Mapping[str, str], layout: Layout, top: int, lang: str
) -> list[Row]:
    lines = 1 if len(rows) > MANY else 2
    found = []
    for row in rows.to_dict("records"):
        text = f"{row['action']} {labels.get(row['action'], '')}".strip()
        group = say(f"figure_priorities_{TIERS[row['tier']]}", lang, n=top) if top else ""
        ends = (float(row["rank"]), float(row["rank_to"]))
        shared = ends if ends[0] < ends[1] else None
        label = cut_lines(text, layout.names, layout.label, lines)
        interval = (float(row["low"]), float(row["high"]))
        found.append(Row(group, label, sum(ends) / 2, interval, shared=shared))
    return found


def _rank_marks(n: int, per_unit: float, lang: str) -> list[tuple[float, str]]:
    """Return 1 and round ranks, with as small steps as their numbers leave room for."""
    steps = (step * 10**power for power in range(7) for step in (1, 2, 5))
    step = next(step for step in steps if step * per_unit >= CLOSEST)
    ranks = [1, *(rank for rank in range(step, n + 1, step) if rank - 1 >= 0.7 * step)] if n > 1 else [1]
    return [(rank, number(rank, lang, 0)) for rank in dict.fromkeys(ranks)]


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
# Told apart by lightness and edge, so that they hold in grey print.
FILLS: dict[str, dict[str, Any]] = {
    "planned": {"facecolor": "white"},
    "ongoing": {"facecolor": "#9cc1da"},
    "done": {"facecolor": DARK},
    "paused": {"facecolor": "#d9dfdd"},
    "dropped": {"facecolor": "white", "linestyle": (0, (2.2, 1.4))},
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
            ax.add_patch(Rectangle(corner, wide, BAR, edgecolor=DARK, linewidth=0.9, **fill))
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
        Patch(edgecolor=DARK, linewidth=0.9, label=say(f"plan_status_{status}", lang), **FILLS[status])
        for status in used
    ]
