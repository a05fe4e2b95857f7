"""Commands that say what came of it, agreement, report, coder-report, codebook, and how it is done, docs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sekom_analysis.basics.wording import count_notes, say
from sekom_analysis.cli.app import (
    StudyFolder,
    app,
    check_language,
    console,
    example,
    near,
    open_study,
    print_table,
    say_who,
    warn_of,
    warn_of_logs,
)

if TYPE_CHECKING:
    from rich.console import Console

    from sekom_analysis.agreement.breakdowns import Summary


_MOST_SHOWN = 10
_MOST_DISPUTED = 20
_MOST_QUOTED = 5
_QUOTED = 100  # characters of a note


@app.command(epilog=example("sekom agreement category_b   or   sekom agreement anna.xlsx bo.xlsx"))
def agreement(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VARIABLE or FILE …]",
            help="A study's variable, left out: all of them; or files with coders' answers (.csv, .xlsx, "
            ".ods).",
        ),
    ] = None,
    coefficients: Annotated[
        str, typer.Option(help="Which, with commas between; or 'all'.")
    ] = "percent,alpha,ac1",
    resamples: Annotated[int, typer.Option(min=0, help="How many; 0 for no intervals.")] = 10_000,
    level: Annotated[
        str | None, typer.Option(help="Of files: nominal, ordinal, interval, ratio, masi, jaccard or dice.")
    ] = None,
    order: Annotated[
        str | None, typer.Option(help="Of files: the words of a scale, lowest first: 'low < medium < high'.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Of a workbook: only this sheet.")] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="Of files: write it all to this file, .html or .docx.")
    ] = None,
    lang: Annotated[str, typer.Option(help="sv or en: of what --to writes.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Show how well coders agree: in a study, or in tables of coders' answers without a study."""
    check_language(lang)
    wanted = "all" if coefficients == "all" else [name.strip() for name in coefficients.split(",")]
    files = _files_named(what or [], study)
    if files:
        _agreement_of_files(files, Asked(wanted, resamples, level, order, sheet, to, lang))
        return
    if level or order or sheet or to:
        msg = "--level, --order, --sheet and --to are for files; a study's plan says its levels, and sekom "
        msg += "report writes."
        raise typer.BadParameter(msg)
    if len(what or []) > 1:
        msg = "give one variable, or files."
        raise typer.BadParameter(msg)
    _agreement_of_study(what[0] if what else None, wanted, resamples, study)


class Asked(NamedTuple):
    """What was asked of files."""

    coefficients: str | list[str]
    resamples: int
    level: str | None
    order: str | None
    sheet: str | None
    to: Path | None
    lang: str


def _files_named(what: list[str], study: Path | None) -> list[Path]:
    """Return the files that were named; none where it is a variable: in a study its id wins."""
    if not what or (len(what) == 1 and study is not None and not Path(what[0]).is_file()):
        return []
    if len(what) == 1 and _is_variable(what[0], study):
        return []
    paths = [Path(one) for one in what]
    return paths if any(path.is_file() or path.suffix for path in paths) else []


def _is_variable(name: str, study: Path | None) -> bool:
    if not re.fullmatch("[a-z0-9_]+", name):
        return False
    from sekom_analysis.basics.errors import SekomError

    try:
        return name in open_study(study).codebook
    except SekomError:
        return False


def _agreement_of_files(files: list[Path], asked: Asked) -> None:
    """Say how files of ratings were read, how well coders agree, and where they differ."""
    from sekom_analysis.agreement.breakdowns import summarise
    from sekom_analysis.exchange.ratings import find_ratings

    found = find_ratings(files, level=asked.level, order=asked.order, sheet=asked.sheet)
    how: dict[str, Any] = {"coefficients": asked.coefficients, "n_resamples": asked.resamples}
    out = console()
    for line in found.said:
        out.print(line, soft_wrap=True)
    for one in found.questions:
        if one.name and len(found.questions) > 1:
            out.print(f"\n{one.name}", style="bold", soft_wrap=True)
        for line in one.said:
            out.print(line, soft_wrap=True)
        _print_ratings(summarise(one.ratings, one.level, one.kind, found.texts, **how), out)
    if asked.to is not None:
        from sekom_analysis.report import write_ratings_report

        written = write_ratings_report(found, asked.to, asked.lang, **how)
        out.print(f"Wrote {near(written)}", soft_wrap=True)


def _print_ratings(result: Summary, out: Console) -> None:
    from sekom_analysis.agreement.reasons import why_low

    shown = ["value", "low", "high", "n_pairable", "note"]
    overall = result.overall.assign(level=result.level)
    print_table(overall[["coefficient", "level", *shown]].rename(columns={"n_pairable": "notes"}), out)
    if why := why_low(overall):
        out.print(why, markup=False, soft_wrap=True)
    by_code = result.by_code
    if len(by_code):
        out.print("\nBy code (alpha)", style="bold")
        own = by_code[by_code["coefficient"] == "alpha"]
        columns = ["code", "value", "low", "high", "n_carrying", "note"]
        print_table(own[columns].rename(columns={"n_carrying": "notes"}), out)
    if len(result.by_pair):
        out.print("\nBy pair", style="bold")
        pairs = result.by_pair[["coder_a", "coder_b", "coefficient", *shown]]
        print_table(pairs.rename(columns={"n_pairable": "notes"}), out)
    disputed = result.disputed
    out.print(f"\nThe coders differ on {len(disputed)} of {len(result.ratings)} notes", style="bold")
    if len(disputed):
        table = disputed.head(_MOST_DISPUTED).drop(columns=["disagreement", "n_coders"]).reset_index()
        if "text" in disputed.columns:
            table["text"] = table["text"].map(lambda text: text if len(text) <= 60 else text[:59] + "…")
        print_table(table, out)
    if len(disputed) > _MOST_DISPUTED:
        out.print(f"and {len(disputed) - _MOST_DISPUTED} more; all of them in what --to writes.")


def _agreement_of_study(
    variable: str | None, wanted: str | list[str], resamples: int, study: Path | None
) -> None:
    """Show agreement with the codebook, against the own sorting, all together."""
    from sekom_analysis.agreement.reasons import why_low
    from sekom_analysis.results import agreement_overview
    from sekom_analysis.results.tables import clusters_sentence
    from sekom_analysis.study.lineage import lineage_sentences

    opened = open_study(study)
    table = agreement_overview(
        opened, None if variable is None else [variable], coefficients=wanted, n_resamples=resamples
    )
    out = console()
    warn_of_logs(opened, out)
    if table.empty:
        out.print("Nothing to compare yet: agreement takes two coders who decided on the same notes.")
        return
    shown = table[
        ["scope", "coders", "variable", "coefficient", "level", "value", "low", "high", "n_pairable", "note"]
    ]
    shown = shown.rename(columns={"n_pairable": "notes"})
    for scope, part in shown.groupby("scope", sort=False):
        if scope == "main" and opened.about.main_sources:
            out.print(f"Notes from {', '.join(opened.about.main_sources)}", style="bold")
        elif scope == "all":
            out.print("All notes", style="bold")
        print_table(part.drop(columns="scope"), out)
        asked = table[table["scope"] == scope].groupby(["variable", "coders"], sort=False)
        for (name, coders), rows in asked:
            if why := why_low(rows):
                out.print(f"{name} ({coders}): {why}", markup=False, soft_wrap=True)
    clusters = clusters_sentence(opened, table, "en")
    if clusters:
        out.print(clusters, markup=False, soft_wrap=True)
    for name, sentence in lineage_sentences(opened.codebook, "en").items():
        if name in set(table["variable"]):
            out.print(sentence, markup=False, soft_wrap=True)
    say_who(opened, out)
    warn_of(opened.problems, opened.root)


@app.command(epilog=example("sekom report --lang en"))
def report(
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    to: Annotated[
        Path | None, typer.Option("--folder", help="Where to; left out, the study's figures/.")
    ] = None,
    forms: Annotated[
        str, typer.Option("--to", metavar="html,docx,pdf", help="Which forms of the report, with commas.")
    ] = "html",
    resamples: Annotated[int, typer.Option(min=0, help="Behind each interval.")] = 10_000,
    study: StudyFolder = None,
) -> None:
    """Write figures, tables and the report: a page, a Word document, a PDF."""
    from sekom_analysis.basics.files import check_outside

    check_language(lang)
    formats = [form.strip().lower() for form in forms.split(",") if form.strip()]
    opened = open_study(study)
    folder = check_outside(to or opened.root / "figures")
    with console(stderr=True).status("Reading the study …") as shown:
        from sekom_analysis.report import check_forms, write_report
        from sekom_analysis.report.documents import second_process
        from sekom_analysis.results import work_out

        check_forms(formats)
        with second_process() as helper:
            results = work_out(
                opened, lang, resamples, progress=lambda step: shown.update(f"Working out {step} …")
            )
            written = write_report(
                results, folder, formats, lambda step: shown.update(f"Writing {step} …"), helper
            )
    out = console()
    warn_of_logs(opened, out)
    for page in written[: len(formats)]:
        out.print(f"Wrote the report: {near(page)}", soft_wrap=True)
    _say_kept([path.name for path in written], out)
    rest = written[len(formats) :]
    pictures = [path for path in rest if path.suffix in (".png", ".svg", ".pdf")]
    out.print(f"  {len(pictures)} figures (png, svg, pdf) in {near(folder)}", soft_wrap=True)
    out.print(f"  {len(rest) - len(pictures)} tables (csv) in {near(folder / 'tables')}", soft_wrap=True)
    warn_of(results.problems, opened.root)


@app.command(epilog=example("sekom methods --lang en --to methods.txt --bib works.bib"))
def methods(
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="A text file; left out, it is shown.")
    ] = None,
    bib: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write what is cited, as BibTeX.")
    ] = None,
    resamples: Annotated[int, typer.Option(min=0, help="Behind each interval.")] = 10_000,
    study: StudyFolder = None,
) -> None:
    """Write the paragraph on methods of a paper, of what the study's files support."""
    from sekom_analysis.basics.files import check_outside, replace_file

    check_language(lang)
    opened = open_study(study)
    targets = [None if path is None else check_outside(path) for path in (to, bib)]
    with console(stderr=True).status("Working out …"):
        from sekom_analysis.report.paper_text import cited_works, methods_paragraph
        from sekom_analysis.results import work_out

        results = work_out(opened, lang, resamples)
        texts = [methods_paragraph(results), "\n\n".join(cited_works(results))]
    out = console()
    for path, text in zip(targets, texts, strict=True):
        if path is not None:
            replace_file(path, f"{text}\n".encode())
            out.print(f"Wrote {near(path)}", soft_wrap=True)
    if to is None:
        out.print(texts[0], markup=False, soft_wrap=True)
    warn_of_logs(opened, out)


def _say_kept(names: list[str], out: Console) -> None:
    """Say which files were not touched, since somebody had changed them."""
    kept = {
        name: found[1] + found[2] for name in names if (found := re.fullmatch(r"(.*) \(\d+\)(\.\w+)", name))
    }
    for name, edited in list(kept.items())[:_MOST_SHOWN]:
        out.print(f"'{edited}' was changed since it was written and stays so; new: '{name}'", soft_wrap=True)
    if len(kept) > _MOST_SHOWN:
        out.print(f"and {len(kept) - _MOST_SHOWN} more.")


# --- commands about definitions and coders: codebook diff, codebook advice, coder-report --------------


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
    from sekom_analysis.study.raw import study_option

    check_language(lang)
    opened = open_study(study)
    table = codebook_advice(opened, variable, lang)
    out = console()
    if table.empty and (opened.ratings(variable).notna().sum(axis=1) < 2).all():
        out.print("Nothing to compare yet: advice takes two coders who decided on the same notes.")
    elif table.empty:
        out.print("No advice: no two codes are confused often, and no code stands out.", soft_wrap=True)
    for row in table.to_dict("records"):
        for line in _advice_lines(row, lang, study_option(opened.root)):
            out.print(line, markup=False, soft_wrap=True)
    warn_of(opened.problems, opened.root)


@codebook.command(epilog=example("sekom codebook proposals category_b"))
def proposals(
    variable: Annotated[str | None, typer.Argument(help="Only of this variable.")] = None,
    study: StudyFolder = None,
) -> None:
    """List the codes that coders miss, alike ones together, with notes and who, and how to accept each.

    Not for those who still code: what others propose would steer them.
    """
    from sekom_analysis.actions.proposals import accepting
    from sekom_analysis.basics.wording import visible

    opened = open_study(study)
    table, texts = opened.proposals(variable), opened.notes["text"]
    out = console()
    if table.empty:
        out.print("Nobody proposes a code.")
    for _, part in table.groupby("group"):
        asked, names = part["variable"].iloc[0], list(dict.fromkeys(part["name"]))
        out.print(visible(f"{asked}: {' / '.join(names)}"), style="bold", markup=False, soft_wrap=True)
        for row in part.to_dict("records"):
            text = " ".join(str(texts.get(row["note_id"], "")).split())
            words = f" – {' '.join(row['words'].split())}" if row["words"] else ""
            said = f"  {row['note_id']}  {row['coder']}  {text}{words}"
            out.print(visible(said), markup=False, soft_wrap=True)
        out.print(visible(f"  {accepting(opened, asked, names)}"), markup=False, soft_wrap=True)
    warn_of(opened.problems, opened.root)


def _advice_lines(row: Mapping[Any, Any], lang: str, study: str) -> Iterator[str]:
    """Yield one piece of advice: what it is, notes that show it, and what to type."""
    yield row["sentence"]
    notes = list(zip(row["note_ids"], row["texts"], strict=True))
    for note_id, text in notes[:_MOST_QUOTED]:
        yield f"  {note_id}: {text if len(text) <= _QUOTED else text[: _QUOTED - 1] + '…'}"
    if rest := [note_id for note_id, _ in notes[_MOST_QUOTED:]]:
        yield "  " + say("advice_more", lang, notes=count_notes(len(rest), lang), ids=", ".join(rest))
    for command in row["commands"]:
        yield f"  → {command} {study}".rstrip()


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


@app.command(epilog=example("sekom program k1 category_b --lang sv"))
def program(
    coder: Annotated[str, typer.Argument(help="Which program; a coder of kind automatic in study.yaml.")],
    variable: Annotated[str, typer.Argument(help="On which variable.")],
    lang: Annotated[str, typer.Option(help="sv or en.")] = "en",
    study: StudyFolder = None,
) -> None:
    """Ask whether a program may stand in for a person: the alternative annotator test.

    How much worse than a person it may be is declared beforehand in study.yaml, under plan: epsilon.
    """
    from sekom_analysis.results.programs import asked_of

    check_language(lang)
    opened = open_study(study)
    found = asked_of(opened, variable, coder, lang)
    out = console()
    for sentence in found.sentences:
        out.print(sentence, markup=False, soft_wrap=True)
    warn_of(opened.problems, opened.root)


# --- the guides and the documentation -----------------------------------------------------------------


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
