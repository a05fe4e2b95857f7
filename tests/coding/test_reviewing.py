"""A reviewer's session: what is saved, what merges, and what stays hidden until one has judged."""

from __future__ import annotations

import pandas as pd
import pytest

from sekom_analysis.actions.coverage import merged_into
from sekom_analysis.actions.duplicates import similar_pairs
from sekom_analysis.basics.errors import DecisionError, NotesError, NotSavedError
from sekom_analysis.coding.comparing import ReviewSession
from sekom_analysis.study.study import Study

TEXTS = {f"D{n}": f"Text {n}" for n in range(1, 6)}
PAIRS = pd.DataFrame(
    {"note_a": ["D1", "D3", "D2"], "note_b": ["D2", "D1", "D3"], "reasons": ["Samma ord: text", "", "x"]}
)


@pytest.fixture
def actions(tmp_path) -> Study:
    notes = pd.DataFrame({"note_id": list(TEXTS), "text": list(TEXTS.values())})
    return Study.create(tmp_path / "actions", notes=notes)


def send(session: ReviewSession, place: int, judgement: str | None, event_id: str, **more: str):
    note = session.data()["notes"][place]
    event = {
        "event_id": event_id, "note": note["key"], "variable": "pair",
        "event": "decide" if judgement else "retract", "codes": [judgement] if judgement else [],
        "certainty": "", "memo": "", "pass": 1, "note_hash": note["hash"], "codebook": "",
    }  # fmt: skip
    return session.receive({"kind": "events", "events": [event | more]})


def test_same_merges_what_goes_into_what_stands(actions):
    session = ReviewSession(actions, "anna", PAIRS)
    assert session.n_left == 3
    assert send(session, 0, "same", "e001", memo="lika", stands="b")[0] == {"kind": "saved", "ids": ["e001"]}
    assert merged_into(actions) == {"D1": "D2"}
    # D3 is the same as D1, which is part of D2: all three are one, and read as the reviewer writes.
    send(session, 1, "same", "e002", memo="också", stands="own", text="Alla tre")
    assert merged_into(actions) == {"D1": "D2", "D3": "D2"}
    assert actions.merges()["text"].tolist() == ["Alla tre", "Alla tre"]
    send(session, 2, "same", "e003", memo="ja")  # one already: a judgement, and no merge
    assert len(actions.merge_history()) == 2
    assert session.n_left == 0
    assert actions.pair_judgements()["judgement"].tolist() == ["same"] * 3
    own = session.data()["answers"]
    assert [own[note["key"]]["pair"]["stands"] for note in session.data()["notes"]] == ["b", "own", "a"]


def test_judging_otherwise_or_taking_back_splits_ones_own_merge_and_no_other(actions):
    session = ReviewSession(actions, "anna", PAIRS)
    send(session, 0, "same", "e001", memo="lika")
    send(session, 0, "different", "e002")
    assert merged_into(actions) == {}
    assert actions.merge_history()["event"].tolist() == ["merge", "split"]
    send(session, 0, "same", "e003", memo="jo", stands="b")
    send(session, 0, "same", "e004", memo="jo", stands="a")
    assert merged_into(actions) == {"D2": "D1"}
    send(session, 0, None, "e005")
    assert merged_into(actions) == {}
    assert actions.pair_judgements().empty
    actions.merge("D2", into="D1", by="bo", reason="min")
    send(session, 0, "different", "e006")
    assert merged_into(actions) == {"D2": "D1"}


def test_ones_own_wording_of_two_that_are_one_already_is_kept_and_can_be_taken_back(actions):
    actions.merge("D2", into="D1", by="bo", reason="min", text="Bos text")
    session = ReviewSession(actions, "anna", PAIRS)
    said = {"memo": "klarare", "stands": "own", "text": "Annas text"}
    for _ in range(2):  # sent twice is saved once
        send(session, 0, "same", "e001", **said)
    assert actions.wordings()["D1"] == "Annas text"
    assert actions.merge_history()["event"].tolist() == ["merge", "reword"]
    (shown, *_) = (answers["pair"] for answers in session.data()["answers"].values())
    assert (shown["stands"], shown["text"]) == ("own", "Annas text")
    send(session, 0, None, "e002")
    assert actions.wordings()["D1"] == "Bos text"
    assert merged_into(actions) == {"D2": "D1"}
    send(session, 0, "same", "e003", **said)
    actions.reword("D1", "Bos nya text", by="bo")
    send(session, 0, "different", "e004")
    assert actions.wordings()["D1"] == "Bos nya text"


def test_sent_twice_is_saved_once(actions):
    session = ReviewSession(actions, "anna", PAIRS)
    for _ in range(2):
        send(session, 0, "same", "e001", memo="lika")
    assert (len(actions.pair_history()), len(actions.merge_history())) == (1, 1)


@pytest.mark.parametrize(("first", "then"), [("different", "same"), ("same", "different")])
def test_a_judgement_sent_again_after_a_later_one_undoes_nothing_of_it(actions, first, then):
    session = ReviewSession(actions, "anna", PAIRS)
    send(session, 0, first, "e001", memo="ett")
    send(session, 0, then, "e002", memo="två")
    history, merged = actions.merge_history(), merged_into(actions)
    for event_id, judgement, memo in (("e001", first, "ett"), ("e002", then, "två")):
        assert send(session, 0, judgement, event_id, memo=memo)[0]["kind"] == "saved"
    assert merged_into(actions) == merged == ({"D2": "D1"} if then == "same" else {})
    pd.testing.assert_frame_equal(actions.merge_history(), history)


def test_a_judgement_sent_again_does_not_merge_anew_what_others_split(actions):
    session = ReviewSession(actions, "anna", PAIRS)
    send(session, 0, "same", "e001", memo="lika")
    actions.split("D2", by="bo", reason="nej")
    actions.merge("D1", into="D5", by="bo", reason="däremot")
    assert send(session, 0, "same", "e001", memo="lika")[0] == {"kind": "saved", "ids": ["e001"]}
    assert merged_into(actions) == {"D1": "D5"}


def test_what_is_not_saved_holds_up_what_came_after_it(actions, monkeypatch):
    session, full = ReviewSession(actions, "anna", PAIRS), {"e002"}
    judge = actions.judge_pair

    def refuse(*pair, **said):
        if said["event_id"] in full:
            raise NotSavedError("no room")
        return judge(*pair, **said)

    monkeypatch.setattr(actions, "judge_pair", refuse)
    note = session.data()["notes"][0]
    given = {"event": "decide", "memo": "", "note": note["key"], "note_hash": note["hash"]}
    said = [("e001", "different"), ("e002", "overlapping"), ("e003", "different")]
    events = [given | {"event_id": event_id, "codes": [judgement]} for event_id, judgement in said]
    replies = session.receive({"kind": "events", "events": events})
    assert replies[1] == {"kind": "not_saved", "ids": ["e002", "e003"], "why": "no room"}
    full.clear()
    session.receive({"kind": "events", "events": events[1:]})
    assert actions.pair_history()["event_id"].tolist() == ["e001", "e002", "e003"]


def test_what_cannot_be_saved_is_refused_and_the_rest_is_not_held_up(actions):
    session = ReviewSession(actions, "anna", PAIRS)
    assert "slå ihop" in send(session, 0, "same", "e001")[0]["why"]  # a merge takes a reason
    assert send(session, 0, "same", "e002", memo="x", note_hash="h0")[0]["kind"] == "refused"
    assert send(session, 0, "different", "e003", note="okänd")[0]["kind"] == "refused"
    notes = session.data()["notes"]
    given = {"event": "decide", "codes": ["different"], "memo": ""}
    bad = given | {"event_id": "e200", "note": notes[2]["key"], "note_hash": "h0"}
    good = given | {"event_id": "e100", "note": notes[1]["key"], "note_hash": notes[1]["hash"]}
    replies = session.receive({"kind": "events", "events": [bad, good]})
    assert [reply["kind"] for reply in replies] == ["refused", "saved", "answers", "others"]
    assert actions.pair_judgements()["note_a"].tolist() == ["D1"]
    assert actions.merge_history().empty


def test_others_are_hidden_until_one_has_judged(actions):
    zora = ReviewSession(actions, "zora", PAIRS)
    send(zora, 0, "overlapping", "e001", memo="zora tvekar")
    send(zora, 1, "different", "e002")
    anna = ReviewSession(actions, "anna", PAIRS)
    assert "zora" not in str(anna.data())
    replies = send(anna, 0, "same", "e003", memo="lika")
    key = anna.data()["notes"][0]["key"]
    assert replies[2]["others"] == {
        key: [{"who": "zora", "label": "Överlappar", "reason": "zora tvekar", "differs": True}]
    }
    assert replies[1]["answers"][key]["pair"]["differs"] is True
    assert "note_a" not in anna.data()["notes"][0]


def test_why_a_pair_is_shown_is_said_in_the_cards_language_with_labels(sample):
    actions = sample.main_notes[sample.main_notes["stage"] == "D"]
    pairs = similar_pairs(actions, sample.decisions(), at_most=5)
    place = next(n for n, row in enumerate(pairs["shared_codes"]) if "category_d=nyckeltal" in row)
    said = ReviewSession(sample, "anna", pairs, lang="en").data()["notes"][place]["reasons"]
    assert "Key indicators" in said
    assert "=" not in said
    assert said.startswith("Same words: ") or said.startswith("Same codes: ")
    for pair in ReviewSession(sample, "lasare-1", pairs).pairs:
        assert "Key" not in pair.reasons
    first = sample.pair_judgements().iloc[0]
    zora = ReviewSession(sample, "zora", first.to_frame().T[["note_a", "note_b"]])
    send(zora, 0, "different", "e901")
    others = zora.data()["notes"][0]["others"]
    assert [other["who"] for other in others] == ["lasare-1, automatisk läsning"]


def test_a_reviewer_meets_their_own_pairs_again_even_if_nobody_proposes_them(actions):
    actions.judge_pair("D5", "D4", "same", by="anna")
    session = ReviewSession(actions, "anna", PAIRS)
    assert [pair[:2] for pair in session.pairs] == [("D1", "D2"), ("D1", "D3"), ("D2", "D3"), ("D4", "D5")]
    assert session.pairs[0].reasons == "Samma ord: text"
    assert session.n_left == 3


def test_wrong_calls(actions):
    with pytest.raises(DecisionError, match="'Anna' cannot be a coder's id"):
        ReviewSession(actions, "Anna", PAIRS)
    with pytest.raises(NotesError, match="inga par att bedöma"):
        ReviewSession(actions, "anna", PAIRS.head(0))
    with pytest.raises(NotesError, match="does not have: D9"):
        ReviewSession(actions, "anna", pd.DataFrame({"note_a": ["D1"], "note_b": ["D9"]}), lang="en")
