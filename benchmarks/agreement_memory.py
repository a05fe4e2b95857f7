"""Memory and time where tables are large: a million notes, 50 million decisions, every pattern distinct.

Each case runs in a process of its own; its memory is the highest resident size
beyond what the process held before (Linux only).

    python benchmarks/agreement_memory.py [--decisions 50000000]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from agreement_speed import make_ratings


def resident(which: str) -> float:
    """MB from /proc: VmRSS now, VmHWM the highest since `forget_peak`."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(which))


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def report(name: str, task) -> None:
    forget_peak()
    before, start, worked = resident("VmRSS"), time.perf_counter(), time.process_time()
    task()
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    beyond = resident("VmHWM") - before
    print(
        f"{name:66} {seconds:7.2f} s ({worked:.2f} s of processor) {beyond:6.0f} MB beyond the input",
        flush=True,
    )


def million() -> None:
    from sekom_analysis.agreement import agreement

    ratings = make_ratings(1_000_000)
    report(
        "1,000,000 notes × 5 × 8, alpha + AC1 + percent, 1,000 resamples",
        lambda: agreement(ratings, n_resamples=1_000),
    )


def worst() -> None:
    from sekom_analysis.agreement import agreement

    rng = np.random.default_rng(0)
    codes = [f"c{k}" for k in range(20)]
    columns = {f"k{j}": pd.Categorical.from_codes(rng.integers(0, 20, 10_000), codes) for j in range(20)}
    ratings = pd.DataFrame(columns)
    agreement(ratings.head(100), n_resamples=10)
    for name in ("alpha", None):
        label = (
            f"10,000 notes × 20 × 20, every pattern distinct, {name or 'three coefficients'}, 1,000 resamples"
        )
        report(label[:66], lambda name=name: agreement(ratings, coefficients=name, n_resamples=1_000))


def parquet(n_decisions: int, folder: str) -> None:
    import duckdb

    from sekom_analysis.agreement import agreement, count_patterns

    path = Path(folder) / "decisions.parquet"
    with duckdb.connect() as maker:
        maker.execute("set memory_limit = '1GB'; set threads = 2; set preserve_insertion_order = false")
        maker.execute(
            f"""
            copy (select 'n' || i // 5 as note_id, 'k' || i % 5 as coder,
                  'code_' || case when hash(i) % 10 < 7 then hash(i // 5) else hash(i + 1) end % 8 as codes
                  from range({n_decisions}) t(i)) to '{path.as_posix()}' (format parquet)
            """
        )
    names = ["percent", "alpha", "fleiss", "ac1", "brennan_prediger"]
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '700MB'; set threads = 2")

        def task() -> None:
            patterns = count_patterns(connection.read_parquet(path.as_posix()))
            agreement(patterns, coefficients=names, n_resamples=10_000)

        report(f"{n_decisions:,} decisions in Parquet through DuckDB, 10,000 resamples", task)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=50_000_000)
    parser.add_argument("--case", choices=["million", "worst", "parquet"])
    parser.add_argument("--folder", default=tempfile.gettempdir(), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not Path("/proc/self/clear_refs").exists():
        print("Memory is measured on Linux only.")
        return
    if arguments.case:
        cases = {"million": million, "worst": worst}
        if arguments.case == "parquet":
            parquet(arguments.decisions, arguments.folder)
        else:
            cases[arguments.case]()
        return
    with tempfile.TemporaryDirectory() as folder:
        for case in ("million", "worst", "parquet"):
            command = [sys.executable, __file__, "--case", case, "--folder", folder]
            subprocess.run([*command, "--decisions", str(arguments.decisions)], check=True)


if __name__ == "__main__":
    main()
