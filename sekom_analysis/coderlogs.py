"""The logs of all coders of a study, as they stand on the disk now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.adjudications import Blindness
from sekom_analysis.coderlog import coder_log, events_of
from sekom_analysis.decisions import (
    AFTER_TALK,
    Event,
    Question,
    by_question,
    coder_fault,
    fold,
    history_table,
    in_passes,
    moved,
)
from sekom_analysis.problems import Problem
from sekom_analysis.raw import CODED

MOST_KEPT = 64  # tables; of the sample's report each is asked for about three times


class _Written(NamedTuple):
    """A coder's log as it is written: its rows, where any is of pass 3, and the lines that cannot be read."""

    rows: list[tuple[int, Event]]
    talked: set[Question]
    problems: list[Problem]


class AsRead(NamedTuple):
    """One coder's log as last read; ``passes`` event_id -> the pass that counts, if not the one written."""

    history: pd.DataFrame
    decisions: pd.DataFrame
    by_variable: dict[str, pd.DataFrame]
    problems: list[Problem]
    passes: dict[str, str]

    def of(self, variable: str | None) -> pd.DataFrame:
        """Return the standing decisions on one variable, or on all."""
        if variable is None:
            return self.decisions
        return self.by_variable.get(variable, self.decisions.iloc[:0])


class CoderLogs:
    """Reads logs; one again only when it has changed. Each event stands in the pass that it counts in.

    That follows from the logs and the ledgers as they are now, so that it does not matter in which order
    copies came together, or what an older version wrote down.

    Parameters
    ----------
    root : the study's folder
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._blindness = Blindness(root)
        self._written: dict[str, tuple[object, _Written]] = {}
        self._read: dict[str, tuple[_Written, object, AsRead]] = {}
        self._kept: dict[Hashable, tuple[list[AsRead], pd.DataFrame]] = {}

    def coders(self) -> set[str]:
        """Return the ids of the coders who have a log."""
        found = (self.root / CODED).glob("*.csv")
        return {path.stem for path in found if not coder_fault(path.stem)}

    def read(self, coder: str) -> AsRead:
        """Return one coder's log."""
        written, mark = self._as_written(coder), self._blindness.mark()
        before = self._read.get(coder)
        if before is None or before[0] is not written or before[1] is not mark:
            passes = self._moved(coder, written)
            is_same = before is not None and before[0] is written and before[2].passes == passes
            as_read = before[2] if before is not None and is_same else _as_read(coder, written, passes)
            self._read[coder] = (written, mark, as_read)
        return self._read[coder][2]

    def _moved(self, coder: str, written: _Written) -> dict[str, str]:
        """Return event_id -> the pass that counts, looking only where anything bears on it."""
        bears, talked = self._blindness.bears(coder), written.talked
        found = [
            event
            for _, event in written.rows
            if (event.note_id, event.variable) in talked or bears((event.note_id, event.variable))
        ]
        return moved(by_question(found), lambda question: self._blindness.known(coder, question))

    def _as_written(self, coder: str) -> _Written:
        log = coder_log(self.root, coder)
        mark = log.mark()
        if coder not in self._written or self._written[coder][0] != mark:
            rows, problems = log.read()
            events = events_of(rows)
            talked = {(e.note_id, e.variable) for _, e in events if e.pass_ == str(AFTER_TALK)}
            written = _Written(events, talked, problems)
            if any(problem.row is None for problem in problems):  # it may be readable the next time
                return written
            self._written[coder] = (mark, written)
        return self._written[coder][1]

    def history(self, coders: Collection[str]) -> pd.DataFrame:
        """Return every event of some coders, in the order in which they count."""
        return _joined([self.read(coder).history for coder in coders]) if coders else history_table({})

    def decisions(self, coders: Collection[str], variable: str | None = None) -> pd.DataFrame:
        """Return the standing decisions of some coders, on one variable or on all."""
        if not coders:
            return fold(history_table({}))
        return self.kept(
            ("decisions", variable),
            coders,
            lambda: _joined([self.read(coder).of(variable) for coder in coders]),
        )

    def kept(
        self, asked: Hashable, coders: Collection[str], make: Callable[[], pd.DataFrame]
    ) -> pd.DataFrame:
        """Return a table made from some coders' logs; made anew only when one of these has changed.

        Parameters
        ----------
        asked : what tells this table from others
        coders : whose logs it is made from, in their order
        make : makes it
        """
        logs = [self.read(coder) for coder in coders]
        key = (asked, *coders)
        made = self._kept.pop(key, None)
        if made is None or any(before is not now for before, now in zip(made[0], logs, strict=True)):
            made = (logs, make())
        self._kept[key] = made  # the last one asked for goes last
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return made[1].copy(deep=False)


def _as_read(coder: str, written: _Written, passes: dict[str, str]) -> AsRead:
    history = history_table({coder: in_passes(written.rows, passes)})
    decisions = fold(history)
    parts = {str(name): part for name, part in decisions.groupby("variable", sort=False)}
    return AsRead(history, decisions, parts, written.problems, passes)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of several coders as one, in the order of time."""
    if len(tables) == 1:
        return tables[0].reset_index(drop=True)
    joined = pd.concat(tables)
    return joined.sort_values(["decided_at", "event_id"], kind="stable", ignore_index=True)
