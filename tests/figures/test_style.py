from __future__ import annotations

import gc
import os
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from sekom_analysis.basics.errors import FigureError, NotSavedError
from sekom_analysis.figures import plot_counts, save_figure, style, styling
from sekom_analysis.figures.styling import PrintFigure, contrast, mix, readable_on, text_width, wrap


@pytest.fixture
def counts(make_counts):
    return make_counts(3)


def test_settings_outside_but_font_and_size_are_neither_used_nor_changed(counts, tmp_path):
    usual = save_figure(plot_counts(counts).figure, tmp_path / "usual", "counts")
    outside = {
        "lines.linewidth": 9,
        "axes.facecolor": "black",
        "svg.hashsalt": "other",
        "svg.fonttype": "path",
    }
    with matplotlib.rc_context(outside):
        before = dict(matplotlib.rcParams)
        other = save_figure(plot_counts(counts).figure, tmp_path / "other", "counts")
        assert dict(matplotlib.rcParams) == before
    assert [path.read_bytes() for path in usual] == [path.read_bytes() for path in other]


def test_settings_come_back_after_an_error():
    before = dict(matplotlib.rcParams)
    with pytest.raises(ZeroDivisionError), style():
        1 / 0  # noqa: B018
    assert dict(matplotlib.rcParams) == before


def test_the_same_table_gives_the_same_bytes_at_another_time_in_another_process(counts, tmp_path):
    here = save_figure(plot_counts(counts).figure, tmp_path / "here", "counts")
    counts.to_pickle(tmp_path / "counts.pkl")
    code = (
        "import sys, pandas as pd; from sekom_analysis.figures import plot_counts, save_figure; "
        "save_figure(plot_counts(pd.read_pickle(sys.argv[1])).figure, sys.argv[2], 'counts')"
    )
    later = {**os.environ, "SOURCE_DATE_EPOCH": "1000000000", "PYTHONHASHSEED": "7"}
    arguments = [str(tmp_path / "counts.pkl"), str(tmp_path / "there")]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, env=later)
    for path in here:
        assert path.read_bytes() == (tmp_path / "there" / path.name).read_bytes(), path.name


def test_saves_each_format_in_order_and_leaves_nothing_beside(counts, tmp_path):
    folder = tmp_path / "new" / "figures"
    paths = save_figure(plot_counts(counts).figure, folder, "counts", formats=("svg", "png", "pdf"))
    assert paths == [folder / "counts.svg", folder / "counts.png", folder / "counts.pdf"]
    assert sorted(folder.iterdir()) == sorted(paths)
    svg, png, pdf = (path.read_bytes() for path in paths)
    assert b"<svg" in svg
    assert b"<dc:date>" not in svg
    assert png.startswith(b"\x89PNG")
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf


def test_saving_twice_gives_the_same_bytes(counts, tmp_path):
    fig = plot_counts(counts).figure
    first = [path.read_bytes() for path in save_figure(fig, tmp_path, "counts")]
    assert [path.read_bytes() for path in save_figure(fig, tmp_path, "counts")] == first


def test_an_unknown_format_is_refused_before_anything_is_written(counts, tmp_path):
    with pytest.raises(FigureError, match=r"'gif'.*png, svg, pdf"):
        save_figure(plot_counts(counts).figure, tmp_path, "counts", formats=("png", "gif"))
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_keeps_what_was_there(counts, tmp_path, monkeypatch):
    (tmp_path / "counts.png").write_bytes(b"before")

    def refuse(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(NotSavedError, match=r"counts\.png could not be written \(Permission denied\)"):
        save_figure(plot_counts(counts).figure, tmp_path, "counts", formats=("png",))
    assert (tmp_path / "counts.png").read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["counts.png"]


def test_a_folder_that_is_a_file_is_said(counts, tmp_path):
    (tmp_path / "figures").write_text("", encoding="utf-8")
    with pytest.raises(NotSavedError, match="figures"):
        save_figure(plot_counts(counts).figure, tmp_path / "figures", "counts")


def test_no_figure_is_left_with_pyplot(counts):
    import matplotlib.pyplot as plt

    open_before = plt.get_fignums()
    plot_counts(counts)
    assert plt.get_fignums() == open_before


def test_a_notebook_can_show_the_figure(counts):
    assert plot_counts(counts).figure._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("grey", [i / 20 for i in range(21)])
def test_black_or_white_is_readable_on_any_tone(grey):
    colour = mix("#9a3f16", grey)
    assert contrast(colour, readable_on(colour)) >= 4.5
    assert contrast((grey,) * 3, readable_on((grey,) * 3)) >= 4.5


def test_contrast_of_black_and_white_is_21():
    assert contrast("black", "white") == pytest.approx(21)
    assert contrast("white", "black") == pytest.approx(21)


def test_wrapped_lines_keep_the_words_and_the_width():
    text = "Samverkan mellan förvaltningar, politik och kommunalförbund"
    lines = wrap(text, 30).splitlines()
    assert " ".join(lines) == text
    assert len(lines) > 1
    assert max(map(text_width, lines)) <= 30
    assert wrap("Kommunalförbundsdirektörskollegium", 5) == "Kommunalförbundsdirektörskollegium"


def test_the_lean_font_sets_text_as_the_whole_one_does():
    names = styling.families()
    assert names == [styling.LEAN, styling.WHOLE]
    for text in ("Samverkan – hinder och möjligheter, α = 0,91", "Åtgärd ≥ 3 → plan", "Ärende Ö"):
        widths = [
            text_to_path.get_text_width_height_descent(text, FontProperties(family=name, size=9), False)[0]
            for name in names
        ]
        assert widths[0] == pytest.approx(widths[1], rel=0.005)


def test_making_the_lean_font_leaves_no_file_open():
    whole = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        assert styling._trimmed(whole)
        gc.collect()
    assert [one for one in told if one.category is ResourceWarning] == []


def test_a_sign_that_the_lean_font_lacks_comes_from_the_whole_one(tmp_path):
    with style():
        fig = PrintFigure(figsize=(2, 1))
        FigureCanvasAgg(fig)
        fig.text(0.1, 0.5, "Ж ب 5")  # neither is in the lean font; a missing sign would warn, and fail here
        assert all(path.stat().st_size for path in save_figure(fig, tmp_path, "signs"))


def test_without_a_cache_the_whole_font_serves(monkeypatch):
    styling.families.cache_clear()
    monkeypatch.setattr(styling, "_lean", lambda name: (_ for _ in ()).throw(OSError("read-only")))
    try:
        assert styling.families() == [styling.WHOLE]
    finally:
        styling.families.cache_clear()
