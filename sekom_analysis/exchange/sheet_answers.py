"""What a coder's log says before a sheet is read and when it was written, and what goes into a sheet anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.wording import say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import Row, Tab
from sekom_analysis.exchange.sheet_grid import Ticket, is_what_is_left
from sekom_analysis.exchange.sheet_typing import Answer
from sekom_analysis.exchange.takings import Takings
from sekom_analysis.study.codebook import PROPOSAL, Variable
from sekom_analysis.study.decisions import counting_rows, latest
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.lineage import Holding, lineages
from sekom_analysis.study.shown import Changes, Shown

Question = tuple[str, str]


class Before:
    """One coder's log, held against what a sheet says.

    Parameters
    ----------
    desk : the coder's desk
    ticket : says which events the sheet was written with
    encoding : of a text table that cannot hold every letter; else empty

    Attributes
    ----------
    now, then : (note_id, variable) -> the decision that stands now, and the one when the sheet was written
    event_ids : of every event in the log
    """

    def __init__(self, desk: Desk, ticket: Ticket, encoding: str = "") -> None:
        history = desk.history(as_given=True)
        self._lineages, self._ticket = lineages(desk.codebook), ticket
        self._holding, self._holdings = desk.holding, dict[str, Holding]()
        self.event_ids = frozenset(history["event_id"])
        self.now = layout.standing(latest(history))
        self.then = layout.standing(latest(_written_with(history, desk, ticket)))
        self._said = layout.standing(latest(_brought_by(history, desk, ticket)))
        self._left_open = layout.standing(desk.skipped())
        self._hashes = desk.seen.hashes
        self._encoding = encoding

    def shown(self, cell: Question, written: str) -> Mapping[str, str] | None:
        """Return the answer that the sheet was filled in with; None if the text was another one by then."""
        then = self.then.get(cell)
        is_there = then is not None and then["note_hash"] in ("", written) and not self._is_again(cell, then)
        return then if is_there else None

    def _is_again(self, cell: Question, row: Mapping[str, str]) -> bool:
        """Whether an answer was to be looked at again when the sheet was written, and so is not in it."""
        name, version = cell[1], self._ticket.versions.get(cell[1], "")
        if not version or version == row["codebook"]:
            return False
        if name not in self._holdings:
            self._holdings[name] = self._holding.at(name, version)
        return self._holdings[name].again(name, row["codes"], row["codebook"]) is not None

    def holds(self, cell: Question, answer: Answer, written: str) -> bool:
        """Whether the log says already what the sheet says, about the text that the sheet shows."""
        now = self.now.get(cell)
        if now is None or not self._says(cell, now, answer) or self._is_again(cell, now):
            return False
        return now["note_hash"] in ("", written) or self.is_of_a_later_text(cell, written)

    def is_of_a_later_text(self, cell: Question, written: str) -> bool:
        """Whether the answer in the log is about the text as it is now, or as it was after the sheet's."""
        now, then, text = self.now.get(cell), self.then.get(cell), self._hashes.get(cell[0], "")
        if now is None or written == text or now["note_hash"] in ("", written):
            return False
        return now["note_hash"] == text or then is None or then["event_id"] != now["event_id"]

    def is_overtaken(self, cell: Question, answer: Answer, written: str) -> bool:
        """Whether an answer is as the sheet was written, or collected last, while the log was changed since.

        A new memo or certainty does not make an answer a new one.
        """
        known = (self.shown(cell, written), self._said.get(cell))
        return any(self._is_since(then, cell, answer) for then in known if then is not None)

    def _is_since(self, then: Mapping[str, str], cell: Question, answer: Answer) -> bool:
        """Whether an answer says what the sheet said then, while the log has been changed since."""
        now = self.now.get(cell)
        if not self._same_codes(cell, then, answer):
            return False
        if now is None:
            return then["variable"] != PROPOSAL or self._says(cell, then, answer)
        is_changed = now["event_id"] != then["event_id"]
        return is_changed and (not self._same_codes(cell, now, answer) or self._says(cell, then, answer))

    def is_of_a_sheet_since(self, cell: Question) -> bool:
        """Whether the answer that stands came by a sheet, after this one was written."""
        now, then = self.now.get(cell), self.then.get(cell)
        is_new = now is not None and (then is None or then["event_id"] != now["event_id"])
        return is_new and now is not None and now["via"] == "sheet"

    def with_what_stands(self, cell: Question, answer: Answer, written: str) -> Answer:
        """Return an answer with the certainty and memo beside the same codes, where it has none itself."""
        now = self.now.get(cell)
        if now is None or not self._same_codes(cell, now, answer) or now["note_hash"] not in ("", written):
            return answer
        certainty, memo = answer.certainty or now["certainty"], answer.memo or now["memo"]
        return answer._replace(certainty=certainty, memo=memo)

    def words_of(self, cell: Question, answer: Answer, written: str) -> str:
        """Return the words selected with the same codes in the same text; a sheet does not show them."""
        now = self.now.get(cell)
        is_same = now is not None and self._same_codes(cell, now, answer) and now["note_hash"] == written
        return now["words"] if now is not None and is_same else ""

    def memo_of(self, cell: Question, written: str) -> str:
        """Return the memo of an answer about this text, or at a question that was left open."""
        now = self.now.get(cell)
        if now is not None:
            return now["memo"] if now["note_hash"] in ("", written) else ""
        return self._left_open[cell]["memo"] if cell in self._left_open else ""

    def has_memo(self, cell: Question, memo: str) -> bool:
        """Whether a question was left open with this memo."""
        return cell in self._left_open and self.is_alike(memo, self._left_open[cell]["memo"])

    def is_alike(self, stored: str, memo: str) -> bool:
        """Whether two memos differ only in what programs change: spaces, line breaks, lost letters."""
        return _alike(stored, memo) or is_what_is_left(stored, memo, self._encoding)

    def _says(self, cell: Question, row: Mapping[str, str], answer: Answer) -> bool:
        """Whether a decision says what a sheet says; what the sheet leaves empty it does not contradict."""
        is_sure = answer.certainty in ("", row["certainty"])
        is_memo = not answer.memo or self.is_alike(answer.memo, row["memo"])
        return self._same_codes(cell, row, answer) and is_sure and is_memo

    def _same_codes(self, cell: Question, row: Mapping[str, str], answer: Answer) -> bool:
        """Whether both name the same codes, whatever those were called when they were given."""
        lineage = self._lineages.get(cell[1])
        one, other = (
            codes if lineage is None else lineage.named(codes) for codes in (row["codes"], answer.codes or "")
        )
        return sorted(one.split("|")) == sorted(other.split("|"))


def _written_with(history: pd.DataFrame, desk: Desk, ticket: Ticket) -> pd.DataFrame:
    """Return the events that were in the log when a sheet was written: by rows, where it names the last one.

    What was collected later may have been decided earlier.
    """
    last = history["event_id"] == (desk.event_of(ticket.last_row) or ticket.last_row)
    if last.any():
        return history[history["row"] <= int(history.loc[last, "row"].iloc[-1])]
    return history[history["decided_at"] <= ticket.seen_until]


def _brought_by(history: pd.DataFrame, desk: Desk, ticket: Ticket) -> pd.DataFrame:
    """Return the events that earlier savings of this very sheet brought, and that count."""
    ids = Takings(desk.root).of_copy(ticket.copy).get(desk.coder, {})
    counting = counting_rows(history)
    return counting[counting["event_id"].isin(ids.keys())]


def _alike(one: str, other: str) -> bool:
    """Whether two memos are the same except for spaces and line breaks, which programs change."""
    return layout.writable(one).split() == layout.writable(other).split()


# --- what a coder answered before, as it goes into a sheet --------------------------------------------


_LONGEST_MEMO = 300
Answers = dict[tuple[str, str], Mapping[str, str]]


class Standing(NamedTuple):
    """What stands when a sheet is written: what goes into it, and what is to be given again, and why."""

    shown: Answers
    other_texts: Answers
    again: Answers
    reasons: dict[tuple[str, str], Shown]


def standing_of(desk: Desk, changes: Changes) -> Standing:
    """Return the coder's standing answers, parted by whether they are to be given again.

    Parameters
    ----------
    desk : the coder's desk
    changes : tells which are to be looked at again since the codebook changed
    """
    now, found = desk.seen.hashes, Standing({}, {}, {}, {})
    given = layout.standing(latest(desk.history(as_given=True)))  # those whose code was split among them
    counts = layout.standing(latest(desk.history()))
    for cell, row in given.items():
        if row["note_hash"] not in ("", now.get(cell[0], "")):
            found.other_texts[cell] = counts.get(cell, row)
        elif why := changes.again(cell[1], row["codes"], row["codebook"]):
            found.again[cell], found.reasons[cell] = counts.get(cell, row), why
        elif cell in counts:
            found.shown[cell] = counts[cell]
    return found


def with_remarks(standing: Standing, tabs: list[Tab], lang: str) -> list[Tab]:
    """Return the tabs, with a remark at each note that is to be answered again, since something changed."""
    return [
        tab._replace(rows=tuple(_with_remark(row, tab.variables, standing, lang) for row in tab.rows))
        for tab in tabs
    ]


def _with_remark(row: Row, variables: tuple[Variable, ...], standing: Standing, lang: str) -> Row:
    asked = {(row.note_id, v.id): v for v in variables if v.id in row.variables}
    remarks = []
    if told := [
        _told(v, standing.other_texts[cell], lang)
        for cell, v in asked.items()
        if cell in standing.other_texts
    ]:
        remarks.append(say("sheet_text_changed", lang, answers="; ".join(told)))
    if again := {cell: v for cell, v in asked.items() if cell in standing.again}:
        told = [_told(v, standing.again[cell], lang) for cell, v in again.items()]
        reasons = [
            _reason(v, standing.again[cell], standing.reasons[cell], lang) for cell, v in again.items()
        ]
        said = {"reasons": " ".join(dict.fromkeys(reasons)), "answers": "; ".join(told)}
        remarks.append(say("sheet_again", lang, **said))
    return row._replace(remark=layout.writable("\n".join(remarks))) if remarks else row


def _reason(variable: Variable, given: Mapping[str, Any], why: Shown, lang: str) -> str:
    """Say why an answer is to be looked at again, as a card does."""
    key = f"card_again_{why['why']}" if why["code"] or why["why"] == "question" else "card_again_other"
    names = [variable.label_of(code, lang) for code in why["code"].split("|")]
    return say(key, lang, answer=_labels(variable, given["codes"], lang), code=", ".join(names))


def _labels(variable: Variable, answer: str, lang: str) -> str:
    codes = answer.split("|") if answer else []
    named = ", ".join(variable.label_of(code, lang) if variable.kind != "scale" else code for code in codes)
    return named or say("card_confirm_none", lang)


def _told(variable: Variable, given: Mapping[str, Any], lang: str) -> str:
    parts = [_labels(variable, given["codes"], lang)]
    if given["certainty"]:
        parts.append(say(f"card_certainty_{given['certainty']}", lang).lower())
    if memo := " ".join(given["memo"].split()):
        parts.append(f"”{memo if len(memo) <= _LONGEST_MEMO else memo[:_LONGEST_MEMO] + '…'}”")
    return f"{variable.label.in_(lang)}: {', '.join(parts)}"
