"""Ranks with intervals and the grid of criteria, read back from their artists."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_criteria, plot_priorities
from sekom_analysis.figures.labels import shortened
from sekom_analysis.figures.styling import PAGE_HEIGHT, contrast, text_width

LONG = "Gör material som visar hållbarhetskriterierna konkret och positivt, så att det berör den som läser"


def ranking(n=80, ties=()):
    """A table as `rank_actions` gives it; `ties` are (first, last) ranks that are shared."""
    ranks = np.arange(1, n + 1)
    first, last = ranks.copy(), ranks.copy()
    for low, high in ties:
        first[low - 1 : high], last[low - 1 : high] = low, high
    return pd.DataFrame(
        {
            "action": [f"D{i:03d}" for i in ranks],
            "rank": first,
            "rank_to": last,
            "low": np.maximum(first - 8, 1),
            "high": np.minimum(last + 12, n),
            "p_top": np.linspace(1, 0, n),
            "mean_goal": np.linspace(5, 1, n),
            "mean_gap": np.where(ranks % 7 == 0, np.nan, 3.0),
        }
    )


@pytest.fixture
def labels():
    return {f"D{i:03d}": LONG for i in range(1, 81)}


def drawn(ax, what):
    return [line for line in ax.lines if line.get_label() == what]


def test_dots_and_lines_stand_at_ranks_and_intervals(said):
    table = ranking(ties=[(4, 6)])
    ax = plot_priorities(table, most=10)
    intervals = [tuple(line.get_xdata()) for line in drawn(ax, "interval")]
    assert intervals == list(zip(table["low"][:10], table["high"][:10], strict=True))
    assert [tuple(line.get_xdata()) for line in drawn(ax, "shared")] == [(4, 6)] * 3
    assert drawn(ax, "shared")[0].get_linewidth() > drawn(ax, "interval")[0].get_linewidth()
    dots = drawn(ax, "value")
    assert [dot.get_xdata()[0] for dot in dots] == [1, 2, 3, 5, 5, 5, 7, 8, 9, 10]
    heights = [dot.get_ydata()[0] for dot in dots]
    assert heights == sorted(heights)  # the first on top of an axis that points down
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    texts = said(ax)
    assert [texts[f"rank {n}"] for n in range(4)] == ["1", "2", "3", "4–6"]
    assert "tjock linje" in texts["subtitle"]
    assert "tjock linje" not in said(plot_priorities(ranking()))["subtitle"]


def test_the_line_after_the_first_twenty_and_their_chances(said):
    ax = plot_priorities(ranking(), lang="en", most=3)
    assert [line.get_xdata()[0] for line in drawn(ax, "_line")] == [20.5]
    texts = said(ax)
    assert [texts[f"chance {n}"] for n in range(3)] == ["> 99%", "99%", "97%"]
    assert texts["head"] == "rank among the first 20"
    few = plot_priorities(ranking(12))
    assert not drawn(few, "_line")
    assert not any(role.startswith("heading") for role in said(few))
    assert "chance 0" not in said(plot_priorities(ranking(), width_mm=85))


def test_groups_are_by_the_whole_interval_and_all_actions_are_counted(said):
    table = ranking()  # intervals from 8 before to 12 after
    texts = said(plot_priorities(table, most=40))
    assert [text for role, text in texts.items() if role.startswith("heading")] == [
        "Klart bland de 20 första",
        "Kanske bland de 20 första",
        "Knappast bland de 20 första",
    ]
    n_clear, n_hardly = (table["high"] <= 20).sum(), (table["low"] > 20).sum()
    told = f"{n_clear} klart (hela intervallet), {80 - n_clear - n_hardly} kanske, {n_hardly} knappast."
    assert texts["source"].endswith(told)


def test_a_wide_interval_high_up_is_no_clear_place(said):
    table = ranking()
    table.loc[0, "high"] = 60
    texts = said(plot_priorities(table, most=12))
    names = [text.split()[0] for role, text in texts.items() if role.startswith("label")]
    assert names[:8] == [f"D{n:03d}" for n in (2, 3, 4, 5, 6, 7, 8, 1)]


def test_a_tie_at_the_end_is_shown_whole():
    assert len(drawn(plot_priorities(ranking(ties=[(18, 25)])), "value")) == 25


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("most", [5, 20, 30])
@pytest.mark.parametrize("width", [85, 160, "slide"])
def test_priorities_are_tidy_and_fit_a_page(lang, most, width, labels, assert_tidy):
    ax = plot_priorities(ranking(ties=[(4, 6)]), lang=lang, labels=labels, most=most, width_mm=width)
    assert_tidy(ax)
    assert ax.figure.get_size_inches()[1] * 25.4 <= PAGE_HEIGHT


def test_long_texts_are_cut_between_words():
    cut = shortened(LONG, 60, 2)
    assert cut.count("\n") == 1
    assert cut.endswith("…")
    assert LONG.startswith(cut.replace("\n", " ").rstrip("…"))
    assert max(map(text_width, cut.split("\n"))) <= 60
    assert shortened("kort", 60) == "kort"
    assert "\n" not in shortened(LONG, 60, 1)


def test_the_grid_shows_each_mean_and_leaves_gaps_white():
    table = ranking(14)
    ax = plot_criteria(table, lang="en", criteria={"goal": "Goal", "gap": "Gap"}, most=7)
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Goal", "Gap"]
    shown = {text.get_position(): text.get_text() for text in ax.texts}
    assert shown[0.5, 0.5] == "5.0"
    assert (1.5, 6.5) not in shown  # the seventh action has no score by the second criterion
    assert len(shown) == 13


def test_numbers_in_the_grid_are_readable_and_darker_is_higher():
    ax = plot_criteria(ranking(20))
    mesh = next(c for c in ax.collections if isinstance(c, QuadMesh))
    ax.figure.draw_without_rendering()
    faces = mesh.get_facecolor().reshape(20, 2, 4)
    for text in ax.texts:
        column, row = (int(place) for place in text.get_position())
        assert contrast(text.get_color(), tuple(faces[row, column, :3])) >= 4.5
    brightness = faces[:, 0, :3].sum(axis=1)
    assert (np.diff(brightness) > 0).all()  # scores fall from the top down


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_grid_is_tidy(lang, labels, assert_tidy):
    names = {"goal": "Möter hinder och möjligheter (B)", "gap": "Tillräckligt utbyte"}
    assert_tidy(plot_criteria(ranking(), lang=lang, labels=labels, criteria=names))


def test_tables_that_lack_columns_are_refused():
    with pytest.raises(FigureError, match="lacks the columns p_top"):
        plot_priorities(ranking().drop(columns="p_top"))
    with pytest.raises(FigureError, match="mean_<criterion>"):
        plot_criteria(ranking()[["action", "rank"]])
    with pytest.raises(FigureError, match="no rows"):
        plot_priorities(ranking().head(0))
