"""Taking in a file that came back, whatever its kind: a sheet, a page's answers or a copied log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.collect import Collected, open_log, settle, weigh_log
from sekom_analysis.decisions import AFTER_TALK, COLUMNS, Event
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.tables import WORKBOOKS
from sekom_analysis.problems import Problem
from sekom_analysis.raw import Raw

Weighed = tuple[Collected, Callable[[], object]]


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

    def collect(self, path: Path, coder: str | None, *, dry_run: bool, keep_valid: bool) -> Collected:
        """Take a file in; see `Study.collect`."""
        (found, save), file = self._weigh(path, coder)
        found = found._replace(remarks=[*found.remarks, *self._late(found, file)])
        return settle(found, save, file, dry_run=dry_run, keep_valid=keep_valid)

    def _weigh(self, path: Path, coder: str | None) -> tuple[Weighed, str]:
        """Return what a file brings, what saves that, and the file's name."""
        if path.suffix.lower() in WORKBOOKS:
            from sekom_analysis.exchange.sheets import is_coding_sheet, weigh_sheet

            if is_coding_sheet(path):
                found, save = weigh_sheet(path, self._desk, coder)
                return (found._replace(added=self._in_its_passes(found)), save), path.name
        from sekom_analysis.exchange.progress_files import is_progress_file

        if is_progress_file(path):
            from sekom_analysis.exchange.progress_collecting import weigh_progress

            return weigh_progress(path, self._desk, coder), path.name
        histories = self._histories()
        known: Collection[str] = {*histories, *self._raw.about.coders}
        delivery, whose = open_log(path, coder, known)
        rows, events = [row for row, _ in delivery.events], [event for _, event in delivery.events]
        events = self._desk(whose).in_their_passes(events, as_said=True)
        delivery = delivery._replace(events=list(zip(rows, events, strict=True)))
        return weigh_log(self._raw, delivery, whose, histories, self._kept()), delivery.file

    def _in_its_passes(self, found: Collected) -> pd.DataFrame:
        """Show the answers of a sheet in the passes that they will be saved in; a sheet knows no times."""
        if found.added.empty:
            return found.added
        events = [Event._make(row) for row in found.added[list(COLUMNS)].itertuples(index=False, name=None)]
        passes = [event.pass_ for event in self._desk(found.coder).in_their_passes(events)]
        return found.added.assign(**{"pass": passes})

    def _late(self, found: Collected, file: str) -> Iterator[Problem]:
        """Say how many answers are not independent."""
        late = found.added["pass"] == str(AFTER_TALK)
        if late.any():
            what = (
                f"{int(late.sum())} of its decisions came once the coder knew others' answers, or change one "
                f"that stood when the note was adjudicated"
            )
            yield Problem(file, None, what, "they count as pass 3, not in the agreement")
