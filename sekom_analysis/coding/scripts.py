"""The cards' scripts and styles, as text: the same in a notebook and on a page."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

_SHARED = (
    "worklist.js",
    "outbox.js",
    "keys.js",
    "hand.js",
    "elements.js",
    "kit.js",
    "frame.js",
    "overlays.js",
    "notices.js",
    "codes.js",
    "card.js",
)
# What ties a card to its place comes after these; each kind of card defines `createCard`.
SCRIPTS = (*_SHARED, "view.js", "coding.js")
ADJUDICATION_SCRIPTS = (*_SHARED, "others.js", "readings.js", "adjudication_view.js", "adjudication.js")
REVIEW_SCRIPTS = (*_SHARED, "others.js", "compare_view.js", "compare.js")
STYLES = ("card.css",)
ADJUDICATION_STYLES = (*STYLES, "adjudication.css")
REVIEW_STYLES = (*STYLES, "compare.css")


@cache
def script(*names: str) -> str:
    """Return scripts, or styles, as one; they share one scope and import nothing."""
    folder = files("sekom_analysis.coding")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
