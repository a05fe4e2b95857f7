"""REFI-QDA, the exchange format of programs for qualitative analysis: codebooks and whole projects."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import replace_file
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines, say
from sekom_analysis.basics.yamlfile import dump_yaml
from sekom_analysis.exchange.refi.codebook import CodebookRead, read_codebook_qdc, write_codebook_qdc
from sekom_analysis.exchange.refi.reading import ProjectRead, read_codebook_qdpx, read_project_qdpx
from sekom_analysis.exchange.refi.writing import PER_CODER, write_project_qdpx
from sekom_analysis.exchange.registry import Loss, Order, Request, loss_lines
from sekom_analysis.exchange.returned import Returned, weigh_returned
from sekom_analysis.exchange.taking_in import Material, add, file_stem, seen_definitions, seen_fault
from sekom_analysis.study import making
from sekom_analysis.study.about import About, Coder
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.raw import STUDY_FILE, Raw, open_raw
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.selections import within, words_of
from sekom_analysis.study.study import Study

__all__ = [
    "CodebookRead",
    "Loss",
    "ProjectRead",
    "loss_lines",
    "read_codebook_qdc",
    "read_codebook_qdpx",
    "read_project_qdpx",
    "write_codebook_qdc",
    "write_project_qdpx",
]


# --- REFI-QDA files into a study ----------------------------------------------------------------------


KIND = "refi"


def find_project(request: Request) -> Material:
    """Return what a ``.qdpx`` brings: notes and decisions that the study does not have.

    A note with the text of one of the study's is that note, whatever the other
    program called it. Decisions that are in the study already are passed
    over, so that a project can go out, be coded by somebody more, and come back.
    What a coder who has a log here says otherwise is refused, decision by decision;
    with ``later`` it counts as decided now.

    Raises
    ------
    ExchangeError
        If it cannot be read, or everything in it is here already.
    """
    return whats_new(read_project_qdpx(request.path), request)


def whats_new(read: ProjectRead, request: Request) -> Material:
    """Return what a study from elsewhere brings that the present one does not have.

    Raises
    ------
    ExchangeError
        If everything in it is here already.
    """
    read = _renamed(read, request.raw)
    decisions, refused = _possible(read, request.raw, request.path.name)
    found = weigh_returned(decisions, request)
    refused = [*refused, *found.refused]
    if found.new.empty and read.notes.index.isin(request.raw.notes.index).all():
        raise ExchangeError(_nothing_new(request.path.name, len(read.notes), found, refused))
    material = _material(read, found.new, refused, request.path.name)
    return replace(
        material,
        notes=_without_known(read.notes, request.raw.notes),
        remarks=[*material.remarks, *found.remarks],
        joined=frozenset(found.new["coder"]),  # weighed against their logs above
    )


def _without_known(notes: pd.DataFrame, here: pd.DataFrame) -> pd.DataFrame:
    """Return the notes that the study does not have under that id and with that text."""
    known = here["text"].map(note_hash).to_dict()
    return notes[[known.get(note) != note_hash(text) for note, text in notes["text"].items()]]


def _nothing_new(file: str, n_notes: int, found: Returned, refused: list[Problem]) -> str:
    told = [*refused, *found.remarks]
    said = f"\n{problem_lines(told)}" if told else ""
    return (
        f"'{file}' brings nothing new: its {n_notes} notes and {found.known} decisions are in the study "
        f"already{', and the others were refused' if refused else ''}. Nothing was added.{said}"
    )


def find_codebook(request: Request) -> Material:
    """Write a ``.qdc`` as YAML into the study's folder, for a person to compare; nothing is taken.

    Raises
    ------
    ExchangeError
        If it cannot be read, or such a file lies there already.
    """
    read = read_codebook_qdc(request.path)
    proposal = request.raw.root / f"codebook-{file_stem(request.path)}.yaml"
    if proposal.exists():
        msg = f"'{proposal.name}' is there already. Nothing was written; move it away, and import again."
        raise ExchangeError(msg)
    intro = say("refi_codebook_proposal", request.lang, file=request.path.name)
    replace_file(proposal, f"# {intro}\n{dump_yaml(read.codebook)}".encode())
    return Material(remarks=list(read.warnings), proposals=[proposal])


def study_from_project(folder: str | os.PathLike[str], path: Path, title: str = "") -> tuple[Study, Material]:
    """Make a study of a ``.qdpx``: its notes, codebook, coders and their decisions.

    One that this package wrote is the same study again, with its id, its plan and its coders.

    Parameters
    ----------
    folder : a folder that does not exist, or is empty
    path : the project
    title : what the study is called; left out, as in the project

    Returns
    -------
    The study, and what was found, with what was refused and is to be known.

    Raises
    ------
    ExchangeError, StudyError
        If the project cannot be read or makes no study.
    """
    return study_of(read_project_qdpx(path), folder, path, KIND, title)


def study_of(
    read: ProjectRead, folder: str | os.PathLike[str], path: Path, kind: str, title: str = ""
) -> tuple[Study, Material]:
    """Make a study of what was read of a file; see `study_from_project`."""
    book = read.codebook if read.codebook["variables"] else None
    called = About.model_validate(read.about).title.sv if read.about else path.stem
    taken: list[Material] = []

    def take_in(root: Path) -> None:
        if read.about:
            about = {**read.about, "title": title} if title else read.about
            about = {"seed": open_raw(root).about.seed, **about}
            replace_file(root / STUDY_FILE, dump_yaml(about).encode("utf-8"), in_study=True)
        raw = open_raw(root)
        decisions, refused = _possible(read, raw, path.name)
        taken.append(replace(_material(read, decisions, refused, path.name), coders={}))
        add(raw, path, kind, taken[0])

    making.create(Path(folder), read.notes, book, title or called, take_in)
    return Study.open(folder), taken[0]


def _material(read: ProjectRead, decisions: pd.DataFrame, refused: list[Problem], file: str) -> Material:
    losses = [Problem.of(file, None, "refi_loss", what=loss.what, n=loss.number) for loss in read.losses]
    about = About.model_validate(read.about).coders if read.about else {}
    deciding = set(decisions["coder"])
    named = {coder: who for coder, who in about.items() if coder in deciding and who != Coder()}
    return Material(
        read.notes,
        decisions,
        named,
        [*refused, *losses],
        list(read.warnings),
        definitions=read.definitions,
    )


def _renamed(read: ProjectRead, raw: Raw) -> ProjectRead:
    """Give notes the ids that they have in the study, where the text says which they are."""
    hashes = Counter(map(note_hash, raw.notes["text"]))
    here = {note_hash(text): note for note, text in raw.notes["text"].items()}
    names = {
        note: here[digest]
        for note, text in read.notes["text"].items()
        if note not in raw.notes.index and hashes[digest := note_hash(text)] == 1
    }
    notes = read.notes.rename(index=names)
    ids = read.decisions["note_id"].replace(names)
    notes = notes[~notes.index.duplicated()]
    return replace(read, notes=notes, decisions=read.decisions.assign(note_id=ids))


def _possible(read: ProjectRead, raw: Raw, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the decisions that the study's codebook takes, and why it does not take the others."""
    notes = pd.concat([raw.notes, read.notes[~read.notes.index.isin(raw.notes.index)]])
    stages = notes["stage"].to_dict() if "stage" in notes.columns else {}
    faults: Counter[str] = Counter()
    fine = []
    seen = seen_definitions(raw, read.definitions)
    table = read.decisions if "codebook" in read.decisions.columns else read.decisions.assign(codebook="")
    for note, name, codes, version in table[["note_id", "variable", "codes", "codebook"]].itertuples(
        index=False
    ):
        stage, is_here = stages.get(note), note in notes.index
        fault = _fault(raw, note, stage, name, codes, version, seen) if is_here else Phrase("fault_no_note")
        faults[fault] += 1
        fine.append(not fault)
    problems = [
        Problem.of(file, None, "refi_fault", fault=fault, n=number)
        for fault, number in faults.items()
        if fault
    ]
    return _only(_with_words(read.decisions, read.notes, notes), fine), problems


def _with_words(decisions: pd.DataFrame, read: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """Return decisions with the selected words of the notes whose text here is the one that was read."""
    if "words" not in decisions.columns:
        return decisions
    there, here = read["text"].to_dict(), notes["text"].to_dict()
    cells = zip(decisions["note_id"], decisions["words"], strict=True)
    words = [
        words_of(within(told, here[note])) if here.get(note) == there.get(note, "") else ""
        for note, told in cells
    ]
    return decisions.assign(words=words)


def _fault(
    raw: Raw,
    note: str,
    stage: str | None,
    variable: str,
    codes: str,
    version: str,
    seen: Mapping[str, Variable],
) -> str:
    if variable not in raw.codebook:
        return Phrase("fault_study_variable", variable=variable)
    if not raw.codebook[variable].applies_to(note, stage):
        return Phrase("fault_such_notes", variable=variable)
    return seen_fault(raw.codebook[variable], codes, seen.get(version))


def _only(decisions: pd.DataFrame, wanted: list[bool]) -> pd.DataFrame:
    return decisions.loc[pd.Series(wanted, dtype="bool", index=decisions.index)].reset_index(drop=True)


# --- A study, or its codebook, as `sekom export` writes them in REFI-QDA ------------------------------


def export_project(order: Order) -> list[Loss]:
    """Write a study as ``.qdpx``."""
    return write_project_qdpx(order.study, order.path, order.layout or PER_CODER, lang=order.lang)


def export_codebook(order: Order) -> list[Loss]:
    """Write a study's codebook as ``.qdc``."""
    study = order.study
    return write_codebook_qdc(study.codebook, order.path, study_id=study.about.id, lang=order.lang)
