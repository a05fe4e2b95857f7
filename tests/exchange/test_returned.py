"""A project that went out comes back: what is here is known, what is new comes in, no log is overwritten."""

from __future__ import annotations

import shutil

import pytest
from openpyxl import load_workbook

from sekom_analysis.basics.errors import ExchangeError, NotSavedError
from sekom_analysis.exchange.refi import write_project_qdpx
from sekom_analysis.exchange.registry import Request, import_file
from sekom_analysis.exchange.studybook_writing import pages_that_come_back, workbook_bytes
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.imports import imports
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study
from tests.conftest import CODEBOOK, NOTES
from tests.test_cli import sekom


@pytest.fixture
def here(tmp_path) -> Study:
    study = Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK, title="Liten studie")
    study.decide("anna", "n1", "valence", "hinder", memo="ojämn")
    study.decide("anna", "n1", "themes", ["tid", "vilja"])
    study.decide("anna", "n3", "goal", 4)
    return study


@pytest.fixture
def away(here, tmp_path) -> Study:
    """The study as it went out, to be coded elsewhere."""
    shutil.copytree(here.root, tmp_path / "away")
    return Study.open(tmp_path / "away")


def come_back(study, tmp_path, ending=".qdpx"):
    path = tmp_path / f"back{ending}"
    if ending == ".qdpx":
        write_project_qdpx(study, path)
    else:
        path.write_bytes(workbook_bytes(pages_that_come_back(study, "sv"), path.name, "Studien", "sv"))
    return path


def take(study, path, **how):
    return import_file(Request(open_raw(study.root), path, **how))


def log_of(study, coder: str) -> bytes:
    return (study.root / "data/coded" / f"{coder}.csv").read_bytes()


def answers(study, coder: str) -> dict[tuple[str, ...], str]:
    table = Study.open(study.root).decisions(coders=[coder])
    return {(row["note_id"], row["variable"], row["pass"]): row["codes"] for row in table.to_dict("records")}


@pytest.mark.parametrize("ending", [".qdpx", ".xlsx"])
def test_new_coders_come_in_and_a_changed_answer_is_refused(here, away, tmp_path, ending):
    away.decide("anna", "n1", "valence", "mojlighet")
    away.decide("anna", "n2", "valence", "hinder")
    away.decide("bo", "n1", "valence", "mojlighet")
    away.decide("bo", "n3", "goal", 2)
    path, before = come_back(away, tmp_path, ending), log_of(here, "anna")
    outcome = take(here, path)
    assert log_of(here, "anna") == before
    assert answers(here, "bo") == {("n1", "valence", "1"): "mojlighet", ("n3", "goal", "1"): "2"}
    todo = (
        "what is here stays; if anna decided so later, import the file with --later; "
        "if it is somebody else, give them an id of their own with --coder"
    )
    said = [
        "anna says 'hinder' to 'valence' of note 'n1' here, 'mojlighet' in the file",
        "anna says no answer to 'valence' of note 'n2' here, 'hinder' in the file",
    ]
    asked = [one for one in outcome.material.refused if one.todo == todo]
    assert [(one.file, one.row, one.what) for one in asked] == [(path.name, None, what) for what in said]
    assert imports(here)[["taken", "refused"]].values.tolist() == [[2, len(outcome.material.refused)]]


def test_what_differs_is_taken_as_a_later_decision_where_that_is_asked_for(here, away, tmp_path):
    away.decide("anna", "n1", "valence", "mojlighet", memo="vid närmare eftertanke")
    away.decide("anna", "n2", "valence", "hinder")
    path, before = come_back(away, tmp_path), log_of(here, "anna")
    with pytest.raises(ExchangeError, match=r"(?s)decisions are in .* the others were refused.*'hinder' to"):
        take(here, path)
    assert log_of(here, "anna") == before
    take(here, path, later=True)
    assert log_of(here, "anna").startswith(before)
    now = answers(here, "anna")
    assert now["n1", "valence", "1"] == "mojlighet"
    assert now["n2", "valence", "1"] == "hinder"
    said = Study.open(here.root).history("anna").query("note_id == 'n1' and variable == 'valence'")
    assert said[["codes", "via", "memo"]].values.tolist() == [
        ["hinder", "python", "ojämn"],
        ["mojlighet", "import", "vid närmare eftertanke"],
    ]
    assert imports(here)["taken"].tolist() == [2]
    with pytest.raises(ExchangeError, match="brings nothing new: its 4 notes and 4 decisions are in"):
        take(here, path, later=True)


def test_what_was_refused_can_be_taken_by_the_same_file_afterwards(here, away, tmp_path):
    away.decide("anna", "n1", "valence", "mojlighet")
    away.decide("bo", "n1", "valence", "hinder")
    path = come_back(away, tmp_path)
    code, out, err = sekom("import", path, "--study", here.root)
    assert (code, err) == (0, "")
    assert "1 decisions of bo taken in as refi" in out
    assert "anna says 'hinder' to 'valence' of note 'n1' here, 'mojlighet' in the file" in out
    code, out, _ = sekom("import", path, "--study", here.root)
    assert code == 0
    assert "Nothing was added.\nNot taken then: 1." in out
    code, out, _ = sekom("import", path, "--later", "--study", here.root)
    assert code == 0
    assert "0 notes and 1 decisions of anna taken in as refi" in out
    assert answers(here, "anna")["n1", "valence", "1"] == "mojlighet"
    assert imports(here)[["taken", "refused"]].values.tolist() == [[1, 1], [1, 0]]


def test_an_answer_that_was_changed_here_since_is_no_later_one(here, away, tmp_path):
    path = come_back(away, tmp_path)
    here.decide("anna", "n1", "valence", "mojlighet")
    here.desk("anna").retract("n3", "goal")
    before = log_of(here, "anna")
    for later in (False, True):
        with pytest.raises(ExchangeError, match=r"nothing new.*\n- back.qdpx: 2 answers were changed here"):
            take(here, path, later=later)
    assert log_of(here, "anna") == before


def test_a_namesake_gets_an_id_of_their_own(here, away, tmp_path):
    away.decide("anna", "n1", "valence", "mojlighet")
    path, before = come_back(away, tmp_path), log_of(here, "anna")
    take(here, path, coder="anna-b")
    assert log_of(here, "anna") == before
    assert answers(here, "anna-b") == answers(here, "anna") | {("n1", "valence", "1"): "mojlighet"}


def test_a_later_decision_on_an_adjudicated_note_is_not_independent(here, away, tmp_path):
    here.adjudicate("eva", "n1", "valence", "hinder", reason="tydligt")
    away.decide("anna", "n1", "valence", "mojlighet")
    path = come_back(away, tmp_path)
    take(here, path, later=True)
    assert answers(here, "anna")["n1", "valence", "1"] == "hinder"
    assert answers(here, "anna")["n1", "valence", "3"] == "mojlighet"
    with pytest.raises(ExchangeError, match="brings nothing new"):
        take(here, path, later=True)


def test_a_cell_changed_in_a_workbook_is_no_known_decision(here, tmp_path):
    path = come_back(here, tmp_path, ".xlsx")
    book = load_workbook(path)
    (cell,) = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value == "hinder"
               and sheet.cell(1, c.column).value == "codes"]  # fmt: skip
    cell.value = "mojlighet"
    book.save(path)
    before = log_of(here, "anna")
    with pytest.raises(ExchangeError, match="anna says 'hinder' to 'valence' of note 'n1' here, 'mojlighet'"):
        take(here, path)
    assert log_of(here, "anna") == before
    take(here, path, later=True)
    assert log_of(here, "anna").startswith(before)
    assert answers(here, "anna")["n1", "valence", "1"] == "mojlighet"


@pytest.mark.parametrize("later", [False, True])
def test_an_import_cut_off_between_two_coders_is_completed(here, away, tmp_path, monkeypatch, later):
    away.decide("anna", "n1", "valence", "mojlighet")
    away.decide("bo", "n1", "valence", "mojlighet")
    away.decide("cilla", "n1", "valence", "hinder")
    path, whole = come_back(away, tmp_path), Desk.record

    def fail_on_cilla(desk, events, **how):
        if desk.coder == "cilla" and list(events):
            raise NotSavedError("the disk is full")
        return whole(desk, events, **how)

    with monkeypatch.context() as patched:
        patched.setattr(Desk, "record", fail_on_cilla)
        with pytest.raises(NotSavedError):
            take(here, path, later=later)
    (problem,) = [one for one in Study.open(here.root).list_problems() if one.file == "imports.csv"]
    assert problem.row == 2
    assert "data/coded/bo.csv" in problem.what
    assert "cilla" not in problem.what
    take(here, path, later=later)
    assert answers(here, "bo") == {("n1", "valence", "1"): "mojlighet"}
    assert answers(here, "cilla") == {("n1", "valence", "1"): "hinder"}
    assert answers(here, "anna")["n1", "valence", "1"] == ("mojlighet" if later else "hinder")
    history = Study.open(here.root).history()
    assert history["event_id"].is_unique
    assert len(history) == 5 + later
    assert Study.open(here.root).problems.empty


def test_a_later_import_cut_off_between_two_coders_is_completed_though_nothing_else_is_known(
    tmp_path, monkeypatch
):
    here = Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK)
    for coder in ("anna", "bo"):
        here.decide(coder, "n1", "valence", "hinder")
    shutil.copytree(here.root, tmp_path / "away")
    away, whole = Study.open(tmp_path / "away"), Desk.record
    for coder in ("anna", "bo"):
        away.decide(coder, "n1", "valence", "mojlighet")
    path = come_back(away, tmp_path, ".xlsx")

    def fail_on_bo(desk, events, **how):
        if desk.coder == "bo" and list(events):
            raise NotSavedError("the disk is full")
        return whole(desk, events, **how)

    with monkeypatch.context() as patched:
        patched.setattr(Desk, "record", fail_on_bo)
        with pytest.raises(NotSavedError):
            take(here, path, later=True)
    take(here, path, later=True)
    for coder in ("anna", "bo"):
        assert answers(here, coder) == {("n1", "valence", "1"): "mojlighet"}
    assert len(Study.open(here.root).history()) == 4
    assert Study.open(here.root).problems.empty


def test_another_memo_or_certainty_is_said_and_taken_as_later(here, away, tmp_path):
    away.decide("anna", "n1", "valence", "hinder", memo="min nya tanke", certainty=2)
    path, before = come_back(away, tmp_path, ".xlsx"), log_of(here, "anna")
    with pytest.raises(ExchangeError, match="1 answers of anna have another memo or certainty in the file"):
        take(here, path)
    assert log_of(here, "anna") == before
    take(here, path, later=True)
    assert log_of(here, "anna").startswith(before)
    (row,) = Study.open(here.root).decisions("valence", coders=["anna"]).to_dict("records")
    assert (row["codes"], row["memo"], row["certainty"]) == ("hinder", "min nya tanke", "2")
    here.decide("anna", "n1", "valence", "hinder", memo="ännu nyare")
    with pytest.raises(ExchangeError, match="1 answers were changed here since the project was handed out"):
        take(here, path, later=True)


def test_only_what_can_come_back_takes_later(here, tmp_path):
    path = tmp_path / "rapport.txt"
    path.write_text("BILAGA", encoding="utf-8")
    with pytest.raises(ExchangeError, match=r"--later is for projects and workbooks.*taken in as outline"):
        take(here, path, later=True)
