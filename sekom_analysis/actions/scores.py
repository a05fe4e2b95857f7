"""Scores of actions: what coders answered to the criteria, as a table and pooled by Gibbs sampling."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.actions.coverage import merged_into
from sekom_analysis.basics.errors import CodebookError, RatingsError
from sekom_analysis.basics.wording import quoted
from sekom_analysis.study.study import Study

# --- what many scores say together: partial pooling of actions, coders and criteria, by Gibbs sampling ---


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

    ``own`` (K, N, C) is an action's position, ``strict`` (K, M, C) a coder's strictness, both turned.
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


# --- scores of actions: what coders answered to the criteria, as a long table and as an array ---------


SCORE_COLUMNS = ["action", "coder", "criterion", "round", "score"]
KEYS = ["action", "coder", "criterion"]


def criteria_of(study: Study, round: int | None = None) -> list[str]:
    """Return the criteria of a study, or of one round: its `scale` variables with a ``round``."""
    found = [v for v in study.codebook.variables if v.kind == "scale" and v.round is not None]
    return [v.id for v in found if round is None or v.round == round]


def action_scores(
    study: Study,
    notes: object = None,
    criteria: Sequence[str] | None = None,
    round: int | None = None,
    *,
    coders: Iterable[str] | None = None,
    merged: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return the scores that coders gave to actions, one row per score.

    Parameters
    ----------
    study : Study
    notes : which actions, as in `Study.ratings`; left out, all that a criterion is asked of
    criteria : ids of `scale` variables; left out, those with a ``round`` in the codebook
    round : only the criteria of this round
    coders : whose; left out, everybody who scored, except the material's own sorting
    merged : note -> the note it was merged into: its scores become those of the other, by each coder the
        mean over all that came together and that the coder scored. Left out, the study's own merges;
        ``{}`` for none

    Returns
    -------
    DataFrame
        Columns ``action``, ``coder``, ``criterion``, ``round``, ``score``. What a coder has not scored
        has no row. Ratings of pass 1, independent, count.

    Raises
    ------
    CodebookError
        If a criterion is no `scale` variable, or there is none.
    RatingsError
        If merges go round in a circle.
    """
    chosen = list(criteria) if criteria is not None else criteria_of(study, round)
    variables = [study.codebook[criterion] for criterion in chosen]
    _check_criteria(study, chosen, round)
    if coders is None:
        coders = study.with_codebook
    whose = list(coders)
    parts = []
    for variable in variables:
        if round is not None and variable.round not in (None, round):
            continue
        ratings = study.ratings(variable.id, whose, study.notes_asked(variable, notes)).astype("float64")
        long = ratings.rename_axis(columns=None).melt(
            ignore_index=False, var_name="coder", value_name="score"
        )
        long = long.dropna().rename_axis("action").reset_index()
        parts.append(long.assign(criterion=variable.id, round=variable.round or 1)[SCORE_COLUMNS])
    found = pd.concat(parts, ignore_index=True)
    into = merged_into(study) if merged is None else merged
    return merge_scores(found, into) if into else found


def count_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Count how often each coder gave each score, to see who is strict and who uses the whole scale.

    Parameters
    ----------
    scores : as `action_scores` gives them

    Returns
    -------
    DataFrame
        Columns ``criterion``, ``coder``, ``score`` and ``count``, the number of actions. Means over merged
        actions are rounded to the nearest whole score, halves up.

    Raises
    ------
    RatingsError
        If columns are missing or a score is not a number.

    Examples
    --------
    >>> scores = pd.DataFrame({"action": ["D1", "D2", "D3"], "coder": "k1", "criterion": "goal", "round": 1,
    ...                        "score": [4.0, 4.0, 2.0]})
    >>> count_scores(scores).values.tolist()
    [['goal', 'k1', 2, 1], ['goal', 'k1', 4, 2]]
    """
    table = checked(scores)
    whole = table.assign(score=np.floor(table["score"] + 0.5).astype("int64"))
    return whole.groupby(["criterion", "coder", "score"]).size().rename("count").reset_index()


def _check_criteria(study: Study, criteria: Sequence[str], round: int | None) -> None:
    wrong = [c for c in criteria if study.codebook[c].kind != "scale"]
    scales = ", ".join(v.id for v in study.codebook.variables if v.kind == "scale") or "none"
    if wrong:
        msg = f"Actions are scored on scales; {', '.join(wrong)} is none. Scales of the codebook: {scales}."
        raise CodebookError(msg)
    if not criteria:
        rounds = sorted({v.round for v in study.codebook.variables if v.round is not None})
        asked = (
            "" if round is None else f" of round {round} (rounds: {', '.join(map(str, rounds)) or 'none'})"
        )
        msg = (
            f"The codebook has no criteria{asked}. A criterion is a variable with 'kind: scale' and "
            f"'round: 1'; or name scales with criteria=. Scales: {scales}."
        )
        raise CodebookError(msg)


def merge_scores(scores: pd.DataFrame, merged: Mapping[str, str]) -> pd.DataFrame:
    """Return scores with merged actions as one: by each coder the mean over the members scored.

    Parameters
    ----------
    scores : as `action_scores` gives them
    merged : action -> the one it was merged into, which may itself be merged

    Raises
    ------
    RatingsError
        If merges go round in a circle.

    Examples
    --------
    >>> scores = pd.DataFrame({"action": ["D1", "D2"], "coder": "k1", "criterion": "goal", "round": 1,
    ...                        "score": [4.0, 5.0]})
    >>> merge_scores(scores, {"D2": "D1"}).values.tolist()
    [['D1', 'k1', 'goal', 1, 4.5]]
    """
    into = {action: _final(action, merged) for action in scores["action"].unique()}
    moved = scores.assign(action=scores["action"].map(into))
    return moved.groupby(SCORE_COLUMNS[:-1], sort=False)["score"].mean().reset_index()


def _final(action: str, merged: Mapping[str, str]) -> str:
    path = [action]
    while path[-1] in merged:
        path.append(merged[path[-1]])
        if path[-1] in path[:-1]:
            msg = f"The merges go round in a circle: {' → '.join(path)}. Take one of them back."
            raise RatingsError(msg)
    return path[-1]


class Panel(NamedTuple):
    """Scores as an array (N, M, C), NaN where a coder did not score, with what its axes are."""

    scores: FloatArray
    actions: list[str]
    coders: list[str]
    criteria: list[str]

    def weights(self, weights: Mapping[str, float] | None) -> FloatArray:
        """Return the weight of each criterion, all adding up to 1; equal ones if none are given.

        Raises
        ------
        RatingsError
            If they are for other criteria, below 0, or all 0.
        """
        if weights is None:
            return np.full(len(self.criteria), 1 / len(self.criteria))
        given = {name: float(value) for name, value in weights.items()}
        faults = [f"there is no criterion '{name}'" for name in given if name not in self.criteria]
        faults += [f"'{name}' has no weight" for name in self.criteria if name not in given]
        faults += [
            f"{value:g} for '{name}' is not a weight"
            for name, value in given.items()
            if not 0 <= value < np.inf
        ]
        if not faults and not sum(given.values()):
            faults = ["all weights are 0"]
        if faults:
            msg = (
                f"Weights are numbers from 0 up, one for each criterion ({', '.join(self.criteria)}): "
                f"{'; '.join(faults)}. Nothing was ranked."
            )
            raise RatingsError(msg)
        ordered = np.array([given[name] for name in self.criteria])
        return np.asarray(ordered / ordered.sum())


def panels(scores: pd.DataFrame, together: bool = False) -> Iterator[tuple[int, Panel]]:
    """Give the panel of each round; of all rounds as one, with the actions of the last, if asked for.

    Raises
    ------
    RatingsError
        If columns are missing, a score is not a number, a coder scored something twice, or there is none.
    """
    table = checked(scores)
    rounds = sorted(table["round"].unique())
    if together:
        last = table.loc[table["round"] == rounds[-1], "action"].unique()
        yield int(rounds[-1]), _panel(table[table["action"].isin(last)])
        return
    for number in rounds:
        yield int(number), _panel(table[table["round"] == number])


def checked(scores: pd.DataFrame) -> pd.DataFrame:
    """Return scores with the columns of `action_scores`, numbers as floats, or say all that is wrong."""
    table = scores.rename(columns={"note_id": "action"}) if "action" not in scores.columns else scores
    table = table if "round" in table.columns else table.assign(round=1)
    missing = [name for name in SCORE_COLUMNS if name not in table.columns]
    if missing:
        faults = [
            f"the columns {', '.join(missing)} are missing (it has: {', '.join(map(str, scores.columns))})"
        ]
    else:
        faults = list(_score_faults(table))
    if faults:
        msg = f"Scores are a long table, one row per score, and here {'; '.join(faults)}. Nothing was ranked."
        raise RatingsError(msg)
    numbers = pd.to_numeric(table["score"]).astype("float64")
    return table.assign(score=numbers)[SCORE_COLUMNS].dropna(subset=["score"])


def _score_faults(table: pd.DataFrame) -> Iterator[str]:
    numbers = pd.to_numeric(table["score"], errors="coerce")
    wrong = table.loc[
        table["score"].notna() & ~np.isfinite(numbers.fillna(np.inf).astype("float64")), "score"
    ]
    if len(wrong):
        shown = quoted(map(str, wrong.unique()[:3]))
        yield f"{shown} is not a score"
    doubled = table[table.duplicated(KEYS)]
    if len(doubled):
        row = doubled.iloc[0]
        yield f"coder '{row['coder']}' scored '{row['action']}' by '{row['criterion']}' more than once"
    if not numbers.notna().any():
        yield "there is not a score"


def _panel(table: pd.DataFrame) -> Panel:
    places = {key: pd.factorize(table[key]) for key in KEYS}
    names = [list(map(str, found)) for _, found in places.values()]
    array = np.full([len(found) for found in names], np.nan)
    array[tuple(at for at, _ in places.values())] = table["score"].to_numpy()
    return Panel(array, *names)
