"""How often a 95 % interval holds the true value, in simulated studies.

A note has a true code, drawn with the prevalences. A coder hits it with
probability √α and otherwise picks a code by prevalence; the true alpha is then
α exactly, and AC1 follows from it. Studies are simulated and resampled in
batches: a fresh set of draws of notes serves each batch.

    python benchmarks/coverage.py --studies 2000 --out docs/coverage.csv
    python benchmarks/coverage.py --show docs/coverage.csv

With --rare the grid of rare codes instead, in `coverage_rare.py`.
"""

from __future__ import annotations

import argparse
import itertools
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sekom_analysis.agreement.catalogue import COEFFICIENTS, TERMS
from sekom_analysis.agreement.coefficients import Question
from sekom_analysis.agreement.intervals import acceleration, interval, least_agreement

BATCH = 50
COEFS = ("alpha", "ac1")
METHODS = ("bca", "percentile")
PREVALENCES = {
    2: {"balanced": [0.5, 0.5], "sample": [0.61, 0.39], "10 %": [0.9, 0.1]},
    7: {
        "balanced": [1 / 7] * 7,
        "sample": [0.118, 0.034, 0.03, 0.171, 0.226, 0.189, 0.232],
        # One code takes 90 %, the other six share 10 %.
        "10 %": [0.9] + [0.1 / 6] * 6,
    },
}


class Cell(NamedTuple):
    """One way to simulate studies."""

    n_notes: int
    n_coders: int
    n_codes: int
    prevalence: str
    alpha: float

    @property
    def chances(self) -> np.ndarray:
        """Chance of each code, shape (V,)."""
        chances = np.array(PREVALENCES[self.n_codes][self.prevalence])
        return chances / chances.sum()

    def truth(self) -> dict[str, float]:
        """Return what the coefficients would be with endless notes."""
        by_chance = (self.chances**2).sum()
        observed = self.alpha + (1 - self.alpha) * by_chance
        expected = (1 - by_chance) / (self.n_codes - 1)
        return {"alpha": self.alpha, "ac1": (observed - expected) / (1 - expected)}


CELLS = [
    Cell(n, m, v, prevalence, alpha)
    for n, m, v, prevalence, alpha in itertools.product(
        (50, 99, 200), (2, 3, 4), (2, 7), ("balanced", "sample", "10 %"), (0.4, 0.7, 0.9)
    )
]


def simulate(cell: Cell, n_studies: int, rng) -> np.ndarray:
    """Counts of shape (studies, N, V)."""
    shape = (n_studies, cell.n_notes, cell.n_coders)
    true = rng.choice(cell.n_codes, shape[:2], p=cell.chances)[..., None]
    guess = rng.choice(cell.n_codes, shape, p=cell.chances)
    chosen = np.where(rng.random(shape) < np.sqrt(cell.alpha), true, guess)
    return (chosen[..., None] == np.arange(cell.n_codes)).sum(axis=2).astype(float)


def one_batch(cell: Cell, n_studies: int, n_resamples: int, rng) -> list[dict]:
    counts = simulate(cell, n_studies, rng)
    flat = Question(counts.reshape(-1, cell.n_codes), 1 - np.eye(cell.n_codes), np.eye(cell.n_codes))
    names = dict.fromkeys(name for coef in COEFS for name in COEFFICIENTS[coef].terms)
    of_note = {name: TERMS[name](flat).reshape(*counts.shape[:2], -1) for name in names}
    total = {name: term.sum(axis=1) for name, term in of_note.items()}
    drawn = rng.multinomial(cell.n_notes, np.full(cell.n_notes, 1 / cell.n_notes), n_resamples).astype(float)
    again = {name: np.tensordot(drawn, term, axes=(1, 1)) for name, term in of_note.items()}
    without = {name: total[name][:, None] - term for name, term in of_note.items()}
    once = np.ones(cell.n_notes, np.int64)
    rows = []
    for coef in COEFS:
        formula = COEFFICIENTS[coef].formula
        point, resampled = formula(total, flat), formula(again, flat).value
        left_out = formula(without, flat).value
        ends = np.nanquantile(resampled, [0.025, 0.975], axis=0) if np.isnan(resampled).any() else None
        ends = np.quantile(resampled, [0.025, 0.975], axis=0) if ends is None else ends
        for i in range(n_studies):
            value, observed, expected = (float(part[i]) for part in point)
            if np.isnan(value):
                found = dict.fromkeys(METHODS, (np.nan, np.nan))
            elif observed == 1:
                certain = (least_agreement(expected, cell.n_notes, 0.95), 1.0)
                found = dict.fromkeys(METHODS, certain)
            else:
                skewness = acceleration(left_out[i], once)
                bca = interval(resampled[:, i], value, 0.95, "bca", skewness)
                found = {"bca": bca, "percentile": tuple(ends[:, i])}
            rows += [(coef, method, value, *found[method]) for method in METHODS]
    return rows


def coverage(cell: Cell, n_studies: int, n_resamples: int, seed) -> list[dict]:
    rng = np.random.default_rng(seed)
    rows = []
    for start in range(0, n_studies, BATCH):
        rows += one_batch(cell, min(BATCH, n_studies - start), n_resamples, rng)
    table = pd.DataFrame(rows, columns=["coefficient", "method", "value", "low", "high"])
    out = []
    for (coef, method), part in table.groupby(["coefficient", "method"], sort=False):
        true = cell.truth()[coef]
        defined = part.dropna()
        holds = (defined.low <= true) & (true <= defined.high)
        out.append(
            {
                **cell._asdict(),
                "coefficient": coef,
                "method": method,
                "truth": true,
                "coverage": holds.mean(),
                "below": (defined.high < true).mean(),
                "above": (defined.low > true).mean(),
                "width": (defined.high - defined.low).median(),
                "undefined": 1 - len(defined) / len(part),
                "studies": len(part),
            }
        )
    return out


def as_markdown(table: pd.DataFrame, coef: str) -> str:
    """Return the coverage of BCa intervals: a row for each prevalence, V, alpha; a column for each N, M."""
    part = table[(table.coefficient == coef) & (table.method == "bca")]
    rows = ["prevalence", "n_codes", "alpha"]
    grid = part.pivot_table(index=rows, columns=["n_notes", "n_coders"], values="coverage", sort=False)
    lines = [
        "| prevalence | V | α | " + " | ".join(f"N {n}, M {m}" for n, m in grid.columns) + " |",
        "|---|---|---|" + "---|" * len(grid.columns),
    ]
    for (prevalence, n_codes, alpha), cells in zip(grid.index, grid.to_numpy(), strict=True):
        shown = " | ".join(f"{100 * cell:.1f}" for cell in cells)
        lines.append(f"| {prevalence} | {n_codes} | {alpha} | {shown} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=200, help="the docs: 2000")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--show", type=Path, help="print the tables of an earlier run")
    parser.add_argument("--rare", action="store_true", help="rare codes instead: docs/coverage-rare.csv")
    arguments = parser.parse_args()
    if arguments.rare:
        from coverage_rare import run

        run(arguments.studies, arguments.out, arguments.show)
        return
    if arguments.show:
        known = pd.read_csv(arguments.show)
        print("\n\n".join(f"{coef}\n\n{as_markdown(known, coef)}" for coef in COEFS))
        return
    seeds = np.random.SeedSequence(2016).spawn(len(CELLS))
    rows, start = [], time.perf_counter()
    for done, (cell, seed) in enumerate(zip(CELLS, seeds, strict=True), 1):
        rows += coverage(cell, arguments.studies, arguments.resamples, seed)
        print(f"{done}/{len(CELLS)} {time.perf_counter() - start:.0f} s {cell}", flush=True)
    table = pd.DataFrame(rows)
    print(table.round(3).to_string(index=False))
    if arguments.out:
        table.round(4).to_csv(arguments.out, index=False, lineterminator="\n")
        print(f"Written to {arguments.out}")


if __name__ == "__main__":
    main()
