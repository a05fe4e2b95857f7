"""What the card shows and what its keys then store, in a real browser: caps are read from the screen."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from playwright.sync_api import expect

import sekom_analysis as sa
from sekom_analysis.coding import write_page
from sekom_analysis.coding.comparing import ReviewSession
from sekom_analysis.coding.judging import AdjudicationSession
from sekom_analysis.coding.page import (
    ADJUDICATION_STYLES,
    REVIEW_STYLES,
)
from sekom_analysis.coding.session import Session
from sekom_analysis.study.decisions import LONGEST_MEMO

from .test_accessibility import axe, faults
from .test_page_browser import draft_of, events_in, opened

__all__ = ["axe", "opened"]  # fixtures


def a_scale(low, high, id_="scale"):
    return {"id": id_, "kind": "scale", "label": f"{id_} {low} till {high}", "range": [low, high]}


def codes_of(n, prefix="kod"):
    return [{"id": f"{prefix}{i}", "label": f"{prefix.capitalize()} {i}"} for i in range(1, n + 1)]


VALENCE = {"id": "valence", "kind": "single", "label": "Valens", "codes": [
    {"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}]}  # fmt: skip
TOPICS = {"id": "topics", "kind": "multiple", "label": "Ämnen", "codes": codes_of(3)}


@pytest.fixture
def desk_of(tmp_path):
    """A study with these variables and some notes, and Anna's desk in it."""

    def made(*variables, notes=4, name="study"):
        table = pd.DataFrame(
            {"note_id": [f"n{i}" for i in range(notes)], "text": [f"Lapp nummer {i}." for i in range(notes)]}
        )
        book = {"variables": list(variables)}
        return sa.Study.create(tmp_path / name, notes=table, codebook=book).desk("anna")

    return made


def told(desk):
    """Every event as (note's text, variable, codes, certainty, memo); a retraction is a minus."""
    rows = desk.history()[["note_id", "variable", "event", "codes", "certainty", "memo"]]
    return [
        (desk.notes.at[note, "text"], variable, codes if event == "decide" else f"-{event}", certainty, memo)
        for note, variable, event, codes, certainty, memo in rows.itertuples(index=False)
    ]


def codes_in(desk):
    return [codes for _, _, codes, _, _ in told(desk)]


# --- thirty random codebooks ----------------------------------------------------------------------

SCREEN = """() => {
  const seen = (element) => element.getClientRects().length > 0;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)].filter(seen);
  const text = (selector, within) => all(selector, within).map((one) => one.textContent)[0] ?? "";
  const codes = all(".sk-code[data-code]").map((one) => ({
    cap: text(".sk-key", one), label: text(".sk-label", one),
    pressed: one.getAttribute("aria-pressed") === "true",
  }));
  return {
    done: seen(document.querySelector(".sk-finish")), note: text(".sk-text"), question: text(".sk-question"),
    codes, several: all(".sk-confirm").length > 0, typed: text(".sk-typed"),
    ends: all(".sk-end").map((one) => one.textContent.split(" ").at(-1)),
  };
}"""


def a_codebook(draw):
    """One to three questions of any kind, with one to forty codes, or a scale within −5…100."""
    variables = []
    for number in range(draw.randint(1, 3)):
        id_, kind = f"v{number}", draw.choice(["single", "multiple", "scale", "scale"])
        if kind == "scale":
            low = draw.choice([-5, -3, 0, 1, draw.randint(-5, 90)])
            high = draw.choice([5, 10, 100, draw.randint(-4, 100)])
            variables.append(a_scale(low, high if high > low else low + 4, id_))
        else:
            more = {"none_fits": draw.choice([True, False])} if kind == "single" else {}
            more["codes"] = codes_of(draw.randint(1, 40), f"{id_}_")
            variables.append({"id": id_, "kind": kind, "label": id_, **more})
    return variables


def press_cap(page, cap):
    for sign in cap.replace("−", "-").lower():
        page.press(sign)


def answer_by_cap(page, draw):
    """Press what a cap on the screen says; return what it promised: note, question, answer."""
    seen = page.page.evaluate(SCREEN)
    if seen["several"]:
        for code in draw.sample([code for code in seen["codes"] if code["cap"]], 1):
            press_cap(page, code["cap"])
        chosen = [code["label"] for code in page.page.evaluate(SCREEN)["codes"] if code["pressed"]]
        page.press("Enter")
        return seen["note"], seen["question"], chosen
    capped = [code for code in seen["codes"] if code["cap"]]
    if seen["ends"] and len(capped) < 2:  # too many numbers for buttons: any between the ends
        low, high = (int(end.replace("−", "-")) for end in seen["ends"])
        label = cap = str(draw.randint(low, high))
    else:
        code = draw.choice(capped)
        cap, label = code["cap"], code["label"].replace("−", "-")
    press_cap(page, cap)
    now = page.page.evaluate(SCREEN)
    if now["typed"]:
        assert now["typed"].replace("−", "-").startswith(f"{label} …")
        assert (now["note"], now["question"]) == (seen["note"], seen["question"])
        draw.choice([page.pause, lambda: page.press("Enter")])()
    return seen["note"], seen["question"], [label]


@pytest.mark.parametrize("seed", range(30))
def test_what_a_random_codebooks_caps_promise_is_what_the_log_holds(show, desk_of, seed):
    draw = random.Random(seed)
    desk = desk_of(*a_codebook(draw), notes=3)
    page = show(Session(desk), clock=True, viewport={"width": draw.choice([1280, 900]), "height": 900})
    promised = []
    for _ in range(8):
        if page.page.evaluate(SCREEN)["done"]:
            break
        promised.append(answer_by_cap(page, draw))
    page.wait_for_state("saved")
    stored = []
    for text, variable, codes, _, _ in told(desk):
        known = desk.codebook[variable]
        labels = [known.label_of(code) for code in codes.split("|") if code]
        stored.append((text, (known.question or known.label).sv, labels))
    assert stored == promised


# --- scales ---------------------------------------------------------------------------------------


def test_a_number_half_typed_stands_on_the_card_until_it_is_taken(show, desk_of):
    desk = desk_of(a_scale(0, 10), notes=5)
    page = show(Session(desk), clock=True)
    typed = page.page.locator(".sk-typed")
    page.press("1")
    expect(typed).to_have_text("1 … fortsätt, eller Enter")
    half = page.page.locator(".sk-code.sk-half")
    assert half.get_attribute("data-code") == "1"
    assert page.page.locator('[data-code="10"] .sk-key').inner_text() == "0"
    assert page.page.locator(".sk-code.sk-away").count() == 9
    assert desk.history().empty
    page.pause()
    expect(typed).to_have_text("")
    page.press("1", "0", "7", "1", "5")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["1", "10", "7", "1", "5"]


def test_a_number_beyond_the_scale_is_refused_with_the_scale_beside_it(show, desk_of):
    desk = desk_of(a_scale(1, 5))
    page = show(Session(desk))
    page.press("8")
    assert page.text(".sk-typed") == "8 finns inte här. Skalan går från 1 till 5. Inget sparades."
    assert page.page.locator(".sk-end").all_inner_texts() == ["lägst 1", "högst 5"]
    page.press("4")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["4"]


def test_what_is_half_typed_when_the_page_goes_is_kept(opened, desk_of, tmp_path):
    desk = desk_of(a_scale(0, 100))
    page = opened(write_page(desk, tmp_path / "page.html"))
    page.press("4")
    page.page.evaluate("window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    page.wait_for_state()
    page.page.reload()
    page.wait(page.page)
    assert [event["codes"] for event in events_in(page.answers_file(tmp_path))] == [["4"]]


def test_a_long_scale_has_a_field_that_refuses_and_keeps_what_is_not_saved(show, desk_of):
    desk = desk_of(a_scale(0, 100), VALENCE)
    page = show(Session(desk))
    field = page.page.locator(".sk-number input")
    for wrong in ("101", "-1", "3,5", "sju"):
        field.fill(wrong)
        page.press("Enter")
        assert page.text(".sk-typed").endswith("finns inte här. Skalan går från 0 till 100. Inget sparades.")
    field.fill("12")  # digits in it code nothing, and it is said that they are not saved
    assert page.text(".sk-remark") == "12 är inte sparat än; Enter i rutan sparar."
    page.page.get_by_role("button", name="Framåt").click()
    page.press("ArrowLeft")
    assert field.input_value() == "12"
    page.load()
    assert field.input_value() == "12"
    assert desk.history().empty
    field.press("Enter")
    page.press("2")  # the keys are the card's again
    page.wait_for_state("saved")
    assert codes_in(desk) == ["12", "mojlighet"]
    assert page.page.locator(".sk-number input").input_value() == ""


def test_every_number_of_a_long_scale_can_be_clicked(show, desk_of):
    desk = desk_of(a_scale(-5, 100), a_scale(0, 1000, "long"), a_scale(-3, 3, "short"))
    page = show(Session(desk))
    button = page.page.get_by_role("button", exact=True, name="40 … 49")
    assert page.page.locator(".sk-codes button").count() == 12
    button.click()
    page.page.get_by_role("button", exact=True, name="47").click()
    for name in ("900 … 999", "990 … 999", "993"):
        page.page.get_by_role("button", exact=True, name=name).click()
    page.page.get_by_role("button", exact=True, name="−2").click()
    page.wait_for_state("saved")
    assert codes_in(desk) == ["47", "993", "-2"]


def test_a_click_means_the_question_on_the_screen_whatever_is_half_typed(show, desk_of):
    desk = desk_of(a_scale(0, 10))
    page = show(Session(desk), clock=True)
    page.press("1")
    page.page.get_by_role("button", exact=True, name="7").click()
    page.press("1")
    page.page.get_by_role("button", name="Hoppa över").click()
    page.pause()
    page.wait_for_state("saved")
    assert codes_in(desk) == ["7", "-skip"]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("ends", [(1, 5), (0, 10), (-3, 3), (-10, 10), (0, 100)])
def test_no_scale_sticks_out_or_hides_its_numbers(show, desk_of, ends, width):
    page = show(Session(desk_of(a_scale(*ends))), viewport={"width": width, "height": 800})
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.page.locator(".sk-codes button").all():
        assert button.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert button.bounding_box()["height"] >= 38


def test_on_a_phone_what_acts_has_words_and_nothing_sticks_out(show, desk_of):
    page = show(Session(desk_of(VALENCE, a_scale(0, 10))), viewport={"width": 390, "height": 800})
    for _ in range(2):
        for name in ("Osäker", "Anteckning", "Ångra", "Hoppa över"):
            label = page.page.get_by_role("button", name=name, exact=True).locator(".sk-label")
            assert label.bounding_box()["width"] > 20
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
        page.press("1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_on_a_scale(show, axe, desk_of, scheme):
    desk = desk_of(a_scale(0, 100), a_scale(0, 10, "short"), VALENCE, notes=1)
    page = show(Session(desk), clock=True, color_scheme=scheme, reduced_motion="reduce")
    page.page.evaluate(axe)
    found = []
    for keys in (("4",), ("Escape",), ("4", "7"), ("-",), ("1", "0"), ("Shift+Digit1", ",")):
        page.press(*keys)
        found += [(keys, *fault) for fault in faults(page)]
    page.press("Escape")
    page.pause()
    page.press("2")
    found += [("finish", *fault) for fault in faults(page)]
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault_while_a_name_is_typed_or_the_codebook_open(show, axe, desk_of, scheme):
    many = {"id": "many", "kind": "single", "label": "Många", "codes": codes_of(14)}
    defined = [{**code, "definition": f"Det som hör till {code['label']}."} for code in codes_of(6)]
    some = {"id": "some", "kind": "single", "label": "Några", "codes": defined}
    page = show(Session(desk_of(VALENCE, some, many, notes=1)), color_scheme=scheme, reduced_motion="reduce")
    page.page.evaluate(axe)
    found = []
    for keys in (
        ("h",),
        ("Enter", "k", "ArrowDown"),
        ("Escape", "'"),
        ("Escape", ":"),
        ("Escape", "1", "k", "2"),
    ):
        page.press(*keys)
        found += [(keys, *fault) for fault in faults(page)]
    assert found == []


def test_the_adjudication_card_takes_a_scales_numbers_as_they_are(show, desk_of):
    desk = desk_of(a_scale(0, 10))
    study = sa.Study.open(desk.root)
    for coder, number in (("bo", "3"), ("cilla", "9")):
        for note_id in study.notes.index:
            study.decide(coder, note_id, "scale", number)
    session = AdjudicationSession(study, "anna", "scale")
    page = show(session, styles=ADJUDICATION_STYLES, clock=True)
    assert page.page.locator(".sk-sides .sk-side > .sk-label").all_inner_texts() == ["3", "9"]
    for keys, reason in ((("7",), "sju"), (("1", "0"), "tio"), (("1", "Enter"), "ett 15")):
        page.press(*keys)
        page.page.keyboard.type(reason)
        page.press("Enter")
        page.pause()
    page.press("8", "Escape")
    page.pause()
    page.press("-")
    assert page.text(".sk-typed") == "− finns inte här. Skalan går från 0 till 10. Inget sparades."
    page.wait_for_state("saved")
    table = sa.Study.open(desk.root).adjudications("scale").sort_values("decided_at")
    assert list(table["codes"]) == ["7", "10", "1"]
    assert list(table["reason"]) == ["sju", "tio", "ett 15"]


# --- doubt and memo -------------------------------------------------------------------------------


def test_doubt_and_memo_go_to_the_answer_that_the_card_names(show, desk_of):
    desk = desk_of(VALENCE)
    page = show(Session(desk), clock=True)
    first = page.text(".sk-text")
    page.press("1")
    assert page.text(".sk-just") == "Nyss: Hinder"
    page.press("Shift+Digit1")
    assert page.text(".sk-just") == "Nyss: Hinder · osäker"
    assert page.page.get_by_role("button", name="Osäker", exact=True).get_attribute("aria-pressed") == "true"
    page.press(",")
    assert page.text(".sk-about") == f"Förra lappen, ”{first}” (Hinder)."
    page.page.keyboard.type("1 rad")
    page.press("Shift+Enter")
    page.page.keyboard.type("2 rader")
    page.press("Escape")
    page.pause()
    assert page.text(".sk-just") == "Nyss: Hinder · osäker · anteckning"
    page.press("2")
    page.wait_for_state("saved")
    memo = "1 rad\n2 rader"
    assert told(desk)[:3] == [
        (first, "valence", "hinder", "", ""),
        (first, "valence", "hinder", "1", ""),
        (first, "valence", "hinder", "1", memo),
    ]
    assert told(desk)[3][1:] == ("valence", "mojlighet", "", "")


def test_when_going_through_chosen_notes_doubt_still_belongs_to_the_answer_before(show, desk_of):
    desk = desk_of(VALENCE, notes=3)
    page = show(Session(desk))
    page.press("1", "Shift+Digit1", "2", "Shift+Digit1", "1")
    page.page.get_by_role("button", name="Gå igenom osäkra (2)").click()
    page.press("2", "Shift+Digit3")
    assert page.text(".sk-just") == "Nyss: Möjlighet · säker"
    assert page.page.locator(".sk-chip").first.get_attribute("aria-label") == "Möjlighet, Valens, säker"
    assert page.text(".sk-remark") == "Besvarad; ett nytt val ersätter svaret."
    page.press("ArrowLeft", "ArrowRight", "Shift+Digit2")  # moved on: now it is the answer that stands here
    page.wait_for_state("saved")
    own = desk.decisions().set_index("note_id")
    order = [item.note_id for item in Session(desk).items]
    assert list(own.loc[order, "certainty"]) == ["3", "2", ""]


def test_before_any_answer_doubt_stores_nothing_and_says_why(show, desk_of):
    desk = desk_of(VALENCE)
    page = show(Session(desk))
    page.press("Shift+Digit1")
    assert page.text(".sk-remark").startswith("Inget sparades: svara först")
    page.press("2", "ArrowRight", "Shift+Digit3")
    assert page.text(".sk-remark").startswith("Inget sparades: svara först")
    page.wait_for_state("saved")
    assert [row[2:4] for row in told(desk)] == [("mojlighet", "")]


def test_the_last_answer_can_be_doubted_on_the_last_screen(show, desk_of):
    desk = desk_of(VALENCE, notes=1)
    page = show(Session(desk), clock=True)
    page.press("1", "Shift+Digit2", ",")
    page.page.keyboard.type("sist")
    page.press("Control+Enter")
    page.pause()
    assert "Nyss: Hinder · ganska säker · anteckning" in page.text(".sk-finish")
    page.wait_for_state("saved")
    assert told(desk)[-1][2:] == ("hinder", "2", "sist")
    assert len(desk.history()) == 3


def test_on_the_review_card_a_reason_goes_to_the_pair_just_judged(show, sample):
    ids = ["D069", "D071", "D055", "D057"]
    pairs = pd.DataFrame({"note_a": ids[::2], "note_b": ids[1::2], "reasons": ""})
    session = ReviewSession(sample, "anna", pairs)
    page = show(session, styles=REVIEW_STYLES, clock=True)
    page.press("3", ",")
    assert page.text(".sk-place") == "Par 1 av 2"
    page.page.keyboard.type("olika saker")
    page.press("Control+Enter")
    page.pause()
    assert page.text(".sk-place") == "Par 2 av 2"
    page.wait_for_state("saved")
    table = sample.pair_judgements()
    table = table[table["reviewer"] == "anna"]
    assert (list(table["judgement"]), list(table["reason"])) == (["different"], ["olika saker"])


# --- prose ----------------------------------------------------------------------------------------


def test_keys_in_one_burst_after_a_memo_do_nothing_and_say_why(show, desk_of):
    desk = desk_of(VALENCE)
    page = show(Session(desk), clock=True)
    page.page.clock.pause_at(page.page.evaluate("Date.now() + 1000"))
    page.press("1", ",")
    page.page.keyboard.type("klart")
    page.press("Escape", "2", "/", "Backspace")
    assert page.text(".sk-remark").startswith("De tangenterna gjorde ingenting")
    page.pause(399)
    page.press("1")
    page.pause(400)
    page.press("2")
    page.page.clock.resume()
    page.wait_for_state("saved")
    rows = [(codes, memo) for _, _, codes, _, memo in told(desk)]
    assert rows == [("hinder", ""), ("hinder", "klart"), ("mojlighet", "")]


def test_a_memo_too_long_is_told_and_neither_cut_nor_lost(show, desk_of):
    desk = desk_of(VALENCE)
    page = show(Session(desk), clock=True)
    page.press("1", ",")
    whole = "x" * (LONGEST_MEMO - 9) + "😀" * 9  # JavaScript's own count would be nine more
    page.page.keyboard.insert_text(whole + "ab")
    warning = page.page.locator(".sk-too-long")
    expect(warning).to_contain_text("Texten har 20002 tecken och högst 20000 ryms. Korta den med minst 2.")
    page.press("Escape")
    page.page.get_by_role("button", name="Ångra").click()
    expect(warning).to_contain_text("Den är inte sparad än.")
    assert page.page.locator(".sk-memo textarea").input_value() == whole + "ab"
    page.load()  # and it is there again, in its box, on its note
    expect(page.page.locator(".sk-memo textarea")).to_have_value(whole + "ab")
    page.press("Backspace", "Backspace", "Escape")
    page.wait_for_state("saved")
    assert list(desk.decisions()["memo"]) == [whole]


def test_an_adjudicators_reason_too_long_is_told_and_not_saved(show, sample):
    session = AdjudicationSession(sample, "anna", "category_b")
    page = show(session, styles=ADJUDICATION_STYLES, clock=True)
    page.press("1")
    page.page.keyboard.insert_text("x" * (LONGEST_MEMO + 1))
    page.press("Enter")
    assert page.text(".sk-refusal").startswith("Texten har 20001 tecken och högst 20000 ryms.")
    page.press("Backspace", "Enter")
    page.wait_for_state("saved")
    assert list(sample.adjudications("category_b")["reason"].str.len()) == [LONGEST_MEMO]


def test_backspace_undoes_only_where_its_cap_stands(show, desk_of):
    desk = desk_of(VALENCE)
    page = show(Session(desk))
    page.press("1", "2")
    page.page.set_viewport_size({"width": 400, "height": 800})
    assert page.page.locator(".sk-tool .sk-key").first.is_hidden()
    page.press("Backspace")
    page.page.set_viewport_size({"width": 1200, "height": 800})
    assert page.page.get_by_role("button", name="Ångra").locator(".sk-key").all_inner_texts() == ["⌫"]
    page.page.keyboard.down("Backspace")
    page.page.keyboard.down("Backspace")  # held: Chromium marks it as a repeat
    page.page.keyboard.up("Backspace")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["hinder", "mojlighet", "-retract"]
    page.press("Shift+Backspace")
    page.wait_for_state("saved")
    assert codes_in(desk)[-1] == "mojlighet"


# --- the keys stay alive --------------------------------------------------------------------------


def after_review(page):
    page.press("Shift+Digit1", "2", "2", "2")
    page.page.get_by_role("button", name="Gå igenom osäkra (1)").focus()
    page.press("Enter")


def after_review_by_mouse(page):
    page.press("Shift+Digit1", "2", "2", "2")
    page.page.get_by_role("button", name="Gå igenom osäkra (1)").click()


def after_a_search(page):
    page.press("h", "Escape")


def after_a_memo(page):
    page.press(",", "Escape")
    page.pause()


def after_a_memo_by_its_button(page):
    page.press(",")
    page.page.get_by_role("button", name="Klar", exact=True).click()


def after_the_codebook(page):
    for end in ("Escape", "'"):
        page.press("'", "2", end)


def after_the_codebook_by_mouse(page):
    page.press("'")
    page.page.get_by_role("button", name="Stäng").click()


def after_the_dialogs(page):
    page.press("?", "2", "Escape", ":", "Escape")


def after_a_note_by_its_number(page):
    page.press(">", "9", "Escape")
    page.pause()


def after_my_notes(page):
    page.press("Escape", "Escape")


def after_undo_from_the_last_screen(page):
    page.press("2", "2", "2")
    page.page.get_by_role("button", name="Ångra").focus()
    page.press("Enter")


def after_the_last_undo_with_the_focus_on_it(page):
    page.page.get_by_role("button", name="Ångra").focus()
    page.press("Backspace")


def after_a_step_that_had_the_focus(page):
    page.page.locator(".sk-code").first.focus()
    page.press("2")
    page.page.locator(".sk-code").nth(1).focus()


def after_answering_again(page):
    page.session.desk.note_of = lambda key: None
    page.press("2")
    page.page.get_by_role("button", name="Svara på lappen igen").focus()
    page.press("Enter")


def after_the_last_screen_to_what_is_open(page):
    page.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    page.page.locator(".sk-finish .sk-go").first.focus()
    page.press("Enter")


@pytest.mark.parametrize(
    "change",
    [
        after_review, after_review_by_mouse, after_a_search, after_a_memo, after_a_memo_by_its_button,
        after_the_codebook, after_the_codebook_by_mouse, after_the_dialogs, after_a_note_by_its_number,
        after_my_notes, after_undo_from_the_last_screen, after_the_last_undo_with_the_focus_on_it,
        after_a_step_that_had_the_focus, after_answering_again, after_the_last_screen_to_what_is_open,
    ],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_after_every_change_of_screen_the_next_key_counts(show, desk_of, change):
    page = show(Session(desk_of(VALENCE)), clock=True)
    page.press("1")
    change(page)
    here = page.page.evaluate(SCREEN)
    assert not here["done"]
    page.press("2")
    note = page.page.evaluate(SCREEN)
    assert note["note"] != here["note"] or note["done"], "the key was lost"


def test_a_question_of_another_kind_takes_no_focus_away(show, desk_of):
    page = show(Session(desk_of(VALENCE, TOPICS, a_scale(1, 5))))
    page.page.locator(".sk-step").nth(1).focus()
    page.press("1", "1", "Enter", "4")
    page.wait_for_state("saved")
    assert page.text(".sk-saved") == "Sparat: 3"


def test_a_clearing_thought_better_of_gives_the_keys_back(opened, desk_of, tmp_path):
    page = opened(write_page(desk_of(VALENCE), tmp_path / "page.html"))
    page.press("1")
    page.wait_for_state()
    page.answers_file(tmp_path)
    page.button("Rensa den här webbläsaren").click()
    page.button("Behåll dem").focus()
    page.press("Enter", "2")
    page.wait_for_state()
    assert page.text(".sk-saved") == "Sparat: 2"


# --- what another window has begun ----------------------------------------------------------------


def two_tabs(page):
    """A page's own tab and another of the same browser."""
    return page.page, page.load(page.context.new_page())


def in_front(tab, said):
    """Go to a tab, as a person does, and wait until it says this of what is saved."""
    tab.bring_to_front()
    expect(tab.locator(".sk-saved")).to_have_text(said)
    return tab


def type_memo(tab, text):
    tab.keyboard.press(",")
    tab.keyboard.type(text)
    draft_of(tab, text)


def test_a_memo_half_typed_is_kept_when_another_tab_answers_its_question(opened, desk_of, tmp_path):
    page = opened(write_page(desk_of(VALENCE), tmp_path / "page.html"))
    one, two = two_tabs(page)
    one.bring_to_front()
    type_memo(one, "en viktig tanke")
    in_front(two, "Sparat: 0. Inte sparat: 1").keyboard.press("1")
    expect(two.locator(".sk-saved")).to_have_text("Sparat: 1. Inte sparat: 1")
    in_front(one, "Sparat: 1. Inte sparat: 1")
    assert one.locator(".sk-memo textarea").input_value() == "en viktig tanke"
    page.button("Ladda ner svarsfilen").click()
    page.says("Spara dem och ladda ner")
    path = page.answers_file(tmp_path, "Spara dem och ladda ner")
    assert [(event["codes"], event["memo"]) for event in events_in(path)] == [
        (["hinder"], ""),
        (["hinder"], "en viktig tanke"),
    ]
    one.reload()
    page.wait(one)
    assert page.text(".sk-saved") == "Sparat: 1"


def test_a_memo_half_typed_outlives_its_tab_and_a_change_of_its_answer(opened, desk_of, tmp_path):
    page = opened(write_page(desk_of(VALENCE), tmp_path / "page.html"))
    one, two = two_tabs(page)
    one.bring_to_front()
    page.press("1", "ArrowLeft")
    type_memo(one, "en viktig tanke")
    in_front(two, "Sparat: 1. Inte sparat: 1").keyboard.press("ArrowLeft")
    two.keyboard.press("Shift+Digit1")
    expect(two.locator(".sk-saved")).to_have_text("Sparat: 1. Inte sparat: 1")
    one.reload()
    page.wait(one)
    page.wait_for_state()
    events = events_in(page.answers_file(tmp_path))
    assert [(event["certainty"], event["memo"]) for event in events] == [
        ("", ""), ("1", ""), ("1", "en viktig tanke")]  # fmt: skip


def test_in_a_notebook_too_the_other_windows_half_typed_memo_is_not_thrown_away(show, desk_of):
    page = show(Session(desk_of(VALENCE)))
    other = page.page.context.new_page()
    other.expose_function("post", page.session.receive)
    other.route("http://card.test/", lambda route: route.fulfill(body=page.html, content_type="text/html"))
    other.goto("http://card.test/")
    other.evaluate("data => begin(data)", page.session.data())
    other.locator(".sk-card:not(.sk-loading)").wait_for()
    type_memo(other, "en viktig tanke")
    page.press("1")
    page.wait_for_state("saved")
    draft_of(page.page, "en viktig tanke")


# --- what cannot be saved from what was begun -----------------------------------------------------


def test_a_memo_too_long_is_not_downloaded_stays_counted_and_is_told(opened, desk_of, tmp_path):
    desk = desk_of(VALENCE)
    page = opened(write_page(desk, tmp_path / "page.html"))
    page.press("1", "2", "ArrowLeft", ",")
    page.page.keyboard.type("kort")
    page.page.keyboard.press("Escape")
    page.page.wait_for_timeout(500)
    page.press("ArrowLeft", ",")
    page.page.keyboard.insert_text("x" * (LONGEST_MEMO + 5))
    page.button("Ladda ner svarsfilen").click()
    page.says("Spara dem och ladda ner")
    path = page.answers_file(tmp_path, "Spara dem och ladda ner")
    assert [event["memo"] for event in events_in(path)] == ["", "", "kort"]
    assert page.text(".sk-saved") == "Sparat: 2. Inte sparat: 1"
    assert "Texten har 20005 tecken och högst 20000 ryms." in page.text(".sk-remark")
    assert "Det som inte är sparat (1) finns inte i den" in page.text("#shelf .sp-message")
    assert sa.Study.open(desk.root).collect(path)
    assert [memo for _, _, _, _, memo in told(desk)] == ["", "", "kort"]


@pytest.mark.parametrize("written", ["−5", "05", "+5", " 5 "])
def test_a_number_is_saved_from_the_last_screen_as_it_may_be_written(show, desk_of, written):
    desk = desk_of(a_scale(-100, 100), notes=1)
    page = show(Session(desk))
    page.page.locator(".sk-number input").fill(written)
    page.page.locator(".sk-text").click()
    page.press("ArrowRight")
    page.page.get_by_role("button", name="Spara dem").click()
    page.wait_for_state("saved")
    assert codes_in(desk) == ["-5" if written == "−5" else "5"]


def test_a_number_beyond_the_scale_is_told_when_it_cannot_be_saved_with_the_rest(show, desk_of):
    desk = desk_of(a_scale(0, 100), notes=1)
    page = show(Session(desk))
    page.page.locator(".sk-number input").fill("101")
    page.page.locator(".sk-text").click()
    page.press("ArrowRight")
    page.page.get_by_role("button", name="Spara dem").click()
    assert "101 finns inte här. Skalan går från 0 till 100. Inget sparades." in page.text(".sk-finish")
    assert page.text(".sk-saved") == "Sparat: 0. Inte sparat: 1"
    assert desk.history().empty


# --- hands that do more than was meant ------------------------------------------------------------


def test_a_number_field_that_is_emptied_stays_empty(show, desk_of):
    desk = desk_of(a_scale(0, 100), notes=3)
    page = show(Session(desk))
    field = page.page.locator(".sk-number input")
    field.fill("1")
    page.press("Enter", "ArrowLeft")
    field.click()
    page.press("End", "Backspace")
    assert field.input_value() == ""
    page.press("0", "Enter")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["1", "0"]
    page.press("ArrowLeft")
    assert field.input_value() == "0"
    field.fill("")
    page.page.locator(".sk-text").click()
    page.press("ArrowRight", "ArrowLeft")
    assert field.input_value() == "0"  # nothing was begun, so the answer stands there


HELD = [('[data-code="hinder"]', VALENCE, ["hinder"]), (".sk-confirm", TOPICS, [""])]


@pytest.mark.parametrize(("button", "variable", "stored"), HELD)
@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_key_held_on_a_button_presses_it_once(show, desk_of, button, variable, stored, key):
    desk = desk_of(variable, notes=8)
    page = show(Session(desk))
    page.page.locator(button).focus()
    for _ in range(4):
        page.page.keyboard.down(key)
    page.page.keyboard.up(key)
    page.wait_for_state("saved")
    assert codes_in(desk) == stored


def test_undo_held_on_its_button_takes_back_one_answer(show, desk_of):
    desk = desk_of(VALENCE, notes=8)
    page = show(Session(desk))
    page.press("1", "1", "1")
    page.page.get_by_role("button", name="Ångra").focus()
    for _ in range(4):
        page.page.keyboard.down("Enter")
    page.page.keyboard.up("Enter")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["hinder", "hinder", "hinder", "-retract"]


SECOND = "Det andra klicket i dubbelklicket gjorde ingenting: något annat hade kommit upp där."


@pytest.mark.parametrize(
    ("variables", "button", "stored"),
    [
        ([VALENCE], '[data-code="hinder"]', ["hinder"]),
        ([VALENCE, {**VALENCE, "id": "again"}], '[data-code="hinder"]', ["hinder"]),
        ([TOPICS], ".sk-confirm", [""]),
        ([VALENCE], 'button:has-text("Hoppa över")', ["-skip"]),
        ([a_scale(-5, 100)], '[data-block^="40 "]', []),
        ([a_scale(-5, 100)], ".sk-number button", ["7"]),
    ],
)
def test_a_double_click_answers_no_question_that_was_not_on_screen(show, desk_of, variables, button, stored):
    desk = desk_of(*variables, notes=8)
    page = show(Session(desk))
    if "number" in button:
        page.page.locator(".sk-number input").fill("7")
    page.page.locator(button).dblclick()
    page.wait_for_state("saved")
    assert codes_in(desk) == stored
    assert SECOND in page.text(".sk-remark")
    if stored:
        assert page.text(".sk-saved") == "Sparat: 1"


def test_a_double_click_on_the_last_answer_presses_nothing_on_the_last_screen(show, desk_of):
    desk = desk_of(VALENCE, notes=1)
    page = show(Session(desk))
    page.page.locator('[data-code="hinder"]').dblclick()
    page.wait_for_state("saved")
    assert page.page.locator(".sk-finish").is_visible()


def test_undo_and_moves_can_be_clicked_fast(show, desk_of):
    desk = desk_of(VALENCE, notes=8)
    page = show(Session(desk))
    page.press("1", "1", "1")
    page.page.get_by_role("button", name="Ångra").dblclick()
    page.wait_for_state("saved")
    assert codes_in(desk)[3:] == ["-retract", "-retract"]
    page.page.get_by_role("button", name="Framåt").dblclick()
    assert page.text(".sk-place") == "Lapp 4 av 8"


def test_a_mark_amid_a_number_is_for_the_note_on_screen(show, desk_of):
    desk = desk_of(a_scale(0, 100), VALENCE)
    page = show(Session(desk), clock=True)
    first = page.text(".sk-text")
    page.press("5", "+")
    page.wait_for_state("saved")
    assert [row[:3] for row in told(desk)] == [(first, "flag", "two_ideas"), (first, "scale", "5")]
    assert page.text(".sk-question").startswith("Valens")


def test_a_skip_amid_a_number_is_for_the_question_on_screen_and_the_number_goes_with_a_word(show, desk_of):
    desk = desk_of(a_scale(0, 100), VALENCE)
    page = show(Session(desk), clock=True)
    first = page.text(".sk-text")
    page.press("5", "/")
    page.wait_for_state("saved")
    assert [row[:3] for row in told(desk)] == [(first, "scale", "-skip")]
    assert page.text(".sk-remark") == "5 togs bort och är inte sparat."


# --- what goes with a word ------------------------------------------------------------------------


def test_a_selection_that_a_skip_takes_away_is_named(show, desk_of):
    desk = desk_of(TOPICS, VALENCE)
    page = show(Session(desk))
    page.press("1", "2", "/")
    page.wait_for_state("saved")
    assert page.text(".sk-remark") == "Ditt val, Kod 1, Kod 2, togs bort och är inte sparat."
    assert codes_in(desk) == ["-skip"]
    page.press("ArrowLeft", "3")
    page.press("Enter")  # confirmed: nothing to be said
    page.wait_for_state("saved")
    assert page.text(".sk-just") == "Nyss: Kod 3"


@pytest.mark.parametrize("keys", [["7", "Enter"], ["/"]])
def test_a_number_in_the_field_that_another_answer_takes_away_is_named(show, desk_of, keys):
    desk = desk_of(a_scale(0, 100), VALENCE)
    page = show(Session(desk), clock=True)
    page.page.locator(".sk-number input").fill("45")
    page.page.locator(".sk-text").click()
    page.press(*keys)
    page.wait_for_state("saved")
    assert page.text(".sk-remark") == "45 togs bort och är inte sparat."
    assert codes_in(desk) == [{"7": "7", "/": "-skip"}[keys[0]]]


def test_a_number_given_from_its_field_is_not_called_taken_away(show, desk_of):
    desk = desk_of(a_scale(0, 100), VALENCE)
    page = show(Session(desk), clock=True)
    page.page.locator(".sk-number input").fill("07")
    page.page.locator(".sk-text").click()
    page.press("7", "Enter")
    page.wait_for_state("saved")
    assert page.text(".sk-just") == "Nyss: 7"


def test_undo_first_takes_back_what_is_begun_on_the_answer_and_says_so(show, desk_of):
    desk = desk_of(TOPICS, VALENCE)
    page = show(Session(desk))
    page.press("1", "Enter")
    page.press("ArrowLeft", "2", "3", "Backspace")
    assert page.text(".sk-remark") == "Ditt val, Kod 1, Kod 2, Kod 3, togs bort och är inte sparat."
    page.wait_for_state("saved")
    assert codes_in(desk) == ["kod1"]
    assert page.text(".sk-place") == "Lapp 1 av 4"
    page.press("Backspace")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["kod1", "-retract"]


def test_undo_of_another_question_leaves_what_is_begun_on_this_one(show, desk_of):
    desk = desk_of(VALENCE, TOPICS)
    page = show(Session(desk))
    page.press("1", "2", "3", "Backspace")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["hinder", "-retract"]
    assert page.text(".sk-saved") == "Sparat: 0. Inte sparat: 1"


def test_redo_keeps_a_selection_that_differs_from_what_it_brings(show, desk_of):
    desk = desk_of(TOPICS, VALENCE)
    page = show(Session(desk))
    page.press("1", "Enter", "Backspace", "2", "3", "Shift+Backspace")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["kod1", "-retract", "kod1"]
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    page.press("ArrowLeft", "Enter")
    page.wait_for_state("saved")
    assert codes_in(desk)[-1] == "kod2|kod3"
    page.press("Backspace", "ArrowLeft", "ArrowRight", "Shift+Backspace")
    assert "togs bort" not in page.text(".sk-remark")


def retire(desk, label):
    """Retire a code in the study's file; return the desk as it is then."""
    path = next(desk.root.rglob("codebook.yaml"))
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace(f"    label: {label}", f"    label: {label}\n    retired: true"), encoding="utf-8"
    )
    return sa.Desk.open(desk.root, desk.coder)


def test_confirming_sends_only_codes_that_can_be_chosen_as_its_cap_says(show, desk_of):
    desk = desk_of(TOPICS)
    first, second = [item.note_id for item in Session(desk).items][:2]
    desk.decide(first, "topics", ["kod1", "kod3"])
    desk.decide(second, "topics", ["kod3"])
    desk = retire(desk, "Kod 3")
    page = show(Session(desk))
    page.press("Enter")
    assert page.text(".sk-place") == "Se över 1 av 2"
    assert page.text(".sk-confirm .sk-label") == "Bekräfta 1 valda"
    assert page.text(".sk-again") == "Du valde Kod 3, som inte längre kan väljas. Välj igen."
    page.press("Enter", "1", "Enter")
    page.wait_for_state("saved")
    assert codes_in(desk) == ["kod1|kod3", "kod3", "kod1", "kod1"]


def test_a_selection_from_before_a_code_was_retired_is_saved_without_it(show, desk_of):
    desk = desk_of(TOPICS, notes=1)
    page = show(Session(desk))
    page.press("1", "3")
    page.page.wait_for_timeout(300)
    page.session = Session(retire(desk, "Kod 3"))
    page.load()
    assert page.text(".sk-confirm .sk-label") == "Bekräfta 1 valda"
    page.press("ArrowRight")
    page.page.get_by_role("button", name="Spara dem").click()
    page.wait_for_state("saved")
    assert codes_in(desk) == ["kod1"]


def test_a_memo_that_another_tab_saved_half_can_be_erased_in_its_box(opened, desk_of, tmp_path):
    page = opened(write_page(desk_of(VALENCE), tmp_path / "page.html"))
    page.press("1", "ArrowLeft")
    one = page.page
    type_memo(one, "fel tanke")
    two = page.load(page.context.new_page())
    expect(two.locator(".sk-saved")).to_have_text("Sparat: 1")  # it is the answer's memo now
    one.bring_to_front()
    expect(one.locator(".sk-saved")).to_have_text("Sparat: 1")
    box = one.locator(".sk-memo textarea")
    assert box.input_value() == "fel tanke"
    box.fill("")
    page.press("Escape")
    page.wait_for_state()
    assert [event["memo"] for event in events_in(page.answers_file(tmp_path))] == ["", "fel tanke", ""]


def test_a_memo_box_that_nobody_touched_changes_nothing(opened, desk_of, tmp_path):
    page = opened(write_page(desk_of(VALENCE), tmp_path / "page.html"))
    page.press("1", "ArrowLeft", ",")
    one = page.page
    two = page.load(page.context.new_page())
    two.bring_to_front()
    two.keyboard.press("ArrowLeft")
    two.keyboard.press(",")
    two.keyboard.type("min tanke")
    two.keyboard.press("Escape")
    one.bring_to_front()
    one.wait_for_timeout(500)
    page.press("Escape")
    page.wait_for_state()
    assert [event["memo"] for event in events_in(page.answers_file(tmp_path))] == ["", "min tanke"]


def test_what_cannot_be_saved_before_clearing_is_not_called_saved(opened, desk_of, tmp_path):
    page = opened(write_page(desk_of(a_scale(0, 100)), tmp_path / "page.html"))
    page.press("7", "Enter")
    page.wait_for_state()
    page.answers_file(tmp_path)
    page.page.locator(".sk-number input").fill("101")
    page.button("Rensa den här webbläsaren").click()
    page.button("Spara dem först").click()
    page.says("Inte sparat än: 1")
    assert page.text(".sk-typed") == "101 finns inte här. Skalan går från 0 till 100. Inget sparades."
