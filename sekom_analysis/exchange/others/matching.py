"""Which variable or code is meant by what stands in a cell of somebody else's table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from typing import NamedTuple

from sekom_analysis import wording
from sekom_analysis.answers import answer_fault
from sekom_analysis.codebook import NONE_FITS, NONE_FITS_LABEL, Codebook, Variable
from sekom_analysis.exchange.others.mapping import NO_CODE

_ALIKE = 0.85
_STEPS = re.compile(r"[/:>\\]")
_JOINTS = re.compile(r"[\s_\-./]+")


class Meant(NamedTuple):
    """An id that a text means; none, or one that is not sure, with the reason."""

    id: str
    doubt: str = ""


def same(text: str) -> str:
    r"""Return a text without what does not tell two apart: capitals, spaces, composed letters.

    Examples
    --------
    >>> same("  För  lite TID ") == same("fo\u0308r lite tid")
    True
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def end_of(text: str) -> str:
    """Return the last step of a path in a tree of codes; a text that is no path as it is.

    Examples
    --------
    >>> end_of("Resurser/För lite tid"), end_of("Tid")
    ('För lite tid', 'Tid')
    """
    return _STEPS.split(text)[-1].strip()


def code_names(variable: Variable) -> dict[str, list[str]]:
    """Return what the answers of a variable may be called -> their ids.

    A code may have its variable behind it, as our own projects name codes that two variables have.
    """
    names: dict[str, list[str]] = {}
    for code in variable.codes:
        if not code.retired:
            labels = (code.id, code.label.sv, code.label.en)
            longer = (
                f"{code.label.sv} ({variable.label.sv})",
                f"{code.label.en} ({variable.label.en})",
            )
            for name in dict.fromkeys(map(same, (*labels, *longer))):
                names.setdefault(name, []).append(code.id)
    if variable.allows_none_fits:
        for name in dict.fromkeys(map(same, (NONE_FITS, *NONE_FITS_LABEL.values()))):
            names.setdefault(name, []).append(NONE_FITS)
    return names


def _none_names() -> frozenset[str]:
    """Return what our own projects call the answer that no code belongs."""
    return frozenset(same(wording.say("refi_none_chosen", lang)) for lang in ("sv", "en"))


def meant_code(variable: Variable, text: str) -> Meant:
    """Return the code that a text means.

    Examples
    --------
    >>> book = Codebook.model_validate({"variables": [{"id": "v", "kind": "single", "label": "V",
    ...     "codes": [{"id": "tid", "label": {"sv": "För lite tid", "en": "Lack of time"}}]}]})
    >>> [meant_code(book["v"], text).id for text in ("TID", " lack  of time", "Ont om tid")]
    ['tid', 'tid', '']
    >>> meant_code(book["v"], "Resurser/För lite tid")
    Meant(id='tid', doubt='only its end is called so')
    """
    if variable.kind == "scale":
        plain = text.strip()
        return Meant("" if answer_fault(variable, plain) else plain)
    found = meant(code_names(variable), text)
    says_none = re.sub(r" \(.*\)$", "", same(text)) in _none_names()
    return Meant(NO_CODE) if says_none and variable.kind == "multiple" and not found.id else found


def is_surely(variable: Variable, names: Mapping[str, list[str]], text: str) -> bool:
    """Whether a text is an answer to a variable beyond doubt; `names` as `code_names` gives them."""
    if variable.kind == "scale":
        return not answer_fault(variable, text.strip())
    return len(names.get(same(text), ())) == 1


def meant_variable(codebook: Codebook, text: str) -> Meant:
    """Return the variable that a text means."""
    names: dict[str, list[str]] = {}
    for variable in codebook.variables:
        for name in dict.fromkeys(map(same, (variable.id, variable.label.sv, variable.label.en))):
            names.setdefault(name, []).append(variable.id)
    return meant(names, text)


def meant(names: Mapping[str, list[str]], text: str) -> Meant:
    """Return the id that a text means: by its name, or doubtfully by one like it."""
    wanted = same(text)
    plain = {_JOINTS.sub("", name): name for name in names}
    exact = wanted if wanted in names else plain.get(_JOINTS.sub("", wanted))
    if exact is not None:
        ids = names[exact]
        return Meant(ids[0]) if len(ids) == 1 else Meant("", f"it could be any of {', '.join(ids)}")
    end = same(end_of(text))
    if end != wanted and len(names.get(end, ())) == 1:
        return Meant(names[end][0], "only its end is called so")
    near = get_close_matches(wanted, list(names), n=1, cutoff=_ALIKE)
    if near and len(names[near[0]]) == 1:
        return Meant(names[near[0]][0], f"it is called '{near[0]}' here")
    return Meant("", "nothing here is called so")
