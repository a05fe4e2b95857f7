"""The command that lists notes which may say the same: duplicates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekom_analysis.cli.app import StudyFolder, app, check_language, example, open_study
from sekom_analysis.cli.console import console, near

if TYPE_CHECKING:
    import pandas as pd

    from sekom_analysis.study import Study


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
    from sekom_analysis.files import check_new

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
        from sekom_analysis.report.cells import write_localised

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
