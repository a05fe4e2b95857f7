"""What a report's pages leave between its lines: numbers, dates, and sentences cut in two."""

from __future__ import annotations

import re
from datetime import date

_PAGE_NUMBER = re.compile(
    r"[-–]?\s*\d{1,4}\s*[-–]?"
    r"|(?:sida|sid\.?|s\.|page|p\.)\s*\d{1,4}(?:\s*(?:av|of|/)\s*\d{1,4})?"
    r"|\d{1,4}\s*(?:\(\d{1,4}\)|(?:/|av|of)\s*\d{1,4})",
    re.IGNORECASE,
)
_STAMP = re.compile(r"(?P<year>(?:19|20)?\d\d)[-./]?(?P<month>\d\d)[-./]?(?P<day>\d\d)")
_STOPS_SHORT = re.compile(r"[,;–]$")
_GOES_ON = re.compile(
    r"[,;:–]$|\b(?:och|eller|samt|att|som|för|med|av|till|på|and|or|to|the|of)$", re.IGNORECASE
)
_CUT_WORD = re.compile(r"(?<=\w\w)-$")
_JOINS_WORDS = re.compile(r"(?:och|eller|samt|and|or)\b")


def is_page_number(text: str) -> bool:
    """Whether a line holds a page's number and nothing else.

    Examples
    --------
    >>> [is_page_number(text) for text in ("13", "- 4 -", "Sida 3 av 12", "3 (12)", "2020 ska vi vara klara")]
    [True, True, True, True, False]
    """
    return bool(_PAGE_NUMBER.fullmatch(text))


def is_date_stamp(text: str) -> bool:
    """Whether a line holds a day as figures and nothing else.

    Examples
    --------
    >>> [is_date_stamp(text) for text in ("160513", "2016-05-13", "20160513", "169913", "2016")]
    [True, True, True, False, False]
    """
    found = _STAMP.fullmatch(text)
    if not found:
        return False
    year = int(found["year"])
    try:
        date(year if year > 99 else 2000 + year, int(found["month"]), int(found["day"]))
    except ValueError:
        return False
    return True


def goes_on(before: str, after: str, is_apart: bool, wrapped: bool) -> tuple[bool, str]:
    """Whether a line is the end of the one before it, and what is doubtful about that.

    Parameters
    ----------
    before, after : the two lines
    is_apart : whether an empty line or a page's end lies between them
    wrapped : whether notes run over several lines in this report

    Examples
    --------
    >>> goes_on("Ta fram korta filmer för att", "förklara nyckeltalen", True, False)
    (True, '')
    >>> goes_on("Ta fram korta filmer", "Lär av grannar", True, False)
    (False, '')
    """
    begins_small = after[:1].islower()
    if begins_small and (is_apart or wrapped):
        return True, ""
    if begins_small:
        return False, "it begins with a small letter, as the end of the line before would"
    ends_short = _GOES_ON if is_apart or wrapped else _STOPS_SHORT
    if ends_short.search(before) or _CUT_WORD.search(before):
        if wrapped:
            return True, "it was joined to the line before, which does not end there"
        return False, "the line before does not end there"
    return False, ""


def join(before: str, after: str) -> str:
    """Return two halves of a sentence as one; a word cut in two is whole again.

    Examples
    --------
    >>> join("bidra till håll-", "bara kommuner"), join("kommunikations-", "och utbildningsmaterial")
    ('bidra till hållbara kommuner', 'kommunikations- och utbildningsmaterial')
    """
    if _CUT_WORD.search(before) and after[:1].islower() and not _JOINS_WORDS.match(after):
        return before[:-1] + after
    return f"{before} {after}"
