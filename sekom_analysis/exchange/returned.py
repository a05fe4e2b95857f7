"""What comes back from elsewhere, held against the logs here: decisions of a project, and copied logs.

A project goes out, is coded by somebody more, and comes back with the answers
that it went out with. These are known by what they say. What a coder who has a
log here says otherwise in the file stays out unless it is asked for: another
program does not say whether it was said later, or by somebody of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import file_hash, original_name, reason_of
from sekom_analysis.basics.wording import Phrase, Problem, quoted
from sekom_analysis.exchange.registry import Request
from sekom_analysis.exchange.taking_in import NO_DECISIONS
from sekom_analysis.formats.tables import check_table
from sekom_analysis.study.codebook import Definitions, Variable, asked_by
from sekom_analysis.study.coderlogs import CoderLogs
from sekom_analysis.study.decisions import Event, coder_fault, same_answer
from sekom_analysis.study.imports import event_ids, unfinished_import
from sekom_analysis.study.log import LOG, event_of
from sekom_analysis.study.rows import (
    DELIMITERS,
    as_utf8,
    cells_of,
    is_header,
    is_time,
    lines_of,
    row_fault,
    row_of,
    unescaped,
)

NEW, KNOWN, EARLIER, OTHER = "new", "known", "earlier", "other"
Row = Mapping[str, Any]
Verdict = tuple[str, "Said | None"]


class Returned(NamedTuple):
    """What became of decisions.

    Attributes
    ----------
    new : those to be taken in
    refused : those of coders who have a log here and say something else in it, or nothing
    remarks : earlier answers of coders who have decided again here since
    known : how many are here already
    """

    new: pd.DataFrame
    refused: list[Problem]
    remarks: list[Problem]
    known: int


class Said(NamedTuple):
    """An answer, with the certainty and the memo that belong to it, spaces aside."""

    codes: frozenset[str]
    certainty: str
    memo: str

    @classmethod
    def of(cls, row: Row) -> Said:
        """Return what a decision says."""
        memo = " ".join(str(row.get("memo", "")).split())
        return cls(same_answer(str(row["codes"])), str(row.get("certainty", "")), memo)

    def is_in(self, here: Said) -> bool:
        """Whether a decision here says all of it; other programs drop certainties and memos."""
        return (
            self.codes == here.codes
            and self.certainty in ("", here.certainty)
            and self.memo in ("", here.memo)
        )


class _Log(NamedTuple):
    """What one coder's log says: each event, what stands and all that was ever said, by question."""

    events: dict[str, Said]
    standing: dict[tuple[str, ...], Said]
    said: dict[tuple[str, ...], list[Said]]
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
        [] if request.later else list(_all_refused(others, request.path.name)),
        _remarks(earlier, request.path.name),
        sum(verdict in (KNOWN, EARLIER) for _, verdict, _ in weighed),
    )


def _verdicts(decisions: pd.DataFrame, request: Request) -> list[tuple[Row, str, Said | None]]:
    """Return each decision, what is to be said of it, and what its coder says here."""
    root, digest = request.raw.root, file_hash(request.path)
    ids = event_ids(decisions, digest)
    later_ids = event_ids(decisions.assign(event_id=""), digest)
    logs, here = CoderLogs(root), CoderLogs(root).coders()
    of = {coder: _read(logs, coder, ids) for coder in set(map(str, decisions["coder"])) if coder in here}
    is_begun = unfinished_import(root, digest, request.kind) is not None
    return [
        (row, *_verdict(row, both, of.get(str(row["coder"])), is_begun))
        for row, *both in zip(_rows(decisions), ids, later_ids, strict=True)
    ]


def _read(logs: CoderLogs, coder: str, ids: Iterable[str]) -> _Log:
    read = logs.read(coder)
    events = {str(row["event_id"]): row for row in _rows(read.history)}
    said: dict[tuple[str, ...], list[Said]] = {}
    for row in events.values():
        said.setdefault(_key(row), []).extend([Said.of(row)] if row["event"] == "decide" else [])
    return _Log(
        {event_id: Said.of(row) for event_id, row in events.items()},
        {_key(row): Said.of(row) for row in _rows(read.decisions)},
        said,
        bool(events.keys() - set(ids)),
    )


def _rows(table: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _key(row: Row) -> tuple[str, ...]:
    return str(row["note_id"]), asked_by(str(row["variable"]), str(row["codes"])), str(row["pass"])


def _verdict(row: Row, ids: Sequence[str], log: _Log | None, is_begun: bool) -> Verdict:
    """Return what is to be said of a decision, and what its coder says here.

    Parameters
    ----------
    row : the decision
    ids : the event ids that it gets, as it was made and as a later one
    log : what its coder says here
    is_begun : whether an import of the file was cut off
    """
    if log is None:
        return NEW, None
    key, answer = _key(row), Said.of(row)
    stands = log.standing.get(key)
    as_made, as_later = (one in log.events and answer.is_in(log.events[one]) for one in ids)
    if (as_made or as_later) and is_begun:
        # An import that was cut off is completed with all that it began with; nothing is written twice.
        return NEW if as_made else OTHER, stands
    if as_made or (stands is not None and answer.is_in(stands)):
        return KNOWN, stands
    if any(answer.is_in(said) for said in log.said.get(key, ())):
        return EARLIER, stands
    return OTHER if log.is_from_elsewhere or key in log.said else NEW, stands


def _as_later(row: Row) -> Row:
    """Return a decision as one that is made now: the log here may have decided since it was made there."""
    return {**row, **{name: "" for name in ("decided_at", "event_id") if name in row}}


def _all_refused(others: list[tuple[Row, Said | None]], file: str) -> Iterator[Problem]:
    """Yield what stays out: another answer on its own, other memos and certainties of a coder together."""
    remarked: dict[str, list[Row]] = {}
    for row, stands in others:
        if stands is not None and stands.codes == same_answer(str(row["codes"])):
            remarked.setdefault(str(row["coder"]), []).append(row)
        else:
            yield _refused(row, stands, file)
    for coder, rows in remarked.items():
        first = {"variable": rows[0]["variable"], "note": rows[0]["note_id"]}
        yield Problem.of(file, None, "returned_beside", n=len(rows), coder=coder, **first)


def _refused(row: Row, stands: Said | None, file: str) -> Problem:
    here = Phrase("returned_unanswered")
    if stands is not None:
        here = Phrase("returned_here", codes="|".join(sorted(stands.codes)))
    is_later = str(row["pass"]) != "1"
    in_pass = Phrase("returned_in_pass" if is_later else "returned_in_own", n=row["pass"])
    about = {"variable": row["variable"], "note": row["note_id"], "codes": row["codes"]}
    said = {"coder": row["coder"], "here": here, "in_pass": in_pass}
    return Problem.of(file, None, "returned_other", **about, **said)


def _remarks(earlier: list[Row], file: str) -> list[Problem]:
    if not earlier:
        return []
    first = earlier[0]
    where = {"coder": first["coder"], "variable": first["variable"], "note": first["note_id"]}
    return [Problem.of(file, None, "returned_changed", n=len(earlier), **where)]


def _as_coder(decisions: pd.DataFrame, whose: set[str], coder: str, file: str) -> pd.DataFrame:
    """Give the new decisions to the coder asked for, if they are one's."""
    if len(whose) > 1:
        msg = (
            f"'{file}' holds new decisions of {len(whose)} coders ({', '.join(sorted(whose))}), and "
            f"--coder names one. Leave it out. Nothing was saved."
        )
        raise ExchangeError(msg)
    return decisions.assign(coder=decisions["coder"].replace(dict.fromkeys(whose, coder)))


# --- copies of coders' logs, as they come back: by mail, from a synced folder, saved again by Excel ---


class Delivery(NamedTuple):
    """What a file brings.

    Attributes
    ----------
    file : name of the file, for problems
    events : row in the file and event, in the file's order
    refused : lines that say something which cannot be read
    unfinished : lines that were cut off
    definitions : what variables looked like to the coder, by version, as far as it came along
    """

    file: str
    events: list[tuple[int, Event]]
    refused: list[Problem]
    unfinished: list[Problem]
    definitions: Mapping[str, Variable]


def coder_of(path: Path, known: Iterable[str]) -> str:
    """Return whose log a file is by its name; empty if the name does not say.

    Parameters
    ----------
    path : the file
    known : coders of the study

    Examples
    --------
    >>> [coder_of(Path(name), ["anna"]) for name in ("Anna (1).csv", "anna-conflict-20240101.csv", "b 2.csv")]
    ['anna', 'anna', '']
    >>> coder_of(Path("Kopia av bo - Kopia.csv"), ["anna"]), coder_of(Path("anna-b.csv"), ["anna", "anna-b"])
    ('bo', 'anna-b')
    """
    name = original_name(path.name, set(known))
    return "" if coder_fault(name) else name


def read_log_copy(path: Path) -> Delivery:
    """Read a copied log: as it was, saved again by a spreadsheet program, or as a workbook.

    Nothing is written. Definitions are looked for in ``codebooks`` beside the file.
    """
    definitions = Definitions(path.parent).read()
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _read_workbook(path, definitions)
    try:
        data = path.read_bytes()
    except OSError as error:
        problem = Problem.of(path.name, None, "copy_unreadable", reason=reason_of(error))
        return Delivery(path.name, [], [problem], [], definitions)
    return _read_lines(path.name, as_utf8(data), definitions)


def _read_lines(file: str, data: bytes, definitions: Mapping[str, Variable]) -> Delivery:
    delivery = Delivery(file, [], [], [], definitions)
    for number, line in lines_of(data, LOG):
        if not line.strip(b" ,;\t") or is_header(line, LOG):
            continue
        row, fault = row_of(line, LOG)
        if not fault and (spoilt := _spoilt(row)):
            delivery.refused.append(Problem.of(file, number, "copy_spoilt", fault=spoilt))
        elif not fault:
            delivery.events.append((number, event_of(row)))
        elif _is_cut(line):
            delivery.unfinished.append(Problem.of(file, number, "copy_cut"))
        else:
            shown = line[:60].decode("utf-8", "replace")
            delivery.refused.append(Problem.of(file, number, "copy_line", fault=fault, line=shown))
    if not delivery.events:
        kind = "copy_no_log" if delivery.refused else "copy_empty"
        delivery.refused[:] = [Problem.of(file, None, kind)]
    return delivery


def _spoilt(row: tuple[str, ...]) -> str:
    """Say where a memo was read in the letters of Windows or Macintosh, and saved with what that gave."""
    memo = event_of(row).memo
    for encoding in () if memo.isascii() else ("cp1252", "mac_roman"):
        try:
            was = memo.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return Phrase("fault_spoilt", text=memo[:40], was=was[:40])
    return ""


def _is_cut(line: bytes) -> bool:
    """Whether a line is the beginning of a row: it opens as one does, and ends before its last cell."""
    text = line.decode("utf-8-sig", "replace")
    for delimiter in DELIMITERS:
        cells = cells_of(text, delimiter) or text.split(delimiter)  # a quote may be open at the cut
        while cells and not cells[-1]:
            cells.pop()
        if cells and is_time(cells[0]) and _is_short(cells):
            return True
    return bool(re.fullmatch(r"2[01]\d\d-[\dT:.-]*", text.rstrip(",;\t")))


def _is_short(cells: list[str]) -> bool:
    if len(cells) < len(LOG.earlier):
        return True
    is_cut = any(kind.startswith(cells[-1]) for kind in LOG.events) or re.fullmatch("[0-9:|]+", cells[-1])
    return len(cells) <= len(LOG.columns) and bool(is_cut)


def _read_workbook(path: Path, definitions: Mapping[str, Variable]) -> Delivery:
    table, problems = check_table(path)
    missing = [column for column in LOG.earlier if column not in table.columns]
    delivery = Delivery(path.name, [], list(problems), [], definitions)
    if missing and not problems:
        columns = quoted(missing)
        delivery.refused.append(Problem.of(path.name, 1, "copy_columns", columns=columns))
    if delivery.refused:
        return delivery
    table = table.reindex(columns=list(LOG.columns), fill_value="")
    for number, cells in zip(table.index, table.itertuples(index=False), strict=True):
        row = tuple(unescaped(cell) for cell in cells)
        fault = row_fault(row, LOG) or _spoilt(row)
        if fault:
            delivery.refused.append(Problem.of(path.name, int(number), "copy_event", fault=fault))
        else:
            delivery.events.append((int(number), event_of(row)))
    return delivery
