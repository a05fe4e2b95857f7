"""A program that is killed, or a disk that says no: nothing half-made is left, and a retry works."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

from sekom_analysis.basics import files
from sekom_analysis.basics.errors import NotSavedError, StudyError
from sekom_analysis.exchange.registry import Order, export_file
from sekom_analysis.study.study import Study
from tests.conftest import CODEBOOK, NOTES

KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from sekom_analysis.study import making
from sekom_analysis.exchange.studybook import study_from_list
target, at, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
calls = []
def counted(function):
    def count(*args, **more):
        calls.append(function)
        if len(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **more)
    return count
for name in ("rename", "replace", "unlink", "write_text", "mkdir"):
    setattr(Path, name, counted(getattr(Path, name)))
shutil.copyfile = counted(shutil.copyfile)
if kind == "list":
    study_from_list(target, Path(sys.argv[4]), "tema")
elif kind == "sample":
    making.create_sample(target)
else:
    making.create(target, None, None, "T")
print(len(calls))
"""


@pytest.mark.posix
@pytest.mark.parametrize(("kind", "there"), [("plain", True), ("list", False)])
def test_a_new_study_killed_at_any_step_is_made_by_a_retry(tmp_path, there, kind):
    notes = tmp_path / "lista.csv"
    notes.write_text("text;tema\nEn lapp;Tid\nEn till;Vilja\n", encoding="utf-8")
    folder = tmp_path / "hit"
    (folder / "hel").mkdir(parents=True)
    if not there:
        (folder / "hel").rmdir()

    def run(target, at):
        line = [sys.executable, "-c", KILLED, str(target), str(at), kind, str(notes)]
        return subprocess.run(line, check=False, capture_output=True, text=True, encoding="utf-8")

    steps = int(run(folder / "hel", 0).stdout)
    names = sorted(path.name for path in (folder / "hel").iterdir())
    # The last steps are those in which the folder gets its name.
    for at in sorted({1, steps // 2, *range(steps - 3, steps + 1)}):
        target = folder / f"a{at}"
        if there:
            target.mkdir()
        assert run(target, at).returncode == -9
        is_done = (target / "data").exists()  # all but a last tidying up
        if is_done:
            with pytest.raises(StudyError, match="is there already"):
                Study.create(target)
        else:
            assert run(target, 0).returncode == 0
        assert Study.open(target).problems.empty
        assert sorted(path.name for path in target.iterdir()) == names
        Study.create(folder / "b")
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]
        (folder / "b").rename(tmp_path / f"b{at}")


def test_what_a_person_laid_into_a_half_made_folder_is_not_taken_away(tmp_path):
    target, made = tmp_path / "a", "notebooks/x.ipynb"
    (target / "notebooks").mkdir(parents=True)
    (target / made).write_text("{}", encoding="utf-8")
    marks = files._hashes(target)
    for name in (made, "mitt.txt"):
        (target / ".begun.json").write_text(json.dumps(marks), encoding="utf-8")
        (target / name).write_text("mitt", encoding="utf-8")
        with pytest.raises(StudyError, match="is there already and is not an empty folder"):
            Study.create(target)
        assert (target / name).read_text(encoding="utf-8") == "mitt"
        (target / made).write_text("{}", encoding="utf-8")
    (target / "mitt.txt").unlink()
    Study.create(target)
    assert Study.open(target).coders == []


def test_a_draft_that_is_being_made_is_left_alone_and_so_is_what_is_no_draft(tmp_path):
    with files.draft_folder(tmp_path) as draft:
        (draft / "halv.txt").write_text("x", encoding="utf-8")
        Study.create(tmp_path / "a")
        assert (draft / "halv.txt").is_file()
    (tmp_path / ".new-study-min").mkdir()
    (tmp_path / ".new-study-min" / "brev.txt").write_text("mitt", encoding="utf-8")
    Study.create(tmp_path / "b")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".new-study-min", "a", "b"]


@pytest.mark.parametrize("call", ["rename", "write_text", "mkdir"])
def test_a_disk_that_says_no_at_any_step_leaves_no_study_behind(tmp_path, monkeypatch, call):
    does, calls = getattr(pathlib.Path, call), []
    (tmp_path / "tom").mkdir()
    for target in (tmp_path / "a", tmp_path / "tom"):
        for at in range(1, 100):
            calls.clear()

            def fails(self, *args, at=at, **more):
                calls.append(self)
                if len(calls) == at:
                    raise OSError(28, "No space left on device")
                return does(self, *args, **more)

            with monkeypatch.context() as patched:
                patched.setattr(pathlib.Path, call, fails)
                try:
                    Study.create(target, notes=NOTES, codebook=CODEBOOK)
                except StudyError as error:
                    said = str(error)
                else:
                    break
            assert "No space left on device" in said
            assert not (target / "data").exists()
            assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
        assert at > 1
        assert Study.open(target).problems.empty


@pytest.mark.posix
@pytest.mark.parametrize("ending", [".qdpx", ".xlsx", ".qdc"])
def test_an_export_killed_before_it_has_its_name_is_written_by_a_retry(study, tmp_path, ending):
    study.decide("anna", "n1", "valence", "hinder")
    out = tmp_path / "ut"
    out.mkdir()
    program = """
import os, signal, sys
from pathlib import Path
from sekom_analysis.exchange.registry import Order, export_file
from sekom_analysis.study.study import Study
Path.replace = lambda self, target: os.kill(os.getpid(), signal.SIGKILL)
export_file(Order(Study.open(sys.argv[1]), Path(sys.argv[2]), None, "sv"))
"""
    path = out / f"ut{ending}"
    run = subprocess.run([sys.executable, "-c", program, str(study.root), str(path)], check=False)
    assert run.returncode == -9
    assert [left.suffix for left in out.iterdir()] == [".draft"]
    export_file(Order(study, path, None, "sv"))
    assert list(out.iterdir()) == [path]


def test_the_draft_of_somebody_who_is_writing_is_left_alone(tmp_path):
    path, live = tmp_path / "a.txt", tmp_path / ".a.txt.0123abcd.draft"
    other = tmp_path / ".a.txt.brev.draft"
    other.write_text("mitt", encoding="utf-8")
    with live.open("xb") as file:
        files._hold(file.fileno())
        files.write_whole(path, b"one")
        assert live.exists()
    files.write_whole(path, b"two")
    assert sorted(left.name for left in tmp_path.iterdir()) == [".a.txt.brev.draft", "a.txt"]


@pytest.mark.parametrize("moment", ["_hold", "sync"])
def test_a_draft_that_another_program_took_for_a_left_one_is_written_again(tmp_path, monkeypatch, moment):
    path, does, times = tmp_path / "a.txt", getattr(files, moment), []

    def tidied_meanwhile(handle):
        times.append(handle)
        if len(times) < 5:  # as a program does that looked before the lock was held, or after it was let go
            next(tmp_path.glob(".*.draft")).unlink()
        return does(handle)

    monkeypatch.setattr(files, moment, tidied_meanwhile)
    files.write_whole(path, b"one")
    assert (path.read_bytes(), list(tmp_path.iterdir())) == (b"one", [path])


@pytest.mark.posix
def test_a_folder_that_another_program_took_for_a_left_one_is_made_again(tmp_path, monkeypatch):
    does, times = files._hold, []

    def tidied_meanwhile(handle):
        times.append(handle)
        if len(times) == 1:
            files.remove_left_folders(tmp_path)
        return does(handle)

    monkeypatch.setattr(files, "_hold", tidied_meanwhile)
    with files.draft_folder(tmp_path) as draft:
        files.remove_left_folders(tmp_path)
        assert draft.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_an_export_among_the_data_says_where_else(study):
    path = study.root / "data" / "ut.qdpx"
    with pytest.raises(NotSavedError) as refused:
        export_file(Order(study, path, None, "sv"))
    assert str(study.root / "ut.qdpx") in str(refused.value)
