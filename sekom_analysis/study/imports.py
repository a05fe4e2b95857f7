"""What came in from elsewhere: the ledger of imports, and what a collected file brought.

An import is a row when it begins, with the files that it is going to write,
and a row when all of them are on the disk: one that was cut off can be told,
and completed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import file_hash, locked
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.formats.tables import check_table
from sekom_analysis.study.decisions import new_event_id
from sekom_analysis.study.log import MARKS, EventFile, is_unreadable, loss_problem
from sekom_analysis.study.making import example_notes
from sekom_analysis.study.raw import NOTES_FILE, RAW, Raw, read_notes
from sekom_analysis.study.rows import Format, local_day

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study


IMPORTS_FILE = Path("data/imports.csv")
_BETWEEN = "|"


class Import(NamedTuple):
    """One import, as it is in the file; ``written`` joins the paths of the files it wrote by ``|``."""

    imported_at: str
    event_id: str
    file: str
    sha256: str
    kind: str
    taken: str
    refused: str
    written: str
    event: str

    @property
    def paths(self) -> list[str]:
        """The files that were written or added to, from the study's folder."""
        return [path for path in self.written.split(_BETWEEN) if path]


BEGIN, DONE = "begin", "import"
FORM = Format(Import._fields, (BEGIN, DONE))


def imports(study: Study) -> pd.DataFrame:
    """Return every import of a study, the oldest first.

    Parameters
    ----------
    study : an opened study

    Returns
    -------
    DataFrame, one row per import: imported_at (UTC), file, sha256, kind, taken and refused (numbers of
    rows), written (paths from the study's folder, ``|`` between them).
    """
    rows = [entry._asdict() for entry in _entries(study.root) if entry.event == DONE]
    table = pd.DataFrame(rows, columns=list(Import._fields)).drop(columns=["event_id", "event"])
    return table.astype({"taken": "Int64", "refused": "Int64"})


def event_ids(decisions: pd.DataFrame, digest: str) -> list[str]:
    """Return the ids that decisions get when the file of that hash is taken in, where they have none."""
    ids = []
    for row in decisions.to_dict("records"):
        said = (str(row[name]) for name in ("coder", "note_id", "variable", "codes"))
        key = "\n".join([digest, *said, str(row.get("pass", 1))])
        made = "e" + hashlib.sha256(key.encode("utf-8")).hexdigest()[:16]
        ids.append(str(row.get("event_id", "")) or made)
    return ids


def record_import(
    root: Path, source: Path, kind: str, taken: int, refused: int, written: Sequence[Path]
) -> Import:
    """Record that a file was taken in, once everything that it brought is on the disk.

    Parameters
    ----------
    root : the study's folder
    source : the file that was taken in
    kind : what it was taken for, such as ``outline``
    taken, refused : numbers of rows (notes and decisions)
    written : the files in the study that it went into

    Raises
    ------
    NotSavedError
        If the disk did not take the record.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     root = Path(folder)
    ...     _ = (root / "report.txt").write_text("BILAGA 1", encoding="utf-8")
    ...     made = record_import(root, root / "report.txt", "outline", 80, 0, [root / "data/raw/notes-a.csv"])
    ...     made.file, made.taken, made.paths, earlier_import(root, made.sha256, "outline") is None
    ('report.txt', '80', ['data/raw/notes-a.csv'], True)
    """
    return _append(root, source, kind, (str(taken), str(refused)), written, DONE)


def begin_import(root: Path, source: Path, kind: str, written: Sequence[Path]) -> Import:
    """Record that a file is going to be taken in, before anything of it is written.

    Raises
    ------
    NotSavedError
        If the disk did not take the record.
    """
    return _append(root, source, kind, ("", ""), written, BEGIN)


def _append(
    root: Path, source: Path, kind: str, counts: tuple[str, str], written: Sequence[Path], event: str
) -> Import:
    digest = file_hash(source)
    paths = _BETWEEN.join(path.relative_to(root).as_posix() for path in written)
    entry = Import("", new_event_id(), source.name, digest, kind, *counts, paths, event)
    return Import._make(_file(root).append([entry])[0])


def earlier_import(root: Path, sha256: str, kind: str) -> Import | None:
    """Return the last time that the same file was taken in, unless what it brought is no longer there."""
    entry = _last(root, sha256, kind)
    if entry is None or entry.event != DONE:
        return None
    return entry if all((root / path).is_file() for path in entry.paths) else None


def unfinished_import(root: Path, sha256: str, kind: str) -> Import | None:
    """Return how the same file was begun to be taken in, if that was cut off."""
    entry = _last(root, sha256, kind)
    return entry if entry is not None and entry.event == BEGIN else None


def import_problems(root: Path) -> list[Problem]:
    """List the lines that cannot be read, and the imports that were begun and never ended.

    One is ended by the same file taken for the same thing, so that what it
    left unwritten can be told from what somebody decided not to take in.
    """
    file = _file(root)
    marked = file.marked()
    rows, problems = file.read()
    if not is_unreadable(problems):
        problems += loss_problem(file.path, marked, {cells[1] for _, cells in rows})
    last: dict[tuple[str, str], tuple[Import, int]] = {}
    for entry, row in sorted((Import._make(cells), row) for row, cells in rows):
        last[entry.sha256, entry.kind] = entry, row
    return [*problems, *(_cut_off(root, entry, row) for entry, row in last.values() if entry.event == BEGIN)]


def _cut_off(root: Path, entry: Import, row: int) -> Problem:
    there = ", ".join(left_behind(root, entry))
    left = Phrase("problem_cut_off_left", files=there) if there else Phrase("problem_cut_off_nothing")
    said = {"file": entry.file, "kind": entry.kind, "date": local_day(entry.imported_at), "left": left}
    return Problem.of(IMPORTS_FILE.name, row, "cut_off", **said)


def left_behind(root: Path, begun: Import) -> list[str]:
    """Return which of its files an import had written before it was cut off."""
    examples = (RAW / NOTES_FILE).as_posix() if example_notes(root) else ""
    return [path for path in begun.paths if path != examples and (root / path).is_file()]


def without_unfinished(raw: Raw, source: Path, kind: str) -> Raw:
    """Return a study without the notes that an import of the same file left before it was cut off."""
    begun = unfinished_import(raw.root, file_hash(source), kind)
    left = [raw.root / path for path in left_behind(raw.root, begun)] if begun else []
    ids = {
        note_id
        for path in left
        if path.match("notes*.csv")
        for note_id in check_table(path)[0].get("note_id", pd.Series(dtype="str"))
    }
    return raw._replace(notes=raw.notes[~raw.notes.index.isin(ids)])


def _has_grown(raw: Raw, source: Path, kind: str) -> bool:
    """Whether the study on the disk has notes that `raw` does not know, except those of the same import."""
    notes, _ = read_notes(raw.root / RAW)
    now = without_unfinished(raw if notes is None else raw._replace(notes=notes), source, kind)
    return not now.notes.index.isin(raw.notes.index).all()


@contextmanager
def alone(raw: Raw, source: Path, kind: str, *, brings_notes: bool) -> Iterator[None]:
    """Let one import at a time add to a study, and only to what it has seen of it.

    Raises
    ------
    ExchangeError
        If notes came in since the study was read, and this import brings some too.
    NotSavedError
        If another one takes too long, or the folder cannot be written to.
    """
    with locked(raw.root / ".sekom" / "importing.lock", source.name):
        if brings_notes and _has_grown(raw, source, kind):
            msg = f"Notes came in while '{source.name}' was read. Nothing was saved; import it again."
            raise ExchangeError(msg)
        yield


def _last(root: Path, sha256: str, kind: str) -> Import | None:
    entries = reversed(_entries(root))
    return next((entry for entry in entries if (entry.sha256, entry.kind) == (sha256, kind)), None)


def _entries(root: Path) -> list[Import]:
    return sorted(Import._make(row) for _, row in _file(root).read()[0])


def _file(root: Path) -> EventFile:
    return EventFile(root / IMPORTS_FILE, FORM, root / ".sekom" / "imports.lock", root / MARKS)


# --- a coder's file that came back: how it is to be taken, and what it brought ------------------------


REPLACED_COLUMNS = ["note_id", "variable", "pass", "old", "new", "is_gone", "row"]
NONE_REPLACED = pd.DataFrame({name: pd.Series(dtype="str") for name in REPLACED_COLUMNS})


class Collected(NamedTuple):
    """What a file brought.

    Attributes
    ----------
    coder : whose decisions they are; of a ledger its name, such as ``adjudicated``
    added : the new events, one row each, ``row`` being that in the file
    known : how many events of the file were here already
    refused : what cannot be taken, and why
    stale : notes that were coded before their text was changed; they are taken
    unfinished : lines that were cut off; they say nothing
    saved : whether `added` is in the coder's log now
    remarks : what was left as it is in the log, and is worth knowing
    replaced : answers that were here and no longer stand: ``note_id``, ``variable``, ``pass``, ``old``,
        ``new``, ``is_gone`` (it is taken back, and nothing is left), and the ``row`` in the file
    """

    coder: str
    added: pd.DataFrame
    known: int
    refused: list[Problem]
    stale: list[Problem]
    unfinished: list[Problem]
    saved: bool = False
    remarks: Sequence[Problem] = ()
    replaced: pd.DataFrame = NONE_REPLACED


class Wish(NamedTuple):
    """How a file is to be taken.

    Attributes
    ----------
    coder : to whom its answers belong, whatever the file says; None: as it says
    same_person : answers that share nothing with those here are the same person's
    older : take answers of an older sheet too, and those that were taken back
    changed_texts : take answers to texts that have changed, however many
    """

    coder: str | None = None
    same_person: bool = False
    older: bool = False
    changed_texts: bool = False
