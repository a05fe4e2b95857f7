"""Which definitions to sharpen, with the notes that show it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sekom_analysis.report.blocks import Block, Bullets, Heading, Note, Section, Text
from sekom_analysis.report.cells import choices_in, label_of
from sekom_analysis.results import Results
from sekom_analysis.wording import say

ADVICE_SHOWN = 4
BORDERS_WITH_NOTES = 2
NOTES_SHOWN = 3


def section(results: Results) -> Section:
    """Return the advice on each variable, dearest first, with notes of the first borders."""
    lang = results.lang
    blocks: list[Block] = [block for variable in results.advice for block in _variable(results, variable)]
    if blocks:
        blocks.insert(0, Text(say("report_advice_text", lang)))
    return Section(say("report_advice", lang), blocks)


def _variable(results: Results, variable: str) -> Iterator[Block]:
    table = results.advice[variable].head(ADVICE_SHOWN)
    yield Heading(label_of(results, variable))
    yield Bullets([*table["sentence"]])
    borders = table[table["kind"] == "border"].head(BORDERS_WITH_NOTES)
    for border in borders.to_dict("records"):
        shown = [note for note in results.disputed[variable].index if note in border["note_ids"]]
        asked = results.study.codebook[variable]
        names = {end: asked.label_of(str(border[end]), results.lang) for end in ("code", "other")}
        rest = len(shown) - NOTES_SHOWN
        key = "report_border_notes" if rest > 0 else "report_border_notes_all"
        yield Text(say(key, results.lang, ids=", ".join(border["note_ids"]), shown=NOTES_SHOWN, **names))
        yield from (_note(results, variable, note) for note in shown[:NOTES_SHOWN])


def _note(results: Results, variable: str, note: str) -> Note:
    table = results.disputed[variable]
    row = table.loc[note]
    asked, lang = results.study.codebook[variable], results.lang
    lines = [
        (coder, asked.label_of(str(row[own]), lang), str(row[f"memo {coder}"]))
        for coder, own in choices_in(table).items()
        if not pd.isna(row[own])
    ]
    return Note(note, str(row["text"]), lines)
