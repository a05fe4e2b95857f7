"""A whole study as a workbook, and back: the same study, whatever its texts hold."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from sekom_analysis.basics.errors import ExchangeError, StudyError, TableError
from sekom_analysis.exchange import read_study_workbook
from sekom_analysis.exchange.registry import Order, Request, export_file, import_file
from sekom_analysis.exchange.studybook import is_study_workbook, study_from_workbook
from sekom_analysis.exchange.studybook_writing import (
    about_of,
    about_table,
    pages_that_come_back,
    workbook_bytes,
)
from sekom_analysis.report.workbook import export_workbook, study_pages
from sekom_analysis.study.imports import imports
from sekom_analysis.study.making import create_sample
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study
from tests.conftest import CODEBOOK, NOTES
from tests.exchange.refi.test_round_trips import studies
from tests.test_cli import sekom

SAID = ["coder", "note_id", "variable", "codes", "certainty", "memo", "decided_at", "pass"]
KEPT = [*SAID, "event_id", "note_hash", "codebook"]


def said(study, columns=SAID) -> list[tuple[str, ...]]:
    return sorted(study.decisions()[columns].itertuples(index=False, name=None))


def come_back(study, path, lang="sv") -> Path:
    """Write only the sheets that come back: what is worked out takes longer."""
    path.write_bytes(workbook_bytes(pages_that_come_back(study, lang), path.name, "Studien", lang))
    return path


@pytest.mark.parametrize(
    ("name", "layout", "holds_answers"),
    [
        ("ut.qdpx", None, True),
        ("ut.qdpx", "shared", True),
        ("ut.xlsx", None, True),
        ("ut.xlsx", "codebook", False),
        ("ut.qdc", None, False),
        ("ut.csv", None, False),
    ],
)
def test_nothing_is_written_for_others_without_a_coder_whose_log_is_lost(
    tmp_path, name, layout, holds_answers
):
    study = Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK)
    for coder in ("anna", "bo"):
        study.decide(coder, "n1", "valence", "hinder")
    (study.root / "data/coded/bo.csv").unlink()
    how = ["--layout", layout] if layout else []
    code, _, err = sekom("export", tmp_path / name, *how, "--study", study.root)
    assert (code, (tmp_path / name).exists()) == ((1, False) if holds_answers else (0, True))
    assert ("nothing of bo takes part" in err) == holds_answers


def test_a_workbook_that_makes_no_study_leaves_no_folder(tmp_path):
    study = Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK)
    study.decide("anna", "n1", "valence", "hinder", certainty=1)
    path = come_back(study, tmp_path / "back.xlsx")
    book = load_workbook(path)
    (cell,) = [c for sheet in book for row in sheet.iter_rows() for c in row if str(c.value) == "1"
               and sheet.cell(1, c.column).value == "certainty"]  # fmt: skip
    cell.value = "9"
    book.save(path)
    with pytest.raises(StudyError, match=r"(?s)No study was made.*certainty is 1, 2 or 3"):
        study_from_workbook(tmp_path / "new", path)
    assert not (tmp_path / "new").exists()


@pytest.fixture
def coded(tmp_path) -> Study:
    study = Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK, title="Liten studie")
    study.decide("anna", "n1", "valence", "hinder", memo="=SUMMA(A1)\r\nrad två", certainty=2)
    study.decide("anna", "n2", "valence", "none_fits")
    study.decide("anna", "n1", "themes", [])
    study.decide("anna", "n2", "themes", ["tid", "vilja"])
    study.decide("anna", "n3", "goal", 4)
    study.decide("bo", "n1", "valence", "mojlighet")
    study.decide("bo", "n1", "flag", ["two_ideas"])
    study.decide("bo", "n1", "valence", "hinder", **{"pass": 2})
    return study


def sheets(path) -> dict[str, list[list[object]]]:
    book = load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book}


def edited(path, to, change) -> Path:
    book = load_workbook(path)
    change(book)
    book.save(to)
    return to


# Round trips


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data(), lang=st.sampled_from(["sv", "en"]))
def test_any_study_comes_back_as_it_was(memory_path, data, lang):
    study = data.draw(studies(memory_path))
    read = read_study_workbook(come_back(study, memory_path / "study.xlsx", lang))
    pd.testing.assert_frame_equal(read.notes, study.notes[read.notes.columns.tolist()])
    assert set(read.notes.columns) == set(study.notes.columns)
    assert study.codebook.model_validate(read.codebook) == study.codebook
    wanted = study.decisions()
    assert sorted(read.decisions[KEPT].itertuples(index=False, name=None)) == said(study, KEPT)
    assert len(read.decisions) == len(wanted)
    assert set(wanted["coder"]) <= set(read.coders)
    assert study.about.model_validate(read.about) == study.about
    assert not read.warnings


def test_a_workbook_makes_the_same_study_again(tmp_path, memory_path):
    create_sample(memory_path / "sample")
    study = Study.open(memory_path / "sample")
    path = come_back(study, tmp_path / "study.xlsx")
    made, found = study_from_workbook(memory_path / "made", path)
    assert found.refused == found.remarks == []
    assert made.about == study.about
    assert made.codebook == study.codebook
    assert made.notes.equals(study.notes)
    assert said(made, KEPT) == said(study, KEPT)
    assert set(made.decisions()["via"]) == {"import"}
    assert made.problems.empty


def test_what_was_decided_under_an_older_definition_stays_so(coded, tmp_path):
    text = (coded.root / "data/raw/codebook.yaml").read_text(encoding="utf-8")
    (coded.root / "data/raw/codebook.yaml").write_text(
        text.replace("id: vilja", "id: lust"), encoding="utf-8"
    )
    study = Study.open(coded.root)
    made, found = study_from_workbook(tmp_path / "made", come_back(study, tmp_path / "a.xlsx"))
    assert found.refused == []
    assert said(made, KEPT) == said(study, KEPT)
    assert made.retired_codes("themes") == ["vilja"]
    assert made.problems["what"].tolist() == study.problems["what"].tolist()


def test_the_empty_set_is_a_row_and_unseen_is_none(coded, tmp_path):
    export_file(Order(coded, tmp_path / "a.xlsx"))
    found = sheets(tmp_path / "a.xlsx")
    rows = [row for row in found["Beslut"] if row[0] == "n1" and row[2] == "themes"]
    assert [row[3:5] for row in rows] == [[None, "inget"]]
    assert found["Bedömningar themes"] == [
        ["note_id", "text", "anna"],
        ["n1", "Ojämn nivå", "inget"],
        ["n2", "Viljan finns", "tid|vilja"],
        ["n3", "Ta fram nyckeltal", None],
        ["007", "För lite tid", None],
    ]
    made, _ = study_from_workbook(tmp_path / "made", tmp_path / "a.xlsx")
    assert made.ratings("themes")["anna"].tolist()[:2] == [frozenset(), frozenset({"tid", "vilja"})]
    assert made.ratings("themes")["anna"].isna().tolist() == [False, False, True, True]


def test_the_same_study_gives_the_same_bytes(coded, tmp_path):
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    export_workbook(Order(coded, one))
    export_workbook(Order(Study.open(coded.root), two))
    assert one.read_bytes() == two.read_bytes()
    coded.decide("bo", "n2", "valence", "hinder")
    export_workbook(Order(coded, two))
    assert one.read_bytes() != two.read_bytes()


# What is in it


@pytest.mark.parametrize(("lang", "guide"), [("sv", "Läs först"), ("en", "Read first")])
def test_the_first_sheet_tells_what_is_where(coded, tmp_path, lang, guide):
    path = tmp_path / "a.xlsx"
    export_file(Order(coded, path, lang=lang))
    found = sheets(path)
    first, *others = found
    assert first == guide
    listed = [row[0] for row in found[guide][5:]]
    assert listed == others
    assert [row[2] for row in found[guide][5:]] == [len(found[name]) - 1 for name in others]


def test_what_was_worked_out_is_what_the_functions_say(sample_study):
    pages = {one.title: one.table for one in study_pages(sample_study, "en", n_resamples=0)}
    assert {"Agreement", "Consensus", "Priorities", "Merged actions", "Plan"} <= {*pages, "Priorities"}
    consensus = pages["Consensus"]
    own = consensus[consensus["variable"] == "category_b"].set_index("note_id")
    from sekom_analysis import consensus as work_out

    wanted = work_out(sample_study.ratings("category_b", ["k1", "k2", "k3"]))
    assert own["basis"].tolist() == wanted["basis"].tolist()
    agreed = pages["Agreement"]
    assert {"alpha", "ac1", "percent"} <= set(agreed["coefficient"])


def test_a_reflexive_study_shows_neither_agreement_nor_consensus(coded):
    path = coded.root / "data/raw/study.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("stance: codebook", "stance: reflexive"), encoding="utf-8")
    study = Study.open(coded.root)
    assert study.about.stance == "reflexive"
    keys = {one.key for one in study_pages(study, "sv", n_resamples=0)}
    assert keys.isdisjoint({"agreement", "consensus", "adjudications", "priorities"})


def test_what_is_not_in_it_is_counted(coded, tmp_path):
    coded.desk("bo").skip("n2", "valence")
    coded.retract("bo", "n1", "valence")
    losses = export_file(Order(coded, tmp_path / "a.xlsx"))
    assert {loss.what: loss.number for loss in losses} == {
        "skipped questions": 1,
        "answers that were changed or taken back": 2,
    }


def test_a_text_that_does_not_fit_is_named(tmp_path):
    notes = NOTES.assign(text=["x" * 32_768, *NOTES["text"][1:]])
    long = Study.create(tmp_path / "long", notes=notes, codebook=CODEBOOK)
    with pytest.raises(TableError, match=r"a.xlsx, Lappar, row 2: a text in the column 'text' is longer"):
        export_file(Order(long, tmp_path / "a.xlsx"))
    assert not (tmp_path / "a.xlsx").exists()


def test_what_a_study_says_of_itself_comes_back():
    from sekom_analysis.study.about import About

    about = About.model_validate(
        {
            "id": "12",
            "title": {"sv": "true", "en": "[1]"},
            "seed": 7,
            "main_sources": ["a", "2016"],
            "coders": {"k1": {"kind": "source", "seniority": "5 år"}, "k2": {"seniority": 5}},
            "plan": {"floor": 0.667, "prespecified": True},
        }
    )
    assert About.model_validate(about_of(about_table(about))) == about


# Into a study that is there


def test_only_what_is_missing_is_taken_in(coded, tmp_path):
    path = come_back(coded, tmp_path / "a.xlsx")
    with pytest.raises(ExchangeError, match="brings nothing new"):
        import_file(Request(open_raw(coded.root), path))
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=CODEBOOK)
    outcome = import_file(Request(open_raw(other.root), path))
    assert outcome.kind == "study"
    assert said(Study.open(other.root), KEPT) == said(coded, KEPT)
    assert imports(Study.open(other.root))["kind"].tolist() == ["study"]
    assert import_file(Request(open_raw(other.root), path)).is_known


def test_what_a_coder_who_has_a_log_did_not_say_is_refused(coded, tmp_path):
    path = come_back(coded, tmp_path / "a.xlsx")
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=CODEBOOK)
    other.decide("anna", "007", "valence", "hinder")
    before = other.history("anna")
    outcome = import_file(Request(open_raw(other.root), path))
    assert Study.open(other.root).history("anna").equals(before)
    annas = said(coded, ["coder"]).count(("anna",))
    assert len(outcome.material.refused) == annas == int(outcome.record.refused)
    assert set(Study.open(other.root).decisions()["coder"]) == {"anna", "bo"}


def test_a_workbook_made_by_hand_is_read(tmp_path):
    book = load_workbook(io.BytesIO(_empty()))
    for title, rows in {
        "Notes": [["note_id", "text"], ["n1", "Viljan finns"], [2, "Tiden saknas"]],
        "Codebook": [
            ["variable", "code", "label"],
            ["valence", "hinder", "Hinder"],
            [None, "hjalp", "Hjälp"],
        ],
        "Decisions": [["note_id", "coder", "variable", "codes"], ["n1", "anna", "valence", "hjalp"]],
    }.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "by-hand.xlsx")
    made, found = study_from_workbook(tmp_path / "made", tmp_path / "by-hand.xlsx")
    assert found.refused == []
    assert made.notes["text"].to_dict() == {"n1": "Viljan finns", "2": "Tiden saknas"}
    assert made.codebook["valence"].code_ids == ("hinder", "hjalp")
    assert said(made)[0][:4] == ("anna", "n1", "valence", "hjalp")


def _empty() -> bytes:
    from openpyxl import Workbook

    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


def test_every_fault_is_listed_with_its_sheet_and_row(coded, tmp_path):
    def spoil(book):
        book["Lappar"]["B3"] = None
        book["Kodbok"]["B3"] = "singel"
        book["Beslut"].append(["n1", "anna", "valence", "hinder"])

    path = edited(come_back(coded, tmp_path / "a.xlsx"), tmp_path / "b.xlsx", spoil)
    with pytest.raises(ExchangeError) as caught:
        study_from_workbook(tmp_path / "made", path)
    said_ = str(caught.value)
    assert "b.xlsx, Lappar, row 3: the text is empty" in said_
    assert "b.xlsx, Kodbok, row 3: variables 'valence' → kind is 'singel'" in said_
    assert "b.xlsx, Beslut, row 10: anna has already answered 'valence' of note 'n1' in row 2" in said_
    assert not (tmp_path / "made").exists()


def test_decisions_that_the_codebook_does_not_take_are_left_out_and_named(coded, tmp_path):
    def spoil(book):
        book["Beslut"]["D2"] = "gissning"
        book["Beslut"]["A3"] = "n99"

    path = edited(come_back(coded, tmp_path / "a.xlsx"), tmp_path / "b.xlsx", spoil)
    made, found = study_from_workbook(tmp_path / "made", path)
    assert len(made.decisions()) == len(coded.decisions()) - 2
    assert {problem.what.split(";")[0] for problem in found.refused} == {
        "variable 'valence' does not have the code 'gissning'",
        "there is no such note (1 decisions)",
    }


def test_formulas_are_never_run(coded, tmp_path):
    def formula(book):
        book["Lappar"]["B2"] = "=1+1"

    path = edited(come_back(coded, tmp_path / "a.xlsx"), tmp_path / "b.xlsx", formula)
    with pytest.raises(ExchangeError, match=r"Lappar, row 2: cell B2 has a formula whose result was never"):
        read_study_workbook(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    (name,) = [name for name, data in parts.items() if b"<f>1+1</f>" in data]
    parts[name] = re.sub(rb"<f>1\+1</f><v ?(/>|></v>)", b"<f>1+1</f><v>7</v>", parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    assert read_study_workbook(path).notes.at["n1", "text"] == "7"


def test_another_workbook_is_told_from_a_study(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(_empty())
    assert not is_study_workbook(tmp_path / "a.xlsx")
    assert not is_study_workbook(tmp_path / "none.xlsx")
    with pytest.raises(ExchangeError, match=r"no sheet 'Lappar' / 'Notes'.*--as decisions"):
        read_study_workbook(tmp_path / "a.xlsx")


# The command line


def test_out_and_in_from_the_command_line(coded, tmp_path):
    path = tmp_path / "study.xlsx"
    code, out = sekom("export", path, "--study", coded.root, "--lang", "en")[:2]
    assert (code, "Wrote" in out) == (0, True)
    code, out = sekom("new", tmp_path / "made", "--from", path)[:2]
    assert (code, "decisions of anna, bo" in out) == (0, True)
    assert said(Study.open(tmp_path / "made")) == said(coded)
    assert sekom("import", path, "--study", coded.root)[0] == 1
    assert is_study_workbook(path)


def test_a_scratch_folder_is_enough():
    with tempfile.TemporaryDirectory() as folder:
        study = Study.create(Path(folder) / "a", notes=NOTES, codebook=CODEBOOK)
        assert read_study_workbook(come_back(study, Path(folder) / "a.xlsx")).decisions.empty
