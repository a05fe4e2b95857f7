"""The headings of a report, as somebody gives or confirms them: a small YAML file."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Problem, problem_lines
from sekom_analysis.basics.yamlfile import parse_yaml
from sekom_analysis.exchange.outline.lines import Line, is_date_stamp, is_page_number
from sekom_analysis.formats.guarded import Limits, read_file
from sekom_analysis.study.codebook import Codebook, Id, Texts

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
    """What distinguishes headings from notes in one report.

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
        raise _refusal(path, [Problem.of(path.name, row, "headings_utf8")]) from None
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
                named = {"variable": level.variable, "names": ", ".join(codebook.ids)}
                problems.append(Problem.of(file, None, "headings_variable", **named))
                continue
            variable = codebook[level.variable]
            if variable.stage is not None and part.stage not in variable.stage:
                stages = {"stages": ", ".join(variable.stage), "stage": part.stage}
                problems.append(Problem.of(file, None, "headings_stage", variable=variable.id, **stages))
            for heading, code in level.headings.items():
                if code and code not in variable.answers:
                    said = {"heading": heading, "variable": variable.id, "code": code}
                    names = ", ".join(variable.answers)
                    problems.append(Problem.of(file, None, "headings_code", **said, names=names))
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
    intro : what to say to whoever edits it, one comment per line
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


# --- which lines of a report look like headings: a proposal for a person to go through ----------------


_APPENDIX = re.compile(r"(?:bilaga|appendix|annex|attachment)\s*\w{0,3}:?", re.IGNORECASE)
_ENDS_AS_A_SENTENCE = re.compile(r"[.?!…;,:]$")
_MOST_WORDS, _MOST_SIGNS = 6, 60
_LAST_COLUMN, _OUTER_COLUMN = "subcategory", "category"
_CAPITALS = "capitals"
_ALIKE = 0.85


@dataclass(frozen=True)
class Proposal:
    """Headings as they seem to be.

    Parameters
    ----------
    headings : for a person to change or confirm
    doubts : for each part, by its number, lines that may be headings and are taken for notes
    unnamed : headings in places where others are codes, and that are not the label of any code
    """

    headings: Headings
    doubts: dict[int, list[str]] = field(default_factory=dict)
    unnamed: list[str] = field(default_factory=list)

    @property
    def is_sure(self) -> bool:
        """Whether marks alone distinguish headings from notes, and each is known."""
        return not any(self.doubts.values()) and not self.unnamed


def propose(lines: Sequence[Line], codebook: Codebook | None, source: str) -> Proposal:
    """Return the headings that a report seems to have.

    Styles (of Word, of Markdown) decide where a part of the report has any; bold and
    italic lines and the codebook's own labels count as headings too. What
    is only short and does not end like a sentence is a doubt.

    Parameters
    ----------
    lines : the report's lines
    codebook : its labels are looked for among the lines
    source : name of the source
    """
    starts = [place for place, line in enumerate(lines) if _APPENDIX.fullmatch(line.text)]
    bounds = list(pairwise([*(starts or [-1]), len(lines)]))
    parts: list[Part] = []
    doubts: dict[int, list[str]] = {}
    unnamed: list[str] = []
    said = Counter(same(line.text) for line in lines)
    for start, stop in bounds:
        finder = _Finder([one for one in lines[start + 1 : stop] if _says_something(one)], codebook)
        if not finder.lines:
            continue
        levels = finder.levels()
        doubts[len(parts)] = list(finder.doubts)
        unnamed += finder.unnamed
        ends = {"from": _named(lines, start, said), "to": _named(lines, stop, said)}
        parts.append(Part.model_validate({**ends, "stage": finder.stage, "levels": levels}))
    headings = Headings(source=source, parts=tuple(parts) or (Part(),))
    return Proposal(headings, doubts, unnamed)


def _says_something(line: Line) -> bool:
    return bool(line.text) and not is_page_number(line.text) and not is_date_stamp(line.text)


def _named(lines: Sequence[Line], place: int, said: Counter[str]) -> str | int | None:
    """Return the line at which a part begins or ends; its number, if it is there twice."""
    if not 0 <= place < len(lines):
        return None
    text = lines[place].text
    return text if said[same(text)] == 1 else lines[place].row


class _Finder:
    """Looks for the headings of one part."""

    def __init__(self, lines: Sequence[Line], codebook: Codebook | None) -> None:
        self.lines = lines
        self.codebook = codebook
        self.codes = self._labels()
        self.doubts: dict[str, None] = {}
        self.unnamed: list[str] = []
        self.stage = self._stage()

    def _labels(self) -> dict[str, dict[str, str]]:
        """Return variable -> label -> code, of the variables whose labels are among the lines."""
        if self.codebook is None:
            return {}
        said = {same(line.text) for line in self.lines}
        found = {}
        for variable in self.codebook.variables:
            if variable.kind != "single" or variable.codes_from:
                continue
            labels = {
                same(text): code.id for code in variable.codes for text in (code.label.sv, code.label.en)
            }
            hits = said & set(labels)
            if hits:
                found[variable.id] = (len(hits), labels)
        return self._most_fitting(found)

    def _most_fitting(self, found: dict[str, tuple[int, dict[str, str]]]) -> dict[str, dict[str, str]]:
        """Let two variables that share labels (one a stage) not both have them: the one with more of them."""
        chosen: dict[str, dict[str, str]] = {}
        for name, (_, labels) in sorted(found.items(), key=lambda item: -item[1][0]):
            if not any(set(labels) & set(others) for others in chosen.values()):
                chosen[name] = labels
        return chosen

    def _stage(self) -> str:
        stages = [self.codebook[name].stage for name in self.codes] if self.codebook else []
        named = Counter(stage for several in stages if several and len(several) == 1 for stage in several)
        return named.most_common(1)[0][0] if named else ""

    def levels(self) -> list[dict[str, object]]:
        """Return levels as plain data, the outermost first."""
        is_styled = any(line.mark.startswith("heading") for line in self.lines)
        groups: dict[str, dict[str, str]] = {}
        for line in self.lines:
            group = self._group(line, is_styled)
            if group:
                groups.setdefault(group, {})[line.text] = ""
            elif not is_styled and self._may_be(line):
                self.doubts[line.text] = None
        return self._named(groups)

    def _group(self, line: Line, is_styled: bool) -> str:
        """Return which lines a heading goes with; empty for a line that is none."""
        if line.mark.startswith("heading"):
            return line.mark
        if line.is_item:
            return ""
        if is_styled:
            return ""
        if line.mark:
            return line.mark
        if not self._may_be(line):
            return ""
        if line.text.isupper():
            return _CAPITALS
        return next(
            (f"variable {name}" for name, labels in self.codes.items() if _code(line.text, labels)), ""
        )

    def _may_be(self, line: Line) -> bool:
        short = len(line.text) <= _MOST_SIGNS and len(line.text.split()) <= _MOST_WORDS
        plain = not line.is_item and not line.text[:1].islower()
        return short and plain and not _ENDS_AS_A_SENTENCE.search(line.text)

    def _named(self, groups: dict[str, dict[str, str]]) -> list[dict[str, object]]:
        """Give each group its variable, where most of its headings are that variable's codes."""
        levels: list[dict[str, object]] = []
        free = [group for group in groups if not self._variable(groups[group])]
        columns = dict(zip(reversed(free), self._columns(len(free)), strict=True))
        for group, headings in groups.items():
            variable = self._variable(headings)
            if variable:
                levels.append({"variable": variable, "headings": self._coded(headings, variable)})
            else:
                levels.append({"column": columns[group], "headings": headings})
        if self.doubts and (not levels or "variable" in levels[-1]):
            levels.append({"column": _LAST_COLUMN, "headings": {}})
        return levels

    def _columns(self, count: int) -> list[str]:
        """Name the columns for headings that are not codes, the innermost first."""
        if self.codes:
            return [_LAST_COLUMN, *(f"{_LAST_COLUMN}_{number}" for number in range(2, count + 1))][:count]
        names = [_LAST_COLUMN, _OUTER_COLUMN, *(f"{_OUTER_COLUMN}_{number}" for number in range(2, count))]
        return names[:count] if count > 1 else [_OUTER_COLUMN][:count]

    def _variable(self, headings: dict[str, str]) -> str:
        for name, labels in self.codes.items():
            if 2 * sum(bool(_code(heading, labels)) for heading in headings) >= len(headings):
                return name
        return ""

    def _coded(self, headings: dict[str, str], variable: str) -> dict[str, str]:
        labels = self.codes[variable]
        self.unnamed += [heading for heading in headings if same(heading) not in labels]
        return {heading: _code(heading, labels) for heading in headings}


def _code(heading: str, labels: dict[str, str]) -> str:
    """Return the code whose label a heading is, or nearly is."""
    near = get_close_matches(same(heading), labels, n=1, cutoff=_ALIKE)
    return labels[near[0]] if near else ""
