"""One coder beside what the others say of the same notes: never compared with themself."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from sekom_analysis.agreement.exact import as_often, for_many, share_interval
from sekom_analysis.agreement.ratings import Code
from sekom_analysis.errors import RatingsError
from sekom_analysis.wording import column_beside

OTHERS = "others"


def beside_the_others(ratings: pd.DataFrame, coder: str) -> pd.DataFrame:
    """Return a coder's choices beside what the other coders settle on without them.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M)
        One row a note, one column a coder; missing means unseen.
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
        questions asked at once. Notes on which the others are divided tell nothing and are left out.

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
