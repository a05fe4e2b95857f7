"""Notes to quote from: agreed and disputed ones, each where it belongs, with what coders wrote."""

from __future__ import annotations

import pytest

from sekom_analysis import voices
from sekom_analysis.basics.errors import CodebookError, NotesError


@pytest.fixture
def coded(study):
    for note_id, (anna, bo), certainty in (
        ("n1", ("hinder", "mojlighet"), 1),
        ("n2", ("hinder", "hinder"), 1),
        ("007", ("hinder", "hinder"), 3),
    ):
        study.decide("anna", note_id, "valence", anna, certainty=certainty, memo=f"om {note_id}")
        study.decide("bo", note_id, "valence", bo, certainty=certainty)
    return study


def listed(table):
    keys = ["code", "kind", "note_id"]
    return [tuple(row) for row in table[keys].drop_duplicates().itertuples(index=False)]


def test_agreed_notes_stand_under_their_code_the_surest_first_and_disputed_ones_under_each(coded):
    assert listed(voices(coded, "valence")) == [
        ("hinder", "agreed", "007"),
        ("hinder", "agreed", "n2"),
        ("hinder", "disputed", "n1"),
        ("mojlighet", "disputed", "n1"),
    ]


def test_each_coder_s_choice_and_memo_stand_beside_the_note(coded):
    row = voices(coded, "valence").query("note_id == 'n1' and code == 'hinder'")
    assert row[["coder", "choice", "memo", "certainty", "n_coders", "disagreement"]].values.tolist() == [
        ["anna", "hinder", "om n1", 1, 2, 1.0],
        ["bo", "mojlighet", "", 1, 2, 1.0],
    ]
    assert row["text"].tolist() == ["Ojämn nivå"] * 2


def test_at_most_so_many_a_code_and_those_that_more_have_read_first(coded):
    coded.decide("cilla", "n2", "valence", "hinder")
    assert listed(voices(coded, "valence", n_agreed=1, n_disputed=0)) == [("hinder", "agreed", "n2")]
    assert listed(voices(coded, "valence", coders=["anna", "bo"], n_agreed=1, n_disputed=0)) == [
        ("hinder", "agreed", "007")
    ]


def test_one_coder_alone_agrees_with_nobody(coded):
    assert voices(coded, "valence", coders=["anna"]).empty
    assert voices(coded, "valence", notes=["n1"])["kind"].unique().tolist() == ["disputed"]


def test_the_most_disputed_of_many_coders_come_first(coded):
    coded.decide("cilla", "n1", "valence", "hinder")  # two of three pairs differ
    coded.decide("cilla", "007", "valence", "none_fits")
    coded.decide("dan", "007", "valence", "mojlighet")  # five of six
    disputed = voices(coded, "valence").query("kind == 'disputed'")
    assert [row[2] for row in listed(disputed) if row[0] == "hinder"] == ["007", "n1"]
    assert [row[2] for row in listed(disputed) if row[0] == "none_fits"] == ["007"]


def test_answers_after_talking_are_no_voices_of_their_own(coded):
    coded.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    coded.decide("bo", "n1", "valence", "hinder", **{"pass": 3})
    said = voices(coded, "valence").query("note_id == 'n1' and code == 'hinder'")
    assert said["choice"].tolist() == ["hinder", "mojlighet"]


def test_what_cannot_be_asked_is_said(coded):
    with pytest.raises(CodebookError, match=r"'goal' is a scale"):
        voices(coded, "goal")
    with pytest.raises(NotesError, match="n9"):
        voices(coded, "valence", notes=["n9"])
    assert voices(coded, "valence", notes=[]).empty


def test_selected_words_are_quoted_from_the_text_that_they_were_selected_in(coded):
    coded.decide("anna", "n2", "valence", "hinder", words="0:6|7:12")
    coded.decide("bo", "n2", "valence", "hinder", words="0:6", note_hash="h00000000000")
    said = voices(coded, "valence").query("note_id == 'n2'")
    assert dict(zip(said["coder"], said["words"], strict=True)) == {"anna": "Viljan … finns", "bo": ""}
