"""What a coding sheet offers, as it is held against the study."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sekom_analysis.collect import Offer
from sekom_analysis.decisions import Event
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.progress_collecting import events_of, offer_of
from sekom_analysis.exchange.sheets.reading import event_id_of, read_coding_sheet
from sekom_analysis.imports import file_hash


def weigh_sheet(path: Path, desk: Callable[[str], Desk], coder: str | None = None) -> Offer:
    """Return what a coding sheet offers.

    Parameters
    ----------
    path : the file
    desk : gives the desk of a coder
    coder : to whom the answers belong; left out, the sheet says so itself

    Raises
    ------
    DecisionError
        If `coder` cannot be a coder's id.
    """
    reading = read_coding_sheet(path, lambda said: desk(coder if coder is not None else said))
    own = desk(reading.coder) if reading.coder else None
    events = events_of(reading.events, own)
    unchanged = events_of([one.event for one in reading.as_written], own)
    as_written = [
        ((one.row, event), one.told) for one, event in zip(reading.as_written, unchanged, strict=True)
    ]

    def save(wanted: Sequence[Event]) -> None:
        given = [*reading.events, *(one.event for one in reading.as_written)]
        fields = {(one["note_id"], one["variable"]): one for one in given}
        if own is not None:
            own.record([{**fields[e.note_id, e.variable], "event_id": e.event_id} for e in wanted])

    ids = set(sheet_event_ids(path, own)) & set(own.history()["event_id"]) if own is not None else set()
    offer = offer_of(reading, path.name, events, save, "sheet")
    return offer._replace(here=ids, as_written=as_written)


def sheet_event_ids(path: Path, desk: Desk) -> Iterable[str]:
    """Return the ids of all events that a sheet can give: they are made of what the file holds."""
    digest = file_hash(path)
    names = {*desk.codebook.ids, *desk.history()["variable"]}
    return [event_id_of(digest, str(note_id), name) for note_id in desk.notes.index for name in names]
