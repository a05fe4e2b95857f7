"""From a table of ratings to small whole numbers, one array a coder."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.errors import RatingsError

IntArray = npt.NDArray[np.integer[Any]]
Code = Hashable


@dataclass(frozen=True, eq=False)
class CodedRatings:
    """Ratings of N notes by M coders as positions among V codes.

    Attributes
    ----------
    values : tuple of M arrays of shape (N,)
        Each coder's choices as positions in `codes`; −1 where the note is unseen.
    codes : tuple
        The V codes in the codebook's order (numbers in rising order).
    coders : tuple of str
        The M coders.
    """

    values: tuple[IntArray, ...]
    codes: tuple[Code, ...]
    coders: tuple[str, ...]

    @property
    def n_notes(self) -> int:
        """Number of rows, also those that nobody decided on."""
        return len(self.values[0]) if self.values else 0

    def only(self, coders: Sequence[int]) -> CodedRatings:
        """Return the ratings of some coders, given by position."""
        return CodedRatings(
            tuple(self.values[j] for j in coders), self.codes, tuple(self.coders[j] for j in coders)
        )

    def rows(self, notes: IntArray) -> CodedRatings:
        """Return the ratings of some notes, given by position."""
        return CodedRatings(tuple(column[notes] for column in self.values), self.codes, self.coders)


def read_ratings(ratings: Any, codes: Sequence[Code] | None = None) -> CodedRatings:
    """Return ratings as positions among the codes.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M)
        One row a note, one column a coder; missing means unseen.
    codes : sequence, optional
        All codes on offer, in order. Left out: the categories of the columns,
        or else the values seen, sorted.

    Raises
    ------
    RatingsError
        If `ratings` is no table, or holds values outside `codes`.

    Examples
    --------
    >>> coded = read_ratings(pd.DataFrame({"k1": ["a", "b"], "k2": ["b", None]}))
    >>> coded.codes, [column.tolist() for column in coded.values]
    (('a', 'b'), [[0, 1], [1, -1]])
    """
    if not isinstance(ratings, pd.DataFrame):
        msg = (
            f"Ratings are a pandas DataFrame with one row a note and one column a coder, "
            f"not {type(ratings).__name__}. A long table goes through count_patterns first."
        )
        raise RatingsError(msg)
    columns = [column for _, column in ratings.items()]
    coders = tuple(str(name) for name in ratings.columns)
    if codes is None and _same_categories(columns):
        categories = tuple(columns[0].cat.categories)
        return CodedRatings(tuple(column.array.codes for column in columns), categories, coders)
    return _factorized(columns, coders, codes)


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
    if codes is None:
        codes = _in_order({value for _, values in found for value in values}, columns)
    position = {code: k for k, code in enumerate(codes)}
    _refuse_unknown(found, coders, position)
    lookups = [np.array([position[value] for value in values] + [-1], np.int32) for _, values in found]
    arrays = tuple(lookup[at] for lookup, (at, _) in zip(lookups, found, strict=True))
    return CodedRatings(arrays, tuple(codes), coders)


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
        msg = (
            f"Sets and single codes stand in one table: {value!r} is no set. "
            "Give every choice as a frozenset."
        )
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
