"""What comes back from a coding page: taken by its own rules, and refused line by line."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.exchange.answers_file import is_progress_file, read_progress
from sekom_analysis.study.rows import note_hash, utc_text
from sekom_analysis.study.study import Study

START = datetime(2020, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def desk(study):
    return study.desk("anna")


def line(desk, number, note_id="n1", variable="valence", codes=("hinder",), **fields):
    """One line of an answers file, as the page writes it."""
    definition = desk.codebook[variable].version if variable in desk.codebook else "c" + "0" * 11
    return {
        "event_id": f"e{number:015d}",
        "variable": variable,
        "event": "decide",
        "codes": codes,
        "certainty": "",
        "memo": "",
        "pass": 1,
        "note_hash": note_hash(desk.notes.at[note_id, "text"]) if note_id in desk.notes.index else "",
        "codebook": definition,
        "at": utc_text(START + timedelta(seconds=number)),
        "key": desk.note_keys[note_id],
    } | fields


def answers_file(path, desk, lines, **head):
    first = {"file": "sekom-answers", "version": 1, "study": desk.study_id, "coder": "anna"}
    first |= {"events": len(lines)} | head
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in [first, *lines])
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def written(tmp_path, desk):
    return lambda lines, **head: answers_file(tmp_path / "svar-anna.jsonl", desk, lines, **head)


def test_what_the_page_kept_comes_back_whole(written, desk):
    memo = 'rad ett\nrad "två" | ; åäö 👩‍👧'
    lines = [
        line(desk, 1, certainty="1", memo=memo),
        line(desk, 2, variable="themes", codes=["tid", "vilja"]),
        line(desk, 3, variable="themes", codes=[], note_id="n2"),
        line(desk, 4, note_id="n3", variable="goal", codes=["4"]),
        line(desk, 5, event="retract", codes=[]),
        line(desk, 6, event="skip", codes=[], note_id="007"),
        line(desk, 7, variable="flag", codes=["two_ideas"], note_id="007"),
    ]
    path = written(lines)
    reading = read_progress(path, desk)
    assert is_progress_file(path)
    assert (reading.coder, reading.problems, reading.stale, reading.remarks) == ("anna", [], [], [])
    assert [(e["note_id"], e["variable"], e["codes"], e["event"]) for e in reading.events] == [
        ("n1", "valence", "hinder", "decide"),
        ("n1", "themes", "tid|vilja", "decide"),
        ("n2", "themes", "", "decide"),
        ("n3", "goal", "4", "decide"),
        ("n1", "valence", "", "retract"),
        ("007", "valence", "", "skip"),
        ("007", "flag", "two_ideas", "decide"),
    ]
    assert [event["decided_at"] for event in reading.events] == [one["at"] for one in lines]
    assert reading.events[0]["memo"] == memo
    assert {event["via"] for event in reading.events} == {"page"}
    assert list(reading.rows) == [2, 3, 4, 5, 6, 7, 8]
    assert desk.history().empty


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"codes": ["barriär"]}, "does not have the code 'barriär'; it has: hinder, mojlighet, none_fits"),
        ({"codes": []}, "takes exactly one code"),
        ({"variable": "mood"}, "there is no variable 'mood'; there are: valence, themes, goal"),
        ({"variable": "goal", "codes": ["3"]}, "variable 'goal' is not asked of this note"),
        ({"key": "n" + "0" * 20, "note_hash": "h" + "0" * 11}, f"no note with the key 'n{'0' * 20}'"),
        ({"certainty": "9"}, "certainty is 1, 2 or 3"),
        ({"pass": 7}, "pass is one of 0, 1, 2, 3, not '7'"),
        ({"event_id": "="}, "'=' cannot be an event_id"),
        ({"at": "yesterday"}, "a line that cannot be read"),
        ({"codes": "hinder"}, "a line that cannot be read"),
        ({"memo": None}, "a line that cannot be read"),
    ],
)
def test_a_bad_line_is_named_and_the_others_stand(written, desk, bad, said):
    reading = read_progress(written([line(desk, 1), line(desk, 2, **bad), line(desk, 3)]), desk)
    (problem,) = reading.problems
    assert said in problem.what
    assert (problem.file, problem.row) == ("svar-anna.jsonl", 3)
    assert [event["event_id"][-1] for event in reading.events] == ["1", "3"]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"study": "another"}, "it belongs to the study 'another'"),
        ({"coder": "bertil"}, "it holds the answers of 'bertil', and those of 'anna' were expected"),
        ({"coder": "con"}, "it does not say whose answers it holds"),
        ({"version": 9}, "it is of version 9"),
        ({"file": "else"}, "it is not an answers file of a coding page"),
    ],
)
def test_files_of_others_are_refused_whole(written, desk, head, said):
    reading = read_progress(written([line(desk, 1)], **head), desk)
    assert reading.events == []
    assert said in reading.problems[0].what


def test_a_file_cut_off_says_so_and_keeps_its_whole_lines(written, desk):
    path = written([line(desk, number) for number in range(1, 5)])
    path.write_bytes(path.read_bytes()[:-40])
    reading = read_progress(path, desk)
    assert len(reading.events) == 3
    assert [problem.row for problem in reading.problems] == [5]
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    (problem,) = read_progress(path, desk).problems
    assert "4 decisions, and has 2 lines" in problem.what


def test_a_changed_text_is_taken_and_listed_once(written, desk):
    seen = "h" + "1" * 11
    lines = [line(desk, 1, note_hash=seen), line(desk, 2, variable="themes", codes=[], note_hash=seen)]
    reading = read_progress(written(lines), desk)
    assert [event["note_hash"] for event in reading.events] == [seen, seen]
    (stale,) = reading.stale
    assert "note 'n1' has changed" in stale.what


def test_a_retired_code_that_was_seen_is_taken(tmp_path, study, written, desk):
    study.desk("bertil").decide("n1", "valence", "hinder")  # keeps the definition
    old = line(desk, 1)
    book = study.root / "data" / "raw" / "codebook.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("id: hinder", "id: barriar"), encoding="utf-8")
    now = Study.open(study.root).desk("anna")
    assert read_progress(written([old]), now).problems == []
    unseen = {**old, "codebook": now.codebook["valence"].version}
    assert "does not have the code 'hinder'" in read_progress(written([unseen]), now).problems[0].what


def test_a_clock_that_was_ahead_keeps_the_order_and_dates_nothing_after_now(written, desk):
    future = [line(desk, n, at=f"2090-01-01T00:00:0{n}.000000Z", codes=[c]) for n, c in
              enumerate(["hinder", "mojlighet", "hinder"], start=1)]  # fmt: skip
    reading = read_progress(written(future[::-1]), desk)
    times = [event["decided_at"] for event in reading.events]
    assert [event["event_id"][-1] for event in reading.events] == ["1", "2", "3"]
    assert times == sorted(set(times))
    assert times[-1] < utc_text(datetime.now(UTC) + timedelta(seconds=1))
    assert "was ahead: 3 decisions" in reading.remarks[0].what


def test_what_is_here_already_is_counted_and_its_time_holds_back_what_came_after(written, desk):
    first, second = line(desk, 1), line(desk, 2, codes=["mojlighet"])
    desk.record([{**read_progress(written([first]), desk).events[0]}])  # dated now, long after 2020-03-01
    reading = read_progress(written([first, second]), desk)
    assert reading.known == 1
    (event,) = reading.events
    assert event["decided_at"] > desk.history()["decided_at"].iloc[0] > second["at"]


def test_an_id_that_stands_for_something_else_is_refused(written, desk):
    desk.record([{**read_progress(written([line(desk, 1)]), desk).events[0]}])
    reading = read_progress(written([line(desk, 1, codes=["mojlighet"])]), desk)
    assert "already belongs to another decision (different: codes)" in reading.problems[0].what
    reading = read_progress(written([line(desk, 2), line(desk, 2, memo="annan")]), desk)
    assert "(different: memo)" in reading.problems[0].what
    assert len(read_progress(written([line(desk, 2), line(desk, 2)]), desk).events) == 1


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe\x00", b"{}\n", b"[1]\n", b"note_id;text\n1;a\n", b"\x00" * 100]
)
def test_anything_else_is_no_answers_file(tmp_path, desk, data):
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    assert not is_progress_file(path)
    assert "it is not an answers file" in read_progress(path, desk).problems[0].what


def test_a_file_that_is_not_there_says_so(tmp_path, desk):
    assert "it cannot be read" in read_progress(tmp_path / "gone.jsonl", desk).problems[0].what


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(written, desk):
    path = written([line(desk, 1, memo="å")])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    reading = read_progress(path, desk)
    assert reading.problems == []
    assert reading.events[0]["memo"] == "å"
    assert pd.DataFrame(reading.events).shape == (1, 13)


def test_collecting_saves_with_the_times_of_the_page_and_twice_is_once(written, study, desk):
    path = written([line(desk, 1), line(desk, 2, codes=["mojlighet"], note_id="n2", memo="åäö")])
    assert len(study.collect(path, dry_run=True).added) == 2
    assert study.decisions().empty
    assert study.collect(path).saved
    standing = study.decisions("valence")
    assert dict(zip(standing["note_id"], standing["codes"], strict=True)) == {
        "n1": "hinder", "n2": "mojlighet"}  # fmt: skip
    assert list(standing["decided_at"]) == [utc_text(START + timedelta(seconds=n)) for n in (1, 2)]
    assert set(standing["via"]) == {"page"}
    log = (study.root / "data" / "coded" / "anna.csv").read_bytes()
    again = study.collect(path)
    assert (len(again.added), again.known) == (0, 2)
    assert (study.root / "data" / "coded" / "anna.csv").read_bytes() == log


def test_a_flag_names_no_definition_and_leaves_nothing_to_look_at(written, study, desk):
    flag = line(desk, 1, variable="flag", codes=["two_ideas"])
    del flag["codebook"]  # as the page writes it
    study.collect(written([flag]))
    assert list(study.decisions("flag")["codebook"]) == [desk.codebook["flag"].version]
    assert study.problems.empty


def test_all_or_nothing_unless_what_is_valid_is_to_be_kept(written, study, desk):
    path = written([line(desk, 1), line(desk, 2, codes=["barriär"])])
    with pytest.raises(DecisionError, match=r"(?s)Nothing was saved.*row 3.*'barriär'; it has: hinder"):
        study.collect(path)
    assert study.decisions().empty
    assert len(study.collect(path, keep_valid=True).added) == 1
    assert list(study.decisions()["note_id"]) == ["n1"]


def test_a_file_goes_to_the_coder_who_is_said_whatever_it_says(written, study, desk):
    path = written([line(desk, 1)])
    assert study.collect(path, coder="bertil").coder == "bertil"
    assert study.coders == ["bertil"]
    assert study.collect(path, coder="bertil").known == 1
    with pytest.raises(DecisionError, match="1 of its 1 decisions are in the log of 'bertil'"):
        study.collect(path, keep_valid=True)
    assert study.coders == ["bertil"]


def test_two_files_of_one_coder_come_to_the_same_whichever_is_collected_first(written, tmp_path, study, desk):
    home = [line(desk, 1), line(desk, 3, codes=["mojlighet"])]
    work = [line(desk, 1), line(desk, 2, codes=["none_fits"]), line(desk, 4, note_id="n2")]
    paths = [answers_file(tmp_path / f"{n}.jsonl", desk, lines) for n, lines in enumerate((home, work))]
    other = Study.open(shutil.copytree(study.root, tmp_path / "other"))
    for path in paths:
        study.collect(path)
    for path in reversed(paths):
        other.collect(path)
    columns = ["note_id", "codes", "decided_at", "event_id"]
    assert study.decisions()[columns].equals(other.decisions()[columns])
    assert list(study.decisions()["codes"]) == ["mojlighet", "hinder"]
    assert len(study.history()) == 4
