"""Counts of a program, corrected by people on a sample of known chances."""

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from sekom_analysis.basics.errors import RatingsError, StanceError
from sekom_analysis.consensus.corrected import corrected_counts, program_counts
from sekom_analysis.study.study import Study


def leaning_program(n_notes=600, n_people=150, seed=1):
    """A program that calls a third of the b's a, and people on a simple random sample."""
    rng = np.random.default_rng(seed)
    right = pd.Series(rng.choice(list("abc"), n_notes, p=[0.3, 0.5, 0.2]))
    program = right.where((right != "b") | (rng.random(n_notes) > 1 / 3), "a")
    drawn = rng.choice(n_notes, n_people, replace=False)
    return right, program, right.iloc[np.sort(drawn)]


def test_simple_random_sample_is_the_difference_estimator_with_its_variance():
    _, program, people = leaning_program()
    table = corrected_counts(program, people, 150 / 600).set_index("code")
    for code in "abc":
        error = (people == code).astype(float) - (program.loc[people.index] == code)
        assert table.loc[code, "estimate"] == pytest.approx((program == code).sum() + 600 * error.mean())
        plain = 600**2 * (1 - 150 / 600) * error.var(ddof=1) / 150
        half_a_note_each_way = 1.0 * (1 - 150 / 600) * (600 / 150) ** 2
        expected = np.sqrt(plain + half_a_note_each_way)
        assert table.loc[code, "standard_error"] == pytest.approx(expected)
        half = stats.t.ppf(0.975, 149) * expected
        assert table.loc[code, "low"] == pytest.approx(table.loc[code, "estimate"] - half, rel=1e-5)


def test_correction_removes_what_the_program_adds():
    right, program, people = leaning_program()
    table = corrected_counts(program, people, 150 / 600).set_index("code")
    true = right.value_counts()
    assert table.loc["a", "program"] - true["a"] > 80  # the program's own count is far off
    assert table.loc["a", "low"] < true["a"] < table.loc["a", "high"]
    assert table["estimate"].sum() == pytest.approx(600)


def test_unequal_chances_weigh_each_note_by_its_own():
    program = pd.Series(["a"] * 50 + ["b"] * 50)
    chance = pd.Series([0.2] * 50 + [0.8] * 50)
    people = pd.Series(["b"] + ["a"] * 9 + ["a"] * 4 + ["b"] * 36, index=[*range(10), *range(50, 90)])
    table = corrected_counts(program, people, chance).set_index("code")
    assert table.loc["a", "estimate"] == pytest.approx(50 - 1 / 0.2 + 4 / 0.8)
    assert table.loc["a", ["only_program", "only_people"]].tolist() == [1, 4]


def test_all_notes_by_people_leave_nothing_to_estimate():
    right, program, _ = leaning_program()
    table = corrected_counts(program, right, 1.0).set_index("code")
    assert table["estimate"].tolist() == right.value_counts().sort_index().tolist()
    assert table["standard_error"].tolist() == [0, 0, 0]


def test_sets_are_counted_code_by_code():
    program = pd.Series([frozenset("ab")] * 40 + [frozenset()] * 40)
    people = pd.Series([frozenset("a")] * 20 + [frozenset("b")] * 20, index=[*range(20), *range(40, 60)])
    table = corrected_counts(program, people, 0.5).set_index("code")
    assert table["estimate"].to_dict() == {"a": 40.0, "b": 40.0}


def test_few_notes_have_no_interval_and_few_corrections_are_told():
    _, program, people = leaning_program()
    short = corrected_counts(program, people.iloc[:20], 20 / 600)
    assert short["low"].isna().all()
    assert "under 30 no interval" in short["note"].iloc[0]
    table = corrected_counts(program, people, 150 / 600).set_index("code")
    assert "Only 0 corrections" in table.loc["c", "note"]
    assert table.loc["c", "high"] - table.loc["c", "low"] > 10  # none seen is not none there
    assert table.loc["a", "note"] == ""


def test_a_sample_that_is_not_the_one_drawn_is_told():
    _, program, people = leaning_program()
    assert "expect about 300" in corrected_counts(program, people, 0.5)["note"].iloc[0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda p, h: (p.where(p.index > 0), h, 0.25), "left notes out: 0"),
        (lambda p, h: (p.iloc[100:], h, 0.25), "that the program did not"),
        (lambda p, h: (p, h, 0.0), "above 0 and at most 1"),
        (lambda p, h: (p, h, pd.Series(0.25, index=p.index[1:])), "for every note"),
        (lambda p, h: (pd.concat([p, p.iloc[:1]]), h, 0.25), "notes twice: 0"),
    ],
)
def test_what_does_not_fit_is_refused(change, says):
    _, program, people = leaning_program()
    with pytest.raises(RatingsError, match=says):
        corrected_counts(*change(program, people))


@pytest.mark.parametrize("unequal", [False, True])
def test_intervals_cover_as_promised(unequal):
    rng = np.random.default_rng(11)
    covered = []
    for _ in range(100):
        right, program, _ = leaning_program(400, seed=int(rng.integers(1 << 30)))
        size = np.where(program == "a", 3.0, 1.0) if unequal else np.ones(400)
        chance = 120 * size / size.sum()
        drawn = np.flatnonzero(rng.random(400) < chance)
        table = corrected_counts(program, right.iloc[drawn], pd.Series(chance)).set_index("code")
        true = right.value_counts()
        covered += [table.loc[c, "low"] <= true[c] <= table.loc[c, "high"] for c in "ab"]
    assert 0.90 <= np.mean(covered) <= 0.995  # 200 values: ±.03


CODES = [{"id": c, "label": c.upper(), "definition": c} for c in "abc"]


def study_with(tmp_path, plan, stance="codebook"):
    """A study of which a program coded all notes, and three people every other one."""
    right, program, _ = leaning_program(100, 50)
    notes = pd.DataFrame({
        "note_id": [f"n{i:03}" for i in range(100)], "text": [f"text {i}" for i in range(100)],
        "chance": [0.5] * 100,
    })  # fmt: skip
    variable = {"id": "v", "kind": "single", "label": "V", "codes": CODES}
    study = Study.create(tmp_path / "s", notes=notes, codebook={"variables": [variable]})
    path = study.root / "data" / "raw" / "study.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    said |= {"stance": stance, "plan": plan, "coders": {"robot": {"kind": "automatic"}}}
    path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    study = Study.open(study.root)
    for who, answers in {"robot": program, "p1": right, "p2": right, "p3": program}.items():
        step = 1 if who == "robot" else 2
        own = [{"note_id": f"n{i:03}", "variable": "v", "codes": answers[i]} for i in range(0, 100, step)]
        study.record(who, own)
    return study, right, program


@pytest.mark.parametrize("chance", [0.5, "chance"])
def test_study_takes_chances_from_the_plan_and_people_by_majority(tmp_path, chance):
    study, right, program = study_with(tmp_path, {"people_chance": chance})
    table = program_counts(study, "v", "robot")
    people = right.iloc[::2]
    expected = corrected_counts(program, people, 0.5)
    pd.testing.assert_frame_equal(table, expected)


def test_study_without_a_recorded_sample_is_refused(tmp_path):
    study, _, _ = study_with(tmp_path, {})
    with pytest.raises(RatingsError, match="with what chance each note was drawn"):
        program_counts(study, "v", "robot")


def test_reflexive_study_is_not_counted(tmp_path):
    study, _, _ = study_with(tmp_path, {"people_chance": 0.5}, "reflexive")
    with pytest.raises(StanceError):
        program_counts(study, "v", "robot")
