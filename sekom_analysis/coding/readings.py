"""What the coders of a study say now of each note: answers, what they passed over, certainty and memo."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.agreement import disagreements
from sekom_analysis.codebook import FLAG
from sekom_analysis.decisions import AFTER_TALK, latest
from sekom_analysis.study import Study

PASSES = (1, AFTER_TALK)  # what coders say now: after talking, where they have talked


class Reading(NamedTuple):
    """How one coder read one note; `codes` as in the log, None where the coder passed the question over."""

    codes: str | None
    certainty: str = ""
    memo: str = ""


def disputed_notes(study: Study, variable: str, notes: object = None) -> list[str]:
    """Return the ids of the notes on which coders differ now, most disputed first.

    Parameters
    ----------
    study : Study
    variable : id of the variable
    notes : ids or a table of notes; left out, all that the variable is asked of
    """
    return list(disagreements(study.ratings(variable, notes=notes, passes=PASSES)).index)


def readings(study: Study, variable: str) -> dict[str, dict[str, Reading]]:
    """Return note_id -> coder -> how that coder read the note.

    Parameters
    ----------
    study : Study
    variable : id of the variable
    """
    found: dict[str, dict[str, Reading]] = {}
    skipped = study.skipped()
    for row in _records(skipped[(skipped["variable"] == variable) & skipped["pass"].isin(map(str, PASSES))]):
        found.setdefault(row["note_id"], {})[row["coder"]] = Reading(None, "", row["memo"])
    now = latest(study.history(), PASSES)
    for row in _records(now[now["variable"] == variable]):
        answer = Reading(row["codes"], row["certainty"], row["memo"])
        found.setdefault(row["note_id"], {})[row["coder"]] = answer
    return found


def two_ideas(study: Study) -> dict[str, int]:
    """Return note_id -> how many coders flagged the note as two ideas."""
    now = latest(study.history(), PASSES)
    return dict(now.loc[now["variable"] == FLAG, "note_id"].value_counts())


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")  # type: ignore[return-value]
