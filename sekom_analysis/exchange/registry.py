"""Which importer or exporter a file gets, and what `sekom import` and `sekom export` do with it.

An importer is a function ``(Request) -> Material``: it reads a file and
writes nothing into the study; checking, writing and recording are done here
and in `taking_in`, the same for all. A new one is a line in ``IMPORTERS``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from sekom_analysis.basics.errors import ExchangeError, SekomError
from sekom_analysis.basics.files import as_typed, check_outside, file_hash, replace_file
from sekom_analysis.basics.wording import check_language, quoted, say
from sekom_analysis.exchange.notes_file import Wish
from sekom_analysis.exchange.taking_in import Material, add, examples_told, without_examples
from sekom_analysis.formats.guarded import opened
from sekom_analysis.formats.tables import join_rows, write_table
from sekom_analysis.study.codebook import NONE_FITS, NONE_FITS_LABEL, Code, Codebook, Variable
from sekom_analysis.study.imports import Import, earlier_import, without_unfinished
from sekom_analysis.study.points import labels_in
from sekom_analysis.study.raw import Raw, open_raw, study_option

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study


class Request(NamedTuple):
    """What was asked for: a file to be taken into a study, and how."""

    raw: Raw
    path: Path
    headings: Path | None = None
    map: Path | None = None
    coder: str | None = None
    lang: str = "sv"
    later: bool = False  # what coders with a log here say otherwise counts as decided later
    kind: str = ""  # filled in with the importer's
    beside: tuple[Path, ...] = ()  # all files that are taken in together, this one among them
    wish: Wish = Wish()  # what is what in a table of notes, where that is not to be found out


class Importer(NamedTuple):
    """One kind of file that can be taken in.

    Parameters
    ----------
    kind : its name, for ``--as`` and for the record
    endings : file names' ends that it is chosen by; none: only by ``--as``
    about : what such a file is
    module, function : where its function is, loaded when it is needed
    returns : whether it may bring answers of coders who have a log here
    """

    kind: str
    endings: tuple[str, ...]
    about: str
    module: str
    function: str
    returns: bool = False

    def find(self, request: Request) -> Material:
        """Return what the importer finds in a file; nothing is taken in."""
        function = getattr(import_module(self.module), self.function)
        return cast("Callable[[Request], Material]", function)(request)


IMPORTERS = [
    Importer(
        "outline",
        (".txt", ".md", ".docx"),
        "a report's notes under headings",
        "sekom_analysis.exchange.outline",
        "find_outline",
    ),
    Importer(
        "refi",
        (".qdpx",),
        "a project of another program, REFI-QDA",
        "sekom_analysis.exchange.refi",
        "find_project",
        returns=True,
    ),
    Importer(
        "codebook",
        (".qdc",),
        "a codebook of another program, REFI-QDA; to compare with",
        "sekom_analysis.exchange.refi",
        "find_codebook",
    ),
    Importer(
        "study",
        (".xlsx",),
        "the workbook of a whole study, as sekom export study.xlsx writes it",
        "sekom_analysis.exchange.studybook",
        "find_study",
        returns=True,
    ),
    Importer(
        "decisions",
        (),
        "what others decided: a table (.csv, .tsv, .xlsx) with a row per decision, or a column per coder",
        "sekom_analysis.exchange.others",
        "find_decisions",
    ),
    Importer(
        "notes",
        (),
        "more notes, such as a second workshop's: any table that sekom new --notes takes",
        "sekom_analysis.exchange.later_notes",
        "find_notes",
    ),
]


@dataclass(frozen=True)
class Outcome:
    """What became of a file: what was found, and the record; the record alone if it was taken in before."""

    kind: str
    material: Material | None = None
    record: Import | None = None

    @property
    def is_known(self) -> bool:
        """Whether the same file was taken in before, and nothing was added now."""
        return self.material is None


def import_file(request: Request, kind: str | None = None) -> Outcome:
    """Take a file into a study: notes and decisions, each in a file of its own.

    Parameters
    ----------
    request : the file, the study, and how
    kind : what to take it for; left out, it follows from the ending of its name

    Returns
    -------
    Outcome
        Without a record where a person is to go through proposals first.

    Raises
    ------
    ExchangeError
        If it cannot be read or taken in: everything is listed, nothing is saved.
    UnclearError
        If a table of notes can be read in several ways; with what to give in ``wish`` for each.
    NotSavedError
        If the disk did not take it; importing again completes it.
    """
    opened(request.path).close()  # says what is wrong with a name or a folder
    importer = chosen_importer(request.path, kind)
    if request.later and not importer.returns:
        msg = (
            f"--later is for projects and workbooks that come back, and '{request.path.name}' is taken in "
            f"as {importer.kind}. Leave it out. Nothing was saved."
        )
        raise ExchangeError(msg)
    known = earlier_import(request.raw.root, file_hash(request.path), importer.kind)
    is_part = bool(request.wish.sheet or request.wish.text)  # another part may have come in before
    if known is not None and not request.later and not is_part:
        return Outcome(importer.kind, record=known)
    raw = without_unfinished(request.raw, request.path, importer.kind)
    seen = raw if importer.kind == "decisions" else without_examples(raw)
    found = importer.find(request._replace(raw=seen, kind=importer.kind))
    if found.proposals:
        return Outcome(importer.kind, found)
    if found.notes.empty and found.decisions.empty:
        msg = f"'{request.path.name}' was not taken in: nothing was found in it. Nothing was saved."
        raise ExchangeError(msg)
    found = replace(found, remarks=[*found.remarks, *examples_told(raw, found)])
    return Outcome(importer.kind, found, add(raw, request.path, importer.kind, found))


def import_files(request: Request, paths: Sequence[Path], kind: str | None = None) -> list[Outcome]:
    """Take files into a study that say more together than each does: a coder's answers in each.

    Raises
    ------
    ExchangeError, NotSavedError
        As `import_file`; which of the files were taken in, which not, and how to go on.
    """
    outcomes: list[Outcome] = []
    for path in paths:
        try:
            raw = open_raw(request.raw.root)
            outcomes.append(import_file(request._replace(raw=raw, path=path, beside=tuple(paths)), kind))
        except SekomError as error:
            if len(paths) > 1:
                told = str(error)
                if any(outcome.record is not None for outcome in outcomes):
                    told = told.replace("Nothing was saved.", f"Nothing of '{path.name}' was saved.")
                error.args = (f"{told}\n{_so_far(request, paths, kind, outcomes)}",)
            raise
    return outcomes


def _so_far(request: Request, paths: Sequence[Path], kind: str | None, outcomes: Sequence[Outcome]) -> str:
    """Say which of several files were taken in, and the command to go on with: the same for all of them."""
    is_in = [outcome.record is not None for outcome in outcomes] + [False] * (len(paths) - len(outcomes))
    named = list(zip((path.name for path in paths), is_in, strict=True))
    given = {"as": kind, "headings": request.headings, "map": request.map, "coder": request.coder}
    words = [f"--{name} {as_typed(value)}" for name, value in given.items() if value]
    words += ["--later"] * request.later + [study_option(request.raw.root)]
    command = " ".join(filter(None, ["sekom import", *map(as_typed, paths), *words]))
    return (
        f"Taken in: {quoted(name for name, taken in named if taken) or 'none'}. "
        f"Not taken in: {quoted(name for name, taken in named if not taken)}.\n"
        f"Once that is mended, give the same command again; what was taken in is passed over:\n  {command}"
    )


def chosen_importer(path: Path, kind: str | None = None) -> Importer:
    """Return the importer for a file: the one named, or the one for its name's ending.

    Raises
    ------
    ExchangeError
        If there is none; the message lists what there is.

    Examples
    --------
    >>> chosen_importer(Path("Rapport.DOCX")).kind
    'outline'
    """
    for importer in IMPORTERS:
        if importer.kind == kind or (kind is None and path.suffix.lower() in importer.endings):
            return importer
    listed = "\n".join(
        f"- --as {one.kind}: {one.about}" + (f" ({', '.join(one.endings)})" if one.endings else "")
        for one in IMPORTERS
    )
    what = f"'{path.name}'" if kind is None else f"--as {kind}"
    msg = f"Nothing here takes in {what}. There is:\n{listed}\nNothing was saved."
    raise ExchangeError(msg)


# --- which exporter a file's name gets. An exporter is a function ``(Order) -> list[Loss]`` -----------


_ABOUT_DECISIONS = re.compile(r"decision|beslut", re.IGNORECASE)


class Order(NamedTuple):
    """What was asked for: a study to be written for other programs, and how."""

    study: Study
    path: Path
    layout: str | None = None
    lang: str = "sv"


class Exporter(NamedTuple):
    """One kind of file that a study can be written as.

    Parameters
    ----------
    ending : of the file's name
    about : what such a file is
    module, function : where its function is, loaded when it is needed
    layouts : the layouts that can be chosen between
    coded : those of them that hold what coders answered, the first being what is written without a layout
    """

    ending: str
    about: str
    module: str
    function: str
    layouts: tuple[str, ...] = ()
    coded: tuple[str, ...] = ()


EXPORTERS = [
    Exporter(
        ".qdpx",
        "the whole study for NVivo, MAXQDA, ATLAS.ti, QualCoder and others (REFI-QDA)",
        "sekom_analysis.exchange.refi",
        "export_project",
        ("per-coder", "shared"),
        ("per-coder", "shared"),
    ),
    Exporter(
        ".qdc",
        "the codebook alone, for the same programs",
        "sekom_analysis.exchange.refi",
        "export_codebook",
    ),
    Exporter(
        ".csv",
        "the decisions, if it is called decisions.csv or with --layout decisions; else the codebook as a "
        "list of tags, for Taguette",
        "sekom_analysis.exchange.registry",
        "export_csv",
        ("tags", "decisions"),
        ("decisions",),
    ),
    Exporter(
        ".xlsx",
        "the whole study as an Excel workbook; with --layout codebook the codebook alone",
        "sekom_analysis.report.workbook",
        "export_workbook",
        ("study", "codebook"),
        ("study",),
    ),
]


def export_file(order: Order) -> list[Loss]:
    """Write a study as the kind of file that its name says.

    Parameters
    ----------
    order : the study, the file, and how

    Returns
    -------
    list of Loss
        What the format cannot hold, or holds where other programs do not look.

    Raises
    ------
    ExchangeError
        If nothing here writes such a file, there is no such layout, or a file of that name is there.
    NotSavedError
        If it cannot be written there, or there is among a study's data.
    StudyError
        If it would hold what coders answered, and nothing can be read of a coder's log.
    """
    exporter = chosen_exporter(order.path)
    if exporter.ending == ".csv" and order.layout is None:
        order = order._replace(layout="decisions" if _ABOUT_DECISIONS.search(order.path.stem) else "tags")
    if order.layout is not None and order.layout not in exporter.layouts:
        allowed = f"Choose one of: {', '.join(exporter.layouts)}" if exporter.layouts else "Leave it out"
        msg = f"A {exporter.ending} has no layout '{order.layout}'. {allowed}. Nothing was written."
        raise ExchangeError(msg)
    if check_outside(order.path).exists():
        msg = (
            f"'{order.path}' is there already; somebody may have gone on with it in another program. "
            f"Nothing was written. Move it away, or choose another name."
        )
        raise ExchangeError(msg)
    if exporter.coded and order.layout in (None, *exporter.coded):
        order.study.check_logs()
    function = getattr(import_module(exporter.module), exporter.function)
    return cast("Callable[[Order], list[Loss]]", function)(order)


def chosen_exporter(path: Path) -> Exporter:
    """Return the exporter for a file's name.

    Raises
    ------
    ExchangeError
        If there is none; the message lists what there is.

    Examples
    --------
    >>> chosen_exporter(Path("Studie.QDPX")).ending
    '.qdpx'
    """
    for exporter in EXPORTERS:
        if path.suffix.lower() == exporter.ending:
            return exporter
    listed = "\n".join(f"- {exporter.ending}: {exporter.about}" for exporter in EXPORTERS)
    msg = f"Nothing here writes '{path.name}'. What there is, by its ending:\n{listed}\nNothing was written."
    raise ExchangeError(msg)


# --- what a format cannot hold: said aloud, whenever something is written or read ---------------------


class Loss(NamedTuple):
    """One thing that another program will not find, or that was left out of what was read.

    Attributes
    ----------
    number : how many
    what : of what
    where : what became of them
    """

    number: int
    what: str
    where: str


def real(losses: Iterable[Loss]) -> list[Loss]:
    """Return the losses of which there is any."""
    return [loss for loss in losses if loss.number]


def loss_lines(losses: Iterable[Loss]) -> str:
    """Return losses as lines of a message.

    Examples
    --------
    >>> print(loss_lines([Loss(3, "skipped questions", "not in the file")]))
    - skipped questions (3): not in the file.
    """
    return "\n".join(f"- {loss.what} ({loss.number}): {loss.where}." for loss in losses)


# --- the codebook as a plain list of tags (CSV), for Taguette and others that read no REFI-QDA --------


def write_tags_csv(codebook: Codebook, path: str | os.PathLike[str], *, lang: str = "sv") -> list[Loss]:
    """Write the codes as tags with descriptions: columns ``tag`` (variable.code) and ``description``.

    Parameters
    ----------
    codebook : Codebook
    path : where to; a ``.csv`` in UTF-8 with commas, as Taguette takes it under "Import codebook"
    lang : which labels and definitions

    Returns
    -------
    list of Loss
        What a list of tags cannot hold.

    Raises
    ------
    NotSavedError
        If the file cannot be written.
    """
    check_language(lang)
    rows = [["tag", "description"]]
    for variable in codebook.variables:
        rows += [[f"{_name(variable.label.in_(lang))}.{tag}", told] for tag, told in _tags(variable, lang)]
    replace_file(Path(path), join_rows(rows, ",").encode("utf-8-sig"))
    scales = sum(variable.range is not None for variable in codebook.variables)
    return real(
        [
            Loss(len(codebook.variables), "variables", "the first part of each tag's name, before the dot"),
            Loss(scales, "scales", "each step is a tag"),
            Loss(1, "ids, the other language and versions", "not in the file"),
        ]
    )


def export_csv(order: Order) -> list[Loss]:
    """Write a study's decisions as ``.csv``, or its codebook as a list of tags, and say that it is one."""
    if order.layout == "decisions":
        return _export_decisions(order)
    losses = write_tags_csv(order.study.codebook, order.path, lang=order.lang)
    where = "not in the file, which is a list of tags; --layout decisions writes them"
    return real([Loss(len(order.study.decisions()), "decisions", where), *losses])


def _export_decisions(order: Order) -> list[Loss]:
    """Write a row per decision: text and answer as people read them, codes and times as they are."""
    from sekom_analysis.exchange.studybook_writing import decision_table

    study, table = order.study, decision_table(order.study, order.lang)
    texts = study.notes["text"].reindex(table["note_id"]).fillna("").to_numpy()
    table.insert(1, "text", texts)
    table["codes"] = table["codes"].replace(
        "", say("refi_none_chosen", order.lang)
    )  # elsewhere an empty cell is unseen
    write_table(table, order.path)
    skipped = Loss(len(study.skipped()), "questions that a coder skipped", "not in the file")
    gone = "not in the file; sekom export study.xlsx writes them"
    changed = int((study.history()["event"] == "decide").sum()) - len(table)
    return real([skipped, Loss(changed, "answers that were changed or taken back later", gone)])


def _tags(variable: Variable, lang: str) -> list[tuple[str, str]]:
    """Return name and description of each answer that can be chosen."""
    if variable.range is not None:
        named = labels_in(variable, lang)
        return [(step, named.get(int(step), "")) for step in variable.answers]
    tags = [(_name(c.label.in_(lang)), _description(c, lang)) for c in variable.codes if not c.retired]
    if variable.allows_none_fits:
        tags.append((NONE_FITS_LABEL[lang], say("tags_none_fits", lang, code=NONE_FITS)))
    return tags


def _description(code: Code, lang: str) -> str:
    parts = [("", code.definition), ("tags_include", code.include), ("tags_exclude", code.exclude)]
    told = [(key, text.in_(lang)) for key, text in parts if text is not None]
    return " ".join(say(key, lang, text=text) if key else text for key, text in told)


def _name(label: str) -> str:
    """A dot would begin a part of its own."""
    return " ".join(label.replace(".", " ").split())
