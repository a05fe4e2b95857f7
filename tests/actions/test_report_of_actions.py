"""What the report says of priorities and plan: the tables' numbers, in both languages, and rounds apart."""

import dataclasses
import itertools

import pandas as pd
import pytest

from sekom_analysis.actions.plan import PLAN_FILE
from sekom_analysis.report.blocks import Bullets, Heading, Table, Text
from sekom_analysis.report.sections import actions as coverage_section
from sekom_analysis.report.sections import actions as plan_section
from sekom_analysis.report.sections import actions as priorities_section
from sekom_analysis.results import Results
from sekom_analysis.results.actions import coverage_of, merges_of, plan_of, priorities_of
from sekom_analysis.study.study import Study


def results_of(study, lang="sv"):
    results = Results(study, lang, study.main_notes, [], [], coders=pd.DataFrame())
    results.priorities = priorities_of(study, study.main_notes, lang)
    results.plan = plan_of(study)
    return results


@pytest.fixture(scope="module", params=["sv", "en"])
def results(request, sample_study):
    return results_of(sample_study, request.param)


def tables(section):
    return {block.stem: block for block in section.blocks if isinstance(block, Table)}


def texts(section):
    return " ".join(block.text for block in section.blocks if isinstance(block, Text | Heading))


def test_ranks_intervals_and_chances_are_those_worked_out(results):
    section = priorities_section.scoring_section(results)
    ranking = results.priorities[0].ranking
    shown = tables(section)["priorities_1"]
    assert shown.frame is ranking
    row, cells = ranking.iloc[0], shown.rows[0]
    assert cells[0].startswith(f"{row['action']} ")
    assert cells[1:3] == [str(row["rank"]), f"{int(row['low'])}–{int(row['high'])}"]
    assert cells[4] == f"{row['total']:.2f}".replace(".", "," if results.lang == "sv" else ".")
    tied = ranking[ranking["rank"] != ranking["rank_to"]].iloc[0]
    assert f"{tied['rank']}–{tied['rank_to']}" in [cells[1] for cells in shown.rows]


def test_the_width_of_intervals_is_said_in_plain_words(results):
    ranking = results.priorities[0].ranking
    width = f"{(ranking['high'] - ranking['low'] + 1).mean():.0f}"
    said = texts(priorities_section.priorities_section(results))
    words = {
        "sv": f"i genomsnitt {width} av {len(ranking)} platser",
        "en": f"spans {width} of {len(ranking)} ranks",
    }
    assert words[results.lang] in said


def test_the_stable_list_and_the_platforms_are_those_worked_out(results):
    section = priorities_section.scoring_section(results)
    tables_ = results.priorities[0]
    stable = tables_.sensitivity[tables_.sensitivity["stable"]]["action"].tolist()
    assert [row[0].split()[0] for row in tables(section)["stable_1"].rows] == stable
    (listed,) = [block.items for block in section.blocks if isinstance(block, Bullets)]
    assert [item.split()[0] for item in listed] == tables_.platforms["action"].tolist()


def test_reliabilities_stand_by_criterion_with_their_number_of_actions(results):
    shown = tables(priorities_section.scoring_section(results))["scores_1"]
    assert len(shown.rows) == 5
    assert {row[-1] for row in shown.rows} == {str(results.priorities[0].agreement["n_all_scored"].iloc[0])}
    assert all(len(row) == len(shown.columns) for row in shown.rows)


def test_the_plan_is_shown_with_what_to_look_at(results):
    section = plan_section.plan_section(results)
    shown = tables(section)["plan"]
    assert [row[0].split()[0] for row in shown.rows] == [f"M00{i}" for i in range(1, 7)]
    (listed,) = [block.items for block in section.blocks if isinstance(block, Bullets)]
    assert len(listed) == len(results.plan.problems) == 1
    said = {"sv": "Rad 5: ingen ansvarar för ”M004”; ", "en": "Row 5: nobody is responsible for 'M004'; "}
    assert listed[0].startswith(said[results.lang])


def test_a_plan_that_cannot_be_read_is_said_and_stops_nothing(study):
    path = study.root / PLAN_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("vem,när\na,b\n", "utf-8")
    said, listed = plan_section.plan_section(results_of(study)).blocks
    assert said.text == "Planen går inte att läsa. Ingenting har ändrats."
    assert listed.items[0].startswith("Rad 1: den har ingen kolumn ”action” (den har: vem, när); ")


def test_without_scores_and_plan_there_is_nothing(study):
    results = results_of(study)
    assert priorities_section.priorities_section(results).blocks == []
    assert plan_section.plan_section(results).blocks == []


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("sv", "Poängen betyder: Mål: −3 = hindrar, 3 = avgör."),
        ("en", "What the scores mean: Mål: −3 = hinders, 3 = decides."),
    ],
)
def test_what_scores_mean_is_said_where_points_have_names(tmp_path, lang, said):
    labels = {-3: {"sv": "hindrar", "en": "hinders"}, 3: {"sv": "avgör", "en": "decides"}}
    scales = [
        {"id": "goal", "kind": "scale", "label": "Mål", "range": [-3, 3], "round": 1, "labels": labels},
        {"id": "gap", "kind": "scale", "label": "Nuläge", "range": [1, 5], "round": 1},
    ]
    notes = pd.DataFrame({"note_id": ["D1", "D2", "D3"], "text": list("abc")})
    study = Study.create(tmp_path / "s", notes=notes, codebook={"variables": scales})
    for coder, note in itertools.product(("anna", "bo"), notes["note_id"]):
        study.decide(coder, note, "goal", int(note[1]))
        study.decide(coder, note, "gap", int(note[1]))
    told = texts(priorities_section.priorities_section(results_of(study, lang)))
    assert said in told


def test_coverage_says_so_where_merged_actions_are_counted_each(results, sample_study):
    results.coverage = coverage_of(sample_study, results.main)
    said = {"sv": "räknas åtgärderna som de skrevs", "en": "actions are counted as they were written"}
    assert said[results.lang] not in texts(coverage_section.coverage_section(results))
    merges = merges_of(sample_study, [], results.main, results.lang)
    assert len(merges.merges)
    told = dataclasses.replace(results, merges=merges)
    assert said[results.lang] in texts(coverage_section.coverage_section(told))


def test_rounds_stand_apart_and_the_first_stays(tmp_path):
    notes = pd.DataFrame({"note_id": ["D1", "D2", "D3", "D4"], "text": list("abcd")})
    scales = [
        {"id": "goal", "kind": "scale", "label": "Mål", "range": [1, 5], "round": 1},
        {
            "id": "cost",
            "kind": "scale",
            "label": "Kostnad",
            "range": [1, 5],
            "round": 2,
            "notes": ["D1", "D2"],
        },
    ]
    study = Study.create(tmp_path / "rounds", notes=notes, codebook={"variables": scales})
    for coder in ("anna", "bo"):
        for note, goal in {"D1": 5, "D2": 4, "D3": 1}.items():
            study.decide(coder, note, "goal", goal)
    before = results_of(study).priorities
    for coder in ("anna", "bo"):
        study.decide(coder, "D1", "cost", 1)
        study.decide(coder, "D2", "cost", 5)
    results = results_of(study)
    assert [tables_.number for tables_ in results.priorities] == [1, 2]
    pd.testing.assert_frame_equal(results.priorities[0].ranking, before[0].ranking)
    assert results.priorities[1].ranking["action"].tolist() == ["D2", "D1"]
    assert [tables_.n_unscored for tables_ in results.priorities] == [1, 0]
    said = texts(priorities_section.priorities_section(results))
    assert "Omgång 1" in said
    assert "Omgång 2" in said


def test_a_merged_action_stands_once_and_reads_as_it_was_reworded(sample):
    before = results_of(sample).priorities[0]
    first, second = before.ranking["action"].iloc[[0, 1]]
    sample.merge(second, into=first, by="k1", reason="samma sak", text="Bådas text")
    after = results_of(sample)
    table = after.priorities[0].ranking
    assert second not in set(table["action"])
    assert len(table) == len(before.ranking) - 1
    assert after.priorities[0].n_merged == before.n_merged + 1
    assert after.priorities[0].n_unscored == 0
    section = priorities_section.priorities_section(after)
    behind = priorities_section.scoring_section(after)
    assert [row[0] for row in tables(behind)["priorities_1"].rows if row[0].startswith(first)] == [
        f"{first} Bådas text"
    ]
    assert f"slagits ihop med en annan: {before.n_merged + 1}." in texts(section)
