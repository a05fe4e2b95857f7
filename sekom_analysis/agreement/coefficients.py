"""Coefficients of agreement, each a short formula over sums of small named arrays.

A *term* is what one note adds to a sum, worked out once for each pattern. A
coefficient names the terms it needs and turns their sums into its value. The
sums may be those of the notes as they are, of a resample, or of all but one
note: leading axes are carried through (written … below).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.coded import IntArray
from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.basics.errors import RatingsError

Sums = Mapping[str, FloatArray]


@dataclass(frozen=True, eq=False)
class Question:
    """What agreement is asked about: choices among V codes, and how to weigh them.

    Attributes
    ----------
    counts : array of shape (P, V)
        How many coders chose each code.
    distance : array of shape (V, V), or None
        Distances between codes for alpha; None means Krippendorff's ordinal metric.
    weights : array of shape (V, V)
        Credit for partial agreement, for every coefficient but alpha.
    n_coders : int
        How many coders there are (M).
    choices : array of shape (P, M), optional
        Who chose what, −1 for unseen; for coefficients that need to know.
    values : array of shape (V,), optional
        The codes as numbers, for scores.
    kept : dict
        What several coefficients work out from the same sums, so that it is done once.
    """

    counts: FloatArray
    distance: FloatArray | None
    weights: FloatArray
    n_coders: int = 0
    choices: IntArray | None = None
    values: FloatArray | None = None
    kept: dict[str, Any] = field(default_factory=dict)


class Parts(NamedTuple):
    """A coefficient with the agreement observed and the agreement expected by chance, each of shape (…)."""

    value: FloatArray
    observed: FloatArray
    expected: FloatArray


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> FloatArray:
    """Divide; where the divisor is zero there is no answer, so NaN."""
    over, under = np.broadcast_arrays(np.asarray(above, float), np.asarray(below, float))
    quotient: FloatArray = np.divide(over, under, out=np.full(under.shape, np.nan), where=under != 0)
    return quotient


def beyond_chance(observed: FloatArray, expected: FloatArray) -> Parts:
    """Agreement beyond chance as a share of what chance left to gain."""
    return Parts(ratio(observed - expected, 1 - expected), observed, expected)


# ── terms: what a note of each pattern adds ────────────────────────────────────


def _coders(counts: FloatArray) -> FloatArray:
    return np.asarray(counts.sum(axis=1))


def _pairable(counts: FloatArray) -> FloatArray:
    return np.asarray(_coders(counts) >= 2, dtype=float)


def pairable_notes(question: Question) -> FloatArray:
    """1 where two or more coders decided, shape (P, 1)."""
    return _pairable(question.counts)[:, None]


def decided_notes(question: Question) -> FloatArray:
    """1 where somebody decided, shape (P, 1)."""
    return np.asarray(_coders(question.counts) >= 1, dtype=float)[:, None]


def marginals(question: Question) -> FloatArray:
    """Choices of each code on pairable notes, shape (P, V)."""
    return np.asarray(question.counts * _pairable(question.counts)[:, None])


def shares(question: Question) -> FloatArray:
    """Each code's share of the note's choices, shape (P, V)."""
    return ratio(question.counts, np.maximum(_coders(question.counts), 1)[:, None])


def agreeing(question: Question) -> FloatArray:
    """Share of the note's coder pairs that agree, partial credit counted, shape (P, 1)."""
    counts, m = question.counts, _coders(question.counts)
    agreeing_pairs = (counts * (counts @ question.weights)).sum(axis=1) - m
    return np.asarray((agreeing_pairs / np.maximum(m * (m - 1), 1) * _pairable(counts))[:, None])


def disagreeing(question: Question) -> FloatArray:
    """Distance summed over the note's coder pairs, divided by m − 1, shape (P, 1)."""
    if question.distance is None:
        msg = "The ordinal metric works on coincidences."
        raise TypeError(msg)
    counts = question.counts
    apart = (counts * (counts @ question.distance)).sum(axis=1)
    return np.asarray((apart / np.maximum(_coders(counts) - 1, 1) * _pairable(counts))[:, None])


def coincidences(question: Question) -> FloatArray:
    """Off-diagonal coincidences of the note, shape (P, V(V − 1)/2)."""
    above, below = np.triu_indices(question.counts.shape[1], 1)
    scale = _pairable(question.counts) / np.maximum(_coders(question.counts) - 1, 1)
    return np.asarray(2 * question.counts[:, above] * question.counts[:, below] * scale[:, None])


# ── coefficients: from sums to a value ─────────────────────────────────────────


def percent(sums: Sums, question: Question) -> Parts:
    """Mean over notes of the share of coder pairs that agree (Gwet 2014, p. 50)."""
    observed = ratio(sums["agreeing"][..., 0], sums["pairable_notes"][..., 0])
    return Parts(observed, observed, np.full_like(observed, np.nan))


def alpha(sums: Sums, question: Question) -> Parts:
    """α = 1 − D_o/D_e (Krippendorff 2011, *Computing Krippendorff's Alpha-Reliability*)."""
    used = sums["marginals"]
    if question.distance is None:
        apart, by_chance, furthest = _ordinal_sums(sums["coincidences"], used)
    else:
        apart = sums["disagreeing"][..., 0]
        by_chance = ((used @ question.distance) * used).sum(axis=-1)
        furthest = np.asarray(question.distance.max(initial=0.0))
    n = used.sum(axis=-1)
    observed = ratio(apart, n)
    expected = ratio(by_chance, n * (n - 1))
    value = 1 - ratio(observed, expected)
    return Parts(value, 1 - ratio(observed, furthest), 1 - ratio(expected, furthest))


def _ordinal_sums(pairs: FloatArray, used: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    above, below = np.triu_indices(used.shape[-1], 1)
    rank = np.cumsum(used, axis=-1) - used / 2
    distance = (rank[..., above] - rank[..., below]) ** 2
    apart = (pairs * distance).sum(axis=-1)
    by_chance = 2 * (used[..., above] * used[..., below] * distance).sum(axis=-1)
    return apart, by_chance, distance.max(axis=-1, initial=0.0)


def fleiss(sums: Sums, question: Question) -> Parts:
    """Fleiss' κ as Gwet generalises it to gaps (Gwet 2014, p. 78)."""
    observed, share = _observed_and_shares(sums)
    return beyond_chance(observed, ((share @ question.weights) * share).sum(axis=-1))


def ac1(sums: Sums, question: Question) -> Parts:
    """Gwet's AC1, or AC2 with weights (Gwet 2008; 2014, p. 111; 2021)."""
    observed, share = _observed_and_shares(sums)
    n_codes = question.counts.shape[1]
    spread = (share * (1 - share)).sum(axis=-1)
    expected = ratio(question.weights.sum() * spread, float(n_codes * (n_codes - 1)))
    return beyond_chance(observed, expected)


def brennan_prediger(sums: Sums, question: Question) -> Parts:
    """Agreement beyond that of coders who pick codes blindly (Brennan & Prediger 1981; Bennett's S)."""
    observed = percent(sums, question).observed
    n_codes = question.counts.shape[1]
    return beyond_chance(observed, np.full_like(observed, question.weights.sum() / n_codes**2))


def _observed_and_shares(sums: Sums) -> tuple[FloatArray, FloatArray]:
    observed = ratio(sums["agreeing"][..., 0], sums["pairable_notes"][..., 0])
    return observed, ratio(sums["shares"], sums["decided_notes"])


# --- coefficients that need to know who chose: each coder has a distribution of their own -------------


def choices(question: Question) -> IntArray:
    """Who chose what, shape (P, M), −1 for unseen."""
    if question.choices is None:
        msg = "This coefficient needs to know who chose what; give ratings rather than patterns."
        raise RatingsError(msg)
    return question.choices


# ── terms, where it matters who chose ────────────────────────────────────────


def chosen_by(question: Question) -> FloatArray:
    """1 where a coder chose a code, shape (P, M·V)."""
    rows, n_codes = choices(question), question.counts.shape[1]
    hot = rows[:, :, None] == np.arange(n_codes)
    return np.asarray(hot.reshape(len(rows), rows.shape[1] * n_codes), dtype=np.float64)


def paired(question: Question) -> FloatArray:
    """For every two coders, on notes both decided: 1, credit, choices of each; (P, M(M − 1)/2·(2 + 2V))."""
    rows, n_codes = choices(question), question.counts.shape[1]
    hot = (rows[:, :, None] == np.arange(n_codes)).astype(np.float64)
    blocks = []
    for a, b in combinations(range(rows.shape[1]), 2):
        both = ((rows[:, a] >= 0) & (rows[:, b] >= 0)).astype(np.float64)[:, None]
        credit = both[:, 0] * question.weights[rows[:, a], rows[:, b]]
        blocks.append(np.hstack([both, credit[:, None], hot[:, a] * both, hot[:, b] * both]))
    return np.hstack(blocks) if blocks else np.zeros((len(rows), 0))


# ── coefficients, where it matters who chose ─────────────────────────────────


def cohen(sums: Sums, question: Question) -> Parts:
    """Cohen's κ of two coders (Cohen 1960, p. 40; weighted: 1968, p. 215), on notes both decided."""
    observed, first, second = _pairs(sums, question)
    expected = ((first @ question.weights) * second).sum(axis=-1)
    return beyond_chance(observed[..., 0], expected[..., 0])


def scott(sums: Sums, question: Question) -> Parts:
    """Scott's π of two coders (Scott 1955, p. 323), on notes both decided."""
    observed, first, second = _pairs(sums, question)
    pooled = (first + second) / 2
    expected = ((pooled @ question.weights) * pooled).sum(axis=-1)
    return beyond_chance(observed[..., 0], expected[..., 0])


def light(sums: Sums, question: Question) -> Parts:
    """Light's κ: the mean of Cohen's κ over every two coders (Light 1971)."""
    observed, first, second = _pairs(sums, question)
    expected = ((first @ question.weights) * second).sum(axis=-1)
    each = beyond_chance(observed, expected)
    return Parts(each.value.mean(axis=-1), observed.mean(axis=-1), expected.mean(axis=-1))


def conger(sums: Sums, question: Question) -> Parts:
    """Conger's κ with gaps (Conger 1980; Gwet 2014, p. 88): chance is two different coders' own shares."""
    n_codes = question.counts.shape[1]
    lead, width = sums["chosen_by"].shape[:-1], sums["chosen_by"].shape[-1]
    chosen = sums["chosen_by"].reshape(*lead, width // n_codes, n_codes)
    decided = chosen.sum(axis=-1, keepdims=True)
    share = ratio(chosen, np.maximum(decided, 1))
    n_coders = (decided[..., 0] > 0).sum(axis=-1)
    together = share.sum(axis=-2)
    any_two = ((together @ question.weights) * together).sum(axis=-1)
    same = ((share @ question.weights) * share).sum(axis=(-1, -2))
    expected = ratio(any_two - same, n_coders * (n_coders - 1))
    return beyond_chance(percent(sums, question).observed, expected)


def _pairs(sums: Sums, question: Question) -> tuple[FloatArray, FloatArray, FloatArray]:
    """For every two coders: credit per note (…, pairs), and each one's shares (…, pairs, V)."""
    n_codes = question.counts.shape[1]
    lead, each = sums["paired"].shape[:-1], 2 + 2 * n_codes
    per_pair = sums["paired"].reshape(*lead, sums["paired"].shape[-1] // each, each)
    both = per_pair[..., :1]
    first = ratio(per_pair[..., 2 : 2 + n_codes], both)
    second = ratio(per_pair[..., 2 + n_codes :], both)
    return ratio(per_pair[..., 1], both[..., 0]), first, second
