"""What each column of a table of others seems to be: a map for a person to go through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sekom_analysis.exchange.others.matching import (
    Column,
    Map,
    Meant,
    NoteFinder,
    code_names,
    end_of,
    is_surely,
    is_unsaid,
    meant_code,
    meant_variable,
    parts,
    same,
    steps,
    values_of,
)
from sekom_analysis.exchange.refi.words import coder_id
from sekom_analysis.study.codebook import Codebook, Variable

# --- which variable the cells of a column of somebody else's table answer, and how they are written ---


SEVERAL = ("", "|", "#", ";", ",")
PATHS = ("/", ":", ">", "\\", ".")
HALF = 0.5
_MOST_VALUES = 400  # different ones that a column of answers may have


class Fit(NamedTuple):
    """How well a column's values are answers to a variable.

    Parameters
    ----------
    share : of the values that surely are
    named : whether the column is called as the variable is
    variable : its id; empty where another column, or each value, says it
    several : what separates several codes in a cell
    path : what separates variable and code; empty: there are codes alone
    by_ends : whether only the ends of some values are codes
    """

    share: float
    named: bool
    variable: str
    several: str
    path: str = ""
    by_ends: bool = False

    @property
    def rank(self) -> tuple[float, bool, bool, bool, int]:
        """What makes one fit better than another: of two as good the plainer."""
        return self.share, self.named, not self.by_ends, not self.path, -SEVERAL.index(self.several)


class Fitter:
    """Compares columns with a codebook.

    Parameters
    ----------
    table : texts
    codebook : labels and ids of its variables and codes are looked for
    """

    def __init__(self, table: pd.DataFrame, codebook: Codebook) -> None:
        self.table, self.codebook = table, codebook
        self.names = {variable.id: code_names(variable) for variable in codebook.variables}

    def cells(self, name: str) -> list[str]:
        """Return the cells of a column that say something."""
        return [cell for cell in self.table[name] if cell.strip() and not is_unsaid(cell)]

    def fit(self, name: str) -> tuple[Fit | None, set[str]]:
        """Return what a column's cells answer best, if anything, and what they answer as well."""
        found = list(self._fits(name))
        if not found:
            return None, set()
        top = max(found, key=lambda fit: fit.rank)
        rivals = {fit.variable for fit in found if not fit.path and fit.rank[:4] == top.rank[:4]}
        return (top if top.share >= HALF or top.named else None), rivals - {top.variable}

    def told(self, name: str, column: str) -> Fit:
        """Return how well a column's cells answer the variables that another column gives."""
        rows = list(dict.fromkeys(zip(self.table[column], self.table[name], strict=True)))
        tried = [Fit(self._share(rows, several), False, "", several) for several in SEVERAL]
        return max(tried, key=lambda fit: fit.rank)

    def repeats(self, longer: tuple[str, Fit], shorter: tuple[str, Fit]) -> bool:
        """Whether every row of a column holds what that of another does, or more."""
        sets = [
            [frozenset(map(end_of, parts(cell, fit.several))) for cell in self.table[name]]
            for name, fit in (longer, shorter)
        ]
        return all(more >= less for more, less in zip(*sets, strict=True))

    def split(self, value: str, path: str) -> tuple[str, str]:
        """Take a path apart where its beginning is a variable; else at its first step."""
        ways = list(steps(value, path))
        known = [way for way in ways if self._variable(way[0])]
        return next(iter([*known, *ways]), ("", value))

    def _fits(self, name: str) -> Iterator[Fit]:
        called = meant_variable(self.codebook, name).id
        for several in SEVERAL:
            values = self._values(name, several)
            for variable in self.codebook.variables if values else ():
                known = self._known(variable, values)
                if known and (variable.kind != "scale" or called == variable.id):
                    yield Fit(known, called == variable.id, variable.id, several)
                ended = self._known(variable, values, by_ends=True) if variable.kind != "scale" else 0
                if ended > known:
                    yield Fit(ended, called == variable.id, variable.id, several, by_ends=True)
            for path in PATHS:
                if share := self._known_by_path(values, path):
                    yield Fit(share, False, "", several, path)

    def _values(self, name: str, several: str) -> list[str]:
        cells = self.cells(name)
        if several and not any(several in cell for cell in cells):
            return []
        values = values_of(cells, several)
        return values if len(values) <= _MOST_VALUES else []

    def _known(self, variable: Variable, values: list[str], by_ends: bool = False) -> float:
        """Return the share of values that are surely answers to a variable, or end in one."""
        names = self.names[variable.id]
        known = [
            is_surely(variable, names, value) or (by_ends and is_surely(variable, names, end_of(value)))
            for value in values
        ]
        return sum(known) / len(values)

    def _known_by_path(self, values: list[str], path: str) -> float:
        """Return the share of values that begin with a variable and end with a code of it."""
        return sum(self._answers(*self.split(value, path)) for value in values) / max(len(values), 1)

    def _share(self, rows: list[tuple[str, str]], several: str) -> float:
        known = [self._answers(told, value) for told, cell in rows for value in parts(cell, several)]
        return sum(known) / max(len(known), 1)

    def _answers(self, told: str, value: str) -> bool:
        variable = self._variable(told)
        return variable is not None and is_surely(variable, self.names[variable.id], value)

    def _variable(self, told: str) -> Variable | None:
        meant = meant_variable(self.codebook, told) if told else None
        return self.codebook[meant.id] if meant and meant.id and not meant.doubt else None


# --- what each column of a table of others seems to be: a map for a person to go through --------------


_NAMES = {
    "note": ("note_id", "note", "noteid", "lapp", "lapp-id", "id", "document", "text"),
    "coder": (
        "coder", "kodare", "annotator", "annotator_id", "annotators", "completed_by", "created_by", "user",
        "username", "codedby", "coded_by", "rater", "bedömare", "kodad av", "who",
    ),
    "time": ("decided_at", "created_at", "codedat", "coded_at", "timestamp", "time", "tid", "date"),
    "memo": ("memo", "comment", "comments", "kommentar", "motivering", "anteckning"),
    "certainty": ("certainty", "säkerhet", "hur säker", "confidence"),
    "pass": ("pass", "omgång"),
    "codes": ("codes", "code", "kod", "koder", "answer", "svar"),
}  # fmt: skip
_CURATORS = ("curator", "curation_user")
_MOST_TOLD = 400  # different cells that are looked at for names of variables


def is_said_beside(name: str) -> bool:
    """Whether a column is called as those are that say more of an answer: when, how sure, with what remark.

    Examples
    --------
    >>> is_said_beside("Kommentar"), is_said_beside("Kod")
    (True, False)
    """
    return any(same(name) in _NAMES[key] for key in ("time", "memo", "certainty", "pass"))


class Proposal(NamedTuple):
    """A map, and what in it is doubtful, by its path."""

    map: Map
    doubts: dict[tuple[str, ...], str]


class _Written(NamedTuple):
    """What separates several codes in a cell, and a variable from its code."""

    several: str
    path: str


class _NoteColumn(NamedTuple):
    """How well a column identifies the note: for how many of its cells, and how such columns are called."""

    share: float
    rank: int
    name: str
    notes_are: str


def propose(table: pd.DataFrame, codebook: Codebook, notes: pd.DataFrame, whose: str) -> Proposal | None:
    """Return what the columns of a table seem to be; None where none identifies the note.

    Parameters
    ----------
    table : texts, one row per decision, or a note with a column for each coder
    codebook : labels and ids of its variables and codes are looked for
    notes : the N notes of the study
    whose : id of the coder, where no column says
    """
    return _Finder(table, codebook, notes).propose(whose)


class _Finder:
    """Looks at the columns of one table."""

    def __init__(self, table: pd.DataFrame, codebook: Codebook, notes: pd.DataFrame) -> None:
        self.table, self.codebook = table, codebook
        self.finder, self.fitter = NoteFinder(notes), Fitter(table, codebook)
        self.doubts: dict[tuple[str, ...], str] = {}
        self.free = [str(name) for name in table.columns]

    def propose(self, whose: str) -> Proposal | None:
        note, notes_are = self._note()
        if not note:
            return None
        extra = {name: self._named(name) for name in ("coder", "time", "memo", "certainty", "pass")}
        variable = self._variable()
        fits = self._fits(extra["coder"], variable)
        answers = self._answers(fits, extra["coder"])
        written = _Written(
            next((fit.several for fit in fits.values() if fit.several), ""),
            next((fit.path for fit in fits.values() if fit.path), ""),
        )
        found = Map.model_validate(
            {
                "note": note,
                "notes_are": notes_are,
                **extra,
                "coders": self._coders(extra["coder"]),
                "whose": "" if extra["coder"] or any(one.coder for one in answers.values()) else whose,
                "variable": variable,
                "variables": self._variables(answers, variable, written),
                "answers": answers,
                "several": written.several,
                "path": written.path,
                "codes": self._codes(answers, variable, written),
            }
        )
        if found.whose:
            self.doubts[("whose",)] = "no column says who decided" + (
                "; 'all' may be everybody's answers in one" if whose == "all" else ""
            )
        self._doubt_time(extra["time"])
        return Proposal(found, self.doubts)

    def _take(self, name: str) -> str:
        if name:
            self.free.remove(name)
        return name

    def _note(self) -> tuple[str, str]:
        """Return the column that identifies the note, and whether by id or by text."""
        found = [self._told(name, kind) for name in self.free for kind in ("ids", "texts")]
        best = max(found, key=lambda one: one[:2], default=_NoteColumn(0, 0, "", "ids"))
        texts = max((one for one in found if one.notes_are == "texts"), key=lambda one: one[:2], default=best)
        if best.notes_are == "ids" and texts.share >= HALF and self._contradict(best.name, texts.name):
            # Other programs count from 1 as studies do: their 7 is another note than ours. What coders read,
            # they coded.
            what = f"'{best.name}' looks like ids too, but is in the rows of other notes' texts"
            best, self.doubts[("note",)] = texts, what
        if best.name and best.share < 1:
            self.doubts[("note",)] = f"{best.share:.0%} of its cells are notes of the study"
        return (self._take(best.name) if best.share else ""), best.notes_are

    def _told(self, name: str, kind: str) -> _NoteColumn:
        cells = self.fitter.cells(name)
        hits = sum(bool(self.finder.find(cell, kind)) for cell in cells)
        names = _NAMES["note"]
        rank = -names.index(same(name)) if same(name) in names else -len(names)
        return _NoteColumn(hits / len(cells) if cells else 0.0, rank, name, kind)

    def _contradict(self, ids: str, texts: str) -> bool:
        """Whether a note that one column gives by id is not the one that another quotes."""
        pairs = (
            (self.finder.find(one, "ids"), self.finder.find(other, "texts"))
            for one, other in zip(self.table[ids], self.table[texts], strict=True)
        )
        return any(one and other and one != other for one, other in pairs)

    def _named(self, key: str) -> str:
        """Return the column that is called as such columns are."""
        by_name = {same(name): name for name in reversed(self.free)}
        return self._take(next((by_name[name] for name in _NAMES[key] if name in by_name), ""))

    def _variable(self) -> str:
        """Return the column whose cells are names of variables."""
        for name in self.free:
            values = list(dict.fromkeys(self.fitter.cells(name)))[:_MOST_TOLD]
            known = [meant_variable(self.codebook, value) for value in values]
            sure = sum(bool(one.id) and not one.doubt for one in known)
            if values and sure >= HALF * len(values):
                return self._take(name)
        return ""

    def _fits(self, coder: str, variable: str) -> dict[str, Fit]:
        """Return the columns that hold answers."""
        if variable:
            told = {name: self.fitter.told(name, variable) for name in self.free}
            found = {name: fit for name, fit in told.items() if fit.share >= HALF}
            return self._best(found or told) if coder or not found else found
        found = {name: fit for name in self.free if (fit := self._fit(name)) is not None}
        if not coder:
            return found
        paths = {name: fit for name, fit in found.items() if fit.path}
        plain = {name: fit for name, fit in found.items() if not fit.path}
        return self._without_repeats(plain) | self._best(paths)

    def _fit(self, name: str) -> Fit | None:
        fit, rivals = self.fitter.fit(name)
        if fit is not None and rivals:
            others = ", ".join(one for one in self.codebook.ids if one in rivals)
            self.doubts[("answers", name, "variable")] = f"it could be {others} too"
        return fit

    def _best(self, fits: dict[str, Fit]) -> dict[str, Fit]:
        """Keep the one column that is called as answers are, or fits best."""
        best = max(fits, key=lambda name: (same(name) in _NAMES["codes"], fits[name].rank), default="")
        return {best: fits[best]} if best else {}

    def _without_repeats(self, fits: dict[str, Fit]) -> dict[str, Fit]:
        """Leave out columns that hold another's answers and more: everybody's, it may be."""
        kept = dict(sorted(fits.items(), key=lambda one: same(one[0]) not in _NAMES["codes"]))
        for longer in reversed(list(kept.items())):
            for shorter in list(kept.items()):
                alike = longer[0] != shorter[0] and longer[1].variable == shorter[1].variable
                if longer[0] in kept and alike and self.fitter.repeats(longer, shorter):
                    del kept[longer[0]]
                    self.doubts[("answers", shorter[0])] = f"'{longer[0]}' repeats it and was left out"
        return kept

    def _answers(self, fits: dict[str, Fit], coder: str) -> dict[str, Column]:
        curators = [] if coder else [name for name in fits if same(name) in _CURATORS]
        if curators:
            what = f"'{', '.join(curators)}' settles what others said, and was left out"
            self.doubts[("answers",)] = what
        fits = {name: fit for name, fit in fits.items() if name not in curators}
        times = Counter(fit.variable for fit in fits.values())
        answers: dict[str, Column] = {}
        for name, fit in fits.items():
            by = ""
            if not coder and (times[fit.variable] > 1 or curators):
                by = coder_id(name, {one.coder for one in answers.values()})
            answers[name] = Column(variable=fit.variable, coder=by)
        return answers

    def _coders(self, column: str) -> dict[str, str]:
        coders: dict[str, str] = {}
        for value in dict.fromkeys(cell.strip() for cell in self.fitter.cells(column)) if column else ():
            coders[value] = coder_id(value, set(coders.values()))
            if value.isdigit():
                self.doubts[("coders", value)] = "a number; the other program says whose it is"
        return coders

    def _doubt_time(self, column: str) -> None:
        """Mark the time if answers were changed a minute or more after they were given."""
        changed = next((name for name in self.table.columns if same(name) == "updated_at"), "")
        minute = len("2016-05-12T10:00")
        if column and changed and (self.table[changed].str[:minute] != self.table[column].str[:minute]).any():
            self.doubts[("time",)] = f"'{changed}' says when answers were last changed"

    def _variables(self, answers: dict[str, Column], column: str, written: _Written) -> dict[str, str]:
        """Return what names of variables mean: those of a column, or those that paths begin with."""
        names = [cell.strip() for cell in self.fitter.cells(column)] if column else []
        if written.path:
            open_ = [name for name, answer in answers.items() if not answer.variable]
            values = (value for name in open_ for value in values_of(self.table[name], written.several))
            names = [self.fitter.split(value, written.path)[0] for value in values]
        return {
            name: self._sure(meant_variable(self.codebook, name), ("variables", name))
            for name in dict.fromkeys(filter(None, names))
        }

    def _sure(self, meant: Meant, path: tuple[str, ...]) -> str:
        if meant.doubt:
            self.doubts[path] = meant.doubt
        return meant.id

    def _codes(self, answers: dict[str, Column], column: str, written: _Written) -> dict[str, dict[str, str]]:
        """Return what each value means, for each variable that the cells answer."""
        codes: dict[str, dict[str, str]] = {}
        for variable, value in self._said(answers, column, written):
            if variable and self.codebook[variable].kind != "scale":
                known = codes.setdefault(variable, {})
                if value not in known:
                    meant = meant_code(self.codebook[variable], value)
                    known[value] = self._sure(meant, ("codes", variable, value))
        return codes

    def _said(self, answers: dict[str, Column], column: str, written: _Written) -> Iterator[tuple[str, str]]:
        """Yield every different value and its variable, which the map, a column or the value's path gives."""
        for name, answer in answers.items():
            cells = self.table[name]
            rows = zip(self.table[column] if column else cells, cells, strict=True)
            for told, cell in dict.fromkeys(rows):
                for value in parts(cell, written.several):
                    head, rest = told, value
                    if written.path and not answer.variable:
                        head, rest = self.fitter.split(value, written.path)
                    yield answer.variable or meant_variable(self.codebook, head).id, rest
