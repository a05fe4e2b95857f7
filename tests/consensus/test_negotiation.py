"""What talking did: before is never touched, and every move is counted once towards each who had said it."""

from __future__ import annotations

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.basics.errors import CodebookError, SekomError
from sekom_analysis.study.about import About
from sekom_analysis.study.study import Study

NOTES = ["n1", "n2", "n4", "n5", "n6"]
BEFORE = {
    "anna": ["x", "x", "y", "x", None],
    "bo": ["y", "x", "x", "y", "x"],
    "eva": ["y", "z", "z", "y", "x"],
}
SENIORITY = "coders:\n  anna: {seniority: 1}\n  bo: {seniority: 12}\n  eva: {seniority: doktorand}\n"


@pytest.fixture
def talked(tmp_path) -> Study:
    """Three coders; anna goes over to the others on n1, bo to anna on n5, eva to what nobody had said."""
    notes = pd.DataFrame({"note_id": NOTES, "text": [f"Lapp {note}" for note in NOTES]})
    codes = [{"id": code, "label": code.upper()} for code in "xyzw"]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": codes}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    about = study.root / "data/raw/study.yaml"
    about.write_text(about.read_text(encoding="utf-8") + SENIORITY, encoding="utf-8")
    study = Study.open(study.root)
    for coder, answers in BEFORE.items():
        events = zip(NOTES, answers, strict=True)
        study.record(coder, [{"note_id": n, "variable": "v", "codes": code} for n, code in events if code])
    return study


def talk(study: Study) -> None:
    for coder, note_id, code in (
        ("anna", "n1", "y"),
        ("bo", "n5", "x"),
        ("eva", "n2", "w"),
        ("anna", "n6", "x"),
    ):
        study.decide(coder, note_id, "v", code, **{"pass": 3})
    study.decide("eva", "n4", "v", "z", **{"pass": 3})  # talked about, and kept
    study.desk("bo").record([{"note_id": "n4", "variable": "v", "event": "retract", "pass": 3}])


def test_who_moved_towards_whom(talked):
    talk(talked)
    found = sa.negotiation(talked, "v", n_resamples=0)
    moves = found.moves.set_index(["coder", "towards"])
    assert moves["n_differed"].to_dict() == {
        ("anna", "bo"): 3, ("anna", "eva"): 4, ("bo", "anna"): 3, ("bo", "eva"): 2,
        ("eva", "anna"): 4, ("eva", "bo"): 2,
    }  # fmt: skip
    assert moves["n_moved"].to_dict() == {
        ("anna", "bo"): 1, ("anna", "eva"): 1, ("bo", "anna"): 1, ("bo", "eva"): 0,
        ("eva", "anna"): 0, ("eva", "bo"): 0,
    }  # fmt: skip
    assert moves.loc[("anna", "bo"), "share"] == pytest.approx(1 / 3)
    up = moves["towards_senior"].astype(object).where(moves["towards_senior"].notna(), None)
    assert (up["anna", "bo"], up["bo", "anna"], up["anna", "eva"]) == (True, False, None)
    assert found.coders.drop(columns="seniority").values.tolist() == [
        ["anna", 4, 1, 0, 0, 1],
        ["bo", 5, 1, 0, 1, 0],
        ["eva", 5, 1, 1, 0, 0],
    ]
    assert found.coders["seniority"].tolist()[:2] == [1, 12]
    assert found.coders["seniority"][2].sv == "doktorand"
    assert list(found.changed.index) == NOTES
    assert found.n_talked == 5


def test_agreement_before_is_that_of_pass_1_to_the_last_digit(talked):
    before = sa.alpha(talked.ratings("v"))
    talk(talked)
    rows = sa.negotiation(talked, "v", n_resamples=0).agreement.set_index(["when", "coefficient"])["value"]
    assert rows["before", "alpha"] == before == sa.alpha(talked.ratings("v"))
    assert rows["after", "alpha"] == sa.alpha(talked.ratings("v", passes=(1, 3)))
    assert rows["after", "alpha"] != rows["before", "alpha"]


def test_the_change_has_an_interval_of_its_own(talked):
    talk(talked)
    found = sa.negotiation(talked, "v")
    row = found.difference.iloc[0]
    values = found.agreement.set_index(["when", "coefficient"])["value"]
    assert row["value_a"] == values["before", "alpha"]
    assert row["value_b"] == values["after", "alpha"]
    assert row["difference"] == pytest.approx(values["after", "alpha"] - values["before", "alpha"])


def test_nobody_talked(talked):
    found = sa.negotiation(talked, "v", n_resamples=0)
    assert found.n_talked == 0
    assert found.changed.empty
    assert found.moves["n_moved"].sum() == 0
    values = found.agreement.pivot(index="coefficient", columns="when", values="value")
    assert (values["before"] == values["after"]).all()


def test_one_coder_alone_and_a_variable_that_is_not_there(talked):
    alone = sa.negotiation(talked, "v", coders=["anna"], n_resamples=0)
    assert alone.agreement.empty
    assert alone.moves.empty
    with pytest.raises(CodebookError, match="no variable 'w'"):
        sa.negotiation(talked, "w")


def test_sets_move_as_a_whole(study):
    study.decide("anna", "n1", "themes", ["tid"])
    study.decide("bo", "n1", "themes", ["vilja", "tid"])
    study.adjudicate("cilla", "n1", "themes", ["tid", "vilja"], reason="båda nämns")
    study.decide("anna", "n1", "themes", ["tid", "vilja"])
    moves = sa.negotiation(study, "themes", n_resamples=0).moves.set_index(["coder", "towards"])["n_moved"]
    assert moves.to_dict() == {("anna", "bo"): 1, ("bo", "anna"): 0}


def test_scores_move_too(study):
    for coder, score in (("anna", 2), ("bo", 4)):
        study.decide(coder, "n3", "goal", score)
    study.decide("bo", "n3", "goal", 2, **{"pass": 3})
    found = sa.negotiation(study, "goal", n_resamples=0)
    assert found.moves.set_index("coder")["n_moved"].to_dict() == {"anna": 0, "bo": 1}


def test_scores_with_gaps_are_talked_about_too(tmp_path):
    notes = pd.DataFrame({"note_id": list("abc"), "text": list("xyz")})
    book = {"variables": [{"id": "goal", "kind": "scale", "label": "Mål", "range": [1, 5]}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    for coder, scores in {"anna": [1, 2, None], "bo": [3, None, None], "eva": [3, 4, 5]}.items():
        for note, score in zip("abc", scores, strict=True):
            if score:
                study.decide(coder, note, "goal", score)
    study.decide("anna", "a", "goal", 3, **{"pass": 3})
    study.decide("bo", "b", "goal", 4, **{"pass": 3})
    found = sa.negotiation(study, "goal", n_resamples=0)
    moves = found.moves.set_index(["coder", "towards"])
    assert moves.loc[("anna", "bo"), ["n_differed", "n_moved"]].tolist() == [1, 1]
    assert moves.loc[("anna", "eva"), ["n_differed", "n_moved"]].tolist() == [2, 1]
    coders = found.coders.set_index("coder")
    assert coders.loc["anna", ["n_notes", "n_changed", "n_elsewhere"]].tolist() == [2, 1, 0]
    assert coders.loc["bo", ["n_notes", "n_changed", "n_added"]].tolist() == [1, 0, 1]
    assert list(found.changed.index) == ["a", "b"]


def test_a_reflexive_study_negotiates_nothing(talked):
    about = talked.root / "data/raw/study.yaml"
    about.write_text(
        about.read_text(encoding="utf-8").replace("stance: codebook", "stance: reflexive"), encoding="utf-8"
    )
    with pytest.raises(SekomError, match="works reflexively"):
        sa.negotiation(Study.open(talked.root), "v")


def test_seniority_is_a_number_or_words():
    given = {
        "id": "s",
        "title": "S",
        "coders": {"a": {"seniority": 12}, "b": {"seniority": "lektor"}, "c": {}},
    }
    about = About.model_validate(given)
    assert about.coder("a").seniority == 12
    assert about.coder("b").seniority.en == "lektor"
    assert about.coder("c").seniority is None
