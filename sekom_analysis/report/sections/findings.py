"""What the bars show, and whether it holds for every coder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sekom_analysis.consensus import MAJORITY_BAR
from sekom_analysis.consensus.bars import bar_name
from sekom_analysis.quality.claims import coder_heading
from sekom_analysis.report.blocks import Block, Section, Table, Text
from sekom_analysis.report.cells import counts_shown, label_of
from sekom_analysis.results import Results
from sekom_analysis.wording import say


def section(results: Results) -> Section:
    """Return a table a variable: statements by coders."""
    lang = results.lang
    shown = [name for name in counts_shown(results) if name in results.findings]
    blocks: list[Block] = [_table(results, name, results.findings[name]) for name in shown]
    if blocks:
        blocks.insert(0, Text(say("report_findings_text", lang)))
    return Section(say("report_findings", lang), blocks)


def _table(results: Results, variable: str, findings: pd.DataFrame) -> Table:
    lang = results.lang
    coders = findings.drop_duplicates("coder")
    bar = bar_name(results.counts[variable], lang)
    headings = [
        coder_heading(row, bar if row["coder"] == MAJORITY_BAR else str(row["coder"]), lang)
        for row in coders.to_dict("records")
    ]
    rows = []
    for statement, part in findings.groupby("statement", sort=False):
        by_coder = {str(row["coder"]): row for row in part.to_dict("records")}
        cells = [_cell(by_coder[coder], lang) for coder in coders["coder"]]
        rows.append([str(statement), *cells])
    return Table(
        f"findings_{variable}",
        say("report_findings_caption", lang, variable=label_of(results, variable)),
        [say("column_statement", lang), *headings],
        rows,
        [False] * len(coders),
        findings.assign(claim=findings["claim"].map("|".join)),
    )


def _cell(row: Mapping[Any, Any], lang: str) -> str:
    """Return what a coder's counts give, and whether the statement holds; it does by the bars themselves."""
    holds = say(f"finding_{row['holds']}", lang)
    return str(row["gives"]) if row["is_bar"] else f"{row['gives']}: {holds}"
