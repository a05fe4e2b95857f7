"""The report: figures, tables and pages into files, of a study or of ratings. Nothing is computed here."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from sekom_analysis.agreement.breakdowns import Summary, summarise
from sekom_analysis.agreement.reasons import why_low
from sekom_analysis.basics.errors import ReportError
from sekom_analysis.basics.files import check_outside, replace_file
from sekom_analysis.basics.wording import Phrase, number, quoted, say, visible
from sekom_analysis.exchange.ratings import Found
from sekom_analysis.figures import plot_agreement
from sekom_analysis.figures.styling import render_figure, style
from sekom_analysis.formats.tables import table_bytes
from sekom_analysis.report.blocks import (
    Block,
    Figure,
    Note,
    NoteTable,
    Section,
    Table,
    Text,
    for_paper,
    localised,
    names,
    span,
)
from sekom_analysis.report.common import Head
from sekom_analysis.report.documents import Written, check_programs, draw_figures
from sekom_analysis.report.page import page_html, picture_uri
from sekom_analysis.report.sections import brief, numbers, sections
from sekom_analysis.report.typeset import has_signs, pdf_bytes
from sekom_analysis.report.word import docx_bytes
from sekom_analysis.results import Results
from sekom_analysis.study.rows import is_time

TABLES, FINAL = "tables", "codes_final"
FORMATS = HTML, DOCX, PDF = "html", "docx", "pdf"
_PICTURES = {HTML: ".svg", DOCX: ".png", PDF: ".svg"}


def write_report(
    results: Results,
    folder: Path,
    formats: Sequence[str] = ("html",),
    progress: Callable[[str], None] = lambda step: None,
    helper: Executor | None = None,
) -> list[Path]:
    """Write figures, tables and the page of a study's results in their language.

    Parameters
    ----------
    results : what `work_out` gave
    folder : where to; files of an earlier report are replaced, except those that somebody edited since:
        beside these the new ones get a number, as in ``report.sv (2).docx``
    formats : any of ``"html"``, ``"docx"``, ``"pdf"``
    progress : called with the name of each step
    helper : a second process to draw figures in, as `second_process` gives it

    Returns
    -------
    list of Path
        Every file written, the pages first.

    Raises
    ------
    NotSavedError
        If a file cannot be written, as it is open in another program; all others are written.
    ReportError
        If there is no such format, or a document could not be made.
    MissingPackageError
        If a format needs a package that is not installed; nothing is written then.
    """
    check_forms(formats)
    shown = sections(results)
    progress("figures")
    written = Written(folder)
    drawn = {figure.stem: figure.draw for section in shown for figure in section.figures()}
    figures = draw_figures(drawn, written, results.lang, helper)
    progress("tables")
    tables = _write_tables(shown, written, results.lang)
    progress("pages")
    pages = [_write_page(results, shown, figures, written, form) for form in formats]
    _tell_shown(results, shown if HTML in formats else for_paper(shown))
    written.check()
    return [*pages, *(path for paths in figures.values() for path in paths), *tables]


def check_forms(formats: Sequence[str]) -> None:
    """Refuse forms of a report that do not exist or cannot be made here, before any work is done.

    Raises
    ------
    ReportError, MissingPackageError
        As `write_report` does.
    """
    unknown = [form for form in formats if form not in FORMATS]
    if unknown:
        msg = (
            f"A report cannot be made as {quoted(unknown)}. "
            f"Choose among: {', '.join(FORMATS)}. Nothing was written."
        )
        raise ReportError(msg)
    check_programs(docx=DOCX in formats, pdf=PDF in formats)


def _tell_shown(results: Results, shown: Sequence[Section]) -> None:
    """Keep what the report shows of single notes, where it is known for whom it is made."""
    tables = [block for section in shown for block in section.blocks if isinstance(block, NoteTable)]
    told = {name: notes for one in tables for name, notes in one.answered.items()}
    for variable in dict.fromkeys([*results.disputed, *told]):
        disputed, voices = results.disputed.get(variable), results.voices.get(variable)
        notes = [] if disputed is None else [*disputed.index]
        notes += [] if voices is None else [*voices["note_id"]]
        listed = dict.fromkeys(str(note) for note in [*notes, *told.get(variable, [])])
        results.study.tell_shown(list(listed), [variable], "report")


def _write_page(
    results: Results, shown: Sequence[Section], figures: dict[str, list[Path]], written: Written, form: str
) -> Path:
    """Write the report in one of its forms; never with an old picture in place of one that is held open."""
    name = f"report.{results.lang}.{form}"
    needed = (_of_kind(paths, _PICTURES[form]) for paths in figures.values())
    held = next((path for path in needed if path in written.unsaved), None)
    if held is not None:
        written.unsaved[written.folder / name] = say("picture_held", "en", file=held.name)
        return written.folder / name
    return written.put({name: _page_bytes(results, shown, figures, written.folder, form)})[name]


def _page_bytes(
    results: Results, shown: Sequence[Section], figures: dict[str, list[Path]], folder: Path, form: str
) -> bytes:
    if form == HTML:
        drawn = {stem: _of_kind(paths, _PICTURES[HTML]) for stem, paths in figures.items()}
        pictures = {stem: picture_uri(path.read_bytes()) for stem, path in drawn.items()}
        return render_page(results, pictures, shown).encode("utf-8")
    shown = for_paper(shown)
    make = {DOCX: docx_bytes, PDF: pdf_bytes}[form]
    files = {stem: _picture(paths, form).name for stem, paths in figures.items()}
    return make(shown, head_of(results), files, folder, results.lang)


def _picture(paths: list[Path], form: str) -> Path:
    """Return the file of a figure that a document shows."""
    usual = _of_kind(paths, _PICTURES[form])
    return usual if form != PDF or has_signs(usual.read_bytes()) else _of_kind(paths, _PICTURES[DOCX])


def head_of(results: Results) -> Head:
    """Return what stands before a study's sections; its date is that of the last decision."""
    about, lang = results.study.about, results.lang
    lead = " ".join(filter(None, [brief.byline(results), numbers.lead(results)]))
    head = Head(title=about.title.in_(lang), lead=lead, before=numbers.damaged(results))
    if about.author is not None:
        head["author"] = about.author.in_(lang)
    times = results.study.decisions(as_given=True)["decided_at"]
    last = next(filter(is_time, sorted(times.unique(), reverse=True)), None)
    if last is not None:
        head["moment"] = int(datetime.fromisoformat(last).timestamp())
    return head


def render_page(results: Results, pictures: dict[str, str], shown: Sequence[Section] | None = None) -> str:
    """Return the report as one HTML page.

    Parameters
    ----------
    results : Results
    pictures : figure's stem -> its address, a data URI, so that the page needs no other file
    shown : what is on the page below its head; all sections of the results, if left out
    """
    return page_html(head_of(results), results.lang, pictures, sections(results) if shown is None else shown)


def _write_tables(shown: Sequence[Section], written: Written, lang: str) -> list[Path]:
    """Write every table as a spreadsheet program of the language reads it."""
    tables = {name: table for section in shown for name, table in section.tables().items()}
    files = {f"{TABLES}/{name}.{lang}.csv": table for name, table in tables.items()}
    contents = {name: localised(table, name, lang) for name, table in files.items()}
    if FINAL in tables:  # what people work on with
        name = f"{TABLES}/{FINAL}.{lang}.xlsx"
        seen = tables[FINAL].astype(object).map(lambda cell: visible(cell) if isinstance(cell, str) else cell)
        contents[name] = table_bytes(seen, Path(name))
    return list(written.put(contents).values())


def _of_kind(paths: list[Path], ending: str) -> Path:
    return next(path for path in paths if path.suffix == ending)


# --- the page about ratings from files: coefficients, figure, disagreements, a sentence on methods ----


DISPUTED_SHOWN = 200


def write_ratings_report(found: Found, path: str | os.PathLike[str], lang: str = "sv", **how: Any) -> Path:
    """Write agreement on ratings from files as a page or a Word document.

    Parameters
    ----------
    found : what the files hold
    path : ``.html`` or ``.docx``; a file that is there is replaced
    lang : ``"sv"`` or ``"en"``
    **how : as in `summarise`: coefficients, n_resamples, rng

    Raises
    ------
    ReportError
        If it can be neither of the two.
    NotSavedError
        If the file cannot be written.
    """
    target = check_outside(Path(path))
    form = target.suffix.lower().removeprefix(".")
    if form not in (HTML, DOCX):
        msg = f"'{target.name}' cannot be written: end its name with .html or .docx. Nothing was written."
        raise ReportError(msg)
    results = [
        summarise(one.ratings, one.level, one.kind, found.texts, lang=lang, **how) for one in found.questions
    ]
    named = zip(found.questions, results, strict=True)
    more = [_section(asked.name, one, place) for place, (asked, one) in enumerate(named, start=1)]
    more.append(Section(say("report_methods", lang), [Text(_methods(one)) for one in results]))
    head = _head(found, results, lang)
    drawn = {figure.stem: figure.draw for section in more for figure in section.figures()}
    pictures: dict[str, bytes] = {}
    for stem, draw in drawn.items():
        with style():
            kind = "svg" if form == HTML else "png"
            pictures[stem] = render_figure(draw().figure, [kind])[kind]  # type: ignore[arg-type]
    if form == HTML:
        uris = {stem: picture_uri(data) for stem, data in pictures.items()}
        return replace_file(target, page_html(head, lang, uris, more).encode("utf-8"))
    with TemporaryDirectory() as made:
        for stem, data in pictures.items():
            (Path(made) / f"{stem}.png").write_bytes(data)
        files = {stem: f"{stem}.png" for stem in pictures}
        return replace_file(target, docx_bytes(more, head, files, Path(made), lang))


def _head(found: Found, results: Sequence[Summary], lang: str) -> Head:
    said: list[Phrase] = [*found.said, *(line for one in found.questions for line in one.said)]
    coders = list(dict.fromkeys(coder for one in results for coder in one.coders))
    return {
        "title": say("ratings_title", lang),
        "lead": say("ratings_lead", lang, n_notes=len(found.notes), coders=names(coders, lang)),
        "before": [line.in_(lang) for line in said],
    }


def _methods(one: Summary) -> str:
    lang = one.lang
    others = [name for name in one.overall["coefficient"] if name != "alpha"]
    percent = say("ratings_percent", lang)
    told = [percent if name == "percent" else _coefficient(name, lang) for name in others]
    return say(
        "ratings_methods",
        lang,
        others=names(told, lang),
        coders=names(one.coders, lang),
        n=int(one.overall["n_pairable"].max()),
        level=say(f"level_{one.level}", lang),
        n_resamples=number(one.n_resamples, lang, 0),
        rng=one.rng,
    )


def _section(name: str, one: Summary, place: int) -> Section:
    lang = one.lang
    heading = name or say("report_agreement", lang)
    rows = _figure_rows(one)
    blocks: list[Block] = []
    if rows["value"].notna().any():
        caption = say("ratings_figure", lang)
        draw = partial(plot_agreement, rows, lang=lang)
        blocks.append(Figure(f"agreement_{place}", caption, caption, draw))
    blocks.append(_table(one, place))
    if why := why_low(one.overall, lang):
        blocks.append(Text(why))
    shown = one.disputed.head(DISPUTED_SHOWN)
    blocks.append(Text(say("ratings_disputed", lang, n=len(one.disputed), shown=len(shown))))
    return Section(heading, [*blocks, *_notes(one, shown)])


def _notes(one: Summary, shown: pd.DataFrame) -> list[Note]:
    found = []
    for note, row in zip(shown.index, shown.to_dict("records"), strict=True):
        lines = [(coder, row[column], "") for coder, column in zip(one.coders, one.answers, strict=True)]
        found.append(Note(str(note), str(row["text"]) if "text" in row else "", lines))
    return found


def _figure_rows(one: Summary) -> pd.DataFrame:
    lang = one.lang
    overall = one.overall.assign(
        group=say("ratings_all", lang),
        label=[_coefficient(name, lang) for name in one.overall["coefficient"]],
        n_notes=one.overall["n_pairable"],
    )
    parts = [overall]
    for table, key in ((one.by_code, "ratings_by_code"), (one.by_pair, "ratings_by_pair")):
        if len(table):
            own = table[table["coefficient"] == "alpha"]
            labels = own["code"] if "code" in own else own["coder_a"] + " – " + own["coder_b"]
            counts = own["n_carrying"] if "n_carrying" in own else own["n_pairable"]
            parts.append(own.assign(group=say(key, lang), label=labels.astype(str), n_notes=counts))
    columns = ["group", "label", "value", "low", "high", "note", "n_notes"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def _coefficient(name: str, lang: str) -> str:
    known = ("percent", "alpha", "ac1")
    return say(f"coefficient_{name}", lang) if name in known else name


def _table(one: Summary, place: int) -> Table:
    lang = one.lang
    rows = _figure_rows(one)
    cells = [
        [f"{row['label']} ({row['group']})" if row["group"] != say("ratings_all", lang) else row["label"],
         number(row["value"], lang), span(row["low"], row["high"], lang), str(row["n_notes"]), row["note"]]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = [
        "",
        say("ratings_value", lang),
        say("column_interval", lang),
        say("column_notes", lang),
        say("ratings_remark", lang),
    ]
    return Table(
        f"agreement_{place}", say("report_agreement_table", lang), heads, cells, [True, True, True, False]
    )
