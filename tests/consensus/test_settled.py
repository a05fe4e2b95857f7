"""A settled code and its basis: adjudications first, and nothing is settled by order."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sekom_analysis as sa
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.consensus.settled import BASES, adjudicated_answers, consensus

CODES = ["x", "y", "z"]
VERDICTS = st.lists(
    st.tuples(
        st.integers(0, 5), st.sampled_from(["cilla", "dan"]), st.sampled_from([*CODES, ""]), st.booleans()
    ),
    max_size=8,
    unique_by=lambda row: row[:2],
)
ROWS = st.lists(st.lists(st.sampled_from([*CODES, None]), min_size=4, max_size=4), min_size=6, max_size=6)


def table(rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list("abcdef")[: len(rows[0])])
    frame.index = pd.Index([f"n{i}" for i in range(len(rows))], name="note_id")
    return frame.astype(pd.CategoricalDtype(CODES))


def verdicts(*rows) -> pd.DataFrame:
    """Adjudications: note, adjudicator, code (empty: left open), stale."""
    found = pd.DataFrame(rows, columns=["note_id", "adjudicator", "codes", "is_stale"])
    found["note_id"] = "n" + found["note_id"].astype(str)
    found["codes"] = found["codes"].astype("str")
    found["event"] = found["codes"].map(lambda code: "settle" if code else "open")
    return found.assign(variable="v", is_stale=found["is_stale"].astype(bool))


def columns(found: pd.DataFrame, *names: str) -> list[list[object]]:
    return found[list(names)].astype(object).fillna("").values.tolist()


def test_an_adjudication_settles_a_tie_and_outvotes_a_majority():
    ratings = table([("x", "y"), ("x", "x"), ("y", "z"), (None, None), ("x", None)])
    found = consensus(
        ratings, verdicts((0, "cilla", "y", False), (1, "cilla", "z", True), (3, "dan", "x", False))
    )
    assert columns(found, "code", "basis", "share", "is_stale") == [
        ["y", "adjudicated", 0.5, False],
        ["z", "adjudicated", 0.0, True],
        ["", "unresolved", 0.5, False],
        ["x", "adjudicated", "", False],
        ["x", "single", 1.0, False],
    ]


def test_two_who_differ_and_one_who_left_it_open_leave_the_note_unresolved_even_with_a_majority():
    ratings = table([("x", "x", "x")] * 4)
    found = consensus(
        ratings,
        verdicts(
            (0, "cilla", "x", False), (0, "dan", "y", True),
            (1, "cilla", "", False),
            (2, "cilla", "y", False), (2, "dan", "", False),
            (3, "cilla", "y", False), (3, "dan", "y", False),
        ),
    )  # fmt: skip
    assert columns(found, "code", "basis", "is_stale") == [
        ["", "unresolved", True], ["", "unresolved", False], ["", "unresolved", False],
        ["y", "adjudicated", False],
    ]  # fmt: skip


def test_codes_by_note_will_do():
    found = consensus(table([("x", "y"), ("x", "y")]), pd.Series({"n0": "y", "n1": None, "n9": "x"}))
    assert columns(found, "code", "basis") == [["y", "adjudicated"], ["", "unresolved"]]


def test_without_adjudications_nothing_is_stale_and_no_column_says_so():
    assert list(consensus(table([("x", "y")])).columns) == ["code", "basis", "share"]
    none = consensus(table([("x", "x")]), verdicts())
    assert columns(none, "code", "basis", "is_stale") == [["x", "unanimous", False]]


def test_adjudications_of_several_variables_or_none_are_refused():
    mixed = verdicts((0, "cilla", "x", False), (1, "cilla", "y", False)).assign(variable=["v", "w"])
    with pytest.raises(RatingsError, match=r"several variables: 'v', 'w'\. Give those of one"):
        consensus(table([("x", "y")]), mixed)
    with pytest.raises(RatingsError, match="'variable', 'codes' is missing"):
        consensus(table([("x", "y")]), mixed.drop(columns=["variable", "codes"]))


def test_the_order_of_several_codes_is_no_difference():
    both = verdicts((0, "cilla", "x|y", False), (0, "dan", "y|x", False))
    assert adjudicated_answers(both)["codes"].tolist() == ["x|y"]


@settings(max_examples=40)
@given(ROWS, VERDICTS)
def test_neither_the_order_of_coders_nor_of_adjudicators_nor_of_codes_settles_anything(rows, said):
    ratings = table(rows)
    there = consensus(ratings, verdicts(*said))
    back = consensus(ratings[list("dbca")].astype(pd.CategoricalDtype(CODES[::-1])), verdicts(*said[::-1]))
    pd.testing.assert_frame_equal(there, back)


@settings(max_examples=40)
@given(ROWS, st.sampled_from(CODES))
def test_one_more_coder_who_agrees_keeps_a_majority(rows, code):
    ratings = table(rows)
    before = consensus(ratings)
    joined = consensus(ratings.assign(e=pd.Categorical(before["code"].fillna(code), categories=CODES)))
    had_one = before["code"].notna()
    assert joined.loc[had_one, "code"].equals(before.loc[had_one, "code"])
    assert (joined.loc[had_one, "share"] >= before.loc[had_one, "share"]).all()


@settings(max_examples=40)
@given(ROWS, VERDICTS)
def test_every_note_has_one_basis_and_a_code_only_where_settled(rows, said):
    ratings, given_verdicts = table(rows), verdicts(*said)
    found = consensus(ratings, given_verdicts)
    assert list(found.index) == list(ratings.index)
    assert set(found["basis"]) <= set(BASES)
    assert (found["code"].isna() == found["basis"].isin(["unresolved", "unseen"])).all()
    untouched = ~found.index.isin(given_verdicts["note_id"])
    pd.testing.assert_frame_equal(
        found.loc[untouched, ["code", "basis", "share"]], consensus(ratings)[untouched]
    )


def test_on_a_study_the_table_of_its_ledger_is_taken_as_it_is(study):
    for coder, code in (("anna", "hinder"), ("bo", "mojlighet")):
        for note_id in ("n1", "n2", "007"):
            study.decide(coder, note_id, "valence", code)
    assert sa.consensus(study.ratings("valence"), study.adjudications("valence"))["code"].isna().all()
    study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    study.adjudicate("dan", "n1", "valence", "hinder", reason="fattas")
    study.adjudicate("cilla", "n2", "valence", event="open", reason="två tankar")
    study.decide("bo", "n1", "valence", "hinder")
    found = sa.consensus(study.ratings("valence"), study.adjudications("valence"))
    assert columns(found, "code", "basis", "is_stale") == [
        ["hinder", "adjudicated", True], ["", "unresolved", False], ["", "unresolved", False],
    ]  # fmt: skip
