"""Commands around a study: lab, docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sekom_analysis.cli.app import app, console, example


@app.command(epilog=example("sekom lab mystudy"))
def lab(
    folder: Annotated[
        Path, typer.Argument(help="A study, or a folder of studies; left out, this one.")
    ] = Path(),
    browser: Annotated[bool, typer.Option(help="Open the browser, or only show the address.")] = True,
) -> None:
    """Open a study's notebooks in JupyterLab."""
    from sekom_analysis.coding.jupyter import open_lab

    raise typer.Exit(open_lab(folder, browser=browser))


@app.command(epilog=example("sekom docs methods"))
def docs(
    page: Annotated[
        str, typer.Argument(help="Which, such as methods, file-formats or researchers-guide.sv.")
    ] = "index",
    to: Annotated[
        Path | None, typer.Option(help="A folder for the pages; left out, one that the system clears.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser, or only say where the page is.")] = True,
) -> None:
    """Open the guides and the documentation in the browser."""
    from sekom_analysis.report.docs import write_docs

    names = write_docs(to)
    if page not in names:
        msg = f"there is no page '{page}'; there are: {', '.join(sorted(names))}."
        raise typer.BadParameter(msg, param_hint="PAGE")
    path = names[page]
    is_open = browser and _opened(path)
    console().print(f"Opened {path}" if is_open else f"Open this page in a browser: {path}", soft_wrap=True)


def _opened(path: Path) -> bool:
    """Show a file in the browser; return whether there is one."""
    import webbrowser

    try:
        return webbrowser.open(path.as_uri())
    except (webbrowser.Error, OSError):
        return False
