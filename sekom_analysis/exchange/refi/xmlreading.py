"""Elements by their local names: programs write several namespaces, and all of them mean the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sekom_analysis.problems import Problem


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rsplit("}", 1)[-1]


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the children of these names, in their order."""
    if element is not None:
        yield from (child for child in element if local(child) in names)


def child(element: Element | None, name: str) -> Element | None:
    """Return the first child of a name, or None."""
    return next(children(element, name), None)


def text_of(element: Element | None, name: str) -> str:
    """Return the text of the first child of a name; empty if there is none."""
    found = child(element, name)
    return "" if found is None else "".join(found.itertext())


class Remarks:
    """What is to be said of a file, each thing once, with how often and where first.

    Parameters
    ----------
    file : name of the file
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._times: Counter[tuple[str, str]] = Counter()
        self._first: dict[tuple[str, str], str] = {}

    def add(self, what: str, todo: str, where: str = "") -> None:
        """Note one thing: what it is and what was done or is to do about it, both without the place."""
        self._times[what, todo] += 1
        self._first.setdefault((what, todo), where)

    def problems(self) -> list[Problem]:
        """Return everything noted."""
        return [Problem(self.file, None, what + self._place(what, todo), todo) for what, todo in self._times]

    def _place(self, what: str, todo: str) -> str:
        first, times = self._first[what, todo], self._times[what, todo]
        shown = first if len(first) <= 60 else first[:59] + "…"
        if times == 1:
            return f" ({shown})" if first else ""
        return f" ({times} times, first: {shown})" if first else f" ({times} times)"
