"""Bars, spans and marks of counts read back from the artists, and what the figure says of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import sekom_analysis as sa
from sekom_analysis.basics.errors import FigureError, SekomError
from sekom_analysis.basics.wording import number, say
from sekom_analysis.consensus import SETTLED_BAR, count_codes
from sekom_analysis.consensus.counts import SPANS
from sekom_analysis.figures import counts_source, plot_counts, shows_something
from sekom_analysis.figures.styling import contrast

ROOT = Path(__file__).parents[2]
PLAIN = [("", "", "", "")]
ALONE = (SETTLED_BAR,)
FOUR = [
    ("n", "Norr", "North", "#ffd500"),
    ("s", "Söder", "South", "#2f7f79"),
    ("o", "Öst och väst tillsammans", "East and west together", ""),
    ("x", "Utan ort", "No place", ""),
]
WIDTHS = (85, 160, "slide")


def names_of(ax):
    """Read the labels of the rows from the top down, as {code: middle}."""
    found = {}
    for text in ax.texts:
        role, _, code = str(text.get_label()).partition(" ")
        if role == "name":
            found.setdefault(code, []).append(text.get_position()[1])
    return {code: float(np.mean(ys)) for code, ys in found.items()}


def bars_of(ax):
    """Read {(code, group label): count} from the bars; those to the left are below zero on the axis."""
    rows = names_of(ax)
    bars = {}
    for container in ax.containers:
        if container.get_label() == "_band":
            continue
        for bar in container:
            middle = bar.get_y() + bar.get_height() / 2
            code = min(rows, key=lambda one: abs(rows[one] - middle))
            bars[code, container.get_label()] = abs(bar.get_width())
    return bars


def bands_of(ax):
    """Read [(low, high)] of the bands, as if all bars went to the right from zero."""
    edges = [
        sorted((bar.get_x(), bar.get_x() + bar.get_width()), key=abs)
        for container in ax.containers
        if container.get_label() == "_band"
        for bar in container
    ]
    return sorted((abs(low), abs(high)) for low, high in edges)


def with_spans(counts, kind="coders", low=1, high=3):
    """Spans from `low` under the bar's count to `high` above it."""
    own = counts[counts["is_bar"]].set_index(["code", "by"])["count"].rename("own")
    joined = counts.join(own, on=["code", "by"])
    return counts.assign(low=(joined["own"] - low).clip(lower=0), high=joined["own"] + high, interval=kind)


# --- the numbers --------------------------------------------------------------------------------------


def test_bars_show_the_counts_of_the_2016_report(said):
    study = sa.Study.open(ROOT)
    notes = study.notes[(study.notes["source"] == "framtidskonferens-2016") & (study.notes["stage"] == "B")]
    counts = count_codes(study, "category_b", by="valence", notes=list(notes.index), bar="rapport-2016")
    ax = plot_counts(counts)
    expected = {
        "kunskap": (6, 6),
        "nyckeltal": (1, 4),
        "resurser": (2, 0),
        "samordning": (4, 0),
        "samverkan": (13, 14),
        "sekoms_roll": (14, 14),
        "systemsyn": (20, 1),
    }
    bars, texts = bars_of(ax), said(ax)
    for code, (hinder, mojlighet) in expected.items():
        assert (bars[code, "Hinder"], bars[code, "Möjlighet"]) == (hinder, mojlighet)
        assert (texts[f"count {code} hinder"], texts[f"count {code} mojlighet"]) == (
            str(hinder),
            str(mojlighet),
        )


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("groups", [PLAIN, None, FOUR[:3], FOUR], ids=["none", "two", "three", "four"])
def test_bars_and_numbers_are_the_counts_of_their_coder(make_counts, said, lang, width, groups):
    counts = make_counts(5, **({"groups": groups} if groups else {}))
    own = counts[counts["is_bar"]]
    ax = plot_counts(counts, width_mm=width, lang=lang)
    texts = said(ax)
    assert sum(bars_of(ax).values()) == pytest.approx(own["count"].sum())
    written = sorted(text for role, text in texts.items() if role.startswith("count "))
    assert written == sorted(number(count, lang, 0) for count in own["count"])
    if f"head {own['by'].iloc[0]}" in texts or groups == PLAIN:  # groups have sides or columns of their own
        labels = own[f"by_label_{lang}"].replace("", "bars")
        each = zip(own["code"], labels, own["count"], strict=True)
        assert bars_of(ax) == pytest.approx({(code, label): count for code, label, count in each})


def test_two_groups_go_apart_from_a_middle_axis_on_one_scale(make_counts):
    ax = plot_counts(make_counts(4))
    first, second = ax.containers
    assert all(bar.get_width() <= 0 for bar in first)
    assert all(bar.get_width() >= 0 for bar in second)
    assert {bar.get_x() for container in ax.containers for bar in container} == {0}


def test_groups_that_columns_would_be_too_narrow_for_have_rows_of_their_own(make_counts, said):
    counts = make_counts(3, groups=FOUR)
    texts = said(plot_counts(counts, width_mm=85))
    assert "name c0/n" in texts
    assert texts["name c1/o"].startswith("Kod 1: Öst och")


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_large_numbers_are_grouped_as_the_language_does(make_counts, said, lang):
    counts = make_counts(2, coders=ALONE, groups=PLAIN).assign(count=[12_000, 0], n_notes=12_000)
    texts = said(plot_counts(counts, lang=lang))
    assert texts["count c0 "] == {"sv": "12\u00a0000", "en": "12,000"}[lang]
    assert texts["count c1 "] == "0"


def test_codes_stand_from_the_largest_total_down_and_ties_as_in_the_table(make_counts):
    counts = make_counts(3, groups=PLAIN)
    counts.loc[counts["is_bar"], "count"] = [4, 9, 4]
    middles = names_of(plot_counts(counts))
    assert sorted(middles, key=middles.get) == ["c1", "c0", "c2"]
    in_order = names_of(plot_counts(counts, order="codebook"))
    assert sorted(in_order, key=in_order.get) == ["c0", "c1", "c2"]


def test_a_code_without_a_row_in_a_group_has_a_bar_of_zero(make_counts):
    counts = make_counts(3)
    ax = plot_counts(counts[~((counts["code"] == "c1") & (counts["by"] == "hinder"))])
    assert bars_of(ax)["c1", "Hinder"] == 0


# --- several codes a note -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_where_notes_may_have_several_codes_the_percent_of_notes_is_there(make_counts, said, lang):
    counts = make_counts(3, coders=ALONE, groups=PLAIN).assign(count=[5, 4, 1], n_notes=8, n_all=8)
    texts = said(plot_counts(counts.assign(n_none=1), lang=lang))
    percent = {"sv": ["63\u00a0%", "50\u00a0%", "13\u00a0%"], "en": ["63%", "50%", "13%"]}[lang]  # halves up
    assert [texts[f"percent c{n}"] for n in range(3)] == percent
    assert "8" in texts["subtitle"]
    assert say("figure_source_none_one", lang) in texts["source"]
    alone = said(plot_counts(counts.assign(count=[5, 2, 1]), lang=lang))  # a code a note
    assert not any(role.startswith("percent") for role in alone)


# --- spans and marks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SPANS)
@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("groups", [PLAIN, None], ids=["none", "two"])
def test_each_span_with_a_length_has_a_band_and_its_kind_is_named(make_counts, said, kind, lang, groups):
    counts = with_spans(make_counts(5, **({"groups": groups} if groups else {})), kind)
    flat = counts["code"] == "c2"
    counts.loc[flat, "high"] = counts.loc[flat, "low"]
    ax = plot_counts(counts, lang=lang)
    bars = counts[counts["is_bar"] & ~flat]
    assert bands_of(ax) == sorted(zip(bars["low"], bars["high"], strict=True))
    assert say(f"figure_key_{kind}", lang) in said(ax)["key"]
    named = (
        say("figure_span_coders", lang, who="k1, k2 och k3" if lang == "sv" else "k1, k2 and k3")
        if kind == "coders"
        else say(f"figure_span_{kind}", lang)
    )
    all_read = said(plot_counts(counts.assign(n_notes=counts["n_all"]), lang=lang))
    assert named in all_read["source"]


@pytest.mark.parametrize("kind", SPANS)
def test_without_a_span_nothing_is_drawn_and_nothing_named(make_counts, said, kind):
    counts = make_counts(3).assign(low=np.nan, high=np.nan, interval=kind)
    ax = plot_counts(counts)
    assert not bands_of(ax)
    assert "Spann" not in said(ax)["source"]
    assert ax.get_ylim() == plot_counts(make_counts(3)).get_ylim()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_axis_has_room_for_the_span(make_counts, width):
    ax = plot_counts(with_spans(make_counts(3), high=30), width_mm=width)
    low, high = ax.get_xlim()
    assert all(low < -edge and edge < high for _, edge in bands_of(ax))


def test_a_source_has_marks_at_its_own_counts_and_coders_have_none(make_counts, said):
    counts = make_counts(4, coders=(SETTLED_BAR, "rapport-2016", "k1", "k2"))
    ax = plot_counts(counts)
    lines = [line for line in ax.lines if not str(line.get_label()).startswith("_")]
    assert {line.get_label() for line in lines} == {"rapport-2016"}
    own = counts[counts["is_source"]]
    assert sorted(abs(line.get_xdata()[0]) for line in lines) == sorted(own["count"])
    assert said(ax)["key"] == "avgjord kod rapport-2016"


def test_a_source_whose_counts_are_the_bars_has_no_marks(make_counts, said):
    texts = said(ax := plot_counts(make_counts()))
    assert {str(line.get_label()) for line in ax.lines} == {"_axis"}
    assert texts["subtitle"] == "Antal lappar per kategori: så som rapport-2016 har kodat"


# --- what it says -------------------------------------------------------------------------------------


def test_the_subtitle_says_whose_the_bars_are_and_the_source_how_much_is_settled(make_counts, said):
    counts = make_counts(coders=(SETTLED_BAR, "k1", "k2"), read={SETTLED_BAR: 98, "k2": 90})
    texts = said(plot_counts(counts.assign(n_coders=2)))
    assert texts["subtitle"] == "Antal lappar per kategori: avgjorda koder (det som båda kodarna valde)"
    assert texts["source"] == "98 av 99 lappar är avgjorda. k2 har kodat 90 av 99."
    english = said(plot_counts(counts.assign(n_coders=2), lang="en"))
    assert english["source"] == "98 of 99 notes are settled. k2 coded 90 of 99."


@pytest.mark.parametrize(
    ("n", "of", "sv", "en"),
    [
        (99, 99, "Alla 99 lappar är avgjorda.", "All 99 notes are settled."),
        (1, 99, "En av 99 lappar är avgjord.", "One of 99 notes is settled."),
        (0, 99, "Ingen av 99 lappar är avgjord.", "None of 99 notes is settled."),
        (1, 1, "Den enda lappen är avgjord.", "The only note is settled."),
        (0, 1, "Den enda lappen är inte avgjord.", "The only note is not settled."),
        (0, 0, "", ""),
    ],
)
def test_numbers_have_their_plural_forms(make_counts, n, of, sv, en):
    counts = make_counts(2, coders=ALONE).assign(n_notes=n, n_all=of)
    assert counts_source(counts, "sv") == sv
    assert counts_source(counts, "en") == en


def test_settled_counts_outside_the_span_are_explained(make_counts):
    counts = with_spans(make_counts(3, coders=(SETTLED_BAR, "k1", "k2")))
    told = say("figure_source_outside", "sv")
    assert told not in counts_source(counts)
    counts.loc[counts["is_bar"], "count"] += 9
    assert told in counts_source(counts)


def test_many_coders_with_notes_left_are_counted_and_not_named(make_counts):
    coders = (SETTLED_BAR, *(f"k{n}" for n in range(9)))
    counts = make_counts(coders=coders, read={f"k{n}": 3 for n in range(6)})
    assert "6 kodare har inte kodat alla lappar." in counts_source(counts)


def test_texts_of_ones_own_stand_instead_and_empty_ones_take_no_room(make_counts, said):
    counts = make_counts(3)
    texts = said(own := plot_counts(counts, title="Fynd", subtitle="Vad", source="Varifrån"))
    assert (texts["title"], texts["subtitle"], texts["source"]) == ("Fynd", "Vad", "Varifrån")
    bare = plot_counts(counts, subtitle="", source="")
    assert not {"title", "subtitle", "source"} & set(said(bare))
    assert bare.get_ylim()[0] < own.get_ylim()[0]


# --- colours ------------------------------------------------------------------------------------------


def test_the_colours_of_the_codebook_are_the_bars_and_texts_are_readable(make_counts):
    ax = plot_counts(make_counts(3, groups=FOUR[:2]))
    for container, colour in zip(ax.containers, ("#ffd500", "#2f7f79"), strict=True):
        assert {to_hex(bar.get_facecolor()) for bar in container} == {colour}
        assert not any(bar.get_hatch() for bar in container)
    assert min(contrast(to_hex(text.get_color()), "white") for text in ax.texts) >= 4.5
    pale = [bar for bar in ax.containers[0] if bar.get_width()]
    assert all(contrast(to_hex(bar.get_edgecolor()), "white") >= 4.5 for bar in pale)


# --- nothing lies on anything else, whatever there is -------------------------------------------------


HARD = {
    "few": {},
    "one code": {"n_codes": 1},
    "one coder": {"coders": ("k1",)},
    "twelve coders": {"coders": (SETTLED_BAR, *(f"kodare_{i}" for i in range(12)))},
    "no groups": {"n_codes": 8, "groups": PLAIN},
    "four groups": {"groups": FOUR},
    "all zero": {"most": 0},
    "thousands": {"most": 12_000},
    "thirty": {
        "n_codes": 30,
        "label": "Samverkan mellan förvaltningar, politik och kommunalförbund i länet",
    },
    "a long word": {"label": "Kommunalförbundsdirektörskollegiumsammanträdesprotokollsjusteringarna"},
    "long groups": {
        "groups": [(by, f"{by}, en sida av saken som har ett mycket långt namn", by, "") for by in "ab"]
    },
    "long ids": {
        "coders": ("rapport-2016", "en-kodare-med-ett-mycket-langt-namn_0001", "k2"),
        "read": {"k2": 3},
    },
}


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_lies_on_anything_else(make_counts, assert_tidy, case, lang, width):
    title = "Det här är vad talen visar, sagt i en mening som behöver två rader"
    ax = plot_counts(with_spans(make_counts(**HARD[case])), lang=lang, width_mm=width, title=title)
    assert_tidy(ax)
    marks = [bar.get_window_extent() for container in ax.containers for bar in container]
    marks += [line.get_window_extent() for line in ax.lines]
    for text in ax.texts:
        if str(text.get_label()).startswith("key"):
            continue
        box = text.get_window_extent()
        inside = (box.x0 + 1, box.x1 - 1, box.y0 + 1, box.y1 - 1)
        for mark in marks:
            beside = mark.x1 <= inside[0] or mark.x0 >= inside[1]
            assert beside or mark.y1 <= inside[2] or mark.y0 >= inside[3], text.get_text()


@pytest.mark.parametrize(("width", "mm"), [(85, 85), (160, 160), (120.5, 120.5), ("slide", 254)])
def test_the_figure_is_as_wide_as_asked_and_the_usual_one_fits_on_a_page(make_counts, width, mm):
    figure = plot_counts(make_counts(7), width_mm=width).figure
    wide, high = figure.get_size_inches() * 25.4
    assert wide == pytest.approx(mm)
    assert high < 235
    if width == "slide":
        assert high == pytest.approx(142.9)


def test_a_slide_shows_the_largest_and_counts_the_rest(make_counts, said):
    counts = make_counts(**HARD["thirty"])
    totals = counts[counts["is_bar"]].groupby("code", sort=False)["count"].sum()
    texts = said(ax := plot_counts(counts, width_mm="slide"))
    shown = set(names_of(ax))
    left = totals[~totals.index.isin(shown)]
    assert 0 < len(shown) < 30
    assert totals[list(shown)].min() >= left.max()
    assert f"{len(left)} kategorier till, med högst {left.max()} lappar var, visas inte." in texts["source"]


def given(width, height):
    """Return Axes of so many mm on a figure somewhat larger."""
    fig = Figure(figsize=((width + 20) / 25.4, (height + 20) / 25.4))
    FigureCanvasAgg(fig)
    return fig.add_axes((10 / (width + 20), 10 / (height + 20), width / (width + 20), height / (height + 20)))


@pytest.mark.parametrize(("width", "height"), [(85, 90), (120, 100), (160, 90)])
def test_draws_on_axes_that_are_given_and_leaves_their_figure_as_it_is(
    make_counts, assert_tidy, width, height
):
    ax = given(width, height)
    before = tuple(ax.figure.get_size_inches())
    assert plot_counts(with_spans(make_counts()), ax=ax) is ax
    assert tuple(ax.figure.get_size_inches()) == before
    assert len(ax.figure.axes) == 1
    assert_tidy(ax)
    place = ax.get_window_extent()
    for text in ax.texts:
        box = text.get_window_extent()
        assert min(box.x0 - place.x0, box.y0 - place.y0) >= -1, text.get_text()
        assert max(box.x1 - place.x1, box.y1 - place.y1) <= 1, text.get_text()


def test_axes_without_room_for_a_row_are_refused_with_what_to_do(make_counts):
    for size in ((120, 15), (12, 120)):
        with pytest.raises(FigureError, match=r"too small for one row.*Make them larger.*Nothing was drawn"):
            plot_counts(make_counts(groups=PLAIN), ax=given(*size))


# --- what is refused ----------------------------------------------------------------------------------


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
    counts = make_counts(1, groups=PLAIN, coders=("k1", "k2"))
    counts["is_bar"] = True
    with pytest.raises(FigureError, match=r"\('c0', '', 'k1'\).*'is_bar' makes them k1, k2"):
        plot_counts(counts.loc[[0, 0, 1]])


def test_bars_of_nobody_and_no_rows_are_refused(make_counts):
    with pytest.raises(FigureError, match="makes them nobody's"):
        plot_counts(make_counts().assign(is_bar=False))
    with pytest.raises(FigureError, match="counts table has no rows"):
        plot_counts(make_counts().iloc[:0])


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"order": "name"}, r"'name'.*size, codebook.*Nothing was drawn"),
        ({"width_mm": 12}, r"12 mm wide.*85 .*160 .*from 60 to 300, or 'slide'"),
        ({"width_mm": "wide"}, r"'wide' wide"),
    ],
)
def test_an_unknown_order_or_width_is_refused_with_those_there_are(make_counts, how, told):
    with pytest.raises(FigureError, match=told):
        plot_counts(make_counts(), **how)


def test_an_unknown_language_is_refused(make_counts):
    with pytest.raises(SekomError, match="'fi'"):
        plot_counts(make_counts(), lang="fi")


# --- whether there is anything to see -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "shows"),
    [([0, 0, 0], False), ([3], False), ([4, 4, 4, 4, 4, 4], False), ([4, 4, 5], True), ([0, 1], True)],
)
def test_a_figure_shows_something_unless_all_bars_are_alike(make_counts, counts, shows):
    table = make_counts(len(counts), coders=ALONE, groups=PLAIN).assign(count=counts)
    assert shows_something(table) is shows


def test_one_code_shows_nothing_even_if_its_groups_differ(make_counts):
    table = make_counts(1, coders=ALONE).assign(count=[1, 5])
    assert not shows_something(table)
