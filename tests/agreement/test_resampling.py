"""Draws of notes by way of patterns, and intervals read off them."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.clusters import jackknife_error
from sekom_analysis.agreement.intervals import acceleration, interval, resampled_sums

# Few notes; many notes of frequent patterns; many with a rare tail; many, all rare.
REGIMES = {
    "few": np.array([40, 30, 20, 7, 2, 1]),
    "frequent": np.array([3000, 1500, 800, 200]),
    "tail": np.array([2500, 900, 300, *[3] * 50, *[1] * 100]),
    "rare": np.ones(2500, dtype=np.int64),
}


@pytest.mark.parametrize("regime", REGIMES)
def test_draws_are_multinomial_in_every_regime(regime):
    multiplicity = REGIMES[regime]
    n, n_patterns = int(multiplicity.sum()), len(multiplicity)
    shown = min(n_patterns, 6)
    table = np.column_stack([np.ones(n_patterns), np.eye(n_patterns)[:, :shown]])
    sums = np.vstack(list(resampled_sums(table, multiplicity, 6_000, np.random.default_rng(1))))
    assert sums.shape == (6_000, 1 + shown)
    assert (sums[:, 0] == n).all()
    share = multiplicity[:shown] / n
    spread = np.sqrt(n * share * (1 - share))
    assert np.abs(sums[:, 1:].mean(axis=0) - n * share).max() < 5 * (spread / np.sqrt(6_000)).max()
    assert sums[:, 1:].std(axis=0) == pytest.approx(spread, rel=0.06)


@pytest.mark.parametrize("regime", REGIMES)
def test_samples_of_another_size_have_that_size(regime):
    multiplicity = REGIMES[regime]
    for n_drawn in (50, 5_000):
        blocks = resampled_sums(
            np.ones((len(multiplicity), 1)), multiplicity, 20, np.random.default_rng(1), n_drawn
        )
        assert set(np.concatenate(list(blocks)).ravel()) == {n_drawn}


def test_jackknife_error_of_a_share_is_the_textbooks():
    # 30 of 40 notes agreed: leaving one out at a time gives √(p(1 − p)/(n − 1)).
    without, multiplicity = np.array([29 / 39, 30 / 39]), np.array([30, 10])
    assert jackknife_error(without, multiplicity) == pytest.approx(np.sqrt(0.75 * 0.25 / 39))
    ratings = pd.DataFrame({"k1": list("ab") * 20, "k2": list("ab") * 15 + list("ba") * 5})
    row = agreement(ratings, coefficients="percent", n_resamples=0).iloc[0]
    assert row.standard_error == pytest.approx(np.sqrt(0.75 * 0.25 / 39))


def test_acceleration_of_a_mean_is_a_sixth_of_its_skewness():
    values, multiplicity = np.array([0.0, 1.0]), np.array([30, 10])
    total, n = values @ multiplicity, 40
    without = (total - values) / (n - 1)
    away = values - total / n
    skewness = (away**3 @ multiplicity / n) / (away**2 @ multiplicity / n) ** 1.5
    assert acceleration(without, multiplicity) == pytest.approx(skewness / (6 * np.sqrt(n)))


def test_percentile_ends_are_quantiles():
    resampled = np.linspace(0, 1, 1001)
    assert interval(resampled, 0.5, 0.9) == pytest.approx((0.05, 0.95))


def test_bca_moves_both_ends_as_efron_has_it():
    resampled = np.random.default_rng(0).normal(0.6, 0.1, 20_000)
    value, a, normal = 0.58, 0.05, NormalDist()
    bias = normal.inv_cdf(float((resampled < value).mean()))
    ends = [normal.cdf(bias + (bias + z) / (1 - a * (bias + z))) for z in (-1.959964, 1.959964)]
    assert interval(resampled, value, 0.95, "bca", a) == pytest.approx(np.quantile(resampled, ends), abs=1e-6)
    assert interval(resampled, value, 0.95, "bca", a) != interval(resampled, value, 0.95)


def test_resamples_without_a_value_are_left_out():
    assert interval(np.array([np.nan, 0.2, 0.4]), 0.3, 0.95) == pytest.approx((0.205, 0.395))
    assert np.isnan(interval(np.array([np.nan]), 0.3, 0.95)).all()
