"""Endurance of the logs: `kill -9` in the middle of decisions, several writers at once.

Run by `make bench`: 1,000 decisions, killed 200 times on the way. The tests run the same with fewer.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.study.decisions import Event
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.study import Study

N_DECISIONS = 1000
N_KILLS = 200
CODES = ("hinder", "mojlighet")
CODEBOOK = {
    "variables": [
        {
            "id": "valence",
            "kind": "single",
            "label": "Hinder?",
            "codes": [{"id": code, "label": code} for code in CODES],
        }
    ]
}


class Outcome(NamedTuple):
    """What a kill left behind: decisions that were acknowledged, and those of them that are gone."""

    n_kills: int
    n_acknowledged: int
    lost: list[str]
    doubled: int
    n_damaged: int


def processes() -> multiprocessing.context.BaseContext:
    """Return how to start processes: by fork from a server that has the library loaded, if possible."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sekom_analysis.study.study"])
    return context


def make_study(folder: Path, n_notes: int) -> Path:
    """Make a study of n_notes notes, each with one question."""
    import pandas as pd

    numbers = range(1, n_notes + 1)
    notes = pd.DataFrame({"note_id": [f"n{i}" for i in numbers], "text": [f"Lapp {i}" for i in numbers]})
    return Study.create(folder / "study", notes=notes, codebook=CODEBOOK).root


def decide_all(root: Path, coder: str, first: int, last: int) -> None:
    """Decide on the notes first to last one by one."""
    desk = Study.open(root).desk(coder)
    for number in range(first, last + 1):
        _decide(desk, number)


def decide_until_killed(root: Path, coder: str, first: int, n_notes: int, acknowledged: Connection) -> None:
    """Decide on the notes from the first on, round and round; send each on once it counts as saved."""
    desk = Study.open(root).desk(coder)
    for number in itertools.count(first):
        event = _decide(desk, 1 + (number - 1) % n_notes)
        acknowledged.send((event.event_id, event.note_id, event.codes))


def _decide(desk: Desk, number: int) -> Event:
    return desk.decide(f"n{number}", "valence", CODES[number % 2], memo=f"lapp {number}\nanna å 🎈")


def kill_amid(root: Path, n_decisions: int, n_kills: int, rng: random.Random) -> Outcome:
    """Let one process after the other decide on, kill each on its way, and look for what was acknowledged."""
    acknowledged: dict[str, tuple[str, str]] = {}
    hits = done = 0
    for kill in range(1, n_kills + 1):
        stop = kill * n_decisions // (n_kills + 1)
        count, was_killed = _until_killed(root, done + 1, n_decisions, stop - done, rng, acknowledged)
        done += count
        hits += was_killed
    decide_all(root, "anna", done + 1, n_decisions)
    return _outcome(root, hits, acknowledged)


def _until_killed(
    root: Path,
    first: int,
    n_notes: int,
    after: int,
    rng: random.Random,
    acknowledged: dict[str, tuple[str, str]],
) -> tuple[int, bool]:
    """Kill a process just after its `after`-th decision; count what it acknowledged, say if it was hit."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = processes().Process(target=decide_until_killed, args=(root, "anna", first, n_notes, theirs))
    process.start()
    theirs.close()
    count = 0
    sent_kill = False
    try:
        while True:
            if count >= after and not sent_kill:
                time.sleep(rng.uniform(0, 0.01))
                process.kill()
                sent_kill = True
            event_id, note_id, codes = ours.recv()
            acknowledged[event_id] = (note_id, codes)
            count += 1
    except (EOFError, OSError):  # the end of the pipe, perhaps amid a message
        process.join()
        ours.close()
        return count, process.exitcode not in (0, 1)


def _outcome(root: Path, n_kills: int, acknowledged: dict[str, tuple[str, str]]) -> Outcome:
    study = Study.open(root)
    history = study.history("anna")
    there = {event.event_id: (event.note_id, event.codes) for event in history.itertuples()}
    lost = [event_id for event_id, what in acknowledged.items() if there.get(event_id) != what]
    rows = (root / "data/coded/anna.csv").read_bytes().splitlines()
    doubled = len(rows) - 1 - len(study.problems) - len(history)
    return Outcome(n_kills, len(acknowledged), lost, doubled, len(study.problems))


def write_at_once(root: Path, coders: list[str], n_decisions: int) -> float:
    """Let one process a coder (a coder may be named twice) decide on its own notes; return the seconds."""
    writers = [
        processes().Process(
            target=decide_all, args=(root, coder, place * n_decisions + 1, (place + 1) * n_decisions)
        )
        for place, coder in enumerate(coders)
    ]
    start = time.perf_counter()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    if any(writer.exitcode for writer in writers):
        msg = f"a writer failed: {[writer.exitcode for writer in writers]}"
        raise RuntimeError(msg)
    return time.perf_counter() - start


def main() -> int:
    """Print what was measured; 1 if an acknowledged decision was lost."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        outcome = kill_amid(make_study(Path(folder), N_DECISIONS), N_DECISIONS, N_KILLS, random.Random(0))
        seconds = time.perf_counter() - start
        print(f"{outcome.n_kills} kills, {outcome.n_acknowledged} decisions acknowledged, {seconds:.1f} s")
        print(f"lost: {len(outcome.lost)}, doubled: {outcome.doubled}, cut lines: {outcome.n_damaged}")
    for coders, n_decisions in ((["anna", "anna"], 2000), ([f"c{i}" for i in range(10)], 500)):
        with tempfile.TemporaryDirectory() as folder:
            root = make_study(Path(folder), len(coders) * n_decisions)
            seconds = write_at_once(root, coders, n_decisions)
            per_decision = 1000 * seconds / (len(coders) * n_decisions)
            print(f"{len(coders)} writers, {len(set(coders))} logs, {n_decisions} decisions each")
            print(f"  {seconds:.1f} s, {per_decision:.1f} ms a decision")
            print(f"  events afterwards: {len(Study.open(root).history())}")
    return bool(outcome.lost)


if __name__ == "__main__":
    sys.exit(main())
