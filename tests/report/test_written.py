"""What somebody edited in a folder of reports stays; what we wrote ourselves is written anew."""

from __future__ import annotations

import subprocess
import sys

import docx
import pytest

from sekom_analysis.basics.errors import NotSavedError
from sekom_analysis.cli import main
from sekom_analysis.report.documents import RECORD, Written


def put(folder, **files):
    paths = Written(folder).put({name.replace("_", "."): data for name, data in files.items()})
    return [path.name for path in paths.values()]


def test_our_own_files_are_replaced_and_edited_ones_stay(tmp_path):
    assert put(tmp_path, a_txt=b"one") == ["a.txt"]
    assert put(tmp_path, a_txt=b"two") == ["a.txt"]
    (tmp_path / "a.txt").write_bytes(b"mine")
    assert put(tmp_path, a_txt=b"three") == ["a (2).txt"]
    assert put(tmp_path, a_txt=b"four") == ["a (2).txt"]
    (tmp_path / "a (2).txt").write_bytes(b"mine too")
    assert put(tmp_path, a_txt=b"five") == ["a (3).txt"]
    held = {path.name: path.read_bytes() for path in tmp_path.glob("a*")}
    assert held == {"a.txt": b"mine", "a (2).txt": b"mine too", "a (3).txt": b"five"}
    (tmp_path / "a.txt").unlink()
    assert put(tmp_path, a_txt=b"five") == ["a.txt"]


def test_without_a_record_only_the_very_same_file_is_known_to_be_ours(tmp_path):
    put(tmp_path, a_txt=b"one", b_txt=b"one")
    for lost in (b"", b"[]", b"{", b'{"a.txt": 1}'):
        (tmp_path / RECORD).write_bytes(lost)
        assert put(tmp_path, a_txt=b"one") == ["a.txt"]
    (tmp_path / RECORD).unlink()
    assert put(tmp_path, b_txt=b"two") == ["b (2).txt"]
    assert (tmp_path / "b.txt").read_bytes() == b"one"


def test_a_folder_in_the_way_is_somebodys_too(tmp_path):
    (tmp_path / "a.txt").mkdir()
    assert put(tmp_path, a_txt=b"one") == ["a (2).txt"]


@pytest.mark.posix
@pytest.mark.parametrize("at", range(1, 7))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_program_killed_while_it_writes_leaves_nothing_that_is_taken_for_somebodys_work(
    tmp_path, at, moment
):
    put(tmp_path, a_txt=b"old", b_txt=b"old")
    program = """
import os, signal, sys
from pathlib import Path
from sekom_analysis.report.documents import Written
folder, at, moment = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
replace, calls = Path.replace, []
def killed(self, target):
    calls.append(target)
    if len(calls) == at and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    replace(self, target)
    if len(calls) == at:
        os.kill(os.getpid(), signal.SIGKILL)
Path.replace = killed
Written(folder).put({"a.txt": b"new", "b.txt": b"new"})
"""
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path), str(at), moment], check=False)
    assert run.returncode == (-9 if at <= 4 else 0)  # the record, two files, the record
    assert {path.read_bytes() for path in tmp_path.glob("*.txt")} <= {b"old", b"new"}
    assert put(tmp_path, a_txt=b"newest", b_txt=b"newest") == ["a.txt", "b.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [RECORD, "a.txt", "b.txt"]


def test_nothing_is_written_among_a_studys_data(study):
    for folder in (study.root / "data", study.root / "data/coded", study.root / "figures/../data/raw"):
        with pytest.raises(NotSavedError, match="keeps its notes, codebook, logs and ledgers"):
            Written(folder)


@pytest.fixture
def coded(study):
    for note_id, anna, bo in (("n1", "hinder", "mojlighet"), ("n2", "hinder", "hinder")):
        study.decide("anna", note_id, "valence", anna)
        study.decide("bo", note_id, "valence", bo)
    return study


def report(study, monkeypatch, *more):
    line = ["sekom", "report", "--study", str(study.root), "--resamples", "0", *more]
    monkeypatch.setattr("sys.argv", line)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}


def test_an_edited_report_stays_and_the_new_one_is_beside_it(coded, monkeypatch, capfd):
    folder = coded.root / "figures"
    report(coded, monkeypatch, "--to", "docx,html")
    first = content(folder)
    report(coded, monkeypatch, "--to", "docx,html")
    assert content(folder) == first
    edited = docx.Document(folder / "report.sv.docx")
    edited.paragraphs[0].add_run(" – mitt tillägg")
    edited.save(folder / "report.sv.docx")
    (folder / "counts_valence.sv.png").write_bytes(first["agreement.sv.png"])
    mine = (folder / "report.sv.docx").read_bytes()
    coded.decide("bo", "n1", "valence", "hinder")
    capfd.readouterr()
    report(coded, monkeypatch, "--to", "docx,html")
    assert (folder / "report.sv.docx").read_bytes() == mine
    assert (folder / "counts_valence.sv.png").read_bytes() == first["agreement.sv.png"]
    assert (folder / "report.sv (2).docx").is_file()
    assert len(docx.Document(folder / "report.sv (2).docx").inline_shapes) == len(edited.inline_shapes)
    assert not (folder / "report.sv (2).html").exists()
    told = capfd.readouterr().out
    assert "'report.sv.docx' was changed since it was written and stays so; new: 'report.sv (2).docx'" in told
    before = content(folder)
    report(coded, monkeypatch, "--to", "docx,html")
    assert content(folder) == before
