"""Agreement between coders: ratings, patterns, coefficients, intervals."""

from __future__ import annotations

from sekom_analysis.agreement.breakdowns import (
    agreement_by_code,
    agreement_by_group,
    agreement_by_pair,
    agreement_without_each,
)
from sekom_analysis.agreement.differences import agreement_difference
from sekom_analysis.agreement.disputes import confusions, disagreements
from sekom_analysis.agreement.engines import count_patterns
from sekom_analysis.agreement.patterns import Patterns
from sekom_analysis.agreement.planning import plan_sample
from sekom_analysis.agreement.reasons import why_they_differ
from sekom_analysis.agreement.tables import agreement, alpha

__all__ = [
    "Patterns",
    "agreement",
    "agreement_by_code",
    "agreement_by_group",
    "agreement_by_pair",
    "agreement_difference",
    "agreement_without_each",
    "alpha",
    "confusions",
    "count_patterns",
    "disagreements",
    "plan_sample",
    "why_they_differ",
]
