"""Codings put together into decisions: several codes of one coder on one note are one answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from sekom_analysis.exchange.refi.answers import User
from sekom_analysis.exchange.refi.beside import Beside
from sekom_analysis.exchange.refi.codebook import EMPTY
from sekom_analysis.exchange.refi.xmlreading import Remarks

COLUMNS = ("note_id", "coder", "variable", "codes", "certainty", "memo", "decided_at", "pass")


class Told(NamedTuple):
    """One code that somebody gave to a note."""

    note_id: str
    user: User
    variable: str
    code: str
    beside: Beside
    decided_at: str


class Gathered:
    """Decisions, as far as they were told.

    Parameters
    ----------
    kinds : variable -> its kind; of others any number of codes is taken
    remarks, lost : where to say what was not as it should be, and what was left out
    """

    def __init__(self, kinds: Mapping[str, str], remarks: Remarks, lost: Counter[str]) -> None:
        self._kinds = kinds
        self._remarks = remarks
        self._lost = lost
        self._told: dict[tuple[str, User, str], list[Told]] = {}
        self._users: dict[User, None] = {}

    @property
    def coders(self) -> list[str]:
        """Whoever decided, each once."""
        return list(dict.fromkeys(user.coder for user in self._users))

    def take(self, told: Iterable[Told]) -> None:
        """Add codes that were given."""
        for one in told:
            self._users.setdefault(one.user)
            self._told.setdefault((one.note_id, one.user, one.variable), []).append(one)

    def table(self) -> pd.DataFrame:
        """Return the decisions, one row each, in the order of their times; what was told is let go."""
        keys = list(self._told)  # each is taken out, so that a large project is not in memory twice
        rows = [row for key in keys if (row := self._row(key, self._told.pop(key)))]
        table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
        return table.sort_values("decided_at", kind="stable", ignore_index=True)

    def _row(self, key: tuple[str, User, str], told: list[Told]) -> tuple[str, ...] | None:
        note, user, variable = key
        codes = list(dict.fromkeys(one.code for one in told))
        if len(codes) > 1 and EMPTY in codes:
            what = "somebody chose a code and 'none of them' too"
            self._remarks.add(what, "the code was taken", f"{user.id}, {note}")
            codes.remove(EMPTY)
        if len(codes) > 1 and self._kinds.get(variable) in ("single", "scale"):
            what = f"there are several answers to '{variable}', which takes one"
            self._remarks.add(what, "none was taken: decide which, and import again", f"{user.id}, {note}")
            self._lost["answers to a variable that takes one, where several were given"] += 1
            return None
        memo = "\n".join(dict.fromkeys(one.beside.memo for one in told if one.beside.memo))
        certainty = next((one.beside.certainty for one in told if one.beside.certainty), "")
        when = max(one.decided_at for one in told)
        return note, user.coder, variable, "|".join(codes), certainty, memo, when, user.pass_
