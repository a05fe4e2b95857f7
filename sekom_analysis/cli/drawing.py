"""Commands that draw one figure, for a paper or a slide."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekom_analysis.cli.app import (
    StudyFolder,
    app,
    check_language,
    console,
    example,
    near,
    open_study,
    say_who,
    warn_of_logs,
)

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study

OFF = "off"
FORMS = ("pdf", "svg", "png")

figure = typer.Typer(
    help="Draw one figure, for a paper or a slide.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=example("sekom figure counts category_b --by valence --width 85 --to fig1.pdf"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(figure, name="figure")

Text = typer.Option(metavar="TEXT", help="Left out, made of the numbers; 'off' for none.")


@figure.command(
    epilog=example("sekom figure counts category_b --by valence --width 85 --lang en --to fig1.pdf,fig1.svg")
)
def counts(
    variable: Annotated[str, typer.Argument(help="The variable whose codes are counted.")],
    by: Annotated[str | None, typer.Option(metavar="VARIABLE", help="What splits each bar.")] = None,
    bar: Annotated[
        str | None,
        typer.Option(
            metavar="settled or CODER", help="Whose counts the bars are; left out, as study.yaml says."
        ),
    ] = None,
    order: Annotated[str, typer.Option(help="size or codebook.")] = "size",
    width: Annotated[str, typer.Option(metavar="MM", help="85, 160 or another width; or slide.")] = "160",
    font: Annotated[str | None, typer.Option(help="A font on this computer, such as Arial.")] = None,
    size: Annotated[float | None, typer.Option(min=4, max=72, help="Of labels, in points.")] = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="What the numbers say, in a sentence; left out, none.")
    ] = OFF,
    subtitle: Annotated[str | None, Text] = None,
    source: Annotated[str | None, Text] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FILE,…", help="Files .pdf, .svg or .png; left out, one of each, here."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Count all notes, not only those of the main sources.")
    ] = False,
    study: StudyFolder = None,
) -> None:
    """Draw how many notes each code got."""
    check_language(lang)
    paths = _paths(to, f"counts_{variable}")
    opened = open_study(study)
    _check_variables(opened, variable, by)
    from sekom_analysis.consensus.counts import count_codes
    from sekom_analysis.figures import plot_counts, save_figure, style

    notes = None if every else list(opened.main_notes.index)
    table = count_codes(opened, variable, by=by, notes=notes, bar=bar)
    out = console()
    if table.empty:
        out.print(f"Nothing to draw yet: nobody has decided anything on '{variable}'.")
        return
    texts = {"title": title, "subtitle": subtitle, "source": source}
    shown = {name: "" if text is not None and text.lower() == OFF else text for name, text in texts.items()}
    with style(font, size):
        ax = plot_counts(table, order=order, width_mm=_width(width), lang=lang, **shown)  # type: ignore[arg-type]
        for path in paths:
            save_figure(ax.figure, path.parent, path.stem, [path.suffix[1:].lower()])  # type: ignore[arg-type]
    warn_of_logs(opened, out)
    out.print(f"Wrote {', '.join(map(near, paths))}", soft_wrap=True)
    say_who(opened, out)


def _paths(to: str | None, stem: str) -> list[Path]:
    """Return the files to write; refuse one that a figure cannot be."""
    if to is None:
        return [Path(f"{stem}.{form}") for form in FORMS]
    paths = [Path(name.strip()) for name in to.split(",") if name.strip()]
    wrong = [path.name for path in paths if path.suffix.lower().lstrip(".") not in FORMS]
    if wrong or not paths:
        msg = f"a figure can be .pdf, .svg or .png, such as --to {stem}.pdf,{stem}.png"
        raise typer.BadParameter(f"'{', '.join(wrong)}': {msg}" if wrong else msg, param_hint="--to")
    return paths


def _width(width: str) -> float | str:
    """Return a width in mm, or the word that it is."""
    try:
        return float(width.replace(",", ".").removesuffix("mm").strip())
    except ValueError:
        return width


def _check_variables(study: Study, variable: str, by: str | None) -> None:
    """Refuse what is no variable to count, with those there are and a command that works."""
    from difflib import get_close_matches

    from sekom_analysis.basics.errors import CodebookError
    from sekom_analysis.study.raw import study_option

    counted = [one.id for one in study.codebook.variables if one.kind != "scale"]
    single = [one.id for one in study.codebook.variables if one.kind == "single"]
    for name, fits, what in ((variable, counted, "counted"), (by, single, "what splits the bars")):
        if name is None or name in fits:
            continue
        is_there = name in study.codebook.ids
        why = f"'{name}' cannot be {what}." if is_there else f"The codebook has no variable '{name}'."
        meant = next(
            iter([*get_close_matches(name, fits, n=1), *(one for one in fits if one != variable)]), ""
        )
        own, split = (meant, by if by in single else "") if what == "counted" else (variable, meant)
        line = ["sekom figure counts", own, f"--by {split}" if split else "", study_option(study.root)]
        msg = f"{why} These can: {', '.join(fits)}. For example: {' '.join(filter(None, line))}"
        raise CodebookError(msg)
