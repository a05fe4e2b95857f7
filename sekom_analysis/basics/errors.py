"""Everything that can go wrong for a person, each with its own name.

A message gives the value, where it was found (file, row, cell), what is
allowed, what to do, and what was or was not saved.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
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
    """A file of the world outside that cannot be read as a table; ``problems`` may say why, one by one."""

    problems: tuple[Any, ...] = ()  # each a `wording.Problem`, which is above this module


class ExchangeError(SekomError):
    """A file from outside that cannot be taken in, or could do harm; ``problems`` says why, one by one."""

    problems: tuple[Any, ...] = ()


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


class MissingPackageError(SekomError):
    """A package that this installation was made without, for what was asked."""


# Extra of pyproject.toml -> what its packages are for. The base does without all of them.
_NEEDED_BY = {
    "documents": "A Word document or a PDF needs it; the page does not: sekom report --to html.",
    "duplicates": "Finding notes that say the same needs it.",
    "figures": "This figure needs it.",
    "notebooks": "The card in JupyterLab needs it; to code without Jupyter: sekom page, sekom sheet.",
}


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Say of what cannot be imported inside which line installs it.

    Parameters
    ----------
    extra : the name that pyproject.toml gives the packages imported

    Raises
    ------
    MissingPackageError
        If one of them is missing or cannot be loaded.

    Examples
    --------
    >>> with needing("figures"):
    ...     import no_such_package
    Traceback (most recent call last):
    ...
    sekom_analysis.basics.errors.MissingPackageError: no_such_package is not installed. This figure ...
    """
    try:
        yield
    except ImportError as error:
        name = error.name or "A package"
        is_missing = isinstance(error, ModuleNotFoundError)
        state = "is not installed" if is_missing else f"cannot be loaded ({error})"
        msg = (
            f"{name} {state}. {_NEEDED_BY[extra]} To install it, go to the folder that sekom_analysis was "
            f"installed from (the one with pyproject.toml) and run: {install_line(extra)}"
        )
        raise MissingPackageError(msg) from error


def install_line(extra: str) -> str:
    """Return the line that adds an extra to this installation, run where pyproject.toml is."""
    if not Path(sys.prefix, "uv-receipt.toml").is_file():
        return f'python -m pip install ".[{extra}]"'
    keeps_documents = extra == "documents" or find_spec("typst") is not None  # it replaces what is there
    return f'uv tool install ".[{"notebooks,documents" if keeps_documents else "notebooks"}]"'
