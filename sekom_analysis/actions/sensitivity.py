"""How the order of actions moves: with other weights, and with one coder alone."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sekom_analysis.actions.pooling import FloatArray
from sekom_analysis.actions.priorities import SAME_DECIMALS, TOP, Pool, pool, tied_means
from sekom_analysis.errors import RatingsError

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
        One row an action and round. ``rank``: middle of the range it shares with its ties.
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
    """Return factors for the weights, one row a trial: every corner, and draws between."""
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
