"""What is what in somebody's table: which row is the header, which columns hold the texts and the ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sekom_analysis.basics.errors import TableError
from sekom_analysis.basics.wording import Phrase, quoted
from sekom_analysis.formats.grids import Grid
from sekom_analysis.formats.tables import is_blank
from sekom_analysis.formats.workbook_cells import address
from sekom_analysis.study.notes import (
    CODER_NAMES,
    ID_NAMES,
    PERSONAL_NAMES,
    SORTING_NAMES,
    SOURCE_NAMES,
    plain_name,
)

# --- what columns are called --------------------------------------------------------------------------


TEXT_NAMES = """
    text texten lapp lappar lappen lapptext notering noteringar svar svaret fritext fritextsvar citat segment
    yttrande utsaga påstående replik utdrag meningsenhet synpunkt synpunkter inlägg innehåll
    note notes answer answers response responses quote quotation excerpt statement content verbatim utterance
    postit
"""
WEAKER_TEXT_NAMES = """
    kommentar kommentarer anteckning anteckningar beskrivning åsikt idé förslag
    comment comments remark remarks description feedback opinion idea suggestion
"""
OTHER_NAMES = f"""
    {PERSONAL_NAMES} {SORTING_NAMES} {SOURCE_NAMES} {CODER_NAMES}
    datum date tid time tidstämpel timestamp tidpunkt start_time end_time starttid sluttid
    startdate enddate submitted grupp group bord table roll role
    titel title yrke befattning
    kommun ort län organisation organization förvaltning avdelning enhet ålder age kön gender
    url länk link fråga question frågan stage steg text_en language språk memo
    dokument document fil file sida page
"""


def _names(listed: str) -> dict[str, int]:
    return {name: number for number, name in enumerate(listed.split())}


_TEXTS, _WEAKER, _IDS, _OTHERS = map(_names, (TEXT_NAMES, WEAKER_TEXT_NAMES, ID_NAMES, OTHER_NAMES))
SINGLE_NAMES = frozenset({*_TEXTS, *_WEAKER})  # the header of a list with nothing beside its texts


class Option(NamedTuple):
    """One of several ways to read a table: what to give, and what it would mean."""

    value: str
    shown: str


class UnclearError(TableError):
    """A table that can be read in several ways: which, only its owner knows.

    Parameters
    ----------
    question : what is unclear
    option : what to give, such as ``text``
    choices : the ways there are
    """

    def __init__(self, question: str, option: str, choices: Sequence[Option]) -> None:
        self.option, self.question, self.choices = option, question, tuple(choices)
        lines = [f"- {option}={choice.value!r}: {choice.shown}" for choice in choices]
        super().__init__("\n".join([f"{question} {Phrase('found_choose')}", *lines]))


# --- the header, and the rows below it ----------------------------------------------------------------


_LOOKED_AT = 30  # rows from the top among which the header is
_SHORTEST_SAMPLE = 2_000  # rows from which a column is known
_LONG_NAME = 250
_NUMBER = re.compile(r"[-+]?[\d\s]+([.,]\d+)?\s?%?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:.]+)?|\d\d?[./-]\d\d?[./-]\d{2,4}( [\d:.]+)?|[\d:]{4,8}")
_SECOND_HEADERS = {"open_ended_response", "response", "öppet_svar", "svar", "answer"}


@dataclass
class Table:
    """A sheet with its header found.

    Parameters
    ----------
    grid : the sheet
    header : row of the header; 0 if there is none
    names : of the columns, each once
    rows : rows below the header that hold something
    above : rows above the header that hold something
    repeated : rows that only repeat the header, or are a second one that an export wrote
    unnamed : columns that have no name of their own
    """

    grid: Grid
    header: int
    names: list[str]
    rows: list[int]
    above: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)

    def cell(self, row: int, column: int) -> str:
        """Return a cell's text; columns from 0 on."""
        cells = self.grid.rows[row - 1]
        return cells[column] if column < len(cells) else ""

    def cells(self, column: int, rows: Sequence[int] | None = None) -> list[str]:
        """Return a column's texts in some rows, by default in all."""
        return [self.cell(row, column) for row in (self.rows if rows is None else rows)]

    def letter(self, column: int) -> str:
        """Return how a spreadsheet program calls a column."""
        return address(1, column + 1)[:-1]


def table_of(grid: Grid, header: int | None = None) -> Table:
    """Return a sheet with its header: the one named, or the row that looks most like one.

    Parameters
    ----------
    grid : the sheet
    header : its row; 0 if the sheet has none
    """
    filled = [number for number, row in enumerate(grid.rows, start=1) if not is_blank(row)]
    found = _header(grid, filled) if header is None else header
    below = [number for number in filled if number > found]
    width = max((len(grid.rows[number - 1]) for number in [found, *below] if number), default=0)
    given = [*(grid.rows[found - 1] if 0 < found <= len(grid.rows) else []), *[""] * width][:width]
    table = Table(grid, found, [], below, [number for number in filled if number < found])
    while width and not given[width - 1].strip() and not any(map(str.strip, table.cells(width - 1))):
        width -= 1
    table.names, table.unnamed = _unique([name.strip() for name in given[:width]], table)
    _set_repeated(table, given[:width])
    return table


def _unique(given: list[str], table: Table) -> tuple[list[str], list[str]]:
    names: list[str] = []
    unnamed = []
    taken = {name for name in given if name}
    for column, name in enumerate(given):
        one = " ".join(name.split()) or table.letter(column)
        number = 1
        while one in names or (number == 1 and not name and one in taken):
            number += 1
            one = f"{' '.join(name.split()) or table.letter(column)} ({number})"
        if one != " ".join(name.split()) and any(map(str.strip, table.cells(column))):
            unnamed.append(one)
        names.append(one)
    return names, unnamed


def _set_repeated(table: Table, given: list[str]) -> None:
    """Set aside rows that repeat the header, and what survey programs write right below it."""
    if not table.header:
        return
    head = [name.strip() for name in given]
    second = table.rows[:2]
    lead = next((column for column, name in enumerate(head) if name), 0)
    for row in [one for one in table.rows if one in second or table.cell(one, lead).strip() == head[lead]]:
        cells = [table.cell(row, column).strip() for column in range(len(head))]
        if cells == head or (row in second and _is_second_header(cells, row == second[0], table)):
            table.rows.remove(row)
            table.repeated.append(row)


def _is_second_header(cells: list[str], is_first: bool, table: Table) -> bool:
    said = [cell for cell in cells if cell]
    if all(cell.startswith('{"ImportId"') for cell in said):
        return True
    return is_first and len(table.rows) > 2 and {plain_name(cell) for cell in said} <= _SECOND_HEADERS


def _header(grid: Grid, filled: list[int]) -> int:
    """Return the row that looks most like a header; 0 where the first row is one like those below it."""
    candidates = filled[:_LOOKED_AT]
    if not candidates:
        return 0
    best = max(candidates, key=lambda row: (_likeness(grid, row, filled), -row))
    return 0 if _is_like_those_below(grid, best, filled) else best


def _likeness(grid: Grid, row: int, filled: list[int]) -> float:
    cells = [cell.strip() for cell in grid.rows[row - 1]]
    below = [number for number in filled if number > row][:200]
    used = Counter(
        column for number in below for column, cell in enumerate(grid.rows[number - 1]) if cell.strip()
    )
    often = {column for column, times in used.items() if 5 * times >= len(below)}
    named = [column for column, cell in enumerate(cells) if cell]
    covered = len(often & set(named)) / max(len(often), 1)
    said = [cell for cell in cells if cell]
    odd = sum(bool(_NUMBER.fullmatch(cell) or _DATE.fullmatch(cell)) for cell in said) / len(said)
    long = sum(len(cell) > _LONG_NAME for cell in said) / len(said)
    doubled = 1 - len(set(said)) / len(said)
    beside = (any(map(_is_known, said)) + 0.3 * (row == filled[0])) if covered > 0.5 else 0.0
    return round(covered, 1) - odd - long - doubled + beside - 0.6 * _is_prose_as_below(grid, row, below)


def _is_prose_as_below(grid: Grid, row: int, below: list[int]) -> bool:
    """Whether the longest cell of a row is as long as those below it, and no question."""
    cells = [cell.strip() for cell in grid.rows[row - 1]]
    column = max(range(len(cells)), key=lambda at: len(cells[at]))
    others = [len(grid.rows[number - 1][column]) for number in below if column < len(grid.rows[number - 1])]
    said = cells[column]
    is_prose = len(said.split()) >= 3 and not said.endswith(("?", ":"))
    return is_prose and bool(others) and len(said) >= 0.6 * sum(others) / len(others)


def _is_known(name: str) -> bool:
    said = plain_name(name)
    return any(said in names for names in (_TEXTS, _WEAKER, _IDS, _OTHERS))


def _is_like_those_below(grid: Grid, row: int, filled: list[int]) -> bool:
    """Whether a first row holds a number, or a date, where the rows below it hold one too."""
    cells = grid.rows[row - 1]
    below = [number for number in filled if number > row][:50]
    if row != filled[0] or len(below) < 2 or any(map(_is_known, cells)):
        return False
    for column, cell in enumerate(cells):
        others = [grid.rows[number - 1][column] for number in below if column < len(grid.rows[number - 1])]
        if _is_figure(cell) and others and all(map(_is_figure, others)):
            return True
    return False


def _is_figure(text: str) -> bool:
    said = text.strip()
    return bool(said and (_NUMBER.fullmatch(said) or _DATE.fullmatch(said)))


def could_be_a_note(table: Table) -> bool:
    """Whether the row taken for a header may be a note: it is alone, or what is beside it comes again."""
    cells = [cell.strip() for cell in table.grid.rows[table.header - 1]] if table.header else []
    said = [(column, cell) for column, cell in enumerate(cells) if cell]
    if not said or any(_is_known(cell) or cell.endswith(("?", ":")) for _, cell in said):
        return False
    longest = max(said, key=lambda pair: len(pair[1]))[0]
    if len(cells[longest].split()) < 3:
        return False
    others = [(column, cell) for column, cell in said if column != longest]
    again = any(cell in map(str.strip, table.cells(column, table.rows[:200])) for column, cell in others)
    return again or (not others and len(table.names) == 1)


# --- the column with the texts ------------------------------------------------------------------------


class Looks(NamedTuple):
    """What a column looks like: shares of its filled cells, and how much they say."""

    filled: float
    figures: float
    distinct: float
    length: float
    words: float

    @property
    def is_texts(self) -> bool:
        """Whether it holds texts at all."""
        return self.filled > 0 and self.figures < 0.5

    @property
    def prose(self) -> float:
        """Return how much it looks like what somebody wrote or said; 0 if not at all."""
        is_prose = self.is_texts and self.distinct >= 0.3 and self.words >= 1.5
        return self.length * self.distinct if is_prose else 0.0


def looks(table: Table, column: int) -> Looks:
    """Return what a column looks like."""
    cells = [cell.strip() for cell in table.cells(column, table.rows[:_SHORTEST_SAMPLE])]
    said = [cell for cell in cells if cell]
    if not said:
        return Looks(0, 0, 0, 0, 0)
    n = len(said)
    return Looks(
        n / len(cells),
        sum(map(_is_figure, said)) / n,
        len(set(said)) / n,
        sum(map(len, said)) / n,
        sum(len(cell.split()) for cell in said) / n,
    )


class TextFound(NamedTuple):
    """The columns with the texts, why, and how sure that is (4: it is called text; 0: none is there)."""

    columns: tuple[int, ...]
    why: Phrase
    rank: int
    others: tuple[int, ...] = ()


def find_text(table: Table) -> TextFound:
    """Return the column with the texts, by its name or else by its content; several, where it is unclear."""
    seen = {column: looks(table, column) for column in range(len(table.names))}
    said = {column: plain_name(table.names[column]) for column in seen}
    written = {column: one.prose for column, one in seen.items() if one.prose and said[column] not in _OTHERS}
    is_id = {column for column in seen if said[column] in _IDS and not seen[column].prose}
    for column in seen:
        if table.names[column] == "text" or (said[column] == "text" and seen[column].is_texts):
            return TextFound((column,), Phrase("found_by_name"), 4)
    by_name = [column for column in seen if _stem(said[column]) in _TEXTS and seen[column].is_texts]
    strong = [column for column in by_name if column in written] or by_name
    if strong and len(strong) == 1:
        return TextFound((strong[0],), Phrase("found_by_name"), 3, _beside(strong[0], written))
    if strong:
        return _of_several(strong, written, 3)
    weak = [column for column in seen if _stem(said[column]) in _WEAKER and column in written]
    partly = [
        column for column in written if column not in weak and set(said[column].split("_")) & _TEXTS.keys()
    ]
    if len(partly) == 1:
        return TextFound((partly[0],), Phrase("found_by_name"), 2, _beside(partly[0], written))
    if len(weak) == 1 and not _beside(weak[0], written) and not partly:
        return TextFound((weak[0],), Phrase("found_by_name"), 3)
    if written:
        return _of_several(list(written), written, 1)
    left = [c for c in seen if seen[c].is_texts and c not in is_id and said[c] not in _OTHERS]
    distinct = [column for column in left if seen[column].distinct >= 0.3] or left
    return TextFound(tuple(distinct), Phrase("found_by_content"), 1 if distinct else 0)


def _stem(name: str) -> str:
    return re.sub(r"_?\d+$", "", name)


def _of_several(columns: list[int], written: dict[int, float], rank: int) -> TextFound:
    """Return the one that says most; all that say at least half as much where it is not alone."""
    columns = sorted(columns, key=lambda column: -written.get(column, 0.0))
    most = written.get(columns[0], 0.0)
    near = [column for column in columns if written.get(column, 0.0) >= most / 2]
    why = Phrase("found_by_name" if rank > 1 else "found_by_content")
    return TextFound(tuple(sorted(near)), why, rank, _beside(near[0], written) if len(near) == 1 else ())


def _beside(column: int, written: dict[int, float]) -> tuple[int, ...]:
    """Return the other columns that look as if somebody had written at least half as much in them."""
    most = written.get(column, 0.0)
    return tuple(other for other, value in written.items() if other != column and 2 * value >= most)


def named_columns(table: Table, given: str | Sequence[str], option: str) -> list[int]:
    """Return the columns that somebody named, with commas between them or one by one.

    Case, blanks and punctuation do not matter; a column can be named by its letter too.

    Raises
    ------
    UnclearError
        If one is not there; the choices are those that are.
    """
    parts = given.split(",") if isinstance(given, str) else list(given)
    found: list[int] = []
    while parts:
        for size in range(len(parts), 0, -1):  # names may hold commas themselves
            column = _column_named(table, ",".join(parts[:size]))
            if column is not None:
                found.append(column)
                del parts[:size]
                break
        else:
            name = parts[0].strip()
            choices = [Option(one, shown(table, at)) for at, one in enumerate(table.names)]
            raise UnclearError(Phrase("found_no_column", name=name), option, choices)
    return list(dict.fromkeys(found))


def _column_named(table: Table, name: str) -> int | None:
    name = name.strip()
    for same in (
        lambda one: one == name,
        lambda one: bool(plain_name(name)) and plain_name(one) == plain_name(name),
    ):
        for column, one in enumerate(table.names):
            if same(one):
                return column
    letters = (column for column in range(len(table.names)) if table.letter(column) == name.upper())
    return next(letters, None)


def shown(table: Table, column: int) -> Phrase:
    """Return a column's letter, and some of its texts."""
    return Phrase("found_column", letter=table.letter(column), examples=examples(table, column))


def examples(table: Table, column: int, most: int = 2, longest: int = 60) -> str:
    """Return some of a column's texts, to know it by."""
    said = list(_shown(table, column, most, longest))
    return quoted(said, "; ") or "–"


def _shown(table: Table, column: int, most: int, longest: int) -> Iterator[str]:
    given: set[str] = set()
    for row in table.rows:
        text = " ".join(table.cell(row, column).split())
        if text and text not in given:
            given.add(text)
            yield text if len(text) <= longest else text[: longest - 1] + "…"
            if len(given) == most:
                return


# --- ids, and rows that are not notes -----------------------------------------------------------------


_LAST = 3  # rows in which sums and remarks are
_LONGEST_ID = 60
_SUM = re.compile(
    r"(summa|summering|totalsumma|totalt|total|sum|antal|tot|n|count|medel|medelvärde|mean|average)\b"
    r"( antal| number)?( av| of)?( lappar| svar| notes| answers| rader| rows)?\s*[:=]?\s*[\d\s.,]*"
    r"(lappar|svar|st|stycken|rader|notes|answers|rows|responses|noteringar|kommentarer|citat)?\.?",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"(källa|källor|source|sources|obs!?|anm|anmärkning|not|nb|exporterad|exported|utskriven|skapad|created|"
    r"generated|genererad|uppdaterad|updated|sammanställd av|slut på)\s*(:|\d{4}-\d\d)|\*+ ",
    re.IGNORECASE,
)


def looks_like_a_sum(text: str) -> bool:
    """Whether a text counts notes, or is a remark about all of them, rather than a note.

    Examples
    --------
    >>> [looks_like_a_sum(text) for text in ("Summa: 60 lappar", "Totalt ointresse", "Källa: SCB")]
    [True, False, True]
    """
    said = " ".join(text.split())
    return bool(said and (_SUM.fullmatch(said) or _REMARK.match(said)))


def remark_rows(table: Table, texts: Sequence[int]) -> list[int]:
    """Return the rows at the end that look like a sum or a remark.

    They say so, or they are all that lacks an id, with nothing beside their text.
    """
    found = []
    named = [column for column in range(len(table.names)) if plain_name(table.names[column]) in _IDS]
    most = table.rows[:-_LAST]
    for row in reversed(table.rows[-_LAST:]):
        cells = {c: table.cell(row, c).strip() for c in range(len(table.names)) if table.cell(row, c).strip()}
        others = [text for text in cells.values() if not _is_figure(text)]
        is_sum = bool(others) and len(others) <= 2 and any(map(looks_like_a_sum, others[:1]))
        ids = [column for column in named if column not in texts]
        lacks = any(
            column not in cells and len(most) >= _LAST and all(map(str.strip, table.cells(column, most)))
            for column in ids
        )
        if not (is_sum or (lacks and len(cells) == 1)):
            break
        found.append(row)
    return sorted(found)


def find_ids(table: Table, rows: Sequence[int], texts: Sequence[int]) -> tuple[int | None, list[int]]:
    """Return the column with ids of the notes, and those that are called so without being unique."""
    named = sorted(
        (
            column
            for column in range(len(table.names))
            if plain_name(table.names[column]) in _IDS and column not in texts
        ),
        key=lambda column: _IDS[plain_name(table.names[column])],
    )
    refused = []
    for column in named:
        cells = [cell.strip() for cell in table.cells(column, rows)]
        if table.names[column] == "note_id":
            return column, []
        if all(cells) and len(set(cells)) == len(cells) and max(map(len, cells), default=0) <= _LONGEST_ID:
            return column, []
        refused.append(column)
    return None, refused
