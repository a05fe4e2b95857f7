"""The report's page: results put into sentences, captions and parts. Nothing is computed here."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sekom_analysis import __version__
from sekom_analysis.basics.wording import number, say
from sekom_analysis.consensus import MAJORITY_BAR
from sekom_analysis.consensus.counts import span_kind
from sekom_analysis.consensus.settled import bar_name
from sekom_analysis.quality import is_reflexive
from sekom_analysis.quality.quotes import reading
from sekom_analysis.report.blocks import (
    agreement_cells,
    choices_in,
    code_labels,
    counts_shown,
    forest_rows,
    label_of,
    names,
    span,
)
from sekom_analysis.results import AGAINST, ALL, INDEPENDENT, MAIN, Results, planned
from sekom_analysis.study.codebook import Variable

DISPUTED_SHOWN = 10
LOGS_TOLD = 3


def page_content(results: Results) -> dict[str, Any]:
    """Return everything that the page's template shows, as texts and cells."""
    study, lang = results.study, results.lang
    return {
        "title": study.about.title.in_(lang),
        "lead": _lead(results),
        "before": _before(results),
        "version": __version__,
        "counts": [_counts_part(results, v, table) for v, table in counts_shown(results).items()],
        "agreement": _agreement_part(results),
        "disputed": [_disputed_part(results, variable) for variable in results.disputed],
        "methods": _methods(results),
        "problems": _problem_cells(results.problems),
    }


def _lead(results: Results) -> str:
    study, lang = results.study, results.lang
    facts = {"n_notes": len(study.notes), "n_coders": len(results.coders)}
    if len(results.main) == len(study.notes):
        return say("report_lead_all", lang, **facts)
    sources = names(study.about.main_sources, lang)
    return say("report_lead_main", lang, n_main=len(results.main), sources=sources, **facts)


def _before(results: Results) -> list[str]:
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


def _counts_part(results: Results, variable: str, table: pd.DataFrame) -> dict[str, Any]:
    lang = results.lang
    bars = table[table["is_bar"]]
    totals = bars.groupby(f"label_{lang}", sort=False)["count"].sum()
    by_labels = list(dict.fromkeys(table[f"by_label_{lang}"]))
    caption = {"variable": label_of(results, variable), "by": "/".join(by_labels).lower()}
    who = bar_name(table, lang)
    kind = span_kind(table)
    shown = say(f"report_counts_caption{'_by' if by_labels != [''] else ''}", lang, **caption)
    return {
        "stem": f"counts_{variable}",
        "heading": label_of(results, variable),
        "text": say("report_counts_text", lang, bar=who),
        "caption": say(f"report_counts_span_{kind}", lang, caption=shown) if kind else shown,
        "alt": say(
            "report_counts_alt", lang, variable=caption["variable"], bar=who,
            largest=totals.idxmax(), count=int(totals.max()),
        ),
        "table": _counts_cells(table, lang),
        "table_caption": say("report_counts_table", lang, variable=caption["variable"]),
    }  # fmt: skip


def _counts_cells(table: pd.DataFrame, lang: str) -> dict[str, Any]:
    """Codes × (group × coder), with sums and how many notes each coder has read."""
    coders = list(dict.fromkeys(table["coder"]))
    groups = list(dict.fromkeys(table["by"]))
    by_labels = dict(zip(table["by"], table[f"by_label_{lang}"], strict=True))
    labels = dict(zip(table["code"], table[f"label_{lang}"], strict=True))
    count = table.set_index(["code", "by", "coder"])["count"]
    columns = [(group, coder) for group in groups for coder in coders]
    rows = [[labels[code], *(str(count[code, group, coder]) for group, coder in columns)] for code in labels]
    sums = table.groupby(["by", "coder"])["count"].sum()
    read = table.drop_duplicates("coder").set_index("coder")
    read_of = [
        say("report_read_of", lang, n=read.at[coder, "n_notes"], n_all=read.at[coder, "n_all"])
        for coder in coders
    ]
    shown = [bar_name(table, lang) if coder == MAJORITY_BAR else coder for coder in coders]
    return {
        "groups": [by_labels[group] for group in groups],
        "coders": shown,
        "rows": rows,
        "sums": [str(sums[group, coder]) for group, coder in columns],
        "read": read_of,
    }


def _agreement_part(results: Results) -> dict[str, Any] | None:
    overview = forest_rows(results, MAIN)
    if overview.empty:
        return None
    lang = results.lang
    values = overview["value"].dropna()
    return {
        "text": _agreement_text(results),
        "sentences": [_sentence(results, variable) for variable in counts_shown(results)],
        "alt": say(
            "report_agreement_alt", lang, low=number(values.min(), lang), high=number(values.max(), lang)
        )
        if len(values)
        else "",
        "table": agreement_cells(results, MAIN),
        "details": [_detail_part(results, v) for v in counts_shown(results) if v in results.by_code],
        "everything": agreement_cells(results, ALL),
        "n_all": len(results.study.notes),
    }


def _agreement_text(results: Results) -> list[str]:
    lang, plan = results.lang, results.study.about.plan
    text = say("report_agreement_text", lang, independent=names(results.alone, lang))
    if results.sources:
        text += " " + say("report_against_text", lang, sources=names(results.sources, lang))
    reading = say("report_reading", lang)
    if plan.floor is not None:
        reading += say("report_floor", lang, floor=number(plan.floor, lang, 3))
        if plan.below_floor is not None:
            reading += say("report_below_floor", lang, text=plan.below_floor.in_(lang))
    return [text, reading]


def _sentence(results: Results, variable: str) -> str:
    """Return the main numbers of one variable in a sentence; empty if there are none."""
    lang = results.lang
    own = results.rows(MAIN, INDEPENDENT)
    own = own[own["variable"] == variable]
    if own.empty:
        return ""
    row = own.to_dict("records")[0]
    text = say(
        "report_sentence", lang, variable=label_of(results, variable), value=number(row["value"], lang),
        interval=span(row["low"], row["high"], lang), coders=names(row["coders"].split(", "), lang),
    )  # fmt: skip
    against = results.rows(MAIN, AGAINST)
    others = against.loc[against["variable"] == variable, "value"].dropna()
    if len(others) and len(results.sources) == 1:
        low, high = number(others.min(), lang), number(others.max(), lang)
        text += say("report_sentence_against", lang, source=results.sources[0], low=low, high=high)
    return text


def _detail_part(results: Results, variable: str) -> dict[str, Any]:
    lang = results.lang
    table, labels = results.confusions[variable], code_labels(results, variable)
    apart = table[table["code_a"] != table["code_b"]]
    most = max(apart.to_dict("records"), key=lambda row: row["pairs"], default={"pairs": 0})
    heading = {"variable": label_of(results, variable), "coders": ", ".join(results.alone)}
    return {
        "heading": heading["variable"],
        "variable": variable,
        "text": say("report_by_code_text", lang, n=results.by_code[variable]["code"].nunique()),
        "by_code_caption": say("report_by_code", lang, **heading),
        "confusions_caption": say("report_confusions_caption", lang, **heading),
        "confusions_alt": say(
            "report_confusions_alt", lang, pairs=most["pairs"],
            first=labels[str(most["code_a"])], second=labels[str(most["code_b"])],
        ) if most["pairs"] else say("report_confusions_none", lang),
    }  # fmt: skip


def _disputed_part(results: Results, variable: str) -> dict[str, Any]:
    """Return the most disputed notes, each with every coder's choice and memo."""
    study, lang = results.study, results.lang
    table = results.disputed[variable]
    coders = choices_in(table)
    asked = study.codebook[variable]
    blocks = []
    for row in table.head(DISPUTED_SHOWN).reset_index().to_dict("records"):
        choices = [
            [
                coder,
                _beside(results, asked, row["note_id"], coder)
                if pd.isna(row[own])
                else asked.label_of(row[own], lang),
                row[f"memo {coder}"],
            ]
            for coder, own in coders.items()
        ]
        blocks.append({"note_id": row["note_id"], "text": row["text"], "choices": choices})
    facts = {
        "variable": label_of(results, variable),
        "n": len(table),
        "n_all": len(study.notes_asked(asked, results.main)),
        "shown": len(blocks),
    }
    key = "report_disputed_text" if len(table) > len(blocks) else "report_disputed_all"
    key = key if blocks else "report_disputed_none"
    return {"heading": facts["variable"], "text": say(key, lang, **facts), "notes": blocks}


def _beside(results: Results, asked: Variable, note_id: str, coder: str) -> str:
    """Return in words what a coder did on a note that they have no answer of their own to."""
    lang, did = results.lang, results.beside[asked.id].get((note_id, coder))
    if did is None:
        return say("report_unseen", lang)
    return say(f"report_beside_{did.how}", lang, answer=reading(asked, did.codes, lang))


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


def _problem_cells(problems: pd.DataFrame) -> list[list[str]]:
    return [["" if pd.isna(cell) else str(cell) for cell in row] for row in problems.itertuples(index=False)]
