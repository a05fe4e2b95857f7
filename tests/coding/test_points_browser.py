"""Named points of a scale on screen: under their numbers, said with them, and wherever the scale is shown."""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import expect

from sekom_analysis.coding.judging import AdjudicationSession
from sekom_analysis.coding.page import ADJUDICATION_STYLES
from sekom_analysis.coding.session import Session
from sekom_analysis.study.study import Study

from .test_surface_browser import (  # noqa: F401 - fixtures
    AS_A_PAGE,
    HIDDEN,
    NEEDED,
    SMALL_LAPTOP,
    card_of,
    saved,
    study_of,
    variable,
)

PHONE = {"width": 390, "height": 844}
FEELING = {
    -3: "Motverkar målet, det vore bättre utan",
    0: "Varken hjälper eller stjälper verksamheten",
    3: "Avgörande för att vi ska nå målet",
}
AGREED = {
    1: "Stämmer inte alls", 2: "Stämmer dåligt", 3: "Varken bra eller dåligt", 4: "Stämmer ganska bra",
    5: "Stämmer fullständigt",
}  # fmt: skip
SCALES = {
    "a feeling": ([-3, 3], FEELING),
    "every point": ([1, 5], AGREED),
    "one end": ([0, 10], {10: "helt säker"}),
    "long": ([0, 100], {0: "inget alls", 100: "allt"}),
}
MIDDLES = """(number) => ["[data-code='" + number + "']", ".sk-point:nth-child(2)"].map((one) => {
  const box = document.querySelector(one).getBoundingClientRect();
  return box.left + box.width / 2;
})"""
WIDE = "[document.documentElement.scrollWidth, innerWidth]"


@pytest.mark.parametrize("viewport", [SMALL_LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("name", SCALES)
def test_every_label_is_on_screen_and_takes_no_number_away(card_of, name, viewport):  # noqa: F811
    ends, labels = SCALES[name]
    page, _ = card_of(variable("v", "scale", range=ends, labels=labels), viewport=viewport)
    tab = page.page
    assert tab.evaluate(HIDDEN, f"{NEEDED}, .sk-point") == []
    shown = " ".join(tab.locator(".sk-point").all_inner_texts())
    assert all(label in shown for label in labels.values())
    wide = tab.evaluate(WIDE)
    assert wide[0] <= wide[1]
    cut = "(one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1"
    assert not any(one.evaluate(cut) for one in tab.locator(".sk-points, .sk-point").all())
    tops = "[...document.querySelectorAll('.sk-code')].map((one) => one.getBoundingClientRect().bottom)"
    assert tab.locator(".sk-points").bounding_box()["y"] >= max(tab.evaluate(tops)) - 1


@pytest.mark.parametrize("viewport", [SMALL_LAPTOP, PHONE], ids=["laptop", "phone"])
def test_a_middle_label_stands_under_its_number_and_the_ends_at_the_edges(card_of, viewport):  # noqa: F811
    page, _ = card_of(variable("v", "scale", range=[-3, 3], labels=FEELING), viewport=viewport)
    number, label = page.page.evaluate(MIDDLES, "0")
    assert label == pytest.approx(number, abs=2)
    row = page.page.locator(".sk-codes").bounding_box()
    low, _, high = [one.bounding_box() for one in page.page.locator(".sk-point").all()]
    assert low["x"] == pytest.approx(row["x"], abs=2)
    assert high["x"] + high["width"] == pytest.approx(row["x"] + row["width"], abs=2)


def test_who_listens_hears_the_labels_instead_of_lowest_and_highest(card_of):  # noqa: F811
    page, desk = card_of(variable("v", "scale", range=[-3, 3], labels={-3: "emot", 0: "varken eller"}))
    tab = page.page
    about = tab.locator(f"#{tab.locator('.sk-codes').get_attribute('aria-describedby')}")
    assert about.text_content().strip() == "−3 emot, 0 varken eller, högst 3"
    assert tab.get_by_role("button", name="−3 emot", exact=True).count() == 1
    assert tab.get_by_role("button", name="2", exact=True).count() == 1
    page.press("-", "3")
    saved(page, 1)
    assert [row["codes"] for row in desk.history().to_dict("records")] == ["-3"]


def test_a_scale_without_labels_says_which_end_is_which(card_of):  # noqa: F811
    page, _ = card_of(variable("v", "scale", range=[1, 5], question="Hur? (1 = lite, 5 = mycket)"))
    assert page.page.locator(".sk-end").all_inner_texts() == ["lägst 1", "högst 5"]
    assert page.page.locator(".sk-point").count() == 0


def test_the_codebook_that_can_be_printed_names_the_points(card_of):  # noqa: F811
    page, _ = card_of(variable("v", "scale", range=[-3, 3], labels=FEELING))
    page.press("'")
    book = page.page.locator(".sk-codebook")
    assert book.locator("h3").all_inner_texts() == ["−3", "0", "3"]
    assert FEELING[0] in book.inner_text()
    assert "från −3 till 3" in book.inner_text()


def test_tiles_of_an_adjudication_say_what_their_numbers_mean(show, tmp_path):
    notes = pd.DataFrame({"note_id": ["n1"], "text": ["Viljan finns"]})
    book = {"variables": [variable("v", "scale", range=[-3, 3], labels=FEELING)]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    for coder, number in (("bo", "-3"), ("eva", "2")):
        study.decide(coder, "n1", "v", number)
    session = AdjudicationSession(Study.open(study.root), "anna", "v")
    page = show(session, styles=ADJUDICATION_STYLES, viewport=SMALL_LAPTOP, theme=AS_A_PAGE)
    tiles = page.page.locator(".sk-side")
    expect(tiles.first).to_contain_text("−3")
    expect(tiles.first).to_contain_text(FEELING[-3])
    expect(tiles.last.locator(".sk-definition")).to_have_count(0)
    expect(page.page.locator(".sk-point").first).to_contain_text(FEELING[-3])


def test_what_a_point_was_called_is_shown_beside_what_it_is_called(study_of, show):  # noqa: F811
    scale = variable("v", "scale", range=[1, 5], labels={1: "inte alls", 5: "mycket"})
    study = study_of(scale, notes=2)
    study.decide("anna", study.notes.index[0], "v", "5")
    path = study.root / "data" / "raw" / "codebook.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("mycket", "avgörande"), encoding="utf-8")
    changed = Study.open(study.root)
    page = show(Session(changed.desk("anna")), viewport=SMALL_LAPTOP, theme=AS_A_PAGE)
    told = page.page.locator(".sk-change")
    expect(told.locator("em")).to_have_text("Skalans punkter:")
    expect(told.locator("del")).to_contain_text("mycket")
    expect(told.locator("ins")).to_contain_text("avgörande")
