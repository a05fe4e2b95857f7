"""Krippendorff's own resampling of alpha, for those who must match the KALPHA macro."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sekom_analysis.agreement.coefficients import Question, coincidences, marginals
from sekom_analysis.agreement.patterns import FloatArray, Multiplicity

DRAWS_PER_CELL = 25
BLOCK = 1_000


class Pairs(NamedTuple):
    """The K kinds of pairs of codes, diagonal first: how often each occurs, how far apart it is.

    Attributes
    ----------
    share : array of shape (K,)
        Of all pairs.
    distance : array of shape (K,)
    n_draws : int
        How many pairs a resample holds.
    expected : float
        Expected disagreement.
    n_same : int
        How many codes have pairs of their own.
    """

    share: FloatArray
    distance: FloatArray
    n_draws: int
    expected: float
    n_same: int


def resampled_alphas(
    question: Question,
    multiplicity: Multiplicity,
    n_resamples: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return R resampled alphas, shape (R,).

    A resample without any difference where values vary too little to say
    counts as 0, as the algorithm has it.
    """
    pairs = _pairs(question, multiplicity)
    if not pairs.expected > 0 or pairs.n_draws < 1:
        return np.full(n_resamples, np.nan)
    values = np.empty(n_resamples)
    for start in range(0, n_resamples, BLOCK):
        drawn = rng.multinomial(pairs.n_draws, pairs.share, size=min(BLOCK, n_resamples - start))
        apart = drawn @ pairs.distance / pairs.n_draws
        values[start : start + BLOCK] = np.maximum(1 - apart / pairs.expected, -1)
    return _without_variation(values, pairs)


def _pairs(question: Question, multiplicity: Multiplicity) -> Pairs:
    used = multiplicity @ marginals(question)
    unlike = multiplicity @ coincidences(question)
    above, below = np.triu_indices(len(used), 1)
    alike = used - np.bincount(above, unlike / 2, len(used)) - np.bincount(below, unlike / 2, len(used))
    alike = np.where(alike < 1e-9, 0.0, alike)
    distance = _distances(question, used)[above, below]
    n = used.sum()
    total = 2 * (used[above] * used[below] * distance).sum()
    n_cells = np.count_nonzero(alike) + 2 * np.count_nonzero(unlike)
    n_draws = min(DRAWS_PER_CELL * n_cells, (question.n_coders - 1) * n / 2)
    counts = np.append(alike, unlike)
    return Pairs(
        counts / counts.sum() if n else counts,
        np.append(np.zeros(len(used)), distance),
        int(n_draws),
        float(total / (n * (n - 1))) if n > 1 else 0.0,
        int(np.count_nonzero(alike)),
    )


def _distances(question: Question, used: FloatArray) -> FloatArray:
    if question.distance is not None:
        return question.distance
    rank = np.cumsum(used) - used / 2
    return np.asarray((rank[:, None] - rank) ** 2)


def _without_variation(values: FloatArray, pairs: Pairs) -> FloatArray:
    perfect = np.flatnonzero(values == 1)
    if pairs.n_same == 1:
        n_unknown = len(perfect)
    else:
        same = pairs.share[pairs.distance == 0]
        n_unknown = min(round(len(values) * float((same**pairs.n_draws).sum())), len(perfect))
    values[perfect[:n_unknown]] = 0.0
    return values
