"""Ledgers beside the coders' logs: what people settle about notes, one append-only file for each kind.

A ledger is written as the logs are, by several people at once, and read in
the order of (decided_at, event_id): two copies that went apart are joined as
a union of their events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import pandas as pd

from sekom_analysis.log import MARKS, EventFile, is_unreadable, loss_problem
from sekom_analysis.logline import Format
from sekom_analysis.problems import Problem
from sekom_analysis.raw import CODED

RETRACT = "retract"
Entry = TypeVar("Entry", bound=tuple[str, ...])


class AsRead(NamedTuple):
    """A ledger as it was last read: every event once, in the order in which they count."""

    history: pd.DataFrame
    problems: list[Problem]


class Ledger(Generic[Entry]):
    """One append-only ledger of a study.

    Parameters
    ----------
    root : the study's folder
    name : the file's name without ``.csv``, one of `decisions.LEDGERS`: no coder can have it
    form : its columns, kinds of event, and what must be equal where an event is sent again
    make : makes an entry of a row's cells, such as the ``_make`` of a NamedTuple of those columns

    Examples
    --------
    >>> import tempfile
    >>> class Remark(NamedTuple):
    ...     decided_at: str
    ...     event_id: str
    ...     note_id: str
    ...     event: str
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = Ledger(Path(folder), "plan", Format(Remark._fields, ("say",)), Remark._make)
    ...     saved = ledger.append([Remark("", "e001", "n1", "say")])
    ...     ledger.read().history[["note_id", "event", "row"]].values.tolist()
    [['n1', 'say', 2]]
    """

    def __init__(self, root: Path, name: str, form: Format, make: Callable[[Iterable[str]], Entry]) -> None:
        lock = root / ".sekom" / f"{name}.lock"
        self._file = EventFile(root / CODED / f"{name}.csv", form, lock, root / MARKS)
        self._make = make
        self._read: tuple[object, AsRead] | None = None

    @property
    def path(self) -> Path:
        """The file, which is made with the first entry."""
        return self._file.path

    @property
    def form(self) -> Format:
        """What its rows look like."""
        return self._file.form

    def read(self) -> AsRead:
        """Return every event and what cannot be read; from the disk only where the file has changed."""
        mark = self._file.mark()
        if self._read is None or self._read[0] != mark:
            rows, problems = self._file.read()
            as_read = AsRead(self._table(rows), problems)
            if is_unreadable(problems):
                return as_read
            self._read = (mark, as_read)
        return self._read[1]

    def losses(self) -> list[Problem]:
        """Say whether the file lacks entries that it held."""
        marked = self._file.marked()
        found = self.read()
        return (
            []
            if is_unreadable(found.problems)
            else loss_problem(self.path, marked, set(found.history["event_id"]))
        )

    def append(self, entries: Sequence[Entry], *, stamp: bool = True) -> list[Entry]:
        """Save entries and return them, with their times, once the disk has them; see `EventFile.append`."""
        return [self._make(row) for row in self._file.append(entries, stamp=stamp)] if entries else []

    def _table(self, rows: Sequence[tuple[int, tuple[str, ...]]]) -> pd.DataFrame:
        once: dict[str, tuple[str | int, ...]] = {}
        for cells, number in sorted((cells, number) for number, cells in rows):
            once.setdefault(cells[1], (*cells, number))
        return pd.DataFrame(once.values(), columns=[*self._file.form.columns, "row"])


def standing(history: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return what stands: the last event for each combination of `keys`, without what was taken back.

    Parameters
    ----------
    history : every event in the order in which they count, as `Ledger.read` gives them
    keys : columns that say what an event is about, such as note and variable and who
    """
    last = history.drop_duplicates(list(keys), keep="last")
    return last[last["event"] != RETRACT].reset_index(drop=True)
