"""All that is told of one table of ratings: agreement, by code and by pair, and the disagreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sekom_analysis.agreement.breakdowns import agreement_by_code, agreement_by_pair
from sekom_analysis.agreement.disputes import disagreements
from sekom_analysis.agreement.tables import DEFAULT, Options, agreement
from sekom_analysis.basics.wording import say

BROKEN_DOWN = ("percent", "alpha")
_BESIDE = 2  # columns of `disagreements` before the coders'


@dataclass(frozen=True)
class Summary:
    """What is told of ratings.

    Attributes
    ----------
    ratings, level, lang, n_resamples, rng : as in `summarise`
    overall : as `agreement` gives it
    by_code : as `agreement_by_code` gives it; empty for scores, which are not codes
    by_pair : as `agreement_by_pair` gives it; empty where there are two coders only
    disputed : as `disagreements` gives it, answers in words
    """

    ratings: pd.DataFrame
    level: str
    overall: pd.DataFrame
    by_code: pd.DataFrame
    by_pair: pd.DataFrame
    disputed: pd.DataFrame
    lang: str
    n_resamples: int
    rng: int

    @property
    def coders(self) -> list[str]:
        """The coders, in the order of the ratings."""
        return [str(coder) for coder in self.ratings.columns]

    @property
    def answers(self) -> list[str]:
        """The columns of `disputed` with the coders' answers, in the order of `coders`."""
        return [str(name) for name in self.disputed.columns[_BESIDE : _BESIDE + len(self.coders)]]


def summarise(
    ratings: pd.DataFrame,
    level: str = "nominal",
    kind: str = "single",
    notes: pd.DataFrame | None = None,
    *,
    coefficients: str | Sequence[str] | None = None,
    lang: str = "en",
    n_resamples: int = 10_000,
    rng: int = 0,
) -> Summary:
    """Return all that is told of ratings.

    Parameters
    ----------
    ratings, level : as in `agreement`
    kind : ``"single"``, ``"multiple"`` or ``"scale"``
    notes : with a column ``text``, to show beside the disagreements
    coefficients : as in `agreement`; left out, of sets those only that sets have
    lang : ``"sv"`` or ``"en"``
    n_resamples : R, behind each interval
    rng : seed

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b", "b", "a"], "k2": ["a", "b", "a", "a"]})
    >>> found = summarise(ratings, n_resamples=0)
    >>> found.disputed[found.answers].to_dict("index")
    {2: {'k1': 'b', 'k2': 'a'}}
    """
    if coefficients is None or list(coefficients) == list(DEFAULT):
        # Gwet's coefficients take a fixed list of codes, which sets do not have.
        coefficients = BROKEN_DOWN if kind == "multiple" else DEFAULT
    how = Options(coefficients=coefficients, n_resamples=n_resamples, rng=rng, lang=lang)
    overall = agreement(ratings, level, **how)
    how["coefficients"] = BROKEN_DOWN
    by_code = pd.DataFrame() if kind == "scale" else agreement_by_code(ratings, **how)
    by_pair = agreement_by_pair(ratings, level, **how) if ratings.shape[1] > 2 else pd.DataFrame()
    disputed = disagreements(ratings, notes)
    coders = disputed.columns[_BESIDE : _BESIDE + ratings.shape[1]]
    shown = {name: [answer_in_words(value, lang) for value in disputed[name]] for name in coders}
    disputed = disputed.assign(**shown)
    return Summary(ratings, level, overall, by_code, by_pair, disputed, lang, n_resamples, rng)


def answer_in_words(value: object, lang: str) -> str:
    """Return one answer as people read it.

    Examples
    --------
    >>> answer_in_words(frozenset({"Tid", "Stöd"}), "en"), answer_in_words(3, "en")
    ('Stöd, Tid', '3')
    """
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) if value else say("reading_empty", lang)
    return "–" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]
