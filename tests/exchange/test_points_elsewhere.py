"""Named points of a scale outside the card: in coding sheets, in REFI-QDA and in tables of others."""

from __future__ import annotations

import pandas as pd
import pytest
from openpyxl import load_workbook

from sekom_analysis.exchange import layout
from sekom_analysis.exchange.others.matching import meant_code
from sekom_analysis.exchange.refi.codebook import read_codebook_qdc
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.study import Study
from tests.test_cli import sekom

from .conftest import address, fill, two
from .office import Office

LABELS = {-3: two("helt emot", "strongly against"), 0: "varken eller", 3: two("helt för", "strongly for")}
BOOK = {
    "variables": [
        {"id": "mood", "kind": "scale", "range": [-3, 3], "label": two("Ton", "Tone"), "labels": LABELS},
        {
            "id": "long",
            "kind": "scale",
            "range": [0, 100],
            "label": "Andel",
            "labels": {0: "inget", 100: "5"},
        },
    ]
}
NOTES = pd.DataFrame({"note_id": list("abcd"), "text": [f"Lapp {n}" for n in range(4)]})


@pytest.fixture
def study(tmp_path):
    return Study.create(tmp_path / "study", notes=NOTES, codebook=BOOK)


@pytest.fixture
def sheet(study, tmp_path):
    return write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")


def codes(reading):
    return {(event["note_id"], event["variable"]): event["codes"] for event in reading.events}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (-3, "-3"), ("-3", "-3"), (2, "2"), ("−3 helt emot", "-3"), ("-3 helt emot", "-3"),
        ("Helt emot", "-3"), ("strongly  for", "3"), ("3 = helt för", "3"), ("0 varken eller", "0"),
    ],
)  # fmt: skip
def test_a_number_its_label_and_both_are_the_same_answer(study, sheet, typed, code):
    back = fill(sheet, study, {("a", "mood/answer"): typed})
    reading = read_coding_sheet(back, study.desk("anna"))
    assert (codes(reading), reading.problems) == ({("a", "mood"): code}, [])


@pytest.mark.parametrize("typed", ["3 helt emot", "helt", 4, "2 helt för"])
def test_what_names_no_point_is_told(study, sheet, typed):
    back = fill(sheet, study, {("a", "mood/answer"): typed})
    reading = read_coding_sheet(back, study.desk("anna"))
    assert codes(reading) == {}
    assert "is not one of the answers to 'Ton'" in str(reading.problems[0].what)


def test_a_label_that_is_a_number_takes_no_numbers_place(study, sheet):
    back = fill(sheet, study, {("a", "long/answer"): 5, ("b", "long/answer"): "100 5"})
    reading = read_coding_sheet(back, study.desk("anna"))
    assert codes(reading) == {("a", "long"): "5", ("b", "long"): "100"}


@pytest.mark.parametrize(
    ("lang", "ends"),
    [("sv", ["−3 helt emot", "3 helt för"]), ("en", ["−3 strongly against", "3 strongly for"])],
)
def test_the_drop_down_and_what_is_shown_beside_it_name_the_points(study, tmp_path, lang, ends):
    book = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx", lang))
    notes = address(book, study, "a", "mood/answer").parent
    rules = {
        str(rule.sqref)[0]: rule for rule in notes.data_validations.dataValidation if rule.type == "list"
    }
    listed = []
    for part in ("mood/answer", "long/answer"):
        rule = rules[address(book, study, "a", part).column_letter]
        assert not rule.showErrorMessage
        title, area = rule.formula1.split("!")
        listed.append([cell.value for (cell,) in book[title.strip("'")][area]])
    assert listed == [[ends[0], -2, -1, "0 varken eller", 1, 2, ends[1]], ["0 inget", "100 5"]]
    prompt = rules[address(book, study, "a", "mood/answer").column_letter].prompt
    assert ends[1].removeprefix("3 ") in " ".join(prompt.split())
    assert len(prompt.encode("utf-16-le")) // 2 <= 255
    told = [cell.value for sheet in book.worksheets for row in sheet for cell in row]
    assert told.count(ends[0]) >= 2  # in the list, and on the codebook's tab


def test_earlier_answers_stand_with_their_labels_and_come_back_as_nothing_new(study, sheet, tmp_path):
    back = fill(sheet, study, {("a", "mood/answer"): -3, ("b", "mood/answer"): 2})
    assert sekom("collect", back, "--study", study.root)[0] == 0
    again = write_coding_sheet(Study.open(study.root).desk("anna"), tmp_path / "again.xlsx")
    book = load_workbook(again)
    assert [address(book, study, note, "mood/answer").value for note in "ab"] == ["−3 helt emot", 2]
    assert read_coding_sheet(again, study.desk("anna")).events == []


def test_in_libreoffice_a_row_is_ticked_once_its_points_can_be_read(study, sheet, tmp_path):
    office = Office(tmp_path / "office")
    book = load_workbook(sheet)
    typed = {("a", "mood/answer"): "helt emot", ("b", "mood/answer"): "-2", ("c", "mood/answer"): "hm"}
    typed |= {("d", "mood/answer"): "−3 helt emot"} | {(note, "long/answer"): "7" for note in "abcd"}
    steps = [
        ("type", "Lappar", address(book, study, *place).coordinate, text) for place, text in typed.items()
    ]
    ticks = [("shown", "Lappar", f"A{address(book, study, note, 'mood/answer').row}") for note in "abcd"]
    back = tmp_path / "back.xlsx"
    shown = office.run([("open", sheet), *steps, *ticks, ("save", back)])
    assert shown == [layout.DONE, layout.DONE, "", layout.DONE]
    read = codes(read_coding_sheet(back, study.desk))
    assert [read.get((note, "mood")) for note in "abcd"] == ["-3", "-2", None, "-3"]


def test_labels_go_out_to_other_programs_and_come_back(study, tmp_path):
    path = tmp_path / "bok.qdc"
    assert sekom("export", path, "--study", study.root)[0] == 0
    assert Codebook.model_validate(read_codebook_qdc(path).codebook) == study.codebook
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("&quot;3&quot;", "&quot;7&quot;").replace('"3"', '"7"'), encoding="utf-8")
    changed = Codebook.model_validate(read_codebook_qdc(path).codebook)
    assert sorted(changed["mood"].labels) == [-3, 0]  # what is not on the scale any more is left out


def test_tags_for_taguette_say_what_a_number_means(study, tmp_path):
    path = tmp_path / "tags.csv"
    assert sekom("export", path, "--study", study.root, "--layout", "tags")[0] == 0
    described = {row.tag: row.description for row in pd.read_csv(path, keep_default_na=False).itertuples()}
    assert [described[f"Ton.{number}"] for number in ("-3", "2")] == ["helt emot", ""]


def test_words_of_others_are_points_by_their_labels(study):
    mood = study.codebook["mood"]
    assert [meant_code(mood, text).id for text in ("Helt för", "-2", "3 helt för", "för")] == [
        "3",
        "-2",
        "3",
        "",
    ]
