"""Append-only files of events: the only writer of ``data/coded``.

One physical line is one event. A writer holds a lock beside the file, ends a
line that a crash left unfinished, appends, and reports back only when the
disk has it. A reader takes no lock and writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from sekom_analysis.errors import DecisionError, NotSavedError
from sekom_analysis.files import sync, sync_folder
from sekom_analysis.logline import Format, Row, is_header, line_of, row_of, utc_text
from sekom_analysis.problems import Problem

LOCK_SECONDS = 30
POLL_SECONDS = 0.005
_TAIL = 1024


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
        self._unsure: set[str] = set()
        self._forget()

    def _forget(self) -> None:
        self._known: dict[str, Row] = {}
        self._newest = ""
        self._offset = 0
        self._tail = b""
        self._rest = b""

    @property
    def n_events(self) -> int:
        """How many different events the file held at the last `append`."""
        return len(self._known)

    def mark(self) -> object:
        """Return what is another whenever the file is; None where there is none.

        The time of the last change too: who copies a file over another may set back that of its content.
        """
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino

    def read(self) -> tuple[list[tuple[int, Row]], list[Problem]]:
        """Return the events with their rows in the file, and the lines that cannot be read."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return [], []
        except OSError as error:
            return [], [Problem.of(self.path.name, None, "log_unreadable", reason=error.strerror)]
        events, problems = [], []
        for number, line in enumerate(data.split(b"\n"), start=1):
            line = line.rstrip(b"\r")
            if not line or is_header(line, self.form):
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
        DecisionError
            If a row could not be read back, or its id stands for another event; nothing is written.
        NotSavedError
            If the disk did not take them all. Sending the same events again is harmless.
        """
        with self._locked():
            try:
                found = self._catch_up()
                fresh = self._fresh(rows, stamp)
                self._write(self._gap() + b"".join(map(line_of, fresh)), {row[1] for row in fresh}, not found)
                self._catch_up()
                return [self._known[row[1]] for row in rows]
            except (OSError, KeyError) as error:
                reason = getattr(error, "strerror", None) or "what was written is not found again"
                msg = (
                    f"{self.path.name}: the disk did not take the decisions ({reason}). "
                    f"None of these {len(rows)} counts as saved. Make room, or check that the folder may be "
                    f"written to, and send them again; what is there already is not written twice."
                )
                raise NotSavedError(msg) from error

    def _fresh(self, rows: Sequence[Row], stamp: bool) -> list[Row]:
        """Leave out what the file is sure to have, give the rest their times, and see that they read back."""
        fresh: dict[str, Row] = {}
        moment = datetime.now(UTC)
        if self._newest:
            moment = max(moment, datetime.fromisoformat(self._newest) + timedelta(microseconds=1))
        for row in rows:
            time = utc_text(moment) if stamp else row[0]
            event = self._read_back((time, *row[1:]))
            known = fresh.get(event[1]) or self._known.get(event[1])
            if known is None or (not stamp and event[0] < known[0]):
                fresh[event[1]] = event
                moment += timedelta(microseconds=1)
            elif event[1] in self._unsure:
                fresh.setdefault(event[1], known)
            if known is not None:
                self._refuse_contradiction(event, known)
        return list(fresh.values())

    def _read_back(self, row: Row) -> Row:
        event, fault = row_of(line_of(row).rstrip(b"\n"), self.form)
        if fault:
            msg = f"{self.path.name}: an event that could not be read back ({fault}). Nothing was saved."
            raise DecisionError(msg)
        return event

    def _refuse_contradiction(self, event: Row, known: Row) -> None:
        differing = self.form.differing(event, known)
        if differing:
            msg = (
                f"{self.path.name}: the event_id '{event[1]}' stands for another decision already "
                f"(different: {', '.join(differing)}). Give each decision its own. Nothing was saved."
            )
            raise DecisionError(msg)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._lock_path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(self._lock_path), timeout=LOCK_SECONDS)
            lock.acquire(poll_interval=POLL_SECONDS)
        except Timeout:
            msg = (
                f"{self.path.name}: another program has been writing for {LOCK_SECONDS} seconds. "
                f"Nothing was saved. Close it (a second notebook perhaps) and try again."
            )
            raise NotSavedError(msg) from None
        except (OSError, NotImplementedError) as error:
            reason = getattr(error, "strerror", None) or error
            msg = (
                f"{self.path.name}: the study's folder cannot be written to ({reason}). "
                f"Nothing was saved. Check that it is not read-only."
            )
            raise NotSavedError(msg) from error
        try:
            yield
        finally:
            lock.release()

    def _catch_up(self) -> bool:
        """Learn what stands in the file, reading only what is new; False if there is no file."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset - len(self._tail))
                if file.read(len(self._tail)) != self._tail:  # somebody put another file in its place
                    self._forget()
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            self._forget()
            return False
        for line in data.split(b"\n"):
            row, fault = row_of(line.rstrip(b"\r"), self.form) if line else ((), "empty")
            if not fault:
                self._known[row[1]] = min(row, self._known.get(row[1], row))
                self._newest = max(self._newest, row[0])
        whole = data.rfind(b"\n") + 1
        self._offset += whole
        self._rest = data[whole:]
        self._tail = (self._tail + data[:whole])[-_TAIL:]
        return True

    def _gap(self) -> bytes:
        """Return what must come before the next row: the header, or the end of a line that was cut off."""
        header = line_of(self.form.columns)
        if not self._offset and header.startswith(self._rest):
            return header[len(self._rest) :]
        return b"\n" if self._rest else b""

    def _write(self, lines: bytes, ids: set[str], is_new: bool) -> None:
        """Append, and wait for the disk even if there is nothing new to write."""
        if is_new:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        # A new log never takes the place of one that came up meanwhile, and a lost one is not begun anew.
        how = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
        handle = os.open(self.path, how | (os.O_CREAT | os.O_EXCL if is_new else 0), 0o666)
        try:
            rest = memoryview(lines)
            while rest:
                rest = rest[os.write(handle, rest) :]
            self._unsure |= ids  # a disk that fails here may forget what it seems to hold
            sync(handle)
            self._unsure -= ids
        finally:
            os.close(handle)
        if is_new:
            sync_folder(self.path.parent)


def _damaged(file: str, number: int, line: bytes, fault: str) -> Problem:
    shown = line[:60].decode("utf-8", "replace") + ("…" if len(line) > 60 else "")
    return Problem.of(file, number, "damaged_line", fault=fault, line=shown)
