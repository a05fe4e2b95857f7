"""Actions in order of priority, how sure the order is, what would move it, and how far scores agree."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sekom_analysis.actions.scores import FloatArray, Panel, draw_scores, panels
from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.distances import Level
from sekom_analysis.basics.errors import RatingsError

TOP = 20
LONGEST_TIE = 15
PLATFORM = "springboard"
MEAN, SPREAD = "mean_", "spread_"
SAME_DECIMALS = 9  # what agrees so far is a tie


class Pool(NamedTuple):
    """One round's scores with what the model of partial pooling makes of them.

    ``drawn`` has shape (draws, N, C): what each action would score over coders like these.
    """

    round: int
    panel: Panel
    drawn: FloatArray


def pool(scores: pd.DataFrame, rng: int = 0, together: bool = False) -> list[Pool]:
    """Pool the scores of each round; the same seed gives the same draws."""
    pools = []
    for number, panel in panels(scores, together):
        drawn = draw_scores(panel.scores, rng).scores
        pools.append(Pool(number, panel, drawn.reshape(-1, *drawn.shape[2:])))
    return pools


def rank_actions(
    scores: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
    rng: int = 0,
    *,
    top: int = TOP,
    confidence: float = 0.95,
    together: bool = False,
) -> pd.DataFrame:
    """Rank actions by their scores, each rank with an interval.

    Parameters
    ----------
    scores : long, as `action_scores` gives them
        Columns ``action`` (or ``note_id``), ``coder``, ``criterion``, ``score``, and ``round`` if there are
        several: each round is then ranked for itself.
    weights : criterion -> weight, for every criterion; left out, all weigh the same
    rng : seed of the draws
    top : how many actions ``p_top`` asks about
    confidence : of the intervals of ranks
    together : rank the actions of the last round by the criteria of all rounds, as one

    Returns
    -------
    DataFrame
        One row per action and round, in order of rank. ``rank`` and ``rank_to``: the same, or the range
        that actions with equal scores share. ``low``, ``high``: interval of the rank. ``p_top``:
        probability of being among the first `top`. ``n_coders``, ``n_scores``. ``total``: the weighted
        mean of the criteria's plain means (missing where a criterion has no score). ``pooled``: the same
        from the model, which the rank follows. ``mean_<criterion>`` and ``spread_<criterion>`` (standard
        deviation over coders; missing with one).

    Raises
    ------
    RatingsError
        If scores, weights or numbers are not such.

    Notes
    -----
    The model is told in `sekom_analysis.actions.scores`. Ranks and intervals are about the coders who
    scored, and others like them; coders are not resampled, since three say little of how coders vary.

    Examples
    --------
    >>> scores = pd.DataFrame({"action": ["D1", "D2", "D3"] * 2, "coder": ["k1"] * 3 + ["k2"] * 3,
    ...                        "criterion": "goal", "score": [5, 3, 1, 4, 3, 2]})
    >>> rank_actions(scores, top=1)[["rank", "action", "total"]].values.tolist()
    [[1, 'D1', 4.5], [2, 'D2', 3.0], [3, 'D3', 1.5]]
    """
    _check_numbers(top, confidence)
    tables = [rank_table(one, weights, top, confidence) for one in pool(scores, rng, together)]
    return pd.concat(tables, ignore_index=True)


def _check_numbers(top: int, confidence: float) -> None:
    if top < 1 or not 0 < confidence < 1:
        msg = f"top is a number from 1 up, confidence is between 0 and 1, not {top!r} and {confidence!r}."
        raise RatingsError(msg)


def rank_table(
    pooled: Pool, weights: Mapping[str, float] | None = None, top: int = TOP, confidence: float = 0.95
) -> pd.DataFrame:
    """Return one round's table, as `rank_actions` describes it."""
    panel, shares = pooled.panel, pooled.panel.weights(weights)
    drawn = pooled.drawn @ shares
    total = tied_means(drawn.mean(axis=0), panel, shares)
    first = 1 + (total[None, :] > total[:, None]).sum(axis=1)
    ranks = 1 + np.argsort(np.argsort(-drawn, axis=1), axis=1)
    tail = (1 - confidence) / 2
    ends = np.quantile(ranks, [tail, 1 - tail], axis=0, method="nearest")
    seen = ~np.isnan(panel.scores)
    means = _mean(panel.scores, axis=1)
    table = pd.DataFrame(
        {
            "round": pooled.round,
            "rank": first,
            "rank_to": first + (total[None, :] == total[:, None]).sum(axis=1) - 1,
            "low": np.minimum(ends[0], first),
            "high": np.maximum(ends[1], first),
            "p_top": (ranks <= top).mean(axis=0),
            "action": panel.actions,
            "n_coders": seen.any(axis=2).sum(axis=1),
            "n_scores": seen.sum(axis=(1, 2)),
            "total": means @ shares,
            "pooled": total,
        }
    )
    for at, criterion in enumerate(panel.criteria):
        table[MEAN + criterion] = means[:, at]
        table[SPREAD + criterion] = _spread(panel.scores[:, :, at])
    return table.sort_values(["rank", "action"], kind="stable", ignore_index=True)


def tied_means(means: FloatArray, panel: Panel, shares: FloatArray) -> FloatArray:
    """Give actions about which the scores say the same one mean: draws differ by chance alone.

    What the model makes of an action's total hangs on who scored it and on the sums over coders of plain
    and of weighted scores; on every score where a coder left a criterion open. Means (N,) by shares (C,),
    or (W, N) by (W, C).
    """
    count = (~np.isnan(panel.scores)).sum(axis=2)
    begun, partly = count > 0, (count > 0) & (count < panel.scores.shape[2])
    whole = np.where(partly[:, :, None], np.nan, panel.scores)
    weighted = np.nan_to_num(_mean(whole @ np.atleast_2d(shares).T, axis=1), nan=-1e9).round(SAME_DECIMALS)
    plain = _mean(whole.mean(axis=2), axis=1)[:, None]
    open_ = np.where(partly[:, :, None], panel.scores, np.nan).reshape(len(plain), -1)
    said = np.concatenate([begun, plain, open_], axis=1).round(SAME_DECIMALS)
    _, alike = np.unique(np.nan_to_num(said, nan=-1e9), axis=0, return_inverse=True)
    pairs = zip(np.atleast_2d(means), weighted.T, strict=True)
    return np.array([_mean_of_alike(one, alike.ravel(), total) for one, total in pairs]).reshape(means.shape)


def _mean_of_alike(means: FloatArray, alike: np.ndarray, total: FloatArray) -> FloatArray:
    """Average the means (N,) of actions that are alike and have one total."""
    order = np.lexsort((total, alike))
    is_next = (np.diff(alike[order], prepend=-1) != 0) | (np.diff(total[order], prepend=np.inf) != 0)
    group = np.empty(len(order), np.intp)
    group[order] = np.cumsum(is_next) - 1
    return np.asarray((np.bincount(group, means) / np.bincount(group))[group])


def _mean(values: FloatArray, axis: int) -> FloatArray:
    """Mean of what is there, NaN where nothing is."""
    seen = ~np.isnan(values)
    count = seen.sum(axis=axis)
    total = np.where(seen, values, 0.0).sum(axis=axis)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def _spread(values: FloatArray) -> FloatArray:
    """Standard deviation over coders, (N,); NaN with fewer than two."""
    seen = ~np.isnan(values)
    count = seen.sum(axis=1)
    off = np.where(seen, values - _mean(values, 1)[:, None], 0.0)
    spread = np.sqrt((off**2).sum(axis=1) / np.maximum(count - 1, 1))
    return np.asarray(np.where(count > 1, spread, np.nan))


def first(ranking: pd.DataFrame, most: int = TOP) -> pd.DataFrame:
    """Return the first actions of one round, and those that share a rank with the last of them.

    A tie is never cut where the list ends: if it is long, all of it is left out.

    Examples
    --------
    >>> ranking = pd.DataFrame({"rank": [1, 2, 2, 4], "action": ["a", "b", "c", "d"]})
    >>> first(ranking, 2)["action"].tolist()
    ['a', 'b', 'c']
    """
    found = ranking[ranking["rank"] <= most]
    if len(found) <= most + LONGEST_TIE:
        return found
    whole = found[found["rank"] < found["rank"].max()]
    return whole if len(whole) else found


def platforms(
    ranking: pd.DataFrame, criterion: str | None = None, *, high: float = 0.75, low: float = 0.5
) -> pd.DataFrame:
    """Return actions with a low total that would yet be a good platform for the next steps.

    Parameters
    ----------
    ranking : as `rank_actions` gives it
    criterion : the criterion that asks for a platform; left out, the one whose id ends in "springboard"
    high : share of the actions' means by that criterion that its mean must reach (0.75: the highest quarter)
    low : share of the actions' totals that its own must lie below (0.5: the lower half)

    Returns
    -------
    DataFrame
        The rows of `ranking` for which both hold in their round, with ``springboard``, the mean by that
        criterion; the highest first. Empty where a round has no such criterion.

    Raises
    ------
    RatingsError
        If a criterion is named that was not scored.

    Examples
    --------
    >>> ranking = pd.DataFrame({"round": 1, "rank": [1, 2, 3, 4], "pooled": [4, 3, 2, 1],
    ...     "action": ["a", "b", "c", "d"], "mean_springboard": [3.0, 1.0, 2.0, 5.0]})
    >>> platforms(ranking)["action"].tolist()
    ['d']
    """
    asked = [name for name in ranking.columns if name.startswith(MEAN)]
    columns = [MEAN + criterion] if criterion else [name for name in asked if name.endswith(PLATFORM)][:1]
    if criterion and columns[0] not in asked:
        there = ", ".join(name.removeprefix(MEAN) for name in asked)
        msg = f"Nobody scored '{criterion}'. Criteria that were scored: {there}."
        raise RatingsError(msg)
    if not columns:
        return ranking.head(0).assign(**{PLATFORM: pd.Series(dtype="float64")})
    table: Any = ranking.assign(**{PLATFORM: ranking[columns[0]]})
    by_round = table.groupby("round")
    is_high = table[PLATFORM] >= by_round[PLATFORM].transform(lambda means: means.quantile(high))
    is_low = table["pooled"] < by_round["pooled"].transform(lambda totals: totals.quantile(low))
    found: pd.DataFrame = table[is_high & is_low]
    return found.sort_values(["round", PLATFORM, "rank"], ascending=[True, False, True], ignore_index=True)


# --- how the order of actions moves: with other weights, and with one coder alone ---------------------


WITHIN = 0.5
N_WEIGHTS = 500
MOST_CORNERS = 10


def rank_sensitivity(
    scores: pd.DataFrame,
    weights: Mapping[str, float] | None = None,
    rng: int = 0,
    *,
    within: float = WITHIN,
    top: int = TOP,
    together: bool = False,
) -> pd.DataFrame:
    """Return how far each action moves when weights change, and when one coder alone decides.

    Parameters
    ----------
    scores, weights, rng, together : as in `rank_actions`
    within : each weight moves by up to this share of itself, up or down
    top : how many actions are the first

    Returns
    -------
    DataFrame
        One row per action and round. ``rank``: middle of the range it shares with its ties.
        ``weights_low``, ``weights_high``: first and last rank under any of the weights tried.
        ``weights_moved``: places it moves on average. ``weights_top``: share of the weights that leave it
        among the first `top`. ``alone_low``, ``alone_high``, ``alone_moved``, ``alone_top``: the same over
        coders, each ranking alone what they scored; missing where nobody scored by all criteria.
        ``stable``: among the first `top` whatever the weights and whoever decides alone.

    Raises
    ------
    RatingsError
        If scores, weights or `within` are not such.

    Notes
    -----
    Weights tried: all corners (each up or down; with more than ten criteria none) and 500 draws between
    them. A coder's order is compared with the common one among the actions that this coder scored, and
    "among the first" is then taken of as large a share of them. An action that a coder did not score by
    all criteria says nothing there: unseen is not low.

    Examples
    --------
    >>> scores = pd.DataFrame({"action": ["D1", "D2"] * 2, "coder": ["k1"] * 2 + ["k2"] * 2,
    ...                        "criterion": "goal", "score": [5, 3, 2, 4]})
    >>> rank_sensitivity(scores, top=1)[["action", "alone_low", "alone_high"]].values.tolist()
    [['D1', 1.0, 2.0], ['D2', 1.0, 2.0]]
    """
    if not 0 <= within < 1:
        msg = f"within is a share from 0 up and below 1, not {within!r}. Nothing was ranked."
        raise RatingsError(msg)
    pools = pool(scores, rng, together)
    return pd.concat([moves(one, weights, rng, within=within, top=top) for one in pools], ignore_index=True)


def moves(
    pooled: Pool,
    weights: Mapping[str, float] | None = None,
    rng: int = 0,
    *,
    within: float = WITHIN,
    top: int = TOP,
) -> pd.DataFrame:
    """Return one round's table, as `rank_sensitivity` describes it."""
    panel, shares = pooled.panel, pooled.panel.weights(weights)
    tried = shares * _factors(len(shares), within, np.random.default_rng(rng))
    own = pooled.drawn.mean(axis=0)
    # Every order is of means that are one where the scores say the same: draws differ by chance alone.
    total = tied_means(own @ shares, panel, shares)
    usual = middle_ranks(total)
    under_weights = middle_ranks(tied_means(tried @ own.T, panel, tried))
    alone = middle_ranks((panel.scores @ shares).T)
    compared = middle_ranks(np.where(np.isnan(alone), np.nan, total))
    share = top / len(own)
    first_alone = np.where(
        np.isnan(alone), True, alone <= share * (~np.isnan(alone)).sum(axis=1, keepdims=True)
    )
    table = pd.DataFrame({"round": pooled.round, "action": panel.actions, "rank": usual})
    table["weights_low"], table["weights_high"] = under_weights.min(axis=0), under_weights.max(axis=0)
    table["weights_moved"] = np.abs(under_weights - usual).mean(axis=0)
    table["weights_top"] = (under_weights <= top).mean(axis=0)
    judged = ~np.isnan(alone).all(axis=0)
    table["alone_low"] = np.where(
        judged, np.min(alone, axis=0, where=~np.isnan(alone), initial=np.inf), np.nan
    )
    table["alone_high"] = np.where(judged, np.max(alone, axis=0, where=~np.isnan(alone), initial=0), np.nan)
    moved = pd.DataFrame(np.abs(alone - compared))
    table["alone_moved"] = moved.mean(axis=0).to_numpy()
    table["alone_top"] = pd.DataFrame(np.where(np.isnan(alone), np.nan, first_alone)).mean(axis=0).to_numpy()
    table["stable"] = np.logical_and.reduce([table["weights_top"] == 1, first_alone.all(axis=0), judged])
    return table.sort_values(["rank", "action"], kind="stable", ignore_index=True)


def _factors(n_criteria: int, within: float, rng: np.random.Generator) -> FloatArray:
    """Return factors for the weights, one row per trial: every corner, and draws between."""
    signs = list(itertools.product((-1.0, 1.0), repeat=n_criteria)) if n_criteria <= MOST_CORNERS else []
    corners = np.array(signs).reshape(len(signs), n_criteria)
    between = rng.uniform(-1.0, 1.0, (N_WEIGHTS, n_criteria))
    return np.asarray(1 + within * np.concatenate([corners, between]))


def middle_ranks(totals: FloatArray) -> FloatArray:
    """Return ranks from the highest down along the last axis, ties the middle of their range; NaN stays.

    Examples
    --------
    >>> middle_ranks(np.array([3.0, np.nan, 5.0, 3.0])).tolist()
    [2.5, nan, 1.0, 2.5]
    """
    unknown = np.isnan(totals)
    ranks = np.apply_along_axis(_ranked, -1, np.where(unknown, np.inf, -totals.round(SAME_DECIMALS)))
    return np.where(unknown, np.nan, ranks)


def _ranked(values: FloatArray) -> FloatArray:
    """Return ranks from the lowest up, equal values on the middle one. scipy's takes a second to import."""
    _, places, sizes = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(sizes) - (sizes - 1) / 2)[places])


# --- how well coders' scores of actions agree, criterion by criterion, and how criteria go together ---


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
        One row per round and pair: ``round``, ``criterion_a``, ``criterion_b``, ``rho``, ``n_actions``.

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
