"""What must not stand in the project, whoever commits it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

LARGEST = 2_000_000
REGISTRY_HOSTS = re.compile(r"pypi[.]org|python[h]osted|registry[.]npmjs|deb[.]debian")
HOME_PATHS = re.compile(r"/(?:home|Users|root)/\w|[A-Z]:\\+Users\\")
LOCK_FILES = {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json"}
CHECKED = "# NBVAL_CHECK_OUTPUT"


@pytest.fixture(scope="module")
def texts(root, tracked) -> dict[str, str]:
    """Every tracked text file."""
    found = {}
    for name in tracked:
        content = (root / name).read_bytes()
        is_case = name.startswith("tests/exchange/cases/")  # tables in the encodings that people have
        if b"\0" not in content and not is_case:
            found[name] = content.decode("utf-8")
    assert "pyproject.toml" in found
    return found


@pytest.fixture(scope="module")
def notebooks(texts) -> dict[str, dict]:
    return {name: json.loads(text) for name, text in texts.items() if name.endswith(".ipynb")}


def code_cells(notebooks):
    for name, notebook in notebooks.items():
        for number, cell in enumerate(notebook["cells"], start=1):
            if cell["cell_type"] == "code":
                yield f"{name}, cell {number}", "".join(cell["source"]), cell


def test_no_file_is_large(root, tracked):
    sizes = {name: (root / name).stat().st_size for name in tracked}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def test_no_lock_file_that_names_hosts(tracked):
    assert [name for name in tracked if Path(name).name in LOCK_FILES] == []


def test_nothing_is_tracked_that_git_is_told_to_ignore(root, tracked):
    ignored = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(ignored, cwd=root, capture_output=True, check=True).stdout == b""


@pytest.mark.parametrize("forbidden", [REGISTRY_HOSTS, HOME_PATHS], ids=["registry hosts", "home folders"])
def test_no_text_names(texts, forbidden):
    assert [(name, found[0]) for name, text in texts.items() if (found := forbidden.search(text))] == []


@pytest.mark.parametrize(
    ("forbidden", "text"),
    [
        (REGISTRY_HOSTS, "--index-url https://" + "pypi" + ".org/simple"),
        (HOME_PATHS, "see /" + "home/anna/study"),
        (HOME_PATHS, "C:" + r"\Users\anna"),
    ],
)
def test_the_search_finds_what_it_is_for(forbidden, text):
    assert forbidden.search(text)


def test_the_package_raises_instead_of_asserting(texts):
    package = {name: text for name, text in texts.items() if re.match(r"sekom_analysis/.*\.py$", name)}
    assert [name for name, text in package.items() if re.search(r"^\s*assert\b", text, re.MULTILINE)] == []


def test_notebooks_keep_no_widget_state(notebooks):
    assert [name for name, notebook in notebooks.items() if "widgets" in notebook["metadata"]] == []


def test_notebooks_keep_only_the_outputs_that_are_compared(notebooks):
    kept = [
        where for where, source, cell in code_cells(notebooks) if cell["outputs"] and CHECKED not in source
    ]
    assert kept == []


def test_cells_whose_output_is_compared_have_one(notebooks):
    marked = [(where, cell) for where, source, cell in code_cells(notebooks) if CHECKED in source]
    assert [where for where, cell in marked if not cell["outputs"] or cell["execution_count"] is None] == []


def test_notebooks_keep_no_pictures(notebooks):
    assert [
        where for where, _, cell in code_cells(notebooks) if '"image/' in json.dumps(cell["outputs"])
    ] == []


def test_notebooks_define_nothing(notebooks):
    defining = re.compile(r"^\s*(?:async )?(?:def|class) ", re.MULTILINE)
    assert [where for where, source, _ in code_cells(notebooks) if defining.search(source)] == []
