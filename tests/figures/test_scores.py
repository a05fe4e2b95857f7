"""How coders use the scale, read back from its artists."""

import pandas as pd
import pytest

from sekom_analysis.actions.scores import count_scores
from sekom_analysis.basics.errors import FigureError
from sekom_analysis.figures import plot_criteria, plot_scores
from sekom_analysis.study.codebook_table import read_kept_codebook


@pytest.fixture
def scores():
    rows = [
        (f"D{place}", coder, criterion, 1, 1 + (place * (2 if coder == "bo" else 3)) % 5)
        for place in range(23)
        for coder in ("anna", "bo", "en-mycket-noggrann-kodare")
        for criterion in ("goal", "gap")
    ]
    return pd.DataFrame(rows, columns=["action", "coder", "criterion", "round", "score"])


def test_each_dot_stands_at_its_score_and_grows_with_the_count(scores):
    table = count_scores(scores)
    ax = plot_scores(table)
    (dots,) = ax.collections
    assert len(dots.get_offsets()) == len(table) == 30
    assert sorted({x for x, _ in dots.get_offsets()}) == [1, 2, 3, 4, 5]
    areas = pd.Series(dots.get_sizes()).groupby(table["count"]).agg(["min", "max"])
    assert (areas["min"] == areas["max"]).all()
    assert areas["min"].is_monotonic_increasing


def test_the_numbers_on_the_dots_add_up_to_the_actions(scores):
    table = count_scores(scores)
    ax = plot_scores(table, criteria={"goal": "Målbild", "gap": "Nuläge"})
    written = [int(text.get_text()) for text in ax.texts if text.get_text().isdigit()]
    assert sum(written) == table["count"].sum() == 23 * 3 * 2
    names = [text.get_text() for text in ax.texts if not text.get_text().isdigit()]
    assert names == ["Målbild", "Nuläge"]  # in the order of the labels


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_it_is_tidy(scores, lang, assert_tidy):
    criteria = {"goal": "Leder i rätt riktning mot målbilden (A)", "gap": "Möter hinder"}
    assert_tidy(plot_scores(count_scores(scores), lang=lang, criteria=criteria))


POINTS = {
    "goal": {-3: "Tar helt avstånd", 0: "Varken eller", 3: "Instämmer helt"},
    "gap": {1: "Ingen", 5: "Mycket hög betydelse för alla som arbetar med frågan till vardags i kommunerna"},
}


def key(ax) -> list[str]:
    return [text.get_text() for text in ax.texts if " = " in text.get_text()]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_what_the_points_of_each_scale_mean_is_said_below(scores, lang, assert_tidy):
    scores.loc[scores["criterion"] == "goal", "score"] -= 3
    ax = plot_scores(
        count_scores(scores), lang=lang, criteria={"goal": "Mål", "gap": "Nuläge"}, points=POINTS
    )
    assert " ".join(key(ax)[0].split()) == (
        "Mål: −3 = Tar helt avstånd, 0 = Varken eller, 3 = Instämmer helt "
        f"Nuläge: 1 = Ingen, 5 = {POINTS['gap'][5]}"
    )
    assert_tidy(ax)
    within(ax)


def within(ax) -> None:
    """Whether what the points mean is inside the picture, whole."""
    whole = ax.figure.bbox
    for text in ax.texts:
        box = text.get_window_extent()
        assert (box.x0 >= whole.x0, box.x1 <= whole.x1, box.y0 >= whole.y0) == (True, True, True), text


def test_one_meaning_for_all_is_said_once(scores):
    ax = plot_scores(count_scores(scores), points=dict.fromkeys(["goal", "gap"], POINTS["gap"]))
    assert key(ax)[0].startswith("1 = Ingen, 5 = ")
    within(ax)


def test_without_labels_the_figure_stays_as_it_is(scores):
    plain, given = (plot_scores(count_scores(scores), points=points) for points in (None, {"goal": {}}))
    assert key(given) == []
    assert plain.figure.get_size_inches().tolist() == given.figure.get_size_inches().tolist()
    assert plain.get_position().bounds == given.get_position().bounds


def test_means_by_criterion_say_what_points_mean(assert_tidy):
    table = pd.DataFrame({"action": ["D1", "D2"], "rank": [1, 2], "mean_goal": [4.5, 3.0]})
    ax = plot_criteria(table, criteria={"goal": "Mål", "gap": "Nuläge"}, points={"goal": POINTS["gap"]})
    assert key(ax)[0].startswith("1 = Ingen, 5 = ")
    assert_tidy(ax)
    within(ax)
    plain = plot_criteria(table)
    assert ax.get_window_extent().height == pytest.approx(plain.get_window_extent().height)


def test_labels_are_those_of_a_codebook_in_a_table(tmp_path):
    rows = ["Variabel;Typ;Skala;Etikett", "mal;skala;-3 Emot … 3 För;Mål", "vikt;skala;1–5;Vikt"]
    (tmp_path / "kodbok.csv").write_text("\n".join(rows), encoding="utf-8")
    book = read_kept_codebook(tmp_path / "kodbok.csv").codebook
    assert (book["mal"].points(), book["vikt"].points()) == ({-3: "Emot", 3: "För"}, {})


def test_means_of_merged_actions_are_counted_as_the_nearest_score(scores):
    halves = scores.head(3).assign(score=[2.5, 3.4, 3.5], coder="bo", criterion="goal", action=list("abc"))
    assert count_scores(halves)[["score", "count"]].to_numpy().tolist() == [[3, 2], [4, 1]]


def test_columns_that_lack_are_named(scores):
    with pytest.raises(FigureError, match="lacks the columns count"):
        plot_scores(scores)
