"""A program beside people on the same notes: who is closer to the other people, and α with a seat changed.

The rule is that of Calderon, Reichart & Dror (2025), "The Alternative Annotator Test for LLM-as-a-Judge",
*ACL*, 16051–16081: each person in turn is left out, and the program and that person are compared by how close
they are to the others. Every function takes any number of studies at once, as leading axes, so that the power
of the rule is worked out by the rule itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.coded import IntArray
from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.agreement.student import t_below, t_point

BoolArray = npt.NDArray[np.bool_]
FALSE_DISCOVERIES = 0.05
WINNING = 0.5  # the program must beat at least this share of the people
LEVEL = 0.05
# Closeness of two answers to the rest that differs in the last bits only is the same.
SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class Panel:
    """People and a program on the same N notes.

    Attributes
    ----------
    people : whole numbers of shape (..., N, M)
        Answers as positions among V; −1 where unseen.
    program : whole numbers of shape (..., N)
    distance : array of shape (V, V)
        How far apart two answers are.
    """

    people: IntArray
    program: IntArray
    distance: FloatArray

    @property
    def counted(self) -> BoolArray:
        """Notes that the program and two people or more decided on, shape (..., N)."""
        return np.asarray((self.program >= 0) & ((self.people >= 0).sum(axis=-1) >= 2))


class Compared(NamedTuple):
    """Program and person beside the other people, note by note: each of shape (..., N, M)."""

    seen: BoolArray
    program: FloatArray  # summed distance to the other people who decided on the note
    person: FloatArray
    n_others: IntArray


def compared(panel: Panel) -> Compared:
    """Return how far the program and each person are from the people left when that person is left out."""
    n_people = panel.people.shape[-1]
    decided = panel.people >= 0
    at = np.where(decided, panel.people, 0)
    program = np.where(panel.program >= 0, panel.program, 0)
    to_program = panel.distance[program[..., None], at] * decided
    apart = np.zeros(at.shape)
    for j in range(n_people):
        others = [k for k in range(n_people) if k != j]
        apart[..., j] = (panel.distance[at[..., j, None], at[..., others]] * decided[..., others]).sum(
            axis=-1
        )
    seen = decided & panel.counted[..., None]
    rest = to_program.sum(axis=-1, keepdims=True) - to_program
    return Compared(seen, rest, apart, decided.sum(axis=-1, keepdims=True) - decided)


class Seats(NamedTuple):
    """What the rule says of each person's seat: arrays of shape (..., M).

    ``program`` and ``person`` are the shares of notes on which each is at least as close to the others as the
    other one is (the advantage probabilities), ``t`` is of person − program against ε.
    """

    n_notes: IntArray
    program: FloatArray
    person: FloatArray
    t: FloatArray


def seats(found: Compared, epsilon: float) -> Seats:
    """Return what a paired t-test of each seat rests on.

    The difference on a note is 1 where the person alone is closer, −1 where the program alone is, else 0;
    t = (mean − ε)/(s/√n), small where the program is at most ε worse.
    """
    seen = found.seen
    program = seen & (found.program <= found.person + SLACK)
    person = seen & (found.person <= found.program + SLACK)
    n = seen.sum(axis=-2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = program.sum(axis=-2) / n, person.sum(axis=-2) / n
        mean = q - p
        squares = (program ^ person).sum(axis=-2)  # each difference is −1, 0 or 1
        error = np.sqrt(np.maximum(squares - n * mean**2, 0) / (n - 1) / n)
        return Seats(n, p, q, (mean - epsilon) / error)


def p_values(found: Seats) -> list[float]:
    """Return the one-sided p-value of each person's seat of one study."""
    return [t_below(float(t), int(n) - 1) for t, n in zip(found.t, found.n_notes, strict=True)]


def thresholds(n_people: int, rate: float = FALSE_DISCOVERIES) -> FloatArray:
    """Return what sorted p-values must not exceed (Benjamini & Yekutieli 2001, *Annals of Statistics* 29).

    Examples
    --------
    >>> thresholds(3).round(4).tolist()
    [0.0091, 0.0182, 0.0273]
    """
    rank = np.arange(1, n_people + 1)
    return np.asarray(rank / n_people * rate / (1 / rank).sum())


def wins(p: list[float], rate: float = FALSE_DISCOVERIES) -> list[bool]:
    """Return which seats the program wins, at a false discovery rate whatever the tests' dependence.

    Examples
    --------
    >>> wins([0.02, 0.3, 0.001]), wins([0.015, 0.3, 0.001])
    ([False, False, True], [True, False, True])
    """
    order = np.argsort(p)
    within = np.flatnonzero(np.array(p)[order] <= thresholds(len(p), rate))
    n_won = int(within[-1]) + 1 if len(within) else 0
    won = set(order[:n_won].tolist())
    return [k in won for k in range(len(p))]


def n_won(found: Seats) -> IntArray:
    """Return how many seats the program wins in each of S studies, from t of shape (S, M)."""
    n_people = found.t.shape[-1]
    limits = thresholds(n_people)
    points = {
        int(n): [t_point(float(limit), int(n) - 1) for limit in limits] for n in np.unique(found.n_notes)
    }
    highest = np.array([[points[int(n)] for n in row] for row in found.n_notes])  # (S, M, rank)
    n_within = (found.t[..., None] <= highest).sum(axis=1)
    rank = np.arange(1, n_people + 1)
    return np.asarray(((n_within >= rank) * rank).max(axis=-1))


# --- the same question asked of alpha: a person's seat taken by the program ---------------------------


def seat_alphas(panel: Panel) -> tuple[FloatArray, FloatArray]:
    """Return what α gains when a person's seat goes to the program, on the mean over seats.

    Parameters
    ----------
    panel : Panel of shape (..., N, M)

    Returns
    -------
    α of the people, and of the tables with one seat taken, averaged: shape (..., 1 + N) each, first of all
    notes, then with each note left out. Notes that the program or all but one person left are not counted,
    and the seat on a note is taken only if the person decided on it, so that gaps are the same.
    """
    counted = panel.counted[..., None]
    people = np.where(counted, panel.people, -1)
    before = _alphas(people, panel.distance)
    after = np.zeros(before.shape)
    n_people = people.shape[-1]
    for j in range(n_people):
        taken = people.copy()
        taken[..., j] = np.where(people[..., j] >= 0, panel.program, -1)
        after += _alphas(taken, panel.distance) / n_people
    return before, after


def _alphas(people: IntArray, distance: FloatArray) -> FloatArray:
    """Return α, then α without each note, shape (..., 1 + N): 1 − (n − 1) O/E, from sums over notes.

    O = Σ_notes Σ_ck n_c n_k δ_ck/(m − 1) and E = Σ_ck N_c N_k δ_ck (Krippendorff 2019, ch. 12).
    """
    m = (people >= 0).sum(axis=-1)
    decided = (people >= 0) & (m >= 2)[..., None]
    m = m * (m >= 2)
    at = np.where(decided, people, 0)
    used = _usage(at, decided, len(distance))
    far = used @ distance
    own = np.zeros(m.shape)
    for j in range(people.shape[-1]):  # pairs, not counts of V answers: sets may be hundreds
        apart = distance[at[..., j, None], at] * decided
        own += apart.sum(axis=-1) * decided[..., j]
    observed = own / np.maximum(m - 1, 1)
    n = m.sum(axis=-1)
    expected = (used * far).sum(axis=-1)
    total = observed.sum(axis=-1)
    # Without note i the products are those of N − n_i with itself.
    note_far = (np.take_along_axis(far[..., None, :], at, axis=-1) * decided).sum(axis=-1)
    less = expected[..., None] - 2 * note_far + own
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = 1 - (n - 1) * total / expected
        without = 1 - (n[..., None] - m - 1) * (total[..., None] - observed) / less
    return np.concatenate([whole[..., None], without], axis=-1)


def _usage(at: IntArray, decided: BoolArray, n_answers: int) -> FloatArray:
    """Return how often each of V answers is given in each study, shape (..., V)."""
    studies = at.shape[:-2]
    which = np.arange(int(np.prod(studies, dtype=int))).repeat(at.shape[-2] * at.shape[-1])
    keys = (which * n_answers + at.ravel())[decided.ravel()]
    counts = np.bincount(keys, minlength=int(np.prod(studies, dtype=int)) * n_answers)
    return counts.reshape(*studies, n_answers).astype(np.float64)


class Lost(NamedTuple):
    """A difference with what a one-sided jackknife-t says of it: arrays of shape (...)."""

    difference: FloatArray
    standard_error: FloatArray
    n_notes: IntArray


def alpha_gain(panel: Panel) -> tuple[FloatArray, FloatArray, Lost]:
    """Return α of the people, α with a seat taken, and their difference with its jackknife standard error.

    Returns
    -------
    Arrays of shape (...). The jackknife leaves out one note at a time, from both values.
    """
    before, after = seat_alphas(panel)
    gain = after - before
    counted = panel.counted
    n = counted.sum(axis=-1)
    without = np.where(counted, gain[..., 1:], 0)
    mean = without.sum(axis=-1, keepdims=True) / n[..., None]
    squares = (np.where(counted, gain[..., 1:] - mean, 0) ** 2).sum(axis=-1)
    error = np.sqrt((n - 1) / n * squares)
    return before[..., 0], after[..., 0], Lost(gain[..., 0], error, n)


def not_lower(found: Lost, margin: float) -> tuple[Any, Any]:
    """Return the lower end of the one-sided 95 % interval, and whether it is above −margin."""
    points = {int(n): t_point(1 - LEVEL, int(n) - 1) for n in np.unique(found.n_notes)}
    factor = np.vectorize(points.__getitem__, otypes=[float])(found.n_notes)
    low = found.difference - factor * found.standard_error
    return low, low > -margin
