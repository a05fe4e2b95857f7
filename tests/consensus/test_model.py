"""The model's consensus: it climbs, it finds what is known, it forgets nothing and names no order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekom_analysis.agreement.coded import read_ratings
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.consensus import Prior, model_consensus
from sekom_analysis.consensus.draws import climb, count_votes, draw, of_used_codes, split_r_hat

CODES = list("pqrs")
VANISHING = Prior(weight=1e-9, prevalence=1e-9)


def simulated(seed, n_notes=150, accuracies=(0.9, 0.8, 0.7, 0.6), missing=0.2):
    """Right codes, and ratings of coders who err evenly and miss some notes."""
    rng = np.random.default_rng(seed)
    right = rng.choice(len(CODES), n_notes, p=[0.4, 0.3, 0.2, 0.1])
    errors = (right[:, None] + rng.integers(1, len(CODES), (n_notes, len(accuracies)))) % len(CODES)
    hit = rng.random(errors.shape) < accuracies
    chosen = np.array(CODES, dtype=object)[np.where(hit, right[:, None], errors)]
    chosen[rng.random(chosen.shape) < missing] = None
    index = pd.Index([f"n{i}" for i in range(n_notes)], name="note_id")
    table = pd.DataFrame(chosen, index, [f"k{j}" for j in range(len(accuracies))])
    return np.array(CODES)[right], table.astype(pd.CategoricalDtype(CODES))


def votes_of(table):
    return count_votes([of_used_codes(read_ratings(table.dropna(how="all")))[0]])


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.6))
@settings(max_examples=60)
def test_each_step_raises_the_log_posterior(seed, missing):
    path = climb(votes_of(simulated(seed, 40, missing=missing)[1]), Prior()).log_posterior
    assert len(path) > 1
    assert np.diff(path).min() > -1e-9


@given(st.integers(0, 2**32 - 1), st.floats(0, 0.6))
@settings(max_examples=60)
def test_each_step_raises_the_log_likelihood_as_the_prior_vanishes(seed, missing):
    fit = climb(votes_of(simulated(seed, 40, missing=missing)[1]), VANISHING, max_iterations=200)
    assert np.diff(fit.log_likelihood).min() > -1e-6
    assert fit.log_likelihood[-1] - fit.log_likelihood[0] > 1


def test_a_prior_that_weighs_gives_up_likelihood_for_it():
    votes = votes_of(simulated(3, 40)[1])
    loose, held = climb(votes, VANISHING), climb(votes, Prior())
    assert loose.log_likelihood[-1] > held.log_likelihood[-1] + 1


@pytest.mark.parametrize("method", ["gibbs", "em"])
def test_it_finds_the_codes_the_habits_and_the_prevalence(method):
    right, table = simulated(1, 2000)
    found = model_consensus(table, method=method, n_draws=2400)
    assert found.diagnostics.converged
    assert found.diagnostics.note == ""
    seen = table.notna().any(axis=1)
    assert (found.probability[seen].idxmax(axis=1) == right[seen]).mean() > 0.9
    assert found.prevalence.tolist() == pytest.approx([0.4, 0.3, 0.2, 0.1], abs=0.05)
    for coder, accuracy in zip(table, (0.9, 0.8, 0.7, 0.6), strict=True):
        diagonal = np.diag(found.confusion[coder]) @ found.prevalence
        assert diagonal == pytest.approx(accuracy, abs=0.05)
    sums = pd.concat(
        [found.probability[seen].sum(axis=1), *(m.sum(axis=1) for m in found.confusion.values())]
    )
    assert sums.to_numpy() == pytest.approx(1)


def test_a_coder_who_swaps_two_codes_is_understood():
    right, table = simulated(5, 600, accuracies=(0.85, 0.85, 0.85), missing=0.1)
    table["swaps"] = pd.Categorical(pd.Series(right).replace({"p": "q", "q": "p"}), CODES)
    found = model_consensus(table, n_draws=800)
    swapped = found.confusion["swaps"]
    assert swapped.loc["p", "q"] > 0.85
    assert swapped.loc["q", "p"] > 0.85
    assert (found.probability.idxmax(axis=1) == right).mean() > 0.95


def test_em_knows_no_order_of_codes_coders_or_notes():
    _, table = simulated(7)
    there = model_consensus(table, method="em")
    turned = table.iloc[::-1, ::-1].astype(pd.CategoricalDtype(CODES[::-1]))
    back = model_consensus(turned, method="em")
    # A climb stops within its tolerance, so the last decimals are not the same ones.
    pd.testing.assert_frame_equal(back.probability.loc[table.index, CODES], there.probability, atol=1e-6)
    for coder in table:
        pd.testing.assert_frame_equal(
            back.confusion[coder].loc[CODES, CODES], there.confusion[coder], atol=1e-6
        )


def test_gibbs_knows_no_names_of_codes_beyond_chance():
    _, table = simulated(7)
    names = dict(zip(CODES, "bdac", strict=True))
    there = model_consensus(table)
    renamed = table.astype(object).replace(names)
    back = model_consensus(renamed)
    assert list(back.probability) == list("abcd")
    away = back.probability[list(names.values())].to_numpy() - there.probability[CODES].to_numpy()
    assert np.nanmax(np.abs(away)) < 0.1


def test_a_coder_who_saw_nothing_changes_nothing():
    _, table = simulated(9)
    with_one_more = table.assign(late=pd.Categorical([None] * len(table), CODES))
    there, here = (model_consensus(t, method="em") for t in (table, with_one_more))
    pd.testing.assert_frame_equal(there.probability, here.probability, atol=1e-6)
    assert here.confusion["late"].loc["p", "p"] == pytest.approx(Prior().accuracy)


def test_notes_that_nobody_saw_are_missing_and_change_nothing():
    _, table = simulated(9)
    seen = table.dropna(how="all")
    wider = seen.reindex([*seen.index, "nobody"])
    there, here = model_consensus(seen, n_draws=400), model_consensus(wider, n_draws=400)
    assert here.probability.loc["nobody"].isna().all()
    pd.testing.assert_frame_equal(here.probability.drop(index="nobody"), there.probability)


def test_none_fits_is_a_code_and_a_code_nobody_chose_is_on_no_note():
    _, table = simulated(11)
    offered = [*CODES, "none_fits", "retired"]
    table = table.astype(object).replace({"s": "none_fits"}).astype(pd.CategoricalDtype(offered))
    found = model_consensus(table, n_draws=400)
    assert list(found.probability) == offered
    assert found.probability["none_fits"].max() > 0.9
    assert found.probability[["s", "retired"]].dropna().eq(0).all().all()
    assert found.prevalence["retired"] == 0
    assert found.confusion["k0"].loc["retired"].isna().all()
    assert found.confusion["k0"].loc["none_fits"].sum() == pytest.approx(1)


def test_one_seed_gives_the_same_bytes_and_another_does_not():
    _, table = simulated(13, 60)
    one, same, other = (model_consensus(table, rng, n_draws=400) for rng in (4, 4, 5))
    assert one.probability.to_numpy().tobytes() == same.probability.to_numpy().tobytes()
    assert one.diagnostics == same.diagnostics
    assert one.probability.to_numpy().tobytes() != other.probability.to_numpy().tobytes()


def test_gibbs_keeps_the_doubt_that_a_mode_forgets():
    _, table = simulated(15, 99)
    gibbs, mode = (model_consensus(table, method=method).probability for method in ("gibbs", "em"))
    assert gibbs.max(axis=1).mean() < mode.max(axis=1).mean()


DEGENERATE = {
    "no decision": (pd.DataFrame({"a": [None, None]}, dtype=object), "Nobody has decided"),
    "no coder": (pd.DataFrame(index=["n1", "n2"]), "Nobody has decided"),
    "no note": (pd.DataFrame({"a": pd.Categorical([], ["x", "y"])}), "Nobody has decided"),
    "one code": (pd.DataFrame({"a": ["x", "x"], "b": ["x", None]}), "Only one code"),
    "one coder": (pd.DataFrame({"a": ["x", "y", "x"]}), "No note was decided on by two"),
    "no note with two": (pd.DataFrame({"a": ["x", None], "b": [None, "y"]}), "No note was decided on by two"),
}


@pytest.mark.parametrize("case", DEGENERATE)
@pytest.mark.parametrize("method", ["gibbs", "em"])
def test_a_degenerate_case_is_answered_with_a_reason(case, method):
    table, reason = DEGENERATE[case]
    found = model_consensus(table, method=method, n_draws=200)
    assert found.diagnostics.note.startswith(reason)
    assert list(found.probability.index) == list(table.index)
    assert set(found.confusion) == set(table)
    decided = table.notna().any(axis=1)
    assert found.probability.notna().any(axis=1).equals(decided)
    assert found.probability[decided].sum(axis=1).to_numpy() == pytest.approx(1)


def test_too_few_draws_are_said_to_be_unsettled():
    found = model_consensus(simulated(17, 60)[1], n_draws=8, lang="sv")
    assert not found.diagnostics.converged
    assert found.diagnostics.note.startswith("Beräkningen har inte stabiliserats")


def test_split_r_hat_sees_chains_apart_and_chains_on_the_move():
    rng = np.random.default_rng(1)
    mixed = rng.normal(size=(400, 8, 1))
    assert split_r_hat(mixed) < 1.02
    assert split_r_hat(mixed + np.arange(8)[:, None]) > 1.5
    assert split_r_hat(mixed + np.linspace(0, 9, 400)[:, None, None]) > 1.5
    assert split_r_hat(np.ones((400, 8, 1))) == 1


def test_draws_of_two_variables_hang_together():
    """A code that goes with one answer of the second variable is drawn with it where that is unseen."""
    _, table = simulated(19, 300, missing=0)
    split = table.astype(object).replace({"p": "left", "q": "left", "r": "right", "s": "right"})
    split.iloc[:100] = None
    pairs = [of_used_codes(read_ratings(t))[0] for t in (table, split)]
    draws = draw(count_votes(pairs), Prior(), 400, np.random.default_rng(0))
    assert draws.counts.sum(axis=(1, 2)).tolist() == [300] * 400
    means = draws.counts.mean(axis=0)
    assert means[:2, 0].sum() / means[:2].sum() > 0.9
    assert means[2:, 1].sum() / means[2:].sum() > 0.9


def test_what_cannot_be_modelled_is_refused():
    sets = pd.DataFrame({"a": [frozenset("x")], "b": [frozenset("xy")]})
    with pytest.raises(RatingsError, match=r"method 'vb'.*gibbs, em.*several codes a note"):
        model_consensus(sets, method="vb")
    with pytest.raises(RatingsError, match=r"accuracy 1.*between 0 and 1.*weight 0"):
        Prior(accuracy=1, weight=0)
