"""Several people code the same notes, see how well they agree and where not, and settle it.

The names below are the library. They load when first asked for, so that
``import sekom_analysis`` and the command line start at once.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sekom_analysis import coding, exchange, figures
    from sekom_analysis.actions.coverage import coverage, merged_notes
    from sekom_analysis.actions.duplicates import similar_pairs
    from sekom_analysis.actions.plan import check_plan, export_plan, import_plan, read_plan, write_plan
    from sekom_analysis.actions.priorities import (
        criteria_correlations,
        platforms,
        rank_actions,
        rank_sensitivity,
        score_agreement,
    )
    from sekom_analysis.actions.scores import action_scores, count_scores
    from sekom_analysis.agreement import (
        agreement,
        agreement_by_code,
        agreement_by_group,
        agreement_by_pair,
        agreement_difference,
        agreement_without_each,
        alpha,
        confusions,
        count_patterns,
        disagreements,
        plan_sample,
        why_they_differ,
    )
    from sekom_analysis.basics.errors import SekomError
    from sekom_analysis.consensus import consensus, count_codes, model_consensus
    from sekom_analysis.consensus.corrected import corrected_counts, program_counts
    from sekom_analysis.consensus.settled import negotiation
    from sekom_analysis.exchange.ratings import read_ratings
    from sekom_analysis.quality import (
        agreement_by_version,
        agreement_of_changed_codes,
        annotator_test,
        check_stance,
        codebook_advice,
        codebook_diff,
        codebook_versions,
        coder_report,
        findings,
        new_codes,
        readings,
        saturation,
        stability,
        voices,
    )
    from sekom_analysis.quality.quotes import keywords
    from sekom_analysis.study.desk import Desk
    from sekom_analysis.study.imports import imports
    from sekom_analysis.study.study import Study

__version__ = "0.1.0"

_HOME = {
    "coverage": "actions.coverage",
    "merged_notes": "actions.coverage",
    "similar_pairs": "actions.duplicates",
    "Study": "study.study",
    "Desk": "study.desk",
    "SekomError": "basics.errors",
    "agreement": "agreement",
    "agreement_by_code": "agreement.breakdowns",
    "agreement_by_group": "agreement.breakdowns",
    "agreement_by_pair": "agreement.breakdowns",
    "agreement_difference": "agreement.differences",
    "agreement_without_each": "agreement.breakdowns",
    "alpha": "agreement",
    "confusions": "agreement",
    "disagreements": "agreement",
    "count_patterns": "agreement",
    "plan_sample": "agreement",
    "why_they_differ": "agreement",
    "consensus": "consensus.settled",
    "negotiation": "consensus.settled",
    "count_codes": "consensus.counts",
    "corrected_counts": "consensus.corrected",
    "program_counts": "consensus.corrected",
    "imports": "study.imports",
    "keywords": "quality.quotes",
    "model_consensus": "consensus.model",
    "agreement_by_version": "quality.revisions",
    "agreement_of_changed_codes": "quality.changed_codes",
    "annotator_test": "quality.programs",
    "check_stance": "study.checks",
    "codebook_advice": "quality.advice",
    "codebook_diff": "quality.revisions",
    "codebook_versions": "quality.revisions",
    "coder_report": "quality.coders",
    "findings": "quality.claims",
    "new_codes": "quality.saturation",
    "saturation": "quality.saturation",
    "readings": "quality.quotes",
    "read_ratings": "exchange.ratings",
    "stability": "quality.coders",
    "voices": "quality.quotes",
    "action_scores": "actions.scores",
    "count_scores": "actions.scores",
    "check_plan": "actions.plan",
    "criteria_correlations": "actions.priorities",
    "export_plan": "actions.plan",
    "import_plan": "actions.plan",
    "platforms": "actions.priorities",
    "rank_actions": "actions.priorities",
    "rank_sensitivity": "actions.priorities",
    "read_plan": "actions.plan",
    "score_agreement": "actions.priorities",
    "write_plan": "actions.plan",
    "coding": "",
    "exchange": "",
    "figures": "",
}

__all__ = [
    "Desk",
    "SekomError",
    "Study",
    "action_scores",
    "agreement",
    "agreement_by_code",
    "agreement_by_group",
    "agreement_by_pair",
    "agreement_by_version",
    "agreement_difference",
    "agreement_of_changed_codes",
    "agreement_without_each",
    "alpha",
    "annotator_test",
    "check_plan",
    "check_stance",
    "codebook_advice",
    "codebook_diff",
    "codebook_versions",
    "coder_report",
    "coding",
    "confusions",
    "consensus",
    "corrected_counts",
    "count_codes",
    "count_patterns",
    "count_scores",
    "coverage",
    "criteria_correlations",
    "disagreements",
    "exchange",
    "export_plan",
    "figures",
    "findings",
    "import_plan",
    "imports",
    "keywords",
    "merged_notes",
    "model_consensus",
    "negotiation",
    "new_codes",
    "plan_sample",
    "platforms",
    "program_counts",
    "rank_actions",
    "rank_sensitivity",
    "read_plan",
    "read_ratings",
    "readings",
    "saturation",
    "score_agreement",
    "similar_pairs",
    "stability",
    "voices",
    "why_they_differ",
    "write_plan",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOME:
        msg = f"module 'sekom_analysis' has no attribute '{name}'"
        raise AttributeError(msg)
    module = import_module(f"sekom_analysis.{_HOME[name] or name}")
    return getattr(module, name) if _HOME[name] else module


class _Package(ModuleType):
    """Keeps the public functions in view: importing a module of the same name must not hide them."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and _HOME.get(name)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __dir__() -> list[str]:
    return sorted(__all__)
