"""Context: columns shown to coders beside the note, covered by its hash, and giving nothing away."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from sekom_analysis.basics.errors import StudyError, TableError
from sekom_analysis.cli import asking
from sekom_analysis.coding.judging import AdjudicationSession
from sekom_analysis.coding.page import write_page
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange import read_notes
from sekom_analysis.exchange.finding import UnclearError
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.notes import looks_personal
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.study import Study

from .exchange.conftest import CODEBOOK, NOTES, address, fill
from .test_cli import sekom
from .test_progress_files import answers_file, line

SURVEY = Path(__file__).parent / "exchange" / "cases" / "two-questions.xlsx"
ROLES = ["Chef", "Handläggare", "Chef", "", "Politiker", "Chef", "Politiker"]
QUESTIONS = ["Vad hindrar?"] * 4 + ["Vad hjälper?"] * 3
TABLE = NOTES.assign(Roll=ROLES, question=QUESTIONS, Respondent=[f"person-{n}" for n in range(7)])


@pytest.fixture
def study(tmp_path) -> Study:
    return Study.create(tmp_path / "s", notes=TABLE, codebook=CODEBOOK, context=["question", "Roll"])


def change(study: Study, **about: object) -> Study:
    """Write other things into study.yaml, and open the study anew."""
    path = study.root / "data" / "raw" / "study.yaml"
    held = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(held | about, allow_unicode=True), encoding="utf-8")
    return Study.open(study.root)


# --- what the hash of a note covers -------------------------------------------------------------------


@given(text=st.text(), pairs=st.dictionaries(st.text(), st.text(), max_size=4), rng=st.randoms())
def test_a_hash_covers_the_context_in_any_order(text, pairs, rng):
    shuffled = list(pairs.items())
    rng.shuffle(shuffled)
    assert note_hash(text, shuffled) == note_hash(text, pairs.items())
    assert (note_hash(text, pairs.items()) == note_hash(text)) == (not pairs)


def test_old_hashes_stay_valid_where_there_is_no_context(study):
    assert note_hash("Ojämn nivå") == "hddf949961c9"
    changed = change(study, context=["Roll"])
    assert changed.seen.hashes["B4"] == note_hash(TABLE["text"][3])  # its cell is empty
    assert changed.seen.hashes["B1"] != note_hash(TABLE["text"][0])
    assert change(study, context=[]).seen.hashes["B1"] == note_hash(TABLE["text"][0])


def test_an_answer_is_about_the_context_too(study):
    event = study.decide("anna", "B1", "category", "kunskap")
    assert event.note_hash == note_hash(TABLE["text"][0], [("question", "Vad hindrar?"), ("Roll", "Chef")])
    assert Study.open(study.root).problems.empty
    path = study.root / "data" / "raw" / "notes.csv"
    path.write_text(path.read_text("utf-8-sig").replace("Vad hindrar?", "Vad stoppar?"), encoding="utf-8-sig")
    (problem,) = Study.open(study.root).list_problems()
    assert str(problem.what) == "these notes have changed since they were coded: B1"
    (answer,) = Session(Study.open(study.root).desk("anna")).data()["answers"].values()
    assert answer["category"]["older"] or answer["category"]["hash"] != Study.open(study.root).seen.hash_of(
        "B1"
    )


# --- where it is shown --------------------------------------------------------------------------------


def test_card_page_and_adjudication_show_it_and_nothing_else(study, tmp_path):
    for coder, code in (("anna", "kunskap"), ("bo", "resurser")):
        study.decide(coder, "B1", "category", code)
    notes = {note["text"]: note for note in Session(study.desk("cia"), lang="en").data()["notes"]}
    assert notes[TABLE["text"][0]]["context"] == [["Question", "Vad hindrar?"], ["Roll", "Chef"]]
    assert notes[TABLE["text"][3]]["context"] == [["Question", "Vad hindrar?"]]
    (disputed,) = AdjudicationSession(study, "dag", "category").data()["notes"]
    assert disputed["context"] == [["Fråga", "Vad hindrar?"], ["Roll", "Chef"]]
    page = write_page(study.desk("cia"), tmp_path / "cia.html").read_text(encoding="utf-8")
    assert "Handläggare" in page
    assert not any(hidden in page for hidden in ("hemlig-källa", "Rapportens ordning", "person-", '"B1"'))


def test_a_study_without_context_shows_none(study):
    plain = change(study, context=[])
    assert [note["context"] for note in Session(plain.desk("anna")).data()["notes"]] == [[]] * 7


def test_a_sheet_shows_it_and_comes_back(study, tmp_path):
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx", "en")
    book = load_workbook(sheet)
    assert address(book, study, "B1", "sekom/context").value == "Question: Vad hindrar?\nRoll: Chef"
    assert address(book, study, "B4", "sekom/context").value == "Question: Vad hindrar?"
    assert "hemlig-källa" not in json.dumps(
        [[c.value for c in row] for tab in book for row in tab], default=str
    )
    back = fill(sheet, study, {("B1", "category/answer"): "Knowledge", ("D1", "goal/answer"): 4})
    taken = study.collect(back)
    assert (len(taken.added), taken.refused, taken.remarks) == (2, [], [])
    assert set(study.history()["note_hash"]) == {study.seen.hash_of("B1"), study.seen.hash_of("D1")}
    assert Study.open(study.root).problems.empty


def test_one_column_is_called_by_its_name(study, tmp_path):
    one = change(study, context=["Roll"])
    book = load_workbook(write_coding_sheet(one.desk("anna"), tmp_path / "anna.xlsx"))
    cell = address(book, one, "B2", "sekom/context")
    assert (cell.value, cell.parent.cell(5, cell.column).value) == ("Handläggare", "Roll")


def test_a_context_that_somebody_changed_in_the_sheet_is_told(study, tmp_path):
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx", "en")
    answers = {("B1", "category/answer"): "Knowledge", ("B1", "sekom/context"): "frågan var en annan"}
    taken = study.collect(fill(sheet, study, answers))
    assert len(taken.added) == 1
    assert any("frågan var en annan" in str(remark.what) for remark in taken.remarks)


def test_a_sheet_from_before_the_context_is_about_the_text_alone(study, tmp_path):
    plain = change(study, context=[])
    sheet = write_coding_sheet(plain.desk("anna"), tmp_path / "anna.xlsx", "en")
    now = change(study, context=["question"])
    taken = now.collect(fill(sheet, now, {("B1", "category/answer"): "Knowledge"}))
    assert (len(taken.added), taken.refused) == (1, [])
    assert set(now.history()["note_hash"]) == {note_hash(TABLE["text"][0])}
    assert [str(problem.what) for problem in taken.stale] == [
        "note 'B1' has changed since the sheet was written"
    ]


def test_a_log_from_before_the_context_is_not_of_another_study(study, tmp_path):
    plain = change(study, context=[])
    shutil.copytree(plain.root, tmp_path / "copy")
    elsewhere = Study.open(tmp_path / "copy")
    for note in ("B1", "B2", "B3"):
        elsewhere.decide("bo", note, "category", "roll")
    now = change(study, context=["question"])
    taken = now.collect(elsewhere.root / "data" / "coded" / "bo.csv")
    assert (len(taken.added), taken.refused, len(taken.stale)) == (3, [], 3)


# --- what must not be shown ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cells", "why"),
    [
        ("note_id", None, "it is an id"),
        ("text", None, "it is the text of the note itself"),
        ("text_en", None, "it is the text of the note itself"),
        ("source", None, "it says where a note comes from"),
        ("Källa", ["a", "b"], "it says where a note comes from"),
        ("subcategory", None, "it looks like somebody's sorting"),
        ("Tema 1", ["a", "b"], "it looks like somebody's sorting"),
        ("Kod Anna", ["a", "b"], "it looks like somebody's sorting"),
        ("Kodare", ["a", "b"], "it looks like a coder's answers"),
        ("KARIN", ["a", "b"], "it looks like a coder's answers"),
        ("Respondent", None, "it is an id"),
        ("Lapp-ID", [f"{n}" for n in range(7)], "it is an id"),
        (
            "Omdöme",
            ["Kunskap", "Resurser", "kunskap", "", "", "", ""],
            "it contains codes of the variable 'category'",
        ),
        (
            "X",
            ["filmer; databas", "databas", "", "", "", "", ""],
            "it contains codes of the variable 'themes'",
        ),
        ("Finns inte", None, "there is none"),
    ],
)
def test_what_gives_something_away_is_refused(tmp_path, name, cells, why):
    table = TABLE if cells is None else TABLE.assign(**{name: [*cells, *[cells[0]] * 7][:7]})
    study = Study.create(tmp_path / "s", notes=table, codebook=CODEBOOK, context=["Roll"])
    refused = change(study, context=["Roll", name], coders={"karin": {"kind": "human"}})
    (problem,) = refused.list_problems()
    assert f"the column '{name}' is not shown to coders: {why}" in str(problem.what)
    assert [note["context"] for note in Session(refused.desk("bo")).data()["notes"]] == [
        note["context"] for note in Session(study.desk("bo")).data()["notes"]
    ]
    if name.lower() != "karin":
        with pytest.raises(StudyError, match="is not shown to coders"):
            Study.create(tmp_path / "t", notes=table, codebook=CODEBOOK, context=["Roll", name])
        assert not (tmp_path / "t").exists()


@pytest.mark.parametrize("name", ["Roll", "Grupp", "Kommun", "stage", "Fråga", "Datum", "Bord"])
def test_what_belongs_beside_a_note_is_taken(tmp_path, name):
    table = NOTES.rename(columns={"stage": name}) if name == "stage" else NOTES.assign(**{name: QUESTIONS})
    study = Study.create(tmp_path / "s", notes=table, codebook=CODEBOOK, context=[name])
    assert Session(study.desk("anna")).data()["notes"][0]["context"][0][0] == name


@pytest.mark.parametrize(
    ("name", "cells", "personal"),
    [
        ("Namn", ["x"], True),
        ("E-post", [], True),
        ("Mobil nr", [""], True),
        ("Kontakt", ["anna@kommun.se", "bo@kommun.se", ""], True),
        ("Kontakt", ["070-123 45 67", "+46 8 123 45 67"], True),
        ("Uppgift", ["19800101-1234"], True),
        ("Roll", ["Chef"], False),
        ("Datum", ["2016-05-12", "2016-05-13"], False),
        ("Kommun", ["Eslöv"], False),
        ("Antal", ["120", "14000"], False),
    ],
)
def test_what_looks_personal(name, cells, personal):
    assert looks_personal(name, cells) == personal


# --- from a table of one's own ------------------------------------------------------------------------


def test_new_takes_what_is_beside_the_notes(tmp_path):
    asked = ["--text", "Vad hindrar?,Vad hjälper?", "--context", "Roll"]
    code, out, err = sekom("new", "S", "--notes", str(SURVEY), *asked, cwd=tmp_path)
    assert (code, err) == (0, "")
    assert "Shown to coders beside the notes: 'question', 'Roll'." in out
    study = Study.open(tmp_path / "S")
    assert (len(study.notes), study.about.context) == (11, ("question", "Roll"))
    assert set(study.notes["question"]) == {"Vad hindrar?", "Vad hjälper?"}
    assert study.problems.empty


def test_the_question_is_context_by_default():
    assert read_notes(SURVEY, text=["Vad hindrar?", "Vad hjälper?"]).context == ("question",)
    assert read_notes(SURVEY, text="Vad hindrar?").context == ()


@pytest.mark.parametrize("column", ["Respondent", "Vad hindrar?"])
def test_a_column_that_is_used_cannot_be_context(tmp_path, column):
    with pytest.raises(TableError, match="is not shown to coders"):
        read_notes(SURVEY, text="Vad hindrar?", context=column)


@pytest.fixture
def with_names(tmp_path) -> Path:
    path = tmp_path / "lappar.csv"
    people = [("Ojämn nivå i nämnderna", "Åsa", "Chef"), ("Vi lär av varandra", "Bo", "Politiker")]
    pd.DataFrame(people, columns=["Lapp", "Namn", "Roll"]).to_csv(path, index=False)
    return path


def test_what_looks_personal_is_asked_about(with_names, tmp_path):
    with pytest.raises(UnclearError, match="This looks personal: 'Namn': 'Åsa'; 'Bo'"):
        read_notes(with_names, context="Namn,Roll")
    assert read_notes(with_names, context="Namn,Roll", personal=True).context == ("Namn", "Roll")
    assert read_notes(with_names, context="Namn,Roll", personal=False).context == ("Roll",)
    code, _, err = sekom("new", "S", "--notes", str(with_names), "--context", "Namn,Roll", cwd=tmp_path)
    assert (code, (tmp_path / "S").exists()) == (1, False)
    ways = [line.strip().removeprefix("sekom ") for line in err.splitlines() if line.startswith("  sekom")]
    assert [way.partition("--context ")[2] for way in ways] == ['"Namn,Roll" --personal', "Roll"]
    code, _, err = sekom(
        "new", "S", "--notes", str(with_names), "--context", "Namn,Roll", "--personal", cwd=tmp_path
    )
    assert (code, Study.open(tmp_path / "S").about.context) == (0, ("Namn", "Roll")), err


@pytest.mark.parametrize(("answer", "context"), [("1", ("Namn", "Roll")), ("2", ("Roll",))])
def test_on_a_terminal_it_is_asked_once(with_names, tmp_path, monkeypatch, answer, context):
    monkeypatch.setattr(asking, "_somebody_is_there", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda *args, **options: int(answer))
    sekom("new", "S", "--notes", str(with_names), "--context", "Namn,Roll", cwd=tmp_path)
    assert Study.open(tmp_path / "S").about.context == context


def test_a_page_from_before_the_context_is_about_the_text_alone(study, tmp_path):
    now = change(study, context=["question"])
    lines = [
        line(now.desk("anna"), n, note, "category", ["kunskap"]) for n, note in enumerate(["B1", "B2", "B3"])
    ]
    taken = now.collect(answers_file(tmp_path / "svar-anna.jsonl", now.desk("anna"), lines))
    assert (len(taken.added), taken.refused, len(taken.stale)) == (3, [], 3)


def test_later_notes_without_the_context_are_told(study, tmp_path):
    pd.DataFrame({"text": ["En ny lapp"], "Roll": ["Chef"]}).to_csv(tmp_path / "fler.csv", index=False)
    code, out, err = sekom("import", tmp_path / "fler.csv", "--as", "notes", "--study", study.root)
    assert (code, err) == (0, "")
    assert "the column 'question', which coders see beside the notes, is not here" in " ".join(out.split())
    assert "the column 'Roll', which coders" not in out
    now = Study.open(study.root)
    assert now.seen.context_of(now.notes.index[-1]) == [("Roll", "Chef")]
