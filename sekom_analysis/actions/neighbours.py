"""Pairs of notes worth a look among very many, without a table of all pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse

BUDGET = 500_000_000  # multiplications in all: some ten seconds
BLOCK = 256  # rows at a time
STRIPES = 8  # how often the notes already paired with all others are left behind
Progress = Callable[[float], None]


def best_pairs(
    rows: sparse.csr_matrix, n_pairs: int, budget: int = BUDGET, progress: Progress = lambda share: None
) -> np.ndarray:
    """Return the pairs of rows with the largest dot products.

    Only features that few notes have enter here, from the rarest on until `budget` multiplications are
    used up: a word that a third of 100,000 notes share pairs each with everybody and tells nothing.
    Up to some 5,000 notes all features fit, and nothing is left out.

    Parameters
    ----------
    rows : shape (N, features), not negative
    n_pairs : how many pairs to return at most
    budget : multiplications that may be spent
    progress : called with the share of the work that is done, 0 to 1

    Returns
    -------
    array of shape (pairs, 2), first row before second, in no order; pairs that share nothing are not
    among them
    """
    telling = _rarest(rows, budget)
    keep = _Largest(n_pairs)
    for first, second, product in _products(telling, progress):
        keep.add(first, second, product)
    return keep.pairs()


def best_vector_pairs(rows: np.ndarray, n_pairs: int, progress: Progress = lambda share: None) -> np.ndarray:
    """Return the nearest neighbours of every row of length 1, as pairs; see `best_pairs`."""
    from sklearn.neighbors import NearestNeighbors

    n_notes = len(rows)
    per_note = min(n_notes - 1, max(10, -(-2 * n_pairs // n_notes)))
    nearest = NearestNeighbors(n_neighbors=per_note, algorithm="brute").fit(rows)
    found = []
    for start in range(0, n_notes, BLOCK * 16):
        block = rows[start : start + BLOCK * 16]
        others = nearest.kneighbors(block, n_neighbors=per_note + 1, return_distance=False)
        own = np.repeat(np.arange(start, start + len(block)), others.shape[1])
        pairs = np.column_stack([own, others.ravel()])
        found.append(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1))
        progress(min(1.0, (start + len(block)) / n_notes))
    return np.unique(np.concatenate(found), axis=0)


def likeness(rows: Any, pairs: np.ndarray) -> np.ndarray:
    """Return the dot product of the two rows of each pair, within 0 and 1.

    Parameters
    ----------
    rows : shape (N, features), sparse or an array
    pairs : shape (pairs, 2)
    """
    parts = [np.zeros(0)]
    for start in range(0, len(pairs), 50_000):
        first, second = pairs[start : start + 50_000].T
        if sparse.issparse(rows):
            parts.append(np.asarray(rows[first].multiply(rows[second]).sum(axis=1)).ravel())
        else:
            parts.append(np.einsum("ij,ij->i", rows[first], rows[second]))
    return np.asarray(np.clip(np.concatenate(parts).astype(float), 0, 1))


def _rarest(rows: sparse.csr_matrix, budget: int) -> sparse.csr_matrix:
    """Return the columns that few rows have, from the rarest on, as many as the budget allows."""
    n_notes = np.bincount(rows.indices, minlength=rows.shape[1]).astype(np.int64)
    order = np.argsort(n_notes, kind="stable")
    spent = np.cumsum(n_notes[order] ** 2) // 2
    chosen = np.sort(order[spent <= budget])
    return rows if len(chosen) == rows.shape[1] else rows[:, chosen].tocsr()


def _products(rows: sparse.csr_matrix, progress: Progress) -> Iterator[tuple[int, int, sparse.csr_matrix]]:
    """Yield dot products of a block of rows with all from some place on: both places, then the products."""
    n_notes = rows.shape[0]
    stripe = max(BLOCK, -(-n_notes // STRIPES))
    for start in range(0, n_notes, stripe):
        others = rows[start:].T.tocsr()
        for low in range(start, min(start + stripe, n_notes), BLOCK):
            high = min(low + BLOCK, start + stripe, n_notes)
            yield low, start, (rows[low:high] @ others).tocsr()
            progress(_share_done(high, n_notes))


def _share_done(done: int, n_notes: int) -> float:
    """Return the share of all pairs among `n_notes` that the first `done` rows have been in."""
    left = n_notes - done
    return 1.0 if n_notes < 2 else 1 - left * (left - 1) / (n_notes * (n_notes - 1))


class _Largest:
    """Keeps the pairs with the largest values seen so far, a few more than wanted between whiles."""

    def __init__(self, n_pairs: int) -> None:
        self._n_pairs = n_pairs
        self._floor = 0.0
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._held = 0

    def add(self, first: int, second: int, products: sparse.csr_matrix) -> None:
        """Take dot products in, if they are larger than what is sure to stay.

        Parameters
        ----------
        first, second : the notes that the first row and the first column stand for
        products : shape (some notes, some notes)
        """
        large = np.flatnonzero(products.data > self._floor)
        one = first + np.searchsorted(products.indptr, large, side="right") - 1
        other = second + products.indices[large].astype(np.int64)
        ahead = other > one
        self._parts.append((one[ahead], other[ahead], products.data[large][ahead]))
        self._held += int(ahead.sum())
        if self._held > 4 * self._n_pairs:
            self._shrink()

    def _shrink(self) -> None:
        first, second, values = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        if len(values) > self._n_pairs:
            self._floor = float(np.partition(values, -self._n_pairs)[-self._n_pairs])
            equal = np.flatnonzero(values == self._floor)
            equal = equal[np.lexsort((second[equal], first[equal]))]  # ties fall by place, not by chance
            above = np.flatnonzero(values > self._floor)
            kept = np.concatenate([above, equal[: self._n_pairs - len(above)]])
            first, second, values = first[kept], second[kept], values[kept]
        self._parts = [(first, second, values)]
        self._held = len(values)

    def pairs(self) -> np.ndarray:
        """Return what is held."""
        if not self._parts:
            return np.zeros((0, 2), dtype=np.int64)
        self._shrink()
        first, second, _ = self._parts[0]
        return np.column_stack([first, second]).astype(np.int64)


def joined(tables: Sequence[np.ndarray]) -> np.ndarray:
    """Return pairs of several searches, each once, in order."""
    return np.unique(np.concatenate(tables), axis=0)
