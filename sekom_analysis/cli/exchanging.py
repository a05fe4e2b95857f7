"""The command that writes a study for other programs: export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sekom_analysis.cli.app import StudyFolder, app, check_language, example, open_study
from sekom_analysis.cli.console import console, near, warn_of


@app.command(epilog=example("sekom export study.qdpx"))
def export(
    file: Annotated[
        Path,
        typer.Argument(help="What to write; its ending tells what it becomes, such as .qdpx or .qdc."),
    ],
    layout: Annotated[
        str | None,
        typer.Option(
            help="Of a .qdpx: per-coder (who coded shows everywhere), or shared (for counting agreement)."
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Write the study for other programs, and say what their format cannot hold."""
    from sekom_analysis.exchange.exporting import Order, export_file
    from sekom_analysis.exchange.refi.losses import loss_lines

    check_language(lang)
    opened = open_study(study)
    losses = export_file(Order(opened, file, layout, lang))
    out = console()
    out.print(f"Wrote {near(file)}", soft_wrap=True)
    if losses:
        out.print("What this format cannot hold, or holds where other programs do not look:")
        out.print(loss_lines(losses), markup=False, soft_wrap=True)
    warn_of(opened.problems, opened.root)
