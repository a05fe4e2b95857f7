"""Coverage of the present state by actions, and themes across categories, worked out for a report."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sekom_analysis.actions.coverage import Coverage, coverage
from sekom_analysis.actions.themes import co_occurrence, themes_by_category
from sekom_analysis.codebook import Variable
from sekom_analysis.results.splitting import splitting
from sekom_analysis.study import Study


@dataclass(frozen=True)
class ThemeTables:
    """One theme variable by the categories of the same notes, and which themes go together."""

    variable: Variable
    category: Variable
    by_category: pd.DataFrame
    together: pd.DataFrame


def coverage_of(study: Study, notes: pd.DataFrame) -> Coverage | None:
    """Return the coverage; None where no variable tells what actions answer, or nobody has said it yet."""
    asked = [v for v in study.codebook.variables if v.kind == "multiple" and v.codes_from]
    if not asked or study.ratings(asked[0].id, notes=study.notes_asked(asked[0], notes)).empty:
        return None
    category = study.codebook[str(asked[0].codes_from)]
    if len(study.ratings(category.id, notes=study.notes_asked(category, notes)).columns) == 0:
        return None
    return coverage(study, asked[0].id, by=splitting(study, category), notes=notes)


def themes_of(study: Study, notes: pd.DataFrame) -> list[ThemeTables]:
    """Return the tables of each `multiple` variable with codes of its own that somebody has decided on."""
    found = []
    for themes in study.codebook.variables:
        if themes.kind != "multiple" or themes.codes_from:
            continue
        ratings = study.ratings(themes.id, notes=study.notes_asked(themes, notes))
        category = _category_of(study, themes)
        if len(ratings.columns) and category is not None:
            crossed = themes_by_category(study, themes.id, category.id, notes)
            together = co_occurrence(ratings, study.adjudications(themes.id))
            found.append(ThemeTables(themes, category, crossed, together))
    return found


def _category_of(study: Study, themes: Variable) -> Variable | None:
    """Return the `single` variable of the same notes with most codes that somebody has decided on."""
    same = [
        v for v in study.codebook.variables
        if v.kind == "single" and v.stage == themes.stage and v.notes == themes.notes
        and len(study.ratings(v.id).columns)
    ]  # fmt: skip
    return max(same, key=lambda v: len(v.codes), default=None)
