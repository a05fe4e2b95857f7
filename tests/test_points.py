"""Named points of a scale: what a codebook may say of them, what their version is, and what names one."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml

from sekom_analysis.basics.yamlfile import parse_yaml
from sekom_analysis.study.codebook import Codebook, Variable, keep, read_definition
from sekom_analysis.study.codebook_table import check_codebook_table, codebook_table
from sekom_analysis.study.points import labels_in, point_named

SCALE = {"id": "v", "kind": "scale", "label": "V", "range": [1, 5]}
SINGLE = {"id": "w", "kind": "single", "label": "W", "codes": [{"id": "a", "label": "A"}]}
LABELS = {1: {"sv": "inte alls", "en": "not at all"}, 3: "varken eller", 5: {"sv": "mycket", "en": "very"}}


def variable(labels: object = None, **more: object) -> Variable:
    return Variable.model_validate(SCALE | {"labels": labels} | more)


def problems_of(labels: str) -> list:
    text = f"variables:\n- {{id: v, label: V, kind: scale, range: [1, 5], labels: {labels}}}\n"
    made, problems = parse_yaml(text, Codebook, "codebook.yaml")
    assert (made is None) == bool(problems)
    return problems


# --- what may be said, and what it means --------------------------------------------------------------


@pytest.mark.parametrize(
    "keys", [(1, 3, 5), ("1", "3", "5"), ("+1", " 3", "05")], ids=["numbers", "texts", "as people write them"]
)
def test_any_of_the_points_may_have_a_label_in_one_language_or_two(keys):
    made = variable(dict(zip(keys, LABELS.values(), strict=True)))
    assert labels_in(made, "sv") == {1: "inte alls", 3: "varken eller", 5: "mycket"}
    assert labels_in(made, "en") == {1: "not at all", 3: "varken eller", 5: "very"}


def test_a_point_below_zero_may_be_written_with_any_minus():
    made = variable({"−3": "emot", -1: "tveksam", 3: "för"}, range=[-3, 3])
    assert labels_in(made, "sv") == {-3: "emot", -1: "tveksam", 3: "för"}


@pytest.mark.parametrize("labels", [None, {}])
def test_no_labels_are_as_if_nothing_were_said(labels):
    assert variable(labels) == Variable.model_validate(SCALE)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ("[låg, hög]", "labels of a scale name its points one by one"),
        ("mycket", "labels of a scale name its points one by one"),
        ("{0: ingen}", "labels → 0: the point 0 is not on the scale 1–5"),
        ("{låg: x}", "labels → låg: 'låg' is not a whole number"),
        ("{1.5: x}", "labels → 1.5: '1.5' is not a whole number"),
        ("{true: x}", "'True' is not a whole number"),
        ("{1: x, 5: }", "labels → 5: the label of point 5 is empty"),
        ("{5: '  '}", "the label of point 5 is empty"),
        ("{5: {sv: mycket, en: ''}}", "the label of point 5 is empty"),
        ("{1: x, '+1': y}", "the point 1 is listed more than once"),
    ],
)
def test_what_cannot_be_is_told_with_its_place_and_what_to_do(labels, said):
    (problem,) = problems_of(labels)
    assert problem.row == 2
    assert said in problem.what
    assert problem.todo


def test_a_question_with_codes_has_no_labels_of_points():
    _, problems = parse_yaml(
        yaml.safe_dump({"variables": [SINGLE | {"labels": {1: "x"}}]}), Codebook, "codebook.yaml"
    )
    assert "only a scale has labels, not kind 'single'" in problems[0].what


def test_labels_count_before_what_the_question_says_at_its_end():
    asked = variable({5: "mycket"}, question="Hur? (1 = lite, 5 = en del)")
    assert asked.points() == {1: "lite", 5: "mycket"}
    assert variable(LABELS).points("en") == {1: "not at all", 3: "varken eller", 5: "very"}


# --- versions -----------------------------------------------------------------------------------------


def test_a_scale_without_labels_has_the_version_that_it_always_had():
    assert Variable.model_validate(SCALE).version == "cde984805b9c"


def test_another_label_is_another_version_and_the_order_of_points_is_not():
    versions = {variable(labels).version for labels in (None, LABELS, {**LABELS, 5: "väldigt"}, {1: "a"})}
    assert len(versions) == 4
    assert variable(dict(reversed(LABELS.items()))).version == variable(LABELS).version


def test_a_kept_definition_has_its_labels(tmp_path):
    made = variable({-3: "emot", 3: "för"}, range=[-3, 3])
    keep(tmp_path, [made])
    (path,) = tmp_path.rglob("*.yaml")
    assert read_definition(path) == made
    assert path.stem == made.version


# --- in Excel ---------------------------------------------------------------------------------------------


def in_table(*rows: tuple[str, ...]) -> tuple[Codebook | None, list]:
    columns = ["variable", "kind", "range", "code", "label_sv", "label_en", "definition", "colour"]
    filled = [dict(zip(columns, row, strict=False)) for row in rows]
    table = pd.DataFrame(filled, columns=columns, dtype="str").fillna("")
    table.index = pd.RangeIndex(2, len(table) + 2, name="row")
    return check_codebook_table(table, "b.xlsx")


def test_named_points_have_rows_below_their_scale():
    scale = ("v", "skala", "1–5")
    made, problems = in_table(scale, ("", "", "", "5", "mycket", "very"), ("v", "", "", "1", "inte alls"))
    assert problems == []
    assert labels_in(made["v"], "en") == {1: "inte alls", 5: "very"}
    told = codebook_table(made)[["variable", "code", "label_sv", "label_en"]].to_numpy().tolist()
    assert told[1:] == [["v", "1", "inte alls", "inte alls"], ["v", "5", "mycket", "very"]]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("v", "", "", "1", "igen"), "the point 1 is listed more than once"),
        (("v", "", "", "7", "mycket"), "the point 7 is not on the scale 1–5"),
        (("v", "", "", "5"), "the label of point 5 is empty"),
        (("v", "", "", "5", "a", "b", "Mer"), "definition is not known here"),
        (("v", "", "", "5", "a", "b", "", "#112233"), "colour is not known here"),
        (("v", "", "", "hog", "mycket"), "a scale has a range, not codes"),
    ],
)
def test_what_is_wrong_with_a_row_of_a_point_is_told_with_the_row(row, said):
    made, problems = in_table(("v", "scale", "1–5"), ("", "", "", "1", "inte alls"), row)
    assert made is None
    assert (problems[0].row, said in problems[0].what) == (2 if "codes" in said else 4, True)


# --- what names a point -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("inte alls", "1"), ("Not at  all", "1"), ("1 inte alls", "1"), ("1 = not at all", "1"),
        ("1. Inte alls", "1"), ("1 – inte alls", "1"), ("3: varken eller", "3"),
        ("1 mycket", ""), ("2 inte alls", ""), ("inte", ""), ("1", ""), ("", ""), ("7 mycket", ""),
    ],
)  # fmt: skip
def test_a_point_is_named_by_number_and_label_or_by_label(text, point):
    assert point_named(variable(LABELS), text) == point


def test_a_label_that_two_points_share_names_neither_without_its_number():
    same = variable({1: "mycket", 5: "mycket"})
    assert [point_named(same, text) for text in ("mycket", "1 mycket", "5 mycket")] == ["", "1", "5"]


def test_a_point_below_zero_is_named_with_any_minus():
    made = variable({-3: "emot"}, range=[-3, 3])
    assert [point_named(made, text) for text in ("-3 emot", "−3 emot", "emot")] == ["-3", "-3", "-3"]
