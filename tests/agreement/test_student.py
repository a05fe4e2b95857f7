"""Student's t by our own hand, beside scipy's."""

import math

import pytest
from scipy import stats

from sekom_analysis.agreement.student import t_below, t_point


@pytest.mark.parametrize("df", [1, 2, 3, 7, 29, 99, 500, 10_000, 1_000_000])
def test_chance_and_point_equal_scipys(df):
    for t in (-40, -5, -2.3, -0.7, -0.001, 0.0, 0.1, 1, 3, 12):
        assert t_below(t, df) == pytest.approx(stats.t.cdf(t, df), abs=1e-8)
    for share in (0.001, 0.025, 0.3, 0.5, 0.975, 0.9999):
        assert t_point(share, df) == pytest.approx(stats.t.ppf(share, df), rel=1e-6, abs=1e-8)


def test_ends_and_nothing():
    assert t_below(math.inf, 5) == 1
    assert t_below(-math.inf, 5) == 0
    assert math.isnan(t_below(math.nan, 5))
    assert math.isnan(t_below(1.0, 0))
    assert math.isnan(t_point(1.0, 5))
