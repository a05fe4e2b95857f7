"""Write a coding sheet: one coder's notes as an Excel workbook to fill in and send back."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter as letter
from openpyxl.utils import quote_sheetname

from sekom_analysis.basics.errors import NotesError, TableError
from sekom_analysis.basics.files import replace_file
from sekom_analysis.basics.wording import Problem, check_language, problem_lines, say
from sekom_analysis.exchange import layout, sheet_answers
from sekom_analysis.exchange.answers_file import Reading
from sekom_analysis.exchange.layout import CERTAINTY, CODE, Tab
from sekom_analysis.exchange.sheet_grid import Ticket, digests, in_a_cell, in_pieces
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_tab import fit_of_tab, texts_beside, write_tab, write_ticket
from sekom_analysis.exchange.sheet_typing import CERTAINTY_FORMS, forms_of
from sekom_analysis.exchange.sheet_whole import link_to, places_of, write_texts
from sekom_analysis.exchange.takings import command
from sekom_analysis.formats.workbooks import LONGEST_TEXT
from sekom_analysis.study.codebook import Code, Codebook, Variable
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.points import labels_in, with_number
from sekom_analysis.study.shown import Changes, Shown

# --- the other tabs of a coding sheet: what to do, the codebook, and the lists behind the drop-downs ---


CODEBOOK_WIDTHS = {"code": 30.0, "definition": 60.0, "include": 36.0, "exclude": 36.0, "example": 36.0}
LIST_HEAD = 3


def _write(sheet: Any, row: int, column: int, value: object, look: layout.Style) -> Any:
    cell = layout.apply(sheet.cell(row, column), look)
    layout.put(cell, value)
    return cell


def write_guide(sheet: Any, desk: Desk, tabs: Sequence[Tab], titles: Mapping[str, Any], lang: str) -> int:
    """Write the first tab: whose sheet it is, what to do in five lines, and how far each tab is.

    Returns
    -------
    The row after it.
    """
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 5, 96
    sheet.row_dimensions[1].height = 28
    title = desk.codebook.title
    _write(sheet, 1, 2, say("sheet_title", lang), layout.TITLE)
    _write(sheet, 2, 2, title.in_(lang) if title else None, layout.BODY)
    _write(sheet, 3, 2, say("sheet_coder", lang, coder=desk.coder), layout.BODY)
    row = 5
    for number, step in enumerate(_steps(tabs, titles, lang), start=1):
        _write(sheet, row, 1, f"{number}.", layout.STEP)
        _write(sheet, row, 2, step, layout.BODY)
        sheet.row_dimensions[row].height = 16.0 * layout.lines(step, 100) + 8
        row += 1
    row += 1
    for name in titles["tabs"]:
        cell = layout.apply(sheet.cell(row, 2), layout.BODY)
        quoted = name.replace('"', '""')
        cell.value = f'="{quoted}: "&{quote_sheetname(name)}!$B$1'
        row += 1
    return row


def write_changes(sheet: Any, row: int, changes: Sequence[Shown], lang: str) -> None:
    """Write what has changed in the codebook since the coder answered: each code, with old and new text."""
    if not changes:
        return
    _write(sheet, row, 2, say("card_what_changed", lang), layout.TAB_TITLE)
    lines = [(say("sheet_changed_intro", lang), layout.BODY)]
    for _, group in groupby(changes, lambda one: (one["variable"], one["code"], one["text"])):
        alike = list(group)  # one text, and several reasons
        whys = [say(f"card_changed_{one['why']}", lang) for one in alike]
        lines.append((f"{alike[0]['label']} – {' · '.join(whys)}", layout.LABEL))
        texts = {side: _side(alike[0], side, lang) for side in ("before", "after")}
        said = [say(f"sheet_changed_{side}", lang, text=text) for side, text in texts.items() if text]
        lines += [(line, layout.BODY) for line in said]
    for place, (line, look) in enumerate(lines, start=row + 1):
        _write(sheet, place, 2, line, look)
        sheet.row_dimensions[place].height = 16.0 * layout.lines(line, 100) + 4


def _side(change: Shown, side: str, lang: str) -> str:
    """Return a text as it was or is: of what has changed in it, part by part."""
    named = ("include", "exclude", "example", "question")
    parts = [(part["part"], part[side]) for part in change["parts"] if part[side]]
    return " ".join(f"{say('card_' + part, lang)} {text}" if part in named else text for part, text in parts)


def _steps(tabs: Sequence[Tab], titles: Mapping[str, Any], lang: str) -> Iterator[str]:
    names = f" {say('and', lang)} ".join(titles["tabs"])
    yield say("sheet_step_1", lang, codebook=titles["codebook"])
    step = say("sheet_step_2", lang, tabs=names)
    variables = [variable for tab in tabs for variable in tab.variables]
    none = say("card_confirm_none", lang)
    if any(variable.kind == "multiple" and not layout.is_typed(variable) for variable in variables):
        step += " " + say("sheet_step_multiple", lang, none=none)
    if any(map(layout.is_typed, variables)):
        step += " " + say("sheet_step_typed", lang, none=none)
    yield step
    yield say("sheet_step_3", lang)
    yield say("sheet_step_4", lang)
    yield say("sheet_step_5", lang)


def write_codebook(sheet: Any, codebook: Codebook, tabs: Sequence[Tab], lang: str) -> None:
    """Write every question with its codes and what they mean."""
    asked = {variable.id for tab in tabs for variable in tab.variables}
    variables = [variable for variable in codebook.variables if variable.id in asked]
    codes = [code for variable in variables for code in variable.codes if not code.retired]
    parts = [p for p in ("definition", "include", "exclude", "example") if any(getattr(c, p) for c in codes)]
    heads = [say("column_code", lang), *(say(f"sheet_head_{part}", lang) for part in parts)]
    for place, (name, head) in enumerate(zip(["code", *parts], heads, strict=True), start=1):
        _write(sheet, 1, place, head, layout.COLUMN)
        sheet.column_dimensions[letter(place)].width = CODEBOOK_WIDTHS[name]
    width = sum(CODEBOOK_WIDTHS[name] for name in ["code", *parts])
    row = 2
    if codebook.goal:
        _write_across(sheet, row, f"{say('sheet_goal', lang)}: {codebook.goal.in_(lang)}", layout.GOAL, width)
        row += 1
    for variable in variables:
        row = _write_variable(sheet, row, variable, parts, lang, width)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"


def _write_across(sheet: Any, row: int, text: str, look: layout.Style, width: float) -> None:
    """Write a text over all columns; a merged row does not find its own height."""
    last = sheet.max_column
    _write(sheet, row, 1, text, look)
    for place in range(2, last + 1):
        layout.apply(sheet.cell(row, place), look)
    if last > 1:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
    sheet.row_dimensions[row].height = 16.0 * layout.lines(text, width) + 4


def _write_variable(
    sheet: Any, row: int, variable: Variable, parts: Sequence[str], lang: str, width: float
) -> int:
    """Write one question and its codes from `row` on; return the row after it."""
    _write_across(sheet, row, variable.label.in_(lang), layout.LABEL, width)
    _write_across(sheet, row + 1, _about(variable, lang), layout.QUESTION, width)
    row += 2
    for point, label in labels_in(variable, lang).items():
        _write(sheet, row, 1, with_number(point, label), layout.CODE_NAME)
        sheet.row_dimensions[row].height = _code_height(None, with_number(point, label), (), lang)
        row += 1
    if variable.kind != "scale":
        codes: dict[str, Code] = {code.id: code for code in variable.codes}
        for code, label in layout.labels_of(variable, lang).items():
            number = layout.number_of(variable, code)
            _write(sheet, row, 1, f"{number}. {label}" if number else label, layout.CODE_NAME)
            for place, part in enumerate(parts, start=2):
                text = getattr(codes.get(code), part, None)
                _write(sheet, row, place, text.in_(lang) if text else None, layout.DEFINITION)
            sheet.row_dimensions[row].height = _code_height(codes.get(code), label, parts, lang)
            row += 1
    return row + 1


def _code_height(code: Code | None, label: str, parts: Sequence[str], lang: str) -> float:
    texts = {part: text.in_(lang) for part in parts if (text := getattr(code, part, None))}
    tall = [
        layout.lines(text, CODEBOOK_WIDTHS[part] * 1.05) for part, text in {"code": label, **texts}.items()
    ]
    return 15.0 * max(tall) + 6


def _about(variable: Variable, lang: str) -> str:
    """Return the question, and what kind of answer it takes where its codes do not show that."""
    about = [variable.question.in_(lang)] if variable.question else []
    if variable.range:
        about.append(say("sheet_scale", lang, low=variable.range[0], high=variable.range[1]) + ".")
    elif variable.kind == "multiple" and not about:
        about.append(say("sheet_several", lang) + ".")
    return " ".join(about)


def write_lists(sheet: Any, ticket: Ticket, tabs: Sequence[Tab], lang: str) -> dict[str, str]:
    """Write whose sheet it is, and each list with the version of its definition.

    Returns
    -------
    list's name, a variable's with a stroke at its end -> the range that holds it
    """
    pairs = {
        layout.TICKET: layout.FORMAT,
        "study": ticket.study,
        "coder": ticket.coder,
        "lang": lang,
        "pass": layout.PASS,
        "seen_until": ticket.seen_until,
        "copy": ticket.copy,
        "last_event": ticket.last_event,
        "last_row": ticket.last_row,
    }
    _write(sheet, 1, 4, say("sheet_lists_hint", lang), layout.SMALL)
    for row, pair in enumerate(pairs.items(), start=LIST_HEAD):
        for place, text in enumerate(pair, start=1):
            _write(sheet, row, place, text, layout.SMALL)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 30
    asked = {variable.id: variable for tab in tabs for variable in tab.variables}
    lists: dict[str, tuple[str, Sequence[object]]] = {
        "mark": ("", [layout.MARK]),
        "certainty": ("", [say(f"card_certainty_{n}", lang) for n in layout.CERTAINTIES]),
        layout.forms_name("", CODE): ("", sorted(layout.MARKS)),
        layout.forms_name("", CERTAINTY): ("", CERTAINTY_FORMS),
    }
    for name, variable in asked.items():
        labels = layout.choices_of(variable, lang)
        labels += [say("card_confirm_none", lang)] if layout.is_typed(variable) else []
        lists[f"{name}/"] = (variable.version, labels)
        if labels:
            lists[layout.forms_name(name)] = ("", forms_of(variable))
    return {
        name: _write_list(sheet, place, name, *content)
        for place, (name, content) in enumerate(lists.items(), start=4)
    }


def write_hashes(sheet: Any, hashes: str) -> None:
    """Write short hashes of what was written beside notes and answers, behind the last list."""
    _write_list(sheet, sheet.max_column + 1, layout.TEXTS, "", in_pieces(hashes))


def _write_list(sheet: Any, place: int, name: str, version: str, labels: Sequence[object]) -> str:
    """Write one list below its name and version; return the range of its labels."""
    column = letter(place)
    sheet.column_dimensions[column].width = 28
    for row, text in enumerate([name, version, *labels], start=LIST_HEAD):
        _write(sheet, row, place, text, layout.SMALL)
    first = LIST_HEAD + 2
    return f"{quote_sheetname(sheet.title)}!${column}${first}:${column}${first + max(len(labels), 1) - 1}"


# --- write a coding sheet: one coder's notes as an Excel workbook to fill in and send back ------------


_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST_TITLE = 31


def write_coding_sheet(desk: Desk, path: str | os.PathLike[str], lang: str = "sv") -> Path:
    """Write an ``.xlsx`` in which a coder answers without any other program; `read_coding_sheet` takes it.

    It holds the notes in the coder's own order, with their text, context, gloss and an
    opaque key, the codebook, and what this coder answered before: no note_id,
    source or subcategory, and nothing of any other coder. A question is empty
    again where its note's text has changed since it was answered, or the
    codebook in a way that touches the answer; the earlier one is beside the text.

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
    >>> from sekom_analysis.study.study import Study
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
        yield Problem.of(path.name, None, "sheet_name", suffix=path.suffix)


def _loss_problems(path: Path, desk: Desk) -> Iterable[Problem]:
    """Say what a file in the sheet's place holds that would be lost with it."""
    if not path.exists():
        return
    there = read_coding_sheet(path, desk)
    if there.events:
        typed = command(path, root=desk.root)
        yield Problem.of(path.name, None, "sheet_there_answers", n=len(there.events), typed=typed)
    elif there.problems:
        yield Problem.of(path.name, None, "sheet_there_problem", what=there.problems[0].what)
    for remark in _typed(there):
        yield Problem.of(path.name, remark.row, "sheet_there_typed", what=remark.what)


def _typed(there: Reading) -> list[Problem]:
    """Return what a sheet holds that is not an answer; not what the log has changed since it was written."""
    unchanged = [one.told[0] for one in there.as_written if one.told]
    return [remark for remark in there.remarks if remark not in unchanged]


def _length_problems(tabs: Iterable[Tab], file: str) -> Iterable[Problem]:
    for row in (row for tab in tabs for row in tab.rows):
        longest = max(
            len(text.encode("utf-16-le")) // 2 for text in (row.text, row.gloss, *dict(row.context).values())
        )
        if longest > LONGEST_TEXT:
            said = {"note": row.note_id, "n": longest, "most": LONGEST_TEXT}
            yield Problem.of(file, None, "sheet_note_long", **said)


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
    ranges = write_lists(lists, ticket, tabs, lang)
    _name_forms(book, ranges)
    changes = Changes(desk.codebook, desk.holding, lang)
    standing = sheet_answers.standing_of(desk, changes)
    answers = _earlier(desk, standing)
    tabs = sheet_answers.with_remarks(standing, tabs, lang)
    fits = [fit_of_tab(tab, answers) for tab in tabs]
    places = places_of(tabs, fits, lang)
    links = {note_id: link_to(titles["texts"], place.row, lang) for note_id, place in places.items()}
    keys = [
        write_tab(sheet, tab, ranges, answers, fit, links, lang)
        for sheet, tab, fit in zip(sheets, tabs, fits, strict=True)
    ]
    whole = [book.create_sheet(titles["texts"], len(sheets) + 1)] if places else []
    for sheet in whole:
        write_texts(sheet, titles["tabs"], tabs, keys, places, lang)
    write_codebook(codebook, desk.codebook, tabs, lang)
    row = write_guide(guide, desk, tabs, titles, lang)
    found = [
        (name, why, standing.again[note, name]["codebook"]) for (note, name), why in standing.reasons.items()
    ]
    write_changes(guide, row + 1, changes.told(desk.codebook.variables, found), lang)
    for sheet, tab in zip(sheets, tabs, strict=True):
        hashes = frozenset(digests(texts_beside(sheet, tab)).split())
        write_ticket(sheet, in_a_cell(ticket._replace(tab=sheet.title, written=hashes)))
    glosses = [row.gloss for tab in tabs for row in tab.rows if row.gloss]
    beside = [text for sheet in (guide, *whole, codebook, lists) for text in _texts(sheet)]
    write_hashes(lists, digests([*beside, *glosses]))
    for sheet in book.worksheets:
        _protect(sheet, is_sorted=sheet in sheets)
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
        form=layout.FORMAT,
    )


def _texts(sheet: Any) -> Iterator[str]:
    for row in sheet.iter_rows():
        yield from (cell.value for cell in row if cell.data_type == "s" and cell.value)


def _titles(tabs: list[Tab], lang: str) -> dict[str, Any]:
    """Name the tabs; a stage may hold signs that no tab's name can, or be as long as it likes."""
    own: dict[str, Any] = {
        name: say(f"sheet_tab_{name}", lang) for name in ("guide", "codebook", "lists", "texts")
    }
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


def _earlier(desk: Desk, standing: sheet_answers.Standing) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return what the coder answered before to these very texts, and the memos on what was left open."""
    left_open = desk.skipped().assign(codes="", certainty="", left_open="yes")
    return {**layout.standing(left_open), **standing.shown}


def _name_forms(book: Any, ranges: Mapping[str, str]) -> None:
    """Name the lists of what is understood: not every Excel colours cells by a list on another tab."""
    from openpyxl.workbook.defined_name import DefinedName

    for name, area in ranges.items():
        if name.startswith("sekom_"):
            book.defined_names[name] = DefinedName(name, attr_text=area)


def _protect(sheet: Any, *, is_sorted: bool) -> None:
    """Lock what is not to be changed, without a password; rows and columns may be made wider."""
    sheet.protection.sort = sheet.protection.autoFilter = not is_sorted
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
