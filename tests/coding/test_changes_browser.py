"""A page sent anew after the codebook has changed, gone through in Chromium with nothing but keys."""

from __future__ import annotations

import pandas as pd
import pytest
from typer.testing import CliRunner

from sekom_analysis.cli import app
from sekom_analysis.coding import write_page
from sekom_analysis.study import codebook_editing as editing
from sekom_analysis.study.study import Study

from .test_accessibility import SERIOUS, axe
from .test_page_browser import opened

__all__ = ["axe", "opened"]  # fixtures

NOTES = [f"n{number}" for number in range(8)]
CODES = [
    {"id": "tid", "label": "Tid", "definition": "Hur tiden räcker till i en kommun."},
    {"id": "pengar", "label": "Pengar", "definition": "Det som kostar."},
    {"id": "vilja", "label": "Vilja", "definition": "Det som någon vill."},
    {"id": "mod", "label": "Mod", "definition": "Det som någon vågar."},
]
BOOK = {"variables": [{"id": "v", "kind": "single", "label": "Tema", "codes": CODES}]}
KEYS = {"tid": "1", "pengar": "2", "vilja": "3", "mod": "4"}


TOO_WIDE = """() => [...document.querySelectorAll(".sk-card *:not(.sk-unseen)")]
  .filter((one) => one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
  .filter((one) => getComputedStyle(one).display !== "inline").map((one) => one.className)"""

WHOLE = """() => {
  const note = document.querySelector(".sk-note");
  return note.clientHeight > 0 && note.scrollHeight <= note.clientHeight;
}"""


@pytest.fixture
def study(tmp_path):
    notes = pd.DataFrame({"note_id": NOTES, "text": [f"Lapp nummer {number}" for number in range(8)]})
    return Study.create(tmp_path / "study", notes=notes, codebook=BOOK)


def changed(study):
    """Another meaning that names a neighbour, a code put first, one that is gone."""
    new = "Hur tiden räcker till i en organisation."
    study = editing.describe(study, "v", "tid", "meaning", definition=new, exclude="Lön: se Pengar.").save(
        "o", "s"
    )
    study = editing.rename(study, "v", "vilja", new="lust").save("o", "s")
    study = editing.add(study, "v", "hopp", label="Hopp").save("o", "s")
    return editing.retire(study, "v", "mod").save("o", "s")


def test_a_page_sent_anew_is_gone_through_by_keyboard_alone(study, opened, tmp_path, axe):
    page = opened(write_page(study.desk("anna"), tmp_path / "koda.html"))
    assert not page.page.get_by_text("Vad har ändrats").is_visible()
    assert not page.button("Gå igenom").is_visible()
    for key in ("1", "2", "3", "4", "1", "0", "2"):
        page.press(key)
        page.page.wait_for_timeout(30)
    page.wait_for_state()
    page.close()

    study = changed(study)
    write_page(study.desk("anna"), tmp_path / "koda.html")  # the answers are in the browser alone
    assert study.desk("anna").history().empty
    page = opened(tmp_path / "koda.html")
    page.says("Vad har ändrats")
    assert page.text(".sk-finish > p") == (
        "Kodboken har ändrats sedan du svarade. Svar att se över: 6. Alla andra svar står fast."
    )
    shown = page.page.locator(".sk-change").all_inner_texts()
    told = [[line for line in text.splitlines() if line] for text in shown]
    assert told[0][:3] == [
        "Ny innebörd · svar att se över: 2",
        "Texten nämner en kod som du har valt · svar att se över: 2",
        "Tid",
    ]
    assert [lines[1] for lines in told[1:]] == ["Mod", "Hopp"]
    assert [page.page.locator(f".sk-change {mark}").first.text_content() for mark in ("del", "ins")] == [
        "borttaget: kommun slut.",
        "tillagt: organisation slut.",
    ]
    assert (
        page.page.locator("del").first.evaluate("one => getComputedStyle(one).textDecorationLine")
        == "line-through"
    )
    page.page.evaluate(axe)
    found = page.page.evaluate("() => axe.run(document)")
    assert [one["id"] for one in found["violations"] if one["impact"] in SERIOUS] == []

    page.press("1", "2", "3")  # there is nothing to answer yet
    page.press("Escape")
    assert page.text(".sk-place") == "Lapp 8 av 8"
    assert page.button("Gå igenom 6").is_visible()
    page.press("ArrowLeft", ":")
    ways = page.page.locator("dialog .sk-way .sk-label").all_inner_texts()
    assert ways == ["Från en äldre definition, Tema: 6", "Vad som har ändrats i kodboken: 6 svar"]
    page.press("2")
    page.says("Se över dem (6)")
    page.press("Enter")
    reasons = {}
    for _ in range(6):
        note, why = page.text(".sk-text"), page.page.locator(".sk-again p").first.inner_text()
        reasons[note] = why
        key = "3" if "Mod" in why else "1" if "Pengar" in why else "Enter"
        assert page.button("Gäller fortfarande").is_visible() == ("Mod" not in why)
        page.press(key)
        page.page.wait_for_timeout(30)
    assert sorted(reasons.values()) == [
        "Du svarade Ingen passar. Ny kod sedan dess: Hopp.",
        *["Du svarade Pengar. Den koden nämns i den nya texten för Tid."] * 2,
        "Du valde Mod, som inte längre kan väljas. Välj igen.",
        *["Du valde Tid, som har fått en ny innebörd."] * 2,
    ]
    page.says("Frågor som inte är besvarade än: 1")
    assert not page.button("Gå igenom").is_visible()
    page.press("Backspace", "End")
    assert page.button("Gå igenom 1").is_visible()  # the last one is undone, and to be looked at again
    page.press("Shift+Backspace", "End")
    page.press("5")  # the code that is new
    page.wait_for_state()
    file = page.answers_file(tmp_path)

    for command in (["collect", str(file)], ["check"]):
        run = CliRunner().invoke(app, [*command, "--study", str(study.root)])
        assert run.exit_code == 0, run.output
    study = Study.open(study.root)
    assert study.problems.empty
    counts = study.decisions("v")["codes"].value_counts().to_dict()
    assert counts == {"tid": 4, "lust": 2, "none_fits": 1, "hopp": 1}
    versions = set(study.decisions("v", as_given=True)["codebook"])
    assert len(versions) == 2  # what was not asked again stands under the version that it was given under
    assert study.codebook["v"].version in versions


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_cut_off(study, opened, tmp_path, width):
    for note, given in zip(NOTES, [*KEYS, "none_fits"], strict=False):
        study.decide("anna", note, "v", given)
    page = opened(
        write_page(changed(study).desk("anna"), tmp_path / "k.html"), viewport={"width": width, "height": 800}
    )
    page.says("Se över dem")
    assert page.page.evaluate(TOO_WIDE) == []
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.button("Se över dem").bounding_box()["y"] < 800
    page.press("Enter")
    page.page.locator(".sk-again").wait_for()
    assert page.page.evaluate(WHOLE), "the note has not got its room"
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.page.evaluate(TOO_WIDE) == []
