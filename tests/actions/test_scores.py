"""Scores out of a study: which count, what a merge makes of them, what is refused."""

import pandas as pd
import pytest

from sekom_analysis.actions.scores import action_scores, checked, merge_scores, panels
from sekom_analysis.basics.errors import CodebookError, RatingsError
from sekom_analysis.study.study import Study

NOTES = pd.DataFrame(
    {"note_id": ["D1", "D2", "D3", "B1"], "stage": ["D", "D", "D", "B"], "text": list("abcd")}
)


def scale(name, **more):
    return {"id": name, "kind": "scale", "stage": "D", "label": name, "range": [1, 5], **more}


@pytest.fixture
def scored(tmp_path):
    """Two rounds: one criterion for all actions, then another for two of them; two coders and a source."""
    book = {"variables": [scale("goal", round=1), scale("cost", round=2, notes=["D1", "D2"]), scale("mood")]}
    study = Study.create(tmp_path / "scored", notes=NOTES, codebook=book)
    path = study.root / "data" / "raw" / "study.yaml"
    path.write_text(path.read_text("utf-8") + "\ncoders: {own: {kind: source}}\n", "utf-8")
    study = Study.open(study.root)
    for coder, goal in {"anna": [5, 3, 1], "bo": [4, 3, None], "own": [1, 1, 1]}.items():
        for note, score in zip(["D1", "D2", "D3"], goal, strict=True):
            if score:
                study.decide(coder, note, "goal", score)
    study.decide("anna", "D1", "cost", 2)
    study.decide("anna", "D1", "mood", 5)
    return study


def test_scores_are_those_of_criteria_and_of_coders_only(scored):
    table = action_scores(scored)
    assert set(table["criterion"]) == {"goal", "cost"}
    assert set(table["coder"]) == {"anna", "bo"}
    assert len(table) == 6  # what bo has not scored has no row
    assert dict(table.groupby("criterion")["round"].first()) == {"goal": 1, "cost": 2}


def test_a_round_can_be_had_alone_and_a_scale_by_name(scored):
    assert set(action_scores(scored, round=2)["action"]) == {"D1"}
    assert action_scores(scored, criteria=["mood"])["score"].tolist() == [5.0]


def test_a_second_pass_changes_nothing(scored):
    scored.record("anna", [{"note_id": "D1", "variable": "goal", "codes": 1, "pass": 2}])
    table = action_scores(scored)
    assert table.query("coder == 'anna' and action == 'D1' and criterion == 'goal'")["score"].tolist() == [
        5.0
    ]


def test_what_is_no_criterion_is_refused_with_those_there_are(scored, study):
    with pytest.raises(CodebookError, match=r"no criteria of round 7 \(rounds: 1, 2"):
        action_scores(scored, round=7)
    with pytest.raises(CodebookError, match=r"valence is none\. Scales of the codebook: goal"):
        action_scores(study, criteria=["valence"])
    with pytest.raises(CodebookError, match="'kind: scale' and 'round: 1'"):
        action_scores(study)


def test_a_merged_action_has_the_mean_over_its_members_by_each_coder(scored):
    table = action_scores(scored, merged={"D3": "D2", "D2": "D1"})
    goal = table[table["criterion"] == "goal"].set_index("coder")["score"]
    assert set(table["action"]) == {"D1"}
    assert goal.to_dict() == {"anna": 3.0, "bo": 3.5}  # bo's gap is not a score


def test_the_studys_own_merges_count_unless_told_otherwise(scored):
    scored.merge("D2", into="D1", by="anna", reason="samma sak")
    goal = action_scores(scored, round=1).set_index(["action", "coder"])["score"]
    assert goal.to_dict() == {("D1", "anna"): 4.0, ("D3", "anna"): 1.0, ("D1", "bo"): 3.5}
    assert len(action_scores(scored, merged={})) == 6


def test_merges_in_a_circle_are_refused(make_scores):
    scores = make_scores({"anna": {"D1": [1, 2]}})
    with pytest.raises(RatingsError, match="D1 → D2 → D1"):
        merge_scores(scores, {"D1": "D2", "D2": "D1"})


def test_rounds_are_never_mixed_unless_asked(scored):
    scores = action_scores(scored)
    apart = {number: panel.criteria for number, panel in panels(scores)}
    assert apart == {1: ["goal"], 2: ["cost"]}
    [(number, both)] = panels(scores, together=True)
    assert (number, both.actions, both.criteria) == (2, ["D1"], ["goal", "cost"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop(columns="coder"), "columns coder are missing"),
        (lambda t: pd.concat([t, t.head(1)]), "coder 'anna' scored 'D1' by 'goal' more than once"),
        (lambda t: t.assign(score="bra"), "'bra' is not a score"),
        (lambda t: t.assign(score=float("inf")), "'inf' is not a score"),
        (lambda t: t.assign(score=None), "there is not a score"),
    ],
)
def test_tables_that_are_no_scores_are_refused(change, said, make_scores):
    with pytest.raises(RatingsError, match=said):
        checked(change(make_scores({"anna": {"D1": [1, 2], "D2": [3, 4]}})))
