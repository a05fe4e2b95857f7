"""The report's sections, each made by a function of a module that turns results into blocks.

A section computes nothing: what it shows is in `Results`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sekom_analysis.quality import is_reflexive
from sekom_analysis.report.blocks import Block, Figure, Section, Table
from sekom_analysis.report.sections import actions, agreed, contents, numbers, over_time, programs, scales
from sekom_analysis.results import Results

Made = Callable[[Results], Section] | Callable[[Results], list[Section]]

# In the order of the page; a section without blocks has nothing to show, and only writes its tables.
SECTIONS: list[Made] = [
    contents.opening_section,
    numbers.counts_section,
    scales.scales_section,
    contents.chapter_sections,
    numbers.agreement_section,
    numbers.disputed_section,
    programs.programs_section,
    agreed.findings_section,
    agreed.readings_section,
    agreed.settled_section,
    agreed.advice_section,
    actions.merges_section,
    actions.priorities_section,
    actions.coverage_section,
    actions.plan_section,
    contents.sources_section,
    over_time.saturation_section,
    numbers.methods_section,
    contents.conduct_section,
    contents.checklists_section,
    contents.steps_section,
    numbers.problems_section,
    scales.final_codes_section,
    contents.appendix_sections,
]


# Those that can have neither a coefficient nor a consensus: all that a reflexive study shows.
IN_ANY_STANCE: list[Made] = [
    contents.opening_section,
    numbers.counts_section,
    scales.scales_section,
    agreed.readings_section,
    actions.merges_section,
    actions.plan_section,
    numbers.methods_section,
    numbers.problems_section,
    contents.appendix_sections,
]


def sections(results: Results) -> list[Section]:
    """Return the sections with something to show or write; of a reflexive study only those that suit it."""
    found: list[Section] = []
    for make in IN_ANY_STANCE if is_reflexive(results.study) else SECTIONS:
        made = make(results)
        found += made if isinstance(made, list) else [made]
    shown = [section for section in found if section.blocks or section.behind]
    return [
        replace(section, blocks=[_counted_as(results, block) for block in section.blocks])
        for section in shown
    ]


def _counted_as(results: Results, block: Block) -> Block:
    """Let a caption say what was counted as what, where codes that it counts were others before."""
    if not isinstance(block, Figure | Table):
        return block
    said = [results.counted_as[name] for name in block.about if name in results.counted_as]
    return replace(block, caption=" ".join([f"{block.caption.rstrip('.')}.", *said])) if said else block
