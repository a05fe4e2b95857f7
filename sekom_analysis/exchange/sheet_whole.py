"""Texts that are longer than a row: which they are, how high rows are, and the tab that holds them whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter as letter
from openpyxl.utils import quote_sheetname

from sekom_analysis.basics.wording import say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import Row, Tab
from sekom_analysis.study.shown import context_name

TEXT_WIDTH, WIDE_TEXT, GLOSS_WIDTH, REMARK_WIDTH, CONTEXT_WIDTH, LINK_WIDTH = (
    48.0,
    64.0,
    44.0,
    34.0,
    28.0,
    13.0,
)
NOTE_LINE, LEAST_HEIGHT = 16.0, 32.0
_LONG = 600  # characters of the text in the middle above which the column of texts is wide
_SHARE = 0.9  # rows that are shown whole at least, unless texts are long
_MOST_LINES = 12  # of a row: more of them leave too few rows on a screen
_PIECE_WIDTH = 106.0
_PIECE_LINES = 6  # few, so that a height that is guessed too high leaves no gap; Excel's rows hold 409 points
LINKS = ("sheet_whole", "sheet_to_answers")  # what is said in cells that lead elsewhere
_HINT_ROW, _FIRST = 1, 3


class Fit(NamedTuple):
    """How the rows of a tab hold its texts.

    All rows are as high as each other, since heights stay where they are when rows are sorted.

    Attributes
    ----------
    width : of the column of texts
    height : of each row, in points
    long : ids of the notes that a row cannot show whole
    """

    width: float
    height: float
    long: tuple[str, ...]


def fit_of(tab: Tab, memos: Mapping[str, Sequence[str]], memo_width: float) -> Fit:
    """Return how a tab's rows hold its texts.

    Parameters
    ----------
    tab : the notes
    memos : note_id -> the memos that the coder wrote on it before
    memo_width : of the columns of memos
    """
    lengths = sorted(len(row.text) for row in tab.rows)
    width = WIDE_TEXT if lengths[len(lengths) // 2] > _LONG else TEXT_WIDTH
    needs = {row.note_id: _lines(row, width) for row in tab.rows}
    in_order = sorted(needs.values())
    usual = in_order[ceil(_SHARE * len(in_order)) - 1] + 2
    most = min(in_order[-1], usual, _MOST_LINES)
    written = (layout.lines(memo, memo_width - 4) for row in tab.rows for memo in memos[row.note_id])
    most = max(most, min(max(written, default=1), _MOST_LINES // 2))
    long = tuple(note_id for note_id, lines in needs.items() if lines > most)
    return Fit(width, max(NOTE_LINE * most, LEAST_HEIGHT) + 6, long)


def _lines(row: Row, width: float) -> int:
    beside = "\n".join(f"{name}: {cell}" for name, cell in row.context)
    columns = (
        (row.text, width),
        (beside, CONTEXT_WIDTH),
        (row.gloss, GLOSS_WIDTH),
        (row.remark, REMARK_WIDTH),
    )
    return max(layout.lines(text, wide - 4) for text, wide in columns)


class Place(NamedTuple):
    """A note in the tab of whole texts: its row there, and what is in the rows from there on."""

    row: int
    pieces: tuple[tuple[str, layout.Style], ...]


def places_of(tabs: Sequence[Tab], fits: Sequence[Fit], lang: str) -> dict[str, Place]:
    """Return where each long text is in the tab that holds them."""
    found, at = {}, _FIRST
    for tab, fit in zip(tabs, fits, strict=True):
        for row in (row for row in tab.rows if row.note_id in set(fit.long)):
            found[row.note_id] = Place(at, tuple(_pieces_of(row, lang)))
            at += len(found[row.note_id].pieces) + 1
    return found


def _pieces_of(row: Row, lang: str) -> Iterator[tuple[str, layout.Style]]:
    parts = [("", row.text), *((context_name(name, lang), cell) for name, cell in row.context)]
    parts += [(say("card_gloss", lang), row.gloss), (say("sheet_head_remark", lang), row.remark)]
    for head, text in parts:
        if head and text.strip():
            yield head, layout.WHOLE_HEAD
        for piece in pieces(text):
            yield piece, layout.WHOLE


def pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces that rows can show, broken between words.

    Examples
    --------
    >>> found = list(pieces("ord " * 2_000))
    >>> len(found), " ".join(found) == ("ord " * 2_000).strip()
    (14, True)
    """
    piece = ""
    longest = int(_PIECE_WIDTH) * (_PIECE_LINES - 1)
    for word in re.findall(rf"\S{{1,{longest}}}\s*|\s+", text):
        if piece and _n_lines(piece + word.rstrip()) > _PIECE_LINES:
            yield piece.rstrip()
            piece = ""
        piece += word
    if piece.strip():
        yield piece.rstrip()


def _n_lines(text: str) -> int:
    return layout.lines(text, _PIECE_WIDTH * 1.05)


def write_texts(
    sheet: Any,
    titles: Sequence[str],
    tabs: Sequence[Tab],
    keys: Sequence[str],
    places: Mapping[str, Place],
    lang: str,
) -> None:
    """Write the whole texts, each with a link back to its row, wherever that has been sorted to.

    Parameters
    ----------
    sheet : an empty worksheet
    titles, tabs : the tabs of notes
    keys : of each tab, the cells that hold the keys of its rows
    places : where each text is
    lang : ``"sv"`` or ``"en"``
    """
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, _PIECE_WIDTH
    layout.put(layout.apply(sheet.cell(_HINT_ROW, 2), layout.SMALL), say("sheet_texts_hint", lang))
    for title, tab, area in zip(titles, tabs, keys, strict=True):
        for row in (row for row in tab.rows if row.note_id in places):
            place = places[row.note_id]
            link = layout.apply(sheet.cell(place.row, 1), layout.LINK)
            link.value = _back(title, area, row.key, lang)
            for number, (text, look) in enumerate(place.pieces, start=place.row):
                layout.put(layout.apply(sheet.cell(number, 2), look), text)
                sheet.row_dimensions[number].height = NOTE_LINE * _n_lines(text) + 2
    sheet.freeze_panes = f"A{_FIRST - 1}"


def link_to(title: str, row: int, lang: str) -> str:
    """Return the formula that leads from a note to its whole text."""
    return f'=HYPERLINK("#{_in_formula(title)}!B{row}","{say("sheet_whole", lang)}")'


def _back(title: str, area: str, key: str, lang: str) -> str:
    """Return the formula that finds the row of a key and leads there."""
    first = int(re.findall("[0-9]+", area)[0]) - 1
    place = f'MATCH("{key}",{quote_sheetname(title)}!{area},0)+{first}'
    return f'=HYPERLINK("#{_in_formula(title)}!B"&({place}),"{say("sheet_to_answers", lang)}")'


def _in_formula(title: str) -> str:
    return str(quote_sheetname(title)).replace('"', '""')


def keys_area(column: int, first: int, last: int) -> str:
    """Return the cells that hold keys, as formulas name them."""
    return f"${letter(column)}${first}:${letter(column)}${last}"
