"""Read a coding sheet that came back: events for the coder's log, and every cell that cannot be taken."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sekom_analysis.codebook import Variable
from sekom_analysis.decisions import coder_fault
from sekom_analysis.definitions import Definitions
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.reading import OTHER_SECRET, Reading, known_by_text
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.answers import Answer, answer_of
from sekom_analysis.exchange.sheets.before import Before
from sekom_analysis.exchange.sheets.file import Cell, SheetRow, Ticket, read_sheet_file
from sekom_analysis.exchange.workbooks import stored_text
from sekom_analysis.notes import note_hash
from sekom_analysis.problems import Problem
from sekom_analysis.raw import CODED

_AGAIN = "send the sheet that was written for this study"


def read_coding_sheet(path: str | os.PathLike[str], desk: Desk | Callable[[str], Desk]) -> Reading:
    """Read a coding sheet; nothing is saved.

    A cell left empty is unseen, and an emptied one takes no earlier answer
    back. What the log says already gives no event; an answer that the sheet
    was written with, and that was changed elsewhere since, stays changed.

    Parameters
    ----------
    path : the file, as `write_coding_sheet` wrote it and Excel, LibreOffice or Numbers saved it
    desk : the desk of the coder whose sheet it must be; or a function that is given the coder whom the
        sheet names, and gives the desk of the coder whose answers they are to be, such as ``study.desk``

    Returns
    -------
    Reading. The events stand without the answers that the problems name; whoever
    wants all or nothing looks at the problems first.
    """
    path = Path(path)
    sheet, data, problems = read_sheet_file(path)
    if sheet is None:
        return Reading("", [], problems)
    fault = coder_fault(sheet.ticket.coder)
    if fault:
        what = f"it does not say whose sheet it is: {fault}"
        return Reading("", [], [*problems, Problem(path.name, None, what, _AGAIN)])
    own = desk if isinstance(desk, Desk) else desk(sheet.ticket.coder)
    problems += _not_for(own, sheet.ticket, path.name, is_given=not isinstance(desk, Desk))
    if problems:
        return Reading(own.coder, [], problems)
    reader = _Reader(own, sheet.ticket, path.name, hashlib.sha256(data).hexdigest())
    reader.read(sheet.rows)
    return reader.reading()


def event_id_of(digest: str, note_id: str, name: str) -> str:
    """Return the id of the event that a sheet gives for a variable of a note: the same for the same file."""
    return "s" + hashlib.sha256(f"{digest}|{note_id}|{name}".encode()).hexdigest()[:24]


def _not_for(desk: Desk, ticket: Ticket, file: str, *, is_given: bool) -> Iterator[Problem]:
    if ticket.study != desk.study_id:
        what = f"it belongs to the study '{ticket.study}', and this is '{desk.study_id}'"
        yield Problem(file, None, what, _AGAIN)
    if ticket.coder != desk.coder and not is_given:
        what = f"it is the sheet of '{ticket.coder}', and the answers were to be those of '{desk.coder}'"
        yield Problem(file, None, what, f"collect it as what it is, or send the sheet of '{desk.coder}'")


class _Reader:
    """Goes through the rows of one sheet; holds what it finds."""

    def __init__(self, desk: Desk, ticket: Ticket, file: str, digest: str) -> None:
        self.desk, self.ticket, self.file, self.digest = desk, ticket, file, digest
        self.events: list[dict[str, str]] = []
        self.problems: list[Problem] = []
        self.stale: list[Problem] = []
        self.remarks: list[Problem] = []
        self.rows: list[int] = []
        self.n_known = 0
        self._by_text: set[str] = set()  # notes known by their texts alone
        self._seen: dict[str, SheetRow] = {}
        self._definitions = _definitions(desk, ticket)
        self._before = Before(desk, ticket.seen_until)

    def read(self, rows: tuple[SheetRow, ...]) -> None:
        """Take every row of the sheet."""
        for row in rows:
            note_id = self._note_of(row)
            if note_id is not None:
                self._read_row(row, note_id)

    def reading(self) -> Reading:
        """Return what was found."""
        found = (self.events, self.problems, self.stale, self.remarks)
        self.remarks += known_by_text(self.file, len(self._by_text))
        return Reading(self.desk.coder, *found, self.n_known, self.rows)

    def _refuse(self, cell: Cell, what: str, todo: str) -> None:
        place = f"cell {cell.address} of the tab '{cell.tab}'"
        self.problems.append(Problem(self.file, cell.row, f"{place}: {what}", todo))

    def _remark(self, cell: Cell, what: str, todo: str) -> None:
        place = f"cell {cell.address} of the tab '{cell.tab}'"
        self.remarks.append(Problem(self.file, cell.row, f"{place}: {what}", todo))

    def _note_of(self, row: SheetRow) -> str | None:
        """Return the note of a row by its key, if key and text are as they were written."""
        parts = layout.key_and_hash(row.key.text.strip())
        if parts is None:
            what = (
                f"'{row.key.text}' is no key of a note" if row.key.text else "the key of the note is missing"
            )
            self._refuse(row.key, what, "copy the row's key from the sheet as it was sent")
            return None
        note_id = self._named(*parts)
        if note_id is None:
            todo = f"{_AGAIN}; {OTHER_SECRET}"
            self._refuse(row.key, f"the study has no note with the key '{parts[0]}'", todo)
            return None
        if note_id in self._seen:
            first = self._seen[note_id].key
            what = f"the same note stands already in row {first.row} of the tab '{first.tab}'"
            self._refuse(row.key, what, "keep one of the two rows")
            return None
        self._seen[note_id] = row
        return note_id if self._text_is_whole(row, note_id, parts[1]) else None

    def _named(self, key: str, text_hash: str) -> str | None:
        """Return the note of a key; by its text where the key's secret is not here."""
        note_id = self.desk.note_of(key)
        if note_id is None:
            note_id = self.desk.note_with(text_hash)
            self._by_text |= {note_id} if note_id else set()
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
        what = f"the text of the note was changed in the sheet; it says now '{row.text.text[:60]}'"
        self._refuse(row.text, what, "put the text back as it was sent; remarks on it belong in a memo")
        return False

    def _read_row(self, row: SheetRow, note_id: str) -> None:
        variables = dict.fromkeys(column.variable for column in row.given)
        asked = {variable.id for variable in self.desk.variables_of(note_id)}
        shown = [name for name in self._definitions if name in asked]
        made = len(self.events)
        for name in [*shown, *(name for name in variables if name not in shown)]:
            given = {column: cell for column, cell in row.given.items() if column.variable == name}
            if name in shown:
                self._read_answer(row, note_id, name, given)
            elif given:
                first = next(iter(given.values()))
                what = f"'{first.text[:60]}' answers '{name}', which is not asked of this note"
                self._refuse(first, what, "empty it")
        self._note_stale_text(row, note_id, made)

    def _note_stale_text(self, row: SheetRow, note_id: str, made: int) -> None:
        """Say so where the study's text has changed since; answers are taken for the text that was seen."""
        parts = layout.key_and_hash(row.key.text.strip())
        written = parts[1] if parts else ""
        for event in self.events[made:]:
            event["note_hash"] = written
        if len(self.events) > made and written != note_hash(str(self.desk.notes.at[note_id, "text"])):
            what = f"the text of note '{note_id}' has changed since the sheet was written"
            todo = "a mended typo needs nothing; if the meaning changed, let it be decided again"
            self.stale.append(Problem(self.file, row.number, what, todo))

    def _read_answer(self, row: SheetRow, note_id: str, name: str, given: Mapping[Any, Cell]) -> None:
        variable = self._definitions[name]
        answer, faults = answer_of(variable, given, self.ticket.lang)
        for fault in faults:
            self._refuse(*fault)
        if faults:
            return
        if answer.codes is None:
            self._read_blank(row, note_id, variable, answer, given)
        elif self._is_news(note_id, name, answer):
            self._add(row, note_id, name, "decide", answer)

    def _is_news(self, note_id: str, name: str, answer: Answer) -> bool:
        """Whether an answer says something that the log does not say, and that was not overtaken there."""
        if self._before.holds((note_id, name), answer):
            self.n_known += 1
            return False
        if not self._before.is_overtaken((note_id, name), answer):
            return True
        if answer.cell is not None:
            what = "it is as the sheet was written, and was answered differently elsewhere since"
            self._remark(answer.cell, what, "the newer answer stands; send a new sheet to change it")
        return False

    def _read_blank(
        self, row: SheetRow, note_id: str, variable: Variable, answer: Answer, given: Mapping[Any, Cell]
    ) -> None:
        """Take a question without an answer: a memo on it says that it was looked at and left open."""
        cell = (note_id, variable.id)
        now, then = self._before.now.get(cell), self._before.then.get(cell)
        if now is not None:
            if then is not None and layout.can_show(variable, then["codes"]):
                what = f"the answer to '{variable.label.in_(self.ticket.lang)}' was emptied"
                todo = f"the earlier answer '{now['codes']}' stands; to take it back, retract it"
                self._remark(row.text, what, todo)
        elif answer.memo:
            if not self._before.has_memo(cell, answer.memo):
                self._add(row, note_id, variable.id, "skip", answer)
        elif answer.certainty:
            todo = "nothing was taken; answer, or empty it"
            self._remark(next(iter(given.values())), "it says how sure, and there is no answer", todo)

    def _add(self, row: SheetRow, note_id: str, name: str, kind: str, answer: Answer) -> None:
        event_id = event_id_of(self.digest, note_id, name)
        if event_id in self._before.event_ids:
            self.n_known += 1
            return
        event = {
            "event_id": event_id,
            "note_id": note_id,
            "variable": name,
            "codes": answer.codes or "",
            "certainty": answer.certainty,
            "memo": answer.memo,
            "codebook": self.ticket.versions[name],
            "pass": layout.PASS,
            "via": "sheet",
            "event": kind,
        }
        self.events.append(event)
        self.rows.append(row.number)


def _definitions(desk: Desk, ticket: Ticket) -> dict[str, Variable]:
    """Return each variable as the coder saw it; as it is now where what was seen has not been kept."""
    kept = Definitions(desk.root / CODED).read()
    found = {}
    for name, version in ticket.versions.items():
        seen = kept.get(version)
        if name in desk.codebook:
            found[name] = seen if seen is not None and seen.id == name else desk.codebook[name]
    return found
