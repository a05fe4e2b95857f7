"""Texts in a coding sheet that are longer than a row: all can be read, and links lead there and back."""

from __future__ import annotations

import random
import re

import pandas as pd
import pytest
from openpyxl import load_workbook

from sekom_analysis.basics import wording
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_whole import pieces
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.study import Study

from .conftest import address, fill, marks_of
from .office import Office

WORDS = ["kommunen", "säger", "att", "målet", "är", "nått", "men", "ingen", "vet", "hur", "det", "gick"]
BOOK = {"variables": [{"id": "v", "kind": "scale", "range": [-3, 3], "label": "Ton"}]}
WHOLE = {"sv": "Hela texter", "en": "Whole texts"}
EXCEL_MOST = 409


def interview(seed: int, n: int) -> str:
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(n))


def make(folder, texts, **columns):
    notes = pd.DataFrame({"note_id": [f"n{n:03}" for n in range(len(texts))], "text": texts, **columns})
    return Study.create(folder / "study", notes=notes, codebook=BOOK)


@pytest.fixture
def study(tmp_path):
    letters = "".join(interview(99, 900))[:5_000]
    return make(tmp_path, ["Kort", interview(1, 400), letters, "=1+1 " * 400, "Rad\n" * 60, "o" * 3_000])


def whole_of(book, study, note_id, lang="sv"):
    """Follow a note's link; return the texts from there on."""
    link = address(book, study, note_id, "sekom/whole").value
    row = int(re.fullmatch(rf'=HYPERLINK\("#\'{WHOLE[lang]}\'!B([0-9]+)",".+"\)', link)[1])
    sheet, found = book[WHOLE[lang]], []
    while sheet.cell(row, 2).value:
        found.append(sheet.cell(row, 2).value)
        assert sheet.row_dimensions[row].height <= EXCEL_MOST
        row += 1
    return found


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_word_of_a_long_text_is_where_its_link_leads(study, tmp_path, lang):
    book = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx", lang))
    for note_id, text in study.notes["text"].items():
        link = address(book, study, note_id, "sekom/whole").value
        assert bool(link) == (text != "Kort")
        if link:
            assert "".join("".join(whole_of(book, study, note_id, lang)).split()) == "".join(text.split())
        assert address(book, study, note_id, "sekom/text").value == text  # by which it is known


def test_pieces_break_between_words():
    text = interview(5, 3_000)
    found = list(pieces(text))
    assert " ".join(found) == text
    assert len(found) > 10


def test_short_texts_have_neither_link_nor_tab(tmp_path):
    study = make(tmp_path, ["Kort", "En åsikt\npå två rader", "x " * 90])
    book = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx"))
    assert book.sheetnames == ["Läs först", "Lappar", "Kodbok", "Listor"]
    assert "sekom/whole" not in marks_of(book["Lappar"])


@pytest.mark.parametrize("n_long", [0, 1, 5, 40])
def test_rows_are_as_high_as_each_other_since_heights_stay_when_rows_are_sorted(tmp_path, n_long):
    texts = [interview(n, 300 if n < n_long else 3 + n % 9) for n in range(40)]
    study = make(tmp_path, texts)
    book = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx"))
    sheet = book["Lappar"]
    (height,) = {sheet.row_dimensions[row].height for row in range(6, sheet.max_row + 1)}
    assert height <= 12 * 16 + 6
    marks = marks_of(sheet)
    linked = {
        sheet.cell(row, marks["sekom/text"]).value
        for row in range(6, sheet.max_row + 1)
        if "sekom/whole" in marks and sheet.cell(row, marks["sekom/whole"]).value
    }
    assert linked == {text for text in texts if len(text.split()) == 300}


def test_context_and_gloss_are_with_the_whole_text(tmp_path):
    study = make(tmp_path, [interview(1, 400), "Kort"], text_en=["Long gloss", ""])
    book = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx"))
    assert whole_of(book, study, "n000")[-1] == "Long gloss"


def test_a_sheet_with_links_brings_nothing_untouched_and_may_be_written_again(study, tmp_path):
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    reading = read_coding_sheet(path, study.desk)
    assert (reading.events, reading.problems, reading.remarks) == ([], [], [])
    assert write_coding_sheet(study.desk("anna"), path) == path
    book = load_workbook(path)
    book["Hela texter"]["C3"] = "min åsikt"
    book.save(tmp_path / "more.xlsx")
    (told,) = read_coding_sheet(tmp_path / "more.xlsx", study.desk).remarks
    assert "cell C3 of the tab 'Hela texter'" in told.what
    book.remove(book["Hela texter"])
    book.save(tmp_path / "less.xlsx")
    assert read_coding_sheet(tmp_path / "less.xlsx", study.desk).remarks == []


def test_in_libreoffice_links_lead_to_the_text_and_back_to_the_row_after_sorting(study, tmp_path):
    office = Office(tmp_path / "office")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    book = load_workbook(path)
    sheet, marks = book["Lappar"], marks_of(book["Lappar"])
    answer = address(book, study, "n001", "v/answer")
    area = f"A6:{sheet.cell(1, sheet.max_column).column_letter}{sheet.max_row}"
    back = tmp_path / "back.xlsx"
    office.run(
        [
            ("open", path),
            ("type", "Lappar", answer.coordinate, "-3"),
            ("sort", "Lappar", area, marks["sekom/text"] - 1),
            ("save", back),
        ]
    )
    after = load_workbook(back)
    order = [after["Lappar"].cell(row, marks["sekom/text"]).value for row in range(6, 12)]
    assert order != [sheet.cell(row, marks["sekom/text"]).value for row in range(6, 12)]
    for note_id, text in study.notes["text"].items():
        if text == "Kort":
            continue
        assert "".join("".join(whole_of(after, study, note_id)).split()) == "".join(text.split())
    links = [row for row in after["Hela texter"].iter_rows(max_col=1) if row[0].data_type == "f"]
    targets = [re.fullmatch(r'=HYPERLINK\("#(.+!B)"&\((.+)\),".+"\)', row[0].value) for row in links]
    found = [("type", "Hela texter", f"F{n}", _in_calc(target[2])) for n, target in enumerate(targets, 1)]
    asked = [("shown", "Hela texter", f"F{n}") for n in range(1, len(targets) + 1)]
    rows = office.run(
        [("open", back), ("unlock", "Hela texter"), *found, *asked, ("save", tmp_path / "x.xlsx")]
    )
    led = office.run(
        [
            ("open", back),
            *(("goto", f"{target[1]}{row}") for target, row in zip(targets, rows, strict=True)),
            ("goto", "'Hela texter'!B7"),
            ("save", tmp_path / "y.xlsx"),
        ]
    )
    assert led == [*(f"Lappar {row}" for row in rows), "Hela texter 7"]
    for target, row in zip(targets, rows, strict=True):
        assert f'"{after["Lappar"].cell(int(row), marks["sekom/key"]).value}"' in target[2]
    assert len(set(rows)) == len(links) == 5
    reading = read_coding_sheet(back, study.desk)
    assert (reading.problems, reading.remarks) == ([], [])
    assert [(event["note_id"], event["codes"]) for event in reading.events] == [("n001", "-3")]


def _in_calc(formula):
    """Return a formula as LibreOffice's macros take it."""
    return "=" + re.sub(r"'?Lappar'?!", "$Lappar.", formula).replace(",", ";")


def test_three_hundred_interviews_come_back_as_they_were_coded(tmp_path):
    codes = [{"id": f"k{n:02}", "label": f"Kod {n}"} for n in range(30)]
    book = {
        "variables": [{"id": "t", "kind": "multiple", "label": "Teman", "codes": codes}, *BOOK["variables"]]
    }
    notes = pd.DataFrame(
        {"note_id": [f"n{n:03}" for n in range(300)], "text": [interview(n, 400) for n in range(300)]}
    )
    study = Study.create(tmp_path / "study", notes=notes, codebook=book)
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    typed = {}
    for n, note in enumerate(notes["note_id"]):
        typed[note, "t/answer"] = f"{n % 30 + 1}, {(n * 7) % 30 + 1}"
        typed[note, "v/answer"] = n % 7 - 3
    some = dict(list(typed.items())[:80])
    reading = read_coding_sheet(fill(path, study, some), study.desk)
    assert (reading.problems, reading.remarks, len(reading.events)) == ([], [], 80)
    for event in reading.events:
        n = int(event["note_id"][1:])
        expected = {f"k{n % 30:02}", f"k{(n * 7) % 30:02}"} if event["variable"] == "t" else {str(n % 7 - 3)}
        assert set(event["codes"].split("|")) == expected
