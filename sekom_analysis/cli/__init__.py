"""The command line, ``sekom``: arguments in, one call, what was done out."""

from __future__ import annotations

import io
import os
import sys

import typer

from sekom_analysis.basics.errors import SekomError
from sekom_analysis.basics.wording import visible
from sekom_analysis.cli import coding, study, telling
from sekom_analysis.cli.app import app

__all__ = ["app", "coding", "main", "study", "telling"]


def main() -> None:
    """Run the command line; no traceback reaches a person."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except SekomError as error:
        typer.echo(visible(str(error)), err=True)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("SEKOM_DEBUG"):
            raise
        fault = visible(f"{type(error).__name__}: {error}")
        typer.echo(
            f"Something went wrong that should not have ({fault}). What was saved before is safe. "
            f"Run it again with SEKOM_DEBUG=1 set to see where, and report that.",
            err=True,
        )
        sys.exit(1)
