"""Results as rows and cells of one language: what figures draw, what tables show."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.agreement.disputes import DISPUTED_COLUMNS
from sekom_analysis.consensus import MAJORITY_BAR
from sekom_analysis.exchange.tables import replace_file, table_bytes
from sekom_analysis.results import AGAINST, INDEPENDENT, POOLED, Results
from sekom_analysis.wording import column_beside, number, say, visible

NAMED_STAGES = ("B", "D")


def counts_shown(results: Results) -> dict[str, pd.DataFrame]:
    """Return the counts worth a figure: a variable that splits another's bars is shown there."""
    splits = {by for table in results.counts.values() for by in _split_of(results, table)}
    return {variable: table for variable, table in results.counts.items() if variable not in splits}


def _split_of(results: Results, table: pd.DataFrame) -> set[str]:
    codes = set(table["by"]) - {""}
    book = results.study.codebook
    return {v.id for v in book.variables if codes and codes <= {code.id for code in v.codes}}


def label_of(results: Results, variable: str) -> str:
    """Return a variable's label in the report's language."""
    return results.study.codebook[variable].label.in_(results.lang)


def stage_name(stage: str, lang: str) -> str:
    """Return a stage in words; of the notes, where they have none."""
    if stage in NAMED_STAGES:
        return say(f"report_stage_{stage}", lang)
    return say("report_stage", lang, stage=stage) if stage else say("report_stage_none", lang)


def bar_words(bar: str, lang: str) -> str:
    """Return whose answers the bars are, in words."""
    return say("figure_majority", lang) if bar == MAJORITY_BAR else bar


def number_of(value: float, lang: str) -> str:
    """Return a whole number in words of the language; a dash where there is none."""
    return number(float("nan") if pd.isna(value) else float(value), lang, 0)


def choices_in(disputed: pd.DataFrame) -> dict[str, str]:
    """Return coder -> the column with their choices in a table of ``Results.disputed``."""
    coders = [name.removeprefix("memo ") for name in disputed.columns if name.startswith("memo ")]
    return {coder: column_beside(coder, DISPUTED_COLUMNS) for coder in coders}


def code_labels(results: Results, variable: str) -> dict[str, str]:
    """Return the labels of every code of a variable that was compared, in the codebook's order."""
    asked = results.study.codebook[variable]
    return {code: asked.label_of(code, results.lang) for code in results.by_code[variable]["code"].unique()}


def names(values: Iterable[Any], lang: str) -> str:
    """Return a list in words: ``k1, k2 och k3``."""
    listed = [str(value) for value in values]
    return f" {say('and', lang)} ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def span(low: float, high: float, lang: str) -> str:
    """Return an interval in brackets; nothing where there is none."""
    if math.isnan(low) or math.isnan(high):
        return "–"
    return say("figure_interval", lang, low=number(low, lang), high=number(high, lang))


def write_localised(table: pd.DataFrame, path: Path, lang: str) -> Path:
    """Write a table as the language's spreadsheet programs read it: decimal comma in Swedish."""
    return replace_file(path, localised(table, path.name, lang))


def localised(table: pd.DataFrame, file: str, lang: str) -> bytes:
    """Return a table as the language's spreadsheet programs read it."""
    decimals = table.select_dtypes("float").columns
    shown = table.astype(dict.fromkeys(decimals, object))
    for column in decimals:
        texts = [None if pd.isna(v) else f"{v:.6g}" for v in table[column]]
        shown[column] = [text and (text.replace(".", ",") if lang == "sv" else text) for text in texts]
    shown = shown.rename(columns=lambda name: visible(str(name)))
    seen = shown.map(lambda cell: visible(cell) if isinstance(cell, str) else cell)
    return table_bytes(seen, Path(file), plain=lang != "sv")


def forest_rows(results: Results, scope: str) -> pd.DataFrame:
    """Return the planned coefficients as rows of a forest plot: with the codebook, against, pooled."""
    lang = results.lang
    parts = []
    for group in (INDEPENDENT, AGAINST, POOLED):
        rows = results.rows(scope, group)
        labels = [label_of(results, variable) for variable in rows["variable"]]
        if group == AGAINST:
            pairs = [coders.split(", ") for coders in rows["coders"]]
            of_source = [next((c for c in pair if c in results.sources), "") for pair in pairs]
            own = [next((c for c in pair if c not in results.sources), "") for pair in pairs]
            headings = [say("report_against", lang, source=source) for source in of_source]
            labels = [f"{label}: {coder}" for label, coder in zip(labels, own, strict=True)]
        else:
            key = "report_independent" if group == INDEPENDENT else "report_pooled"
            whose = results.independent if group == INDEPENDENT else [*results.sources, *results.independent]
            headings = [say(key, lang, coders=", ".join(whose))] * len(rows)
        parts.append(rows.assign(group_key=group, group=headings, label=labels, n_notes=rows["n_pairable"]))
    return pd.concat(parts, ignore_index=True)


def detail_rows(results: Results, variable: str) -> pd.DataFrame:
    """Return one variable's agreement by code and by pair as rows of a forest plot."""
    lang, labels = results.lang, code_labels(results, variable)
    heading = {"variable": label_of(results, variable), "coders": ", ".join(results.alone)}
    by_code, by_pair = results.by_code[variable], results.by_pair[variable]
    return pd.concat(
        [
            by_code.assign(
                group=say("report_by_code", lang, **heading),
                label=[labels[code] for code in by_code["code"]],
                n_notes=by_code["n_carrying"],
            ),
            by_pair.assign(
                group=say("report_by_pair", lang, **heading),
                label=[f"{a} – {b}" for a, b in zip(by_pair["coder_a"], by_pair["coder_b"], strict=True)],
            ),
        ],
        ignore_index=True,
    )


def agreement_cells(results: Results, scope: str) -> list[dict[str, Any]]:
    """Return the agreement table: a group of rows a heading, three coefficients side by side."""
    table = results.agreement
    lang = results.lang
    forest = forest_rows(results, scope)
    groups: list[dict[str, Any]] = []
    for row in forest.to_dict("records"):
        same = table[
            (table["scope"] == scope)
            & (table["coders"] == row["coders"])
            & (table["variable"] == row["variable"])
            & (table["group"] == row["group_key"])
        ]
        found = {one["coefficient"]: one for one in same.to_dict("records")}
        if not groups or groups[-1]["heading"] != row["group"]:
            groups.append({"heading": row["group"], "rows": []})
        cells = [row["label"], say(f"level_{row['level']}", lang), str(row["n_pairable"])]
        for name in ("alpha", "ac1", "percent"):
            cells.append(number(found[name]["value"], lang) if name in found else "–")
            if name == "alpha":
                cells.append(span(found[name]["low"], found[name]["high"], lang) if name in found else "–")
        groups[-1]["rows"].append([*cells, row["note"]])
    return groups
