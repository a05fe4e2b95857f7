"""The words of a note that a coder selected with an answer, as a log has them: ``start:end``, a bar between.

Positions count characters (Unicode code points) of the note's text from 0; the end is exclusive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sekom_analysis.basics.wording import Phrase

if TYPE_CHECKING:
    from sekom_analysis.study.decisions import Event

Span = tuple[int, int]
_SPAN = r"(?:0|[1-9][0-9]{0,8}):[1-9][0-9]{0,8}"
_WORDS = re.compile(rf"{_SPAN}(?:\|{_SPAN})*")


def spans_of(words: str) -> list[Span]:
    """Return where the selected words begin and end; nothing where a cell does not say it.

    Examples
    --------
    >>> spans_of("0:5|9:12"), spans_of(""), spans_of("5:3")
    ([(0, 5), (9, 12)], [], [])
    """
    if not _WORDS.fullmatch(words):
        return []
    pairs = [part.split(":") for part in words.split("|")]
    spans = [(int(start), int(end)) for start, end in pairs]
    return spans if all(start < end for start, end in spans) else []


def words_of(spans: Iterable[Sequence[int]]) -> str:
    """Return selections as a log has them: in the order of the text, those that overlap as one.

    Examples
    --------
    >>> words_of([(9, 12), (0, 5), (3, 7)]), words_of([])
    ('0:7|9:12', '')
    """
    joined: list[Span] = []
    for start, end in sorted((start, end) for start, end in spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return "|".join(f"{start}:{end}" for start, end in joined)


def given_words(words: object) -> str:
    """Return selections given as text, or as pairs of numbers, as a log has them.

    What does not say where words begin and end stays as it is, to be refused by `words_faults`.

    Examples
    --------
    >>> given_words([(9, 12), (0, 5)]), given_words("9:12|0:5"), given_words("5:3"), given_words([5])
    ('0:5|9:12', '0:5|9:12', '5:3', '[5]')
    """
    text = words if isinstance(words, str) else _paired(words)
    spans = spans_of(text)
    return words_of(spans) if spans else text


def _paired(words: object) -> str:
    try:
        return "|".join(f"{start}:{end}" for start, end in words)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return str(words)


def within(words: str, text: str) -> list[Span]:
    """Return the selections that are in a text.

    Examples
    --------
    >>> within("0:5|9:12", "Viljan")
    [(0, 5)]
    """
    return [(start, end) for start, end in spans_of(words) if end <= len(text)]


def words_faults(event: Event) -> Iterator[Phrase]:
    """Yield what is wrong with the selected words of an event, whatever its note."""
    if event.event != "decide":
        yield Phrase("fault_words_kind", event=event.event)
    elif words_of(spans_of(event.words)) != event.words:
        yield Phrase("fault_words", text=event.words)


def beyond_fault(words: str, text: str | None) -> str:
    """Say where selected words end behind the text that they are of; an empty text if they do not.

    Parameters
    ----------
    words : as a log has them
    text : the note's text; None if it is not known any more what it was

    Examples
    --------
    >>> beyond_fault("0:6", "Viljan"), beyond_fault("0:7", None)
    ('', '')
    """
    furthest = max((end for _, end in spans_of(words)), default=0)
    if text is None or furthest <= len(text):
        return ""
    return Phrase("fault_words_beyond", text=words, n=len(text), end=furthest)
