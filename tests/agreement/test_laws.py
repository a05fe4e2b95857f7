"""What must hold whatever the ratings are."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekom_analysis.agreement import (
    agreement,
    agreement_by_code,
    agreement_by_group,
    agreement_by_pair,
    alpha,
    confusions,
    count_patterns,
    disagreements,
)

LAWS = settings(max_examples=60, deadline=None)
BY_COUNT = ["percent", "alpha", "fleiss", "ac1", "brennan_prediger"]
ALL = [*BY_COUNT, "conger", "light"]
LETTERS = list("abcdef")


def random_ratings(seed, n_notes, n_coders, n_codes, gaps) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    codes = LETTERS[:n_codes]
    truth = rng.choice(codes, n_notes)
    guess = rng.choice(codes, (n_coders, n_notes))
    chosen = np.where(rng.random((n_coders, n_notes)) < 0.6, truth, guess).astype(object)
    chosen[rng.random(chosen.shape) < gaps] = None
    columns = {f"k{j}": pd.Categorical(row, categories=codes) for j, row in enumerate(chosen)}
    return pd.DataFrame(columns, index=pd.Index([f"B{i:03}" for i in range(n_notes)], name="note_id"))


ratings_strategy = st.builds(
    random_ratings,
    st.integers(0, 2**32 - 1),
    st.integers(1, 40),
    st.integers(2, 5),
    st.integers(2, 6),
    st.floats(0, 0.6),
)


def values(ratings, names=ALL, **options) -> np.ndarray:
    return agreement(ratings, coefficients=names, n_resamples=0, **options).value.to_numpy()


def same(ours, theirs) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12, equal_nan=True)


@given(ratings_strategy, st.randoms())
@LAWS
def test_the_order_of_notes_and_of_coders_is_of_no_account(ratings, random):
    notes, coders = list(ratings.index), list(ratings.columns)
    random.shuffle(notes)
    random.shuffle(coders)
    same(values(ratings.loc[notes, coders]), values(ratings))


@given(ratings_strategy, st.randoms())
@LAWS
def test_the_names_of_codes_are_of_no_account(ratings, random):
    codes = list(ratings.iloc[:, 0].cat.categories)
    names = random.sample("uvwxyz", len(codes))
    renamed = ratings.apply(lambda column: column.cat.rename_categories(dict(zip(codes, names, strict=True))))
    same(values(renamed), values(ratings))
    shuffled = ratings.apply(lambda column: column.cat.reorder_categories(codes[::-1]))
    same(values(shuffled), values(ratings))


@given(ratings_strategy)
@LAWS
def test_every_note_twice_leaves_what_has_no_correction_for_few_notes(ratings):
    names = ["percent", "fleiss", "ac1", "brennan_prediger", "conger", "light"]
    twice = pd.concat([ratings, ratings], ignore_index=True)
    same(values(twice, names), values(ratings, names))


@given(ratings_strategy, st.sampled_from(["nominal", "ordinal"]), st.sampled_from(LETTERS[:2]))
@LAWS
def test_a_note_seen_by_one_coder_changes_nothing_in_alpha(ratings, level, code):
    lone = pd.DataFrame({"k0": [code]}).reindex(columns=ratings.columns)
    lone = lone.astype(ratings.iloc[:, 0].dtype)
    same(alpha(pd.concat([ratings, lone]), level, LETTERS), alpha(ratings, level, LETTERS))


def alpha_pair_by_pair(ratings) -> float:
    """Nominal alpha straight from its definition, one pair of values at a time."""
    notes = [list(row.dropna()) for _, row in ratings.astype(object).iterrows()]
    notes = [codes for codes in notes if len(codes) >= 2]
    pooled = [code for codes in notes for code in codes]
    n = len(pooled)
    by_chance = sum(a != b for i, a in enumerate(pooled) for j, b in enumerate(pooled) if i != j)
    if not by_chance:
        return float("nan")
    seen = sum(2 * sum(a != b for a, b in combinations(codes, 2)) / (len(codes) - 1) for codes in notes)
    return 1 - (seen / n) / (by_chance / (n * (n - 1)))


@given(ratings_strategy)
@LAWS
def test_patterns_give_what_the_definition_gives(ratings):
    same(alpha(ratings), alpha_pair_by_pair(ratings))


@given(ratings_strategy)
@LAWS
def test_patterns_with_and_without_who_chose_and_long_tables_agree(ratings):
    with_who = agreement(ratings, coefficients=ALL, n_resamples=0).set_index("coefficient").loc[BY_COUNT]
    without = agreement(ratings, coefficients=BY_COUNT, n_resamples=0).set_index("coefficient")
    pd.testing.assert_frame_equal(with_who, without, rtol=1e-12)
    long = ratings.astype(object).stack().rename("codes").rename_axis(["note_id", "coder"]).reset_index()
    if len(long):
        codes = list(ratings.iloc[:, 0].cat.categories)
        from_long = count_patterns(long, codes=codes)
        same(values(from_long, BY_COUNT), without.value)


@given(ratings_strategy)
@LAWS
def test_one_codes_alpha_among_two_is_alpha(ratings):
    binary = ratings.astype(object).map(lambda code: code if code != code else min(code, "b"))
    table = agreement_by_code(binary, coefficients="alpha", n_resamples=0)
    for value in table.value:
        same(value, alpha(binary))


@given(ratings_strategy)
@LAWS
def test_pairs_of_coders_of_two_coders_are_the_whole(ratings):
    two = ratings[["k0", "k1"]]
    names = [*ALL, "cohen", "scott"]
    same(agreement_by_pair(two, coefficients=names, n_resamples=0).value, values(two, names))


@given(ratings_strategy)
@LAWS
def test_groups_partition_the_notes(ratings):
    by = pd.Series(np.arange(len(ratings)) % 3, index=ratings.index, name="source")
    table = agreement_by_group(ratings, by, coefficients="percent", n_resamples=0)
    whole = agreement(ratings, coefficients="percent", n_resamples=0)
    assert table.n_notes.sum() == whole.n_notes[0]
    assert table.n_pairable.sum() == whole.n_pairable[0]
    agreed = (table.value * table.n_pairable).sum()
    assert agreed == pytest.approx((whole.value * whole.n_pairable).fillna(0)[0])


@given(ratings_strategy)
@LAWS
def test_confusions_and_disagreements_count_the_same_pairs(ratings):
    table = confusions(ratings)
    apart = table[table.code_a != table.code_b]
    disputed = disagreements(ratings)
    pairs = disputed.n_coders * (disputed.n_coders - 1) / 2
    assert apart.pairs.sum() == pytest.approx((disputed.disagreement * pairs).sum())
    assert table.expected.sum() == pytest.approx(table.pairs.sum())


@given(ratings_strategy)
@LAWS
def test_agreement_never_exceeds_one(ratings):
    found = values(ratings)
    assert np.all(np.isnan(found) | (found <= 1 + 1e-12))
