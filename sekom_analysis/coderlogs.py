"""The logs of all coders of a study, as they stand on the disk now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.coderlog import coder_log, events_of
from sekom_analysis.decisions import coder_fault, fold, history_table
from sekom_analysis.problems import Problem
from sekom_analysis.raw import CODED

MOST_KEPT = 64  # tables; of the sample's report each is asked for about three times


class AsRead(NamedTuple):
    """One coder's log as it was last read."""

    history: pd.DataFrame
    decisions: pd.DataFrame
    by_variable: dict[str, pd.DataFrame]
    problems: list[Problem]

    def of(self, variable: str | None) -> pd.DataFrame:
        """Return the standing decisions on one variable, or on all."""
        if variable is None:
            return self.decisions
        return self.by_variable.get(variable, self.decisions.iloc[:0])


class CoderLogs:
    """Reads logs; one again only when it has changed.

    Parameters
    ----------
    root : the study's folder
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[str, tuple[object, AsRead]] = {}
        self._kept: dict[Hashable, tuple[list[AsRead], pd.DataFrame]] = {}

    def coders(self) -> set[str]:
        """Return the ids of the coders who have a log."""
        found = (self.root / CODED).glob("*.csv")
        return {path.stem for path in found if not coder_fault(path.stem)}

    def read(self, coder: str) -> AsRead:
        """Return one coder's log."""
        log = coder_log(self.root, coder)
        mark = log.mark()
        if coder not in self._read or self._read[coder][0] != mark:
            rows, problems = log.read()
            history = history_table({coder: events_of(rows)})
            decisions = fold(history)
            parts = {str(name): part for name, part in decisions.groupby("variable", sort=False)}
            as_read = AsRead(history, decisions, parts, problems)
            if any(problem.row is None for problem in problems):  # it may be readable the next time
                return as_read
            self._read[coder] = (mark, as_read)
        return self._read[coder][1]

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


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of several coders as one, in the order of time."""
    if len(tables) == 1:
        return tables[0].reset_index(drop=True)
    joined = pd.concat(tables)
    return joined.sort_values(["decided_at", "event_id"], kind="stable", ignore_index=True)
