"""YAML: every problem with its row, and no text taken for a number, a date or a truth value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.about import About
from sekom_analysis.codebook import Codebook
from sekom_analysis.yamlfile import dump_yaml, load_yaml, parse_yaml

WRONG = """\
title: {sv: Fel, en: Wrong}
variables:
  - id: valence
    kind: single
    label: Hinder?
    codes:
      - {id: ja, label: Ja}
      - {id: ja, label: Nej}
      - {id: nej, label: Nej, colour: red}
  - id: valence
    kind: singel
    label: Igen
    codes: [{id: a, label: A}]
  - {id: goal, kind: scale, label: Mål, range: [5, 1]}
  - {id: flag, kind: multiple, label: F, codes: [{id: a, label: A}], none_fits: true}
  - id: Gräns 1
    kind: scale
    label: Mål
    range: [1]
    colur: "#ffffff"
"""


def problems(text: str, model=Codebook) -> list[tuple[int | None, str, str]]:
    made, found = parse_yaml(text, model, "x.yaml")
    assert (made is None) == bool(found)
    assert all(problem.file == "x.yaml" for problem in found)
    return [(problem.row, problem.what, problem.todo) for problem in found]


def test_every_problem_is_listed_with_its_row_and_what_to_do():
    assert [f"{row}: {what}; {todo}" for row, what, todo in sorted(problems(WRONG))] == [
        "8: variables 'valence' → codes 'ja': the code 'ja' stands more than once; "
        "give each code an id of its own",
        "9: variables 'valence' → codes 'nej' → colour: String should match pattern '^#[0-9a-fA-F]{6}$', "
        "not 'red'; mend it",
        "10: variables 'valence': the variable 'valence' stands more than once; "
        "give each variable an id of its own",
        "11: variables 'valence' → kind is 'singel'; write one of: 'single', 'multiple' or 'scale'",
        "14: variables 'goal' → range: a scale needs a range from low to high, not [5, 1]; "
        "write for instance 'range: [1, 5]' (at most 1000 steps)",
        "15: variables 'flag' → none_fits: none_fits is for kind 'single' only; "
        "take it out (choosing nothing is an answer of 'multiple')",
        "16: variables 'Gräns 1' → id is 'Gräns 1'; an id has 1 to 40 of the characters a–z, 0–9 and _",
        "19: variables 'Gräns 1' → range 2 is missing; add it",
        "20: variables 'Gräns 1' → colur is not known here; check the spelling, or take it out",
    ]


def test_doubled_ids_are_listed_once_where_all_else_is_right():
    text = "variables:\n- &v {id: v, kind: scale, label: V, range: [1, 2]}\n- *v\n"
    assert [row for row, *_ in problems(text)] == [2]
    text = "variables:\n" + "- {id: v, kind: scale, label: V, range: [1, 2]}\n" * 2
    assert [row for row, *_ in problems(text)] == [3]


@pytest.mark.parametrize(
    ("text", "row", "what"),
    [
        ("", None, "the file is empty"),
        ("# bara en kommentar\n", None, "the file is empty"),
        ("variables:\n  - id: a: b\n", 2, "this is not YAML: mapping values are not allowed here"),
        ("variables:\n\t- id: a\n", 2, "this is not YAML: found character '\\t'"),
        ("variables: [\n", 2, "this is not YAML: expected the node content"),
        ("a: x\nb: \x00\n", 2, "this is not YAML: there is the character U+0000"),
        ("[" * 1500, None, "this is not YAML: it is nested too deeply"),
        ("? [a]\n: b\n", 1, "this is not YAML: found unhashable key"),
        ("- a\n", 1, "the file: Input should be a valid dictionary"),
        ("variables: []\n", 1, "variables: Tuple should have at least 1 item"),
        ("&a [*a]", 1, "the file: Input should be a valid dictionary"),
        ("title: x\ntitle: y\nvariables: []\n", 2, "'title' stands twice in one place"),
    ],
)
def test_what_is_no_codebook_at_all(text, row, what):
    assert any(found[0] == row and found[1].startswith(what) for found in problems(text))


def test_a_truth_value_where_a_text_belongs_asks_for_quotes():
    text = "variables:\n- {id: true, kind: scale, label: V, range: [1, 2]}\n"
    assert problems(text)[0][2] == "if it is a text, put it in quotes"


@pytest.mark.parametrize(
    "text",
    ["No", "yes", "on", "010", "0x1F", "12:30", "2016-04-12", "1_000", ".5", "1e5", "=", "0b1", "+1.", "007"],
)
def test_texts_stay_texts(text):
    assert load_yaml(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("0", 0),
        ("0.667", 0.667),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
    ],
)
def test_plain_values_are_read(text, value):
    read = load_yaml(f"a: {text}")["a"]
    assert (read, type(read)) == (value, type(value))


def test_anchors_and_merges_are_read():
    assert load_yaml("a: &x {p: 1}\nb: {<<: *x, q: 2}\n")["b"] == {"p": 1, "q": 2}


@given(
    st.text(st.characters(codec="utf-8"))
    | st.sampled_from(["No", "010", "1e5", "0o7", " ", "\x85", "é\u2028", "-", "?"])
)
def test_what_is_written_in_yaml_is_read_back(text):
    """Kept definitions are written by PyYAML and read by the plain loader: no label may change on the way."""
    assert load_yaml(dump_yaml({"a": text})) == {"a": text}


@pytest.mark.parametrize(
    ("text", "row", "what"),
    [
        ("id: x\ntitle: T\nstance: strict\n", 3, "stance is 'strict'"),
        ("id: x\ntitle: T\nplan:\n  floor: 2\n", 4, "plan → floor"),
        ("title: T\n", 1, "id is missing"),
        ("id: x\ntitle: T\ncoders:\n  k1: {kind: robot}\n", 4, "coders → k1 → kind is 'robot'"),
    ],
)
def test_a_study_file_that_is_wrong(text, row, what):
    assert problems(text, About)[0][0] == row
    assert problems(text, About)[0][1].startswith(what)


def test_an_id_of_digits_stays_what_it_is():
    assert parse_yaml('id: "012345"\ntitle: T\n', About, "x")[0].id == "012345"
    assert parse_yaml("id: 012345\ntitle: T\n", About, "x")[0].id == "012345"
