"""Coding by keyboard: one coder's own list of notes, the card, and what joins it to the log."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sekom_analysis.coding.codebook_editor import edit_codebook
    from sekom_analysis.coding.jupyter import adjudicate_notes, code_notes, review_pairs
    from sekom_analysis.coding.page import write_page

__all__ = ["adjudicate_notes", "code_notes", "edit_codebook", "review_pairs", "write_page"]

_HOMES = {
    "adjudicate_notes": "jupyter",
    "code_notes": "jupyter",
    "edit_codebook": "codebook_editor",
    "write_page": "page",
    "review_pairs": "jupyter",
}


def __getattr__(name: str) -> Any:
    """Load a public name, and what it needs (a card needs widgets), when it is first asked for."""
    if name not in _HOMES:
        msg = f"module 'sekom_analysis.coding' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(import_module(f"sekom_analysis.coding.{_HOMES[name]}"), name)
