"""The look of the Word document: pandoc's own styles, with our page, fonts and tables."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

INK = "222222"
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP can hold
FONT = "Calibri"
SHORT = 6  # rows with the heading: a table no longer stands whole on one page
LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}
# style: size in points, bold, space before and after in points
LOOKS: dict[str, tuple[float, bool, float, float]] = {
    "Normal": (10.5, False, 0, 6),
    "Body Text": (10.5, False, 5, 4),  # some space before, for the one that follows a table
    "First Paragraph": (10.5, False, 5, 4),
    "Compact": (9, False, 1, 1),
    "Title": (22, True, 0, 6),
    "Heading 1": (18, True, 18, 6),
    "Heading 2": (14, True, 16, 6),
    "Heading 3": (11.5, True, 12, 4),
    "Heading 4": (10.5, True, 10, 3),
    "Heading 5": (10.5, False, 8, 2),
    "Image Caption": (9.5, False, 4, 12),
    "Table Caption": (9.5, False, 12, 4),
}
_BORDERS = """<w:tblPr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:tblBorders>
<w:bottom w:val="single" w:sz="4" w:space="0" w:color="999999"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="D9D9D9"/>
</w:tblBorders></w:tblPr>"""


def write_reference(path: Path, lang: str, pandoc: str) -> None:
    """Write the document whose styles pandoc takes over.

    Parameters
    ----------
    path : where to
    lang : ``"sv"`` or ``"en"``
    pandoc : the program
    """
    from docx import Document
    from docx.shared import Mm

    command = [pandoc, "--print-default-data-file", "reference.docx"]
    usual = subprocess.run(command, capture_output=True, check=True).stdout
    document = Document(BytesIO(usual))
    for section in document.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(25)
        section.top_margin = section.bottom_margin = Mm(24)
    for name, look in LOOKS.items():
        _dress(document.styles[name], *look)
    _rule_tables(document.styles["Table"])
    _speak(document, LANGUAGES[lang])
    _save(document, path)


def keep_together(content: bytes) -> bytes:
    """Return a Word document whose rows, and whose short tables, each stand on one page.

    Parameters
    ----------
    content : the document, as pandoc gives it; the same one gives the same bytes
    """
    from docx import Document

    document = Document(BytesIO(content))
    for table in document.tables:
        rows = table._tbl.tr_lst
        for row in rows:
            properties = row.get_or_add_trPr()
            properties.append(properties.makeelement(qualified("cantSplit")))
        for row in rows[:-1] if len(rows) <= SHORT else []:
            for paragraph in row.iter(qualified("p")):
                paragraph.get_or_add_pPr().get_or_add_keepNext()
    kept = BytesIO()
    _save(document, kept)
    return kept.getvalue()


def qualified(name: str) -> str:
    """Return the name of an element of a Word document, as lxml writes it."""
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


def _save(document: Any, target: Path | BytesIO) -> None:
    """Save with the same date in every part, so that what pandoc makes of it is the same each time."""
    parts = BytesIO()
    document.save(parts)
    with ZipFile(parts) as saved, ZipFile(target, "w", ZIP_DEFLATED) as dated:
        for name in saved.namelist():
            dated.writestr(ZipInfo(name, OLDEST), saved.read(name), ZIP_DEFLATED)


def _dress(style: Any, size: float, bold: bool, before: float, after: float) -> None:
    from docx.shared import Pt, RGBColor

    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(INK)
    style.font.name = FONT
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # the theme's font would win
        fonts.attrib.pop(qualified(theme), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.keep_with_next = style.name.startswith(("Heading", "Table Caption", "Title"))


def _rule_tables(style: Any) -> None:
    """Give tables thin lines between rows."""
    from docx.oxml import parse_xml

    borders = parse_xml(_BORDERS)[0]
    properties = style.element.find(qualified("tblPr"))
    if properties is None:
        properties = parse_xml(_BORDERS)
        style.element.append(properties)
    else:
        properties.append(borders)


def _speak(document: Any, language: str) -> None:
    """Set the language that spelling is checked in."""
    for element in document.styles.element.iter(qualified("lang")):
        element.set(qualified("val"), language)
