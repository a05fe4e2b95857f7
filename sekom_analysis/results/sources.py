"""The study's sources beside each other, worked out for a report."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.consensus.sources import count_by_source
from sekom_analysis.study import Study


def sources_of(study: Study, coded: list[Variable]) -> dict[str, pd.DataFrame]:
    """Return the counts by source of each `single` variable of which several sources have notes.

    A variable with two codes is left to the figures of counts, which it splits.
    """
    if "source" not in study.notes.columns:
        return {}
    found = {}
    for variable in coded:
        if variable.kind == "single" and len(variable.codes) > 2:
            table = count_by_source(study, variable.id)
            if table["source"].nunique() > 1 and table["n_settled"].sum():
                found[variable.id] = table
    return found
