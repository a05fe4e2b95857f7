"""The intervals that many simulated studies would report, worked out for all of them at once.

They are those of `agreement`: BCa, a posterior interval for a rare code, the bound where nothing is disputed,
the jackknife over clusters, and none where a side is too small.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.catalogue import TERMS, coefficient
from sekom_analysis.agreement.clusters import jackknife_interval
from sekom_analysis.agreement.coefficients import Parts, Question
from sekom_analysis.agreement.guards import BY_USE, MOST_LOST, RARE
from sekom_analysis.agreement.patterns import FloatArray, Patterns
from sekom_analysis.agreement.posteriors import classes_of, has_posterior, quantiles_of, rough_shares
from sekom_analysis.agreement.scores import NOTES_FOR_INTERVAL

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
# Up to so many notes a simulated study is resampled; above, BCa is had from derivatives (ABC), within .01.
RESAMPLED = 200
N_RESAMPLES = 1_000
# Numbers held at once, and the most studies times patterns.
BLOCK = 2_000_000
MOST = 8_000_000
FEWEST_STUDIES = 200
# Of a rare code in a simulated study; drawn anew for each, so that their noise evens out.
POSTERIOR_DRAWS, POSTERIOR_QUANTILES = 4_000, 401
STEP, FAR_STEP = 1e-3, 1e-2
NORMAL = NormalDist()


class Reported(NamedTuple):
    """What S studies would report, each of shape (S,); NaN where there is no value, or no interval."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


class Design(NamedTuple):
    """How notes are gathered: in how many clusters, and how alike notes of one cluster are (ICC)."""

    clusters: int
    icc: float


class _Formula(NamedTuple):
    """A coefficient as a function of sums over notes, and what a note of each pattern adds, shape (P, K)."""

    of: Callable[[FloatArray], Parts]
    table: FloatArray


def reported(
    question: Question,
    name: str,
    patterns: Patterns,
    n_notes: int,
    n_studies: int,
    confidence: float,
    rng: np.random.Generator,
    design: Design | None = None,
) -> Reported:
    """Return the values and intervals that studies of N notes would report.

    Parameters
    ----------
    question, name
        What is asked of the patterns, and which coefficient.
    patterns : Patterns
        From which notes are drawn.
    n_notes, n_studies : int
        N and S. Fewer studies are drawn where there are many patterns, but 200 at least.
    confidence : float
    rng : Generator
    design : Design, optional
        Left out: notes are drawn one by one.

    Returns
    -------
    Reported, three arrays of shape (S,)

    Notes
    -----
    BCa as in `agreement` (Efron 1987) up to 200 notes; beyond that its analytic approximation, ABC (DiCiccio
    & Efron 1992, *Biometrika* 79, 231–245), which needs no resamples.

    Examples
    --------
    >>> import pandas as pd
    >>> from sekom_analysis.agreement.tables import request
    >>> asked = request(coefficients="alpha")
    >>> pilot = asked.patterns(pd.DataFrame({"k1": list("aabb") * 9, "k2": list("abbb") * 9}))
    >>> found = reported(asked.question(pilot), "alpha", pilot, 100, 400, 0.95, np.random.default_rng(1))
    >>> bool((found.low < found.value).all()), round(float(np.median(found.high - found.low)), 1)
    (True, 0.4)
    """
    size = max(n_notes, len(patterns.multiplicity))
    n_studies = min(n_studies, max(FEWEST_STUDIES, MOST // size))
    formula = _formula(question, name)
    notes = _draw(patterns, n_notes, n_studies, rng, design)
    counts = _counted(notes, len(patterns.multiplicity))
    point = formula.of(counts @ formula.table)
    if design is not None:
        ends = _over_clusters(formula, notes, design, confidence, is_share=name == "percent")
    elif n_notes <= RESAMPLED:
        ends = _resampled(formula, notes, confidence, rng)
    else:
        ends = _by_derivatives(formula, counts, confidence)
    low, high = _held(name, question, patterns, counts, point, ends, confidence, rng, design)
    return Reported(point.value, low, high)


def _formula(question: Question, name: str) -> _Formula:
    asked = coefficient(name, question)
    blocks = [TERMS[term](question) for term in asked.terms]
    ends = np.cumsum([0, *(block.shape[1] for block in blocks)])
    columns = {
        term: slice(int(a), int(b)) for term, a, b in zip(asked.terms, ends[:-1], ends[1:], strict=True)
    }

    def of(sums: FloatArray) -> Parts:
        return asked.formula({term: sums[..., at] for term, at in columns.items()}, question)

    return _Formula(of, np.hstack(blocks))


# --- studies, as the pattern of each note -------------------------------------------------------------


def _draw(
    patterns: Patterns, n_notes: int, n_studies: int, rng: np.random.Generator, design: Design | None
) -> IntArray:
    """Draw the pattern of each note, shape (S, N); note j is of cluster j mod G.

    Within a cluster a note is, with the chance that makes two of them correlate by the ICC, a copy of one
    before it: shares of patterns then vary between clusters by a Dirichlet distribution (Pólya's urn).
    """
    reach = np.cumsum(patterns.multiplicity) / patterns.multiplicity.sum()
    notes = np.searchsorted(reach, rng.random((n_studies, n_notes)), side="right").astype(np.int64)
    if design is None or design.icc <= 0:
        return notes
    fresh = 1 / design.icc - 1
    for start in range(design.clusters, n_notes, design.clusters):
        before = start // design.clusters
        own = np.arange(min(design.clusters, n_notes - start))
        shape = (n_studies, len(own))
        copied = rng.random(shape) < before / (fresh + before)
        of = rng.integers(0, before, shape) * design.clusters + own
        new = notes[:, start + own]
        notes[:, start + own] = np.where(copied, np.take_along_axis(notes, of, axis=1), new)
    return notes


def _counted(notes: IntArray, n_patterns: int) -> FloatArray:
    """Count the notes of each pattern in each study, shape (S, P)."""
    cells = notes + np.arange(len(notes))[:, None] * n_patterns
    counted = np.bincount(cells.ravel(), minlength=len(notes) * n_patterns)
    return counted.reshape(len(notes), n_patterns).astype(np.float64)


# --- intervals, (S,) and (S,) -------------------------------------------------------------------------


def _resampled(
    formula: _Formula, notes: IntArray, confidence: float, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """BCa, from resamples that some studies share."""
    n_notes, width = notes.shape[1], formula.table.shape[1]
    size = max(1, BLOCK // (N_RESAMPLES * width))
    even = np.full(n_notes, 1 / n_notes)
    ends = []
    for start in range(0, len(notes), size):
        terms = formula.table[notes[start : start + size]]
        total = terms.sum(axis=1)
        drawn = rng.multinomial(n_notes, even, N_RESAMPLES).astype(np.float64)
        again = (drawn @ terms.transpose(1, 0, 2).reshape(n_notes, -1)).reshape(N_RESAMPLES, -1, width)
        curve = _acceleration(formula.of(total[:, None] - terms).value)
        ends.append(_bca(formula.of(again).value, formula.of(total).value, curve, confidence))
    low, high = np.concatenate(ends, axis=1)
    return low, high


def _acceleration(without: FloatArray) -> FloatArray:
    away = without.mean(axis=1, keepdims=True) - without
    spread = (away**2).sum(axis=1)
    with np.errstate(all="ignore"):
        curve = (away**3).sum(axis=1) / (6 * spread**1.5)
    return np.where(spread > 0, curve, 0.0)


def _bca(resampled: FloatArray, value: FloatArray, curve: FloatArray, confidence: float) -> FloatArray:
    """Ends by Efron's formula, shape (2, S), from R resamples of each study, shape (R, S)."""
    resampled = np.sort(resampled, axis=0)  # undefined ones last
    defined = (~np.isnan(resampled)).sum(axis=0)
    slack = 1e-12 * np.maximum(1.0, np.abs(value))
    near = np.abs(resampled - value) <= slack
    below = ((resampled < value - slack).sum(axis=0) + near.sum(axis=0) / 2) / np.maximum(defined, 1)
    tail = (1 - confidence) / 2
    ends = []
    for share in (tail, 1 - tail):
        moved = [_moved(*one, share) for one in zip(below, curve, strict=True)]
        at = np.clip(np.array(moved) * (defined - 1), 0, len(resampled) - 1)
        floor = np.floor(at).astype(int)
        first = np.take_along_axis(resampled, floor[None], axis=0)[0]
        then = np.take_along_axis(resampled, np.minimum(floor + 1, len(resampled) - 1)[None], axis=0)[0]
        ends.append(np.where(at > floor, first + (at - floor) * (then - first), first))
    lost = 1 - defined / len(resampled)
    return np.where(lost > MOST_LOST, np.nan, np.array(ends))


def _moved(below: float, curve: float, share: float) -> float:
    if not 0 < below < 1:
        return share
    z = NORMAL.inv_cdf(float(below)) + NORMAL.inv_cdf(share)
    room = 1 - curve * z
    return NORMAL.cdf(NORMAL.inv_cdf(float(below)) + z / room) if room > 0 else share


def _by_derivatives(
    formula: _Formula, counts: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray]:
    """ABC: BCa from first and second derivatives after the share of each pattern (DiCiccio & Efron 1992)."""
    n = counts.sum(axis=1)
    total = counts @ formula.table
    value = formula.of(total).value
    slope, bend = np.zeros(counts.shape), np.zeros(counts.shape)
    for i, row in enumerate(formula.table):
        toward = STEP * (n[:, None] * row - total)
        up, down = formula.of(total + toward).value, formula.of(total - toward).value
        slope[:, i], bend[:, i] = (up - down) / (2 * STEP), (up - 2 * value + down) / STEP**2
    share = counts / n[:, None]
    seen = counts > 0
    slope, bend = np.where(seen, slope, 0.0), np.where(seen, bend, 0.0)
    with np.errstate(all="ignore"):
        spread = np.sqrt((share * slope**2).sum(axis=1)) / n**0.5
        curve = (share * slope**3).sum(axis=1) / (6 * n**2 * spread**3)
        bias = (share * bend).sum(axis=1) / (2 * n**2)
        along = (share * slope / (n * spread)[:, None] * n[:, None]) @ formula.table

        def at(far: FloatArray) -> FloatArray:
            return formula.of(total + far[:, None] * along).value

        far = np.full(len(counts), FAR_STEP)
        quadratic = (at(far) - 2 * value + at(-far)) / (2 * spread * FAR_STEP**2)
        moved = np.array([_shift(*one) for one in zip(curve, bias / spread - quadratic, strict=True)])
        z = NORMAL.inv_cdf((1 + confidence) / 2)
        low, high = (at((moved + w) / (1 - curve * (moved + w)) ** 2) for w in (-z, z))
    return low, high


def _shift(curve: float, bend: float) -> float:
    """z₀ = Φ⁻¹(2 Φ(a) Φ(−γ))."""
    share = 2 * NORMAL.cdf(float(curve)) * NORMAL.cdf(float(-bend))
    return NORMAL.inv_cdf(share) if 0 < share < 1 else float("nan")


def _over_clusters(
    formula: _Formula, notes: IntArray, design: Design, confidence: float, *, is_share: bool
) -> tuple[FloatArray, FloatArray]:
    """Jackknife-t over clusters, as `agreement` has it."""
    width, n_clusters = formula.table.shape[1], min(design.clusters, notes.shape[1])
    size = max(1, BLOCK // (n_clusters * width))
    lows, highs = [], []
    for start in range(0, len(notes), size):
        some = notes[start : start + size]
        sums = np.zeros((len(some), n_clusters, width))
        for first in range(0, some.shape[1], n_clusters):
            rows = formula.table[some[:, first : first + n_clusters]]
            sums[:, : rows.shape[1]] += rows
        total = sums.sum(axis=1)
        without = formula.of(total[:, None] - sums).value
        once = np.ones(n_clusters, np.int64)
        value = formula.of(total).value
        low, high = jackknife_interval(value, without, once, confidence, is_share=is_share)
        lows.append(low)
        highs.append(high)
    return np.concatenate(lows), np.concatenate(highs)


# --- what is reported instead, as `guarded` has it ----------------------------------------------------


def _held(
    name: str,
    question: Question,
    patterns: Patterns,
    counts: FloatArray,
    point: Parts,
    ends: tuple[FloatArray, FloatArray],
    confidence: float,
    rng: np.random.Generator,
    design: Design | None,
) -> tuple[FloatArray, FloatArray]:
    """Return the ends that would be reported: none, those of a rare code, or the bound where all agree."""
    low, high = (np.where(np.isnan(point.value), np.nan, end) for end in ends)
    side, share, binary = _sides(patterns, counts)
    agreed = point.observed >= 1 - 1e-12
    n = counts @ (patterns.coders_per_note >= 2) if design is None else np.full(len(counts), design.clusters)
    disputed = 1 - ((1 - confidence) / 2) ** (1 / np.maximum(n, 1))
    with np.errstate(all="ignore"):
        bound = 1 - disputed / (1 - np.nan_to_num(point.expected))
    low, high = np.where(agreed, bound, low), np.where(agreed, 1.0, high)
    few = side < NOTES_FOR_INTERVAL
    if name not in BY_USE:
        few = few & ~agreed
    if design is None and has_posterior(name) and (question.weights == np.eye(len(question.weights))).all():
        rare = binary & (share < RARE) & ~np.isnan(point.value)
        sure = agreed & (patterns.n_coders == 2)
        rare &= (side >= 2) | sure if name in BY_USE else ~agreed
        low, high = _of_rare_codes(name, patterns, counts, point.value, (low, high), rare, confidence, rng)
        few &= ~rare
    return np.where(few, np.nan, low), np.where(few, np.nan, high)


def _sides(patterns: Patterns, counts: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return the smaller side, the share of decisions on it, and whether no more than two codes are used."""
    coders = patterns.coders_per_note
    pairable = (coders >= 2)[:, None]
    used = counts @ (patterns.counts * pairable)
    commonest = used.argmax(axis=1)[:, None]
    with_it = np.take_along_axis(counts @ ((patterns.counts > 0) & pairable), commonest, axis=1)
    beside = np.take_along_axis(counts @ ((patterns.counts < coders[:, None]) & pairable), commonest, axis=1)
    share = 1 - used.max(axis=1) / np.maximum(used.sum(axis=1), 1)
    binary = (counts @ patterns.counts > 0).sum(axis=1) <= 2
    return np.where(binary, np.minimum(with_it, beside)[:, 0], beside[:, 0]), share, binary


def _of_rare_codes(
    name: str,
    patterns: Patterns,
    counts: FloatArray,
    value: FloatArray,
    ends: tuple[FloatArray, FloatArray],
    rare: BoolArray,
    confidence: float,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Return the ends, with posterior ones where a code is rare; alike studies are worked out once."""
    low, high = ends[0].copy(), ends[1].copy()
    tail = (1 - confidence) / 2
    known: dict[tuple[tuple[int, int, int], ...], tuple[float, float]] = {}
    for i in np.flatnonzero(rare):
        classes = classes_of(patterns.counts, counts[i].astype(np.int64))
        if classes not in known:
            shares = rough_shares(classes, POSTERIOR_DRAWS, rng)
            quantiles = quantiles_of(shares, name, max(2, len(patterns.codes)), POSTERIOR_QUANTILES)
            known[classes] = tuple(np.quantile(quantiles, [tail, 1 - tail]))
        low[i], high[i] = min(known[classes][0], value[i]), max(known[classes][1], value[i])
    return low, high
