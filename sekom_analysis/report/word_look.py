"""The look of the report in Word: its styles, its page, and what the file says of itself."""

from __future__ import annotations

from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sekom_analysis.report.common import LOCALES, Head, date_of, shown_text

FONT = "Calibri"
INK, QUIET, FAINT = "1B2226", "566067", "D0D6D4"
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP can hold
MARGIN = 25  # mm, on every side
WIDTH, HEIGHT = 210 - 2 * MARGIN, 297 - 2 * MARGIN  # mm between the margins
_NEWEST = 15  # Word's own number for files that it does not open in a mode for older ones


class _Look(NamedTuple):
    """How paragraphs of a style look: sizes and spaces in points."""

    size: float
    before: float = 0
    after: float = 0
    bold: bool = False
    colour: str = INK
    based_on: str = "Normal"
    keep_next: bool = False


LOOKS = {
    "Normal": _Look(10.5, before=4, after=5),
    "Title": _Look(22, after=6, bold=True, keep_next=True),
    "Subtitle": _Look(12, after=10, colour=QUIET),
    "Heading 1": _Look(15, before=22, after=6, bold=True, keep_next=True),
    "Heading 2": _Look(11.5, before=14, after=4, bold=True, keep_next=True),
    "Heading 3": _Look(10.5, before=10, after=3, bold=True, keep_next=True),
    "Heading 4": _Look(10.5, before=8, after=2, colour=QUIET, keep_next=True),
    "Heading 5": _Look(10, before=8, after=2, colour=QUIET, keep_next=True),
    "Contents Heading": _Look(12, before=16, after=4, bold=True, keep_next=True),
    "Before You Read": _Look(12, before=8, after=4, bold=True, keep_next=True),
    "toc 1": _Look(10.5, after=3),
    "List Bullet": _Look(10.5, after=3),
    "Remark": _Look(9, before=4, after=6, colour=QUIET),
    "Fact": _Look(10.5, before=6, after=6),
    "Picture": _Look(10.5, before=8, after=2, keep_next=True),
    "Caption": _Look(9.5, before=9, after=5),
    "Note": _Look(10.5, before=10, after=3),
    "Table Text": _Look(8.5, before=1.5, after=1.5),
    "Table Heading": _Look(8.5, before=1.5, after=1.5, bold=True, based_on="Table Text"),
    "Header": _Look(8.5, colour=QUIET),
    "Footer": _Look(8.5, colour=QUIET),
}
IDS = {"toc 1": "TOC1"}
TABLE, PLAIN_TABLE = "ReportTable", "ReportPlainTable"
_BULLET_INDENT, _BULLET_HANGS = 5, 4  # mm
_TABLE_STYLES = f"""<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:style w:type="table" w:customStyle="1" w:styleId="{PLAIN_TABLE}"><w:name w:val="Report Plain Table"/>
<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:tblPr>
<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>
<w:left w:w="0" w:type="dxa"/><w:right w:w="100" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>
<w:style w:type="table" w:customStyle="1" w:styleId="{TABLE}"><w:name w:val="Report Table"/>
<w:basedOn w:val="{PLAIN_TABLE}"/><w:uiPriority w:val="99"/><w:tblPr><w:tblBorders>
<w:bottom w:val="single" w:sz="4" w:space="0" w:color="8A9499"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{FAINT}"/></w:tblBorders></w:tblPr></w:style>
</w:styles>"""


def style_id(name: str) -> str:
    """Return the name by which paragraphs go by a style."""
    return IDS.get(name, name.replace(" ", ""))


def new_document(head: Head, lang: str) -> Any:
    """Return an empty document with the report's styles, page, running head, page numbers and dates."""
    from docx import Document

    document = Document()
    _dress(document, lang)
    _set_page(document, head)
    _tell(document, head, lang)
    return document


def content_of(document: Any) -> bytes:
    """Return a document's bytes, with the same date in every part: the same each time."""
    parts, content = BytesIO(), BytesIO()
    document.save(parts)
    with ZipFile(parts) as saved, ZipFile(content, "w", ZIP_DEFLATED) as dated:
        for name in saved.namelist():
            dated.writestr(ZipInfo(name, OLDEST), saved.read(name), ZIP_DEFLATED)
    return content.getvalue()


def field(code: str, result: str, look: str = "") -> str:
    """Return the runs of a field: what Word works out, and what stands there until then."""
    parts = (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {code} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        f"<w:t>{result}</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    return "".join(f"<w:r>{look}{part}</w:r>" for part in parts)


# --- styles -------------------------------------------------------------------------------------------


def _dress(document: Any, lang: str) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    styles = document.styles
    for style in [one for one in styles if one.type == WD_STYLE_TYPE.TABLE and one.name != "Normal Table"]:
        style.delete()  # ninety-nine that nobody asked for
    there = {style.name for style in styles}
    for name, look in LOOKS.items():
        if name not in there:
            made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name in IDS)
            made.element.set(qn("w:styleId"), style_id(name))
        _dress_one(styles[name], look, styles)
    for style in parse_xml(_TABLE_STYLES):
        styles.element.append(style)
    # As a heading for who goes from one to the next, but not in the contents.
    _outline(styles["Before You Read"])
    _hang(styles["List Bullet"])
    for element in styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), LOCALES[lang])


def _dress_one(style: Any, look: _Look, styles: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    if style.name != "Normal":
        style.base_style = styles[look.based_on]
    font, form = style.font, style.paragraph_format
    font.size, font.bold, font.italic, font.name = Pt(look.size), look.bold, False, FONT
    font.color.rgb = RGBColor.from_string(look.colour)
    runs = style.element.rPr
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # the theme's font would win
        runs.rFonts.attrib.pop(qn(f"w:{theme}"), None)
    for name in ("spacing", "kern"):  # of letters
        for element in runs.findall(qn(f"w:{name}")):
            runs.remove(element)
    paragraphs = style.element.get_or_add_pPr()
    for name in ("pBdr", "contextualSpacing", "tabs"):
        for element in paragraphs.findall(qn(f"w:{name}")):
            paragraphs.remove(element)
    form.space_before, form.space_after, form.line_spacing = Pt(look.before), Pt(look.after), 1.12
    form.keep_with_next, form.widow_control = look.keep_next, True
    style.hidden, style.quick_style, style.unhide_when_used = False, True, False


def _outline(style: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    style.element.get_or_add_pPr().append(level)


def _hang(style: Any) -> None:
    from docx.shared import Mm

    style.paragraph_format.left_indent = Mm(_BULLET_INDENT)
    style.paragraph_format.first_line_indent = Mm(-_BULLET_HANGS)


# --- page, running head, page numbers, properties -----------------------------------------------------


def _set_page(document: Any, head: Head) -> None:
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(MARGIN))
    section.header_distance = section.footer_distance = Mm(12)
    section.different_first_page_header_footer = True  # the title stands there already
    section.header.is_linked_to_previous = False
    section.header.paragraphs[0].text = shown_text(head["title"])
    section.first_page_header.is_linked_to_previous = False
    for footer in (section.footer, section.first_page_footer):
        footer.is_linked_to_previous = False
        _number_pages(footer.paragraphs[0])


def _number_pages(paragraph: Any) -> None:
    """Write the page and of how many it is, as in ``3 (9)``."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    runs = f'{field("PAGE", "1")}<w:r><w:t xml:space="preserve"> (</w:t></w:r>{field("NUMPAGES", "1")}'
    whole = parse_xml(f"<w:p {nsdecls('w')}>{runs}<w:r><w:t>)</w:t></w:r></w:p>")
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph._p.extend(whole)


def _tell(document: Any, head: Head, lang: str) -> None:
    """Say in the file's properties what it is, of whom and when, and how Word is to open it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    facts, author = document.core_properties, shown_text(head.get("author", ""))
    facts.title, facts.author, facts.last_modified_by = shown_text(head["title"]), author, author
    facts.comments, facts.keywords, facts.language = "", "", LOCALES[lang]
    facts.created = facts.modified = date_of(head).replace(tzinfo=None)
    facts.revision = 1
    for relation in [one for one in document.part.package.rels.values() if "thumbnail" in one.reltype]:
        document.part.package.rels.pop(relation.rId)  # a picture of another document
    settings = document.settings.element
    for element in settings.iter(qn("w:compatSetting")):
        if element.get(qn("w:name")) == "compatibilityMode":
            element.set(qn("w:val"), str(_NEWEST))
    for element in settings.iter(qn("w:themeFontLang")):
        element.set(qn("w:val"), LOCALES[lang])
    update = OxmlElement("w:updateFields")  # the pages of the contents, which Word alone knows
    update.set(qn("w:val"), "true")
    zoom = settings.find(qn("w:zoom"))
    if zoom is not None:
        zoom.set(qn("w:percent"), "100")
    settings.find(qn("w:compat")).addprevious(update)  # the order is Word's
