"""Words of a note that were selected with an answer, as places in the plain text that a project holds.

A selection of the whole note is how an answer without words is written. So where words are the whole note, or
the note's own text is not the plain one, they are in the note's description too, as the log has them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from sekom_analysis.exchange.refi.answers import Answer, User
from sekom_analysis.exchange.refi.words import plain_text
from sekom_analysis.study.selections import Span, spans_of, within, words_of


def placed(words: str, text: str) -> list[Span]:
    r"""Return where selected words are in the plain text of a note.

    Examples
    --------
    >>> placed("0:2|3:9", "Oj\r\nnivå"), placed("2:3", "å\x07a"), placed("1:2", "å\x07a")
    ([(0, 2), (3, 7)], [(1, 2)], [])
    """
    if text == plain_text(text):
        return spans_of(words)
    found = [(_in_plain(text, start), _in_plain(text, end)) for start, end in spans_of(words)]
    return spans_of(words_of((start, end) for start, end in found if start < end))


def _in_plain(text: str, at: int) -> int:
    return len(plain_text(text[:at]))


def unplaced(span: Span, text: str) -> Span | None:
    r"""Return where a place in the plain text is in the text itself; None for the whole, or if there is none.

    Examples
    --------
    >>> unplaced((3, 7), "Oj\r\nnivå"), unplaced((0, 7), "Oj\r\nnivå")
    ((4, 8), None)
    """
    plain = plain_text(text)
    if not 0 <= span[0] < span[1] <= len(plain) or span == (0, len(plain)):
        return None
    if text == plain:
        return span
    places = range(len(text) + 1)
    start, end = (bisect_right(places, at, key=lambda place: _in_plain(text, place)) - 1 for at in span)
    return start, end


def told_words(answers: list[Answer], text: str, *, are_places: bool) -> dict[str, str]:
    """Return the words that places alone do not say, by variable and user.

    Parameters
    ----------
    answers : to the questions about a note
    text : the note's
    are_places : whether the selections in the file are those of the words
    """
    plain = plain_text(text)
    is_said = are_places and text == plain
    whole = words_of([(0, len(plain))]) if plain else ""
    return {
        _name(answer.variable, answer.user): answer.words
        for answer in answers
        if answer.words and not (is_said and whole not in answer.words.split("|"))
    }


def words_told(told: object, variable: str, user: User, text: str) -> tuple[Span, ...]:
    """Return the words that a note's description says somebody selected; none if it does not."""
    words = told.get(_name(variable, user)) if isinstance(told, Mapping) else None
    return tuple(within(words, text)) if isinstance(words, str) else ()


def _name(variable: str, user: User) -> str:
    return f"{variable} {user.id}"


def label_beside(columns: Mapping[str, Any]) -> str:
    """Return a label that no column of the notes has; what it leads to is a mapping, as no cell is."""
    label = "selected words"
    while label in columns:
        label += " of answers"
    return label


def told_in(values: dict[str, Any]) -> Mapping[str, Any]:
    """Take what is said of selected words out of a note's description."""
    found = [label for label, value in values.items() if isinstance(value, dict)]
    told = [values.pop(label) for label in found]
    return told[0] if told else {}
