"""One coder's own report, for learning and never for ranking: one coder, beside all the others together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.breakdowns import OTHERS, beside_the_others, leaning, parts_in_order
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import (
    check_language,
    count_notes,
    in_words,
    interval_in_percent,
    list_in_words,
    p_in_words,
    say,
    share_in_words,
)
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.decisions import INDEPENDENT, counting_rows
from sekom_analysis.study.study import Study

# --- A coder's report in words ------------------------------------------------------------------------


# A third with fewer notes has an interval that says hardly anything.
LEAST_PER_THIRD = 10
# A code counts as leaned to if its p-value, raised for all codes, is below this.
CLEAR = 0.05


def report_in_words(report: CoderReport, study: Study, others: Sequence[str], lang: str) -> Iterator[str]:
    """Yield the report's sentences."""
    yield say("coder_purpose", lang)
    yield _agreement(report, study, others, lang)
    yield from _leaning(report, study, lang)
    yield _drift(report, lang)
    yield _stability(report, lang)


def _by_name(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the rows of a table of agreement by their coefficients."""
    rows = [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]
    return {str(row["coefficient"]): row for row in rows}


def _agreement(report: CoderReport, study: Study, others: Sequence[str], lang: str) -> str:
    found = _by_name(report.agreement)
    n_notes = int(found["alpha"]["n_pairable"])
    if not n_notes:
        return say("coder_alone", lang)
    named = [_with_kind(study, other, lang) for other in others]
    key = f"coder_others_{study.codebook[report.variable].kind}" if len(named) > 1 else "coder_one_other"
    words = [
        say(
            "coder_agreement", lang, coder=report.coder, notes=count_notes(n_notes, lang),
            percent=share_in_words(found["percent"]["value"], lang), alpha=in_words(found["alpha"], lang),
        ),
        say(key, lang, coder=report.coder, others=list_in_words(named, lang)),
    ]  # fmt: skip
    if report.n_divided:
        words.append(say("coder_divided", lang, notes=count_notes(report.n_divided, lang)))
    return " ".join(words)


def _with_kind(study: Study, coder: str, lang: str) -> str:
    """Return a coder's id, followed by the kind if the coder is not a person."""
    kind = study.about.coder(coder).kind
    return coder if kind == "human" else f"{coder} ({say(f'report_kind_{kind}', lang)})"


def _leaning(report: CoderReport, study: Study, lang: str) -> Iterator[str]:
    table = report.leaning
    if table.empty:
        return
    clear = table[table["p_of_all"] < CLEAR]
    for row in clear.to_dict("records"):
        key = "coder_leans_to" if row["only_own"] > row["only_others"] else "coder_leans_from"
        counts = {name: row[name] for name in ("own", "others", "only_own", "only_others")}
        code = study.codebook[report.variable].label_of(str(row["code"]), lang)
        yield say(key, lang, coder=report.coder, code=code, p=p_in_words(row["p_of_all"], lang), **counts)
    yield say("coder_leans_many" if len(clear) else "coder_leans_nowhere", lang, n=len(table))


def _drift(report: CoderReport, lang: str) -> str:
    if not report.order_known:
        return say("coder_order_unknown", lang)
    if report.drift["n_notes"].min() < LEAST_PER_THIRD:
        return say("coder_few_for_drift", lang, n=LEAST_PER_THIRD)
    first, middle, last = (
        say(
            "coder_third", lang, share=share_in_words(row["share"], lang),
            interval=interval_in_percent(row["low"], row["high"], lang),
        )
        for row in report.drift.to_dict("records")
    )  # fmt: skip
    overlap = report.drift["low"].max() <= report.drift["high"].min()
    words = say("coder_drift", lang, coder=report.coder, first=first, middle=middle, last=last)
    return f"{words} {say('coder_no_drift' if overlap else 'coder_some_drift', lang)}"


def _stability(report: CoderReport, lang: str) -> str:
    found = _by_name(report.stability)
    n_notes = int(found["alpha"]["n_pairable"])
    if not n_notes:
        return say("coder_never_twice", lang)
    return say(
        "coder_stability", lang, coder=report.coder, notes=count_notes(n_notes, lang),
        percent=share_in_words(found["percent"]["value"], lang), alpha=in_words(found["alpha"], lang),
    )  # fmt: skip


# --- one coder's own report, for learning and never for ranking ---------------------------------------


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
    order_known : whether times say in which order the coder decided
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
    the others' view is not the truth, and whoever differs may be the one who reads best. There is no function
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
    how: dict[str, Any] = {"n_resamples": n_resamples, "rng": rng, "lang": lang, "cluster": study.cluster}
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
    level = study.about.plan.primary.measure(asked.kind)[1]
    options = {"level": level, "cluster": study.cluster, **options}
    first, second = (
        study.ratings(variable, [coder], notes, passes=(one,))[coder] for one in (INDEPENDENT, BLIND_AGAIN)
    )
    twice = first.notna() & second.notna()
    both = pd.DataFrame({FIRST: first[twice].astype(object), SECOND: second[twice].astype(object)})
    if asked.kind == "single":
        codes = dict.fromkeys([*first.cat.categories, *second.cat.categories])
        both = both.astype(pd.CategoricalDtype(list(codes), ordered=first.cat.ordered and second.cat.ordered))
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
