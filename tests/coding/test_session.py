from __future__ import annotations

import ast
import json
import re
import threading
import time
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.basics.errors import CodebookError, DecisionError, NotesError, NotSavedError
from sekom_analysis.coding import session as session_module
from sekom_analysis.coding.jupyter import CodingCard, Guidance, code_notes
from sekom_analysis.coding.session import Session
from sekom_analysis.study.secret import old_note_key


@pytest.fixture
def desk(study_root):
    return sa.Desk.open(study_root, "anna")


def sent(session, place, variable, codes, number=1, **fields):
    """An event as the card sends it."""
    note = session.data()["notes"][place]
    event = {
        "event_id": f"e{number:016}",
        "note": note["key"],
        "variable": variable,
        "codes": codes,
        "event": "decide",
    }
    seen = {
        "pass": note["pass"],
        "note_hash": note["hash"],
        "codebook": session.desk.codebook[variable].version,
    }
    return event | {"certainty": "", "memo": ""} | seen | fields


def kinds(replies):
    return [reply["kind"] for reply in replies]


def test_an_event_is_on_the_disk_before_it_is_acknowledged(desk):
    session = Session(desk)
    replies = session.receive(
        {"kind": "events", "events": [sent(session, 0, "valence", ["hinder"], certainty="2")]}
    )
    assert kinds(replies) == ["saved", "answers"]
    assert replies[0]["ids"] == ["e0000000000000001"]
    row = desk.decisions().iloc[0]
    assert row["note_id"] == session.items[0].note_id
    assert (row["codes"], row["certainty"], row["pass"], row["via"]) == ("hinder", "2", "1", "card")


def test_an_event_sent_twice_is_written_once_and_acknowledged_twice(desk):
    session = Session(desk)
    message = {"kind": "events", "events": [sent(session, 0, "valence", ["hinder"])]}
    assert session.receive(message)[0] == session.receive(message)[0]
    assert len(desk.history()) == 1


def test_one_bad_event_does_not_hold_up_the_others(desk):
    session = Session(desk)
    events = [
        sent(session, 0, "valence", ["hinder"], 1),
        sent(session, 0, "category_b", ["slott"], 2),
        sent(session, 0, "dimension", ["social"], 3) | {"note": "nowhere"},
        sent(session, 0, "dimension", [], 4),
    ]
    replies = [r for r in session.receive({"kind": "events", "events": events}) if r["kind"] != "answers"]
    assert kinds(replies) == ["saved", "refused", "refused", "saved"]
    assert "not have the code 'slott'; it has: kunskap" in replies[1]["why"]
    assert "no note 'nowhere'" in replies[2]["why"]
    assert list(desk.decisions()["codes"]) == ["hinder", ""]


def test_what_was_seen_is_written_even_when_the_codebook_has_changed_meanwhile(desk, study_root):
    session = Session(desk)
    event = sent(session, 0, "valence", ["hinder"])
    book = study_root / "data" / "raw" / "codebook.yaml"
    book.write_text(
        book.read_text(encoding="utf-8").replace("En svaghet i dag", "En svaghet nu"), encoding="utf-8"
    )
    later = Session(sa.Desk.open(study_root, "anna"))
    assert kinds(later.receive({"kind": "events", "events": [event]})) == ["saved", "answers"]
    assert list(desk.decisions()["codebook"]) == [event["codebook"]]
    (shown,) = Session(sa.Desk.open(study_root, "anna")).data()["answers"].values()
    assert shown["valence"]["older"] is True


def test_a_replaced_text_is_asked_again_until_the_answer_is_about_the_new_one(desk, study_root):
    session = Session(desk, variables=["valence"])
    events = [sent(session, place, "valence", ["hinder"], 1 + place) for place in range(3)]
    session.receive({"kind": "events", "events": events})
    changed, n_left = session.items[0].note_id, session.n_left
    path = study_root / "data" / "raw" / "notes.csv"
    notes = pd.read_csv(path, dtype=str, keep_default_na=False)
    notes.loc[notes["note_id"] == changed, "text"] = "En annan mening"
    notes.to_csv(path, index=False, encoding="utf-8")
    session = Session(sa.Desk.open(study_root, "anna"), variables=["valence"])
    (shown,) = [
        one["valence"] for one in session.data()["answers"].values() if one["valence"]["event"] == "changed"
    ]
    assert (shown["codes"], shown["hash"]) == (["hinder"], events[0]["note_hash"])
    assert session.n_left == n_left + 1
    assert [i.note_id for i in Session(session.desk, variables=["valence"], only="changed").items] == [
        changed
    ]
    again = sent(session, 0, "valence", ["hinder"], 9)
    replies = session.receive({"kind": "events", "events": [again]})
    assert replies[1]["answers"][again["note"]]["valence"]["event"] == "decide"
    assert session.n_left == n_left
    assert not [what for what in sa.Study.open(study_root).problems["what"] if changed in what]


def test_the_pass_is_one_by_itself_zero_to_warm_up_and_two_again(desk):
    warm = Session(desk, warm_up=3)
    assert len(warm.items) == 3
    warm.receive(
        {"kind": "events", "events": [sent(warm, 0, warm.items[0].variables[0], answer_of(warm, 0))]}
    )
    first = Session(desk, variables=["dimension"])
    assert first.items[-1].note_id == warm.items[0].note_id
    for place in range(4):
        first.receive({"kind": "events", "events": [sent(first, place, "dimension", ["social"], 10 + place)]})
    second = Session(desk, again=2)
    assert len(second.items) == 2
    assert {item.variables for item in second.items} == {("dimension",)}
    assert second.data()["answers"] == {}
    second.receive({"kind": "events", "events": [sent(second, 0, "dimension", [], 20)]})
    assert list(desk.history()["pass"]) == ["0", "1", "1", "1", "1", "2"]
    assert second.items[0].note_id in {item.note_id for item in Session(desk, again=2).items}


def answer_of(session, place):
    variable = session.desk.codebook[session.items[place].variables[0]]
    return [variable.answers[0]]


def test_notes_are_asked_the_questions_of_their_stage(desk):
    for item in Session(desk).items:
        stage = desk.notes.at[item.note_id, "stage"]
        assert item.variables == tuple(
            v.id for v in desk.codebook.variables if v.stage is None or stage in v.stage
        )


def test_filters_by_source_stage_and_sort(desk):
    session = Session(desk, sources=["gustafsson-2021"], stages=["B"])
    assert len(session.items) == 29
    session.receive({"kind": "events", "events": [sent(session, 0, "valence", ["hinder"], certainty="1")]})
    assert [i.note_id for i in Session(desk, only="unsure").items] == [session.items[0].note_id]
    assert len(Session(desk, variables=["valence"], sources=["gustafsson-2021"], only="open").items) == 28


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"variables": ["vallence"]}, CodebookError, "no variable 'vallence'.*valence, category_b"),
        ({"sources": ["2016"]}, NotesError, "No note has the source '2016'. There are: framtidskonf"),
        ({"stages": ["X"]}, NotesError, "No note has the stage 'X'. There are: B, D"),
        ({"only": "hard"}, NotesError, "only='hard' is not a sort of notes; choose one of: open, skipped"),
        ({"only": "unsure"}, NotesError, "No note is left to code"),
        ({"again": 5}, NotesError, "No note is left to code"),
        ({"again": 5, "warm_up": 5}, NotesError, "do not go together"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_says_why(desk, options, error, message):
    with pytest.raises(error, match=re.sub(r"(?<!\.)\*", r"\*", message)):
        Session(desk, **options)


def test_without_a_coder_the_notebook_says_what_to_do_and_with_a_bad_one_why(monkeypatch, study_root):
    monkeypatch.setenv("SEKOM_STUDY", str(study_root))
    assert isinstance(code_notes(""), Guidance)
    assert "kodar-id" in code_notes("")._repr_markdown_()
    with pytest.raises(DecisionError, match="'Anna B' cannot be a coder's id: 1 to 40 of a–z") as caught:
        code_notes("Anna B")
    assert len(caught.value._render_traceback_()) == 1
    assert isinstance(code_notes("anna"), CodingCard)


def test_two_kernels_one_coder_each_learns_what_the_other_did(desk, study_root):
    one, two = Session(desk), Session(sa.Desk.open(study_root, "anna"))
    one.receive({"kind": "events", "events": [sent(one, 0, "valence", ["hinder"], 1)]})
    replies = two.receive({"kind": "events", "events": [sent(two, 1, "dimension", [], 2)]})
    key = one.data()["notes"][0]["key"]
    assert replies[1]["answers"][key]["valence"]["codes"] == ["hinder"]
    assert [len(s.desk.history()) for s in (one, two)] == [2, 2]


def test_a_card_takes_one_message_at_a_time_though_a_kernel_has_several_threads(desk, monkeypatch):
    card = CodingCard(Session(desk))
    steps = []

    def receive(message):
        steps.append(("in", message["number"]))
        time.sleep(0.05)
        steps.append(("out", message["number"]))
        return []

    monkeypatch.setattr(card._session, "receive", receive)
    threads = [threading.Thread(target=card._answer, args=(card, {"number": n}, [])) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for (begun, one), (ended, other) in zip(steps[::2], steps[1::2], strict=True):
        assert (begun, ended, one) == ("in", "out", other)


# --- independence ---------------------------------------------------------------------------------


@pytest.fixture
def busy_root(study_root):
    """A study in which others have answered, and in which each thing to be kept from a coder is marked."""
    path = study_root / "data" / "raw" / "notes.csv"
    notes = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in ("note_id", "source", "subcategory"):
        notes[column] = f"hush-{column}-" + notes[column]
    notes["table"] = "hush-table"
    notes.to_csv(path, index=False, encoding="utf-8")
    study = sa.Study.open(study_root)
    for coder, code in (("bo", "kunskap"), ("cilla", "samverkan")):
        for note_id in study.notes.index[study.notes["stage"] == "B"][:40]:
            study.decide(coder, note_id, "category_b", code, memo=f"hush-{coder}")
    return study_root


def everything_said(desk, monkeypatch):
    """All traits and all messages of a card in use, as one text."""
    card = CodingCard(Session(desk))
    messages = []
    monkeypatch.setattr(card, "send", messages.append)
    for kind in ({"kind": "hello"}, {"kind": "events", "events": [sent(card._session, 0, "dimension", [])]}):
        card._answer(card, kind, [])
    assert kinds(messages) == ["answers", "saved", "answers"]
    state = {name: value for name, value in card.get_state().items() if name not in ("_esm", "_css")}
    return json.dumps([state, messages], ensure_ascii=False, default=str), state


def test_traits_and_messages_hold_nothing_of_others_no_id_no_source_no_subcategory(busy_root, monkeypatch):
    said, state = everything_said(sa.Desk.open(busy_root, "anna"), monkeypatch)
    assert "hush-" not in said
    assert not {"bo", "cilla"} & set(re.findall(r'"([^"]*)"', said))
    assert len(state["data"]["answers"]) == 0
    told = {name for note in state["data"]["notes"] for name in note}
    assert told == {"key", "text", "gloss", "context", "hash", "pass", "variables"}


def test_the_order_does_not_follow_the_reports_own_sorting(study_root):
    desk = sa.Desk.open(study_root, "anna")
    groups = desk.notes["subcategory"]
    neighbours = [groups[a.note_id] == groups[b.note_id] for a, b in pairwise(Session(desk).items)]
    in_file = [a == b for a, b in pairwise(groups)]
    assert sum(in_file) / len(in_file) > 0.5
    assert sum(neighbours) / len(neighbours) < 0.2


# Who settle a disagreement, or judge pairs of actions, see what all chose; `jupyter`, `opening`: their cards.
SEE_ALL = {"judging", "talking", "comparing", "jupyter", "opening", "codebook_editor"}


def imported(path):
    """What a file of the package imports of the package, as names below it; a front door loads late."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if path.name == "__init__.py":
        tree.body = [node for node in tree.body if not isinstance(node, ast.If)]
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names += [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        yield from (
            name.removeprefix("sekom_analysis.") for name in names if name.startswith("sekom_analysis.")
        )


def test_nothing_of_the_card_can_reach_the_study():
    """Reading all coders is the Study's; a coder's card gets a Desk and cannot ask for more."""
    above = {"agreement", "consensus", "results", "report", "figures", "cli"}
    all_of_it = {"study.study", *(f"coding.{name}" for name in SEE_ALL)}
    paths = {path.stem: path for path in Path(session_module.__file__).parent.glob("*.py")}
    for name in paths.keys() - SEE_ALL:
        reached = {n for n in imported(paths[name]) if n in all_of_it or n.split(".")[0] in above}
        assert not reached, f"{name} imports {reached}"
    assert "study.study" in set(imported(paths["judging"]))


def test_what_others_decide_changes_nothing_in_the_card(busy_root):
    before = Session(sa.Desk.open(busy_root, "anna")).data()
    for path in (busy_root / "data" / "coded").glob("*.csv"):
        path.write_bytes(b"\xff\x00 broken")
    assert Session(sa.Desk.open(busy_root, "anna")).data() == before


# --- what takes an answer back, and whether that answer still stands --------------------------------


def send(session, *events):
    return session.receive({"kind": "events", "events": [dict(event) for event in events]})


def an_undo(of, number, **fields):
    """What the card sends to take an answer back."""
    gone = {"event_id": f"e{number:016}", "event": "retract", "codes": [], "replaces": of["event_id"]}
    return of | gone | fields


def standing_codes(desk):
    return list(desk.decisions()["codes"])


def test_an_answer_sent_again_does_not_stand_again_for_its_undo(desk):
    session = Session(desk, variables=["valence"])
    answer = sent(session, 0, "valence", ["hinder"])
    send(session, answer)
    sa.Desk.open(desk.root, "anna").decide(session.items[0].note_id, "valence", "mojlighet")
    replies = send(session, answer, an_undo(answer, 2))  # the reply to the first message was lost
    assert replies[0] == {"kind": "overtaken", "ids": ["e0000000000000002"]}
    assert standing_codes(desk) == ["mojlighet"]


def test_an_undo_sent_again_is_saved_as_it_was(desk):
    session = Session(desk, variables=["valence"])
    answer = sent(session, 0, "valence", ["hinder"])
    send(session, answer)
    for _ in range(2):
        assert kinds(send(session, an_undo(answer, 2)))[0] == "saved"
    assert list(desk.history()["event"]) == ["decide", "retract"]


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ({"variables": ["valence"]}, {"variables": ["dimension"]}),
        ({"variables": ["valence"]}, {"stages": ["D"]}),
        ({"variables": ["valence"], "warm_up": 4}, {"variables": ["valence"]}),
    ],
)
def test_an_undo_that_waited_counts_in_whichever_session_takes_it(desk, then, now):
    session = Session(desk, **then)
    answer = sent(session, 0, "valence", ["hinder"])
    send(session, answer)
    assert kinds(send(Session(desk, **now), an_undo(answer, 2)))[0] == "saved"
    assert desk.decisions().empty


def test_an_undo_under_an_earlier_key_of_its_note_counts(desk):
    session = Session(desk, variables=["valence"])
    answer = sent(session, 0, "valence", ["hinder"])
    send(session, answer)
    earlier = old_note_key(desk.study_id, session.items[0].note_id)
    assert kinds(send(session, an_undo(answer, 2, note=earlier)))[0] == "saved"
    assert desk.decisions().empty


def test_undo_and_redo_of_an_answer_to_a_replaced_text_may_come_in_one_message(desk):
    session = Session(desk, variables=["valence"])
    desk.decide(session.items[0].note_id, "valence", "hinder", note_hash="habcdefabcde")
    session = Session(desk, variables=["valence"])
    answer = sent(session, 0, "valence", ["mojlighet"])
    undo = an_undo(answer, 2, event="decide", codes=["hinder"], note_hash="habcdefabcde")
    redo = answer | {"event_id": "e0000000000000003", "replaces": ""}
    assert kinds(send(session, answer, undo, redo)) == ["saved", "saved", "saved", "answers"]
    assert list(desk.history()["codes"]) == ["hinder", "mojlighet", "hinder", "mojlighet"]
    assert standing_codes(desk) == ["mojlighet"]


def test_what_belongs_to_an_undo_that_came_too_late_is_not_written_either(desk):
    session = Session(desk, variables=["valence"])
    answer = sent(session, 0, "valence", ["hinder"])
    send(session, answer)
    desk.retract(session.items[0].note_id, "valence")
    skip = an_undo(answer, 3, event="skip", replaces="")  # what stood before the answer
    replies = send(session, an_undo(answer, 2), skip)
    assert replies[0] == {"kind": "overtaken", "ids": ["e0000000000000002", "e0000000000000003"]}
    assert list(desk.history()["event"]) == ["decide", "retract"]


def test_a_disk_that_refuses_an_undo_holds_up_what_comes_after_it(desk, monkeypatch):
    session = Session(desk, variables=["valence"])
    answer = sent(session, 0, "valence", ["hinder"])
    later = sent(session, 1, "valence", ["hinder"], 3)
    record = desk.record

    def refuse_the_undo(events):
        if events[0]["event"] == "retract":
            raise NotSavedError("full")
        return record(events)

    monkeypatch.setattr(desk, "record", refuse_the_undo)
    replies = send(session, answer, an_undo(answer, 2), later, later | {"event_id": "e4", "replaces": "e3"})
    assert [reply.get("ids") for reply in replies][:2] == [
        [answer["event_id"]],
        ["e0000000000000002", later["event_id"], "e4"],
    ]
    assert kinds(replies) == ["saved", "not_saved", "answers"]


# --- words of the note that were selected with an answer ---------------------------------------------


def shown(session, place, variable):
    note = session.items[place]
    return session.data()["answers"][note.key][variable]


def test_selected_words_are_kept_with_the_answer_and_told_to_the_card(desk):
    session = Session(desk)
    answers = session.receive(
        {"kind": "events", "events": [sent(session, 0, "valence", ["hinder"], words="5:8|0:4")]}
    )[1]["answers"]
    assert desk.decisions()["words"].tolist() == ["0:4|5:8"]
    assert answers[session.items[0].key]["valence"]["words"] == "0:4|5:8"
    assert shown(session, 0, "valence")["words"] == shown(Session(desk), 0, "valence")["words"] == "0:4|5:8"


def test_words_that_are_not_in_the_note_are_refused_and_the_rest_saved(desk):
    session = Session(desk)
    events = [
        sent(session, 0, "valence", ["hinder"], 1, words="0:4000"),
        sent(session, 0, "dimension", ["social"], 2, words=""),
    ]
    replies = session.receive({"kind": "events", "events": events})
    assert kinds(replies) == ["refused", "saved", "answers"]
    assert "end at character 4000" in replies[0]["why"]


@pytest.mark.parametrize(("given", "words"), [({}, "0:4"), ({"words": ""}, ""), ({"words": "1:3"}, "1:3")])
def test_who_amends_an_answer_keeps_its_words_unless_it_says_which(desk, given, words):
    session = Session(desk)
    first = sent(session, 0, "valence", ["hinder"], 1, words="0:4")
    session.receive({"kind": "events", "events": [first]})
    more = sent(session, 0, "valence", ["hinder"], 2, memo="därför") | given
    more |= {"amends": "memo", "replaces": first["event_id"]}
    session.receive({"kind": "events", "events": [more]})
    assert desk.decisions()[["memo", "words"]].values.tolist() == [["därför", words]]
    assert shown(session, 0, "valence")["words"] == words


def test_words_of_a_text_that_was_replaced_are_not_shown_in_the_new_one(desk):
    session = Session(desk)
    event = sent(session, 0, "valence", ["hinder"], words="0:4") | {"note_hash": "h00000000000"}
    session.receive({"kind": "events", "events": [event]})
    assert desk.decisions()["words"].tolist() == ["0:4"]
    assert (shown(session, 0, "valence")["event"], shown(session, 0, "valence")["words"]) == ("changed", "")
