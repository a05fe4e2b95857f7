"""Taking in a file that came back, whatever its kind: a sheet, a page's answers, a copied log or ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.coderlog import coder_log
from sekom_analysis.collect import Collected, Offer, Wish, command, replaced, settle
from sekom_analysis.decisions import AFTER_TALK, Event, coder_fault, new_event_id
from sekom_analysis.desk import Desk
from sekom_analysis.errors import DecisionError
from sekom_analysis.exchange.arrivals import check_arrival
from sekom_analysis.exchange.judging import Judge
from sekom_analysis.exchange.ledger_copies import is_in_coded, ledger_of, weigh_ledger
from sekom_analysis.exchange.log_collecting import events_in, weigh_log
from sekom_analysis.exchange.logs import coder_of, read_log_copy
from sekom_analysis.exchange.takeback import offer_of_undoing, save_undoing
from sekom_analysis.exchange.takings import Takings
from sekom_analysis.problems import Problem
from sekom_analysis.raw import Raw


class Collector:
    """What deliveries to one study are held against.

    Parameters
    ----------
    raw : the study's notes and codebook
    desk : gives the desk of a coder
    histories : gives every event of each coder who has a log
    kept : gives the definitions kept, by version
    """

    def __init__(
        self,
        raw: Raw,
        desk: Callable[[str], Desk],
        histories: Callable[[], Mapping[str, pd.DataFrame]],
        kept: Callable[[], Mapping[str, Variable]],
    ) -> None:
        self._raw, self._desk, self._histories, self._kept = raw, desk, histories, kept

    def collect(self, path: Path, wish: Wish, *, dry_run: bool, keep_valid: bool) -> Collected:
        """Take a file in; see `Study.collect`."""
        check_arrival(path)
        if name := ledger_of(path):
            weighed = weigh_ledger(self._raw, path, name)
            return settle(*weighed, path, dry_run=dry_run, keep_valid=keep_valid, root=self._raw.root)
        histories = self._histories_beside(path)
        offer = self._offer(path, wish.coder, histories)
        logs = {coder: events_in(history) for coder, history in histories.items()}
        takings = Takings(self._raw.root)
        copies, saved = takings.of_copy(offer.copy), takings.saved()
        judge = Judge(offer, logs, wish, path, self._raw.root, copies, saved)
        found = judge.found()
        offer = judge.offer
        again = judge.taken_back() if wish.older else []
        if again:
            found = _with_again(found, judge, again)
        found = found._replace(remarks=[*found.remarks, *self._late(found, path.name)])

        def save() -> None:
            self._save(path, offer, found, takings)

        return settle(found, save, path, dry_run=dry_run, keep_valid=keep_valid, root=self._raw.root)

    def undo(self, path: Path, coder: str | None, *, dry_run: bool) -> Collected:
        """Take a file back; see `Study.undo_collect`."""
        check_arrival(path)
        if name := ledger_of(path):
            msg = (
                f"'{path.name}' is a copy of the ledger '{name}', whose entries are taken back one by one, "
                f"each with a new one. Nothing was saved."
            )
            raise DecisionError(msg)
        logs = {name: events_in(history) for name, history in self._histories_beside(path).items()}
        found = offer_of_undoing(self._raw.root, path, coder, logs, lambda: self._ids_in(path))
        if dry_run or found.added.empty:
            return found
        save_undoing(self._raw.root, path, found)
        return found._replace(saved=True)

    def _histories_beside(self, path: Path) -> Mapping[str, pd.DataFrame]:
        """Return the logs but for the file itself, where it is a second copy that lies among them."""
        histories = dict(self._histories())
        if is_in_coded(path, self._raw.root):
            others = [coder for coder in (*histories, *self._raw.about.coders) if coder != path.stem]
            if coder_of(path, others) in others:
                histories.pop(path.stem, None)
        return histories

    def _offer(self, path: Path, coder: str | None, histories: Mapping[str, pd.DataFrame]) -> Offer:
        """Return what a file offers, by what it is."""
        if fault := coder_fault(coder) if coder is not None else "":
            msg = f"{fault}. Nothing was saved."
            raise DecisionError(msg)
        from sekom_analysis.exchange.sheets import is_coding_sheet, weigh_sheet

        if is_coding_sheet(path):
            return weigh_sheet(path, self._desk, coder)
        from sekom_analysis.exchange.progress_files import is_progress_file

        if is_progress_file(path):
            from sekom_analysis.exchange.progress_collecting import weigh_progress

            return weigh_progress(path, self._desk, coder)
        whose = coder or self._whose(path, histories)
        return weigh_log(self._raw, read_log_copy(path), self._desk(whose), histories, self._kept())

    def _whose(self, path: Path, histories: Mapping[str, pd.DataFrame]) -> str:
        """Return whose log a file is by its name."""
        names = {*histories, *self._raw.about.coders}
        told = coder_of(path, names if path.stem in histories else names - {path.stem} or names)
        if not told:
            msg = (
                f"the name '{path.name}' does not tell whose log it is; say so with coder=. Nothing was "
                f"saved. On the command line: {command(path, '--coder ID', root=self._raw.root)}"
            )
            raise DecisionError(msg)
        return told

    def _save(self, path: Path, offer: Offer, found: Collected, takings: Takings) -> None:
        """Save what was found, and which file it is from."""
        ids = list(found.added["event_id"])
        if ids:
            takings.note(offer.coder, path, ids, offer.came, copy=offer.copy, saved_at=offer.saved_at)
        offer.save([event for _, event in offer.events if event.event_id in set(ids)])
        brought = {event.event_id for _, event in offer.events}
        again = [event for event in events_in(found.added) if event.event_id not in brought]
        if again:
            coder_log(self._raw.root, offer.coder).append([tuple(event) for event in again])

    def _ids_in(self, path: Path) -> Iterable[str]:
        """Return the ids of all events that a file holds."""
        from sekom_analysis.exchange.sheets import is_coding_sheet
        from sekom_analysis.exchange.sheets.collecting import sheet_event_ids

        if is_coding_sheet(path):
            first = next(iter(self._histories()), "a")
            return sheet_event_ids(path, self._desk(first))
        from sekom_analysis.exchange.progress_files import event_ids, is_progress_file

        if is_progress_file(path):
            return event_ids(path)
        return [event.event_id for _, event in read_log_copy(path).events]

    def _late(self, found: Collected, file: str) -> Iterator[Problem]:
        """Say how many answers are not independent."""
        late = found.added["pass"] == str(AFTER_TALK)
        if late.any():
            what = (
                f"{int(late.sum())} of its decisions came once the coder knew others' answers, or change one "
                f"that stood when the note was adjudicated"
            )
            yield Problem(file, None, what, "they count as pass 3, not in the agreement")


def _with_again(found: Collected, judge: Judge, again: Iterable[Event]) -> Collected:
    """Add the answers that had been taken back, made anew, with the time of the saving."""
    anew = [event._replace(event_id=new_event_id(), decided_at="") for event in again]
    rows = pd.DataFrame([(found.coder, *event, 0) for event in anew], columns=found.added.columns)
    brought = [*judge.offer.events, *((0, event) for event in anew)]
    return found._replace(
        added=pd.concat([found.added, rows], ignore_index=True), replaced=replaced(judge.own, brought)
    )
