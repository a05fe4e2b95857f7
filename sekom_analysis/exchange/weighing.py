"""What a coder's file does to what is here: whose it is, about which texts, and what it replaces.

Whoever gave the answers of a file is told by what the file shares with the
coder's log, never by a name. A page's file or a copied log shares with it

- any event: a page keeps all that was ever answered on it, and a log too;
- the last event that the page was written with: it was sent again, and opened in another browser.

One that shares nothing and answers no question that the log answers is taken, and said; one that answers the
same questions is asked about. A page's file knows what the page was written with, and what its own copy of
the page brought; of what else was answered since, it may answer up to two questions again, alike, unasked.
A copy that somebody has said to be the same person's is not asked about again.

A sheet has no ids that outlive its being saved again, and so is known by what it says. It was built on the
answers that came since it was written if it still says what they say: a sheet of Friday holds that of Monday,
with more answers and a few changed. It is asked about from three answers on that differ, if they are more
than a twentieth of what both answer, or two if that is a fifth; and if of two savings of one sheet the later
one leaves open what the earlier one answers. Rows that are not in the file say nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from sekom_analysis.basics.wording import Phrase, Problem, chain
from sekom_analysis.exchange.takings import (
    Offer,
    cell_of,
    command,
    replaced,
    standing,
    standing_answers,
    timed,
)
from sekom_analysis.study.decisions import Event, Question, counting, question_of, same_answer, undone
from sekom_analysis.study.imports import Collected, Wish
from sekom_analysis.study.rows import local_minute

_MOST = 20  # how many are named
_FEW, _SHARE = 2, 0.05  # notes about other texts, or answers that differ, that are only told; share of all
_ANEW = 3  # so many questions that are answered again though they are answered, and somebody is asked
_KEPT = 0.8  # of what a sheet or log said that another, built on it, still says


class Judge:
    """Holds what a file offers against the logs.

    Parameters
    ----------
    offer : what the file offers
    logs : coder -> every event of the coder, in the order in which they count
    wish : how it is to be taken
    path : the file, as it was named
    root : the study's folder, for commands that are to name it
    copies : coder -> ids of the events that this copy of the page or sheet brought -> when it was saved then
    saved : event_id -> when the file that brought an event had been saved, as far as that is known
    """

    def __init__(
        self,
        offer: Offer,
        logs: Mapping[str, list[Event]],
        wish: Wish,
        path: Path,
        root: Path | None = None,
        copies: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
        saved: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.offer, self.logs, self.wish, self.path, self.root = offer, logs, wish, path, root
        self.copies, self.same_copy = copies, copies.get(offer.coder, {})
        self.saved = saved
        self.own = logs.get(offer.coder, [])
        self._ids = {event.event_id for event in self.own}
        self._before = standing(self.own)
        self._stops: list[Problem] = []
        self.earlier: list[Event] = []  # of a sheet, with the time of its saving; see `_given_since`

    def found(self) -> Collected:
        """Return what the file brings: nothing of it if somebody has to be asked first."""
        self._leave_out_other_wave()
        self._put_back()
        self._rename_given()
        self._stops = [*self._of_others(), *self._other_texts(), *self._other_person()]
        if self._stops:
            refused = [*self._stops, *self.offer.refused]
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
        self.earlier = list(self._given_since(events))
        remarks = [*self.offer.remarks, *self._overtaken(events), *self._unknown(), *self._taken_back()]
        taken = self.offer._replace(events=events, refused=refused, remarks=remarks).found()
        return taken._replace(replaced=replaced(self.own, events, [*self.offer.redated, *self.earlier]))

    # --- whose ----------------------------------------------------------------------------------

    def _rename_given(self) -> None:
        """Give events ids of their own where they went into another coder's log, and were taken back there.

        The ids follow from the old ones, so that collecting twice adds nothing, and the next file of the same
        person, or another computer that does not know it was taken back, goes on with them.
        """
        others = [log for coder, log in self.logs.items() if coder != self.offer.coder]
        ids = {event.event_id for _, event in self.offer.events}
        gone = [log for log in others if self.wish.coder is not None and self._is_all_taken_back(log, ids)]
        there = {event.event_id for log in gone for event in log}
        named = {one: _renamed(one, self.offer.coder) for one in ids}
        named = {old: new for old, new in named.items() if old in there or new in self._ids}
        if not named:
            return
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

    def _is_all_taken_back(self, log: Sequence[Event], ids: Collection[str]) -> bool:
        """Whether events of the file are in a log, and none counts there, since they were taken back."""
        here = {event.event_id for event in log if event.event_id in ids}
        return bool(here) and here <= _undone_in(log)

    def _of_others(self) -> Iterator[Problem]:
        """Yield a problem for each other coder in whose log events of the file are."""
        ids = {event.event_id for _, event in self.offer.events}
        coder = self.offer.coder
        for other, log in self.logs.items():
            there = {event.event_id for event in log}
            if other == coder:
                continue
            said = {"other": other, "coder": coder, "theirs": self._command(f"--coder {other}")}
            if shared := ids & there:
                undo, own = self._typed("--undo"), self._typed(f"--coder {coder}")
                counts = {"n": len(shared), "of": len(ids)}
                yield self._problem("other_log", **said, **counts, undo=undo, own=own)
            elif counts := self._handed(other, log):
                undo = self._typed("--undo", f"--coder {other}")
                yield self._problem("other_handed", **said, **counts, undo=undo)
            elif self._is_their_sheet(other, log):
                yield self._problem("other_sheet", **said, own=self._command(f"--coder {coder}"))
            elif self.offer.last_event in there - self._ids and self.wish.coder is None:
                yield self._problem("other_given", **said)

    def _handed(self, other: str, log: Sequence[Event]) -> dict[str, int]:
        """Return how many of the file's events were handed over to another coder; empty if none counts."""
        own = [event for event in self.own if event.event_id in self.offer.here]
        events = [*own, *(event for _, event in self.offer.events)]
        if self.offer.way == "log":  # this may be the log in which they were taken back
            events = list(standing(timed(events)).values())
        ids = {event.event_id for event in events}
        there = {_renamed(one, other) for one in ids} & {event.event_id for event in log}
        if not there or self._is_all_taken_back(log, there):
            return {}
        return {"n": len(there), "of": len(ids)}

    def _is_their_sheet(self, other: str, log: Sequence[Event]) -> bool:
        """Whether the same sheet brought answers to another coder that count, and none to this one."""
        if self.offer.way != "sheet" or self.wish.coder is not None or self._brought():
            return False
        ids = self.copies.get(other, {})
        return any(e.event_id in ids for e in log) and not self._is_all_taken_back(log, ids)

    def _other_person(self) -> Iterator[Problem]:
        """Yield a problem if somebody else may have answered what the coder has answered."""
        if self.wish.same_person or not self.own or not self.offer.events:
            return
        both = self._compared()
        if both is None or not both.is_strange:
            return
        coder = self.offer.coder
        said = {"theirs": self._command("--coder ID"), "same": self._command("--same-person"), "coder": coder}
        if both.lacking:
            yield self._problem("other_saving", n=both.lacking, **said)
            return
        questions = Phrase("questions_one" if both.n == 1 else "questions", n=both.n)
        made = Phrase("made_differing" if self.offer.way == "sheet" else "made_apart")
        yield self._problem("other_person", questions=questions, alike=both.alike, made=made, **said)

    def _compared(self) -> Compared | None:
        """Hold the answers of the file against those it knows nothing of; None where it surely knows them."""
        given = standing_answers([event for _, event in self.offer.events])
        if self.offer.way == "sheet":
            return self._compared_sheet(given)
        brought = self._brought()
        if not brought and self.offer.last_event not in self._ids:
            gone = [event for event in self.own if event.event_id in self.offer.here]
            both = _compared({**standing_answers(gone), **given}, standing_answers(self.own))
            return both._replace(is_strange=both.n > 0)
        if not brought:
            return _compared(given, self._unknown_answers(brought))
        if self.offer.way == "log" or self._was_said(brought):
            return None
        both = _compared(given, self._unknown_answers(brought))
        return both._replace(is_strange=both.n >= _ANEW)

    def _compared_sheet(self, given: Mapping[Question, Event]) -> Compared:
        """Hold the new answers of a sheet against those that came since it was written."""
        unknown = standing_answers(self._since())
        both = _compared(given, unknown)
        n_differing = both.n - both.alike
        # What is alike in both is not news, and so is only counted.
        earlier = len(self._before) - len(unknown)
        alike = max(0, min(self.offer.known - earlier, len(unknown) - n_differing))
        only_here = sum(event.via == "sheet" for q, event in unknown.items() if q not in given)
        only = max(0, only_here - alike), len(given) - both.n
        kept = max(alike / max(1, alike + n_differing + n) for n in only)
        n, lacking = n_differing + alike, self._lacking()
        is_other = (n_differing >= 2 and kept < _KEPT) or _are_many(n_differing, n)
        return Compared(n, alike, (is_other and not self._has_changed_much()) or lacking > 0, lacking)

    def _has_changed_much(self) -> bool:
        """Whether this sheet changed so many of its own answers before that it was asked about."""
        said: dict[Question, set[frozenset[str]]] = {}
        for event in counting(self.own):
            if event.event_id in self.same_copy and event.event == "decide":
                said.setdefault(question_of(event), set()).add(same_answer(event.codes))
        return sum(len(answers) > 1 for answers in said.values()) >= _ANEW

    def _lacking(self) -> int:
        """Return how many answers of one saving of a sheet a later one leaves open; 0 if they are few."""
        found, saved_at = standing_answers(self.own), self.offer.saved_at
        if saved_at and any(time > saved_at for time in self.same_copy.values()):  # the later one is here
            new = {question_of(event) for _, event in self.offer.events if event.event == "decide"}
            lacking, n = len(new - found.keys()), len(new) + self.offer.known
        else:
            theirs = {q for q, event in found.items() if event.event_id in self.same_copy}
            lacking, n = len(theirs & set(self.offer.blank)), len(theirs)
        return lacking if _are_many(lacking, n) else 0

    def _brought(self) -> set[str]:
        """Return the ids of events here that the file or its copy of the page brought, and that count."""
        ids = {*self.offer.here, *self.same_copy}
        return {event.event_id for event in counting(self.own) if event.event_id in ids}

    def _unknown_answers(self, brought: Collection[str]) -> dict[Question, Event]:
        """Return the standing answers that no event says which the page knows."""
        since = {event.event_id for event in self._since()}
        known = {
            (*question_of(event), same_answer(event.codes))
            for event in self.own
            if event.event_id in brought or event.event_id not in since
        }
        found = standing_answers(self.own)
        return {q: event for q, event in found.items() if (*q, same_answer(event.codes)) not in known}

    def _was_said(self, brought: Collection[str]) -> bool:
        """Whether it had to be said before that this copy of the page is the same person's."""
        theirs = [event for event in self.own if event.event_id in brought]
        others = [event for event in self._since() if event.event_id not in brought]
        return _compared(standing_answers(theirs), standing_answers(others)).is_strange

    def _since(self) -> list[Event]:
        """Return the coder's events since page or sheet was written, as far as it says when."""
        places = [n for n, event in enumerate(self.own, start=1) if event.event_id == self.offer.last_event]
        return self.own[places[-1] :] if places else self.own

    def _unknown(self) -> Iterator[Problem]:
        """Tell of a file that shares nothing with what the coder has sent before."""
        is_shared = self._brought() or self.offer.last_event in self._ids or self.offer.way == "sheet"
        is_said = self.wish.same_person or self.wish.coder
        if self._before and self.offer.events and not is_shared and not is_said:
            yield self._problem("other_unknown", coder=self.offer.coder, undo=self._command("--undo"))

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
        return self._problem("other_filled_in", n=n, coder=self.offer.coder)

    # --- about which texts ----------------------------------------------------------------------

    def _leave_out_other_wave(self) -> None:
        """Leave out what was answered about the texts of an earlier wave, and say so."""
        kept = [one for one in self.offer.events if one[1].event_id not in self.offer.other_wave]
        n = len(self.offer.events) - len(kept)
        if not n or self.wish.changed_texts:
            return
        left_out = self._problem("other_wave", n=n, command=self._command("--changed-texts"))
        remarks = [*self.offer.remarks, left_out]
        self.offer = self.offer._replace(events=kept, stale=self.offer.other_texts, remarks=remarks)

    def _other_texts(self) -> Iterator[Problem]:
        """Yield problems if many of the answers are about other texts than the study's."""
        others = self.offer.other_texts
        if self.wish.changed_texts or len(others) <= max(_FEW, _SHARE * self.offer.n_notes):
            return
        said = {"n": len(others), "of": self.offer.n_notes, "command": self._command("--changed-texts")}
        yield self._problem("other_texts", **said)
        yield from others[:3]

    # --- what replaces what -----------------------------------------------------------------------

    def _put_back(self) -> None:
        """Take what a sheet was written with, too, where it was put back on purpose."""
        if not self.wish.older:
            return
        told = [problem for _, problems in self.offer.as_written for problem in problems]
        events = [*self.offer.events, *(numbered for numbered, _ in self.offer.as_written)]
        remarks = [problem for problem in self.offer.remarks if problem not in told]
        self.offer = self.offer._replace(events=events, remarks=remarks)

    def _older(self) -> list[tuple[int, Event, Event]]:
        """Return what would replace answers that are newer than the sheet: row, answer, the newer one."""
        if self.offer.way != "sheet":
            return []
        standing = ((row, event, self._before.get(cell_of(event))) for row, event in self.offer.events)
        found = [
            (row, event, now) for row, event, now in standing if now is not None and not _same(now, event)
        ]
        if not self.offer.saved_at:
            return [one for one in found if self._may_be_older(*one[1:])]
        return [one for one in found if self._said_at(one[2])[:19] > self.offer.saved_at[:19]]

    def _said_at(self, event: Event) -> str:
        """Return when an answer was given: one of a sheet, at the latest when that was saved."""
        saved_at = self.saved.get(event.event_id) if event.via == "sheet" else ""
        return min(saved_at or event.decided_at, event.decided_at)

    def _may_be_older(self, event: Event, stands: Event) -> bool:
        """Whether an answer of a sheet that does not say when it was saved may be older than the one here.

        It may if that came since the sheet was written, and in another way; or if the sheet says what was
        replaced by then, or leaves open what another sheet has answered since.
        """
        since = self._since()
        if stands not in since:
            return False
        came = {q for q, one in standing_answers(since).items() if one.via == "sheet"}
        was_said = any(cell_of(one) == cell_of(event) and _same(one, event) for one in since)
        return stands.via != "sheet" or was_said or bool(came & set(self.offer.blank))

    def _too_old(self, row: int, event: Event, stands: Event) -> Problem:
        kind = "too_old" if self.offer.saved_at else "too_old_maybe"
        about = {"variable": event.variable, "note": event.note_id, "codes": event.codes}
        times = {"saved": local_minute(self.offer.saved_at), "said": local_minute(self._said_at(stands))}
        ways = {"here": stands.codes, "command": self._command("--older")}
        return Problem.of(self.offer.file, row, kind, **about, **times, **ways)

    def _given_since(self, events: Sequence[tuple[int, Event]]) -> Iterator[Event]:
        """Yield a sheet's answers as of its saving, where the file has one that was given after that.

        An answer of a sheet has the time of its collecting, which does not make it newer.
        """
        for cell, event in standing([event for _, event in events if event.decided_at]).items():
            stands = self._before.get(cell)
            if stands is not None and self._said_at(stands) < event.decided_at < stands.decided_at:
                yield stands._replace(decided_at=self._said_at(stands))

    def _overtaken(self, events: Sequence[tuple[int, Event]]) -> Iterator[Problem]:
        """Tell of answers that are older than the ones here, and so change nothing."""
        timed = [event for _, event in events if event.decided_at]
        last = standing(sorted(timed))
        after = standing([*self.own, *self.offer.redated, *self.earlier, *timed])
        older = [
            _both(event, after[cell])
            for cell, event in last.items()
            if cell in after and cell in self._before and not _same(after[cell], event)
        ]
        if older:
            yield self._problem("overtaken", n=len(older), answers=_listed(older))

    def _taken_back(self) -> Iterator[Problem]:
        """Tell of answers that are here already, and that somebody took back by undoing the file."""
        gone = self.taken_back()
        if gone and not self.wish.older:
            yield self._problem("taken_back", n=len(gone), command=self._command("--older"))

    def taken_back(self) -> list[Event]:
        """Return the events of the file that were here, and that somebody took back by undoing the file.

        None if somebody has to be asked first.
        """
        if self._stops:
            return []
        gone = _undone_in([*self.own, *(event for _, event in self.offer.events)])
        return [event for event in self.own if event.event_id in self.offer.here and event.event_id in gone]

    # --- saying it --------------------------------------------------------------------------------

    def _problem(self, kind: str, /, **values: object) -> Problem:
        return Problem.of(self.offer.file, None, kind, **values)

    def _command(self, option: str) -> str:
        whose = f"--coder {self.wish.coder}" if self.wish.coder and "--coder" not in option else ""
        return self._typed(whose, option)

    def _typed(self, *options: str) -> str:
        return command(self.path, *options, root=self.root)


class Compared(NamedTuple):
    """How many questions a file and the log both answer, how many alike, and whether one has to ask.

    Of a sheet that was saved twice: how many answers of the earlier saving the later one lacks.
    """

    n: int
    alike: int
    is_strange: bool
    lacking: int = 0


def _compared(given: Mapping[Question, Event], there: Mapping[Question, Event]) -> Compared:
    """Hold answers against others: one that differs, or several alike, is to be asked about."""
    both = [question for question in given if question in there]
    alike = sum(same_answer(given[q].codes) == same_answer(there[q].codes) for q in both)
    return Compared(len(both), alike, alike < len(both) or len(both) >= _ANEW)


def _are_many(n: int, of: int) -> bool:
    return n >= _ANEW and n > _SHARE * of


def _undone_in(log: Iterable[Event]) -> set[str]:
    return undone({event.event_id: event.via for event in log})


def _renamed(event_id: str, coder: str) -> str:
    return "c" + hashlib.sha256(f"{event_id}|{coder}".encode()).hexdigest()[:24]


def _is_theirs(event: Event, answers: Mapping[Question, Event]) -> bool:
    stands = answers.get(question_of(event))
    return stands is not None and same_answer(stands.codes) == same_answer(event.codes)


def _same(one: Event, other: Event) -> bool:
    return one.event_id == other.event_id or same_answer(one.codes) == same_answer(other.codes)


def _both(event: Event, stands: Event) -> Phrase:
    """Say what an answer was, and what it is here."""
    about = {"variable": event.variable, "note": event.note_id}
    return Phrase("overtaken_answer", **about, here=stands.codes, codes=event.codes)


def _listed(texts: Sequence[Phrase]) -> str:
    shown, rest = chain(texts[:_MOST], "; "), len(texts) - _MOST
    return Phrase("answers_and_more", answers=shown, n=rest) if rest > 0 else shown
