"""The report's section on what is settled: nothing of nothing, every reason where there is one."""

from __future__ import annotations

import pytest

from sekom_analysis.basics import wording
from sekom_analysis.report.blocks import Heading, Table, Text
from sekom_analysis.report.sections import agreed
from sekom_analysis.results import Results
from sekom_analysis.results.tables import settled_of
from sekom_analysis.study.study import Study


def results_of(study: Study, lang: str = "sv") -> Results:
    """Results with this section's tables only."""
    coders = [coder for coder in study.coders if study.about.coder(coder).kind != "source"]
    found = Results(study, lang, study.notes, coders, [], coders=study.notes.head(0))
    found.settled = settled_of(study, study.codebook.variables, coders, study.notes, lang)
    return found


def tables_of(study: Study, lang: str = "sv") -> dict[str, Table]:
    blocks = agreed.settled_section(results_of(study, lang)).blocks
    return {block.stem: block for block in blocks if isinstance(block, Table)}


@pytest.fixture
def disputed(study) -> Study:
    for note_id, answers in (
        ("n1", ("hinder", "mojlighet")),
        ("n2", ("hinder", "hinder")),
        ("007", ("none_fits",)),
    ):
        for coder, code in zip(("anna", "bo"), answers, strict=False):
            study.decide(coder, note_id, "valence", code)
    study.decide("anna", "n1", "themes", ["tid"])
    return study


def test_nothing_is_shown_of_nothing(study):
    assert agreed.settled_section(results_of(study)).blocks == []
    study.decide("anna", "n1", "valence", "hinder")
    assert agreed.settled_section(results_of(study)).blocks == []


def test_how_many_notes_rest_on_what(disputed):
    assert tables_of(disputed)["settled"].rows == [["Hinder eller möjlighet", "1", "1", "1", "3"]]
    disputed.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    table = tables_of(disputed)["settled"]
    assert table.columns == ["Variabel", "Eniga", "Avgjorda med skäl", "En enda kodare", "Alla lappar"]
    assert table.rows == [["Hinder eller möjlighet", "1", "1", "1", "3"]]
    assert "adjudicated_valence" in tables_of(disputed)
    assert not any(stem.startswith("talk") for stem in tables_of(disputed))


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_each_adjudication_with_its_reason_and_what_has_changed_since(disputed, lang):
    disputed.adjudicate("cilla", "n1", "valence", "none_fits", reason="varken eller")
    disputed.adjudicate("dan", "n2", "valence", event="open", reason="två tankar i en lapp")
    disputed.adjudicate("dan", "n1", "themes", [], reason="inget av dem")
    disputed.decide("bo", "n1", "valence", "hinder")
    tables = tables_of(disputed, lang)
    fits, empty = disputed.codebook["valence"].label_of("none_fits", lang), wording.say("reading_empty", lang)
    first, second = tables["adjudicated_valence"].rows
    assert first[:3] == ["n1: Ojämn nivå", fits, "varken eller"]
    assert first[3] == f"cilla ({wording.say('report_is_stale', lang)})"
    assert first[4] == "anna: Hinder; bo: Möjlighet"
    assert second[1:4] == [wording.say("report_left_open", lang), "två tankar i en lapp", "dan"]
    assert tables["adjudicated_themes"].rows[0][1] == empty
    blocks = agreed.settled_section(results_of(disputed, lang)).blocks
    texts = [block.text for block in blocks if isinstance(block, Text)]
    assert wording.say("report_stale", lang, n=1, notes="n1") in texts


def test_what_talking_did_where_there_was_any(disputed):
    disputed.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    disputed.decide("bo", "n1", "valence", "hinder")
    tables = tables_of(disputed)
    assert [row[:2] for row in tables["talk_agreement_valence"].rows] == [
        ["Före: Andel överens", "0,50"], ["Före: Krippendorffs α", "0,00"],
        ["Efter: Andel överens", "1,00"], ["Efter: Krippendorffs α", "–"],
    ]  # fmt: skip
    assert tables["talk_moves_valence"].rows == [["anna", "bo", "1", "0"], ["bo", "anna", "1", "1"]]
    headings = [b.text for b in agreed.settled_section(results_of(disputed)).blocks if isinstance(b, Heading)]
    assert headings == [
        "Avgöranden",
        "Hinder eller möjlighet: före och efter att kodarna kunnat se andras svar",
    ]


def test_a_change_is_told_with_its_interval():
    row = {
        "coefficient": "alpha",
        "value_a": 0.61,
        "value_b": 0.74,
        "difference": 0.13,
        "low": 0.04,
        "high": 0.22,
    }
    assert agreed.change_in_words(row, "sv") == (
        "Krippendorffs α steg från 0,61 till 0,74, skillnad 0,13 [0,04; 0,22]."
    )
    fell = row | {"value_b": 0.5, "difference": -0.11, "low": float("nan")}
    assert agreed.change_in_words(fell, "en") == "Krippendorff's α fell from 0.61 to 0.50, difference −0.11."
    assert agreed.change_in_words(row | {"difference": float("nan")}, "en") == ""


def test_of_a_reflexive_study_nothing_is_settled(disputed):
    disputed.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    about = disputed.root / "data/raw/study.yaml"
    text = about.read_text(encoding="utf-8")
    about.write_text(text.replace("stance: codebook", "stance: reflexive"), encoding="utf-8")
    assert agreed.settled_section(results_of(Study.open(disputed.root))).blocks == []
