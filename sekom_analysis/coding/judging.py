"""One adjudicator at work: the notes that coders disagree on, most disputed first, and the ledger.

Unlike a coder's card this one shows what everybody chose. So it takes the
study, and nothing that a coder works with may import it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import pandas as pd

from sekom_analysis.agreement import disagreements
from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import DecisionError, NotesError, NotSavedError
from sekom_analysis.basics.wording import quoted
from sekom_analysis.coding.session import Judging, Message, Past, past_of
from sekom_analysis.study.codebook import FLAG, NONE_FITS, Variable
from sekom_analysis.study.decisions import AFTER_TALK, coder_fault, latest, same_answer
from sekom_analysis.study.ledgers import OPEN, RETRACT, SETTLE
from sekom_analysis.study.secret import Seed, shuffled
from sekom_analysis.study.selections import Span
from sekom_analysis.study.shown import notes_language, shown_context, shown_variable
from sekom_analysis.study.study import Study

# --- what the coders of a study say now of each note --------------------------------------------------


MOST_REASONS = 5  # of an adjudicator's own that are offered to be used again
PASSES = (1, AFTER_TALK)  # what coders say now: after talking, where they have talked


class Reading(NamedTuple):
    """How one coder read one note; `codes` as in the log, None where the coder passed the question over.

    `words` are where in the note's text of now those begin and end that were selected with the answer.
    """

    codes: str | None
    certainty: str = ""
    memo: str = ""
    words: Sequence[Span] = ()


def disputed_notes(study: Study, variable: str, notes: object = None) -> list[str]:
    """Return the ids of the notes on which coders differ now, most disputed first.

    Parameters
    ----------
    study : Study
    variable : id of the variable
    notes : ids or a table of notes; left out, all that the variable is asked of
    """
    return list(disagreements(study.ratings(variable, notes=notes, passes=PASSES)).index)


def readings(study: Study, variable: str, passes: Sequence[int] = PASSES) -> dict[str, dict[str, Reading]]:
    """Return note_id -> coder -> how that coder read the note.

    Parameters
    ----------
    study : Study
    variable : id of the variable
    passes : which passes count; left out, what coders say now
    """
    found: dict[str, dict[str, Reading]] = {}
    skipped = study.skipped()
    for row in _records(skipped[(skipped["variable"] == variable) & skipped["pass"].isin(map(str, passes))]):
        found.setdefault(row["note_id"], {})[row["coder"]] = Reading(None, "", row["memo"])
    now = latest(study.history(), passes)
    for row in _records(now[now["variable"] == variable]):
        words = study.seen.selected(row["note_id"], row["note_hash"], row["words"])
        answer = Reading(row["codes"], row["certainty"], row["memo"], words)
        found.setdefault(row["note_id"], {})[row["coder"]] = answer
    return found


def two_ideas(study: Study) -> dict[str, int]:
    """Return note_id -> how many coders flagged the note as two ideas."""
    now = latest(study.history(), PASSES)
    return dict(now.loc[now["variable"] == FLAG, "note_id"].value_counts())


class Told:
    """Who is shown what others answered, kept once for each note.

    Parameters
    ----------
    study : Study
    by : what shows it
    """

    def __init__(self, study: Study, by: str) -> None:
        self._study = study
        self._by = by
        self._kept: set[tuple[str, str, str]] = set()

    def keep(self, coders: Sequence[str], note_id: str | None, variable: str) -> bool:
        """Keep who is shown a note; False if the disk does not take it, and it is to be told again."""
        if note_id is None or variable not in self._study.codebook:
            return True
        for coder in coders:
            if (coder, note_id, variable) not in self._kept:
                try:
                    self._study.log_shown(coder, [note_id], [variable], by=self._by)
                except NotSavedError:
                    return False
                self._kept.add((coder, note_id, variable))
        return True


def people_of(study: Study) -> list[str]:
    """Return the ids of the persons who code in a study: those who can sit in a meeting about it."""
    coders = dict.fromkeys([*study.coders, *study.about.coders])
    return [coder for coder in coders if study.about.coder(coder).kind == "human"]


def present_of(present: Sequence[str], people: Sequence[str], allowed: Sequence[str], lang: str) -> list[str]:
    """Return who is present, in the order of the study.

    Parameters
    ----------
    present : ids as they were given
    people : who can be present
    allowed : who may be named besides, such as the adjudicator
    lang : language of what is said of one who is nobody's coder

    Raises
    ------
    DecisionError
        If one of them is no person who codes in the study.
    """
    unknown = sorted(set(present) - {*people, *allowed})
    if unknown:
        named, there = quoted(unknown), ", ".join(people) or "–"
        raise DecisionError(wording.say("adjudicating_no_such_coder", lang, named=named, there=there))
    return [coder for coder in people if coder in present]


def label_of(variable: Variable, codes: str, lang: str) -> str:
    """Return an answer as it is in a log by its labels; of an empty set that it is none of them."""
    labels = [variable.label_of(code, lang) for code in codes.split("|") if code]
    return ", ".join(labels) or wording.say("card_confirm_none", lang)


def shown_reading(reading: Reading, name: str, variable: Variable, lang: str) -> Message:
    """Return how one coder read a note, as a card shows it.

    Parameters
    ----------
    reading : Reading
    name : what the coder is called
    variable : Variable
    lang : ``"sv"`` or ``"en"``
    """
    is_skipped = reading.codes is None
    codes = reading.codes or ""
    return {
        "name": name,
        "codes": [code for code in codes.split("|") if code],
        "label": wording.say("adjudicate_skipped", lang) if is_skipped else label_of(variable, codes, lang),
        "skipped": is_skipped,
        "certainty": reading.certainty,
        "memo": reading.memo,
        "words": [list(span) for span in reading.words],
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")  # type: ignore[return-value]


# --- one adjudicator at work: the notes that coders disagree on, most disputed first, and the ledger ---


LEDGER_EVENTS = {"decide": SETTLE, "skip": OPEN, "retract": RETRACT}
CARD_EVENTS = {event: shown for shown, event in LEDGER_EVENTS.items()}


def variables_to_settle(study: Study) -> list[str]:
    """Return the ids of the `single` variables with disagreements that nobody has adjudicated."""
    met = study.adjudications()
    done = set(zip(met["note_id"], met["variable"], strict=True))
    singles = [variable.id for variable in study.codebook.variables if variable.kind == "single"]
    return [v for v in singles if any((note_id, v) not in done for note_id in disputed_notes(study, v))]


class AdjudicationSession(Judging):
    """What one adjudicator settles, and how far it is. Knows no widget.

    Parameters
    ----------
    study : Study
    adjudicator : the adjudicator's id, of the same form as a coder's
    variable : id of the variable whose disagreements are to be settled
    lang : language of the texts, ``"sv"`` or ``"en"``
    notes : ids or a table of notes; left out, all that the variable is asked of
    present : coders who sit beside the adjudicator and see the same; the card can change it

    Raises
    ------
    CodebookError, DecisionError
        If there is no such variable, an id cannot be used, or one who is present is no coder of the study.
    NotesError
        If there is nothing to settle: coders agree, or the study works reflexively.
    """

    # Who was named present, and who was last, by study and adjudicator: a cell that is run again, and a
    # page that is loaded again, is the same sitting.
    _remembered: ClassVar[dict[tuple[str, str], tuple[list[str], list[str]]]] = {}

    def __init__(
        self,
        study: Study,
        adjudicator: str,
        variable: str,
        *,
        lang: str = "sv",
        notes: object = None,
        present: Sequence[str] = (),
    ) -> None:
        if fault := coder_fault(adjudicator):
            msg = f"{fault}. Nothing was saved."
            raise DecisionError(msg)
        self.study = study
        self.adjudicator = adjudicator
        self.variable: Variable = study.codebook[variable]
        self.lang = wording.check_language(lang)
        if study.about.stance == "reflexive":
            raise NotesError(wording.say("adjudicating_reflexive", self.lang))
        asked = set(study.notes_asked(self.variable, notes))
        own = [note_id for note_id in self._own()["note_id"] if note_id in asked]
        self.note_ids = list(dict.fromkeys([*disputed_notes(study, variable, notes), *own]))
        if not self.note_ids:
            label = self.variable.label.in_(self.lang)
            raise NotesError(wording.say("adjudicating_nothing", self.lang, variable=label))
        self._readings = readings(study, variable)
        self._flags = two_ideas(study)
        self.people = [coder for coder in people_of(study) if coder != adjudicator]
        given = present_of(present, self.people, [adjudicator], self.lang)
        told = self._remembered.get(self._place)
        is_same_sitting = told is not None and (not given or told[0] == given)
        self._given = told[0] if told is not None and is_same_sitting else given
        self.present = told[1] if told is not None and is_same_sitting else given
        self._told = Told(study, "adjudication")

    @property
    def _place(self) -> tuple[str, str]:
        return str(self.study.root), self.adjudicator

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        return self.study.note_keys

    @cached_property
    def _seed(self) -> Seed:
        return self.study.keys.seed

    def _own(self) -> pd.DataFrame:
        table = self.study.adjudications(self.variable.id)
        return table[table["adjudicator"] == self.adjudicator]

    @property
    def n_left(self) -> int:
        """How many notes are neither settled nor left open."""
        return len(set(self.note_ids) - set(self._own()["note_id"]))

    def data(self) -> Message:
        """Return what the card shows: notes, what each coder chose, definitions, own adjudications."""
        kept = self.study.holding.earlier(self.variable.id).values()
        variable = shown_variable(self.variable, self.lang, kept)
        if self.variable.kind == "multiple":  # the empty set is an answer, and takes a key
            variable["codes"].append({"id": NONE_FITS, "label": wording.say("card_confirm_none", self.lang)})
        answers, others = self._standing()
        return {
            "card": "adjudication",
            "study": self.study.about.id,
            "coder": self.adjudicator,
            "lang": self.lang,
            "notes_lang": notes_language(self.study.notes["text"]),
            "pass": 1,
            "texts": wording.texts("card_", self.lang) | wording.texts("adjudicate_", self.lang),
            "variables": [variable],
            "notes": [self._shown_note(note_id, others) for note_id in self.note_ids],
            "answers": answers,
            "people": self.people,
            "present": self.present,
            "reasons": self._reasons(),
        }

    def _reasons(self) -> list[str]:
        """Return the last reasons that this adjudicator gave, the latest first, on any variable."""
        history = self.study.adjudication_history()
        given = history.loc[history["adjudicator"] == self.adjudicator, "reason"].tolist()
        return list(dict.fromkeys(reason for reason in reversed(given) if reason))[:MOST_REASONS]

    def _shown_note(self, note_id: str, others: Message) -> Message:
        row: Any = self.study.notes.loc[note_id].to_dict()
        key, found = self._keys[note_id], self._readings.get(note_id, {})
        order = shuffled(found, self._seed, "adjudication", note_id)
        seen = {coder: codes for coder in order if (codes := found[coder].codes) is not None}
        return {
            "key": key,
            "text": row["text"],
            "gloss": row.get("text_en", ""),
            "hash": self.study.seen.hash_of(note_id),
            "context": shown_context(self.study.seen, note_id, self.lang),
            "pass": 1,
            "variables": [self.variable.id],
            "readings": [
                shown_reading(found[coder], self._name(coder), self.variable, self.lang) for coder in order
            ],
            "disputed": sorted({code for codes in seen.values() for code in codes.split("|") if code}),
            "seen": seen,
            "flags": int(self._flags.get(note_id, 0)),
            "others": others.get(key, []),
        }

    def _name(self, coder: str) -> str:
        kind = self.study.about.coder(coder).kind
        named = kind in ("source", "automatic")
        return wording.say(f"adjudicating_{kind}", self.lang, coder=coder) if named else coder

    # --- what stands ------------------------------------------------------------------------------

    def _standing(self) -> tuple[Message, Message]:
        """Return own adjudications, and what others did on notes that this adjudicator has settled."""
        table = self.study.adjudications(self.variable.id)
        rows: list[Any] = [row for row in table.to_dict("records") if row["note_id"] in self._keys]
        own = {row["note_id"]: row for row in rows if row["adjudicator"] == self.adjudicator}
        others: Message = {}
        for row in rows:
            mine = own.get(row["note_id"])
            if mine is not None and mine is not row and mine["event"] == SETTLE:
                others.setdefault(self._keys[row["note_id"]], []).append(self._shown_other(row, mine))
        answers = {self._keys[note]: {self.variable.id: self._shown_own(row)} for note, row in own.items()}
        for key, found in others.items():
            answers[key][self.variable.id]["differs"] = any(other["differs"] for other in found)
        return answers, others

    def _shown_own(self, row: Any) -> Message:
        return {
            "event": CARD_EVENTS[row["event"]],
            "id": row["event_id"],
            "codes": row["codes"].split("|") if row["codes"] else [],
            "certainty": "",
            "memo": row["reason"],
            "older": bool(row["is_stale"]),
            "differs": False,
        }

    def _shown_other(self, row: Any, mine: Any) -> Message:
        settled = row["event"] == SETTLE
        return {
            "who": row["adjudicator"],
            "event": row["event"],
            "label": label_of(self.variable, row["codes"], self.lang)
            if settled
            else wording.say("adjudicate_left_open", self.lang),
            "reason": row["reason"],
            "differs": settled and same_answer(row["codes"]) != same_answer(mine["codes"]),
        }

    # --- messages ---------------------------------------------------------------------------------

    def receive(self, message: Message) -> list[Message]:
        """Take a message of the card and return the answers to it; it says which note it shows to whom."""
        if message.get("kind") == "hello":
            return [*super().receive(message), {"kind": "present", "present": self.present}]
        if message.get("kind") != "showing":
            return super().receive(message)
        if "present" in message:  # else the card has not heard yet who is
            self.present = [coder for coder in self.people if coder in message["present"]]
            self._remembered[self._place] = (self._given, self.present)
        note_id, variable = self.study.note_of(message["note"]), message.get("variable", self.variable.id)
        kept = self._told.keep([self.adjudicator, *self.present], note_id, variable)
        return [{"kind": "shown", "ids": [message["id"]]}] if kept and "id" in message else []

    def _past(self, event: Message) -> Past:
        note_id, table = self.study.note_of(event["note"]), self.study.adjudication_history()
        if note_id is None:
            return Past([], [event["replaces"]])  # for the ledger to refuse
        is_own = (table["adjudicator"] == self.adjudicator) & (table["variable"] == event["variable"])
        return past_of(table[is_own & (table["note_id"] == note_id)])

    def _record(self, events: list[Message]) -> list[Any]:
        return self.study.adjudicate_all([self._event(event) for event in events])

    def _event(self, event: Message) -> Message:
        """Say of a card's event what the ledger is to hold; an unknown key stays, to be refused."""
        kind = LEDGER_EVENTS.get(event["event"], event["event"])
        return {
            "adjudicator": self.adjudicator,
            "note_id": self.study.note_of(event["note"]) or event["note"],
            "codes": event["codes"] if kind == SETTLE else None,
            "reason": event["memo"],
            "event": kind,
            "present": event.get("present", self.present),
            **{name: event[name] for name in ("variable", "event_id", "note_hash", "codebook", "seen")},
        }
