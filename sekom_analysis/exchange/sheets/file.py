"""A coding sheet as it comes back: its ticket and its rows, wherever tabs and columns have moved to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.exchange.sheets.beside import beside_of, is_guide
from sekom_analysis.exchange.sheets.grid import Cell, Opened, is_unread, open_file
from sekom_analysis.exchange.sheets.tabs import ReadTab, SheetRow, mark_row
from sekom_analysis.exchange.sheets.ticket import Ticket, ticket_of
from sekom_analysis.problems import Problem

_NOT_OURS = "send the file that 'sekom sheet CODER' wrote, filled in and saved as .xlsx"
_AS_WORKBOOK = "open the sheet as it was sent, and save it as 'Excel Workbook (.xlsx)'"


class SheetFile(NamedTuple):
    """All of a sheet that matters.

    Attributes
    ----------
    ticket : what it says of itself
    rows : of every tab with notes
    beside : what stands in it besides that was not written with it
    comments : those that stand at no row of a note
    lacking : what was sent and is not in it
    saved_at : when it was last saved; empty where it does not say
    encoding : of a text table that cannot hold every letter; else empty
    """

    ticket: Ticket
    rows: tuple[SheetRow, ...]
    beside: tuple[Cell, ...] = ()
    comments: tuple[Cell, ...] = ()
    lacking: tuple[Problem, ...] = ()
    saved_at: str = ""
    encoding: str = ""


def is_coding_sheet(path: str | os.PathLike[str]) -> bool:
    """Whether a file says of itself that it is a coding sheet; a log saved by Excel is a workbook too.

    A spreadsheet of a kind that is not read counts as one: `read_coding_sheet` says how to save it.
    """
    path = Path(path)
    if is_unread(path):
        return path.is_file()
    opened, _, _ = open_file(path)
    return opened is not None and any(
        ticket_of(grid) or mark_row(grid) or (opened.is_text and is_guide(grid))
        for grid in opened.grids.values()
    )


def read_sheet_file(path: Path) -> tuple[SheetFile | None, bytes, list[Problem]]:
    """Read a coding sheet; None where it is none, with every problem found.

    Returns
    -------
    sheet, data, problems
        `data` is the file itself.
    """
    opened, data, problems = open_file(path)
    if opened is None:
        return None, data, problems
    tickets = {tab: found for tab, grid in opened.grids.items() if (found := ticket_of(grid))}
    if not tickets:
        return None, data, [*problems, Problem(path.name, None, *_no_ticket(opened))]
    if more := list(_several_sheets(path.name, tickets)):
        return None, data, [*problems, *more]
    tabs = [ReadTab(tab, grid, opened.comments.get(tab, {})) for tab, grid in opened.grids.items()]
    problems += [problem for tab in tabs for problem in tab.problems(path.name)]
    rows = tuple(row for tab in tabs for row in tab.rows())
    if not rows and not problems:
        problems.append(Problem(path.name, None, "no tab with notes was found in it", _no_notes(opened)))
    ticket = _whole(list(tickets.values()))
    is_lists = any(not found.tab for found in tickets.values()) and ticket.written is not None
    sheet = SheetFile(
        ticket,
        rows,
        tuple(cell for tab in tabs for cell in beside_of(tab.rest(ticket), ticket, with_titles=is_lists)),
        tuple(cell for tab in tabs for cell in tab.loose_comments()),
        tuple(_lacking(path.name, ticket, tickets, tabs, is_text=opened.is_text)),
        opened.saved_at,
        opened.encoding,
    )
    return sheet, data, problems


def _several_sheets(file: str, tickets: Mapping[str, Ticket]) -> Iterator[Problem]:
    """Say so where tabs of different sheets have been put together."""
    said: dict[tuple[str, ...], str] = {}
    for tab, ticket in tickets.items():
        said.setdefault((ticket.study, ticket.coder, ticket.copy, ticket.seen_until), tab)
    if len(said) > 1:
        tabs = ", ".join(f"'{tab}' (coder '{key[1]}')" for key, tab in said.items())
        what = f"its tabs come from {len(said)} different sheets: {tabs}"
        yield Problem(file, None, what, "collect each sheet on its own, as it was filled in")


def _whole(tickets: list[Ticket]) -> Ticket:
    """Return the ticket, with what only those of the tabs with notes say."""
    first = tickets[0]
    counts = next((ticket.tabs for ticket in tickets if ticket.tabs), {})
    versions = {name: version for ticket in tickets for name, version in ticket.versions.items()}
    written = [ticket.written for ticket in tickets]
    known = frozenset[str]().union(*(hashes or () for hashes in written))
    return first._replace(versions=versions, tabs=counts, written=None if None in written else known)


def _no_ticket(opened: Opened) -> tuple[str, str]:
    if not opened.is_text:
        return "it is no coding sheet: no tab says whose it is and for which study", _NOT_OURS
    (grid,) = opened.grids.values()
    if is_guide(grid):
        return "it is the first tab of a coding sheet, and a text table holds one tab only", _AS_WORKBOOK
    return "it is a text table that does not say whose sheet it is", _AS_WORKBOOK


def _no_notes(opened: Opened) -> str:
    return _AS_WORKBOOK if opened.is_text else _NOT_OURS


def _lacking(
    file: str, ticket: Ticket, tickets: Mapping[str, Ticket], tabs: list[ReadTab], *, is_text: bool
) -> Iterator[Problem]:
    """Yield what was sent and did not come back: whole tabs, and notes of a tab."""
    there = {tickets[tab.name].tab: tab for tab in tabs if tab.marks and tab.name in tickets}
    if any(not tab.marks and any(tab.problems(file)) for tab in tabs):
        return
    for name, n_notes in ticket.tabs.items():
        if name not in there:
            what = f"the tab '{name}' ({n_notes} notes) is not in it"
            kept = "a text table holds one tab: save the sheet as .xlsx, or that tab as .csv too"
            todo = kept if is_text else "ask for it if it was filled in; nothing of it was taken"
            yield Problem(file, None, what, todo)
        elif (n_left := there[name].n_keys()) < n_notes:
            what = f"the tab '{name}' was sent with {n_notes} notes, and {n_notes - n_left} of them are gone"
            yield Problem(file, None, what, "ask for them if they were answered; what stands here stays")
    if is_text:
        todo = "if there were any, save the sheet as .xlsx"
        yield Problem(file, None, "comments on cells are not in a text table", todo)
