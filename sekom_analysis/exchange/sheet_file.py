"""A coding sheet as it comes back: its ticket and its rows, wherever tabs and columns have moved to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.basics.wording import Phrase, Problem, chain
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import ANSWER, CODE, NONE
from sekom_analysis.exchange.sheet_beside import ReadTab, SheetRow, beside_of, is_guide, mark_row
from sekom_analysis.exchange.sheet_grid import (
    Cell,
    Opened,
    Ticket,
    digest,
    is_unread,
    is_what_is_left,
    open_file,
    ticket_of,
)
from sekom_analysis.exchange.sheet_typing import answer_of
from sekom_analysis.formats.workbooks import stored_text
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.rows import note_hash


class SheetFile(NamedTuple):
    """All of a sheet that matters.

    Attributes
    ----------
    ticket : what it says of itself
    rows : of every tab with notes
    beside : what else is in it that was not written with it
    comments : those that are not on the row of a note
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
        return None, data, [*problems, Problem.of(path.name, None, _no_ticket(opened))]
    if more := list(_several_sheets(path.name, tickets)):
        return None, data, [*problems, *more]
    tabs = [ReadTab(tab, grid, opened.comments.get(tab, {})) for tab, grid in opened.grids.items()]
    problems += [problem for tab in tabs for problem in tab.problems(path.name)]
    rows = tuple(row for tab in tabs for row in tab.rows())
    if not rows and not problems:
        kind = "sheet_no_tab_text" if opened.is_text else "sheet_no_tab"
        problems.append(Problem.of(path.name, None, kind))
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
        tabs = chain([Phrase("tab_of_coder", tab=tab, coder=key[1]) for key, tab in said.items()])
        yield Problem.of(file, None, "sheet_several", n=len(said), tabs=tabs)


def _whole(tickets: list[Ticket]) -> Ticket:
    """Return the ticket, with what only those of the tabs with notes say."""
    first = tickets[0]
    counts = next((ticket.tabs for ticket in tickets if ticket.tabs), {})
    versions = {name: version for ticket in tickets for name, version in ticket.versions.items()}
    written = [ticket.written for ticket in tickets]
    known = frozenset[str]().union(*(hashes or () for hashes in written))
    return first._replace(versions=versions, tabs=counts, written=None if None in written else known)


def _no_ticket(opened: Opened) -> str:
    """Return the kind of problem that a file without a ticket is."""
    if not opened.is_text:
        return "sheet_none"
    (grid,) = opened.grids.values()
    return "sheet_guide_only" if is_guide(grid) else "sheet_text_table"


def _lacking(
    file: str, ticket: Ticket, tickets: Mapping[str, Ticket], tabs: list[ReadTab], *, is_text: bool
) -> Iterator[Problem]:
    """Yield what was sent and did not come back: whole tabs, and notes of a tab."""
    there = {tickets[tab.name].tab: tab for tab in tabs if tab.marks and tab.name in tickets}
    if any(not tab.marks and any(tab.problems(file)) for tab in tabs):
        return
    for name, n_notes in ticket.tabs.items():
        if name not in there:
            kind = "sheet_tab_gone_text" if is_text else "sheet_tab_gone"
            yield Problem.of(file, None, kind, tab=name, n=n_notes)
        elif (n_left := there[name].n_keys()) < n_notes:
            yield Problem.of(file, None, "sheet_notes_gone", tab=name, of=n_notes, n=n_notes - n_left)
    if is_text:
        yield Problem.of(file, None, "sheet_no_comments")


# --- which note a row of a coding sheet is about, by its key and its text; and which rows are not notes' -


_FEW = 3  # rows that are named one by one


class Knowing:
    """Tells the rows of one sheet apart.

    Parameters
    ----------
    desk : the coder's desk
    sheet : the sheet
    definitions : variables as the coder saw them
    file : name of the file

    Attributes
    ----------
    problems : rows that cannot be taken
    beside : cells that are not answers
    comments : those on rows that are not a note's
    """

    def __init__(self, desk: Desk, sheet: SheetFile, definitions: Mapping[str, Variable], file: str) -> None:
        self.desk, self.sheet, self.file = desk, sheet, file
        self.problems: list[Problem] = []
        self.beside: list[Cell] = []
        self.comments: list[Cell] = []
        self._definitions = definitions
        self.by_text: set[str] = set()  # notes known by their texts alone
        self._hashes = {note_hash(str(text)) for text in desk.notes["text"]}
        self._seen: dict[str, SheetRow] = {}
        self._moved: list[SheetRow] = []

    def refuse(self, cell: Cell, kind: str, /, **values: object) -> None:
        """Note that a row cannot be taken, for one of its cells."""
        self.problems.append(Problem.of(self.file, cell.row, kind, place=cell.place, **values))

    def note_of(self, row: SheetRow) -> str | None:
        """Return the note of a row by its key, if key and text are as they were written."""
        parts = layout.row_key(row.key.text.strip())
        if parts is None:
            self._read_row_without_key(row)
            return None
        note_id = self._named(parts.note, parts.text)
        if note_id is None:
            self.refuse(row.key, "sheet_key", key=parts.note)
            return None
        if note_id in self._seen:
            first = self._seen[note_id].key
            self.refuse(row.key, "sheet_note_twice", row=first.row, tab=first.tab)
            return None
        self._seen[note_id] = row
        return note_id if self._text_is_whole(row, note_id, parts.text) else None

    def _named(self, key: str, text_hash: str) -> str | None:
        """Return the note of a key; by its text where the key's secret is not here."""
        note_id = self.desk.note_of(key)
        if note_id is None:
            note_id = self.desk.note_with(text_hash)
            self.by_text |= {note_id} if note_id else set()
        return note_id

    def _text_is_whole(self, row: SheetRow, note_id: str, written: str) -> bool:
        """Whether the row's text is the one that the sheet was written with."""
        if note_hash(row.text.text) == written:
            return True
        text = str(self.desk.notes.at[note_id, "text"])
        # Some programs lose what a text looks like when it looks like an escaped character.
        as_now = {layout.plain(layout.writable(text)), layout.plain(stored_text(layout.writable(text)))}
        if note_hash(text) == written and layout.plain(row.text.text) in as_now:
            return True
        if is_what_is_left(row.text.text, text, self.sheet.encoding) and note_hash(text) == written:
            return True
        self._moved.append(row)
        return False

    def _read_row_without_key(self, row: SheetRow) -> None:
        """Refuse a row that must be a note's; text below the table is told instead."""
        is_note = note_hash(row.text.text) in self._hashes
        if row.key.text:
            self.refuse(row.key, "sheet_no_key", text=row.key.text[:60])
        elif is_note or self._holds_an_answer(row):
            self.refuse(row.key, "sheet_key_missing")
        else:
            cells = [row.text, *row.given.values(), *([row.gloss] if row.gloss else [])]
            self.beside += [cell for cell in cells if cell.text.strip()]
            self.comments += [cell for _, cell in row.comments]

    def _holds_an_answer(self, row: SheetRow) -> bool:
        for name, variable in self._definitions.items():
            given = {
                column: cell
                for column, cell in row.given.items()
                if column.variable == name and column.part in (ANSWER, CODE, NONE)
            }
            answer, faults = answer_of(variable, given, self.sheet.ticket, self.sheet.encoding)
            if answer.codes is not None and not faults:
                return True
        return False

    def refuse_moved_texts(self) -> None:
        """Refuse the rows whose text is not the key's: each, or together where they have changed places."""
        hashes = {layout.row_key(row.key.text.strip()) for row in self.sheet.rows}
        sent = {parts.text for parts in hashes if parts}
        swapped = [row for row in self._moved if note_hash(row.text.text) in sent]
        if len(swapped) > _FEW:
            shown = ", ".join(f"{row.text.address} '{row.text.text[:40]}'" for row in swapped[:_FEW])
            said = {"n": len(swapped), "cells": shown}
            self.problems.append(Problem.of(self.file, swapped[0].number, "sheet_swapped", **said))
        for row in self._moved:
            if len(swapped) <= _FEW or row not in swapped:
                self.refuse(row.text, "sheet_text_changed_there", text=row.text.text[:60])

    def note_gloss(self, row: SheetRow, note_id: str) -> None:
        """Tell a gloss that is not the study's."""
        if row.gloss is None:
            return
        has_gloss = "text_en" in self.desk.notes.columns
        gloss = layout.writable(str(self.desk.notes.at[note_id, "text_en"])) if has_gloss else ""
        forms = {layout.plain(gloss), layout.plain(stored_text(gloss))}
        is_ours = layout.plain(row.gloss.text) in forms
        is_ours = is_ours or digest(row.gloss.text) in (self.sheet.ticket.written or ())
        if not is_ours and not is_what_is_left(row.gloss.text, gloss, self.sheet.encoding):
            self.beside.append(row.gloss)
