"""A study's workbook read: our own exactly, and one filled in by hand as long as it is sound."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError, StudyError
from sekom_analysis.basics.wording import Problem, problem_lines, quoted
from sekom_analysis.exchange.notes_file import NotesRead, read_notes
from sekom_analysis.exchange.others.matching import same
from sekom_analysis.exchange.ratings.cells import coder_names, separators, split
from sekom_analysis.exchange.refi import study_of, whats_new
from sekom_analysis.exchange.refi.reading import ProjectRead, time_of
from sekom_analysis.exchange.refi.words import Remarks, coder_id, id_of
from sekom_analysis.exchange.registry import Request
from sekom_analysis.exchange.studybook_writing import (
    COMES_BACK,
    DECISION_COLUMNS,
    DEFINITION_COLUMNS,
    NEEDED,
    REQUIRED_OF_DECISIONS,
    STUDY_COLUMNS,
    about_of,
    definitions_of,
    titles_of,
)
from sekom_analysis.exchange.taking_in import Material, add
from sekom_analysis.formats.guarded import read_file, refusal
from sekom_analysis.formats.tables import as_table
from sekom_analysis.formats.workbook_reading import ZIP, Book, book_rows
from sekom_analysis.study import making
from sekom_analysis.study.about import About, Coder
from sekom_analysis.study.codebook import NONE_FITS, RESERVED_VARIABLES, Bilingual, Codebook, asked_by
from sekom_analysis.study.codebook_table import check_codebook_table
from sekom_analysis.study.notes import check_notes
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study

_READ = tuple(name for name in DECISION_COLUMNS if name not in ("answer", "via"))
_KEYS = ["note_id", "coder", "variable", "pass"]


def is_study_workbook(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a workbook with notes, codebook and decisions."""
    try:
        with _opened(Path(path)) as book:
            return set(NEEDED) <= set(_sheets(book))
    except ExchangeError:
        return False


def read_study_workbook(path: str | os.PathLike[str]) -> ProjectRead:
    """Read a workbook that `sekom export study.xlsx` wrote, or one of the same form.

    Sheets are known by their names, in Swedish or English; only notes,
    codebook and decisions must be there. Formulas are not run.

    Parameters
    ----------
    path : the file

    Returns
    -------
    ProjectRead
        Its notes, codebook (plain data), decisions with the times and event ids that they hold, coders,
        what the study says of itself, and warnings.

    Raises
    ------
    ExchangeError
        With every problem, its sheet and row.
    """
    path = Path(path)
    with _opened(path) as book:
        return _read(book, path.name)


def _read(book: Book, file: str) -> ProjectRead:
    sheets = _sheets(book)
    lacking = [sorted(titles_of(key)) for key in NEEDED if key not in sheets]
    if lacking:
        named = "; ".join(" / ".join(f"'{title}'" for title in titles) for titles in lacking)
        raise refusal(file, "studybook_sheets", sheets=named)
    return _Reader(book, file, sheets).read()


def _opened(path: Path) -> Book:
    data = read_file(path)
    if not data.startswith(ZIP):
        raise refusal(path.name, "studybook_none")
    return Book(data, path.name)


def _sheets(book: Book) -> dict[str, str]:
    """Return which of the sheets that come back are there: key -> its name."""
    return {key: name for key in COMES_BACK for name in book.names if name in titles_of(key)}


class _Reader:
    """Reads sheet by sheet and collects every problem."""

    def __init__(self, book: Book, file: str, sheets: dict[str, str]) -> None:
        self.book, self.file, self.sheets = book, file, sheets
        self.problems: list[Problem] = []
        self.remarks = Remarks(file)

    def read(self) -> ProjectRead:
        notes, found = check_notes(self.table("notes", ("note_id", "text")), self.place("notes"))
        self.problems += found
        book, found = check_codebook_table(self.table("codebook", ()), self.place("codebook"))
        self.problems += found
        decisions = self.decisions()
        definitions = tuple(definitions_of(self.table("definitions", DEFINITION_COLUMNS)))
        about = self.about()
        if book is None or self.problems:
            msg = f"It cannot be read:\n{problem_lines(self.problems[:40])}\nNothing was saved."
            raise ExchangeError(msg)
        named = About.model_validate(about).coders if about else {}
        coders = tuple(dict.fromkeys([*named, *decisions["coder"]]))
        warnings = tuple(self.remarks.problems())
        return ProjectRead(notes, _plain(book), decisions, coders, about, warnings, (), definitions)

    def place(self, key: str) -> str:
        """Return how problems name a sheet."""
        return f"{self.file}, {self.sheets.get(key, key)}"

    def table(self, key: str, required: tuple[str, ...]) -> pd.DataFrame:
        """Return a sheet as a table of texts; without rows where there is no such sheet."""
        if key not in self.sheets:
            return pd.DataFrame(columns=list(required), dtype="str")
        rows, problems = book_rows(self.book, self.sheets[key], self.place(key), exact=True)
        table, problems = as_table(rows, self.place(key), problems)
        for name in required:
            if name not in table.columns and key != "notes":
                problems.append(Problem.of(self.place(key), 1, "no_column", name=name))
                table[name] = ""
        self.problems += problems
        return table

    def decisions(self) -> pd.DataFrame:
        """Return the decisions, gaps as empty texts, times as a log writes them."""
        table = self.table("decisions", REQUIRED_OF_DECISIONS)
        filled = table.reindex(columns=[name for name in _READ if name in table.columns])
        for name in filled.columns.difference(["codes", "memo"]):
            filled[name] = filled[name].str.strip()
        filled = filled.assign(**{name: "" for name in ("certainty", "memo") if name not in filled.columns})
        given = filled["pass"] if "pass" in filled.columns else pd.Series("", index=filled.index, dtype="str")
        filled["pass"] = given.replace("", "1")
        times = filled.get("decided_at", pd.Series("", index=filled.index, dtype="str"))
        filled["decided_at"] = [time_of(text, self.remarks) for text in times]
        self.problems += _doubled(filled, self.place("decisions"))
        return filled.reset_index(drop=True).astype("str")

    def about(self) -> dict[str, Any]:
        """Return what the study says of itself; nothing where that cannot be read."""
        about = about_of(self.table("study", STUDY_COLUMNS))
        if not about:
            return {}
        try:
            About.model_validate(about)
        except ValueError as error:
            self.remarks.add("studybook_about", str(error)[:200])
            return {}
        return about


def _plain(book: Codebook) -> dict[str, Any]:
    """Return a codebook as plain data, borrowed codes left to where they come from."""
    plain = book.model_dump(mode="json", exclude_none=True)
    for variable in plain["variables"]:
        if "codes_from" in variable or not variable["codes"]:
            del variable["codes"]
        for code in variable.get("codes", []):
            if not code["retired"]:
                del code["retired"]
    return plain


def _doubled(table: pd.DataFrame, place: str) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    asked = [asked_by(*pair) for pair in zip(table["variable"], table["codes"], strict=True)]
    keys = table[_KEYS].assign(variable=asked).itertuples(index=False, name=None)
    for row, key in zip(table.index, keys, strict=True):
        if key in first:
            said = dict(zip(("note", "coder", "variable"), key, strict=False))
            yield Problem.of(place, int(row), "studybook_twice", **said, row=first[key])
        first.setdefault(key, int(row))


# --- A study's workbook into a study, or as a new one -------------------------------------------------


KIND = "study"


def find_study(request: Request) -> Material:
    """Return the notes and decisions of a workbook that the study does not have.

    Raises
    ------
    ExchangeError
        If it cannot be read, or everything in it is here already.
    """
    return whats_new(read_study_workbook(request.path), request)


def study_from_workbook(
    folder: str | os.PathLike[str], path: Path, title: str = ""
) -> tuple[Study, Material]:
    """Make a study of a workbook: its notes, codebook, coders and their decisions.

    Parameters
    ----------
    folder : a folder that does not exist, or is empty
    path : the workbook
    title : what the study is called; left out, as in the workbook

    Returns
    -------
    The study, and what was found, with what was refused and is to be known.

    Raises
    ------
    ExchangeError, StudyError
        If the workbook cannot be read or makes no study.
    """
    return study_of(read_study_workbook(path), folder, path, KIND, title)


# --- A study of a sorted list, as researchers have it in Excel ----------------------------------------


LIST_KIND = "categories"
_MOST_CODES = 100


def study_from_list(
    folder: str | os.PathLike[str],
    notes: Path,
    column: str,
    title: str = "",
    coder: str | None = None,
    read: NotesRead | None = None,
) -> tuple[Study, Material]:
    """Make a study of a sorted list: its notes, a codebook drafted of a column, and the sorting as a coder.

    The variable is a `single` whose codes are what the column says; a
    `multiple` where cells hold several codes. The sorting is a coder of kind
    ``source``: it was made without a codebook and is not independent of
    other readers.

    Parameters
    ----------
    folder : a folder that does not exist, or is empty
    notes : the list
    column : the column with the categories; an empty cell is unseen
    title : what the study is called
    coder : who sorted; left out, the coder is named after the file
    read : what `read_notes` found in the list; left out, it is read so

    Returns
    -------
    The study, and what was found, with what is to be known.

    Raises
    ------
    StudyError, TableError
        If the list cannot be read or has no such column; nothing is left behind.
    """
    read = read if read is not None else read_notes(notes)
    table = read.notes
    name = _column(table, column, notes.name)
    signs = separators(table[name])
    labels = _labels(part for cell in table[name] for part in split(cell, signs))
    if not 0 < len(labels) <= _MOST_CODES:
        number = f"{len(labels)} different categories" if labels else "no category"
        msg = (
            f"The column '{name}' of '{notes.name}' holds {number}; a codebook can be drafted of 1 to "
            f"{_MOST_CODES}. Name another column with --categories. No study was made."
        )
        raise StudyError(msg)
    codes = _codes(labels)
    variable = id_of(name, {*RESERVED_VARIABLES}, "category")
    taken: list[Material] = []

    def take_in(root: Path) -> None:
        sorting = _Sorting(table[name], variable, codes, signs)
        taken.append(_sorted(Study.open(root), sorting, notes, coder))
        add(open_raw(root), notes, LIST_KIND, taken[0])

    several = any(len(split(cell, signs)) > 1 for cell in table[name])
    kind = "multiple" if several else "single"
    book = _book(variable, kind, name, labels, codes)
    making.create(Path(folder), read.source, book, title, take_in, read.context)
    return Study.open(folder), taken[0]


def _column(table: pd.DataFrame, column: str, file: str) -> str:
    for name in table.columns:
        if same(name) == same(column):
            return str(name)
    named = ", ".join(name for name in table.columns if name != "note_id")
    msg = (
        f"'{file}' has no column '{column}'. Its columns: {named}. "
        f"Name one of them with --categories. No study was made."
    )
    raise StudyError(msg)


def _labels(cells: Iterable[str]) -> dict[str, str]:
    """Return what the categories are called: the same except for capitals and spaces are one."""
    labels: dict[str, str] = {}
    for cell in cells:
        if cell.strip():
            labels.setdefault(same(cell), " ".join(cell.split()))
    return labels


def _codes(labels: dict[str, str]) -> dict[str, str]:
    codes: dict[str, str] = {}
    for plain, label in labels.items():
        codes[plain] = id_of(label, {NONE_FITS, *codes.values()}, "code")
    return codes


def _book(
    variable: str, kind: str, name: str, labels: dict[str, str], codes: dict[str, str]
) -> dict[str, Any]:
    listed = [{"id": codes[plain], "label": label} for plain, label in labels.items()]
    return {"variables": [{"id": variable, "kind": kind, "label": name, "codes": listed}]}


class _Sorting(NamedTuple):
    """The column that sorts the notes, its variable and codes, and what separates codes in a cell."""

    cells: pd.Series
    variable: str
    codes: dict[str, str]
    signs: str

    def answer(self, cell: str) -> str:
        return "|".join(self.codes[same(part)] for part in split(cell, self.signs))


def _sorted(study: Study, sorting: _Sorting, notes: Path, coder: str | None) -> Material:
    """Return the list's own sorting as the decisions of a coder."""
    [named] = coder_names([notes.stem])
    who = coder_id(coder or (named if named.startswith("coder ") else notes.stem), set())
    rows = [
        (note, who, sorting.variable, answer)
        for note, cell in zip(study.notes.index, sorting.cells, strict=True)
        if (answer := sorting.answer(cell))
    ]
    role = Bilingual(sv=f"Den egna sorteringen i {notes.name}", en=f"The own sorting of {notes.name}")
    return Material(
        decisions=pd.DataFrame(rows, columns=["note_id", "coder", "variable", "codes"], dtype="str"),
        coders={who: Coder(kind="source", role=role)},
        remarks=_remarks(sorting.cells, sorting.signs, notes.name),
    )


def _remarks(cells: pd.Series, signs: str, file: str) -> list[Problem]:
    remarks = []
    empty = sum(not split(cell, signs) for cell in cells)
    if empty:
        remarks.append(Problem.of(file, None, "list_empty", n=empty))
    spellings: dict[str, dict[str, None]] = {}
    for part in (part for cell in cells for part in split(cell, signs)):
        spellings.setdefault(same(part), {})[part] = None
    for several in spellings.values():
        if len(several) > 1:
            listed = quoted(several)
            remarks.append(Problem.of(file, None, "list_spellings", names=listed))
    return remarks
