"""The plan of actions and what is to look at in it, for a report."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from sekom_analysis.actions.plan import plan_as_found, plan_problems
from sekom_analysis.problems import Problem
from sekom_analysis.study import Study


@dataclass(frozen=True)
class PlanTables:
    """The plan, what is to look at in it, and why it cannot be read, if it cannot."""

    plan: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)


def plan_of(study: Study) -> PlanTables:
    """Return the plan of a study; without rows where there is none."""
    plan, unreadable = plan_as_found(study)
    return PlanTables(plan, plan_problems(study, plan), unreadable)
