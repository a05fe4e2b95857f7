"""The file that one coder's decisions are kept in."""

from __future__ import annotations

from pathlib import Path

from sekom_analysis.decisions import COLUMNS, EVENTS, PASSES, Event
from sekom_analysis.log import MARKS, EventFile
from sekom_analysis.logline import Format, Row
from sekom_analysis.raw import CODED
from sekom_analysis.wording import Phrase


def _pass_fault(row: Row) -> str:
    number = row[COLUMNS.index("pass")]
    return "" if number in {str(p) for p in PASSES} else Phrase("fault_pass", text=number)


# What an event says; when, where and under which definition may differ when it is sent again.
IDENTITY = ("note_id", "variable", "codes", "certainty", "memo", "event")
LOG = Format(COLUMNS, EVENTS, _pass_fault, IDENTITY)


def coder_log(root: Path, coder: str) -> EventFile:
    """Return the log of one coder of the study in `root`."""
    return EventFile(root / CODED / f"{coder}.csv", LOG, root / ".sekom" / f"{coder}.lock", root / MARKS)


def events_of(rows: list[tuple[int, Row]]) -> list[tuple[int, Event]]:
    """Name the cells of a log's rows."""
    return [(number, Event._make(row)) for number, row in rows]
