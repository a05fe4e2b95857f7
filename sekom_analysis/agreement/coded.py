"""Ratings as small whole numbers: each coder's choices as positions among the codes.

Everything that a table of ratings may hold is understood or refused here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.clusters import cluster_numbers
from sekom_analysis.basics.errors import RatingsError

IntArray = npt.NDArray[np.integer[Any]]
Code = Hashable


class InOrder(tuple[Code, ...]):
    """Codes in an order that somebody gave: by `codes=`, an ordered categorical, or a codebook.

    Examples
    --------
    >>> InOrder(["low", "high"])
    ('low', 'high')
    """

    __slots__ = ()


@dataclass(frozen=True, eq=False)
class CodedRatings:
    """Ratings of N notes by M coders as positions among V codes.

    Attributes
    ----------
    values : tuple of M arrays of shape (N,)
        Each coder's choices as positions in `codes`; −1 where the note is unseen.
    codes : tuple
        The V codes in the codebook's order (numbers in rising order); `InOrder` where somebody gave it.
    coders : tuple of str
        The M coders.
    cluster : array of shape (N,), optional
        The position of each note's cluster, −1 for a note that belongs to none.
    """

    values: tuple[IntArray, ...]
    codes: tuple[Code, ...]
    coders: tuple[str, ...]
    cluster: IntArray | None = None

    @property
    def n_notes(self) -> int:
        """Number of rows, also those that nobody decided on."""
        return len(self.values[0]) if self.values else 0

    def only(self, coders: Sequence[int]) -> CodedRatings:
        """Return the ratings of some coders, given by position."""
        names = tuple(self.coders[j] for j in coders)
        return CodedRatings(tuple(self.values[j] for j in coders), self.codes, names, self.cluster)

    def rows(self, notes: IntArray) -> CodedRatings:
        """Return the ratings of some notes, given by position."""
        cluster = None if self.cluster is None else self.cluster[notes]
        return CodedRatings(tuple(column[notes] for column in self.values), self.codes, self.coders, cluster)


def read_ratings(
    ratings: Any, codes: Sequence[Code] | None = None, cluster: pd.Series[Any] | None = None
) -> CodedRatings:
    """Return ratings as positions among the codes.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M)
        One row per note, one column per coder; missing means unseen.
    codes : sequence, optional
        All codes on offer, in order. Left out: the categories of the columns,
        or else the values seen, sorted.
    cluster : Series, optional
        The cluster of each note, indexed by note_id; a note without one is a cluster of its own.

    Raises
    ------
    RatingsError
        If `ratings` is not a table, holds values outside `codes`, or mixes 1 and "1", or `cluster` names
        none of its notes.

    Examples
    --------
    >>> coded = read_ratings(pd.DataFrame({"k1": ["a", "b"], "k2": ["b", None]}))
    >>> coded.codes, [column.tolist() for column in coded.values]
    (('a', 'b'), [[0, 1], [1, -1]])
    """
    if not isinstance(ratings, pd.DataFrame):
        msg = (
            f"Ratings are a pandas DataFrame with one row per note and one column per coder, "
            f"not {type(ratings).__name__}. A long table goes through count_patterns first."
        )
        raise RatingsError(msg)
    columns = [column for _, column in ratings.items()]
    coders = tuple(str(name) for name in ratings.columns)
    numbers = None if cluster is None else cluster_numbers(ratings.index, cluster)
    if codes is None and _same_categories(columns):
        check_one_kind((code, "the categories") for code in columns[0].cat.categories)
        return CodedRatings(
            tuple(column.array.codes for column in columns), _listed(columns), coders, numbers
        )
    return replace(_factorized(columns, coders, codes), cluster=numbers)


def _listed(columns: list[pd.Series[Any]]) -> tuple[Code, ...]:
    """Return categories that all columns share; in order, if every column says that they have one."""
    categories = tuple(columns[0].cat.categories)
    return InOrder(categories) if all(column.cat.ordered for column in columns) else categories


def _same_categories(columns: list[pd.Series[Any]]) -> bool:
    if not columns or not isinstance(columns[0].dtype, pd.CategoricalDtype):
        return False
    first = columns[0].dtype.categories
    return all(
        isinstance(column.dtype, pd.CategoricalDtype)
        and (column.dtype.categories is first or column.dtype.categories.equals(first))
        for column in columns
    )


def _factorized(
    columns: list[pd.Series[Any]], coders: tuple[str, ...], codes: Sequence[Code] | None
) -> CodedRatings:
    found = [_factorize(column, coder) for column, coder in zip(columns, coders, strict=True)]
    check_one_kind(
        (value, coder) for coder, (_, values) in zip(coders, found, strict=True) for value in values
    )
    listed = (
        tuple(_in_order({value for _, values in found for value in values}, columns))
        if codes is None
        else InOrder(codes)
    )
    position = {code: k for k, code in enumerate(listed)}
    _refuse_unknown(found, coders, position)
    lookups = [np.array([position[value] for value in values] + [-1], np.int32) for _, values in found]
    arrays = tuple(lookup[at] for lookup, (at, _) in zip(lookups, found, strict=True))
    return CodedRatings(arrays, listed, coders)


def check_one_kind(values: Iterable[tuple[Code, str]]) -> None:
    """Refuse a number that also comes as text.

    Parameters
    ----------
    values : pairs of a value and where it was found

    Raises
    ------
    RatingsError
        Naming each such number, and where it is a number and where a text.

    Examples
    --------
    >>> check_one_kind([(1, "k1"), ("2", "k2")])
    """
    numbers: dict[str, dict[str, None]] = {}
    texts: dict[str, dict[str, None]] = {}
    for value, place in values:
        if isinstance(value, str):
            texts.setdefault(_as_one_number(value), {})[place] = None
        elif isinstance(value, (int, float)):
            numbers.setdefault(_as_one_number(value), {})[place] = None
    both = [one for one in numbers if one in texts]
    if both:
        named = "; ".join(
            f"{one} is a number in {', '.join(numbers[one])} and a text in {', '.join(texts[one])}"
            for one in both
        )
        msg = (
            f"The ratings mix numbers and the same numbers as text: {named}. They would count as different "
            "codes. Make all of them numbers (pd.to_numeric) or all of them text. Nothing was computed."
        )
        raise RatingsError(msg)


def _as_one_number(value: Any) -> str:
    """Write a number in one way, whether it came as text or not; other text as it is."""
    try:
        number = float(value)
    except ValueError:
        return str(value)
    return f"{number:.15g}"


def _factorize(column: pd.Series[Any], coder: str) -> tuple[IntArray, list[Code]]:
    try:
        at, values = pd.factorize(column)
    except TypeError as problem:
        msg = (
            f"Coder '{coder}' has values that cannot be compared as codes ({problem}). "
            "Several codes on one note are given as a frozenset."
        )
        raise RatingsError(msg) from problem
    return at, [value.item() if isinstance(value, np.generic) else value for value in values]


def _in_order(values: set[Code], columns: list[pd.Series[Any]]) -> list[Code]:
    known: dict[Code, None] = {}
    for column in columns:
        if isinstance(column.dtype, pd.CategoricalDtype):
            known.update(dict.fromkeys(column.dtype.categories))
    rest = values - known.keys()
    if any(isinstance(value, frozenset) for value in rest):
        return [*known, *sorted(rest, key=_set_order)]
    try:
        return [*known, *sorted(rest)]  # type: ignore[type-var]
    except TypeError:
        return [*known, *sorted(rest, key=str)]


def _set_order(value: Code) -> tuple[int, list[str]]:
    if not isinstance(value, frozenset):
        msg = f"The table mixes sets and single codes: {value!r} is not a set. Give each as a frozenset."
        raise RatingsError(msg)
    return len(value), sorted(map(str, value))


def _refuse_unknown(
    found: list[tuple[IntArray, list[Code]]], coders: tuple[str, ...], position: dict[Code, int]
) -> None:
    unknown = [
        f"{value!r} ({coder})"
        for (_, values), coder in zip(found, coders, strict=True)
        for value in values
        if value not in position
    ]
    if unknown:
        msg = (
            f"Values outside the codes: {', '.join(unknown)}. "
            f"The codes: {', '.join(repr(code) for code in position)}. Nothing was computed."
        )
        raise RatingsError(msg)
