"""Tidy tables: columns, intervals, degenerate cases, wrong calls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import (
    agreement,
    agreement_by_code,
    agreement_by_group,
    agreement_by_pair,
    agreement_without_each,
    count_patterns,
    why_they_differ,
)
from sekom_analysis.agreement.catalogue import COEFFICIENTS
from sekom_analysis.agreement.tables import AGREEMENT_COLUMNS
from sekom_analysis.basics.errors import RatingsError


@pytest.fixture
def ratings() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    truth = rng.choice(list("abc"), 80, p=[0.6, 0.3, 0.1])
    coders = {
        k: np.where(rng.random(80) < 0.8, truth, rng.choice(list("abc"), 80)) for k in ("k1", "k2", "k3")
    }
    table = pd.DataFrame(coders).astype(object)
    table = table.mask(rng.random(table.shape) < 0.1)
    return table.apply(lambda column: pd.Categorical(column, categories=list("abc")))


def test_columns(ratings):
    assert tuple(agreement(ratings, n_resamples=0).columns) == AGREEMENT_COLUMNS
    assert tuple(agreement_by_code(ratings, n_resamples=0).columns)[:13] == ("code", *AGREEMENT_COLUMNS)
    by_pair = tuple(agreement_by_pair(ratings, n_resamples=0).columns)
    assert by_pair[:14] == ("coder_a", "coder_b", *AGREEMENT_COLUMNS)


def test_default_rows(ratings):
    assert agreement(ratings, n_resamples=0).coefficient.tolist() == ["percent", "alpha", "ac1"]


def test_the_same_number_gives_the_same_interval(ratings):
    pd.testing.assert_frame_equal(agreement(ratings, n_resamples=500), agreement(ratings, n_resamples=500))
    other = agreement(ratings, n_resamples=500, rng=1)
    assert (other.low != agreement(ratings, n_resamples=500).low).all()


def test_no_resamples_no_interval(ratings):
    table = agreement(ratings, n_resamples=0)
    assert table[["low", "high"]].isna().all(axis=None)
    assert (table.standard_error > 0).all()


@pytest.mark.parametrize("method", ["bca", "percentile"])
def test_interval_holds_the_value_and_narrows_with_confidence(ratings, method):
    wide = agreement(ratings, method=method, confidence=0.99, n_resamples=2000)
    narrow = agreement(ratings, method=method, confidence=0.8, n_resamples=2000)
    assert ((wide.low < narrow.low) & (narrow.low < narrow.value)).all()
    assert ((narrow.value < narrow.high) & (narrow.high < wide.high)).all()


def test_without_disagreement_the_lower_end_is_what_remains_possible():
    ratings = pd.DataFrame({"k1": list("ab") * 20, "k2": list("ab") * 20})
    table = agreement(ratings, coefficients=["percent", "alpha"])
    disputed = 1 - 0.025 ** (1 / 40)
    assert table.low[0] == pytest.approx(1 - disputed)
    assert table.low[1] == pytest.approx(1 - disputed / (1 - table.expected[1]))
    assert table.high.tolist() == [1, 1]
    assert "40" in table.note[0]


def test_a_code_on_few_notes_or_on_all_but_few_has_no_interval():
    k1 = ["a"] * 30 + ["b"] * 8
    table = agreement_by_code(pd.DataFrame({"k1": k1, "k2": ["a"] * 31 + ["b"] * 7}))
    by_code = table[table.coefficient == "alpha"].set_index("code")
    assert by_code.value["a"] == by_code.value["b"]
    # Agreement on a and on b is the same question: both sides count.
    assert by_code.low.isna().all()
    assert by_code.n_carrying.to_dict() == {"a": 31, "b": 8}
    assert by_code.n_chosen.to_dict() == {"a": 61, "b": 15}


def test_by_code_of_sets_asks_of_each_code_whether_it_was_chosen():
    a, b, ab = frozenset("a"), frozenset("b"), frozenset("ab")
    ratings = pd.DataFrame({"k1": [a, b, ab, ab], "k2": [a, b, a, ab]})
    table = agreement_by_code(ratings, coefficients="percent", n_resamples=0)
    assert table.set_index("code").value.to_dict() == {"a": 1.0, "b": 0.75}


UNSEEN = [None, None, None]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"k1": ["a", "a"], "k2": ["a", "a"]}, "Only one code"),
        ({"k1": ["a", "b"]}, "one coder"),
        ({"k1": ["a", None], "k2": [None, "b"]}, "No note was decided on by two"),
        ({"k1": UNSEEN, "k2": UNSEEN}, "Nobody"),
        ({}, "Nobody"),
    ],
)
def test_a_degenerate_case_is_an_answer(columns, says):
    for n_resamples in (0, 200):
        row = agreement(pd.DataFrame(columns), coefficients="alpha", n_resamples=n_resamples).iloc[0]
        assert np.isnan([row.value, row.low, row.high]).all()
        assert says in row.note


UNSUITED = {
    "three coders": pd.DataFrame({"k1": ["a", "b"], "k2": ["a", "b"], "k3": ["b", "b"]}),
    "words": pd.DataFrame({"k1": ["a", "b", "a"], "k2": ["a", "b", "b"]}),
    "sets": pd.DataFrame({"k1": [frozenset("a"), frozenset("ab")], "k2": [frozenset("a"), frozenset("b")]}),
    "numbers": pd.DataFrame({"k1": [1, 2, 2], "k2": [1, 2, 1]}),
    "nothing": pd.DataFrame({"k1": [None, None], "k2": [None, None]}),
}


@pytest.mark.parametrize("shape", UNSUITED)
@pytest.mark.parametrize("name", COEFFICIENTS)
def test_a_coefficient_that_does_not_suit_the_ratings_says_so_alone_too(name, shape):
    ratings = UNSUITED[shape]
    together = agreement(ratings, coefficients="all", n_resamples=0).set_index("coefficient")["value"]
    for n_resamples in (0, 200):
        row = agreement(ratings, coefficients=name, n_resamples=n_resamples).iloc[0]
        if name in together:
            assert row.value == pytest.approx(together[name], nan_ok=True)
        assert np.isfinite(row.value) or row.note
        agreement_by_code(ratings, coefficients=name, n_resamples=n_resamples)
        agreement_by_pair(ratings, coefficients=name, n_resamples=n_resamples)


def test_a_coder_without_a_decision_changes_nothing_but_the_number_of_coders(ratings):
    more = agreement(ratings.assign(k4=pd.Categorical([None] * 80, categories=list("abc"))), n_resamples=200)
    fewer = agreement(ratings, n_resamples=200)
    assert set(more.n_coders) == {4}
    pd.testing.assert_frame_equal(more.drop(columns="n_coders"), fewer.drop(columns="n_coders"))


def test_notes_are_written_in_both_languages():
    one = pd.DataFrame({"k1": ["a"]})
    assert agreement(one, lang="sv").note[0] == "En enda kodare; samstämmighet kräver två."


def test_patterns_and_ratings_give_the_same_table(ratings):
    long = ratings.stack().rename("codes").rename_axis(["note_id", "coder"]).reset_index()
    from_long = agreement(count_patterns(long, codes=list("abc")), n_resamples=0)
    pd.testing.assert_frame_equal(from_long, agreement(ratings, n_resamples=0), rtol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"coefficients": "kappas"}, r"no coefficients 'kappas'.*percent, alpha.*bennett_s"),
        ({"level": "metric"}, r"no level 'metric'.*nominal"),
        ({"level": "interval"}, r"needs numbers.*'a'"),
        ({"level": np.zeros((2, 2))}, r"shape \(2, 2\); 3 codes need \(3, 3\)"),
        ({"weights": "steep"}, r"no weights 'steep'.*quadratic"),
        ({"method": "t", "confidence": 95, "n_resamples": -1}, r"'t'.*95.*-1"),
        ({"codes": ["a", "b"]}, r"'c' \(k1\).*'a', 'b'"),
    ],
)
def test_a_wrong_call_says_what_is_allowed(ratings, arguments, says):
    with pytest.raises(RatingsError, match=says):
        agreement(ratings, **arguments)


def test_a_list_is_no_table():
    with pytest.raises(RatingsError, match="DataFrame"):
        agreement([["a", "b"]])


def test_prevalence_and_bias_of_two_codes_are_those_of_byrt():
    # Byrt, Bishop & Carlin (1993): a = 40, b = 20, c = 10, d = 30 of 100.
    k1 = ["yes"] * 60 + ["no"] * 40
    k2 = ["yes"] * 40 + ["no"] * 20 + ["yes"] * 10 + ["no"] * 30
    table = agreement_by_pair(pd.DataFrame({"k1": k1, "k2": k2}), coefficients="alpha", n_resamples=0)
    assert table.prevalence_index[0] == pytest.approx((40 - 30) / 100)
    assert table.bias_index[0] == pytest.approx((20 - 10) / 100)


def test_bias_of_a_code_is_between_the_coders_furthest_apart(ratings):
    table = agreement_by_code(ratings, coefficients="alpha", n_resamples=0).set_index("code")
    shares = ratings.astype(object).apply(lambda column: column.value_counts(normalize=True))
    expected = shares.max(axis=1) - shares.min(axis=1)
    assert table.bias.to_dict() == pytest.approx(expected.to_dict())


def test_floor_and_declared_add_their_columns(ratings):
    table = agreement(ratings, floor=0.5, declared="alpha", n_resamples=500)
    assert table.declared.tolist() == [False, True, False]
    assert table.reaches_floor.between(0, 1).all()
    sure = agreement(ratings, floor=-1, n_resamples=500)
    assert sure.reaches_floor.tolist() == [1, 1, 1]
    middle = agreement(ratings, floor=agreement(ratings, n_resamples=0).value[1], n_resamples=2000)
    assert middle.reaches_floor[1] == pytest.approx(0.5, abs=0.06)


def test_few_notes_are_said_to_be_few(ratings):
    few = agreement(ratings.head(40), n_resamples=200)
    assert few.note.str.contains("50").tolist() == [True, False, False]
    assert agreement(ratings, n_resamples=200).note[0] == ""


def test_why_coefficients_differ_is_said_where_they_do():
    ratings = pd.DataFrame({"k1": ["a"] * 19 + ["b"], "k2": ["a"] * 18 + ["b", "a"]})
    sentence = why_they_differ(agreement(ratings, n_resamples=0))
    assert "90% of the pairs agree" in sentence
    alike = pd.DataFrame({"k1": list("ab") * 20, "k2": list("ab") * 19 + ["a", "a"]})
    assert why_they_differ(agreement(alike, n_resamples=0)) == ""


def test_krippendorffs_own_interval_is_for_alpha_and_from_25_pairs_a_cell():
    rng = np.random.default_rng(8)
    truth = rng.choice(list("abc"), 100)
    columns = [np.where(rng.random(100) < 0.7, truth, rng.choice(list("abc"), 100)) for _ in range(6)]
    table = agreement(pd.DataFrame(columns).T, method="krippendorff", n_resamples=20_000)
    own = table.set_index("coefficient")
    # 3 × 3 cells, all in use: 225 pairs drawn, fewer than the 1,500 that there are.
    disputed, by_chance = 1 - own.observed["alpha"], 1 - own.expected["alpha"]
    spread = 1.96 * np.sqrt(disputed * (1 - disputed) / 225) / by_chance
    assert own.high["alpha"] - own.low["alpha"] == pytest.approx(2 * spread, rel=0.06)
    assert np.isnan(own.low["ac1"])
    assert "α" in own.note["ac1"]


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_krippendorffs_own_resamples_spread_as_drawn_pairs_do(level):
    # One kind of difference among n pairs of two coders: a binomial share, scaled by expected disagreement.
    ratings = pd.DataFrame({"k1": [1] * 30 + [2] * 30, "k2": [1] * 25 + [2] * 35})
    row = agreement(ratings, level, coefficients="alpha", method="krippendorff", n_resamples=20_000).iloc[0]
    share, expected = 5 / 60, 1 - row.expected
    spread = 1.96 * np.sqrt(share * (1 - share) / 60) / expected
    assert row.high - row.low == pytest.approx(2 * spread, rel=0.12)


def test_groups_and_coders_left_out(ratings):
    stage = pd.Series(["B"] * 50 + ["D"] * 30, index=ratings.index, name="stage")
    table = agreement_by_group(ratings, stage, coefficients="alpha", n_resamples=100)
    assert table.stage.tolist() == ["B", "D"]
    alone = agreement(ratings.iloc[:50], coefficients="alpha", n_resamples=100)
    assert table.low[0] == alone.low[0]
    without = agreement_without_each(ratings, coefficients="alpha", n_resamples=0)
    assert without.value[2] == agreement(ratings[["k1", "k2"]], coefficients="alpha", n_resamples=0).value[0]
    assert set(without.n_coders) == {2}


def test_a_code_that_nobody_chose_says_so():
    ratings = pd.DataFrame({"k1": list("abab"), "k2": list("abba")})
    table = agreement_by_code(ratings, coefficients="alpha", codes=["a", "b", "c"]).set_index("code")
    assert table.loc["c", "note"] == "Nobody chose it."
    assert np.isnan(table.loc["c", "value"])
    assert "Nobody" not in table.loc["a", "note"]
