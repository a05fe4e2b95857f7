"""The report: figures and tables into files and one page. Nothing is computed here."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sekom_analysis.exchange.tables import replace_file
from sekom_analysis.figures import plot_agreement, plot_confusions, plot_counts, save_figure, style
from sekom_analysis.report import cells
from sekom_analysis.report.blocks import Section
from sekom_analysis.report.page import page_content
from sekom_analysis.report.sections import sections
from sekom_analysis.results import MAIN, Results
from sekom_analysis.wording import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TABLES = "tables"


def write_report(
    results: Results, folder: Path, progress: Callable[[str], None] = lambda step: None
) -> list[Path]:
    """Write figures, tables and the page of a study's results in their language.

    Parameters
    ----------
    results : what `work_out` gave
    folder : where to; files of an earlier report are replaced
    progress : called with the name of each step

    Returns
    -------
    list of Path
        Every file written, the page first.

    Raises
    ------
    NotSavedError
        If the folder cannot be written to.
    """
    more = sections(results)
    progress("figures")
    figures = _write_figures(results, more, folder)
    progress("tables")
    tables = _write_tables(results, more, folder / TABLES)
    progress("page")
    page = folder / f"report.{results.lang}.html"
    pictures = {stem: _data_uri(paths) for stem, paths in figures.items()}
    replace_file(page, render_page(results, pictures, more).encode("utf-8"))
    return [page, *(path for paths in figures.values() for path in paths), *tables]


def render_page(results: Results, pictures: dict[str, str], more: Sequence[Section] = ()) -> str:
    """Return the report as one HTML page that needs no other file.

    Parameters
    ----------
    results : Results
    pictures : figure's stem -> its address, as a rule a data URI
    more : sections beyond counts and agreement
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sekom_analysis", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    lang = results.lang
    environment.globals["t"] = lambda key, **values: say(key, lang, **values)
    return environment.get_template("report.html.j2").render(
        pictures=pictures, lang=lang, number=_Numbering(), sections=more, **page_content(results)
    )


class _Numbering:
    """Counts figures and tables as the page meets them."""

    def __init__(self) -> None:
        self._figures, self._tables = itertools.count(1), itertools.count(1)

    def figure(self) -> int:
        """Return the next figure's number."""
        return next(self._figures)

    def table(self) -> int:
        """Return the next table's number."""
        return next(self._tables)


def _write_figures(results: Results, more: Sequence[Section], folder: Path) -> dict[str, list[Path]]:
    """Draw and save every figure: its stem -> its files."""
    lang = results.lang
    drawn: dict[str, Callable[[], Axes]] = {
        f"counts_{variable}": lambda counts=counts: plot_counts(counts, lang=lang)  # type: ignore[misc]
        for variable, counts in cells.counts_shown(results).items()
    }
    overview = cells.forest_rows(results, MAIN)
    if len(overview):
        floor = results.study.about.plan.floor
        drawn["agreement"] = lambda: plot_agreement(overview, lang=lang, floor=floor)
    for variable in cells.counts_shown(results):
        if variable in results.by_code:
            detail = cells.detail_rows(results, variable)
            drawn[f"agreement_{variable}"] = lambda rows=detail: plot_agreement(rows, lang=lang)  # type: ignore[misc]
            labels = cells.code_labels(results, variable)
            drawn[f"confusions_{variable}"] = lambda v=variable, names=labels: plot_confusions(  # type: ignore[misc]
                results.confusions[v], lang=lang, labels=names
            )
    drawn |= {figure.stem: figure.draw for section in more for figure in section.figures()}
    files = {}
    for stem, draw in drawn.items():
        with style():
            files[stem] = save_figure(draw().figure, folder, f"{stem}.{lang}")  # type: ignore[arg-type]
    return files


def _write_tables(results: Results, more: Sequence[Section], folder: Path) -> list[Path]:
    """Write every table as a spreadsheet program of the language reads it."""
    tables = {f"counts_{name}": table for name, table in results.counts.items()}
    tables["agreement"] = results.agreement
    tables |= {f"agreement_by_code_{name}": table for name, table in results.by_code.items()}
    tables |= {f"agreement_by_pair_{name}": table for name, table in results.by_pair.items()}
    tables |= {f"confusions_{name}": table for name, table in results.confusions.items()}
    tables |= {f"disputed_{name}": table.reset_index() for name, table in results.disputed.items()}
    tables["coders"] = results.coders.reset_index()
    for section in more:
        tables |= section.tables()
    return [
        cells.write_localised(table, folder / f"{name}.{results.lang}.csv", results.lang)
        for name, table in tables.items()
    ]


def _data_uri(paths: list[Path]) -> str:
    drawing = next(path for path in paths if path.suffix == ".svg")
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.read_bytes()).decode("ascii")
