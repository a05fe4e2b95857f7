"""Adjudications: what a ledger holds of disagreements that somebody settled, and what of it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.decisions import AFTER_TALK, INDEPENDENT, Event, coder_fault
from sekom_analysis.ledgers import RETRACT, Ledger, standing
from sekom_analysis.logline import Format, Row
from sekom_analysis.wording import Phrase

SETTLE, OPEN = "settle", "open"
ADJUDICATION_EVENTS = (SETTLE, OPEN, RETRACT)
KEYS = ["note_id", "variable", "adjudicator"]
TABLE_COLUMNS = [
    "note_id", "variable", "adjudicator", "codes", "event", "reason", "decided_at", "seen", "is_stale",
    "changed", "codebook", "note_hash", "event_id", "row",
]  # fmt: skip


class Adjudication(NamedTuple):
    """One thing that an adjudicator did, as it stands in the ledger; the order of the fields is the ledger's.

    ``seen`` is JSON: what each coder said when the adjudicator looked, coder -> codes as in a log.
    """

    decided_at: str
    event_id: str
    note_id: str
    note_hash: str
    variable: str
    codes: str
    reason: str
    adjudicator: str
    seen: str
    codebook: str
    event: str


COLUMNS = Adjudication._fields
# What an event says; sent again it may find other answers or another definition.
IDENTITY = ("note_id", "variable", "codes", "reason", "adjudicator", "event")


def _row_fault(row: Row) -> str:
    event = Adjudication._make(row)
    if fault := coder_fault(event.adjudicator):
        return fault
    return "" if _parsed(event.seen) is not None else Phrase("fault_seen")


def _parsed(seen: str) -> dict[str, str] | None:
    """Return what `seen` says; None if it cannot be read."""
    try:
        found = json.loads(seen)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(codes, str) for codes in found.values()):
        return None
    return found


FORM = Format(COLUMNS, ADJUDICATION_EVENTS, _row_fault, IDENTITY)


def adjudication_ledger(root: Path) -> Ledger[Adjudication]:
    """Return the ledger of the study in `root`."""
    return Ledger(root, "adjudicated", FORM, Adjudication._make)


def seen_text(answers: Mapping[str, str]) -> str:
    """Return what each coder said as the ledger keeps it.

    Examples
    --------
    >>> seen_text({"k2": "vilja", "k1": "kunskap"})
    '{"k1": "kunskap", "k2": "vilja"}'
    """
    return json.dumps(dict(answers), ensure_ascii=False, sort_keys=True)


def same_answer(codes: str) -> frozenset[str]:
    """Return an answer as it is compared: the order of several codes says nothing."""
    return frozenset(codes.split("|"))


def changed_since(seen: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the coders whose answer is another now: changed, given since, or taken back.

    Examples
    --------
    >>> changed_since({"k1": "a", "k2": "b", "k3": "c"}, {"k1": "a", "k2": "x", "k4": "a"})
    ['k2', 'k3', 'k4']
    """
    as_said = {coder: same_answer(codes) for coder, codes in seen.items()}
    as_now = {coder: same_answer(codes) for coder, codes in now.items()}
    return sorted(coder for coder in as_said | as_now if as_said.get(coder) != as_now.get(coder))


def adjudication_table(
    history: pd.DataFrame, answers: Mapping[tuple[str, str], Mapping[str, str]]
) -> pd.DataFrame:
    """Return what stands: one row a note, variable and adjudicator.

    Parameters
    ----------
    history : every event of the ledger, in the order in which they count
    answers : (note_id, variable) -> coder -> what that coder says now

    Returns
    -------
    DataFrame. ``event`` is settle (``codes`` is the code) or open (left open on purpose, ``codes`` is
    empty); ``seen`` a dict, coder -> codes; ``changed`` the coders whose answers are others now, as a
    text; ``is_stale`` whether there are any; ``row`` the line in the file.
    """
    table = standing(history, KEYS)
    table["seen"] = pd.Series(
        [_parsed(seen) or {} for seen in table["seen"]], index=table.index, dtype=object
    )
    changed = [
        changed_since(row["seen"], answers.get((row["note_id"], row["variable"]), {}))
        for row in table.to_dict("records")
    ]
    table["changed"] = pd.Series([", ".join(coders) for coders in changed], index=table.index, dtype="str")
    table["is_stale"] = pd.Series([bool(coders) for coders in changed], index=table.index, dtype=bool)
    return table[TABLE_COLUMNS]


def pass_by_then(pass_: str, note_id: str, at: str, first_times: Mapping[str, str]) -> str:
    """Return the pass that an event counts in: 3 instead of 1 once the note has been adjudicated.

    From a note's first adjudication on others' answers could be seen, so
    that nothing said of it later is independent. A warm-up (0) and a blind
    second time (2) stay what they are: neither enters an agreement between
    coders, and when they were made stands beside them.

    Parameters
    ----------
    pass_ : the pass that the event came with
    note_id : the note
    at : when it was decided; empty where nobody knows, which counts as now
    first_times : note_id -> the time of the note's first adjudication

    Examples
    --------
    >>> first = {"n1": "2026-01-02T00:00:00.000000Z"}
    >>> pass_by_then("1", "n1", "2026-01-01T00:00:00.000000Z", first), pass_by_then("1", "n1", "", first)
    ('1', '3')
    """
    is_late = note_id in first_times and (not at or at >= first_times[note_id])
    return str(AFTER_TALK) if is_late and pass_ == str(INDEPENDENT) else pass_


def first_times(history: pd.DataFrame) -> dict[str, str]:
    """Return note_id -> the time of the note's first adjudication; one taken back since was seen too."""
    met = history[history["event"] != RETRACT]
    times: Any = met.groupby("note_id")["decided_at"].min().to_dict()
    return {str(note_id): str(time) for note_id, time in times.items()}


class Adjudicated:
    """Which notes have been adjudicated, and from when on. Never what was said of them.

    Parameters
    ----------
    root : the study's folder
    """

    def __init__(self, root: Path) -> None:
        self._ledger = adjudication_ledger(root)

    def first_times(self) -> dict[str, str]:
        """Return note_id -> the time of the note's first adjudication."""
        return first_times(self._ledger.read().history)

    def in_their_passes(self, events: Iterable[Event]) -> list[Event]:
        """Return events of a coder, each in the pass that it counts in; see `pass_by_then`."""
        first = self.first_times()
        return [
            event._replace(pass_=pass_by_then(event.pass_, event.note_id, event.decided_at, first))
            for event in events
        ]
