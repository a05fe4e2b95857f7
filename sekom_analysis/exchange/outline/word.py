"""A Word document (.docx) as lines: its accepted text, with styles, bold and italic.

The XML is read directly, within limits: what was inserted with "track
changes" counts as text and what was deleted does not, and nothing in the
document (macros, links, embedded objects) is ever opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from sekom_analysis.exchange.guarded import Archive, Limits, open_archive, parse_xml, refusal
from sekom_analysis.exchange.outline.line import Line, tidy
from sekom_analysis.exchange.workbooks import OLD_OFFICE
from sekom_analysis.problems import Problem

_MAIN = "word/document.xml"
_GONE = {"del", "moveFrom", "delText", "Fallback", "txbxContent", "pPr", "rPr", "sectPr", "instrText"}
_TRACKED = {"ins": "insertions", "del": "deletions", "moveFrom": "moved texts"}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes", "commentReference": "comments"}
_HEADING = re.compile(r"(?:heading|rubrik|überschrift|titre) ?([1-9])", re.IGNORECASE)
_OFF = {"0", "false", "off", "none"}


@dataclass
class _Style:
    """What a style says, with what it takes over from the one that it is based on."""

    level: int = 0
    bold: bool = False
    italic: bool = False


@dataclass
class _Paragraph:
    """A paragraph while it is read."""

    texts: list[str] = field(default_factory=list)
    bold: list[bool] = field(default_factory=list)
    italic: list[bool] = field(default_factory=list)

    def add(self, text: str, bold: bool, italic: bool) -> None:
        self.texts.append(text)
        if text.strip():
            self.bold.append(bold)
            self.italic.append(italic)


def word_lines(data: bytes, file: str, limits: Limits) -> tuple[list[Line], list[Problem]]:
    """Return a document's paragraphs as lines, and what of it was left out.

    Raises
    ------
    ExchangeError
        If it is damaged, locked, or no Word document.
    """
    if data.startswith(OLD_OFFICE):
        what = "it is protected by a password, or in Word's old format"
        raise refusal(file, what, "save it as .docx without a password")
    with open_archive(data, limits, file) as archive:
        if _MAIN not in archive.names:
            raise refusal(file, "it is no Word document", "save it as 'Word document (.docx)'")
        document = parse_xml(archive.read(_MAIN), f"{file} ({_MAIN})", limits)
        styles = _styles(archive, file, limits)
        problems = list(_left_out(document, archive.names, file))
    lines = [
        line
        for row, paragraph in enumerate(_paragraphs(document), start=1)
        for line in _lines(row, paragraph, styles)
    ]
    return lines, problems


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: Element | None, name: str) -> Element | None:
    if element is None:
        return None
    return next((child for child in element if _local(child) == name), None)


def _value(element: Element | None, name: str = "val") -> str:
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _is_on(properties: Element | None, name: str, otherwise: bool) -> bool:
    found = _child(properties, name)
    return otherwise if found is None else _value(found).lower() not in _OFF


def _styles(archive: Archive, file: str, limits: Limits) -> dict[str, _Style]:
    name = "word/styles.xml"
    if name not in archive.names:
        return {}
    root = parse_xml(archive.read(name), f"{file} ({name})", limits)
    elements = {_value(one, "styleId"): one for one in root if _local(one) == "style"}
    return {key: _style(key, elements, frozenset()) for key in elements}


def _style(key: str, elements: dict[str, Element], seen: frozenset[str]) -> _Style:
    element = elements.get(key)
    if element is None or key in seen or len(seen) > 20:
        return _Style()
    base = _style(_value(_child(element, "basedOn")), elements, seen | {key})
    named = _HEADING.fullmatch(_value(_child(element, "name")))
    outline = _value(_child(_child(element, "pPr"), "outlineLvl"))
    level = int(named[1]) if named else int(outline) + 1 if re.fullmatch("[0-8]", outline) else base.level
    runs = _child(element, "rPr")
    return _Style(level, _is_on(runs, "b", base.bold), _is_on(runs, "i", base.italic))


def _paragraphs(element: Element) -> Iterator[Element]:
    """Yield paragraphs in their order, those of tables too, those of text boxes not."""
    for child in element:
        name = _local(child)
        if name == "p":
            yield child
        elif name not in _GONE:
            yield from _paragraphs(child)


def _lines(row: int, element: Element, styles: dict[str, _Style]) -> Iterator[Line]:
    properties = _child(element, "pPr")
    style = styles.get(_value(_child(properties, "pStyle")), _Style())
    paragraph = _Paragraph()
    _read(element, paragraph, styles, style)
    is_item = _child(properties, "numPr") is not None
    outline = _value(_child(properties, "outlineLvl"))
    level = int(outline) + 1 if re.fullmatch("[0-8]", outline) else style.level
    mark = f"heading {level}" if level else ""
    if not mark and paragraph.italic:
        mark = "italic" if all(paragraph.italic) else "bold" if all(paragraph.bold) else ""
    parts = "".join(paragraph.texts).split("\n") if not mark else ["".join(paragraph.texts)]
    for part in parts:
        yield Line(row, tidy(part), mark, is_item)


def _read(element: Element, into: _Paragraph, styles: dict[str, _Style], style: _Style) -> None:
    for child in element:
        name = _local(child)
        if name == "r":
            _read_run(child, into, styles, style)
        elif name not in _GONE:
            _read(child, into, styles, style)


def _read_run(run: Element, into: _Paragraph, styles: dict[str, _Style], style: _Style) -> None:
    properties = _child(run, "rPr")
    own = styles.get(_value(_child(properties, "rStyle")), _Style())
    bold = _is_on(properties, "b", own.bold or style.bold)
    italic = _is_on(properties, "i", own.italic or style.italic)
    for child in run:
        into.add(_said(child), bold, italic)


def _said(element: Element) -> str:
    name = _local(element)
    if name == "t":
        return element.text or ""
    if name == "br":  # a page's end inside a sentence is no end of the sentence
        return " " if _value(element, "type") in ("page", "column") else "\n"
    return {"cr": "\n", "tab": " ", "noBreakHyphen": "-"}.get(name, "")


def _left_out(document: Element, names: list[str], file: str) -> Iterator[Problem]:
    count: dict[str, int] = {}
    first: dict[str, int] = {}
    for row, paragraph in enumerate(_paragraphs(document), start=1):
        for element in paragraph.iter():
            name = _local(element)
            if name in _TRACKED or name in _NOTES or name == "txbxContent":
                count[name] = count.get(name, 0) + 1
                first.setdefault(name, row)
    tracked = {_TRACKED[name]: number for name, number in count.items() if name in _TRACKED}
    if tracked:
        row = min(first[name] for name in first if name in _TRACKED)
        what = f"it has tracked changes ({_listed(tracked)}): read as if all were accepted"
        yield Problem(file, row, what, "accept or reject them in Word if that is not what is meant")
    for name, said in _NOTES.items():
        if name in count:
            what = f"{said} were left out ({count[name]}), the first in paragraph {first[name]}"
            yield Problem(file, first[name], what, "write into the text what belongs to a note")
    if "txbxContent" in count:
        what = f"text boxes were left out, the first in paragraph {first['txbxContent']}"
        yield Problem(file, first["txbxContent"], what, "move what belongs to a note into the text")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        yield Problem(file, None, "it has macros, which were not read", "nothing; none was run")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name}: {number}" for name, number in counts.items())
