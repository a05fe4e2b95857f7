"""One event as one physical line of a file: written so that it always reads back, and checked then."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sekom_analysis.basics.wording import Phrase, quoted
from sekom_analysis.study.codebook import PROPOSAL, Variable
from sekom_analysis.study.decisions import EVENTS, LONGEST_MEMO, PASSES, UNDO, WAYS, Event
from sekom_analysis.study.proposals import proposal_faults
from sekom_analysis.study.selections import words_faults

Row = tuple[str, ...]
EVENT_ID = re.compile(r"[A-Za-z0-9_.:-]{4,80}")
DELIMITERS = ",;\t"
_TIME = re.compile(r"2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\0": "\\0"}
_ESCAPE = re.compile(r"[\\\n\r\0]")
_UNESCAPE = re.compile(r"\\([\\nr0])")
_UNESCAPED = {"\\": "\\", "n": "\n", "r": "\r", "0": "\0"}
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile(rb"[\r\0]+")
_GARBLED = tuple(sign.encode() for sign in ("Ã", "Â", "â€"))


class Format(NamedTuple):
    """What the rows of a file look like: first time and id, last the kind of event.

    ``identity`` names the columns in which two rows of one event id must agree; ``later`` those before the
    last that were added since. A row of an earlier program lacks them, and they are empty; where one of two
    rows of an event has nothing in them, they do not contradict each other.
    """

    columns: tuple[str, ...]
    events: tuple[str, ...]
    fault: Callable[[Row], str] = lambda row: ""
    identity: tuple[str, ...] = ()
    later: tuple[str, ...] = ()

    @property
    def earlier(self) -> tuple[str, ...]:
        """The columns that earlier programs had."""
        return tuple(name for name in self.columns if name not in self.later)

    def whole(self, cells: Sequence[str]) -> Sequence[str]:
        """Return the cells of a row, with empty ones for columns that it is too old to have.

        A spreadsheet program that saves rows of either kind makes all equally long: the kind of event, which
        is never empty, is not in the last cell then.
        """
        n_earlier = len(self.columns) - len(self.later)
        if self.later and n_earlier <= len(cells) <= len(self.columns):
            n = next((n for n in range(len(cells), n_earlier, -1) if cells[n - 1]), n_earlier)
            if n == n_earlier:
                return [*cells[: n - 1], *("" for _ in self.later), cells[n - 1]]
        return cells

    def fitting(self, row: Row, columns: Sequence[str]) -> Sequence[str]:
        """Return a row as those under a header: without what that is too old for, if it is empty."""
        n = len(self.earlier)
        is_old = tuple(columns) == self.earlier and not any(row[n - 1 : -1])
        return (*row[: n - 1], row[-1]) if is_old else row

    def differing(self, one: Row, other: Row) -> list[str]:
        """Return the columns in which two rows of the same event contradict each other."""
        at = ((name, self.columns.index(name)) for name in self.identity)
        return [name for name, place in at if self.contradict(name, one[place], other[place])]

    def contradict(self, column: str, one: str, other: str) -> bool:
        """Whether two rows of the same event contradict each other in a column."""
        return one != other and (column not in self.later or bool(one and other))


def utc_text(moment: datetime) -> str:
    """Return a moment as UTC text that sorts as it passes: ``2016-04-12T09:00:00.000000Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def note_hash(text: str, context: Iterable[tuple[str, str]] = ()) -> str:
    r"""Fingerprint of a text and what is shown beside it; spacing, line breaks and composed letters aside.

    Parameters
    ----------
    text : the note's text
    context : name and cell of each column that is shown beside it; their order does not matter

    Returns
    -------
    str
        ``h`` and the first 11 hexadecimal digits of SHA-256: never a number. Without context it is that of
        the text alone.

    Examples
    --------
    >>> note_hash("Ojämn nivå") == note_hash(" Oja\u0308mn\n nivå ")
    True
    >>> note_hash("Ojämn nivå")
    'hddf949961c9'
    >>> note_hash("Ojämn nivå", [("Fråga", "Vad hindrar?")]) == note_hash("Ojämn nivå")
    False
    """
    beside = sorted(f"{_plain(name)}\x1e{_plain(cell)}" for name, cell in context)
    seen = "\x1f".join([_plain(text), *beside])  # no plain text holds these two signs
    return "h" + hashlib.sha256(seen.encode("utf-8")).hexdigest()[:11]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def local_minute(time: str) -> str:
    """Return the time of an event, as `utc_text` writes it, as a clock on this computer's wall shows it.

    Examples
    --------
    >>> len(local_minute("2016-04-12T09:00:00.000000Z")), local_minute("")
    (16, '')
    """
    return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M") if time else ""


def local_day(time: str) -> str:
    """Return the day of an event where this computer is, such as ``2016-04-12``; empty for no time."""
    return local_minute(time)[:10]


def zone_of(time: str = "") -> str:
    """Return what the zone of `local_minute` is called at a time; left out, now."""
    moment = datetime.fromisoformat(time) if time else datetime.now()
    return moment.astimezone().tzname() or ""


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
        fields = form.whole(cells_of(text, delimiter))
        if len(fields) == len(form.columns):
            row = tuple(map(unescaped, fields))
            fault = row_fault(row, form)
            if not fault:
                return row, ""
            faults.append(fault)
    if faults:
        return (), faults[0]
    return (), Phrase("fault_cells", n=len(cells_of(text, ",")), wanted=len(form.columns))


def utf16_of(data: bytes) -> str:
    """Return which UTF-16 a file is in, told by its first signs; empty if it is in none.

    Examples
    --------
    >>> utf16_of("decided_at".encode("utf-16-le")), utf16_of(b"decided_at")
    ('utf-16-le', '')
    """
    if data.startswith(b"\xff\xfe") or (data[1:2] == b"\0" and data[:1] != b"\0"):
        return "utf-16-le"
    if data.startswith(b"\xfe\xff") or (data[:1] == b"\0" and data[1:2] not in (b"\0", b"")):
        return "utf-16-be"
    return ""


def as_utf8(data: bytes) -> bytes:
    """Return what a file holds as UTF-8, where another program has saved it as UTF-16."""
    codec = utf16_of(data)
    return data.decode(codec, "replace").encode("utf-8") if codec else data


def lines_of(data: bytes, form: Format) -> Iterator[tuple[int, bytes]]:
    r"""Yield the lines of a file with their numbers, whichever line ends another program gave them.

    A line that is not an event, but holds carriage returns (an old Mac's line ends) or NUL (blocks that a
    sync program or a disk has not filled), is taken apart there.

    Examples
    --------
    >>> form = Format(("at", "id", "event"), ("say",))
    >>> list(lines_of(b"at,id,event\r2016-04-12T09:00:00.000000Z,e001,say\r\n", form))
    [(1, b'at,id,event'), (2, b'2016-04-12T09:00:00.000000Z,e001,say'), (3, b'')]
    """
    number = 0
    for line in data.split(b"\n"):
        for piece in _pieces(line.rstrip(b"\r"), form):
            number += 1
            yield number, piece


def _pieces(line: bytes, form: Format) -> list[bytes]:
    if (b"\r" not in line and b"\0" not in line) or not row_of(line, form)[1]:
        return [line]
    return [piece for piece in _BREAKS.split(line) if piece] or [line]


def resavings(data: bytes, form: Format, rows: Sequence[Row]) -> list[str]:
    """Say how a file differs from one that only this program wrote: what another one did when it saved it.

    Parameters
    ----------
    data : the file
    form : its columns
    rows : the events that were read of it
    """
    utf8 = as_utf8(data)
    first = next((line for _, line in lines_of(utf8[:4096], form) if line), b"")
    found = {
        "utf16": utf8 is not data,
        "cr": any(b"\r" in line.rstrip(b"\r") for line in utf8.split(b"\n")) if b"\r" in utf8 else False,
        "headerless": bool(rows) and not is_header(first, form) and row_of(first, form)[1] == "",
        "delimiter": is_header(first, form)
        and bool(re.search(rb'^[^,]*[;\t]"?' + form.columns[1].encode(), first)),
        "cp1252": bool(rows) and not _is_utf8(utf8) and _has_cp1252(utf8, form),
        "garbled": any(sign in utf8 for sign in _GARBLED) and _is_garbled(rows),
    }
    return [f"problem_resaved_{how}" for how, is_so in found.items() if is_so]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_cp1252(data: bytes, form: Format) -> bool:
    """Whether an event is in a line that is not UTF-8."""
    return any(not _is_utf8(line) and not row_of(line, form)[1] for _, line in lines_of(data, form))


def _is_garbled(rows: Sequence[Row]) -> bool:
    """Whether most texts with other letters than a–z read like UTF-8 that was taken for cp1252: fÃ¶r."""
    texts = [cell for row in rows for cell in row if not cell.isascii()]
    return 2 * sum(map(_reads_as_utf8, texts)) > len(texts)


def _reads_as_utf8(text: str) -> bool:
    try:
        return text.encode("cp1252").decode("utf-8") != text
    except UnicodeError:
        return False


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
    """Say why a row is not an event; an empty text if it is one."""
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


def header_of(line: bytes, form: Format) -> tuple[str, ...]:
    """Return which columns a line says that the rows below it have, now or in an earlier program; () if none.

    Examples
    --------
    >>> form = Format(("at", "id", "words", "event"), ("say",), later=("words",))
    >>> header_of(b"at,id,event", form), header_of(b"at,id,wor", form)
    (('at', 'id', 'event'), ())
    """
    text = line.decode("utf-8-sig", "replace") if is_header(line, form) else ""
    told = [tuple(cells_of(text, delimiter)) for delimiter in DELIMITERS]
    return next((columns for columns in told if columns in (form.columns, form.earlier)), ())


def is_header(line: bytes, form: Format) -> bool:
    """Whether a line is the file's header, or the whole beginning of one."""
    start = form.columns[0].encode()
    return line.removeprefix(b"\xef\xbb\xbf").startswith((start, b'"' + start))


# --- whether an answer is one that a variable takes, and an event one that a log takes ----------------


SEEN = re.compile(r"[a-z][0-9a-f]{11}")
WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,8}")


def answer_fault(variable: Variable, codes: str) -> str:
    """Say what is wrong with an answer as it is in a log; an empty text if nothing is.

    Parameters
    ----------
    variable : Variable
    codes : str
        The answer: a code, several joined by ``|``, a number, or empty (the empty set of a `multiple`).

    Examples
    --------
    >>> from sekom_analysis.study.codebook import Codebook
    >>> book = Codebook.model_validate({"variables": [
    ...     {"id": "goal", "kind": "scale", "label": "Goal", "range": [1, 5]}]})
    >>> answer_fault(book["goal"], "7")
    "variable 'goal' takes a whole number from 1 to 5, not '7'"
    """
    if variable.kind == "scale":
        low, high = variable.range or (1, 5)
        if not (WHOLE_NUMBER.fullmatch(codes) and low <= int(codes) <= high):
            return Phrase("fault_scale", variable=variable.id, low=low, high=high, codes=codes)
        return ""
    given = codes.split("|") if codes else []
    if variable.kind == "single" and len(given) != 1:
        return Phrase("fault_single", variable=variable.id, codes=codes, answers=_listed(variable))
    unknown = [code for code in given if code not in variable.answers]
    if unknown:
        named = quoted(unknown)
        return Phrase("fault_no_code", variable=variable.id, codes=named, answers=_listed(variable))
    if len(set(given)) < len(given):
        return Phrase("fault_twice", variable=variable.id, codes=codes)
    return ""


def _listed(variable: Variable) -> str:
    return ", ".join(variable.answers)


def field_faults(event: Event) -> list[Phrase]:
    """Say what is wrong with the cells of an event, whatever its note and variable."""
    faults = []
    if not EVENT_ID.fullmatch(event.event_id):
        faults.append(Phrase("fault_event_id_given", text=event.event_id))
    if event.certainty not in ("", "1", "2", "3"):
        faults.append(Phrase("fault_certainty", text=event.certainty))
    for name, value in (("note_hash", event.note_hash), ("codebook", event.codebook)):
        if value and not SEEN.fullmatch(value):
            faults.append(Phrase("fault_hash", name=name, text=value))
    if len(event.memo) > LONGEST_MEMO:
        faults.append(Phrase("fault_memo", n=len(event.memo), most=LONGEST_MEMO))
    for name, value, allowed in (
        ("pass", event.pass_, tuple(str(number) for number in PASSES)),
        ("via", event.via, WAYS),
        ("event", event.event, EVENTS),
    ):
        if name == "via" and value == UNDO:  # it is found in logs, but nobody gives it
            continue
        if value not in allowed:
            faults.append(Phrase("fault_one_of", name=name, allowed=", ".join(allowed), text=value))
    faults += words_faults(event) if event.words else ()
    return [*faults, *(proposal_faults(event) if event.variable == PROPOSAL else ())]
