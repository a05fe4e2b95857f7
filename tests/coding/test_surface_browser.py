"""What the card promises whatever the codebook: what is needed in view, few keys, all is said."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from sekom_analysis.coding.session import Session
from sekom_analysis.study.study import Study

from .test_accessibility import axe  # noqa: F401 - a fixture

TEXT = "{i}. Det tar för lång tid att få svar när något har gått sönder hos brukaren"
AS_A_PAGE = 'style="--sk-height: 100vh; margin: 0"'
SMALL_LAPTOP = {"width": 1280, "height": 720}
# Whether each of what an answer needs is whole on screen, and what one would click there is it itself.
NEEDED = ".sk-text, .sk-question, .sk-code, .sk-confirm, .sk-tray .sk-tool"
HIDDEN = """(needed) => [...document.querySelectorAll(needed)].filter((one) => one.getClientRects().length)
  .filter((one) => {
    const box = one.getBoundingClientRect();
    if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) return true;
    const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return !one.contains(there) && !there.contains(one);
  }).map((one) => one.innerText)"""
SUBJECTS = (
    "Tid och bemanning i det dagliga arbetet", "Kontinuitet i kontakten med brukaren",
    "Kompetens och utbildning", "Handledning och språkstöd", "Ledning och mandat på enhetsnivå",
    "Politisk styrning och statsbidrag", "Organisation och ansvarsfördelning",
    "Rutiner och riktlinjer", "Dokumentation och journalföring", "Avvikelser och uppföljning",
    "Mätning och nyckeltal", "Inloggning och behörighet", "Driftstörningar",
    "Täckning och infrastruktur", "Trygghetslarm och larmkedjor", "Digital tillsyn och kamera",
    "Läkemedelshantering", "Upphandling och avtal", "Samverkan med regionen",
    "Samverkan inom kommunen", "Andra kommuner", "Anhörigas delaktighet och insyn",
    "Brukarnas egen förmåga", "Personalens inflytande", "Rekrytering och löner",
    "Förändringsvilja och oro", "Etik och sekretess", "Transporter och lokaler", "Goda exempel",
    "Trivsel och yrkesstolthet",
)  # fmt: skip


def codes(n):
    return [
        {"id": f"k{i}", "label": name, "definition": f"Allt som rör {name.lower()}, så som det beskrivs."}
        for i, name in enumerate(SUBJECTS[:n])
    ]


def variable(id_, kind, **more):
    asked = {"label": f"Fråga {id_}", "question": "Vilket område handlar lappen främst om?"}
    return {"id": id_, "kind": kind, **asked, **more}


@pytest.fixture
def study_of(tmp_path):
    """Make a study of some notes and these variables."""
    numbers = itertools.count()

    def made(
        *variables,
        notes=60,
        text="{i}. Det tar för lång tid att få svar när något har gått sönder hos brukaren",
    ):
        table = pd.DataFrame(
            {"note_id": [f"n{i}" for i in range(notes)], "text": [text.format(i=i) for i in range(notes)]}
        )
        codebook = {"title": "Prov", "variables": list(variables)}
        return Study.create(tmp_path / f"studie{next(numbers)}", notes=table, codebook=codebook)

    return made


@pytest.fixture
def card_of(study_of, show):
    """Show the card of a coder of such a study, on a small laptop."""

    def shown(*variables, viewport=SMALL_LAPTOP, **more):
        desk = study_of(*variables, **more).desk("anna")
        page = show(Session(desk), viewport=viewport, theme=AS_A_PAGE)
        return page, desk

    return shown


def saved(page, n):
    page.page.locator(".sk-saved", has_text=f"Sparat: {n}").wait_for()


def decided(desk):
    log = desk.history()
    return list(zip(log["event"], log["codes"], strict=True))


@pytest.mark.parametrize("kind", ["single", "multiple"])
@pytest.mark.parametrize("n", [2, 4, 12, 30])
def test_nothing_that_an_answer_needs_is_below_the_fold(card_of, kind, n):
    page, _ = card_of(variable("v", kind, codes=codes(n)))
    assert page.page.evaluate(HIDDEN, NEEDED) == []
    page.press("1")
    page.wait_for_state("saved")
    assert page.page.evaluate(HIDDEN, NEEDED) == []


@pytest.mark.parametrize("ends", [[1, 5], [0, 10], [-3, 3]])
def test_no_number_of_a_scale_is_below_the_fold(card_of, ends):
    page, _ = card_of(variable("v", "scale", range=ends))
    assert page.page.evaluate(HIDDEN, NEEDED) == []


def test_a_note_of_five_thousand_signs_has_half_the_screen_and_takes_nothing_away(card_of):
    text = "{i}. " + "Det tar för lång tid att få svar när något har gått sönder hemma hos någon. " * 66
    for n in (2, 12):
        page, _ = card_of(variable("v", "single", codes=codes(n)), notes=2, text=text)
        assert page.page.evaluate(HIDDEN, NEEDED.removeprefix(".sk-text, ")) == []
        slip = page.page.locator(".sk-note").bounding_box()
        assert slip["height"] * slip["width"] > 0.25 * 1280 * 720
        assert slip["height"] > 360


def test_one_key_answers_a_single_and_three_two_of_several(card_of):
    page, desk = card_of(variable("v", "single", codes=codes(12)), variable("w", "multiple", codes=codes(3)))
    page.press("1")
    page.press("1", "2", "Enter")
    page.wait_for_state("saved")
    assert decided(desk) == [("decide", "k0"), ("decide", "k0|k1")]


@pytest.mark.parametrize(
    ("ends", "keys", "number"),
    [([1, 5], ["4"], "4"), ([0, 10], ["1", "0"], "10"), ([-3, 3], ["-", "2"], "-2")],
)
def test_one_or_two_keys_answer_a_scale(card_of, ends, keys, number):
    page, desk = card_of(variable("v", "scale", range=ends))
    page.press(*keys)
    saved(page, "1")
    assert decided(desk) == [("decide", number)]


def test_letters_find_a_code_among_thirty_and_enter_takes_it(card_of):
    page, desk = card_of(variable("v", "single", codes=codes(30)))
    page.press("r", "u", "t")
    assert page.page.locator(".sk-active").inner_text().splitlines()[-1] == "Rutiner och riktlinjer"
    assert "Allt som rör rutiner" in page.text(".sk-side")
    page.press("Enter")
    saved(page, "1")
    assert decided(desk) == [("decide", "k7")]
    page.press("z", "z")  # no code has it, and it says so
    assert "Ingen kod har" in page.text(".sk-remark")
    page.press("Escape")
    page.press("r", "u", "Backspace", "Backspace", "1")
    saved(page, "2")
    assert decided(desk)[1] == ("decide", "k0")


def test_the_shown_beginning_of_a_code_without_a_digit_finds_it(card_of):
    page, desk = card_of(variable("v", "single", codes=codes(24)))
    leads = page.page.evaluate(
        "[...document.querySelectorAll('.sk-code')].map((one) =>"
        " [one.dataset.code, one.querySelector('.sk-lead')?.innerText])"
    )
    shown = {code: lead for code, lead in leads if lead}
    assert set(shown) <= {f"k{i}" for i in range(9, 24)}
    assert len(shown) >= 10
    for code, lead in [(code, lead) for code, lead in shown.items() if lead.isascii()][:6]:
        page.press(*lead, "Enter")
        page.wait_for_state("saved")
        assert decided(desk)[-1] == ("decide", code)


def test_note_ten_is_three_keys_away_from_note_sixty(card_of):
    page, _ = card_of(variable("v", "single", codes=codes(5)))
    page.press(*["1"] * 59)
    assert page.text(".sk-place") == "Lapp 60 av 60"
    page.press(">", "1", "0")
    assert page.text(".sk-place") == "Lapp 10 av 60"


def test_five_notes_are_changed_at_once_in_twelve_keys_and_back_in_one(card_of):
    page, desk = card_of(variable("v", "single", codes=codes(5)), notes=20)
    page.press(*["1"] * 20)
    saved(page, "20")
    keys = ["Escape", *["Home"], *["Shift+ArrowDown"] * 4, "2"]
    assert len(keys) <= 12
    page.press(*keys)
    page.wait_for_state("saved")
    log = decided(desk)
    assert log[20:] == [("decide", "k1")] * 5
    page.press("Backspace")
    page.wait_for_state("saved")
    assert decided(desk)[25:] == [("decide", "k0")] * 5
    page.press("Escape", "Escape")
    assert page.page.locator(".sk-list").is_hidden()


def test_the_latest_answers_are_one_key_or_click_away(card_of):
    page, _ = card_of(variable("v", "single", codes=codes(5)), notes=20)
    page.press("1", ".", "2", "3")
    chips = page.page.locator(".sk-chip")
    said = [chip.split("\n")[0] for chip in chips.all_inner_texts()]
    assert said == [codes(5)[number]["label"] for number in (2, 1, 0)]
    assert "?" in chips.nth(2).inner_text()
    page.press("PageUp", "PageUp")
    assert page.text(".sk-place") == "Lapp 2 av 20"
    chips.nth(2).click()
    assert page.text(".sk-place") == "Lapp 1 av 20"


def test_unsure_answers_are_gone_through_one_by_one_and_back_again(card_of):
    page, _ = card_of(
        variable("v", "single", codes=codes(5)), variable("w", "single", codes=codes(3)), notes=20
    )
    page.press("1", ".", "1", "1", "1", ".", "1")
    assert page.text(".sk-place") == "Lapp 3 av 20"
    page.press(":")
    ways = page.page.locator("dialog .sk-way")
    assert ways.all_inner_texts()[0].splitlines()[-1] == "Osäkra, Fråga v: 1"
    page.press("2")
    assert page.text(".sk-place") == "Osäker 1 av 1"
    assert page.page.locator(".sk-step[aria-current]").get_attribute("title") == "Fråga w"
    page.page.get_by_role("button", name="Tillbaka till där du var").click()
    assert page.text(".sk-place") == "Lapp 3 av 20"


FACES = {
    "few": ([variable("v", "multiple", codes=codes(3))], ["1"]),
    "some": ([variable("v", "single", codes=codes(12))], ["1", ".", "ArrowDown"]),
    "many": ([variable("v", "single", codes=codes(30))], ["t", "i"]),
    "scale": ([variable("v", "scale", range=[0, 10])], ["1"]),
    "keys": ([variable("v", "single", codes=codes(5))], ["?"]),
    "reviews": ([variable("v", "single", codes=codes(5))], ["1", ".", ":"]),
    "codebook": ([variable("v", "single", codes=codes(5))], ["'"]),
    "my notes": ([variable("v", "single", codes=codes(5))], ["1", "2", "Escape", "Shift+ArrowDown"]),
}


@pytest.mark.parametrize(
    ("size", "scheme"), [((1440, 900), "light"), ((390, 844), "dark"), ((640, 360), "light")], ids=str
)
def test_axe_finds_nothing_serious_at_any_size(card_of, axe, size, scheme):  # noqa: F811
    least = ("few", "some", "many") if size[0] == 640 else FACES  # at 200 %: what is laid out anew
    for face, (variables, keys) in ((name, FACES[name]) for name in least):
        page, _ = card_of(*variables, viewport={"width": size[0], "height": size[1]}, notes=6)
        page.page.emulate_media(color_scheme=scheme)
        page.press(*keys)
        page.page.wait_for_timeout(250)  # what moves has come to rest
        page.page.evaluate(axe)
        found = page.page.evaluate("axe.run('.sk-card')")["violations"]
        serious = [
            (face, one["id"], one["nodes"][0]["html"][:160], one["nodes"][0]["failureSummary"][-200:])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert not serious
        wide = page.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], face


def test_who_listens_is_told_what_was_chosen_typed_and_asked(card_of):
    page, _ = card_of(
        variable("v", "single", codes=codes(12)), variable("w", "multiple", codes=codes(3)), notes=3
    )
    told = page.page.locator(".sk-live")

    def after(*keys):
        page.press(*keys)
        return told.inner_text()

    assert "Vilket område" in told.inner_text()
    assert "Nyss: Tid och bemanning" in after("1")
    assert after("1") == "Tid och bemanning i det dagliga arbetet: vald"
    assert after("2") == "Kontinuitet i kontakten med brukaren: vald"
    assert after("2") == "Kontinuitet i kontakten med brukaren: bortvald"
    assert "Lapp 2 av 3" in after("Enter")
    assert "osäker" in after(".")
    assert "Rutiner och riktlinjer" in after("r", "u")
    assert "Allt som rör dokumentation" in after("Escape", *["ArrowDown"] * 9)
    assert "Ingen kod har" in after("Escape", "q", "q")
    assert "Lapp 1 av 3" in after("Escape", "Backspace")


def test_the_tab_key_stops_once_in_a_group_and_enter_takes_the_lit_code(card_of):
    page, desk = card_of(variable("v", "single", codes=codes(12)), variable("w", "single", codes=codes(3)))
    page.press("1", "1", "ArrowLeft", "ArrowLeft")
    groups = page.page.evaluate(
        "[...document.querySelectorAll('.sk-codes, .sk-steps, .sk-recent, .sk-segments')].map((group) =>"
        " [...group.querySelectorAll('button')].filter((one) => one.tabIndex === 0).length)"
    )
    assert groups == [1] * 4
    page.page.focus(".sk-code")
    page.press("ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    saved(page, 2)
    page.wait_for_state("saved")
    assert decided(desk)[-1] == ("decide", "k2")
