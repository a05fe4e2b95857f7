"""Confused codes and disputed notes."""

from __future__ import annotations

import pandas as pd
import pytest

from sekom_analysis.agreement import confusions, disagreements
from sekom_analysis.basics.errors import RatingsError


@pytest.fixture
def ratings() -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "k1": ["a", "a", "b", "c", None],
            "k2": ["a", "b", "b", "b", "a"],
            "k3": ["a", "b", None, "a", None],
        },
        index=pd.Index(["B1", "B2", "B3", "B4", "B5"], name="note_id"),
    )
    return table.apply(lambda column: pd.Categorical(column, categories=list("abc")))


def test_confusions_literally(ratings):
    table = confusions(ratings)
    found = table[["code_a", "code_b", "pairs", "notes"]].values.tolist()
    assert found == [
        ["a", "a", 3, 1],
        ["a", "b", 3, 2],
        ["a", "c", 1, 1],
        ["b", "b", 2, 2],
        ["b", "c", 1, 1],
        ["c", "c", 0, 0],
    ]


def test_confused_and_agreed_pairs_partition_the_pairs(ratings):
    table = confusions(ratings)
    assert table.pairs.sum() == 3 + 3 + 1 + 3
    assert table.expected.sum() == pytest.approx(table.pairs.sum())


def test_confusions_without_a_pair():
    assert confusions(pd.DataFrame({"k1": ["a"]})).pairs.tolist() == [0]
    assert confusions(pd.DataFrame()).empty


def test_most_disputed_first_ties_in_the_order_of_the_notes(ratings):
    table = disagreements(ratings)
    assert table.index.tolist() == ["B4", "B2"]
    assert table.disagreement.tolist() == [1.0, pytest.approx(2 / 3)]
    assert table.columns.tolist() == ["disagreement", "n_coders", "k1", "k2", "k3"]
    assert table.loc["B2", ["k1", "k2", "k3"]].tolist() == ["a", "b", "b"]


def test_agreed_and_disputed_notes_partition_the_notes(ratings):
    disputed = disagreements(ratings).index
    agreed = [note for note in ratings.index if ratings.loc[note].dropna().nunique() <= 1]
    assert sorted([*agreed, *disputed]) == sorted(ratings.index)


@pytest.mark.parametrize("as_index", [True, False])
def test_texts_come_along(ratings, as_index):
    notes = pd.DataFrame({"note_id": ["B2", "B4"], "text": ["two", "four"]})
    table = disagreements(ratings, notes.set_index("note_id") if as_index else notes)
    assert table.text.tolist() == ["four", "two"]


def test_notes_without_texts_are_refused(ratings):
    with pytest.raises(RatingsError, match="no column 'text'"):
        disagreements(ratings, pd.DataFrame({"note_id": ["B2"]}))
