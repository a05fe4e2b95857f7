"""How far apart two codes are: one V×V array for each level of measurement.

Sources: Krippendorff (2019) Content Analysis, 4th ed., ch. 12, for the metrics;
Passonneau (2006) for MASI; Gwet (2014; 2021) Handbook of Inter-Rater Reliability,
ch. 3, for weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.coded import Code, InOrder
from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import quoted

Level = str | npt.NDArray[Any]
LEVELS = ("nominal", "ordinal", "interval", "ratio", "masi", "jaccard", "dice")
ORDERED_LEVELS = ("ordinal", "interval", "ratio")
SET_LEVELS = ("masi", "jaccard", "dice")
WEIGHTS = ("linear", "quadratic", "ordinal", "bipolar")


def distances(level: Level, codes: Sequence[Code]) -> FloatArray | None:
    """Return the distances between V codes, shape (V, V), or None for ordinal.

    The ordinal distance depends on how often each code was used, so it is
    worked out with the coefficient, anew for each resample.

    Raises
    ------
    RatingsError
        If the level is unknown or does not suit the codes.

    Examples
    --------
    >>> distances("interval", [1, 2, 4]).tolist()
    [[0.0, 1.0, 9.0], [1.0, 0.0, 4.0], [9.0, 4.0, 0.0]]
    """
    if not isinstance(level, str):
        return _own_distances(np.asarray(level, dtype=float), len(codes))
    if level not in LEVELS:
        msg = (
            f"There is no level '{level}'. Choose one of: {', '.join(LEVELS)}; "
            "or give a V×V array of distances."
        )
        raise RatingsError(msg)
    if level == "nominal":
        return 1.0 - np.eye(len(codes))
    if level == "ordinal":
        return None
    if level in SET_LEVELS:
        return _between_sets(_SETS[level], codes)
    return _METRICS[level](numbers(codes, level))


def check_order(level: Level, weights: Level | None, codes: Sequence[Code]) -> None:
    """Refuse a level, or weights, that need an order which the codes do not have.

    Numbers have an order, and so do codes that somebody listed (`InOrder`); of two codes either order gives
    the same. Words, and numbers as text, are as they were sorted, "10" before "2".

    Raises
    ------
    RatingsError
        Showing the order that the codes would have had, and how to say the right one.

    Examples
    --------
    >>> check_order("ordinal", None, [1, 2, 10])
    """
    has_order = isinstance(codes, InOrder) or all(isinstance(code, (Real, Decimal, date)) for code in codes)
    if has_order or len(codes) < 3:
        return
    texts = all(isinstance(code, str) and _is_number(code) for code in codes)
    # Of words, the metrics of numbers are refused as such.
    metrics = ORDERED_LEVELS if texts else ORDERED_LEVELS[:1]
    asked = [f"The level '{level}'"] if isinstance(level, str) and level in metrics else []
    asked += [f"The weights '{weights}'"] if isinstance(weights, str) and weights in WEIGHTS else []
    if not asked:
        return
    how = "Of numbers as text ratings.apply(pd.to_numeric) makes numbers. Or list" if texts else "List"
    msg = (
        f"{', '.join(asked)}: the codes need an order, and nobody gave them one. Sorted they would be "
        f"{quoted(codes, ' < ')}. {how} all codes, lowest first: codes=[…], or an ordered categorical, "
        "pd.Categorical(…, categories=[…], ordered=True). Codes without an order take 'nominal' and no "
        "weights. Nothing was computed."
    )
    raise RatingsError(msg)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def numbers(codes: Sequence[Code], level: str) -> FloatArray:
    """Return the codes as numbers, shape (V,); refuse those that are none."""
    try:
        return np.array([float(code) for code in codes])  # type: ignore[arg-type]
    except (TypeError, ValueError) as problem:
        msg = (
            f"The level '{level}' needs numbers, and the codes are {quoted(codes)}. "
            "Use 'nominal' or 'ordinal'."
        )
        raise RatingsError(msg) from problem


def positions(codes: Sequence[Code]) -> FloatArray:
    """Return the codes as numbers where they are, else their place in the codebook, shape (V,)."""
    try:
        return numbers(codes, "interval")
    except RatingsError:
        return np.arange(len(codes), dtype=float)


def _own_distances(own: FloatArray, n_codes: int) -> FloatArray:
    if own.shape != (n_codes, n_codes):
        msg = f"The distances have shape {own.shape}; {n_codes} codes need ({n_codes}, {n_codes})."
        raise RatingsError(msg)
    if np.isnan(own).any() or (own < 0).any() or (own != own.T).any() or np.diag(own).any():
        msg = "Distances are symmetric, zero on the diagonal, and neither negative nor missing."
        raise RatingsError(msg)
    return own


def _interval(values: FloatArray) -> FloatArray:
    return np.asarray((values[:, None] - values) ** 2)


def _ratio(values: FloatArray) -> FloatArray:
    if (values < 0).any():
        msg = f"The level 'ratio' needs numbers from zero up; {values.min():g} is below. Use 'interval'."
        raise RatingsError(msg)
    total = values[:, None] + values
    return np.asarray((values[:, None] - values) ** 2 / np.where(total == 0, 1, total) ** 2)


_METRICS: dict[str, Callable[[FloatArray], FloatArray]] = {"interval": _interval, "ratio": _ratio}


def _between_sets(
    distance: Callable[[frozenset[Any], frozenset[Any]], float], codes: Sequence[Code]
) -> FloatArray:
    sets: list[frozenset[Any]] = []
    for code in codes:
        if not isinstance(code, frozenset):
            msg = f"Distances between sets need frozensets, and {code!r} is none. Use 'nominal'."
            raise RatingsError(msg)
        sets.append(code)
    return np.array([[distance(a, b) for b in sets] for a in sets], dtype=float).reshape(len(sets), len(sets))


def _jaccard(a: frozenset[Any], b: frozenset[Any]) -> float:
    return 1 - len(a & b) / len(a | b) if a or b else 0.0


def _dice(a: frozenset[Any], b: frozenset[Any]) -> float:
    return 1 - 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0


def _masi(a: frozenset[Any], b: frozenset[Any]) -> float:
    if a == b:
        return 0.0
    monotonicity = 2 / 3 if a <= b or b <= a else 1 / 3 if a & b else 0.0
    return 1 - monotonicity * (1 - _jaccard(a, b))


_SETS = {"masi": _masi, "jaccard": _jaccard, "dice": _dice}


def agreement_weights(weights: str | npt.NDArray[Any] | None, codes: Sequence[Code]) -> FloatArray:
    """Return how much credit two codes get on one note, shape (V, V); 1 on the diagonal.

    Raises
    ------
    RatingsError
        If the weights are unknown or have another shape.

    Examples
    --------
    >>> agreement_weights("linear", [1, 2, 3])[0].tolist()
    [1.0, 0.5, 0.0]
    """
    n_codes = len(codes)
    if weights is None:
        return np.eye(n_codes)
    if not isinstance(weights, str):
        return _own_weights(np.asarray(weights, dtype=float), n_codes)
    if weights not in WEIGHTS:
        msg = f"There are no weights '{weights}'. Choose one of: {', '.join(WEIGHTS)}, or give a V×V array."
        raise RatingsError(msg)
    if n_codes < 2:
        return np.eye(n_codes)
    return _scaled(_WEIGHT_DISTANCES[weights](positions(codes)))


def _own_weights(own: FloatArray, n_codes: int) -> FloatArray:
    if own.shape != (n_codes, n_codes):
        msg = f"The weights have shape {own.shape}; {n_codes} codes need ({n_codes}, {n_codes})."
        raise RatingsError(msg)
    if np.isnan(own).any() or (own != own.T).any() or (np.diag(own) != 1).any():
        msg = "Weights are symmetric, 1 on the diagonal, and none is missing."
        raise RatingsError(msg)
    return own


def _scaled(distance: FloatArray) -> FloatArray:
    return np.asarray(1 - distance / distance.max())


def _ordinal_weight(values: FloatArray) -> FloatArray:
    apart = np.abs(np.arange(len(values))[:, None] - np.arange(len(values)))
    return np.asarray(apart * (apart + 1) / 2, dtype=float)


def _bipolar(values: FloatArray) -> FloatArray:
    gap = values[:, None] - values
    total = values[:, None] + values
    room = (total - 2 * values.min()) * (2 * values.max() - total)
    return np.asarray(np.divide(gap**2, room, out=np.zeros_like(gap), where=gap != 0))


_WEIGHT_DISTANCES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "linear": lambda values: np.abs(values[:, None] - values),
    "quadratic": _interval,
    "ordinal": _ordinal_weight,
    "bipolar": _bipolar,
}
