"""A report's appendix as notes, its own sorting, and a table of what each line was taken for."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Problem, problem_lines
from sekom_analysis.exchange.outline.headings import (
    Headings,
    Part,
    Proposal,
    check_headings,
    propose,
    read_headings,
    same,
)
from sekom_analysis.exchange.outline.lines import (
    Line,
    goes_on,
    is_date_stamp,
    is_page_number,
    join,
    read_lines,
)
from sekom_analysis.exchange.taking_in import file_stem, free_ids
from sekom_analysis.study.codebook import Codebook

# --- lines sorted by what they are: headings, notes, and what pages leave between them ----------------


HEADING, NOTE, JOINED = "heading", "note", "joined to the note before"
EMPTY, PAGE_NUMBER, STAMP = "empty", "page number", "date stamp"
LEFT_OUT, BEFORE, OUTSIDE = "left out as told", "before the first heading", "outside the parts"
_MOST_ROWS = 20
_STYLED = "heading"
BETWEEN = (EMPTY, PAGE_NUMBER, STAMP, LEFT_OUT)


@dataclass
class Sorted:
    """One line, and what it was taken for."""

    line: Line
    taken_for: str = OUTSIDE
    part: int | None = None
    path: tuple[str, ...] = ()
    note: int | None = None
    doubt: str = ""


@dataclass
class Found:
    """One note: its text, the part and the headings that it is under (one per level, or None)."""

    text: str
    part: int
    path: tuple[str | None, ...]


@dataclass
class Sorting:
    """A report sorted by its headings.

    Parameters
    ----------
    lines : every line, in order
    notes : every note, in order
    remarks : headings that the report does not have, and those without notes
    """

    lines: list[Sorted]
    notes: list[Found] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)


def sort_lines(lines: list[Line], headings: Headings, file: str) -> Sorting:
    """Sort a report's lines by the headings given.

    Raises
    ------
    ExchangeError
        If a part's first or last line is not in the file, or there more than once.
    """
    sorting = Sorting([Sorted(line) for line in lines])
    left_out = {same(text) for text in headings.left_out}
    for one in sorting.lines:
        one.taken_for = _between(one.line.text, left_out) or OUTSIDE
    bounds = _bounds(lines, headings, file)
    for number, (start, stop) in enumerate(bounds):
        _Reader(sorting, headings, number, lines[start:stop]).read(sorting.lines[start:stop], file)
    return sorting


def _between(text: str, left_out: set[str]) -> str:
    if not text:
        return EMPTY
    if same(text) in left_out:
        return LEFT_OUT
    if is_date_stamp(text):
        return STAMP
    return PAGE_NUMBER if is_page_number(text) else ""


def _bounds(lines: list[Line], headings: Headings, file: str) -> list[tuple[int, int]]:
    """Return where each part begins and ends, as places among the lines, its last line not included."""
    problems: list[Problem] = []
    bounds = []
    said = _Said(lines)
    for part in headings.parts:
        start = 0 if part.from_ is None else said.place(part.from_, 0, file, problems) + 1
        stop = len(lines) if part.to is None else said.place(part.to, start, file, problems)
        bounds.append((start, stop))
    problems += _overlaps(bounds, file) if not problems else []
    if problems:
        msg = f"The parts of the report were not found:\n{problem_lines(problems)}\nNothing was saved."
        raise ExchangeError(msg)
    return bounds


class _Said:
    """Where a line of some text, or of some number, is."""

    def __init__(self, lines: list[Line]) -> None:
        self.rows = [line.row for line in lines]
        self.first: dict[int, list[int]] = {}
        self.texts: dict[str, list[int]] = {}
        for place, line in enumerate(lines):
            self.first.setdefault(line.row, [place])
            self.texts.setdefault(same(line.text), []).append(place)

    def place(self, wanted: str | int, after: int, file: str, problems: list[Problem]) -> int:
        if isinstance(wanted, int):
            places = self.first.get(wanted, [])
        else:
            places = self.texts.get(same(wanted), [])
            places = [place for place in places if place >= after] or places
        if len(places) == 1:
            return places[0]
        rows = ", ".join(str(self.rows[place]) for place in places[:_MOST_ROWS])
        kind = "outline_many" if places else "outline_no_line"
        problems.append(Problem.of(file, None, kind, line=wanted, n=len(places), rows=rows))
        return 0


def _overlaps(bounds: list[tuple[int, int]], file: str) -> Iterator[Problem]:
    for number, (start, stop) in enumerate(bounds, start=1):
        if start >= stop:
            yield Problem.of(file, None, "outline_empty_part", n=number)
    for (_, stop), (start, _) in zip(sorted(bounds), sorted(bounds)[1:], strict=False):
        if start < stop:
            yield Problem.of(file, None, "outline_overlap")


class _Reader:
    """Goes through one part, line by line, and knows under which headings it is."""

    def __init__(self, sorting: Sorting, headings: Headings, number: int, lines: list[Line]) -> None:
        self.sorting = sorting
        self.wrapped = headings.wrapped
        self.number = number
        self.part: Part = headings.parts[number]
        self.known = _levels(self.part)
        self.styled = {same(line.text) for line in lines if line.mark.startswith(_STYLED)}
        self.marks = _marks(self.known, lines)
        self.kept_notes = {same(text) for text in headings.notes}
        self.path: list[str | None] = [None] * len(self.part.levels)
        self.last: int | None = None  # the note that the next line may belong to
        self.is_apart = False
        self.opened: dict[int, Sorted] = {}  # headings of each level that no note has followed yet
        self.seen: set[str] = set()

    def read(self, lines: list[Sorted], file: str) -> None:
        for one in lines:
            one.part = self.number
            if one.taken_for in BETWEEN:
                self.is_apart = True
                continue
            key = same(one.line.text)
            levels = self._levels_of(one.line, key)
            if levels and key not in self.kept_notes:
                self._heading(one, levels, file)
            elif self.known and not any(self.path):
                one.taken_for = BEFORE
            else:
                self._note(one)
            one.path = tuple(name for name in self.path if name)
            self.is_apart = False
        self._say_without_notes(0, file)
        for heading in self._headings():
            if same(heading) not in self.seen:
                self.sorting.remarks.append(Problem.of(file, None, "outline_no_heading", heading=heading))

    def _levels_of(self, line: Line, key: str) -> list[int]:
        """Return the levels that a line may be a heading of; where styles are used, by its style."""
        if line.is_item and not line.mark and key in self.styled:
            return []  # the same words have a heading's style elsewhere: this is a note that says no more
        levels = self.known.get(key, [])
        if not line.mark.startswith(_STYLED):
            return levels
        alike = [level for level in levels if line.mark in self.marks[level]]
        return alike or [level for level in levels if not self.marks[level]] or levels

    def _headings(self) -> Iterator[str]:
        return (heading for level in self.part.levels for heading in level.headings)

    def _heading(self, one: Sorted, levels: list[int], file: str) -> None:
        level = levels[0]
        one.taken_for = HEADING
        if len(levels) > 1:
            one.doubt = "it is a heading of more than one level: taken for the outermost"
        elif one.line.is_item:
            one.doubt = "it is an item of a list, and named as a heading"
        self._say_without_notes(level, file)
        self.path[level:] = [one.line.text] + [None] * (len(self.path) - level - 1)
        self.opened[level] = one
        self.seen.add(same(one.line.text))
        self.last = None

    def _say_without_notes(self, level: int, file: str) -> None:
        for above in sorted(place for place in self.opened if place >= level):
            one = self.opened.pop(above)
            found = Problem.of(file, one.line.row, "outline_no_notes", heading=one.line.text)
            self.sorting.remarks.append(found)

    def _note(self, one: Sorted) -> None:
        notes = self.sorting.notes
        if self.last is not None and not one.line.is_item and not one.line.mark:
            before = notes[self.last]
            is_joined, one.doubt = goes_on(before.text, one.line.text, self.is_apart, self.wrapped)
            if is_joined:
                one.taken_for, one.note = JOINED, self.last
                before.text = join(before.text, one.line.text)
                return
        one.taken_for, one.note = NOTE, len(notes)
        if one.line.mark and same(one.line.text) not in self.kept_notes:
            one.doubt = f"it is marked as a heading is ({one.line.mark}), and is not one of those given"
        if any(level.variable and not name for level, name in zip(self.part.levels, self.path, strict=True)):
            one.doubt = one.doubt or "it is not under any heading of some level, and gets no code there"
        self.last = len(notes)
        self.opened.clear()
        notes.append(Found(one.line.text, self.number, tuple(self.path)))


def _marks(known: Mapping[str, list[int]], lines: list[Line]) -> dict[int, set[str]]:
    """Return the marks of each level's headings, as seen in those that are on one level only."""
    marks: dict[int, set[str]] = {level: set() for levels in known.values() for level in levels}
    for line in lines:
        levels = known.get(same(line.text), [])
        if len(levels) == 1:
            marks[levels[0]].add(line.mark)
    return marks


def _levels(part: Part) -> Mapping[str, list[int]]:
    """Return each heading of a part with the levels that it is on."""
    known: dict[str, list[int]] = {}
    for number, level in enumerate(part.levels):
        for heading in level.headings:
            if number not in known.setdefault(same(heading), []):
                known[same(heading)].append(number)
    return known


# --- A report's appendix as notes, its own sorting, and a table of what each line was taken for -------


_LINE_COLUMNS = ["row", "text", "taken_for", "stage", "headings", "note_id", "doubt"]


@dataclass(frozen=True)
class Outline:
    """What a report's appendix holds.

    Parameters
    ----------
    notes : DataFrame of N notes, index note_id: text, source, stage, and a column for each level of
        headings that names one (``subcategory``)
    decisions : DataFrame, one row per decision of the report's own sorting: note_id, coder, variable, codes
    lines : DataFrame, one row per line of the file: row, text, taken_for, stage, headings, note_id, doubt
    headings : the headings that told notes from the rest
    proposal : what was proposed, where no headings were given
    problems : what was left out, headings without notes, headings that were not found
    """

    notes: pd.DataFrame
    decisions: pd.DataFrame
    lines: pd.DataFrame
    headings: Headings
    proposal: Proposal | None
    problems: list[Problem]

    @property
    def doubtful(self) -> pd.DataFrame:
        """The lines that may be something else than what they were taken for."""
        return self.lines[self.lines["doubt"] != ""]


def read_outline(
    path: str | os.PathLike[str],
    headings: Headings | str | os.PathLike[str] | None = None,
    *,
    codebook: Codebook | None = None,
    taken: Collection[str] = (),
) -> Outline:
    r"""Read a report's appendix: notes as lines under headings.

    Parameters
    ----------
    path : ``.txt`` (also text copied out of a PDF), ``.md`` or ``.docx``
    headings : a file that says which lines are headings; left out, they are proposed from the report's
        styles, bold and italic lines, and the codebook's labels, and `Outline.lines` says what is doubtful
    codebook : its labels are looked for; variables and codes of the headings must be in it
    taken : ids that no note may get; numbers go on after them

    Returns
    -------
    Outline

    Raises
    ------
    ExchangeError
        If the report or the headings cannot be read, or do not fit together.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = Path(folder) / "report.md"
    ...     _ = report.write_text("# Resurser\n\n- Tiden saknas\n- Viljan finns\n", encoding="utf-8")
    ...     read_outline(report).notes[["category", "text"]].values.tolist()
    [['Resurser', 'Tiden saknas'], ['Resurser', 'Viljan finns']]
    """
    path = Path(path)
    lines, problems = read_lines(path)
    proposal = propose(lines, codebook, file_stem(path)) if headings is None else None
    given = _given(headings, proposal)
    if codebook is not None:
        _check(given, codebook, path.name if headings is None else str(headings))
    sorting = sort_lines(lines, given, path.name)
    ids = _ids(sorting.notes, given, taken)
    return Outline(
        notes=_notes(sorting.notes, given, ids, given.source or file_stem(path)),
        decisions=_decisions(sorting.notes, given, ids),
        lines=_lines(sorting, given, ids, proposal),
        headings=given,
        proposal=proposal,
        problems=[*problems, *sorting.remarks],
    )


def _given(headings: Headings | str | os.PathLike[str] | None, proposal: Proposal | None) -> Headings:
    if isinstance(headings, Headings):
        return headings
    return proposal.headings if headings is None and proposal else read_headings(Path(headings or ""))


def _check(headings: Headings, codebook: Codebook, file: str) -> None:
    problems = check_headings(headings, codebook, Path(file).name)
    if problems:
        msg = f"The headings do not fit the codebook:\n{problem_lines(problems)}\nNothing was saved."
        raise ExchangeError(msg)


def _ids(notes: Sequence[Found], headings: Headings, taken: Collection[str]) -> list[str]:
    """Number the notes of each stage, after the ids that are taken."""
    prefixes = [headings.parts[note.part].stage or "N" for note in notes]
    free = {
        prefix: iter(free_ids(set(taken), prefix, prefixes.count(prefix)))
        for prefix in dict.fromkeys(prefixes)
    }
    return [next(free[prefix]) for prefix in prefixes]


def _notes(notes: Sequence[Found], headings: Headings, ids: list[str], source: str) -> pd.DataFrame:
    rows = []
    for note in notes:
        part = headings.parts[note.part]
        row = {"source": source, "stage": part.stage, "text": note.text}
        for level, name in zip(part.levels, note.path, strict=True):
            if level.column:
                row[level.column] = name or ""
        rows.append(row)
    table = pd.DataFrame(rows, index=pd.Index(ids, name="note_id", dtype="str"), dtype="str").fillna("")
    return table.loc[:, (table != "").any()] if rows else pd.DataFrame({"text": []}, index=table.index)


def _decisions(notes: Sequence[Found], headings: Headings, ids: list[str]) -> pd.DataFrame:
    rows = []
    for note_id, note in zip(ids, notes, strict=True):
        for level, name in zip(headings.parts[note.part].levels, note.path, strict=True):
            codes = {same(heading): code for heading, code in level.headings.items()}
            code = codes.get(same(name or ""), "")
            if level.variable and code:
                rows.append((note_id, headings.coder, level.variable, code))
    return pd.DataFrame(rows, columns=["note_id", "coder", "variable", "codes"], dtype="str")


def _lines(sorting: Sorting, headings: Headings, ids: list[str], proposal: Proposal | None) -> pd.DataFrame:
    rows = []
    doubts = {part: set(texts) for part, texts in proposal.doubts.items()} if proposal else {}
    unnamed = set(proposal.unnamed) if proposal else set()
    for one in sorting.lines:
        stage = "" if one.part is None else headings.parts[one.part].stage
        note = "" if one.note is None else ids[one.note]
        doubt = one.doubt
        if not doubt and one.part is not None and one.line.text in doubts.get(one.part, ()):
            doubt = "a heading, or a note? taken for a note"
        elif not doubt and one.part is not None and one.line.text in unnamed:
            doubt = "a heading that is not the label of any code"
        cells = (one.line.row, one.line.text, one.taken_for, stage, " > ".join(one.path), note, doubt)
        rows.append(cells)
    return pd.DataFrame(rows, columns=_LINE_COLUMNS)
