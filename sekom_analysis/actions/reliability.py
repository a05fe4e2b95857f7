"""How well coders' scores of actions agree, criterion by criterion, and how criteria go together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sekom_analysis.actions.priorities import MEAN
from sekom_analysis.actions.scores import Panel, panels
from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.distances import Level

TOTAL = "total"
ASKED: tuple[tuple[Level, tuple[str, ...]], ...] = (
    ("ordinal", ("alpha",)),
    ("interval", ("alpha", "icc_a_1", "icc_a_k", "kendall_w")),
)


def score_agreement(
    scores: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
    *,
    lang: str = "en",
    n_resamples: int = 10_000,
    rng: int = 0,
    together: bool = False,
) -> pd.DataFrame:
    """Return agreement on each criterion, and on the weighted total.

    Parameters
    ----------
    scores, weights, together : as in `rank_actions`
    lang, n_resamples, rng : as in `agreement`

    Returns
    -------
    DataFrame
        Columns ``round``, ``criterion`` (``total`` last: a coder's weighted mean of an action scored by
        all criteria), ``level``, ``n_all_scored``, and those of `agreement`: ordinal and interval alpha;
        ICC(A,1), of one coder's score, and ICC(A,k), of the mean over the coders; Kendall's W. The last
        three are from the ``n_all_scored`` actions that every coder scored.

    Examples
    --------
    >>> scores = pd.DataFrame({"action": ["D1", "D2", "D3"] * 2, "coder": ["k1"] * 3 + ["k2"] * 3,
    ...                        "criterion": "goal", "score": [5, 3, 1, 4, 3, 2]})
    >>> table = score_agreement(scores, n_resamples=0)
    >>> table[["level", "coefficient", "value"]].round(2).values.tolist()[:2]
    [['ordinal', 'alpha', 0.9], ['interval', 'alpha', 0.83]]
    """
    parts = []
    for number, panel in panels(scores, together):
        for criterion, ratings in _ratings(panel, weights).items():
            for level, names in ASKED:
                found = agreement(
                    ratings, level, coefficients=names, lang=lang, n_resamples=n_resamples, rng=rng
                )
                about: dict[str, Any] = {"round": number, "criterion": criterion, "level": level}
                about["n_all_scored"] = len(ratings.dropna())
                front = pd.DataFrame(about, index=found.index)
                parts.append(pd.concat([front, found], axis=1))
    return pd.concat(parts, ignore_index=True)


def _ratings(panel: Panel, weights: Mapping[str, float] | None) -> dict[str, pd.DataFrame]:
    """Actions × coders for every criterion, and for the total."""
    index = pd.Index(panel.actions, name="note_id")
    arrays = {name: panel.scores[:, :, at] for at, name in enumerate(panel.criteria)}
    if len(panel.criteria) > 1:
        arrays[TOTAL] = (panel.scores @ panel.weights(weights)).round(9)
    return {name: pd.DataFrame(array, index=index, columns=panel.coders) for name, array in arrays.items()}


def criteria_correlations(ranking: pd.DataFrame) -> pd.DataFrame:
    """Return how the criteria's means go together over actions: Spearman's rank correlation.

    Parameters
    ----------
    ranking : as `rank_actions` gives it

    Returns
    -------
    DataFrame
        One row a round and pair: ``round``, ``criterion_a``, ``criterion_b``, ``rho``, ``n_actions``.

    Examples
    --------
    >>> ranking = pd.DataFrame({"round": 1, "mean_a": [1.0, 2.0, 3.0], "mean_b": [1.0, 3.0, 2.0]})
    >>> criteria_correlations(ranking).values.tolist()
    [[1, 'a', 'b', 0.5, 3]]
    """
    rows = []
    for number, group in ranking.groupby("round"):
        means = group[[name for name in group.columns if name.startswith(MEAN)]].dropna(axis=1, how="all")
        ranked = means.rename(columns=lambda name: name.removeprefix(MEAN)).corr(method="spearman")
        for at, first in enumerate(ranked.columns):
            for second in ranked.columns[at + 1 :]:
                both = means[[MEAN + first, MEAN + second]].dropna()
                rows.append((number, first, second, float(ranked.loc[first, second]), len(both)))  # type: ignore[arg-type]
    return pd.DataFrame(rows, columns=["round", "criterion_a", "criterion_b", "rho", "n_actions"])
