"""Taking in what coders send back: what is new, what is here already, what cannot be taken and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.answers import answer_fault, field_faults
from sekom_analysis.codebook import Codebook, Variable
from sekom_analysis.coderlog import coder_log
from sekom_analysis.decisions import Event, coder_fault, history_table
from sekom_analysis.definitions import keep
from sekom_analysis.errors import DecisionError
from sekom_analysis.exchange.logs import Delivery, coder_of, read_log_copy
from sekom_analysis.notes import note_hash
from sekom_analysis.problems import Problem, problem_lines
from sekom_analysis.raw import Raw

Numbered = tuple[int, Event]


class Collected(NamedTuple):
    """What a file brought.

    Attributes
    ----------
    coder : whose decisions they are
    added : the new events, one row each, ``row`` being that in the file
    known : how many events of the file were here already
    refused : what cannot be taken, and why
    stale : notes that were coded before their text was changed; they are taken
    unfinished : lines that were cut off; they say nothing
    saved : whether `added` is in the coder's log now
    remarks : what was left as it is in the log, and is worth knowing
    """

    coder: str
    added: pd.DataFrame
    known: int
    refused: list[Problem]
    stale: list[Problem]
    unfinished: list[Problem]
    saved: bool = False
    remarks: Sequence[Problem] = ()


def settle(
    found: Collected, save: Callable[[], object], file: str, *, dry_run: bool, keep_valid: bool
) -> Collected:
    """Save what a file brings, all of it or nothing unless `keep_valid`, and nothing in a dry run.

    Parameters
    ----------
    found : what was found in the file
    save : saves what is new in it
    file : name of the file

    Raises
    ------
    DecisionError
        If something is refused; nothing is saved.
    """
    if dry_run:
        return found
    taken = len(found.added) + found.known
    if found.refused and not (keep_valid and taken):
        offered = f" With --keep-valid (in Python keep_valid=True) the other {taken} decisions are taken."
        rest = offered if taken and not keep_valid else ""
        msg = f"'{file}' cannot be taken in whole. Nothing was saved.{rest}\n{problem_lines(found.refused)}"
        raise DecisionError(msg)
    save()
    return found._replace(saved=True)


def open_log(path: Path, coder: str | None, known: Collection[str]) -> tuple[Delivery, str]:
    """Read a copied log and say whose it is.

    Raises
    ------
    DecisionError
        If neither its name nor `coder` tells, or the two tell different coders.
    """
    told = coder_of(path, known)
    fault = coder_fault(coder) if coder is not None else ""
    if coder is None and not told:
        fault = f"the name '{path.name}' does not tell whose log it is; say so with coder="
    elif coder is not None and told in known and told != coder:
        fault = (
            f"by its name '{path.name}' is the log of '{told}', not of '{coder}'; rename it if that is wrong"
        )
    if fault:
        msg = f"{fault}. Nothing was saved."
        raise DecisionError(msg)
    return read_log_copy(path), coder or told


def weigh_log(
    raw: Raw,
    delivery: Delivery,
    coder: str,
    histories: Mapping[str, pd.DataFrame],
    kept: Mapping[str, Variable],
) -> tuple[Collected, Callable[[], object]]:
    """Hold a copied log against the study; return what it brings, and what saves that.

    It is another study's if most of its notes have texts that this study never
    had, and another coder's if events of it stand in that coder's log.

    Parameters
    ----------
    raw : the study's notes and codebook
    delivery : the file as it was read
    coder : whose it is
    histories : every event of each coder here
    kept : the definitions kept here, by version
    """
    scales = _Scales(raw, delivery, coder, histories, kept)
    foreign = [*scales.foreign_coder(), *scales.foreign_study()]
    weighed = _Weighed([], [], 0, foreign) if foreign else scales.weigh()
    found = Collected(
        coder,
        history_table({coder: weighed.new}),
        weighed.known,
        [*delivery.refused, *weighed.refused],
        scales.stale(weighed.new),
        delivery.unfinished,
    )

    def save() -> None:
        events = [*weighed.earlier, *(event for _, event in weighed.new)]
        if events:
            versions = sorted({event.codebook for event in events} - kept.keys())
            there = {**delivery.definitions, **scales.current}
            keep(raw.root, [there[version] for version in versions if version in there])
            coder_log(raw.root, coder).append([tuple(event) for event in events], stamp=False)

    return found, save


class _Weighed(NamedTuple):
    """The new events, events known here with a later time, how many are known, and what cannot be taken."""

    new: list[Numbered]
    earlier: list[Event]
    known: int
    refused: list[Problem]


class _Scales:
    """One file on one side, the study on the other."""

    def __init__(
        self,
        raw: Raw,
        delivery: Delivery,
        coder: str,
        histories: Mapping[str, pd.DataFrame],
        kept: Mapping[str, Variable],
    ) -> None:
        self.file, self.events, self.coder, self.histories = delivery.file, delivery.events, coder, histories
        self.codebook: Codebook = raw.codebook
        self.kept, self.brought = kept, delivery.definitions
        self.now = {str(note): note_hash(str(text)) for note, text in raw.notes["text"].items()}
        self.current = {variable.version: variable for variable in raw.codebook.variables}
        own = histories.get(coder)
        self.own = {} if own is None else {event.event_id: event for event in _events(own)}

    def foreign_coder(self) -> Iterator[Problem]:
        """Yield a problem for each other coder whose log holds events of the file."""
        ids = {event.event_id for _, event in self.events} - self.own.keys()
        for other, history in self.histories.items():
            shared = ids & set(history["event_id"])
            if other != self.coder and shared:
                what = f"{len(shared)} of its {len(ids)} decisions stand in the log of '{other}'"
                yield Problem(
                    self.file, None, what, f"collect it as the log of '{other}', by its name or with coder="
                )

    def foreign_study(self) -> Iterator[Problem]:
        """Yield a problem if the texts that were coded are not this study's."""
        seen = {
            (event.note_id, event.note_hash) for _, event in self.events if event.event_id not in self.own
        }
        before = {
            pair
            for history in self.histories.values()
            for pair in zip(history["note_id"], history["note_hash"], strict=True)
        }
        texts = set(self.now.values())
        fitting = [
            (note, digest)
            for note, digest in seen
            if self.now.get(note) == digest
            or (note, digest) in before
            or (note not in self.now and digest in texts)
        ]
        if 2 * len(fitting) < len(seen):
            what = (
                f"it seems to be another study's: {len(fitting)} of its {len(seen)} notes have a text of this"
            )
            todo = (
                "collect it in its own study; if most texts were changed here, put the old notes back first"
            )
            yield Problem(self.file, None, what, todo)

    def weigh(self) -> _Weighed:
        """Tell new events from known ones and from those that cannot be taken."""
        found = _Weighed([], [], 0, [])
        here = dict(self.own)
        lacking: dict[tuple[str, str], list[int]] = {}
        for row, event in sorted(self.events, key=lambda numbered: numbered[1]):
            if event.event_id in here:
                self._compare(row, event, here[event.event_id], found)
            elif self._definition(event) is None and event.variable in self.codebook:
                lacking.setdefault((event.variable, event.codebook), []).append(row)
            elif faults := list(self._faults(row, event)):
                found.refused.extend(faults)
            else:
                here[event.event_id] = event
                found.new.append((row, event))
        refused = sorted([*found.refused, *self._lacking(lacking)], key=lambda problem: problem.row or 0)
        known = sum(event.event_id in self.own for _, event in self.events)
        return found._replace(known=known, refused=refused)

    def _compare(self, row: int, event: Event, here: Event, found: _Weighed) -> None:
        contradictions = list(self._contradiction(row, event, here))
        found.refused.extend(contradictions)
        if not contradictions and event.decided_at < here.decided_at:
            # The earliest time of an event counts, so that copies joined either way are the same.
            found.earlier.append(here._replace(decided_at=event.decided_at, pass_=event.pass_))

    def stale(self, new: Iterable[Numbered]) -> list[Problem]:
        """List the notes whose text is no longer what was coded, each once."""
        first: dict[str, int] = {}
        for row, event in sorted(new):
            if self.now[event.note_id] != event.note_hash:
                first.setdefault(event.note_id, row)
        todo = "a mended typo needs nothing; if the meaning changed, let it be decided again"
        return [
            Problem(self.file, row, f"the text of note '{note}' has changed since it was coded", todo)
            for note, row in first.items()
        ]

    def _definition(self, event: Event) -> Variable | None:
        version = event.codebook
        return self.kept.get(version) or self.current.get(version) or self.brought.get(version)

    def _contradiction(self, row: int, event: Event, here: Event) -> Iterator[Problem]:
        """Yield a problem if an event says something else than it does here; a memo may have suffered."""
        for name in ("note_id", "variable", "codes", "certainty", "event"):
            given, stands = getattr(event, name), getattr(here, name)
            if given != stands:
                what = f"{name} is '{given}', but in the log here the same decision says '{stands}'"
                yield Problem(self.file, row, what, "a log is not edited: decide the note again")

    def _faults(self, row: int, event: Event) -> Iterator[Problem]:
        for fault in field_faults(event):
            yield Problem(self.file, row, fault, "correct the cell, or leave the row out")
        if event.note_id not in self.now:
            yield self._unknown_note(row, event)
        then = self._definition(event)
        if event.variable not in self.codebook and (then is None or event.codebook not in self.kept):
            what = f"there is no variable '{event.variable}'"
            yield Problem(self.file, row, what, f"allowed: {', '.join(self.codebook.ids)}")
        elif then is not None and then.id != event.variable:
            what = f"codebook '{event.codebook}' is the definition of '{then.id}', not of '{event.variable}'"
            yield Problem(self.file, row, what, "send the log once more")
        elif then is not None and event.event == "decide" and (fault := self._answer_fault(event, then)):
            yield Problem(self.file, row, fault, "correct the answer, or decide the note again")

    def _answer_fault(self, event: Event, then: Variable) -> str:
        fault = answer_fault(then, event.codes)
        if fault and event.variable in self.codebook:
            fault = answer_fault(self.codebook[event.variable], event.codes) and fault
        return fault

    def _unknown_note(self, row: int, event: Event) -> Problem:
        alike = [note for note, digest in self.now.items() if digest == event.note_hash]
        what = f"there is no note '{event.note_id}'"
        if alike:
            return Problem(
                self.file, row, f"{what}; its text is that of '{alike[0]}'", "write the id as it is here"
            )
        first, *_, last = [*self.now, *self.now]
        todo = f"allowed are the {len(self.now)} ids of the notes, '{first}' to '{last}'"
        return Problem(self.file, row, what, todo)

    def _lacking(self, lacking: Mapping[tuple[str, str], list[int]]) -> Iterator[Problem]:
        for (variable, version), rows in lacking.items():
            what = f"the definition {version} of '{variable}', seen at {len(rows)} decisions, is not here"
            todo = f"lay the coder's folder codebooks, with {version}.yaml in it, beside the file"
            yield Problem(self.file, min(rows), what, todo)


def _events(history: pd.DataFrame) -> Iterator[Event]:
    columns = list(history.columns[1:-1])  # between coder and row stand the cells of the log
    for cells in history[columns].itertuples(index=False, name=None):
        yield Event._make(cells)
