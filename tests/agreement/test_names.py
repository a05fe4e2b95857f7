"""Names that coefficients go by, codes that count, and why agreement is low."""

from __future__ import annotations

import pandas as pd
import pytest

from sekom_analysis.agreement import agreement, agreement_by_pair, count_patterns
from sekom_analysis.agreement.reasons import why_low

TWO = pd.DataFrame({"k1": list("aabbc"), "k2": list("aabcc")})
THREE = TWO.assign(k3=list("abbbc"))


def test_bennetts_s_is_brennan_and_predigers():
    found = agreement(TWO, coefficients="bennett_s", n_resamples=0)
    # Bennett, Alpert & Goldstein (1954): S = (V p_o − 1) / (V − 1).
    assert found["value"].tolist() == pytest.approx([(3 * 0.8 - 1) / 2])
    assert found["coefficient"].tolist() == ["brennan_prediger"]


@pytest.mark.parametrize(("ratings", "name"), [(TWO, "cohen"), (THREE, "fleiss")])
@pytest.mark.parametrize(("lang", "word"), [("en", "Kappa here is"), ("sv", "Kappa är här")])
def test_kappa_says_which_it_is(ratings, name, lang, word):
    found = agreement(ratings, coefficients="kappa", n_resamples=0, lang=lang).iloc[0]
    assert found.coefficient == name
    assert found.value == pytest.approx(agreement(ratings, coefficients=name, n_resamples=0).value[0])
    assert found.note.startswith(word)
    assert name in found.note.lower()


def test_kappa_of_pairs_is_cohens_and_of_patterns_fleiss():
    assert set(agreement_by_pair(THREE, coefficients="kappa", n_resamples=0).coefficient) == {"cohen"}
    long = THREE.rename_axis("note_id").reset_index().melt("note_id", None, "coder", "codes")
    found = agreement(count_patterns(long), coefficients="kappa", n_resamples=0)
    assert found["value"].notna().all()
    assert agreement(TWO, coefficients="all", n_resamples=0)["coefficient"].is_unique


def test_an_unused_middle_code_moves_weighted_kappas_and_not_alpha():
    three, four = list("abc"), ["a", "between", "b", "c"]

    def of(codes, **how):
        return agreement(TWO, n_resamples=0, codes=codes, **how)["value"].tolist()

    assert of(three, coefficients="alpha", level="ordinal") == of(four, coefficients="alpha", level="ordinal")
    assert of(three, coefficients=["cohen", "fleiss"]) == pytest.approx(
        of(four, coefficients=["cohen", "fleiss"])
    )
    weighted = [of(codes, coefficients="cohen", weights="linear")[0] for codes in (three, four)]
    assert abs(weighted[0] - weighted[1]) > 0.01
    assert of(three, coefficients="ac1") != pytest.approx(of(four, coefficients="ac1"))


def test_why_agreement_is_low_though_nearly_all_agree():
    ratings = pd.DataFrame({"k1": ["a"] * 19 + ["b"], "k2": ["a"] * 18 + ["b", "a"]})
    table = agreement(ratings, n_resamples=0)
    assert why_low(table) == (
        "90% of the pairs agree and yet α is −0.03: the answers are so much alike that chance alone would "
        "give 90% agreement, as α counts it, and 90% was seen."
    )
    assert "ändå är α" in why_low(table, "sv")
    assert why_low(agreement(TWO, n_resamples=0)) == ""  # percent .8, α .71
    apart = pd.DataFrame({"k1": list("abab"), "k2": list("bbaa")})
    assert why_low(agreement(apart, n_resamples=0)) == ""  # both low
