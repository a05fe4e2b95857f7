"""Where notes differ in difficulty, probabilities hold only if the model lets them."""

import sys

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement.coded import read_ratings
from sekom_analysis.consensus import Prior, model_consensus
from sekom_analysis.consensus.difficulty import GUESSING, draw_with_difficulty
from sekom_analysis.consensus.draws import count_votes, of_used_codes

CODES = list("abcdefg")
SEVEN = [0.30, 0.20, 0.15, 0.12, 0.10, 0.08, 0.05]


def hard_and_easy(seed, n_notes=150):
    """Right codes, and ratings of four coders: right on .35 of a hard third of the notes, else on .88."""
    rng = np.random.default_rng(seed)
    right = rng.choice(7, n_notes, p=SEVEN)
    able = np.where(rng.random(n_notes) < 1 / 3, 0.35, 0.88)
    wrong = (right[:, None] + rng.integers(1, 7, (n_notes, 4))) % 7
    chosen = np.array(CODES, dtype=object)[
        np.where(rng.random(wrong.shape) < able[:, None], right[:, None], wrong)
    ]
    chosen[rng.random(chosen.shape) < 0.2] = None
    return np.array(CODES)[right], pd.DataFrame(chosen, columns=list("wxyz"))


def sure_and_right(method, n_studies=8):
    """Of notes whose likeliest code has .85–.95: the mean of that, and the share of right ones."""
    stated, right = [], []
    for seed in range(n_studies):
        truth, table = hard_and_easy(seed)
        probability = model_consensus(table, method=method, n_draws=400).probability.loc[
            table.notna().any(axis=1)
        ]
        likeliest = probability.max(axis=1)
        sure = likeliest.between(0.85, 0.95)
        stated += likeliest[sure].tolist()
        right += (probability.idxmax(axis=1) == truth[probability.index])[sure].tolist()
    return float(np.mean(stated)), float(np.mean(right)), len(right)


def test_what_is_stated_as_ninety_percent_holds_where_notes_differ_in_difficulty():
    stated, right, n = sure_and_right("gibbs")
    assert stated == pytest.approx(0.90, abs=0.02)
    assert right < 0.80  # the model without difficulty: stated .89 is right .73
    stated, right, n = sure_and_right("difficulty")
    assert n > 60
    assert right == pytest.approx(stated, abs=0.08)


def test_it_is_what_is_taken_by_default_and_says_so():
    _, table = hard_and_easy(1, 60)
    found = model_consensus(table, n_draws=400)
    assert found.diagnostics.method == "difficulty"
    pd.testing.assert_frame_equal(
        found.probability, model_consensus(table, method="difficulty", n_draws=400).probability
    )


def test_counts_of_every_draw_are_of_all_notes_and_shares_sum_to_one():
    _, table = hard_and_easy(2, 80)
    votes = count_votes([of_used_codes(read_ratings(table.dropna(how="all")))[0]])
    draws = draw_with_difficulty(votes, Prior(), 160, np.random.default_rng(0))
    assert (draws.counts.sum(axis=1) == votes.multiplicity.sum()).all()
    assert draws.probability.sum(axis=1) == pytest.approx(1)
    assert draws.confusion.sum(axis=2) == pytest.approx(1)
    assert draws.probability.shape == (len(votes.multiplicity), 7)
    assert draws.n_sweeps == 20


def test_without_guessing_it_is_the_model_of_notes_that_are_alike(monkeypatch):
    _, table = hard_and_easy(3, 120)
    module = sys.modules[draw_with_difficulty.__module__]
    monkeypatch.setattr(module, "GUESSING", np.zeros_like(GUESSING))
    plain, same = (
        model_consensus(table, method=method, n_draws=3200).probability for method in ("gibbs", "difficulty")
    )
    assert np.nanmax(np.abs(plain - same)) < 0.08  # draws of one posterior
