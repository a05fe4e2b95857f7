"""How near ranking by pooled scores comes to the truth, and how often the intervals of ranks hold it.

Panels are made up: actions have a standing of their own and one by criterion; coders are strict or mild,
take to an action or not, and score 1 to 5 in whole numbers; a fifth of the rows (one coder, one action) is
missing. The truth is the order of the actions' standings. "Plain" orders by the mean of the scores there
are. A ranking is as good as its Kendall's τ with the truth.

    python benchmarks/ranking.py --seeds 100
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from sekom_analysis.actions.priorities import rank_actions
from sekom_analysis.actions.scores import FloatArray

N, CRITERIA, GAPS = 80, 4, 0.2
# Standard deviations in steps of the scale: between actions, of an action by criterion, of what a coder
# makes of an action on the whole, of one score.
ACTION, BY_CRITERION, LIKING, REST = 0.5, 0.4, 0.4, 0.6
CELLS = [(3, 0.1), (3, 0.5), (5, 0.1), (5, 0.5)]


def simulate(n_coders: int, strictness: float, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return true standings (N,) and scores (N, M, C), NaN where missing."""
    standing = rng.normal(3.4, ACTION, N)[:, None] + rng.normal(0, BY_CRITERION, (N, CRITERIA))
    by_coder = rng.normal(0, strictness, n_coders)[None, :, None] + rng.normal(0, LIKING, (N, n_coders, 1))
    scores = standing[:, None, :] + by_coder + rng.normal(0, REST, (N, n_coders, CRITERIA))
    whole = np.clip(scores.round(), 1, 5)
    whole[rng.random((N, n_coders)) < GAPS] = np.nan
    return standing.mean(axis=1), whole


def long(scores: FloatArray) -> pd.DataFrame:
    axes = [[f"{letter}{i:02d}" for i in range(n)] for letter, n in zip("akc", scores.shape, strict=True)]
    index = pd.MultiIndex.from_product(axes, names=["action", "coder", "criterion"])
    return pd.Series(scores.ravel(), index=index, name="score").dropna().reset_index()


def tau(one: FloatArray, other: FloatArray) -> float:
    """Kendall's τ-a: pairs in the same order less pairs in the other order, over all pairs."""
    pairs = np.sign(one[:, None] - one) * np.sign(other[:, None] - other)
    return float(pairs.sum() / (len(one) * (len(one) - 1)))


def one_panel(n_coders: int, strictness: float, seed: int) -> dict[str, float]:
    rng = np.random.default_rng([seed, n_coders, round(100 * strictness)])
    truth, scores = simulate(n_coders, strictness, rng)
    seen = ~np.isnan(scores).all(axis=(1, 2))
    table = rank_actions(long(scores), rng=seed).set_index("action").sort_index()
    true_rank = 1 + np.argsort(np.argsort(-truth[seen]))
    plain = np.nanmean(scores[seen], axis=(1, 2))
    return {
        "plain": tau(plain, truth[seen]),
        "pooled": tau(table["pooled"].to_numpy(), truth[seen]),
        "covers": float(((table["low"] <= true_rank) & (true_rank <= table["high"])).mean()),
        "width": float((table["high"] - table["low"] + 1).mean()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    seeds = parser.parse_args().seeds
    print(f"{N} actions, {CRITERIA} criteria, {GAPS:.0%} of rows missing, {seeds} panels a line")
    print("coders  strictness   τ plain  τ pooled    gain   95 % intervals: cover   width in ranks")
    start = time.perf_counter()
    for n_coders, strictness in CELLS:
        found = pd.DataFrame([one_panel(n_coders, strictness, seed) for seed in range(seeds)])
        plain, pooled, covers, width = found.mean()
        off = found["pooled"].sub(found["plain"]).std() / np.sqrt(seeds)
        gain = f"{pooled - plain:+.3f} ± {off:.3f}"
        print(
            f"{n_coders:6d}  {strictness:10.1f}   {plain:7.3f}  {pooled:8.3f}  {gain}"
            f"   {covers:14.1%}   {width:14.1f}"
        )
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
