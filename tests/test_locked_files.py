"""Files that Excel, Word or a sync program holds: tried again, named, nothing lost, the others written."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.basics import files
from sekom_analysis.basics.errors import NotSavedError, StudyError
from sekom_analysis.basics.files import replace_file, write_whole
from sekom_analysis.report.documents import Written

from .test_cli import sekom

HELD = "another program has it open"
FOR_EVER = float("inf")


class Hold:
    """Lets nobody open, replace or append to some files for a while, as Windows does what Excel has open."""

    def __init__(self, monkeypatch):
        self.until: dict[str, float] = {}
        self.tries = 0
        for owner, name, place in (
            (Path, "open", 0),
            (Path, "read_bytes", 0),
            (Path, "replace", 1),
            (os, "open", 0),
        ):
            monkeypatch.setattr(owner, name, self._refusing(getattr(owner, name), place))

    def __call__(self, path, seconds):
        self.until[str(path)] = time.monotonic() + seconds

    def free(self):
        self.until.clear()

    def _refusing(self, act, place):
        def done(*args, **kwargs):
            if time.monotonic() < self.until.get(str(args[place]), 0):
                self.tries += 1
                error = PermissionError(13, "Access is denied", str(args[place]))
                error.winerror = 32
                raise error
            return act(*args, **kwargs)

        return done


@pytest.fixture
def hold(monkeypatch):
    return Hold(monkeypatch)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(files, "HELD_SECONDS", 0.2)


@pytest.fixture
def coded(study):
    for coder in ("anna", "bo"):
        for note in ("n1", "n2"):
            study.decide(coder, note, "valence", "hinder")
    return study


def test_a_file_held_for_a_second_is_written_all_the_same(tmp_path, hold):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    hold(path, 1)
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert hold.tries > 1


def test_a_file_held_for_ever_stays_as_it_was_and_is_named(tmp_path, hold, impatient):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    hold(path, FOR_EVER)
    with pytest.raises(NotSavedError, match=rf"a\.txt' was not saved \({HELD}.*Close it there"):
        replace_file(path, b"new")
    hold.free()
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_bytes() == b"old"


def test_no_right_to_write_is_said_at_once(tmp_path, hold, monkeypatch):
    def refused(*args):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    monkeypatch.setattr(time, "sleep", lambda seconds: pytest.fail("it waited"))
    with pytest.raises(NotSavedError, match="Permission denied"):
        replace_file(tmp_path / "a.txt", b"new")


def test_a_decision_on_a_log_held_for_a_second_is_saved_once(coded, hold):
    log = coded.root / "data/coded/anna.csv"
    hold(log, 1)
    coded.decide("anna", "n1", "valence", "mojlighet")
    assert hold.tries > 1
    assert len(coded.history("anna")) == 3


def test_a_decision_on_a_log_open_in_excel_is_refused_by_name_and_nothing_is_lost(coded, hold, impatient):
    log = coded.root / "data/coded/anna.csv"
    before = log.read_bytes()
    hold(log, FOR_EVER)
    with pytest.raises(NotSavedError, match=rf"anna\.csv: .*{HELD}.*Excel.*Close it there, and send"):
        coded.decide("anna", "n1", "valence", "mojlighet")
    hold.free()
    assert log.read_bytes() == before
    coded.decide("anna", "n1", "valence", "mojlighet")
    stands = coded.decisions(coders=["anna"]).set_index("note_id")["codes"]
    assert stands.to_dict() == {"n1": "mojlighet", "n2": "hinder"}


def test_a_log_held_is_never_a_coder_less(coded, hold, impatient):
    whole = coded.ratings("valence")
    assert list(whole.columns) == ["anna", "bo"]
    coded.decide("anna", "n1", "valence", "mojlighet")
    hold(coded.root / "data/coded/anna.csv", FOR_EVER)
    with pytest.raises(StudyError, match=rf"(?s)1 of 2 coders cannot be read.*anna\.csv: .*{HELD}"):
        coded.ratings("valence")
    for command in ("agreement", "report"):
        code, out, err = sekom(command, "--study", coded.root, "--resamples", 0)
        assert (code, out) == (1, "")
        assert "anna.csv" in err
        assert HELD in " ".join(err.split())
    assert not list((coded.root / "figures").glob("*.sv.*"))
    hold.free()
    pd.testing.assert_series_equal(
        coded.ratings("valence")["bo"], sa.Study.open(coded.root).ratings("valence")["bo"]
    )


def test_one_open_document_does_not_stop_the_others(coded, hold, impatient):
    command = ("report", "--study", coded.root, "--resamples", 0, "--to", "docx,html")
    assert sekom(*command)[0] == 0
    folder = coded.root / "figures"
    before, page = (folder / "report.sv.docx").read_bytes(), (folder / "report.sv.html").read_bytes()
    coded.decide("anna", "n2", "valence", "mojlighet")
    hold(folder / "report.sv.docx", FOR_EVER)
    code, _, err = sekom(*command)
    assert code == 1
    assert f"- report.sv.docx: {HELD}" in err
    assert "Close them there" in err
    hold.free()
    assert (folder / "report.sv.docx").read_bytes() == before
    assert (folder / "report.sv.html").read_bytes() != page
    assert not list(folder.glob("* (2)*"))


def test_a_page_never_gets_an_old_picture(coded, hold, impatient):
    command = ("report", "--study", coded.root, "--resamples", 0)
    assert sekom(*command)[0] == 0
    folder = coded.root / "figures"
    before = (folder / "report.sv.html").read_bytes()
    coded.decide("anna", "n2", "valence", "mojlighet")
    hold(folder / "counts_valence.sv.svg", FOR_EVER)
    code, _, err = sekom(*command)
    assert code == 1
    assert f"- counts_valence.sv.svg: {HELD}" in err
    assert "- report.sv.html: its picture counts_valence.sv.svg could not be saved" in err
    assert (folder / "report.sv.html").read_bytes() == before


def test_files_that_could_not_be_written_are_named_all_at_once(tmp_path, hold, impatient):
    names = [f"{number}.txt" for number in range(12)]
    for name in names[:10]:
        hold(tmp_path / name, FOR_EVER)
    written = Written(tmp_path)
    written.put(dict.fromkeys(names, b"new"))
    with pytest.raises(NotSavedError) as refused:
        written.check()
    assert str(refused.value).count("\n") <= 10
    assert "- and 2 more" in str(refused.value)
    hold.free()
    assert [(tmp_path / name).exists() for name in names] == [False] * 10 + [True] * 2
