"""What docs and CONTRIBUTING say of the package is so, and nothing public is left out."""

from __future__ import annotations

import ast
import re
from importlib import import_module

import pytest

import sekom_analysis
from sekom_analysis.agreement.catalogue import COEFFICIENTS
from sekom_analysis.exchange.registry import EXPORTERS, IMPORTERS

from .documents import ROOT, anchors
from .test_architecture import ROOMS

REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SUBMODULES = ["coding", "exchange", "figures"]


@pytest.fixture(scope="module")
def menu() -> dict[str, list[str]]:
    tree = ast.parse((ROOT / "docs" / "conf.py").read_text(encoding="utf-8"))
    (value,) = (n.value for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "MENU")
    return ast.literal_eval(value)


def listed() -> dict[str, list[str]]:
    """The names of the reference, by the module that they are public in."""
    found: dict[str, list[str]] = {}
    module = ""
    for line in REFERENCE.splitlines():
        if line.startswith(".. currentmodule:: "):
            module = line.split()[-1]
        elif re.fullmatch(r"   \w+", line):
            found.setdefault(module, []).append(line.strip())
    return found


def test_the_reference_has_every_public_name_once():
    expected = {"sekom_analysis": sorted(set(sekom_analysis.__all__) - set(SUBMODULES))}
    for name in SUBMODULES:
        expected[f"sekom_analysis.{name}"] = sorted(import_module(f"sekom_analysis.{name}").__all__)
    assert {module: sorted(names) for module, names in listed().items()} == expected


def test_every_page_is_in_the_menu(menu):
    pages = [page for group in menu.values() for page in group]
    assert [page for page in pages if not (ROOT / f"{page}.md").is_file()] == []
    here = {f"docs/{path.stem}" for path in (ROOT / "docs").glob("*.md")} - {"docs/index"}
    assert here - set(pages) == set()


def test_the_front_page_leads_to_every_page_of_the_menu(menu):
    front = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / link).resolve() for link in re.findall(r"\]\(([^)#]+)", front)}
    assert [p for group in menu.values() for p in group if ROOT / f"{p}.md" not in linked] == []


def test_every_coefficient_has_a_row_in_methods():
    methods = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    own = methods.partition("## Coefficients")[2].partition("\n## ")[0].partition("\n### ")[0]
    rows = re.findall(r"^\| (`.+?) \|", own, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert [name for name in COEFFICIENTS if name not in told] == []


def test_every_format_is_told_of():
    pages = [ROOT / "README.md", ROOT / "docs" / "file-formats.md"]
    text = "".join(page.read_text(encoding="utf-8") for page in pages)
    endings = {ending for one in IMPORTERS for ending in one.endings} | {one.ending for one in EXPORTERS}
    assert [ending for ending in sorted(endings) if ending not in text] == []


def test_contributing_draws_the_rooms_as_they_are():
    assert re.findall(r"^(\w+) {2,}\S", CONTRIBUTING, re.MULTILINE) == ROOMS


def test_contributing_names_files_that_exist():
    named = re.findall(r"`((?:sekom_analysis|tests|docs)/[\w./-]+)`", CONTRIBUTING)
    assert len(named) > 10
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_contributing_finds_names_where_it_says():
    found = re.findall(r"`(?:(\w+)\.)?(\w+)` in `(sekom_analysis/[\w/]+\.(?:py|js))`", CONTRIBUTING)
    assert len(found) > 3
    missing = [(owner, name, file) for owner, name, file in found if not _defines(owner, name, file)]
    assert missing == []


def _defines(owner: str, name: str, file: str) -> bool:
    text = (ROOT / file).read_text("utf-8")
    if owner:
        body = re.search(rf"^class {owner}\b.*?(?=^\S|\Z)", text, re.M | re.S)
        return body is not None and f"    def {name}(" in body[0]
    return bool(re.search(rf"\b(?:def|class|const) {name}\b|^{name}\b", text, re.M))


def test_a_method_is_found_only_in_its_own_class():
    assert _defines("EventFile", "append", "sekom_analysis/study/log.py")
    assert not _defines("Log", "append", "sekom_analysis/study/log.py")
    assert not _defines("Marks", "append", "sekom_analysis/study/log.py")


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "CONVENTIONS.md", "CHANGELOG.md"])
def test_links_of_the_other_pages_lead_somewhere(page):
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = ROOT / (name or page)
        if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target))):
            lost.append(link)
    assert lost == []


def test_make_targets_in_contributing_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z]+)`", CONTRIBUTING))
    assert {"check", "docs", "fast", "test"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
