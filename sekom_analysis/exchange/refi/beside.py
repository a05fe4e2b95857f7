"""What is beside a coding: its memo, how sure its coder was, and decisions of ours that are not codings.

A memo is a `Note` that the coding refers to, as the standard has it, and the
`Description` of the selection, where QualCoder looks for it and keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.basics.wording import LANGUAGES, say
from sekom_analysis.exchange.refi.words import (
    Remarks,
    child,
    children,
    pack,
    plain_guid,
    text_of,
    unpack,
    xml_text,
)
from sekom_analysis.study.decisions import LONGEST_MEMO

CERTAINTIES = ("1", "2", "3")


class Beside(NamedTuple):
    """What is beside a coding."""

    memo: str
    certainty: str


# --- a memo and a certainty as one text, which people read and which is read back ----------------------


def _certain_lines() -> dict[str, str]:
    """Return the lines that say how sure somebody was, with what they say."""
    return {say("refi_certainty", lang, n=n): n for lang in LANGUAGES for n in CERTAINTIES}


def described(memo: str, certainty: str, lang: str) -> str:
    r"""Return memo and certainty as a `Description`: as people write them, where that can be read back.

    Examples
    --------
    >>> described("Kunde vara ledning", "2", "sv")
    'Kunde vara ledning\n\nHur säker: 2 av 3'
    >>> described("", "", "sv")
    ''
    """
    line = say("refi_certainty", lang, n=certainty) if certainty else ""
    text = "\n\n".join(part for part in (memo, line) if part)
    if heard(text) == Beside(memo, certainty) and xml_text(text) == text and "\r" not in text:
        return text
    return pack("beside", {"memo": memo or None, "certainty": certainty or None})


def heard(text: str) -> Beside:
    r"""Return what `described` wrote, with whatever somebody wrote to it since.

    Examples
    --------
    >>> heard("Kunde vara ledning\n\nHur säker: 2 av 3")
    Beside(memo='Kunde vara ledning', certainty='2')
    """
    ours = unpack(text)
    if ours and ours.kind == "beside":
        certainty = str(ours.values.get("certainty", ""))
        memo = "\n".join(filter(None, [str(ours.values.get("memo", "")), *ours.others]))
        return Beside(memo, certainty if certainty in CERTAINTIES else "")
    known = _certain_lines()
    lines = text.replace("\r\n", "\n").strip().split("\n")
    said = [line for line in lines if line.strip() in known]
    if not said:
        return Beside(text.strip(), "")
    place = max(at for at, line in enumerate(lines) if line.strip() in known)
    before, after = "\n".join(lines[:place]).strip(), "\n".join(lines[place + 1 :]).strip()
    return Beside("\n".join(part for part in (before, after) if part), known[lines[place].strip()])


# --- a decision that is no coding, such as a flag, as an annotation that comes back -------------------

_UNSAFE = {"&": "\\u0026", "<": "\\u003c", ">": "\\u003e"}  # QualCoder writes annotations as they are
_SHOWN = {"&": "+", "<": "‹", ">": "›"}


def annotation(shown: str, values: dict[str, Any]) -> str:
    """Return the text of an annotation: a sentence for people, and the decision for us.

    Examples
    --------
    >>> told_of(annotation("Flag: two & more", {"note_id": "n1", "memo": "a & b"}))
    {'note_id': 'n1', 'memo': 'a & b'}
    """
    line = "".join(_SHOWN.get(sign, sign) for sign in shown)
    safe = {
        label: _Quoted(value) if isinstance(value, str) and set(value) & {*_UNSAFE} else value
        for label, value in values.items()
    }
    packed = "".join(_UNSAFE.get(sign, sign) for sign in pack("decision", safe))
    return f"{line}\n\n{packed}"


class _Quoted(str):
    """A text that is written as JSON, though a line could hold it."""

    __slots__ = ()


def told_of(text: str) -> dict[str, Any] | None:
    """Return the decision that an annotation of ours tells of; None if it is another text."""
    start = text.find("sekom_analysis: decision")
    ours = unpack(text[start:]) if start >= 0 else None
    return ours.values if ours else None


# --- notes in REFI-QDA's sense, read ------------------------------------------------------------------


class Shelf:
    """The notes of a project, by guid.

    Parameters
    ----------
    root : the project
    text : gives the text of a note's element, or None
    is_ours : whether the project is one of ours, in which a description may say how sure somebody was
    """

    def __init__(self, root: Element, text: Callable[[Element], str | None], is_ours: bool) -> None:
        self._memos: dict[str, str] = {}
        self._certainties: dict[str, str] = {}
        self.decisions: list[dict[str, Any]] = []
        self._used: set[str] = set()
        self._is_ours = is_ours
        for note in children(child(root, "Notes"), "Note"):
            self._put(plain_guid(note.get("guid")), note, text)

    def _put(self, guid: str, note: Element, text: Callable[[Element], str | None]) -> None:
        ours = unpack(text_of(note, "Description"))
        kind, values = (ours.kind, ours.values) if ours else ("", {})
        told = told_of(text_of(note, "PlainTextContent")) if self._is_ours and not ours else None
        if kind == "certainty" and values.get("certainty") in CERTAINTIES:
            self._certainties[guid] = values["certainty"]
        elif kind == "decision":
            self.decisions.append(values)
        elif told is not None:
            self.decisions.append(told)
        else:
            written = text(note) or ("" if ours else note.get("name") or "")
            exact = str(values.get("memo", ""))
            self._memos[guid] = exact if exact and xml_text(exact) == written else written

    @property
    def unused(self) -> int:
        """How many memos are beside nothing that was coded."""
        return len(self._memos.keys() - self._used)

    def beside(self, elements: Iterable[Element], remarks: Remarks) -> Beside:
        """Return what the `NoteRef` of some elements lead to, and what their descriptions say."""
        said: list[str] = []
        noted: list[str] = []
        certainty = ""
        for element in elements:
            text = text_of(element, "Description")
            if text.strip():
                told = heard(text) if self._is_ours else Beside(text, "")
                said.append(told.memo)
                certainty = told.certainty or certainty
            for reference in children(element, "NoteRef"):
                guid = plain_guid(reference.get("targetGUID"))
                certainty = self._certainties.get(guid, certainty)
                noted += [self._memos[guid]] if guid in self._memos else []
                self._used.add(guid)
        there = {_plain(memo) for memo in noted}
        memos = [*(memo for memo in said if _plain(memo) not in there), *noted]
        memo = "\n".join(dict.fromkeys(memo for memo in memos if memo))
        if len(memo) > LONGEST_MEMO:
            remarks.add("refi_memo", most=LONGEST_MEMO)
        return Beside(memo[:LONGEST_MEMO], certainty)


def _plain(memo: str) -> str:
    return " ".join(xml_text(memo).split())
