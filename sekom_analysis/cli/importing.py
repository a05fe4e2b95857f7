"""The command that takes in what others made: import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekom_analysis.cli.app import StudyFolder, app, check_language, example, study_root
from sekom_analysis.cli.console import console, near

if TYPE_CHECKING:
    from rich.console import Console

    from sekom_analysis.exchange.importing import Outcome
    from sekom_analysis.problems import Problem

_MOST_SHOWN = 40


@app.command("import", epilog=example("sekom import report.docx"))
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            help="A report (.txt, .md, .docx), a program's project (.qdpx), a study's workbook (.xlsx), or a "
            "table of decisions."
        ),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="What it is, if its name does not tell: outline, refi, codebook, study or decisions.",
        ),
    ] = None,
    headings: Annotated[
        Path | None, typer.Option(help="Which lines of a report are headings; a first run proposes it.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="Which column is what; a first run proposes it.")
    ] = None,
    coder: Annotated[str | None, typer.Option(help="Whose decisions they are.")] = None,
    later: Annotated[
        bool,
        typer.Option(
            "--later",
            help="Take what coders who have a log here say otherwise in a project as decided later, by them.",
        ),
    ] = False,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Take in notes and decisions from elsewhere, each in a file of its own."""
    from sekom_analysis.exchange.importing import Request, import_file
    from sekom_analysis.raw import open_raw

    check_language(lang)
    raw = open_raw(study_root(study))
    out = console()
    outcome = import_file(Request(raw, file, headings, mapping, coder, lang, later), kind)
    if outcome.is_known:
        _say_known(outcome, file, out)
        return
    _say_found(outcome, file, out)


def _say_known(outcome: Outcome, file: Path, out: Console) -> None:
    record = outcome.record
    when = record.imported_at[:10] if record else ""
    out.print(f"{file.name} was taken in already, on {when}. Nothing was added.", soft_wrap=True)
    if record and int(record.refused or 0):
        out.print(f"Not taken then: {record.refused}.")
    for path in record.paths if record else []:
        out.print(f"  {path}", soft_wrap=True)


def _say_found(outcome: Outcome, file: Path, out: Console) -> None:
    found, record = outcome.material, outcome.record
    if found is None:
        return
    if record is None:
        out.print(f"{file.name}: nothing was taken in yet. Go through the proposal first:", soft_wrap=True)
        for path in found.proposals:
            out.print(f"  {near(path)}", soft_wrap=True)
    else:
        coders = ", ".join(sorted(set(found.decisions["coder"])))
        whose = f" of {coders}" if coders else ""
        counts = f"{len(found.notes)} notes and {len(found.decisions)} decisions{whose}"
        out.print(f"{file.name}: {counts} taken in as {outcome.kind}; written:", soft_wrap=True)
        for name in [*record.paths, "data/imports.csv"]:
            out.print(f"  {name}", soft_wrap=True)
    _say_problems("Not taken:", found.refused, out)
    _say_problems("To know:", found.remarks, out)


def _say_problems(heading: str, problems: list[Problem], out: Console) -> None:
    from sekom_analysis.problems import problem_lines

    if problems:
        out.print(heading)
        out.print(problem_lines(problems[:_MOST_SHOWN]), markup=False, soft_wrap=True)
    if len(problems) > _MOST_SHOWN:
        out.print(f"and {len(problems) - _MOST_SHOWN} more.")
