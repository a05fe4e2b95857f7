"""Sections on agreement's worth: what is settled and on what basis, advice, findings and readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from sekom_analysis.basics.wording import number, say
from sekom_analysis.consensus import SETTLED_BAR
from sekom_analysis.consensus.settled import AFTER, BASES, BEFORE, Negotiation, bar_name
from sekom_analysis.quality.advice import told_apart
from sekom_analysis.quality.claims import coder_heading
from sekom_analysis.report.blocks import (
    Block,
    Bullets,
    Heading,
    Note,
    Section,
    Table,
    Text,
    about_counts,
    chosen_words,
    label_of,
    names,
    span,
)
from sekom_analysis.results import Results
from sekom_analysis.results.texts import Texts
from sekom_analysis.study.codebook import Bilingual

NAMED = ("percent", "alpha", "ac1")  # coefficients that have a name in words


def settled_section(results: Results) -> Section:
    """Return the bases of the settled codes, the adjudications with their reasons, and the negotiation."""
    blocks = [*_bases(results), *_entries(results)]
    for name, talk in results.settled.talks.items():
        blocks += _talk(results, name, talk)
    return Section(say("report_settled", results.lang), blocks)


def _bases(results: Results) -> list[Block]:
    lang, table = results.lang, results.settled.bases
    if table.empty:
        return []
    columns = [basis for basis in BASES if table[basis].any()]
    rows = [
        [label_of(results, row["variable"]), *(number(row[name], lang, 0) for name in [*columns, "n_notes"])]
        for row in table.to_dict("records")
    ]
    heads = [say(f"basis_{basis}", lang) for basis in columns]
    return [
        Text(say("report_settled_text", lang, coders=names(results.alone, lang))),
        Table(
            "settled",
            say("report_settled_table", lang),
            [say("column_variable", lang), *heads, say("column_all_notes", lang)],
            rows,
            frame=table,
            about=list(table["variable"]),
        ),
    ]


def _entries(results: Results) -> Iterator[Block]:
    lang, table = results.lang, results.settled.entries
    if table.empty:
        return
    yield Heading(say("report_adjudicated", lang))
    stale = list(dict.fromkeys(table.loc[table["is_stale"].astype(bool), "note_id"]))
    if stale:
        yield Text(say("report_stale", lang, n=len(stale), notes=names(stale, lang)))
    for variable, part in table.groupby("variable", sort=False):
        yield _adjudicated(results, str(variable), part)


def _adjudicated(results: Results, variable: str, entries: pd.DataFrame) -> Table:
    lang = results.lang
    heads = ("note", "settled_as", "reason", "adjudicator", "said_then")
    rows = [
        [
            _with_words(row["note_id"], results.texts.quote(row["note_id"])),
            row["answer"] or say("report_left_open", lang),
            row["reason"],
            _who_settled(row, lang),
            row["said"],
        ]
        for row in entries.to_dict("records")
    ]
    caption = say("report_adjudicated_table", lang, variable=label_of(results, variable))
    columns = [say(f"column_{head}", lang) for head in heads]
    texts = [False] * (len(heads) - 1)
    return Table(f"adjudicated_{variable}", caption, columns, rows, texts, entries, about=[variable])


def _with_words(note: str, said: str) -> str:
    return f"{note}: {said}" if said else note


def _who_settled(row: Mapping[Any, Any], lang: str) -> str:
    """Return an adjudicator, with who sat beside and whether answers are others since."""
    told = (
        [say("report_with", lang, coders=names(row["present"].split(", "), lang))] if row["present"] else []
    )
    told += [say("report_is_stale", lang)] if row["is_stale"] else []
    return f"{row['adjudicator']} ({'; '.join(told)})" if told else str(row["adjudicator"])


def _talk(results: Results, variable: str, talk: Negotiation) -> Iterator[Block]:
    lang, label = results.lang, label_of(results, variable)
    yield Heading(say("report_talk", lang, variable=label))
    sums = talk.coders[["n_changed", "n_withdrawn", "n_added"]].sum()
    yield Text(
        say(
            "report_talk_text", lang, n_talked=talk.n_talked, n_notes=len(talk.changed),
            n_changed=int(sums["n_changed"]), n_elsewhere=int(talk.coders["n_elsewhere"].sum()),
            n_withdrawn=int(sums["n_withdrawn"]), n_added=int(sums["n_added"]),
        )
    )  # fmt: skip
    if len(talk.agreement):
        yield _agreement(talk, label, lang)
    told = [change_in_words(row, lang) for row in talk.difference.to_dict("records")]
    yield from (Text(text) for text in told if text)
    moved = talk.moves[talk.moves["n_differed"] > 0]
    if len(moved):
        yield _moves(talk, label, lang)


def change_in_words(row: Mapping[Any, Any], lang: str) -> str:
    """Return from what to what a coefficient went, and the difference with its interval; empty if unknown.

    Parameters
    ----------
    row : as `agreement_difference` gives it
    """
    if pd.isna(row["difference"]):
        return ""
    before, after = (number(row[side], lang) for side in ("value_a", "value_b"))
    name = row["coefficient"]
    shown = say(f"coefficient_{name}", lang) if name in NAMED else name
    way = "same" if before == after else "up" if row["difference"] > 0 else "down"
    interval = "" if pd.isna(row["low"]) else f" {span(row['low'], row['high'], lang)}"
    change = f"{number(row['difference'], lang)}{interval}"
    return say(f"report_change_{way}", lang, name=shown, before=before, after=after, change=change)


def _agreement(talk: Negotiation, label: str, lang: str) -> Table:
    rows = []
    for when in (BEFORE, AFTER):
        for row in talk.agreement[talk.agreement["when"] == when].to_dict("records"):
            name = row["coefficient"]
            shown = say(f"coefficient_{name}", lang) if name in NAMED else name
            cells = [number(row["value"], lang), span(row["low"], row["high"], lang), str(row["n_pairable"])]
            rows.append([f"{say(f'report_talk_{when}', lang)}: {shown}", *cells])
    return Table(
        f"talk_agreement_{talk.variable}",
        say("report_talk_agreement", lang, variable=label),
        [say(f"column_{key}", lang) for key in ("coefficient", "value", "interval", "notes")],
        rows,
        frame=talk.agreement,
        about=[talk.variable],
    )


def _moves(talk: Negotiation, label: str, lang: str) -> Table:
    has_seniority = talk.coders["seniority"].notna().any()
    rows = []
    for row in talk.moves[talk.moves["n_differed"] > 0].to_dict("records"):
        who = [
            _named(row["coder"], row["seniority"], lang),
            _named(row["towards"], row["towards_seniority"], lang),
        ]
        rows.append([*who, number(row["n_differed"], lang, 0), number(row["n_moved"], lang, 0)])
    caption = say("report_talk_moves" + ("_seniority" if has_seniority else ""), lang, variable=label)
    columns = [say(f"column_{key}", lang) for key in ("coder", "towards", "differed", "moved")]
    frame = talk.moves.astype({"seniority": "str", "towards_seniority": "str"})
    numeric = [False, True, True]
    stem = f"talk_moves_{talk.variable}"
    return Table(stem, caption, columns, rows, numeric, frame, about=[talk.variable])


def _named(coder: str, seniority: object, lang: str) -> str:
    """Return a coder with the seniority that the study's file gives."""
    if seniority is None:
        return coder
    words = seniority.in_(lang) if isinstance(seniority, Bilingual) else f"{seniority:g}"
    return f"{coder} ({words})"


# --- which definitions to sharpen, with the notes that show it ----------------------------------------


ADVICE_SHOWN = 4
BORDERS_WITH_NOTES = 2
NOTES_SHOWN = 3


def advice_section(results: Results) -> Section:
    """Return the advice on each variable, dearest first, with notes of the first borders."""
    lang = results.lang
    blocks: list[Block] = [block for variable in results.advice for block in _variable(results, variable)]
    if blocks:
        blocks.insert(0, Text(say("report_advice_text", lang)))
    return Section(say("report_advice", lang), blocks)


def _variable(results: Results, variable: str) -> Iterator[Block]:
    table = results.advice[variable].head(ADVICE_SHOWN)
    borders = table[table["kind"] == "border"].head(BORDERS_WITH_NOTES)
    yield Heading(label_of(results, variable))
    quoted = table.index.difference(borders.index)  # the others' notes are below, with what was chosen
    rows = zip(table.index, table.to_dict("records"), strict=True)
    yield Bullets([_advice(row, place in quoted, results.texts, results.lang) for place, row in rows])
    for border in borders.to_dict("records"):
        shown = _most_divided(results, variable, border["note_ids"])
        asked = results.study.codebook[variable]
        ends = told_apart(asked, [str(border["code"]), str(border["other"])], results.lang)
        names = dict(zip(("code", "other"), ends, strict=True))
        rest = len(shown) - NOTES_SHOWN
        key = "report_border_notes" if rest > 0 else "report_border_notes_all"
        yield Text(say(key, results.lang, ids=", ".join(border["note_ids"]), shown=NOTES_SHOWN, **names))
        yield from (_note_in_dispute(results, variable, note, border) for note in shown[:NOTES_SHOWN])


def _advice(row: Mapping[Any, Any], is_quoted: bool, texts: Texts, lang: str) -> str:
    """Return one piece of advice with the first of its notes, and what to type."""
    said = [str(row["sentence"])]
    if is_quoted:
        quotes = {note: texts.quote(note) for note in row["note_ids"][:NOTES_SHOWN]}
        said += [
            f"{say('report_quote', lang, text=text, note=note)}." for note, text in quotes.items() if text
        ]
    if row["commands"]:
        said.append(say("advice_typed", lang, commands=f" {say('advice_or', lang)} ".join(row["commands"])))
    return " ".join(said)


def _most_divided(results: Results, variable: str, notes: Sequence[str]) -> list[str]:
    """Return the notes at a border, those that everybody together is most divided on first."""
    divided = results.everybody[variable].loc[list(notes)].nunique(axis=1)
    return list(map(str, divided.sort_values(ascending=False, kind="stable").index))


def _note_in_dispute(results: Results, variable: str, note: str, border: Mapping[Any, Any]) -> Note:
    asked, lang = results.study.codebook[variable], results.lang
    memos = {coder: memo for coder, where, memo in border["memos"] if where == note}
    chosen = results.everybody[variable].loc[note].dropna()
    lines = [
        (str(coder), chosen_words(asked, choice, lang), memos.get(coder, ""))
        for coder, choice in chosen.items()
    ]
    return Note(note, results.texts.quote(note), lines)


# --- what the bars show, and whether it holds for every coder -----------------------------------------


def findings_section(results: Results) -> Section:
    """Return a table a variable: statements by coders."""
    lang = results.lang
    shown = [name for name in results.counts_shown() if name in results.findings]
    blocks: list[Block] = [_table(results, name, results.findings[name]) for name in shown]
    if blocks:
        blocks.insert(0, Text(say("report_findings_text", lang)))
    return Section(say("report_findings", lang), blocks)


def _table(results: Results, variable: str, findings: pd.DataFrame) -> Table:
    lang = results.lang
    coders = findings.drop_duplicates("coder")
    bar = bar_name(results.counts[variable], lang)
    headings = [
        coder_heading(row, bar if row["coder"] == SETTLED_BAR else str(row["coder"]), lang)
        for row in coders.to_dict("records")
    ]
    rows = []
    for statement, part in findings.groupby("statement", sort=False):
        by_coder = {str(row["coder"]): row for row in part.to_dict("records")}
        cells = [_cell(by_coder[coder], lang) for coder in coders["coder"]]
        rows.append([str(statement), *cells])
    return Table(
        f"findings_{variable}",
        say("report_findings_caption", lang, variable=label_of(results, variable)),
        [say("column_statement", lang), *headings],
        rows,
        [False] * len(coders),
        findings.assign(claim=findings["claim"].map("|".join)),
        about=about_counts(results, variable, results.counts[variable]),
    )


def _cell(row: Mapping[Any, Any], lang: str) -> str:
    """Return what a coder's counts give, and whether the statement holds; it does by the bars themselves."""
    holds = say(f"finding_{row['holds']}", lang)
    return str(row["gives"]) if row["is_bar"] else f"{row['gives']}: {holds}"


# --- readings side by side, of a reflexive study: what each said of a note, and no number on it -------


def readings_section(results: Results) -> Section:
    """Return every note that somebody read, with each coder's readings and memos."""
    lang, table = results.lang, results.readings
    blocks: list[Block] = [_note_read(results, part) for _, part in table.groupby("note_id", sort=False)]
    if blocks:
        blocks.insert(0, Text(say("report_readings_text", lang)))
    return Section(say("report_readings", lang), blocks)


def _note_read(results: Results, part: pd.DataFrame) -> Note:
    """Return one note; a code speaks for itself, a score or a set is named by its variable."""
    book, lines = results.study.codebook, []
    for coder, own in part.groupby("coder", sort=False):
        said = [
            row["reading"] if book[row["variable"]].kind == "single" else f"{row['label']}: {row['reading']}"
            for row in own.to_dict("records")
        ]
        memos = [memo for memo in own["memo"] if memo]
        lines.append((str(coder), "; ".join(said), " · ".join(memos)))
    note = str(part["note_id"].iloc[0])
    return Note(note, results.texts.quote(note), lines)
