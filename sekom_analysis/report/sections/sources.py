"""Then and now: the same codes over the study's sources."""

from __future__ import annotations

from functools import partial

import pandas as pd

from sekom_analysis.consensus.sources import recurrence
from sekom_analysis.figures import plot_sources
from sekom_analysis.report.blocks import Block, Bullets, Figure, Section, Text
from sekom_analysis.report.cells import label_of, names
from sekom_analysis.results import Results
from sekom_analysis.wording import number, say


def section(results: Results) -> Section:
    """Return the sources beside each other; empty where there is one source only."""
    lang = results.lang
    blocks: list[Block] = []
    for variable, table in results.by_source.items():
        label = label_of(results, variable)
        blocks += [_figure(variable, table, label, lang), Bullets(_what_recurs(table, label, lang))]
    intro: list[Block] = [Text(say("report_sources_text", lang))] if blocks else []
    return Section(say("report_sources", lang), [*intro, *blocks])


def _figure(variable: str, table: pd.DataFrame, label: str, lang: str) -> Figure:
    top = table.sort_values("share", ascending=False, kind="stable").iloc[0]
    alt = say(
        "report_sources_alt", lang, n=table["source"].nunique(), code=top[f"label_{lang}"],
        source=top["source"], share=number(100 * top["share"], lang, 0),
    )  # fmt: skip
    caption = say("report_sources_caption", lang, variable=label)
    return Figure(f"sources_{variable}", caption, alt, partial(plot_sources, table, lang=lang), table)


def _what_recurs(table: pd.DataFrame, label: str, lang: str) -> list[str]:
    found = recurrence(table)
    first = str(table["source"].iloc[0])
    kinds = {
        "all": found[found["n_sources"] == found["of"]],
        "gone": found[found["is_gone"]],
        "new": found[found["is_new"]],
    }
    return [
        say(
            f"report_sources_{kind}",
            lang,
            variable=label,
            source=first,
            codes=names(rows[f"label_{lang}"], lang),
        )
        for kind, rows in kinds.items()
        if len(rows)
    ]
