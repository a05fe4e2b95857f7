"""The review card in a real browser: two notes side by side, judged by keyboard."""

from __future__ import annotations

import re

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.actions.coverage import merged_into
from sekom_analysis.coding.comparing import ReviewSession
from sekom_analysis.coding.page import REVIEW_STYLES

IDS = ["D069", "D071", "D055", "D057", "D033", "D040", "D061", "D068"]
PAIRS = pd.DataFrame({"note_a": IDS[::2], "note_b": IDS[1::2], "reasons": "Samma ord: fokus, lobba"})


@pytest.fixture
def review(show, sample):
    """Open the card of one reviewer, with a study of their own as in a kernel of their own."""

    def opened(reviewer="anna", lang="sv", **settings):
        session = ReviewSession(sa.Study.open(sample.root), reviewer, PAIRS, lang=lang)
        return show(session, styles=REVIEW_STYLES, clock=True, **settings)

    return opened


def judged(study, reviewer="anna"):
    table = study.pair_judgements()
    table = table[table["reviewer"] == reviewer]
    return dict(zip(table["note_a"] + table["note_b"], table["judgement"], strict=True))


def test_pairs_are_judged_merged_and_taken_back_by_keyboard(review, sample):
    before = merged_into(sample)
    page = review()
    assert page.text(".sk-paper:not(.sk-paper-b) .sk-text") == sample.notes.at["D069", "text"]
    assert page.text(".sk-paper-b .sk-text") == sample.notes.at["D071", "text"]
    left, right = (
        page.page.locator(f".sk-paper{part}").bounding_box() for part in (":not(.sk-paper-b)", "-b")
    )
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]

    page.press("3")  # different: saved at once
    page.press("1", "Control+Enter")  # same without a reason: asked for, nothing saved
    assert "Ingenting har sparats" in page.text(".sk-refusal")
    page.press("Escape")
    page.pause()
    page.press("c")
    page.page.keyboard.type("Regionala nätverk mellan kommuner nära varandra")
    page.press("Control+Enter")
    page.page.keyboard.type("båda vill samverka 123")
    page.press("Control+Enter")
    page.pause()
    page.press("2")
    page.wait_for_state("saved")
    assert judged(sample) == {"D069D071": "different", "D055D057": "same", "D033D040": "overlapping"}
    assert merged_into(sample) == {**before, "D057": "D055"}
    merged = sample.merges().set_index("note_id").loc["D057"]
    assert merged["text"] == "Regionala nätverk mellan kommuner nära varandra"
    assert merged["reason"] == "båda vill samverka 123"

    page.press("1", "b")
    page.page.keyboard.type("samma")
    page.press("Control+Enter")
    page.pause()
    page.page.locator(".sk-finish-title").wait_for()
    assert page.text(".sk-finish-title") == "Alla par är bedömda. Tack."
    page.wait_for_state("saved")
    assert merged_into(sample)["D061"] == "D068"
    page.press("Backspace", "Backspace", "Backspace")  # the last, the overlapping, the same with its merge
    page.wait_for_state("saved")
    assert judged(sample) == {"D069D071": "different"}
    assert merged_into(sample) == before
    page.load()  # nothing but what stands
    assert page.text(".sk-place") == "Par 2 av 4"


def test_what_others_said_shows_only_after_ones_own(review, sample):
    sample.judge_pair("D069", "D071", "same", by="bo", reason="båda om fokus")
    page = review(lang="en")
    assert page.page.locator(".sk-others").is_hidden()
    assert "båda om fokus" not in page.page.content()
    page.press("2", "ArrowLeft")
    page.page.locator(".sk-others").wait_for()
    assert page.text(".sk-others") == "bo: Same – båda om fokus"
    assert page.page.locator(".sk-others.sk-differ").count() == 1


def own_text(page, text):
    page.press("1", "c")
    page.page.keyboard.type(text)
    page.press("Escape")
    page.pause()


def test_what_is_begun_counts_at_once_also_another_text_of_a_pair_judged(review):
    page = review()
    page.press("1")
    assert page.text(".sk-saved") == "Sparat: 0. Inte sparat: 1"
    page.press("m")
    page.page.keyboard.type("skäl")
    page.press("Control+Enter")
    page.pause()
    page.wait_for_state("saved")
    assert page.text(".sk-saved") == "Sparat: 1"
    page.press("ArrowLeft", "b")
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    page.press("Escape")
    page.pause()
    page.press("a")
    assert page.text(".sk-saved") == "Sparat: 1"
    page.press("Escape")
    page.pause()
    page.press("c")
    page.page.keyboard.type("En helt ny text")
    page.press("Escape")
    page.pause()
    page.press(*["ArrowRight"] * 4)
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    assert "Allt annat är sparat." in page.text(".sk-finish")


def test_an_own_text_outlives_another_judgement_and_its_undo(review, sample):
    page = review()
    own_text(page, "En helt ny text")
    page.press("3")
    page.wait_for_state("saved")
    assert page.text(".sk-remark").startswith("Din egen lydelse är inte sparad. Den ligger kvar")
    assert page.text(".sk-saved") == "Sparat: 1"
    page.press("ArrowLeft", "2", "Backspace", "Backspace")
    page.wait_for_state("saved")
    assert judged(sample) == {}
    page.load()
    page.press("1", "c")
    assert page.page.locator(".sk-own textarea").input_value() == "En helt ny text"
    page.press("Escape")
    page.pause()
    page.press("m")
    page.page.keyboard.type("skäl")
    page.press("Control+Enter")
    page.wait_for_state("saved")
    assert judged(sample) == {"D069D071": "same"}
    assert page.text(".sk-saved") == "Sparat: 1"


def test_what_one_text_has_and_the_other_has_not_is_marked_and_by_more_than_colour(review, sample):
    page = review()
    page.press("ArrowRight", "ArrowRight")
    texts = [sample.notes.at[note_id, "text"] for note_id in IDS[4:6]]
    shown = page.page.locator(".sk-review .sk-text")
    assert shown.all_inner_texts() == texts
    marked = [shown.nth(place).locator("mark").all_inner_texts() for place in range(2)]
    for own, other in ((0, 1), (1, 0)):
        kept = shown.nth(own).evaluate(
            "box => [...box.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data).join(' ')"
        )
        assert set(re.findall(r"\w+", kept)) <= set(re.findall(r"\w+", texts[other]))
        assert all(words.strip() for words in marked[own])
    assert any(marked)
    style = page.page.locator(".sk-other").first.evaluate("mark => getComputedStyle(mark).textDecorationLine")
    assert style == "underline"
