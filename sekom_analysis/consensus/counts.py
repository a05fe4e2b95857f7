"""How many notes each code has, with what shows how far the counts depend on the coder."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.consensus.bars import settled_answers
from sekom_analysis.consensus.settled import MAJORITY, MAJORITY_BAR, consensus
from sekom_analysis.consensus.spans import CODERS, Random, add_spans, check_span
from sekom_analysis.errors import CodebookError, RatingsError

if TYPE_CHECKING:
    from sekom_analysis.study import Study

COUNT_COLUMNS = [
    "code", "label_sv", "label_en", "by", "by_label_sv", "by_label_en", "by_colour",
    "coder", "is_bar", "count", "n_notes", "n_all", "n_adjudicated", "low", "high", "interval",
]  # fmt: skip


def count_codes(
    study: Study,
    variable: str,
    by: str | None = None,
    notes: object = None,
    coders: Iterable[str] | None = None,
    bar: str | None = None,
    interval: str = CODERS,
    rng: Random = 0,
    n_draws: int = 4000,
) -> pd.DataFrame:
    """Count the notes of each code: by the coder whose counts are the bars, and by every coder.

    Parameters
    ----------
    study : Study
    variable : a `single` or `multiple` variable
    by : a `single` variable that splits each count, such as hinder/möjlighet
    notes : ids or a table of notes; of these, or of all, those that the variables are asked of
    coders : whose counts; left out, everybody who decided
    bar : whose counts are the bars: a coder, or ``"majority"`` of the coders (``"(majority)"`` where a
        coder is called so); left out, the report's own sorting where the study has one, else the majority
    interval : {"coders", "coding", "sampling"}
        Kind of span around each count. ``coders``: from the lowest to the highest count among the coders
        who read all the notes; no confidence level is claimed. ``coding``: 95 % of the draws of the notes'
        right codes (`model_consensus`), if each note has one right code and coders err independently.
        ``sampling``: the same with the notes drawn anew too, as if they were independent of each other;
        notes from one table are alike, so it is too narrow for those.
    rng : seed or Generator of the draws; the default span draws nothing
    n_draws : draws behind ``coding`` and ``sampling``

    Returns
    -------
    DataFrame, one row a code × `by` × coder, zeros included: ``code``, ``by``, their labels,
    ``coder`` (``"(majority)"``, as no coder can be called, for the majority), ``is_bar``, ``count``,
    ``n_notes`` (notes that the coder decided, or that the majority
    resolves), ``n_all`` (notes there are), ``n_adjudicated`` (of the notes, those that were adjudicated,
    where the bars are the majority's: they count with the code settled, or with none if left open), and
    ``low``, ``high`` and ``interval`` (its kind) of the bar, missing where fewer
    than two coders have read all notes.

    Raises
    ------
    CodebookError
        If a variable does not exist or cannot be counted.
    RatingsError
        If `bar` is no coder, or there is no such span for the variable.
    StanceError
        If the study is reflexive, and bars would be the majority's or spans take one code to be right.
    """
    counted = study.codebook[variable]
    if counted.kind == "scale":
        msg = f"'{variable}' is a scale; its numbers are scores and are not counted as codes."
        raise CodebookError(msg)
    check_span(interval, study, counted)
    ids = study.notes_asked(counted, notes)
    if by:  # a note that one of the two is not asked of is in no count
        ids = study.notes_asked(study.codebook[by], ids)
    table = study.ratings(variable, coders, ids)
    split = study.ratings(by, list(table.columns), ids) if by else None
    bar = bar or next((c for c in table.columns if study.about.coder(c).kind == "source"), MAJORITY_BAR)
    bar = MAJORITY_BAR if bar == MAJORITY and bar not in table.columns else bar
    if bar not in (MAJORITY_BAR, *table.columns):
        allowed = ", ".join([MAJORITY, *table.columns])
        msg = f"'{bar}' has decided nothing on '{variable}'. Bars can be those of: {allowed}."
        raise RatingsError(msg)
    own, own_split, n_adjudicated = table, split, 0
    if bar == MAJORITY_BAR:
        # Quality counts too, so it cannot be imported above.
        from sekom_analysis.quality.stance import check_stance

        check_stance(study)
        adjudicated = study.adjudications(variable)
        n_adjudicated = int(adjudicated.loc[adjudicated["note_id"].isin(ids), "note_id"].nunique())
        settled = settled_answers(table, counted, adjudicated)
        table = table.astype(object).assign(**{MAJORITY_BAR: settled})
        if split is not None and by is not None:
            settled_by = consensus(split, study.adjudications(by))["code"]
            split = split.astype(object).assign(**{MAJORITY_BAR: settled_by})
    counts = _tally(table, split, counted, study.codebook[by] if by else None)
    counts = counts.assign(is_bar=counts["coder"] == bar, n_all=len(ids), n_adjudicated=n_adjudicated)
    return add_spans(counts, own, own_split, interval, rng, n_draws)[COUNT_COLUMNS]


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
