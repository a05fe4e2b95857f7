"""How long a person waits: import, help and report, each beside what Python itself takes.

Run it on an idle machine: ``python benchmarks/startup.py``. The best of several runs is shown,
and the ratio to a bare Python start.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sekom_analysis.study.making import create_sample

ALLOWED = {"import sekom_analysis": 0.5, "sekom --help": 0.5, "sekom report": 15.0}


def seconds(*command: str, runs: int = 5) -> float:
    """Return the best time of several runs of a command, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        create_sample(Path(folder) / "sample")
        report = ("-m", "sekom_analysis", "report", "--study", str(Path(folder) / "sample"))
        bare = seconds("-c", "pass")
        measured = {
            "bare python": bare,
            "import pandas": seconds("-c", "import pandas"),
            "import sekom_analysis": seconds("-c", "import sekom_analysis"),
            "sekom --help": seconds("-m", "sekom_analysis", "--help"),
            "sekom report": seconds(*report, runs=2),
        }
    for name, took in measured.items():
        limit = f"   allowed {ALLOWED[name]:g} s" if name in ALLOWED else ""
        print(f"{name:22} {took:6.2f} s   {took / bare:6.1f} × bare python{limit}")


if __name__ == "__main__":
    main()
