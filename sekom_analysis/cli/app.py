"""The command line itself, and what its commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from sekom_analysis import __version__

if TYPE_CHECKING:
    from sekom_analysis.study import Study

ORDER = [
    *("new", "import", "check", "status"),
    *("code", "page", "sheet", "collect"),
    *("agreement", "adjudicate", "shown", "coder-report", "codebook", "duplicates"),
    *("report", "export"),
]


class InOrder(TyperGroup):
    """Commands in the order in which a study needs them, wherever they are defined."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names of the commands, those of `ORDER` first."""
        return sorted(super().list_commands(ctx), key=[*ORDER, *self.commands].index)


app = typer.Typer(
    cls=InOrder,
    help="Code notes with several people, see how well you agree, settle it, and make the report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

StudyFolder = Annotated[
    Path | None,
    typer.Option(
        "--study", metavar="FOLDER", envvar="SEKOM_STUDY", help="The study's folder; left out, this one."
    ),
]


def example(line: str) -> str:
    """Return the example that stands below a command's help."""
    return f"Example: [bold]{line}[/bold]"


def study_root(folder: Path | None) -> Path:
    """Return the study's folder: the one named, or the nearest from here upwards."""
    from sekom_analysis.raw import find_root

    return find_root(folder if folder is not None else ".")


def open_study(folder: Path | None) -> Study:
    """Open the study in the folder named, or in the nearest from here upwards."""
    from sekom_analysis.study import Study

    return Study.open(folder)


def check_language(lang: str) -> None:
    """Refuse a language without texts as a wrong call."""
    from sekom_analysis.wording import LANGUAGES

    if lang not in LANGUAGES:
        msg = f"there are no texts in '{lang}'; choose one of: {', '.join(LANGUAGES)}."
        raise typer.BadParameter(msg, param_hint="--lang")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sekom_analysis {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that come before a command."""
