"""How the coding was done: who coded what and when, blind to what, by which codebook, as planned or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sekom_analysis.codebook import Variable
from sekom_analysis.report.blocks import CLOSING, Block, Bullets, Heading, Section, Table, Text
from sekom_analysis.report.cells import label_of, names
from sekom_analysis.results import Results
from sekom_analysis.results.conduct import PASSES, Departure
from sekom_analysis.wording import number, say


def section(results: Results) -> Section:
    """Return coders, what each decided, the codebook's versions and changes, the plan and departures."""
    heading = say("report_conduct", results.lang)
    if results.coders.empty:
        return Section(heading, [])
    blocks = [_coders(results), *_decided(results), *_done(results), *_codebook(results), *_plan(results)]
    return Section(heading, blocks, CLOSING)


def _coders(results: Results) -> Table:
    lang, rows = results.lang, []
    for row in results.coders.reset_index().to_dict("records"):
        about = results.study.about.coder(row["coder"])
        days = " – ".join(dict.fromkeys(moment[:10] for moment in (row["first"], row["last"])))
        told = [text.in_(lang) for text in (about.role, about.training) if text]
        blind = ", ".join(_blind(what, lang) for what in about.blind_to) or say("report_not_said", lang)
        rows.append(
            [
                row["coder"], say(f"report_kind_{row['kind']}", lang), ". ".join(told),
                blind, days,
            ]
        )  # fmt: skip
    heads = [say(f"column_{key}", lang) for key in ("coder", "kind", "role", "blind_to", "when")]
    return Table("coders_who", say("report_coders", lang), heads, rows, [False] * 4)


def _blind(what: str, lang: str) -> str:
    """Return what a coder did not see, the common ones in the report's language."""
    keys = {"other coders": "others", "source": "source", "subcategory": "subcategory"}
    return say(f"report_blind_{keys[what]}", lang) if what in keys else what


def _decided(results: Results) -> Iterator[Table]:
    lang, table = results.lang, results.conduct.decided
    if table.empty:
        return
    rows = [
        [label_of(results, str(name)), *(number(n, lang, 0) for n in counts)]
        for name, *counts in table.itertuples()
    ]
    coders = list(results.coders.index)
    heads = [say("column_variable", lang), *coders, say("column_both", lang), say("column_all_notes", lang)]
    yield Table("decided", say("report_decided_table", lang), heads, rows, frame=table.reset_index())


def _done(results: Results) -> Iterator[Table]:
    lang, table = results.lang, results.conduct.done
    if not table[["again", "after"]].any(axis=None):
        return
    rows = [
        [row["coder"], *(number(row[name], lang, 0) for name in PASSES), row["via"]]
        for row in table.to_dict("records")
    ]
    heads = [say(f"column_{key}", lang) for key in ("coder", *(f"pass_{name}" for name in PASSES), "via")]
    numeric = [*[True] * len(PASSES), False]
    yield Table("passes", say("report_passes_table", lang), heads, rows, numeric, table)


def _codebook(results: Results) -> Iterator[Block]:
    lang, table = results.lang, results.conduct.versions
    used = table[table["n_decisions"] > 0]
    rows = [
        [
            label_of(results, row["variable"]),
            row["version"],
            str(row["first"])[:10],
            number(row["n_decisions"], lang, 0),
            say("report_yes" if row["is_now"] else "report_no", lang),
        ]
        for row in used.to_dict("records")
    ]
    heads = [say(f"column_{k}", lang) for k in ("variable", "version", "since", "decisions_under", "is_now")]
    yield Heading(say("report_codebook", lang))
    numeric = [False, False, True, False]
    yield Table("codebook_versions", say("report_versions_table", lang), heads, rows, numeric, table)
    changes = [str(sentence) for sentence in results.conduct.changes["sentence"]]
    if changes:
        yield Text(say("report_changes", lang, n=len(changes)))
        yield Bullets(changes)
    else:
        yield Text(say("report_no_changes", lang))


def _plan(results: Results) -> Iterator[Block]:
    lang, plan = results.lang, results.study.about.plan
    yield Heading(say("report_beforehand", lang))
    lines = []
    by_measure: dict[tuple[str, str], list[Variable]] = {}
    for variable in results.study.codebook.variables:
        by_measure.setdefault(plan.primary.measure(variable.kind), []).append(variable)
    for (name, level), variables in by_measure.items():
        measure = say("coefficient_alpha", lang) if name == "alpha" else name
        shown = names((v.label.in_(lang) for v in variables), lang)
        lines.append(
            say("planned_measure", lang, measure=measure, level=say(f"level_{level}", lang), variables=shown)
        )
    if plan.floor is not None:
        lines.append(say("planned_floor", lang, floor=number(plan.floor, lang, 3)))
    if plan.below_floor is not None:
        lines.append(say("planned_below", lang, text=plan.below_floor.in_(lang)))
    if plan.n_notes is not None:
        lines.append(say("planned_notes", lang, n=plan.n_notes))
    yield Bullets(lines)
    departures = [departure_text(results, one) for one in results.conduct.departures]
    yield Text(say("report_departures" if departures else "report_no_departures", lang))
    if departures:
        yield Bullets(departures)


def departure_text(results: Results, departure: Departure) -> str:
    """Return one departure from the plan in words."""
    lang, facts = results.lang, departure.facts
    said: dict[str, Any] = {}
    if departure.kind == "floor":
        low = [f"{label_of(results, v)} ({number(a, lang)})" for v, a in facts["values"].items()]
        said = {"floor": number(facts["floor"], lang, 3), "what": names(low, lang)}
    elif departure.kind == "few":
        few = [f"{label_of(results, v)} ({n})" for v, n in facts["values"].items()]
        said = {"n": facts["n_notes"], "what": names(few, lang)}
    elif departure.kind == "unread":
        left = [
            say("report_left_of", lang, coder=coder, n=n, n_all=number(of, lang, 0))
            for coder, (n, of) in facts["values"].items()
        ]
        said = {"what": names(left, lang)}
    elif departure.kind == "changed":
        said = {"what": names((label_of(results, v) for v in facts["variables"]), lang)}
    elif "coders" in facts:
        said = {"what": names(facts["coders"], lang)}
    return say(f"departure_{departure.kind}", lang, **said)
