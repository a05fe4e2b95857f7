"""What may be typed into a coding sheet: a code's number, name or id, one or several; and what helps to."""

from __future__ import annotations

import pandas as pd
import pytest
from openpyxl import load_workbook

from sekom_analysis.basics import wording
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_typing import forms_of
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.study import Study

from .conftest import address, fill, two
from .office import Office

CODES = [
    {
        "id": f"k{n:02}",
        "label": two(f"Tema {name}, {n % 3}", f"Theme {name}"),
        "definition": two("D. " * 40, "D."),
    }
    for n, name in enumerate("abcdefghijklmnopqrstuvwxyzåäöé", start=1)
]
FEW = [
    {"id": "tid", "label": two("Tid", "Time"), "definition": two("Brist på tid.", "Lack of time.")},
    {"id": "pengar", "label": two("Pengar", "Money"), "exclude": two("Tid.", "Time.")},
]
BOOK = {
    "variables": [
        {"id": "many", "kind": "multiple", "label": two("Teman", "Themes"), "codes": CODES},
        {"id": "few", "kind": "multiple", "label": two("Brister", "Lacks"), "codes": FEW},
        {"id": "one", "kind": "single", "label": two("Det mesta", "Mostly"), "codes_from": "few"},
        {"id": "mood", "kind": "scale", "range": [-3, 3], "label": two("Ton", "Tone")},
    ]
}
NOTES = pd.DataFrame({"note_id": list("abcdefgh"), "text": [f"Lapp {n}" for n in range(8)]})


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
        ("2", "pengar"),
        (2, "pengar"),
        ("PENGAR", "pengar"),
        ("money", "pengar"),
        ("Tid", "tid"),
        ("1", "tid"),
        ("ingen passar", "none_fits"),
        ("NONE FITS", "none_fits"),
    ],
)
def test_one_code_is_known_by_number_name_and_id(study, sheet, typed, code):
    reading = read_coding_sheet(fill(sheet, study, {("a", "one/answer"): typed}), study.desk)
    assert (codes(reading), reading.problems) == ({("a", "one"): code}, [])


@pytest.mark.parametrize("typed", ["3", "0", "-1", "1.5", "Ti"])
def test_what_is_no_number_name_or_id_is_refused(study, sheet, typed):
    reading = read_coding_sheet(fill(sheet, study, {("a", "one/answer"): typed}), study.desk)
    assert (codes(reading), len(reading.problems)) == ({}, 1)


def test_no_number_stands_for_a_code_where_another_is_called_by_one(tmp_path):
    some = [{"id": "a", "label": "Från 2"}, {"id": "b", "label": "1"}, {"id": "c", "label": "Annat"}]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": some}]}
    study = Study.create(tmp_path / "study", notes=NOTES, codebook=book)
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    back = fill(sheet, study, {("a", "v/answer"): "1", ("b", "v/answer"): "3"})
    reading = read_coding_sheet(back, study.desk)
    assert codes(reading) == {("a", "v"): "b"}
    assert "'3' is not one of the answers" in reading.problems[0].what
    texts = [cell.value for row in load_workbook(sheet)["Kodbok"] for cell in row]
    assert "Annat" in texts  # without a number


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("3, 14", "k03|k14"),
        ("14;3", "k03|k14"),
        ("3 14 3", "k03|k14"),
        (7, "k07"),
        ("Tema a, 1; tema B, 2", "k01|k02"),  # names with commas in them
        ("Tema a, 1, k05, Theme é", "k01|k05|k30"),
        ("Inget av dem", ""),
        ("none of THEM", ""),
    ],
)
def test_several_codes_are_typed_into_one_cell(study, sheet, typed, chosen):
    reading = read_coding_sheet(fill(sheet, study, {("a", "many/answer"): typed}), study.desk)
    assert (codes(reading), reading.problems) == ({("a", "many"): chosen}, [])


@pytest.mark.parametrize(
    ("typed", "piece"),
    [
        ("3, 31", "'31'"),
        ("Tema a, 1; Temma b", "'Temma b'"),
        ("3.14", "'3.14'"),
        ("3, Inget av dem", "'Inget av dem'"),
    ],
)
def test_a_part_that_names_no_code_is_named_and_nothing_is_taken(study, sheet, typed, piece):
    reading = read_coding_sheet(fill(sheet, study, {("a", "many/answer"): typed}), study.desk)
    assert (codes(reading), len(reading.problems)) == ({}, 1)
    assert f"{piece} is not one of the answers to 'Teman'" in reading.problems[0].what


def test_what_is_typed_and_what_is_marked_must_agree(study, sheet):
    typed = {
        ("a", "many/answer"): "1, 2",
        ("a", "many/code/k01"): "x",
        ("a", "many/code/k02"): "x",
        ("b", "many/answer"): "1, 2",
        ("b", "many/code/k03"): "x",
        ("c", "many/code/k30"): "x",
        ("d", "many/none"): "x",
        ("e", "many/answer"): "2",
        ("e", "many/none"): "x",
    }
    reading = read_coding_sheet(fill(sheet, study, typed), study.desk)
    assert codes(reading) == {("a", "many"): "k01|k02", ("c", "many"): "k30", ("d", "many"): ""}
    whats = sorted(problem.what.split(": ", 1)[1] for problem in reading.problems)
    assert whats == [
        "'1, 2' was typed, but what is marked with x is: Tema c, 0",
        "'2' was typed, but what is marked with x is: Inget av dem",
    ]


def test_codes_are_typed_one_in_each_cell(study, sheet):
    typed = {
        ("a", "many/answer"): 14,
        ("a", "many/answer/3"): "Tema c, 0",
        ("b", "many/answer/5"): "k02",
        ("c", "many/answer"): "Inget av dem",
        ("d", "many/answer"): "Inget av dem",
        ("d", "many/answer/2"): "3",
        ("e", "many/answer"): 3,
        ("e", "many/answer/2"): "Temma",
        ("e", "many/answer/3"): 31,
        ("f", "many/answer"): "3, 14",
        ("f", "many/answer/2"): 3,
        ("g", "many/answer"): 1,
        ("g", "many/answer/2"): 2,
        ("g", "many/code/k01"): "x",
        ("h", "many/answer"): "Inget av dem",
        ("h", "many/none"): "x",
    }
    reading = read_coding_sheet(fill(sheet, study, typed), study.desk)
    taken = {"a": "k03|k14", "b": "k02", "c": "", "f": "k03|k14", "h": ""}
    assert codes(reading) == {(note, "many"): chosen for note, chosen in taken.items()}
    whats = sorted(problem.what.split(": ", 1)[1] for problem in reading.problems)
    assert whats == [
        "'1; 2' was typed, but what is marked with x is: Tema a, 1",
        "'31' is not one of the answers to 'Teman'",
        "'Inget av dem' is marked together with: Tema c, 0",
        "'Temma' is not one of the answers to 'Teman'",
    ]


def test_numbers_of_codes_are_numbers_where_no_name_could_be_taken_for_one(tmp_path):
    """A text that begins as an earlier one of its column is completed to that: 1 becomes 12."""
    plain = [{"id": f"k{n}", "label": f"Tema {name}"} for n, name in enumerate("abcdefghijklmn")]
    dated = [{"id": "a", "label": "Maj 1968"}, {"id": "b", "label": "Tid"}]
    several = {"kind": "multiple", "label": "M", "codes": plain}
    book = [
        {"id": "several", **several},
        {"id": "one", "kind": "single", "label": "E", "codes": plain},
        {"id": "dated", "kind": "single", "label": "D", "codes": dated},
    ]
    study = Study.create(tmp_path / "study", notes=NOTES, codebook={"variables": book})
    sheet = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx"))
    marks = ("several/answer", "several/answer/5", "one/answer", "dated/answer", "one/memo")
    formats = [address(sheet, study, "a", mark).number_format for mark in marks]
    assert formats == ["General", "General", "General", "@", "@"]


def test_the_marks_of_many_codes_are_behind_all_questions(study, sheet):
    book = load_workbook(sheet)
    places = [
        address(book, study, "a", mark).column
        for mark in ("many/answer", "few/code/tid", "one/answer", "mood/answer", "many/code/k01", "many/none")
    ]
    assert places == sorted(places)
    aside = address(book, study, "a", "many/code/k01")
    heads = [aside.parent.cell(row, aside.column).value for row in (2, 3, 5)]
    assert heads == ["Teman", wording.say("sheet_marks_aside", "sv"), "1. Tema a, 1"]


def test_the_cursor_is_where_the_first_answer_goes(study, sheet):
    book = load_workbook(sheet)
    first = address(book, study, "a", "many/answer")
    active = {selection.activeCell for selection in first.parent.sheet_view.selection}
    assert active == {f"{first.column_letter}6"}


def test_a_mark_may_be_what_its_column_is_called(study, sheet):
    typed = {
        ("a", "few/code/pengar"): "2",
        ("b", "few/code/tid"): "Tid",
        ("b", "few/code/pengar"): "pengar",
        ("c", "few/none"): "Inget av dem",
    }
    reading = read_coding_sheet(fill(sheet, study, typed), study.desk)
    assert codes(reading) == {("a", "few"): "pengar", ("b", "few"): "tid|pengar", ("c", "few"): ""}
    wrong = read_coding_sheet(fill(sheet, study, {("a", "few/code/pengar"): "Tid"}), study.desk)
    assert "'Tid' is not a mark" in wrong.problems[0].what


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_earlier_answers_come_back_as_they_were_typed_and_bring_nothing_new(study, tmp_path, lang):
    study.decide("anna", "a", "many", ["k01", "k30"], certainty=1)
    study.decide("anna", "b", "many", [])
    study.decide("anna", "c", "few", ["tid"])
    study.decide("anna", "d", "many", ["k01", "k02", "k03", "k04", "k05", "k06"])
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx", lang)
    book = load_workbook(path)
    shown = [
        [address(book, study, note, f"many/answer{nth}").value for nth in ("", "/2", "/3")] for note in "abcd"
    ]
    labels = {"sv": ["Tema a, 1", "Tema é, 0", None], "en": ["Theme a", "Theme é", None]}
    none = {"sv": "Inget av dem", "en": "None of them"}[lang]
    assert shown == [labels[lang], [none, None, None], [None] * 3, [None] * 3]
    marks = [
        [address(book, study, note, f"many/code/k{n:02}").value for n in (1, 2, 3, 4, 5, 6)] for note in "ad"
    ]
    assert marks == [[None] * 6, ["x"] * 6]  # more than there are cells to type in
    reading = read_coding_sheet(path, study.desk)
    assert (reading.events, reading.problems, reading.remarks, reading.known) == ([], [], [], 4)


# What helps


def rules_of(sheet):
    return {
        str(area).split(":")[0].rstrip("0123456789"): rule
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    }


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_definitions_are_shown_where_answers_are_typed(study, tmp_path, lang):
    book = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx", lang))
    rules = rules_of(book.worksheets[1])

    def rule(mark):
        return rules[address(book, study, "a", mark).column_letter]

    one = rule("one/answer")
    said = {
        "sv": "Välj, eller skriv nummer, namn eller id.\n1. Tid: Brist på tid.\n2. Pengar",
        "en": "Choose, or type a number, name or id.\n1. Time: Lack of time.\n2. Money",
    }
    assert (one.prompt, one.showInputMessage) == (said[lang], True)
    assert not one.showErrorMessage
    assert rule("few/code/pengar").prompt == {"sv": "Inte hit: Tid.", "en": "Exclude: Time."}[lang]
    assert rule("few/code/pengar").promptTitle == {"sv": "Pengar", "en": "Money"}[lang]
    more = {"sv": "…\nMer på fliken Kodbok.", "en": "…\nMore on the tab Codebook."}
    assert rule("many/answer").prompt.endswith(more[lang])
    lines = rule("many/answer").prompt.split("\n")
    names = {"sv": ["1. Tema a, 1", "2. Tema b, 2"], "en": ["1. Theme a", "2. Theme b"]}
    assert lines[1:3] == names[lang]  # what can be typed, rather than the half of what one means
    assert max(map(len, lines)) <= 56  # LibreOffice breaks none
    assert {"sv": "från -3 till 3.", "en": "from -3 to 3."}[lang] in rule("mood/answer").prompt
    for one in rules.values():
        assert len((one.prompt or "").encode("utf-16-le")) <= 2 * 255
        assert len((one.promptTitle or "").encode("utf-16-le")) <= 2 * 32


def test_the_codebook_and_the_heads_of_many_codes_show_the_numbers(study, sheet):
    book = load_workbook(sheet)
    texts = [cell.value for row in book["Kodbok"] for cell in row if cell.value]
    assert {"1. Tema a, 1", "30. Tema é, 0", "2. Pengar", "Ingen passar"} <= set(texts)
    head = address(book, study, "a", "many/code/k30")
    assert head.parent.cell(5, head.column).value == "30. Tema é, 0"


def test_the_list_of_what_is_understood_is_what_is_understood(study, sheet):
    book = load_workbook(sheet)
    for name in ("one", "many", "few"):
        tab, area = book.defined_names[layout.forms_name(name)].attr_text.rsplit("!", 1)
        forms = [cell.value for (cell,) in book[tab.strip("'")][area.replace("$", "")]]
        assert forms == forms_of(study.codebook[name])
    assert {"1", "pengar", "Money", "none_fits", "Ingen passar"} <= set(forms_of(study.codebook["one"]))
    for form in forms_of(study.codebook["one"]):
        back = fill(sheet, study, {("a", "one/answer"): form})
        assert read_coding_sheet(back, study.desk).problems == []


def test_in_libreoffice_a_row_is_ticked_once_its_answers_can_be_read(study, sheet, tmp_path):
    office = Office(tmp_path / "office")
    book = load_workbook(sheet)
    typed = {
        ("a", "many/answer"): "3",
        ("a", "many/answer/3"): "14",
        ("a", "few/code/tid"): "x",
        ("a", "one/answer"): "2",
        ("a", "mood/answer"): "-2",
        ("b", "many/code/k30"): "x",
        ("b", "few/none"): "x",
        ("b", "one/answer"): "MONEY",
        ("b", "mood/answer"): "0",
        ("c", "many/none"): "x",
        ("c", "few/none"): "x",
        ("c", "one/answer"): "Penngar",  # is not read
        ("c", "mood/answer"): "0",
        ("d", "many/answer"): "1",
        ("d", "many/code/k02"): "x",  # says something else
        ("d", "few/none"): "x",
        ("d", "one/answer"): "tid",
        ("d", "mood/answer"): "0",
        ("e", "many/answer"): "3, 14",  # is read, but not to be typed: see below
        ("e", "few/none"): "x",
        ("e", "one/answer"): "tid",
        ("e", "mood/answer"): "0",
    }
    cells = {place: address(book, study, *place) for place in typed}
    steps = [("type", "Lappar", cell.coordinate, typed[place]) for place, cell in cells.items()]
    ticks = [("shown", "Lappar", f"A{address(book, study, note, 'one/answer').row}") for note in "abcde"]
    back = tmp_path / "back.xlsx"
    shown = office.run([("open", sheet), *steps, *ticks, ("save", back)])
    assert shown == [layout.DONE, layout.DONE, "", "", ""]
    reading = read_coding_sheet(back, study.desk)
    assert codes(reading) | {("a", "many"): "k03|k14", ("a", "one"): "pengar", ("a", "mood"): "-2"} == codes(
        reading
    )
    assert codes(reading)["b", "one"] == "pengar"
    assert len(reading.problems) == 2
    assert reading.remarks == []


# Words of the note that were selected with an answer, which no sheet shows


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"one/memo": "En ny anteckning"}, "0:4|5:6"),
        ({"one/certainty": "Säker"}, "0:4|5:6"),
        ({"one/answer": "2", "one/memo": "Ny"}, "0:4|5:6"),  # the same code, named otherwise
        ({"one/answer": "Tid"}, ""),  # another answer
    ],
)
def test_a_new_memo_or_certainty_keeps_the_words_of_an_answer(study, tmp_path, typed, words):
    study.decide("anna", "a", "one", "pengar", memo="Förut", words="0:4|5:6", via="page")
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    reading = read_coding_sheet(
        fill(sheet, study, {("a", at): text for at, text in typed.items()}), study.desk
    )
    assert reading.problems == []
    study.record("anna", reading.events)
    (row,) = study.decisions().to_dict("records")
    assert (row["words"], row["via"]) == (words, "sheet")


def test_words_stay_with_the_text_that_they_were_selected_in(study, tmp_path):
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    notes = NOTES.assign(text=[text + " och mer" for text in NOTES["text"]])
    notes.to_csv(study.root / "data" / "raw" / "notes.csv", index=False)
    study = Study.open(study.root)
    study.decide("anna", "a", "one", "pengar", words="7:10", via="page")
    back = fill(sheet, study, {("a", "one/answer"): "Pengar", ("a", "one/memo"): "Om den förra"})
    reading = read_coding_sheet(back, study.desk)
    assert [event.get("words", "") for event in reading.events] == [""] * len(reading.events)


def test_no_head_of_a_column_begins_as_an_answer(tmp_path):
    """LibreOffice completes what is typed to any text of the column: Hinder to its head."""
    some = [{"id": "hinder", "label": two("Hinder", "Barrier")}, {"id": "m", "label": "Möjlighet"}]
    asked = {"label": two("Hinder eller möjlighet", "Barrier or not"), "question": "Möjlighet? Eller inte?"}
    book = {"variables": [{"id": "v", "kind": "single", **asked, "codes": some}]}
    study = Study.create(tmp_path / "study", notes=NOTES, codebook=book)
    for lang, typed in (("sv", "hinder"), ("en", "barrier")):
        path = write_coding_sheet(study.desk("anna"), tmp_path / f"{lang}.xlsx", lang)
        cell = address(load_workbook(path), study, "a", "v/answer")
        heads = [cell.parent.cell(row, cell.column).value for row in (2, 3)]
        assert not any(head.casefold().startswith((typed, "möjlighet")) for head in heads)
        assert [head.strip() for head in heads] == [asked["label"][lang], asked["question"]]
        reading = read_coding_sheet(fill(path, study, {("a", "v/answer"): typed}), study.desk)
        assert (codes(reading), reading.problems, reading.remarks) == ({("a", "v"): "hinder"}, [], [])
