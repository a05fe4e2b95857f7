"""Where coders differ: which codes they confuse, and on which notes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sekom_analysis.agreement.patterns import FloatArray, Patterns, pairable, patterns_of
from sekom_analysis.agreement.ratings import CodedRatings, IntArray, read_ratings
from sekom_analysis.errors import RatingsError
from sekom_analysis.wording import column_beside

DISPUTED_COLUMNS = ("note_id", "disagreement", "n_coders", "text")


def confusions(ratings: pd.DataFrame | Patterns) -> pd.DataFrame:
    """Return how often two coders chose each two codes on the same note.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M), or Patterns
        One row a note, one column a coder; missing means unseen.

    Returns
    -------
    DataFrame
        One row for each two codes, `code_a` before or equal to `code_b` in
        the codebook: `pairs` of coders who chose the two on the same note,
        `notes` where that happened, `expected` pairs if the same choices were
        dealt out over the notes by chance (sums to the same total as `pairs`).

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b", "b"], "k2": ["a", "b", "a"]})
    >>> confusions(ratings)
      code_a code_b  pairs  notes  expected
    0      a      a      1      1       0.6
    1      a      b      1      1       1.8
    2      b      b      1      1       0.6
    """
    patterns = ratings if isinstance(ratings, Patterns) else patterns_of(read_ratings(ratings))
    of_use = pairable(patterns)
    counts, weight = of_use.counts.astype(np.int64), of_use.multiplicity
    first, second = np.triu_indices(len(patterns.codes))
    same = first == second
    agreed = counts[:, first] * (counts[:, first] - 1) // 2
    pairs = np.where(same, agreed, counts[:, first] * counts[:, second])
    codes = pd.Series(patterns.codes, dtype=object if not patterns.codes else None)
    total = weight @ pairs
    return pd.DataFrame(
        {
            "code_a": codes.iloc[first].to_numpy(),
            "code_b": codes.iloc[second].to_numpy(),
            "pairs": total,
            "notes": weight @ (pairs > 0),
            "expected": _expected(weight @ counts, first, second, int(total.sum())),
        }
    )


def _expected(used: IntArray, first: IntArray, second: IntArray, total: int) -> FloatArray:
    n = used.sum()
    if n < 2:
        return np.zeros(len(first))
    ways = np.where(first == second, used[first] * (used[first] - 1), 2 * used[first] * used[second])
    return np.asarray(total * ways / (n * (n - 1)))


def disagreements(ratings: pd.DataFrame, notes: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the notes on which coders differ, most disputed first.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M)
        One row a note, one column a coder; missing means unseen.
    notes : DataFrame, optional
        The notes, with a column `text`; indexed by note_id or with a column
        `note_id`.

    Returns
    -------
    DataFrame
        Indexed by note_id: `disagreement` (share of coder pairs that differ),
        `n_coders`, one column a coder with the choice (`coder text` of one
        called as a column of ours), and `text` where notes are given. Ties keep
        the order of the ratings.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b"], "k2": ["a", "c"]}, index=["B001", "B002"])
    >>> disagreements(ratings)
          disagreement  n_coders k1 k2
    B002           1.0         2  b  c
    """
    disputed, n_coders = _disputed(read_ratings(ratings))
    found = np.flatnonzero(disputed > 0)
    found = found[np.argsort(-disputed[found], kind="stable")]
    table = ratings.iloc[found].copy()
    table.columns = pd.Index([column_beside(str(coder), DISPUTED_COLUMNS) for coder in table.columns])
    table.insert(0, "disagreement", disputed[found])
    table.insert(1, "n_coders", n_coders[found])
    if notes is not None:
        table["text"] = _texts(notes).reindex(table.index)
    return table


def _disputed(coded: CodedRatings) -> tuple[FloatArray, IntArray]:
    counts = np.zeros((coded.n_notes, len(coded.codes)), np.int64)
    for column in coded.values:
        seen = np.flatnonzero(column >= 0)
        counts[seen, column[seen]] += 1
    n_coders = counts.sum(axis=1)
    pairs = n_coders * (n_coders - 1)
    agreeing = (counts * (counts - 1)).sum(axis=1)
    return (pairs - agreeing) / np.maximum(pairs, 1), n_coders


def _texts(notes: pd.DataFrame) -> pd.Series[str]:
    indexed = notes.set_index("note_id") if "note_id" in notes.columns else notes
    if "text" not in indexed.columns:
        msg = f"The notes have no column 'text'; their columns: {', '.join(map(str, notes.columns))}."
        raise RatingsError(msg)
    return indexed["text"]
