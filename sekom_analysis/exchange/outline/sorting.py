"""Lines sorted by what they are: headings, notes, and what pages leave between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.outline.headings import Headings, Part, same
from sekom_analysis.exchange.outline.line import Line
from sekom_analysis.exchange.outline.pages import goes_on, is_date_stamp, is_page_number, join
from sekom_analysis.problems import Problem, problem_lines

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
    """One note: its text, the part and the headings that it stands under (one a level, or None)."""

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
    """Where a line of some text, or of some number, stands."""

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
        what = f"the line '{wanted}' stands in it {len(places)} times (lines {rows})" if places else ""
        what = what or f"there is no line '{wanted}' in it"
        problems.append(Problem(file, None, what, "write the number of the line after 'from:' or 'to:'"))
        return 0


def _overlaps(bounds: list[tuple[int, int]], file: str) -> Iterator[Problem]:
    for number, (start, stop) in enumerate(bounds, start=1):
        if start >= stop:
            yield Problem(file, None, f"part {number} holds no line", "mend its 'from:' and 'to:'")
    for (_, stop), (start, _) in zip(sorted(bounds), sorted(bounds)[1:], strict=False):
        if start < stop:
            yield Problem(file, None, "two parts share lines", "let one part end where the next begins")


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
                what = f"the heading '{heading}' is not in the part that it is given for"
                todo = "write it as it stands in the report, or take it away"
                self.sorting.remarks.append(Problem(file, None, what, todo))

    def _levels_of(self, line: Line, key: str) -> list[int]:
        """Return the levels that a line may be a heading of; where styles tell, by its style."""
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
            what = f"the heading '{one.line.text}' has no notes"
            self.sorting.remarks.append(Problem(file, one.line.row, what, "nothing, if that is so"))

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
            one.doubt = f"it is marked as a heading is ({one.line.mark}), and is none of those given"
        if any(level.variable and not name for level, name in zip(self.part.levels, self.path, strict=True)):
            one.doubt = one.doubt or "it stands under no heading of some level, and gets no code there"
        self.last = len(notes)
        self.opened.clear()
        notes.append(Found(one.line.text, self.number, tuple(self.path)))


def _marks(known: Mapping[str, list[int]], lines: list[Line]) -> dict[int, set[str]]:
    """Return the marks of each level's headings, told by those that stand on one level only."""
    marks: dict[int, set[str]] = {level: set() for levels in known.values() for level in levels}
    for line in lines:
        levels = known.get(same(line.text), [])
        if len(levels) == 1:
            marks[levels[0]].add(line.mark)
    return marks


def _levels(part: Part) -> Mapping[str, list[int]]:
    """Return each heading of a part with the levels that it stands on."""
    known: dict[str, list[int]] = {}
    for number, level in enumerate(part.levels):
        for heading in level.headings:
            if number not in known.setdefault(same(heading), []):
                known[same(heading)].append(number)
    return known
