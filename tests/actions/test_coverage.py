"""Which actions answer what, and what is left without an answer."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from sekom_analysis.actions.coverage import (
    NO_ACTION,
    NO_ANSWER,
    UNREAD,
    UNSETTLED,
    co_occurrence,
    counts_before_and_after,
    coverage,
    themes_by_category,
)
from sekom_analysis.basics.errors import CodebookError
from sekom_analysis.figures import plot_coverage, plot_themes
from sekom_analysis.study.study import Study

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


def test_an_adjudication_goes_before_the_majority(small):
    small.adjudicate("eva", "d0", "answers", ["pengar"], reason="handlar om pengar")
    small.adjudicate("eva", "d1", "answers", [], reason="svarar inte mot något")
    small.adjudicate("eva", "d3", "answers", ["vilja"], reason="ingen hann läsa den")
    found = coverage(small)
    assert found.categories.set_index("code")["actions"].to_dict() == {
        "tid": (), "vilja": ("d3",), "pengar": ("d0",),
    }  # fmt: skip
    assert set(found.categories["n_adjudicated"]) == {3}
    kinds = found.gaps.groupby("kind")["note_id"].agg(list).to_dict()
    assert kinds == {NO_ACTION: [""], NO_ANSWER: ["d1", "d2"]}
    ax = plot_coverage(found.categories, found.notes, lang="en")
    said = " ".join(text.get_text() for text in ax.texts if text.get_label() == "source")
    assert "by the consensus (3 adjudicated)" in said


def test_left_open_or_divided_is_neither_unread_nor_an_answer_of_none(small):
    small.adjudicate("eva", "d0", "answers", event="open", reason="vi är oense")
    for coder, code in (("anna", "tid"), ("bo", "vilja"), ("cia", "pengar")):
        small.decide(coder, "d3", "answers", [code])
    kinds = coverage(small).gaps.groupby("kind")["note_id"].agg(list).to_dict()
    assert kinds == {NO_ACTION: [""], NO_ANSWER: ["d2"], UNSETTLED: ["d0", "d3"]}


def test_one_coder_spans_nothing(tmp_path):
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=BOOK)
    for note in ("d0", "d1", "d2", "d3"):
        study.decide("anna", note, "answers", ["tid"])
        study.decide("anna", note, "themes", ["tid"])
        study.decide("anna", note, "kind", "tid")
    assert coverage(study).categories[["low", "high"]].isna().all(axis=None)
    assert themes_by_category(study, "themes", "kind")[["low", "high"]].isna().all(axis=None)


def test_themes_and_their_categories_are_those_adjudicated(small):
    for coder in ("anna", "bo"):
        for note in ("d0", "d1"):
            small.decide(coder, note, "themes", ["tid"])
            small.decide(coder, note, "kind", "pengar")
    small.adjudicate("eva", "d0", "themes", ["tid", "vilja"], reason="båda")
    small.adjudicate("eva", "d1", "kind", "vilja", reason="mest om vilja")
    table = themes_by_category(small, "themes", "kind").set_index(["theme", "category"])
    assert table.query("count > 0")["count"].to_dict() == {
        ("tid", "vilja"): 1, ("tid", "pengar"): 1, ("vilja", "pengar"): 1,
    }  # fmt: skip
    together = co_occurrence(small.ratings("themes"), small.adjudications("themes"))
    assert together[["code_a", "code_b", "n_both", "n_a"]].values.tolist() == [["tid", "vilja", 1, 2]]
    counts = counts_before_and_after(small, "kind").set_index("code")["before"]
    assert counts.to_dict() == {"tid": 0, "vilja": 1, "pengar": 1, "none_fits": 0, "": 0}


def test_spans_are_those_of_coders_who_read_all(small):
    for coder in ("anna", "bo"):
        small.decide(coder, "d3", "answers", ["pengar"])
    table = coverage(small).categories.set_index("code")
    assert table.loc["tid", ["low", "high"]].tolist() == [1, 2]
    assert table.loc["pengar", ["n_actions", "low", "high"]].tolist() == [1, 1, 1]


def test_weights_are_summed(small):
    table = coverage(small, weights={"d0": 2.5, "d1": 4.0}).categories.set_index("code")
    assert table["weight"].to_dict() == {"tid": 6.5, "vilja": 4.0, "pengar": 0.0}
    some = coverage(small, weights=pd.Series({"d0": 2.5, "d1": None})).categories["weight"]
    assert some.isna().tolist() == [True, True, False]  # an action that nobody scored weighs not nothing


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
        "kunskap": 13, "nyckeltal": 5, "resurser": 3, "samordning": 10,
        "samverkan": 20, "sekoms_roll": 25, "systemsyn": 22,
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
    names: dict[str, list[str]] = {}
    for text in ax.texts:
        if text.get_label().startswith("name "):
            names.setdefault(text.get_label(), []).append(text.get_text())
    assert [" ".join(lines) for lines in names.values()] == list(order[f"label_{lang}"])
    bands = [bars[0] for bars in ax.containers if bars.get_label() == "_band"]
    *left, right = [bars for bars in ax.containers if bars.get_label() != "_band"]
    assert [bar.get_width() for bar in right] == list(order["n_actions"])
    total = [-sum(bars[i].get_width() for bars in left) for i in range(len(order))]
    assert total == list(order["n_notes"])
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bands]
    ends = zip(order["low"], order["high"], strict=True)
    assert spans == [(low, high) for low, high in ends if low < high]


@pytest.mark.parametrize("width", [85, 160, "slide"])
def test_the_figure_is_tidy_at_any_width(sample_study, width):
    found = coverage(sample_study, by="valence", notes=sample_study.main_notes)
    ax = plot_coverage(found.categories, found.notes, width_mm=width, title="Kunskap får flest åtgärder")
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent().padded(-1) for text in ax.texts]
    edge = ax.figure.bbox
    for n, box in enumerate(boxes):
        assert min(box.x0, box.y0, edge.x1 - box.x1, edge.y1 - box.y1) >= 0
        assert not any(box.overlaps(other) for other in boxes[:n]), ax.texts[n].get_text()


def test_themes_by_category_add_up(sample_study):
    table = themes_by_category(sample_study, "themes", "category_d", sample_study.main_notes)
    assert table.drop_duplicates("category")["n_category"].sum() == 79  # one is not settled
    assert table.query("theme == 'utbildningar'")["count"].max() == 13
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
