"""The report's sections beyond counts and agreement, each a module that turns results into blocks.

A section computes nothing: what it shows stands in `Results`.
"""

from __future__ import annotations

from collections.abc import Callable

from sekom_analysis.report.blocks import Section
from sekom_analysis.results import Results

# In the order of the page; each returns a Section without blocks where there is nothing to show.
SECTIONS: list[Callable[[Results], Section]] = []


def sections(results: Results) -> list[Section]:
    """Return the sections that have something to show."""
    made = [make(results) for make in SECTIONS]
    return [section for section in made if section.blocks]
