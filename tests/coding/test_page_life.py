"""What becomes of a page in a person's hands, in both browsers: what the screen and the answers file say."""

from __future__ import annotations

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.coding import write_page
from sekom_analysis.coding.session import Session
from sekom_analysis.study.rows import note_hash

from . import firefox as firefox_driver
from .browsers import (
    ASKED,
    BEGIN,
    DOWNLOAD,
    YES,
    ChromiumPerson,
    FirefoxPerson,
    FirefoxTab,
    read,
    start_firefox,
)
from .firefox import firefox_path

TEXTS = ["Tid saknas i vardagen", "Viljan finns hos alla", "Ingen vet vem som äger frågan",
         "Nätverken delar vad de lärt", "Budgeten räcker ett år i taget", "Målet är vi eniga om"]  # fmt: skip
WAVE_TWO = ["En ny våg av svar", "Något helt annat", "Tredje texten", "Fjärde nya", "Femte nya", "Sjätte nya"]
CODEBOOK = {"variables": [
    {"id": "valence", "kind": "single", "label": "Hinder?", "none_fits": False,
     "codes": [{"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}]},
    {"id": "theme", "kind": "multiple", "label": "Tema",
     "codes": [{"id": name.lower(), "label": name} for name in ("Tid", "Vilja", "Ansvar")]},
]}  # fmt: skip
ONE, MANY = {"variables": ["valence"]}, {"variables": ["theme"]}
NAME = "svar-liv-anna.jsonl"


@pytest.fixture(scope="module")
def a_firefox(tmp_path_factory):
    firefox_path()
    running = start_firefox(tmp_path_factory.mktemp("firefox"))
    yield running
    running.close()


@pytest.fixture(params=["chromium", "firefox"])
def person(request, tmp_path):
    """Make persons, each with a browser of their own; none may hear a fault on the page."""
    errors, persons = [], []
    if request.param == "chromium":
        browser = request.getfixturevalue("browser")
        make = lambda: ChromiumPerson(browser, tmp_path, errors)  # noqa: E731
    else:
        running = request.getfixturevalue("a_firefox")
        running.errors, errors = errors, errors
        make = lambda: FirefoxPerson(running)  # noqa: E731

    def made():
        persons.append(make())
        return persons[-1]

    yield made
    for one in persons:
        one.close()
    assert errors == []


@pytest.fixture
def study(tmp_path):
    return make_study(tmp_path / "study", TEXTS)


def make_study(root, texts):
    notes = pd.DataFrame({"note_id": [f"L{n}" for n in range(len(texts))], "text": texts})
    made = sa.Study.create(root, notes=notes, codebook=CODEBOOK, title="Liv")
    about = root / "data" / "raw" / "study.yaml"
    fixed = {"id": "id: liv", "seed": "seed: 1"}  # made at random; what a test meets is the same every time
    lines = about.read_text(encoding="utf-8").splitlines()
    lines = [fixed.pop(line.split(":")[0], line) for line in lines]
    assert fixed == {}
    about.write_text("\n".join(lines), encoding="utf-8")
    return sa.Study.open(made.root)


def change_texts(study, texts):
    """Replace texts of notes, by their ids."""
    path = study.root / "data" / "raw" / "notes.csv"
    form = {"sep": ";", "encoding": "utf-8-sig"}
    notes = pd.read_csv(path, dtype=str, keep_default_na=False, **form).set_index("note_id")
    for note_id, text in texts.items():
        notes.loc[note_id, "text"] = text
    notes.to_csv(path, **form)
    return sa.Study.open(study.root)


def page_of(study, path, **options):
    return write_page(study.desk("anna"), path, **options)


def items(study, **options):
    return Session(study.desk("anna"), **options).items


def codes_in(events, variable="valence"):
    """What events come to: key of the note -> codes, of the last decision."""
    return {
        event["key"]: event["codes"]
        for event in events
        if event["variable"] == variable and event["event"] == "decide"
    }


def test_answers_outlive_a_reload_and_the_file_says_which_copy(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "2", "1")
    tab.header("Sparat: 3")
    tab.again()
    tab.header("Sparat: 3")
    assert tab.text(".sk-place") == "Lapp 4 av 6"
    assert not tab.is_seen("privat fönster")
    file = tab.answers_file()
    head, events = read(file)
    assert file.name == NAME
    assert codes_in(events) == dict(
        zip([i.key for i in items(study)[:3]], [["hinder"], ["mojlighet"], ["hinder"]], strict=True)
    )
    assert head["copy"].startswith("c")
    assert head["last_event"] == ""
    tab.again()
    assert read(tab.answers_file())[0]["copy"] == head["copy"]


def test_it_asks_whose_it_is_and_no_codes_nothing(person, study, tmp_path):
    file = page_of(study, tmp_path / "sida.html", **ONE)
    tab = person().tab().open(file, begin=False)
    tab.says("Den här sidan är gjord åt\n\nAnna\n\nÄr det du?")
    tab.wait("document.activeElement.id === 'opening-title'")
    tab.press("1")
    tab.says("Är det du?")
    tab.tab_to("Nej")
    tab.press("Enter")
    tab.says("Då är sidan inte till dig")
    tab.says("dina svar skulle räknas som svar av Anna")
    tab.press("1", "2")
    tab.says("Då är sidan inte till dig")
    assert not tab.ask("document.querySelector('.sk-card')")
    assert not tab.is_seen(DOWNLOAD)
    tab.tab_to("Tillbaka till frågan")
    tab.press("Enter")
    tab.says("Är det du?")
    tab.tab_to(YES)
    tab.press("Enter")
    tab.says("En lapp i taget")
    tab.press("1")
    assert not tab.ask("document.querySelector('.sk-card')")
    tab.tab_to(BEGIN)
    tab.press("Enter")
    tab.wait("document.querySelector('.sk-card:not(.sk-loading)') === document.activeElement")
    tab.press("1")
    tab.header("Sparat: 1")
    tab.reload()
    tab.wait("document.querySelector('.sk-card:not(.sk-loading)') === document.activeElement")
    assert not tab.ask(ASKED)


def test_three_people_with_one_page_have_three_copies(person, study, tmp_path):
    file = page_of(study, tmp_path / "sida.html", **ONE)
    heads = []
    for keys in ("111", "222", "121"):
        tab = person().tab().open(file)
        tab.press(*keys)
        tab.header("Sparat: 3")
        heads.append(tab.events()[0])
    assert len({head["copy"] for head in heads}) == 3
    assert {(head["coder"], head["last_event"], head["page"]) for head in heads} == {
        ("anna", "", heads[0]["page"])
    }


def test_a_page_sent_again_names_the_last_event_it_was_written_with(person, study, tmp_path):
    somebody = person()
    file = page_of(study, tmp_path / "sida.html", **ONE)
    tab = somebody.tab().open(file)
    tab.press("1", "2")
    tab.header("Sparat: 2")
    study.collect(tab.answers_file())
    newest = study.desk("anna").history()["event_id"].iloc[-1]
    tab.press("1")
    tab.header("Sparat: 3")
    page_of(study, file, **ONE)
    tab.again()
    tab.header("Sparat: 3")
    head, events = tab.events()
    assert (head["last_event"], len(events)) == (newest, 3)
    other = person().tab().open(file)  # in another browser the answers taken in are there, the third is not
    other.header("Sparat: 2")
    other.press("2")
    other.header("Sparat: 3")
    theirs, events = other.events()
    assert (theirs["last_event"], len(events)) == (newest, 1)
    assert theirs["copy"] != head["copy"]


def test_a_replaced_text_is_asked_again_and_the_same_answer_is_a_new_event(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "2", "1", "2")
    tab.header("Sparat: 4")
    third = items(study)[2]
    study.collect(tab.answers_file())
    study = change_texts(study, {third.note_id: "En helt annan mening än förut"})
    assert [problem for problem in study.problems["what"] if third.note_id in problem]
    page_of(study, tab.file, **ONE)
    tab.again()
    tab.header("Sparat: 3")
    assert tab.text(".sk-text") == "En helt annan mening än förut"
    assert tab.text(".sk-remark") == "Lappen har ändrats sedan du svarade. Tidigare svar: Hinder"
    assert not tab.ask("document.querySelector('.sk-code[aria-pressed=true]')")
    tab.press("1")
    tab.header("Sparat: 4")
    again = [event for event in tab.events()[1] if event["key"] == third.key]
    assert [event["codes"] for event in again] == [["hinder"], ["hinder"]]
    assert again[1]["note_hash"] == note_hash("En helt annan mening än förut") != again[0]["note_hash"]
    tab.again()
    tab.header("Sparat: 4")
    study.collect(tab.answers_file())
    assert not [problem for problem in study.problems["what"] if third.note_id in problem]


def test_a_text_replaced_before_anything_was_collected_is_asked_again_too(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "2", "1")
    tab.header("Sparat: 3")
    first = items(study)[0]
    study = change_texts(study, {first.note_id: "Ny mening på lappen"})
    page_of(study, tab.file, **ONE)
    tab.again()
    tab.header("Sparat: 2")
    tab.says("Tidigare svar: Hinder")
    tab.press("2", "Backspace")  # taken back: the earlier answer stands again, about the earlier text
    tab.header("Sparat: 2")
    mine = [event for event in tab.events()[1] if event["key"] == first.key]
    assert [event["codes"] for event in mine] == [["hinder"], ["mojlighet"], ["hinder"]]
    assert mine[2]["note_hash"] == mine[0]["note_hash"] != mine[1]["note_hash"]
    tab.again()
    tab.says("Tidigare svar: Hinder")


def test_a_second_wave_under_the_same_ids_opens_empty_and_loses_nothing(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "2", "1", "1", "2")
    tab.header("Sparat: 5")
    first = {event["event_id"] for event in tab.events()[1]}
    wave = change_texts(study, {f"L{n}": text for n, text in enumerate(WAVE_TWO)})
    page_of(wave, tab.file, **ONE)
    tab.again()
    tab.header("Sparat: 0")
    assert tab.text(".sk-place") == "Lapp 1 av 6"
    assert not tab.is_seen("Texten har ändrats")
    tab.press("2", "2")
    tab.header("Sparat: 2")
    _, events = tab.events()
    assert first < {event["event_id"] for event in events}
    tab.again()
    tab.header("Sparat: 2")
    assert first < tab.kept()


def test_new_keys_find_their_notes_by_their_texts(person, study, tmp_path):
    study = change_texts(study, {"L4": TEXTS[5]})  # two notes say the same: neither can be told
    tab = person().tab().open(page_of(study, tmp_path / "sida.html"))
    tab.press("1", "1", "Enter", "2")  # first note both questions, second note one
    tab.press("1")
    tab.header("Sparat: 3. Inte sparat: 1")
    html = tab.file.read_text(encoding="utf-8")
    own = items(study)
    for number, item in enumerate(own):
        html = html.replace(item.key, f"n{number:020x}")
    tab.file.write_text(html, encoding="utf-8")
    doubled = {item.key for item in own if item.note_id in ("L4", "L5")}
    told = [item for item in own[:2] if item.key not in doubled]
    answers = sum({0: 2, 1: 1}[own.index(item)] for item in told)
    tab.again()
    begun = ". Inte sparat: 1" if own[1] in told else ""
    tab.header(f"Sparat: {answers}{begun}")


def test_a_selection_nobody_confirmed_is_named_before_the_download(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **MANY))
    tab.press("1", "Enter", "1", "2")
    tab.header("Sparat: 1. Inte sparat: 1")
    tab.again()
    tab.header("Sparat: 1. Inte sparat: 1")  # after a reload too
    tab.click(DOWNLOAD)
    tab.says("En lapp har ett val eller en anteckning som inte är sparad:")
    second = study.notes.at[items(study)[1].note_id, "text"]
    assert tab.text(".sp-question:not([hidden]) li") == f"”{second}”: val"
    tab.press("3")  # the card is open behind the question and has the keys
    _, events = read(tab.answers_file("Ladda ner utan dem"))
    assert [event["codes"] for event in events] == [["tid"]]
    tab.header("Sparat: 1. Inte sparat: 1")
    tab.says("Det som inte är sparat (1) finns inte i den")
    tab.click(DOWNLOAD)
    _, events = read(tab.answers_file("Spara dem och ladda ner"))
    assert [event["codes"] for event in events] == [["tid"], ["tid", "vilja", "ansvar"]]
    tab.header("Sparat: 2")


def test_an_open_memo_keeps_focus_and_text_through_the_download(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "ArrowRight", ",", *"halvt")
    tab.header("Sparat: 1. Inte sparat: 1")
    tab.click(DOWNLOAD)
    tab.says("anteckning")
    _, events = read(tab.answers_file("Ladda ner utan dem"))
    assert [event["memo"] for event in events] == [""]
    focused = "document.activeElement.matches('textarea') && document.activeElement.value"
    assert tab.ask(focused) == "halvt"
    tab.press(*" till")
    assert tab.ask(focused) == "halvt till"
    tab.click(DOWNLOAD)
    tab.says("sparas som att du hoppade över frågan")
    _, events = read(tab.answers_file("Spara dem och ladda ner"))
    assert [(event["event"], event["memo"]) for event in events] == [("decide", ""), ("skip", "halvt till")]
    assert tab.ask(focused) == "halvt till"
    tab.header("Sparat: 2")
    tab.press("Escape")
    tab.wait("!document.querySelector('textarea')")
    assert len(tab.events()[1]) == 2


def test_nothing_is_cleared_while_something_is_begun(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **MANY))
    tab.press("1", "Enter")
    tab.header("Sparat: 1")
    tab.answers_file()
    tab.press("2")
    tab.click("Rensa den här webbläsaren")
    tab.says("Sidan rensas inte än.")
    tab.click("Rensa inte")
    tab.header("Sparat: 1. Inte sparat: 1")
    tab.click("Rensa den här webbläsaren")
    tab.click("Spara dem först")
    tab.says("De är sparade. Ladda ner svarsfilen igen innan du rensar.")
    tab.header("Sparat: 2")
    assert not tab.is_seen("Rensa den här webbläsaren")
    assert len(tab.events()[1]) == 2
    tab.press("3")
    tab.header("Sparat: 2. Inte sparat: 1")
    tab.click("Rensa den här webbläsaren")
    tab.click("Ta bort allt, också det som inte är sparat")
    tab.wait(ASKED)
    tab.says("Webbläsaren är rensad.")
    tab.begin()
    tab.header("Sparat: 0")
    assert tab.kept() == set()


def test_what_another_tab_has_begun_counts_here_and_is_gone_once_saved(person, study, tmp_path):
    somebody = person()
    first = somebody.tab().open(page_of(study, tmp_path / "sida.html", **MANY))
    second = somebody.tab().open(first.file)
    first.press("1", "Enter", "2")
    first.header("Sparat: 1. Inte sparat: 1")
    second.header("Sparat: 1. Inte sparat: 1")
    second.click(DOWNLOAD)
    second.says("En lapp har ett val")
    _, events = read(second.answers_file("Spara dem och ladda ner"))
    assert [event["codes"] for event in events] == [["tid"], ["vilja"]]
    first.header("Sparat: 2")
    second.header("Sparat: 2")


def clear_site_data(somebody, tab):
    """Take the database away while the page is open, as a browser's own settings do."""
    if isinstance(tab, FirefoxTab):
        other, blank = somebody.tab(), tab.file.parent / "blank.html"
        blank.write_text("<!doctype html><title>Tom</title>", encoding="utf-8")
        other.goto(blank.as_uri())
        other.ask("""(async () => {
          for (const { name } of await indexedDB.databases()) await new Promise((done) => {
            const asked = indexedDB.deleteDatabase(name);
            asked.onsuccess = asked.onerror = done;
          });
        })().then(() => 1)""")
        return
    session = somebody.context.new_cdp_session(tab.page)
    session.send("Storage.clearDataForOrigin", {"origin": "file://", "storageTypes": "all"})


def test_site_data_cleared_while_it_is_open_is_put_back_whole(person, study, tmp_path):
    somebody = person()
    tab = somebody.tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "2", "1")
    tab.header("Sparat: 3")
    copy = tab.events()[0]["copy"]
    ids = tab.kept()
    clear_site_data(somebody, tab)
    tab.press("2", "2")
    tab.header("Sparat: 5")
    tab.wait_for_state()
    assert len(tab.kept()) == 5
    assert ids < tab.kept()
    tab.says("Svar och ändringar som inte finns i någon svarsfil än: 2.")
    tab.again()
    tab.header("Sparat: 5")
    head, events = tab.events()
    assert len(events) == 5
    assert head["copy"] == copy


def test_an_emptied_store_is_filled_again_though_the_connection_lives(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "2", "1")
    tab.header("Sparat: 3")
    tab.ask("""(async () => {
      const { name } = (await indexedDB.databases()).find((one) => one.name.startsWith("sekom-page"));
      await new Promise((done) => {
        indexedDB.open(name).onsuccess = ({ target }) => {
          const work = target.result.transaction(["events", "settings"], "readwrite");
          for (const store of ["events", "settings"]) work.objectStore(store).clear();
          work.oncomplete = () => { target.result.close(); done(); };
        };
      });
    })().then(() => 1)""")
    assert tab.kept() == set()
    tab.press("2")
    tab.header("Sparat: 4")
    tab.wait_for_state()
    assert len(tab.kept()) == 4
    tab.again()
    tab.header("Sparat: 4")


def test_without_a_database_nothing_looks_saved(person, study, tmp_path):
    somebody = person()
    for name in ("indexedDB", "showSaveFilePicker"):
        somebody.before_load(f"Object.defineProperty(window, '{name}', {{ value: undefined }});")
    tab = somebody.tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.says("Den här webbläsaren kan inte spara åt sidan. Ladda ner svarsfilen")
    tab.press("1")
    tab.wait_for_state("not_saved")
    head, events = tab.events()
    assert [event["codes"] for event in events] == [["hinder"]]
    assert head["copy"].startswith("c")
    tab.click("Ja, den finns där")
    tab.wait_for_state()


def test_a_full_disk_is_told_and_nothing_is_lost_once_there_is_room(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1")
    tab.header("Sparat: 1")
    tab.ask("""(() => {
      window.put = IDBObjectStore.prototype.put;
      IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
      return 1;
    })()""")
    tab.press("2", "1")
    tab.wait_for_state("not_saved")
    assert "INTE sparade: 2" in tab.text(".sk-alarm")
    assert len(tab.kept()) == 1
    assert len(tab.events()[1]) == 3  # the file has them all the same
    tab.ask("(() => { IDBObjectStore.prototype.put = window.put; return 1; })()")
    tab.wait_for_state()
    assert len(tab.kept()) == 3


def test_a_file_renamed_and_moved_keeps_its_answers(person, study, tmp_path):
    somebody = person()
    tab = somebody.tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "2", "1")
    tab.header("Sparat: 3")
    (tmp_path / "annan mapp").mkdir()
    moved = tab.file.rename(tmp_path / "annan mapp" / "min sida.html")
    tab = somebody.tab().open(moved)
    tab.header("Sparat: 3")
    assert len(tab.events()[1]) == 3


def test_undo_reaches_only_what_was_answered_since_the_reload(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **ONE))
    tab.press("1", "2")
    tab.header("Sparat: 2")
    tab.again()
    tab.press("Backspace", "Backspace", "1", "Backspace", "Backspace")
    tab.header("Sparat: 2")
    tab.wait_for_state()
    _, events = tab.events()
    assert [event["event"] for event in events] == ["decide", "decide", "decide", "retract"]
    assert len(codes_in(events)) == 3


def test_the_last_screen_and_the_counter_say_the_same(person, study, tmp_path):
    tab = person().tab().open(page_of(study, tmp_path / "sida.html", **MANY))
    tab.press("1", "Enter", *["ArrowRight"] * 6)
    assert tab.text(".sk-finish-title") == "Frågor som inte är besvarade än: 5"
    assert tab.text(".sk-finish-saved").startswith("Det du har svarat på är sparat.")
    assert not tab.is_seen("Så skickar du tillbaka svaren")
    tab.press("End")
    for _ in range(4):  # "none of them" four times, each when the question has been seen
        tab.ask("new Promise((go) => setTimeout(go, 300))")
        tab.press("Enter")
    tab.press("1")  # and a selection on the last
    tab.press("ArrowRight")
    tab.header("Sparat: 5. Inte sparat: 1")
    assert tab.text(".sk-finish-title") == "Frågor som inte är besvarade än: 1"
    assert tab.text(".sk-finish-saved") == "Allt annat är sparat."
    tab.says("”")
    tab.click("Spara dem")
    tab.header("Sparat: 6")
    tab.wait_for_state()
    assert tab.text(".sk-finish-title") == "Alla lappar är klara. Tack."
    tab.says("Så skickar du tillbaka svaren")
    assert tab.text(".sk-place") == "6 av 6 lappar"
    assert tab.text(".sk-line .sk-quiet").startswith("0 kvar")


# --- windows that forget ----------------------------------------------------------------------------


@pytest.mark.browser
def test_a_private_window_of_firefox_says_that_it_forgets(study, tmp_path, monkeypatch):
    firefox_path()
    file = page_of(study, tmp_path / "sida.html", **ONE)
    monkeypatch.setitem(firefox_driver.PREFERENCES, "browser.privatebrowsing.autostart", True)
    running = start_firefox(tmp_path / "private")
    try:
        tab = FirefoxTab(running, running._tab)
        tab.open(file, begin=False)
        tab.says("Ett privat fönster (inkognito, InPrivate) glömmer svaren när det stängs.")
        tab.begin()
        tab.says("Den glömmer svaren när fönstret stängs. Ladda ner svarsfilen innan du stänger")
        tab.press("1")
        tab.header("Sparat: 1")
        assert tab.ask("document.querySelector('.sp-warning').innerText").startswith(
            "Det här är ett privat fönster"
        )
        assert tab.ask("document.querySelector('.sp-next').innerText") == DOWNLOAD
        assert len(tab.events()[1]) == 1
    finally:
        running.close()


def test_little_room_in_chromium_says_that_it_forgets_and_a_lot_does_not(browser, study, tmp_path):
    errors = []
    somebody = ChromiumPerson(browser, tmp_path, errors)
    tab = somebody.tab()
    tiny = "Object.defineProperty(StorageManager.prototype, 'estimate', {value: async () => ({quota: 1e8})});"
    tab.page.add_init_script(
        f"if (location.hash) {{ {tiny} }}"
    )  # as Chromium told of such windows until 2025
    file = page_of(study, tmp_path / "sida.html", **ONE)
    tab.goto(file.as_uri() + "#tiny")
    tab.begin()
    tab.says("Den glömmer svaren när fönstret stängs. Välj en fil att spara i")
    tab.goto("about:blank")
    tab.open(file)
    tab.press("1")
    tab.header("Sparat: 1")
    tab.wait("navigator.storage.estimate().then(() => true)")
    assert not tab.is_seen("Den glömmer svaren")
    somebody.close()
    assert errors == []
