"""The order of actions, round by round, worked out for a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sekom_analysis.actions.coverage import (
    Coverage,
    co_occurrence,
    counts_before_and_after,
    coverage,
    merged_into,
    themes_by_category,
)
from sekom_analysis.actions.plan import plan_as_found, plan_problems
from sekom_analysis.actions.priorities import (
    criteria_correlations,
    moves,
    platforms,
    pool,
    rank_table,
    score_agreement,
)
from sekom_analysis.actions.scores import action_scores, criteria_of
from sekom_analysis.agreement import agreement
from sekom_analysis.basics.wording import Problem
from sekom_analysis.formats.tables import read_table
from sekom_analysis.quality import is_reflexive
from sekom_analysis.results.tables import splitting
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.ledgers import JUDGEMENTS, pair_ratings
from sekom_analysis.study.merges import REWORD
from sekom_analysis.study.raw import RAW
from sekom_analysis.study.study import Study


@dataclass(frozen=True)
class RoundTables:
    """One round of scoring: the order of the actions, what moves it, and how well the coders agree.

    ``n_unscored`` counts actions that the round asks about and nobody has scored, ``n_merged`` those that
    are part of another and share its place.
    """

    number: int
    criteria: list[str]
    coders: list[str]
    ranking: pd.DataFrame
    sensitivity: pd.DataFrame
    agreement: pd.DataFrame
    correlations: pd.DataFrame
    platforms: pd.DataFrame
    n_unscored: int
    n_merged: int


def priorities_of(study: Study, notes: pd.DataFrame, lang: str, rng: int = 0) -> list[RoundTables]:
    """Return the tables of each round that somebody scored, none mixed with another."""
    if not criteria_of(study):
        return []
    into = merged_into(study)
    scores = action_scores(study, notes, merged=into)
    if scores.empty:
        return []
    agreed = score_agreement(scores, lang=lang, n_resamples=0)
    rounds = []
    for pooled in pool(scores, rng):
        ranking = rank_table(pooled)
        number, panel = pooled.round, pooled.panel
        asked = {note for c in criteria_of(study, number) for note in study.notes_asked(c, notes)}
        rounds.append(
            RoundTables(
                number,
                panel.criteria,
                [coder for coder in study.coders if coder in panel.coders],
                ranking,
                moves(pooled, rng=rng),
                agreed[agreed["round"] == number],
                criteria_correlations(ranking),
                platforms(ranking),
                len(asked - set(panel.actions) - set(into)),
                len(asked & set(into)),
            )
        )
    return rounds


# --- what became one: merges and new wordings with their reasons, and counts before and after ---------


CITED = RAW / "counts-before-merging.csv"
MERGE_COLUMNS = ["note_id", "text_written", "into", "text", "reason", "by", "decided_at"]
REWORDED_COLUMNS = ["note_id", "text_written", "text", "reason", "by", "decided_at"]


@dataclass
class MergeTables:
    """What a study's merges are, for a report.

    ``merges`` and ``reworded``: one row each, those that stand. ``counts``: variable -> code, ``before`` and
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
    """Return counts before merging that a source gives but does not print note by note; often none.

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
    """Return counts before and after, beside those that the material itself gives."""
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


# --- coverage of the present state by actions, and themes across categories, worked out for a report ---


@dataclass(frozen=True)
class ThemeTables:
    """One theme variable by the categories of the same notes, and which themes go together."""

    variable: Variable
    category: Variable
    by_category: pd.DataFrame
    together: pd.DataFrame


def coverage_of(study: Study, notes: pd.DataFrame) -> Coverage | None:
    """Return the coverage; None where no variable says what actions answer, or nobody has said it yet."""
    asked = [v for v in study.codebook.variables if v.kind == "multiple" and v.codes_from]
    if not asked or not _is_coded(study, asked[0], notes):
        return None
    category = study.codebook[str(asked[0].codes_from)]
    if not _is_coded(study, category, notes):
        return None
    return coverage(study, asked[0].id, by=splitting(study, category), notes=notes)


def _is_coded(study: Study, variable: Variable, notes: pd.DataFrame) -> bool:
    return len(study.ratings(variable.id, notes=study.notes_asked(variable, notes)).columns) > 0


def themes_of(study: Study, notes: pd.DataFrame) -> list[ThemeTables]:
    """Return the tables of each `multiple` variable with codes of its own that somebody has decided on."""
    found = []
    for themes in study.codebook.variables:
        if themes.kind != "multiple" or themes.codes_from:
            continue
        ratings = study.ratings(themes.id, study.with_codebook, study.notes_asked(themes, notes))
        category = _category_of(study, themes)
        if ratings.notna().any(axis=None) and category is not None:
            crossed = themes_by_category(study, themes.id, category.id, notes)
            together = co_occurrence(ratings, study.adjudications(themes.id))
            found.append(ThemeTables(themes, category, crossed, together))
    return found


def _category_of(study: Study, themes: Variable) -> Variable | None:
    """Return the `single` variable of the same notes with most codes that somebody has decided on."""
    same = [
        v for v in study.codebook.variables
        if v.kind == "single" and v.stage == themes.stage and v.notes == themes.notes
        and len(study.ratings(v.id).columns)
    ]  # fmt: skip
    return max(same, key=lambda v: len(v.codes), default=None)


# --- the plan of actions and what is to look at in it, for a report -----------------------------------


@dataclass(frozen=True)
class PlanTables:
    """The plan, what is to look at in it, and why it cannot be read, if it cannot."""

    plan: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    unreadable: list[Problem] = field(default_factory=list)


def plan_of(study: Study) -> PlanTables:
    """Return the plan of a study; without rows where there is none."""
    plan, unreadable = plan_as_found(study)
    return PlanTables(plan, plan_problems(study, plan), unreadable)
