"""The report's sections beyond counts and agreement, each a module that turns results into blocks.

A section computes nothing: what it shows is in `Results`.
"""

from __future__ import annotations

from collections.abc import Callable

from sekom_analysis.quality import is_reflexive
from sekom_analysis.report.blocks import Section
from sekom_analysis.report.sections import actions, agreed, contents
from sekom_analysis.results import Results

# In the order of the page; each returns a Section without blocks where there is nothing to show.
SECTIONS: list[Callable[[Results], Section]] = [
    contents.opening_section,
    agreed.findings_section,
    agreed.settled_section,
    agreed.advice_section,
    actions.merges_section,
    actions.priorities_section,
    actions.coverage_section,
    actions.plan_section,
    contents.sources_section,
    contents.conduct_section,
    contents.checklists_section,
    contents.steps_section,
]


# Those that can have neither a coefficient nor a consensus: all that a reflexive study shows.
IN_ANY_STANCE: list[Callable[[Results], Section]] = [
    contents.opening_section,
    agreed.readings_section,
    actions.merges_section,
    actions.plan_section,
]


def sections(results: Results) -> list[Section]:
    """Return the sections that have something to show; of a reflexive study only those that suit it."""
    chosen = IN_ANY_STANCE if is_reflexive(results.study) else SECTIONS
    made = [make(results) for make in chosen]
    if not is_reflexive(results.study):
        made += contents.chapter_sections(results)
    made += contents.appendix_sections(results)
    return [section for section in made if section.blocks]
