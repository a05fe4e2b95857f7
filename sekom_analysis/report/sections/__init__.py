"""The report's sections, each made by a function of a module that turns results into blocks.

A section computes nothing: what it shows is in `Results`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sekom_analysis.quality import is_reflexive
from sekom_analysis.report.blocks import Block, Figure, Section, Table
from sekom_analysis.report.sections import (
    actions,
    agreed,
    brief,
    contents,
    merged,
    notes,
    numbers,
    over_time,
    programs,
    scales,
)
from sekom_analysis.results import Results

Made = Callable[[Results], Section] | Callable[[Results], list[Section]]

# In the order of the page; a section without blocks has nothing to show, and only writes its tables.
# Each under the name by which study.yaml may leave it out.
SECTIONS: dict[str, Made] = {
    "brief": brief.brief_section,
    "before": numbers.before_section,
    "background": contents.opening_section,
    "chapters": contents.chapter_sections,
    "others": numbers.others_section,
    "scales": scales.scales_section,
    "priorities": actions.priorities_section,
    "coverage": actions.coverage_section,
    "plan": actions.plan_section,
    "sure": brief.sure_section,
}

# What a committee asks for, under a heading of its own.
METHODS: dict[str, Made] = {
    "methods": numbers.methods_section,
    "conduct": contents.conduct_section,
    "agreement": numbers.agreement_section,
    "tables": numbers.count_tables_section,
    "findings": agreed.findings_section,
    "settled": agreed.settled_section,
    "disputed": numbers.disputed_section,
    "advice": agreed.advice_section,
    "scores": scales.scale_tables_section,
    "themes": actions.themes_section,
    "scoring": actions.scoring_section,
    "merges": merged.merges_section,
    "sources": contents.sources_section,
    "programs": programs.programs_section,
    "saturation": over_time.saturation_section,
    "checklists": contents.checklists_section,
    "steps": contents.steps_section,
    "problems": numbers.problems_section,
}

# Every note, to search on a screen.
NOTES: dict[str, Made] = {"all_notes": notes.notes_section}

APPENDICES: dict[str, Made] = {"final": scales.final_codes_section, "notes": contents.appendix_sections}

# Those that can have neither a coefficient nor a consensus: all that a reflexive study shows.
IN_ANY_STANCE = {name: SECTIONS[name] for name in ("before", "background", "others", "scales")}
IN_ANY_STANCE |= {"readings": agreed.readings_section}
IN_ANY_STANCE |= {"plan": SECTIONS["plan"]}
SUITED = ("methods", "tables", "scores", "merges", "problems")
METHODS_IN_ANY_STANCE = {name: METHODS[name] for name in SUITED}


def sections(results: Results) -> list[Section]:
    """Return the sections with something to show or write; of a reflexive study only those that suit it."""
    is_any = is_reflexive(results.study)
    main = _made(results, IN_ANY_STANCE if is_any else SECTIONS)
    methods = _made(results, METHODS_IN_ANY_STANCE if is_any else METHODS)
    last = _made(results, APPENDICES if is_any else NOTES | APPENDICES)
    shown = [*main, *brief.divider(results, methods), *last]
    return [
        replace(section, blocks=[_counted_as(results, block) for block in section.blocks])
        for section in shown
    ]


def _made(results: Results, makers: Mapping[str, Made]) -> list[Section]:
    """Return what some sections have to show or write; one that the study leaves out only writes."""
    found: list[Section] = []
    left_out = {str(name) for name, is_in in results.study.about.sections.items() if not is_in}
    for name, make in makers.items():
        made = make(results)
        parts = made if isinstance(made, list) else [made]
        found += [replace(one, blocks=[]) for one in parts] if name in left_out else parts
    return [section for section in found if section.blocks or section.behind]


def _counted_as(results: Results, block: Block) -> Block:
    """Let a caption say what was counted as what, where codes that it counts were others before."""
    if not isinstance(block, Figure | Table):
        return block
    said = [results.counted_as[name] for name in block.about if name in results.counted_as]
    return replace(block, caption=" ".join([f"{block.caption.rstrip('.')}.", *said])) if said else block
