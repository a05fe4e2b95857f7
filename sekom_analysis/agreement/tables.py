"""Agreement as a tidy table, and alpha as a number."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sekom_analysis.agreement.distances import Level
from sekom_analysis.agreement.estimates import Random, points
from sekom_analysis.agreement.ratings import Code
from sekom_analysis.agreement.requests import Names, Ratings, Weights, request


def agreement(
    ratings: Ratings,
    level: Level = "nominal",
    *,
    coefficients: Names = None,
    weights: Weights = None,
    method: str = "bca",
    confidence: float = 0.95,
    n_resamples: int = 10_000,
    rng: Random = 0,
    codes: Sequence[Code] | None = None,
    lang: str = "en",
    floor: float | None = None,
    declared: str | None = None,
) -> pd.DataFrame:
    """Return coefficients of agreement with intervals, one row a coefficient.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M), or Patterns
        One row a note, one column a coder; missing means unseen.
    level : str or array of shape (V, V)
        How far apart two codes are, for alpha: ``"nominal"``, ``"ordinal"``,
        ``"interval"``, ``"ratio"``; for sets ``"masi"``, ``"jaccard"``,
        ``"dice"``; or distances of your own.
    coefficients : str or sequence of str, optional
        ``"all"``, or names. Left out: percent, alpha and ac1.
    weights : str or array of shape (V, V), optional
        Partial credit for every coefficient but alpha: ``"linear"``,
        ``"quadratic"``, ``"ordinal"``, ``"bipolar"``, or your own. With
        weights, AC1 is called AC2.
    method : {"bca", "percentile", "krippendorff"}
        How the interval is made: BCa or percentile from resampled notes, or,
        for alpha alone, Krippendorff's own algorithm as in KALPHA.
    confidence : float
        Coverage aimed at, between 0 and 1.
    n_resamples : int
        R; 0 for no interval.
    rng : int, Generator or SeedSequence
        Source of randomness; a number gives the same answer every time.
    codes : sequence, optional
        All V codes on offer, in order. Left out: the categories of the
        columns, or else the values seen.
    lang : {"en", "sv"}
        Language of the column `note`.
    floor : float, optional
        A value declared beforehand; adds the column `reaches_floor`, the
        share of resamples that reach it (1 − q in KALPHA's output).
    declared : str, optional
        The coefficient declared beforehand; adds the column `declared`.

    Returns
    -------
    DataFrame
        coefficient, value, low, high, standard_error (jackknife), observed
        and expected agreement (for distances, as a share of the furthest),
        n_notes decided on, n_pairable of them by two or more coders,
        n_coders, n_codes, and a note where something should be known.

    Raises
    ------
    RatingsError
        If a name, level or number is not among those allowed.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b", "b", "a"], "k2": ["a", "b", "a", "a"]})
    >>> agreement(ratings, n_resamples=0)[["coefficient", "value"]].round(3)
      coefficient  value
    0     percent  0.750
    1       alpha  0.533
    2         ac1  0.529
    """
    asked = request(
        level,
        coefficients=coefficients,
        weights=weights,
        method=method,
        confidence=confidence,
        n_resamples=n_resamples,
        rng=rng,
        codes=codes,
        lang=lang,
        floor=floor,
        declared=declared,
    )
    return asked.answer(asked.patterns(ratings))


def alpha(ratings: Ratings, level: Level = "nominal") -> float:
    """Return Krippendorff's alpha.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M), or Patterns
        One row a note, one column a coder; missing means unseen.
    level : str or array of shape (V, V)
        As in `agreement`.

    Returns
    -------
    float
        NaN where alpha is undefined; `agreement` says why.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b", "b", "a"], "k2": ["a", "b", "a", "a"]})
    >>> round(alpha(ratings), 3)
    0.533
    """
    asked = request(level, coefficients="alpha", n_resamples=0)
    patterns = asked.patterns(ratings)
    return float(points([asked.question(patterns)], asked.names, patterns.multiplicity)[0].value)
