"""Coefficients for scores: intraclass correlations and Kendall's W.

Where every coder scored every note, the intraclass correlations are those of the analysis of variance;
where there are gaps, those of variance components, which use every score there is. Under names that end in
`_listwise`, and for W, only notes count that all coders scored.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sekom_analysis.agreement.coded import IntArray
from sekom_analysis.agreement.coefficients import Parts, Question, Sums, choices, ratio
from sekom_analysis.agreement.components import components
from sekom_analysis.agreement.patterns import FloatArray, Multiplicity

# Fewer notes say too little of how scores spread for an interval: two complete notes gave W [.333, .333].
NOTES_FOR_INTERVAL = 10


def scored_by_all(patterns_choices: IntArray, multiplicity: Multiplicity) -> int:
    """Return how many notes all coders scored who scored anything, from choices of shape (P, M)."""
    decided = patterns_choices[:, (patterns_choices >= 0).any(axis=0)] >= 0
    return int(multiplicity[decided.all(axis=1)].sum())


def has_gaps(question: Question) -> bool:
    """Whether a note lacks a score of a coder who scored anything."""
    return not bool(_scored_by_all(question)[1].all())


def _scored_by_all(question: Question) -> tuple[IntArray, FloatArray]:
    """Rows of the coders who decided anything, (P, k), and 1 where all of them did, (P,)."""
    rows = choices(question)
    rows = rows[:, (rows >= 0).any(axis=0)]
    return rows, np.asarray((rows >= 0).all(axis=1), dtype=np.float64)


# ── terms ────────────────────────────────────────────────────────────────────


def squares(question: Question) -> FloatArray:
    """1, sum, sum of squares and squared sum of the note's scores, then each score: (P, 4 + k)."""
    rows, complete = _scored_by_all(question)
    if question.values is None or not len(question.values):
        return np.zeros((len(rows), 4 + rows.shape[1]))
    # Measured from the middle code, so that squares stay small and sums exact.
    values = question.values - question.values[len(question.values) // 2]
    scores = values[rows] * complete[:, None]
    total = scores.sum(axis=1)
    return np.column_stack([complete, total, (scores**2).sum(axis=1), total**2, scores])


def together(question: Question) -> FloatArray:
    """1; each coder's choices, k·V; and joint choices of every two coders, C(k,2)·V²."""
    rows, complete = _scored_by_all(question)
    n_codes = question.counts.shape[1]
    hot = (rows[:, :, None] == np.arange(n_codes)) * complete[:, None, None]
    joint = [
        (hot[:, a, :, None] * hot[:, b, None, :]).reshape(len(rows), n_codes**2)
        for a, b in combinations(range(rows.shape[1]), 2)
    ]
    return np.hstack([complete[:, None], hot.reshape(len(rows), rows.shape[1] * n_codes), *joint])


# ── coefficients, on notes that all coders scored ────────────────────────────


class MeanSquares(NamedTuple):
    """Analysis of variance of n notes by k coders (McGraw & Wong 1996, table 3)."""

    notes: FloatArray
    coders: FloatArray
    error: FloatArray
    within: FloatArray
    n: FloatArray
    k: int


def _mean_squares(sums: Sums) -> MeanSquares:
    n, total, square, squared_totals = (sums["squares"][..., i] for i in range(4))
    by_coder = sums["squares"][..., 4:]
    k = by_coder.shape[-1]
    mean = ratio(total**2, n * k)
    all_ = square - mean
    notes = ratio(squared_totals, k) - mean
    coders = ratio((by_coder**2).sum(axis=-1), n) - mean
    error = all_ - notes - coders
    return MeanSquares(
        _settled(ratio(notes, n - 1), square),
        _settled(ratio(coders, k - 1), square),
        _settled(ratio(error, (n - 1) * (k - 1)), square),
        _settled(ratio(all_ - notes, n * (k - 1)), square),
        n,
        k,
    )


def _settled(mean_square: FloatArray, scale: FloatArray) -> FloatArray:
    # What rounding left of a zero must not be divided by.
    return np.where(np.abs(mean_square) <= 1e-13 * scale, 0.0, mean_square)


def _icc(above: FloatArray, below: FloatArray) -> Parts:
    value = ratio(above, below)
    unknown = np.full_like(value, np.nan)
    return Parts(value, unknown, unknown)


def icc_1_1(sums: Sums, question: Question) -> Parts:
    """ICC(1,1): one score, coders differ from note to note (Shrout & Fleiss 1979, p. 423)."""
    ms = _mean_squares(sums)
    return _icc(ms.notes - ms.within, ms.notes + (ms.k - 1) * ms.within)


def icc_1_k(sums: Sums, question: Question) -> Parts:
    """ICC(1,k): the mean of k scores, coders differ from note to note."""
    ms = _mean_squares(sums)
    return _icc(ms.notes - ms.within, ms.notes)


def icc_a_1(sums: Sums, question: Question) -> Parts:
    """ICC(A,1): absolute agreement of one score (McGraw & Wong 1996, table 4)."""
    ms = _mean_squares(sums)
    below = ms.notes + (ms.k - 1) * ms.error + ratio(ms.k * (ms.coders - ms.error), ms.n)
    return _icc(ms.notes - ms.error, below)


def icc_a_k(sums: Sums, question: Question) -> Parts:
    """ICC(A,k): absolute agreement of the mean of k scores (McGraw & Wong 1996, table 4).

    NaN where the divisor is not above zero: notes then differ less than chance lets them, and the ratio
    would say 1 or more of coders who do not agree.
    """
    ms = _mean_squares(sums)
    below = ms.notes + ratio(ms.coders - ms.error, ms.n)
    scale = ms.notes + ratio(ms.coders + ms.error, ms.n)
    return _icc(ms.notes - ms.error, np.where(below > 1e-12 * scale, below, 0.0))


def icc_c_1(sums: Sums, question: Question) -> Parts:
    """ICC(C,1): consistency of one score."""
    ms = _mean_squares(sums)
    return _icc(ms.notes - ms.error, ms.notes + (ms.k - 1) * ms.error)


def icc_c_k(sums: Sums, question: Question) -> Parts:
    """ICC(C,k): consistency of the mean of k scores."""
    ms = _mean_squares(sums)
    return _icc(ms.notes - ms.error, ms.notes)


def kendall_w(sums: Sums, question: Question) -> Parts:
    """Kendall's W with ties: whether coders order the notes alike (Kendall & Gibbons 1990, ch. 6)."""
    n_codes = question.counts.shape[1]
    n, by_coder, joint = _unfold(sums["together"], n_codes)
    k = by_coder.shape[-2]
    rank = np.cumsum(by_coder, axis=-1) - by_coder / 2 - n[..., None, None] / 2
    spread = (by_coder * rank**2).sum(axis=(-1, -2))
    for at, (a, b) in enumerate(combinations(range(k), 2)):
        crossed = (joint[..., at, :, :] @ rank[..., b, :, None])[..., 0]
        spread = spread + 2 * (rank[..., a, :] * crossed).sum(axis=-1)
    ties = (by_coder**3 - by_coder).sum(axis=(-1, -2))
    below = k**2 * (n**3 - n) - k * ties
    return _icc(12 * spread, below)


def _unfold(sums: FloatArray, n_codes: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    # 1 + k·V + k(k − 1)/2·V² columns; solve for k.
    width = sums.shape[-1] - 1
    k = next(k for k in range(width + 1) if k * n_codes + k * (k - 1) // 2 * n_codes**2 >= width)
    lead = sums.shape[:-1]
    by_coder = sums[..., 1 : 1 + k * n_codes].reshape(*lead, k, n_codes)
    joint = sums[..., 1 + k * n_codes :].reshape(*lead, k * (k - 1) // 2, n_codes, n_codes)
    return sums[..., 0], by_coder, joint


# ── intraclass correlations where there are gaps, from variance components ───────


def _of_components(one_way: bool, consistency: bool, mean: bool) -> Callable[[Sums, Question], Parts]:
    def formula(sums: Sums, question: Question) -> Parts:
        found = components(sums["by_size"], question, one_way=one_way)
        apart = found.error if consistency else found.coders + found.error
        return _icc(found.notes, found.notes + (ratio(apart, found.k) if mean else apart))

    return formula


# ICC with gaps: the share of the notes' variance, after ten Hove, Jorgensen & van der Ark (2022), with k the
# harmonic mean of how many scored a note.
WITH_GAPS: dict[str, Callable[[Sums, Question], Parts]] = {
    "icc_1_1": _of_components(one_way=True, consistency=False, mean=False),
    "icc_1_k": _of_components(one_way=True, consistency=False, mean=True),
    "icc_a_1": _of_components(one_way=False, consistency=False, mean=False),
    "icc_a_k": _of_components(one_way=False, consistency=False, mean=True),
    "icc_c_1": _of_components(one_way=False, consistency=True, mean=False),
    "icc_c_k": _of_components(one_way=False, consistency=True, mean=True),
}
