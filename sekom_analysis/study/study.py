"""A study: its notes and codebook, and all that its coders decided."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.basics.errors import StudyError
from sekom_analysis.basics.wording import Problem, problems_table
from sekom_analysis.study import making
from sekom_analysis.study.adjudicating import Adjudicating
from sekom_analysis.study.checks import (
    decision_problems,
    held_logs_fault,
    lost_coders_fault,
    moved_passes,
    study_problems,
)
from sekom_analysis.study.codebook import Definitions, Variable
from sekom_analysis.study.coderlogs import CoderLogs
from sekom_analysis.study.decisions import (
    AFTER_TALK,
    Event,
    latest,
    ratings_table,
    retired_codes,
    skipped,
)
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.imports import Collected, Wish, import_problems
from sekom_analysis.study.ledgers import Adjudication
from sekom_analysis.study.lineage import Holding, counted
from sekom_analysis.study.log import is_unreadable
from sekom_analysis.study.merges import Joining
from sekom_analysis.study.raw import (
    CODED,
    STUDY_VARIABLE,
    Raw,
    chosen_coders,
    chosen_notes,
    find_root,
    open_raw,
)
from sekom_analysis.study.secret import Keys, secret_problems
from sekom_analysis.study.seeing import Seeing, Showings


class Study(Joining, Seeing):
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
        super().__init__(raw)
        self.root = raw.root
        self.about = raw.about
        self.notes = raw.notes
        self.seen = raw.seen
        self.training = raw.training  # notes to train on, which nobody codes otherwise
        self.codebook = raw.codebook
        self._logs = CoderLogs(raw.root, raw.about.coders)
        self._keys = Keys(raw)
        self._desks: dict[str, Desk] = {}
        self._definitions = Definitions(raw.root / CODED)
        self._adjudicating = Adjudicating(raw, lambda: latest(self.history()))
        self._showings = Showings(raw)

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
        *,
        sheet: str | None = None,
        header: int | None = None,
        text: str | Sequence[str] | None = None,
        id: str | None = None,
        encoding: str | None = None,
        all_rows: bool | None = None,
        context: str | Sequence[str] | None = None,
        personal: bool | None = None,
    ) -> Study:
        """Make a new study in a folder that does not exist or is empty, and open it.

        Parameters
        ----------
        path : the folder
        notes : a file of notes, whatever its columns are called; or a table with ``text`` and, if there are
            ids already, ``note_id``; else two examples
        codebook : a file (.yaml, .xlsx, .ods, .xls, .csv, .docx), or the same as plain data; left out, a
            small one to change. One of another program (.qdc) is read first, with `read_codebook_qdc`
        title : what the study is called
        sheet, header, text, id, encoding, all_rows, personal : what is what in a file of notes, where that is
            not to be found out, as for `exchange.read_notes`
        context : columns that coders are shown beside the notes

        Raises
        ------
        StudyError
            If the folder is not empty, or notes or codebook cannot be used, or notes could be read in
            several ways; nothing is left behind.
        """
        told = {"sheet": sheet, "header": header, "text": text, "id": id, "encoding": encoding}
        told |= {"all_rows": all_rows, "context": context, "personal": personal}
        making.create_of(Path(path), notes, codebook, title, told)
        return cls.open(path)

    def __repr__(self) -> str:
        """Say which study this is."""
        coders = ", ".join(self.coders) or "no coders yet"
        return f"Study({self.about.title.sv!r}: {len(self.notes)} notes; {coders})"

    @property
    def coders(self) -> list[str]:
        """Ids of the coders who have a log, those of the study file first and in its order."""
        logs = self._logs.coders()
        named = [coder for coder in self.about.coders if coder in logs]
        return [*named, *sorted(logs - set(named))]

    @property
    def with_codebook(self) -> list[str]:
        """Ids of the coders who used the codebook: all but a source's own sorting, in the same order."""
        return [coder for coder in self.coders if self.about.coder(coder).kind != "source"]

    @property
    def main_notes(self) -> pd.DataFrame:
        """Return the notes of the study's main sources; all of them if it names none."""
        wanted = self.about.main_sources
        if not wanted or "source" not in self.notes.columns:
            return self.notes
        return self.notes[self.notes["source"].isin(wanted)]

    @property
    def cluster(self) -> pd.Series[Any] | None:
        """The cluster of each note, such as the table that wrote it, if ``study.yaml`` names the column."""
        name = self.about.cluster
        return self.notes[name] if name in self.notes.columns else None

    @property
    def problems(self) -> pd.DataFrame:
        """What is wrong but bearable: file, row, what it is and what to do about it."""
        return problems_table(self.list_problems())

    def list_problems(self) -> list[Problem]:
        """Return what `problems` shows, each as a `Problem`, which is said in either language."""
        faults = self._logs.faults()
        found = [*faults.problems, *self._ledger_losses(), *self._logs.taken_losses()]
        found += [
            *self._raw.problems,
            *study_problems(self._raw),
            *import_problems(self.root),
            *secret_problems(self.root),
            *faults.asides,
        ]
        for coder in self.coders:
            log = self._logs.read(coder)
            found += [one for one in log.problems if one not in faults.problems]
            found += moved_passes(log.decisions, log.passes)
        kept = self._definitions.read()
        found += decision_problems(self.decisions(), self.seen, self.codebook, kept, self.holding)
        found += [*self._adjudicating.problems(kept), *self._showings.problems()]
        return [*found, *self._joining_problems(), *self._definitions.problems()]

    @property
    def holding(self) -> Holding:
        """What tells which answers hold under the codebook as it is now."""
        return self._adjudicating.holding(self._definitions.read())

    def log_problems(self) -> list[Problem]:
        """Return what makes numbers doubtful: logs and ledgers that are gone, incomplete, or there twice.

        All of it is in `list_problems` too, with every line that cannot be read.
        """
        found = [*self._logs.faults().problems, *self._logs.unreadable_lines()]
        return [*found, *self._ledger_losses()]

    def _ledger_losses(self) -> list[Problem]:
        """Say which ledgers that numbers hang on lack entries that they held."""
        return [*self._adjudicating.losses(), *self._showings.losses(), *self._joining_losses()]

    @property
    def lost_coders(self) -> list[str]:
        """Ids of coders of whom nothing can be read, though there was something: that is not unseen."""
        return self._logs.faults().lost

    def check_logs(self) -> None:
        """See that no coder is left out of numbers because nothing of their log can be read.

        Raises
        ------
        StudyError
            If there is such a coder; the message says what is wrong with the log.
        """
        if lost := self.lost_coders:
            raise StudyError(lost_coders_fault(lost, self.log_problems(), self.root))

    def _check_readable(self, coders: Sequence[str]) -> None:
        """See that no coder is missing from a table because another program holds the log just now."""
        held = [one for coder in coders for one in self._logs.read(coder).problems if is_unreadable([one])]
        if held:
            raise StudyError(held_logs_fault(held, len(coders)))

    def history(self, coder: str | Iterable[str] | None = None, *, as_given: bool = False) -> pd.DataFrame:
        """Return every event of one coder or of all, in the order in which they count.

        Codes renamed or merged are as what they became, answers with one split as taken back, or `as_given`.
        """
        history = self._logs.history(self._chosen(coder))
        return history if as_given else counted(history, self.codebook)

    def decisions(
        self, variable: str | None = None, coders: Iterable[str] | None = None, *, as_given: bool = False
    ) -> pd.DataFrame:
        """Return the standing decisions: one row per note, coder, variable and pass.

        Parameters
        ----------
        variable : only this one
        coders : only theirs, in this order
        as_given : as in `history`
        """
        wanted = None if variable is None else self.codebook[variable].id
        decisions = self._logs.decisions(self._chosen(coders), wanted)
        return decisions if as_given else counted(decisions, self.codebook)

    def skipped(self) -> pd.DataFrame:
        """Return what coders looked at and left open; neither unseen nor none fits."""
        return skipped(self.history())

    def ratings(
        self,
        variable: str,
        coders: Iterable[str] | None = None,
        notes: object = None,
        passes: Sequence[int] = (1,),
        *,
        as_given: bool = False,
    ) -> pd.DataFrame:
        """Return the decisions on one variable as a table of N notes × M coders.

        Parameters
        ----------
        variable : id of the variable
        coders : whose; left out, everybody who decided on any of the notes
        notes : ids, a table of notes, or a true/false column of `notes`; left out, all that the variable
            is asked of
        passes : which passes count (1 independent; ``(1, 3)``: as it was after talking); where a coder has
            several, the highest
        as_given : leave codes that were renamed, merged or split as they are in the logs

        Returns
        -------
        DataFrame. A missing cell is unseen. `single`: categorical over the codes that can be chosen and
        retired ones that somebody used, in the codebook's order; `scale`: Int64; `multiple`: frozensets.

        Raises
        ------
        CodebookError, NotesError
            If there is no such variable or note.
        """
        asked = self.codebook[variable]
        chosen = self.notes_asked(asked, notes)
        whose = self._chosen(coders)
        self._check_readable(whose)
        # By whomever: how many codes there are must not depend on whose answers are looked at.
        used = self.retired_codes(variable, as_given=as_given) if any(c.retired for c in asked.codes) else []

        def make() -> pd.DataFrame:
            if AFTER_TALK in passes:  # an answer taken back then no longer stands, though pass 1 keeps it
                decisions = latest(self.history(whose, as_given=as_given), passes)
            else:
                decisions = self.decisions(variable, whose, as_given=as_given)
            return ratings_table(decisions, asked, chosen, whose, passes, used)

        key = ("ratings", variable, as_given, tuple(passes), tuple(used), *chosen)
        table = self._logs.kept(key, whose, make)
        return table if coders is not None else table.loc[:, table.notna().any()]

    def notes_asked(self, variable: Variable | str, notes: object = None) -> list[str]:
        """Return the ids of the notes of which a variable is asked, among `notes`."""
        asked = self.codebook[variable] if isinstance(variable, str) else variable
        chosen = chosen_notes(self.notes, notes)
        if "stage" not in self.notes.columns:
            return [note for note in chosen if asked.applies_to(note, None)]
        stages = dict(zip(self.notes.index.tolist(), self.notes["stage"].tolist(), strict=True))
        return [note for note in chosen if asked.applies_to(note, stages[note])]

    def retired_codes(self, variable: str, *, as_given: bool = False) -> list[str]:
        """Return codes that are in decisions but can no longer be chosen."""
        return retired_codes(self.codebook[variable], self.decisions(variable, as_given=as_given))

    @property
    def note_keys(self) -> Mapping[str, str]:
        """The key under which cards, pages and sheets are given each note now; see `Desk.note_keys`."""
        return self._keys.notes

    def note_of(self, key: str) -> str | None:
        """Return the note of a key, given out now or earlier; None if it is that of none."""
        return self._keys.note_of(key)

    @property
    def keys(self) -> Keys:
        """What keys and orders on cards come from; for those that show what everybody chose."""
        return self._keys

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

    def adjudicate(
        self, adjudicator: str, note_id: str, variable: str, codes: object = None, **fields: Any
    ) -> Adjudication:
        """Settle a disagreement, with a reason, or leave it open; see `Adjudicating.adjudicate`."""
        return self._adjudicating.adjudicate(adjudicator, note_id, variable, codes, **fields)

    def adjudicate_all(self, events: Any) -> list[Adjudication]:
        """Save adjudications made elsewhere, all or none; see `Adjudicating.save`."""
        return self._adjudicating.save(events)

    def adjudications(self, variable: str | None = None) -> pd.DataFrame:
        """Return what stands, one row per note, variable and adjudicator; see `adjudication_table`."""
        return self._adjudicating.table(variable)

    def adjudication_history(self) -> pd.DataFrame:
        """Return every event of the ledger of adjudications, in the order in which they count."""
        return self._adjudicating.history()

    def proposals(self, variable: str | None = None) -> pd.DataFrame:
        """Return the codes that coders propose, alike ones with one number; see `actions.proposals`."""
        listing = import_module("sekom_analysis.actions.proposals")  # that room is above this one
        table: pd.DataFrame = listing.proposals(self, variable)
        return table

    def final(self, variable: str, notes: object = None, coders: Iterable[str] | None = None) -> pd.DataFrame:
        """Return what each note comes to on a variable, on what basis and why; see `consensus.final`."""
        final = import_module("sekom_analysis.consensus.final")  # that room is above this one
        table: pd.DataFrame = final.final_codes(self, variable, notes, coders)
        return table

    def collect(
        self,
        path: str | os.PathLike[str],
        dry_run: bool = False,
        *,
        keep_valid: bool = False,
        coder: str | None = None,
        same_person: bool = False,
        older: bool = False,
        changed_texts: bool = False,
    ) -> Collected:
        """Take in what came back: a page's answers, a copied log or ledger, each with its times, or a sheet.

        Collecting twice, or two copies that went apart, gives every event once.

        Parameters
        ----------
        path : the file; ``codebooks`` beside a copied log brings definitions that are not here
        dry_run : only show what would be added
        keep_valid : take what can be taken, and leave the rest
        coder : whose answers they are, whatever the file says; left out, as it says
        same_person : the answers share nothing with those here, and are the same person's all the same
        older : let a sheet that was saved earlier replace newer answers, and take again what `undo_collect`
            took back
        changed_texts : take answers to texts that were changed since, however many

        Returns
        -------
        Collected. ``added`` holds what is new, ``replaced`` the answers that it replaces.

        Raises
        ------
        DecisionError
            If anything cannot be taken (without `keep_valid`), or somebody has to say first whose the answers
            are, or about which texts: every reason is listed, nothing is saved.
        NotSavedError
            If the disk did not take it; collecting again is harmless.
        """
        wish = Wish(coder, same_person, older, changed_texts)
        taken: Collected = self._collector().collect(Path(path), wish, dry_run=dry_run, keep_valid=keep_valid)
        return taken

    def undo_collect(
        self, path: str | os.PathLike[str], dry_run: bool = False, *, coder: str | None = None
    ) -> Collected:
        """Take a collected file back: append what restores the state before, where its answers still stand.

        Parameters
        ----------
        path : the file that was collected
        dry_run : only show what would be appended
        coder : from whose log, where it went into several

        Returns
        -------
        Collected. ``added`` holds what was appended; empty where nothing of the file is left.

        Raises
        ------
        DecisionError
            If nothing of the file was taken in.
        NotSavedError
            If the disk did not take it; doing it again is harmless.
        """
        taken: Collected = self._collector().undo(Path(path), coder, dry_run=dry_run)
        return taken

    def _collector(self) -> Any:
        """Return what takes files in; that room is above this one, and is asked for by name."""
        return import_module("sekom_analysis.exchange.collect").Collector(
            self._raw,
            self.desk,
            lambda: {name: self._logs.read(name).history for name in self.coders},
            self._definitions.read,
        )

    def _chosen(self, coders: Iterable[str] | None) -> list[str]:
        return self.coders if coders is None else chosen_coders(coders, self.coders, self.about.coders)
