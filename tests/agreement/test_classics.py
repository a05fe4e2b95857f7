"""The classics, typed in from the publications."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import Patterns, agreement, agreement_by_code, alpha


def from_table(table) -> pd.DataFrame:
    """Ratings of two coders from a table of counts, rows the first coder's codes."""
    table = np.array(table)
    first, second = np.indices(table.shape)
    return pd.DataFrame({"A": np.repeat(first, table.ravel()), "B": np.repeat(second, table.ravel())})


def value(ratings, name, **options) -> float:
    return agreement(ratings, coefficients=name, n_resamples=0, **options).value[0]


def test_cohen_1960():
    # Cohen (1960), Educational and Psychological Measurement 20, p. 45.
    ratings = from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    assert round(value(ratings, "percent"), 2) == 0.70
    assert round(value(ratings, "cohen"), 3) == 0.492


def test_artstein_poesio_2008():
    # Artstein & Poesio (2008), Computational Linguistics 34, pp. 558–568: two codes, then three.
    two = from_table([[20, 20], [10, 50]])
    assert round(value(two, "percent"), 1) == 0.7
    assert [round(value(two, name), 3) for name in ("brennan_prediger", "scott", "cohen")] == [
        0.4,
        0.341,
        0.348,
    ]
    # Statement, information request, check, p. 568; a check is half as far from either.
    three = from_table([[46, 6, 0], [0, 32, 0], [0, 6, 10]])
    assert round(value(three, "scott"), 4) == 0.7995
    assert round(value(three, "cohen"), 4) == 0.8013
    half = np.array([[0, 1, 0.5], [1, 0, 0.5], [0.5, 0.5, 0]])
    assert round(alpha(three, half), 4) == 0.8156
    assert round(value(three, "cohen", weights=1 - half), 4) == 0.8163


# Fleiss (1971), Psychological Bulletin 76, pp. 379–381: 30 patients, 6 psychiatrists, 5 diagnoses.
FLEISS = """
00060 03003 01401 00006 03030 20400 00402 20310 20040 00006
10050 11040 03300 10050 02031 00501 30012 51000 02040 10203
00006 01050 02013 20040 10041 05010 40002 02040 10500 00006
"""


def test_fleiss_1971():
    counts = np.array([[int(digit) for digit in patient] for patient in FLEISS.split()])
    patterns = Patterns(counts, np.ones(30, np.int64), tuple("12345"), 6)
    row = agreement(patterns, coefficients="fleiss", n_resamples=0).iloc[0]
    assert round(row.value, 3) == 0.430
    assert round(row.observed, 4) == 0.5556
    by_code = agreement_by_code(patterns, coefficients="fleiss", n_resamples=0).value
    # The paper prints .248 .248 .517 .470 .565, from rounded steps.
    assert by_code.round(3).tolist() == [0.245, 0.245, 0.52, 0.471, 0.566]


def test_gwet_2008():
    # Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, pp. 29–48, by hand:
    # 8 × yes–yes, 1 × no–no, 1 × yes–no; so p_a = .9 and the share of yes is .85.
    ratings = from_table([[8, 1], [0, 1]])
    by_chance = 2 * 0.85 * 0.15
    assert value(ratings, "ac1") == pytest.approx((0.9 - by_chance) / (1 - by_chance))
    assert round(value(ratings, "ac1"), 4) == 0.8658
    assert round(value(ratings, "scott"), 4) == 0.6078


SHROUT_FLEISS = pd.DataFrame(
    {
        # Shrout & Fleiss (1979), Psychological Bulletin 86, pp. 423–424: 6 targets, 4 judges.
        "1": [9, 6, 8, 7, 10, 6],
        "2": [2, 1, 4, 1, 5, 2],
        "3": [5, 3, 6, 2, 6, 4],
        "4": [8, 2, 8, 6, 9, 7],
    }
)


def test_shrout_fleiss_1979():
    names = ["icc_1_1", "icc_a_1", "icc_c_1", "icc_1_k", "icc_a_k", "icc_c_k"]
    table = agreement(SHROUT_FLEISS, coefficients=names, n_resamples=0)
    assert table.value.round(2).tolist() == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


def test_scores_seen_by_all_are_counted_in_the_note():
    ratings = SHROUT_FLEISS.astype(float)
    ratings.loc[6] = [3.0, 4.0, None, None]
    row = agreement(ratings, coefficients="icc_a_1_listwise", n_resamples=0).iloc[0]
    assert round(row.value, 2) == 0.29
    assert "6 notes" in row.note


def test_kendalls_w_of_coders_in_step_and_against_each_other():
    steps = pd.DataFrame({"k1": [1, 2, 3, 4], "k2": [10, 20, 30, 40]})
    assert value(steps, "kendall_w") == pytest.approx(1)
    assert value(steps.assign(k2=[40, 30, 20, 10]), "kendall_w") == pytest.approx(0, abs=1e-12)


def test_kendalls_w_with_ties_by_hand():
    # Ranks 1.5, 1.5, 3 and 1, 2.5, 2.5: rank sums 2.5, 4, 5.5; S = 4.5; each has one pair tied, T = 6.
    ties = pd.DataFrame({"k1": [1, 1, 2], "k2": [1, 2, 2]})
    assert value(ties, "kendall_w") == pytest.approx(12 * 4.5 / (4 * (27 - 3) - 2 * (6 + 6)))


def test_two_codes_one_alpha():
    ratings = from_table([[20, 20], [10, 50]])
    assert (
        agreement_by_code(ratings, coefficients="alpha", n_resamples=0).value.tolist()
        == [pytest.approx(alpha(ratings))] * 2
    )
