"""The card as `sekom code` and `sekom adjudicate` open it: alone, and nothing is lost whatever goes wrong."""

from __future__ import annotations

import pytest
import yaml
from playwright.sync_api import expect

import sekom_analysis as sa

from .conftest import scratch_study
from .firefox import Firefox, firefox_path
from .test_card_browser import Card, events_of, is_outside, keys_of, kill_browser, press_at_once
from .test_page_firefox import SAVED, SHOWN

ASKED = ("code", "--coder")


class OpenCard(Card):
    """A coder's card in a window, with the keys and the log that the notebook's tests use."""

    def __init__(self, page, served, desk, coder):
        self.served, self._desk = served, desk
        super().__init__(page, self, coder)

    def desk(self, _coder):
        return self._desk()

    def open(self):
        self.page.goto(self.served.address)
        return self.wait()


@pytest.fixture
def root(tmp_path):
    """A study that asks two questions of each of its notes."""
    root = scratch_study(tmp_path / "study")
    path = root / "data" / "raw" / "codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    book["variables"] = [one for one in book["variables"] if one["id"] in ("valence", "category_b")]
    path.write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return root


@pytest.fixture
def card(browser, serve, root):
    """Open a coder's card in a browser window of their own."""
    contexts = []

    def opened(coder, context=None, served=None):
        served = served or serve(root, *ASKED, coder)
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 900}))
        page = (context or contexts[-1]).new_page()
        return OpenCard(page, served, lambda: sa.Desk.open(root, coder), coder).open()

    yield opened
    for context in contexts:
        context.close()


def test_forty_notes_with_undo_memo_reload_stray_keys_and_sixty_keys_at_once(card):
    coder = card("anna")
    page = coder.page
    strangers = []
    page.on("request", lambda request: strangers.append(request.url) if is_outside(request.url) else None)
    assert page.title() == "Sekoms framtidskonferens 2016 och fyra senare källor – anna"
    assert "token" not in page.url

    for place in range(4):
        coder.press(keys_of(place))
    coder.press(["2", "Backspace"])  # a slip on the fifth note, taken back
    slip = [(4, "valence", "decide", "mojlighet"), (4, "valence", "retract", "")]
    coder.press([","])
    page.keyboard.type("tabell 3, rad 12")
    page.get_by_role("button", name="Klar", exact=True).click()
    coder.press([*keys_of(4), *"ddxac00", "Escape", "Shift+Enter"])
    coder.wait_for_state("saved")
    assert coder.text(".sk-place") == "Lapp 6 av 159"

    page.reload()
    coder.wait()
    assert coder.text(".sk-place") == "Lapp 6 av 159"
    for place in range(5, 40):
        coder.press(keys_of(place))
    coder.wait_for_state("saved")
    assert coder.text(".sk-place") == "Lapp 41 av 159"
    assert coder.text(".sk-saved") == "Sparat: 80"
    assert coder.log() == [*events_of(range(4)), *slip, *events_of(range(4, 40))]
    memos = coder.desk("anna").decisions().query("memo != ''")
    assert list(memos["memo"]) == ["tabell 3, rad 12"]
    press_at_once(page, [key for place in range(40, 70) for key in keys_of(place)])
    coder.wait_for_state("saved")
    assert coder.log()[82:] == events_of(range(40, 70))
    assert strangers == []


def test_nothing_but_the_card_is_there_and_keys_before_it_do_nothing(card, serve, root, browser):
    served = serve(root, *ASKED, "anna")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    waiting = []
    page.route(
        "**/sekom/card/cards.js", lambda route: waiting.append(route)
    )  # the card is on its way, and somebody types
    page.goto(served.address, wait_until="commit")
    page.locator("#card").wait_for(state="attached")
    for key in ("1", "2", "Enter", "'", "'", "Shift+Enter", "/"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    waiting[0].continue_()
    page.locator(".sk-card:not(.sk-loading)").wait_for()
    page.wait_for_function("document.activeElement.classList.contains('sk-card')")
    assert page.locator(".sk-place").inner_text() == "Lapp 1 av 159"
    page.wait_for_timeout(500)
    assert sa.Desk.open(root, "anna").history().empty
    outside = page.evaluate("""() => [...document.querySelectorAll("body *")]
        .filter((one) => one.checkVisibility() && !one.closest("#card") && !one.querySelector("#card"))
        .map((one) => one.innerText)""")  # fmt: skip
    assert outside == ["Sekoms framtidskonferens 2016 och fyra senare källor – anna"]
    words = page.locator("body").inner_text()
    assert not [word for word in ("Python", "import", "sa.", "[ ]", "Kernel", "cellen") if word in words]
    page.close()


def test_server_killed_then_browser_killed_and_nothing_is_missing(
    playwright, chromium, serve, root, tmp_path
):
    served = serve(root, *ASKED, "cecilia")
    settings = {**chromium, "viewport": {"width": 1280, "height": 900}}
    context = playwright.chromium.launch_persistent_context(tmp_path / "profile", **settings)

    def desk():
        return sa.Desk.open(root, "cecilia")

    coder = OpenCard(context.pages[0], served, desk, "cecilia").open()
    for place in range(3):
        coder.press(keys_of(place))
    coder.wait_for_state("saved")

    served.servers[-1].suspend()  # it hangs, as on a computer that ran out of memory
    for place in range(3, 6):
        coder.press(keys_of(place))
    coder.wait_for_state("not_saved")
    expect(coder.page.locator(".sk-saved")).to_have_text("INTE sparade: 6")
    assert "Sekom svarar inte." in coder.text(".sk-alarm")
    assert "cellen" not in coder.text(".sk-alarm")
    assert coder.log() == events_of(range(3))

    kill_browser(tmp_path / "profile")
    served.servers[-1].kill()
    served.wait()  # the command has started another one, at the same address
    context = playwright.chromium.launch_persistent_context(tmp_path / "profile", **settings)
    coder = OpenCard(context.pages[0], served, desk, "cecilia").open()
    coder.wait_for_state("saved")
    assert coder.log() == events_of(range(6))
    assert coder.text(".sk-place") == "Lapp 7 av 159"

    served.servers[-1].kill()
    coder.press(keys_of(6))  # the window stays open, and goes on by itself
    coder.press(keys_of(7))
    coder.wait_for_state("saved")
    assert coder.log() == events_of(range(8))
    assert coder.text(".sk-alarm") == ""
    context.close()


def test_two_tabs_of_one_coder_lose_nothing_and_do_not_undo_each_other(card):
    one = card("disa")
    other = card("disa", one.page.context, one.served)
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


def test_an_open_card_gives_nothing_to_a_server_of_somebody_else(card, serve, root):
    coder = card("anna")
    coder.press(keys_of(0))
    coder.wait_for_state("saved")
    port = coder.served.port
    coder.served.stop()
    other = serve(root, *ASKED, "bo")
    assert other.port == port, "this test needs the port again"
    coder.press(keys_of(1))
    coder.wait_for_state("not_saved")
    expect(coder.page.locator(".sk-alarm")).to_contain_text("används nu av någon annan")
    other.stop()
    assert sa.Desk.open(root, "bo").history().empty
    assert serve(root, *ASKED, "anna").port == port
    coder.wait_for_state("saved")
    assert coder.log() == events_of(range(2))


def test_in_firefox_a_coder_answers_reloads_and_outlives_the_server(serve, root, tmp_path):
    firefox_path()
    served = serve(root, *ASKED, "fi")
    firefox = Firefox(tmp_path / "profile")
    try:
        firefox.goto(served.address)
        firefox.wait(SHOWN)
        firefox.press("1", "1")
        firefox.wait(SAVED)
        firefox.call("browsingContext.reload", context=firefox._tab, wait="complete")
        firefox.wait(SHOWN)
        assert firefox.ask("document.querySelector('.sk-place').textContent") == "Lapp 2 av 159"
        served.servers[-1].kill()
        firefox.press("2", "2")
        firefox.wait("document.querySelector('.sk-card').dataset.waiting !== '0'")
        firefox.wait(SAVED)
        assert firefox.errors == []
    finally:
        firefox.close()
    codes = list(sa.Desk.open(root, "fi").history()["codes"])
    assert codes == ["hinder", "kunskap", "mojlighet", "nyckeltal"]


def test_who_has_no_key_to_it_gets_nothing(serve, root, browser):
    served = serve(root, *ASKED, "anna")
    page = browser.new_page()
    page.goto(served.address.partition("?")[0])
    assert "/login" in page.url
    for path, method in (("cards.js", "GET"), ("00ff", "POST")):
        answer = page.request.fetch(
            f"http://127.0.0.1:{served.port}/sekom/card/{path}", method=method, max_redirects=0
        )
        assert answer.status in (302, 403)
    page.close()


def test_an_adjudicator_settles_reloads_and_goes_on(serve, browser, tmp_path):
    root = scratch_study(tmp_path / "study")
    study = sa.Study.open(root)
    for coder, code in (("bo", "verktyg"), ("cilla", "kommunikation")):
        for note_id in study.notes.index[study.notes["stage"] == "D"][:4]:
            study.decide(coder, note_id, "category_d", code)
    served = serve(root, "adjudicate", "--as", "eva", "category_d")
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.goto(served.address)
    shown = page.locator(".sk-card:not(.sk-loading)")
    shown.wait_for()
    page.wait_for_function("document.activeElement.classList.contains('sk-card')")
    assert page.title() == "Avgöranden – eva"
    page.keyboard.press("1")
    page.keyboard.type("ddx 00")
    page.keyboard.press("Enter")
    page.locator('.sk-card[data-saved="saved"] .sk-saved', has_text="Sparat: 1").wait_for()
    page.reload()
    shown.wait_for()
    page.wait_for_function("document.activeElement.classList.contains('sk-card')")
    served.servers[-1].kill()
    page.keyboard.press("/")
    page.keyboard.type("vet inte")
    page.keyboard.press("Enter")
    page.locator('.sk-card[data-saved="saved"] .sk-saved', has_text="Sparat: 2").wait_for(timeout=60_000)
    table = sa.Study.open(root).adjudications("category_d").sort_values("decided_at")
    assert list(table["reason"]) == ["ddx 00", "vet inte"]
    shown_to = sa.Study.open(root).shown()
    assert set(shown_to["coder"]) == {"eva"}
    page.close()
