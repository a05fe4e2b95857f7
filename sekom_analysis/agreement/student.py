"""Student's t, for tests and intervals from a few dozen notes: the table needs no package beside numpy."""

from __future__ import annotations

import math
from collections.abc import Callable

# Terms of the continued fraction: enough for every df up to a million.
MOST_TERMS = 400
CLOSE = 1e-14


def t_below(t: float, df: float) -> float:
    """Return the chance that Student's t with `df` degrees of freedom is at most `t`.

    By way of the incomplete beta function (Abramowitz & Stegun 1964, 26.7.1 and 26.5.8).

    Examples
    --------
    >>> round(t_below(2.0, 10), 6), t_below(float("-inf"), 10), t_below(0.0, 3)
    (0.963306, 0.0, 0.5)
    """
    if math.isnan(t) or df <= 0:
        return float("nan")
    if math.isinf(t):
        return float(t > 0)
    tail = _beta_share(df / (df + t * t), df / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


def t_point(share: float, df: float) -> float:
    """Return the point that Student's t with `df` degrees of freedom is below with chance `share`.

    Examples
    --------
    >>> round(t_point(0.975, 10), 4), round(t_point(0.05, 99), 4)
    (2.2281, -1.6604)
    """
    if not 0 < share < 1 or df <= 0:
        return float("nan")
    if share == 0.5:
        return 0.0
    far = 1.0
    while t_below(far, df) < max(share, 1 - share):
        far *= 2
    return _crossing(lambda t: t_below(t, df) - share, -far, far)


def _crossing(rises: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function is 0, by halving."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) > 0 else (middle, high)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction settles fast on one side only
        return 1 - _beta_share(1 - x, b, a)
    size = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(size) / a * _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """Return 1/(1 + d₁/(1 + d₂/(1 + …))), by Lentz's steps until they change nothing."""
    value, c, d = 1.0, 1.0, 0.0
    for k in range(MOST_TERMS):
        m = k // 2
        if k == 0:
            term = 1.0
        elif k % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + term * d)
        c = 1 + term / c
        value *= c * d
        if k > 1 and abs(c * d - 1) < CLOSE:
            break
    return value - 1
