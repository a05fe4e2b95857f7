"""One coder's desk: what it takes, what it refuses, what it can see."""

from __future__ import annotations

import pandas as pd
import pytest

from sekom_analysis.basics.errors import DecisionError, NotesError, NotSavedError
from sekom_analysis.study.codebook import Definitions
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.study import Study


@pytest.fixture
def desk(study) -> Desk:
    return study.desk("anna")


def log_of(desk: Desk) -> bytes:
    path = desk.root / "data/coded" / f"{desk.coder}.csv"
    return path.read_bytes() if path.exists() else b""


def answers(desk: Desk) -> dict[tuple[str, str], str]:
    return {(event.note_id, event.variable): event.codes for event in desk.decisions().itertuples()}


def test_a_decision_carries_what_was_seen(desk):
    event = desk.decide("n1", "valence", "hinder", certainty=2, memo="för\nlite")
    (row,) = desk.history().itertuples()
    assert (row.event_id, row.decided_at) == (event.event_id, event.decided_at)
    assert event.note_hash == note_hash("Ojämn nivå")
    assert event.codebook == desk.codebook["valence"].version
    assert (row.codes, row.certainty, row.memo, row.via, row.event) == (
        "hinder",
        "2",
        "för\nlite",
        "python",
        "decide",
    )


def test_the_definition_that_was_seen_is_kept(desk):
    event = desk.decide("n1", "valence", "hinder")
    kept = Definitions(desk.root / "data/coded").read()[event.codebook]
    assert kept.as_seen() == desk.codebook["valence"].as_seen()


def test_one_thousand_odd_memos_come_back(desk):
    odd = 'a;b,"c"\\n\r\n\0å🎈\u2028|\'=1+1'
    desk.decide("n1", "valence", "hinder", memo=odd)
    desk.decide("n2", "valence", "hinder", memo="halv \ud83d")
    assert desk.decisions()["memo"].tolist() == [odd, "halv \ufffd"]


@pytest.mark.parametrize(
    ("variable", "note", "codes", "stored"),
    [
        ("valence", "n1", "none_fits", "none_fits"),
        ("themes", "n1", [], ""),
        ("themes", "n1", {"vilja", "tid"}, "tid|vilja"),
        ("themes", "007", "tid", "tid"),
        ("goal", "n3", 5, "5"),
        ("goal", "n3", 5.0, "5"),
        ("flag", "n3", "two_ideas", "two_ideas"),
    ],
)
def test_answers_that_are_taken(desk, variable, note, codes, stored):
    assert desk.decide(note, variable, codes).codes == stored
    assert answers(desk) == {(note, variable): stored}


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"codes": None}, "there is no answer (to take one back, retract it)"),
        ({"codes": float("nan")}, "there is no answer"),
        ({"codes": []}, "takes exactly one code, not ''"),
        ({"codes": "hindr"}, "does not have the code 'hindr'; it has: hinder, mojlighet, none_fits"),
        ({"note_id": "n9"}, "there is no note 'n9'"),
        ({"note_id": "7"}, "there is no note '7'"),
        ({"variable": "valens"}, "there is no variable 'valens'; there are: valence, themes, goal"),
        ({"note_id": "n3"}, "variable 'valence' is not asked of this note"),
        ({"certainty": 4}, "certainty is 1, 2 or 3 (or left out), not '4'"),
        ({"pass": 7}, "pass is one of 0, 1, 2, 3, not '7'"),
        ({"via": "post"}, "via is one of card, page, sheet, import, python, not 'post'"),
        ({"event": "delete"}, "event is one of decide, retract, skip, not 'delete'"),
        ({"event_id": "a b"}, "'a b' cannot be an event_id"),
        ({"codebook": "newest"}, "codebook 'newest' is not a valid content hash"),
        ({"coder": "bo"}, "it is another coder's ('bo'), and this is anna's log"),
        ({"colour": "red"}, "'colour' is not a field of a decision"),
        ({"memo": "x" * 20_001}, "the memo has 20001 characters; at most 20000 fit"),
    ],
)
def test_what_is_refused_is_named_and_nothing_is_saved(desk, given, fault):
    whole = {"note_id": "n1", "variable": "valence", "codes": "hinder", **given}
    with pytest.raises(DecisionError) as caught:
        desk.record([{"note_id": "n2", "variable": "valence", "codes": "hinder"}, whole])
    message = str(caught.value)
    assert message.startswith("Nothing was saved:")
    assert fault in message
    assert "decision 2" in message
    assert log_of(desk) == b""


def test_all_faults_of_a_call_are_listed(desk):
    with pytest.raises(DecisionError) as caught:
        desk.record(
            pd.DataFrame({"note_id": ["n1", "n9"], "variable": ["valence", "goal"], "codes": ["x", "9"]})
        )
    assert len(str(caught.value).splitlines()) == 3


def test_a_table_of_events_is_recorded_and_its_gaps_are_gaps(desk):
    table = pd.DataFrame(
        {
            "note_id": ["n1", "n2"],
            "variable": ["valence", "valence"],
            "codes": ["hinder", "mojlighet"],
            "certainty": [3.0, None],
            "memo": [None, "varför"],
        }
    )
    saved = desk.record(table)
    assert [(event.certainty, event.memo) for event in saved] == [("3", ""), ("", "varför")]


def test_recording_nothing_makes_no_log(desk):
    assert desk.record([]) == []
    assert not (desk.root / "data/coded/anna.csv").exists()


def test_an_answer_may_be_given_anew_taken_back_and_skipped(desk):
    desk.decide("n1", "valence", "hinder")
    desk.decide("n1", "valence", "mojlighet")
    assert answers(desk) == {("n1", "valence"): "mojlighet"}
    desk.skip("n1", "valence")
    assert answers(desk) == {("n1", "valence"): "mojlighet"}
    desk.retract("n1", "valence")
    assert answers(desk) == {}
    desk.skip("n2", "valence")
    assert desk.skipped()["note_id"].tolist() == ["n2"]
    assert len(desk.history()) == 5


def test_sending_again_is_harmless_even_after_the_text_was_mended(study):
    given = {"note_id": "n1", "variable": "valence", "codes": "hinder", "event_id": "e0001"}
    (first,) = study.desk("anna").record(given)
    notes = study.root / "data/raw/notes.csv"
    notes.write_bytes(notes.read_bytes().replace("Ojämn".encode(), "Ojämnare".encode()))
    assert Study.open(study.root).desk("anna").record(given) == [first]


def test_an_id_used_for_another_answer_is_refused(desk):
    desk.decide("n1", "valence", "hinder", event_id="e0001")
    before = log_of(desk)
    with pytest.raises(DecisionError, match="different: codes"):
        desk.decide("n1", "valence", "mojlighet", event_id="e0001")
    assert log_of(desk) == before


def test_a_decision_that_waited_keeps_its_definition_and_its_retired_code(study):
    """A card was open while a code was retired; what it holds must not be turned away."""
    desk = study.desk("anna")
    desk.keep_definitions(["valence"])
    seen = desk.codebook["valence"].version
    book = study.root / "data/raw/codebook.yaml"
    book.write_text(
        book.read_text(encoding="utf-8").replace("- id: hinder", "- retired: true\n    id: hinder"),
        encoding="utf-8",
    )
    later = Study.open(study.root).desk("anna")
    with pytest.raises(DecisionError, match="does not have the code 'hinder'"):
        later.decide("n1", "valence", "hinder")
    event = later.decide("n1", "valence", "hinder", codebook=seen, note_hash="h" + "0" * 11)
    assert (event.codebook, event.note_hash) == (seen, "h" + "0" * 11)
    assert len(list((study.root / "data/coded/codebooks").iterdir())) == 2


def test_a_damaged_definition_is_mended_when_it_is_needed(study):
    path = study.root / "data/coded/codebooks" / f"{study.codebook['valence'].version}.yaml"
    path.parent.mkdir()
    path.write_bytes(b"id: val")
    assert len(study.problems) == 1
    study.decide("anna", "n1", "valence", "hinder")
    assert len(study.problems) == 0


@pytest.mark.parametrize("coder", ["../x", "Anna", "con", "adjudicated", ""])
def test_nobody_of_an_impossible_name_has_a_desk(study, coder):
    with pytest.raises(DecisionError, match=r"coder's id|reserved name"):
        study.desk(coder)


def test_which_variables_are_asked(desk):
    assert [variable.id for variable in desk.variables_of("n1")] == ["valence", "themes"]
    assert [variable.id for variable in desk.variables_of("n3")] == ["themes", "goal"]
    with pytest.raises(NotesError, match="no note 'n9' among the 4 notes"):
        desk.variables_of("n9")


def test_a_desk_neither_shows_nor_minds_another_coders_log(study):
    study.decide("bo", "n1", "valence", "mojlighet", memo="hemligt")
    (study.root / "data/coded/cia.csv").write_bytes(b"\xff\x00 trasig")
    (study.root / "data/coded/dan.csv").mkdir()
    desk = Desk.open(study.root / "data", "anna")
    desk.decide("n1", "valence", "hinder")
    assert answers(desk) == {("n1", "valence"): "hinder"}
    assert desk.problems == []
    assert not any("hemligt" in repr(value) for value in vars(desk).values())


def test_a_desk_opened_twice_sees_what_the_other_wrote(study):
    one, other = Desk.open(study.root, "anna"), Desk.open(study.root, "anna")
    one.decide("n1", "valence", "hinder")
    other.decide("n2", "valence", "hinder")
    assert (len(one.history()), one.n_events, other.n_events) == (2, 1, 2)


def test_a_definition_that_cannot_be_kept_means_not_saved(study):
    (study.root / "data/coded/codebooks").write_text("ingen mapp", encoding="utf-8")
    with pytest.raises(NotSavedError, match="Nothing was saved"):
        study.decide("anna", "n1", "valence", "hinder")
    assert not (study.root / "data/coded/anna.csv").exists()


def test_opening_and_reading_write_nothing(study):
    before = sorted(path for path in study.root.rglob("*"))
    desk = Desk.open(study.root, "anna")
    assert desk.history().empty
    assert desk.decisions().empty
    assert desk.skipped().empty
    assert desk.problems == []
    assert sorted(path for path in study.root.rglob("*")) == before
