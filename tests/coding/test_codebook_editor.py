"""The editor of codes: what it says before anything changes, and a person at it in a browser."""

from __future__ import annotations

import pytest

from sekom_analysis.basics.errors import CodebookError, DecisionError
from sekom_analysis.coding.codebook_editor import STYLES, EditorSession
from sekom_analysis.study.study import Study
from tests.test_codebook_editing import TEXT, coded
from tests.test_lineage import NOTES


@pytest.fixture
def study(tmp_path) -> Study:
    (tmp_path / "bok.yaml").write_text(TEXT, encoding="utf-8")
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=tmp_path / "bok.yaml")
    coded(study, "anna", "pengar", "tid", "vilja", "none_fits", "pengar")
    coded(study, "bo", "pengar", "pengar", "vilja")
    return study


def labels(session: EditorSession) -> list[str]:
    return [code["label"] for code in session.data()["codes"]]


def test_it_shows_codes_and_numbers_and_nobodys_answers(study):
    shown = EditorSession(study, "v", "anna").data()
    assert [(code["id"], code["label"], code["n"]) for code in shown["codes"]] == [
        ("pengar", "Pengar", 4),
        ("tid", "Tid", 1),
        ("vilja", "Vilja", 2),
    ]
    assert not shown["undo"]
    assert "bo" not in str(shown).split()


def test_a_plan_changes_nothing_and_saving_asks_why(study):
    session = EditorSession(study, "v", "anna")
    act = {"name": "merge", "code": "tid", "into": "vilja"}
    (told,) = session.receive({"kind": "plan", "act": act})
    assert told["lines"][0] == "Svar med ”tid” i ”v” räknas som ”vilja”."
    (refused,) = session.receive({"kind": "save", "act": act, "reason": " "})
    assert refused["kind"] == "refused"
    assert Study.open(study.root).codebook == study.codebook
    (saved,) = session.receive({"kind": "save", "act": act, "reason": "Samma sak"})
    assert [code["n"] for code in saved["data"]["codes"]] == [4, 3]
    (back,) = session.receive({"kind": "save", "act": {"name": "undo"}, "reason": "Nej"})
    assert len(back["data"]["codes"]) == 3


def test_a_split_sorts_own_notes_and_asks_the_others(study):
    session = EditorSession(study, "v", "anna")
    (asked,) = session.receive({"kind": "notes", "code": "pengar"})
    assert [note["text"] for note in asked["notes"]] == ["Lapp nummer 1", "Lapp nummer 5"]
    first, second = (note["key"] for note in asked["notes"])
    parts = [{"label": "Lön", "notes": [second]}, {"label": "Bidrag", "notes": [first]}]
    act = {"name": "split", "code": "pengar", "parts": parts}
    (saved,) = session.receive({"kind": "save", "act": act, "reason": "Två saker"})
    assert [code["label"] for code in saved["data"]["codes"]] == ["Lön", "Bidrag", "Tid", "Vilja"]
    ratings = Study.open(study.root).ratings("v")
    assert ratings["anna"].dropna().to_dict() == {
        "n01": "bidrag", "n02": "tid", "n03": "vilja", "n04": "none_fits", "n05": "lon",
    }  # fmt: skip
    assert ratings["bo"].dropna().to_dict() == {"n03": "vilja"}


def test_what_cannot_be_edited_is_told(study):
    with pytest.raises(DecisionError, match="Anna B"):
        EditorSession(study, "v", "Anna B")
    with pytest.raises(CodebookError, match="no variable 'x'"):
        EditorSession(study, "x", "anna")
    session = EditorSession(study, "v", "anna")
    for act in (
        {"name": "add", "label": " "},
        {"name": "merge", "code": "tid", "into": "tid"},
        {"name": "undo"},
        {"name": "split", "code": "tid", "parts": [{"label": "A", "notes": []}]},
    ):
        assert session.receive({"kind": "plan", "act": act})[0]["kind"] == "refused"


@pytest.mark.browser
def test_a_person_renames_drags_and_splits(study, show):
    session = EditorSession(study, "v", "anna")
    page = show(session, styles=STYLES)
    tab = page.page

    def save(reason: str, says: str) -> None:
        tab.get_by_text(says).first.wait_for()
        tab.locator(".se-panel textarea").fill(reason)
        tab.get_by_role("button", name="Gör ändringen").click()
        tab.locator(".se-panel textarea").wait_for(state="detached")

    name = tab.locator('[data-code="tid"] .se-name')
    name.fill("Stunder")
    name.press("Enter")
    save("Bättre ord", "räknas som")
    assert labels(session) == ["Pengar", "Stunder", "Vilja"]
    tab.locator('[data-code="vilja"] .se-grip').drag_to(tab.locator('[data-code="pengar"] .se-grip'))
    save("Samma sak", "räknas som ”pengar”")
    assert labels(session) == ["Pengar", "Stunder"]
    tab.locator('[data-code="pengar"]').get_by_role("button", name="Dela").click()
    for place, part in enumerate(("Lön", "Vilja")):
        field = tab.get_by_label(f"Del {place + 1}", exact=True).first
        field.fill(part)
        field.press("Tab")
    tab.locator(".se-note").first.get_by_text("Lön").click()
    save("Två saker", "ersätts av")
    assert labels(session) == ["Lön", "Vilja", "Stunder"]
    tab.get_by_role("button", name="Ångra senaste ändringen").click()
    save("Ändå inte", "tas tillbaka")
    assert labels(session)[0] == "Pengar"
