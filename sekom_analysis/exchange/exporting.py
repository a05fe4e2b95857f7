"""Which exporter a file's name gets. An exporter is a function ``(Order) -> list[Loss]``.

It writes the file whole, and returns what the format cannot hold. A new one is
a line in ``EXPORTERS``.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from sekom_analysis.errors import ExchangeError
from sekom_analysis.files import check_outside

if TYPE_CHECKING:
    from sekom_analysis.exchange.refi.losses import Loss
    from sekom_analysis.study import Study


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
        "sekom_analysis.exchange.refi.exporting",
        "export_project",
        ("per-coder", "shared"),
        ("per-coder", "shared"),
    ),
    Exporter(
        ".qdc",
        "the codebook alone, for the same programs",
        "sekom_analysis.exchange.refi.exporting",
        "export_codebook",
    ),
    Exporter(
        ".csv",
        "the codebook alone as a list of tags, for Taguette",
        "sekom_analysis.exchange.tags",
        "export_tags",
    ),
    Exporter(
        ".xlsx",
        "the whole study as an Excel workbook; with --layout codebook the codebook alone",
        "sekom_analysis.results.workbook",
        "export_workbook",
        ("study", "codebook"),
        ("study",),
    ),
]


def export_file(order: Order) -> list[Loss]:
    """Write a study as the kind of file that its name tells.

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
