"""How often intervals from whole clusters hold the true value, and intervals of a difference the true one.

Notes are written at tables. Where tables differ in *difficulty*, each has its
own chance that a coder hits the true code; where they differ in *topic*, its
own prevalences; *both*; *strong*, both and more so; *uneven*, tables of 2 to 20
notes that differ in difficulty; *independent*, tables that do not differ. The
true values come from 400,000 notes of the same kind.

    python benchmarks/coverage_clusters.py --studies 2000 --out docs/coverage-clusters.csv
    python benchmarks/coverage_clusters.py --show docs/coverage-clusters.csv
"""

from __future__ import annotations

import argparse
import itertools
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sekom_analysis.agreement import agreement_difference, posteriors
from sekom_analysis.agreement.catalogue import COEFFICIENTS, TERMS
from sekom_analysis.agreement.clusters import jackknife_interval
from sekom_analysis.agreement.coefficients import Question
from sekom_analysis.agreement.differences import jackknife_difference

SEVEN = np.array([0.118, 0.034, 0.03, 0.171, 0.226, 0.189, 0.232])
N_CODERS, PER_TABLE = 3, 8
SCENARIOS = ("difficulty", "topic", "both", "strong", "uneven", "independent")
TABLES = (8, 12, 20, 30, 100)
ALPHAS = (0.34, 0.6, 0.87)
# How much tables differ: the lower, the more. Of hits a beta, of codes a Dirichlet distribution.
HITS = {"difficulty": 6, "both": 6, "uneven": 6, "strong": 2}
TOPICS = {"topic": 5, "both": 5, "strong": 2}
# What an interval from clusters may cost where notes are independent.
COST = dict(zip(TABLES, (1.22, 1.15, 1.10, 1.07, 1.05), strict=True))
RARE_PAIRS = ((0.4, 0.4), (0.7, 0.7), (0.4, 0.7))
BATCH = 100
TRUE_TABLES = 50_000
QUESTION = Question(np.zeros((0, len(SEVEN))), 1 - np.eye(len(SEVEN)), np.eye(len(SEVEN)))
ALPHA = COEFFICIENTS["alpha"]


class Cell(NamedTuple):
    """Studies of one kind: `alpha`, or the change of it, before `scenario` moves it."""

    what: str  # clusters | difference
    scenario: str
    n_tables: int  # of the scenario "notes", notes
    alpha: float
    alpha_after: float = np.nan

    @property
    def hits(self) -> list[float]:
        """Chance that a coder hits the true code, in each round."""
        rounds = [self.alpha, self.alpha_after] if self.what == "difference" else [self.alpha]
        return [float(np.sqrt(a)) for a in rounds]


def simulate(scenario: str, shape: tuple[int, int], hits: list[float], rng) -> np.ndarray:
    """Choices, once for each chance to hit: (rounds, studies, tables, notes, coders), −1 where none is."""
    chances = SEVEN / SEVEN.sum()
    n_notes = 20 if scenario == "uneven" else 1 if scenario == "notes" else PER_TABLE
    if scenario in TOPICS:
        own = np.maximum(rng.gamma(chances * TOPICS[scenario], 1, (*shape, len(chances))), 1e-12)
        own = own / own.sum(-1, keepdims=True)
    else:
        own = np.broadcast_to(chances, (*shape, len(chances)))
    steps = own.cumsum(-1)[:, :, None, :-1]
    true = (rng.random((*shape, n_notes))[..., None] > steps).sum(-1)
    easy = rng.random(shape)  # a table that is hard stays so in the second round
    made = []
    for hit in hits:
        if scenario in HITS:
            table = np.quantile(rng.beta(hit * HITS[scenario], (1 - hit) * HITS[scenario], 20_001), easy)
        else:
            table = np.full(shape, hit)
        full = (*shape, n_notes, N_CODERS)
        guess = np.searchsorted(chances.cumsum()[:-1], rng.random(full))
        made.append(np.where(rng.random(full) < table[:, :, None, None], true[..., None], guess))
    choices = np.array(made)
    if scenario == "uneven":
        sizes = rng.integers(2, 21, shape)
        choices[:, np.arange(n_notes)[None, None] >= sizes[..., None]] = -1
    return choices


def sums(choices: np.ndarray, *, by_note: bool = False) -> dict[str, np.ndarray]:
    """What each table, or note, adds to the terms of alpha: (…, tables, K)."""
    counts = (choices[..., None] == np.arange(len(SEVEN))).sum(axis=-2).astype(float)
    asked = replace(QUESTION, counts=counts.reshape(-1, len(SEVEN)))
    of_note = {name: TERMS[name](asked).reshape(*counts.shape[:-1], -1) for name in ALPHA.terms}
    if by_note:
        return {name: term.reshape(*term.shape[:-3], -1, term.shape[-1]) for name, term in of_note.items()}
    return {name: term.sum(axis=-2) for name, term in of_note.items()}


def value(terms: dict[str, np.ndarray]) -> np.ndarray:
    return ALPHA.formula(terms, QUESTION).value


def whole_and_without(terms: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    total = {name: term.sum(axis=-2) for name, term in terms.items()}
    left = {name: total[name][..., None, :] - term for name, term in terms.items()}
    return value(total), value(left)


def truth(cell: Cell) -> list[float]:
    rng = np.random.default_rng(99)
    added: list[dict[str, np.ndarray]] = []
    for _ in range(10):
        choices = simulate(cell.scenario, (1, TRUE_TABLES // 10), cell.hits, rng)
        added.append({name: term.sum(axis=(1, 2)) for name, term in sums(choices).items()})
    total = {name: sum(one[name] for one in added) for name in added[0]}
    return [float(v) for v in value(total)]


def run(cell: Cell, n_studies: int, seed: int) -> dict:
    rng = np.random.default_rng(seed)
    known = truth(cell)
    is_difference = cell.what == "difference"
    true = known[-1] - known[0] if is_difference else known[0]
    ends, widths = [], []
    for start in range(0, n_studies, BATCH):
        size = min(BATCH, n_studies - start)
        choices = simulate(cell.scenario, (size, cell.n_tables), cell.hits, rng)
        found, without = whole_and_without(sums(choices))
        once = np.ones(without.shape[-1], np.int64)
        if is_difference:
            change, left = found[1] - found[0], without[1] - without[0]
            each = [jackknife_difference([left[i]], change[i], 0.95)[:2] for i in range(size)]
            ends.append(np.array(each))
            continue
        ends.append(np.stack(jackknife_interval(found[0], without[0], once, 0.95), axis=-1))
        if cell.scenario == "independent":
            notes = whole_and_without(sums(choices, by_note=True))
            single = np.ones(notes[1].shape[-1], np.int64)
            low, high = jackknife_interval(notes[0][0], notes[1][0], single, 0.95)
            widths.append(high - low)
    low, high = np.concatenate(ends).T
    width = float(np.nanmedian(high - low))
    return {
        **cell._asdict(),
        "truth": true,
        "coverage": float(((low <= true) & (true <= high)).mean()),
        "width": width,
        "cost": width / float(np.nanmedian(np.concatenate(widths))) if widths else np.nan,
        "undefined": float(np.isnan(low).mean()),
        "studies": n_studies,
    }


CELLS = [
    *(Cell("clusters", *cell) for cell in itertools.product(SCENARIOS, TABLES, ALPHAS)),
    *(
        Cell("difference", "notes", n, a, b)
        for n, (a, b) in itertools.product((50, 99, 200), ((0.6, 0.6), (0.6, 0.74), (0.4, 0.6), (0.7, 0.85)))
    ),
    *(
        Cell("difference", scenario, 12, a, b)
        for scenario, (a, b) in itertools.product(SCENARIOS, ((0.6, 0.6), (0.6, 0.74), (0.4, 0.6)))
    ),
]


def run_rare(prevalence: float, alpha: float, alpha_after: float, n_studies: int, seed: int) -> dict:
    """How often the interval of a difference on a rare code holds: 99 notes, two coders, the public way."""
    rng, n_notes = np.random.default_rng(seed), 99
    index, held, widths = pd.RangeIndex(n_notes), [], []
    for _ in range(n_studies):
        true = rng.random(n_notes) < prevalence
        sides = []
        for hit in np.sqrt([alpha, alpha_after]):
            shape = (n_notes, 2)
            chosen = np.where(rng.random(shape) < hit, true[:, None], rng.random(shape) < prevalence)
            sides.append(pd.DataFrame(np.where(chosen, "held", "other"), index, ["k1", "k2"]))
        row = agreement_difference(*sides).iloc[0]
        if not np.isnan(row["low"]):
            held.append(row["low"] <= alpha_after - alpha <= row["high"])
            widths.append(row["high"] - row["low"])
    return {
        "what": "rare", "scenario": f"{100 * prevalence:.0f} %", "n_tables": n_notes, "alpha": alpha,
        "alpha_after": alpha_after, "truth": alpha_after - alpha, "coverage": float(np.mean(held)),
        "width": float(np.median(widths)), "cost": np.nan, "undefined": 1 - len(held) / n_studies,
        "studies": n_studies,
    }  # fmt: skip


def as_markdown(table: pd.DataFrame) -> str:
    """Return a row per scenario and α, a column per number of tables; then the differences."""
    clusters = table[table["what"] == "clusters"]
    heads = " | ".join(f"{n} tables" for n in TABLES)
    lines = [f"| tables differ in | α | {heads} |", "|---|---|" + "---|" * len(TABLES)]
    for (scenario, alpha), part in clusters.groupby(["scenario", "alpha"], sort=False):
        held = part.set_index("n_tables")["coverage"]
        lines.append(f"| {scenario} | {alpha} | " + " | ".join(f"{held[n]:.3f}" for n in TABLES) + " |")
    lines += ["", "| drawn | N | α before | α after | coverage | width |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {r.scenario} | {r.n_tables} | {r.alpha} | {r.alpha_after} | {r.coverage:.3f} | {r.width:.2f} |"
        for r in table[table["what"] != "clusters"].itertuples()
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--studies", type=int, default=100)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--show", type=Path)
    given = parser.parse_args()
    if given.show:
        print(as_markdown(pd.read_csv(given.show)))
        return
    start, rows = time.perf_counter(), []
    for number, cell in enumerate(CELLS):
        rows.append(run(cell, given.studies, number))
        print({k: round(v, 3) if isinstance(v, float) else v for k, v in rows[-1].items()}, flush=True)
    posteriors.N_DRAWS = 4_000  # noise of the ends evens out over studies
    for number, (prevalence, pair) in enumerate(itertools.product((0.02, 0.03, 0.05, 0.1), RARE_PAIRS)):
        rows.append(run_rare(prevalence, *pair, given.studies, number))
        print({k: round(v, 3) if isinstance(v, float) else v for k, v in rows[-1].items()}, flush=True)
    table = pd.DataFrame(rows).round(4)
    if given.out:
        table.to_csv(given.out, index=False)
    print(as_markdown(table))
    clusters = table[table["what"] == "clusters"]
    over = clusters[clusters["cost"] > clusters["n_tables"].map(COST)]
    print(f"lowest coverage {clusters['coverage'].min():.3f}; costs above the limit: {len(over)}")
    print(f"{len(table)} cells of {given.studies} studies: {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
