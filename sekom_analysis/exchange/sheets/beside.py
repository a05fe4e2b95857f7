"""What stands in a sheet that came back besides notes and answers, and was not written with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.grid import Cell, Grid
from sekom_analysis.exchange.sheets.ticket import Ticket, digest
from sekom_analysis.problems import Problem
from sekom_analysis.wording import LANGUAGES, say

_SHORT, _LONG = 80, 1_000
_MOST_LINES, _MOST_CELLS = 10, 5
_HASHES = re.compile(r"[0-9a-f]{8}( [0-9a-f]{8})*")
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
            is_known = not with_titles and cell.tab in said_in_all("sheet_tab_guide", "sheet_tab_codebook")
            if not is_known and not _is_ours(cell, ticket.written or frozenset()):
                yield cell


@cache
def said_in_all(*keys: str) -> frozenset[str]:
    """Return what is said in the languages of sheets."""
    return frozenset(say(key, lang) for key in keys for lang in LANGUAGES)


def _is_ours(cell: Cell, written: frozenset[str]) -> bool:
    text = cell.text.strip()
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


def told(file: str, cells: Iterable[Cell], what: str, todo: str) -> Iterator[Problem]:
    """Yield a remark on each of some cells, with its text; where they are many, those of a tab together.

    Parameters
    ----------
    file : name of the file
    cells : the cells, each with the text that is told
    what : what they hold, such as ``a comment``
    todo : what to do about it
    """
    by_tab: dict[str, list[Cell]] = {}
    for cell in cells:
        by_tab.setdefault(cell.tab, []).append(cell)
    is_many = sum(map(len, by_tab.values())) > _MOST_LINES
    for tab, mine in by_tab.items():
        groups = [mine] if is_many else [[cell] for cell in mine]
        for group in groups:
            yield Problem(file, group[0].row, f"{_places(tab, group)}: {what}: {_texts(group)}", todo)


def _places(tab: str, cells: list[Cell]) -> str:
    if len(cells) == 1:
        return cells[0].place
    return f"{len(cells)} cells of the tab '{tab}'"


def _texts(cells: list[Cell]) -> str:
    if len(cells) == 1:
        return f"'{short(cells[0].text, _LONG)}'"
    shown = ", ".join(f"{cell.address} '{short(cell.text)}'" for cell in cells[:_MOST_CELLS])
    rest = [cell.address for cell in cells[_MOST_CELLS:]]
    return f"{shown} and {len(rest)} more ({rest[0]} to {rest[-1]})" if rest else shown


def short(text: str, most: int = _SHORT) -> str:
    """Return a text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
