"""What README and docs tell people to do, done; the researchers' guide has a test of its own."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
import typer.main

from sekom_analysis.actions import plan
from sekom_analysis.cli.app import app
from sekom_analysis.study import decisions, ledgers, merges
from sekom_analysis.study.making import create_sample

from .documents import PAGES, ROOT, anchors, blocks, python, sekom

README = ROOT / "README.md"
GUIDES = [path for path in PAGES if path.name.startswith("researchers-guide")]
OTHERS = [path for path in PAGES if path not in GUIDES]
OF_OTHERS = {"project.qdpx", "coded.qdpx", "codebook.qdc"}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the sample, with somebody's notes and another program's files beside it."""
    study = tmp_path / "sample"
    create_sample(study)
    notes = pd.DataFrame({"text": ["Viljan finns, men inte tiden", "Vi lär av våra grannar"]})
    notes.to_excel(study / "notes.xlsx", index=False)
    return study


LEDGER_COLUMNS = {
    "adjudicated": ledgers.Adjudication._fields,
    "pairs": ledgers.PAIR_COLUMNS,
    "merges": merges.MERGE_COLUMNS,
    "imports": import_module("sekom_analysis.study.imports").Import._fields,
    "plan": plan.PLAN_COLUMNS,
}


def lines_of(page: Path) -> list[str]:
    told = [line for block in (*blocks(page, "sh"), *blocks(page, "")) for line in block.splitlines()]
    return [line for line in told if line.startswith("sekom ")]


@pytest.mark.parametrize("page", [p for p in OTHERS if blocks(p, "python")], ids=lambda page: page.name)
def test_python_on_the_page_runs(page, folder):
    for block in blocks(page, "python"):
        assert python(folder, "-c", block).strip()


@pytest.mark.parametrize("page", [page for page in OTHERS if lines_of(page)], ids=lambda page: page.name)
def test_commands_on_the_page_run(page, folder, monkeypatch):
    """Every line, in the page's order; FOLDER becomes a new one, and files of others are exported ones."""
    monkeypatch.chdir(folder)
    monkeypatch.delenv("SEKOM_STUDY", raising=False)
    made = 0
    for line in lines_of(page):
        words = shlex.split(line, comments=True)
        for name in OF_OTHERS & set(words):
            if words[1] != "export" and not (folder / name).exists():
                sekom(f"sekom export {name}")
                (folder / "data" / "coded" / "k3.csv").unlink(missing_ok=True)  # so that it brings something
        made += "FOLDER" in words
        words += ["--resamples", "100"] if words[1] in ("agreement", "coder-report") else []
        if words[1:] == ["report"]:  # takes long on the sample, and test_cli makes it there
            continue
        sekom(shlex.join(f"new-{made}" if word == "FOLDER" else word for word in words))
    if page == README:
        assert (folder / "mystudy" / "data" / "raw" / "codebook.yaml").is_file()


def commands() -> dict[str, set[str]]:
    """Every command with its options, as the program itself has them."""
    found = {}
    group = typer.main.get_command(app)
    for name, command in group.commands.items():
        for path, one in [
            (name, command),
            *((f"{name} {n}", c) for n, c in getattr(command, "commands", {}).items()),
        ]:
            found[path] = {option for parameter in one.params for option in parameter.opts}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_named_in_the_text_exist_with_their_options(page):
    known = commands()
    for said in re.findall(r"`sekom (\w[^`]*)`", page.read_text(encoding="utf-8")):
        words = said.split()
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        assert name in known, said
        assert {word for word in words if word.startswith("--")} <= known[name], said


def test_make_targets_in_the_readme_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z]+)\b(?=`|\n)", README.read_text(encoding="utf-8")))
    assert {"report", "test"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if "://" not in link and not (target.exists() and (not anchor or anchor in anchors(target))):
            lost.append(link)
    assert lost == []


def test_the_columns_of_every_file_are_told_in_their_order():
    text = (ROOT / "docs" / "file-formats.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in text.splitlines() if line.startswith("| `")}
    told = {name: re.findall(r"`(\w+)`", rows[f"`{name}.csv`"].split("|")[2]) for name in LEDGER_COLUMNS}
    assert told == {name: list(columns) for name, columns in LEDGER_COLUMNS.items()}
    log = text[text.index("### Logs") : text.index("### Ledgers")]
    first_cells = [line.split("|")[1] for line in log.splitlines() if line.startswith("| `")]
    assert re.findall(r"`(\w+)`", " ".join(first_cells)) == list(decisions.LOG_COLUMNS)
