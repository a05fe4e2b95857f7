"""What a coder's file does to what stands here: whose it is, about which texts, and what it replaces.

Whoever gave the answers of a file is told by what the file shares with the
coder's log, never by a name. A page's file or a copied log shares with it

- any event: a page keeps all that was ever answered on it, and a log too;
- the last event that the page was written with: it was sent again, and opened in another browser.

One that shares nothing and answers no question that the log answers is taken, and told; one that answers the
same questions is asked about.

A sheet has no ids that outlive its being saved again, and so is known by what it says. It was built on the
answers that came since it was written if it still says four fifths of what they say, or they say four fifths
of what it says: a sheet of Friday holds that of Monday, with more answers and a few changed. Two people who
filled in copies of one sheet differ more. It takes two answers that differ before anybody is asked. The same
holds for a page that was sent again and answers anew what came after it was written (of three answers on).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.adjudications import same_answer
from sekom_analysis.collect import REPLACED_COLUMNS, Collected, Offer, Wish, command
from sekom_analysis.decisions import OWN, Event, counting, undoing, undone
from sekom_analysis.problems import Problem

_MOST = 20  # how many are named
_FEW, _SHARE = 2, 0.05  # notes about other texts that are only told, and their share of all
_KEPT = 0.8  # of what a sheet or log said that another, built on it, still says
Cell = tuple[str, str, str]  # note, variable, pass
Question = tuple[str, str]


class Judge:
    """Holds what a file offers against the logs.

    Parameters
    ----------
    offer : what the file offers
    logs : coder -> every event of the coder, in the order in which they count
    wish : how it is to be taken
    path : the file, as it was named
    undone : ids of events by which files were taken back; those that the logs hold are known without
    """

    def __init__(
        self,
        offer: Offer,
        logs: Mapping[str, list[Event]],
        wish: Wish,
        path: Path,
        undone: Collection[str] = (),
    ) -> None:
        self.offer, self.logs, self.wish, self.path, self.undone = offer, logs, wish, path, undone
        self.own = logs.get(offer.coder, [])
        self._ids = {event.event_id for event in self.own}
        self._before = standing(self.own)

    def found(self) -> Collected:
        """Return what the file brings: nothing of it if somebody has to be asked first."""
        self._rename_given()
        stops = [*self._of_others(), *self._other_texts(), *self._other_person()]
        if stops:
            refused = [*stops, *self.offer.refused]
            return self.offer._replace(events=[], known=0, refused=refused, stale=[]).found()
        filled = self._filled_in()
        if filled:
            self.offer = self.offer._replace(
                events=[numbered for numbered in self.offer.events if numbered[1].event_id not in filled],
                remarks=[*self.offer.remarks, self._of_filled_in(len(filled))],
            )
        older = [] if self.wish.older else self._older()
        late = {event.event_id for _, event, _ in older}
        events = [numbered for numbered in self.offer.events if numbered[1].event_id not in late]
        refused = [*self.offer.refused, *(self._too_old(*one) for one in older)]
        remarks = [*self.offer.remarks, *self._overtaken(events), *self._unknown(), *self._taken_back()]
        taken = self.offer._replace(events=events, refused=refused, remarks=remarks).found()
        return taken._replace(replaced=replaced(self.own, events, self.offer.redated))

    # --- whose ----------------------------------------------------------------------------------

    def _rename_given(self) -> None:
        """Give events ids of their own where they went into another coder's log, and were taken back there.

        The ids follow from the old ones, so that collecting twice adds nothing.
        """
        others = [log for coder, log in self.logs.items() if coder != self.offer.coder]
        if self.wish.coder is None or not any(self._is_all_taken_back(log) for log in others):
            return
        there = {event.event_id for log in others if self._is_all_taken_back(log) for event in log}
        named = {e.event_id: _renamed(e.event_id, self.offer.coder) for _, e in self.offer.events}
        named = {old: new for old, new in named.items() if old in there}
        events = [
            (row, e._replace(event_id=named.get(e.event_id, e.event_id))) for row, e in self.offer.events
        ]
        fresh = [(row, event) for row, event in events if event.event_id not in self._ids]
        self.offer = self.offer._replace(
            events=fresh,
            known=self.offer.known + len(events) - len(fresh),
            here={*self.offer.here, *(self._ids & set(named.values()))},
            came={named.get(old, old): time for old, time in self.offer.came.items()},
        )

    def _is_all_taken_back(self, log: Sequence[Event]) -> bool:
        """Whether events of the file stand in a log, and none counts there, since they were taken back."""
        ids = {event.event_id for _, event in self.offer.events}
        here = {event.event_id for event in log if event.event_id in ids}
        return bool(here) and here <= _undone_in(log)

    def _of_others(self) -> Iterator[Problem]:
        """Yield a problem for each other coder in whose log events of the file stand."""
        ids = {event.event_id for _, event in self.offer.events}
        for other, log in self.logs.items():
            there = {event.event_id for event in log}
            if other == self.offer.coder:
                continue
            if shared := ids & there:
                what = f"{len(shared)} of its {len(ids)} decisions stand in the log of '{other}'"
                todo = f"if it is {other}'s: {self._command(f'--coder {other}')}"
                yield self._problem(what, todo)
            elif self.offer.last_event in there - self._ids and self.wish.coder is None:
                coder = self.offer.coder
                what = f"it was handed out with the answers of '{other}', and says that it is {coder}'s"
                todo = f"{self._command(f'--coder {other}')}, or --coder {coder} if it is {coder}'s"
                yield self._problem(what, todo)

    def _other_person(self) -> Iterator[Problem]:
        """Yield a problem if somebody else may have answered what the coder has answered."""
        if self.wish.same_person or not self.own or not self.offer.events:
            return
        both = self._compared()
        if both is None or not both.is_strange:
            return
        coder = self.offer.coder
        questions = "1 question" if both.n == 1 else f"{both.n} questions"
        what = (
            f"it answers {questions} that {coder} has answered here ({both.alike} alike), and was not made "
            f"from those answers: perhaps somebody else gave these"
        )
        todo = (
            f"if somebody else gave them: {self._command('--coder ID')}; "
            f"if {coder} gave both: {self._command('--same-person')}"
        )
        yield self._problem(what, todo)

    def _compared(self) -> Compared | None:
        """Hold the answers of the file against those it knows nothing of; None where it surely knows them."""
        is_sheet = self.offer.way == "sheet"
        if self.offer.here and not is_sheet:
            return None
        unknown = standing_answers(self._since())
        given = standing_answers([event for _, event in self.offer.events])
        both = [question for question in given if question in unknown]
        differing = [q for q in both if same_answer(given[q].codes) != same_answer(unknown[q].codes)]
        if not is_sheet and self.offer.last_event not in self._ids:
            return Compared(len(both), len(both) - len(differing), bool(both))
        alike = len(both) - len(differing)
        if is_sheet:  # what is alike in both is no news, and so is only counted
            earlier = len(self._before) - len(unknown)
            alike = max(0, min(self.offer.known - earlier, len(unknown) - len(differing)))
        way = "sheet" if is_sheet else "page"
        only_here = sum(event.via == way for q, event in unknown.items() if q not in given)
        only_here = max(0, only_here - alike) if is_sheet else only_here
        only_there = len(given) - len(both)
        kept = max(alike / max(1, alike + len(differing) + only) for only in (only_here, only_there))
        is_strange = len(differing) >= (2 if is_sheet else 3) and kept < _KEPT
        return Compared(len(differing) + alike, alike, is_strange)

    def _since(self) -> list[Event]:
        """Return the coder's events since page or sheet was written, as far as it says when."""
        places = [n for n, event in enumerate(self.own, start=1) if event.event_id == self.offer.last_event]
        return self.own[places[-1] :] if places else self.own

    def _unknown(self) -> Iterator[Problem]:
        """Tell of a file that shares nothing with what the coder has sent before."""
        is_shared = self.offer.here or self.offer.last_event in self._ids or self.offer.way == "sheet"
        is_said = self.wish.same_person or self.wish.coder
        if self.own and self.offer.events and not is_shared and not is_said:
            coder = self.offer.coder
            what = f"it shares nothing with what {coder} has answered here, and answers other questions"
            yield self._problem(what, f"if somebody else gave them: {self._command('--undo')}")

    def _filled_in(self) -> set[str]:
        """Return the ids of answers with which another coder's sheet was written, and that it still holds."""
        if self.offer.way != "sheet" or not self.offer.last_event or self.offer.last_event in self._ids:
            return set()
        for log in self.logs.values():
            places = [n for n, event in enumerate(log, 1) if event.event_id == self.offer.last_event]
            if places:
                theirs = standing_answers(log[: places[-1]])
                return {e.event_id for _, e in self.offer.events if _is_theirs(e, theirs)}
        return set()

    def _of_filled_in(self, n: int) -> Problem:
        what = f"{n} answers stood in the sheet when it was written, and are another coder's"
        return self._problem(what, f"they are not taken as {self.offer.coder}'s; all others are")

    # --- about which texts ----------------------------------------------------------------------

    def _other_texts(self) -> Iterator[Problem]:
        """Yield problems if many of the answers are about other texts than the study's."""
        others = self.offer.other_texts
        if self.wish.changed_texts or len(others) <= max(_FEW, _SHARE * self.offer.n_notes):
            return
        what = f"{len(others)} of the {self.offer.n_notes} notes that it answers have another text here"
        todo = (
            "if texts were moved to other notes (sorted alone in Excel), put them back; "
            f"if they were changed on purpose: {self._command('--changed-texts')}"
        )
        yield self._problem(what, todo)
        yield from others[:3]

    # --- what replaces what -----------------------------------------------------------------------

    def _older(self) -> list[tuple[int, Event, Event]]:
        """Return what would replace answers that are newer than the sheet: row, answer, the newer one."""
        saved_at = self.offer.saved_at
        if not saved_at or self.offer.way != "sheet":
            return []
        found = []
        for row, event in self.offer.events:
            stands = self._before.get(cell_of(event))
            if stands is not None and stands.decided_at[:19] > saved_at[:19] and not _same(stands, event):
                found.append((row, event, stands))
        return found

    def _too_old(self, row: int, event: Event, stands: Event) -> Problem:
        what = (
            f"'{event.variable}' of note '{event.note_id}': '{event.codes}' in the file, which was saved "
            f"{_minute(self.offer.saved_at)}, would replace '{stands.codes}', which is newer: "
            f"{_minute(stands.decided_at)}"
        )
        return Problem(self.offer.file, row, what, f"if the file is right: {self._command('--older')}")

    def _overtaken(self, events: Sequence[tuple[int, Event]]) -> Iterator[Problem]:
        """Tell of answers that are older than what stands here, and so change nothing."""
        timed = [event for _, event in events if event.decided_at]
        last = standing(sorted(timed))
        after = standing([*self.own, *self.offer.redated, *timed])
        older = [
            f"'{event.variable}' of note '{event.note_id}' '{after[cell].codes}', in the file '{event.codes}'"
            for cell, event in last.items()
            if cell in after and cell in self._before and not _same(after[cell], event)
        ]
        if older:
            what = f"{len(older)} of its answers are older than what stands here: {_listed(older)}"
            yield self._problem(what, "the newer answer stands; the log has both")

    def _taken_back(self) -> Iterator[Problem]:
        """Tell of answers that are here already, and that somebody took back by undoing the file."""
        gone = self.taken_back()
        if gone and not self.wish.older:
            what = f"{len(gone)} of its answers were taken in before, and then taken back; they stay so"
            yield self._problem(what, f"to have them again: {self._command('--older')}")

    def taken_back(self) -> list[Event]:
        """Return the answers of the file that were here, and that somebody took back by undoing the file."""
        gone = _undone_in(self.own)
        here = {_round(e): e for e in self.own if e.event_id in self.offer.here and e.event == "decide"}
        place = {event.event_id: number for number, event in enumerate(self.own)}
        last = {_round(event): place[event.event_id] for event in counting(self.own)}
        return [
            event
            for cell, event in here.items()
            if event.event_id in gone and last.get(cell, -1) < place[undoing(event.event_id)]
        ]

    # --- saying it --------------------------------------------------------------------------------

    def _problem(self, what: str, todo: str) -> Problem:
        return Problem(self.offer.file, None, what, todo)

    def _command(self, option: str) -> str:
        whose = f"--coder {self.wish.coder}" if self.wish.coder and "--coder" not in option else ""
        return command(self.path, whose, option)


class Compared(NamedTuple):
    """How many questions a file and the log both answer, how many alike, and whether one has to ask."""

    n: int
    alike: int
    is_strange: bool


def cell_of(event: Event) -> Cell:
    """Return what an event is about."""
    return event.note_id, event.variable, event.pass_


def _round(event: Event) -> Cell:
    """Return what an event is about; what a coder says first and after talking is one round."""
    return event.note_id, event.variable, OWN[0] if event.pass_ in OWN else event.pass_


def _undone_in(log: Iterable[Event]) -> set[str]:
    return undone({event.event_id: event.via for event in log})


def standing(events: Iterable[Event]) -> dict[Cell, Event]:
    """Fold events of one coder into the standing decisions, as `decisions.fold` does."""
    once: dict[str, Event] = {}
    for event in events:
        known = once.get(event.event_id)
        once[event.event_id] = event if known is None else min(event, known)
    found = {cell_of(event): event for event in sorted(counting(once.values())) if event.event != "skip"}
    return {cell: event for cell, event in found.items() if event.event == "decide"}


def standing_answers(events: Iterable[Event]) -> dict[Question, Event]:
    """Return question -> the last answer to it, whatever its pass."""
    found = sorted(standing(_timed(events)).values())
    return {(event.note_id, event.variable): event for event in found}


def replaced(
    own: Sequence[Event], events: Sequence[tuple[int, Event]], redated: Sequence[Event] = ()
) -> pd.DataFrame:
    """Return the answers that stand and do so no longer once some events are added.

    Parameters
    ----------
    own : every event of a coder
    events : the new ones, with their rows in a file
    redated : events of `own` with the earlier times that they get
    """
    before = standing(own)
    after = standing(_timed([*own, *redated, *(event for _, event in events)]))
    rows = {cell_of(event): row for row, event in events}
    found = []
    for cell, old in before.items():
        new = after.get(cell)
        if new is None or same_answer(new.codes) != same_answer(old.codes):
            codes = new.codes if new is not None else ""
            found.append((*cell, old.codes, codes, new is None, rows.get(cell)))
    table = pd.DataFrame(found, columns=REPLACED_COLUMNS)
    return table.astype({**dict.fromkeys(REPLACED_COLUMNS[:5], "str"), "is_gone": "bool", "row": "Int64"})


def _timed(events: Iterable[Event]) -> list[Event]:
    """Give a time to events that get it only when they are saved: later than any, in their order."""
    return [
        event if event.decided_at else event._replace(decided_at=f"9{number:09}")
        for number, event in enumerate(events)
    ]


def _renamed(event_id: str, coder: str) -> str:
    return "c" + hashlib.sha256(f"{event_id}|{coder}".encode()).hexdigest()[:24]


def _is_theirs(event: Event, answers: Mapping[Question, Event]) -> bool:
    stands = answers.get((event.note_id, event.variable))
    return stands is not None and same_answer(stands.codes) == same_answer(event.codes)


def _same(one: Event, other: Event) -> bool:
    return one.event_id == other.event_id or same_answer(one.codes) == same_answer(other.codes)


def _minute(time: str) -> str:
    return f"{time[:16].replace('T', ' ')} UTC"


def _listed(texts: Sequence[str]) -> str:
    more = f"; and {len(texts) - _MOST} more" if len(texts) > _MOST else ""
    return "; ".join(texts[:_MOST]) + more
