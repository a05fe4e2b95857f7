"""Sections on what the notes say and how that was found: opening, chapters, sources, conduct, appendix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from sekom_analysis.basics.wording import column_beside, number, say
from sekom_analysis.consensus.counts import recurrence
from sekom_analysis.consensus.settled import bar_name
from sekom_analysis.figures import plot_sources
from sekom_analysis.quality.quotes import AGREED, DISPUTED, reading
from sekom_analysis.report.blocks import (
    Block,
    Bullets,
    Figure,
    Heading,
    Section,
    Table,
    Text,
    label_of,
    names,
    number_of,
    stage_name,
)
from sekom_analysis.report.sections import numbers
from sekom_analysis.report.sections.over_time import changed_codes
from sekom_analysis.results import Results
from sekom_analysis.results.conduct import PASSES, Checklist, Departure, Step
from sekom_analysis.results.tables import MATERIAL_COLUMNS, Chapter
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.rows import local_day, zone_of


def chapter_sections(results: Results) -> list[Section]:
    """Return a section a stage; none for notes that nobody has decided on."""
    return [_chapter(results, one) for one in results.chapters if one.variable is not None and one.codes]


def _chapter(results: Results, chapter: Chapter) -> Section:
    lang, variable = results.lang, chapter.variable
    blocks: list[Block] = [Text(say("report_chapter_text", lang, bar=_bar(results, chapter)))]
    if variable is not None:
        is_in_brief = results.brief and next(iter(results.counts_shown()), "") == variable.id
        blocks += numbers.said_of(results, variable.id)
        blocks += [] if is_in_brief else numbers.counts_figure(results, variable.id)
    for code in chapter.codes if variable else []:
        blocks += _category(results, chapter, code)
    left = int(chapter.notes["code"].isna().sum())
    if left:
        key = "report_chapter_left_one" if left == 1 else "report_chapter_left"
        blocks.append(Text(say(key, lang, n=left), remark=True))
    heading = say("report_chapter", lang, stage=stage_name(chapter.stage, lang))
    return Section(heading, blocks)


def _bar(results: Results, chapter: Chapter) -> str:
    """Return in words whose answers order the notes; nobody's where nobody has decided."""
    return bar_name(results.counts[chapter.variable.id], results.lang) if chapter.variable else ""


def _category(results: Results, chapter: Chapter, code: str) -> Iterator[Block]:
    variable, lang = chapter.variable, results.lang
    if variable is None:
        return
    notes = chapter.under(code)
    yield Heading(variable.label_of(code, lang))
    yield from numbers.said_of(results, f"{variable.id}.{code}")
    yield Text(_counted(results, chapter, code, len(notes)))
    if lines := list(_subcategories(chapter, notes, lang)):
        yield Bullets(lines)
    yield from _voices(results, variable.id, code)


def _counted(results: Results, chapter: Chapter, code: str, n: int) -> str:
    """Return how many notes, on which side, and how the coders' own counts span."""
    lang, name = results.lang, chapter.variable.id if chapter.variable else ""
    table = results.counts[name]
    rows = table[table["is_bar"].astype(bool) & (table["code"] == code)].to_dict("records")
    one = "_one" if n == 1 else ""
    if not rows or not rows[0]["by"]:
        low, high = (number_of(rows[0][end], lang) for end in ("low", "high")) if rows else ("", "")
        span = "_span" if rows and _has_span(rows[0]) else ""
        return say(f"report_category{one}{span}", lang, n=n, low=low, high=high)
    text = say(f"report_category{one}", lang, n=n)
    for row in rows:
        key = "report_category_side_span" if _has_span(row) else "report_category_side"
        low, high = number_of(row["low"], lang), number_of(row["high"], lang)
        text += " " + say(key, lang, side=row[f"by_label_{lang}"], n=row["count"], low=low, high=high)
    open_ = n - sum(row["count"] for row in rows)
    return f"{text} {say('report_category_open', lang, n=open_)}" if open_ > 0 else text


def _has_span(row: Mapping[Any, Any]) -> bool:
    return not pd.isna(row["low"]) and row["low"] != row["high"]


def _subcategories(chapter: Chapter, notes: pd.DataFrame, lang: str) -> Iterator[str]:
    """Yield the subcategories with their counts, one line per side; nothing where there are none."""
    if not (notes["subcategory"] != "").any():
        return
    sides = [code for code in chapter.by_codes if (notes["by"] == code).any()] if chapter.by else [""]
    for side in sides:
        own = notes[notes["by"] == side] if side else notes
        counts = own.groupby("subcategory", sort=False).size()
        listed = ", ".join(
            f"{name or say('report_no_subcategory', lang)} ({n})" for name, n in counts.items()
        )
        yield f"{chapter.by.label_of(side, lang)}: {listed}" if side and chapter.by else listed


def _voices(results: Results, variable: str, code: str) -> Iterator[Block]:
    table = results.voices.get(variable)
    if table is None:
        return
    for kind in (AGREED, DISPUTED):
        rows = table[(table["code"] == code) & (table["kind"] == kind)]
        parts = [part for _, part in rows.groupby("note_id", sort=False)]
        quotes = [text for part in parts if (text := _quote(results, variable, part, kind))]
        if quotes:
            yield Text(say(f"report_voices_{kind}", results.lang))
            yield Bullets(quotes)


def _quote(results: Results, variable: str, part: pd.DataFrame, kind: str) -> str:
    """Return a note's words, with what coders wrote of it and what they chose; nothing of one not quoted."""
    lang, asked, note = results.lang, results.study.codebook[variable], str(part["note_id"].iloc[0])
    text = results.texts.quote(note)
    if not text:
        return ""
    quoted = say("report_quote", lang, text=text, note=note)
    said = []
    for row in part.to_dict("records"):
        if kind == AGREED and not (row["memo"] or row["words"]):
            continue
        words = [reading(asked, row["choice"], lang)] if kind == DISPUTED else []
        words += [say("report_selected", lang, words=row["words"])] if row["words"] else []
        words += [say("report_memo", lang, memo=row["memo"])] if row["memo"] else []
        said.append(f"{row['coder']}: {' '.join(words)}")
    return f"{quoted} – {'; '.join(said)}" if said else quoted


# --- then and now: the same codes over the study's sources --------------------------------------------


def sources_section(results: Results) -> Section:
    """Return the sources beside each other; empty where there is one source only."""
    lang = results.lang
    blocks: list[Block] = []
    for variable, table in results.by_source.items():
        label = label_of(results, variable)
        blocks += [_figure(variable, table, label, lang), Bullets(_what_recurs(table, label, lang))]
    intro: list[Block] = [Text(say("report_sources_text", lang))] if blocks else []
    return Section(say("report_sources", lang), [*intro, *blocks])


def _figure(variable: str, table: pd.DataFrame, label: str, lang: str) -> Figure:
    top = table.sort_values("share", ascending=False, kind="stable").iloc[0]
    alt = say(
        "report_sources_alt", lang, n=table["source"].nunique(), code=top[f"label_{lang}"],
        source=top["source"], share=number(100 * top["share"], lang, 0),
    )  # fmt: skip
    caption = say("report_sources_caption", lang, variable=label)
    draw = partial(plot_sources, table, lang=lang)
    return Figure(f"sources_{variable}", caption, alt, draw, table, about=[variable])


def _what_recurs(table: pd.DataFrame, label: str, lang: str) -> list[str]:
    found = recurrence(table)
    first = str(table["source"].iloc[0])
    kinds = {
        "all": found[found["n_sources"] == found["of"]],
        "gone": found[found["is_gone"]],
        "new": found[found["is_new"]],
    }
    return [
        say(
            f"report_sources_{kind}",
            lang,
            variable=label,
            source=first,
            codes=names(rows[f"label_{lang}"], lang),
        )
        for kind, rows in kinds.items()
        if len(rows)
    ]


# --- what the study is for, how its notes came about, and the goal that they relate to ----------------


def opening_section(results: Results) -> Section:
    """Return purpose, collection and goal as the study's file gives them, and the notes by source."""
    lang, about = results.lang, results.study.about
    blocks: list[Block] = []
    if about.purpose is not None:
        blocks += [Heading(say("report_purpose", lang)), Text(about.purpose.in_(lang))]
    told: list[Block] = [] if about.collected is None else [Text(about.collected.in_(lang))]
    told += [_sources(results)] if results.material.shape != (1, 1) else []  # one number is in the lead
    if told:
        blocks += [Heading(say("report_material", lang)), *told]
    if about.goal is not None:
        blocks += [Heading(say("report_goal", lang)), Text(about.goal.in_(lang))]
    return Section(say("report_opening", lang), blocks)


def _sources(results: Results) -> Table:
    lang, table = results.lang, results.material
    stages = [name for name in table.columns if name != "n"]
    rows = [
        [str(source) or say("report_no_source", lang), *(number(n, lang, 0) for n in counts)]
        for source, *counts in table[[*stages, "n"]].itertuples()
    ]
    there: Iterable[object] = results.study.notes["stage"] if stages else []
    named = {column_beside(str(stage), MATERIAL_COLUMNS, "stage"): str(stage) for stage in there}
    columns = [stage_name(named.get(stage, stage), lang) for stage in stages]
    heads = [say("column_source", lang), *columns, say("column_all_notes", lang)]
    return Table("material", say("report_material_table", lang), heads, rows, frame=table.reset_index())


# --- all notes as appendices, in the layout that the importer of outlines reads back ------------------


OUTERMOST = 3
# A column of the chapter's notes, the variable that it holds answers to, and the codes to go through.
Level = tuple[str, Variable | None, Sequence[str]]


def appendix_sections(results: Results) -> list[Section]:
    """Return an appendix a stage, where the study asks for one."""
    if results.study.about.appendix != "notes":
        return []
    return [_appendix(results, one, number) for number, one in enumerate(results.chapters, start=1)]


def _appendix(results: Results, chapter: Chapter, number: int) -> Section:
    lang = results.lang
    facts = {"n": len(chapter.notes), "stage": stage_name(chapter.stage, lang)}
    is_sorted = chapter.variable is not None and chapter.variable.kind == "single"
    key = "report_appendix_text" if is_sorted else "report_appendix_unsorted"
    intro = say(key, lang, bar=_bar(results, chapter), **facts)
    blocks: list[Block] = [Text(intro), *_sorted(chapter, lang)]
    return Section(say("report_appendix", lang, number=number), blocks, is_appendix=True)


def _sorted(chapter: Chapter, lang: str) -> Iterator[Block]:
    """Yield the notes under the headings of the splitting variable and the category, where there are any."""
    split: list[Level] = [
        ("by", chapter.by, chapter.by_codes),
        ("code", chapter.variable, chapter.codes),
    ]
    if chapter.variable is None or chapter.variable.kind != "single":  # a note has one place in a list
        yield from _under(chapter.notes.assign(code=None), [("code", None, [])], OUTERMOST, lang)
        return
    levels = [level for level in split if level[1] is not None]
    yield from _under(chapter.notes, levels, OUTERMOST, lang)


def _under(notes: pd.DataFrame, levels: list[Level], depth: int, lang: str) -> Iterator[Block]:
    if not levels:
        yield from _by_subcategory(notes, depth)
        return
    (column, asked, codes), *inner = levels
    for code in codes:
        own = notes[notes[column] == code]
        if len(own) and asked is not None:
            yield Heading(asked.label_of(code, lang), depth)
            yield from _under(own, inner, depth + 1, lang)
    rest = notes[notes[column].isna()]
    if len(rest):
        yield Heading(say("report_appendix_open" if asked else "report_appendix_all", lang), depth)
        yield from _under(rest, inner, depth + 1, lang)


def _by_subcategory(notes: pd.DataFrame, depth: int) -> Iterator[Block]:
    names = dict.fromkeys(str(name) for name in notes["subcategory"])
    for name in sorted(names, key=bool):  # stable: those without come first
        if name:
            yield Heading(name, depth)
        yield Bullets([str(text) for text in notes.loc[notes["subcategory"] == name, "text"]])


# --- how the coding was done --------------------------------------------------------------------------


def conduct_section(results: Results) -> Section:
    """Return coders, what each decided, the codebook's versions and changes, the plan and departures."""
    heading = say("report_conduct", results.lang)
    if results.coders.empty:
        return Section(heading, [])
    done = [_coders(results), *_decided(results), *_done(results)]
    return Section(heading, [*done, *_codebook(results), *changed_codes(results), *_plan(results)])


def _coders(results: Results) -> Table:
    lang, rows = results.lang, []
    for row in results.coders.reset_index().to_dict("records"):
        about = results.study.about.coder(row["coder"])
        times = (row["first"], row["last"]) if row["last"] else ()
        days = " – ".join(dict.fromkeys(map(local_day, times))) or say("report_when_unknown", lang)
        told = [text.in_(lang) for text in (about.role, about.training) if text]
        blind = ", ".join(_blind(what, lang) for what in about.blind_to) or say("report_not_said", lang)
        rows.append(
            [
                row["coder"], say(f"report_kind_{row['kind']}", lang), ". ".join(told),
                blind, days,
            ]
        )  # fmt: skip
    heads = [say(f"column_{key}", lang) for key in ("coder", "kind", "role", "blind_to", "when")]
    if zone := zone_of(max(results.coders["last"], default="")):
        heads[-1] += f" ({zone})"
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
    about = [str(name) for name in table.index]
    caption = say("report_decided_table", lang)
    yield Table("decided", caption, heads, rows, frame=table.reset_index(), about=about)


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
            local_day(row["first"]),
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


# --- what is left to do -------------------------------------------------------------------------------


MOST_NAMED = 12


def steps_section(results: Results) -> Section:
    """Return what is left to do, one line each; a calm sentence where nothing is."""
    lang = results.lang
    heading = say("report_steps", lang)
    if results.coders.empty:
        return Section(heading, [])
    lines = [_line(results, step) for step in results.steps]
    if not lines:
        return Section(heading, [Text(say("report_no_steps", lang))])
    return Section(heading, [Text(say("report_steps_text", lang)), Bullets(lines)])


def _line(results: Results, step: Step) -> str:
    lang = results.lang
    named = [_name(results, step.kind, one) for one in step.which]
    more = len(named) - MOST_NAMED
    if more > 0:
        named = [*named[:MOST_NAMED], say("report_more", lang, n=more)]
    key = f"step_{step.kind}_one" if step.n == 1 and step.kind in ONES else f"step_{step.kind}"
    return say(key, lang, n=step.n, what=names(named, lang))


ONES = ("problems", "unread", "unresolved", "stale", "unscored")
OF_VARIABLES = ("uncoded", "floor", "advice", "unresolved")


def _name(results: Results, kind: str, one: str) -> str:
    if kind == "say":
        return say(f"step_say_{one}", results.lang)
    if kind in OF_VARIABLES:
        return label_of(results, one)
    if kind == "no_action" and results.coverage is not None:
        book = results.study.codebook
        return book[str(results.coverage.variable.codes_from)].label_of(one, results.lang)
    return one


# --- what reporting guidelines ask for, item by item --------------------------------------------------


def checklists_section(results: Results) -> Section:
    """Return a table a guideline; empty where none fits."""
    lang = results.lang
    blocks: list[Block] = [block for one in results.checklists for block in _checklist(one, lang)]
    intro: list[Block] = [Text(say("report_checklists_text", lang))] if blocks else []
    return Section(say("report_checklists", lang), [*intro, *blocks])


def _checklist(one: Checklist, lang: str) -> Iterator[Block]:
    open_ = say("report_open", lang)
    has_numbers = any(item.number for item in one.items)
    rows = [[*([item.number] if has_numbers else []), item.asks, item.answer or open_] for item in one.items]
    yield Heading(one.title)
    yield Text(one.source, remark=True)
    key = "report_checklist_table_one" if one.n_open == 1 else "report_checklist_table"
    caption = say(key, lang, title=one.title, n=len(one.items), n_open=one.n_open)
    heads = [say(f"column_{key}", lang) for key in ("number", "item", "answer")[not has_numbers :]]
    yield Table(f"checklist_{one.id}", caption, heads, rows, [False] * (len(heads) - 1))
