"""Commands by which coders code: code, page, sheet, and collect for what they send back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekom_analysis.cli.app import StudyFolder, app, check_language, example, open_study, study_root
from sekom_analysis.cli.console import console, near, print_collected, print_undone
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
        list[Path], typer.Argument(help="What came back: sheets, answers of a page, copied logs and ledgers.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be added.")] = False,
    keep_valid: Annotated[
        bool, typer.Option("--keep-valid", help="Take what can be taken, and leave the rest.")
    ] = False,
    coder: Annotated[str | None, typer.Option(help="Whose answers they are, whatever the file says.")] = None,
    same_person: Annotated[
        bool,
        typer.Option(
            "--same-person", help="Answers that share nothing with those here are the same coder's."
        ),
    ] = False,
    older: Annotated[
        bool,
        typer.Option("--older", help="Let an older sheet replace newer answers; take again what was undone."),
    ] = False,
    changed_texts: Annotated[
        bool, typer.Option("--changed-texts", help="Take answers to texts that were changed since.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take files back: restore what stood before they were collected.")
    ] = False,
    study: StudyFolder = None,
) -> None:
    """Take in what coders send back, the oldest file first; collecting a file twice adds nothing."""
    from sekom_analysis.exchange.arrivals import in_order_of_making

    opened = open_study(study)
    options = {"keep_valid": keep_valid, "same_person": same_person, "older": older}
    options["changed_texts"] = changed_texts
    out = console()
    failed = False
    for file in in_order_of_making(files) if not undo else files:
        try:
            if undo:
                print_undone(file, opened.undo_collect(file, dry_run, coder=coder), out, opened.root)
                continue
            found = opened.collect(file, dry_run, coder=coder, **options)
        except SekomError as error:
            failed = True
            console(stderr=True).print(str(error), markup=False, soft_wrap=True)
            continue
        failed = failed or bool(len(found.refused))
        print_collected(file, found, out, opened.root)
    if failed:
        raise typer.Exit(1)


def _hand_out(
    write: Callable[[Desk, Path, str], Path],
    coder: str,
    to: Path | None,
    ending: str,
    lang: str,
    study: Path | None,
) -> None:
    """Write what a coder is to get, and say where it is and how it comes back."""
    from sekom_analysis.collect import command
    from sekom_analysis.desk import Desk

    check_language(lang)
    root = study_root(study)
    path = _fresh(to or Path(f"{root.name}-{coder}.{ending}"), root)
    desk = Desk.open(root, coder)
    write(desk, path, lang)
    out = console()
    out.print(f"Wrote {near(path)}", soft_wrap=True)
    if inside := earlier_inside(desk):
        out.print(inside, soft_wrap=True)
    out.print(f"Send it to {coder}. What comes back: {command(Path('FILE'), root=root)}", soft_wrap=True)


def earlier_inside(desk: Desk) -> str:
    """Say that a page or sheet holds what its coder answered before; an empty text if that is nothing."""
    decisions, left_open = desk.decisions(), desk.skipped()
    n_answers = len(decisions)
    n_memos = int((decisions["memo"] != "").sum()) + int((left_open["memo"] != "").sum())
    counts = [
        f"{n} {name}{'' if n == 1 else 's'}" for n, name in ((n_answers, "answer"), (n_memos, "memo")) if n
    ]
    if not counts:
        return ""
    what = " and ".join(counts)
    return f"Inside is what {desk.coder} answered before ({what}): send it to nobody but {desk.coder}."


def _fresh(path: Path, root: Path) -> Path:
    """Refuse a file that is there: a sheet may hold a coder's answers."""
    from sekom_analysis.collect import command
    from sekom_analysis.files import check_outside

    check_outside(path)
    if path.exists():
        holds, first = " and may hold answers", f"Collect it ({command(path, root=root)}) and move it away"
        if path.suffix.lower() == ".html":
            holds, first = "", "Move it away"
        msg = (
            f"'{path}' is there already{holds}. Nothing was written. {first}, or choose another "
            f"name with --to."
        )
        raise SekomError(msg)
    return path
