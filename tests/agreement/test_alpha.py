"""Alpha and its companions on the sample study and on what krippendorff computes."""

from __future__ import annotations

import krippendorff
import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import agreement, agreement_by_pair, alpha

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, example C, p. 6.
EXAMPLE_C = pd.DataFrame(
    {
        "A": [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        "B": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, None],
        "C": [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
        "D": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    },
    dtype="Int64",
)


@pytest.mark.parametrize(
    ("level", "printed"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_example_c_at_every_level(level, printed):
    assert round(alpha(EXAMPLE_C, level), 3) == printed


def test_example_c_beside_alpha():
    table = agreement(EXAMPLE_C, coefficients="all", n_resamples=0).set_index("coefficient")
    assert table.value[["percent", "fleiss", "ac1"]].round(5).tolist() == [0.81818, 0.76117, 0.77544]
    # Gwet's worked values for the same data; Conger's alone depends on who gave the lone twelfth value.
    assert table.value[["conger", "brennan_prediger"]].round(5).tolist() == [0.76282, 0.77273]
    assert round(table.observed["alpha"], 3) == 0.8
    assert round(table.expected["ac1"], 5) == 0.19032


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("seed", range(10))
def test_krippendorff_agrees(level, seed):
    rng = np.random.default_rng(seed)
    n_coders, n_codes = rng.integers(2, 7), rng.integers(2, 9)
    truth = rng.integers(1, n_codes + 1, 60)
    scores = np.where(
        rng.random((60, n_coders)) < 0.6, truth[:, None], rng.integers(1, n_codes + 1, (60, n_coders))
    )
    scores = np.where(rng.random(scores.shape) < 0.2, np.nan, scores.astype(float))
    theirs = krippendorff.alpha(scores.T, level_of_measurement=level)
    assert alpha(pd.DataFrame(scores), level) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(
    ("variable", "level", "all_notes", "notes_2016"),
    [
        ("valence", "nominal", 0.940, 0.917),
        ("category_b", "nominal", 0.802, 0.767),
        ("category_d", "nominal", 0.862, 0.860),
        ("criterion_goal", "interval", 0.815, None),
        ("criterion_return", "interval", 0.594, None),
    ],
)
def test_sample_study(sample_ratings, sample_notes, variable, level, all_notes, notes_2016):
    ratings = sample_ratings(variable)
    assert round(alpha(ratings, level), 3) == all_notes
    if notes_2016 is not None:
        source = sample_notes.source.reindex(ratings.index)
        assert round(alpha(ratings[source == "framtidskonferens-2016"], level), 3) == notes_2016


def test_coders_with_a_codebook_agree_more_than_with_the_report(sample_ratings, sample_notes):
    ratings = sample_ratings("category_b")
    ratings = ratings[sample_notes.source.reindex(ratings.index) == "framtidskonferens-2016"]
    assert round(alpha(ratings[["k1", "k2", "k3"]]), 3) == 0.906
    pairs = agreement_by_pair(ratings, coefficients="alpha", n_resamples=0).set_index(["coder_a", "coder_b"])
    with_report = pairs.value.xs("rapport-2016", level="coder_b")
    assert with_report.between(0.59, 0.65).all()


def test_a_note_seen_by_one_coder_changes_nothing():
    more = pd.concat([EXAMPLE_C, pd.DataFrame({"A": [4, 5]}, dtype="Int64")], ignore_index=True)
    assert alpha(more) == alpha(EXAMPLE_C)
    assert alpha(more, "ordinal") == alpha(EXAMPLE_C, "ordinal")


def test_sets_are_compared_by_what_they_share():
    full, half, none = frozenset("ab"), frozenset("a"), frozenset()
    ratings = pd.DataFrame({"k1": [full, none, half], "k2": [half, none, half]})
    # masi: {a,b} against {a} is 1 - 2/3 * 1/2; two empty sets are equal.
    assert alpha(ratings, "masi") > alpha(ratings, "jaccard") - 0.2
    assert agreement(ratings, coefficients="percent", n_resamples=0).value[0] == pytest.approx(2 / 3)
    assert alpha(ratings.iloc[[1, 2]], "masi") == 1
