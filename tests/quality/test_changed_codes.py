"""Changed codes before and after: each value by hand, and a reason where there is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.agreement import alpha
from sekom_analysis.basics.errors import StanceError
from sekom_analysis.quality.changed_codes import versions_behind, versions_sentence
from sekom_analysis.results import agreement_overview

FIRST = {"a": "xyzxyzxyzxyzxyzxyzxy          ", "b": "xyyxyxxyzxzzxyzyyzxy          "}
SECOND = {"a": "xyzxyzxyzxyzxyz     xyzxyzxyzx", "b": "xyzxyzxyyxyzxzz     xyzxyyxyzx"}


def sharpen(variable):
    variable["codes"][0]["definition"] = "A sharper definition of x"


def one_or_other(letters, codes) -> pd.DataFrame:
    """Ratings of one code against the others, from letters; a space is unseen."""
    told = {
        coder: [None if c == " " else "in" if c in codes else "out" for c in one]
        for coder, one in letters.items()
    }
    return pd.DataFrame(told)


@pytest.fixture
def revised(make_study, revise, answer):
    """Twenty notes under the first wording; then fifteen of them again, and ten others."""
    study = revise(make_study(FIRST), sharpen)
    for coder, letters in SECOND.items():
        answer(study, coder, letters)
    return study


def by_notes(study, **more) -> dict[str, dict]:
    table = sa.agreement_of_changed_codes(study, "v", n_resamples=500, **more)
    return {(row["code"], row["notes"]): row for row in table.to_dict("records")}


def test_a_reworded_code_before_and_after_on_the_same_notes(revised):
    found = by_notes(revised)
    assert list(found) == [("x", "all"), ("x", "fresh")]
    row = found["x", "all"]
    before, after = (one_or_other(letters, "x").iloc[:15] for letters in (FIRST, SECOND))
    assert [row["value_before"], row["value_after"]] == pytest.approx([alpha(before), alpha(after)])
    expected = sa.agreement_difference(before, after, n_resamples=500).iloc[0]
    assert row["change"] == "reworded"
    assert (row["n_before"], row["n_after"], row["n_both"]) == (15, 15, 15)
    assert row["difference"] == pytest.approx(expected["difference"])


def test_too_few_notes_with_the_code_give_no_interval(revised):
    row = by_notes(revised, lang="sv")["x", "all"]
    assert np.isnan([row["low"], row["high"], row["p"]]).all()
    assert row["note"].startswith("Bara 5 lappar på den mindre sidan")


def test_on_notes_that_were_not_used_for_the_change(revised):
    row = by_notes(revised)["x", "fresh"]
    before = one_or_other(FIRST, "x").iloc[:20]
    after = one_or_other(SECOND, "x").iloc[20:]
    assert [row["value_before"], row["value_after"]] == pytest.approx([alpha(before), alpha(after)])
    assert (row["n_before"], row["n_after"], row["n_both"]) == (20, 10, 0)


def test_the_interval_is_that_of_the_same_notes(make_study, revise, answer):
    first = {"a": "x" * 12 + "y" * 12 + "z" * 6, "b": "x" * 9 + "y" * 3 + "x" * 3 + "y" * 9 + "z" * 6}
    second = {"a": "x" * 12 + "y" * 12 + "z" * 6, "b": "x" * 11 + "y" + "y" * 12 + "z" * 6}
    study = revise(make_study(first), sharpen)
    for coder, letters in second.items():
        answer(study, coder, letters)
    row = by_notes(study)["x", "all"]
    ids = [f"n{i:02}" for i in range(30)]
    sides = [one_or_other(letters, "x").set_axis(ids) for letters in (first, second)]
    expected = sa.agreement_difference(*sides, n_resamples=500).iloc[0]
    assert row["low"] > 0
    got = [row[name] for name in ("value_before", "value_after", "difference", "low", "high", "p")]
    wanted = ["value_a", "value_b", "difference", "low", "high", "p"]
    assert got == pytest.approx([expected[name] for name in wanted])
    fresh = by_notes(study, lang="sv")["x", "fresh"]
    assert fresh["note"] == "Alla lappar som kodats efter ändringen användes för den."
    assert np.isnan(fresh["value_after"])


def test_merged_codes_are_compared_with_what_they_were_made_of(make_study, revise, answer):
    study = make_study({"a": "xyzxyz" * 5, "b": "xyzyxz" * 5})

    def merge(variable):
        del variable["codes"][1]
        variable["codes"][0]["was"] = ["y"]

    study = revise(study, merge)
    answer(study, "a", "xxz" * 10)
    answer(study, "b", "xxz" * 9 + "xzz")
    row = by_notes(study)["x", "all"]
    assert row["change"] == "merged"
    assert row["value_before"] == 1  # x and y counted as one, before too
    after = one_or_other({"a": "xxz" * 10, "b": "xxz" * 9 + "xzz"}, "x")
    assert row["value_after"] == pytest.approx(alpha(after))


def test_a_split_code_is_compared_with_its_parts_together(make_study, revise, answer):
    study = make_study({"a": "xyz" * 10, "b": "xyzxyzxyzyxz" * 2 + "xyzxyz"})

    def split(variable):
        variable["codes"][0] |= {"retired": True, "split_into": ["p", "q"]}
        variable["codes"] += [{"id": c, "label": c.upper()} for c in "pq"]

    study = revise(study, split)
    now = {"a": "pyzqyz" * 5, "b": "pyzpyz" * 5}
    for coder, letters in now.items():
        answer(study, coder, letters)
    found = by_notes(study)
    row = found["x", "all"]
    first = {"a": "xyz" * 10, "b": "xyzxyzxyzyxz" * 2 + "xyzxyz"}
    assert row["change"] == "split"
    assert [row["value_before"], row["value_after"]] == pytest.approx(
        [alpha(one_or_other(first, "x")), alpha(one_or_other(now, "pq"))]
    )
    part = found["q", "all"]
    assert part["change"] == "part"
    assert np.isnan(part["value_before"])
    assert part["value_after"] == pytest.approx(alpha(one_or_other(now, "q")))
    assert "part of one that was split" in part["note"]


def test_added_and_retired_codes_have_one_side(make_study, revise, answer):
    study = make_study(FIRST)

    def change(variable):
        variable["codes"][2]["retired"] = True
        variable["codes"].append({"id": "w", "label": "W"})

    study = revise(study, change)
    for coder, letters in SECOND.items():
        answer(study, coder, letters.replace("z", "w"))
    found = by_notes(study)
    assert found["w", "all"]["change"] == "added"
    assert "not there before" in found["w", "all"]["note"]
    assert found["z", "all"]["change"] == "retired"
    assert "cannot be chosen" in found["z", "all"]["note"]
    assert np.isnan(found["z", "all"]["difference"])


def test_other_coders_after_than_before_cannot_be_compared(make_study, revise, answer):
    study = revise(make_study(FIRST), sharpen)
    answer(study, "c", SECOND["a"])
    answer(study, "d", SECOND["b"])
    assert "No two coders" in by_notes(study)["x", "all"]["note"]


def test_sets_of_codes(make_study, revise, answer):
    study = revise(make_study({"a": "xyz" * 10, "b": "xyz" * 9 + "yyz"}, kind="multiple"), sharpen)
    answer(study, "a", "xyz" * 10)
    answer(study, "b", "xyz" * 10)
    row = by_notes(study)["x", "all"]
    assert row["value_before"] == pytest.approx(
        alpha(one_or_other({"a": "xyz" * 10, "b": "xyz" * 9 + "yyz"}, "x"))
    )
    assert row["value_after"] == 1
    assert "not in the interval" in row["note"]


def test_a_new_id_alone_is_no_change(make_study, revise, answer):
    def rename(variable):
        variable["codes"][0] |= {"id": "w", "was": ["x"]}

    study = revise(make_study(FIRST), rename)
    answer(study, "a", "wyz")
    assert sa.agreement_of_changed_codes(study, "v").empty


def test_without_a_change_there_is_nothing_to_compare(sample_study, make_study):
    assert sa.agreement_of_changed_codes(sample_study, "category_b").empty
    assert sa.agreement_of_changed_codes(make_study({"a": "12345"}, kind="scale"), "v").empty


def test_a_reflexive_study_is_not_measured(sample, reflexive):
    with pytest.raises(StanceError):
        sa.agreement_of_changed_codes(reflexive(sample), "category_b")


# --- which versions a coefficient rests on ------------------------------------------------------------


def test_each_coefficient_says_which_versions_it_rests_on(revised):
    # Of the first wording five notes are left: those that were not answered again.
    table = versions_behind(revised, "v", ["a", "b"], list(revised.notes.index))
    assert table["n_decisions"].tolist() == [10, 50]
    day = table["first"].str[:10].tolist()
    said = versions_sentence(table, "sv")
    assert said.startswith("Svaren vilar på 2 lydelser av definitionen: från 20")
    assert "(10 svar) och från" in said
    assert len(day) == 2
    notes = agreement_overview(revised, n_resamples=0)["note"]
    assert notes.str.contains("The answers rest on 2 versions of the definition").all()


def test_one_version_is_not_spoken_of(sample_study):
    notes = agreement_overview(sample_study, ["category_b"], n_resamples=0)["note"]
    assert not notes.str.contains("versions").any()
