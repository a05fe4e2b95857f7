"""Codes that are missing, written into a coding sheet: read back once, and never somebody else's."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from sekom_analysis.basics.wording import kind_of
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet

from .conftest import address, fill

CELL = "category/proposal"


def proposals(study):
    table = study.proposals()
    return list(table[["variable", "name", "words", "note_id", "coder"]].itertuples(index=False, name=None))


def test_a_proposal_comes_into_the_log_once(study, blank, tmp_path):
    said = {("B1", CELL): " Tid  för vila \nkunskapsnivå", ("B1", "category/answer"): "Ingen passar",
            ("D3", "themes/proposal"): "=Podd"}  # fmt: skip
    sheet = fill(blank, study, said)
    for _ in range(2):
        assert study.collect(sheet).refused == []
    assert proposals(study) == [
        ("category", "Tid för vila", "kunskapsnivå", "B1", "anna"),
        ("themes", "=Podd", "", "D3", "anna"),
    ]
    assert len(study.history()) == 3
    again = load_workbook(sheet)
    again.properties.title = "saved anew"
    again.save(tmp_path / "anew.xlsx")
    study.collect(tmp_path / "anew.xlsx")
    assert len(study.history()) == 3
    assert set(study.decisions("proposal")["via"]) == {"sheet"}
    assert study.problems.empty
    study.undo_collect(sheet)
    assert proposals(study) == []


def test_what_was_proposed_before_is_filled_in_and_gives_nothing(study, tmp_path):
    study.decide("anna", "B1", "proposal", "category", memo="Tid\nnivå")
    study.decide("bo", "B2", "proposal", "category", memo="Hemligt")
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    book = load_workbook(sheet)
    assert address(book, study, "B1", CELL).value == "Tid\nnivå"
    cells = [
        str(cell.value) for tab in book.worksheets for row in tab.iter_rows() for cell in row if cell.value
    ]
    assert not any("Hemligt" in text for text in cells)
    reading = read_coding_sheet(sheet, study.desk("anna"))
    assert (reading.events, reading.problems, list(reading.remarks)) == ([], [], [])
    emptied = fill(sheet, study, {("B1", CELL): None})
    study.collect(emptied)
    assert [one[1] for one in proposals(study) if one[4] == "anna"] == ["Tid"]


def test_what_was_changed_elsewhere_stays_and_what_the_sheet_changes_counts(study, tmp_path):
    study.decide("anna", "B1", "proposal", "category", memo="Tid")
    study.decide("anna", "B2", "proposal", "category", memo="Ork")
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    study.decide("anna", "B1", "proposal", "category", memo="Brist på tid")
    study.retract("anna", "B2", "proposal", codes="category")
    assert [kind_of(one) for one in read_coding_sheet(sheet, study.desk("anna")).remarks] == [
        "problem_sheet_as_written"
    ] * 2
    study.collect(sheet)
    assert [one[1] for one in proposals(study)] == ["Brist på tid"]
    study.collect(fill(sheet, study, {("B2", CELL): "Mer ork"}))
    assert [one[1] for one in proposals(study)] == ["Brist på tid", "Mer ork"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x" * 81, "sheet_proposal_long"),
        ("x\n" + "y" * 20_000, "sheet_proposal_long"),
        ("#NAMN?", "sheet_error"),
    ],
)
def test_what_cannot_be_one_is_named_with_its_place(study, blank, text, kind):
    reading = read_coding_sheet(fill(blank, study, {("B1", CELL): text}), study.desk("anna"))
    assert [kind_of(problem) for problem in reading.problems] == [f"problem_{kind}"]
    assert reading.events == []


def test_a_number_has_no_column_for_it_and_an_older_sheet_none_at_all(study, blank, tmp_path):
    book = load_workbook(blank)
    marks = [cell.value for tab in book.worksheets for cell in tab[4] if cell.value]
    assert {mark for mark in marks if str(mark).endswith("/proposal")} == {CELL, "themes/proposal"}
    study.decide("anna", "B1", "proposal", "category", memo="Tid")
    for tab in book.worksheets:
        for cell in tab[4]:
            if str(cell.value).endswith("/proposal"):
                tab.delete_cols(cell.column)
                break
    book.save(tmp_path / "older.xlsx")
    older = fill(tmp_path / "older.xlsx", study, {("B1", "category/answer"): "Kunskap"})
    assert study.collect(older).refused == []
    assert [one[1] for one in proposals(study)] == ["Tid"]
