"""What the report's two documents, for Word and as PDF, have in common: head, order, texts, date."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NotRequired, TypedDict

from sekom_analysis import __version__
from sekom_analysis.basics.wording import say, visible
from sekom_analysis.report.blocks import CHOICES, Block, Fact, Heading, Note, Section, Text

LOCALES = {"sv": "sv-SE", "en": "en-GB"}
EPOCH = "SOURCE_DATE_EPOCH"
FIXED = 1460505600  # the conference's last day, where nothing else is said: the same study, the same bytes
CONTENTS_FROM = 3  # sections: fewer are seen without a list of contents
LONG = 1500  # characters; a longer text may be torn between two pages, as it might not fit on one


class Head(TypedDict):
    """What stands before the sections of a report, and what its files say of themselves.

    `author` answers for the study; `moment` is its date, in seconds since 1970.
    """

    title: str
    lead: str
    before: Sequence[str]
    author: NotRequired[str]
    moment: NotRequired[int]


def shown_text(text: str) -> str:
    r"""Return a text as a browser shows it: on one line, with nothing in it that would act.

    Examples
    --------
    >>> shown_text(" två\n  rader ")
    'två rader'
    """
    return re.sub("[ \t\n\r\f]+", " ", visible(text)).strip(" ")


def in_order(shown: Sequence[Section], lang: str) -> Iterator[Section]:
    """Yield the sections with something to show, as the page orders them; their headings from level 2 on.

    What the report was made with stands before the appendices, as a section without a heading: the last
    appendix ends where the document does, for what stood after it would be read as a note.
    """
    filled = [replace(section, blocks=_stepwise(section.blocks)) for section in shown if section.blocks]
    yield from (section for section in filled if not section.is_appendix)
    yield Section("", [Text(say("report_made", lang, version=__version__), remark=True)])
    yield from (section for section in filled if section.is_appendix)


def _stepwise(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with headings each at most one level below the one before it; the section's is 1."""
    found: list[Block] = []
    above: list[int] = []
    for block in blocks:
        if isinstance(block, Heading):
            above = [*(level for level in above if level < block.level), block.level]
            found.append(replace(block, level=len(above) + 1))
        else:
            found.append(block)
    return found


def contents_at(shown: Sequence[Section]) -> int | None:
    """Return before which section the contents stand: after findings on the first page, else first of all."""
    headed = [section for section in shown if section.heading]
    if len(headed) < CONTENTS_FROM:
        return None
    return int(any(isinstance(block, Fact) for block in headed[0].blocks))


def begins_part(shown: Sequence[Section], place: int) -> bool:
    """Whether a section is the first of the methods, or of the appendices."""
    one, before = shown[place], shown[place - 1] if place else None
    kinds: list[Callable[[Section], bool]] = [lambda s: s.is_method, lambda s: s.is_appendix]
    return before is not None and any(kind(one) and not kind(before) for kind in kinds)


def leads_in(block: Text, after: Sequence[Block]) -> bool:
    """Whether a text only names what comes after it, and is to stand on the same page."""
    return bool(after) and not isinstance(after[0], Heading | Text) and block.text.endswith(":")


def note_shares(block: Note) -> list[float]:
    """Return the shares of a note's columns: coder, choice, and remark where there is any."""
    coder, choice, remark = CHOICES
    has_remarks = any(line[2] for line in block.lines)
    return [coder, choice, remark] if has_remarks else [coder, choice + remark]


def date_of(head: Head) -> datetime:
    """Return the date of a document: SOURCE_DATE_EPOCH where it is set, else the study's own, in UTC."""
    given = os.environ.get(EPOCH, "")
    seconds = int(given) if given.isdigit() else head.get("moment", FIXED)
    return datetime.fromtimestamp(seconds, UTC)
