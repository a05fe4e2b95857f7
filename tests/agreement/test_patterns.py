"""Patterns from a table of ratings and from a long table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import count_patterns
from sekom_analysis.agreement.coded import read_ratings
from sekom_analysis.agreement.patterns import patterns_of
from sekom_analysis.basics.errors import RatingsError


def as_counter(patterns) -> dict[tuple[int, ...], int]:
    rows = map(tuple, patterns.counts.tolist())
    return dict(zip(rows, patterns.multiplicity.tolist(), strict=True))


def random_table(rng, n_notes, n_coders, n_codes) -> pd.DataFrame:
    codes = [f"c{k:02}" for k in range(n_codes)]
    table = pd.DataFrame(
        rng.choice(codes, (n_notes, n_coders)), columns=[f"k{j:02}" for j in range(n_coders)]
    )
    return table.astype(object).mask(rng.random(table.shape) < 0.3)


def counted_one_by_one(table, codes) -> dict[tuple[int, ...], int]:
    found: dict[tuple[int, ...], int] = {}
    for row in table.to_numpy():
        pattern = tuple(sum(value == code for value in row) for code in codes)
        if any(pattern):
            found[pattern] = found.get(pattern, 0) + 1
    return found


# One word of 31 bits; of 62; several words and bytes instead of keys; more than 62 coders.
SIZES = [(50, 3, 4), (50, 7, 12), (50, 12, 30), (30, 70, 3), (40, 2, 2)]


@pytest.mark.parametrize(("n_notes", "n_coders", "n_codes"), SIZES)
def test_both_doors_count_as_one_does_by_hand(n_notes, n_coders, n_codes):
    table = random_table(np.random.default_rng(n_codes), n_notes, n_coders, n_codes)
    wide = patterns_of(read_ratings(table))
    by_hand = counted_one_by_one(table, wide.codes)
    assert as_counter(wide) == by_hand
    long = table.stack().rename("codes").rename_axis(["note_id", "coder"]).reset_index()
    narrow = count_patterns(long)
    assert narrow.codes == wide.codes
    assert as_counter(narrow) == by_hand


def test_numbers_are_in_rising_order_and_unseen_is_no_code():
    coded = read_ratings(pd.DataFrame({"k1": [10, 2, None], "k2": [None, 3, 2]}, dtype="Int64"))
    assert coded.codes == (2, 3, 10)
    assert [column.tolist() for column in coded.values] == [[2, 0, -1], [-1, 1, 0]]


def test_categories_nobody_chose_are_codes_too():
    table = pd.DataFrame({"k1": pd.Categorical(["a"], ["a", "b"]), "k2": pd.Categorical(["a"], ["a", "b"])})
    assert read_ratings(table).codes == ("a", "b")


def test_categories_that_differ_are_joined():
    table = pd.DataFrame({"k1": pd.Categorical(["z"], ["z", "b"]), "k2": pd.Categorical(["a"], ["a", "b"])})
    coded = read_ratings(table)
    assert coded.codes == ("z", "b", "a")
    assert [int(column[0]) for column in coded.values] == [0, 2]


def test_sets_and_single_codes_do_not_mix():
    with pytest.raises(RatingsError, match="'a' is not a set"):
        read_ratings(pd.DataFrame({"k1": [frozenset("a")], "k2": ["a"]}))


def test_lists_are_refused_with_the_coder_named():
    with pytest.raises(RatingsError, match=r"'k1'.*frozenset"):
        read_ratings(pd.DataFrame({"k1": [["a"]], "k2": [["a"]]}))


LONG = pd.DataFrame({"note_id": ["1", "1", "2"], "coder": ["x", "y", "x"], "codes": ["a", "b", "a"]})


def test_doubled_rows_are_refused_with_the_rows_named():
    doubled = pd.concat([LONG, LONG.iloc[[0, 2]]])
    with pytest.raises(RatingsError, match=r"note '1', coder 'x': 2 rows; note '2', coder 'x': 2 rows"):
        count_patterns(doubled)


def test_doubled_rows_with_another_code_are_found_too():
    doubled = pd.concat([LONG, LONG.iloc[[0]].assign(codes="b")])
    with pytest.raises(RatingsError, match="note '1', coder 'x': 2 rows"):
        count_patterns(doubled)


def test_a_missing_column_is_named():
    with pytest.raises(RatingsError, match=r"no column 'codes'; its columns: note_id, coder, code"):
        count_patterns(LONG.rename(columns={"codes": "code"}))


def test_unknown_codes_are_named():
    with pytest.raises(RatingsError, match=r"on offer: 'b'\. On offer: 'a', 'c'"):
        count_patterns(LONG, codes=["a", "c"])


def test_no_decision_at_all():
    patterns = count_patterns(LONG.assign(codes=None))
    assert patterns.counts.shape == (0, 0)
    assert patterns.n_notes == 0
    assert count_patterns(LONG.iloc[:0]).n_notes == 0
