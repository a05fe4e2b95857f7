"""Decisions that come back with a project, held against the logs here.

A project goes out, is coded by somebody more, and comes back with the answers
that it went out with. These are known by what they say. What a coder who has a
log here says otherwise in the file stays out unless it is asked for: another
program does not tell whether it was said later, or by somebody of the same name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.additions import NO_DECISIONS
from sekom_analysis.adjudications import same_answer
from sekom_analysis.coderlogs import CoderLogs
from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.importing import Request
from sekom_analysis.imports import event_ids, file_hash, unfinished_import
from sekom_analysis.problems import Problem

NEW, KNOWN, EARLIER, OTHER = "new", "known", "earlier", "other"
Row = Mapping[str, Any]


class Returned(NamedTuple):
    """What became of decisions.

    Attributes
    ----------
    new : those to be taken in
    refused : those of coders who have a log here and say something else in it, or nothing
    remarks : earlier answers of coders who have decided anew here since
    known : how many are here already
    """

    new: pd.DataFrame
    refused: list[Problem]
    remarks: list[Problem]
    known: int


class _Log(NamedTuple):
    """What one coder's log says: each event's answer, what stands and what was ever said, by question."""

    answers: dict[str, frozenset[str]]
    standing: dict[tuple[str, ...], frozenset[str]]
    said: set[tuple[tuple[str, ...], frozenset[str]]]
    asked: set[tuple[str, ...]]
    is_from_elsewhere: bool


def weigh_returned(decisions: pd.DataFrame, request: Request) -> Returned:
    """Tell which decisions of a file are new, and which are here already or say something else.

    Parameters
    ----------
    decisions : as in a `Material`, with ``pass``
    request : the file and the study; `later` takes in what coders with a log here say otherwise

    Raises
    ------
    ExchangeError
        If the request names a coder, and several have new decisions.
    """
    weighed = _verdicts(decisions, request)
    if request.coder is not None:
        whose = {str(row["coder"]) for row, verdict, _ in weighed if verdict in (NEW, OTHER)}
        decisions = _as_coder(decisions, whose, request.coder, request.path.name)
        weighed = _verdicts(decisions, request)
    wanted = (NEW, OTHER) if request.later else (NEW,)
    new = [_as_later(row) if verdict == OTHER else row for row, verdict, _ in weighed if verdict in wanted]
    others = [(row, stands) for row, verdict, stands in weighed if verdict == OTHER]
    earlier = [row for row, verdict, _ in weighed if verdict == EARLIER]
    return Returned(
        pd.DataFrame(new, columns=decisions.columns, dtype="str") if new else NO_DECISIONS.copy(),
        [] if request.later else [_refused(row, stands, request.path.name) for row, stands in others],
        _remarks(earlier, request.path.name),
        sum(verdict in (KNOWN, EARLIER) for _, verdict, _ in weighed),
    )


def _verdicts(decisions: pd.DataFrame, request: Request) -> list[tuple[Row, str, frozenset[str] | None]]:
    """Return each decision, what is to be said of it, and what its coder says here."""
    root, digest = request.raw.root, file_hash(request.path)
    ids = event_ids(decisions, digest)
    logs, here = CoderLogs(root), CoderLogs(root).coders()
    of = {coder: _read(logs, coder, ids) for coder in set(map(str, decisions["coder"])) if coder in here}
    is_begun = unfinished_import(root, digest, request.kind) is not None
    return [
        (row, *_verdict(row, event_id, of.get(str(row["coder"])), is_begun))
        for row, event_id in zip(_rows(decisions), ids, strict=True)
    ]


def _read(logs: CoderLogs, coder: str, ids: Iterable[str]) -> _Log:
    read = logs.read(coder)
    events, standing = _rows(read.history), _rows(read.decisions)
    answers = {row["event_id"]: same_answer(row["codes"]) for row in events}
    return _Log(
        answers,
        {_key(row): same_answer(row["codes"]) for row in standing},
        {(_key(row), answers[row["event_id"]]) for row in events if row["event"] == "decide"},
        {_key(row) for row in events},
        bool(answers.keys() - set(ids)),
    )


def _rows(table: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _key(row: Row) -> tuple[str, ...]:
    return str(row["note_id"]), str(row["variable"]), str(row["pass"])


def _verdict(row: Row, event_id: str, log: _Log | None, is_begun: bool) -> tuple[str, frozenset[str] | None]:
    """Return what is to be said of a decision, and what its coder says here."""
    if log is None:
        return NEW, None
    key, answer = _key(row), same_answer(str(row["codes"]))
    stands = log.standing.get(key)
    if log.answers.get(event_id) == answer:
        # An import that was cut off is completed with all that it began with; nothing is written twice.
        return NEW if is_begun else KNOWN, stands
    if answer == stands:
        return KNOWN, stands
    if (key, answer) in log.said:
        return EARLIER, stands
    return OTHER if log.is_from_elsewhere or key in log.asked else NEW, stands


def _as_later(row: Row) -> Row:
    """Return a decision as one that is made now: the log here may have decided since it was made there."""
    return {**row, **{name: "" for name in ("decided_at", "event_id") if name in row}}


def _refused(row: Row, stands: frozenset[str] | None, file: str) -> Problem:
    coder, place = row["coder"], f"'{row['variable']}' of note '{row['note_id']}'"
    here = "no answer" if stands is None else f"'{'|'.join(sorted(stands))}'"
    pass_ = f" in pass {row['pass']}" if str(row["pass"]) != "1" else ""
    what = f"{coder} says {here} to {place}{pass_} here, '{row['codes']}' in the file"
    todo = (
        f"what stands here stays; if {coder} decided so later, import the file with --later; "
        f"if it is somebody else, give them an id of their own with --coder"
    )
    return Problem(file, None, what, todo)


def _remarks(earlier: list[Row], file: str) -> list[Problem]:
    if not earlier:
        return []
    first = earlier[0]
    where = f"{first['coder']}: '{first['variable']}' of note '{first['note_id']}'"
    what = f"{len(earlier)} answers were changed here since the project went out (such as {where})"
    return [Problem(file, None, what, "what stands here stays; nothing needs to be done")]


def _as_coder(decisions: pd.DataFrame, whose: set[str], coder: str, file: str) -> pd.DataFrame:
    """Give the new decisions to the coder asked for, if they are one's."""
    if len(whose) > 1:
        msg = (
            f"'{file}' holds new decisions of {len(whose)} coders ({', '.join(sorted(whose))}), and "
            f"--coder names one. Leave it out. Nothing was saved."
        )
        raise ExchangeError(msg)
    return decisions.assign(coder=decisions["coder"].replace(dict.fromkeys(whose, coder)))
