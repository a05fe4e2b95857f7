"""What a file that came back offers, and which file brought which events: when, and in which pass.

The ledger says what is to be taken back with a file: one that was collected twice brought only what was new
the second time. And it keeps the times that events came with where others count, see `Dates`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.files import as_typed, file_hash
from sekom_analysis.basics.wording import Problem
from sekom_analysis.study.decisions import (
    HIDDEN_LEDGERS,
    INDEPENDENT,
    LEDGERS,
    UNDO,
    Event,
    Question,
    coder_fault,
    counting,
    history_table,
    new_event_id,
    question_of,
    same_answer,
)
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.imports import REPLACED_COLUMNS, Collected
from sekom_analysis.study.ledgers import Ledger
from sekom_analysis.study.raw import study_option
from sekom_analysis.study.rows import Format, Row, utc_text
from sekom_analysis.study.secret import warm_up_notes

# --- what a file offers -------------------------------------------------------------------------------


Numbered = tuple[int, Event]  # with the row in the file
Cell = tuple[str, str, str]  # note, variable, pass


class Offer(NamedTuple):
    """What a file of one coder offers, be it a page's, a sheet or a copied log.

    Attributes
    ----------
    file : name of the file
    coder : whose answers they are to be
    events : the new ones: row in the file, and the event in its pass and with the time that counts; a
        sheet's have no time, and get that of the saving
    known : how many answers of the file are here already
    refused, stale, unfinished, remarks : as in `Collected`
    other_texts : those of `stale` whose text is another one
    n_notes : how many notes the file answers
    last_event : the newest event of the coder that page or sheet was written with
    saved_at : when a page's file or a sheet was saved; a log bears its own times
    way : page, sheet or log
    here : ids of the events of the file that are in the coder's log
    came : event_id -> the time that an event came with, where another counts
    redated : events of the log that get an earlier time, which the file has
    as_written : answers that a sheet was written with, and what is said where they are left out: they were
        changed elsewhere since
    other_wave : ids of events about the texts of an earlier wave; they are left out unless they are asked for
    copy : id of the page's copy or of the sheet; empty where it has none
    blank : questions, note and variable, that a sheet shows without an answer
    save : saves events of `events`
    """

    file: str
    coder: str
    events: list[Numbered]
    known: int
    refused: list[Problem]
    save: Callable[[list[Event]], object]
    stale: Sequence[Problem] = ()
    unfinished: Sequence[Problem] = ()
    remarks: Sequence[Problem] = ()
    other_texts: Sequence[Problem] = ()
    n_notes: int = 0
    last_event: str = ""
    saved_at: str = ""
    way: str = "log"
    here: Collection[str] = ()
    came: Mapping[str, str] = MappingProxyType({})
    redated: Sequence[Event] = ()
    other_wave: Collection[str] = ()
    as_written: Sequence[tuple[Numbered, Sequence[Problem]]] = ()
    copy: str = ""
    blank: Collection[tuple[str, str]] = ()

    def found(self) -> Collected:
        """Return it as what was found, before anything of it is saved."""
        is_timed = all(event.decided_at for _, event in self.events)
        added = history_table({self.coder: self.events}) if is_timed else self._in_order_of_rows()
        return Collected(
            self.coder,
            added,
            self.known,
            list(self.refused),
            list(self.stale),
            list(self.unfinished),
            remarks=list(self.remarks),
        )

    def _in_order_of_rows(self) -> pd.DataFrame:
        columns = history_table({}).columns
        return pd.DataFrame([(self.coder, *event, row) for row, event in self.events], columns=columns)


def command(path: Path, *options: str, root: Path | None = None) -> str:
    """Return the command that collects a file, as it can be typed here.

    Parameters
    ----------
    path : the file
    options : as they are typed
    root : the study's folder, which is named where the command would not find it; None: it would

    Examples
    --------
    >>> command(Path("svar anna.jsonl"), "--same-person")
    'sekom collect "svar anna.jsonl" --same-person'
    """
    words = [as_typed(path), *options, study_option(root)]
    return " ".join(["sekom collect", *filter(None, words)])


# --- what stands, and what no longer does -------------------------------------------------------------


def cell_of(event: Event) -> Cell:
    """Return what an event is about."""
    return *question_of(event), event.pass_


def standing(events: Iterable[Event]) -> dict[Cell, Event]:
    """Fold events of one coder into the standing decisions, as `decisions.fold` does."""
    once: dict[str, Event] = {}
    for event in events:
        known = once.get(event.event_id)
        once[event.event_id] = event if known is None else min(event, known)
    found = {cell_of(event): event for event in sorted(counting(once.values())) if event.event != "skip"}
    return {cell: event for cell, event in found.items() if event.event == "decide"}


def standing_answers(events: Iterable[Event]) -> dict[Question, Event]:
    """Return question -> the last answer to it, whatever its pass."""
    found = sorted(standing(timed(events)).values())
    return {question_of(event): event for event in found}


def replaced(
    own: Sequence[Event], events: Sequence[tuple[int, Event]], redated: Sequence[Event] = ()
) -> pd.DataFrame:
    """Return the answers that no longer stand once some events are added.

    Parameters
    ----------
    own : every event of a coder
    events : the new ones, with their rows in a file
    redated : events of `own` with the earlier times that they get
    """
    before = standing(own)
    after = standing(timed([*own, *redated, *(event for _, event in events)]))
    rows = {cell_of(event): row for row, event in events}
    found = []
    for cell, old in before.items():
        new = after.get(cell)
        if new is None or same_answer(new.codes) != same_answer(old.codes):
            codes = new.codes if new is not None else ""
            found.append((*cell, old.codes, codes, new is None, rows.get(cell)))
    table = pd.DataFrame(found, columns=REPLACED_COLUMNS)
    return table.astype({**dict.fromkeys(REPLACED_COLUMNS[:5], "str"), "is_gone": "bool", "row": "Int64"})


def timed(events: Iterable[Event]) -> list[Event]:
    """Give a time to events that get it only when they are saved: later than any, in their order."""
    return [
        event if event.decided_at else event._replace(decided_at=f"9{number:09}")
        for number, event in enumerate(events)
    ]


# --- when what came back counts as made ---------------------------------------------------------------


STEP = timedelta(milliseconds=1)  # between answers dated now: one that came before may follow in another file
Key = tuple[str, str]  # time and event_id


class Dates:
    """The times of one log, into whose order other events are put.

    Parameters
    ----------
    rows : time and event_id of every event of the log, and once more with the time it came with where
        another one counts
    now : the time here

    Examples
    --------
    >>> log = Dates([("2020-01-01T00:00:00.000000Z", "e001")], now="2020-01-02T00:00:00.000000Z")
    >>> log.of([("2020-01-01T12:00:00.000000Z", "e002"), ("2199-01-01T00:00:00.000000Z", "e003")])
    {'e002': '2020-01-01T12:00:00.000000Z', 'e003': '2020-01-02T00:00:00.001000Z'}
    """

    def __init__(self, rows: Iterable[Key], now: str) -> None:
        self.now = now
        came, counts = _twice(rows)
        keys = sorted((time, event_id) for event_id, time in came.items())
        times = [counts[event_id] for _, event_id in keys]
        self._keys, self._times = keys, times
        self._newest_before = ["", *accumulate(times, max)]
        self._oldest_after = [*reversed([*accumulate(reversed(times), min)]), ""]

    def of(self, events: Iterable[Key]) -> dict[str, str]:
        """Return event_id -> the time that counts, for events that the log does not hold."""
        found: dict[str, str] = {}
        newest = ""
        places = {key: bisect_left(self._keys, key) for key in sorted(events)}
        left = Counter(places[key] for key in places if key[0] > self.now)
        for (time, event_id), place in places.items():
            if time > self.now:
                found[event_id] = min(time, self._placed(place, newest, left[place]))
                left[place] -= 1
            else:
                found[event_id] = time
            newest = max(newest, found[event_id])
        return found

    def _placed(self, place: int, newest: str, n_left: int) -> str:
        """Return a time as of now that keeps the order in which events came, with room for more."""
        start = _moment(max(newest, self._newest_before[place], self.now))
        room = (n_left + 1) * STEP
        after = self._oldest_after[place]
        if after and _moment(after) <= start:  # what comes later by the files' times was dated now long ago
            before = max(newest, *(time for time in ("", *self._times[:place]) if time < after))
            start = max(_moment(after) - room, _moment(before) if before else _moment(after) - room)
        if after and _moment(after) > start:
            room = min(room, _moment(after) - start)
        return utc_text(start + room / (n_left + 1))


def _twice(rows: Iterable[Key]) -> tuple[dict[str, str], dict[str, str]]:
    """Return event_id -> the latest and the earliest time that a log holds an event under."""
    came: dict[str, str] = {}
    counts: dict[str, str] = {}
    for time, event_id in rows:
        came[event_id] = max(time, came.get(event_id, time))
        counts[event_id] = min(time, counts.get(event_id, time))
    return came, counts


def _moment(time: str) -> datetime:
    return datetime.fromisoformat(time)


# --- which file brought which events ------------------------------------------------------------------


TAKE = "take"
_MOST_IDS = 1_000  # in one row
_LEDGERS = (*LEDGERS, *HIDDEN_LEDGERS)


class Taking(NamedTuple):
    """A file was taken in, or taken back, as it is in the ledger; the fields are in its order.

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

    def by_file(self) -> dict[str, list[tuple[str, set[str]]]]:
        """Return coder -> the files that brought something, each with the ids of the events."""
        found: dict[tuple[str, str], tuple[str, set[str]]] = {}
        for entry in self._entries():
            if entry.event == TAKE and entry.coder not in _LEDGERS:
                found.setdefault((entry.coder, entry.sha256), (entry.file, set()))[1].update(entry.ids)
        by_coder: dict[str, list[tuple[str, set[str]]]] = {}
        for (coder, _), file in found.items():
            by_coder.setdefault(coder, []).append(file)
        return by_coder

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


# --- which pass an event of a page can be of: a file names one, and anybody can type another ----------


_WARM_UP, _FIRST, _AGAIN = "0", str(INDEPENDENT), "2"


def believed_passes(
    desk: Desk, events: Sequence[Event], known: Iterable[Mapping[str, str]], said: object = None
) -> dict[str, str]:
    """Return event_id -> the pass that an event is of before anything is known of adjudications.

    Parameters
    ----------
    desk : the coder's desk
    events : those of the file
    known : rows of the coder's log
    said : the passes that the page was written for, as the file's head lists them; None where it does not
    """
    log = {row["event_id"]: row["pass"] for row in known}
    rows = [(event.note_id, event.pass_) for event in events]
    rows += [(row["note_id"], row["pass"]) for row in known]
    first = {note_id for note_id, pass_ in rows if pass_ == _FIRST}
    warm = _warmed_up(desk, {note_id for note_id, pass_ in rows if pass_ == _WARM_UP})
    is_said = {str(pass_) for pass_ in said} if isinstance(said, list) else set()

    def believed(event: Event) -> str:
        can_be = {_WARM_UP: event.note_id in warm, _AGAIN: event.note_id in first}
        return event.pass_ if can_be.get(event.pass_) or event.pass_ in is_said - {"3"} else _FIRST

    return {event.event_id: log.get(event.event_id) or believed(event) for event in events}


def _warmed_up(desk: Desk, named: set[str]) -> set[str]:
    """Return the named notes at the beginning of the warm-up, except some that were skipped."""
    order = warm_up_notes(desk.notes.index, desk.warm_up_seed, len(named) + len(named) // 2)
    return named.intersection(order)
