"""Which variable splits the counts of another, such as hinder/möjlighet the categories."""

from __future__ import annotations

from sekom_analysis.codebook import Variable
from sekom_analysis.study import Study


def splitting(study: Study, variable: Variable) -> str | None:
    """Return the variable that splits a count: the first other `single` one with two codes, same notes."""
    for other in study.codebook.variables:
        same = other.stage == variable.stage and other.notes == variable.notes
        if other.id != variable.id and other.kind == "single" and len(other.codes) == 2 and same:
            return other.id if len(study.ratings(other.id).columns) else None
    return None
