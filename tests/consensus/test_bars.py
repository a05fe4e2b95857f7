"""Bars that take adjudications into account, and say so."""

from __future__ import annotations

import pytest

import sekom_analysis as sa
from sekom_analysis.basics import wording
from sekom_analysis.consensus.settled import bar_name
from sekom_analysis.figures import plot_counts


@pytest.fixture
def tied(study):
    for coder, code, themes in (("anna", "hinder", ["tid"]), ("bo", "mojlighet", ["vilja"])):
        for note_id in ("n1", "n2", "007"):
            study.decide(coder, note_id, "valence", code)
            study.decide(coder, note_id, "themes", themes)
    return study


def bars(study, variable, **how) -> dict[str, int]:
    counts = sa.count_codes(study, variable, **how)
    return counts[counts["is_bar"]].set_index("code")["count"].to_dict()


def test_ties_count_once_they_are_settled(tied):
    assert bars(tied, "valence") == {"hinder": 0, "mojlighet": 0}
    tied.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    tied.adjudicate("cilla", "n2", "valence", "none_fits", reason="varken eller")
    tied.adjudicate("cilla", "007", "valence", event="open", reason="två tankar")
    assert bars(tied, "valence") == {"hinder": 1, "mojlighet": 0, "none_fits": 1}
    assert bars(tied, "valence", notes=["n2"]) == {"hinder": 0, "mojlighet": 0, "none_fits": 1}
    assert sa.count_codes(tied, "valence", notes=["n2"])["n_adjudicated"].max() == 1


def test_sets_are_settled_as_a_whole(tied):
    tied.adjudicate("cilla", "n1", "themes", ["tid", "vilja"], reason="båda")
    tied.adjudicate("cilla", "n2", "themes", [], reason="inget")
    tied.adjudicate("cilla", "007", "themes", ["tid"], reason="tiden")
    tied.adjudicate("dan", "007", "themes", ["vilja"], reason="viljan")
    assert bars(tied, "themes") == {"tid": 1, "vilja": 1}
    counts = sa.count_codes(tied, "themes")
    assert counts.loc[counts["is_bar"], "n_notes"].iloc[0] == 2  # the empty set is settled, 007 is not


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_a_figure_says_that_notes_were_adjudicated(tied, lang):
    both = wording.say("figure_settled_both", lang)
    assert bar_name(sa.count_codes(tied, "valence"), lang) == wording.say("figure_settled", lang, rule=both)
    tied.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    counts = sa.count_codes(tied, "valence")
    name = wording.say("figure_settled_adjudicated", lang, rule=both, n=1)
    assert bar_name(counts, lang) == name
    axes = plot_counts(counts, lang=lang)
    shown = " ".join(text.get_text() for text in axes.texts)  # a text for each line
    assert name in shown
    assert bar_name(sa.count_codes(tied, "valence", bar="anna"), lang) == "anna"


def test_one_coder_alone_is_called_that_and_no_majority(study):
    study.decide("anna", "n1", "valence", "hinder")
    counts = sa.count_codes(study, "valence")
    assert set(counts["coder"]) == {"anna"}
    assert bar_name(counts, "sv") == "anna"
    study.adjudicate("cilla", "n2", "valence", "mojlighet", reason="så är det")
    settled = sa.count_codes(study, "valence")
    assert bar_name(settled, "en") == "settled codes (what the only coder chose; 1 adjudicated)"
    assert settled[settled["is_bar"]].set_index("code")["count"].to_dict() == {"hinder": 1, "mojlighet": 1}
    assert settled["n_alone"].iloc[0] == 1  # n2 is a person's verdict


def test_what_settled_codes_rest_on_is_told(study):
    for coder, codes in (("anna", "hinder hinder hinder"), ("bo", "hinder mojlighet")):
        for note_id, code in zip(("n1", "n2", "007"), codes.split(), strict=False):
            study.decide(coder, note_id, "valence", code)
    told = sa.count_codes(study, "valence").iloc[0]
    assert told[["n_coders", "n_adjudicated", "n_alone", "n_unsettled"]].tolist() == [2, 0, 1, 1]


@pytest.fixture
def sorted_too(study):
    """A study that the material's own author sorted, and two read with the codebook."""
    path = study.root / "data/raw/study.yaml"
    path.write_text(path.read_text("utf-8") + "coders: {forfattaren: {kind: source}}\n", "utf-8")
    opened = sa.Study.open(study.root)
    for coder, code in (("forfattaren", "mojlighet"), ("anna", "hinder"), ("bo", "hinder")):
        for note_id in ("n1", "n2", "007"):
            opened.decide(coder, note_id, "valence", code)
    return opened


def test_a_sorting_without_the_codebook_has_no_vote_and_no_place_in_the_range(sorted_too):
    counts = sa.count_codes(sorted_too, "valence")
    assert bars(sorted_too, "valence") == {"hinder": 3, "mojlighet": 0}
    assert counts.loc[counts["is_source"], "coder"].unique().tolist() == ["forfattaren"]
    assert counts.loc[counts["code"] == "mojlighet", ["low", "high"]].to_numpy().max() == 0
    assert bars(sorted_too, "valence", bar="forfattaren") == {"hinder": 0, "mojlighet": 3}


def test_whose_the_bars_are_can_stand_in_the_study_file(sorted_too):
    path = sorted_too.root / "data/raw/study.yaml"
    path.write_text(path.read_text("utf-8") + "bar: forfattaren\n", "utf-8")
    told = sa.Study.open(sorted_too.root)
    assert bars(told, "valence") == {"hinder": 0, "mojlighet": 3}
    assert bars(told, "valence", bar="settled") == {"hinder": 3, "mojlighet": 0}
    told.decide("anna", "n1", "themes", ["tid"])  # which the author never answered
    assert bars(told, "themes")["tid"] == 1


def test_where_only_the_material_is_sorted_its_sorting_is_the_bar(sorted_too):
    assert bars(sorted_too, "valence", coders=["forfattaren"]) == {"hinder": 0, "mojlighet": 3}


def test_a_bar_that_is_nobodys_is_told(sorted_too):
    path = sorted_too.root / "data/raw/study.yaml"
    sound = path.read_text("utf-8")
    for bar, is_told in (("anan", True), ("anna", False), ("forfattaren", False), ("settled", False)):
        path.write_text(f"{sound}bar: {bar}\n", "utf-8")
        told = sa.Study.open(sorted_too.root)
        assert any(f"'bar: {bar}'" in what for what in told.problems["what"]) is is_told
        assert bars(told, "valence")["hinder"] == (0 if bar == "forfattaren" else 3)
