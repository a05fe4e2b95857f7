"""Agreement broken down: by code, pair of coders, coder left out or beside the rest, group; and all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import Any, Unpack, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.coded import Code, CodedRatings, IntArray
from sekom_analysis.agreement.coefficients import ratio
from sekom_analysis.agreement.disputes import disagreements
from sekom_analysis.agreement.distances import Level
from sekom_analysis.agreement.intervals import Estimate
from sekom_analysis.agreement.patterns import FloatArray, Patterns
from sekom_analysis.agreement.planning import as_often, for_many, share_interval
from sekom_analysis.agreement.tables import DEFAULT, Options, Ratings, Request, agreement, joined, request
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import column_beside, say


def agreement_by_code(ratings: Ratings, **options: Unpack[Options]) -> pd.DataFrame:
    """Return agreement on each code against all others together.

    Parameters are those of `agreement`. Of sets, each code counts as chosen
    or not. A code with less than 10 % of the decisions gets a posterior interval;
    another one on fewer than 10 notes, or on all but so few, none.

    Returns
    -------
    DataFrame
        `code` first, then the columns of `agreement`, then `n_chosen`
        (decisions for the code), `n_carrying` (notes where somebody chose it),
        `prevalence` (its share of all decisions) and `bias` (between the two
        coders who chose it the largest and the smallest share of the time;
        NaN where patterns do not say who chose).

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b", "b", "c"], "k2": ["a", "b", "a", "c"]})
    >>> table = agreement_by_code(ratings, coefficients="alpha", n_resamples=0)
    >>> table[["code", "value"]].round(2)
      code  value
    0    a   0.53
    1    b   0.53
    2    c   1.00
    """
    asked = request(**options)
    if isinstance(ratings, Patterns):
        patterns, shares = ratings, np.zeros((0, len(ratings.codes)))
    else:
        coded = asked.coded(ratings)
        patterns, shares = asked.patterns_of(coded), _shares(coded)
    each = list(_one_code_each(patterns))
    if not each:
        return joined([], "code")
    found = asked.estimates_of(patterns, lambda whole: [one for _, one in _one_code_each(whole)])
    spreads = [_spread(shares[:, holds].sum(axis=1)) for _, holds in _holding(patterns.codes)]
    return joined(
        _code_rows(asked, *one, estimates).assign(bias=spread)
        for one, estimates, spread in zip(each, found, spreads, strict=True)
    )


def agreement_by_pair(
    ratings: pd.DataFrame, level: Level = "nominal", **options: Unpack[Options]
) -> pd.DataFrame:
    """Return agreement of every two coders.

    Parameters are those of `agreement`.

    Returns
    -------
    DataFrame
        `coder_a` and `coder_b` first, then the columns of `agreement`, then
        `prevalence_index` (0: all codes used alike, 1: one code only) and
        `bias_index` (share of decisions that cannot match, because the two
        use the codes unlike often). With two codes they are those of Byrt,
        Bishop & Carlin (1993, *Journal of Clinical Epidemiology* 46, 423–429).

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b"], "k2": ["a", "b"], "k3": ["a", "a"]})
    >>> table = agreement_by_pair(ratings, coefficients="percent", n_resamples=0)
    >>> table[["coder_a", "coder_b", "value"]]
      coder_a coder_b  value
    0      k1      k2    1.0
    1      k1      k3    0.5
    2      k2      k3    0.5
    """
    asked = request(level, **options)
    coded = asked.coded(ratings)
    pairs = [coded.only(pair) for pair in combinations(range(len(coded.coders)), 2)]
    return joined((_pair_rows(asked, pair) for pair in pairs), "coder_a", "coder_b")


def agreement_without_each(
    ratings: pd.DataFrame, level: Level = "nominal", **options: Unpack[Options]
) -> pd.DataFrame:
    """Return agreement of all coders but one, for each one left out.

    Where agreement rises much without a coder, that coder reads otherwise
    than the rest. Parameters are those of `agreement`.

    Returns
    -------
    DataFrame
        `without` (the coder left out) first, then the columns of `agreement`.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b"], "k2": ["a", "b"], "k3": ["a", "a"]})
    >>> table = agreement_without_each(ratings, coefficients="percent", n_resamples=0)
    >>> table[["without", "value"]]
      without  value
    0      k1    0.5
    1      k2    0.5
    2      k3    1.0
    """
    asked = request(level, **options)
    coded = asked.coded(ratings)
    everyone = range(len(coded.coders))
    others = [(coded.coders[j], coded.only([i for i in everyone if i != j])) for j in everyone]
    return joined((asked.answer(asked.patterns_of(rest), without=name) for name, rest in others), "without")


def agreement_by_group(
    ratings: pd.DataFrame, by: pd.Series[Any], level: Level = "nominal", **options: Unpack[Options]
) -> pd.DataFrame:
    """Return agreement within each group of notes, such as each source or stage.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M)
        One row per note, one column per coder; missing means unseen.
    by : Series
        The group of each note, indexed by note_id; notes without one are left out.
    level, **options
        Those of `agreement`.

    Returns
    -------
    DataFrame
        The group first, under the name of `by`, in the order in which groups
        come; then the columns of `agreement`.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b"], "k2": ["a", "a"]}, index=["B1", "D1"])
    >>> stage = pd.Series({"B1": "B", "D1": "D"}, name="stage")
    >>> table = agreement_by_group(ratings, stage, coefficients="percent", n_resamples=0)
    >>> table[["stage", "value"]]
      stage  value
    0     B    1.0
    1     D    0.0
    """
    asked = request(level, **options)
    group = by.reindex(ratings.index)
    name = str(by.name or "group")
    # Codes are those of the whole table, so that groups can be compared.
    whole = asked.coded(ratings)
    rows = ((label, whole.rows(np.flatnonzero(group == label))) for label in group.dropna().unique())
    return joined((asked.answer(asked.patterns_of(part), **{name: label}) for label, part in rows), name)


def _pair_rows(asked: Request, pair: CodedRatings) -> pd.DataFrame:
    coder_a, coder_b = pair.coders
    rows = asked.answer(asked.patterns_of(pair), coder_a=coder_a, coder_b=coder_b)
    both = (pair.values[0] >= 0) & (pair.values[1] >= 0)
    shares = _shares(pair.rows(np.flatnonzero(both)))
    return rows.assign(prevalence_index=_prevalence_index(shares), bias_index=_bias_index(shares))


def _shares(coded: CodedRatings) -> FloatArray:
    """Each coder's share of decisions for each code, shape (M, V); NaN for a coder without any."""
    n_codes = len(coded.codes)
    chosen = [np.bincount(column[column >= 0], minlength=n_codes) for column in coded.values]
    table = np.array(chosen, dtype=np.float64).reshape(len(coded.coders), n_codes)
    return ratio(table, table.sum(axis=1, keepdims=True))


def _spread(shares: FloatArray) -> float:
    known = shares[~np.isnan(shares)]
    return float(known.max() - known.min()) if len(known) else float("nan")


def _prevalence_index(shares: FloatArray) -> float:
    n_codes = shares.shape[1]
    if n_codes < 2 or np.isnan(shares).any():
        return float("nan")
    return float((n_codes * shares.mean(axis=0).max() - 1) / (n_codes - 1))


def _bias_index(shares: FloatArray) -> float:
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def _one_code_each(patterns: Patterns) -> Iterator[tuple[Code, Patterns]]:
    coders = patterns.coders_per_note
    for code, holds in _holding(patterns.codes):
        chosen = patterns.counts[:, holds].sum(axis=1, dtype=np.int64)
        counts = np.column_stack([chosen, coders - chosen])
        by_whom = None if patterns.choices is None else _collapsed(patterns.choices, holds)
        yield code, replace(patterns, counts=counts, codes=(code, "other"), choices=by_whom)


def _holding(codes: tuple[Code, ...]) -> Iterator[tuple[Code, npt.NDArray[np.bool_]]]:
    """Each code with the choices that hold it, shape (V,): itself, or every set that it is in."""
    if not any(isinstance(code, frozenset) for code in codes):
        yield from ((code, np.arange(len(codes)) == k) for k, code in enumerate(codes))
        return
    sets = cast("tuple[frozenset[Code], ...]", codes)
    for code in sorted(frozenset().union(*sets), key=str):
        yield code, np.array([code in one for one in sets])


def _collapsed(choices: IntArray, holds: npt.NDArray[np.bool_]) -> IntArray:
    return np.where(choices < 0, -1, np.where(holds[choices], 0, 1))


def _code_rows(asked: Request, code: Code, one: Patterns, found: list[Estimate]) -> pd.DataFrame:
    chosen = one.counts[:, 0]
    carrying = int(one.multiplicity[chosen > 0].sum())
    n_chosen = int(chosen @ one.multiplicity)
    total = int(one.coders_per_note @ one.multiplicity)
    prevalence = n_chosen / total if total else float("nan")
    rows = asked.rows(found, one, n_carrying=carrying, code=code)
    if total and not n_chosen:
        rows["note"] = say("agreement_unchosen", asked.lang)
    return rows.assign(n_chosen=n_chosen, n_carrying=carrying, prevalence=prevalence)


# --- one coder beside what the others say of the same notes: never compared with themself -------------


OTHERS = "others"


def beside_the_others(ratings: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Return a coder's choices beside what the other coders settle on without them.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M)
        One row per note, one column per coder; missing means unseen.
    coder : str
        Whose report it is; the coder's own choice has no part in the other column.

    Returns
    -------
    DataFrame of the notes that the coder and another one decided, columns `coder` and "others": what more
    than half of the others chose; of sets, every code that more than half of them did; of numbers the
    median. Missing where the others are divided.

    Raises
    ------
    RatingsError
        If the table has no such coder.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b"], "k2": ["a", "a"], "k3": ["a", "b"]})
    >>> beside_the_others(ratings, "k1")["others"].tolist()
    ['a', nan]
    """
    if coder not in ratings.columns:
        msg = f"Coder '{coder}' is not in the ratings; there are: {', '.join(map(str, ratings.columns))}."
        raise RatingsError(msg)
    others = ratings.drop(columns=coder)
    shared = ratings[coder].notna() & others.notna().any(axis=1)
    rest = others[shared]
    if all(pd.api.types.is_numeric_dtype(kind) for kind in rest.dtypes):
        settled: list[Any] = rest.astype("Float64").median(axis=1).tolist()
    else:
        settled = [_settled(list(row.dropna())) for _, row in rest.astype(object).iterrows()]
    own = ratings.loc[shared, coder].astype(object)
    settled_by_note = pd.Series(settled, index=rest.index, dtype=object)
    own_column = column_beside(coder, [OTHERS])
    return pd.DataFrame({own_column: own, OTHERS: settled_by_note.where(settled_by_note.notna())})


def _settled(choices: list[Any]) -> Any:
    if isinstance(choices[0], frozenset):
        every = frozenset().union(*choices)
        return frozenset(c for c in every if 2 * sum(c in chosen for chosen in choices) > len(choices))
    most = max(choices, key=choices.count)
    return most if 2 * choices.count(most) > len(choices) else float("nan")


def leaning(beside: pd.DataFrame, codes: Sequence[Code], confidence: float = 0.95) -> pd.DataFrame:
    """Return which codes a coder uses more or less than the others on the same notes.

    Parameters
    ----------
    beside : DataFrame
        As `beside_the_others` gives it, of codes or of sets.
    codes : sequence
        The V codes.

    Returns
    -------
    DataFrame
        `code`; `own` and `others`, notes on which the coder, the others, chose it; `only_own` and
        `only_others`, notes on which one side alone did; `share`, only_own of both, with its exact interval
        `low` and `high`; `p_value` of the exact McNemar test; `p_of_all`, raised after Holm for the V
        questions asked at once. Notes on which the others are divided say nothing and are left out.

    Examples
    --------
    >>> beside = pd.DataFrame({"k1": ["a", "a", "b"], "others": ["a", "b", "b"]})
    >>> leaning(beside, ["a", "b"])[["code", "own", "others", "only_own", "only_others"]].values.tolist()
    [['a', 2, 1, 1, 0], ['b', 1, 2, 0, 1]]
    """
    known = beside.dropna()
    rows = []
    for code in codes:
        own, others = (known[column].map(lambda c, code=code: _has(c, code)).astype(bool) for column in known)
        only_own, only_others = int((own & ~others).sum()), int((others & ~own).sum())
        apart = only_own + only_others
        low, high = share_interval(only_own, apart, confidence)
        share = only_own / apart if apart else float("nan")
        tests = (share, low, high, as_often(only_own, only_others))
        rows.append((code, int(own.sum()), int(others.sum()), only_own, only_others, *tests))
    columns = ["code", "own", "others", "only_own", "only_others", "share", "low", "high", "p_value"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(p_of_all=for_many(table["p_value"].tolist()))


def _has(chosen: Any, code: Code) -> bool:
    return code in chosen if isinstance(chosen, frozenset) else bool(chosen == code)


def parts_in_order(beside: pd.DataFrame, n_parts: int = 3, confidence: float = 0.95) -> pd.DataFrame:
    """Return how often a coder agrees with the others in the first, middle and last part of the notes.

    Parameters
    ----------
    beside : DataFrame
        As `beside_the_others` gives it, its rows in the order in which the coder decided.
    n_parts : int
        Parts of equal size, as far as they can be. Thirds: with tenths, gaps of .3 appear where nothing
        changes.

    Returns
    -------
    DataFrame
        `part` from 1; `n_notes`; `agreed`; `share` with its exact interval `low` and `high`. A score
        agrees if it is the others' median.

    Examples
    --------
    >>> beside = pd.DataFrame({"k1": list("aabbab"), "others": list("aabbba")})
    >>> parts_in_order(beside)["share"].tolist()
    [1.0, 1.0, 0.0]
    """
    known = beside.dropna()
    agreed = [own == others for own, others in known.itertuples(index=False, name=None)]
    ends = [round(len(agreed) * k / n_parts) for k in range(n_parts + 1)]
    rows = []
    for number, (start, end) in enumerate(pairwise(ends), start=1):
        hits, n = sum(agreed[start:end]), end - start
        low, high = share_interval(hits, n, confidence)
        rows.append((number, n, hits, hits / n if n else float("nan"), low, high))
    return pd.DataFrame(rows, columns=["part", "n_notes", "agreed", "share", "low", "high"])


# --- all that is told of one table of ratings ---------------------------------------------------------


BROKEN_DOWN = ("percent", "alpha")
_BESIDE = 2  # columns of `disagreements` before the coders'


@dataclass(frozen=True)
class Summary:
    """What is told of ratings.

    Attributes
    ----------
    ratings, level, lang, n_resamples, rng : as in `summarise`
    overall : as `agreement` gives it
    by_code : as `agreement_by_code` gives it; empty for scores, which are not codes
    by_pair : as `agreement_by_pair` gives it; empty where there are two coders only
    disputed : as `disagreements` gives it, answers in words
    """

    ratings: pd.DataFrame
    level: str
    overall: pd.DataFrame
    by_code: pd.DataFrame
    by_pair: pd.DataFrame
    disputed: pd.DataFrame
    lang: str
    n_resamples: int
    rng: int

    @property
    def coders(self) -> list[str]:
        """The coders, in the order of the ratings."""
        return [str(coder) for coder in self.ratings.columns]

    @property
    def answers(self) -> list[str]:
        """The columns of `disputed` with the coders' answers, in the order of `coders`."""
        return [str(name) for name in self.disputed.columns[_BESIDE : _BESIDE + len(self.coders)]]


def summarise(
    ratings: pd.DataFrame,
    level: str = "nominal",
    kind: str = "single",
    notes: pd.DataFrame | None = None,
    *,
    coefficients: str | Sequence[str] | None = None,
    lang: str = "en",
    n_resamples: int = 10_000,
    rng: int = 0,
) -> Summary:
    """Return all that is told of ratings.

    Parameters
    ----------
    ratings, level : as in `agreement`
    kind : ``"single"``, ``"multiple"`` or ``"scale"``
    notes : with a column ``text``, to show beside the disagreements
    coefficients : as in `agreement`; left out, of sets those only that sets have
    lang : ``"sv"`` or ``"en"``
    n_resamples : R, behind each interval
    rng : seed

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "b", "b", "a"], "k2": ["a", "b", "a", "a"]})
    >>> found = summarise(ratings, n_resamples=0)
    >>> found.disputed[found.answers].to_dict("index")
    {2: {'k1': 'b', 'k2': 'a'}}
    """
    if coefficients is None or list(coefficients) == list(DEFAULT):
        # Gwet's coefficients take a fixed list of codes, which sets do not have.
        coefficients = BROKEN_DOWN if kind == "multiple" else DEFAULT
    how = Options(coefficients=coefficients, n_resamples=n_resamples, rng=rng, lang=lang)
    overall = agreement(ratings, level, **how)
    how["coefficients"] = BROKEN_DOWN
    by_code = pd.DataFrame() if kind == "scale" else agreement_by_code(ratings, **how)
    by_pair = agreement_by_pair(ratings, level, **how) if ratings.shape[1] > 2 else pd.DataFrame()
    disputed = disagreements(ratings, notes)
    coders = disputed.columns[_BESIDE : _BESIDE + ratings.shape[1]]
    shown = {name: [answer_in_words(value, lang) for value in disputed[name]] for name in coders}
    disputed = disputed.assign(**shown)
    return Summary(ratings, level, overall, by_code, by_pair, disputed, lang, n_resamples, rng)


def answer_in_words(value: object, lang: str) -> str:
    """Return one answer as people read it.

    Examples
    --------
    >>> answer_in_words(frozenset({"Tid", "Stöd"}), "en"), answer_in_words(3, "en")
    ('Stöd, Tid', '3')
    """
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) if value else say("reading_empty", lang)
    return "–" if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]
