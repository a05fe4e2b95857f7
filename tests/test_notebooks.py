"""The notebooks run from top to bottom, and their marked cells print what they printed when committed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from sekom_analysis.study.decisions import LEDGERS
from sekom_analysis.study.making import create_sample

NOTEBOOKS = sorted(path.name for path in (Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
NBVAL = ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=120"]


@pytest.fixture
def sample(tmp_path):
    """A copy of the sample study as it came: without what somebody coded in this checkout."""
    study = tmp_path / "study"
    create_sample(study)
    for log in (study / "data" / "coded").glob("*.csv"):
        if log.stem not in {"rapport-2016", "k1", "k2", "k3", *LEDGERS}:
            log.unlink()
    return study


def run_notebook(path, study):
    """Run one notebook by nbval, in a process of its own; a kernel sees the scratch study only."""
    environment = {**os.environ, "SEKOM_STUDY": str(study), "PYTHONIOENCODING": "utf-8"}
    environment.pop("PYTHONWARNDEFAULTENCODING", None)
    command = [sys.executable, "-m", "pytest", *NBVAL, "-p", "no:cacheprovider", "-W", "default", path]
    return subprocess.run(
        command, cwd=path.parent.parent, env=environment, capture_output=True, encoding="utf-8", timeout=600
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_and_prints_what_it_printed(name, root, sample):
    outcome = run_notebook(root / "notebooks" / name, sample)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@pytest.mark.parametrize(("printed", "closing"), [("264\n", "1 passed"), ("263\n", "1 failed")])
def test_a_changed_number_turns_the_run_red(printed, closing, tmp_path, sample):
    source = "# NBVAL_CHECK_OUTPUT\nimport sekom_analysis as sa\nprint(len(sa.Study.open().notes))"
    output = nbformat.v4.new_output("stream", name="stdout", text=printed)
    cell = nbformat.v4.new_code_cell(source, outputs=[output], execution_count=1)
    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), folder / "probe.ipynb")
    outcome = run_notebook(folder / "probe.ipynb", sample)
    assert closing in outcome.stdout, outcome.stdout + outcome.stderr
