"""The other tabs of a coding sheet: what to do, the codebook, and the lists behind the drop-downs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl.utils import get_column_letter as letter
from openpyxl.utils import quote_sheetname

from sekom_analysis.codebook import Code, Codebook, Variable
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.sheets import layout, style
from sekom_analysis.exchange.sheets.layout import Tab
from sekom_analysis.exchange.sheets.tab import put
from sekom_analysis.exchange.sheets.ticket import Ticket, in_pieces
from sekom_analysis.wording import say

CODEBOOK_WIDTHS = {"code": 30.0, "definition": 60.0, "include": 36.0, "exclude": 36.0, "example": 36.0}
LIST_HEAD = 3


def _write(sheet: Any, row: int, column: int, value: object, look: style.Style) -> Any:
    cell = style.apply(sheet.cell(row, column), look)
    put(cell, value)
    return cell


def write_guide(
    sheet: Any, desk: Desk, tabs: Sequence[Tab], titles: Mapping[str, Any], counts: Sequence[str], lang: str
) -> None:
    """Write the first tab: whose sheet it is, what to do in five lines, and how far each tab is."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 5, 96
    sheet.row_dimensions[1].height = 28
    title = desk.codebook.title
    _write(sheet, 1, 2, say("sheet_title", lang), style.TITLE)
    _write(sheet, 2, 2, title.in_(lang) if title else None, style.BODY)
    _write(sheet, 3, 2, say("sheet_coder", lang, coder=desk.coder), style.BODY)
    row = 5
    for number, step in enumerate(_steps(tabs, titles, lang), start=1):
        _write(sheet, row, 1, f"{number}.", style.STEP)
        _write(sheet, row, 2, step, style.BODY)
        sheet.row_dimensions[row].height = 16.0 * style.lines(step, 100) + 8
        row += 1
    row += 1
    for name, count in zip(titles["tabs"], counts, strict=True):
        cell = style.apply(sheet.cell(row, 2), style.BODY)
        quoted = name.replace('"', '""')
        cell.value = f'="{quoted}: "&{quote_sheetname(name)}!{count}'
        row += 1


def _steps(tabs: Sequence[Tab], titles: Mapping[str, Any], lang: str) -> Iterator[str]:
    names = f" {say('and', lang)} ".join(titles["tabs"])
    yield say("sheet_step_1", lang, codebook=titles["codebook"])
    step = say("sheet_step_2", lang, tabs=names)
    if any(variable.kind == "multiple" for tab in tabs for variable in tab.variables):
        step += " " + say("sheet_step_multiple", lang, none=say("card_confirm_none", lang))
    yield step
    for number in (3, 4, 5):
        yield say(f"sheet_step_{number}", lang)


def write_codebook(sheet: Any, codebook: Codebook, tabs: Sequence[Tab], lang: str) -> None:
    """Write every question with its codes and what they mean."""
    asked = {variable.id for tab in tabs for variable in tab.variables}
    variables = [variable for variable in codebook.variables if variable.id in asked]
    codes = [code for variable in variables for code in variable.codes if not code.retired]
    parts = [p for p in ("definition", "include", "exclude", "example") if any(getattr(c, p) for c in codes)]
    heads = [say("column_code", lang), *(say(f"sheet_head_{part}", lang) for part in parts)]
    for place, (name, head) in enumerate(zip(["code", *parts], heads, strict=True), start=1):
        _write(sheet, 1, place, head, style.COLUMN)
        sheet.column_dimensions[letter(place)].width = CODEBOOK_WIDTHS[name]
    width = sum(CODEBOOK_WIDTHS[name] for name in ["code", *parts])
    row = 2
    if codebook.goal:
        _write_across(sheet, row, f"{say('sheet_goal', lang)}: {codebook.goal.in_(lang)}", style.GOAL, width)
        row += 1
    for variable in variables:
        row = _write_variable(sheet, row, variable, parts, lang, width)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"


def _write_across(sheet: Any, row: int, text: str, look: style.Style, width: float) -> None:
    """Write a text over all columns; a merged row does not find its own height."""
    last = sheet.max_column
    _write(sheet, row, 1, text, look)
    for place in range(2, last + 1):
        style.apply(sheet.cell(row, place), look)
    if last > 1:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
    sheet.row_dimensions[row].height = 16.0 * style.lines(text, width) + 4


def _write_variable(
    sheet: Any, row: int, variable: Variable, parts: Sequence[str], lang: str, width: float
) -> int:
    """Write one question and its codes from `row` on; return the row after it."""
    _write_across(sheet, row, variable.label.in_(lang), style.LABEL, width)
    _write_across(sheet, row + 1, _about(variable, lang), style.QUESTION, width)
    row += 2
    if variable.kind != "scale":
        codes: dict[str, Code] = {code.id: code for code in variable.codes}
        for code, label in layout.labels_of(variable, lang).items():
            _write(sheet, row, 1, label, style.CODE_NAME)
            for place, part in enumerate(parts, start=2):
                text = getattr(codes.get(code), part, None)
                _write(sheet, row, place, text.in_(lang) if text else None, style.DEFINITION)
            sheet.row_dimensions[row].height = _code_height(codes.get(code), label, parts, lang)
            row += 1
    return row + 1


def _code_height(code: Code | None, label: str, parts: Sequence[str], lang: str) -> float:
    texts = {part: text.in_(lang) for part in parts if (text := getattr(code, part, None))}
    tall = [
        style.lines(text, CODEBOOK_WIDTHS[part] * 1.05) for part, text in {"code": label, **texts}.items()
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
    _write(sheet, 1, 4, say("sheet_lists_hint", lang), style.SMALL)
    for row, pair in enumerate(pairs.items(), start=LIST_HEAD):
        for place, text in enumerate(pair, start=1):
            _write(sheet, row, place, text, style.SMALL)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 30, 30
    asked = {variable.id: variable for tab in tabs for variable in tab.variables}
    lists = {
        "mark": ("", [layout.MARK]),
        "certainty": ("", [say(f"card_certainty_{n}", lang) for n in layout.CERTAINTIES]),
    }
    for name, variable in asked.items():
        labels = [] if variable.kind == "scale" else list(layout.labels_of(variable, lang).values())
        lists[f"{name}/"] = (variable.version, labels)
    return {
        name: _write_list(sheet, place, name, *content)
        for place, (name, content) in enumerate(lists.items(), start=4)
    }


def write_hashes(sheet: Any, hashes: str) -> None:
    """Write short hashes of what was written beside notes and answers, behind the last list."""
    _write_list(sheet, sheet.max_column + 1, layout.TEXTS, "", in_pieces(hashes))


def _write_list(sheet: Any, place: int, name: str, version: str, labels: Sequence[str]) -> str:
    """Write one list below its name and version; return the range of its labels."""
    column = letter(place)
    sheet.column_dimensions[column].width = 28
    for row, text in enumerate([name, version, *labels], start=LIST_HEAD):
        _write(sheet, row, place, text, style.SMALL)
    first = LIST_HEAD + 2
    return f"{quote_sheetname(sheet.title)}!${column}${first}:${column}${first + max(len(labels), 1) - 1}"
