"""Draws from the posterior of Dawid and Skene's model, for one variable or two at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sekom_analysis.consensus.votes import TINY, FloatArray, Prior, Votes, log_of, normalised

Cells = npt.NDArray[np.int64]
"""Notes of each row with each (pair of) right codes, shape (chains, cells, U)."""
N_CHAINS = 8
WARM_UP = 100
# Split chains whose variances differ by less are taken to have found the same posterior (Gelman et al. 2013).
HIGHEST_R_HAT = 1.1


@dataclass(frozen=True, eq=False)
class Draws:
    """What R draws say, after the warm-up.

    Attributes
    ----------
    counts : whole numbers of shape (R, V) or (R, V, B)
        How many notes have each right code (and right code of the second variable) in a draw.
    probability : array of shape (U, V), averaged over the draws (and summed over the second variable)
    confusion : array of shape (M, V, V), the first variable's, averaged
    prevalence : array of shape (V,) or (V, B), averaged
    log_likelihood : array of shape (sweeps, chains), warm-up included
    r_hat : the largest of the counts' split R̂
    """

    counts: npt.NDArray[np.int64]
    probability: FloatArray
    confusion: FloatArray
    prevalence: FloatArray
    log_likelihood: FloatArray
    r_hat: float

    @property
    def n_sweeps(self) -> int:
        """Sweeps of each chain after the warm-up."""
        return len(self.log_likelihood) - WARM_UP


def draw(votes: Votes, prior: Prior, n_draws: int, rng: np.random.Generator) -> Draws:
    """Draw right codes, prevalence and confusion matrices in turn, each given the others.

    All three are conjugate: right codes are multinomial, prevalence and the rows of the confusion matrices
    Dirichlet. Two variables share one prevalence over pairs of codes, so that a code that is nearly always
    a hinder is drawn as one, and have confusion matrices of their own. Chains start at random from the
    shares of the votes and move side by side.

    Parameters
    ----------
    votes : Votes of one or two variables, U rows
    prior : Prior
    n_draws : R, rounded up to a multiple of the number of chains
    rng : Generator
    """
    shape = votes.n_codes
    n_sweeps = -(-n_draws // N_CHAINS)
    notes = _start(votes, rng)
    kept, paths = [], []
    totals: list[FloatArray] = []
    for sweep in range(WARM_UP + n_sweeps):
        prevalence = _dirichlet(notes.sum(axis=2) + prior.prevalence, rng)
        confusions = [_draw_confusion(votes, which, notes, prior, rng) for which in range(len(shape))]
        chances, log_likelihood = _chances(votes, prevalence, confusions)
        notes = _draw_notes(votes, chances, rng)
        paths.append(log_likelihood)
        if sweep >= WARM_UP:
            kept.append(notes.sum(axis=2))
            means = [part.mean(axis=0) for part in (chances, prevalence, confusions[0])]
            totals = [a + b for a, b in zip(totals, means, strict=True)] if totals else means
    counts = np.stack(kept)
    cells, prevalence, confusion = (total / n_sweeps for total in totals)
    return Draws(
        counts.reshape(-1, *shape),
        cells.reshape(shape[0], -1, cells.shape[1]).sum(axis=1).T,
        confusion,
        prevalence.reshape(shape),
        np.stack(paths),
        split_r_hat(counts.astype(float)),
    )


def _start(votes: Votes, rng: np.random.Generator) -> Cells:
    """Put each note at a code that one of its coders chose."""
    shares = np.ones((len(votes.multiplicity), 1))
    for which in range(len(votes.chosen)):
        shares = (shares[:, :, None] * votes.shares(which)[:, None, :]).reshape(len(shares), -1)
    chances = np.broadcast_to(shares.T, (N_CHAINS, *shares.T.shape))
    return _draw_notes(votes, chances, rng)


def _draw_notes(votes: Votes, chances: FloatArray, rng: np.random.Generator) -> Cells:
    """Draw how many notes of each row have each cell's codes, from chances of shape (chains, cells, U)."""
    notes = np.zeros(chances.shape, np.int64)
    alone = votes.multiplicity == 1
    # A row of one note falls on the cell where a number from 0 to 1 meets the summed chances: far faster.
    summed = chances[:, :-1, alone].cumsum(axis=1)
    found = (rng.random((len(chances), 1, summed.shape[2])) >= summed).sum(axis=1, keepdims=True)
    notes[:, :, alone] = found == np.arange(chances.shape[1])[:, None]
    shared = chances[:, :, ~alone].swapaxes(1, 2)
    notes[:, :, ~alone] = rng.multinomial(votes.multiplicity[~alone], shared).swapaxes(1, 2)
    return notes


def _dirichlet(notes: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Draw from Dirichlet distributions along the last axis; exact zeros are kept off."""
    drawn = np.maximum(rng.standard_gamma(notes), TINY)
    chances: FloatArray = drawn / drawn.sum(axis=-1, keepdims=True)
    return chances


def _draw_confusion(
    votes: Votes, which: int, notes: Cells, prior: Prior, rng: np.random.Generator
) -> FloatArray:
    """Draw one variable's confusion matrices, shape (chains, M, V, V)."""
    chosen = votes.chosen[which]
    apart = notes.reshape(len(notes), *votes.n_codes, notes.shape[2])
    right = apart.sum(axis=tuple(1 + k for k in range(len(votes.n_codes)) if k != which))
    counts = right.reshape(-1, len(chosen)).astype(float) @ chosen.reshape(len(chosen), -1)
    counts = counts.reshape(len(notes), -1, *chosen.shape[1:]).swapaxes(1, 2)
    return _dirichlet(counts + prior.rows(chosen.shape[2]), rng)


def _chances(
    votes: Votes, prevalence: FloatArray, confusions: list[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Return the chance of each cell on each row (chains, cells, U), and each chain's log likelihood."""
    log_joint = log_of(prevalence).reshape(len(prevalence), *votes.n_codes, 1)
    for which, (chosen, confusion) in enumerate(zip(votes.chosen, confusions, strict=True)):
        by_code = log_of(confusion).swapaxes(1, 2).reshape(-1, chosen[0].size)
        seen = (by_code @ chosen.reshape(len(chosen), -1).T).reshape(len(confusion), -1, len(chosen))
        others = tuple(1 + k for k in range(len(votes.n_codes)) if k != which)
        log_joint = log_joint + np.expand_dims(seen, others)
    cells = log_joint.reshape(len(prevalence), -1, len(votes.multiplicity))
    chances, log_evidence = normalised(cells, axis=1)
    return chances, log_evidence @ votes.multiplicity


def split_r_hat(values: FloatArray) -> float:
    """Return the largest R̂ of chains cut in halves; 1 where nothing varies.

    Parameters
    ----------
    values : array of shape (sweeps, chains, K)
        K quantities followed along the chains. After Gelman et al. 2013, *Bayesian Data Analysis*,
        3rd ed., ch. 11.4.
    """
    half = len(values) // 2
    if half < 2:
        return float("nan")
    chains = np.concatenate([values[:half], values[half : 2 * half]], axis=1)
    within = chains.var(axis=0, ddof=1).mean(axis=0)
    between = half * chains.mean(axis=0).var(axis=0, ddof=1)
    varies = within > 0
    if not varies.any():
        return 1.0
    ratio = (half - 1) / half + between[varies] / within[varies] / half
    return float(np.sqrt(ratio.max()))
