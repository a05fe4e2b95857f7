"""A study's workbook read: our own exactly, and one filled in by hand as long as it is sound."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.about import About
from sekom_analysis.codebook import Codebook
from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.codebook_table import check_codebook_table
from sekom_analysis.exchange.guarded import read_file, refusal
from sekom_analysis.exchange.refi.people import time_of
from sekom_analysis.exchange.refi.project_reading import ProjectRead
from sekom_analysis.exchange.refi.xmlreading import Remarks
from sekom_analysis.exchange.studybook.pages import (
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
from sekom_analysis.exchange.tables import as_table
from sekom_analysis.exchange.workbooks import ZIP, Book, book_rows
from sekom_analysis.notes import check_notes
from sekom_analysis.problems import Problem, problem_lines

_READ = tuple(name for name in DECISION_COLUMNS if name not in ("answer", "via"))
_KEYS = ["note_id", "coder", "variable", "pass"]
_CHANGED = "it was changed or damaged since it was written"


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
        named = "; ".join(" or ".join(f"'{title}'" for title in titles) for titles in lacking)
        todo = "name the sheets so; a table of others' decisions is taken in with --as decisions"
        raise refusal(file, f"it is no workbook of a study: it has no sheet {named}", todo)
    return _Reader(book, file, sheets).read()


def _opened(path: Path) -> Book:
    data = read_file(path)
    if not data.startswith(ZIP):
        raise refusal(path.name, "it is not an Excel workbook", "save it as .xlsx, without a password")
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
                problems.append(Problem(self.place(key), 1, f"there is no column '{name}'", "add it"))
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
            self.remarks.add("what the study says of itself cannot be read", _CHANGED, str(error)[:200])
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
    for row, key in zip(table.index, table[_KEYS].itertuples(index=False, name=None), strict=True):
        if key in first:
            note, coder, variable, _ = key
            what = f"{coder} has answered '{variable}' of note '{note}' already in row {first[key]}"
            yield Problem(place, int(row), what, "keep one of the two answers")
        first.setdefault(key, int(row))
