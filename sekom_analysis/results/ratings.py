"""Agreement on ratings that come from files, without a study: all that is told of them, worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sekom_analysis.agreement import agreement, agreement_by_code, agreement_by_pair, disagreements
from sekom_analysis.agreement.tables import DEFAULT, Options
from sekom_analysis.basics.wording import say
from sekom_analysis.exchange.ratings import Found, Question

BROKEN_DOWN = ("percent", "alpha")


@dataclass(frozen=True)
class RatingsResults:
    """What is told of one question.

    Attributes
    ----------
    question : its ratings, and how they were read
    overall : as `agreement` gives it
    by_code : as `agreement_by_code` gives it; empty for scores, which have no codes
    by_pair : as `agreement_by_pair` gives it; empty where there are two coders only
    disputed : as `disagreements` gives it, answers in words
    lang, n_resamples, rng : as in `work_out`
    """

    question: Question
    overall: pd.DataFrame
    by_code: pd.DataFrame
    by_pair: pd.DataFrame
    disputed: pd.DataFrame
    lang: str
    n_resamples: int
    rng: int

    @property
    def coders(self) -> list[str]:
        """The coders, in the order of the files."""
        return [str(coder) for coder in self.question.ratings.columns]


def work_out_ratings(
    found: Found,
    question: Question,
    *,
    coefficients: str | Sequence[str] | None = None,
    lang: str = "en",
    n_resamples: int = 10_000,
    rng: int = 0,
) -> RatingsResults:
    """Return agreement on a question, overall, by code and by pair, and the disagreements.

    Parameters
    ----------
    found : what the files hold
    question : one of its questions
    coefficients : as in `agreement`
    lang : ``"sv"`` or ``"en"``
    n_resamples : R, behind each interval
    rng : seed
    """
    ratings, level = question.ratings, question.level
    if coefficients is None or list(coefficients) == list(DEFAULT):
        # Gwet's coefficients take a fixed list of codes, which sets do not have.
        coefficients = BROKEN_DOWN if question.kind == "multiple" else DEFAULT
    how = Options(coefficients=coefficients, n_resamples=n_resamples, rng=rng, lang=lang)
    overall = agreement(ratings, level, **how)
    how["coefficients"] = BROKEN_DOWN
    by_code = by_pair = pd.DataFrame()
    if question.kind != "scale":
        by_code = agreement_by_code(ratings, **how)
    if ratings.shape[1] > 2:
        by_pair = agreement_by_pair(ratings, level, **how)
    has_texts = bool((found.notes["text"] != "").any())
    disputed = disagreements(ratings, found.notes if has_texts else None)
    first = 2
    coders = disputed.columns[first : first + ratings.shape[1]]
    shown = {name: [answer_in_words(value, lang) for value in disputed[name]] for name in coders}
    return RatingsResults(
        question, overall, by_code, by_pair, disputed.assign(**shown), lang, n_resamples, rng
    )


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
