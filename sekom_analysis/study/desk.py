"""What one coder works at: the notes, the codebook and that coder's own log. Nothing of anybody else's.

Of adjudications a desk knows which questions were settled when, and what its coder was shown since when;
never what was said.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from sekom_analysis.basics.errors import DecisionError, NotesError
from sekom_analysis.basics.wording import Problem
from sekom_analysis.study.codebook import PROPOSAL, Codebook, Definitions, Variable, keep
from sekom_analysis.study.decisions import (
    AFTER_TALK,
    INDEPENDENT,
    LOG_COLUMNS,
    UNDO,
    WAYS,
    Event,
    Known,
    Question,
    by_question,
    coder_fault,
    fold,
    given_events,
    history_table,
    in_passes,
    is_gap,
    joined,
    moved,
    new_event_id,
    question_of,
    skipped,
)
from sekom_analysis.study.ledgers import Blindness, showings, shown_ledger
from sekom_analysis.study.lineage import Holding, changes_ledger, counted
from sekom_analysis.study.log import coder_log, event_of, events_of, row_of_event
from sekom_analysis.study.raw import CODED, Raw, find_root, open_raw
from sekom_analysis.study.rows import answer_fault, field_faults, utc_text, well_formed
from sekom_analysis.study.secret import Keys, Seed
from sekom_analysis.study.selections import beyond_fault, given_words

KNOWN_FIELDS = frozenset(LOG_COLUMNS) | {"coder"}
TALK = "talk"  # by what others' answers were shown, where whoever saves an answer says that they were


class Desk:
    """One coder's place in a study.

    Parameters
    ----------
    raw : the study's notes and codebook
    coder : the coder's id

    Raises
    ------
    DecisionError
        If the id cannot be used.
    """

    def __init__(self, raw: Raw, coder: str) -> None:
        fault = coder_fault(coder)
        if fault:
            msg = f"{fault}. Nothing was saved."
            raise DecisionError(msg)
        self.coder = coder
        self.name = raw.about.coder(coder).name  # as study.yaml has it; None if it has none
        self.root = raw.root
        self.study_id = raw.about.id
        self.about = raw.about
        self.training = raw.training  # notes to train on, with their references
        self.notes: pd.DataFrame = raw.notes
        self.codebook: Codebook = raw.codebook
        self.seen = raw.seen
        self._keys = Keys(raw)
        self._log = coder_log(raw.root, coder)
        self._definitions = Definitions(raw.root / CODED)
        self._changes = changes_ledger(raw.root)
        self._kept: set[str] = set()
        self._blindness = Blindness(raw.root)
        self._past: tuple[object, dict[Question, list[Event]]] | None = None
        self._n_past = 0
        self._talked: set[Question] = set()  # where the log is known to hold an answer of pass 3
        self._versions: dict[str, str] = {}

    @classmethod
    def open(cls, path: str | os.PathLike[str], coder: str) -> Desk:
        """Open a coder's desk in the study at `path`; a broken log of another coder does not matter."""
        return cls(open_raw(find_root(path)), coder)

    @property
    def problems(self) -> list[Problem]:
        """Lines of the coder's own log that cannot be read."""
        return self._log.read()[1]

    @property
    def n_events(self) -> int:
        """How many events the log held when this desk last wrote: more than its own came from elsewhere."""
        return self._log.n_events

    @property
    def note_keys(self) -> Mapping[str, str]:
        """The key under which each note is given out now, by note_id; they come from the study's secret.

        Raises
        ------
        NotSavedError, StudyError
            If the study has no secret and none can be made, or it cannot be read.
        """
        return self._keys.notes

    def note_of(self, key: str) -> str | None:
        """Return the note that a card, page or sheet names by a key, of now or earlier; None if none."""
        return self._keys.note_of(key)

    def note_with(self, text_hash: str) -> str | None:
        """Return the only note whose text has this hash, for a key of a secret that is lost; None if none."""
        return self._keys.note_with(text_hash)

    @property
    def seed(self) -> Seed:
        """What the coder's own orders come from; it opens them, so nothing that is handed out has it."""
        return self._keys.seed_of(self.coder)

    @property
    def warm_up_seed(self) -> Seed:
        """What the choice of the notes that all coders warm up on comes from."""
        return self._keys.warm_up_seed

    def shown_id(self, event_id: str, via: str) -> str:
        """Return the id by which a card, page or sheet names one of the coder's events.

        Parameters
        ----------
        event_id : the event's id in the log
        via : which way it came; one made in a browser keeps its id, since the browser knows it by that
        """
        return self._keys.shown_id(event_id, via)

    def names_of(self, event_id: str) -> Collection[str]:
        """Return every id by which a card, page or sheet may have named one of the coder's events."""
        return self._keys.shown_ids([event_id]).keys()

    def event_of(self, shown: str) -> str | None:
        """Return the id of the coder's event that a card, page or sheet named so; None if there is none."""
        return self._keys.shown_ids(self.history()["event_id"]).get(shown)

    def history(self, *, as_given: bool = False) -> pd.DataFrame:
        """Return every event of the coder, in the order in which they count; see `Study.history`."""
        rows = events_of(self._log.read()[0])
        passes = moved(by_question(event for _, event in rows), self._known)
        history = history_table({self.coder: in_passes(rows, passes)})
        return history if as_given else counted(history, self.codebook)

    def events_on(self, note_id: str, variable: str) -> list[Event]:
        """Return the coder's events on one question, as written, in the order in which they count."""
        return list(self._read_past().get((note_id, variable), ()))

    def decisions(self) -> pd.DataFrame:
        """Return the coder's standing decisions, one row per note, variable and pass."""
        return fold(self.history())

    def skipped(self) -> pd.DataFrame:
        """Return what the coder looked at and left open."""
        return skipped(self.history())

    @property
    def holding(self) -> Holding:
        """What tells which of the coder's answers hold under the codebook as it is now."""
        return Holding(self.codebook, self._definitions.read(), self._changes.read().history)

    def variables_of(self, note_id: str) -> list[Variable]:
        """Return the variables that are asked of a note, in the codebook's order.

        Raises
        ------
        NotesError
            If there is no such note.
        """
        self._check_note(note_id)
        stage = self._stage(note_id)
        return [variable for variable in self.codebook.variables if variable.applies_to(note_id, stage)]

    def decide(
        self,
        note_id: str,
        variable: str,
        codes: object,
        *,
        certainty: int | None = None,
        memo: str = "",
        words: object = "",
        **fields: object,
    ) -> Event:
        """Save one decision; return it once it is on the disk.

        Parameters
        ----------
        note_id, variable : which question of which note
        codes : the code; a list or set of codes for `multiple`; a whole number for `scale`
        certainty : 1 (unsure) to 3 (sure)
        memo : why
        words : which words of the note were selected: ``"0:5|9:12"``, or pairs of positions
        **fields : ``pass``, ``via`` or ``event_id`` where they are not the usual ones

        Raises
        ------
        DecisionError
            If the answer is not possible; nothing is saved.
        NotSavedError
            If the disk did not take it.
        """
        given = {"note_id": note_id, "variable": variable, "codes": codes, "memo": memo, "words": words}
        return self.record([{**given, "certainty": certainty, **fields}])[0]

    def retract(self, note_id: str, variable: str, **fields: object) -> Event:
        """Take an answer back: the note is unseen again; the log keeps both events."""
        return self.record([{"note_id": note_id, "variable": variable, "event": "retract", **fields}])[0]

    def skip(self, note_id: str, variable: str, **fields: object) -> Event:
        """Note that the coder looked and left the question open for now."""
        return self.record([{"note_id": note_id, "variable": variable, "event": "skip", **fields}])[0]

    def record(self, events: Any, *, keep_times: bool = False) -> list[Event]:
        """Save any number of events; return them once they are on the disk; one that cannot be stops all.

        Parameters
        ----------
        events : mappings, or a table, with ``note_id``, ``variable`` and ``codes``, and where wanted
            ``certainty``, ``memo``, ``words``, ``pass``, ``via``, ``event`` and ``event_id``. An event whose
            ``event_id`` the log has already is not written again. ``note_hash`` and ``codebook``
            say which text and definition the coder saw, where that may not be the present one.
            An answer given once the coder knew what others said of it counts in pass 3; see `passes_of`.
            Pass 3 where the study does not know of it says that the coder has seen others' answers, and
            that is kept as shown by talking.
        keep_times : take ``decided_at`` where it is given, as of decisions made in another program

        Raises
        ------
        DecisionError
            If any of them is not possible: every fault is listed, nothing is saved.
        NotSavedError
            If the disk did not take them all; sending them again is harmless.
        """
        made: list[Event] = []
        faults: list[str] = []
        now = utc_text(datetime.now(UTC))
        for number, given in enumerate(given_events(events), start=1):
            event, found = self._event(given)
            when = str(given.get("decided_at") or now) if keep_times else ""
            made.append(event._replace(decided_at=when))
            faults += [f"decision {number} (note '{given.get('note_id', '')}'): {fault}" for fault in found]
        if faults:
            msg = "Nothing was saved:\n" + "\n".join(f"  {fault}" for fault in faults)
            raise DecisionError(msg)
        if not made:
            return []
        self.keep_definitions({event.variable for event in made})
        self._keep_talk(made)
        return self._append(made, stamp=not keep_times, as_said=True)

    def take_in(self, events: Iterable[Event]) -> list[Event]:
        """Save events that were made and checked elsewhere, with the times they hold.

        Raises
        ------
        NotSavedError
            If the disk did not take them all; sending them again is harmless.
        """
        made = list(events)
        self.keep_definitions({event.variable for event in made})
        return self._append(made, stamp=False)

    def in_their_passes(self, events: Iterable[Event], *, as_said: bool = False) -> list[Event]:
        """Return events of this coder, each in the pass that it counts in beside the log; see `passes_of`.

        Parameters
        ----------
        events : one without a time is made now
        as_said : keep pass 3 where an event comes with it, as in a log or from somebody in Python; what
            comes in another file cannot say that of itself
        """
        made = list(events)
        if not as_said:
            made = [_as_first_said(event) for event in made]
        past = self._read_past()
        bearing = self._bearing(made)
        if not bearing:
            return made
        earlier = [event for question in bearing for event in past.get(question, ())]
        there = {event.event_id: event for event in earlier}
        fresh = [one for one in made if one.event_id not in there and question_of(one) in bearing]
        passes = moved(by_question([*earlier, *fresh]), self._known)
        return [
            event._replace(pass_=passes.get(event.event_id, there.get(event.event_id, event).pass_))
            for event in made
        ]

    def _known(self, question: Question) -> Known:
        return self._blindness.known(self.coder, question)

    def _bearing(self, events: Iterable[Event]) -> set[Question]:
        """Return the questions of events on which anything may move one into pass 3, or out of it."""
        made = list(events)
        said = {question_of(event) for event in made if event.pass_ == str(AFTER_TALK)}
        bears = self._blindness.bears(self.coder)
        asked = {question_of(event) for event in made}
        return {question for question in asked if question in self._talked or bears(question)} | said

    def _read_past(self) -> dict[Question, list[Event]]:
        """Return the log by question; read again only where somebody else has written."""
        mark = self._log.mark()
        if self._past is None or self._past[0] != mark:
            self._past = (mark, by_question(event for _, event in events_of(self._log.read()[0])))
            self._n_past = sum(map(len, self._past[1].values()))
            found = (events for events in self._past[1].values())
            self._talked |= {question_of(e) for events in found for e in events if e.pass_ == str(AFTER_TALK)}
        return self._past[1]

    def _learn(self, saved: Iterable[Event]) -> None:
        """Add to what is known of the log what was just written to it, where nobody else has written."""
        if self._past is None:
            return
        for event in saved:
            events = self._past[1].setdefault(question_of(event), [])
            if event.event_id not in {one.event_id for one in events}:
                events.append(event)
                self._n_past += 1
            if event.pass_ == str(AFTER_TALK):
                self._talked.add(question_of(event))
        mark = self._log.mark() if self._n_past == self._log.n_events else None
        self._past = (mark, self._past[1])

    def _keep_talk(self, events: Iterable[Event]) -> None:
        """Keep that the coder knows others' answers, where only the pass that an event came with says so."""
        said = [event for event in events if event.pass_ == str(AFTER_TALK)]
        counted = self.in_their_passes(said, as_said=True) if said else []
        for event in (one for one, now in zip(said, counted, strict=True) if now.pass_ != one.pass_):
            entries = showings(self.coder, [event.note_id], [event.variable], TALK, event.decided_at)
            shown_ledger(self.root).append(list(entries), stamp=not event.decided_at)

    def _append(self, events: Iterable[Event], *, stamp: bool, as_said: bool = False) -> list[Event]:
        rows = [row_of_event(event) for event in self.in_their_passes(events, as_said=as_said)]
        saved = [event_of(row) for row in self._log.append(rows, stamp=stamp)]
        self._learn(saved)
        return saved

    def _event(self, given: Mapping[str, Any]) -> tuple[Event, list[str]]:
        """Make an event of what was given, and say what is wrong with it."""
        values = {key: value for key, value in given.items() if not is_gap(value) or key == "codes"}
        kind = str(values.get("event", "decide"))
        note_id, variable = str(values.get("note_id", "")), str(values.get("variable", ""))
        codes = joined(values.get("codes")) if kind == "decide" or variable == PROPOSAL else ""
        event = Event(
            decided_at="",
            event_id=str(values.get("event_id", "")) or new_event_id(),
            note_id=note_id,
            note_hash=str(values.get("note_hash", "")) or self.seen.hash_of(note_id),
            variable=variable,
            codes=codes or "",
            certainty=joined(values.get("certainty", "")) or "",
            memo=well_formed(str(values.get("memo", ""))),
            codebook=str(values.get("codebook", "")) or self._version_of(variable),
            pass_=joined(values.get("pass", 1)) or "",
            via=str(values.get("via", "python")),
            event=kind,
            words=given_words(words) if (words := values.get("words")) else "",
        )
        return event, [*self._field_faults(values, event), *self._answer_faults(event, codes)]

    def _field_faults(self, values: Mapping[str, Any], event: Event) -> list[str]:
        faults = [f"'{key}' is not a field of a decision" for key in values if key not in KNOWN_FIELDS]
        if values.get("coder", self.coder) != self.coder:
            faults.append(f"it is another coder's ('{values['coder']}'), and this is {self.coder}'s log")
        if event.via == UNDO:
            faults.append(f"via is one of {', '.join(WAYS)}, not '{UNDO}': that is for files taken back")
        if event.words and (beyond := self.beyond_fault(event)):
            faults.append(beyond)
        return [*faults, *field_faults(event)]

    def words_of(self, note_id: str, variable: str, shown: str) -> str:
        """Return the words selected with one of the coder's answers, which a card, page or sheet names so."""
        events = self.events_on(note_id, variable) if shown else []
        return next((event.words for event in events if shown in self.names_of(event.event_id)), "")

    def beyond_fault(self, event: Event) -> str:
        """Say where selected words end behind the text that the coder saw; nothing if that is not known."""
        return beyond_fault(event.words, self.seen.text_of(event.note_id, event.note_hash))

    def _answer_faults(self, event: Event, codes: str | None) -> list[str]:
        if event.note_id not in self.notes.index:
            return [f"there is no note '{event.note_id}'"]
        if event.variable not in self.codebook:
            return [f"there is no variable '{event.variable}'; there are: {', '.join(self.codebook.ids)}"]
        variable = self.codebook[event.variable]
        if not variable.applies_to(event.note_id, self._stage(event.note_id)):
            return [f"variable '{variable.id}' is not asked of this note"]
        if event.event != "decide" and variable.id != PROPOSAL:
            return []
        if codes is None and variable.id == PROPOSAL:
            return ["it does not say in which variable a code is missing: give that as codes"]
        if codes is None:
            return ["there is no answer (to take one back, retract it)"]
        fault = answer_fault(variable, codes)
        return [fault] if fault and not self._was_possible(event) else []

    def _was_possible(self, event: Event) -> bool:
        """Whether the definition that the coder saw takes the answer; the codebook may have changed since."""
        seen = self._definitions.read().get(event.codebook)
        return seen is not None and seen.id == event.variable and not answer_fault(seen, event.codes)

    def _version_of(self, variable: str) -> str:
        if variable not in self._versions and variable in self.codebook:
            self._versions[variable] = self.codebook[variable].version
        return self._versions.get(variable, "")

    def _stage(self, note_id: str) -> str | None:
        return str(self.notes.at[note_id, "stage"]) if "stage" in self.notes.columns else None

    def _check_note(self, note_id: str) -> None:
        if note_id not in self.notes.index:
            msg = f"There is no note '{note_id}' among the {len(self.notes)} notes of the study."
            raise NotesError(msg)

    def keep_definitions(self, variables: Iterable[str]) -> None:
        """Keep each variable's definition as it is now, so that it can be compared later.

        `record` does so by itself; who shows definitions to a coder long before a decision comes back
        does it first.

        Raises
        ------
        NotSavedError
            If the disk does not take them.
        """
        fresh = sorted(name for name in variables if self._version_of(name) not in self._kept)
        keep(self.root / CODED, [self.codebook[name] for name in fresh])
        self._kept.update(self._version_of(name) for name in fresh)


def _as_first_said(event: Event) -> Event:
    return event._replace(pass_=str(INDEPENDENT)) if event.pass_ == str(AFTER_TALK) else event
