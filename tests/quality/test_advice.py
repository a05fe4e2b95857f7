"""Which definitions to sharpen: the sample's known confusions, and each kind of advice put in on purpose."""

import pytest

from sekom_analysis.agreement import alpha
from sekom_analysis.basics.errors import CodebookError, StanceError
from sekom_analysis.quality import codebook_advice


def test_the_sample_names_its_confusions_and_shows_their_notes(sample_study):
    table = codebook_advice(sample_study, "category_b", notes=sample_study.main_notes)
    assert table["gain"].is_monotonic_decreasing
    borders = table[table["kind"] == "border"].set_index(["code", "other"])
    first = borders.loc[("samverkan", "sekoms_roll")]
    second = borders.loc[("samordning", "samverkan")]
    assert list(borders.index[:2]) == [("samverkan", "sekoms_roll"), ("samordning", "samverkan")]
    assert (first["n_notes"], first["n_with_codebook"]) == (10, 3)
    assert (second["n_notes"], second["n_with_codebook"]) == (7, 2)
    ratings = sample_study.ratings("category_b", notes=list(first["note_ids"]))
    for _, chosen in ratings.iterrows():
        assert {"samverkan", "sekoms_roll"} <= set(chosen.dropna())
    memos = sample_study.decisions("category_b").set_index(["coder", "note_id"])["memo"]
    assert second["memos"]
    assert all(memos[coder, note] == memo for coder, note, memo in second["memos"])
    assert "Samverkan och Sekoms roll" in first["sentence"]
    assert "10 lappar" in first["sentence"]


def test_the_sample_names_them_among_all_notes_and_in_english_too(sample_study):
    sentences = " ".join(codebook_advice(sample_study, "category_b", "en")["sentence"])
    assert "Collaboration and Sekom's role" in sentences
    assert "Internal coordination and Collaboration" in sentences


def test_a_code_used_often_on_which_coders_differ(make_study):
    study = make_study({"a": "x" * 10 + "y" * 10 + "z" * 10, "b": "xy" * 10 + "z" * 10})
    table = codebook_advice(study, "v").set_index(["kind", "code"])
    assert ("code", "x") in table.index
    assert ("code", "z") not in table.index
    assert table.loc[("code", "x"), "alpha"] < 0.667
    assert table.loc[("code", "x"), "n_notes"] == 15


def test_a_code_that_one_coder_never_uses(make_study):
    study = make_study({"a": "xyz" * 10, "b": "xyz" * 10, "c": "xyy" * 9 + "xy "})
    unused = codebook_advice(study, "v").query("kind == 'unused'")
    assert unused[["coder", "code", "n_notes"]].to_numpy().tolist() == [["c", "z", 9]]  # the tenth is unseen
    assert "n29" not in unused.iloc[0]["note_ids"]
    assert codebook_advice(study, "v", least_notes=10).query("kind == 'unused'").empty


def test_notes_flagged_as_two_ideas(make_study):
    study = make_study({"a": "xyz" * 10, "b": "y" + "xyz" * 9 + "xyz"[1:]})
    study.decide("a", "n00", "flag", "two_ideas")
    row = codebook_advice(study, "v").query("kind == 'two_ideas'").iloc[0]
    assert row["note_ids"] == ("n00",)
    assert "en lapp" in row["sentence"]


def test_of_sets_the_gain_is_that_without_the_code(make_study):
    study = make_study({"a": "xyz" * 10, "b": "xyx" * 10}, kind="multiple")
    row = codebook_advice(study, "v").query("kind == 'unused'").iloc[0]
    assert (row["coder"], row["code"], row["n_notes"]) == ("b", "z", 10)
    ratings = study.ratings("v")
    without = ratings.map(lambda codes: codes - {"z"})
    assert row["gain"] == pytest.approx(alpha(without, "masi") - alpha(ratings, "masi"))


def test_one_coder_or_full_agreement_gives_no_advice(make_study):
    assert codebook_advice(make_study({"a": "xyz" * 10}, name="one"), "v").empty
    assert codebook_advice(make_study({"a": "xyz" * 10, "b": "xyz" * 10}, name="two"), "v").empty


def test_notes_that_nobody_decided_give_no_advice(make_study):
    assert codebook_advice(make_study({"a": "xyz" * 3, "b": "xyx" * 3}), "v", notes=["n20", "n21"]).empty


def test_a_scale_has_no_definitions(sample_study):
    with pytest.raises(CodebookError, match="criterion_goal"):
        codebook_advice(sample_study, "criterion_goal")


def test_a_reflexive_study_gets_none(sample, reflexive):
    with pytest.raises(StanceError, match="side by side"):
        codebook_advice(reflexive(sample), "category_b")
