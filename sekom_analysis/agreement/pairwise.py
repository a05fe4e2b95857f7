"""Coefficients that need to know who chose: each coder has a distribution of their own.

Terms come from the distinct rows of the ratings rather than from counts.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from sekom_analysis.agreement.coefficients import Parts, Question, Sums, beyond_chance, percent, ratio
from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.agreement.ratings import IntArray
from sekom_analysis.errors import RatingsError


def choices(question: Question) -> IntArray:
    """Who chose what, shape (P, M), −1 for unseen."""
    if question.choices is None:
        msg = "This coefficient needs to know who chose what; give ratings rather than patterns."
        raise RatingsError(msg)
    return question.choices


# ── terms ──────────────────────────────────────────────────────────────────────


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


# ── coefficients ───────────────────────────────────────────────────────────────


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
