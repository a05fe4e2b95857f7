"""The first and the last screen of a page, the codebook, and training: by keyboard, as a coder meets them."""

from __future__ import annotations

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.coding import write_page
from sekom_analysis.coding.session import Session

from .browsers import ChromiumPerson
from .test_accessibility import SERIOUS, axe

__all__ = ["axe"]  # a fixture

CODES = [
    {"id": "hinder", "label": "Hinder", "definition": "Något brister.", "example": "”Bilarna är gamla”"},
    {"id": "tillgang", "label": "Tillgång", "definition": "Något finns.", "include": "Även oanvänt.",
     "exclude": "Önskemål.", "example": "Nätverket finns redan"},
]  # fmt: skip
CODEBOOK = {"variables": [
    {"id": "valence", "kind": "single", "label": "Läge", "question": "Vad säger lappen?", "none_fits": False,
     "codes": CODES},
    {"id": "theme", "kind": "multiple", "label": "Tema", "codes": [{"id": "tid", "label": "Tid"}]},
    {"id": "grade", "kind": "scale", "label": "Vikt", "range": [1, 5]},
]}  # fmt: skip
ONE = {"variables": ["valence"]}
TEXTS = ["Tid saknas", "Viljan finns", "Ingen vet vem som äger frågan", "Nätverken delar"]
ABOUT = "\nauthor: Maria Ek\norganisation: Lunds universitet\npurpose: Att se vad som hindrar.\n"


@pytest.fixture
def root(tmp_path):
    notes = pd.DataFrame({"note_id": [f"L{n}" for n in range(len(TEXTS))], "text": TEXTS})
    study = sa.Study.create(tmp_path / "study", notes=notes, codebook=CODEBOOK, title="Liv 2026")
    about = study.root / "data" / "raw" / "study.yaml"
    about.write_text(about.read_text(encoding="utf-8") + ABOUT, encoding="utf-8")
    return study.root


@pytest.fixture
def tab(browser, tmp_path):
    errors = []
    person = ChromiumPerson(browser, tmp_path, errors)
    yield person.tab()
    person.close()
    assert errors == []


def page_of(root, tmp_path, **options):
    return write_page(sa.Desk.open(root, "anna"), tmp_path / "sida.html", **(ONE | options))


def past_the_lock(tab):
    """Wait until a key is not taken for one that was meant for what was there before."""
    tab.page.wait_for_timeout(450)


def go_on(tab):
    past_the_lock(tab)
    tab.press("Enter")


def test_four_steps_by_enter_say_what_one_needs_and_keep_nothing(tab, root, tmp_path):
    tab.open(page_of(root, tmp_path), begin=False)
    tab.says("Är det du?")
    assert tab.page.title() == "Liv 2026 – Anna"
    for said in (
        "Maria Ek, Lunds universitet",
        "Att se vad som hindrar.",
        "4 lappar, en fråga om varje, ungefär 5 minuter.",
    ):
        assert tab.is_seen(said), said
    assert not tab.is_seen(TEXTS[0])
    tab.press("Enter")  # as soon as it is there: not what stands here is meant
    assert tab.is_seen("Är det du?")
    go_on(tab)
    tab.says("prata inte om lapparna med de andra")
    assert tab.text(".sp-dots [aria-current]") == "Så gör du"
    go_on(tab)
    tab.says("Övningslapp 1 av 2. Den hör inte till studien och sparas inte.")
    assert tab.text(".sp-text") == "Nätverket finns redan"
    go_on(tab)  # without an answer
    tab.says("Övningslapp 1 av 2.")
    tab.press("1")
    tab.says("Kodboken har den som exempel på Tillgång.")
    tab.wait("document.querySelector('.sp-live').textContent.startsWith('Kodboken har den')")  # read out
    tab.says("Något finns.\nÄven oanvänt.")
    tab.press("2")
    tab.says("Så läser kodboken den också: Tillgång.")
    go_on(tab)
    tab.says("Övningslapp 2 av 2.")
    assert tab.text(".sp-text") == "Bilarna är gamla"
    tab.press("h", "i")
    tab.says("Du söker: hi")
    assert tab.page.locator(".sp-faded").all_inner_texts() == ["2\nTillgång\nNågot finns."]
    go_on(tab)
    tab.says("Så läser kodboken den också: Hinder.")
    go_on(tab)
    tab.says("Skicka den till Maria Ek, Lunds universitet")
    tab.says("svar-study-anna.jsonl")
    tab.press("1", "2")
    go_on(tab)
    tab.wait("document.querySelector('.sk-card:not(.sk-loading)') === document.activeElement")
    tab.header("Sparat: 0")
    assert tab.kept() == set()
    tab.reload()
    tab.wait("document.querySelector('.sk-card:not(.sk-loading)') === document.activeElement")


def test_nothing_is_said_that_the_study_does_not_give_and_no_examples_are_no_practice(tab, tmp_path):
    notes = pd.DataFrame({"note_id": ["a"], "text": ["Tid saknas"]})
    plain = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": [{"id": "x", "label": "X"}]}]}
    study = sa.Study.create(tmp_path / "plain", notes=notes, codebook=plain, title="Kort")
    tab.open(write_page(study.desk("anna"), tmp_path), begin=False)
    tab.says("En lapp, en fråga om varje")
    assert not tab.is_seen("Från")
    assert not tab.is_seen("Till för")
    assert tab.page.locator(".sp-dots li").all_inner_texts() == ["Vem", "Så gör du", "Lämna in"]
    tab.press("Escape")
    tab.says("Be den som skickade den om en sida med ditt namn.")


def test_back_and_skipping_lead_where_they_say(tab, root, tmp_path):
    tab.open(page_of(root, tmp_path), begin=False)
    tab.click("Ja, det är jag")
    tab.click("Öva på 2 lappar")
    tab.press("ArrowLeft")
    tab.says("En lapp i taget")
    tab.press("ArrowLeft")
    tab.says("Är det du?")
    tab.click("Ja, det är jag")
    tab.click("Öva på 2 lappar")
    tab.click("Hoppa över övningen")
    tab.says("När du är klar")
    with tab.page.expect_file_chooser():
        tab.click("Jag har redan börjat i en annan webbläsare")
    tab.wait("document.querySelector('.sk-card:not(.sk-loading)')")


def test_the_codebook_is_read_printed_and_closed_where_it_was_opened(tab, root, tmp_path):
    tab.open(page_of(root, tmp_path, variables=[]), begin=False)
    tab.click("Ja, det är jag")
    tab.tab_to("Läs kodboken")
    tab.press("Enter")
    assert tab.text(".sk-codebook h1") == "Kodboken"
    assert tab.page.locator(".sk-codebook h2").all_inner_texts() == ["Läge", "Tema", "Vikt"]
    rest = ["Flera koder kan väljas, eller ingen.", "Svara med ett heltal från 1 till 5."]
    for said in ("Hit hör: Även oanvänt.", "Inte hit: Önskemål.", "Exempel: Nätverket finns redan", *rest):
        assert tab.is_seen(said), said
    assert not tab.is_seen("En lapp i taget")
    tab.page.emulate_media(media="print")
    box = tab.page.locator(".sk-codebook")
    assert box.evaluate("one => getComputedStyle(one).overflow") == "visible"
    assert not tab.is_seen("Skriv ut")
    assert not tab.is_seen("Dina svar")
    tab.page.emulate_media(media="screen")
    tab.press("1", "Tab", "Tab", "Tab")
    assert tab.page.locator(".sk-codebook button:focus").count() == 1  # the focus stays inside
    tab.press("Escape")
    tab.says("En lapp i taget")
    assert tab.page.locator("button:focus").inner_text() == "Läs kodboken"


def marks(tab):
    """How each line of the last screen stands."""
    return tab.page.locator(".sk-ledger > li").evaluate_all("all => all.map((one) => one.dataset.mark)")


def test_the_last_screen_leads_by_enter_from_the_last_note_to_a_file_that_is_sent(tab, root, tmp_path):
    tab.open(page_of(root, tmp_path))
    tab.press("1", "2", "1", "ArrowRight")
    tab.says("Det du har svarat på är sparat. Du kan lämna in det du har nu")
    assert tab.is_seen("3 av 4 lappar besvarade")
    assert marks(tab) == ["open", "open", "open"]
    assert tab.text(".sk-finish .sk-main .sk-label") == "Fortsätt koda"
    go_on(tab)
    assert tab.text(".sk-place") == "Lapp 4 av 4"
    tab.press("2", "Enter")  # the second came too soon to be meant for the last screen
    tab.wait_for_state()
    tab.says("Nu återstår bara att skicka tillbaka dem")
    assert marks(tab) == ["done", "open", "open"]
    file = tab.downloaded(lambda: go_on(tab))
    assert file.name == "svar-study-anna.jsonl"
    tab.says("Alla svar finns i svarsfilen. Nu återstår att skicka den.")
    assert marks(tab) == ["done", "done", "open"]
    go_on(tab)
    tab.says("Allt är inlämnat.")
    assert marks(tab) == ["done", "done", "done"]
    assert tab.page.locator(".sk-finish .sk-main").count() == 0
    tab.again()
    tab.says("Allt är inlämnat.")  # the browser remembers
    tab.press("ArrowLeft", "1")  # one answer changed
    tab.wait_for_state()
    tab.press(*["ArrowRight"] * 2)
    tab.says("Nya svar och ändringar sedan den förra: 1.")
    assert marks(tab) == ["done", "wait", "open"]
    tab.says("En tidigare svarsfil är skickad")


def test_practice_is_there_again_at_the_end_and_changes_nothing(tab, root, tmp_path):
    tab.open(page_of(root, tmp_path))
    tab.press("1", "1", "1", "1")
    tab.wait_for_state()
    kept = tab.kept()
    tab.click("Öva igen")
    tab.press("1")
    go_on(tab)
    tab.press("2")
    tab.says("Kodboken har den som exempel på Hinder.")
    tab.click("Klar med övningen")
    tab.says("Alla lappar är klara. Tack.")
    assert tab.kept() == kept
    tab.wait("document.querySelector('.sk-card') === document.activeElement")


TRAINING = """
training:
- note: L2
  answers: {valence: hinder}
  why: Ingen äger frågan, och det brister.
- note: L0
  answers: {valence: hinder}
"""


@pytest.mark.parametrize("where", ["page", "notebook"])
def test_in_training_the_reference_and_why_come_after_the_answer(root, tmp_path, where, request):
    about = root / "data" / "raw" / "study.yaml"
    about.write_text(about.read_text(encoding="utf-8") + TRAINING, encoding="utf-8")
    desk = sa.Desk.open(root, "anna")
    if where == "page":
        page = request.getfixturevalue("tab")
        page.open(write_page(desk, tmp_path / "sida.html", training=True, **ONE))
    else:
        page = request.getfixturevalue("show")(Session(desk, training=True, **ONE))
    screen = page.page
    assert page.text(".sk-place") == "Träning: lapp 1 av 2"
    assert screen.locator(".sk-reference").count() == 0
    page.press("2")
    screen.get_by_text("Referensen är Hinder. Du svarade Tillgång.").wait_for()
    screen.get_by_text("Ingen äger frågan, och det brister.").wait_for()
    assert page.text(".sk-reference-note") == TEXTS[2]
    page.press("1", "2")  # nothing goes on to the note behind
    screen.wait_for_timeout(350)
    page.press("Enter")
    screen.locator(".sk-reference").wait_for(state="detached")
    assert page.text(".sk-place") == "Träning: lapp 2 av 2"
    page.press("1")
    screen.get_by_text("Du svarade som referensen: Hinder.").wait_for()
    screen.wait_for_timeout(350)
    page.press("Enter")
    screen.get_by_text("Träningen är klar.").first.wait_for()
    page.wait_for_state("saved")
    if where == "notebook":
        assert list(desk.decisions()["pass"]) == ["0", "0"]
    else:
        assert {event["pass"] for event in page.events()[1]} == {0}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_no_serious_fault_in_practice_codebook_and_the_last_screen(
    browser, axe, root, tmp_path, scheme, width
):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True
    )
    page = context.new_page()
    page.goto(page_of(root, tmp_path).as_uri())
    found = []

    def look(where):
        page.wait_for_timeout(300)  # what moves has come to rest
        page.evaluate(axe)
        faults = page.evaluate("axe.run(document)")["violations"]
        found.extend(
            (where, one["id"], one["nodes"][0]["html"][:90]) for one in faults if one["impact"] in SERIOUS
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where

    page.get_by_role("button", name="Ja, det är jag").click()
    page.get_by_role("button", name="Öva på 2 lappar").click()
    look("practice")
    page.keyboard.press("1")
    look("told")
    page.get_by_role("button", name="Läs kodboken").click()
    look("codebook")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Hoppa över övningen").click()
    look("hand in")
    page.get_by_role("button", name="Börja koda").click()
    page.locator(".sk-card:not(.sk-loading)").wait_for()
    page.keyboard.press("1")
    for _ in TEXTS:
        page.keyboard.press("ArrowRight")
    look("open")
    context.close()
    assert found == []


def test_without_a_database_the_last_screen_leads_to_the_file_and_asks_whether_it_is_there(
    browser, root, tmp_path
):
    errors = []
    person = ChromiumPerson(browser, tmp_path, errors)
    for name in ("indexedDB", "showSaveFilePicker"):
        person.before_load(f"Object.defineProperty(window, '{name}', {{ value: undefined }});")
    tab = person.tab().open(page_of(root, tmp_path))
    tab.press("1", "1", "1", "1")
    tab.wait_for_state("not_saved")
    tab.says("Vänta med att stänga fliken.")
    assert tab.text(".sk-finish .sk-main .sk-label") == "Ladda ner svarsfilen"
    tab.downloaded(lambda: go_on(tab))
    tab.says("Ser du filen bland dina hämtade filer?")
    tab.tab_to("Ja, den finns där")
    tab.press("Enter")
    tab.wait_for_state()
    tab.says("Alla svar finns i svarsfilen. Nu återstår att skicka den.")
    person.close()
    assert errors == []
