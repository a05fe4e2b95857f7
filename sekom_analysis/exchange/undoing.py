"""Taking a collected file back: its events count no more, and nothing is removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.basics.wording import quoted
from sekom_analysis.exchange.takings import Numbered, Offer, Takings, command, replaced
from sekom_analysis.study.codebook import PROPOSAL
from sekom_analysis.study.decisions import (
    INDEPENDENT,
    OWN,
    UNDO,
    Event,
    events_in,
    undoing,
    undone,
)
from sekom_analysis.study.imports import Collected
from sekom_analysis.study.log import coder_log, row_of_event

_MADE_HERE = ("card", "python")  # no page or sheet brought an answer that came so


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
    made_here = {event.event_id for log in logs.values() for event in log if event.via in _MADE_HERE}
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
    empty = event._replace(codes=codes, certainty="", memo="", words="", event="retract")
    return empty._replace(decided_at="", event_id=event_id, pass_=pass_, via=UNDO)


def save_undoing(root: Path, path: Path, found: Collected) -> None:
    """Save what restores the state before a file was taken in: dated after all in the log."""
    events = events_in(found.added)
    Takings(root).note(found.coder, path, [event.event_id for event in events], kind=UNDO)
    coder_log(root, found.coder).append(list(map(row_of_event, events)))
