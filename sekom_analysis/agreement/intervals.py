"""Intervals by resampling notes, by way of their patterns.

Drawing N notes with replacement is a multinomial draw of the patterns'
multiplicities. The draws of a call are made in blocks that fit the processor's
cache, summed at once, and shared by every coefficient.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.catalogue import TERMS, Coefficient, coefficient
from sekom_analysis.agreement.clusters import (
    Clusters,
    jackknife_error,
    jackknife_interval,
    jackknife_share_above,
)
from sekom_analysis.agreement.coefficients import Parts, Question, alpha
from sekom_analysis.agreement.kalpha import resampled_alphas
from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.basics.errors import RatingsError

IntVector = npt.NDArray[np.int64]
METHODS = ("bca", "percentile", "jackknife", "krippendorff")
BLOCK_BYTES = 4 * 2**20
# Where one resample is larger than that: a few at a time, and never more than this.
MOST_BYTES = 256 * 2**20
# So many resamples are summed by one product, in no more than so much.
SUMMED_TOGETHER = 256
SUMMED_BYTES = 32 * 2**20
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
    # What is drawn must not depend on how much is summed: a coefficient's interval is its own.
    bytes_each = 8 * (2 * len(multiplicity) + 2 * n_rare_drawn)
    block = max(1, BLOCK_BYTES // bytes_each, min(8, MOST_BYTES // bytes_each))
    # Few large products: each one goes through the whole table, and waits for every processor.
    wanted = max(block, min(SUMMED_TOGETHER, SUMMED_BYTES // (8 * len(multiplicity))))
    drawn: list[FloatArray] = []
    for start in range(0, n_resamples, block):
        size = min(block, n_resamples - start)
        frequent, n_left = _draw_frequent(multiplicity, n_frequent, n_drawn, size, rng)
        drawn.append(np.hstack([frequent, _draw_rare(multiplicity[n_frequent:], n_left, rng)]))
        if len(drawn) * block >= wanted or start + size == n_resamples:
            yield (np.vstack(drawn) if len(drawn) > 1 else drawn[0]) @ table
            drawn = []


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


# --- coefficients with standard errors and intervals, all from the same draws -------------------------


Random = int | np.random.Generator | np.random.SeedSequence | None
JACKKNIFE_ROWS = 16_384


@dataclass(frozen=True)
class Interval:
    """How intervals are made: method, confidence, number of resamples, source of randomness; a floor."""

    method: str = "bca"
    confidence: float = 0.95
    n_resamples: int = 10_000
    rng: Random = 0
    floor: float | None = None


NAN = float("nan")


class Estimate(NamedTuple):
    """One coefficient's value with what surrounds it; NaN where there is no answer.

    `n_clusters` are those that say something of the coefficient; `design_effect` is how many times the
    variance is what it would be if notes were independent (Kish 1965, *Survey Sampling*, ch. 8.2).
    """

    value: float
    low: float
    high: float
    standard_error: float
    observed: float
    expected: float
    resampled: FloatArray
    n_clusters: int = 0
    design_effect: float = NAN
    reaches_floor: float = NAN


UNKNOWN = Estimate(NAN, NAN, NAN, NAN, NAN, NAN, np.empty(0))


class _Asked(NamedTuple):
    """One coefficient of one question, and where its terms are among all columns."""

    coefficient: Coefficient
    question: Question
    columns: dict[str, slice]

    def parts(self, sums: FloatArray) -> Parts:
        named = {name: sums[..., at] for name, at in self.columns.items()}
        return self.coefficient.formula(named, self.question)

    @property
    def is_share(self) -> bool:
        """Whether the coefficient cannot be below 0."""
        return self.coefficient.share

    def live(self, table: FloatArray) -> npt.NDArray[np.bool_]:
        """Which rows say something of the coefficient, shape (U,)."""
        blocks = [(table[:, at] != 0).any(axis=1) for at in self.columns.values()]
        return np.asarray(np.any(blocks, axis=0))


def estimate(
    questions: Sequence[Question],
    names: Sequence[str],
    multiplicity: IntVector,
    how: Interval,
    clusters: Clusters | None = None,
) -> list[list[Estimate]]:
    """Return the estimates of every coefficient of every question.

    Parameters
    ----------
    questions : sequence of Question
        All over the same P patterns, in the same order.
    names : sequence of str
        Coefficients.
    multiplicity : array of shape (P,)
        How many notes share each pattern.
    how : Interval
        How intervals are made.
    clusters : Clusters, optional
        What is drawn or left out whole. Left out: notes.

    Returns
    -------
    list of list of Estimate
        One list a question, one estimate a coefficient.
    """
    if not names:  # none of those asked for suits the ratings
        return [[] for _ in questions]
    asked, table = _lay_out(questions, names)
    total = multiplicity @ table
    rows, times = (table, multiplicity) if clusters is None else clusters.units(table)
    without = _leave_one_out(asked, rows, total)
    alone = None if clusters is None else _leave_one_out(asked, table, total)
    resampled = _resample(asked, rows, times, how)
    found = []
    for i, one in enumerate(asked):
        by_unit = clusters is not None or how.method == "jackknife"
        live = one.live(rows) if by_unit else slice(None)
        drawn = _Drawn(without[live, i], times[live], resampled[:, i])
        answer = _estimate(one, one.parts(total), drawn, multiplicity, how, is_clustered=clusters is not None)
        if alone is not None:
            says = one.live(table)
            error = float(jackknife_error(alone[says, i], multiplicity[says]))
            effect = answer.standard_error**2 / error**2 if error > 0 else NAN
            answer = answer._replace(n_clusters=int(drawn.times.sum()), design_effect=effect)
        found.append(answer)
    return [found[i : i + len(names)] for i in range(0, len(found), len(names))]


def points(questions: Sequence[Question], names: Sequence[str], multiplicity: IntVector) -> list[Parts]:
    """Return values without intervals: every coefficient of the first question, then of the next."""
    asked, table = _lay_out(questions, names)
    total = multiplicity @ table
    return [one.parts(total) for one in asked]


def _lay_out(questions: Sequence[Question], names: Sequence[str]) -> tuple[list[_Asked], FloatArray]:
    asked, blocks, width = [], [], 0
    for question in questions:
        columns: dict[str, slice] = {}
        wanted = [coefficient(name, question) for name in names]
        for term in dict.fromkeys(term for one in wanted for term in one.terms):
            block = TERMS[term](question)
            columns[term] = slice(width, width + block.shape[1])
            blocks.append(block)
            width += block.shape[1]
        asked += [_Asked(one, question, {term: columns[term] for term in one.terms}) for one in wanted]
    return asked, np.hstack(blocks) if blocks else np.zeros((len(questions[0].counts), 0))


def _leave_one_out(asked: list[_Asked], table: FloatArray, total: FloatArray) -> FloatArray:
    values = np.empty((len(table), len(asked)))
    for start in range(0, len(table), JACKKNIFE_ROWS):
        rows = slice(start, start + JACKKNIFE_ROWS)
        sums = total - table[rows]
        for i, one in enumerate(asked):
            values[rows, i] = one.parts(sums).value
    return values


def _resample(asked: list[_Asked], table: FloatArray, multiplicity: IntVector, how: Interval) -> FloatArray:
    if not len(multiplicity):
        return np.empty((0, len(asked)))
    if how.method == "jackknife":
        return np.empty((0, len(asked)))
    rng = np.random.default_rng(how.rng)
    if how.method == "krippendorff":
        return _resample_pairs(asked, multiplicity, how, rng)
    values = np.empty((how.n_resamples, len(asked)))
    done = 0
    for sums in resampled_sums(table, multiplicity, how.n_resamples, rng):
        for i, one in enumerate(asked):
            values[done : done + len(sums), i] = one.parts(sums).value
        done += len(sums)
    return values


def _resample_pairs(
    asked: list[_Asked], multiplicity: IntVector, how: Interval, rng: np.random.Generator
) -> FloatArray:
    values = np.full((how.n_resamples, len(asked)), np.nan)
    for i, one in enumerate(asked):
        if one.coefficient.formula is alpha:
            question = one.question
            values[:, i] = resampled_alphas(question, multiplicity, how.n_resamples, rng)
    return values


class _Drawn(NamedTuple):
    """A coefficient without each unit, shape (U,), how often each unit occurs, and resampled values."""

    without: FloatArray
    times: IntVector
    resampled: FloatArray


def _estimate(
    one: _Asked, point: Parts, drawn: _Drawn, multiplicity: IntVector, how: Interval, *, is_clustered: bool
) -> Estimate:
    value, observed, expected = (float(part) for part in point)
    low, high = _ends(one, value, drawn, how)
    if how.n_resamples and len(multiplicity) and nothing_disputed(value, observed):
        n_pairable = int(multiplicity[one.question.counts.sum(axis=1) >= 2].sum())
        n_seen = int(drawn.times.sum()) if is_clustered else n_pairable
        low, high = least_agreement(expected, n_seen, how.confidence), 1.0
    error = float(jackknife_error(drawn.without, drawn.times))
    reaches = NAN if how.floor is None else _share_reaching(one, value, drawn, how)
    return Estimate(value, low, high, error, observed, expected, drawn.resampled, reaches_floor=reaches)


def _ends(one: _Asked, value: float, drawn: _Drawn, how: Interval) -> tuple[float, float]:
    if how.method == "jackknife":
        if not how.n_resamples or np.isnan(value) or not len(drawn.times):
            return NAN, NAN
        low, high = jackknife_interval(
            np.asarray(value), drawn.without, drawn.times, how.confidence, is_share=one.is_share
        )
        return float(low), float(high)
    curve = acceleration(drawn.without, drawn.times) if len(drawn.without) else 0.0
    return interval(drawn.resampled, value, how.confidence, how.method, curve)


def _share_reaching(one: _Asked, value: float, drawn: _Drawn, how: Interval) -> float:
    """Return the share of resamples, or of the jackknife's distribution, that reaches the floor."""
    floor = NAN if how.floor is None else how.floor
    if how.method == "jackknife":
        if not how.n_resamples:
            return NAN
        return jackknife_share_above(value, drawn.without, drawn.times, floor, is_share=one.is_share)
    defined = drawn.resampled[~np.isnan(drawn.resampled)]
    return float((defined >= floor).mean()) if len(defined) else NAN


def nothing_disputed(value: float, observed: float) -> bool:
    """Whether the coders never differed, so that resampling has nothing to go by."""
    return bool(not np.isnan(value) and observed >= 1 - 1e-12)


def least_agreement(expected: float, n_pairable: int, confidence: float) -> float:
    """Return the least agreement that n notes without any disagreement still leave open.

    A share of disputed notes above 1 − tail^(1/n) would have shown itself with
    a probability of at least 1 − tail (Clopper & Pearson 1934, with none seen).
    """
    disputed = 1 - ((1 - confidence) / 2) ** (1 / n_pairable)
    return float(1 - disputed / (1 - (0.0 if np.isnan(expected) else expected)))
