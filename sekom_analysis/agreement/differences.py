"""The difference of two coefficients on the same notes, or on others, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.catalogue import TERMS, Coefficient, coefficient, unsuited
from sekom_analysis.agreement.clusters import (
    ALONE,
    FEW_CLUSTERS,
    cluster_numbers,
    jackknife_error,
)
from sekom_analysis.agreement.coded import Code as CodeId
from sekom_analysis.agreement.coded import CodedRatings, read_ratings
from sekom_analysis.agreement.coefficients import Question
from sekom_analysis.agreement.distances import Level, check_order
from sekom_analysis.agreement.guards import (
    RARE,
    is_binary,
    posterior_ends,
    rarest_share,
    smaller_side,
)
from sekom_analysis.agreement.intervals import Random, interval, nothing_disputed, resampled_sums
from sekom_analysis.agreement.patterns import FloatArray, Patterns
from sekom_analysis.agreement.posteriors import Pairs, has_posterior, posterior_differences
from sekom_analysis.agreement.scores import NOTES_FOR_INTERVAL
from sekom_analysis.agreement.student import t_below, t_point
from sekom_analysis.agreement.tables import Request, Weights, request, why_undefined
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import number, quoted, say

DIFFERENCE_COLUMNS = [
    "coefficient", "value_a", "value_b", "difference", "low", "high", "p",
    "n_notes_a", "n_notes_b", "n_both", "note",
]  # fmt: skip
DIFFERENCE_METHODS = ("jackknife", "bca")
SLACK = 1e-12  # differences this small are none


def agreement_difference(
    a: pd.DataFrame,
    b: pd.DataFrame,
    coefficient: str = "alpha",
    cluster: pd.Series[Any] | None = None,
    rng: Random = 0,
    *,
    level: Level = "nominal",
    weights: Weights = None,
    method: str = "jackknife",
    confidence: float = 0.95,
    n_resamples: int = 10_000,
    codes: Sequence[CodeId] | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """Return how much a coefficient differs between two tables of ratings, with its interval.

    Parameters
    ----------
    a, b : DataFrame of shape (N, M) each
        One row per note, one column per coder; missing means unseen. Notes are the same where their ids
        (the index) are; coders need not be.
    coefficient : str
        As in `agreement`; one of them.
    cluster : Series, optional
        The cluster of each note, indexed by note_id, such as a table in the room: clusters are left out or
        drawn whole. A note without one is a cluster of its own.
    method : {"jackknife", "bca"}
        How the interval is made: Student's t on the jackknife's standard error, or from resampled notes.
    rng : int, Generator or SeedSequence
    level, weights, confidence, n_resamples, codes, lang
        As in `agreement`; `n_resamples` 0 for no interval, whichever the method.

    Returns
    -------
    DataFrame
        One row: `coefficient`; `value_a`, `value_b`, and their `difference` (b − a) with `low`, `high` and
        `p`; `n_notes_a`, `n_notes_b` (pairable), `n_both` of the same notes; and a `note` where there is no
        answer, or something should be known.

    Raises
    ------
    RatingsError
        If a note occurs twice in a table, or a name, level or number is not among those allowed.

    Notes
    -----
    Notes, not coefficients, are left out or drawn: a note that both tables have leaves both at once, so what
    the two share cancels out (Vanbelle & Albert 2008, *Journal of Statistical Computation and Simulation* 78,
    1009–1015). Notes that one table alone has make groups of their own, so that without a common note it is
    the interval for two samples. The jackknife's variances of these groups are added (Davison & Hinkley
    1997, *Bootstrap Methods and their Application*, ch. 3.2), with the degrees of freedom of Satterthwaite
    (1946, *Biometrics Bulletin* 2, 110–114); of one group of U notes or clusters, U − 1. p is where the
    interval would just touch 0. By name, BCa: ends after Efron (1987), p twice the smaller share of resampled
    differences at or beyond 0, (k + 1)/(R + 1). In simulations the jackknife covered .94–.96 and BCa .89–.95
    (docs/methods.md). For a code with less than a tenth of the decisions in either table, the middle of a
    posterior distribution instead, whichever the method (`sekom_analysis.agreement.posteriors`), with p twice
    its smaller share beyond 0.

    Examples
    --------
    >>> a = pd.DataFrame({"k1": ["a", "b", "b", "a"], "k2": ["a", "b", "a", "a"]})
    >>> b = pd.DataFrame({"k1": ["a", "b", "b", "a"], "k2": ["a", "b", "b", "a"]})
    >>> agreement_difference(a, b, n_resamples=0)[["value_a", "value_b", "difference"]].round(3)
       value_a  value_b  difference
    0    0.533      1.0       0.467
    """
    if method not in DIFFERENCE_METHODS:
        msg = f"A difference has no method '{method}'. Choose one of: {', '.join(DIFFERENCE_METHODS)}."
        raise RatingsError(msg)
    asked = request(
        level, coefficients=coefficient, weights=weights, method=method, confidence=confidence,
        n_resamples=n_resamples, rng=rng, codes=codes, lang=lang,
    )  # fmt: skip
    if len(asked.names) != 1:
        msg = f"A difference is of one coefficient, not of {quoted(asked.names)}. Choose one of them."
        raise RatingsError(msg)
    for table in (a, b):
        _check_ids(table)
    if isinstance(a, pd.DataFrame) and isinstance(b, pd.DataFrame) and asked.codes is None:
        # Both tables over the same codes: what one alone has is no less on offer in the other.
        codes = read_ratings(pd.concat([a, b], axis=1)).codes
        check_order(asked.level, asked.weights, codes)
        asked = replace(asked, codes=codes)
    ids = sorted({*a.index, *b.index}, key=str)
    sides = [_side(asked, table, ids) for table in (a, b)]
    row = _row(asked, sides, _units(ids, cluster), is_clustered=cluster is not None)
    return pd.DataFrame([row], columns=DIFFERENCE_COLUMNS)


def jackknife_difference(
    groups: Sequence[FloatArray], difference: float, confidence: float
) -> tuple[float, float, float]:
    """Return the ends of the jackknife-t interval of a difference, and its p.

    Parameters
    ----------
    groups : sequence of arrays of shape (U_g,)
        The difference with one unit left out, group by group of units that are drawn apart.
    difference : float
    confidence : float

    Examples
    --------
    >>> without = 0.5 + np.array([-0.1, 0.0, 0.1])
    >>> [round(end, 3) for end in jackknife_difference([without], 0.5, 0.95)]
    [0.003, 0.997, 0.049]
    """
    if all((np.abs(each) < SLACK).all() for each in groups) and abs(difference) < SLACK:
        return 0.0, 0.0, 1.0  # two tables that are the same
    errors = [float(jackknife_error(each, np.ones(len(each), np.int64))) for each in groups]
    spread = sum(error**2 for error in errors)
    below = sum(error**4 / (len(each) - 1) for error, each in zip(errors, groups, strict=True) if error > 0)
    if not spread > 0 or not below > 0:
        return float("nan"), float("nan"), float("nan")
    freedom, error = spread**2 / below, float(np.sqrt(spread))
    half = t_point((1 + confidence) / 2, freedom) * error
    p = 2 * t_below(-abs(difference) / error, freedom)
    return difference - half, difference + half, p


@dataclass(frozen=True, eq=False)
class _Side:
    """One table: what each of the N notes adds to K sums, and the formula over them."""

    asked: Coefficient | None
    question: Question
    terms: FloatArray
    columns: dict[str, slice]
    patterns: Patterns

    @property
    def has(self) -> npt.NDArray[np.bool_]:
        """Which notes somebody decided on."""
        return np.asarray(self.question.counts.sum(axis=1) > 0)

    @property
    def pairable(self) -> npt.NDArray[np.bool_]:
        """Which notes two or more decided on."""
        return np.asarray(self.question.counts.sum(axis=1) >= 2)

    def values(self, sums: FloatArray) -> FloatArray:
        """Return the coefficient from sums over notes, leading axes carried through."""
        if self.asked is None:
            return np.full(sums.shape[:-1], np.nan)
        return self.asked.formula(
            {name: sums[..., at] for name, at in self.columns.items()}, self.question
        ).value

    @property
    def is_undisputed(self) -> bool:
        """Whether the coders never differed."""
        if self.asked is None:
            return False
        total = self.terms.sum(axis=0)
        named = {name: total[at] for name, at in self.columns.items()}
        found = self.asked.formula(named, self.question)
        return nothing_disputed(float(found.value), float(found.observed))


def _check_ids(ratings: pd.DataFrame) -> None:
    if isinstance(ratings, pd.DataFrame) and not ratings.index.is_unique:
        twice = ratings.index[ratings.index.duplicated()].unique()
        msg = f"These notes occur more than once in a table, so they cannot be paired: {quoted(twice)}."
        raise RatingsError(msg)


def _side(asked: Request, ratings: pd.DataFrame, ids: list[Any]) -> _Side:
    coded = read_ratings(ratings, asked.codes)
    patterns = asked.patterns_of(coded)
    place = {note: at for at, note in enumerate(ids)}
    notes = _note_by_note(coded, np.array([place[note] for note in ratings.index], np.int64), len(ids), asked)
    question = asked.question(notes)
    name = asked.names[0]
    if unsuited(name, patterns):
        return _Side(None, question, np.zeros((len(ids), 0)), {}, patterns)
    wanted = coefficient(name, question)
    blocks = [TERMS[term](question) for term in wanted.terms]
    ends = np.cumsum([0, *(block.shape[1] for block in blocks)])
    columns = {
        term: slice(int(start), int(end))
        for term, start, end in zip(wanted.terms, ends[:-1], ends[1:], strict=True)
    }
    return _Side(wanted, question, np.hstack(blocks), columns, patterns)


def _note_by_note(coded: CodedRatings, at: npt.NDArray[np.int64], n_notes: int, asked: Request) -> Patterns:
    """Return each note as a pattern of its own, in the order of all ids; empty where it is not there."""
    choices = np.full((n_notes, len(coded.coders)), -1, np.int64)
    for j, column in enumerate(coded.values):
        choices[at, j] = column
    counts = np.zeros((n_notes, len(coded.codes)), np.int64)
    for column in choices.T:
        seen = np.flatnonzero(column >= 0)
        counts[seen, column[seen]] += 1
    who = choices if asked.needs_who else None
    return Patterns(counts, np.ones(n_notes, np.int64), coded.codes, len(coded.coders), who)


def _units(ids: list[Any], cluster: pd.Series[Any] | None) -> npt.NDArray[np.int64]:
    """Return the number of what each note is drawn with: its cluster, or itself."""
    if cluster is None:
        return np.arange(len(ids))
    numbers = cluster_numbers(pd.Index(ids), cluster)
    own = numbers.max(initial=ALONE) + 1 + np.arange(len(ids))
    _, places = np.unique(np.where(numbers == ALONE, own, numbers), return_inverse=True)
    return np.asarray(places.ravel(), np.int64)


def _row(
    asked: Request, sides: list[_Side], unit: npt.NDArray[np.int64], *, is_clustered: bool
) -> dict[str, Any]:
    value_a, value_b = (float(side.values(side.terms.sum(axis=0))) for side in sides)
    difference = value_b - value_a
    low = high = p = float("nan")
    note = _why_not(asked, sides)
    if not note and asked.how.n_resamples and not is_clustered and _is_rare(asked, sides):
        drawn = posterior_differences(_pairs(sides), asked.names[0], max(2, len(sides[0].question.counts[0])))
        low, high = posterior_ends(drawn, difference, asked.how.confidence)
        p = _p_value(drawn)
        note = say("agreement_posterior", asked.lang, n=_smaller_side(sides))
    elif not note and asked.how.n_resamples and _smaller_side(sides) < NOTES_FOR_INTERVAL:
        note = say("agreement_few_beside", asked.lang, n=_smaller_side(sides))
    elif not note and asked.how.n_resamples:
        table, groups = _grouped(sides, unit)
        without = [_differences(sides, table.sum(axis=0) - table[units]) for units in groups]
        lost = 0.0
        if asked.how.method == "bca":
            resampled = _resampled(sides, table, groups, asked)
            lost = float(np.isnan(resampled).mean())
            low, high = interval(resampled, difference, asked.how.confidence, "bca", _curve(without))
            p = _p_value(resampled)
        else:
            low, high, p = jackknife_difference(without, difference, asked.how.confidence)
        note = _remark(asked, sides, lost, sum(map(len, groups)) if is_clustered else None)
        if np.isnan(low) and not note:
            note = say("agreement_difference_one_unit", asked.lang)
    paired = int((sides[0].pairable & sides[1].pairable).sum())
    n_a, n_b = (int(side.pairable.sum()) for side in sides)
    name = asked.names[0]
    values = (name, value_a, value_b, difference, low, high, p, n_a, n_b, paired, note)
    return dict(zip(DIFFERENCE_COLUMNS, values, strict=True))


def _smaller_side(sides: list[_Side]) -> int:
    """Return on how many notes of either table the commonest code is, or anything else, if fewer."""
    return min(smaller_side(side.patterns.counts, side.patterns.multiplicity) for side in sides)


def _is_rare(asked: Request, sides: list[_Side]) -> bool:
    """Whether the difference is of a code that is rare in either table, and has a posterior distribution."""
    counts = np.vstack([side.question.counts for side in sides]).astype(np.int64)
    each = [(side.patterns.counts, side.patterns.multiplicity) for side in sides]
    rare = min(rarest_share(*one) for one in each) < RARE
    weights = sides[0].question.weights
    plain = asked.names[0] == "alpha" or bool((weights == np.eye(len(weights))).all())
    two = is_binary(counts, np.ones(len(counts), np.int64))
    return rare and two and plain and has_posterior(asked.names[0])


def _pairs(sides: list[_Side]) -> Pairs:
    """Return on how many notes how many of how many coders chose the rarer of two codes, in both tables."""
    used = sum(side.question.counts.sum(axis=0) for side in sides)
    rarer = int(np.argsort(-used, kind="stable")[1])
    columns = []
    for side in sides:
        coders = np.where(side.pairable, side.question.counts.sum(axis=1), 0)
        columns += [np.where(side.pairable, side.question.counts[:, rarer], 0), coders]
    rows, times = np.unique(np.column_stack(columns).astype(np.int64), axis=0, return_counts=True)
    return tuple(
        (tuple(row), n) for row, n in zip(rows.tolist(), times.tolist(), strict=True) if row[1] or row[3]
    )


def _grouped(
    sides: list[_Side], unit: npt.NDArray[np.int64]
) -> tuple[FloatArray, list[npt.NDArray[np.int64]]]:
    """Return what each unit adds to the sums of both tables, and the units of both, of a, of b alone."""
    table, has = _by_unit(sides, unit)
    kinds = ([True, True], [True, False], [False, True])
    groups = [np.flatnonzero((has == kind).all(axis=1)) for kind in kinds]
    # In an order that does not depend on which table is called a.
    return table, sorted((units for units in groups if len(units)), key=lambda units: int(units[0]))


def _resampled(
    sides: list[_Side], table: FloatArray, groups: list[npt.NDArray[np.int64]], asked: Request
) -> FloatArray:
    """Return R differences of resamples, drawn within each group."""
    rng = np.random.default_rng(asked.how.rng)
    sums = np.zeros((asked.how.n_resamples, table.shape[1]))
    for units in groups:
        blocks = resampled_sums(table[units], np.ones(len(units), np.int64), asked.how.n_resamples, rng)
        sums += np.vstack(list(blocks))
    return _differences(sides, sums)


def _curve(without: Sequence[FloatArray]) -> float:
    """Return the acceleration of the difference."""
    jackknife = np.concatenate([each.mean() - each for each in without])
    spread = float(jackknife @ jackknife)
    return float((jackknife**3).sum() / (6 * spread**1.5)) if spread > 0 else 0.0


def _by_unit(sides: list[_Side], unit: npt.NDArray[np.int64]) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return what each unit adds to the sums of both tables, and in which of the two it is."""
    n_units = int(unit.max(initial=-1)) + 1
    terms = np.hstack([side.terms for side in sides])
    table = np.zeros((n_units, terms.shape[1]))
    np.add.at(table, unit, terms)
    has = np.zeros((n_units, 2), bool)
    for column, side in enumerate(sides):
        np.logical_or.at(has[:, column], unit, side.has)
    return table, has


def _differences(sides: list[_Side], sums: FloatArray) -> FloatArray:
    width = sides[0].terms.shape[1]
    return np.asarray(sides[1].values(sums[..., width:]) - sides[0].values(sums[..., :width]))


def _p_value(resampled: FloatArray) -> float:
    """Return twice the smaller share of differences at or beyond 0; at most 1."""
    defined = resampled[~np.isnan(resampled)]
    if not len(defined):
        return float("nan")
    fewer = min(int((defined <= SLACK).sum()), int((defined >= -SLACK).sum()))
    return min(1.0, 2 * (fewer + 1) / (len(defined) + 1))


def _why_not(asked: Request, sides: list[_Side]) -> str:
    """Return why there is no interval: a value that is not, or no disagreement to go by."""
    for side in sides:
        if np.isnan(side.values(side.terms.sum(axis=0))):
            return why_undefined(asked.names[0], side.patterns, asked.lang)
    if all(side.is_undisputed for side in sides):
        return say("agreement_difference_none", asked.lang)
    return ""


def _remark(asked: Request, sides: list[_Side], lost: float, n_clusters: int | None) -> str:
    lang = asked.lang
    if any(side.is_undisputed for side in sides):
        return say("agreement_difference_one", lang)
    if not (sides[0].has & sides[1].has).any():
        return say("agreement_difference_apart", lang)
    if n_clusters is not None and n_clusters < FEW_CLUSTERS:
        return say("agreement_few_clusters", lang, n=n_clusters)
    return say("agreement_lost_resamples", lang, percent=number(100 * lost, lang, 1)) if lost else ""
