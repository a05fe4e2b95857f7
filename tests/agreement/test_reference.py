"""Published examples, reproduced to their printed decimals.

The examples are read where they lie and are not part of this repository; the
classics in test_classics are typed in from the publications.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import Patterns, agreement, agreement_by_code, alpha
from sekom_analysis.agreement.coded import read_ratings
from sekom_analysis.agreement.coefficients import agreeing
from sekom_analysis.agreement.distances import distances
from sekom_analysis.agreement.tables import request

CASES = Path(__file__).parents[3] / "shared" / "reference" / "agreement_cases.json"

OUR_NAMES = {
    "krippendorff_alpha": "alpha",
    "mv_alpha": "alpha",
    "percent_agreement": "percent",
    "fleiss_kappa": "fleiss",
    "scott_pi": "scott",
    "cohen_kappa": "cohen",
    "conger_kappa": "conger",
    "light_kappa": "light",
    "gwet_ac1": "ac1",
    "gwet_ac2": "ac2",
    "brennan_prediger": "brennan_prediger",
    "kendall_w": "kendall_w",
}
ICC = {
    "ICC(1,1)": "icc_1_1",
    "ICC(1)": "icc_1_1",
    "ICC(1,k)": "icc_1_k",
    "ICC(2,1)": "icc_a_1",
    "ICC(A,1)": "icc_a_1",
    "ICC(A,1) = ICC(2,1)": "icc_a_1",
    "ICC(2,k)": "icc_a_k",
    "ICC(A,k)": "icc_a_k",
    "ICC(3,1)": "icc_c_1",
    "ICC(C,1) = ICC(3,1)": "icc_c_1",
    "ICC(3,k)": "icc_c_k",
    "ICC(C,k)": "icc_c_k",
}
LEVELS = {"nominal", "ordinal", "interval", "ratio"}
# What is not reproduced, and why.
JACKKNIFE = "our standard errors are the jackknife's; these are linearised or asymptotic"
NOT_COVERED = {
    "gwet_ac1_se": JACKKNIFE,
    "gwet_ac2_se": JACKKNIFE,
    "fleiss_kappa_se": JACKKNIFE,
    "conger_kappa_se": JACKKNIFE,
    "brennan_prediger_se": JACKKNIFE,
    "krippendorff_alpha_se": JACKKNIFE,
    "cohen_kappa_se": JACKKNIFE,
    "cohen_kappa_se0": "standard error under no agreement; we test no such hypothesis",
    "gwet_ac1_ci95_low": "interval from a t distribution; ours are from resamples",
    "cohen_kappa_ci95": "interval from a normal distribution; ours are from resamples",
    "icc_ci95": "interval from an F distribution; ours are from resamples",
    "gwet_ac1_p": "we give intervals, no p-values",
    "brennan_prediger_p": "we give intervals, no p-values (and this one is one-sided)",
    "fleiss_kappa_z": "we give intervals, no test statistics",
    "cohen_kappa_max": "the highest κ that the marginals allow; not offered",
    "mv_alpha": "mvα takes chance from single codes and the sizes of sets; ours from whole sets",
    "masi_distance": "printed with 0.67 for 2/3: 1 − 0.67/2 = .665; ours is .667, see test_distances",
    "dice_agreement": "mean similarity of sets without correction for chance; not offered",
}
NOT_COVERED_VARIANTS = {
    ("kendall_w", "uncorrected"): "ours is corrected for ties",
    ("percent_agreement", "max (any overlap)"): "sets count as equal or not",
    ("krippendorff_alpha", "dkpro MASI"): "a distance of that program's own, in which {} is 1/3 from {A}",
    ("percent_agreement", "all raters equal x100"): "ours is over pairs of coders",
    ("percent_agreement", "tolerance 1, all raters x100"): "ours is over pairs of coders",
}
TRUNCATED = {("krippendorff_1980_p139", "percent_agreement_category", "1")}


def _expected():
    if not CASES.exists():
        return []
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    return [
        pytest.param(case, wanted, id=f"{case['id']}-{wanted['coefficient']}-{wanted['variant']}-{n}")
        for case in cases
        for n, wanted in enumerate(case["expected"])
    ]


def _reason(wanted) -> str | None:
    key = (wanted["coefficient"], wanted["variant"])
    return NOT_COVERED.get(wanted["coefficient"]) or NOT_COVERED_VARIANTS.get(key)


def _ratings(case):
    """Ratings, or patterns where only counts were published."""
    if "counts_units_x_categories" in case:
        counts = np.array(case["counts_units_x_categories"])
        n_codes, n_coders = counts.shape[1], int(counts.sum(axis=1).max())
        return Patterns(counts, np.ones(len(counts), np.int64), tuple(range(n_codes)), n_coders)
    columns = case["data"]
    if case.get("values_are_sets"):
        columns = [[None if cell is None else frozenset(cell) for cell in row] for row in columns]
    table = pd.DataFrame({f"k{j}": pd.Series(row, dtype=object) for j, row in enumerate(columns)})
    numeric = all(isinstance(cell, (int, float)) for row in columns for cell in row if cell is not None)
    return table.astype(float) if numeric else table


def _one(ratings, name, **options) -> float:
    return agreement(ratings, coefficients=name, n_resamples=0, **options).value[0]


def _by_code(ratings, name, code) -> float:
    table = agreement_by_code(ratings, coefficients=name, n_resamples=0)
    return table.set_index(table.code.map(_plain)).value[_plain(code)]


def _plain(code) -> str:
    return str(int(float(code))) if str(code).replace(".", "").isdigit() else str(code)


def _check_distance(ratings, codes, half):
    return np.array([[0 if a == b else 0.5 if half in (a, b) else 1 for b in codes] for a in codes])


def _passonneau(ratings):
    """0 for equal sets, 1/3 for a subset, 2/3 for any overlap, 1 for none."""
    codes = read_ratings(ratings).codes
    far = [
        [1 - (2 * (a <= b or b <= a) + (bool(a & b) and not (a <= b or b <= a))) / 3 for b in codes]
        for a in codes
    ]
    return np.array(far) * (1 - np.eye(len(codes)))


def _ranked(ratings):
    """Scores as ranks of the values present, as R's irr weighs them."""
    present = sorted(set(ratings.to_numpy().ravel()))
    return ratings.map(lambda score: present.index(score))


def _from_rounded_shares(ratings) -> float:
    """Fleiss' chance agreement as the paper works it out, from shares of three decimals."""
    shares = ratings.stack().value_counts(normalize=True).round(3)
    return (shares**2).sum()


def _compute(case, wanted) -> float:
    name, variant = wanted["coefficient"], wanted["variant"]
    if name == "jaccard_distance":
        return distances("jaccard", [frozenset({1, 2}), frozenset({1, 2, 3, 4})])[0, 1]
    ratings, codes = _ratings(case), case.get("categories")
    if name == "fleiss_Pe":
        return _from_rounded_shares(ratings)
    if name == "unit_agreement":
        asked = request()
        return agreeing(asked.question(ratings))[:, 0]
    if variant == "dkpro SetAnnotationDistance":
        return alpha(ratings, _passonneau(ratings))
    if (case["id"], name) == ("agresti_1992", "cohen_kappa_category"):
        # The program they come from pools the marginals, which is Scott's π of each code.
        return _by_code(ratings, "scott", variant)
    if name == "icc":
        return _one(ratings, ICC[variant])
    if name.endswith("_category"):
        return _by_code(ratings, OUR_NAMES[name.removesuffix("_category")], variant)
    if name in ("krippendorff_Do", "krippendorff_De"):
        column = "observed" if name.endswith("Do") else "expected"
        return 1 - agreement(ratings, coefficients="alpha", n_resamples=0)[column][0]
    if name == "gwet_ac1_pe":
        return agreement(ratings, coefficients="ac1", n_resamples=0).expected[0]
    if variant == "pooled_pairable(1-Do)":
        return agreement(ratings, coefficients="alpha", n_resamples=0).observed[0]
    if name == "krippendorff_alpha" and variant in LEVELS:
        return alpha(ratings, variant)
    if variant.startswith(("custom", "weighted with the same custom")):
        names = sorted({code for column in ratings for code in ratings[column]})
        apart = _check_distance(ratings, names, next(code for code in names if str(code).startswith("Chck")))
        if name == "krippendorff_alpha":
            return alpha(ratings, apart)
        return _one(ratings, "cohen", weights=1 - apart)
    if variant.startswith("raters 2,3"):
        weights = next((w for w in ("linear", "quadratic") if w in variant), None)
        return _one(_ranked(ratings[["k1", "k2"]]), "cohen", weights=weights)
    weights = variant if variant in ("quadratic", "linear", "bipolar") else None
    value = _one(ratings, OUR_NAMES[name], weights=weights, codes=codes)
    return 100 * value if "x100" in variant else value


@pytest.mark.skipif(not CASES.exists(), reason="the published examples are not on this machine")
@pytest.mark.parametrize(("case", "wanted"), _expected())
def test_published_value(case, wanted):
    reason = _reason(wanted)
    if reason:
        pytest.skip(reason)
    ours = _compute(case, wanted)
    step = 10.0 ** -wanted["decimals"]
    if wanted["value"] is None:
        assert np.isnan(ours)
    elif (case["id"], wanted["coefficient"], wanted["variant"]) in TRUNCATED:
        assert np.floor(ours / step) * step == pytest.approx(wanted["value"])
    else:
        assert ours == pytest.approx(wanted["value"], abs=0.5 * step * 1.001)
