"""Section on notes that became one: which, with reasons, and how many there were before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from sekom_analysis.basics.wording import number, say
from sekom_analysis.report.blocks import (
    Block,
    Heading,
    Section,
    Table,
    Text,
    label_of,
    names,
    say_counted,
    span,
)
from sekom_analysis.results import Results


def merges_section(results: Results) -> Section:
    """Return merges, new wordings, counts before and after, and what reviewers said of pairs."""
    lang, tables = results.lang, results.merges
    blocks: list[Block] = []
    if len(tables.merges) or len(tables.reworded):
        blocks = [Text(_lead(results)), *_merged(results), *_reworded(results), *_counts(results)]
    return Section(say("report_merges", lang), [*blocks, *_judged(results)])


def _lead(results: Results) -> str:
    """Return how many notes are part of how many, and who did it."""
    lang, table = results.lang, results.merges.merges
    n, into, n_reworded = len(table), table["into"].nunique(), len(results.merges.reworded)
    key = "report_merges_n_into_one" if n > into == 1 else "report_merges_n"
    said = [say_counted(key, n, lang, into=into)] if n else []
    said += [say_counted("report_merges_reworded", n_reworded, lang)] if n_reworded else []
    said.append(say("report_merges_text", lang))
    whose = [*table["by"], *results.merges.reworded["by"]]
    if made := [by for by in whose if results.study.about.coder(by).kind == "automatic"]:
        key = "report_merges_automatic_all" if len(made) == len(whose) else "report_merges_automatic"
        said.append(say(key, lang, who=names(dict.fromkeys(made), lang), n=len(made), all=len(whose)))
    return " ".join(said)


def _merged(results: Results) -> Iterator[Block]:
    lang, table = results.lang, results.merges.merges
    if table.empty:
        return
    rows = [
        [
            f"{row['note_id']}: {row['text_written']}",
            f"{row['into']}: {row['text']}",
            row["reason"],
            row["by"],
        ]
        for row in _records(table.sort_values(["into", "note_id"]))
    ]
    heads = _heads(["merged_from", "merged_into", "reason", "by"], lang)
    yield Table("merges", say("report_merges_table", lang), heads, rows, [False] * 3, table)


def _reworded(results: Results) -> Iterator[Block]:
    lang, table = results.lang, results.merges.reworded
    if table.empty:
        return
    rows = [
        [f"{row['note_id']}: {row['text_written']}", row["text"], row["reason"], row["by"]]
        for row in _records(table)
    ]
    heads = _heads(["as_written", "as_it_reads", "reason", "by"], lang)
    yield Table("reworded", say("report_reworded_table", lang), heads, rows, [False] * 3, table)


def _counts(results: Results) -> Iterator[Block]:
    lang = results.lang
    for variable, table in results.merges.counts.items():
        label = label_of(results, variable)
        is_cited = "cited_before" in table.columns
        columns = ["before", "after", *(["cited_before", "cited_after"] if is_cited else [])]
        asked = results.study.codebook[variable]
        shown = table[table["code"].ne("") | table["before"].gt(0)]
        rows = [
            [
                asked.label_of(row["code"], lang) if row["code"] else say("basis_unresolved", lang),
                *(_count(row[column], lang) for column in columns),
            ]
            for row in _records(shown)
        ]
        rows.append([say("report_sum_row", lang), *(_count(table[column].sum(), lang) for column in columns)])
        yield Heading(say("report_merges_counts", lang, variable=label))
        yield Text(say("report_merges_counts_text", lang))
        if is_cited:
            yield Text(say("report_merges_cited", lang), remark=True)
        heads = [label, *_heads(columns, lang)]
        caption = say("report_merges_counts_table", lang, variable=label)
        stem = f"merges_counts_{variable}"
        yield Table(stem, caption, heads, rows, frame=table, about=[variable])


def _judged(results: Results) -> Iterator[Block]:
    lang, table = results.lang, results.merges.judged
    if table.empty:
        return
    judgements = [column for column in table.columns if column != "reviewer"]
    rows = [
        [row["reviewer"], *(_count(row[column], lang) for column in judgements)] for row in _records(table)
    ]
    heads = [say("column_by", lang), *(say(f"pair_{column}", lang) for column in judgements)]
    yield Heading(say("report_pairs", lang))
    found = results.merges.agreement
    key = "report_pairs_one" if found.empty else "report_pairs_text"
    yield Text(say(key, lang))
    yield Table("pairs", say("report_pairs_table", lang), heads, rows, frame=table)
    if len(found):
        cells = [
            [
                say(f"coefficient_{row['coefficient']}", lang),
                number(row["value"], lang),
                span(row["low"], row["high"], lang),
                str(row["n_pairable"]),
            ]
            for row in _records(found)
        ]
        columns = _heads(["coefficient", "value", "interval", "pairs"], lang)
        yield Table("pairs_agreement", say("report_pairs_agreement", lang), columns, cells, frame=found)


def _heads(columns: Sequence[str], lang: str) -> list[str]:
    return [say(f"column_{column}", lang) for column in columns]


def _count(value: Any, lang: str) -> str:
    return "–" if pd.isna(value) else number(float(value), lang, 0)


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")  # type: ignore[return-value]
