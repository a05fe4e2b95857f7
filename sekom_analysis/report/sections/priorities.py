"""Which actions come first, how sure that is, and what would move them."""

from __future__ import annotations

from functools import partial

import pandas as pd

from sekom_analysis.actions.priorities import PLATFORM, TOP, first
from sekom_analysis.actions.reliability import TOTAL
from sekom_analysis.actions.sensitivity import WITHIN
from sekom_analysis.figures import plot_priorities
from sekom_analysis.figures.priorities import chance_text
from sekom_analysis.report.blocks import Block, Bullets, Figure, Heading, Section, Table, Text
from sekom_analysis.report.cells import label_of, names
from sekom_analysis.results import Results
from sekom_analysis.results.priorities import RoundTables
from sekom_analysis.wording import number, say

COEFFICIENTS = (
    ("ordinal", "alpha"),
    ("interval", "alpha"),
    ("interval", "icc_a_1"),
    ("interval", "icc_a_k"),
    ("interval", "kendall_w"),
)


def section(results: Results) -> Section:
    """Return the priorities, round by round; empty where nobody has scored."""
    several = len(results.priorities) > 1
    blocks: list[Block] = []
    for tables in results.priorities:
        if several:
            blocks.append(Heading(say("report_priorities_round", results.lang, round=tables.number)))
        blocks += _round(results, tables)
    return Section(say("report_priorities", results.lang), blocks)


def _round(results: Results, tables: RoundTables) -> list[Block]:
    return [
        *_order(results, tables),
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
        _order_table(results, tables, shown),
    ]  # fmt: skip


def said(results: Results) -> dict[str, str]:
    """Return how each note reads now, in the report's language where the study has it."""
    notes = results.study.notes
    written = {str(note): str(text) for note, text in notes["text"].items()}
    now = results.study.wordings()
    if results.lang != "en" or "text_en" not in notes.columns:
        return written | now
    glosses = {str(note): str(text) for note, text in notes["text_en"].fillna("").items() if text}
    reworded = {note: text for note, text in now.items() if text != written[note]}
    return written | glosses | reworded


def _order_table(results: Results, tables: RoundTables, shown: pd.DataFrame) -> Table:
    lang = results.lang
    heads = ["column_action", "column_rank", "column_interval", "column_among_first", "column_total"]
    labels = said(results)
    rows = [
        [
            f"{row['action']} {labels.get(row['action'], '')}".strip(),
            _span(row["rank"], row["rank_to"]),
            _span(row["low"], row["high"]),
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


def _span(low: object, high: object) -> str:
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
            rank=_span(row["rank"], row["rank_to"]), score=number(row[PLATFORM], lang, 1),
        )
        for row in tables.platforms.to_dict("records")
    ]  # fmt: skip
    return [heading, Text(say("report_platforms_text", lang, criterion=criterion)), Bullets(items)]
