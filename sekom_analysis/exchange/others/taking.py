"""The decisions of a table of others, as its map says what is what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sekom_analysis.additions import NO_DECISIONS
from sekom_analysis.answers import answer_fault
from sekom_analysis.decisions import PASSES, coder_fault
from sekom_analysis.exchange.others.mapping import Map
from sekom_analysis.exchange.others.matching import parts, same
from sekom_analysis.exchange.refi.people import time_of
from sekom_analysis.exchange.refi.xmlreading import Remarks
from sekom_analysis.notes import note_hash
from sekom_analysis.problems import Problem
from sekom_analysis.raw import Raw

_COLUMNS = ["note_id", "coder", "variable", "pass", "codes", "certainty", "memo", "decided_at"]
_LEFT_OUT = "left out, as the map says"


class Taken(NamedTuple):
    """What a table brings.

    Parameters
    ----------
    decisions : one row a note, coder, variable and pass
    refused : what was not taken, and why
    remarks : what was taken, or is unseen, and is to be known
    """

    decisions: pd.DataFrame
    refused: list[Problem]
    remarks: list[Problem]


class _Said(NamedTuple):
    """What one cell says."""

    row: int
    codes: tuple[str, ...]
    certainty: str
    memo: str
    decided_at: str


Key = tuple[str, str, str, str]


def map_problems(found: Map, table: pd.DataFrame, raw: Raw, file: str) -> list[Problem]:
    """Return what in a map does not fit the table or the study."""
    problems = [
        Problem(file, None, f"the table has no column '{name}'", f"name one of: {', '.join(table.columns)}")
        for name in dict.fromkeys(found.columns)
        if name not in table.columns
    ]
    coders = [*found.coders.values(), *(one.coder for one in found.answers.values()), found.whose]
    for coder in dict.fromkeys(filter(None, coders)):
        if fault := coder_fault(coder):
            problems.append(Problem(file, None, fault, "write another id"))
    named = [*found.variables.values(), *(one.variable for one in found.answers.values()), *found.codes]
    for name in dict.fromkeys(filter(None, named)):
        if name not in raw.codebook:
            todo = f"name one of: {', '.join(raw.codebook.ids)}"
            problems.append(Problem(file, None, f"the study has no variable '{name}'", todo))
    for name, answer in found.answers.items():
        if not (answer.variable or found.variable):
            problems.append(Problem(file, None, f"nothing tells the variable of '{name}'", "name it"))
        if not (answer.coder or found.coder or found.whose):
            todo = "name the coder there, or as 'whose', or with --coder"
            problems.append(Problem(file, None, f"nothing tells who decided in '{name}'", todo))
    return problems + ([] if problems else list(_code_problems(found, raw, file)))


def _code_problems(found: Map, raw: Raw, file: str) -> Iterator[Problem]:
    for name, codes in found.codes.items():
        variable = raw.codebook[name]
        for value, code in codes.items():
            if code and code not in variable.answers:
                what = f"'{value}' of '{name}' is to be '{code}', which is no code of it"
                yield Problem(file, None, what, f"write one of: {', '.join(variable.answers)}; or ''")


class Taker:
    """Takes decisions from the rows of one table.

    Parameters
    ----------
    found : the map
    raw : the study
    file : the table's name, for problems
    """

    def __init__(self, found: Map, raw: Raw, file: str) -> None:
        self.map, self.raw = found, raw
        self.refused, self.remarks = Remarks(file), Remarks(file)
        self.file = file
        self.said: dict[Key, list[_Said]] = {}
        by_text: dict[str, list[str]] = {}
        for note, text in raw.notes["text"].items():
            by_text.setdefault(note_hash(str(text)), []).append(str(note))
        self._by_text = {digest: notes[0] for digest, notes in by_text.items() if len(notes) == 1}
        ids = [str(note) for note in raw.notes.index]
        self._by_id = {same(note): note for note in ids} | {note: note for note in ids}
        self._stages = raw.notes["stage"].to_dict() if "stage" in raw.notes.columns else {}

    def take(self, table: pd.DataFrame) -> Taken:
        """Return everything that a table says."""
        for row, cells in zip(table.index, table.to_dict("records"), strict=True):
            note = self._note(cells[self.map.note])
            if note:
                for column in self.map.answers:
                    self._take_cell(int(row), note, column, {str(k): str(v) for k, v in cells.items()})
            elif any(cells[column].strip() for column in self.map.answers):
                shown = cells[self.map.note].strip()
                self.refused.add(
                    "no note of the study is this one", "correct it there", f"row {row}: {shown}"
                )
        rows = [row for key in self.said if (row := self._decision(key)) is not None]
        decisions = pd.DataFrame(rows, columns=_COLUMNS, dtype="str") if rows else NO_DECISIONS.copy()
        return Taken(decisions, self.refused.problems(), self.remarks.problems())

    def _note(self, cell: str) -> str:
        if self.map.notes_are == "texts":
            return self._by_text.get(note_hash(cell), "")
        return self._by_id.get(cell.strip()) or self._by_id.get(same(cell), "")

    def _take_cell(self, row: int, note: str, column: str, cells: dict[str, str]) -> None:
        answer = self.map.answers[column]
        variable = answer.variable or self._called(
            self.map.variables, cells[self.map.variable], "variable", row
        )
        coder = answer.coder or self._coder(cells, row)
        if not variable or not coder:
            return
        values = parts(cells[column], self.map.several)
        kind = self.raw.codebook[variable].kind
        if not values and not (self.map.empty == "none" and kind == "multiple"):
            self.remarks.add("an empty cell is no answer", "it stays unseen", f"row {row}: {column}")
            return
        codes = values if kind == "scale" else self._codes(variable, values, row)
        if codes is None:
            return
        said = _Said(row, tuple(codes), *(self._more(name, cells) for name in ("certainty", "memo", "time")))
        self.said.setdefault((note, coder, variable, self._pass(cells, row)), []).append(said)

    def _coder(self, cells: dict[str, str], row: int) -> str:
        if not self.map.coder:
            return self.map.whose
        return self._called(self.map.coders, cells[self.map.coder], "coder", row)

    def _called(self, names: dict[str, str], cell: str, what: str, row: int) -> str:
        found = names.get(cell.strip())
        if found is None:
            shown = f"row {row}: {cell.strip()}"
            self.refused.add(f"the map does not know this {what}", "add it to the map", shown)
        elif not found:
            self.refused.add(f"a {what} without an id here", _LEFT_OUT, f"row {row}: {cell.strip()}")
        return found or ""

    def _codes(self, variable: str, values: list[str], row: int) -> list[str] | None:
        """Return the codes of a cell; None where nothing of it can be taken."""
        known = self.map.codes.get(variable, {})
        unknown = [value for value in values if value not in known]
        if unknown:
            shown = f"row {row}: {', '.join(unknown)}"
            self.refused.add(f"the map does not know this answer to '{variable}'", "add it to the map", shown)
            return None
        for value in values:
            if not known[value]:
                self.refused.add(
                    f"an answer to '{variable}' without a code here", _LEFT_OUT, f"row {row}: {value}"
                )
        codes = list(dict.fromkeys(known[value] for value in values if known[value]))
        return codes if codes or not values else None

    def _more(self, name: str, cells: dict[str, str]) -> str:
        column = getattr(self.map, name)
        cell = cells[column] if column else ""
        if name == "time":
            return time_of(cell, self.remarks)
        if name == "certainty" and cell.strip() not in ("", "1", "2", "3"):
            self.remarks.add("a certainty that is not 1, 2 or 3", "it was left out", cell.strip())
            return ""
        return cell.strip() if name == "certainty" else cell

    def _pass(self, cells: dict[str, str], row: int) -> str:
        cell = cells[self.map.pass_].strip() if self.map.pass_ else ""
        if cell and cell not in {str(number) for number in PASSES}:
            self.remarks.add("a pass that is not 0, 1, 2 or 3", "it was taken for 1", f"row {row}: {cell}")
            return "1"
        return cell or "1"

    def _decision(self, key: Key) -> tuple[str, ...] | None:
        """Return the decision of one coder on one variable of one note; rows of a `multiple` add up."""
        note, coder, name, _ = key
        said = self.said[key]
        variable = self.raw.codebook[name]
        codes = list(dict.fromkeys(code for one in said for code in one.codes))
        rows = ", ".join(str(one.row) for one in said)
        what, todo = "", "correct it there"
        if not variable.applies_to(note, self._stages.get(note)):
            what, todo = f"the study does not ask '{name}' of such notes", "leave it, or change the codebook"
        elif variable.kind != "multiple" and len(codes) > 1:
            what = f"several answers of {coder} to '{name}', which takes one"
        elif fault := answer_fault(variable, "|".join(codes)):
            what = fault
        if what:
            self.refused.add(what, todo, f"note {note}, row {rows}: {', '.join(codes)}")
            return None
        memos = "\n".join(dict.fromkeys(one.memo for one in said if one.memo))
        certainty = next((one.certainty for one in said if one.certainty), "")
        return (*key, "|".join(codes), certainty, memos, max(one.decided_at for one in said))
