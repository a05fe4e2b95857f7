"""An answer in a coding sheet is about a text: texts that change, and whose sheet of when it is."""

from __future__ import annotations

import datetime as dt
import random
import re
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.exchange.collect import in_order_of_making
from sekom_analysis.exchange.sheet_grid import is_same_text
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.formats.tables import read_table, write_table
from sekom_analysis.study.rows import is_time, note_hash
from sekom_analysis.study.study import Study

from .conftest import CODEBOOK, address, fill

ONE = {"variables": [{**CODEBOOK["variables"][0], "stage": None}]}


def with_texts(study, texts):
    """Return the study with other texts at its notes' ids, as somebody edits the file."""
    path = study.root / "data" / "raw" / "notes.csv"
    notes = read_table(path)
    notes["text"] = [
        texts.get(note, text) for note, text in zip(notes["note_id"], notes["text"], strict=True)
    ]
    write_table(notes, path, in_study=True)
    return Study.open(study.root)


def standing(study):
    return {(row["note_id"], row["variable"]): row for row in study.decisions().to_dict("records")}


# Texts that have changed since the sheet went out


def test_a_mended_typo_is_remarked_on_and_another_text_is_told_apart(study, blank):
    typed = {(note, "category/answer"): "Kunskap" for note in ("B1", "B2", "B3")}
    back = fill(blank, study, typed)
    changed = with_texts(study, {"B1": "Ojämna kunskapsnivåer, åäö", "B2": "Något helt annat"})
    reading = read_coding_sheet(back, changed.desk)
    assert reading.problems == []
    assert {stale.what.split("'")[1] for stale in reading.stale} == {"B1", "B2"}
    (other,) = reading.other_texts
    assert "'B2'" in other.what
    assert "it said '=SUMMA(A1:A3) stod det på tavlan', and now says 'Något helt annat'" in other.what
    assert other in reading.stale
    assert reading.n_notes == 3


def many_notes(folder, n=40, words=4):
    """Return a study with many texts, and the texts."""
    chance = random.Random(5)
    stock = [f"{a}{b}{c}" for a in "bdfgk" for b in ("alla", "elen", "ira", "onu") for c in ("t", "sk", "r")]
    texts = [" ".join(chance.choices(stock, k=words)) for _ in range(n)]
    notes = pd.DataFrame({"note_id": [f"n{number:03}" for number in range(n)], "text": texts})
    return Study.create(folder / "study", notes=notes, codebook=ONE), texts


def test_texts_sorted_alone_after_the_sheet_went_out_are_other_texts(tmp_path):
    study, texts = many_notes(tmp_path)
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    back = fill(path, study, {(note, "category/answer"): "Kunskap" for note in study.notes.index})
    moved = dict(zip(study.notes.index, sorted(texts), strict=True))
    n_changed = sum(moved[note] != text for note, text in study.notes["text"].items())
    reading = read_coding_sheet(back, with_texts(study, moved).desk)
    assert (len(reading.stale), len(reading.events), reading.n_notes) == (n_changed, 40, 40)
    assert len(reading.other_texts) >= n_changed - 1
    assert n_changed > 30


@pytest.mark.parametrize("words", [6, 400], ids=["a slip", "an interview"])
def test_the_length_of_a_text_does_not_decide_whether_it_is_another(tmp_path, words):
    study, texts = many_notes(tmp_path, n=2, words=words)
    one, other = texts
    assert is_same_text(one, one.replace("a", "a ", 1) + ".")
    assert is_same_text(one, one.upper())
    assert not is_same_text(one, other)
    assert len(study.notes) == 2


def test_texts_sorted_alone_in_the_sheet_are_refused_in_few_lines(tmp_path):
    study, _ = many_notes(tmp_path, n=200)
    book = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx"))
    sheet = book["Lappar"]
    texts = [sheet.cell(row, 2).value for row in range(6, 206)]
    for row, text in enumerate(sorted(texts), start=6):
        sheet.cell(row, 2).value = text
        sheet.cell(row, 3).value = "Kunskap"
    book.save(tmp_path / "sorted.xlsx")
    with pytest.raises(DecisionError) as error:
        study.collect(tmp_path / "sorted.xlsx")
    n_moved = sum(one != other for one, other in zip(texts, sorted(texts), strict=True))
    assert f"{n_moved} texts are beside the keys of other notes" in str(error.value)
    assert "undo the sorting" in str(error.value)
    assert len(str(error.value).splitlines()) <= 10


def test_an_answer_about_an_earlier_text_does_not_replace_one_about_the_text_as_it_is(study, blank):
    back = fill(blank, study, {("B1", "category/answer"): "Kunskap", ("B1", "category/memo"): "om den förra"})
    changed = with_texts(study, {"B1": "Något helt annat"})
    changed.decide("anna", "B1", "category", "resurser", via="sheet")
    reading = read_coding_sheet(back, changed.desk)
    assert reading.events == []
    assert "it is about an earlier text" in reading.remarks[0].what
    assert reading.remarks[1].what.endswith("a memo, 'om den förra'")


# A sheet written anew


def test_a_question_whose_text_has_changed_is_asked_again_and_its_answer_told(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap", certainty=3, memo="därför")
    study.decide("anna", "B2", "category", "roll")
    changed = with_texts(study, {"B1": "Något helt annat"})
    assert "B1" in changed.problems["what"].str.cat()
    path = write_coding_sheet(changed.desk("anna"), tmp_path / "again.xlsx")
    book = load_workbook(path)
    for part in ("answer", "certainty", "memo"):
        assert address(book, changed, "B1", f"category/{part}").value is None
    assert address(book, changed, "B2", "category/answer").value == "Föreningens roll"
    said = address(book, changed, "B1", "sekom/remark").value
    assert said.startswith("Lappen har ändrats sedan du svarade.")
    assert said.endswith("Ditt förra svar: Kategori: Kunskap, säker, ”därför”")
    assert address(book, changed, "B2", "sekom/remark").value is None
    assert read_coding_sheet(path, changed.desk).events == []
    assert read_coding_sheet(path, changed.desk).remarks == []


def test_the_same_answer_given_again_meets_the_advice(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap", certainty=3)
    study.decide("anna", "D1", "themes", [], memo="inget")
    changed = with_texts(study, {"B1": "Något helt annat", "D1": "En annan text"})
    path = write_coding_sheet(changed.desk("anna"), tmp_path / "again.xlsx")
    back = fill(path, changed, {("B1", "category/answer"): "Kunskap", ("D1", "themes/none"): "x"})
    found = changed.collect(back)
    assert (len(found.added), found.stale, list(found.remarks)) == (2, [], [])
    rows = standing(changed)
    assert rows["B1", "category"]["note_hash"] == note_hash("Något helt annat")
    assert (rows["D1", "themes"]["codes"], rows["D1", "themes"]["note_hash"]) == (
        "",
        note_hash("En annan text"),
    )
    assert Study.open(changed.root).problems.empty
    assert len(changed.collect(back).added) == 0
    again = write_coding_sheet(changed.desk("anna"), tmp_path / "third.xlsx")
    assert address(load_workbook(again), changed, "B1", "category/answer").value == "Kunskap"
    with pytest.raises(LookupError):
        address(load_workbook(again), changed, "B1", "sekom/remark")


def test_a_memo_on_a_question_that_is_asked_again_is_not_lost_unsaid(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap")
    changed = with_texts(study, {"B1": "Något helt annat"})
    path = write_coding_sheet(changed.desk("anna"), tmp_path / "again.xlsx")
    reading = read_coding_sheet(fill(path, changed, {("B1", "category/memo"): "svår"}), changed.desk)
    assert reading.events == []
    assert [remark.what.split(": ", 1)[1] for remark in reading.remarks] == ["a memo, 'svår'"]


def test_a_memo_beside_an_emptied_answer_is_not_lost_unsaid(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    typed = {("B1", "category/answer"): None, ("B1", "category/memo"): "ångrar mig"}
    reading = read_coding_sheet(fill(path, study, typed), study.desk)
    assert reading.events == []
    assert ["was cleared" in remark.what for remark in reading.remarks] == [True, False]
    assert reading.remarks[1].what.endswith("a memo, 'ångrar mig'")


# Whose sheet, and of when


def test_each_sheet_written_has_an_id_and_names_the_newest_event_of_its_coder(study, tmp_path):
    first = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    study.decide("bo", "B1", "category", "kunskap")
    study.decide("anna", "B1", "category", "kunskap")
    event = study.decide("anna", "B2", "category", "roll")
    second = write_coding_sheet(study.desk("anna"), tmp_path / "b.xlsx")
    readings = [read_coding_sheet(path, study.desk) for path in (first, second)]
    assert [reading.last_event for reading in readings] == ["", event.event_id]
    assert readings[0].copy != readings[1].copy
    assert [len(reading.copy) for reading in readings] == [16, 16]
    again = fill(second, study, {("B3", "category/answer"): "Kunskap"})
    assert read_coding_sheet(again, study.desk).copy == readings[1].copy
    assert [reading.n_notes for reading in readings] == [0, 2]


def test_a_sheet_says_when_it_was_saved(study, blank, tmp_path):
    written = read_coding_sheet(blank, study.desk).saved_at
    assert is_time(written)
    assert abs(dt.datetime.fromisoformat(written) - dt.datetime.now(dt.UTC)) < dt.timedelta(hours=6)
    assert saved(study, blank, tmp_path, "<", "2020-05-04T03:02:01Z</") == "2020-05-04T03:02:01.000000Z"
    assert saved(study, blank, tmp_path, "<", "2020-05-04T03:02:01+02:00</") == "2020-05-04T01:02:01.000000Z"
    assert saved(study, blank, tmp_path, "<", "i går</") == ""
    assert saved(study, blank, tmp_path, "<!DOCTYPE x><", "</") == ""


def test_the_time_of_day_that_libreoffice_calls_utc_is_not_taken_for_it(study, blank, tmp_path):
    for stamp, expected in (
        ((2020, 5, 4, 1, 2, 2), "2020-05-04T01:02:02.000000Z"),  # in Stockholm
        ((1980, 1, 1, 0, 0, 0), "2020-05-04T03:02:01.000000Z"),  # saved once more by a program without stamps
    ):
        with zipfile.ZipFile(blank) as old, zipfile.ZipFile(tmp_path / "lo.xlsx", "w") as new:
            for name in old.namelist():
                text = old.read(name).decode("utf-8")
                text = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", r"\g<1>2020-05-04T03:02:01Z", text)
                text = re.sub(r"<Application>[^<]*", "<Application>LibreOffice/7.4.7.2$Windows_X86_64", text)
                new.writestr(zipfile.ZipInfo(name, stamp), text)
        assert read_coding_sheet(tmp_path / "lo.xlsx", study.desk).saved_at == expected
        saved(study, blank, tmp_path, "<", "2020-05-04T02:00:00Z</")
        order = in_order_of_making([tmp_path / "at.xlsx", tmp_path / "lo.xlsx"])
        assert [path.stem for path in order] == (["lo", "at"] if stamp[0] == 2020 else ["at", "lo"])


def saved(study, path, folder, start, time):
    """Return when a sheet says that it was saved, with another time in it."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(folder / "at.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name).decode("utf-8")
            if name == "docProps/core.xml":
                text = re.sub(r"(<dcterms:modified[^>]*>)[^<]*</", rf"\g<1>{time}", text)
                text = text.replace("<", start, 1)
            new.writestr(name, text)
    return read_coding_sheet(folder / "at.xlsx", study.desk).saved_at


def as_an_older_program_wrote_it(path, to):
    """Take out of a sheet what sheets did not hold before."""
    book = load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                text = str(cell.value or "")
                if text.startswith("sekom/ticket") or text in ("sekom/gloss", "sekom/remark"):
                    cell.value = None
    lists = book["Listor"]
    for row in lists.iter_rows(min_row=3):
        if row[0].value in ("copy", "last_event"):
            row[0].value = row[1].value = None
    last = next(cell.column for cell in lists[3] if cell.value == "sekom/texts")
    lists.delete_cols(last)
    book.save(to)
    return to


def test_a_sheet_that_an_older_program_wrote_is_taken(study, blank, tmp_path):
    old = as_an_older_program_wrote_it(blank, tmp_path / "old.xlsx")
    typed = {("B1", "category/answer"): "Kunskap", ("D1", "goal/answer"): 4, ("D2", "themes/none"): "x"}
    back = fill(old, study, typed)
    reading = read_coding_sheet(back, study.desk)
    assert (reading.copy, reading.last_event, reading.problems, reading.remarks) == ("", "", [], [])
    assert len(study.collect(back).added) == 3
    book = load_workbook(back)
    book["Lappar B"]["B40"], book["Lappar B"]["J7"] = "under", "bredvid"
    book.create_sheet("Mitt")["A1"] = "eget"
    book.save(tmp_path / "more.xlsx")
    found = read_coding_sheet(tmp_path / "more.xlsx", study.desk)
    assert sorted(remark.what.rsplit(": ", 1)[1] for remark in found.remarks) == [
        "'bredvid'",
        "'eget'",
        "'under'",
    ]


def test_a_text_table_of_an_older_sheet_says_that_it_does_not_say_whose_it_is(study, blank, tmp_path):
    old = load_workbook(as_an_older_program_wrote_it(blank, tmp_path / "old.xlsx"))["Lappar B"]
    rows = ["\t".join(str(cell.value or "").replace("\n", " ") for cell in row) for row in old.iter_rows()]
    (tmp_path / "old.tsv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(DecisionError, match=r"does not say whose sheet it is; open the sheet as it was sent"):
        study.collect(tmp_path / "old.tsv")
