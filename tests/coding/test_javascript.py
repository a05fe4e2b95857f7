"""The cards' JavaScript: made of its modules, which import in one direction, and what needs no browser."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from sekom_analysis.coding.page import SCRIPT, script

from .conftest import CHECKOUT, MODULES

TOOLS = CHECKOUT / ".venv" / "js" / "node_modules" / ".bin"
IMPORTED = re.compile(r'^import [^"]*"(\.[^"]+)"', re.MULTILINE)


@pytest.fixture(scope="module")
def modules() -> dict[Path, set[Path]]:
    """Every module, and those that it imports."""
    texts = {path: path.read_text(encoding="utf-8") for path in MODULES.glob("*/*.js")}
    texts |= {MODULES / name: (MODULES / name).read_text(encoding="utf-8") for name in ("main.js", "card.js")}
    return {
        path: {(path.parent / name).resolve() for name in IMPORTED.findall(text)}
        for path, text in texts.items()
    }


@pytest.fixture(scope="module")
def npm():
    """Run a script of package.json; where what it asks for is missing CI fails and a laptop skips."""
    program = shutil.which("npm")
    if not program or not (TOOLS / "esbuild").exists():
        reason = "esbuild is not installed (make check installs it, if there is npm)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)

    def run(name):
        return subprocess.run(
            [program, "run", "--silent", "--prefix", str(MODULES), name],
            env=os.environ | {"PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True, check=True,
        ).stdout  # fmt: skip

    return run


def test_the_script_is_made_of_its_modules(npm):
    made = npm("bundle").decode("utf-8")
    assert made == script(SCRIPT), "cards.js is not what its modules say; run: make bundle"


def test_modules_import_in_one_direction(modules):
    order = TopologicalSorter(modules).static_order()  # fails on a circle
    assert set(order) == set(modules), "one of them imports what is not there"
    assert set(modules) - set.union(*modules.values()) == {MODULES / "main.js"}, "nobody imports one of them"


def test_what_is_pure_knows_no_page(modules):
    pure = [path for path in modules if path.parent.name == "answering"] + [
        MODULES / "saving" / "progressfile.js"
    ]
    assert len(pure) >= 10
    assert {target.parent.name for path in pure for target in modules[path]} == {"answering"}
    code = {path.name: re.sub(r"//.*", "", path.read_text(encoding="utf-8")) for path in pure}
    assert [
        name for name, text in code.items() if re.search(r"\b(?:document|window|indexedDB)\b", text)
    ] == []


def test_what_needs_no_browser_does_what_it_should(node):
    files = sorted((Path(__file__).parent / "js").glob("*.test.mjs"))
    assert files
    told = subprocess.run(
        [node, "--test", "--test-reporter=tap", *map(str, files)], capture_output=True, encoding="utf-8"
    )
    failed = re.findall(r"^ *not ok \d+ - (.*)$", told.stdout, re.MULTILINE)
    assert (told.returncode, failed) == (0, []), told.stdout
    assert int(re.search(r"^# pass (\d+)$", told.stdout, re.MULTILINE)[1]) >= len(files)
