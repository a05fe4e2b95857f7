"""What a coder answered before, as it goes into a sheet: filled in, or told where the text has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sekom_analysis.codebook import Variable
from sekom_analysis.decisions import latest
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.layout import Row, Tab
from sekom_analysis.notes import note_hash
from sekom_analysis.wording import say

_LONGEST_MEMO = 300
Answers = dict[tuple[str, str], Mapping[str, str]]


def about_these_texts(desk: Desk) -> Answers:
    """Return the standing answers that are about the notes' texts as they are now."""
    return _split(desk)[0]


def with_remarks(desk: Desk, tabs: list[Tab], lang: str) -> list[Tab]:
    """Return the tabs, with a remark at each note whose text has changed since it was answered."""
    others = _split(desk)[1]
    return [
        tab._replace(rows=tuple(_with_remark(row, tab.variables, others, lang) for row in tab.rows))
        for tab in tabs
    ]


def _split(desk: Desk) -> tuple[Answers, Answers]:
    """Return the standing answers about the texts as they are now, and those about other ones."""
    now = {str(note): note_hash(str(text)) for note, text in desk.notes["text"].items()}
    found: tuple[Answers, Answers] = ({}, {})
    for cell, row in layout.standing(latest(desk.history())).items():
        found[row["note_hash"] not in ("", now.get(cell[0], ""))][cell] = row
    return found


def _with_remark(row: Row, variables: tuple[Variable, ...], others: Answers, lang: str) -> Row:
    told = [
        _told(variable, others[row.note_id, variable.id], lang)
        for variable in variables
        if variable.id in row.variables and (row.note_id, variable.id) in others
    ]
    if not told:
        return row
    return row._replace(remark=layout.writable(say("sheet_text_changed", lang, answers="; ".join(told))))


def _told(variable: Variable, given: Mapping[str, Any], lang: str) -> str:
    codes = given["codes"].split("|") if given["codes"] else []
    answer = ", ".join(variable.label_of(code, lang) if variable.kind != "scale" else code for code in codes)
    parts = [answer or say("card_confirm_none", lang)]
    if given["certainty"]:
        parts.append(say(f"card_certainty_{given['certainty']}", lang).lower())
    if memo := " ".join(given["memo"].split()):
        parts.append(f"”{memo if len(memo) <= _LONGEST_MEMO else memo[:_LONGEST_MEMO] + '…'}”")
    return f"{variable.label.in_(lang)}: {', '.join(parts)}"
