"""The adjudication card in a real browser: by keyboard, with reasons, and nobody's log is touched."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from playwright.sync_api import expect

import sekom_analysis as sa
from sekom_analysis.coding.judging import AdjudicationSession
from sekom_analysis.coding.page import ADJUDICATION_STYLES
from sekom_analysis.study.making import create_sample

VARIABLE = "category_b"
CODES = ["kunskap", "nyckeltal", "resurser", "samordning", "samverkan", "sekoms_roll", "systemsyn"]


@pytest.fixture
def root(tmp_path):
    create_sample(tmp_path / "study")
    return tmp_path / "study"


@pytest.fixture
def settle(show, root):
    """Open the card of one adjudicator, with a study of their own as in a kernel of their own."""

    def opened(adjudicator, variable=VARIABLE, lang="sv", **settings):
        session = AdjudicationSession(sa.Study.open(root), adjudicator, variable, lang=lang)
        return show(session, styles=ADJUDICATION_STYLES, clock=True, **settings)

    return opened


def logs(root):
    return {path.name: path.read_bytes() for path in (root / "data" / "coded").glob("[!.]*.csv")}


def settle_note(page, key, reason):
    page.press(key)
    page.page.keyboard.type(reason)
    page.press("Enter")
    page.pause()


def choose(page, code):
    """Choose a code by its digit if it is in dispute, else by the beginning of its label."""
    digit = page.page.locator(f'.sk-sides [data-code="{code}"] > .sk-key')
    if digit.count():
        page.press(digit.inner_text())
        return
    page.press("0")
    codes = page.session.data()["variables"][0]["codes"]
    page.page.keyboard.type(next(one["label"] for one in codes if one["id"] == code))
    page.press("Enter")
    page.pause()


def settle_with(page, code, reason):
    choose(page, code)
    page.page.keyboard.type(reason)
    page.press("Enter")
    page.pause()


def ledger(root, adjudicator, variable=VARIABLE):
    """What one adjudicator's entries come to: (note, code or open, reason), in the order of time."""
    table = sa.Study.open(root).adjudications(variable).sort_values("decided_at")
    table = table[table["adjudicator"] == adjudicator]
    return list(table[["note_id", "codes", "reason"]].itertuples(index=False, name=None))


def test_twenty_notes_by_keyboard_leave_logs_and_agreement_as_they_were(settle, root):
    study = sa.Study.open(root)
    before, alpha = logs(root), sa.alpha(study.ratings(VARIABLE))
    page = settle("anna")
    notes = page.session.note_ids[:20]
    assert notes == list(sa.disagreements(study.ratings(VARIABLE)).index[:20])
    for place in range(20):
        if place % 10 == 9:
            settle_note(page, "/", f"skäl {place}, 12 s u")
        else:
            settle_with(page, CODES[place % 7], f"skäl {place}, 12 s u")
    page.wait_for_state("saved")
    codes = ["" if place % 10 == 9 else CODES[place % 7] for place in range(20)]
    assert ledger(root, "anna") == [
        (note, code, f"skäl {place}, 12 s u")
        for place, (note, code) in enumerate(zip(notes, codes, strict=True))
    ]
    assert page.text(".sk-place") == "Oenighet 21 av 43"
    assert (
        page.page.locator(".sk-line .sk-quiet").first.inner_text().startswith("18 avgjorda, 2 öppna, 23 kvar")
    )
    assert page.text(".sk-saved") == "Sparat: 20"
    after = logs(root)
    assert after.pop("adjudicated.csv")
    assert after == before
    assert sa.alpha(sa.Study.open(root).ratings(VARIABLE)) == alpha
    (root / "data" / "coded" / "adjudicated.csv").unlink()
    assert sa.alpha(sa.Study.open(root).ratings(VARIABLE)) == alpha


def test_an_empty_reason_or_no_choice_is_refused_and_nothing_is_saved(settle, root):
    page = settle("anna")
    refusal = page.page.locator(".sk-refusal")
    page.press("1", "Enter")
    assert refusal.inner_text() == "Skriv ett skäl först. Ingenting har sparats."
    page.page.keyboard.type("   ")
    page.press("Enter")
    assert refusal.inner_text() == "Skriv ett skäl först. Ingenting har sparats."
    page.page.get_by_role("button", name="Avgör").click()
    assert refusal.inner_text() == "Skriv ett skäl först. Ingenting har sparats."
    page.press("Escape")
    page.pause()
    page.press("ArrowRight")
    page.page.locator(".sk-reason textarea").click()
    assert refusal.inner_text() == ""
    page.page.keyboard.type("ett skäl utan val")
    page.press("Enter")
    page.pause()
    assert refusal.inner_text() == "Välj först en kod, eller lämna lappen öppen. Ingenting har sparats."
    assert not (root / "data" / "coded" / "adjudicated.csv").exists()
    choose(page, "sekoms_roll")  # what was written waits for its choice
    page.press("Enter")
    page.wait_for_state("saved")
    assert ledger(root, "anna") == [(page.session.note_ids[1], "sekoms_roll", "ett skäl utan val")]


def test_names_are_hidden_until_asked_for_and_again_on_the_next_note(settle):
    page = settle("anna")
    letters = sorted(page.page.locator(".sk-sides .sk-letter").all_inner_texts())
    assert letters == ["A", "B", "C", "D"]
    said = page.card.inner_text() + page.page.locator(".sk-live").first.text_content()
    assert not [name for name in ("rapport-2016", "k1", "k2", "k3") if name in said]
    page.press(":")
    names = page.page.locator(".sk-sides .sk-name")
    assert "rapport-2016, materialets egen sortering" in names.all_inner_texts()
    page.press("ArrowRight")
    assert names.count() == 0
    assert "rapport-2016" not in page.card.inner_text()


def test_undo_takes_back_in_the_ledger_and_keeps_the_words_in_the_card(settle, root):
    page = settle("anna")
    first = page.session.note_ids[0]
    settle_with(page, "samordning", "om ledning")
    page.press("Backspace")
    page.wait_for_state("saved")
    assert ledger(root, "anna") == []
    assert page.page.locator(".sk-reason textarea").input_value() == "om ledning"
    assert page.text(".sk-remark") == "Inte sparat än: Enter sparar."
    choose(page, "samverkan")
    page.page.locator(".sk-reason textarea").fill("om ledning")
    page.press("Enter")
    page.pause()
    page.wait_for_state("saved")
    assert ledger(root, "anna") == [(first, "samverkan", "om ledning")]
    assert list(sa.Study.open(root).adjudication_history()["event"]) == ["settle", "retract", "settle"]
    page.press("Shift+ArrowLeft", "/")
    assert (
        page.page.locator(".sk-reason textarea").input_value() == ""
    )  # another choice asks for another reason
    page.page.keyboard.type("vet inte")
    page.press("Enter")
    page.pause()
    page.press("Backspace")
    page.wait_for_state("saved")
    assert ledger(root, "anna") == [(first, "samverkan", "om ledning")]


def test_what_is_written_survives_a_reload_and_what_python_did_not_take_is_sent_again(settle, root):
    page = settle("anna")
    choose(page, "resurser")
    page.page.keyboard.type("halvt skrivet")
    page.page.wait_for_timeout(1000)  # what is being typed goes to the browser's database without a word
    page.load()
    assert page.page.locator(".sk-reason textarea").input_value() == "halvt skrivet"
    page.alive = False
    page.press("Enter")  # with the keys outside the field too
    page.wait_for_state("not_saved")
    assert "Kör cellen med kortet igen" in page.text(".sk-alarm")
    assert ledger(root, "anna") == []
    page.load()
    page.alive = True
    page.wait_for_state("saved")
    assert ledger(root, "anna") == [(page.session.note_ids[0], "resurser", "halvt skrivet")]


OTHER = """
import sys
import sekom_analysis as sa
study = sa.Study.open(sys.argv[1])
notes = sys.argv[2:]
print("ready", flush=True)
for number, note_id in enumerate(notes):
    study.adjudicate("bo", note_id, "category_b", "systemsyn", reason=f"bos skäl {number}")
"""


def test_two_adjudicators_at_once_lose_nothing_and_learn_of_each_other_afterwards(settle, root):
    page = settle("anna")
    notes = page.session.note_ids[:10]
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(root), *notes], stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert other.stdout.readline() == "ready\n"
    for place in range(8):
        settle_with(page, CODES[place % 7], f"skäl {place}")
    assert other.wait(60) == 0
    other.stdout.close()
    settle_with(page, "nyckeltal", "skäl 8")  # the card hears of others with each answer of its own
    page.wait_for_state("saved")
    assert ledger(root, "bo") == [(note, "systemsyn", f"bos skäl {i}") for i, note in enumerate(notes)]
    assert ledger(root, "anna") == [(note, CODES[i % 7], f"skäl {i}") for i, note in enumerate(notes[:9])]

    assert "bos skäl" not in page.card.inner_text()
    page.press(*["Shift+ArrowLeft"] * 9)
    expect(page.page.locator(".sk-others")).to_contain_text("bo: Systemsyn – bos skäl 0")
    assert page.text(".sk-others").startswith("Ni har avgjort olika.")
    page.press(*["ArrowRight"] * 6)
    expect(page.page.locator(".sk-others")).to_contain_text("Ni har avgjort lika.")
    verdicts = sa.consensus(
        sa.Study.open(root).ratings(VARIABLE), sa.Study.open(root).adjudications(VARIABLE)
    ).loc[notes]
    assert verdicts["basis"].tolist()[:7] == ["unresolved"] * 6 + ["adjudicated"]


def test_two_windows_of_one_adjudicator_do_not_undo_each_other(settle, root):
    one, two = settle("anna"), settle("anna")
    settle_with(one, "kunskap", "ett")
    one.wait_for_state("saved")
    settle_with(two, "nyckeltal", "två")
    two.wait_for_state("saved")
    settle_with(one, "resurser", "tre")
    one.wait_for_state("saved")
    one.press("Backspace", "Backspace", "Backspace")
    one.wait_for_state("saved")
    assert ledger(root, "anna") == [(one.session.note_ids[0], "nyckeltal", "två")]


def test_stale_ones_are_flagged_and_confirmed_anew(settle, root):
    page = settle("anna", lang="en")
    first = page.session.note_ids[0]
    settle_with(page, "systemsyn", "systems")
    page.wait_for_state("saved")
    sa.Study.open(root).decide("k1", first, VARIABLE, "nyckeltal")
    page = settle("anna", lang="en")
    page.press("Shift+ArrowLeft")
    assert page.text(".sk-remark").startswith("Answers have changed or been added since")
    page.press("Enter")
    page.wait_for_state("saved")
    table = sa.Study.open(root).adjudications(VARIABLE)
    assert list(table["is_stale"]) == [False]
    assert list(table["reason"]) == ["systems"]


def test_several_codes_and_a_scale_are_settled_with_a_reason_too(settle, root):
    page = settle("anna", "addresses")
    first = page.session.data()["notes"][0]["readings"]
    order = [code.id for code in sa.Study.open(root).codebook["addresses"].codes]
    kept = [code for code in order if all(code in one["codes"] for one in first)]
    sides = [tile.get_attribute("data-code") for tile in page.page.locator(".sk-sides .sk-side").all()]
    assert set(sides) == {code for one in first for code in one["codes"]} - set(kept)
    assert all(any(one["codes"] for one in first) for _ in sides)
    page.press("1", "2", "Enter")
    page.page.keyboard.type("två saker")
    page.press("Enter")
    page.pause()
    choose(page, "none_fits")
    page.press("Enter")
    page.page.keyboard.type("inget av dem")
    page.press("Enter")
    page.page.locator('.sk-card[data-saved="saved"] .sk-saved', has_text="Sparat: 2").wait_for()
    table = sa.Study.open(root).adjudications("addresses").sort_values("decided_at")
    settled = "|".join(code for code in order if code in {*kept, *sides[:2]})
    assert list(table["codes"]) == [settled, ""]
    page = settle("anna", "criterion_goal")
    settle_note(page, "4", "tydligt mål")
    page.wait_for_state("saved")
    assert list(sa.Study.open(root).adjudications("criterion_goal")["codes"]) == ["4"]


def test_the_end_says_what_is_open_and_leads_back_to_it(settle, root):
    page = settle("anna", "valence")
    for place in range(len(page.session.note_ids)):
        settle_note(page, "/" if place == 1 else "1", "skäl")
    assert page.text(".sk-finish-title") == "Alla oenigheter är avgjorda eller lämnade öppna. Tack."
    page.wait_for_state("saved")
    page.page.get_by_role("button", name="Gå igenom dem som lämnats öppna (1)").click()
    assert page.text(".sk-remark") == "Du lämnade den här lappen öppen."
    settle_with(page, "mojlighet", "nu klart")
    page.wait_for_state("saved")
    table = sa.Study.open(root).adjudications("valence").set_index("note_id")
    assert table.loc[page.session.note_ids[1], "codes"] == "mojlighet"


@pytest.fixture
def with_people(root):
    """Two persons who code in the sample, beside its three automatic readers."""
    study = sa.Study.open(root)
    for coder, code in (("bo", "hinder"), ("cilla", "mojlighet")):
        for note_id in study.notes_asked("valence")[:4]:
            study.decide(coder, note_id, "valence", code)


@pytest.mark.parametrize(("lang", "question"), [("sv", "Vilka är med?"), ("en", "Who is present?")])
def test_who_is_present_is_asked_by_keyboard_and_kept_with_each_note(
    with_people, settle, root, lang, question
):
    page = settle("bo", "valence", lang=lang)
    people = page.page.get_by_role("group", name=question)
    toggle = people.get_by_role("button", name="cilla")
    assert people.get_by_role("button").all_inner_texts()[:-1] == ["cilla"]  # no program, nor who settles
    expect(toggle).to_have_attribute("aria-pressed", "false")
    head = page.page.locator(".sk-present")
    assert head.inner_text() == {"sv": "Ensam", "en": "Alone"}[lang]
    settle_note(page, "1", "utan cilla")
    page.wait_for_state("saved")
    expect(people).to_be_hidden()  # asked once a meeting
    head.focus()
    page.press("Enter")
    toggle.focus()
    page.press("Enter")
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert head.inner_text() == {"sv": "Med cilla", "en": "With cilla"}[lang]
    page.page.evaluate("document.querySelector('.sk-card').focus()")
    settle_note(page, "2", "med cilla")
    page.wait_for_state("saved")
    table = sa.Study.open(root).adjudications("valence").set_index("reason")
    assert table["present"].to_dict() == {"utan cilla": "", "med cilla": "cilla"}
    alone, together, now = page.session.note_ids[:3]
    page.page.wait_for_function("document.querySelector('.sk-place').textContent.includes('3 ')")
    study = sa.Study.open(root)
    shown = study.shown()
    assert set(shown["by"]) == {"adjudication"}
    seen = {
        coder: {note for notes in part["notes"] for note in notes} for coder, part in shown.groupby("coder")
    }
    # Cilla sat down while the second note was on screen; the third is on it now.
    assert seen == {"bo": {alone, together, now}, "cilla": {together, now}}
    assert study.decide("cilla", together, "valence", "hinder").pass_ == "3"
    again = AdjudicationSession(sa.Study.open(root), "bo", "valence")
    assert again.data()["present"] == ["cilla"]  # the cell run again is the same sitting
    assert AdjudicationSession(sa.Study.open(root), "anna", "valence").data()["present"] == []


def test_what_was_shown_but_not_settled_is_known_all_the_same(with_people, settle, root):
    page = settle("cilla", "valence")
    first, second = page.session.note_ids[:2]
    page.press("ArrowRight")
    page.page.wait_for_function("document.querySelector('.sk-place').textContent.includes(' 2 ')")
    study = sa.Study.open(root)
    assert study.adjudication_history().empty
    assert {note for notes in study.shown()["notes"] for note in notes} == {first, second}
    other = "hinder" if first not in study.notes_asked("valence")[:4] else "none_fits"
    assert study.decide("cilla", first, "valence", other).pass_ == "3"


@pytest.fixture
def lab_page(lab, browser):
    """An adjudicator's notebook in JupyterLab, over action notes: no other test codes any of those."""
    study = sa.Study.open(lab.root)
    for coder, code in (("bo", "verktyg"), ("cilla", "kommunikation")):
        for note_id in study.notes.index[study.notes["stage"] == "D"][:4]:
            study.decide(coder, note_id, "category_d", code)
    notebook = lab.notebook("settle", "03-adjudicate.ipynb", adjudicator="eva", variable="category_d")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.goto(notebook)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".sk-card:not(.sk-loading)").wait_for()
    page.wait_for_function("document.activeElement.classList.contains('sk-card')")
    yield page
    context.close()


def test_in_jupyterlab_its_own_keys_do_no_harm_and_a_new_line_runs_no_cell(lab_page, lab):
    page = lab_page
    n_cells = page.locator(".jp-Notebook .jp-Cell").count()
    for key in (*"ddxc", "1", "Control+Enter", *"ddx", "Shift+Enter", *"00"):
        page.keyboard.press(key)
    page.get_by_role("button", name="Avgör").click()
    page.keyboard.press("/")
    page.keyboard.type("vet inte")
    page.keyboard.press("Enter")
    page.locator('.sk-card[data-saved="saved"] .sk-saved', has_text="Sparat: 2").wait_for()
    assert page.locator(".jp-Notebook .jp-Cell").count() == n_cells
    assert page.locator(".jp-Dialog").count() == 0
    table = sa.Study.open(lab.root).adjudications("category_d").sort_values("decided_at")
    book = sa.Study.open(lab.root).codebook["category_d"].codes
    first = next(code.id for code in book if code.id in ("verktyg", "kommunikation"))
    assert list(table["codes"]) == [first, ""]
    assert list(table["reason"]) == ["ddx\n00", "vet inte"]


@pytest.fixture
def over_a_scale(show, root, tmp_path):
    """The adjudication card over a long scale, and its ledger."""
    table = pd.DataFrame({"note_id": [f"n{i}" for i in range(3)], "text": [f"Lapp {i}." for i in range(3)]})
    book = {"variables": [{"id": "scale", "kind": "scale", "label": "Hur mycket", "range": [0, 100]}]}
    study = sa.Study.create(tmp_path / "scale", notes=table, codebook=book)
    for coder, number in (("bo", "10"), ("cilla", "60")):
        for note_id in study.notes.index:
            study.decide(coder, note_id, "scale", number)
    session = AdjudicationSession(study, "anna", "scale")
    page = show(session, styles=ADJUDICATION_STYLES, clock=True)
    return page, lambda: [row[1:] for row in ledger(study.root, "anna", "scale")]


def test_what_stands_in_the_number_field_is_what_is_settled(over_a_scale):
    page, settled = over_a_scale
    field = page.page.locator(".sk-number input")
    settle_number(page, field, "30", "skäl")
    page.press("ArrowLeft")
    page.press("3", "0", "Escape")
    page.pause()
    field.fill("45")
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    page.page.locator(".sk-reason textarea").click()
    page.press("Enter")  # another choice asks for another reason
    assert page.text(".sk-refusal").endswith("Ingenting har sparats.")
    assert settled() == [("30", "skäl")]
    page.page.keyboard.type("nytt skäl")
    page.press("Enter")
    page.pause()
    page.wait_for_state("saved")
    assert settled() == [("45", "nytt skäl")]
    field.fill("101")
    page.page.locator(".sk-reason textarea").fill("för högt")
    page.press("Enter")
    assert page.text(".sk-typed") == "101 finns inte här. Skalan går från 0 till 100. Inget sparades."
    assert (settled(), field.input_value()) == ([("45", "nytt skäl")], "101")


def settle_number(page, field, number, reason):
    field.fill(number)
    page.press("Enter")
    page.page.locator(".sk-reason textarea").fill(reason)
    page.press("Enter")
    page.pause()
    page.wait_for_state("saved")


def test_what_is_begun_counts_at_once(settle):
    page = settle("anna")
    page.press("1")
    page.page.keyboard.type("halvt")
    assert page.text(".sk-saved") == "Sparat: 0. Inte sparat: 1"
    page.press("Escape")
    page.pause()
    page.press("ArrowRight", "ArrowLeft", "Enter")
    page.wait_for_state("saved")
    assert page.text(".sk-saved") == "Sparat: 1"


def test_undo_and_redo_keep_words_that_are_nowhere_else(settle, root):
    page = settle("anna")
    reason = page.page.locator(".sk-reason textarea")
    settle_note(page, "1", "skäl ett")
    page.press("Backspace")
    reason.focus()
    page.press("End")
    page.page.keyboard.type(" och en lång utvikning")
    page.press("Escape")
    page.pause()
    page.press("Shift+Backspace")
    page.wait_for_state("saved")
    page.press("ArrowLeft")
    assert reason.input_value() == "skäl ett och en lång utvikning"
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    page.press("Backspace")
    page.wait_for_state("saved")
    assert reason.input_value() == "skäl ett och en lång utvikning"
    page.press("Enter")
    page.pause()
    page.wait_for_state("saved")
    assert [row[2] for row in ledger(root, "anna")] == ["skäl ett och en lång utvikning"]


def test_a_number_in_the_field_goes_with_a_word_when_another_is_chosen(over_a_scale):
    page, settled = over_a_scale
    field = page.page.locator(".sk-number input")
    field.fill("45")
    page.page.locator(".sk-text").click()
    page.press("7", "Enter")
    assert page.text(".sk-typed") == "45 togs bort och är inte sparat."
    page.page.keyboard.type("skäl")
    page.press("Enter")
    page.wait_for_state("saved")
    assert settled() == [("7", "skäl")]


def test_a_code_that_can_no_longer_be_chosen_is_not_settled_again(settle, root):
    page = settle("anna")
    settle_with(page, CODES[1], "skäl ett")
    page.wait_for_state("saved")
    label = sa.Study.open(root).codebook[VARIABLE].label_of(CODES[1])
    path = next(root.rglob("codebook.yaml"))
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if f"id: {CODES[1]}" in line)
    lines.insert(at + 1, lines[at].replace("- ", "  ").replace(f"id: {CODES[1]}", "retired: true"))
    path.write_text("".join(lines), encoding="utf-8")
    page = settle("anna")
    page.press("Shift+ArrowLeft")
    assert label in page.text(".sk-remark")
    page.press("Enter")
    assert page.text(".sk-refusal") == "Välj först en kod, eller lämna lappen öppen. Ingenting har sparats."
    assert page.card.get_attribute("data-saved") == "saved"


def test_an_undo_that_came_too_late_leaves_no_draft_of_ones_own_over_the_answer_it_shows(settle, root):
    page = settle("anna")
    settle_note(page, "1", "skäl ett")
    page.wait_for_state("saved")
    note = page.session.note_ids[0]
    sa.Study.open(root).adjudicate("anna", note, VARIABLE, "nyckeltal", reason="annat")
    page.press("Backspace")
    page.page.get_by_text("Inget ångrades. Svaret har ändrats i ett annat fönster").wait_for()
    expect(page.page.locator('.sk-sides [data-code="nyckeltal"]')).to_have_attribute("aria-pressed", "true")
    assert page.page.locator(".sk-reason textarea").input_value() == "annat"
    page.press("Enter")
    page.pause()
    page.wait_for_state("saved")
    assert ledger(root, "anna") == [(note, "nyckeltal", "annat")]


def test_the_last_screen_says_too_that_nothing_was_undone(settle, root):
    page = settle("anna")
    settle_note(page, "1", "skäl ett")
    page.wait_for_state("saved")
    note = page.session.note_ids[0]
    sa.Study.open(root).adjudicate("anna", note, VARIABLE, "nyckeltal", reason="annat")
    presses = ["Backspace", *["ArrowRight"] * len(page.session.note_ids)]
    page.page.evaluate(
        """(keys) => keys.forEach((key) => document.activeElement.dispatchEvent(
             new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))""",
        presses,
    )
    expect(page.page.locator(".sk-finish")).to_contain_text("Inget ångrades")


def test_who_is_present_is_known_after_a_reload_too(with_people, settle, root):
    page = settle("anna")
    session, old = page.session, page.session.data()
    person = page.page.get_by_role("button", name=session.people[0], exact=True)
    person.click()
    expect(person).to_have_attribute("aria-pressed", "true")
    session.data = lambda: old  # what the widget holds
    page.load()
    head = page.page.locator(".sk-present")
    expect(head).to_have_text(f"Med {session.people[0]}")
    expect(person).to_be_hidden()  # asked once
    head.click()
    expect(person).to_have_attribute("aria-pressed", "true")
    page.press("ArrowRight")
    page.page.wait_for_timeout(100)
    assert session.present == session.people[:1]


def test_what_was_shown_while_nobody_answered_is_kept_once_somebody_does(settle, root):
    page = settle("anna")
    page.alive = False
    page.press("ArrowRight", "ArrowRight")
    page.load()
    page.card.wait_for()
    page.alive = True
    page.pause(6000)
    page.page.wait_for_timeout(300)
    page.pause(6000)
    page.page.wait_for_timeout(300)
    shown = sa.Study.open(root).shown()
    assert {note for notes in shown["notes"] for note in notes} == set(page.session.note_ids[:3])
