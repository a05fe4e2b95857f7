"""How wide the columns of a table are where nothing fits them to their texts."""

from __future__ import annotations

from collections.abc import Sequence

LONGEST = 32  # characters; a longer text is broken into lines
MOST_MEAN = 60  # characters; a column of long texts wants more than one with a single long text
CHOICES = [16.0, 30.0, 54.0]  # coder, choice and memo: the same in every note, so that they line up
NARROWEST = 4
PADDING = 1
LINE = 90  # characters in the small type of tables, between the margins of A4


def column_shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the share (per cent) of each column: its longest word first, the rest by how long its texts are.

    Parameters
    ----------
    rows : cells of the table, its heading among them; rows of another length than the first are left out

    Examples
    --------
    >>> column_shares([["Kod", "k1"], ["Kunskap och kompetens", "12"]])
    [85.4, 14.6]
    """
    whole = [row for row in rows if len(row) == len(rows[0])]
    columns = [[row[place] for row in whole] for place in range(len(rows[0]))]
    words = [max(_longest_word(text) for text in column) for column in columns]
    least = [max(100 * (word + PADDING) / LINE, 100 * NARROWEST / LINE) for word in words]
    wanted = [
        max(min(len(text), LONGEST) for text in column) + 1 + _mean_beyond(column) for column in columns
    ]
    left = max(100 - sum(least), 0)
    shares = [low + left * text / sum(wanted) for low, text in zip(least, wanted, strict=True)]
    return [round(100 * share / sum(shares), 1) for share in shares]


def fits(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the columns stand beside each other on a page without a line broken."""
    whole = [row for row in rows if len(row) == len(rows[0])]
    return sum(max(len(row[place]) + 3 for row in whole) for place in range(len(rows[0]))) <= LINE


def _mean_beyond(column: Sequence[str]) -> float:
    """Return how many characters beyond `LONGEST` the texts of a column have on average."""
    return min(sum(max(len(text) - LONGEST, 0) for text in column) / len(column), MOST_MEAN)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)
