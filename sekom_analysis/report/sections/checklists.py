"""What reporting guidelines ask for, item by item."""

from __future__ import annotations

from collections.abc import Iterator

from sekom_analysis.report.blocks import CLOSING, Block, Heading, Section, Table, Text
from sekom_analysis.results import Results
from sekom_analysis.results.checklists import Checklist
from sekom_analysis.wording import say


def section(results: Results) -> Section:
    """Return a table a guideline; empty where none fits."""
    lang = results.lang
    blocks: list[Block] = [block for one in results.checklists for block in _checklist(one, lang)]
    intro: list[Block] = [Text(say("report_checklists_text", lang))] if blocks else []
    return Section(say("report_checklists", lang), [*intro, *blocks], CLOSING)


def _checklist(one: Checklist, lang: str) -> Iterator[Block]:
    open_ = say("report_open", lang)
    has_numbers = any(item.number for item in one.items)
    rows = [[*([item.number] if has_numbers else []), item.asks, item.answer or open_] for item in one.items]
    yield Heading(one.title)
    yield Text(one.source, remark=True)
    caption = say("report_checklist_table", lang, title=one.title, n=len(one.items), n_open=one.n_open)
    heads = [say(f"column_{key}", lang) for key in ("number", "item", "answer")[not has_numbers :]]
    yield Table(f"checklist_{one.id}", caption, heads, rows, [False] * (len(heads) - 1))
