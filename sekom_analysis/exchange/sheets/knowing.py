"""Which note a row of a coding sheet is about, by its key and its text; and what is no note's row."""

from __future__ import annotations

from collections.abc import Mapping

from sekom_analysis.codebook import Variable
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.reading import OTHER_SECRET
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.answers import answer_of
from sekom_analysis.exchange.sheets.file import SheetFile
from sekom_analysis.exchange.sheets.grid import Cell
from sekom_analysis.exchange.sheets.layout import ANSWER, CODE, NONE
from sekom_analysis.exchange.sheets.tabs import SheetRow
from sekom_analysis.exchange.sheets.texttable import is_what_is_left
from sekom_analysis.exchange.sheets.ticket import digest
from sekom_analysis.exchange.workbooks import stored_text
from sekom_analysis.notes import note_hash
from sekom_analysis.problems import Problem

_FEW = 3  # rows that are named one by one
_AGAIN = "send the sheet that was written for this study"


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
    beside : cells that are no answers
    comments : those on rows that are no note's
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

    def refuse(self, cell: Cell, what: str, todo: str) -> None:
        """Note that a row cannot be taken, for one of its cells."""
        self.problems.append(Problem(self.file, cell.row, f"{cell.place}: {what}", todo))

    def note_of(self, row: SheetRow) -> str | None:
        """Return the note of a row by its key, if key and text are as they were written."""
        parts = layout.key_and_hash(row.key.text.strip())
        if parts is None:
            self._read_row_without_key(row)
            return None
        note_id = self._named(*parts)
        if note_id is None:
            todo = f"{_AGAIN}; {OTHER_SECRET}"
            self.refuse(row.key, f"the study has no note with the key '{parts[0]}'", todo)
            return None
        if note_id in self._seen:
            first = self._seen[note_id].key
            what = f"the same note stands already in row {first.row} of the tab '{first.tab}'"
            self.refuse(row.key, what, "keep one of the two rows")
            return None
        self._seen[note_id] = row
        return note_id if self._text_is_whole(row, note_id, parts[1]) else None

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
            what = f"'{row.key.text[:60]}' is no key of a note"
            self.refuse(row.key, what, "copy the row's key from the sheet as it was sent")
        elif is_note or self._holds_an_answer(row):
            what = "the key of the note is missing"
            self.refuse(row.key, what, "copy the row's key from the sheet as it was sent")
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
            answer, faults = answer_of(variable, given, self.sheet.ticket.lang, self.sheet.encoding)
            if answer.codes is not None and not faults:
                return True
        return False

    def refuse_moved_texts(self) -> None:
        """Refuse the rows whose text is not the key's: each, or together where they have changed places."""
        hashes = {layout.key_and_hash(row.key.text.strip()) for row in self.sheet.rows}
        sent = {parts[1] for parts in hashes if parts}
        swapped = [row for row in self._moved if note_hash(row.text.text) in sent]
        if len(swapped) > _FEW:
            shown = ", ".join(f"{row.text.address} '{row.text.text[:40]}'" for row in swapped[:_FEW])
            what = (
                f"{len(swapped)} texts stand beside the keys of other notes (such as {shown}): the column of "
                "texts was sorted by itself, or keys were"
            )
            todo = (
                "nobody can tell which text an answer is about: undo the sorting, or put the column of texts "
                "back from the sheet as it was sent if the answers were given before it was sorted"
            )
            self.problems.append(Problem(self.file, swapped[0].number, what, todo))
        for row in self._moved:
            if len(swapped) <= _FEW or row not in swapped:
                what = f"the text of the note was changed in the sheet; it says now '{row.text.text[:60]}'"
                todo = "put the text back as it was sent; remarks on it belong in a memo"
                self.refuse(row.text, what, todo)

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
