"""A test of a program in sentences, in Swedish and English."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from sekom_analysis.basics.wording import (
    count_notes,
    list_in_words,
    number,
    p_in_words,
    say,
    share_in_words,
)

if TYPE_CHECKING:
    from sekom_analysis.quality.programs import AnnotatorTest

# A code counts as leaned to if its p-value, raised for all codes, is below this.
CLEAR = 0.05
VERDICTS = {"yes": "yes", "no": "no", "cannot be told": "unclear"}


def in_sentences(found: AnnotatorTest, names: Mapping[str, str], lang: str) -> Iterator[str]:
    """Yield the sentences of an answer; `names` are the labels of codes."""
    said = {"program": found.program, "epsilon": number(found.epsilon, lang)}
    yield say(f"program_{VERDICTS[found.verdict]}", lang, **said)
    yield _seats(found, lang)
    yield say("program_power", lang, power=share_in_words(found.power.rule, lang), **said)
    yield _permits(found, lang)
    yield _alpha(found, lang)
    yield _least_typical(found, lang)
    yield from _codes(found, names, lang)
    yield from _notes(found, lang)
    if found.left_out:
        yield say("program_left_out", lang, who=list_in_words(found.left_out, lang))


def _seats(found: AnnotatorTest, lang: str) -> str:
    rows = found.people
    return say(
        "program_seats", lang, won=int(rows["wins"].sum()), of=len(rows),
        advantage=number(found.advantage, lang),
        rate=number(found.winning_rate, lang), notes=count_notes(int(rows["n_notes"].min()), lang),
        measure=say(f"program_measure_{found.measure}", lang), program=found.program,
    )  # fmt: skip


def _permits(found: AnnotatorTest, lang: str) -> str:
    permits = found.permits
    points = number(100 * (permits.right_people - permits.right_program), lang, 0)
    key = "program_permits_guessing" if permits.guesses > 1 else "program_permits"
    return say(
        key, lang, points=points, alpha=number(permits.alpha_loss, lang), epsilon=number(found.epsilon, lang)
    )


def _alpha(found: AnnotatorTest, lang: str) -> str:
    alpha = found.alpha
    said = {
        "people": number(alpha.people, lang), "changed": number(alpha.with_program, lang),
        "difference": number(alpha.difference, lang), "low": number(alpha.low, lang),
    }  # fmt: skip
    words = say("program_alpha", lang, **said)
    if alpha.margin is None:
        return f"{words} {say('program_alpha_no_margin', lang)}"
    verdict = say(
        f"program_alpha_{VERDICTS[alpha.verdict]}", lang, margin=number(alpha.margin, lang),
        power=share_in_words(found.power.alpha, lang),
    )  # fmt: skip
    return f"{words} {verdict}"


def _least_typical(found: AnnotatorTest, lang: str) -> str:
    one = found.least_typical
    if math.isnan(one.low):
        key = "same"
    else:
        key = "more" if one.low > 0 else "less" if one.high < 0 else "same"
    said = {"person": one.person, "program": found.program}
    shown = {
        name: number(getattr(one, name), lang) for name in ("program_apart", "person_apart", "low", "high")
    }
    return say(f"program_least_{key}", lang, **said, **shown)


def _codes(found: AnnotatorTest, names: Mapping[str, str], lang: str) -> Iterator[str]:
    clear = found.codes[found.codes["p_of_all"] < CLEAR] if len(found.codes) else found.codes
    for row in clear.to_dict("records"):
        key = "program_leans_to" if row["only_own"] > row["only_others"] else "program_leans_from"
        counts = {name: row[name] for name in ("own", "others", "only_own", "only_others")}
        yield say(
            key,
            lang,
            program=found.program,
            code=names.get(row["code"], row["code"]),
            p=p_in_words(row["p_of_all"], lang),
            **counts,
        )
    if len(found.codes) and clear.empty:
        yield say("program_leans_nowhere", lang, n=len(found.codes), program=found.program)


def _notes(found: AnnotatorTest, lang: str) -> Iterator[str]:
    for row in found.notes.to_dict("records"):
        key = {"people agree": "alike", "people differ": "divided", "people uncertain": "uncertain"}
        if row["notes"] in key and row["n_notes"]:
            yield say(
                f"program_notes_{key[row['notes']]}", lang, notes=count_notes(row["n_notes"], lang),
                program=number(row["program_apart"], lang), people=number(row["people_apart"], lang),
                measure=say(f"program_measure_{found.measure}", lang),
            )  # fmt: skip
