from __future__ import annotations

import json

import pytest

from sekom_analysis.study import secret, shown
from sekom_analysis.study.shown import Answer, Item

NOTES = [f"B{number:03}" for number in range(60)]


def event(note_id, variable, kind, codes="", *, pass_="1", event_id="e", **fields):
    row = {"note_id": note_id, "variable": variable, "event": kind, "codes": codes, "pass": pass_}
    return row | {"event_id": event_id, "certainty": "", "memo": "", "codebook": "v1"} | fields


def test_each_coder_has_an_order_of_their_own_that_stays():
    anna = secret.first_time_notes(NOTES, 7, "anna")
    assert sorted(anna) == NOTES
    assert anna == secret.first_time_notes(reversed(NOTES), 7, "anna")
    assert anna != NOTES
    assert anna != secret.first_time_notes(NOTES, 7, "bo")
    assert anna != secret.first_time_notes(NOTES, 8, "anna")


def test_a_note_added_later_moves_none_of_the_others():
    before = secret.first_time_notes(NOTES, 7, "anna")
    after = secret.first_time_notes([*NOTES, "ny"], 7, "anna")
    assert [note for note in after if note != "ny"] == before


def test_all_coders_warm_up_on_the_same_notes_and_meet_them_last_afterwards():
    warm = secret.warm_up_notes(NOTES, 7, 5)
    assert warm == secret.warm_up_notes(reversed(NOTES), 7, 5)
    order = secret.first_time_notes(NOTES, 7, "anna", met=warm)
    assert set(order[-5:]) == set(warm)
    assert sorted(order) == NOTES


def test_the_second_time_takes_as_many_in_another_order_and_keeps_those_begun():
    first = secret.second_time_notes(NOTES[:40], 7, "anna", 10)
    assert len(set(first)) == 10
    begun = first[:4]
    later = secret.second_time_notes(NOTES, 7, "anna", 10, begun)
    assert len(later) == 10
    assert set(begun) <= set(later)
    positions = {note: i for i, note in enumerate(secret.first_time_notes(NOTES, 7, "anna"))}
    assert [positions[n] for n in first] != sorted(positions[n] for n in first)
    assert len(secret.second_time_notes(NOTES[:3], 7, "anna", 10)) == 3


def test_a_key_tells_neither_id_nor_place():
    keys = [secret.note_key(bytes(32), note) for note in NOTES]
    assert len(set(keys)) == len(NOTES)
    assert all(note not in key for note, key in zip(NOTES, keys, strict=True))
    assert sorted(keys) != keys
    assert keys != [secret.note_key(b"another", note) for note in NOTES]


STANDING = [
    (["decide"], "decide", "a", "0"),
    (["decide", "skip"], "decide", "a", "0"),
    (["skip", "decide"], "decide", "a", "1"),
    (["skip", "skip"], "skip", "", "1"),
    (["decide", "retract"], "retract", "", "1"),
    (["decide", "retract", "skip"], "skip", "", "2"),
    (["skip", "retract"], "retract", "", "1"),
]


@pytest.mark.parametrize(("kinds", "event", "codes", "which"), STANDING)
def test_what_stands_after_several_events(kinds, event, codes, which):
    rows = [
        globals()["event"]("n", "v", kind, "a" if kind == "decide" else "", event_id=str(i))
        for i, kind in enumerate(kinds)
    ]
    answer = shown.answers_standing(rows, {"n": 1})["n", "v"]
    assert (answer.event, answer.codes) == (event, codes)
    assert answer.event_id == which  # a skip of what is answered is not that answer


def test_the_page_makes_the_same_of_several_events(in_node):
    cases = json.dumps([kinds for kinds, *_ in STANDING])
    folded = """
      const eventsOf = (kinds) => kinds.map((event, at) => ({ event, event_id: String(at), codes: [] }));
      const after = (before, event) => eventAfter(before, event, new Map());
      const made = cases.map((kinds) => eventsOf(kinds).reduce(after, undefined));
      console.log(JSON.stringify(made.map(({ event, id }) => [event, id])));"""
    printed = in_node(f"const cases = {cases};{folded}", "eventAfter", "saving/progressfile.js")
    assert json.loads(printed) == [[event, which] for _, event, _, which in STANDING]


def test_what_stands_agrees_with_the_fold_of_the_logs(tmp_path):
    """The card's own fold and the library's must never tell different stories."""
    import random

    import pandas as pd

    import sekom_analysis as sa

    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": [
        {"id": c, "label": c} for c in "abc"]}]}  # fmt: skip
    table = pd.DataFrame({"note_id": ["n1", "n2", "n3"], "text": ["ett", "två", "tre"]})
    desk = sa.Study.create(tmp_path / "s", notes=table, codebook=book).desk("anna")
    draw = random.Random(3)
    for _ in range(60):
        kind = draw.choice(["decide", "decide", "retract", "skip"])
        given = {"note_id": draw.choice(["n1", "n2", "n3"]), "variable": "v", "event": kind}
        desk.record([given | ({"codes": draw.choice("abc")} if kind == "decide" else {})])
        mine = shown.answers_standing(desk.history().to_dict("records"), dict.fromkeys(["n1", "n2", "n3"], 1))
        decided = {n: a.codes for (n, _), a in mine.items() if a.event == "decide"}
        assert decided == dict(desk.decisions()[["note_id", "codes"]].itertuples(index=False))
        assert {n for (n, _), a in mine.items() if a.event == "skip"} == set(desk.skipped()["note_id"])


def test_other_passes_do_not_count():
    rows = [event("n", "v", "decide", "a", pass_="1"), event("n", "v", "decide", "b", pass_="2")]
    assert shown.answers_standing(rows, {"n": 2})["n", "v"].codes == "b"
    assert shown.answers_standing(rows[:1], {"n": 2}) == {}


def test_left_and_the_sorts_of_notes():
    items = [
        Item(note, note, ("v", "w"), 1) for note in ("open", "half", "skipped", "unsure", "older", "done")
    ]
    done = Answer("decide", "e", "a", "3", "", "now")
    answers = {(note, variable): done for note in ("unsure", "older", "done", "skipped") for variable in "vw"}
    answers["half", "v"] = done
    answers["half", "w"] = Answer("retract", "e")
    answers["skipped", "w"] = Answer("skip", "e")
    answers["unsure", "v"] = done._replace(certainty="1")
    answers["older", "w"] = done._replace(codebook="then")

    def now(_variable, answer):
        return answer.event == "decide" and answer.codebook != "now"

    def ids(which):
        return [i.note_id for i in shown.notes_that_are(items, answers, which, now)]

    assert ids("open") == ["open", "half"]
    assert ids("skipped") == ["skipped"]
    assert ids("unsure") == ["unsure"]
    assert ids("older") == ["older"]


def holds_not(_variable, _answer):
    return False


def about(text, event="decide", event_id="e", codes="a"):
    return Answer(event, event_id, codes, "", "", "v1", text)


def test_an_answer_to_a_replaced_text_is_changed_and_its_question_open():
    texts = {"n1": "h1", "n2": "h2", "n3": "h3", "n4": "h4"}
    answers = {("n1", "v"): about("h1"), ("n2", "v"): about("old"), ("n3", "v"): about("old", "skip"),
               ("n4", "v"): about("")}  # fmt: skip
    now = shown.as_of_texts(answers, texts)
    assert [now[note, "v"].event for note in texts] == ["decide", "changed", "retract", "decide"]
    assert now["n2", "v"].codes == "a"
    items = [Item(note, note, ("v",), 1) for note in texts]
    assert [item.note_id for item in shown.notes_left(items, now)] == ["n2", "n3"]
    assert [item.note_id for item in shown.notes_that_are(items, now, "changed", holds_not)] == ["n2"]
    assert [item.note_id for item in shown.notes_that_are(items, now, "older", holds_not)] == ["n2"]


@pytest.mark.parametrize(
    ("n_kept", "n_other", "event"),
    [(0, 2, "changed"), (0, 3, "retract"), (3, 3, "changed"), (3, 4, "retract")],
)
def test_where_most_notes_have_other_texts_nothing_is_said_of_the_earlier_answers(n_kept, n_other, event):
    texts = {f"n{n}": "now" for n in range(n_kept + n_other)}
    answers = {(note, "v"): about("now" if n < n_kept else "old") for n, note in enumerate(texts)}
    now = shown.as_of_texts(answers, texts)
    assert [a.event for a in now.values()] == ["decide"] * n_kept + [event] * n_other


@pytest.mark.parametrize(("n_new", "n_same"), [(4, 0), (8, 1), (20, 2)])
def test_a_second_wave_stays_one_however_many_of_its_notes_are_answered(n_new, n_same):
    texts = {f"n{n}": "now" for n in range(n_new + n_same + 4)}
    times = ["2026-02"] * n_new + ["2026-01"] * (n_same + 4)
    said = ["now"] * (n_new + n_same) + ["old"] * 4
    given = zip(texts, said, times, strict=True)
    answers = {(note, "v"): about(text)._replace(decided_at=time) for note, text, time in given}
    now = shown.as_of_texts(answers, texts)
    assert [a.event for a in now.values()][-4:] == ["retract"] * 4


def test_the_page_tells_a_second_wave_in_the_same_way(in_node):
    waves = """
      const notes = Array.from({ length: 12 }, (_, n) => ({ key: `n${n}`, hash: "now" }));
      const answer = (at, hash) => ({ v: { event: "decide", codes: ["a"], hash, at } });
      const told = (n, early) => Object.values(asOfTexts(Object.fromEntries(notes.map(({ key }, number) =>
        [key, number < n ? answer(early, "now") : answer("2026-01", "old")])), notes)).at(-1).v.event;
      console.log(JSON.stringify([told(8, "2026-02"), told(8, "2025-12"), told(2, "2025-12")]));"""
    printed = in_node(waves, "asOfTexts", "saving/progressfile.js")
    assert json.loads(printed) == ["retract", "changed", "retract"]


def test_a_skip_of_the_new_text_does_not_let_the_answer_to_the_old_one_stand():
    rows = [event("n", "v", "decide", "a", note_hash="old"), event("n", "v", "skip", note_hash="new")]
    assert shown.answers_standing(rows, {"n": 1})["n", "v"].event == "skip"
    rows = [event("n", "v", "decide", "a", note_hash="one"), event("n", "v", "skip", note_hash="one")]
    assert shown.answers_standing(rows, {"n": 1})["n", "v"].event == "decide"
