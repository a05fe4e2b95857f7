"""Exact answers about shares, beside those of statsmodels and scipy."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from sekom_analysis.agreement.planning import as_often, at_least, for_many, share_interval


@pytest.mark.parametrize(("hits", "n", "share"), [(0, 5, 0.3), (3, 5, 0.3), (5, 5, 0.3), (40, 3000, 0.01)])
def test_tails_of_the_binomial(hits, n, share):
    assert at_least(hits, n, share) == pytest.approx(stats.binom.sf(hits - 1, n, share), rel=1e-9)


def test_a_share_of_none_or_of_all():
    assert (at_least(1, 4, 0.0), at_least(4, 4, 1.0), at_least(0, 0, 0.5)) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(("hits", "n"), [(0, 7), (1, 9), (17, 33), (33, 33), (450, 900)])
def test_clopper_pearson(hits, n):
    assert share_interval(hits, n) == pytest.approx(proportion_confint(hits, n, method="beta"), abs=1e-9)


def test_no_notes_give_no_interval():
    assert np.isnan(share_interval(0, 0)).all()


@pytest.mark.parametrize(("first", "second"), [(0, 0), (5, 0), (9, 4), (4, 9)])
def test_mcnemar(first, second):
    table = [[10, first], [second, 10]]
    assert as_often(first, second) == pytest.approx(mcnemar(table, exact=True).pvalue if first else 1.0)


def test_holm():
    raw = [0.001, 0.04, 0.03, 0.2, 0.004]
    assert for_many(raw) == pytest.approx(multipletests(raw, method="holm")[1])
    assert len(for_many([])) == 0
