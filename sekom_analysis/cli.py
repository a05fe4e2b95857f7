"""The command line, ``sekom``: arguments in, one call, what was done out."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekom_analysis import __version__
from sekom_analysis.console import console, near, print_table, say_who, warn_of
from sekom_analysis.errors import SekomError

if TYPE_CHECKING:
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


def _open(folder: Path | None) -> Study:
    from sekom_analysis.study import Study

    return Study.open(folder)


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
    out = console()
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
    from sekom_analysis.raw import read_raw

    root = _root(study)
    raw, found = read_raw(root)
    problems = problems_table(found) if raw is None else _open(root).problems
    out = console()
    if raw is not None:
        opened = _open(root)
        coders = ", ".join(opened.coders) or "none"
        out.print(f"{opened.about.title.in_('en')}: {len(opened.notes)} notes, coders: {coders}")
    if problems.empty:
        out.print("No problems found.")
        return
    print_table(problems, out)
    out.print(
        f"{len(problems)} problems. Nothing was changed."
        if len(problems) > 1
        else "1 problem. Nothing was changed."
    )
    raise typer.Exit(1)


@app.command(epilog=_example("sekom code --coder anna"))
def code(
    coder: Annotated[str, typer.Option(help="Who codes, such as anna.")],
    again: Annotated[int, typer.Option(min=0, help="This many notes a second time, blind to the first.")] = 0,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    browser: Annotated[bool, typer.Option(help="Open the browser, or only show the address.")] = True,
    study: StudyFolder = None,
) -> None:
    """Code by keyboard in JupyterLab; every decision is saved as it is made."""
    from sekom_analysis.opening import open_coding

    _check_language(lang)
    raise typer.Exit(open_coding(_root(study), coder, lang=lang, browser=browser, again=again))


@app.command(epilog=_example("sekom sheet anna"))
def sheet(
    coder: Annotated[str, typer.Argument(help="Who is to code, such as anna.")],
    to: Annotated[Path | None, typer.Option(help="The file; left out, STUDY-CODER.xlsx here.")] = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Write an Excel sheet to send to a coder; `sekom collect` takes it back."""
    from sekom_analysis.desk import Desk
    from sekom_analysis.exchange.sheets import write_coding_sheet

    _check_language(lang)
    root = _root(study)
    path = _fresh(to or Path(f"{root.name}-{coder}.xlsx"))
    write_coding_sheet(Desk.open(root, coder), path, lang)
    out = console()
    out.print(f"Wrote the sheet: {near(path)}", soft_wrap=True)
    out.print(f"Send it to {coder}. When it comes back: sekom collect {path.name}", soft_wrap=True)


@app.command(epilog=_example("sekom status"))
def status(study: StudyFolder = None) -> None:
    """Show who has coded how much of what, when last, and by which way."""
    from sekom_analysis.progress import progress_table

    opened = _open(study)
    table = progress_table(opened)
    out = console()
    if table.empty:
        out.print(f"Nobody has coded yet. There are {len(opened.notes)} notes.")
    else:
        print_table(table, out)
    warn_of(opened.problems)


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
    out = console()
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
        print_table(part.drop(columns="scope"), out)
    say_who(opened, out)
    warn_of(opened.problems)


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
    _check_language(lang)
    opened = _open(study)
    folder = to or opened.root / "figures"
    with console(stderr=True).status("Reading the study …") as shown:
        from sekom_analysis.report import write_report
        from sekom_analysis.results import work_out

        results = work_out(
            opened, lang, resamples, progress=lambda step: shown.update(f"Working out {step} …")
        )
        written = write_report(results, folder, progress=lambda step: shown.update(f"Writing {step} …"))
    out = console()
    out.print(f"Wrote the report: {near(written[0])}", soft_wrap=True)
    pictures = [path for path in written if path.suffix in (".png", ".svg", ".pdf")]
    out.print(f"  {len(pictures)} figures (png, svg, pdf) in {near(folder)}", soft_wrap=True)
    out.print(
        f"  {len(written) - 1 - len(pictures)} tables (csv) in {near(folder / 'tables')}", soft_wrap=True
    )
    warn_of(results.problems)


def _root(folder: Path | None) -> Path:
    from sekom_analysis.raw import find_root

    return find_root(folder if folder is not None else ".")


def _check_language(lang: str) -> None:
    from sekom_analysis.wording import LANGUAGES

    if lang not in LANGUAGES:
        msg = f"there are no texts in '{lang}'; choose one of: {', '.join(LANGUAGES)}."
        raise typer.BadParameter(msg, param_hint="--lang")


def _fresh(path: Path) -> Path:
    """Refuse a file that is there: it may hold a coder's answers."""
    if path.exists():
        msg = (
            f"'{path}' is there already and may hold answers. Nothing was written. "
            f"Collect it (sekom collect {path.name}) and move it away, or choose another name with --to."
        )
        raise SekomError(msg)
    return path


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
