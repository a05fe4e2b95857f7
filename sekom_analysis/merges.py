"""Merges: which notes became one, how the one reads now, and what of that stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.decisions import coder_fault
from sekom_analysis.ledgers import Ledger
from sekom_analysis.logline import Format, Row
from sekom_analysis.wording import Phrase

MERGE, SPLIT, REWORD = "merge", "split", "reword"
MERGE_EVENTS = (MERGE, SPLIT, REWORD)
TABLE_COLUMNS = ["note_id", "into", "target", "text", "reason", "by", "decided_at", "event_id", "row"]


class Merge(NamedTuple):
    """One thing that somebody did to actions, as it stands in the ledger; the fields are in its order.

    merge: ``note_id`` is part of ``into`` from now on, and ``text``, if there is one, is how the two
    read together. split: ``note_id`` stands on its own again. reword: ``note_id`` reads ``text`` from
    now on; without a text, as it was written.
    """

    decided_at: str
    event_id: str
    note_id: str
    into: str
    text: str
    reason: str
    by: str
    event: str


COLUMNS = Merge._fields
IDENTITY = ("note_id", "into", "text", "reason", "by", "event")


def _row_fault(row: Row) -> str:
    event = Merge._make(row)
    if fault := coder_fault(event.by):
        return fault
    if (event.event == MERGE) != bool(event.into):
        return Phrase("fault_merge", event=event.event, into=event.into)
    return ""


FORM = Format(COLUMNS, MERGE_EVENTS, _row_fault, IDENTITY)


def merge_ledger(root: Path) -> Ledger[Merge]:
    """Return the ledger of the study in `root`."""
    return Ledger(root, "merges", FORM, Merge._make)


class Wording(NamedTuple):
    """How an action reads since an event; ``member`` is the note whose merge brought it, if one did."""

    text: str
    event_id: str
    member: str


class State(NamedTuple):
    """What stands after some events.

    ``targets`` note_id -> the note it went into; ``events`` note_id -> the id of that merge; ``wordings``
    note_id -> its wordings, the oldest first; ``ignored`` ids of merges that would have closed a circle.
    """

    targets: dict[str, str]
    events: dict[str, str]
    wordings: dict[str, list[Wording]]
    ignored: list[str]


def replay(events: Iterable[Merge]) -> State:
    """Return what stands after events in their order; see `Merge` for what each does.

    A note has one target: a later merge takes the place of an earlier one. A merge that would close a
    circle is ignored and listed. How a merge says that the two read counts as long as the note is in
    that action.

    Examples
    --------
    >>> given = [("D2", "D1"), ("D1", "D2"), ("D3", "D2")]
    >>> made = [Merge("", f"e{n}", a, b, "", "same", "anna", "merge") for n, (a, b) in enumerate(given)]
    >>> state = replay(made)
    >>> root_of("D3", state.targets), state.ignored
    ('D1', ['e1'])
    """
    state = State({}, {}, {}, [])
    for event in events:
        if event.event == SPLIT:
            state.targets.pop(event.note_id, None)
        elif event.event == REWORD:
            state.wordings.setdefault(event.note_id, []).append(Wording(event.text, event.event_id, ""))
        elif closes_circle(event.note_id, event.into, state.targets):
            state.ignored.append(event.event_id)
        else:
            state.targets[event.note_id] = event.into
            state.events[event.note_id] = event.event_id
            if event.text:
                root = root_of(event.into, state.targets)
                said = Wording(event.text, event.event_id, event.note_id)
                state.wordings.setdefault(root, []).append(said)
    return state


def root_of(note_id: str, targets: Mapping[str, str]) -> str:
    """Return the note that a note is part of in the end: itself, if it went into no other."""
    while note_id in targets:
        note_id = targets[note_id]
    return note_id


def closes_circle(note_id: str, into: str, targets: Mapping[str, str]) -> bool:
    """Whether a note would become part of itself.

    Examples
    --------
    >>> closes_circle("D1", "D3", {"D2": "D1", "D3": "D2"}), closes_circle("D3", "D1", {"D2": "D1"})
    (True, False)
    """
    here = into
    while here != note_id:
        if here not in targets:
            return False
        here = targets[here]
    return True


def wording_of(root: str, state: State, written: str) -> str:
    """Return how an action reads now.

    Parameters
    ----------
    root : a note that went into no other
    state : what stands
    written : the note's own text, for where nobody changed it
    """
    for said in reversed(state.wordings.get(root, [])):
        if not said.member or _still_in(said, root, state):
            return said.text or written
    return written


def _still_in(said: Wording, root: str, state: State) -> bool:
    """Whether the merge that brought a wording stands: the same merge, and into the same action."""
    return state.events.get(said.member) == said.event_id and root_of(said.member, state.targets) == root


def state_of(history: pd.DataFrame) -> State:
    """Return what stands after every event of a ledger.

    Parameters
    ----------
    history : in the order in which events count, as `Ledger.read` gives them
    """
    return replay(Merge._make(row) for row in history[list(COLUMNS)].itertuples(index=False, name=None))


def merges_table(history: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """Return the merges that stand: one row a note that is part of another.

    Parameters
    ----------
    history : every event of the ledger
    notes : the study's notes

    Returns
    -------
    DataFrame. ``into`` is the action that the note is part of in the end, ``target`` the note it was
    merged into, ``text`` how the action reads now, ``row`` the line in the file.
    """
    state = state_of(history)
    standing = history[
        [state.events.get(n) == e and n in state.targets
         for n, e in zip(history["note_id"], history["event_id"], strict=True)]
    ] if len(history) else history  # fmt: skip
    table = standing.rename(columns={"into": "target"}).reset_index(drop=True)
    roots = [root_of(note_id, state.targets) for note_id in table["note_id"]]
    written = notes["text"].to_dict()
    table["into"] = pd.Series(roots, dtype="str")
    table["text"] = pd.Series(
        [wording_of(root, state, str(written.get(root, ""))) for root in roots], dtype="str"
    )
    return table[TABLE_COLUMNS]
