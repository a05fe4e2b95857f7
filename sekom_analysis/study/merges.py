"""What a study says of notes that say the same: judgements of pairs, and merges, in ledgers of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.study.checks import named_first
from sekom_analysis.study.decisions import LONGEST_MEMO, coder_fault, new_event_id
from sekom_analysis.study.ledgers import (
    JUDGE,
    JUDGEMENTS,
    RETRACT,
    Judgement,
    Ledger,
    judgements_table,
    pair_ledger,
)
from sekom_analysis.study.raw import Raw
from sekom_analysis.study.rows import EVENT_ID, Format, Row, note_hash, well_formed

# --- merges: which notes became one, how the one reads now, and what of that stands -------------------


MERGE, SPLIT, REWORD = "merge", "split", "reword"
MERGE_EVENTS = (MERGE, SPLIT, REWORD)
TABLE_COLUMNS = ["note_id", "into", "target", "text", "reason", "by", "decided_at", "event_id", "row"]


class Merge(NamedTuple):
    """One thing that somebody did to actions, as it is in the ledger; the fields are in its order.

    merge: ``note_id`` is part of ``into`` from now on, and ``text``, if there is one, is how the two
    read together. split: ``note_id`` is on its own again. reword: ``note_id`` reads ``text`` from
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


MERGE_COLUMNS = Merge._fields
MERGE_IDENTITY = ("note_id", "into", "text", "reason", "by", "event")


def _merge_fault(row: Row) -> str:
    event = Merge._make(row)
    if fault := coder_fault(event.by):
        return fault
    if (event.event == MERGE) != bool(event.into):
        return Phrase("fault_merge", event=event.event, into=event.into)
    return ""


MERGE_FORM = Format(MERGE_COLUMNS, MERGE_EVENTS, _merge_fault, MERGE_IDENTITY)


def merge_ledger(root: Path) -> Ledger[Merge]:
    """Return the ledger of the study in `root`."""
    return Ledger(root, "merges", MERGE_FORM, Merge._make)


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
    return replay(Merge._make(row) for row in history[list(MERGE_COLUMNS)].itertuples(index=False, name=None))


def merges_table(history: pd.DataFrame, notes: pd.DataFrame) -> pd.DataFrame:
    """Return the merges that stand: one row per note that is part of another.

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


# --- what a study says of notes that say the same -----------------------------------------------------


class Joining:
    """The part of a study that joins notes: whoever writes here changes no note and no coder's log.

    Parameters
    ----------
    raw : the study's notes
    """

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._pairs = pair_ledger(raw.root)
        self._merges = merge_ledger(raw.root)

    # --- pairs ------------------------------------------------------------------------------------

    def judge_pair(
        self,
        note_a: str,
        note_b: str,
        judgement: str | None,
        *,
        by: str,
        reason: str = "",
        event_id: str | None = None,
    ) -> Judgement:
        """Save what a reviewer says of a pair; it merges nothing.

        Parameters
        ----------
        note_a, note_b : the two notes, either way round
        judgement : ``"same"``, ``"overlapping"``, ``"different"``; None takes an earlier one back
        by : the reviewer's id, of the same form as a coder's
        reason : why, if wanted
        event_id : given where an event may be sent twice

        Raises
        ------
        DecisionError
            If it is not possible: every fault is listed, nothing is saved.
        NotSavedError
            If the disk did not take it.
        """
        return self._pairs.append([self.judgement_of(note_a, note_b, judgement, by, reason, event_id)])[0]

    def judgement_of(
        self, note_a: str, note_b: str, judgement: str | None, by: str, reason: str, event_id: str | None
    ) -> Judgement:
        """Return what `judge_pair` would save, or say why it cannot."""
        first, second = sorted([note_a, note_b])
        event = Judgement(
            "", event_id or new_event_id(), first, self._hash(first), second, self._hash(second),
            judgement or "", well_formed(reason).strip(), by, RETRACT if judgement is None else JUDGE,
        )  # fmt: skip
        faults = [*self._unknown([first, second]), *_common_faults(by, event.reason, event.event_id)]
        if first == second:
            faults.append(f"'{first}' cannot be paired with itself")
        if judgement is not None and judgement not in JUDGEMENTS:
            faults.append(f"a judgement is one of {', '.join(JUDGEMENTS)}, not '{judgement}'")
        _refuse(faults)
        return event

    def pair_judgements(self) -> pd.DataFrame:
        """Return what stands, one row per pair and reviewer; see `judgements_table`."""
        return judgements_table(self._pairs.read().history)

    def pair_history(self) -> pd.DataFrame:
        """Return every event of the ledger of pairs, in the order in which they count."""
        return self._pairs.read().history.copy()

    # --- merges -----------------------------------------------------------------------------------

    def merge(
        self, note: str, *, into: str, by: str, reason: str, text: str = "", event_id: str | None = None
    ) -> Merge:
        """Make a note part of another; notes and decisions stay as they are.

        Parameters
        ----------
        note, into : the note, and the one that it becomes part of
        by : who does it, an id of the same form as a coder's
        reason : why; required
        text : how the two read together, where the text of `into` is not to be kept
        event_id : given where an event may be sent twice

        Raises
        ------
        DecisionError
            If it is not possible, or would make a note part of itself: nothing is saved.
        NotSavedError
            If the disk did not take it.
        """
        return self._merges.append([self.merge_of(note, into, by, reason, text, event_id)])[0]

    def merge_of(
        self, note: str, into: str, by: str, reason: str, text: str = "", event_id: str | None = None
    ) -> Merge:
        """Return what `merge` would save, or say why it cannot."""
        event = _merge_event(note, into, text, reason, by, MERGE, event_id)
        faults = [*self._unknown([note, into]), *_common_faults(by, event.reason, event.event_id)]
        if not event.reason:
            faults.append("a reason is required: say why the two are one")
        targets = state_of(self._merges.read().history).targets
        if closes_circle(note, into, targets):
            faults.append(
                f"'{into}' is part of '{note}' already, so '{note}' cannot become part of it; "
                f"split '{into}' first, or merge the other way round"
            )
        _refuse(faults)
        return event

    def split(self, note: str, *, by: str, reason: str, event_id: str | None = None) -> Merge:
        """Let a note be on its own again; what was merged into it comes along.

        Raises
        ------
        DecisionError
            If the note is not part of another, or there is no reason: nothing is saved.
        NotSavedError
            If the disk did not take it.
        """
        event = _merge_event(note, "", "", reason, by, SPLIT, event_id)
        faults = [*self._unknown([note]), *_common_faults(by, event.reason, event.event_id)]
        if not event.reason:
            faults.append("a reason is required: say why they are two after all")
        history = self._merges.read().history
        sent_before = event.event_id in set(history["event_id"])
        if not sent_before and note not in state_of(history).targets:
            faults.append(f"'{note}' is not part of another note, so there is nothing to split")
        _refuse(faults)
        return self._merges.append([event])[0]

    def reword(
        self, note: str, text: str, *, by: str, reason: str = "", event_id: str | None = None
    ) -> Merge:
        """Give an unclear action a clearer wording; the text as it was written stays where it is.

        Parameters
        ----------
        note : the note
        text : how it reads from now on; empty, as it was written
        by, reason : who, and why

        Raises
        ------
        DecisionError, NotSavedError
        """
        event = _merge_event(note, "", text, reason, by, REWORD, event_id)
        _refuse([*self._unknown([note]), *_common_faults(by, event.reason, event.event_id, event.text)])
        return self._merges.append([event])[0]

    def merges(self) -> pd.DataFrame:
        """Return the merges that stand, one row per note that is part of another; see `merges_table`."""
        return merges_table(self._merges.read().history, self._raw.notes)

    def merge_history(self) -> pd.DataFrame:
        """Return every event of the ledger of merges, in the order in which they count."""
        return self._merges.read().history.copy()

    def wordings(self) -> dict[str, str]:
        """Return note_id -> how the action reads now, for every note that is not part of another."""
        state = state_of(self._merges.read().history)
        written = self._raw.notes["text"].to_dict()
        return {
            str(note_id): wording_of(str(note_id), state, str(text))
            for note_id, text in written.items()
            if root_of(str(note_id), state.targets) == note_id
        }

    def _joining_losses(self) -> list[Problem]:
        """Say whether the ledgers lack entries that they held."""
        return [*self._merges.losses(), *self._pairs.losses()]

    def _joining_problems(self) -> list[Problem]:
        """List what cannot be read, circles that were ignored, unknown notes, and texts changed since."""
        merges, pairs = self._merges.read(), self._pairs.read()
        return [
            *merges.problems,
            *pairs.problems,
            *_circles(merges.history),
            *self._unknown_in(merges.history, ["note_id", "into"], "merges.csv"),
            *self._unknown_in(judgements_table(pairs.history), ["note_a", "note_b"], "pairs.csv"),
            *self._changed_pairs(),
        ]

    def _unknown_in(self, table: pd.DataFrame, columns: list[str], file: str) -> Iterator[Problem]:
        for row in table.to_dict("records"):
            for note_id in (row[name] for name in columns):
                if note_id and note_id not in self._raw.notes.index:
                    yield Problem.of(file, row["row"], "unknown_entry", note=note_id)

    def _changed_pairs(self) -> Iterator[Problem]:
        table = self.pair_judgements()
        for reviewer, group in table.groupby("reviewer"):
            ends = pd.concat([group.set_index("note_a")["hash_a"], group.set_index("note_b")["hash_b"]])
            changed = sorted({str(n) for n, seen in ends.items() if self._hash(str(n)) not in ("", seen)})
            if changed:
                yield Problem.of(
                    "pairs.csv", None, "changed_pair", reviewer=reviewer, notes=named_first(changed)
                )

    def _hash(self, note_id: str) -> str:
        notes = self._raw.notes
        return note_hash(str(notes.at[note_id, "text"])) if note_id in notes.index else ""

    def _unknown(self, note_ids: Iterable[str]) -> list[str]:
        there = self._raw.notes.index
        return [f"there is no note '{n}' among the {len(there)} notes" for n in note_ids if n not in there]


def _merge_event(
    note: str, into: str, text: str, reason: str, by: str, event: str, event_id: str | None
) -> Merge:
    said = (well_formed(text).strip(), well_formed(reason).strip())
    return Merge("", event_id or new_event_id(), note, into, *said, by, event)


def _common_faults(by: str, reason: str, event_id: str, text: str = "") -> list[str]:
    faults = [fault for fault in [coder_fault(by)] if fault]
    if not EVENT_ID.fullmatch(event_id):
        faults.append(f"'{event_id}' cannot be an event_id")
    for name, value in (("reason", reason), ("text", text)):
        if len(value) > LONGEST_MEMO:
            faults.append(f"the {name} has {len(value)} characters; at most {LONGEST_MEMO} fit")
    return faults


def _refuse(faults: list[str]) -> None:
    if faults:
        msg = "Nothing was saved:\n" + "\n".join(f"  {fault}" for fault in faults)
        raise DecisionError(msg)


def _circles(history: pd.DataFrame) -> Iterator[Problem]:
    ignored = set(state_of(history).ignored)
    for row in history[history["event_id"].isin(ignored)].to_dict("records"):
        yield Problem.of("merges.csv", row["row"], "merge_circle", note=row["note_id"], into=row["into"])
