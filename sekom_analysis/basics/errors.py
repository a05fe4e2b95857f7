"""Everything that can go wrong for a person, each with its own name.

A message gives the value, where it was found (file, row, cell), what is
allowed, what to do, and what was or was not saved.
"""

from __future__ import annotations

import os
import traceback
from typing import Any

DEBUG_VARIABLE = "SEKOM_DEBUG"


def is_debugging() -> bool:
    """Whether somebody wants to see where in the code a problem was found."""
    return bool(os.environ.get(DEBUG_VARIABLE))


class SekomError(Exception):
    """Any problem that a person can do something about."""

    def _render_traceback_(self) -> list[str]:
        """Show the message alone in a notebook: a person can act on it, not on the calls behind it."""
        if is_debugging():
            return "".join(traceback.format_exception(self)).splitlines()
        return [f"{type(self).__name__}: {self}"]


class TableError(SekomError):
    """A file of the world outside that cannot be read as a table."""


class ExchangeError(SekomError):
    """A file from outside that cannot be taken in, or could do harm; ``problems`` says why, one by one."""

    problems: tuple[Any, ...] = ()  # each a `wording.Problem`, which is above this module


class CodebookError(SekomError):
    """A codebook that cannot be used, or a code that it does not have."""


class NotesError(SekomError):
    """Notes that cannot be used, or a note that does not exist."""


class DecisionError(SekomError):
    """A decision that cannot be taken; nothing of it was saved."""


class NotSavedError(SekomError):
    """A write that did not reach the disk; the caller still holds what it sent."""


class StudyError(SekomError):
    """A study that cannot be opened or made."""


class RatingsError(SekomError):
    """Ratings of which the question asked makes no sense."""


class StanceError(SekomError):
    """A coefficient or a consensus asked of a study that works reflexively."""


class PlanError(SekomError):
    """A plan of actions that cannot be read or taken in; nothing of it was saved."""


class ReportError(SekomError):
    """A document that could not be made of the report."""


class FigureError(SekomError):
    """A table that cannot be drawn as asked."""
