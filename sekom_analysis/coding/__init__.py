"""Coding by keyboard: one coder's own list of notes, the card, and what joins it to the log."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sekom_analysis.coding.adjudication_card import adjudicate_notes
    from sekom_analysis.coding.card import code_notes
    from sekom_analysis.coding.page import write_page
    from sekom_analysis.coding.review_card import review_pairs

__all__ = ["adjudicate_notes", "code_notes", "review_pairs", "write_page"]

_HOMES = {
    "adjudicate_notes": "adjudication_card",
    "code_notes": "card",
    "write_page": "page",
    "review_pairs": "review_card",
}


def __getattr__(name: str) -> Any:
    """Load a public name, and what it needs (a card needs widgets), when it is first asked for."""
    if name not in _HOMES:
        msg = f"module 'sekom_analysis.coding' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(import_module(f"sekom_analysis.coding.{_HOMES[name]}"), name)
