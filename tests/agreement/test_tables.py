"""Tidy tables: columns, intervals, degenerate cases, wrong calls."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import agreement, agreement_by_code, agreement_by_pair, count_patterns
from sekom_analysis.agreement.requests import COLUMNS
from sekom_analysis.errors import RatingsError


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
    assert tuple(agreement(ratings, n_resamples=0).columns) == COLUMNS
    assert tuple(agreement_by_code(ratings, n_resamples=0).columns)[:13] == ("code", *COLUMNS)
    assert tuple(agreement_by_pair(ratings, n_resamples=0).columns)[:14] == ("coder_a", "coder_b", *COLUMNS)


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


def test_a_rare_code_has_no_interval():
    k1 = ["a"] * 30 + ["b"] * 8
    table = agreement_by_code(pd.DataFrame({"k1": k1, "k2": ["a"] * 31 + ["b"] * 7}))
    by_code = table[table.coefficient == "alpha"].set_index("code")
    assert by_code.value["a"] == by_code.value["b"]
    assert np.isnan(by_code.low["b"])
    assert not np.isnan(by_code.low["a"])
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
        ({"coefficients": "kappa"}, r"no coefficients 'kappa'.*percent, alpha"),
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
