"""Commands about definitions and coders: codebook diff, codebook advice, coder-report."""

from __future__ import annotations

from typing import Annotated

import typer

from sekom_analysis.cli.app import StudyFolder, app, check_language, example, open_study
from sekom_analysis.cli.console import console, warn_of

codebook = typer.Typer(
    help="What the definitions said and say, and which to sharpen.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(codebook, name="codebook")

Lang = Annotated[str, typer.Option(help="sv or en: the language of the texts compared.")]


@codebook.command(epilog=example("sekom codebook diff --variable category_b"))
def diff(
    before: Annotated[
        str | None, typer.Argument(metavar="[A]", help="A version, or its beginning; left out, each earlier.")
    ] = None,
    after: Annotated[
        str | None, typer.Argument(metavar="[B]", help="Another one; left out, the definition as it is now.")
    ] = None,
    variable: Annotated[str | None, typer.Option(help="Only this variable.")] = None,
    lang: Lang = "en",
    study: StudyFolder = None,
) -> None:
    """Say what changed between the definitions that were coded with and those of now."""
    from sekom_analysis.quality import codebook_diff

    check_language(lang)
    opened = open_study(study)
    changes = codebook_diff(opened, before, after, variable, lang)
    out = console()
    if changes.empty and before is None:
        out.print("Every decision was made under the definitions as they are now.", soft_wrap=True)
    elif changes.empty:
        out.print("The two say the same.", soft_wrap=True)
    for (name, old, new), part in changes.groupby(["variable", "from", "to"], sort=False):
        out.print(f"{name}: {old} → {new}", style="bold", soft_wrap=True)
        for sentence in part["sentence"]:
            out.print(f"  {sentence}", markup=False, soft_wrap=True)
    warn_of(opened.problems, opened.root)


@codebook.command(epilog=example("sekom codebook advice category_b --lang sv"))
def advice(
    variable: Annotated[str, typer.Argument(help="A variable with codes.")],
    lang: Annotated[str, typer.Option(help="sv or en.")] = "en",
    study: StudyFolder = None,
) -> None:
    """Say which definitions to sharpen, where agreement would gain most first."""
    from sekom_analysis.quality import codebook_advice

    check_language(lang)
    opened = open_study(study)
    table = codebook_advice(opened, variable, lang)
    out = console()
    if table.empty and (opened.ratings(variable).notna().sum(axis=1) < 2).all():
        out.print("Nothing to compare yet: advice takes two coders who decided on the same notes.")
    elif table.empty:
        out.print("No advice: no two codes are confused often, and no code stands out.", soft_wrap=True)
    for row in table.to_dict("records"):
        out.print(row["sentence"], markup=False, soft_wrap=True)
        out.print(f"  {', '.join(row['note_ids'])}", markup=False, soft_wrap=True)
    warn_of(opened.problems, opened.root)


@app.command("coder-report", epilog=example("sekom coder-report anna category_b --lang sv"))
def coder_report(
    coder: Annotated[str, typer.Argument(help="Whose; one coder at a time.")],
    variable: Annotated[str, typer.Argument(help="On which variable.")],
    lang: Annotated[str, typer.Option(help="sv or en.")] = "en",
    resamples: Annotated[int, typer.Option(min=0, help="Behind each interval.")] = 10_000,
    shown: Annotated[
        bool, typer.Option(" /--not-shown", help="Only you read it: the coder goes on coding blind.")
    ] = True,
    study: StudyFolder = None,
) -> None:
    """Tell one coder how they read beside the others: for learning, not for ranking.

    What the coder answers to these notes afterwards counts as given once others' answers could be seen.
    """
    from sekom_analysis.quality import coder_report as report_on

    check_language(lang)
    opened = open_study(study)
    report = report_on(opened, coder, variable, lang, n_resamples=resamples, shown=shown)
    out = console()
    for sentence in report.sentences:
        out.print(sentence, markup=False, soft_wrap=True)
    warn_of(opened.problems, opened.root)
