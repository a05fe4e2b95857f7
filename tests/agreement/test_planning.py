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
    ("arguments", "says"),
    [
        ({}, "either a pilot"),
        ({"alpha": 0.8}, "both alpha and prevalence"),
        ({"alpha": 1.0, "prevalence": [0.5, 0.5]}, "alpha 1.0"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.6]}, "sum to 1"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.5], "sizes": [1], "width": 0}, r"sizes \[1\].*width 0"),
        ({"alpha": 0.8, "prevalence": [0.5, 0.5], "coefficient": "conger"}, "who chose what"),
        ({"pilot": pd.DataFrame({"k1": ["a"], "k2": [None]})}, "no note was decided on by two"),
    ],
)
def test_a_wrong_call_says_what_is_allowed(arguments, says):
    with pytest.raises(RatingsError, match=says):
        plan_sample(**arguments)
