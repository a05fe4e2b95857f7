"""axe-core looks at every face of the card; and the card works by keyboard alone and by names alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile

import pytest

import sekom_analysis as sa
from sekom_analysis.coding.comparing import ReviewSession
from sekom_analysis.coding.judging import AdjudicationSession
from sekom_analysis.coding.page import (
    ADJUDICATION_STYLES,
    REVIEW_STYLES,
)
from sekom_analysis.coding.session import Session

from .browsers import to_the_end

AXE = "axe-core@4.10.3"
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """The script of axe-core, fetched by npm into a folder that goes away."""
    folder = tmp_path_factory.mktemp("axe")
    npm = shutil.which("npm")
    fetched = npm and subprocess.run(
        [npm, "pack", AXE, "--silent"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    if not fetched or fetched.returncode:
        why = fetched.stderr.strip()[-300:] if fetched else "npm is not installed"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{AXE} cannot be had: {why}")
    with tarfile.open(next(folder.glob("*.tgz"))) as archive:
        return archive.extractfile("package/axe.min.js").read().decode("utf-8")


def note(page):
    page.press("1")


def answered_note(page):
    page.press("1", "ArrowLeft", "Shift+Digit1")


def several_codes(page):
    page.press("1", "1", "1")


def memo(page):
    page.press(",")


def search(page):
    page.press("1", "k")


def folded_with_translation(page):
    page.press("'", "<")


def translation(page):
    page.press("<")


def codebook(page):
    page.press("'")
    page.page.locator(".sk-codebook").wait_for()


def keys(page):
    page.press("?")
    page.page.locator("dialog .sk-keys").wait_for()


def my_notes(page):
    page.press("Escape")
    page.page.locator(".sk-list").wait_for()


def to_the_card(page):
    """Close what is open; where nothing is, Esc opens my notes."""
    page.page.keyboard.press("Escape")
    if page.page.locator(".sk-list").is_visible():
        page.page.keyboard.press("Escape")
    page.page.locator(".sk-list").wait_for(state="hidden")


def not_saved(page):
    page.alive = False
    page.press("/")
    page.wait_for_state("not_saved")


FACES = [note, answered_note, several_codes, memo, search, translation, codebook, keys, my_notes, not_saved]


@pytest.mark.parametrize(("lang", "scheme"), [("sv", "light"), ("en", "dark")])
def test_axe_finds_no_serious_fault_on_any_face_of_the_card(show, axe, study_root, scheme, lang):
    desk = sa.Desk.open(study_root, f"{scheme}-{lang}")
    page = show(
        Session(desk, lang=lang, stages=["B"], sources=["hallstahammar-2022"]),
        clock=True,
        color_scheme=scheme,
    )
    page.page.evaluate(axe)
    found = []
    for face in FACES:
        face(page)
        found += [(face.__name__, *fault) for fault in faults(page)]
        to_the_card(page)
        page.pause()
        page.alive = True
        page.wait_for_state("saved")
    to_the_end(page)
    found += [("finish", *fault) for fault in faults(page)]
    assert found == []


def faults(page):
    still = "Promise.allSettled(document.getAnimations().map((one) => one.finished))"  # what fades in is pale
    result = page.page.evaluate(f"{still}.then(() => axe.run('.sk-card'))")
    return [
        (fault["id"], fault["impact"], [node["html"][:80] for node in fault["nodes"]][:3])
        for fault in result["violations"]
        if fault["impact"] in SERIOUS
    ]


def test_axe_does_find_faults_where_there_are_some(show, axe, study_root):
    page = show(Session(sa.Desk.open(study_root, "anna"), stages=["B"]))
    page.page.evaluate(axe)
    page.page.add_style_tag(content=".sk-card .sk-question { color: #ccc } .sk-card { background: #fff }")
    assert "color-contrast" in {fault[0] for fault in faults(page)}


def test_everything_is_reached_and_done_with_tab_arrows_and_enter_alone(show, study_root):
    desk = sa.Desk.open(study_root, "anna")
    page = show(Session(desk, variables=["valence"], stages=["B"]))
    reached = []
    for _ in range(25):
        page.press("Tab")
        reached.append(page.page.evaluate("document.activeElement.textContent.trim().slice(0, 30)"))
        if page.page.evaluate(
            "document.activeElement.matches('.sk-code')"
        ):  # one stop: arrows go about in it
            page.press("ArrowDown", "ArrowDown")
            reached.append(page.page.evaluate("document.activeElement.textContent.trim().slice(0, 30)"))
    for name in (
        "Hinder",
        "Möjlighet",
        "Osäker",
        "Anteckning",
        "Hoppa över",
        "Framåt",
        "Hela kodboken",
        "Mina lappar",
    ):
        assert any(name in text for text in reached), f"{name} cannot be reached by Tab: {reached}"
    page.page.get_by_role("button", name="Möjlighet", exact=True).focus()
    page.press("Enter")
    page.wait_for_state("saved")
    assert list(desk.decisions()["codes"]) == ["mojlighet"]
    assert page.text(".sk-place") == "Lapp 2 av 159"


def test_a_screen_reader_hears_the_new_note_and_its_question(show, study_root):
    desk = sa.Desk.open(study_root, "anna")
    session = Session(desk, stages=["B"])
    page = show(session)
    page.press("1", "1", "Enter")
    said = page.page.get_by_role("status").last.text_content()
    assert said.startswith(
        "Nyss: Inget av dem. Lapp 2 av 159. " + desk.notes.at[session.items[1].note_id, "text"]
    )
    assert said.endswith(desk.codebook["valence"].question.sv)
    pressed = page.page.locator('.sk-code[aria-pressed="true"]').count()
    assert pressed == 0
    page.press("ArrowLeft", "ArrowLeft")
    assert page.page.get_by_role("button", name="Kunskap och kompetens", pressed=True).is_visible()


@pytest.mark.parametrize("attribute", ["true", "false"])
def test_the_host_s_theme_wins_over_the_systems(show, study_root, attribute):
    session = Session(sa.Desk.open(study_root, "anna"))
    other = "dark" if attribute == "true" else "light"
    page = show(session, theme=f'data-jp-theme-light="{attribute}"', color_scheme=other)
    ground = page.card.evaluate("card => getComputedStyle(card).backgroundColor")
    assert ground == ("rgb(242, 241, 237)" if attribute == "true" else "rgb(23, 24, 27)")


def test_on_a_phone_nothing_sticks_out_and_undo_stays_in_view(show, study_root):
    session = Session(sa.Desk.open(study_root, "anna"), stages=["B"])
    page = show(session, viewport={"width": 360, "height": 740}, has_touch=True)
    page.page.locator(".sk-code").first.tap()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 360
    box = page.page.get_by_role("button", name="Ångra").bounding_box()
    assert box["y"] + box["height"] <= 740
    for button in page.page.locator(".sk-card button:visible").all():
        area = button.bounding_box()
        assert area["height"] >= 30
        assert area["x"] >= 0
        assert area["x"] + area["width"] <= 360


def chosen(page):
    page.press("1")


def refused(page):
    page.press("1", "Enter")


def named_with_keys(page):
    page.press(":", "?")


def other_codes(page):
    page.press("0")


def settled_otherwise_than_another(page):
    study, note_id = page.session.study, page.session.note_ids[0]
    study.adjudicate("bo", note_id, "category_b", "systemsyn", reason="därför")
    page.press("1")
    page.page.keyboard.type("därför")
    page.page.get_by_role("button", name=re.compile("^(Avgör|Settle)")).click()
    page.wait_for_state("saved")
    page.press("ArrowLeft")
    page.page.locator(".sk-others").wait_for()


def not_settled(page):
    page.alive = False
    page.press("/")
    page.page.keyboard.type("för kort")
    page.press("Enter")
    page.wait_for_state("not_saved")


ADJUDICATION_FACES = [note, chosen, refused, named_with_keys, other_codes, folded_with_translation,
                      settled_otherwise_than_another, not_settled]  # fmt: skip


@pytest.mark.parametrize(("lang", "scheme"), [("sv", "dark"), ("en", "light")])
def test_axe_finds_no_serious_fault_on_any_face_of_the_adjudication_card(show, axe, sample, scheme, lang):
    session = AdjudicationSession(sample, "anna", "category_b", lang=lang)
    page = show(session, clock=True, color_scheme=scheme, styles=ADJUDICATION_STYLES)
    page.page.evaluate(axe)
    found = []
    for face in ADJUDICATION_FACES:
        face(page)
        found += [(face.__name__, *fault) for fault in faults(page)]
        page.page.keyboard.press("Escape")
        page.pause()
        page.alive = True
        page.wait_for_state("saved")
    assert found == []


def same_with_own_wording(page):
    page.press("1", "c")
    page.page.keyboard.type("Så lyder de två")


def merge_without_a_reason(page):
    page.press("Control+Enter")


def judged_otherwise_than_another(page):
    page.press("2")
    page.wait_for_state("saved")
    page.press("ArrowLeft")
    page.page.locator(".sk-others").wait_for()


@pytest.mark.parametrize(("lang", "scheme"), [("sv", "dark"), ("en", "light")])
def test_axe_finds_no_serious_fault_on_any_face_of_the_review_card(show, axe, sample, scheme, lang):
    pairs = sample.pair_judgements()
    session = ReviewSession(sample, "anna", pairs, lang=lang)
    page = show(session, clock=True, color_scheme=scheme, styles=REVIEW_STYLES)
    page.page.evaluate(axe)
    found = [("first", *fault) for fault in faults(page)]
    for face in (
        same_with_own_wording,
        merge_without_a_reason,
        judged_otherwise_than_another,
        folded_with_translation,
    ):
        face(page)
        found += [(face.__name__, *fault) for fault in faults(page)]
        page.page.keyboard.press("Escape")
        page.pause()
    assert found == []
