"""The keyword figure, read from its artists."""

from __future__ import annotations

import pytest
from matplotlib.legend import Legend

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_keywords
from sekom_analysis.quality.quotes import keywords


@pytest.fixture(scope="module")
def table(sample_study):
    return keywords(sample_study.main_notes, "stage")


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_bar_is_the_share_of_its_group(table, lang):
    ax = plot_keywords(table, lang=lang, top=6, labels={"B": "Nuläge", "D": "Åtgärder"})
    words = [label.get_text() for label in ax.get_yticklabels()]
    shown = table[table["z"] > 0].groupby("group", sort=False).head(6)
    assert words == list(shown["word"])
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(
        list(100 * shown["count"] / shown["n_group"])
    )
    rings = [x for line in ax.lines for x in line.get_xdata()]
    assert rings == pytest.approx(list(100 * shown["count_rest"] / shown["n_rest"]))
    texts = [text.get_text() for text in ax.texts]
    assert [text for text in texts if text.isdigit()] == [str(n) for n in shown["count"]]
    assert any("Nuläge (99" in text for text in texts)


def test_a_table_that_lacks_columns_is_refused(table):
    with pytest.raises(FigureError, match="n_rest"):
        plot_keywords(table.drop(columns="n_rest"))


def test_a_notebook_that_cuts_the_figure_close_keeps_the_legend(table):
    ax = plot_keywords(table)
    (legend,) = [artist for artist in ax.get_children() if isinstance(artist, Legend)]
    ax.figure.canvas.draw()
    top = legend.get_window_extent().y1 / ax.figure.dpi
    assert ax.figure.get_tightbbox().y1 >= top - 0.01
