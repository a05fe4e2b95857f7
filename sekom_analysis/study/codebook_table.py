"""A codebook as a table, in our own form or as people keep it, in Excel, Word or a text table.

In our own form a variable has a row of its own, with an empty ``code``; below it each of its
codes has one, and each named point of a scale, with its number as ``code``. Title and goal of the
codebook are rows without a variable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError, TableError
from sekom_analysis.basics.wording import LANGUAGES, Problem, quoted, say
from sekom_analysis.basics.yamlfile import check_data
from sekom_analysis.formats.grids import Grid as SheetGrid
from sekom_analysis.formats.grids import read_grids
from sekom_analysis.formats.guarded import read_file
from sekom_analysis.formats.other_books import ENDINGS as OTHER_BOOKS
from sekom_analysis.formats.tables import (
    WORKBOOKS,
    as_table,
    check_table,
    decode,
    is_blank,
    read_bytes,
    split_rows,
    unguarded,
    write_table,
)
from sekom_analysis.formats.word import word_tables
from sekom_analysis.formats.workbook_reading import read_rows, sheet_names
from sekom_analysis.study.codebook import Bilingual, Code, Codebook, Variable
from sekom_analysis.study.codebook_rows import Entries, Grid, Heading, book_of
from sekom_analysis.study.codebook_words import LINEAGE, Name, column_of, kind_of_variable
from sekom_analysis.study.points import is_point

TEXTS = ("label", "question", "definition", "include", "exclude", "example")
OF_CODES = ("label", "definition", "include", "exclude", "example")
PLAIN = (
    "colour",
    "retired",
    "was",
    "made_from",
    "split_into",
    "stage",
    "notes",
    "codes_from",
    "range",
    "none_fits",
    "round",
)
COLUMNS = ["variable", "kind", "code", *(f"{name}_{lang}" for name in TEXTS for lang in LANGUAGES), *PLAIN]
_KEYS = {"made_from": "from"}  # a column called so would be taken for the low end of a scale
WHOLE = ("title", "goal")  # kinds of the rows that say something of the codebook itself

_ALSO = {
    "variabel": "variable", "slag": "kind", "kod": "code", "etikett": "label", "fråga": "question",
    "hit hör": "include", "inte hit": "exclude", "exempel": "example", "färg": "colour",
    "steg": "stage", "lappar": "notes", "skala": "range",
}  # fmt: skip
_YES = frozenset({"true", "1", "yes", "ja", "x", "sant"})
_NO = frozenset({"false", "0", "no", "nej", "falskt"})
_NUMBER = re.compile(r"-?\d{1,9}")


def codebook_table(book: Codebook) -> pd.DataFrame:
    """Return a codebook as a table of texts; `check_codebook_table` reads it back as it was.

    Examples
    --------
    >>> book = Codebook.model_validate({"variables": [
    ...     {"id": "goal", "kind": "scale", "label": "Mål", "range": [1, 5]}]})
    >>> codebook_table(book)[["variable", "kind", "label_sv", "range"]].to_dict("records")
    [{'variable': 'goal', 'kind': 'scale', 'label_sv': 'Mål', 'range': '1–5'}]
    """
    rows = [{"kind": name, **_texts("label", getattr(book, name))} for name in WHOLE if getattr(book, name)]
    for variable in book.variables:
        rows.append(_variable_row(variable))
        rows += [
            {"variable": variable.id, "code": str(point), **_texts("label", label)}
            for point, label in sorted((variable.labels or {}).items())
        ]
        if variable.codes_from is None:
            rows += [_code_row(variable, code) for code in variable.codes]
    empty = dict.fromkeys(COLUMNS, "")
    return pd.DataFrame([{**empty, **row} for row in rows], columns=COLUMNS, dtype="str")


def _variable_row(variable: Variable) -> dict[str, str]:
    row = {"variable": variable.id, "kind": variable.kind, **_texts("label", variable.label)}
    row |= _texts("question", variable.question)
    for name in ("stage", "notes"):
        listed = getattr(variable, name)
        row[name] = "" if listed is None else _joined(listed)
    row["codes_from"] = variable.codes_from or ""
    row["range"] = "" if variable.range is None else "–".join(map(str, variable.range))
    row["none_fits"] = "" if variable.none_fits is None else str(variable.none_fits).lower()
    row["round"] = "" if variable.round is None else str(variable.round)
    return row


def _code_row(variable: Variable, code: Code) -> dict[str, str]:
    row = {"variable": variable.id, "code": code.id, "colour": code.colour or ""}
    for name in OF_CODES:
        row |= _texts(name, getattr(code, name))
    listed = {"was": code.was, "made_from": code.from_, "split_into": code.split_into}
    row |= {name: _joined(values) for name, values in listed.items() if values}
    return {**row, "retired": "true" if code.retired else ""}


def _texts(name: str, text: Bilingual | None) -> dict[str, str]:
    return {} if text is None else {f"{name}_{lang}": _shown(text.in_(lang)) for lang in LANGUAGES}


def _shown(text: str) -> str:
    """Return a text as a cell that is not empty: one that shows nothing is put in quotes."""
    return json.dumps(text, ensure_ascii=False) if not text.strip() or text.startswith('"') else text


def _meant(cell: str) -> str:
    try:
        text = json.loads(cell) if cell.startswith('"') else cell
    except (ValueError, RecursionError):
        return cell
    return text if isinstance(text, str) else cell


def _joined(texts: Iterable[str]) -> str:
    listed = list(texts)
    is_plain = listed and all(text.strip() == text != "" and not re.search(r"[|\[]", text) for text in listed)
    return "|".join(listed) if is_plain else json.dumps(listed, ensure_ascii=False)


def _listed(cell: str) -> Any:
    try:
        listed = json.loads(cell) if cell.startswith("[") else None
    except (ValueError, RecursionError):
        return cell
    return listed if isinstance(listed, list) else [part.strip() for part in cell.split("|")]


def read_codebook_file(path: Path) -> tuple[Codebook | None, list[Problem]]:
    """Read a codebook that is a table: of a study's workbook its sheet of that name, else the first."""
    data, problem = read_bytes(path)
    if problem:
        return None, [problem]
    is_workbook = path.suffix.lower() in WORKBOOKS
    sheet = next(iter(_named_codebook(sheet_names(data, path.name))), None) if is_workbook else None
    table, problems = check_table(path, sheet)
    return (None, problems) if problems else check_codebook_table(table, path.name)


def _named_codebook(sheets: Iterable[str]) -> list[str]:
    """Return the sheets that are called a codebook, as a study's workbook calls its own."""
    titles = {say("workbook_tab_codebook", lang) for lang in LANGUAGES}
    return [name for name in sheets if name in titles]


def write_codebook_file(book: Codebook, path: Path, *, in_study: bool = False) -> Path:
    """Write a codebook as a table, without the columns that it does not use."""
    table = codebook_table(book)
    used = [name for name in table.columns if name in ("variable", "kind", "code") or table[name].any()]
    return write_table(table[used], path, in_study=in_study)


def check_codebook_table(table: pd.DataFrame, file: str) -> tuple[Codebook | None, list[Problem]]:
    """Read a table as a codebook, or list everything that is wrong with it, with rows.

    Parameters
    ----------
    table : texts, index ``row``, columns as `COLUMNS`; ``label`` and the like without a language count for
        both; a code without ``variable`` belongs to the one above
    file : name for the problems
    """
    named = table.rename(columns=lambda name: _ALSO.get(str(name).strip().casefold(), str(name).strip()))
    problems = list(_column_problems(named.columns, file))
    if problems:
        return None, problems
    book = _Book()
    for row, cells in zip(named.index, named.to_dict("records"), strict=True):
        book.take(int(row), {str(name): str(cell) for name, cell in cells.items() if str(cell).strip()})
    found, wrong = check_data(book.data, Codebook, file, book.row_of)
    return found, wrong


def _column_problems(names: pd.Index, file: str) -> Iterator[Problem]:
    allowed = {*COLUMNS, *TEXTS}
    for name in names:
        if name not in allowed:
            known = ", ".join([*COLUMNS[:3], *TEXTS, *PLAIN])
            yield Problem.of(file, 1, "book_unknown_column", name=name, allowed=known)
    for name in ("variable", "code"):
        if name not in names:
            yield Problem.of(file, 1, "no_column", name=name)
    for name in names[names.duplicated()]:
        yield Problem.of(file, 1, "book_same_name", name=name)


class _Book:
    """A codebook as plain data while its rows are read, and where each part is."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {"variables": []}
        self._places: dict[str, int] = {}
        self._rows: dict[tuple[int | str, ...], int] = {}
        self._above = ""

    def row_of(self, path: tuple[int | str, ...]) -> int:
        """Return the row of the nearest part that has one."""
        return next((self._rows[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self._rows), 2)

    def take(self, row: int, cells: Mapping[str, str]) -> None:
        """Take one row in: of the codebook, of a variable or of a code."""
        name = cells.get("variable", "").strip()
        kind = cells.get("kind", "").strip()
        if "code" in cells:
            self._take_code(row, name or self._above, cells)
        elif not name and kind in WHOLE:
            self.data[kind] = _bilingual(cells, "label")
            self._rows[(kind,)] = row
        else:
            self._take_variable(row, name, kind, cells)

    def _take_variable(self, row: int, name: str, kind: str, cells: Mapping[str, str]) -> None:
        kind = kind or ("scale" if "range" in cells else "single")
        data = {"id": name, "kind": kind, "label": name, **_fields(cells, TEXTS, PLAIN)}
        self._add(row, name, data)

    def _take_code(self, row: int, name: str, cells: Mapping[str, str]) -> None:
        if name not in self._places:
            self._add(row, name, {"id": name, "kind": cells.get("kind", "single").strip(), "label": name})
        at = self._places[name]
        if _is_scale(self.data["variables"][at]) and is_point(cells["code"]):
            self._take_point(row, at, cells)
            return
        codes = self.data["variables"][at].setdefault("codes", [])
        self._rows[("variables", at, "codes", len(codes))] = row
        code = cells["code"].strip()
        codes.append({"id": code, "label": code, **_fields(cells, TEXTS, PLAIN)})

    def _take_point(self, row: int, at: int, cells: Mapping[str, str]) -> None:
        labels = self.data["variables"][at].setdefault("labels", {})
        point = cells["code"].strip()
        while point in labels:  # as another key, for whoever reads the labels to find it twice
            point = f" {point}"
        self._rows[("variables", at, "labels", point)] = row
        others = _fields(cells, OF_CODES[1:], PLAIN)
        label = _bilingual(cells, "label")
        labels[point] = {**(label or {}), **others} if others else label

    def _add(self, row: int, name: str, data: dict[str, Any]) -> None:
        self._places[name] = at = len(self.data["variables"])
        self._rows[("variables", at)] = row
        self.data["variables"].append(data)
        self._above = name


def _is_scale(variable: Mapping[str, Any]) -> bool:
    return "scale" in (variable["kind"], kind_of_variable(variable["kind"]))


def _fields(cells: Mapping[str, str], texts: Iterable[str], plain: Iterable[str]) -> dict[str, Any]:
    told = {name: text for name in texts if (text := _bilingual(cells, name)) is not None}
    return told | {_KEYS.get(name, name): _value(name, cells[name]) for name in plain if name in cells}


def _bilingual(cells: Mapping[str, str], name: str) -> dict[str, str] | None:
    both = cells.get(name)
    found = {lang: cells.get(f"{name}_{lang}", both) for lang in LANGUAGES}
    return {str(lang): _meant(text) for lang, text in found.items() if text is not None} or None


def _value(name: str, cell: str) -> Any:
    """Return a cell as the value that it stands for; as it is, where there is none."""
    if name in ("stage", "notes", *LINEAGE):
        return _listed(cell)
    plain = cell.strip().casefold()
    if name in ("retired", "none_fits") and plain in _YES | _NO:
        return plain in _YES
    if name == "round" and _NUMBER.fullmatch(plain):
        return int(plain)
    return cell.strip()


# --- a codebook as people keep it: what a file holds, and what was made of it --------------------------


_TEXTS = (".csv", ".tsv", ".txt")
ENDINGS = (*_TEXTS, *WORKBOOKS, *OTHER_BOOKS, ".docx")
_FIRST = 40  # rows in which a heading is looked for
_CODES = ("code", "label", "group")


class BookRead(NamedTuple):
    """What a file holds of a codebook.

    Attributes
    ----------
    codebook : the codebook; None if there is a problem
    problems : why it cannot be used, with sheet and row as the file shows them
    remarks : what was made of it, to be known
    """

    codebook: Codebook | None
    problems: list[Problem]
    remarks: list[Problem]


def read_kept_codebook(path: Path) -> BookRead:
    """Read a codebook that is a table, whatever its columns are called.

    A table of our own form is read as it is. Of any other the heading is
    found, ids are made where only labels are given, and what was made is told.

    Parameters
    ----------
    path : ``.xlsx``, ``.ods``, ``.xls``, ``.docx``, or a text table
    """
    found = _own_form(path)
    if found is not None:
        return BookRead(found, [], [])
    try:
        sheets = list(_sheets(path))
    except (ExchangeError, TableError) as error:
        return BookRead(None, list(error.problems), [])
    broken = [problem for sheet in sheets for problem in sheet.problems]
    if broken:
        return BookRead(None, broken, [])
    grids = [grid for sheet in sheets if (grid := _grid(sheet, len(sheets) > 1)) is not None]
    if not grids:
        return BookRead(None, [_not_found(path.name, sheets)], [])
    return _read(path.name, sheets, grids)


def _read(file: str, sheets: Sequence[_Sheet], grids: list[Grid]) -> BookRead:
    # sheets without a variable are one each; a table that names its variables is whole
    whole = next((grid for grid in grids if grid.names_variables), None)
    used = [whole] if whole is not None else grids
    book, problems, remarks = book_of([Entries(grid, grid.title if len(used) > 1 else "") for grid in used])
    others = [sheet.title for sheet in sheets if sheet.title and sheet.rows]
    left = [title for title in others if title not in {grid.title for grid in used}]
    if left and sheets:
        remarks.append(Problem.of(file, None, "kept_sheets", names=quoted(left)))
    return BookRead(None if problems else book, problems, remarks)


def _own_form(path: Path) -> Codebook | None:
    """Return a codebook that is written as `write_codebook_file` writes it; None if it is not."""
    suffix = path.suffix.lower()
    if suffix not in (*_TEXTS, *WORKBOOKS, *OTHER_BOOKS):
        return None
    try:
        if suffix in OTHER_BOOKS:
            table, problems = as_table(_codebook_grids(path)[0].rows, path.name, [])
            book, problems = (None, problems) if problems else check_codebook_table(table, path.name)
        else:
            book, problems = read_codebook_file(path)
    except (ExchangeError, TableError):
        return None
    return None if problems else book


# --- the sheets of a file: rows with the numbers that the file shows ----------------------------------


class _Sheet(NamedTuple):
    place: str
    title: str
    rows: list[tuple[int, list[str]]]
    problems: list[Problem]


def _sheets(path: Path) -> Iterator[_Sheet]:
    suffix = path.suffix.lower()
    if suffix == ".docx":
        tables = word_tables(read_file(path), path.name)
        for number, table in enumerate(tables, start=1):
            title = say("kept_table", "sv", n=number) if len(tables) > 1 else ""
            yield _sheet(path.name, title, table, [])
        if not tables:
            yield _Sheet(path.name, "", [], [])
        return
    if suffix in OTHER_BOOKS:
        for grid in _codebook_grids(path):
            yield _sheet(path.name, grid.name, grid.rows, [])
        return
    data, problem = read_bytes(path)
    if problem:
        yield _Sheet(path.name, "", [], [problem])
    elif suffix in WORKBOOKS:
        names = sheet_names(data, path.name)
        for name in _named_codebook(names) or names:
            rows, problems = read_rows(data, path.name, name)
            yield _sheet(path.name, name, rows, problems)
    else:
        text, problems = decode(data, path.name)
        rows, broken = _text_rows(text, path.name) if not problems else ([], [])
        yield _sheet(path.name, "", [list(map(unguarded, row)) for row in rows], [*problems, *broken])


def _codebook_grids(path: Path) -> list[SheetGrid]:
    """Return the sheets of an ``.ods`` or ``.xls`` that are called a codebook, else all of them."""
    grids = read_grids(path).grids
    named = _named_codebook(grid.name for grid in grids)
    return [grid for grid in grids if grid.name in named] or grids


def _text_rows(text: str, file: str) -> tuple[list[list[str]], list[Problem]]:
    """Return the rows of a text table; lines above its heading say nothing of what parts its cells."""
    rows, problems = split_rows(text, file)
    lines = text.splitlines(keepends=True)
    for above in range(1, min(_FIRST, len(lines) - 1)):
        if max(map(len, rows), default=0) > 1:
            break
        below, wrong = split_rows("".join(lines[above:]), file)
        if len(next((row for row in below if not is_blank(row)), [])) > 1 and not wrong:
            return [*([line.strip()] for line in lines[:above]), *below], []
    return rows, problems


def _sheet(file: str, title: str, rows: list[list[str]], problems: list[Problem]) -> _Sheet:
    place = f"{file}, {title}" if title else file
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if not is_blank(row)]
    return _Sheet(place, title, numbered, problems)


# --- the heading of a table ---------------------------------------------------------------------------


def _grid(sheet: _Sheet, is_one_of_several: bool) -> Grid | None:
    """Return the rows of a sheet below its heading; a list without one is codes, and what they mean."""
    best, score = None, 0
    for at, (_, row) in enumerate(sheet.rows[:_FIRST]):
        names = [column_of(cell) for cell in row]
        fields = {name.field for name in names if name is not None}
        known = len(fields) if fields & {*_CODES, "range", "kind"} and _could_head(row, names) else 0
        if known > score:
            best, score = at, known
    if best is None:
        return None if is_one_of_several else _without_heading(sheet)
    number, told = sheet.rows[best]
    heading = Heading(number, tuple(told), tuple(column_of(cell) for cell in told))
    rows = tuple((number, tuple(cells)) for number, cells in sheet.rows[best + 1 :])
    return Grid(sheet.place, sheet.title, heading, rows)


def _could_head(row: Sequence[str], names: Sequence[Name | None]) -> bool:
    """Whether most of what a row says are names of columns, as in a heading."""
    filled = sum(bool(cell.strip()) for cell in row)
    known = sum(name is not None for name in names)
    return known >= 2 or known == filled == 1


def _without_heading(sheet: _Sheet) -> Grid | None:
    """Return a list of two columns at most, of short texts, as codes and what they mean."""
    wide = max((sum(bool(cell.strip()) for cell in row) for _, row in sheet.rows), default=0)
    short = [row for _, row in sheet.rows if row and 0 < len(row[0].strip()) <= 60]
    if not 1 <= wide <= 2 or len(short) < len(sheet.rows) or len(sheet.rows) < 2:
        return None
    names = (Name("label"), Name("definition"))[:wide]
    rows = tuple((number, tuple(cells)) for number, cells in sheet.rows)
    return Grid(sheet.place, sheet.title, Heading(None, ("", "")[:wide], names), rows)


def _not_found(file: str, sheets: Sequence[_Sheet]) -> Problem:
    rows = next((sheet.rows for sheet in sheets if sheet.rows), [])
    if not rows:
        return Problem.of(file, None, "kept_empty")
    named = quoted(cell.strip()[:40] for cell in rows[0][1][:10] if cell.strip())
    return Problem.of(file, rows[0][0], "kept_no_heading", names=named)
