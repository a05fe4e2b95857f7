"""The same page in a real Firefox: the main cases."""

from __future__ import annotations

import time

import pytest

import sekom_analysis as sa
from sekom_analysis.coding import write_page

from .firefox import Firefox, firefox_path
from .test_page import HOSTILE, hostile_desk
from .test_page_browser import CODES, ONE, events_in, keys, standing_in

__all__ = ["hostile_desk"]  # a fixture
pytestmark = pytest.mark.browser

SHOWN = "document.querySelector('.sk-card:not(.sk-loading)') === document.activeElement"
ASKED = "!document.getElementById('who').hidden"
SAVED = "document.querySelector('.sk-card').dataset.saved === 'saved'"


class Page(Firefox):
    """The page, opened from disk in Firefox."""

    def __init__(self, profile, file):
        self.file = file
        super().__init__(profile)

    def start(self):
        super().start()
        self.load()

    def load(self):
        self.goto(self.file.as_uri())
        self.begin()

    def begin(self):
        """Wait for the card; say yes if the page asks whose it is."""
        self.wait(f"{SHOWN} || {ASKED}")
        if self.ask(ASKED):
            self.click("Ja, det är jag")
            self.click("Hoppa över och börja koda")
        self.wait(SHOWN)

    def text(self, selector):
        return self.ask(f"document.querySelector({selector!r}).textContent")

    def says(self, text):
        self.wait(f"document.body.innerText.includes({text!r})")

    def answers_file(self):
        before = set(self.downloads.glob("*.jsonl"))
        self.click("Ladda ner svarsfilen")
        for _ in range(300):
            done = [path for path in set(self.downloads.glob("*.jsonl")) - before if path.stat().st_size]
            if done and not list(self.downloads.glob("*.part")):
                return done[0]
            time.sleep(0.1)
        raise AssertionError("nothing was downloaded")


@pytest.fixture
def opened(tmp_path):
    firefox_path()
    pages = []

    def open_(file, profile="firefox"):
        pages.append(Page(tmp_path / profile, file))
        return pages[-1]

    yield open_
    for page in pages:
        page.ask("1")  # whatever was said meanwhile arrives with the answer
        page.close()
    assert [error for page in pages for error in page.errors] == []
    asked = {url.split("#")[0] for page in pages for url in page.requests}
    allowed = {page.file.as_uri() for page in pages} | {"about:blank"}
    assert {url for url in asked if not url.startswith("blob:")} <= allowed


@pytest.fixture
def desk(study_root):
    return sa.Desk.open(study_root, "anna")


def test_forty_notes_undo_a_memo_and_all_forty_after_a_kill(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    page.press(*(str(1 + number % 2) for number in range(40)))
    page.press("Backspace", "Backspace", "2", "1", "ArrowLeft", ",")
    page.press(*"1 av 2, inte 3")
    page.click("Klar")
    page.wait(SAVED)
    page.kill()
    page.start()
    assert page.text(".sk-saved") == "Sparat: 40"
    assert page.text(".sk-place") == f"Lapp 41 av {len(keys(desk, **ONE))}"
    file = page.answers_file()
    expected = [CODES[number % 2] for number in range(38)] + ["mojlighet", "hinder"]
    assert standing_in(file) == dict(zip(keys(desk, **ONE)[:40], ([code] for code in expected), strict=True))
    memos = {event["key"]: event["memo"] for event in events_in(file) if event["memo"]}
    assert memos == {keys(desk, **ONE)[39]: "1 av 2, inte 3"}


def test_an_answers_file_goes_on_in_another_profile_and_clears(opened, desk, tmp_path):
    html = write_page(desk, tmp_path, **ONE)
    first = opened(html)
    first.press(*"121212")
    first.wait(SAVED)
    file = first.answers_file()
    first.says("Alla svar finns också i svarsfilen.")
    first.click("Rensa den här webbläsaren")
    first.click("Ta bort dem")
    first.says("Webbläsaren är rensad.")
    first.begin()
    assert first.text(".sk-saved") == "Sparat: 0"
    other = opened(html, "another")
    other.choose('input[type="file"]', file)
    other.says("Nya svar ur svar-sekom-2016-anna.jsonl: 6.")
    assert other.text(".sk-saved") == "Sparat: 6"


def test_hostile_texts_are_shown_as_text(opened, hostile_desk, tmp_path):
    page = opened(write_page(hostile_desk, tmp_path))
    shown = []
    for _ in HOSTILE:
        shown.append(page.text(".sk-text"))
        page.press("1")
    assert sorted(shown) == sorted(hostile_desk.notes["text"])
    assert page.ask("document.title") == "H – Anna"
    page.wait(SAVED)


def test_there_is_no_file_picker_and_the_page_says_nothing_of_one(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    assert page.ask("typeof window.showSaveFilePicker") == "undefined"
    assert "Spara också i en fil" not in page.text("#shelf")
    page.says("Ladda ner svarsfilen")
