"""XML of strangers: it may declare nothing, and is refused before it fills the memory."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded.limits import LIMITS, SAVE_AGAIN, Limits, refusal_of
from sekom_analysis.problems import Problem


def parse_xml(data: bytes, where: str, limits: Limits = LIMITS) -> ElementTree.Element:
    """Return the root of an XML document that declares nothing and fits into memory.

    Parameters
    ----------
    data : the document, in UTF-8, UTF-16, or a one-byte encoding that it names
    where : its file, for messages
    limits : how many elements and attributes it may have, and how deep

    Returns
    -------
    Element
        Tags and attributes are named ``{namespace}name``, as `ElementTree` does.

    Raises
    ------
    ExchangeError
        If it is not well-formed, declares document types or entities, or is too large or too deep;
        with the line.

    Examples
    --------
    >>> parse_xml(b"<a b='1'>en <i>lapp</i></a>", "a.xml").attrib
    {'b': '1'}
    >>> try:
    ...     parse_xml(b'<!DOCTYPE a [<!ENTITY x "lapp">]><a>&x;</a>', "a.xml")
    ... except ExchangeError as error:
    ...     print(str(error).splitlines()[1].partition(';')[0])
    - a.xml, row 1: it declares a document type, which can make a program open other files
    """
    return _Reader(where, limits).read(data)


class _Reader:
    """Expat with a tree builder behind it, and somebody who counts."""

    def __init__(self, where: str, limits: Limits) -> None:
        self.where = where
        self.limits = limits
        self.parts = 0
        self.depth = 0
        self.builder = ElementTree.TreeBuilder()
        self.names: dict[str, str] = {}
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.builder.data
        self.parser.StartDoctypeDeclHandler = self._refuse_declarations
        self.parser.EntityDeclHandler = self._refuse_declarations
        self.parser.ExternalEntityRefHandler = self._refuse_declarations

    def read(self, data: bytes) -> ElementTree.Element:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            what = f"it is not well-formed XML ({error})"
            raise self._refusal(what, SAVE_AGAIN) from None
        except (LookupError, ValueError) as error:  # an encoding that Python does not have
            what = f"its letters cannot be told ({error})"
            raise self._refusal(what, "save it as UTF-8") from None
        return self.builder.close()

    def _start(self, name: str, attributes: list[str]) -> None:
        self.depth += 1
        self.parts += 1 + len(attributes) // 2
        if self.depth > self.limits.xml_depth:
            what = f"its elements lie more than {self.limits.xml_depth} deep in each other"
            raise self._refusal(what, SAVE_AGAIN)
        if self.parts > self.limits.xml_parts:
            what = f"it has more than {self.limits.xml_parts:,} elements and attributes"
            raise self._refusal(what, "take it apart into several files")
        pairs = zip(map(self._name, attributes[::2]), attributes[1::2], strict=True)
        self.builder.start(self._name(name), dict(pairs))

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(self._name(name))

    def _name(self, name: str) -> str:
        if name not in self.names:
            self.names[name] = "{" + name if "}" in name else name
        return self.names[name]

    def _refuse_declarations(self, *_: Any) -> int:
        what = "it declares a document type, which can make a program open other files"
        raise self._refusal(what, "take the <!DOCTYPE …> away")

    def _refusal(self, what: str, todo: str) -> ExchangeError:
        return refusal_of([Problem(self.where, self.parser.CurrentLineNumber, what, todo)])
