"""A new study is whole or is not there."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest

from sekom_analysis.basics.errors import StudyError
from sekom_analysis.study import making
from sekom_analysis.study.study import Study

from .test_cli import sekom

NOTES = pd.DataFrame(
    {"note_id": ["007", "n2"], "text": ['kallas "A"; ibland', "två\nrader"], "table": ["3", ""]}
)
BOOK = {"variables": [{"id": "v", "kind": "scale", "label": "Ö", "range": [1, 2]}]}


def nothing_left(folder) -> bool:
    return list(folder.iterdir()) == []


def test_a_study_of_nothing_is_one_to_fill_in(tmp_path):
    study = Study.create(tmp_path / "ny studie")
    assert study.about.title.sv == "ny studie"
    assert len(study.notes) == 2
    assert study.codebook.ids == ("valence", "category")
    assert len(study.problems) == 0
    study.decide("anna", "N001", "valence", "hinder")


def test_a_study_keeps_its_notes_as_they_are(tmp_path):
    study = Study.create(tmp_path / "a", notes=NOTES, codebook=BOOK, title='Åsas "studie": nr 1 # ett')
    assert study.notes.reset_index().to_dict("list") == NOTES.to_dict("list")
    assert study.about.title.sv == 'Åsas "studie": nr 1 # ett'
    assert study.codebook["v"].label.sv == "Ö"
    assert list(tmp_path.iterdir()) == [study.root]


def test_notebooks_ask_of_the_studys_own_variable(tmp_path):
    folder = Study.create(tmp_path / "a").root / "notebooks"
    assert [path.name for path in sorted(folder.iterdir())][:2] == ["01-code.ipynb", "02-agreement.ipynb"]
    assert not list(folder.glob("07-*"))
    assert 'variable = "category"  #' in code_of(folder / "02-agreement.ipynb")


def code_of(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


ONE = {"id": "area", "kind": "single", "label": "Area", "codes": [{"id": c, "label": c} for c in "abc"]}
TWO = {"id": "side", "kind": "single", "label": "Side", "codes": [{"id": c, "label": c} for c in "yn"]}


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ([ONE], ("area", None, None)),
        ([TWO, ONE], ("area", "side", None)),
        ([ONE, ONE | {"id": "later"}], ("later", None, "area")),
    ],
)
def test_the_notebook_of_figures_runs_on_any_study(tmp_path, variables, asked):
    study = Study.create(tmp_path / "own", codebook={"variables": variables})
    for note in study.notes.index:
        for variable in variables:
            study.decide("anna", note, variable["id"], variable["codes"][0]["id"])
    code = code_of(study.root / "notebooks" / "04-figures.ipynb").replace("%matplotlib inline", "")
    told = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(study.root)
        exec(compile(code, "04-figures", "exec"), told)
    assert (told["variable"], told["by"], told["actions"]) == asked
    assert told["counts"]["count"].sum() > 0


def test_ids_and_seeds_differ(tmp_path):
    one, other = Study.create(tmp_path / "a"), Study.create(tmp_path / "b")
    assert one.about.id != other.about.id
    assert len(one.about.id) == 12


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mina.csv", "note_id;text\r\n007;Nivå\r\n".encode("cp1252")),
        ("mina.txt", "note_id\ttext\n007\tNivå\n".encode("utf-16")),
    ],
)
def test_a_file_of_notes_is_copied_byte_by_byte(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    study = Study.create(tmp_path / "a", notes=tmp_path / name)
    assert study.notes["text"].to_dict() == {"007": "Nivå"}
    assert (study.root / "data/raw/notes.csv").read_bytes() == data


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_notes_without_ids_are_numbered_in_order(tmp_path, suffix):
    path = tmp_path / f"mina{suffix}"
    making.write_table(NOTES.drop(columns="note_id"), path)
    study = Study.create(tmp_path / "a", notes=path)
    assert study.notes["text"].to_dict() == {"N001": 'kallas "A"; ibland', "N002": "två\nrader"}


def test_a_workbook_stays_one(tmp_path):
    making.write_table(NOTES, tmp_path / "mina.xlsx")
    study = Study.create(tmp_path / "a", notes=tmp_path / "mina.xlsx")
    assert study.notes.index.tolist() == ["007", "n2"]
    assert (study.root / "data/raw/notes.xlsx").read_bytes() == (tmp_path / "mina.xlsx").read_bytes()


def test_a_folder_of_ones_own_that_is_empty_will_do(tmp_path, monkeypatch):
    (tmp_path / "tom").mkdir()
    assert Study.create(tmp_path / "tom").root == tmp_path / "tom"
    (tmp_path / "här").mkdir()
    monkeypatch.chdir(tmp_path / "här")
    assert Study.create(".").about.title.sv == "här"
    assert Study.open(".").root == tmp_path / "här"
    assert Study.create(tmp_path / "x/y/z").root == tmp_path / "x/y/z"


@pytest.mark.parametrize("content", ["file", "folder"])
def test_what_is_there_is_left_alone(tmp_path, content):
    target = tmp_path / "a"
    if content == "folder":
        target.mkdir()
        target /= "viktigt.txt"
    target.write_text("viktigt", encoding="utf-8")
    for make in (Study.create, making.create_sample):
        with pytest.raises(StudyError, match="is there already and is not an empty folder"):
            make(tmp_path / "a")
    assert target.read_text(encoding="utf-8") == "viktigt"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"notes": NOTES.drop(columns="text")}, "there is no column 'text'"),
        (
            {"notes": pd.DataFrame({"note_id": ["a", "a"], "text": ["x", "y"]})},
            "'a' is already used in row 2",
        ),
        ({"notes": pd.DataFrame({"note_id": ["a"], "text": ["noll \0"]})}, "U\\+0000"),
        ({"notes": "finns-inte.csv"}, "there is no such file"),
        ({"codebook": "finns-inte.yaml"}, "The codebook 'finns-inte.yaml' cannot be read"),
        ({"codebook": {"variables": []}}, "variables"),
        ({"codebook": {"variables": object()}}, "contains something that is not plain data"),
    ],
)
def test_what_cannot_be_used_leaves_nothing_behind(tmp_path, given, message):
    with pytest.raises(StudyError, match=f"(?s)No study was made.*{message}"):
        Study.create(tmp_path / "djupt/ner/a", **given)
    assert nothing_left(tmp_path)


def test_a_disk_that_says_no_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(StudyError, match=r"cannot be made here \(No space left on device\)"):
        Study.create(tmp_path / "a")
    assert nothing_left(tmp_path)


def test_the_sample_is_copied_whole_and_can_be_written_to(tmp_path, root):
    making.create_sample(tmp_path / "prov")
    study = Study.open(tmp_path / "prov")
    assert study.coders == ["rapport-2016", "k1", "k2", "k3"]
    assert len(study.problems) == 0
    for name in ("k1.csv", "rapport-2016.csv"):
        ours, theirs = tmp_path / "prov/data/coded" / name, root / "data/coded" / name
        assert ours.read_bytes() == theirs.read_bytes()
    modes = {path.stat().st_mode & 0o200 for path in (tmp_path / "prov").rglob("*")}
    assert modes == {0o200}
    study.decide("k1", "B001", "valence", "hinder")


def test_a_report_is_not_advised_before_anybody_has_coded(tmp_path):
    table, book = tmp_path / "lappar.csv", tmp_path / "bok.csv"
    table.write_text("text\nTiden saknas\nViljan finns\n", encoding="utf-8")
    book.write_text("Kod;Beskrivning\nTid;Om tid\nVilja;Om vilja\n", encoding="utf-8")
    _, out, _ = sekom("new", tmp_path / "a", "--notes", table, "--codebook", book)
    assert "sekom page anna" in out
    assert "sekom report" not in out
    _, out, _ = sekom("new", tmp_path / "b", "--sample")
    assert "sekom report" in out
