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
    assert bar_name(sa.count_codes(tied, "valence"), lang) == wording.say("figure_majority", lang)
    tied.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    counts = sa.count_codes(tied, "valence")
    name = wording.say("figure_consensus", lang, n=1)
    assert bar_name(counts, lang) == name
    axes = plot_counts(counts, lang=lang)
    shown = [
        text.get_text().replace("\n", " ") for text in axes.figure.findobj(lambda a: hasattr(a, "get_text"))
    ]
    assert any(name in text for text in shown), shown
    assert bar_name(sa.count_codes(tied, "valence", bar="anna"), lang) == "anna"
