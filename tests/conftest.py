"""What tests all over the project share."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from sekom_analysis.study.study import Study

# A machine busy with something else is no fault of what is tested.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

ROOT = Path(__file__).parent.parent
NOTES = pd.DataFrame(
    {
        "note_id": ["n1", "n2", "n3", "007"],
        "stage": ["B", "B", "D", "B"],
        "text": ["Ojämn nivå", "Viljan finns", "Ta fram nyckeltal", "För lite tid"],
    }
)
CODEBOOK = {
    "title": {"sv": "Liten", "en": "Small"},
    "variables": [
        {
            "id": "valence",
            "kind": "single",
            "stage": "B",
            "label": {"sv": "Hinder eller möjlighet", "en": "Barrier or possibility"},
            "codes": [{"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}],
        },
        {
            "id": "themes",
            "kind": "multiple",
            "label": "Teman",
            "codes": [{"id": "tid", "label": "Tid"}, {"id": "vilja", "label": "Vilja"}],
        },
        {"id": "goal", "kind": "scale", "stage": ["D"], "label": "Mål", "range": [1, 5]},
    ],
}


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name bytes by their length: an archive holds the second it was made in, and workers that collect
    a second apart would each have a test that the other lacks."""
    return f"{len(val)}-bytes" if isinstance(val, bytes) else None


@pytest.fixture
def study(tmp_path) -> Study:
    """A small study: four notes (one called 007), a variable of each kind, no decisions."""
    return Study.create(tmp_path / "small", notes=NOTES, codebook=CODEBOOK, title="Liten studie")


@pytest.fixture
def sample(tmp_path) -> Study:
    """The sample study as a copy that may be written to."""
    own = shutil.ignore_patterns("*.secret*")  # the checkout's, if somebody has coded in it
    shutil.copytree(ROOT / "data", tmp_path / "sample" / "data", ignore=own, copy_function=shutil.copyfile)
    return Study.open(tmp_path / "sample")


@pytest.fixture
def memory_path(tmp_path) -> Iterator[Path]:
    """A folder in memory where there is one, for thousands of waits on the disk."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def tracked(root) -> list[str]:
    """Names of the files that belong to the project, as git knows them."""
    if not (root / ".git").exists():
        pytest.skip("not a git checkout: which files belong to the project is not known")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout
    names = [name for name in listed.decode("utf-8").split("\0") if name]
    return [name for name in names if (root / name).is_file()]


@pytest.fixture(scope="session")
def sample_study(tmp_path_factory):
    """The sample study in a scratch folder, for tests that only read it."""
    from sekom_analysis.study.making import create_sample
    from sekom_analysis.study.study import Study

    folder = tmp_path_factory.mktemp("sample") / "study"
    create_sample(folder)
    return Study.open(folder)
