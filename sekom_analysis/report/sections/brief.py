"""Sections on what was found: in brief, with one figure, and how sure that is."""

from __future__ import annotations

from dataclasses import replace

from sekom_analysis.basics.wording import say
from sekom_analysis.quality.claims import UNKNOWN
from sekom_analysis.report.blocks import Block, Bullets, Fact, Section, Table, Text
from sekom_analysis.report.sections import numbers
from sekom_analysis.results import Results
from sekom_analysis.results.brief import Finding
from sekom_analysis.study.rows import local_day


def byline(results: Results) -> str:
    """Return who made the report, when the material is from, and until when people answered, if told."""
    lang, about = results.lang, results.study.about
    who = ", ".join(text.in_(lang) for text in (about.author, about.organisation) if text)
    last = max(results.coders["last"], default="")
    told = [f"{who}." if who else "", say("report_material_of", lang, date=about.date) if about.date else ""]
    told.append(say("report_worked_out", lang, date=local_day(last)) if last else "")
    return " ".join(filter(None, told))


def brief_section(results: Results) -> Section:
    """Return the findings, each a number and a sentence, and the figure of what most notes are about."""
    lang = results.lang
    blocks: list[Block] = [Fact(one.big, one.of, one.text, _more(one, lang)) for one in results.brief]
    first = next(iter(results.counts_shown()), None)
    if blocks and first is not None:
        blocks += numbers.counts_figure(results, first)
    people = [c for c in results.independent if results.study.about.coder(c).kind == "human"]
    if blocks and results.independent and not people:
        blocks.insert(0, Text(say("report_no_people", lang)))
    return Section(say("report_brief", lang), blocks)


def _more(one: Finding, lang: str) -> str:
    return " ".join(filter(None, [one.more, verdict_in_words(one, lang)]))


def verdict_in_words(one: Finding, lang: str) -> str:
    """Return in how many codings a finding holds; nothing where there is one coding alone."""
    word, n, of = one.verdict
    if not word:
        return ""
    key = {"all": "verdict_both" if n == 2 else "verdict_all", "most": "verdict_most"}.get(
        word, "verdict_rests"
    )
    return say(key, lang, n=n, of=of)


def sure_section(results: Results) -> Section:
    """Return the findings by coders, and what agreement says in a sentence a variable."""
    lang = results.lang
    tested = [one for one in results.brief if len(one.holds) > 1]
    blocks: list[Block] = []
    if tested:
        coders = list(dict.fromkeys(coder for one in tested for coder in one.holds))
        rows = [[one.claim, *(_cell(one, coder, lang) for coder in coders)] for one in tested]
        heads = [say("column_statement", lang), *coders]
        caption = say("report_sure_table", lang)
        table = Table("sure", caption, heads, rows, [False] * len(coders))
        blocks = [Text(say("report_sure_text", lang)), table]
    if lines := numbers.sentences(results):
        blocks.append(Bullets(lines))
        blocks.append(Text(say("report_reading", lang), remark=True))
    return Section(say("report_sure", lang), blocks)


def _cell(one: Finding, coder: str, lang: str) -> str:
    held = one.holds.get(coder, UNKNOWN)
    if held == UNKNOWN:
        return "–"
    return f"{one.gives.get(coder, '')}: {say(f'finding_{held}', lang)}"


def divider(results: Results, methods: list[Section]) -> list[Section]:
    """Return the methods under a heading of their own, which none has that only writes its tables."""
    if not any(section.blocks for section in methods):
        return methods
    lang = results.lang
    text = Text(say("report_method_appendix_text", lang))
    head = Section(say("report_method_appendix", lang), [text], is_method=True)
    return [head, *(replace(section, is_method=True) for section in methods)]
