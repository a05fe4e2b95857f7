"""Whose answers a file holds, about which texts, and what they replace: in the right state, or a question."""

from __future__ import annotations

import json
import random
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.cli import app
from sekom_analysis.exchange.collect import in_order_of_making
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.exchange.takings import Offer
from sekom_analysis.exchange.weighing import Judge
from sekom_analysis.study.decisions import Event
from sekom_analysis.study.imports import Wish
from sekom_analysis.study.rows import local_minute, note_hash, utc_text
from sekom_analysis.study.study import Study

START = datetime(2020, 3, 1, 9, tzinfo=UTC)
NOTES = pd.DataFrame(
    {"note_id": [f"n{n:02}" for n in range(1, 41)], "text": [f"Lapp {n}" for n in range(1, 41)]}
)
CODEBOOK = {
    "variables": [
        {
            "id": "theme",
            "kind": "single",
            "label": "Tema",
            "none_fits": False,
            "codes": [{"id": code, "label": code.title()} for code in ("tid", "vilja", "pengar")],
        }
    ]
}


@pytest.fixture
def study(tmp_path) -> Study:
    return Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK)


def at(seconds: float) -> str:
    return utc_text(START + timedelta(seconds=seconds))


def answers(path: Path, study: Study, given: dict[str, str], *, who: str, start: int = 0, **head) -> Path:
    """An answers file as a page writes it; `who` makes the ids of its events, `start` their first second."""
    lines = [
        {
            "event_id": f"e-{who}-{note}-{code}", "variable": "theme", "event": "decide", "codes": [code],
            "certainty": "", "memo": "", "pass": 1, "note_hash": note_hash(study.notes.at[note, "text"]),
            "codebook": study.codebook["theme"].version, "at": at(start + n),
            "key": study.note_keys[note],
        }
        for n, (note, code) in enumerate(given.items())
    ]  # fmt: skip
    first = {
        "file": "sekom-answers",
        "version": 1,
        "study": study.about.id,
        "coder": "anna",
        "copy": f"c-{who}",
    }
    first |= {"last_event": "", "events": len(lines), "written": at(start + len(lines))} | head
    path.write_text("".join(json.dumps(one) + "\n" for one in [first, *lines]), encoding="utf-8")
    return path


def clock(time: str) -> str:
    """A time of a log as a message shows it."""
    return local_minute(f"{time}:00.000000Z")


def first(n: int, code: str = "tid", after: int = 0) -> dict[str, str]:
    return {f"n{number:02}": code for number in range(after + 1, after + n + 1)}


def said(study: Study, coder: str = "anna") -> dict[str, str]:
    table = study.decisions(coders=[coder]) if coder in study.coders else pd.DataFrame()
    return dict(zip(table["note_id"], table["codes"], strict=True)) if len(table) else {}


def asked(study: Study, path: Path, **how) -> str:
    """What collecting asks; it changes nothing, not even with --keep-valid."""
    before = {one: one.read_bytes() for one in study.root.rglob("*") if one.is_file()}
    for keep_valid in (False, True):
        with pytest.raises(DecisionError) as caught:
            study.collect(path, keep_valid=keep_valid, **how)
    study.collect(path, dry_run=True, **how)
    assert {one: one.read_bytes() for one in study.root.rglob("*") if one.is_file()} == before
    assert "Nothing was saved" in str(caught.value)
    return str(caught.value)


# --- whose: pages -------------------------------------------------------------------------------------------


def test_three_people_with_one_page_become_three_coders(study, tmp_path):
    files = {
        who: answers(tmp_path / f"{who}.jsonl", study, {**first(6), **first(4, code, 6)}, who=who)
        for who, code in (("anna", "tid"), ("bo", "vilja"), ("cilla", "pengar"))
    }
    assert study.collect(files["anna"]).saved
    for who in ("bo", "cilla"):
        message = asked(study, files[who])
        assert "it answers 10 questions that anna has answered here (6 alike)" in message
        assert f"sekom collect {files[who]} --coder ID" in message
        assert f"sekom collect {files[who]} --same-person" in message
        assert study.collect(files[who], coder=who).coder == who
    assert {who: said(study, who)["n07"] for who in files} == {
        "anna": "tid",
        "bo": "vilja",
        "cilla": "pengar",
    }
    more = answers(tmp_path / "bo2.jsonl", study, {**first(6), **first(20, "vilja", 6)}, who="bo")
    assert "10 of its 26 decisions are in the log of 'bo'" in asked(study, more)
    assert len(study.collect(more, coder="bo").added) == 16
    assert len(study.collect(more, coder="bo").added) == 0
    assert len(said(study)) == 10


def test_the_same_persons_second_browser_can_be_taken(study, tmp_path):
    study.collect(answers(tmp_path / "home.jsonl", study, first(5), who="home"))
    work = answers(tmp_path / "work.jsonl", study, first(5, "vilja"), who="work", start=100)
    asked(study, work)
    found = study.collect(work, same_person=True)
    assert (found.coder, len(found.added), len(found.replaced)) == ("anna", 5, 5)
    assert set(said(study).values()) == {"vilja"}


def test_a_file_that_goes_on_is_nobody_elses(study, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(5), who="anna"))
    more = answers(tmp_path / "b.jsonl", study, {**first(5), **first(5, "vilja", 5)}, who="anna")
    assert (len(study.collect(more).added), len(said(study))) == (5, 10)


def test_a_page_sent_again_and_opened_elsewhere_shares_its_last_event(study, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(5), who="anna"))
    last = study.history("anna")["event_id"].iloc[-1]
    again = answers(tmp_path / "b.jsonl", study, first(5, "vilja"), who="new", start=100, last_event=last)
    found = study.collect(again)
    assert (len(found.added), len(found.replaced), list(found.remarks)) == (5, 5, [])


def test_a_page_handed_out_with_answers_and_filled_in_by_two_is_asked_about(study, tmp_path):
    study.collect(answers(tmp_path / "before.jsonl", study, {"n40": "tid"}, who="anna"))
    last = study.history("anna")["event_id"].iloc[-1]
    study.collect(answers(tmp_path / "a.jsonl", study, first(9), who="a", start=50, last_event=last))
    given = {**first(4), **first(5, "vilja", 4)}
    other = answers(tmp_path / "b.jsonl", study, given, who="bo", start=50, last_event=last)
    assert "it answers 9 questions that anna has answered here (4 alike)" in asked(study, other)


def going_on(study: Study, tmp_path: Path, given: dict[str, str]) -> str:
    """A page that goes on from one answer is filled in by anna; the last event that it was written with."""
    study.collect(answers(tmp_path / "warm.jsonl", study, {"n40": "tid"}, who="warm"))
    last = "e-warm-n40-tid"
    study.collect(answers(tmp_path / "a.jsonl", study, given, who="a", start=50, last_event=last))
    return last


@pytest.mark.parametrize("n_alike", [0, 1, 34, 39])
def test_one_page_that_goes_on_filled_in_by_several_is_asked_about(study, tmp_path, n_alike):
    last = going_on(study, tmp_path, first(39))
    given = first(39) if n_alike == 39 else {**first(n_alike), **first(39 - n_alike, "vilja", n_alike)}
    other = answers(tmp_path / "b.jsonl", study, given, who="bo", start=100, last_event=last)
    assert f"it answers 39 questions that anna has answered here ({n_alike} alike)" in asked(study, other)
    assert len(study.collect(other, coder="bo").added) == 39
    assert set(said(study).values()) == {"tid"}


def test_two_answers_of_two_that_differ_are_asked_about(study, tmp_path):
    last = going_on(study, tmp_path, first(2))
    other = answers(tmp_path / "b.jsonl", study, first(2, "vilja"), who="bo", start=100, last_event=last)
    assert "it answers 2 questions that anna has answered here (0 alike)" in asked(study, other)


def test_one_persons_second_browser_is_asked_about_once(study, tmp_path):
    last = going_on(study, tmp_path, first(9))
    work = answers(tmp_path / "w.jsonl", study, first(9, "vilja"), who="w", start=100, last_event=last)
    asked(study, work)
    study.collect(work, same_person=True)
    more = answers(tmp_path / "w2.jsonl", study, first(20, "vilja"), who="w", start=100, last_event=last)
    assert len(study.collect(more).added) == 11
    home = {**first(9), **first(9, "pengar", 9)}
    more = answers(tmp_path / "a2.jsonl", study, home, who="a", start=50, last_event=last)
    assert len(study.collect(more).added) == 9


def test_two_alike_answers_of_a_page_that_goes_on_elsewhere_need_no_question(study, tmp_path):
    last = going_on(study, tmp_path, first(9))
    given = {**first(2), **first(9, "vilja", 9)}
    found = study.collect(answers(tmp_path / "w.jsonl", study, given, who="w", start=99, last_event=last))
    assert (len(found.added), list(found.remarks)) == (11, [])


def test_somebody_elses_page_is_asked_about_once_it_answers_what_the_coder_did(study, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(9), who="a"))
    study.collect(answers(tmp_path / "b.jsonl", study, first(5, "vilja", 20), who="bo", start=100))
    given = {**first(5, "vilja", 20), **first(4, "vilja")}
    asked(study, answers(tmp_path / "b2.jsonl", study, given, who="bo", start=100))
    more = answers(tmp_path / "a2.jsonl", study, first(19), who="a")
    assert len(study.collect(more).added) == 10
    asked(study, answers(tmp_path / "a3.jsonl", study, first(25), who="a"))


def test_answers_that_an_undo_gave_back_are_nobody_elses(study, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(4), who="a"))
    path = answers(tmp_path / "b.jsonl", study, first(6, "vilja"), who="bo", start=100)
    study.collect(path, same_person=True)
    study.undo_collect(path)
    anew = answers(tmp_path / "anew.jsonl", study, first(4, "pengar"), who="a", start=200)
    more = tmp_path / "a2.jsonl"
    lines = [path.read_text(encoding="utf-8") for path in (tmp_path / "a.jsonl", anew)]
    more.write_text(lines[0] + lines[1].split("\n", 1)[1], encoding="utf-8")
    assert len(study.collect(more).added) == 4
    assert "shares nothing" not in str(study.collect(path, dry_run=True).remarks)


def test_a_page_taken_back_is_a_strangers_again(study, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(4), who="a"))
    path = answers(tmp_path / "b.jsonl", study, first(6, "vilja"), who="bo", start=100)
    study.collect(path, same_person=True)
    study.undo_collect(path)
    asked(study, answers(tmp_path / "b2.jsonl", study, first(9, "vilja"), who="bo", start=100))


def test_other_questions_are_taken_and_told(study, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(5), who="anna"))
    found = study.collect(answers(tmp_path / "b.jsonl", study, first(5, "vilja", 5), who="else"))
    assert "shares nothing with what anna has answered here" in found.remarks[0].what
    assert "--undo" in found.remarks[0].todo


def test_a_head_changed_to_another_coder_is_seen_by_the_last_event(study, tmp_path):
    study.decide("anna", "n40", "theme", "tid")
    last = study.history("anna")["event_id"].iloc[-1]
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna", last_event=last, coder="bo")
    assert "it was handed out with the answers of 'anna', and says that it is bo's" in asked(study, path)
    assert study.collect(path, coder="bo").coder == "bo"


def test_copied_logs_that_share_nothing_are_asked_about(study, tmp_path):
    away = Study.open(shutil.copytree(study.root, tmp_path / "away"))
    study.decide("anna", "n01", "theme", "tid")
    away.decide("anna", "n01", "theme", "vilja")
    log = away.root / "data/coded/anna.csv"
    assert "it answers 1 question that anna has answered here (0 alike)" in asked(study, log)
    assert study.collect(log, coder="bo").coder == "bo"
    assert "are in the log of 'bo'" in asked(study, log, same_person=True)


# --- whose: sheets ------------------------------------------------------------------------------------------


def fill(path: Path, study: Study, given: dict[str, str], to: Path, saved: str | None = None) -> Path:
    """A copy of a sheet with answers typed in, saved when it is said."""
    book = load_workbook(path)
    texts = dict(study.notes["text"])
    for sheet in book:
        cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
        for note, code in given.items():
            if texts[note] in cells:
                answer = next(c for row in sheet.iter_rows() for c in row if c.value == "Tema")
                sheet.cell(cells[texts[note]].row, answer.column).value = code.title()
    book.save(to)
    if saved:
        date_workbook(to, saved)
    return to


def date_workbook(path: Path, saved: str) -> None:
    import zipfile

    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    core = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + saved.encode(), parts["docProps/core.xml"])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, core if name == "docProps/core.xml" else data)


@pytest.fixture
def sheet(study, tmp_path) -> Path:
    return write_coding_sheet(study.desk("anna"), tmp_path / "sheet.xlsx")


@pytest.mark.parametrize("n_changed", [0, 1, 2, 3])
def test_the_sheet_of_friday_is_the_same_persons(study, sheet, tmp_path, n_changed):
    study.collect(fill(sheet, study, first(16), tmp_path / "monday.xlsx"))
    friday = {**first(16), **first(n_changed, "vilja"), **first(20, "pengar", 16)}
    path = fill(sheet, study, friday, tmp_path / "friday.xlsx")
    if n_changed == 3:  # of 16: somebody else may have filled in the same sheet
        assert "it answers 16 questions that anna has answered here (13 alike)" in asked(study, path)
    found = study.collect(path, same_person=n_changed == 3)
    assert (len(found.added), found.replaced["new"].tolist()) == (20 + n_changed, ["vilja"] * n_changed)
    assert said(study) == friday


@pytest.mark.parametrize(("n_alike", "asks"), [(33, True), (35, True), (37, True), (38, False)])
def test_two_people_who_agree_on_nearly_all_of_one_sheet_are_asked_about(
    study, sheet, tmp_path, n_alike, asks
):
    study.collect(fill(sheet, study, first(40), tmp_path / "anna.xlsx"))
    given = {**first(n_alike), **first(40 - n_alike, "vilja", n_alike)}
    other = fill(sheet, study, given, tmp_path / "bo.xlsx")
    if asks:
        assert f"it answers 40 questions that anna has answered here ({n_alike} alike)" in asked(study, other)
    else:
        assert len(study.collect(other).replaced) == 2


@pytest.mark.parametrize("other_saved", ["2024-03-09T10:00:00Z", "2024-03-04T10:00:00Z"])
def test_a_blank_copy_of_the_same_sheet_filled_in_elsewhere_is_asked_about(
    study, sheet, tmp_path, other_saved
):
    study.collect(fill(sheet, study, first(12), tmp_path / "anna.xlsx", "2024-03-08T10:00:00Z"))
    other = fill(sheet, study, first(9, "vilja", 20), tmp_path / "bo.xlsx", other_saved)
    lacks = 12 if other_saved > "2024-03-08" else 9
    assert f"of one sheet that was saved twice, the later one lacks {lacks} answers" in asked(study, other)
    assert study.collect(other, coder="bo").coder == "bo"


def test_a_sheet_cut_to_what_is_left_lacks_nothing(study, sheet, tmp_path):
    study.collect(fill(sheet, study, first(12), tmp_path / "anna.xlsx"))
    rest = fill(sheet, study, first(9, "vilja", 20), tmp_path / "rest.xlsx")
    book = load_workbook(rest)
    texts = {f"Lapp {n}" for n in range(1, 13)}
    for tab in book:
        for row in [c.row for cells in tab.iter_rows() for c in cells if c.value in texts][::-1]:
            tab.delete_rows(row)
    book.save(rest)
    assert len(study.collect(rest).added) == 9


def test_two_people_who_filled_in_one_sheet_are_asked_about(study, sheet, tmp_path):
    study.collect(fill(sheet, study, first(20), tmp_path / "anna.xlsx"))
    other = fill(sheet, study, {**first(13), **first(7, "vilja", 13)}, tmp_path / "bo.xlsx")
    message = asked(study, other)
    assert "it answers 20 questions that anna has answered here (13 alike)" in message
    assert study.collect(other, coder="bo").coder == "bo"
    assert (len(said(study)), len(said(study, "bo"))) == (20, 20)


def test_two_people_who_began_in_different_places_are_asked_about(study, sheet, tmp_path):
    study.collect(fill(sheet, study, first(20), tmp_path / "anna.xlsx"))
    asked(study, fill(sheet, study, {**first(2, "vilja", 18), **first(18, "tid", 20)}, tmp_path / "bo.xlsx"))


def test_two_sheets_of_one_person_are_asked_about_where_they_differ(study, sheet, tmp_path):
    second = write_coding_sheet(study.desk("anna"), tmp_path / "second.xlsx")
    study.collect(fill(sheet, study, first(10), tmp_path / "one.xlsx"))
    alike = fill(second, study, {**first(2), **first(10, "pengar", 10)}, tmp_path / "two.xlsx")
    assert len(study.collect(alike).added) == 10
    other = fill(second, study, first(10, "vilja"), tmp_path / "three.xlsx")
    asked(study, other)
    assert len(study.collect(other, same_person=True).replaced) == 10


def offered(events: list[Event], **how) -> Offer:
    numbered = list(enumerate(events, start=6))
    return Offer("a.xlsx", "anna", numbered, 0, [], lambda _: None, way="sheet")._replace(**how)


def event(note: str, code: str, number: int, time: str = "") -> Event:
    return Event(time, f"e{number:05}", note, "", "theme", code, "", "", "", "1", "sheet", "decide")


def test_what_a_sheet_was_written_with_is_not_the_answer_of_who_it_is_given_to():
    hers = [event(f"n{n}", "tid", n, at(n)) for n in range(1, 4)]
    given = [event("n1", "tid", 11), event("n2", "vilja", 12), event("n4", "tid", 13)]
    judge = Judge(
        offered(given, last_event="e00003"), {"anna": [], "eva": hers}, Wish("anna"), Path("a.xlsx")
    )
    found = judge.found()
    assert found.added["note_id"].tolist() == ["n2", "n4"]
    assert "1 answers were in the sheet when it was written" in found.remarks[0].what


def test_answers_taken_back_from_the_wrong_coder_go_to_the_right_one(study, sheet, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(4), who="anna"))
    path = answers(tmp_path / "b.jsonl", study, first(6, "vilja"), who="bo", start=100)
    study.collect(path, same_person=True)
    assert "6 of its 6 decisions are in the log of 'anna'" in asked(study, path, coder="bo")
    study.undo_collect(path)
    for n in (6, 0):
        assert len(study.collect(path, coder="bo").added) == n
    assert (said(study), said(study, "bo")) == (first(4), first(6, "vilja"))
    ids = {coder: set(study.history(coder)["event_id"]) for coder in study.coders}
    assert not ids["anna"] & ids["bo"]
    study.undo_collect(path, coder="bo")
    assert said(study, "bo") == {}
    back = fill(sheet, study, first(3, "pengar", 20), tmp_path / "back.xlsx")
    study.collect(back)
    study.undo_collect(back)
    assert len(study.collect(back, coder="cilla").added) == 3
    assert said(study, "cilla") == first(3, "pengar", 20)


def handed_to_bo(study: Study, path: Path) -> None:
    """A file that says that it is anna's was collected as hers, taken back, and given to bo."""
    study.collect(path)
    study.undo_collect(path)
    study.collect(path, coder="bo")


def test_what_was_handed_over_goes_on_where_it_was_handed_to(study, tmp_path):
    handed_to_bo(study, answers(tmp_path / "b.jsonl", study, first(5), who="bo"))
    more = answers(tmp_path / "b2.jsonl", study, first(12), who="bo")
    message = asked(study, more)
    assert "5 of its 12 decisions were handed to 'bo'" in message
    assert f"sekom collect {more} --coder bo" in message
    asked(study, tmp_path / "b.jsonl", older=True)
    assert len(study.collect(more, coder="bo").added) == 7
    assert (said(study), len(said(study, "bo"))) == ({}, 12)
    hers = study.collect(answers(tmp_path / "a.jsonl", study, first(5, "pengar"), who="a"))
    assert (len(hers.added), list(hers.remarks)) == (5, [])  # nothing of hers stands that it could share


def test_what_was_handed_over_on_another_computer_is_seen_by_the_logs(study, tmp_path):
    handed_to_bo(study, answers(tmp_path / "b.jsonl", study, first(5), who="bo"))
    other = Study.create(tmp_path / "other" / "small", notes=NOTES, codebook=CODEBOOK)
    for log in ("anna.csv", "bo.csv"):
        other.collect(study.root / "data/coded" / log)
    more = answers(tmp_path / "b2.jsonl", other, first(7), who="bo")
    assert "5 of its 7 decisions were handed to 'bo'" in asked(other, more)
    assert len(other.collect(more, coder="bo").added) == 2
    assert (said(other), len(said(other, "bo"))) == ({}, 7)


def test_the_next_sheet_of_what_was_handed_over_goes_there_too(study, sheet, tmp_path):
    handed_to_bo(study, fill(sheet, study, first(6), tmp_path / "B1.xlsx"))
    more = {**first(6), "n02": "vilja", **first(4, "pengar", 6)}
    path = fill(sheet, study, more, tmp_path / "B2.xlsx")
    message = asked(study, path)
    assert "answers of this very sheet were taken as those of 'bo'" in message
    assert f"if it is bo's: sekom collect {path} --coder bo" in message
    assert len(study.collect(path, coder="bo").added) == 5
    assert (said(study), said(study, "bo")) == ({}, more)


def test_a_file_under_the_wrong_name_says_how_to_hand_it_over(study, tmp_path):
    path = answers(tmp_path / "b.jsonl", study, first(5), who="bo")
    study.collect(path)
    message = asked(study, path, coder="bo")
    assert f"first: sekom collect {path} --undo" in message
    assert f", then: sekom collect {path} --coder bo" in message


# --- about which texts --------------------------------------------------------------------------------------


def changed(study: Study, n: int) -> Study:
    """The study with its first texts moved by one, as when they were sorted alone."""
    path = study.root / "data/raw/notes.csv"
    table = pd.read_csv(path, dtype=str, sep=None, engine="python", encoding="utf-8-sig")
    texts = table["text"].tolist()
    table["text"] = [*texts[1:n], texts[0], *texts[n:]]
    table.to_csv(path, index=False, encoding="utf-8")
    return Study.open(study.root)


def test_answers_to_other_texts_are_asked_about(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(30), who="anna")
    now = changed(study, 3)
    message = asked(now, path)
    assert "3 of the 30 notes that it answers have another text here" in message
    assert "note 'n01' has changed" in message
    assert f"sekom collect {path} --changed-texts" in message
    found = now.collect(path, changed_texts=True)
    assert (len(found.added), len(found.stale)) == (30, 3)


def test_a_few_changed_texts_are_taken_and_told(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(4), who="anna")
    found = changed(study, 2).collect(path)
    assert (len(found.added), len(found.stale)) == (4, 2)
    assert study.history()["note_hash"].tolist()[0] == note_hash("Lapp 1")


@pytest.mark.parametrize(
    ("n_others", "n_notes", "asks"), [(2, 4, False), (3, 60, False), (3, 59, True), (4, 70, True)]
)
def test_when_many_texts_are_others(n_others, n_notes, asks):
    from sekom_analysis.basics.wording import Problem

    others = [Problem.of("a.xlsx", n, "sheet_stale", note=f"n{n}") for n in range(n_others)]
    offer = offered([event("n1", "tid", 1)], other_texts=others, n_notes=n_notes)
    found = Judge(offer, {}, Wish(), Path("a.xlsx")).found()
    assert bool(found.refused) == asks
    assert not Judge(offer, {}, Wish(changed_texts=True), Path("a.xlsx")).found().refused


def test_a_copied_log_is_held_to_the_same(study, tmp_path):
    away = Study.open(shutil.copytree(study.root, tmp_path / "away"))
    for note, code in first(30).items():
        away.decide("anna", note, "theme", code)
    log = away.root / "data/coded/anna.csv"
    assert "12 of the 30 notes that it answers have another text here" in asked(changed(study, 12), log)


def next_wave(study: Study, folder: Path, n_same: int = 0) -> Study:
    """A copy of the study with the same ids and new texts, but for the last ones."""
    root = shutil.copytree(study.root, folder / "wave2")
    texts = [*(f"Nytt yttrande {n} om budget" for n in range(1, 41 - n_same)), *NOTES["text"][40 - n_same :]]
    NOTES.assign(text=texts).to_csv(root / "data/raw/notes.csv", index=False, encoding="utf-8")
    return Study.open(root)


def both_waves(tmp_path: Path, first: Study, second: Study, given: dict, now: dict, **head) -> Path:
    """The file of the second wave's page, in a browser that holds the answers to the first one, too."""
    old = answers(tmp_path / "old.jsonl", first, given, who="w1").read_text(encoding="utf-8").splitlines()
    path = answers(
        tmp_path / "w2.jsonl", second, now, who="w2", start=5000, events=len(given) + len(now), **head
    )
    new = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([new[0], *old[1:], *new[1:]]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("n_same", [0, 5])
def test_answers_of_an_earlier_wave_are_no_answers_to_the_texts_of_the_next(study, tmp_path, n_same):
    second = next_wave(study, tmp_path, n_same)
    path = both_waves(tmp_path, study, second, first(40), first(20, "vilja"), page=at(4000))
    found = second.collect(path)
    kept = {**first(20, "vilja"), **first(n_same, "tid", 40 - n_same)}
    assert (said(second), len(found.stale), len(found.refused)) == (kept, 0, 0)
    assert f"{40 - n_same} of its answers are about other texts" in found.remarks[-1].what
    assert f"sekom collect {path} --changed-texts" in found.remarks[-1].todo
    assert len(second.collect(path).added) == 0
    again = second.collect(path, changed_texts=True)
    assert (len(again.added), len(again.stale)) == (40 - n_same, 20 - n_same)


def test_a_file_of_the_earlier_wave_alone_is_asked_about(study, tmp_path):
    path = answers(tmp_path / "w1.jsonl", study, first(40), who="w1", page=at(-9))
    message = asked(next_wave(study, tmp_path), path)
    assert "40 of the 40 notes that it answers have another text here" in message


def test_a_question_answered_again_for_a_changed_text_is_asked_about_no_more(study, tmp_path):
    now = changed(study, 9)
    path = both_waves(tmp_path, study, now, first(40), first(9, "vilja"), page=at(4000))
    found = now.collect(path)
    assert (len(found.added), found.stale, found.refused) == (49, [], [])
    assert list(said(now).values()).count("vilja") == 9


def test_texts_moved_after_the_page_was_written_are_asked_about(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(30), who="anna", page=at(-9))
    assert "20 of the 30 notes" in asked(changed(study, 20), path)


# --- what replaces what -------------------------------------------------------------------------------------


def test_mondays_sheet_after_fridays_is_refused_unless_it_is_asked_for():
    log = [event(f"n{n}", "vilja", n, f"2024-03-08T16:00:0{n}.000000Z") for n in range(1, 4)]
    given = [event("n1", "tid", 11), event("n2", "vilja", 12), event("n9", "tid", 13)]
    offer = offered(given, saved_at="2024-03-04T10:00:00.000000Z", known=1)
    found = Judge(offer, {"anna": log}, Wish(), Path("a.xlsx")).found()
    (problem,) = found.refused
    assert (problem.row, found.added["note_id"].tolist()) == (6, ["n2", "n9"])
    saved = clock("2024-03-04T10:00")
    assert f"'theme' of note 'n1': 'tid' in the file, which was saved {saved}, would replace" in problem.what
    assert f"would replace 'vilja', which is newer: {clock('2024-03-08T16:00')}" in problem.what
    assert "sekom collect a.xlsx --older" in problem.todo
    older = Judge(offer, {"anna": log}, Wish(older=True), Path("a.xlsx")).found()
    assert (older.refused, older.replaced["note_id"].tolist()) == ([], ["n1"])
    newer = offer._replace(saved_at="2024-03-08T16:00:01.000000Z")  # workbooks know whole seconds only
    assert Judge(newer, {"anna": log}, Wish(), Path("a.xlsx")).found().refused == []


def test_mondays_sheet_after_fridays(study, sheet, tmp_path):
    monday = fill(sheet, study, first(9), tmp_path / "monday.xlsx", "2024-03-04T10:00:00Z")
    friday = {**first(9), "n09": "vilja", **first(9, "pengar", 9)}
    study.collect(fill(sheet, study, friday, tmp_path / "friday.xlsx"))
    with pytest.raises(
        DecisionError,
        match=rf"(?s)saved {clock('2024-03-04T10:00')}, would replace 'vilja', which is newer",
    ):
        study.collect(monday)
    assert said(study) == friday
    assert study.collect(monday, older=True).replaced["new"].tolist() == ["tid"]
    assert said(study) == {**friday, "n09": "tid"}


def test_sheets_that_are_all_collected_later_are_compared_by_when_they_were_saved(study, sheet, tmp_path):
    days = {
        "2024-03-04T10:00:00Z": first(5),
        "2024-03-06T10:00:00Z": {**first(8), "n03": "vilja"},
        "2024-03-08T10:00:00Z": {**first(9), "n03": "pengar"},
    }
    for number, (saved, given) in enumerate(days.items()):
        study.collect(fill(sheet, study, given, tmp_path / f"{number}.xlsx", saved))
        assert said(study) == given
    between = fill(sheet, study, {**first(9), "n03": "tid"}, tmp_path / "x.xlsx", "2024-03-07T10:00:00Z")
    with pytest.raises(DecisionError, match=f"'pengar', which is newer: {clock('2024-03-08T10:00')}"):
        study.collect(between)


def test_a_sheet_that_was_saved_with_a_clock_ahead_is_not_newer_than_its_collecting(study, sheet, tmp_path):
    study.collect(fill(sheet, study, first(5), tmp_path / "ahead.xlsx", "2199-03-04T10:00:00Z"))
    assert study.collect(fill(sheet, study, {**first(5), "n03": "vilja"}, tmp_path / "b.xlsx")).saved


def as_csv(path: Path) -> Path:
    """The tab with notes of a sheet as a text table: it does not say when it was saved."""
    rows = next(iter(load_workbook(path).worksheets[1:])).iter_rows(values_only=True)
    table = pd.DataFrame(["" if cell is None else str(cell) for cell in row] for row in rows)
    table.to_csv(path.with_suffix(".csv"), index=False, header=False, encoding="utf-8")
    return path.with_suffix(".csv")


@pytest.mark.parametrize("n_more", [0, 1])
def test_a_sheet_without_a_time_replaces_nothing_that_may_be_newer(study, sheet, tmp_path, n_more):
    monday = as_csv(fill(sheet, study, first(9), tmp_path / "monday.xlsx"))
    if not n_more:
        study.collect(monday)
    friday = {**first(9), "n03": "vilja", **first(n_more, "tid", 9)}
    study.collect(as_csv(fill(sheet, study, friday, tmp_path / "friday.xlsx")))
    assert said(study) == friday
    monday.write_text(monday.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    message = (
        r"(?s)'tid' in the file, which does not say when it was saved, would replace 'vilja'.* may be newer"
    )
    with pytest.raises(DecisionError, match=message):
        study.collect(monday, same_person=True)
    assert said(study) == friday
    study.collect(monday, same_person=True, older=True)
    assert said(study) == {**friday, "n03": "tid"}


def test_a_sheet_without_a_time_that_holds_all_that_came_since_is_the_newer_one(study, sheet, tmp_path):
    for day in ({**first(9)}, {**first(12), "n03": "vilja"}, {**first(14), "n03": "vilja", "n04": "pengar"}):
        found = study.collect(as_csv(fill(sheet, study, day, tmp_path / "day.xlsx")))
        assert (found.saved, said(study)) == (True, day)


def test_an_answer_of_a_page_may_be_newer_than_a_sheet_without_a_time(study, sheet, tmp_path):
    study.decide("anna", "n03", "theme", "vilja", via="page")
    path = as_csv(fill(sheet, study, first(3), tmp_path / "a.xlsx"))
    with pytest.raises(DecisionError, match=r"(?s)'theme' of note 'n03': 'tid'.*may be newer.*--older"):
        study.collect(path)


def test_an_older_answer_of_a_page_changes_nothing_and_that_is_told(study, tmp_path):
    study.collect(answers(tmp_path / "b.jsonl", study, first(2, "vilja"), who="anna", start=100))
    last = study.history("anna")["event_id"].iloc[-1]
    found = study.collect(answers(tmp_path / "a.jsonl", study, first(2), who="home", last_event=last))
    assert (len(found.added), len(found.replaced), said(study)["n01"]) == (2, 0, "vilja")
    assert "2 of its answers are older than the ones here" in found.remarks[0].what
    assert "note 'n01' 'vilja', in the file 'tid'" in found.remarks[0].what


def test_what_is_replaced_is_listed_also_in_a_dry_run(study, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(30), who="anna"))
    path = answers(tmp_path / "b.jsonl", study, {**first(30), **first(25, "vilja")}, who="anna", start=100)
    dry, real = study.collect(path, dry_run=True), study.collect(path)
    assert dry.replaced.equals(real.replaced)
    assert real.replaced[["note_id", "old", "new", "is_gone"]].values.tolist()[0] == [
        "n01",
        "tid",
        "vilja",
        False,
    ]
    assert real.replaced["row"].tolist()[:2] == [2, 3]
    assert len(real.replaced) == 25


def test_the_command_line_says_what_it_replaced_and_how_to_take_it_back(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(30), who="anna")
    run, folder = CliRunner(), ["--study", str(study.root)]
    assert (
        f"To take this back: sekom collect {path} --undo"
        in run.invoke(app, ["collect", str(path), *folder]).output
    )
    path = answers(tmp_path / "b.jsonl", study, {**first(30), **first(25, "vilja")}, who="anna", start=100)
    shown = run.invoke(app, ["collect", str(path), "--dry-run", *folder]).output
    assert "It would replace 25 answers of anna:\n- n01, theme: tid → vilja\n" in shown
    assert shown.count("→") == 20
    assert "- and 5 more" in shown
    assert "--undo" not in shown


def test_several_files_are_taken_in_the_order_of_their_making(study, sheet, tmp_path):
    files = [
        fill(sheet, study, first(9, "vilja"), tmp_path / "a.xlsx", "2024-03-08T10:00:00Z"),
        fill(sheet, study, {**first(9), "n01": "vilja"}, tmp_path / "b.xlsx", "2024-03-04T10:00:00Z"),
        answers(tmp_path / "c.jsonl", study, first(1), who="c", written="2024-03-05T10:00:00.000000Z"),
    ]
    study.decide("bo", "n01", "theme", "tid")
    log, ledger = study.root / "data/coded/bo.csv", tmp_path / "adjudicated (1).csv"
    ledger.write_text("x\n", encoding="utf-8")
    for order in ([*files, log, ledger], [log, *files[::-1], ledger]):
        assert [path.name for path in in_order_of_making(order)] == [
            "adjudicated (1).csv", "b.xlsx", "c.jsonl", "a.xlsx", "bo.csv"]  # fmt: skip


# --- taking back --------------------------------------------------------------------------------------------


def test_taking_back_restores_the_state_before(study, tmp_path):
    study.decide("anna", "n01", "theme", "pengar", certainty=2, memo="först")
    before = study.decisions()
    last = study.history("anna")["event_id"].iloc[-1]
    path = answers(tmp_path / "a.jsonl", study, first(3), who="x", last_event=last)
    log = study.root / "data/coded/anna.csv"
    future = json.loads(path.read_text(encoding="utf-8").splitlines()[1]) | {
        "at": "2099-01-01T00:00:00.000000Z"
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(future | {"event_id": "e-late"}) + "\n")
    study.collect(path)
    assert said(study) == first(3)
    whole = log.read_bytes()
    assert len(study.undo_collect(path, dry_run=True).added) == 4
    assert log.read_bytes() == whole
    found = study.undo_collect(path)
    assert found.replaced[["note_id", "new", "is_gone"]].values.tolist() == [
        ["n01", "pengar", False], ["n02", "", True], ["n03", "", True]]  # fmt: skip
    assert log.read_bytes().startswith(whole)
    assert study.decisions().equals(before)
    assert study.undo_collect(path).added.empty
    assert len(study.problems) == 0


def test_an_answer_given_after_the_file_stays_when_it_is_taken_back(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna")
    study.collect(path)
    study.decide("anna", "n02", "theme", "vilja")
    assert study.undo_collect(path).replaced["note_id"].tolist() == ["n01", "n03"]
    assert said(study) == {"n02": "vilja"}


def test_only_what_this_file_brought_is_taken_back(study, tmp_path):
    study.collect(answers(tmp_path / "a.jsonl", study, first(3), who="anna"))
    more = answers(tmp_path / "b.jsonl", study, {**first(3), **first(3, "vilja", 3)}, who="anna")
    study.collect(more)
    study.undo_collect(more)
    assert said(study) == first(3)


def test_what_was_taken_back_stays_so_until_it_is_asked_for(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna")
    study.collect(path)
    study.undo_collect(path)
    again = study.collect(path)
    assert (len(again.added), again.known, said(study)) == (0, 3, {})
    assert "3 of its answers were taken in before, and then taken back" in again.remarks[0].what
    assert f"sekom collect {path} --older" in again.remarks[0].todo
    assert len(study.collect(path, older=True).added) == 3
    assert said(study) == first(3)
    assert len(study.collect(path, older=True).added) == 0
    study.undo_collect(path)
    assert said(study) == {}


def test_a_sheet_and_a_log_are_taken_back_too(study, sheet, tmp_path):
    back = fill(sheet, study, first(3), tmp_path / "anna.xlsx")
    study.collect(back, coder="bo")
    assert study.undo_collect(back).coder == "bo"
    assert said(study, "bo") == {}
    away = Study.open(shutil.copytree(study.root, tmp_path / "away"))
    away.decide("cilla", "n01", "theme", "tid")
    study.collect(away.root / "data/coded/cilla.csv")
    assert study.undo_collect(away.root / "data/coded/cilla.csv").coder == "cilla"
    assert said(study, "cilla") == {}


def test_without_the_list_of_what_was_taken_all_of_the_file_is_taken_back(study, sheet, tmp_path):
    back = fill(sheet, study, first(3), tmp_path / "anna.xlsx")
    page = answers(tmp_path / "bo.jsonl", study, first(3), who="bo", coder="bo")
    for path in (back, page):
        study.collect(path)
        (study.root / "data/coded/.taken.csv").unlink()
        assert len(study.undo_collect(path).added) == 3
    assert study.decisions().empty


def test_the_list_of_what_was_taken_keeps_which_copy_it_was_and_when_it_was_saved(study, sheet, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna")
    study.collect(path)
    taken = study.root / "data/coded/.taken.csv"
    old = [line.split(",") for line in taken.read_text(encoding="utf-8").splitlines()]
    assert [cells[-3:] for cells in old] == [["copy", "saved_at", "event"], ["c-anna", at(3), "take"]]
    earlier = "".join(",".join([*cells[:-3], cells[-1]]) + "\n" for cells in old)
    taken.write_text(earlier, encoding="utf-8", newline="\n")  # as a program before these columns wrote it
    back = fill(sheet, study, first(2, "vilja", 8), tmp_path / "b.xlsx", "2024-03-08T10:00:00Z")
    study.collect(back)
    assert taken.read_text(encoding="utf-8").startswith(earlier)
    assert taken.read_text(encoding="utf-8").splitlines()[-1].split(",")[-2] == "2024-03-08T10:00:00.000000Z"
    assert len(study.problems) == 0
    for file in (path, back):
        study.undo_collect(file)
    assert said(study) == {}


def test_there_may_be_nothing_to_take_back(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna")
    with pytest.raises(DecisionError, match=r"Nothing of 'a.jsonl' was taken in here, to be taken back"):
        study.undo_collect(path)
    study.collect(path)
    with pytest.raises(DecisionError, match="into the log of 'bo'"):
        study.undo_collect(path, coder="bo")
    run = CliRunner().invoke(app, ["collect", "--undo", str(path), "--study", str(study.root)])
    assert "took back 3 answers" in run.output
    assert "- n01, theme: tid → taken back" in run.output


@pytest.mark.parametrize("name", ["gone.jsonl", "gone.xlsx", "gone.csv", "gone"])
def test_a_file_that_is_not_there_is_said_to_be_so(study, tmp_path, name):
    message = rf"'{name}' is not in .*{re.escape(tmp_path.name)}.*: check the name and the folder"
    for take in (study.collect, study.undo_collect):
        with pytest.raises(DecisionError, match=rf"{message}. Nothing was saved"):
            take(tmp_path / name)
    run = CliRunner().invoke(app, ["collect", str(tmp_path / name), "--undo", "--study", str(study.root)])
    assert (run.exit_code, "went wrong" in run.output) == (1, False)


def test_a_file_that_cannot_be_read_says_why(study, tmp_path, monkeypatch):
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna")

    def refuse(self, *args, **how):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    for take in (study.collect, study.undo_collect):
        with pytest.raises(DecisionError, match=r"'a\.jsonl' cannot be read: Permission denied"):
            take(path)


# --- taking back, whatever happened in between --------------------------------------------------------------


def state(study: Study) -> tuple[dict, ...]:
    """All that a person sees of who said what: decisions, ratings in either way, and what was left open."""
    decisions = study.decisions().drop(columns="row").set_index(["coder", "note_id", "pass"])
    seen = [study.ratings("theme", passes=passes).astype(object) for passes in ((1,), (1, 3))]
    tables = [decisions, *(table.dropna(how="all") for table in seen), study.skipped().set_index("note_id")]
    return tuple(table.astype(object).fillna("").astype(str).to_dict("index") for table in tables)


def goes_on(path: Path, study: Study, given: list[tuple[str, str]], who: str = "m") -> Path:
    """A file of one page: all that was ever answered there, an hour ago, in its order."""
    now = datetime.now(UTC) - timedelta(hours=1)
    head, line = answers(path, study, {"n40": "tid"}, who=who).read_text(encoding="utf-8").splitlines()
    lines = [
        json.loads(line) | {
            "event_id": f"e-{who}-{n:03}", "event": "decide" if code else "skip",
            "codes": [code] * bool(code), "note_hash": note_hash(study.notes.at[note, "text"]),
            "at": utc_text(now + timedelta(seconds=n)), "key": study.note_keys[note],
        }
        for n, (note, code) in enumerate(given)
    ]  # fmt: skip
    whole = [json.loads(head) | {"events": len(lines)}, *lines]
    path.write_text("".join(json.dumps(one) + "\n" for one in whole), encoding="utf-8")
    return path


def test_a_skip_before_the_file_is_a_skip_again(study, tmp_path):
    study.desk("anna").record(
        [{"note_id": "n01", "variable": "theme", "event": "skip", "memo": "svår",
          "decided_at": at(0)}], keep_times=True)  # fmt: skip
    before = state(study)
    path = goes_on(tmp_path / "f.jsonl", study, [("n01", "tid"), ("n02", "tid")])
    study.collect(path)
    assert said(study) == first(2)
    assert len(study.undo_collect(path).added) == 2
    assert (state(study), said(study)) == (before, {})
    assert study.undo_collect(path).added.empty


@pytest.mark.parametrize("order", ["MF", "FM"])
def test_two_files_of_one_page_are_taken_back_in_either_order(study, tmp_path, order):
    files = {
        "M": goes_on(tmp_path / "m.jsonl", study, [("n01", "tid")]),
        "F": goes_on(tmp_path / "f.jsonl", study, [("n01", "tid"), ("n01", "vilja")]),
    }
    for path in files.values():
        study.collect(path)
    left = {"M": {"n01": "vilja"}, "F": {"n01": "tid"}}[order[0]]
    assert len(study.undo_collect(files[order[0]]).added) == 1
    assert said(study) == left
    assert len(study.undo_collect(files[order[1]]).added) == 1
    assert said(study) == {}


@pytest.mark.parametrize("number", range(30))
def test_random_files_taken_back_in_any_order_leave_the_state_before(study, tmp_path, number):
    rng = random.Random(number)
    notes = list(first(6))
    for note in rng.sample(notes, 3):
        study.decide("anna", note, "theme", rng.choice(["tid", "vilja"]))
    study.desk("anna").skip(rng.choice(notes), "theme")
    study.decide("bo", notes[0], "theme", "tid")
    given: dict[str, list[tuple[str, str]]] = {"home": [], "work": []}
    states, files = [state(study)], []
    for n in range(4):
        who = rng.choice(["home", "work"])
        given[who] += [
            (rng.choice(notes), rng.choice(["tid", "vilja", "pengar", ""])) for _ in range(rng.randint(1, 4))
        ]
        files.append(goes_on(tmp_path / f"{n}.jsonl", study, given[who], who))
        study.collect(files[-1], same_person=True)
        states.append(state(study))
    if number % 2:  # the last first: each state comes back
        for n in reversed(range(4)):
            study.undo_collect(files[n])
            assert state(study) == states[n]
    else:
        rng.shuffle(files)
        for path in files:
            study.undo_collect(path)
        assert state(study) == states[0]
    assert all(study.undo_collect(path).added.empty for path in files)
    assert len(study.problems) == 0


def settled(study: Study) -> list[tuple]:
    """What stands of adjudications, and whether it is stale."""
    table = study.adjudications()[["note_id", "adjudicator", "codes", "seen", "is_stale", "changed"]]
    return [tuple(map(str, row)) for row in table.itertuples(index=False)]


@pytest.mark.parametrize("had", ["", "pengar"])
def test_a_strangers_answers_leave_with_the_file_though_they_were_adjudicated(study, tmp_path, had):
    study.record("bo", [{"note_id": note, "variable": "theme", "codes": "vilja"} for note in first(3)])
    if had:
        earlier = {"note_id": "n01", "variable": "theme", "codes": had, "decided_at": at(0)}
        study.desk("anna").record([earlier], keep_times=True)
    before = state(study)
    path = goes_on(tmp_path / "f.jsonl", study, list(first(3).items()))
    study.collect(path, same_person=True)
    study.adjudicate("bo", "n01", "theme", "vilja", reason="så är det", present=["anna"])
    study.undo_collect(path)
    assert state(study) == before
    (entry,) = settled(study)
    assert entry[-2:] == ("True", "anna")  # who adjudicated saw what is no longer said


def test_a_change_after_an_adjudication_is_taken_back_to_the_answer_before(study, tmp_path):
    given = list(first(12).items())
    study.record("bo", [{"note_id": note, "variable": "theme", "codes": "vilja"} for note in first(12)])
    study.collect(goes_on(tmp_path / "a.jsonl", study, given))
    study.adjudicate("bo", "n01", "theme", "vilja", reason="så är det")
    before = state(study), settled(study)
    path = goes_on(tmp_path / "b.jsonl", study, [*given, ("n01", "pengar")])
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[-1] = json.dumps(json.loads(lines[-1]) | {"at": utc_text(datetime.now(UTC))})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    study.collect(path)
    assert study.ratings("theme", passes=(1, 3)).at["n01", "anna"] == "pengar"
    study.undo_collect(path)
    assert (state(study), settled(study)) == before


@pytest.mark.parametrize("number", range(20))
def test_adjudications_in_between_change_nothing_of_what_comes_back(study, tmp_path, number):
    rng = random.Random(1_000 + number)
    notes = list(first(5))
    for who in ("anna", "bo", "cilla"):
        for note in rng.sample(notes, 4):
            study.decide(who, note, "theme", rng.choice(["tid", "vilja"]))

    def adjudicate() -> None:
        for note in rng.sample(notes, 2):
            study.adjudicate("dan", note, "theme", rng.choice(["tid", "vilja"]), reason="därför",
                             present=rng.choice([[], [], ["anna"]]))  # fmt: skip

    adjudicate()
    before = state(study), settled(study)
    files = []
    for who in ("home", "work"):
        given = [(rng.choice(notes), rng.choice(["tid", "vilja", "pengar"])) for _ in range(4)]
        files.append(goes_on(tmp_path / f"{who}.jsonl", study, given, who))
        study.collect(files[-1], same_person=True)
    study.adjudicate("eva", rng.choice(notes), "theme", "tid", reason="därför", present=["anna"])
    rng.shuffle(files)
    for path in files:
        study.undo_collect(path)
    assert state(study) == before[0]
    assert [entry for entry in settled(study) if entry[1] == "dan"] == before[1]


def test_what_was_taken_back_is_so_on_another_computer_too(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna")
    study.collect(path)
    away = Study.open(shutil.copytree(study.root, tmp_path / "away"))
    study.undo_collect(path)
    away.collect(study.root / "data/coded/anna.csv")
    assert said(away) == {}
    again = away.collect(path)
    assert "3 of its answers were taken in before, and then taken back" in again.remarks[0].what
    assert (len(away.collect(path, older=True).added), said(away)) == (3, first(3))
    assert len(away.collect(path, older=True).added) == 0


def test_a_log_that_brought_an_undo_is_taken_back_with_it(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna")
    study.collect(path)
    away = Study.open(shutil.copytree(study.root, tmp_path / "away"))
    study.undo_collect(path)
    log = Path(shutil.copy(study.root / "data/coded/anna.csv", tmp_path / "anna.csv"))
    before = state(away)
    away.collect(log)
    assert said(away) == {}
    away.undo_collect(log)
    assert state(away) == before
    away.undo_collect(path)
    assert said(away) == {}
    away.collect(study.root / "data/coded/anna.csv")
    study.collect(away.root / "data/coded/anna.csv")
    assert said(study) == said(away) == {}


def test_what_was_taken_back_takes_no_part_in_tables_of_what_was_done(study, tmp_path):
    from sekom_analysis.coding.session import Session
    from sekom_analysis.quality.coders import own_order
    from sekom_analysis.quality.revisions import codebook_versions

    study.record("anna", [{"note_id": "n05", "variable": "theme", "codes": "tid"}])

    def told() -> tuple:
        card = Session(study.desk("anna"))
        return codebook_versions(study).values.tolist(), own_order(study, "anna", "theme"), card.n_left

    before = told()
    path = goes_on(tmp_path / "f.jsonl", study, [("n01", "tid"), ("n05", "vilja")])
    study.collect(path, same_person=True)
    assert told() != before
    study.undo_collect(path)
    assert told() == before


def taken_again(study: Study, *paths: Path) -> None:
    """Undo files, the last first, and take them again in the order in which they came."""
    for path in reversed(paths):
        study.undo_collect(path)
    for path in paths:
        study.collect(path, older=True)


def test_what_is_taken_again_has_its_own_times_so_that_corrections_stand(study, tmp_path):
    first_day = [("n01", "tid"), ("n02", "tid")]
    monday = goes_on(tmp_path / "mon.jsonl", study, first_day)
    tuesday = goes_on(tmp_path / "tue.jsonl", study, [*first_day, ("n01", "vilja")])
    study.collect(monday)
    taken_again(study, monday)
    study.collect(tuesday)
    assert said(study) == {"n01": "vilja", "n02": "tid"}
    before = state(study)
    taken_again(study, monday, tuesday)
    assert state(study) == before


def test_what_is_taken_again_is_as_independent_as_it_was(study, tmp_path):
    study.record("bo", [{"note_id": note, "variable": "theme", "codes": "vilja"} for note in first(4)])
    path = goes_on(tmp_path / "a.jsonl", study, list(first(4).items()))
    study.collect(path)
    study.adjudicate("bo", "n01", "theme", "tid", reason="så är det", present=["anna"])
    before = state(study)
    taken_again(study, path)
    assert state(study) == before
    assert study.ratings("theme", passes=(1,))["anna"].notna().sum() == 4


def test_what_was_taken_back_on_the_page_stays_so_when_its_file_is_taken_again(study, tmp_path):
    path = goes_on(tmp_path / "a.jsonl", study, [("n01", "tid"), ("n02", "tid")])
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    undone = json.loads(lines[0]) | {"event_id": "e-m-900", "event": "retract", "codes": []}
    undone["at"] = utc_text(datetime.now(UTC) - timedelta(minutes=5))
    lines.append(json.dumps(undone))
    text = "\n".join([json.dumps(json.loads(head) | {"events": 3}), *lines])
    path.write_text(text + "\n", encoding="utf-8")
    study.collect(path)
    assert said(study) == {"n02": "tid"}
    taken_again(study, path)
    assert said(study) == {"n02": "tid"}


def test_a_file_that_brought_nothing_takes_nothing_back(study, tmp_path):
    friday = goes_on(tmp_path / "fri.jsonl", study, list(first(6).items()))
    thursday = goes_on(tmp_path / "thu.jsonl", study, list(first(3).items()))
    study.collect(friday)
    assert study.collect(thursday).added.empty
    with pytest.raises(
        DecisionError, match=r"'thu.jsonl' brought nothing here: its answers came with 'fri.jsonl'"
    ):
        study.undo_collect(thursday)
    assert said(study) == first(6)
    again = tmp_path / "again.jsonl"  # saved once more, by another program
    again.write_text(friday.read_text(encoding="utf-8").replace(": ", ":"), encoding="utf-8")
    assert len(study.undo_collect(again).added) == 6


def test_a_copied_log_takes_back_nothing_that_was_answered_here(study, tmp_path):
    study.record("anna", [{"note_id": note, "variable": "theme", "codes": "tid"} for note in first(5)])
    study.collect(goes_on(tmp_path / "page.jsonl", study, [("n09", "vilja")]), same_person=True)
    copy = Path(shutil.copy(study.root / "data/coded/anna.csv", tmp_path / "anna.csv"))
    assert study.collect(copy).added.empty
    before = said(study)
    with pytest.raises(DecisionError, match=r"came with 'page.jsonl'"):
        study.undo_collect(copy)
    assert said(study) == before


def test_a_sheet_that_goes_on_leaves_what_was_changed_elsewhere(study, tmp_path):
    blank = write_coding_sheet(study.desk("anna"), tmp_path / "blank.xlsx")
    monday = fill(blank, study, first(20), tmp_path / "mon.xlsx")
    study.collect(monday)
    study.record("anna", [{"note_id": note, "variable": "theme", "codes": "vilja"} for note in first(2)])
    wednesday = fill(blank, study, {**first(20), "n30": "pengar"}, tmp_path / "wed.xlsx")
    found = study.collect(wednesday)
    assert said(study) == {**first(20), **first(2, "vilja"), "n30": "pengar"}
    assert found.replaced.empty


@pytest.mark.parametrize("order", ["sheet first", "page first"])
def test_what_a_page_answered_after_a_sheet_was_saved_is_newer_whenever_that_came(study, tmp_path, order):
    blank = write_coding_sheet(study.desk("anna"), tmp_path / "blank.xlsx")
    saved = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    sheet = fill(blank, study, first(20), tmp_path / "mon.xlsx", saved)
    page = goes_on(tmp_path / "tue.jsonl", study, [("n01", "vilja"), ("n02", "vilja")])
    if order == "sheet first":
        study.collect(sheet)
        assert said(study) == first(20)
        found = study.collect(page, same_person=True)
        assert found.replaced["new"].tolist() == ["vilja", "vilja"]
        assert not any("older" in problem.what for problem in found.remarks)
    else:
        study.collect(page)
        study.collect(sheet, keep_valid=True, same_person=True)
    assert said(study) == first(20) | first(2, "vilja")
    assert study.problems.empty


def test_a_sheet_that_somebody_said_to_be_the_same_persons_is_not_asked_about_again(study, tmp_path):
    blank = write_coding_sheet(study.desk("anna"), tmp_path / "blank.xlsx")
    study.collect(fill(blank, study, first(28), tmp_path / "1.xlsx"))
    changed = {**first(28), **first(5, "vilja")}
    second = fill(blank, study, changed, tmp_path / "2.xlsx")
    with pytest.raises(DecisionError, match="differs in the others"):
        study.collect(second)
    study.collect(second, same_person=True)
    third = {**changed, "n06": "vilja", "n07": "vilja", "n08": "vilja", "n29": "tid"}
    study.collect(fill(blank, study, third, tmp_path / "3.xlsx"))
    assert said(study) == third


# --- what may not be believed -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [0, 2, 3])
def test_a_pass_typed_into_a_file_moves_no_answer(study, tmp_path, typed):
    from sekom_analysis.study.secret import warm_up_notes

    # With one of these somebody may have warmed up: there pass 0 is believed.
    warm = set(warm_up_notes(study.notes.index, study.desk("anna").warm_up_seed, len(study.notes) // 2))
    given = dict(sorted(first(20).items(), key=lambda answer: answer[0] in warm))
    note = next(iter(given))
    path = answers(tmp_path / "a.jsonl", study, given, who="anna")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"pass": 1', f'"pass": {typed}', 1), encoding="utf-8")
    found = study.collect(path)
    assert len(said(study)) == 20
    assert set(study.decisions()["pass"]) == {"1"}
    assert f"'theme' of note '{note}' (pass {typed})" in found.remarks[0].what
    again = path.read_text(encoding="utf-8").replace('"pass": 1', f'"pass": {typed}')
    path.write_text(again, encoding="utf-8")
    assert study.collect(path).known == 20
    assert set(study.decisions()["pass"]) == {"1"}


def test_a_real_warm_up_and_a_real_second_time_stay_so(study, tmp_path):
    from sekom_analysis.study.secret import warm_up_notes

    warm = dict.fromkeys(warm_up_notes(study.notes.index, study.desk("anna").warm_up_seed, 5), "tid")
    path = answers(tmp_path / "a.jsonl", study, warm, who="anna")
    path.write_text(path.read_text(encoding="utf-8").replace('"pass": 1', '"pass": 0'), encoding="utf-8")
    study.collect(path)
    assert set(study.decisions()["pass"]) == {"0"}
    study.collect(answers(tmp_path / "b.jsonl", study, first(3), who="b"), same_person=True)
    path = answers(tmp_path / "c.jsonl", study, first(3, "vilja"), who="c", start=99)
    path.write_text(path.read_text(encoding="utf-8").replace('"pass": 1', '"pass": 2'), encoding="utf-8")
    study.collect(path, same_person=True)
    assert study.decisions()["pass"].value_counts().to_dict() == {"0": 5, "1": 3, "2": 3}


@pytest.mark.parametrize("kind", ["page", "log"])
def test_a_time_in_2199_is_dated_now_and_keeps_no_later_answer_out(study, tmp_path, kind):
    away = Study.open(shutil.copytree(study.root, tmp_path / "away"))
    path = answers(tmp_path / "a.jsonl", study, first(2), who="anna")
    path.write_text(path.read_text(encoding="utf-8").replace("2020-", "2199-"), encoding="utf-8")
    if kind == "log":
        away.decide("anna", "n01", "theme", "tid")
        path = away.root / "data/coded/anna.csv"
        path.write_text(re.sub(r"(?m)^20\d\d", "2199", path.read_text(encoding="utf-8")), encoding="utf-8")
    now = utc_text(datetime.now(UTC) + timedelta(minutes=5))
    found = study.collect(path)
    assert "ahead" in found.remarks[0].what
    assert "2199-" in found.remarks[0].what
    assert study.history()["decided_at"].max() < now
    assert study.decide("anna", "n01", "theme", "vilja").decided_at < now
    assert said(study)["n01"] == "vilja"
    assert study.collect(path).known == len(found.added)
    assert said(study)["n01"] == "vilja"


def test_a_clock_two_hours_ahead_keeps_no_later_answer_out(study, tmp_path):
    soon = datetime.now(UTC) + timedelta(hours=2)
    ahead = answers(tmp_path / "a.jsonl", study, first(1), who="anna")
    ahead.write_text(ahead.read_text(encoding="utf-8").replace(at(0), utc_text(soon)), encoding="utf-8")
    study.collect(ahead)
    later = answers(tmp_path / "b.jsonl", study, first(1, "vilja"), who="b", last_event="e-anna-n01-tid")
    text = later.read_text(encoding="utf-8")
    later.write_text(text.replace(at(0), utc_text(datetime.now(UTC))), encoding="utf-8")
    study.collect(later)
    assert said(study)["n01"] == "vilja"


def test_answers_dated_before_their_page_are_told(study, tmp_path):
    path = answers(tmp_path / "a.jsonl", study, first(3), who="anna", page=at(1))
    assert "1 decisions are dated before the page was written" in study.collect(path).remarks[0].what


@pytest.mark.parametrize(("name", "most"), [("a.jsonl", 200), ("anna.csv", 200), ("a.xlsx", 100)])
def test_a_file_that_is_too_large_is_refused_before_it_is_read(study, tmp_path, name, most):
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(300_000_000)
    message = f"'{re.escape(name)}' is 300 MB large, and at most {most} MB are read"
    with pytest.raises(DecisionError, match=message):
        study.collect(path)
    with pytest.raises(DecisionError, match=message):
        study.undo_collect(path)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("sida.html", "Ladda ner svarsfilen"),
        ("svar.zip", "Unpack it"),
        ("svar.docx", "save what is attached"),
    ],
)
def test_what_is_no_answers_says_what_to_send_also_in_python(study, tmp_path, name, advice):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(DecisionError, match=rf"(?s)'{name}' is .*{advice}.*Nothing was saved"):
        study.collect(tmp_path / name)


# --- conflict copies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [{}, {"coder": "anna"}])
def test_a_copy_among_the_logs_is_compared_with_the_coders_own(study, tmp_path, how):
    study.decide("anna", "n01", "theme", "tid")
    copy = study.root / "data/coded/anna-kopia.csv"
    shutil.copyfile(study.root / "data/coded/anna.csv", copy)
    away = Study.open(shutil.copytree(study.root, tmp_path / "away"))
    away.decide("anna", "n02", "theme", "vilja")
    shutil.copyfile(away.root / "data/coded/anna.csv", copy)
    found = study.collect(copy, **how)
    assert (found.coder, len(found.added), found.known) == ("anna", 1, 1)
    assert said(study) == {"n01": "tid", "n02": "vilja"}
