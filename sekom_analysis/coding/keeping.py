"""What a card is told of the events that it sent: saved, refused and why, or not saved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from sekom_analysis.errors import DecisionError, NotSavedError

Message = dict[str, Any]
TAKEN_BACK = ("retract", "changed")  # the question is open, whatever was answered once
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


def overtaken(events: list[Message], answers: Callable[[], Message]) -> tuple[list[Message], list[Message]]:
    """Leave out what takes back, or brings back, an answer that another window has replaced since.

    Parameters
    ----------
    events : as the card sends them; one with ``replaces`` counts only while the answer of that id stands
    answers : returns what stands, by the card's key of the note and by variable, with ``id`` and ``event``

    Returns
    -------
    The events that count, and what to answer about the others.
    """
    if not any("replaces" in event for event in events):
        return events, []
    shown = answers().items()
    cells = {(key, variable): answer for key, found in shown for variable, answer in found.items()}
    standing = {cell: "" if one["event"] in TAKEN_BACK else one["id"] for cell, one in cells.items()}
    count: list[Message] = []
    late: list[str] = []
    for event in events:
        cell = event["note"], event["variable"]
        if event.pop("replaces", standing.get(cell, "")) != standing.get(cell, ""):
            late.append(event["event_id"])
        else:
            standing[cell] = "" if event["event"] == "retract" else event["event_id"]
            count.append(event)
    return count, [{"kind": "overtaken", "ids": late}] if late else []


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
            events, late = overtaken(message["events"], lambda: self._standing()[0])
            replies, saved = kept(events, self._record) if events else ([], [])
            return [*late, *replies, *(self._tell() if saved or late else [])]
        return []

    def _tell(self) -> list[Message]:
        answers, others = self._standing()
        return [{"kind": "answers", "answers": answers}, {"kind": "others", "others": others}]

    @abstractmethod
    def _standing(self) -> tuple[Message, Message]:
        """Return own answers and, for what is answered, those of others."""

    @abstractmethod
    def _record(self, events: list[Message]) -> list[Any]:
        """Save events, all or none."""
