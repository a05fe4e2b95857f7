"""The wheel: what is in it, and that the sample study comes out of it on a machine without the checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

SAMPLE = "sekom_analysis/sample"


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a program and return what it printed; if it fails, show that."""
    outcome = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory, root, tracked) -> Path:
    """The tracked files, and lying among them what a checkout in use collects."""
    folder = tmp_path_factory.mktemp("checkout")
    collected = [
        ".venv/lib/module.py",
        ".sekom/k1.lock",
        "data/coded/anna.csv",
        "data/coded/.secret",
        "figures/report.sv.html",
        "notebooks/.ipynb_checkpoints/02-checkpoint.ipynb",
        "sekom_analysis/__pycache__/log.cpython-311.pyc",
    ]
    for name in tracked:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, folder / name)
    for name in collected:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("not for others", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def wheel(checkout) -> Path:
    run("-m", "hatchling", "build", "-t", "wheel", "-d", "out", cwd=checkout)
    (built,) = (checkout / "out").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    run("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", folder, wheel, cwd=folder)
    return folder


def test_carries_package_sample_notebooks_and_pages_and_nothing_else(wheel, tracked):
    modules = "sekom_analysis/coding/js/"  # of which cards.js is made
    expected = {n for n in tracked if n.startswith("sekom_analysis/") and not n.startswith(modules)}
    assert "sekom_analysis/coding/cards.js" in expected
    expected |= {f"{SAMPLE}/{name}" for name in tracked if name.startswith(("data/", "notebooks/"))}
    pages = [name for name in tracked if re.match(r"docs/(?!templates/|conf[.]py)", name)]
    expected |= {f"{SAMPLE}/{name}" for name in pages}
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert carried == expected


def test_no_secret_travels_with_the_source_either(checkout):
    run("-m", "hatchling", "build", "-t", "sdist", "-d", "out", cwd=checkout)
    (built,) = (checkout / "out").glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = archive.getnames()
    assert any(name.endswith("data/coded/k1.csv") for name in names)
    assert [name for name in names if "secret" in Path(name).name.lower() and "/data/" in name] == []


def test_the_source_has_all_that_the_project_tracks_and_nobodys_answers(checkout, tracked):
    run("-m", "hatchling", "build", "-t", "sdist", "-d", "whole", cwd=checkout)
    (built,) = (checkout / "whole").glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert names == {*tracked, "PKG-INFO"} - {"figures/.gitkeep"}


def test_the_page_of_an_index_has_no_link_that_leads_nowhere_there(wheel, root):
    page = (root / "docs" / "package.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((?!https?:)", page) == []
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = archive.read(name).decode("utf-8")
    assert metadata.endswith(page)
    assert "Description-Content-Type: text/markdown" in metadata


def test_sample_study_comes_out_of_the_wheel(installed, tmp_path, tracked):
    command = "import sys; from sekom_analysis.cli import main; sys.exit(main())"
    run("-c", command, "new", "study", "--sample", cwd=tmp_path, PYTHONPATH=str(installed))
    made = {path.relative_to(tmp_path / "study").as_posix() for path in (tmp_path / "study").rglob("*")}
    assert made >= {name for name in tracked if name.startswith(("data/", "notebooks/"))}


def test_documentation_comes_out_of_the_wheel(installed, tmp_path):
    command = "import sys; from sekom_analysis.cli import main; sys.exit(main())"
    said = run(
        "-c",
        command,
        "docs",
        "methods",
        "--to",
        "pages",
        "--no-browser",
        cwd=tmp_path,
        PYTHONPATH=str(installed),
    )
    assert said.rstrip().endswith("methods.html")
    assert (tmp_path / "pages" / "docs" / "pictures" / "card.png").is_file()


def test_sample_study_of_the_wheel_opens(installed, tmp_path):
    lines = [
        "import sekom_analysis as sa",
        "from sekom_analysis.study.making import create_sample",
        "from pathlib import Path",
        "create_sample(Path('study'))",
        "print(Path(sa.__file__).parent.parent)",
        "print(len(sa.Study.open('study').decisions()))",
    ]
    where, decisions = run("-c", "\n".join(lines), cwd=tmp_path, PYTHONPATH=str(installed)).splitlines()
    assert Path(where) == installed
    assert int(decisions) > 3_000
