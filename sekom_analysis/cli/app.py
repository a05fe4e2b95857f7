"""The command line itself, and what its commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sekom_analysis import __version__
from sekom_analysis.basics.wording import visible

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sekom_analysis.study.imports import Collected
    from sekom_analysis.study.study import Study


ORDER = [
    *("new", "import", "check", "status"),
    *("code", "page", "sheet", "collect"),
    *("agreement", "adjudicate", "shown", "coder-report", "program", "codebook", "duplicates"),
    *("report", "figure", "methods", "export"),
    *("lab", "docs"),
]


DEBUG = "--debug"


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
    """Return the example below a command's help."""
    return f"Example: [bold]{line}[/bold]"


def study_root(folder: Path | None) -> Path:
    """Return the study's folder: the one named, or the nearest from here upwards."""
    from sekom_analysis.study.raw import find_root

    return find_root(folder if folder is not None else ".")


def open_study(folder: Path | None) -> Study:
    """Open the study in the folder named, or in the nearest from here upwards."""
    from sekom_analysis.study.study import Study

    return Study.open(folder)


def check_language(lang: str) -> None:
    """Refuse a language without texts as a wrong call."""
    from sekom_analysis.basics.wording import LANGUAGES

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
    debug: Annotated[
        bool, typer.Option(DEBUG, help="Where something goes wrong, show where in the code it did.")
    ] = False,
) -> None:
    """Take the options that come before a command; `main` has seen to `debug`, wherever it is."""


# --- what the command line prints, and how ------------------------------------------------------------


LOGS_TOLD = 3


def console(stderr: bool = False) -> Console:
    """Return where to print; into a file or pipe lines are long enough for tables.

    The one door for all that the command line says: a text is printed as it is, with no markup read
    out of its brackets, and with what would act on the terminal made visible.
    """
    from rich.console import Console

    class Plain(Console):
        def print(self, *objects: Any, **how: Any) -> None:
            super().print(*(visible(one) if isinstance(one, str) else one for one in objects), **how)

    plain: dict[str, Any] = {"stderr": stderr, "highlight": False, "markup": False, "emoji": False}
    out = Plain(**plain)
    return out if out.is_terminal else Plain(**plain, width=140)


def to_check(root: Path) -> str:
    """Return the command that lists what is wrong in a study, as it can be typed here."""
    from sekom_analysis.study.raw import study_option

    return f"sekom check {study_option(root)}".strip()


def say_next(study: Study, out: Console) -> None:
    """Say which command makes sense now: hand out, take back, or see what came of it."""
    from sekom_analysis.study.raw import study_option

    option = study_option(study.root)
    where = f" {option}" if option else ""
    people = study.with_codebook
    tables = [study.ratings(variable.id) for variable in study.codebook.variables]
    if any((table.notna().sum(axis=1) > 1).any() for table in tables):
        first = "" if study.about.stance == "reflexive" else f"sekom agreement{where}   then: "
        line = f"Next: {first}sekom report{where}"
    elif people:
        line = f"Next, when answers come back: sekom collect FILE{where}   and who has how much left: sekom "
        line += f"status{where}"
    else:
        line = (
            f"Next, for each coder, with a short name such as anna: sekom page anna{where}   or, in Excel: "
        )
        line += f"sekom sheet anna{where}"
    out.print(line, soft_wrap=True)


def warn_of(problems: pd.DataFrame, root: Path) -> None:
    """Say that something needs a look, where it does."""
    if n := len(problems):
        text = f"{n} things in the study's files need a look: {to_check(root)}"
        console(stderr=True).print(text, soft_wrap=True)


def warn_of_logs(study: Study, out: Console) -> None:
    """Say first of all, before any number, that a log is not whole or there twice, where it is so."""
    found = study.log_problems()
    for problem in found[:LOGS_TOLD]:
        line = f"A log is damaged, incomplete or there twice: {problem.file}: {problem.what}."
        out.print(line, markup=False, soft_wrap=True)
    if found:
        more = f"{len(found) - LOGS_TOLD} more; " if len(found) > LOGS_TOLD else ""
        out.print(
            f"What follows rests on what could be read ({more}what to do: {to_check(study.root)}).",
            soft_wrap=True,
        )


def near(path: Path) -> str:
    """Return a path as seen from here, where that is shorter."""
    from sekom_analysis.basics.files import seen_from_here

    return str(seen_from_here(path))


def say_who(study: Study, out: Console) -> None:
    """Say which coders are not people, beside any number about them."""
    automatic = [c for c in study.coders if study.about.coder(c).kind == "automatic"]
    sources = [c for c in study.coders if study.about.coder(c).kind == "source"]
    if not study.about.readable:
        out.print(
            f"study.yaml cannot be read, so it is not known which coders are people: {to_check(study.root)}"
        )
    if automatic:
        out.print(
            f"{', '.join(automatic)}: automatic readings, not people; no intercoder reliability of people."
        )
    if sources:
        out.print(f"{', '.join(sources)}: the material's own sorting, made without the codebook.")


def print_table(frame: pd.DataFrame, out: Console) -> None:
    """Print a table: numbers with three decimals, gaps as dashes."""
    import pandas as pd
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    numbers = set(frame.select_dtypes("number").columns)
    for name in frame.columns:
        table.add_column(
            Text(visible(str(name))), justify="right" if name in numbers else "left", no_wrap=name in numbers
        )
    for row in frame.itertuples(index=False):
        cells = [
            "–" if pd.isna(cell) else f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row
        ]
        table.add_row(*(Text(visible(cell)) for cell in cells))
    out.print(table)


_MOST_REPLACED = 20


def print_collected(file: Path, found: Collected, out: Console, root: Path) -> None:
    """Say what a file brought: added, known, replaced, refused, changed since; and how to take it back."""
    from sekom_analysis.basics.wording import problem_lines
    from sekom_analysis.exchange.takings import command

    verb = "added" if found.saved else "would add"
    count, what = len(found.added), "decisions" if "via" in found.added.columns else "entries"
    out.print(
        f"{file.name}: {found.coder}: {verb} {count} {what}; {found.known} were here already.",
        soft_wrap=True,
        markup=False,
    )
    print_replaced(found, out)
    for heading, problems in (
        ("Not taken:", found.refused),
        ("Taken, though the note has changed since:", found.stale),
        ("Lines that were cut off and say nothing:", found.unfinished),
        ("To know:", found.remarks),
    ):
        if problems:
            out.print(heading, soft_wrap=True)
            out.print(problem_lines(problems), markup=False, soft_wrap=True)
    if found.saved and count and what == "decisions":
        out.print(f"To take this back: {command(file, '--undo', root=root)}", markup=False, soft_wrap=True)


def print_replaced(found: Collected, out: Console) -> None:
    """List the answers that no longer stand, old and new."""
    rows = found.replaced.to_dict("records")
    if not rows:
        return
    verb = "It replaces" if found.saved else "It would replace"
    answers = "1 answer" if len(rows) == 1 else f"{len(rows)} answers"
    out.print(f"{verb} {answers} of {found.coder}:", soft_wrap=True)
    for row in rows[:_MOST_REPLACED]:
        new = row["new"] or ("taken back" if row["is_gone"] else "none")
        text = f"- {row['note_id']}, {row['variable']}: {row['old'] or 'none'} → {new}"
        out.print(text, markup=False, soft_wrap=True)
    if len(rows) > _MOST_REPLACED:
        out.print(f"- and {len(rows) - _MOST_REPLACED} more", soft_wrap=True)


def print_undone(file: Path, found: Collected, out: Console, root: Path) -> None:
    """Say what taking a file back restored."""
    from sekom_analysis.exchange.takings import command

    count = len(found.added)
    if not count:
        out.print(
            f"{file.name}: {found.coder}: none of its answers stand any more; nothing was changed.",
            markup=False,
            soft_wrap=True,
        )
        return
    verb = "took back" if found.saved else "would take back"
    out.print(
        f"{file.name}: {found.coder}: {verb} {count} answers; what was there before stands again, and "
        f"the log keeps both.",
        markup=False,
        soft_wrap=True,
    )
    print_replaced(found, out)
    if found.saved:
        out.print(f"To have them again: {command(file, '--older', root=root)}", markup=False, soft_wrap=True)
