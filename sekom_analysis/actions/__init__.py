"""What is done with proposed actions: scored, ranked, planned."""

from __future__ import annotations

from sekom_analysis.actions.plan import check_plan, read_plan
from sekom_analysis.actions.planfiles import export_plan, import_plan, write_plan
from sekom_analysis.actions.priorities import platforms, rank_actions
from sekom_analysis.actions.reliability import criteria_correlations, score_agreement
from sekom_analysis.actions.scores import action_scores, merge_scores
from sekom_analysis.actions.sensitivity import rank_sensitivity

__all__ = [
    "action_scores",
    "check_plan",
    "criteria_correlations",
    "export_plan",
    "import_plan",
    "merge_scores",
    "platforms",
    "rank_actions",
    "rank_sensitivity",
    "read_plan",
    "score_agreement",
    "write_plan",
]
