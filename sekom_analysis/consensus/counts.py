"""How many notes each code has, with what shows how far the counts depend on the coder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.consensus.sets import consensus_sets
from sekom_analysis.consensus.settled import MAJORITY, consensus
from sekom_analysis.errors import CodebookError, RatingsError

if TYPE_CHECKING:
    from sekom_analysis.study import Study

COUNT_COLUMNS = [
    "code", "label_sv", "label_en", "by", "by_label_sv", "by_label_en", "by_colour",
    "coder", "is_bar", "count", "n_notes", "n_all",
]  # fmt: skip


def count_codes(
    study: Study,
    variable: str,
    by: str | None = None,
    notes: object = None,
    coders: Iterable[str] | None = None,
    bar: str | None = None,
) -> pd.DataFrame:
    """Count the notes of each code: by the coder whose counts are the bars, and by every coder.

    Parameters
    ----------
    study : Study
    variable : a `single` or `multiple` variable
    by : a `single` variable that splits each count, such as hinder/möjlighet
    notes : ids or a table of notes; left out, all that the variable is asked of
    coders : whose counts; left out, everybody who decided
    bar : whose counts are the bars: a coder, or ``"majority"`` of the coders; left out, the report's
        own sorting where the study has one, else the majority

    Returns
    -------
    DataFrame, one row a code × `by` × coder, zeros included: ``code``, ``by``, their labels,
    ``coder``, ``is_bar``, ``count``, ``n_notes`` (notes that the coder decided, or that the majority
    resolves) and ``n_all`` (notes there are).

    Raises
    ------
    CodebookError
        If a variable does not exist or cannot be counted.
    RatingsError
        If `bar` is no coder.
    """
    counted = study.codebook[variable]
    if counted.kind == "scale":
        msg = f"'{variable}' is a scale; its numbers are scores and are not counted as codes."
        raise CodebookError(msg)
    ids = study.notes_asked(counted, notes)
    table = study.ratings(variable, coders, ids)
    split = study.ratings(by, list(table.columns), ids) if by else None
    bar = bar or next((c for c in table.columns if study.about.coder(c).kind == "source"), MAJORITY)
    if bar not in (MAJORITY, *table.columns):
        allowed = ", ".join([MAJORITY, *table.columns])
        msg = f"'{bar}' has decided nothing on '{variable}'. Bars can be those of: {allowed}."
        raise RatingsError(msg)
    if bar == MAJORITY:
        table = table.astype(object).assign(**{MAJORITY: _majority(table, counted)})
        split = None if split is None else split.astype(object).assign(**{MAJORITY: consensus(split)["code"]})
    counts = _tally(table, split, counted, study.codebook[by] if by else None)
    return counts.assign(is_bar=counts["coder"] == bar, n_all=len(ids))[COUNT_COLUMNS]


def _majority(ratings: pd.DataFrame, variable: Variable) -> pd.Series:
    """Return what more than half of the coders chose; of a `multiple`, every code that they did."""
    return consensus(ratings)["code"] if variable.kind == "single" else consensus_sets(ratings)["codes"]


def _codes_used(ratings: pd.DataFrame, variable: Variable) -> list[str]:
    """List the codes to count: all that can be chosen, and others only if somebody chose them."""
    answers: list[Any] = list(ratings.astype(object).stack().dropna())
    used = {str(c) for answer in answers for c in (answer if variable.kind == "multiple" else [answer])}
    own = [code.id for code in variable.codes if not code.retired or code.id in used]
    return [*own, *sorted(used - set(own))]


def _tally(
    table: pd.DataFrame, split: pd.DataFrame | None, variable: Variable, by: Variable | None
) -> pd.DataFrame:
    """Count each code of each coder, split by the other variable if there is one; zeros included."""
    long = pd.DataFrame({"code": table.astype(object).stack()}).dropna()
    long.index.names = ["note_id", "coder"]
    long["by"] = "" if split is None else split.astype(object).stack().reindex(long.index)
    long = long.dropna(subset="by")
    n_notes = long.groupby("coder").size()
    chosen = long.explode("code") if variable.kind == "multiple" else long
    bys = [""] if by is None or split is None else _codes_used(split, by)
    grid = pd.MultiIndex.from_product(
        [table.columns, _codes_used(table, variable), bys], names=["coder", "code", "by"]
    )
    counts = chosen.groupby(["coder", "code", "by"]).size().reindex(grid, fill_value=0)
    tally = counts.rename("count").reset_index()
    for lang in ("sv", "en"):
        tally[f"label_{lang}"] = [variable.label_of(code, lang) for code in tally["code"]]
        tally[f"by_label_{lang}"] = [by.label_of(code, lang) if by else "" for code in tally["by"]]
    colours = {code.id: code.colour or "" for code in by.codes} if by else {}
    tally["by_colour"] = [colours.get(code, "") for code in tally["by"]]
    tally["n_notes"] = [int(n_notes.get(coder, 0)) for coder in tally["coder"]]
    return tally
