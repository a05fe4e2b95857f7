"""Dawid and Skene's model fitted by expectation and maximisation."""

from __future__ import annotations

from dataclasses import dataclass

from sekom_analysis.consensus.votes import FloatArray, Prior, Votes, log_of, normalised


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
