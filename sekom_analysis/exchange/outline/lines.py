"""A report as lines: what each says, and how it is marked, whatever file it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Phrase, Problem, chain, problem_lines
from sekom_analysis.formats.guarded import Archive, Limits, open_archive, parse_xml, read_file, refusal
from sekom_analysis.formats.tables import decode
from sekom_analysis.formats.workbook_reading import OLD_OFFICE, ZIP

# --- one line of a report, whatever file it comes from ------------------------------------------------


class Line(NamedTuple):
    """One line of a report.

    Parameters
    ----------
    row : its number in the file (in a ``.docx``, that of the paragraph), from 1
    text : what it says, without marks
    mark : how a heading could be told: ``heading 1`` …, ``italic``, ``bold``; empty if it is plain
    is_item : whether it is marked as one of a list
    """

    row: int
    text: str
    mark: str = ""
    is_item: bool = False


def tidy(text: str) -> str:
    """Return a text on one line, with single spaces, without what cannot be seen."""
    text = text.replace("\u00ad", "").replace("\ufeff", "")
    shown = text if text.isprintable() else "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())


# --- A Word document (.docx) as lines: its accepted text, with styles, bold and italic ----------------


_MAIN = "word/document.xml"
_GONE = {"del", "moveFrom", "delText", "Fallback", "txbxContent", "pPr", "rPr", "sectPr", "instrText"}
_TRACKED = ("ins", "del", "moveFrom")
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes", "commentReference": "comments"}
_HEADING = re.compile(r"(?:heading|rubrik|überschrift|titre) ?([1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"toc ?[1-9]", re.IGNORECASE)  # what Word calls the style in any language
_OFF = {"0", "false", "off", "none"}


@dataclass
class _Style:
    """What a style says, with what it takes over from the one that it is based on."""

    level: int = 0
    bold: bool = False
    italic: bool = False
    is_contents: bool = False


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
        raise refusal(file, "word_locked")
    with open_archive(data, limits, file) as archive:
        if _MAIN not in archive.names:
            raise refusal(file, "word_none")
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
    name = _value(_child(element, "name"))
    named = _HEADING.fullmatch(name)
    outline = _value(_child(_child(element, "pPr"), "outlineLvl"))
    level = int(named[1]) if named else int(outline) + 1 if re.fullmatch("[0-8]", outline) else base.level
    runs = _child(element, "rPr")
    is_contents = base.is_contents or bool(_CONTENTS.fullmatch(name))
    return _Style(level, _is_on(runs, "b", base.bold), _is_on(runs, "i", base.italic), is_contents)


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
    if style.is_contents:  # it names headings, and is none
        return
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
    if name == "br":  # a page's end inside a sentence does not end the sentence
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
    tracked = [Phrase(f"tracked_{name}", n=n) for name, n in count.items() if name in _TRACKED]
    if tracked:
        row = min(first[name] for name in first if name in _TRACKED)
        yield Problem.of(file, row, "word_tracked", counts=chain(tracked))
    for name, said in _NOTES.items():
        if name in count:
            yield Problem.of(file, first[name], f"word_{said}", n=count[name], row=first[name])
    if "txbxContent" in count:
        row = first["txbxContent"]
        yield Problem.of(file, row, "word_boxes", row=row)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        yield Problem.of(file, None, "word_macros")


# --- A report as lines: what each says, and how it is marked, whatever file it comes from -------------


ENDINGS = (".txt", ".md", ".docx")
LIMITS = Limits(file_bytes=20_000_000, entry_bytes=50_000_000, total_bytes=100_000_000)
LONGEST_LINE = 20_000
MOST_LINES = 50_000
_WHOLE_MARKS = (
    ("italic", re.compile(r"<(i|em)>(.*)</\1>", re.IGNORECASE)),
    ("bold", re.compile(r"<(b|strong)>(.*)</\1>", re.IGNORECASE)),
    ("bold", re.compile(r"(\*\*|__)(?=\S)([^*_]+)(?<=\S)\1")),
    ("italic", re.compile(r"([*_])(?=\S)([^*_]+)(?<=\S)\1")),
)
_TITLE = re.compile(r"(#{1,6})\s+(.*?)(?:\s+#+)?")
_BULLET = re.compile(r"(?:[-*+•–]|\d{1,3}[.)])\s+(?=\S)")
_RULE = re.compile(r"(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_INLINE = re.compile(r"(?<!\\)(\*\*|\*|(?<!\w)__|(?<!\w)_)(?=\S)(.+?)(?<=[^\s\\])\1(?!\w)")


def read_lines(path: Path) -> tuple[list[Line], list[Problem]]:
    """Return the lines of a report, and what of it was left out.

    Parameters
    ----------
    path : ``.txt`` (also text copied out of a PDF), ``.md`` or ``.docx``

    Raises
    ------
    ExchangeError
        If it cannot be read.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise refusal(path.name, "outline_kind", endings=", ".join(ENDINGS), suffix=path.suffix)
    data = read_file(path, LIMITS)
    if ending == ".docx":
        lines, problems = word_lines(data, path.name, LIMITS)
    else:
        lines, problems = _splitter(ending)(_text(data, path.name)), []
    _check_sizes(lines, path.name)
    return lines, problems


def _splitter(ending: str) -> Callable[[str], list[Line]]:
    return markdown_lines if ending == ".md" else text_lines


def _text(data: bytes, file: str) -> str:
    if data.startswith((ZIP, OLD_OFFICE, b"%PDF")):
        raise refusal(file, "outline_no_text")
    text, problems = decode(data, file)
    if problems:
        found = [Problem.of(one.file, one.row, "outline_utf8", what=one.what) for one in problems]
        msg = f"It cannot be read:\n{problem_lines(found)}\nNothing was saved."
        raise ExchangeError(msg)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_sizes(lines: list[Line], file: str) -> None:
    if len(lines) > MOST_LINES:
        raise refusal(file, "outline_lines", n=len(lines), most=MOST_LINES)
    long = next((line for line in lines if len(line.text) > LONGEST_LINE), None)
    if long is not None:
        said = {"row": long.row, "n": len(long.text), "most": LONGEST_LINE}
        raise refusal(file, "outline_long_line", **said)


def text_lines(text: str) -> list[Line]:
    r"""Return the lines of a plain text; a page's end (form feed) is an empty line.

    Examples
    --------
    >>> lines = text_lines("Resurser\n<i>Tid</i>\n- För lite tid")
    >>> [(line.text, line.mark, line.is_item) for line in lines]
    [('Resurser', '', False), ('Tid', 'italic', False), ('För lite tid', '', True)]
    """
    lines = []
    for row, raw in enumerate(text.split("\n"), start=1):
        for part in raw.split("\f"):
            lines.append(_line(row, part))
    return lines


def _line(row: int, raw: str) -> Line:
    text = tidy(raw)
    bullet = _BULLET.match(text)
    if bullet:
        return Line(row, text[bullet.end() :], "", True)
    for mark, pattern in _WHOLE_MARKS:
        found = pattern.fullmatch(text)
        if found:
            return Line(row, found[2].strip(), mark)
    return Line(row, text)


def markdown_lines(text: str) -> list[Line]:
    r"""Return the lines of a Markdown text: titles with their level, items of lists whole.

    Examples
    --------
    >>> [(line.text, line.mark) for line in markdown_lines("## Resurser\n- För lite\n  *tid*\n")]
    [('Resurser', 'heading 2'), ('För lite tid', ''), ('', '')]
    """
    lines: list[Line] = []
    plain = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    for row, raw in enumerate(plain.split("\n"), start=1):
        stripped = raw.strip()
        title = _TITLE.fullmatch(stripped)
        if title:
            lines.append(Line(row, _without_marks(title[2]), f"heading {len(title[1])}"))
        elif _RULE.fullmatch(stripped):
            lines.append(Line(row, ""))
        elif _continues(raw, lines):
            before = lines.pop()
            lines.append(before._replace(text=f"{before.text} {_without_marks(stripped)}"))
        else:
            line = _line(row, raw)
            lines.append(line._replace(text=_without_marks(line.text)))
    return lines


def _continues(raw: str, lines: list[Line]) -> bool:
    """Whether a line goes on with the item above it, as Markdown has it."""
    if not raw.strip() or not lines or not lines[-1].is_item or not lines[-1].text:
        return False
    return not _BULLET.match(raw.strip())


def _without_marks(text: str) -> str:
    return tidy(re.sub(r"\\([\\`*_{}\[\]()#+.!-])", r"\1", _INLINE.sub(r"\2", text)))


# --- what a report's pages leave between its lines: numbers, dates, and sentences cut in two ----------


_PAGE_NUMBER = re.compile(
    r"[-–]?\s*\d{1,4}\s*[-–]?"
    r"|(?:sida|sid\.?|s\.|page|p\.)\s*\d{1,4}(?:\s*(?:av|of|/)\s*\d{1,4})?"
    r"|\d{1,4}\s*(?:\(\d{1,4}\)|(?:/|av|of)\s*\d{1,4})",
    re.IGNORECASE,
)
_STAMP = re.compile(r"(?P<year>(?:19|20)?\d\d)[-./]?(?P<month>\d\d)[-./]?(?P<day>\d\d)")
_STOPS_SHORT = re.compile(r"[,;–]$")
_GOES_ON = re.compile(
    r"[,;:–]$|\b(?:och|eller|samt|att|som|för|med|av|till|på|and|or|to|the|of)$", re.IGNORECASE
)
_CUT_WORD = re.compile(r"(?<=\w\w)-$")
_JOINS_WORDS = re.compile(r"(?:och|eller|samt|and|or)\b")


def is_page_number(text: str) -> bool:
    """Whether a line holds a page's number and nothing else.

    Examples
    --------
    >>> [is_page_number(text) for text in ("13", "- 4 -", "Sida 3 av 12", "3 (12)", "2020 ska vi vara klara")]
    [True, True, True, True, False]
    """
    return bool(_PAGE_NUMBER.fullmatch(text))


def is_date_stamp(text: str) -> bool:
    """Whether a line holds a day as figures and nothing else.

    Examples
    --------
    >>> [is_date_stamp(text) for text in ("160513", "2016-05-13", "20160513", "169913", "2016")]
    [True, True, True, False, False]
    """
    found = _STAMP.fullmatch(text)
    if not found:
        return False
    year = int(found["year"])
    try:
        date(year if year > 99 else 2000 + year, int(found["month"]), int(found["day"]))
    except ValueError:
        return False
    return True


def goes_on(before: str, after: str, is_apart: bool, wrapped: bool) -> tuple[bool, str]:
    """Whether a line is the end of the one before it, and what is doubtful about that.

    Parameters
    ----------
    before, after : the two lines
    is_apart : whether an empty line or a page's end is between them
    wrapped : whether notes run over several lines in this report

    Examples
    --------
    >>> goes_on("Ta fram korta filmer för att", "förklara nyckeltalen", True, False)
    (True, '')
    >>> goes_on("Ta fram korta filmer", "Lär av grannar", True, False)
    (False, '')
    """
    begins_small = after[:1].islower()
    if begins_small and (is_apart or wrapped):
        return True, ""
    if begins_small:
        return False, "it begins with a small letter, as the end of the line before would"
    ends_short = _GOES_ON if is_apart or wrapped else _STOPS_SHORT
    if ends_short.search(before) or _CUT_WORD.search(before):
        if wrapped:
            return True, "it was joined to the line before, which does not end there"
        return False, "the line before does not end there"
    return False, ""


def join(before: str, after: str) -> str:
    """Return two halves of a sentence joined; a word cut in two is whole again.

    Examples
    --------
    >>> join("bidra till håll-", "bara kommuner"), join("kommunikations-", "och utbildningsmaterial")
    ('bidra till hållbara kommuner', 'kommunikations- och utbildningsmaterial')
    """
    if _CUT_WORD.search(before) and after[:1].islower() and not _JOINS_WORDS.match(after):
        return before[:-1] + after
    return f"{before} {after}"
