"""How many codes had appeared: against all orders there are, and the published example of runs."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sekom_analysis as sa
from sekom_analysis.basics.errors import CodebookError, NotesError, SekomError
from sekom_analysis.quality.saturation import _expected, _incidence, _spread, runs

from .test_coders import code_by_hand


def sets(*texts):
    return [frozenset(text) for text in texts]


# --- over all orders ----------------------------------------------------------------------------------


UNITS = sets("a", "ab", "a", "c", "", "bd")


def all_orders(units) -> np.ndarray:
    """Codes seen after 1, 2, … units in every order that there is."""
    found = []
    for order in permutations(units):
        seen: set[str] = set()
        counts = []
        for codes in order:
            seen |= codes
            counts.append(len(seen))
        found.append(counts)
    return np.array(found)


def test_the_mean_is_that_over_all_orders():
    assert _expected(_incidence(UNITS)) == pytest.approx(all_orders(UNITS).mean(axis=0))


def test_the_band_holds_19_of_20_of_all_orders():
    low, high = _spread(_incidence(UNITS), np.random.default_rng(1), 5_000)
    exact = all_orders(UNITS)
    assert low.tolist() == np.quantile(exact, 0.025, axis=0, method="lower").tolist()
    assert high.tolist() == np.quantile(exact, 0.975, axis=0, method="higher").tolist()
    inside = ((exact >= low) & (exact <= high)).mean(axis=0)
    assert (inside >= 0.95).all()


@given(st.lists(st.frozensets(st.sampled_from("abcdefgh")), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_laws(units):
    has = _incidence(units)
    mean = _expected(has)
    low, high = _spread(has, np.random.default_rng(0), 50)
    assert mean[-1] == low[-1] == high[-1] == len(frozenset().union(*units))
    assert mean[0] == pytest.approx(np.mean([len(codes) for codes in units]))
    assert (np.diff(mean) >= -1e-12).all()
    assert (np.diff(np.diff(mean)) <= 1e-9).all()  # each further unit is expected to give less
    assert (low <= high).all()


# --- runs, after Guest, Namey and Chen (2020) ---------------------------------------------------------


def units_with(new: list[int]) -> list[frozenset[str]]:
    """Units of which each brings so many codes that none before it had, and one that all have."""
    names = iter(range(1_000))
    return [frozenset({"all"} | {f"t{next(names)}" for _ in range(n)}) for n in new]


# What the paper says of its example: 37 themes in the first four interviews; 7 new ones in the run of
# interviews 5 and 6 (19 %), a quotient of 11 % next, then one new theme of 37 (3 %): 6+2 at 5 %; with runs of
# three, 7+3. How the themes fall on single interviews is chosen to give these.
PAPER = [15, 9, 7, 5, 4, 3, 1, 0, 1, 0]


def test_the_published_example_with_runs_of_two():
    table = runs(units_with(PAPER))
    assert set(table["base"]) == {37}
    head = table.head(3)
    assert head["point"].tolist() == ["4+2", "5+2", "6+2"]
    assert head["new"].tolist() == [7, 4, 1]
    assert (100 * head["share"]).round().tolist() == [19, 11, 3]
    assert head["reached"].tolist() == [False, False, True]
    assert head[["first", "last"]].to_numpy().tolist() == [[5, 6], [6, 7], [7, 8]]


def test_the_published_example_with_runs_of_three():
    table = runs(units_with(PAPER), run=3)
    assert table.loc[table["reached"], "point"].iloc[0] == "7+3"


def test_at_no_new_information_at_all():
    assert not runs(units_with(PAPER), threshold=0.0)["reached"].any()
    later = runs(units_with([*PAPER, 0, 0]), threshold=0.0)
    assert later.loc[later["reached"], "point"].tolist() == ["9+2", "10+2"]


def test_the_threshold_itself_is_reached():
    assert runs(units_with([19, 0, 0, 0, 1, 0]))["reached"].tolist() == [True]  # 1 of 20
    assert runs(units_with([18, 0, 0, 0, 1, 0]))["reached"].tolist() == [False]  # 1 of 19


def test_a_base_without_codes_has_no_share():
    table = runs(sets("", "", "", "", "a", "b"))
    assert np.isnan(table["share"]).all()
    assert not table["reached"].any()


def test_fewer_units_than_base_and_run_give_no_run():
    assert runs(units_with([3, 2, 1, 1, 1])).empty


# --- of a study ---------------------------------------------------------------------------------------


def test_codes_appear_in_the_order_in_which_notes_were_coded(make_study):
    study = make_study({})
    code_by_hand(study, "a", "xxyxxz", order=[0, 1, 3, 4, 2, 5])
    table = sa.saturation(study, "v")
    assert table["n"].tolist() == [1, 2, 3, 4, 5, 6]
    assert table["as_coded"].tolist() == [1, 1, 1, 1, 2, 3]
    assert table["mean"].tolist() == pytest.approx(all_orders(sets(*"xxyxxz")).mean(axis=0))
    assert set(table["note"]) == {""}


def test_one_coders_codes_or_everybodys(make_study):
    study = make_study({})
    code_by_hand(study, "a", "xx")
    code_by_hand(study, "b", "yzx")
    assert sa.saturation(study, "v", coder="a")["as_coded"].tolist() == [1, 1]
    both = sa.saturation(study, "v")
    assert both["as_coded"].iloc[-1] == 3
    assert both["mean"].iloc[0] == pytest.approx(5 / 3)  # {x, y}, {x, z}, {x}


def test_of_several_coders_the_first_to_decide_on_a_note_counts(make_study):
    study = make_study({})
    code_by_hand(study, "a", "xxx", seconds=20)
    code_by_hand(study, "b", "...yzz", seconds=1, order=[3, 4, 5])
    assert sa.saturation(study, "v")["as_coded"].tolist() == [1, 2, 3, 3, 3, 3]


def test_none_fits_is_no_code_but_its_note_counts(make_study):
    study = make_study({})
    code_by_hand(study, "a", "xy")
    study.decide("a", "n02", "v", "none_fits")
    table = sa.saturation(study, "v")
    assert table["as_coded"].tolist() == [1, 2, 2]


def test_codes_count_as_they_do_now(make_study, revise):
    study = make_study({})
    code_by_hand(study, "a", "xyzxyz")

    def merge(variable):
        del variable["codes"][1]
        variable["codes"][0]["was"] = ["y"]

    assert sa.saturation(study, "v")["as_coded"].iloc[-1] == 3
    assert sa.saturation(revise(study, merge), "v")["as_coded"].iloc[-1] == 2


def test_the_own_sorting_is_left_out(make_study):
    study = make_study({"s": "xyz" * 10}, coders={"s": {"kind": "source"}})
    code_by_hand(study, "a", "xx")
    assert len(sa.saturation(study, "v")) == 2
    assert len(sa.saturation(study, "v", coder="s")) == 30


def test_without_an_order_the_mean_is_left(make_study):
    study = make_study({"a": "xyz" * 4})  # saved in one go
    table = sa.saturation(study, "v", lang="sv")
    assert table["as_coded"].isna().all()
    assert set(table["note"]) == {"Tiderna visar inte i vilken ordning lapparna kodades."}
    assert table["mean"].iloc[-1] == 3
    found = sa.new_codes(study, "v", "note")
    assert found[["new", "share", "reached"]].isna().all(axis=None)
    assert found["note"].str.contains("order").all()


@pytest.fixture
def with_sources(make_study):
    study = make_study({})
    code_by_hand(study, "a", "xxyyxzxxzzyy")
    path = study.root / "data" / "raw" / "notes.csv"
    told = pd.read_csv(path, dtype=str, sep=None, engine="python")
    told.assign(source=[f"s{i // 2}" for i in range(30)]).to_csv(path, index=False, sep=";")
    return sa.Study.open(study.root)


def test_by_source_a_unit_is_all_of_its_notes(with_sources):
    table = sa.saturation(with_sources, "v", "source")
    assert table["as_coded"].tolist() == [1, 2, 3, 3, 3, 3]
    found = sa.new_codes(with_sources, "v", base=2, run=2)
    assert found[["point", "new", "base"]].to_numpy().tolist() == [
        ["2+2", 1, 2],
        ["3+2", 0, 2],
        ["4+2", 0, 2],
    ]
    assert found["reached"].tolist() == [False, True, True]


def test_the_same_seed_gives_the_same_band(with_sources):
    one, same, other = (sa.saturation(with_sources, "v", rng=seed, n_orders=30) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert not one["low"].equals(other["low"]) or not one["high"].equals(other["high"])


def test_nobody_who_coded_gives_an_empty_table(make_study):
    assert sa.saturation(make_study({}), "v").empty
    assert sa.new_codes(make_study({}, name="t"), "v", "note").empty


def test_what_cannot_be_asked_is_refused(make_study):
    study = make_study({"a": "xyz"})
    with pytest.raises(CodebookError, match="scale"):
        sa.saturation(make_study({"a": "123"}, kind="scale", name="t"), "v")
    with pytest.raises(CodebookError, match="'page'"):
        sa.saturation(study, "v", "page")
    with pytest.raises(NotesError, match="source"):
        sa.saturation(study, "v", "source")
    with pytest.raises(SekomError, match="Base 0"):
        sa.new_codes(study, "v", "note", base=0)
