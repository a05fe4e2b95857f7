"""The sheet of all figures: lines that keep within their width, fonts of one's own, text that stays text."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import matplotlib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pypdf import PdfReader

from sekom_analysis.figures import plot_counts, render_figure, styling
from sekom_analysis.figures.sheets import COLUMN, PAGE, SCREEN, layout_of, line_height, lines_of, set_rows
from sekom_analysis.figures.styling import contrast, ink_of, text_width

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = (85, 160, "slide")


# --- lines --------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    words=some.lists(some.text("abcåäöÅ-/–,. ", min_size=1, max_size=30), min_size=1, max_size=12),
    width=some.sampled_from([12.0, 25.0, 60.0]),
    bold=some.booleans(),
)
def test_no_line_is_wider_than_it_may_be_and_no_letter_is_lost(words, width, bold):
    text = " ".join(" ".join(words).split())
    lines = lines_of(text, width, 7.5, bold=bold)
    assert all(text_width(line, bold=bold, size=7.5) <= width for line in lines)

    def letters(said):
        return re.sub(r"[\s\u00a0-]", "", said)

    assert letters("".join(lines)) == letters(text)


def test_lines_break_after_hyphens_and_slashes_and_never_before_a_dash():
    assert lines_of("hinder/möjligheter", 18, 7.5) == ["hinder/", "möjligheter"]
    assert lines_of("Sekom-medlemmarna", 22, 7.5) == ["Sekom-", "medlemmarna"]
    assert not any(line.startswith("–") for line in lines_of("fler hinder – i rapporten jämnt", 16, 7.5))
    pair = lines_of("Kunskap och kompetens – Systemsyn", 50, 9)
    assert pair == ["Kunskap och kompetens –", "Systemsyn"]
    assert lines_of("två\nrader", 60, 7.5) == ["två", "rader"]


def test_a_word_at_the_end_is_not_left_alone():
    lines = lines_of("Antal lappar per kategori som flest av tre läsare valde", 72, 8)
    assert len(lines) == 2
    assert len(lines[-1].split()) > 1


# --- layouts ------------------------------------------------------------------------------------------


def test_no_type_is_under_seven_and_a_half_points():
    for layout in (COLUMN, PAGE, SCREEN):
        assert min(layout.title, layout.subtitle, layout.label, layout.source) >= 7.5


@pytest.mark.parametrize(("width", "like"), [(60, COLUMN), (88, COLUMN), (174, PAGE), ("slide", SCREEN)])
def test_a_width_takes_the_sizes_of_the_nearest(width, like):
    layout = layout_of(width)
    assert (layout.title, layout.label, layout.source) == (like.title, like.label, like.source)
    assert layout.width == (254 if width == "slide" else width)


def test_rows_that_do_not_fit_are_set_smaller_on_a_slide_and_refused_where_that_is_not_enough():
    assert set_rows(SCREEN, ["Rad"] * 10, 120).size == SCREEN.label
    smaller = set_rows(SCREEN, ["Rad"] * 10, 10 * line_height(0.85 * SCREEN.label, 1.45))
    assert smaller.size < SCREEN.label
    assert set_rows(SCREEN, ["Rad"] * 10, 10) is None
    assert set_rows(COLUMN, ["Rad"] * 10, 10) is None


# --- fonts and sizes of one's own ---------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
def test_a_font_that_is_set_outside_is_that_of_the_figure(make_counts, assert_tidy, width):
    with matplotlib.rc_context({"font.family": "DejaVu Serif"}):
        ax = plot_counts(make_counts(), width_mm=width, title="En rubrik som behöver två rader att stå på")
    assert {text.get_fontname() for text in ax.texts} == {"DejaVu Serif"}
    assert_tidy(ax)
    fonts = fonts_of(render_figure(ax.figure, ["pdf"])["pdf"])
    assert all("DejaVuSerif" in name for name in fonts)


def test_a_family_of_fonts_that_is_set_outside_holds_too(make_counts):
    with matplotlib.rc_context({"font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans Mono"]}):
        ax = plot_counts(make_counts())
    assert {text.get_fontname() for text in ax.texts} == {"DejaVu Sans Mono"}


@pytest.mark.parametrize("size", [6.0, 9.0, 14.0])
@pytest.mark.parametrize("width", [85, 160])
def test_a_size_that_is_set_outside_is_that_of_labels_and_all_else_goes_along(
    make_counts, assert_tidy, said, size, width
):
    usual = layout_of(width)
    with matplotlib.rc_context({"font.size": size}):
        ax = plot_counts(make_counts(), width_mm=width, title="Rubrik")
    sizes = {str(text.get_label()).split()[0]: text.get_fontsize() for text in ax.texts}
    assert sizes["name"] == sizes["count"] == size
    assert sizes["title"] == pytest.approx(max(min(size, 7.5), usual.title * size / usual.label))
    if size > 8:
        assert_tidy(ax)
    assert min(sizes.values()) >= min(size, 7.5)


def test_what_is_set_inside_the_style_is_ours_again_after_it(make_counts):
    with matplotlib.rc_context({"font.size": 14.0}):
        plot_counts(make_counts())
    assert styling.size_asked() is None
    assert layout_of(160) == PAGE


# --- files --------------------------------------------------------------------------------------------


def fonts_of(pdf):
    """Read {name: whether it is embedded} of the fonts of a PDF."""
    found = {}
    for page in PdfReader(BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            font = font.get_object()
            whole = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            described = whole["/FontDescriptor"].get_object()
            found[font["/BaseFont"]] = "/FontFile2" in described
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_a_pdf_has_its_fonts_and_its_text(make_counts, width):
    counts = make_counts()
    pdf = render_figure(plot_counts(counts, title="Fynd ÅÄÖ", width_mm=width).figure, ["pdf"])["pdf"]
    fonts = fonts_of(pdf)
    assert fonts
    assert all(fonts.values())
    text = PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert "Fynd ÅÄÖ" in text
    assert "Möjlighet" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_an_svg_has_all_texts_as_text_in_fonts_that_a_reader_has(make_counts, width):
    ax = plot_counts(make_counts(), title='Fynd <&> "x"', width_mm=width)
    svg = render_figure(ax.figure, ["svg"])["svg"]
    texts = ElementTree.fromstring(svg).findall(f".//{SVG}text")
    assert sorted(one.text for one in texts) == sorted(text.get_text() for text in ax.texts)
    for one in texts:
        assert "'Source Sans 3', " in one.get("style")
        assert one.get("style").count("sans-serif") == 1
        assert styling.LEAN not in one.get("style")


def test_the_name_of_our_font_in_a_text_stays(make_counts):
    ax = plot_counts(make_counts(), title="font-family: 'Sekom Sans', 'DejaVu Sans'")
    svg = render_figure(ax.figure, ["svg"])["svg"].decode()
    assert "font-family: 'Sekom Sans', 'DejaVu Sans'</text>" in svg


# --- ink ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "colour", ["#ffffff", "#ffd500", "#2f7f79", "#b5542f", "#000000", "#8a9499", "#7fdbff"]
)
def test_text_in_a_darker_shade_of_any_colour_is_readable(colour):
    assert contrast(ink_of(colour), "white") >= 4.5


def test_what_is_readable_as_it_is_stays():
    assert ink_of("#27465f") == "#27465f"
