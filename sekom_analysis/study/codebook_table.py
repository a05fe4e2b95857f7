"""A codebook as a table, for people who would rather write in Excel than in YAML.

A variable has a row of its own, with an empty ``code``; below it each of its
codes has one. Title and goal of the codebook are rows without a variable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.basics.wording import LANGUAGES, Problem, say
from sekom_analysis.basics.yamlfile import check_data
from sekom_analysis.formats.tables import check_table, read_bytes, write_table
from sekom_analysis.formats.workbook_reading import sheet_names
from sekom_analysis.study.codebook import Bilingual, Code, Codebook, Variable

TEXTS = ("label", "question", "definition", "include", "exclude", "example")
OF_CODES = ("label", "definition", "include", "exclude", "example")
PLAIN = ("colour", "retired", "stage", "notes", "codes_from", "range", "none_fits", "round")
COLUMNS = ["variable", "kind", "code", *(f"{name}_{lang}" for name in TEXTS for lang in LANGUAGES), *PLAIN]
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
    sheet = None
    if path.suffix.lower() == ".xlsx":
        titles = {say("workbook_tab_codebook", lang) for lang in LANGUAGES}
        sheet = next((name for name in sheet_names(data, path.name) if name in titles), None)
    table, problems = check_table(path, sheet)
    return (None, problems) if problems else check_codebook_table(table, path.name)


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
        codes = self.data["variables"][at].setdefault("codes", [])
        self._rows[("variables", at, "codes", len(codes))] = row
        code = cells["code"].strip()
        codes.append({"id": code, "label": code, **_fields(cells, TEXTS, PLAIN)})

    def _add(self, row: int, name: str, data: dict[str, Any]) -> None:
        self._places[name] = at = len(self.data["variables"])
        self._rows[("variables", at)] = row
        self.data["variables"].append(data)
        self._above = name


def _fields(cells: Mapping[str, str], texts: Iterable[str], plain: Iterable[str]) -> dict[str, Any]:
    told = {name: text for name in texts if (text := _bilingual(cells, name)) is not None}
    return told | {name: _value(name, cells[name]) for name in plain if name in cells}


def _bilingual(cells: Mapping[str, str], name: str) -> dict[str, str] | None:
    both = cells.get(name)
    found = {lang: cells.get(f"{name}_{lang}", both) for lang in LANGUAGES}
    return {str(lang): _meant(text) for lang, text in found.items() if text is not None} or None


def _value(name: str, cell: str) -> Any:
    """Return a cell as the value that it stands for; as it is, where there is none."""
    if name in ("stage", "notes"):
        return _listed(cell)
    plain = cell.strip().casefold()
    if name in ("retired", "none_fits") and plain in _YES | _NO:
        return plain in _YES
    if name == "round" and _NUMBER.fullmatch(plain):
        return int(plain)
    return cell.strip()
