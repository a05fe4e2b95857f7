"""One event as one physical line of a file: written so that it always reads back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sekom_analysis.wording import Phrase

Row = tuple[str, ...]
EVENT_ID = re.compile(r"[A-Za-z0-9_.:-]{4,80}")
DELIMITERS = ",;\t"
_TIME = re.compile(r"2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\0": "\\0"}
_ESCAPE = re.compile(r"[\\\n\r\0]")
_UNESCAPE = re.compile(r"\\([\\nr0])")
_UNESCAPED = {"\\": "\\", "n": "\n", "r": "\r", "0": "\0"}
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


class Format(NamedTuple):
    """What the rows of a file look like: first time and id, last the kind of event.

    ``identity`` names the columns in which two rows of one event id must agree.
    """

    columns: tuple[str, ...]
    events: tuple[str, ...]
    fault: Callable[[Row], str] = lambda row: ""
    identity: tuple[str, ...] = ()

    def differing(self, one: Row, other: Row) -> list[str]:
        """Return the columns in which two rows of the same event contradict each other."""
        at = [(name, self.columns.index(name)) for name in self.identity]
        return [name for name, place in at if one[place] != other[place]]


def utc_text(moment: datetime) -> str:
    """Return a moment as UTC text that sorts as it passes: ``2016-04-12T09:00:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def well_formed(text: str) -> str:
    r"""Join the two halves of a character; half a character alone becomes U+FFFD, as screens show it.

    Examples
    --------
    >>> well_formed("\ud83d\ude00") == "\U0001f600", well_formed("a\ud83d") == "a\ufffd"
    (True, True)
    """
    if not _HALF_CHARACTER.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def line_of(row: Sequence[str]) -> bytes:
    r"""Return a row as one physical line; line breaks and NUL inside a text are escaped.

    Examples
    --------
    >>> line_of(["a", "two\nlines"])
    b'a,two\\nlines\n'
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(
        _ESCAPE.sub(lambda hit: _ESCAPES[hit[0]], well_formed(text)) for text in row
    )
    return out.getvalue().encode("utf-8")


def row_of(line: bytes, form: Format) -> tuple[Row, str]:
    """Return the row that a line holds, or why it cannot be read.

    A log that a spreadsheet program has saved again (semicolons or tabs,
    cp1252) is read all the same.
    """
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = line.decode("cp1252", "replace")
    faults = []
    for delimiter in DELIMITERS:
        fields = cells_of(text, delimiter)
        if len(fields) == len(form.columns):
            row = tuple(map(unescaped, fields))
            fault = row_fault(row, form)
            if not fault:
                return row, ""
            faults.append(fault)
    if faults:
        return (), faults[0]
    return (), Phrase("fault_cells", n=len(cells_of(text, ",")), wanted=len(form.columns))


def cells_of(text: str, delimiter: str) -> list[str]:
    """Split one line into its cells; none where its quotes are broken."""
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def unescaped(cell: str) -> str:
    r"""Return a cell as the text that was meant.

    Examples
    --------
    >>> unescaped(r"two\nlines, a \\n")
    'two\nlines, a \\n'
    """
    return _UNESCAPE.sub(lambda hit: _UNESCAPED[hit[1]], cell)


def row_fault(row: Row, form: Format) -> str:
    """Say why a row is no event; an empty text if it is one."""
    if not is_time(row[0]):
        return Phrase("fault_time", text=row[0])
    if not EVENT_ID.fullmatch(row[1]):
        return Phrase("fault_event_id", text=row[1])
    if row[-1] not in form.events:
        return Phrase("fault_none_of", text=row[-1], allowed=", ".join(form.events))
    return form.fault(row)


def is_time(text: str) -> bool:
    """Whether a text is a moment as `utc_text` writes it."""
    try:
        return bool(_TIME.fullmatch(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def is_header(line: bytes, form: Format) -> bool:
    """Whether a line is the file's header, or the whole beginning of one."""
    start = form.columns[0].encode()
    return line.removeprefix(b"\xef\xbb\xbf").startswith((start, b'"' + start))
