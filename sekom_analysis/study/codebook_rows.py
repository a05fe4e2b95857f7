"""The rows of a codebook that people keep, as variables and codes; every problem with its row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sekom_analysis.basics.wording import LANGUAGES, Problem, quoted, say
from sekom_analysis.basics.yamlfile import check_data
from sekom_analysis.study.codebook import (
    MOST_STEPS,
    NONE_FITS,
    NONE_FITS_LABEL,
    RESERVED_VARIABLES,
    Codebook,
)
from sekom_analysis.study.codebook_words import (
    LINEAGE,
    Name,
    kind_of_variable,
    made_id,
    points_of,
    points_text,
    range_of,
)

_ID = re.compile(r"[a-z0-9_]{1,40}")
_WHOLE = re.compile(r"[-+]?\d{1,4}(?:[.,]0+)?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_TEXTS = ("definition", "include", "exclude", "example")
WHOLE = ("title", "goal")  # kinds of the rows that say something of the codebook itself
_SUM = re.compile(r"(summa|totalt?|sum|antal|n\s*=)\b\s*[:=\d]", re.IGNORECASE)
_YES, _NO = {"true", "1", "yes", "ja", "x", "sant"}, {"false", "0", "no", "nej", "falskt"}


class Heading(NamedTuple):
    """The heading of a table: its row, if it has one, what its cells say, and what the columns are."""

    row: int | None
    cells: tuple[str, ...]
    names: tuple[Name | None, ...]


class Grid(NamedTuple):
    """A table with the place that problems name."""

    place: str
    title: str
    heading: Heading
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def fields(self) -> set[str]:
        """Return which parts of a codebook it has columns for."""
        return {name.field for name in self.heading.names if name is not None}

    @property
    def names_variables(self) -> bool:
        """Whether a column says which variable a code belongs to."""
        return "variable" in self.fields or ("group" in self.fields and bool({"code", "label"} & self.fields))


class Entries(NamedTuple):
    """A table, and what its variable is called where no column says it."""

    grid: Grid
    called: str


class _Row(NamedTuple):
    """A row's texts by field, and by language where a column has one."""

    number: int
    cells: dict[str, str]
    spoken: dict[str, dict[str, str]]

    def text(self, name: str) -> str:
        return self.cells.get(name, "") or next(iter(self.spoken.get(name, {}).values()), "")

    def both(self, name: str) -> dict[str, str] | None:
        """Return a text in two languages; what is given in one counts for both."""
        spoken, plain = self.spoken.get(name, {}), self.cells.get(name, "")
        found = {lang: spoken.get(lang) or plain for lang in LANGUAGES}
        there = next(filter(None, found.values()), "")
        return {lang: text or there for lang, text in found.items()} if there else None


@dataclass
class _Variable:
    """A variable while its rows are read."""

    called: str
    place: str
    rows: list[_Row] = field(default_factory=list)


def book_of(tables: Sequence[Entries]) -> tuple[Codebook | None, list[Problem], list[Problem]]:
    """Return the codebook of some tables, with what is wrong with it and what is to be known of it."""
    maker = _Maker()
    for entries in tables:
        maker.take(entries)
    book, problems = maker.book()
    return book, problems, maker.remarks


class _Maker:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.remarks: list[Problem] = []
        self.data: list[dict[str, Any]] = []
        self.rows: dict[tuple[int | str, ...], int] = {}
        self.place = ""
        self.made: list[str] = []
        self.about: dict[str, Any] = {}

    def book(self) -> tuple[Codebook | None, list[Problem]]:
        """Return the codebook; None if there is any problem."""
        if not self.problems and not self.data:
            self.problems.append(Problem.of(self.place, None, "kept_empty"))
        if self.problems:
            return None, sorted(self.problems, key=lambda one: (one.file, one.row or 0))
        if self.made:
            shown = ", ".join(self.made[:6]) + (" …" if len(self.made) > 6 else "")
            self.remarks.append(Problem.of(self.place, None, "kept_ids", n=len(self.made), ids=shown))
        return check_data({**self.about, "variables": self.data}, Codebook, self.place, self._row_of)

    def _row_of(self, path: tuple[int | str, ...]) -> int:
        return next((self.rows[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.rows), 1)

    def take(self, entries: Entries) -> None:
        """Take the variables of one table."""
        grid = entries.grid
        self.place = grid.place
        self._say_columns(grid)
        rows = []
        for row in _rows(grid):
            whole = row.text("kind").casefold()
            if whole in WHOLE and not (row.text("variable") or row.text("code")) and row.both("label"):
                self.about[whole] = row.both("label")
            elif _SUM.match(row.text("label") or row.text("code")) and not row.text("definition"):
                said = row.text("label") or row.text("code")
                self.remarks.append(Problem.of(grid.place, row.number, "kept_sum", text=said))
            else:
                rows.append(row)
        for variable in _variables(rows, grid, entries.called):
            self._take_variable(variable, grid)

    def _say_columns(self, grid: Grid) -> None:
        pairs = zip(grid.heading.cells, grid.heading.names, strict=True)
        unknown = [cell.strip() for cell, name in pairs if name is None and cell.strip()]
        if unknown:
            self.remarks.append(
                Problem.of(grid.place, grid.heading.row, "kept_columns", names=quoted(unknown))
            )

    # --- one variable ---------------------------------------------------------------------------------

    def _take_variable(self, variable: _Variable, grid: Grid) -> None:
        own, rows = _own_row(variable)
        first = own or variable.rows[0]
        kind = self._kind(variable, grid)
        taken = {*RESERVED_VARIABLES, NONE_FITS, *(data["id"] for data in self.data)}
        id_ = variable.called.strip()
        if not _ID.fullmatch(id_) or id_ in taken:
            id_ = made_id(variable.called, taken, "codes")
        label = (own.both("label") if own else None) or variable.called or _both("refi_codes")
        data: dict[str, Any] = {"id": id_, "kind": kind, "label": label}
        self.rows[("variables", len(self.data))] = first.number
        question = next(filter(None, (row.both("question") for row in variable.rows)), None)
        if question:
            data["question"] = question
        lender = next(filter(None, (row.text("codes_from") for row in variable.rows)), "")
        if kind == "scale":
            self._scale(data, variable, rows)
        elif lender:
            data["codes_from"] = lender if _ID.fullmatch(lender) else made_id(lender, (), "codes")
        else:
            self._range_of_codes(variable, kind)
            data["codes"] = self._codes(rows, kind, len(self.data))
        self._settings(data, variable)
        self.data.append(data)

    def _kind(self, variable: _Variable, grid: Grid) -> str:
        given: dict[str, _Row] = {}
        for row in variable.rows:
            if row.text("kind"):
                given.setdefault(row.text("kind"), row)
        kinds = {text: kind_of_variable(text) for text in given}
        for text, row in given.items():
            if kinds[text] is None:
                self.problems.append(Problem.of(variable.place, row.number, "kept_kind", given=text))
        known = {kind for kind in kinds.values() if kind}
        if len(known) > 1:
            row = list(given.values())[1]
            said = {"variable": variable.called, "kinds": quoted(given)}
            self.problems.append(Problem.of(variable.place, row.number, "kept_kinds", **said))
        if known:
            return sorted(known)[0]
        if _range_cells(variable.rows):
            return "scale"
        is_whole = "variable" in grid.fields or ("group" in grid.fields and not grid.names_variables)
        kind = (
            "single" if is_whole else "multiple"
        )  # of what is under a theme, nothing says that one is right
        if not given:
            said = {"variable": variable.called or say("refi_codes", "sv"), "kind": kind}
            self.remarks.append(Problem.of(variable.place, None, f"kept_implied_{kind}", **said))
        return kind

    def _settings(self, data: dict[str, Any], variable: _Variable) -> None:
        """Take what a table says of a variable in any of its rows: which notes, and whether none may fit."""
        for name in ("stage", "notes", "none_fits", "round"):
            row = next((row for row in variable.rows if row.text(name)), None)
            if row is None:
                continue
            text = row.text(name)
            if name in ("stage", "notes"):
                data[name] = [part.strip() for part in re.split(r"[|;,]", text) if part.strip()]
            elif name == "round" and _WHOLE.fullmatch(text):
                data[name] = int(re.split("[.,]", text)[0])
            elif name == "none_fits" and text.casefold() in _YES | _NO and data["kind"] == "single":
                data[name] = text.casefold() in _YES
            elif name == "none_fits" and text.casefold() not in _NO:
                self.problems.append(Problem.of(variable.place, row.number, "kept_yes_no", given=text))

    # --- a scale --------------------------------------------------------------------------------------

    def _scale(self, data: dict[str, Any], variable: _Variable, rows: Sequence[_Row]) -> None:
        bounds, points, row = _scale_of(variable, rows)
        if bounds is None or not 0 < bounds[1] - bounds[0] <= MOST_STEPS:
            given = ", ".join(dict.fromkeys(_range_cells(variable.rows))) or say("kept_nothing", "sv")
            said = {"variable": variable.called, "given": given}
            self.problems.append(Problem.of(variable.place, row.number, "kept_range", **said))
            return
        data["range"] = list(bounds)
        named = {point: label for point, label in sorted(points.items()) if label}
        on_scale = {point: label for point, label in named.items() if bounds[0] <= point <= bounds[1]}
        if on_scale:
            data["labels"] = on_scale
            self._say_points("kept_points", variable, row, on_scale)
        if beside := {point: label for point, label in named.items() if point not in on_scale}:
            asked = data.get("question") or data["label"]
            asked = asked if isinstance(asked, dict) else dict.fromkeys(LANGUAGES, asked)
            data["question"] = {
                lang: f"{one} ({points_text(_spoken(beside, lang))})" for lang, one in asked.items()
            }
            self._say_points("kept_points_beside", variable, row, beside)

    def _say_points(self, kind: str, variable: _Variable, row: _Row, points: _Points) -> None:
        said = {"variable": variable.called, "points": points_text(_spoken(points, LANGUAGES[0]))}
        self.remarks.append(Problem.of(variable.place, row.number, kind, **said))

    def _range_of_codes(self, variable: _Variable, kind: str) -> None:
        """Say that a variable that is no scale has the numbers of one."""
        for row in variable.rows:
            told = [text for name in ("range", "low", "high") if (text := row.text(name))]
            said = {"variable": variable.called, "kind": kind}
            if any(map(range_of, _range_cells([row]))):
                self.problems.append(Problem.of(variable.place, row.number, "kept_no_scale", **said))
                return
            if told:
                text = ", ".join(told)
                self.remarks.append(Problem.of(variable.place, row.number, "kept_left", text=text))

    # --- codes ----------------------------------------------------------------------------------------

    def _codes(self, rows: Sequence[_Row], kind: str, at: int) -> list[dict[str, Any]]:
        codes: list[dict[str, Any]] = []
        named: dict[str, int] = {}
        for row in rows:
            name = row.text("code") or row.text("label") or row.text("group")
            label = row.both("label") or (dict.fromkeys(LANGUAGES, name) if name else None)
            if label is None:
                self._say_nameless(row)
                continue
            path = _path(row, label)
            if _is_none_fits(row, label):
                self.remarks.append(Problem.of(self.place, row.number, f"kept_none_{kind}", name=name))
                continue
            key = " ".join((row.text("code") or path["sv"]).casefold().split())
            if key in named:
                said = {"name": row.text("code") or path["sv"], "row": named[key]}
                self.problems.append(Problem.of(self.place, row.number, "kept_twice", **said))
                continue
            named[key] = row.number
            self.rows[("variables", at, "codes", len(codes))] = row.number
            taken = {NONE_FITS, *(code["id"] for code in codes)}
            codes.append({"id": self._id(row, path, taken), "label": path, **self._parts(row)})
        if not codes and not self.problems:
            self.problems.append(Problem.of(self.place, rows[0].number if rows else None, "kept_no_codes"))
        return codes

    def _id(self, row: _Row, label: dict[str, str], taken: set[str]) -> str:
        given = row.text("code").strip()
        if _ID.fullmatch(given) and given not in taken:
            return given
        made = made_id(given or label["sv"], taken, "code")
        self.made.append(f"{given or label['sv']} → {made}")
        return made

    def _parts(self, row: _Row) -> dict[str, Any]:
        parts: dict[str, Any] = {name: text for name in _TEXTS if (text := row.both(name)) is not None}
        colour = row.text("colour").strip()
        if _COLOUR.fullmatch(colour):
            parts["colour"] = colour
        elif colour:
            self.remarks.append(Problem.of(self.place, row.number, "kept_colour", given=colour))
        if row.text("retired").casefold() in _YES:
            parts["retired"] = True
        for name in LINEAGE:
            if listed := [one.strip() for one in row.text(name).split("|") if one.strip()]:
                parts[name.removeprefix("made_")] = listed
        return parts

    def _say_nameless(self, row: _Row) -> None:
        told = next((row.text(name) for name in _TEXTS if row.text(name)), "")
        if told:
            self.problems.append(Problem.of(self.place, row.number, "kept_nameless", text=told[:60]))


def _both(key: str) -> dict[str, str]:
    return {lang: say(key, lang) for lang in LANGUAGES}


def _path(row: _Row, label: dict[str, str]) -> dict[str, str]:
    """Return a code's label with those of the codes that it is below."""
    parent = " / ".join(part.strip() for part in re.split(r"[\\/>]", row.text("parent")) if part.strip())
    return {lang: f"{parent} / {text}" if parent else text for lang, text in label.items()}


def _is_none_fits(row: _Row, label: dict[str, str]) -> bool:
    texts = {row.text("code").casefold(), *(text.casefold() for text in label.values())}
    return bool(texts & {NONE_FITS, *(text.casefold() for text in NONE_FITS_LABEL.values())})


# --- rows, and the variables that they belong to ------------------------------------------------------


def _rows(grid: Grid) -> Iterator[_Row]:
    """Yield the rows with their cells by field; two columns of one field are one text, line by line."""
    swap = {}
    if "group" in grid.fields:
        swap["group"] = "variable" if grid.names_variables and "variable" not in grid.fields else "label"
        if "variable" in grid.fields:
            swap["group"] = "parent" if {"code", "label"} & grid.fields else "label"
    asks = "question" in grid.fields and not {"variable", "group"} & grid.fields
    for number, cells in grid.rows:
        plain: dict[str, str] = {}
        spoken: dict[str, dict[str, str]] = {}
        for cell, name in zip(cells, grid.heading.names, strict=False):
            if name is None or not cell.strip():
                continue
            into = swap.get(name.field, name.field)
            if name.lang:
                spoken.setdefault(into, {})[name.lang] = cell.strip()
            elif into in plain and into in _TEXTS:
                plain[into] += f"\n{cell.strip()}"
            else:
                plain.setdefault(into, cell.strip())
        if asks and plain.get("question"):
            plain["variable"] = plain["question"]
        if plain or spoken:
            yield _Row(number, plain, spoken)


def _variables(rows: Sequence[_Row], grid: Grid, called: str) -> list[_Variable]:
    """Return the rows by variable; an empty cell belongs to the variable above."""
    found: dict[str, _Variable] = {}
    name = called
    for row in rows:
        name = row.text("variable") or name
        key = " ".join(name.casefold().split())
        found.setdefault(key, _Variable(name, grid.place)).rows.append(row)
    for variable in found.values():
        variable.rows = list(_unpacked(variable.rows))
    return list(found.values())


def _unpacked(rows: Sequence[_Row]) -> Iterator[_Row]:
    """Yield a variable's rows; one that lists all its codes in a cell as a row for each."""
    if len(rows) > 1 or rows[0].text("code") or not rows[0].text("variable"):
        yield from rows
        return
    (row,) = rows
    label = row.text("label")
    parts = [part.strip() for part in re.split(r"[;|\n]", label) if part.strip()]
    if range_of(label) or points_of(label):
        yield row._replace(cells={**row.cells, "range": label, "label": ""})
    elif len(parts) > 1 and not row.spoken.get("label"):
        rest = {name: text for name, text in row.cells.items() if name not in ("label", *_TEXTS)}
        yield row._replace(cells={**row.cells, "label": ""})
        yield from (_Row(row.number, {"variable": rest["variable"], "label": part}, {}) for part in parts)
    else:
        yield row


def _own_row(variable: _Variable) -> tuple[_Row | None, list[_Row]]:
    """Return the row that is about the variable itself, if there is one, and those of its codes."""
    first, *others = variable.rows
    if first.text("code") or not first.text("variable"):
        return None, variable.rows
    told = first.text("kind") or first.text("question") or _range_cells([first])
    repeats = bool(others) and first.text("kind") and all(row.text("kind") for row in others)
    if not first.text("label"):
        return first, others
    same = first.text("label").casefold() == variable.called.casefold()
    has_codes = any(row.text("code") for row in others)
    if same or (told and not repeats and (has_codes or not others or not first.text("definition"))):
        return first, others
    return (
        (first, others)
        if has_codes and not repeats and not first.text("definition")
        else (None, variable.rows)
    )


def _range_cells(rows: Sequence[_Row]) -> list[str]:
    """Return what rows say of lowest and highest: in a range, in two cells, or in the kind."""
    found = []
    for row in rows:
        if row.text("low") and row.text("high"):
            found.append(f"{row.text('low')}–{row.text('high')}")
        found += [text for text in (row.text("range"),) if text]
        kind = re.sub(r"^[^\d−+-]*", "", row.text("kind"))
        if range_of(kind):
            found.append(kind)
    return found


_Points = dict[int, str | dict[str, str]]  # point of a scale -> its label, in one language or by language


def _spoken(points: _Points, lang: str) -> dict[int, str]:
    return {point: label if isinstance(label, str) else label[lang] for point, label in points.items()}


def _scale_of(variable: _Variable, rows: Sequence[_Row]) -> tuple[tuple[int, int] | None, _Points, _Row]:
    """Return the bounds of a scale, its points with their labels, and the row that says so."""
    points: _Points = {}
    bounds = None
    where = variable.rows[0]
    for row in variable.rows:
        for text in _range_cells([row]):
            where = row
            points |= points_of(text)
            bounds = bounds or range_of(text)
    for row in rows:
        number = row.text("code")
        if _WHOLE.fullmatch(number):
            points[int(re.split("[.,]", number)[0])] = row.both("label") or ""
        else:
            points |= points_of(row.text("label"))
    for row in variable.rows:
        points |= {} if points else points_of(row.text("definition")) or points_of(row.text("question"))
    if bounds is None and len(points) > 1:
        bounds = min(points), max(points)
    return bounds, points, where
