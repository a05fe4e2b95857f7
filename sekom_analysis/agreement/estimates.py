"""Coefficients with standard errors and intervals, all from the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sekom_analysis.agreement.catalogue import TERMS, Coefficient, coefficient
from sekom_analysis.agreement.coefficients import Parts, Question, alpha
from sekom_analysis.agreement.kalpha import resampled_alphas
from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.agreement.resampling import (
    IntVector,
    acceleration,
    interval,
    resampled_sums,
    standard_error,
)

Random = int | np.random.Generator | np.random.SeedSequence | None
JACKKNIFE_ROWS = 16_384


@dataclass(frozen=True)
class Interval:
    """How intervals are made: method, confidence, number of resamples, source of randomness."""

    method: str = "bca"
    confidence: float = 0.95
    n_resamples: int = 10_000
    rng: Random = 0


class Estimate(NamedTuple):
    """One coefficient's value with what surrounds it; NaN where there is no answer."""

    value: float
    low: float
    high: float
    standard_error: float
    observed: float
    expected: float
    resampled: FloatArray


NAN = float("nan")
UNKNOWN = Estimate(NAN, NAN, NAN, NAN, NAN, NAN, np.empty(0))


class _Asked(NamedTuple):
    """One coefficient of one question, and where its terms stand among all columns."""

    coefficient: Coefficient
    question: Question
    columns: dict[str, slice]

    def parts(self, sums: FloatArray) -> Parts:
        named = {name: sums[..., at] for name, at in self.columns.items()}
        return self.coefficient.formula(named, self.question)


def estimate(
    questions: Sequence[Question], names: Sequence[str], multiplicity: IntVector, how: Interval
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

    Returns
    -------
    list of list of Estimate
        One list a question, one estimate a coefficient.
    """
    asked, table = _lay_out(questions, names)
    total = multiplicity @ table
    without = _leave_one_out(asked, table, total)
    resampled = _resample(asked, table, multiplicity, how)
    found = [
        _estimate(asked[i].question, point, without[:, i], resampled[:, i], multiplicity, how)
        for i, point in enumerate(one.parts(total) for one in asked)
    ]
    return [found[i : i + len(names)] for i in range(0, len(found), len(names))]


def points(questions: Sequence[Question], names: Sequence[str], multiplicity: IntVector) -> list[Parts]:
    """Return values without intervals: every coefficient of the first question, then of the next."""
    asked, table = _lay_out(questions, names)
    total = multiplicity @ table
    return [one.parts(total) for one in asked]


def values_of_samples(
    question: Question,
    name: str,
    multiplicity: IntVector,
    n_drawn: int,
    n_samples: int,
    rng: np.random.Generator,
) -> FloatArray:
    """Return one coefficient's value in samples of n notes drawn from patterns, shape (samples,)."""
    [asked], table = _lay_out([question], [name])
    blocks = resampled_sums(table, multiplicity, n_samples, rng, n_drawn)
    return np.concatenate([asked.parts(sums).value for sums in blocks])


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


def _estimate(
    question: Question,
    point: Parts,
    without: FloatArray,
    resampled: FloatArray,
    multiplicity: IntVector,
    how: Interval,
) -> Estimate:
    value, observed, expected = (float(part) for part in point)
    curve = acceleration(without, multiplicity) if len(without) else 0.0
    low, high = interval(resampled, value, how.confidence, how.method, curve)
    if len(resampled) and nothing_disputed(value, observed):
        n_pairable = int(multiplicity[question.counts.sum(axis=1) >= 2].sum())
        low, high = least_agreement(expected, n_pairable, how.confidence), 1.0
    error = standard_error(without, multiplicity)
    return Estimate(value, low, high, error, observed, expected, resampled)


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
