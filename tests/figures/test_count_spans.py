"""The spans over the bars, read back from the artists, and their names in the legend."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from sekom_analysis.basics.wording import say
from sekom_analysis.consensus.counts import SPANS
from sekom_analysis.figures import plot_counts


def with_spans(counts, kind, low=1, high=3):
    """Spans from `low` under the bar's count to `high` above it."""
    own = counts[counts["is_bar"]].set_index(["code", "by"])["count"].rename("own")
    joined = counts.join(own, on=["code", "by"])
    return counts.assign(low=(joined["own"] - low).clip(lower=0), high=joined["own"] + high, interval=kind)


def segments(ax, label):
    """Return the ends [((x0, y0), (x1, y1))] of the lines of one label."""
    return [
        tuple(map(tuple, ends))
        for lines in ax.findobj(LineCollection)
        if lines.get_label() == label
        for ends in lines.get_segments()
    ]


@pytest.mark.parametrize("kind", SPANS)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_each_bar_has_its_span_and_the_legend_names_the_kind(make_counts, legends, kind, lang):
    counts = with_spans(make_counts(5), kind)
    ax = plot_counts(counts, lang=lang)
    bars = counts[counts["is_bar"]]
    drawn = sorted((start[0], end[0]) for start, end in segments(ax, kind))
    assert drawn == sorted(zip(bars["low"], bars["high"], strict=True))
    (named,) = legends(ax)[""]
    assert " ".join(named.split()) == say(f"figure_span_{kind}", lang)


@pytest.mark.parametrize("kind", SPANS)
def test_a_span_stands_right_over_its_bar(make_counts, kind):
    counts = with_spans(make_counts(4), kind)
    ax = plot_counts(counts)
    tops = sorted((bar.get_y(), bar.get_width()) for container in ax.containers for bar in container)
    heights = {start[1]: start[0] for start, _ in segments(ax, kind)}
    assert len(heights) == len(tops)
    for (top, count), (height, low) in zip(tops, sorted(heights.items()), strict=True):
        assert 0 < top - height < 2
        assert low == max(0, count - 1)


def test_the_line_of_the_coders_goes_through_dots_and_a_whisker_stays_clear_of_them(make_counts):
    for kind in SPANS:
        ax = plot_counts(with_spans(make_counts(4), kind))
        at = {round(start[1], 6) for start, _ in segments(ax, kind)}
        dots = {round(float(y), 6) for line in ax.lines for y in line.get_ydata()}
        assert (at <= dots) == (kind == "coders")
        if kind != "coders":
            nearest = min(abs(a - b) for a in at for b in dots)
            assert nearest >= 1.19


def test_only_whiskers_have_ends(make_counts):
    assert not segments(plot_counts(with_spans(make_counts(3), "coders")), "low")
    ax = plot_counts(with_spans(make_counts(3), "coding"))
    assert sorted(start[0] for start, _ in segments(ax, "high")) == sorted(
        end[0] for _, end in segments(ax, "coding")
    )


@pytest.mark.parametrize("kind", SPANS)
def test_without_a_span_nothing_is_drawn_and_nothing_named(make_counts, legends, kind):
    counts = make_counts(3).assign(low=np.nan, high=np.nan, interval=kind)
    ax = plot_counts(counts)
    assert not segments(ax, kind)
    assert "" not in legends(ax)
    assert ax.get_ylim() == plot_counts(make_counts(3)).get_ylim()


@pytest.mark.parametrize("kind", SPANS)
def test_the_axis_has_room_for_the_span(make_counts, kind):
    counts = with_spans(make_counts(3), kind, high=30)
    assert plot_counts(counts).get_xlim()[1] > counts["high"].max()


@pytest.mark.parametrize("kind", SPANS)
@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("coders", [("k1",), ("(majority)", *(f"kodare_{i}" for i in range(12)))])
def test_nothing_lies_on_anything_else(make_counts, assert_tidy, kind, lang, coders):
    ax = plot_counts(with_spans(make_counts(7, coders=coders), kind), lang=lang)
    assert_tidy(ax)
    for text in ax.texts:
        box = text.get_window_extent()
        for start, end in segments(ax, kind):
            (x0, y), (x1, _) = ax.transData.transform([start, end])
            assert not (box.y0 < y < box.y1 and x0 < box.x1 and x1 > box.x0), text.get_text()
