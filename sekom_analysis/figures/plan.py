"""The plan as a Gantt chart: when each action is done, by whom, and what it waits for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num, num2date
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter

from sekom_analysis.figures import style as st
from sekom_analysis.figures.labels import action_labels, room_for, set_rows, shortened, stacked
from sekom_analysis.figures.legends import Key, draw_above
from sekom_analysis.wording import check_language, say

COLUMNS = ("action", "responsible", "start", "end", "status", "depends_on")
LABEL_WIDTH, WHO_WIDTH, BOTTOM = 62.0, 34.0, 8.0  # mm
HEAD, BAR = 5.5, 3.4
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
    st.check_columns(plan, COLUMNS, "plan")
    rows = plan.reset_index(drop=True)
    with st.style():
        names = action_labels(rows["action"], labels, LABEL_WIDTH)
        who = [
            shortened(name, WHO_WIDTH - 4) or say("figure_plan_nobody", lang) for name in rows["responsible"]
        ]
        tallest = [max(pair, key=lambda text: text.count("\n")) for pair in zip(names, who, strict=True)]
        centres, height = stacked(tallest, HEAD)
        if ax is None:
            ax = st.panel(height, left=room_for(names), right=WHO_WIDTH, top=0, bottom=BOTTOM)
        spans = rows.assign(centre=centres)
        _set_axes(ax, spans, names, height, lang)
        _draw_who(ax, who, rows["responsible"], centres, lang)
        _draw_bars(ax, spans, lang)
        _draw_waiting(ax, spans)
        draw_above(ax, [Key("", _marks(rows["status"], lang), 1.0)])
    return ax


def _set_axes(ax: Axes, rows: pd.DataFrame, names: list[str], height: float, lang: str) -> None:
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


def _marks(statuses: pd.Series[str], lang: str) -> list[Patch]:
    used = [status for status in FILLS if (statuses == status).any()] or ["planned"]
    return [
        Patch(edgecolor=DARK, linewidth=0.9, label=say(f"plan_status_{status}", lang), **FILLS[status])  # type: ignore[arg-type]
        for status in used
    ]
