r"""The report as a document to print (PDF): its blocks as calls of Typst, and what Typst makes of them.

Every text stands in the source as a string, in which nothing is markup but ``\`` and ``"``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from html import unescape
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sekom_analysis.basics.errors import ReportError
from sekom_analysis.basics.wording import say
from sekom_analysis.report.blocks import (
    Block,
    Bullets,
    Fact,
    Figure,
    Heading,
    Note,
    NoteTable,
    Section,
    Table,
    Text,
    column_shares,
)
from sekom_analysis.report.common import (
    LOCALES,
    LONG,
    Head,
    begins_part,
    contents_at,
    date_of,
    in_order,
    leads_in,
    note_shares,
    shown_text,
)

STANDARD = "ua-1"
SHORT = 5  # rows: a table no longer stands on one page
ACROSS = 105  # characters in the type of tables, between the margins
FILLS = 1800  # characters: so much text fills what a figure has left of a page


def pdf_bytes(
    shown: Sequence[Section], head: Head, pictures: Mapping[str, str], folder: Path, lang: str
) -> bytes:
    """Return a report as a tagged A4 document; the same report gives the same bytes.

    It meets PDF/UA-1 as far as a program can tell, unless a text holds signs that no font at hand has.

    Parameters
    ----------
    shown : the report's sections
    head : its title and what stands before the sections
    pictures : figure's stem -> the name of its file in `folder`
    folder : where the pictures are, SVG or, where `has_signs` says no, PNG
    lang : ``"sv"`` or ``"en"``

    Raises
    ------
    ReportError
        If Typst cannot set it.
    """
    body = _body(head, [*in_order(shown, lang)], pictures, lang)
    look = files("sekom_analysis.report").joinpath("templates", "report.typ").read_text(encoding="utf-8")
    return _typeset("\n".join([*_facts(head, lang), look, *body]), folder, head)


def _texts(*texts: str) -> str:
    """Return texts as arguments."""
    return ", ".join(_quoted(shown_text(text)) for text in texts)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- from blocks to calls -----------------------------------------------------------------------------


def _facts(head: Head, lang: str) -> list[str]:
    date = date_of(head)
    language, region = LOCALES[lang].lower().split("-")
    author = _texts(head["author"]) if head.get("author") else '""'
    day = f"year: {date.year}, month: {date.month}, day: {date.day}"
    time = f"hour: {date.hour}, minute: {date.minute}, second: {date.second}"
    return [
        f"#set document(title: {_texts(head['title'])}, author: {author}, date: datetime({day}, {time}))",
        f"#set text(lang: {_quoted(language)}, region: {_quoted(region)})",
        f"#show figure.where(kind: image): set figure(supplement: {_quoted(say('figure', lang))})",
        f"#show figure.where(kind: table): set figure(supplement: {_quoted(say('table', lang))})",
    ]


def _opening(head: Head, lang: str) -> Iterator[str]:
    yield f"#title-block({_texts(head['title'])}, {_texts(head['lead'])})"
    if head["before"]:
        yield f"#before({_quoted(say('report_before', lang))}, {_texts(*head['before'])})"


def _body(head: Head, shown: Sequence[Section], pictures: Mapping[str, str], lang: str) -> Iterator[str]:
    yield from _opening(head, lang)
    contents = contents_at(shown)
    for place, section in enumerate(shown):
        if place == contents:
            yield f"#contents({_quoted(say('report_contents', lang))})"
        if section.heading and begins_part(shown, place):
            yield f"#part({_texts(section.heading)})"
        elif section.heading:
            yield f"#head(1, {_texts(section.heading)})"
        for number, block in enumerate(section.blocks):
            yield _call(block, section.blocks[number + 1 :], pictures)


def _call(block: Block, after: Sequence[Block], pictures: Mapping[str, str]) -> str:
    match block:
        case Text():
            kind = "remark" if block.remark else "lead-in" if leads_in(block, after) else "para"
            return f"#{kind}({_texts(block.text)})"
        case Fact():
            return f"#fact({_texts(block.big, block.of, block.text, block.more)})"
        case Bullets():
            return f"#items({_texts(*block.items)})"
        case Figure():
            said = _texts(block.alt, block.caption)
            return f"#pic({_quoted(pictures[block.stem])}, {said}, floats: {_bool(_may_float(after))})"
        case Table():
            return _table(block)
        case Note():
            return _note(block)
        case Heading():
            return f"#head({block.level}, {_texts(block.text)})"
        case NoteTable():  # a page's alone
            return ""


def _may_float(after: Sequence[Block]) -> bool:
    """Whether the text may go on before a figure, which then stands at the foot of this page or the next.

    Only where so much text of the same part of the section follows that it fills what is left of a page.
    """
    level = next((block.level for block in after if isinstance(block, Heading)), 0)
    room = FILLS
    for block in after:
        if isinstance(block, Figure) or (isinstance(block, Heading) and block.level < level):
            return False
        room -= _length(block)
        if room <= 0:
            return True
    return False


def _length(block: Block) -> int:
    match block:
        case Text() | Heading():
            return len(block.text)
        case Bullets():
            return sum(map(len, block.items))
        case Table():
            return sum(len(cell) for row in block.rows for cell in row)
        case Note():
            return len(block.said) + sum(len(cell) for line in block.lines for cell in line)
    return 0


def _note(block: Note) -> str:
    shares = note_shares(block)
    lines = [f"({_texts(*line[: len(shares)])})" for line in block.lines]
    columns = ", ".join(f"{share}fr" for share in shares)
    is_whole = _bool(_length(block) <= LONG)
    return f"#note({', '.join([is_whole, f'({columns})', _texts(block.note_id, block.said), *lines])})"


def _table(block: Table) -> str:
    rows = [*block.rows, block.foot] if block.foot else [*block.rows]
    is_whole = block.is_simple and len(rows) <= SHORT
    n = len(block.columns)
    calls = [
        f"columns: ({', '.join(_widths(block))},)",
        f"align: ({', '.join(map(_side(block), range(n)))},)",
        _header(block),
    ]
    for place, row in enumerate(block.rows):
        if place in block.groups:
            calls.append(f"group({_texts(block.groups[place])}, {n})")
        cells = [_cell(cell) for cell in row]
        if block.remarks.get(place):
            cells[0] = _cell(row[0], block.remarks[place])
        calls.append(", ".join(cells))
    if block.foot:
        calls.append(", ".join(f"sum-cell({_texts(cell)})" for cell in block.foot))
    return f"#tab({_texts(block.caption)}, {_bool(is_whole)},\n  " + ",\n  ".join(calls) + ",\n)"


def _header(block: Table) -> str:
    """Return the rows that are repeated on each page: heads over several columns, and those of each."""
    cells = []
    if any(text for text, _ in block.spans):
        beside = [(_texts(text), n) for text, n in block.spans]
        left = len(block.columns) - 1 - sum(n for _, n in beside)
        beside = [('""', 1), *beside, *([('""', left)] if left > 0 else [])]
        cells = [f"span-cell({text}, {n})" for text, n in beside]
    cells += [f"head-cell({_texts(column)}, align: {_side(block)(n)} + bottom)"
              for n, column in enumerate(block.columns)]  # fmt: skip
    return f"table.header({', '.join(cells)}, table.hline())"


def _cell(text: str, remark: str = "") -> str:
    said = f"with-remark({_texts(text, remark)})" if remark else _texts(text)
    return f"table.cell(breakable: {_bool(len(text) + len(remark) > LONG)}, {said})"


def _side(block: Table) -> Callable[[int], str]:
    return lambda column: "right" if block.is_numeric(column) else "left"


def _widths(block: Table) -> list[str]:
    """Return how wide columns are: as their texts where all fit, else shares of the page."""
    measured = [row for row in block.measured if len(row) == len(block.columns)]
    if not measured or _natural(measured) <= ACROSS:
        return ["auto"] * len(block.columns)
    return [f"{share}fr" for share in column_shares(measured)]


def _natural(rows: Sequence[Sequence[str]]) -> int:
    """Return how many characters wide rows are that no line is broken in."""
    return sum(max(map(len, column)) + 3 for column in zip(*rows, strict=True))


def _bool(value: bool) -> str:
    return "true" if value else "false"


# --- fonts: Typst's own for the text, those of figures for figures ------------------------------------


FIGURE_FONT = "DejaVuSans.ttf"
LATIN = 0x250  # all signs below are in any of the fonts


def has_signs(drawing: bytes) -> bool:
    """Whether the figures' font has every sign of a drawing (SVG) whose texts are texts.

    Where one is missing, Typst would set the whole text in a font of last resort.
    """
    if b"<text" not in drawing:
        return True
    rare = {ord(sign) for sign in unescape(drawing.decode("utf-8")) if ord(sign) >= LATIN}
    return not rare or rare <= _covered()


@cache
def _fonts() -> list[str]:
    """Return the folder with the fonts of figures, and of signs that those of Typst's own lack."""
    found = find_spec("matplotlib")
    origin = found.origin if found else None
    folder = Path(origin).parent / "mpl-data" / "fonts" / "ttf" if origin else None
    return [str(folder)] if folder is not None and folder.is_dir() else []


@cache
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for folder in _fonts():
        with TTFont(Path(folder) / FIGURE_FONT, lazy=True) as font:
            found.update(font.getBestCmap() or ())
    return frozenset(found)


# --- Typst --------------------------------------------------------------------------------------------


def _typeset(source: str, folder: Path, head: Head) -> bytes:
    """Return what Typst makes of a source: by the standard, or without it where a sign stands in its way."""
    moment = int(date_of(head).timestamp())
    try:
        return _compiled(source, moment, folder, [STANDARD])
    except RuntimeError:
        try:
            return _compiled(source, moment, folder)
        except RuntimeError as error:
            msg = (
                f"The PDF could not be set ({error}). The other forms of the report are not touched by this."
            )
            raise ReportError(msg) from error


def _compiled(source: str, moment: int, folder: Path | None = None, standards: Sequence[str] = ()) -> bytes:
    import typst

    make: Any = typst.compile
    made = make(
        source.encode("utf-8"),
        root=None if folder is None else str(folder),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        timestamp=moment,
        pdf_standards=[*standards],
    )
    return bytes(made)
