"""A coder misses a code: on a card and on a page, by keys alone, and nobody else learns of it."""

from __future__ import annotations

from sekom_analysis.coding import write_page
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange import write_coding_sheet
from sekom_analysis.study import codebook_editing
from sekom_analysis.study.decisions import new_event_id
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.study import Study

from ..exchange.conftest import fill
from .test_accessibility import axe, faults
from .test_keys_browser import TOPICS, VALENCE, a_scale, desk_of
from .test_page_browser import Page
from .test_three_ways import three

__all__ = ["axe", "desk_of", "three"]  # fixtures

STAR = "Shift+Digit8"  # as many keyboards have it; a digit's place without shift is the digit


def proposed(desk):
    """The standing proposals: the note's text, the variable, name and words."""
    rows = Desk.open(desk.root, desk.coder).decisions()
    rows = rows[rows["variable"] == "proposal"]
    cells = zip(rows["note_id"], rows["codes"], rows["memo"], strict=True)
    return [(desk.notes.at[note, "text"], variable, memo) for note, variable, memo in cells]


def field(page):
    return page.page.evaluate("document.activeElement.value")


def propose(page, name, words=""):
    page.press(STAR)
    page.page.keyboard.type(name)
    if words:
        page.press("Enter")
        page.page.keyboard.type(words)
    leave(page, "Control+Enter")


def leave(page, *keys):
    """Close the box; what comes right after it would count as part of the prose."""
    page.press(*keys)
    page.page.wait_for_timeout(500)
    page.wait_for_state("saved")


def test_a_code_is_proposed_changed_and_taken_back_by_keys(show, desk_of):
    desk = desk_of(VALENCE)
    page = show(Session(desk))
    first = page.text(".sk-text")
    propose(page, "Tid  för vila", "nummer 1")
    assert proposed(desk) == [(first, "valence", "Tid för vila\nnummer 1")]
    assert page.text(".sk-proposed") == "Förslag: Tid för vila."
    assert page.text(".sk-text") == first  # the question remains to be answered
    page.press(STAR)
    assert field(page) == "Tid för vila"
    page.press("End")
    page.page.keyboard.type(" nu")
    leave(page, "Escape")
    assert (
        page.text(".sk-proposed") == "Förslag: Tid för vila. Påbörjat förslag, inte sparat: Tid för vila nu."
    )
    assert len(proposed(desk)) == 1
    page.press(STAR)
    assert field(page) == "Tid för vila nu"
    leave(page, "Control+Enter")
    assert proposed(desk) == [(first, "valence", "Tid för vila nu\nnummer 1")]
    page.press("0", STAR)  # about the answer just given, since no code fitted
    assert field(page) == "Tid för vila nu"
    page.page.get_by_role("button", name="Ta tillbaka").click()
    page.wait_for_state("saved")
    assert proposed(desk) == []
    assert page.text(".sk-remark") == "Förslaget är tillbakataget."
    page.press("Backspace")
    page.wait_for_state("saved")
    assert proposed(desk) == [(first, "valence", "Tid för vila nu\nnummer 1")]
    assert page.text(".sk-text") == first
    assert page.text(".sk-proposed") == "Förslag: Tid för vila nu. Ditt svar är preliminärt."
    page.press("Shift+Backspace")
    page.wait_for_state("saved")
    assert proposed(desk) == []


def test_a_proposal_has_a_name_that_is_not_too_long(show, desk_of):
    desk = desk_of(VALENCE)
    page = show(Session(desk))
    page.press(STAR, "Control+Enter")
    assert page.text(".sk-too-long") == "Skriv ett namn på koden. Förslaget är inte sparat än."
    page.page.keyboard.type("x" * 81)
    page.press("Control+Enter")
    assert page.text(".sk-too-long").startswith(
        "Namnet har 81 tecken och högst 80 ryms. Korta det med minst 1."
    )
    page.press("Backspace", "Control+Enter")
    page.wait_for_state("saved")
    assert proposed(desk)[0][2] == "x" * 80


def test_each_question_has_its_own_and_a_number_has_none(show, desk_of):
    desk = desk_of(VALENCE, TOPICS, a_scale(1, 5), notes=1)
    page = show(Session(desk))
    text = page.text(".sk-text")
    page.page.locator(".sk-text").dblclick(position={"x": 20, "y": 12})  # the words chosen in the note
    chosen = page.page.evaluate("String(getSelection()).trim()")
    assert chosen
    page.page.get_by_role("button", name="Kod saknas").click()
    page.page.keyboard.type("Ett")
    leave(page, "Control+Enter")
    page.press("1")
    propose(page, "Två")
    page.press("1", "Enter")
    assert page.text(".sk-question").startswith("scale")
    page.press(STAR)
    assert page.page.locator(".sk-sheet").count() == 0
    assert page.text(".sk-remark").startswith("Här svarar du med ett tal")
    page.wait_for_state("saved")
    assert sorted(proposed(desk)) == [(text, "topics", "Två"), (text, "valence", f"Ett\n{chosen}")]
    again = show(Session(Desk.open(desk.root, "anna")))
    again.press("End")
    assert again.text(".sk-proposed") == ""
    again.press("ArrowLeft")
    assert again.text(".sk-proposed").startswith("Förslag: Två.")


def test_a_page_keeps_proposals_offline_and_brings_them_once(desk_of, playwright, chromium, tmp_path):
    desk = desk_of(VALENCE, TOPICS, notes=2)
    page = Page(playwright, chromium, tmp_path / "profile", write_page(desk, tmp_path))
    page.context.set_offline(True)
    first = page.text(".sk-text")
    propose(page, "Utkast")
    propose(page, " mer")  # goes on from what stands
    page.press("0")
    assert page.text(".sk-question").startswith("Ämnen")
    page.press("1", "Enter", STAR)
    page.page.keyboard.type("Halvt")  # on the next note, not saved
    leave(page, "Escape")
    page.page.reload()
    Page.wait(page.page)
    assert page.text(".sk-proposed") == "Påbörjat förslag, inte sparat: Halvt."
    page.press("ArrowLeft", "ArrowLeft")
    assert page.text(".sk-proposed") == "Förslag: Utkast mer. Ditt svar är preliminärt."
    page.button("Ladda ner svarsfilen").click()
    page.says("förslag på en kod")
    file = page.answers_file(tmp_path, "Spara dem och ladda ner")
    page.close()
    study = Study.open(desk.root)
    for _ in range(2):
        study.collect(file)
    found = {(variable, memo) for _, variable, memo in proposed(desk)}
    assert found == {("valence", "Utkast mer"), ("valence", "Halvt")}
    assert (first, "valence", "Utkast mer") in proposed(desk)
    assert len(study.history()[study.history()["variable"] == "proposal"]) == 3
    assert study.problems.empty
    other = write_page(study.desk("bo"), tmp_path).read_text(encoding="utf-8")
    assert "Utkast mer" not in other
    own = write_page(study.desk("anna"), tmp_path).read_text(encoding="utf-8")
    assert "Utkast mer" in own
    study.undo_collect(file)
    assert proposed(desk) == []


# --- from proposal to answer --------------------------------------------------------------------------


def with_the_card(desk, answers, name="", only=""):
    """Answer on a card, and propose a code on the first note."""
    session = Session(desk, only=only)
    data = session.data()
    for number, note in enumerate(data["notes"]):
        told = {"certainty": "", "pass": 1, "note": note["key"], "note_hash": note["hash"], "event": "decide"}
        code = answers[desk.note_of(note["key"])]
        events = [{**told, "event_id": new_event_id(), "variable": "theme", "codes": [code], "memo": "",
                   "codebook": data["variables"][0]["version"]}]  # fmt: skip
        if name and not number:
            proposal = {"variable": "proposal:theme", "codes": ["theme"], "memo": name}
            events.append({**told, "event_id": new_event_id(), **proposal})
        kinds = [one["kind"] for one in session.receive({"kind": "events", "events": events})]
        assert kinds == ["saved", "answers"]
    return [desk.note_of(note["key"]) for note in data["notes"]]


def test_one_made_on_page_sheet_and_card_is_accepted_and_coded_by_all(three, playwright, chromium, tmp_path):
    study = three
    notes = [*study.notes.index]
    on_page = [item.note_id for item in Session(study.desk("anna")).items]
    page = Page(playwright, chromium, tmp_path / "profile", write_page(study.desk("anna"), tmp_path))
    propose(page, "Tid för vila")  # and the note gets a code for now
    page.press(*"1" * len(notes))
    page.wait_for_state()
    files = [page.answers_file(tmp_path)]
    page.close()
    sheet = write_coding_sheet(study.desk("bertil"), tmp_path / "ark.xlsx")
    cells = dict.fromkeys([(note, "theme/answer") for note in notes], "Tid")
    cells |= {("n3", "theme/answer"): "Ingen passar", ("n4", "theme/proposal"): "tid för  VILA"}
    files.append(fill(sheet, study, cells))
    on_card = with_the_card(study.desk("cecilia"), dict.fromkeys(notes, "vilja"), "Vila")
    for file in files:
        study.collect(file)
    table = study.proposals()
    assert list(table["group"]) == [1, 1, 1]
    assert {*zip(table["coder"], table["note_id"], table["answer"], strict=True)} == {
        ("anna", on_page[0], "tid"), ("bertil", "n4", "tid"), ("cecilia", on_card[0], "vilja")
    }  # fmt: skip
    before = study.ratings("theme")

    planned = codebook_editing.add(study, "theme", "vila", origin=[*table["name"]], label="Vila")
    assert planned.lines[-1].endswith("to look at again: 4 (anna 1, bertil 2, cecilia 1).")
    study = planned.save("lead", "Tre saknade den.")
    assert study.proposals().empty
    assert study.ratings("theme").equals(before.astype(study.ratings("theme").dtypes.iloc[0]))

    listed = {"anna": [on_page[0]], "bertil": ["n3", "n4"], "cecilia": [on_card[0]]}
    for coder, asked in listed.items():
        answered = with_the_card(study.desk(coder), dict.fromkeys(notes, "vila"), only="older")
        assert sorted(answered) == asked
    ratings = study.ratings("theme")
    assert {coder: [*ratings.index[ratings[coder] == "vila"]] for coder in ratings} == listed
    assert study.problems.empty


def test_the_box_can_be_used_by_everybody_and_fits_a_narrow_window(show, desk_of, axe):
    page = show(Session(desk_of(VALENCE)), viewport={"width": 420, "height": 900})
    page.page.evaluate(axe)
    propose(page, "Mycket långt namn " * 4)
    page.press(STAR)
    assert page.page.locator(".sk-proposal input").count() == 1
    assert faults(page) == []
    assert page.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.press("Tab", "Tab")
    assert page.page.evaluate("document.activeElement.textContent") == "Ta tillbaka"
