"""The card under a finger: the slip is pushed aside, and nothing chosen; and how sure one is, by hand."""

from __future__ import annotations

import pytest

from sekom_analysis.coding.session import Session

from .test_accessibility import axe, faults
from .test_surface_browser import AS_A_PAGE, HIDDEN, card_of, codes, decided, saved, study_of, variable

__all__ = ["axe", "card_of", "study_of"]  # fixtures

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
ASKED = variable("v", "single", codes=codes(5)), variable("w", "multiple", codes=codes(3))
LONG = "{i}. " + "Det tar för lång tid att få svar när något har gått sönder hemma hos någon. " * 30


@pytest.fixture
def phone(study_of, show):
    """The card of two questions on a phone that is touched."""

    def shown(text="{i}. Viljan finns, men inte tiden", **more):
        desk = study_of(*ASKED, notes=5, text=text).desk("anna")
        return show(Session(desk), theme=AS_A_PAGE, **PHONE | more), desk

    return shown


class Finger:
    """Touches as the browser gets them from a screen; each step waits until the page has painted."""

    def __init__(self, page):
        self.page = page.page
        self._screen = self.page.context.new_cdp_session(self.page)

    def touch(self, kind, *points):
        at = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
        self.page.evaluate("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")

    def draw(self, start, *through, steps=6):
        """Draw a line from one point to others."""
        self.touch("touchStart", start)
        for end in through:
            for step in range(1, steps + 1):
                self.touch(
                    "touchMove", tuple(a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
                )
            start = end
        self.touch("touchEnd")

    def middle_of(self, selector):
        box = self.page.locator(selector).first.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def swipe(self, by_x, by_y=0, on=".sk-note"):
        x, y = self.middle_of(on)
        self.draw((x - by_x / 2, y - by_y / 2), (x + by_x / 2, y + by_y / 2))


def where(page):
    return page.text(".sk-place"), page.text(".sk-question")


@pytest.mark.parametrize("text", ["{i}. Viljan finns, men inte tiden", LONG], ids=["short", "long"])
def test_a_slip_pushed_to_the_left_gives_the_next_note_and_to_the_right_the_one_before(phone, text):
    page, desk = phone(text)
    finger = Finger(page)
    question = page.text(".sk-question")
    finger.swipe(-160)
    assert where(page) == ("Lapp 2 av 5", question)  # the next slip, not the next question about this one
    finger.swipe(-160, 30)  # a thumb draws a bow
    assert where(page) == ("Lapp 3 av 5", question)
    finger.swipe(160)
    assert where(page) == ("Lapp 2 av 5", question)
    finger.swipe(160)
    finger.swipe(160)  # before the first there is none
    assert where(page) == ("Lapp 1 av 5", question)
    assert (
        page.page.locator(".sk-paper").evaluate("(one) => one.style.getPropertyValue('--sk-push')") == "0px"
    )
    page.page.locator(".sk-code").first.tap()
    saved(page, 1)
    assert decided(desk) == [("decide", "k0")]  # all that was chosen is what was tapped


def test_a_swipe_over_what_can_be_chosen_chooses_nothing(phone):
    page, desk = phone()
    finger = Finger(page)
    for on in (".sk-code", ".sk-step", ".sk-tray .sk-tool"):
        finger.swipe(-140, on=on)
        finger.swipe(140, on=on)
    page.page.locator(".sk-code").first.tap()
    saved(page, 1)
    finger.swipe(-140, on=".sk-confirm")
    finger.swipe(140, on=".sk-code")
    assert page.page.locator(".sk-code[aria-pressed='true']").count() == 0
    page.wait_for_state("saved")
    assert decided(desk) == [("decide", "k0")]


def test_up_and_down_reads_a_long_note_and_turns_no_page(phone):
    page, desk = phone(LONG)
    finger = Finger(page)
    x, y = finger.middle_of(".sk-note")
    finger.draw((x, y + 60), (x, y - 60))
    page.page.wait_for_function("document.querySelector('.sk-note').scrollTop > 20")
    assert where(page)[0] == "Lapp 1 av 5"
    finger.draw((x + 45, y + 60), (x - 45, y - 60))  # more down than across
    assert where(page)[0] == "Lapp 1 av 5"
    assert decided(desk) == []


@pytest.mark.parametrize(
    "drawn",
    [[(-60, 0)], [(-40, 90)], [(-150, 0), (0, 0)], [(-75, 0), (-75, 160)]],
    ids=["too short", "more down than across", "there and back", "round a corner"],
)
def test_a_finger_that_turns_back_or_goes_another_way_turns_no_page(phone, drawn):
    page, _ = phone()
    finger = Finger(page)
    x, y = finger.middle_of(".sk-note")
    x += 60
    finger.draw((x, y), *[(x + by_x, y + by_y) for by_x, by_y in drawn])
    assert where(page)[0] == "Lapp 1 av 5"
    assert page.page.locator(".sk-paper").evaluate("(one) => getComputedStyle(one).translate") in {
        "0px",
        "none",
    }


def test_two_fingers_are_no_swipe(phone):
    page, _ = phone()
    finger = Finger(page)
    x, y = finger.middle_of(".sk-note")
    finger.touch("touchStart", (x + 20, y))
    finger.touch("touchStart", (x + 20, y), (x - 20, y))
    for by in (40, 80, 120):
        finger.touch("touchMove", (x + 20 + by, y), (x - 20 - by, y))
    finger.touch("touchEnd")
    assert where(page)[0] == "Lapp 1 av 5"
    for part in (".sk-paper", ".sk-note"):
        allowed = page.page.locator(part).evaluate("(one) => getComputedStyle(one).touchAction")
        assert allowed == "pan-y pinch-zoom"


# --- how sure one is --------------------------------------------------------------------------------


def certainties(desk):
    log = desk.history()
    return list(log["certainty"])


@pytest.mark.parametrize("width", [1280, 1180, 1041])
def test_a_mouse_gives_every_certainty_where_there_is_room_for_the_three(card_of, width):
    page, desk = card_of(*ASKED, viewport={"width": width, "height": 800})
    page.press("1")
    for n, name in (("2", "Ganska säker"), ("3", "Säker"), ("1", "Osäker")):
        page.page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_state("saved")
        assert certainties(desk)[-1] == n
    assert page.page.evaluate(HIDDEN, ".sk-tray .sk-tool") == []


@pytest.mark.parametrize("size", [(1040, 800), (860, 700), (640, 360), (390, 844), (360, 640)], ids=str)
def test_where_there_is_none_the_three_open_in_the_tray(card_of, axe, size):
    page, desk = card_of(*ASKED, viewport={"width": size[0], "height": size[1]})
    page.page.evaluate(axe)
    shown = page.page.locator(".sk-segments .sk-tool:visible")

    def seen():
        return [text.split("\n")[-1] for text in shown.all_inner_texts()]

    page.press("1")
    before = page.page.locator(".sk-tray").bounding_box()
    assert seen() == ["Osäker", "…"]
    more = page.page.get_by_role("button", name="Hur säker är du", exact=True)
    more.click()
    assert more.get_attribute("aria-expanded") == "true"
    assert seen() == ["Osäker", "Ganska säker", "Säker", "…"]
    assert page.page.locator(".sk-tray").bounding_box() == before  # nothing moves
    assert page.page.evaluate(HIDDEN, ".sk-tray .sk-tool") == []
    assert faults(page) == []
    page.page.get_by_role("button", name="Ganska säker", exact=True).click()
    page.wait_for_state("saved")
    assert seen() == ["Ganska säker", "…"]  # folded, and one sees what was said
    more.click()
    page.page.get_by_role("button", name="Säker", exact=True).click()
    page.wait_for_state("saved")
    assert certainties(desk)[-2:] == ["2", "3"]
    more.click()
    page.press("1", "Enter")  # on with the next question: folded
    assert more.get_attribute("aria-expanded") == "false"
    assert seen() == ["Osäker", "…"]
    assert page.page.locator(".sk-card").evaluate("(one) => one.contains(document.activeElement)")


def test_what_is_not_saved_is_said_in_full_on_a_phone(phone):
    page, _ = phone()
    page.page.locator(".sk-code").first.tap()
    page.page.locator(".sk-code").first.tap()
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    box = page.page.locator(".sk-saved").evaluate(
        "(one) => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight]"
    )
    assert max(box) <= 0
    assert page.page.evaluate(HIDDEN, ".sk-saved, .sk-place") == []
