"""Thirty codes by the beginnings of their words, as one types who reads the note and not the list."""

from __future__ import annotations

import pytest

from sekom_analysis.coding.session import Session

from .test_surface_browser import HIDDEN, card_of, codes, decided, saved, study_of, variable

__all__ = ["card_of", "study_of"]  # fixtures

LABELS = {
    "Energieffektivisering": "Att det går åt mindre energi.",
    "Energi": "Hur energi görs och delas ut.",
    "Målkonflikter": "När två mål står i vägen för varandra.",
    "Mål och visioner": "Vart man ska.",
    "Samverkan inom kommunen": "Förvaltningar och bolag.",
    "Samverkan med regionen": "Region och länsstyrelse.",
    "Samhällsplanering": "Mark, vatten, bebyggelse.",
    "Skola": "Undervisning.",
    "Skatter": "Det som invånare betalar.",
    "Ägardirektiv": "Krav på egna bolag.",
    "Översiktsplan": "Planen för hela kommunen.",
    "Ledning och styrning": "Budget och chefer.",
    "Erfarenhetsutbyte": "Goda exempel, studiebesök.",
    "Social hållbarhet": "Tillit och människors villkor.",
    "Ärenden": "Diarium.",
}
CODES = [
    {"id": f"k{i}", "label": label, "definition": text} for i, (label, text) in enumerate(LABELS.items())
]
PLACE = {label: f"k{i}" for i, label in enumerate(LABELS)}
SINGLE = variable("v", "single", codes=CODES)
SEVERAL = variable("w", "multiple", codes=CODES)


def swedish(page, text):
    """Type as on a Swedish keyboard, where å, ä and ö have keys of their own."""
    places = {"å": "BracketLeft", "ä": "Quote", "ö": "Semicolon"}
    keyboard = page.page.context.new_cdp_session(page.page)
    for sign in text:
        if sign in places:
            key = {"key": sign, "text": sign, "unmodifiedText": sign, "code": places[sign]}
            keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", **key})
            keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": sign})
        else:
            page.press("Space" if sign == " " else sign)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("energi", "Energi"),  # the whole word, though another label that begins so stands before it
        ("mål", "Mål och visioner"),
        ("målk", "Målkonflikter"),
        ("sam re", "Samverkan med regionen"),  # a word each of those that begin alike
        ("reg", "Samverkan med regionen"),
        ("ä", "Ägardirektiv"),
        ("äre", "Ärenden"),
        ("ö", "Översiktsplan"),
        ("oversikt", "Översiktsplan"),  # from a keyboard without ö
        ("hållb", "Social hållbarhet"),
        ("goda", "Erfarenhetsutbyte"),  # by its definition, where no label has it
        ("budget", "Ledning och styrning"),
    ],
)
def test_what_a_swede_types_finds_the_code_that_is_meant(card_of, typed, label):
    page, desk = card_of(SINGLE)
    swedish(page, typed)
    assert page.page.locator(".sk-active .sk-label").inner_text() == label
    page.press("Enter")
    saved(page, 1)
    assert decided(desk) == [("decide", PLACE[label])]


def test_a_word_found_in_a_definition_is_marked_there(card_of):
    page, _ = card_of(SINGLE)
    swedish(page, "tillit")
    assert page.page.locator(".sk-side mark").inner_text() == "Tillit"


@pytest.mark.parametrize("asked", [SINGLE, SEVERAL], ids=["single", "multiple"])
def test_a_word_that_no_code_has_lights_none_and_enter_takes_nothing(card_of, asked):
    page, desk = card_of(asked)
    swedish(page, "grodan")
    assert page.page.locator(".sk-active").count() == 0
    page.press("Enter")
    assert page.text(".sk-remark") == "Ingen kod har ”grodan”. Esc rensar."
    assert page.text(".sk-typing") == "Söker: grodan"
    page.press("Escape")
    assert page.text(".sk-typing") == ""
    swedish(page, "skx")
    page.press("Backspace")  # the slip is mended where it was made
    assert page.page.locator(".sk-active .sk-label").inner_text() == "Skola"
    page.press("Enter", *["Enter"] * (asked is SEVERAL))
    saved(page, 1)
    assert decided(desk) == [("decide", PLACE["Skola"])]


def test_one_backspace_too_many_does_not_undo_the_answer_before(card_of):
    page, desk = card_of(SINGLE)
    swedish(page, "sko")
    page.press("Enter", "l", "e", "Backspace", "Backspace", "Backspace")
    assert page.text(".sk-place") == "Lapp 2 av 60"
    assert "Backspace igen" in page.text(".sk-remark")
    page.press("Backspace")
    assert page.text(".sk-place") == "Lapp 1 av 60"
    page.wait_for_state("saved")
    assert decided(desk)[-1] == ("retract", "")


def test_a_mouse_that_lies_still_lights_nothing_while_one_types(card_of):
    page, _ = card_of(SINGLE, SEVERAL)
    grounds = """[...document.querySelectorAll(".sk-code")].filter((one) =>
        getComputedStyle(one).backgroundColor !== "rgba(0, 0, 0, 0)").map((one) => one.dataset.code)"""
    still = "Promise.allSettled(document.getAnimations().map((one) => one.finished))"
    page.page.locator(f'[data-code="{PLACE["Skola"]}"]').hover()
    assert page.page.evaluate(f"{still}.then(() => {grounds})") == [PLACE["Skola"]]
    assert "Undervisning" in page.text(".sk-side")
    swedish(page, "led")
    assert page.page.evaluate(f"{still}.then(() => {grounds})") == [PLACE["Ledning och styrning"]]
    page.press("Enter")  # other buttons come up under the mouse
    page.page.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")
    assert page.page.evaluate(f"{still}.then(() => {grounds})") == []
    assert "Undervisning" not in page.text(".sk-side")
    page.page.locator(f'[data-code="{PLACE["Skatter"]}"]').hover()
    assert "invånare" in page.text(".sk-side")


def test_where_there_is_no_room_beside_the_definition_stands_under_the_lit_code(card_of):
    page, _ = card_of(SINGLE, viewport={"width": 640, "height": 360})
    swedish(page, "led")
    assert page.page.locator(".sk-def:visible").all_inner_texts() == ["Budget och chefer."]
    page.press("Escape")
    assert page.page.locator(".sk-def:visible").count() == 0


def test_labels_stand_in_one_line_and_the_latest_answers_can_be_read(card_of):
    page, _ = card_of(SINGLE)
    lefts = page.page.evaluate(
        "[...document.querySelectorAll('.sk-code')].map((one) => one.querySelector('.sk-label')"
        ".getBoundingClientRect().left - one.getBoundingClientRect().left)"
    )
    assert max(lefts) - min(lefts) < 1
    for typed in ("led", "sko", "äga", "öve", "reg"):
        swedish(page, typed)
        page.press("Enter")
    widths = page.page.evaluate(
        "[...document.querySelectorAll('.sk-chip')].filter((one) => one.getClientRects().length)"
        ".map((one) => one.querySelector('.sk-label').getBoundingClientRect().width)"
    )
    assert len(widths) >= 2
    assert min(widths) > 48


@pytest.mark.parametrize("width", [1280, 1041, 861])
def test_what_confirms_several_stays_in_view_though_their_labels_take_two_lines(card_of, width):
    page, _ = card_of(variable("v", "multiple", codes=codes(30)), viewport={"width": width, "height": 720})
    swedish(page, "trivsel")
    page.press("Enter")
    assert page.page.evaluate(HIDDEN, ".sk-confirm, .sk-question, .sk-text") == []
    page.page.locator(".sk-code").last.scroll_into_view_if_needed()
    assert page.page.evaluate(HIDDEN, ".sk-confirm") == []


def test_an_enter_pressed_twice_does_not_say_that_none_fits_the_question_it_brought_up(show, study_of):
    desk = study_of(SINGLE, SEVERAL).desk("anna")
    page = show(Session(desk), clock=True)
    page.page.clock.pause_at(page.page.evaluate("Date.now() + 1000"))
    swedish(page, "sko")
    page.press("Enter", "Enter")
    assert page.text(".sk-place") == "Lapp 1 av 60"
    assert "Enter igen" in page.text(".sk-remark")
    page.pause(260)
    page.press("Enter")  # seen by now, and meant
    assert page.text(".sk-place") == "Lapp 2 av 60"
    page.page.clock.resume()
    saved(page, 2)
    assert decided(desk) == [("decide", PLACE["Skola"]), ("decide", "")]
