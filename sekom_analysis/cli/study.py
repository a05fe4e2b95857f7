"""Commands about a study's folder: new, import, check, status, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekom_analysis.basics.errors import ExchangeError, StudyError
from sekom_analysis.cli.app import (
    StudyFolder,
    app,
    check_language,
    console,
    example,
    near,
    open_study,
    print_table,
    say_next,
    study_root,
    warn_of,
    warn_of_logs,
)
from sekom_analysis.cli.asking import (
    WISHES,
    AllRows,
    Encoding,
    Header,
    Ids,
    Sheet,
    Texts,
    Yes,
    asked,
    notes_asked,
)

if TYPE_CHECKING:
    from rich.console import Console

    from sekom_analysis.basics.wording import Problem
    from sekom_analysis.exchange.notes_file import NotesRead
    from sekom_analysis.exchange.registry import Outcome, Request
    from sekom_analysis.exchange.taking_in import Material
    from sekom_analysis.study.study import Study


@app.command(epilog=example("sekom new mystudy --notes notes.xlsx"))
def new(
    folder: Annotated[Path, typer.Argument(help="The study's folder; it is made.")],
    notes: Annotated[
        Path | None,
        typer.Option(
            help="Your notes, .csv, .xlsx, .ods or .xls; what is what in them is found out, and said."
        ),
    ] = None,
    sheet: Sheet = None,
    header: Header = None,
    text: Texts = None,
    id_: Ids = None,
    context: Annotated[
        str | None,
        typer.Option(metavar="COLUMN[,COLUMN]", help="What coders are shown beside the notes."),
    ] = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="Show a column of --context even if it looks personal.")
    ] = False,
    encoding: Encoding = None,
    all_rows: AllRows = False,
    yes: Yes = False,
    categories: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN",
            help="A column of the notes that sorts them: drafts a codebook and a first coder.",
        ),
    ] = None,
    coder: Annotated[
        str | None, typer.Option(help="Who sorted them into --categories; left out, named after the file.")
    ] = None,
    codebook: Annotated[
        Path | None,
        typer.Option(
            help="Your codebook, .xlsx, .ods, .xls, .csv, .docx, .yaml, .qdc or .qdpx; left out, one to "
            "change."
        ),
    ] = None,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="A project of another program, .qdpx, or a study's workbook, .xlsx: all of it; or a report, "
            ".docx, .txt or .md.",
        ),
    ] = None,
    headings: Annotated[
        Path | None, typer.Option(help="Which lines of a report are headings; a first run proposes it.")
    ] = None,
    title: Annotated[str, typer.Option(help="What the study is called.")] = "",
    sample: Annotated[bool, typer.Option("--sample", help="A copy of the sample study of 2016.")] = False,
) -> None:
    """Make a new study, of your own notes or as a copy of the sample."""
    from sekom_analysis.basics.files import as_typed
    from sekom_analysis.study import making as newstudy
    from sekom_analysis.study.raw import codebook_file
    from sekom_analysis.study.study import Study

    if sample and (notes or codebook):
        msg = "--sample brings its own notes and codebook; leave out --notes and --codebook."
        raise typer.BadParameter(msg)
    is_report = from_ is not None and from_.suffix.lower() in (".txt", ".md", ".docx")
    if from_ is not None and (notes or sample or (codebook and not is_report)):
        brings = "notes" if is_report else "notes and codebook"
        others = "--notes and --sample" if is_report else "--notes, --codebook and --sample"
        msg = f"--from brings its own {brings}; leave out {others}."
        raise typer.BadParameter(msg)
    if headings is not None and not is_report:
        msg = "--headings says what is what in a report (.docx, .txt or .md); give it with --from."
        raise typer.BadParameter(msg)
    if categories is not None and (notes is None or codebook or sample or from_ is not None):
        msg = "--categories drafts a codebook of a column of --notes; give --notes, and no other codebook."
        raise typer.BadParameter(msg)
    if coder is not None and categories is None:
        msg = "--coder says who sorted the notes into --categories; give both."
        raise typer.BadParameter(msg)
    wish = {"sheet": sheet, "header": header, "text": text, "id": id_, "context": context}
    wish |= {"encoding": encoding, "all_rows": all_rows or None, "personal": personal or None}
    if notes is None and (any(value is not None for value in wish.values()) or yes):
        msg = f"--context, --personal, {WISHES} --notes."
        raise typer.BadParameter(msg)
    read = None
    if notes is not None:
        newstudy.check_free(folder)
        own = {"categories": categories, "coder": coder, "codebook": codebook, "title": title or None}
        command = ["sekom", "new", str(folder), "--notes", str(notes)]
        command += [part for name, value in own.items() if value for part in (f"--{name}", str(value))]
        read = notes_asked(notes, command, wish, is_yes=yes)
    if sample:
        newstudy.create_sample(folder)
        study = Study.open(folder)
    elif from_ is not None and is_report:
        study = _from_report(folder, from_, title, headings, codebook)
    elif from_ is not None:
        study = _from_project(folder, from_, title)
    elif categories is not None and notes is not None:
        study = _from_list(folder, notes, categories, title, coder, read)
    else:
        source = read.source if read is not None else None
        shown = read.context if read is not None else ()
        newstudy.create(folder, source, _codebook_given(codebook), title, context=shown)
        study = Study.open(folder)
    out = console()
    if read is not None:
        _say_read(read, out)
    out.print(f"Made a study with {len(study.notes)} notes in {folder}", soft_wrap=True)
    out.print(f"  notes     {folder / 'data' / 'raw'}", soft_wrap=True)
    out.print(f"  codebook  {folder / codebook_file(folder)}", soft_wrap=True)
    if notes is None and from_ is None and not sample:
        more = f"sekom import FILE --as notes --study {as_typed(folder)}"
        out.print(f"Its two notes are examples; take in your own: {more}", soft_wrap=True)
    if codebook is None and (from_ is None or is_report) and not sample:
        todo = "give each code a definition" if categories else "write your own questions and codes"
        out.print(
            f"Next: in the codebook, {todo}; then: sekom check --study {as_typed(folder)}", soft_wrap=True
        )
    else:
        say_next(study, out)


def _say_read(read: NotesRead, out: Console) -> None:
    """Say what was taken of a table and why, and what is to be known of it."""
    from sekom_analysis.basics.wording import capped, problem_lines

    for line in read.lines:
        out.print(line, soft_wrap=True)
    if read.told:
        out.print("To know:")
        out.print(problem_lines(capped(read.told)), soft_wrap=True)


def _codebook_given(path: Path | None) -> Path | dict[str, Any] | None:
    """Return a codebook as `Study.create` takes it, and say what was made of another program's."""
    if path is None:
        return None
    if path.suffix.lower() not in (".qdc", ".qdpx"):
        _say_problems("To know:", _made_of_table(path), console())
        return path
    from sekom_analysis.exchange.refi import read_codebook_qdc, read_codebook_qdpx

    read_codebook = read_codebook_qdpx if path.suffix.lower() == ".qdpx" else read_codebook_qdc
    try:
        read = read_codebook(path)
    except ExchangeError as error:
        msg = f"No study was made. {error}"
        raise StudyError(msg) from error
    _say_problems("To know:", list(read.warnings), console())
    return read.codebook


def _made_of_table(path: Path) -> list[Problem]:
    """Return what was made of a codebook that is a table; what is wrong with it is said when it is put in."""
    from sekom_analysis.study.codebook_table import ENDINGS, read_kept_codebook

    return read_kept_codebook(path).remarks if path.suffix.lower() in ENDINGS else []


def _from_project(folder: Path, project: Path, title: str) -> Study:
    """Make a study of another program's project or of a workbook, and say what of it was not taken."""
    from sekom_analysis.exchange.refi import study_from_project
    from sekom_analysis.exchange.studybook import study_from_workbook

    make = study_from_workbook if project.suffix.lower() == ".xlsx" else study_from_project
    study, found = make(folder, project, title)
    _say_found_in_project(project, study, found)
    return study


def _from_report(
    folder: Path, report: Path, title: str, headings: Path | None, codebook: Path | None
) -> Study:
    """Make a study of a report's notes, and say what is to be known of them."""
    from sekom_analysis.exchange.outline import study_from_report

    book = _codebook_given(codebook)
    study, found = study_from_report(folder, report, title, headings=headings, codebook=book)
    _say_found_in_project(report, study, found)
    return study


def _from_list(
    folder: Path, notes: Path, column: str, title: str, coder: str | None, read: NotesRead | None
) -> Study:
    """Make a study of a sorted list, and say what is to be known of it."""
    from sekom_analysis.exchange.studybook import study_from_list

    study, found = study_from_list(folder, notes, column, title, coder=coder, read=read)
    _say_found_in_project(notes, study, found)
    named = "" if coder else ", named after the file"
    line = f"The sorting in '{column}' is now the coder '{', '.join(study.coders)}'{named}."
    console().print(line, markup=False, soft_wrap=True)
    return study


def _say_found_in_project(project: Path, study: Study, found: Material) -> None:
    from sekom_analysis.basics.wording import problem_lines

    out = console()
    if len(found.decisions) or not len(found.notes):
        out.print(
            f"{project.name}: {len(found.decisions)} decisions of {', '.join(study.coders) or 'nobody'}"
        )
    for heading, problems in (("Not taken:", found.refused), ("To know:", found.remarks)):
        if problems:
            out.print(heading)
            out.print(problem_lines(problems), markup=False, soft_wrap=True)


@app.command(epilog=example("sekom check --study mystudy"))
def check(study: StudyFolder = None) -> None:
    """List every problem in the study's files, with the row and what to do."""
    from sekom_analysis.actions.plan import plan_problems
    from sekom_analysis.basics.files import as_typed, seen_from_here
    from sekom_analysis.basics.wording import capped, command_of, problem_lines, problems_table
    from sekom_analysis.study.imports import import_problems
    from sekom_analysis.study.log import marks_problems
    from sekom_analysis.study.raw import read_raw

    root = study_root(study)
    raw, found = read_raw(root)
    out = console()
    remarks = marks_problems(root)
    if raw is None:
        found += import_problems(root)
    else:
        opened = open_study(root)
        found = [*opened.list_problems(), *plan_problems(opened)]
        coders = ", ".join(opened.coders) or "none"
        out.print(f"{opened.about.title.in_('en')}: {len(opened.notes)} notes, coders: {coders}")
    problems = problems_table(found)
    if remarks:
        out.print("To know:")
        out.print(problem_lines(remarks), markup=False, soft_wrap=True)
    if problems.empty:
        out.print("No problems found.")
        if raw is not None:
            say_next(opened, out)
        return
    print_table(problems_table(capped(found)), out)
    if commands := list(dict.fromkeys(filter(None, map(command_of, found)))):
        out.print("Commands to copy, in the study's folder:")
        if root != Path.cwd().resolve():
            out.print(f"  cd {as_typed(seen_from_here(root))}", markup=False, soft_wrap=True)
        for command in commands:
            out.print(f"  {command}", markup=False, soft_wrap=True)
    out.print(
        f"{len(problems)} problems. Nothing was changed."
        if len(problems) > 1
        else "1 problem. Nothing was changed."
    )
    raise typer.Exit(1)


@app.command(epilog=example("sekom status"))
def status(study: StudyFolder = None) -> None:
    """Show who has coded how much of what, when last, and by which way."""
    from sekom_analysis.study.checks import progress_table

    opened = open_study(study)
    table = progress_table(opened)
    out = console()
    warn_of_logs(opened, out)
    if table.empty:
        out.print(f"Nobody has coded yet. There are {len(opened.notes)} notes.")
    else:
        from sekom_analysis.study.rows import zone_of

        print_table(table, out)
        out.print(f"Times are local ({zone_of()}); logs keep UTC.")
    warn_of(opened.problems, opened.root)


# --- the command that takes in what others made: import -----------------------------------------------


_MOST_SHOWN = 40


@app.command("import", epilog=example("sekom import report.docx"))
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE …",
            help="A report (.txt, .md, .docx), a program's project (.qdpx), a study's workbook (.xlsx), or "
            "tables of notes or decisions, several at once.",
        ),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            "--as",
            help="What it is, if its name does not say: notes, outline, refi, codebook, study or decisions.",
        ),
    ] = None,
    headings: Annotated[
        Path | None, typer.Option(help="Which lines of a report are headings; a first run proposes it.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option("--map", help="Which column is what; a first run proposes it.")
    ] = None,
    coder: Annotated[str | None, typer.Option(help="Whose decisions they are.")] = None,
    later: Annotated[
        bool,
        typer.Option(
            "--later",
            help="Take what coders who have a log here say otherwise in a project as decided later, by them.",
        ),
    ] = False,
    sheet: Sheet = None,
    header: Header = None,
    text: Texts = None,
    id_: Ids = None,
    encoding: Encoding = None,
    all_rows: AllRows = False,
    yes: Yes = False,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Take in notes and decisions from elsewhere, each in a file of its own."""
    from sekom_analysis.exchange.registry import Request, import_files
    from sekom_analysis.study.raw import open_raw

    check_language(lang)
    wish = {"sheet": sheet, "header": header, "text": text, "id": id_, "encoding": encoding}
    if kind != "notes" and (any(value is not None for value in wish.values()) or all_rows or yes):
        msg = f"{WISHES} a table of notes; give --as notes too."
        raise typer.BadParameter(msg)
    if kind == "notes" and (headings or mapping or coder):
        msg = "--headings, --map and --coder say nothing of a table of notes; leave them out."
        raise typer.BadParameter(msg)
    raw = open_raw(study_root(study))
    out = console()
    request = Request(raw, files[0], headings, mapping, coder, lang, later)
    if kind == "notes":
        for number, file in enumerate(files):
            one = request._replace(path=file)
            _import_notes(one, wish | {"all_rows": all_rows or None}, files[number + 1 :], study, is_yes=yes)
        return
    outcomes = import_files(request, files, kind)
    for file, outcome in zip(files, outcomes, strict=True):
        if outcome.is_known:
            _say_known(outcome, file, out)
        else:
            _say_found(outcome, file, out)
    if any(outcome.material is not None and len(outcome.material.decisions) and outcome.record
           for outcome in outcomes if not outcome.is_known):  # fmt: skip
        say_next(open_study(raw.root), out)


def _import_notes(
    request: Request, wish: dict[str, Any], rest: list[Path], study: Path | None, *, is_yes: bool
) -> None:
    """Take in a table of notes once it is clear what is what in it, and say so."""
    from sekom_analysis.basics.files import as_typed
    from sekom_analysis.exchange.notes_file import Wish
    from sekom_analysis.exchange.registry import import_files
    from sekom_analysis.study.codebook import Definitions
    from sekom_analysis.study.raw import CODED

    out, file = console(), request.path
    folder = ["--study", str(study)] if study is not None else []
    then = " ".join(map(as_typed, ["sekom", "import", *map(str, rest), "--as", "notes", *folder]))
    left = f", nor the rest; go on with that afterwards: {then}." if rest else "."
    [outcome] = asked(
        lambda said: import_files(request._replace(wish=Wish(**said)), [file], "notes"),
        ["sekom", "import", str(file), "--as", "notes", *folder],
        wish,
        is_yes=is_yes,
        refused=f"'{file.name}' was not taken in{left}",
    )
    (_say_known if outcome.is_known else _say_found)(outcome, file, out)
    if not outcome.is_known and Definitions(request.raw.root / CODED).read():  # somebody was shown some
        out.print(
            "Pages and sheets made before lack these notes: make new ones, and take the old ones in as usual."
        )


def _say_known(outcome: Outcome, file: Path, out: Console) -> None:
    record = outcome.record
    from sekom_analysis.study.rows import local_day

    when = local_day(record.imported_at) if record else ""
    out.print(f"{file.name} was taken in already, on {when}. Nothing was added.", soft_wrap=True)
    if record and int(record.refused or 0):
        out.print(f"Not taken then: {record.refused}.")
    for path in record.paths if record else []:
        out.print(f"  {path}", soft_wrap=True)


def _say_found(outcome: Outcome, file: Path, out: Console) -> None:
    found, record = outcome.material, outcome.record
    if found is None:
        return
    if record is None:
        out.print(f"{file.name}: nothing was taken in yet. Go through the proposal first:", soft_wrap=True)
        for path in found.proposals:
            out.print(f"  {near(path)}", soft_wrap=True)
    else:
        for line in found.lines:
            out.print(line, soft_wrap=True)
        coders = ", ".join(sorted(set(found.decisions["coder"])))
        decisions = f"{len(found.decisions)} decisions{f' of {coders}' if coders else ''}"
        counts = f"{len(found.notes)} notes" + ("" if outcome.kind == "notes" else f" and {decisions}")
        out.print(f"{file.name}: {counts} taken in as {outcome.kind}; written:", soft_wrap=True)
        for name in [*record.paths, "data/imports.csv"]:
            out.print(f"  {name}", soft_wrap=True)
    _say_problems("Not taken:", found.refused, out)
    _say_problems("To know:", found.remarks, out)


def _say_problems(heading: str, problems: list[Problem], out: Console) -> None:
    from sekom_analysis.basics.wording import problem_lines

    if problems:
        out.print(heading)
        out.print(problem_lines(problems[:_MOST_SHOWN]), markup=False, soft_wrap=True)
    if len(problems) > _MOST_SHOWN:
        out.print(f"and {len(problems) - _MOST_SHOWN} more.")


# --- the command that writes a study for other programs: export ---------------------------------------


@app.command(epilog=example("sekom export study.qdpx"))
def export(
    file: Annotated[
        Path,
        typer.Argument(help="What to write; its ending says what it becomes, such as .qdpx or .qdc."),
    ],
    layout: Annotated[
        str | None,
        typer.Option(
            help="Of a .qdpx: per-coder (who coded shows everywhere), or shared (for counting agreement)."
        ),
    ] = None,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
    study: StudyFolder = None,
) -> None:
    """Write the study for other programs, and say what their format cannot hold."""
    from sekom_analysis.exchange.registry import Order, export_file, loss_lines

    check_language(lang)
    opened = open_study(study)
    losses = export_file(Order(opened, file, layout, lang))
    out = console()
    out.print(f"Wrote {near(file)}", soft_wrap=True)
    if losses:
        out.print("What this format cannot hold, or holds where other programs do not look:")
        out.print(loss_lines(losses), markup=False, soft_wrap=True)
    warn_of(opened.problems, opened.root)
