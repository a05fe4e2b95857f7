"""Commands to code and settle with: code, page, sheet, collect, adjudicate, shown, duplicates, lab."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekom_analysis.basics.errors import SekomError
from sekom_analysis.cli.app import (
    StudyFolder,
    app,
    check_language,
    console,
    example,
    near,
    open_study,
    print_collected,
    print_undone,
    study_root,
)

if TYPE_CHECKING:
    import pandas as pd

    from sekom_analysis.study.desk import Desk
    from sekom_analysis.study.ledgers import Showing
    from sekom_analysis.study.study import Study


TRAINING = "The notes of `training:` in study.yaml, whose reference is shown after each answer."
HOW_TO_STOP = "it works until Ctrl+C here. Each answer is saved as it is given."


@app.command(epilog=example("sekom code --coder anna"))
def code(
    coder: Annotated[str, typer.Option(help="Who codes, such as anna.")],
    again: Annotated[int, typer.Option(min=0, help="This many notes a second time, blind to the first.")] = 0,
    training: Annotated[bool, typer.Option("--training", help=TRAINING)] = False,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    browser: Annotated[bool, typer.Option(help="Open the browser, or only show the address.")] = True,
    study: StudyFolder = None,
) -> None:
    """Code by keyboard in the browser; every decision is saved as it is made."""
    from sekom_analysis.coding.opening import open_coding

    check_language(lang)
    console().print(f"Opening the card of {coder}; {HOW_TO_STOP}", soft_wrap=True)
    options = {"again": again, "training": training}
    raise typer.Exit(open_coding(study_root(study), coder, lang=lang, browser=browser, **options))


@app.command(epilog=example("sekom page anna"))
def page(
    coder: Annotated[str, typer.Argument(help="Who is to code, such as anna.")],
    to: Annotated[Path | None, typer.Option(help="The file; left out, STUDY-CODER.html here.")] = None,
    training: Annotated[bool, typer.Option("--training", help=TRAINING)] = False,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Write a page to mail to a coder: it opens in any browser, without Jupyter or a server."""
    from sekom_analysis.coding.page import write_page

    def write(desk: Desk, path: Path, language: str) -> Path:
        return write_page(desk, path, language, training=training)

    _hand_out(write, coder, to, "training.html" if training else "html", lang, study)


@app.command(epilog=example("sekom sheet anna"))
def sheet(
    coder: Annotated[str, typer.Argument(help="Who is to code, such as anna.")],
    to: Annotated[Path | None, typer.Option(help="The file; left out, STUDY-CODER.xlsx here.")] = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Write an Excel sheet to send to a coder; `sekom collect` takes it back."""
    from sekom_analysis.exchange.sheet_writing import write_coding_sheet

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
        bool, typer.Option("--undo", help="Take files back: restore what was there before.")
    ] = False,
    study: StudyFolder = None,
) -> None:
    """Take in what coders send back, the oldest file first; collecting a file twice adds nothing."""
    from sekom_analysis.exchange.collect import in_order_of_making

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
    from sekom_analysis.exchange.takings import command
    from sekom_analysis.study.desk import Desk

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
    from sekom_analysis.basics.wording import list_in_words
    from sekom_analysis.study.codebook import PROPOSAL

    decisions, left_open = desk.decisions(), desk.skipped()
    is_proposal = decisions["variable"] == PROPOSAL
    answers = decisions[~is_proposal]
    n_memos = int((answers["memo"] != "").sum()) + int((left_open["memo"] != "").sum())
    found = ((len(answers), "answer"), (n_memos, "memo"), (int(is_proposal.sum()), "proposal"))
    counts = [f"{n} {name}{'' if n == 1 else 's'}" for n, name in found if n]
    if not counts:
        return ""
    what = list_in_words(counts, "en")
    return f"Inside is what {desk.coder} answered before ({what}): send it only to {desk.coder}."


def _fresh(path: Path, root: Path) -> Path:
    """Refuse a file that is there: a sheet may hold a coder's answers."""
    from sekom_analysis.basics.files import check_outside
    from sekom_analysis.exchange.takings import command

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


# --- commands by which disagreements are settled: adjudicate ------------------------------------------


@app.command(epilog=example("sekom adjudicate --as anna category_b"))
def adjudicate(
    variable: Annotated[
        str | None, typer.Argument(help="A variable's id; left out, the first with something to settle.")
    ] = None,
    adjudicator: Annotated[
        str, typer.Option("--as", help="Who settles, such as anna; not needed with --talk.")
    ] = "",
    beside: Annotated[
        str,
        typer.Option("--present", "--with", metavar="ID,ID", help="Coders who are there and see the same."),
    ] = "",
    talk: Annotated[
        bool, typer.Option("--talk", help="A meeting: those present see their answers, and may change them.")
    ] = False,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    browser: Annotated[bool, typer.Option(help="Open the browser, or only show the address.")] = True,
    study: StudyFolder = None,
) -> None:
    """Settle what coders disagree on, with a reason, by keyboard in the browser; or first talk about it."""
    from sekom_analysis.coding.judging import variables_to_settle
    from sekom_analysis.coding.opening import open_adjudication

    check_language(lang)
    opened = open_study(study)
    present = [name.strip() for name in beside.split(",") if name.strip()]
    if talk:
        raise typer.Exit(_talk(opened, variable, present, lang, browser=browser))
    if not adjudicator:
        msg = "say who settles, such as --as anna; or --talk, for a meeting in which nobody does yet."
        raise typer.BadParameter(msg, param_hint="--as")
    chosen = variable or next(iter(variables_to_settle(opened)), None)
    if chosen is None:
        console().print(
            "Nothing to settle: on no variable with one code a note do coders differ, or all such notes "
            "have been adjudicated. To look at them again: sekom adjudicate --as ID VARIABLE",
            soft_wrap=True,
        )
        return
    options: dict[str, Any] = {"lang": lang, "present": present, "browser": browser}
    console().print(f"Opening the card of {adjudicator}; {HOW_TO_STOP}", soft_wrap=True)
    raise typer.Exit(open_adjudication(opened, adjudicator, chosen, **options))


def _talk(study: Study, variable: str | None, present: list[str], lang: str, *, browser: bool) -> int:
    """Open the card of a meeting; return its server's exit code."""
    from sekom_analysis.coding.opening import open_talk
    from sekom_analysis.coding.talking import TalkSession

    if variable is None:
        msg = f"say which variable the meeting is about; there are: {', '.join(study.codebook.ids)}."
        raise typer.BadParameter(msg, param_hint="VARIABLE")
    session = TalkSession(study, variable, present=present, lang="en")
    out = console()
    out.print(f"{len(session.note_ids)} notes that all present have answered, and not alike.")
    if session.lacking_text:
        out.print(f"Left out, as not all have answered them: {session.lacking_text}", soft_wrap=True)
    out.print(f"Opening the card of the meeting; {HOW_TO_STOP}", soft_wrap=True)
    code = open_talk(study, variable, present=present, lang=lang, browser=browser)
    out.print(f"To settle what is left: sekom adjudicate {variable} --as ID --present {','.join(present)}")
    return code


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
        from sekom_analysis.study.rows import local_minute

        for row in own.to_dict("records"):
            on = ", ".join(row["variables"]) or "all variables"
            line = f"{local_minute(row['shown_at'])}  {row['by']}: {len(row['notes'])} notes, {on}"
            out.print(line, markup=False, soft_wrap=True)


def _kept(coder: str, added: list[Showing]) -> str:
    if not added:
        return f"That {coder} was shown these is known already."
    return f"Kept: what {coder} answers there from now on counts as given once others' answers were seen."


# --- the command that lists notes which may say the same: duplicates ----------------------------------


@app.command(epilog=example("sekom duplicates --stage D --first 20"))
def duplicates(
    stage: Annotated[str | None, typer.Option(help="Only notes of this stage, such as D.")] = None,
    first: Annotated[int, typer.Option(min=1, help="How many pairs to show.")] = 20,
    to: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write them to a file as well.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the notes, sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """List pairs of notes that may say the same, most alike first, with the reasons."""
    from rich.progress import Progress

    from sekom_analysis.actions.duplicates import reasons_text, similar_pairs
    from sekom_analysis.basics.files import check_new

    check_language(lang)
    if to is not None:
        check_new(to)
    opened = open_study(study)
    notes = _notes(opened, stage)
    with Progress(console=console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"Comparing {len(notes)} notes", total=1.0)
        pairs = similar_pairs(
            notes, opened.decisions(), lang=lang, at_most=first,
            progress=lambda share: bar.update(task, completed=share),
        )  # fmt: skip
    shared = zip(pairs["shared_words"], pairs["shared_codes"], strict=True)
    pairs["reasons"] = [reasons_text(words, codes, "en") for words, codes in shared]
    _show(pairs, notes)
    if to is not None:
        from sekom_analysis.report.blocks import write_localised

        write_localised(pairs.drop(columns=["shared_words", "shared_codes"]), to, lang)
        console().print(f"Wrote {near(to)}", soft_wrap=True)


def _notes(study: Study, stage: str | None) -> pd.DataFrame:
    """Return the notes to compare."""
    notes = study.main_notes
    if stage is None:
        return notes
    stages = sorted(set(notes["stage"])) if "stage" in notes.columns else []
    if stage not in stages:
        there = f"there are: {', '.join(stages)}" if stages else "the notes have none; leave --stage out"
        msg = f"no note has the stage '{stage}'; {there}."
        raise typer.BadParameter(msg, param_hint="--stage")
    return notes[notes["stage"] == stage]


def _show(pairs: pd.DataFrame, notes: pd.DataFrame) -> None:
    out = console()
    if pairs.empty:
        out.print("No two notes share a word or a code.")
        return
    texts = notes["text"].to_dict()
    rows: list[Any] = pairs.to_dict("records")
    for row in rows:
        out.print(f"{row['similarity']:.2f}  {row['reasons']}", soft_wrap=True, markup=False)
        for note_id in (row["note_a"], row["note_b"]):
            out.print(f"      {note_id}: {texts[note_id]}", soft_wrap=True, markup=False)
    out.print("It is an order in which to look, no verdict. Judge them in notebooks/05-actions.ipynb.")


# --- the notebooks, where all of it can be done too ---------------------------------------------------


@app.command(epilog=example("sekom lab mystudy"))
def lab(
    folder: Annotated[
        Path, typer.Argument(help="A study, or a folder of studies; left out, this one.")
    ] = Path(),
    browser: Annotated[bool, typer.Option(help="Open the browser, or only show the address.")] = True,
) -> None:
    """Open a study's notebooks in JupyterLab."""
    from sekom_analysis.coding.opening import open_lab

    raise typer.Exit(open_lab(folder, browser=browser))
