"""Files of the world outside, in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sekom_analysis.exchange.sheets import read_coding_sheet, write_coding_sheet

__all__ = ["read_coding_sheet", "write_coding_sheet"]


def __getattr__(name: str) -> Any:
    """Load a public name, and what it needs, when it is first asked for."""
    if name not in __all__:
        msg = f"module 'sekom_analysis.exchange' has no attribute '{name}'"
        raise AttributeError(msg)
    from sekom_analysis.exchange import sheets

    return getattr(sheets, name)
