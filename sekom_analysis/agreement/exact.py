"""Exact answers about shares of few notes, where a formula for large samples would mislead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sekom_analysis.agreement.patterns import FloatArray

HALVINGS = 60


def probabilities(n: int, share: float) -> FloatArray:
    """Return the binomial probabilities of 0 … n hits in n trials, shape (n + 1,)."""
    hits = np.arange(n + 1)
    if share <= 0 or share >= 1:
        return np.asarray(hits == (n if share >= 1 else 0), dtype=np.float64)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    log_ways = log_factorial[n] - log_factorial - log_factorial[::-1]
    return np.asarray(np.exp(log_ways + hits * np.log(share) + (n - hits) * np.log1p(-share)))


def at_least(hits: int, n: int, share: float) -> float:
    """Return the probability of as many hits or more in n trials.

    Examples
    --------
    >>> round(at_least(9, 10, 0.5), 4)
    0.0107
    """
    return min(1.0, float(probabilities(n, share)[hits:].sum()))


def share_interval(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper & Pearson 1934, *Biometrika* 26, 404–413).

    Parameters
    ----------
    hits, n : int
        The share seen is hits / n; n = 0 gives NaN.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(9, 10)]
    [0.555, 0.997]
    """
    if n == 0:
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _where_reached(hits, n, tail)
    high = 1.0 if hits == n else 1 - _where_reached(n - hits, n, tail)
    return low, high


def _where_reached(hits: int, n: int, tail: float) -> float:
    """Return the share at which as many hits or more have the probability `tail`, by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if at_least(hits, n, middle) > tail else (middle, high)
    return (low + high) / 2


def as_often(first: int, second: int) -> float:
    """Return the two-sided probability that one side wins as clearly if both are equally likely.

    McNemar's test in its exact form (McNemar 1947, *Psychometrika* 12, 153–157): `first` notes tell
    for one side, `second` for the other.

    Examples
    --------
    >>> round(as_often(9, 1), 4), as_often(2, 2)
    (0.0215, 1.0)
    """
    n = first + second
    return min(1.0, 2 * at_least(max(first, second), n, 0.5)) if n else 1.0


def for_many(p_values: Sequence[float]) -> FloatArray:
    """Return p-values raised for how many questions were asked at once (Holm 1979), shape (K,).

    Examples
    --------
    >>> for_many([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    raised = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    held = np.empty(len(given))
    held[order] = np.minimum(raised, 1.0)
    return held
