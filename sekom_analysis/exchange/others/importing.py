"""A table of what others decided into a study: by its map, or first a map for a person to go through."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sekom_analysis.additions import Material
from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import refusal
from sekom_analysis.exchange.importing import Request
from sekom_analysis.exchange.others.mapping import Map, map_text, read_map
from sekom_analysis.exchange.others.proposing import Proposal, propose
from sekom_analysis.exchange.others.taking import Taker, map_problems
from sekom_analysis.exchange.refi.ids import coder_id
from sekom_analysis.exchange.tables import WORKBOOKS, check_table, read_bytes, replace_file
from sekom_analysis.exchange.workbooks import merged_across
from sekom_analysis.problems import Problem, problem_lines

_MOST_SHOWN = 40
_TOKENS = b"#FORMAT=WebAnno TSV"
_INTRO = """What the columns of {file} seem to be. Nothing has been taken in yet.
Go through it, above all what is doubtful. Then:
  sekom import {file} --as decisions --map {map}
note: the column that tells the note; notes_are: ids or texts.
coder: the column that tells who decided; coders: what it holds, and the id here ('' leaves that one out).
whose: who decided it all, where no column tells.
answers: the columns with answers, each with its variable (and its coder, where every coder has a column).
several: what stands between several codes in a cell; path: between a variable and its code ('Teman/Tid').
empty: unseen, or none where an empty cell is an answer.
codes: what stands in the cells, and the code here ('' leaves those answers out, 'no code' says
that none belongs; for a variable with several codes only).
Columns that are not named here are left alone: {rest}."""


def find_decisions(request: Request) -> Material:
    """Return the decisions of a table; without a map, write a proposal of one beside it.

    Raises
    ------
    ExchangeError
        If the table or its map cannot be read, or a map lies there already.
    """
    table = _table(request.path)
    if request.map is None:
        return _propose(table, request)
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


def _table(path: Path) -> pd.DataFrame:
    data, problem = read_bytes(path)
    if data.startswith(_TOKENS):
        what = "it is WebAnno TSV, which holds a row for each word, not a decision on each note"
        raise refusal(path.name, what, "export the differences (CSV) on INCEpTION's page Agreement")
    table, problems = check_table(path)
    if path.suffix.lower() in WORKBOOKS and not problems and not problem:
        problems = [
            Problem(
                path.name, row, f"the cells {cells} are one: whose the answer is cannot be told", "split them"
            )
            for row, cells in merged_across(data)
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
        msg = f"The map '{path.name}' tells who decided, and --coder too. Leave one out. Nothing was saved."
        raise ExchangeError(msg)
    return found.model_copy(update={"whose": coder})


def _propose(table: pd.DataFrame, request: Request) -> Material:
    path, raw = request.path, request.raw
    whose = request.coder or coder_id(path.stem, set(raw.about.coders))
    proposal = propose(table, raw.codebook, raw.notes, whose)
    if proposal is None or not proposal.map.answers:
        lacking = (
            "ids or texts of the study's notes" if proposal is None else "answers that the codebook knows"
        )
        what = f"no column holds {lacking} (it has: {', '.join(table.columns)})"
        raise refusal(path.name, what, "compare ids, texts and labels, or write a map by hand")
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
    told = [f"'{found.note}' tells the note (by {found.notes_are})"]
    told += [f"'{found.coder}' tells the coder"] if found.coder else []
    told += [f"'{found.variable}' tells the variable"] if found.variable else []
    for name, one in found.answers.items():
        by = f" by {one.coder}" if one.coder else ""
        to = one.variable or ("that variable" if found.variable else "the variable that each begins with")
        told.append(f"'{name}' holds answers to {to}{by}")
    remarks = [Problem(file, None, what, "see that it is right") for what in told]
    return remarks + [
        Problem(file, None, f"{' → '.join(path)}: {doubt}", "settle it in the map")
        for path, doubt in proposal.doubts.items()
    ]
