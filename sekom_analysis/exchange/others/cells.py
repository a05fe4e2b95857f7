"""What a cell of somebody else's table says, as their program writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

NO_ANSWER = ("<no annotation>", "<no label>")  # INCEpTION: nothing marked there, or marked and not labelled
_KEYS = ("choices", "rating", "number", "text", "taxonomy")  # Label Studio: what was asked -> what was said
_SPAN = re.compile(r"\d+-\d+ \[(.*)\]", re.DOTALL)  # INCEpTION: where a passage stands, and what it says


def is_unsaid(cell: str) -> bool:
    """Whether a program says in so many words that nobody answered."""
    return cell.strip() in NO_ANSWER


def parts(cell: str, several: str) -> list[str]:
    """Return the values of a cell: one, or several as a program joins them.

    Examples
    --------
    >>> parts("Tid#Pengar", "#"), parts('{"choices": ["Tid", "Pengar"]}', ""), parts(" Tid ", "")
    (['Tid', 'Pengar'], ['Tid', 'Pengar'], ['Tid'])
    >>> parts('[{"rating": 4}]', ""), parts('[{"taxonomy": [["Resurser", "Tid"]]}]', "")
    (['4'], ['Resurser/Tid'])
    """
    if is_unsaid(cell):
        return []
    listed = _listed(cell)
    if listed is None:
        listed = cell.split(several) if several else [cell]
    return [part.strip() for part in listed if part.strip()]


def remark_of(cell: str) -> str:
    r"""Return the text of a cell of remarks; several stand on a line each.

    Examples
    --------
    >>> remark_of('{"text": ["därför", "och sen"]}'), remark_of(" hm ")
    ('därför\noch sen', ' hm ')
    """
    listed = _listed(cell)
    return cell if listed is None else "\n".join(listed)


def passage(cell: str) -> str:
    """Return the passage that a cell quotes with its place; the cell itself if it does not.

    Examples
    --------
    >>> passage("0-11 [Ojämn nivå]"), passage("Ojämn nivå")
    ('Ojämn nivå', 'Ojämn nivå')
    """
    found = _SPAN.fullmatch(cell.strip())
    return found[1] if found else cell


def values_of(cells: Iterable[str], several: str) -> list[str]:
    """Return the different values of a column, in the order in which they come."""
    return list(dict.fromkeys(part for cell in dict.fromkeys(cells) for part in parts(cell, several)))


def steps(value: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield every way to take a path apart into what it begins with and the rest.

    Examples
    --------
    >>> list(steps("Teman/Tid/Brist", "/"))
    [('Teman', 'Tid/Brist'), ('Teman/Tid', 'Brist')]
    """
    pieces = value.split(path)
    for count in range(1, len(pieces)):
        yield path.join(pieces[:count]).strip(), path.join(pieces[count:]).strip()


def _listed(cell: str) -> list[str] | None:
    if cell.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return _said(json.loads(cell))
    except (ValueError, RecursionError):
        return None


def _said(data: object) -> list[str] | None:
    """Return what JSON says, all of it; None if some of it is no answer as programs write them."""
    if isinstance(data, list):
        said = [_said(part) if isinstance(part, dict) else _one(part) for part in data]
        return None if None in said else [text for texts in said for text in texts or ()]
    if isinstance(data, dict) and len(data) == 1:
        (key, value), *_ = data.items()
        return _said(value if isinstance(value, list) else [value]) if key in _KEYS else None
    return None


def _one(part: object) -> list[str] | None:
    if isinstance(part, list):  # a path down a tree of choices
        return ["/".join(map(str, part))]
    return [str(part)] if isinstance(part, str | int | float) and not isinstance(part, bool) else None
