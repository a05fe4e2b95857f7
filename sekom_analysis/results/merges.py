"""What became one: merges and new wordings with their reasons, and counts before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sekom_analysis.actions.merged import counts_before_and_after, merged_into
from sekom_analysis.agreement import agreement
from sekom_analysis.codebook import Variable
from sekom_analysis.exchange.tables import read_table
from sekom_analysis.merges import REWORD
from sekom_analysis.pairs import JUDGEMENTS, pair_ratings
from sekom_analysis.quality import is_reflexive
from sekom_analysis.raw import RAW
from sekom_analysis.study import Study

CITED = RAW / "counts-before-merging.csv"
MERGE_COLUMNS = ["note_id", "text_written", "into", "text", "reason", "by", "decided_at"]
REWORDED_COLUMNS = ["note_id", "text_written", "text", "reason", "by", "decided_at"]


@dataclass
class MergeTables:
    """What a study's merges are, for a report.

    ``merges`` and ``reworded``: one row each, what stands. ``counts``: variable -> code, ``before`` and
    ``after``, with ``cited_before`` and ``cited_after`` where the material's own counts are known.
    ``judged``: reviewer × judgement, how many pairs. ``agreement``: of reviewers, if there are two.
    """

    merges: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=MERGE_COLUMNS))
    reworded: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=REWORDED_COLUMNS))
    counts: dict[str, pd.DataFrame] = field(default_factory=dict)
    judged: pd.DataFrame = field(default_factory=pd.DataFrame)
    agreement: pd.DataFrame = field(default_factory=pd.DataFrame)


def merges_of(
    study: Study, coded: Sequence[Variable], main: pd.DataFrame, lang: str, n_resamples: int = 0, rng: int = 0
) -> MergeTables:
    """Return what a report shows of merges.

    Parameters
    ----------
    study : Study
    coded : variables that somebody decided on
    main : the notes that the report is about
    lang : language of the notes beside coefficients
    n_resamples, rng : as in `work_out`
    """
    tables = MergeTables(_merges(study), _reworded(study), judged=_judged(study))
    if is_reflexive(study):
        return tables
    merged = set(merged_into(study))
    for variable in coded:
        if variable.kind == "single" and merged & set(study.notes_asked(variable, main)):
            tables.counts[variable.id] = _counts(study, variable, main)
    ratings = pair_ratings(study.pair_judgements())
    if ratings.shape[1] > 1:
        tables.agreement = agreement(ratings, n_resamples=n_resamples, rng=rng, lang=lang)
    return tables


def cited_counts(root: Path) -> pd.DataFrame:
    """Return counts before merging that a source tells but does not print note by note; often none.

    Returns
    -------
    DataFrame with ``variable``, ``code``, ``count``, ``source``; cited, never computed.
    """
    if not (root / CITED).is_file():
        return pd.DataFrame(columns=["variable", "code", "count", "source"])
    return read_table(root / CITED).astype({"count": "Int64"})


def _merges(study: Study) -> pd.DataFrame:
    table = study.merges()
    written = study.notes["text"]
    said = [str(written.get(note_id, "")) for note_id in table["note_id"]]
    return table.assign(text_written=pd.Series(said, dtype="str"))[MERGE_COLUMNS]


def _reworded(study: Study) -> pd.DataFrame:
    """Return the actions that read otherwise than they were written, by somebody's rewording."""
    history = study.merge_history()
    last = history[history["event"] == REWORD].drop_duplicates("note_id", keep="last")
    now, written = study.wordings(), study.notes["text"].to_dict()
    stands = [bool(row["text"]) and now.get(row["note_id"]) == row["text"] for row in last.to_dict("records")]
    shown = last[pd.Series(stands, index=last.index, dtype=bool)].reset_index(drop=True)
    said = pd.Series([str(written[note_id]) for note_id in shown["note_id"]], dtype="str")
    return shown.assign(text_written=said)[REWORDED_COLUMNS]


def _judged(study: Study) -> pd.DataFrame:
    """Return how many pairs each reviewer called what."""
    table = study.pair_judgements()
    counted = pd.crosstab(table["reviewer"], table["judgement"])
    return counted.reindex(columns=list(JUDGEMENTS), fill_value=0).rename_axis(columns=None).reset_index()


def _counts(study: Study, variable: Variable, main: pd.DataFrame) -> pd.DataFrame:
    """Return counts before and after, beside those that the material itself tells."""
    table = counts_before_and_after(study, variable.id, main)
    cited = cited_counts(study.root)
    sources = set(main["source"]) if "source" in main.columns else set()
    own = cited[(cited["variable"] == variable.id) & cited["source"].isin(sources)]
    sorters = [c for c in study.coders if study.about.coder(c).kind == "source"]
    if own.empty or len(sorters) != 1:
        return table
    sorted_as = study.ratings(variable.id, sorters, main)[sorters[0]].value_counts()
    before = own.set_index("code")["count"]
    is_code = table["code"].isin(before.index)
    table["cited_before"] = table["code"].map(before).astype("Int64")
    table["cited_after"] = table["code"].map(sorted_as.astype(int)).astype("Int64").where(is_code)
    return table
