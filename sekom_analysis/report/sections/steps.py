"""What is left to do."""

from __future__ import annotations

from sekom_analysis.report.blocks import CLOSING, Bullets, Section, Text
from sekom_analysis.report.cells import label_of, names
from sekom_analysis.results import Results
from sekom_analysis.results.steps import Step
from sekom_analysis.wording import say

MOST_NAMED = 12


def section(results: Results) -> Section:
    """Return what is left to do, one line each; a calm sentence where nothing is."""
    lang = results.lang
    heading = say("report_steps", lang)
    if results.coders.empty:
        return Section(heading, [])
    lines = [_line(results, step) for step in results.steps]
    if not lines:
        return Section(heading, [Text(say("report_no_steps", lang))], CLOSING)
    return Section(heading, [Text(say("report_steps_text", lang)), Bullets(lines)], CLOSING)


def _line(results: Results, step: Step) -> str:
    lang = results.lang
    named = [_name(results, step.kind, one) for one in step.which]
    more = len(named) - MOST_NAMED
    if more > 0:
        named = [*named[:MOST_NAMED], say("report_more", lang, n=more)]
    key = f"step_{step.kind}_one" if step.n == 1 and step.kind in ONES else f"step_{step.kind}"
    return say(key, lang, n=step.n, what=names(named, lang))


ONES = ("problems", "unresolved", "stale", "unscored")
OF_VARIABLES = ("uncoded", "floor", "advice", "unresolved")


def _name(results: Results, kind: str, one: str) -> str:
    if kind == "say":
        return say(f"step_say_{one}", results.lang)
    if kind in OF_VARIABLES:
        return label_of(results, one)
    if kind == "no_action" and results.coverage is not None:
        book = results.study.codebook
        return book[str(results.coverage.variable.codes_from)].label_of(one, results.lang)
    return one
