"""Actions after merging: each knows all it came from."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.consensus import consensus
from sekom_analysis.consensus.settled import UNRESOLVED
from sekom_analysis.quality.stance import check_stance
from sekom_analysis.study import Study


def merged_into(study: Study) -> dict[str, str]:
    """Return note_id -> the action that it is part of, for notes that are part of another."""
    table = study.merges()
    return dict(zip(table["note_id"], table["into"], strict=True))


def merged_notes(study: Study) -> pd.DataFrame:
    """Return the study's notes after merging, each with how it reads now and all it came from.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame as `Study.notes`, without the notes that are part of another. ``text`` is how the action
    reads now, ``text_written`` the note's own text, ``members`` a tuple of the note ids it came from,
    its own first.

    Examples
    --------
    >>> import tempfile
    >>> texts = {"note_id": ["d1", "d2"], "text": ["Ta fram nyckeltal", "Nya nyckeltal"]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.create(folder + "/demo", notes=pd.DataFrame(texts))
    ...     event = study.merge("d2", into="d1", by="anna", reason="samma sak", text="Nya nyckeltal tas fram")
    ...     merged_notes(study)[["text", "members"]].to_dict("index")
    {'d1': {'text': 'Nya nyckeltal tas fram', 'members': ('d1', 'd2')}}
    """
    into = merged_into(study)
    members: dict[str, list[str]] = {}
    for note_id in study.notes.index:
        if note_id in into:
            members.setdefault(into[note_id], []).append(note_id)
    merged = study.notes[~study.notes.index.isin(into.keys())].copy()
    wordings = study.wordings()
    merged["text_written"] = merged["text"]
    merged["text"] = pd.Series({note_id: wordings[note_id] for note_id in merged.index}, dtype="str")
    merged["members"] = pd.Series(
        {note_id: (note_id, *members.get(note_id, [])) for note_id in merged.index}, dtype=object
    )
    return merged


def counts_before_and_after(study: Study, variable: str, notes: object = None) -> pd.DataFrame:
    """Return how many notes each code of a variable has, before and after merging.

    A note's code is what was adjudicated, else what most coders of the study chose, the material's own
    sorting aside; a merged action has the code of the note that it goes under.

    Parameters
    ----------
    study : Study
    variable : id of a `single` variable
    notes : ids, a table of notes, or a true/false column; left out, all that the variable is asked of

    Returns
    -------
    DataFrame, one row a code and a last one, with an empty ``code``, for notes on which coders differ
    without a majority, or that adjudicators left open: ``code``, ``before``, ``after``. Notes that nobody
    coded are in none of them.
    """
    coders = [coder for coder in study.coders if study.about.coder(coder).kind != "source"]
    ratings = study.ratings(variable, coders, notes)
    if len(ratings.columns) > 1:
        check_stance(study)
    settled = consensus(ratings, study.adjudications(variable))
    said = settled["code"].astype(object).where(settled["basis"] != UNRESOLVED, "")
    stands = ~said.index.isin(merged_into(study).keys())
    codes = [*(ratings.iloc[:, 0].cat.categories if coders else study.codebook[variable].answers), ""]
    before, after = said.value_counts(), said[stands].value_counts()
    rows = [(code, int(before.get(code, 0)), int(after.get(code, 0))) for code in codes]
    return pd.DataFrame(rows, columns=["code", "before", "after"])
