"""Variance components of scores with gaps: how far notes, coders and the rest spread.

Of the model y = μ + note + coder + rest with notes and coders drawn at random, by restricted maximum
likelihood (Patterson & Thompson 1971; Bates et al. 2015 for lme4, which gives the same). Notes enter by sums
alone: given how many coders scored it, a note's variance has one shape (Searle, Casella & McCulloch 1992,
ch. 6), so that resamples are fitted side by side, without a loop over notes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.coded import IntArray
from sekom_analysis.agreement.coefficients import Question, choices, ratio
from sekom_analysis.agreement.patterns import FloatArray

# Roots of the ratios of variances to that of the rest: where fits start, and what counts as without bound.
_STARTS = (0.2, 1.0, 4.0)
_MOST = 1e4
_STEP = 1e-4
_MOST_STEPS = 40


class Components(NamedTuple):
    """Variances of notes, coders and the rest, as shares of a common unit, and k; each of shape (…)."""

    notes: FloatArray
    coders: FloatArray
    error: FloatArray
    k: FloatArray


# ── the term: what a note adds ────────────────────────────────────────────────


def sizes(question: Question) -> IntArray:
    """Return by how many coders notes were scored, each number once, shape (S,)."""
    m = (choices(question) >= 0).sum(axis=1)
    return np.asarray(np.unique(m[m > 0]))


def by_size(question: Question) -> FloatArray:
    """Who scored, scores, and their square; for each number m of coders on a note 1, who with whom, and sums.

    Shape (P, 2k + 1 + S(2 + k + k²)), k coders who scored anything, S different m.
    """
    rows = choices(question)
    rows = rows[:, (rows >= 0).any(axis=0)]
    given = (rows >= 0).astype(np.float64)
    values = np.zeros(1) if question.values is None else question.values
    # Measured from the middle code, so that squares stay small and sums exact.
    scores = np.where(rows >= 0, (values - values[len(values) // 2])[rows], 0.0)
    m, total = given.sum(axis=1), scores.sum(axis=1)
    blocks = [given, scores, (scores**2).sum(axis=1)[:, None]]
    with_whom = (given[:, :, None] * given[:, None, :]).reshape(len(rows), -1)
    for size in sizes(question):
        one = np.column_stack([np.ones(len(rows)), with_whom, total[:, None] * given, total**2])
        blocks.append(one * (m == size)[:, None])
    return np.hstack(blocks)


# ── from sums to components ──────────────────────────────────────────────────


class _Model(NamedTuple):
    """B sets of sums as cross products of (mean, contrasts between coders, scores): K = k + 1.

    Attributes
    ----------
    whole : array of shape (B, K, K)
        Cross products of all scores.
    by_size : array of shape (B, S, K, K)
        Those of the notes' sums, for each number of coders.
    n_notes : array of shape (B, S)
    m : array of shape (S,)
    """

    whole: FloatArray
    by_size: FloatArray
    n_notes: FloatArray
    m: FloatArray

    @property
    def n_scores(self) -> FloatArray:
        """How many scores there are, shape (B,)."""
        return np.asarray(self.n_notes @ self.m)

    def only(self, rows: IntArray) -> _Model:
        """Return some of the B sets."""
        return _Model(self.whole[rows], self.by_size[rows], self.n_notes[rows], self.m)


def components(sums: FloatArray, question: Question, *, one_way: bool) -> Components:
    """Return the variance components behind sums of `by_size`, leading axes carried through.

    Parameters
    ----------
    sums : array of shape (…, columns)
    question : Question
    one_way : bool
        Leave the coders' variance in the rest, as if each note had coders of its own.

    Returns
    -------
    Components
        NaN where all scores are alike, or no two notes or no two scores of a note can be compared. `k` is the
        harmonic mean of how many coders scored a note.
    """
    name = "one way" if one_way else "two ways"
    known = question.kept.get(name)
    # Four coefficients ask the same of the same sums one after another.
    if known is None or not np.array_equal(known[0], sums):
        known = question.kept[name] = (sums.copy(), _components(sums, question, one_way))
    found: Components = known[1]
    return found


def _components(sums: FloatArray, question: Question, one_way: bool) -> Components:
    lead = sums.shape[:-1]
    model = _model(sums.reshape(-1, sums.shape[-1]), question)
    roots = _fitted(model, one_way)
    notes, coders = roots[:, 0] ** 2, roots[:, 1] ** 2
    unbounded = roots.max(axis=1) >= 0.99 * _MOST
    error = np.where(unbounded, 0.0, 1.0)
    unknown = ~_can_be_told(model)
    notes = np.where(unknown, np.nan, notes)
    k = ratio(model.n_notes.sum(axis=1), model.n_notes @ (1 / model.m))
    return Components(*(np.asarray(part).reshape(lead) for part in (notes, coders, error, k)))


def _can_be_told(model: _Model) -> npt.NDArray[np.bool_]:
    """Whether two notes have scores, one of them two, and not all scores are alike, shape (B,)."""
    n_pairable = model.n_notes[:, model.m >= 2].sum(axis=1)
    mean = ratio(model.whole[:, 0, -1] ** 2, model.whole[:, 0, 0])
    spread = model.whole[:, -1, -1] - mean
    told = (model.n_notes.sum(axis=1) >= 2) & (n_pairable >= 1)
    return np.asarray(told & (spread > 1e-12 * np.maximum(model.whole[:, -1, -1], 1.0)))


def _model(sums: FloatArray, question: Question) -> _Model:
    m = sizes(question)
    n_coders = int((choices(question) >= 0).any(axis=0).sum())
    width = 2 + n_coders + n_coders**2
    whole, rest = sums[:, : 2 * n_coders + 1], sums[:, 2 * n_coders + 1 :].reshape(len(sums), len(m), width)
    given, scores, square = whole[:, :n_coders], whole[:, n_coders:-1], whole[:, -1]
    pairs = rest[..., 1 : 1 + n_coders**2].reshape(*rest.shape[:-1], n_coders, n_coders)
    return _Model(
        _crossed(given[:, :, None] * np.eye(n_coders), scores, square),
        _crossed(pairs, rest[..., 1 + n_coders**2 : -1], rest[..., -1]),
        rest[..., 0],
        m.astype(np.float64),
    )


def _crossed(pairs: FloatArray, scores: FloatArray, square: FloatArray) -> FloatArray:
    """Cross products of coders and scores, turned to (mean, contrasts, scores)."""
    turn = _contrasts(pairs.shape[-1])
    products = np.zeros((*square.shape, len(turn) + 1, len(turn) + 1))
    products[..., :-1, :-1] = turn.T @ pairs @ turn
    products[..., :-1, -1] = products[..., -1, :-1] = scores @ turn
    products[..., -1, -1] = square
    return products


def _contrasts(k: int) -> FloatArray:
    """Return an orthonormal basis of k coders whose first direction is their mean, shape (k, k)."""
    basis, _ = np.linalg.qr(np.column_stack([np.ones(k), np.eye(k)[:, : k - 1]]))
    return np.asarray(basis)


# ── restricted maximum likelihood, B fits side by side ───────────────────────


def _deviance(model: _Model, roots: FloatArray) -> FloatArray:
    """−2 log restricted likelihood but for a constant, the rest's variance profiled out, shape (B,).

    With γ the variances over that of the rest: a note's scores of m coders weigh I − γ_n/(1 + mγ_n) J;
    elimination of the mean and of the coders' contrasts leaves the residual sum of squares as last pivot.
    """
    of_notes, of_coders = roots[:, 0] ** 2, np.abs(roots[:, 1])
    shrink = of_notes[:, None] / (1 + model.m * of_notes[:, None])
    left = model.whole - (shrink[:, :, None, None] * model.by_size).sum(axis=1)
    n = left.shape[-1]
    scale = np.ones((len(left), n))
    scale[:, 1:-1] = of_coders[:, None]
    left = left * scale[:, :, None] * scale[:, None, :]
    left[:, np.arange(1, n - 1), np.arange(1, n - 1)] += 1.0
    pivots = np.empty((len(left), n))
    for at in range(n):
        pivots[:, at] = left[:, 0, 0]
        divided = left[:, 1:, :1] / np.where(left[:, :1, :1] > 0, left[:, :1, :1], 1.0)
        left = left[:, 1:, 1:] - divided * left[:, :1, 1:]
    least = 1e-13 * np.maximum(model.whole[:, -1, -1], 1e-300)
    residual = (model.n_scores - 1) * np.log(np.maximum(pivots[:, -1], least))
    notes = (model.n_notes * np.log1p(model.m * of_notes[:, None])).sum(axis=1)
    return np.asarray(residual + notes + np.log(np.maximum(pivots[:, :-1], 1e-300)).sum(axis=1))


def _fitted(model: _Model, one_way: bool) -> FloatArray:
    """Return the roots of the ratios of the notes' and the coders' variance to the rest's, (B, 2)."""
    best = np.zeros((len(model.whole), 2))
    lowest = np.full(len(best), np.inf)
    for notes in _STARTS:
        for coders in (0.0,) if one_way else (0.05, *_STARTS):
            tried = np.tile([notes, coders], (len(best), 1))
            deviance = _deviance(model, tried)
            lower = deviance < lowest
            best[lower], lowest[lower] = tried[lower], deviance[lower]
    free = 1 if one_way else 2
    return _descended(model, best, lowest, free)


def _descended(model: _Model, roots: FloatArray, lowest: FloatArray, free: int) -> FloatArray:
    """Go down by Newton steps, shortened where they do not lead down; fits that are there are left alone."""
    damping = np.zeros(len(roots))
    at = np.arange(len(roots))
    for _ in range(_MOST_STEPS):
        if not len(at):
            break
        part = model.only(at)
        steps = _newton_steps(part, roots[at], lowest[at], damping[at], free)
        tried = np.clip(roots[at] + steps, -_MOST, _MOST)
        deviance = _deviance(part, tried)
        lower = deviance < lowest[at]
        roots[at[lower]], lowest[at[lower]] = tried[lower], deviance[lower]
        damping[at] = np.where(lower, damping[at] / 4, 4 * damping[at] + 1)
        small = np.abs(steps).max(axis=1) < 1e-7 * (1 + np.abs(roots[at]).max(axis=1))
        at = at[~small & (damping[at] < 1e9)]
    return np.abs(roots)


def _newton_steps(
    model: _Model, roots: FloatArray, centre: FloatArray, damping: FloatArray, free: int
) -> FloatArray:
    """Return steps down by curvatures made positive, none longer than half of 1 + the root, shape (B, 2)."""
    width = _STEP * (1 + np.abs(roots))
    slope, curve = np.zeros_like(roots), np.zeros((len(roots), 2, 2))
    for i in range(free):
        ahead, behind = (_deviance(model, _moved(roots, width, sign, i)) for sign in (1, -1))
        slope[:, i] = (ahead - behind) / (2 * width[:, i])
        curve[:, i, i] = (ahead - 2 * centre + behind) / width[:, i] ** 2
    if free == 2:
        both = _deviance(model, roots + width)
        mixed = both - centre - (width * slope).sum(axis=1)
        mixed -= (curve[:, 0, 0] * width[:, 0] ** 2 + curve[:, 1, 1] * width[:, 1] ** 2) / 2
        curve[:, 0, 1] = curve[:, 1, 0] = mixed / width.prod(axis=1)
    bent, axes = np.linalg.eigh(curve)
    bent = np.abs(bent) * (1 + damping[:, None]) + 1e-9
    along = -(axes.swapaxes(1, 2) @ slope[:, :, None])[:, :, 0] / bent
    steps = (axes @ along[:, :, None])[:, :, 0]
    most = (1 + np.abs(roots)) / 2
    return np.asarray(np.clip(steps, -most, most))


def _moved(roots: FloatArray, width: FloatArray, sign: int, i: int) -> FloatArray:
    moved = roots.copy()
    moved[:, i] += sign * width[:, i]
    return moved
