"""What is wrong, or worth knowing, about decisions held against notes and codebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from sekom_analysis.codebook import Codebook, answer_fault
from sekom_analysis.notes import note_hash
from sekom_analysis.problems import Problem

AS_MANY = 3  # how many notes a summary names


def decision_problems(
    history: pd.DataFrame, notes: pd.DataFrame, codebook: Codebook, kept: Mapping[str, Codebook]
) -> list[Problem]:
    """List unknown notes, variables and codes, changed texts, retired codes and older definitions.

    Parameters
    ----------
    history : every event, as `history_table` gives it
    notes : the study's notes, indexed by note_id
    codebook : the codebook as it is now
    kept : version hash -> a codebook of the one variable as it was seen then
    """
    deeds = history[history["event"] == "decide"]
    return [
        *_unknown_notes(history, notes),
        *_unknown_answers(deeds, codebook, kept),
        *_not_asked(deeds, notes, codebook),
        *_changed_texts(deeds, notes),
        *_older_definitions(deeds, codebook),
    ]


def _file(coder: str) -> str:
    return f"{coder}.csv"


def _named(values: pd.Series) -> str:
    """Name the first few of a list: ``B001, B002, B003 and 4 more``."""
    distinct = list(dict.fromkeys(values))
    rest = len(distinct) - AS_MANY
    return ", ".join(distinct[:AS_MANY]) + (f" and {rest} more" if rest > 0 else "")


def _unknown_notes(history: pd.DataFrame, notes: pd.DataFrame) -> Iterator[Problem]:
    for event in history[~history["note_id"].isin(notes.index)].itertuples():
        what = f"note '{event.note_id}' is not among the study's notes"
        todo = "add the note to data/raw, or leave it: the decision is kept but not counted"
        yield Problem(file=_file(str(event.coder)), row=int(str(event.row)), what=what, todo=todo)


def _unknown_answers(
    deeds: pd.DataFrame, codebook: Codebook, kept: Mapping[str, Codebook]
) -> Iterator[Problem]:
    """Answers that the codebook does not have: retired where an older version had them, else unknown."""
    retired: dict[tuple[str, str, str], list[str]] = {}
    answers = deeds[["coder", "variable", "codes", "codebook", "row", "note_id"]]
    for coder, variable, codes, version, row, note_id in answers.itertuples(index=False):
        if variable not in codebook:
            what = f"variable '{variable}' is not in the codebook"
            todo = (
                "put the variable back into the codebook, or leave it: the decision is kept but not counted"
            )
            yield Problem(file=_file(coder), row=int(row), what=what, todo=todo)
        elif fault := answer_fault(codebook[variable], codes):
            then = kept.get(version)
            if then is not None and variable in then and not answer_fault(then[variable], codes):
                retired.setdefault((coder, variable, codes), []).append(note_id)
                continue
            todo = "decide the note again; until then the answer counts as it stands"
            yield Problem(file=_file(coder), row=int(row), what=fault, todo=todo)
    for (coder, variable, codes), note_ids in retired.items():
        where = f"{len(note_ids)} decisions: {_named(pd.Series(note_ids))}"
        what = f"'{codes}' of '{variable}' has been retired since ({where})"
        yield Problem(file=_file(coder), row=None, what=what, todo="decide these notes again, or leave them")


def _not_asked(deeds: pd.DataFrame, notes: pd.DataFrame, codebook: Codebook) -> Iterator[Problem]:
    """Decisions on notes of which the variable is not asked (another stage)."""
    stages = notes["stage"] if "stage" in notes.columns else pd.Series(index=notes.index, dtype=object)
    known = deeds[deeds["note_id"].isin(notes.index) & deeds["variable"].isin(codebook.ids)]
    outside = [
        not codebook[variable].applies_to(note_id, stages.get(note_id))
        for variable, note_id in zip(known["variable"], known["note_id"], strict=True)
    ]
    for (coder, variable), group in known[outside].groupby(["coder", "variable"]):
        what = f"'{variable}' is not asked of these notes: {_named(group['note_id'])}"
        todo = "check the stage of the notes and of the variable; the decisions are kept but not counted"
        yield Problem(file=_file(coder), row=int(group["row"].iloc[0]), what=what, todo=todo)


def _changed_texts(deeds: pd.DataFrame, notes: pd.DataFrame) -> Iterator[Problem]:
    """Notes whose text is no longer what the coder read."""
    now = {note_id: note_hash(text) for note_id, text in notes["text"].items()}
    last = deeds.drop_duplicates(["coder", "note_id", "variable", "pass"], keep="last")
    last = last[last["note_id"].isin(now.keys())]
    changed = last[last["note_hash"] != last["note_id"].map(now)]
    for coder, group in changed.groupby("coder"):
        what = f"the text has changed since it was coded: {_named(group['note_id'])}"
        todo = "a mended typo needs nothing; if the meaning changed, decide these notes again"
        yield Problem(file=_file(str(coder)), row=None, what=what, todo=todo)


def _older_definitions(deeds: pd.DataFrame, codebook: Codebook) -> Iterator[Problem]:
    last = deeds.drop_duplicates(["coder", "note_id", "variable", "pass"], keep="last")
    for (coder, variable), group in last.groupby(["coder", "variable"]):
        if variable not in codebook:
            continue
        older = group[group["codebook"] != codebook[variable].version]
        if len(older):
            what = f"{older['note_id'].nunique()} notes were coded under an older definition of '{variable}'"
            todo = "compare the definitions (data/coded/codebooks); decide these notes again if they differ"
            yield Problem(file=_file(coder), row=None, what=what, todo=todo)
