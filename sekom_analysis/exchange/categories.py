"""A study of a sorted list, as researchers have it in Excel: notes, and a column with where each belongs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis import newstudy
from sekom_analysis.about import Coder
from sekom_analysis.additions import Material, add
from sekom_analysis.codebook import NONE_FITS, RESERVED_VARIABLES, Bilingual
from sekom_analysis.errors import StudyError
from sekom_analysis.exchange.others.matching import same
from sekom_analysis.exchange.refi.ids import coder_id, id_of
from sekom_analysis.exchange.tables import read_table
from sekom_analysis.problems import Problem
from sekom_analysis.raw import open_raw
from sekom_analysis.study import Study

KIND = "categories"
_MOST_CODES = 100


def study_from_list(
    folder: str | os.PathLike[str], notes: Path, column: str, title: str = ""
) -> tuple[Study, Material]:
    """Make a study of a sorted list: its notes, a codebook drafted of a column, and the sorting as a coder.

    The variable is a `single` whose codes are what stands in the column. The
    sorting is the coder of kind ``source`` named after the file: it was made
    without a codebook and is no reader independent of others.

    Parameters
    ----------
    folder : a folder that does not exist, or is empty
    notes : the list, with a column ``text``
    column : the column with the categories; an empty cell is unseen
    title : what the study is called

    Returns
    -------
    The study, and what was found, with what is to be known.

    Raises
    ------
    StudyError, TableError
        If the list cannot be read or has no such column; nothing is left behind.
    """
    table = read_table(notes)
    name = _column(table, column, notes.name)
    labels = _labels(table[name])
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
        taken.append(_sorting(Study.open(root), table[name], variable, codes, notes))
        add(open_raw(root), notes, KIND, taken[0])

    newstudy.create(Path(folder), notes, _book(variable, name, labels, codes), title, take_in)
    return Study.open(folder), taken[0]


def _column(table: pd.DataFrame, column: str, file: str) -> str:
    for name in table.columns:
        if same(name) == same(column):
            return str(name)
    msg = (
        f"'{file}' has no column '{column}'. Its columns: {', '.join(table.columns)}. "
        f"Name one of them with --categories. No study was made."
    )
    raise StudyError(msg)


def _labels(cells: pd.Series) -> dict[str, str]:
    """Return what the categories are called: the same but for capitals and spaces are one."""
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


def _book(variable: str, name: str, labels: dict[str, str], codes: dict[str, str]) -> dict[str, Any]:
    listed = [{"id": codes[plain], "label": label} for plain, label in labels.items()]
    return {"variables": [{"id": variable, "kind": "single", "label": name, "codes": listed}]}


def _sorting(study: Study, cells: pd.Series, variable: str, codes: dict[str, str], notes: Path) -> Material:
    """Return the list's own sorting as the decisions of a coder."""
    coder = coder_id(notes.stem, set())
    rows = [
        (note, coder, variable, codes[same(cell)])
        for note, cell in zip(study.notes.index, cells, strict=True)
        if cell.strip()
    ]
    role = Bilingual(sv=f"Den egna sorteringen i {notes.name}", en=f"The own sorting of {notes.name}")
    return Material(
        decisions=pd.DataFrame(rows, columns=["note_id", "coder", "variable", "codes"], dtype="str"),
        coders={coder: Coder(kind="source", role=role)},
        remarks=_remarks(cells, notes.name),
    )


def _remarks(cells: pd.Series, file: str) -> list[Problem]:
    remarks = []
    empty = int((cells.str.strip() == "").sum())
    if empty:
        what = f"{empty} notes have no category"
        remarks.append(
            Problem(file, None, what, "they stay unseen; fill the column if they belong somewhere")
        )
    spellings: dict[str, dict[str, None]] = {}
    for cell in cells:
        spellings.setdefault(same(cell), {})[" ".join(cell.split())] = None
    for several in spellings.values():
        if len(several) > 1:
            listed = ", ".join(f"'{one}'" for one in several)
            remarks.append(
                Problem(file, None, f"{listed} were taken for one category", "see that it is right")
            )
    return remarks
