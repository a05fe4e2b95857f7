"""A meeting at a shared screen: those who are present see their blind answers together, talk, and may change.

What a coder answers afterwards goes into that coder's own log as pass 3, beside what was answered blind. Who
says nothing afterwards has no answer of pass 3: that one kept to the first is said, never assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sekom_analysis.agreement import disagreements
from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import DecisionError, NotesError
from sekom_analysis.coding.judging import (
    Reading,
    Told,
    label_of,
    people_of,
    present_of,
    readings,
    shown_reading,
    two_ideas,
)
from sekom_analysis.coding.session import Judging, Message, Past
from sekom_analysis.exchange.undoing import countering
from sekom_analysis.study.codebook import NONE_FITS, Variable
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT, Event, counting, same_answer, undoing
from sekom_analysis.study.log import coder_log
from sekom_analysis.study.shown import notes_language, shown_context, shown_variable
from sekom_analysis.study.study import Study

FEWEST = 2  # persons in a meeting
BY = "talk"
ASKED = ":"  # between a variable and whose answer it is: neither id can hold it


class TalkSession(Judging):
    """What those in a meeting talk about, and what each of them answers afterwards. Knows no widget.

    Parameters
    ----------
    study : Study
    variable : id of the variable that they talk about
    present : the coders who are there, at least two
    lang : language of the texts, ``"sv"`` or ``"en"``
    notes : ids or a table of notes; left out, all that the variable is asked of

    Raises
    ------
    CodebookError, DecisionError
        If there is no such variable, or one of those present is no person who codes in the study.
    NotesError
        If fewer than two are present, there is no note that all of them have answered, they answered all
        such notes alike, or the study works reflexively.
    """

    def __init__(
        self,
        study: Study,
        variable: str,
        *,
        present: Sequence[str],
        lang: str = "sv",
        notes: object = None,
    ) -> None:
        self.study = study
        self.variable: Variable = study.codebook[variable]
        self.lang = wording.check_language(lang)
        if study.about.stance == "reflexive":
            raise NotesError(wording.say("adjudicating_reflexive", self.lang))
        people = people_of(study)
        self.present = present_of(present, people, [], self.lang)
        if len(self.present) < FEWEST:
            raise NotesError(wording.say("talking_too_few", self.lang, there=", ".join(people) or "–"))
        blind = study.ratings(variable, self.present, notes, (INDEPENDENT,))
        self.n_asked = len(blind)
        self.lacking = {coder: int(blind[coder].isna().sum()) for coder in self.present}
        met = blind[blind.notna().all(axis=1)]
        self.n_met = len(met)
        self._blind = readings(study, variable, (INDEPENDENT,))
        self.note_ids = list(disagreements(met).index) if len(met) else []
        self._check_notes()
        self._flags = two_ideas(study)
        self._told = Told(study, BY)

    def _check_notes(self) -> None:
        """Say why there is nothing to talk about."""
        label = self.variable.label.in_(self.lang)
        if not self.n_met:
            raise NotesError(wording.say("talking_not_met", self.lang, variable=label, who=self.lacking_text))
        if not self.note_ids:
            raise NotesError(wording.say("talking_alike", self.lang, variable=label, n=self.n_met))

    @property
    def lacking_text(self) -> str:
        """Who has not answered all notes yet, and how many are missing, in words; empty if nobody."""
        return ", ".join(
            wording.say("talking_lacks", self.lang, coder=coder, n=n, all=self.n_asked)
            for coder, n in self.lacking.items()
            if n
        )

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        return self.study.note_keys

    def data(self) -> Message:
        """Return what the card shows: notes, what each who is present answered blind, what they say now."""
        answers, _ = self._standing()
        lacking = wording.say("talking_left_out", self.lang, who=self.lacking_text)
        texts = [wording.texts(prefix, self.lang) for prefix in ("card_", "adjudicate_", "talk_")]
        return {
            "card": "talk",
            "study": self.study.about.id,
            "coder": "+".join(self.present),
            "lang": self.lang,
            "notes_lang": notes_language(self.study.notes["text"]),
            "pass": 1,
            "texts": texts[0] | texts[1] | texts[2],
            "variables": [self._asked_of(coder) for coder in self.present],
            "notes": [self._shown_note(note_id) for note_id in self.note_ids],
            "answers": answers,
            "people": self.present,
            "lacking": lacking if self.lacking_text else "",
        }

    def _asked_of(self, coder: str) -> Message:
        """Return the variable as a question to one of those present."""
        kept = self.study.holding.earlier(self.variable.id).values()
        variable = shown_variable(self.variable, self.lang, kept)
        if self.variable.kind == "multiple":
            variable["codes"].append({"id": NONE_FITS, "label": wording.say("card_confirm_none", self.lang)})
        return variable | {"id": f"{self.variable.id}{ASKED}{coder}"}

    def _shown_note(self, note_id: str) -> Message:
        row: Any = self.study.notes.loc[note_id].to_dict()
        found = [self._blind[note_id][coder] for coder in self.present]
        said = zip(self.present, found, strict=True)
        return {
            "key": self._keys[note_id],
            "text": row["text"],
            "gloss": row.get("text_en", ""),
            "hash": self.study.seen.hash_of(note_id),
            "context": shown_context(self.study.seen, note_id, self.lang),
            "pass": AFTER_TALK,
            "variables": [f"{self.variable.id}{ASKED}{coder}" for coder in self.present],
            "readings": [shown_reading(one, coder, self.variable, self.lang) for coder, one in said],
            "disputed": sorted({code for one in found for code in (one.codes or "").split("|") if code}),
            "flags": int(self._flags.get(note_id, 0)),
        }

    # --- what stands ------------------------------------------------------------------------------

    def _standing(self) -> tuple[Message, Message]:
        """Return what each of those present answered after the talk; nobody else is heard of here."""
        answers: Message = {}
        for note_id in self.note_ids:
            for coder in self.present:
                said = self._said_after(coder, note_id)
                if said and said[-1].event == "decide":
                    shown = self._shown_answer(said[-1], self._blind[note_id][coder])
                    key = f"{self.variable.id}{ASKED}{coder}"
                    answers.setdefault(self._keys[note_id], {})[key] = shown
        return answers, {}

    def _said_after(self, coder: str, note_id: str) -> list[Event]:
        """Return what a coder has answered to a note since others' answers were seen, the oldest first."""
        desk = self.study.desk(coder)
        given = counting(desk.events_on(note_id, self.variable.id))
        passes = desk.in_their_passes(given, as_said=True)
        return [event for event in passes if event.pass_ == str(AFTER_TALK) and event.event != "skip"]

    def _shown_answer(self, event: Event, blind: Reading) -> Message:
        return {
            "event": "decide",
            "id": event.event_id,
            "codes": event.codes.split("|") if event.codes else [],
            "certainty": event.certainty,
            "memo": event.memo,
            "label": label_of(self.variable, event.codes, self.lang),
            "older": False,
            "differs": same_answer(event.codes) != same_answer(blind.codes or ""),
        }

    # --- messages ---------------------------------------------------------------------------------

    def receive(self, message: Message) -> list[Message]:
        """Take a message of the card and return the answers to it; it says which note the screen shows."""
        if message.get("kind") != "showing":
            return super().receive(message)
        kept = self._told.keep(self.present, self.study.note_of(message["note"]), self.variable.id)
        return [{"kind": "shown", "ids": [message["id"]]}] if kept and "id" in message else []

    def _past(self, event: Message) -> Past:
        note_id = self.study.note_of(event["note"])
        coder = event["variable"].partition(ASKED)[2]
        if note_id is None or coder not in self.present:
            return Past([], [event["replaces"]])  # to be refused
        ids = [one.event_id for one in self.study.desk(coder).events_on(note_id, self.variable.id)]
        said = self._said_after(coder, note_id)
        stands = said and said[-1].event == "decide"
        is_sent_again = event["event"] == "retract" and undoing(event["replaces"]) in ids
        known = [event["event_id"]] if is_sent_again else []
        return Past([*ids, *known], [said[-1].event_id] if stands else [""])

    def _record(self, events: list[Message]) -> list[Any]:
        """Save answers, one by one, each in its coder's log; one taken back counts as never given."""
        if len(events) > 1:
            msg = "Events are saved one by one."
            raise DecisionError(msg)
        (event,) = events
        variable, _, coder = event["variable"].partition(ASKED)
        note_id = self.study.note_of(event["note"])
        if coder not in self.present or variable not in self.study.codebook:
            msg = f"'{coder}' is not among those present ({', '.join(self.present)}). Nothing was saved."
            raise DecisionError(msg)
        if event["event"] == "retract":
            return self._take_back(coder, note_id)
        if (
            event["event"] == "decide"
            and not event["memo"].strip()
            and self._is_change(event, coder, note_id)
        ):
            raise DecisionError(wording.say("talk_refuse_no_reason", self.lang))
        given = {name: event[name] for name in ("event_id", "event", "codes", "certainty", "memo")}
        given |= {name: event[name] for name in ("note_hash", "codebook") if event.get(name)}
        given |= {
            "note_id": note_id or event["note"],
            "variable": variable,
            "pass": AFTER_TALK,
            "via": "card",
        }
        return self.study.record(coder, [given])

    def _is_change(self, event: Message, coder: str, note_id: str | None) -> bool:
        """Whether an answer is another than the blind one: then it takes a reason."""
        blind = self._blind.get(note_id or "", {}).get(coder, Reading(None))
        return blind.codes is None or same_answer("|".join(event["codes"])) != same_answer(blind.codes)

    def _take_back(self, coder: str, note_id: str | None) -> list[Any]:
        """Take all that a coder answered after the talk out of what counts; the log keeps it."""
        if note_id is None:
            return []
        ways = {one.event_id: one.via for one in self.study.desk(coder).events_on(note_id, self.variable.id)}
        gone = [countering(one, ways) for one in self._said_after(coder, note_id)]
        if gone:
            coder_log(self.study.root, coder).append([tuple(event) for event in gone])
        return gone
