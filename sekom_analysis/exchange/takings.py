"""Which file brought which events, when and in which pass, and how a file is taken back.

It says what is to be taken back with a file: one that was collected twice brought only what was new the
second time. And it keeps the times that events came with where others count, see `exchange.dating`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.basics.wording import quoted
from sekom_analysis.study.codebook import PROPOSAL
from sekom_analysis.study.decisions import (
    HIDDEN_LEDGERS,
    INDEPENDENT,
    LEDGERS,
    OWN,
    UNDO,
    Event,
    coder_fault,
    new_event_id,
    undoing,
    undone,
)
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.imports import Collected, Numbered, Offer, command, file_hash, replaced
from sekom_analysis.study.ledgers import Ledger
from sekom_analysis.study.log import coder_log
from sekom_analysis.study.rows import Format, Row, utc_text
from sekom_analysis.study.secret import warm_up_notes

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
MADE_HERE = ("card", "python")  # no page or sheet brought an answer that came so
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


# --- taking a collected file back: its events count no more, and nothing is removed -------------------


def offer_of_undoing(
    root: Path,
    path: Path,
    coder: str | None,
    logs: Mapping[str, list[Event]],
    ids_in: Callable[[], Iterable[str]],
) -> Collected:
    """Return what would restore the state before a file was taken in, as far as it is not restored yet.

    Parameters
    ----------
    root : the study's folder
    path : the file
    coder : from whose log; None: whoever's it went into
    logs : coder -> every event of the coder
    ids_in : gives the ids of all events in the file, where it is not known which of them it brought

    Raises
    ------
    DecisionError
        If nothing of it was taken in, or its answers came with other files, or it went into several logs and
        `coder` does not say which.
    """
    takings = Takings(root)
    brought = takings.brought(path) or _not_listed(takings, path, _found_in(logs, set(ids_in())), logs)
    there = {name: ids for name, ids in brought.items() if coder in (None, name)}
    if not there:
        whose = f" into the log of '{coder}'" if coder else ""
        msg = f"Nothing of '{path.name}' was taken in{whose} here, to be taken back. Nothing was saved."
        raise DecisionError(msg)
    if len(there) > 1:
        names = ", ".join(sorted(there))
        msg = (
            f"Answers of '{path.name}' are in several logs: {names}. Nothing was saved. Say from which "
            f"they are to be taken back: {command(path, '--undo', '--coder ID', root=root)}"
        )
        raise DecisionError(msg)
    ((whose, ids),) = there.items()
    own = logs.get(whose, [])
    events = list(restoring(own, ids))
    numbered: list[Numbered] = list(enumerate(events, start=1))
    found = Offer(path.name, whose, numbered, 0, [], lambda _: None).found()
    return found._replace(replaced=replaced(own, numbered))


def _not_listed(
    takings: Takings, path: Path, held: Mapping[str, set[str]], logs: Mapping[str, list[Event]]
) -> dict[str, set[str]]:
    """Return what a file brought that no taking names: it is a copy of one, or came in earlier times."""
    came = takings.by_file()
    alike = {
        coder: ids for coder, ids in held.items() if any(ids == theirs for _, theirs in came.get(coder, ()))
    }
    if alike:
        return alike
    files = {name for coder, ids in held.items() for name, theirs in came.get(coder, ()) if ids & theirs}
    if files:
        names = quoted(sorted(files))
        msg = (
            f"'{path.name}' brought nothing here: its answers came with {names}. Nothing was saved. "
            f"To take an answer back, undo the file that it came with."
        )
        raise DecisionError(msg)
    made_here = {event.event_id for log in logs.values() for event in log if event.via in MADE_HERE}
    left = {coder: ids - made_here if came else ids for coder, ids in held.items()}
    return {coder: ids for coder, ids in left.items() if ids}


def _found_in(logs: Mapping[str, list[Event]], ids: set[str]) -> dict[str, set[str]]:
    held = {coder: ids & {event.event_id for event in log} for coder, log in logs.items()}
    return {coder: found for coder, found in held.items() if found}


def restoring(own: Sequence[Event], ids: set[str]) -> Iterator[Event]:
    """Yield events without times by which no event that a file brought counts any more.

    What an event of the file took back, as in a log that was sent after an undo, counts again.

    Parameters
    ----------
    own : every event of a coder
    ids : of the events that the file brought
    """
    ways = {event.event_id: event.via for event in own}
    left = {event_id: via for event_id, via in ways.items() if event_id not in ids}
    gone, gone_without = undone(ways), undone(left)
    for event in {event.event_id: event for event in own if event.via != UNDO}.values():
        should_count = event.event_id in left and event.event_id not in gone_without
        if should_count == (event.event_id in gone):
            yield countering(event, ways)


def countering(event: Event, ways: Mapping[str, str]) -> Event:
    """Return the event that takes another out of the log, or puts it in again."""
    event_id = undoing(event.event_id)
    while event_id in ways:
        event_id = undoing(event_id)
    pass_ = str(INDEPENDENT) if event.pass_ in OWN else event.pass_  # which of the two says nothing here
    codes = event.codes if event.variable == PROPOSAL else ""  # they say which proposal it is
    empty = event._replace(codes=codes, certainty="", memo="", pass_=pass_, via=UNDO, event="retract")
    return empty._replace(decided_at="", event_id=event_id)


def save_undoing(root: Path, path: Path, found: Collected) -> None:
    """Save what restores the state before a file was taken in: dated after all in the log."""
    columns = list(Event._fields)
    table = found.added.rename(columns={"pass": "pass_"})
    events = [tuple(cells) for cells in table[columns].itertuples(index=False, name=None)]
    Takings(root).note(found.coder, path, [event[1] for event in events], kind=UNDO)
    coder_log(root, found.coder).append(events)
