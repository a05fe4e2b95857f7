"""Intervals by resampling notes, by way of their patterns.

Drawing N notes with replacement is a multinomial draw of the patterns'
multiplicities: all draws of a call are arrays of shape (R, P), made in blocks
bounded in bytes and shared by every coefficient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.errors import RatingsError

IntVector = npt.NDArray[np.int64]
METHODS = ("bca", "percentile")
BLOCK_BYTES = 64 * 2**20
# Up to here drawing notes one by one beats a multinomial draw over the patterns.
FEW_NOTES = 1_000
# A pattern that this many notes share is drawn with the multinomial; the rest are drawn one by one.
FREQUENT = 12


def draws(
    multiplicity: IntVector,
    n_resamples: int,
    rng: np.random.Generator,
    bytes_per_resample: int = 0,
) -> Iterator[FloatArray]:
    """Yield blocks of resampled multiplicities, shape (block, P), R rows in all.

    Parameters
    ----------
    multiplicity : array of shape (P,)
        How many notes share each pattern; N in all.
    n_resamples : int
        R.
    rng : Generator
        Source of the draws.
    bytes_per_resample : int
        What the caller needs beside the draws for one resample.
    """
    few = int(multiplicity.sum()) <= FEW_NOTES
    draw, width = _by_note(multiplicity, rng) if few else _by_frequency(multiplicity, rng)
    block = max(1, BLOCK_BYTES // (8 * max(1, width) + bytes_per_resample))
    for start in range(0, n_resamples, block):
        yield draw(min(block, n_resamples - start))


Draw = Callable[[int], FloatArray]


def _by_note(multiplicity: IntVector, rng: np.random.Generator) -> tuple[Draw, int]:
    n_patterns = len(multiplicity)
    pattern = np.repeat(np.arange(n_patterns, dtype=np.int64), multiplicity)

    def draw(n_resamples: int) -> FloatArray:
        chosen = pattern[rng.integers(0, len(pattern), (n_resamples, len(pattern)), dtype=np.int32)]
        chosen += np.arange(n_resamples)[:, None] * n_patterns
        return _tally(chosen.ravel(), n_resamples, n_patterns)

    return draw, 2 * len(pattern) + 2 * n_patterns


def _by_frequency(multiplicity: IntVector, rng: np.random.Generator) -> tuple[Draw, int]:
    # Frequent patterns first: what remains to be drawn then shrinks fast.
    order = np.argsort(-multiplicity, kind="stable")
    counts = multiplicity[order]
    n_frequent = int((counts > FREQUENT).sum())
    rare = np.repeat(np.arange(len(counts) - n_frequent), counts[n_frequent:])
    chances = np.append(counts[:n_frequent], len(rare)) / counts.sum()
    n_notes = int(counts.sum())

    def draw(n_resamples: int) -> FloatArray:
        drawn = rng.multinomial(n_notes, chances, size=n_resamples)
        out = np.empty((n_resamples, len(counts)))
        out[:, order[:n_frequent]] = drawn[:, :n_frequent]
        if len(rare):
            out[:, order[n_frequent:]] = _draw_rare(rare, drawn[:, n_frequent], rng)
        return out

    return draw, 4 * len(counts) + 2 * len(rare)


def _draw_rare(rare: IntVector, how_many: IntVector, rng: np.random.Generator) -> FloatArray:
    n_rare = int(rare[-1]) + 1
    chosen = rare[rng.integers(0, len(rare), int(how_many.sum()), dtype=np.int32)]
    chosen += np.repeat(np.arange(len(how_many)) * n_rare, how_many)
    return _tally(chosen, len(how_many), n_rare)


def _tally(cells: IntVector, n_rows: int, n_columns: int) -> FloatArray:
    tallied = np.bincount(cells, minlength=n_rows * n_columns)
    return tallied.reshape(n_rows, n_columns).astype(np.float64)


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
