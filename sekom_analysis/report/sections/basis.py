"""What the numbers rest on: the notes, what to know first, how they came about, problems in files."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.basics.wording import number, say
from sekom_analysis.quality import is_reflexive
from sekom_analysis.report.blocks import Section, Table, Text, label_of, names
from sekom_analysis.results import Results, planned

LOGS_TOLD = 3


def lead(results: Results) -> str:
    """Return the page's first sentence: how many notes, and by whom they were coded."""
    study, lang = results.study, results.lang
    facts = {"n_notes": len(study.notes), "n_coders": len(results.coders)}
    if len(results.main) == len(study.notes):
        return say("report_lead_all", lang, **facts)
    sources = names(study.about.main_sources, lang)
    return say("report_lead_main", lang, n_main=len(results.main), sources=sources, **facts)


def before(results: Results) -> list[str]:
    """Say what a reader must know before any number."""
    study, lang = results.study, results.lang
    automatic = [c for c in results.independent if study.about.coder(c).kind == "automatic"]
    lines = _logs(results)
    if not study.about.readable:
        lines.append(say("report_unknown_coders", lang))
    if automatic:
        lines.append(say("report_automatic", lang, coders=names(automatic, lang)))
    if results.sources:
        lines.append(say("report_source", lang, coders=names(results.sources, lang)))
    cautions = [study.about.coder(coder).caution for coder in results.coders.index]
    lines += dict.fromkeys(caution.in_(lang) for caution in cautions if caution)
    if is_reflexive(study):
        lines.append(say("report_reflexive", lang))
    elif not study.about.plan.prespecified:
        lines.append(say("report_not_prespecified", lang))
    if results.uncoded:
        shown = names((label_of(results, v) for v in results.uncoded), lang)
        lines.append(say("report_uncoded", lang, variables=shown))
    if len(results.problems):
        lines.append(say("report_problems_found", lang, n=len(results.problems)))
    if results.coders.empty:
        lines.append(say("report_no_decisions", lang))
    return lines


def _logs(results: Results) -> list[str]:
    """Say first of all which logs are not whole, where any is."""
    lang, found = results.lang, [problem.in_(results.lang) for problem in results.log_problems]
    told = [say("report_log_told", lang, file=one.file, what=one.what) for one in found[:LOGS_TOLD]]
    if len(found) > LOGS_TOLD:
        told.append(say("report_logs_more", lang, n=len(found) - LOGS_TOLD))
    return [say("report_logs_damaged", lang, told=" ".join(told))] if told else []


# --- how the numbers came about -----------------------------------------------------------------------


def methods_section(results: Results) -> Section:
    """Return how the numbers came about; the coders' table is written even where nobody has coded."""
    texts = [Text(text) for text in _methods(results)]
    return Section(say("report_methods", results.lang), texts, {"coders": results.coders.reset_index()})


def _methods(results: Results) -> list[str]:
    if results.coders.empty:
        return []
    study, lang = results.study, results.lang
    on_their_own = [c for c in results.coders.index if c in results.alone or c in results.sources]
    coders = names(on_their_own, lang)
    data = say("report_methods_data", lang, coders=coders, n_main=len(results.main)) if coders else ""
    if results.talked:
        after = say("report_methods_after", lang, coders=names(results.talked, lang))
        data = f"{data} {after}".strip()
    if results.agreement.empty:
        return [data]
    by_level: dict[str, list[str]] = {}
    for variable in dict.fromkeys(results.agreement["variable"]):
        _, level = planned(study, study.codebook[variable])
        by_level.setdefault(say(f"level_{level}", lang), []).append(label_of(results, variable))
    levels = "; ".join(
        say("report_level", lang, level=level, variables=names(variables, lang))
        for level, variables in by_level.items()
    )
    statistics = say(
        "report_methods_statistics", lang, coefficient=say("coefficient_alpha", lang), levels=levels,
        n_resamples=number(results.n_resamples, lang, 0), rng=results.rng,
    )  # fmt: skip
    return [data, statistics]


# --- problems in the study's files --------------------------------------------------------------------


def problems_section(results: Results) -> Section:
    """Return what is wrong in the study's files, a row each."""
    lang, heading = results.lang, say("report_problems", results.lang)
    problems = results.problems.itertuples(index=False)
    rows = [["" if pd.isna(cell) else str(cell) for cell in row] for row in problems]
    columns = [say(f"column_{key}", lang) for key in ("file", "row", "what", "todo")]
    table = Table("problems", heading, columns, rows, [False] * 3, has_heads=False)
    return Section(heading, [table] if rows else [])
