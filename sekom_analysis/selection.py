"""Which notes and which coders a question is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from sekom_analysis.decisions import coder_fault
from sekom_analysis.errors import NotesError, StudyError


def chosen_notes(table: pd.DataFrame, notes: object) -> list[str]:
    """Return ids of notes, each once, in the order given.

    Parameters
    ----------
    table : the study's N notes, indexed by note_id
    notes : ids, a table of notes, or a true/false column; None is all

    Raises
    ------
    NotesError
        If it is none of these, or names a note that the study does not have.

    Examples
    --------
    >>> table = pd.DataFrame({"text": ["a", "b"]}, index=pd.Index(["n1", "n2"], name="note_id"))
    >>> chosen_notes(table, ["n2", "n2"]), chosen_notes(table, table["text"] == "a")
    (['n2'], ['n1'])
    """
    if notes is None:
        return list(table.index.tolist())
    if isinstance(notes, pd.DataFrame):
        chosen = notes.index.tolist()
    elif isinstance(notes, pd.Series) and pd.api.types.is_bool_dtype(notes):
        chosen = list(table.index[notes.reindex(table.index).fillna(False).astype(bool)])
    elif isinstance(notes, Iterable) and not isinstance(notes, str):
        chosen = [str(note) for note in notes]
    else:
        msg = f"notes= takes note ids, a table of notes or a true/false column, not {notes!r}."
        raise NotesError(msg)
    known = set(table.index.tolist())
    unknown = [note for note in dict.fromkeys(chosen) if note not in known]
    if unknown:
        msg = f"There is no note {', '.join(map(repr, unknown))} among the {len(table)} notes."
        raise NotesError(msg)
    return list(dict.fromkeys(chosen))


def chosen_coders(coders: Iterable[str], with_logs: Sequence[str], named: Iterable[str]) -> list[str]:
    """Return ids of coders, each once, in the order given.

    Parameters
    ----------
    coders : whose decisions are wanted; one id may stand alone
    with_logs : coders who have a log
    named : coders of the study file, who may not have begun

    Raises
    ------
    StudyError
        If nobody of that name is there: a misspelt coder must not look like one who has seen nothing.

    Examples
    --------
    >>> chosen_coders(["k2", "k1", "k2"], ["k1", "k2"], [])
    ['k2', 'k1']
    """
    chosen = list(dict.fromkeys([coders] if isinstance(coders, str) else coders))
    unknown = [c for c in chosen if coder_fault(c) or (c not in with_logs and c not in named)]
    if unknown:
        there = ", ".join(with_logs) or "nobody yet"
        msg = (
            f"There is no coder {', '.join(map(repr, unknown))}. With decisions: {there}. "
            f"One who has not begun can be named in study.yaml."
        )
        raise StudyError(msg)
    return chosen
