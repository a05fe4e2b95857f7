"""An adjudicator's session: which notes, what is shown of whom, and what the ledger holds afterwards."""

from __future__ import annotations

import json

import pytest
import yaml

import sekom_analysis as sa
from sekom_analysis.basics.errors import CodebookError, DecisionError, NotesError, NotSavedError
from sekom_analysis.coding.judging import AdjudicationSession, variables_to_settle
from sekom_analysis.coding.jupyter import AdjudicationCard, Guidance, adjudicate_notes


@pytest.fixture
def disputed(study):
    """n1 disputed by three, n2 by two of three, n3 (a D note) by none, 007 by one coder alone."""
    for coder, codes in {"anna": "hinder", "bo": "mojlighet", "cilla": None}.items():
        study.decide(coder, "n1", "themes", [] if codes is None else ["tid", "vilja"][: 1 + (coder == "bo")])
    for coder, code in {"anna": "hinder", "bo": "mojlighet"}.items():
        study.decide(coder, "n1", "valence", code, certainty=2, memo=f"därför ({code})")
    for coder, code in {"anna": "hinder", "bo": "hinder", "cilla": "none_fits"}.items():
        study.decide(coder, "n2", "valence", code)
    study.decide("anna", "007", "valence", "hinder")
    study.desk("cilla").skip("n1", "valence", memo="kan inte välja")
    return study


def sent(session, place, event="decide", codes=("hinder",), reason="därför", number=1, **fields):
    """An event as the card sends it."""
    note = session.data()["notes"][place]
    given = {
        "event_id": f"e{number:016}",
        "note": note["key"],
        "variable": session.variable.id,
        "event": event,
    }
    given |= {"codes": list(codes), "memo": reason, "certainty": "", "pass": 1, "seen": note["seen"]}
    return given | {"note_hash": note["hash"], "codebook": session.variable.version} | fields


def send(session, *events):
    return session.receive({"kind": "events", "events": list(events)})


def kinds(replies):
    return [reply["kind"] for reply in replies]


def test_disputed_notes_come_first_those_of_one_coder_not_at_all(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    assert session.note_ids == ["n1", "n2"]
    assert session.n_left == 2


def test_each_coders_choice_certainty_and_memo_stand_there_and_what_was_skipped(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    note = session.data()["notes"][0]
    assert {reading["name"]: reading for reading in note["readings"]} == {
        "anna": {"name": "anna", "codes": ["hinder"], "label": "Hinder", "certainty": "2",
                 "memo": "därför (hinder)", "words": [], "skipped": False},
        "bo": {"name": "bo", "codes": ["mojlighet"], "label": "Möjlighet", "certainty": "2",
               "memo": "därför (mojlighet)", "words": [], "skipped": False},
        "cilla": {"name": "cilla", "codes": [], "label": "Hoppade över", "certainty": "",
                  "memo": "kan inte välja", "words": [], "skipped": True},
    }  # fmt: skip
    assert note["disputed"] == ["hinder", "mojlighet"]
    assert note["seen"] == {"anna": "hinder", "bo": "mojlighet"}


def test_an_empty_set_and_none_fits_are_answers_in_dispute(disputed):
    themes = AdjudicationSession(disputed, "dag", "themes", lang="en").data()
    assert sorted(reading["label"] for reading in themes["notes"][0]["readings"]) == [
        "None of them", "Tid", "Tid, Vilja",
    ]  # fmt: skip
    assert themes["variables"][0]["codes"][-1] == {"id": "none_fits", "label": "None of them"}
    valence = AdjudicationSession(disputed, "dag", "valence", lang="en").data()
    assert valence["notes"][1]["disputed"] == ["hinder", "none_fits"]
    assert valence["variables"][0]["codes"][-1]["id"] == "none_fits"


def test_the_order_of_coders_is_mixed_from_note_to_note_and_the_same_every_time(sample_study):
    first, again = (AdjudicationSession(sample_study, "dag", "category_b").data()["notes"] for _ in range(2))
    assert first == again
    heads = [note["readings"][0]["name"].split(",")[0] for note in first]
    assert set(heads) == {"rapport-2016", "k1", "k2", "k3"}
    assert max(heads.count(head) for head in set(heads)) < len(heads) / 2


def test_names_say_who_is_no_person(sample_study):
    (note, *_) = AdjudicationSession(sample_study, "dag", "category_b").data()["notes"]
    assert {reading["name"] for reading in note["readings"]} == {
        "rapport-2016, materialets egen sortering",
        "k1, automatisk läsning", "k2, automatisk läsning", "k3, automatisk läsning",
    }  # fmt: skip


def test_what_is_settled_is_in_the_ledger_before_it_is_acknowledged(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    logs = {path: path.read_bytes() for path in (disputed.root / "data" / "coded").glob("*.csv")}
    replies = send(session, sent(session, 0, reason="Lappen talar om vilja"))
    assert kinds(replies) == ["saved", "answers", "others"]
    row = disputed.adjudications("valence").iloc[0]
    assert (row["note_id"], row["adjudicator"], row["codes"], row["event"]) == (
        "n1",
        "dag",
        "hinder",
        "settle",
    )
    assert row["reason"] == "Lappen talar om vilja"
    assert row["seen"] == {"anna": "hinder", "bo": "mojlighet"}
    assert {path: path.read_bytes() for path in logs} == logs
    assert session.n_left == 1


def test_left_open_taken_back_and_sent_twice(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    event = sent(session, 0, "skip", [], "för kort text", 1)
    assert kinds(send(session, event)) == kinds(send(session, event)) == ["saved", "answers", "others"]
    assert list(disputed.adjudications("valence")["event"]) == ["open"]
    (answer,) = session.data()["answers"].values()
    assert (answer["valence"]["event"], answer["valence"]["memo"]) == ("skip", "för kort text")
    send(session, sent(session, 0, "retract", [], "", 2))
    assert disputed.adjudications("valence").empty
    assert list(disputed.adjudication_history()["event"]) == ["open", "retract"]


def test_an_empty_reason_is_refused_and_does_not_hold_up_the_others(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    replies = send(session, sent(session, 0, reason=" \n"), sent(session, 1, codes=["none_fits"], number=2))
    assert kinds(replies) == ["refused", "saved", "answers", "others"]
    assert "a reason is required" in replies[0]["why"]
    assert list(disputed.adjudications("valence")["note_id"]) == ["n2"]


@pytest.mark.parametrize("change", [{"note": "nowhere"}, {"codes": ["slott"]}, {"variable": "themes2"}])
def test_what_the_study_does_not_know_is_refused_with_a_reason(disputed, change):
    session = AdjudicationSession(disputed, "dag", "valence")
    (reply,) = send(session, sent(session, 0) | change)
    assert reply["kind"] == "refused"
    assert next(iter(change.values()))[0] in reply["why"] or next(iter(change.values())) in reply["why"]


def test_another_adjudicators_choice_is_told_only_once_this_one_has_settled(disputed):
    one, two = (AdjudicationSession(disputed, who, "valence") for who in ("dag", "eva"))
    send(one, sent(one, 0, codes=["hinder"], reason="hemligt-skäl"))
    before = json.dumps([two.data(), two.receive({"kind": "hello"})], ensure_ascii=False)
    assert "hemligt-skäl" not in before
    assert '"dag"' not in before
    send(two, sent(two, 0, "skip", [], "vet inte än", 2))
    assert "hemligt-skäl" not in json.dumps(two.data(), ensure_ascii=False)
    *_, others = send(two, sent(two, 0, codes=["mojlighet"], reason="vilja finns", number=3))
    ((shown,),) = others["others"].values()
    assert (shown["who"], shown["label"], shown["reason"]) == ("dag", "Hinder", "hemligt-skäl")
    assert shown["differs"] is True
    (answer,) = two.data()["answers"].values()
    assert answer["valence"]["differs"] is True
    *_, others = send(two, sent(two, 0, codes=["hinder"], reason="samma nu", number=4))
    assert others["others"].popitem()[1][0]["differs"] is False


def test_a_coder_who_changes_the_answer_makes_it_stale_and_it_stays_reachable(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    send(session, sent(session, 0))
    disputed.decide("bo", "n1", "valence", "hinder", **{"pass": 3})
    later = AdjudicationSession(disputed, "dag", "valence")
    assert later.note_ids == ["n2", "n1"]  # nobody differs on n1 any more; what was settled is still there
    (answer,) = later.data()["answers"].values()
    assert answer["valence"]["older"] is True
    send(later, sent(later, 1, reason="nu är alla ense", number=2))
    (answer,) = later.data()["answers"].values()
    assert answer["valence"]["older"] is False


def test_what_was_seen_is_what_the_card_showed_not_what_stands_when_it_arrives(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    event = sent(session, 0)
    disputed.decide("bo", "n1", "valence", "none_fits")
    send(session, event)
    row = disputed.adjudications("valence").iloc[0]
    assert row["seen"]["bo"] == "mojlighet"
    assert bool(row["is_stale"])


def test_notes_narrow_the_list_and_events_of_another_variable_are_not_lost(disputed):
    narrow = AdjudicationSession(disputed, "dag", "valence", notes=["n2", "007"])
    assert narrow.note_ids == ["n2"]
    other = AdjudicationSession(disputed, "dag", "themes")
    assert kinds(send(narrow, sent(other, 0, codes=["tid"])))[0] == "saved"
    assert list(disputed.adjudications("themes")["codes"]) == ["tid"]


def test_which_variables_have_something_to_settle(disputed):
    assert variables_to_settle(disputed) == ["valence"]
    for note_id in ("n1", "n2"):
        disputed.adjudicate("dag", note_id, "valence", "hinder", reason="därför")
    assert variables_to_settle(disputed) == []


def test_without_adjudicator_variable_or_disagreement_a_sentence_says_so(disputed):
    for adjudicator, variable, words in (
        ("", "valence", "Skriv ditt id"),
        ("dag", "", "Med oenigheter att avgöra: valence"),
        ("dag", "goal", "Det finns inget att avgöra om Mål"),
    ):
        shown = adjudicate_notes(disputed, adjudicator, variable)
        assert isinstance(shown, Guidance)
        assert words in shown._repr_markdown_()
    assert isinstance(adjudicate_notes(disputed, "dag", "valence"), AdjudicationCard)


def test_a_reflexive_study_settles_nothing_and_says_why(disputed):
    path = disputed.root / "data" / "raw" / "study.yaml"
    about = yaml.safe_load(path.read_text(encoding="utf-8")) | {"stance": "reflexive"}
    path.write_text(yaml.safe_dump(about, allow_unicode=True), encoding="utf-8")
    study = sa.Study.open(disputed.root)
    assert "works reflexively" in adjudicate_notes(study, "dag", "valence", lang="en")._repr_markdown_()
    with pytest.raises(NotesError, match="reflexivt"):
        AdjudicationSession(study, "dag", "valence")


def test_a_wrong_id_or_variable_says_what_is_allowed(disputed):
    with pytest.raises(DecisionError, match="'Dag B' cannot be"):
        adjudicate_notes(disputed, "Dag B", "valence")
    with pytest.raises(CodebookError, match="no variable 'vallence'"):
        adjudicate_notes(disputed, "dag", "vallence")


def test_who_can_be_present_and_who_is(disputed):
    session = AdjudicationSession(disputed, "dag", "valence", present=["bo"])
    assert (session.data()["people"], session.data()["present"]) == (["anna", "bo", "cilla"], ["bo"])
    assert AdjudicationSession(disputed, "anna", "valence").data()["people"] == ["bo", "cilla"]
    send(session, sent(session, 0))
    send(session, sent(session, 1, number=2, present=["cilla"]))
    assert disputed.adjudications("valence").set_index("note_id")["present"].to_dict() == {
        "n1": "bo", "n2": "cilla",
    }  # fmt: skip
    with pytest.raises(DecisionError, match="Det finns ingen kodare 'bu' i studien"):
        AdjudicationSession(disputed, "dag", "valence", present=["bu"])
    with pytest.raises(DecisionError, match="There is no coder 'bu' in the study"):
        AdjudicationSession(disputed, "dag", "valence", present=["bu"], lang="en")


def test_which_note_is_shown_to_whom_is_kept_once(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    first, second = (note["key"] for note in session.data()["notes"])
    for key, present in (
        (first, []),
        (first, ["anna"]),
        (first, ["anna"]),
        (second, ["anna"]),
        ("nobody", []),
    ):
        assert session.receive({"kind": "showing", "note": key, "present": present}) == []
    rows = disputed.shown()[["coder", "variables", "notes", "by"]].values.tolist()
    assert rows == [
        ["dag", ["valence"], ["n1"], "adjudication"], ["anna", ["valence"], ["n1"], "adjudication"],
        ["dag", ["valence"], ["n2"], "adjudication"], ["anna", ["valence"], ["n2"], "adjudication"],
    ]  # fmt: skip
    assert disputed.decide("anna", "n2", "valence", "none_fits").pass_ == "3"
    assert disputed.decide("bo", "n2", "valence", "none_fits").pass_ == "1"


def test_what_another_window_settled_anew_is_not_taken_back_from_here(disputed):
    here, there = (AdjudicationSession(disputed, "dag", "valence") for _ in range(2))
    send(here, sent(here, 0))
    send(there, sent(there, 0, codes=("mojlighet",), reason="nej", number=2))
    undo = {"event": "retract", "codes": [], "reason": "", "number": 3, "replaces": "e" + "1".zfill(16)}
    replies = send(here, sent(here, 0, **undo))
    assert kinds(replies) == ["overtaken", "answers", "others"]
    [stands] = disputed.adjudications("valence").to_dict("records")
    assert (stands["codes"], stands["reason"]) == ("mojlighet", "nej")
    assert kinds(send(here, sent(here, 0, **undo | {"replaces": "e" + "2".zfill(16)})))[0] == "saved"
    assert disputed.adjudications("valence").empty


def test_an_undo_that_waited_counts_in_whichever_session_takes_it(disputed):
    here, other = (
        AdjudicationSession(disputed, "dag", "valence"),
        AdjudicationSession(disputed, "dag", "themes"),
    )
    send(here, sent(here, 0))
    undo = {"event": "retract", "codes": [], "reason": "", "number": 2, "replaces": "e" + "1".zfill(16)}
    assert kinds(send(other, sent(here, 0, **undo)))[0] == "saved"
    assert disputed.adjudications("valence").empty
    assert kinds(send(here, sent(here, 0, **undo)))[0] == "saved"  # sent again, as an answer was slow
    assert kinds(send(here, sent(here, 0, **undo) | {"note": "nowhere"}))[0] == "refused"


def test_of_an_undo_that_came_too_late_the_card_hears_what_stands_also_that_nothing_does(disputed):
    session = AdjudicationSession(disputed, "dag", "valence")
    undo = {"event": "retract", "codes": [], "reason": "", "replaces": "e" + "9".zfill(16)}
    late, answers, _ = send(session, event := sent(session, 0, **undo))
    assert late == {"kind": "overtaken", "ids": [event["event_id"]]}
    assert answers["answers"][event["note"]]["valence"]["event"] == "retract"


def test_what_is_shown_is_confirmed_once_kept_and_a_greeting_says_who_is_present(disputed):
    session = AdjudicationSession(disputed, "dag", "valence", present=["anna"])
    assert session.receive({"kind": "hello"})[-1] == {"kind": "present", "present": ["anna"]}
    keys = [note["key"] for note in session.data()["notes"]]
    showing = {"kind": "showing", "id": "e1", "note": keys[0], "variable": "themes"}
    assert session.receive(showing) == [{"kind": "shown", "ids": ["e1"]}]  # kept by an earlier card
    rows = disputed.shown()[["coder", "variables", "notes"]].values.tolist()
    assert rows == [["dag", ["themes"], ["n1"]], ["anna", ["themes"], ["n1"]]]
    assert session.present == ["anna"]


def test_what_is_shown_is_not_confirmed_while_the_disk_does_not_take_it(disputed, monkeypatch):
    session = AdjudicationSession(disputed, "dag", "valence")
    showing = {"kind": "showing", "id": "e1", "note": session.data()["notes"][0]["key"], "present": []}

    def full(*_args, **_how):
        raise NotSavedError("full")

    with monkeypatch.context() as patch:
        patch.setattr(disputed, "log_shown", full)
        patch.setattr(disputed, "tell_shown", lambda *_args: None)
        assert session.receive(showing) == []
    assert session.receive(showing) == [{"kind": "shown", "ids": ["e1"]}]
    assert list(disputed.shown()["coder"]) == ["dag"]


def test_words_that_coders_selected_stand_there_if_the_text_is_still_that_one(disputed):
    note_id = AdjudicationSession(disputed, "dag", "valence").note_ids[0]
    disputed.decide("anna", note_id, "valence", "hinder", words="3:5|0:2")
    disputed.decide("bo", note_id, "valence", "mojlighet", words="0:2", note_hash="h00000000000")
    notes = AdjudicationSession(disputed, "dag", "valence").data()["notes"]
    readings = next(note["readings"] for note in notes if any(one["words"] for one in note["readings"]))
    assert {one["name"]: one["words"] for one in readings} == {
        "anna": [[0, 2], [3, 5]],
        "bo": [],
        "cilla": [],
    }
