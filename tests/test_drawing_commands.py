"""`sekom figure` draws what Python draws, and says what to type where something is wrong."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from sekom_analysis.basics.errors import SekomError
from sekom_analysis.cli import app
from sekom_analysis.consensus import count_codes
from sekom_analysis.figures import plot_counts, render_figure, style

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def draw(sample_study, tmp_path, monkeypatch):
    """Run `sekom figure counts` on the sample, here; return what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        line = ["figure", "counts", *arguments, "--study", str(sample_study.root)]
        result = CliRunner().invoke(app, line)
        if isinstance(result.exception, SekomError):
            raise result.exception
        return result

    return run


def texts_of(svg):
    return [one.text for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_command_draws_what_python_draws(draw, sample_study, tmp_path):
    result = draw(
        *("category_b", "--by", "valence", "--bar", "settled", "--order", "codebook", "--width", "85"),
        *("--font", "dejavu serif", "--lang", "en", "--title", "off", "--to", "fig1.pdf,fig1.svg, fig1.png"),
    )
    assert result.exit_code == 0
    assert "Wrote fig1.pdf, fig1.svg, fig1.png" in result.output
    assert "automatic readings, not people" in result.output
    notes = list(sample_study.main_notes.index)
    counts = count_codes(sample_study, "category_b", by="valence", notes=notes, bar="settled")
    with style("DejaVu Serif"):
        ax = plot_counts(counts, order="codebook", width_mm=85, lang="en")
    for form, content in render_figure(ax.figure).items():
        assert (tmp_path / f"fig1.{form}").read_bytes() == content, form
    assert b"'DejaVu Serif'" in (tmp_path / "fig1.svg").read_bytes()


def test_texts_of_ones_own_and_none(draw, tmp_path):
    draw("category_b", "--title", "Mest om roller", "--subtitle", "off", "--source", "off", "--to", "a.svg")
    texts = texts_of((tmp_path / "a.svg").read_bytes())
    assert texts[0] == "Mest om roller"
    assert not any("Antal lappar" in text or "avgjorda" in text for text in texts)


def test_without_to_there_is_one_file_of_each_form_here(draw, tmp_path):
    draw("themes", "--width", "slide", "--size", "16")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"counts_themes.{form}" for form in ("pdf", "png", "svg")
    ]


def test_all_notes_are_counted_only_if_asked_for(draw, sample_study, tmp_path):
    draw("category_b", "--to", "main.svg")
    draw("category_b", "--all", "--to", "all.svg")
    for name, notes in (("main", list(sample_study.main_notes.index)), ("all", None)):
        counts = count_codes(sample_study, "category_b", notes=notes)
        own = counts.loc[counts["is_bar"], "count"]
        texts = texts_of((tmp_path / f"{name}.svg").read_bytes())
        assert str(own.max()) in texts


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["categori_b"],
            r"no variable 'categori_b'\. These can: .*themes.* sekom figure counts category_b --",
        ),
        (["criterion_goal"], r"'criterion_goal' cannot be counted\..* sekom figure counts \w+ --study"),
        (
            ["category_b", "--by", "valens"],
            r"no variable 'valens'\..* sekom figure counts category_b --by valence --",
        ),
        (["category_b", "--by", "themes"], r"'themes' cannot be what splits the bars\..* --by \w+ --study"),
        (["category_b", "--bar", "anna"], r"'anna' has decided nothing.*settled, rapport-2016, k1"),
        (["category_b", "--font", "DejaVu Sanz"], r"no font 'DejaVu Sanz'.*DejaVu Sans.*Nothing was drawn"),
        (["category_b", "--width", "12"], r"cannot be 12 mm wide.*85.*160.*'slide'"),
        (["category_b", "--order", "name"], r"'name'.*size, codebook"),
    ],
)
def test_what_is_wrong_is_said_with_what_works(draw, tmp_path, arguments, told):
    with pytest.raises(SekomError, match=told):
        draw(*arguments)
    assert not list(tmp_path.iterdir())


def test_the_proposed_command_works(draw, tmp_path):
    with pytest.raises(SekomError) as raised:
        draw("categori_b", "--by", "valence")
    proposed = re.search(r"sekom figure counts (.*) --study", str(raised.value))[1].split()
    assert proposed == ["category_b", "--by", "valence"]
    assert draw(*proposed, "--to", "a.png").exit_code == 0


def test_a_file_of_another_kind_is_a_wrong_call(draw, tmp_path):
    result = draw("category_b", "--to", "a.gif")
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())
