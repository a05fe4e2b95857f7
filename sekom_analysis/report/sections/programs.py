"""The section on programs beside people: may one stand in for a person, and counts corrected by people's."""

from __future__ import annotations

from collections.abc import Iterator

from sekom_analysis.basics.wording import number, p_in_words, say
from sekom_analysis.report.blocks import Block, Bullets, Heading, Section, Table, Text, label_of, span
from sekom_analysis.results import Results
from sekom_analysis.results.programs import Program


def programs_section(results: Results) -> Section:
    """Return each program's test and counts, variable by variable; empty where the plan asks for neither."""
    lang = results.lang
    blocks: list[Block] = []
    for one in results.programs:
        blocks.append(
            Heading(
                say("report_program", lang, program=one.program, variable=label_of(results, one.variable))
            )
        )
        blocks += [*_test(results, one), *_counts(results, one)]
    if blocks:
        blocks.insert(0, Text(say("report_programs_text", lang)))
    return Section(say("report_programs", lang), blocks)


def _test(results: Results, one: Program) -> Iterator[Block]:
    lang = results.lang
    if one.test is None:
        if results.study.about.plan.epsilon is not None:
            yield Text(say("report_program_refused", lang, program=one.program))
        return
    yield Bullets(one.test.sentences)
    rows = [
        [
            row["person"], number(row["n_notes"], lang, 0), number(row["program_advantage"], lang),
            number(row["person_advantage"], lang), p_in_words(row["p"], lang).removeprefix("= "),
            say("report_program_won" if row["wins"] else "report_program_lost", lang),
        ]
        for row in one.test.people.to_dict("records")
    ]  # fmt: skip
    heads = ["person", "notes", "program_advantage", "person_advantage", "p", "seat"]
    yield Table(
        f"program_{one.variable}_{one.program}",
        say("report_program_seats", lang, program=one.program, variable=label_of(results, one.variable)),
        [say(f"column_{head}", lang) for head in heads],
        rows,
        [True, True, True, True, False],
        one.test.people,
    )


def _counts(results: Results, one: Program) -> Iterator[Block]:
    lang, table = results.lang, one.counts
    if table.empty:
        return
    asked = results.study.codebook[one.variable]
    rows = [
        [
            asked.label_of(str(row["code"]), lang), number(row["program"], lang, 0),
            say("report_program_of", lang, n=row["people"], of=row["n_people"]),
            number(row["estimate"], lang, 0), span(row["low"], row["high"], lang),
        ]
        for row in table.to_dict("records")
    ]  # fmt: skip
    heads = ["code", "program_count", "people_count", "estimate", "interval"]
    remarks = {at: note for at, note in enumerate(table["note"]) if note}
    yield Table(
        f"corrected_{one.variable}_{one.program}",
        say("report_program_counts", lang, variable=label_of(results, one.variable)),
        [say(f"column_{head}", lang) for head in heads],
        rows,
        [True, True, True, True],
        table,
        remarks=remarks,
        about=[one.variable],
    )
