"""Sorting and filtering a coding sheet while it is protected, and sheets that went out before that was so."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter as letter

from sekom_analysis.basics import wording
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.study import Study

from .conftest import CODEBOOK, address, fill, marks_of
from .office import Office

CASES = Path(__file__).parents[1] / "cases"
OPEN = {"variables": [{**variable, "stage": None} for variable in CODEBOOK["variables"]]}


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def long_study(tmp_path):
    texts = [f"Lapp {(n * 7) % 20:02} säger något" for n in range(20)]
    notes = pd.DataFrame({"note_id": [f"n{n:02}" for n in range(20)], "text": texts})
    return Study.create(tmp_path / "study", notes=notes, codebook={"variables": [OPEN["variables"][0]]})


def given(reading):
    return {(event["note_id"], event["variable"]): event["codes"] for event in reading.events}


# What the file allows


@pytest.mark.parametrize("tab", ["Lappar B", "Lappar D"])
def test_the_rows_of_notes_are_a_filter_that_may_be_sorted(blank, tab):
    sheet = load_workbook(blank)[tab]
    assert (sheet.protection.sheet, sheet.protection.sort, sheet.protection.autoFilter) == (
        True,
        False,
        False,
    )
    last = letter(sheet.max_column)
    assert sheet.auto_filter.ref == f"A5:{last}{sheet.max_row}"
    assert (sheet["B5"].value, sheet.row_dimensions[5].hidden) == ("Lapp", False)
    assert sheet.row_dimensions[4].hidden
    locked = [cell.coordinate for row in sheet.iter_rows(min_row=6) for cell in row if cell.protection.locked]
    assert locked == []  # Excel sorts no range with a locked cell in it
    assert {cell.protection.locked for row in sheet.iter_rows(max_row=5) for cell in row} == {True}


def test_what_is_not_an_answer_takes_no_typing_though_it_is_not_locked(study, blank):
    sheet = load_workbook(blank)["Lappar D"]
    marks = marks_of(sheet)
    closed = {"A", letter(marks["sekom/text"]), letter(marks["sekom/key"])}
    rules = [rule for rule in sheet.data_validations.dataValidation if rule.type == "custom"]
    assert {
        area.coord.split(":")[0].rstrip("0123456789") for rule in rules for area in rule.sqref.ranges
    } >= closed
    for rule in rules:
        assert (rule.formula1, rule.errorStyle, rule.showErrorMessage) == ("FALSE", "stop", True)
        assert rule.error == "Den här rutan fylls inte i. Svara i de vita rutorna."


# What LibreOffice makes of it


def test_answers_stay_on_their_notes_when_a_protected_sheet_is_sorted_and_filtered(
    office, long_study, tmp_path
):
    study = long_study
    path = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    sheet = load_workbook(path)["Lappar"]
    marks = marks_of(sheet)
    keys, answers, memos = (letter(marks[m]) for m in ("sekom/key", "category/answer", "category/memo"))
    last = letter(sheet.max_column)
    rows, whole = f"A6:{last}{sheet.max_row}", f"A5:{last}{sheet.max_row}"
    names = ["Kunskap", "RESURSER", "roll", "Ingen passar"]
    typed = {note: names[n % 4] for n, note in enumerate(study.notes.index)}
    steps = [
        (*("answer", "Lappar", keys, study.note_keys[note], column), text)
        for note, name in typed.items()
        for column, text in ((answers, name), (memos, f"om {note}"))
    ]
    place = marks["sekom/text"] - 1
    first = [("shown", "Lappar", f"B{row}") for row in (6, 7, 25)]
    back = tmp_path / "back.xlsx"
    shown = office.run(
        [
            ("open", path),
            *steps[:14],
            ("sort", "Lappar", rows, place),
            *first,
            ("locked", "Lappar", "B6"),
            *steps[14:22],
            ("sort", "Lappar", rows, marks["category/answer"] - 1),
            ("filter", "Lappar", whole, marks["category/answer"] - 1, "Kunskap"),
            ("hidden", "Lappar", "6:25"),
            *steps[22:],
            ("shown", "Lappar", "B1"),
            ("save", back),
        ]
    )
    texts = sorted(study.notes["text"])
    assert shown[:3] == [texts[0], texts[1], texts[19]]  # it has been sorted
    assert shown[3] == "True False"  # while it was protected
    assert len(shown[4].split()) == 17  # rows that the filter hides: three answers were that code by then
    assert shown[5] == "20 av 20 lappar klara"
    reading = read_coding_sheet(back, study.desk)
    assert (reading.problems, reading.remarks) == ([], [])
    codes = {"Kunskap": "kunskap", "RESURSER": "resurser", "roll": "roll", "Ingen passar": "none_fits"}
    assert given(reading) == {(note, "category"): codes[name] for note, name in typed.items()}
    assert {event["note_id"]: event["memo"] for event in reading.events} == {n: f"om {n}" for n in typed}


def test_a_text_or_key_that_was_changed_is_noticed_after_sorting_too(office, long_study, tmp_path):
    study = long_study
    path = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    marks = marks_of(load_workbook(path)["Lappar"])
    back = tmp_path / "back.xlsx"
    keys = letter(marks["sekom/key"])
    answer = (letter(marks["category/answer"]), "Kunskap")
    steps = [("answer", "Lappar", keys, study.note_keys[note], *answer) for note in ("n03", "n04", "n05")]
    changed = ("answer", "Lappar", keys, study.note_keys["n03"], "B", "Något annat")
    tampered = ("answer", "Lappar", keys, study.note_keys["n04"], keys, "n04")
    rows = f"A6:{keys}25"
    office.run([("open", path), *steps, changed, tampered, ("sort", "Lappar", rows, 1), ("save", back)])
    reading = read_coding_sheet(back, study.desk)
    assert given(reading) == {("n05", "category"): "kunskap"}
    assert sorted(problem.what.split(": ", 1)[1] for problem in reading.problems) == [
        "'n04' is not the key of a note",
        "the text of the note was changed in the sheet; it now says 'Något annat'",
    ]


# Sheets that went out with the hidden row below the heads


@pytest.fixture
def sent_before(tmp_path):
    with zipfile.ZipFile(CASES / "sheets-layout-1.zip") as archive:
        archive.extractall(tmp_path)
    return Study.open(tmp_path / "study"), tmp_path


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_a_sheet_that_is_out_already_comes_back_as_before(sent_before, lang):
    study, folder = sent_before
    path = folder / f"anna.{lang}.xlsx"
    untouched = read_coding_sheet(path, study.desk)
    assert (untouched.events, untouched.problems, untouched.remarks) == ([], [], [])
    assert load_workbook(path).worksheets[1]["B5"].value == "sekom/text"
    typed = {
        ("B1", "category/answer"): "Kunskap",
        ("B1", "category/memo"): "därför",
        ("B2", "category/answer"): "NONE FITS",
        ("B3", "category/answer"): "resurser",
        ("B4", "category/certainty"): 3,
        ("D1", "themes/code/databas"): "x",
        ("D1", "goal/answer"): 4,
        ("D2", "themes/none"): "x",
    }
    found = study.collect(fill(path, study, typed))
    assert (found.refused, found.stale, list(found.remarks)) == ([], [], [])
    rows = {(row["note_id"], row["variable"]): row for row in study.decisions().to_dict("records")}
    assert {place: row["codes"] for place, row in rows.items()} == {
        ("B1", "category"): "kunskap",
        ("B2", "category"): "none_fits",
        ("B3", "category"): "resurser",
        ("B4", "category"): "roll",
        ("D1", "themes"): "databas",
        ("D1", "goal"): "4",
        ("D2", "themes"): "",
    }
    assert (rows["B4", "category"]["certainty"], rows["B4", "category"]["memo"]) == ("3", "kvar")


def test_a_number_is_no_answer_in_a_sheet_that_showed_none(sent_before):
    study, folder = sent_before
    back = fill(folder / "anna.sv.xlsx", study, {("B1", "category/answer"): 1})
    (problem,) = read_coding_sheet(back, study.desk).problems
    assert "'1' is not one of the answers to 'Kategori'" in problem.what


def test_what_is_typed_beside_the_notes_of_such_a_sheet_is_told(sent_before):
    study, folder = sent_before
    book = load_workbook(folder / "anna.sv.xlsx")
    book["Lappar B"]["B40"], book["Lappar B"]["A2"] = "under", "ovanför"
    book.save(folder / "more.xlsx")
    told = read_coding_sheet(folder / "more.xlsx", study.desk).remarks
    assert sorted(remark.what.rsplit(": ", 1)[1] for remark in told) == ["'ovanför'", "'under'"]
    assert address(book, study, "B1", "category/answer").value is None
