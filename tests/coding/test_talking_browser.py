"""The card of a meeting in a real browser: each answer in its own coder's log, nothing said for anybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import sekom_analysis as sa
from sekom_analysis.coding.page import ADJUDICATION_STYLES
from sekom_analysis.coding.talking import TalkSession
from sekom_analysis.study.making import create_sample

from .test_accessibility import axe, faults  # noqa: F401
from .test_surface_browser import AS_A_PAGE, HIDDEN

VARIABLE = "valence"
PEOPLE = {"bo": "hinder", "cilla": "mojlighet"}


@pytest.fixture
def root(tmp_path):
    create_sample(tmp_path / "study")
    study = sa.Study.open(tmp_path / "study")
    for coder, code in PEOPLE.items():
        for note_id in study.notes_asked(VARIABLE)[:3]:
            study.decide(coder, note_id, VARIABLE, code, certainty=2, memo=f"{coder} i enrum", words="0:4")
    return tmp_path / "study"


@pytest.fixture
def meet(show, root):
    def opened(lang="sv", **settings):
        session = TalkSession(sa.Study.open(root), VARIABLE, present=list(PEOPLE), lang=lang)
        return show(session, styles=ADJUDICATION_STYLES, clock=True, **settings)

    return opened


def after(root):
    """What was said after the talk: (coder, note, code, memo), in the order of time."""
    history = sa.Study.open(root).history()
    rows = history[history["pass"] == "3"].sort_values("decided_at")
    return list(rows[["coder", "note_id", "codes", "memo"]].itertuples(index=False, name=None))


def test_each_answers_anew_or_stands_firm_and_who_says_nothing_has_said_nothing(meet, root):
    page = meet()
    first, second, third = page.session.note_ids
    before = {path.name: path.read_bytes() for path in (root / "data" / "coded").glob("[!.]*.csv")}
    rows = page.page.locator(".sk-speaker")
    assert [text.split("\n")[:2] for text in rows.all_inner_texts()] == [["A", "bo"], ["B", "cilla"]]
    assert "bo i enrum" in rows.first.inner_text()
    assert "inget sagt efter samtalet" in rows.first.inner_text()
    page.press("1")
    assert page.text(".sk-remark") == "Säg först vem som svarar: A, B."
    page.press("b", "1")
    page.page.keyboard.type("bo har rätt")
    page.press("Enter")
    page.pause()
    page.press("a", "=")
    page.wait_for_state("saved")
    expect(rows.first).to_contain_text("står fast")
    expect(rows.last).to_contain_text("nu: Hinder")
    page.press("ArrowRight", "b", "=", "ArrowRight", "ArrowRight")
    page.wait_for_state("saved")
    assert after(root) == [
        ("cilla", first, "hinder", "bo har rätt"),
        ("bo", first, "hinder", ""),
        ("cilla", second, "mojlighet", ""),
    ]
    assert third not in {note for _, note, *_ in after(root)}
    for name, content in before.items():
        assert (root / "data" / "coded" / name).read_bytes().startswith(content)
    assert {note for notes in sa.Study.open(root).shown()["notes"] for note in notes} == {
        first,
        second,
        third,
    }
    assert "har kvar sitt första svar" in page.text(".sk-finish")


def test_a_change_without_a_reason_is_refused_and_undo_takes_an_answer_back(meet, root):
    page = meet()
    page.press("a", "2")
    page.press("Enter")
    assert page.text(".sk-refusal") == "Skriv varför svaret ändras. Ingenting har sparats."
    assert after(root) == []
    page.page.keyboard.type("cilla har rätt")
    page.press("Enter")
    page.pause()
    page.wait_for_state("saved")
    assert [row[2] for row in after(root)] == ["mojlighet"]
    page.press("Backspace")
    page.wait_for_state("saved")
    study = sa.Study.open(root)
    assert study.ratings(VARIABLE, ["bo"], passes=(1, 3)).loc[page.session.note_ids[0], "bo"] == "hinder"
    expect(page.page.locator(".sk-speaker").first).to_contain_text("inget sagt efter samtalet")


def test_what_was_said_stands_there_when_the_card_is_opened_again(meet):
    page = meet()
    page.press("b", "=")
    page.wait_for_state("saved")
    page = meet()
    expect(page.page.locator(".sk-speaker").last).to_contain_text("står fast")
    expect(page.page.locator(".sk-speaker").first).to_contain_text("inget sagt efter samtalet")


@pytest.mark.parametrize(("lang", "scheme"), [("sv", "dark"), ("en", "light")])
def test_axe_finds_no_serious_fault_on_any_face_of_the_meetings_card(meet, axe, lang, scheme):  # noqa: F811
    page = meet(lang, color_scheme=scheme)
    page.page.evaluate(axe)
    found = [("first", *fault) for fault in faults(page)]
    for keys in (("a",), ("1",), ("Escape",), ("?",), ("Escape", "0"), ("Escape", "=")):
        page.press(*keys)
        page.pause()
        found += [(keys[-1], *fault) for fault in faults(page)]
    assert found == []


def in_view(page, needed):
    """Whether what is needed is whole on screen, with nothing over it."""
    assert page.page.locator(needed).count()
    return page.page.evaluate(HIDDEN, needed) == []


def test_at_twice_the_size_one_sees_who_speaks_and_what_saves_it(meet, axe):  # noqa: F811
    page = meet(
        color_scheme="dark",
        viewport={"width": 640, "height": 360},
        device_scale_factor=2,
        theme=AS_A_PAGE,
    )
    page.page.add_style_tag(content="h1 { display: none } body { margin: 0 }")  # as it is served
    page.page.evaluate("scrollTo(0, 0)")
    page.page.evaluate(axe)
    found = [("first", *fault) for fault in faults(page)]
    page.press("b")
    assert in_view(page, ".sk-speaker[aria-pressed='true']")
    found += [("speaker", *fault) for fault in faults(page)]
    page.press("1")
    page.page.keyboard.type("bo har rätt")
    assert page.text(".sk-reason-label b") == "Skäl: cilla, för Hinder"
    assert in_view(
        page, ".sk-reason-label, .sk-reason .sk-field, .sk-reason .sk-firm, .sk-main-button, .sk-text"
    )
    assert page.text(".sk-saved") == "Sparat: 0. Inte sparat: 1"
    saved = page.page.evaluate(
        "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.sk-saved'))"
    )
    assert saved
    found += [("reason", *fault) for fault in faults(page)]
    page.press("Escape")
    page.pause()
    page.press("?")
    assert in_view(page, ".sk-dialog h2")
    found += [("keys", *fault) for fault in faults(page)]
    page.press("Escape", "0")
    assert in_view(page, ".sk-picker .sk-field, .sk-picker .sk-button")
    found += [("other", *fault) for fault in faults(page)]
    assert found == []
    wide = page.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
