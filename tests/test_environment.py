"""One set of packages in three files: pyproject.toml, environment.yml (conda) and requirements.txt (pins)."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# What conda-forge calls a package that PyPI calls otherwise.
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "matplotlib": "matplotlib-base",
    "seaborn": "seaborn-base",
}
# Conda's pip fetches these. Of everything asked for, conda-forge lacks the first two, by the list of its
# packages in prefix-dev/parselmouth (files/v0/conda-forge/compressed_mapping.json) of 2026-08-19. typst is
# there as typst-py, in which versions the list does not say.
ONLY_BY_PIP = {"krippendorff", "simplemma", "typst"}
# Asked for only where PyPI has no wheel of a newer one: the first version without, for Macs with Intel.
# conda-forge builds its own, so environment.yml does not ask for them.
NO_INTEL_WHEEL = {"argon2-cffi-bindings": "26.2.0"}
# Measured beside ours, in environments of their own, since they would bring an older pandas.
PEERS = {"evalaudit", "irrCAC", "simpledorff"}


@pytest.fixture(scope="module")
def project(root) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def used(project) -> dict[str, str]:
    """What the package, its notebooks and documents ask for, in the form ``name: bounds``."""
    return by_name(asked_for(project, "notebooks", "documents"))


@pytest.fixture(scope="module")
def environment(root) -> dict:
    return yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins(root) -> list[Requirement]:
    lines = (root / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def asked_for(project: dict, *extras: str) -> list[str]:
    """The base's requirements and those of extras, and of the extras that these name in turn."""
    optional = project["optional-dependencies"]
    found, left = list(project["dependencies"]), list(extras)
    while left:
        for text in optional[left.pop()]:
            wanted = Requirement(text)
            if wanted.name == project["name"]:
                left += wanted.extras
            else:
                found.append(text)
    return found


def by_name(requirements: list[str]) -> dict[str, str]:
    parsed = [Requirement(text) for text in requirements]
    return {canonicalize_name(found.name): str(found.specifier) for found in parsed}


def test_conda_gets_what_pip_gets(environment, used):
    conda = by_name([entry for entry in environment["dependencies"] if isinstance(entry, str)])
    del conda["python"], conda["pip"]
    elsewhere = ONLY_BY_PIP | NO_INTEL_WHEEL.keys()
    expected = {CONDA_NAMES.get(name, name): used[name] for name in used if name not in elsewhere}
    assert conda == expected


def test_conda_asks_for_the_same_python(environment, project):
    conda = by_name([entry for entry in environment["dependencies"] if isinstance(entry, str)])
    assert conda["python"] == project["requires-python"]


def test_conda_gets_the_rest_and_this_package_by_pip(environment, used):
    (by_pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    # Not "-e .": before Python 3.13, Windows misreads the path of such an install if it has an å.
    assert "." in by_pip
    rest = by_name([entry for entry in by_pip if entry != "."])
    assert rest == {name: used[name] for name in ONLY_BY_PIP}


def test_conda_asks_one_channel_only(environment):
    assert environment["channels"] == ["conda-forge", "nodefaults"]


def test_every_package_asked_for_has_an_exact_version_within_its_bounds(project, pins):
    asked = [Requirement(text) for text in asked_for(project, *project["optional-dependencies"])]
    asked = [want for want in asked if want.name not in NO_INTEL_WHEEL]  # see the next test
    pinned = {canonicalize_name(pin.name): [] for pin in pins}
    for pin in pins:
        pinned[canonicalize_name(pin.name)].append(str(pin.specifier).removeprefix("=="))
    outside = [
        f"{want}: pinned {pinned.get(canonicalize_name(want.name))}; run: make requirements"
        for want in asked
        if not pinned.get(canonicalize_name(want.name))
        or not all(want.specifier.contains(version) for version in pinned[canonicalize_name(want.name)])
    ]
    assert outside == []


def test_a_mac_with_intel_needs_no_compiler(project, pins):
    """pip and uv take the newest version, wheel or not, and then look for a compiler."""
    mac = {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "x86_64"}
    asked = [Requirement(text) for text in asked_for(project, "notebooks")]
    for name, lacking in NO_INTEL_WHEEL.items():
        pinned = [p for p in pins if p.name == name and (not p.marker or p.marker.evaluate(mac))]
        assert [str(pin) for pin in pinned if pin.specifier.contains(lacking)] == []
        (wanted,) = [want for want in asked if want.name == name]
        assert wanted.marker.evaluate(mac)
        assert not wanted.specifier.contains(lacking)


def test_pins_are_exact_and_name_no_place(root, pins):
    assert [str(pin) for pin in pins if not re.fullmatch(r"==[^*,]+", str(pin.specifier))] == []
    text = (root / "requirements.txt").read_text(encoding="utf-8")
    assert re.findall(r"https?:|file:|@|--|/", text) == []


# Run by the Python of the program whose exports they make.
OF_OTHERS = Path(__file__).parent.parent / "benchmarks" / "exports"


def imported(folder: Path) -> Iterator[tuple[str, str]]:
    """Every module of others that the files below a folder import, late imports included."""
    for path in sorted(folder.rglob("*.py")):
        if path.is_relative_to(OF_OTHERS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            for module in {name.partition(".")[0] for name in modules} - sys.stdlib_module_names:
                yield path.relative_to(folder.parent).as_posix(), module


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("sekom_analysis", ["notebooks", "documents", "spreadsheets"]),
        ("tests", ["notebooks", "test"]),
        ("benchmarks", ["notebooks", "test"]),
        ("docs", ["docs"]),
    ],
)
def test_what_is_imported_is_asked_for(folder, extras, root, project):
    asked = by_name(asked_for(project, *extras))
    distributions = packages_distributions()
    ours = {"sekom_analysis", "tests", *PEERS, *(path.stem for path in (root / "benchmarks").glob("*.py"))}
    missing = [
        f"{where} imports {module}; pyproject.toml does not ask for it"
        for where, module in imported(root / folder)
        if module not in ours
        and not {canonicalize_name(name) for name in distributions.get(module, [module])} & asked.keys()
    ]
    assert missing == []


def test_one_version_number_everywhere(root, project):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    source = (root / "sekom_analysis" / "__init__.py").read_text(encoding="utf-8")
    changes = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert citation["version"] == project["version"]
    assert f'__version__ = "{project["version"]}"' in source
    assert re.search(r"^## (\S+)", changes, re.MULTILINE)[1] == project["version"]
