"""What a section of the report is made of; the template draws each kind of block."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.agreement.disputes import DISPUTED_COLUMNS
from sekom_analysis.basics.files import replace_file
from sekom_analysis.basics.wording import column_beside, number, say, visible
from sekom_analysis.formats.tables import table_bytes
from sekom_analysis.quality.quotes import reading
from sekom_analysis.results import Results
from sekom_analysis.study.codebook import Variable

if TYPE_CHECKING:
    from matplotlib.axes import Axes


WHOLE = 14  # characters; a shorter text is not broken into lines


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
class Fact:
    """A finding: the number that stands first and what it is out of, the sentence, and what more there is."""

    big: str
    of: str
    text: str
    more: str = ""
    kind: str = field(default="fact", init=False)


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: Sequence[str]
    kind: str = field(default="bullets", init=False)


@dataclass(frozen=True)
class Figure:
    """A figure; `stem` names its files, `draw` draws it when the report is written.

    `draw` is a `functools.partial` of a plotting function, so that another process can do it.

    `frame`, if given, is the table behind it, written as ``tables/<stem>.<lang>.csv``. `about` names the
    variables whose answers it counts, so that its caption can say what was counted as what.
    """

    stem: str
    caption: str
    alt: str
    draw: Callable[[], Axes]
    frame: pd.DataFrame | None = None
    about: Sequence[str] = ()
    kind: str = field(default="figure", init=False)


@dataclass(frozen=True)
class Table:
    """A table of cells as people read them, already in the report's language.

    The first cell of each row is its heading, if it `has_heads`. `numeric` says for each further column
    whether it holds numbers. `frame`, if given, is the table behind it, written as
    ``tables/<stem>.<lang>.csv``.

    `spans` are heads above those of the columns, each a text and how many columns it stands over; `groups`
    are headings above the row at a place, `remarks` stand below a row's heading, `foot` is a row of sums.
    `about` is as in `Figure`.
    """

    stem: str
    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[bool] = ()
    frame: pd.DataFrame | None = None
    has_heads: bool = True
    spans: Sequence[tuple[str, int]] = ()
    groups: Mapping[int, str] = field(default_factory=dict)
    remarks: Mapping[int, str] = field(default_factory=dict)
    foot: Sequence[str] = ()
    about: Sequence[str] = ()
    kind: str = field(default="table", init=False)

    @property
    def is_simple(self) -> bool:
        """Whether it is rows with headings and nothing else, which short texts and pages do not break."""
        return self.has_heads and not self.spans and not self.groups

    @property
    def measured(self) -> list[Sequence[str]]:
        """The cells that widths go by: of heads that are not the rows' own only those of numbers."""
        if not self.has_heads:
            return [*self.rows]
        heads = [head if self.is_simple or self.is_numeric(n) else "" for n, head in enumerate(self.columns)]
        return [heads, *self.rows]

    def is_numeric(self, column: int) -> bool:
        """Whether the column, counted from the rows' headings on, holds numbers; true if not said."""
        return column > 0 and (self.numeric[column - 1] if self.numeric else True)

    def look(self, column: int, cell: str | None = None) -> str:
        """Return what the style sheet calls a cell of the column, or the column's heading."""
        is_text, is_heading = not self.is_numeric(column), cell is None
        names = {
            "text": is_text and (column > 0 or (is_heading and self.is_simple)),
            "whole": is_text and self.is_simple and cell is not None and len(cell) < WHOLE,
            "start": column in accumulate((n for _, n in self.spans), initial=1) and bool(self.spans),
        }
        return " ".join(name for name, holds in names.items() if holds and self.has_heads)


@dataclass(frozen=True)
class Note:
    """A note with lines under it, each of a name, a choice and a remark."""

    note_id: str
    said: str
    lines: Sequence[tuple[str, str, str]] = ()
    kind: str = field(default="note", init=False)


@dataclass(frozen=True)
class NoteRow:
    """A note with all that is known of it.

    `final` has what it comes to, each with its basis; `choices` what was chosen, each with who chose it;
    `memos` coders with what they wrote. `marks` are words that it is marked with, and `tokens` are what
    the filters of a `NoteTable` look for.
    """

    note_id: str
    text: str
    final: Sequence[tuple[str, str]]
    choices: Sequence[tuple[str, str]]
    memos: Sequence[tuple[str, str]] = ()
    marks: Sequence[str] = ()
    tokens: Sequence[str] = ()


@dataclass(frozen=True)
class Filter:
    """A list to choose from: groups of options, each a token and a text."""

    name: str
    label: str
    groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]


@dataclass(frozen=True)
class NoteTable:
    """Every note in a table to search and filter on a screen; on paper it is not.

    `switches` are filters that are on or off, each a token and a text. `answered` has by variable the notes
    whose answers to it are shown.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[NoteRow]
    filters: Sequence[Filter] = ()
    switches: Sequence[tuple[str, str]] = ()
    answered: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kind: str = field(default="notes", init=False)


Block = Heading | Text | Fact | Bullets | Figure | Table | Note | NoteTable


@dataclass(frozen=True)
class Section:
    """A section of the report; one without blocks is not on the page.

    `behind` are further tables to write, by their stems. An appendix stands after the footer, what is of
    the methods before it under a heading of its own.
    """

    heading: str
    blocks: Sequence[Block]
    behind: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    is_appendix: bool = False
    is_method: bool = False

    @property
    def is_for_screen(self) -> bool:
        """Whether it is made around a table to search, which paper cannot have."""
        return any(isinstance(block, NoteTable) for block in self.blocks)

    def figures(self) -> list[Figure]:
        """Return the figures to draw."""
        return [block for block in self.blocks if isinstance(block, Figure)]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables to write as files, by their stems."""
        shown = [block for block in self.blocks if isinstance(block, Table | Figure)]
        return {block.stem: block.frame for block in shown if block.frame is not None} | dict(self.behind)


def for_paper(shown: Sequence[Section]) -> list[Section]:
    """Return the sections that a document has."""
    return [section for section in shown if not section.is_for_screen]


# --- results as rows and cells of one language: what figures draw, what tables show -------------------


NAMED_STAGES = ("B", "D")


def about_counts(results: Results, variable: str, table: pd.DataFrame) -> tuple[str, ...]:
    """Return the variables that a table of counts is about: its own, and the one that splits its bars."""
    return (variable, *sorted(results.split_of(table) - {variable}))


def points_named(results: Results, variables: Iterable[str]) -> str:
    """Return what the points of scales are called, scale by scale; empty where none has names."""
    codebook, lang = results.study.codebook, results.lang
    told = {
        variable: ", ".join(
            f"{number(n, lang, 0)} = {text}" for n, text in codebook[variable].points(lang).items()
        )
        for variable in variables
    }
    return "; ".join(f"{label_of(results, name)}: {points}" for name, points in told.items() if points)


def label_of(results: Results, variable: str) -> str:
    """Return a variable's label in the report's language."""
    return results.study.codebook[variable].label.in_(results.lang)


def stage_name(stage: str, lang: str) -> str:
    """Return a stage in words; of the notes, where they have none."""
    if stage in NAMED_STAGES:
        return say(f"report_stage_{stage}", lang)
    return say("report_stage", lang, stage=stage) if stage else say("report_stage_none", lang)


def chosen_words(asked: Variable, answer: object, lang: str) -> str:
    """Return in words what a coder chose: a code, a set of them, or a score."""
    if isinstance(answer, frozenset):
        place = {code: number for number, code in enumerate(asked.code_ids)}
        return reading(asked, "|".join(sorted(answer, key=lambda code: place.get(code, len(place)))), lang)
    return asked.label_of(str(answer), lang)


def number_of(value: float, lang: str) -> str:
    """Return a whole number in words of the language; a dash where there is none."""
    return number(float("nan") if pd.isna(value) else float(value), lang, 0)


def choices_in(disputed: pd.DataFrame) -> dict[str, str]:
    """Return coder -> the column with their choices in a table of ``Results.disputed``."""
    coders = [name.removeprefix("memo ") for name in disputed.columns if name.startswith("memo ")]
    return {coder: column_beside(coder, DISPUTED_COLUMNS) for coder in coders}


def names(values: Iterable[Any], lang: str) -> str:
    """Return a list in words: ``k1, k2 och k3``."""
    listed = [str(value) for value in values]
    return f" {say('and', lang)} ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def span(low: float, high: float, lang: str) -> str:
    """Return an interval in brackets; nothing where there is none."""
    if math.isnan(low) or math.isnan(high):
        return "–"
    return say("figure_interval", lang, low=number(low, lang), high=number(high, lang))


def write_localised(table: pd.DataFrame, path: Path, lang: str) -> Path:
    """Write a table as the language's spreadsheet programs read it: decimal comma in Swedish."""
    return replace_file(path, localised(table, path.name, lang))


def localised(table: pd.DataFrame, file: str, lang: str) -> bytes:
    """Return a table as the language's spreadsheet programs read it."""
    decimals = table.select_dtypes("float").columns
    shown = table.astype(dict.fromkeys(decimals, object))
    for column in decimals:
        texts = [None if pd.isna(v) else f"{v:.6g}" for v in table[column]]
        shown[column] = [text and (text.replace(".", ",") if lang == "sv" else text) for text in texts]
    shown = shown.rename(columns=lambda name: visible(str(name)))
    seen = shown.map(lambda cell: visible(cell) if isinstance(cell, str) else cell)
    return table_bytes(seen, Path(file), plain=lang != "sv")


# --- how wide the columns of a table are where nothing fits them to their texts -----------------------


LONGEST = 32  # characters; a longer text is broken into lines
MOST_MEAN = 60  # characters; a column of long texts wants more than one with a single long text
CHOICES = [16.0, 30.0, 54.0]  # coder, choice and memo: the same in every note, so that they line up
NARROWEST = 4
PADDING = 1
LINE = 90  # characters in the small type of tables, between the margins of A4


def column_shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """Return the share (per cent) of each column: its longest word first, the rest by how long its texts are.

    Parameters
    ----------
    rows : cells of the table, its heading among them; rows of another length than the first are left out

    Examples
    --------
    >>> column_shares([["Kod", "k1"], ["Kunskap och kompetens", "12"]])
    [85.4, 14.6]
    """
    whole = [row for row in rows if len(row) == len(rows[0])]
    columns = [[row[place] for row in whole] for place in range(len(rows[0]))]
    words = [max(_longest_word(text) for text in column) for column in columns]
    least = [max(100 * (word + PADDING) / LINE, 100 * NARROWEST / LINE) for word in words]
    wanted = [
        max(min(len(text), LONGEST) for text in column) + 1 + _mean_beyond(column) for column in columns
    ]
    left = max(100 - sum(least), 0)
    shares = [low + left * text / sum(wanted) for low, text in zip(least, wanted, strict=True)]
    return [round(100 * share / sum(shares), 1) for share in shares]


def fits(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the columns fit beside each other on a page without a line broken."""
    whole = [row for row in rows if len(row) == len(rows[0])]
    return sum(max(len(row[place]) + 3 for row in whole) for place in range(len(rows[0]))) <= LINE


def _mean_beyond(column: Sequence[str]) -> float:
    """Return how many characters beyond `LONGEST` the texts of a column have on average."""
    return min(sum(max(len(text) - LONGEST, 0) for text in column) / len(column), MOST_MEAN)


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)
