"""A study: its notes and codebook, and all that its coders decided."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis import newstudy
from sekom_analysis.checks import decision_problems, study_problems
from sekom_analysis.codebook import Variable
from sekom_analysis.collect import Collected, open_log, settle, weigh_log
from sekom_analysis.decisions import (
    Event,
    coder_fault,
    fold,
    history_table,
    ratings_table,
    retired_codes,
    skipped,
)
from sekom_analysis.definitions import Definitions
from sekom_analysis.desk import Desk, coder_log, events_of
from sekom_analysis.exchange.tables import WORKBOOKS
from sekom_analysis.problems import Problem, problems_table
from sekom_analysis.raw import CODED, STUDY_VARIABLE, Raw, find_root, open_raw
from sekom_analysis.selection import chosen_coders, chosen_notes


class _Log(NamedTuple):
    """One coder's log as it was last read."""

    history: pd.DataFrame
    decisions: pd.DataFrame
    problems: list[Problem]


def _joined(tables: list[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    """Return tables of several coders as one, in the order of time; `empty` where there are none."""
    if len(tables) == 1:
        return tables[0].reset_index(drop=True)
    joined = pd.concat(tables) if tables else empty
    return joined.sort_values(["decided_at", "event_id"], kind="stable", ignore_index=True)


class Study:
    """One study, opened for reading what all coders did and for writing what one does.

    Every question reads the logs as they are on the disk now, so that a
    notebook left open sees what was coded meanwhile.

    Parameters
    ----------
    raw : the study's notes and codebook; usually `Study.open` makes the study

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> notes = pd.DataFrame({"note_id": ["n1", "n2"], "text": ["Viljan finns", "Tiden saknas"]})
    >>> book = {"variables": [{"id": "valence", "kind": "single", "label": "Hinder?", "none_fits": False,
    ...     "codes": [{"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}]}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.create(folder + "/demo", notes=notes, codebook=book)
    ...     saved = study.decide("anna", "n1", "valence", "mojlighet", certainty=3)
    ...     study.ratings("valence")["anna"].astype(object).tolist()
    ['mojlighet', nan]
    """

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self.root = raw.root
        self.about = raw.about
        self.notes = raw.notes
        self.codebook = raw.codebook
        self._read: dict[str, tuple[object, _Log]] = {}
        self._desks: dict[str, Desk] = {}
        self._definitions = Definitions(raw.root / CODED)

    @classmethod
    def open(cls, path: str | os.PathLike[str] | None = None) -> Study:
        """Open the study at `path`, or in the nearest folder above it.

        Parameters
        ----------
        path : a folder; left out, the one that the environment variable SEKOM_STUDY names, or this one

        Raises
        ------
        StudyError
            If there is no study, or its notes or codebook cannot be used: every problem is listed.
            Anything less is in `problems`.
        """
        start = path if path is not None else os.environ.get(STUDY_VARIABLE, ".")
        return cls(open_raw(find_root(start)))

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        notes: str | os.PathLike[str] | pd.DataFrame | None = None,
        codebook: str | os.PathLike[str] | dict[str, Any] | None = None,
        title: str = "",
    ) -> Study:
        """Make a new study in a folder that does not exist or is empty, and open it.

        Parameters
        ----------
        path : the folder
        notes : a file or table with ``text`` and, if there are ids already, ``note_id``; else two examples
        codebook : a file, or the same as plain data; left out, a small one to change
        title : what the study is called

        Raises
        ------
        StudyError
            If the folder is not empty, or notes or codebook cannot be used; nothing is left behind.
        """
        newstudy.create(Path(path), notes, codebook, title)
        return cls.open(path)

    def __repr__(self) -> str:
        """Say which study this is."""
        coders = ", ".join(self.coders) or "no coders yet"
        return f"Study({self.about.title.sv!r}: {len(self.notes)} notes; {coders})"

    @property
    def coders(self) -> list[str]:
        """Ids of the coders who have a log, those of the study file first and in its order."""
        found = (self.root / CODED).glob("*.csv")
        logs = {path.stem for path in found if not coder_fault(path.stem)}
        named = [coder for coder in self.about.coders if coder in logs]
        return [*named, *sorted(logs - set(named))]

    @property
    def main_notes(self) -> pd.DataFrame:
        """Return the notes of the study's main sources; all of them if it names none."""
        wanted = self.about.main_sources
        if not wanted or "source" not in self.notes.columns:
            return self.notes
        return self.notes[self.notes["source"].isin(wanted)]

    @property
    def problems(self) -> pd.DataFrame:
        """What is wrong but bearable: file, row, what it is and what to do about it."""
        found = [*self._raw.problems, *study_problems(self._raw)]
        for coder in self.coders:
            found += self._log(coder).problems
        kept = self._definitions.read()
        found += decision_problems(self.decisions(), self.notes, self.codebook, kept)
        found += self._definitions.problems()
        return problems_table(found)

    def history(self, coder: str | None = None) -> pd.DataFrame:
        """Return every event of one coder or of all, in the order in which they count."""
        return _joined([self._log(name).history for name in self._chosen(coder)], history_table({}))

    def decisions(self, variable: str | None = None, coders: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the standing decisions: one row a note, coder, variable and pass.

        Parameters
        ----------
        variable : only this one
        coders : only theirs, in this order
        """
        tables = [self._log(name).decisions for name in self._chosen(coders)]
        if variable is not None:
            wanted = self.codebook[variable].id
            tables = [table[table["variable"] == wanted] for table in tables]
        return _joined(tables, fold(history_table({})))

    def skipped(self) -> pd.DataFrame:
        """Return what coders looked at and left open; neither unseen nor none fits."""
        return skipped(self.history())

    def ratings(
        self,
        variable: str,
        coders: Iterable[str] | None = None,
        notes: object = None,
        passes: Sequence[int] = (1,),
    ) -> pd.DataFrame:
        """Return the decisions on one variable as a table of N notes × M coders.

        Parameters
        ----------
        variable : id of the variable
        coders : whose; left out, everybody who decided on any of the notes
        notes : ids, a table of notes, or a true/false column of `notes`; left out, all that the variable
            is asked of
        passes : which passes count (1 independent); where a coder has several, the highest

        Returns
        -------
        DataFrame. A missing cell is unseen. `single`: categorical over every code there is or was;
        `scale`: Int64; `multiple`: frozensets.

        Raises
        ------
        CodebookError, NotesError
            If there is no such variable or note.
        """
        asked = self.codebook[variable]
        chosen = self.notes_asked(asked, notes)
        whose = self._chosen(coders)
        table = ratings_table(self.decisions(variable, whose), asked, chosen, whose, passes)
        return table if coders is not None else table.loc[:, table.notna().any()]

    def notes_asked(self, variable: Variable | str, notes: object = None) -> list[str]:
        """Return the ids of the notes of which a variable is asked, among `notes`."""
        asked = self.codebook[variable] if isinstance(variable, str) else variable
        stages = self.notes["stage"].to_dict() if "stage" in self.notes.columns else {}
        return [note for note in chosen_notes(self.notes, notes) if asked.applies_to(note, stages.get(note))]

    def retired_codes(self, variable: str) -> list[str]:
        """Return codes that stand in decisions but can no longer be chosen."""
        return retired_codes(self.codebook[variable], self.decisions(variable))

    def desk(self, coder: str) -> Desk:
        """Return what one coder works at: notes, codebook and that coder's own log."""
        if coder not in self._desks:
            self._desks[coder] = Desk(self._raw, coder)
        return self._desks[coder]

    def record(self, coder: str, events: Any) -> list[Event]:
        """Save events of one coder, all or none; see `Desk.record`."""
        return self.desk(coder).record(events)

    def decide(self, coder: str, note_id: str, variable: str, codes: object, **fields: Any) -> Event:
        """Save one decision of one coder; see `Desk.decide`."""
        return self.desk(coder).decide(note_id, variable, codes, **fields)

    def retract(self, coder: str, note_id: str, variable: str, **fields: Any) -> Event:
        """Take one answer of one coder back; see `Desk.retract`."""
        return self.desk(coder).retract(note_id, variable, **fields)

    def collect(
        self,
        path: str | os.PathLike[str],
        dry_run: bool = False,
        *,
        keep_valid: bool = False,
        coder: str | None = None,
    ) -> Collected:
        """Take in what came back: a page's answers or a copied log, with the times they hold, or a sheet.

        Collecting twice, or two copies that went apart, gives every event once.

        Parameters
        ----------
        path : the sheet; or the copy: ``codebooks`` beside it brings definitions that are not here
        dry_run : only show what would be added
        keep_valid : take what can be taken, and leave the rest
        coder : whose it is, where the file's name does not tell

        Raises
        ------
        DecisionError
            If anything cannot be taken (without `keep_valid`), or it is another study's or another
            coder's: every reason is listed, nothing is saved.
        NotSavedError
            If the disk did not take it; collecting again is harmless.
        """
        path = Path(path)
        if path.suffix.lower() in WORKBOOKS:
            from sekom_analysis.exchange.sheets import is_coding_sheet, weigh_sheet

            if is_coding_sheet(path):
                found, save = weigh_sheet(path, self.desk, coder)
                return settle(found, save, path.name, dry_run=dry_run, keep_valid=keep_valid)
        from sekom_analysis.exchange.progress_files import is_progress_file

        if is_progress_file(path):
            from sekom_analysis.exchange.progress_collecting import weigh_progress

            found, save = weigh_progress(path, self.desk, coder)
            return settle(found, save, path.name, dry_run=dry_run, keep_valid=keep_valid)
        histories = {name: self.history(name) for name in self.coders}
        kept = self._definitions.read()
        delivery, whose = open_log(path, coder, {*self.coders, *self.about.coders})
        found, save = weigh_log(self._raw, delivery, whose, histories, kept)
        return settle(found, save, delivery.file, dry_run=dry_run, keep_valid=keep_valid)

    def _chosen(self, coders: Iterable[str] | None) -> list[str]:
        return self.coders if coders is None else chosen_coders(coders, self.coders, self.about.coders)

    def _log(self, coder: str) -> _Log:
        """Read a log; again only when the file has changed."""
        log = coder_log(self.root, coder)
        try:
            status = log.path.stat()
            mark: object = (status.st_size, status.st_mtime_ns, status.st_ino)
        except OSError:
            mark = None
        if coder not in self._read or self._read[coder][0] != mark:
            rows, problems = log.read()
            history = history_table({coder: events_of(rows)})
            as_read = _Log(history, fold(history), problems)
            if any(problem.row is None for problem in problems):  # it may be readable the next time
                return as_read
            self._read[coder] = (mark, as_read)
        return self._read[coder][1]
