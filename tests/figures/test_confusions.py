"""Codes taken for each other read back from the artists, and what is said of those without a bar."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sekom_analysis.agreement.disputes import confusions
from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_confusions

LABELS = {"kunskap": "Kunskap och kompetens", "resurser": "Resurser", "samverkan": "Samverkan"}


@pytest.fixture
def ratings():
    rng = np.random.default_rng(3)
    return pd.DataFrame(rng.choice(list(LABELS), (40, 4)), columns=["k1", "k2", "k3", "k4"])


@pytest.fixture
def bars(said):
    """Read [(label, number, width of the bar)] from the top down."""

    def read(ax):
        texts = said(ax)
        rows = [role.removeprefix("name ") for role in texts if role.startswith("name ")]
        widths = [bar.get_width() for container in ax.containers for bar in container]
        return [
            (texts[f"name {row}"], texts[f"count {row} "], width)
            for row, width in zip(rows, widths, strict=True)
        ]

    return read


@pytest.mark.parametrize("value", ["pairs", "notes"])
def test_bars_show_what_the_table_has_of_different_codes_most_first(ratings, bars, value):
    table = confusions(ratings)
    shown = bars(plot_confusions(table, labels=LABELS, value=value))
    apart = table[table["code_a"] != table["code_b"]].sort_values(value, ascending=False, kind="stable")
    expected = [
        (f"{LABELS[row.code_a]} – {LABELS[row.code_b]}", str(getattr(row, value)), getattr(row, value))
        for row in apart.itertuples()
    ]
    assert shown == expected


def test_both_orders_have_a_row_each_with_the_way_they_go(bars):
    table = pd.DataFrame(
        {"code_a": ["a", "a", "b", "b"], "code_b": ["a", "b", "a", "b"], "pairs": [9, 1, 4, 8]}
    )
    assert bars(plot_confusions(table)) == [("b → a", "4", 4), ("a → b", "1", 1)]


def met(*notes):
    """Return a table of pairs of codes that met on so many notes."""
    codes = [(f"a{n}", f"b{n}") for n in range(len(notes))]
    table = pd.DataFrame(codes, columns=["code_a", "code_b"])
    return table.assign(notes=notes, pairs=[3 * n for n in notes])


def test_pairs_on_few_notes_and_on_none_are_in_the_source_line(bars, said):
    ax = plot_confusions(met(5, 1, 2, 1, 0, 0, 0), value="notes")
    assert [number for _, number, _ in bars(ax)] == ["5", "2"]
    told = "2 par av koder till har mötts på färre än 2 lappar. 3 par har aldrig mötts."
    assert said(ax)["source"] == told
    one = said(plot_confusions(met(5, 1, 0), lang="en"))["source"]
    assert one == "One more pair of codes met on fewer than 2 notes. One pair never met."
    assert "source" not in said(plot_confusions(met(5, 3)))
    assert len(bars(plot_confusions(met(5, 3, 2), least=3))) == 2


def test_where_none_met_often_all_that_met_are_there(bars):
    assert [number for _, number, _ in bars(plot_confusions(met(1, 0, 1), value="notes"))] == ["1", "1"]


@pytest.mark.parametrize("width", [85, 160, "slide"])
def test_without_any_confusion_a_sentence_says_so(said, assert_tidy, width):
    ax = plot_confusions(met(0, 0), width_mm=width)
    assert said(ax)["none"] == "Inga två koder har valts för samma lapp."
    assert not ax.containers
    assert_tidy(ax)


def test_the_subtitle_says_what_is_counted(ratings, said):
    table = confusions(ratings)
    pairs = said(plot_confusions(table))["subtitle"]
    assert pairs == "Antal par av kodare, lapp för lapp, som har valt de två koderna"
    notes = said(plot_confusions(table, value="notes", lang="en"))["subtitle"]
    assert notes == "Number of notes where two coders chose the two codes"


@pytest.mark.parametrize("size", [1, 2, 7, 25])
@pytest.mark.parametrize("width", [85, 160, "slide"])
def test_nothing_lies_on_anything_else(assert_tidy, size, width):
    label = "Samverkan mellan förvaltningar och politik"
    table = met(*range(120, 120 - size, -1), 1, 0)
    labels = {code: f"{label} {code}" for code in [*table["code_a"], *table["code_b"]]}
    for named in ({}, labels):
        assert_tidy(plot_confusions(table, labels=named, width_mm=width, title="Vad som flyter ihop"))


def test_a_slide_without_room_for_all_says_how_many_are_left(said):
    texts = said(plot_confusions(met(*range(60, 20, -1)), width_mm="slide"))
    n_shown = sum(role.startswith("name ") for role in texts)
    assert f"{40 - n_shown} par av koder till visas inte." in texts["source"]


def test_draws_on_axes_that_are_given(ratings, assert_tidy):
    fig = Figure(figsize=(5, 5))
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0.05, 0.1, 0.9, 0.5))
    assert plot_confusions(confusions(ratings), ax=ax) is ax
    assert fig.axes == [ax]
    assert_tidy(ax)


def test_doubled_rows_missing_columns_and_other_numbers_are_refused(ratings):
    table = confusions(ratings)
    with pytest.raises(FigureError, match="more than one row for kunskap and resurser"):
        plot_confusions(pd.concat([table, table.iloc[[1]]]))
    with pytest.raises(FigureError, match="lacks the columns pairs"):
        plot_confusions(table.drop(columns="pairs"))
    with pytest.raises(FigureError, match="not in 'expected'"):
        plot_confusions(table, value="expected")
