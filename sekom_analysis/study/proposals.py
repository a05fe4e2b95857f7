"""Codes that coders miss: what a proposal says, and when it cannot be one.

A proposal is a decision of the reserved variable ``proposal``. Its code is the variable that lacks one, its
memo the name that the code should have and, below that, the words of the note that it is about.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.wording import Phrase
from sekom_analysis.study.codebook import PROPOSAL, Code
from sekom_analysis.study.decisions import Event

LONGEST_NAME = 80
Names = dict[tuple[str, str, str], str]


class Proposal(NamedTuple):
    """A name for a code, and the words of the note that it is about, if any."""

    name: str
    words: str = ""

    @classmethod
    def read(cls, memo: str) -> Proposal:
        r"""Return what a memo says.

        Examples
        --------
        >>> Proposal.read(" Tid  för\u00a0vila \n när man hinner\n")
        Proposal(name='Tid för vila', words='när man hinner')
        """
        name, _, words = memo.strip().partition("\n")
        return cls(" ".join(name.split()), words.strip())

    @property
    def memo(self) -> str:
        """What stands in the log."""
        return f"{self.name}\n{self.words}" if self.words else self.name


def plain_name(name: str) -> str:
    """Return a name as it is compared: spaces, composed letters, capitals and a last full stop aside.

    Examples
    --------
    >>> plain_name("Tid  för vila."), plain_name("tid fo\u0308r VILA")
    ('tid för vila', 'tid för vila')
    """
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold().rstrip(" .")


def proposal_faults(event: Event) -> Iterator[Phrase]:
    """Say why an event of the variable `PROPOSAL` cannot be a proposal."""
    if event.event == "skip":
        yield Phrase("fault_proposal_skip")
    name = Proposal.read(event.memo).name
    if event.event == "decide" and not name:
        yield Phrase("fault_proposal_name")
    if event.event == "decide" and len(name) > LONGEST_NAME:
        yield Phrase("fault_proposal_long", n=len(name), most=LONGEST_NAME)


def proposed_names(decisions: pd.DataFrame) -> Names:
    """Return (coder, note_id, variable) -> the name that was proposed there.

    Parameters
    ----------
    decisions : what stands, with ``coder``, ``note_id``, ``variable``, ``codes`` and ``memo``
    """
    own = decisions[decisions["variable"] == PROPOSAL]
    if own.empty:  # of adjudications, too, which have other columns
        return {}
    cells = (own[column].tolist() for column in ("coder", "note_id", "codes", "memo"))
    return {
        (coder, note, variable): Proposal.read(memo).name
        for coder, note, variable, memo in zip(*cells, strict=True)
    }


def is_made_of(code: Code, name: str) -> bool:
    """Whether a code was made of a proposal with this name."""
    return bool(name) and plain_name(name) in map(plain_name, code.from_)
