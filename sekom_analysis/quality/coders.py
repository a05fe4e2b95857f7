"""One coder's own report, for learning and never for ranking: one coder, beside all the others together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.others import OTHERS, beside_the_others, leaning, parts_in_order
from sekom_analysis.decisions import INDEPENDENT, counting_rows
from sekom_analysis.errors import RatingsError
from sekom_analysis.quality.coder_words import report_in_words
from sekom_analysis.quality.stance import check_stance
from sekom_analysis.study import Study
from sekom_analysis.wording import check_language, say

BLIND_AGAIN = 2
FIRST, SECOND = "pass 1", "pass 2"
# Answers that came closer than this were saved in one go: a sheet, an import. Nobody reads that fast.
ONE_GO = pd.Timedelta(milliseconds=10)
MOST_IN_ONE_GO = 0.05


@dataclass(frozen=True)
class CoderReport:
    """What one coder may learn from their own decisions on one variable.

    Attributes
    ----------
    coder, variable : whose, and on what
    agreement : the coder beside what the others settle on without them, as `agreement` gives it
    n_divided : notes left out of that, since the others are divided
    leaning : codes used more or less than by the others on the same notes, as `leaning` gives it; empty
        of a scale
    drift : agreement in thirds of the coder's own order, as `parts_in_order` gives it; empty where the
        order is not known
    order_known : whether times tell in which order the coder decided
    stability : as `stability` gives it
    sentences : all of it in words
    """

    coder: str
    variable: str
    agreement: pd.DataFrame
    n_divided: int
    leaning: pd.DataFrame
    drift: pd.DataFrame
    order_known: bool
    stability: pd.DataFrame
    sentences: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the sentences, one a line."""
        return "\n".join(self.sentences)


def coder_report(
    study: Study,
    coder: str,
    variable: str,
    lang: str = "sv",
    *,
    notes: object = None,
    coders: Iterable[str] | None = None,
    n_resamples: int = 10_000,
    rng: int = 0,
    shown: bool = True,
) -> CoderReport:
    """Return what one coder may learn: agreement with the others, leaning, drift, stability.

    Parameters
    ----------
    study : Study
    coder, variable : whose, and on what
    lang : ``"sv"`` or ``"en"``
    notes : as in `Study.ratings`
    coders : the others; left out, everybody who decided
    n_resamples, rng : as in `agreement`
    shown : keep that the coder was shown how the others answered these notes, since the report is written
        for that coder: what they answer to them from now on is pass 3. False where only you read it

    Returns
    -------
    CoderReport. The coder is compared with what the *other* coders settle on, so never with themself;
    the others' view is no truth, and who differs may be the one who reads best. There is no function
    that puts coders in a row.

    Raises
    ------
    CodebookError, StudyError
        If there is no such variable or coder.
    RatingsError
        If the coder decided nothing on the variable.
    StanceError
        If the study is reflexive.
    """
    check_language(lang)
    asked = check_stance(study).codebook[variable]
    ratings = _ratings(study, coder, variable, notes, coders)
    order, order_known = own_order(study, coder, variable)
    beside = beside_the_others(ratings, coder)
    beside = beside.loc[[note for note in order if note in beside.index]]
    how: dict[str, Any] = {"n_resamples": n_resamples, "rng": rng, "lang": lang}
    thirds = parts_in_order(beside)
    report = CoderReport(
        coder,
        variable,
        agreement=agreement(beside, study.about.plan.primary.measure(asked.kind)[1], **how),
        n_divided=int(beside[OTHERS].isna().sum()),
        leaning=leaning(beside, [] if asked.kind == "scale" else asked.answers),
        drift=thirds if order_known else thirds.iloc[:0],
        order_known=order_known,
        stability=stability(study, coder, variable, notes=notes, **how),
    )
    others = [str(other) for other in ratings.columns if other != coder]
    if shown:
        study.tell_shown(list(beside.index), [variable], "coder-report", coder)
    return replace(report, sentences=tuple(report_in_words(report, study, others, lang)))


def stability(
    study: Study, coder: str, variable: str, *, notes: object = None, **options: Any
) -> pd.DataFrame:
    """Return how well a coder agrees with themself: the blind second time (pass 2) beside the first.

    Parameters
    ----------
    study : Study
    coder, variable : whose, and on what
    notes : as in `Study.ratings`
    **options : those of `agreement`; the level is the plan's unless given

    Returns
    -------
    DataFrame
        ``coder`` and ``variable``, then the columns of `agreement`, on the notes decided both times; ``note``
        says it where there are none. Krippendorff (2019, ch. 12) calls this the weakest kind of
        reliability: whoever remembers, or errs alike twice, is stable.

    Raises
    ------
    CodebookError, StudyError
        If there is no such variable or coder.
    StanceError
        If the study is reflexive.
    """
    asked = check_stance(study).codebook[variable]
    options = {"level": study.about.plan.primary.measure(asked.kind)[1], **options}
    first, second = (
        study.ratings(variable, [coder], notes, passes=(one,))[coder] for one in (INDEPENDENT, BLIND_AGAIN)
    )
    twice = first.notna() & second.notna()
    both = pd.DataFrame({FIRST: first[twice].astype(object), SECOND: second[twice].astype(object)})
    if asked.kind == "single":
        codes = dict.fromkeys([*first.cat.categories, *second.cat.categories])
        both = both.astype(pd.CategoricalDtype(list(codes)))
    table = agreement(both, **options)
    if not twice.any():
        table["note"] = say("coder_never_twice", str(options.get("lang", "en")))
    return table.assign(coder=coder, variable=variable)[["coder", "variable", *table.columns]]


def own_order(study: Study, coder: str, variable: str) -> tuple[list[str], bool]:
    """Return a coder's notes in the order in which they were first decided, and whether that is known.

    Not known: times that came with an import, and times of which more than one in twenty follow the last
    within ten milliseconds, since answers saved in one go are stamped one after the other as they lie.
    """
    history = counting_rows(study.history(coder))
    decided = (history["event"] == "decide") & (history["pass"] == str(INDEPENDENT))
    own = history[decided & (history["variable"] == variable)].drop_duplicates("note_id")
    gaps = pd.to_datetime(own["decided_at"], utc=True, format="ISO8601").diff().dropna()
    in_one_go = len(gaps) > 0 and float((gaps < ONE_GO).mean()) > MOST_IN_ONE_GO
    imported = bool((own["via"] == "import").any())
    return [str(note) for note in own["note_id"]], not (imported or in_one_go)


def _ratings(
    study: Study, coder: str, variable: str, notes: object, coders: Iterable[str] | None
) -> pd.DataFrame:
    """Return the ratings of a coder and the others.

    Raises
    ------
    RatingsError
        If the coder decided nothing.
    """
    study.decisions(variable, coder)  # an unknown coder is named as such
    ratings = study.ratings(variable, None if coders is None else [coder, *coders], notes)
    decided = ratings.loc[:, ratings.notna().any()]
    if coder not in decided.columns:
        there = ", ".join(decided.columns) or "nobody"
        msg = f"{coder} has decided nothing on '{variable}' on their own here; with such decisions: {there}."
        raise RatingsError(msg)
    return decided
