"""What moves the order: weights and single coders, each by hand where it can be."""

import numpy as np
import pytest

from sekom_analysis.actions.priorities import (
    criteria_correlations,
    middle_ranks,
    rank_actions,
    rank_sensitivity,
    score_agreement,
)
from sekom_analysis.agreement import agreement, alpha
from sekom_analysis.basics.errors import RatingsError


def test_middle_ranks_by_hand():
    assert middle_ranks(np.array([[1.0, 5.0, 5.0, 2.0]])).tolist() == [[4.0, 1.5, 1.5, 3.0]]


def test_weights_move_what_is_uneven_and_leave_what_is_even(make_scores):
    scores = make_scores({c: {"even": [3, 3], "skew": [5, 1.5], "low": [1, 1]} for c in "ab"})
    table = rank_sensitivity(scores, top=1).set_index("action")
    assert table.loc["skew", ["weights_low", "weights_high"]].tolist() == [1, 2]
    assert table.loc["low", ["weights_low", "weights_high", "weights_moved"]].tolist() == [3, 3, 0]
    assert 0 < table.at["skew", "weights_top"] < 1
    assert not table["stable"].any()
    still = rank_sensitivity(scores, within=0, top=1)
    assert (still["weights_moved"] == 0).all()


def test_actions_about_which_the_scores_say_the_same_move_as_one(make_scores):
    low, high = {f"D{i}": [3, 3] for i in range(8)}, {f"D{i}": [5, 4] for i in range(8, 12)}
    table = rank_sensitivity(make_scores(dict.fromkeys("abc", low | high)), top=6)
    assert table["rank"].tolist() == [2.5] * 4 + [8.5] * 8
    assert (table[["weights_moved", "alone_moved"]] == 0).all(axis=None)
    assert table["weights_top"].tolist() == [1] * 4 + [0] * 8


def test_weights_that_do_not_move_move_nothing(sample_scores):
    still = rank_sensitivity(sample_scores, within=0)
    assert (still["weights_moved"] == 0).all()
    assert (still["weights_low"] == still["rank"]).all()


def test_agreement_on_a_total_that_nobody_scored_by_all_criteria_is_no_number(make_scores):
    scores = make_scores({"a": {"D1": [1, None], "D2": [4, None]}, "b": {"D1": [None, 5], "D2": [None, 2]}})
    total = score_agreement(scores, n_resamples=0).query("criterion == 'total'")
    assert total["value"].isna().all()
    assert (total["n_all_scored"] == 0).all()


def test_a_coder_alone_speaks_of_what_they_scored_only(make_scores):
    scores = make_scores(
        {
            "anna": {"D1": [5, 5], "D2": [3, 3], "D3": [1, 1]},
            "bo": {"D1": [1, 1], "D2": [3, 3]},
            "cia": {"D1": [5, 5], "D2": [4, None], "D3": [1, 1]},
        }
    )
    table = rank_sensitivity(scores, top=1).set_index("action")
    assert table.loc["D1", ["alone_low", "alone_high"]].tolist() == [1, 2]
    assert table.loc["D2", ["alone_low", "alone_high"]].tolist() == [1, 2]
    assert table.loc["D3", ["alone_low", "alone_high"]].tolist() == [2, 3]  # last of two, last of three


def test_who_nobody_scored_whole_has_no_rank_alone(make_scores):
    scores = make_scores({"anna": {"D1": [5, None], "D2": [3, 3]}, "bo": {"D1": [4, None], "D2": [2, 2]}})
    table = rank_sensitivity(scores, top=2).set_index("action")
    assert np.isnan(table.at["D1", "alone_low"])
    assert np.isnan(table.at["D1", "alone_moved"])
    assert table["stable"].to_dict() == {"D1": False, "D2": True}


def test_in_the_sample_coders_move_more_than_weights(sample_scores):
    table = rank_sensitivity(sample_scores)
    assert table["alone_moved"].mean() > 2 * table["weights_moved"].mean() > 0
    stable = table[table["stable"]]
    assert 0 < len(stable) < 20
    assert (stable["weights_high"] <= 20).all()
    assert (stable["alone_high"] <= 20).all()


def test_a_share_beyond_one_is_refused(sample_scores):
    with pytest.raises(RatingsError, match=r"not 1\.5"):
        rank_sensitivity(sample_scores, within=1.5)


def test_agreement_of_scores_is_that_of_the_ratings(sample_scores, sample_study):
    found = score_agreement(sample_scores, n_resamples=0)
    of_goal = found[found["criterion"] == "criterion_goal"].set_index(["level", "coefficient"])["value"]
    asked = sample_study.notes_asked("criterion_goal", sample_study.main_notes)
    ratings = sample_study.ratings("criterion_goal", ["k1", "k2", "k3"], asked)
    assert of_goal["ordinal", "alpha"] == pytest.approx(alpha(ratings, "ordinal"))
    assert of_goal["interval", "alpha"] == pytest.approx(alpha(ratings, "interval"))
    names = ["icc_a_1", "icc_a_k", "kendall_w"]
    expected = agreement(ratings, coefficients=names, n_resamples=0)["value"].tolist()
    assert [of_goal["interval", name] for name in names] == pytest.approx(expected)
    assert (found["n_all_scored"] == 73).all()
    assert found["criterion"].iloc[-1] == "total"


def test_correlations_are_spearmans(sample_scores):
    ranking = rank_actions(sample_scores)
    table = criteria_correlations(ranking)
    assert len(table) == 6
    row = table.iloc[0]
    ranks = ranking[[f"mean_{row['criterion_a']}", f"mean_{row['criterion_b']}"]].rank()
    assert row["rho"] == pytest.approx(np.corrcoef(ranks.T.to_numpy())[0, 1])
