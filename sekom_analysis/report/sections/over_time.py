"""What changed while notes were coded: changed codes before and after, and when codes appeared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from sekom_analysis.basics.wording import number, say
from sekom_analysis.figures import plot_saturation
from sekom_analysis.quality.revisions import ALL
from sekom_analysis.quality.saturation import BASE_SIZE, RUN_LENGTH, THRESHOLD
from sekom_analysis.report.blocks import Block, Figure, Heading, Section, Table, Text, label_of, span
from sekom_analysis.results import Results
from sekom_analysis.results.over_time import MOST, Appearing
from sekom_analysis.study.rows import local_day

# --- changed codes: before and after side by side -----------------------------------------------------


def changed_codes(results: Results) -> Iterator[Block]:
    """Yield a table a variable whose codes were changed; nothing where none was."""
    if results.changed:
        yield Heading(say("report_changed", results.lang))
        yield Text(say("report_changed_text", results.lang))
    for variable, table in results.changed.items():
        yield _changed(results, variable, table)


def _changed(results: Results, variable: str, table: pd.DataFrame) -> Table:
    lang, asked = results.lang, results.study.codebook[variable]
    rows: list[list[str]] = []
    groups: dict[int, str] = {}
    remarks: dict[int, str] = {}
    for (_, after), part in table.groupby(["version_before", "version_after"], sort=False):
        groups[len(rows)] = say("report_changed_since", lang, day=_first_day(results, str(after)))
        for row in part.to_dict("records"):
            if row["note"]:
                remarks[len(rows)] = row["note"]
            change = say(f"changed_as_{row['change']}", lang)
            values = [number(row[name], lang) for name in ("value_before", "value_after", "difference")]
            cells = [change, _notes(row, lang), *values, span(row["low"], row["high"], lang)]
            rows.append([asked.label_of(row["code"], lang), *cells])
    heads = ["column_code", "column_change", "column_notes", "column_before_alpha", "column_after_alpha"]
    columns = [say(head, lang) for head in (*heads, "column_difference", "column_interval")]
    caption = say("report_changed_table", lang, variable=label_of(results, variable))
    numeric = [False, False, True, True, True, True]
    stem = f"changed_{variable}"
    return Table(
        stem, caption, columns, rows, numeric, table, groups=groups, remarks=remarks, about=[variable]
    )


def _first_day(results: Results, version: str) -> str:
    versions = results.conduct.versions
    return local_day(str(versions.loc[versions["version"] == version, "first"].iloc[0]))


def _notes(row: dict[Any, Any], lang: str) -> str:
    """Return which notes a row is of, and how many."""
    if row["notes"] == ALL:
        return say("report_changed_all", lang, n=row["n_both"])
    return say("report_changed_fresh", lang, n_before=row["n_before"], n_after=row["n_after"])


# --- when the codes appeared --------------------------------------------------------------------------


def saturation_section(results: Results) -> Section:
    """Return when the codes appeared, variable by variable; empty where the curve says nothing."""
    lang = results.lang
    blocks: list[Block] = []
    for variable, found in results.appearing.items():
        blocks += [Text(_said(results, variable, found)), _figure(results, variable, found)]
    if blocks:
        blocks.insert(0, Text(say("report_saturation_text", lang)))
    behind = {f"new_codes_{name}": found.runs for name, found in results.appearing.items()}
    return Section(say("report_saturation", lang), blocks, behind)


def _figure(results: Results, variable: str, found: Appearing) -> Figure:
    lang = results.lang
    caption = say("report_saturation_caption", lang, variable=label_of(results, variable))
    alt = say("report_saturation_alt", lang, n=found.n_codes, n_all=found.n_all)
    draw = partial(plot_saturation, found.curve, lang=lang)
    return Figure(f"saturation_{variable}", caption, alt, draw, found.curve, about=[variable])


def _said(results: Results, variable: str, found: Appearing) -> str:
    """Return after how many notes the codes had appeared, and what the published rule says."""
    lang = results.lang
    said = say(
        "report_saturation_said", lang, variable=label_of(results, variable), n_codes=found.n_codes,
        n_notes=len(found.curve), n_all=found.n_all, n_most=found.n_most, share=number(100 * MOST, lang, 0),
    )  # fmt: skip
    if found.runs.empty:
        return said
    units = say(f"report_saturation_{found.by}s", lang)
    facts = {"units": units, "size": BASE_SIZE, "length": RUN_LENGTH, "base": int(found.runs["base"].iloc[0])}
    facts["share"] = number(100 * THRESHOLD, lang, 0)
    if found.n_later is None:
        return f"{said} {say('report_saturation_not_reached', lang, **facts)}"
    first = found.runs[found.runs["reached"].astype(bool)].iloc[0]
    facts |= {"first": int(first["first"]), "last": int(first["last"]), "point": first["point"]}
    return f"{said} {say('report_saturation_reached', lang, n=found.n_later, **facts)}"
