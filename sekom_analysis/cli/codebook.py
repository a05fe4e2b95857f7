"""Commands that change a codebook after coding has begun, from codebook rename to codebook undo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekom_analysis.cli.app import StudyFolder, console, example, open_study
from sekom_analysis.cli.telling import codebook

if TYPE_CHECKING:
    from sekom_analysis.study.codebook_editing import Planned
    from sekom_analysis.study.study import Study

Variable = Annotated[str, typer.Argument(help="The variable's id.")]
Code = Annotated[str, typer.Argument(help="The code's id.")]
By = Annotated[str, typer.Option("--by", metavar="ID", help="Who decided it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what it would do.")]
Lang = Annotated[str, typer.Option("--lang", help="sv or en, of the texts; left out, both.")]
Label = Annotated[str, typer.Option("--label", help="What coders read on the button.")]
Definition = Annotated[str, typer.Option("--definition", help="What belongs.")]
Include = Annotated[str, typer.Option("--include", help="What belongs too.")]
Exclude = Annotated[str, typer.Option("--exclude", help="What does not, and where it belongs.")]
Example = Annotated[str, typer.Option("--example", help="An example.")]
IsMeaning = Annotated[
    bool | None,
    typer.Option(
        "--meaning/--wording", help="Whether it means something else now, or is only worded otherwise."
    ),
]
HOW = '--by ID --reason "…"'


@codebook.command(epilog=example(f"sekom codebook rename category_b money means {HOW}"))
def rename(
    variable: Variable,
    code: Code,
    new: Annotated[str, typer.Argument(metavar="[NEW]", help="Its new id; left out, it keeps its own.")] = "",
    label: Label = "",
    by: By = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = "",
    study: StudyFolder = None,
) -> None:
    """Give a code another id or label; answers with the old one count as the new one."""
    from sekom_analysis.study import codebook_editing as editing

    opened = open_study(study)
    _make(editing.rename(opened, variable, code, new, label, _language(lang)), by, reason, dry_run=dry_run)


@codebook.command(epilog=example(f"sekom codebook merge category_b money time --into means {HOW}"))
def merge(
    variable: Variable,
    codes: Annotated[list[str], typer.Argument(metavar="CODE …", help="The codes that are to go.")],
    into: Annotated[str, typer.Option("--into", metavar="CODE", help="The code that they count as.")],
    by: By = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    study: StudyFolder = None,
) -> None:
    """Let some codes count as another."""
    from sekom_analysis.study import codebook_editing as editing

    _make(editing.merge(open_study(study), variable, codes, into), by, reason, dry_run=dry_run)


@codebook.command(
    epilog=example(f"sekom codebook split category_b means --into money=Money --into time=Time {HOW}")
)
def split(
    variable: Variable,
    code: Code,
    into: Annotated[
        list[str],
        typer.Option("--into", metavar="ID[=LABEL]", help="What takes its place; two or more."),
    ],
    by: By = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    study: StudyFolder = None,
) -> None:
    """Let several codes take the place of one; its notes are to be coded again, and no answer is guessed."""
    from sekom_analysis.study import codebook_editing as editing

    parts = [(name.strip(), label.strip()) for name, _, label in (one.partition("=") for one in into)]
    _make(editing.split(open_study(study), variable, code, parts), by, reason, dry_run=dry_run)


@codebook.command(epilog=example(f'sekom codebook add category_b will --label "Will" {HOW}'))
def add(
    variable: Variable,
    code: Annotated[str, typer.Argument(help="The new code's id.")],
    label: Label = "",
    definition: Definition = "",
    include: Include = "",
    exclude: Exclude = "",
    example_: Example = "",
    from_: Annotated[
        list[str] | None, typer.Option("--from", help="What it was made of, such as a proposal.")
    ] = None,
    by: By = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = "",
    study: StudyFolder = None,
) -> None:
    """Add a code; those for whom none fitted are asked again."""
    from sekom_analysis.study import codebook_editing as editing

    texts = {"label": label, "definition": definition, "include": include}
    texts |= {"exclude": exclude, "example": example_}
    opened = open_study(study)
    plan = editing.add(opened, variable, code, origin=from_ or (), lang=_language(lang), **texts)
    _make(plan, by, reason, dry_run=dry_run)


@codebook.command(epilog=example(f"sekom codebook retire category_b other {HOW}"))
def retire(
    variable: Variable,
    code: Code,
    by: By = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    study: StudyFolder = None,
) -> None:
    """Let a code no longer be chosen; answers with it count until they are given again."""
    from sekom_analysis.study import codebook_editing as editing

    _make(editing.retire(open_study(study), variable, code), by, reason, dry_run=dry_run)


@codebook.command(epilog=example(f'sekom codebook describe category_b will --definition "…" --meaning {HOW}'))
def describe(
    variable: Variable,
    code: Annotated[str, typer.Argument(metavar="[CODE]", help="Left out, the question itself.")] = "",
    label: Label = "",
    question: Annotated[str, typer.Option(help="What is asked; without a code.")] = "",
    definition: Definition = "",
    include: Include = "",
    exclude: Exclude = "",
    example_: Example = "",
    meaning: IsMeaning = None,
    by: By = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = "",
    study: StudyFolder = None,
) -> None:
    """Change the text of a code or a question, and say whether its meaning changes with it."""
    from sekom_analysis.study import codebook_editing as editing

    parts = {"label": label, "definition": definition, "include": include}
    parts |= {"exclude": exclude, "example": example_, "question": question}
    texts = {part: text for part, text in parts.items() if text}
    if misplaced := [part for part in texts if part not in (editing.PARTS if code else editing.OF_QUESTIONS)]:
        of = "a code" if code else "a question (name a code after the variable)"
        msg = f"--{misplaced[0]} is no text of {of}."
        raise typer.BadParameter(msg)
    opened, sort = open_study(study), _sort(meaning)
    plan = editing.describe(opened, variable, code, sort, lang=_language(lang), **texts)
    _make(plan, by, reason, dry_run=dry_run)


@codebook.command(epilog=example(f"sekom codebook review category_b will --wording {HOW}"))
def review(
    variable: Annotated[str, typer.Argument(metavar="[VARIABLE]", help="Left out, all are listed.")] = "",
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="[CODE …]", help="Left out, all that wait.")
    ] = None,
    meaning: IsMeaning = None,
    by: By = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    study: StudyFolder = None,
) -> None:
    """List texts that were changed by hand, or say of them whether the wording or the meaning changed."""
    from sekom_analysis.study import codebook_editing as editing

    opened = open_study(study)
    if not variable or meaning is None:
        _list_unreviewed(opened, variable)
        return
    waiting = dict.fromkeys(one.code for one in editing.unreviewed(opened, variable))
    _make(
        editing.review(opened, variable, codes or list(waiting), _sort(meaning)), by, reason, dry_run=dry_run
    )


@codebook.command(epilog=example(f"sekom codebook undo {HOW}"))
def undo(by: By = "", reason: Reason = "", dry_run: DryRun = False, study: StudyFolder = None) -> None:
    """Take the last change back; answers given since keep a meaning."""
    from sekom_analysis.study import codebook_editing as editing

    _make(editing.undo(open_study(study)), by, reason, dry_run=dry_run)


def _sort(meaning: bool | None) -> str:
    if meaning is None:
        msg = "say whether the answers still hold: --wording (they do) or --meaning (look at them again)."
        raise typer.BadParameter(msg)
    return "meaning" if meaning else "wording"


def _language(lang: str) -> str:
    if lang not in ("", "sv", "en"):
        msg = f"'{lang}' is no language here; choose sv or en, or leave it out for both."
        raise typer.BadParameter(msg, param_hint="--lang")
    return lang


def _list_unreviewed(study: Study, variable: str) -> None:
    """List the changed texts of which nobody has said what changed, with what they were and are."""
    from sekom_analysis.quality import codebook_diff
    from sekom_analysis.study import codebook_editing as editing
    from sekom_analysis.study.raw import study_option

    out = console()
    asked = [study.codebook[variable].id] if variable else list(study.codebook.ids)
    waiting = {name: found for name in asked if (found := editing.unreviewed(study, name))}
    if not waiting:
        out.print("No changed text waits for a word.")
    for name, found in waiting.items():
        codes = list(dict.fromkeys(one.code for one in found))
        changes = codebook_diff(study, variable=name)
        out.print(name, style="bold")
        for sentence in dict.fromkeys(changes.loc[changes["code"].isin(codes), "sentence"]):
            out.print(f"  {sentence}", markup=False, soft_wrap=True)
        typed = " ".join(["sekom codebook review", name, *filter(None, codes), f"--wording {HOW}"])
        told = f"Do the answers still hold?  {typed} {study_option(study.root)}".rstrip()
        out.print(told, markup=False, soft_wrap=True)
        out.print("Is another look needed?  the same with --meaning", soft_wrap=True)


def _make(plan: Planned, by: str, reason: str, *, dry_run: bool) -> None:
    """Say what a change does, and make it."""
    from sekom_analysis.study.raw import codebook_file

    out = console()
    for line in plan.lines:
        out.print(line, markup=False, soft_wrap=True)
    if dry_run:
        out.print("Nothing was changed.")
        return
    study = plan.save(by, reason)
    out.print(f"Saved in {Path(codebook_file(study.root)).as_posix()}; sekom codebook undo takes it back.")
    out.print("Send coders new pages or sheets: those ask exactly what is to be looked at again.")
