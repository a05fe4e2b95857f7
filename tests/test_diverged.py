"""Two computers that went apart come to the same state in whatever order they are joined, whatever clocks."""

from __future__ import annotations

import json
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.exchange.takings import Dates
from sekom_analysis.study.decisions import Event
from sekom_analysis.study.log import coder_log
from sekom_analysis.study.rows import note_hash, utc_text
from sekom_analysis.study.study import Study

# How wrong a clock is, in seconds; the last one is set to 2199.
CLOCKS = (0, 0, -3 * 3600, -400 * 86400, 3600, 2 * 3600, 30 * 86400, 5_400_000_000)
NOTES, CODES = ("n1", "n2", "007"), ("hinder", "mojlighet", "none_fits")
N_PAIRS = 60
LAPPAR = pd.DataFrame({"note_id": NOTES, "text": ["Ojämn nivå", "Viljan finns", "För lite tid"]})
CODEBOOK = {
    "variables": [
        {
            "id": "valence",
            "kind": "single",
            "label": "Hinder?",
            "codes": [{"id": code, "label": code.title()} for code in CODES[:2]],
        }
    ]
}


def made(rng: random.Random, who: str, now: datetime) -> list[Event]:
    """What somebody did in three hours, by a clock that may be wrong, and that may be set meanwhile."""
    clocks = rng.choices(CLOCKS, k=2)
    begin = now - timedelta(hours=3)
    events: list[Event] = []
    newest = ""
    for number in range(rng.randint(2, 12)):
        begin += timedelta(minutes=rng.randint(1, 12))
        clock = clocks[number > 6]
        time = max(utc_text(begin + timedelta(seconds=clock)), _after(newest))
        kind = rng.choice(("decide", "decide", "decide", "retract"))
        codes = rng.choice(CODES) if kind == "decide" else ""
        note = rng.choice(NOTES)
        events.append(
            Event(time, f"{who}-{number:04}", note, "", "valence", codes, "", "", "", "1", "page", kind)
        )
        newest = time
    return events


def _after(time: str) -> str:
    return utc_text(datetime.fromisoformat(time) + timedelta(microseconds=1)) if time else ""


def whole(study: Study, event: Event) -> Event:
    seen = study.codebook["valence"].version
    return event._replace(note_hash=note_hash(study.notes.at[event.note_id, "text"]), codebook=seen)


def page_file(path: Path, study: Study, events: list[Event]) -> Path:
    head = {
        "file": "sekom-answers",
        "version": 1,
        "study": study.about.id,
        "coder": "anna",
        "events": len(events),
    }
    lines = [
        {
            "event_id": e.event_id, "variable": e.variable, "event": e.event,
            "codes": [e.codes] if e.codes else [], "certainty": "", "memo": "", "pass": 1,
            "note_hash": e.note_hash, "codebook": e.codebook,
            "at": e.decided_at, "key": study.note_keys[e.note_id],
        }
        for e in events
    ]  # fmt: skip
    path.write_text("".join(json.dumps(one) + "\n" for one in [head, *lines]), encoding="utf-8")
    return path


def folded(study: Study) -> list[tuple[str, ...]]:
    """What stands; not when it counts from, which an answer dated now has from the hour of collecting."""
    columns = ["note_id", "variable", "pass", "codes", "event_id"]
    return sorted(study.decisions()[columns].itertuples(index=False, name=None))


def pair(number: int, study: Study) -> tuple[list[Event], list[Event]]:
    rng = random.Random(number)
    now = datetime.now(UTC) - timedelta(minutes=5)
    common = [
        whole(study, e) for e in made(rng, f"c{number:03}", now - timedelta(hours=4))[: rng.randint(1, 3)]
    ]
    ones = [whole(study, e) for e in made(rng, f"a{number:03}", now)]
    others = [whole(study, e) for e in made(rng, f"b{number:03}", now)]
    return [*common, *ones], [*common, *others]


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Study:
    study = Study.create(tmp_path_factory.mktemp("empty") / "s", notes=LAPPAR, codebook=CODEBOOK)
    study.desk("anna").keep_definitions(["valence"])
    return study


@pytest.mark.parametrize("number", range(N_PAIRS))
def test_two_files_come_to_the_same_in_either_order(empty, memory_path, number):
    """Two browsers' files, or two copied logs, or one of each."""
    one, other = pair(number, empty)
    states = []
    for order in (1, -1):
        study = Study.open(shutil.copytree(empty.root, memory_path / f"s{order}"))
        files = []
        for name, events, is_page in (("a", one, number % 3 != 1), ("b", other, number % 3 == 0)):
            folder = memory_path / f"{name}{order}"
            shutil.copytree(empty.root / "data/coded/codebooks", folder / "codebooks")
            path = folder / ("anna.jsonl" if is_page else "anna.csv")
            if is_page:
                page_file(path, study, events)
            else:
                copy = Study.open(shutil.copytree(empty.root, memory_path / f"c{name}{order}"))
                coder_log(copy.root, "anna").append([tuple(e) for e in events], stamp=False)
                shutil.copyfile(copy.root / "data/coded/anna.csv", path)
            files.append(path)
        for path in files[::order]:
            study.collect(path, same_person=True)
        for path in files[::order]:
            assert len(study.collect(path, same_person=True).added) == 0
        states.append(folded(study))
        assert study.history()["decided_at"].max() < utc_text(datetime.now(UTC) + timedelta(minutes=1))
    assert states[0] == states[1]


@pytest.mark.parametrize("number", range(N_PAIRS))
def test_two_computers_that_collect_each_others_log_come_to_the_same(empty, memory_path, number):
    copies = []
    for name, events in zip("ab", pair(number, empty), strict=True):
        copy = Study.open(shutil.copytree(empty.root, memory_path / name))
        coder_log(copy.root, "anna").append([tuple(event) for event in events], stamp=False)
        shutil.copytree(copy.root, memory_path / f"{name}-before")
        copies.append(copy)
    copies[0].collect(memory_path / "b-before/data/coded/anna.csv", same_person=True)
    copies[1].collect(memory_path / "a-before/data/coded/anna.csv", same_person=True)
    assert folded(copies[0]) == folded(copies[1])
    copies[0].collect(copies[1].root / "data/coded/anna.csv")
    copies[1].collect(copies[0].root / "data/coded/anna.csv")
    assert folded(copies[0]) == folded(copies[1])


MOMENT = datetime(2024, 1, 1, 12, tzinfo=UTC)
SECONDS = st.one_of(
    st.integers(-20_000, -60), st.integers(60, 20_000), st.integers(5_000_000_000, 5_000_000_050)
)
FILES = st.lists(st.lists(SECONDS, min_size=1, max_size=9, unique=True), min_size=2, max_size=2)


@given(files=FILES)
def test_the_order_of_times_stays_whichever_file_comes_first(files):
    named = [
        [(utc_text(MOMENT + timedelta(seconds=s)), f"e{number}{place:03}") for place, s in enumerate(file)]
        for number, file in enumerate(files)
    ]
    wanted = [event_id for _, event_id in sorted(named[0] + named[1])]
    for order in (1, -1):
        came: list[tuple[str, str]] = []
        counts: dict[str, str] = {}
        for hours, file in enumerate(named[::order]):
            now = utc_text(MOMENT + timedelta(seconds=10 * hours))
            found = Dates([*came, *((time, one) for one, time in counts.items())], now).of(file)
            assert all(found[one] <= time for time, one in file)
            counts |= found
            came += file
        assert sorted(counts, key=lambda one: (counts[one], one)) == wanted
