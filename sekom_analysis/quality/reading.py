"""Readings side by side: what each coder said of a note, with the memo, and no number on it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.decisions import INDEPENDENT
from sekom_analysis.study import Study
from sekom_analysis.wording import check_language, say

READING_COLUMNS = ["note_id", "text", "variable", "label", "coder", "reading", "memo"]


def readings(
    study: Study,
    variable: str | None = None,
    *,
    notes: object = None,
    coders: Iterable[str] | None = None,
    lang: str = "sv",
) -> pd.DataFrame:
    """Return every coder's reading of every note, side by side, in any stance.

    Parameters
    ----------
    study : Study
    variable : only this one
    notes : as in `Study.ratings`
    coders : whose; left out, everybody's
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    DataFrame, one row a note, coder and variable, in the order of notes, coders and codebook: ``note_id``,
    ``text``, ``variable``, ``label`` of the variable, ``coder``, ``reading`` (the codes' labels), ``memo``.
    What a coder has not answered on their own has no row. Who looks, if it is known (`Study.viewer`), is
    kept as shown it.

    Raises
    ------
    CodebookError, NotesError, StudyError
        If there is no such variable, note or coder.
    """
    check_language(lang)
    book = study.codebook
    chosen = study.decisions(variable, coders)
    asked = {v.id: v for v in book.variables if variable in (None, v.id)}
    note_ids = [str(note) for note in study.notes.index]
    if notes is not None:
        note_ids = list(dict.fromkeys(note for v in asked.values() for note in study.notes_asked(v, notes)))
    wanted = (chosen["pass"] == str(INDEPENDENT)) & chosen["variable"].isin(list(asked))
    chosen = chosen[wanted & chosen["note_id"].isin(note_ids)]
    places = {
        "note_id": {note: place for place, note in enumerate(study.notes.index)},
        "coder": {coder: place for place, coder in enumerate(study.coders)},
        "variable": {name: place for place, name in enumerate(asked)},
    }
    chosen = chosen.sort_values(list(places), key=lambda column: column.map(places[str(column.name)]))
    said = [
        reading(asked[name], codes, lang)
        for name, codes in zip(chosen["variable"], chosen["codes"], strict=True)
    ]
    table = chosen.assign(
        text=chosen["note_id"].map(study.notes["text"]),
        label=chosen["variable"].map({name: one.label.in_(lang) for name, one in asked.items()}),
        reading=said,
    )
    study.tell_shown(list(dict.fromkeys(table["note_id"])), list(asked), "readings")
    return table[READING_COLUMNS].reset_index(drop=True)


def reading(variable: Variable, codes: str, lang: str) -> str:
    """Return an answer as it stands in a log in words: labels with commas between."""
    if not codes:
        return say("reading_empty", lang)
    return ", ".join(variable.label_of(code, lang) for code in codes.split("|"))
