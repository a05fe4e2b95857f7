"""Which column of a sheet is what: the note, its text, the coder, and whose answers to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from sekom_analysis.exchange.ratings.cells import (
    CODERS,
    CODES,
    IDS,
    NOT_ANSWERS,
    TEXTS,
    VARIABLES,
    grid,
    is_called,
    is_gap,
    is_marks,
    marked,
    number_in,
    numbered,
    own_parts,
    plain,
    separators,
    split,
    without_words,
)

COLUMN, SIBLINGS, MARKS = "column", "siblings", "marks"
_ALIKE = 0.5  # the share of cells whose values another column has too, for both to answer the same
_LONG_TEXT, _DISTINCT = 20, 0.4
_MOST_CODERS = 60
_SAME_MARKS = 0.25  # the share of marked rows that columns have in common, for them to be coders
_EQUAL = 0.3  # the share of rows in which numbered columns say the same, for them to be coders


@dataclass(frozen=True)
class Answers:
    """The columns that hold one coder's answers to one question.

    Parameters
    ----------
    coder : as the columns name the coder; empty where they do not
    question : what the columns share in their names, or the column's own; empty where nothing tells
    columns : one; several siblings; or one per code
    form : ``column``, ``siblings`` or ``marks``
    codes : of ``marks``, the code that each column is for
    """

    coder: str
    question: str
    columns: tuple[str, ...]
    form: str = COLUMN
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roles:
    """What the columns of a sheet are.

    Parameters
    ----------
    id, text : the columns that identify the note; empty where there is none
    coder, variable : of a table with a row per answer, the columns that say whose and to what
    answers : the columns with answers
    left : columns that were left alone
    """

    id: str = ""
    text: str = ""
    coder: str = ""
    variable: str = ""
    answers: tuple[Answers, ...] = ()
    left: tuple[str, ...] = ()


class Finder:
    """Looks at the columns of one sheet.

    Parameters
    ----------
    table : texts
    codes : what codes are called, where a codebook tells
    one_coder : whether all of it is one coder's, where that was said
    """

    def __init__(self, table: pd.DataFrame, codes: Iterable[str] = (), one_coder: bool = False) -> None:
        self.table, self.known, self.one_coder = table, frozenset(map(plain, codes)), one_coder
        self.cells = {str(name): [str(cell) for cell in table[name]] for name in table.columns}
        self.filled = {name: [c for c in cells if not is_gap(c)] for name, cells in self.cells.items()}
        self.times = {name: Counter(cells) for name, cells in self.filled.items()}
        self.values = {name: self._values(name) for name in self.cells}
        self.free = [name for name, cells in self.filled.items() if cells]

    def _values(self, name: str) -> frozenset[str]:
        distinct = list(dict.fromkeys(self.filled[name]))
        signs = separators(distinct) if len(distinct) <= 5_000 else ""
        return frozenset(plain(part) for cell in distinct for part in split(cell, signs))

    def roles(self, one_of_many: bool = False) -> Roles:
        """Return what the columns are; `one_of_many`: whether other sheets hold other coders."""
        coder, id_, text = self._keys()
        for name in (coder, id_, text):
            if name:
                self.free.remove(name)
        variable = next((n for n in self.free if coder and is_called(n, VARIABLES)), "")
        if variable:
            self.free.remove(variable)
        candidates = [name for name in self.free if self._may_answer(name)]
        alone = one_of_many or self.one_coder or bool(coder)
        answers = tuple(self._answers(candidates, alone, long=bool(coder)))
        used = {column for one in answers for column in one.columns}
        left = tuple(name for name in self.free if name not in used)
        return Roles(id_, text, coder, variable, answers, left)

    # --- the note and the coder ---

    def _keys(self) -> tuple[str, str, str]:
        """Return the columns with the coder, the note's id and its text."""
        text = self._text()
        coder = self._coder_column(text)
        id_ = next((n for n in self.free if n not in (text, coder) and self._is_id(n, bool(coder))), "")
        if not coder:
            for key in dict.fromkeys(filter(None, (id_, text, self.free[0] if self.free else ""))):
                coder = coder or self._unnamed_coder(key)
                id_ = key if coder and key != text and not id_ else id_
            id_ = "" if id_ == coder else id_
        return coder, id_, text

    def _text(self) -> str:
        """Return the column with the notes' texts: long, mostly different, and in no other column."""
        found = []
        for name in self.free:
            cells = self.filled[name]
            length = sum(map(len, cells)) / len(cells)
            distinct = len(set(cells)) / len(cells)
            called = is_called(name, TEXTS)
            codes = is_called(name, CODES - TEXTS) or len(self.values[name]) < 0.5 * len(set(cells))
            numbers = codes or all(number_in(cell) is not None for cell in dict.fromkeys(cells))
            enough = length >= _LONG_TEXT or (called and plain(name) != "note" and length >= 8)
            if enough and not numbers and distinct >= _DISTINCT / 4 and not self._shared(name):
                # A remark is as long as a note and lacks in many rows; a note does not.
                rank = (is_called(name, TEXTS - NOT_ANSWERS), not is_called(name, NOT_ANSWERS), len(cells))
                found.append((*rank, distinct >= _DISTINCT, length, name))
        return max(found)[-1] if found else ""

    def _is_id(self, name: str, long: bool) -> bool:
        cells = self.filled[name]
        whole = len(cells) == len(self.table)
        distinct = len(set(cells)) == len(cells)
        first = name == next(iter(self.cells))
        if is_called(name, IDS):
            return whole and (long or distinct) and (first or not self._shared(name))
        if not whole or self._shared(name):
            return False
        if distinct and first:
            return not is_called(name, CODES) and all(len(cell) <= 20 for cell in cells)
        numbers = [number_in(cell) for cell in cells]
        return distinct and None not in numbers and len(cells) > 10 and sorted(numbers) == numbers  # type: ignore[type-var]

    def _coder_column(self, text: str) -> str:
        for name in self.free:
            few = len(self.values[name]) < len(self.table) and len(self.values[name]) <= _MOST_CODERS
            if name != text and is_called(name, CODERS) and numbered(name)[0] == name and few:
                others = [other for other in self.free if other not in (name, text)]
                if others and not any(self._overlap(name, other) >= _ALIKE for other in others):
                    return name
        return ""

    def _unnamed_coder(self, key: str) -> str:
        """Return a column that tells coders apart without being called so: each note once with each."""
        keys = list(map(plain, self.cells.get(key, ())))
        if not keys or len(keys) < 1.8 * len(set(keys)):
            return ""
        for name in self.free:
            people = list(map(plain, self.cells[name]))
            fits = name != key and 2 <= len(set(people)) <= 12 and len(self.filled[name]) == len(people)
            if fits and not self._shared(name) and number_in(people[0]) is None:
                pairs = set(zip(keys, people, strict=True))
                if len(pairs) >= 0.85 * len(keys) and len(pairs) >= 0.8 * len(set(keys)) * len(set(people)):
                    return name
        return ""

    def _overlap(self, one: str, other: str) -> float:
        """Return the share of one column's cells whose values are in another."""
        values = self.values[other]
        if not self.values[one] & values:
            return 0.0
        times = self.times[one]
        signs = separators(times)
        known = sum(n for cell, n in times.items() if any(plain(p) in values for p in split(cell, signs)))
        return known / sum(times.values())

    def _alike(self, one: str, other: str) -> bool:
        return max(self._overlap(one, other), self._overlap(other, one)) >= _ALIKE

    def _shared(self, name: str) -> bool:
        """Whether a column says what another says too, each of the other."""
        return any(
            other != name and self._overlap(name, other) >= _ALIKE and self._overlap(other, name) >= _ALIKE
            for other in self.cells
            if self.filled[other]
        )

    # --- the answers ---

    def _may_answer(self, name: str) -> bool:
        cells = self.filled[name]
        alike = [other for other in self.free if other != name and self._alike(name, other)]
        if is_called(name, NOT_ANSWERS) and not alike:
            return False
        length = sum(map(len, cells)) / len(cells)
        distinct = len(set(map(plain, cells))) / len(cells)
        return (
            bool(alike)
            or is_called(name, CODES)
            or distinct <= 0.7
            or (length < _LONG_TEXT and len(cells) < 8)
        )

    def _answers(self, names: list[str], alone: bool, long: bool) -> Iterator[Answers]:
        marks = [name for name in names if is_marks(self.cells[name])]
        found: list[Answers] = []
        if len(marks) > 1 and self._are_codes(marks, alone):
            found += self._marks(marks)
            names = [name for name in names if name not in marks]
        for group in self._numbered_groups(names):
            stem = numbered(group[0])[0]
            coder = without_words(stem, CODES)
            found.append(Answers(coder, "" if coder else stem, tuple(group), SIBLINGS))
            names = [name for name in names if name not in group]
        if long:
            yield from found
            yield from (Answers("", name, (name,)) for name in self._long_columns(names, bool(found)))
            return
        yield from self._together([*found, *(Answers(name, "", (name,)) for name in names)], alone)

    def _long_columns(self, names: list[str], more: bool) -> list[str]:
        called = [name for name in names if is_called(name, CODES)]
        return called or ([] if more else names)

    def _are_codes(self, marks: list[str], alone: bool) -> bool:
        """Whether columns of marks are codes: else they are coders who say yes or no."""
        if all(is_called(name, CODERS) or plain(numbered(name)[0]) in ("k", "r", "c") for name in marks):
            return False
        if self.known:
            return (
                sum(plain(name) in self.known for name in marks) >= _ALIKE * len(marks)
                or grid(marks) is not None
            )
        return alone or grid(marks) is not None or (len(marks) > 2 and self._mark_apart(marks))

    def _mark_apart(self, marks: list[str]) -> bool:
        """Whether columns seldom mark the same rows: coders who mark one thing do, codes do not."""
        sets = [{row for row, cell in enumerate(self.cells[name]) if marked(cell)} for name in marks]
        shares = [len(a & b) / len(a | b) for a, b in combinations(sets, 2) if a | b]
        return sum(shares) < _SAME_MARKS * max(len(shares), 1)

    def _marks(self, marks: list[str]) -> list[Answers]:
        parts = grid(marks)
        if parts is None:
            labels, question = own_parts(marks)
            return [Answers("", question, tuple(marks), MARKS, tuple(labels))]
        coder_at = self._coders_are(parts)
        by: dict[str, dict[str, str]] = {}
        for name, pair in parts.items():
            by.setdefault(plain(pair[coder_at]), {})[name] = pair[1 - coder_at]
        called = {plain(pair[coder_at]): pair[coder_at] for pair in parts.values()}
        return [
            Answers(called[coder], "", tuple(columns), MARKS, tuple(columns.values()))
            for coder, columns in by.items()
        ]

    def _coders_are(self, parts: dict[str, tuple[str, str]]) -> int:
        """Return which part of names is the coder: coders agree more than answers to different questions."""
        shares = [self._equal_share(parts, kept=1), self._equal_share(parts, kept=0)]
        return 0 if shares[0] >= shares[1] else 1

    def _equal_share(self, parts: dict[str, tuple[str, str]], kept: int) -> float:
        pairs = [
            (one, other)
            for one, other in combinations(parts, 2)
            if plain(parts[one][kept]) == plain(parts[other][kept])
        ]
        return sum(self._equal(one, other) for one, other in pairs) / max(len(pairs), 1)

    def _equal(self, one: str, other: str) -> float:
        both = [
            plain(a) == plain(b)
            for a, b in zip(self.cells[one], self.cells[other], strict=True)
            if not (is_gap(a) or is_gap(b))
        ]
        return sum(both) / max(len(both), 1)

    def _numbered_groups(self, names: list[str]) -> Iterator[list[str]]:
        """Yield the columns that are one coder's several codes, such as Code 1 and Code 2."""
        stems: dict[str, list[str]] = {}
        for name in names:
            stems.setdefault(plain(numbered(name)[0]), []).append(name)
        for group in stems.values():
            if len(group) > 1 and any(numbered(name)[0] != name for name in group):
                stem = numbered(group[0])[0]
                is_coder = any(plain(word) in CODERS for word in stem.split())
                words = [plain(word) for word in stem.replace("_", " ").split()]
                is_code = any(word in CODES for word in words)
                if not is_coder and (self._fill_up(group) or (is_code and not self._say_the_same(group))):
                    yield sorted(group, key=lambda name: numbered(name)[1])

    def _say_the_same(self, group: list[str]) -> bool:
        """Whether numbered columns often say the same of a note: then they are several coders'."""
        return self._equal(group[0], group[1]) >= _EQUAL

    def _fill_up(self, group: list[str]) -> bool:
        """Whether a later column has answers only where the earlier ones have, and others than they."""
        ordered = sorted(group, key=lambda name: numbered(name)[1])
        rows = list(zip(*(self.cells[name] for name in ordered), strict=True))
        gaps = False
        for row in rows:
            said = [plain(cell) for cell in row if not is_gap(cell)]
            if len(set(said)) < len(said) or any(not is_gap(c) for c in row[len(said) :]):
                return False
            gaps |= len(said) < len(row)
        return gaps

    def _together(self, found: Sequence[Answers], alone: bool) -> Iterator[Answers]:
        """Put the answers that share their values together: several coders' answers to one question."""
        for group in self._components(found):
            names = [one.coder or one.question or one.columns[0] for one in group]
            parts = grid(names) if all(one.coder for one in group) else None
            if parts is not None:
                at = self._coders_are(
                    {one.columns[0]: parts[name] for one, name in zip(group, names, strict=True)}
                )
                for one, name in zip(group, names, strict=True):
                    yield Answers(parts[name][at], parts[name][1 - at], one.columns, one.form, one.codes)
            elif len(group) > 1:
                coders, question = own_parts(names)
                for one, coder in zip(group, coders, strict=True):
                    yield Answers(coder, question, one.columns, one.form, one.codes)
            elif group[0].coder and group[0].form == COLUMN:
                yield Answers("", group[0].coder, group[0].columns)
            else:
                yield group[0]

    def _components(self, found: Sequence[Answers]) -> list[list[Answers]]:
        groups: list[list[Answers]] = []
        for one in found:
            joined = [group for group in groups if any(self._same_question(one, other) for other in group)]
            groups = [group for group in groups if group not in joined]
            groups.append([*(other for group in joined for other in group), one])
        return [sorted(group, key=found.index) for group in groups]

    def _same_question(self, one: Answers, other: Answers) -> bool:
        if MARKS in (one.form, other.form):
            return one.form == other.form and set(map(plain, one.codes)) == set(map(plain, other.codes))
        return any(self._alike(a, b) for a in one.columns for b in other.columns)
