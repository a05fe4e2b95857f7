"""Sections on the scales, and on the final codes of every note."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any

import pandas as pd

from sekom_analysis.basics.wording import number, say
from sekom_analysis.consensus.scales import EVERYBODY
from sekom_analysis.consensus.settled import MAJORITY, UNANIMOUS
from sekom_analysis.figures import plot_scales
from sekom_analysis.report.blocks import Block, Figure, Section, Table, Text, label_of, number_of
from sekom_analysis.results import INDEPENDENT, MAIN, Results

MOST_COLUMNS = 4  # of variables beside each other


def scales_section(results: Results) -> Section:
    """Return the figure of how the scores are spread."""
    lang = results.lang
    blocks: list[Block] = []
    if not results.scales.empty:
        blocks = [Text(say("report_scales_text", lang)), _figure(results)]
    return Section(say("report_scales", lang), blocks)


def scale_tables_section(results: Results) -> Section:
    """Return a table of shares for the scales of one range, and the coders' means beside their agreement."""
    lang, table = results.lang, results.scales
    ranges = {name: tuple(part["point"].unique()) for name, part in table.groupby("variable", sort=False)}
    blocks: list[Block] = []
    for place, (points, names) in enumerate(groupby(ranges, key=ranges.__getitem__), start=1):
        blocks += _of_range(results, [str(name) for name in names], [int(point) for point in points], place)
    return Section(say("report_scale_tables", lang), blocks, {"scales": table} if blocks else {})


def _figure(results: Results) -> Figure:
    lang, table = results.lang, results.scales
    means = table[table["coder"] == EVERYBODY].drop_duplicates("variable").set_index("variable")["mean"]
    alt = say("report_scales_alt", lang, high=label_of(results, str(means.idxmax())))
    draw = partial(plot_scales, _with_ends(results), lang=lang)
    return Figure("scales", say("report_scales_caption", lang), alt, draw, about=list(means.index))


def _with_ends(results: Results) -> pd.DataFrame:
    """Return the scores with what the ends of each scale are called."""
    table = results.scales.copy()
    for lang in ("sv", "en"):
        named = {}
        for name in table["variable"].unique():
            asked = results.study.codebook[str(name)]
            points, (low, high) = asked.points(lang), asked.range or (0, 0)
            named[name] = (points.get(low, ""), points.get(high, ""))
        table[f"low_{lang}"] = [named[name][0] for name in table["variable"]]
        table[f"high_{lang}"] = [named[name][1] for name in table["variable"]]
    return table


def _of_range(results: Results, names: list[str], points: list[int], place: int) -> Iterator[Table]:
    lang, table = results.lang, results.scales
    everybody = table[table["coder"] == EVERYBODY].set_index(["variable", "point"])
    rows = []
    for name in names:
        own = everybody.loc[name]
        n = int(own["n"].iloc[0])
        shares = [say("report_share", lang, n=number(100 * count / n, lang, 0)) for count in own["count"]]
        rows.append(
            [label_of(results, name), *shares, number_of(n, lang), number(own["mean"].iloc[0], lang, 1)]
        )
    heads = [say("column_variable", lang), *(number(point, lang, 0) for point in points)]
    yield Table(
        f"scales_{place}", say("report_scales_table", lang), [*heads, say("column_n_scores", lang),
        say("column_mean", lang)], rows, about=names,
    )  # fmt: skip
    coders = list(dict.fromkeys(table.loc[table["variable"].isin(names), "coder"]))[1:]
    if len(coders) > 1:
        yield _means(results, names, coders, place)


def _means(results: Results, names: list[str], coders: list[str], place: int) -> Table:
    """Return each coder's mean by scale, with how well they agree: a strict coder shows in a column."""
    lang, table = results.lang, results.scales
    mean = table.drop_duplicates(["variable", "coder"]).set_index(["variable", "coder"])["mean"]
    planned = results.rows(MAIN, INDEPENDENT).set_index("variable")["value"]
    rows = []
    for name in names:
        means = [number(mean.get((name, coder), float("nan")), lang, 1) for coder in coders]
        rows.append([label_of(results, name), *means, number(planned.get(name, float("nan")), lang)])
    heads = [say("column_variable", lang), *coders, say("column_agreement", lang)]
    return Table(f"scales_coders_{place}", say("report_scales_coders", lang), heads, rows, about=names)


def final_codes_section(results: Results) -> Section:
    """Return the final codes of every note: a row a note, a column a variable; the whole table as a file."""
    lang, final = results.lang, results.final
    if final.empty:
        return Section(say("report_final", lang), [])
    names = list(dict.fromkeys(final["variable"]))
    cells = {(row["note_id"], row["variable"]): row for row in final.to_dict("records")}
    notes = list(dict.fromkeys(map(str, final["note_id"])))
    blocks: list[Block] = [Text(say("report_final_text", lang))]
    for start in range(0, len(names), MOST_COLUMNS):
        some = names[start : start + MOST_COLUMNS]
        rows = [[note, *(_final_cell(cells.get((note, name)), lang) for name in some)] for note in notes]
        shown = [row for row in rows if any(row[1:])]
        heads = [say("column_note", lang), *(label_of(results, name) for name in some)]
        caption = say("report_final_table", lang)
        blocks.append(Table(f"final_{1 + start // MOST_COLUMNS}", caption, heads, shown, [False] * len(some)))
    return Section(say("report_final", lang), blocks, {"codes_final": final}, is_appendix=True)


def _final_cell(row: Mapping[Any, Any] | None, lang: str) -> str:
    """Return the settled answer, with its basis where that is not the coders' majority."""
    if row is None:
        return ""
    basis, shown = str(row["basis"]), str(row["answer"])
    if basis in (UNANIMOUS, MAJORITY):
        return shown
    told = say(f"basis_short_{basis}", lang)
    return say("report_final_cell", lang, answer=shown, basis=told) if shown else told
