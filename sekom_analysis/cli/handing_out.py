"""Commands by which coders code: code, page, sheet, and collect for what they send back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekom_analysis.cli.app import StudyFolder, app, check_language, example, open_study, study_root
from sekom_analysis.cli.console import console, near, print_collected
from sekom_analysis.errors import SekomError

if TYPE_CHECKING:
    from sekom_analysis.desk import Desk


@app.command(epilog=example("sekom code --coder anna"))
def code(
    coder: Annotated[str, typer.Option(help="Who codes, such as anna.")],
    again: Annotated[int, typer.Option(min=0, help="This many notes a second time, blind to the first.")] = 0,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    browser: Annotated[bool, typer.Option(help="Open the browser, or only show the address.")] = True,
    study: StudyFolder = None,
) -> None:
    """Code by keyboard in JupyterLab; every decision is saved as it is made."""
    from sekom_analysis.opening import open_coding

    check_language(lang)
    raise typer.Exit(open_coding(study_root(study), coder, lang=lang, browser=browser, again=again))


@app.command(epilog=example("sekom page anna"))
def page(
    coder: Annotated[str, typer.Argument(help="Who is to code, such as anna.")],
    to: Annotated[Path | None, typer.Option(help="The file; left out, STUDY-CODER.html here.")] = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Write a page to mail to a coder: it opens in any browser, without Jupyter or a server."""
    from sekom_analysis.coding.page import write_page

    _hand_out(write_page, coder, to, "html", lang, study)


@app.command(epilog=example("sekom sheet anna"))
def sheet(
    coder: Annotated[str, typer.Argument(help="Who is to code, such as anna.")],
    to: Annotated[Path | None, typer.Option(help="The file; left out, STUDY-CODER.xlsx here.")] = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Write an Excel sheet to send to a coder; `sekom collect` takes it back."""
    from sekom_analysis.exchange.sheets import write_coding_sheet

    _hand_out(write_coding_sheet, coder, to, "xlsx", lang, study)


@app.command(epilog=example("sekom collect anna.xlsx --dry-run"))
def collect(
    files: Annotated[
        list[Path], typer.Argument(help="What came back: sheets, answers of a page, copied logs.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be added.")] = False,
    keep_valid: Annotated[
        bool, typer.Option("--keep-valid", help="Take what can be taken, and leave the rest.")
    ] = False,
    coder: Annotated[str | None, typer.Option(help="Whose, where the file does not say.")] = None,
    study: StudyFolder = None,
) -> None:
    """Take in what coders send back; collecting a file twice adds nothing."""
    opened = open_study(study)
    out = console()
    failed = False
    for file in files:
        try:
            _refuse_packed(file)
            _refuse_page(file)
            found = opened.collect(file, dry_run, keep_valid=keep_valid, coder=coder)
        except SekomError as error:
            failed = True
            console(stderr=True).print(str(error), markup=False, soft_wrap=True)
            continue
        failed = failed or bool(len(found.refused))
        print_collected(file.name, found, out)
    if failed:
        raise typer.Exit(1)


def _refuse_packed(file: Path) -> None:
    if file.suffix.lower() == ".zip":
        msg = f"'{file.name}' is packed. Unpack it, and collect what lies in it. Nothing was saved."
        raise SekomError(msg)


def _refuse_page(file: Path) -> None:
    if file.suffix.lower() in (".html", ".htm"):
        msg = (
            f"'{file.name}' is a page, and no answers are in it: they are kept in the coder's browser. Ask "
            f"for the answers file, which the page makes by the button 'Download the answers file' ('Ladda "
            f"ner svarsfilen'): answers-CODER.jsonl or svar-CODER.jsonl. Nothing was saved."
        )
        raise SekomError(msg)


def _hand_out(
    write: Callable[[Desk, Path, str], Path],
    coder: str,
    to: Path | None,
    ending: str,
    lang: str,
    study: Path | None,
) -> None:
    """Write what a coder is to get, and say where it is and how it comes back."""
    from sekom_analysis.desk import Desk

    check_language(lang)
    root = study_root(study)
    path = _fresh(to or Path(f"{root.name}-{coder}.{ending}"))
    write(Desk.open(root, coder), path, lang)
    out = console()
    out.print(f"Wrote {near(path)}", soft_wrap=True)
    out.print(f"Send it to {coder}. What comes back: sekom collect FILE", soft_wrap=True)


def _fresh(path: Path) -> Path:
    """Refuse a file that is there: a sheet may hold a coder's answers."""
    from sekom_analysis.files import check_outside

    check_outside(path)
    if path.exists():
        holds, first = " and may hold answers", f"Collect it (sekom collect {path.name}) and move it away"
        if path.suffix.lower() == ".html":
            holds, first = "", "Move it away"
        msg = (
            f"'{path}' is there already{holds}. Nothing was written. {first}, or choose another "
            f"name with --to."
        )
        raise SekomError(msg)
    return path
