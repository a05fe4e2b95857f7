"""One coder beside the others: never beside themself."""

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement.breakdowns import beside_the_others, leaning, parts_in_order
from sekom_analysis.basics.errors import RatingsError


def test_a_coder_has_no_vote_in_what_the_others_settle_on():
    ratings = pd.DataFrame({"k1": list("aab"), "k2": list("abb"), "k3": list("bab")})
    assert beside_the_others(ratings, "k1")["others"].fillna("divided").tolist() == [
        "divided",
        "divided",
        "b",
    ]
    # With the own vote counted, k1 would be with the majority on every note.
    changed = ratings.assign(k1=list("bbb"))
    assert beside_the_others(changed, "k1")["others"].equals(beside_the_others(ratings, "k1")["others"])


def test_unseen_is_left_out():
    ratings = pd.DataFrame({"k1": ["a", None, "a"], "k2": ["a", "b", None], "k3": [None, "b", None]})
    assert beside_the_others(ratings, "k1").index.tolist() == [0]


def test_sets_and_numbers():
    one, two = frozenset("x"), frozenset("xy")
    sets = pd.DataFrame({"k1": [one], "k2": [two], "k3": [frozenset("y")], "k4": [frozenset()]}, dtype=object)
    assert beside_the_others(sets, "k1").loc[0, "others"] == frozenset("y")
    scores = pd.DataFrame({"k1": [1, 5], "k2": [2, 3], "k3": [4, pd.NA]}, dtype="Int64")
    assert beside_the_others(scores, "k1")["others"].tolist() == [3.0, 3.0]


def test_an_unknown_coder_is_named():
    with pytest.raises(RatingsError, match="'k9'"):
        beside_the_others(pd.DataFrame({"k1": ["a"]}), "k9")


def test_leaning_counts_notes_that_one_side_alone_gave_the_code():
    beside = pd.DataFrame({"k1": list("aaaaaaaabb"), "others": list("bbbbbbbbab")})
    found = leaning(beside, ["a", "b", "c"]).set_index("code")
    assert found.loc["a", ["own", "others", "only_own", "only_others"]].tolist() == [8, 1, 8, 1]
    assert found.at["a", "p_value"] == pytest.approx(2 * (1 + 9) / 2**9)
    assert found.at["a", "p_of_all"] == pytest.approx(3 * found.at["a", "p_value"])
    assert np.isnan(found.at["c", "share"])
    assert found.at["c", "p_of_all"] == 1


def test_thirds_share_out_every_note_and_show_a_change():
    beside = pd.DataFrame({"k1": list("aaaaaaaaaa"), "others": list("aaaaaaabbb")})
    found = parts_in_order(beside)
    assert found["n_notes"].sum() == 10
    assert found["agreed"].tolist() == [3, 4, 0]
    assert found["low"].le(found["share"]).all()


def test_tenths_show_gaps_where_nothing_changes_and_thirds_do_not():
    gaps = {3: [], 10: []}
    for seed in range(60):
        agreed = np.random.default_rng(seed).random(100) < 0.85
        beside = pd.DataFrame({"k1": ["a"] * 100, "others": np.where(agreed, "a", "b")})
        for parts, found in gaps.items():
            share = parts_in_order(beside, parts)["share"]
            found.append(share.max() - share.min())
    assert np.mean(gaps[10]) > 0.28
    assert np.mean(gaps[3]) < 0.14
