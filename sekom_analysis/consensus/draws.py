"""Draws from the posterior of Dawid and Skene's model, for one variable or two at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.coded import CodedRatings
from sekom_analysis.basics.errors import RatingsError

# --- who chose what, squeezed to the distinct rows of one or two tables of ratings --------------------


FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer[Any]]
# Logarithms of chances below this are those of this: an impossible choice stays a number.
TINY = 1e-300


@dataclass(frozen=True)
class Prior:
    """What is held likely of coders and codes before any decision is seen.

    Each row of a coder's confusion matrix gets a Dirichlet prior that leans to the diagonal: it weighs as
    much as `weight` notes, of which the share `accuracy` were read rightly and the rest are spread evenly
    over the other codes. The prevalence of the codes gets one of `prevalence` notes a code.

    Three quarters right is what an agreement of about α = .5 means for coders who err on their own, near
    the low end of what is published. Twelve notes are about as many as a code has in a study of 99 notes
    and 7 codes: where a code is common the decisions outweigh the prior, where it is rare the prior keeps
    the model from explaining away every disagreement. With 7 codes each other code then gets half a note,
    as in Jeffreys' prior.
    """

    accuracy: float = 0.75
    weight: float = 12.0
    prevalence: float = 1.0

    def __post_init__(self) -> None:
        wrong = []
        if not 0 < self.accuracy < 1:
            wrong.append(f"accuracy {self.accuracy} (between 0 and 1)")
        wrong += [
            f"{name} {value} (above 0)"
            for name, value in (("weight", self.weight), ("prevalence", self.prevalence))
            if not value > 0
        ]
        if wrong:
            msg = f"This prior cannot be used: {'; '.join(wrong)}. Nothing was computed."
            raise RatingsError(msg)

    def rows(self, n_codes: int) -> FloatArray:
        """Return the prior notes of a confusion matrix: shape (V, V), right code × chosen code."""
        if n_codes == 1:
            return np.full((1, 1), self.weight)
        other = self.weight * (1 - self.accuracy) / (n_codes - 1)
        return np.where(np.eye(n_codes, dtype=bool), self.weight * self.accuracy, other)


@dataclass(frozen=True, eq=False)
class Votes:
    """The distinct rows of the ratings (who chose what), and how many notes share each.

    Attributes
    ----------
    chosen : one array of shape (U, M, V) a variable
        1 where coder m chose code v on the notes of row u; a row of zeros where the note is unseen.
    multiplicity : array of shape (U,)
        How many notes share each row; N in all.
    row_of_note : array of shape (N,)
    """

    chosen: tuple[FloatArray, ...]
    multiplicity: IntArray
    row_of_note: IntArray

    @property
    def n_codes(self) -> tuple[int, ...]:
        """V of each variable."""
        return tuple(chosen.shape[2] for chosen in self.chosen)

    def shares(self, which: int = 0) -> FloatArray:
        """Return each code's share of the coders who decided, shape (U, V); even where nobody did."""
        counts = self.chosen[which].sum(axis=1)
        totals = counts.sum(axis=1, keepdims=True)
        shares: FloatArray = np.where(totals > 0, counts / np.maximum(totals, 1), 1 / counts.shape[1])
        return shares


def count_votes(tables: Sequence[CodedRatings]) -> Votes:
    """Squeeze the ratings of the same N notes by the same M coders on one or more variables."""
    values = np.column_stack([column for table in tables for column in table.values])
    rows, row_of_note, multiplicity = np.unique(values, axis=0, return_inverse=True, return_counts=True)
    parts = np.split(rows, len(tables), axis=1)
    chosen = tuple(
        (part[:, :, None] == np.arange(len(table.codes))).astype(float)
        for part, table in zip(parts, tables, strict=True)
    )
    return Votes(chosen, multiplicity, row_of_note.ravel())


def of_used_codes(coded: CodedRatings) -> tuple[CodedRatings, IntArray]:
    """Return the ratings over the codes that somebody chose, and where these are among all codes."""
    positions = np.unique(np.concatenate([np.array([-1]), *coded.values]))[1:]
    renumber = np.full(len(coded.codes) + 1, -1)  # the last is the place of −1, unseen
    renumber[positions] = np.arange(len(positions))
    values = tuple(renumber[column] for column in coded.values)
    return CodedRatings(values, tuple(coded.codes[k] for k in positions), coded.coders), positions


def log_of(chances: FloatArray) -> FloatArray:
    """Return logarithms, finite for chances of 0 too."""
    return np.log(np.maximum(chances, TINY))


def normalised(log_weights: FloatArray, axis: int) -> tuple[FloatArray, FloatArray]:
    """Return weights that sum to 1 along an axis, and the logarithm of what they summed to."""
    highest = log_weights.max(axis=axis, keepdims=True)
    weights = np.exp(log_weights - highest)
    total = weights.sum(axis=axis, keepdims=True)
    return weights / total, np.squeeze(highest + np.log(total), axis=axis)


# --- draws from the posterior of Dawid and Skene's model, for one variable or two at once -------------


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
        prevalence = draw_dirichlet(notes.sum(axis=2) + prior.prevalence, rng)
        confusions = [_draw_confusion(votes, which, notes, prior, rng) for which in range(len(shape))]
        chances, log_likelihood = _chances(votes, prevalence, confusions)
        notes = draw_notes(votes, chances, rng)
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
    return draw_notes(votes, chances, rng)


def draw_notes(votes: Votes, chances: FloatArray, rng: np.random.Generator) -> Cells:
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


def draw_dirichlet(notes: FloatArray, rng: np.random.Generator) -> FloatArray:
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
    return draw_dirichlet(counts + prior.rows(chosen.shape[2]), rng)


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


# --- dawid and Skene's model fitted by expectation and maximisation -----------------------------------


@dataclass(frozen=True, eq=False)
class Fit:
    """Where the climb ended, and its path.

    Attributes
    ----------
    probability : array of shape (U, V)
    prevalence : array of shape (V,)
    confusion : array of shape (M, V, V), right code × chosen code
    log_posterior, log_likelihood : tuple of float, one a step
    converged : whether the last step gained less than the tolerance
    """

    probability: FloatArray
    prevalence: FloatArray
    confusion: FloatArray
    log_posterior: tuple[float, ...]
    log_likelihood: tuple[float, ...]
    converged: bool


def climb(votes: Votes, prior: Prior, max_iterations: int = 1000, tolerance: float = 1e-9) -> Fit:
    """Climb to a mode of the posterior from the shares of the votes.

    The prior's notes are added to those that are counted (a Dirichlet prior of 1 + these), so that a mode
    exists. Each step raises the log posterior (Dempster, Laird & Rubin 1977); as the prior vanishes this
    is the likelihood, and the steps are those of Dawid & Skene (1979, *Applied Statistics* 28, 20–28).

    Parameters
    ----------
    votes : Votes of one variable, U rows
    prior : Prior
    max_iterations : int
    tolerance : a step that raises the log posterior by less ends the climb
    """
    probability = votes.shares()
    posterior: list[float] = []
    likelihood: list[float] = []
    converged = False
    while not converged and len(posterior) < max_iterations:
        prevalence, confusion = _maximise(votes, probability, prior)
        probability, log_likelihood = _expect(votes, prevalence, confusion)
        likelihood.append(log_likelihood)
        posterior.append(log_likelihood + _log_prior(prevalence, confusion, prior))
        converged = len(posterior) > 1 and posterior[-1] - posterior[-2] < tolerance
    return Fit(probability, prevalence, confusion, tuple(posterior), tuple(likelihood), converged)


def _maximise(votes: Votes, probability: FloatArray, prior: Prior) -> tuple[FloatArray, FloatArray]:
    """Return prevalence (V,) and confusion (M, V, V) that are likeliest given the notes' probabilities."""
    weighted = probability * votes.multiplicity[:, None]
    (chosen,) = votes.chosen
    expected = (weighted.T @ chosen.reshape(len(chosen), -1)).reshape(-1, *chosen.shape[1:]).swapaxes(0, 1)
    confusion = expected + prior.rows(chosen.shape[2])
    prevalence = weighted.sum(axis=0) + prior.prevalence
    return prevalence / prevalence.sum(), confusion / confusion.sum(axis=2, keepdims=True)


def _expect(votes: Votes, prevalence: FloatArray, confusion: FloatArray) -> tuple[FloatArray, float]:
    """Return each row's probabilities (U, V) and the log likelihood of all notes."""
    (chosen,) = votes.chosen
    by_choice = log_of(confusion).transpose(0, 2, 1).reshape(-1, len(prevalence))
    log_joint = chosen.reshape(len(chosen), -1) @ by_choice + log_of(prevalence)
    probability, log_evidence = normalised(log_joint, axis=1)
    return probability, float(log_evidence @ votes.multiplicity)


def _log_prior(prevalence: FloatArray, confusion: FloatArray, prior: Prior) -> float:
    rows = (prior.rows(len(prevalence)) * log_of(confusion)).sum()
    return float(rows + prior.prevalence * log_of(prevalence).sum())
