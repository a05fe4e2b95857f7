"""XML written as a stream: nothing is held in memory, and the same calls give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from sekom_analysis.exchange.refi.labelled import xml_text

_IN_TEXT = {"\r": "&#13;"}  # a reader turns a bare one into a line feed


class XmlWriter:
    """Writes one document; elements that hold elements are indented, texts stand as they are.

    Parameters
    ----------
    out : where the bytes go
    namespace : that of every element

    Examples
    --------
    >>> import io
    >>> out = io.BytesIO()
    >>> xml = XmlWriter(out, "urn:example")
    >>> with xml.element("Codes"):
    ...     xml.leaf("Description", "A & B", guid="1")
    >>> print(out.getvalue().decode("utf-8"))
    <?xml version="1.0" encoding="UTF-8"?>
    <Codes xmlns="urn:example">
     <Description guid="1">A &amp; B</Description>
    </Codes>
    <BLANKLINE>
    """

    def __init__(self, out: IO[bytes], namespace: str) -> None:
        self._out = out
        self._depth = 0
        self._namespace = f" xmlns={quoteattr(namespace)}"
        self._write('<?xml version="1.0" encoding="UTF-8"?>\n')

    @contextmanager
    def element(self, tag: str, **attributes: str | None) -> Iterator[None]:
        """Write an element around what is written inside; an attribute that is None is left out."""
        self._write(f"{' ' * self._depth}<{tag}{self._attributes(attributes)}>\n")
        self._depth += 1
        yield
        self._depth -= 1
        self._write(f"{' ' * self._depth}</{tag}>\n")

    def leaf(self, tag: str, text: str | None = None, **attributes: str | None) -> None:
        """Write an element that holds a text or nothing."""
        start = f"{' ' * self._depth}<{tag}{self._attributes(attributes)}"
        inner = "/>\n" if text is None else f">{escape(xml_text(text), _IN_TEXT)}</{tag}>\n"
        self._write(start + inner)

    def _attributes(self, attributes: dict[str, str | None]) -> str:
        root = "" if self._depth else self._namespace
        return root + "".join(
            f" {name}={quoteattr(xml_text(value))}" for name, value in attributes.items() if value is not None
        )

    def _write(self, text: str) -> None:
        self._out.write(text.encode("utf-8"))
