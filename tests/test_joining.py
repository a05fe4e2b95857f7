"""Judgements of pairs and merges: every event once, whatever the order of reading and however many write."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekom_analysis.actions.coverage import counts_before_and_after, merged_into, merged_notes
from sekom_analysis.agreement import agreement
from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.study.ledgers import pair_ratings
from sekom_analysis.study.merges import Merge, merges_table, replay, root_of, wording_of
from sekom_analysis.study.study import Study

TEXTS = {f"D{n}": f"Text {n}" for n in range(1, 6)}


@pytest.fixture
def actions(tmp_path) -> Study:
    notes = pd.DataFrame({"note_id": list(TEXTS), "stage": "D", "text": list(TEXTS.values())})
    return Study.create(tmp_path / "actions", notes=notes)


def standing(study: Study) -> dict[str, str]:
    return merged_into(study)


# --- merging ------------------------------------------------------------------------------------------------


def test_merge_split_and_merge_again(actions):
    actions.merge("D2", into="D1", by="anna", reason="samma sak", text="Text 1 och 2")
    actions.merge("D3", into="D2", by="bo", reason="också samma")
    assert standing(actions) == {"D2": "D1", "D3": "D1"}
    table = actions.merges().set_index("note_id")
    assert table.loc["D3", ["into", "target", "text", "by"]].tolist() == ["D1", "D2", "Text 1 och 2", "bo"]
    actions.split("D2", by="bo", reason="två saker")
    assert standing(actions) == {"D3": "D2"}
    assert actions.wordings()["D1"] == "Text 1"
    actions.merge("D2", into="D4", by="anna", reason="hör hit i stället")
    assert standing(actions) == {"D2": "D4", "D3": "D4"}
    merged = merged_notes(actions)
    assert merged["members"].to_dict() == {"D1": ("D1",), "D4": ("D4", "D2", "D3"), "D5": ("D5",)}
    assert list(actions.notes.index) == list(TEXTS)
    assert len(actions.merge_history()) == 4


def test_rewording_keeps_what_was_written(actions):
    actions.reword("D1", "En klarare text", by="anna", reason="oklar")
    merged = merged_notes(actions)
    assert merged.loc["D1", ["text", "text_written"]].tolist() == ["En klarare text", "Text 1"]
    assert actions.notes.at["D1", "text"] == "Text 1"
    actions.merge("D2", into="D1", by="bo", reason="samma", text="Båda")
    assert actions.wordings()["D1"] == "Båda"
    actions.split("D2", by="bo", reason="nej")
    assert actions.wordings() | {} == {**TEXTS, "D1": "En klarare text"}
    actions.reword("D1", "", by="bo")
    assert actions.wordings()["D1"] == "Text 1"


def test_a_wording_ends_with_the_merge_that_brought_it(actions):
    actions.merge("D2", into="D1", by="anna", reason="samma", text="Först")
    actions.split("D2", by="anna", reason="nej")
    actions.merge("D2", into="D1", by="anna", reason="jo")
    assert actions.wordings()["D1"] == "Text 1"


def test_what_cannot_be_merged_is_refused_and_nothing_saved(actions):
    actions.merge("D2", into="D1", by="anna", reason="samma")
    before = (actions.root / "data/coded/merges.csv").read_bytes()
    for work, said in [
        (lambda: actions.merge("D1", into="D2", by="bo", reason="omvänt"), "is part of 'D1' already"),
        (lambda: actions.merge("D1", into="D1", by="bo", reason="x"), "cannot become part of it"),
        (lambda: actions.merge("D3", into="D9", by="bo", reason="x"), "there is no note 'D9' among the 5"),
        (lambda: actions.merge("D3", into="D1", by="bo", reason=" "), "a reason is required"),
        (lambda: actions.merge("D3", into="D1", by="Bo", reason="x"), "'Bo' cannot be a coder's id"),
        (lambda: actions.split("D3", by="bo", reason="x"), "'D3' is not part of another note"),
        (lambda: actions.reword("D3", "x" * 30_000, by="bo"), "the text has 30000 characters"),
    ]:
        with pytest.raises(DecisionError, match="Nothing was saved") as caught:
            work()
        assert said in str(caught.value)
    assert (actions.root / "data/coded/merges.csv").read_bytes() == before


def test_a_circle_that_two_closed_at_once_is_ignored_and_listed(actions):
    actions.merge("D2", into="D1", by="anna", reason="samma")
    path = actions.root / "data/coded/merges.csv"
    row = "2099-01-01T00:00:00.000000Z,efromelsewhere,D1,D2,,samma,bo,merge\n"
    path.write_bytes(path.read_bytes() + row.encode())
    assert standing(actions) == {"D2": "D1"}
    found = actions.problems[actions.problems["file"] == "merges.csv"]
    assert found["row"].tolist() == [3]
    assert "would make a note part of itself" in found["what"].iloc[0]


def test_unknown_notes_and_damaged_lines_are_listed(actions):
    actions.judge_pair("D1", "D2", "same", by="anna")
    for name, row in [
        ("pairs", "2099-01-01T00:00:00.000000Z,e001x,D1,h0,D9,h0,same,,bo,judge"),
        ("pairs", "2099-01-01T00:00:00.000000Z,e002x,D2,h0,D1,h0,same,,bo,judge"),
        ("merges", "decided_at,event_id,note_id,into,text,reason,by,event"),
        ("merges", "2099-01-01T00:00:00.000000Z,e003x,D8,,annat,,bo,reword"),
        ("merges", "2099-01-01T00:00:00.000000Z,e004x,D1,,,,bo,merge"),
    ]:
        with (actions.root / f"data/coded/{name}.csv").open("a", encoding="utf-8") as file:
            file.write(row + "\n")
    said = " ".join(actions.problems["what"])
    for part in (
        "'D9' is not among",
        "'D2' and 'D1' are not a pair in order",
        "'D8' is not among",
        "'merge' with ''",
    ):
        assert part in said
    assert actions.coders == []


# --- any order ----------------------------------------------------------------------------------------------

NOTES = st.sampled_from(list(TEXTS))


@st.composite
def ledgers(draw):
    """Some events, each with a time and an id of its own."""
    events = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["merge", "merge", "split", "reword"]))
        into = draw(NOTES) if kind == "merge" else ""
        text = draw(st.sampled_from(["", "Ny text", f"Nummer {number}"]))
        time = f"2026-01-01T00:00:0{draw(st.integers(0, 3))}.000000Z"
        events.append(
            Merge(time, f"e{number:03}", draw(NOTES), into, text, "skäl", draw(st.sampled_from("ab")), kind)
        )
    return events


@settings(max_examples=40)
@given(ledgers(), st.randoms(use_true_random=False))
def test_the_ledger_replays_to_the_same_state_in_any_order_of_reading(events, shuffler):
    notes = pd.DataFrame({"text": TEXTS})
    tables = []
    for _ in range(2):
        shuffler.shuffle(events)
        with tempfile.TemporaryDirectory() as folder:
            tables.append(_read_back(Path(folder), events + events[:3], notes))
    pd.testing.assert_frame_equal(tables[0].drop(columns="row"), tables[1].drop(columns="row"))


def _read_back(folder: Path, events: list[Merge], notes: pd.DataFrame) -> pd.DataFrame:
    from sekom_analysis.study.merges import MERGE_COLUMNS as COLUMNS
    from sekom_analysis.study.merges import merge_ledger
    from sekom_analysis.study.rows import line_of

    path = folder / "data/coded/merges.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(map(line_of, [COLUMNS, *events])))
    return merges_table(merge_ledger(folder).read().history, notes)


@given(ledgers())
def test_what_stands_is_a_forest_and_each_note_has_one_wording(events):
    state = replay(sorted(events))
    for note_id in TEXTS:
        root = root_of(note_id, state.targets)  # would never end in a circle
        assert root not in state.targets
        assert wording_of(root, state, TEXTS[root])
    merged = {e.note_id for e in events if e.event == "merge" and e.event_id not in state.ignored}
    assert set(state.targets) <= merged


WRITER = """
import random, sys
import sekom_analysis as sa
from sekom_analysis.basics.errors import DecisionError
study, by = sa.Study.open(sys.argv[1]), sys.argv[2]
choose = random.Random(by)
for _ in range(30):
    note, into = choose.sample(list(study.notes.index), 2)
    try:
        if choose.random() < 0.7:
            text = choose.choice(["", f"{note} och {into}"])
            study.merge(note, into=into, by=by, reason="samma", text=text)
        else:
            study.split(note, by=by, reason="inte samma")
    except DecisionError:
        study.reword(note, f"{by} skrev om", by=by)
"""


def test_two_reviewers_in_two_processes_and_copies_that_went_apart(actions):
    command = [sys.executable, "-c", WRITER, str(actions.root)]
    processes = [subprocess.Popen([*command, by]) for by in ("anna", "bo")]
    assert [process.wait(60) for process in processes] == [0, 0]
    history = actions.merge_history()
    assert len(history) == 60
    assert history["by"].value_counts().to_dict() == {"anna": 30, "bo": 30}
    assert history["decided_at"].is_unique
    path = actions.root / "data/coded/merges.csv"
    header, *lines = path.read_bytes().splitlines(keepends=True)
    expected = (actions.merges().drop(columns="row"), actions.wordings())
    random.Random(0).shuffle(lines)
    path.write_bytes(header + b"".join(lines + lines[:20]))
    again = Study.open(actions.root)
    pd.testing.assert_frame_equal(again.merges().drop(columns="row"), expected[0])
    assert again.wordings() == expected[1]


# --- pairs --------------------------------------------------------------------------------------------------


def test_a_pair_is_one_pair_either_way_round_and_can_be_taken_back(actions):
    actions.judge_pair("D2", "D1", "same", by="anna", reason="samma sak")
    actions.judge_pair("D1", "D2", "different", by="bo")
    actions.judge_pair("D1", "D2", "overlapping", by="anna")
    table = actions.pair_judgements()
    assert table[["note_a", "note_b", "reviewer", "judgement"]].to_numpy().tolist() == [
        ["D1", "D2", "bo", "different"],
        ["D1", "D2", "anna", "overlapping"],
    ]
    actions.judge_pair("D2", "D1", None, by="anna")
    assert actions.pair_judgements()["reviewer"].tolist() == ["bo"]
    assert len(actions.pair_history()) == 4
    for pair, judgement, said in [
        (("D1", "D1"), "same", "cannot be paired with itself"),
        (("D1", "D2"), "kanske", "one of same, overlapping, different, not 'kanske'"),
        (("D1", "D7"), "same", "there is no note 'D7'"),
    ]:
        with pytest.raises(DecisionError, match=said):
            actions.judge_pair(*pair, judgement, by="anna")


def test_reviewers_agreement_is_measured_like_that_of_coders(actions):
    said = {"D1": "same", "D2": "overlapping", "D3": "different", "D4": "different"}
    for note_id, judgement in said.items():
        actions.judge_pair(note_id, "D5", judgement, by="anna")
        if note_id != "D4":
            actions.judge_pair(note_id, "D5", judgement if note_id != "D3" else "same", by="bo")
    ratings = pair_ratings(actions.pair_judgements())
    assert ratings.index.tolist() == ["D1+D5", "D2+D5", "D3+D5", "D4+D5"]
    assert ratings["bo"].isna().tolist() == [False, False, False, True]
    table = agreement(ratings, coefficients=["percent", "alpha"], n_resamples=0).set_index("coefficient")
    assert table.loc["percent", "value"] == pytest.approx(2 / 3)
    # one pair of three disagrees; same 3, overlapping 2, different 1 of 6: 1 - (1/3) / (22/30)
    assert table.loc["alpha", "value"] == pytest.approx(1 - (2 / 6) / (22 / 30))


def test_a_text_changed_since_a_pair_was_judged_is_listed(actions):
    actions.judge_pair("D1", "D2", "same", by="anna")
    path = actions.root / "data/raw/notes.csv"
    path.write_bytes(path.read_bytes().replace(b"Text 2", b"Nyare 2"))
    found = Study.open(actions.root).problems
    assert "the text has changed since anna judged it in a pair: D2" in found["what"].tolist()


# --- after merging ------------------------------------------------------------------------------------------


def test_counts_before_and_after_merging(sample):
    actions = sample.main_notes[sample.main_notes["stage"] == "D"]
    into = merged_into(sample)
    table = counts_before_and_after(sample, "category_d", actions)
    assert table["before"].sum() == 80
    assert table["after"].sum() == 80 - sum(note in actions.index for note in into)
    sample.merge("D072", into="D065", by="anna", reason="samma")
    again = counts_before_and_after(sample, "category_d", actions)
    assert again["after"].sum() == table["after"].sum() - 1
    assert (again["before"] == table["before"]).all()


def test_notes_that_nobody_coded_are_counted_nowhere(study):
    study.decide("anna", "n1", "valence", "hinder")
    study.decide("bo", "n1", "valence", "mojlighet")
    study.decide("anna", "n2", "valence", "hinder")
    study.merge("n2", into="007", by="anna", reason="samma")
    table = counts_before_and_after(study, "valence").set_index("code")
    assert table.loc["hinder"].tolist() == [1, 0]
    assert table.loc[""].tolist() == [1, 1]  # n1, unresolved; 007 is unseen
    assert table.sum().tolist() == [2, 1]
