"""YAML: every problem with its row, and no text taken for a number, a date or a truth value."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.basics.yamlfile import MOST_BYTES, MOST_PARTS, dump_yaml, load_yaml, parse_yaml
from sekom_analysis.study.about import About
from sekom_analysis.study.codebook import Codebook, Definitions
from sekom_analysis.study.raw import read_raw
from tests.memory import PEAK_MB

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
        "8: variables 'valence' → codes 'ja': the code 'ja' is listed more than once; "
        "give each code an id of its own",
        "9: variables 'valence' → codes 'nej' → colour: String should match pattern '^#[0-9a-fA-F]{6}$', "
        "not 'red'; correct it",
        "10: variables 'valence': the variable 'valence' is listed more than once; "
        "give each variable an id of its own",
        "11: variables 'valence' → kind is 'singel'; write one of: 'single', 'multiple' or 'scale'",
        "14: variables 'goal' → range: a scale needs a range from low to high, not [5, 1]; "
        "write for instance 'range: [1, 5]' (at most 1000 steps)",
        "15: variables 'flag' → none_fits: none_fits is for kind 'single' only; "
        "remove it (choosing nothing is an answer of 'multiple')",
        "16: variables 'Gräns 1' → id is 'Gräns 1'; an id has 1 to 40 of the characters a–z, 0–9 and _",
        "19: variables 'Gräns 1' → range 2 is missing; add it",
        "20: variables 'Gräns 1' → colur is not known here; check the spelling, or remove it",
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
        ("a:\n- " + "[" * 1500, 2, "lists are nested more than 50 deep here"),
        ("a: !!bool x\n", 1, "this is not YAML: the tag tag:yaml.org,2002:bool does not fit"),
        ("a: !!int ''\n", 1, "this is not YAML: the tag tag:yaml.org,2002:int does not fit"),
        ("a: 1\nb: !!timestamp x\n", 2, "this is not YAML: the tag tag:yaml.org,2002:timestamp does not"),
        ("? [a]\n: b\n", 1, "this is not YAML: found unhashable key"),
        ("- a\n", 1, "the file: Input should be a valid dictionary"),
        ("variables: []\n", 1, "variables: Tuple should have at least 1 item"),
        ("&a [*a]", 1, "the file: Input should be a valid dictionary"),
        ("title: x\ntitle: y\nvariables: []\n", 2, "'title' appears twice in the same place"),
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


def tower(height: int, bricks: int, each: str) -> str:
    """A few lines that stand for bricks ** height parts."""
    lines = [f"a{row}: &a{row} {each % ','.join([f'*a{row - 1}'] * bricks)}\n" for row in range(1, height)]
    return "a0: &a0 {k0: x}\n" + "".join(lines)


BOMBS = {
    "billion laughs": (tower(9, 9, "[%s]"), 6, "the file has more than 100000 parts"),
    "merges": (tower(12, 9, "{<<: [%s], k: y}"), 6, "the file has more than 100000 parts"),
    "merges of one": (tower(30, 2, "{<<: [%s]}"), 15, "the file has more than 100000 parts"),
    "squared": (
        "a: &a [" + "x, " * 2000 + "]\nb: [" + "*a, " * 2000 + "]\n", 2,
        "the file has more than 100000 parts",
    ),
    "parts": ("- [" + "x, " * (MOST_PARTS + 9) + "]\n", 1, "the file has more than 100000 parts"),
    "depth in a line": ("[" * 100_000, 1, "lists are nested more than 50 deep"),
    "depth in rows": ("\n".join("  " * row + "a:" for row in range(200)), 50, "lists are nested"),
    "keys of keys": ("? " * 500, 1, "lists are nested more than 50 deep"),
    "digits": ("a: b\nb: " + "9" * 100_000, 2, "there is a number of more than 100 characters here"),
    "bits": ("a: !!int 0x" + "f" * 100_000, 1, "there is a number of more than 100 characters here"),
    "base 60": ("a: !!int " + ":".join(["1"] * 200_000), 1, "there is a number of more than 100"),
    "floats of base 60": ("a: !!float " + ":".join(["1"] * 300), 1, "there is a number of more than 100"),
    "size": ("#" * (MOST_BYTES + 1), None, "the file is larger than 2000000 bytes"),
    "size in bytes": ("å" * (MOST_BYTES // 2 + 1), None, "the file is larger than 2000000 bytes"),
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_few_lines_that_stand_for_billions_are_refused_with_the_row_and_the_limit(bomb):
    text, row, what = BOMBS[bomb]
    (found,) = problems(text)
    assert found[0] == row
    assert found[1].startswith(what)


def test_bombs_take_neither_memory_nor_time(tmp_path):
    """In a program of its own, to which the system gives a few seconds of work and no more memory."""
    program = """
import json, resource, sys
from pathlib import Path
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.basics.yamlfile import parse_yaml
before = peak_mb()
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
for text in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
    made, found = parse_yaml(text, Codebook, "x.yaml")
    assert made is None and len(found) == 1
print(peak_mb() - before)
"""
    bombs = tmp_path / "bombs.json"
    bombs.write_text(json.dumps([text for text, *_ in BOMBS.values()]), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", PEAK_MB + program, str(bombs)],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert int(run.stdout) < 300  # the list of them all is in memory too


@pytest.mark.parametrize("file", ["study.yaml", "codebook.yaml", "coders-x.yaml"])
def test_no_file_of_a_study_is_read_beyond_the_limits(tmp_path, file):
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    (folder / "notes.csv").write_text("note_id,text\nn1,x\n", encoding="utf-8")
    (folder / "study.yaml").write_text("id: x\ntitle: T\n", encoding="utf-8")
    one = "variables:\n- {id: v, kind: scale, label: V, range: [1, 2]}\n"
    (folder / "codebook.yaml").write_text(one, encoding="utf-8")
    (folder / file).write_text(BOMBS["billion laughs"][0], encoding="utf-8")
    _, found = read_raw(tmp_path)
    assert [(p.file, p.row) for p in found] == [(file, 6)]
    assert found[0].in_("sv").what.startswith("filen har fler än 100000 delar")


def test_a_kept_definition_beyond_the_limits_is_told(tmp_path):
    (tmp_path / "codebooks").mkdir()
    (tmp_path / "codebooks" / "a1.yaml").write_text(BOMBS["merges"][0], encoding="utf-8")
    (tmp_path / "codebooks" / "a2.yaml").write_bytes(b"\xef\xbb\xbf" + b"\xff" * 9_000_000)
    assert [p.file for p in Definitions(tmp_path).problems()] == ["codebooks/a1.yaml", "codebooks/a2.yaml"]


def test_a_large_codebook_is_well_within_the_limits():
    codes = "\n".join(f"    - {{id: c{n}, label: {{sv: K {n}, en: C {n}}}}}" for n in range(200))
    notes = ", ".join(f"n{n:05}" for n in range(10_000))
    text = (
        f"variables:\n  - id: v\n    kind: single\n    label: V\n    notes: [{notes}]\n    codes:\n{codes}\n"
    )
    assert len(parse_yaml(text, Codebook, "x")[0]["v"].codes) == 200


def test_of_thousands_of_faults_the_first_are_listed():
    found = problems("variables:\n" + "- {id: A, x: y}\n" * 500)
    assert len(found) == 101
    assert found[-1] == (None, "and more problems", "correct the first ones and read the file again")
