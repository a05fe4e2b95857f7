"""A coding sheet that was saved as a text table (.csv): one tab, in whatever letters the program wrote."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sekom_analysis.exchange import delimited
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.notes import note_hash
from sekom_analysis.problems import Problem

_MARKED = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Excel's on Windows, on a Macintosh, and as 'CSV (MS-DOS)': nothing in a file tells them apart.
_ONE_BYTE = ("cp1252", "mac_roman", "cp850")
_PER_LOST = 3  # signs at most that stand for a letter which an encoding lacks, a space beside it among them


class TextTable(NamedTuple):
    """The rows of a text table; `encoding` is named where it cannot hold every letter."""

    rows: Sequence[Sequence[str]]
    encoding: str
    problems: list[Problem]


def read(data: bytes, file: str) -> TextTable:
    """Return the rows of a text table.

    Of one-byte encodings that is taken in which most texts of notes are those that were sent: their hashes
    stand beside them.
    """
    if data.startswith(_MARKED) or b"\0" in data or _is_utf8(data):
        text, problems = delimited.decode(data, file)
        rows, more = delimited.split_rows(text, file)
        return TextTable(rows, "", [*problems, *more])
    readings = (_read_as(data, file, encoding) for encoding in _ONE_BYTE)
    return max(readings, key=lambda table: _n_whole(table.rows))


def _read_as(data: bytes, file: str, encoding: str) -> TextTable:
    rows, problems = delimited.split_rows(data.decode(encoding, "replace"), file)
    return TextTable(rows, encoding, problems)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _n_whole(rows: Iterable[Sequence[str]]) -> int:
    """Count the rows in which some cell is the text whose hash stands in the row."""
    return sum(_is_whole(row) for row in rows)


def _is_whole(row: Sequence[str]) -> bool:
    parts = [found for cell in row if (found := layout.key_and_hash(cell.strip()))]
    return bool(parts) and any(note_hash(cell) == parts[0][1] for cell in row)


def left_of(text: str) -> Iterator[str]:
    """Yield what one-byte encodings leave of a text where they lack letters of it."""
    for encoding in () if text.isascii() else _ONE_BYTE:
        yield text.encode(encoding, "replace").decode(encoding)


def is_what_is_left(stored: str, text: str, encoding: str) -> bool:
    r"""Whether a stored text can be what an encoding left of another: letters that it lacks became others.

    Examples
    --------
    >>> is_what_is_left("bra ??", "bra \N{GRINNING FACE}", "cp1252"), is_what_is_left("bra", "bar", "cp1252")
    (True, False)
    """
    if not encoding:
        return False
    kept = "".join(sign for sign in text if _can_hold(sign, encoding))
    n_lost = len(text) - len(kept)
    here, kept = layout.plain(stored), layout.plain(kept)
    if not 0 <= len(here) - len(kept) <= _PER_LOST * n_lost:
        return False
    signs = iter(here)
    return all(sign in signs for sign in kept)


def _can_hold(sign: str, encoding: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
