"""How the coding was done, what is open in guidelines, what is left to do: told by the files alone."""

from __future__ import annotations

import re

import pytest
import yaml

from sekom_analysis.report.blocks import Bullets, Section, Table, Text
from sekom_analysis.report.sections import contents
from sekom_analysis.results import work_out
from sekom_analysis.results.conduct import ANSWERS, guidelines
from sekom_analysis.study.study import Study

ABOUT = "data/raw/study.yaml"


@pytest.fixture
def coded(study) -> Study:
    for note_id, anna, bo in (("n1", "hinder", "mojlighet"), ("n2", "hinder", "hinder")):
        study.decide("anna", note_id, "valence", anna)
        study.decide("bo", note_id, "valence", bo)
    return study


def told(study: Study, **more: object) -> Study:
    """The study with more in its file."""
    path = study.root / ABOUT
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(said | more, allow_unicode=True), encoding="utf-8")
    return Study.open(study.root)


def texts(section: Section) -> str:
    said = []
    for block in section.blocks:
        said += [block.text] if isinstance(block, Text) else []
        said += block.items if isinstance(block, Bullets) else []
        said += [" | ".join(row) for row in block.rows] if isinstance(block, Table) else []
    return "\n".join(said)


def kinds(results) -> list[str]:
    return [one.kind for one in results.conduct.departures]


def test_who_coded_what_and_what_they_did_not_see(coded):
    study = told(coded, coders={"anna": {"blind_to": ["other coders", "tid"]}, "cilla": {}})
    results = work_out(study, "sv", n_resamples=0)
    said = texts(contents.conduct_section(results))
    assert "anna | person |  | andras svar, tid |" in said
    assert "bo | person |  | inte angivet |" in said
    assert "Hinder eller möjlighet | 2 | 2 | 2 | 3" in said
    assert "Namngivna som kodare, men utan beslut: cilla." in said
    assert "Det är inte angivet vad som var dolt för bo." in said
    assert "anna saknar 1 av 3 beslut och bo saknar 1 av 3 beslut" in said
    assert "Ingen definition har ändrats" in said


def test_where_the_plan_was_left(coded):
    plan = {"floor": 0.8, "n_notes": 3, "prespecified": True}
    results = work_out(told(coded, plan=plan), "sv", n_resamples=0)
    said = texts(contents.conduct_section(results))
    assert {"floor", "few", "unread"} <= set(kinds(results))
    assert "late" not in kinds(results)
    assert "Under gränsen 0,800: Hinder eller möjlighet" in said
    assert "Färre än de planerade 3 lapparna har kodats av minst två: Hinder eller möjlighet (2)." in said
    assert "late" in kinds(work_out(coded, "sv", n_resamples=0))


def test_nothing_departs_from_a_plan_that_was_kept(coded):
    for coder in ("anna", "bo"):
        for note_id, code in (("n1", "hinder"), ("n2", "mojlighet"), ("007", "hinder")):
            coded.decide(coder, note_id, "valence", code)
    blind = {"blind_to": ["other coders"]}
    study = told(coded, coders={"anna": blind, "bo": blind}, plan={"prespecified": True, "floor": 0.667})
    results = work_out(study, "en", n_resamples=0)
    assert kinds(results) == []
    assert "Nothing in the files departs from the plan." in texts(contents.conduct_section(results))


def test_changes_of_a_definition_are_told_with_both_versions(coded):
    path = coded.root / "data" / "raw" / "codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    book["variables"][0]["codes"][0]["definition"] = "Det som står i vägen"
    path.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    results = work_out(Study.open(coded.root), "sv", n_resamples=0)
    assert "changed" in kinds(results)
    said = texts(contents.conduct_section(results))
    assert "Ändringar sedan kodningen började: 1." in said
    assert "Det som står i vägen" in said
    assert [
        row.split(" | ")[-1] for row in said.splitlines() if row.startswith("Hinder eller möjlighet | c")
    ] == ["nej"]


def test_what_is_left_to_do_goes_away_when_it_is_done(coded):
    first = work_out(coded, "sv", n_resamples=0)
    found = {step.kind: step for step in first.steps}
    assert found["say"].which == ("purpose", "goal", "collected", "author", "date")
    assert found["unread"].n == 1
    assert found["unresolved"].n == 1
    assert set(found["uncoded"].which) == {"themes", "goal"}
    said = texts(contents.steps_section(first))
    assert "Avgör den lapp som saknar majoritet: Hinder eller möjlighet." in said
    assert "Ännu inte kodat: Teman och Mål." in said
    assert "bo har 1 fråga kvar att besvara." in said
    coded.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    coded.decide("bo", "007", "valence", "hinder")
    study = told(
        coded, purpose="Att förstå", goal="Allt är bra", collected="På ett möte", author="Eva", date="2026"
    )
    found = {step.kind: step for step in work_out(study, "sv", n_resamples=0).steps}
    assert "unresolved" not in found
    assert "say" not in found
    assert found["unread"].which == ("anna",)


def test_guidelines_are_answered_from_the_files_or_open(coded):
    before = {one.id: one for one in work_out(coded, "sv", n_resamples=0).checklists}
    assert list(before) == ["grras", "joffe"]  # nobody scores anything
    assert len(before["grras"].items) == 15
    training = next(item for item in before["joffe"].items if "utbildades" in item.asks)
    assert training.answer == ""
    study = told(coded, coders={"anna": {"training": "En förmiddag"}}, collected="På ett möte")
    results = work_out(study, "sv", n_resamples=0)
    after = {one.id: one for one in results.checklists}
    assert "anna: En förmiddag" in [item.answer for item in after["joffe"].items]
    assert after["joffe"].n_open == before["joffe"].n_open - 2  # training, and what the material is
    shown = contents.checklists_section(results)
    assert f"{after['grras'].n_open} av 15 punkter är obesvarade" in "".join(
        block.caption for block in shown.blocks if isinstance(block, Table)
    )
    assert "5 | Vad man redan vet, och varför studien behövs | Obesvarat" in texts(shown)


def test_every_item_is_whole_in_both_languages_and_every_answer_has_its_item():
    items = {
        (one["id"], item.get("id") or item["number"]): item for one in guidelines() for item in one["items"]
    }
    assert {frozenset(set(item) - {"id", "number"}) for item in items.values()} == {frozenset({"sv", "en"})}
    assert set(ANSWERS) <= set(items)


def test_the_scoring_guideline_numbers_its_items_as_its_source_does():
    numbers = [item["number"] for one in guidelines() if one["id"] == "accord" for item in one["items"]]
    expected = {"T": 1, "I": 3, "M": 21, "R": 5, "D": 2, "O": 3}
    assert numbers == [f"{part}{n}" for part, most in expected.items() for n in range(1, most + 1)]


def test_purpose_and_goal_are_shown_where_they_are_told(study):
    empty = contents.opening_section(work_out(study, "sv", n_resamples=0))
    assert "Att förstå" not in texts(empty)
    assert "utan källa | 3 | 1 | 4" in texts(empty)
    shown = contents.opening_section(
        work_out(told(study, purpose="Att förstå", goal="Allt är bra"), "en", n_resamples=0)
    )
    assert "Att förstå" in texts(shown)
    assert "Allt är bra" in texts(shown)


def test_a_chapter_quotes_what_is_agreed_and_what_is_disputed(coded):
    coded.decide("bo", "n1", "valence", "mojlighet", memo="vänd på det")
    (chapter,) = contents.chapter_sections(work_out(coded, "sv", n_resamples=0))
    said = texts(chapter)
    assert re.search(r"\n1 lapp( \(kodarna 0–1\))?\.\n", said)
    assert "”Viljan finns” (n2)" in said
    assert "”Ojämn nivå” (n1) – anna: Hinder; bo: Möjlighet (”vänd på det”)" in said
    assert "2 lappar har ingen avgjord kod." in said


@pytest.mark.parametrize(("lang", "said"), [("sv", "markerade ”Ojämn”"), ("en", "selected “Ojämn”")])
def test_selected_words_are_quoted_where_the_study_allows_quotes(coded, lang, said):
    coded.decide("bo", "n1", "valence", "mojlighet", words="0:5")
    for allowed in (True, False):
        study = told(coded, quotes=allowed)
        (chapter,) = contents.chapter_sections(work_out(study, lang, n_resamples=0))
        assert (said in texts(chapter)) == ("(n1)" in texts(chapter)) == allowed
