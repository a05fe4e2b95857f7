"""Patterns: how many coders chose each code on a note, and how many notes share that.

Every coefficient that need not know *who* chose is a function of these, so its
cost does not grow with the number of notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.clusters import ALONE, Clusters
from sekom_analysis.agreement.coded import Code, CodedRatings, InOrder, IntArray
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import quoted

FloatArray = npt.NDArray[np.float64]
Multiplicity = npt.NDArray[np.int64]

# An int64 that stays positive: engines have no unsigned sums.
KEY_BITS = 62
# Ways in which M coders can choose among V codes, up to which all are laid out and counted.
MANY_ROWS = 2**17
# Notes looked at together, so that the work stays in the processor's cache.
CHUNK = 2**17


@dataclass(frozen=True, eq=False)
class Patterns:
    """P distinct patterns of V codes.

    Attributes
    ----------
    counts : array of shape (P, V)
        How many coders chose each code.
    multiplicity : array of shape (P,)
        How many notes share the pattern.
    codes : tuple
        The V codes.
    n_coders : int
        How many coders the table has (M), also if none saw all notes.
    choices : array of shape (P, M), optional
        Who chose what, as positions in `codes`, −1 for unseen; then patterns
        with the same counts are kept apart if the coders behind them differ.
    clusters : Clusters, optional
        How many notes of each pattern each cluster has, where notes belong together.
    """

    counts: IntArray
    multiplicity: Multiplicity
    codes: tuple[Code, ...]
    n_coders: int
    choices: IntArray | None = None
    clusters: Clusters | None = None

    @property
    def coders_per_note(self) -> npt.NDArray[np.int64]:
        """How many coders decided on a note of each pattern, shape (P,)."""
        return np.asarray(self.counts.sum(axis=1, dtype=np.int64))

    @property
    def n_notes(self) -> int:
        """Notes that somebody decided on."""
        return int(self.multiplicity.sum())

    @property
    def n_pairable(self) -> int:
        """Notes that two or more coders decided on."""
        return int(self.multiplicity[self.coders_per_note >= 2].sum())

    def without_who(self) -> Patterns:
        """Return the patterns without who chose what, those with the same counts as one."""
        if self.choices is None:
            return self
        first, place = _first_and_place(self.counts)
        times = np.bincount(place, weights=self.multiplicity, minlength=len(first)).astype(np.int64)
        own = self.clusters
        clusters = None if own is None else Clusters(place[own.pattern], own.cluster, own.times)
        return Patterns(self.counts[first], times, self.codes, self.n_coders, None, clusters)

    def where(self, wanted: npt.NDArray[np.bool_]) -> Patterns:
        """Return some of the patterns."""
        choices = None if self.choices is None else self.choices[wanted]
        clusters = None if self.clusters is None else self.clusters.where(wanted)
        counts, multiplicity = self.counts[wanted], self.multiplicity[wanted]
        return Patterns(counts, multiplicity, self.codes, self.n_coders, choices, clusters)


def rearranged(patterns: Patterns, codes: Sequence[Code]) -> Patterns:
    """Return patterns over codes in the order given.

    Raises
    ------
    RatingsError
        If the patterns hold codes that are not among them.

    Examples
    --------
    >>> patterns = Patterns(np.array([[1, 2]]), np.array([1]), ("high", "low"), 3)
    >>> rearranged(patterns, ["low", "high"]).counts.tolist()
    [[2, 1]]
    """
    position = {code: k for k, code in enumerate(codes)}
    lacking = [code for code in patterns.codes if code not in position]
    if lacking:
        msg = (
            f"The patterns hold codes that are not among those given: {quoted(lacking)}. "
            f"Given: {quoted(codes)}. Nothing was computed."
        )
        raise RatingsError(msg)
    to = np.array([position[code] for code in patterns.codes], np.int64)
    counts = np.zeros((len(patterns.counts), len(position)), patterns.counts.dtype)
    counts[:, to] = patterns.counts
    choices = None if patterns.choices is None else np.append(to, -1)[patterns.choices]
    return replace(patterns, counts=counts, codes=InOrder(codes), choices=choices)


def pairable(patterns: Patterns) -> Patterns:
    """Patterns of the notes that two or more coders decided on."""
    return patterns.where(patterns.coders_per_note >= 2)


def patterns_of(coded: CodedRatings) -> Patterns:
    """Return the patterns of a table of ratings.

    Examples
    --------
    >>> import pandas as pd
    >>> from sekom_analysis.agreement.coded import read_ratings
    >>> table = pd.DataFrame({"k1": ["a", "b", "a"], "k2": ["b", "a", "a"]})
    >>> patterns = patterns_of(read_ratings(table))
    >>> patterns.counts.tolist(), patterns.multiplicity.tolist()
    ([[2, 0], [1, 1]], [1, 2])
    """
    n_coders, n_codes = len(coded.coders), len(coded.codes)
    if coded.cluster is not None and n_coders and n_codes:
        return _by_cluster(coded, who=False)
    bits = max(1, n_coders.bit_length())
    values, times = coded.values, None
    if n_coders > 0 and 0 < (n_codes + 1) ** n_coders <= min(MANY_ROWS, coded.n_notes):
        # Few ways to choose, many notes: counting the ways first is cheapest.
        rows, times = distinct_choices(coded)
        values = tuple(rows.T)
    counts: IntArray
    if n_coders == 0 or n_codes == 0:
        counts, multiplicity = np.zeros((0, n_codes), np.uint8), np.zeros(0, np.int64)
    elif bits * n_codes <= KEY_BITS:
        counts, multiplicity = _count_by_key(values, n_codes, bits, times)
    else:
        counts, multiplicity = _count_by_row(values, n_codes, times)
    return decided(Patterns(counts, multiplicity, coded.codes, n_coders))


def choices_of(coded: CodedRatings) -> Patterns:
    """Return the patterns of a table of ratings with who chose what.

    Examples
    --------
    >>> import pandas as pd
    >>> from sekom_analysis.agreement.coded import read_ratings
    >>> table = pd.DataFrame({"k1": ["a", "b", "a"], "k2": ["b", "a", "a"]})
    >>> choices_of(read_ratings(table)).choices.tolist()
    [[0, 0], [0, 1], [1, 0]]
    """
    n_codes, n_coders = len(coded.codes), len(coded.coders)
    if n_coders == 0:
        return patterns_of(coded)
    if coded.cluster is not None:
        return _by_cluster(coded, who=True)
    rows, multiplicity = distinct_choices(coded)
    counts = _counts(tuple(rows.T), n_codes)
    return decided(Patterns(counts, multiplicity, coded.codes, n_coders, rows))


def _by_cluster(coded: CodedRatings, *, who: bool) -> Patterns:
    """Return patterns with how many notes of each every cluster has."""
    rows, cluster, times = _choices_by_cluster(coded)
    counts = _counts(tuple(rows.T), len(coded.codes))
    empty = Patterns(counts[:0], times[:0], coded.codes, len(coded.coders))
    return decided(clustered(empty, counts, rows if who else None, cluster, times))


def clustered(
    empty: Patterns, counts: IntArray, choices: IntArray | None, cluster: Multiplicity, times: Multiplicity
) -> Patterns:
    """Return the patterns of L rows of counts, each with its cluster and how many notes share it."""
    first, pattern = _first_and_place(counts if choices is None else choices)
    multiplicity = np.bincount(pattern, weights=times, minlength=len(first)).astype(np.int64)
    return replace(
        empty,
        counts=counts[first],
        multiplicity=multiplicity,
        choices=None if choices is None else choices[first],
        clusters=Clusters(pattern, cluster, times),
    )


def _choices_by_cluster(coded: CodedRatings) -> tuple[IntArray, Multiplicity, Multiplicity]:
    """Return the distinct rows of ratings, shape (L, M), each with its cluster and how often it occurs."""
    base, cluster = len(coded.codes) + 1, np.asarray(coded.cluster, np.int64) + 1
    n_ways = base ** len(coded.coders) * (int(cluster.max(initial=0)) + 1)
    if n_ways.bit_length() > KEY_BITS:
        rows, times = distinct_rows(np.column_stack([*coded.values, cluster + ALONE]).astype(np.int64))
        return rows[:, :-1], rows[:, -1].astype(np.int64), times
    keys = cluster
    for column in coded.values:
        keys = keys * base + (column + 1)
    distinct, times = _tally(keys, None)
    n_coders = len(coded.coders)
    digits = distinct[:, None] // base ** np.arange(n_coders - 1, -1, -1, dtype=np.int64) % base
    return digits - 1, distinct // base**n_coders + ALONE, times


def _first_and_place(rows: IntArray) -> tuple[Multiplicity, Multiplicity]:
    """Return where each distinct row first occurs, in the order of `distinct_rows`, and which each row is."""
    order = np.lexsort(rows.T)
    ordered = rows[order]
    fresh = np.concatenate([[True], (ordered[1:] != ordered[:-1]).any(axis=1)])[: len(rows)]
    place = np.empty(len(rows), np.int64)
    place[order] = np.cumsum(fresh) - 1
    return order[fresh], place


def distinct_choices(coded: CodedRatings) -> tuple[IntArray, Multiplicity]:
    """Return the distinct rows of ratings, shape (P, M), −1 for unseen, and how often each occurs."""
    n_codes, n_coders = len(coded.codes), len(coded.coders)
    n_ways = (n_codes + 1) ** n_coders
    if n_ways > max(MANY_ROWS, coded.n_notes):
        small = np.min_scalar_type(-n_codes - 1)
        return distinct_rows(np.column_stack([column.astype(small) for column in coded.values]))
    times = np.zeros(n_ways, np.int64)
    for start in range(0, coded.n_notes, CHUNK):
        times += np.bincount(_way_chosen(coded, start), minlength=n_ways)
    found = np.flatnonzero(times)
    digits = found[:, None] // (n_codes + 1) ** np.arange(n_coders - 1, -1, -1) % (n_codes + 1)
    return (digits - 1).astype(np.int32), times[found].astype(np.int64)


def decided(patterns: Patterns) -> Patterns:
    """Patterns of the notes that somebody decided on; a note that nobody saw says nothing."""
    seen = patterns.coders_per_note > 0
    return patterns if seen.all() else patterns.where(seen)


def code_keys(n_codes: int, bits: int) -> list[int]:
    """Return what a decision on each code adds to its note's key."""
    return [1 << (bits * k) for k in range(n_codes)]


def unpack(keys: npt.NDArray[Any], n_codes: int, bits: int) -> IntArray:
    """Return the counts, shape (P, V), that P packed keys stand for."""
    shifts = np.arange(n_codes, dtype=np.uint64) * np.uint64(bits)
    digits = (keys.astype(np.uint64)[:, None] >> shifts) & np.uint64((1 << bits) - 1)
    return digits.astype(np.min_scalar_type((1 << bits) - 1))


def _way_chosen(coded: CodedRatings, start: int) -> npt.NDArray[np.int32]:
    """Number the ways to choose on a chunk of notes: one digit a coder, 0 for unseen."""
    base, unseen = len(coded.codes) + 1, sum((len(coded.codes) + 1) ** j for j in range(len(coded.coders)))
    way = np.zeros(min(CHUNK, coded.n_notes - start), np.int32)
    for column in coded.values:
        way *= base
        way += column[start : start + CHUNK]
    way += unseen
    return way


def _count_by_key(
    values: tuple[IntArray, ...], n_codes: int, bits: int, times: Multiplicity | None
) -> tuple[IntArray, Multiplicity]:
    # The last entry serves position −1, a note unseen: it adds nothing.
    dtype = np.uint32 if bits * n_codes <= 31 else np.uint64
    lookup = np.array([*code_keys(n_codes, bits), 0], dtype)
    keys: npt.NDArray[Any] = lookup[values[0]]
    for column in values[1:]:
        np.add(keys, lookup[column], out=keys)
    distinct, multiplicity = _tally(keys, times)
    return unpack(distinct, n_codes, bits), multiplicity


def _count_by_row(
    values: tuple[IntArray, ...], n_codes: int, times: Multiplicity | None
) -> tuple[IntArray, Multiplicity]:
    return distinct_rows(_counts(values, n_codes), times)


def _counts(values: tuple[IntArray, ...], n_codes: int) -> IntArray:
    """Return how many coders chose each code, shape (N, V)."""
    rows = np.zeros((len(values[0]), n_codes), np.min_scalar_type(len(values)))
    for column in values:
        seen = np.flatnonzero(column >= 0)
        rows[seen, column[seen]] += 1
    return rows


def distinct_rows(rows: IntArray, times: Multiplicity | None = None) -> tuple[IntArray, Multiplicity]:
    """Return the distinct rows of a table, shape (P, K), and how often each occurs, every row `times` times.

    The order is that of packed keys, so that the same notes give the same
    resamples whichever way they came.
    """
    packed = np.ascontiguousarray(rows)
    as_bytes = packed.view(np.dtype((np.void, packed.dtype.itemsize * packed.shape[1]))).ravel()
    distinct, multiplicity = _tally(as_bytes, times)
    found = distinct.view(packed.dtype).reshape(-1, packed.shape[1])
    order = np.lexsort(found.T)
    return found[order], multiplicity[order]


def _tally(keys: npt.NDArray[Any], times: Multiplicity | None) -> tuple[npt.NDArray[Any], Multiplicity]:
    """Return the distinct keys and how often each occurs, every key counted `times` times."""
    if times is None:
        distinct, multiplicity = np.unique(keys, return_counts=True)
        return distinct, multiplicity.astype(np.int64)
    distinct, at = np.unique(keys, return_inverse=True)
    return distinct, np.bincount(at.ravel(), weights=times, minlength=len(distinct)).astype(np.int64)
