"""Notes out of whatever table somebody keeps them in, with what was taken, what was not, and why."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.wording import Phrase, Problem, capped, chain, problem_lines, quoted, rows_in_words
from sekom_analysis.exchange.finding import (
    SINGLE_NAMES,
    Option,
    Table,
    TextFound,
    UnclearError,
    could_be_a_note,
    examples,
    find_ids,
    find_text,
    named_columns,
    remark_rows,
    shown,
    table_of,
)
from sekom_analysis.formats.encodings import Reading, in_quotes
from sekom_analysis.formats.grids import Grid, Grids, read_grids, unreadable
from sekom_analysis.formats.tables import check_table, size_problems
from sekom_analysis.formats.workbook_cells import address, place
from sekom_analysis.study.notes import (
    OPTIONAL,
    QUESTION,
    REQUIRED,
    check_notes,
    context_faults,
    looks_personal,
    plain_name,
)

_RESERVED = ("note_id", "text", QUESTION)
_AS_KEPT = ("utf-8", "utf-8-sig", "utf-16", "cp1252")  # what a study reads of itself
_NO_ANSWER = "-–—. "
_LONGEST_SHOWN = 60
_DUPLICATES_SHOWN = 5


@dataclass(frozen=True)
class NotesRead:
    """What was read of a table.

    Parameters
    ----------
    notes : a row a note, with ``note_id``, ``text``, where several questions were asked ``question``, and
        every other column under its own name; index ``row``: where it is in the file
    lines : three sentences: from where, which column is the text, which the ids; and one on what is beside
    told : all that is to be known: what was left out, what looks odd
    kept : the file, if it can be a study's file of notes as it is
    context : columns of `notes` that coders are to be shown beside the texts
    id_column : name of the column with the notes' ids; empty where there is none, and they were numbered
    """

    notes: pd.DataFrame
    lines: tuple[Phrase, ...]
    told: tuple[Problem, ...]
    kept: Path | None = None
    context: tuple[str, ...] = ()
    id_column: str = ""

    @property
    def source(self) -> pd.DataFrame | Path:
        """What `study.making.create` makes a study of: the file, where it can stay as it is."""
        return self.notes if self.kept is None else self.kept

    def __str__(self) -> str:
        """Say what was taken, and what not."""
        return "\n".join([*self.lines, problem_lines(capped(self.told))]).rstrip()


class Wish(NamedTuple):
    """What somebody said of their table; None where it is to be found out."""

    sheet: str | None = None
    header: int | None = None
    text: str | Sequence[str] | None = None
    id: str | None = None
    encoding: str | None = None
    all_rows: bool | None = None
    context: str | Sequence[str] | None = None
    personal: bool | None = None


def read_notes(
    path: str | os.PathLike[str],
    *,
    sheet: str | None = None,
    header: int | None = None,
    text: str | Sequence[str] | None = None,
    id: str | None = None,
    encoding: str | None = None,
    all_rows: bool | None = None,
    context: str | Sequence[str] | None = None,
    personal: bool | None = None,
) -> NotesRead:
    r"""Read notes from a table as people keep it, and say what was taken and why.

    Parameters
    ----------
    path : ``.xlsx``, ``.xlsm``; ``.ods``, ``.xls`` where python-calamine is; or ``.csv``, ``.tsv``, ``.txt``
    sheet : the sheet with the notes; left out, the one that has them
    header : the row with the columns' names, as Excel numbers it; 0 if there is none; left out, it is found
    text : the column with the texts, or several with commas between them: then each cell that is filled in is
        a note of its own, and the column ``question`` says which column it is from
    id : the column with the notes' ids; left out, one that is called so and has another id in each row
    encoding : of a text table, such as ``mac_roman``; left out, it is found out
    all_rows : whether a last row that looks like a sum or a remark is a note too; left out, such a row is an
        error where there is one
    context : columns to be shown to coders beside the texts, with commas between them; of several text
        columns ``question`` is shown in any case
    personal : whether a column of `context` that looks personal is to be shown; left out, that is an error

    Returns
    -------
    NotesRead

    Raises
    ------
    UnclearError
        If it can be read in several ways; with each of them, and what to give for it.
    TableError
        If it cannot be read; with every reason, and where in the file it is.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "lappar.csv"
    >>> _ = path.write_bytes("Nr;Lapp \r\n1;Ojämn nivå\r\n2;\r\n".encode("mac_roman"))
    >>> read = read_notes(path)
    >>> read.notes.to_dict("records"), read.lines[1]
    ([{'note_id': '1', 'text': 'Ojämn nivå'}], "Texts: column B 'Lapp', by its name.")
    """
    wish = Wish(sheet, header, text, id, encoding, all_rows, context, personal)
    path = Path(path)
    found = read_grids(path, wish.sheet, wish.encoding, SINGLE_NAMES)
    _check_encoding(found, wish)
    return _Taking(path, found, wish).read()


def _check_encoding(found: Grids, wish: Wish) -> None:
    reading = found.reading
    if reading is None or not reading.rivals or wish.encoding is not None:
        return
    data = reading.text.encode(reading.encoding)
    choices = [
        Option(encoding, Phrase("found_reads", words=in_quotes(data.decode(encoding, "replace"))))
        for encoding in (reading.encoding, *reading.rivals)
    ]
    raise UnclearError(Phrase("found_unclear_encoding", file=found.file), "encoding", choices)


# --- the sheet with the notes -------------------------------------------------------------------------


class Candidate(NamedTuple):
    """A sheet with what its texts seem to be."""

    table: Table
    texts: TextFound


def _chosen(found: Grids, wish: Wish) -> tuple[Candidate, list[Candidate]]:
    """Return the sheet with the notes, and the others that hold something."""
    visible = [grid for grid in found.grids if not grid.is_hidden] or found.grids
    candidates = [_candidate(grid, wish) for grid in visible]
    useful = [one for one in candidates if one.texts.rank and one.table.rows]
    if not useful:
        hidden = [_candidate(grid, wish) for grid in found.grids if grid.is_hidden]
        useful = [one for one in hidden if one.texts.rank and one.table.rows]
        candidates += hidden
    if not useful:
        return candidates[0], candidates[1:]
    best = max(useful, key=lambda one: (one.texts.rank, len(one.table.names) > 1, len(one.table.rows)))
    if best.texts.rank > 1:
        best = next(one for one in useful if one.texts.rank == best.texts.rank)
    others = [one for one in candidates if one.table.grid is not best.table.grid and one.table.rows]
    alike = [one for one in useful if one is not best and _is_alike(one, best)]
    if alike and wish.sheet is None:
        choices = [Option(one.table.grid.name, _about(one)) for one in (best, *alike)]
        raise UnclearError(Phrase("found_unclear_sheet", file=found.file), "sheet", choices)
    return best, others


def _candidate(grid: Grid, wish: Wish) -> Candidate:
    table = table_of(grid, wish.header)
    if wish.text is None:
        return Candidate(table, find_text(table))
    try:
        columns = tuple(named_columns(table, wish.text, "text"))
    except UnclearError:
        return Candidate(table, TextFound((), Phrase("found_as_told"), 0))
    return Candidate(table, TextFound(columns, Phrase("found_as_told"), 4))


def _is_alike(one: Candidate, other: Candidate) -> bool:
    names = [[plain_name(name) for name in candidate.table.names] for candidate in (one, other)]
    return names[0] == names[1] and one.texts.rank == other.texts.rank


def _about(one: Candidate) -> Phrase:
    column = one.texts.columns[0]
    return Phrase("found_sheet_shown", n=len(one.table.rows), examples=examples(one.table, column))


# --- the notes of a sheet -----------------------------------------------------------------------------


class _Taking:
    """Takes the notes of one table, and collects what is to be told."""

    def __init__(self, path: Path, found: Grids, wish: Wish) -> None:
        self.path, self.found, self.wish = path, found, wish
        (self.table, self.texts), self.others = _chosen(found, wish)
        sheet = self.table.grid.name
        self.place = f"{found.file}, {sheet}" if len(found.grids) > 1 else found.file
        self.told: list[Problem] = []
        self.names: dict[int, str] = {}  # column of the file -> what the notes' table calls it

    def read(self) -> NotesRead:
        """Return the notes, or raise what is unclear or wrong."""
        if not self.table.names or not self.table.rows:
            raise unreadable(self.path, [Problem.of(self.place, None, "found_nothing")])
        if self.wish.header is None and could_be_a_note(self.table):
            row, text = self.table.header, self._row_text(self.table.header)
            choices = [Option(str(row), Phrase("found_is_header")), Option("0", Phrase("found_is_note"))]
            question = Phrase("found_unclear_header", place=self.place, row=row, text=text)
            raise UnclearError(question, "header", choices)
        texts = self._texts()
        rows = self._rows(texts)
        ids, refused = self._ids(rows, texts)
        used = [*texts, *([] if ids is None else [ids])]
        self._check_cells(used, rows)
        notes = self._notes(rows, texts, ids)
        context = self._context(notes, texts)
        lines = self._lines(texts, ids, notes, context)
        self._tell(rows, texts, refused, notes)
        if problems := check_notes(notes, self.place)[1]:
            raise unreadable(self.path, capped(problems))
        kept = self.path if self._is_as_kept(notes) else None
        named = "" if ids is None else self.table.names[ids]
        return NotesRead(notes, lines, tuple(self.told), kept, context, named)

    def _texts(self) -> list[int]:
        """Return the columns with the texts."""
        table, texts = self.table, self.texts
        if self.wish.text is not None:
            return named_columns(table, self.wish.text, "text")
        if not texts.columns:
            choices = [Option(name, shown(table, column)) for column, name in enumerate(table.names)]
            raise UnclearError(Phrase("found_no_text", place=self.place), "text", choices)
        if len(texts.columns) == 1:
            return list(texts.columns)
        choices = [Option(table.names[column], shown(table, column)) for column in texts.columns]
        names = [choice.value for choice in choices]
        several = Option(",".join(names), Phrase("found_each_a_note", names=", ".join(names)))
        raise UnclearError(Phrase("found_unclear_text", place=self.place), "text", [*choices, several])

    def _rows(self, texts: list[int]) -> list[int]:
        """Return the rows with notes; a sum at the end is left out, or asked about."""
        remarks = remark_rows(self.table, texts)
        if remarks and self.wish.all_rows is None:
            told = (Phrase("found_row_shown", row=row, text=self._row_text(row)) for row in remarks)
            rows = [Option("", phrase) for phrase in told]
            raise UnclearError(Phrase("found_unclear_rows", place=self.place), "all_rows", rows)
        if self.wish.all_rows:
            remarks = []
        for row in remarks:
            self._say(row, "found_sum", text=self._row_text(row))
        return [row for row in self.table.rows if row not in remarks]

    def _row_text(self, row: int) -> str:
        cells = (" ".join(cell.split()) for cell in self.table.grid.rows[row - 1])
        return " | ".join(filter(None, cells))[:_LONGEST_SHOWN]

    def _ids(self, rows: list[int], texts: list[int]) -> tuple[int | None, list[int]]:
        if self.wish.id is not None:
            return named_columns(self.table, self.wish.id, "id")[0], []
        said = [row for row in rows if self._answers(row, texts)]
        return find_ids(self.table, said, texts)

    def _answers(self, row: int, texts: list[int]) -> list[int]:
        """Return which of the columns a row has a text in; a dash says that there is none."""
        return [column for column in texts if self.table.cell(row, column).strip().strip(_NO_ANSWER)]

    def _check_cells(self, used: list[int], rows: list[int]) -> None:
        """Raise what is wrong with cells that are used; tell it of others."""
        grid, wanted = self.table.grid, set(rows) | {self.table.header}
        errors: list[Problem] = []
        others: list[Problem] = []
        for problem in grid.problems:
            at = place(str(problem.what.values["place"])) or (0, 0)
            if at[1] - 1 in used and at[0] not in wanted:
                continue  # of a row that is not taken, which is said
            (errors if at[1] - 1 in used else others).append(replace(problem, file=self.place))
        if grid.is_text:
            width = len(self.table.names)
            numbered = [(row, grid.rows[row - 1]) for row in rows]
            errors += size_problems(numbered, width, self.place)
        if errors:
            more = sum(n for column, n in grid.more_problems.items() if column - 1 in used)
            rest = [Problem.of(self.place, None, "more_cells", n=more)] if more else []
            raise unreadable(self.path, [*capped(errors), *rest])
        self.told += self._unused(others)

    def _unused(self, problems: list[Problem]) -> Iterator[Problem]:
        """Yield one problem a column whose cells show errors or nothing, though they are not needed."""
        counts: dict[int, list[Problem]] = {}
        for problem in problems:
            at = place(str(problem.what.values["place"])) or (0, 1)
            counts.setdefault(at[1], []).append(problem)
        for column, found in counts.items():
            n = len(found) + self.table.grid.more_problems[column]
            names = self.table.names
            name = names[column - 1] if column <= len(names) else self.table.letter(column - 1)
            yield Problem.of(self.place, found[0].row, "found_odd_unused", n=n, name=name, what=found[0].what)

    def _notes(self, rows: list[int], texts: list[int], ids: int | None) -> pd.DataFrame:
        """Return the table of notes."""
        table, several = self.table, len(texts) > 1
        answered = [(row, at) for row in rows for at in self._answers(row, texts)]
        numbers = [row for row, _ in answered]
        columns = {
            "note_id": self._note_ids(answered, ids, texts),
            "text": [table.cell(*one) for one in answered],
        }
        if several:
            columns[QUESTION] = [table.names[at] for _, at in answered]
        for column, name in enumerate(table.names):
            if column in texts or (column == ids and not several):
                continue
            cells = table.cells(column, numbers)
            if name in table.unnamed or any(cells) or table.header:
                self.names[column] = self._free(name, columns, several)
                columns[self.names[column]] = cells
        return pd.DataFrame(columns, index=pd.Index(numbers, name="row", dtype="int64"), dtype="str")

    def _free(self, name: str, taken: dict[str, list[str]], several: bool) -> str:
        """Return a name for another column; `note_id`, `text` and `question` are ours."""
        if name not in taken and (name not in _RESERVED or (name == QUESTION and not several)):
            return name
        free = next(one for n in range(2, 999) if (one := f"{name} ({n})") not in {*taken, *self.table.names})
        self._say(None, "found_renamed", name=name, new=free)
        return free

    def _context(self, notes: pd.DataFrame, texts: list[int]) -> tuple[str, ...]:
        """Return the columns that are to be shown beside the notes, once none of them gives anything away."""
        asked = named_columns(self.table, self.wish.context or [], "context")
        own = {column: self.names.get(column, "text" if column in texts else "note_id") for column in asked}
        faults = context_faults(notes, own.values())
        problems = [
            Problem.of(self.place, None, "context", name=self.table.names[column], why=faults[name])
            for column, name in own.items()
            if name in faults
        ]
        if problems:
            raise unreadable(self.path, problems)
        personal = [column for column, name in own.items() if looks_personal(name, notes[name])]
        if personal and self.wish.personal is None:
            raise self._unclear_context(asked, personal)
        names = [name for column, name in own.items() if self.wish.personal or column not in personal]
        return (*([QUESTION] if len(texts) > 1 else []), *names)

    def _unclear_context(self, asked: list[int], personal: list[int]) -> UnclearError:
        names = self.table.names
        rest = ",".join(names[column] for column in asked if column not in personal)
        said = chain([chain([quoted([names[at]]), examples(self.table, at)], ": ") for at in personal], "; ")
        choices = [Option("", Phrase("found_personal_show")), Option(rest, Phrase("found_personal_leave"))]
        return UnclearError(Phrase("found_unclear_personal", columns=said), "personal", choices)

    def _note_ids(self, answered: list[tuple[int, int]], ids: int | None, texts: list[int]) -> list[str]:
        if ids is None:
            width = max(3, len(str(len(answered))))
            return [f"N{number:0{width}}" for number in range(1, len(answered) + 1)]
        own = [self.table.cell(row, ids).strip() for row, _ in answered]
        if len(texts) == 1:
            return own
        return [f"{one}-{texts.index(at) + 1}" for one, (_, at) in zip(own, answered, strict=True)]

    def _is_as_kept(self, notes: pd.DataFrame) -> bool:
        """Whether a study that keeps the file itself would read the same notes of it."""
        first = self.found.grids[0]
        reading = self.found.reading or Reading("", "utf-8")
        kept = reading.encoding in _AS_KEPT and not reading.is_doubled and self.path.suffix.lower() != ".xlsm"
        if self.table.grid is not first or not kept or not set(REQUIRED) <= set(self.table.names):
            return False
        frame, problems = check_table(self.path)
        return not problems and set(frame.columns) == set(notes.columns) and frame[list(notes)].equals(notes)

    # --- what is said -------------------------------------------------------------------------------

    def _say(self, row: int | None, kind: str, /, **values: object) -> None:
        self.told.append(Problem.of(self.place, row, kind, **values))

    def _lines(
        self, texts: list[int], ids: int | None, notes: pd.DataFrame, context: tuple[str, ...]
    ) -> tuple[Phrase, ...]:
        table, file, is_one = self.table, self.found.file, len(self.found.grids) == 1
        where = file if is_one else Phrase("found_in_sheet", file=file, sheet=table.grid.name)
        head = Phrase("found_header", row=table.header) if table.header else Phrase("found_no_header")
        span = rows_in_words(notes.index) if len(notes) else "–"
        named = ", ".join(f"{table.letter(column)} '{table.names[column]}'" for column in texts)
        kind = "found_text_line" if len(texts) == 1 else "found_texts_line"
        if ids is None:
            id_line = Phrase("found_ids_given", first=notes["note_id"].iloc[0] if len(notes) else "N001")
        else:
            why = Phrase("found_as_told" if self.wish.id is not None else "found_ids_unique")
            id_line = Phrase("found_ids_line", column=f"{table.letter(ids)} '{table.names[ids]}'", why=why)
        kept = [name for name in notes if name not in ("note_id", "text", *OPTIONAL, *context)]
        return (
            Phrase("found_where", where=where, header=head, n=len(notes), rows=span),
            Phrase(kind, columns=named, why=self.texts.why),
            id_line,
            *([Phrase("found_context", columns=quoted(context))] if context else []),
            *([Phrase("found_kept", columns=quoted(kept))] if kept else []),
        )

    def _tell(self, rows: list[int], texts: list[int], refused: list[int], notes: pd.DataFrame) -> None:
        """Tell what was left out, and what looks odd."""
        self._tell_letters()
        for kind, rows_ in (("found_above", self.table.above), ("found_repeated", self.table.repeated)):
            for row in rows_:
                self._say(row, kind, text=self._row_text(row))
        self._tell_empty(rows, texts)
        others = self.texts.others if self.wish.text is None else ()
        for kind, columns in (("found_other_text", others), ("found_ids_doubled", refused)):
            for column in columns:
                self._say(None, kind, name=self.table.names[column])
        for name in self.table.unnamed:
            self._say(None, "found_unnamed", name=name)
        self._tell_hidden(notes)
        self._tell_converted(rows)
        self._tell_doubled(notes)
        for one in self.others:
            self._say(None, "found_other_sheet", sheet=one.table.grid.name, n=len(one.table.rows))

    def _tell_letters(self) -> None:
        reading = self.found.reading
        if reading is None:
            return
        words = in_quotes(reading.text)
        if reading.is_doubled:
            self._say(None, "found_doubled", words=words)
        elif reading.is_guessed and reading.encoding != "cp1252":
            self._say(None, "found_encoding", encoding=reading.encoding, words=words)
        elif reading.garbled:
            self._say(None, "found_garbled", n=reading.garbled)

    def _tell_empty(self, rows: list[int], texts: list[int]) -> None:
        cells = [(row, column) for row in rows for column in texts]
        empty = [row for row, column in cells if not self.table.cell(row, column).strip()]
        cells = [(row, column) for row, column in cells if self.table.cell(row, column).strip()]
        dashes = [row for row, column in cells if not self._answers(row, [column])]
        if empty:
            self._say(None, "found_empty", n=len(empty), rows=rows_in_words(dict.fromkeys(empty)))
        if dashes:
            self._say(None, "found_dashes", n=len(dashes), rows=rows_in_words(dict.fromkeys(dashes)))

    def _tell_hidden(self, notes: pd.DataFrame) -> None:
        hidden = sorted(set(self.table.grid.hidden_rows) & set(notes.index))
        if hidden:
            self._say(None, "found_hidden", n=len(hidden), rows=rows_in_words(hidden))
        columns = [at for at in self.table.grid.hidden_columns if at <= len(self.table.names)]
        names = [self.table.names[at - 1] for at in columns if any(map(str.strip, self.table.cells(at - 1)))]
        if names:
            self._say(None, "found_hidden_columns", names=quoted(names))
        if self.table.grid.is_hidden:
            self._say(None, "found_hidden_sheet", sheet=self.table.grid.name)

    def _tell_converted(self, rows: list[int]) -> None:
        """Tell cells that show a date or a percentage in a column of other texts."""
        for column, cells in self.table.grid.converted.items():
            within = [row for row in rows if row in cells]
            said = [row for row in rows if self.table.cell(row, column - 1).strip()]
            if not within or 2 * len(within) > len(said) or column > len(self.table.names):
                continue
            for row in within:
                where, text = address(row, column), self.table.cell(row, column - 1)
                self._say(row, f"found_{cells[row]}", place=where, text=text)

    def _tell_doubled(self, notes: pd.DataFrame) -> None:
        texts = notes["text"].str.split().str.join(" ")
        again = texts[texts.duplicated(keep=False)]
        groups = list(again.groupby(again, sort=False).groups.items())
        for text, rows in groups[:_DUPLICATES_SHOWN]:
            said = {"text": str(text)[:_LONGEST_SHOWN], "n": len(rows), "rows": rows_in_words(rows)}
            self._say(None, "found_same", **said)
        if len(groups) > _DUPLICATES_SHOWN:
            rest = sum(len(rows) - 1 for _, rows in groups[_DUPLICATES_SHOWN:])
            self._say(None, "found_same_more", n=len(groups) - _DUPLICATES_SHOWN, notes=rest)
