from __future__ import annotations

from math import nan

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_agreement

WHY = "Alla kodare valde samma kod på alla lappar, så det finns inget att skilja åt."


@pytest.fixture
def table():
    return pd.DataFrame(
        [
            ("Alla kodare", "Kategori, nuläge", 0.8023, 0.741, 0.857, 99, ""),
            ("Alla kodare", "Hinder eller möjlighet", 0.9404, 0.9, 0.97, 1099, ""),
            ("Per kategori", "Kunskap och kompetens", 0.73, 0.65, 0.77, 99, ""),
            ("Per kategori", "Resurser", nan, nan, nan, 0, WHY),
            ("Per kategori", "Samordning", 0.5, nan, nan, 12, "för få lappar för ett intervall"),
        ],
        columns=["group", "label", "value", "low", "high", "n_notes", "note"],
    )


def row_texts(ax, label):
    """Texts printed at the height of a row."""
    heights = dict(zip([t.get_text() for t in ax.get_yticklabels()], ax.get_yticks(), strict=True))
    return [text.get_text() for text in ax.texts if text.xy[1] == heights[label]]


def spans(ax):
    return [tuple(map(tuple, path.vertices)) for path in ax.collections[0].get_paths()]


def test_points_and_intervals_stand_at_their_values(table):
    ax = plot_agreement(table)
    known = table[table["value"].notna()]
    heights = np.array(ax.get_yticks())
    (points,) = ax.lines
    assert list(points.get_xdata()) == list(known["value"])
    assert list(points.get_ydata()) == list(heights[known.index])
    assert [(a[0], b[0]) for a, b in spans(ax)] == [(0.741, 0.857), (0.9, 0.97), (0.65, 0.77)]
    assert [a[1] for a, _ in spans(ax)] == list(heights[:3])


def test_rows_stand_under_their_headings_in_the_order_of_the_table(table):
    ax = plot_agreement(table)
    assert [text.get_text() for text in ax.get_yticklabels()] == list(table["label"])
    headings = {text.get_text(): text.xy[1] for text in ax.texts if text.get_weight() == "bold"}
    assert list(headings) == ["Alla kodare", "Per kategori"]
    order = [headings["Alla kodare"], *ax.get_yticks()[:2], headings["Per kategori"], *ax.get_yticks()[2:]]
    assert order == sorted(order)
    assert ax.get_ylim()[0] > order[-1]


def test_values_are_printed_as_the_language_writes_numbers(table):
    swedish, english = plot_agreement(table), plot_agreement(table, lang="en", decimals=3)
    assert row_texts(swedish, "Hinder eller möjlighet") == ["0,94", "[0,90; 0,97]", "1\u00a0099"]
    assert row_texts(english, "Hinder eller möjlighet") == ["0.940", "[0.900, 0.970]", "1,099"]
    assert {"värde", "intervall", "lappar"} <= {text.get_text() for text in swedish.texts}
    assert {"value", "interval", "notes"} <= {text.get_text() for text in english.texts}


def test_a_row_without_value_shows_a_dash_and_why(table):
    texts = row_texts(plot_agreement(table), "Resurser")
    assert " ".join(texts[0].split()) == WHY
    assert texts[1:] == ["–", "–", "0"]


def test_a_row_without_interval_shows_its_value_only(table):
    ax = plot_agreement(table)
    assert row_texts(ax, "Samordning") == ["0,50", "–", "12"]
    assert len(spans(ax)) == 3


def test_where_no_row_has_an_interval_there_is_no_column_of_them(table):
    ax = plot_agreement(table.assign(low=nan))
    assert row_texts(ax, "Samordning") == ["0,50", "12"]
    assert "intervall" not in {text.get_text() for text in ax.texts}
    assert spans(ax) == []


def test_without_numbers_of_notes_there_is_no_column_of_them(table):
    texts = [text.get_text() for text in plot_agreement(table.drop(columns="n_notes")).texts]
    assert "lappar" not in texts
    assert "värde" in texts


@pytest.mark.parametrize(
    ("floor", "lang", "text"),
    [
        (0.667, "sv", "studiens gränsvärde 0,667"),
        (0.8, "en", "the study's floor 0.8"),
        (0.05, "sv", "studiens gränsvärde 0,05"),
    ],
)
def test_the_floor_is_a_line_with_its_text(table, assert_tidy, floor, lang, text):
    ax = plot_agreement(table, floor=floor, lang=lang)
    assert list(ax.lines[-1].get_xdata()) == [floor, floor]
    (said,) = [found for found in ax.texts if found.get_text() == text]
    assert said.xy[0] == floor
    assert_tidy(ax)
    assert len(plot_agreement(table).lines) == 1


def test_the_axis_runs_from_0_or_the_lowest_to_1(table):
    assert plot_agreement(table).get_xlim() == (0, 1)
    table.loc[0, ["value", "low"]] = [-0.1, -0.35]
    assert plot_agreement(table).get_xlim() == (-0.35, 1)
    table.loc[0, "low"] = nan
    assert plot_agreement(table).get_xlim() == (-0.1, 1)


def test_nothing_lies_on_anything_else(table, assert_tidy):
    long = "En kategori vars namn är så långt att det inte får plats på en rad i figuren"
    hard = pd.concat([table, table.assign(group="", label=long), table.assign(low=-0.9, group="Tredje")])
    for lang in ("sv", "en"):
        assert_tidy(plot_agreement(table, lang=lang, floor=0.667))
        assert_tidy(plot_agreement(hard, lang=lang, floor=0.95, decimals=3))
        assert_tidy(plot_agreement(table.iloc[[3]], lang=lang))


def test_the_figure_is_as_wide_as_the_page(table):
    assert plot_agreement(table).figure.get_size_inches()[0] * 25.4 == pytest.approx(160)


def test_draws_on_axes_that_are_given(table):
    fig = Figure(figsize=(8, 4))
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0.3, 0.1, 0.3, 0.8))
    assert plot_agreement(table, ax=ax) is ax
    assert tuple(fig.get_size_inches()) == (8, 4)


def test_missing_columns_are_named(table):
    with pytest.raises(FigureError, match=r"agreement table lacks the columns group, note"):
        plot_agreement(table.drop(columns=["note", "group"]))
