"""Write a coding sheet: one coder's notes as an Excel workbook to fill in and send back."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sekom_analysis.collect import command
from sekom_analysis.desk import Desk
from sekom_analysis.errors import NotesError, TableError
from sekom_analysis.exchange.reading import Reading
from sekom_analysis.exchange.sheets import earlier, layout, pages
from sekom_analysis.exchange.sheets.layout import Tab
from sekom_analysis.exchange.sheets.reading import read_coding_sheet
from sekom_analysis.exchange.sheets.tab import texts_beside, write_tab, write_ticket
from sekom_analysis.exchange.sheets.ticket import Ticket, digests, in_a_cell
from sekom_analysis.exchange.tables import replace_file
from sekom_analysis.exchange.workbooks import LONGEST_TEXT
from sekom_analysis.problems import Problem, problem_lines
from sekom_analysis.wording import check_language, say

_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST_TITLE = 31


def write_coding_sheet(desk: Desk, path: str | os.PathLike[str], lang: str = "sv") -> Path:
    """Write an ``.xlsx`` in which a coder answers without any other program; `read_coding_sheet` takes it.

    It holds the notes in the coder's own order, with their text, gloss and an
    opaque key, the codebook, and what this coder answered before: no note_id,
    source or subcategory, and nothing of any other coder. A question is empty
    again where its note's text has changed since it was answered; the earlier
    answer stands beside the text.

    Parameters
    ----------
    desk : the coder's desk
    path : the file to write, ``.xlsx``
    lang : language of the sheet, ``"sv"`` or ``"en"``

    Returns
    -------
    Path of the file.

    Raises
    ------
    NotesError
        If no note is asked any question.
    TableError
        If the name does not end in ``.xlsx``, a text is too long for a workbook, or the file is there
        already and holds answers that have not been collected, or anything else that somebody typed, or is
        no sheet of this coder's.
    NotSavedError
        If the file cannot be written; one that was there stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> from sekom_analysis.study import Study
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.create(Path(folder) / "demo")
    ...     sheet = write_coding_sheet(study.desk("anna"), Path(folder) / "anna.xlsx")
    ...     sheet.name, read_coding_sheet(sheet, study.desk("anna")).events
    ('anna.xlsx', [])
    """
    path, lang = Path(path), check_language(lang)
    tabs = layout.tabs_of(desk)
    if not tabs:
        msg = "No note is asked any question: compare 'stage:' in the codebook with that of the notes."
        raise NotesError(msg)
    problems = [*_name_problems(path), *_length_problems(tabs, path.name), *_loss_problems(path, desk)]
    if problems:
        msg = f"The coding sheet cannot be written:\n{problem_lines(problems)}\nNothing was saved."
        raise TableError(msg)
    desk.keep_definitions({variable.id for tab in tabs for variable in tab.variables})
    return replace_file(path, _workbook(desk, tabs, lang))


def _name_problems(path: Path) -> Iterable[Problem]:
    if path.suffix.lower() != ".xlsx":
        yield Problem(path.name, None, f"a coding sheet is an .xlsx, not '{path.suffix}'", "name the file so")


def _loss_problems(path: Path, desk: Desk) -> Iterable[Problem]:
    """Say what a file in the sheet's place holds that would be lost with it."""
    if not path.exists():
        return
    there = read_coding_sheet(path, desk)
    if there.events:
        what = f"it is there already, with answers not collected yet ({len(there.events)})"
        typed = command(path, root=desk.root)
        yield Problem(path.name, None, what, f"collect it first ({typed}), or choose another name")
    elif there.problems:
        what = f"it is there already, and cannot be replaced: {there.problems[0].what}"
        yield Problem(path.name, None, what, "move it away, or choose another name")
    for remark in _typed(there):
        what = f"it is there already, and holds what somebody typed: {remark.what}"
        yield Problem(path.name, remark.row, what, "move it away, or choose another name")


def _typed(there: Reading) -> list[Problem]:
    """Return what a sheet holds that is no answer; not what the log has changed since it was written."""
    unchanged = [one.told[0] for one in there.as_written if one.told]
    return [remark for remark in there.remarks if remark not in unchanged]


def _length_problems(tabs: Iterable[Tab], file: str) -> Iterable[Problem]:
    for row in (row for tab in tabs for row in tab.rows):
        longest = max(len(text.encode("utf-16-le")) // 2 for text in (row.text, row.gloss))
        if longest > LONGEST_TEXT:
            what = f"note '{row.note_id}' has {longest:,} characters, and a cell holds {LONGEST_TEXT:,}"
            yield Problem(file, None, what, "split the note")


def _workbook(desk: Desk, tabs: list[Tab], lang: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator, book.properties.title = "sekom_analysis", say("sheet_title", lang)
    titles = _titles(tabs, lang)
    guide = book.active
    guide.title = titles["guide"]
    sheets = [book.create_sheet(title) for title in titles["tabs"]]
    codebook, lists = book.create_sheet(titles["codebook"]), book.create_sheet(titles["lists"])
    ticket = _ticket(desk, tabs, titles["tabs"], lang)
    ranges = pages.write_lists(lists, ticket, tabs, lang)
    answers = _earlier(desk)
    tabs = earlier.with_remarks(desk, tabs, lang)
    counts = [write_tab(sheet, tab, ranges, answers, lang) for sheet, tab in zip(sheets, tabs, strict=True)]
    pages.write_codebook(codebook, desk.codebook, tabs, lang)
    pages.write_guide(guide, desk, tabs, titles, counts, lang)
    for sheet, tab in zip(sheets, tabs, strict=True):
        hashes = frozenset(digests(texts_beside(sheet, tab)).split())
        write_ticket(sheet, in_a_cell(ticket._replace(tab=sheet.title, written=hashes)))
    glosses = [row.gloss for tab in tabs for row in tab.rows if row.gloss]
    beside = [text for sheet in (guide, codebook, lists) for text in _texts(sheet)]
    pages.write_hashes(lists, digests([*beside, *glosses]))
    for sheet in book.worksheets:
        _protect(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _ticket(desk: Desk, tabs: list[Tab], titles: list[str], lang: str) -> Ticket:
    """Return what the sheet says of itself; its id is a new one each time it is written."""
    history = desk.history()
    newest = history.iloc[-1] if len(history) else None
    last = history.sort_values("row").iloc[-1] if len(history) else None
    return Ticket(
        desk.study_id,
        desk.coder,
        lang,
        "" if newest is None else str(newest["decided_at"]),
        {variable.id: variable.version for tab in tabs for variable in tab.variables},
        secrets.token_hex(8),
        "" if newest is None else desk.shown_id(str(newest["event_id"]), str(newest["via"])),
        {title: len(tab.rows) for title, tab in zip(titles, tabs, strict=True)},
        last_row="" if last is None else desk.shown_id(str(last["event_id"]), str(last["via"])),
    )


def _texts(sheet: Any) -> Iterator[str]:
    for row in sheet.iter_rows():
        yield from (cell.value for cell in row if cell.data_type == "s" and cell.value)


def _titles(tabs: list[Tab], lang: str) -> dict[str, Any]:
    """Name the tabs; a stage may hold signs that no tab's name can, or be as long as it likes."""
    own: dict[str, Any] = {name: say(f"sheet_tab_{name}", lang) for name in ("guide", "codebook", "lists")}
    taken = {title.casefold() for title in own.values()}
    own["tabs"] = []
    for tab in tabs:
        full = f"{say('sheet_tab_notes', lang)} {tab.stage}".translate(_NOT_IN_TITLES)
        title, number = " ".join(full.split())[:_LONGEST_TITLE].strip(), 2
        while title.casefold() in taken:
            title, number = f"{title[: _LONGEST_TITLE - 3].strip()} {number}", number + 1
        taken.add(title.casefold())
        own["tabs"].append(title)
    return own


def _earlier(desk: Desk) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return what the coder answered before to these very texts, and the memos on what was left open."""
    left_open = desk.skipped().assign(codes="", certainty="", left_open="yes")
    return {**layout.standing(left_open), **earlier.about_these_texts(desk)}


def _protect(sheet: Any) -> None:
    """Lock what is not to be changed, without a password; rows and columns may be made wider."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
