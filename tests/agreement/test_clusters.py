"""Notes that belong together: intervals from whole clusters, against leaving each out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekom_analysis.agreement import (
    agreement,
    agreement_by_code,
    agreement_by_group,
    agreement_by_pair,
    agreement_without_each,
    alpha,
    count_patterns,
)
from sekom_analysis.agreement.clusters import (
    jackknife_interval,
    jackknife_share_above,
)
from sekom_analysis.basics.errors import RatingsError

CODES = [f"c{k}" for k in range(4)]


def tables(seed, n_tables=12, per_table=8, n_coders=3, gaps=0.0):
    """Ratings of notes that were written at tables, some of which are hard; and each note's table."""
    rng = np.random.default_rng(seed)
    hit = np.repeat(rng.beta(2, 1.5, n_tables), per_table)
    n_notes = n_tables * per_table
    true = rng.integers(0, len(CODES), n_notes)
    ratings = {}
    for j in range(n_coders):
        chosen = np.where(rng.random(n_notes) < hit, true, rng.integers(0, len(CODES), n_notes))
        told = [CODES[k] for k in chosen]
        ratings[f"k{j}"] = [None if rng.random() < gaps else code for code in told]
    index = [f"n{i:03}" for i in rng.permutation(n_notes)]
    table = pd.Series(np.repeat([f"bord {t}" for t in range(n_tables)], per_table), index=index)
    return pd.DataFrame(ratings, index=index), table.sample(frac=1, random_state=seed)


def by_hand(ratings, table, name="alpha", confidence=0.95):
    """Leave each cluster out of the table itself, and ask for the coefficient anew."""
    scipy_stats = pytest.importorskip("scipy.stats")

    def value(part):
        found = agreement(part, coefficients=name, n_resamples=0, codes=CODES)
        return found["value"].iloc[0]

    names = table.unique()
    left = np.array([value(ratings[table.reindex(ratings.index) != one]) for one in names])
    z, n = np.arctanh(left), len(names)
    error = np.sqrt((n - 1) / n * ((z - z.mean()) ** 2).sum())
    half = scipy_stats.t.ppf(0.5 + confidence / 2, n - 1) * error
    middle = np.arctanh(value(ratings))
    raw = np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum())
    return [np.tanh(middle - half), np.tanh(middle + half)], raw


@pytest.mark.parametrize("name", ["alpha", "ac1", "fleiss", "conger", "brennan_prediger"])
@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_the_interval_is_that_of_leaving_each_cluster_out(name, gaps):
    ratings, table = tables(3, gaps=gaps)
    row = agreement(ratings, coefficients=name, codes=CODES, cluster=table).iloc[0]
    ends, error = by_hand(ratings, table, name)
    assert row[["low", "high"]].tolist() == pytest.approx(ends)
    assert row["standard_error"] == pytest.approx(error)
    assert row["n_clusters"] == 12


def test_two_coders_and_who_chose():
    ratings, table = tables(5, n_coders=2)
    row = agreement(ratings, coefficients="cohen", codes=CODES, cluster=table).iloc[0]
    assert row[["low", "high"]].tolist() == pytest.approx(by_hand(ratings, table, "cohen")[0])


def test_a_share_stays_between_0_and_1():
    ratings, table = tables(6, n_tables=9, per_table=3)
    row = agreement(ratings, coefficients="percent", cluster=table).iloc[0]
    assert 0 < row["low"] < row["value"] < row["high"] < 1
    assert row["high"] - row["value"] != pytest.approx(row["value"] - row["low"])


def test_every_note_its_own_cluster_is_the_jackknife_over_notes():
    ratings, _ = tables(7, gaps=0.1)
    alone = pd.Series(ratings.index, index=ratings.index)
    clustered = agreement(ratings, cluster=alone)
    named = agreement(ratings, method="jackknife")
    pd.testing.assert_frame_equal(clustered[named.columns[:-1]], named[named.columns[:-1]])
    assert clustered["design_effect"].tolist() == pytest.approx([1, 1, 1])


def test_notes_without_a_cluster_are_clusters_of_their_own():
    ratings, table = tables(8)
    kept = table.where(table.isin(["bord 1", "bord 2", "bord 3"]))
    own = kept.fillna(pd.Series(table.index, index=table.index))
    for name in ("alpha", "conger"):
        some, each = (agreement(ratings, coefficients=name, cluster=one).iloc[0] for one in (kept, own))
        assert some["n_clusters"] == each["n_clusters"] == 3 + 9 * 8
        assert some[["low", "high", "design_effect"]].tolist() == pytest.approx(
            each[["low", "high", "design_effect"]].tolist()
        )
    blank = agreement(ratings, coefficients="alpha", cluster=kept.fillna("  ")).iloc[0]
    assert blank["n_clusters"] == 75


def test_copies_of_notes_double_the_variance_and_clusters_notice():
    ratings, _ = tables(9)
    twice = pd.concat([ratings, ratings.rename(index=lambda n: f"{n}'")])
    pairs = pd.Series({n: n.rstrip("'") for n in twice.index})
    row = agreement(twice, coefficients="percent", cluster=pairs).iloc[0]
    single = agreement(ratings, coefficients="percent", method="jackknife").iloc[0]
    assert row[["low", "high"]].tolist() == pytest.approx(single[["low", "high"]].tolist())
    assert row["design_effect"] == pytest.approx(2, abs=0.03)


def test_by_name_clusters_are_resampled():
    ratings, table = tables(10, n_tables=30)
    found = {
        method: agreement(ratings, coefficients="alpha", method=method, cluster=table).iloc[0]
        for method in (None, "bca", "percentile")
    }
    notes = agreement(ratings, coefficients="alpha").iloc[0]
    width = {method: row["high"] - row["low"] for method, row in found.items()}
    assert width["bca"] == pytest.approx(width[None], rel=0.15)
    assert width["percentile"] == pytest.approx(width[None], rel=0.15)
    assert notes["high"] - notes["low"] < 0.85 * width["bca"]
    with pytest.raises(RatingsError, match="cannot keep clusters together"):
        agreement(ratings, coefficients="alpha", method="krippendorff", cluster=table)


def test_clusters_reach_every_table():
    ratings, table = tables(11, gaps=0.1)
    pair = agreement_by_pair(ratings, coefficients="alpha", cluster=table).iloc[0]
    own = agreement(ratings[["k0", "k1"]], coefficients="alpha", cluster=table, codes=CODES).iloc[0]
    assert pair[["low", "high", "design_effect"]].tolist() == own[["low", "high", "design_effect"]].tolist()
    rest = agreement_without_each(ratings, coefficients="alpha", cluster=table)
    assert rest.iloc[2][["low", "high"]].tolist() == own[["low", "high"]].tolist()
    code = agreement_by_code(ratings, coefficients="alpha", cluster=table).set_index("code").loc["c1"]
    one = ratings.map(lambda c: c if c is None or c == "c1" else "other", na_action="ignore")
    binary = agreement(one, coefficients="alpha", cluster=table, codes=["c1", "other"]).iloc[0]
    assert code[["low", "high", "n_clusters"]].tolist() == pytest.approx(
        binary[["low", "high", "n_clusters"]].tolist()
    )
    half = pd.Series(np.where(np.arange(len(ratings)) % 2, "a", "b"), index=ratings.index, name="half")
    part = agreement_by_group(ratings, half, coefficients="alpha", cluster=table).iloc[0]
    same = agreement(ratings[half == "b"], coefficients="alpha", cluster=table, codes=CODES).iloc[0]
    assert part[["low", "high"]].tolist() == pytest.approx(same[["low", "high"]].tolist())


def test_a_long_table_says_the_same():
    polars = pytest.importorskip("polars")
    ratings, table = tables(12, gaps=0.15)
    table = table.where(table != "bord 4")
    long = ratings.rename_axis("note_id").reset_index().melt("note_id", var_name="coder", value_name="codes")
    long["table"] = long["note_id"].map(table)
    wide = agreement(ratings, coefficients=["alpha", "ac1"], codes=CODES, cluster=table)
    for frame in (long, polars.from_pandas(long)):
        patterns = count_patterns(frame, codes=CODES, cluster="table")
        counted = agreement(patterns, coefficients=["alpha", "ac1"])
        pd.testing.assert_frame_equal(counted, wide)
    torn = long.assign(table=["bord 1", *long["table"].iloc[1:]])
    torn.loc[torn["note_id"] == torn["note_id"].iloc[0], "table"] = ["bord 1", "bord 2", "bord 2"]
    with pytest.raises(RatingsError, match=r"in two: note '.*': 'bord 1' and 'bord 2'"):
        count_patterns(torn, cluster="table")


def test_alphas_interval_is_the_same_whatever_else_is_asked_for():
    ratings, table = tables(13, n_tables=40, per_table=60)
    for cluster in (None, table):
        alone = agreement(ratings, coefficients="alpha", n_resamples=500, cluster=cluster).iloc[0]
        for names in ("all", ["alpha", "conger"], None):
            among = agreement(ratings, coefficients=names, n_resamples=500, cluster=cluster)
            row = among[among["coefficient"] == "alpha"].iloc[0]
            assert row[["low", "high"]].tolist() == pytest.approx(alone[["low", "high"]].tolist(), abs=1e-12)


@given(st.integers(0, 1_000), st.sampled_from(["alpha", "ac1", "conger"]))
@settings(max_examples=25, deadline=None)
def test_names_and_order_of_clusters_are_of_no_account(seed, name):
    ratings, table = tables(seed, n_tables=9, per_table=4, gaps=0.1)
    named = table.map({one: f"T{hash(one) % 997}-{one}" for one in table.unique()})
    one, other = (
        agreement(r, coefficients=name, cluster=c).iloc[0]
        for r, c in ((ratings, table), (ratings.sample(frac=1, random_state=seed), named))
    )
    assert one[["value", "low", "high"]].tolist() == pytest.approx(
        other[["value", "low", "high"]].tolist(), nan_ok=True
    )


def test_what_should_be_known_is_said():
    ratings, table = tables(14, n_tables=6)
    assert agreement(ratings, coefficients="alpha", cluster=table).iloc[0]["note"] == (
        "Only 6 clusters: with fewer than eight the interval is uncertain."
    )
    lone = pd.DataFrame({"k1": list("aaaabb"), "k2": list("aaaaba")}, index=list("uvwxyz"))
    row = agreement(lone, coefficients="alpha", cluster=pd.Series(list("112233"), index=lone.index)).iloc[0]
    assert np.isnan(row["low"])
    assert row["note"].endswith("the smaller side (the commonest code, or anything else): 1 of 3.")
    sure = agreement(ratings.assign(k1=ratings["k0"], k2=ratings["k0"]), "nominal", cluster=table).iloc[1]
    assert sure["high"] == 1
    assert 0 < sure["low"] < 0.75  # six tables without a dispute leave more open than 48 notes would


@pytest.mark.parametrize(("n_carrying", "has_interval"), [(9, False), (10, True), (19, True), (20, True)])
def test_a_rare_code_is_counted_in_clusters(n_carrying, has_interval):
    """Forty tables of ten notes; the code is on one note of some tables, and coders differ on a third."""
    codes = np.full((40, 10, 2), "other", dtype=object)
    codes[:n_carrying, 0] = "rare"
    codes[: n_carrying // 3, 0, 1] = "other"
    ratings = pd.DataFrame(codes.reshape(400, 2), columns=["k1", "k2"], index=[f"n{i}" for i in range(400)])
    table = pd.Series(np.repeat(np.arange(40), 10).astype(str), index=ratings.index)
    row = agreement(ratings, coefficients="alpha", cluster=table).iloc[0]
    assert np.isfinite(row["low"]) == has_interval
    assert ("No interval" in row["note"]) == (not has_interval)
    assert ("Uncertain interval" in row["note"]) == (10 <= n_carrying < 20)
    many = agreement(ratings, coefficients="alpha", cluster=table.where(table == "50")).iloc[0]
    assert np.isfinite(many["low"]) == has_interval


@pytest.mark.parametrize(
    ("cluster", "said"),
    [
        (["a", "b"], "Series of clusters indexed by note_id, not list"),
        (pd.Series({"x": "a"}), "names none of the notes"),
        (pd.Series(["a", "b"], index=["n000", "n000"]), "more than once: 'n000'"),
    ],
)
def test_clusters_that_cannot_be_used(cluster, said):
    ratings, _ = tables(15)
    with pytest.raises(RatingsError, match=said):
        agreement(ratings, cluster=cluster)


def test_patterns_take_no_clusters_afterwards():
    ratings, table = tables(16)
    long = ratings.rename_axis("note_id").reset_index().melt("note_id", var_name="coder", value_name="codes")
    with pytest.raises(RatingsError, match="count_patterns"):
        agreement(count_patterns(long), cluster=table)


def test_the_floor_is_weighed_by_the_same_distribution():
    ratings, table = tables(17)
    row = agreement(ratings, coefficients="alpha", cluster=table).iloc[0]
    for end, share in ((row["low"], 0.975), (row["high"], 0.025), (row["value"], 0.5)):
        again = agreement(ratings, coefficients="alpha", cluster=table, floor=end).iloc[0]
        assert again["reaches_floor"] == pytest.approx(share)
    assert np.isnan(jackknife_share_above(0.5, np.array([0.5]), np.array([1]), 0.4))


def test_tables_that_differ_in_difficulty():
    """200 studies of 12 tables: intervals by cluster hold alpha as they say, by note not."""
    rng = np.random.default_rng(5)
    true = np.mean([alpha(tables(1_000 + i, n_tables=400, n_coders=3)[0]) for i in range(20)])
    held = {"clusters": 0, "notes": 0}
    for seed in rng.integers(0, 10**6, 200):
        ratings, table = tables(int(seed))
        for name, cluster in (("clusters", table), ("notes", None)):
            found = agreement(ratings, coefficients="alpha", method="jackknife", cluster=cluster).iloc[0]
            held[name] += found["low"] <= true <= found["high"]
    assert held["clusters"] >= 184
    assert held["notes"] <= 170


def test_one_call_for_many_studies():
    values = np.array([0.3, 0.6])
    without = np.array([[0.2, 0.3, 0.4], [0.5, 0.6, 0.7]])
    low, high = jackknife_interval(values, without, np.ones(3, np.int64), 0.95)
    for i in range(2):
        one = jackknife_interval(values[i], without[i], np.ones(3, np.int64), 0.95)
        assert (low[i], high[i]) == pytest.approx([float(end) for end in one])
