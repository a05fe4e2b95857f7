"""Words of a note that are chosen while answering: kept with the answer, and with no other."""

from __future__ import annotations

import pandas as pd
import pytest

from sekom_analysis.coding.session import Session
from sekom_analysis.study.study import Study

CODEBOOK = {
    "title": "Prov",
    "variables": [
        {"id": "v", "kind": "single", "label": "V", "codes": [{"id": c, "label": c} for c in ("ett", "tva")]},
        {
            "id": "w",
            "kind": "multiple",
            "label": "W",
            "codes": [{"id": c, "label": c} for c in ("tre", "fyra")],
        },
    ],
}
TEXT = "🌱 Ont om tid, men gott om vilja"
SELECT = """([start, end]) => {
  const node = document.querySelector(".sk-text").firstChild;
  const at = (n) => Array.from(node.data).slice(0, n).join("").length;
  const range = document.createRange();
  range.setStart(node, at(start));
  range.setEnd(node, at(end));
  const chosen = window.getSelection();
  chosen.removeAllRanges();
  chosen.addRange(range);
}"""


@pytest.fixture
def desk(tmp_path):
    notes = pd.DataFrame({"note_id": ["a", "b"], "text": [TEXT, TEXT + " här"]})
    return Study.create(tmp_path / "studie", notes=notes, codebook=CODEBOOK).desk("anna")


def words_in(desk):
    log = desk.history()
    return [(codes, words) for codes, words in zip(log["codes"], log["words"], strict=True)]


def select(page, start, end):
    page.page.evaluate(SELECT, [start, end])
    page.page.wait_for_function("document.querySelector('.sk-paper > .sk-tool:not([hidden])')")


def test_words_go_with_the_answer_they_were_chosen_for_and_with_no_other(desk, show):
    page = show(Session(desk))
    select(page, 2, 12)  # "Ont om tid," counted in characters: the plant is one
    page.press("1")
    page.press("1", "Enter")
    page.wait_for_state("saved")
    assert words_in(desk) == [("ett", "2:12"), ("tre", "")]
    page.press("PageUp", "PageUp")
    marked = page.page.locator(".sk-text mark")
    assert marked.inner_text() == "Ont om tid"
    page.press(".")  # a word on the answer keeps its words
    page.wait_for_state("saved")
    assert words_in(desk)[-1] == ("ett", "2:12")
    page.press("2")  # another code: they were chosen for the first
    page.wait_for_state("saved")
    assert words_in(desk)[-1] == ("tva", "")
    page.press("Backspace")
    page.wait_for_state("saved")
    assert words_in(desk)[-1] == ("ett", "2:12")


def test_words_that_are_let_go_or_of_another_note_are_not_kept(desk, show):
    page = show(Session(desk))
    select(page, 2, 5)
    page.page.click(".sk-paper > .sk-tool")
    page.press("1")
    select(page, 2, 5)
    page.press("Shift+ArrowRight")  # to the next note: nothing is carried over
    page.press("2")
    page.wait_for_state("saved")
    assert words_in(desk) == [("ett", ""), ("tva", "")]


def test_blanks_around_chosen_words_are_no_words(desk, show):
    page = show(Session(desk))
    select(page, 1, 6)
    page.press("1")
    page.wait_for_state("saved")
    assert words_in(desk) == [("ett", "2:5")]
