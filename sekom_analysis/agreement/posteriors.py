"""The posterior interval of agreement on a rare code, where resampled notes say too little.

Of two codes, or of one code against all others, what a note says is how many of its coders chose the rarer
one. Notes then fall into classes, from none to all of the coders, and every coefficient that need not know
who chose is a function of how often each class comes.
"""

from __future__ import annotations

from functools import lru_cache
from math import comb

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.catalogue import COEFFICIENTS, TERMS
from sekom_analysis.agreement.coefficients import Question
from sekom_analysis.agreement.patterns import FloatArray, Multiplicity

N_DRAWS = 200_000
SEED = 2016
# Kept of the draws: their quantiles, evenly spaced.
N_QUANTILES = 4_001
# So many notes that a coefficient's correction for few of them is gone.
ENDLESS = 1e9
# With gaps: so many chains at once, each after so many steps that are thrown away.
CHAINS = 500
WARM = 50
# Coefficients that for two coders have the same limit as one that need not know who chose.
SAME_LIMIT = {"scott": "fleiss"}

# Each class seen: how many coders chose the code, how many decided, on how many notes.
Classes = tuple[tuple[int, int, int], ...]


def has_posterior(name: str) -> bool:
    """Whether a coefficient is a function of how many coders chose a code on each note.

    Examples
    --------
    >>> has_posterior("alpha"), has_posterior("cohen")
    (True, False)
    """
    asks = COEFFICIENTS[SAME_LIMIT.get(name, name)]
    return not (asks.who or asks.numbers)


def classes_of(counts: npt.NDArray[np.integer], multiplicity: Multiplicity) -> Classes:
    """Return on how many notes k of m coders chose the rarer of two codes.

    Parameters
    ----------
    counts : array of shape (P, V)
        How many coders chose each code; two of the V codes at most are in use.
    multiplicity : array of shape (P,)
        How many notes share each pattern. Notes with one coder take no part.

    Returns
    -------
    tuple of (k, m, notes), in order

    Examples
    --------
    >>> classes_of(np.array([[2, 0], [1, 1], [0, 2]]), np.array([90, 6, 3]))
    ((0, 2, 90), (1, 2, 6), (2, 2, 3))
    """
    coders = counts.sum(axis=1, dtype=np.int64)
    used = multiplicity @ (counts * (coders >= 2)[:, None])
    order = np.argsort(-used, kind="stable")
    rarer = counts[:, order[1]] if len(order) > 1 else np.zeros_like(coders)
    found: dict[tuple[int, int], int] = {}
    for k, m, times in zip(rarer.tolist(), coders.tolist(), multiplicity.tolist(), strict=True):
        if m >= 2 and times:
            found[k, m] = found.get((k, m), 0) + times
    return tuple((k, m, times) for (k, m), times in sorted(found.items()))


@lru_cache(maxsize=256)
def posterior_quantiles(classes: Classes, name: str = "alpha", n_codes: int = 2) -> FloatArray:
    """Return evenly spaced quantiles of a coefficient's posterior distribution, shape (4001,).

    Parameters
    ----------
    classes : as `classes_of` gives them
    name : str
        A coefficient that `has_posterior`.
    n_codes : int
        V, which AC1 and Brennan–Prediger depend on.

    Returns
    -------
    array of shape (4001,)
        Rising, the lowest and the highest of 200,000 draws first and last.

    Notes
    -----
    A note falls into class k of 0 … M, of how many of M coders chose the code. The shares of the classes
    have a Dirichlet prior: ½ on none and ½ on all, and ½ shared by the classes between (for two coders
    Jeffreys' ½, ½, ½); the coefficient is that of endless notes with these shares. A note that m < M coders
    decided shows k of them, as if m of M had been drawn (hypergeometric); which class it would be in is drawn
    by turns with the shares (Tanner & Wong 1987, *JASA* 82, 528–540). M is the most coders that a note has.

    Examples
    --------
    >>> around = posterior_quantiles(((0, 2, 90), (1, 2, 6), (2, 2, 3)))
    >>> [round(float(np.quantile(around, end)), 2) for end in (0.025, 0.975)]
    [0.14, 0.77]
    """
    return quantiles_of(_shares(classes), name, n_codes, N_QUANTILES)


def quantiles_of(shares: FloatArray, name: str, n_codes: int, n_quantiles: int) -> FloatArray:
    """Return quantiles of a coefficient, (n_quantiles,), over draws of the classes' shares, (R, M + 1)."""
    values = _coefficient(shares, SAME_LIMIT.get(name, name), n_codes)
    return np.asarray(np.quantile(values, np.linspace(0, 1, n_quantiles)))


@lru_cache(maxsize=1)
def _shares(classes: Classes) -> FloatArray:
    """Draw the shares of the classes, shape (R, M + 1)."""
    return _drawn(*_dealt(list(classes), max(m for _, m, _ in classes)), np.random.default_rng(SEED))


# Notes by how many chose the code, of how many, in one table and in another: 0 of 0 where it is not there.
Pairs = tuple[tuple[tuple[int, int, int, int], int], ...]


def posterior_differences(pairs: Pairs, name: str, n_codes: int = 2) -> FloatArray:
    """Return draws of the difference of a coefficient on a rare code between two tables, shape (200,000,).

    Parameters
    ----------
    pairs : tuple of ((k, m, k, m), notes)
        How many of how many coders chose the code in the one table and in the other, and on how many notes.
    name, n_codes
        As in `posterior_quantiles`.

    Notes
    -----
    A note falls into one of (M + 1)² classes, whose shares have a Dirichlet prior such that each table alone
    has that of `posterior_quantiles`: of two and two coders ⅙ on each of nine. Gaps, and notes that one table
    alone has, are dealt as there; tables without a common note are drawn apart.

    Examples
    --------
    >>> drawn = posterior_differences((((0, 2, 0, 2), 90), ((1, 2, 2, 2), 6), ((2, 2, 2, 2), 3)), "alpha")
    >>> drawn.shape, bool((drawn > 0).mean() > 0.99)
    ((200000,), True)
    """
    both = [max(one[at] for one, _ in pairs) for at in (1, 3)]
    rng = np.random.default_rng(SEED)
    if not any(one[1] and one[3] for one, _ in pairs):
        values = [
            _coefficient(_drawn(*_dealt(_side(pairs, at), most), rng), SAME_LIMIT.get(name, name), n_codes)
            for at, most in zip((0, 2), both, strict=True)
        ]
        return np.asarray(values[1] - values[0])
    prior = np.outer(*map(_prior, both)) / _prior(both[0]).sum()
    sides = [
        _chances([(one[at], one[at + 1], n) for one, n in pairs], most)
        for at, most in zip((0, 2), both, strict=True)
    ]
    chances = (sides[0][:, :, None] * sides[1][:, None, :]).reshape(len(pairs), -1)
    times = np.array([n for _, n in pairs], np.int64)
    known = (chances > 0).sum(axis=1) == 1
    full = prior.ravel() + times[known] @ (chances[known] > 0)
    shares = _drawn(full, chances[~known], times[~known], rng).reshape(-1, *prior.shape)
    before, after = (
        _coefficient(shares.sum(axis=axis), SAME_LIMIT.get(name, name), n_codes) for axis in (2, 1)
    )
    return np.asarray(after - before)


def _side(pairs: Pairs, at: int) -> list[tuple[int, int, int]]:
    return [(one[at], one[at + 1], n) for one, n in pairs if one[at + 1]]


def _dealt(
    classes: list[tuple[int, int, int]], most: int
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64]]:
    """Return the prior with the notes that all decided, the chances of the others, and how many they are."""
    full = _prior(most)
    for k, m, times in classes:
        full[k] += times if m == most else 0
    gaps = [one for one in classes if one[1] < most]
    return full, _chances(gaps, most), np.array([n for _, _, n in gaps], np.int64)


def rough_shares(classes: Classes, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Draw shares of the classes for planning, (R, M + 1): a note with m of M coders counts as m/M of one."""
    most = max(m for _, m, _ in classes)
    full, chances, times = _dealt(list(classes), most)
    if len(times):
        part = times * np.array([m for _, m, _ in classes if m < most]) / most
        dealt = full
        for _ in range(20):
            joint = chances * dealt
            dealt = full + part @ (joint / joint.sum(axis=1, keepdims=True))
        full = dealt
    return rng.dirichlet(full, n_draws)


def _prior(most: int) -> FloatArray:
    return np.array([0.5, *[0.5 / (most - 1)] * (most - 1), 0.5])


def _drawn(
    full: FloatArray, chances: FloatArray, times: npt.NDArray[np.int64], rng: np.random.Generator
) -> FloatArray:
    """Draw shares of the classes, shape (R, K), by turns with those that notes with gaps would be in."""
    if not len(times):
        return rng.dirichlet(full, N_DRAWS)
    dealt = np.tile(full, (CHAINS, 1))
    for n, chance in zip(times, chances, strict=True):
        dealt += n * chance / chance.sum()
    kept = []
    for step in range(WARM + N_DRAWS // CHAINS):
        drawn = np.maximum(rng.standard_gamma(dealt), 1e-300)
        shares = drawn / drawn.sum(axis=1, keepdims=True)
        dealt = np.tile(full, (CHAINS, 1))
        for n, chance in zip(times, chances, strict=True):
            joint = shares * chance
            dealt += rng.multinomial(n, joint / joint.sum(axis=1, keepdims=True))
        if step >= WARM:
            kept.append(shares)
    return np.vstack(kept)


def _chances(gaps: list[tuple[int, int, int]], most: int) -> FloatArray:
    """How likely k of m coders are where j of M chose the code, shape (gaps, M + 1)."""
    each = [[comb(j, k) * comb(most - j, m - k) / comb(most, m) for j in range(most + 1)] for k, m, _ in gaps]
    return np.array(each).reshape(len(gaps), most + 1)


def _coefficient(shares: FloatArray, name: str, n_codes: int) -> FloatArray:
    """The coefficient of endless notes with these shares of the classes, shape (R,)."""
    most = shares.shape[1] - 1
    counts = np.zeros((most + 1, n_codes))
    counts[:, 0], counts[:, 1] = np.arange(most, -1, -1), np.arange(most + 1)
    question = Question(counts, 1 - np.eye(n_codes), np.eye(n_codes), most)
    asked = COEFFICIENTS[name]
    sums = {term: ENDLESS * (shares @ TERMS[term](question)) for term in asked.terms}
    return asked.formula(sums, question).value
