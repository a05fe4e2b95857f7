"""One coder at work: the desk on one side, a card on the other.

The session knows no widget: it makes the data that a card shows, takes the
card's messages, and says what to answer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import DecisionError, NotesError, NotSavedError
from sekom_analysis.coding.chosen import chosen_notes, shown_training, trained
from sekom_analysis.study.codebook import (
    FLAG,
    PROPOSAL,
    as_in_log,
    asked_by,
)
from sekom_analysis.study.decisions import AGAIN, INDEPENDENT, WARM_UP, Event
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.ledgers import RETRACT
from sekom_analysis.study.lineage import counted
from sekom_analysis.study.proposals import Proposal
from sekom_analysis.study.secret import first_time_notes, second_time_notes, warm_up_notes
from sekom_analysis.study.shown import (
    Answer,
    Cell,
    Changes,
    Item,
    answer_after,
    answers_standing,
    as_of_texts,
    counts_in,
    is_open,
    notes_language,
    notes_left,
    notes_that_are,
    shown_context,
    shown_variable,
)

if TYPE_CHECKING:
    import pandas as pd


# --- what a card is told of the events that it sent: saved, refused and why, or not saved -------------


Message = dict[str, Any]
_NOTHING = dict.fromkeys(("id", "certainty", "memo", "words"), "")
OPEN: Message = {"event": "retract", **_NOTHING, "codes": [], "older": False}
Record = Callable[[list[Message]], list[Any]]


class AnySession(Protocol):
    """What a card needs of whoever works with it."""

    def data(self) -> Message:
        """Return what the card shows."""

    def receive(self, message: Message) -> list[Message]:
        """Take a message of the card and return the answers to it."""


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
    """Save a card's events, except those that another window has overtaken.

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
    """Part events in their order: each that names what it replaces begins a new part."""
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


# --- one coder at work: the desk on one side, a card on the other ----------------------------


BESIDE = ("note", "replaces", "amends")  # said of an event, and no part of it
SORTS = ("open", "skipped", "unsure", "older", "changed")


class Session:
    """What one coder codes, and how far it is.

    Parameters
    ----------
    desk : the coder's desk
    lang : language of the texts, ``"sv"`` or ``"en"``
    variables : ids of the variables to ask; left out, all that the codebook has for a note
    sources, stages : only notes from these
    only : ``"open"``, ``"skipped"``, ``"unsure"``, ``"older"`` or ``"changed"``; left out, all notes
    warm_up : this many notes that all coders share, to try the codebook on; they are not part of agreement
    again : this many notes a second time, blind to the first
    training : the notes of the reference discussion, shown after each answer; no part of agreement either

    Raises
    ------
    CodebookError, NotesError
        If there is no such variable, source, stage or sort, or no note is left to code.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        lang: str = "sv",
        variables: Sequence[str] = (),
        sources: Sequence[str] = (),
        stages: Sequence[str] = (),
        only: str = "",
        warm_up: int = 0,
        again: int = 0,
        training: bool = False,
    ) -> None:
        self.desk = desk
        self.lang = wording.check_language(lang)
        self._variables = [desk.codebook[v] for v in variables] or list(desk.codebook.variables)
        chosen = chosen_notes(desk, sources, stages)
        if bool(warm_up) + bool(again) + training > 1:
            msg = f"{warm_up=}, {again=} and {training=} do not go together; choose one of them."
            raise NotesError(msg)
        self.training = trained(desk) if training else {}
        self.pass_ = WARM_UP if warm_up or training else AGAIN if again else INDEPENDENT
        self.items = self._listed(chosen, warm_up, again)
        self._load()
        if only:
            self.items = self._only(only)
        if not self.items:
            msg = (
                "No note is left to code: none of the chosen notes is asked any of the chosen variables, "
                "or none is of the sort asked for. Nothing was saved."
            )
            raise NotesError(msg)

    def _listed(self, chosen: list[str], warm_up: int, again: int) -> list[Item]:
        """Put the notes in the coder's order, each with its questions."""
        own = self.training or (note_id for note_id in chosen if note_id not in self.desk.training)
        asked = {note_id: self._asked(note_id) for note_id in own}
        if again:
            asked = self._asked_again(asked)
        notes = [note_id for note_id, variables in asked.items() if variables]
        coder, seed = self.desk.coder, self.desk.seed
        met = {number: self._coded_in(number) - self.desk.training.keys() for number in (WARM_UP, AGAIN)}
        if self.training:
            order = notes  # as the researchers wrote them
        elif warm_up:
            order = warm_up_notes(notes, self.desk.warm_up_seed, warm_up, met[WARM_UP])
        elif again:
            order = second_time_notes(notes, seed, coder, again, met[AGAIN])
        else:
            order = first_time_notes(notes, seed, coder, met[WARM_UP])
        keys = self.desk.note_keys
        return [Item(note_id, keys[note_id], asked[note_id], self.pass_) for note_id in order]

    def _asked(self, note_id: str) -> tuple[str, ...]:
        wanted = {variable.id for variable in self._variables}
        there = self.training.get(note_id, wanted)
        return tuple(v.id for v in self.desk.variables_of(note_id) if v.id in wanted and v.id in there)

    def _asked_again(self, asked: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        """Leave the questions that the coder answered the first time."""
        first = self.desk.decisions()
        first = first[first["pass"] == str(INDEPENDENT)]
        done = set(zip(first["note_id"], first["variable"], strict=True))
        return {note_id: tuple(v for v in vs if (note_id, v) in done) for note_id, vs in asked.items()}

    def _coded_in(self, pass_: int) -> set[str]:
        decisions = self.desk.decisions()
        return set(decisions.loc[decisions["pass"] == str(pass_), "note_id"])

    def _only(self, which: str) -> list[Item]:
        if which not in SORTS:
            known = ", ".join(SORTS)
            msg = f"only='{which}' is not a sort of notes; choose one of: {known}, or leave it empty."
            raise NotesError(msg)
        return notes_that_are(self.items, self._as_of_texts(), which, self._is_older)

    def _is_older(self, cell: Cell, answer: Answer) -> bool:
        """Whether an answer is to be looked at again, since what was read of its codes has changed."""
        return self._again(cell, answer) is not None

    def _again(self, cell: Cell, answer: Answer) -> Message | None:
        """Return why an answer is to be looked at again; one whose code was split is taken back meanwhile."""
        note_id, variable = cell
        if answer.event == "retract" and answer.event_id in self._split:
            return self.changes.again(variable, *self._split[answer.event_id])
        if answer.event != "decide":
            return None
        said = self.answers.get((note_id, asked_by(PROPOSAL, variable)))
        name = Proposal.read(said.memo).name if said is not None and said.event == "decide" else ""
        return self.changes.again(variable, answer.codes, answer.codebook, name)

    def found_again(self) -> Iterator[tuple[str, Message, str]]:
        """Yield variable, why, and version, of each answer that is to be looked at again."""
        asked = {(item.note_id, variable) for item in self.items for variable in item.variables}
        for cell, answer in self._as_of_texts().items():
            if cell in asked and (why := self._again(cell, answer)):
                yield cell[1], why, answer.codebook or self._split[answer.event_id][1]

    def _load(self) -> None:
        """Read the coder's log as it is now."""
        given = self.desk.history(as_given=True)
        history = counted(given, self.desk.codebook)
        self.changes = Changes(self.desk.codebook, self.desk.holding, self.lang)
        gone = given[(given["event"] != history["event"]) & (given["codes"] != "")]
        said = zip(gone["codes"], gone["codebook"], strict=True)
        self._split: dict[str, tuple[str, str]] = dict(zip(gone["event_id"], said, strict=True))
        passes = {item.note_id: item.pass_ for item in self.items}
        rows: Any = history.to_dict("records")
        self.answers: dict[Cell, Answer] = answers_standing(rows, passes)
        self._texts = {note_id: self.desk.seen.hash_of(note_id) for note_id in passes}
        self._known = set(history["event_id"])
        self._uncounted = 0

    def _as_of_texts(self) -> dict[Cell, Answer]:
        """Return what stands, with the answers to texts that have been replaced since marked."""
        return as_of_texts(self.answers, self._texts)

    @property
    def n_left(self) -> int:
        """How many notes have a question that is unseen."""
        return len(self.notes_left())

    def notes_left(self) -> list[Item]:
        """Return the notes that have a question that is unseen."""
        return notes_left(self.items, self._as_of_texts())

    def data(self) -> Message:
        """Return what the card shows: texts, variables, notes by opaque keys, this coder's own answers."""
        shown: Message = {
            "card": "coding",
            "study": self.desk.study_id,
            "title": self.desk.about.title.in_(self.lang),
            "coder": self.desk.coder,
            "lang": self.lang,
            "notes_lang": notes_language(self.desk.notes["text"]),
            "pass": self.pass_,
            "texts": wording.texts("card_", self.lang),
            "variables": [shown_variable(v, self.lang, self.changes.kept(v.id)) for v in self._variables],
            "notes": [self._shown_note(item) for item in self.items],
            "answers": self._shown_answers(self.answers),
            "changes": self.changes.told(self._variables, self.found_again()),
        }
        return shown | shown_training(self, shown["texts"]) if self.training else shown

    def _shown_note(self, item: Item) -> Message:
        row: Any = self.desk.notes.loc[item.note_id].to_dict()
        return {
            "key": item.key,
            "text": row["text"],
            "gloss": row.get("text_en", ""),
            "context": shown_context(self.desk.seen, item.note_id, self.lang),
            "hash": self._texts[item.note_id],
            "pass": item.pass_,
            "variables": list(item.variables),
        }

    def _shown_answers(self, answers: Mapping[Cell, Answer]) -> Message:
        keys = {item.note_id: item.key for item in self.items}
        asked = {item.note_id: item.variables for item in self.items}
        versions = {variable.id: variable.version for variable in self._variables}
        now = self._as_of_texts()
        shown: Message = {}
        for (note_id, variable), answer in ((cell, now[cell]) for cell in answers):
            if note_id in keys and as_in_log(variable, [variable])[1][0] in (*versions, FLAG):
                again = self._again((note_id, variable), answer) if variable in asked[note_id] else None
                cell = {
                    "event": answer.event,
                    "id": self.desk.shown_id(answer.event_id, answer.via),
                    "codes": answer.codes.split("|") if answer.codes else [],
                    "certainty": answer.certainty,
                    "memo": answer.memo,
                    "words": answer.words if answer.event == "decide" else "",  # of the text that is shown
                    "older": answer.event == "decide" and again is not None,
                    "hash": answer.note_hash,
                    "codebook": answer.codebook,
                    **({} if again is None else {"again": again}),
                }
                shown.setdefault(keys[note_id], {})[variable] = cell
        return {key: shown[key] for key in keys.values() if key in shown}  # not as they are in the log

    def receive(self, message: Message) -> list[Message]:
        """Take a message of the card and return the answers to it."""
        if message.get("kind") == "hello":
            return [{"kind": "answers", "answers": self._answers_now()}]
        if message.get("kind") == "events":
            return self._save(message["events"])
        return []

    def _save(self, events: list[Message]) -> list[Message]:
        """Write events to the log, and say which of them are on the disk."""
        replies, saved, late = kept_in_turn(events, self._record, self._past)
        if late:
            replies.append({"kind": "answers", "answers": with_open(self._answers_now(), late)})
        elif saved:
            replies.append({"kind": "answers", "answers": self._shown_answers(self._after(saved))})
        return replies

    def _past(self, event: Message) -> Past:
        """Return what the log holds on the question of an event, whether it is asked here or not."""
        note_id, variable = self.desk.note_of(event["note"]), event["variable"]
        if note_id is None:
            return Past([], [event["replaces"]])  # for the desk to refuse
        events = self.desk.events_on(note_id, variable)
        rows = [one._asdict() | {"pass": one.pass_} for one in events]
        answers = answers_standing(rows, {note_id: int(event["pass"])})
        now = as_of_texts(answers, {note_id: self.desk.seen.hash_of(note_id)})
        answer = now.get((note_id, variable))
        names = [""] if answer is None or is_open(answer) else []
        if answer is not None and answer.event != "retract":
            names += self.desk.names_of(answer.event_id)
        return Past([one.event_id for one in events], names)

    def _record(self, events: list[Message]) -> list[Event]:
        return self.desk.record([self._event(event) for event in events])

    def _answers_now(self) -> Message:
        self._load()
        return self._shown_answers(self.answers)

    def _event(self, event: Message) -> Message:
        """Name the note of an event by its id; an unknown key stays, for the desk to refuse."""
        key = event["note"]
        given = {name: value for name, value in event.items() if name not in BESIDE and value != ""}
        variable, codes = as_in_log(str(event.get("variable", "")), [])
        if codes:
            given |= {"variable": variable, "codes": codes}
        note_id = self.desk.note_of(key) or key
        if (
            event.get("amends") and "replaces" in event and "words" not in event
        ):  # what is amended is beside them
            given["words"] = self.desk.words_of(note_id, event["variable"], event["replaces"])
        return {**given, "note_id": note_id, "via": "card"}

    def _after(self, saved: list[Event]) -> dict[Cell, Answer]:
        """Bring the answers up to date with the log; return those that may have changed."""
        versions = {variable.id: variable.version for variable in self._variables}
        sent_before = any(
            event.event_id in self._known or versions.get(event.variable, event.codebook) != event.codebook
            for event in saved
        )  # or under a codebook of earlier, and counts as the log has it
        self._known.update(event.event_id for event in saved)
        if sent_before or self.desk.n_events != len(self._known) + self._uncounted:
            self._load()
            self._uncounted = self.desk.n_events - len(self._known)
            return self.answers
        passes = {item.note_id: item.pass_ for item in self.items}
        rows = [event._asdict() | {"pass": event.pass_} for event in saved]
        touched = {}
        for row in rows:
            cell = (row["note_id"], asked_by(row["variable"], row["codes"]))
            if row["note_id"] in passes and counts_in(passes[row["note_id"]], row["pass"]):
                touched[cell] = self.answers[cell] = answer_after(self.answers.get(cell), row)
        return touched
