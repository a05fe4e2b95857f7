"""Files as they arrive: what can be collected at all, and which of several was made first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from sekom_analysis.errors import DecisionError, SekomError
from sekom_analysis.exchange.guarded.limits import LIMITS, MEGABYTE, megabytes
from sekom_analysis.exchange.ledger_copies import ledger_of
from sekom_analysis.exchange.tables import WORKBOOKS
from sekom_analysis.exchange.workbooks import Book
from sekom_analysis.logline import is_time, utc_text

LOG_BYTES = 200 * MEGABYTE  # 100,000 notes with five questions each
_WORDS = (".doc", ".docx", ".odt", ".rtf", ".pdf", ".eml", ".msg")
_HOW_PAGE = (
    "no answers are in it: they are kept in the coder's browser. Ask for the answers file, which the page "
    "makes by the button 'Download the answers file' ('Ladda ner svarsfilen'): answers-STUDY-CODER.jsonl or "
    "svar-STUDY-CODER.jsonl"
)
_TIME = re.compile(r"2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_HEAD = 4_000


def check_arrival(path: Path) -> None:
    """Refuse what cannot be collected whatever it holds, before it is read.

    Raises
    ------
    DecisionError
        With what it seems to be, and what to send instead.
    """
    if fault := _fault(path):
        msg = f"'{path.name}' {fault}. Nothing was saved."
        raise DecisionError(msg)


def _fault(path: Path) -> str:
    ending = path.suffix.lower()
    if ending in (".html", ".htm"):
        return f"is a page, and {_HOW_PAGE}"
    if ending == ".zip":
        return "is packed. Unpack it, and collect what lies in it"
    if ending in _WORDS:
        return "is a text or a mail: save what is attached to it as a file of its own, and collect that"
    if path.is_dir():
        return "is a folder: name the files in it"
    if not path.exists():
        return f"is not in '{path.resolve().parent}': check the name and the folder"
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        return f"cannot be read: {error.strerror}. Close it in other programs, or copy it to where it can be"
    most = LIMITS.file_bytes if ending in WORKBOOKS else LOG_BYTES
    if path.is_file() and path.stat().st_size > most:
        size = megabytes(path.stat().st_size)
        return f"is {size} large, and at most {megabytes(most)} are read: no coder's answers are that large"
    return ""


def in_order_of_making(paths: Iterable[Path]) -> list[Path]:
    """Return files in the order in which they are to be taken: ledgers, then the rest, the oldest first.

    Ledgers come first since they tell which answers of a log came after others' could be seen. A file that
    does not say when it was made keeps its place behind those that do.
    """
    return sorted(paths, key=lambda path: (ledger_of(path) == "", _made(path) or "9"))


def _made(path: Path) -> str:
    """Return when a file was made, as far as it says so itself: UTC; empty if it does not."""
    try:
        if path.suffix.lower() in WORKBOOKS:
            return _saved_at(path)
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, path.stat().st_size - _HEAD))
            tail = file.read()
    except (OSError, SekomError):
        return ""
    return _written(head) or max(_TIME.findall(tail.decode("utf-8", "replace")), default="")


def _written(head: bytes) -> str:
    """Return when a page says that it wrote its answers."""
    try:
        found = json.loads(head.decode("utf-8-sig").splitlines()[0])["written"]
    except (ValueError, LookupError, TypeError):
        return ""
    return found if isinstance(found, str) and is_time(found) else ""


def _saved_at(path: Path) -> str:
    """Return when a workbook was saved, as it says itself, UTC as in a log; empty if it does not."""
    with Book(path.read_bytes(), path.name) as book:
        return utc_text(book.saved_at) if book.saved_at else ""
