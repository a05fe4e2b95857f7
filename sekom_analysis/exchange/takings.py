"""Which file brought which events: ``data/coded/.taken.csv``, append-only, written before the events are.

It tells what is to be taken back with a file: one that was collected twice brought only what was new the
second time. And it keeps the times that events came with where others count, see `exchange.dating`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.decisions import HIDDEN_LEDGERS, LEDGERS, UNDO, coder_fault, new_event_id
from sekom_analysis.exchange.dating import Key
from sekom_analysis.imports import file_hash
from sekom_analysis.ledgers import Ledger
from sekom_analysis.logline import Format, Row

TAKE = "take"
_MOST_IDS = 1_000  # in one row
_LEDGERS = (*LEDGERS, *HIDDEN_LEDGERS)


class Taking(NamedTuple):
    """A file was taken in, or taken back, as it stands in the ledger; the fields are in its order.

    ``events`` joins by ``|`` the ids of the events that were added to the coder's log then (or to the ledger
    of that name), ``came`` the times they came with, where others count, else nothing. ``copy`` is the id of
    the page's copy or of the sheet, ``saved_at`` when the file was last saved; empty where it does not say.
    """

    decided_at: str
    event_id: str
    coder: str
    file: str
    sha256: str
    events: str
    came: str
    copy: str
    saved_at: str
    event: str

    @property
    def ids(self) -> list[str]:
        """The ids of the events."""
        return self.events.split("|")


def _fault(row: Row) -> str:
    entry = Taking._make(row)
    return "" if entry.coder in _LEDGERS else coder_fault(entry.coder)


class Takings:
    """What was taken in, and taken back, in one study.

    Parameters
    ----------
    root : the study's folder
    """

    def __init__(self, root: Path) -> None:
        form = Format(Taking._fields, (TAKE, UNDO), _fault, later=("copy", "saved_at"))
        self._ledger: Ledger[Taking] = Ledger(root, ".taken", form, Taking._make)

    @property
    def ledger(self) -> Ledger[Taking]:
        """The ledger itself."""
        return self._ledger

    def note(
        self,
        coder: str,
        path: Path,
        ids: Sequence[str],
        came: Mapping[str, str] | None = None,
        kind: str = TAKE,
        *,
        copy: str = "",
        saved_at: str = "",
    ) -> None:
        """Keep which events a file is about to add to a coder's log, or to a ledger.

        Parameters
        ----------
        coder : whose log, or which ledger
        path : the file
        ids : of the events
        came : event_id -> the time that an event came with, where another counts
        kind : `TAKE` or `UNDO`
        copy, saved_at : of the file, as in `Offer`
        """
        digest = file_hash(path)
        times = came or {}
        parts = [ids[start : start + _MOST_IDS] for start in range(0, len(ids), _MOST_IDS)]
        entries = [
            Taking(
                "",
                new_event_id(),
                coder,
                path.name,
                digest,
                "|".join(part),
                _times(part, times),
                copy,
                saved_at,
                kind,
            )
            for part in parts
        ]
        self._ledger.append(entries)

    def brought(self, path: Path) -> dict[str, set[str]]:
        """Return coder -> the ids of the events that this very file brought."""
        digest = file_hash(path)
        found: dict[str, set[str]] = {}
        for entry in self._entries():
            if entry.sha256 == digest and entry.event == TAKE and entry.coder not in _LEDGERS:
                found.setdefault(entry.coder, set()).update(entry.ids)
        return found

    def of_copy(self, copy: str) -> dict[str, dict[str, str]]:
        """Return coder -> event_id -> when the file was saved, of what a copy of a page or sheet brought."""
        found: dict[str, dict[str, str]] = {}
        for entry in self._entries():
            if copy and entry.copy == copy and entry.event == TAKE:
                found.setdefault(entry.coder, {}).update(dict.fromkeys(entry.ids, entry.saved_at))
        return found

    def saved(self) -> dict[str, str]:
        """Return event_id -> when the file that brought an event had been saved, where that is known."""
        return {one: entry.saved_at for entry in self._entries() if entry.saved_at for one in entry.ids}

    def came(self) -> list[Key]:
        """Return the times that events came with, where others count, with their ids."""
        return [
            (time, event_id)
            for entry in self._entries()
            if entry.came
            for time, event_id in zip(entry.came.split("|"), entry.ids, strict=False)
            if time
        ]

    def _entries(self) -> Iterator[Taking]:
        history = self._ledger.read().history
        for cells in history[list(Taking._fields)].itertuples(index=False, name=None):
            yield Taking._make(cells)


def _times(ids: Sequence[str], came: Mapping[str, str]) -> str:
    return "|".join(came.get(one, "") for one in ids) if any(one in came for one in ids) else ""
