"""Draws from Dawid and Skene's model with a difficulty of each note: on hard ones coders guess more often."""

from __future__ import annotations

import numpy as np

from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.consensus.draws import (
    N_CHAINS,
    WARM_UP,
    Cells,
    Draws,
    Prior,
    Votes,
    draw_dirichlet,
    draw_notes,
    normalised,
    split_r_hat,
)

# With what chance a coder guesses on a note, and how many notes of each kind are held likely beforehand.
GUESSING = np.array([0.0, 0.3, 0.6, 0.9])
NOTES_OF_KIND = np.array([2.0, 1.0, 1.0, 1.0])


def draw_with_difficulty(votes: Votes, prior: Prior, n_draws: int, rng: np.random.Generator) -> Draws:
    """Draw right codes, difficulties, guesses, prevalence and habits in turn, each given the others.

    A note is of one of L kinds; on one of kind l each coder, on their own, guesses with chance λ_l, by how
    common answers are, and otherwise reads by habit: P(k) = (1 − λ_l) θ_mck + λ_l g_k. Coders who are
    right together on easy notes and wrong together on hard ones are then not taken for careful throughout
    (Whitehill and others 2009, *NeurIPS* 22, for such a difficulty of notes; the steps are conjugate here).

    Parameters
    ----------
    votes : Votes of one variable, U rows
    prior : Prior
    n_draws : R, rounded up to a multiple of the number of chains
    rng : Generator

    Returns
    -------
    Draws. ``confusion`` is over notes of all kinds, guesses included.
    """
    (chosen,) = votes.chosen
    n_codes = chosen.shape[2]
    n_sweeps = -(-n_draws // N_CHAINS)
    given = np.einsum("umv,u->v", chosen, votes.multiplicity) + prior.prevalence / 2
    guess = given / given.sum()
    notes = _start(votes, rng)
    keeps = [notes.sum(axis=2).astype(float)] * chosen.shape[1]
    paths, counts = [], []
    totals: list[FloatArray] = []
    for sweep in range(WARM_UP + n_sweeps):
        right = notes.sum(axis=2)
        prevalence = draw_dirichlet(right.sum(axis=2) + prior.prevalence, rng)
        kinds = draw_dirichlet(notes.sum(axis=(1, 3)) + NOTES_OF_KIND, rng)
        read = np.stack([kept @ chosen[:, m] for m, kept in enumerate(keeps)], axis=1)
        habits = draw_dirichlet(read + prior.rows(n_codes), rng)
        chances, evidence = _chances(votes, prevalence, kinds, habits, guess)
        flat = chances.reshape(len(chances), -1, chances.shape[3])
        notes = draw_notes(votes, flat, rng).reshape(chances.shape)
        keeps = _not_guessed(votes, notes, habits, guess, rng)
        paths.append(evidence @ votes.multiplicity)
        if sweep >= WARM_UP:
            counts.append(notes.sum(axis=(2, 3)))
            guesses = (kinds @ GUESSING)[:, None, None, None]
            shown = (1 - guesses) * habits + guesses * guess
            means = [chances.sum(axis=2).mean(axis=0), prevalence.mean(axis=0), shown.mean(axis=0)]
            totals = [a + b for a, b in zip(totals, means, strict=True)] if totals else means
    kept_counts = np.stack(counts)
    probability, shares, confusion = (total / n_sweeps for total in totals)
    return Draws(
        kept_counts.reshape(-1, n_codes),
        probability.T,
        confusion,
        shares,
        np.stack(paths),
        split_r_hat(kept_counts.astype(float)),
    )


def _start(votes: Votes, rng: np.random.Generator) -> Cells:
    """Put each note at a code that one of its coders chose, and among the easy ones: (chains, V, L, U)."""
    shares = votes.shares()
    notes = draw_notes(votes, np.broadcast_to(shares.T, (N_CHAINS, *shares.T.shape)), rng)
    start = np.zeros((N_CHAINS, shares.shape[1], len(GUESSING), len(shares)), np.int64)
    start[:, :, 0] = notes
    return start


def _said(votes: Votes, habits: FloatArray, guess: FloatArray, m: int) -> tuple[FloatArray, FloatArray]:
    """Return the chance of what a coder said by habit (chains, V, 1, U), and by guessing (U,)."""
    chosen = votes.chosen[0][:, m]
    return (habits[:, m] @ chosen.T)[:, :, None], chosen @ guess


def _chances(
    votes: Votes, prevalence: FloatArray, kinds: FloatArray, habits: FloatArray, guess: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the chance of each code and kind on each row (chains, V, L, U), and the log evidence of rows."""
    log_joint = np.log(prevalence)[:, :, None, None] + np.log(kinds)[:, None, :, None]
    log_joint = np.repeat(log_joint, len(votes.multiplicity), axis=3)
    share = GUESSING[:, None]
    for m in range(votes.chosen[0].shape[1]):
        seen = votes.chosen[0][:, m].any(axis=1)
        by_habit, by_guess = _said(votes, habits, guess, m)
        log_joint += np.log(np.where(seen, (1 - share) * by_habit + share * by_guess, 1))
    flat = log_joint.reshape(len(log_joint), -1, log_joint.shape[3])
    chances, evidence = normalised(flat, axis=1)
    return chances.reshape(log_joint.shape), evidence


def _not_guessed(
    votes: Votes, notes: Cells, habits: FloatArray, guess: FloatArray, rng: np.random.Generator
) -> list[FloatArray]:
    """Draw how many decisions of each coder were no guesses, by right code and row: (chains, V, U) each."""
    share = GUESSING[:, None]
    kept = []
    for m in range(votes.chosen[0].shape[1]):
        by_habit, by_guess = _said(votes, habits, guess, m)
        habit, guessed = (1 - share) * by_habit, share * by_guess
        total = habit + guessed
        chance = np.divide(habit, total, out=np.zeros_like(total), where=total > 0)
        kept.append(rng.binomial(notes, chance).sum(axis=2).astype(float))
    return kept
