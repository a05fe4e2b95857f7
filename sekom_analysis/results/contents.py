"""The notes under the codes that the bars of the figures give them, stage by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.consensus.bars import settled_answers
from sekom_analysis.consensus.settled import MAJORITY_BAR
from sekom_analysis.results.splitting import splitting
from sekom_analysis.study import Study
from sekom_analysis.wording import column_beside

MATERIAL_COLUMNS = ("source", "n")


@dataclass(frozen=True)
class Chapter:
    """The notes of one stage.

    Attributes
    ----------
    stage : the stage, or empty where notes have none
    variable : the `single` variable that orders the notes; None where nobody has decided on any
    by : the variable that splits it, such as hinder/möjlighet; often None
    bar : whose answers order the notes: a coder, or `MAJORITY_BAR`
    notes : DataFrame of N notes in their order, index note_id: ``text``, ``subcategory``, ``code`` and
        ``by``; a missing code is one that is not settled
    """

    stage: str
    variable: Variable | None
    by: Variable | None
    bar: str
    notes: pd.DataFrame

    @property
    def codes(self) -> list[str]:
        """The codes that notes stand under, in the codebook's order."""
        return _in_order(self.variable, self.notes["code"])

    @property
    def by_codes(self) -> list[str]:
        """The codes of the splitting variable that notes stand under, in the codebook's order."""
        return _in_order(self.by, self.notes["by"])


def chapters_of(study: Study, counts: Mapping[str, pd.DataFrame], notes: pd.DataFrame) -> list[Chapter]:
    """Return the notes of each stage, ordered as the bars of the counts order them.

    Parameters
    ----------
    study : Study
    counts : variable -> counts that may be shown, as `count_codes` gives them
    notes : the notes of the main sources
    """
    stages = notes["stage"].fillna("") if "stage" in notes.columns else pd.Series("", index=notes.index)
    return [_chapter(study, counts, str(stage), notes[stages == stage]) for stage in dict.fromkeys(stages)]


def material_of(notes: pd.DataFrame) -> pd.DataFrame:
    """Return how many notes each source has: a column a stage where there are several, and ``n``."""
    plain = pd.Series("", index=notes.index)
    source = notes["source"].fillna("") if "source" in notes.columns else plain
    stage = notes["stage"].fillna("") if "stage" in notes.columns else plain
    table = pd.DataFrame({"n": source.groupby(source, sort=False).size()}).rename_axis("source")
    if stage.nunique() < 2:
        return table
    counts = pd.crosstab(source, stage)[list(dict.fromkeys(stage))].reindex(table.index)
    named = counts.rename(columns=lambda one: column_beside(one, MATERIAL_COLUMNS, "stage"))
    return named.rename_axis(columns=None).assign(n=table["n"])


def _chapter(study: Study, counts: Mapping[str, pd.DataFrame], stage: str, notes: pd.DataFrame) -> Chapter:
    subcategory = notes["subcategory"].fillna("") if "subcategory" in notes.columns else ""
    table = pd.DataFrame({"text": notes["text"]}).assign(subcategory=subcategory, code=None, by=None)
    asked = [study.codebook[name] for name in counts]
    whole = [v for v in asked if len(study.notes_asked(v, notes)) == len(notes)]
    variable = max(whole, key=lambda v: len(v.codes), default=None)
    if variable is None:
        return Chapter(stage, None, None, "", table)
    shown = counts[variable.id]
    bar = str(shown.loc[shown["is_bar"].astype(bool), "coder"].iloc[0])
    split = splitting(study, variable) if (shown["by"] != "").any() else None
    # As the bars are counted: what splits a count is settled by those who also chose the code.
    coders = list(study.ratings(variable.id, notes=notes).columns)
    table["code"] = _answers(study, variable, notes, bar, coders)
    by = None if split is None else study.codebook[split]
    if by is not None:
        table["by"] = _answers(study, by, notes, bar, coders)
    return Chapter(stage, variable, by, bar, table)


def _answers(study: Study, variable: Variable, notes: pd.DataFrame, bar: str, coders: list[str]) -> pd.Series:
    if bar != MAJORITY_BAR:
        return study.ratings(variable.id, [bar], notes)[bar].astype(object)
    ratings = study.ratings(variable.id, coders, notes)
    return settled_answers(ratings, variable, study.adjudications(variable.id)).astype(object)


def _in_order(variable: Variable | None, codes: pd.Series) -> list[str]:
    """Return the codes that stand there, those of the codebook first."""
    there = list(dict.fromkeys(str(code) for code in codes.dropna()))
    own = [code.id for code in variable.codes if code.id in there] if variable else []
    return [*own, *(code for code in there if code not in own)]
