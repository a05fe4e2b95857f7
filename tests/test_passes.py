"""Blindness is what a coder was shown: pass 3 is of who knew what others said or changed what was settled."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from sekom_analysis.basics.errors import DecisionError, SekomError
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange.sheet_answers import Before
from sekom_analysis.exchange.sheet_grid import Ticket
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.checks import progress_table
from sekom_analysis.study.decisions import NOW as LAST
from sekom_analysis.study.decisions import Event, Known, latest, passes_of
from sekom_analysis.study.ledgers import adjudication_ledger, showings
from sekom_analysis.study.log import coder_log
from sekom_analysis.study.rows import utc_text
from sekom_analysis.study.study import Study


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


def test_an_adjudication_is_of_one_variable_and_says_nothing_of_the_others(settled):
    assert settled.decide("anna", "n1", "themes", ["tid"]).pass_ == "1"
    assert settled.decide("anna", "n1", "themes", ["vilja"]).pass_ == "1"
    assert settled.history("anna")["pass"].tolist() == ["1", "1", "1"]


def test_a_late_coder_who_was_shown_nothing_answers_independently(settled):
    assert settled.decide("eva", "n1", "valence", "hinder").pass_ == "1"
    assert settled.decide("eva", "n1", "valence", "mojlighet").pass_ == "1"  # nobody has settled it since
    settled.adjudicate("cilla", "n1", "valence", "hinder", reason="läst om")
    assert settled.decide("eva", "n1", "valence", "hinder").pass_ == "3"
    assert said(settled, "eva") == "mojlighet"


@pytest.mark.parametrize("who", ["cilla", "dan", "eva"])
def test_who_settled_it_or_sat_beside_is_no_longer_independent(study, who):
    study.decide("anna", "n1", "valence", "hinder")
    for coder in ("dan", "eva"):
        study.decide(coder, "n2", "themes", ["tid"])  # coders of the study
    study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist", present=["eva", "dan"])
    assert study.decide(who, "n1", "valence", "mojlighet").pass_ == "3"
    assert study.decide(who, "n1", "themes", ["tid"]).pass_ == "1"
    assert study.decide(who, "n2", "valence", "mojlighet").pass_ == "1"
    assert study.decide("anna", "n1", "valence", "hinder", memo="fortfarande").pass_ == "1"


def test_who_was_there_when_a_note_was_left_open_knows_too(study):
    study.adjudicate("cilla", "n1", "valence", event="open", reason="två tankar")
    assert study.decide("cilla", "n1", "valence", "hinder").pass_ == "3"
    assert study.decide("eva", "n1", "valence", "hinder").pass_ == "1"


def test_the_same_answer_again_surer_or_with_a_memo_is_no_change(settled):
    assert settled.decide("anna", "n1", "valence", "hinder", certainty=3, memo="ja").pass_ == "1"
    assert settled.decide("anna", "n1", "valence", "mojlighet").pass_ == "3"  # it stands since before
    assert said(settled, "anna") == "hinder"


def test_the_order_of_several_codes_is_no_change(study):
    study.decide("anna", "n1", "themes", ["vilja", "tid"])
    study.adjudicate("cilla", "n1", "themes", ["tid"], reason="viljan nämns inte")
    assert study.decide("anna", "n1", "themes", ["tid", "vilja"]).pass_ == "1"
    assert study.decide("anna", "n1", "themes", ["tid"]).pass_ == "3"


def test_an_answer_taken_back_before_the_adjudication_is_not_one_that_changes(study):
    study.decide("anna", "n1", "valence", "hinder")
    study.retract("anna", "n1", "valence")
    study.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    assert study.decide("anna", "n1", "valence", "mojlighet").pass_ == "1"


def test_an_answer_under_another_definition_keeps_its_pass(settled):
    other = "v" + "0" * 11
    row = {"note_id": "n1", "variable": "valence", "codes": "mojlighet", "codebook": other}
    assert settled.record("anna", [row])[0].pass_ == "1"
    assert settled.decide("bo", "n1", "valence", "hinder", note_hash="h" + "0" * 11).pass_ == "1"
    settled.log_shown("anna", ["n1"], by="talk")
    assert settled.record("anna", [row | {"codebook": "v" + "1" * 11}])[0].pass_ == "3"


# --- being shown --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("variables", "on_themes"), [(["valence"], "1"), ("valence", "1"), (None, "3")])
def test_who_was_shown_what_others_said_is_no_longer_independent(study, variables, on_themes):
    assert study.decide("anna", "n1", "valence", "hinder").pass_ == "1"
    (kept,) = study.log_shown("anna", ["n1", "n2"], variables, by="talk")
    assert (kept.coder, kept.by, json.loads(kept.notes)) == ("anna", "talk", ["n1", "n2"])
    assert study.decide("anna", "n1", "valence", "hinder").pass_ == "3"
    assert study.decide("anna", "n2", "valence", "hinder").pass_ == "3"
    assert study.decide("anna", "n2", "themes", ["tid"]).pass_ == on_themes
    assert study.decide("anna", "007", "valence", "hinder").pass_ == "1"
    assert study.decide("bo", "n1", "valence", "hinder").pass_ == "1"
    assert Study.open(study.root).history("anna")["pass"].tolist() == ["1", "3", "3", on_themes, "1"]


def test_what_is_known_already_is_not_kept_twice(study):
    assert len(study.log_shown("anna", None, by="report")) == 1
    assert study.log_shown("anna", ["n1"], ["valence"], by="talk") == []
    assert len(study.log_shown("anna", ["n1"], by="talk", since="2020-01-01")) == 1
    table = study.shown()
    assert table[["coder", "by"]].values.tolist() == [["anna", "talk"], ["anna", "report"]]
    assert table["notes"].tolist() == [["n1"], ["n1", "n2", "n3", "007"]]
    assert study.problems.empty


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (lambda s: s.log_shown("Anna", by="talk"), "cannot be a coder's id|coder's id"),
        (lambda s: s.log_shown("anna", ["n9"], by="talk"), "There is no note 'n9'"),
        (lambda s: s.log_shown("anna", ["n1"], ["valens"], by="talk"), "no variable 'valens'"),
        (lambda s: s.log_shown("anna", ["n1"], by=" "), "by= says what showed it"),
        (lambda s: s.log_shown("anna", ["n1"], by="talk", since="i fjol"), "'i fjol' is not a time"),
    ],
)
def test_a_showing_that_cannot_be_is_refused_and_nothing_kept(study, call, fault):
    with pytest.raises(SekomError, match=fault):
        call(study)
    assert study.shown().empty
    assert not (study.root / "data/coded/.shown.csv").exists()


def test_thousands_of_notes_fit_cells_that_no_spreadsheet_program_cuts(study):
    ids = [f"not-{number:05}" for number in range(5_000)]
    entries = list(showings("anna", ids, [], "report"))
    assert max(len(entry.notes) for entry in entries) < 32_767
    assert [note for entry in entries for note in json.loads(entry.notes)] == ids


def test_a_damaged_line_of_the_ledger_is_listed_and_stops_nobody(study):
    study.log_shown("anna", ["n1"], by="talk")
    path = study.root / "data/coded/.shown.csv"
    with path.open("a", encoding="utf-8") as file:
        file.write("2026-01-01T00:00:00.000000Z,e0009,anna,[],n1,talk,shown\n")
    assert "'variables' or 'notes' is not a list of ids" in study.problems["what"].iloc[0]
    assert study.decide("anna", "n1", "valence", "hinder").pass_ == "3"
    path.write_bytes(b"\xff\x00\n,,,\n")
    assert study.decide("anna", "n2", "valence", "hinder").pass_ == "1"


def test_a_view_for_a_known_coder_keeps_it_and_one_for_nobody_does_not(settled, monkeypatch):
    monkeypatch.delenv("SEKOM_CODER", raising=False)
    settled.tell_shown(["n1"], ["valence"], "readings")
    assert settled.viewer is None
    assert settled.shown().empty
    monkeypatch.setenv("SEKOM_CODER", "eva")
    settled.tell_shown(["n1"], ["valence"], "readings")
    assert settled.shown()[["coder", "notes", "by"]].values.tolist() == [["eva", ["n1"], "readings"]]
    assert settled.decide("eva", "n1", "valence", "hinder").pass_ == "3"


def test_a_ledger_that_cannot_be_written_breaks_no_view_and_says_so(study):
    (study.root / "data/coded/.shown.csv").mkdir(parents=True)
    with pytest.warns(UserWarning, match="'anna' was shown this could not be kept"):
        study.tell_shown(["n1"], ["valence"], "readings", "anna")


def test_whoever_says_that_a_first_answer_came_after_talking_is_believed(settled):
    assert settled.decide("eva", "n1", "valence", "hinder", **{"pass": 3}).pass_ == "3"
    assert settled.shown()[["coder", "by"]].values.tolist() == [["eva", "talk"]]
    assert said(Study.open(settled.root), "eva") is None


# --- the rule -----------------------------------------------------------------------------------------------


def reference(events: list[Event], known: Known) -> list[str]:
    """What passes_of gives, slowly: every event looks back over all before it."""
    own = [event for event in events if event.pass_ in ("1", "3")]
    old = bool(own) and own[0].pass_ == "3" and bool(known.note_settled)
    old = old and known.note_settled <= (own[0].decided_at or LAST)
    passes: list[str] = []
    for place, event in enumerate(events):
        at = event.decided_at or LAST
        before = [
            (e, p) for e, p in zip(events[:place], passes, strict=True) if p in "13" and e.event != "skip"
        ]
        if event.pass_ in "02":
            passes.append(event.pass_)
        elif (
            (known.shown and known.shown <= at)
            or any(p == "3" for _, p in before)
            or (event.pass_ == "3" and not old)
        ):
            passes.append("3")
        elif (
            event.event == "skip"
            or not before
            or before[-1][0].event == "retract"
            or (
                event.event == "decide"
                and (same(event, before[-1][0]) or other_version(event, before[-1][0]))
            )
        ):
            passes.append("1")
        else:
            first = len(before) - 1  # the earliest of the answers that led without a change to the last one
            while (
                first
                and before[first - 1][0].event == "decide"
                and same(*two(before, first))
                and not (other_version(*two(before, first)))
            ):
                first -= 1
            since = before[first][0].decided_at or LAST
            passes.append("3" if [t for t in known.settled if since < t <= at] else "1")
    return passes


def two(before: list[tuple[Event, str]], place: int) -> tuple[Event, Event]:
    return before[place - 1][0], before[place][0]


def same(one: Event, other: Event) -> bool:
    return sorted(one.codes.split("|")) == sorted(other.codes.split("|"))


def other_version(one: Event, other: Event) -> bool:
    def differ(a: str, b: str) -> bool:
        return a != "" and b != "" and a != b

    return differ(one.codebook, other.codebook) or differ(one.note_hash, other.note_hash)


MOMENTS = st.integers(1, 12).map(lambda number: f"{number:02}")
EVENTS = st.lists(
    st.tuples(
        st.one_of(MOMENTS, st.just("")),
        st.sampled_from(["decide", "decide", "decide", "retract", "skip"]),
        st.sampled_from(["a", "b", "a|b", "b|a", ""]),
        st.sampled_from(["", "v1", "v2"]),
        st.sampled_from(["h1", "h1", "h2"]),
        st.sampled_from("11113302"),
    ),
    max_size=9,
).map(lambda drawn: sorted(map(made, drawn), key=lambda event: event.decided_at or LAST))
KNOWN = st.builds(
    Known,
    settled=st.lists(MOMENTS, max_size=3).map(sorted),
    shown=st.one_of(st.just(""), st.just(""), MOMENTS),
    note_settled=st.one_of(st.just(""), MOMENTS),
)


def made(drawn: tuple[str, ...]) -> Event:
    at, kind, codes, version, text, pass_ = drawn
    codes = codes if kind == "decide" else ""
    return Event(at, "e0001", "n1", text, "v", codes, "", "", version, pass_, "card", kind)


@given_any(EVENTS, KNOWN)
def test_the_passes_are_those_of_a_slow_and_obvious_reference(events, known):
    assert passes_of(events, known) == reference(events, known)


@given_any(EVENTS, KNOWN)
def test_laws_of_passes(events, known):
    passes = passes_of(events, known)
    for place in range(len(events)):  # what comes later changes nothing before it
        assert passes_of(events[: place + 1], known) == passes[: place + 1]
    own = [(event, pass_) for event, pass_ in zip(events, passes, strict=True) if event.event != "skip"]
    own = [pass_ for event, pass_ in own if event.pass_ in "13"]
    assert own == sorted(own)  # once others' answers are known they stay known
    written = [event._replace(pass_=pass_) for event, pass_ in zip(events, passes, strict=True)]
    known_by_then = known._replace(note_settled="")  # what is written by this rule is read as it is
    assert passes_of(written, known_by_then) == passes


@given_any(EVENTS, KNOWN)
def test_who_was_shown_nothing_is_independent_but_for_what_they_changed(events, known):
    mine = [event._replace(pass_="1") for event in events]
    blind = known._replace(shown="")
    assert set(passes_of(mine, blind._replace(settled=()))) <= {"1"}
    decided = [(e, p) for e, p in zip(mine, passes_of(mine, blind), strict=True) if e.event == "decide"]
    assert [pass_ for _, pass_ in decided[:1]] in ([], ["1"])


# --- earlier versions, and other orders ---------------------------------------------------------------------


def as_written(study: Study, coder: str, passes: list[str]) -> None:
    """Write a coder's log anew as an earlier version would have it."""
    path = study.root / "data/coded" / f"{coder}.csv"
    rows = [row for _, row in coder_log(study.root, coder).read()[0]]
    path.unlink()
    place = Event._fields.index("pass_")
    changed = [(*row[:place], number, *row[place + 1 :]) for row, number in zip(rows, passes, strict=True)]
    coder_log(study.root, coder).append(changed, stamp=False)


def test_a_late_coder_of_an_earlier_version_counts_and_is_told(settled):
    settled.decide("eva", "n1", "valence", "mojlighet")  # a slip, taken back at once
    settled.retract("eva", "n1", "valence")
    settled.decide("eva", "n1", "valence", "hinder")
    as_written(settled, "eva", ["3", "3", "3"])
    study = Study.open(settled.root)
    assert study.history("eva")["pass"].tolist() == ["1", "1", "1"]
    assert said(study, "eva") == "hinder"
    (problem,) = study.problems.to_dict("records")
    assert problem["file"] == "eva.csv"
    assert problem["what"].startswith(
        "answers to valence on 1 notes are recorded as pass 3, but are the coder's"
    )
    assert problem["todo"].endswith("say so: sekom shown eva --as-written")
    assert len(study.log_written("eva")) == 1
    assert study.history("eva")["pass"].tolist() == ["3", "3", "3"]
    assert said(study, "eva") is None
    assert study.problems.empty


def test_what_an_earlier_version_wrote_of_a_coder_who_had_answered_stays(settled):
    settled.decide("anna", "n1", "valence", "hinder", memo="fortfarande")
    as_written(settled, "anna", ["1", "3"])
    study = Study.open(settled.root)
    assert study.history("anna")["pass"].tolist() == ["1", "3"]
    assert study.problems.empty


def test_a_late_answer_may_come_before_the_ledger_that_tells_so(study, tmp_path):
    study.decide("anna", "n1", "valence", "hinder")
    study.decide("bo", "n1", "valence", "mojlighet")
    shutil.copytree(study.root, tmp_path / "away")
    away = Study.open(tmp_path / "away")
    away.adjudicate("cilla", "n1", "valence", "hinder", reason="brist")
    away.log_shown("bo", ["n1"], by="talk")
    for coder, code in (("anna", "mojlighet"), ("bo", "mojlighet")):
        away.decide(coder, "n1", "valence", code)
        as_written(away, coder, ["1", "1"])
        study.collect(tmp_path / f"away/data/coded/{coder}.csv")
    assert study.history()["pass"].tolist() == ["1", "1", "1", "1"]
    for name in ("adjudicated.csv", ".shown.csv"):
        shutil.copy(tmp_path / "away/data/coded" / name, study.root / "data/coded" / name)
    assert study.history("anna")["pass"].tolist() == ["1", "3"]
    assert study.history("bo")["pass"].tolist() == ["1", "3"]
    assert Study.open(study.root).history().equals(Study.open(away.root).history())


def test_a_pass_typed_into_an_answers_file_moves_nothing(settled, tmp_path):
    path = page_file(tmp_path / "svar.jsonl", settled, NOW, **{"pass": 3})
    assert settled.collect(path).added["pass"].tolist() == ["1"]
    assert settled.history("eva")["pass"].tolist() == ["1"]
    assert settled.shown().empty


def test_who_is_present_must_be_a_coder(settled):
    with pytest.raises(DecisionError, match=r"present: there is no coder 'bu'; there are: anna, bo"):
        settled.adjudicate("cilla", "n1", "valence", "hinder", reason="igen", present=["anna", "bu"])
    with pytest.raises(DecisionError, match="'present' takes the ids of coders"):
        settled.adjudicate("cilla", "n1", "valence", "hinder", reason="igen", present=7)
    assert len(settled.adjudication_history()) == 1


def test_who_was_present_is_kept_where_earlier_ledgers_have_nobody(settled):
    saved = settled.adjudicate("cilla", "n1", "valence", "hinder", reason="igen", present=["bo", "anna"])
    assert json.loads(saved.seen) == {".present": "anna|bo", "anna": "hinder", "bo": "mojlighet"}
    assert len(settled.adjudication_history().columns) == 12  # no column more than an earlier version reads
    row = settled.adjudications().iloc[0]
    assert (row["present"], row["seen"]) == ("anna, bo", {"anna": "hinder", "bo": "mojlighet"})
    assert not row["is_stale"]


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
    note = next(n for n in session.data()["notes"] if session.desk.note_of(n["key"]) == "n1")
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
    ticket = Ticket("small", "anna", "sv", "", {})
    assert Before(desk, ticket).now["n1", "valence"]["codes"] == "mojlighet"
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
    assert "1 of its decisions came once the coder knew others' answers, or change" in found.remarks[-1].what
    assert desk.decisions().query("codes == 'hinder'")["pass"].tolist() == ["1", "3"]


# --- what was made before and comes after -------------------------------------------------------------------


def page_file(path, study, moment, number=1, **fields):
    """What a page made offline sends: one answer of Eva's on n1."""
    line = {
        "event_id": f"e{number:015}", "key": study.note_keys["n1"], "variable": "valence",
        "event": "decide", "codes": ["hinder"], "certainty": "", "memo": "", "pass": 1, "at": at(moment),
        "codebook": study.codebook["valence"].version,
    } | fields  # fmt: skip
    head = {"file": "sekom-answers", "version": 1, "study": study.about.id, "coder": "eva", "events": 1}
    path.write_text("".join(json.dumps(one) + "\n" for one in (head, line)), encoding="utf-8")
    return path


@pytest.mark.parametrize(("shift", "counts"), [(timedelta(hours=-1), "1"), (timedelta(hours=1), "3")])
def test_a_page_made_offline_counts_by_the_time_when_it_was_decided(settled, tmp_path, shift, counts):
    settled.log_shown("eva", ["n1"], by="talk")
    path = page_file(tmp_path / "svar.jsonl", settled, NOW + shift)
    dry = settled.collect(path, dry_run=True)
    found = settled.collect(path)
    assert found.added["pass"].tolist() == dry.added["pass"].tolist() == [counts]
    assert settled.history("eva")["pass"].tolist() == [counts]
    assert [r.todo for r in found.remarks if "knew others' answers" in r.what] == (
        ["they count as pass 3, not in the agreement"] if counts == "3" else []
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


def test_a_change_that_came_past_the_program_counts_as_it_is_and_is_listed(settled):
    late = settled.decide("anna", "n1", "valence", "mojlighet")
    as_written(settled, "anna", ["1", "1"])
    assert late.decided_at > adjudication_ledger(settled.root).read().history["decided_at"].max()
    study = Study.open(settled.root)
    assert study.history("anna")["pass"].tolist() == ["1", "3"]
    (problem,) = study.problems.to_dict("records")
    assert problem["file"] == "anna.csv"
    assert problem["what"] == (
        "answers to valence on 1 notes are recorded as independent, but were given once the coder knew "
        "others' answers, or changed what had been settled; they count as pass 3: n1"
    )
