"""Texts of notes as labels of rows: wrapped to a width, cut after some lines, set from the left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from sekom_analysis.figures.style import INK, POINTS_PER_MM, TEXT, text_width, wrap

CUT = "…"
ROW, LINE, BETWEEN = 5.4, 3.7, 4.0  # mm
MOST_PER_MM = 1.2  # letters; the narrowest take 0.8 mm


def shortened(text: str, width: float, lines: int = 2) -> str:
    """Wrap a text to a width in mm; what does not fit in so many lines is cut between words.

    Examples
    --------
    >>> shortened("en åtgärd med ganska många ord i", 22, 1)
    'en åtgärd…'
    """
    room = int(MOST_PER_MM * width * (lines + 1))  # what lies far beyond the cut need not be measured
    wrapped = wrap(text[:room], width).split("\n")
    if len(wrapped) <= lines:
        return "\n".join(wrapped)
    last = wrapped[lines - 1].split()
    while len(last) > 1 and text_width(" ".join(last) + CUT) > width:
        last.pop()
    return "\n".join([*wrapped[: lines - 1], " ".join(last).rstrip(",.;:–- ") + CUT])


def action_labels(
    actions: pd.Series[str], said: Mapping[str, str] | None, width: float, lines: int = 2
) -> list[str]:
    """Return the id of each action, and what it says, cut to a width in mm."""
    texts = said or {}
    return [shortened(f"{action} {texts.get(action, '')}".strip(), width, lines) for action in actions]


def stacked(names: Sequence[str], start: float = 1.0) -> tuple[list[float], float]:
    """Set rows as high as their labels below each other; return their middles and the height, in mm."""
    below, centres = start, []
    for name in names:
        row = ROW + LINE * name.count("\n")
        centres.append(below + row / 2)
        below += row
    return centres, below + 1.0


def room_for(names: Sequence[str]) -> float:
    """Return what labels take at the left of a figure, in mm."""
    return max(map(text_width, names)) + BETWEEN


def set_rows(ax: Axes, places: Sequence[float], names: Sequence[str]) -> None:
    """Write the labels of rows, all beginning at one place."""
    ax.set_yticks(places, names, rotation=0)
    pad = (room_for(names) - 1) * POINTS_PER_MM
    ax.tick_params(axis="y", length=0, pad=pad, labelsize=TEXT, labelcolor=INK)
    for label in ax.get_yticklabels():
        label.set_horizontalalignment("left")
