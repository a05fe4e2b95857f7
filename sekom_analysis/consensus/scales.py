"""How scores spread over the points of a scale, coder by coder and all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from sekom_analysis.basics.errors import CodebookError

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study

EVERYBODY = "(all)"  # as no coder can be called
SCALE_COLUMNS = ["variable", "label_sv", "label_en", "coder", "point", "count", "n", "mean"]


def scale_counts(
    study: Study,
    variables: Sequence[str] | None = None,
    notes: object = None,
    coders: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Count how often each point of each scale was given, by every coder and by all of them together.

    Scores stay each coder's own: nothing is settled or averaged over coders before it is counted.

    Parameters
    ----------
    study : Study
    variables : ids of scales; left out, all scales that somebody answered
    notes : ids or a table of notes; left out, all that a scale is asked of
    coders : whose scores; left out, everybody's who used the codebook (not a source's own)

    Returns
    -------
    DataFrame, one row per scale × coder × point, zeros included: ``variable``, its labels, ``coder``
    (``"(all)"`` for all scores together, first), ``point``, ``count``, ``n`` scores in all, their ``mean``.

    Raises
    ------
    CodebookError
        If a variable is not a scale.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis import Study
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "sample")
    ...     study = Study.open(Path(folder) / "sample")
    ...     table = scale_counts(study, ["criterion_goal"], study.main_notes)
    >>> everybody = table[table["coder"] == "(all)"]
    >>> everybody["count"].sum() == everybody["n"].iloc[0] == 233
    np.True_
    """
    asked = _scales(study, variables)
    people = study.with_codebook if coders is None else coders
    rows = []
    for name in asked:
        variable = study.codebook[name]
        ratings = study.ratings(name, people, notes)
        each = {coder: ratings[coder].dropna() for coder in ratings.columns}
        each = {coder: scores for coder, scores in each.items() if len(scores)}
        if not each:
            continue
        for coder, scores in {EVERYBODY: pd.concat(list(each.values())), **each}.items():
            counts, mean = Counter(int(score) for score in scores), float(scores.mean())
            labels = variable.label.in_("sv"), variable.label.in_("en")
            points = map(int, variable.answers)
            rows += [(name, *labels, coder, point, counts[point], len(scores), mean) for point in points]
    return pd.DataFrame(rows, columns=SCALE_COLUMNS)


def _scales(study: Study, variables: Sequence[str] | None) -> list[str]:
    if variables is None:
        return [variable.id for variable in study.codebook.variables if variable.kind == "scale"]
    others = [name for name in variables if study.codebook[name].kind != "scale"]
    if others:
        kinds = ", ".join(f"'{name}' is {study.codebook[name].kind}" for name in others)
        msg = f"Only scales have points: {kinds}. Count codes with count_codes. Nothing was counted."
        raise CodebookError(msg)
    return list(variables)
