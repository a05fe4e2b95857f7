"""Majorities and counts: nothing is settled by order, and the parts add up to the whole."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.basics.errors import CodebookError, RatingsError
from sekom_analysis.consensus import consensus, count_codes
from sekom_analysis.study.study import Study

CODES = ["x", "y", "z"]
REPORTED = {  # by the report's own appendix: hinder, möjlighet
    "kunskap": (6, 6), "nyckeltal": (1, 4), "resurser": (2, 0), "samordning": (4, 0),
    "samverkan": (13, 14), "sekoms_roll": (14, 14), "systemsyn": (20, 1),
}  # fmt: skip
ACTIONS = {
    "goda_exempel": 14, "kansliet": 1, "kommunikation": 25, "medlemskap": 4,
    "nyckeltal": 4, "samverkan": 11, "sekoms_roll": 14, "verktyg": 7,
}  # fmt: skip


def table(*rows):
    frame = pd.DataFrame(rows, columns=list("abcd")[: len(rows[0])])
    frame.index = pd.Index([f"n{i}" for i in range(len(rows))], name="note_id")
    return frame.astype(pd.CategoricalDtype(CODES))


def test_the_basis_of_each_note():
    found = consensus(
        table(
            ("x", "x", "x", "x"),
            ("x", "x", "y", "x"),
            ("x", "x", "y", "y"),
            (None, "y", None, None),
            (None, None, None, None),
            ("x", "y", "z", None),
            ("x", "x", "y", "z"),
        )
    )
    assert found["basis"].tolist() == [
        "unanimous",
        "majority",
        "unresolved",
        "single",
        "unseen",
        "unresolved",
        "unresolved",
    ]
    assert found["code"].fillna("").tolist() == ["x", "x", "", "y", "", "", ""]
    assert found["share"].tolist()[:4] == [1, 0.75, 0.5, 1]


@given(st.lists(st.lists(st.sampled_from([*CODES, None]), min_size=4, max_size=4), min_size=1, max_size=8))
def test_neither_order_of_coders_nor_of_codes_settles_anything(rows):
    ratings = table(*rows)
    there = consensus(ratings)
    back = consensus(ratings[list("dbca")].astype(pd.CategoricalDtype(CODES[::-1])))
    pd.testing.assert_frame_equal(there, back)


def test_an_unknown_rule_is_refused():
    with pytest.raises(RatingsError, match=r"'plurality'.*majority"):
        consensus(table(("x", "x")), rule="plurality")


@pytest.fixture
def sample(sample_study):
    return sample_study


def test_the_reports_own_counts(sample):
    asked = {"notes": sample.main_notes, "bar": "rapport-2016"}
    counts = count_codes(sample, "category_b", by="valence", **asked)
    own = counts[counts["is_bar"]].set_index(["code", "by"])["count"]
    assert {code: (own[code, "hinder"], own[code, "mojlighet"]) for code in REPORTED} == REPORTED
    actions = count_codes(sample, "category_d", **asked)
    assert actions[actions["is_bar"]].set_index("code")["count"].to_dict() == ACTIONS


def test_counts_of_a_coder_add_up_to_the_notes_the_coder_decided(sample):
    counts = count_codes(sample, "category_b", by="valence", notes=sample.main_notes)
    sums = counts.groupby("coder")["count"].sum()
    decided = counts.drop_duplicates("coder").set_index("coder")["n_notes"]
    assert sums.to_dict() == decided.to_dict()
    assert decided.to_dict() == {"rapport-2016": 99, "k1": 99, "k2": 99, "k3": 90, "(settled)": 98}


def by_hand(sample, variable, notes):
    """Note -> what more than half of the readers chose, in plain Python."""
    ratings = sample.ratings(variable, ["k1", "k2", "k3"], notes).astype(object)
    found = {}
    for note, row in ratings.iterrows():
        said = [code for code in row if isinstance(code, str)]
        code, n = Counter(said).most_common(1)[0]
        found[note] = code if 2 * n > len(said) else None
    return found


def test_bars_are_the_readers_settled_codes_whether_or_not_there_is_an_own_sorting(sample):
    notes = sample.main_notes
    side, code = (by_hand(sample, name, notes[notes["stage"] == "B"]) for name in ("valence", "category_b"))
    expected = Counter((code[note], side[note]) for note in code if code[note] and side[note])
    for coders in (None, ["k1", "k2", "k3"]):
        counts = count_codes(sample, "category_b", "valence", notes, coders)
        bar = counts[counts["is_bar"]].set_index(["code", "by"])["count"]
        assert {pair: n for pair, n in bar.items() if n} == dict(expected)
        assert bar["sekoms_roll", "hinder"] == 17  # the report's own sorting has 14


def test_the_settled_codes_are_the_bar(sample):
    counts = count_codes(sample, "category_b", notes=sample.main_notes)
    bar = counts[counts["is_bar"]]
    settled = consensus(sample.ratings("category_b", ["k1", "k2", "k3"], sample.main_notes))["code"]
    assert set(bar["coder"]) == {"(settled)"}
    assert bar.set_index("code")["count"].sum() == settled.notna().sum() == bar["n_notes"].iloc[0]


def test_of_several_codes_each_counts_and_the_empty_set_is_read(sample):
    counts = count_codes(sample, "themes", notes=sample.main_notes)
    k3 = counts[counts["coder"] == "k3"]
    ratings = sample.ratings("themes", ["k3"], sample.main_notes)["k3"].dropna()
    assert k3["n_notes"].iloc[0] == len(ratings) == 73
    assert k3.set_index("code")["count"]["filmer"] == sum("filmer" in codes for codes in ratings)
    assert any(codes == frozenset() for codes in ratings)
    majority = counts[counts["is_bar"]].set_index("code")["count"]
    three = sample.ratings("themes", ["k1", "k2", "k3"], sample.main_notes)
    has = three.map(lambda codes: "databas" in codes, na_action="ignore")
    expected = sum(np.mean([bool(v) for v in row if not pd.isna(v)]) > 0.5 for row in has.to_numpy())
    assert majority["databas"] == expected


def test_scores_are_not_counted_and_bars_are_somebodys(sample):
    with pytest.raises(CodebookError, match=r"criterion_goal.*scale"):
        count_codes(sample, "criterion_goal")
    with pytest.raises(RatingsError, match=r"'anna'.*settled, rapport-2016"):
        count_codes(sample, "category_b", bar="anna")


def test_ties_show_as_notes_missing_from_the_majority(tmp_path):
    notes = pd.DataFrame({"note_id": ["n1", "n2"], "text": ["ett", "två"]})
    codes = [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": codes}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    for coder, answer in (("anna", "x"), ("bo", "y")):
        study.record(coder, [{"note_id": "n1", "variable": "v", "codes": answer}])
        study.record(coder, [{"note_id": "n2", "variable": "v", "codes": "none_fits"}])
    bar = count_codes(study, "v").query("is_bar").set_index("code")["count"]
    assert bar.to_dict() == {"x": 0, "y": 0, "none_fits": 1}
