"""What the study is for, how its notes came about, and the goal that they relate to."""

from __future__ import annotations

from collections.abc import Iterable

from sekom_analysis.report.blocks import OPENING, Block, Heading, Section, Table, Text
from sekom_analysis.report.cells import stage_name
from sekom_analysis.results import Results
from sekom_analysis.results.contents import MATERIAL_COLUMNS
from sekom_analysis.wording import column_beside, number, say


def section(results: Results) -> Section:
    """Return purpose, collection and goal as the study's file tells them, and the notes by source."""
    lang, about = results.lang, results.study.about
    blocks: list[Block] = []
    if about.purpose is not None:
        blocks += [Heading(say("report_purpose", lang)), Text(about.purpose.in_(lang))]
    blocks.append(Heading(say("report_material", lang)))
    if about.collected is not None:
        blocks.append(Text(about.collected.in_(lang)))
    blocks.append(_sources(results))
    if about.goal is not None:
        blocks += [Heading(say("report_goal", lang)), Text(about.goal.in_(lang))]
    return Section(say("report_opening", lang), blocks, OPENING)


def _sources(results: Results) -> Table:
    lang, table = results.lang, results.material
    stages = [name for name in table.columns if name != "n"]
    rows = [
        [str(source) or say("report_no_source", lang), *(number(n, lang, 0) for n in counts)]
        for source, *counts in table[[*stages, "n"]].itertuples()
    ]
    there: Iterable[object] = results.study.notes["stage"] if stages else []
    named = {column_beside(str(stage), MATERIAL_COLUMNS, "stage"): str(stage) for stage in there}
    columns = [stage_name(named.get(stage, stage), lang) for stage in stages]
    heads = [say("column_source", lang), *columns, say("column_all_notes", lang)]
    return Table("material", say("report_material_table", lang), heads, rows, frame=table.reset_index())
