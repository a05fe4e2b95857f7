"""Hold a coding sheet against the study, as copied logs are held."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from sekom_analysis.collect import Collected
from sekom_analysis.decisions import COLUMNS, HISTORY_COLUMNS
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.reading import Reading
from sekom_analysis.exchange.sheets.reading import read_coding_sheet


def weigh_sheet(
    path: Path, desk: Callable[[str], Desk], coder: str | None = None
) -> tuple[Collected, Callable[[], object]]:
    """Return what a coding sheet brings, and what saves that.

    Parameters
    ----------
    path : the file
    desk : gives the desk of a coder
    coder : whose sheet it must be; left out, the sheet says so itself

    Raises
    ------
    DecisionError
        If `coder` cannot be a coder's id.
    """
    reading = read_coding_sheet(path, desk(coder) if coder is not None else desk)
    found = Collected(
        reading.coder,
        _table(reading),
        reading.known,
        reading.problems,
        list(reading.stale),
        [],
        remarks=list(reading.remarks),
    )
    return found, lambda: desk(reading.coder).record(reading.events)


def _table(reading: Reading) -> pd.DataFrame:
    """Return the events in the order of the sheet; their times are those of the saving."""
    rows = [
        (reading.coder, *(event.get(name, "") for name in COLUMNS), row)
        for event, row in zip(reading.events, reading.rows, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(HISTORY_COLUMNS))
