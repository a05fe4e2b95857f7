"""The command line, ``sekom``: arguments in, one call, what was done out."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekom_analysis import __version__
from sekom_analysis.errors import SekomError

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sekom_analysis.study import Study

app = typer.Typer(
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


def _example(line: str) -> str:
    return f"Example: [bold]{line}[/bold]"


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(stderr=stderr, highlight=False, width=140)
    return console


def _open(folder: Path | None) -> Study:
    from sekom_analysis.study import Study

    return Study.open(folder)


def _warn_of(problems: pd.DataFrame) -> None:
    if len(problems):
        _console(stderr=True).print(f"{len(problems)} things in the study's files need a look: sekom check")


@app.command(epilog=_example("sekom new mystudy --notes notes.xlsx"))
def new(
    folder: Annotated[Path, typer.Argument(help="The study's folder; it is made.")],
    notes: Annotated[
        Path | None,
        typer.Option(help="Your notes, .csv or .xlsx, with a column text (and note_id, if they have ids)."),
    ] = None,
    codebook: Annotated[
        Path | None, typer.Option(help="Your codebook, .yaml; left out, one to change.")
    ] = None,
    title: Annotated[str, typer.Option(help="What the study is called.")] = "",
    sample: Annotated[bool, typer.Option("--sample", help="A copy of the sample study of 2016.")] = False,
) -> None:
    """Make a new study, of your own notes or as a copy of the sample."""
    from sekom_analysis import newstudy
    from sekom_analysis.study import Study

    if sample and (notes or codebook):
        msg = "--sample brings its own notes and codebook; leave out --notes and --codebook."
        raise typer.BadParameter(msg)
    if sample:
        newstudy.create_sample(folder)
        study = Study.open(folder)
    else:
        study = Study.create(folder, notes=notes, codebook=codebook, title=title)
    out = _console()
    out.print(f"Made a study with {len(study.notes)} notes in {folder}", soft_wrap=True)
    out.print(f"  notes     {folder / 'data' / 'raw'}", soft_wrap=True)
    out.print(f"  codebook  {folder / 'data' / 'raw' / 'codebook.yaml'}", soft_wrap=True)
    if codebook is None and not sample:
        out.print(
            "Next: change the codebook to your own questions and codes, then run: sekom check", soft_wrap=True
        )
    else:
        out.print(f"Next: sekom report --study {folder}", soft_wrap=True)


@app.command(epilog=_example("sekom check --study mystudy"))
def check(study: StudyFolder = None) -> None:
    """List every problem in the study's files, with the row and what to do."""
    from sekom_analysis.problems import problems_table
    from sekom_analysis.raw import find_root, read_raw

    root = find_root(study if study is not None else ".")
    raw, found = read_raw(root)
    problems = problems_table(found) if raw is None else _open(root).problems
    out = _console()
    if raw is not None:
        opened = _open(root)
        coders = ", ".join(opened.coders) or "none"
        out.print(f"{opened.about.title.in_('en')}: {len(opened.notes)} notes, coders: {coders}")
    if problems.empty:
        out.print("No problems found.")
        return
    _print_table(problems, out)
    out.print(
        f"{len(problems)} problems. Nothing was changed."
        if len(problems) > 1
        else "1 problem. Nothing was changed."
    )
    raise typer.Exit(1)


@app.command(epilog=_example("sekom status"))
def status(study: StudyFolder = None) -> None:
    """Show who has coded how much of what, when last, and by which way."""
    from sekom_analysis.progress import progress_table

    opened = _open(study)
    table = progress_table(opened)
    out = _console()
    if table.empty:
        out.print(f"Nobody has coded yet. There are {len(opened.notes)} notes.")
    else:
        _print_table(table, out)
    _warn_of(opened.problems)


@app.command(epilog=_example("sekom agreement category_b"))
def agreement(
    variable: Annotated[str | None, typer.Argument(help="A variable's id; left out, all of them.")] = None,
    coefficients: Annotated[
        str, typer.Option(help="Which, with commas between; or 'all'.")
    ] = "percent,alpha,ac1",
    resamples: Annotated[int, typer.Option(min=0, help="How many; 0 for no intervals.")] = 10_000,
    study: StudyFolder = None,
) -> None:
    """Show how well coders agree: with the codebook, against the own sorting, all together."""
    from sekom_analysis.results import agreement_overview

    opened = _open(study)
    wanted = "all" if coefficients == "all" else [name.strip() for name in coefficients.split(",")]
    table = agreement_overview(
        opened, None if variable is None else [variable], coefficients=wanted, n_resamples=resamples
    )
    out = _console()
    if table.empty:
        out.print("Nothing to compare yet: agreement takes two coders who decided on the same notes.")
        return
    shown = table[
        ["scope", "coders", "variable", "coefficient", "level", "value", "low", "high", "n_pairable", "note"]
    ]
    shown = shown.rename(columns={"n_pairable": "notes"})
    for scope, part in shown.groupby("scope", sort=False):
        if scope == "main" and opened.about.main_sources:
            out.print(f"Notes from {', '.join(opened.about.main_sources)}", style="bold")
        elif scope == "all":
            out.print("All notes", style="bold")
        _print_table(part.drop(columns="scope"), out)
    _say_who(opened, out)
    _warn_of(opened.problems)


@app.command(epilog=_example("sekom report --lang en"))
def report(
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    to: Annotated[
        Path | None, typer.Option("--folder", help="Where to; left out, the study's figures/.")
    ] = None,
    resamples: Annotated[int, typer.Option(min=0, help="Behind each interval.")] = 10_000,
    study: StudyFolder = None,
) -> None:
    """Write figures, tables and the report as one page."""
    from sekom_analysis.wording import LANGUAGES

    if lang not in LANGUAGES:
        msg = f"there are no texts in '{lang}'; choose one of: {', '.join(LANGUAGES)}."
        raise typer.BadParameter(msg, param_hint="--lang")
    opened = _open(study)
    folder = to or opened.root / "figures"
    with _console(stderr=True).status("Reading the study …") as shown:
        from sekom_analysis.report import write_report
        from sekom_analysis.results import work_out

        results = work_out(
            opened, lang, resamples, progress=lambda step: shown.update(f"Working out {step} …")
        )
        written = write_report(results, folder, progress=lambda step: shown.update(f"Writing {step} …"))
    out = _console()
    out.print(f"Wrote the report: {_near(written[0])}", soft_wrap=True)
    pictures = [path for path in written if path.suffix in (".png", ".svg", ".pdf")]
    out.print(f"  {len(pictures)} figures (png, svg, pdf) in {_near(folder)}", soft_wrap=True)
    out.print(
        f"  {len(written) - 1 - len(pictures)} tables (csv) in {_near(folder / 'tables')}", soft_wrap=True
    )
    _warn_of(results.problems)


def _near(path: Path) -> str:
    """Return a path as seen from here, where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _say_who(study: Study, out: Console) -> None:
    automatic = [c for c in study.coders if study.about.coder(c).kind == "automatic"]
    sources = [c for c in study.coders if study.about.coder(c).kind == "source"]
    if automatic:
        out.print(
            f"{', '.join(automatic)}: automatic readings, not people; no intercoder reliability of people."
        )
    if sources:
        out.print(f"{', '.join(sources)}: the material's own sorting, made without the codebook.")


def _print_table(frame: pd.DataFrame, out: Console) -> None:
    """Print a table: numbers with three decimals, gaps as dashes."""
    import pandas as pd
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    numbers = set(frame.select_dtypes("number").columns)
    for name in frame.columns:
        table.add_column(str(name), justify="right" if name in numbers else "left", no_wrap=name in numbers)
    for row in frame.itertuples(index=False):
        cells = [
            "–" if pd.isna(cell) else f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row
        ]
        table.add_row(*map(Text, cells))
    out.print(table)


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


def main() -> None:
    """Run the command line; no traceback reaches a person."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except SekomError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("SEKOM_DEBUG"):
            raise
        kind = type(error).__name__
        typer.echo(
            f"Something went wrong that should not have ({kind}: {error}). What was saved before is safe. "
            f"Run it again with SEKOM_DEBUG=1 set to see where, and report that.",
            err=True,
        )
        sys.exit(1)
