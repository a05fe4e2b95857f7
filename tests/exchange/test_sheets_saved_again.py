"""Coding sheets saved again by other programs: the same answers come back, and nothing goes unsaid."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from openpyxl import load_workbook

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.exchange.sheet_file import is_coding_sheet
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.study import Study

from . import resaving
from .conftest import CODEBOOK, NOTES, address, fill
from .office import Office

ONE_TAB = "comments on cells are not in a text table"
CSV = "Text - txt - csv (StarCalc)"
UTF8, CP1252, MAC, CP850, UTF16 = 76, 1, 2, 5, 65535
CSV_OPTIONS = "{delimiter},34,{encoding},1,,0,false,true,false,false,false,{tab}"
EXCEL = "Calc MS Excel 2007 XML"


@pytest.fixture(scope="module")
def sent(tmp_path_factory):
    return resaving.make(tmp_path_factory.mktemp("sent"))


@pytest.fixture
def study(sent, tmp_path):
    shutil.copytree(sent[0].root, tmp_path / "study")
    return Study.open(tmp_path / "study")


def whats(problems):
    return [problem.what for problem in problems]


def check(study, path, *remarks):
    """Collect a sheet: all answers come back, and every remark is one that is expected."""
    reading = read_coding_sheet(path, study.desk)
    assert reading.problems == []
    assert resaving.answers(reading) == resaving.BACK
    assert whats(reading.remarks) == list(remarks)
    assert is_coding_sheet(path)
    found = study.collect(path)
    assert (len(found.added), found.refused, found.stale) == (len(resaving.BACK), [], [])
    assert len(study.collect(path).added) == 0
    return reading


@pytest.mark.parametrize("save", resaving.WORKBOOKS, ids=lambda save: save.__name__)
def test_a_workbook_saved_again_brings_every_answer(study, sent, tmp_path, save):
    reading = check(study, save(sent[1], tmp_path / "back.xlsx"))
    assert reading.n_notes == 8
    assert len(reading.copy) == 16


def test_what_numbers_puts_into_its_export_is_told(study, sent, tmp_path):
    path = resaving.as_numbers_exports(sent[1], tmp_path / "back.xlsx")
    told = read_coding_sheet(path, study.desk).remarks
    assert {what.split(": ", 2)[2] for what in whats(told)} == {
        "'Tabell 1'",
        "'Det här dokumentet exporterades från Numbers.'",
    }
    check(study, path, *whats(told))


@pytest.mark.parametrize("kind", resaving.TEXT_TABLES)
def test_a_text_table_brings_every_answer(study, sent, tmp_path, kind):
    delimiter, ends, encoding, suffix = resaving.TEXT_TABLES[kind]
    rows = resaving.grid(sent[1])
    rows = resaving.in_blocks(rows) if kind.startswith("Excel") else rows
    path = tmp_path / f"anna.{suffix}"
    path.write_bytes(resaving.as_text(rows, delimiter, ends).encode(encoding, "replace"))
    check(study, path, ONE_TAB)


def test_a_text_table_of_a_study_with_two_tabs_says_which_is_not_in_it(tmp_path):
    study = Study.create(tmp_path / "study", notes=NOTES, codebook=CODEBOOK)
    path = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    back = fill(path, study, {("B1", "category/answer"): "Kunskap", ("D1", "goal/answer"): 4})
    text = tmp_path / "anna-B.csv"
    text.write_text(
        resaving.as_text(_with_a_row(resaving.grid(back, "Lappar B")), ";", "\n"), encoding="utf-8"
    )
    reading = read_coding_sheet(text, study.desk)
    assert [event["note_id"] for event in reading.events] == ["B1"]
    assert whats(reading.remarks) == ["the tab 'Lappar D' (3 notes) is not in it", ONE_TAB]
    assert "save the sheet as .xlsx, or that tab as .csv too" in reading.remarks[0].todo


def _with_a_row(rows):
    rows[0][1] = "1 av 4 lappar klara"
    return rows


@pytest.mark.parametrize(
    ("tab", "what"), [("Läs först", "it is the first tab of a coding sheet"), ("Listor", "no tab with notes")]
)
def test_a_text_table_of_a_tab_without_notes_says_how_to_save_it(study, sent, tmp_path, tab, what):
    rows = [[str(cell.value or "") for cell in row] for row in load_workbook(sent[1])[tab].iter_rows()]
    path = tmp_path / "anna.csv"
    path.write_text(resaving.as_text(rows, ";", "\n"), encoding="utf-8")
    assert is_coding_sheet(path)
    with pytest.raises(DecisionError, match=f"(?s){what}.*Excel Workbook"):
        study.collect(path)


def test_letters_that_an_encoding_lacks_are_not_lost_from_what_the_log_holds(study, tmp_path):
    study.decide("anna", "a", "one", "k01", memo="bra \N{GRINNING FACE} så")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    text = resaving.as_text(_with_count(resaving.grid(path), 1), ";", "\r\n")
    (tmp_path / "anna.csv").write_bytes(text.encode("cp1252", "replace"))
    reading = read_coding_sheet(tmp_path / "anna.csv", study.desk)
    assert (reading.events, reading.problems, reading.known) == ([], [], 1)


def _with_count(rows, n):
    rows[0][1] = f"{n} av 8 lappar klara"
    return rows


def test_labels_that_an_encoding_lacks_are_known_by_what_is_left_of_them(tmp_path):
    labels = {"up": "\N{UPWARDS ARROW} mer", "down": "\N{DOWNWARDS ARROW} mindre", "same": "Lika"}
    codes = [{"id": code, "label": label} for code, label in labels.items()]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": codes}]}
    study = Study.create(tmp_path / "study", notes=NOTES, codebook=book)
    path = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    back = fill(path, study, {("B1", "v/answer"): labels["up"], ("D1", "v/answer"): labels["down"]})
    text = resaving.as_text(resaving.grid(back), ";", "\r\n").replace("3 av 8", "2 av 7")
    (tmp_path / "anna.csv").write_bytes(text.encode("cp1252", "replace"))
    reading = read_coding_sheet(tmp_path / "anna.csv", study.desk)
    assert {event["note_id"]: event["codes"] for event in reading.events} == {"B1": "up", "D1": "down"}


def test_a_tab_whose_hidden_row_was_deleted_is_refused_by_name(study, sent, tmp_path):
    book = load_workbook(sent[1])
    book["Lappar"].delete_rows(4)
    book.save(tmp_path / "back.xlsx")
    said = (
        r"(?s)the tab 'Lappar' has notes \(8\), but the hidden row .* is gone.*copy the row with 'sekom/key'"
    )
    with pytest.raises(DecisionError, match=said):
        study.collect(tmp_path / "back.xlsx")
    assert study.coders == []


def test_a_tab_of_another_coders_sheet_is_not_mixed_in(study, sent, tmp_path):
    other = load_workbook(write_coding_sheet(study.desk("bo"), tmp_path / "bo.xlsx"))["Lappar"]
    book = load_workbook(sent[1])
    added = book.create_sheet("Lappar 2")
    for row in other.iter_rows():
        for cell in row:
            if type(cell).__name__ != "MergedCell":
                added.cell(cell.row, cell.column).value = cell.value
    book.save(tmp_path / "mixed.xlsx")
    with pytest.raises(
        DecisionError, match=r"2 different sheets: 'Lappar' \(coder 'anna'\), 'Lappar 2' \(coder 'bo'\)"
    ):
        study.collect(tmp_path / "mixed.xlsx")


def test_rows_and_tabs_that_were_deleted_are_told(study, sent, tmp_path):
    book = load_workbook(sent[1])
    book["Lappar"].delete_rows(9, 2)
    book.save(tmp_path / "back.xlsx")
    (remark,) = read_coding_sheet(tmp_path / "back.xlsx", study.desk).remarks
    assert remark.what == "the tab 'Lappar' was sent with 8 notes, and 2 of them are gone"


@pytest.mark.parametrize(
    ("name", "todo"),
    [
        ("a.ods", "open it in LibreOffice, choose File, Save as, 'Excel 2007-365 (.xlsx)'"),
        ("a.numbers", "open it in Numbers, choose File, Export To, Excel"),
        ("a.xls", "choose File, Save as, 'Excel Workbook (.xlsx)'"),
        ("a.xlsb", "open it in Excel, choose File, Save as, 'Excel Workbook (.xlsx)'"),
    ],
)
def test_of_a_sheet_of_another_kind_the_message_says_how_to_save_it(study, tmp_path, name, todo):
    (tmp_path / name).write_bytes(b"PK\x03\x04 anything")
    with pytest.raises(DecisionError, match=r"(?s)Nothing was saved.*which is not read") as error:
        study.collect(tmp_path / name)
    assert todo in str(error.value)


# LibreOffice itself


@pytest.fixture(scope="module")
def by_office(sent, tmp_path_factory):
    """The filled-in sheet, opened by LibreOffice and saved as all that it can; one run of it."""
    folder = tmp_path_factory.mktemp("by-office")
    zone = pytest.MonkeyPatch()
    zone.setenv("TZ", "Asia/Tokyo")  # LibreOffice writes the time of day there as if it were UTC
    office = Office(tmp_path_factory.mktemp("office"))
    exports = [
        ("again.xlsx", EXCEL, ""),
        ("open.xlsx", "Calc Office Open XML", ""),
        ("a.ods", "calc8", ""),
        ("a.xls", "MS Excel 97", ""),
    ]
    for name, delimiter, encoding in (
        ("semicolon-utf8.csv", ";", UTF8),
        ("comma-utf8.csv", ",", UTF8),
        ("semicolon-cp1252.csv", ";", CP1252),
        ("comma-cp1252.csv", ",", CP1252),
        ("tab-utf16.txt", "\t", UTF16),
        ("tab-cp1252.tsv", "\t", CP1252),
        ("semicolon-mac.csv", ";", MAC),
    ):
        options = CSV_OPTIONS.format(delimiter=ord(delimiter), encoding=encoding, tab=2)
        exports.append((name, CSV, options))
    steps = [
        ("open", sent[1]),
        *(("export", folder / name, kind, options) for name, kind, options in exports),
    ]
    # It puts the tab's name behind that of a text table.
    paths = {
        name: folder / (name.replace(".", "-Lappar.") if kind == CSV else name) for name, kind, _ in exports
    }
    for old, new in (("a.ods", "by-ods.xlsx"), ("a.xls", "by-xls.xlsx"), ("again.xlsx", "twice.xlsx")):
        paths[new] = folder / new
        steps += [("open", paths[old]), ("save", paths[new])]
    paths["commented.xlsx"] = folder / "commented.xlsx"
    said = office.run([*steps, *_comments(sent, paths["commented.xlsx"])])
    zone.undo()
    assert said == []
    return paths


def _comments(sent, to):
    book = load_workbook(sent[1])
    cell = address(book, sent[0], "f", "mood/answer").coordinate
    text = address(book, sent[0], "g", "sekom/text").coordinate
    said = [("comment", "Lappar", cell, r"tveksam\nandra raden"), ("comment", "Lappar", text, "vilken?")]
    return [("open", sent[1]), *said, ("save", to)]


@pytest.mark.parametrize("name", ["again.xlsx", "open.xlsx", "twice.xlsx", "by-ods.xlsx", "by-xls.xlsx"])
def test_a_workbook_of_libreoffice_brings_every_answer(study, sent, by_office, name):
    reading = check(study, by_office[name])
    sent_at = dt.datetime.fromisoformat(read_coding_sheet(sent[1], study.desk).saved_at)
    saved_at = dt.datetime.fromisoformat(reading.saved_at)
    assert dt.timedelta(seconds=-3) < saved_at - sent_at < dt.timedelta(hours=3)


@pytest.mark.parametrize(
    "name",
    [
        "semicolon-utf8.csv",
        "comma-utf8.csv",
        "semicolon-cp1252.csv",
        "comma-cp1252.csv",
        "tab-utf16.txt",
        "tab-cp1252.tsv",
        "semicolon-mac.csv",
    ],
)
def test_a_text_table_of_libreoffice_brings_every_answer(study, by_office, name):
    check(study, by_office[name], ONE_TAB)


@pytest.mark.parametrize("name", ["a.ods", "a.xls"])
def test_other_kinds_of_libreoffice_say_how_to_save_them(study, by_office, name):
    with pytest.raises(DecisionError, match=r"which is not read; open it in .*\.xlsx"):
        study.collect(by_office[name])


def test_comments_of_libreoffice_come_as_memos_or_are_told(study, by_office):
    reading = read_coding_sheet(by_office["commented.xlsx"], study.desk)
    expected = {**resaving.BACK, ("f", "mood"): ("0", "", "tveksam\nandra raden", "decide")}
    assert resaving.answers(reading) == expected
    taken, told = whats(reading.remarks)
    assert taken.startswith("1 comment on a cell was taken as a memo")
    assert told.endswith("a comment: 'vilken?'")
