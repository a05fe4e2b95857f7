"""Which actions answer what, and what is left without an answer."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from sekom_analysis.actions.coverage import NO_ACTION, NO_ANSWER, UNREAD, coverage
from sekom_analysis.actions.themes import co_occurrence, themes_by_category
from sekom_analysis.errors import CodebookError
from sekom_analysis.figures import plot_coverage, plot_themes
from sekom_analysis.study import Study

NOTES = pd.DataFrame(
    [(f"b{i}", "B", "läge") for i in range(4)] + [(f"d{i}", "D", "åtgärd") for i in range(4)],
    columns=["note_id", "stage", "text"],
)
CODES = [{"id": code, "label": code.upper()} for code in ("tid", "vilja", "pengar")]
BOOK = {
    "variables": [
        {"id": "half", "kind": "single", "stage": "B", "label": "Halva", "codes": CODES[:2]},
        {"id": "area", "kind": "single", "stage": "B", "label": "Område", "codes": CODES},
        {"id": "answers", "kind": "multiple", "stage": "D", "label": "Svarar", "codes_from": "area"},
        {"id": "kind", "kind": "single", "stage": "D", "label": "Slag", "codes": CODES},
        {"id": "themes", "kind": "multiple", "stage": "D", "label": "Teman", "codes": CODES[:2]},
    ]
}


@pytest.fixture
def small(tmp_path):
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=BOOK)
    for coder in ("anna", "bo", "cia"):
        for note, code in zip(("b0", "b1", "b2", "b3"), ("tid", "tid", "vilja", "pengar"), strict=True):
            study.decide(coder, note, "area", code)
    given = {
        "anna": [["tid"], ["tid", "vilja"], []],
        "bo": [["tid"], ["vilja"], []],
        "cia": [["tid", "vilja"], ["tid"], ["tid"]],
    }
    for coder, sets in given.items():
        for note, codes in zip(("d0", "d1", "d2"), sets, strict=True):
            study.decide(coder, note, "answers", codes)
    return study


def test_an_action_counts_where_most_say_so(small):
    table = coverage(small).categories.set_index("code")
    assert table["n_notes"].to_dict() == {"tid": 2, "vilja": 1, "pengar": 1}
    assert table["actions"].to_dict() == {"tid": ("d0", "d1"), "vilja": ("d1",), "pengar": ()}
    assert table["low"].isna().all()  # nobody has read d3, so no coder has read them all


def test_gaps_are_listed_and_unread_is_no_answer_of_none(small):
    gaps = coverage(small).gaps.set_index("kind")
    assert gaps.loc[NO_ACTION, "code"] == "pengar"
    assert gaps.loc[NO_ANSWER, "note_id"] == "d2"
    assert gaps.loc[UNREAD, "note_id"] == "d3"


def test_spans_are_those_of_coders_who_read_all(small):
    for coder in ("anna", "bo"):
        small.decide(coder, "d3", "answers", ["pengar"])
    table = coverage(small).categories.set_index("code")
    assert table.loc["tid", ["low", "high"]].tolist() == [1, 2]
    assert table.loc["pengar", ["n_actions", "low", "high"]].tolist() == [1, 1, 1]


def test_weights_are_summed(small):
    table = coverage(small, weights={"d0": 2.5, "d1": 4.0}).categories.set_index("code")
    assert table["weight"].to_dict() == {"tid": 6.5, "vilja": 4.0, "pengar": 0.0}


def test_a_codebook_that_says_nothing_of_answers_is_refused(small, tmp_path):
    with pytest.raises(CodebookError, match="'themes' says nothing"):
        coverage(small, "themes")
    book = {"variables": [v for v in BOOK["variables"] if v["id"] != "answers"]}
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=book)
    with pytest.raises(CodebookError, match="No variable of the codebook"):
        coverage(other)


def test_the_sample(sample_study):
    found = coverage(sample_study, by="valence", notes=sample_study.main_notes)
    table = found.categories.set_index("code")
    assert table["n_notes"].to_dict() == {
        "kunskap": 12, "nyckeltal": 5, "resurser": 2, "samordning": 4,
        "samverkan": 27, "sekoms_roll": 28, "systemsyn": 21,
    }  # fmt: skip
    ratings = sample_study.ratings("addresses", notes=sample_study.main_notes.query("stage == 'D'").index)
    said = ratings.map(lambda codes: "kunskap" in codes, na_action="ignore")
    by_hand = said.eq(True).sum(axis=1) > said.notna().sum(axis=1) / 2
    assert table.at["kunskap", "n_actions"] == by_hand.sum()
    assert found.rho == pytest.approx(table["n_notes"].corr(table["n_actions"], method="spearman"))
    parts = found.notes[found.notes["is_bar"]].groupby("code")["count"].sum()
    assert parts.to_dict() == table["n_notes"].to_dict()


def test_rho_of_equal_counts_is_no_number(small):
    for coder in ("anna", "bo", "cia"):
        for note in ("d0", "d1", "d2", "d3"):
            small.decide(coder, note, "answers", ["tid", "vilja", "pengar"])
    assert math.isnan(coverage(small).rho)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_figure_stands_back_to_back(sample_study, lang):
    found = coverage(sample_study, by="valence", notes=sample_study.main_notes)
    ax = plot_coverage(found.categories, found.notes, lang=lang)
    order = found.categories.sort_values("n_notes", ascending=False, kind="stable")
    assert [t.get_text().replace("\n", " ") for t in ax.get_yticklabels()] == list(order[f"label_{lang}"])
    *left, right = ax.containers
    assert [bar.get_width() for bar in right] == list(order["n_actions"])
    total = [-sum(bars[i].get_width() for bars in left) for i in range(len(order))]
    assert total == list(order["n_notes"])
    spans = [tuple(line.get_xdata()) for line in ax.lines if line.get_label() == "span"]
    assert spans == [(low, high) for low, high in zip(order["low"], order["high"], strict=True)]


def test_themes_by_category_add_up(sample_study):
    table = themes_by_category(sample_study, "themes", "category_d", sample_study.main_notes)
    assert table.drop_duplicates("category")["n_category"].sum() == 80
    assert table.query("theme == 'utbildningar'")["count"].max() == 12
    assert (table["low"] <= table["high"]).all()
    ax = plot_themes(table, lang="sv")
    shown = [int(text.get_text()) for text in ax.texts]
    assert sorted(shown) == sorted(table["count"])


def test_themes_and_categories_must_be_what_they_are(small):
    with pytest.raises(CodebookError, match="'kind' is single"):
        themes_by_category(small, "kind", "kind")


def test_pairs_of_codes_by_hand():
    rows = [[{"a", "b"}, {"a", "b"}, {"a"}], [{"a"}, {"a", "b"}, {"b"}], [set(), {"b"}, None]]
    ratings = pd.DataFrame(rows, index=["n1", "n2", "n3"], columns=["k1", "k2", "k3"], dtype=object)
    ratings = ratings.map(frozenset, na_action="ignore")
    # n1: a and b; n2: a (2 of 3), b (2 of 3); n3: one of two says b, so nothing
    table = co_occurrence(ratings)
    assert table.loc[0].to_dict() == {
        "code_a": "a", "code_b": "b", "n_both": 2, "n_a": 2, "n_b": 2, "jaccard": 1.0,
    }  # fmt: skip
