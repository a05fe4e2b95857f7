"""Notes to train on: what a group settled on after talking them over, and why; seen after answering."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sekom_analysis.basics.wording import Problem
from sekom_analysis.study.codebook import Bilingual, Codebook, Text, Variable
from sekom_analysis.study.decisions import joined
from sekom_analysis.study.rows import answer_fault

if TYPE_CHECKING:
    import pandas as pd


def _mapped(value: Any) -> Any:
    """Let one reason stand for every question."""
    return value if isinstance(value, dict) and not set(value) <= {"sv", "en"} else {"": value}


class TrainingNote(BaseModel):
    """An entry of ``training:`` in study.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Annotated[str, Field(coerce_numbers_to_str=True, min_length=1)]  # its id, or its text
    answers: Annotated[dict[str, Any], Field(min_length=1)]  # variable -> a code, several, or a number
    why: Annotated[dict[str, Text], BeforeValidator(_mapped)] = {}  # variable -> reason; "" for all


class Reference(NamedTuple):
    """How a note was read in the reference discussion, for one variable."""

    codes: str  # as in a log
    why: Bilingual | None


Training = Mapping[str, Mapping[str, Reference]]  # note_id -> variable -> reference
NO_TRAINING: Training = MappingProxyType({})


def read_training(
    entries: Sequence[TrainingNote], notes: pd.DataFrame, codebook: Codebook, file: str
) -> tuple[Training, list[Problem]]:
    """Return the notes to train on, and what is wrong with those that cannot be used.

    Parameters
    ----------
    entries : as study.yaml has them
    notes : the study's N notes, indexed by note_id
    codebook : the study's codebook
    file : the name of the file that they are from

    Returns
    -------
    note_id -> variable -> reference, in the order of the file; and the problems.

    Examples
    --------
    >>> import pandas as pd
    >>> book = Codebook.model_validate({"variables": [
    ...     {"id": "tone", "kind": "single", "label": "Tone", "codes": [{"id": "good", "label": "Good"}]}]})
    >>> notes = pd.DataFrame({"text": ["All well"]}, index=pd.Index(["n1"], name="note_id"))
    >>> said = {"note": "All well", "answers": {"tone": "good"}, "why": "It is."}
    >>> entry = TrainingNote.model_validate(said)
    >>> training, problems = read_training([entry], notes, book, "study.yaml")
    >>> training["n1"]["tone"].codes, problems
    ('good', [])
    """
    training: dict[str, dict[str, Reference]] = {}
    problems: list[Problem] = []
    for entry in entries:
        found = _notes_named(entry.note, notes)
        if len(found) != 1:
            kind = "training_twice" if found else "training_note"
            problems.append(Problem.of(file, None, kind, note=_short(entry.note), n=len(found)))
            continue
        stage = str(notes.at[found[0], "stage"]) if "stage" in notes.columns else None
        for variable, codes in entry.answers.items():
            fault = next(_faults(entry, found[0], stage, variable, codes, codebook), None)
            if fault is not None:
                problems.append(Problem.of(file, None, fault.pop("kind"), **fault))
                continue
            said = Reference(joined(codes) or "", entry.why.get(variable) or entry.why.get(""))
            training.setdefault(found[0], {})[variable] = said
        for variable in entry.why.keys() - {"", *entry.answers}:
            problems.append(
                Problem.of(file, None, "training_why", note=_short(entry.note), variable=variable)
            )
    return training, problems


def _notes_named(name: str, notes: pd.DataFrame) -> list[str]:
    """Return the ids of the notes that an id or a text names."""
    if name in notes.index:
        return [name]
    return [str(note_id) for note_id in notes.index[notes["text"].str.strip() == name.strip()]]


def _faults(
    entry: TrainingNote, note_id: str, stage: str | None, name: str, codes: Any, codebook: Codebook
) -> Iterator[dict[str, Any]]:
    where = {"note": _short(entry.note), "variable": name}
    if name not in codebook:
        yield {"kind": "training_variable", **where, "variables": ", ".join(codebook.ids)}
        return
    variable: Variable = codebook[name]
    if not variable.applies_to(note_id, stage):
        yield {"kind": "training_not_asked", **where}
    elif codes is None:
        yield {"kind": "training_empty", **where}
    elif fault := answer_fault(variable, joined(codes) or ""):
        yield {"kind": "training_answer", **where, "fault": fault}


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
