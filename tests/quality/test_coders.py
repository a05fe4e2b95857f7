"""One coder's own report: beside the others without them, in their own order, for learning."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sekom_analysis.agreement import agreement
from sekom_analysis.basics.errors import RatingsError, StanceError, StudyError
from sekom_analysis.quality import coder_report, stability
from sekom_analysis.quality.coders import own_order
from sekom_analysis.study.decisions import Event

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def code_by_hand(study, coder, letters, seconds=20.0, order=None):
    """Let a coder answer one note after the other, with time between."""
    version = study.codebook["v"].version
    events = [
        Event(
            (START + timedelta(seconds=seconds * k)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"), f"e{coder}{i:04}",
            f"n{i:02}", "", "v", letters[i], "", "", version, "1", "page", "decide",
        )
        for k, i in enumerate(order if order is not None else range(len(letters)))
    ]  # fmt: skip
    study.desk(coder).take_in(events)


def test_the_coder_is_compared_with_the_others_alone(make_study):
    study = make_study({"a": "x" * 30, "b": "y" * 30, "c": "y" * 29 + "x"})
    report = coder_report(study, "a", "v", "en", n_resamples=0)
    found = report.agreement.set_index("coefficient")
    assert found.at["percent", "n_pairable"] == 29
    assert found.at["percent", "value"] == 0
    assert report.n_divided == 1
    assert "one note more the others are divided" in str(report)
    assert "b and c" in str(report)


def test_leaning_that_stands_the_test_is_told_and_chance_is_not(make_study):
    rng = np.random.default_rng(3)
    truth = "".join(rng.choice(list("xyz"), 60))
    study = make_study({"a": truth.replace("y", "x"), "b": truth, "c": truth}, n=60)
    told = str(coder_report(study, "a", "v", "en", n_resamples=0))
    assert "a chooses X more often than the others" in told
    assert "a chooses Y less often" in told
    assert "a chooses Z" not in told
    assert "Number of codes compared at once: 4" in told  # none fits is an answer too
    assert "No code is used clearly" in str(coder_report(study, "b", "v", "en", n_resamples=0))


def test_thirds_follow_the_coders_own_order(make_study):
    study = make_study({"b": "x" * 30 + "y" * 30, "c": "x" * 30 + "y" * 30}, n=60)
    backwards = list(range(59, -1, -1))
    code_by_hand(study, "a", "y" * 20 + "x" * 10 + "y" * 30, order=backwards)
    assert own_order(study, "a", "v") == ([f"n{i:02}" for i in backwards], True)
    report = coder_report(study, "a", "v", "en", n_resamples=0)
    assert report.drift["share"].tolist() == [1, 1, 0]  # the notes n00 to n19 came last
    assert "Not all the intervals overlap" in str(report)


def test_no_change_is_called_none(make_study):
    study = make_study({"b": "xyz" * 20, "c": "xyz" * 20}, n=60)
    code_by_hand(study, "a", "xyz" * 20)
    assert "no change to rely on" in str(coder_report(study, "a", "v", "en", n_resamples=0))


def test_a_changed_answer_does_not_move_a_note_in_the_order(make_study):
    study = make_study({"b": "x" * 30})
    code_by_hand(study, "a", "x" * 30)
    study.decide("a", "n00", "v", "y")
    assert own_order(study, "a", "v")[0][0] == "n00"


@pytest.mark.parametrize("seconds", [0.0, 1e-6])
def test_answers_saved_in_one_go_have_no_known_order(make_study, seconds):
    study = make_study({"b": "x" * 30})
    code_by_hand(study, "a", "x" * 30, seconds=seconds)
    report = coder_report(study, "a", "v", "en", n_resamples=0)
    assert not report.order_known
    assert report.drift.empty
    assert "order the notes were coded is unknown" in str(report)


def test_the_samples_order_is_unknown_and_no_drift_is_invented(sample_study):
    for coder in sample_study.coders:
        report = coder_report(sample_study, coder, "category_b", n_resamples=0)
        assert report.drift.empty
        assert "är okänt" in str(report)


def test_stability_is_the_second_time_beside_the_first(make_study, answer):
    study = make_study({"a": "xyz" * 10})
    answer(study, "a", "xyzxyzxyzy", **{"pass": 2})
    found = stability(study, "a", "v", n_resamples=0).set_index("coefficient")
    assert found.at["percent", "value"] == pytest.approx(0.9)
    assert set(found["n_pairable"]) == {10}
    assert "On 10 notes that a coded twice" in str(coder_report(study, "a", "v", "en", n_resamples=0))
    # The first time stays what it was.
    assert study.ratings("v")["a"].tolist() == list("xyz" * 10)


def test_nothing_coded_twice_is_said(sample_study):
    found = stability(sample_study, "k1", "category_b", lang="sv", n_resamples=0)
    assert found["value"].isna().all()
    assert set(found["note"]) == {"Ingen lapp har kodats två gånger."}


@pytest.mark.parametrize("kind", ["multiple", "scale"])
def test_sets_and_scales_have_reports_too(make_study, kind):
    letters = "345" * 10 if kind == "scale" else "xyz" * 10
    study = make_study({"a": letters, "b": letters, "c": letters}, kind=kind)
    report = coder_report(study, "a", "v", "en", n_resamples=0)
    assert report.agreement.set_index("coefficient").at["alpha", "value"] == 1
    assert report.leaning.empty == (kind == "scale")


def test_the_others_can_be_chosen_and_one_alone_is_named(sample_study):
    report = coder_report(sample_study, "k1", "category_b", "en", coders=["k2"], n_resamples=0)
    assert "only one besides k1 is k2 (program)" in str(report)
    table = agreement(sample_study.ratings("category_b", ["k1", "k2"]), n_resamples=0)
    assert report.agreement["value"].tolist() == pytest.approx(table["value"].tolist())


def test_it_never_ranks(sample_study):
    told = str(coder_report(sample_study, "k1", "category_b", "en", n_resamples=0))
    assert "not for ranking" in told
    assert told.count("α = ") == 1  # the coder's own, and nobody else's beside it


def test_who_is_not_there_or_decided_nothing(sample_study, sample, reflexive):
    with pytest.raises(StudyError, match="'k9'"):
        coder_report(sample_study, "k9", "category_b")
    with pytest.raises(RatingsError, match="rapport-2016 has decided nothing on 'themes'"):
        coder_report(sample_study, "rapport-2016", "themes")
    for measure in (coder_report, stability):
        with pytest.raises(StanceError):
            measure(reflexive(sample), "k1", "category_b")
