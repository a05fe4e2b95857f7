"""Words that mark a group: the formula by hand, and laws that any corpus keeps."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekom_analysis.basics.errors import NotesError
from sekom_analysis.quality.quotes import KEYWORD_COLUMNS, keywords

WORDS = ["tid", "kunskap", "resurs", "nätverk", "politiker", "budget"]
TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join), min_size=4, max_size=25
)


def notes_of(texts):
    return pd.DataFrame({"text": texts}, index=pd.Index([f"n{i}" for i in range(len(texts))], name="note_id"))


def halves(notes):
    return {note: ("hinder", "mojlighet")[place % 2] for place, note in enumerate(notes.index)}


def test_the_formula_by_hand():
    notes = notes_of(["tid kunskap", "tid", "kunskap", "tid kunskap nätverk"])
    group = {"n0": "a", "n1": "a", "n2": "b", "n3": "b"}
    table = keywords(notes, group, at_least=1, prior=7.0).set_index(["group", "word"])
    # 7 words in all: tid 3, kunskap 3, nätverk 1, so α is 3, 3, 1.
    # Group a has tid 2, kunskap 1; b has 1, 2, 1.
    own = math.log((2 + 3) / (10 - 5))
    rest = math.log((1 + 3) / (11 - 4))
    row = table.loc[("a", "tid")]
    assert row["log_odds"] == pytest.approx(own - rest)
    assert row["z"] == pytest.approx((own - rest) / math.sqrt(1 / 5 + 1 / 4))
    assert row[["count", "n_group", "count_rest", "n_rest"]].tolist() == [2, 2, 1, 2]


def test_a_word_said_twice_on_a_note_counts_once():
    notes = notes_of(["tid tid tid", "kunskap", "kunskap tid"])
    table = keywords(notes, {"n0": "a", "n1": "b", "n2": "b"}, at_least=1).set_index(["group", "word"])
    assert table.at[("a", "tid"), "count"] == 1


@settings(max_examples=25)
@given(TEXTS)
def test_parts_add_up_and_two_groups_mirror_each_other(texts):
    notes = notes_of(texts)
    table = keywords(notes, halves(notes), at_least=1)
    assert list(table.columns) == KEYWORD_COLUMNS
    assert (table["n_group"] + table["n_rest"] == len(notes)).all()
    wide = table.pivot(index="word", columns="group", values="log_odds")
    apart = (wide["hinder"] + wide["mojlighet"]).abs()
    assert (apart.dropna() < 1e-9).all()
    assert apart.notna().all() or len(wide) == 1
    counts = table.pivot(index="word", columns="group", values="count").sum(axis=1)
    said = {word: sum(word in text.split() for text in texts) for word in WORDS}
    assert counts.to_dict() == {word: n for word, n in said.items() if n}


@settings(max_examples=25)
@given(TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_the_notes_changes_nothing_but_the_order_of_the_groups(texts, random):
    notes = notes_of(texts)
    by = halves(notes)
    shuffled = notes.sample(frac=1, random_state=random.randrange(1000))
    one, other = (keywords(table, by, at_least=1) for table in (notes, shuffled))
    keys = ["group", "word"]
    pd.testing.assert_frame_equal(
        one.sort_values(keys, ignore_index=True), other.sort_values(keys, ignore_index=True)
    )


@pytest.mark.parametrize("prior", [0, -1.0, float("nan")])
def test_a_prior_that_weighs_nothing_is_refused(prior):
    notes = pd.DataFrame({"text": ["tid", "vilja"]})
    with pytest.raises(NotesError, match="above 0"):
        keywords(notes, {0: "a", 1: "b"}, at_least=1, prior=prior)


def test_a_strong_prior_draws_rare_words_to_nothing():
    notes = notes_of(["tid"] * 2 + ["kunskap"] * 20 + ["kunskap"] * 20)
    group = {note: "a" if place < 22 else "b" for place, note in enumerate(notes.index)}
    weak, strong = (
        keywords(notes, group, at_least=1, prior=p).set_index(["group", "word"]).at[("a", "tid"), "log_odds"]
        for p in (1.0, 1000.0)
    )
    assert 0 < strong < weak / 10


def test_notes_without_a_group_are_left_out_and_one_group_is_refused():
    notes = notes_of(["tid", "tid", "kunskap"])
    table = keywords(notes, pd.Series({"n0": "a", "n1": "b", "n2": None}), at_least=1)
    assert set(table["word"]) == {"tid"}
    with pytest.raises(NotesError, match="two or more"):
        keywords(notes, {"n0": "a", "n1": "a"})
    with pytest.raises(NotesError, match="no column 'stage'"):
        keywords(notes, "stage")


def test_on_the_sample_education_marks_the_solutions(sample_study):
    notes = sample_study.main_notes
    table = keywords(notes, "stage")
    actions = table[table["group"] == "D"].head(10)
    assert {"utbildning", "exempel"} <= set(actions["word"])
    assert actions.set_index("word").at["utbildning", "count_rest"] == 0
