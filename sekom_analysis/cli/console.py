"""What the command line prints, and how."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sekom_analysis.wording import visible

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from sekom_analysis.collect import Collected
    from sekom_analysis.study import Study


def console(stderr: bool = False) -> Console:
    """Return where to print; into a file or pipe lines are long enough for tables.

    The one door for all that the command line says: a text is printed as it is, with no markup read
    out of its brackets, and with what would act on the terminal made visible.
    """
    from rich.console import Console

    class Plain(Console):
        def print(self, *objects: Any, **how: Any) -> None:
            super().print(*(visible(one) if isinstance(one, str) else one for one in objects), **how)

    plain: dict[str, Any] = {"stderr": stderr, "highlight": False, "markup": False, "emoji": False}
    out = Plain(**plain)
    return out if out.is_terminal else Plain(**plain, width=140)


def warn_of(problems: pd.DataFrame) -> None:
    """Say that something needs a look, where it does."""
    if len(problems):
        console(stderr=True).print(f"{len(problems)} things in the study's files need a look: sekom check")


def near(path: Path) -> str:
    """Return a path as seen from here, where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def say_who(study: Study, out: Console) -> None:
    """Say which coders are no people, beside any number about them."""
    automatic = [c for c in study.coders if study.about.coder(c).kind == "automatic"]
    sources = [c for c in study.coders if study.about.coder(c).kind == "source"]
    if not study.about.readable:
        out.print("study.yaml cannot be read, so it is not known which coders are people: sekom check")
    if automatic:
        out.print(
            f"{', '.join(automatic)}: automatic readings, not people; no intercoder reliability of people."
        )
    if sources:
        out.print(f"{', '.join(sources)}: the material's own sorting, made without the codebook.")


def print_table(frame: pd.DataFrame, out: Console) -> None:
    """Print a table: numbers with three decimals, gaps as dashes."""
    import pandas as pd
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    numbers = set(frame.select_dtypes("number").columns)
    for name in frame.columns:
        table.add_column(
            Text(visible(str(name))), justify="right" if name in numbers else "left", no_wrap=name in numbers
        )
    for row in frame.itertuples(index=False):
        cells = [
            "–" if pd.isna(cell) else f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row
        ]
        table.add_row(*(Text(visible(cell)) for cell in cells))
    out.print(table)


def print_collected(file: str, found: Collected, out: Console) -> None:
    """Say what a file brought: added, known, refused, changed since."""
    from sekom_analysis.problems import problem_lines

    verb = "added" if found.saved else "would add"
    count = len(found.added)
    out.print(
        f"{file}: {found.coder}: {verb} {count} decisions; {found.known} were here already.", soft_wrap=True
    )
    for heading, problems in (
        ("Not taken:", found.refused),
        ("Taken, though the note's text has changed since:", found.stale),
        ("Lines that were cut off and say nothing:", found.unfinished),
        ("To know:", found.remarks),
    ):
        if problems:
            out.print(heading, soft_wrap=True)
            out.print(problem_lines(problems), markup=False, soft_wrap=True)
