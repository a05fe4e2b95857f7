"""Before and after a revision: what changed in words, and agreement that is never mixed."""

import pytest

from sekom_analysis.agreement import alpha
from sekom_analysis.basics.errors import CodebookError, StanceError
from sekom_analysis.quality import agreement_by_version, codebook_diff, codebook_versions


def sharpen(variable):
    variable["codes"][0]["definition"] = "A sharper definition of x"


def retire_and_add(variable):
    variable["codes"][1]["retired"] = True
    variable["codes"][2]["label"] = {"sv": "Z", "en": "Zed"}
    variable["codes"][2]["exclude"] = "Not w"
    variable["codes"].append({"id": "w", "label": "W", "definition": "New"})
    variable["question"] = "Which?"


@pytest.fixture
def revised(make_study, revise, answer):
    """Ten notes under the first wording, then five of them again and ten fresh ones under the second."""
    study = make_study({"a": "xyxyxyxyxy", "b": "xyyxxyyxyx"})
    study = revise(study, sharpen)
    answer(study, "a", "xyxyx     " + "xyxyxyxyxy")
    answer(study, "b", "xyxyx     " + "xyxyxyxyyy")
    return study


def rows(table, **wanted):
    for key, value in wanted.items():
        table = table[table[key] == value]
    return table


def test_every_changed_field_is_told_code_by_code(make_study, revise):
    study = make_study({"a": "xyz"})
    old = study.codebook["v"].version
    study = revise(study, retire_and_add)
    found = codebook_diff(study, lang="en")
    assert found[["code", "field", "change"]].to_numpy().tolist() == [
        ["", "question", "added"],
        ["z", "label", "reworded"],
        ["z", "exclude", "added"],
        ["w", "code", "added"],
        ["y", "code", "retired"],
    ]
    assert set(found["from"]) == {old}
    assert set(found["to"]) == {study.codebook["v"].version}
    assert found.iloc[1]["sentence"] == "The code Zed: the label was changed from “Z” to “Zed”"
    # Changed in English only: told in English, whichever language is asked for.
    assert codebook_diff(study, lang="sv").iloc[1][["before", "after"]].tolist() == ["Z", "Zed"]


def test_a_code_that_is_gone_is_not_called_retired(make_study, revise):
    study = revise(make_study({"a": "xyz"}), lambda variable: variable["codes"].pop(1))
    assert codebook_diff(study)[["code", "change", "before"]].to_numpy().tolist() == [
        ["y", "removed", "Definition of y"]
    ]


def test_another_order_is_a_change(make_study, revise):
    study = revise(make_study({"a": "xyz"}), lambda variable: variable["codes"].reverse())
    assert codebook_diff(study)[["field", "before", "after"]].to_numpy().tolist() == [
        ["order", "x, y, z", "z, y, x"]
    ]


def test_between_any_two_kept_versions_both_ways(revised):
    versions = codebook_versions(revised, "v")
    assert versions["is_now"].tolist() == [False, True]
    assert versions[["n_decisions", "n_notes", "n_coders"]].to_numpy().tolist() == [[20, 10, 2], [30, 15, 2]]
    first, second = versions["version"]
    there, back = (codebook_diff(revised, *pair) for pair in ((first[:6], second), (second, first)))
    assert there.loc[0, ["before", "after"]].tolist() == back.loc[0, ["after", "before"]].tolist()
    assert codebook_diff(revised, first, first).empty
    assert len(codebook_diff(revised, first)) == 1


def test_the_sample_has_nothing_to_tell(sample_study):
    assert codebook_diff(sample_study).empty


def test_versions_that_are_not_there_or_do_not_belong_together(sample_study):
    with pytest.raises(CodebookError, match="'c00f' is not a version"):
        codebook_diff(sample_study, "c00f")
    with pytest.raises(CodebookError, match="fits several"):
        codebook_diff(sample_study, "c")
    with pytest.raises(CodebookError, match="choose two of one"):
        codebook_diff(sample_study, "c41806bddbf3", "c3c388b271ad")
    with pytest.raises(CodebookError, match="not of 'valence'"):
        codebook_diff(sample_study, "c41806bddbf3", variable="valence")


def test_agreement_before_and_after_stand_side_by_side(revised):
    table = agreement_by_version(revised, "v", coefficients="alpha", n_resamples=0)
    first, second = codebook_versions(revised, "v")["version"]
    assert table[["version", "notes", "n_pairable"]].to_numpy().tolist() == [
        [first, "all", 10],
        [second, "fresh", 10],
        [second, "again", 5],
        [second, "all", 15],
    ]
    # Worked out by hand from the letters that were given under each wording.
    import pandas as pd

    by_hand = [
        ("xyxyxyxyxy", "xyyxxyyxyx"),
        ("xyxyxyxyxy", "xyxyxyxyyy"),
        ("xyxyx", "xyxyx"),
        ("xyxyx" + "xyxyxyxyxy", "xyxyx" + "xyxyxyxyyy"),
    ]
    expected = [alpha(pd.DataFrame({"a": list(a), "b": list(b)})) for a, b in by_hand]
    assert table["value"].tolist() == pytest.approx(expected)


def test_the_earlier_answers_stand_where_they_were(make_study, revise, answer):
    study = make_study({"a": "xyxyxyxyxy", "b": "xyyxxyyxyx"})
    before = agreement_by_version(study, "v", coefficients="alpha", n_resamples=0)
    study = revise(study, sharpen)
    answer(study, "a", "xxxxxxxxxx")
    answer(study, "b", "xxxxxxxxxy")
    study.retract("b", "n09", "v")
    after = agreement_by_version(study, "v", coefficients="alpha", n_resamples=0)
    assert after.iloc[0]["value"] == before.iloc[0]["value"]
    assert rows(after, notes="again").iloc[0]["n_pairable"] == 9


def test_an_adjudicated_note_is_not_fresh(make_study, revise, answer):
    study = make_study({"a": "x" * 10, "b": "y" * 10})
    study = revise(study, sharpen)
    study.adjudicate("carin", "n20", "v", "x", reason="it says so")
    answer(study, "a", " " * 15 + "xyxyxyxyxy")
    answer(study, "b", " " * 15 + "xyxyxyxyxx")
    table = agreement_by_version(study, "v", coefficients="alpha", n_resamples=0)
    assert rows(table, notes="fresh").iloc[0]["n_pairable"] == 9
    assert rows(table, notes="again").iloc[0]["n_pairable"] == 1


def test_what_only_the_own_sorting_holds_is_fresh(make_study, revise, answer):
    study = make_study({"s": "x" * 30, "a": "xy"}, coders={"s": {"kind": "source"}})
    study = revise(study, sharpen)
    answer(study, "a", " " * 10 + "xyxyxyxyxy")
    answer(study, "b", " " * 10 + "xyxyxyxyxx")
    table = agreement_by_version(study, "v", coefficients="alpha", n_resamples=0)
    assert rows(table, notes="fresh").iloc[0]["n_pairable"] == 10
    assert set(table["n_coders"]) <= {0, 1, 2}


def test_one_version_is_the_agreement_as_it_is(sample_study):
    table = agreement_by_version(sample_study, "category_b", coefficients="alpha", n_resamples=0)
    ratings = sample_study.ratings("category_b", ["k1", "k2", "k3"])
    assert table[["notes", "is_now"]].to_numpy().tolist() == [["all", True]]
    assert table["value"].tolist() == pytest.approx([alpha(ratings)])


def test_a_reflexive_study_is_not_measured(sample, reflexive):
    with pytest.raises(StanceError):
        agreement_by_version(reflexive(sample), "category_b")
