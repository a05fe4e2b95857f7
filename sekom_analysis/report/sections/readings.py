"""Readings side by side, of a reflexive study: what each said of a note, and no number on it."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.report.blocks import Block, Note, Section, Text
from sekom_analysis.results import Results
from sekom_analysis.wording import say


def section(results: Results) -> Section:
    """Return every note that somebody read, with each coder's readings and memos."""
    lang, table = results.lang, results.readings
    blocks: list[Block] = [_note(results, part) for _, part in table.groupby("note_id", sort=False)]
    if blocks:
        blocks.insert(0, Text(say("report_readings_text", lang)))
    return Section(say("report_readings", lang), blocks)


def _note(results: Results, part: pd.DataFrame) -> Note:
    """Return one note; a code speaks for itself, a score or a set is named by its variable."""
    book, lines = results.study.codebook, []
    for coder, own in part.groupby("coder", sort=False):
        said = [
            row["reading"] if book[row["variable"]].kind == "single" else f"{row['label']}: {row['reading']}"
            for row in own.to_dict("records")
        ]
        memos = [memo for memo in own["memo"] if memo]
        lines.append((str(coder), "; ".join(said), " · ".join(memos)))
    return Note(str(part["note_id"].iloc[0]), str(part["text"].iloc[0]), lines)
