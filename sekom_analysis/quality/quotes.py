"""Notes to quote from: those that all coders agree on, and those most disputed, with their memos."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd

from sekom_analysis.agreement import disagreements
from sekom_analysis.codebook import Variable
from sekom_analysis.decisions import INDEPENDENT
from sekom_analysis.errors import CodebookError
from sekom_analysis.quality.stance import check_stance
from sekom_analysis.study import Study

Row = dict[str, Any]
AGREED, DISPUTED = "agreed", "disputed"
VOICE_COLUMNS = [
    "code", "kind", "note_id", "text", "disagreement", "n_coders", "coder", "choice", "certainty", "memo",
]  # fmt: skip


def voices(
    study: Study,
    variable: str,
    *,
    notes: object = None,
    coders: Iterable[str] | None = None,
    n_agreed: int | None = None,
    n_disputed: int | None = None,
) -> pd.DataFrame:
    """Return for each code the notes that all coders agree on and the most disputed ones, to quote from.

    Parameters
    ----------
    study : Study
    variable : a `single` variable
    notes, coders : as in `Study.ratings`
    n_agreed, n_disputed : at most how many notes a code; left out, all

    Returns
    -------
    DataFrame, one row a code, note and coder who decided: ``code``, ``kind`` (agreed or disputed),
    ``note_id``, ``text``, ``disagreement`` (share of pairs of coders that differ), ``n_coders``, ``coder``,
    ``choice``, ``certainty`` (1–3, missing where none was given) and ``memo``. Agreed notes were decided by
    two or more; those that most coders read come first, then those they were surest of, then those with
    memos. A disputed note stands under every code that somebody chose for it, the most disputed first, then
    those for which most chose the code. What else is alike keeps the order of the notes.

    Raises
    ------
    CodebookError, NotesError, StudyError
        If there is no such variable, note or coder, or the variable is not a `single` one.
    StanceError
        If the study is reflexive.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis import Study
    >>> from sekom_analysis.newstudy import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "sample")
    ...     found = voices(Study.open(Path(folder) / "sample"), "category_b", n_agreed=1, n_disputed=1)
    >>> found.loc[found["code"] == "resurser", ["kind", "note_id"]].drop_duplicates().values.tolist()
    [['agreed', 'B008'], ['disputed', 'B011']]
    """
    asked = check_stance(study).codebook[variable]
    if asked.kind != "single":
        msg = f"'{variable}' is {asked.kind}; voices are found for variables with one code a note (single)."
        raise CodebookError(msg)
    ratings = study.ratings(variable, coders, notes)
    said = _said(study, asked, ratings)
    rows = [
        {**row, "code": code, "kind": kind}
        for code, kind, some in _chosen(asked, said, n_agreed, n_disputed)
        for note in some
        for row in note
    ]
    found = pd.DataFrame(rows, columns=VOICE_COLUMNS)
    study.tell_shown(list(dict.fromkeys(found["note_id"])), [variable], "voices")
    return found


def _said(study: Study, variable: Variable, ratings: pd.DataFrame) -> list[list[Row]]:
    """Return for each note what each coder decided, in the order of notes and coders."""
    decisions = study.decisions(variable.id, list(ratings.columns))
    own = decisions[decisions["pass"] == str(INDEPENDENT)]
    cells = zip(own["note_id"], own["coder"], own["codes"], own["certainty"], own["memo"], strict=True)
    by_note: dict[str, dict[str, Row]] = {str(note): {} for note in ratings.index}
    for note_id, coder, choice, certainty, memo in cells:
        if note_id in by_note:
            given = int(certainty) if certainty else None
            by_note[note_id][coder] = {"coder": coder, "choice": choice, "certainty": given, "memo": memo}
    differ = disagreements(ratings)["disagreement"].to_dict() if len(ratings.columns) else {}
    texts = study.notes["text"].to_dict()
    return [
        [
            {
                "note_id": note_id, "text": texts[note_id], "disagreement": float(differ.get(note_id, 0)),
                "n_coders": len(answers), **answers[coder],
            }
            for coder in ratings.columns
            if coder in answers
        ]
        for note_id, answers in by_note.items()
        if answers
    ]  # fmt: skip


def _chosen(
    variable: Variable, said: Sequence[list[Row]], n_agreed: int | None, n_disputed: int | None
) -> Iterator[tuple[str, str, list[list[Row]]]]:
    """Yield code, kind and what was said of each note, the best to quote first."""
    used = {row["choice"] for note in said for row in note}
    own = [code.id for code in variable.codes if code.id in used]
    for code in [*own, *sorted(used - set(own))]:
        notes = [note for note in said if any(row["choice"] == code for row in note)]
        agreed = [note for note in notes if len(note) > 1 and not note[0]["disagreement"]]
        disputed = [note for note in notes if note[0]["disagreement"]]
        yield code, AGREED, sorted(agreed, key=_surest)[:n_agreed]
        yield code, DISPUTED, sorted(disputed, key=partial(_most_disputed, code))[:n_disputed]


def _surest(note: Sequence[Row]) -> tuple[float, ...]:
    """Sort notes by how many read them, how sure they were, and whether they wrote why."""
    given = [row["certainty"] for row in note if row["certainty"] is not None]
    certainty = sum(given) / len(given) if given else 0
    return (-len(note), -certainty, not any(row["memo"] for row in note))


def _most_disputed(code: str, note: Sequence[Row]) -> tuple[float, ...]:
    return (-note[0]["disagreement"], -sum(row["choice"] == code for row in note))
