"""The difference of two coefficients: against every resample there is, and by its laws."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekom_analysis.agreement import agreement, agreement_difference, alpha, differences, posteriors
from sekom_analysis.basics.errors import RatingsError

A = pd.DataFrame({"k1": list("abcab"), "k2": list("abcba"), "k3": list("abaab")}, index=list("vwxyz"))
B = pd.DataFrame({"k1": list("abcab"), "k2": list("abcab"), "k3": list("abcaa")}, index=list("vwxyz"))


@pytest.fixture
def few_are_enough(monkeypatch):
    """Tables so small that every resample can be listed."""
    monkeypatch.setattr(differences, "NOTES_FOR_INTERVAL", 0)


def ratings(seed, n_notes, start=0, agreed=0.7, n_coders=3):
    """Ratings of notes n0, n1, …: a right code each, and coders who miss it now and then."""
    rng = np.random.default_rng(seed)
    right = rng.integers(0, 3, n_notes)
    told = {
        f"k{j}": np.where(rng.random(n_notes) < agreed, right, rng.integers(0, 3, n_notes))
        for j in range(n_coders)
    }
    index = [f"n{i}" for i in range(start, start + n_notes)]
    return pd.DataFrame({name: [f"c{k}" for k in column] for name, column in told.items()}, index=index)


def scores(table) -> np.ndarray:
    """Share of coder pairs that agree on each note, by hand."""
    pairs = [[x == y for i, x in enumerate(row) for y in row[i + 1 :]] for row in table.to_numpy().tolist()]
    return np.array([np.mean(one) for one in pairs])


def percent(table) -> float:
    return float(scores(table).mean())


# --- against every resample that there is -------------------------------------------------------------


def all_resamples(a, b) -> np.ndarray:
    """The difference in percent in each of the N^N ways to draw the same notes from both tables."""
    rows = np.array(list(product(range(len(a)), repeat=len(a))))
    return scores(b)[rows].mean(axis=1) - scores(a)[rows].mean(axis=1)


def test_values_are_those_of_each_table():
    row = agreement_difference(A, B, n_resamples=0).iloc[0]
    assert row[["value_a", "value_b", "difference"]].tolist() == pytest.approx(
        [alpha(A), alpha(B), alpha(B) - alpha(A)]
    )
    assert np.isnan(row[["low", "high", "p"]].astype(float)).all()


def test_p_is_the_share_among_all_resamples(few_are_enough):
    exact = all_resamples(A, B)
    row = agreement_difference(A, B, "percent", method="bca", n_resamples=200_000).iloc[0]
    assert 0.01 < 2 * (exact <= 1e-12).mean() < 0.9
    assert row["p"] == pytest.approx(2 * (exact <= 1e-12).mean(), abs=0.005)


def test_the_ends_are_those_of_all_resamples_moved_as_bca_moves_them(few_are_enough):
    """Ends from the exact distribution: bias from it, acceleration from leaving out each note by hand."""
    from statistics import NormalDist

    a, b = ratings(3, 6, agreed=0.4), ratings(4, 6, agreed=0.9)
    exact = np.sort(all_resamples(a, b))
    value = percent(b) - percent(a)
    left = np.array([percent(b.drop(n)) - percent(a.drop(n)) for n in a.index])
    away = left.mean() - left
    curve = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    normal = NormalDist()
    below = (exact < value - 1e-12).mean() + (np.abs(exact - value) <= 1e-12).mean() / 2
    bias = normal.inv_cdf(below)
    ends = [bias + normal.inv_cdf(end) for end in (0.025, 0.975)]
    low, high = np.quantile(exact, [normal.cdf(bias + z / (1 - curve * z)) for z in ends])
    row = agreement_difference(a, b, "percent", method="bca", n_resamples=100_000).iloc[0]
    assert row[["low", "high"]].tolist() == pytest.approx([low, high], abs=0.03)


def bootstrap(a, b, n_resamples=4_000) -> np.ndarray:
    """A bootstrap of its own: rows drawn by position, alpha asked of each resample."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(n_resamples):
        rows = rng.integers(0, len(a), len(a))
        one, other = (table.iloc[rows].reset_index(drop=True) for table in (a, b))
        found.append(alpha(other) - alpha(one))
    return np.array(found)


def test_alphas_interval_is_near_that_of_another_bootstrap():
    a, b = ratings(1, 80, agreed=0.6), ratings(1, 80, agreed=0.75)
    low, high = np.quantile(bootstrap(a, b, 1_500), [0.025, 0.975])
    row = agreement_difference(a, b).iloc[0]
    assert row[["low", "high"]].tolist() == pytest.approx([low, high], abs=0.035)


def test_the_same_notes_make_a_narrower_interval_than_others_would():
    a = ratings(5, 100)
    b = a.copy()
    b.iloc[:6, 0] = b.iloc[:6, 1]
    paired = agreement_difference(a, b, n_resamples=2_000).iloc[0]
    apart = agreement_difference(a, b.rename(index=lambda n: f"other {n}"), n_resamples=2_000).iloc[0]
    assert paired["difference"] == apart["difference"]
    assert paired["high"] - paired["low"] < (apart["high"] - apart["low"]) / 2
    assert (paired["n_both"], apart["n_both"]) == (100, 0)
    assert "not paired" in apart["note"]
    assert paired["note"] == ""


def test_without_a_common_note_it_is_the_interval_of_two_samples():
    a, b = ratings(6, 120, agreed=0.6), ratings(7, 90, start=500, agreed=0.8)
    row = agreement_difference(a, b, "percent").iloc[0]
    error = np.sqrt(sum(scores(table).var() / len(table) for table in (a, b)))
    assert (row["high"] - row["low"]) / (2 * 1.96 * error) == pytest.approx(1, abs=0.04)


def test_it_covers_a_difference_that_is_not_there():
    """Two tables of the same notes, coders equally good: 95 % intervals hold 0 about 19 times of 20."""
    held = 0
    for seed in range(60):
        one = ratings(seed, 80, n_coders=6)
        a, b = one.iloc[:, :3], one.iloc[:, 3:]
        row = agreement_difference(a, b, n_resamples=400).iloc[0]
        held += row["low"] <= 0 <= row["high"]
    assert held >= 52


# --- clusters -----------------------------------------------------------------------------------------


def test_notes_of_a_cluster_are_drawn_together():
    """Notes twice over in pairs: by cluster the error is that of half as many notes."""
    a, b = ratings(8, 60, agreed=0.6), ratings(9, 60, agreed=0.8)
    twice = [pd.concat([t, t.rename(index=lambda n: f"{n}'")]) for t in (a, b)]
    table = pd.Series({n: n.rstrip("'") for n in twice[0].index})
    single = agreement_difference(a, b, "percent").iloc[0]
    whole = agreement_difference(*twice, "percent", cluster=table).iloc[0]
    naive = agreement_difference(*twice, "percent").iloc[0]
    assert whole[["low", "high"]].tolist() == pytest.approx(single[["low", "high"]].tolist(), abs=0.02)
    assert naive["high"] - naive["low"] < 0.8 * (single["high"] - single["low"])


def test_a_note_without_a_cluster_is_drawn_on_its_own():
    a, b = ratings(8, 30), ratings(9, 30)
    alone = agreement_difference(a, b, cluster=pd.Series({"n3": "bord 1", "n4": None}))
    pd.testing.assert_frame_equal(alone, agreement_difference(a, b))


# --- rare codes: a posterior distribution ---------------------------------------------------------------


def rare(seed, n_notes=99, prevalence=0.05, agreed=(0.4, 0.7), gaps=0.0):
    """A code on few notes, coded twice by two coders who agree as well as α says each time."""
    rng = np.random.default_rng(seed)
    true = rng.random(n_notes) < prevalence
    tables = []
    for alpha_true in agreed:
        table = {}
        for coder in ("k1", "k2"):
            chosen = np.where(
                rng.random(n_notes) < np.sqrt(alpha_true), true, rng.random(n_notes) < prevalence
            )
            told = np.where(chosen, "held", "other").astype(object)
            told[rng.random(n_notes) < gaps] = None
            table[coder] = told
        tables.append(pd.DataFrame(table, index=[f"n{i}" for i in range(n_notes)]))
    return tables


def nine_cells(a, b, n_draws=400_000) -> list[float]:
    """Ends of the difference with ⅙ on each of nine classes, drawn and worked out by hand."""
    chose = [(table == "held").sum(axis=1).to_numpy() for table in (a, b)]
    cells = np.full((3, 3), 1 / 6)
    np.add.at(cells, tuple(chose), 1)
    shares = np.random.default_rng(1).dirichlet(cells.ravel(), n_draws).reshape(-1, 3, 3)

    def alpha_of(classes):
        p = classes[:, 2] + classes[:, 1] / 2
        return 1 - classes[:, 1] / (2 * p * (1 - p))

    drawn = alpha_of(shares.sum(axis=1)) - alpha_of(shares.sum(axis=2))
    return [*np.quantile(drawn, [0.025, 0.975]), 2 * min((drawn <= 0).mean(), (drawn >= 0).mean())]


def test_of_a_rare_code_it_is_the_middle_of_the_nine_cells_posterior():
    a, b = rare(3)
    row = agreement_difference(a, b).iloc[0]
    assert row[["low", "high", "p"]].tolist() == pytest.approx(nine_cells(a, b), abs=0.01)
    assert "posterior" in row["note"]
    back = agreement_difference(b, a).iloc[0]
    assert [back["low"], back["high"]] == pytest.approx([-row["high"], -row["low"]], abs=0.01)


def test_different_notes_of_a_rare_code_are_two_posteriors():
    a, b = rare(5, n_notes=150)
    row = agreement_difference(a, b.rename(index=lambda n: f"other {n}")).iloc[0]
    each = [agreement(table, coefficients="alpha").iloc[0] for table in (a, b)]
    spread = np.hypot(*(one["high"] - one["low"] for one in each))
    assert row["high"] - row["low"] == pytest.approx(spread, rel=0.15)
    assert row["n_both"] == 0


@pytest.mark.parametrize(("n_notes", "gaps"), [(99, 0.0), (150, 0.15)])
def test_intervals_of_rare_codes_hold(monkeypatch, n_notes, gaps):
    """300 studies in which the code fits 5 % of the notes: 95 % intervals hold the true difference."""
    monkeypatch.setattr(posteriors, "N_DRAWS", 4_000)
    held = []
    for seed in range(300):
        row = agreement_difference(*rare(seed, n_notes, gaps=gaps)).iloc[0]
        if np.isfinite(row["low"]):
            held.append(row["low"] <= 0.3 <= row["high"])
    assert len(held) > 280
    assert np.mean(held) >= 0.91


# --- laws ---------------------------------------------------------------------------------------------


tables = st.builds(
    ratings, st.integers(0, 10_000), st.integers(4, 60), st.integers(0, 10), st.floats(0.3, 0.95)
)
NAMES = ["percent", "alpha", "ac1", "fleiss", "brennan_prediger", "conger"]


@given(tables, st.sampled_from(NAMES))
@settings(max_examples=20, deadline=None)
def test_a_table_does_not_differ_from_itself(a, name):
    row = agreement_difference(a, a.copy(), name, n_resamples=100).iloc[0]
    if np.isnan(row["low"]):
        assert row["note"]
        return
    assert row[["difference", "low", "high", "p"]].tolist() == pytest.approx([0, 0, 0, 1], abs=1e-12)


@given(tables, tables, st.sampled_from(NAMES))
@settings(max_examples=20, deadline=None)
def test_the_other_way_round_the_sign_is_the_other(a, b, name):
    there = agreement_difference(a, b, name, n_resamples=100).iloc[0]
    back = agreement_difference(b, a, name, n_resamples=100).iloc[0]
    assert [there["difference"], there["low"], there["high"]] == pytest.approx(
        [-back["difference"], -back["high"], -back["low"]], nan_ok=True
    )
    assert there["p"] == pytest.approx(back["p"], nan_ok=True)


@given(tables, tables, st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_notes_is_of_no_account(a, b, random):
    shuffled = b.loc[random.sample(list(b.index), len(b))]
    pd.testing.assert_frame_equal(
        agreement_difference(a, b, n_resamples=50), agreement_difference(a, shuffled, n_resamples=50)
    )


@pytest.mark.parametrize("name", ["percent", "alpha", "ac1", "fleiss", "conger", "brennan_prediger"])
def test_values_are_those_that_agreement_gives(name):
    a, b = ratings(1, 40), ratings(2, 40, start=20)
    a.iloc[3, 1] = None
    row = agreement_difference(a, b, name, n_resamples=50).iloc[0]
    each = [agreement(t, coefficients=name, n_resamples=0)["value"].iloc[0] for t in (a, b)]
    assert row[["value_a", "value_b"]].tolist() == pytest.approx(each)
    assert row["n_both"] == 20


@pytest.mark.parametrize("name", ["alpha", "icc_a_1", "kendall_w", "ac2"])
def test_scores(name):
    rng = np.random.default_rng(0)
    right = rng.integers(1, 6, 50)
    a, b = (pd.DataFrame({c: (right + rng.integers(0, s, 50)) for c in "xyz"}) for s in (3, 2))
    how = {"level": "ordinal"} if name == "alpha" else {"weights": "ordinal"} if name == "ac2" else {}
    row = agreement_difference(a, b, name, n_resamples=200, codes=range(1, 9), **how).iloc[0]
    given_level = how.pop("level", "nominal")
    each = [
        agreement(t, given_level, coefficients=name, n_resamples=0, codes=range(1, 9), **how)["value"].iloc[0]
        for t in (a, b)
    ]
    assert row[["value_a", "value_b"]].tolist() == pytest.approx(each)
    assert row["low"] < row["difference"] < row["high"]


# --- where there is no answer -------------------------------------------------------------------------


def test_why_there_is_none_is_said():
    sure = pd.DataFrame({"k1": list("abab"), "k2": list("abab")})
    assert "No disagreement on either side" in agreement_difference(sure, sure).iloc[0]["note"]
    many = pd.DataFrame({"k1": list("abab") * 6, "k2": list("abab") * 6})
    one = agreement_difference(ratings(1, 24).set_axis(range(24)), many).iloc[0]
    assert "not in the interval" in one["note"]
    few = agreement_difference(A, B).iloc[0]
    assert np.isnan(few["low"])
    assert "below 10 there is no interval" in few["note"]
    alone = agreement_difference(A, A[["k1"]], lang="sv").iloc[0]
    assert alone["note"] == "En enda kodare; samstämmighet kräver två."
    assert np.isnan(alone["difference"])
    three = agreement_difference(A, B, "cohen").iloc[0]
    assert "For two coders" in three["note"]


def test_a_note_that_occurs_twice_cannot_be_paired():
    with pytest.raises(RatingsError, match="'v'"):
        agreement_difference(pd.concat([A, A.iloc[:1]]), B)


def test_a_difference_is_of_one_coefficient():
    with pytest.raises(RatingsError, match="one coefficient"):
        agreement_difference(A, B, "all")
