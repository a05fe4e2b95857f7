"""The headings of a report, as somebody gives or confirms them: a small YAML file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sekom_analysis.codebook import Codebook, Id, Texts
from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import Limits, read_file
from sekom_analysis.problems import Problem, problem_lines
from sekom_analysis.yamlfile import parse_yaml

_ASKED = 'Headings, or notes? Take the "#" away before each that is a heading.'
_WHICH = "? which code; '' for none"
_LIMITS = Limits(file_bytes=1_000_000)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _as_codes(value: Any) -> Any:
    """Let a list stand for headings that mean no code."""
    if value is None:
        return {}
    if isinstance(value, list):
        return dict.fromkeys(map(str, value), "")
    if isinstance(value, dict):
        return {str(name): "" if code is None else str(code) for name, code in value.items()}
    return value


class Level(_Frozen):
    """Headings of one kind: each a code of a variable, or kept in a column of the notes, or both."""

    variable: Id | None = None
    column: Annotated[str | None, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")] = None
    headings: Annotated[dict[str, str], BeforeValidator(_as_codes)] = {}


class Part(_Frozen):
    """A part of the report that holds notes, and its levels of headings, the outermost first.

    ``from`` and ``to`` are the lines at which it begins and ends (they are no
    notes themselves), or their numbers; left out, the file's first and last.
    """

    from_: Annotated[str | int | None, Field(alias="from")] = None
    to: str | int | None = None
    stage: str = ""
    levels: tuple[Level, ...] = ()


class Headings(_Frozen):
    """What tells headings from notes in one report.

    Parameters
    ----------
    source : what the notes' column ``source`` says; the file's name, if empty
    coder : the id under which the report's own sorting is kept
    wrapped : whether notes run over several lines, as in text copied from a PDF
    left_out : lines that are neither heading nor note, such as a page's header
    notes : lines that are notes, though they look like headings
    parts : the parts with notes, in their order
    """

    source: str = ""
    coder: str = "report"
    wrapped: bool = False
    left_out: Texts = ()
    notes: Texts = ()
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]


def read_headings(path: Path) -> Headings:
    """Return the headings that a file gives.

    Raises
    ------
    ExchangeError
        If it cannot be read or used; lists every problem with its row.
    """
    data = read_file(path, _LIMITS)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        problem = Problem(path.name, row, "it is not UTF-8 text", "save it again as UTF-8")
        raise _refusal(path, [problem]) from None
    headings, problems = parse_yaml(text, Headings, path.name)
    if headings is None:
        raise _refusal(path, problems)
    return headings


def check_headings(headings: Headings, codebook: Codebook, file: str) -> list[Problem]:
    """List the variables, codes and stages of headings that a codebook does not have."""
    problems = []
    for part in headings.parts:
        for level in part.levels:
            if level.variable is None:
                continue
            if level.variable not in codebook:
                what = f"the codebook has no variable '{level.variable}'"
                problems.append(Problem(file, None, what, f"its variables: {', '.join(codebook.ids)}"))
                continue
            variable = codebook[level.variable]
            if variable.stage is not None and part.stage not in variable.stage:
                what = f"'{variable.id}' is asked of stage {', '.join(variable.stage)}, not '{part.stage}'"
                problems.append(Problem(file, None, what, "give the part its 'stage:'"))
            for heading, code in level.headings.items():
                if code and code not in variable.answers:
                    what = f"heading '{heading}': '{variable.id}' has no code '{code}'"
                    problems.append(Problem(file, None, what, f"its codes: {', '.join(variable.answers)}"))
    return problems


def _refusal(path: Path, problems: Iterable[Problem]) -> ExchangeError:
    msg = f"The headings cannot be used:\n{problem_lines(problems)}\nNothing was saved."
    return ExchangeError(msg)


def same(text: str) -> str:
    """Return a heading as it is compared: capitals, spaces, a colon at its end say nothing.

    Examples
    --------
    >>> same("SEKOM’S  roll:") == same("Sekom's roll")
    True
    """
    plain = unicodedata.normalize("NFC", text).replace("’", "'").replace("´", "'")
    return " ".join(re.sub(r"\s*:$", "", plain.strip()).split()).casefold()


def headings_text(
    headings: Headings, doubts: dict[int, list[str]], unsure: Collection[str], intro: str
) -> str:
    """Return headings as the text of a file to edit.

    Parameters
    ----------
    headings : what is proposed
    doubts : for each part, by its number, lines that may be headings and are taken for notes
    unsure : headings whose code is not sure
    intro : what to tell who edits it, one comment a line
    """
    rows = [f"# {line}".rstrip() for line in intro.splitlines()]
    rows += [f"source: {_quoted(headings.source)}", f"coder: {_quoted(headings.coder)}"]
    rows += [f"wrapped: {'true' if headings.wrapped else 'false'}", "left_out: []", "notes: []", "parts:"]
    for number, part in enumerate(headings.parts):
        rows += _part_rows(part, doubts.get(number, []), unsure)
    return "\n".join(rows) + "\n"


def _part_rows(part: Part, doubts: list[str], unsure: Collection[str]) -> list[str]:
    rows = [
        f"  - from: {_place(part.from_)}",
        f"    to: {_place(part.to)}",
        f"    stage: {_quoted(part.stage)}",
    ]
    rows.append("    levels:" if part.levels else "    levels: []")
    for level in part.levels:
        name = f"variable: {level.variable}" if level.variable else f"column: {level.column}"
        rows += [f"      - {name}", "        headings:"]
        for heading, code in level.headings.items():
            asked = f"  # {_WHICH}" if heading in unsure and level.variable else ""
            rows.append(f"          {_quoted(heading)}: {_quoted(code)}{asked}")
    if part.levels and doubts:
        rows.append(f"          # {_ASKED}")
        rows += [f"          # {_quoted(doubt)}: ''" for doubt in doubts]
    return rows


def _place(place: str | int | None) -> str:
    return "" if place is None else str(place) if isinstance(place, int) else _quoted(place)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
