"""Distances between codes, literally."""

from __future__ import annotations

import numpy as np
import pytest

from sekom_analysis.agreement.distances import agreement_weights, distances
from sekom_analysis.basics.errors import RatingsError

AB, ABCD, C, NONE = frozenset("ab"), frozenset("abcd"), frozenset("bc"), frozenset()


@pytest.mark.parametrize(
    ("level", "grid"),
    [
        ("nominal", [[0, 1, 1], [1, 0, 1], [1, 1, 0]]),
        ("interval", [[0, 1, 9], [1, 0, 4], [9, 4, 0]]),
        ("ratio", [[0, 1 / 9, 9 / 25], [1 / 9, 0, 1 / 9], [9 / 25, 1 / 9, 0]]),
    ],
)
def test_metrics(level, grid):
    np.testing.assert_allclose(distances(level, [1, 2, 4]), grid)


@pytest.mark.parametrize(
    ("level", "grid"),
    [
        ("jaccard", [[0, 1 / 2, 2 / 3, 1], [1 / 2, 0, 1 / 2, 1], [2 / 3, 1 / 2, 0, 1], [1, 1, 1, 0]]),
        ("dice", [[0, 1 / 3, 1 / 2, 1], [1 / 3, 0, 1 / 3, 1], [1 / 2, 1 / 3, 0, 1], [1, 1, 1, 0]]),
        # A subset counts 2/3, an overlap 1/3 of the Jaccard similarity (Passonneau 2006, p. 832).
        ("masi", [[0, 2 / 3, 8 / 9, 1], [2 / 3, 0, 2 / 3, 1], [8 / 9, 2 / 3, 0, 1], [1, 1, 1, 0]]),
    ],
)
def test_sets(level, grid):
    np.testing.assert_allclose(distances(level, [AB, ABCD, C, NONE]), grid)


def test_zero_is_as_far_as_can_be_in_ratio_terms():
    np.testing.assert_allclose(distances("ratio", [0, 5]), [[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("weights", "grid"),
    [
        ("linear", [[1, 2 / 3, 0], [2 / 3, 1, 1 / 3], [0, 1 / 3, 1]]),
        ("quadratic", [[1, 8 / 9, 0], [8 / 9, 1, 5 / 9], [0, 5 / 9, 1]]),
        ("ordinal", [[1, 2 / 3, 0], [2 / 3, 1, 2 / 3], [0, 2 / 3, 1]]),
    ],
)
def test_weights(weights, grid):
    np.testing.assert_allclose(agreement_weights(weights, [1, 2, 4]), grid)


def test_names_are_weighed_by_their_place_in_the_codebook():
    np.testing.assert_allclose(agreement_weights("linear", ["low", "mid", "high"])[0], [1, 0.5, 0])


@pytest.mark.parametrize(
    ("own", "says"),
    [([[0, 1], [2, 0]], "symmetric"), ([[1, 1], [1, 0]], "diagonal"), ([[0, -1], [-1, 0]], "negative")],
)
def test_distances_of_ones_own_are_checked(own, says):
    with pytest.raises(RatingsError, match=says):
        distances(np.array(own), ["a", "b"])


def test_negative_numbers_have_no_ratio():
    with pytest.raises(RatingsError, match="-1 is below"):
        distances("ratio", [-1, 2])


def test_single_codes_have_no_set_distance():
    with pytest.raises(RatingsError, match="'a' is none"):
        distances("masi", ["a"])


def test_weights_of_ones_own_are_checked():
    with pytest.raises(RatingsError, match=r"shape \(2, 2\); 3 codes"):
        agreement_weights(np.eye(2), [1, 2, 3])
    with pytest.raises(RatingsError, match="1 on the diagonal"):
        agreement_weights(np.zeros((2, 2)), [1, 2])
