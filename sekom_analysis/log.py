"""Append-only files of events: the only writer of ``data/coded``.

One physical line is one event. A writer holds a lock beside the file, ends a
line that a crash left unfinished, appends, and reports back only when the
disk has it. A reader takes no lock and writes nothing.
"""

from __future__ import annotations

import csv
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from sekom_analysis.errors import NotSavedError
from sekom_analysis.problems import Problem

Row = tuple[str, ...]
LOCK_SECONDS = 30
_TIME = re.compile(r"2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
EVENT_ID = re.compile(r"[A-Za-z0-9_.:-]{4,80}")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\0": "\\0"}
_ESCAPE = re.compile(r"[\\\n\r\0]")
_UNESCAPE = re.compile(r"\\([\\nr0])")
_UNESCAPED = {"\\": "\\", "n": "\n", "r": "\r", "0": "\0"}


class Format(NamedTuple):
    """What the rows of a file look like: first time and id, last the kind of event."""

    columns: tuple[str, ...]
    events: tuple[str, ...]
    fault: Callable[[Row], str] = lambda row: ""


def utc_text(moment: datetime) -> str:
    """Return a moment as UTC text that sorts as it passes: ``2016-04-12T09:00:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _is_time(text: str) -> bool:
    try:
        return bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def line_of(row: Sequence[str]) -> bytes:
    r"""Return a row as one physical line; line breaks and NUL inside a text are escaped.

    Examples
    --------
    >>> line_of(["a", "two\nlines"])
    b'a,two\\nlines\n'
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(
        _ESCAPE.sub(lambda hit: _ESCAPES[hit[0]], text) for text in row
    )
    return out.getvalue().encode("utf-8", "replace")


def row_of(line: bytes, form: Format) -> tuple[Row, str]:
    """Return the row that a line holds, or why it cannot be read.

    A log that a spreadsheet program has saved again (semicolons, cp1252) is
    read all the same.
    """
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    fields: list[str] = []
    for delimiter in ",;\t":
        fields = _fields(text, delimiter)
        if len(fields) == len(form.columns):
            break
    else:
        return (), f"{len(_fields(text, ','))} cells where {len(form.columns)} belong"
    row = tuple(_UNESCAPE.sub(lambda hit: _UNESCAPED[hit[1]], field) for field in fields)
    return row, _row_fault(row, form)


def _fields(text: str, delimiter: str) -> list[str]:
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _row_fault(row: Row, form: Format) -> str:
    if not _is_time(row[0]):
        return f"'{row[0]}' is no time such as 2016-04-12T09:00:00.000000Z"
    if not EVENT_ID.fullmatch(row[1]):
        return f"'{row[1]}' is no event id"
    if row[-1] not in form.events:
        return f"'{row[-1]}' is none of {', '.join(form.events)}"
    return form.fault(row)


class EventFile:
    """One append-only file.

    Parameters
    ----------
    path : the file; it is made with the first event
    form : its columns and kinds of event
    lock : the lock's path, never the file itself: on Windows that would shut readers out

    Examples
    --------
    >>> import tempfile
    >>> form = Format(("decided_at", "event_id", "text", "event"), ("say",))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = EventFile(Path(folder) / "anna.csv", form, Path(folder) / "anna.lock")
    ...     saved = log.append([("", "e001", "hej", "say")])
    ...     [row[2] for _, row in log.read()[0]]
    ['hej']
    """

    def __init__(self, path: Path, form: Format, lock: Path) -> None:
        self.path = path
        self.form = form
        self._lock_path = lock
        self._forget()
        self._unsure: set[str] = set()

    def _forget(self) -> None:
        self._known: dict[str, str] = {}
        self._newest = ""
        self._offset = 0
        self._tail = b""

    @property
    def n_events(self) -> int:
        """How many different events the file held at the last `append`."""
        return len(self._known)

    def read(self) -> tuple[list[tuple[int, Row]], list[Problem]]:
        """Return the events with their rows in the file, and the lines that cannot be read."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return [], []
        except OSError as error:
            what, todo = f"cannot be read: {error.strerror}", "close it elsewhere, or check who may read it"
            return [], [Problem(file=self.path.name, row=None, what=what, todo=todo)]
        events, problems = [], []
        for number, line in enumerate(data.split(b"\n"), start=1):
            line = line.rstrip(b"\r")
            if not line or _is_header(line, self.form):
                continue
            row, fault = row_of(line, self.form)
            if fault:
                problems.append(_damaged(self.path.name, number, line, fault))
            else:
                events.append((number, row))
        return events, problems

    def append(self, rows: Sequence[Row], *, stamp: bool = True) -> list[Row]:
        """Append events and return them, with their times, once the disk has them.

        Parameters
        ----------
        rows : events; one whose ``event_id`` the file has already is not written again
        stamp : bool
            Give each event its time: now, but always later than the newest
            in the file, so that a clock set back reorders nothing. False
            keeps the times that the rows carry (events of a copied file).

        Returns
        -------
        The rows as they stand in the file, known ones included.

        Raises
        ------
        NotSavedError
            If the disk did not take them all. Sending the same events again is harmless.
        """
        with self._locked():
            fresh: list[Row] = []
            try:
                self._end_unfinished_line()
                self._catch_up()
                fresh = self._fresh(rows, stamp)
                self._write(b"".join(line_of(row) for row in fresh))
            except OSError as error:
                self._unsure.update(row[1] for row in fresh)
                msg = (
                    f"{self.path.name}: the disk did not take the decisions ({error.strerror or error}). "
                    f"None of these {len(rows)} counts as saved. Make room, or check that the folder may be "
                    f"written to, and send them again; what is there already is not written twice."
                )
                raise NotSavedError(msg) from error
            self._unsure.difference_update(row[1] for row in fresh)
            self._catch_up()
            times = {row[1]: row[0] for row in fresh}
            return [(times.get(row[1]) or self._known[row[1]], *row[1:]) for row in rows]

    def _fresh(self, rows: Sequence[Row], stamp: bool) -> list[Row]:
        """Leave out what the file is sure to have, and give the rest their times."""
        fresh: dict[str, Row] = {}
        moment = datetime.now(UTC)
        if self._newest:
            moment = max(moment, datetime.fromisoformat(self._newest) + timedelta(microseconds=1))
        for row in rows:
            if row[1] in fresh or (row[1] in self._known and row[1] not in self._unsure):
                continue
            fresh[row[1]] = (utc_text(moment), *row[1:]) if stamp else row
            moment += timedelta(microseconds=1)
        return list(fresh.values())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._lock_path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(self._lock_path), timeout=LOCK_SECONDS)
            lock.acquire()
        except Timeout:
            msg = (
                f"{self.path.name}: another program has been writing for {LOCK_SECONDS} seconds. "
                f"Nothing was saved. Close it (a second notebook perhaps) and try again."
            )
            raise NotSavedError(msg) from None
        except OSError as error:
            msg = (
                f"{self.path.name}: the study's folder cannot be written to ({error.strerror or error}). "
                f"Nothing was saved. Check that it is not read-only."
            )
            raise NotSavedError(msg) from error
        try:
            yield
        finally:
            lock.release()

    def _catch_up(self) -> None:
        """Learn the ids and the newest time of what stands in the file, reading only what is new."""
        try:
            with self.path.open("rb") as file:
                if self._offset:
                    file.seek(self._offset - len(self._tail))
                    if file.read(len(self._tail)) != self._tail:  # somebody put another file in its place
                        self._forget()
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            self._forget()
            return
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].split(b"\n"):
            row, fault = row_of(line.rstrip(b"\r"), self.form) if line else ((), "empty")
            if not fault:
                self._known[row[1]] = min(row[0], self._known.get(row[1], row[0]))
                self._newest = max(self._newest, row[0])
        self._offset += whole
        self._tail = (self._tail + data[:whole])[-64:]

    def _end_unfinished_line(self) -> None:
        if not self.path.exists():
            write_whole(self.path, line_of(self.form.columns))
            return
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            whole = file.read(1) in (b"", b"\n")
        if not whole:
            self._write(b"\n")

    def _write(self, lines: bytes) -> None:
        """Append, and wait for the disk even if there is nothing new to write."""
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(handle, rest) :]
            _sync(handle)
        finally:
            os.close(handle)


def _is_header(line: bytes, form: Format) -> bool:
    start = form.columns[0].encode()
    return line.removeprefix(b"\xef\xbb\xbf").startswith((start, b'"' + start))


def _sync(handle: int) -> None:
    """Wait until the disk itself has it; a Mac's plain fsync stops at the drive's cache."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fsync(handle)


def _damaged(file: str, number: int, line: bytes, fault: str) -> Problem:
    shown = line[:60].decode("utf-8", "replace") + ("…" if len(line) > 60 else "")
    what = f"a line that cannot be read ({fault}): {shown}"
    todo = "nothing is lost before or after it; if you know what it said, decide that note again"
    return Problem(file=file, row=number, what=what, todo=todo)


def write_whole(path: Path, data: bytes) -> None:
    """Put a whole file in its place at once: a crash leaves the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            _sync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
