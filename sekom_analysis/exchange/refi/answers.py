"""A study's decisions, sorted by how REFI-QDA can hold them: codings, scores, or notes beside the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sekom_analysis.codebook import NONE_FITS, Codebook, Variable
from sekom_analysis.exchange.refi.codebook import EMPTY
from sekom_analysis.study import Study

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


class Answer(NamedTuple):
    """One standing decision."""

    note_id: str
    user: User
    variable: str
    codes: tuple[str, ...]
    certainty: str
    memo: str
    decided_at: str


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
    for note, coder, pass_, variable, codes, *rest in table[wanted].itertuples(index=False, name=None):
        several = tuple(codes.split("|")) if codes else (EMPTY,)
        answer = Answer(note, User(coder, pass_), variable, several, *rest)
        homeless += note not in known
        if note in known:
            _place(answer, study.codebook, found).setdefault(note, []).append(answer)
    return found._replace(homeless=homeless)


def _users(study: Study, deciding: Iterable[tuple[str, str]]) -> list[User]:
    order = {coder: place for place, coder in enumerate(study.coders)}
    usual = {User(coder, INDEPENDENT) for coder in order}
    return sorted(
        usual | {User(*pair) for pair in deciding}, key=lambda u: (order[u.coder], u.pass_ != "1", u)
    )


def _place(answer: Answer, codebook: Codebook, found: Sorted) -> dict[str, list[Answer]]:
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
