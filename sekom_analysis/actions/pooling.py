"""What many scores say together: partial pooling of actions, coders and criteria, by Gibbs sampling.

One coder's score of one action by one criterion is taken as

    y = m_c + a_i + g_ic + s_jc + u_ij + e_ijc

with m_c the level of the criterion, a_i the action, g_ic its own standing on
the criterion, s_jc the coder's strictness there, u_ij what this coder makes of
this action on the whole, and e_ijc the rest. Each but m_c is normal about 0
with a variance of its own. So a score by a strict coder is moved up and one by
a mild coder down, and an action that few scored is drawn towards the others.

Turned so that the first direction is the mean over criteria and the others
are what is left, the model falls apart into directions that each hold an
action, a coder and a rest only, which draws fast and forgets its start soon.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
CHAINS, WARM_UP, KEPT = 16, 60, 150
PRIOR_SHARE = 0.1


class Draws(NamedTuple):
    """Draws from the posterior; K chains, R draws each, N actions, C criteria.

    Attributes
    ----------
    scores : array of shape (K, R, N, C)
        What an action would score by each criterion if each coder had no liking for it of their own.
    strictness : array of shape (K, R)
        Variance of s, the coders' strictness.
    """

    scores: FloatArray
    strictness: FloatArray


def draw_scores(
    scores: npt.ArrayLike,
    rng: int | np.random.Generator = 0,
    *,
    chains: int = CHAINS,
    warm_up: int = WARM_UP,
    kept: int = KEPT,
) -> Draws:
    """Draw the scores of actions from the model of partial pooling.

    Parameters
    ----------
    scores : array of shape (N, M, C)
        N actions, M coders, C criteria; NaN where a coder did not score.
    rng : seed or Generator
    chains, warm_up, kept : K chains at once; draws of each thrown away, and kept

    Returns
    -------
    Draws

    Notes
    -----
    Every step draws from a full conditional (Gelman et al. 2013, ch. 11 and 15). The prior of every
    variance is scaled inverse chi-squared, worth one observation, at a tenth of the scores' standard
    deviation. What is missing of a row that a coder began is drawn too; a row not begun adds nothing.

    Examples
    --------
    >>> given = np.array([[[5.0], [4.0]], [[2.0], [1.0]], [[3.0], [np.nan]]])
    >>> mean = draw_scores(given, rng=1).scores.mean(axis=(0, 1))[:, 0]
    >>> bool(mean[0] > mean[2] > mean[1])
    True
    """
    given = np.asarray(scores, dtype=np.float64)
    centre, spread = _scale(given[~np.isnan(given)])
    state = _Chains((given - centre) / spread, chains, np.random.default_rng(rng))
    for _ in range(warm_up):
        state.step()
    drawn, strictness = [], []
    for _ in range(kept):
        state.step()
        # The level is that of the coders at hand: how strict others would be moves all actions alike.
        usual = state.strict.mean(axis=1, keepdims=True)
        drawn.append((state.own + usual) @ state.turn.T)
        strictness.append(state.coder_variance[:, 0, 0])
    return Draws(
        np.stack(drawn, axis=1) * spread + centre,
        np.stack(strictness, axis=1) * spread**2,
    )


def _scale(values: FloatArray) -> tuple[float, float]:
    if not len(values):
        return 0.0, 1.0
    return float(values.mean()), float(values.std()) or 1.0


def directions(n_criteria: int) -> FloatArray:
    """Return right-angled directions as columns, the first with equal parts of all criteria: (C, C).

    Examples
    --------
    >>> directions(2).round(3).tolist()
    [[0.707, 0.707], [0.707, -0.707]]
    """
    start = np.eye(n_criteria)
    start[:, 0] = 1.0
    turn, triangle = np.linalg.qr(start)
    turned: FloatArray = turn * np.sign(np.diag(triangle))
    turned[:, 1:] *= -1.0
    return turned


class _Chains:
    """K chains at once, each a state of the model; `step` draws every part given all others.

    ``own`` (K, N, C) is an action's standing, ``strict`` (K, M, C) a coder's strictness, both turned.
    Variances have shape (K, 1, C): one for the first direction, one that all others share.
    """

    def __init__(self, scores: FloatArray, chains: int, rng: np.random.Generator) -> None:
        n, m, c = scores.shape
        self.rng, self.turn = rng, directions(c)
        self.kind = np.minimum(np.arange(c), 1)
        seen = ~np.isnan(scores)
        self.begun = seen.any(axis=2)
        self.seen = seen
        self.rows = np.argwhere(self.begun & ~seen.all(axis=2))
        self.pairs = self.begun.astype(np.float64)
        self.scores = np.where(seen, scores, 0.0)
        self._sum_up(self.scores @ self.turn)
        # Starts lie further apart than the posterior, so that chains that meet have forgotten them.
        self.own_variance, self.noise = (
            np.exp(rng.normal(-1.0, 1.0, (chains, 1, 2)))[..., self.kind] for _ in "ab"
        )
        self.coder_variance = np.exp(rng.normal(-2.0, 1.0, (chains, 1, 1)))
        self.own = rng.normal(0.0, 1.0, (chains, n, c))
        self.strict = rng.normal(0.0, 0.5, (chains, m, c))
        self.level = np.zeros((chains, 1, c))

    def _sum_up(self, turned: FloatArray) -> None:
        """Keep what the draws need of turned scores: sums by action, by coder, and of squares."""
        self.by_action, self.by_coder = turned.sum(axis=-2), turned.sum(axis=-3)
        self.squares = (turned**2).sum(axis=(-3, -2))

    def step(self) -> None:
        """Draw every part given all others."""
        if len(self.rows):
            self._fill_rows()
        each, per = self.pairs.sum(axis=1)[:, None], self.pairs.sum(axis=0)[:, None]
        left = self.by_action - self.pairs @ self.strict
        self.own = self._effects(left, each, self.own_variance, self.level)
        middle, spread = self.own.mean(axis=1, keepdims=True), self.own_variance / self.own.shape[1]
        self.level = middle + np.sqrt(spread) * self.rng.standard_normal(middle.shape)
        left = self.by_coder - self.pairs.T @ self.own
        self.strict = self._effects(left, per, self.coder_variance)
        self._draw_variances(each, per)

    def _effects(
        self, sums: FloatArray, counts: FloatArray, variance: FloatArray, middle: FloatArray | float = 0.0
    ) -> FloatArray:
        """Draw normal effects about `middle`, given the sums of so many observations."""
        precision = counts / self.noise + 1 / variance
        mean = (sums / self.noise + middle / variance) / precision
        return mean + self.rng.standard_normal(mean.shape) / np.sqrt(precision)

    def _draw_variances(self, each: FloatArray, per: FloatArray) -> None:
        n, m, c = self.scores.shape
        fitted = 2 * (self.own * (self.pairs @ self.strict - self.by_action)).sum(axis=1)
        fitted += (each * self.own**2).sum(axis=1) + (per * self.strict**2).sum(axis=1)
        rest = self.squares + fitted - 2 * (self.strict * self.by_coder).sum(axis=1)
        self.noise = self._by_kind(rest, self.pairs.sum())
        self.own_variance = self._by_kind(((self.own - self.level) ** 2).sum(axis=1), n)
        coders = (self.strict**2).sum(axis=(1, 2))
        self.coder_variance = self._variance(coders[:, None], np.array([m * c]))[:, None]

    def _by_kind(self, squares: FloatArray, count: float) -> FloatArray:
        """Draw a variance for the first direction and one for all others: (K, 1, C)."""
        c = squares.shape[1]
        sums = np.stack([squares[:, 0], squares[:, 1:].sum(axis=1)], axis=1)
        drawn = self._variance(sums, count * np.array([1, c - 1]))
        return drawn[:, None, self.kind]

    def _variance(self, sums: FloatArray, counts: FloatArray) -> FloatArray:
        return (PRIOR_SHARE**2 + sums) / self.rng.chisquare(counts + 1.0, sums.shape)

    def _fill_rows(self) -> None:
        """Draw what is missing of rows that were begun, given what was scored there."""
        actions, coders = self.rows.T
        seen = self.seen[actions, coders]
        drawn = np.sqrt(self.noise) * self.rng.standard_normal((len(self.noise), *seen.shape))
        fitted = (self.own[:, actions] + self.strict[:, coders]) @ self.turn.T
        off = drawn @ self.turn.T
        # Noise drawn whole, then moved by what it misses where the score is known (Matheron's rule).
        shared = (self.noise[..., :1] - self.noise[..., -1:]) / seen.shape[1]
        missed = ((self.scores[actions, coders] - fitted - off) * seen).sum(axis=-1, keepdims=True)
        moved = shared / (self.noise[..., -1:] + seen.sum(axis=1, keepdims=True) * shared) * missed
        whole = np.repeat(self.scores[None], len(self.noise), axis=0)
        whole[:, actions, coders] = np.where(seen, self.scores[actions, coders], fitted + off + moved)
        self._sum_up(whole @ self.turn)
