"""The Makefile on machines that are not like this one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MAKE = shutil.which("make")
TOOLS = ["sh", "sed", "awk", "grep", "rm", "find", "mkdir", "touch", "echo", "cat"]
pytestmark = [pytest.mark.posix, pytest.mark.skipif(not MAKE, reason="there is no make here")]


@pytest.fixture
def machine(tmp_path, root):
    """A folder with the Makefile, and a PATH on which there is no Python."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        (programs / tool).symlink_to(shutil.which(tool))
    checkout = tmp_path / "checkout"
    for name in ("sekom_analysis", "tests", "benchmarks"):
        (checkout / name).mkdir(parents=True)
    shutil.copy(root / "Makefile", checkout)
    return tmp_path


def make(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MAKE, *arguments],
        cwd=machine / "checkout",
        env={"PATH": str(machine / "bin"), "HOME": str(machine)},
        capture_output=True,
        encoding="utf-8",
    )


def install(machine: Path, name: str, script: str) -> None:
    """Put a program on the PATH of that machine."""
    program = machine / "bin" / name
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


def test_bare_make_lists_every_target(machine, root):
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    shown = make(machine)
    assert shown.returncode == 0
    assert [line.split()[0] for line in shown.stdout.splitlines() if line.startswith("  ")] == phony


def test_lab_opens_as_sekom_lab_does_which_asks_nothing_about_news(machine):
    installed = "--assume-old=.venv/notebooks.stamp"
    shown = make(machine, "--dry-run", installed, "lab", "LABFLAGS=--no-browser")
    assert shown.stdout == ".venv/bin/sekom lab --no-browser\n"


def test_says_plainly_that_there_is_no_python(machine):
    told = make(machine, "report")
    assert told.returncode != 0
    assert "No Python 3.11 or newer with venv was found" in told.stderr
    assert "make report PYTHON=" in told.stderr
    assert not (machine / "checkout" / ".venv").exists()


@pytest.mark.parametrize("useless", ["echo 'pyenv: python3.13: command not found' >&2; exit 127", "exit 1"])
def test_passes_over_a_python_that_fails_and_takes_the_next(machine, useless):
    install(machine, "python3.13", useless)
    install(machine, "python3", f'exec {sys.executable} "$@"')
    made = make(machine, ".venv/bin/python")
    assert made.returncode == 0, made.stderr
    assert "Making .venv with Python 3." in made.stdout
    assert (machine / "checkout" / ".venv" / "bin" / "python").exists()


def test_a_python_that_is_too_old_is_not_taken(machine):
    makefile = machine / "checkout" / "Makefile"
    raised = makefile.read_text(encoding="utf-8").replace("(3, 11)", "(3, 99)")
    assert raised.count("(3, 99)") == 1
    makefile.write_text(raised, encoding="utf-8")
    install(machine, "python3", f'exec {sys.executable} "$@"')
    assert "No Python" in make(machine, ".venv/bin/python").stderr


def test_without_npm_a_laptop_goes_on_and_ci_stops(machine):
    checkout = machine / "checkout"
    for name in (".venv/bin/python", "sekom_analysis/coding/js/package.json"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text("", encoding="utf-8")
    told = make(machine, ".venv/js.stamp")
    assert (told.returncode, told.stderr) == (0, "")
    assert "npm was not found: the cards' JavaScript is neither checked nor bundled." in told.stdout
    told = make(machine, ".venv/js.stamp", "CI=true")
    assert told.returncode != 0
    assert "npm was not found" in told.stderr
    assert not (checkout / ".venv" / "js.stamp").exists()


def test_clean_removes_what_make_made_and_nothing_of_anybody(machine):
    checkout = machine / "checkout"
    kept = [
        "data/raw/notes.csv",
        "data/coded/anna.csv",
        "notebooks/my-own.ipynb",
        "figures/report.sv.html",
        ".sekom/anna.lock",
        "sekom_analysis/study/log.py",
        "build-notes.txt",
    ]
    removed = [".venv/bin/python", ".pytest_cache/x", "sekom_analysis/__pycache__/log.pyc", "dist/x.whl"]
    for name in kept + removed:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).write_text(name, encoding="utf-8")
    assert make(machine, "clean").returncode == 0
    left = sorted(path.relative_to(checkout).as_posix() for path in checkout.rglob("*") if path.is_file())
    assert left == sorted([*kept, "Makefile"])
