"""Notes in REFI-QDA's sense, read: memos, certainties, and whole decisions of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.decisions import LONGEST_MEMO
from sekom_analysis.exchange.refi.guids import plain_guid
from sekom_analysis.exchange.refi.labelled import unpack, xml_text
from sekom_analysis.exchange.refi.xmlreading import Remarks, child, children, text_of

CERTAINTIES = ("1", "2", "3")


class Beside(NamedTuple):
    """What stands beside a coding."""

    memo: str
    certainty: str


class Shelf:
    """The notes of a project, by guid.

    Parameters
    ----------
    root : the project
    text : gives the text of a note's element, or None
    """

    def __init__(self, root: Element, text: Callable[[Element], str | None]) -> None:
        self._memos: dict[str, str] = {}
        self._certainties: dict[str, str] = {}
        self.decisions: list[dict[str, Any]] = []
        self._used: set[str] = set()
        for note in children(child(root, "Notes"), "Note"):
            self._put(plain_guid(note.get("guid")), note, text)

    def _put(self, guid: str, note: Element, text: Callable[[Element], str | None]) -> None:
        ours = unpack(text_of(note, "Description"))
        kind, values = (ours.kind, ours.values) if ours else ("", {})
        if kind == "certainty" and values.get("certainty") in CERTAINTIES:
            self._certainties[guid] = values["certainty"]
        elif kind == "decision":
            self.decisions.append(values)
        else:
            written = text(note) or ("" if ours else note.get("name") or "")
            exact = str(values.get("memo", ""))
            self._memos[guid] = exact if exact and xml_text(exact) == written else written

    @property
    def unused(self) -> int:
        """How many memos stand beside nothing that was coded."""
        return len(self._memos.keys() - self._used)

    def beside(self, elements: Iterable[Element], remarks: Remarks) -> Beside:
        """Return what the `NoteRef` of some elements lead to, and what their descriptions say."""
        memos: list[str] = []
        certainty = ""
        for element in elements:
            if text_of(element, "Description").strip():
                memos.append(text_of(element, "Description"))
            for reference in children(element, "NoteRef"):
                guid = plain_guid(reference.get("targetGUID"))
                certainty = self._certainties.get(guid, certainty)
                memos += [self._memos[guid]] if guid in self._memos else []
                self._used.add(guid)
        memo = "\n".join(dict.fromkeys(memo for memo in memos if memo))
        if len(memo) > LONGEST_MEMO:
            remarks.add(f"a memo is longer than {LONGEST_MEMO} signs", "its beginning was taken")
        return Beside(memo[:LONGEST_MEMO], certainty)
