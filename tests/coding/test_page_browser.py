"""A person codes on the page, opened from disk in Swedish, and things go wrong: what is kept is compared."""

from __future__ import annotations

import json
import shutil
import signal

import psutil
import pytest

import sekom_analysis as sa
from sekom_analysis.coding import write_page
from sekom_analysis.coding.session import Session

from .browsers import to_the_end
from .test_accessibility import SERIOUS, axe
from .test_page import HOSTILE, hostile_desk

__all__ = ["axe", "hostile_desk"]  # fixtures

PATIENCE = 60_000
ONE = {"variables": ["valence"]}
TWO = {"variables": ["valence", "category_b"], "stages": ["B"]}
CODES = ("hinder", "mojlighet")


class Page:
    """The page in a browser with a profile on disk."""

    def __init__(self, playwright, chromium, profile, file, **settings):
        self.profile, self.file = profile, file
        self._open = lambda: playwright.chromium.launch_persistent_context(
            profile, **({"viewport": {"width": 1200, "height": 900}} | chromium | settings)
        )
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.start()

    def start(self):
        self.context = self._open()
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", lambda request: self.requests.append(request.url))
        self.page = self.load(self.context.pages[0])

    def load(self, page):
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.goto(self.file.as_uri())
        return self.wait(page)

    @staticmethod
    def wait(page):
        """Wait for the card; say yes if the page asks whose it is."""
        page.locator(".sk-card:not(.sk-loading), #who button").first.wait_for()
        yes = page.get_by_role("button", name="Ja, det är jag").or_(
            page.get_by_role("button", name="Yes, that is me")
        )
        if yes.is_visible():
            yes.click()
            begin = page.get_by_role("button", name="Hoppa över och börja koda")
            begin.or_(page.get_by_role("button", name="Skip this and begin coding")).click()
        page.locator(".sk-card:not(.sk-loading)").wait_for()
        page.wait_for_function("document.activeElement.classList.contains('sk-card')")
        return page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, selector):
        return self.page.locator(selector).inner_text()

    def button(self, name):
        return self.page.get_by_role("button", name=name)

    def says(self, text):
        self.page.get_by_text(text).first.wait_for()

    def wait_for_state(self, state="saved"):
        self.page.locator(f'.sk-card[data-saved="{state}"]').wait_for()

    def answers_file(self, folder, name="Ladda ner svarsfilen"):
        with self.page.expect_download() as downloading:
            self.button(name).first.click()
        path = folder / downloading.value.suggested_filename
        downloading.value.save_as(path)
        return path

    def kill(self):
        """End every process of this browser at once, as a power cut does."""
        mine = [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(str(self.profile) in word for word in process.info["cmdline"] or [])
        ]
        assert mine, "the browser's processes were not found"
        for process in mine:
            process.send_signal(signal.SIGKILL)
        psutil.wait_procs(mine, 30)

    def close(self):
        self.context.close()


def events_in(path):
    head, *events = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert head["events"] == len(events)
    return events


def standing_in(path, variable="valence"):
    """What an answers file comes to: key of the note -> codes."""
    cells = {}
    for event in events_in(path):
        if event["variable"] == variable and event["event"] == "decide":
            cells[event["key"]] = event["codes"]
        elif event["variable"] == variable and event["event"] == "retract":
            cells.pop(event["key"])
    return cells


@pytest.fixture
def desk(study_root):
    return sa.Desk.open(study_root, "anna")


@pytest.fixture
def opened(playwright, chromium, tmp_path):
    """Open a page in a browser of its own; the same profile name is the same browser."""
    pages = []

    def open_(file, profile="profile", **settings):
        pages.append(Page(playwright, chromium, tmp_path / profile, file, **settings))
        return pages[-1]

    yield open_
    for page in pages:
        page.close()
    assert [error for page in pages for error in page.errors] == []
    allowed = {page.file.as_uri() for page in pages}
    asked = {url.split("#")[0] for page in pages for url in page.requests if not url.startswith("blob:")}
    assert asked <= allowed, "the page asked a network for something"


def keys(desk, **options):
    return [item.key for item in Session(desk, **options).items]


def test_forty_notes_fast_keys_undo_a_memo_with_digits_and_a_reload(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    for number in range(40):
        page.press(str(1 + number % 2))
    page.wait_for_state()
    page.press("Backspace", "Backspace", "2", "1")  # the last two the other way round
    page.press("ArrowLeft", ",")
    page.page.keyboard.type("1 av 2, inte 3")
    page.press("Escape")
    page.wait_for_state()
    page.page.reload()
    page.wait(page.page)
    assert page.text(".sk-place") == f"Lapp 41 av {len(keys(desk, **ONE))}"
    assert page.text(".sk-saved") == "Sparat: 40"
    page.press("ArrowLeft", "ArrowLeft")
    assert page.page.locator('.sk-code[aria-pressed="true"] .sk-label').inner_text() == "Möjlighet"
    file = page.answers_file(tmp_path)
    assert file.name == "svar-sekom-2016-anna.jsonl"
    expected = [CODES[number % 2] for number in range(38)] + ["mojlighet", "hinder"]
    assert standing_in(file) == dict(zip(keys(desk, **ONE)[:40], ([code] for code in expected), strict=True))
    memos = {event["key"]: event["memo"] for event in events_in(file) if event["memo"]}
    assert memos == {keys(desk, **ONE)[39]: "1 av 2, inte 3"}
    assert {event["event"] for event in events_in(file)} == {"decide", "retract"}


# Puts a draft into the browser's store, if one is given, and returns all that are there.
DRAFTS = """(draft) => new Promise(async (resolve) => {
  const names = (await indexedDB.databases()).map((one) => one.name);
  const opening = indexedDB.open(names.find((name) => !name.startsWith("sekom-page")));
  opening.onsuccess = () => {
    const store = opening.result.transaction("drafts", "readwrite").objectStore("drafts");
    if (draft) store.put(draft);
    store.getAll().onsuccess = (found) => { opening.result.close(); resolve(found.target.result); };
  };
})"""


def draft_of(page, text):
    """The draft that holds a text, once the browser has it."""
    for _ in range(600):
        for one in page.evaluate(DRAFTS):
            if one["draft"].get("typing") == text:
                return one
        page.wait_for_timeout(50)
    raise AssertionError(f"no draft ever held {text!r}")


def test_a_memo_half_typed_outlives_a_reload_before_and_after_its_answer(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    page.press("1", "ArrowLeft", ",")
    page.page.keyboard.type("till ett svar")
    draft_of(page.page, "till ett svar")
    page.page.reload()
    page.wait(page.page)
    page.press(",")
    page.page.keyboard.type("före svaret")
    draft_of(page.page, "före svaret")
    page.page.reload()
    page.wait(page.page)
    page.says("Anteckningen är inte sparad än. Den sparas med ditt svar på den här frågan.")
    page.press("2")
    page.wait_for_state()
    memos = {event["key"]: event["memo"] for event in events_in(page.answers_file(tmp_path)) if event["memo"]}
    assert memos == dict(zip(keys(desk, **ONE)[:2], ["till ett svar", "före svaret"], strict=True))


def test_what_was_typed_before_a_later_answer_does_not_come_back(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    page.press("1", "ArrowLeft", ",")
    page.page.keyboard.type("gammal")
    old = draft_of(page.page, "gammal")
    page.page.keyboard.type(" och ny")
    page.press("Control+Enter")
    page.wait_for_state()
    page.page.evaluate(DRAFTS, old)  # it may not be gone yet when the page is closed
    page.page.reload()
    page.wait(page.page)
    memos = [event["memo"] for event in events_in(page.answers_file(tmp_path))]
    assert memos == ["", "gammal och ny"]


def test_killed_after_forty_decisions_all_forty_are_there(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    for number in range(40):
        page.press(str(1 + number % 2))
    page.wait_for_state()
    page.kill()
    page.start()
    assert page.text(".sk-saved") == "Sparat: 40"
    assert page.text(".sk-place").startswith("Lapp 41 ")
    expected = {key: [CODES[n % 2]] for n, key in enumerate(keys(desk, **ONE)[:40])}
    assert standing_in(page.answers_file(tmp_path)) == expected


def test_every_time_is_later_than_the_one_before(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    page.page.evaluate("Date.now = () => 978307200000")  # a computer that thinks it is 2001
    page.press("1", "2", "1", "Backspace", "/", "2")
    page.wait_for_state()
    events = events_in(page.answers_file(tmp_path))
    times = [event["at"] for event in events]
    assert times == sorted(set(times))
    head = json.loads((tmp_path / "svar-sekom-2016-anna.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert min(times) >= head["page"]
    assert [event["event"] for event in events] == ["decide"] * 3 + ["retract", "skip", "decide"]


def test_an_answers_file_goes_on_in_another_browser(opened, desk, tmp_path):
    page = write_page(desk, tmp_path, **ONE)
    first = opened(page)
    first.press(*"121212")
    first.wait_for_state()
    file = first.answers_file(tmp_path)
    other = opened(page, "another")
    other.press("2")
    other.wait_for_state()
    other.page.locator('input[type="file"]').set_input_files(file)
    other.says("Nya svar ur svar-sekom-2016-anna.jsonl: 6.")
    other.press("End")
    assert other.text(".sk-place").startswith("Lapp 7 ")
    assert other.text(".sk-saved") == "Sparat: 6"
    other.page.locator('input[type="file"]').set_input_files(file)
    other.says("Nya svar ur svar-sekom-2016-anna.jsonl: 0.")
    ids = [event["event_id"] for event in events_in(other.answers_file(tmp_path))]
    assert len(ids) == len(set(ids)) == 7


def change_head(path, values):
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([json.dumps(json.loads(head) | values), *lines]), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"coder": "bertil"}, "svar.jsonl hör till kodaren bertil, och den här sidan är till för anna."),
        ({"study": "another"}, "svar.jsonl hör till en annan studie."),
        ({"file": "else"}, "svar.jsonl är ingen svarsfil från en sådan här sida."),
    ],
)
def test_files_of_others_are_refused_kindly(opened, desk, tmp_path, change, said):
    page = opened(write_page(desk, tmp_path, **ONE))
    page.press("1")
    page.wait_for_state()
    file = page.answers_file(tmp_path).rename(tmp_path / "svar.jsonl")
    change_head(file, change)
    page.page.locator('input[type="file"]').set_input_files(file)
    page.says(said)
    page.says("Ingenting ändrades.")
    assert page.text(".sk-saved") == "Sparat: 1"


def test_a_file_that_was_cut_off_gives_what_is_whole(opened, desk, tmp_path):
    page = write_page(desk, tmp_path, **ONE)
    first = opened(page)
    first.press(*"1212")
    first.wait_for_state()
    file = first.answers_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-60])
    other = opened(page, "another")
    other.page.locator('input[type="file"]').set_input_files(file)
    other.says("Nya svar ur svar-sekom-2016-anna.jsonl: 3. Rader som inte gick att läsa: 1")


def test_two_tabs_at_once_lose_nothing(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    first = page.page
    second = page.load(page.context.new_page())
    for keys_of_first, keys_of_second in zip("1111", "2222", strict=True):
        first.bring_to_front()
        first.keyboard.press(keys_of_first)
        second.bring_to_front()
        second.keyboard.press(keys_of_second)
    for tab in (first, second):
        tab.locator('.sk-card[data-saved="saved"]').wait_for()
    events = events_in(page.answers_file(tmp_path))
    assert sorted(code for event in events for code in event["codes"]) == ["hinder"] * 4 + ["mojlighet"] * 4
    coded = len({event["key"] for event in events})
    for tab in (first, second):
        tab.reload()
        assert page.wait(tab).locator(".sk-saved").inner_text() == f"Sparat: {coded}"


def test_cleared_after_the_export_and_only_when_meant(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    page.press("1", "2")
    page.wait_for_state()
    assert page.button("Rensa den här webbläsaren").is_hidden()
    file = page.answers_file(tmp_path)
    page.says("Alla svar finns också i svarsfilen.")
    page.button("Rensa den här webbläsaren").click()
    page.button("Behåll dem").click()
    assert page.text(".sk-saved") == "Sparat: 2"
    page.button("Rensa den här webbläsaren").click()
    page.button("Ta bort dem").click()
    page.says("Webbläsaren är rensad.")
    page.wait(page.page)
    assert page.text(".sk-saved") == "Sparat: 0"
    page.page.reload()
    page.wait(page.page)
    assert page.text(".sk-saved") == "Sparat: 0"
    page.page.locator('input[type="file"]').set_input_files(file)
    page.says("Nya svar ur svar-sekom-2016-anna.jsonl: 2.")
    assert page.text(".sk-saved") == "Sparat: 2"


def test_the_last_screen_says_how_to_send_the_file_back(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    assert page.page.get_by_text("Så skickar du tillbaka svaren").is_hidden()
    to_the_end(page)
    page.wait_for_state()
    page.says("Så skickar du tillbaka svaren")
    page.says("Skicka filen svar-sekom-2016-anna.jsonl till den som du fick sidan av")
    page.says("Alla svar är sparade. Nu återstår bara att skicka tillbaka dem")
    assert len(events_in(page.answers_file(tmp_path))) == len(keys(desk, **ONE))


def test_without_a_database_nothing_looks_saved_before_the_file_is_there(
    playwright, chromium, desk, tmp_path
):
    file = write_page(desk, tmp_path, **ONE)
    context = playwright.chromium.launch_persistent_context(tmp_path / "bare", **chromium)
    context.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { value: undefined });"
        "Object.defineProperty(window, 'showSaveFilePicker', { value: undefined });"
    )
    page = context.pages[0]
    page.goto(file.as_uri())
    Page.wait(page)
    page.get_by_text("Den här webbläsaren kan inte spara åt sidan. Ladda ner svarsfilen").first.wait_for()
    page.keyboard.press("1")
    page.locator('.sk-card[data-saved="not_saved"]').wait_for()
    assert "De finns bara i den här fliken" in page.locator(".sk-alarm").inner_text()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Ladda ner svarsfilen").click()
    page.locator('.sk-card[data-saved="not_saved"]').wait_for()
    page.get_by_role("button", name="Ja, den finns där").click()
    page.locator('.sk-card[data-saved="saved"]').wait_for()
    downloading.value.save_as(tmp_path / "kept.jsonl")
    assert [event["codes"] for event in events_in(tmp_path / "kept.jsonl")] == [["hinder"]]
    context.close()


def test_earlier_answers_of_the_log_are_there_and_newer_ones_on_the_page_win(opened, desk, tmp_path):
    first, second = [item.note_id for item in Session(desk, **ONE).items][:2]
    desk.decide(first, "valence", "hinder")
    desk.decide(second, "valence", "hinder")
    page = opened(write_page(desk, tmp_path, **ONE))
    assert page.text(".sk-place").startswith("Lapp 3 ")
    page.press("ArrowLeft", "2")
    page.wait_for_state()
    page.page.reload()
    page.wait(page.page)
    page.press("ArrowLeft")
    assert page.page.locator('.sk-code[aria-pressed="true"] .sk-label').inner_text() == "Möjlighet"
    desk.decide(second, "valence", "hinder")  # later, in the notebook; then a new page is sent
    shutil.copy(write_page(desk, tmp_path / "new.html", **ONE), page.file)
    page.page.reload()
    page.wait(page.page)
    page.press("ArrowLeft")
    assert page.page.locator('.sk-code[aria-pressed="true"] .sk-label').inner_text() == "Hinder"


def test_hostile_texts_are_shown_as_text(opened, hostile_desk, tmp_path):
    page = opened(write_page(hostile_desk, tmp_path))
    shown = []
    for _ in HOSTILE:
        shown.append(page.page.locator(".sk-text").text_content())
        page.press("1")
    assert sorted(shown) == sorted(hostile_desk.notes["text"])
    assert page.page.title() == "H – Anna"
    page.wait_for_state()
    assert len(events_in(page.answers_file(tmp_path))) == len(HOSTILE)


@pytest.mark.parametrize(("lang", "scheme", "width"), [("sv", "light", 1200), ("en", "dark", 360)])
def test_axe_finds_no_serious_fault_on_the_page(opened, axe, desk, tmp_path, lang, scheme, width):
    size = {"width": width, "height": 800}
    file = write_page(desk, tmp_path, lang=lang, **ONE)
    page = opened(file, color_scheme=scheme, viewport=size, bypass_csp=True)
    page.page.evaluate(axe)
    found = [("open", *fault) for fault in page_faults(page)]
    page.press(",", "x")
    page.button({"sv": "Ladda ner svarsfilen", "en": "Download the answers file"}[lang]).click()
    page.button({"sv": "Ladda ner utan dem", "en": "Download without them"}[lang]).wait_for()
    found += [("unsaved", *fault) for fault in page_faults(page)]
    page.button({"sv": "Avbryt", "en": "Cancel"}[lang]).click()
    page.button({"sv": "Klar", "en": "Done"}[lang]).click()  # the keyboard's way locks the keys for a moment
    to_the_end(page)
    page.wait_for_state()
    page.answers_file(tmp_path, {"sv": "Ladda ner svarsfilen", "en": "Download the answers file"}[lang])
    page.button({"sv": "Rensa den här", "en": "Clear this"}[lang]).click()
    found += [("finished", *fault) for fault in page_faults(page)]
    assert found == []
    assert page.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 360)])
def test_axe_finds_no_serious_fault_while_it_asks_whose_it_is(browser, axe, desk, tmp_path, scheme, width):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    tab = context.new_page()
    tab.goto(write_page(desk, tmp_path, **ONE).as_uri())
    for name in ("Nej", "Tillbaka till frågan", "Ja, det är jag", "Vidare"):
        tab.get_by_role("button", name=name).wait_for()
        tab.evaluate(axe)
        result = tab.evaluate("axe.run(document)")
        assert [fault["id"] for fault in result["violations"] if fault["impact"] in SERIOUS] == []
        tab.get_by_role("button", name=name).click()
    context.close()


def page_faults(page):
    result = page.page.evaluate("axe.run(document)")
    return [(fault["id"], [node["html"][:80] for node in fault["nodes"]][:3])
            for fault in result["violations"] if fault["impact"] in SERIOUS]  # fmt: skip


def test_a_database_that_refuses_is_told_and_tried_again(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    page.press("1")
    page.wait_for_state()
    page.page.evaluate("""() => {
      window.put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
    }""")
    page.press("2", "1")
    page.wait_for_state("not_saved")
    alarm = page.text(".sk-alarm")
    assert "INTE sparade: 2" in alarm
    assert "De finns bara i den här fliken" in alarm
    page.page.evaluate("() => { IDBObjectStore.prototype.put = window.put; }")
    page.wait_for_state()
    page.page.reload()
    page.wait(page.page)
    assert page.text(".sk-saved") == "Sparat: 3"


def test_a_database_that_cannot_be_read_does_not_look_like_an_empty_one(opened, desk, tmp_path):
    page = opened(write_page(desk, tmp_path, **ONE))
    page.press("1", "2")
    page.wait_for_state()
    page.context.add_init_script("""
      if (!location.hash) IDBObjectStore.prototype.getAll = () => { throw new Error("damaged"); };
    """)
    page.page.reload()
    page.wait(page.page)
    page.says("Den här webbläsaren kan inte spara åt sidan.")
    page.page.goto(page.file.as_uri() + "#again")
    page.page.reload()
    page.wait(page.page)
    assert page.text(".sk-saved") == "Sparat: 2"
