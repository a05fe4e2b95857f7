"""A report's appendix (.txt, .md, .docx): lines under headings into notes and the report's own sorting."""

from __future__ import annotations

from sekom_analysis.exchange.outline.headings import Headings, read_headings
from sekom_analysis.exchange.outline.reading import Outline, read_outline

__all__ = ["Headings", "Outline", "read_headings", "read_outline"]
