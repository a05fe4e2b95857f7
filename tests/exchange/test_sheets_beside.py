"""What a coding sheet brings beside answers: comments become memos or are told, and all else is told."""

from __future__ import annotations

import re
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet

from .conftest import address, fill

BOILERPLATE = (
    "[Trådad kommentar]\n\nDin version av Excel låter dig läsa den här trådade kommentaren, men ändringar "
    "i den tas bort. Läs mer: https://go.microsoft.com/fwlink/?linkid=870924\n\nKommentar:\n    "
)


def commented(path, study, comments, typed=None, to="commented.xlsx"):
    """Put comments at cells, by note and column, or by tab and address."""
    book = load_workbook(fill(path, study, typed or {}))
    for (first, second), text in comments.items():
        is_tab = first in book.sheetnames
        cell = book[first][second] if is_tab else address(book, study, first, second)
        cell.comment = Comment(text, "Anna Ek")
    book.save(path.with_name(to))
    return path.with_name(to)


def memos(reading):
    return {(event["note_id"], event["variable"]): event["memo"] for event in reading.events}


def told(reading):
    """Return the remarks, without the words that are the same in all of them."""
    return [remark.what for remark in reading.remarks]


def test_a_comment_on_an_answer_is_its_memo_without_the_name_that_excel_puts_first(study, blank):
    said = {("B1", "category/answer"): "Anna Ek:\nosäker\nandra raden"}
    path = commented(blank, study, said, {("B1", "category/answer"): "Kunskap"})
    reading = read_coding_sheet(path, study.desk)
    assert memos(reading) == {("B1", "category"): "osäker\nandra raden"}
    cell = address(load_workbook(path), study, "B1", "category/answer").coordinate
    assert told(reading) == [f"1 comment on a cell was taken as a memo (Lappar B {cell})"]
    study.collect(path)
    again = read_coding_sheet(path, study.desk)
    assert (again.events, again.known, told(again)) == ([], 1, [])


def test_a_comment_without_an_answer_says_that_the_question_was_left_open(study, blank):
    path = commented(blank, study, {("B1", "category/memo"): "vet inte"})
    assert len(study.collect(path).added) == 1
    assert study.skipped()[["note_id", "memo"]].values.tolist() == [["B1", "vet inte"]]
    assert read_coding_sheet(path, study.desk).events == []


def test_a_comment_on_a_text_is_the_memo_of_the_only_question_and_else_is_told(study, blank):
    path = commented(blank, study, {("B1", "sekom/text"): "otydlig", ("D1", "sekom/text"): "vilken fråga?"})
    reading = read_coding_sheet(path, study.desk)
    assert memos(reading) == {("B1", "category"): "otydlig"}
    cell = address(load_workbook(path), study, "D1", "sekom/text").coordinate
    assert told(reading)[1] == f"cell {cell} of the tab 'Lappar D': a comment: 'vilken fråga?'"
    assert reading.remarks[1].row == int(cell[1:])


def test_a_comment_beside_a_memo_is_told_and_the_memo_stays(study, blank):
    typed = {("B1", "category/answer"): "Kunskap", ("B1", "category/memo"): "mitt memo"}
    path = commented(blank, study, {("B1", "category/certainty"): "och detta"}, typed)
    reading = read_coding_sheet(path, study.desk)
    assert memos(reading) == {("B1", "category"): "mitt memo"}
    assert [what.split(": ", 1)[1] for what in told(reading)] == ["a comment: 'och detta'"]


def test_a_comment_that_says_what_the_memo_says_is_passed_over(study, blank):
    typed = {("B1", "category/answer"): "Kunskap", ("B1", "category/memo"): "mitt  memo"}
    path = commented(blank, study, {("B1", "category/answer"): "mitt memo"}, typed)
    assert told(read_coding_sheet(path, study.desk)) == []


def test_a_comment_does_not_replace_a_memo_that_only_the_log_holds(study, blank):
    path = commented(
        blank, study, {("B1", "category/answer"): "nytt"}, {("B1", "category/answer"): "Kunskap"}
    )
    study.decide("anna", "B1", "category", "kunskap", memo="på kortet")
    reading = read_coding_sheet(path, study.desk)
    assert reading.events == []
    assert [what.split(": ", 1)[1] for what in told(reading)] == ["a comment: 'nytt'"]


def test_a_comment_on_an_answer_that_was_changed_elsewhere_does_not_bring_the_old_one_back(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    study.decide("anna", "B1", "category", "resurser", via="card")
    both = {("B1", "category/answer"): "kommentar"}
    reading = read_coding_sheet(commented(path, study, both), study.desk)
    assert reading.events == []
    assert any("answered differently elsewhere" in what for what in told(reading))
    assert any(what.endswith("a comment: 'kommentar'") for what in told(reading))
    typed = fill(path, study, {("B1", "category/memo"): "ett memo"})
    reading = read_coding_sheet(typed, study.desk)
    assert reading.events == []
    assert any(what.endswith("a memo, 'ett memo'") for what in told(reading))


def test_comments_on_codes_say_which_and_stand_together(study, blank):
    said = {("D1", "themes/code/filmer"): "säkert", ("D1", "themes/code/databas"): "kanske"}
    path = commented(blank, study, said, {("D1", "themes/code/filmer"): "x"})
    assert memos(read_coding_sheet(path, study.desk)) == {("D1", "themes"): "Filmer: säkert\nDatabas: kanske"}


def test_comments_elsewhere_are_told_with_their_cells(study, blank):
    said = {
        ("Läs först", "B5"): "tack",
        ("Kodbok", "A3"): "vad menas?",
        ("Lappar B", "C2"): "om frågan",
        ("D3", "goal/answer"): "inte frågad",
    }
    reading = read_coding_sheet(commented(blank, study, said), study.desk)
    assert reading.events == []
    found = " ".join(told(reading))
    for place, text in {"B5": "tack", "A3": "vad menas?", "C2": "om frågan"}.items():
        assert re.search(rf"cell {place} of the tab '[^']*': a comment: '{re.escape(text)}'", found)
    assert "a comment: 'inte frågad'" in found


def test_a_comment_too_long_for_a_memo_is_refused_with_its_cell(study, blank):
    path = commented(
        blank, study, {("B1", "category/answer"): "m" * 20_001}, {("B1", "category/answer"): "roll"}
    )
    (problem,) = read_coding_sheet(path, study.desk).problems
    cell = address(load_workbook(path), study, "B1", "category/answer").coordinate
    assert problem.what == f"cell {cell} of the tab 'Lappar B': the memo has 20,001 characters"


# Threads, as Excel 365 keeps them: in a part of their own, and once more for older programs.

SPACE = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
KIND = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"


def threaded(path, cell, texts, to):
    """Add a thread at a cell of the second tab, which has a legacy comment already."""
    items = "".join(
        f'<threadedComment ref="{cell}" dT="2020-01-0{n}T10:00:00" personId="{{1}}" id="{{{n}}}">'
        f"<text>{text}</text></threadedComment>"
        for n, text in enumerate(texts, start=1)
    )
    rels = "xl/worksheets/_rels/sheet2.xml.rels"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == rels:
                one = (
                    f'<Relationship Id="t1" Type="{KIND}" Target="../threadedComments/threadedComment1.xml"/>'
                )
                data = data.replace(b"</Relationships>", f"{one}</Relationships>".encode())
            new.writestr(name, data)
        content = f'<ThreadedComments xmlns="{SPACE}">{items}</ThreadedComments>'
        new.writestr("xl/threadedComments/threadedComment1.xml", content)
    return to


def test_a_thread_is_taken_once_with_its_replies_and_without_what_excel_says_of_it(study, blank, tmp_path):
    path = commented(blank, study, {("B1", "category/answer"): f"{BOILERPLATE}osäker"})
    cell = address(load_workbook(path), study, "B1", "category/answer").coordinate
    path = threaded(path, cell, ["osäker", "eller inte"], tmp_path / "threaded.xlsx")
    assert memos(read_coding_sheet(path, study.desk)) == {("B1", "category"): "osäker\neller inte"}


def test_what_older_programs_leave_of_a_thread_is_read_without_what_excel_says_of_it(study, blank):
    path = commented(blank, study, {("B1", "category/answer"): f"{BOILERPLATE}osäker\nSvar:\n    eller inte"})
    assert memos(read_coding_sheet(path, study.desk)) == {("B1", "category"): "osäker\nSvar:\neller inte"}


# Strangers' parts


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('<!DOCTYPE c [<!ENTITY x "y">]><comments>&x;</comments>', "declares a document type"),
        ("<comments>" + "<a>" * 300 + "</a>" * 300 + "</comments>", "more than 200 deep"),
        ("<comments><commentList>" + "<comment/>" * 1_600_000 + "</commentList></comments>", "elements"),
        ("<comments><commentList>", "not well-formed"),
    ],
    ids=["entities", "depth", "size", "broken"],
)
def test_comments_of_a_hostile_file_are_refused_as_its_cells_are(study, blank, tmp_path, content, what):
    path = commented(blank, study, {("B1", "category/answer"): "en"})
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as new,
    ):
        for name in old.namelist():
            is_comments = "comments" in name and name.endswith(".xml")
            new.writestr(name, content if is_comments else old.read(name))
    reading = read_coding_sheet(tmp_path / "bad.xlsx", study.desk)
    assert reading.events == []
    assert what in reading.problems[0].what


def test_more_comments_than_a_sheet_can_have_are_refused(blank, study, tmp_path):
    many = "<comments><commentList>{}</commentList></comments>".format(
        "".join(f'<comment ref="A{n}"><text><t>x</t></text></comment>' for n in range(1, 100_010))
    )
    path = commented(blank, study, {("B1", "category/answer"): "en"})
    with (
        zipfile.ZipFile(path) as old,
        zipfile.ZipFile(tmp_path / "bad.xlsx", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            is_comments = "comments" in name and name.endswith(".xml")
            new.writestr(name, many if is_comments else old.read(name))
    (problem,) = read_coding_sheet(tmp_path / "bad.xlsx", study.desk).problems
    assert problem.what == "it has more than 100,000 comments"


# Text that is neither


def test_further_tabs_and_text_around_the_table_are_told_with_their_cells(study, blank, tmp_path):
    book = load_workbook(fill(blank, study, {("B1", "category/answer"): "Kunskap"}))
    notes = book["Lappar B"]
    notes["B40"], notes["J7"], notes["F1"], notes["J5"] = (
        "tack för mig",
        "bredvid",
        "ovanför",
        "i den dolda raden",
    )
    notes["C41"] = "=COUNTA(C6:C20)"
    book["Kodbok"]["H2"], book["Läs först"]["B30"] = "jag undrar", "klart!"
    book.create_sheet("Mina tankar")["C3"] = "en tanke"
    book.save(tmp_path / "more.xlsx")
    reading = read_coding_sheet(tmp_path / "more.xlsx", study.desk)
    assert (len(reading.events), reading.problems) == (1, [])
    expected = {
        ("Lappar B", "B40"): "tack för mig",
        ("Lappar B", "J7"): "bredvid",
        ("Lappar B", "F1"): "ovanför",
        ("Lappar B", "J5"): "i den dolda raden",
        ("Lappar B", "C41"): "=COUNTA(C6:C20)",
        ("Kodbok", "H2"): "jag undrar",
        ("Läs först", "B30"): "klart!",
        ("Mina tankar", "C3"): "en tanke",
    }
    said = "a text that is not an answer and was not in the sheet"
    assert sorted(told(reading)) == sorted(
        f"cell {cell} of the tab '{tab}': {said}: '{text}'" for (tab, cell), text in expected.items()
    )


def test_many_further_texts_are_told_together_with_how_many_they_are(study, blank, tmp_path):
    book = load_workbook(blank)
    tab = book.create_sheet("Dagbok")
    for number in range(1, 201):
        tab.cell(number, 1).value = f"dag {number}"
    book["Lappar D"]["B50"] = "slut"
    book.save(tmp_path / "more.xlsx")
    first, second = sorted(told(read_coding_sheet(tmp_path / "more.xlsx", study.desk)))
    assert first.startswith("200 cells of the tab 'Dagbok'")
    assert first.endswith(
        "A1 'dag 1', A2 'dag 2', A3 'dag 3', A4 'dag 4', A5 'dag 5' and 195 more (A6 to A200)"
    )
    assert second.endswith("'slut'")


def test_an_answer_in_a_row_without_its_note_is_refused_not_told(study, blank, tmp_path):
    book = load_workbook(fill(blank, study, {("B1", "category/answer"): "Kunskap"}))
    address(book, study, "B1", "sekom/text").value = None
    address(book, study, "B1", "sekom/key").value = None
    book.save(tmp_path / "lost.xlsx")
    (problem,) = read_coding_sheet(tmp_path / "lost.xlsx", study.desk).problems
    assert "the key of the note is missing" in problem.what


def test_a_changed_gloss_is_told(study, blank, tmp_path):
    book = load_workbook(blank)
    sheet = book["Lappar B"]
    cell = next(
        cell for row in sheet.iter_rows() for cell in row if cell.value == "Uneven level of knowledge"
    )
    cell.value = "Uneven level of knowledge (dålig översättning)"
    book.save(tmp_path / "gloss.xlsx")
    (what,) = told(read_coding_sheet(tmp_path / "gloss.xlsx", study.desk))
    assert what.endswith("'Uneven level of knowledge (dålig översättning)'")
