"""A report's files in their folder: what somebody edited since it was written stays, the new is beside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

from sekom_analysis.errors import NotSavedError
from sekom_analysis.exchange.tables import replace_file
from sekom_analysis.files import check_outside

RECORD = ".written.json"


class Written:
    """A folder of files of ours, with a record of what was written into it.

    A file is replaced only if it holds what the record says that we wrote; any other one is somebody's
    work, or may be, and stays: the new one is written as ``report.sv (2).docx`` and recorded so. Without a
    record only a file that holds the very same is known to be ours.

    Parameters
    ----------
    folder : where to; it is made if it does not exist

    Raises
    ------
    NotSavedError
        If the folder cannot be made, or lies among a study's data.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = check_outside(folder)
        self._marks: dict[str, list[str]] = _read(folder / RECORD)

    def put(self, files: Mapping[str, bytes]) -> dict[str, Path]:
        """Write files, by their names in the folder, and return where each is now.

        The record is written first, with what stood there and what will: a crash in between leaves
        nothing that is taken for somebody's work.

        Raises
        ------
        NotSavedError
            If one cannot be written; those before it are.
        """
        marks = {name: _mark(data) for name, data in files.items()}
        paths = {name: self._free(name, marks[name]) for name in files}
        ours = {self._name(path): marks[name] for name, path in paths.items()}
        new = {name: mark for name, mark in ours.items() if self._marks.get(name) != [mark]}
        if new:
            self._keep({name: [*self._marks.get(name, []), mark] for name, mark in new.items()})
        for name, path in paths.items():
            self._write(path, files[name], marks[name])
        if new:
            self._keep({name: [mark] for name, mark in new.items()})
        return paths

    def _free(self, name: str, mark: str) -> Path:
        """Return the first path of that name, or of that name and a number, that is not somebody's work."""
        return next(path for path in _numbered(self.folder / name) if self._is_ours(path, mark))

    def _is_ours(self, path: Path, mark: str) -> bool:
        if not path.exists():
            return True
        there = _mark(path.read_bytes()) if path.is_file() else ""
        return there in (mark, *self._marks.get(self._name(path), []))

    def _write(self, path: Path, data: bytes, mark: str) -> None:
        if path.is_file() and _mark(path.read_bytes()) == mark:
            return
        _make(path.parent)
        replace_file(path, data)

    def _keep(self, marks: dict[str, list[str]]) -> None:
        self._marks |= marks
        _make(self.folder)
        text = json.dumps(dict(sorted(self._marks.items())), ensure_ascii=False, indent=1)
        replace_file(self.folder / RECORD, text.encode("utf-8"))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in count(2))


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(record: Path) -> dict[str, list[str]]:
    """Return what a record says; nothing if it is missing or no record."""
    try:
        found = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    is_record = isinstance(found, dict) and all(isinstance(marks, list) for marks in found.values())
    return found if is_record else {}


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"The folder '{folder}' cannot be made ({error.strerror or error}). Nothing was saved there."
        raise NotSavedError(msg) from error
