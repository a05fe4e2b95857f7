"""The command line, ``sekom``: arguments in, one call, what was done out."""

from __future__ import annotations

import io
import os
import sys

import typer

from sekom_analysis.basics.errors import DEBUG_VARIABLE, SekomError, is_debugging
from sekom_analysis.basics.files import reason_of
from sekom_analysis.basics.wording import visible
from sekom_analysis.cli import codebook, coding, drawing, study, telling
from sekom_analysis.cli.app import DEBUG, app

__all__ = ["app", "codebook", "coding", "drawing", "main", "study", "telling"]


def main() -> None:
    """Run the command line; no traceback reaches a person who did not ask for it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if DEBUG in sys.argv:  # wherever it is in the line
        sys.argv.remove(DEBUG)
        os.environ[DEBUG_VARIABLE] = "1"
    try:
        app()
    except Exception as error:
        if is_debugging():
            raise
        typer.echo(visible(str(error) if isinstance(error, SekomError) else _unforeseen(error)), err=True)
        sys.exit(1)


def _unforeseen(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename and not isinstance(error, FileNotFoundError):
        return (  # the computer's doing, not the program's
            f"'{error.filename}' cannot be read or written ({reason_of(error)}). What was saved before is "
            f"safe. Close it in other programs, or choose a shorter name or a folder that may be written "
            f"to, and run it again."
        )
    fault = f"{type(error).__name__}: {error}"
    return (
        f"Something went wrong that should not have ({fault}). What was saved before is safe. "
        f"Run it again with {DEBUG} to see where, and report that."
    )
