"""Agreement as a tidy table, alpha as a number, and why two coefficients differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.catalogue import (
    ALSO_KNOWN_AS,
    COEFFICIENTS,
    OF_SCORES,
    meant,
    n_scored,
    unsuited,
)
from sekom_analysis.agreement.clusters import FEW_CLUSTERS
from sekom_analysis.agreement.coded import Code, CodedRatings, read_ratings
from sekom_analysis.agreement.coefficients import Question
from sekom_analysis.agreement.distances import Level, agreement_weights, check_order, distances, positions
from sekom_analysis.agreement.guards import guarded, told_once
from sekom_analysis.agreement.intervals import (
    METHODS,
    UNKNOWN,
    Estimate,
    Interval,
    Random,
    check_call,
    estimate,
    nothing_disputed,
    points,
)
from sekom_analysis.agreement.patterns import Patterns, choices_of, patterns_of, rearranged
from sekom_analysis.agreement.reasons import about_scores, which_kappa, without_few_scores
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import number, quoted, say

# --- sentences for the column `note`: why there is no answer, and what to know about one --------------


# Below this, simulated 95 % intervals covered 85–99 % (docs/methods.md).
FEW_NOTES = 75


def explain(
    name: str,
    found: Estimate,
    patterns: Patterns,
    how: Interval,
    lang: str = "en",
    n_carrying: int | None = None,
) -> str:
    """Return what should be known about an estimate; empty where nothing need be said."""
    if np.isnan(found.value):
        return why_undefined(name, patterns, lang)
    if how.method == "krippendorff" and name != "alpha":
        return say("agreement_alpha_only", lang)
    if nothing_disputed(found.value, found.observed):
        return say("agreement_nothing_disputed", lang, n=patterns.n_pairable)
    if name in OF_SCORES and (said := about_scores(name, patterns, lang)):
        return said
    if patterns.clusters is not None and np.isnan(found.low) and how.n_resamples:
        return say("agreement_clusters_undefined", lang, n=found.n_clusters)
    if patterns.clusters is not None and found.n_clusters < FEW_CLUSTERS and how.n_resamples:
        return say("agreement_few_clusters", lang, n=found.n_clusters)
    if name in OF_SCORES:
        return ""
    if len(found.resampled) and patterns.n_pairable < FEW_NOTES and n_carrying is None:
        return say("agreement_few_notes", lang, n=patterns.n_pairable)
    lost = float(np.mean(np.isnan(found.resampled))) if len(found.resampled) else 0.0
    if lost:
        return say("agreement_lost_resamples", lang, percent=number(100 * lost, lang, 1))
    return ""


def why_undefined(name: str, patterns: Patterns, lang: str = "en") -> str:
    """Return the reason why a coefficient has no value."""
    unfit = unsuited(name, patterns)
    if unfit:
        return say(unfit, lang)
    used = int((patterns.multiplicity @ patterns.counts > 0).sum())
    if patterns.n_notes == 0:
        return say("agreement_no_decision", lang)
    if patterns.n_coders < 2:
        return say("agreement_one_coder", lang)
    if patterns.n_pairable == 0:
        return say("agreement_no_pairable", lang)
    if used < 2:
        return say("agreement_one_code", lang)
    if name in OF_SCORES:
        return say("agreement_scores_alike" if n_scored(name, patterns) else "agreement_no_complete", lang)
    return say("agreement_undefined", lang)


# --- one request: what is asked of ratings, and the tidy rows that answer it --------------------------


DEFAULT = ("percent", "alpha", "ac1")
# Light's κ sums up a table of pairs, which agreement_by_pair shows whole; kappa is another name.
ALL = tuple(name for name in COEFFICIENTS if name not in ("light", "kappa") and "listwise" not in name)
AGREEMENT_COLUMNS = (
    "coefficient",
    "value",
    "low",
    "high",
    "standard_error",
    "observed",
    "expected",
    "n_notes",
    "n_pairable",
    "n_coders",
    "n_codes",
    "note",
)

Ratings = pd.DataFrame | Patterns
Names = str | Sequence[str] | None
Weights = str | npt.NDArray[Any] | None


class Options(TypedDict, total=False):
    """What every table of agreement takes; explained at `agreement`."""

    coefficients: Names
    weights: Weights
    method: str | None
    confidence: float
    n_resamples: int
    rng: Random
    codes: Sequence[Code] | None
    lang: str
    floor: float | None
    declared: str | None
    cluster: pd.Series[Any] | None


@dataclass(frozen=True)
class Request:
    """Which coefficients are asked for, at which level, with what interval, in what language."""

    names: list[str]
    level: Level
    weights: Weights
    how: Interval
    codes: Sequence[Code] | None
    lang: str
    floor: float | None
    declared: str | None
    cluster: pd.Series[Any] | None = None

    def coded(self, ratings: pd.DataFrame) -> CodedRatings:
        """Return a table of ratings as positions among the codes, with each note's cluster."""
        return read_ratings(ratings, self.codes, self.cluster)

    def patterns(self, ratings: Ratings) -> Patterns:
        """Return the patterns of ratings; patterns are taken as they are."""
        if not isinstance(ratings, Patterns):
            return self.patterns_of(self.coded(ratings))
        if self.cluster is not None:
            msg = (
                "Patterns do not say which notes they are of, so clusters cannot be added to them. Name the "
                "column when they are counted: count_patterns(table, cluster='table')."
            )
            raise RatingsError(msg)
        return ratings if self.codes is None else rearranged(ratings, self.codes)

    def patterns_of(self, coded: CodedRatings) -> Patterns:
        """Return patterns, with who chose what where a coefficient needs to know."""
        return (choices_of if self.needs_who else patterns_of)(coded)

    @property
    def needs_who(self) -> bool:
        """Whether a coefficient needs to know who chose."""
        return any(COEFFICIENTS[name].who for name in self.names)

    def question(self, patterns: Patterns) -> Question:
        """Return what is asked of patterns; refuse an order that nobody gave."""
        check_order(self.level, self.weights, patterns.codes)
        return Question(
            patterns.counts.astype(np.float64),
            distances(self.level, patterns.codes),
            agreement_weights(self.weights, patterns.codes),
            patterns.n_coders,
            patterns.choices,
            positions(patterns.codes),
        )

    def estimates(self, patterns: Patterns) -> list[Estimate]:
        """Return the estimates of every coefficient."""
        [found] = self.estimates_of(patterns, lambda whole: [whole])
        return found

    def estimates_of(
        self, patterns: Patterns, parts: Callable[[Patterns], list[Patterns]]
    ) -> list[list[Estimate]]:
        """Return the estimates of every coefficient, of each of the parts that are made of patterns.

        Coefficients that do not ask who chose are drawn from patterns that do not say so: the interval of
        alpha is the same whatever else is asked for.
        """
        each = parts(patterns)
        suited = [name for name in self.names if each and not unsuited(name, each[0])]
        known: list[dict[str, Estimate]] = [{} for _ in each]
        for who in (False, True):
            names = [name for name in suited if COEFFICIENTS[name].who is who]
            if not names:
                continue
            whole = patterns if who else patterns.without_who()
            questions = [self.question(one) for one in parts(whole)]
            answers = estimate(questions, names, whole.multiplicity, self._how(whole), whole.clusters)
            for of_part, found in zip(known, answers, strict=True):
                given = zip(names, found, strict=True)
                of_part.update({name: without_few_scores(name, one, patterns) for name, one in given})
        return [[of_part.get(name, UNKNOWN) for name in self.names] for of_part in known]

    def _how(self, patterns: Patterns) -> Interval:
        """Return how intervals are made: of notes BCa, of clusters the jackknife, unless one is named."""
        if self.how.method == "krippendorff" and patterns.clusters is not None:
            msg = "Krippendorff's own resampling draws pairs of codes and cannot keep clusters together."
            raise RatingsError(msg)
        if self.how.method:
            return self.how
        return replace(self.how, method="bca" if patterns.clusters is None else "jackknife")

    def answer(self, patterns: Patterns, **about: Any) -> pd.DataFrame:
        """Return one row per coefficient, with columns in front that say what it is about."""
        return self.rows(self.estimates(patterns), patterns, **about)

    def rows(
        self, found: list[Estimate], patterns: Patterns, n_carrying: int | None = None, **about: Any
    ) -> pd.DataFrame:
        """Return estimates as tidy rows, with the intervals that hold."""
        found, said = self.held(found, patterns)
        columns: dict[str, Any] = {key: [value] * len(found) for key, value in about.items()}
        columns["coefficient"] = [meant(name, patterns.n_coders) for name in self.names]
        for field in AGREEMENT_COLUMNS[1:7]:
            columns[field] = [getattr(one, field) for one in found]
        columns["n_notes"], columns["n_pairable"] = patterns.n_notes, patterns.n_pairable
        columns["n_coders"], columns["n_codes"] = patterns.n_coders, len(patterns.codes)
        columns["note"] = told_once(
            [
                which_kappa(name, patterns, self.lang)
                + (why or explain(name, one, patterns, self.how, self.lang, n_carrying))
                for name, one, why in zip(self.names, found, said, strict=True)
            ]
        )
        if patterns.clusters is not None:
            columns["n_clusters"] = [one.n_clusters for one in found]
            columns["design_effect"] = [one.design_effect for one in found]
        if self.floor is not None:
            columns["reaches_floor"] = [one.reaches_floor for one in found]
        if self.declared is not None:
            columns["declared"] = [name == self.declared for name in self.names]
        return pd.DataFrame(columns)

    def held(self, found: list[Estimate], patterns: Patterns) -> tuple[list[Estimate], list[str]]:
        """Return estimates with the intervals that hold, and what to say of those that others replace."""
        if not self.how.n_resamples:
            return found, [""] * len(found)
        question = self.question(patterns)
        kept = [
            guarded(meant(name, patterns.n_coders), one, patterns, question, self.how, self.lang)
            for name, one in zip(self.names, found, strict=True)
        ]
        return [one for one, _ in kept], [why for _, why in kept]


def request(
    level: Level = "nominal",
    *,
    coefficients: Names = None,
    weights: Weights = None,
    method: str | None = None,
    confidence: float = 0.95,
    n_resamples: int = 10_000,
    rng: Random = 0,
    codes: Sequence[Code] | None = None,
    lang: str = "en",
    floor: float | None = None,
    declared: str | None = None,
    cluster: pd.Series[Any] | None = None,
) -> Request:
    """Return a request that can be answered.

    Raises
    ------
    RatingsError
        If a coefficient, a method or a number is not among those allowed.
    """
    check_call(method or METHODS[0], confidence, n_resamples)
    how = Interval(method or "", confidence, n_resamples, rng, floor)
    names = _names(coefficients, weights)
    return Request(names, level, weights, how, codes, lang, floor, declared, cluster)


def _names(coefficients: Names, weights: Weights) -> list[str]:
    wanted = DEFAULT if coefficients is None else coefficients
    if isinstance(wanted, str):
        wanted = ALL if wanted == "all" else [wanted]
    wanted = [ALSO_KNOWN_AS.get(name, name) for name in wanted]
    unknown = [name for name in wanted if name not in COEFFICIENTS]
    if unknown:
        msg = (
            f"There are no coefficients {quoted(unknown)}. Choose among: "
            f"{', '.join([*COEFFICIENTS, *ALSO_KNOWN_AS])}; or 'all'."
        )
        raise RatingsError(msg)
    return list(dict.fromkeys(_own_name(name, weights) for name in wanted))


def _own_name(name: str, weights: Weights) -> str:
    if name in ("ac1", "ac2"):
        return "ac1" if weights is None else "ac2"
    return name


def joined(tables: Iterable[pd.DataFrame], *about: str) -> pd.DataFrame:
    """Return tables under each other; of none, an empty one with the right columns."""
    found = list(tables)
    empty = pd.DataFrame(columns=[*about, *AGREEMENT_COLUMNS])
    if not found:
        return empty
    table = pd.concat(found, ignore_index=True)
    return table.assign(note=told_once(table["note"].tolist()))


# --- agreement as a tidy table, and alpha as a number -------------------------------------------------


def agreement(
    ratings: Ratings,
    level: Level = "nominal",
    *,
    coefficients: Names = None,
    weights: Weights = None,
    method: str | None = None,
    confidence: float = 0.95,
    n_resamples: int = 10_000,
    rng: Random = 0,
    codes: Sequence[Code] | None = None,
    lang: str = "en",
    floor: float | None = None,
    declared: str | None = None,
    cluster: pd.Series[Any] | None = None,
) -> pd.DataFrame:
    """Return coefficients of agreement with intervals, one row per coefficient.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M), or Patterns
        One row per note, one column per coder; missing means unseen.
    level : str or array of shape (V, V)
        How far apart two codes are, for alpha: ``"nominal"``, ``"ordinal"``,
        ``"interval"``, ``"ratio"``; for sets ``"masi"``, ``"jaccard"``,
        ``"dice"``; or distances of your own.
    coefficients : str or sequence of str, optional
        ``"all"``, or names. Left out: percent, alpha and ac1. ``"kappa"`` is
        Cohen's for two coders and Fleiss' for more; ``"bennett_s"`` is
        Brennan–Prediger; ``"icc_a_1_listwise"`` leaves out notes with gaps.
    weights : str or array of shape (V, V), optional
        Partial credit for every coefficient but alpha: ``"linear"``,
        ``"quadratic"``, ``"ordinal"``, ``"bipolar"``, or your own. With
        weights, AC1 is called AC2.
    method : {"bca", "percentile", "jackknife", "krippendorff"}, optional
        How the interval is made: BCa or percentile from resampled notes or
        clusters; the jackknife with Student's t on Fisher's z; or, for alpha
        alone, Krippendorff's own algorithm as in KALPHA. Left out: the
        jackknife with clusters, else BCa.
    confidence : float
        Coverage aimed at, between 0 and 1.
    n_resamples : int
        R; 0 for no interval.
    rng : int, Generator or SeedSequence
        Source of randomness; a number gives the same answer every time.
    codes : sequence, optional
        All V codes on offer, in order. Left out: the categories of the
        columns, or else the values seen. Words, and numbers as text, have no
        order unless it is given here or by an ordered categorical.
    lang : {"en", "sv"}
        Language of the column `note`.
    floor : float, optional
        A value declared beforehand; adds the column `reaches_floor`, the
        share of resamples that reach it (1 − q in KALPHA's output).
    declared : str, optional
        The coefficient declared beforehand; adds the column `declared`.
    cluster : Series, optional
        The cluster of each note, indexed by note_id, such as the table that
        wrote it; a note without one is a cluster of its own. Clusters, not
        notes, are then left out or drawn, and the columns `n_clusters` and
        `design_effect` are added: how many times the variance of the
        coefficient is what it would be if notes were independent.

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
        If a name, level or number is not among those allowed, or a level or
        weights need an order that nobody gave.

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
        cluster=cluster,
    )
    return asked.answer(asked.patterns(ratings))


def alpha(ratings: Ratings, level: Level = "nominal", codes: Sequence[Code] | None = None) -> float:
    """Return Krippendorff's alpha.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M), or Patterns
        One row per note, one column per coder; missing means unseen.
    level : str or array of shape (V, V)
        As in `agreement`.
    codes : sequence, optional
        As in `agreement`: the order of words, lowest first.

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
    asked = request(level, coefficients="alpha", n_resamples=0, codes=codes)
    patterns = asked.patterns(ratings)
    return float(points([asked.question(patterns)], asked.names, patterns.multiplicity)[0].value)
