"""Coefficients and their intervals read back from the artists, and the columns beside them."""

from __future__ import annotations

from math import nan

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_agreement

WHY = "Alla kodare valde samma kod på alla lappar, så det finns inget att skilja åt."
LONG = "En kategori vars namn är så långt att det inte får plats på en rad i figuren"


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


@pytest.fixture
def row_texts(said):
    """Read the numbers of a row, from the left, and why it has none."""

    def read(ax, row):
        texts = said(ax)
        return [
            texts[key] for name in ("note", "value", "interval", "notes") if (key := f"{name} {row}") in texts
        ]

    return read


def heights(ax, what):
    """Read {text: the middle of its lines}."""
    found = {}
    for text in ax.texts:
        role, _, n = str(text.get_label()).partition(" ")
        if role == what:
            found.setdefault(int(n), []).append(text.get_position()[1])
    return {n: sum(ys) / len(ys) for n, ys in found.items()}


def drawn(ax, what):
    return [line for line in ax.lines if line.get_label() == what]


def test_points_and_intervals_stand_at_their_values_beside_their_labels(table):
    ax = plot_agreement(table)
    known = table[table["value"].notna()]
    assert [line.get_xdata()[0] for line in drawn(ax, "value")] == list(known["value"])
    middles = heights(ax, "label")
    for line, row in zip(drawn(ax, "value"), known.index, strict=True):
        assert abs(line.get_ydata()[0] - middles[row]) < 2  # the middle is that of a line, not of its foot
    spans = [tuple(line.get_xdata()) for line in drawn(ax, "interval")]
    assert spans == [(0.741, 0.857), (0.9, 0.97), (0.65, 0.77)]
    ys = {line.get_ydata()[0] for line in drawn(ax, "value")}
    assert {line.get_ydata()[0] for line in drawn(ax, "interval")} <= ys


def test_rows_stand_under_their_headings_in_the_order_of_the_table(table, said):
    ax = plot_agreement(table)
    texts, labels, headings = said(ax), heights(ax, "label"), heights(ax, "heading")
    assert [texts[f"label {n}"] for n in range(5)] == list(table["label"])
    assert [texts[f"heading {n}"] for n in headings] == ["Alla kodare", "Per kategori"]
    order = [headings[0], labels[0], labels[1], headings[2], labels[2], labels[3], labels[4]]
    assert order == sorted(order)
    assert ax.get_ylim()[0] > order[-1]


def test_values_are_printed_as_the_language_writes_numbers(table, said, row_texts):
    swedish, english = plot_agreement(table), plot_agreement(table, lang="en", decimals=3)
    assert row_texts(swedish, 1) == ["0,94", "[0,90; 0,97]", "1\u00a0099"]
    assert row_texts(english, 1) == ["0.940", "[0.900, 0.970]", "1,099"]
    assert said(swedish)["head"] == "värde intervall lappar"
    assert said(english)["head"] == "value interval notes"


def test_a_column_has_no_room_for_intervals_in_figures_and_draws_them(table, said):
    ax = plot_agreement(table, width_mm=85)
    assert said(ax)["head"] == "värde lappar"
    assert len(drawn(ax, "interval")) == 3


def test_a_row_without_value_shows_a_dash_and_why(table, row_texts):
    assert row_texts(plot_agreement(table), 3) == [WHY, "–", "–", "0"]


def test_a_row_without_interval_shows_its_value_only(table, row_texts):
    assert row_texts(plot_agreement(table), 4) == ["0,50", "–", "12"]


def test_where_no_row_has_an_interval_there_is_no_column_of_them(table, said, row_texts):
    ax = plot_agreement(table.assign(low=nan))
    assert row_texts(ax, 4) == ["0,50", "12"]
    assert "intervall" not in " ".join(said(ax).values())
    assert drawn(ax, "interval") == []


def test_without_numbers_of_notes_there_is_no_column_of_them(table, said):
    assert said(plot_agreement(table.drop(columns="n_notes")))["head"] == "värde intervall"


@pytest.mark.parametrize(
    ("floor", "lang", "text"),
    [
        (0.667, "sv", "studiens gränsvärde 0,667"),
        (0.8, "en", "the study's floor 0.8"),
        (0.05, "sv", "studiens gränsvärde 0,05"),
    ],
)
def test_the_floor_is_a_line_with_its_text(table, said, assert_tidy, floor, lang, text):
    ax = plot_agreement(table, floor=floor, lang=lang)
    (line,) = drawn(ax, "_line")
    assert list(line.get_xdata()) == [floor, floor]
    assert said(ax)["line"] == text
    assert_tidy(ax)
    assert drawn(plot_agreement(table), "_line") == []


def test_what_is_under_the_floor_is_a_ring(table):
    def rings(ax):
        return [to_hex(line.get_markerfacecolor()) == "#ffffff" for line in drawn(ax, "value")]

    assert rings(plot_agreement(table, floor=0.8)) == [False, False, True, True]
    assert rings(plot_agreement(table)) == [False] * 4
    keyed = table.assign(group_key=["independent"] * 2 + ["pooled"] * 3)
    ax = plot_agreement(keyed, floor=0.9)
    assert rings(ax) == [True, False, False, False]  # the plan's floor is not for the others
    (line,) = drawn(ax, "_line")
    assert line.get_ydata()[1] < heights(ax, "heading")[2]


def test_the_axis_runs_from_0_or_the_lowest_to_1(table, said):
    assert said(plot_agreement(table))["axis"] == "0,0 0,2 0,4 0,6 0,8 1,0"
    table.loc[0, ["value", "low"]] = [-0.1, -0.35]
    for width in (85, 160, "slide"):
        ax = plot_agreement(table, width_mm=width)
        marks = {text.get_text(): text for text in ax.texts if text.get_label() == "axis"}
        assert {"0,0", "1,0"} <= set(marks)
        for value, name in ((0, "0,0"), (1, "1,0")):
            box = marks[name].get_window_extent()
            assert ax.transData.transform((value, 0))[0] == pytest.approx((box.x0 + box.x1) / 2, abs=2)
        ends = [x for line in drawn(ax, "interval") for x in line.get_xdata()]
        names = [text.get_window_extent().x1 for text in ax.texts if text.get_label().startswith("label")]
        assert ax.transData.transform((min(ends), 0))[0] > max(names)


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("width", [85, 160, "slide"])
def test_nothing_lies_on_anything_else(table, assert_tidy, lang, width):
    hard = pd.concat(
        [table, table.assign(group="", label=LONG), table.assign(low=-0.9, group=f"{LONG}, {LONG}")],
        ignore_index=True,
    )
    title = "Det här är vad talen visar, sagt i en mening som behöver två rader"
    how = {"lang": lang, "width_mm": width, "title": title}
    assert_tidy(plot_agreement(table, floor=0.667, **how))
    assert_tidy(plot_agreement(hard, floor=0.95, decimals=3, source="Källa: studien", **how))
    assert_tidy(plot_agreement(table.iloc[[3]], **how))


def test_a_slide_without_room_for_all_says_how_many_are_left(table, said):
    long = pd.concat([table] * 6, ignore_index=True)
    texts = said(plot_agreement(long, width_mm="slide", title="Fynd"))
    n_shown = sum(role.startswith("label") for role in texts)
    assert 0 < n_shown < 30
    assert f"{30 - n_shown} rader till visas inte." in texts["source"]


def test_the_figure_is_as_wide_as_the_page(table):
    assert plot_agreement(table).figure.get_size_inches()[0] * 25.4 == pytest.approx(160)


def test_draws_on_axes_that_are_given(table, assert_tidy):
    fig = Figure(figsize=(8, 4))
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0.1, 0.1, 0.8, 0.8))
    assert plot_agreement(table, ax=ax) is ax
    assert tuple(fig.get_size_inches()) == (8, 4)
    assert_tidy(ax)


def test_axes_without_room_are_refused_with_what_to_do(table):
    fig = Figure(figsize=(1, 1))
    FigureCanvasAgg(fig)
    with pytest.raises(FigureError, match=r"too small for one row.*Nothing was drawn"):
        plot_agreement(table, ax=fig.add_axes((0, 0, 1, 1)))


def test_missing_columns_are_named(table):
    with pytest.raises(FigureError, match=r"agreement table lacks the columns group, note"):
        plot_agreement(table.drop(columns=["note", "group"]))
