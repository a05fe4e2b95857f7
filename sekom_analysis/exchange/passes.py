"""Which pass an event of a page can be of: a file names one, and anybody can type another.

Pass 3 is given here, by what is known of adjudications; no file gives it.
A blind second time (2) is one only of a note that was answered before. A
warm-up (0) takes the notes from the beginning of an order that all coders
share. What can be of no other pass is of the first (1), as any first answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sekom_analysis.coding.worklist import warm_up_notes
from sekom_analysis.decisions import INDEPENDENT, Event
from sekom_analysis.desk import Desk

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
    """Return the named notes that stand at the beginning of the warm-up, but for some passed over."""
    order = warm_up_notes(desk.notes.index, desk.warm_up_seed, len(named) + len(named) // 2)
    return named.intersection(order)
