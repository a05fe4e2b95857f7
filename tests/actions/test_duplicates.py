"""Pairs that may say the same: made-up notes of which it is known which do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.actions import duplicates
from sekom_analysis.actions.duplicates import of_codes, of_words, similar_pairs
from sekom_analysis.basics.errors import NotesError

REWORDINGS = Path(__file__).parent / "rewordings.csv"


def notes_of(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"text": texts}, index=pd.Index([f"n{n}" for n in range(1, len(texts) + 1)], name="note_id")
    )


def decisions_of(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["note_id", "coder", "variable", "codes"])


def pairs_of(table: pd.DataFrame) -> list[str]:
    return list(table["note_a"] + table["note_b"])


@pytest.fixture(scope="module")
def rewordings() -> pd.DataFrame:
    table = pd.read_csv(REWORDINGS, keep_default_na=False, dtype=str)
    table.index = pd.Index([f"n{number:02}" for number in range(len(table))], name="note_id")
    return table


def decided(notes: pd.DataFrame) -> pd.DataFrame:
    """What one coder says who never errs."""
    rows = [
        (note_id, "a", variable, row[column])
        for note_id, row in notes.iterrows()
        for variable, column in (("category", "category"), ("themes", "themes"))
    ]
    return decisions_of(*rows)


def found_first(table: pd.DataFrame, notes: pd.DataFrame, n: int) -> int:
    head = table.head(n)
    return int(
        (notes["group"].reindex(head["note_a"]).to_numpy() == notes["group"].reindex(head["note_b"])).sum()
    )


def test_words_and_codes_together_find_more_of_the_rewordings_than_either(rewordings):
    decisions = decided(rewordings)
    found = {
        name: found_first(similar_pairs(rewordings, decisions, weights=weights), rewordings, 34)
        for name, weights in {
            "words": {"words": 1},
            "codes": {"codes": 1},
            "both": {"words": 1, "codes": 1},
        }.items()
    }
    assert found["both"] > found["words"] > found["codes"]
    assert found["words"] >= 15  # of 34, by words alone
    table = similar_pairs(rewordings, decisions)
    assert table["similarity"].is_monotonic_decreasing
    assert table["similarity"].between(0, 1).all()
    assert (table["note_a"] < table["note_b"]).all()


def test_equal_texts_are_as_alike_as_can_be_and_reasons_are_named():
    notes = notes_of("Ta fram nyckeltal", "Lobba mot riksdagen", "Ta fram nyckeltal!", "Nyckeltalen visas")
    table = similar_pairs(notes)
    assert pairs_of(table)[0] == "n1n3"
    assert table["similarity"].iloc[0] == pytest.approx(1)
    assert table["reasons"].tolist()[0] == "Samma ord: nyckeltal"
    assert "n1n2" not in pairs_of(table)
    assert similar_pairs(notes, lang="sv", at_most=1).shape[0] == 1


def test_rare_codes_weigh_more_than_common_ones():
    notes = notes_of(*"abcdefgh")
    common = [(f"n{n}", "k1", "v", "vanlig") for n in range(1, 9)]
    rare = [
        ("n1", "k1", "w", "udda|lika"),
        ("n2", "k1", "w", "udda"),
        ("n3", "k1", "w", "lika"),
        ("n4", "k1", "w", "lika"),
    ]
    table = similar_pairs(notes, decisions_of(*common, *rare), weights={"codes": 1})
    value = table.set_index(["note_a", "note_b"])["codes"]
    assert value["n1", "n2"] > value["n3", "n4"] > value["n1", "n3"]
    assert ("n5", "n6") not in value.index  # a code that everybody has says nothing
    assert table["shared_codes"].iloc[0] == ("w=udda",)


def test_codes_are_shares_of_coders_who_decided_and_one_coder_who_differs_counts_for_less():
    notes = notes_of("a", "b", "c", "d", "e")
    rows = [(n, k, "v", "x") for n in ("n1", "n2") for k in ("k1", "k2")]
    rows += [("n3", "k1", "v", "x"), ("n3", "k2", "v", "y"), ("n4", "k1", "v", "y"), ("n5", "k1", "v", "z")]
    value = similar_pairs(notes, decisions_of(*rows), weights={"codes": 1}).set_index(["note_a", "note_b"])[
        "codes"
    ]
    assert value["n1", "n2"] > value["n1", "n3"] > 0


def test_scores_flags_and_none_fits_are_no_evidence():
    notes = notes_of("a", "b", "c")
    rows = [(n, "k1", "goal", "5") for n in ("n1", "n2", "n3")]
    rows += [(n, "k1", "flag", "two_ideas") for n in ("n1", "n2")]
    rows += [(n, "k1", "v", "none_fits") for n in ("n1", "n2")] + [("n3", "k1", "v", "x")]
    evidence = of_codes(list(notes.index), decisions_of(*rows))
    assert evidence.features == ["v=x"]
    assert evidence.known.tolist() == [True, True, True]
    assert similar_pairs(notes, decisions_of(*rows), weights={"codes": 1}).empty


def test_of_a_note_that_nobody_coded_words_alone_speak():
    notes = notes_of("Solceller på skolan", "Solceller på skolan", "Solceller på skolan", "Buss", "Tåg")
    rows = [("n1", "k1", "v", "x"), ("n2", "k1", "v", "y"), ("n4", "k1", "v", "z"), ("n5", "k1", "v", "z")]
    table = similar_pairs(notes, decisions_of(*rows)).set_index(["note_a", "note_b"])
    assert table.loc[("n1", "n3"), "similarity"] == pytest.approx(1)
    assert np.isnan(table.loc[("n1", "n3"), "codes"])
    assert table.loc[("n1", "n2"), "similarity"] == pytest.approx(0.5)


def test_only_what_a_coder_says_last_counts_and_a_blind_second_time_does_not():
    notes = notes_of("a", "b", "c")
    rows = decisions_of(
        ("n1", "k1", "v", "x"),
        ("n2", "k1", "v", "y"),
        ("n2", "k1", "v", "x"),
        ("n3", "k1", "v", "y"),
        ("n3", "k1", "v", "x"),
    ).assign(**{"pass": ["1", "1", "3", "1", "2"]})
    table = similar_pairs(notes, rows, weights={"codes": 1})
    assert pairs_of(table) == ["n1n2"]


def test_vectors_are_taken_from_their_mean():
    notes = notes_of("aa", "bb", "cc", "dd")
    vectors = np.array([[100, 1, 0], [100, 1, 0.1], [100, -1, 0], [100, -1, -0.1]])
    table = similar_pairs(notes, embed=lambda texts: vectors, weights={"vectors": 1})
    assert sorted(pairs_of(table)[:2]) == ["n1n2", "n3n4"]
    assert table["vectors"].iloc[2] == 0  # opposite, once the mean is gone
    for wrong in (np.ones(4), np.ones((3, 2)), np.full((4, 2), np.nan)):
        with pytest.raises(NotesError, match="one vector of numbers for each of the 4 texts"):
            similar_pairs(notes, embed=lambda texts, wrong=wrong: wrong)


@pytest.mark.parametrize("n_notes", [0, 1, 2])
def test_few_notes(n_notes):
    table = similar_pairs(notes_of(*["Samma text"] * n_notes), decisions_of(), embed=None)
    assert list(table.columns) == duplicates.PAIR_TABLE_COLUMNS
    assert len(table) == (n_notes == 2)


def test_small_words_alone_are_no_evidence():
    assert not of_words(["och det", "och det"]).known.any()
    assert similar_pairs(notes_of("och det", "och det")).empty


def test_a_wrong_call_says_what_is_allowed():
    notes = notes_of("a", "b")
    with pytest.raises(NotesError, match="no column 'text'"):
        similar_pairs(notes.rename(columns={"text": "said"}))
    for weights in ({"word": 1}, {"words": -1}, {"words": 0}):
        with pytest.raises(NotesError, match="weights= takes numbers of 0 or more"):
            similar_pairs(notes, weights=weights)


def test_blocks_find_what_a_full_table_finds(monkeypatch):
    """Against every pair at once, with blocks and stripes that do not divide the number of notes."""
    from scipy import sparse

    rows = sparse.random(203, 60, density=0.1, format="csr", rng=np.random.default_rng(1))
    monkeypatch.setattr(duplicates, "BLOCK", 7)
    told = []
    found = duplicates.best_pairs(rows, 50, progress=told.append)
    full = np.triu((rows @ rows.T).toarray(), 1)
    order = np.argsort(-full, axis=None)[:50]
    expected = {tuple(pair) for pair in np.column_stack(np.unravel_index(order, full.shape))}
    assert {tuple(pair) for pair in found} == expected
    assert told == sorted(told)
    assert told[-1] == 1
    np.testing.assert_allclose(duplicates.likeness(rows, found), np.clip(full[tuple(found.T)], 0, 1))


def test_a_small_budget_leaves_out_what_is_common_first():
    from scipy import sparse

    common = np.ones((100, 1))
    rare = np.zeros((100, 1))
    rare[[3, 40]] = 0.5
    rows = sparse.csr_matrix(np.hstack([common, rare]))
    assert duplicates.best_pairs(rows, 1_000, budget=100).tolist() == [[3, 40]]
    assert len(duplicates.best_pairs(rows, 10_000)) == 4950


def test_progress_ends_at_all(rewordings):
    told: list[float] = []
    similar_pairs(rewordings, decided(rewordings), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
