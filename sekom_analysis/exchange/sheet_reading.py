"""Read a coding sheet that came back: events for the coder's log, and every cell that cannot be taken."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.answers_file import AsWritten, Reading, known_by_text
from sekom_analysis.exchange.layout import MEMO, Column
from sekom_analysis.exchange.sheet_answers import Before
from sekom_analysis.exchange.sheet_beside import SheetRow, comments_of, told
from sekom_analysis.exchange.sheet_file import Knowing, SheetFile, read_sheet_file
from sekom_analysis.exchange.sheet_grid import Cell, Ticket, is_same_text, start_of
from sekom_analysis.exchange.sheet_typing import Answer, answer_of, error_faults, proposal_of
from sekom_analysis.exchange.takings import command
from sekom_analysis.study.codebook import (
    FOLDER,
    PROPOSAL,
    PROPOSAL_VARIABLE,
    Definitions,
    Variable,
    as_in_log,
    asked_by,
)
from sekom_analysis.study.decisions import coder_fault
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.raw import CODED

_SHOWN = 5  # cells that are named
_KEPT = 4  # changes of earlier sheets that a sheet must hold for each that it lacks, if it was made from them


def read_coding_sheet(path: str | os.PathLike[str], desk: Desk | Callable[[str], Desk]) -> Reading:
    """Read a coding sheet; nothing is saved.

    A cell left empty is unseen, and an emptied one takes no earlier answer
    back. What the log says already gives no event; an answer that the sheet
    was written with, and that was changed elsewhere since, stays changed,
    unless the sheet was made from the one that changed it.

    Parameters
    ----------
    path : the file, as `write_coding_sheet` wrote it and Excel, LibreOffice or Numbers saved it
    desk : the desk of the coder whose sheet it must be; or a function that is given the coder whom the
        sheet names, and gives the desk of the coder whose answers they are to be, such as ``study.desk``

    Returns
    -------
    Reading. The events are given without the answers that the problems name; whoever
    wants all or nothing look at the problems first.
    """
    path = Path(path)
    sheet, data, problems = read_sheet_file(path)
    if sheet is None:
        return Reading("", [], problems)
    fault = coder_fault(sheet.ticket.coder)
    if fault:
        return Reading("", [], [*problems, Problem.of(path.name, None, "sheet_whose", fault=fault)])
    own = desk if isinstance(desk, Desk) else desk(sheet.ticket.coder)
    problems += _not_for(own, sheet.ticket, path.name, is_given=not isinstance(desk, Desk))
    if problems:
        return Reading(own.coder, [], problems)
    reader = _Reader(own, sheet, path, hashlib.sha256(data).hexdigest())
    reader.read()
    return reader.reading()


def event_id_of(digest: str, note_id: str, name: str) -> str:
    """Return the id of the event that a sheet gives for a variable of a note: the same for the same file."""
    return "s" + hashlib.sha256(f"{digest}|{note_id}|{name}".encode()).hexdigest()[:24]


def _not_for(desk: Desk, ticket: Ticket, file: str, *, is_given: bool) -> Iterator[Problem]:
    if ticket.study != desk.study_id:
        yield Problem.of(file, None, "sheet_other_study", other=ticket.study, study=desk.study_id)
    if ticket.coder != desk.coder and not is_given:
        yield Problem.of(file, None, "sheet_other_coder", other=ticket.coder, coder=desk.coder)


class _Reader:
    """Goes through the rows of one sheet; holds what it finds."""

    def __init__(self, desk: Desk, sheet: SheetFile, path: Path, digest: str) -> None:
        self.desk, self.sheet, self.ticket, self.digest = desk, sheet, sheet.ticket, digest
        self.path, self.file = path, path.name
        self.events: list[dict[str, str]] = []
        self.stale: list[Problem] = []
        self.other_texts: list[Problem] = []
        self.remarks: list[Problem] = []
        self.rows: list[int] = []
        self.n_known = 0
        self.as_written: list[AsWritten] = []
        self._n_kept = 0  # answers that came by another sheet since, and that this one holds
        self._answered: set[str] = set()
        self._unread: dict[str, list[Cell]] = {}  # answers to questions whose definition is not here
        self._blank: list[tuple[str, str]] = []
        self._comments: list[Cell] = list(sheet.comments)
        self._taken_comments: list[Cell] = []
        self._definitions = _definitions(desk, self.ticket)
        self._knowing = Knowing(desk, sheet, self._definitions, self.file)
        self.problems = self._knowing.problems  # of one list, so that they are in the order of the sheet
        self._before = Before(desk, self.ticket, sheet.encoding)

    def read(self) -> None:
        """Take every row of the sheet."""
        for row in self.sheet.rows:
            note_id = self._knowing.note_of(row)
            if note_id is not None:
                self._read_row(row, note_id)
        self._knowing.refuse_moved_texts()
        for name, cells in self._unread.items():
            self._refuse_unread(name, cells)
        self._settle_as_written()
        by_text = known_by_text(self.file, len(self._knowing.by_text))
        self.remarks += [*self._told(), *self.sheet.lacking, *by_text]

    def reading(self) -> Reading:
        """Return what was found."""
        return Reading(
            self.desk.coder,
            self.events,
            self.problems,
            self.stale,
            self.remarks,
            self.n_known,
            self.rows,
            self.ticket.copy,
            self.desk.event_of(self.ticket.last_event) or self.ticket.last_event,
            self.sheet.saved_at,
            self.other_texts,
            len(self._answered),
            as_written=self.as_written,
            blank=self._blank,
        )

    def _settle_as_written(self) -> None:
        """Take what is as the sheet was written if it was made from one that says otherwise; else say so."""
        put_back = [one for one in self.as_written if self._before.is_of_a_sheet_since(_cell_of(one))]
        if len(put_back) * _KEPT > self._n_kept:
            put_back = []
        self.events += [one.event for one in put_back]
        self.rows += [one.row for one in put_back]
        self.as_written = [one for one in self.as_written if one not in put_back]
        self.remarks += [problem for one in self.as_written for problem in one.told]

    def _told(self) -> Iterator[Problem]:
        """Yield what is not an answer and was not taken, and which comments were."""
        if self._taken_comments:
            yield _taken(self._taken_comments, self.file)
        yield from told(self.file, [*self._comments, *self._knowing.comments], "sheet_comment")
        yield from told(self.file, [*self._knowing.beside, *self.sheet.beside], "sheet_beside")

    def _refuse(self, cell: Cell, kind: str, /, **values: object) -> None:
        self.problems.append(Problem.of(self.file, cell.row, kind, place=cell.place, **values))

    def _remark(self, cell: Cell, kind: str, /, **values: object) -> None:
        self.remarks.append(Problem.of(self.file, cell.row, kind, place=cell.place, **values))

    def _read_row(self, row: SheetRow, note_id: str) -> None:
        variables = dict.fromkeys(column.variable for column in row.given)
        asked = {variable.id for variable in self.desk.variables_of(note_id)}
        shown = [name for name in self._definitions if name in asked]
        comments, rest = comments_of(row, {name: self._definitions[name] for name in shown}, self.ticket.lang)
        self._comments += rest
        made = len(self.events)
        for name in [*shown, *(name for name in variables if name not in shown)]:
            given = {column: cell for column, cell in row.given.items() if column.variable == name}
            if name in shown:
                self._read_answer(row, note_id, name, given, comments.get(name))
                self._read_proposal(row, note_id, name, given)
            elif given and name not in self._definitions:
                self._unread.setdefault(name, []).extend(given.values())
            elif given:
                first = next(iter(given.values()))
                self._refuse(first, "sheet_not_asked", text=first.text[:60], variable=name)
        self._knowing.note_gloss(row, note_id)
        self._note_stale_text(row, note_id, made)

    def _refuse_unread(self, name: str, cells: list[Cell]) -> None:
        """Refuse all answers to a question that cannot be read as it was put."""
        version = self.ticket.versions.get(name, "")
        kind, why = "sheet_gone_variable", Phrase("unread_no_variable", variable=name)
        if name in self.desk.codebook:
            kind = "sheet_gone_definition" if version else "sheet_no_definition"
            why = Phrase("unread_no_definition", variable=name)
        first = {"place": cells[0].place, "text": cells[0].text[:60]}
        what = Phrase("unread_cells", n=len(cells), variable=name, why=why, **first)
        path = f"{CODED.as_posix()}/{FOLDER}/{version}.yaml"
        self.problems.append(Problem.of(self.file, cells[0].row, kind, what=what, variable=name, path=path))

    def _note_stale_text(self, row: SheetRow, note_id: str, made: int) -> None:
        """Say so where the study's text has changed since; answers are taken for the text that was seen."""
        written, text = row.hash, str(self.desk.notes.at[note_id, "text"])
        for event in self.events[made:]:
            event["note_hash"] = written
        if len(self.events) == made or written == self.desk.seen.hash_of(note_id):
            return
        stale = Problem.of(self.file, row.number, "sheet_stale", note=note_id)
        if not is_same_text(row.text.text, text):
            both = {"was": start_of(row.text.text), "now": start_of(text)}
            stale = Problem.of(self.file, row.number, "sheet_other_text", note=note_id, **both)
            self.other_texts.append(stale)
        self.stale.append(stale)

    def _read_answer(
        self,
        row: SheetRow,
        note_id: str,
        name: str,
        given: Mapping[Column, Cell],
        comment: Cell | None,
    ) -> None:
        variable = self._definitions[name]
        answer, faults = answer_of(variable, given, self.ticket, self.sheet.encoding)
        memo = self._before.memo_of((note_id, name), row.hash)
        faults += error_faults(given.get(Column(name, MEMO)), memo)
        is_overtaken = self._before.is_overtaken((note_id, name), answer, row.hash)
        if comment is not None and not faults and not is_overtaken:
            given = self._with_comment(row, note_id, name, given, comment)
            answer, faults = answer_of(variable, given, self.ticket, self.sheet.encoding)
        elif comment is not None:
            self._comments.append(comment)
        for fault in faults:
            self._refuse(fault.cell, fault.kind, **fault.values)
        if faults:
            return
        made = len(self.events)
        if answer.codes is None:
            self._blank.append((note_id, name))
            self._read_blank(row, note_id, variable, answer, given)
        else:
            self._answered.add(note_id)
            if self._is_news(row, note_id, name, answer, given):
                whole = self._before.with_what_stands((note_id, name), answer, row.hash)
                self._add(row, note_id, name, "decide", whole)
        if len(self.events) > made and comment is not None and comment in given.values():
            self._taken_comments.append(comment)

    def _read_proposal(self, row: SheetRow, note_id: str, name: str, given: Mapping[Column, Cell]) -> None:
        """Take a code that the coder misses in a variable; an emptied cell takes none back."""
        asked = asked_by(PROPOSAL, name)
        said, faults = proposal_of(name, given, self._before.memo_of((note_id, asked), row.hash))
        for fault in faults:
            self._refuse(fault.cell, fault.kind, **fault.values)
        if said is not None and not faults and self._is_news(row, note_id, asked, said, given):
            self._add(row, note_id, asked, "decide", said)

    def _with_comment(
        self, row: SheetRow, note_id: str, name: str, given: Mapping[Column, Cell], comment: Cell
    ) -> Mapping[Column, Cell]:
        """Take a comment as the memo, where there is none; else it is told."""
        place = Column(name, MEMO)
        there = given[place].text if place in given else ""
        stands = there or self._before.memo_of((note_id, name), row.hash)
        is_alike = self._before.is_alike(comment.text, stands)
        if there or (stands and not is_alike):
            if not is_alike:
                self._comments.append(comment)
            return given
        return {**given, place: comment}

    def _is_news(
        self, row: SheetRow, note_id: str, name: str, answer: Answer, given: Mapping[Column, Cell]
    ) -> bool:
        """Whether an answer says something that the log does not say, and that was not overtaken there."""
        cell, written = (note_id, name), row.hash
        if self._before.holds(cell, answer, written):
            self.n_known += 1
            self._n_kept += self._before.is_of_a_sheet_since(cell)
            return False
        if self._before.is_of_a_later_text(cell, written):
            self.remarks += self._left(row, cell, answer, given, "sheet_later_text")
        elif self._before.is_overtaken(cell, answer, written):
            self._note_as_written(row, note_id, name, answer, given)
        else:
            return True
        return False

    def _note_as_written(
        self, row: SheetRow, note_id: str, name: str, answer: Answer, given: Mapping[Column, Cell]
    ) -> None:
        """Note an answer that nobody has changed in the sheet, while it was changed elsewhere."""
        event = self._event(row, note_id, name, "decide", answer)
        if event["event_id"] in self._before.event_ids:
            self.n_known += 1
            return
        typed = command(self.path, "--older")
        told = self._left(row, (note_id, name), answer, given, "sheet_as_written", typed=typed)
        self.as_written.append(AsWritten(row.number, {**event, "note_hash": row.hash}, list(told)))

    def _left(
        self,
        row: SheetRow,
        cell: tuple[str, str],
        answer: Answer,
        given: Mapping[Column, Cell],
        kind: str,
        **values: object,
    ) -> Iterator[Problem]:
        """Yield why an answer is left out, and its memo, if the log does not hold it."""
        if answer.cell is not None:
            place = answer.cell.place
            yield Problem.of(self.file, answer.cell.row, kind, place=place, **values)
        yield from self._memo_left(cell, row.hash, answer, given)

    def _memo_left(
        self, cell: tuple[str, str], written: str, answer: Answer, given: Mapping[Column, Cell]
    ) -> Iterator[Problem]:
        """Yield the memo of an answer that is not taken, if the log does not hold it."""
        now, then = self._before.now.get(cell), self._before.shown(cell, written)
        known = [row["memo"] for row in (now, then) if row is not None]
        memo = given.get(Column(cell[1], MEMO))
        if memo is not None and not any(self._before.is_alike(answer.memo, text) for text in known):
            said = {"place": memo.place, "text": answer.memo[:1_000]}
            yield Problem.of(self.file, memo.row, "sheet_memo_left", **said)

    def _read_blank(
        self,
        row: SheetRow,
        note_id: str,
        variable: Variable,
        answer: Answer,
        given: Mapping[Column, Cell],
    ) -> None:
        """Take a question without an answer: a memo on it says that it was looked at and left open."""
        cell, written = (note_id, variable.id), row.hash
        now, then = self._before.now.get(cell), self._before.shown(cell, written)
        if now is not None:
            if then is not None and layout.can_show(variable, then["codes"]):
                label = variable.label.in_(self.ticket.lang)
                self._remark(row.text, "sheet_emptied", label=label, codes=now["codes"])
            self.remarks += self._memo_left(cell, written, answer, given)
        elif answer.memo:
            if not self._before.has_memo(cell, answer.memo):
                self._add(row, note_id, variable.id, "skip", answer)
        elif answer.certainty:
            self._remark(next(iter(given.values())), "sheet_only_certainty")

    def _add(self, row: SheetRow, note_id: str, name: str, kind: str, answer: Answer) -> None:
        event = self._event(row, note_id, name, kind, answer)
        if event["event_id"] in self._before.event_ids:
            self.n_known += 1
            return
        self.events.append(event)
        self.rows.append(row.number)

    def _event(self, row: SheetRow, note_id: str, name: str, kind: str, answer: Answer) -> dict[str, str]:
        variable, _ = as_in_log(name, [])
        is_proposal = variable == PROPOSAL
        is_answer = kind == "decide" and not is_proposal
        words = self._before.words_of((note_id, name), answer, row.hash) if is_answer else ""
        event = {
            "event_id": event_id_of(self.digest, note_id, name),
            "note_id": note_id,
            "variable": variable,
            "codes": answer.codes or "",
            "certainty": answer.certainty,
            "memo": answer.memo,
            "codebook": PROPOSAL_VARIABLE.version if is_proposal else self.ticket.versions[name],
            "pass": layout.PASS,
            "via": "sheet",
            "event": kind,
        }
        return {**event, "words": words} if words else event


def _cell_of(one: AsWritten) -> tuple[str, str]:
    return one.event["note_id"], asked_by(one.event["variable"], one.event["codes"])


def _taken(comments: list[Cell], file: str) -> Problem:
    cells = ", ".join(f"{cell.tab} {cell.address}" for cell in comments[:_SHOWN])
    if len(comments) > _SHOWN:
        cells = Phrase("problem_and_more", names=cells, n=len(comments) - _SHOWN)
    kind = "sheet_comment_taken" if len(comments) == 1 else "sheet_comments_taken"
    return Problem.of(file, None, kind, n=len(comments), cells=cells)


def _definitions(desk: Desk, ticket: Ticket) -> dict[str, Variable]:
    """Return each variable as the coder saw it, as far as the study has that definition."""
    kept = Definitions(desk.root / CODED).read()
    found = {}
    for name, version in ticket.versions.items():
        seen = kept.get(version)
        if name in desk.codebook and seen is not None and seen.id == name:
            found[name] = seen
        elif name in desk.codebook and version in ("", desk.codebook[name].version):
            found[name] = desk.codebook[name]
    return found
