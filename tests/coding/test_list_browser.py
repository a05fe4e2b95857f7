"""My notes in Chromium: found, chosen, changed at once, taken back, by keys and by mouse."""

from __future__ import annotations

import json

import pytest

from . import listpage
from .test_accessibility import SERIOUS, axe

__all__ = ["axe"]  # a fixture


@pytest.fixture
def notes(browser):
    """Open the list over made-up notes."""
    pages = []

    def opened(shown=None, **settings):
        pages.append(listpage.mount(browser, shown or listpage.data(), **settings))
        return pages[-1]

    yield opened
    for page in pages:
        assert page.errors == []
        page.close()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def saved(page):
    """The events so far: note, question, event, codes."""
    told = "saved.map((e) => [e.note, e.variable, e.event, e.codes.join('|')].join(' '))"
    return page.evaluate(told)


def codes(page, variable, *numbers):
    """What stands on these notes, as the list says it."""
    codes_of = f"(list.answerTo(list.notes[n - 1], '{variable}')?.codes ?? ['–']).join('|')"
    return page.evaluate(f"{json.dumps(numbers)}.map((n) => {codes_of})")


def at(page):
    """The number of the note that has the keys."""
    return page.evaluate("Number(document.activeElement.dataset.key) + 1")


def numbers(page):
    rows = "[...document.querySelectorAll('.sk-list-row')].map((row) => Number(row.dataset.key) + 1)"
    return page.evaluate(rows)


def test_five_notes_change_at_once_in_few_keys_and_one_undo_takes_all_back(notes):
    page = notes()
    press(page, "Home", "ArrowRight")
    before = codes(page, "c", 1, 2, 3, 4, 5)
    keys = ["Shift+ArrowDown"] * 4 + ["3"]
    press(page, *keys)
    assert len(keys) <= 12
    assert codes(page, "c", 1, 2, 3, 4, 5) == ["c2"] * 5
    changed = [f"n{n} c decide c2" for n in range(5) if before[n] != "c2"]
    assert saved(page) == changed
    assert page.locator(".sk-list-told").inner_text() == f"{len(changed)} lappar ändrade: Resurser"
    press(page, "Backspace")
    assert codes(page, "c", 1, 2, 3, 4, 5) == before
    press(page, "Shift+Backspace")
    assert codes(page, "c", 1, 2, 3, 4, 5) == ["c2"] * 5


def test_note_10_is_reached_from_note_60_in_three_keys(notes):
    page = notes()
    press(page, "End")
    assert at(page) == 60
    press(page, ">", "1", "0")
    assert at(page) == 10
    press(page, ">", "7")  # no note has seven and another digit
    assert at(page) == 7
    press(page, ">", "1", "Enter")
    assert at(page) == 1
    press(page, ">", "8", "8")  # the second 8 answers
    assert at(page) == 8


def test_letters_search_texts_and_memos_and_no_letter_is_a_command(notes):
    page = notes()
    page.keyboard.type("zebran 1")
    assert page.evaluate("document.activeElement.type") == "search"
    page.locator(".sk-list-memo").first.wait_for()
    found = numbers(page)
    assert found
    assert all("1" in str(number) for number in found)
    assert page.locator(".sk-list-memo mark").first.inner_text() == "zebran"
    assert saved(page) == []
    press(page, "Enter", "Enter")
    assert page.evaluate("opened") == [f"n{found[0] - 1} v"]


def test_esc_releases_then_shows_all_then_goes_to_the_card(notes):
    page = notes()
    page.keyboard.type("kommunen")
    press(page, "ArrowDown", "Space", "Escape")
    assert page.locator("[role=row][aria-selected=true]").count() == 0
    assert "60 av 60" not in page.locator(".sk-list-sum").inner_text()
    press(page, "Escape")
    assert page.locator(".sk-list-sum").inner_text() == "60 av 60 lappar"
    assert page.evaluate("[notes.isOpen, opened]") == [True, []]
    press(page, "Escape")
    assert page.evaluate("[notes.isOpen, opened]") == [False, ["card"]]


def test_only_notes_that_were_seen_are_there(notes):
    page = notes(listpage.data(n=60, answered=5))
    assert page.locator(".sk-list-sum").inner_text() == "6 av 6 lappar"  # and the one that is open
    press(page, ">", "7")
    assert page.locator(".sk-list-told").inner_text() == "Det finns ingen lapp 7 här."


def test_of_several_codes_each_digit_takes_or_leaves_one_and_delete_clears(notes):
    page = notes()
    press(page, "ArrowRight", "ArrowRight", "Home", "1")
    assert codes(page, "d", 1) == ["d0|d1|d2"]
    press(page, "1", "2")
    assert codes(page, "d", 1) == ["d2"]
    press(page, "0")
    assert codes(page, "d", 1) == [""]
    press(page, "Delete")
    assert codes(page, "d", 1) == ["–"]
    press(page, *["Backspace"] * 5)
    assert codes(page, "d", 1) == ["d1|d2"]


def test_a_code_is_found_by_what_it_is_called(notes):
    page = notes()
    press(page, "Home", "ArrowRight", "+")
    page.keyboard.type("roll")
    assert page.locator("[role=option]").all_inner_texts() == ["Sekoms roll"]
    press(page, "Enter")
    assert codes(page, "c", 1) == ["c5"]
    assert at(page) == 1
    press(page, "+", "Escape")
    assert at(page) == 1


def test_filters_count_and_narrow_and_a_code_is_set_on_what_one_sees(notes):
    page = notes()
    page.get_by_role("button", name="Osäkra").click()
    unsure = numbers(page)
    assert unsure == [4, 11, 18, 25, 32, 39, 46, 53, 60]
    press(page, "ArrowRight", "Control+a", ".")
    assert page.locator(".sk-list-empty").is_visible()
    assert len(saved(page)) == len(unsure)
    press(page, "Backspace")  # also with nothing left to see
    assert numbers(page) == unsure
    press(page, "Escape", "Home", "1")
    assert saved(page)[2 * len(unsure) :] == []  # the first note had it already, and nothing else is chosen
    page.get_by_role("button", name="Nyckeltal").first.click()
    assert page.locator(".sk-list-answer.sk-on").all_inner_texts()[0].endswith("Nyckeltal")


def test_an_answer_from_before_the_codebook_changed_is_of_now_once_it_is_set(notes):
    page = notes()
    press(page, ">", "2", "1", "ArrowRight", ".")
    assert saved(page) == []  # a word on it would make it an answer of now
    page.keyboard.press(str(int(codes(page, "c", 21)[0][1]) + 1))
    assert [one.split()[:2] for one in saved(page)] == [["n20", "c"]]
    assert page.evaluate("list.answerTo(list.notes[20], 'c').older") is False


def test_with_the_mouse(notes):
    page = notes()
    row = page.locator(".sk-list-row")
    row.nth(1).locator(".sk-list-text").click()
    row.nth(4).locator(".sk-list-text").click(modifiers=["Shift"])
    row.nth(2).locator(".sk-list-tick").click()
    chosen = "[...document.querySelectorAll('[role=row][aria-selected=true]')].map((row) => row.dataset.key)"
    assert page.evaluate(chosen) == ["1", "3", "4"]
    row.nth(3).locator("[data-variable=c]").click()
    page.get_by_role("button", name="Systemsyn").last.click()
    assert codes(page, "c", 2, 4, 5) == ["c6"] * 3
    row.nth(5).locator(".sk-list-text").dblclick()
    assert page.evaluate("opened") == ["n5 c"]


def test_on_a_phone_by_taps(notes):
    page = notes(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    press(page, "Home")
    row = page.locator(".sk-list-row")
    for number in (0, 1):
        row.nth(number).locator(".sk-list-tick").tap()
    row.nth(1).locator("[data-variable=c]").tap()  # which question the codes are of; what is chosen stays so
    page.get_by_role("toolbar").get_by_role("button", name="Samordning").tap()
    assert codes(page, "c", 1, 2) == ["c3", "c3"]
    page.get_by_role("button", name="Ångra").tap()
    assert codes(page, "c", 1, 2) == ["c0", "c5"]
    page.get_by_role("button", name="Till kortet").tap()
    assert page.evaluate("opened") == ["card"]


def test_the_sheet_of_keys_has_the_keys_until_it_is_shut(notes):
    page = notes()
    press(page, "?", "1", "Tab")
    assert page.evaluate("document.activeElement.textContent").endswith("Stäng")
    press(page, "Escape")
    assert page.get_by_role("dialog").count() == 0
    assert saved(page) == []
    assert page.evaluate("notes.isOpen") is True
    assert at(page) == 7


def test_a_number_leads_to_a_note_that_a_filter_hid(notes):
    page = notes()
    page.get_by_role("button", name="Osäkra").click()
    press(page, ">", "1", "2")
    assert at(page) == 12
    assert page.locator(".sk-list-sum").inner_text() == "60 av 60 lappar"


def test_of_5000_notes_a_key_of_a_search_takes_less_than_50_milliseconds(notes):
    page = notes(listpage.data(n=5000))
    taken = page.evaluate("""() => {
      const field = document.querySelector("input[type=search]");
      const times = [];
      for (const text of ["k", "ko", "kom", "komm", "kommu", "kommunen", "kommunen 4", "zebran 49", ""]) {
        const begins = performance.now();
        field.value = text;
        field.dispatchEvent(new Event("input"));
        document.body.offsetHeight;
        times.push(performance.now() - begins);
      }
      return times.sort((a, b) => a - b);
    }""")
    assert taken[len(taken) // 2] <= 50
    assert page.locator(".sk-list-row").count() < 60
    page.locator("input[type=search]").press("Enter")
    press(page, "End")
    assert at(page) == 5000
    press(page, "PageUp", "Home")
    assert at(page) == 1


def test_a_screen_reader_hears_a_grid_with_one_stop(notes):
    page = notes()
    grid = page.get_by_role("grid")
    assert grid.get_attribute("aria-rowcount") == "61"
    assert grid.locator("[tabindex='0'], button:not([tabindex])").count() == 1
    press(page, "End")
    assert page.evaluate("document.activeElement.getAttribute('aria-rowindex')") == "61"
    press(page, "ArrowRight", "Space", "1")
    said = page.evaluate("said")
    assert said[-3:-1] == ["Frågan Kategori, nuläge", "1 vald"]
    assert said[-1] in ("1 lapp ändrad: Kunskap och kompetens", "Inget ändrades.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_axe_finds_nothing_serious(notes, axe, scheme, size):
    page = notes(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    for keys in [(), ("Home", "Shift+ArrowDown"), ("+",), ("Escape", "?")]:
        press(page, *keys)
        page.evaluate(axe)
        found = page.evaluate("axe.run().then((told) => told.violations)")
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
