"""A coder's report in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.quality.wording import (
    count_notes,
    in_words,
    interval_in_percent,
    list_in_words,
    p_in_words,
    share_in_words,
)
from sekom_analysis.study import Study
from sekom_analysis.wording import say

if TYPE_CHECKING:
    from sekom_analysis.quality.coders import CoderReport

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
    """Return a coder's id, with the kind of whoever is no person: nobody should take a program for one."""
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
