"""Sets of codes: each code is settled on its own, and a tie never."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sekom_analysis.consensus import consensus_sets

CELL = st.none() | st.frozensets(st.sampled_from("abc"))
ROWS = st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=8)


def ratings_of(rows):
    index = pd.Index([f"n{i}" for i in range(len(rows))], name="note_id")
    return pd.DataFrame([list(row) for row in rows], index=index, columns=list("wxyz"), dtype=object)


@settings(max_examples=40)
@given(ROWS)
def test_in_tied_and_out_are_what_counting_by_hand_says(rows):
    table = consensus_sets(ratings_of(rows))
    for row, found in zip(rows, table.itertuples(), strict=True):
        seen = [cell for cell in row if cell is not None]
        votes = {code: sum(code in cell for cell in seen) for code in "abc"}
        assert found.n_coders == len(seen)
        assert found.tied == {c for c, n in votes.items() if n and 2 * n == len(seen)}
        if seen:
            assert found.codes == {c for c, n in votes.items() if 2 * n > len(seen)}
        else:
            assert pd.isna(found.codes)  # unseen is not "none of them"


@settings(max_examples=40)
@given(ROWS)
def test_the_order_of_coders_settles_nothing(rows):
    ratings = ratings_of(rows)
    pd.testing.assert_frame_equal(consensus_sets(ratings), consensus_sets(ratings[list("zyxw")]))
