"""Files and their sheets as tables of texts, each with its notes and everybody's answers in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError, TableError
from sekom_analysis.basics.wording import Problem, problem_lines
from sekom_analysis.exchange.ratings.cells import NOT_SHEETS, is_gap, marked, plain, separators, split
from sekom_analysis.exchange.ratings.columns import MARKS, SIBLINGS, Answers, Finder, Roles
from sekom_analysis.formats.encodings import Reading
from sekom_analysis.formats.grids import Grid, read_grids

_HEADER_WITHIN = 30
_SUMS = ("summa", "total", "totalt", "sum", "antal")


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file, with what its columns are.

    Parameters
    ----------
    file, name : of the file, and of the sheet where the file has several
    table : texts, index ``row``
    roles : what the columns are
    grid : the sheet as it is in the file
    reading : how the letters of a text table were read
    unshown : sheets of the file that Excel does not show
    """

    file: str
    name: str
    table: pd.DataFrame
    roles: Roles
    grid: Grid = field(default_factory=Grid)
    reading: Reading | None = None
    unshown: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the sheet is called among the others: its own name, or the file's without its ending."""
        return self.name or Path(self.file).stem

    @property
    def hidden_columns(self) -> list[str]:
        """Names of the columns that were used though Excel does not show them."""
        answers = [column for one in self.roles.answers for column in one.columns]
        used = {self.roles.id, self.roles.text, self.roles.coder, self.roles.variable, *answers}
        hidden = {at - 1 for at in self.grid.hidden_columns}
        return [str(name) for at, name in enumerate(self.table.columns) if at in hidden and name in used]


@dataclass(frozen=True)
class Said:
    """What one coder says to one question.

    Parameters
    ----------
    coder, question, form : as in `Answers`
    codes : of each note; an empty tuple is the answer that no code belongs, None no answer
    files : the file of each answer, once several sheets are joined
    """

    coder: str
    question: str
    form: str
    codes: list[tuple[str, ...] | None]
    files: tuple[str, ...] | list[str] = ()


@dataclass(frozen=True)
class SheetRead:
    """A sheet's notes and all that is said of them.

    Parameters
    ----------
    sheet : the sheet
    ids, texts : of its notes, in their order; empty where the sheet has no such column
    rows : the row of each note
    said : by whom to what
    several_rows : how many notes have several rows of one coder, which are its several codes
    """

    sheet: Sheet
    ids: list[str]
    texts: list[str]
    rows: list[int]
    said: list[Said]
    several_rows: int = 0


# --- from files to sheets -----------------------------------------------------------------------------


def sheets_of(
    paths: Sequence[Path], sheet: str | None = None, codes: Iterable[str] = (), one_coder: bool = False
) -> list[Sheet]:
    """Return every sheet of the files that holds answers; a hidden one where a file shows none.

    Raises
    ------
    ExchangeError
        If a file cannot be read.
    """
    read = [_tables(path, sheet) for path in paths]
    shown = [[one for one in own if not one.grid.is_hidden] or own for own in read]
    return _with_answers(shown, codes, one_coder) or _with_answers(read, codes, one_coder)


def _with_answers(read: Sequence[list[Sheet]], codes: Iterable[str], one_coder: bool) -> list[Sheet]:
    many = sum(map(len, read)) > 1
    found = []
    for own in read:
        for one in own:
            roles = Finder(one.table, codes, one_coder).roles(one_of_many=many)
            if roles.answers:
                named = one if len(own) > 1 else replace(one, name="")
                found.append(replace(named, roles=roles))
    return found


def _tables(path: Path, sheet: str | None) -> list[Sheet]:
    """Return the sheets of a file that have rows and columns; what their columns are is not yet known."""
    try:
        found = read_grids(path, sheet)
    except TableError as error:
        raise _refusal(path, error.problems) from error
    grids = [one for one in found.grids if plain(one.name) not in NOT_SHEETS] or found.grids
    kept = []
    for grid in grids:
        problems = list(_surplus(grid.rows, path.name)) if grid.is_text else grid.problems
        if problems:
            raise _refusal(path, problems)
        table = table_of(grid.rows)
        if len(table) and len(table.columns) > 1:
            kept.append(Sheet(path.name, grid.name, table, Roles(), grid, found.reading))
    unshown = tuple(one.name for one in kept if one.grid.is_hidden)
    return [replace(one, unshown=unshown) for one in kept]


def _surplus(rows: Sequence[Sequence[str]], file: str) -> Iterator[Problem]:
    """Say which rows of a text table are wider than its header: a text in them was split."""
    top = _header([sum(bool(cell.strip()) for cell in row) for row in rows])
    if top is None:
        return
    width = max(place for place, name in enumerate(rows[top], start=1) if name.strip())
    for number, row in enumerate(rows[top + 1 :], start=top + 2):
        more = next((cell for cell in row[width:] if cell.strip()), None)
        if more is not None:
            yield Problem.of(file, number, "table_surplus", text=more[:40], n=width)


def _refusal(path: Path, problems: Sequence[Problem]) -> ExchangeError:
    return ExchangeError(f"'{path.name}' could not be read as a table:\n{problem_lines(problems[:10])}")


def table_of(rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return rows as a table: title rows above the header are left out, and sums at the end.

    Examples
    --------
    >>> rows = [["Kodning"], [], ["id", "Anna", "Bo"], ["1", "a", "b"], ["Summa", "1", "1"]]
    >>> table_of(rows).to_dict("records")
    [{'id': '1', 'Anna': 'a', 'Bo': 'b'}]
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    top = _header(filled)
    if top is None:
        return pd.DataFrame(index=pd.Index([], name="row"))
    names, below = _names(rows, top)
    body = [(n, row) for n, row in enumerate(rows[below:], start=below + 1) if any(c.strip() for c in row)]
    while (
        body
        and plain(next(c for c in body[-1][1] if c.strip())).rstrip(":").split(":")[0].split(" ")[0] in _SUMS
    ):
        body.pop()
    width = len(names)
    cells = [[*row[:width], *[""] * (width - len(row))] for _, row in body]
    index = pd.Index([n for n, _ in body], name="row", dtype="int64")
    table = pd.DataFrame(cells, index=index, columns=names, dtype="str")
    last = max((place for place, name in enumerate(names) if not name.startswith("#")), default=0)
    return table.iloc[:, : last + 1]


def _is_sum(cell: str) -> bool:
    return plain(cell).split(":")[0].split(" ")[0] in _SUMS


def _header(filled: Sequence[int]) -> int | None:
    for row, cells in enumerate(filled[:_HEADER_WITHIN]):
        later = sorted(n for n in filled[row + 1 : row + 21] if n)
        if cells >= 2 and (not later or cells >= later[len(later) // 2] / 2):
            return row
    return None


def _names(rows: Sequence[Sequence[str]], top: int) -> tuple[list[str], int]:
    """Return the columns' names, each once, and the first row below them; a header may be two rows."""
    width = max(map(len, rows[top:]))
    above, header, second = (_padded(rows, row, width) for row in (top - 1, top, top + 1))
    if sum(map(bool, above)) > 1 and _repeats(header):
        return _each_once(_under(above, header)), top + 1
    gaps = [place for place, name in enumerate(header) if not name and second[place]]
    if len(gaps) > 1 and _repeats(second):
        return _each_once(_under(header, second)), top + 2
    return _each_once(header), top + 1


def _padded(rows: Sequence[Sequence[str]], row: int, width: int) -> list[str]:
    cells = [name.strip() for name in rows[row]] if 0 <= row < len(rows) else []
    return (cells + [""] * width)[:width]


def _repeats(names: Sequence[str]) -> bool:
    """Whether most names occur several times, as they do below the names of coders."""
    given = [name for name in names if name]
    return sum(given.count(name) > 1 for name in given) > len(given) / 2


def _under(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return the names of two rows as one; a name above counts until the next."""
    over, names = "", []
    for first, second in zip(above, below, strict=True):
        over = first or over
        names.append(f"{over} {second}".strip() if second else over)
    return names


def _each_once(names: Sequence[str]) -> list[str]:
    times: dict[str, int] = {}
    found = []
    for place, name in enumerate(names, start=1):
        times[name] = times.get(name, 0) + 1
        own = name or f"#{place}"
        found.append(own if times[name] == 1 or not name else f"{name} {times[name]}")
    return [
        name if found.count(name) == 1 else f"{name} #{place}" for place, name in enumerate(found, start=1)
    ]


# --- from a sheet to its notes and what is said of them -----------------------------------------------


def read_sheet(sheet: Sheet) -> SheetRead:
    """Return a sheet's notes, and what each coder says of them."""
    return _read_long(sheet) if sheet.roles.coder else _read_wide(sheet)


def _read_wide(sheet: Sheet) -> SheetRead:
    table, roles = sheet.table, sheet.roles
    ids = [cell.strip() for cell in table[roles.id]] if roles.id else []
    texts = [" ".join(cell.split()) for cell in table[roles.text]] if roles.text else []
    said = [Said(one.coder, one.question, one.form, codes_in(table, one)) for one in roles.answers]
    return SheetRead(sheet, ids, texts, [int(row) for row in table.index], said)


def codes_in(table: pd.DataFrame, answers: Answers) -> list[tuple[str, ...] | None]:
    """Return what the rows of a table say in some columns.

    Examples
    --------
    >>> table = pd.DataFrame({"Tid": ["1", "0", ""], "Stöd": ["0", "0", ""]})
    >>> codes_in(table, Answers("", "", ("Tid", "Stöd"), MARKS, ("Tid", "Stöd")))
    [('Tid',), (), None]
    """
    rows = list(zip(*(map(str, table[name]) for name in answers.columns), strict=True))
    if answers.form == MARKS:
        marks = [[marked(cell) for cell in row] for row in rows]
        return [
            None
            if all(one is None for one in row)
            else tuple(code for code, one in zip(answers.codes, row, strict=True) if one)
            for row in marks
        ]
    signs = separators(dict.fromkeys(cell for row in rows for cell in row))
    return [tuple(_once(part for cell in row for part in split(cell, signs))) or None for row in rows]


def _once(codes: Iterable[str]) -> list[str]:
    return list({plain(code): code for code in reversed(list(codes))}.values())[::-1]


def _read_long(sheet: Sheet) -> SheetRead:
    """Read a row per answer: rows of one coder about one note are its several codes."""
    table, roles = sheet.table, sheet.roles
    people = [" ".join(cell.split()) for cell in table[roles.coder]]
    asked = [" ".join(c.split()) for c in table[roles.variable]] if roles.variable else [""] * len(table)
    notes = _note_of_rows(table, roles, [f"{who}\n{what}" for who, what in zip(people, asked, strict=True)])
    order = {note: place for place, note in enumerate(dict.fromkeys(notes))}
    first = {note: at for at, note in reversed(list(enumerate(notes)))}
    found: dict[tuple[str, str, str], list[tuple[str, ...] | None]] = {}
    names: dict[tuple[str, str, str], tuple[str, str]] = {}
    several = set()
    for answers in roles.answers:
        for who, what, note, codes in zip(people, asked, notes, codes_in(table, answers), strict=True):
            if is_gap(who):
                continue
            question = what if roles.variable else answers.question
            key = (plain(who), plain(question), answers.form)
            names.setdefault(key, (who, question))
            cells = found.setdefault(key, [None] * len(order))
            before = cells[order[note]]
            if codes is not None:
                cells[order[note]] = tuple(_once([*(before or ()), *codes]))
                if before is not None and len(cells[order[note]] or ()) > len(before):
                    several.add(note)
    at = [first[note] for note in order]
    return SheetRead(
        sheet,
        [table[roles.id].iloc[place].strip() for place in at] if roles.id else [],
        [" ".join(table[roles.text].iloc[place].split()) for place in at] if roles.text else [],
        [int(table.index[place]) for place in at],
        [Said(*names[key], key[2] if not several else SIBLINGS, cells) for key, cells in found.items()],
        len(several),
    )


def _note_of_rows(table: pd.DataFrame, roles: Roles, people: Sequence[str]) -> list[str]:
    """Return which note each row of a long table is about; repeated texts of one coder are taken in order.

    Where a coder's rows with the same text follow each other they are several codes of one note,
    unless all coders have the same texts in the same order, row by row.
    """
    if roles.id:
        return [plain(cell) for cell in table[roles.id]]
    if not roles.text:
        return _in_turn([""] * len(people), people)
    texts = [plain(cell) for cell in table[roles.text]]
    by: dict[str, list[str]] = {}
    for who, text in zip(people, texts, strict=True):
        by.setdefault(who, []).append(text)
    sequences = list(by.values())
    if len(sequences) > 1 and all(one == sequences[0] for one in sequences):
        return _in_turn(texts, people)
    times: dict[tuple[str, str], int] = {}
    before: dict[str, str] = {}
    notes = []
    for who, text in zip(people, texts, strict=True):
        if before.get(who) != text:
            times[who, text] = times.get((who, text), 0) + 1
        before[who] = text
        notes.append(f"{text}\n{times[who, text]}")
    return notes


def _in_turn(texts: Sequence[str], people: Sequence[str]) -> list[str]:
    times: dict[tuple[str, str], int] = {}
    notes = []
    for who, text in zip(people, texts, strict=True):
        times[who, text] = times.get((who, text), 0) + 1
        notes.append(f"{text}\n{times[who, text]}")
    return notes


def as_questions(read: SheetRead) -> SheetRead:
    """Return a sheet whose columns are one coder's answers to several questions."""
    said = [replace(one, coder="", question=one.coder or one.question) for one in read.said]
    return replace(read, said=said)
