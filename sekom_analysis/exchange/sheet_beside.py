"""What is in a sheet that came back besides notes and answers, and was not written with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from sekom_analysis.basics.wording import LANGUAGES, Phrase, Problem, say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import CODE, MEMO, PROPOSED, Column
from sekom_analysis.exchange.sheet_grid import Cell, Grid, Row, Ticket, digest, texts_of, ticket_in, ticket_of
from sekom_analysis.exchange.sheet_whole import LINKS
from sekom_analysis.study.codebook import Variable

_SHORT, _LONG = 80, 1_000
_MOST_LINES, _MOST_CELLS = 10, 5
_TITLES = ("sheet_tab_guide", "sheet_tab_codebook", "sheet_tab_texts")
_HASHES = re.compile(r"[0-9a-f]{8}( [0-9a-f]{8})*")
_LINK_FORMULA = re.compile(r"=HYPERLINK\(\"#.*\)", re.DOTALL)
_COUNT_FORMULA = re.compile(r"=\"[^\"]*: \"&.+!\$?[A-Z]{1,3}\$?[0-9]+")


def beside_of(rest: Grid, ticket: Ticket, *, with_titles: bool) -> Iterator[Cell]:
    """Yield the cells of a tab that somebody has added.

    Parameters
    ----------
    rest : the tab's cells that are neither marks nor a note's
    ticket : of the whole sheet
    with_titles : whether the ticket knows the texts of the tabs without notes, too
    """
    for _, row in sorted(rest.items()):
        for _, cell in sorted(row.items()):
            is_known = not with_titles and cell.tab in said_in_all(*_TITLES)
            if not is_known and not _is_ours(cell, ticket.written or frozenset()):
                yield cell


@cache
def said_in_all(*keys: str) -> frozenset[str]:
    """Return what is said in the languages of sheets."""
    return frozenset(say(key, lang) for key in keys for lang in LANGUAGES)


def _is_ours(cell: Cell, written: frozenset[str]) -> bool:
    text = cell.text.strip()
    if text in said_in_all(*LINKS) or _LINK_FORMULA.fullmatch(text):
        return True  # a link, or what a program has made of it
    if cell.formula:
        return layout.DONE in text or bool(_COUNT_FORMULA.fullmatch(text))
    return (
        text in (layout.DONE, layout.TEXTS)
        or digest(text) in written
        or bool(_counts().fullmatch(text) or _HASHES.fullmatch(text))
    )


@cache
def _counts() -> re.Pattern[str]:
    """Return what the cells that count finished rows show, alone or behind a tab's name."""
    said = "|".join(re.escape(say("sheet_done_of", lang, all=0)).replace("0", "[0-9]+") for lang in LANGUAGES)
    return re.compile(rf"(?:.*: )?[0-9]+(?:{said})", re.DOTALL)


def is_guide(grid: Grid) -> bool:
    """Whether a text table is the first tab of a coding sheet."""
    first = {cell.text.strip() for number, row in grid.items() if number <= 3 for cell in row.values()}
    return any(
        say("sheet_title", lang) in first
        and any(text.startswith(say("sheet_coder", lang, coder="").strip()) for text in first)
        for lang in LANGUAGES
    )


def told(file: str, cells: Iterable[Cell], kind: str) -> Iterator[Problem]:
    """Yield a remark on each of some cells, with its text; where they are many, those of a tab together.

    Parameters
    ----------
    file : name of the file
    cells : the cells, each with its text
    kind : the kind of problem, which says where the cells are and what is in them
    """
    by_tab: dict[str, list[Cell]] = {}
    for cell in cells:
        by_tab.setdefault(cell.tab, []).append(cell)
    is_many = sum(map(len, by_tab.values())) > _MOST_LINES
    for tab, mine in by_tab.items():
        groups = [mine] if is_many else [[cell] for cell in mine]
        for group in groups:
            said = {"place": _places(tab, group), "texts": _texts(group)}
            yield Problem.of(file, group[0].row, kind, **said)


def _places(tab: str, cells: list[Cell]) -> Phrase:
    if len(cells) == 1:
        return cells[0].place
    return Phrase("place_cells", n=len(cells), tab=tab)


def _texts(cells: list[Cell]) -> str:
    if len(cells) == 1:
        return f"'{short(cells[0].text, _LONG)}'"
    shown = ", ".join(f"{cell.address} '{short(cell.text)}'" for cell in cells[:_MOST_CELLS])
    rest = [cell.address for cell in cells[_MOST_CELLS:]]
    if not rest:
        return shown
    return Phrase("texts_and_more", texts=shown, n=len(rest), first=rest[0], last=rest[-1])


def short(text: str, most: int = _SHORT) -> str:
    """Return a text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


# --- A tab of a sheet that came back: which of its rows may be notes', and what else is in it ---------


class SheetRow(NamedTuple):
    """One row of a tab: the note's key and text, what the coder filled in, and the comments on it.

    A comment comes with its column, or with None where that is not one of the coder's.
    """

    tab: str
    number: int
    key: Cell
    text: Cell
    given: Mapping[Column, Cell]
    comments: tuple[tuple[Column | None, Cell], ...] = ()
    gloss: Cell | None = None

    @property
    def hash(self) -> str:
        """The hash of what the row showed of its note; empty where its key is none."""
        parts = layout.row_key(self.key.text.strip())
        return parts.seen if parts else ""


class ReadTab:
    """One tab, and what its hidden row says of its columns."""

    def __init__(self, name: str, grid: Grid, comments: Grid) -> None:
        self.name, self.grid, self.comments = name, grid, comments
        self.marks = mark_row(grid)
        self.top = next(iter(self.marks.values())).row if self.marks else 0
        self.columns = {
            place: column for place, cell in self.marks.items() if (column := layout.column_of(cell.text))
        }
        self.key, self.text, self.gloss = (
            _place(self.marks, mark) for mark in (layout.KEY, layout.TEXT, layout.GLOSS)
        )
        self.heads = next((number for number, row in grid.items() if self._is_heads(row)), 0)
        self.numbers = [number for number in sorted(grid) if self._is_row(number)] if self.marks else []
        self.numbers_set = frozenset(self.numbers)

    def _is_row(self, number: int) -> bool:
        """Whether a row may be a note's: one below the marks with something in it, or one with a key."""
        row = self.grid[number]
        if number == self.heads:
            return False
        if self.key in row and layout.row_key(row[self.key].text.strip()):
            return True  # sorting with the hidden row among the others leaves some of them above it
        return number > self.top and (self.key in row or self.text in row or bool(self.columns.keys() & row))

    def _is_heads(self, row: Row) -> bool:
        """Whether a row holds the heads of the columns: right below the marks, in older sheets above them."""
        texts = texts_of(row)
        is_key = texts.get(self.key) in said_in_all("sheet_head_key")
        return is_key and texts.get(self.text) in said_in_all("sheet_head_note")

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows that may be notes'."""
        for number in self.numbers:
            row = self.grid[number]
            given = {
                column: _typed(column, row[place]) for place, column in self.columns.items() if place in row
            }
            key, text = (row.get(place, _empty(self.marks[place], number)) for place in (self.key, self.text))
            comments = tuple(
                (self.columns.get(place), cell) for place, cell in self.comments.get(number, {}).items()
            )
            yield SheetRow(self.name, number, key, text, given, comments, row.get(self.gloss))

    def rest(self, ticket: Ticket) -> Grid:
        """Return the cells that are neither marks nor a note's.

        Of a sheet by an older program, which did not say what it wrote, heads and their columns are left out.
        """
        known = {self.key, self.text, self.gloss, *self.columns} if self.marks else set()
        marks = {place for place, cell in self.marks.items() if layout.is_mark(cell.text)}
        is_old = ticket.written is None and bool(self.marks or self._is_lists())
        passed = self._old_columns() if is_old else set()
        rest: Grid = {}
        for number, row in self.grid.items():
            if is_old and (not self.marks or number <= self.top or number == self.heads):
                continue
            taken = marks if number == self.top else known if number in self.numbers_set else set()
            taken = taken | passed | self._tick(row)
            rest[number] = {place: cell for place, cell in row.items() if place not in taken}
        return rest

    def _tick(self, row: Row) -> set[int]:
        """Return the cell of the tick, or of what an encoding without ticks has left of it."""
        place = next((place for place, cell in self.marks.items() if ticket_in(cell.text)), 0)
        return {place} if place in row and len(row[place].text.strip()) == 1 else set()

    def _is_lists(self) -> bool:
        return ticket_of(self.grid) is not None

    def _old_columns(self) -> set[int]:
        """Return the columns of ticks and glosses, which only their headings identify."""
        heads = said_in_all("sheet_head_done", "card_gloss")
        return {place for place, text in texts_of(self.grid.get(self.heads, {})).items() if text in heads}

    def n_keys(self) -> int:
        """Return how many rows hold a note's key."""
        return sum(
            self.key in self.grid[n] and layout.row_key(self.grid[n][self.key].text.strip()) is not None
            for n in self.numbers
        )

    def loose_comments(self) -> Iterator[Cell]:
        """Yield the comments that are not on the row of a note."""
        rows = self.numbers_set
        for number, row in self.comments.items():
            if number not in rows:
                yield from row.values()

    def problems(self, file: str) -> Iterator[Problem]:
        """Yield what makes the tab's answers impossible to read."""
        if self.marks:
            yield from _doubled(self.marks, file)
        else:
            yield from self._without_marks(file)

    def _without_marks(self, file: str) -> Iterator[Problem]:
        keys = [
            cell for row in self.grid.values() for cell in row.values() if layout.row_key(cell.text.strip())
        ]
        if keys:
            yield Problem.of(file, keys[0].row, "sheet_marks_gone", tab=self.name, n=len(keys))


def _typed(column: Column, cell: Cell) -> Cell:
    # What looks like a formula in a memo, or in the name of a code, is what the coder wrote.
    return cell._replace(formula=False) if column.part in (MEMO, PROPOSED) else cell


def mark_row(grid: Grid) -> Row:
    """Return the row that names the columns."""
    for row in grid.values():
        texts = texts_of(row)
        if {layout.KEY, layout.TEXT} <= set(texts.values()):
            return {place: row[place]._replace(text=text) for place, text in texts.items()}
    return {}


def _doubled(marks: Mapping[int, Cell], file: str) -> Iterator[Problem]:
    seen: dict[str, Cell] = {}
    for cell in filter(lambda cell: layout.is_mark(cell.text), marks.values()):
        if cell.text in seen:
            both = {"first": seen[cell.text].address, "second": cell.address}
            yield Problem.of(file, cell.row, "sheet_two_columns", tab=cell.tab, name=cell.text, **both)
        seen[cell.text] = cell


def _place(marks: Mapping[int, Cell], mark: str) -> int:
    return next((place for place, cell in marks.items() if cell.text == mark), 0)


def _empty(mark: Cell, number: int) -> Cell:
    """Return the empty cell in the column of a mark."""
    letters = mark.address.rstrip("0123456789")
    return Cell(mark.tab, f"{letters}{number}", number, "")


# --- which question a comment on a row belongs to -----------------------------------------------------


def comments_of(
    row: SheetRow, asked: Mapping[str, Variable], lang: str
) -> tuple[dict[str, Cell], list[Cell]]:
    """Return the comments on a row by the variable that they belong to, and those that belong to none.

    One on an answer belongs to it; one elsewhere, such as on the note's text, does where the note is asked
    a single question: among several nobody can tell. One on a code of several says which code it is about.

    Parameters
    ----------
    row : the row
    asked : the variables that the note is asked, as the coder saw them
    lang : language of the sheet
    """
    found: dict[str, list[Cell]] = {}
    rest: list[Cell] = []
    for column, cell in row.comments:
        if column is not None and column.variable in asked:
            about = _with_label(cell, asked[column.variable], column, lang)
            found.setdefault(column.variable, []).append(about)
        elif column is None and len(asked) == 1:
            found.setdefault(next(iter(asked)), []).append(cell)
        else:
            rest.append(cell)
    return {name: _as_one(cells) for name, cells in found.items()}, rest


def _with_label(cell: Cell, variable: Variable, column: Column, lang: str) -> Cell:
    if column.part != CODE:
        return cell
    label = layout.labels_of(variable, lang, [column.code])[column.code]
    return cell._replace(text=f"{label}: {cell.text}")


def _as_one(cells: list[Cell]) -> Cell:
    return cells[0]._replace(text="\n".join(cell.text for cell in cells))
