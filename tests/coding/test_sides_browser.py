"""What the adjudication card shows and where: codes in dispute, sides, reasons, all in view together."""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import expect

import sekom_analysis as sa
from sekom_analysis.coding.judging import AdjudicationSession
from sekom_analysis.coding.page import ADJUDICATION_STYLES

from .test_adjudication_browser import CODES, ledger, root, settle, settle_note

__all__ = ["root", "settle"]  # fixtures


def test_the_disputed_codes_come_first_the_most_chosen_at_one_with_definition_and_memo(settle):
    page = settle("anna")
    for note in page.session.data()["notes"][:8]:
        chosen = [code for reading in note["readings"] for code in reading["codes"]]
        tiles = page.page.locator(".sk-sides .sk-side")
        codes = [tile.get_attribute("data-code") for tile in tiles.all()]
        assert codes == sorted(set(chosen), key=lambda code: (-chosen.count(code), CODES.index(code)))
        letters = ["".join(tile.locator(".sk-letter").all_inner_texts()) for tile in tiles.all()]
        assert letters == [
            "".join("ABCD"[place] for place, one in enumerate(note["readings"]) if code in one["codes"])
            for code in codes
        ]
        assert (
            page.page.locator(".sk-sides .sk-side > .sk-key").all_inner_texts() == list("123")[: len(codes)]
        )
        for reading in note["readings"]:
            assert reading["memo"] in page.page.locator(".sk-sides").inner_text()
        assert page.page.locator(".sk-sides .sk-definition").count() == len(codes)
        page.press("ArrowRight")


def test_a_letter_sides_with_a_coder_and_zero_finds_another_code(settle, root):
    page = settle("anna")
    first, second = page.session.data()["notes"][:2]
    settle_note(page, "b", "som B")
    other = next(code for code in CODES if code not in second["disputed"])
    page.press("0")
    assert page.page.locator(".sk-picker-hit").count() == len(CODES) - len(second["disputed"])
    page.page.keyboard.type(page.session.variable.label_of(other, "sv")[:5])
    page.press("Enter")
    page.pause()
    expect(page.page.locator(f'.sk-sides [data-code="{other}"]')).to_have_attribute("aria-pressed", "true")
    page.page.keyboard.type("ingen av dem")
    page.press("Enter")
    page.pause()
    page.press("0", "Escape", "9")
    assert page.text(".sk-remark").startswith("Här finns ingen omstridd kod 9")
    page.wait_for_state("saved")
    assert [code for _, code, _ in ledger(root, "anna")] == [first["readings"][1]["codes"][0], other]


def test_a_reason_is_used_again_by_its_chip_and_shift_enter_is_a_new_line(settle, root):
    page = settle("anna")
    settle_note(page, "1", "mitt eget skäl")
    page.press("1")
    page.page.get_by_role("button", name="Enligt definitionen", exact=True).click()
    page.press("Shift+Enter")
    page.page.keyboard.type("rad två")
    page.page.get_by_role("button", name="mitt eget skäl", exact=True).click()
    page.press("Enter")
    page.pause()
    page.press("+", "Enter")
    page.wait_for_state("saved")
    reasons = [reason for *_, reason in ledger(root, "anna")]
    assert reasons == [
        "mitt eget skäl",
        "Enligt definitionen.\nrad två. mitt eget skäl",
        "Lappen rymmer två tankar.",
    ]
    assert ledger(root, "anna")[-1][1] == ""
    page = settle("anna")  # what was given in an earlier sitting is offered too
    chips = page.page.locator(".sk-chips .sk-chip").all_inner_texts()
    assert chips[:3] == ["Enligt definitionen", "Enligt ”inte hit” i kodboken", "Efter samtal med kodarna"]
    assert "mitt eget skäl" in chips


def test_the_keys_are_told_and_the_card_has_them_again_afterwards(settle):
    page = settle("anna")
    page.press("?")
    expect(page.page.get_by_role("dialog", name="Tangenter")).to_be_visible()
    assert "håll med den kodaren" in page.page.locator(".sk-dialog").inner_text()
    page.press("Escape", "1")
    expect(page.page.locator(".sk-reason textarea")).to_be_focused()


def many_codes(folder):
    """A study with 30 codes, a long label among them, that four coders disagree on."""
    codes = [
        {
            "id": f"kod{n}",
            "label": f"Kod {n} om samverkan i hållbarhetsarbetet",
            "definition": "Det som hör hit och hur det skiljer sig från grannen. " * 3,
        }
        for n in range(30)
    ]
    text = "Det är svårt att få politiker och tjänstemän att dra åt samma håll i en liten kommun."
    table = pd.DataFrame({"note_id": ["n0", "n1"], "text": [text, text + " Igen."]})
    book = {"variables": [{"id": "many", "kind": "single", "label": "Område", "codes": codes,
                           "question": "Vilket område handlar lappen främst om?"}]}  # fmt: skip
    study = sa.Study.create(folder / "many", notes=table, codebook=book)
    for n, coder in enumerate(("bo", "cilla", "dora", "eva")):
        memo = f"{coder} tänkte länge på detta och valde till slut ändå så här."
        study.decide(coder, "n0", "many", f"kod{n % 3}", certainty=1 + n % 3, memo=memo, words="0:10")
        study.decide(coder, "n1", "many", f"kod{n % 3}")
    return study


IN_VIEW = [".sk-text", ".sk-question", ".sk-sides .sk-side", ".sk-sides .sk-said-by", ".sk-rest", ".sk-tray",
           ".sk-reason textarea", ".sk-chips .sk-chip", ".sk-main-button"]  # fmt: skip


def in_window(show, session, viewport):
    """Show a card alone in its window, as `sekom adjudicate` does."""
    styles = (*ADJUDICATION_STYLES, "page.css")
    page = show(session, styles=styles, clock=True, viewport=viewport, theme='class="sp-page"')
    page.page.add_style_tag(content="h1 { display: none }")
    return page


@pytest.mark.parametrize("size", [(1280, 720), (1440, 900)])
def test_note_readings_choice_and_reason_are_in_view_together_with_thirty_codes(show, tmp_path, size):
    session = AdjudicationSession(many_codes(tmp_path), "anna", "many")
    viewport = dict(zip(("width", "height"), size, strict=True))
    page = in_window(show, session, viewport)
    for keys in ((), ("1",)):
        page.press(*keys)
        for selector in IN_VIEW:
            for part in page.page.locator(selector).all():
                box = part.evaluate("part => part.getBoundingClientRect().toJSON()")
                assert box["width"] > 0, selector
                assert box["top"] >= 0, selector
                assert box["bottom"] <= size[1], (selector, box)
                assert box["right"] <= size[0], (selector, box)
        middle = page.page.locator(".sk-middle")
        assert middle.evaluate("part => part.scrollHeight <= part.clientHeight + 1")
    assert page.page.locator(".sk-text .sk-words").get_attribute("data-readers") == "ABCD"


def test_in_a_narrow_window_the_note_sticks_and_the_reason_is_last(show, tmp_path):
    session = AdjudicationSession(many_codes(tmp_path), "anna", "many")
    viewport = {"width": 390, "height": 844}
    page = in_window(show, session, viewport)
    at = {
        name: page.page.locator(selector).evaluate("part => part.getBoundingClientRect().toJSON()")
        for name, selector in {
            "note": ".sk-paper",
            "sides": ".sk-sides",
            "rest": ".sk-rest",
            "reason": ".sk-reason",
        }.items()
    }
    assert at["note"]["bottom"] <= at["sides"]["top"]
    assert at["sides"]["bottom"] <= at["rest"]["top"]
    assert at["rest"]["bottom"] <= at["reason"]["top"]
    page.page.locator(".sk-desk").evaluate("desk => { desk.scrollTop = desk.scrollHeight; }")
    note = page.page.locator(".sk-paper").bounding_box()
    assert 0 <= note["y"] < 100
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390
