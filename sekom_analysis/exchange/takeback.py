"""Taking a collected file back: what stood before is given anew, and nothing is removed.

A log of which it is not known what the file brought (an earlier program, another copy of the study) is asked
for all answers of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sekom_analysis.coderlog import coder_log
from sekom_analysis.collect import Collected, Numbered, Offer, command
from sekom_analysis.decisions import Event, new_event_id
from sekom_analysis.errors import DecisionError
from sekom_analysis.exchange.judging import Cell, cell_of, replaced
from sekom_analysis.exchange.takings import UNDO, Takings


def offer_of_undoing(
    root: Path,
    path: Path,
    coder: str | None,
    logs: Mapping[str, list[Event]],
    ids_in: Callable[[], Iterable[str]],
) -> Collected:
    """Return what would restore the state before a file was taken in, as far as its answers still stand.

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
        If nothing of it was taken in, or it went into several logs and `coder` does not say which.
    """
    brought = Takings(root).brought(path) or _found_in(logs, set(ids_in()))
    there = {name: ids for name, ids in brought.items() if coder in (None, name)}
    if not there:
        whose = f" into the log of '{coder}'" if coder else ""
        msg = f"Nothing of '{path.name}' was taken in{whose} here, to be taken back. Nothing was saved."
        raise DecisionError(msg)
    if len(there) > 1:
        names = ", ".join(sorted(there))
        msg = (
            f"Answers of '{path.name}' stand in several logs: {names}. Nothing was saved. Say from which "
            f"they are to be taken back: {command(path, '--undo', '--coder ID', root=root)}"
        )
        raise DecisionError(msg)
    ((whose, ids),) = there.items()
    own = logs.get(whose, [])
    events = list(restoring(own, ids))
    numbered: list[Numbered] = list(enumerate(events, start=1))
    found = Offer(path.name, whose, numbered, 0, [], lambda _: None).found()
    return found._replace(replaced=replaced(own, numbered))


def _found_in(logs: Mapping[str, list[Event]], ids: set[str]) -> dict[str, set[str]]:
    held = {coder: ids & {event.event_id for event in log} for coder, log in logs.items()}
    return {coder: found for coder, found in held.items() if found}


def restoring(own: Sequence[Event], ids: set[str]) -> Iterator[Event]:
    """Yield events without times that restore what stood without some events, where these still count.

    Parameters
    ----------
    own : every event of a coder, in the order in which they count
    ids : of the events to be taken back
    """
    cells: dict[Cell, list[Event]] = {}
    for event in own:
        cells.setdefault(cell_of(event), []).append(event)
    for events in cells.values():
        last, before = _last(events), _last([event for event in events if event.event_id not in ids])
        if last is None or last.event_id not in ids:
            continue
        if before is not None and before.event != "retract":
            yield before._replace(decided_at="", event_id=new_event_id())
        elif last.event != "retract":
            empty = last._replace(codes="", certainty="", memo="", via="python", event="retract")
            yield empty._replace(decided_at="", event_id=new_event_id())


def _last(events: Sequence[Event]) -> Event | None:
    """Return the event that counts on one question: a skip takes no answer away."""
    deeds = [event for event in events if event.event != "skip"]
    if deeds and (deeds[-1].event == "decide" or events[-1].event != "skip"):
        return deeds[-1]
    return events[-1] if events else None


def save_undoing(root: Path, path: Path, found: Collected) -> None:
    """Save what restores the state before a file was taken in: dated after all in the log, in its passes."""
    columns = list(Event._fields)
    table = found.added.rename(columns={"pass": "pass_"})
    events = [tuple(cells) for cells in table[columns].itertuples(index=False, name=None)]
    Takings(root).note(found.coder, path, [event[1] for event in events], kind=UNDO)
    coder_log(root, found.coder).append(events)
