"""What definitions, coders and findings are worth: advice, versions, coder reports, readings side by side."""

from sekom_analysis.quality.advice import codebook_advice
from sekom_analysis.quality.changed_codes import agreement_of_changed_codes
from sekom_analysis.quality.claims import Statement, findings, findings_of, verdicts
from sekom_analysis.quality.coders import CoderReport, coder_report, stability
from sekom_analysis.quality.programs import AnnotatorTest, annotator_test
from sekom_analysis.quality.quotes import readings, voices
from sekom_analysis.quality.revisions import agreement_by_version, codebook_diff, codebook_versions
from sekom_analysis.quality.saturation import new_codes, saturation
from sekom_analysis.study.checks import check_stance, is_reflexive

__all__ = [
    "AnnotatorTest",
    "CoderReport",
    "Statement",
    "agreement_by_version",
    "agreement_of_changed_codes",
    "annotator_test",
    "check_stance",
    "codebook_advice",
    "codebook_diff",
    "codebook_versions",
    "coder_report",
    "findings",
    "findings_of",
    "is_reflexive",
    "new_codes",
    "readings",
    "saturation",
    "stability",
    "verdicts",
    "voices",
]
