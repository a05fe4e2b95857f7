"""Which note, variable or code is meant by what stands in a cell of somebody else's table."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from sekom_analysis.answers import answer_fault
from sekom_analysis.codebook import NONE_FITS, NONE_FITS_LABEL, Codebook, Variable

_ALIKE = 0.85
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


def code_names(variable: Variable) -> dict[str, list[str]]:
    """Return what the answers of a variable may be called -> their ids."""
    names: dict[str, list[str]] = {}
    for code in variable.codes:
        if not code.retired:
            for name in dict.fromkeys(map(same, (code.id, code.label.sv, code.label.en))):
                names.setdefault(name, []).append(code.id)
    if variable.allows_none_fits:
        for name in dict.fromkeys(map(same, (NONE_FITS, *NONE_FITS_LABEL.values()))):
            names.setdefault(name, []).append(NONE_FITS)
    return names


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
    return meant(code_names(variable), text)


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
    end = same(re.split(r"[/:>]", text)[-1])
    if end != wanted and len(names.get(end, ())) == 1:
        return Meant(names[end][0], "only its end is called so")
    near = get_close_matches(wanted, list(names), n=1, cutoff=_ALIKE)
    if near and len(names[near[0]]) == 1:
        return Meant(names[near[0]][0], f"it is called '{near[0]}' here")
    return Meant("", "nothing here is called so")


def parts(cell: str, several: str) -> list[str]:
    """Return the values of a cell: one, or several as a program joins them.

    Examples
    --------
    >>> parts("Tid#Pengar", "#"), parts('{"choices": ["Tid", "Pengar"]}', ""), parts(" Tid ", "")
    (['Tid', 'Pengar'], ['Tid', 'Pengar'], ['Tid'])
    """
    listed = _json_list(cell) if cell.lstrip()[:1] in ("{", "[") else None
    if listed is None:
        listed = cell.split(several) if several else [cell]
    return [part.strip() for part in listed if part.strip()]


def _json_list(cell: str) -> list[str] | None:
    try:
        data = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    if isinstance(data, dict):
        data = data.get("choices")
    return [str(part) for part in data] if isinstance(data, list) else None


def values_of(cells: Iterable[str], several: str) -> list[str]:
    """Return the different values of a column, in the order in which they come."""
    return list(dict.fromkeys(part for cell in dict.fromkeys(cells) for part in parts(cell, several)))
