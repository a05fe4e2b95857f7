"""The rule of the alternative annotator test, and α with a seat changed, beside other ways to them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sekom_analysis.agreement import alpha
from sekom_analysis.agreement.coded import read_ratings
from sekom_analysis.agreement.distances import distances
from sekom_analysis.agreement.seats import (
    Panel,
    alpha_gain,
    compared,
    n_won,
    not_lower,
    p_values,
    seats,
    wins,
)

CASES = Path(__file__).parent.parent / "cases" / "annotator-test.csv"
PEOPLE = ["p1", "p2", "p3", "p4"]
# ρ and winning rate by ε that the authors' own code gives of it (github.com/nitaytech/AltTest at 18428b1).
THEIRS = {
    ("code", "good"): (0.808584, {0.0: 0.0, 0.1: 0.0, 0.2: 2 / 3}),
    ("code", "poor"): (0.621045, {0.0: 0.0, 0.1: 0.0, 0.2: 0.0}),
    ("score", "good"): (0.881255, {0.0: 0.0, 0.1: 1 / 3, 0.2: 1.0}),
    ("score", "poor"): (0.719065, {0.0: 0.0, 0.1: 0.0, 0.2: 0.0}),
    ("set", "good"): (0.740130, {0.0: 0.0, 0.1: 1 / 3, 0.2: 1.0}),
    ("set", "poor"): (0.536081, {0.0: 0.0, 0.1: 0.0, 0.2: 0.0}),
}
LEVELS = {"code": "nominal", "score": "interval", "set": "jaccard"}


def as_set(text):
    return frozenset() if text == "-" else frozenset(text.split("+"))


def case(kind, program):
    """The generated table of one kind of answers, the program last."""
    table = pd.read_csv(CASES, dtype=str, index_col="note", encoding="utf-8")
    own = table[[f"{kind}_{who}" for who in (*PEOPLE, program)]]
    own.columns = [*PEOPLE, program]
    if kind == "score":
        return own.astype("Int64")
    return own.map(as_set, na_action="ignore").astype(object) if kind == "set" else own.astype(object)


def panel_of(table, level):
    coded = read_ratings(table)
    values = np.column_stack(coded.values)
    return Panel(values[:, :-1], values[:, -1], distances(level, coded.codes))


@pytest.mark.parametrize(("kind", "program"), THEIRS)
def test_winning_rate_and_advantage_equal_the_authors_code(kind, program):
    advantage, by_epsilon = THEIRS[kind, program]
    beside = compared(panel_of(case(kind, program), LEVELS[kind]))
    for epsilon, rate in by_epsilon.items():
        found = seats(beside, epsilon)
        enough = found.n_notes >= 30
        assert enough.tolist() == [True, True, True, False]  # they leave p4 out too
        won = wins(np.array(p_values(found))[enough].tolist())
        assert np.mean(won) == pytest.approx(rate)
        assert found.program[enough].mean() == pytest.approx(advantage, abs=1e-6)


def test_p_value_is_that_of_a_paired_t_test_over_the_notes():
    table = case("code", "good").dropna()
    panel = panel_of(table, "nominal")
    found = seats(compared(panel), 0.2)
    for j, who in enumerate(PEOPLE):
        others = table[[other for other in PEOPLE if other != who]]
        person, program = (others.eq(table[name], axis=0).mean(axis=1) for name in (who, "good"))
        differences = (person >= program).astype(int) - (program >= person).astype(int)
        expected = stats.ttest_1samp(differences, 0.2, alternative="less").pvalue
        assert p_values(found)[j] == pytest.approx(expected, abs=1e-10)


def test_a_program_that_never_differs_wins_and_one_without_notes_does_not():
    same = pd.DataFrame({who: list("abcd" * 10) for who in ("p1", "p2", "p3", "program")})
    found = seats(compared(panel_of(same, "nominal")), 0.1)
    assert p_values(found) == [0, 0, 0]
    same["program"] = None
    empty = seats(compared(panel_of(same.astype(object), "nominal")), 0.1)
    assert wins(p_values(empty)) == [False, False, False]


def test_several_studies_at_once_are_each_as_alone():
    rng = np.random.default_rng(4)
    people, program = rng.integers(-1, 3, (20, 40, 4)), rng.integers(-1, 3, (20, 40))
    distance = distances("interval", [1, 2, 4])
    together = seats(compared(Panel(people, program, distance)), 0.1)
    gains = alpha_gain(Panel(people, program, distance))
    for s in range(20):
        one = Panel(people[s], program[s], distance)
        alone = seats(compared(one), 0.1)
        np.testing.assert_array_equal(alone.t, together.t[s])
        assert n_won(together)[s] == sum(wins(p_values(alone)))
        assert alpha_gain(one)[2].standard_error == pytest.approx(gains[2].standard_error[s])


@pytest.mark.parametrize("level", ["nominal", "interval"])
def test_alpha_with_a_seat_changed_is_alpha_of_that_table(level):
    table = case("score", "good")
    panel = panel_of(table, level)
    counted = table[panel.counted]
    seats_taken = []
    for who in PEOPLE:
        taken = counted[PEOPLE].copy()
        taken[who] = counted["good"].where(counted[who].notna())
        seats_taken.append(alpha(taken, level))
    before, after, lost = alpha_gain(panel)
    assert before == pytest.approx(alpha(counted[PEOPLE], level))
    assert after == pytest.approx(np.mean(seats_taken))
    assert lost.difference == pytest.approx(np.mean(seats_taken) - before)


def test_standard_error_is_the_jackknifes_over_notes():
    table = case("code", "good")
    whole = panel_of(table, "nominal")
    notes = np.flatnonzero(whole.counted)

    def gain(kept):
        panel = Panel(whole.people[kept], whole.program[kept], whole.distance)
        return float(alpha_gain(panel)[2].difference)

    without = np.array([gain(np.setdiff1d(notes, [i])) for i in notes])
    n = len(notes)
    expected = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    lost = alpha_gain(whole)[2]
    assert lost.standard_error == pytest.approx(expected)
    low, keeps = not_lower(lost, 0.1)
    assert low == pytest.approx(float(lost.difference) - stats.t.ppf(0.95, n - 1) * expected, abs=1e-6)
    assert bool(keeps) == (low > -0.1)
