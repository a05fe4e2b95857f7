"""Numbers as they stand in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sekom_analysis.wording import number, say


def count_notes(n: int, lang: str) -> str:
    """Return a number of notes: "en lapp", "3 lappar".

    Examples
    --------
    >>> count_notes(1, "sv"), count_notes(3, "en")
    ('en lapp', '3 notes')
    """
    few = {0: "count_notes_none", 1: "count_notes_one"}
    return say(few.get(n, "count_notes"), lang, n=number(n, lang, 0))


def in_words(row: Mapping[Any, Any], lang: str) -> str:
    """Return a coefficient's value with its interval, where it has one."""
    value = number(float(row["value"]), lang)
    if math.isnan(row["low"]) or math.isnan(row["high"]):
        return value
    ends = {end: number(float(row[end]), lang) for end in ("low", "high")}
    return f"{value} {say('figure_interval', lang, **ends)}"


def share_in_words(share: float, lang: str) -> str:
    """Return a share in percent, without decimals; a dash where there is none.

    Examples
    --------
    >>> share_in_words(0.934, "sv")
    '93 %'
    """
    return f"{number(100 * share, lang, 0)} %"


def interval_in_percent(low: float, high: float, lang: str) -> str:
    """Return the ends of a share's interval in percent.

    Examples
    --------
    >>> interval_in_percent(0.551, 0.997, "en")
    '55–100'
    """
    return "–".join(number(100 * end, lang, 0) for end in (low, high))


def list_in_words(listed: Sequence[str], lang: str) -> str:
    """Return a list: "k1, k2 och k3".

    Examples
    --------
    >>> list_in_words(["k1", "k2", "k3"], "en"), list_in_words(["k1"], "sv")
    ('k1, k2 and k3', 'k1')
    """
    return f" {say('and', lang)} ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def p_in_words(p_value: float, lang: str) -> str:
    """Return a p-value with three decimals, "< 0,001" below that.

    Examples
    --------
    >>> p_in_words(0.012, "sv"), p_in_words(1e-7, "en")
    ('= 0,012', '< 0.001')
    """
    if p_value < 0.001:
        return f"< {number(0.001, lang, 3)}"
    return f"= {number(p_value, lang, 3)}"
