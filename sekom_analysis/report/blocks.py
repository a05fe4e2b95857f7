"""What a section of the report is made of; the template draws each kind of block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes


OPENING, CONTENTS, MIDDLE, CLOSING, APPENDIX = "opening", "contents", "middle", "closing", "appendix"


@dataclass(frozen=True)
class Heading:
    """A heading inside a section; a section's own is of level 2."""

    text: str
    level: int = 3
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True)
class Text:
    """A paragraph; a `remark` is set smaller."""

    text: str
    remark: bool = False
    kind: str = field(default="text", init=False)


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]
    kind: str = field(default="bullets", init=False)


@dataclass(frozen=True)
class Figure:
    """A figure; `stem` names its files, `draw` draws it when the report is written.

    `draw` is a `functools.partial` of a plotting function, so that another process can do it.

    `frame`, if given, is the table behind it, written as ``tables/<stem>.<lang>.csv``.
    """

    stem: str
    caption: str
    alt: str
    draw: Callable[[], Axes]
    frame: pd.DataFrame | None = None
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True)
class Table:
    """A table of cells as people read them, already in the report's language.

    The first cell of each row is its heading. `numeric` says for each further column whether it holds
    numbers. `frame`, if given, is the table behind it, written as ``tables/<stem>.<lang>.csv``.
    """

    stem: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[bool] = ()
    frame: pd.DataFrame | None = None
    kind: str = field(default="table", init=False)

    def is_numeric(self, column: int) -> bool:
        """Whether the column, counted from 1 after the row's heading, holds numbers; true if not said."""
        return self.numeric[column - 1] if self.numeric else True


@dataclass(frozen=True)
class Note:
    """A note with lines under it, each of a name, a choice and a remark."""

    note_id: str
    said: str
    lines: Sequence[tuple[str, str, str]] = ()
    kind: str = field(default="note", init=False)


Block = Heading | Text | Bullets | Figure | Table | Note


@dataclass(frozen=True)
class Section:
    """A section of the report; one without blocks is left out.

    `place` says where on the page: before the counts, after them, after the most disputed notes, after the
    methods, or at the very end.
    """

    heading: str
    blocks: Sequence[Block]
    place: str = MIDDLE

    def figures(self) -> list[Figure]:
        """Return the figures to draw."""
        return [block for block in self.blocks if isinstance(block, Figure)]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables to write as files, by their stems."""
        shown = [block for block in self.blocks if isinstance(block, Table | Figure)]
        return {block.stem: block.frame for block in shown if block.frame is not None}
