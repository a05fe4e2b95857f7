"""The order of actions, round by round, worked out for a report."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sekom_analysis.actions.merged import merged_into
from sekom_analysis.actions.priorities import platforms, pool, rank_table
from sekom_analysis.actions.reliability import criteria_correlations, score_agreement
from sekom_analysis.actions.scores import action_scores, criteria_of
from sekom_analysis.actions.sensitivity import moves
from sekom_analysis.study import Study


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
