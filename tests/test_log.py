"""What is appended is there, whatever happens to process, disk, clock and file."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekom_analysis.basics import files as files_module
from sekom_analysis.basics.errors import DecisionError, NotSavedError
from sekom_analysis.basics.files import locked, write_whole
from sekom_analysis.study import log as log_module
from sekom_analysis.study.log import EventFile
from sekom_analysis.study.rows import Format, line_of, row_of, well_formed

FORM = Format(("decided_at", "event_id", "text", "event"), ("say", "take back"), identity=("text", "event"))
HEADER = b"decided_at,event_id,text,event\n"
T1, T2 = "2016-04-12T09:00:00.000000Z", "2016-04-12T10:00:00.000000Z"

TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("\n\r\0\"';,\\|\t\ufeff\u2028\x85\x1a"))
BROKEN_TEXTS = st.text(st.characters() | st.sampled_from("\ud83d\ude00"))


@pytest.fixture
def log(tmp_path) -> EventFile:
    return log_at(tmp_path)


def log_at(folder: Path) -> EventFile:
    return EventFile(folder / "coded" / "anna.csv", FORM, folder / "locks" / "anna.lock")


def say(number: int, text: str = "hej", time: str = "") -> tuple[str, ...]:
    return (time, f"e{number:03}", text, "say")


def texts_of(log: EventFile) -> list[str]:
    return [row[2] for _, row in log.read()[0]]


# --- one line -----------------------------------------------------------------------------------------------


@given(TEXTS)
@example('a;b,"c"\\n\r\n\0å🎈')
@example("\\")
@example('"')
def test_any_text_is_one_line_and_comes_back(text):
    line = line_of((T1, "e001", text, "say"))
    assert line.count(b"\n") == 1
    assert b"\r" not in line
    assert b"\0" not in line
    assert row_of(line[:-1], FORM) == ((T1, "e001", text, "say"), "")


@given(BROKEN_TEXTS)
@example("halv \ud83d bokstav")
@example("hel \ud83d\ude00 bokstav")
def test_half_characters_do_not_cost_the_rest_of_the_text(text):
    back, fault = row_of(line_of((T1, "e001", text, "say"))[:-1], FORM)
    assert fault == ""
    assert back[2] == well_formed(text)
    back[2].encode("utf-8")
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    assert back[2].replace("\ufffd", "") == whole.replace("\ufffd", "")


@given(TEXTS.filter(lambda text: "\ufeff" not in text))
@example("ett, två, tre, fyra; fem")
@example(",,,")
def test_a_line_that_excel_saved_again_is_read(text):
    """Semicolons, quotes where they are needed, cp1252 if the letters allow it."""
    cells = [T1, "e001", line_of((text,))[:-1].decode(), "say"]
    plain = cells[2][1:-1].replace('""', '"') if cells[2].startswith('"') else cells[2]
    if any(sign in plain for sign in '";'):
        cells[2] = '"' + plain.replace('"', '""') + '"'
    else:
        cells[2] = plain
    row = ";".join(cells)
    assert row_of(row.encode("utf-8"), FORM) == ((T1, "e001", text, "say"), "")
    letters = text.encode("cp1252", "replace").decode("cp1252")
    if text == letters and text.isascii() is False and set(text) <= set("åäöÅÄÖéü, ;"):
        assert row_of(row.encode("cp1252"), FORM)[0][2] == text


def test_swedish_letters_in_cp1252_are_read():
    assert row_of(f"{T1};e001;för få åsikter, många ökar;say".encode("cp1252"), FORM)[0][2].startswith(
        "för få"
    )


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (f"{T1},e001,hej", "3 cells instead of 4"),
        ("2016-04-12,e001,hej,say", "'2016-04-12' is not a time such as 2016-04-12T09:00:00.000000Z"),
        ("2016-02-30T09:00:00.000000Z,e001,hej,say", "'2016-02-30T09:00:00.000000Z' is not a time"),
        (f"{T1},e 1,hej,say", "'e 1' is not an event id"),
        (f"{T1},e001,hej,shout", "'shout' is not one of say, take back"),
        (f'{T1},e001,"hej,say', "0 cells instead of 4"),
    ],
)
def test_a_line_that_is_no_event_says_why(line, fault):
    row, found = row_of(line.encode(), FORM)
    assert row == ()
    assert found.startswith(fault)


# --- appending ----------------------------------------------------------------------------------------------


def test_the_first_event_makes_the_file_with_its_header(log):
    (saved,) = log.append([say(1, "två\nrader")])
    assert log.path.read_bytes() == HEADER + saved[0].encode() + b",e001,two\\nrader,say\n".replace(
        b"two", "två".encode()
    )
    assert log.read() == ([(2, saved)], [])


def test_sending_again_writes_nothing_and_returns_what_stands(log):
    first = log.append([say(1), say(2)])
    before = log.path.read_bytes()
    assert log.append([say(2), say(1)]) == first[::-1]
    assert log_at(log.path.parents[1]).append([say(1)]) == first[:1]
    assert log.path.read_bytes() == before


def test_an_id_twice_in_one_call_is_one_event(log):
    one, other = log.append([say(1), say(1)])
    assert one == other
    assert texts_of(log) == ["hej"]


@pytest.mark.parametrize("rows", [[say(1, "annat")], [say(2), say(2, "annat")], [say(3), say(1, "annat")]])
def test_an_id_never_stands_for_two_events(log, rows):
    log.append([say(1)])
    before = log.path.read_bytes()
    with pytest.raises(
        DecisionError, match=r"'e00[12]' already belongs to another decision \(different: text\)"
    ):
        log.append(rows)
    assert log.path.read_bytes() == before


def test_what_would_not_read_back_is_not_written(log):
    with pytest.raises(DecisionError, match=r"could not be read back.*'shout'.*Nothing was saved"):
        log.append([say(1), ("", "e002", "hej", "shout")])
    assert not log.path.exists()


def test_a_clock_set_back_reorders_nothing(log, monkeypatch):
    times = iter(["2016-04-12T10:00:00", "2016-04-12T09:00:00"])

    class Clock(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.fromisoformat(next(times)).replace(tzinfo=UTC)

    monkeypatch.setattr(log_module, "datetime", Clock)
    log.append([say(1, "först")])
    (later,) = log_at(log.path.parents[1]).append([say(2, "sedan")])
    assert later[0] == "2016-04-12T10:00:00.000001Z"
    assert [row[2] for _, row in sorted(log.read()[0], key=lambda pair: pair[1])] == ["först", "sedan"]


def test_events_of_one_call_keep_their_order(log):
    saved = log.append([say(number) for number in (9, 3, 5)])
    assert [row[1] for row in sorted(saved)] == ["e009", "e003", "e005"]


def test_copied_events_keep_their_times_and_the_earliest_of_one_id_counts(log):
    log.append([say(1, time=T2)], stamp=False)
    log.append([say(1, time=T1), say(2, time=T1)], stamp=False)
    assert sorted(row[0] for _, row in log.read()[0] if row[1] == "e001") == [T1, T2]
    assert log.append([say(1, time=T2)], stamp=False) == [(T1, "e001", "hej", "say")]
    assert len(log.read()[0]) == 3


@pytest.mark.parametrize("times", [(T1, T2), (T2, T1)])
def test_of_one_event_written_twice_the_earliest_counts(log, times):
    log.path.parent.mkdir()
    log.path.write_bytes(HEADER + b"".join(line_of(say(1, time=time)) for time in times))
    assert log.append([say(1)]) == [(T1, "e001", "hej", "say")]


def test_another_writer_is_noticed(log):
    other = log_at(log.path.parents[1])
    log.append([say(1)])
    other.append([say(2)])
    assert log.append([say(2), say(3)])[0] == other.append([say(2)])[0]
    assert [row[1] for _, row in log.read()[0]] == ["e001", "e002", "e003"]
    assert log.n_events == 3


def test_a_copy_put_in_the_files_place_is_noticed(log):
    """A sync program brings the other copy: the same length, the same end, another event."""
    log.append([say(1)])
    write_whole(log.path, log.path.read_bytes().replace(b"e001", b"e002"))
    log.append([say(1)])
    assert {row[1] for _, row in log.read()[0]} == {"e001", "e002"}


def test_a_log_that_cannot_be_seen_for_a_moment_is_not_begun_anew(log, monkeypatch):
    """A network folder that is away: whatever looks like no file must not put an empty one in its place."""
    log.append([say(1)])
    before = log.path.read_bytes()
    other = log_at(log.path.parents[1])
    monkeypatch.setattr(other, "_catch_up", lambda: False)
    with pytest.raises(NotSavedError):
        other.append([say(2)])
    assert log.path.read_bytes() == before


# --- damage -------------------------------------------------------------------------------------------------


def test_a_log_cut_at_every_byte_of_its_last_line(tmp_path):
    log = log_at(tmp_path / "whole")
    log.append([say(1, "först"), say(2, 'å "sist", med 🎈')])
    whole = log.path.read_bytes()
    start = whole[:-1].rindex(b"\n") + 1
    for end in range(start, len(whole) + 1):
        cut = log_at(tmp_path / str(end))
        cut.path.parent.mkdir(parents=True)
        cut.path.write_bytes(whole[:end])
        rows, problems = cut.read()
        is_whole = end >= len(whole) - 1
        assert [row[1] for _, row in rows] == ["e001", "e002"][: 1 + is_whole]
        assert [problem.row for problem in problems] == ([] if is_whole or end == start else [3])
        assert cut.path.read_bytes() == whole[:end]
        cut.append([say(2, 'å "sist", med 🎈'), say(3, "efteråt")])
        assert cut.path.read_bytes().startswith(whole[:end])
        assert texts_of(cut) == ["först", 'å "sist", med 🎈', "efteråt"]
        assert cut.append([say(3, "efteråt")])[0] == cut.read()[0][-1][1]


@pytest.mark.parametrize("length", range(len(HEADER) + 1))
def test_a_header_cut_anywhere_is_completed(log, length):
    log.path.parent.mkdir()
    log.path.write_bytes(HEADER[:length])
    log.append([say(1)])
    assert log.path.read_bytes().startswith(HEADER)
    assert log.read()[0][0][0] == 2
    assert log.read()[1] == []


@given(st.lists(st.binary(max_size=40), max_size=5))
@example([b"\0\0\0\0", b"\xff\xfe", b'"', b"decided_at"])
def test_damaged_lines_stay_and_hide_nothing(lines):
    damage = b"\n".join(lines)
    with tempfile.TemporaryDirectory() as folder:
        log = log_at(Path(folder))
        log.append([say(1)])
        with log.path.open("ab") as file:
            file.write(damage)
        before = log.path.read_bytes()
        assert len(log.read()[0]) == 1
        log.append([say(2)])
        assert log.path.read_bytes().startswith(before)
        rows, problems = log.read()
        assert [row[1] for _, row in rows] == ["e001", "e002"]
        listed = [line for line in lines if line.rstrip(b"\r") and not line.startswith(b"decided_at")]
        assert len(problems) >= len([line for line in listed if b"\n" not in line])


# --- a disk that says no ------------------------------------------------------------------------------------

FULL_DISK = """
import resource, signal, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from test_log import NotSavedError, log_at, say
log = log_at(Path(sys.argv[2]))
log.append([say(0, "först")])
size = log.path.stat().st_size
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
events = [say(number, "x" * 50) for number in range(1, 6)]
for room in range(0, 400, 7):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + room, resource.RLIM_INFINITY))
    try:
        log.append(events)
    except NotSavedError as error:
        assert "None of these 5 counts as saved" in str(error), error
    else:
        raise SystemExit("no error on a full disk")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
log.append(events)
log.append(events)
"""


@pytest.mark.posix
def test_a_full_disk_says_so_and_the_same_events_are_saved_once_afterwards(log, tmp_path):
    script = [sys.executable, "-c", FULL_DISK, str(Path(__file__).parent), str(tmp_path)]
    subprocess.run(script, check=True, timeout=60)
    rows, problems = log.read()
    assert [row[1] for _, row in rows] == [f"e{number:03}" for number in range(6)]
    assert all("cannot be read" in problem.what for problem in problems)


def test_a_disk_that_fails_to_hold_what_it_took_gets_it_again(log, monkeypatch):
    """After a failed fsync the system may drop what the file still seems to hold."""
    failing = [True]
    fsync = os.fsync

    def sync(handle):
        if failing:
            raise OSError(errno.EIO, "Input/output error")
        fsync(handle)

    monkeypatch.setattr(log_module, "sync", sync)
    with pytest.raises(NotSavedError, match="Input/output error"):
        log.append([say(1)])
    failing.clear()
    (saved,) = log.append([say(1)])
    rows = [row for _, row in log.read()[0]]
    assert rows == [saved, saved]
    log.append([say(1)])
    assert len(log.read()[0]) == 2


def test_a_folder_where_the_lock_should_be(log):
    log.append([say(1)])
    log._lock_path.unlink()
    log._lock_path.mkdir()
    with pytest.raises(NotSavedError, match=r"cannot be written to.*Nothing was saved"):
        log.append([say(2)])
    assert texts_of(log) == ["hej"]


def test_a_file_where_a_folder_should_be(log):
    log.path.parent.write_text("här ska en mapp vara", encoding="utf-8")
    with pytest.raises(NotSavedError, match=r"Nothing was saved|None of these 1 counts as saved"):
        log.append([say(1)])


def test_a_log_that_may_not_be_written_to(log, monkeypatch):
    log.append([say(1)])
    opened = os.open

    def refuse(path, flags, *rest, **named):
        if Path(path) == log.path and flags & (os.O_WRONLY | os.O_RDWR):
            raise PermissionError(errno.EACCES, "Permission denied")
        return opened(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(NotSavedError, match=r"anna\.csv: the disk did not take.*Permission denied"):
        log.append([say(2)])
    monkeypatch.undo()
    log.append([say(2)])
    assert [row[1] for _, row in log.read()[0]] == ["e001", "e002"]


def test_a_log_that_cannot_be_read_is_said_to_be(log):
    log.path.mkdir(parents=True)
    rows, (problem,) = log.read()
    assert rows == []
    assert problem.file == "anna.csv"
    assert "cannot be read" in problem.what


def test_a_writer_that_never_ends_is_named(log, monkeypatch):
    monkeypatch.setattr(files_module, "LOCK_SECONDS", 0.05)
    with (
        locked(log._lock_path, log.path.name),
        pytest.raises(NotSavedError, match=r"another program has been writing.*Nothing was saved"),
    ):
        log_at(log.path.parents[1]).append([say(1)])


def test_reading_writes_nothing(log):
    assert log.read() == ([], [])
    assert not log.path.parent.exists()
    assert not log._lock_path.parent.exists()


@pytest.mark.parametrize("fails", ["replace", "fsync"])
def test_a_whole_file_is_the_old_one_or_the_new_one(tmp_path, monkeypatch, fails):
    path = tmp_path / "a.yaml"
    write_whole(path, b"old")

    def fail(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(*((Path, "replace", fail) if fails == "replace" else (files_module, "sync", fail)))
        with pytest.raises(OSError, match="No space"):
            write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"


# --- several processes --------------------------------------------------------------------------------------


@pytest.fixture
def crash(root, monkeypatch):
    monkeypatch.syspath_prepend(root / "benchmarks")
    import crash

    return crash


def test_killed_twenty_times_no_acknowledged_decision_is_gone(crash, memory_path):
    study = crash.make_study(memory_path, 1000)
    outcome = crash.kill_amid(study, 1000, 20, random.Random())
    assert outcome.lost == []
    assert outcome.n_kills == 20
    assert outcome.n_acknowledged > 900
    assert outcome.doubled == 0


def test_two_processes_write_one_log_at_once(crash, memory_path):
    root = crash.make_study(memory_path, 4000)
    crash.write_at_once(root, ["anna", "anna"], 2000)
    study = crash.Study.open(root)
    assert (root / "data/coded/anna.csv").read_bytes().count(b"\n") == 4001
    history = study.history("anna")
    assert sorted(history["note_id"]) == sorted(study.notes.index)
    assert history["decided_at"].is_unique
    assert len(study.problems) == 0


def test_ten_coders_at_once(crash, memory_path):
    coders = [f"c{number}" for number in range(10)]
    root = crash.make_study(memory_path, 10 * 100)
    crash.write_at_once(root, coders, 100)
    study = crash.Study.open(root)
    assert study.history().groupby("coder").size().to_dict() == dict.fromkeys(coders, 100)
    assert len(study.problems) == 0
