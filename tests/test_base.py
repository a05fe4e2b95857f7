"""The base install: what it does without any extra, and what it says of what it lacks."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sekom_analysis.basics import errors
from sekom_analysis.basics.errors import MissingPackageError, install_line, needing
from sekom_analysis.figures import plot_scores
from sekom_analysis.report import check_forms

OF_EXTRAS = {
    "documents": ["docx", "lxml", "typst"],
    "duplicates": ["scipy", "sklearn"],
    "figures": ["seaborn"],
    "notebooks": ["anywidget", "ipywidgets", "IPython", "jupyterlab", "krippendorff", "traitlets"],
}
WITHOUT = f"""
import sys
sys.modules.update(dict.fromkeys({[name for names in OF_EXTRAS.values() for name in names]!r}))
from sekom_analysis.cli import main
main()
"""


def sekom(folder: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a command as it runs where no extra is installed."""
    environment = {**os.environ, "PYTHONWARNDEFAULTENCODING": ""}  # of which openpyxl would tell
    command = [sys.executable, "-c", WITHOUT, *line.split()]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", env=environment)


def test_the_base_does_a_study_from_its_making_to_the_page_of_the_report(tmp_path):
    assert sekom(tmp_path, "new study --sample").returncode == 0
    study = tmp_path / "study"
    for line in (
        "status", "page anna", "sheet bo", "agreement category_b --resamples 0",
        "export study.qdpx", "export study.xlsx", "report --resamples 0",
    ):  # fmt: skip
        ran = sekom(study, line)
        assert (ran.returncode, ran.stderr) == (0, ""), line + ran.stderr
    assert (study / "figures" / "report.sv.html").stat().st_size > 100_000


@pytest.mark.parametrize(
    ("line", "extra"),
    [
        ("report --to html,docx", "documents"),
        ("report --to html,pdf", "documents"),
        ("duplicates", "duplicates"),
        ("code --coder anna", "notebooks"),
        ("adjudicate --as anna", "notebooks"),
    ],
)
def test_what_the_base_lacks_is_said_with_the_line_that_installs_it(sample, line, extra):
    ran = sekom(sample.root, line)
    assert ran.returncode == 1
    assert "is not installed" in ran.stderr
    assert f'python -m pip install ".[{extra}]"' in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (sample.root / "figures").exists()  # said before the work, not after it


def test_a_figure_and_a_document_say_it_in_a_notebook_too(monkeypatch):
    monkeypatch.setitem(sys.modules, "seaborn", None)
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingPackageError, match=r"seaborn.*\.\[figures\]"):
        plot_scores(None)
    check_forms(["html", "docx"])
    with pytest.raises(MissingPackageError, match=r"typst.*\.\[documents\]"):
        check_forms(["pdf"])


def test_a_package_that_is_there_and_cannot_be_loaded_is_not_called_missing():
    with (
        pytest.raises(MissingPackageError, match=r"cannot be loaded \(DLL load failed\)"),
        needing("figures"),
    ):
        raise ImportError("DLL load failed")


def test_who_installed_with_uv_is_told_so_and_loses_nothing(tmp_path, monkeypatch):
    (tmp_path / "uv-receipt.toml").touch()
    monkeypatch.setattr(errors.sys, "prefix", str(tmp_path))
    assert install_line("documents") == 'uv tool install ".[notebooks,documents]"'
    monkeypatch.setattr(errors, "find_spec", lambda name: None)
    assert install_line("figures") == 'uv tool install ".[notebooks]"'


def test_every_extra_that_is_told_of_exists(root):
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(OF_EXTRAS) == set(errors._NEEDED_BY) <= set(project["optional-dependencies"])
