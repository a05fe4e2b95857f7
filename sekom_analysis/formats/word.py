"""Word documents (.docx) as plain paragraphs and as tables, within limits; styles are not looked at."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sekom_analysis.formats.guarded import LIMITS, Limits, open_archive, parse_xml, refusal

_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
_MAIN = "word/document.xml"
_GONE = {
    "del",
    "moveFrom",
    "delText",
    "Fallback",
    "txbxContent",
    "pPr",
    "rPr",
    "sectPr",
    "instrText",
    "tblPr",
}
_SIGNS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}
_WIDEST = 200


def word_text(data: bytes, file: str, limits: Limits = LIMITS) -> str:
    """Return a document's accepted text, a line for each paragraph, those of tables too.

    Raises
    ------
    ExchangeError
        If it is damaged, locked, or no Word document.
    """
    return "\n".join(map(_said, _below(_document(data, file, limits), "p")))


def word_tables(data: bytes, file: str, limits: Limits = LIMITS) -> list[list[list[str]]]:
    """Return a document's tables, each with its rows of cells; tables inside cells are text of the cell.

    Raises
    ------
    ExchangeError
        If it is damaged, locked, or no Word document.
    """
    return [
        [list(_cells(row)) for row in _below(table, "tr")]
        for table in _below(_document(data, file, limits), "tbl")
    ]


def _document(data: bytes, file: str, limits: Limits) -> Element:
    if data.startswith(_OLD_OFFICE):
        raise refusal(file, "word_locked")
    with open_archive(data, limits, file) as archive:
        if _MAIN not in archive.names:
            raise refusal(file, "word_none")
        return parse_xml(archive.read(_MAIN), f"{file} ({_MAIN})", limits)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _below(element: Element, name: str) -> Iterator[Element]:
    """Yield what has a name, in its order, and nothing of what is inside such."""
    for child in element:
        if _local(child) == name:
            yield child
        elif _local(child) not in _GONE:
            yield from _below(child, name)


def _said(element: Element) -> str:
    parts = []
    for child in element:
        name = _local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in _SIGNS:
            parts.append(_SIGNS[name])
        elif name not in _GONE:
            parts.append(_said(child))
    return "".join(parts)


def _cells(row: Element) -> Iterator[str]:
    for cell in _below(row, "tc"):
        yield "\n".join(map(_said, _below(cell, "p"))).strip()
        yield from [""] * (_span(cell) - 1)


def _span(cell: Element) -> int:
    for element in cell.iter():
        if _local(element) == "gridSpan":
            value = next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == "val"), "1")
            return min(int(value), _WIDEST) if value.isdigit() else 1
    return 1
