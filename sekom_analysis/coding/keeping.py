"""What a card is told of the events that it sent: saved, refused and why, or not saved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from sekom_analysis.errors import DecisionError, NotSavedError

Message = dict[str, Any]
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
            replies, saved = kept(message["events"], self._record)
            return [*replies, *(self._tell() if saved else [])]
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
