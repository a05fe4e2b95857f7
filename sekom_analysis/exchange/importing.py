"""Which importer a file gets, and what `sekom import` does with what it finds.

An importer is a function ``(Request) -> Material``: it reads a file and
writes nothing into the study; checking, writing and recording are done here
and in `additions`, the same for all. A new one is a line in ``IMPORTERS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, cast

from sekom_analysis.additions import Material, add
from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import opened
from sekom_analysis.imports import Import, earlier_import, file_hash, without_unfinished
from sekom_analysis.raw import Raw


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
        "sekom_analysis.exchange.outline.importing",
        "find_outline",
    ),
    Importer(
        "refi",
        (".qdpx",),
        "a project of another program, REFI-QDA",
        "sekom_analysis.exchange.refi.importing",
        "find_project",
        returns=True,
    ),
    Importer(
        "codebook",
        (".qdc",),
        "a codebook of another program, REFI-QDA; to compare with",
        "sekom_analysis.exchange.refi.importing",
        "find_codebook",
    ),
    Importer(
        "study",
        (".xlsx",),
        "the workbook of a whole study, as sekom export study.xlsx writes it",
        "sekom_analysis.exchange.studybook.importing",
        "find_study",
        returns=True,
    ),
    Importer(
        "decisions",
        (),
        "what others decided: a table (.csv, .tsv, .xlsx) with a row a decision, or a column a coder",
        "sekom_analysis.exchange.others.importing",
        "find_decisions",
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
    kind : what to take it for; left out, its name's ending tells

    Returns
    -------
    Outcome
        Without a record where a person is to go through proposals first.

    Raises
    ------
    ExchangeError
        If it cannot be read or taken in: everything is listed, nothing is saved.
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
    if known is not None and not request.later:
        return Outcome(importer.kind, record=known)
    raw = without_unfinished(request.raw, request.path, importer.kind)
    found = importer.find(request._replace(raw=raw, kind=importer.kind))
    if found.proposals:
        return Outcome(importer.kind, found)
    if found.notes.empty and found.decisions.empty:
        msg = f"'{request.path.name}' was not taken in: nothing was found in it. Nothing was saved."
        raise ExchangeError(msg)
    return Outcome(importer.kind, found, add(raw, request.path, importer.kind, found))


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
