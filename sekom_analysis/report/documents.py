"""A report's files: what its documents need, its folder with what somebody edited there, its figures."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from sekom_analysis.basics.errors import NotSavedError, needing
from sekom_analysis.basics.files import check_outside, patiently, reason_of, replace_file, write_whole
from sekom_analysis.figures import render_figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def check_programs(*, docx: bool, pdf: bool) -> None:
    """Raise `MissingPackageError` if what makes these documents is not installed."""
    with needing("documents"):
        if docx:
            import docx as _  # noqa: F401
        if pdf:
            import typst  # noqa: F401


# --- A report's files in their folder -----------------------------------------------------------------


RECORD = ".written.json"
_MOST = 8


class Written:
    """A folder of files of ours, with a record of what was written into it.

    A file is replaced only if it holds what the record says that we wrote; any other one is somebody's
    work, or may be, and stays: the new one is written as ``report.sv (2).docx`` and recorded so. Without a
    record only a file that holds the very same is known to be ours.

    Parameters
    ----------
    folder : where to; it is made if it does not exist

    Attributes
    ----------
    unsaved : path -> why a file could not be written; the others were, and what stood there is unchanged

    Raises
    ------
    NotSavedError
        If the folder cannot be made, or is among a study's data.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = check_outside(folder)
        self.unsaved: dict[Path, str] = {}
        self._marks: dict[str, list[str]] = _read(folder / RECORD)

    def put(self, files: Mapping[str, bytes]) -> dict[str, Path]:
        """Write files, by their names in the folder, and return where each is now.

        The record is written first, with what was there and what will be: a crash in between leaves
        nothing that is taken for somebody's work. One that cannot be written, as another program has it
        open, is noted in `unsaved`, and the others are written.

        Raises
        ------
        NotSavedError
            If the folder cannot be written to.
        """
        marks = {name: _mark(data) for name, data in files.items()}
        paths = {name: self._free(name, marks[name]) for name in files}
        ours = {self._name(path): marks[name] for name, path in paths.items()}
        new = {name: mark for name, mark in ours.items() if self._marks.get(name) != [mark]}
        if new:
            self._keep({name: [*self._marks.get(name, []), mark] for name, mark in new.items()})
        for name, path in paths.items():
            self._write(path, files[name], marks[name])
        saved = {self._name(path) for path in paths.values() if path not in self.unsaved}
        if new:
            self._keep({name: [mark] for name, mark in new.items() if name in saved})
        return paths

    def check(self) -> None:
        """See that everything was written.

        Raises
        ------
        NotSavedError
            With the name of each file that was not, and why.
        """
        if self.unsaved:
            listed = [f"- {self._name(path)}: {reason}" for path, reason in self.unsaved.items()]
            more = [f"- and {len(listed) - _MOST} more"] if len(listed) > _MOST else []
            msg = "\n".join([
                f"Of the files in '{self.folder}' these were not saved, and what stood there before is "
                "unchanged; all others are new. Close them there, and make the report once more:",
                *listed[:_MOST], *more,
            ])  # fmt: skip
            raise NotSavedError(msg)

    def _free(self, name: str, mark: str) -> Path:
        """Return the first path of that name, or of that name and a number, that is not somebody's work."""
        return next(path for path in _numbered(self.folder / name) if self._is_ours(path, mark))

    def _is_ours(self, path: Path, mark: str) -> bool:
        if not path.exists():
            return True
        try:
            there = _mark(patiently(path.read_bytes)) if path.is_file() else ""
        except OSError as error:  # whose it is cannot be told, so it stays
            self.unsaved[path] = reason_of(error)
            return True
        return there in (mark, *self._marks.get(self._name(path), []))

    def _write(self, path: Path, data: bytes, mark: str) -> None:
        if path in self.unsaved:
            return
        _make(path.parent)
        try:
            if not path.is_file() or _mark(path.read_bytes()) != mark:
                write_whole(path, data)
        except OSError as error:
            self.unsaved[path] = reason_of(error)

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
        msg = f"The folder '{folder}' cannot be made ({reason_of(error)}). Nothing was saved there."
        raise NotSavedError(msg) from error


# --- A report's figures into files, on two processors where there are two -----------------------------


@contextmanager
def second_process() -> Iterator[Executor | None]:
    """Start a process that draws beside this one; None where there is one processor only.

    It begins to load matplotlib at once, while this one still works out what there is to draw.
    """
    if (os.cpu_count() or 1) < 2:
        yield None
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as helper:
        helper.submit(_draw_nothing)
        try:
            yield helper
        finally:
            helper.shutdown(wait=False, cancel_futures=True)


def draw_figures(
    drawn: Mapping[str, Callable[[], Axes]], written: Written, lang: str, helper: Executor | None = None
) -> dict[str, list[Path]]:
    """Draw and save every figure: its stem -> its files, beside those that somebody edited.

    Parameters
    ----------
    drawn : stem -> what draws it; `helper` needs them to be `functools.partial` of a function of a module
    written : the folder where to
    lang : used in the files' names
    helper : a second process, as `second_process` gives it; the files are the same with and without it

    Raises
    ------
    NotSavedError
        If a file cannot be written.
    """
    asked: dict[str, Future[dict[str, bytes]]] = {}
    if helper is not None:
        for stem in reversed(list(drawn)):  # it begins with the last one, and this process with the first
            asked[stem] = helper.submit(_draw, drawn[stem], stem)
    files: dict[str, dict[str, bytes]] = {}
    for stem, draw in drawn.items():
        if stem not in asked or asked[stem].cancel():
            files[stem] = _draw(draw, stem)
    for stem in drawn.keys() - files.keys():
        try:
            files[stem] = asked[stem].result()
        except BrokenProcessPool:  # it was ended from outside, or found no memory
            files[stem] = _draw(drawn[stem], stem)
    names = {stem: [f"{stem}.{lang}.{form}" for form in files[stem]] for stem in drawn}
    contents = {
        name: data for stem in drawn for name, data in zip(names[stem], files[stem].values(), strict=True)
    }
    paths = written.put(contents)
    return {stem: [paths[name] for name in names[stem]] for stem in drawn}


def _draw(draw: Callable[[], Axes], stem: str) -> dict[str, bytes]:
    """Return the files of a figure; `stem` says which one it is."""
    with style():
        return render_figure(draw().figure)  # type: ignore[arg-type]


def _draw_nothing() -> None:
    """Load what drawing needs."""
