"""What a coding page sent back, as it is held against the study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from sekom_analysis.collect import Offer
from sekom_analysis.decisions import Event
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.progress_files import event_ids, read_progress
from sekom_analysis.exchange.reading import Reading


def weigh_progress(path: Path, desk: Callable[[str], Desk], coder: str | None = None) -> Offer:
    """Return what a progress file offers, with the times it was made.

    Parameters
    ----------
    path : the file
    desk : gives the desk of a coder
    coder : to whom the answers belong; left out, the file says so itself

    Raises
    ------
    DecisionError
        If `coder` cannot be a coder's id.
    """
    reading = read_progress(path, lambda said: desk(coder if coder is not None else said))
    own = desk(reading.coder) if reading.events else None
    events = events_of(reading.events, own)
    came = {
        event.event_id: time
        for event, time in zip(events, reading.came, strict=True)
        if time > event.decided_at
    }

    def save(wanted: Sequence[Event]) -> None:
        if own is not None and wanted:
            own.take_in(wanted)

    here = set(event_ids(path)) - {event.event_id for event in events} if reading.known else set()
    offer = offer_of(reading, path.name, events, save, "page")
    return offer._replace(here=here, came=came, other_wave=reading.other_wave)


def events_of(rows: Iterable[Mapping[str, str]], desk: Desk | None) -> list[Event]:
    """Return the events of a reading, each in the pass that it counts in."""
    events = [
        Event(**{"decided_at": "", "note_hash": "", **{_field(name): text for name, text in row.items()}})
        for row in rows
    ]
    return desk.in_their_passes(events) if desk is not None else []


def offer_of(
    reading: Reading, file: str, events: Sequence[Event], save: Callable[[Sequence[Event]], object], way: str
) -> Offer:
    """Return what a page's answers or a sheet offer."""
    return Offer(
        file,
        reading.coder,
        list(zip(reading.rows, events, strict=True)),
        reading.known,
        reading.problems,
        save,
        reading.stale,
        (),
        reading.remarks,
        reading.other_texts,
        reading.n_notes,
        reading.last_event,
        reading.saved_at,
        way,
        copy=reading.copy,
        blank=reading.blank,
    )


def _field(column: str) -> str:
    return "pass_" if column == "pass" else column
