"""Which actions answer the present state, and where the themes lie."""

from __future__ import annotations

from functools import partial

from sekom_analysis.actions.coverage import NO_ACTION, NO_ANSWER, UNREAD, UNSETTLED
from sekom_analysis.figures import plot_coverage, plot_themes
from sekom_analysis.report.blocks import Block, Bullets, Figure, Heading, Section, Table, Text
from sekom_analysis.report.cells import names
from sekom_analysis.results import Results
from sekom_analysis.results.coverage import ThemeTables
from sekom_analysis.wording import number, say


def section(results: Results) -> Section:
    """Return coverage and themes; empty where nobody has coded them."""
    blocks = [
        *_coverage(results),
        *(block for tables in results.themes for block in _themes(results, tables)),
    ]
    return Section(say("report_coverage", results.lang), blocks)


def _coverage(results: Results) -> list[Block]:
    found, lang = results.coverage, results.lang
    if found is None:
        return []
    table = found.categories
    most = table.sort_values("n_actions", ascending=False).iloc[0]
    alt = say("report_coverage_alt", lang, most=most[f"label_{lang}"], n=int(most["n_actions"]))
    text = say("report_coverage_text", lang)
    if len(results.merges.merges):
        text += " " + say("report_coverage_merged", lang)
    blocks: list[Block] = [
        Text(text),
        Figure(
            "coverage", say("report_coverage_caption", lang), alt,
            partial(plot_coverage, found.categories, found.notes, lang=lang),
        ),
        Table(
            "coverage", say("report_coverage_table", lang),
            [say(f"column_{key}", lang) for key in ("category", "notes", "actions", "coders_span")],
            [
                [row[f"label_{lang}"], number(row["n_notes"], lang, 0), number(row["n_actions"], lang, 0),
                 _span(row["low"], row["high"])]
                for row in table.to_dict("records")
            ],
            frame=table.assign(actions=table["actions"].map(" ".join)),
        ),
    ]  # fmt: skip
    if found.rho == found.rho:
        blocks.append(
            Text(say("report_coverage_rho", lang, rho=number(found.rho, lang), n=len(table)), remark=True)
        )
    gaps = _gap_sentences(results)
    return [*blocks, Heading(say("report_coverage_gaps", lang)), Bullets(gaps)]


def _span(low: object, high: object) -> str:
    return "" if low is None or low != low or str(low) == "<NA>" else f"{low}–{high}"


def _gap_sentences(results: Results) -> list[str]:
    found, lang = results.coverage, results.lang
    if found is None:
        return []
    gaps, labels = found.gaps, found.categories.set_index("code")[f"label_{lang}"]
    sentences = []
    for kind in (NO_ACTION, NO_ANSWER, UNSETTLED, UNREAD):
        rows = gaps[gaps["kind"] == kind]
        if len(rows):
            what = (
                [str(labels[code]) for code in rows["code"]] if kind == NO_ACTION else list(rows["note_id"])
            )
            sentences.append(say(f"report_gap_{kind}", lang, n=len(rows), what=names(what, lang)))
    if NO_ACTION not in set(gaps["kind"]):
        sentences.insert(0, say("report_gap_none", lang))
    return sentences


def _themes(results: Results, tables: ThemeTables) -> list[Block]:
    lang = results.lang
    label = tables.variable.label.in_(lang)
    category = tables.category.label.in_(lang)
    labels = {code.id: code.label.in_(lang) for code in tables.variable.codes}
    stem = f"themes_{tables.variable.id}"
    top = tables.by_category.sort_values("count", ascending=False).iloc[0]
    facts = {"theme": top[f"theme_label_{lang}"], "category": top[f"label_{lang}"], "n": int(top["count"])}
    blocks: list[Block] = [
        Heading(label),
        Figure(
            stem, say("report_themes_caption", lang, themes=label, category=category),
            say("report_themes_alt", lang, **facts),
            partial(plot_themes, tables.by_category, lang=lang),
        ),
    ]  # fmt: skip
    if len(tables.together):
        pairs = [
            say("report_themes_pair", lang, a=labels.get(a, a), b=labels.get(b, b), n=n)
            for a, b, n in zip(
                tables.together["code_a"], tables.together["code_b"], tables.together["n_both"], strict=True
            )
        ]
        blocks.append(Text(say("report_themes_together", lang, pairs="; ".join(pairs))))
    return blocks
