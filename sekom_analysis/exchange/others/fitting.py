"""Which variable the cells of a column of somebody else's table answer, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sekom_analysis.codebook import Codebook, Variable
from sekom_analysis.exchange.others.cells import is_unsaid, parts, steps, values_of
from sekom_analysis.exchange.others.matching import code_names, end_of, is_surely, meant_variable

SEVERAL = ("", "|", "#", ";", ",")
PATHS = ("/", ":", ">", "\\")
HALF = 0.5
_MOST_VALUES = 400  # different ones that a column of answers may have


class Fit(NamedTuple):
    """How well a column's values are answers to a variable.

    Parameters
    ----------
    share : of the values that surely are
    named : whether the column is called as the variable is
    variable : its id; empty where another column, or each value, tells it
    several : what stands between several codes in a cell
    path : what stands between variable and code; empty: there are codes alone
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
        """Return how well a column's cells answer the variables that another column tells."""
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
