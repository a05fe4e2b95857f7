"""Rare codes: no interval from too few notes on either side, or a posterior one, and what is said of it."""

from __future__ import annotations

from functools import cache
from math import lgamma

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import Patterns, agreement, agreement_by_code, agreement_by_pair
from sekom_analysis.agreement.coded import read_ratings
from sekom_analysis.agreement.guards import guarded, rarest_share, smaller_side, told_once
from sekom_analysis.agreement.intervals import Estimate, Interval
from sekom_analysis.agreement.patterns import patterns_of
from sekom_analysis.agreement.posteriors import classes_of, posterior_quantiles, quantiles_of, rough_shares
from sekom_analysis.agreement.tables import request
from sekom_analysis.basics.wording import say


def two_coders(both: int, one: int, neither: int, code: str = "x", other: str = "o") -> pd.DataFrame:
    first = [code] * (both + one) + [other] * neither
    second = [code] * both + [other] * (one + neither)
    return pd.DataFrame({"k1": first, "k2": second})


def alpha_row(ratings, **options):
    return agreement(ratings, coefficients="alpha", n_resamples=1_000, **options).iloc[0]


def test_one_note_of_99_decides_nothing():
    row = alpha_row(two_coders(0, 1, 98))
    assert row.value == pytest.approx(0, abs=1e-12)
    assert np.isnan([row.low, row.high]).all()  # was [−.005, .000]
    assert "could as well be quite another" in row.note
    assert "lika gärna vara ett helt annat" in alpha_row(two_coders(0, 1, 98), lang="sv").note
    by_code = agreement_by_code(two_coders(0, 1, 98), coefficients="alpha", n_resamples=500)
    assert by_code.low.isna().all()
    assert set(by_code.note) == {row.note}


@pytest.mark.parametrize("both", [7, 9])
def test_the_guard_looks_at_both_sides(both):
    # Few notes in all: the code is not rare, but what there is of it is too little.
    table = agreement_by_code(two_coders(both, 0, 30).assign(k3="o"), coefficients="alpha", n_resamples=500)
    assert table.low.isna().all()
    assert table.note.str.contains(f"Only {both} notes").all()
    assert np.isnan(alpha_row(two_coders(both, 0, 30).assign(k3="o")).low)


def test_both_codes_of_two_have_the_same_interval():
    ratings = two_coders(4, 3, 92)
    by_code = agreement_by_code(ratings, coefficients="alpha").set_index("code")
    whole = agreement(ratings, coefficients="alpha").iloc[0]
    for end in ("low", "high"):
        assert by_code.loc["x", end] == by_code.loc["o", end] == whole[end]
    assert by_code.note.str.contains("posterior").all()
    assert "posterior" in alpha_row(ratings, lang="sv").note


@cache
def ends(classes) -> tuple[float, float]:
    around = quantiles_of(rough_shares(classes, 20_000, np.random.default_rng(1)), "alpha", 2, 2_001)
    return tuple(np.quantile(around, [0.025, 0.975]))


def exact_coverage(alpha: float, prevalence: float, n_notes: int = 99) -> float:
    """Weigh every outcome of two coders by its probability; outcomes without an interval are left out."""
    both = prevalence**2 + alpha * prevalence * (1 - prevalence)
    one = 2 * prevalence * (1 - prevalence) * (1 - alpha)
    log_p = np.log([1 - both - one, one, both])
    held = seen = 0.0
    for n_both in range(n_notes + 1):
        for n_one in range(n_notes + 1 - n_both):
            counts = np.array([n_notes - n_both - n_one, n_one, n_both])
            log = lgamma(n_notes + 1) - sum(lgamma(n + 1) for n in counts) + counts @ log_p
            if n_both + n_one < 2 or log < -12:
                continue
            classes = tuple((k, 2, int(n)) for k, n in enumerate(counts) if n)
            low, high = ends(classes)
            held += np.exp(log) * (low <= alpha <= high)
            seen += np.exp(log)
    return held / seen


@pytest.mark.parametrize(
    ("alpha", "prevalence", "expected"),
    # In trials .965 .959 .944 .950 and .951 .936 .929 .944, with the studies that have the code on one note:
    # those nearly always hold the truth, and have no interval here.
    [
        (0.4, 0.02, 0.958), (0.4, 0.03, 0.956), (0.4, 0.05, 0.943), (0.4, 0.1, 0.950),
        (0.7, 0.02, 0.935), (0.7, 0.03, 0.923), (0.7, 0.05, 0.928), (0.7, 0.1, 0.948),
    ],
)  # fmt: skip
def test_the_posterior_covers_what_it_promises(alpha, prevalence, expected):
    assert exact_coverage(alpha, prevalence) == pytest.approx(expected, abs=0.01)


def test_no_interval_of_a_rare_code_is_narrow():
    for both in range(10):
        for one in range(0, 12, 2):
            if both + one < 2:
                continue
            row = alpha_row(two_coders(both, one, 99 - both - one))
            assert row.high - row.low > 0.1
            assert row.low <= row.value <= row.high


def test_agreement_on_all_of_few_carriers_leaves_much_possible():
    row = alpha_row(two_coders(3, 0, 96))
    assert row.high == row.value == 1
    assert 0.2 < row.low < 0.8
    # Of a coefficient that does not go by how often codes are used, the bound stays.
    percent = agreement(two_coders(3, 0, 96), coefficients="percent", n_resamples=500).iloc[0]
    assert percent.low == pytest.approx(0.025 ** (1 / 99))


def test_percent_and_ac1_of_a_rare_code_have_posterior_intervals_too():
    from scipy.stats import beta

    table = agreement(two_coders(3, 4, 92), coefficients=["percent", "ac1", "brennan_prediger"])
    by_name = table.set_index("coefficient")
    # Notes on which the two differ: Beta(4 + ½, 95 + 1).
    ends = 1 - beta.ppf([0.975, 0.025], 4.5, 96)
    assert by_name.loc["percent", ["low", "high"]].tolist() == pytest.approx(ends.tolist(), abs=0.002)
    assert by_name.loc["brennan_prediger", ["low", "high"]].tolist() == pytest.approx(
        (2 * ends - 1).tolist(), abs=0.004
    )
    assert table.note.str.contains("posterior").all()


@pytest.mark.parametrize("name", ["cohen", "conger"])
def test_a_coefficient_that_asks_who_chose_says_why_it_has_none(name):
    row = agreement(two_coders(4, 3, 92), coefficients=name, n_resamples=500).iloc[0]
    assert not np.isnan(row.value)
    assert np.isnan(row.low)
    assert "no posterior interval" in row.note


def test_scott_has_the_interval_of_fleiss():
    table = agreement(two_coders(4, 3, 92), coefficients=["scott", "fleiss"], n_resamples=500)
    assert table.low[0] == table.low[1]


def test_gaps_are_filled_by_every_class_they_could_be_of():
    # Draws of the shares from the prior, weighted by how likely what was seen is.
    classes = ((0, 2, 20), (1, 2, 1), (0, 3, 30), (1, 3, 1), (2, 3, 1), (3, 3, 1))
    rng = np.random.default_rng(2)
    shares = rng.dirichlet([30.5, 1.25, 1.25, 1.5], 400_000)
    none, once = shares @ [1, 1 / 3, 0, 0], shares @ [0, 2 / 3, 2 / 3, 0]
    weight = none**20 * once
    k = np.arange(4)
    use = shares @ k / 3
    values = 1 - shares @ (k * (3 - k) / 3) / (2 * use * (1 - use))
    order = np.argsort(values)
    reached = np.cumsum(weight[order]) / weight.sum()
    expected = np.interp([0.025, 0.5, 0.975], reached, values[order])
    found = np.quantile(posterior_quantiles(classes), [0.025, 0.5, 0.975])
    assert found == pytest.approx(expected, abs=0.015)


def test_a_note_with_one_coder_is_of_no_class():
    counts, times = np.array([[1, 0], [2, 0], [1, 1], [0, 2]]), np.array([50, 90, 6, 3])
    assert classes_of(counts, times) == ((0, 2, 90), (1, 2, 6), (2, 2, 3))
    assert smaller_side(counts, times) == 9


def test_of_several_codes_the_side_is_what_is_not_the_commonest():
    ratings = pd.DataFrame({"k1": ["a"] * 90 + list("bcbcbcbcb"), "k2": ["a"] * 91 + list("cbcbcbcb")})
    patterns = patterns_of(read_ratings(ratings))
    assert smaller_side(patterns.counts, patterns.multiplicity) == 9
    assert rarest_share(patterns.counts, patterns.multiplicity) == pytest.approx(17 / 198)
    row = alpha_row(ratings)
    assert np.isnan(row.low)
    assert "Only 9 notes" in row.note
    more = pd.concat([ratings] * 2, ignore_index=True)
    assert not np.isnan(alpha_row(more).low)
    assert "Only 18 notes" in alpha_row(more).note


@pytest.mark.parametrize("level", ["ordinal", "interval"])
def test_scales_have_the_same_guard(level):
    ratings = pd.DataFrame({"k1": [5] * 93 + [4, 4, 3, 3, 2, 2], "k2": [5] * 94 + [4, 3, 3, 2, 1]})
    assert np.isnan(alpha_row(ratings, level=level).low)
    enough = pd.DataFrame({"k1": [1, 2, 3, 4, 5] * 10, "k2": [1, 2, 3, 4, 4] * 10})
    assert not np.isnan(alpha_row(enough, level=level).low)


def test_what_others_programs_give_by_name_stays():
    row = alpha_row(two_coders(0, 1, 98), method="krippendorff")
    assert not np.isnan(row.low)


def test_too_many_undefined_resamples_leave_no_interval():
    patterns = Patterns(np.array([[2, 0], [1, 1], [0, 2]]), np.array([40, 10, 40]), ("a", "b"), 2)
    asked = request(coefficients="alpha")
    resampled = np.where(np.arange(1_000) < 60, np.nan, 0.7)
    found = Estimate(0.78, 0.6, 0.9, 0.1, 0.9, 0.5, resampled)
    held, note = guarded("alpha", found, patterns, asked.question(patterns), Interval())
    assert np.isnan(held.low)
    assert "6.0%" in note
    fewer = found._replace(resampled=np.where(np.arange(1_000) < 40, np.nan, 0.7))
    assert guarded("alpha", fewer, patterns, asked.question(patterns), Interval()) == (fewer, "")


def test_the_share_that_reaches_the_floor_is_of_the_posterior():
    row = alpha_row(two_coders(4, 3, 92), floor=0.5)
    around = posterior_quantiles(((0, 2, 92), (1, 2, 3), (2, 2, 4)))
    assert row.reaches_floor == pytest.approx((around >= 0.5).mean())


def test_few_notes_are_told_once_a_table_of_the_fewest():
    ratings = pd.DataFrame({"k1": list("ab") * 20, "k2": list("ab") * 19 + ["b", "a"]})
    ratings["k3"] = ["a", "b"] * 15 + [None] * 10
    table = agreement(ratings, n_resamples=500)
    assert table.note.str.contains("Few notes").tolist() == [True, False, False]
    by_pair = agreement_by_pair(ratings, coefficients=["percent", "alpha"], n_resamples=500)
    assert by_pair.note.str.contains("Few notes").sum() == 1
    assert "(40)" in by_pair.note[0]
    few = [say("agreement_few_notes", lang, n=n) for lang, n in (("sv", 50), ("sv", 9))]
    assert told_once(["", f"Ja. {few[0]}", few[1]]) == ["", f"Ja. {few[1]}", ""]


def test_a_single_note_on_which_all_agree_has_an_interval_and_one_on_which_they_differ_has_none():
    """98 notes without the code; in the last both chose it, or one did."""
    k1 = ["other"] * 98 + ["code"]
    both = agreement(pd.DataFrame({"k1": k1, "k2": k1}), coefficients="alpha").iloc[0]
    shares = np.random.default_rng(0).dirichlet([98.5, 0.5, 1.5], 400_000)
    p = shares[:, 2] + shares[:, 1] / 2
    assert both["low"] == pytest.approx(np.quantile(1 - shares[:, 1] / (2 * p * (1 - p)), 0.025), abs=0.01)
    assert (both["value"], both["high"]) == (1, 1)
    one = agreement(pd.DataFrame({"k1": k1, "k2": ["other"] * 99}), coefficients="alpha").iloc[0]
    assert np.isnan(one["low"])
    assert one["value"] == pytest.approx(0, abs=1e-9)


def test_on_a_scale_few_notes_with_the_commonest_point_are_no_rare_side():
    """Thirty interviews scored from −3 to 3: each point is on a few notes, and all of them vary."""
    points = [n % 7 - 3 for n in range(30)]
    ratings = pd.DataFrame({"k1": points, "k2": [*points[:27], 0, 1, 2]}, index=map(str, range(30)))
    groups = pd.Series([f"G{n // 3}" for n in range(30)], index=ratings.index)
    for cluster in (None, groups):
        row = agreement(ratings, "ordinal", coefficients="alpha", cluster=cluster).iloc[0]
        assert row["low"] < row["value"] < row["high"]
