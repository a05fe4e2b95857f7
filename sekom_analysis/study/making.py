"""Making a study: from somebody's notes, or as a copy of the sample that travels with the package."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sekom_analysis.basics.errors import ExchangeError, NotSavedError, StudyError, TableError
from sekom_analysis.basics.files import (
    draft_folder,
    put_in_place,
    reason_of,
    remove_begun,
    remove_left_folders,
)
from sekom_analysis.basics.wording import Problem, problem_lines
from sekom_analysis.basics.yamlfile import dump_yaml
from sekom_analysis.formats.tables import read_table, write_table
from sekom_analysis.study.codebook_table import ENDINGS, read_kept_codebook, write_codebook_file
from sekom_analysis.study.notes import context_faults
from sekom_analysis.study.raw import (
    CODEBOOK_FILE,
    CODEBOOK_WORKBOOK,
    CODED,
    NOTES_FILE,
    RAW,
    STUDY_FILE,
    read_raw,
)
from sekom_analysis.study.secret import make_secret

OF_THE_SAMPLE = "07-the-2016-report.ipynb"
NotesSource = str | os.PathLike[str] | pd.DataFrame | None
CodebookSource = str | os.PathLike[str] | dict[str, Any] | None


def create(
    path: Path,
    notes: NotesSource,
    codebook: CodebookSource,
    title: str,
    take_in: Callable[[Path], None] | None = None,
    context: Sequence[str] = (),
) -> None:
    """Make a study of somebody's own notes, with what `take_in` puts into its folder before it has its name.

    Raises
    ------
    StudyError
        If the folder is not empty, notes or codebook cannot be used, or a column of `context` must not be
        shown to coders; nothing is left behind.
    """

    def fill(folder: Path) -> None:
        (folder / RAW).mkdir(parents=True)
        make_secret(folder)  # before anything is taken in: nobody has begun with this study
        _put_notes(folder / RAW, notes)
        _put_codebook(folder, codebook)
        about = _template("study.yaml").format(
            id=_quoted(secrets.token_hex(6)),
            title=_quoted(title or path.resolve().name),
            seed=secrets.randbelow(1_000_000),
            context=_context_line(context),
        )
        (folder / STUDY_FILE).write_text(about, encoding="utf-8")
        _put_notebooks(folder)
        if take_in is not None:
            take_in(folder)

    _make(path, fill)


def create_of(
    path: Path, notes: NotesSource, codebook: CodebookSource, title: str, told: dict[str, Any]
) -> None:
    """Make a study of notes in whatever table somebody keeps them; `told` says what is what in it.

    Raises
    ------
    StudyError
        As `create` does, and if the table could be read in several ways.
    """
    context = told["context"]
    if isinstance(notes, str | os.PathLike):
        check_free(path)
        reading = import_module("sekom_analysis.exchange.notes_file")  # that room is above this one
        try:
            read = reading.read_notes(notes, **told)
        except TableError as error:
            msg = f"No study was made. {error}"
            raise StudyError(msg) from error
        notes, context = read.source, read.context
    shown = [context] if isinstance(context, str) else list(context or ())
    create(path, notes, codebook, title, context=shown)


def create_sample(path: Path) -> None:
    """Make a copy of the sample study, with its decisions and the notebooks.

    Raises
    ------
    StudyError
        If the folder is not empty; nothing is changed.
    """

    def fill(folder: Path) -> None:
        for part in ("data", "notebooks"):
            _copy(sample_folder() / part, folder / part)

    _make(path, fill)


def sample_folder() -> Path:
    """Return where the sample is: inside the installed package, or the checkout's own folders."""
    with as_file(files("sekom_analysis")) as package:
        inside = package / "sample"
        return inside if (inside / STUDY_FILE).is_file() else package.parent


def _copy(source: Path, target: Path) -> None:
    """Copy what a folder holds, and no rights: the package may be read-only, and a stick knows none."""
    target.mkdir(parents=True)
    for path in source.iterdir():
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir():
            _copy(path, target / path.name)
        else:
            shutil.copyfile(path, target / path.name)


def _make(path: Path, fill: Callable[[Path], None]) -> None:
    """Fill a draft folder beside the target, check it, and only then give it its name."""
    target = path.resolve()
    try:
        remove_begun(target)
        check_free(path)
        beside = next(folder for folder in target.parents if folder.is_dir())
        remove_left_folders(beside)
        with draft_folder(beside) as draft:
            _fill(draft, fill)
            put_in_place(draft, target)
    except OSError as error:
        msg = f"'{path}' cannot be made here ({reason_of(error)}). No study was made."
        raise StudyError(msg) from error


def check_free(path: Path) -> None:
    """Raise if a study cannot be made under this name, since something is there.

    Raises
    ------
    StudyError
        If it is there and not an empty folder.
    """
    target = path.resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        msg = f"'{path}' is there already and is not an empty folder. Nothing was made; choose another name."
        raise StudyError(msg)


def _fill(draft: Path, fill: Callable[[Path], None]) -> None:
    try:
        fill(draft)
    except (TableError, ExchangeError, NotSavedError) as error:
        msg = f"No study was made. {error}"
        raise StudyError(msg) from error
    (draft / CODED).mkdir(parents=True, exist_ok=True)
    make_secret(draft)
    (draft / "figures").mkdir(exist_ok=True)
    (draft / ".gitignore").write_text(".sekom/\n", encoding="utf-8")
    raw, problems = read_raw(draft)
    if raw is None:
        msg = f"No study was made, because of:\n{problem_lines(problems)}"
        raise StudyError(msg)
    if len(raw.context) < len(set(raw.about.context)):
        faults = context_faults(raw.notes, raw.about.context, raw.codebook, raw.about.coders)
        listed = [Problem.of("", None, "context", name=name, why=why) for name, why in faults.items()]
        msg = f"No study was made, because of:\n{problem_lines(listed)}"
        raise StudyError(msg)


def _template(name: str) -> str:
    return files("sekom_analysis.study").joinpath("templates", name).read_text(encoding="utf-8")


def _quoted(text: str) -> str:
    """Return a text so that YAML reads it back as it is."""
    return yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10_000).strip()


def _context_line(context: Sequence[str]) -> str:
    """Return the line of ``study.yaml`` that says what coders are shown beside the notes."""
    if not context:
        return "# context: [question]   # columns of the notes that coders are shown beside the text"
    return f"context: [{', '.join(map(_quoted, context))}]   # what coders are shown beside the text"


def _put_notebooks(folder: Path) -> None:
    """Copy the notebooks, with this study's variables in them, except the one on the sample's report."""
    _copy(sample_folder() / "notebooks", folder / "notebooks")
    (folder / "notebooks" / OF_THE_SAMPLE).unlink(missing_ok=True)
    raw, _ = read_raw(folder)
    asked = [one for one in raw.codebook.variables if one.kind == "single"] if raw is not None else []
    if not asked:
        return
    main = max(reversed(asked), key=lambda variable: len(variable.codes))
    others = [one for one in asked if one is not main]
    splits = next((one for one in others if len(one.codes) == 2 and one.stage == main.stage), None)
    another = next((one for one in others if one is not splits), None)
    named = {"category_b": main, "valence": splits, "category_d": another}
    for path in (folder / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        for name, own in named.items():
            text = text.replace(rf"= \"{name}\"", rf"= \"{own.id}\"" if own else "= None")
        path.write_text(text, encoding="utf-8")


def _put_notes(folder: Path, notes: NotesSource) -> None:
    """Copy a file of notes as it is, or number the notes of one that has no ids."""
    if notes is None:
        (folder / NOTES_FILE).write_bytes(_template(NOTES_FILE).encode("utf-8-sig"))
        return
    if isinstance(notes, pd.DataFrame):
        frame = notes.reset_index() if notes.index.name == "note_id" else notes
        write_table(_numbered(frame), folder / "notes.csv", in_study=True)
        return
    frame = read_table(notes)
    suffix = Path(notes).suffix.lower()
    if "note_id" in frame.columns and suffix != ".xlsm":
        shutil.copyfile(notes, folder / ("notes.xlsx" if suffix == ".xlsx" else "notes.csv"))
    else:
        write_table(_numbered(frame), folder / "notes.csv", in_study=True)


def example_notes(root: Path) -> list[str]:
    """Return the ids of the notes that a study made without any has to begin with, as long as they are it.

    Parameters
    ----------
    root : the study's folder

    Returns
    -------
    list of str
        Empty once anything in their file has been changed.
    """
    text = _template(NOTES_FILE)
    try:
        data = (root / RAW / NOTES_FILE).read_bytes()
    except OSError:
        return []
    is_example = data.replace(b"\r\n", b"\n") == text.encode("utf-8-sig")  # Windows wrote \r\n for a time
    return [line.partition(";")[0] for line in text.splitlines()[1:]] if is_example else []


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """Give notes without ids the ids N001, N002, … in the order of the file."""
    if "note_id" in frame.columns:
        return frame
    width = max(3, len(str(len(frame))))
    numbered = frame.copy()
    numbered.insert(0, "note_id", [f"N{number:0{width}}" for number in range(1, len(frame) + 1)])
    return numbered


def _put_codebook(folder: Path, codebook: CodebookSource) -> None:
    target = folder / CODEBOOK_FILE
    suffix = Path(codebook).suffix.lower() if isinstance(codebook, str | os.PathLike) else ""
    if isinstance(codebook, str | os.PathLike) and suffix in ENDINGS:
        _put_codebook_workbook(folder / CODEBOOK_WORKBOOK, Path(codebook))
        return
    if isinstance(codebook, str | os.PathLike) and suffix in (".qdc", ".qdpx"):
        reader = f"read_codebook_{suffix[1:]}"
        msg = (
            f"No study was made. '{codebook}' is another program's codebook; read it first: "
            f"codebook=sekom_analysis.exchange.{reader}({str(codebook)!r}).codebook. On the command "
            f"line, sekom new reads it by itself."
        )
        raise StudyError(msg)
    if codebook is None:
        target.write_text(_template("codebook.yaml"), encoding="utf-8")
    elif isinstance(codebook, dict):
        try:
            text = dump_yaml(codebook)
        except yaml.YAMLError as error:
            msg = f"No study was made. The codebook contains something that is not plain data: {error}"
            raise StudyError(msg) from error
        target.write_text(text, encoding="utf-8")
    else:
        try:
            shutil.copyfile(codebook, target)
        except OSError as error:
            msg = f"No study was made. The codebook '{codebook}' cannot be read: {reason_of(error)}."
            raise StudyError(msg) from error


def _put_codebook_workbook(target: Path, source: Path) -> None:
    """Keep a codebook in Excel, for whoever goes on in Excel; of a study's workbook only its sheet."""
    codebook, problems, _ = read_kept_codebook(source)
    if codebook is None:
        msg = f"No study was made. The codebook '{source}' cannot be used:\n{problem_lines(problems)}"
        raise StudyError(msg)
    write_codebook_file(codebook, target, in_study=True)
