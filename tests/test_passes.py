"""What a coder says of a note once it has been adjudicated is pass 3, whichever way it comes."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from sekom_analysis.adjudications import adjudication_ledger
from sekom_analysis.coding.session import Session
from sekom_analysis.coding.worklist import note_key
from sekom_analysis.decisions import latest
from sekom_analysis.exchange.sheets import write_coding_sheet
from sekom_analysis.exchange.sheets.before import Before
from sekom_analysis.logline import utc_text
from sekom_analysis.progress import progress_table
from sekom_analysis.study import Study


@pytest.fixture
def settled(study) -> Study:
    """Anna and Bo differ on n1, which Cilla has settled; n2 nobody has."""
    study.decide("anna", "n1", "valence", "hinder")
    study.decide("bo", "n1", "valence", "mojlighet")
    study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    return study


def said(study: Study, coder: str, passes=(1,), variable: str = "valence") -> str | None:
    value = study.ratings(variable, [coder], passes=passes).loc["n1", coder]
    return value if isinstance(value, str) else None


def at(moment: datetime) -> str:
    return utc_text(moment)


NOW = datetime.now(UTC)


# --- deciding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "counts"), [({}, "3"), ({"pass": 1}, "3"), ({"pass": 0}, "0"),
                                               ({"pass": 2}, "2"), ({"pass": 3}, "3")])  # fmt: skip
def test_the_pass_of_a_decision_after_an_adjudication(settled, given, counts):
    assert settled.decide("anna", "n1", "valence", "mojlighet", **given).pass_ == counts
    assert said(settled, "anna") == "hinder"


def test_a_note_that_was_not_adjudicated_stays_independent(settled):
    assert settled.decide("anna", "n2", "valence", "hinder").pass_ == "1"


def test_every_variable_of_an_adjudicated_note_is_past_independence(settled):
    assert settled.decide("anna", "n1", "themes", ["tid"]).pass_ == "3"


def test_an_adjudication_taken_back_was_seen_all_the_same(settled):
    settled.adjudicate("cilla", "n1", "valence", event="retract")
    assert settled.adjudications().empty
    assert settled.decide("anna", "n1", "valence", "mojlighet").pass_ == "3"


def test_an_entry_that_took_back_what_never_was_opens_nothing(study):
    study.adjudicate("cilla", "n1", "valence", event="retract")
    assert study.decide("anna", "n1", "valence", "hinder").pass_ == "1"


def test_another_program_that_adjudicates_meanwhile_is_noticed(study):
    desk = study.desk("anna")
    assert desk.decide("n1", "valence", "hinder").pass_ == "1"
    Study.open(study.root).adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    assert desk.decide("n1", "valence", "mojlighet").pass_ == "3"


def test_an_answer_sent_again_after_the_adjudication_is_the_one_it_was(study):
    event = {"event_id": "e0001", "note_id": "n1", "variable": "valence", "codes": "hinder"}
    first = study.record("anna", [event])
    study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    assert study.record("anna", [event]) == first
    assert first[0].pass_ == "1"


def test_a_broken_ledger_stops_no_coder(settled):
    (settled.root / "data/coded/adjudicated.csv").write_bytes(b"\xff\x00\n,,,\n")
    assert settled.decide("anna", "n1", "valence", "mojlighet").pass_ == "1"


# --- taking back --------------------------------------------------------------------------------------------


def test_taking_back_after_the_adjudication_leaves_what_was_independent(settled):
    assert settled.retract("anna", "n1", "valence").pass_ == "3"
    assert said(settled, "anna") == "hinder"
    assert said(settled, "anna", (1, 3)) is None
    assert said(settled, "bo", (1, 3)) == "mojlighet"


def test_changing_and_changing_back(settled):
    settled.decide("anna", "n1", "valence", "mojlighet")
    assert (said(settled, "anna"), said(settled, "anna", (1, 3))) == ("hinder", "mojlighet")
    settled.retract("anna", "n1", "valence")
    assert said(settled, "anna", (1, 3)) is None
    settled.decide("anna", "n1", "valence", "hinder")
    assert (said(settled, "anna"), said(settled, "anna", (1, 3))) == ("hinder", "hinder")
    assert said(settled, "anna", (3,)) == "hinder"


def test_a_skip_takes_nothing_away_in_any_pass(settled):
    settled.desk("anna").skip("n1", "valence")
    assert said(settled, "anna", (1, 3)) == "hinder"
    assert settled.skipped().empty
    settled.desk("eva").skip("n1", "valence")
    assert settled.skipped()["coder"].tolist() == ["eva"]


def test_the_state_of_now_holds_one_answer_a_coder_note_and_variable(settled):
    settled.decide("anna", "n1", "valence", "mojlighet")
    settled.decide("anna", "n1", "valence", "none_fits", **{"pass": 2})
    now = latest(settled.history())
    assert now[["coder", "codes", "pass"]].values.tolist() == [
        ["bo", "mojlighet", "1"],
        ["anna", "mojlighet", "3"],
    ]


# --- card, status, sheet ------------------------------------------------------------------------------------


def on_card(session: Session) -> str:
    key = next(item.key for item in session.items if item.note_id == "n1")
    return "|".join(session.data()["answers"].get(key, {}).get("valence", {}).get("codes", []))


def test_a_coder_sees_on_the_card_what_they_say_now(settled):
    session = Session(settled.desk("anna"))
    assert on_card(session) == "hinder"
    note = next(n for n in session.data()["notes"] if session._keys[n["key"]] == "n1")
    event = {"event_id": "e0001", "note": note["key"], "variable": "valence", "codes": ["mojlighet"]}
    event |= {"event": "decide", "pass": note["pass"], "note_hash": note["hash"], "memo": "", "certainty": ""}
    replies = session.receive({"kind": "events", "events": [event]})
    assert replies[1]["answers"][note["key"]]["valence"]["codes"] == ["mojlighet"]
    assert on_card(session) == "mojlighet"
    assert on_card(Session(settled.desk("anna"))) == "mojlighet"
    left = session.n_left
    settled.retract("anna", "n1", "valence")
    again = Session(settled.desk("anna"), variables=["valence"])
    assert on_card(again) == ""
    assert again.n_left == 3 < left + 1


def test_a_blind_second_time_shows_no_answer_of_another_pass(settled):
    settled.decide("anna", "n1", "valence", "mojlighet")
    assert Session(settled.desk("anna"), again=1).data()["answers"] == {}


def test_a_late_answer_is_no_longer_unseen_in_the_status(settled):
    def eva() -> list[int]:
        table = progress_table(settled).query("coder == 'eva' and variable == 'valence'")
        return table[["decided", "skipped", "unseen"]].iloc[0].tolist()

    settled.desk("eva").skip("n1", "valence")
    assert eva() == [0, 1, 2]
    settled.decide("eva", "n1", "valence", "hinder")
    assert eva() == [1, 0, 2]


def test_a_sheet_shows_what_the_coder_says_now_and_brings_pass_3(settled, tmp_path):
    from openpyxl import load_workbook

    settled.decide("anna", "n1", "valence", "mojlighet")
    desk = settled.desk("anna")
    assert Before(desk, "").now["n1", "valence"]["codes"] == "mojlighet"
    path = tmp_path / "anna.xlsx"
    write_coding_sheet(desk, path, lang="sv")
    assert len(settled.collect(path).added) == 0  # nothing was changed in it
    book = load_workbook(path)
    cells = [cell for tab in book for row in tab.iter_rows() for cell in row if cell.value == "Möjlighet"]
    shown = [cell for cell in cells if cell.parent.title not in (book.sheetnames[-1], "Kodbok")]
    shown[0].value = "Hinder"
    book.save(path)
    dry = settled.collect(path, dry_run=True)
    found = settled.collect(path)
    assert found.added[["note_id", "codes", "pass"]].values.tolist() == [["n1", "hinder", "3"]]
    assert dry.added["pass"].tolist() == ["3"]
    assert "1 of its decisions are on notes that had been adjudicated" in found.remarks[-1].what
    assert desk.decisions().query("codes == 'hinder'")["pass"].tolist() == ["1", "3"]


# --- what was made before and comes after -------------------------------------------------------------------


def page_file(path, study, moment, number=1, **fields):
    """What a page made offline sends: one answer of Eva's on n1."""
    line = {
        "event_id": f"e{number:015}", "key": note_key(study.about.id, "n1"), "variable": "valence",
        "event": "decide", "codes": ["hinder"], "certainty": "", "memo": "", "pass": 1, "at": at(moment),
        "codebook": study.codebook["valence"].version,
    } | fields  # fmt: skip
    head = {"file": "sekom-answers", "version": 1, "study": study.about.id, "coder": "eva", "events": 1}
    path.write_text("".join(json.dumps(one) + "\n" for one in (head, line)), encoding="utf-8")
    return path


@pytest.mark.parametrize(("shift", "counts"), [(timedelta(hours=-1), "1"), (timedelta(hours=1), "3")])
def test_a_page_made_offline_counts_by_the_time_when_it_was_decided(settled, tmp_path, shift, counts):
    path = page_file(tmp_path / "svar.jsonl", settled, NOW + shift)
    dry = settled.collect(path, dry_run=True)
    found = settled.collect(path)
    assert found.added["pass"].tolist() == dry.added["pass"].tolist() == [counts]
    assert settled.history("eva")["pass"].tolist() == [counts]
    assert [r.what for r in found.remarks if "adjudicated" in r.what] == (
        ["1 of its decisions are on notes that had been adjudicated"] if counts == "3" else []
    )
    assert settled.adjudications()["changed"].tolist() == ["eva"]
    assert settled.collect(path).known == 1


def test_a_copied_log_counts_by_its_times_and_twice_is_once(study, tmp_path):
    study.decide("bo", "n1", "valence", "mojlighet")
    shutil.copytree(study.root, tmp_path / "away")
    away = Study.open(tmp_path / "away")
    away.decide("anna", "n1", "valence", "hinder")
    study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    away.decide("anna", "n1", "valence", "mojlighet")
    path = away.root / "data/coded/anna.csv"
    for _ in range(2):
        study.collect(path)
        assert study.history("anna")[["codes", "pass"]].values.tolist() == [
            ["hinder", "1"],
            ["mojlighet", "3"],
        ]
    assert study.problems.empty


def test_a_late_answer_that_came_past_the_program_is_listed(study):
    study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    study.desk("anna").take_in([])
    ledger = adjudication_ledger(study.root)
    late = study.decide("anna", "n1", "valence", "hinder")
    path = study.root / "data/coded/anna.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",3,python", ",1,python"), encoding="utf-8")
    assert late.decided_at > ledger.read().history["decided_at"].max()
    problem = study.problems.iloc[0]
    assert problem["file"] == "anna.csv"
    assert (
        "1 notes were decided after they had been adjudicated, yet count as independent: n1"
        in problem["what"]
    )


