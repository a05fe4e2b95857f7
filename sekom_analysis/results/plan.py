"""The plan of actions and what is to look at in it, for a report."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from sekom_analysis.actions.merged import merged_into
from sekom_analysis.actions.plan import check_plan, read_plan
from sekom_analysis.errors import PlanError
from sekom_analysis.problems import Problem
from sekom_analysis.study import Study


@dataclass(frozen=True)
class PlanTables:
    """The plan; why it cannot be read, if it cannot."""

    plan: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    unreadable: str = ""


def plan_of(study: Study) -> PlanTables:
    """Return the plan of a study; without rows where there is none."""
    try:
        plan = read_plan(study)
    except PlanError as error:
        return PlanTables(pd.DataFrame(), unreadable=str(error))
    return PlanTables(plan, check_plan(plan, study.notes.index, merged_into(study)) if len(plan) else [])
