"""The same codebook over several sources."""

from __future__ import annotations

import pandas as pd
import pytest

from sekom_analysis.basics.errors import CodebookError, NotesError
from sekom_analysis.consensus.counts import count_by_source, in_time, recurrence
from sekom_analysis.figures import plot_sources
from sekom_analysis.study.study import Study


@pytest.fixture(scope="module")
def table(sample_study):
    return count_by_source(sample_study, "category_b")


def test_the_parts_of_each_source_add_up_to_what_is_settled(table):
    sums = table.groupby("source", sort=False)[["count", "share"]].sum()
    sizes = table.drop_duplicates("source").set_index("source")
    assert sums["count"].to_dict() == sizes["n_settled"].to_dict()
    assert sums["share"].tolist() == pytest.approx([1.0] * 5)
    assert sizes["n_all"].to_dict() == {
        "framtidskonferens-2016": 99, "gustafsson-2021": 29, "hallstahammar-2021": 17,
        "hallstahammar-2022": 8, "sommarmote-2023": 6,
    }  # fmt: skip


def test_counts_are_those_of_the_coders_not_of_the_reports_own_sorting(table, sample_study):
    here = sample_study.notes.query("source == 'sommarmote-2023' and stage == 'B'").index
    ratings = sample_study.ratings("category_b", ["k1", "k2", "k3"], here)
    most = ratings.mode(axis=1)[0]
    cell = table.query("source == 'sommarmote-2023' and code == 'samverkan'").iloc[0]
    assert cell["count"] == (most == "samverkan").sum()
    assert (cell["low"], cell["high"]) == (
        (ratings == "samverkan").sum().min(), (ratings == "samverkan").sum().max()
    )  # fmt: skip
    assert "rapport-2016" not in ratings.columns


def test_what_recurs_what_is_gone(table):
    found = recurrence(table).set_index("code")
    assert found.index[found["is_gone"]].tolist() == ["nyckeltal"]
    assert found.loc["samverkan", "n_sources"] == 4
    assert not found["is_new"].any()


def test_an_unread_source_has_no_share(tmp_path):
    notes = pd.DataFrame({"note_id": ["a", "b"], "text": ["x", "y"], "source": ["s-2016", "s-2023"]})
    codes = [{"id": code, "label": code} for code in ("tid", "vilja", "pengar")]
    book = {"variables": [{"id": "area", "kind": "single", "label": "Område", "codes": codes}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    study.decide("anna", "a", "area", "tid")
    later = count_by_source(study, "area").query("source == 's-2023'")
    assert later["n_settled"].tolist() == [0, 0, 0]
    assert later["share"].isna().all()
    bare = Study.create(tmp_path / "t", notes=notes.drop(columns="source"), codebook=book)
    with pytest.raises(NotesError, match="no column 'source'"):
        count_by_source(bare, "area")


def test_a_source_that_nobody_read_lacks_nothing(tmp_path):
    notes = pd.DataFrame({"note_id": list("abc"), "text": list("xyz"), "source": ["s-16", "s-21", "s-23"]})
    codes = [{"id": code, "label": code} for code in ("tid", "vilja", "pengar")]
    book = {"variables": [{"id": "area", "kind": "single", "label": "Område", "codes": codes}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    study.decide("anna", "b", "area", "tid")
    table = count_by_source(study, "area")
    assert table[["low", "high"]].isna().all(axis=None)  # one coder spans nothing
    assert not recurrence(table)[["is_new", "is_gone"]].any(axis=None)
    study.decide("anna", "a", "area", "vilja")
    found = recurrence(count_by_source(study, "area")).set_index("code")
    assert found.index[found["is_new"]].tolist() == ["tid"]
    assert not found["is_gone"].any()  # the last source is not read
    study.decide("anna", "c", "area", "tid")
    found = recurrence(count_by_source(study, "area")).set_index("code")
    assert found.index[found["is_gone"]].tolist() == ["vilja"]


def test_only_single_variables(sample_study):
    with pytest.raises(CodebookError, match="'themes' is multiple"):
        count_by_source(sample_study, "themes")


def test_sources_without_years_stay_as_they_come():
    assert in_time(["b", "a-2020"]) == ["b", "a-2020"]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_grid_shows_every_count(table, lang):
    ax = plot_sources(table, lang=lang)
    wide = table.pivot(index="code", columns="source", values="count").T
    wide = wide.reindex(index=table["source"].unique(), columns=table["code"].unique())
    assert [int(text.get_text()) for text in ax.texts] == wide.to_numpy().ravel().tolist()
    assert ax.get_yticklabels()[0].get_text().startswith("framtidskonferens-2016 (98 ")
