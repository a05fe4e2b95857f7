"""A whole study as an Excel workbook, for people who want to look, and for other programs.

`pages` makes the sheets that come back, `writing` the file, `reading` takes it
back. The sheets that are only to be looked at are made in `results.workbook`.
"""

from __future__ import annotations

from sekom_analysis.exchange.studybook.reading import is_study_workbook, read_study_workbook

__all__ = ["is_study_workbook", "read_study_workbook"]
