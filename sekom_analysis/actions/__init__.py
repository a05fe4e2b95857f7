"""What is done with proposed actions: scored, ranked, planned."""

from __future__ import annotations

from sekom_analysis.actions.plan import check_plan, export_plan, import_plan, read_plan, write_plan
from sekom_analysis.actions.priorities import (
    criteria_correlations,
    platforms,
    rank_actions,
    rank_sensitivity,
    score_agreement,
)
from sekom_analysis.actions.scores import action_scores, merge_scores

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
