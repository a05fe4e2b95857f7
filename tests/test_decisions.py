"""Events fold into one state, whatever the order they come in; unseen is never an answer."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekom_analysis.agreement import agreement
from sekom_analysis.study.codebook import NONE_FITS, Codebook
from sekom_analysis.study.decisions import (
    RESERVED_CODERS,
    Event,
    coder_fault,
    fold,
    given_events,
    history_table,
    joined,
    new_event_id,
    ratings_table,
    retired_codes,
    skipped,
)

BOOK = Codebook.model_validate(
    {
        "variables": [
            {
                "id": "valence",
                "kind": "single",
                "label": "v",
                "codes": [
                    {"id": "hinder", "label": "h"},
                    {"id": "oklart", "label": "o", "retired": True},
                    {"id": "mojlighet", "label": "m"},
                ],
            },
            {"id": "themes", "kind": "multiple", "label": "t", "codes": [{"id": "a", "label": "a"}]},
            {"id": "goal", "kind": "scale", "label": "g", "range": [1, 5]},
        ]
    }
)


def event(second: int, note: str = "n1", codes: str = "hinder", kind: str = "decide", **other: str) -> Event:
    cells = {
        "decided_at": f"2016-04-12T09:00:{second:02}.000000Z",
        "event_id": f"e{second:03}",
        "note_id": note,
        "note_hash": "h0",
        "variable": "valence",
        "codes": codes,
        "certainty": "",
        "memo": "",
        "codebook": "c0",
        "pass_": "1",
        "via": "card",
        "event": kind,
    }
    return Event(**{**cells, **other})


def history(*events: Event, coder: str = "anna") -> pd.DataFrame:
    return history_table({coder: list(enumerate(events, start=2))})


EVENTS = st.lists(
    st.builds(
        event,
        second=st.integers(0, 12),
        note=st.sampled_from(["n1", "n2"]),
        codes=st.sampled_from(["hinder", "mojlighet", "none_fits"]),
        kind=st.sampled_from(["decide", "decide", "retract", "skip"]),
        pass_=st.sampled_from(["1", "2"]),
    ),
    max_size=15,
)


def state(events: list[Event]) -> list[tuple[str, ...]]:
    columns = ["note_id", "pass", "codes", "decided_at"]
    return sorted(fold(history(*events))[columns].itertuples(index=False, name=None))


@settings(max_examples=40)
@given(EVENTS, st.randoms())
def test_the_state_does_not_depend_on_the_order_of_the_file(events, rng: random.Random):
    shuffled = rng.sample(events, len(events))
    assert state(shuffled) == state(events)
    assert state(events + events) == state(events)


@settings(max_examples=40)
@given(EVENTS, EVENTS)
def test_two_copies_joined_either_way_are_the_same(one, other):
    assert state(one + other) == state(other + one)


@settings(max_examples=40)
@given(EVENTS)
def test_the_state_is_what_was_said_last(events):
    by_id: dict[str, Event] = {}
    for candidate in sorted(events):
        by_id.setdefault(candidate.event_id, candidate)
    standing: dict[tuple[str, str], tuple[str, str]] = {}
    for said in sorted(by_id.values()):
        key = (said.note_id, said.pass_)
        if said.event == "retract":
            standing.pop(key, None)
        elif said.event == "decide":
            standing[key] = (said.codes, said.decided_at)
    assert state(events) == sorted((*key, *answer) for key, answer in standing.items())


def test_a_history_names_coder_and_row():
    table = history_table({"bo": [(5, event(2))], "anna": [(2, event(1)), (9, event(3))]})
    assert list(zip(table["coder"], table["row"], strict=True)) == [("anna", 2), ("bo", 5), ("anna", 9)]


def test_an_empty_history_has_its_columns():
    assert list(fold(history()).columns) == [column for column in history().columns if column != "event"]
    assert skipped(history()).empty


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([event(1, kind="skip")], ["n1"]),
        ([event(1), event(2, kind="skip")], []),
        ([event(1, kind="skip"), event(2)], []),
        ([event(1, kind="skip"), event(2), event(3, kind="retract")], []),
        ([event(1), event(2, kind="retract"), event(3, kind="skip")], ["n1"]),
        ([event(1, kind="skip"), event(2, note="n2", kind="skip")], ["n1", "n2"]),
    ],
)
def test_skipped_is_what_was_looked_at_and_left_open(events, expected):
    assert sorted(skipped(history(*events))["note_id"]) == expected


# --- ratings ------------------------------------------------------------------------------------------------


def rated(variable: str, *events: Event, notes=("n1", "n2", "n3"), coders=("anna",), passes=(1,)):
    return ratings_table(fold(history(*events)), BOOK[variable], notes, coders, passes)


def test_unseen_none_fits_retired_and_unknown_codes_are_four_things():
    table = rated(
        "valence",
        event(1, "n1", NONE_FITS),
        event(2, "n2", "oklart"),
        event(3, "n3", "borttagen"),
        notes=("n1", "n2", "n3", "n4"),
    )["anna"]
    assert list(table.cat.categories) == ["hinder", "oklart", "mojlighet", "borttagen", NONE_FITS]
    assert table.astype(object).where(table.notna(), None).tolist() == [
        NONE_FITS,
        "oklart",
        "borttagen",
        None,
    ]


def test_the_empty_set_is_an_answer_and_unseen_is_not():
    table = rated("themes", event(1, "n1", "", variable="themes"), event(2, "n2", "a|b", variable="themes"))
    assert table["anna"].tolist()[:2] == [frozenset(), frozenset({"a", "b"})]
    assert table["anna"].isna().tolist() == [False, False, True]


def test_a_skip_or_a_retraction_leaves_a_note_unseen():
    table = rated("valence", event(1, "n1", kind="skip"), event(2, "n2"), event(3, "n2", kind="retract"))
    assert table["anna"].isna().all()


def test_scales_are_whole_numbers_and_what_is_none_stops_nobody():
    """One damaged cell ('3.5') must not keep the others from being read."""
    cells = ["3", "3.5", "", "tre", "-2", "99999999999999999999"]
    events = [event(i, f"n{i}", cell, variable="goal") for i, cell in enumerate(cells)]
    table = rated("goal", *events, notes=[f"n{i}" for i in range(7)])
    assert table["anna"].dtype == "Int64"
    assert table["anna"].tolist() == [3, pd.NA, pd.NA, pd.NA, -2, pd.NA, pd.NA]


@pytest.mark.parametrize("variable", ["valence", "themes", "goal"])
def test_nobody_having_decided_is_a_table_of_unseen(variable):
    table = rated(variable, coders=("anna", "bo"))
    assert table.shape == (3, 2)
    assert table.isna().all(axis=None)
    assert (table.index.name, table.columns.name) == ("note_id", "coder")


def test_coders_of_one_table_share_their_categories():
    decisions = fold(history_table({"anna": [(2, event(1, codes="x"))], "bo": [(2, event(1, codes="y"))]}))
    table = ratings_table(decisions, BOOK["valence"], ["n1"], ["bo", "anna"])
    assert table.columns.tolist() == ["bo", "anna"]
    assert table["anna"].dtype == table["bo"].dtype


@pytest.mark.parametrize(
    ("passes", "expected"), [((1,), "hinder"), ((2,), "mojlighet"), ((1, 2), "mojlighet"), ((0,), None)]
)
def test_passes_never_replace_each_other(passes, expected):
    events = (event(5, codes="hinder"), event(1, codes="mojlighet", pass_="2"))
    (answer,) = rated("valence", *events, notes=("n1",), passes=passes)["anna"].astype(object)
    assert (None if pd.isna(answer) else answer) == expected


# Two coders, five codes on offer: k1 in rows, k2 in columns.
OFFERED = [[7, 1, 5, 0, 4], [1, 3, 0, 0, 0], [2, 1, 5, 0, 3], [0, 0, 0, 4, 0], [1, 0, 0, 0, 5]]


def _ac1_with(retired: list[str], used: tuple[str, ...] = ()) -> float:
    codes = [{"id": f"c{k}", "label": "c"} for k in range(5)]
    codes += [{"id": one, "label": one, "retired": True} for one in retired]
    variable = Codebook.model_validate(
        {"variables": [{"id": "v", "kind": "single", "label": "v", "none_fits": False, "codes": codes}]}
    )["v"]
    pairs = [(a, b) for a, row in enumerate(OFFERED) for b, n in enumerate(row) for _ in range(n)]
    notes = [f"n{place}" for place in range(len(pairs))]
    events = {
        who: [
            (line, event(0, note, f"c{pair[j]}", variable="v", event_id=f"{who}-{note}"))
            for line, (note, pair) in enumerate(zip(notes, pairs, strict=True), start=2)
        ]
        for j, who in enumerate(["anna", "bo"])
    }
    decided = history_table(events)
    table = ratings_table(fold(decided), variable, notes, ["anna", "bo"], used=used)
    return agreement(table, coefficients="ac1", n_resamples=0)["value"][0]


def test_retired_codes_that_nobody_used_take_no_part_in_chance():
    four = ["r1", "r2", "r3", "r4"]
    assert round(_ac1_with([]), 3) == round(_ac1_with(four), 3) == 0.471
    # What it was with them on the list, and is where others used them.
    assert round(_ac1_with(four, used=tuple(four)), 3) == 0.526


def test_ratings_are_in_the_codebooks_order_unless_an_answer_is_outside_it():
    assert rated("valence", event(1, "n1", "mojlighet"))["anna"].cat.ordered
    assert not rated("valence", event(1, "n1", NONE_FITS))["anna"].cat.ordered


def test_retired_codes_are_those_that_stand_but_cannot_be_chosen():
    decisions = fold(history(event(1, "n1", "oklart"), event(2, "n2", "hinder"), event(3, "n3", "gammal")))
    assert retired_codes(BOOK["valence"], decisions) == ["gammal", "oklart"]
    assert retired_codes(BOOK["goal"], decisions) == []


# --- what is given ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ("kunskap", "kunskap"),
        ("", ""),
        (3, "3"),
        (3.0, "3"),
        (np.int64(3), "3"),
        (np.float64(3), "3"),
        (3.5, "3.5"),
        ([], ""),
        (set(), ""),
        ({"b", "a"}, "a|b"),
        (("b", "a"), "b|a"),
        (np.array(["b", "a"]), "b|a"),
        (None, None),
        (float("nan"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (np.float64("nan"), None),
    ],
)
def test_answers_as_they_are_given_in_python(codes, expected):
    assert joined(codes) == expected


def test_events_may_be_one_mapping_many_or_a_table():
    one = {"note_id": "n1", "codes": "x"}
    assert given_events(one) == given_events([one]) == given_events(pd.DataFrame([one])) == [one]
    assert given_events([]) == []


def test_event_ids_differ_and_no_program_takes_them_for_numbers():
    ids = {new_event_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(event_id[0] == "e" for event_id in ids)


@pytest.mark.parametrize("coder", ["anna", "k1", "rapport-2016", "a", "0_x", "a" * 40])
def test_ids_that_a_coder_may_have(coder):
    assert coder_fault(coder) == ""


@pytest.mark.parametrize(
    "coder",
    ["", "Anna", "../x", "a/b", "a\\b", "-a", "_a", "å", "a b", "a.b", "a" * 41, "a\n", None, 7, "k1\0"],
)
def test_ids_that_no_coder_may_have(coder):
    assert "cannot be a coder's id" in coder_fault(coder)


@pytest.mark.parametrize(
    ("name", "such"), [("Åsa Öberg", "asa-oberg"), ("Anna", "anna"), ("Con", "con-2"), ("时间", "anna")]
)
def test_a_name_that_is_no_id_gets_a_proposal(name, such):
    assert coder_fault(name).endswith(f"such as '{such}'")
    assert coder_fault(such) == ""


def test_reserved_names_are_said_to_be():
    assert {coder_fault(name) for name in RESERVED_CODERS} == {
        f"'{n}' is a reserved name" for n in RESERVED_CODERS
    }
    assert {"adjudicated", "merges", "pairs", "plan", "imports", "con", "com1", "lpt9"} <= RESERVED_CODERS
