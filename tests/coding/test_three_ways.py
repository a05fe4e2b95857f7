"""Three coders, three ways, one study: a page, a sheet and the card; then agreement over them."""

from __future__ import annotations

import pandas as pd
import pytest
from typer.testing import CliRunner

import sekom_analysis as sa
from sekom_analysis.cli import app
from sekom_analysis.coding import write_page
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange import write_coding_sheet

from ..exchange.conftest import fill
from .test_page_browser import Page

LABELS = {"tid": "Tid", "vilja": "Vilja", "none_fits": "Ingen passar"}
KEYS = {"tid": "1", "vilja": "2", "none_fits": "0"}
CODEBOOK = {"variables": [{"id": "theme", "kind": "single", "label": "Tema", "codes": [
    {"id": "tid", "label": "Tid"}, {"id": "vilja", "label": "Vilja"}]}]}  # fmt: skip
NOTES = pd.DataFrame(
    {"note_id": [f"n{n}" for n in range(1, 9)], "text": [f"Lapp nummer {n}" for n in range(1, 9)]}
)
ANSWERS = {
    "anna": ["tid", "tid", "vilja", "vilja", "none_fits", "tid", "vilja", "tid"],
    "bertil": ["tid", "tid", "vilja", "vilja", "none_fits", "vilja", "vilja", "tid"],
    "cecilia": ["tid", "vilja", "vilja", "vilja", "tid", "tid", "vilja", "tid"],
}


@pytest.fixture
def three(tmp_path):
    return sa.Study.create(tmp_path / "three", notes=NOTES, codebook=CODEBOOK, title="Tre vägar")


def by_note(coder):
    return dict(zip(NOTES["note_id"], ANSWERS[coder], strict=True))


def code_on_the_page(study, playwright, chromium, folder):
    desk = study.desk("anna")
    page = Page(playwright, chromium, folder / "profile", write_page(desk, folder))
    for item in Session(desk).items:
        page.press(KEYS[by_note("anna")[item.note_id]])
    page.wait_for_state()
    file = page.answers_file(folder)
    page.close()
    return file


def code_in_the_sheet(study, folder):
    sheet = write_coding_sheet(study.desk("bertil"), folder / "ark.xlsx")
    cells = {(note, "theme/answer"): LABELS[code] for note, code in by_note("bertil").items()}
    return fill(sheet, study, cells)


def code_with_the_card(study):
    session = Session(study.desk("cecilia"))
    (variable,) = session.data()["variables"]
    for number, (item, note) in enumerate(zip(session.items, session.data()["notes"], strict=True)):
        event = {
            "event_id": f"e{number:016d}", "note": note["key"], "variable": "theme", "event": "decide",
            "codes": [by_note("cecilia")[item.note_id]], "certainty": "", "memo": "", "pass": note["pass"],
            "note_hash": note["hash"], "codebook": variable["version"],
        }  # fmt: skip
        (saved, _) = session.receive({"kind": "events", "events": [event]})
        assert saved["kind"] == "saved"


def test_page_sheet_and_card_make_one_study(three, playwright, chromium, tmp_path):
    files = [code_on_the_page(three, playwright, chromium, tmp_path), code_in_the_sheet(three, tmp_path)]
    code_with_the_card(three)
    run = CliRunner()
    study = ["--study", str(three.root)]
    for _ in range(2):  # twice is once
        collected = run.invoke(app, ["collect", *map(str, files), *study])
        assert collected.exit_code == 0, collected.output
    ratings = three.ratings("theme")
    assert {coder: list(ratings[coder]) for coder in ratings} == ANSWERS
    ways = three.decisions().groupby("coder")["via"].unique().map(list).to_dict()
    assert ways == {"anna": ["page"], "bertil": ["sheet"], "cecilia": ["card"]}
    assert len(three.history()) == 24
    shown = run.invoke(app, ["agreement", "theme", *study])
    assert shown.exit_code == 0, shown.output
    # 24 values (11 tid, 11 vilja, 2 none fits); of the 24 pairs of values within notes 18 agree:
    # alpha = 1 − (1 − 18/24) · 24·23 / (24² − 11² − 11² − 2²)
    expected = 1 - (6 / 24) * 24 * 23 / (576 - 121 - 121 - 4)
    assert sa.alpha(ratings) == pytest.approx(expected)
    assert f"{expected:.3f}"[:4] in shown.output.replace(",", ".")
