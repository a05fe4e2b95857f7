"""What a study knows of who was shown what others answered."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import pandas as pd

from sekom_analysis.study.adjudicating import Showings
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.coderlogs import CoderLogs
from sekom_analysis.study.decisions import coder_fault
from sekom_analysis.study.ledgers import Showing
from sekom_analysis.study.raw import VIEWER_VARIABLE


class Seeing:
    """The part of a `Study` that keeps who saw others' answers."""

    notes: pd.DataFrame
    codebook: Codebook
    _logs: CoderLogs
    _showings: Showings

    @property
    def viewer(self) -> str | None:
        """The coder for whom this was opened, as ``sekom code`` says in SEKOM_CODER; None: nobody knows."""
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
