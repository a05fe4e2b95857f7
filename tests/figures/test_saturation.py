"""The figure of how many codes had appeared: its lines and band are the table's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_saturation
from sekom_analysis.figures import styling as st

TABLE = pd.DataFrame(
    {
        "n": [1, 2, 3, 4],
        "as_coded": pd.array([1, 1, 2, 3], dtype="Int64"),
        "mean": [1.0, 1.8, 2.5, 3.0],
        "low": [1.0, 1.0, 2.0, 3.0],
        "high": [1.0, 2.0, 3.0, 3.0],
        "note": "",
    }
)


def said(ax) -> list[str]:
    return [text.get_text() for legend in ax.findobj(type(ax.artists[0])) for text in legend.get_texts()]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_lines_and_band_are_the_tables(lang):
    ax = plot_saturation(TABLE, lang=lang)
    whole, mean, steps = ax.lines
    assert set(whole.get_ydata()) == {3}
    assert mean.get_ydata().tolist() == TABLE["mean"].tolist()
    assert steps.get_ydata().tolist() == [1, 1, 2, 3]
    assert steps.get_drawstyle() == "steps-post"
    corners = {tuple(corner) for corner in ax.collections[0].get_paths()[0].vertices.tolist()}
    assert {(2.0, 1.0), (2.0, 2.0), (3.0, 2.0), (3.0, 3.0)} <= corners


def test_words_of_both_languages():
    assert plot_saturation(TABLE).get_xlabel() == "Kodade lappar"
    ax = plot_saturation(TABLE, lang="en", by="source")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Sources coded", "Codes that were used")
    assert said(ax) == [
        "95% of random orders", "all 3 codes in use", "in the order in which notes were coded",
        "mean over all orders",
    ]  # fmt: skip


def test_without_an_order_there_are_no_steps():
    ax = plot_saturation(TABLE.assign(as_coded=pd.NA), lang="en")
    assert len(ax.lines) == 2
    assert "in the order in which notes were coded" not in said(ax)


@pytest.mark.parametrize("width", [60, 100, 160])
def test_nothing_lies_outside_at_any_width(width):
    with st.style():
        ax = plot_saturation(TABLE, ax=st.panel(50, left=14, right=7, top=2, bottom=11, width=width))
    figure = ax.figure
    figure.canvas.draw()
    boxes = [legend.get_window_extent() for legend in ax.findobj(type(ax.artists[0]))]
    assert all(box.x0 >= 0 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert all(box.y1 <= figure.bbox.y1 for box in boxes)


def test_a_single_note_is_drawn():
    ax = plot_saturation(TABLE.head(1))
    assert np.isfinite(ax.get_xlim()).all()


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(FigureError, match="as_coded"):
        plot_saturation(TABLE.drop(columns="as_coded"))
    with pytest.raises(FigureError, match="no rows"):
        plot_saturation(TABLE.head(0))
    with pytest.raises(FigureError, match="'page'"):
        plot_saturation(TABLE, by="page")
