"""No order that nobody gave: words and numbers as text at every door."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.agreement import (
    agreement,
    agreement_by_code,
    agreement_by_group,
    agreement_by_pair,
    agreement_difference,
    agreement_without_each,
    alpha,
    count_patterns,
    disagreements,
    plan_sample,
)
from sekom_analysis.agreement.coded import InOrder, read_ratings
from sekom_analysis.basics.errors import RatingsError

STEPS = ["låg", "medel", "hög"]
ALPHABETICAL = r"'hög' < 'låg' < 'medel'.*codes=\[.*ordered=True"


def from_counts(counts, codes) -> pd.DataFrame:
    counts = np.array(counts)
    first, second = (np.repeat(at, counts.ravel()) for at in (x.ravel() for x in np.indices(counts.shape)))
    codes = np.array(codes, dtype=object)
    return pd.DataFrame({"k1": codes[first], "k2": codes[second]})


@pytest.fixture
def words() -> pd.DataFrame:
    return from_counts([[19, 4, 0], [3, 15, 7], [0, 10, 14]], STEPS)


# Two coders, ten steps. Sorted as text, "10" comes before "2".
SCORES = [
    (1, 2), (1, 2), (1, 2), (2, 1), (2, 2), (3, 2), (3, 3), (3, 3), (4, 3), (4, 4), (4, 4), (4, 4), (4, 4),
    (4, 7), (5, 3), (6, 5), (6, 6), (6, 6), (6, 7), (6, 7), (7, 7), (7, 7), (7, 7), (7, 10), (8, 8), (8, 10),
    (8, 10), (9, 8), (10, 8), (10, 9),
]  # fmt: skip
NUMBERS = pd.DataFrame(SCORES, columns=["k1", "k2"])


def theirs(table, order) -> float:
    krippendorff = pytest.importorskip("krippendorff")
    data = np.array([[order.index(value) for value in table[name]] for name in table], dtype=float)
    return krippendorff.alpha(data, level_of_measurement="ordinal")


def test_words_are_not_sorted_into_a_scale(words):
    with pytest.raises(RatingsError, match=ALPHABETICAL):
        agreement(words, "ordinal", n_resamples=0)
    right = alpha(words, "ordinal", codes=STEPS)
    assert right == pytest.approx(theirs(words, STEPS))
    assert right == pytest.approx(0.735, abs=0.0005)
    # What sorting made of it.
    assert theirs(words, sorted(STEPS)) == pytest.approx(0.239, abs=0.0005)
    categories = words.astype(pd.CategoricalDtype(STEPS, ordered=True))
    assert alpha(categories, "ordinal") == pytest.approx(right)
    with pytest.raises(RatingsError, match=ALPHABETICAL):
        alpha(words.astype("category"), "ordinal")


def test_numbers_as_text_are_not_sorted_as_text():
    texts = NUMBERS.astype(str)
    ten = [str(n) for n in range(1, 11)]
    assert theirs(texts, sorted(ten)) == pytest.approx(0.291, abs=0.0005)
    with pytest.raises(RatingsError, match=r"'1' < '10' < '2'.*pd\.to_numeric.*codes="):
        alpha(texts, "ordinal")
    for right in (
        alpha(texts, "ordinal", codes=ten),
        alpha(texts.apply(pd.to_numeric), "ordinal"),
        alpha(NUMBERS, "ordinal"),
        alpha(texts.astype(pd.CategoricalDtype(ten, ordered=True)), "ordinal"),
    ):
        assert right == pytest.approx(0.921, abs=0.0005)
        assert right == pytest.approx(theirs(texts, ten))


@pytest.mark.parametrize("level", ["interval", "ratio"])
def test_numbers_as_text_have_no_distances_until_they_are_numbers(level):
    texts = NUMBERS.astype(str)
    with pytest.raises(RatingsError, match=r"pd\.to_numeric"):
        alpha(texts, level)
    ten = [str(n) for n in range(1, 11)]
    assert alpha(texts, level, codes=ten) == pytest.approx(alpha(NUMBERS, level))


@pytest.mark.parametrize("weights", ["linear", "quadratic", "ordinal", "bipolar"])
def test_weights_by_name_need_an_order(words, weights):
    with pytest.raises(RatingsError, match=ALPHABETICAL):
        agreement(words, coefficients="cohen", weights=weights, n_resamples=0)
    given = agreement(words, coefficients="cohen", weights=weights, codes=STEPS, n_resamples=0).value[0]
    numbers = words.apply(lambda column: column.map({step: k for k, step in enumerate(STEPS)}))
    assert given == pytest.approx(
        agreement(numbers, coefficients="cohen", weights=weights, n_resamples=0).value[0]
    )


def test_weights_of_ones_own_and_distances_need_none(words):
    own = np.eye(3)
    assert agreement(words, coefficients="cohen", weights=own, n_resamples=0).value[0] == pytest.approx(
        agreement(words, coefficients="cohen", n_resamples=0).value[0]
    )
    assert alpha(words, 1 - own) == pytest.approx(alpha(words))


def test_of_two_words_either_order_gives_the_same(words):
    two = words[(words != "medel").all(axis=1)]
    assert alpha(two, "ordinal") == pytest.approx(alpha(two))


@pytest.mark.parametrize(
    "ask",
    [
        lambda table: agreement_by_pair(table, "ordinal", n_resamples=0),
        lambda table: agreement_without_each(table, "ordinal", n_resamples=0),
        lambda table: agreement_by_group(
            table, pd.Series("a", index=table.index, name="part"), "ordinal", n_resamples=0
        ),
        lambda table: plan_sample(table, level="ordinal", width=0.2, sizes=[50], n_studies=10),
        lambda table: agreement_difference(table, table, level="ordinal", n_resamples=0),
        lambda table: agreement(
            count_patterns(
                table.rename_axis("note_id").reset_index().melt("note_id", None, "coder", "codes")
            ),
            "ordinal",
            n_resamples=0,
        ),
    ],
    ids=["by pair", "without each", "by group", "plan", "difference", "patterns"],
)
def test_every_door_refuses_words(words, ask):
    with pytest.raises(RatingsError, match=ALPHABETICAL):
        ask(words)


def test_a_plan_takes_the_order_by_name_or_by_prevalence(words):
    how = {"level": "ordinal", "width": 0.5, "sizes": [50], "n_studies": 20}
    assert len(plan_sample(words, codes=STEPS, **how)) == 1
    assumed = plan_sample(alpha=0.7, prevalence={"låg": 0.5, "medel": 0.3, "hög": 0.2}, **how)
    assert assumed["value"][0] > 0.5


def test_patterns_take_the_order_by_name(words):
    long = words.rename_axis("note_id").reset_index().melt("note_id", None, "coder", "codes")
    right = alpha(words, "ordinal", codes=STEPS)
    assert alpha(count_patterns(long, codes=STEPS), "ordinal") == pytest.approx(right)
    assert alpha(count_patterns(long), "ordinal", codes=STEPS) == pytest.approx(right)
    with pytest.raises(RatingsError, match=r"not among those given: 'hög'"):
        alpha(count_patterns(long), "ordinal", codes=["låg", "medel"])


def test_columns_of_engines_bring_their_own_order(words):
    long = words.rename_axis("note_id").reset_index().melt("note_id", None, "coder", "codes")
    right = alpha(words, "ordinal", codes=STEPS)
    in_order = long.assign(codes=pd.Categorical(long["codes"], categories=STEPS, ordered=True))
    assert alpha(count_patterns(in_order), "ordinal") == pytest.approx(right)
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame(long.to_dict("list"))
    with pytest.raises(RatingsError, match=ALPHABETICAL):
        alpha(count_patterns(frame), "ordinal")
    assert alpha(
        count_patterns(frame.with_columns(pl.col("codes").cast(pl.Enum(STEPS)))), "ordinal"
    ) == pytest.approx(right)
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect()
    connection.execute("create type step as enum ('låg', 'medel', 'hög')")
    connection.register("long", long)
    texts = connection.sql("select note_id, coder, codes::varchar as codes from long")
    with pytest.raises(RatingsError, match=ALPHABETICAL):
        alpha(count_patterns(texts), "ordinal")
    enums = connection.sql("select note_id, coder, codes::varchar::step as codes from long")
    assert alpha(count_patterns(enums), "ordinal") == pytest.approx(right)


def test_a_number_in_one_column_and_text_in_another_is_told():
    mixed = NUMBERS.assign(k2=NUMBERS["k2"].astype(str))
    says = r"1 is a number in k1 and a text in k2"
    for ask in (
        lambda: agreement(mixed, n_resamples=0),
        lambda: agreement_by_code(mixed, n_resamples=0),
        lambda: agreement_by_pair(mixed, n_resamples=0),
        lambda: disagreements(mixed),
        lambda: agreement(mixed.astype({"k1": float}), n_resamples=0),
        lambda: agreement(mixed, codes=[1, "1"], n_resamples=0),
    ):
        with pytest.raises(RatingsError, match=says):
            ask()
    long = pd.DataFrame({"note_id": [1, 1, 2], "coder": ["a", "b", "a"], "codes": [1, "1", 2]})
    with pytest.raises(RatingsError, match="1 is a number in the column of codes and a text in"):
        count_patterns(long)


def test_numbers_and_other_words_stand_in_one_table():
    assert read_ratings(pd.DataFrame({"k1": [1, "none"], "k2": [1, 2]}, dtype=object)).codes == (1, 2, "none")


def test_a_codebook_gives_the_order_unless_an_answer_lies_outside(sample_study):
    codes = read_ratings(sample_study.ratings("valence")).codes
    assert isinstance(codes, InOrder)
