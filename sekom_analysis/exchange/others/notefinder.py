"""Which note of a study is meant by what stands in a cell of somebody else's table."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from sekom_analysis.exchange.others.cells import passage
from sekom_analysis.exchange.others.matching import same
from sekom_analysis.notes import note_hash

_FILE = re.compile(r"(.+)\.[A-Za-z0-9]{1,5}")


class NoteFinder:
    """Finds notes by their ids or texts; what could be two notes is none.

    Parameters
    ----------
    notes : the N notes of a study

    Examples
    --------
    >>> notes = pd.DataFrame({"text": ["Ojämn nivå", "Viljan finns"]}, index=["n1", "n2"])
    >>> finder = NoteFinder(notes)
    >>> finder.find(" N1", "ids"), finder.find("n1.txt", "ids"), finder.find("0-12 [Viljan finns]", "texts")
    ('n1', 'n1', 'n2')
    """

    def __init__(self, notes: pd.DataFrame) -> None:
        ids = [str(note) for note in notes.index]
        self._exact = {note: note for note in ids}
        self._by_id = _only((same(note), note) for note in ids)
        self._by_text = _only((note_hash(str(text)), str(note)) for note, text in notes["text"].items())

    def find(self, cell: str, notes_are: str) -> str:
        """Return the id of the note that is meant; empty if none is, or more than one."""
        if notes_are == "texts":
            return self._by_text.get(note_hash(cell)) or self._by_text.get(note_hash(passage(cell)), "")
        found = self._called(cell)
        file = None if found else _FILE.fullmatch(cell.strip())
        return self._called(file[1]) if file else found

    def _called(self, name: str) -> str:
        return self._exact.get(name.strip()) or self._by_id.get(same(name), "")


def _only(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep what means one note alone."""
    notes: dict[str, set[str]] = {}
    for name, note in pairs:
        notes.setdefault(name, set()).add(note)
    return {name: found.pop() for name, found in notes.items() if len(found) == 1}
