"""What a coding sheet says of itself: on its last tab, and once more in a hidden cell of each tab with notes.

The hidden cell is all that a text table, or a tab that was copied into another workbook, brings along.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sekom_analysis.exchange.sheets import layout, texttable
from sekom_analysis.exchange.sheets.grid import Cell, Grid
from sekom_analysis.exchange.workbooks import stored_text

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
    tab : which of them this is, where it stands in a tab with notes
    written : short hashes of the texts that were written beside notes and answers; None where it does not say
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


def digest(text: str) -> str:
    """Return a short hash of a text by which it is known again; spaces and capitals aside."""
    return hashlib.sha256(layout.plain(text).encode("utf-8")).hexdigest()[:_DIGITS]


def digests(texts: Iterable[str]) -> str:
    """Return the short hashes of texts as one text, those of how some programs store them among them."""
    found = {digest(form) for text in texts for form in (text, stored_text(text), *texttable.left_of(text))}
    return " ".join(sorted(found))


def in_a_cell(ticket: Ticket) -> str:
    """Return a ticket as it stands in the hidden cell of a tab with notes."""
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
    ids = (ticket.last_event, ticket.last_row)
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
    """Return the names and values of the ticket whose first cell stands there."""
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
    )


def _written(grid: Grid, top: int, names: Mapping[int, str]) -> frozenset[str] | None:
    """Return the short hashes that stand below their mark."""
    column = next((place for place, name in names.items() if name == layout.TEXTS), None)
    if column is None:
        return None
    below = [row[column].text for number, row in grid.items() if number > top and column in row]
    return frozenset(" ".join(below).split())


def in_pieces(hashes: str) -> Sequence[str]:
    """Return short hashes in as many texts as cells can hold them."""
    step = (MOST_SIGNS // (_DIGITS + 1)) * (_DIGITS + 1)
    return [hashes[start : start + step].strip() for start in range(0, len(hashes), step)]
