"""Notes that belong together, such as those of one table in a room: counted by cluster, and their intervals.

Notes of one cluster are alike in how hard they are and in what they are about,
so that ten notes of one table say less than ten notes of ten tables. Intervals
then come from leaving out whole clusters, not notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.student import t_below, t_point
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import quoted

FloatArray = npt.NDArray[np.float64]
IntVector = npt.NDArray[np.int64]

# Below this the interval rests on little; simulated ones covered .93–.97 down to eight (docs/methods.md).
FEW_CLUSTERS = 8
ALONE = -1  # the cluster of a note that belongs to none
# How near to 1 a coefficient counts that is 1 as soon as a cluster is left out.
NEAR_ONE = 1 - 1e-6


@dataclass(frozen=True, eq=False)
class Clusters:
    """How many notes of each pattern each cluster has, L pairs in all.

    Attributes
    ----------
    pattern : array of shape (L,)
        Positions among the P patterns.
    cluster : array of shape (L,)
        Positions among the G clusters; −1 for notes that belong to none, each drawn by itself.
    times : array of shape (L,)
        How many notes.
    """

    pattern: IntVector
    cluster: IntVector
    times: IntVector

    def where(self, wanted: npt.NDArray[np.bool_]) -> Clusters:
        """Return what is left where some of the patterns are kept."""
        place = np.cumsum(wanted) - 1
        stays = wanted[self.pattern]
        return Clusters(place[self.pattern[stays]], self.cluster[stays], self.times[stays])

    def units(self, table: FloatArray) -> tuple[FloatArray, IntVector]:
        """Return what each cluster adds to K sums, and how often that row occurs.

        Parameters
        ----------
        table : array of shape (P, K)
            What a note of each pattern adds.

        Returns
        -------
        array of shape (U, K), array of shape (U,)
            Clusters, once each; then patterns of notes that belong to none, as often as they occur.
        """
        together = self.cluster != ALONE
        of, at = np.unique(self.cluster[together], return_inverse=True)
        added = table[self.pattern[together]] * self.times[together, None]
        # Sums by cluster: rows in the order of clusters, each begun where its number first comes.
        order = np.argsort(at.ravel(), kind="stable")
        begins = np.searchsorted(at.ravel()[order], np.arange(len(of)))
        sums = np.add.reduceat(added[order], begins, axis=0) if len(of) else added
        rows = np.vstack([sums, table[self.pattern[~together]]])
        return rows, np.concatenate([np.ones(len(of), np.int64), self.times[~together]])


def cluster_numbers(ids: pd.Index[Any], cluster: Any) -> IntVector:
    """Return the position of each note's cluster, −1 for a note without one, shape (N,).

    Raises
    ------
    RatingsError
        If `cluster` is no Series, names a note twice, or none of the notes.
    """
    if not isinstance(cluster, pd.Series):
        msg = (
            f"cluster is a pandas Series of clusters indexed by note_id, not {type(cluster).__name__}; "
            "such as cluster=study.notes['table']."
        )
        raise RatingsError(msg)
    if not cluster.index.is_unique:
        twice = cluster.index[cluster.index.duplicated()].unique()
        msg = f"cluster names these notes more than once: {quoted(twice)}."
        raise RatingsError(msg)
    known = cluster.reindex(ids)
    empty = known.isna() | known.astype(str).str.strip().eq("")
    if len(ids) and len(cluster) and not cluster.index.isin(ids).any():
        msg = (
            f"cluster names none of the notes; its index begins with {quoted(cluster.index[:3])}, "
            f"that of the ratings with {quoted(list(ids)[:3])}."
        )
        raise RatingsError(msg)
    numbers, _ = pd.factorize(known.where(~empty))
    return np.asarray(numbers, np.int64)


# --- the jackknife over clusters -----------------------------------------------------------------------


def jackknife_interval(
    value: FloatArray,
    without: FloatArray,
    multiplicity: IntVector,
    confidence: float,
    *,
    is_share: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Return the ends of jackknife-t intervals on Fisher's z, with G − 1 degrees of freedom.

    Parameters
    ----------
    value : array of shape (…)
        The coefficient.
    without : array of shape (…, U)
        The coefficient with one unit left out.
    multiplicity : array of shape (U,)
        How often each unit occurs; G in all.
    confidence : float
    is_share : bool
        Whether the coefficient lies between 0 and 1, not −1 and 1.

    Returns
    -------
    two arrays of shape (…)
        NaN where a unit left out leaves the coefficient undefined.

    Notes
    -----
    Tukey's jackknife (Miller 1974, *Biometrika* 61, 1–15) of Fisher's z = artanh α, in which the spread
    depends less on the value; of a share p, of artanh(2p − 1). A value of 1 without a unit counts as
    1 − 10⁻⁶.
    """
    n_units = int(multiplicity.sum())
    z, around = _on_z(value, is_share), _on_z(without, is_share)
    spread = jackknife_error(around, multiplicity)
    half = t_point((1 + confidence) / 2, n_units - 1) * spread if n_units > 1 else np.full_like(z, np.nan)
    return _from_z(z - half, is_share), _from_z(z + half, is_share)


def jackknife_error(without: FloatArray, multiplicity: IntVector) -> FloatArray:
    """Return jackknife standard errors, shape (…), from values with one unit left out, shape (…, U)."""
    n_units = multiplicity.sum()
    if n_units < 2:
        return np.full(without.shape[:-1], np.nan)
    centred = without - (without @ multiplicity / n_units)[..., None]
    return np.asarray(np.sqrt((n_units - 1) / n_units * (centred**2 @ multiplicity)))


def jackknife_share_above(
    value: float, without: FloatArray, multiplicity: IntVector, floor: float, *, is_share: bool = False
) -> float:
    """Return how much of the distribution behind `jackknife_interval` lies at or above a floor."""
    n_units = int(multiplicity.sum())
    z, wanted = (float(_on_z(np.asarray(each), is_share)) for each in (value, floor))
    spread = float(jackknife_error(_on_z(without, is_share), multiplicity))
    if not spread > 0 or n_units < 2:
        return float("nan")
    return t_below((z - wanted) / spread, n_units - 1)


def _on_z(values: FloatArray, is_share: bool) -> FloatArray:
    spread = 2 * values - 1 if is_share else values
    return np.asarray(np.arctanh(np.clip(spread, -NEAR_ONE, NEAR_ONE)))


def _from_z(z: FloatArray, is_share: bool) -> FloatArray:
    back = np.tanh(z)
    return np.asarray((back + 1) / 2 if is_share else back)
