"""What a report shows: who is compared with whom, on which notes, and nothing left out silently."""

import pandas as pd
import pytest

from sekom_analysis.basics.wording import say
from sekom_analysis.report.sections import sections
from sekom_analysis.results import (
    AGAINST,
    ALL,
    INDEPENDENT,
    MAIN,
    POOLED,
    agreement_overview,
    conduct,
    planned,
    work_out,
)
from sekom_analysis.study.study import Study

# Arithmetic checks, to three decimals, over all four coders: all sources, and the notes of 2016 alone.
POOLED_ALPHA = {"valence": (0.940, 0.917), "category_b": (0.802, 0.767), "category_d": (0.862, 0.860)}


@pytest.fixture(scope="module")
def results(sample_study):
    return work_out(sample_study, "en", n_resamples=200)


def value(results, scope, group, variable):
    rows = results.rows(scope, group)
    return rows.loc[rows["variable"] == variable, "value"].tolist()


@pytest.mark.parametrize("variable", POOLED_ALPHA)
def test_pooled_alpha(results, variable):
    everything, of_2016 = POOLED_ALPHA[variable]
    assert value(results, ALL, POOLED, variable) == [pytest.approx(everything, abs=5e-4)]
    assert value(results, MAIN, POOLED, variable) == [pytest.approx(of_2016, abs=5e-4)]


def test_coders_with_the_codebook_come_first_and_the_own_sorting_is_apart(results):
    assert value(results, MAIN, INDEPENDENT, "category_b") == [pytest.approx(0.906, abs=5e-4)]
    against = value(results, MAIN, AGAINST, "category_b")
    assert [round(alpha, 2) for alpha in against] == [0.65, 0.63, 0.60]
    assert list(dict.fromkeys(results.agreement["group"])) == [INDEPENDENT, AGAINST, POOLED]


def test_the_own_sorting_is_not_pooled_where_it_decided_nothing(results):
    assert not value(results, MAIN, POOLED, "themes")
    assert not value(results, ALL, AGAINST, "category_b")  # it knows no other notes than those of 2016


def test_the_plan_names_coefficient_and_level(results, sample_study):
    book = sample_study.codebook
    kinds = {"category_b": "nominal", "criterion_goal": "ordinal", "themes": "masi"}
    assert {v: planned(sample_study, book[v]) for v in kinds} == {v: ("alpha", kinds[v]) for v in kinds}
    levels = results.agreement.drop_duplicates("variable").set_index("variable")["level"]
    assert {v: levels[v] for v in kinds} == kinds


def test_what_nobody_coded_is_named_and_never_a_number(results):
    assert results.uncoded == ["dimension", "cycle"]
    assert not set(results.uncoded) & set(results.agreement["variable"])


def test_disputed_notes_carry_every_choice_and_memo(results, sample_study):
    table = results.disputed["category_b"]
    memos = sample_study.decisions("category_b", ["k1"]).set_index("note_id")["memo"]
    note = next(note for note in table.index if memos.get(note))
    assert table.at[note, "memo k1"] == memos[note]
    assert table["disagreement"].is_monotonic_decreasing
    assert table["k3"].isna().sum() > 0  # not seen stays a gap


def study_of(tmp_path, **about):
    notes = pd.DataFrame({"note_id": [f"n{i}" for i in range(6)], "text": [f"text {i}" for i in range(6)]})
    codes = [{"id": "x", "label": "X"}, {"id": "y", "label": "Y"}, {"id": "z", "label": "Z"}]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": codes}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    if about:
        path = study.root / "data" / "raw" / "study.yaml"
        path.write_text(
            path.read_text(encoding="utf-8").replace("stance: codebook", "stance: reflexive"), "utf-8"
        )
    return Study.open(study.root)


def test_a_study_that_nobody_coded_has_no_numbers(tmp_path):
    results = work_out(study_of(tmp_path), n_resamples=0)
    assert results.agreement.empty
    assert not results.counts
    assert results.coders.empty


def test_one_coder_is_counted_and_compared_with_nobody(tmp_path):
    study = study_of(tmp_path)
    study.record("anna", [{"note_id": f"n{i}", "variable": "v", "codes": "xyz"[i % 3]} for i in range(4)])
    results = work_out(study, n_resamples=0)
    assert results.agreement.empty
    assert results.counts["v"].query("coder == 'anna'")["count"].sum() == 4
    assert results.coders.at["anna", "notes"] == 4
    assert not results.disputed  # nobody to agree with is not that everybody agrees


def test_a_sorting_alone_is_shown_without_others_beside_it(tmp_path):
    study = study_of(tmp_path)
    path = study.root / "data" / "raw" / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "coders: {chair: {kind: source}}\n", "utf-8")
    study = Study.open(study.root)
    study.record("chair", [{"note_id": f"n{i}", "variable": "v", "codes": "xxyxyz"[i]} for i in range(6)])
    shown = sections(work_out(study, n_resamples=0))
    [figure] = [one for section in shown for one in section.figures() if one.stem == "counts_v"]
    assert "enligt chair" in figure.alt
    assert say("report_disputed", "sv") not in [one.heading for one in shown]


def test_a_reflexive_study_gets_no_coefficients(tmp_path):
    study = study_of(tmp_path, stance="reflexive")
    for coder in ("anna", "bo"):
        study.record(coder, [{"note_id": f"n{i}", "variable": "v", "codes": "x"} for i in range(6)])
    results = work_out(study, n_resamples=0)
    assert results.agreement.empty
    assert not results.by_code
    assert not results.counts  # the bars would be a majority's, and that is a consensus


def test_notes_stand_under_what_the_bars_count(tmp_path):
    """A coder who gave the split alone has no bar, and moves no note in the lists either."""
    ids = [f"n{place}" for place in range(5)]
    notes = pd.DataFrame({"note_id": ids, "text": list("abcde")})
    codes = {name: [{"id": c, "label": c} for c in name] for name in ("xyz", "hm")}
    book = [{"id": v, "kind": "single", "label": v, "codes": codes[v]} for v in ("xyz", "hm")]
    study = Study.create(tmp_path / "s", notes=notes, codebook={"variables": book})
    for coder, sides in {"anna": "hhhhh", "bo": "hhhhm", "eva": "mmmmm", "ulla": "mmmmm"}.items():
        for note, side in zip(ids, sides, strict=True):
            study.decide(coder, note, "hm", side)
            if coder in ("anna", "bo"):
                study.decide(coder, note, "xyz", "x")
    results = work_out(study, n_resamples=0)
    bars = results.counts["xyz"].query("is_bar and code == 'x'").set_index("by")["count"].to_dict()
    [chapter] = results.chapters
    listed = chapter.notes["by"].value_counts()
    assert bars == {"h": 4, "m": 0} == {side: int(listed.get(side, 0)) for side in "hm"}


def test_a_split_that_loses_many_notes_is_not_made(tmp_path):
    """Bars of the few notes with a settled side would say otherwise which code is the largest."""
    ids = [f"n{place}" for place in range(5)]
    notes = pd.DataFrame({"note_id": ids, "text": list("abcde")})
    codes = {name: [{"id": c, "label": c} for c in name] for name in ("xyz", "hm")}
    book = [{"id": v, "kind": "single", "label": v, "codes": codes[v]} for v in ("xyz", "hm")]
    study = Study.create(tmp_path / "s", notes=notes, codebook={"variables": book})
    for coder, sides in {"anna": "hhhhh", "bo": "mmmhh"}.items():
        for note, side, code in zip(ids, sides, "xxxyy", strict=True):
            study.decide(coder, note, "hm", side)
            study.decide(coder, note, "xyz", code)
    results = work_out(study, "sv", n_resamples=0)
    bars = results.counts["xyz"].query("is_bar").set_index("code")["count"].to_dict()
    assert bars == {"x": 3, "y": 2, "z": 0}
    assert results.brief[0].values["code"] == "x"


def test_who_decided_nothing_has_no_say_in_what_holds_for_every_coder(tmp_path):
    study = study_of(tmp_path)
    for coder in ("anna", "bo"):
        study.record(coder, [{"note_id": f"n{i}", "variable": "v", "codes": "x"} for i in range(6)])
    results = work_out(study, "en", n_resamples=0)
    holds = conduct._findings(results)
    nobody = results.findings["v"].assign(coder="eva", holds="unknown", is_bar=False)
    results.findings["v"] = pd.concat([results.findings["v"], nobody], ignore_index=True)
    assert conduct._findings(results) == holds
    assert not holds.startswith("0 of")


def test_one_changed_decision_changes_the_numbers(tmp_path):
    study = study_of(tmp_path)
    for coder in ("anna", "bo"):
        study.record(coder, [{"note_id": f"n{i}", "variable": "v", "codes": "xyz"[i % 3]} for i in range(6)])
    before = agreement_overview(study, n_resamples=0)
    study.decide("bo", "n0", "v", "y")
    after = agreement_overview(study, n_resamples=0)
    assert before["value"].tolist() == [1, 1, 1]
    assert (after["value"] < 1).all()
