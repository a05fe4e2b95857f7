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
    full, gaps = _full(classes)
    if not gaps:
        return np.random.default_rng(SEED).dirichlet(full, N_DRAWS)
    return _augmented(full, gaps)


def rough_shares(classes: Classes, n_draws: int, rng: np.random.Generator) -> FloatArray:
    """Draw shares of the classes for planning, (R, M + 1): a note with m of M coders counts as m/M of one."""
    full, gaps = _full(classes)
    if gaps:
        most = len(full) - 1
        chances = _chances(gaps, most)
        times = np.array([n * m / most for _, m, n in gaps])
        dealt = full
        for _ in range(20):
            joint = chances * dealt
            dealt = full + times @ (joint / joint.sum(axis=1, keepdims=True))
        full = dealt
    return rng.dirichlet(full, n_draws)


def _full(classes: Classes) -> tuple[FloatArray, list[tuple[int, int, int]]]:
    """The prior and the notes that all M coders decided, shape (M + 1,), and the classes of the others."""
    most = max(m for _, m, _ in classes)
    full = np.array([0.5, *[0.5 / (most - 1)] * (most - 1), 0.5])
    for k, m, times in classes:
        full[k] += times if m == most else 0
    return full, [one for one in classes if one[1] < most]


def _augmented(full: FloatArray, gaps: list[tuple[int, int, int]]) -> FloatArray:
    """Draw shares by turns with the classes that notes with gaps would be in, shape (R, M + 1)."""
    rng = np.random.default_rng(SEED)
    chances = _chances(gaps, len(full) - 1)
    dealt = np.tile(full, (CHAINS, 1))
    for (_, _, times), chance in zip(gaps, chances, strict=True):
        dealt += times * chance / chance.sum()
    kept = []
    for step in range(WARM + N_DRAWS // CHAINS):
        drawn = np.maximum(rng.standard_gamma(dealt), 1e-300)
        shares = drawn / drawn.sum(axis=1, keepdims=True)
        dealt = np.tile(full, (CHAINS, 1))
        for (_, _, times), chance in zip(gaps, chances, strict=True):
            joint = shares * chance
            dealt += rng.multinomial(times, joint / joint.sum(axis=1, keepdims=True))
        if step >= WARM:
            kept.append(shares)
    return np.vstack(kept)


def _chances(gaps: list[tuple[int, int, int]], most: int) -> FloatArray:
    """How likely k of m coders are where j of M chose the code, shape (gaps, M + 1)."""
    return np.array(
        [[comb(j, k) * comb(most - j, m - k) / comb(most, m) for j in range(most + 1)] for k, m, _ in gaps]
    )


def _coefficient(shares: FloatArray, name: str, n_codes: int) -> FloatArray:
    """The coefficient of endless notes with these shares of the classes, shape (R,)."""
    most = shares.shape[1] - 1
    counts = np.zeros((most + 1, n_codes))
    counts[:, 0], counts[:, 1] = np.arange(most, -1, -1), np.arange(most + 1)
    question = Question(counts, 1 - np.eye(n_codes), np.eye(n_codes), most)
    asked = COEFFICIENTS[name]
    sums = {term: ENDLESS * (shares @ TERMS[term](question)) for term in asked.terms}
    return asked.formula(sums, question).value
