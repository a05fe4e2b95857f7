"""What stands in README and docs, taken out so that it can be done."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sekom_analysis.cli import main

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```([\w{}-]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def fenced(page: Path) -> list[tuple[str, str]]:
    """Every block of a page, in its order, with its language."""
    return _BLOCK.findall(page.read_text(encoding="utf-8"))


def blocks(page: Path, language: str) -> list[str]:
    return [text for name, text in fenced(page) if name == language]


def anchors(page: Path) -> set[str]:
    """What links within a page may name, as GitHub makes it of the headings."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def python(folder: Path, *arguments: str) -> str:
    """Run Python in a folder as a reader would; return what it printed."""
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    for name in ("SEKOM_STUDY", "PYTHONWARNDEFAULTENCODING"):
        environment.pop(name, None)
    outcome = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8"
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


def sekom(line: str) -> str:
    """Run one line of a page in the folder that one stands in; return what it printed."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(out):
        patched.setattr(sys, "argv", shlex.split(line, comments=True))
        with pytest.raises(SystemExit) as stopped:
            main()
    assert not stopped.value.code, f"{line}\n{out.getvalue()}"
    return out.getvalue()
