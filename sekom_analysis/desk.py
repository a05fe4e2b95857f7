"""What one coder works at: the notes, the codebook and that coder's own log. Nothing of anybody else's.

Of adjudications a desk knows on which notes there are any since when, never what was said.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from sekom_analysis.adjudications import Adjudicated
from sekom_analysis.answers import answer_fault, field_faults
from sekom_analysis.codebook import Codebook, Variable
from sekom_analysis.coderlog import coder_log, events_of
from sekom_analysis.decisions import (
    COLUMNS,
    Event,
    coder_fault,
    fold,
    given_events,
    history_table,
    is_gap,
    joined,
    new_event_id,
    skipped,
)
from sekom_analysis.definitions import Definitions, keep
from sekom_analysis.errors import DecisionError, NotesError
from sekom_analysis.logline import utc_text, well_formed
from sekom_analysis.notes import note_hash
from sekom_analysis.problems import Problem
from sekom_analysis.raw import CODED, Raw, find_root, open_raw

KNOWN_FIELDS = frozenset(COLUMNS) | {"coder"}


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
        self.seed = raw.about.seed
        self.notes: pd.DataFrame = raw.notes
        self.codebook: Codebook = raw.codebook
        self._log = coder_log(raw.root, coder)
        self._definitions = Definitions(raw.root / CODED)
        self._kept: set[str] = set()
        self._adjudicated = Adjudicated(raw.root)
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

    def history(self) -> pd.DataFrame:
        """Return every event of the coder, in the order in which they count."""
        return history_table({self.coder: events_of(self._log.read()[0])})

    def decisions(self) -> pd.DataFrame:
        """Return the coder's standing decisions, one row a note, variable and pass."""
        return fold(self.history())

    def skipped(self) -> pd.DataFrame:
        """Return what the coder looked at and left open."""
        return skipped(self.history())

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
        **fields: object,
    ) -> Event:
        """Save one decision; return it once it is on the disk.

        Parameters
        ----------
        note_id, variable : which question of which note
        codes : the code; a list or set of codes for `multiple`; a whole number for `scale`
        certainty : 1 (unsure) to 3 (sure)
        memo : why
        **fields : ``pass``, ``via`` or ``event_id`` where they are not the usual ones

        Raises
        ------
        DecisionError
            If the answer is not possible; nothing is saved.
        NotSavedError
            If the disk did not take it.
        """
        given = {"note_id": note_id, "variable": variable, "codes": codes, "memo": memo}
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
            ``certainty``, ``memo``, ``pass``, ``via``, ``event`` and ``event_id``. An event whose
            ``event_id`` the log has already is not written again. ``note_hash`` and ``codebook``
            say which text and definition the coder saw, where that may not be the present one.
            From a note's first adjudication on, pass 1 becomes 3: others' answers could be seen.
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
        return self._append(made, stamp=not keep_times)

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

    def in_their_passes(self, events: Iterable[Event]) -> list[Event]:
        """Return events, each in the pass that it counts in: 3 where it came after an adjudication."""
        return self._adjudicated.in_their_passes(events)

    def _append(self, events: Iterable[Event], *, stamp: bool) -> list[Event]:
        rows = [tuple(event) for event in self.in_their_passes(events)]
        return [Event._make(row) for row in self._log.append(rows, stamp=stamp)]

    def _event(self, given: Mapping[str, Any]) -> tuple[Event, list[str]]:
        """Make an event of what was given, and say what is wrong with it."""
        values = {key: value for key, value in given.items() if not is_gap(value) or key == "codes"}
        kind = str(values.get("event", "decide"))
        codes = joined(values.get("codes")) if kind == "decide" else ""
        note_id, variable = str(values.get("note_id", "")), str(values.get("variable", ""))
        event = Event(
            decided_at="",
            event_id=str(values.get("event_id", "")) or new_event_id(),
            note_id=note_id,
            note_hash=str(values.get("note_hash", "")) or self._hash_of(note_id),
            variable=variable,
            codes=codes or "",
            certainty=joined(values.get("certainty", "")) or "",
            memo=well_formed(str(values.get("memo", ""))),
            codebook=str(values.get("codebook", "")) or self._version_of(variable),
            pass_=joined(values.get("pass", 1)) or "",
            via=str(values.get("via", "python")),
            event=kind,
        )
        return event, [*self._field_faults(values, event), *self._answer_faults(event, codes)]

    def _field_faults(self, values: Mapping[str, Any], event: Event) -> list[str]:
        faults = [f"'{key}' is no field of a decision" for key in values if key not in KNOWN_FIELDS]
        if values.get("coder", self.coder) != self.coder:
            faults.append(f"it is another coder's ('{values['coder']}'), and this is {self.coder}'s log")
        return [*faults, *field_faults(event)]

    def _answer_faults(self, event: Event, codes: str | None) -> list[str]:
        if event.note_id not in self.notes.index:
            return [f"there is no note '{event.note_id}'"]
        if event.variable not in self.codebook:
            return [f"there is no variable '{event.variable}'; there are: {', '.join(self.codebook.ids)}"]
        variable = self.codebook[event.variable]
        if not variable.applies_to(event.note_id, self._stage(event.note_id)):
            return [f"variable '{variable.id}' is not asked of this note"]
        if event.event != "decide":
            return []
        if codes is None:
            return ["there is no answer (to take one back, retract it)"]
        fault = answer_fault(variable, codes)
        return [fault] if fault and not self._was_possible(event) else []

    def _was_possible(self, event: Event) -> bool:
        """Whether the definition that the coder saw takes the answer; the codebook may have changed since."""
        seen = self._definitions.read().get(event.codebook)
        return seen is not None and seen.id == event.variable and not answer_fault(seen, event.codes)

    def _hash_of(self, note_id: str) -> str:
        return note_hash(str(self.notes.at[note_id, "text"])) if note_id in self.notes.index else ""

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
        """Keep each variable's definition as it stands now, so that it can be compared later.

        `record` does so by itself; who shows definitions to a coder long before a decision comes back
        does it first.

        Raises
        ------
        NotSavedError
            If the disk does not take them.
        """
        fresh = sorted(name for name in variables if self._version_of(name) not in self._kept)
        keep(self.root, [self.codebook[name] for name in fresh])
        self._kept.update(self._version_of(name) for name in fresh)
