"""Scores to rank."""

from __future__ import annotations

import pandas as pd
import pytest


@pytest.fixture
def make_scores():
    """Build long scores from {coder: {action: scores by criterion}}; None is not a score."""

    def make(by_coder, criteria=("goal", "gap"), round=1):
        rows = [
            (action, coder, criterion, round, score)
            for coder, actions in by_coder.items()
            for action, scores in actions.items()
            for criterion, score in zip(criteria, scores, strict=True)
            if score is not None
        ]
        return pd.DataFrame(rows, columns=["action", "coder", "criterion", "round", "score"])

    return make


@pytest.fixture(scope="session")
def sample_scores(sample_study):
    """The scores of the sample's 80 actions of 2016, none of them merged."""
    from sekom_analysis.actions.scores import action_scores

    return action_scores(sample_study, sample_study.main_notes, merged={})
