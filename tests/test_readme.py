"""What the README tells people to do, done."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from sekom_analysis.newstudy import create_sample

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
COMMAND = "import sys; from sekom_analysis.cli import main; sys.argv[0] = 'sekom'; main()"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A copy of the sample, with somebody's notes in an Excel file beside it."""
    study = tmp_path_factory.mktemp("readme") / "sample"
    create_sample(study)
    notes = pd.DataFrame({"text": ["Viljan finns, men inte tiden", "Vi lär av våra grannar"]})
    notes.to_excel(study / "notes.xlsx", index=False)
    return study


def run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    for name in ("SEKOM_STUDY", "PYTHONWARNDEFAULTENCODING"):
        environment.pop(name, None)
    outcome = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8"
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


@pytest.mark.parametrize("block", blocks("python"))
def test_python_in_the_readme_runs(block, folder):
    printed = run(folder, "-c", block)
    assert "alpha" in printed


def test_commands_in_the_readme_run(folder):
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("sekom ")]
    for line in lines:
        run(folder, "-c", COMMAND, *shlex.split(line)[1:])
    assert (folder / "figures" / "report.sv.html").is_file()
    assert (folder / "mystudy" / "data" / "raw" / "codebook.yaml").is_file()


def test_make_targets_in_the_readme_exist(root):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=`|\n)", README))
    assert {"report", "test"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_links_in_the_readme_lead_somewhere(root):
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert [link for link in links if not (root / link).exists()] == []
