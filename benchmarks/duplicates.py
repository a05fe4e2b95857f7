"""How good and how fast the search for notes that say the same is.

Three tables: precision among the first 80 pairs of the sample's 80 actions, by what a reader said of each
pair (docs/duplicates-judged.csv); average precision on made-up rewordings (tests/actions/rewordings.csv) by
weight of the evidence, which is where the weights come from; time and memory for many notes, made by
putting words of the sample together anew.

    python benchmarks/duplicates.py [--notes 100000] [--only judged|weights|speed]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

import sekom_analysis as sa
from sekom_analysis.actions.duplicates import similar_pairs

ROOT = Path(__file__).parent.parent
FIRST = 80
KINDS = {"words": {"words": 1}, "codes": {"codes": 1}, "words and codes": {"words": 1, "codes": 1}}


def judged() -> None:
    """Precision of the first 80 pairs, with and without each kind of evidence."""
    study = sa.Study.open(ROOT)
    actions = study.main_notes[study.main_notes["stage"] == "D"]
    table = pd.read_csv(ROOT / "docs" / "duplicates-judged.csv").set_index(["note_a", "note_b"])["judgement"]
    n_same = int((table == "same").sum())
    print(f"{len(actions)} actions; the reader called {n_same} pairs the same. Among the first {FIRST}:")
    for name, weights in KINDS.items():
        pairs = similar_pairs(actions, study.decisions(), weights=weights, at_most=FIRST)
        said = table.reindex(pd.MultiIndex.from_frame(pairs[["note_a", "note_b"]]))
        count = said.value_counts().reindex(["same", "overlapping", "different"], fill_value=0)
        print(
            f"  {name:16} same {count['same']:3d}  overlapping {count['overlapping']:3d}  "
            f"different {count['different']:3d}  not judged {int(said.isna().sum())}  "
            f"precision {count['same'] / FIRST:.3f} (same), "
            f"{(count['same'] + count['overlapping']) / FIRST:.3f} (same or overlapping)"
        )


def made_up_decisions(notes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What three made-up coders say of made-up notes, each of them wrong now and then."""
    categories = sorted(set(notes["category"]))
    themes = sorted({theme for said in notes["themes"] for theme in said.split("|") if theme})
    rows = []
    for note_id, note in notes.iterrows():
        for coder in ("a", "b", "c"):
            category = note["category"] if rng.random() < 0.8 else str(rng.choice(categories))
            own = note["themes"].split("|")
            given = [theme for theme in themes if rng.random() < (0.75 if theme in own else 0.05)]
            rows.append((note_id, coder, "category", category))
            rows.append((note_id, coder, "themes", "|".join(given)))
    return pd.DataFrame(rows, columns=["note_id", "coder", "variable", "codes"])


def average_precision(pairs: pd.DataFrame, notes: pd.DataFrame, n_same: int) -> float:
    """Mean precision at the place of each true pair; one that was not proposed counts as nothing."""
    group = notes["group"]
    is_same = group.reindex(pairs["note_a"]).to_numpy() == group.reindex(pairs["note_b"]).to_numpy()
    return float((np.cumsum(is_same) / np.arange(1, len(is_same) + 1))[is_same].sum() / n_same)


def weights() -> None:
    """Average precision on made-up rewordings by the weight of the codes beside the words."""
    notes = pd.read_csv(ROOT / "tests" / "actions" / "rewordings.csv", keep_default_na=False, dtype=str)
    notes.index = pd.Index([f"n{number:02}" for number in range(len(notes))], name="note_id")
    n_same = int((notes["group"].value_counts() == 2).sum())
    print(f"{len(notes)} made-up notes, {n_same} pairs that say the same. Average precision over 10 seeds:")
    for share in (0, 0.25, 0.5, 0.75, 1):
        found = []
        for seed in range(10):
            decisions = made_up_decisions(notes, np.random.default_rng(seed))
            pairs = similar_pairs(
                notes, decisions, weights={"words": 1 - share, "codes": share}, at_most=10_000
            )
            found.append(average_precision(pairs, notes, n_same))
        print(f"  codes {share:4.2f}, words {1 - share:4.2f}: {np.mean(found):.3f}")


def many_notes(n_notes: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return notes made of the sample's words, a tenth of them rewordings of another, and their codes."""
    rng = np.random.default_rng(seed)
    study = sa.Study.open(ROOT)
    words = [word for text in study.notes["text"] for word in text.split()]
    actions = study.notes[study.notes["stage"] == "D"]
    texts: list[str] = []
    for number in range(n_notes):
        if number >= 10 and number % 10 == 0:
            said = texts[int(rng.integers(number))].split()
            said = [word for word in rng.permutation(said) if rng.random() < 0.8]
        else:
            said = list(rng.choice(words, size=int(rng.integers(4, 22))))
        texts.append(" ".join(said) or "tom")
    ids = [f"n{number:06}" for number in range(n_notes)]
    like = rng.choice(actions.index.to_numpy(), size=n_notes)
    decisions = study.decisions()
    decisions = decisions[decisions["variable"].isin(["category_d", "themes", "addresses"])]
    columns = ["note_id", "coder", "variable", "codes"]
    coded = pd.DataFrame({"made": ids, "note_id": like}).merge(decisions[columns], on="note_id")
    coded = coded.drop(columns="note_id").rename(columns={"made": "note_id"})
    return pd.DataFrame({"text": texts}, index=pd.Index(ids, name="note_id")), coded


def resident(which: str) -> float:
    """MB from /proc: VmRSS now, VmHWM the highest so far (Linux only)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(which))


def speed(n_notes: int) -> None:
    """Time and highest memory of one search."""
    notes, decisions = many_notes(n_notes)
    print(f"{n_notes:,} notes, {len(decisions):,} decisions; {resident('VmRSS'):.0f} MB before the search")
    start, worked, seen = time.perf_counter(), time.process_time(), [0.0]

    def show(share: float) -> None:
        if share >= seen[0] + 0.2:
            seen[0] = share
            print(f"  {share:4.0%} after {time.perf_counter() - start:.0f} s", flush=True)

    pairs = similar_pairs(notes, decisions, progress=show)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    print(f"  {len(pairs):,} pairs in {seconds:.0f} s (limit 120; {worked:.0f} s of processor)")
    print(f"  {resident('VmHWM'):.0f} MB at most (limit 4096)")
    print(pairs[["similarity", "words", "codes"]].describe().loc[["min", "50%", "max"]].to_string())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--only", choices=["judged", "weights", "speed"])
    asked = parser.parse_args()
    if asked.only in (None, "judged"):
        judged()
    if asked.only in (None, "weights"):
        weights()
    if asked.only in (None, "speed"):
        speed(asked.notes)
