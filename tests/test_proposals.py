"""Codes that coders propose: kept like answers, counted nowhere, listed together, and accepted."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.actions import proposals as listing
from sekom_analysis.agreement import agreement
from sekom_analysis.basics.errors import CodebookError, DecisionError, MissingPackageError
from sekom_analysis.cli.coding import earlier_inside
from sekom_analysis.coding.page import page_data, page_html
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange.refi import study_from_project
from sekom_analysis.exchange.registry import Order, export_file
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.exchange.studybook import study_from_workbook
from sekom_analysis.quality import codebook_versions
from sekom_analysis.results import coder_table
from sekom_analysis.study import codebook_editing as editing
from sekom_analysis.study.checks import progress_table
from sekom_analysis.study.proposals import Proposal, plain_name
from sekom_analysis.study.study import Study

from .hostile import TEXTS
from .test_cli import sekom
from .test_hostile_texts import ACTING

IDS = ["n1", "n2", "n3", "n4", "n5"]
NOTES = pd.DataFrame(
    {"note_id": IDS, "text": ["Viljan finns", "Hinner inte", "Vi vilar aldrig", "Oro", "Pengar"]}
)
CODES = [{"id": "vilja", "label": "Vilja"}, {"id": "pengar", "label": "Pengar"}]
BOOK = {
    "variables": [
        {"id": "tema", "kind": "single", "label": "Tema", "codes": CODES},
        {"id": "fler", "kind": "multiple", "label": "Fler", "codes_from": "tema"},
        {"id": "grad", "kind": "scale", "label": "Grad", "range": [1, 5]},
    ]
}


@pytest.fixture
def study(tmp_path) -> Study:
    return Study.create(tmp_path / "s", notes=NOTES, codebook=BOOK)


def propose(study: Study, coder: str, note: str, name: str, variable: str = "tema", words: str = "") -> None:
    study.decide(coder, note, "proposal", variable, memo=Proposal(name, words).memo)


def answer(study: Study, coder: str, *codes: str, variable: str = "tema") -> None:
    for note, code in zip(IDS, codes, strict=False):
        study.decide(coder, note, variable, code)


def listed(study: Study) -> list[tuple[str, ...]]:
    table = study.proposals()
    return list(table[["variable", "name", "note_id", "coder"]].itertuples(index=False, name=None))


# --- one per note, coder and variable -----------------------------------------------------------------


def test_a_note_has_a_proposal_for_each_variable(study):
    propose(study, "anna", "n1", "Tid")
    propose(study, "anna", "n1", "Vila", "fler", words="vilar\naldrig")
    propose(study, "anna", "n1", "Brist på tid")
    assert listed(study) == [("tema", "Brist på tid", "n1", "anna"), ("fler", "Vila", "n1", "anna")]
    assert list(study.proposals()["words"]) == ["", "vilar\naldrig"]
    study.retract("anna", "n1", "proposal", codes="tema")
    assert listed(study) == [("fler", "Vila", "n1", "anna")]
    assert listed(Study.open(study.root)) == listed(study)


@pytest.mark.parametrize(
    ("codes", "memo", "fault"),
    [
        ("grad", "Tid", "does not have the code 'grad'; it has: tema, fler"),
        ("saknas", "Tid", "does not have the code 'saknas'"),
        ("tema|fler", "Tid", "takes exactly one code"),
        ("tema", " \n ", "does not name the code"),
        ("tema", "x" * 81, "has 81 characters; at most 80 fit"),
        ("tema", "x\n" + "y" * 20_000, "at most 20000"),
        (None, "Tid", "does not say in which variable a code is missing"),
    ],
)
def test_what_is_no_proposal_is_refused(study, codes, memo, fault):
    with pytest.raises(DecisionError) as refused:
        study.decide("anna", "n1", "proposal", codes, memo=memo)
    assert fault in str(refused.value)
    assert study.history().empty


def test_taking_back_says_which_one_it_is(study):
    propose(study, "anna", "n1", "Tid")
    with pytest.raises(DecisionError, match="in which variable"):
        study.retract("anna", "n1", "proposal")
    with pytest.raises(DecisionError, match="cannot be skipped"):
        study.desk("anna").skip("n1", "proposal", codes="tema")


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_proposed_reads_back(name, words):
    said = Proposal.read(Proposal.read(f"{name}\n{words}").memo)
    assert Proposal.read(said.memo) == said
    assert plain_name(said.name) == plain_name(plain_name(said.name))


# --- it counts nowhere --------------------------------------------------------------------------------


def test_it_is_no_answer(study):
    answer(study, "anna", "vilja", "vilja", "pengar")
    answer(study, "bo", "vilja", "pengar", "pengar")
    before = progress_table(study), agreement(study.ratings("tema")), coder_table(study, ["anna", "bo"])
    left = Session(study.desk("anna")).n_left
    propose(study, "anna", "n1", "Tid")
    propose(study, "anna", "n5", "Tid")
    after = progress_table(study), agreement(study.ratings("tema")), coder_table(study, ["anna", "bo"])
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert Session(study.desk("anna")).n_left == left
    assert study.problems.empty
    assert set(codebook_versions(study)["variable"]) == {"tema", "fler", "grad"}


def test_the_version_of_a_proposal_does_not_hang_on_the_codebook(study):
    propose(study, "anna", "n1", "Tid")
    planned = editing.add(study, "tema", "ork", label="Ork")
    study = planned.save("lead", "Behövs.")
    propose(study, "bo", "n1", "Tid")
    assert study.decisions("proposal")["codebook"].nunique() == 1
    assert study.problems.empty


def test_a_workbook_carries_it_over(study, tmp_path):
    answer(study, "anna", "vilja")
    propose(study, "anna", "n1", "Tid", words="finns")
    propose(study, "anna", "n1", "Vila", "fler")
    export_file(Order(study, tmp_path / "study.xlsx"))
    other, _ = study_from_workbook(tmp_path / "other", tmp_path / "study.xlsx")
    assert listed(other) == listed(study)
    assert list(other.proposals()["words"]) == ["finns", ""]


@pytest.mark.parametrize("layout", ["per-coder", "shared"])
def test_a_project_carries_it_over(study, tmp_path, layout):
    answer(study, "anna", "vilja")
    propose(study, "anna", "n1", "Tid", words="finns\nnu")
    propose(study, "anna", "n1", "Vila", "fler")
    export_file(Order(study, tmp_path / "p.qdpx", layout))
    other = study_from_project(tmp_path / "other", tmp_path / "p.qdpx")[0]
    assert listed(other) == listed(study)
    assert list(other.proposals()["words"]) == ["finns\nnu", ""]


def test_two_copies_of_a_log_make_one(study, tmp_path):
    answer(study, "anna", "vilja")
    propose(study, "anna", "n1", "Tid")
    shutil.copytree(study.root, tmp_path / "copy")
    copy = Study.open(tmp_path / "copy")
    propose(copy, "anna", "n1", "Vila", "fler")
    copy.retract("anna", "n1", "proposal", codes="tema")
    propose(study, "anna", "n2", "Ork")
    came = study.collect(copy.root / "data/coded/anna.csv")
    assert came.refused == []
    assert listed(study) == [("tema", "Ork", "n2", "anna"), ("fler", "Vila", "n1", "anna")]
    study.undo_collect(copy.root / "data/coded/anna.csv")
    assert [one[1] for one in listed(study)] == ["Tid", "Ork"]


# --- nobody else sees it ------------------------------------------------------------------------------


def test_it_reaches_no_other_coder_and_where_a_code_came_from_nobody(study):
    answer(study, "anna", "vilja", "vilja")
    propose(study, "anna", "n1", "Hemligt namn", words="hemliga ord")
    own, other = (json.dumps(Session(study.desk(coder)).data()) for coder in ("anna", "bo"))
    assert "Hemligt namn" in own
    assert "hemliga ord" in own
    assert "emlig" not in other
    version = study.codebook["tema"].version
    study = editing.add(study, "tema", "tid", origin=["Hemligt namn"], label="Tid").save("lead", "Ja.")
    study = editing.rename(study, "tema", "vilja", "ork").save("lead", "Hellre så.")
    kept = study.codebook["tema"]
    assert [code.from_ for code in kept.codes] == [(), (), ("Hemligt namn",)]
    bare = kept.model_copy(
        update={"codes": tuple(c.model_copy(update={"from_": (), "was": ()}) for c in kept.codes)}
    )
    assert bare.version == kept.version != version
    html = page_html(page_data(Session(study.desk("bo")), datetime.now(UTC)))
    assert "emlig" not in html
    assert '"was"' not in html
    assert '"from"' not in html


def test_a_coder_who_looks_at_them_has_seen_what_others_answered(study, monkeypatch):
    answer(study, "anna", "vilja", "vilja")
    propose(study, "anna", "n1", "Tid")
    study.proposals()
    assert study.shown().empty  # nobody knows who looked
    monkeypatch.setenv("SEKOM_CODER", "bo")
    study.proposals()
    (shown,) = study.shown().to_dict("records")
    assert (shown["coder"], shown["by"]) == ("bo", "proposals")
    answer(study, "bo", "pengar", "pengar")
    assert list(study.decisions("tema", ["bo"])["pass"]) == ["3", "1"]


def test_what_is_inside_a_page_is_told(study):
    answer(study, "anna", "vilja")
    propose(study, "anna", "n1", "Tid")
    propose(study, "anna", "n1", "Vila", "fler")
    assert "(1 answer and 2 proposals)" in earlier_inside(study.desk("anna"))


# --- alike ones together ------------------------------------------------------------------------------


def groups(study: Study) -> list[list[str]]:
    table = study.proposals()
    return [part["name"].tolist() for _, part in table.groupby("group")]


NAMES = ["Oro", "Tid för vila", "Brist på pengar", "tid  för VILA.", "Vila"]


def test_alike_names_are_one_group_and_the_largest_comes_first(study):
    for note, name in zip(IDS, NAMES, strict=True):
        propose(study, "anna", note, name)
    assert groups(study) == [["Tid för vila", "tid för VILA.", "Vila"], ["Oro"], ["Brist på pengar"]]


def test_without_what_finds_duplicates_spaces_and_capitals_say_what_is_alike(study, monkeypatch):
    def lacking(extra):
        raise MissingPackageError(extra)

    monkeypatch.setattr(listing, "needing", lacking)
    for note, name in zip(IDS, NAMES, strict=True):
        propose(study, "anna", note, name)
    assert groups(study)[0] == ["Tid för vila", "tid för VILA."]
    assert len(groups(study)) == 4


def test_names_of_two_variables_are_never_one_group(study):
    propose(study, "anna", "n1", "Tid")
    propose(study, "bo", "n1", "Tid", "fler")
    assert groups(study) == [["Tid"], ["Tid"]]
    assert list(study.proposals("fler")["coder"]) == ["bo"]
    with pytest.raises(CodebookError, match="no variable 'x'"):
        study.proposals("x")


def test_the_answer_for_now_is_listed(study):
    answer(study, "anna", "none_fits")
    propose(study, "anna", "n1", "Tid")
    propose(study, "bo", "n1", "Tid")
    assert list(study.proposals()["answer"]) == ["none_fits", ""]


def test_the_command_line_lists_them_with_the_command_that_accepts_them(study):
    answer(study, "anna", "none_fits")
    propose(study, "anna", "n1", 'Tid "för" [/b] vila', words="finns\nnu")
    propose(study, "bo", "n2", 'tid "för" [/b] vila.')
    propose(study, "bo", "n3", "Oro", "fler")
    code, out, _ = sekom("codebook", "proposals", "--study", study.root)
    assert code == 0
    assert 'tema: Tid "för" [/b] vila' in out
    assert "n1  anna" in out
    assert "Viljan finns" in out
    assert "finns nu" in out
    assert "sekom codebook add tema tid_for_b_vila --label 'Tid \"för\" [/b] vila' --from 'Tid" in out
    assert 'sekom codebook add tema oro --label "Oro" --from "Oro"' in out  # the codes are those of 'tema'
    assert "n1" not in sekom("codebook", "proposals", "fler", "--study", study.root)[1]
    study.retract("bo", "n3", "proposal", codes="fler")
    assert "Nobody" in sekom("codebook", "proposals", "fler", "--study", study.root)[1]


# --- accepting ----------------------------------------------------------------------------------------


def asked_again(study: Study, coder: str, variable: str = "tema") -> set[str]:
    notes = Session(study.desk(coder), only="older", variables=[variable]).items
    return {item.note_id for item in notes}


def test_who_proposed_it_and_those_for_whom_none_fitted_are_asked(study):
    answer(study, "anna", "vilja", "pengar", "none_fits", "pengar", "pengar")
    answer(study, "bo", "vilja", "pengar", "pengar", "none_fits", "pengar")
    answer(study, "cilla", "vilja", "pengar")
    propose(study, "anna", "n1", "Tid för vila")
    propose(study, "anna", "n2", "Något annat")
    propose(study, "bo", "n2", " tid för  VILA. ")
    propose(study, "bo", "n5", "Tid för vila", "fler")  # that is another question
    propose(study, "cilla", "n2", "Tid för vila")
    study.retract("cilla", "n2", "proposal", codes="tema")
    planned = editing.add(study, "tema", "vila", origin=["Tid för vila"], label="Tid för vila")
    assert planned.lines[1:] == [
        "Answers where no code fitted or the code had been proposed, to look at again: 4 (anna 2, bo 2)."
    ]
    study = planned.save("lead", "Saknades.")
    assert asked_again(study, "anna") == {"n1", "n3"}
    assert asked_again(study, "bo") == {"n2", "n4"}
    with pytest.raises(Exception, match="No note is left"):
        asked_again(study, "cilla")
    assert listed(study) == [("tema", "Något annat", "n2", "anna")]  # 'fler' has the codes of 'tema'
    told = study.problems
    assert list(told["file"]) == ["anna.csv", "bo.csv"]
    study.decide("anna", "n1", "tema", "vilja")
    assert asked_again(study, "anna") == {"n3"}


def test_a_code_not_made_of_it_asks_nobody_who_found_one_that_fits(study):
    answer(study, "anna", "vilja")
    propose(study, "anna", "n1", "Tid")
    study = editing.add(study, "tema", "tid", label="Tid").save("lead", "Saknades.")
    with pytest.raises(Exception, match="No note is left"):
        asked_again(study, "anna")
    assert len(listed(study)) == 1


# --- texts that could act -----------------------------------------------------------------------------


def test_a_name_that_could_act_is_a_text_everywhere(tmp_path):
    names = {text: Proposal.read(text.strip()[:80].replace("\n", " ")).name for text in TEXTS.values()}
    said = [name for name in dict.fromkeys(names.values()) if name]
    notes = pd.DataFrame({"note_id": [f"n{i}" for i in range(len(said))], "text": "Lapp"})
    study = Study.create(tmp_path / "s", notes=notes, codebook=BOOK)
    for note, name in zip(notes["note_id"], said, strict=True):
        propose(study, "anna", note, name, words=name)
    table = Study.open(study.root).proposals()
    assert dict(zip(table["note_id"], table["name"], strict=True)) == dict(
        zip(notes["note_id"], said, strict=True)
    )
    html = page_html(page_data(Session(study.desk("anna")), datetime.now(UTC)))
    held = html.split('<script type="application/json" id="data">', 1)[1].split("</script>", 1)[0]
    answers = json.loads(held)["answers"].values()
    assert {one["proposal:tema"]["memo"].split("\n")[0] for one in answers} == set(said)
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    assert read_coding_sheet(sheet, study.desk("anna")).events == []
    code, out, _ = sekom("codebook", "proposals", "--study", study.root)
    assert code == 0
    assert not ACTING.search(out)
    assert editing.add(study, "tema", "ny", origin=said, label="Ny").save("lead", "Ja.").proposals().empty
