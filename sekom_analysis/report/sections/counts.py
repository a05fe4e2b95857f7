"""The section on counts: how many notes have each code, by every coder."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from sekom_analysis.basics.wording import say
from sekom_analysis.consensus import MAJORITY_BAR
from sekom_analysis.consensus.counts import span_kind
from sekom_analysis.consensus.settled import bar_name
from sekom_analysis.figures import plot_counts
from sekom_analysis.report.blocks import Block, Figure, Heading, Section, Table, Text, counts_shown, label_of
from sekom_analysis.results import Results


def counts_section(results: Results) -> Section:
    """Return a figure and a table a variable; counts that split another's bars are only written."""
    lang, shown = results.lang, counts_shown(results)
    blocks = [block for variable, table in shown.items() for block in _variable(results, variable, table)]
    if blocks:
        bar = bar_name(next(iter(shown.values())), lang)
        blocks.insert(1, Text(say("report_counts_text", lang, bar=bar)))
    behind = {f"counts_{variable}": table for variable, table in results.counts.items()}
    return Section(say("report_counts", lang), blocks, behind)


def _variable(results: Results, variable: str, table: pd.DataFrame) -> Iterator[Block]:
    lang, label = results.lang, label_of(results, variable)
    totals = table[table["is_bar"]].groupby(f"label_{lang}", sort=False)["count"].sum()
    by_labels = list(dict.fromkeys(table[f"by_label_{lang}"]))
    key = "report_counts_caption" if by_labels == [""] else "report_counts_caption_by"
    caption = say(key, lang, variable=label, by="/".join(by_labels).lower())
    if kind := span_kind(table):
        caption = say(f"report_counts_span_{kind}", lang, caption=caption)
    alt = say(
        "report_counts_alt", lang, variable=label, bar=bar_name(table, lang),
        largest=totals.idxmax(), count=int(totals.max()),
    )  # fmt: skip
    yield Heading(label)
    yield Figure(f"counts_{variable}", caption, alt, partial(plot_counts, table, lang=lang))
    yield from _by_coder(table, f"counts_{variable}", say("report_counts_table", lang, variable=label), lang)


def _by_coder(table: pd.DataFrame, stem: str, caption: str, lang: str) -> Iterator[Block]:
    """Yield codes × (group × coder) with sums, and how many notes each coder has read."""
    coders = list(dict.fromkeys(table["coder"]))
    by_labels = dict(zip(table["by"], table[f"by_label_{lang}"], strict=True))
    labels = dict(zip(table["code"], table[f"label_{lang}"], strict=True))
    count = table.set_index(["code", "by", "coder"])["count"]
    sums = table.groupby(["by", "coder"])["count"].sum()
    columns = [(group, coder) for group in by_labels for coder in coders]
    shown = [bar_name(table, lang) if coder == MAJORITY_BAR else coder for coder in coders]
    yield Table(
        stem,
        caption,
        [say("column_code", lang), *shown * len(by_labels)],
        [[labels[code], *(str(count[code, group, coder]) for group, coder in columns)] for code in labels],
        spans=[(label, len(coders)) for label in by_labels.values()],
        foot=[say("report_sum_row", lang), *(str(sums[column]) for column in columns)],
    )
    read = table.drop_duplicates("coder").to_dict("records")
    read_of = [
        f"{name} {say('report_read_of', lang, n=row['n_notes'], n_all=row['n_all'])}"
        for name, row in zip(shown, read, strict=True)
    ]
    yield Text(f"{say('report_read_row', lang)}: {'; '.join(read_of)}.", remark=True)
