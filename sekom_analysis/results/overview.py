"""Agreement on each variable of a study, for the groups of coders that may be compared."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pandas as pd

from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.requests import COLUMNS
from sekom_analysis.codebook import Variable
from sekom_analysis.quality.stance import check_stance
from sekom_analysis.study import Study

INDEPENDENT, AGAINST, POOLED = "independent", "against", "pooled"
MAIN, ALL = "main", "all"
AGREEMENT_KEYS = ["scope", "group", "coders", "variable", "level"]
OVERVIEW = [*AGREEMENT_KEYS, *COLUMNS, "primary"]


def planned(study: Study, variable: Variable) -> tuple[str, str]:
    """Return the coefficient and level that the study's plan names for a kind of variable.

    Returns
    -------
    tuple such as ``("alpha", "ordinal")``
    """
    return study.about.plan.primary.measure(variable.kind)


def agreement_overview(
    study: Study,
    variables: Sequence[str] | None = None,
    *,
    coefficients: str | Sequence[str] | None = None,
    lang: str = "en",
    n_resamples: int = 10_000,
    rng: int = 0,
    without_lost: bool = False,
) -> pd.DataFrame:
    """Return agreement on each variable: with the codebook, against the own sorting, all together.

    Parameters
    ----------
    study : Study
    variables : which; left out, all that somebody decided on
    coefficients : as in `agreement`
    lang, n_resamples, rng : as in `work_out`
    without_lost : go on without coders of whose log nothing can be read, where that is said beside it

    Returns
    -------
    DataFrame as `Results` describes ``agreement``; empty if nobody can be compared.

    Raises
    ------
    StanceError
        If the study is reflexive.
    StudyError
        If nothing can be read of a coder's log, though something was there.
    """
    check_stance(study)
    if not without_lost:
        study.check_logs()
    asked = [study.codebook[v] for v in (study.codebook.ids if variables is None else variables)]
    sources = [c for c in study.coders if study.about.coder(c).kind == "source"]
    independent = [c for c in study.coders if c not in sources]
    groups = [(INDEPENDENT, tuple(independent))]
    groups += [(AGAINST, (coder, source)) for source, coder in product(sources, independent)]
    groups += [(POOLED, (*sources, *independent))] if sources else []
    main = study.main_notes
    parts = []
    for variable, (scope, notes) in product(asked, _scopes(study).items()):
        everybody = study.ratings(variable.id, [*sources, *independent], study.notes_asked(variable, notes))
        decided = set(everybody.columns[everybody.notna().any()])
        name, level = planned(study, variable)
        for group, members in groups:
            coders = [coder for coder in members if coder in decided]
            if len(coders) < 2 or (group == POOLED and not decided & set(sources)):
                continue
            if scope == ALL and group == AGAINST and not _adds_notes(everybody[coders], main):
                continue
            table = agreement(
                everybody[coders],
                level,
                coefficients=coefficients,
                n_resamples=n_resamples,
                rng=rng,
                lang=lang,
            )
            keys = dict(
                zip(AGREEMENT_KEYS, (scope, group, ", ".join(coders), variable.id, level), strict=True)
            )
            keyed = table.assign(**keys, primary=table["coefficient"] == name)
            parts.append(keyed[[*AGREEMENT_KEYS, *table.columns, "primary"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=OVERVIEW)


def _adds_notes(ratings: pd.DataFrame, main: pd.DataFrame) -> bool:
    """Whether the coders share notes beyond those of the main sources."""
    return not ratings.dropna().index.isin(main.index).all()


def _scopes(study: Study) -> dict[str, pd.DataFrame]:
    main = study.main_notes
    return {MAIN: main} if len(main) == len(study.notes) else {MAIN: main, ALL: study.notes}
