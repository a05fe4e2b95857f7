"""Ten coders at once on one study, each in a process of their own, by the way that the card takes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sekom_analysis as sa

N_CODERS = 10
N_DECISIONS = 500
CODER = """
import sys
import sekom_analysis as sa
from sekom_analysis.coding.session import Session

root, coder, n_decisions = sys.argv[1], sys.argv[2], int(sys.argv[3])
session = Session(sa.Desk.open(root, coder), variables=["dimension"])
notes = session.data()["notes"]
print("ready", flush=True)
sys.stdin.readline()
for number in range(n_decisions):
    event = {
        "event_id": f"{coder}-{number:06}", "note": notes[number % len(notes)]["key"],
        "variable": "dimension",
        "event": "decide", "codes": [["ekologisk"], ["social"], []][number % 3], "certainty": "", "memo": "",
        "pass": 1,
    }
    replies = session.receive({"kind": "events", "events": [event]})
    if replies[0] != {"kind": "saved", "ids": [event["event_id"]]}:
        sys.exit(f"not saved: {replies}")
"""


@pytest.fixture
def busy_place(memory_path):
    """Where files can be synced five thousand times without wearing out anybody's patience."""
    shutil.copytree(Path(__file__).parents[2] / "data" / "raw", memory_path / "study" / "data" / "raw")
    return memory_path / "study"


def test_ten_coders_at_once_and_every_log_is_whole(busy_place):
    coders = [f"coder{number}" for number in range(N_CODERS)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CODER, str(busy_place), coder, str(N_DECISIONS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )
        for coder in coders
    ]  # fmt: skip
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:  # all begin at once
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [(process.communicate(timeout=300)[1], process.returncode) for process in processes]
    assert ends == [("", 0)] * N_CODERS

    study = sa.Study.open(busy_place)
    assert study.coders == coders
    assert len(study.problems) == 0
    for coder in coders:
        history = study.history(coder)
        assert list(history["event_id"]) == [f"{coder}-{number:06}" for number in range(N_DECISIONS)]
        assert history["decided_at"].is_monotonic_increasing
        lines = (busy_place / "data" / "coded" / f"{coder}.csv").read_bytes().splitlines()
        assert len(lines) == 1 + N_DECISIONS
    assert study.ratings("dimension").notna().sum().tolist() == [len(study.notes)] * N_CODERS
