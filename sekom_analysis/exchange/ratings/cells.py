"""What the cells of answers say: gaps, several codes in a cell, scores, spellings, and words in an order."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

GAPS = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "-", "–", "—", "."))
_STRONG = re.compile(r"\s*[;|¦\n]\s*")
_WEAK = (",", "/", "+", "&", "#")
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
_KNOWN = 0.6  # the share of parts that are codes elsewhere too, for a comma to separate codes
_MOST_SCORE, _LEAST_SCORES = 10, 3


def plain(text: str) -> str:
    """Return a text without what does not tell two apart: capitals, spaces, composed letters.

    Examples
    --------
    >>> plain("  Ont  om TID ")
    'ont om tid'
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def is_gap(cell: str) -> bool:
    """Whether a cell says that there is no answer, as programs and people write it.

    Examples
    --------
    >>> is_gap(" "), is_gap("NA"), is_gap("–"), is_gap("ingen passar")
    (True, True, True, False)
    """
    return plain(cell) in GAPS


# --- several codes in one cell ------------------------------------------------------------------------


def separators(cells: Iterable[str]) -> str:
    r"""Return the signs that separate codes in these cells; a comma only where its parts are codes elsewhere.

    Examples
    --------
    >>> separators(["Tid; Pengar", "Tid | Stöd"]), separators(["Tid, Pengar", "Tid", "Pengar"])
    (';|\n', ',')
    >>> separators(["Plan, mål", "Tid"]), separators(["3,5", "2,5", "4"])
    ('', '')
    """
    found = [cell for cell in dict.fromkeys(cells) if not is_gap(cell)]
    strong = any(_STRONG.search(cell.strip()) for cell in found)
    pieces = [part for cell in found for part in _STRONG.split(cell) if part.strip()]
    weak = next((sign for sign in _WEAK if _separates(sign, pieces)), "")
    return (";|\n" if strong else "") + weak


def _separates(sign: str, cells: Sequence[str]) -> bool:
    with_it = {plain(cell) for cell in cells if sign in cell}
    if not with_it:
        return False
    if sign == "," and all(re.fullmatch(r"\d+,\d+", cell) for cell in with_it):
        return False
    times = Counter(part for cell in with_it for part in {one.strip() for one in cell.split(sign)} if part)
    whole = {plain(cell) for cell in cells} - with_it
    known = [part in whole or n > 1 for part, n in times.items()]
    return sum(known) >= _KNOWN * len(known) and len(times) > 1


def split(cell: str, signs: str) -> list[str]:
    """Return the codes of a cell, each once, in the order in which they come.

    Examples
    --------
    >>> split("Tid; Pengar |Tid", ";|"), split(" ", ";")
    (['Tid', 'Pengar'], [])
    """
    parts = re.split(f"[{re.escape(signs)}]", cell) if signs else [cell]
    codes: dict[str, str] = {}
    for part in parts:
        if not is_gap(part):
            codes.setdefault(plain(part), " ".join(part.split()))
    return list(codes.values())


def spellings(codes: Iterable[str]) -> tuple[dict[str, str], list[list[str]]]:
    """Return what each code is called, as most write it, and those that were written in several ways.

    Examples
    --------
    >>> spellings(["Tid", "tid", "Tid", "Stöd"])
    ({'tid': 'Tid', 'stöd': 'Stöd'}, [['Tid', 'tid']])
    """
    times: dict[str, Counter[str]] = {}
    for code in codes:
        times.setdefault(plain(code), Counter())[code] += 1
    labels = {key: max(found, key=lambda one: found[one]) for key, found in times.items()}
    return labels, [list(found) for found in times.values() if len(found) > 1]


# --- marks of a column per code -----------------------------------------------------------------------


_YES = frozenset(("1", "1.0", "x", "ja", "yes", "true", "sant", "✓", "✔", "j", "y"))
_NO = frozenset(("0", "0.0", "nej", "no", "false", "falskt", "n"))


def is_marks(cells: Iterable[str]) -> bool:
    """Whether the cells of a column only mark something, or do not.

    Examples
    --------
    >>> is_marks(["1", "0", ""]), is_marks(["x", ""]), is_marks(["1", "2"]), is_marks(["0", "0"])
    (True, True, False, True)
    """
    found = {plain(cell) for cell in cells} - GAPS
    return bool(found) and found <= _YES | _NO


def marked(cell: str) -> bool | None:
    """Whether a cell marks something; None where it is empty."""
    return None if is_gap(cell) else plain(cell) in _YES


# --- scores, and words in an order --------------------------------------------------------------------


def number_in(text: str) -> float | None:
    """Return a number as Swedish and English write it; None where there is none.

    Examples
    --------
    >>> number_in("3,5"), number_in("4.0"), number_in("4 av 5")
    (3.5, 4.0, None)
    """
    return float(text.strip().replace(",", ".")) if _NUMBER.fullmatch(text.strip()) else None


def are_scores(values: Iterable[str]) -> bool:
    """Whether values are scores: at least three whole numbers from 0 to 10, or numbers with decimals.

    Examples
    --------
    >>> are_scores(["1", "2", "5"]), are_scores(["1", "2"]), are_scores(["11", "12", "23"])
    (True, False, False)
    """
    numbers = {number_in(value) for value in values}
    known = [one for one in numbers if one is not None]
    if None in numbers or len(known) < _LEAST_SCORES:
        return False
    whole = all(one.is_integer() for one in known)
    return not whole or (min(known) >= 0 and max(known) <= _MOST_SCORE)


_LADDERS = (
    "mycket låg|mycket liten|mycket lite|mycket dålig|mycket svag|very low|very small|very poor",
    "låg|låga|lågt|liten|litet|lite|dålig|dåligt|svag|svagt|low|small|poor|weak|little",
    "ganska låg|ganska liten|rather low|fairly low",
    "medel|medelhög|mellan|måttlig|måttligt|mellanstor|medium|moderate|middle|average|fair",
    "ganska hög|ganska stor|rather high|fairly high",
    "hög|höga|högt|stor|stort|mycket|bra|stark|starkt|high|large|big|good|strong|much",
    "mycket hög|mycket stor|mycket bra|mycket stark|very high|very large|very good|excellent|utmärkt",
)
_OFTEN = (
    "aldrig|never",
    "sällan|rarely|seldom",
    "ibland|sometimes",
    "ofta|often",
    "mycket ofta|very often",
    "alltid|always",
)
_AGREE = (
    "tar helt avstånd|stämmer inte alls|instämmer inte alls|inte alls|strongly disagree|not at all",
    "tar delvis avstånd|stämmer dåligt|instämmer inte|stämmer inte|nej|disagree|no",
    "stämmer delvis|varken eller|varken/eller|neutral|kanske|delvis|neither|maybe|partly",
    "instämmer delvis|instämmer|stämmer bra|stämmer|ja|agree|yes",
    "instämmer helt|stämmer helt|helt|strongly agree|fully",
)


class Order(NamedTuple):
    """An order of words, and whether the words themselves give it."""

    words: list[str]
    known: bool


def guessed_order(words: Sequence[str]) -> Order:
    """Return the order that words seem to have; the one they come in where they do not say.

    Examples
    --------
    >>> guessed_order(["hög", "låg", "medel"])
    Order(words=['låg', 'medel', 'hög'], known=True)
    >>> guessed_order(["b", "a"])
    Order(words=['b', 'a'], known=False)
    """
    for ladder in (_LADDERS, _OFTEN, _AGREE):
        ranks = {word: rank for rank, step in enumerate(ladder) for word in step.split("|")}
        placed = [ranks.get(plain(word)) for word in words]
        if None not in placed and len(set(placed)) == len(words):
            return Order(sorted(words, key=lambda word: ranks[plain(word)]), True)
    return Order(list(words), False)


def order_of(told: str) -> list[str]:
    """Return the words of an order as a person writes it, lowest first.

    Examples
    --------
    >>> order_of("låg < medel < hög"), order_of("låg, medel, hög")
    (['låg', 'medel', 'hög'], ['låg', 'medel', 'hög'])
    """
    sign = "<" if "<" in told else ","
    return [" ".join(word.split()) for word in told.split(sign) if word.strip()]
