"""Notes and decisions from elsewhere into a study: in files of their own, all or nothing.

What an importer found is checked against the study first, whole; only then
are notes written to a new ``data/raw/notes-<name>.csv`` and decisions
appended to logs. No file that is there is changed, except that the first
notes of a study that was made without any are put in the place of its examples.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError, NotSavedError
from sekom_analysis.basics.files import file_hash, free_path, reason_of, replace_file, write_whole
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines
from sekom_analysis.basics.yamlfile import dump_yaml
from sekom_analysis.formats.tables import guarded, join_rows
from sekom_analysis.study.about import Coder
from sekom_analysis.study.codebook import Codebook, Definitions, Variable, keep
from sekom_analysis.study.coderlogs import CoderLogs
from sekom_analysis.study.decisions import Event, coder_fault, is_gap, joined
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.imports import (
    Import,
    alone,
    begin_import,
    event_ids,
    left_behind,
    record_import,
    unfinished_import,
)
from sekom_analysis.study.making import example_notes
from sekom_analysis.study.notes import check_notes
from sekom_analysis.study.raw import CODEBOOK_FILE, CODED, NOTES_FILE, RAW, Raw
from sekom_analysis.study.rows import answer_fault, field_faults, note_hash

NO_NOTES = pd.DataFrame({"text": pd.Series(dtype="str")}, index=pd.Index([], name="note_id", dtype="str"))
NO_DECISIONS = pd.DataFrame(columns=["note_id", "coder", "variable", "codes"], dtype="str")
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Material:
    """What an importer found in a file.

    Parameters
    ----------
    notes : DataFrame of N notes, index note_id, with ``text`` and any other columns
        One that the study has already, under the same id and with the same text, is left as it is.
    decisions : DataFrame, one row per decision: note_id, coder, variable, codes (``|`` between several), and
        where wanted certainty, memo, pass, decided_at as a log writes it (empty: the time of the import),
        event_id, note_hash and codebook
    coders : who is not a person, or of whom more is known
    refused : what was not taken, and why
    remarks : what was taken, and is to be known
    tables : tables to keep beside the notes, such as what each line was taken for; name -> table
    proposals : files written for a person to go through; with any, nothing is taken in yet
    definitions : variables as they were when some of the decisions were made, to be kept
    joined : coders who have a log already, to which their decisions are to be added
    codebook : a codebook to put in the place of the example that a new study has
    lines : how the file was read, sentence by sentence
    """

    notes: pd.DataFrame = field(default_factory=NO_NOTES.copy)
    decisions: pd.DataFrame = field(default_factory=NO_DECISIONS.copy)
    coders: Mapping[str, Coder] = field(default_factory=dict)
    refused: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    proposals: list[Path] = field(default_factory=list)
    definitions: Sequence[Variable] = ()
    joined: frozenset[str] = frozenset()
    codebook: dict[str, Any] | None = None
    lines: Sequence[str] = ()


def add(raw: Raw, source: Path, kind: str, found: Material) -> Import:
    """Take what was found in a file into a study, and record it.

    Parameters
    ----------
    raw : the study as it is
    source : the file
    kind : what it was taken for
    found : what an importer found in it

    Returns
    -------
    Import
        The row of ``data/imports.csv``.

    Raises
    ------
    ExchangeError
        If an id belongs to another note, a coder already has a log, or a decision is not possible:
        everything is listed, nothing is saved.
    NotSavedError
        If the disk did not take it all; importing the file again completes it.
    """
    with alone(raw, source, kind, brings_notes=bool(len(found.notes))):
        return _add(raw, source, kind, found)


def _add(raw: Raw, source: Path, kind: str, found: Material) -> Import:
    gives_way = bool(_giving_way(raw, found))
    seen = without_examples(raw) if gives_way else raw
    fresh, known = _fresh_notes(seen, found.notes, source.name)
    after = seen._replace(notes=pd.concat([seen.notes, fresh]).fillna(""))
    if found.codebook is not None:
        after = after._replace(codebook=Codebook.model_validate(found.codebook))
    events = _events(found.decisions, file_hash(source))
    problems = [*known, *_decision_problems(after, events, source.name, found.definitions)]
    others = {coder: theirs for coder, theirs in events.items() if coder not in found.joined}
    problems += _coder_problems(raw.root, others, source.name)
    if problems:
        msg = f"'{source.name}' was not taken in:\n{problem_lines(problems)}\nNothing was saved."
        raise ExchangeError(msg)
    files = _files(raw.root, file_stem(source), fresh, found, gives_way=gives_way)
    written = [*files, *(raw.root / CODED / f"{coder}.csv" for coder in events)]
    _begin(raw.root, source, kind, written)
    try:
        if found.codebook is not None:
            replace_file(raw.root / CODEBOOK_FILE, dump_yaml(found.codebook).encode("utf-8"), in_study=True)
        for path, data in files.items():
            _write(path, data)
        _save_decisions(after, events, found)
        n_taken = len(fresh) + sum(map(len, events.values()))
        return record_import(raw.root, source, kind, n_taken, len(found.refused), written)
    except NotSavedError as error:
        msg = f"'{source.name}' was not taken in whole; import it again to complete it. What failed: {error}"
        raise NotSavedError(msg) from error


def _save_decisions(raw: Raw, events: Mapping[str, list[dict[str, Any]]], found: Material) -> None:
    """Save each coder's decisions, and the definitions that some of them were made under."""
    used = {str(event.get("codebook", "")) for theirs in events.values() for event in theirs}
    keep(raw.root / CODED, [variable for variable in found.definitions if variable.version in used])
    for coder, theirs in events.items():
        desk = Desk(raw, coder)
        desk.record([event for event in theirs if event.get("decided_at")], keep_times=True)
        desk.record([event for event in theirs if not event.get("decided_at")])


def _begin(root: Path, source: Path, kind: str, written: list[Path]) -> None:
    """Record what is going to be written; an import that was cut off can only be completed as it began."""
    begun = unfinished_import(root, file_hash(source), kind)
    paths = [path.relative_to(root).as_posix() for path in written]
    left = left_behind(root, begun) if begun else []
    if left and begun is not None and begun.paths != paths:
        msg = (
            f"An earlier import of '{source.name}' was cut off and left {', '.join(left)}. "
            f"It can be completed with the same headings, mapping, coder and --later as then. "
            f"Nothing was saved now."
        )
        raise ExchangeError(msg)
    if begun is None or begun.paths != paths:
        begin_import(root, source, kind, written)


def file_stem(source: Path) -> str:
    """Return a file's name as part of another file's: small letters, digits and hyphens.

    Examples
    --------
    >>> file_stem(Path("Årsmöte (slutlig) 2016.docx"))
    'arsmote-slutlig-2016'
    """
    plain = unicodedata.normalize("NFKD", source.stem).encode("ascii", "ignore").decode("ascii").lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-") or "file"


# --- the examples of a new study, which give way to the first notes -----------------------------------


def without_examples(raw: Raw) -> Raw:
    """Return a study without the examples that one without notes has, unless somebody answered them."""
    ids = example_notes(raw.root)
    if not ids or answered_in(raw.root, ids):
        return raw
    return raw._replace(notes=raw.notes[~raw.notes.index.isin(ids)])


def answered_in(root: Path, ids: Sequence[str]) -> list[str]:
    """Return the files in ``data/coded`` that name any of these notes, whatever they say and are read as."""
    return [path.name for path in sorted((root / CODED).glob("*.csv")) if _names_any(path, ids)]


def _names_any(path: Path, ids: Sequence[str]) -> bool:
    try:
        data = path.read_bytes().replace(b"\0", b"")  # UTF-16 too
    except OSError:
        return True  # what cannot be read may
    return any(note_id.encode() in data for note_id in ids)


def examples_told(raw: Raw, found: Material) -> list[Problem]:
    """Say that the examples of a new study give way to what was found, or stay and why."""
    ids, file = example_notes(raw.root), NOTES_FILE
    if _giving_way(raw, found):
        return [Problem.of(file, None, "examples_gone", notes=" and ".join(ids))]
    if not ids or not _are_real(raw, found):
        return []
    where = ", ".join(answered_in(raw.root, ids)) or Phrase("examples_answered")
    return [Problem.of(file, None, "examples_stay", notes=", ".join(ids), files=where)]


def _giving_way(raw: Raw, found: Material) -> list[str]:
    """Return the examples that give way: nobody answered them, here or in what was found."""
    ids = example_notes(raw.root)
    own = set(ids) - set(found.notes.index)
    is_answered = found.decisions["note_id"].isin(own).any() or bool(answered_in(raw.root, ids))
    return ids if not is_answered and _are_real(raw, found) else []


def _are_real(raw: Raw, found: Material) -> bool:
    """Whether there are notes that the study does not have, examples included."""
    here = dict(zip(raw.notes.index, map(note_hash, raw.notes["text"]), strict=True))
    return any(here.get(note) != note_hash(str(text)) for note, text in found.notes["text"].items())


def free_ids(taken: Iterable[str], prefix: str, count: int, width: int = 3) -> list[str]:
    """Return ids for new notes: the prefix and the numbers after the highest that is taken.

    Examples
    --------
    >>> free_ids({"B001", "B099", "D200"}, "B", 2)
    ['B100', 'B101']
    """
    used = [
        int(found[1]) for note in taken if (found := re.fullmatch(rf"{re.escape(prefix)}(\d{{1,9}})", note))
    ]
    first = max(used, default=0) + 1
    return [f"{prefix}{number:0{width}}" for number in range(first, first + count)]


def _fresh_notes(raw: Raw, notes: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the notes that the study does not have, and those whose id belongs to another text."""
    if notes.empty:
        return notes, []
    checked, problems = check_notes(notes, file)
    is_known, taken = checked.index.isin(raw.notes.index), {*raw.notes.index, *checked.index}
    for note_id, text in checked.loc[is_known, "text"].items():
        if note_hash(text) != note_hash(str(raw.notes.at[note_id, "text"])):
            free = next(one for n in count(1) if (one := f"{note_id}-{n:03}") not in taken)
            problems.append(Problem.of(file, None, "taken_note_id", note=note_id, free=free))
    return checked[~is_known], problems


def _events(decisions: pd.DataFrame, digest: str) -> dict[str, list[dict[str, Any]]]:
    """Return each coder's decisions as events; the same file makes the same event_ids."""
    events: dict[str, list[dict[str, Any]]] = {}
    rows = decisions.to_dict("records")
    for row, event_id in zip(rows, event_ids(decisions, digest), strict=True):
        given = {str(name): value for name, value in row.items() if name != "coder"}
        events.setdefault(str(row["coder"]), []).append({**given, "event_id": event_id, "via": "import"})
    return events


def _decision_problems(
    raw: Raw, events: Mapping[str, list[dict[str, Any]]], file: str, brought: Sequence[Variable]
) -> Iterator[Problem]:
    definitions = seen_definitions(raw, brought)
    stages = raw.notes["stage"].to_dict() if "stage" in raw.notes.columns else {}
    for coder, theirs in events.items():
        fault = coder_fault(coder)
        if fault:
            yield Problem.of(file, None, "taken_coder", fault=fault)
        seen: set[str] = set()
        for event in theirs:
            note = str(event["note_id"])
            fault = _fault(raw, event, stages.get(note), definitions)
            if event["event_id"] in seen:
                fault = Phrase("fault_doubled")
            seen.add(event["event_id"])
            if fault:
                about = {"coder": coder, "variable": event["variable"], "note": note}
                yield Problem.of(file, None, "taken_decision", **about, fault=fault)


def _fault(raw: Raw, event: Mapping[str, Any], stage: str | None, definitions: Mapping[str, Variable]) -> str:
    note, name = str(event["note_id"]), str(event["variable"])
    if note not in raw.notes.index:
        return Phrase("fault_no_note")
    if name not in raw.codebook:
        return Phrase("fault_no_variable", there=", ".join(raw.codebook.ids))
    if not raw.codebook[name].applies_to(note, stage):
        return Phrase("fault_variable_not_asked")
    hash_, version = str(event.get("note_hash", "")), str(event.get("codebook", ""))
    pass_ = joined(event.get("pass", 1)) or ""
    fields = Event(
        "", event["event_id"], note, hash_, name, "", *_texts(event), version, pass_, "import", "decide"
    )
    answered = seen_fault(raw.codebook[name], str(event["codes"]), definitions.get(version))
    return next(filter(None, [answered, *field_faults(fields)]), "")


def seen_definitions(raw: Raw, brought: Sequence[Variable] = ()) -> dict[str, Variable]:
    """Return the definitions that decisions may have been made under, those kept here and those brought."""
    kept = Definitions(raw.root / CODED).read()
    return {**kept, **{variable.version: variable for variable in brought}}


def seen_fault(variable: Variable, codes: str, seen: Variable | None) -> str:
    """Say what is wrong with an answer; nothing if the definition that the coder saw takes it."""
    fault = answer_fault(variable, codes)
    is_fine = seen is not None and seen.id == variable.id and not answer_fault(seen, codes)
    return "" if is_fine else fault


def _texts(event: Mapping[str, Any]) -> tuple[str, str]:
    certainty, memo = event.get("certainty", ""), event.get("memo", "")
    return "" if is_gap(certainty) else joined(certainty) or "", "" if is_gap(memo) else str(memo)


def _coder_problems(root: Path, events: Mapping[str, list[dict[str, Any]]], file: str) -> Iterator[Problem]:
    """Refuse to add to a log that holds anything but this file's decisions."""
    logs = CoderLogs(root)
    for coder in sorted(logs.coders() & set(events)):
        theirs = set(logs.read(coder).history["event_id"]) - {event["event_id"] for event in events[coder]}
        if theirs:
            yield Problem.of(file, None, "taken_log", coder=coder, n=len(theirs))


def _files(
    root: Path, name: str, notes: pd.DataFrame, found: Material, *, gives_way: bool
) -> dict[Path, bytes]:
    """Return the files that are to be in ``data/raw``, with what they hold; notes in the examples' place."""
    contents: list[tuple[str, str, bytes]] = []
    if len(notes):
        contents.append(("notes", ".csv", _table_bytes(notes.reset_index())))
    for title, table in found.tables.items():
        contents.append((title, ".csv", _table_bytes(table)))
    if found.coders:
        about = {
            name: who.model_dump(mode="json", exclude_defaults=True) for name, who in found.coders.items()
        }
        contents.append(("coders", ".yaml", dump_yaml({"coders": about}).encode("utf-8")))
    first = root / RAW / NOTES_FILE
    placed: dict[Path, bytes] = {}
    for title, ending, data in contents:
        is_first = title == "notes" and (gives_way or (first.is_file() and first.read_bytes() == data))
        placed[first if is_first else free_path(root / RAW, f"{title}-{name}", ending, data)] = data
    return placed


def _table_bytes(table: pd.DataFrame) -> bytes:
    texts = table.astype(object).where(table.notna(), "").astype(str)
    rows = [list(map(str, texts.columns)), *texts.to_numpy().tolist()]
    return join_rows([list(map(guarded, row)) for row in rows], ";").encode("utf-8-sig")


def _write(path: Path, data: bytes) -> None:
    try:
        if not path.exists() or (path.name == NOTES_FILE and example_notes(path.parents[2])):
            write_whole(path, data)  # at once: there is no moment with neither examples nor notes
    except OSError as error:
        msg = f"'{path}' was not saved ({reason_of(error)}). Make room, and import the file again."
        raise NotSavedError(msg) from error
