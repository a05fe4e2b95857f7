"""Shares of scores read back from the artists, for scales of every range."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_scales
from sekom_analysis.figures.scales import colours_of, top_of
from sekom_analysis.figures.styling import contrast, luminance

RANGES = {"1–5": (1, 5), "0–10": (0, 10), "−3–3": (-3, 3), "0–1": (0, 1), "−1–1": (-1, 1), "0–100": (0, 100)}
LONG = "Rekommenderar till en kollega som också arbetar med hållbarhet"


@pytest.fixture
def make_scales():
    """Build a table as `scale_counts` gives it, of scales {variable: (label, low, high, n)}."""

    def make(scales, coders=("k1", "k2"), ends=None):
        rng = np.random.default_rng(len(scales))
        rows = []
        for variable, (label, low, high, n) in scales.items():
            points = np.arange(low, high + 1)
            counts = rng.multinomial(n, rng.dirichlet(np.ones(len(points))))
            mean = float((points * counts).sum() / n) if n else np.nan
            for coder in (*coders, "(all)"):
                for point, count in zip(points, counts, strict=True):
                    row = {"variable": variable, "label_sv": label, "label_en": f"{label} (en)"}
                    row |= {"coder": coder, "point": point, "count": count, "n": n, "mean": mean}
                    rows.append(row | (ends or {}))
        return pd.DataFrame(rows)

    return make


def shares_of(ax):
    """Read {label: widths of the bars from the left}."""
    return {c.get_label(): [bar.get_width() for bar in c] for c in ax.containers}


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("name", RANGES)
def test_widths_are_the_shares_of_all_coders_and_fill_the_row(make_scales, name, lang):
    low, high = RANGES[name]
    table = make_scales({"a": ("Nöjd", low, high, 240), "b": ("Trygg", low, high, 237)})
    shares = shares_of(plot_scales(table, lang=lang))
    pooled = table[table["coder"] == "(all)"]
    for label, rows in pooled.groupby(f"label_{lang}"):
        assert shares[label] == pytest.approx((100 * rows["count"] / rows["n"]).tolist())
        assert sum(shares[label]) == pytest.approx(100)


def test_a_point_without_a_row_has_no_share_but_a_place(make_scales):
    table = make_scales({"a": ("Nöjd", 1, 5, 240)})
    (shares,) = shares_of(plot_scales(table[table["point"] != 3])).values()
    assert len(shares) == 5
    assert shares[2] == 0


@pytest.mark.parametrize(
    ("points", "top"),
    [
        ((1, 2, 3, 4, 5), (4, 5)),
        ((0, 1), (1,)),
        ((-1, 0, 1), (1,)),
        ((1, 2, 3, 4), (3, 4)),
        (range(-3, 4), (2, 3)),
    ],
)
def test_the_share_of_the_highest_points_is_at_the_end(make_scales, said, points, top):
    assert top_of(list(points)) == top
    table = make_scales({"a": ("Nöjd", points[0], points[-1], 240)})
    rows = table[(table["coder"] == "(all)") & table["point"].isin(top)]
    texts = said(plot_scales(table))
    assert texts["top a"] == f"{int(100 * rows['count'].sum() / 240 + 0.5)}\u00a0%"
    assert "–".join(map(str, top)) in texts["head"]


def test_scales_are_sorted_by_that_share_and_one_without_scores_is_last(make_scales, said):
    names = "abcdef"
    table = make_scales({name: (name, 1, 5, 200) for name in names} | {"z": ("z", 1, 5, 0)})
    ax = plot_scales(table)
    rows = sorted((t.get_position()[1], t.get_label()[5:]) for t in ax.texts if t.get_label()[:4] == "name")
    high = table[(table["coder"] == "(all)") & (table["point"] >= 4)].groupby("variable")["count"].sum()
    expected = high.drop("z").sort_values(ascending=False, kind="stable")
    assert [name for _, name in rows] == [*expected.index, "z"]
    assert said(ax)["top z"] == said(ax)["mean z"] == "–"


def test_scales_of_other_points_have_a_key_of_their_own(make_scales):
    table = make_scales({"a": ("A", 1, 5, 40), "b": ("B", -2, 2, 40), "c": ("C", 1, 5, 40)})
    ax = plot_scales(table)
    keys = [text.get_text() for text in ax.texts if text.get_label() == "key"]
    assert keys == ["1", "2", "3", "4", "5", "−2", "−1", "0", "1", "2"]


def test_the_mean_is_there_in_the_language_where_there_is_room(make_scales, said):
    table = make_scales({"a": ("A", 1, 5, 40)}).assign(mean=3.25)
    assert said(plot_scales(table, lang="sv"))["mean a"] in ("3,2", "3,3")
    assert said(plot_scales(table, lang="en"))["mean a"] in ("3.2", "3.3")
    narrow = said(plot_scales(table.assign(label_sv=LONG), width_mm=85))
    assert "mean a" not in narrow
    assert "medel" not in narrow["source"]


def test_the_ends_of_the_key_are_named_where_the_table_names_them(make_scales, said):
    ends = {"low_sv": "inte alls", "high_sv": "helt", "low_en": "not at all", "high_en": "fully"}
    table = make_scales({"a": ("A", 1, 5, 40)}, ends=ends)
    assert said(plot_scales(table))["key"] == "inte alls 1 2 3 4 5 helt"
    assert said(plot_scales(table, lang="en"))["key"] == "not at all 1 2 3 4 5 fully"


def test_ends_that_do_not_fit_beside_the_key_are_told_at_the_foot(make_scales, said):
    ends = {"low_sv": "håller inte alls med om det", "high_sv": "håller helt och hållet med"}
    table = make_scales({"a": ("A", 0, 10, 40)}, ends=ends)
    texts = said(plot_scales(table, width_mm=85))
    assert texts["source"].startswith("0 = håller inte alls med om det, 10 = håller helt och hållet med.")
    assert "håller" not in texts["key"]


def test_it_says_by_whom_and_how_many(make_scales, said):
    two = said(plot_scales(make_scales({"a": ("A", 1, 5, 40)})))
    assert two["subtitle"].endswith("Satta av k1 och k2")
    assert two["source"].startswith("40 poäng på varje skala.")
    many = make_scales({"a": ("A", 1, 5, 40), "b": ("B", 1, 5, 1)}, coders=[f"k{n}" for n in range(7)])
    texts = said(plot_scales(many, lang="en"))
    assert texts["subtitle"].endswith("Given by 7 coders")
    assert texts["source"].startswith("1–40 scores on each scale.")
    one = said(plot_scales(make_scales({"a": ("A", 1, 5, 1)}, coders=()), lang="en"))
    assert one["source"].startswith("One score on each scale.")
    assert "Given by" not in one["subtitle"]


# --- colours ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in RANGES if name != "0–100"])
def test_neighbours_differ_in_grey_and_numbers_are_readable(make_scales, name):
    low, high = RANGES[name]
    points = range(low, high + 1)
    tones = [luminance(colour) for colour in colours_of(points)]
    assert all(abs(one - other) > 0.01 for one, other in pairwise(tones))
    if low >= 0:
        assert tones == sorted(tones, reverse=True)
    else:  # pale at zero, darker to both ends
        middle = list(points).index(0)
        assert tones[: middle + 1] == sorted(tones[: middle + 1])
        assert tones[middle:] == sorted(tones[middle:], reverse=True)
    ax = plot_scales(make_scales({"a": ("A", low, high, 240)}))
    colours = {to_hex(bar.get_facecolor()) for bar in ax.containers[0]}
    assert colours == set(colours_of(points))
    inside = [text for text in ax.texts if text.get_label() == "share"]
    assert inside
    for text in inside:
        x = ax.transData.inverted().transform(text.get_window_extent().get_points().mean(axis=0))[0]
        bar = next(bar for bar in ax.containers[0] if bar.get_x() <= x <= bar.get_x() + bar.get_width())
        assert contrast(to_hex(bar.get_facecolor()), to_hex(text.get_color())) >= 4.5


def test_five_points_have_the_tones_of_the_report():
    assert colours_of([1, 2, 3, 4, 5]) == ["#c9d3db", "#a4b6c4", "#7b94a8", "#4f6d86", "#27465f"]


# --- nothing lies on anything else --------------------------------------------------------------------


HARD = {
    "one": {"a": ("Nöjd", 1, 5, 1)},
    "long": dict.fromkeys("abc", (LONG, 0, 10, 240)),
    "a long word": {"a": (LONG.replace(" ", ""), -3, 3, 12_000)},
    "many": {f"v{n}": (f"Skala {n}", 1, 5, 240) for n in range(30)},
    "of all kinds": {name: (name, low, high, 240) for name, (low, high) in RANGES.items()},
    "nothing": {"a": ("Nöjd", 1, 5, 0)},
}
ENDS = {"low_sv": "inte alls", "high_sv": "helt och hållet", "low_en": "not at all", "high_en": "fully"}


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("width", [85, 160, "slide"])
@pytest.mark.parametrize("ends", [None, ENDS], ids=["bare", "ends"])
def test_nothing_lies_on_anything_else(make_scales, assert_tidy, case, lang, width, ends):
    ax = plot_scales(make_scales(HARD[case], ends=ends), lang=lang, width_mm=width, title="Det talen visar")
    assert_tidy(ax)


def test_a_slide_without_room_for_all_says_how_many_are_left(make_scales, said):
    texts = said(plot_scales(make_scales(HARD["many"]), width_mm="slide"))
    shown = sum(role.startswith("name ") for role in texts)
    assert 0 < shown < 30
    assert f"{30 - shown} skalor till visas inte." in texts["source"]


def test_draws_on_axes_that_are_given(make_scales, assert_tidy):
    fig = Figure(figsize=(6, 4))
    FigureCanvasAgg(fig)
    ax = fig.add_axes((0.05, 0.05, 0.9, 0.9))
    assert plot_scales(make_scales({"a": ("A", 1, 5, 40)}), ax=ax) is ax
    assert tuple(fig.get_size_inches()) == (6, 4)
    assert_tidy(ax)


# --- what is refused ----------------------------------------------------------------------------------


def test_a_table_without_all_coders_together_is_refused_with_whom_it_has(make_scales):
    table = make_scales({"a": ("A", 1, 5, 40)})
    with pytest.raises(FigureError, match=r"no rows of all coders.*'k1', 'k2'\. Nothing was drawn"):
        plot_scales(table[table["coder"] != "(all)"])


def test_missing_columns_doubled_points_and_parts_of_points_are_refused(make_scales):
    table = make_scales({"a": ("A", 1, 5, 40)})
    with pytest.raises(FigureError, match="scales table lacks the columns point"):
        plot_scales(table.drop(columns="point"))
    with pytest.raises(FigureError, match="More than one count for 'a', point 1"):
        plot_scales(pd.concat([table, table]))
    with pytest.raises(FigureError, match="whole numbers"):
        plot_scales(table.assign(point=table["point"] + 0.5))
