"""The ledger of adjudications: a reason always, nothing lost, no log touched, stale when a coder changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import sekom_analysis as sa
from sekom_analysis.basics.errors import CodebookError, DecisionError, NotSavedError
from sekom_analysis.study.adjudicating import changed_since, seen_text
from sekom_analysis.study.ledgers import ADJUDICATIONS, Adjudication, adjudication_ledger
from sekom_analysis.study.study import Study

T1, T2 = "2150-04-12T09:00:00.000000Z", "2026-04-12T10:00:00.000000Z"


@pytest.fixture
def disputed(study) -> Study:
    """Two coders who differ on n1 and agree on n2."""
    study.decide("anna", "n1", "valence", "hinder", certainty=2, memo="låter som ett hinder")
    study.decide("bo", "n1", "valence", "mojlighet")
    study.decide("anna", "n2", "valence", "mojlighet")
    study.decide("bo", "n2", "valence", "mojlighet")
    return study


def ledger_of(study: Study) -> Path:
    return study.root / "data/coded/adjudicated.csv"


def logs_of(study: Study) -> dict[str, bytes]:
    return {coder: (study.root / f"data/coded/{coder}.csv").read_bytes() for coder in study.coders}


def entry(number: int, note_id: str = "n1", codes: str = "hinder", **fields) -> dict[str, object]:
    given = {"event_id": f"e{number:04}", "adjudicator": "cilla", "note_id": note_id, "variable": "valence"}
    return given | {"codes": codes, "reason": "så står det i kodboken"} | fields


# --- what is saved ------------------------------------------------------------------------------------------


def test_an_adjudication_keeps_what_each_coder_said_then(disputed):
    before = logs_of(disputed)
    saved = disputed.adjudicate("cilla", "n1", "valence", "hinder", reason="  brist, alltså hinder ")
    assert isinstance(saved, Adjudication)
    assert (saved.codes, saved.reason, saved.event) == ("hinder", "brist, alltså hinder", "settle")
    assert saved.seen == '{"anna": "hinder", "bo": "mojlighet"}'
    assert saved.codebook == disputed.codebook["valence"].version
    row = disputed.adjudications("valence").iloc[0]
    assert row["seen"] == {"anna": "hinder", "bo": "mojlighet"}
    assert not row["is_stale"]
    assert logs_of(disputed) == before
    header = ledger_of(disputed).read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "decided_at,event_id,note_id,note_hash,variable,codes,reason,adjudicator,seen,codebook,event"
    )


def test_the_definition_that_the_adjudicator_saw_is_kept(study):
    saved = study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    assert (study.root / f"data/coded/codebooks/{saved.codebook}.yaml").is_file()


def test_a_study_without_adjudications_has_an_empty_table(study):
    assert study.adjudications().empty
    assert study.adjudication_history().empty
    assert not ledger_of(study).exists()
    with pytest.raises(CodebookError, match="no variable 'nothing'"):
        study.adjudications("nothing")


def test_none_fits_and_left_open_are_answers_of_their_own(disputed):
    disputed.adjudicate("cilla", "n1", "valence", "none_fits", reason="varken eller")
    disputed.adjudicate("cilla", "n2", "valence", event="open", reason="två tankar i en lapp")
    table = disputed.adjudications().set_index("note_id")
    assert table.loc["n1", ["codes", "event"]].tolist() == ["none_fits", "settle"]
    assert table.loc["n2", ["codes", "event"]].tolist() == ["", "open"]


def test_answers_of_every_kind_of_variable(study):
    study.adjudicate("cilla", "n1", "themes", {"vilja", "tid"}, reason="båda")
    study.adjudicate("cilla", "n2", "themes", [], reason="inget av dem")
    study.adjudicate("cilla", "n3", "goal", 4, reason="tydligt")
    assert study.adjudications()["codes"].tolist() == ["tid|vilja", "", "4"]


@pytest.mark.parametrize("reason", ["", "   ", "\n\t", None])
@pytest.mark.parametrize("how", [{"codes": "hinder"}, {"event": "open"}])
def test_an_empty_reason_is_refused(disputed, reason, how):
    with pytest.raises(DecisionError, match=r"Nothing was saved:\n.*a reason is required"):
        disputed.adjudicate("cilla", "n1", "valence", reason=reason, **how)
    assert not ledger_of(disputed).exists()


def test_everything_wrong_is_said_at_once_and_nothing_saved(study):
    events = [
        entry(1),
        entry(2, codes="slott", reason=" "),
        entry(3, note_id="n9", adjudicator="con", event="perhaps", colour="red"),
        entry(4, note_id="n3"),
        entry(5, variable="nothing"),
        entry(6, codes=None),
        entry(7, event="open"),
        entry(8, event_id="x", seen="all", note_hash="?", reason="x" * 20_001),
    ]
    with pytest.raises(DecisionError) as caught:
        study.adjudicate_all(events)
    lines = str(caught.value).splitlines()
    assert lines[0] == "Nothing was saved:"
    for number, what in (
        (2, "does not have the code 'slott'; it has: hinder, mojlighet, none_fits"),
        (2, "a reason is required"),
        (3, "'colour' is not a field of an adjudication"),
        (3, "'con' is a reserved name"),
        (3, "event is one of settle, open, retract, not 'perhaps'"),
        (3, "there is no note 'n9'"),
        (4, "variable 'valence' is not asked of this note"),
        (5, "there is no variable 'nothing'; there are: valence, themes, goal"),
        (6, "there is no code (to leave the note open on purpose, give event='open')"),
        (7, "'hinder' is a code, and event 'open' takes none"),
        (8, "'x' cannot be an event_id"),
        (8, "'seen' takes what each coder said"),
        (8, "note_hash '?' is not a valid content hash"),
        (8, "the reason has 20001 characters; at most 20000 fit"),
    ):
        assert any(line.startswith(f"  adjudication {number} ") and what in line for line in lines), what
    assert not any(line.startswith("  adjudication 1 ") for line in lines)
    assert not ledger_of(study).exists()


def test_sending_twice_is_one_event_whatever_coders_said_meanwhile(disputed):
    first = disputed.adjudicate_all([entry(1), entry(2, "n2", "mojlighet")])
    disputed.decide("anna", "n1", "valence", "mojlighet")
    assert disputed.adjudicate_all([entry(1), entry(2, "n2", "mojlighet")]) == first
    assert len(disputed.adjudication_history()) == 2
    with pytest.raises(DecisionError, match="already belongs to another decision"):
        disputed.adjudicate_all([entry(1, reason="en annan grund")])


def test_no_events_are_no_file(study):
    assert study.adjudicate_all([]) == []
    assert not ledger_of(study).exists()


def test_a_disk_that_is_full_says_so(study, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sekom_analysis.study.log.os.write", full)
    with pytest.raises(NotSavedError, match=r"adjudicated\.csv: the disk did not take"):
        study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")


# --- what stands --------------------------------------------------------------------------------------------


def test_the_last_word_of_each_adjudicator_stands_and_history_keeps_all(disputed):
    disputed.adjudicate_all([entry(1), entry(2, codes="mojlighet", reason="läste om")])
    disputed.adjudicate_all([entry(3, adjudicator="dan")])
    table = disputed.adjudications()
    assert table[["adjudicator", "codes", "reason"]].values.tolist() == [
        ["cilla", "mojlighet", "läste om"],
        ["dan", "hinder", "så står det i kodboken"],
    ]
    assert disputed.adjudication_history()["event_id"].tolist() == ["e0001", "e0002", "e0003"]


def test_an_entry_is_taken_back_without_a_reason_and_only_by_its_own_adjudicator(disputed):
    disputed.adjudicate_all([entry(1), entry(2, adjudicator="dan")])
    disputed.adjudicate("cilla", "n1", "valence", event="retract")
    assert disputed.adjudications()["adjudicator"].tolist() == ["dan"]
    assert len(disputed.adjudication_history()) == 3


@pytest.mark.parametrize(
    ("deed", "who"),
    [
        (lambda s: s.decide("anna", "n1", "valence", "mojlighet"), "anna"),
        (lambda s: s.decide("eva", "n1", "valence", "hinder"), "eva"),
        (lambda s: s.retract("bo", "n1", "valence"), "bo"),
        (lambda s: s.decide("anna", "n1", "valence", "none_fits", **{"pass": 3}), "anna"),
    ],
)
def test_an_entry_is_stale_when_a_coder_changes_adds_or_takes_back(disputed, deed, who):
    disputed.adjudicate_all([entry(1), entry(2, "n2", "mojlighet")])
    deed(disputed)
    table = disputed.adjudications().set_index("note_id")
    assert table["is_stale"].to_dict() == {"n1": True, "n2": False}
    assert table["changed"].to_dict() == {"n1": who, "n2": ""}
    disputed.adjudicate_all([entry(3, reason="läst om")])  # who settles again has seen it
    assert not disputed.adjudications()["is_stale"].any()


def test_what_leaves_an_answer_as_it_was_makes_nothing_stale(disputed):
    disputed.decide("anna", "n1", "themes", ["vilja", "tid"])
    disputed.adjudicate("cilla", "n1", "themes", ["tid"], reason="viljan nämns inte")
    disputed.adjudicate_all([entry(1)])
    disputed.decide("anna", "n1", "themes", ["tid", "vilja"])
    disputed.decide("anna", "n1", "valence", "hinder", memo="fortfarande")
    disputed.decide("anna", "n1", "valence", "mojlighet", **{"pass": 2})
    disputed.desk("bo").skip("n1", "valence")
    assert not disputed.adjudications()["is_stale"].any()


def test_what_the_adjudicator_saw_counts_not_what_came_while_they_thought(disputed):
    shown = {"anna": "hinder", "bo": "mojlighet"}
    disputed.decide("anna", "n1", "valence", "mojlighet")
    disputed.adjudicate_all([entry(1, seen=shown)])
    assert disputed.adjudications()["changed"].tolist() == ["anna"]


def test_changed_since_is_empty_for_the_same_answers():
    assert changed_since({"a": "x|y"}, {"a": "y|x"}) == []
    assert changed_since({}, {}) == []


# --- the file -----------------------------------------------------------------------------------------------


def test_a_ledger_cut_at_every_byte_of_its_last_line(disputed, memory_path):
    first, *more = disputed.adjudicate_all(
        [entry(1), entry(2, "n2", "mojlighet", reason='två rader\n"citat", åäö'), entry(3, "007")]
    )
    path = memory_path / "data/coded/adjudicated.csv"
    whole = b"".join(ledger_of(disputed).read_bytes().splitlines(keepends=True)[:3])
    start = whole.rstrip(b"\n").rfind(b"\n") + 1
    path.parent.mkdir(parents=True)
    for length in range(start, len(whole) + 1):
        path.write_bytes(whole[:length])
        kept = [first, more[0]] if length >= len(whole) - 1 else [first]
        as_read = adjudication_ledger(memory_path).read()
        assert as_read.history["event_id"].tolist() == [row.event_id for row in kept], length
        assert len(as_read.problems) == (start < length < len(whole) - 1)
        adjudication_ledger(memory_path).append(more[1:], stamp=False)
        after = adjudication_ledger(memory_path).read().history
        assert after["event_id"].tolist() == [*as_read.history["event_id"], "e0003"]


def test_damaged_lines_unknown_notes_and_codes_are_listed_and_hide_nothing(disputed):
    disputed.adjudicate_all([entry(1)])
    ok = disputed.adjudication_history().iloc[0]
    rows = [
        [T1, "e0010", "n7", ok["note_hash"], "valence", "hinder", "r", "dan", "{}", ok["codebook"], "settle"],
        [T1, "e0011", "n2", ok["note_hash"], "valence", "slott", "r", "dan", "{}", ok["codebook"], "settle"],
        [T1, "e0012", "n8", ok["note_hash"], "valence", "", "r", "dan", "{}", ok["codebook"], "open"],
        [T1, "e0013", "n1", ok["note_hash"], "valence", "", "r", "dan", "[1]", ok["codebook"], "open"],
        [T1, "e0014", "n1", ok["note_hash"], "valence", "", "r", "con", "{}", ok["codebook"], "open"],
        [T1, "e0015", "n1", ok["note_hash"], "valence", "", "r", "dan", "{}", ok["codebook"], "perhaps"],
    ]
    with ledger_of(disputed).open("a", encoding="utf-8", newline="") as file:
        import csv

        csv.writer(file, lineterminator="\n").writerows(rows)
    problems = disputed.problems
    assert set(problems["file"]) == {"adjudicated.csv"}
    said = dict(zip(problems["row"].fillna(0), problems["what"], strict=True))
    assert "note 'n7' is not among the study's notes" in said[3]
    assert "does not have the code 'slott'" in said[4]
    assert "note 'n8' is not among" in said[5]
    assert "'seen' does not say what each coder said" in said[6]
    assert "'con' is a reserved name" in said[7]
    assert "'perhaps' is not one of settle, open, retract" in said[8]
    assert "these notes have changed since they were coded: n2" in said[0]
    assert disputed.adjudications().set_index("note_id")["codes"].to_dict() == {
        "n1": "hinder", "n7": "hinder", "n2": "slott", "n8": "",
    }  # fmt: skip


def test_the_state_does_not_depend_on_the_order_of_the_file(disputed):
    disputed.adjudicate_all(
        [
            entry(1),
            entry(2, codes="mojlighet"),
            entry(3, "n2", "hinder"),
            entry(4, "n2", None, event="retract"),
        ]
    )
    expected = disputed.adjudications().drop(columns="row").to_dict("records")
    header, *lines = ledger_of(disputed).read_bytes().splitlines(keepends=True)
    ledger_of(disputed).write_bytes(header + b"".join(reversed(lines)) + lines[0])
    shuffled = Study.open(disputed.root)
    assert shuffled.adjudications().drop(columns="row").to_dict("records") == expected
    assert len(shuffled.adjudication_history()) == 4


def test_an_adjudication_made_elsewhere_keeps_its_time(study):
    ledger = adjudication_ledger(study.root)
    row = Adjudication(T2, "e0001", "n1", "", "valence", "hinder", "r", "dan", seen_text({}), "", "settle")
    assert ledger.append([row], stamp=False) == [row]
    assert study.adjudications()["decided_at"].tolist() == [T2]
    assert ADJUDICATIONS.columns == tuple(study.adjudication_history().columns[:-1])


ADJUDICATE = """
import sys
from sekom_analysis.study.study import Study
study, who = Study.open(sys.argv[1]), sys.argv[2]
for number in range(40):
    note = ("n1", "n2", "007")[number % 3]
    study.adjudicate(who, note, "valence", "hinder", reason=f"nr {number}", event_id=f"{who}-{number:03}")
"""


def test_two_adjudicators_in_two_processes_lose_nothing(disputed):
    before = logs_of(disputed)
    command = [sys.executable, "-X", "utf8", "-c", ADJUDICATE, str(disputed.root)]
    running = [subprocess.Popen([*command, who]) for who in ("cilla", "dan")]
    assert [process.wait(120) for process in running] == [0, 0]
    history = disputed.adjudication_history()
    assert len(history) == 80
    assert history.groupby("adjudicator").size().to_dict() == {"cilla": 40, "dan": 40}
    assert history["decided_at"].is_unique
    assert disputed.problems.empty
    assert logs_of(disputed) == before


# --- the sample ---------------------------------------------------------------------------------------------


def test_twenty_adjudications_and_all_that_follows_leave_the_agreement_before_as_it_was(sample):
    coders = ["k1", "k2", "k3"]
    before, logs = sample.ratings("category_b", coders), logs_of(sample)
    alpha = sa.alpha(before)
    disputed = sa.disagreements(before).index[:20]
    for note_id in disputed:
        sample.adjudicate("cilla", note_id, "category_b", before.loc[note_id, "k1"], reason="enligt kodboken")
    assert logs_of(sample) == logs
    assert sa.alpha(sample.ratings("category_b", coders)) == alpha
    for note_id in disputed[:5]:  # after talking, one goes over to another
        sample.decide("k2", note_id, "category_b", before.loc[note_id, "k1"])
    sample.retract("k3", disputed[6], "category_b")
    reopened = Study.open(sample.root)
    assert sa.alpha(reopened.ratings("category_b", coders)) == alpha
    assert reopened.ratings("category_b", coders).equals(before)
    after = reopened.ratings("category_b", coders, passes=(1, 3))
    assert sa.alpha(after) != alpha
    assert after.isna().sum().sum() == before.isna().sum().sum() + 1
    assert all(logs_of(reopened)[coder].startswith(logs[coder]) for coder in coders)
