"""The card in a real browser, joined to a real session: what each key does, and what the log then says."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from types import SimpleNamespace

import pandas as pd
import pytest
from playwright.sync_api import expect

import sekom_analysis as sa
from sekom_analysis.coding.session import Session
from sekom_analysis.study import log

from .browsers import to_the_end

B_ONLY = {"stages": ["B"], "variables": ["valence", "category_b"]}


@pytest.fixture
def desk(study_root):
    return sa.Desk.open(study_root, "anna")


def logged(desk):
    """The standing decisions as (note, variable) -> codes."""
    table = desk.decisions()
    return {(n, v): c for n, v, c in table[["note_id", "variable", "codes"]].itertuples(index=False)}


def order(session):
    return [item.note_id for item in session.items]


def test_digits_answer_and_the_card_moves_on_by_itself(show, desk):
    session = Session(desk, **B_ONLY)
    page = show(session)
    page.press("1", "3", "2", "7")
    page.wait_for_state("saved")
    first, second = order(session)[:2]
    assert logged(desk) == {
        (first, "valence"): "hinder", (first, "category_b"): "resurser",
        (second, "valence"): "mojlighet", (second, "category_b"): "systemsyn",
    }  # fmt: skip
    assert page.text(".sk-place") == "Lapp 3 av 159"
    assert page.text(".sk-text") == desk.notes.at[order(session)[2], "text"]
    assert page.text(".sk-saved") == "Sparat: 4"
    assert page.text(".sk-just") == "Nyss: Systemsyn"


def test_undo_and_redo_reach_back_and_the_log_keeps_it_all(show, desk):
    session = Session(desk, **B_ONLY)
    page = show(session)
    page.press("1", "3", "Backspace", "Backspace")
    page.wait_for_state("saved")
    assert logged(desk) == {}
    assert list(desk.history()["event"]) == ["decide", "decide", "retract", "retract"]
    assert page.text(".sk-place") == "Lapp 1 av 159"
    assert page.page.get_by_role("button", name="Ångra").is_disabled()
    page.press("Control+Shift+Z", "Shift+Backspace", "Backspace", "4")
    page.wait_for_state("saved")
    note = order(session)[0]
    assert logged(desk) == {(note, "valence"): "hinder", (note, "category_b"): "samordning"}


def test_undo_of_a_changed_answer_brings_the_earlier_one_back(show, desk):
    note = order(Session(desk, **B_ONLY))[0]
    desk.decide(note, "valence", "hinder", certainty=1, memo="först")
    page = show(Session(desk, **B_ONLY))
    page.press("ArrowLeft", "2", "Backspace")
    page.wait_for_state("saved")
    row = desk.decisions().iloc[0]
    assert (row["codes"], row["certainty"], row["memo"]) == ("hinder", "1", "först")


def test_a_memo_takes_digits_and_letters_and_codes_nothing(show, desk):
    session = Session(desk, **B_ONLY)
    page = show(session, clock=True)
    page.press(",")
    page.page.keyboard.type("12 av 30 m²; s u n 7")
    page.press("Shift+Enter")
    page.page.keyboard.type("å, ä, ö =1+1")
    page.press("Escape")
    page.pause()
    assert desk.history().empty
    assert page.text(".sk-remark") == (
        "Anteckningen är inte sparad än. Den sparas med ditt svar på den här frågan."
    )
    page.press("2", "Shift+Digit1")
    page.wait_for_state("saved")
    row = desk.decisions().iloc[0]
    assert (row["codes"], row["certainty"], row["memo"]) == (
        "mojlighet",
        "1",
        "12 av 30 m²; s u n 7\nå, ä, ö =1+1",
    )


def test_memo_and_certainty_given_afterwards_are_saved_at_once_with_the_answer(show, desk):
    page = show(Session(desk, **B_ONLY))
    page.press("2", "ArrowLeft", "Shift+Digit3", ",")
    page.page.keyboard.type("klart fall")
    page.page.locator(".sk-place").click()  # clicking elsewhere keeps what was typed
    page.press("ArrowRight")
    page.wait_for_state("saved")
    row = desk.decisions().iloc[0]
    assert (row["codes"], row["certainty"], row["memo"]) == ("mojlighet", "3", "klart fall")


def test_several_codes_wait_for_enter_and_none_of_them_is_an_answer(show, desk):
    session = Session(desk, variables=["dimension"])
    page = show(session, clock=True)
    page.press("1", "3", "1", "2")
    assert page.text(".sk-remark") == "Inte bekräftat än; Enter bekräftar."
    assert desk.history().empty
    page.press("Enter")
    page.pause()  # a second Enter at once would not be an answer
    page.press("Enter")
    page.wait_for_state("saved")
    first, second = order(session)[:2]
    assert logged(desk) == {(first, "dimension"): "social|ekonomisk", (second, "dimension"): ""}


def test_a_scale_takes_its_own_numbers_and_nothing_beyond(show, desk):
    session = Session(desk, variables=["criterion_goal"])
    page = show(session)
    page.press("6", "0", "9", "5", "1")
    page.wait_for_state("saved")
    assert list(logged(desk).values()) == ["5", "1"]


def test_none_fits_is_zero_where_it_is_allowed_and_only_there(show, desk):
    session = Session(desk, variables=["category_d", "cycle"], stages=["D"])
    page = show(session)
    page.press("0", "8", "0")
    page.wait_for_state("saved")
    note = order(session)[0]
    assert logged(desk) == {(note, "category_d"): "verktyg", (note, "cycle"): "none_fits"}


def test_a_skipped_question_is_no_answer_and_comes_back_at_the_end(show, desk):
    session = Session(desk, variables=["valence"], sources=["hallstahammar-2022"], stages=["B"])
    page = show(session)
    page.press("1", "/", *"121212")
    assert page.text(".sk-finish-title") == "Alla lappar är klara. Tack."
    page.wait_for_state("saved")
    skipped = order(session)[1]
    assert list(desk.skipped()["note_id"]) == [skipped]
    page.page.get_by_role("button", name="Gå igenom överhoppade (1)").click()
    assert page.text(".sk-remark") == "Du hoppade över den här frågan."
    page.press("2")
    page.wait_for_state("saved")
    assert logged(desk)[skipped, "valence"] == "mojlighet"
    assert page.text(".sk-finish-saved") == "Alla svar är sparade. Du kan stänga fliken."
    assert desk.skipped().empty


def test_a_note_can_be_flagged_as_two_ideas_and_the_flag_taken_off(show, desk):
    session = Session(desk, **B_ONLY)
    page = show(session)
    page.press("+")
    page.wait_for_state("saved")
    assert logged(desk) == {(order(session)[0], "flag"): "two_ideas"}
    page.press("+")
    page.wait_for_state("saved")
    assert logged(desk) == {}


def test_codes_beyond_the_digits_are_found_by_letters_and_arrows(show, tmp_path):
    names = ["Arbete", "Bostad", "Cykel", "Djur", "Ekonomi", "Familj", "Grannar", "Hälsa", "Idrott", "Jul"]
    names += [*(f"Kod {number}" for number in range(10, 39)), "Trygghet i hemmet"]
    codes = [{"id": f"k{number:02}", "label": name} for number, name in enumerate(names, 1)]
    book = {"variables": [{"id": "many", "kind": "single", "label": "Många", "codes": codes}]}
    notes = pd.DataFrame(
        {
            "note_id": [f"n{i}" for i in range(9)],
            "text": ["en", "två", "tre", "fyra", "fem", "sex", "7", "8", "9"],
        }
    )
    desk = sa.Study.create(tmp_path / "many", notes=notes, codebook=book).desk("anna")
    session = Session(desk)
    page = show(session, viewport={"width": 1280, "height": 720})
    keys = page.page.locator(".sk-code .sk-key").all_inner_texts()
    assert keys == [*"123456789", "0"]
    assert page.page.locator('[data-code="k40"] .sk-lead').inner_text() == "t"
    assert page.card.bounding_box()["height"] <= 720
    page.press(
        "9", "j", "Enter", "ArrowUp", "ArrowUp", "Enter", "0"
    )  # before the first comes the last: none fits
    page.page.keyboard.type("kod 38")  # a digit that a label has goes on with it
    page.press("Enter")
    page.page.keyboard.type("hem")
    page.press("Backspace", "Backspace", "Backspace", "t", "Enter")
    page.press("x")
    assert page.text(".sk-remark") == "Ingen kod har ”x”. Esc rensar."
    page.press("h", "2")  # a digit that no label has answers
    page.wait_for_state("saved")
    assert [logged(desk)[note, "many"] for note in order(session)[:7]] == [
        "k09", "k10", "k40", "none_fits", "k39", "k40", "k02",
    ]  # fmt: skip
    assert len(desk.history()) == 7


def test_typing_a_name_shows_the_code_its_definition_and_the_rest_faded_and_enter_answers(show, desk):
    session = Session(desk, **B_ONLY)
    page = show(session)
    page.press("1", "r", "e", "s")
    found = page.page.locator(".sk-code:not(.sk-off)")
    assert found.locator(".sk-label").all_inner_texts() == ["Resurser"]
    assert found.locator("mark").inner_text() == "Res"
    assert page.text(".sk-typing b") == "res"
    (definition,) = [
        code["definition"]
        for variable in session.data()["variables"] if variable["id"] == "category_b"
        for code in variable["codes"] if code["id"] == "resurser"
    ]  # fmt: skip
    assert page.text(".sk-side .sk-entry-label") == "Resurser"
    assert definition in page.text(".sk-side")
    page.wait_for_state("saved")
    assert (order(session)[0], "category_b") not in logged(desk)
    page.press("Escape")  # clears, and leads nowhere
    assert page.page.locator(".sk-off").count() == 0
    page.press("r", "e", "s", "Enter")
    page.wait_for_state("saved")
    assert logged(desk)[order(session)[0], "category_b"] == "resurser"


def test_the_codebook_covers_the_card_takes_all_keys_and_gives_them_back(show, desk):
    session = Session(desk, **B_ONLY)
    page = show(session)
    page.press("1", "'")
    book = page.page.get_by_role("dialog")
    assert "arbetstid" in book.inner_text()
    page.press("1", "2", "r", "/", ",", "Backspace", "Enter")
    page.press("Escape")
    expect(book).to_have_count(0)
    page.press("3")
    page.wait_for_state("saved")
    assert list(desk.history()["codes"]) == ["hinder", "resurser"]


def test_a_held_key_and_keys_with_other_meanings_code_nothing_twice(show, desk):
    page = show(Session(desk, variables=["valence"], stages=["B"]))
    page.page.keyboard.down("1")
    for _ in range(5):
        page.page.keyboard.down("1")  # Chromium marks these as repeats
    page.page.keyboard.up("1")
    page.press("'", "'", "x", "a", "c", "Alt+1", "Shift+Enter", "9", "0", "0")
    page.wait_for_state("saved")
    assert len(desk.history()) == 1


def test_fixing_an_earlier_note_leads_back_to_where_one_was(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press(*"1111", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "2")
    assert page.text(".sk-place") == "Lapp 5 av 159"
    page.wait_for_state("saved")
    assert [logged(desk)[note, "valence"] for note in order(session)[:4]] == [
        "hinder",
        "mojlighet",
        "hinder",
        "hinder",
    ]


def test_buttons_stay_where_they_are_from_note_to_note(show, desk):
    """What acts stands still whatever is asked; the codes of a question stand still from note to note."""
    page = show(Session(desk, **B_ONLY))
    acts, codes = set(), {}
    for _ in range(12):
        for name in ("Ångra", "Hoppa över", "Anteckning", "Osäker", "Framåt"):
            box = page.page.get_by_role("button", name=name, exact=True).first.bounding_box()
            acts.add((name, box["x"], box["y"]))
        boxes = [one.bounding_box() for one in page.page.locator(".sk-code").all()]
        codes.setdefault(page.text(".sk-question"), set()).add(tuple((box["x"], box["y"]) for box in boxes))
        page.press("1")
    assert len(acts) == 5
    assert [len(places) for places in codes.values()] == [1, 1]


def test_a_note_is_text_whatever_it_holds(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    nasty = '</script><img src=x onerror="document.title=1"> "citat" 😀 שלום ' + "lång " * 1000
    desk.notes.loc[order(session)[0], "text"] = nasty
    page = show(session)
    assert page.page.locator(".sk-text").text_content() == nasty
    assert page.page.locator(".sk-text *").count() == 0
    assert page.page.locator(".sk-more").is_visible()
    page.press("Space")
    assert page.page.locator(".sk-note").evaluate("box => box.scrollTop") > 0


def test_answers_under_an_older_definition_are_named_and_can_be_given_again(show, study_root, desk):
    note = order(Session(desk, variables=["valence"]))[0]
    desk.decide(note, "valence", "hinder")
    book = study_root / "data" / "raw" / "codebook.yaml"
    text = book.read_text(encoding="utf-8")
    book.write_text(
        text.replace("En svaghet i dag eller ett hot", "En svaghet nu eller ett hot"), encoding="utf-8"
    )
    newer = sa.Desk.open(study_root, "anna")
    page = show(Session(newer, variables=["valence"], only="older"))
    page.page.get_by_role("button", name="Se över dem (1)").click()
    assert page.text(".sk-again p:first-child") == "Du valde Hinder, vars text har ändrats."
    page.press("1")
    page.wait_for_state("saved")
    assert list(newer.decisions()["codebook"]) == [newer.codebook["valence"].version]
    assert len(newer.history()) == 2


# --- nothing looks saved that is not --------------------------------------------------------------


@contextmanager
def refused_by_the_disk(monkeypatch, number):
    """Let every write to a log fail as the system says it: a read-only file, or a disk without room."""

    def half_then_fail(handle, data):
        if number == errno.ENOSPC and len(data) > 20:
            return os.write(handle, data[:20])  # a full disk takes what still fits
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(log, "os", SimpleNamespace(**vars(os) | {"write": half_then_fail}))
        yield


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC])
def test_a_disk_that_refuses_is_shown_and_nothing_is_lost(show, desk, monkeypatch, number):
    session = Session(desk, **B_ONLY)
    page = show(session)
    page.press("1", "2")
    page.wait_for_state("saved")
    with refused_by_the_disk(monkeypatch, number):
        page.press("2", "5")
        page.wait_for_state("not_saved")
        expect(page.page.locator(".sk-saved")).to_have_text("INTE sparade: 2")
        assert "gick inte att skriva till studiens mapp" in page.text(".sk-alarm")
        assert "ligger de kvar i den här webbläsaren" in page.text(".sk-alarm")
        # of two that go together a full disk may take the first; it counts as not saved all the same
        assert len(logged(desk)) in ({2} if number == errno.EROFS else {2, 3})
    page.wait_for_state("saved")
    assert page.text(".sk-saved") == "Sparat: 4"
    assert logged(desk)[order(session)[1], "category_b"] == "samverkan"
    assert len(desk.history()) == 4


def test_without_an_answer_the_card_says_so_and_a_reload_keeps_and_resends(show, desk):
    session = Session(desk, **B_ONLY)
    page = show(session)
    page.press("1")
    page.wait_for_state("saved")
    page.alive = False
    page.press("2", "1", "3")
    assert page.card.get_attribute("data-saved") == "saving"
    page.wait_for_state("not_saved")
    expect(page.page.locator(".sk-saved")).to_have_text("INTE sparade: 3")
    assert len(desk.history()) == 1
    page.load()
    assert page.text(".sk-place") == "Lapp 3 av 159"
    page.wait_for_state("not_saved")
    page.alive = True
    page.wait_for_state("saved")
    first, second = order(session)[:2]
    assert logged(desk) == {
        (first, "valence"): "hinder", (first, "category_b"): "nyckeltal",
        (second, "valence"): "hinder", (second, "category_b"): "resurser",
    }  # fmt: skip
    page.load()
    page.wait_for_state("saved")
    assert len(desk.history()) == 4


def test_an_answer_that_got_lost_on_the_way_is_never_saved_after_the_one_that_replaced_it(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.alive = False
    page.press("1", "1", "ArrowLeft")
    page.alive = True
    page.press("2")
    page.wait_for_state("saved")
    first, second = order(session)[:2]
    assert logged(desk) == {(first, "valence"): "hinder", (second, "valence"): "mojlighet"}
    own = desk.history()
    assert own.loc[own["note_id"] == second, "codes"].tolist() == ["hinder", "mojlighet"]


def test_messages_that_overtake_each_other_never_change_the_order_of_what_was_done(show, desk):
    session = Session(desk, **B_ONLY)
    page = show(session)
    page.page.evaluate("""() => {
        const post = window.post;
        let number = 0;
        window.post = async (message) => {
            if (number++ % 2 === 0) await new Promise((go) => setTimeout(go, 300));
            return post(message);
        };
    }""")
    page.press("1", "3", "2", "7", "Backspace", "4")
    page.wait_for_state("saved")
    first, second = order(session)[:2]
    steps = desk.history()[["note_id", "variable", "event", "codes"]]
    assert list(steps.itertuples(index=False, name=None)) == [
        (first, "valence", "decide", "hinder"),
        (first, "category_b", "decide", "resurser"),
        (second, "valence", "decide", "mojlighet"),
        (second, "category_b", "decide", "systemsyn"),
        (second, "category_b", "retract", ""),
        (second, "category_b", "decide", "samordning"),
    ]


def test_an_answer_that_the_study_refuses_is_named_and_can_be_given_again(show, desk, monkeypatch):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    first, known = session.items[0].key, desk.note_of
    monkeypatch.setattr(desk, "note_of", lambda key: None if key == first else known(key))
    page.press("1")
    page.wait_for_state("not_saved")
    assert "tar inte emot ett av svaren" in page.text(".sk-alarm")
    page.page.get_by_role("button", name="Svara på lappen igen").click()
    assert page.text(".sk-place") == "Lapp 1 av 159"
    assert page.card.get_attribute("data-saved") == "saved"
    assert page.text(".sk-saved") == "Sparat: 0"


def test_what_another_window_decided_is_shown_and_not_undone_here(show, study_root, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1", "1")
    page.wait_for_state("saved")
    first, second, third = order(session)[:3]
    sa.Desk.open(study_root, "anna").decide(second, "valence", "mojlighet")
    page.press("1", "Backspace", "Backspace")
    page.wait_for_state("saved")
    assert logged(desk) == {(second, "valence"): "mojlighet"}
    assert third not in {note for note, _ in logged(desk)}
    assert page.page.get_by_role("button", name="Ångra").is_disabled()
    assert first not in {note for note, _ in logged(desk)}


AT_ONCE = """(keys) => keys.forEach((key) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })))"""


def test_an_undo_made_before_the_card_hears_of_another_window_takes_nothing_back(show, study_root, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1", "1")
    page.wait_for_state("saved")
    first, second, _ = order(session)[:3]
    sa.Desk.open(study_root, "anna").decide(second, "valence", "mojlighet")
    page.page.evaluate(AT_ONCE, ["1", "Backspace", "Backspace"])
    page.page.locator(
        ".sk-remark", has_text="Inget ångrades. Svaret har ändrats i ett annat fönster"
    ).wait_for()
    page.wait_for_state("saved")
    assert logged(desk) == {(first, "valence"): "hinder", (second, "valence"): "mojlighet"}
    assert page.text(".sk-place") == "Lapp 2 av 159"
    assert (
        page.page.locator('[data-code="mojlighet"][aria-pressed]').first.get_attribute("aria-pressed")
        == "true"
    )
    page.press("Shift+Backspace")
    page.wait_for_state("saved")
    assert logged(desk)[second, "valence"] == "mojlighet"


SLOWLY = """() => { const post = window.post; window.heard = 0; window.post = async (message) => {
  await new Promise((go) => setTimeout(go, 3200)); // longer than the card waits before it sends again
  return post(message).finally(() => { window.heard += 1; });
}; }"""


def test_of_an_undo_sent_twice_to_a_slow_python_nothing_is_told(show, desk):
    page = show(Session(desk, variables=["valence"], stages=["B"]))
    page.press("1")
    page.wait_for_state("saved")
    page.page.evaluate(SLOWLY)
    page.press("Backspace")
    page.page.wait_for_function("window.heard > 1")
    page.wait_for_state("saved")
    assert "Inget ångrades" not in page.page.inner_text("body")
    assert list(desk.history()["event"]) == ["decide", "retract"]


def test_of_an_undo_that_came_too_late_is_told_once_however_often_it_was_sent(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1")
    page.wait_for_state("saved")
    sa.Desk.open(desk.root, "anna").decide(order(session)[0], "valence", "mojlighet")
    page.page.evaluate(SLOWLY)
    page.press("Backspace")
    page.page.locator(".sk-remark", has_text="Inget ångrades").wait_for()
    page.press("ArrowRight")
    page.page.wait_for_function("window.heard > 1")
    page.page.wait_for_timeout(100)
    assert "Inget ångrades" not in page.page.inner_text("body")


def test_a_skip_of_what_another_window_answered_shows_that_answer_and_cannot_take_it_back(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    first = order(session)[0]
    sa.Desk.open(desk.root, "anna").decide(first, "valence", "mojlighet")
    page.press("/")
    expect(page.page.locator(".sk-saved")).to_have_text("Sparat: 1")
    expect(page.page.get_by_role("button", name="Ångra")).to_be_disabled()
    page.press("ArrowLeft")
    assert page.text(".sk-remark") == "Besvarad; ett nytt val ersätter svaret."
    page.press("Backspace")
    assert logged(desk) == {(first, "valence"): "mojlighet"}


def test_a_skip_in_another_window_leaves_an_answer_to_be_undone_here(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1")
    page.wait_for_state("saved")
    sa.Desk.open(desk.root, "anna").skip(order(session)[0], "valence")
    page.press("Backspace")
    page.wait_for_state("saved")
    assert "Inget ångrades" not in page.page.inner_text("body")
    assert logged(desk) == {}


def test_after_an_older_log_was_put_back_an_undo_shows_what_the_log_holds(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1", "ArrowLeft", "2")
    page.wait_for_state("saved")
    log = desk.root / "data" / "coded" / "anna.csv"
    head = log.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    log.write_text(head, encoding="utf-8")
    page.press("Backspace")
    expect(page.page.locator(".sk-saved")).to_have_text("Sparat: 0")
    assert page.page.locator('[data-code][aria-pressed="true"]').count() == 0
    assert page.text(".sk-place") == "Lapp 1 av 159"


def test_a_window_that_one_returns_to_has_heard_of_the_other(show, study_root, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1", "1")
    page.wait_for_state("saved")
    first, second = order(session)[:2]
    sa.Desk.open(study_root, "anna").decide(second, "valence", "mojlighet")
    sa.Desk.open(study_root, "anna").decide(order(session)[5], "valence", "hinder")
    page.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.page.locator(".sk-saved")).to_have_text("Sparat: 3")
    page.press("Backspace")
    page.wait_for_state("saved")
    assert first not in {note for note, _ in logged(desk)}
    assert logged(desk)[second, "valence"] == "mojlighet"


def replace_text(desk, note_id, text):
    """Replace a note's text in the study's file; return the desk as it is then."""
    path = desk.root / "data" / "raw" / "notes.csv"
    notes = pd.read_csv(path, dtype=str, keep_default_na=False)
    notes.loc[notes["note_id"] == note_id, "text"] = text
    notes.to_csv(path, index=False, encoding="utf-8")
    return sa.Desk.open(desk.root, desk.coder)


def test_a_replaced_text_is_asked_again_and_undo_brings_the_earlier_answer_back(show, desk):
    session = Session(desk, **B_ONLY)
    for note_id in order(session)[:3]:
        desk.decide(note_id, "valence", "hinder", memo="förr")
        desk.decide(note_id, "category_b", "kunskap")
    second = order(session)[1]
    before = desk.decisions().set_index(["note_id", "variable"]).loc[(second, "valence")]
    page = show(Session(replace_text(desk, second, "En annan mening"), **B_ONLY))
    assert page.text(".sk-text") == "En annan mening"
    assert page.text(".sk-saved") == "Sparat: 4"
    assert page.text(".sk-remark") == "Lappen har ändrats sedan du svarade. Tidigare svar: Hinder"
    page.press("1")
    page.wait_for_state("saved")
    now = desk.decisions().set_index(["note_id", "variable"]).loc[(second, "valence")]
    assert (now["codes"], now["memo"]) == ("hinder", "")
    assert now["note_hash"] != before["note_hash"]
    page.press("Backspace")
    page.wait_for_state("saved")
    expect(page.page.locator(".sk-remark")).to_contain_text("Tidigare svar: Hinder")
    after = desk.decisions().set_index(["note_id", "variable"]).loc[(second, "valence")]
    kept = ["codes", "memo", "note_hash", "codebook"]
    assert after[kept].to_dict() == before[kept].to_dict()


def test_notes_whose_text_has_changed_are_listed_at_the_end(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"], sources=["gustafsson-2021"])
    for note_id in order(session):
        desk.decide(note_id, "valence", "hinder")
    options = {"variables": ["valence"], "stages": ["B"], "sources": ["gustafsson-2021"]}
    page = show(Session(replace_text(desk, order(session)[4], "En annan mening"), **options))
    page.press("ArrowRight")
    to_the_end(page, "ArrowRight")
    page.page.get_by_role("button", name="Gå igenom svar på lappar som har ändrats (1)").click()
    assert page.text(".sk-place") == "Ändrad text 1 av 1"
    assert page.text(".sk-text") == "En annan mening"


def test_what_was_begun_counts_as_not_saved_and_is_saved_from_the_last_screen(show, desk):
    options = {"stages": ["B"], "variables": ["valence", "dimension"], "sources": ["gustafsson-2021"]}
    session = Session(desk, **options)
    page = show(session, clock=True)
    page.press("1", "1", "2")  # a selection of two dimensions that nobody confirms
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    page.press("ArrowRight", ",")
    page.page.keyboard.type("vänta")
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 2"
    page.press("Escape")
    page.pause()
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 2"
    for _ in range(2 * len(session.items)):
        page.press("ArrowRight")
    first, second = (desk.notes.at[note_id, "text"] for note_id in order(session)[:2])
    named = page.page.locator(".sk-begun li").all_inner_texts()
    assert [name.split(":")[-1].strip() for name in named] == ["val", "anteckning"]
    assert [name[1:20] for name in named] == [first[:19], second[:19]]
    page.page.locator(".sk-begun .sk-go").click()
    page.wait_for_state("saved")
    assert page.text(".sk-saved") == "Sparat: 3"
    rows = desk.history()[["event", "codes", "memo"]].to_dict("records")
    codes = "|".join(desk.codebook["dimension"].answers[:2])
    assert rows[1:] == [
        {"event": "decide", "codes": codes, "memo": ""},
        {"event": "skip", "codes": "", "memo": "vänta"},
    ]


# --- what the study does not take -------------------------------------------------------------------


@pytest.fixture
def refusing(monkeypatch):
    """Let a desk know no note of one key, for a while."""

    def refuse(desk, key):
        known = desk.note_of
        monkeypatch.setattr(desk, "note_of", lambda asked: None if asked == key else known(asked))
        return lambda: monkeypatch.setattr(desk, "note_of", known)

    return refuse


def test_a_refused_answer_is_not_sent_again_once_the_question_is_answered_anew(show, desk, refusing):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    take = refusing(desk, session.items[0].key)
    page.press("1")
    page.wait_for_state("not_saved")
    take()
    page.press("ArrowLeft", "2")
    page.wait_for_state("saved")
    page.load()
    page.wait_for_state("saved")
    assert list(desk.history()["codes"]) == ["mojlighet"]


def test_a_certainty_on_a_refused_answer_goes_out_as_that_answer(show, desk, refusing):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    take = refusing(desk, session.items[0].key)
    page.press("1")
    page.wait_for_state("not_saved")
    take()
    page.press("Shift+Digit1")
    page.wait_for_state("saved")
    assert desk.decisions()[["codes", "certainty"]].values.tolist() == [["hinder", "1"]]


def test_undo_of_a_refused_answer_sends_nothing_and_shows_what_stood_before(show, desk, refusing):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1")
    page.wait_for_state("saved")
    take = refusing(desk, session.items[0].key)
    page.press("ArrowLeft", "2")
    page.wait_for_state("not_saved")
    page.press("Backspace")
    page.wait_for_state("saved")
    assert page.text(".sk-remark") == "Besvarad; ett nytt val ersätter svaret."
    assert page.page.locator('button[data-code="hinder"]').get_attribute("aria-pressed") == "true"
    assert page.text(".sk-alarm") == ""
    take()
    page.press("Shift+Backspace")
    page.wait_for_state("saved")
    page.press("Backspace", "Backspace")
    page.wait_for_state("saved")
    assert list(desk.history()["codes"]) == ["hinder", "mojlighet", "hinder", ""]
    assert "Inget ångrades" not in page.page.inner_text("body")


def test_answering_again_what_was_refused_keeps_its_memo_and_shows_what_the_log_holds(show, desk, refusing):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session, clock=True)
    page.press("2")
    page.wait_for_state("saved")
    take = refusing(desk, session.items[0].key)
    page.press(",")
    page.page.keyboard.type("en lång tanke")
    page.press("Escape")
    page.wait_for_state("not_saved")
    take()
    page.page.get_by_role("button", name="Svara på lappen igen").click()
    expect(page.page.locator('button[data-code="mojlighet"]')).to_have_attribute("aria-pressed", "true")
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    page.pause()
    page.press("1")
    page.wait_for_state("saved")
    assert desk.decisions()[["codes", "memo"]].values.tolist() == [["hinder", "en lång tanke"]]


def test_answering_again_what_was_refused_keeps_the_selection_of_several(show, desk, refusing):
    session = Session(desk, variables=["dimension"])
    page = show(session)
    take = refusing(desk, session.items[0].key)
    page.press("1", "3", "Enter")
    page.wait_for_state("not_saved")
    take()
    page.page.get_by_role("button", name="Svara på lappen igen").click()
    assert "Bekräfta 2 valda" in page.text(".sk-confirm")
    page.press("Enter")
    page.wait_for_state("saved")
    assert len(desk.decisions()["codes"][0].split("|")) == 2


# --- a certainty or memo on what another window has answered anew -----------------------------------


def test_a_certainty_does_not_bring_back_what_another_window_replaced(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1")
    page.wait_for_state("saved")
    sa.Desk.open(desk.root, "anna").decide(order(session)[0], "valence", "mojlighet")
    page.press("Shift+Digit1")
    page.page.get_by_text("Inte sparat. Svaret som det gällde har ändrats i ett annat fönster.").wait_for()
    assert desk.decisions()[["codes", "certainty"]].values.tolist() == [["mojlighet", ""]]
    page.press("ArrowLeft")
    assert page.page.locator('button[data-code="mojlighet"]').get_attribute("aria-pressed") == "true"


def test_a_memo_on_what_another_window_replaced_waits_at_its_question(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session, clock=True)
    page.press("1")
    page.wait_for_state("saved")
    page.press(",")
    page.page.keyboard.type("min tanke")
    sa.Desk.open(desk.root, "anna").decide(order(session)[0], "valence", "mojlighet", memo="annan tanke")
    page.press("Escape")
    page.page.get_by_text("Anteckningen är inte sparad. Svaret som den gällde har ändrats").wait_for()
    assert desk.decisions()[["codes", "memo"]].values.tolist() == [["mojlighet", "annan tanke"]]
    expect(page.page.locator(".sk-saved")).to_have_text("Sparat: 1. Inte sparat: 1")
    page.load()
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    page.press("ArrowLeft", ",")
    assert page.page.locator(".sk-memo textarea").input_value() == "min tanke"
    page.press("Escape")
    page.pause()
    assert page.text(".sk-remark").startswith("Anteckningen är inte sparad än.")
    page.press("2")
    page.wait_for_state("saved")
    assert desk.decisions()[["codes", "memo"]].values.tolist() == [["mojlighet", "min tanke"]]


def test_a_memo_being_typed_outlives_a_reload_while_python_is_busy(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    old = session.data()
    page = show(session)
    page.press("1")
    page.wait_for_state("saved")
    page.press(",")
    page.page.keyboard.type("viktig tanke")
    page.page.wait_for_timeout(300)
    session.data = lambda: old  # what the widget holds
    page.alive = False
    page.load()
    page.alive = True
    page.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.page.locator(".sk-saved")).to_have_text("Sparat: 1")
    page.wait_for_state("saved")
    assert desk.decisions()[["codes", "memo"]].values.tolist() == [["hinder", "viktig tanke"]]


def test_a_memo_typed_to_what_another_window_replaced_waits_after_a_reload(show, desk):
    session = Session(desk, variables=["valence"], stages=["B"])
    page = show(session)
    page.press("1")
    page.wait_for_state("saved")
    page.press(",")
    page.page.keyboard.type("viktig tanke")
    page.page.wait_for_timeout(300)
    sa.Desk.open(desk.root, "anna").decide(order(session)[0], "valence", "mojlighet")
    page.load()
    assert page.text(".sk-saved") == "Sparat: 1. Inte sparat: 1"
    page.press("ArrowLeft")
    assert page.text(".sk-remark").startswith("Anteckningen är inte sparad än.")
