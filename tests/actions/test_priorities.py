"""The order of actions: ranks, ties, gaps, weights, rounds, platforms."""

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.actions.priorities import first, platforms, rank_actions
from sekom_analysis.basics.errors import RatingsError


def test_the_sample_is_ranked_whole(sample_scores):
    table = rank_actions(sample_scores)
    assert len(table) == 80
    assert table["action"].is_unique
    assert (table["low"] <= table["rank"]).all()
    assert (table["rank"] <= table["high"]).all()
    assert table["p_top"].sum() == pytest.approx(20)
    assert table["pooled"].is_monotonic_decreasing


def test_means_and_spreads_are_those_of_the_scores(sample_scores):
    table = rank_actions(sample_scores).set_index("action")
    by = sample_scores.pivot_table(
        index="action", columns="criterion", values="score", aggfunc=["mean", "std"]
    )
    for criterion in sample_scores["criterion"].unique():
        expected = by.loc[table.index]
        np.testing.assert_allclose(table[f"mean_{criterion}"], expected["mean", criterion])
        np.testing.assert_allclose(table[f"spread_{criterion}"], expected["std", criterion])
    total = table[[c for c in table if c.startswith("mean_")]].mean(axis=1)
    np.testing.assert_allclose(table["total"], total)


def test_actions_with_equal_scores_share_a_range(make_scores):
    scores = make_scores(
        {
            "anna": {"D1": [5, 5], "D2": [3, 4], "D3": [4, 3], "D4": [1, 1]},
            "bo": {"D1": [5, 4], "D2": [4, 3], "D3": [3, 4], "D4": [2, 1]},
        }
    )
    table = rank_actions(scores).set_index("action")
    assert table[["rank", "rank_to"]].to_numpy().tolist() == [[1, 1], [2, 3], [2, 3], [4, 4]]
    assert list(table.index) == ["D1", "D2", "D3", "D4"]


def test_equal_totals_by_other_coders_are_no_tie(make_scores):
    scores = make_scores(
        {
            "strict": {f"D{i}": [2, 2] for i in range(6)} | {"X": [3, 3]},
            "mild": {f"D{i}": [4, 4] for i in range(6)} | {"Y": [3, 3]},
        }
    )
    table = rank_actions(scores).set_index("action")
    assert table.at["X", "rank_to"] < table.at["Y", "rank"]  # three from the strict one is worth more


def test_weights_decide_what_counts(make_scores):
    scores = make_scores({c: {"D1": [5, 1], "D2": [1, 5], "D3": [3, 3]} for c in ("anna", "bo")})
    assert rank_actions(scores, {"goal": 1, "gap": 0})["action"].iloc[0] == "D1"
    assert rank_actions(scores, {"goal": 1, "gap": 9})["action"].iloc[0] == "D2"
    assert rank_actions(scores, {"goal": 2, "gap": 2})["total"].tolist() == [3.0] * 3


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"goal": 1}, "'gap' has no weight"),
        ({"goal": 1, "gap": -1}, "-1 for 'gap' is not a weight"),
        ({"goal": 0, "gap": 0}, "all weights are 0"),
        ({"goal": 1, "gap": 1, "cost": 1}, "there is no criterion 'cost'"),
    ],
)
def test_weights_that_are_none_are_refused(weights, said, make_scores):
    with pytest.raises(RatingsError, match=said):
        rank_actions(make_scores({"anna": {"D1": [1, 2]}}), weights)


def test_an_action_that_lacks_a_criterion_has_no_plain_total(make_scores):
    scores = make_scores({"anna": {"D1": [5, None], "D2": [3, 4]}, "bo": {"D1": [4, None], "D2": [3, 3]}})
    table = rank_actions(scores).set_index("action")
    assert np.isnan(table.at["D1", "total"])
    assert np.isnan(table.at["D1", "mean_gap"])
    assert np.isfinite(table.at["D1", "pooled"])
    assert table.at["D1", "n_scores"] == 2


def test_few_scores_make_wide_intervals_and_no_spread(make_scores):
    rng = np.random.default_rng(0)
    actions = {f"D{i:02d}": np.clip(rng.normal(1 + i / 5, 0.4, 2).round(), 1, 5) for i in range(20)}
    noisy = {c: {a: list(s + rng.normal(0, 0.5, 2)) for a, s in actions.items()} for c in "abcd"}
    for coder in "bcd":
        del noisy[coder]["D10"]
    table = rank_actions(make_scores(noisy)).set_index("action")
    width = table["high"] - table["low"]
    assert width["D10"] > width[["D08", "D09", "D11", "D12"]].max()
    assert np.isnan(table.at["D10", "spread_goal"])


def test_rounds_stand_under_each_other_and_the_first_stays_what_it_was(make_scores):
    one = make_scores({c: {"D1": [5], "D2": [3], "D3": [1]} for c in ("a", "b")}, ["goal"], 1)
    two = make_scores({c: {"D1": [1], "D2": [5]} for c in ("a", "b")}, ["cost"], 2)
    table = rank_actions(pd.concat([one, two]))
    assert table[["round", "rank", "action"]].to_numpy().tolist() == [
        [1, 1, "D1"], [1, 2, "D2"], [1, 3, "D3"], [2, 1, "D2"], [2, 2, "D1"],
    ]  # fmt: skip
    alone = rank_actions(one)
    pd.testing.assert_frame_equal(table[table["round"] == 1][alone.columns], alone)
    both = rank_actions(pd.concat([one, two]), {"goal": 1, "cost": 1}, together=True)
    assert both[["action", "total"]].to_numpy().tolist() == [["D2", 4.0], ["D1", 3.0]]


def test_the_same_seed_gives_the_same_table(sample_scores):
    pd.testing.assert_frame_equal(rank_actions(sample_scores), rank_actions(sample_scores))


def test_a_tie_is_never_cut_where_the_list_ends():
    ranks = [1, 2, *[3] * 4, 7]
    table = pd.DataFrame({"rank": ranks, "action": list("abcdefg")})
    assert first(table, 3)["action"].tolist() == list("abcdef")
    long_tie = pd.DataFrame({"rank": [1, *[2] * 40], "action": range(41)})
    assert first(long_tie, 3)["action"].tolist() == [0]
    assert len(first(long_tie.tail(40), 3)) == 40


def test_low_total_and_high_springboard_are_listed_on_their_own(sample_scores):
    ranking = rank_actions(sample_scores)
    found = platforms(ranking)
    assert len(found)
    assert (found["rank"] > 40).all()
    assert (found["springboard"] >= ranking["mean_criterion_springboard"].quantile(0.75)).all()
    assert platforms(ranking, "criterion_return")["action"].tolist() != found["action"].tolist()
    with pytest.raises(
        RatingsError, match=r"Nobody scored 'criterion_x'\. Criteria that were scored: criterion_goal"
    ):
        platforms(ranking, "criterion_x")


def test_without_a_springboard_there_is_no_list(make_scores):
    ranking = rank_actions(make_scores({"anna": {"D1": [1, 2], "D2": [2, 2]}}))
    assert platforms(ranking).empty


def test_numbers_out_of_reach_are_refused(sample_scores):
    with pytest.raises(RatingsError, match="confidence is between 0 and 1"):
        rank_actions(sample_scores, confidence=95)
