"""Commands by which disagreements are settled: adjudicate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekom_analysis.cli.app import StudyFolder, app, check_language, example, open_study
from sekom_analysis.cli.console import console

if TYPE_CHECKING:
    from sekom_analysis.adjudications import Showing


@app.command(epilog=example("sekom adjudicate --as anna category_b"))
def adjudicate(
    adjudicator: Annotated[str, typer.Option("--as", help="Who settles, such as anna.")],
    variable: Annotated[
        str | None, typer.Argument(help="A variable's id; left out, the first with something to settle.")
    ] = None,
    beside: Annotated[
        str, typer.Option("--with", metavar="ID,ID", help="Coders who sit beside and see the same.")
    ] = "",
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
    present = [name.strip() for name in beside.split(",") if name.strip()]
    options: dict[str, Any] = {"lang": lang, "present": present, "browser": browser}
    raise typer.Exit(open_adjudication(opened, adjudicator, chosen, **options))


@app.command(epilog=example("sekom shown anna --variable category_b --notes B001,B002"))
def shown(
    coder: Annotated[str, typer.Argument(help="Which coder, such as anna.")],
    variable: Annotated[
        str | None, typer.Option(help="On which variable; left out, on all that are asked of the notes.")
    ] = None,
    notes: Annotated[str, typer.Option(metavar="ID,ID", help="Which notes, with commas; or all.")] = "",
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Since when, as 2016-04-12T09:00; left out, now.")
    ] = None,
    as_written: Annotated[
        bool, typer.Option("--as-written", help="Wherever the coder's log says so, and nothing else does.")
    ] = False,
    study: StudyFolder = None,
) -> None:
    """Say that a coder was shown others' answers, or list when a coder was.

    What the coder answers there afterwards is not independent, and no part of the agreement.
    """
    opened = open_study(study)
    out = console()
    if as_written:
        added = opened.log_written(coder)
        out.print(f"Kept: {len(added)} answers of {coder} count as the log has them.", soft_wrap=True)
    elif notes:
        ids = None if notes == "all" else [name.strip() for name in notes.split(",") if name.strip()]
        variables = None if variable is None else [variable]
        added = opened.log_shown(coder, ids, variables, by="said", since=since)
        out.print(_kept(coder, added), soft_wrap=True)
    else:
        table = opened.shown()
        own = table[table["coder"] == coder]
        if own.empty:
            out.print(f"Nothing is kept of {coder} having been shown others' answers.", soft_wrap=True)
        for row in own.to_dict("records"):
            on = ", ".join(row["variables"]) or "all variables"
            line = f"{row['shown_at'][:16].replace('T', ' ')}  {row['by']}: {len(row['notes'])} notes, {on}"
            out.print(line, markup=False, soft_wrap=True)


def _kept(coder: str, added: list[Showing]) -> str:
    if not added:
        return f"That {coder} was shown these is known already."
    return f"Kept: what {coder} answers there from now on counts as given once others' answers were seen."
