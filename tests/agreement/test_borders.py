"""What disagreement is made of: shares that add up to what alpha lacks, and confusions that are put in."""

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import alpha
from sekom_analysis.agreement.disputes import borders, gain_by_code, gain_by_note, never_used, notes_between


def random_ratings(seed, n_notes=80, n_coders=4, codes="abcde", missing=0.2):
    rng = np.random.default_rng(seed)
    truth = rng.choice(list(codes), n_notes)
    columns = {}
    for coder in range(n_coders):
        guess = rng.choice(list(codes), n_notes)
        chosen = np.where(rng.random(n_notes) < 0.7, truth, guess).astype(object)
        chosen[rng.random(n_notes) < missing] = None
        columns[f"k{coder}"] = chosen
    return pd.DataFrame(columns, index=[f"n{i}" for i in range(n_notes)])


@pytest.mark.parametrize("seed", range(5))
def test_the_gains_are_what_alpha_lacks_to_one(seed):
    ratings = random_ratings(seed)
    lacking = 1 - alpha(ratings)
    assert borders(ratings)["gain"].sum() == pytest.approx(lacking)
    assert gain_by_note(ratings).sum() == pytest.approx(lacking)
    assert gain_by_code(ratings).sum() == pytest.approx(2 * lacking)  # a pair of codes counts for both


def test_a_gain_is_what_alpha_rises_by_while_the_codes_are_used_as_often():
    # Two disputes a–b that cancel out: settled, each code is used as often as before.
    k1, k2 = list("aabbccddab"), list("aabbccddba")
    before = pd.DataFrame({"k1": k1, "k2": k2})
    settled = pd.DataFrame({"k1": k1, "k2": k1})
    rise = alpha(settled) - alpha(before)
    assert borders(before).loc[0, "gain"] == pytest.approx(rise)


def test_the_sample_is_confused_where_the_report_and_the_readers_part(sample_study):
    found = borders(sample_study.ratings("category_b", notes=sample_study.main_notes))
    assert found[["code_a", "code_b", "notes", "pairs"]].head(2).to_numpy().tolist() == [
        ["samverkan", "sekoms_roll", 10, 32],
        ["samordning", "samverkan", 7, 22],
    ]


def test_a_confusion_that_is_put_in_comes_first_and_chance_does_not():
    rng = np.random.default_rng(1)
    truth = rng.choice(list("abcdef"), 300)
    swapped = np.where((rng.random(300) < 0.5) & (truth == "a"), "b", truth)
    noisy = np.where(rng.random(300) < 0.05, rng.choice(list("abcdef"), 300), swapped)
    found = borders(pd.DataFrame({"k1": truth, "k2": noisy}))
    assert set(found.loc[0, ["code_a", "code_b"]]) == {"a", "b"}
    assert found.loc[0, "ratio"] > 3
    assert found.loc[0, "p_value"] < 1e-6
    assert found["expected"].sum() < found["notes"].sum() + 1e-9


def test_chance_alone_is_seldom_called_a_confusion():
    called = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        truth = rng.choice(list("abcd"), 120)
        columns = {
            f"k{j}": np.where(rng.random(120) < 0.15, rng.choice(list("abcd"), 120), truth) for j in (1, 2)
        }
        called += list(borders(pd.DataFrame(columns))["p_value"] < 0.05)
    assert np.mean(called) < 0.08


def test_agreement_and_one_coder_have_no_borders():
    assert borders(pd.DataFrame({"k1": list("aab"), "k2": list("aab")})).empty
    assert borders(pd.DataFrame({"k1": list("aab")})).empty
    assert borders(pd.DataFrame({"k1": list("aaa"), "k2": list("aaa")})).empty


def test_a_code_that_one_coder_never_uses():
    ratings = pd.DataFrame({"k1": list("abca"), "k2": list("abba"), "k3": ["a", "b", None, "a"]})
    found = never_used(ratings)
    assert found[["coder", "code", "notes"]].to_numpy().tolist() == [["k2", "c", 1]]  # k3 never saw one
    assert found.loc[0, "gain"] == pytest.approx(1 - alpha(ratings))


@pytest.mark.parametrize("seed", range(3))
def test_what_a_code_left_out_costs_is_what_alpha_changes_by_if_the_coder_had_chosen_it(seed):
    ratings = random_ratings(seed)
    ratings["k2"] = ratings["k2"].where(ratings["k2"] != "e")
    found = never_used(ratings).set_index(["coder", "code"]).loc[("k2", "e")]
    others = ratings.drop(columns="k2")
    switch = ratings["k2"].notna() & (others == "e").any(axis=1)
    changed = ratings.astype(object)
    changed.loc[switch, "k2"] = "e"
    lacks, lacks_then = (1 - alpha(table) for table in (ratings, changed))
    # As the gains are: with the disagreement expected by chance as it is.
    by_chance, by_chance_then = (expected(table) for table in (ratings, changed))
    assert found["gain"] == pytest.approx(lacks - lacks_then * by_chance_then / by_chance)
    assert found["notes"] == switch.sum()


def expected(ratings):
    values = ratings[ratings.notna().sum(axis=1) > 1].stack().dropna().value_counts()
    n = values.sum()
    return (n * n - (values**2).sum()) / (n * (n - 1))


def test_a_code_that_one_coder_leaves_out_may_be_anothers_alone():
    ratings = pd.DataFrame({"k1": list("abab"), "k2": list("abab"), "k3": list("abab"), "k4": list("cbab")})
    gains = never_used(ratings).set_index("coder")["gain"]
    assert (gains < 0).all()  # two others chose what k1 chose, one chose c
    assert list(gains.index) == ["k1", "k2", "k3"]


def test_notes_between_two_codes_need_both():
    ratings = pd.DataFrame({"k1": list("abc"), "k2": ["b", None, "a"]}, index=["n1", "n2", "n3"])
    assert notes_between(ratings, "a", "b") == ["n1"]
