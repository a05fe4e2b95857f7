"""What a card is told of the events that it sent: saved, refused and why, or not saved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sekom_analysis.errors import DecisionError, NotSavedError
from sekom_analysis.ledgers import RETRACT

if TYPE_CHECKING:
    import pandas as pd

Message = dict[str, Any]
OPEN: Message = {"event": "retract", "id": "", "codes": [], "certainty": "", "memo": "", "older": False}
Record = Callable[[list[Message]], list[Any]]


def kept(events: list[Message], record: Record) -> tuple[list[Message], list[Any]]:
    """Save a card's events; one that is refused does not hold up the others.

    Parameters
    ----------
    events : as the card sends them, each with its ``event_id``
    record : saves events, all or none

    Returns
    -------
    What to answer, and what `record` returned for those that were saved.
    """
    ids = [event["event_id"] for event in events]
    try:
        saved = record(events)
    except DecisionError as error:
        if len(events) > 1:
            return _one_by_one(events, record)
        return [{"kind": "refused", "ids": ids, "why": str(error)}], []
    except NotSavedError as error:
        return [{"kind": "not_saved", "ids": ids, "why": str(error)}], []
    return [{"kind": "saved", "ids": ids}], saved


class Past(NamedTuple):
    """What is kept on the question that an event is about."""

    ids: Collection[str]  # of its events
    standing: Collection[str]  # what a card may call the answer that stands; an empty one where none does


def kept_in_turn(
    events: list[Message], record: Record, past: Callable[[Message], Past]
) -> tuple[list[Message], list[Any], list[Message]]:
    """Save a card's events, but for those that another window has overtaken.

    What takes an answer back, brings one back or amends one says which: it counts only while that one
    stands. That is looked up in what is kept, whatever the card shows, once all that came before is in it.

    Parameters
    ----------
    events, record : as in `kept`; an event may name in ``replaces`` the answer that it replaces, with an
        empty text if none
    past : gives what is kept on the question of an event

    Returns
    -------
    What to answer, what `record` returned for the events that were saved, and the events left out.
    """
    replies: list[Message] = []
    saved: list[Any] = []
    late: list[Message] = []
    for run in _runs(events):
        if replies and replies[-1]["kind"] == "not_saved":  # what comes after it waits too
            replies[-1]["ids"] += [event["event_id"] for event in run]
            continue
        if _is_late(run[0], past, late):
            late.append(run.pop(0))
        if run:
            answers, of_them = kept(run, record)
            replies += answers
            saved += of_them
    told = [{"kind": "overtaken", "ids": [event["event_id"] for event in late]}] if late else []
    return [*told, *replies], saved, late


def past_of(history: pd.DataFrame) -> Past:
    """Return what a ledger holds on one question, of its ``event_id`` and ``event``, the oldest first."""
    ids = list(history["event_id"])
    stands = bool(ids) and history["event"].iloc[-1] != RETRACT
    return Past(ids, ids[-1:] if stands else [""])


def with_open(answers: Message, late: Sequence[Message]) -> Message:
    """Add to what stands that nothing does where an event came too late, for its card may show something."""
    shown = {key: dict(found) for key, found in answers.items()}
    for event in late:
        shown.setdefault(event["note"], {}).setdefault(event["variable"], OPEN)
    return shown


def _runs(events: list[Message]) -> list[list[Message]]:
    """Part events in their order: each that names what it replaces begins anew."""
    runs: list[list[Message]] = []
    for event in events:
        if not runs or "replaces" in event:
            runs.append([])
        runs[-1].append(event)
    return runs


def _is_late(event: Message, past: Callable[[Message], Past], late: list[Message]) -> bool:
    """Whether what an event replaces is gone; what was sent with one that came too late belongs to it."""
    if "replaces" not in event:
        return False
    if _cell(event) in map(_cell, late):
        return True
    ids, standing = past(event)
    return event["event_id"] not in ids and event["replaces"] not in standing


def _cell(event: Message) -> tuple[Any, ...]:
    return event["note"], event["variable"], event.get("pass")


def _one_by_one(events: list[Message], record: Record) -> tuple[list[Message], list[Any]]:
    replies: list[Message] = []
    saved: list[Any] = []
    for number, event in enumerate(events):
        answers, of_it = kept([event], record)
        replies += answers
        saved += of_it
        if answers[0]["kind"] == "not_saved":  # what came after it waits too, or it would count as the later
            answers[0]["ids"] = [event["event_id"] for event in events[number:]]
            break
    return replies, saved


class Judging(ABC):
    """What the cards that judge what others have coded share: events in, what stands out."""

    def receive(self, message: Message) -> list[Message]:
        """Take a message of the card and return the answers to it."""
        if message.get("kind") == "hello":
            return self._tell()
        if message.get("kind") == "events":
            replies, saved, late = kept_in_turn(message["events"], self._record, self._past)
            return [*replies, *(self._tell(late) if saved or late else [])]
        return []

    def _tell(self, late: Sequence[Message] = ()) -> list[Message]:
        answers, others = self._standing()
        return [
            {"kind": "answers", "answers": with_open(answers, late)},
            {"kind": "others", "others": others},
        ]

    @abstractmethod
    def _standing(self) -> tuple[Message, Message]:
        """Return own answers and, for what is answered, those of others."""

    @abstractmethod
    def _past(self, event: Message) -> Past:
        """Return what is kept on the question of an event."""

    @abstractmethod
    def _record(self, events: list[Message]) -> list[Any]:
        """Save events, all or none."""
