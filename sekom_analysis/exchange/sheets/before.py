"""What a coder's log says before a sheet is read, and what it said when the sheet was written."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sekom_analysis.decisions import latest
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.answers import Answer
from sekom_analysis.exchange.sheets.texttable import is_what_is_left
from sekom_analysis.exchange.sheets.ticket import Ticket
from sekom_analysis.notes import note_hash

Cell = tuple[str, str]


class Before:
    """One coder's log, held against what a sheet says.

    Parameters
    ----------
    desk : the coder's desk
    ticket : says which events the sheet was written with
    encoding : of a text table that cannot hold every letter; else empty

    Attributes
    ----------
    now, then : (note_id, variable) -> the decision that stands now, that stood when the sheet was written
    event_ids : of every event in the log
    """

    def __init__(self, desk: Desk, ticket: Ticket, encoding: str = "") -> None:
        history = desk.history()
        self.event_ids = frozenset(history["event_id"])
        self.now = layout.standing(latest(history))
        self.then = layout.standing(latest(_written_with(history, desk, ticket)))
        self._left_open = layout.standing(desk.skipped())
        self._hashes = {str(note): note_hash(str(text)) for note, text in desk.notes["text"].items()}
        self._encoding = encoding

    def shown(self, cell: Cell, written: str) -> Mapping[str, str] | None:
        """Return the answer that the sheet was filled in with; None if the text was another one by then."""
        then = self.then.get(cell)
        return then if then is not None and then["note_hash"] in ("", written) else None

    def holds(self, cell: Cell, answer: Answer, written: str) -> bool:
        """Whether the log says already what the sheet says, about the text that the sheet shows."""
        now = self.now.get(cell)
        if now is None or not self._says(now, answer):
            return False
        return now["note_hash"] in ("", written) or self.is_of_a_later_text(cell, written)

    def is_of_a_later_text(self, cell: Cell, written: str) -> bool:
        """Whether the answer in the log is about the text as it is now, or as it was after the sheet's."""
        now, then, text = self.now.get(cell), self.then.get(cell), self._hashes.get(cell[0], "")
        if now is None or written == text or now["note_hash"] in ("", written):
            return False
        return now["note_hash"] == text or then is None or then["event_id"] != now["event_id"]

    def is_overtaken(self, cell: Cell, answer: Answer, written: str) -> bool:
        """Whether an answer is as the sheet was written, while the log has been changed since.

        A new memo or certainty does not make an answer a new one.
        """
        then, now = self.shown(cell, written), self.now.get(cell)
        if then is None or not _same_codes(then, answer):
            return False
        if now is None:
            return True
        is_changed = now["event_id"] != then["event_id"]
        return is_changed and (not _same_codes(now, answer) or self._says(then, answer))

    def is_of_a_sheet_since(self, cell: Cell) -> bool:
        """Whether the answer that stands came by a sheet, after this one was written."""
        now, then = self.now.get(cell), self.then.get(cell)
        is_new = now is not None and (then is None or then["event_id"] != now["event_id"])
        return is_new and now is not None and now["via"] == "sheet"

    def with_what_stands(self, cell: Cell, answer: Answer, written: str) -> Answer:
        """Return an answer with the certainty and memo beside the same codes, where it has none itself."""
        now = self.now.get(cell)
        if now is None or not _same_codes(now, answer) or now["note_hash"] not in ("", written):
            return answer
        certainty, memo = answer.certainty or now["certainty"], answer.memo or now["memo"]
        return answer._replace(certainty=certainty, memo=memo)

    def memo_of(self, cell: Cell, written: str) -> str:
        """Return the memo that stands at an answer about this text, or at a question that was left open."""
        now = self.now.get(cell)
        if now is not None:
            return now["memo"] if now["note_hash"] in ("", written) else ""
        return self._left_open[cell]["memo"] if cell in self._left_open else ""

    def has_memo(self, cell: Cell, memo: str) -> bool:
        """Whether a question was left open with this memo."""
        return cell in self._left_open and self.is_alike(memo, self._left_open[cell]["memo"])

    def is_alike(self, stored: str, memo: str) -> bool:
        """Whether two memos are the same but for what programs change: spaces, line breaks, lost letters."""
        return _alike(stored, memo) or is_what_is_left(stored, memo, self._encoding)

    def _says(self, row: Mapping[str, str], answer: Answer) -> bool:
        """Whether a decision says what a sheet says; what the sheet leaves empty it does not contradict."""
        is_sure = answer.certainty in ("", row["certainty"])
        is_memo = not answer.memo or self.is_alike(answer.memo, row["memo"])
        return _same_codes(row, answer) and is_sure and is_memo


def _written_with(history: pd.DataFrame, desk: Desk, ticket: Ticket) -> pd.DataFrame:
    """Return the events that stood in the log when a sheet was written: by rows, where it names the last one.

    What was collected later may have been decided earlier.
    """
    last = history["event_id"] == (desk.event_of(ticket.last_row) or ticket.last_row)
    if last.any():
        return history[history["row"] <= int(history.loc[last, "row"].iloc[-1])]
    return history[history["decided_at"] <= ticket.seen_until]


def _same_codes(row: Mapping[str, str], answer: Answer) -> bool:
    return sorted(row["codes"].split("|")) == sorted((answer.codes or "").split("|"))


def _alike(one: str, other: str) -> bool:
    """Whether two memos are the same but for spaces and line breaks, which programs change."""
    return layout.writable(one).split() == layout.writable(other).split()
