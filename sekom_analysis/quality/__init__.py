"""What definitions, coders and findings are worth: advice, versions, coder reports, readings side by side."""

from sekom_analysis.quality.advice import codebook_advice
from sekom_analysis.quality.claims import Statement, findings, findings_of
from sekom_analysis.quality.coders import CoderReport, coder_report, stability
from sekom_analysis.quality.quotes import voices
from sekom_analysis.quality.reading import readings
from sekom_analysis.quality.revisions import codebook_diff, codebook_versions
from sekom_analysis.quality.stance import check_stance, is_reflexive
from sekom_analysis.quality.verdicts import verdicts
from sekom_analysis.quality.versions import agreement_by_version

__all__ = [
    "CoderReport",
    "Statement",
    "agreement_by_version",
    "check_stance",
    "codebook_advice",
    "codebook_diff",
    "codebook_versions",
    "coder_report",
    "findings",
    "findings_of",
    "is_reflexive",
    "readings",
    "stability",
    "verdicts",
    "voices",
]
