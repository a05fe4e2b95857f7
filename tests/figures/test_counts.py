from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.legend import Legend

import sekom_analysis as sa
from sekom_analysis.basics.errors import FigureError, SekomError
from sekom_analysis.consensus import SETTLED_BAR, count_codes
from sekom_analysis.figures import plot_counts
from sekom_analysis.figures.styling import luminance

ROOT = Path(__file__).parents[2]


def bars_of(ax):
    """Read {(label, group): (width, printed value)} from the artists."""
    labels = dict(zip(ax.get_yticks(), [text.get_text() for text in ax.get_yticklabels()], strict=True))
    printed = iter(ax.texts)
    bars = {}
    for container in ax.containers:
        for bar in container:
            centre = bar.get_y() + bar.get_height() / 2
            nearest = min(labels, key=lambda tick: abs(tick - centre))
            bars[labels[nearest], container.get_label()] = (bar.get_width(), next(printed).get_text())
    return bars


def dots_of(ax):
    """Read [(coder, count, height)] from the artists."""
    return [
        (line.get_label(), x, y)
        for line in ax.lines
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    ]


def spots(ax):
    """Return centre and radius of every dot, in pixels."""
    ax.figure.draw_without_rendering()
    per_point = ax.figure.dpi / 72
    return [
        (*spot, (line.get_markersize() + line.get_markeredgewidth()) / 2 * per_point)
        for line in ax.lines
        for spot in ax.transData.transform(line.get_xydata())
    ]


def test_bars_show_the_counts_of_the_2016_report():
    study = sa.Study.open(ROOT)
    notes = study.notes[(study.notes["source"] == "framtidskonferens-2016") & (study.notes["stage"] == "B")]
    ax = plot_counts(
        count_codes(study, "category_b", by="valence", notes=list(notes.index), bar="rapport-2016")
    )
    expected = {
        "Kunskap och kompetens": (6, 6),
        "Nyckeltal": (1, 4),
        "Resurser": (2, 0),
        "Samordning": (4, 0),
        "Samverkan": (13, 14),
        "Sekoms roll": (14, 14),
        "Systemsyn": (20, 1),
    }
    bars = bars_of(ax)
    for label, (hinder, mojlighet) in expected.items():
        assert bars[label, "Hinder"] == (hinder, str(hinder))
        assert bars[label, "Möjlighet"] == (mojlighet, str(mojlighet))


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_bars_add_up_to_the_counts_of_their_coder(make_counts, lang):
    counts = make_counts(7)
    own = counts[counts["is_bar"]].set_index([f"label_{lang}", f"by_label_{lang}"])["count"]
    bars = bars_of(plot_counts(counts, lang=lang))
    assert bars == {key: (count, str(count)) for key, count in own.items()}
    assert sum(width for width, _ in bars.values()) == own.sum()


def test_every_other_coder_has_one_dot_a_bar_at_the_own_count(make_counts):
    counts = make_counts(5)
    others = counts[~counts["is_bar"]]
    dots = dots_of(plot_counts(counts))
    assert len(dots) == len(others)
    for coder, rows in others.groupby("coder"):
        assert sorted(x for name, x, _ in dots if name == coder) == sorted(rows["count"])


def test_dots_stand_over_the_bar_they_belong_to(make_counts):
    counts = make_counts(5)
    ax = plot_counts(counts)
    others = counts[~counts["is_bar"]].groupby(["label_sv", "by_label_sv"])["count"].apply(sorted)
    tops = sorted(bar.get_y() for container in ax.containers for bar in container)
    labels = [text.get_text() for text in ax.get_yticklabels()]
    for container in ax.containers:
        for label, bar in zip(labels, container, strict=True):
            above = [x for _, x, y in dots_of(ax) if min(top for top in tops if top > y) == bar.get_y()]
            assert sorted(above) == others[label, container.get_label()]


def test_codes_stand_from_the_largest_total_down_and_ties_as_in_the_table(make_counts):
    counts = make_counts(3, groups=[("", "", "", "")])
    counts.loc[counts["is_bar"], "count"] = [4, 9, 4]
    ax = plot_counts(counts)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Kod 1", "Kod 0", "Kod 2"]
    # Down the page: the axis is turned, so that larger is lower.
    assert list(ax.get_yticks()) == sorted(ax.get_yticks())
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_the_legend_says_whose_the_bars_are_and_who_has_notes_left(make_counts, legends):
    swedish = legends(plot_counts(make_counts(read={"k3": 90})))
    assert swedish == {
        "Staplar: rapport-2016": ["Hinder", "Möjlighet"],
        "Punkter: varje annan kodares egen räkning": ["k1", "k2", "k3: 90 av 99"],
    }
    english = legends(plot_counts(make_counts(read={"k3": 90, "rapport-2016": 12}), lang="en"))
    assert english == {
        "Bars: rapport-2016 (12 of 99 notes)": ["Barrier", "Possibility"],
        "Dots: each other coder's own count": ["k1", "k2", "k3: 90 of 99"],
    }


def test_the_majority_is_named_in_words_and_has_dots_of_all(make_counts, legends):
    ax = plot_counts(make_counts(coders=(SETTLED_BAR, "k1", "k2")))
    assert legends(ax)["Staplar: avgjorda koder (det som mer än hälften av kodarna valde)"] == [
        "Hinder",
        "Möjlighet",
    ]
    assert legends(ax)["Punkter: varje kodares egen räkning"] == ["k1", "k2"]


def test_only_coders_with_notes_left_are_hollow(make_counts):
    ax = plot_counts(make_counts(read={"k2": 98}))
    hollow = {line.get_label(): to_rgb(line.get_markerfacecolor()) == (1, 1, 1) for line in ax.lines}
    assert hollow == {"k1": False, "k2": True, "k3": False}


def test_few_coders_differ_in_shape_and_many_are_named_only_if_hollow(make_counts, legends):
    few = plot_counts(make_counts(read={"k3": 90}))
    assert len({line.get_marker() for line in few.lines}) == 3
    many = make_counts(coders=(SETTLED_BAR, *(f"k{i}" for i in range(12))), read={"k3": 90, "k7": 1})
    ax = plot_counts(many)
    assert legends(ax)["Punkter: varje kodares egen räkning"] == [
        "har kodat alla 99 (10 kodare)",
        "k3: 90 av 99",
        "k7: 1 av 99",
    ]
    assert len({line.get_marker() for line in ax.lines}) == 1


def test_legend_entries_share_a_row_while_they_fit(make_counts):
    ax = plot_counts(make_counts(coders=(SETTLED_BAR, "rapport-2016", "k1", "k2", "k3"), read={"k3": 90}))
    ax.figure.draw_without_rendering()
    dots = next(legend for legend in ax.findobj(Legend) if "Punkter" in legend.get_title().get_text())
    assert len({round(text.get_window_extent().y0) for text in dots.get_texts()}) == 1


def test_groups_differ_in_lightness_and_hatch(make_counts):
    first, second = (container[0] for container in plot_counts(make_counts()).containers)
    assert luminance(second.get_facecolor()[:3]) - luminance(first.get_facecolor()[:3]) > 0.3
    assert not first.get_hatch()
    assert second.get_hatch()
    # The codebook's colours are there: plain on the first, as the edge's base on the second.
    assert to_rgb(first.get_facecolor()) == pytest.approx(to_rgb("#b5542f"))
    assert luminance(second.get_edgecolor()[:3]) < luminance("#2f7f79")


HARD = {
    "few": {},
    "one coder": {"coders": ("k1",)},
    "twelve coders": {
        "coders": (SETTLED_BAR, *(f"kodare_{i}" for i in range(12))),
        "read": {"kodare_3": 90},
    },
    "no groups": {"n_codes": 8, "groups": [("", "", "", "")]},
    "all zero": {"most": 0},
    "thousands": {"most": 4000},
    "long labels": {
        "n_codes": 25,
        "label": "Samverkan mellan förvaltningar, politik och kommunalförbund i länet",
    },
    "long ids": {
        "coders": ("rapport-2016", "en-kodare-med-ett-mycket-langt-namn_0001", "k2"),
        "read": {"k2": 3},
    },
}


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_nothing_lies_on_anything_else(make_counts, assert_tidy, case, lang):
    ax = plot_counts(make_counts(**HARD[case]), lang=lang)
    assert_tidy(ax)
    dots = spots(ax)
    for place, (x, y, radius) in enumerate(dots):
        for other_x, other_y, _ in dots[:place]:
            assert ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5 > 1.9 * radius
    for text in ax.texts:
        box = text.get_window_extent()
        for x, y, _ in dots:
            assert not (box.x0 < x < box.x1 and box.y0 < y < box.y1), text.get_text()
    for container in ax.containers:
        for bar in container:
            box = bar.get_window_extent()
            assert not any(box.x0 < x < box.x1 and box.y0 < y < box.y1 for x, y, _ in dots)


def test_the_figure_is_as_wide_as_the_page_and_the_usual_one_fits_on_it(make_counts):
    width, height = plot_counts(make_counts(7)).figure.get_size_inches() * 25.4
    assert width == pytest.approx(160)
    assert height < 235


def test_draws_on_axes_that_are_given_and_leaves_their_figure_as_it_is(make_counts):
    fig = Figure(figsize=(7, 6))
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0.3, 0.1, 0.6, 0.7))
    assert plot_counts(make_counts(), ax=ax) is ax
    assert tuple(fig.get_size_inches()) == (7, 6)
    assert len(fig.axes) == 1


def test_the_table_is_left_as_it_was(make_counts):
    counts = make_counts()
    before = counts.copy()
    plot_counts(counts)
    assert counts.equals(before)


def test_missing_columns_are_all_named(make_counts):
    with pytest.raises(
        FigureError, match=r"lacks the columns is_bar, count\. It has: code, .* Nothing was drawn"
    ):
        plot_counts(make_counts().drop(columns=["count", "is_bar"]))


def test_doubled_counts_and_bars_of_several_are_refused_at_once(make_counts):
    counts = make_counts(1, groups=[("", "", "", "")], coders=("k1", "k2"))
    counts["is_bar"] = True
    with pytest.raises(FigureError, match=r"\('c0', '', 'k1'\).*'is_bar' makes them k1, k2"):
        plot_counts(counts.loc[[0, 0, 1]])


def test_bars_of_nobody_and_no_rows_are_refused(make_counts):
    with pytest.raises(FigureError, match="makes them nobody's"):
        plot_counts(make_counts().assign(is_bar=False))
    with pytest.raises(FigureError, match="counts table has no rows"):
        plot_counts(make_counts().iloc[:0])


def test_an_unknown_language_is_refused(make_counts):
    with pytest.raises(SekomError, match="'fi'"):
        plot_counts(make_counts(), lang="fi")
