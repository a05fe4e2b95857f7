"""The figure of how many notes to share: its band, its line, and the first size that is enough."""

import pandas as pd
import pytest

from sekom_analysis.agreement import plan_sample
from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_sample


@pytest.fixture(scope="module")
def table():
    return plan_sample(alpha=0.8, prevalence=[0.6, 0.4], width=0.3, sizes=[25, 50, 100, 200], n_studies=400)


@pytest.mark.parametrize(("lang", "words"), [("sv", "räcker: {} lappar"), ("en", "enough: {} notes")])
def test_the_first_size_that_is_enough_is_marked(table, lang, words):
    ax = plot_sample(table, lang=lang)
    first = table.loc[table["enough"], "n_notes"].min()
    assert [text.get_text() for text in ax.texts] == [words.format(first)]
    ring = ax.lines[1].get_xdata()[0]
    assert table["n_notes"][ring] == first
    assert ax.get_xticklabels()[ring].get_text() == str(first)


def test_the_line_is_the_median_and_the_band_its_ends(table):
    ax = plot_sample(table, floor=0.667)
    assert ax.lines[0].get_ydata().tolist() == table["value"].tolist()
    outline = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert {table["low"].min(), table["high"].max()} <= set(outline)
    assert 0.667 in [line.get_ydata()[0] for line in ax.lines]


def test_nothing_is_marked_where_no_size_is_enough(table):
    ax = plot_sample(table.assign(enough=False))
    assert not ax.texts


def test_an_empty_table_is_refused():
    with pytest.raises(FigureError):
        plot_sample(pd.DataFrame())
