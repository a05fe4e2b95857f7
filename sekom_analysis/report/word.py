"""The report as a document to edit (DOCX): its blocks as paragraphs and tables of Word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, count
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sekom_analysis.basics.errors import ReportError
from sekom_analysis.basics.files import reason_of
from sekom_analysis.basics.wording import say
from sekom_analysis.report.blocks import (
    Block,
    Bullets,
    Fact,
    Figure,
    Heading,
    Note,
    Section,
    Table,
    Text,
    column_shares,
)
from sekom_analysis.report.common import (
    LONG,
    Head,
    begins_part,
    contents_at,
    in_order,
    leads_in,
    note_shares,
    shown_text,
)
from sekom_analysis.report.word_look import (
    HEIGHT,
    PLAIN_TABLE,
    QUIET,
    TABLE,
    WIDTH,
    content_of,
    field,
    new_document,
    style_id,
)

SHORT = 6  # rows with the heading: a table no longer stands on one page
CAPTION_ROOM = 30  # mm below a picture
_TWIPS = 56.6929  # to a millimetre
_QUIET = f'<w:rPr><w:color w:val="{QUIET}"/></w:rPr>'
_QUIET_SMALL = f'<w:rPr><w:color w:val="{QUIET}"/><w:sz w:val="18"/></w:rPr>'
_BOLD = "<w:rPr><w:b/></w:rPr>"
_LARGE = '<w:rPr><w:b/><w:sz w:val="30"/></w:rPr>'
_RULE = '<w:tcBorders><w:{side} w:val="single" w:sz="8" w:space="0" w:color="1B2226"/></w:tcBorders>'


def docx_bytes(
    shown: Sequence[Section], head: Head, pictures: Mapping[str, str], folder: Path, lang: str
) -> bytes:
    """Return a report as a Word document; the same report gives the same bytes.

    Its headings, lists, captions and tables are Word's own: its contents and references follow what is
    edited in it.

    Parameters
    ----------
    shown : the report's sections
    head : its title and what stands before the sections
    pictures : figure's stem -> the name of its file in `folder`, a PNG
    folder : where the pictures are
    lang : ``"sv"`` or ``"en"``, also for the spell checker of whoever edits it

    Raises
    ------
    ReportError
        If a picture cannot be read.
    """
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    document = new_document(head, lang)
    written = "".join(_Writer(document, pictures, folder, lang).report(head, [*in_order(shown, lang)]))
    body = document.element.body
    last = body.sectPr
    for element in list(parse_xml(f"<w:body {nsdecls('w', 'r')}>{written}</w:body>")):
        last.addprevious(element)
    return content_of(document)


def _run(text: str, look: str = "") -> str:
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(shown_text(text))}</w:t></w:r>'


def _paragraph(style: str, runs: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style_id(style)}"/>{more}</w:pPr>{runs}</w:p>'


_SPACE = '<w:r><w:t xml:space="preserve"> </w:t></w:r>'
_BREAK = "<w:r><w:br/></w:r>"
_KEEP = "<w:keepNext/>"
_NEW_PAGE = "<w:pageBreakBefore/>"


class _Writer:
    """Writes blocks, and counts figures, tables and what can be referred to."""

    def __init__(self, document: Any, pictures: Mapping[str, str], folder: Path, lang: str) -> None:
        self._document, self._pictures, self._folder, self._lang = document, pictures, folder, lang
        self._figures, self._tables, self._marks, self._drawn = count(1), count(1), count(1), count(1)
        numbering = document.styles["List Bullet"].element.pPr.numPr
        self._list = int(numbering.numId.val)

    def report(self, head: Head, shown: Sequence[Section]) -> Iterator[str]:
        """Yield the whole document."""
        yield _paragraph("Title", _run(head["title"]))
        yield _paragraph("Subtitle", _run(head["lead"]))
        if head["before"]:
            yield _paragraph("Before You Read", _run(say("report_before", self._lang)))
            yield from map(self._item, head["before"])
        contents = contents_at(shown)
        marks = [f"_Toc{100000000 + place}" for place in range(len(shown))]
        for place, section in enumerate(shown):
            if place == contents:
                named = zip((one.heading for one in shown), marks, strict=True)
                yield self._contents([one for one in named if one[0]], _NEW_PAGE if place else "")
            if section.heading:
                starts = _NEW_PAGE if begins_part(shown, place) else ""
                yield _paragraph("Heading 1", self._marked(_run(section.heading), marks[place]), starts)
            for number, block in enumerate(section.blocks):
                yield from self._block(block, section.blocks[number + 1 :])

    def _block(self, block: Block, after: Sequence[Block]) -> Iterator[str]:
        match block:
            case Heading():
                yield _paragraph(f"Heading {min(block.level, 5)}", _run(block.text))
            case Text():
                keep = _KEEP if leads_in(block, after) else ""
                yield _paragraph("Remark" if block.remark else "Normal", _run(block.text), keep)
            case Fact():
                yield self._fact(block)
            case Bullets():
                yield from map(self._item, block.items)
            case Figure():
                yield _paragraph("Picture", self._picture(block))
                yield self._caption("figure", next(self._figures), block.caption)
            case Table():
                yield self._caption("table", next(self._tables), block.caption, _KEEP)
                yield _table(block)
                if after and isinstance(after[0], Text | Bullets | Fact):
                    yield _AFTER
            case Note():
                yield from _note(block)

    def _item(self, text: str) -> str:
        numbered = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self._list}"/></w:numPr>'
        return _paragraph("List Bullet", _run(text), numbered)

    def _fact(self, block: Fact) -> str:
        more = _SPACE + _run(block.more) if block.more else ""
        beside = _SPACE + _run(block.of, _QUIET_SMALL) if block.of else ""
        runs = _run(block.big, _LARGE) + beside + _BREAK + _run(block.text, _BOLD) + more
        return _paragraph("Fact", runs, "<w:keepLines/>")

    def _marked(self, runs: str, name: str) -> str:
        """Return runs as a place that can be referred to."""
        number = next(self._marks)
        start = f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>'
        return f'{start}{runs}<w:bookmarkEnd w:id="{number}"/>'

    def _caption(self, key: str, number: int, text: str, keep: str = "") -> str:
        """Return a caption as Word makes it, so that its list of figures and its references find it."""
        label = say(key, self._lang)
        numbered = _run(label, _BOLD) + _SPACE + field(f"SEQ {label} \\* ARABIC", str(number), _BOLD)
        place = 1 if key == "figure" else 2
        marked = self._marked(numbered, f"_Ref{100000000 * (place + 1) + number}")
        return _paragraph("Caption", marked + _run(".", _BOLD) + _SPACE + _run(text), keep)

    def _picture(self, block: Figure) -> str:
        from docx.shared import Mm

        path = self._folder / self._pictures[block.stem]
        try:
            inline = self._document.part.new_pic_inline(str(path))
        except OSError as error:
            msg = f"{path.name}: cannot be read ({reason_of(error)}). The Word document was not made."
            raise ReportError(msg) from error
        wide, high = inline.extent.cx, inline.extent.cy
        share = min(1.0, Mm(WIDTH) / wide, Mm(HEIGHT - CAPTION_ROOM) / high)
        size = inline.graphic.graphicData.pic.spPr.xfrm.ext
        inline.extent.cx = size.cx = round(wide * share)
        inline.extent.cy = size.cy = round(high * share)
        properties = inline.docPr
        properties.set("id", str(next(self._drawn)))
        properties.set("descr", shown_text(block.alt))
        properties.set("title", shown_text(block.caption))
        return f"<w:r><w:drawing>{inline.xml}</w:drawing></w:r>"

    def _contents(self, headings: Sequence[tuple[str, str]], starts: str) -> str:
        """Return the contents: entries that lead to their places; Word adds the pages."""
        lines = []
        for place, (heading, mark) in enumerate(headings):
            begin = _TOC_BEGINS if place == 0 else ""
            link = f'<w:hyperlink w:anchor={quoteattr(mark)} w:history="1">{_run(heading)}</w:hyperlink>'
            end = _TOC_ENDS if place == len(headings) - 1 else ""
            lines.append(_paragraph("toc 1", begin + link + end, ("" if end else _KEEP) + _TOC_TABS))
        title = _paragraph("Contents Heading", _run(say("report_contents", self._lang)), starts)
        return f"<w:sdt>{_TOC_IS}<w:sdtContent>{title}{''.join(lines)}</w:sdtContent></w:sdt>"


_TOC_IS = (
    '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
    "</w:sdtPr>"
)
_TOC_BEGINS = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h \\z </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
)
_TOC_ENDS = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
_TOC_TABS = f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{round(WIDTH * _TWIPS)}"/></w:tabs>'


# --- tables -------------------------------------------------------------------------------------------


_AFTER = '<w:p><w:pPr><w:pStyle w:val="TableText"/><w:spacing w:before="0" w:after="80"/></w:pPr></w:p>'


def _table(block: Table) -> str:
    shares = column_shares(block.measured) if block.measured else []
    n = len(block.columns)
    widths = _widths(shares if len(shares) == n else [100 / n] * n)
    has_spans = any(text for text, _ in block.spans)
    n_rows = 1 + has_spans + len(block.rows) + len(block.groups) + bool(block.foot)
    keep = _KEEP if n_rows <= SHORT else ""
    rows = [_span_row(block, widths, keep)] if has_spans else []
    rows.append(_head_row(block, widths, has_spans, keep))
    last = len(block.rows) - 1 + bool(block.foot)
    for place, row in enumerate(block.rows):
        if place in block.groups:
            heading = _paragraph("Table Heading", _run(block.groups[place]), _KEEP)
            rows.append(_row([_cell(heading, sum(widths), n)]))
        look = "" if place == last else keep
        remarks = [block.remarks.get(place, ""), *[""] * (len(row) - 1)]
        cells = [
            _paragraph("Table Text", _run(cell) + (_BREAK + _run(remark, _QUIET) if remark else ""),
                       look + _side(block, at))
            for at, (cell, remark) in enumerate(zip(row, remarks, strict=True))
        ]  # fmt: skip
        rows.append(_row(map(_cell, cells, widths), torn=_is_long(row)))
    if block.foot:
        cells = [_paragraph("Table Heading", _run(cell), _side(block, at))
                 for at, cell in enumerate(block.foot)]  # fmt: skip
        top = _RULE.format(side="top")
        rows.append(_row(_cell(cell, width, rule=top) for cell, width in zip(cells, widths, strict=False)))
    return _whole(rows, widths, TABLE, block.caption)


def _head_row(block: Table, widths: Sequence[int], has_spans: bool, keep: str) -> str:
    cells = []
    for place, (column, width) in enumerate(zip(block.columns, widths, strict=True)):
        merged = "<w:vMerge/>" if has_spans and place == 0 else ""
        text = "" if merged else column
        said = _paragraph("Table Heading", _run(text), keep + _side(block, place))
        cells.append(_cell(said, width, rule=_RULE.format(side="bottom"), merged=merged))
    return _row(cells, heads=True)


def _span_row(block: Table, widths: Sequence[int], keep: str) -> str:
    """Return the heads over several columns; the first column's own goes through both rows."""
    beside = [*block.spans]
    left = len(widths) - 1 - sum(n for _, n in beside)
    beside += [("", left)] if left > 0 else []
    first = _paragraph("Table Heading", _run(block.columns[0]), keep)
    cells = [_cell(first, widths[0], merged='<w:vMerge w:val="restart"/>')]
    starts = accumulate((n for _, n in beside), initial=1)
    for (text, n), start in zip(beside, starts, strict=False):
        said = _paragraph("Table Heading", _run(text), keep + '<w:jc w:val="center"/>')
        cells.append(_cell(said, sum(widths[start : start + n]), n))
    return _row(cells, heads=True)


def _side(block: Table, place: int) -> str:
    return '<w:jc w:val="right"/>' if block.is_numeric(place) else ""


def _is_long(row: Sequence[str]) -> bool:
    return any(len(cell) > LONG for cell in row)


def _note(block: Note) -> Iterator[str]:
    """Yield a note's words, and who chose what under them; all of it on one page where it fits."""
    runs = _run(block.said) + _SPACE + _run(block.note_id, _QUIET_SMALL)
    yield _paragraph("Note", runs, (_KEEP if block.lines else "") + "<w:keepLines/>")
    if not block.lines:
        return
    widths, rows = _widths(note_shares(block)), []
    for place, line in enumerate(block.lines, start=1):
        keep = _KEEP if place < len(block.lines) else ""
        looks = ("Table Text", "Table Heading", "Table Text")
        cells = [_paragraph(look, _run(text), keep) for look, text in zip(looks, line, strict=True)][
            : len(widths)
        ]
        rows.append(_row(map(_cell, cells, widths), torn=_is_long(line)))
    yield _whole(rows, widths, PLAIN_TABLE, block.said)


def _widths(shares: Sequence[float]) -> list[int]:
    """Return how wide columns are, in twentieths of a point."""
    return [round(share / sum(shares) * WIDTH * _TWIPS) for share in shares]


def _cell(paragraphs: str, width: int, n: int = 1, rule: str = "", merged: str = "") -> str:
    over = f'<w:gridSpan w:val="{n}"/>' if n > 1 else ""
    end = '<w:vAlign w:val="bottom"/>' if rule or merged else ""
    width_of = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    return f"<w:tc><w:tcPr>{width_of}{over}{merged}{rule}{end}</w:tcPr>{paragraphs}</w:tc>"


def _row(cells: Any, *, heads: bool = False, torn: bool = False) -> str:
    whole = "" if torn else "<w:cantSplit/>"
    repeated = "<w:tblHeader/>" if heads else ""
    return f"<w:tr><w:trPr>{whole}{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _whole(rows: Sequence[str], widths: Sequence[int], style: str, caption: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    has_heads = "1" if style == TABLE else "0"
    look = (
        f'<w:tblLook w:val="04A0" w:firstRow="{has_heads}" w:lastRow="0" w:firstColumn="{has_heads}" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
    )
    said = f"<w:tblCaption w:val={quoteattr(shown_text(caption))}/>"
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/>{look}{said}</w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
