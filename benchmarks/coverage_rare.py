"""How often a 95 % interval holds the true value where a code is rare, in simulated studies.

Studies are simulated as in `coverage.py`, with two codes, and answered by `agreement`: a posterior interval
where the code has less than 10 % of the decisions, BCa elsewhere, none where a side is too small. With three
coders or more the posterior has fewer draws here than in the package, and the cells with gaps fewer studies.

    python benchmarks/coverage.py --rare --studies 2000 --out docs/coverage-rare.csv
    python benchmarks/coverage.py --rare --show docs/coverage-rare.csv
"""

from __future__ import annotations

import itertools
import time
from math import comb
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sekom_analysis.agreement import Patterns, agreement, posteriors

COEFS = ("alpha", "ac1")
FEWER_DRAWS, FEWER_CHAINS = 20_000, 200
SHARE_WITH_GAPS = 0.5
# Shares as whole numbers, out of so many.
WHOLE = 10**9


class Cell(NamedTuple):
    """One way to simulate studies: two codes, the rarer with this prevalence."""

    n_notes: int
    n_coders: int
    prevalence: float
    alpha: float
    gaps: float = 0.0

    def truth(self) -> dict[str, float]:
        """Return what the coefficients would be with endless notes."""
        by_chance = 2 * self.prevalence * (1 - self.prevalence)
        observed = 1 - (1 - self.alpha) * by_chance
        return {"alpha": self.alpha, "ac1": (observed - by_chance) / (1 - by_chance)}

    def patterns(self) -> Patterns:
        """Return how likely k of m coders are, as patterns of very many notes."""
        hit, m_all = np.sqrt(self.alpha), self.n_coders
        by_code = [hit + (1 - hit) * self.prevalence, (1 - hit) * self.prevalence]
        by_truth = [self.prevalence, 1 - self.prevalence]
        counts, shares = [], []
        for m in range(1 if self.gaps else m_all, m_all + 1):
            seen = comb(m_all, m) * (1 - self.gaps) ** m * self.gaps ** (m_all - m)
            for k in range(m + 1):
                ways = zip(by_truth, by_code, strict=True)
                chance = sum(t * comb(m, k) * p**k * (1 - p) ** (m - k) for t, p in ways)
                counts.append([m - k, k])
                shares.append(seen * chance)
        whole = np.round(WHOLE * np.array(shares)).astype(np.int64)
        return Patterns(np.array(counts), whole, ("other", "code"), m_all)


RARE = (0.02, 0.03, 0.05, 0.1, 0.2)
CELLS = [
    Cell(n, m, q, alpha)
    for n, m, q, alpha in itertools.product((50, 99, 200), (2, 3, 4), RARE, (0.4, 0.7, 0.9))
]
CELLS += [
    Cell(99, m, q, alpha, 0.2) for m, q, alpha in itertools.product((3, 4), (0.03, 0.05, 0.1), (0.4, 0.7))
]


Study = tuple[int, ...]
Answers = dict[tuple[int, bool, Study], np.ndarray]


def answer(patterns: Patterns, study: Study) -> np.ndarray:
    """Return value, low and high of each coefficient, shape (coefficients, 3)."""
    seen = Patterns(patterns.counts, np.array(study, np.int64), patterns.codes, patterns.n_coders)
    found = agreement(seen, coefficients=list(COEFS), n_resamples=1_000)
    return found[["value", "low", "high"]].to_numpy(float)


def coverage(cell: Cell, n_studies: int, seed: np.random.SeedSequence, known: Answers) -> list[dict]:
    """Return how often the intervals hold the truth, where there are any."""
    patterns = cell.patterns()
    share = patterns.multiplicity / patterns.multiplicity.sum()
    n_studies = int(SHARE_WITH_GAPS * n_studies) if cell.gaps else n_studies
    found = []
    for drawn in np.random.default_rng(seed).multinomial(cell.n_notes, share, n_studies):
        study = tuple(drawn.tolist())
        key = (cell.n_coders, cell.gaps > 0, study)
        if key not in known:
            known[key] = answer(patterns, study)
        found.append(known[key])
    answers = np.array(found)
    return [row(cell, coef, *answers[:, i].T) for i, coef in enumerate(COEFS)]


def row(cell: Cell, coef: str, value: np.ndarray, low: np.ndarray, high: np.ndarray) -> dict:
    true, given = cell.truth()[coef], ~np.isnan(low)
    low, high = low[given], high[given]
    return {
        **cell._asdict(),
        "coefficient": coef,
        "truth": true,
        "coverage": ((low <= true) & (true <= high)).mean(),
        "below": (high < true).mean(),
        "above": (low > true).mean(),
        "width": np.median(high - low),
        "narrowest": (high - low).min(),
        "without": (~given & ~np.isnan(value)).mean(),
        "undefined": np.isnan(value).mean(),
        "studies": len(value),
    }


def as_markdown(table: pd.DataFrame, coef: str) -> str:
    """Return the coverage: a row for each prevalence and alpha; a column for each N, M."""
    part = table[(table.coefficient == coef) & (table.gaps == 0)]
    grid = part.pivot_table(
        index=["prevalence", "alpha"], columns=["n_notes", "n_coders"], values="coverage", sort=False
    )
    lines = [
        "| prevalence | α | " + " | ".join(f"N {n}, M {m}" for n, m in grid.columns) + " |",
        "|---|---|" + "---|" * len(grid.columns),
    ]
    for (prevalence, alpha), cells in zip(grid.index, grid.to_numpy(), strict=True):
        shown = " | ".join(f"{100 * cell:.1f}" for cell in cells)
        lines.append(f"| {100 * prevalence:.0f} % | {alpha} | {shown} |")
    return "\n".join(lines)


def run(n_studies: int, out: Path | None, show: Path | None) -> None:
    """Simulate all cells, or print the tables of an earlier run."""
    if show:
        known = pd.read_csv(show)
        print("\n\n".join(f"{coef}\n\n{as_markdown(known, coef)}" for coef in COEFS))
        return
    n_draws, n_chains = posteriors.N_DRAWS, posteriors.CHAINS
    seeds = np.random.SeedSequence(2016).spawn(len(CELLS))
    rows, start, answers = [], time.perf_counter(), {}
    for done, (cell, seed) in enumerate(zip(CELLS, seeds, strict=True), 1):
        full = cell.n_coders == 2 and not cell.gaps
        posteriors.N_DRAWS = n_draws if full else FEWER_DRAWS
        posteriors.CHAINS = n_chains if full else FEWER_CHAINS
        rows += coverage(cell, n_studies, seed, answers)
        print(f"{done}/{len(CELLS)} {time.perf_counter() - start:.0f} s {cell}", flush=True)
    table = pd.DataFrame(rows)
    print(table.round(3).to_string(index=False))
    if out:
        table.round(4).to_csv(out, index=False, lineterminator="\n")
        print(f"Written to {out}")
