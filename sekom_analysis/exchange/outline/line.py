"""One line of a report, whatever file it comes from."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """One line of a report.

    Parameters
    ----------
    row : its number in the file (in a ``.docx``, that of the paragraph), from 1
    text : what it says, without marks
    mark : how a heading could be told: ``heading 1`` …, ``italic``, ``bold``; empty if it is plain
    is_item : whether it is marked as one of a list
    """

    row: int
    text: str
    mark: str = ""
    is_item: bool = False


def tidy(text: str) -> str:
    """Return a text on one line, with single spaces, without what cannot be seen."""
    text = text.replace("\u00ad", "").replace("\ufeff", "")
    shown = text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())
