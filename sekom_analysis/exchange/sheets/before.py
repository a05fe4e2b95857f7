"""What a coder's log says before a sheet is read, and what it said when the sheet was written."""

from __future__ import annotations

from collections.abc import Mapping

from sekom_analysis.decisions import latest
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.answers import Answer

Cell = tuple[str, str]


class Before:
    """One coder's log, held against what a sheet says.

    Parameters
    ----------
    desk : the coder's desk
    seen_until : time of the newest event that the sheet was written with

    Attributes
    ----------
    now, then : (note_id, variable) -> the decision that stands now, that stood when the sheet was written
    event_ids : of every event in the log
    """

    def __init__(self, desk: Desk, seen_until: str) -> None:
        history = desk.history()
        self.event_ids = frozenset(history["event_id"])
        self.now = layout.standing(latest(history))
        self.then = layout.standing(latest(history[history["decided_at"] <= seen_until]))
        self._left_open = layout.standing(desk.skipped())

    def holds(self, cell: Cell, answer: Answer) -> bool:
        """Whether the log says already what the sheet says."""
        return cell in self.now and _says(self.now[cell], answer)

    def is_overtaken(self, cell: Cell, answer: Answer) -> bool:
        """Whether an answer is as the sheet was written, while the log has been changed by another way since.

        By another sheet it has not: one that is sent again may go back to what it was written with.
        """
        was_untouched = cell in self.then and _says(self.then[cell], answer)
        return was_untouched and (cell not in self.now or self.now[cell]["via"] != "sheet")

    def has_memo(self, cell: Cell, memo: str) -> bool:
        """Whether a question was left open with this memo."""
        return cell in self._left_open and _alike(self._left_open[cell]["memo"], memo)


def _says(row: Mapping[str, str], answer: Answer) -> bool:
    """Whether a decision says what a sheet says; what the sheet leaves empty it does not contradict."""
    if sorted(row["codes"].split("|")) != sorted((answer.codes or "").split("|")):
        return False
    return answer.certainty in ("", row["certainty"]) and (
        not answer.memo or _alike(answer.memo, row["memo"])
    )


def _alike(one: str, other: str) -> bool:
    """Whether two memos are the same but for spaces and line breaks, which programs change."""
    return layout.writable(one).split() == layout.writable(other).split()
