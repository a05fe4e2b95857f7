"""Coding sheets as LibreOffice opens, fills in and saves them."""

from __future__ import annotations

import pandas as pd
import pytest
from openpyxl import load_workbook

from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.study import Study

from .conftest import address
from .office import Office

TYPED = {
    ("B1", "category/answer"): "Föreningens roll",
    ("B1", "category/certainty"): "Säker",
    ("B1", "category/memo"): "=1+1",
    ("B2", "category/answer"): "Ingen passar",
    ("B2", "category/memo"): r"åäö ÅÄÖ\nandra raden; \"citat\"",
    ("B3", "category/answer"): "Kunskap",
    ("B4", "category/answer"): "Resurser",
    ("D1", "themes/code/databas"): "x",
    ("D1", "goal/answer"): "5",
    ("D2", "themes/none"): "x",
}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


def steps(path, study, typed):
    """Return what to do in LibreOffice to type answers by note and column."""
    book = load_workbook(path)
    cells = {place: address(book, study, *place) for place in typed}
    return [("type", cell.parent.title, cell.coordinate, typed[place]) for place, cell in cells.items()]


def test_a_sheet_filled_in_and_saved_comes_back_whole(office, study, blank, tmp_path):
    done = [("shown", "Lappar B", "B1"), ("shown", "Lappar D", "B1"), ("shown", "Läs först", "B11")]
    back = tmp_path / "back.xlsx"
    shown = office.run([("open", blank), *done, *steps(blank, study, TYPED), *done, ("save", back)])
    assert shown[:3] == ["0 av 4 lappar klara", "0 av 3 lappar klara", "Lappar B: 0 av 4 lappar klara"]
    assert shown[3:] == ["4 av 4 lappar klara", "1 av 3 lappar klara", "Lappar B: 4 av 4 lappar klara"]
    reading = read_coding_sheet(back, study.desk("anna"))
    assert (reading.problems, reading.remarks) == ([], [])
    answers = {(event["note_id"], event["variable"]): event for event in reading.events}
    assert {place: event["codes"] for place, event in answers.items()} == {
        ("B1", "category"): "roll",
        ("B2", "category"): "none_fits",
        ("B3", "category"): "kunskap",
        ("B4", "category"): "resurser",
        ("D1", "themes"): "databas",
        ("D1", "goal"): "5",
        ("D2", "themes"): "",
    }
    assert answers["B1", "category"]["memo"] == "=1+1"
    assert answers["B1", "category"]["certainty"] == "3"
    assert answers["B2", "category"]["memo"] == TYPED["B2", "category/memo"].replace(r"\n", "\n")
    study.record("anna", reading.events)
    assert read_coding_sheet(back, study.desk("anna")).events == []


def test_the_texts_are_the_texts_and_the_heads_are_locked(office, study, blank):
    book = load_workbook(blank)
    cells = [address(book, study, note, "sekom/text") for note in study.notes.index]
    answer = address(book, study, "B1", "category/answer")
    asked = [("shown", cell.parent.title, cell.coordinate) for cell in cells]
    asked += [("locked", answer.parent.title, place) for place in ("B5", answer.coordinate)]
    *texts, locked, opened = office.run([("open", blank), *asked])
    assert [text.replace(r"\n", "\n") for text in texts] == list(study.notes["text"])
    assert (locked, opened) == ("True True", "True False")


def test_a_code_typed_past_the_drop_down_is_refused_with_its_cell(office, study, blank, tmp_path):
    typed = {("B3", "category/answer"): "Kunskaper", ("D1", "goal/answer"): "7", ("D2", "goal/answer"): "2"}
    back = tmp_path / "back.xlsx"
    office.run([("open", blank), *steps(blank, study, typed), ("save", back)])
    reading = read_coding_sheet(back, study.desk("anna"))
    book = load_workbook(back)
    places = [address(book, study, *place) for place in list(typed)[:2]]
    for cell, problem in zip(places, reading.problems, strict=True):
        assert f"cell {cell.coordinate} of the tab '{cell.parent.title}'" in problem.what
    assert "'Kunskaper' is not one of the answers to 'Kategori'" in reading.problems[0].what
    assert "allowed: Kunskap, Resurser, Föreningens roll, Ingen passar" in reading.problems[0].todo
    assert "'7' is not one of the answers" in reading.problems[1].what
    assert [event["codes"] for event in reading.events] == ["2"]


def test_a_contradiction_leaves_the_row_without_its_tick(office, study, blank, tmp_path):
    typed = {("D3", "themes/none"): "x", ("D3", "themes/code/filmer"): "x"}
    back = tmp_path / "back.xlsx"
    shown = office.run(
        [("open", blank), *steps(blank, study, typed), ("shown", "Lappar D", "B1"), ("save", back)]
    )
    assert shown == ["0 av 3 lappar klara"]
    (problem,) = read_coding_sheet(back, study.desk("anna")).problems
    assert "'Inget av dem' is marked together with: Filmer" in problem.what


def test_forty_codes_with_long_labels_open_with_their_drop_downs(office, tmp_path):
    labels = [f"Kod {number}: en lång etikett, med komma; {'ord å ä ö ' * 8}slut" for number in range(40)]
    codes = [{"id": f"code_{number}", "label": label} for number, label in enumerate(labels)]
    book = {
        "variables": [
            {"id": "one", "kind": "single", "label": "En av fyrtio", "codes": codes},
            {"id": "many", "kind": "multiple", "label": "Flera av fyrtio", "codes_from": "one"},
        ]
    }
    assert sum(map(len, labels)) > 255
    notes = pd.DataFrame({"note_id": ["n1", "n2"], "text": ["En lapp", "En till"]})
    study = Study.create(tmp_path / "study", notes=notes, codebook=book)
    path = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    cells = steps(path, study, {("n1", "one/answer"): labels[39], ("n1", "many/code/code_39"): "x"})
    asked = [("choices", tab, cell) for _, tab, cell, _ in cells]
    back = tmp_path / "back.xlsx"
    whole = [("open", path), *asked, *cells, ("save", back), ("open", back), *asked]
    one, many, *again = office.run(whole)
    assert one.split("\t") == [*labels, "Ingen passar"]
    assert many == "x"
    assert again == [one, many]
    events = read_coding_sheet(back, study.desk("anna")).events
    assert [event["codes"] for event in events] == ["code_39", "code_39"]
