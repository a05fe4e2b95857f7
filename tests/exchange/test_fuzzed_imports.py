"""A hundred damaged files of each format: each ends in success or in an error that says what to do."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fuzz_imports.py"
SPEC = importlib.util.spec_from_file_location("fuzz_imports", SCRIPT)
fuzzing = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fuzzing)


@pytest.mark.parametrize("name", fuzzing.FORMATS)
def test_damaged_files_do_no_harm(memory_path, name):
    ends = fuzzing.fuzz(name, 100, memory_path, look=False)
    assert fuzzing.bad(ends) == {}
    assert min(ends["taken"] + ends["proposed"], ends["refused"]) > 10  # damage of every depth


def test_what_must_not_be_is_found(memory_path, monkeypatch):
    def harmful(request, kind):
        (request.path.parent / "stray.txt").write_text("x", encoding="utf-8")
        raise KeyError("word/document.xml")

    monkeypatch.setattr(fuzzing, "import_file", harmful)
    ends = fuzzing.fuzz("txt", 1, memory_path)
    assert set(fuzzing.bad(ends)) == {"crash: KeyError: 'word/document.xml'", "stray: stray.txt"}
