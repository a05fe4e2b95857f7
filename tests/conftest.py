"""What tests all over the project share."""

from __future__ import annotations

import os
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


BROWSERS = {
    "chromium",
    "playwright",
    "browser",
    "a_firefox",
    "person",
    "lab",
    "serve",
}  # fixtures that open one
OFFICES = {"office", "by_office"}
SLOW = {  # files, by the seconds they take; see CONTRIBUTING
    "tests/agreement/test_engines.py",
    "tests/agreement/test_oracles.py",
    "tests/coding/test_adjudication.py",
    "tests/coding/test_many_coders.py",
    "tests/coding/test_secret.py",
    "tests/coding/test_session.py",
    "tests/coding/test_third_coder.py",
    "tests/consensus/test_settled.py",
    "tests/exchange/refi/test_round_trips.py",
    "tests/exchange/test_fuzzed_imports.py",
    "tests/exchange/test_later_notes.py",
    "tests/exchange/test_returned.py",
    "tests/exchange/test_sheets.py",
    "tests/exchange/test_sheets_beside.py",
    "tests/exchange/test_sheets_proposals.py",
    "tests/exchange/test_sheets_saved_again.py",
    "tests/exchange/test_studybook.py",
    "tests/figures/test_count_spans.py",
    "tests/figures/test_counts.py",
    "tests/figures/test_style.py",
    "tests/quality/test_stance.py",
    "tests/report/test_conduct.py",
    "tests/report/test_drawing.py",
    "tests/report/test_page.py",
    "tests/report/test_whole.py",
    "tests/report/test_written.py",
    "tests/test_adjudications.py",
    "tests/test_base.py",
    "tests/test_cli.py",
    "tests/test_coderlogs.py",
    "tests/test_collect.py",
    "tests/test_collect_asks.py",
    "tests/test_diverged.py",
    "tests/test_edited_answers.py",
    "tests/test_guides.py",
    "tests/test_guides_studies.py",
    "tests/test_hostile_names.py",
    "tests/test_hostile_texts.py",
    "tests/test_log.py",
    "tests/test_makefile.py",
    "tests/test_notebooks.py",
    "tests/test_passes.py",
    "tests/test_problems.py",
    "tests/test_proposals.py",
    "tests/test_readme.py",
    "tests/test_report.py",
    "tests/test_study.py",
    "tests/test_wheel.py",
    "tests/test_yamlfile.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test, so that `-m fast` leaves out what takes a browser, LibreOffice or long."""
    slow = {ROOT / name for name in SLOW}
    for item in items:
        given = set(getattr(item, "fixturenames", ()))
        if given & BROWSERS:
            item.add_marker("browser")
        if given & OFFICES:
            item.add_marker("office")
        if item.path in slow:
            item.add_marker("slow")
        if not any(item.get_closest_marker(name) for name in ("browser", "office", "slow")):
            item.add_marker("fast")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, with its reason, what this system cannot have."""
    tells_case = not Path(tempfile.gettempdir().swapcase()).exists()
    for mark, there in (("posix", os.name == "posix"), ("any_name", os.name != "nt"), ("case", tells_case)):
        if item.get_closest_marker(mark) and not there:
            pytest.skip(f"marked {mark}: see the markers in pyproject.toml")


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


@pytest.fixture
def terminal(tmp_path, monkeypatch) -> Path:
    """An empty folder where a terminal is open; no server is started in it."""
    from sekom_analysis.coding import opening

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEKOM_STUDY", raising=False)
    monkeypatch.setattr(opening, "_run", lambda *_: 0)
    return tmp_path


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


# --- a real Chromium: one for all tests of a process, since a second Playwright does not start beside it ---


FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip


def chromium_settings() -> dict[str, object]:
    """How to start a Chromium; empty without one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("SEKOM_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return {"executable_path": path, "args": FLAGS} if path else {}


@pytest.fixture(scope="session")
def chromium():
    """How to start a Chromium; without one CI fails and a laptop skips."""
    settings = chromium_settings()
    if not settings:
        reason = "no Chromium was found (apt-get install chromium, or name one in SEKOM_CHROMIUM)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return settings


@pytest.fixture(scope="session")
def playwright():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright, chromium):
    running = playwright.chromium.launch(**chromium)
    yield running
    running.close()


@pytest.fixture(scope="session")
def sample_study(tmp_path_factory):
    """The sample study in a scratch folder, for tests that only read it."""
    from sekom_analysis.study.making import create_sample
    from sekom_analysis.study.study import Study

    folder = tmp_path_factory.mktemp("sample") / "study"
    create_sample(folder)
    return Study.open(folder)
