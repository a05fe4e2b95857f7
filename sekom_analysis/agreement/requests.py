"""One request: what is asked of ratings, and the tidy rows that answer it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.catalogue import COEFFICIENTS, unsuited
from sekom_analysis.agreement.coefficients import Question
from sekom_analysis.agreement.distances import Level, agreement_weights, distances, positions
from sekom_analysis.agreement.estimates import UNKNOWN, Estimate, Interval, Random, estimate
from sekom_analysis.agreement.explanations import explain
from sekom_analysis.agreement.patterns import FloatArray, Patterns, choices_of, patterns_of
from sekom_analysis.agreement.ratings import Code, CodedRatings, read_ratings
from sekom_analysis.agreement.resampling import check_call
from sekom_analysis.errors import RatingsError

DEFAULT = ("percent", "alpha", "ac1")
# Light's κ sums up a table of pairs, which agreement_by_pair shows whole.
ALL = tuple(name for name in COEFFICIENTS if name != "light")
COLUMNS = (
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
    method: str
    confidence: float
    n_resamples: int
    rng: Random
    codes: Sequence[Code] | None
    lang: str
    floor: float | None
    declared: str | None


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

    def patterns(self, ratings: Ratings) -> Patterns:
        """Return the patterns of ratings; patterns are taken as they are."""
        if isinstance(ratings, Patterns):
            return ratings
        return self.patterns_of(read_ratings(ratings, self.codes))

    def patterns_of(self, coded: CodedRatings) -> Patterns:
        """Return patterns, with who chose what where a coefficient needs to know."""
        return (choices_of if self.needs_who else patterns_of)(coded)

    @property
    def needs_who(self) -> bool:
        """Whether a coefficient needs to know who chose."""
        return any(COEFFICIENTS[name].who for name in self.names)

    def question(self, patterns: Patterns) -> Question:
        """Return what is asked of patterns."""
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
        suited = self.suited(patterns)
        [found] = estimate([self.question(patterns)], suited, patterns.multiplicity, self.how)
        return self.with_gaps(found, suited)

    def suited(self, patterns: Patterns) -> list[str]:
        """Return the coefficients that suit the ratings."""
        return [name for name in self.names if not unsuited(name, patterns)]

    def with_gaps(self, found: list[Estimate], suited: list[str]) -> list[Estimate]:
        """Return estimates in the order asked for, without a value for those that do not suit."""
        known = dict(zip(suited, found, strict=True))
        return [known.get(name, UNKNOWN) for name in self.names]

    def answer(self, patterns: Patterns, **about: Any) -> pd.DataFrame:
        """Return one row a coefficient, with columns in front that say what it is about."""
        return self.rows(self.estimates(patterns), patterns, **about)

    def rows(
        self, found: list[Estimate], patterns: Patterns, n_carrying: int | None = None, **about: Any
    ) -> pd.DataFrame:
        """Return estimates as tidy rows."""
        columns: dict[str, Any] = {key: [value] * len(found) for key, value in about.items()}
        columns["coefficient"] = self.names
        for field in COLUMNS[1:7]:
            columns[field] = [getattr(one, field) for one in found]
        columns["n_notes"], columns["n_pairable"] = patterns.n_notes, patterns.n_pairable
        columns["n_coders"], columns["n_codes"] = patterns.n_coders, len(patterns.codes)
        columns["note"] = [
            explain(name, one, patterns, self.how, self.lang, n_carrying)
            for name, one in zip(self.names, found, strict=True)
        ]
        if self.floor is not None:
            columns["reaches_floor"] = [share_reaching(one.resampled, self.floor) for one in found]
        if self.declared is not None:
            columns["declared"] = [name == self.declared for name in self.names]
        return pd.DataFrame(columns)


def share_reaching(resampled: FloatArray, floor: float) -> float:
    """Return the share of resamples in which a coefficient reaches the floor declared beforehand."""
    defined = resampled[~np.isnan(resampled)]
    return float((defined >= floor).mean()) if len(defined) else float("nan")


def request(
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
) -> Request:
    """Return a request that can be answered.

    Raises
    ------
    RatingsError
        If a coefficient, a method or a number is not among those allowed.
    """
    check_call(method, confidence, n_resamples)
    how = Interval(method, confidence, n_resamples, rng)
    names = _names(coefficients, weights)
    return Request(names, level, weights, how, codes, lang, floor, declared)


def _names(coefficients: Names, weights: Weights) -> list[str]:
    wanted = DEFAULT if coefficients is None else coefficients
    if isinstance(wanted, str):
        wanted = ALL if wanted == "all" else [wanted]
    unknown = [name for name in wanted if name not in COEFFICIENTS]
    if unknown:
        msg = (
            f"There are no coefficients {', '.join(map(repr, unknown))}. "
            f"Choose among: {', '.join(COEFFICIENTS)}; or 'all'."
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
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=[*about, *COLUMNS])
