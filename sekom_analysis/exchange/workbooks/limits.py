"""How much of a workbook is read."""

from __future__ import annotations

from dataclasses import dataclass

from sekom_analysis.exchange.guarded import Limits

OPEN_AND_SAVE = "open it in Excel and save it again as 'Excel Workbook (.xlsx)'"


@dataclass(frozen=True)
class BookLimits(Limits):
    """Limits of files, and of what only workbooks have.

    Parameters
    ----------
    cells : number of cells of a sheet, from column A to the last filled one of each row
    texts : number of different texts in the workbook
    merged : number of merged cells
    comments : number of comments of a sheet
    odd_cells : number of errors and formulas without a stored result that are listed one by one
    """

    entry_bytes: int = 50_000_000
    total_bytes: int = 100_000_000
    xml_parts: int = 3_000_000
    cells: int = 1_000_000
    texts: int = 1_000_000
    merged: int = 100_000
    comments: int = 100_000
    odd_cells: int = 1_000


LIMITS = BookLimits()
