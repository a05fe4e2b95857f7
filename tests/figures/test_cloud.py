"""The word cloud, read from its words."""

from __future__ import annotations

import pandas as pd
import pytest

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_word_cloud
from sekom_analysis.figures.styling import PAGE_WIDTH, save_figure
from sekom_analysis.figures.words import HEIGHT
from sekom_analysis.quality.quotes import keywords


@pytest.fixture(scope="module")
def table(sample_study):
    return keywords(sample_study.main_notes, "stage")


def boxes(ax):
    return {patch.get_label(): patch.get_path().get_extents() for patch in ax.patches}


def test_the_words_are_those_of_the_bars(table):
    expected = table[(table["group"] == "D") & (table["z"] > 0)].head(12)
    assert list(boxes(plot_word_cloud(table, "D", top=12))) == list(expected["word"])


@pytest.mark.parametrize("top", [1, 12, 60])
def test_all_words_are_inside_and_none_touches_another(table, top):
    drawn = list(boxes(plot_word_cloud(table, "D", top=top)).values())
    assert all(box.x0 >= 0 and box.x1 <= PAGE_WIDTH for box in drawn)
    assert all(box.y0 >= 0 and box.y1 <= HEIGHT for box in drawn)
    assert not [place for place, box in enumerate(drawn) if any(box.overlaps(o) for o in drawn[:place])]


def test_words_that_mark_more_are_larger():
    words = pd.DataFrame({"group": "a", "word": ["mmm", "mmmm", "mm"], "z": [3.0, 3.0, 1.0]})
    table = words.assign(count=1, n_group=9, count_rest=0, n_rest=9)
    first, equal, less = (box.height for box in boxes(plot_word_cloud(table, "a")).values())
    assert first == pytest.approx(equal)
    assert less == pytest.approx(first * (0.35 + 0.65 / 3))


def test_the_same_table_gives_the_same_picture(table, tmp_path):
    files = [
        save_figure(plot_word_cloud(table, "B").figure, tmp_path / str(turn), "cloud", ["svg"])[0]
        for turn in (1, 2)
    ]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_what_cannot_be_drawn_is_said(table):
    with pytest.raises(FigureError, match=r"no group 'C'\. It has: B, D"):
        plot_word_cloud(table, "C")
    with pytest.raises(FigureError, match="nothing to draw"):
        plot_word_cloud(table[table["z"] < 0], "B")
    with pytest.raises(FigureError, match="n_rest"):
        plot_word_cloud(table.drop(columns="n_rest"), "B")
