"""Random codebooks and keys through the card's pure parts: what is stored is what the visible cap said."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.decisions import LONGEST_MEMO
from sekom_analysis.study.shown import shown_variable

from .conftest import MODULES

PAUSE, BURST = 600, 400


def variable(id_, kind, **more):
    made = Variable.model_validate({"id": id_, "kind": kind, "label": id_, **more})
    return shown_variable(made, "sv")


def scale(low, high, id_="v0"):
    return variable(id_, "scale", range=[low, high])


def coded(kind, n, id_="v0", **more):
    return variable(id_, kind, codes=[{"id": f"k{i}", "label": f"Kod {i}"} for i in range(n)], **more)


def card(*variables, notes=2):
    """What the card is given: some notes, each asked every variable, nothing answered."""
    names = [one["id"] for one in variables]
    shown = [
        {"key": f"n{i}", "text": f"lapp {i}", "gloss": "", "hash": "h", "pass": 1, "variables": names}
        for i in range(notes)
    ]
    return {"study": "s", "coder": "anna", "pass": 1, "lang": "sv", "texts": {}, "variables": list(variables),
            "notes": shown, "answers": {}}  # fmt: skip


@pytest.fixture(scope="module")
def drive(node):
    """Send what is pressed to the card's own scripts in Node; they tell what was shown and stored."""
    here = Path(__file__).parent
    with subprocess.Popen(
        [node, str(here / "hands.mjs")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
    ) as running:  # fmt: skip

        def ask(data, steps):
            running.stdin.write(json.dumps({"data": data, "steps": steps}) + "\n")
            running.stdin.flush()
            answer = json.loads(running.stdout.readline())
            assert "error" not in answer, answer["error"]
            return answer

        yield ask
        running.stdin.close()


def press(*keys):
    """Steps of keys; a number is time that passes, ⇧ is shift, # the numpad, ~ the numpad without NumLock."""
    steps = []
    for key in keys:
        if isinstance(key, int):
            steps.append({"wait": key})
        elif len(key) > 1 and key[0] in "⇧#~":
            more = {"shift": key[0] == "⇧", "numpad": key[0] != "⇧", "numLock": key[0] != "~"}
            steps.append({"key": key[1:], **more})
        else:
            steps.append({"key": key})
    return steps


def stored(answer):
    """The decisions in the order in which they were stored: (note, variable, codes, certainty)."""
    events = [one["event"] for one in answer["trace"] if "event" in one]
    return [(e["note"], e["variable"], "|".join(e["codes"]), e["certainty"])
            for e in events if e["event"] == "decide"]  # fmt: skip


def numbers(answer):
    return [codes for _, _, codes, _ in stored(answer)]


def last(answer):
    return answer["trace"][-1]["screen"]


# --- scales, one by one ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "keys", "expected"),
    [
        (0, 10, ["7"], ["7"]),  # stored 6 once
        (0, 10, ["0", "9", "1", "0"], ["0", "9", "10"]),
        (0, 10, ["1", PAUSE - 1], []),
        (0, 10, ["1", PAUSE], ["1"]),
        (0, 10, ["1", "Enter"], ["1"]),
        (0, 10, ["1", "5"], ["1", "5"]),
        (0, 10, ["1", PAUSE, "0"], ["1", "0"]),
        (0, 10, ["-", "-", "x", "#3"], ["3"]),
        (1, 5, ["8", "0", "6", "3"], ["3"]),
        (1, 10, ["0", "1", "0"], ["10"]),
        (-3, 3, ["-", "2", "0", "-", "#3", "3"], ["-2", "0", "-3", "3"]),
        (-3, 3, ["-", "7", "2"], ["2"]),
        (-3, 3, ["-", PAUSE, "2"], ["2"]),
        (-3, 3, ["\u2212", "1"], ["-1"]),
        (-10, 10, ["-", "1", "0", "-", "1", PAUSE], ["-10", "-1"]),
        (0, 100, ["4", "7", "1", "0", "0", "1", "0", PAUSE, "9", "/"], ["47", "100", "10"]),
        (0, 100, ["9", "s"], ["9"]),  # no letter is a command
        (-5, 100, ["-", "5", "-", "6", "5", "0"], ["-5", "50"]),
        (10, 20, ["2", "1", "1", "1"], ["11"]),  # 21 is refused; a 1 alone is no number of the scale
        (10, 20, ["1", PAUSE, "1", "4"], ["14"]),
        (1990, 2026, ["2", "0", "2", "6", "1", "9", "9", "9"], ["2026", "1999"]),
        (0, 10, ["~7", "~1", "#7"], ["7"]),
    ],
)
def test_a_digit_on_a_scale_means_that_number_and_nothing_else(drive, low, high, keys, expected):
    assert numbers(drive(card(scale(low, high), notes=9), press(*keys))) == expected


def test_a_number_half_typed_is_shown_and_taken_back_sign_by_sign(drive):
    answer = drive(card(scale(0, 100)), press("4"))
    assert (last(answer)["text"], numbers(answer)) == ("4", [])
    answer = drive(card(scale(0, 100)), press("1", "0", "Backspace", "Backspace", PAUSE))
    assert (last(answer)["text"], last(answer)["told"], numbers(answer)) == ("", "number_dropped", [])
    answer = drive(card(scale(0, 100)), press("4", "Escape", PAUSE))
    assert (last(answer)["told"], numbers(answer)) == ("number_dropped", [])
    assert last(drive(card(scale(1, 5)), press("8")))["told"] == "refuse_number"


def test_a_french_keyboard_types_digits_by_their_place_and_minus_where_the_scale_has_one(drive):
    ampersand, minus = {"key": "&", "place": "Digit1"}, {"key": "-", "place": "Digit6"}
    assert numbers(drive(card(scale(1, 7), notes=3), [ampersand, minus])) == ["1", "6"]
    assert numbers(drive(card(scale(-3, 3), notes=3), [minus, ampersand])) == ["-1"]


def test_moving_on_takes_the_number_for_the_question_where_it_stood(drive):
    data = card(scale(0, 10), scale(0, 10, "v1"), notes=2)
    for key, there in (("ArrowRight", ("n0", "v1")), ("ArrowLeft", ("n0", "v0")), ("n", ("n0", "v1"))):
        answer = drive(data, press("1", key))
        assert stored(answer) == [("n0", "v0", "1", "")]
        assert (last(answer)["note"], last(answer)["variable"]) == there


def test_a_held_key_codes_and_undoes_once(drive):
    held = {"key": "Backspace", "repeat": True}
    steps = [*press("1", "2", "1", "Backspace"), held, held]
    answer = drive(card(coded("single", 3), notes=4), steps)
    standing = [codes and codes["codes"] for _, name, codes in answer["standing"] if name == "v0"]
    assert standing == [["k0"], ["k1"], None, None]
    answer = drive(card(coded("single", 3), notes=4), [*steps, *press("⇧Backspace")])
    assert answer["standing"][4][2]["codes"] == ["k0"]


# --- doubt, memo, prose ---------------------------------------------------------------------------


def test_doubt_and_memo_are_about_the_answer_just_given(drive):
    data = card(coded("single", 3), notes=3)
    answer = drive(data, [*press("1", "⇧1"), {"key": ",", "memo": "tveksam"}, *press(BURST, "2")])
    assert stored(answer) == [("n0", "v0", "k0", ""), ("n0", "v0", "k0", "1"), ("n0", "v0", "k0", "1"),
                              ("n1", "v0", "k1", "")]  # fmt: skip
    answers = {note: one for note, name, one in answer["standing"] if name == "v0"}
    assert (answers["n0"]["certainty"], answers["n0"]["memo"], answers["n1"]["memo"]) == ("1", "tveksam", "")


@pytest.mark.parametrize("keys", [["⇧1"], ["1", "ArrowRight", "⇧1"], ["/", "⇧2"]])
def test_without_an_answer_nothing_is_stored_and_the_card_says_why(drive, keys):
    answer = drive(card(coded("single", 3), notes=3), press(*keys))
    assert all(certainty == "" for _, _, _, certainty in stored(answer))
    assert last(answer)["told"].startswith("no_doubt")


def test_a_selection_takes_the_doubt_that_is_given_after_it(drive):
    answer = drive(card(coded("multiple", 3), notes=3), press("1", "Enter", "2", "⇧1", "Enter"))
    assert stored(answer) == [("n0", "v0", "k0", ""), ("n1", "v0", "k1", "1")]


def test_an_answer_under_an_older_definition_is_not_confirmed_by_a_word_on_it(drive):
    data = card(coded("single", 3), notes=1)
    old = {"event": "decide", "id": "e1", "codes": ["k0"], "certainty": "", "memo": "", "older": True}
    data["answers"] = {"n0": {"v0": old}}
    answer = drive(data, [*press("ArrowLeft", "⇧1"), {"key": ",", "memo": "oj"}, *press(BURST)])
    assert stored(answer) == []
    assert last(answer)["draft"]["memo"] == "oj"


def test_keys_in_one_burst_with_prose_do_nothing_and_say_why(drive):
    data = card(coded("single", 3), notes=4)
    memo = {"key": ",", "memo": "skrivet"}
    answer = drive(
        data, [*press("1"), memo, *press(BURST - 1, "2", BURST - 1, "/", "Backspace", "s", BURST, "3")]
    )
    assert numbers(answer) == ["k0", "k0", "k2"]
    assert "same_burst" in [one["screen"]["told"] for one in answer["trace"] if "screen" in one]


def test_one_limit_for_a_memo_everywhere():
    answers = (MODULES / "answering" / "answers.js").read_text(encoding="utf-8")
    assert f"const LONGEST_MEMO = {LONGEST_MEMO};" in answers
    cut = [path.name for path in MODULES.rglob("*.js") if "maxLength" in path.read_text(encoding="utf-8")]
    assert cut == []


# --- random codebooks and keys --------------------------------------------------------------------


@st.composite
def variables(draw):
    made = []
    for number in range(draw(st.integers(1, 3))):
        kind, id_ = draw(st.sampled_from(["single", "multiple", "scale"])), f"v{number}"
        if kind == "scale":
            low = draw(st.integers(-5, 99))
            made.append(scale(low, draw(st.integers(low + 1, 100)), id_))
        else:
            fits = {"none_fits": draw(st.booleans())} if kind == "single" else {}
            made.append(coded(kind, draw(st.integers(1, 40)), id_, **fits))
    return made


ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]
KEYS = st.one_of(
    st.sampled_from("0123456789").map(lambda key: {"key": key}),
    st.sampled_from("0123456789").map(lambda key: {"key": key}),
    st.sampled_from("0147-").map(lambda key: {"key": key, "numpad": True}),
    st.sampled_from("0147").map(lambda key: {"key": key, "numpad": True, "numLock": False}),
    st.sampled_from([*"-\u2212kodix/+. ", "Enter", "Enter", "Backspace", "Escape", *ARROWS, "End"]).map(
        lambda key: {"key": key}
    ),
    st.sampled_from(["1", "2", "3", "4", "K", "ArrowLeft", "ArrowRight", "Backspace"]).map(
        lambda k: {"key": k, "shift": True}
    ),
    st.sampled_from([50, PAUSE - 1, PAUSE]).map(lambda milliseconds: {"wait": milliseconds}),
    st.text("12 å\n", max_size=4).map(lambda text: {"key": ",", "memo": text}),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shown=variables(), steps=st.lists(KEYS, max_size=25), notes=st.integers(1, 4))
@example(shown=[scale(0, 10)], steps=press("7", "1", "0", "1", "5"), notes=4)
@example(
    shown=[coded("multiple", 12)], steps=press("k", "1", "Enter", "⇧2", "Backspace", "⇧Backspace"), notes=2
)
@example(
    shown=[coded("single", 40)],
    steps=press("k", "o", "ArrowDown", "Enter", "k", "Backspace", "Backspace"),
    notes=2,
)
def test_what_is_stored_is_what_the_visible_cap_said(drive, shown, steps, notes):
    answer = drive(card(*shown, notes=notes), steps)
    seen, step, before = None, None, []
    for one in answer["trace"]:
        if "step" in one:
            step = one["step"]
        elif "screen" in one:
            seen = one["screen"]
        else:
            assert_meant(one["event"], step, seen, before)
            before.append(as_stored(one["event"]))
    assert fold(answer["trace"]) == {
        (note, name): (one["event"], one["codes"], one["certainty"], one["memo"])
        for note, name, one in answer["standing"] if one
    }  # fmt: skip


def as_stored(event):
    return event["note"], event["variable"], event["event"], event["codes"], event["certainty"], event["memo"]


def assert_meant(event, step, seen, before):
    """What was stored is for the question that was on the card, and what its cap said."""
    key = typed_by(step)
    where = (event["note"], event["variable"])
    if event["variable"] == "flag" and key == "+":
        assert event["note"] == seen["note"]
    elif event["event"] == "skip" and key == "/":  # a number half typed goes with a word
        assert where == (seen["note"], seen["variable"])
    elif seen.get("text"):  # it is taken before another key acts as itself
        assert where == (seen["note"], seen["variable"])
        assert "|".join(event["codes"]) in said(key, step, seen)
    elif key == "Backspace":  # while letters stand there it takes the last of them back
        assert step.get("shift") or not seen["letters"]
        assert event["event"] == "retract" or as_stored(event) in before
    elif key == "." or "memo" in step or (step.get("shift") and key in "123"):
        target = seen["aim"]
        assert where == (target["note"], target["variable"])
        assert event["codes"] == target["answer"]["codes"]
    else:
        assert event["event"] == "decide"
        assert where == (seen["note"], seen["variable"])
        assert "|".join(event["codes"]) in said(key, step, seen)


def typed_by(step):
    return "" if step.get("numLock") is False else step.get("key", "")


def said(key, step, seen):
    """What the card said would be stored: by the key's cap, by the code that is found or pointed at, by the
    selection, by the number half typed."""
    if seen["kind"] == "multiple":
        chosen = seen["draft"].get("codes", (seen["answer"] or {}).get("codes", []))
        return {"|".join(chosen)} if key == "Enter" and not seen["active"] else set()
    if seen["kind"] == "single" and key == "Enter":
        return {seen["active"]} - {""}
    if seen["kind"] == "single":
        return {seen["caps"][key]} if key in seen["caps"] else set()
    is_sign = key != "" and key in "0123456789-\u2212" and not (step.get("shift") and key in "123")
    typed = seen["text"] + (key.replace("\u2212", "-") if is_sign else "")
    goes_on = any(number != typed and number.startswith(typed) for number in seen["caps"])
    if is_sign and (goes_on or typed in seen["caps"]):
        return set() if goes_on else {typed}
    return {seen["text"]} & set(seen["caps"])


def fold(trace):
    """What the stored events come to."""
    cells = {}
    for event in (one["event"] for one in trace if "event" in one):
        cell = (event["note"], event["variable"])
        if event["event"] == "retract":
            cells.pop(cell, None)
        else:
            cells[cell] = (event["event"], event["codes"], event["certainty"], event["memo"])
    return cells


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shown=variables().map(lambda made: made[:1]), choice=st.integers(0, 200))
def test_every_cap_does_what_it_says(drive, shown, choice):
    """The other way round: whatever cap stands there, its keys store its code, and only that."""
    (asked,) = shown
    start = last(drive(card(asked), []))
    caps = sorted(start["caps"].items())
    cap, code = caps[choice % len(caps)]
    keys = {"single": [cap], "multiple": [cap, "Enter"], "scale": [*cap, PAUSE]}[asked["kind"]]
    answer = drive(card(asked), press(*keys))
    assert stored(answer) == [("n0", "v0", code, "")]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shown=variables().map(lambda made: made[0]).filter(lambda made: made["kind"] != "scale"),
    choice=st.integers(0, 200),
    typed=st.sampled_from([[], ["k"], ["k", "o", "d"]]),
)
def test_every_code_is_reached_by_letters_and_arrows(drive, shown, choice, typed):
    """Those beyond the digits too: what the cursor is on is what Enter stores."""
    codes = [code["id"] for code in shown["codes"] if not typed or code["label"].startswith("Kod")]
    at = choice % len(codes)
    steps = press(*typed, *["ArrowDown"] * (at if typed else at + 1))
    assert last(drive(card(shown), steps))["active"] == codes[at]
    ends = ["Enter"] if shown["kind"] == "single" else ["Enter", "Enter"]
    assert stored(drive(card(shown), [*steps, *press(*ends)])) == [("n0", "v0", codes[at], "")]
