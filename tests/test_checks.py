"""What is worth knowing of decisions, on tables: each kind of problem and none too many."""

from __future__ import annotations

import pytest

from sekom_analysis.study.checks import decision_problems, study_problems, was_possible
from sekom_analysis.study.codebook import Codebook, Variable
from sekom_analysis.study.raw import NotesSeen


def test_the_sample_has_no_problems(sample):
    assert decision_problems(sample.decisions(), sample.seen, sample.codebook, {}, sample.holding) == []
    assert study_problems(sample._raw) == []


def test_no_decisions_have_no_problems(study):
    assert decision_problems(study.decisions(), study.seen, study.codebook, {}, study.holding) == []


def test_a_long_list_of_notes_is_cut_short(sample):
    (book,) = [v for v in sample.codebook.variables if v.id == "valence"]
    shifted = Codebook.model_validate(
        {"variables": [{**book.model_dump(exclude_none=True), "stage": ("X",)}]}
    )
    decisions = sample.decisions("valence", ["k1"])
    (problem,) = decision_problems(decisions, sample.seen, shifted, {}, sample.holding)
    assert problem.what.startswith("'valence' is not asked of these notes: ")
    assert problem.what.endswith(f" and {decisions['note_id'].nunique() - 3} more")
    assert problem.row == int(decisions["row"].iloc[0])


def test_a_lost_note_is_named_for_every_decision_on_it(sample):
    decisions = sample.decisions()
    on_note = decisions[decisions["note_id"] == "B001"]
    found = decision_problems(
        decisions, NotesSeen(sample.notes.drop(index="B001")), sample.codebook, {}, sample.holding
    )
    assert sorted((p.file, p.row) for p in found) == sorted(
        (f"{e.coder}.csv", e.row) for e in on_note.itertuples()
    )


VARIABLE = {
    "id": "v",
    "kind": "single",
    "label": "V",
    "codes": [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}],
}
NOW = Variable.model_validate({**VARIABLE, "codes": [{"id": "a", "label": "A"}]})
RETIRED = Variable.model_validate(
    {**VARIABLE, "codes": [{"id": "a", "label": "A"}, {"id": "b", "label": "B", "retired": True}]}
)
THEN = Variable.model_validate(VARIABLE)


@pytest.mark.parametrize(
    ("now", "then", "codes", "possible"),
    [
        (NOW, THEN, "b", True),
        (NOW, None, "b", False),
        (NOW, THEN, "c", False),
        (RETIRED, None, "b", True),
        (NOW, THEN.model_copy(update={"id": "w"}), "b", False),
        (NOW, THEN, "a|b", False),
    ],
)
def test_answers_that_could_be_given_once(now, then, codes, possible):
    assert was_possible(now, then, codes) is possible
