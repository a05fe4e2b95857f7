"""From what was typed into a row of a coding sheet to an answer, or to what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.wording import LANGUAGES, say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import ANSWER, CERTAINTY, CODE, MEMO, NONE, PROPOSED, Column, Row, Tab
from sekom_analysis.exchange.sheet_grid import Cell, Ticket, is_what_is_left
from sekom_analysis.exchange.takings import Takings
from sekom_analysis.study.codebook import PROPOSAL, Variable
from sekom_analysis.study.decisions import LONGEST_MEMO, counting_rows, latest
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.lineage import Holding, lineages
from sekom_analysis.study.proposals import LONGEST_NAME, Proposal
from sekom_analysis.study.rows import answer_fault
from sekom_analysis.study.shown import Changes, Shown

AS_MANY = 12  # how many answers a message lists
# What spreadsheets show where a formula has no result, in English and Swedish; 'Err:509' is LibreOffice's.
_ERRORS = frozenset(
    {
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#FIELD!",
        "#BUSY!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA", "#ERROR!",
        "#SKÄRNING!", "#DIVISION/0!", "#VÄRDEFEL!", "#REFERENS!", "#NAMN?", "#OGILTIGT!", "#SAKNAS!", "#FEL!",
    }
)  # fmt: skip
_CODED_ERROR = re.compile(r"(Err|Fel):[0-9]{3}")

Given = Mapping[Column, Cell]


class OddCell(NamedTuple):
    """What is wrong with one cell: the kind of problem that it is, with its values."""

    cell: Cell
    kind: str
    values: Mapping[str, object]


class Answer(NamedTuple):
    """What a row says on one variable; `codes` is None where it is unseen. `cell` gives the place."""

    cell: Cell | None
    codes: str | None
    certainty: str
    memo: str


def answer_of(
    variable: Variable, given: Given, lang: str, encoding: str = ""
) -> tuple[Answer, list[OddCell]]:
    """Return a row's answer to one variable, and every cell that is not an answer.

    Parameters
    ----------
    variable : the definition that the coder saw
    given : the filled cells of the variable's columns
    lang : language of the sheet; labels of the other one and the codes themselves are understood too
    encoding : of a text table that cannot hold every letter: labels may have lost some; else empty
    """
    faults = [_is_formula(cell) for cell in given.values() if cell.formula]
    if faults:
        return Answer(None, None, "", ""), faults
    take = _marked if variable.kind == "multiple" else _number if variable.kind == "scale" else _chosen
    cell, codes, faults = take(variable, given, lang, encoding)
    certainty, doubts = _certainty(given.get(Column(variable.id, CERTAINTY)), lang)
    memo = given.get(Column(variable.id, MEMO))
    if memo and len(memo.text) > LONGEST_MEMO:
        doubts.append(OddCell(memo, "sheet_memo_long", {"n": len(memo.text), "most": LONGEST_MEMO}))
    return Answer(cell, codes, certainty, memo.text if memo else ""), [*faults, *doubts]


def proposal_of(variable: str, given: Given, stands: str) -> tuple[Answer | None, list[OddCell]]:
    """Return the proposal of a code that a row holds for a variable, and what is wrong with its cell.

    Parameters
    ----------
    variable : id of the variable
    given : the filled cells of the variable's columns
    stands : the proposal in the log
    """
    cell = given.get(Column(variable, PROPOSED))
    if cell is None:
        return None, []
    said = Proposal.read(cell.text)
    faults = error_faults(cell, stands)
    for text, most in ((said.name, LONGEST_NAME), (said.memo, LONGEST_MEMO)):
        if len(text) > most:
            faults.append(OddCell(cell, "sheet_proposal_long", {"n": len(text), "most": most}))
    return Answer(cell, variable, "", said.memo), faults


def _is_formula(cell: Cell) -> OddCell:
    return OddCell(cell, "sheet_formula", {"text": _short(cell.text)})


def error_faults(memo: Cell | None, stands: str) -> list[OddCell]:
    """Return a fault where a memo is what is left of a formula; not where the log says just that.

    Parameters
    ----------
    memo : the cell, if it is filled
    stands : the memo in the log

    Examples
    --------
    >>> [(fault.kind, fault.values) for fault in error_faults(Cell("Lappar", "E6", 6, "Err:509"), "")]
    [('sheet_error', {'text': 'Err:509'})]
    """
    text = memo.text.strip() if memo else ""
    is_error = text.upper() in _ERRORS or bool(_CODED_ERROR.fullmatch(text))
    if memo is None or not is_error or text == stands.strip():
        return []
    return [OddCell(memo, "sheet_error", {"text": text})]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


Taken = tuple[Cell | None, str | None, list[OddCell]]


def _chosen(variable: Variable, given: Given, lang: str, encoding: str) -> Taken:
    """Read the one code of a `single`."""
    cell = given.get(Column(variable.id, ANSWER))
    if cell is None:
        return None, None, []
    codes = _codes_called(variable, cell.text, lang, encoding)
    if len(codes) == 1:
        return cell, codes[0], []
    if codes:
        said = {"text": _short(cell.text), "codes": ", ".join(codes)}
        return cell, None, [OddCell(cell, "sheet_ambiguous", said)]
    return cell, None, [_unknown(variable, cell, lang)]


def _codes_called(variable: Variable, text: str, lang: str, encoding: str) -> list[str]:
    """Return the codes that a text can mean: as the sheet names them, else by id or in the other language."""
    wanted = layout.plain(text)
    shown = [
        code for code, label in layout.labels_of(variable, lang).items() if layout.plain(label) == wanted
    ]
    if shown:
        return shown
    others = {other: layout.labels_of(variable, other) for other in LANGUAGES if other != lang}
    called = [
        code
        for code in variable.answers
        if wanted in (code, *(layout.plain(labels[code]) for labels in others.values()))
    ]
    labels = layout.labels_of(variable, lang)
    return called or [code for code, label in labels.items() if is_what_is_left(text, label, encoding)]


def _unknown(variable: Variable, cell: Cell, lang: str) -> OddCell:
    labels = list(layout.labels_of(variable, lang).values())
    said = {"text": _short(cell.text), "label": variable.label.in_(lang)}
    if len(labels) <= AS_MANY:
        return OddCell(cell, "sheet_unknown", {**said, "allowed": ", ".join(labels)})
    near = get_close_matches(cell.text, labels, n=3, cutoff=0.3)
    kind = "sheet_unknown_near" if near else "sheet_unknown_of_many"
    return OddCell(cell, kind, {**said, "n": len(labels), "near": ", ".join(near)})


def _number(variable: Variable, given: Given, lang: str, _: str) -> Taken:
    """Read the number of a `scale`."""
    cell = given.get(Column(variable.id, ANSWER))
    if cell is None:
        return None, None, []
    text = cell.text.strip()
    if not answer_fault(variable, text):
        return cell, text, []
    low, high = variable.range or (1, 5)
    said = {"text": _short(text), "label": variable.label.in_(lang), "low": low, "high": high}
    return cell, None, [OddCell(cell, "sheet_number", said)]


def _marked(variable: Variable, given: Given, lang: str, _: str) -> Taken:
    """Read the marks of a `multiple`: no mark at all is unseen, 'none of them' the empty set."""
    cells = {column: cell for column, cell in given.items() if column.part in (CODE, NONE)}
    faults = [_no_mark(cell) for cell in cells.values() if layout.plain(cell.text) not in layout.MARKS]
    if not cells or faults:
        return None, None, faults
    none = cells.pop(Column(variable.id, NONE), None)
    marked = {column.code: cell for column, cell in cells.items()}
    if none and marked:
        labels = ", ".join(layout.labels_of(variable, lang, marked).values())
        said = {"none": say("card_confirm_none", lang), "labels": labels}
        return none, None, [OddCell(none, "sheet_none_and_marks", said)]
    if none:
        return none, "", []
    unknown = [cell for code, cell in marked.items() if code not in variable.code_ids]
    if unknown:
        return None, None, [OddCell(cell, "sheet_no_code", {}) for cell in unknown]
    codes = [code for code in variable.code_ids if code in marked]
    return marked[codes[0]], "|".join(codes), []


def _no_mark(cell: Cell) -> OddCell:
    return OddCell(cell, "sheet_no_mark", {"text": _short(cell.text), "mark": layout.MARK})


def _certainty(cell: Cell | None, lang: str) -> tuple[str, list[OddCell]]:
    if cell is None:
        return "", []
    wanted = layout.plain(cell.text)
    for number in layout.CERTAINTIES:
        names = [number, *(say(f"card_certainty_{number}", language) for language in LANGUAGES)]
        if wanted in map(layout.plain, names):
            return number, []
    allowed = ", ".join(say(f"card_certainty_{number}", lang) for number in layout.CERTAINTIES)
    return "", [OddCell(cell, "sheet_certainty", {"text": _short(cell.text), "allowed": allowed})]


# --- what a coder's log says before a sheet is read, and what it said when the sheet was written ------


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
