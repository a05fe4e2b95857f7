"""What goes into a paper: no sentence that the study's files do not support, and works that are cited."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.report.blocks import Table
from sekom_analysis.report.paper_text import (
    bibliography,
    cited_works,
    escaped,
    latex_table,
    methods_paragraph,
)
from sekom_analysis.results import work_out
from sekom_analysis.study.study import Study
from tests.report.test_conduct import told


def paragraph(study: Study, lang: str = "en") -> str:
    return methods_paragraph(work_out(Study.open(study.root), lang, n_resamples=0))


def code(study: Study, coder: str, codes: str, via: str = "card") -> None:
    notes = ("n1", "n2", "007")
    events = [
        {"note_id": note, "variable": "valence", "codes": one, "via": via}
        for note, one in zip(notes, codes.split(), strict=True)
    ]
    study.record(coder, events)


def test_of_an_empty_study_nothing_is_said_but_what_there_is(study):
    assert paragraph(study).startswith("The material consisted of 4 notes. The numbers")
    assert "coded" not in paragraph(study)


def test_two_people_on_the_card(study):
    code(study, "anna", "hinder hinder mojlighet")
    code(study, "bo", "hinder mojlighet mojlighet")
    said = paragraph(study)
    assert "2 people coded." in said
    assert "without seeing the others' answers" in said
    assert "Barrier or possibility (one of 2 codes)" in said
    assert "A note's code is the one that both coders chose." in said
    assert "1 answer is unresolved." in said
    assert "(nominal; Krippendorff, 2018)" in said
    assert "100 per cent were given by at least two" in said
    assert "settled afterwards" not in said


@pytest.mark.parametrize("via", ["import", "python"])
def test_how_answers_came_about_elsewhere_is_not_known(study, via):
    code(study, "anna", "hinder hinder mojlighet", via)
    code(study, "bo", "hinder mojlighet mojlighet", via)
    assert "without seeing" not in paragraph(study)
    assert ("taken from files" in paragraph(study)) is (via == "import")


def test_answers_after_talking_are_not_blind(study):
    code(study, "anna", "hinder hinder mojlighet")
    code(study, "bo", "hinder mojlighet mojlighet")
    event = {"note_id": "n2", "variable": "valence", "codes": "hinder", "pass": 3}
    study.record("bo", [event])
    assert "without seeing" not in paragraph(study)


def test_programs_sources_and_what_was_adjudicated(study):
    opened = told(study, coders={"k1": {"kind": "automatic"}, "forlagan": {"kind": "source"}})
    for coder, codes in (("k1", "hinder hinder mojlighet"), ("forlagan", "hinder mojlighet mojlighet")):
        code(opened, coder, codes)
    said = paragraph(opened)
    assert "1 coding was made by a program." in said
    assert "people" not in said
    assert "(forlagan), which was made without the codebook" in said
    assert "threshold" not in said  # which the study does not say was set beforehand
    assert "Agreement" not in said  # of one with the codebook there is none
    opened.adjudicate("eva", "n1", "valence", "mojlighet", reason="enligt definitionen")
    assert "1 answer was settled afterwards by eva, with a written reason." in paragraph(opened)


def test_a_floor_set_beforehand_and_training_are_told(study):
    plan = {"floor": 0.7, "prespecified": True}
    opened = told(study, plan=plan, coders={"anna": {"training": "En förmiddag tillsammans."}})
    code(opened, "anna", "hinder hinder mojlighet")
    said = paragraph(opened, "sv")
    assert "Gränsvärdet 0,700 sattes innan" in said
    assert "Kodarnas förberedelse: En förmiddag tillsammans." in said
    assert "1 person kodade." in said


def test_what_is_cited_is_in_the_bibliography_and_only_that(sample_study):
    results = work_out(sample_study, "en", n_resamples=50)
    works = cited_works(results)
    keys = [re.match(r"@\w+\{(\w+),", work)[1] for work in works]
    assert keys == ["efron1987", "krippendorff2018", "passonneau2006"]
    text = methods_paragraph(results)
    for name, work in bibliography().items():
        assert (work["cite"] in text) is (name in ("efron", "krippendorff", "passonneau"))


def test_every_work_is_a_whole_entry(root):
    for key, work in bibliography().items():
        entry = work["bibtex"]
        assert entry.count("{") == entry.count("}")
        assert re.match(rf"@(article|book|inproceedings)\{{{key}\d{{4}},", entry)
        year = re.search(r"year = \{(\d{4})\}", entry)[1]
        author = re.search(r"author = \{(\w+),", entry)[1]
        assert work["cite"] == f"{author}, {year}"
    path = root / "sekom_analysis/report/bibliography.yaml"
    assert list(yaml.safe_load(path.read_text("utf-8"))) == sorted(bibliography())


def test_a_table_with_everything():
    table = Table(
        "t", "50 % & mer", ["Kod", "a_1", "b"], [["Tid", "1", "2"], ["Vilja", "3", "4"]],
        groups={1: "Andra"}, spans=[("Hinder", 2)], foot=["Summa", "4", "6"],
    )  # fmt: skip
    said = latex_table(table)
    assert r"\caption{50 \% \& mer}" in said
    assert r" & \multicolumn{2}{c}{Hinder} \\" in said
    assert r"Kod & a\_1 & b \\" in said
    assert r"\multicolumn{3}{l}{\itshape Andra} \\" in said
    assert said.count(r"\\") == 6


@given(st.text())
def test_no_sign_of_a_cell_acts(text):
    bare = re.sub(r"\\(textbackslash|textasciitilde|textasciicircum)\{\}|\\[{}$&#_%]", "", escaped(text))
    assert not set(bare) & set("\\{}$&#_%~^")


def test_the_command_writes_both_files(sample, tmp_path, terminal):
    folder = ["--study", str(sample.root), "--resamples", "0", "--lang", "en"]
    files = ["--to", str(tmp_path / "m.txt"), "--bib", str(tmp_path / "w.bib")]
    done = subprocess.run(
        [sys.executable, "-m", "sekom_analysis", "methods", *folder, *files],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "m.txt").read_text("utf-8").startswith("The material consisted of 179 notes.")
    assert "@book{krippendorff2018," in (tmp_path / "w.bib").read_text("utf-8")
