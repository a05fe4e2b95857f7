"""When what came back counts as made: by its own times, but for those that lie ahead of the clock here.

Nobody can tell a wrong clock by a time that has passed. One that is still to come is wrong for certain: it
counts as of now, so that it keeps no later answer out. That must hang neither on the order in which files
come in, nor on which of two computers takes them. Therefore

1. answers keep the order of the times they came with, also among those that were dated now before: the
   times that these came with are kept (`exchange.takings`);
2. of two times of one answer the earliest counts, here as in every log, so that two copies that are
   joined both ways come to the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import accumulate

from sekom_analysis.logline import utc_text

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
        if after and _moment(after) <= start:  # what stands later by the files' times was dated now long ago
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
