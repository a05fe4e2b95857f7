"""How many notes must be coded by two or more, for the interval to be narrow or the floor to be reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.catalogue import unsuited
from sekom_analysis.agreement.coded import Code, CodedRatings, InOrder
from sekom_analysis.agreement.distances import Level
from sekom_analysis.agreement.intervals import Random
from sekom_analysis.agreement.patterns import FloatArray, Patterns, pairable, patterns_of
from sekom_analysis.agreement.simulated import Design, Reported, reported
from sekom_analysis.agreement.tables import Ratings, request
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import say

SIZES = (25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1_200, 1_600)
MOST_ALIKE = 0.999
# Notes in the population that an assumed agreement is drawn as.
POPULATION = 1_000_000

Prevalence = Mapping[Code, float] | Sequence[float]


def plan_sample(
    pilot: Ratings | None = None,
    *,
    alpha: float | None = None,
    prevalence: Prevalence | None = None,
    n_coders: int = 2,
    level: Level = "nominal",
    coefficient: str = "alpha",
    width: float | None = None,
    floor: float | None = None,
    probability: float = 0.8,
    confidence: float = 0.95,
    sizes: Sequence[int] = SIZES,
    n_studies: int = 2_000,
    rng: Random = 0,
    codes: Sequence[Code] | None = None,
    clusters: int | None = None,
    icc: float | None = None,
    design_effect: float | None = None,
) -> pd.DataFrame:
    """Return what to expect of agreement for each number of notes.

    Many studies of each size are drawn, either from a pilot's notes or from
    coders assumed to agree as well as `alpha` says: each hits a note's true
    code with probability √α and else picks a code by its prevalence. Of every
    study the interval is worked out that `agreement` would report.

    Parameters
    ----------
    pilot : DataFrame of shape (N, M), or Patterns, optional
        Ratings of a pilot. Left out: assume `alpha` and `prevalence`.
    alpha : float, optional
        Agreement assumed, from 0 up to 1.
    prevalence : mapping of code to share, or sequence of V shares, optional
        How often each code fits, summing to 1.
    n_coders : int
        M, where no pilot says it.
    level : str or array of shape (V, V)
        As in `agreement`.
    coefficient : str
        Any that needs no knowledge of who chose.
    width : float, optional
        The interval is to be at most this wide, in half of the studies or more.
    floor : float, optional
        The interval is to be above this value …
    probability : float
        … with this probability.
    confidence : float
        Of the interval.
    sizes : sequence of int
        Numbers of notes to look at, each coded by two or more.
    n_studies : int
        Studies drawn for each size.
    rng : int, Generator or SeedSequence
        Source of randomness.
    codes : sequence, optional
        As in `agreement`, for a pilot: the order of words, lowest first. A
        mapping of prevalences gives the order itself.
    clusters : int, optional
        Notes will come from so many clusters, such as tables in a room, of
        about equal size.
    icc : float, optional
        How alike notes of one cluster are: how what they add to agreement
        correlates, from 0 up to 1. With `clusters`.
    design_effect : float, optional
        The same by its consequence, 1 + (notes per cluster − 1)·ICC.

    Returns
    -------
    DataFrame
        One row per size: n_notes; the coefficient's median, low and high (the
        middle `confidence` of the studies); width, the median of the intervals
        that studies report; with a floor `reaches_floor` (studies whose value
        does) and `clears_floor` (studies whose interval does: one without an
        interval does not); `enough`, whether what was asked is met.

    Raises
    ------
    RatingsError
        If neither a pilot nor an assumption is given, or numbers are out of range.

    Notes
    -----
    Intervals are those of `agreement`: BCa; for a rare code the posterior
    one; none where a side has fewer than 10 notes; over clusters the
    jackknife's.

    Examples
    --------
    >>> table = plan_sample(alpha=0.8, prevalence=[0.6, 0.4], width=0.3, sizes=[50, 100, 200])
    >>> table[["n_notes", "enough"]]
       n_notes  enough
    0       50   False
    1      100    True
    2      200    True
    """
    asked = request(level, coefficients=coefficient, n_resamples=0, confidence=confidence, codes=codes)
    generator = np.random.default_rng(rng)
    patterns = _population(pilot, alpha, prevalence, n_coders, generator, codes)
    _check(asked.names[0], patterns, sizes, n_studies, width, floor)
    _check_clusters(clusters, icc, design_effect, sizes)
    question, name = asked.question(patterns), asked.names[0]
    rows = []
    for n in sizes:
        design = _design(clusters, icc, design_effect, n)
        found = reported(question, name, patterns, n, n_studies, confidence, generator, design)
        rows.append(_row(n, found, confidence, floor))
    table = pd.DataFrame(rows)
    enough = np.ones(len(table), bool)
    if width is not None:
        enough &= table["width"].to_numpy() <= width
    if floor is not None:
        enough &= table["clears_floor"].to_numpy() >= probability
    return table.assign(enough=enough)


def _population(
    pilot: Ratings | None,
    alpha: float | None,
    prevalence: Prevalence | None,
    n_coders: int,
    rng: np.random.Generator,
    codes: Sequence[Code] | None,
) -> Patterns:
    if pilot is not None:
        return pairable(request(codes=codes).patterns(pilot))
    if alpha is None or prevalence is None:
        msg = (
            "Give either a pilot's ratings, or both alpha and prevalence, "
            "such as alpha=0.8, prevalence=[0.6, 0.4]."
        )
        raise RatingsError(msg)
    listed, shares = _shares(prevalence)
    if not 0 <= alpha < 1 or n_coders < 2:
        msg = f"Assumed are alpha {alpha} (from 0 up to, not including, 1) and {n_coders} coders (2 or more)."
        raise RatingsError(msg)
    return patterns_of(_assumed(alpha, InOrder(listed), shares, n_coders, rng))


def _shares(prevalence: Prevalence) -> tuple[tuple[Code, ...], npt.NDArray[np.float64]]:
    known = isinstance(prevalence, Mapping)
    codes: tuple[Any, ...] = tuple(prevalence) if known else tuple(range(1, len(prevalence) + 1))
    shares = np.array(list(prevalence.values()) if isinstance(prevalence, Mapping) else prevalence, float)
    if len(shares) < 2 or (shares < 0).any() or abs(shares.sum() - 1) > 0.01:
        msg = f"Prevalences are shares of two or more codes that sum to 1, not {shares.tolist()}."
        raise RatingsError(msg)
    return codes, shares / shares.sum()


def _assumed(
    alpha: float,
    codes: tuple[Code, ...],
    shares: npt.NDArray[np.float64],
    n_coders: int,
    rng: np.random.Generator,
) -> CodedRatings:
    true = rng.choice(len(codes), POPULATION, p=shares)
    columns = []
    for _ in range(n_coders):
        guess = rng.choice(len(codes), POPULATION, p=shares)
        columns.append(np.where(rng.random(POPULATION) < np.sqrt(alpha), true, guess))
    return CodedRatings(tuple(columns), codes, tuple(f"coder {j + 1}" for j in range(n_coders)))


def _check(
    name: str,
    patterns: Patterns,
    sizes: Sequence[int],
    n_studies: int,
    width: float | None,
    floor: float | None,
) -> None:
    wrong = []
    if unsuited(name, patterns):
        wrong.append(f"coefficient '{name}': {say(unsuited(name, patterns), 'en')}")
    if not sizes or min(sizes) < 2:
        wrong.append(f"sizes {list(sizes)} (each 2 or more)")
    if n_studies < 2:
        wrong.append(f"n_studies {n_studies} (1,000 or more)")
    if width is not None and width <= 0:
        wrong.append(f"width {width} (above 0)")
    if floor is not None and not -1 <= floor < 1:
        wrong.append(f"floor {floor} (below 1)")
    if not patterns.n_pairable:
        wrong.append("the pilot, in which no note was decided on by two coders")
    if wrong:
        msg = f"This sample cannot be planned: {'; '.join(wrong)}."
        raise RatingsError(msg)


def _check_clusters(
    clusters: int | None, icc: float | None, design_effect: float | None, sizes: Sequence[int]
) -> None:
    if clusters is None and icc is None and design_effect is None:
        return
    wrong = []
    if clusters is None or clusters < 2 or clusters > min(sizes):
        wrong.append(f"clusters {clusters} (from 2 up to the fewest notes, {min(sizes)})")
    if (icc is None) == (design_effect is None):
        wrong.append(f"icc {icc} and design_effect {design_effect} (give one of them)")
    if icc is not None and not 0 <= icc < 1:
        wrong.append(f"icc {icc} (from 0 up to, not including, 1)")
    if design_effect is not None and design_effect < 1:
        wrong.append(f"design_effect {design_effect} (1 or more)")
    if wrong:
        msg = f"This sample cannot be planned: {'; '.join(wrong)}."
        raise RatingsError(msg)


def _design(
    clusters: int | None, icc: float | None, design_effect: float | None, n_notes: int
) -> Design | None:
    """Return how notes are gathered; a design effect beyond what so many notes can have is cut there."""
    if clusters is None:
        return None
    if design_effect is not None:
        icc = (design_effect - 1) / max(n_notes / clusters - 1, 1e-9)
    return Design(clusters, min(icc or 0.0, MOST_ALIKE))


def _row(n_notes: int, found: Reported, confidence: float, floor: float | None) -> dict[str, Any]:
    values = found.value[~np.isnan(found.value)]
    tail = (1 - confidence) / 2
    low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail]) if len(values) else [np.nan] * 3
    # A study without an interval counts as one whose interval is wider than any.
    width = float(np.median(np.nan_to_num(found.high - found.low, nan=np.inf)))
    row = {"n_notes": n_notes, "value": middle, "low": low, "high": high}
    row["width"] = width if np.isfinite(width) else np.nan
    if floor is not None:
        row["reaches_floor"] = (values >= floor).mean() if len(values) else np.nan
        row["clears_floor"] = (found.low >= floor).mean()
    return row


# --- exact answers about shares of few notes, where a formula for large samples would mislead ---------


HALVINGS = 60


def probabilities(n: int, share: float) -> FloatArray:
    """Return the binomial probabilities of 0 … n hits in n trials, shape (n + 1,)."""
    hits = np.arange(n + 1)
    if share <= 0 or share >= 1:
        return np.asarray(hits == (n if share >= 1 else 0), dtype=np.float64)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    log_ways = log_factorial[n] - log_factorial - log_factorial[::-1]
    return np.asarray(np.exp(log_ways + hits * np.log(share) + (n - hits) * np.log1p(-share)))


def at_least(hits: int, n: int, share: float) -> float:
    """Return the probability of as many hits or more in n trials.

    Examples
    --------
    >>> round(at_least(9, 10, 0.5), 4)
    0.0107
    """
    return min(1.0, float(probabilities(n, share)[hits:].sum()))


def share_interval(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share (Clopper & Pearson 1934, *Biometrika* 26, 404–413).

    Parameters
    ----------
    hits, n : int
        The share seen is hits / n; n = 0 gives NaN.

    Examples
    --------
    >>> [round(end, 3) for end in share_interval(9, 10)]
    [0.555, 0.997]
    """
    if n == 0:
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else _where_reached(hits, n, tail)
    high = 1.0 if hits == n else 1 - _where_reached(n - hits, n, tail)
    return low, high


def _where_reached(hits: int, n: int, tail: float) -> float:
    """Return the share at which as many hits or more have the probability `tail`, by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if at_least(hits, n, middle) > tail else (middle, high)
    return (low + high) / 2


def as_often(first: int, second: int) -> float:
    """Return the two-sided probability that one side wins as clearly if both are equally likely.

    McNemar's test in its exact form (McNemar 1947, *Psychometrika* 12, 153–157): `first` notes tell
    for one side, `second` for the other.

    Examples
    --------
    >>> round(as_often(9, 1), 4), as_often(2, 2)
    (0.0215, 1.0)
    """
    n = first + second
    return min(1.0, 2 * at_least(max(first, second), n, 0.5)) if n else 1.0


def for_many(p_values: Sequence[float]) -> FloatArray:
    """Return p-values raised for how many questions were asked at once (Holm 1979), shape (K,).

    Examples
    --------
    >>> for_many([0.01, 0.04, 0.03]).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    given = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(given, kind="stable")
    raised = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    held = np.empty(len(given))
    held[order] = np.minimum(raised, 1.0)
    return held
