"""Who chose what, squeezed to the distinct rows of one or two tables of ratings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.ratings import CodedRatings
from sekom_analysis.errors import RatingsError

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
    """Return the ratings over the codes that somebody chose, and where these stand among all codes."""
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
