"""Partial pooling: what is known is found again, gaps are gaps, and the chains agree."""

import numpy as np
import pytest

from sekom_analysis.actions.scores import directions, draw_scores


def panel(seed=0, n=60, m=4, c=3, strictness=0.8, gaps=0.2):
    """Scores of a made-up panel, and the actions' true standings by criterion."""
    rng = np.random.default_rng(seed)
    own = 3 + rng.normal(0, 0.7, n)[:, None] + rng.normal(0, 0.4, (n, c))
    strict = np.linspace(-strictness, strictness, m)
    liking = rng.normal(0, 0.4, (n, m))
    scores = own[:, None] + (strict + liking)[:, :, None] + rng.normal(0, 0.5, (n, m, c))
    scores[rng.random((n, m)) < gaps] = np.nan
    return scores, own


def means(scores, **options):
    return draw_scores(scores, **options).scores.mean(axis=(0, 1))


def test_directions_stand_at_right_angles_and_the_first_is_the_mean():
    turn = directions(4)
    assert turn.T @ turn == pytest.approx(np.eye(4))
    assert turn[:, 0] == pytest.approx([0.5] * 4)


def test_a_full_table_keeps_the_order_of_its_means():
    scores, _ = panel(gaps=0)
    plain, pooled = scores.mean(axis=(1, 2)), means(scores).mean(axis=1)
    assert np.corrcoef(plain, pooled)[0, 1] > 0.999
    assert pooled.std() < plain.std()  # drawn towards each other
    assert pooled.mean() == pytest.approx(plain.mean(), abs=0.02)


def test_with_the_variances_known_the_mean_is_the_closed_form():
    # Many actions and coders settle the variances; the mean must then shrink by what theory says.
    rng = np.random.default_rng(3)
    own, noise = rng.normal(0, 1.0, 400), rng.normal(0, 1.0, (400, 5))
    pooled = means((own[:, None] + noise)[:, :, None])[:, 0]
    mean = (own[:, None] + noise).mean(axis=1)
    slope = np.polyfit(mean, pooled, 1)[0]
    assert slope == pytest.approx(1 / (1 + 1 / 5), abs=0.03)


def test_a_strict_coder_costs_an_action_nothing():
    scores, own = panel(seed=1, strictness=1.0, gaps=0)
    scores[:20, 2:] = np.nan  # the strict two only
    scores[20:40, :2] = np.nan  # the mild two only
    truth = own.mean(axis=1)
    found = {"pooled": means(scores), "plain": np.nanmean(scores, axis=1)}
    off = {name: by.mean(axis=1) - truth for name, by in found.items()}
    bias = {name: value[:20].mean() - value[20:40].mean() for name, value in off.items()}
    assert bias["plain"] < -1.0
    assert abs(bias["pooled"]) < 0.25


def test_what_a_row_lacks_is_filled_from_the_rest_of_it():
    scores, own = panel(seed=2, m=3, gaps=0)
    rng = np.random.default_rng(5)
    holes = scores.copy()
    holes[rng.random(scores.shape) < 0.3] = np.nan
    whole, holed = means(scores).mean(axis=1), means(holes).mean(axis=1)
    assert np.corrcoef(whole, holed)[0, 1] > 0.93
    assert np.abs(holed - own.mean(axis=1)).mean() < np.abs(whole - own.mean(axis=1)).mean() + 0.12


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    held = []
    for seed in range(6):
        scores, own = panel(seed=seed)
        seen = ~np.isnan(scores).all(axis=(1, 2))
        drawn = draw_scores(scores[seen], seed).scores.mean(axis=3).reshape(-1, seen.sum())
        truth = own[seen].mean(axis=1)
        low, high = np.quantile(drawn - drawn.mean(axis=1, keepdims=True), [0.025, 0.975], axis=0)
        off = truth - truth.mean()
        held.append(((low <= off) & (off <= high)).mean())
    assert 0.9 <= np.mean(held) <= 0.99


def test_chains_that_start_apart_meet():
    drawn = draw_scores(panel()[0]).scores.mean(axis=3)
    within, between = drawn.var(axis=1, ddof=1).mean(axis=0), drawn.mean(axis=1).var(axis=0, ddof=1)
    assert np.sqrt(1 + between / within).max() < 1.05


@pytest.mark.parametrize("shape", [(3, 1, 1), (1, 2, 2), (5, 3, 1), (2, 2, 7)])
def test_small_panels_have_an_answer(shape):
    drawn = draw_scores(np.random.default_rng(0).integers(1, 6, shape)).scores
    assert np.isfinite(drawn).all()


def test_scores_all_alike_are_no_reason_to_divide_by_zero():
    assert means(np.full((4, 3, 2), 3.0)) == pytest.approx(np.full((4, 2), 3.0), abs=0.2)


def test_the_same_seed_gives_the_same_draws():
    scores, _ = panel(n=10)
    assert np.array_equal(draw_scores(scores, 7).scores, draw_scores(scores, 7).scores)
    assert not np.array_equal(draw_scores(scores, 7).scores, draw_scores(scores, 8).scores)
