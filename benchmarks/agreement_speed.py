"""Alpha and its intervals beside other packages, in one run: times and ratios.

Every package gets the same table of plain strings with gaps, 5 coders × 8
codes, 10 % unseen, and its own conversion counts. The others are installed
into an environment of their own (`.benchmarks/peers`), not into the project's.

    python benchmarks/agreement_speed.py [--sizes 200 1000 10000 1000000]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import venv
from pathlib import Path

import numpy as np
import pandas as pd

HOME = Path(__file__).parents[1] / ".benchmarks" / "peers"
PEERS = ["krippendorff==0.9.0", "evalaudit==0.6.0", "simpledorff==0.0.2", "pandas>=3", "numpy>=2", "pyarrow"]
CODES = [f"code_{k}" for k in range(8)]
SIZES = [200, 1_000, 10_000, 1_000_000]
# A task that would take longer than this, going by the size before, is left out.
PATIENCE = 60.0
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


def make_ratings(n_notes: int, n_coders: int = 5) -> pd.DataFrame:
    rng = np.random.default_rng(n_notes)
    truth = rng.integers(0, len(CODES), n_notes)
    columns = {}
    for j in range(n_coders):
        chosen = np.where(rng.random(n_notes) < 0.7, truth, rng.integers(0, len(CODES), n_notes))
        chosen[rng.random(n_notes) < 0.1] = -1
        columns[f"k{j}"] = pd.Categorical.from_codes(chosen, categories=CODES)
    return pd.DataFrame(columns)


def as_text(ratings: pd.DataFrame) -> pd.DataFrame:
    return ratings.astype("str").where(ratings.notna())


def best_of(task, clock, patience: float = 1.0) -> float:
    """Shortest of a few runs, in seconds."""
    found, spent = [], 0.0
    while len(found) < 3 or (spent < patience and len(found) < 50):
        start = clock()
        task()
        found.append(clock() - start)
        spent += found[-1]
        if found[-1] > 2:
            break
    return min(found)


def our_tasks(ratings: pd.DataFrame, text: pd.DataFrame) -> dict:
    from sekom_analysis.agreement import agreement, alpha

    table = pd.Series(np.random.default_rng(0).integers(0, max(8, len(text) // 20), len(text)), text.index)

    def resampled(table, n_resamples, coefficients="alpha"):
        return lambda: agreement(table, coefficients=coefficients, n_resamples=n_resamples, method="bca")

    return {
        "point": {"ours, categories": lambda: alpha(ratings), "ours, strings": lambda: alpha(text)},
        "1000": {
            "ours, categories": resampled(ratings, 1_000),
            "ours, strings": resampled(text, 1_000),
            "ours, percent + alpha + AC1": resampled(ratings, 1_000, None),
        },
        "10000": {
            "ours, categories": resampled(ratings, 10_000),
            "ours, strings": resampled(text, 10_000),
            "ours, clusters": lambda: agreement(text, coefficients="alpha", cluster=table),
            "ours, clusters resampled": lambda: agreement(
                text, coefficients="alpha", cluster=table, method="bca"
            ),
        },
    }


def peer_tasks(text: pd.DataFrame) -> dict:
    import krippendorff
    from evalaudit import rater_agreement
    from simpledorff import calculate_krippendorffs_alpha_for_df

    def numbers(table):
        found, _ = pd.factorize(table.to_numpy().ravel())
        return np.where(found < 0, np.nan, found).reshape(table.shape).T

    def long(table, *names):
        return table.rename_axis("item_id").reset_index().melt("item_id", None, *names).dropna()

    def krippendorff_point():
        return krippendorff.alpha(numbers(text), level_of_measurement="nominal")

    def krippendorff_looped():
        rng, table = np.random.default_rng(0), numbers(text)
        for _ in range(1_000):
            again = table[:, rng.integers(0, table.shape[1], table.shape[1])]
            krippendorff.alpha(again, level_of_measurement="nominal")

    def evalaudit(n_resamples):
        table = long(text, "rater_id", "rating")
        return rater_agreement(table, bootstrap_ci=n_resamples > 0, n_boot=max(n_resamples, 1), seed=0)

    def simpledorff():
        table = long(text, "rater_id", "rating")
        return calculate_krippendorffs_alpha_for_df(
            table, experiment_col="item_id", annotator_col="rater_id", class_col="rating"
        )

    return {
        "point": {
            "krippendorff": krippendorff_point,
            "evalaudit": lambda: evalaudit(0),
            "simpledorff": simpledorff,
        },
        "1000": {"evalaudit": lambda: evalaudit(1_000), "krippendorff, looped": krippendorff_looped},
        "10000": {"evalaudit": lambda: evalaudit(10_000)},
    }


def measure(role: str, sizes: list[int], clock) -> None:
    """Print one JSON line a measurement, so that nothing is lost if a package runs out of memory."""
    slow: dict[tuple[str, str], float] = {}
    for size, before in zip(sizes, [None, *sizes[:-1]], strict=True):
        ratings = make_ratings(size)
        text = as_text(ratings)
        tasks = our_tasks(ratings, text) if role == "ours" else peer_tasks(text)
        for what, by_whom in tasks.items():
            for who, task in by_whom.items():
                expected = slow.get((what, who), 0.0) * (size / before if before else 1)
                if expected > PATIENCE:
                    print(json.dumps({"notes": size, "what": what, "who": who, "seconds": None}), flush=True)
                    slow[what, who] = expected
                    continue
                try:
                    seconds = best_of(task, clock)
                except MemoryError:
                    seconds = None
                print(json.dumps({"notes": size, "what": what, "who": who, "seconds": seconds}), flush=True)
                slow[what, who] = seconds or float("inf")


def peers_python() -> Path:
    python = HOME / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        print(f"Installing {', '.join(PEERS)} into {HOME}")
        venv.create(HOME, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return python


def show(rows: list[dict]) -> None:
    table = pd.DataFrame(rows)
    for (notes, what), part in table.groupby(["notes", "what"], sort=False):
        name = "alpha" if what == "point" else f"alpha, {int(what):,} resamples"
        reference = part.seconds[part.who == "ours, strings"].iloc[0]
        print(f"\n{notes:,} notes, {name}")
        for row in part.itertuples():
            if row.seconds is None or np.isnan(row.seconds):
                print(f"  {row.who:30} left out: too slow or too large")
            else:
                ratio = row.seconds / reference
                print(f"  {row.who:30} {1000 * row.seconds:10.2f} ms  {ratio:8.2f} × ours, strings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall", help="processor: on a busy machine")
    parser.add_argument("--role", default="all", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.role != "all":
        measure(arguments.role, arguments.sizes, CLOCKS[arguments.clock])
        return
    rows = []
    sizes = [str(size) for size in arguments.sizes]
    for role, python in (("ours", Path(sys.executable)), ("peers", peers_python())):
        command = [python, __file__, "--role", role, "--clock", arguments.clock, "--sizes", *sizes]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
        rows += [json.loads(line) for line in ran.stdout.splitlines()]
        if ran.returncode:
            print(f"{role}: ended early ({ran.returncode}), after {rows[-1:]}\n{ran.stderr}")
    show(rows)


if __name__ == "__main__":
    main()
