"""Sections on actions: which come first and how sure that is, the plan, and coverage."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from sekom_analysis.actions.coverage import NO_ACTION, NO_ANSWER, UNREAD, UNSETTLED
from sekom_analysis.actions.plan import STATUSES, as_texts
from sekom_analysis.actions.priorities import PLATFORM, TOP, TOTAL, WITHIN, first
from sekom_analysis.basics.wording import Problem, number, say
from sekom_analysis.figures import plot_coverage, plot_plan, plot_priorities, plot_themes
from sekom_analysis.figures.actions import chance_text
from sekom_analysis.report.blocks import (
    Block,
    Bullets,
    Figure,
    Heading,
    Section,
    Table,
    Text,
    label_of,
    names,
    points_named,
)
from sekom_analysis.results import Results
from sekom_analysis.results.actions import RoundTables, ThemeTables

COEFFICIENTS = (
    ("ordinal", "alpha"),
    ("interval", "alpha"),
    ("interval", "icc_a_1"),
    ("interval", "icc_a_k"),
    ("interval", "kendall_w"),
)


def priorities_section(results: Results) -> Section:
    """Return the order of the actions, round by round; empty where nobody has scored."""
    return Section(say("report_priorities", results.lang), _by_round(results, _order))


def scoring_section(results: Results) -> Section:
    """Return the scores behind the order, how alike they are, and what moves the order."""
    return Section(say("report_scoring", results.lang), _by_round(results, _behind))


def _by_round(results: Results, make: Callable[[Results, RoundTables], list[Block]]) -> list[Block]:
    blocks: list[Block] = []
    for tables in results.priorities:
        if len(results.priorities) > 1:
            blocks.append(Heading(say("report_priorities_round", results.lang, round=tables.number)))
        blocks += make(results, tables)
    return blocks


def _behind(results: Results, tables: RoundTables) -> list[Block]:
    return [
        _order_table(results, tables, first(tables.ranking)),
        *_reliability(results, tables),
        *_moves(results, tables),
        *_platforms(results, tables),
    ]


def _order(results: Results, tables: RoundTables) -> list[Block]:
    lang, ranking = results.lang, tables.ranking
    criteria = names((label_of(results, c) for c in tables.criteria), lang)
    facts = {"n": len(ranking), "n_criteria": len(tables.criteria), "criteria": criteria}
    text = say("report_priorities_text", lang, coders=names(tables.coders, lang), **facts)
    if tables.n_merged:
        text += " " + say("report_priorities_merged", lang, n=tables.n_merged)
    if tables.n_unscored:
        text += " " + say("report_priorities_unscored", lang, n=tables.n_unscored)
    width = (ranking["high"] - ranking["low"] + 1).mean()
    shown = first(ranking)
    caption = say("report_priorities_caption", lang, n=len(ranking))
    labels = said(results)
    alt = say("report_priorities_alt", lang, n=len(shown), first=labels[str(ranking["action"].iloc[0])])
    return [
        Text(text),
        Figure(
            f"priorities_{tables.number}", caption, alt,
            partial(plot_priorities, ranking, lang=lang, labels=labels),
        ),
        Text(
            say("report_priorities_width", lang, width=number(width, lang, 0), n=len(ranking))
            + " " + say("report_priorities_coders", lang, n_coders=len(tables.coders))
        ),
        *_points(results, tables),
    ]  # fmt: skip


def _points(results: Results, tables: RoundTables) -> list[Block]:
    points = points_named(results, tables.criteria)
    return [Text(say("report_priorities_points", results.lang, points=points), remark=True)] if points else []


def said(results: Results) -> dict[str, str]:
    """Return how each note reads now, in the report's language where the study has it."""
    return {note: results.texts.text(note) for note in results.texts.written}


def _order_table(results: Results, tables: RoundTables, shown: pd.DataFrame) -> Table:
    lang = results.lang
    heads = ["column_action", "column_rank", "column_interval", "column_among_first", "column_total"]
    labels = said(results)
    rows = [
        [
            f"{row['action']} {labels.get(row['action'], '')}".strip(),
            _rank_span(row["rank"], row["rank_to"]),
            _rank_span(row["low"], row["high"]),
            chance_text(row["p_top"], lang),
            number(row["total"], lang),
        ]
        for row in shown.to_dict("records")
    ]
    return Table(
        f"priorities_{tables.number}",
        say("report_priorities_table", lang, n=len(shown)),
        [say(key, lang, n=TOP) for key in heads],
        rows,
        frame=tables.ranking,
    )


def _rank_span(low: object, high: object) -> str:
    ends = [str(int(float(str(end)))) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def _reliability(results: Results, tables: RoundTables) -> list[Block]:
    lang, found = results.lang, tables.agreement
    by_key = found.set_index(["criterion", "level", "coefficient"])["value"]
    n_all = found.drop_duplicates("criterion").set_index("criterion")["n_all_scored"]
    rows = [
        [
            say("column_total", lang) if criterion == TOTAL else label_of(results, str(criterion)),
            *(number(float(by_key[criterion, level, name]), lang) for level, name in COEFFICIENTS),
            str(n_all[criterion]),
        ]
        for criterion in n_all.index
    ]
    heads = ["column_criterion", *(f"column_{level}_{name}" for level, name in COEFFICIENTS), "column_n_all"]
    blocks: list[Block] = [
        Heading(say("report_scores", lang)),
        Text(say("report_scores_text", lang, k=len(tables.coders))),
        Table(
            f"scores_{tables.number}", say("report_scores_table", lang),
            [say(head, lang) for head in heads], rows, frame=found,
        ),
    ]  # fmt: skip
    return [*blocks, *_correlations(results, tables.correlations)]


def _correlations(results: Results, table: pd.DataFrame) -> list[Block]:
    known = table.dropna(subset=["rho"]).sort_values("rho")
    if known.empty:
        return []
    lang = results.lang
    ends = known.iloc[[-1, 0]].to_dict("records")
    pairs = [names((label_of(results, row[f"criterion_{x}"]) for x in "ab"), lang) for row in ends]
    rhos = [number(row["rho"], lang) for row in ends]
    if len(known) == 1:
        return [Text(say("report_correlation", lang, pair=pairs[0], rho=rhos[0]))]
    facts = {"high": pairs[0], "rho_high": rhos[0], "low": pairs[1], "rho_low": rhos[1]}
    return [Text(say("report_correlations", lang, **facts))]


def _moves(results: Results, tables: RoundTables) -> list[Block]:
    lang, table, labels = results.lang, tables.sensitivity, said(results)
    stable = table[table["stable"]]
    facts = {
        "within": number(100 * WITHIN, lang, 0), "top": TOP, "n": len(stable),
        "weights": number(table["weights_moved"].mean(), lang, 1),
        "alone": number(table["alone_moved"].mean(), lang, 1),
    }  # fmt: skip
    rows = [
        [
            f"{row['action']} {labels.get(row['action'], '')}".strip(),
            _places(row["weights_low"], row["weights_high"], lang),
            _places(row["alone_low"], row["alone_high"], lang),
        ]
        for row in stable.to_dict("records")
    ]
    heads = [say(f"column_{key}", lang) for key in ("action", "with_weights", "alone")]
    caption = say("report_stable_table", lang, top=TOP)
    return [
        Heading(say("report_moves", lang)),
        Text(say("report_moves_text", lang, **facts)),
        Table(f"stable_{tables.number}", caption, heads, rows, frame=table),
    ]


def _places(low: float, high: float, lang: str) -> str:
    """Return a range of places; half a place is the middle of a tie."""
    ends = [number(end, lang, 0 if float(end).is_integer() else 1) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def _platforms(results: Results, tables: RoundTables) -> list[Block]:
    asked = [c for c in tables.criteria if c.endswith(PLATFORM)]
    if not asked:
        return []
    lang, labels = results.lang, said(results)
    heading = Heading(say("report_platforms", lang))
    criterion = label_of(results, asked[0])
    if tables.platforms.empty:
        return [heading, Text(say("report_platforms_none", lang, criterion=criterion))]
    items = [
        say(
            "report_platform", lang, action=row["action"], text=labels.get(row["action"], ""),
            rank=_rank_span(row["rank"], row["rank_to"]), score=number(row[PLATFORM], lang, 1),
        )
        for row in tables.platforms.to_dict("records")
    ]  # fmt: skip
    return [heading, Text(say("report_platforms_text", lang, criterion=criterion)), Bullets(items)]


# --- the plan: who does what, when, and what in it is to look at --------------------------------------


PLAN_SHOWN = ("action", "responsible", "time", "status", "resources", "depends_on", "remark")


def plan_section(results: Results) -> Section:
    """Return the plan; empty where there is none."""
    lang, found = results.lang, results.plan
    heading = say("report_plan", lang)
    if found.unreadable:
        return Section(heading, [Text(say("report_plan_unreadable", lang)), _listed(found.unreadable, lang)])
    if found.plan.empty:
        return Section(heading, [])
    plan, labels = found.plan, said(results)
    rows = [_cells(row, labels, lang) for row in plan.to_dict("records")]
    used = [key for key in PLAN_SHOWN if any(row[key] for row in rows)]
    figure = Figure(
        "plan", say("report_plan_caption", lang), say("report_plan_alt", lang, n=len(plan)),
        partial(plot_plan, plan, lang=lang, labels=labels),
    )  # fmt: skip
    has_one_time = len(plan[["start", "end"]].drop_duplicates()) == 1  # bars of one length say nothing
    blocks: list[Block] = [
        Text(say("report_plan_text", lang, n=len(plan))),
        *([] if has_one_time else [figure]),
        Table(
            "plan", say("report_plan_table", lang), [say(f"column_{key}", lang) for key in used],
            [[row[key] for key in used] for row in rows],
            numeric=[False] * (len(used) - 1), frame=as_texts(plan),
        ),
    ]  # fmt: skip
    if found.problems:
        blocks += [Heading(say("report_plan_problems", lang)), _listed(found.problems, lang)]
    return Section(heading, blocks)


def _listed(problems: list[Problem], lang: str) -> Bullets:
    told = [problem.in_(lang) for problem in problems]
    key = "report_plan_problem"
    return Bullets([say(key if one.row else f"{key}_whole", lang, **one._asdict()) for one in told])


def _cells(row: dict[Any, Any], labels: dict[str, str], lang: str) -> dict[str, str]:
    status = say(f"plan_status_{row['status']}", lang) if row["status"] in STATUSES else row["status"]
    return {
        "action": f"{row['action']} {labels.get(row['action'], '')}".strip(),
        "responsible": row["responsible"] or say("figure_plan_nobody", lang),
        "time": _time(row, lang),
        "status": status,
        "resources": row["resources"],
        "depends_on": row["depends_on"].replace("|", ", "),
        "remark": row["note"],
    }


def _time(row: dict[Any, Any], lang: str) -> str:
    days = ["" if pd.isna(row[name]) else f"{row[name]:%Y-%m-%d}" for name in ("start", "end")]
    # A date is not broken at its hyphens.
    return "\u00a0– ".join(days).replace("-", "\u2011") if any(days) else say("figure_plan_no_time", lang)


# --- which actions answer the present state, and where the themes lie ---------------------------------


def coverage_section(results: Results) -> Section:
    """Return coverage; empty where nobody has coded it."""
    return Section(say("report_coverage", results.lang), _coverage(results))


def themes_section(results: Results) -> Section:
    """Return which category has which themes; empty where nobody has coded them."""
    blocks = [block for tables in results.themes for block in _themes(results, tables)]
    return Section(say("report_themes", results.lang), blocks)


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
    about = [str(found.variable.codes_from), found.variable.id]
    blocks: list[Block] = [
        Text(text),
        Figure(
            "coverage", say("report_coverage_caption", lang), alt,
            partial(plot_coverage, found.categories, found.notes, lang=lang), about=about,
        ),
        Table(
            "coverage", say("report_coverage_table", lang),
            [say(f"column_{key}", lang) for key in ("category", "notes", "actions", "coders_span")],
            [
                [row[f"label_{lang}"], number(row["n_notes"], lang, 0), number(row["n_actions"], lang, 0),
                 _interval(row["low"], row["high"])]
                for row in table.to_dict("records")
            ],
            frame=table.assign(actions=table["actions"].map(" ".join)), about=about,
        ),
    ]  # fmt: skip
    if found.rho == found.rho:
        blocks.append(
            Text(say("report_coverage_rho", lang, rho=number(found.rho, lang), n=len(table)), remark=True)
        )
    gaps = _gap_sentences(results)
    return [*blocks, Heading(say("report_coverage_gaps", lang)), Bullets(gaps)]


def _interval(low: object, high: object) -> str:
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
            about=[tables.variable.id, tables.category.id],
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
