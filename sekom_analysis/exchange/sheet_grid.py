"""The cells of a file that came back, tab by tab, whatever program saved it as what."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.exchange import layout
from sekom_analysis.formats import tables
from sekom_analysis.formats.tables import TEXTS, read_bytes
from sekom_analysis.formats.workbook_cells import BookLimits, OddCellError, Stored, Values, address
from sekom_analysis.formats.workbook_reading import OLD_OFFICE, ZIP, Book
from sekom_analysis.formats.workbooks import stored_text
from sekom_analysis.study.rows import note_hash, utc_text

# --- A coding sheet that was saved as a text table (.csv) ---------------------------------------------


_MARKED = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Excel's on Windows, on a Macintosh, and as 'CSV (MS-DOS)': nothing in a file tells them apart.
_ONE_BYTE = ("cp1252", "mac_roman", "cp850")
_PER_LOST = 3  # characters at most for a letter that an encoding lacks, a space beside it among them


class TextTable(NamedTuple):
    """The rows of a text table; `encoding` is named where it cannot hold every letter."""

    rows: Sequence[Sequence[str]]
    encoding: str
    problems: list[Problem]


def read(data: bytes, file: str) -> TextTable:
    """Return the rows of a text table.

    Of one-byte encodings that is taken in which most texts of notes are those that were sent: their hashes
    are beside them.
    """
    if data.startswith(_MARKED) or b"\0" in data or _is_utf8(data):
        text, problems = tables.decode(data, file)
        rows, more = tables.split_rows(text, file)
        return TextTable(rows, "", [*problems, *more])
    readings = (_read_as(data, file, encoding) for encoding in _ONE_BYTE)
    return max(readings, key=lambda table: _n_whole(table.rows))


def _read_as(data: bytes, file: str, encoding: str) -> TextTable:
    rows, problems = tables.split_rows(data.decode(encoding, "replace"), file)
    return TextTable(rows, encoding, problems)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _n_whole(rows: Iterable[Sequence[str]]) -> int:
    """Count the rows in which some cell is the text whose hash is in the row."""
    return sum(_is_whole_row(row) for row in rows)


def _is_whole_row(row: Sequence[str]) -> bool:
    parts = [found for cell in row if (found := layout.row_key(cell.strip()))]
    return bool(parts) and any(note_hash(cell) == parts[0].text for cell in row)


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


# --- the cells of a file that came back, tab by tab, whatever program saved it as what ----------------


_LIMITS = BookLimits(xml_parts=1_500_000)  # each cell is kept with its place
_EXCEL, _OFFICE = "Excel Workbook (.xlsx)", "Excel 2007-365 (.xlsx)"
_UNREAD = {
    ".ods": ("unread_libreoffice", "LibreOffice", _OFFICE),
    ".fods": ("unread_libreoffice", "LibreOffice", _OFFICE),
    ".ots": ("unread_template", "LibreOffice", _OFFICE),
    ".xls": ("unread_xls", "Excel / LibreOffice", _EXCEL),
    ".xlsb": ("unread_xlsb", "Excel", _EXCEL),
    ".numbers": ("unread_numbers", "Numbers", "Excel"),
}


class Cell(NamedTuple):
    """One filled cell: where it is, its text, and whether a program worked it out."""

    tab: str
    address: str
    row: int
    text: str
    formula: bool = False

    @property
    def place(self) -> Phrase:
        """Where it is, in words."""
        return Phrase("place_cell", address=self.address, tab=self.tab)


Row = dict[int, Cell]
Grid = dict[int, Row]


class Opened(NamedTuple):
    """What a file holds.

    Attributes
    ----------
    grids : tab -> row -> column -> cell, the filled ones
    comments : tab -> row -> column -> what is written about that cell
    saved_at : when it was last saved, UTC as in a log; empty where it does not say
    encoding : of a text table that cannot hold every letter; else empty
    is_text : whether it is a text table, which holds one tab
    """

    grids: Mapping[str, Grid]
    comments: Mapping[str, Grid]
    saved_at: str = ""
    encoding: str = ""
    is_text: bool = False


def is_unread(path: Path) -> bool:
    """Whether a file is a spreadsheet by its name, but of a kind that is not read."""
    return path.suffix.lower() in _UNREAD


def open_file(path: Path) -> tuple[Opened | None, bytes, list[Problem]]:
    """Return what a file holds, and the file itself; None where it cannot be read, with why."""
    if is_unread(path) and path.is_file():
        suffix = path.suffix.lower()
        kind, program, form = _UNREAD[suffix]
        said = {"suffix": suffix, "program": program, "form": form}
        return None, b"", [Problem.of(path.name, None, kind, **said)]
    data, problem = read_bytes(path)
    if problem:
        return None, data, [problem]
    if path.suffix.lower() in TEXTS and not data.startswith((ZIP, OLD_OFFICE)):
        return _text_table(data, path)
    if not data.startswith(ZIP):
        kind = "sheet_locked" if data.startswith(OLD_OFFICE) else "sheet_no_workbook"
        return None, data, [Problem.of(path.name, None, kind)]
    try:
        return _workbook(data, path.name), data, []
    except ExchangeError as error:
        return None, data, list(error.problems)


def _workbook(data: bytes, file: str) -> Opened:
    grids: dict[str, Grid] = {}
    comments: dict[str, Grid] = {}
    with Book(data, file, _LIMITS) as book:
        values = book.values()
        for tab in book.names:
            grids[tab], comments[tab] = {}, {}
            book.walk(tab, _into(grids[tab], tab, values))
            for row, column, text in book.comments(tab):
                comments[tab].setdefault(row, {})[column] = Cell(tab, address(row, column), row, text)
        saved_at = utc_text(book.saved_at) if book.saved_at else ""
    return Opened(grids, comments, saved_at)


def _into(grid: Grid, tab: str, values: Values) -> Callable[[Stored], None]:
    """Return what puts a tab's cells into its grid."""

    def take(stored: Stored) -> None:
        cell = _cell(tab, stored, values)
        if cell.text.strip():
            grid.setdefault(stored.row, {})[stored.column] = cell

    return take


def _cell(tab: str, stored: Stored, values: Values) -> Cell:
    place = address(stored.row, stored.column)
    if stored.formula is not None:
        return Cell(tab, place, stored.row, f"={stored.formula}", formula=True)
    try:
        text = values.text(stored)
    except OddCellError:
        text = stored.value
    return Cell(tab, place, stored.row, text)


def _text_table(data: bytes, path: Path) -> tuple[Opened | None, bytes, list[Problem]]:
    table = read(data, path.name)
    tab = path.stem
    grid = {
        number: {
            place: Cell(tab, address(number, place), number, text)
            for place, text in enumerate(row, start=1)
            if text.strip()
        }
        for number, row in enumerate(table.rows, start=1)
    }
    grid = {number: row for number, row in grid.items() if row}
    return Opened({tab: grid}, {}, "", table.encoding, is_text=True), data, table.problems


# --- what a coding sheet says of itself ---------------------------------------------------------------


HEAD_ROWS = 30
MOST_SIGNS = 30_000  # of a cell's 32,767
_DIGITS = 8
_PAIRS = 12  # rows of the ticket at most


class Ticket(NamedTuple):
    """What a sheet says of itself: whose it is, and what it was written with.

    Attributes
    ----------
    study, coder, lang : for whom it was written
    seen_until : time of the newest event of the coder then; empty if none
    versions : variable -> version of its definition
    copy : id of this very sheet; empty where an older program wrote it
    last_event : id of the newest event of the coder then; empty if none
    last_row : id of the event in the last row of the coder's log then: older ones may follow it later; empty
        if none, or where an older program wrote it
    tabs : tab with notes -> how many; empty where an older program wrote it
    tab : which of them this is, where it is on a tab with notes
    written : short hashes of the texts that were written beside notes and answers; None where it does not say
    form : of the layout, as `layout.FORMAT` was then
    """

    study: str
    coder: str
    lang: str
    seen_until: str
    versions: Mapping[str, str]
    copy: str = ""
    last_event: str = ""
    tabs: Mapping[str, int] = {}
    tab: str = ""
    written: frozenset[str] | None = None
    last_row: str = ""
    form: str = ""

    @property
    def is_numbered(self) -> bool:
        """Whether the sheet showed a number for each code, so that a number can mean one."""
        return self.form not in ("", "1")


def digest(text: str) -> str:
    """Return a short hash of a text by which it is known again; spaces and capitals aside."""
    return hashlib.sha256(layout.plain(text).encode("utf-8")).hexdigest()[:_DIGITS]


def digests(texts: Iterable[str]) -> str:
    """Return the short hashes of texts joined together, those of how some programs store them among them."""
    found = {digest(form) for text in texts for form in (text, stored_text(text), *left_of(text))}
    return " ".join(sorted(found))


def in_a_cell(ticket: Ticket) -> str:
    """Return a ticket as it is in the hidden cell of a tab with notes."""
    content: dict[str, Any] = ticket._asdict() | {"written": " ".join(sorted(ticket.written or ()))}
    text = f"{layout.TICKET_MARK} {json.dumps(content, ensure_ascii=False)}"
    if len(text) > MOST_SIGNS:
        text = f"{layout.TICKET_MARK} {json.dumps(content | {'written': None}, ensure_ascii=False)}"
    return text


def ticket_in(cell: str) -> Ticket | None:
    """Return the ticket that a cell holds, if it holds one."""
    if not cell.startswith(f"{layout.TICKET_MARK} "):
        return None
    try:
        content = json.loads(cell.removeprefix(layout.TICKET_MARK))
        written = content.pop("written", None)
        known = {name: content[name] for name in Ticket._fields if name in content}
        ticket = Ticket(**known)
        ticket = ticket._replace(written=None if written is None else frozenset(str(written).split()))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return ticket if _is_whole(ticket) else None


def _is_whole(ticket: Ticket) -> bool:
    texts = (ticket.study, ticket.coder, ticket.lang, ticket.seen_until, ticket.copy)
    ids = (ticket.last_event, ticket.last_row, ticket.form)
    counts = ticket.tabs.values() if isinstance(ticket.tabs, Mapping) else [None]
    versions = ticket.versions.values() if isinstance(ticket.versions, Mapping) else [None]
    return all(isinstance(text, str) for text in (*texts, *ids, ticket.tab, *versions)) and all(
        isinstance(count, int) for count in counts
    )


def ticket_of(grid: Grid) -> Ticket | None:
    """Return what a tab says of the sheet; None if it says nothing of that kind."""
    for number, row in sorted(grid.items())[:HEAD_ROWS]:
        for place, text in texts_of(row).items():
            if text == layout.TICKET:
                return _ticket_at(grid, number, place)
    for row in grid.values():
        for text in texts_of(row).values():
            if found := ticket_in(text):
                return found
    return None


def texts_of(row: Mapping[int, Cell]) -> dict[int, str]:
    """Return the texts of a row without the spaces around them."""
    return {place: cell.text.strip() for place, cell in row.items()}


def pairs_at(grid: Grid, top: int, left: int) -> dict[str, str]:
    """Return the names and values of the ticket whose first cell is there."""
    rows = [texts_of(grid.get(number, {})) for number in range(top, top + _PAIRS)]
    return {texts[left]: texts.get(left + 1, "") for texts in rows if left in texts}


def _ticket_at(grid: Grid, top: int, left: int) -> Ticket:
    pairs = pairs_at(grid, top, left)
    names, versions = texts_of(grid.get(top, {})), texts_of(grid.get(top + 1, {}))
    known = {name[:-1]: versions.get(place, "") for place, name in names.items() if name.endswith("/")}
    study, coder, lang, seen_until = (
        pairs.get(name, "") for name in ("study", "coder", "lang", "seen_until")
    )
    return Ticket(
        study,
        coder,
        lang,
        seen_until,
        known,
        pairs.get("copy", ""),
        pairs.get("last_event", ""),
        written=_written(grid, top, names),
        last_row=pairs.get("last_row", ""),
        form=pairs.get(layout.TICKET, ""),
    )


def _written(grid: Grid, top: int, names: Mapping[int, str]) -> frozenset[str] | None:
    """Return the short hashes below their mark."""
    column = next((place for place, name in names.items() if name == layout.TEXTS), None)
    if column is None:
        return None
    below = [row[column].text for number, row in grid.items() if number > top and column in row]
    return frozenset(" ".join(below).split())


def in_pieces(hashes: str) -> Sequence[str]:
    """Return short hashes in as many texts as cells can hold them."""
    step = (MOST_SIGNS // (_DIGITS + 1)) * (_DIGITS + 1)
    return [hashes[start : start + step].strip() for start in range(0, len(hashes), step)]


# --- whether a text is another one, or the same with a typo corrected ------------------------------------


_SAME = 0.8  # how like its earlier self a text is at least, if only a typo was corrected
_BY_LETTERS = 200  # longest text that is compared by its letters: longer ones are by their words


def is_same_text(one: str, other: str) -> bool:
    """Whether two texts are the same except for a corrected typo.

    Examples
    --------
    >>> is_same_text("Ojämn kunskpsnivå", "Ojämn kunskapsnivå"), is_same_text("Ojämn nivå", "Brist på tid")
    (True, False)
    """
    texts = [layout.plain(text) for text in (one, layout.writable(other))]
    is_short = max(map(len, texts)) <= _BY_LETTERS
    was, is_now = (list(text) if is_short else text.split() for text in texts)
    return SequenceMatcher(None, was, is_now, autojunk=False).ratio() >= _SAME


def start_of(text: str) -> str:
    """Return how a text begins, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
