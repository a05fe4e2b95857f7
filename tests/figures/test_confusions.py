from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sekom_analysis.agreement.disputes import confusions
from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_confusions
from sekom_analysis.figures.styling import contrast

LABELS = {"kunskap": "Kunskap och kompetens", "resurser": "Resurser", "samverkan": "Samverkan"}


@pytest.fixture
def ratings():
    rng = np.random.default_rng(3)
    return pd.DataFrame(rng.choice(list(LABELS), (40, 4)), columns=["k1", "k2", "k3", "k4"])


def cells(ax, size):
    """Read {(row, column): (number, face, ink)} from the artists."""
    found = {}
    faces = [np.asarray(mesh.get_array()).reshape(size, size, 4) for mesh in ax.collections]
    for text in ax.texts:
        column, row = (int(place) for place in text.get_position())
        (face,) = [grid[row, column] for grid in faces if grid[row, column][3] > 0]
        found[row, column] = (text.get_text(), tuple(face[:3]), text.get_color())
    return found


def names(ax):
    return [text.get_text() for text in ax.get_yticklabels()]


def test_cells_show_the_table_and_add_up_to_it(ratings):
    table = confusions(ratings)
    shown = cells(plot_confusions(table, labels=LABELS), 3)
    codes = list(LABELS)
    for row in table.itertuples():
        a, b = codes.index(row.code_a), codes.index(row.code_b)
        assert shown[max(a, b), min(a, b)][0] == str(row.pairs)
    assert sum(int(text) for text, _, _ in shown.values()) == table["pairs"].sum() == 40 * 6
    assert len(shown) == 6


def test_both_orders_fill_the_square_with_code_a_downwards():
    table = pd.DataFrame(
        {"code_a": ["a", "a", "b", "b"], "code_b": ["a", "b", "a", "b"], "pairs": [9, 1, 4, 8]}
    )
    shown = {place: text for place, (text, _, _) in cells(plot_confusions(table), 2).items()}
    assert shown == {(0, 0): "9", (0, 1): "1", (1, 0): "4", (1, 1): "8"}


def test_the_diagonal_has_one_tone_of_its_own_and_confusions_darken(ratings):
    table = confusions(ratings)
    shown = cells(plot_confusions(table, labels=LABELS), 3)
    same = {face for (row, column), (_, face, _) in shown.items() if row == column}
    other = sorted((int(text), sum(face)) for (r, c), (text, face, _) in shown.items() if r != c)
    assert len(same) == 1
    assert same.isdisjoint(face for (r, c), (_, face, _) in shown.items() if r != c)
    assert [light for _, light in other] == sorted((light for _, light in other), reverse=True)
    assert sum(next(iter(same))) > other[-1][1]


@pytest.mark.parametrize("size", [1, 2, 7, 25])
def test_every_number_is_readable_on_its_cell(size):
    codes = [f"c{i:02}" for i in range(size)]
    table = pd.DataFrame([(a, b) for a in codes for b in codes], columns=["code_a", "code_b"])
    ax = plot_confusions(table.assign(pairs=[7 * place % 90 for place in range(size**2)]))
    shown = cells(ax, size)
    assert len(shown) == size**2
    assert min(contrast(face, ink) for _, face, ink in shown.values()) >= 4.5


def test_labels_name_and_order_the_codes(ratings):
    table = confusions(ratings)
    turned = dict(reversed(LABELS.items()))
    assert names(plot_confusions(table, labels=turned)) == list(turned.values())
    ax = plot_confusions(table, labels={"samverkan": "Samverkan"})
    assert names(ax) == ["Samverkan", "kunskap", "resurser"]
    assert [text.get_text() for text in ax.get_xticklabels()] == names(ax)
    assert sum(int(text) for text, _, _ in cells(ax, 3).values()) == table["pairs"].sum()


def test_many_codes_are_numbered_in_the_columns():
    codes = [f"c{i:02}" for i in range(12)]
    table = pd.DataFrame({"code_a": codes, "code_b": codes, "pairs": 5})
    ax = plot_confusions(table)
    assert [text.get_text() for text in ax.get_xticklabels()] == [str(i) for i in range(1, 13)]
    assert names(ax)[11] == "c11  12"


def test_the_sentence_says_what_is_counted(ratings, legends):
    table = confusions(ratings)
    assert legends(plot_confusions(table)) == {
        "Antal par av kodare, lapp för lapp, som har valt de två koderna": ["olika koder", "samma kod"]
    }
    ax = plot_confusions(table, value="notes", lang="en")
    assert legends(ax) == {
        "Number of notes where two coders chose the two codes": ["different codes", "same code"]
    }
    assert sum(int(text) for text, _, _ in cells(ax, 3).values()) == table["notes"].sum()


@pytest.mark.parametrize("size", [1, 2, 7, 25])
def test_nothing_lies_on_anything_else(assert_tidy, size):
    label = "Samverkan mellan förvaltningar och politik"
    codes = [f"c{i:02}" for i in range(size)]
    table = pd.DataFrame([(a, b, 120) for a in codes for b in codes if a <= b])
    table.columns = ["code_a", "code_b", "pairs"]
    # Slanting names have boxes that overlap though their letters do not.
    for labels in ({}, {code: f"{label} {code}" for code in codes} if size != 7 else {}):
        ax = plot_confusions(table, labels=labels)
        ax.set_xticklabels([] if size < 10 else [text.get_text() for text in ax.get_xticklabels()])
        assert_tidy(ax)


def test_slanting_names_stay_on_the_figure():
    table = pd.DataFrame({"code_a": ["a", "a", "b"], "code_b": ["a", "b", "b"], "pairs": [1, 2, 3]})
    ax = plot_confusions(table, labels={"a": "Samverkan mellan förvaltningar", "b": "Kunskap och kompetens"})
    ax.figure.draw_without_rendering()
    for text in ax.get_xticklabels():
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0


def test_draws_on_axes_that_are_given(ratings):
    fig = Figure(figsize=(5, 5))
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0.3, 0.3, 0.6, 0.5))
    assert plot_confusions(confusions(ratings), ax=ax) is ax
    assert fig.axes == [ax]


def test_doubled_rows_missing_columns_and_other_numbers_are_refused(ratings):
    table = confusions(ratings)
    with pytest.raises(FigureError, match="more than one row for kunskap and resurser"):
        plot_confusions(pd.concat([table, table.iloc[[1]]]))
    with pytest.raises(FigureError, match="lacks the columns pairs"):
        plot_confusions(table.drop(columns="pairs"))
    with pytest.raises(FigureError, match="not in 'expected'"):
        plot_confusions(table, value="expected")
