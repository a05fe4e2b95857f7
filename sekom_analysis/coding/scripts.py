"""The card's scripts and styles, as text: the same in a notebook and on a page."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# What ties the card to its place comes after it.
SCRIPTS = (
    "worklist.js",
    "outbox.js",
    "keys.js",
    "elements.js",
    "overlays.js",
    "notices.js",
    "view.js",
    "card.js",
)


@cache
def script(*names: str) -> str:
    """Return scripts, or styles, as one; they share one scope and import nothing."""
    folder = files("sekom_analysis.coding")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
