"""Coding by keyboard: one coder's own list of notes, the card, and what joins it to the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sekom_analysis.coding.card import code_notes

__all__ = ["code_notes"]


def __getattr__(name: str) -> Any:
    """Load the card, and the widgets that it needs, when it is first asked for."""
    if name not in __all__:
        msg = f"module 'sekom_analysis.coding' has no attribute '{name}'"
        raise AttributeError(msg)
    from sekom_analysis.coding import card

    return getattr(card, name)
