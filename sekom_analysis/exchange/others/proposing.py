"""What each column of a table of others seems to be: a map for a person to go through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from sekom_analysis.codebook import Codebook, Variable
from sekom_analysis.exchange.others.mapping import Column, Map
from sekom_analysis.exchange.others.matching import (
    Meant,
    code_names,
    is_surely,
    meant_code,
    meant_variable,
    parts,
    same,
    values_of,
)
from sekom_analysis.exchange.refi.ids import coder_id
from sekom_analysis.notes import note_hash

SEVERAL = ("", "|", "#", ";", ",")
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
_MOST_VALUES = 400  # different ones that a column of answers may have
_HALF = 0.5


class Proposal(NamedTuple):
    """A map, and what in it is doubtful, by its path."""

    map: Map
    doubts: dict[tuple[str, ...], str]


class _Fit(NamedTuple):
    """How well a column's values are answers to a variable."""

    share: float
    named: bool
    variable: str
    several: str


def propose(table: pd.DataFrame, codebook: Codebook, notes: pd.DataFrame, whose: str) -> Proposal | None:
    """Return what the columns of a table seem to be; None where none tells the note.

    Parameters
    ----------
    table : texts, one row a decision, or a note with a column for each coder
    codebook : labels and ids of its variables and codes are looked for
    notes : the N notes of the study
    whose : id of the coder, where no column tells
    """
    return _Finder(table, codebook, notes).propose(whose)


class _Finder:
    """Looks at the columns of one table."""

    def __init__(self, table: pd.DataFrame, codebook: Codebook, notes: pd.DataFrame) -> None:
        self.table, self.codebook = table, codebook
        self.ids = set(map(same, notes.index))
        self.texts = set(map(note_hash, notes["text"]))
        self.doubts: dict[tuple[str, ...], str] = {}
        self.names = {variable.id: code_names(variable) for variable in codebook.variables}
        self.free = [str(name) for name in table.columns]

    def propose(self, whose: str) -> Proposal | None:
        note, notes_are = self._note()
        if not note:
            return None
        extra = {name: self._named(name) for name in ("coder", "time", "memo", "certainty", "pass")}
        variable = self._variable()
        fits = {name: fit for name in self.free if (fit := self._fit(name)) is not None}
        if variable:
            fits = self._any_code(fits)
        answers = self._answers(fits, extra["coder"], variable)
        several = self._several(fits, answers)
        found = Map.model_validate(
            {
                "note": note,
                "notes_are": notes_are,
                **extra,
                "coders": self._coders(extra["coder"]),
                "whose": "" if extra["coder"] or any(one.coder for one in answers.values()) else whose,
                "variable": variable,
                "variables": self._variables(variable),
                "answers": answers,
                "several": several,
                "codes": self._codes(answers, variable, several),
            }
        )
        if found.whose:
            self.doubts[("whose",)] = "no column tells who decided"
        return Proposal(found, self.doubts)

    def _cells(self, name: str) -> list[str]:
        return [cell for cell in self.table[name] if cell.strip()]

    def _take(self, name: str) -> str:
        if name:
            self.free.remove(name)
        return name

    def _note(self) -> tuple[str, str]:
        """Return the column that tells the note, and whether by id or by text."""
        best: tuple[float, bool, str, str] = (0.0, False, "", "ids")
        for name in self.free:
            cells = self._cells(name)
            named = same(name) in _NAMES["note"]
            for kind, hits in (
                ("ids", sum(same(cell) in self.ids for cell in cells)),
                ("texts", sum(note_hash(cell) in self.texts for cell in cells)),
            ):
                share = hits / len(cells) if cells else 0.0
                best = max(best, (share, named, name, kind), key=lambda one: one[:2])
        share, _, name, kind = best
        if name and share < 1:
            self.doubts[("note",)] = f"{share:.0%} of its cells are notes of the study"
        return self._take(name), kind

    def _named(self, key: str) -> str:
        """Return the column that is called as such columns are."""
        by_name = {same(name): name for name in reversed(self.free)}
        return self._take(next((by_name[name] for name in _NAMES[key] if name in by_name), ""))

    def _variable(self) -> str:
        """Return the column whose cells are names of variables."""
        for name in self.free:
            values = list(dict.fromkeys(self._cells(name)))[:_MOST_VALUES]
            known = [meant_variable(self.codebook, value) for value in values]
            sure = sum(bool(one.id) and not one.doubt for one in known)
            if values and sure >= _HALF * len(values):
                return self._take(name)
        return ""

    def _fit(self, name: str) -> _Fit | None:
        """Return the variable that a column's cells answer best, if they answer any."""
        found = list(self._fits(name))
        if not found:
            return None
        top = max(found, key=lambda fit: (fit.share, fit.named, -SEVERAL.index(fit.several)))
        rivals = {fit.variable for fit in found if (fit.share, fit.named) == (top.share, top.named)}
        if len(rivals) > 1:
            others = ", ".join(one for one in self.codebook.ids if one in rivals - {top.variable})
            self.doubts[("answers", name, "variable")] = f"it could be {others} too"
        return top if top.share >= _HALF or top.named else None

    def _fits(self, name: str) -> Iterator[_Fit]:
        called = meant_variable(self.codebook, name).id
        for several in SEVERAL:
            values = self._values(name, several)
            for variable in self.codebook.variables if values else ():
                known = self._known(variable, values)
                if known and (variable.kind != "scale" or called == variable.id):
                    yield _Fit(known, called == variable.id, variable.id, several)

    def _values(self, name: str, several: str) -> list[str]:
        cells = self._cells(name)
        if several and not any(several in cell for cell in cells):
            return []
        values = values_of(cells, several)
        return values if len(values) <= _MOST_VALUES else []

    def _any_code(self, fits: dict[str, _Fit]) -> dict[str, _Fit]:
        """Keep the one column of answers where another tells the variable."""
        best = max(fits, key=lambda name: (same(name) in _NAMES["codes"], fits[name]), default="")
        if not best and self.free:
            best = max(self.free, key=lambda name: self._score(name))
        return {best: fits.get(best, _Fit(0, False, "", "|"))} if best else {}

    def _score(self, name: str) -> float:
        values = self._values(name, "")
        return max((self._known(v, values) for v in self.codebook.variables if values), default=0.0)

    def _known(self, variable: Variable, values: list[str]) -> float:
        """Return the share of values that are surely answers to a variable."""
        names = self.names[variable.id]
        return sum(is_surely(variable, names, value) for value in values) / len(values)

    def _answers(self, fits: dict[str, _Fit], coder: str, variable: str) -> dict[str, Column]:
        times = Counter(fit.variable for fit in fits.values())
        answers: dict[str, Column] = {}
        taken: set[str] = set()
        for name, fit in fits.items():
            by = ""
            if not coder and not variable and times[fit.variable] > 1:
                by = coder_id(name, taken)
                taken.add(by)
            answers[name] = Column(variable="" if variable else fit.variable, coder=by)
            if variable:
                self.doubts.pop(("answers", name, "variable"), None)
        return answers

    def _several(self, fits: dict[str, _Fit], answers: Iterable[str]) -> str:
        used = [fits[name].several for name in answers if fits[name].several]
        return used[0] if used else ""

    def _coders(self, column: str) -> dict[str, str]:
        coders: dict[str, str] = {}
        for value in dict.fromkeys(cell.strip() for cell in self._cells(column)) if column else ():
            coders[value] = coder_id(value, set(coders.values()))
        return coders

    def _variables(self, column: str) -> dict[str, str]:
        found = {}
        for value in dict.fromkeys(cell.strip() for cell in self._cells(column)) if column else ():
            found[value] = self._sure(meant_variable(self.codebook, value), ("variables", value))
        return found

    def _sure(self, meant: Meant, path: tuple[str, ...]) -> str:
        if meant.doubt:
            self.doubts[path] = meant.doubt
        return meant.id

    def _codes(self, answers: dict[str, Column], column: str, several: str) -> dict[str, dict[str, str]]:
        """Return what each value means, for each variable that the cells answer."""
        codes: dict[str, dict[str, str]] = {}
        for name, answer in answers.items():
            cells = self.table[name].tolist()
            rows = self.table[column].tolist() if column else [answer.variable] * len(cells)
            for told, cell in dict.fromkeys(zip(rows, cells, strict=True)):
                variable = meant_variable(self.codebook, told).id
                if not variable or self.codebook[variable].kind == "scale":
                    continue
                for value in parts(cell, several):
                    known = codes.setdefault(variable, {})
                    if value not in known:
                        meant = meant_code(self.codebook[variable], value)
                        known[value] = self._sure(meant, ("codes", variable, value))
        return codes
