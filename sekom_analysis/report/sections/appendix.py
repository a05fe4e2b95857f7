"""All notes as appendices, in the layout that the importer of outlines reads back.

Headings are the stages' own: the side (hinder, möjlighet), the category, the subcategory; each note is an
item of a list. Notes without a subcategory come before the first one, so that none is read as another's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.report.blocks import APPENDIX, Block, Bullets, Heading, Section, Text
from sekom_analysis.report.cells import bar_words, stage_name
from sekom_analysis.results import Results
from sekom_analysis.results.contents import Chapter
from sekom_analysis.wording import say

OUTERMOST = 3
# A column of the chapter's notes, the variable that it holds answers to, and the codes to go through.
Level = tuple[str, Variable | None, Sequence[str]]


def appendix_sections(results: Results) -> list[Section]:
    """Return an appendix a stage."""
    return [_appendix(results, one, number) for number, one in enumerate(results.chapters, start=1)]


def _appendix(results: Results, chapter: Chapter, number: int) -> Section:
    lang = results.lang
    facts = {"n": len(chapter.notes), "stage": stage_name(chapter.stage, lang)}
    key = "report_appendix_text" if chapter.variable else "report_appendix_unsorted"
    intro = say(key, lang, bar=bar_words(chapter.bar, lang), **facts)
    blocks: list[Block] = [Text(intro), *_sorted(chapter, lang)]
    return Section(say("report_appendix", lang, number=number), blocks, APPENDIX)


def _sorted(chapter: Chapter, lang: str) -> Iterator[Block]:
    """Yield the notes under the headings of the splitting variable and the category, where there are any."""
    split: list[Level] = [
        ("by", chapter.by, chapter.by_codes),
        ("code", chapter.variable, chapter.codes),
    ]
    unsorted: list[Level] = [("code", None, [])]
    levels = [level for level in split if level[1] is not None] or unsorted
    yield from _under(chapter.notes, levels, OUTERMOST, lang)


def _under(notes: pd.DataFrame, levels: list[Level], depth: int, lang: str) -> Iterator[Block]:
    if not levels:
        yield from _by_subcategory(notes, depth)
        return
    (column, asked, codes), *inner = levels
    for code in codes:
        own = notes[notes[column] == code]
        if len(own) and asked is not None:
            yield Heading(asked.label_of(code, lang), depth)
            yield from _under(own, inner, depth + 1, lang)
    rest = notes[notes[column].isna()]
    if len(rest):
        yield Heading(say("report_appendix_open" if asked else "report_appendix_all", lang), depth)
        yield from _under(rest, inner, depth + 1, lang)


def _by_subcategory(notes: pd.DataFrame, depth: int) -> Iterator[Block]:
    names = dict.fromkeys(str(name) for name in notes["subcategory"])
    for name in sorted(names, key=bool):  # stable: those without come first
        if name:
            yield Heading(name, depth)
        yield Bullets([str(text) for text in notes.loc[notes["subcategory"] == name, "text"]])
