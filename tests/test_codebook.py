"""Codebooks: what they may say, what a version depends on, which answers they take."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.basics.errors import CodebookError
from sekom_analysis.basics.yamlfile import parse_yaml
from sekom_analysis.study.codebook import FLAG, Codebook, Variable
from sekom_analysis.study.rows import answer_fault

CODES = [{"id": "a", "label": "A", "colour": "#112233"}, {"id": "b", "label": {"sv": "Be", "en": "B"}}]
SINGLE = {"id": "v", "kind": "single", "label": "V", "codes": CODES}
MULTIPLE = {"id": "m", "kind": "multiple", "label": "M", "codes_from": "v"}
SCALE = {"id": "s", "kind": "scale", "label": "S", "range": [-1, 3]}


def book(*variables: dict) -> Codebook:
    return Codebook.model_validate({"variables": variables or (SINGLE, MULTIPLE, SCALE)})


def test_variables_are_found_by_id_in_order():
    assert book().ids == ("v", "m", "s")
    assert book()["m"].code_ids == ("a", "b")
    assert "m" in book()
    assert "x" not in book()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("en", SINGLE),
        ("Envalsfråga", SINGLE),
        ("flera", MULTIPLE),
        ("flera koder", MULTIPLE),
        ("Skala", SCALE),
    ],
)
def test_kinds_are_said_in_swedish_in_yaml_as_in_tables(word, kind):
    said = yaml.safe_dump({"variables": [SINGLE | {"id": "v"}, kind | {"id": "w", "kind": word}]})
    made, problems = parse_yaml(said, Codebook, "codebook.yaml")
    assert problems == []
    assert made is not None
    assert made["w"].kind == kind["kind"]
    assert made["w"].version == book(SINGLE, kind | {"id": "w"})["w"].version


@pytest.mark.parametrize("said", ["-1–3", "−1 till 3", "-1..3", "[-1, 3]", "från -1 till 3"])
def test_ranges_are_written_in_yaml_as_in_tables(said):
    made, problems = parse_yaml(yaml.safe_dump({"variables": [SCALE | {"range": said}]}), Codebook, "c.yaml")
    assert (problems, made and made["s"].range) == ([], (-1, 3))


def test_a_kind_that_nobody_knows_is_refused_with_those_there_are():
    _, problems = parse_yaml(yaml.safe_dump({"variables": [SINGLE | {"kind": "kanske"}]}), Codebook, "c.yaml")
    assert "'kanske'" in problems[0].what
    assert "single" in problems[0].todo + problems[0].what


def test_an_unknown_variable_is_named_with_those_there_are():
    with pytest.raises(CodebookError, match=r"no variable 'x'\. Its variables: v, m, s"):
        book()["x"]


def test_every_note_can_be_flagged_whatever_the_codebook():
    assert answer_fault(book()[FLAG], "two_ideas") == ""
    assert FLAG in book()
    assert FLAG not in book().ids


def test_one_text_stands_for_both_languages():
    assert (book()["v"].codes[0].label.sv, book()["v"].codes[0].label.en) == ("A", "A")
    only_swedish = book({**SINGLE, "label": {"sv": "Värde"}})
    assert only_swedish["v"].label.in_("en") == "Värde"
    assert book({**SCALE, "label": 2016})["s"].label.sv == "2016"


@pytest.mark.parametrize(
    ("variable", "code", "lang", "label"),
    [
        ("v", "b", "sv", "Be"),
        ("v", "b", "en", "B"),
        ("v", "none_fits", "sv", "Ingen passar"),
        ("v", "x", "sv", "x"),
    ],
)
def test_labels(variable, code, lang, label):
    assert book()[variable].label_of(code, lang) == label


@pytest.mark.parametrize(
    ("extra", "note", "stage", "asked"),
    [
        ({}, "n1", None, True),
        ({"stage": "B"}, "n1", "B", True),
        ({"stage": "B"}, "n1", "D", False),
        ({"stage": "B"}, "n1", None, False),
        ({"stage": ["B", "D"]}, "n1", "D", True),
        ({"stage": 1}, "n1", "1", True),
        ({"notes": ["n1"]}, "n1", "D", True),
        ({"notes": ["n1"]}, "n2", "D", False),
        ({"notes": [1, 2]}, "2", "D", True),
        ({"notes": ["n1"], "stage": "B"}, "n1", "D", False),
    ],
)
def test_which_notes_a_variable_is_asked_of(extra, note, stage, asked):
    assert book({**SINGLE, **extra})["v"].applies_to(note, stage) is asked


# --- versions -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"codes": [{**CODES[0], "colour": "#ffffff"}, CODES[1]]},
        {"stage": "B"},
        {"notes": ["n1"]},
        {"round": 2},
        {"none_fits": True},
        {"codes": [*CODES, {"id": "c", "label": "C", "retired": True}]},
    ],
)
def test_what_a_coder_does_not_see_changes_no_version(change):
    assert book({**SINGLE, **change})["v"].version == book(SINGLE)["v"].version


@pytest.mark.parametrize(
    "change",
    [
        {"label": "W"},
        {"question": "Vad?"},
        {"none_fits": False},
        {"kind": "multiple"},
        {"codes": CODES[::-1]},
        {"codes": [{**CODES[0], "definition": "Allt"}, CODES[1]]},
        {"codes": [{**CODES[0], "example": "Allt"}, CODES[1]]},
        {"codes": [{**CODES[0], "retired": True}, CODES[1]]},
        {"id": "w"},
    ],
)
def test_what_a_coder_sees_changes_the_version(change):
    (variable,) = book({**SINGLE, **change}).variables
    assert variable.version != book(SINGLE)["v"].version


def test_one_more_variable_makes_nothing_old():
    assert book(SINGLE)["v"].version == book(SCALE, SINGLE)["v"].version


def test_no_version_can_be_taken_for_a_number():
    versions = [book({**SCALE, "label": f"S{i}"})["s"].version for i in range(200)]
    assert len(set(versions)) == 200
    assert all(len(version) == 12 and version[0] == "c" for version in versions)


def test_borrowed_codes_are_part_of_the_version():
    changed = {**SINGLE, "codes": [*CODES, {"id": "c", "label": "C"}]}
    assert book(changed, MULTIPLE)["m"].version != book(SINGLE, MULTIPLE)["m"].version


# --- faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ([{**SINGLE, "codes": [*CODES, CODES[0]]}], "the code 'a' is listed more than once"),
        ([{**SINGLE, "codes": [{"id": "none_fits", "label": "x"}]}], "'none_fits' is reserved"),
        ([{**SINGLE, "codes": []}], "kind 'single' needs codes"),
        ([SINGLE, {**SINGLE, "id": "w", "codes_from": "v"}], "there are both codes and codes_from"),
        ([{**SINGLE, "range": [1, 5]}], "kind 'single' does not have a range"),
        ([{**SCALE, "range": None}], "a scale needs a range from low to high, not none"),
        ([{**SCALE, "range": [5, 1]}], r"a scale needs a range from low to high, not \[5, 1\]"),
        ([{**SCALE, "range": [3, 3]}], r"not \[3, 3\]"),
        ([{**SCALE, "range": [0, 10**9]}], "at most 1000 steps"),
        ([{**SCALE, "codes": CODES}], "a scale has a range, not codes"),
        ([{**SCALE, "none_fits": False}], "none_fits is for kind 'single' only"),
        ([SINGLE, SINGLE], "the variable 'v' is listed more than once"),
        ([{**SINGLE, "id": "flag"}], "'flag' is a reserved name"),
        ([{**SINGLE, "id": "proposal"}], "'proposal' is a reserved name"),
        ([SINGLE, {**MULTIPLE, "codes_from": "x"}], r"no codes in 'x' to take; name .* \(v\)"),
        ([MULTIPLE, SINGLE, {**MULTIPLE, "id": "n", "codes_from": "m"}], "no codes in 'm' to take"),
        ([SCALE, {**MULTIPLE, "codes_from": "s"}], "no codes in 's' to take"),
        ([{**SINGLE, "kind": "binary"}], "kind"),
        ([{**SINGLE, "id": "V 1"}], "id"),
        ([{**SINGLE, "colour": "red"}], "colour"),
        ([], "variables"),
    ],
)
def test_a_codebook_that_cannot_be(variables, fault):
    with pytest.raises(ValueError, match=fault):
        Codebook.model_validate({"variables": variables})


# --- answers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variable", "codes"),
    [
        ("v", "a"),
        ("v", "none_fits"),
        ("m", ""),
        ("m", "a"),
        ("m", "b|a"),
        ("s", "-1"),
        ("s", "0"),
        ("s", "3"),
    ],
)
def test_answers_that_fit(variable, codes):
    assert answer_fault(book()[variable], codes) == ""


@pytest.mark.parametrize(
    ("variable", "codes", "fault"),
    [
        ("v", "", "variable 'v' takes exactly one code, not ''; it has: a, b, none_fits"),
        ("v", "a|b", "variable 'v' takes exactly one code, not 'a|b'; it has: a, b, none_fits"),
        ("v", "x", "variable 'v' does not have the code 'x'; it has: a, b, none_fits"),
        ("v", " a", "variable 'v' does not have the code ' a'; it has: a, b, none_fits"),
        ("m", "none_fits", "variable 'm' does not have the code 'none_fits'; it has: a, b"),
        ("m", "a|a", "variable 'm' is given a code twice in 'a|a'; name each code once"),
        ("m", "a|", "variable 'm' does not have the code ''; it has: a, b"),
        ("s", "", "variable 's' takes a whole number from -1 to 3, not ''"),
        ("s", "4", "variable 's' takes a whole number from -1 to 3, not '4'"),
        ("s", "01", "variable 's' takes a whole number from -1 to 3, not '01'"),
        ("s", "-0", "variable 's' takes a whole number from -1 to 3, not '-0'"),
        ("s", "2.0", "variable 's' takes a whole number from -1 to 3, not '2.0'"),
        ("s", "٢", "variable 's' takes a whole number from -1 to 3, not '٢'"),
        ("s", "none_fits", "variable 's' takes a whole number from -1 to 3, not 'none_fits'"),
    ],
)
def test_answers_that_do_not_fit(variable, codes, fault):
    assert answer_fault(book()[variable], codes) == fault


def test_a_retired_code_cannot_be_chosen_any_more():
    codes = [{**CODES[0], "retired": True}, CODES[1]]
    assert "not have the code 'a'" in answer_fault(book({**SINGLE, "codes": codes})["v"], "a")


def test_none_fits_can_be_forbidden():
    assert "not have the code 'none_fits'" in answer_fault(
        book({**SINGLE, "none_fits": False})["v"], "none_fits"
    )


@given(st.text())
def test_only_listed_answers_are_taken(codes):
    fits = {"v": {"a", "b", "none_fits"}, "m": {"", "a", "b", "a|b", "b|a"}, "s": {"-1", "0", "1", "2", "3"}}
    for variable, answers in fits.items():
        assert (answer_fault(book()[variable], codes) == "") is (codes in answers)


def test_a_variable_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="frozen"):
        book()["v"].id = "w"  # type: ignore[misc]
    assert isinstance(json.dumps(book()["v"].as_seen()), str)
    assert isinstance(book()["v"], Variable)
