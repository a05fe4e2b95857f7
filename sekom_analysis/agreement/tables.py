"""Agreement as tidy tables: overall, for each code, for each pair of coders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Unpack, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.distances import Level
from sekom_analysis.agreement.estimates import Estimate, Random, estimate, points
from sekom_analysis.agreement.patterns import Patterns, patterns_of
from sekom_analysis.agreement.ratings import Code, read_ratings
from sekom_analysis.agreement.requests import Names, Options, Ratings, Request, Weights, joined, request

# A code on fewer notes gets no interval: at 99 notes and 5 % prevalence a 95 % interval covers 76–92 %.
NOTES_FOR_INTERVAL = 10


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
    method : {"bca", "percentile"}
        How the interval is read off the resamples.
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


def agreement_by_code(ratings: Ratings, **options: Unpack[Options]) -> pd.DataFrame:
    """Return agreement on each code against all others together.

    Parameters are those of `agreement`. Of sets, each code counts as chosen
    or not. A code on fewer than 10 notes gets no interval.

    Returns
    -------
    DataFrame
        `code` first, then the columns of `agreement`, then `n_chosen`
        (decisions for the code), `n_carrying` (notes where somebody chose it)
        and `prevalence` (its share of all decisions).

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b", "b", "c"], "k2": ["a", "b", "a", "c"]})
    >>> table = agreement_by_code(ratings, coefficients="alpha", n_resamples=0)
    >>> table[["code", "value"]].round(2)
      code  value
    0    a   0.53
    1    b   0.53
    2    c   1.00
    """
    asked = request(**options)
    patterns = asked.patterns(ratings)
    each = list(_one_code_each(patterns))
    if not each:
        return joined([], "code")
    questions = [asked.question(one) for _, one in each]
    answers = estimate(questions, asked.names, patterns.multiplicity, asked.how)
    return joined(
        _code_rows(asked, code, one, found) for (code, one), found in zip(each, answers, strict=True)
    )


def agreement_by_pair(
    ratings: pd.DataFrame, level: Level = "nominal", **options: Unpack[Options]
) -> pd.DataFrame:
    """Return agreement of every two coders.

    Parameters are those of `agreement`.

    Returns
    -------
    DataFrame
        `coder_a` and `coder_b` first, then the columns of `agreement`.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b"], "k2": ["a", "b"], "k3": ["a", "a"]})
    >>> table = agreement_by_pair(ratings, coefficients="percent", n_resamples=0)
    >>> table[["coder_a", "coder_b", "value"]]
      coder_a coder_b  value
    0      k1      k2    1.0
    1      k1      k3    0.5
    2      k2      k3    0.5
    """
    asked = request(level, **options)
    coded = read_ratings(ratings, asked.codes)
    pairs = combinations(range(len(coded.coders)), 2)
    return joined(
        (
            asked.answer(
                patterns_of(coded.only(pair)), coder_a=coded.coders[pair[0]], coder_b=coded.coders[pair[1]]
            )
            for pair in pairs
        ),
        "coder_a",
        "coder_b",
    )


def _one_code_each(patterns: Patterns) -> Iterator[tuple[Code, Patterns]]:
    coders = patterns.coders_per_note
    for code, chosen in _chosen(patterns):
        counts = np.column_stack([chosen, coders - chosen])
        yield code, Patterns(counts, patterns.multiplicity, (code, "other"), patterns.n_coders)


def _chosen(patterns: Patterns) -> Iterator[tuple[Code, npt.NDArray[np.int64]]]:
    """Each code with how many coders chose it, shape (P,)."""
    if not any(isinstance(code, frozenset) for code in patterns.codes):
        for k, code in enumerate(patterns.codes):
            yield code, patterns.counts[:, k].astype(np.int64)
        return
    sets = cast("tuple[frozenset[Code], ...]", patterns.codes)
    for code in sorted(frozenset().union(*sets), key=str):
        holds = np.array([code in one for one in sets])
        yield code, patterns.counts[:, holds].sum(axis=1, dtype=np.int64)


def _code_rows(asked: Request, code: Code, one: Patterns, found: list[Estimate]) -> pd.DataFrame:
    chosen = one.counts[:, 0]
    carrying = int(one.multiplicity[chosen > 0].sum())
    if carrying < NOTES_FOR_INTERVAL:
        found = [each._replace(low=float("nan"), high=float("nan")) for each in found]
    n_chosen = int(chosen @ one.multiplicity)
    total = int(one.coders_per_note @ one.multiplicity)
    prevalence = n_chosen / total if total else float("nan")
    rows = asked.rows(found, one, n_carrying=carrying, code=code)
    return rows.assign(n_chosen=n_chosen, n_carrying=carrying, prevalence=prevalence)
