"""What a study starts from, ``data/raw``: read, checked, never changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict

from sekom_analysis.about import About, Coder
from sekom_analysis.codebook import Codebook
from sekom_analysis.errors import StudyError
from sekom_analysis.exchange.tables import check_table
from sekom_analysis.notes import join_notes
from sekom_analysis.problems import Problem, problem_lines
from sekom_analysis.wording import Phrase
from sekom_analysis.yamlfile import Model, parse_yaml, read_yaml_text

STUDY_VARIABLE = "SEKOM_STUDY"
RAW = Path("data/raw")
CODED = Path("data/coded")
STUDY_FILE = RAW / "study.yaml"
CODEBOOK_FILE = RAW / "codebook.yaml"
CODEBOOK_WORKBOOK = RAW / "codebook.xlsx"  # where there is no codebook.yaml


class MoreCoders(BaseModel):
    """Who coded, as an import brings it in ``coders-*.yaml``: `study.yaml` itself is never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    coders: dict[str, Coder]


class Raw(NamedTuple):
    """Notes, codebook and what the study says of itself, with what is wrong but bearable."""

    root: Path
    about: About
    codebook: Codebook
    notes: pd.DataFrame
    problems: list[Problem]


def codebook_file(root: Path) -> Path:
    """Return where the codebook of a study stands, from its folder."""
    has_workbook = not (root / CODEBOOK_FILE).is_file() and (root / CODEBOOK_WORKBOOK).is_file()
    return CODEBOOK_WORKBOOK if has_workbook else CODEBOOK_FILE


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
    problems = [*about_problems, *codebook_problems, *note_problems]
    if codebook is None or notes is None:
        return None, problems
    if about is None:
        name = root.name or "study"
        about = About.model_validate({"id": name, "title": name, "readable": False})
    more, coder_problems = _read_coders(root / RAW)
    problems += coder_problems
    about = about.model_copy(update={"coders": {**about.coders, **more, **about.coders}})
    return Raw(root, about, codebook, notes, problems), problems


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
        return None, [Problem.of(path.name, None, "file_missing")]
    except (OSError, UnicodeDecodeError) as error:
        reason = Phrase("problem_not_utf8") if isinstance(error, UnicodeDecodeError) else str(error.strerror)
        return None, [Problem.of(path.name, None, "file_unreadable", reason=reason)]
    return parse_yaml(text, model, path.name)


def _read_codebook(root: Path) -> tuple[Codebook | None, list[Problem]]:
    path, workbook = root / CODEBOOK_FILE, root / CODEBOOK_WORKBOOK
    if not workbook.is_file():
        return _read_yaml(path, Codebook)
    if path.is_file():
        codebook, problems = _read_yaml(path, Codebook)
        return codebook, [*problems, Problem.of(workbook.name, None, "two_codebooks", file=path.name)]
    from sekom_analysis.exchange.codebook_table import read_codebook_file

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
    """Read every ``notes*.csv`` and ``notes*.xlsx`` of a folder together."""
    tables_of_notes = (
        path
        for path in folder.glob("notes*")
        if path.suffix.lower() in (".csv", ".xlsx") and not path.name.startswith((".", "~"))
    )
    paths = sorted(
        tables_of_notes, key=lambda path: (path.stem, path.suffix)
    )  # notes.csv before notes-later.csv
    if not paths:
        todo = "put notes.csv or notes.xlsx there, with the columns note_id and text"
        return None, [Problem(file=folder.name, row=None, what="there are no notes (notes*.csv)", todo=todo)]
    tables, problems = [], []
    for path in paths:
        table, found = check_table(path)
        tables.append((path.name, table))
        problems += found
    notes, found = join_notes([] if problems else tables)
    problems += found
    return (None if problems else notes), problems
