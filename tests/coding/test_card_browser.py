"""A person codes in JupyterLab, in Swedish, and things go wrong: the log is compared decision by decision."""

from __future__ import annotations

import psutil
import pytest
from playwright.sync_api import expect

from sekom_analysis.coding.session import Session

PATIENCE = 90_000
VARIABLES = ["valence", "category_b"]
CODES = {
    "valence": ["hinder", "mojlighet"],
    "category_b": ["kunskap", "nyckeltal", "resurser", "samordning", "samverkan", "sekoms_roll", "systemsyn"],
}


class Card:
    """A coder's notebook in JupyterLab."""

    def __init__(self, page, lab, coder):
        self.page, self.lab, self.coder = page, lab, coder
        self.page.set_default_timeout(PATIENCE)
        self.session = Session(lab.desk(coder), variables=VARIABLES)

    def open(self):
        self.page.goto(self.lab.notebook(self.coder, variables=VARIABLES))
        return self.run()

    def run(self):
        """Run all cells, once the kernel is there: before that a question about kernels would open."""
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_text("Run All Cells", exact=True).click()
        return self.wait()

    def wait(self):
        self.page.locator(".sk-card:not(.sk-loading)").wait_for()
        self.page.wait_for_function("document.activeElement.classList.contains('sk-card')")
        return self

    def wait_for_state(self, state):
        self.page.locator(f'.sk-card[data-saved="{state}"]').wait_for()

    def press(self, keys):
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, selector):
        return self.page.locator(selector).inner_text()

    def log(self):
        """Every event in the log as (place in the list, variable, event, codes)."""
        places = {item.note_id: place for place, item in enumerate(self.session.items)}
        rows = self.lab.desk(self.coder).history()[["note_id", "variable", "event", "codes"]]
        return [(places[note], *rest) for note, *rest in rows.itertuples(index=False)]


def keys_of(place):
    """What is pressed on the note at a place: one digit a question."""
    return str(1 + place % 2), str(1 + place % 7)


def events_of(places):
    return [
        (place, variable, "decide", CODES[variable][int(key) - 1])
        for place in places
        for variable, key in zip(VARIABLES, keys_of(place), strict=True)
    ]


@pytest.fixture
def card(browser, lab):
    """Open a coder's card in a browser window of their own."""
    contexts = []

    def opened(coder):
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        return Card(contexts[-1].new_page(), lab, coder).open()

    yield opened
    for context in contexts:
        context.close()


def test_forty_notes_with_undo_memo_reload_the_notebooks_keys_and_sixty_keys_at_once(card):
    coder = card("anna")
    page = coder.page
    strangers = []
    page.on("request", lambda request: strangers.append(request.url) if is_outside(request.url) else None)
    n_cells = page.locator(".jp-Notebook .jp-Cell").count()

    for place in range(4):
        coder.press(keys_of(place))
    coder.press(["2", "Backspace"])  # a slip on the fifth note, taken back
    slip = [(4, "valence", "decide", "mojlighet"), (4, "valence", "retract", "")]
    coder.press([","])
    page.keyboard.type("tabell 3, rad 12")
    page.get_by_role("button", name="Klar", exact=True).click()
    coder.press([*keys_of(4), *"ddxac00", "Escape", "Shift+Enter"])
    coder.wait_for_state("saved")
    assert page.locator(".jp-Notebook .jp-Cell").count() == n_cells
    assert page.locator(".jp-Dialog").count() == 0
    assert coder.text(".sk-place") == "Lapp 6 av 159"

    page.get_by_role("menuitem", name="File", exact=True).click()
    with page.expect_response(lambda response: response.request.method == "PUT"):
        page.get_by_text("Save Notebook", exact=True).click()
    page.reload()
    coder.wait()  # nobody ran the cell again
    assert coder.text(".sk-place") == "Lapp 6 av 159"
    for place in range(5, 10):
        coder.press(keys_of(place))

    for place in range(10, 40):
        coder.press(keys_of(place))
    coder.wait_for_state("saved")
    assert coder.text(".sk-place") == "Lapp 41 av 159"
    assert coder.text(".sk-saved") == "Sparat: 80"
    assert coder.log() == [*events_of(range(4)), *slip, *events_of(range(4, 40))]
    memos = coder.lab.desk("anna").decisions().query("memo != ''")
    assert list(memos["memo"]) == ["tabell 3, rad 12"]
    milliseconds = press_at_once(page, [key for place in range(40, 70) for key in keys_of(place)])
    coder.wait_for_state("saved")
    assert coder.log()[82:] == events_of(range(40, 70))
    assert milliseconds < 1000, "the card is too slow for fast fingers"
    assert strangers == []


def is_outside(url):
    return not url.startswith(("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:"))


def press_at_once(page, keys):
    """Press keys eight milliseconds apart, by the clock of the page; return how many milliseconds it took."""
    return page.evaluate(
        """async (keys) => {
            const root = document.querySelector(".sk-card");
            const started = performance.now();
            for (const [i, key] of keys.entries()) {
                const late = started + i * 8 - performance.now();
                if (late > 0) await new Promise((go) => setTimeout(go, late));
                const settings = { key, code: `Digit${key}`, bubbles: true, cancelable: true };
                root.dispatchEvent(new KeyboardEvent("keydown", settings));
                root.dispatchEvent(new KeyboardEvent("keyup", settings));
            }
            return performance.now() - started;
        }""",
        keys,
    )


def test_jupyterlab_asks_nothing_about_news(browser, lab):
    page = browser.new_page()
    page.goto(lab.address("lab/tree/notebooks"))
    page.get_by_text("Console", exact=True).wait_for(timeout=PATIENCE)
    page.wait_for_timeout(3000)
    disabled = page.evaluate(
        "JSON.parse(document.getElementById('jupyter-config-data').textContent).disabledExtensions"
    )
    assert "@jupyterlab/apputils-extension:announcements" in disabled
    assert page.locator(".Toastify__toast, .jp-Dialog").count() == 0
    page.close()


def test_kernel_killed_then_browser_killed_and_nothing_is_missing(playwright, chromium, lab, tmp_path):
    profile = tmp_path / "profile"
    settings = {**chromium, "viewport": {"width": 1280, "height": 900}}
    context = playwright.chromium.launch_persistent_context(profile, **settings)
    coder = Card(context.pages[0], lab, "cecilia").open()
    for place in range(3):
        coder.press(keys_of(place))
    coder.wait_for_state("saved")

    lab.kernels[-1].kill()
    # On the card itself: JupyterLab's word of the dead kernel may come at any moment and take the keyboard.
    press_at_once(coder.page, [key for place in range(3, 6) for key in keys_of(place)])
    coder.wait_for_state("not_saved")
    expect(coder.page.locator(".sk-saved")).to_have_text("INTE sparade: 6")
    assert "Kör cellen med kortet igen" in coder.text(".sk-alarm")
    assert coder.log() == events_of(range(3))

    kill_browser(profile)
    context = playwright.chromium.launch_persistent_context(profile, **settings)
    coder = Card(context.pages[0], lab, "cecilia").open()
    coder.wait_for_state("saved")
    assert coder.log() == events_of(range(6))
    assert coder.text(".sk-place") == "Lapp 7 av 159"
    coder.press(keys_of(6))
    coder.wait_for_state("saved")
    assert coder.log() == events_of(range(7))
    context.close()


def kill_browser(profile):
    """Kill a browser and all of its processes at once, as a power cut would."""
    for process in psutil.process_iter(["cmdline"]):
        if f"--user-data-dir={profile}" in (process.info["cmdline"] or []):
            for one in [*process.children(recursive=True), process]:
                one.kill()


def test_two_tabs_of_one_coder_lose_nothing_and_do_not_undo_each_other(card):
    one = card("disa")
    other = Card(one.page.context.new_page(), one.lab, "disa").open()
    one.press(keys_of(0))
    one.wait_for_state("saved")
    other.press(["2", "5"])
    other.wait_for_state("saved")
    one.press(keys_of(1))
    one.wait_for_state("saved")
    one.press(["Backspace"] * 4)
    one.wait_for_state("saved")
    assert one.log() == [
        *events_of([0]),
        (0, "valence", "decide", "mojlighet"),
        (0, "category_b", "decide", "samverkan"),
        *events_of([1]),
        (1, "category_b", "retract", ""),
        (1, "valence", "retract", ""),
    ]
