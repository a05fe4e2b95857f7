"""Final codes of any kind of variable: what is settled, on what basis, and what is never guessed."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sekom_analysis as sa
from sekom_analysis.basics.errors import StanceError
from sekom_analysis.consensus.final import final_table
from sekom_analysis.consensus.settled import consensus_sets
from sekom_analysis.study.study import Study

NOTES = pd.DataFrame({"note_id": [f"n{i}" for i in range(6)], "text": [f"Lapp {i}" for i in range(6)]})
CODES = [{"id": code, "label": {"sv": code.upper(), "en": f"{code}!"}} for code in "abc"]
BOOK = {
    "variables": [
        {"id": "ett", "kind": "single", "label": "Ett", "codes": CODES},
        {"id": "flera", "kind": "multiple", "label": "Flera", "codes": CODES},
        {"id": "grad", "kind": "scale", "label": "Grad", "range": [-3, 3]},
    ]
}


@pytest.fixture
def coded(tmp_path):
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=BOOK)
    said = {
        "anna": [
            ("n0", "a", ["a"], -3),
            ("n1", "a", ["a", "b"], 0),
            ("n2", "a", [], 2),
            ("n3", "a", ["c"], 3),
        ],
        "bo": [("n0", "a", ["a"], -3), ("n1", "a", ["a"], 0), ("n2", "b", [], 1)],
        "cia": [("n0", "a", ["a"], -3), ("n1", "b", ["a"], -1), ("n2", "c", ["b"], -3)],
    }
    said["anna"].append(("n3", "a", ["c"], 3))
    for coder, answers in said.items():
        for note, one, several, score in answers:
            study.decide(coder, note, "ett", one)
            study.decide(coder, note, "flera", several)
            study.decide(coder, note, "grad", score)
    return study


def shown(table: pd.DataFrame) -> dict[str, tuple[object, str]]:
    return {
        note: (row["code"], row["basis"])
        for note, row in table.astype(object).where(table.notna(), None).iterrows()
    }


UNSEEN = {"n4": (None, "unseen"), "n5": (None, "unseen")}


def test_each_kind_is_settled_by_more_than_half(coded):
    assert shown(coded.final("ett")) == UNSEEN | {
        "n0": ("a", "unanimous"), "n1": ("a", "majority"), "n2": (None, "unresolved"), "n3": ("a", "single"),
    }  # fmt: skip
    assert shown(coded.final("flera")) == UNSEEN | {
        "n0": ("a", "unanimous"), "n1": ("a", "majority"), "n2": ("", "majority"), "n3": ("c", "single"),
    }  # fmt: skip
    assert shown(coded.final("grad")) == UNSEEN | {
        "n0": ("-3", "unanimous"), "n1": ("0", "majority"), "n2": (None, "unresolved"), "n3": ("3", "single"),
    }  # fmt: skip
    assert coded.final("grad")["median"].tolist()[:4] == [-3, 0, 1, 3]  # and no mean settles n2


def test_unseen_is_not_none(coded):
    final = coded.final("flera")
    assert final.loc["n2", "label_en"] == "none of them"
    assert final.loc["n4", ["label_sv", "label_en"]].tolist() == ["", ""]
    assert pd.isna(final.loc["n4", "code"])


def test_a_code_that_half_of_the_coders_gave_is_left_open_and_the_others_stand(coded):
    final = coded.final("flera", coders=["anna", "bo"])
    assert final.loc["n1", ["code", "open", "basis"]].tolist() == ["a", "b", "unresolved"]
    assert final.loc["n0", ["code", "open", "basis"]].tolist() == ["a", "", "unanimous"]


def test_no_code_in_common_is_not_the_answer_that_none_applies(coded):
    coded.decide("anna", "n4", "flera", ["a"])
    coded.decide("bo", "n4", "flera", ["b"])
    row = coded.final("flera").loc["n4"]
    assert pd.isna(row["code"])
    assert row[["open", "basis", "label_sv"]].tolist() == ["a|b", "unresolved", ""]


def test_an_adjudication_settles_and_keeps_its_reason(coded):
    coded.adjudicate("dan", "n2", "ett", "c", reason="jfr intervjun")
    coded.adjudicate("dan", "n2", "flera", ["b", "c"], reason="båda")
    coded.adjudicate("dan", "n2", "grad", 2, reason="klart positivt")
    coded.adjudicate("dan", "n0", "ett", event="open", reason="två tankar")
    for variable, code, label in (("ett", "c", "C"), ("flera", "b|c", "B; C"), ("grad", "2", "2")):
        row = coded.final(variable).loc["n2"]
        assert row[["code", "label_sv", "basis"]].tolist() == [code, label, "adjudicated"]
        assert row["adjudicator"] == "dan"
        assert row["reason"]
    assert shown(coded.final("ett"))["n0"] == (None, "unresolved")
    coded.decide("bo", "n2", "ett", "c")
    assert bool(coded.final("ett").loc["n2", "is_stale"])


def test_the_table_for_a_file_has_every_variable_that_was_answered(coded):
    table = final_table(coded, "en")
    assert table["variable"].value_counts().to_dict() == {"ett": 6, "flera": 6, "grad": 6}
    assert table.loc[(table["variable"] == "flera") & (table["note_id"] == "n0"), "answer"].tolist() == ["a!"]
    assert final_table(coded, "sv", ["n0"])["note_id"].tolist() == ["n0"] * 3


def test_nothing_is_final_where_nobody_answered_and_in_a_reflexive_study(study):
    assert final_table(study, "sv").empty
    path = study.root / "data/raw/study.yaml"
    path.write_text(path.read_text("utf-8").replace("stance: codebook", "stance: reflexive"), "utf-8")
    with pytest.raises(StanceError):
        sa.Study.open(study.root).final("valence")


ANSWERS = st.one_of(st.none(), st.frozensets(st.sampled_from("abc")))


@given(st.lists(st.lists(ANSWERS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_sets_are_settled_code_by_code_as_counted_by_hand(rows):
    ratings = pd.DataFrame(rows, columns=["x", "y", "z"], dtype=object)
    settled = consensus_sets(ratings)
    for place, row in enumerate(rows):
        said = [answer for answer in row if answer is not None]
        votes = Counter(code for answer in said for code in answer)
        most = frozenset(code for code, n in votes.items() if 2 * n > len(said))
        half = frozenset(code for code, n in votes.items() if 2 * n == len(said))
        assert settled.loc[place, "tied"] == half
        assert settled.loc[place, "codes"] == most if said else pd.isna(settled.loc[place, "codes"])


def test_the_sample_as_counted_by_hand(sample_study):
    for variable in ("category_b", "criterion_goal"):
        ratings = sample_study.ratings(variable, ["k1", "k2", "k3"]).astype(object)
        expected = {}
        for note, row in ratings.iterrows():
            said = [str(answer) for answer in row if not pd.isna(answer)]
            code, n = Counter(said).most_common(1)[0]
            expected[note] = code if 2 * n > len(said) else None
        final = sample_study.final(variable)
        assert {
            note: code if isinstance(code, str) else None for note, code in final["code"].items()
        } == expected
