"""Who was shown what others answered: the ledger of showings, and what a study keeps and tells of it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from sekom_analysis.basics.errors import DecisionError, SekomError
from sekom_analysis.basics.wording import Problem
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.coderlogs import AsRead, CoderLogs
from sekom_analysis.study.decisions import INDEPENDENT, coder_fault
from sekom_analysis.study.ledgers import Blindness, Showing, showings, showings_table, shown_ledger
from sekom_analysis.study.raw import VIEWER_VARIABLE, Raw, chosen_notes
from sekom_analysis.study.rows import utc_text, well_formed


class Showings:
    """The ledger of what coders of one study were shown of others' answers.

    Parameters
    ----------
    raw : the study's notes and codebook
    """

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self._ledger = shown_ledger(raw.root)
        self._blindness = Blindness(raw.root)

    def table(self) -> pd.DataFrame:
        """Return one row per showing; see `showings_table`."""
        return showings_table(self._ledger.read().history)

    def problems(self) -> list[Problem]:
        """List lines that cannot be read."""
        return list(self._ledger.read().problems)

    def losses(self) -> list[Problem]:
        """Say whether the ledger lacks entries that it held."""
        return self._ledger.losses()

    def log(
        self,
        coder: str,
        notes: object = None,
        variables: Iterable[str] | None = None,
        *,
        by: str,
        since: str | datetime | None = None,
    ) -> list[Showing]:
        """Keep that a coder was shown what others answered; what the coder answers from then on is pass 3.

        Parameters
        ----------
        coder : who was shown it
        notes : ids, a table of notes or a true/false column; left out, all
        variables : ids of the variables whose answers were shown, or one; left out, all
        by : what showed it, such as ``"talk"`` or ``"explorer"``
        since : when, as ``"2016-04-12"`` or ``"2016-04-12T09:00"`` (UTC); left out, now

        Returns
        -------
        What was added. What is known already is not written again.

        Raises
        ------
        DecisionError, NotesError, CodebookError
            If an id cannot be used or is not there, or the time is none: nothing is saved.
        NotSavedError
            If the disk did not take it.
        """
        asked = [variables] if isinstance(variables, str) else list(variables or [])
        ids = [self._raw.codebook[name].id for name in asked]
        chosen, at = chosen_notes(self._raw.notes, notes), _moment(since)
        if fault := coder_fault(coder) or ("" if by.strip() else "by= says what showed it, such as 'talk'"):
            msg = f"{fault}. Nothing was saved."
            raise DecisionError(msg)
        fresh = [note_id for note_id in chosen if not self._is_known(coder, note_id, ids, at)]
        entries = list(showings(coder, fresh, ids, well_formed(by).strip(), at))
        return self._ledger.append(entries, stamp=not at)

    def log_written(self, coder: str, log: AsRead) -> list[Showing]:
        """Keep that a coder knew others' answers wherever a log says so (pass 3) and no ledger does."""
        ids = [event_id for event_id, pass_ in log.passes.items() if pass_ == str(INDEPENDENT)]
        found = log.history[log.history["note_id"].isin(self._raw.notes.index)]
        found = found[found["event_id"].isin(ids)]
        first = found.drop_duplicates(["note_id", "variable"])
        columns = (first[name].tolist() for name in ("note_id", "variable", "decided_at"))
        return [
            one
            for note_id, variable, at in zip(*columns, strict=True)
            if variable in self._raw.codebook
            for one in self.log(coder, [note_id], [variable], by="log", since=at)
        ]

    def tell(self, coder: str | None, notes: object, variables: Iterable[str] | None, by: str) -> None:
        """Keep what is being shown to a coder, if it is known who looks; whatever stops it breaks no view.

        Warns where it could not be kept.
        """
        if not coder:
            return
        try:
            self.log(coder, notes, variables, by=by)
        except SekomError as error:
            warnings.warn(
                f"That '{coder}' was shown this could not be kept, so later answers of '{coder}' to these "
                f"notes will count as independent. {error}",
                stacklevel=3,
            )

    def _is_known(self, coder: str, note_id: str, variables: Iterable[str], at: str) -> bool:
        """Whether the ledgers say already that a coder knows, since that time, what others said of a note."""
        times = [self._blindness.known(coder, (note_id, name)).shown for name in variables or [""]]
        return all(time and (not at or time <= at) for time in times)


def _moment(since: str | datetime | None) -> str:
    """Return a moment as ledgers write it; empty for now."""
    if since is None:
        return ""
    try:
        moment = datetime.fromisoformat(since) if isinstance(since, str) else since
    except ValueError:
        msg = f"'{since}' is not a time; write it as 2016-04-12 or 2016-04-12T09:00. Nothing was saved."
        raise DecisionError(msg) from None
    return utc_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


class Seeing:
    """The part of a `Study` that keeps who saw others' answers."""

    notes: pd.DataFrame
    codebook: Codebook
    _logs: CoderLogs
    _showings: Showings

    @property
    def viewer(self) -> str | None:
        """The coder for whom this was opened, as SEKOM_CODER says; None: nobody knows."""
        named = os.environ.get(VIEWER_VARIABLE, "")
        return None if coder_fault(named) else named

    def shown(self) -> pd.DataFrame:
        """Return what coders were shown of others' answers: when, to whom, variables, notes, and by what."""
        return self._showings.table()

    def log_shown(
        self, coder: str, notes: object = None, variables: Iterable[str] | None = None, **how: Any
    ) -> list[Showing]:
        """Keep that a coder was shown what others answered, with ``by`` and perhaps ``since``.

        What the coder answers to these variables of these notes from then on is pass 3; see `Showings.log`.
        """
        return self._showings.log(coder, notes, variables, **how)

    def log_written(self, coder: str) -> list[Showing]:
        """Keep that a coder knew others' answers wherever the log says so (pass 3) and no ledger does."""
        return self._showings.log_written(coder, self._logs.read(coder))

    def tell_shown(
        self, notes: object, variables: Iterable[str] | None, by: str, coder: str | None = None
    ) -> None:
        """Keep that a view shows what coders answered to notes, if it is known who looks; breaks no view.

        Parameters
        ----------
        notes, variables : as in `log_shown`
        by : which view
        coder : who looks; left out, the `viewer`
        """
        self._showings.tell(coder or self.viewer, notes, variables, by)
