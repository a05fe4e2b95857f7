"""Words of a note that were selected with an answer: kept in the log, in old ones too, and never guessed."""

from __future__ import annotations

import csv
import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.exchange.answers_file import read_progress
from sekom_analysis.exchange.copies import ledger_of
from sekom_analysis.study.decisions import LOG_COLUMNS, Event
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.log import LOG, coder_log, event_of, row_of_event
from sekom_analysis.study.rows import line_of, row_of
from sekom_analysis.study.selections import given_words, spans_of, within, words_of
from sekom_analysis.study.study import Study
from tests.test_progress_files import answers_file, line

OLD_HEAD = "decided_at,event_id,note_id,note_hash,variable,codes,certainty,memo,codebook,pass,via,event\n"
OLD_ROW = '2020-01-02T00:00:01.000000Z,e0001,n1,,valence,hinder,2,"a, b",,1,page,decide\n'
SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)).map(lambda one: (one[0], sum(one))))


def path_of(study: Study, coder: str = "anna"):
    return study.root / "data/coded" / f"{coder}.csv"


def old_log(study: Study, *rows: str) -> str:
    text = OLD_HEAD + "".join(rows or (OLD_ROW,))
    path_of(study).parent.mkdir(exist_ok=True)
    path_of(study).write_bytes(text.encode())
    return text


# --- positions ----------------------------------------------------------------------------------------


@given(SPANS)
def test_selections_are_in_order_apart_and_of_the_same_characters(spans):
    words = words_of(spans)
    found = spans_of(words)
    assert {at for span in found for at in range(*span)} == {at for span in spans for at in range(*span)}
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert words_of(found) == given_words(words) == given_words(spans) == words


@given(st.text("0123456789:|- ", max_size=12))
def test_what_is_no_selection_is_none_and_stays_to_be_refused(text):
    spans = spans_of(text)
    assert given_words(text) == (words_of(spans) if spans else text)
    assert all(0 <= start < end for start, end in spans)


def test_words_are_counted_in_characters_not_in_units():
    text = "👩‍👧 å är här"
    assert [text[start:end] for start, end in within("4:5|9:12|12:13", text)] == ["å", "här"]


# --- the log ------------------------------------------------------------------------------------------


def test_a_new_log_has_the_column_in_every_row(study):
    study.decide("anna", "n1", "valence", "hinder", words="6:10|0:5")
    study.decide("anna", "n2", "valence", "hinder")
    head, *rows = csv.reader(path_of(study).read_text(encoding="utf-8").splitlines())
    assert tuple(head) == LOG_COLUMNS
    assert [dict(zip(head, row, strict=True))["words"] for row in rows] == ["0:5|6:10", ""]
    assert study.decisions()["words"].tolist() == study.history()["words"].tolist() == ["0:5|6:10", ""]


def test_an_old_log_is_gone_on_with_as_it_is(study):
    before = old_log(study)
    assert study.history()["words"].tolist() == [""]
    study.decide("anna", "n2", "valence", "hinder")
    study.decide("anna", "n1", "valence", "mojlighet", words="0:5")
    text = path_of(study).read_text(encoding="utf-8")
    assert text.startswith(before)
    rows = list(csv.reader(text.splitlines()))
    assert [len(row) for row in rows] == [12, 12, 12, 13]  # longer only where there is something to say
    opened = Study.open(study.root)
    assert opened.history()[["memo", "words"]].values.tolist() == [["a, b", ""], ["", ""], ["", "0:5"]]
    assert opened.list_problems() == []
    assert opened.desk("anna").record({"event_id": "e0001", "note_id": "n1", "variable": "valence",
        "codes": "hinder", "certainty": 2, "memo": "a, b"})[0].words == ""  # fmt: skip
    assert path_of(study).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "head", [OLD_HEAD[:-1], "\ufeff" + OLD_HEAD, OLD_HEAD.replace(",", ";"), OLD_HEAD[:-3]]
)
def test_an_old_header_is_known_whatever_was_done_to_it(study, head):
    path_of(study).parent.mkdir(exist_ok=True)
    path_of(study).write_text(head, encoding="utf-8", newline="")
    study.decide("anna", "n1", "valence", "hinder", words="0:5")
    study.decide("anna", "n2", "valence", "hinder")
    assert path_of(study).read_text(encoding="utf-8").startswith(head)
    assert Study.open(study.root).decisions()["words"].tolist() == ["0:5", ""]


def test_a_log_made_equally_long_by_a_spreadsheet_is_read(study):
    long = OLD_ROW.replace("e0001", "e0002").replace(",decide", ',"0:5|6:10",decide')
    old_log(study, OLD_ROW.replace("\n", ",\n"), long)
    assert study.history()[["event", "words"]].values.tolist() == [["decide", ""], ["decide", "0:5|6:10"]]
    assert study.log_problems() == []


def test_a_row_cut_anywhere_is_no_answer_without_its_words(study):
    study.decide("anna", "n1", "valence", "hinder", words="0:5|6:10")
    data = path_of(study).read_bytes()
    start = data[:-1].rindex(b"\n") + 1
    for end in range(start + 1, len(data) - 1):
        path_of(study).write_bytes(data[:end])
        assert Study.open(study.root).history().empty
    path_of(study).write_bytes(data[:-1])
    assert Study.open(study.root).history()["words"].tolist() == ["0:5|6:10"]


CELLS = st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.lists(CELLS, min_size=7, max_size=7), SPANS, st.booleans())
def test_an_event_is_its_row_also_under_an_old_header(cells, spans, is_old):
    at, words = "2020-01-02T00:00:01.000000Z", words_of(spans)
    event = Event(at, "e0001", *cells, "1", "card", "decide", words)
    header = LOG.earlier if is_old else LOG.columns
    data = line_of(LOG.fitting(row_of_event(event), header)).rstrip(b"\n")
    row, fault = row_of(data, LOG)
    assert (event_of(row), fault) == (event, "")
    assert len(next(csv.reader([data.decode()]))) == 13 - (is_old and not words)


def test_a_copy_that_knows_of_no_words_contradicts_nothing(study):
    said = {"event_id": "e0001", "note_id": "n1", "variable": "valence", "codes": "hinder"}
    (saved,) = study.record("anna", [{**said, "words": [(0, 5)]}])
    assert study.record("anna", [said]) == [saved]
    with pytest.raises(DecisionError, match=r"already belongs to another decision \(different: words\)"):
        study.record("anna", [{**said, "words": "0:4"}])


def test_a_log_that_went_apart_brings_words(study, tmp_path):
    study.decide("anna", "n1", "valence", "hinder", words="0:5")
    copy = tmp_path / "anna.csv"
    copy.write_bytes(path_of(study).read_bytes())
    coder_log(study.root, "anna").path.unlink()
    opened = Study.open(study.root)
    opened.collect(copy)
    assert opened.decisions()["words"].tolist() == ["0:5"]


@pytest.mark.parametrize("name", ["anna.csv", "merges.csv"])
def test_an_old_log_is_told_from_a_ledger_by_its_header(tmp_path, name):
    path = tmp_path / name
    for columns in (LOG.columns, LOG.earlier):
        path.write_text(",".join(columns), encoding="utf-8")
        assert ledger_of(path) == ""


# --- what a desk takes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("5:3", "words gives where the selected words begin and end .* not '5:3'"),
        ("0:05", "0:5, or several with | between"),
        ([5], r"not '\[5\]'"),
        ("-1:2", "not '-1:2'"),
        ("0:11", "end at character 11, but the note's text has 10 characters"),
    ],
)
def test_words_that_cannot_be_are_refused_and_nothing_is_saved(study, words, said):
    with pytest.raises(DecisionError, match=f"(?s)Nothing was saved.*{said.replace('|', '.')}"):
        study.decide("anna", "n1", "valence", "hinder", words=words)
    assert not path_of(study).exists()


@pytest.mark.parametrize("kind", ["skip", "retract"])
def test_only_an_answer_has_words(study, kind):
    with pytest.raises(DecisionError, match=f"only an answer .decide. has selected words, not {kind}"):
        getattr(study.desk("anna"), kind)("n1", "valence", words="0:5")
    assert not path_of(study).exists()


def test_words_of_a_text_of_then_may_end_where_it_ended(study):
    study.decide("anna", "n1", "valence", "hinder", words="0:40", note_hash="h00000000000")
    assert study.decisions()["words"].tolist() == ["0:40"]


def test_taking_back_a_file_leaves_no_words(study, tmp_path):
    desk = Desk.open(study.root, "anna")
    path = answers_file(tmp_path / "svar.jsonl", desk, [line(desk, 1, words="0:5")])
    study.collect(path)
    assert study.decisions()["words"].tolist() == ["0:5"]
    study.undo_collect(path)
    assert study.decisions().empty
    assert study.history()["words"].tolist() == ["0:5", ""]


# --- pages --------------------------------------------------------------------------------------------


def test_a_pages_words_come_back_and_an_old_pages_lines_are_read(study, tmp_path):
    desk = Desk.open(study.root, "anna")
    lines = [
        line(desk, 1, words="6:10|0:5"),
        line(desk, 2, note_id="n2", words=""),
        line(desk, 3, note_id="007"),
    ]
    study.collect(answers_file(tmp_path / "svar.jsonl", desk, lines))
    assert study.decisions()["words"].tolist() == ["0:5|6:10", "", ""]


@pytest.mark.parametrize("words", ["5:3", "0:11", ["0:5"], 5])
def test_words_of_a_page_that_cannot_be_are_named(study, tmp_path, words):
    desk = Desk.open(study.root, "anna")
    path = answers_file(tmp_path / "svar.jsonl", desk, [line(desk, 1, words=words)])
    (problem,) = read_progress(path, desk).problems
    assert problem.row == 2
    assert "selected words" in problem.what
    assert json.dumps(words).strip('"') in problem.what or words == ["0:5"]
