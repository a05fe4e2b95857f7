"""A meeting: which notes come up, what is shown of whom, and what each coder's own log holds afterwards."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import sekom_analysis as sa
from sekom_analysis.basics.errors import DecisionError, NotesError
from sekom_analysis.cli.app import app
from sekom_analysis.coding.jupyter import AdjudicationCard, Guidance, adjudicate_notes
from sekom_analysis.coding.talking import TalkSession


@pytest.fixture
def met(study):
    """anna and bo differ on n1 and 007, are alike on n2; cilla has answered n1 alone."""
    answers = {
        "n1": ("hinder", "mojlighet", "hinder"),
        "n2": ("hinder", "hinder", None),
        "007": ("hinder", "mojlighet", None),
    }
    for note_id, given in answers.items():
        for coder, code in zip(("anna", "bo", "cilla"), given, strict=True):
            if code is not None:
                study.decide(coder, note_id, "valence", code, certainty=1, memo=f"{coder} i enrum")
    return study


def said(session, place, coder, codes, memo="", number=1, event="decide", **fields):
    """An event as the card sends it."""
    note = session.data()["notes"][place]
    given = {
        "event_id": f"e{number:016}",
        "note": note["key"],
        "variable": f"valence:{coder}",
        "event": event,
    }
    given |= {"codes": codes, "memo": memo, "certainty": "", "pass": 3}
    return given | {"note_hash": note["hash"], "codebook": session.variable.version} | fields


def send(session, *events):
    return session.receive({"kind": "events", "events": list(events)})


def kinds(replies):
    return [reply["kind"] for reply in replies]


def logs(study):
    return {path.name: path.read_text("utf-8") for path in (study.root / "data" / "coded").glob("[!.]*.csv")}


def test_only_notes_that_all_present_have_answered_and_not_alike_come_up(met):
    assert sorted(TalkSession(met, "valence", present=["anna", "bo"]).note_ids) == ["007", "n1"]
    three = TalkSession(met, "valence", present=["anna", "bo", "cilla"])
    assert three.note_ids == ["n1"]
    asked = len(met.notes_asked("valence"))
    assert three.lacking["cilla"] == asked - 1
    assert f"cilla saknar {asked - 1} av {asked}" in three.lacking_text
    assert three.data()["lacking"].startswith("Lappar som inte alla har svarat på visas inte: ")


def test_blind_answers_are_shown_together_by_name_and_of_nobody_who_is_away(met):
    shown = TalkSession(met, "valence", present=["bo", "anna"], lang="en").data()
    assert shown["people"] == ["anna", "bo"]
    note = next(note for note in shown["notes"] if note["text"] == met.notes.at["n1", "text"])
    assert [(one["name"], one["codes"], one["memo"]) for one in note["readings"]] == [
        ("anna", ["hinder"], "anna i enrum"), ("bo", ["mojlighet"], "bo i enrum"),
    ]  # fmt: skip
    assert "cilla" not in json.dumps(shown)
    assert shown["answers"] == {}


def test_what_is_said_afterwards_is_pass_3_in_ones_own_log_and_the_first_answer_stays(met):
    session = TalkSession(met, "valence", present=["anna", "bo"])
    before = logs(met)
    place = session.note_ids.index("n1")
    assert kinds(send(session, said(session, place, "bo", ["hinder"], "anna har rätt"))) == [
        "saved",
        "answers",
        "others",
    ]
    after = logs(met)
    assert after["anna.csv"] == before["anna.csv"]
    assert after["bo.csv"].startswith(before["bo.csv"])
    history = met.history()
    rows = history[(history["coder"] == "bo") & (history["note_id"] == "n1")]
    assert rows[["pass", "codes", "memo"]].values.tolist() == [
        ["1", "mojlighet", "bo i enrum"], ["3", "hinder", "anna har rätt"],
    ]  # fmt: skip
    ((_, answers),) = session.data()["answers"].items()
    assert list(answers) == ["valence:bo"]  # nobody is said to have kept to the first answer
    assert answers["valence:bo"]["codes"] == ["hinder"]
    assert answers["valence:bo"]["differs"] is True
    moved = sa.negotiation(met, "valence")
    assert (moved.n_talked, len(moved.changed)) == (1, 1)


def test_who_stands_firm_says_so_without_a_reason_and_who_says_nothing_has_no_answer_of_pass_3(met):
    session = TalkSession(met, "valence", present=["anna", "bo"])
    assert kinds(send(session, said(session, 0, "anna", ["hinder"])))[0] == "saved"
    history = met.history()
    assert set(history.loc[history["pass"] == "3", "coder"]) == {"anna"}
    (answers,) = session.data()["answers"].values()
    assert answers["valence:anna"]["differs"] is False


def test_a_change_takes_a_reason(met):
    session = TalkSession(met, "valence", present=["anna", "bo"])
    place = session.note_ids.index("n1")
    refused, *_ = send(session, said(session, place, "bo", ["hinder"], "  "))
    assert refused["kind"] == "refused"
    assert "Skriv varför svaret ändras" in refused["why"]
    assert "3" not in set(met.history()["pass"])


def test_what_is_taken_back_counts_as_never_said(met):
    session = TalkSession(met, "valence", present=["anna", "bo"])
    place = session.note_ids.index("n1")
    send(session, said(session, place, "bo", ["hinder"], "anna har rätt"))
    undo = said(session, place, "bo", [], number=2, event="retract", replaces="e" + "1".zfill(16))
    assert kinds(send(session, undo))[0] == "saved"
    assert session.data()["answers"] == {}
    assert met.ratings("valence", ["bo"], passes=(1, 3)).at["n1", "bo"] == "mojlighet"
    assert kinds(send(session, undo))[0] == "saved"  # sent again, as an answer was slow


def test_who_is_not_present_cannot_be_answered_for(met):
    session = TalkSession(met, "valence", present=["anna", "bo"])
    before = logs(met)
    (refused, *_) = send(session, said(session, 0, "cilla", ["mojlighet"], "nej"))
    assert refused["kind"] == "refused"
    assert logs(met) == before


def test_that_a_note_was_on_the_screen_is_kept_for_all_present(met):
    session = TalkSession(met, "valence", present=["anna", "bo"])
    note = session.data()["notes"][0]["key"]
    assert session.receive({"kind": "showing", "id": "e1", "note": note}) == [
        {"kind": "shown", "ids": ["e1"]}
    ]
    shown = met.shown()
    assert sorted(shown["coder"]) == ["anna", "bo"]
    assert set(shown["by"]) == {"talk"}
    assert met.decide("anna", session.note_ids[0], "valence", "none_fits").pass_ == "3"


@pytest.mark.parametrize(
    ("present", "words"),
    [(["anna"], "at least two"), (["anna", "cilla", "dora"], "no coder 'dora'"), ([], "at least two")],
)
def test_what_hinders_a_meeting_is_said(met, present, words):
    with pytest.raises((NotesError, DecisionError), match=words):
        TalkSession(met, "valence", present=present, lang="en")


def test_before_all_have_answered_nothing_is_shown_and_who_lacks_how_many_is_said(study):
    study.decide("anna", "n1", "valence", "hinder")
    study.decide("bo", "n2", "valence", "mojlighet")
    with pytest.raises(NotesError) as nothing:
        TalkSession(study, "valence", present=["anna", "bo"], lang="en")
    asked = len(study.notes_asked("valence"))
    assert f"anna lacks {asked - 1} of {asked}, bo lacks {asked - 1} of {asked}" in str(nothing.value)
    assert study.shown().empty


def test_alike_answers_are_nothing_to_talk_about(study):
    for coder in ("anna", "bo"):
        study.decide(coder, "n1", "valence", "hinder")
    with pytest.raises(NotesError, match=r"svaren om .* är lika på alla .* \(1\)"):
        TalkSession(study, "valence", present=["anna", "bo"])


def test_a_notebook_shows_the_card_or_says_what_is_missing(met):
    card = adjudicate_notes(met, "", "valence", talk=True, present=["anna", "bo"])
    assert isinstance(card, AdjudicationCard)
    assert card.data["card"] == "talk"
    told = adjudicate_notes(met, "", "valence", talk=True, lang="en")
    assert isinstance(told, Guidance)
    assert "at least two" in str(told)


def test_the_command_says_how_many_and_who_is_left_out(met, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "sekom_analysis.coding.opening.open_talk", lambda *given, **how: opened.append((given[1], how)) or 0
    )
    arguments = ["adjudicate", "valence", "--talk", "--present", "anna,bo", "--study", str(met.root)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "2 notes that all present have answered, and not alike." in done.output
    assert opened == [("valence", {"present": ["anna", "bo"], "lang": "sv", "browser": True})]
    assert CliRunner().invoke(app, ["adjudicate", "valence", "--study", str(met.root)]).exit_code != 0
