"""Copies of coders' logs, as they come back: by mail, from a synced folder, saved again by Excel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from sekom_analysis.codebook import Variable
from sekom_analysis.coderlog import LOG
from sekom_analysis.decisions import Event, coder_fault
from sekom_analysis.definitions import Definitions
from sekom_analysis.exchange.tables import check_table
from sekom_analysis.files import original_name
from sekom_analysis.logline import (
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
from sekom_analysis.problems import Problem

_SEND_AGAIN = "send the log itself (data/coded/CODER.csv) once more, not opened in another program"


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
    """Return whose log a file is by its name; empty if the name does not tell.

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
        problem = Problem(
            path.name, None, f"cannot be read: {error.strerror}", "check the name and the folder"
        )
        return Delivery(path.name, [], [problem], [], definitions)
    return _read_lines(path.name, as_utf8(data), definitions)


def _read_lines(file: str, data: bytes, definitions: Mapping[str, Variable]) -> Delivery:
    delivery = Delivery(file, [], [], [], definitions)
    for number, line in lines_of(data, LOG):
        if not line.strip(b" ,;\t") or is_header(line, LOG):
            continue
        row, fault = row_of(line, LOG)
        if not fault and (spoilt := _spoilt(row)):
            delivery.refused.append(Problem(file, number, spoilt, _SEND_AGAIN))
        elif not fault:
            delivery.events.append((number, Event._make(row)))
        elif _is_cut(line):
            what = "a line that was cut off, by a crash or because the copy is not whole"
            todo = "nothing, if it is from a crash: it was never acknowledged; else send the log once more"
            delivery.unfinished.append(Problem(file, number, what, todo))
        else:
            shown = line[:60].decode("utf-8", "replace")
            what = f"a line that cannot be read ({fault}): {shown}"
            delivery.refused.append(Problem(file, number, what, _SEND_AGAIN))
    if not delivery.events:
        what = (
            "there is no decision in it" if not delivery.refused else "no line of it is one of a coder's log"
        )
        delivery.refused[:] = [Problem(file, None, what, _SEND_AGAIN)]
    return delivery


def _spoilt(row: tuple[str, ...]) -> str:
    """Say where a memo was read in the letters of Windows or Macintosh, and saved with what that gave."""
    memo = Event._make(row).memo
    for encoding in () if memo.isascii() else ("cp1252", "mac_roman"):
        try:
            was = memo.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        return f"another program has spoilt its letters: '{memo[:40]}' was '{was[:40]}'"
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
    missing = len(LOG.columns) - len(cells)
    return missing > 0 or (missing == 0 and any(kind.startswith(cells[-1]) for kind in LOG.events))


def _read_workbook(path: Path, definitions: Mapping[str, Variable]) -> Delivery:
    table, problems = check_table(path)
    missing = [column for column in LOG.columns if column not in table.columns]
    delivery = Delivery(path.name, [], list(problems), [], definitions)
    if missing and not problems:
        what = f"it is no coder's log: there is no column {', '.join(map(repr, missing))}"
        delivery.refused.append(Problem(path.name, 1, what, _SEND_AGAIN))
    if delivery.refused:
        return delivery
    for number, cells in zip(table.index, table[list(LOG.columns)].itertuples(index=False), strict=True):
        row = tuple(unescaped(cell) for cell in cells)
        fault = row_fault(row, LOG) or _spoilt(row)
        if fault:
            delivery.refused.append(Problem(path.name, int(number), f"no event: {fault}", _SEND_AGAIN))
        else:
            delivery.events.append((int(number), Event._make(row)))
    return delivery
