"""Take in what a coding page sent back, with the times it was made, as copied logs are taken in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sekom_analysis.collect import Collected
from sekom_analysis.decisions import Event, history_table
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.progress_files import read_progress


def weigh_progress(
    path: Path, desk: Callable[[str], Desk], coder: str | None = None
) -> tuple[Collected, Callable[[], object]]:
    """Return what a progress file brings, and what saves that with the times it was made.

    Parameters
    ----------
    path : the file
    desk : gives the desk of a coder
    coder : whose it must be; left out, the file says so itself

    Raises
    ------
    DecisionError
        If `coder` cannot be a coder's id.
    """
    reading = read_progress(path, desk(coder) if coder is not None else desk)
    own = desk(reading.coder) if reading.events else None
    events = [Event(**{_field(name): text for name, text in row.items()}) for row in reading.events]
    events = own.in_their_passes(events) if own is not None else []
    added = history_table({reading.coder: list(zip(reading.rows, events, strict=True))})
    stale, remarks = list(reading.stale), list(reading.remarks)
    found = Collected(reading.coder, added, reading.known, reading.problems, stale, [], remarks=remarks)

    def save() -> None:
        if own is not None:
            own.take_in(events)

    return found, save


def _field(column: str) -> str:
    return "pass_" if column == "pass" else column
