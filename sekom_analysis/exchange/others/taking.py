"""The decisions of a table of others, as its map says what is what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sekom_analysis.additions import NO_DECISIONS
from sekom_analysis.answers import answer_fault
from sekom_analysis.decisions import PASSES, coder_fault
from sekom_analysis.exchange.others.cells import is_unsaid, parts, remark_of, steps
from sekom_analysis.exchange.others.mapping import NO_CODE, Column, Map
from sekom_analysis.exchange.others.notefinder import NoteFinder
from sekom_analysis.exchange.refi.people import time_of
from sekom_analysis.exchange.refi.xmlreading import Remarks
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
        if not (answer.variable or found.variable or found.path):
            problems.append(Problem(file, None, f"nothing tells the variable of '{name}'", "name it"))
        if not (answer.coder or found.coder or found.whose):
            todo = "name the coder there, or as 'whose', or with --coder"
            problems.append(Problem(file, None, f"nothing tells who decided in '{name}'", todo))
    return problems + ([] if problems else list(_code_problems(found, raw, file)))


def _code_problems(found: Map, raw: Raw, file: str) -> Iterator[Problem]:
    for name, codes in found.codes.items():
        variable = raw.codebook[name]
        for value, code in codes.items():
            allowed = [*variable.answers, *([NO_CODE] if variable.kind == "multiple" else [])]
            if code and code not in allowed:
                what = f"'{value}' of '{name}' is to be '{code}', which is no code of it"
                yield Problem(file, None, what, f"write one of: {', '.join(allowed)}; or ''")


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
        self._notes = NoteFinder(raw.notes)
        self._whole: set[str] = set()
        self._stages = raw.notes["stage"].to_dict() if "stage" in raw.notes.columns else {}

    def take(self, table: pd.DataFrame) -> Taken:
        """Return everything that a table says."""
        for row, cells in zip(table.index, table.to_dict("records"), strict=True):
            note = self._notes.find(cells[self.map.note], self.map.notes_are)
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

    def _take_cell(self, row: int, note: str, column: str, cells: dict[str, str]) -> None:
        answer = self.map.answers[column]
        coder = answer.coder or self._coder(cells, row)
        if not coder:
            return
        if is_unsaid(cells[column]):
            self.remarks.add("nobody answered there", "it stays unseen", f"row {row}: {column}")
            return
        for variable, values in self._values(answer, cells[column], cells, row):
            self._take_values(row, (note, coder, variable), column, values, cells)

    def _values(
        self, answer: Column, cell: str, cells: dict[str, str], row: int
    ) -> Iterator[tuple[str, list[str]]]:
        """Yield the variables that a cell answers, each with its values."""
        values = parts(cell, self.map.several)
        if answer.variable or self.map.variable:
            told = cells[self.map.variable] if self.map.variable else ""
            variable = answer.variable or self._called(self.map.variables, told, "variable", row)
            yield from [(variable, values)] if variable else []
            return
        by_variable: dict[str, list[str]] = {}
        for value in values:
            known = [way for way in steps(value, self.map.path) if way[0] in self.map.variables]
            name, rest = known[-1] if known else (value, "")
            if variable := self._called(self.map.variables, name, "variable", row):
                by_variable.setdefault(variable, []).append(rest)
        yield from by_variable.items()

    def _take_values(
        self, row: int, who: tuple[str, str, str], column: str, values: list[str], cells: dict[str, str]
    ) -> None:
        """Keep what one cell says in answer to one variable."""
        variable = who[2]
        kind = self.raw.codebook[variable].kind
        if not values and not (self.map.empty == "none" and kind == "multiple"):
            self.remarks.add("an empty cell is no answer", "it stays unseen", f"row {row}: {column}")
            return
        codes = values if kind == "scale" else self._codes(variable, values, row)
        if codes is None:
            return
        if len(values) > 1:
            self._whole.add(variable)
        said = _Said(row, tuple(codes), *(self._more(name, cells) for name in ("certainty", "memo", "time")))
        self.said.setdefault((*who, self._pass(cells, row)), []).append(said)

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
        return cell.strip() if name == "certainty" else remark_of(cell)

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
        answer = "|".join(code for code in codes if code != NO_CODE)
        rows = ", ".join(str(one.row) for one in said)
        what, todo = "", "correct it there"
        if not variable.applies_to(note, self._stages.get(note)):
            what, todo = f"the study does not ask '{name}' of such notes", "leave it, or change the codebook"
        elif NO_CODE in codes and len(codes) > 1:
            what = f"{coder} says both a code and none to '{name}'"
        elif variable.kind != "multiple" and len(codes) > 1:
            what = f"several answers of {coder} to '{name}', which takes one"
        elif name in self._whole and _differ(said):
            # Where a cell holds all of an answer, another row is another answer, not more of it.
            what = f"several answers of {coder} to '{name}' that differ"
        elif fault := answer_fault(variable, answer):
            what = fault
        if what:
            self.refused.add(what, todo, f"note {note}, row {rows}: {', '.join(codes)}")
            return None
        memos = "\n".join(dict.fromkeys(one.memo for one in said if one.memo))
        certainty = next((one.certainty for one in said if one.certainty), "")
        return (*key, answer, certainty, memos, max(one.decided_at for one in said))


def _differ(said: list[_Said]) -> bool:
    """Whether rows, each with all its cells, say different things."""
    by_row: dict[int, set[str]] = {}
    for one in said:
        by_row.setdefault(one.row, set()).update(one.codes)
    return len(set(map(frozenset, by_row.values()))) > 1
