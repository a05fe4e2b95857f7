"""How likely each code is on each note, if notes have one right code and coders err independently."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sekom_analysis.agreement.coded import CodedRatings, read_ratings
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import say
from sekom_analysis.consensus.difficulty import draw_with_difficulty
from sekom_analysis.consensus.draws import (
    HIGHEST_R_HAT,
    Draws,
    Fit,
    FloatArray,
    IntArray,
    Prior,
    Votes,
    climb,
    count_votes,
    draw,
    of_used_codes,
)

METHODS = ("difficulty", "gibbs", "em")


@dataclass(frozen=True)
class Diagnostics:
    """How the computation went, and what to know of the answer.

    ``iterations`` are steps of the climb, or sweeps of each chain after the warm-up. ``log_posterior``
    is that of each step (empty for Gibbs). ``log_likelihood`` is that of each step, or the chains' mean
    in each sweep. ``r_hat`` is the largest split R̂ of the counts (missing for EM). ``note`` says what
    limits the answer; it is empty where nothing does.
    """

    method: str
    iterations: int
    converged: bool
    log_posterior: tuple[float, ...] = ()
    log_likelihood: tuple[float, ...] = ()
    r_hat: float = float("nan")
    note: str = ""


@dataclass(frozen=True, eq=False)
class ModelConsensus:
    """What the model makes of ratings of N notes by M coders with V codes.

    Attributes
    ----------
    probability : DataFrame of shape (N, V)
        Probability that a code is the note's right one; a row of missing values where nobody decided.
    confusion : dict of DataFrames of shape (V, V)
        Coder -> how often each code (column) is chosen where a code (row) is right. A row is missing where
        no coder chose the code at all.
    prevalence : Series of shape (V,)
        Share of the notes that have each code.
    diagnostics : Diagnostics
    """

    probability: pd.DataFrame
    confusion: dict[str, pd.DataFrame]
    prevalence: pd.Series[float]
    diagnostics: Diagnostics


def model_consensus(
    ratings: pd.DataFrame,
    rng: int | np.random.Generator = 0,
    *,
    method: str = "difficulty",
    prior: Prior | None = None,
    n_draws: int = 4000,
    lang: str = "en",
) -> ModelConsensus:
    """Estimate each note's code and each coder's habits from one another (Dawid & Skene 1979).

    A note has one right code c, drawn with prevalence π_c; coder m, independently of the others, chooses
    code k with chance θ_mck. Prevalence and habits get weak Dirichlet priors (see `Prior`), so that few
    notes do not overfit. An unseen note says nothing and is never an answer; "none fits" is a code like
    others. A code that nobody chose is not the right code of any note.

    The model takes agreement for evidence. Coders who share habits or read alike (the same training, the
    same program) agree in their mistakes too, and then it is overconfident; more notes make it worse. Its
    codes are a list to talk about, not settled codes. `docs/methods.md` has how often its intervals hold.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `single` variable
    rng : seed or Generator of the draws; the same seed gives the same bytes
    method : {"difficulty", "gibbs", "em"}
        Means over draws from the posterior, which keep the uncertainty about the coders' habits, with notes
        that differ in difficulty or (``"gibbs"``) as if all were alike; or the latter's mode by EM, which is
        quicker, forgets that uncertainty, and states higher probabilities.
    prior : Prior, optional
    n_draws : draws kept, all chains together
    lang : {"en", "sv"}
        Language of the note in the diagnostics.

    Returns
    -------
    ModelConsensus

    Raises
    ------
    RatingsError
        If the ratings are not a table or hold several codes per note, or an argument is wrong.

    Examples
    --------
    >>> table = pd.DataFrame({"a": list("xxxxyyyy"), "b": list("xxxxyyyy"), "c": list("xxyxyyyx")})
    >>> found = model_consensus(table)
    >>> found.probability.idxmax(axis=1).str.cat()
    'xxxxyyyy'
    >>> bool(found.probability["x"].iloc[0] > found.probability["x"].iloc[2])
    True
    """
    everything = read_ratings(ratings)
    _check(everything, method, n_draws)
    coded, used = of_used_codes(everything)
    decided = ratings.notna().sum(axis=1).to_numpy()
    seen = np.flatnonzero(decided)
    if not len(seen):
        diagnostics = Diagnostics(method, 0, True, note=say("model_no_decision", lang))
        return _answer(ratings, everything, seen, used, _nothing(len(coded.coders)), diagnostics)
    votes = count_votes([coded.rows(seen)])
    prior = prior or Prior()
    if method == "em":
        fit = climb(votes, prior)
        parts, paths = _of_fit(fit, votes), (fit.log_posterior, fit.log_likelihood)
        diagnostics = Diagnostics("em", len(fit.log_posterior), fit.converged, *paths)
    else:
        drawing = draw if method == "gibbs" else draw_with_difficulty
        draws = drawing(votes, prior, n_draws, np.random.default_rng(rng))
        parts, diagnostics = _of_draws(draws, votes), _of_chains(draws, method)
    note = _note(decided, len(used), diagnostics.converged, lang)
    return _answer(ratings, everything, seen, used, parts, replace(diagnostics, note=note))


_Parts = tuple[FloatArray, FloatArray, FloatArray]
"""Probability (N seen, V used), prevalence (V used,) and confusion (M, V used, V used)."""


def _check(coded: CodedRatings, method: str, n_draws: int) -> None:
    wrong = []
    if method not in METHODS:
        wrong.append(f"method '{method}' (choose one of: {', '.join(METHODS)})")
    if n_draws < 1:
        wrong.append(f"n_draws {n_draws} (1,000 or more)")
    if any(isinstance(code, frozenset) for code in coded.codes):
        wrong.append("ratings with several codes a note (ask about each code for itself)")
    if wrong:
        msg = f"The model cannot take: {'; '.join(wrong)}. Nothing was computed."
        raise RatingsError(msg)


def _nothing(n_coders: int) -> _Parts:
    return np.zeros((0, 0)), np.zeros(0), np.zeros((n_coders, 0, 0))


def _of_fit(fit: Fit, votes: Votes) -> _Parts:
    return fit.probability[votes.row_of_note], fit.prevalence, fit.confusion


def _of_draws(draws: Draws, votes: Votes) -> _Parts:
    return draws.probability[votes.row_of_note], draws.prevalence, draws.confusion


def _of_chains(draws: Draws, method: str) -> Diagnostics:
    path = tuple(draws.log_likelihood.mean(axis=1).tolist())
    # Chains too short to be compared have not been seen to agree.
    agree = bool(draws.r_hat <= HIGHEST_R_HAT)
    return Diagnostics(method, draws.n_sweeps, agree, log_likelihood=path, r_hat=draws.r_hat)


def _note(decided: IntArray, n_used: int, converged: bool, lang: str) -> str:
    """Return what limits the answer, the most limiting alone."""
    if n_used == 1:
        return say("model_one_code", lang)
    if decided.max() < 2:
        return say("model_no_pair", lang)
    return "" if converged else say("model_not_converged", lang)


def _answer(
    ratings: pd.DataFrame,
    coded: CodedRatings,
    seen: IntArray,
    used: IntArray,
    parts: _Parts,
    diagnostics: Diagnostics,
) -> ModelConsensus:
    """Set the parts into tables over all notes and all codes."""
    codes = pd.Index(coded.codes, name="code", dtype=object)
    found, shares, confusions = parts
    unused = 0.0 if len(used) else np.nan
    probability = np.full((len(ratings), len(codes)), np.nan)
    probability[seen] = unused
    probability[np.ix_(seen, used)] = found
    prevalence = np.full(len(codes), unused)
    prevalence[used] = shares
    confusion = {}
    for coder, matrix in zip(coded.coders, confusions, strict=True):
        cells = np.full((len(codes), len(codes)), np.nan)
        cells[used] = 0.0
        cells[np.ix_(used, used)] = matrix
        confusion[coder] = pd.DataFrame(cells, codes.rename("right"), codes.rename("chosen"))
    return ModelConsensus(
        pd.DataFrame(probability, ratings.index, codes),
        confusion,
        pd.Series(prevalence, codes, name="prevalence"),
        diagnostics,
    )
