"""How coders use the scale, read back from its artists."""

import pandas as pd
import pytest

from sekom_analysis.actions.scores import count_scores
from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_scores


@pytest.fixture
def scores():
    rows = [
        (f"D{place}", coder, criterion, 1, 1 + (place * (2 if coder == "bo" else 3)) % 5)
        for place in range(23)
        for coder in ("anna", "bo", "en-mycket-noggrann-kodare")
        for criterion in ("goal", "gap")
    ]
    return pd.DataFrame(rows, columns=["action", "coder", "criterion", "round", "score"])


def test_each_dot_stands_at_its_score_and_grows_with_the_count(scores):
    table = count_scores(scores)
    ax = plot_scores(table)
    (dots,) = ax.collections
    assert len(dots.get_offsets()) == len(table) == 30
    assert sorted({x for x, _ in dots.get_offsets()}) == [1, 2, 3, 4, 5]
    areas = pd.Series(dots.get_sizes()).groupby(table["count"]).agg(["min", "max"])
    assert (areas["min"] == areas["max"]).all()
    assert areas["min"].is_monotonic_increasing


def test_the_numbers_on_the_dots_add_up_to_the_actions(scores):
    table = count_scores(scores)
    ax = plot_scores(table, criteria={"goal": "Målbild", "gap": "Nuläge"})
    written = [int(text.get_text()) for text in ax.texts if text.get_text().isdigit()]
    assert sum(written) == table["count"].sum() == 23 * 3 * 2
    names = [text.get_text() for text in ax.texts if not text.get_text().isdigit()]
    assert names == ["Målbild", "Nuläge"]  # in the order of the labels


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_it_is_tidy(scores, lang, assert_tidy):
    criteria = {"goal": "Leder i rätt riktning mot målbilden (A)", "gap": "Möter hinder"}
    assert_tidy(plot_scores(count_scores(scores), lang=lang, criteria=criteria))


def test_means_of_merged_actions_are_counted_as_the_nearest_score(scores):
    halves = scores.head(3).assign(score=[2.5, 3.4, 3.5], coder="bo", criterion="goal", action=list("abc"))
    assert count_scores(halves)[["score", "count"]].to_numpy().tolist() == [[3, 2], [4, 1]]


def test_columns_that_lack_are_named(scores):
    with pytest.raises(FigureError, match="lacks the columns count"):
        plot_scores(scores)
