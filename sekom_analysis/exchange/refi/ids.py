"""Ids for what comes from elsewhere with names only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from sekom_analysis.decisions import RESERVED_CODERS

_LONGEST = 40
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def id_of(name: str, taken: Container[str], fallback: str, joint: str = "_") -> str:
    """Return an id made of a name, unlike those taken.

    Parameters
    ----------
    name : what people called it
    taken : ids that it may not have
    fallback : the id of a name without any letter of a–z and digit
    joint : what stands for a space

    Examples
    --------
    >>> id_of("För lite tid!", {"x"}, "code"), id_of("Tid", {"tid"}, "code"), id_of("时间", (), "code")
    ('for_lite_tid', 'tid_2', 'code')
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode("ascii")
    whole = re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)[:_LONGEST].strip(joint) or fallback
    return numbered(whole, taken, joint, _LONGEST)


def numbered(name: str, taken: Container[str], joint: str, longest: int) -> str:
    """Return a name, with a number behind it if it is taken."""
    tried, number = name, 1
    while tried in taken:
        number += 1
        tail = f"{joint}{number}"
        tried = name[: longest - len(tail)] + tail
    return tried


def coder_id(name: str, taken: set[str]) -> str:
    """Return a coder's id made of a user's name.

    Examples
    --------
    >>> coder_id("Anna Åberg", set()), coder_id("CON", set())
    ('anna-aberg', 'con-2')
    """
    return id_of(name, {*taken, *RESERVED_CODERS}, "coder", "-")


def note_id(name: str, taken: Container[str]) -> str:
    """Return a note's id made of a name, without what does not show."""
    shown = "".join(sign for sign in name if unicodedata.category(sign) not in _HIDDEN)
    whole = unicodedata.normalize("NFC", " ".join(shown.split()))[:80].strip() or "note"
    return numbered(whole, taken, " ", 90)
