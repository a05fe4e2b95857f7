"""Intervals by resampling notes, by way of their patterns.

Drawing N notes with replacement is a multinomial draw of the patterns'
multiplicities. The draws of a call are made in blocks that fit the processor's
cache, summed at once, and shared by every coefficient.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.errors import RatingsError

IntVector = npt.NDArray[np.int64]
METHODS = ("bca", "percentile", "krippendorff")
BLOCK_BYTES = 4 * 2**20
# Where one resample is larger than that: a few at a time, and never more than this.
MOST_BYTES = 256 * 2**20
# Up to here drawing notes one by one beats a multinomial draw over the patterns.
FEW_NOTES = 2_000
# A pattern that more notes share is drawn with the multinomial; the rest are drawn one by one.
FREQUENT = 12


def resampled_sums(
    table: FloatArray,
    multiplicity: IntVector,
    n_resamples: int,
    rng: np.random.Generator,
    n_drawn: int | None = None,
) -> Iterator[FloatArray]:
    """Yield sums over notes drawn with replacement, in blocks, R rows in all.

    Parameters
    ----------
    table : array of shape (P, K)
        What a note of each pattern adds to each of K sums.
    multiplicity : array of shape (P,)
        How many notes share each pattern; N in all.
    n_resamples : int
        R.
    rng : Generator
        Source of the draws.
    n_drawn : int, optional
        Notes in a resample. Left out: N.

    Yields
    ------
    array of shape (block, K)
    """
    if not len(multiplicity):
        return
    # Frequent patterns first: what remains to be drawn then shrinks fast.
    order = np.argsort(-multiplicity, kind="stable")
    table, multiplicity = table[order], multiplicity[order]
    n_notes = int(multiplicity.sum())
    n_drawn = n_notes if n_drawn is None else n_drawn
    n_frequent = 0 if n_drawn <= FEW_NOTES else int((multiplicity > FREQUENT * n_notes / n_drawn).sum())
    n_rare_drawn = n_drawn * int(multiplicity[n_frequent:].sum()) // n_notes
    bytes_each = 8 * (2 * len(multiplicity) + 2 * n_rare_drawn + 2 * table.shape[1])
    block = max(1, BLOCK_BYTES // bytes_each, min(8, MOST_BYTES // bytes_each))
    for start in range(0, n_resamples, block):
        size = min(block, n_resamples - start)
        frequent, n_left = _draw_frequent(multiplicity, n_frequent, n_drawn, size, rng)
        rare = _draw_rare(multiplicity[n_frequent:], n_left, rng)
        yield frequent @ table[:n_frequent] + rare @ table[n_frequent:]


def _draw_frequent(
    multiplicity: IntVector, n_frequent: int, n_drawn: int, size: int, rng: np.random.Generator
) -> tuple[FloatArray, IntVector]:
    """Draw how often each frequent pattern comes, shape (size, F), and how many notes are left, (size,)."""
    if not n_frequent:
        return np.zeros((size, 0)), np.full(size, n_drawn)
    counts = np.append(multiplicity[:n_frequent], multiplicity[n_frequent:].sum())
    drawn = rng.multinomial(n_drawn, counts / counts.sum(), size=size)
    return drawn[:, :n_frequent].astype(np.float64), drawn[:, n_frequent]


def _draw_rare(multiplicity: IntVector, how_many: IntVector, rng: np.random.Generator) -> FloatArray:
    """Draw the notes that are left one by one, and count their patterns: shape (size, P − F)."""
    size, n_rare = len(how_many), len(multiplicity)
    if not n_rare:
        return np.zeros((size, 0))
    pattern = np.repeat(np.arange(n_rare), multiplicity)
    cells = np.repeat(np.arange(size) * n_rare, how_many)
    cells += pattern[rng.integers(0, len(pattern), len(cells), dtype=np.int32)]
    return np.bincount(cells, minlength=size * n_rare).reshape(size, n_rare).astype(np.float64)


def standard_error(without: FloatArray, multiplicity: IntVector) -> float:
    """Jackknife standard error.

    Parameters
    ----------
    without : array of shape (P,)
        The coefficient with one note of each pattern left out.
    multiplicity : array of shape (P,)
        How many notes share each pattern.
    """
    n = multiplicity.sum()
    if n < 2:
        return float("nan")
    centred = without - without @ multiplicity / n
    return float(np.sqrt((n - 1) / n * (centred**2 @ multiplicity)))


def acceleration(without: FloatArray, multiplicity: IntVector) -> float:
    """How fast the standard error changes with the value (Efron 1987, eq. 7.3); 0 where unknown."""
    away = without @ multiplicity / multiplicity.sum() - without
    spread = away**2 @ multiplicity
    if not spread > 0:
        return 0.0
    return float(away**3 @ multiplicity / (6 * spread**1.5))


def interval(
    resampled: FloatArray,
    value: float,
    confidence: float,
    method: str = "percentile",
    acceleration: float = 0.0,
) -> tuple[float, float]:
    """Return the ends of the interval, from R resampled values.

    Percentile: the middle `confidence` of the resampled values. BCa: the same
    with its ends moved for bias and skewness (Efron 1987, *JASA* 82, 171–185).
    Resamples in which the coefficient is undefined are left out.
    """
    defined = resampled[~np.isnan(resampled)]
    if not len(defined) or np.isnan(value):
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    ends = [tail, 1 - tail]
    if method == "bca":
        ends = _bca_ends(defined, value, ends, acceleration)
    low, high = np.quantile(defined, ends)
    return float(low), float(high)


def _bca_ends(resampled: FloatArray, value: float, ends: list[float], acceleration: float) -> list[float]:
    # Values that differ in the last bits only are the same value, counted half below, half above.
    slack = 1e-12 * max(1.0, abs(value))
    below = np.mean(resampled < value - slack) + np.mean(np.abs(resampled - value) <= slack) / 2
    if not 0 < below < 1:
        return ends
    normal = NormalDist()
    bias = normal.inv_cdf(float(below))
    moved = []
    for end in ends:
        z = bias + normal.inv_cdf(end)
        room = 1 - acceleration * z
        moved.append(normal.cdf(bias + z / room) if room > 0 else end)
    return moved


def check_call(method: str, confidence: float, n_resamples: int) -> None:
    """Refuse an interval that cannot be made.

    Raises
    ------
    RatingsError
        Naming each argument that is wrong, and what is allowed.
    """
    wrong = []
    if method not in METHODS:
        wrong.append(f"method '{method}' (choose one of: {', '.join(METHODS)})")
    if not 0 < confidence < 1:
        wrong.append(f"confidence {confidence} (between 0 and 1, such as 0.95)")
    if n_resamples < 0:
        wrong.append(f"n_resamples {n_resamples} (0 for no interval, else 1,000 or more)")
    if wrong:
        msg = f"This interval cannot be made: {'; '.join(wrong)}."
        raise RatingsError(msg)
