"""Commands by which disagreements are settled: adjudicate."""

from __future__ import annotations

from typing import Annotated

import typer

from sekom_analysis.cli.app import StudyFolder, app, check_language, example, open_study
from sekom_analysis.cli.console import console


@app.command(epilog=example("sekom adjudicate --as anna category_b"))
def adjudicate(
    adjudicator: Annotated[str, typer.Option("--as", help="Who settles, such as anna.")],
    variable: Annotated[
        str | None, typer.Argument(help="A variable's id; left out, the first with something to settle.")
    ] = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    browser: Annotated[bool, typer.Option(help="Open the browser, or only show the address.")] = True,
    study: StudyFolder = None,
) -> None:
    """Settle what coders disagree on, with a reason, by keyboard in JupyterLab."""
    from sekom_analysis.coding.adjudication import variables_to_settle
    from sekom_analysis.opening import open_adjudication

    check_language(lang)
    opened = open_study(study)
    chosen = variable or next(iter(variables_to_settle(opened)), None)
    if chosen is None:
        console().print(
            "Nothing to settle: on no variable with one code a note do coders differ, or all such notes "
            "have been adjudicated. To look at them again: sekom adjudicate --as ID VARIABLE",
            soft_wrap=True,
        )
        return
    raise typer.Exit(open_adjudication(opened, adjudicator, chosen, lang=lang, browser=browser))
