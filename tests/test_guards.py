"""Where somebody says to write: never over a log, a ledger or an input, by whatever name."""

from __future__ import annotations

import os

import pytest

import sekom_analysis as sa
from sekom_analysis.actions.plan import export_plan
from sekom_analysis.basics.errors import NotSavedError, TableError
from sekom_analysis.cli import main
from sekom_analysis.figures import plot_sample, save_figure
from sekom_analysis.formats.tables import write_table


@pytest.fixture
def coded(study):
    for note_id, anna, bo in (("n1", "hinder", "mojlighet"), ("n2", "hinder", "hinder")):
        study.decide("anna", note_id, "valence", anna)
        study.decide("bo", note_id, "valence", bo)
    study.adjudicate("anna", "n1", "valence", "hinder", reason="därför")
    return study


def data_of(study):
    return {path: path.read_bytes() for path in (study.root / "data").rglob("*") if path.is_file()}


def ways(root, tmp_path):
    """Paths to the log of anna, and into the folders beside it."""
    linked = tmp_path / "linked"
    linked.symlink_to(root / "data" / "coded", target_is_directory=True)
    whole = tmp_path / "whole"
    whole.symlink_to(root, target_is_directory=True)
    log = tmp_path / "mina.csv"
    log.symlink_to(root / "data" / "coded" / "anna.csv")
    return {
        "log": root / "data/coded/anna.csv",
        "ledger": root / "data/coded/adjudicated.csv",
        "notes": root / "data/raw/notes.csv",
        "codebook": root / "data/raw/codebook.xlsx",
        "new": root / "data/coded/ny.csv",
        "up and down": root / "figures/../data/coded/ny.csv",
        "relative": os.path.relpath(root / "data/coded/anna.csv"),
        "folder by a link": linked / "ny.csv",
        "study by a link": whole / "data/coded/anna.csv",
        "link to the log": log,
    }


COMMANDS = {
    "duplicates": ["duplicates", "--csv"],
    "page": ["page", "anna", "--to"],
    "sheet": ["sheet", "anna", "--to"],
    "export": ["export"],
    "report": ["report", "--resamples", "0", "--folder"],
}


@pytest.mark.posix
@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_writes_among_a_studys_data(coded, tmp_path, command, monkeypatch, capfd):
    before = data_of(coded)
    for way, path in ways(coded.root, tmp_path).items():
        line = ["sekom", *COMMANDS[command], str(path), "--study", str(coded.root)]
        monkeypatch.setattr("sys.argv", line)
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code == 1, way
        told = " ".join(capfd.readouterr().err.split())
        assert "Nothing was saved. Choose another place, such as:" in told, way
        assert data_of(coded) == before, way


@pytest.mark.posix
def test_no_function_writes_among_a_studys_data(coded, tmp_path):
    import pandas as pd

    before = data_of(coded)
    desk = coded.desk("bo")
    plan = pd.DataFrame({"n_notes": [50], "value": 0.8, "low": 0.6, "high": 0.9, "enough": False})
    for way, path in ways(coded.root, tmp_path).items():
        table = pd.DataFrame({"a": [1]})
        for write in (
            lambda path=path: sa.coding.write_page(desk, path),
            lambda path=path: sa.exchange.write_coding_sheet(desk, path),
            lambda path=path: sa.exchange.write_codebook_qdc(coded.codebook, path),
            lambda path=path: sa.exchange.write_project_qdpx(coded, path),
            lambda path=path: export_plan(coded, path),
            lambda path=path, table=table: write_table(table, path),
            lambda path=path: save_figure(plot_sample(plan).figure, path, "x", ["svg"]),
        ):
            with pytest.raises((NotSavedError, TableError), match="Nothing was saved"):
                write()
        kept = coded.root / "data/coded/codebooks"
        assert {p: d for p, d in data_of(coded).items() if kept not in p.parents} == {
            p: d for p, d in before.items() if kept not in p.parents
        }, way


def test_a_second_name_of_a_log_is_parted_from_it(coded, tmp_path):
    log = coded.root / "data/coded/anna.csv"
    other = tmp_path / "samma.csv"
    try:
        os.link(log, other)
    except OSError:
        pytest.skip("no hard links here")
    before = log.read_bytes()
    write_table(coded.notes, other)
    assert log.read_bytes() == before != other.read_bytes()


@pytest.mark.parametrize("name", ["anna.csv", "egen.xlsx"])
def test_a_table_is_not_written_over_what_is_there(coded, tmp_path, name, monkeypatch, capfd):
    there = tmp_path / name
    there.write_bytes((coded.root / "data/coded/anna.csv").read_bytes())
    before = there.read_bytes()
    line = ["sekom", "duplicates", "--csv", str(there), "--study", str(coded.root)]
    monkeypatch.setattr("sys.argv", line)
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    told = " ".join(capfd.readouterr().err.split())
    assert f"choose another name, such as: {there.with_name(f'{there.stem} (2){there.suffix}')}" in told
    assert there.read_bytes() == before
