"""The plan: who does what, when, and what in it is to look at."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import pandas as pd

from sekom_analysis.actions.plan import STATUSES
from sekom_analysis.actions.planfiles import as_texts
from sekom_analysis.figures import plot_plan
from sekom_analysis.problems import Problem
from sekom_analysis.report.blocks import Block, Bullets, Figure, Heading, Section, Table, Text
from sekom_analysis.report.sections.priorities import said
from sekom_analysis.results import Results
from sekom_analysis.wording import say

COLUMNS = ("action", "responsible", "time", "status", "resources", "depends_on", "remark")


def section(results: Results) -> Section:
    """Return the plan; empty where there is none."""
    lang, found = results.lang, results.plan
    heading = say("report_plan", lang)
    if found.unreadable:
        return Section(heading, [Text(say("report_plan_unreadable", lang)), _listed(found.unreadable, lang)])
    if found.plan.empty:
        return Section(heading, [])
    plan, labels = found.plan, said(results)
    rows = [_cells(row, labels, lang) for row in plan.to_dict("records")]
    used = [key for key in COLUMNS if any(row[key] for row in rows)]
    blocks: list[Block] = [
        Text(say("report_plan_text", lang, n=len(plan))),
        Figure(
            "plan", say("report_plan_caption", lang), say("report_plan_alt", lang, n=len(plan)),
            partial(plot_plan, plan, lang=lang, labels=labels),
        ),
        Table(
            "plan", say("report_plan_table", lang), [say(f"column_{key}", lang) for key in used],
            [[row[key] for key in used] for row in rows],
            numeric=[False] * (len(used) - 1), frame=as_texts(plan),
        ),
    ]  # fmt: skip
    if found.problems:
        blocks += [Heading(say("report_plan_problems", lang)), _listed(found.problems, lang)]
    return Section(heading, blocks)


def _listed(problems: list[Problem], lang: str) -> Bullets:
    told = [problem.in_(lang) for problem in problems]
    key = "report_plan_problem"
    return Bullets([say(key if one.row else f"{key}_whole", lang, **asdict(one)) for one in told])


def _cells(row: dict[Any, Any], labels: dict[str, str], lang: str) -> dict[str, str]:
    status = say(f"plan_status_{row['status']}", lang) if row["status"] in STATUSES else row["status"]
    return {
        "action": f"{row['action']} {labels.get(row['action'], '')}".strip(),
        "responsible": row["responsible"] or say("figure_plan_nobody", lang),
        "time": _time(row, lang),
        "status": status,
        "resources": row["resources"],
        "depends_on": row["depends_on"].replace("|", ", "),
        "remark": row["note"],
    }


def _time(row: dict[Any, Any], lang: str) -> str:
    days = ["" if pd.isna(row[name]) else f"{row[name]:%Y-%m-%d}" for name in ("start", "end")]
    # A date is not broken at its hyphens.
    return "\u00a0– ".join(days).replace("-", "\u2011") if any(days) else say("figure_plan_no_time", lang)
