"""A study's answers as REFI-QDA can hold them, and what is beside a coding: its memo, how sure its coder was.

A memo is a `Note` that the coding refers to, as the standard has it, and the
`Description` of the selection, where QualCoder looks for it and keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.basics.wording import LANGUAGES, say
from sekom_analysis.exchange.refi.codebook import EMPTY
from sekom_analysis.exchange.refi.words import (
    MARK,
    Remarks,
    child,
    children,
    pack,
    plain_guid,
    text_of,
    unpack,
    xml_text,
)
from sekom_analysis.study.codebook import NONE_FITS, Codebook, Variable
from sekom_analysis.study.decisions import LONGEST_MEMO
from sekom_analysis.study.selections import words_of
from sekom_analysis.study.study import Study

# --- a study's decisions, sorted by how REFI-QDA can hold them ----------------------------------------


_NUMBER = re.compile(r"-?[0-9]{1,9}")
_USER = re.compile(r"(.+)#([0-3])")
INDEPENDENT = "1"


class User(NamedTuple):
    """Who decided: a coder in one pass. A second reading is another user, else two answers would mix."""

    coder: str
    pass_: str

    @property
    def id(self) -> str:
        """How the user is called in the file: the coder's id, with the pass where it is not the usual one."""
        return self.coder if self.pass_ == INDEPENDENT else f"{self.coder}#{self.pass_}"

    @classmethod
    def of(cls, id_: str) -> User:
        """Return the user of an id.

        Examples
        --------
        >>> User.of("anna"), User.of("anna#2")
        (User(coder='anna', pass_='1'), User(coder='anna', pass_='2'))
        """
        found = _USER.fullmatch(id_)
        return cls(found[1], found[2]) if found else cls(id_, INDEPENDENT)

    def name(self, lang: str) -> str:
        """How programs show the user."""
        usual = self.pass_ == INDEPENDENT
        return self.coder if usual else say("refi_pass", lang, coder=self.coder, n=self.pass_)

    @classmethod
    def named(cls, name: str) -> User:
        """Return the user of a name, which is all that QualCoder keeps.

        Examples
        --------
        >>> User.named("anna"), User.named("anna (omgång 2)"), User.named("anna (pass 3)")
        (User(coder='anna', pass_='1'), User(coder='anna', pass_='2'), User(coder='anna', pass_='3'))
        """
        for lang, pass_ in product(LANGUAGES, "023"):
            before, after = say("refi_pass", lang, coder="\0", n=pass_).split("\0")
            if name.startswith(before) and name.endswith(after):
                return cls(name.removeprefix(before).removesuffix(after), pass_)
        return cls(name, INDEPENDENT)


class Answer(NamedTuple):
    """One standing decision."""

    note_id: str
    user: User
    variable: str
    codes: tuple[str, ...]
    certainty: str
    memo: str
    decided_at: str
    words: str = ""


class Sorted(NamedTuple):
    """Every standing decision of a study, by note.

    Attributes
    ----------
    users : who decided, in the study's order, coders without a decision among them
    codings, scores, asides : note -> answers, in the order of time; asides are what is neither
    homeless : how many decisions are about notes that the study no longer has
    """

    users: list[User]
    codings: dict[str, list[Answer]]
    scores: dict[str, list[Answer]]
    asides: dict[str, list[Answer]]
    homeless: int


def sorted_answers(study: Study) -> Sorted:
    """Return the standing decisions of all coders, in all passes."""
    table = study.decisions().sort_values(["decided_at", "coder", "pass", "variable"], kind="stable")
    found = Sorted(_users(study, set(zip(table["coder"], table["pass"], strict=True))), {}, {}, {}, 0)
    known, homeless = set(study.notes.index), 0
    wanted = ["note_id", "coder", "pass", "variable", "codes", "certainty", "memo", "decided_at"]
    wanted += ["note_hash", "words"]
    for note, coder, pass_, variable, codes, *rest, seen, words in table[wanted].itertuples(
        index=False, name=None
    ):
        several = tuple(codes.split("|")) if codes else (EMPTY,)
        answer = Answer(note, User(coder, pass_), variable, several, *rest)
        answer = answer._replace(words=words_of(study.seen.selected(note, seen, words)))
        homeless += note not in known
        if note in known:
            _place_in_book(answer, study.codebook, found).setdefault(note, []).append(answer)
    return found._replace(homeless=homeless)


def _users(study: Study, deciding: Iterable[tuple[str, str]]) -> list[User]:
    order = {coder: place for place, coder in enumerate(study.coders)}
    usual = {User(coder, INDEPENDENT) for coder in order}
    return sorted(
        usual | {User(*pair) for pair in deciding}, key=lambda u: (order[u.coder], u.pass_ != "1", u)
    )


def _place_in_book(answer: Answer, codebook: Codebook, found: Sorted) -> dict[str, list[Answer]]:
    if answer.variable not in codebook.ids:  # flags, and what the codebook asked once
        return found.asides
    variable = codebook[answer.variable]
    if variable.kind == "scale":
        return found.scores if _NUMBER.fullmatch(answer.codes[0]) and len(answer.codes) == 1 else found.asides
    return found.codings if set(answer.codes) <= offered(variable) else found.asides


def offered(variable: Variable) -> set[str]:
    """Return the answers for which the codebook in the file has a code."""
    special = {EMPTY} if variable.kind == "multiple" else {NONE_FITS} if variable.allows_none_fits else set()
    return {code.id for code in variable.codes} | special


# --- what is beside a coding --------------------------------------------------------------------------


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


def annotation(told: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """Return the text of an annotation: sentences for people, then the decisions for us.

    QualCoder has room for one annotation of a coder on a text and stops at a second, so that one tells all.

    Parameters
    ----------
    told : sentences, each with the decision that it tells of

    Examples
    --------
    >>> told_of(annotation([("Flag: two & more", {"note_id": "n1", "memo": "a & b"})]))
    [{'note_id': 'n1', 'memo': 'a & b'}]
    """
    lines, decisions = zip(*told, strict=True)
    shown = "".join(_SHOWN.get(sign, sign) for sign in "\n".join(lines))
    packed = packed_decisions(map(_quoted, decisions))
    return shown + "\n\n" + "".join(_UNSAFE.get(sign, sign) for sign in packed)


def _quoted(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        label: _Quoted(value) if isinstance(value, str) and set(value) & {*_UNSAFE} else value
        for label, value in values.items()
    }


class _Quoted(str):
    """A text that is written as JSON, though a line could hold it."""

    __slots__ = ()


_DECISION = re.compile(rf"^(?={MARK}: decision\s*$)", re.MULTILINE)


def packed_decisions(decisions: Iterable[Mapping[str, Any]]) -> str:
    """Return decisions as labelled lines, one after another."""
    return "\n\n".join(pack("decision", values) for values in decisions)


def told_of(text: str) -> list[dict[str, Any]]:
    """Return the decisions of ours that a text tells of; none if it is another text."""
    return [ours.values for part in _DECISION.split(text)[1:] if (ours := unpack(part))]


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
        told = told_of(text_of(note, "PlainTextContent")) if self._is_ours and not ours else []
        if kind == "certainty" and values.get("certainty") in CERTAINTIES:
            self._certainties[guid] = values["certainty"]
        elif kind == "decision":
            self.decisions += told_of(text_of(note, "Description"))
        elif told:
            self.decisions += told
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
