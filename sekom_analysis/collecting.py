"""Taking in a file that came back, whatever its kind: a sheet, a page's answers or a copied log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

import pandas as pd

from sekom_analysis.adjudications import Adjudicated, pass_by_then
from sekom_analysis.codebook import Variable
from sekom_analysis.collect import Collected, open_log, settle, weigh_log
from sekom_analysis.decisions import AFTER_TALK
from sekom_analysis.desk import Desk
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
        self._adjudicated = Adjudicated(raw.root)

    def collect(self, path: Path, coder: str | None, *, dry_run: bool, keep_valid: bool) -> Collected:
        """Take a file in; see `Study.collect`."""
        (found, save), file = self._weigh(path, coder)
        found = found._replace(remarks=[*found.remarks, *self._late(found, file)])
        return settle(found, save, file, dry_run=dry_run, keep_valid=keep_valid)

    def _weigh(self, path: Path, coder: str | None) -> tuple[Weighed, str]:
        """Return what a file brings, what saves that, and the file's name."""
        from sekom_analysis.exchange.sheets import is_coding_sheet, weigh_sheet

        if is_coding_sheet(path):
            found, save = weigh_sheet(path, self._desk, coder)
            return (found._replace(added=self._in_its_passes(found.added)), save), path.name
        from sekom_analysis.exchange.progress_files import is_progress_file

        if is_progress_file(path):
            from sekom_analysis.exchange.progress_collecting import weigh_progress

            return weigh_progress(path, self._desk, coder), path.name
        histories = self._histories()
        known: Collection[str] = {*histories, *self._raw.about.coders}
        delivery, whose = open_log(path, coder, known)
        rows, events = [row for row, _ in delivery.events], [event for _, event in delivery.events]
        events = self._adjudicated.in_their_passes(events)
        delivery = delivery._replace(events=list(zip(rows, events, strict=True)))
        return weigh_log(self._raw, delivery, whose, histories, self._kept()), delivery.file

    def _in_its_passes(self, added: pd.DataFrame) -> pd.DataFrame:
        """Show the answers of a sheet in the passes that they will be saved in; a sheet knows no times."""
        first = self._adjudicated.first_times()
        cells = added[["pass", "note_id"]].itertuples(index=False, name=None)
        return added.assign(**{"pass": [pass_by_then(pass_, note_id, "", first) for pass_, note_id in cells]})

    def _late(self, found: Collected, file: str) -> Iterator[Problem]:
        added = found.added
        is_late = (added["pass"] == str(AFTER_TALK)) & added["note_id"].isin(
            self._adjudicated.first_times().keys()
        )
        if is_late.any():
            what = f"{int(is_late.sum())} of its decisions are on notes that had been adjudicated"
            todo = "they count as pass 3, given after others' answers could be seen, not in the agreement"
            yield Problem(file, None, what, todo)
