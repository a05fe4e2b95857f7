"""Damaged files: each is read, or refused with an error that says what to do; nothing else."""

from __future__ import annotations

import importlib.util
import random
import time
import zipfile

import pytest

from sekom_analysis.basics.errors import SekomError
from sekom_analysis.exchange.refi import (
    read_codebook_qdc,
    read_project_qdpx,
    write_codebook_qdc,
    write_project_qdpx,
)
from tests.exchange.refi.conftest import qdpx


@pytest.fixture(scope="session")
def mutated(root):
    """The benchmark's ways of damaging a file."""
    where = root / "benchmarks" / "fuzz_imports.py"
    spec = importlib.util.spec_from_file_location("fuzz_imports", where)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.mutated


@pytest.fixture
def coded(study):
    for coder in ("anna", "bo"):
        study.decide(coder, "n1", "valence", "hinder", memo="därför", certainty=1)
        study.decide(coder, "n3", "goal", 4)
        study.decide(coder, "n3", "flag", ["two_ideas"])
    return study


def ends(path, good, mutated, read) -> dict[str, int]:
    """How reading a hundred damaged copies ends; any other error ends the test."""
    ends = {"read": 0, "refused": 0}
    for number in range(100):
        path.write_bytes(mutated(good, random.Random(f"{path.suffix} {number}")))
        start = time.perf_counter()
        try:
            read(path)
            ends["read"] += 1
        except SekomError as error:
            ends["refused"] += "saved" in str(error)
        assert time.perf_counter() - start < 5
    assert sum(ends.values()) == 100
    return ends


def test_a_hundred_damaged_projects(coded, tmp_path, mutated):
    path = tmp_path / "damaged.qdpx"
    write_project_qdpx(coded, path)
    found = ends(path, path.read_bytes(), mutated, read_project_qdpx)
    assert min(found.values()) >= 20


def test_a_hundred_damaged_codebooks(coded, tmp_path, mutated):
    path = tmp_path / "damaged.qdc"
    write_codebook_qdc(coded.codebook, path)
    found = ends(path, path.read_bytes(), mutated, read_codebook_qdc)
    assert min(found.values()) >= 10


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda a: a.writestr("../evil.txt", "x"), "leads out of the archive"),
        (lambda a: a.writestr("/etc/evil.txt", "x"), "no file inside an archive can have"),
        (lambda a: a.writestr("bomb.txt", b"\0" * 120_000_000, zipfile.ZIP_DEFLATED), None),
    ],
)
def test_hostile_archives_do_no_harm(tmp_path, change, match):
    path = qdpx(tmp_path / "hostile.qdpx", "")
    with zipfile.ZipFile(path, "a") as archive:
        change(archive)
    before = sorted(tmp_path.iterdir())
    if match:
        with pytest.raises(SekomError, match=match):
            read_project_qdpx(path)
    else:  # what nothing refers to is never unpacked
        assert read_project_qdpx(path).notes.empty
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "document",
    [
        '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><Project name="&x;"/>',
        '<!DOCTYPE p SYSTEM "http://example.org/p.dtd"><Project name="x"/>',
    ],
)
def test_entities_and_foreign_declarations_are_refused(tmp_path, document):
    path = tmp_path / "hostile.qdpx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", document)
    with pytest.raises(SekomError, match="declares a document type"):
        read_project_qdpx(path)
