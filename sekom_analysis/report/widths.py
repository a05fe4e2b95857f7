"""How wide the columns of a table are where nothing fits them to their texts."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 32  # characters; a longer text is broken into lines
NARROWEST = 5
LINE = 90  # characters in the small type of tables, between the margins of A4


def column_shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the share (per cent) of each column: by its longest text, yet wide enough for its longest word.

    Parameters
    ----------
    rows : cells of the table, its heading among them; rows of another length than the first are left out

    Examples
    --------
    >>> column_shares([["Kod", "k1"], ["Kunskap och kompetens", "12"]])
    [80.8, 19.2]
    """
    whole = [row for row in rows if len(row) == len(rows[0])]
    weights = [max(_wanted(row[place]) for row in whole) for place in range(len(rows[0]))]
    return [round(100 * weight / sum(weights), 1) for weight in weights]


def fits(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the columns stand beside each other on a page without a line broken."""
    whole = [row for row in rows if len(row) == len(rows[0])]
    return sum(max(len(row[place]) + 3 for row in whole) for place in range(len(rows[0]))) <= LINE


def _wanted(text: str) -> int:
    longest_word = max(map(len, text.split()), default=0)
    return max(min(len(text), LONGEST), longest_word + 1, NARROWEST)
