"""Whether a text is another one, or the same with a typo mended."""

from __future__ import annotations

from difflib import SequenceMatcher

from sekom_analysis.exchange.sheets import layout

_SAME = 0.8  # how like its earlier self a text is at least, if only a typo was mended
_BY_LETTERS = 200  # longest text that is compared by its letters: longer ones are by their words


def is_same_text(one: str, other: str) -> bool:
    """Whether two texts are the same but for a mended typo.

    Examples
    --------
    >>> is_same_text("Ojämn kunskpsnivå", "Ojämn kunskapsnivå"), is_same_text("Ojämn nivå", "Brist på tid")
    (True, False)
    """
    texts = [layout.plain(text) for text in (one, layout.writable(other))]
    is_short = max(map(len, texts)) <= _BY_LETTERS
    was, is_now = (list(text) if is_short else text.split() for text in texts)
    return SequenceMatcher(None, was, is_now, autojunk=False).ratio() >= _SAME


def start_of(text: str) -> str:
    """Return how a text begins, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
