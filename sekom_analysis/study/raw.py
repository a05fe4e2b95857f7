"""What a study starts from, ``data/raw``: read, checked, chosen from, never changed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import NotesError, StudyError
from sekom_analysis.basics.files import as_typed, original_name, reason_of, seen_from_here
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines, quoted
from sekom_analysis.basics.yamlfile import Model, parse_yaml, read_yaml_text
from sekom_analysis.formats.grids import encoding_doubt
from sekom_analysis.formats.other_books import ENDINGS as OTHER_BOOKS
from sekom_analysis.formats.tables import check_table
from sekom_analysis.study.about import About, Coder, MoreCoders
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.decisions import coder_fault
from sekom_analysis.study.notes import context_faults, join_notes
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.selections import Span, within
from sekom_analysis.study.training import NO_TRAINING, Training, read_training

# --- which notes and which coders a question is about -------------------------------------------------


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
        msg = f"There is no note {quoted(unknown)} among the {len(table)} notes."
        raise NotesError(msg)
    return list(dict.fromkeys(chosen))


def chosen_coders(coders: Iterable[str], with_logs: Sequence[str], named: Iterable[str]) -> list[str]:
    """Return ids of coders, each once, in the order given.

    Parameters
    ----------
    coders : whose decisions are wanted; one id may be given alone
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
            f"There is no coder {quoted(unknown)}. With decisions: {there}. "
            f"One who has not begun can be named in study.yaml."
        )
        raise StudyError(msg)
    return chosen


# --- what a study starts from, ``data/raw``: read, checked, never changed -----------------------------


STUDY_VARIABLE = "SEKOM_STUDY"
VIEWER_VARIABLE = "SEKOM_CODER"  # who looks at what is shown, where somebody opened it for one coder
RAW = Path("data/raw")
CODED = Path("data/coded")
STUDY_FILE = RAW / "study.yaml"
CODEBOOK_FILE = RAW / "codebook.yaml"
NOTES_FILE = "notes.csv"
SECOND_ENDINGS = (".yaml", ".yml", ".txt", ".bak", ".old", ".orig", ".csv", ".xlsx")
CODEBOOK_WORKBOOK = RAW / "codebook.xlsx"  # where there is no codebook.yaml


class NotesSeen:
    """What coders see of each note: its text, and the columns that are shown beside it.

    Parameters
    ----------
    notes : DataFrame of N notes, index note_id, with ``text``
    context : names of columns of `notes`
    """

    def __init__(self, notes: pd.DataFrame, context: Sequence[str] = ()) -> None:
        self.notes, self.columns = notes, tuple(context)

    def context_of(self, note_id: str) -> list[tuple[str, str]]:
        """Return name and text of each context column that says something of a note."""
        cells = ((name, str(self.notes.at[note_id, name])) for name in self.columns)
        return [(name, cell) for name, cell in cells if cell.strip()]

    def hash_of(self, note_id: str) -> str:
        """Return the hash of what is seen of a note; empty if there is no such note."""
        if note_id not in self.notes.index:
            return ""
        return note_hash(str(self.notes.at[note_id, "text"]), self.context_of(note_id))

    def text_of(self, note_id: str, seen: str) -> str | None:
        """Return the text of a note that a hash names; None if that is not the text of now."""
        known = note_id in self.notes.index and ("", self.hashes[note_id], self.text_hashes[note_id])
        return str(self.notes.at[note_id, "text"]) if known and seen in known else None

    def selected(self, note_id: str, seen: str, words: str) -> list[Span]:
        """Return where in a note's text the words are that were selected; none if that was another text."""
        return within(words, self.text_of(note_id, seen) or "")

    @cached_property
    def hashes(self) -> dict[str, str]:
        """note_id -> the hash of what is seen of it."""
        if not self.columns:
            return self.text_hashes
        return {note_id: self.hash_of(note_id) for note_id in map(str, self.notes.index)}

    @cached_property
    def text_hashes(self) -> dict[str, str]:
        """note_id -> the hash of its text alone."""
        return {str(note_id): note_hash(str(text)) for note_id, text in self.notes["text"].items()}


class Raw(NamedTuple):
    """Notes, codebook and what the study says of itself, with what is wrong but bearable."""

    root: Path
    about: About
    codebook: Codebook
    notes: pd.DataFrame
    problems: list[Problem]
    context: tuple[str, ...] = ()  # the columns that coders are shown beside the text
    training: Training = NO_TRAINING  # notes to train on, and what was settled on them

    @property
    def seen(self) -> NotesSeen:
        """What coders see of each note."""
        return NotesSeen(self.notes, self.context)


def codebook_file(root: Path) -> Path:
    """Return where the codebook of a study is, in its folder."""
    has_workbook = not (root / CODEBOOK_FILE).is_file() and (root / CODEBOOK_WORKBOOK).is_file()
    return CODEBOOK_WORKBOOK if has_workbook else CODEBOOK_FILE


def study_option(root: Path | None) -> str:
    """Return what a command typed here needs to be about a study; empty where it finds it by itself."""
    try:
        is_found = root is None or find_root(os.environ.get(STUDY_VARIABLE) or ".") == root.resolve()
    except (StudyError, OSError):
        is_found = False
    if root is None or is_found:
        return ""
    return f"--study {as_typed(seen_from_here(root))}"


def find_root(path: str | os.PathLike[str]) -> Path:
    """Return the study's folder: `path` or the nearest folder above it that holds a study.

    Raises
    ------
    StudyError
        If there is none.
    """
    start = Path(path).resolve()
    if not start.exists():
        msg = f"There is no folder '{path}'. Name the study's folder, or make one with: sekom new FOLDER."
        raise StudyError(msg)
    for folder in (start, *start.parents):
        if (folder / STUDY_FILE).is_file():
            return folder
    if named := [other for folder in (start, *start.parents) for other in second_files(folder / STUDY_FILE)]:
        msg = (
            f"There is no {STUDY_FILE.as_posix()} in '{path}' or in any folder above it, but there is "
            f"'{named[0]}'. If that is it, rename it to {STUDY_FILE.name}. Nothing was changed."
        )
        raise StudyError(msg)
    msg = (
        f"There is no study in '{path}' or in any folder above it: no {STUDY_FILE.as_posix()} was found. "
        f"Make one with: sekom new FOLDER --notes FILE   or name the folder with --study FOLDER."
    )
    raise StudyError(msg)


def read_raw(root: Path) -> tuple[Raw | None, list[Problem]]:
    """Read ``data/raw``; None where notes or codebook are unusable, with every problem found.

    Parameters
    ----------
    root : the study's folder
    """
    about, about_problems = _read_yaml(root / STUDY_FILE, About)
    codebook, codebook_problems = _read_codebook(root)
    notes, note_problems = read_notes(root / RAW)
    copies = second_problems(root)
    problems = [*about_problems, *codebook_problems, *note_problems, *copies]
    if codebook is None or notes is None:
        return None, problems
    if about is None:
        name = root.name or "study"
        about = About.model_validate({"id": name, "title": name, "readable": False})
    more, coder_problems = _read_coders(root / RAW)
    problems += coder_problems
    about = about.model_copy(update={"coders": {**about.coders, **more, **about.coders}})
    faults = context_faults(notes, about.context, codebook, about.coders)
    problems += [
        Problem.of(STUDY_FILE.name, None, "context", name=name, why=why) for name, why in faults.items()
    ]
    context = tuple(name for name in dict.fromkeys(about.context) if name not in faults)
    if about.cluster is not None and about.cluster not in notes.columns:
        there = quoted([name for name in notes.columns if name != "text"]) or "–"
        problems += [Problem.of(STUDY_FILE.name, None, "cluster", name=about.cluster, columns=there)]
    told = about.training and read_training(about.training, notes, codebook, STUDY_FILE.name)
    problems += told[1] if told else []
    return Raw(root, about, codebook, notes, problems, context, told[0] if told else NO_TRAINING), problems


def open_raw(root: Path) -> Raw:
    """Read ``data/raw``.

    Raises
    ------
    StudyError
        If notes or codebook cannot be used; the message lists every problem.
    """
    raw, problems = read_raw(root)
    if raw is None:
        msg = f"The study in '{root.name}' cannot be opened. Nothing was changed.\n{problem_lines(problems)}"
        raise StudyError(msg)
    return raw


def _read_yaml(path: Path, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    try:
        text = read_yaml_text(path)
    except FileNotFoundError:
        if there := ", ".join(other.name for other in second_files(path)):
            return None, [Problem.of(path.name, None, "file_named", there=there, name=path.name)]
        return None, [Problem.of(path.name, None, "file_missing")]
    except (OSError, UnicodeDecodeError) as error:
        reason = Phrase("problem_not_utf8") if isinstance(error, UnicodeDecodeError) else reason_of(error)
        return None, [Problem.of(path.name, None, "file_unreadable", reason=reason)]
    return parse_yaml(text, model, path.name)


def _read_codebook(root: Path) -> tuple[Codebook | None, list[Problem]]:
    path, workbook = root / CODEBOOK_FILE, root / CODEBOOK_WORKBOOK
    others = [other for ending in OTHER_BOOKS if (other := workbook.with_suffix(ending)).is_file()]
    unread = [Problem.of(other.name, None, "codebook_unread", own=workbook.name) for other in others]
    if unread and not path.is_file() and not workbook.is_file():
        return None, unread
    codebook, problems = _read_codebook_file(path, workbook)
    return codebook, [*problems, *unread]


def _read_codebook_file(path: Path, workbook: Path) -> tuple[Codebook | None, list[Problem]]:
    if not workbook.is_file():
        return _read_yaml(path, Codebook)
    if path.is_file():
        codebook, problems = _read_yaml(path, Codebook)
        return codebook, [*problems, Problem.of(workbook.name, None, "two_codebooks", file=path.name)]
    from sekom_analysis.study.codebook_table import read_codebook_file

    return read_codebook_file(workbook)


def _read_coders(folder: Path) -> tuple[dict[str, Coder], list[Problem]]:
    coders: dict[str, Coder] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("coders-*.yaml")):
        found, wrong = _read_yaml(path, MoreCoders)
        coders |= found.coders if found is not None else {}
        problems += wrong
    return coders, problems


def read_notes(folder: Path) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Read every ``notes*.csv`` and ``notes*.xlsx`` of a folder together, except second copies of one."""
    tables_of_notes = (path for path in folder.glob("notes*") if _is_table(path))
    paths = sorted(
        tables_of_notes, key=lambda path: (path.stem, path.suffix)
    )  # notes.csv before notes-later.csv
    if not paths:
        if there := ", ".join(path.name for path in second_files(folder / NOTES_FILE)):
            return None, [Problem.of(NOTES_FILE, None, "file_named", there=there, name=NOTES_FILE)]
        return None, [Problem.of(folder.name, None, "notes_missing")]
    read = {path: check_table(path) for path in paths}
    tables = {path: table for path, (table, _) in read.items()}
    copies = list(_second_notes(tables)) if len(tables) > 1 else []
    left = [path for path in paths if path.name not in {copy.file for copy in copies}]
    problems = [problem for path in left for problem in read[path][1]]
    own = [(path.name, tables[path]) for path in left]
    notes, found = join_notes([] if problems else own)
    problems += found
    doubts = [doubt for path in left if (doubt := encoding_doubt(path)) is not None]
    return (None if problems else notes), [*problems, *copies, *doubts]


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".xlsx") and not path.name.startswith((".", "~"))


def _second_notes(tables: Mapping[Path, pd.DataFrame]) -> Iterator[Problem]:
    """Find files of notes that are, by name and by most of their ids, second copies of another."""
    texts = {
        path: dict(zip(table["note_id"].str.strip(), table["text"].str.strip(), strict=True))
        for path, table in tables.items()
        if {"note_id", "text"} <= set(table.columns)
    }
    by_stem = {path.stem.casefold(): path for path in reversed(texts)}
    for path, here in texts.items():
        stem = original_name(path.name, by_stem.keys() - {path.stem.casefold()})
        own = by_stem.get(stem, path)
        both = here.keys() & texts[own].keys()
        if own != path and own.stem != path.stem and 2 * len(both) > len(here):
            changed = sum(here[note] != texts[own][note] for note in both)
            said = {"n": len(here.keys() - both), "changed": changed}
            differs = (
                Phrase("problem_second_notes", **said)
                if any(said.values())
                else Phrase("problem_second_same")
            )
            yield Problem.of(path.name, None, "second_raw", own=own.name, differs=differs)


def second_files(path: Path) -> list[Path]:
    """Return the files beside a path that, by their names, are second copies of it."""
    stem, folder = path.stem.casefold(), path.parent
    own = {path.name, f"{path.stem}.xlsx", f"{path.stem}.csv"}
    return [
        other
        for other in (sorted(folder.iterdir()) if folder.is_dir() else [])
        if other.suffix.lower() in SECOND_ENDINGS
        and other.name not in own
        and not other.name.startswith((".", "~"))
        and original_name(other.name, {stem}) == stem
        and other.is_file()
    ]


def second_problems(root: Path) -> list[Problem]:
    """List second copies of what says what a study is, where the file itself is there too."""
    found = []
    for own in (root / STUDY_FILE, root / codebook_file(root), root / RAW / NOTES_FILE):
        copies = second_files(own) if own.is_file() else []
        for path in copies:
            if path.stem.startswith("notes") and _is_table(path):
                continue  # read, or named, with the notes
            said = {"own": own.name, "differs": _difference(own, path)}
            found.append(Problem.of(path.name, None, "second_raw", **said))
    return found


def _difference(own: Path, path: Path) -> Phrase:
    """Say in what a second copy differs: a codebook in which variables, anything else in its bytes."""
    try:
        if own.read_bytes() == path.read_bytes():
            return Phrase("problem_second_same")
    except OSError:
        return Phrase("problem_second_other")
    if own.suffix == ".yaml" and own.stem == CODEBOOK_FILE.stem:
        books = [_read_yaml(one, Codebook)[0] for one in (own, path)]
        if None not in books:
            versions = [{v.id: v.version for v in book.variables} for book in books if book is not None]
            names = sorted({name for name, _ in versions[0].items() ^ versions[1].items()})
            return (
                Phrase("problem_second_differs", names=", ".join(names))
                if names
                else Phrase("problem_second_same")
            )
    return Phrase("problem_second_other")
