"""Files of strangers: archives and XML opened so that a hostile or broken one does no harm."""

from __future__ import annotations

from sekom_analysis.exchange.guarded.archive import Archive, open_archive
from sekom_analysis.exchange.guarded.limits import LIMITS, Limits, inside, opened, read_file, refusal
from sekom_analysis.exchange.guarded.xml import Walker, parse_xml

__all__ = [
    "LIMITS",
    "Archive",
    "Limits",
    "Walker",
    "inside",
    "open_archive",
    "opened",
    "parse_xml",
    "read_file",
    "refusal",
]
