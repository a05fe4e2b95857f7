"""Coefficients of scores: few notes, gaps, and divisors that vanish."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.coefficients import Question
from sekom_analysis.agreement.components import by_size, components

NAMES = ["icc_1_1", "icc_1_k", "icc_a_1", "icc_a_k", "icc_c_1", "icc_c_k"]


def scored(seed: int, gaps: float = 0.3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n_notes, n_coders = int(rng.integers(12, 35)), int(rng.integers(2, 6))
    notes = rng.normal(0, rng.choice([0.3, 1, 2]), n_notes)[:, None]
    coders = rng.normal(0, rng.choice([0, 0.5, 1.5]), n_coders)
    scores = notes + coders + rng.normal(0, 1, (n_notes, n_coders))
    scores = np.clip(np.round(scores + 4), 1, 7)
    scores[rng.random(scores.shape) < gaps] = np.nan
    return pd.DataFrame(scores, columns=[f"k{j}" for j in range(n_coders)])


def ratios_by_reml(table, one_way):
    """Variances of notes and coders over the rest's, from the whole covariance matrix."""
    minimize = pytest.importorskip("scipy.optimize").minimize
    scores = table.to_numpy()
    note, coder = np.nonzero(~np.isnan(scores))
    y = scores[note, coder]
    same_note, same_coder = (np.equal.outer(at, at).astype(float) for at in (note, coder))

    def deviance(root):
        covariance = np.eye(len(y)) + root[0] ** 2 * same_note
        covariance += 0 if one_way else root[1] ** 2 * same_coder
        inverse = np.linalg.inv(covariance)
        ones = inverse.sum()
        rest = y @ inverse @ y - (inverse.sum(axis=0) @ y) ** 2 / ones
        return (len(y) - 1) * np.log(rest) + np.linalg.slogdet(covariance)[1] + np.log(ones)

    closely = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000}
    fits = [
        minimize(deviance, start, method="Nelder-Mead", options=closely)
        for start in ([1, 0.3], [0.3, 1], [3, 0.1])
    ]
    notes, coders = min(fits, key=lambda fit: fit.fun).x ** 2
    return notes, 0.0 if one_way else coders


@pytest.mark.parametrize("seed", range(8))
def test_gaps_are_bridged_by_restricted_maximum_likelihood(seed):
    table = scored(seed)
    seen = table.dropna(how="all")
    k = len(seen) / (1 / seen.notna().sum(axis=1)).sum()
    alone, _ = ratios_by_reml(seen, True)
    notes, coders = ratios_by_reml(seen, False)
    spreads = [(alone, 1), (notes, coders + 1), (notes, 1)]
    wanted = [spread / (spread + rest / by) for spread, rest in spreads for by in (1, k)]
    found = agreement(table, coefficients=NAMES, n_resamples=0)
    assert found["value"].tolist() == pytest.approx(wanted, abs=1e-6)
    assert found["note"].str.contains("variance components").all()


def test_statsmodels_finds_the_same_components():
    pytest.importorskip("statsmodels")
    import warnings

    from statsmodels.regression.mixed_linear_model import MixedLM

    table = scored(4)
    long = table.stack().dropna().rename_axis(["note", "coder"]).rename("score").reset_index()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = MixedLM.from_formula(
            "score ~ 1", long.assign(all=1), groups="all", re_formula="0",
            vc_formula={"note": "0 + C(note)", "coder": "0 + C(coder)"},
        ).fit(reml=True)  # fmt: skip
    coders, notes = fit.vcomp  # in the order of their names
    wanted = notes / (notes + coders + fit.scale)
    assert agreement(table, coefficients="icc_a_1", n_resamples=0).value[0] == pytest.approx(wanted, abs=1e-3)


def test_without_gaps_components_are_those_of_the_analysis_of_variance():
    table = scored(4, gaps=0)
    found = agreement(table, coefficients=NAMES, n_resamples=0)
    choices = table.to_numpy().astype(int) - 1
    question = Question(
        np.zeros((len(table), 7)), None, np.eye(7), table.shape[1], choices, np.arange(1.0, 8.0)
    )
    parts = components(by_size(question).sum(axis=0), question, one_way=False)
    assert float(parts.notes / (parts.notes + parts.coders + parts.error)) == pytest.approx(
        found["value"][2], abs=1e-7
    )
    assert (found["note"] == "").all()


def test_one_missing_score_moves_little_and_listwise_stays_by_name():
    whole = scored(4, gaps=0)
    gap = whole.copy()
    gap.iloc[0, 0] = np.nan
    values = [agreement(table, coefficients=NAMES, n_resamples=0)["value"] for table in (whole, gap)]
    assert np.abs(values[0] - values[1]).max() < 0.06
    listwise = agreement(gap, coefficients=[f"{name}_listwise" for name in NAMES], n_resamples=0)
    left_out = agreement(gap.dropna(), coefficients=NAMES, n_resamples=0)
    assert listwise["value"].tolist() == pytest.approx(left_out["value"].tolist())
    assert listwise["note"][0].startswith(f"From the {len(gap) - 1} notes")


def test_every_score_counts_where_no_note_has_them_all():
    ratings = pd.DataFrame({"k1": [1, 2, 3, 4, 5, 1] * 3, "k2": [1, 3, 3, 4, 4, 2] * 3}, dtype=float)
    table = pd.DataFrame({"k1": ratings["k1"], "k2": ratings["k2"], "k3": ratings["k1"]})
    for row in range(len(table)):
        table.iloc[row, row % 3] = np.nan
    found = agreement(table, coefficients=["icc_a_1", "icc_a_1_listwise", "kendall_w"], n_resamples=200)
    assert found["value"][0] > 0.8
    assert found["low"][0] < found["value"][0] < found["high"][0]
    assert found["value"][1:].isna().all()
    assert (found["note"][1:] == "No note was scored by all coders.").all()


@pytest.mark.parametrize("gap", [False, True])
def test_agreement_without_a_difference_is_one(gap):
    table = pd.DataFrame({name: [1.0, 2, 3, 4, 5] * 3 for name in ("k1", "k2", "k3")})
    if gap:
        table.iloc[0, 0] = np.nan
    found = agreement(table, coefficients=["icc_1_1", "icc_a_1", "icc_c_1"], n_resamples=50)
    assert found["value"].tolist() == pytest.approx([1, 1, 1], abs=1e-6)


def test_scores_that_are_all_alike_have_no_value_but_a_reason():
    table = pd.DataFrame({"k1": [3.0, 3, 3, np.nan], "k2": [3.0, 3, 3, 3]})
    found = agreement(table, coefficients="icc_a_1", codes=[1, 2, 3], n_resamples=0)
    assert found["value"].isna().all()
    assert (found["note"] != "").all()


@pytest.mark.parametrize("name", [*NAMES, "kendall_w"])
def test_two_complete_notes_give_a_value_and_no_interval(name):
    # W was [.333, .333] here.
    table = pd.DataFrame({"k1": [1, 2], "k2": [2, 3], "k3": [2, 1]})
    row = agreement(table, coefficients=name, n_resamples=500).iloc[0]
    assert np.isnan([row.low, row.high]).all()
    assert not np.isnan(row.value)
    assert row.note == "Notes to go by: 2; below 10 there is no interval."
    if name == "kendall_w":
        assert round(row.value, 3) == 0.111


def test_ten_notes_have_an_interval():
    table = pd.DataFrame({"k1": [1, 2, 3, 4, 5] * 2, "k2": [1, 2, 3, 5, 4] * 2})
    found = agreement(table, coefficients=["icc_a_1", "kendall_w"], n_resamples=500)
    assert found[["low", "high"]].notna().all(axis=None)
    assert agreement(table[1:], coefficients="icc_a_1", n_resamples=500)["low"].isna().all()


@pytest.mark.parametrize(
    "table",
    [
        # Every note has the same sum: the mean scores say nothing, and the divisor is zero or below.
        pd.DataFrame({"k1": [1, 2, 3, 4] * 3, "k2": [4, 3, 2, 1] * 3}),
        pd.DataFrame({"k1": [1.1, 1.3, 1.2] * 4, "k2": [1.3, 1.1, 1.2] * 4}),
        pd.DataFrame({"k1": [1, 2], "k2": [2, 1]}),
    ],
)
def test_a_divisor_that_vanishes_is_no_number(table):
    row = agreement(table, coefficients="icc_a_k", n_resamples=0).iloc[0]
    assert np.isnan(row.value)
    assert "divide by zero or less" in row.note
