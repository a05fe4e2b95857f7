"""Coding sheets: an Excel workbook that a coder fills in and sends back.

`layout` says what a sheet is made of, `writing` (with `tab`, `pages`, `style`) makes it, `reading` (with
`file`, `answers`) takes it back, and `collecting` holds it against the study.
"""

from __future__ import annotations

from sekom_analysis.exchange.reading import Reading
from sekom_analysis.exchange.sheets.collecting import weigh_sheet
from sekom_analysis.exchange.sheets.file import is_coding_sheet
from sekom_analysis.exchange.sheets.reading import read_coding_sheet
from sekom_analysis.exchange.sheets.writing import write_coding_sheet

__all__ = ["Reading", "is_coding_sheet", "read_coding_sheet", "weigh_sheet", "write_coding_sheet"]
