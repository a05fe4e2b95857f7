"""Which notes a session is about: of chosen sources and stages, or those of the reference discussion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sekom_analysis.basics.errors import NotesError
from sekom_analysis.basics.wording import quoted

if TYPE_CHECKING:
    from sekom_analysis.coding.session import Session
    from sekom_analysis.study.desk import Desk
    from sekom_analysis.study.training import Training


def trained(desk: Desk) -> Training:
    """Return the notes that a study's coders train on.

    Parameters
    ----------
    desk : the coder's desk

    Raises
    ------
    NotesError
        If study.yaml names none that can be used.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis.study.desk import Desk
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "study")
    ...     trained(Desk.open(Path(folder) / "study", "anna"))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    NotesError: study.yaml names no notes to train on.
    """
    if not desk.training:
        msg = (
            "study.yaml names no notes to train on. Write there, for example:\n"
            "training:\n- note: B001\n  answers: {valence: hinder}\n  why: What you agreed on.\n"
            "If it has them, sekom check says what is wrong with them. Nothing was saved."
        )
        raise NotesError(msg)
    return desk.training


def shown_training(session: Session, texts: dict[str, str]) -> dict[str, Any]:
    """Return what a training card is given besides: the references, and its own words for where it is.

    Parameters
    ----------
    session : a session of training
    texts : the card's texts

    Returns
    -------
    ``training``: key of the note -> variable -> codes and why; and ``texts``.

    Examples
    --------
    >>> import tempfile
    >>> from sekom_analysis.coding.session import Session
    >>> from sekom_analysis.study.study import Study
    >>> import pandas as pd
    >>> notes = pd.DataFrame({"note_id": ["n1", "n2"], "text": ["All well", "Not so well"]})
    >>> tone = {"id": "tone", "kind": "single", "label": "Tone", "codes": [{"id": "good", "label": "Good"}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.create(folder + "/s", notes=notes, codebook={"variables": [tone]}, title="S")
    ...     about = study.root / "data" / "raw" / "study.yaml"
    ...     said = about.read_text(encoding="utf-8") + "training: [{note: n1, answers: {tone: good}}]"
    ...     _ = about.write_text(said, encoding="utf-8")
    ...     data = Session(Study.open(study.root).desk("anna"), training=True).data()
    >>> list(data["training"].values())
    [{'tone': {'codes': ['good'], 'why': ''}}]
    """
    keys = {item.note_id: item.key for item in session.items}
    said = {
        keys[note_id]: {
            variable: {
                "codes": reference.codes.split("|") if reference.codes else [],
                "why": reference.why.in_(session.lang) if reference.why else "",
            }
            for variable, reference in of_note.items()
        }
        for note_id, of_note in session.training.items()
        if note_id in keys
    }
    own = {
        name: texts[f"{name.removesuffix('_pass_0')}_training"] for name in ("place_pass_0", "finish_pass_0")
    }
    return {"training": said, "texts": texts | own}


def chosen_notes(desk: Desk, sources: Sequence[str], stages: Sequence[str]) -> list[str]:
    """Return the ids of the notes from the sources and stages asked for."""
    notes = desk.notes
    for column, wanted in (("source", sources), ("stage", stages)):
        if not wanted:
            continue
        there = sorted(set(notes[column])) if column in notes.columns else []
        unknown = [value for value in wanted if value not in there]
        if unknown:
            msg = f"No note has the {column} {quoted(unknown)}. There are: {', '.join(there)}."
            raise NotesError(msg)
        notes = notes[notes[column].isin(list(wanted))]
    return list(notes.index)
