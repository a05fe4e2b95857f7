"""Append-only files of events: the only writer of logs and ledgers.

One physical line is one event. A writer holds a lock beside the file, ends a
line that a crash left unfinished, appends, and reports back only when the
disk has it. A reader takes no lock and writes nothing.

After that the writer leaves a mark: how many events there are, and which is
the last. So a file that lacks any of them later is known to have lost them.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.basics.errors import DecisionError, NotSavedError
from sekom_analysis.basics.files import is_held, locked, patiently, reason_of, sync, sync_folder
from sekom_analysis.basics.wording import Phrase, Problem, kind_of
from sekom_analysis.study.decisions import EVENTS, LOG_COLUMNS, PASSES, Event
from sekom_analysis.study.raw import CODED
from sekom_analysis.study.rows import (
    Format,
    Row,
    as_utf8,
    header_of,
    is_header,
    line_of,
    lines_of,
    resavings,
    row_of,
    utc_text,
    utf16_of,
)

_TAIL = 1024
_APPEND = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0)
MARKS = Path("data/coded/.marks")
MARKED = "marked"
KEEPS_CHANGES = os.name == "posix"  # whether the system notes when a file was changed in any way
UNREADABLE = "problem_log_unreadable"


class Lost(NamedTuple):
    """At least how many rows a file lacks, of how many that it held; and how many it holds."""

    n: int
    of: int
    there: int


class Marked(NamedTuple):
    """What the marks of a file say: the most events that it held, and each mark's last one."""

    n_most: int = 0
    ids: frozenset[str] = frozenset()
    is_damaged: bool = False

    def lost(self, ids: Collection[str]) -> Lost | None:
        """Return what is missing among the events of a file; None if nothing is known to be.

        A union of two files lacks nothing that either held, so a mark of either fits it.

        Examples
        --------
        >>> marked = Marked(3, frozenset({"e001", "e003"}))
        >>> marked.lost({"e001", "e002"}), marked.lost({"e001", "e002", "e003", "e004"})
        (Lost(n=1, of=3, there=2), None)
        """
        here = set(ids)
        n = max(self.n_most - len(here), len(self.ids - here))
        return Lost(n, max(self.n_most, n), len(here)) if n > 0 else None


class Marks:
    """The marks of one file, in a file of their own.

    A line that a crash or another program spoilt does not fit its check and says nothing: each mark counts
    all that was there, so that any later one makes up for it.

    Parameters
    ----------
    path : the file of the marks
    begun : where it is noted, outside of it, that there are marks, so that their own loss can be told
    """

    def __init__(self, path: Path, begun: Path) -> None:
        self.path, self._begun = path, begun
        self._is_mine = False  # whether the last line is one of these

    def read(self) -> Marked:
        """Return what the marks say; to be read before the file, which always has what they name."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return Marked()
        except OSError:
            return Marked(is_damaged=True)
        found = [line.split(b",") for line in lines if _fits(line)]
        if not found:
            return Marked(is_damaged=any(lines))
        return Marked(max(int(cells[0]) for cells in found), frozenset(cells[1].decode() for cells in found))

    def add(self, n_events: int, last: str) -> None:
        """Append a mark. It may reach the disk long after the events: too few marks do not hide a loss."""
        mark = b"%d,%s" % (n_events, last.encode())
        try:
            handle = os.open(self.path, _APPEND | os.O_CREAT, 0o666)
        except FileNotFoundError:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, _APPEND | os.O_CREAT, 0o666)
        try:
            is_new = os.fstat(handle).st_size == 0
            start = b"" if is_new or self._is_mine else b"\n"  # what a crash left unfinished ends here
            os.write(handle, b"%s%s,%s\n" % (start, mark, _check(mark)))
            self._is_mine = True
        finally:
            os.close(handle)
        if is_new:
            with self._begun.open("a", encoding="utf-8") as file:
                file.write(f"{self.path.name}\n")


def _check(mark: bytes) -> bytes:
    return b"%04x" % (zlib.crc32(mark) & 0xFFFF)


def _fits(line: bytes) -> bool:
    mark, _, check = line.rstrip(b"\r").rpartition(b",")
    return mark.count(b",") == 1 and mark.isascii() and check == _check(mark)


class EventFile:
    """One append-only file.

    Parameters
    ----------
    path : the file; it is made with the first event
    form : its columns and kinds of event
    lock : the lock's path, never the file itself: on Windows that would shut readers out
    marks : the folder of marks; None to leave none

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

    def __init__(self, path: Path, form: Format, lock: Path, marks: Path | None = None) -> None:
        self.path = path
        self.form = form
        self._lock_path = lock
        self._marks = None if marks is None else Marks(marks / path.name, lock.parent / MARKED)
        self._marked: tuple[int, str] | None = None
        self._unsure: set[str] = set()
        self._forget()

    def _forget(self) -> None:
        self._known: dict[str, Row] = {}
        self._newest = ""
        self._offset = 0
        self._tail = b""
        self._rest = b""
        self._codec = ""
        self._odd = b""
        self._header: tuple[str, ...] = ()

    @property
    def n_events(self) -> int:
        """How many different events the file held at the last `append`."""
        return len(self._known)

    def mark(self) -> object:
        """Return what is another whenever the file is; None where there is none.

        The time of the last change too: who copies a file over another may set back that of its content.
        Windows keeps no such time, so there the content itself is looked at.
        """
        try:
            found = self.path.stat()
            changed = found.st_ctime_ns if KEEPS_CHANGES else zlib.crc32(self.path.read_bytes())
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns, changed, found.st_ino

    def marked(self) -> Marked:
        """Return what is known of what the file held; to be asked before the file is read."""
        return Marked() if self._marks is None else self._marks.read()

    def read(self) -> tuple[list[tuple[int, Row]], list[Problem]]:
        """Return the events with their rows in the file, and what in it cannot be read or was saved again."""
        try:
            data = patiently(self.path.read_bytes)
        except FileNotFoundError:
            return [], []
        except OSError as error:
            return [], [Problem.of(self.path.name, None, "log_unreadable", reason=reason_of(error))]
        events, problems = [], []
        for number, line in lines_of(as_utf8(data), self.form):
            if not line or is_header(line, self.form):
                continue
            row, fault = row_of(line, self.form)
            if fault:
                problems.append(_damaged(self.path.name, number, line, fault))
            else:
                events.append((number, row))
        anew = resavings(data, self.form, [row for _, row in events])
        resaved = [Problem.of(self.path.name, None, "resaved", how=Phrase(how)) for how in anew]
        return events, [*resaved, *problems]

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
        The rows as they are in the file, known ones included.

        Raises
        ------
        DecisionError
            If a row could not be read back, or its id belongs to another event; nothing is written.
        NotSavedError
            If the disk did not take them all. Sending the same events again is harmless.
        """
        with locked(self._lock_path, self.path.name):
            try:
                found = self._catch_up()
                fresh = self._fresh(rows, stamp)
                lines = self._in_its_code(self._gap() + b"".join(map(self._line, fresh)))
                self._write(lines, {row[1] for row in fresh}, not found)
                self._catch_up()
                self._leave_mark()
                return [self._known[row[1]] for row in rows]
            except (OSError, KeyError) as error:
                is_found = isinstance(error, OSError)
                reason = reason_of(error) if is_found else "what was written is not found again"
                todo = "Make room, or check that the folder may be written to"
                msg = (
                    f"{self.path.name}: the disk did not take the decisions ({reason}). None of these "
                    f"{len(rows)} counts as saved. {'Close it there' if is_held(error) else todo}, and send "
                    f"them again; what is there already is not written twice."
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
                f"{self.path.name}: the event_id '{event[1]}' already belongs to another decision "
                f"(different: {', '.join(differing)}). Give each decision its own. Nothing was saved."
            )
            raise DecisionError(msg)

    def _leave_mark(self) -> None:
        """Say how much the file holds, once the disk has it; a disk that takes no mark has all the same."""
        if self._marks is None or not self._known:
            return
        now = len(self._known), next(reversed(self._known))
        if now != self._marked:
            with suppress(OSError):
                self._marks.add(*now)
                self._marked = now

    def _catch_up(self) -> bool:
        """Learn what is in the file, reading only what is new; False if there is no file."""
        try:
            with patiently(lambda: self.path.open("rb")) as file:
                if self._codec or (not self._offset and utf16_of(file.read(2))):
                    self._forget()
                file.seek(self._offset - len(self._tail))
                if file.read(len(self._tail)) != self._tail:  # somebody put another file in its place
                    self._forget()
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            self._forget()
            return False
        if not self._offset and (codec := utf16_of(data)):
            self._codec, self._odd, data = codec, len(data) % 2 * b"\0", as_utf8(data)
        for _, line in lines_of(data, self.form):
            row, fault = row_of(line, self.form) if line else ((), "empty")
            if fault:
                self._header = self._header or header_of(line, self.form)
            else:
                self._known[row[1]] = min(row, self._known.get(row[1], row))
                self._newest = max(self._newest, row[0])
        whole = data.rfind(b"\n") + 1
        self._rest = data[whole:]
        if not self._codec:
            self._offset += whole
            self._tail = (self._tail + data[:whole])[-_TAIL:]
        return True

    def _gap(self) -> bytes:
        """Return what must come before the next row: the header, or the end of a line that was cut off."""
        header = line_of(self.form.columns)
        if not self._offset and not self._codec and header.startswith(self._rest):
            return header[len(self._rest) :]
        return b"\n" if self._rest else b""

    def _line(self, row: Row) -> bytes:
        """Return a row as the file has its rows: under an earlier program's header as that wrote them.

        So the rows that are there stay as they are, and what reads the file by its header goes on doing so.
        Only a row that has something to say in a later column is longer, and is read by its length.
        """
        return line_of(self.form.fitting(row, self._header))

    def _in_its_code(self, lines: bytes) -> bytes:
        """Return lines as the file has them: one that was saved again as UTF-16 goes on in UTF-16."""
        return self._odd + lines.decode().encode(self._codec) if self._codec else lines

    def _write(self, lines: bytes, ids: set[str], is_new: bool) -> None:
        """Append, and wait for the disk even if there is nothing new to write."""
        if is_new:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        # A new log never takes the place of one that came up meanwhile, and a lost one is not begun again.
        flags = _APPEND | (os.O_CREAT | os.O_EXCL if is_new else 0)
        handle = patiently(lambda: os.open(self.path, flags, 0o666))
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
    if b"\0" in line:
        fault = Phrase("fault_nul")
    shown = line[:60].decode("utf-8", "replace").replace("\0", "␀") + ("…" if len(line) > 60 else "")
    return Problem.of(file, number, "damaged_line", fault=fault, line=shown)


def is_unreadable(problems: Iterable[Problem]) -> bool:
    """Whether a file could not be read at all; it may be readable the next time."""
    return any(kind_of(problem) == UNREADABLE for problem in problems)


def loss_problem(path: Path, marked: Marked, ids: Collection[str]) -> list[Problem]:
    """Say that a file lacks rows that it held; nothing if it is not known to lack any."""
    lost = marked.lost(ids)
    if lost is None:
        return []
    kind = "log_short" if lost.there else "log_emptied" if path.exists() else "log_gone"
    return [Problem.of(path.name, None, kind, n=lost.n, of=lost.of, file=path.name)]


def marks_problems(root: Path) -> list[Problem]:
    """Say of which files that are there the marks are gone or cannot be read: worth knowing, no more.

    Parameters
    ----------
    root : the study's folder; which files had marks is noted in ``.sekom``, on this computer
    """
    folder, begun = root / MARKS, root / ".sekom" / MARKED
    try:
        names = sorted(set(begun.read_text(encoding="utf-8", errors="replace").split()))
    except OSError:
        names = []
    here = {path.name for path in folder.glob("*.csv")}
    there = [name for name in names if (folder.parent / name).is_file()]
    gone = [name for name in there if name not in here]
    damaged = [name for name in sorted(here) if Marks(folder / name, begun).read().is_damaged]
    told = (("marks_gone", gone), ("marks_damaged", damaged))
    return [Problem.of(MARKS.as_posix(), None, kind, files=", ".join(files)) for kind, files in told if files]


# --- the file that one coder's decisions are kept in --------------------------------------------------


def _pass_fault(row: Row) -> str:
    number = row[LOG_COLUMNS.index("pass")]
    return "" if number in {str(p) for p in PASSES} else Phrase("fault_pass", text=number)


# What an event says; when, where and under which definition may differ when it is sent again.
IDENTITY = ("note_id", "variable", "codes", "certainty", "memo", "words", "event")
LOG = Format(LOG_COLUMNS, EVENTS, _pass_fault, IDENTITY, later=("words",))


def coder_log(root: Path, coder: str) -> EventFile:
    """Return the log of one coder of the study in `root`."""
    return EventFile(root / CODED / f"{coder}.csv", LOG, root / ".sekom" / f"{coder}.lock", root / MARKS)


def event_of(row: Row) -> Event:
    """Name the cells of a log's row; one without words may be an earlier program's.

    Examples
    --------
    >>> event = Event("", "e001", "n1", "", "v", "a", "", "", "", "1", "card", "decide", "0:4")
    >>> event_of(row_of_event(event)) == event, row_of_event(event)[-2:]
    (True, ('0:4', 'decide'))
    """
    *said, words, kind = LOG.whole(row)
    return Event._make([*said, kind, words])


def row_of_event(event: Event) -> Row:
    """Return an event as the row that a log has of it."""
    *said, kind, words = event
    return (*said, words, kind)


def events_of(rows: list[tuple[int, Row]]) -> list[tuple[int, Event]]:
    """Name the cells of a log's rows."""
    return [(number, event_of(row)) for number, row in rows]
