"""Folders as people have them: sticks and network drives, long and odd names, a home that is read-only."""

from __future__ import annotations

import errno
import os
import shutil
import zlib
from pathlib import Path

import pytest

import sekom_analysis as sa
from sekom_analysis.study import log as log_module
from sekom_analysis.study.making import create_sample

from .test_cli import sekom, sekom_process

ODD = "Åsas 🌱 100 % %TEMP% (OneDrive – Ekeby) & co's"
NOTES = "note_id;text\nn1;Tiden saknas\nn2;Viljan finns\n"


def chain(folder):
    """From a table to a report; every command ends well."""
    folder.mkdir(parents=True)
    table = folder / "lappar.csv"
    table.write_text(NOTES, encoding="utf-8")
    study = folder / "studie"
    commands = [
        ("new", study, "--notes", table),
        ("page", "anna", "--study", study, "--to", folder / "anna.html"),
        ("sheet", "anna", "--study", study, "--to", folder / "anna.xlsx"),
        ("collect", folder / "anna.xlsx", "--study", study),
        ("status", "--study", study),
        ("report", "--study", study, "--resamples", 0),
    ]
    for command in commands:
        code, out, err = sekom(*command)
        assert code == 0, (command, out, err)
    assert (study / "figures/report.sv.html").is_file()
    return study


def test_a_folder_with_every_odd_sign_in_its_name(tmp_path):
    chain(tmp_path / ODD)


def test_a_path_of_two_thousand_signs(tmp_path):
    chain(tmp_path.joinpath(*["x" * 220] * 9))


def refuse(*args, **kwargs):
    raise PermissionError(errno.EPERM, "Operation not permitted", str(args[0]))


def test_a_stick_that_knows_no_rights_and_no_times(tmp_path, monkeypatch):
    """FAT and many network mounts refuse to change either."""
    for owner, name in ((os, "chmod"), (os, "utime"), (shutil, "copystat"), (shutil, "copymode")):
        monkeypatch.setattr(owner, name, refuse)
    create_sample(tmp_path / "prov")
    assert len(sa.Study.open(tmp_path / "prov").notes) == 264
    chain(tmp_path / "mapp")


@pytest.mark.skipif(os.name != "posix", reason="Windows waits for no folder")
def test_a_network_drive_that_cannot_wait_for_a_folder(study, monkeypatch):
    fsync = os.fsync

    def only_files(handle):
        if Path(f"/proc/self/fd/{handle}").is_dir():
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    study.decide("eva", "n1", "valence", "hinder")
    assert len(study.history("eva")) == 1


@pytest.mark.parametrize("n", [240, 300])
def test_a_name_that_is_too_long_is_refused_in_a_sentence(tmp_path, study, n):
    for command in (
        ("new", tmp_path / ("x" * 300), "--sample"),
        ("page", "eva", "--study", study.root, "--to", tmp_path / ("x" * n + ".html")),
        ("sheet", "eva", "--study", study.root, "--to", tmp_path / ("x" * n + ".xlsx")),
    ):
        code, _, err = sekom(*command)
        if command[0] != "new" and n == 240:  # as long as a name may be
            assert (code, command[-1].is_file()) == (0, True)
        else:
            assert code == 1
            assert "File name too long" in err
            assert "Something went wrong" not in err


@pytest.mark.skipif(not Path("/proc/self/fdinfo").is_dir(), reason="takes a folder that nobody may write to")
def test_a_home_that_is_read_only_stops_nothing(study):
    study.decide("eva", "n1", "valence", "hinder")
    home = {"HOME": "/proc/self/fdinfo", "USERPROFILE": "/proc/self/fdinfo"}
    code, _, err = sekom_process("report", "--study", study.root, "--resamples", "0", **home)
    assert code == 0, err
    assert (study.root / "figures/report.sv.html").is_file()


def test_a_log_rewritten_with_equal_size_and_time_is_read_anew_on_windows_too(study, monkeypatch):
    monkeypatch.setattr(log_module, "KEEPS_CHANGES", False)
    study.decide("eva", "n1", "valence", "hinder", memo="aaa")
    assert study.history("eva")["memo"].tolist() == ["aaa"]
    path = study.root / "data/coded/eva.csv"
    before, data = path.stat(), path.read_bytes()
    with path.open("r+b") as file:  # in place: the file is the same one
        file.write(data.replace(b"aaa", b"bbb"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_ino == before.st_ino
    assert zlib.crc32(path.read_bytes()) != zlib.crc32(data)
    assert study.history("eva")["memo"].tolist() == ["bbb"]
