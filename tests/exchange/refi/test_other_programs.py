"""Other programs as judges: qdaPy reads our projects, Taguette's own codebook is read by us."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from sekom_analysis.agreement import alpha
from sekom_analysis.exchange.refi import read_codebook_qdc, write_project_qdpx
from sekom_analysis.exchange.registry import Order, export_file
from sekom_analysis.study.codebook import Codebook


@pytest.fixture(scope="session")
def qdapy():
    pytest.importorskip("qdapy")
    from qdapy import agreement, qdpx

    return qdpx, agreement


@pytest.fixture(scope="session")
def shared(sample_study, tmp_path_factory, qdapy):
    path = tmp_path_factory.mktemp("qdapy") / "shared.qdpx"
    write_project_qdpx(sample_study, path, "shared")
    return qdapy[0].read_qdpx(path, warn=False)


def test_qdapy_finds_coders_texts_and_codes(shared, sample_study):
    assert sorted(shared.coders) == sorted(sample_study.coders)
    assert len(shared.coders) == 4
    assert shared.sources == list(sample_study.notes.index)
    scales = sum(variable.kind == "scale" for variable in sample_study.codebook.variables)
    assert shared.codebook["level"].eq(1).sum() == 11
    assert scales == 4


@pytest.mark.parametrize("variable", ["valence", "category_b", "category_d"])
def test_qdapy_says_the_same_alpha_on_the_same_notes(shared, sample_study, qdapy, variable):
    ratings = sample_study.ratings(variable)
    label = sample_study.codebook[variable].label.sv
    ours = shared.fragments[shared.fragments["code"].str.startswith(f"{label}/")]
    matrix = qdapy[1].units(ours, value="codeId")
    assert matrix.attrs["multi"] == 0
    assert matrix.shape == (ratings.notna().any(axis=1).sum(), ratings.shape[1])
    assert qdapy[1].alpha(matrix) == pytest.approx(alpha(ratings), abs=1e-9)


@pytest.mark.parametrize("code", ["filmer", "databas"])
def test_qdapy_says_the_same_alpha_of_one_theme(shared, sample_study, qdapy, code):
    ratings = sample_study.ratings("themes")
    label = sample_study.codebook["themes"].label.sv
    ours = shared.fragments[shared.fragments["code"].str.startswith(f"{label}/")]
    name = sample_study.codebook["themes"].label_of(code)
    matrix = qdapy[1].units_binary(ours, f"{label}/{name}").astype(object)
    by_text = dict(zip(ours["annotationKey"], ours["title"], strict=True))
    for key in matrix.index:
        for coder in matrix.columns:
            if not isinstance(ratings.at[by_text[key], coder], frozenset):
                matrix.at[key, coder] = None  # unseen, which qdaPy takes for "no"
    has = ratings.map(lambda codes: float(code in codes), na_action="ignore").astype(float)
    assert qdapy[1].alpha(matrix) == pytest.approx(alpha(has), abs=1e-9)


# What Taguette is asked, in a process of its own: to write its codebook as it does for its users.
WRITES = """
import sys
from types import SimpleNamespace as Tag
from taguette.export import codebook_xml
tags = [Tag(path=path) for path in ("tid", "pengar.l\\u00f6n", "interesting")]
codebook_xml(tags, sys.argv[1])
"""


@pytest.fixture(scope="session")
def taguette(tmp_path_factory) -> Path:
    """A Python that has Taguette: made on demand in CI, or named by SEKOM_TAGUETTE_PYTHON."""
    if os.environ.get("SEKOM_TAGUETTE_PYTHON"):
        return Path(os.environ["SEKOM_TAGUETTE_PYTHON"])
    if not os.environ.get("CI"):
        pytest.skip("Taguette needs an environment of its own: set SEKOM_TAGUETTE_PYTHON, or run in CI")
    home = tmp_path_factory.mktemp("taguette")
    venv.create(home, with_pip=True)
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-compile", "taguette==1.5.2"], check=True)
    return python


def test_taguettes_codebook_is_read_with_a_warning(taguette, tmp_path, valid):
    path = tmp_path / "codebook.qdc"
    ran = subprocess.run([taguette, "-c", WRITES, path], capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    read = read_codebook_qdc(path)
    (variable,) = Codebook.model_validate(read.codebook).variables
    assert [code.label.sv for code in variable.codes] == ["tid", "pengar.lön", "interesting"]
    assert any("empty <Sets/>" in problem.what for problem in read.warnings)


# Taguette 1.5.2 writes .qdc but reads no codebook other than a list of tags.
READS = """
import json, sys
from taguette.import_codebook import list_tags
with open(sys.argv[1], "rb") as file:
    print(json.dumps(list_tags(file)))
"""


def test_taguette_takes_every_code_of_our_list_of_tags(taguette, tmp_path, sample_study):
    path = tmp_path / "kodbok.csv"
    losses = export_file(Order(sample_study, path))
    ran = subprocess.run([taguette, "-c", READS, path], capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    tags = {tag["path"]: tag["description"] for tag in json.loads(ran.stdout)}
    answers = [a for v in sample_study.codebook.variables for a in v.answers]
    assert len(tags) == len(answers)
    assert "Räkna inte hit: " in tags["Kategori, nuläge.Kunskap och kompetens"]
    assert any("scales" in loss.what for loss in losses)
