"""Spans of the counts: of the coders, of the coding, of the sampling."""

import numpy as np
import pandas as pd
import pytest

from sekom_analysis.basics.errors import RatingsError, StanceError
from sekom_analysis.consensus import count_codes
from sekom_analysis.consensus.counts import SPANS, span_kind, span_of_draws
from sekom_analysis.study.study import Study


def counted(study, interval="coders", **options):
    options = {"by": "valence", "notes": study.main_notes, "n_draws": 800} | options
    return count_codes(study, "category_b", interval=interval, **options)


@pytest.fixture(scope="module")
def by_kind(sample_study):
    return {kind: counted(sample_study, kind) for kind in SPANS}


def test_the_span_of_the_coders_holds_each_one_who_read_all_and_both_ends_are_somebodys(by_kind):
    counts = by_kind["coders"]
    full = counts[(counts["n_notes"] == counts["n_all"]) & ~counts["is_source"]]
    assert set(full["coder"]) == {"k1", "k2"}  # the report's own sorting is no reading of the codebook
    ends = full.groupby(["code", "by"])["count"].agg(["min", "max"])
    spans = counts.groupby(["code", "by"])[["low", "high"]].first()
    assert (spans["low"] == ends["min"]).all()
    assert (spans["high"] == ends["max"]).all()
    # k3 read 90 of 99: fewer notes of a code mean nothing there.
    k3 = counts[counts["coder"] == "k3"]
    assert (k3["count"] < k3["low"]).any()


@pytest.mark.parametrize("kind", SPANS)
def test_a_span_is_one_a_bar_has_order_and_its_kind(by_kind, kind):
    counts = by_kind[kind]
    assert set(counts["interval"]) == {kind} == {span_kind(counts)}
    assert (counts["low"] <= counts["high"]).all()
    assert counts["low"].min() >= 0
    assert counts["high"].max() <= 99
    assert (counts.groupby(["code", "by"])[["low", "high"]].nunique() == 1).all().all()


def test_kinds_differ_in_their_spans_alone(by_kind):
    shared = [column for column in by_kind["coders"] if column not in ("low", "high", "interval")]
    for kind in SPANS:
        pd.testing.assert_frame_equal(by_kind[kind][shared], by_kind["coders"][shared])


def test_other_notes_add_to_the_doubt(by_kind):
    width = {kind: (table["high"] - table["low"]).mean() for kind, table in by_kind.items()}
    assert width["sampling"] > 2 * width["coding"]


def test_fewer_than_two_who_read_all_give_no_span(sample_study):
    counts = counted(sample_study, coders=["k1", "k3"])
    assert counts[["low", "high"]].isna().all().all()
    assert set(counts["interval"]) == {"coders"}
    assert span_kind(counts) == ""


def test_the_majority_is_no_coder_in_the_span(sample_study):
    counts = counted(sample_study, coders=["k1", "k2"], bar="majority")
    assert set(counts[counts["is_bar"]]["coder"]) == {"(settled)"}
    own = counts[counts["coder"] != "(settled)"].groupby(["code", "by"])["count"].agg(["min", "max"])
    assert (counts.groupby(["code", "by"])["low"].first() == own["min"]).all()


def test_one_seed_gives_the_same_span_and_draws_take_no_others(sample_study, by_kind):
    again = counted(sample_study, "coding")
    pd.testing.assert_frame_equal(again, by_kind["coding"])
    with_majority = counted(sample_study, "coding", bar="majority")
    assert (
        with_majority.groupby(["code", "by"])["low"]
        .first()
        .equals(again.groupby(["code", "by"])["low"].first())
    )


def simulated(seed, n_notes=99, n_coders=4, accuracy=0.75):
    rng = np.random.default_rng(seed)
    right = rng.choice(3, n_notes, p=[0.5, 0.3, 0.2])
    errors = (right[:, None] + rng.integers(1, 3, (n_notes, n_coders))) % 3
    chosen = np.where(rng.random(errors.shape) < accuracy, right[:, None], errors)
    table = pd.DataFrame(np.array(list("xyz"), dtype=object)[chosen], columns=list("abcd")[:n_coders])
    return np.bincount(right, minlength=3), table.where(rng.random(table.shape) > 0.2)


def test_the_span_of_the_coding_holds_the_true_counts():
    held, widths = [], []
    for seed in range(12):
        true, table = simulated(seed)
        ends = span_of_draws(table, None, n_draws=400)
        held += ((ends["low"].to_numpy() <= true) & (true <= ends["high"].to_numpy())).tolist()
        widths += (ends["high"] - ends["low"]).tolist()
    assert np.mean(held) > 0.85
    assert 1 < np.mean(widths) < 20


def test_better_coders_leave_less_doubt():
    widths = []
    for accuracy in (0.6, 0.95):
        ends = span_of_draws(simulated(1, accuracy=accuracy)[1], None, n_draws=400)
        widths.append((ends["high"] - ends["low"]).mean())
    assert widths[1] < widths[0] / 2


def test_notes_that_nobody_read_are_in_no_count():
    _, table = simulated(2)
    wider = table.reindex(range(150))
    pd.testing.assert_frame_equal(
        span_of_draws(table, None, n_draws=400), span_of_draws(wider, None, n_draws=400)
    )
    nobody = span_of_draws(table.iloc[:0], None)
    assert nobody.empty


def test_the_codes_of_a_draw_sum_to_the_notes():
    _, table = simulated(3)
    alone = table.where(table == "x")
    ends = span_of_draws(alone, None, n_draws=200)
    assert ends.to_numpy().tolist() == [[alone.notna().any(axis=1).sum()] * 2]


def test_a_span_that_cannot_be_is_refused(sample_study):
    with pytest.raises(RatingsError, match=r"'bayes'.*coders, coding, sampling.*Nothing was counted"):
        counted(sample_study, "bayes")
    with pytest.raises(RatingsError, match=r"'coding'.*'themes' may have several.*'coders'"):
        count_codes(sample_study, "themes", interval="coding")
    themes = count_codes(sample_study, "themes", notes=sample_study.main_notes)
    assert set(themes["interval"]) == {"coders"}


def test_a_study_nobody_read_to_the_end(tmp_path):
    notes = pd.DataFrame({"note_id": ["n1", "n2"], "text": ["ett", "två"]})
    codes = [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": codes}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    study.record("anna", [{"note_id": "n1", "variable": "v", "codes": "x"}])
    assert count_codes(study, "v")[["low", "high"]].isna().all().all()
    coding = count_codes(study, "v", interval="coding", n_draws=200).query("is_bar").set_index("code")
    assert coding[["low", "high"]].to_numpy().tolist() == [[1, 1], [0, 0]]


@pytest.mark.parametrize("kind", SPANS)
@pytest.mark.parametrize("stage", ["D", "X"])
def test_a_split_that_is_asked_of_some_notes_counts_those(tmp_path, kind, stage):
    notes = pd.DataFrame({"note_id": [f"n{n}" for n in range(8)], "text": [f"lapp {n}" for n in range(8)]})
    notes["stage"] = ["B", "D"] * 4
    codes = [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}]
    asked = [{"id": "v", "kind": "single", "label": "V", "codes": codes}]
    asked += [{"id": "act", "kind": "single", "label": "Act", "codes": codes, "stage": stage}]
    study = Study.create(tmp_path / "s", notes=notes, codebook={"variables": asked})
    for coder in ("anna", "bo"):
        for n in range(8):
            study.decide(coder, f"n{n}", "v", "x")
            if n % 2 and stage == "D":
                study.decide(coder, f"n{n}", "act", "x" if n < 4 or coder == "anna" else "y")
    for variable, by in (("v", "act"), ("act", "v")):
        counts = count_codes(study, variable, by=by, interval=kind, n_draws=200)
        n = 4 if stage == "D" else 0
        assert set(counts["n_all"]) == {n} if len(counts) else n == 0
        assert counts.query("coder == 'anna'")["count"].sum() == n
        assert counts[["low", "high"]].notna().all().all() == (n > 0)
        assert (counts["high"].dropna() <= n).all()


def test_ratings_of_some_notes_split_those(by_kind):
    _, table = simulated(2)
    some = table.iloc[::2]
    pd.testing.assert_frame_equal(
        span_of_draws(table, some, n_draws=200), span_of_draws(some, some, n_draws=200)
    )


def test_a_reflexive_study_has_its_coders_own_counts_and_no_right_codes(sample):
    about = sample.root / "data" / "raw" / "study.yaml"
    text = about.read_text(encoding="utf-8")
    about.write_text(text.replace("stance: codebook", "stance: reflexive"), encoding="utf-8")
    study = Study.open(sample.root)
    with pytest.raises(StanceError, match="reflexive"):
        count_codes(study, "category_b", interval="coding")
    assert set(count_codes(study, "category_b")["interval"]) == {"coders"}
