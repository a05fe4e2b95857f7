"""What others decided, in tables of any program: a row per decision, or a column per coder.

`proposing` says what each column seems to be, in a map for a person to go
through; `taking` takes the decisions as the map says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import replace_file
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines
from sekom_analysis.exchange.others.coding import Coding, read_coding
from sekom_analysis.exchange.others.matching import (
    NO_CODE,
    Column,
    Map,
    NoteFinder,
    is_unsaid,
    map_text,
    parts,
    read_map,
    remark_of,
    steps,
)
from sekom_analysis.exchange.others.proposing import Proposal, propose
from sekom_analysis.exchange.refi.reading import time_of
from sekom_analysis.exchange.refi.words import Remarks, coder_id, shortened
from sekom_analysis.exchange.registry import Request
from sekom_analysis.exchange.taking_in import NO_DECISIONS, Material
from sekom_analysis.formats.grids import read_grids, unreadable
from sekom_analysis.formats.guarded import refusal
from sekom_analysis.formats.other_books import ENDINGS as OTHER_BOOKS
from sekom_analysis.formats.tables import WORKBOOKS, as_table, check_table, read_bytes
from sekom_analysis.formats.workbook_reading import merged_across
from sekom_analysis.study.decisions import PASSES, coder_fault
from sekom_analysis.study.points import point_named
from sekom_analysis.study.raw import Raw
from sekom_analysis.study.rows import answer_fault

# --- the decisions of a table of others, as its map says what is what ---------------------------------


_COLUMNS = ["note_id", "coder", "variable", "pass", "codes", "certainty", "memo", "decided_at"]


class Taken(NamedTuple):
    """What a table brings.

    Parameters
    ----------
    decisions : one row per note, coder, variable and pass
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
        Problem.of(file, None, "map_column", name=name, names=", ".join(table.columns))
        for name in dict.fromkeys(found.columns)
        if name not in table.columns
    ]
    coders = [*found.coders.values(), *(one.coder for one in found.answers.values()), found.whose]
    for coder in dict.fromkeys(filter(None, coders)):
        if fault := coder_fault(coder):
            problems.append(Problem.of(file, None, "map_coder", fault=fault))
    named = [*found.variables.values(), *(one.variable for one in found.answers.values()), *found.codes]
    for name in dict.fromkeys(filter(None, named)):
        if name not in raw.codebook:
            names = ", ".join(raw.codebook.ids)
            problems.append(Problem.of(file, None, "map_variable", name=name, names=names))
    for name, answer in found.answers.items():
        if not (answer.variable or found.variable or found.path):
            problems.append(Problem.of(file, None, "map_no_variable", name=name))
        if not (answer.coder or found.coder or found.whose):
            problems.append(Problem.of(file, None, "map_no_coder", name=name))
    return problems + ([] if problems else list(_code_problems(found, raw, file)))


def _code_problems(found: Map, raw: Raw, file: str) -> Iterator[Problem]:
    for name, codes in found.codes.items():
        variable = raw.codebook[name]
        for value, code in codes.items():
            allowed = [*variable.answers, *([NO_CODE] if variable.kind == "multiple" else [])]
            if code and code not in allowed:
                said = {"value": value, "name": name, "code": code, "allowed": ", ".join(allowed)}
                yield Problem.of(file, None, "map_code", **said)


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
                self.refused.add("others_no_note", _at(int(row), cells[self.map.note]))
        rows = [row for key in self.said if (row := self._decision(key)) is not None]
        decisions = pd.DataFrame(rows, columns=_COLUMNS, dtype="str") if rows else NO_DECISIONS.copy()
        return Taken(decisions, self.refused.problems(), self.remarks.problems())

    def _take_cell(self, row: int, note: str, column: str, cells: dict[str, str]) -> None:
        answer = self.map.answers[column]
        coder = answer.coder or self._coder(cells, row)
        if not coder:
            return
        if is_unsaid(cells[column]):
            self.remarks.add("others_nobody", _at(row, column))
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
        asked = self.raw.codebook[variable]
        if not values and not (self.map.empty == "none" and asked.kind == "multiple"):
            self.remarks.add("others_empty", _at(row, column))
            return
        codes: list[str] | None
        if asked.kind == "scale":
            codes = [point_named(asked, value) or value for value in values]
        else:
            codes = self._codes(variable, values, row)
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
            self.refused.add(f"others_unknown_{what}", _at(row, cell))
        elif not found:
            self.refused.add(f"others_no_{what}", _at(row, cell))
        return found or ""

    def _codes(self, variable: str, values: list[str], row: int) -> list[str] | None:
        """Return the codes of a cell; None where nothing of it can be taken."""
        known = self.map.codes.get(variable, {})
        unknown = [value for value in values if value not in known]
        if unknown:
            self.refused.add("others_unknown_answer", _at(row, ", ".join(unknown)), variable=variable)
            return None
        for value in values:
            if not known[value]:
                self.refused.add("others_no_code", _at(row, value), variable=variable)
        codes = list(dict.fromkeys(known[value] for value in values if known[value]))
        return codes if codes or not values else None

    def _more(self, name: str, cells: dict[str, str]) -> str:
        column = getattr(self.map, name)
        cell = cells[column] if column else ""
        if name == "time":
            return time_of(cell, self.remarks)
        if name == "certainty" and cell.strip() not in ("", "1", "2", "3"):
            self.remarks.add("others_certainty", cell.strip())
            return ""
        return cell.strip() if name == "certainty" else remark_of(cell)

    def _pass(self, cells: dict[str, str], row: int) -> str:
        cell = cells[self.map.pass_].strip() if self.map.pass_ else ""
        if cell and cell not in {str(number) for number in PASSES}:
            self.remarks.add("others_pass", _at(row, cell))
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
        kind, fault = "", ""
        if not variable.applies_to(note, self._stages.get(note)):
            kind = "others_not_asked"
        elif NO_CODE in codes and len(codes) > 1:
            kind = "others_code_and_none"
        elif variable.kind != "multiple" and len(codes) > 1:
            kind = "others_several"
        elif name in self._whole and _differ(said):
            # Where a cell holds all of an answer, another row is another answer, not more of it.
            kind = "others_differ"
        elif fault := answer_fault(variable, answer):
            kind = "others_answer"
        if kind:
            where = Phrase("note_and_rows", note=note, rows=rows, codes=", ".join(codes))
            self.refused.add(kind, where, coder=coder, variable=name, fault=fault)
            return None
        memos = "\n".join(dict.fromkeys(one.memo for one in said if one.memo))
        certainty = next((one.certainty for one in said if one.certainty), "")
        return (*key, answer, certainty, memos, max(one.decided_at for one in said))


def _at(row: int, text: str) -> Phrase:
    return Phrase("row_and_text", row=row, text=shortened(text.strip(), 52))


def _differ(said: list[_Said]) -> bool:
    """Whether rows, each with all its cells, say different things."""
    by_row: dict[int, set[str]] = {}
    for one in said:
        by_row.setdefault(one.row, set()).update(one.codes)
    return len(set(map(frozenset, by_row.values()))) > 1


# --- A table of what others decided into a study: by its map, or first a map for a person to go through ---


_MOST_SHOWN = 40
_TOKENS = b"#FORMAT=WebAnno TSV"
_INTRO = """What the columns of {file} seem to be. Nothing has been taken in yet.
Go through it, above all what is doubtful. Then:
  sekom import {file} --as decisions --map {map}
note: the column that says which note it is; notes_are: ids or texts.
coder: the column that says who decided; coders: what it contains, and the id here ('' leaves that one out).
whose: who decided it all, where no column says.
answers: the columns with answers, each with its variable (and its coder, where every coder has a column).
several: what separates several codes in a cell; path: what separates a variable from its code ('Teman/Tid').
empty: unseen, or none where an empty cell is an answer.
codes: what the cells say, and the code here ('' leaves those answers out, 'no code' says
that none belongs; for a variable with several codes only).
Columns that are not named here are left alone: {rest}."""


def find_decisions(request: Request) -> Material:
    """Return the decisions of a table; without a map, write a proposal of one beside it.

    Raises
    ------
    ExchangeError
        If the table or its map cannot be read, or a map lies there already.
    """
    if request.map is None:
        coding = _read_coding(request)
        if coding is not None and (coding.sure or not coding.plain):
            return coding.material
        return _propose(_table(request.path), request)
    table = _table(request.path)
    found = read_map(request.map)
    if request.coder is not None:
        found = _of_one(found, request.coder, request.map)
    problems = map_problems(found, table, request.raw, request.map.name)
    if problems:
        msg = f"The map cannot be used:\n{problem_lines(problems)}\nNothing was saved."
        raise ExchangeError(msg)
    taken = Taker(found, request.raw, request.path.name).take(table)
    if taken.decisions.empty:
        lines = problem_lines([*taken.refused, *taken.remarks])
        msg = (
            f"'{request.path.name}' was not taken in: no decision in it can be.\n{lines}\nNothing was saved."
        )
        raise ExchangeError(msg)
    return Material(decisions=taken.decisions, refused=taken.refused, remarks=taken.remarks)


def _read_coding(request: Request) -> Coding | None:
    """Return what the files hold, if they are kept as people keep coding and no cell is two columns wide."""
    path = request.path
    if path.suffix.lower() not in OTHER_BOOKS and not _is_plain(path):
        return None
    coding = read_coding(request.raw, request.beside or (path,), path, request.coder)
    if coding is not None and coding.material.decisions.empty:
        return None
    return coding


def _is_plain(path: Path) -> bool:
    """Whether a file can be had, is no list of tokens and has no cell that is two columns wide."""
    data, problem = read_bytes(path)
    if problem or data.startswith(_TOKENS):
        return False
    try:
        return path.suffix.lower() not in WORKBOOKS or not merged_across(data)
    except ExchangeError:
        return False


def _other_table(path: Path) -> pd.DataFrame:
    """Return the first sheet with anything in it of LibreOffice's or Excel's old workbook."""
    grids = [grid for grid in read_grids(path).grids if any(map(any, grid.rows))]
    shown = [grid for grid in grids if not grid.is_hidden] or grids
    empty = [Problem.of(path.name, None, "table_empty")]
    table, problems = as_table(shown[0].rows, path.name, []) if shown else (pd.DataFrame(), empty)
    if problems:
        raise unreadable(path, problems)
    return table


def _table(path: Path) -> pd.DataFrame:
    if path.suffix.lower() in OTHER_BOOKS:
        return _other_table(path)
    data, problem = read_bytes(path)
    if data.startswith(_TOKENS):
        raise refusal(path.name, "others_webanno")
    table, problems = check_table(path)
    if path.suffix.lower() in WORKBOOKS and not problems and not problem:
        problems = [
            Problem.of(path.name, row, "others_merged", cells=cells) for row, cells in merged_across(data)
        ]
    if problems:
        msg = (
            f"'{path.name}' could not be read as a table:\n{problem_lines(problems[:40])}\nNothing was saved."
        )
        raise ExchangeError(msg)
    return table


def _of_one(found: Map, coder: str, path: Path) -> Map:
    """Give everything to the coder asked for, if it is one's."""
    if found.coder or any(one.coder for one in found.answers.values()):
        msg = f"The map '{path.name}' says who decided, as does --coder. Leave one out. Nothing was saved."
        raise ExchangeError(msg)
    return found.model_copy(update={"whose": coder})


def _propose(table: pd.DataFrame, request: Request) -> Material:
    path, raw = request.path, request.raw
    whose = request.coder or coder_id(path.stem, set(raw.about.coders))
    proposal = propose(table, raw.codebook, raw.notes, whose)
    if proposal is None or not proposal.map.answers:
        kind = "others_no_notes" if proposal is None else "others_no_answers"
        raise refusal(path.name, kind, names=", ".join(table.columns))
    target = path.with_suffix(".map.yaml")
    if target.exists():
        msg = (
            f"'{target.name}' is there already and may hold somebody's work. Nothing was written. "
            f"Take the table in with: sekom import {path.name} --as decisions --map {target.name}   "
            f"or move it away for a new proposal."
        )
        raise ExchangeError(msg)
    rest = ", ".join(name for name in table.columns if name not in proposal.map.columns) or "none"
    intro = _INTRO.format(file=path.name, map=target.name, rest=" ".join(rest.split()))
    replace_file(target, map_text(proposal.map, proposal.doubts, intro).encode("utf-8"), in_study=True)
    return Material(remarks=list(_remarks(proposal, path.name)), proposals=[target])


def _remarks(proposal: Proposal, file: str) -> list[Problem]:
    """Say what each column was taken for, and what is doubtful."""
    found = proposal.map
    remarks = [Problem.of(file, None, "others_is_note", name=found.note, by=found.notes_are)]
    if found.coder:
        remarks.append(Problem.of(file, None, "others_is_coder", name=found.coder))
    if found.variable:
        remarks.append(Problem.of(file, None, "others_is_variable", name=found.variable))
    for name, one in found.answers.items():
        by = Phrase("answers_by", coder=one.coder) if one.coder else ""
        to = one.variable or Phrase("answers_to_that" if found.variable else "answers_to_each")
        remarks.append(Problem.of(file, None, "others_is_answer", name=name, to=to, by=by))
    return remarks + [
        Problem.of(file, None, "others_doubt", path=" → ".join(path), doubt=doubt)
        for path, doubt in proposal.doubts.items()
    ]
