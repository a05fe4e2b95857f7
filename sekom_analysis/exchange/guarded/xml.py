"""XML of strangers: it may declare nothing, and is refused before it fills the memory."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded.limits import LIMITS, SAVE_AGAIN, Limits, refusal_of
from sekom_analysis.problems import Problem

_PIECE = 1 << 18
_MOST_SHARED = 10_000


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
    reader = _Reader(where, limits)
    reader.walk(data)
    return reader.builder.close()


class Walker:
    """Expat behind a guard: a class that inherits it says what to do with elements as they come.

    It sets the handlers of `parser`, and calls `count` for each element that begins and takes one from
    `depth` for each that ends.
    """

    def __init__(self, where: str, limits: Limits, separator: str | None = None) -> None:
        self.where = where
        self.limits = limits
        self.left = limits.xml_parts
        self.depth, self.deepest = 0, limits.xml_depth
        self.parser = expat.ParserCreate(namespace_separator=separator)
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.parser.StartDoctypeDeclHandler = self._refuse_declarations
        self.parser.EntityDeclHandler = self._refuse_declarations
        self.parser.ExternalEntityRefHandler = self._refuse_declarations

    def walk(self, data: bytes) -> None:
        """Read a whole document.

        Raises
        ------
        ExchangeError
            If it is not well-formed, declares something, or is beyond the limits.
        """
        try:
            self._feed(data)
        except expat.ExpatError as error:
            what = f"it is not well-formed XML ({error})"
            raise self.refusal(what, SAVE_AGAIN) from None
        except (LookupError, ValueError) as error:
            if self.depth:  # not of expat, which tells of an encoding that Python does not have at the start
                raise
            what = f"its letters cannot be told ({error})"
            raise self.refusal(what, "save it as UTF-8") from None

    def _feed(self, data: bytes) -> None:
        # In pieces: a single tag with attributes for fifty megabytes is not counted before it ends.
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            self.parser.Parse(piece, False)
            if start + len(piece) - max(self.parser.CurrentByteIndex, 0) > self.limits.xml_tag + _PIECE:
                what = f"a single tag of it is longer than {self.limits.xml_tag:,} bytes"
                raise self.refusal(what, SAVE_AGAIN)
            if len(self.parser.intern) > self.limits.xml_names:  # expat keeps each, for good
                what = f"its elements and attributes have more than {self.limits.xml_names:,} different names"
                raise self.refusal(what, SAVE_AGAIN)
        self.parser.Parse(b"", True)

    def count(self, parts: int) -> None:
        """Count an element that begins, with what of it is kept, and refuse one too many or too deep."""
        self.depth += 1
        self.left -= parts
        if self.left < 0 or self.depth > self.deepest:
            self.stop()

    def stop(self) -> None:
        """Refuse the document as too large or too deep."""
        if self.depth > self.deepest:
            what = f"its elements lie more than {self.deepest} deep in each other"
            raise self.refusal(what, SAVE_AGAIN)
        what = f"it has more than {self.limits.xml_parts:,} elements and attributes"
        raise self.refusal(what, "take it apart into several files")

    def refusal(self, what: str, todo: str) -> ExchangeError:
        """Return the error, with the line where the reader is."""
        return refusal_of([Problem(self.where, self.parser.CurrentLineNumber, what, todo)])

    def _refuse_declarations(self, *_: Any) -> int:
        what = "it declares a document type, which can make a program open other files"
        raise self.refusal(what, "take the <!DOCTYPE …> away")


class _Reader(Walker):
    """A walker with a tree builder behind it."""

    def __init__(self, where: str, limits: Limits) -> None:
        super().__init__(where, limits, "}")
        self.builder = ElementTree.TreeBuilder()
        self.names: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.builder.data

    def _start(self, name: str, attributes: list[str]) -> None:
        self.count(1 + len(attributes) // 2)
        pairs = zip(map(self._name, attributes[::2]), map(self._once, attributes[1::2]), strict=True)
        self.builder.start(self._name(name), dict(pairs))

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(self._name(name))

    def _once(self, value: str) -> str:
        # One text for all places that refer to the same coder, code or moment.
        if len(self.values) < _MOST_SHARED:
            return self.values.setdefault(value, value)
        return self.values.get(value, value)

    def _name(self, name: str) -> str:
        if name not in self.names:
            self.names[name] = "{" + name if "}" in name else name
        return self.names[name]
