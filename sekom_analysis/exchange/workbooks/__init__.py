"""Excel workbooks (.xlsx): from bytes to rows of cells, and back."""

from __future__ import annotations

from sekom_analysis.exchange.workbooks.book import Book
from sekom_analysis.exchange.workbooks.cells import Stored, address
from sekom_analysis.exchange.workbooks.comments import Comment
from sekom_analysis.exchange.workbooks.limits import LIMITS, BookLimits
from sekom_analysis.exchange.workbooks.reading import (
    OLD_OFFICE,
    ZIP,
    book_rows,
    merged_across,
    read_rows,
    sheet_names,
)
from sekom_analysis.exchange.workbooks.texts import (
    LONGEST_TEXT,
    UNWRITABLE,
    escaped,
    exactly,
    plain_text,
    stored_text,
)
from sekom_analysis.exchange.workbooks.writing import MOST_ROWS, saved, write_rows

__all__ = [
    "LIMITS",
    "LONGEST_TEXT",
    "MOST_ROWS",
    "OLD_OFFICE",
    "UNWRITABLE",
    "ZIP",
    "Book",
    "BookLimits",
    "Comment",
    "Stored",
    "address",
    "book_rows",
    "escaped",
    "exactly",
    "merged_across",
    "plain_text",
    "read_rows",
    "saved",
    "sheet_names",
    "stored_text",
    "write_rows",
]
