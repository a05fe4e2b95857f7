"""Which actions answer what the present state asks for, and what is left without an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.consensus import consensus_sets, count_codes
from sekom_analysis.consensus.spans import readers_of_all
from sekom_analysis.errors import CodebookError
from sekom_analysis.quality.stance import check_stance

if TYPE_CHECKING:
    from sekom_analysis.study import Study

NO_ACTION, NO_ANSWER, UNSETTLED, UNREAD = "no_action", "no_answer", "unsettled", "unread"


@dataclass(frozen=True)
class Coverage:
    """Categories of the present state beside the actions that answer them.

    ``categories``: one row a category: ``code``, labels, ``n_notes`` (barriers and possibilities together),
    ``n_actions`` that answer it, as adjudicated, else by the coders' majority, ``low`` and ``high`` over the
    coders who read every action (missing if fewer than two did), ``weight`` (the actions' weights summed, if
    there are any), ``actions`` (their ids), ``n_adjudicated`` (of all actions, the same in every row).
    ``notes``: the counts of `count_codes` that stand beside them, split by hinder/möjlighet.
    ``gaps``: what has no answer: ``kind`` (no_action: a category that no action answers; no_answer: an
    action that answers none, by more than half of the coders or by adjudication; unsettled: one of which
    this is not settled, or not what it answers; unread: an action that nobody has decided on), ``code`` or
    ``note_id``, ``n_notes``.
    ``rho``: Spearman's rank correlation of `n_notes` and `n_actions` over the categories; it describes these
    few categories and tests nothing. NaN where either is the same for all.
    """

    variable: Variable
    by: str | None
    categories: pd.DataFrame
    notes: pd.DataFrame
    gaps: pd.DataFrame
    rho: float


def coverage(
    study: Study,
    addresses: str | None = None,
    *,
    by: str | None = None,
    notes: object = None,
    weights: Mapping[str, float] | pd.Series | None = None,
) -> Coverage:
    """Set the notes of each category of the present state beside the actions that answer it.

    Parameters
    ----------
    study : Study
    addresses : the `multiple` variable that says which categories an action answers (in the codebook:
        ``codes_from`` another variable); left out, the first such variable
    by : the variable that splits the categories' notes, such as hinder/möjlighet
    notes : ids or a table of notes, of both kinds; left out, all
    weights : action -> weight, such as its mean score; a category has none where an action that answers it
        has none: unscored is not 0

    Returns
    -------
    Coverage

    Raises
    ------
    CodebookError
        If no variable says what an action answers.
    StanceError
        If the study is reflexive and several coders said what actions answer.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis import Study
    >>> from sekom_analysis.newstudy import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "sample")
    ...     study = Study.open(Path(folder) / "sample")
    ...     found = coverage(study, by="valence", notes=study.main_notes)
    >>> found.categories.set_index("code").loc["systemsyn", ["n_notes"]].tolist()
    [21]
    """
    answers = _addresses(study, addresses)
    category = study.codebook[str(answers.codes_from)]
    counts = count_codes(study, category.id, by, study.notes_asked(category, notes))
    ratings = study.ratings(answers.id, notes=study.notes_asked(answers, notes))
    if len(ratings.columns) > 1:
        check_stance(study)
    settled = consensus_sets(ratings, study.adjudications(answers.id))
    per_note = counts[counts["is_bar"]].groupby("code", sort=False)["count"].sum()
    categories = _categories(answers, category, per_note, settled, ratings, weights)
    return Coverage(answers, by, categories, counts, _gaps(categories, settled, ratings), _rho(categories))


def _addresses(study: Study, wanted: str | None) -> Variable:
    if wanted is not None:
        found = [study.codebook[wanted]]
    else:
        found = [v for v in study.codebook.variables if v.kind == "multiple" and v.codes_from]
    if found and found[0].kind == "multiple" and found[0].codes_from:
        return found[0]
    named = f"'{wanted}' says" if wanted else "No variable of the codebook says"
    msg = (
        f"{named} nothing about what an action answers. Add a variable of kind 'multiple' whose "
        f"'codes_from' names the categories, for instance: codes_from: category_b."
    )
    raise CodebookError(msg)


def _categories(
    answers: Variable,
    category: Variable,
    per_note: pd.Series,
    settled: pd.DataFrame,
    ratings: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series | None,
) -> pd.DataFrame:
    """Return one row a category, all that can be chosen and those that are in use."""
    readers = readers_of_all(ratings)
    n_adjudicated = int(settled["is_adjudicated"].sum())
    rows = []
    for code in dict.fromkeys([*(c.id for c in answers.codes if not c.retired), *per_note.index]):
        has = settled["codes"].map(lambda codes, code=code: code in codes, na_action="ignore").eq(True)
        actions = list(settled.index[has])
        own = [ratings[k].map(lambda codes, code=code: code in codes).sum() for k in readers]
        rows.append(
            {
                "code": code,
                "label_sv": category.label_of(code, "sv"),
                "label_en": category.label_of(code, "en"),
                "n_notes": int(per_note.get(code, 0)),
                "n_actions": len(actions),
                "low": min(own, default=pd.NA),
                "high": max(own, default=pd.NA),
                "weight": _weight(actions, weights),
                "actions": tuple(actions),
                "n_adjudicated": n_adjudicated,
            }
        )
    return pd.DataFrame(rows).astype({"low": "Int64", "high": "Int64", "weight": "Float64"})


def _weight(actions: list[str], weights: Mapping[str, float] | pd.Series | None) -> object:
    """Return the actions' weights summed; missing without weights, or where an action has none."""
    if weights is None:
        return pd.NA
    given: list[Any] = [weights.get(action) for action in actions]
    return pd.NA if any(pd.isna(weight) for weight in given) else sum(float(weight) for weight in given)


def _gaps(categories: pd.DataFrame, settled: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """List categories without actions, and actions without categories: answering none, divided or unread."""
    alone = categories[(categories["n_actions"] == 0) & (categories["n_notes"] > 0)]
    rows = [(NO_ACTION, row.code, "", row.n_notes) for row in alone.itertuples()]
    found = pd.Series(UNSETTLED, index=settled.index)
    # Each category may be voted down though every coder named one: only the empty set says that none fits.
    is_empty = ratings.map(lambda codes: codes == frozenset(), na_action="ignore").eq(True)
    by_most = 2 * is_empty.sum(axis=1) > settled["n_coders"]
    found[(by_most | settled["is_adjudicated"]) & settled["codes"].notna()] = NO_ANSWER
    found[(settled["n_coders"] == 0) & ~settled["is_adjudicated"]] = UNREAD
    found = found[~settled["codes"].map(bool, na_action="ignore").eq(True)]
    for kind in (NO_ANSWER, UNSETTLED, UNREAD):
        rows += [(kind, "", str(note), 0) for note in found.index[found == kind]]
    return pd.DataFrame(rows, columns=["kind", "code", "note_id", "n_notes"])


def _rho(categories: pd.DataFrame) -> float:
    """Return the rank correlation of notes and actions over the categories; NaN where a side is constant."""
    ranks = categories[["n_notes", "n_actions"]].rank()
    if (ranks.nunique() < 2).any():
        return float("nan")
    return float(ranks["n_notes"].corr(ranks["n_actions"]))
