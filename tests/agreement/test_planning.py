"""How many notes: more notes, narrower intervals; the floor is reached the more often."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import agreement, plan_sample
from sekom_analysis.basics.errors import RatingsError


def test_more_notes_narrower_intervals():
    table = plan_sample(alpha=0.75, prevalence=[0.5, 0.3, 0.2], n_coders=3, floor=0.667, sizes=[30, 100, 300])
    assert table.width.is_monotonic_decreasing
    assert table.clears_floor.is_monotonic_increasing
    assert (table.clears_floor <= table.reaches_floor).all()
    assert table.value.to_numpy() == pytest.approx(0.75, abs=0.02)
    # Four times the notes, half the width.
    fourfold = plan_sample(alpha=0.75, prevalence=[0.5, 0.5], sizes=[100, 400], n_studies=5000)
    assert fourfold.width[0] / fourfold.width[1] == pytest.approx(2, rel=0.1)


def test_a_pilot_plans_what_its_own_interval_is():
    rng = np.random.default_rng(3)
    truth = rng.choice(list("abc"), 120)
    columns = {k: np.where(rng.random(120) < 0.85, truth, rng.choice(list("abc"), 120)) for k in ("k1", "k2")}
    pilot = pd.DataFrame(columns)
    planned = plan_sample(pilot, sizes=[120], n_studies=5000).iloc[0]
    found = agreement(pilot, coefficients="alpha", method="percentile").iloc[0]
    assert planned.width == pytest.approx(found.high - found.low, rel=0.06)


def test_enough_is_what_was_asked():
    table = plan_sample(alpha=0.8, prevalence={"a": 0.9, "b": 0.1}, floor=0.667, probability=0.9)
    assert (table.enough == (table.clears_floor >= 0.9)).all()
    assert table.enough.any()
    assert not table.enough.all()


def test_a_rare_code_takes_more_notes():
    even, uneven = ([0.5, 0.5], [0.95, 0.05])
    width = [plan_sample(alpha=0.7, prevalence=p, sizes=[200]).width[0] for p in (even, uneven)]
    assert width[1] > 1.5 * width[0]


@pytest.mark.parametrize(
    ("alpha", "prevalence", "floor", "reported"),
    # `reported`: how often the interval of `agreement` cleared the floor in 1,000 studies of 200 notes, with
    # 10,000 resamples each. By value − z·spread it was promised in .854 and .505.
    [(0.8, [0.6, 0.4], 0.667, 0.756), (0.9, [0.9, 0.1], 0.8, 0.259)],
)
def test_what_is_promised_is_what_the_reported_interval_does(alpha, prevalence, floor, reported):
    planned = plan_sample(alpha=alpha, prevalence=prevalence, floor=floor, sizes=[200]).iloc[0]
    assert planned.clears_floor == pytest.approx(reported, abs=0.03)


@pytest.mark.parametrize(
    ("clusters", "icc", "size", "floor", "reported"),
    # `reported`: 1,500 studies whose clusters have shares of patterns from a Dirichlet distribution, with
    # the jackknife-t on Fisher's z, written apart from the package.
    [(20, 0.1, 200, 0.667, 0.331), (20, 0.1, 400, 0.667, 0.451), (12, 0.05, 300, 0.6, 0.730)],
)
def test_notes_of_one_cluster_say_less(clusters, icc, size, floor, reported):
    asked = {"alpha": 0.8, "prevalence": [0.6, 0.4], "floor": floor, "sizes": [size]}
    planned = plan_sample(**asked, clusters=clusters, icc=icc)
    assert planned.clears_floor[0] == pytest.approx(reported, abs=0.03)
    effect = 1 + (size / clusters - 1) * icc
    pd.testing.assert_frame_equal(planned, plan_sample(**asked, clusters=clusters, design_effect=effect))
    alone = plan_sample(**asked)
    assert alone.clears_floor[0] > planned.clears_floor[0] + 0.1
    assert alone.width[0] < planned.width[0]


@pytest.mark.parametrize(("prevalence", "n_coders", "n_notes"), [([0.7, 0.3], 2, 60), ([0.95, 0.05], 3, 100)])
def test_a_planned_interval_is_as_wide_as_one_of_agreement(prevalence, n_coders, n_notes):
    rng = np.random.default_rng(4)
    widths = []
    for _ in range(60):
        truth = rng.choice(2, n_notes, p=prevalence)
        guess = rng.choice(2, (n_coders, n_notes), p=prevalence)
        hit = rng.random((n_coders, n_notes)) < np.sqrt(0.6)
        row = agreement(pd.DataFrame(np.where(hit, truth, guess).T), coefficients="alpha", n_resamples=1_000)
        widths.append((row.high - row.low)[0])
    planned = plan_sample(alpha=0.6, prevalence=prevalence, n_coders=n_coders, sizes=[n_notes])
    assert planned.width[0] == pytest.approx(np.nanmedian(widths), rel=0.1)


def test_more_studies_with_few_on_a_side_than_with_an_interval_are_not_enough():
    table = plan_sample(alpha=0.8, prevalence=[0.5, 0.5], floor=0.1, width=2, sizes=[12, 60], n_studies=500)
    assert np.isnan(table.width[0])
    assert table.enough.tolist() == [False, True]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({}, "either a pilot"),
        ({"alpha": 0.8}, "both alpha and prevalence"),
        ({"alpha": 1.0, "prevalence": [0.5, 0.5]}, "alpha 1.0"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.6]}, "sum to 1"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.5], "sizes": [1], "width": 0}, r"sizes \[1\].*width 0"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.5], "coefficient": "conger"}, "who chose what"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.5], "clusters": 1, "icc": 1}, r"clusters 1.*icc 1"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.5], "clusters": 8}, "give one of them"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.5], "design_effect": 2.0}, "clusters None"),
        ({"pilot": pd.DataFrame({"k1": ["a"], "k2": [None]})}, "no note was decided on by two"),
    ],
)
def test_a_wrong_call_says_what_is_allowed(arguments, says):
    with pytest.raises(RatingsError, match=says):
        plan_sample(**arguments)
