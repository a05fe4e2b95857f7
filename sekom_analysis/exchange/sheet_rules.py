"""What helps in the cells of a coding sheet: drop-downs, definitions, ticks, and red for what is not read."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from openpyxl.formatting.rule import FormulaRule
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.datavalidation import DataValidation

from sekom_analysis.basics.wording import say
from sekom_analysis.exchange import layout
from sekom_analysis.exchange.layout import ANSWER, CERTAINTY, CODE, MEMO, NONE, PROPOSED, Column, Row
from sekom_analysis.exchange.sheet_columns import FIRST, TabWriter, head_of
from sekom_analysis.study.codebook import Code, Variable
from sekom_analysis.study.codebook_words import points_text
from sekom_analysis.study.points import labels_in

_PROMPT_LINE = 56
_LONGEST_TITLE, _LONGEST_PROMPT = 32, 255  # what Excel takes; it calls a file with more of them damaged


def add_rules(writer: TabWriter) -> None:
    """Give all columns of a tab what helps to fill them in."""
    _close(writer)
    for column, place in writer.places.items():
        if column.part not in (MEMO, PROPOSED):
            rule = _rule(writer, column)
            rule.allow_blank = True
            rule.add(writer.whole_column(place))
            writer.sheet.add_data_validation(rule)
            _redden_unread(writer, column, place)
    for variable in writer.tab.variables:
        _redden_contradictions(writer, variable)


def _close(writer: TabWriter) -> None:
    """Let nobody type where no answer goes: those cells are not locked, or Excel would sort no row."""
    taken = set(writer.places.values())
    error = say("sheet_not_here", writer.lang)
    rule = DataValidation("custom", formula1="FALSE", error=error, errorStyle="stop", showErrorMessage=True)
    for place in range(1, writer.after + 1):
        if place not in taken:
            rule.add(writer.whole_column(place))
    writer.sheet.add_data_validation(rule)


def _rule(writer: TabWriter, column: Column) -> DataValidation:
    """Return a column's drop-down and definition; what is typed past the list is read, or shown in red."""
    variable, lang = writer.variables[column.variable], writer.lang
    if column.part == ANSWER and variable.range and not variable.labels:
        low, high = variable.range
        error = say("sheet_not_on_scale", lang, low=low, high=high)
        rule = DataValidation("whole", formula1=str(low), formula2=str(high), operator="between", error=error)
        rule.errorStyle, rule.showErrorMessage = "stop", True
        rule.errorTitle = _cut(variable.label.in_(lang), _LONGEST_TITLE)
    else:
        name = "mark" if column.part in (CODE, NONE) else column.part
        rule = DataValidation("list", formula1=writer.ranges[f"{variable.id}/" if name == ANSWER else name])
        rule.showErrorMessage = False
    if text := _prompt(variable, column, lang):
        title = head_of(writer, column) if column.part == CODE else variable.label.in_(lang)
        rule.promptTitle, rule.prompt = _cut(title, _LONGEST_TITLE), text
        rule.showInputMessage = True
    return rule


def _prompt(variable: Variable, column: Column, lang: str) -> str:
    """Return the definition that is shown while a cell is being filled in, as far as Excel has room."""
    codes = {code.id: code for code in variable.codes if not code.retired}
    if column.part == CODE:
        lines = [_defined(codes[column.code], lang)]
    elif column.part != ANSWER or column.code:
        return ""  # the first of several cells says it for all of them
    elif variable.range:
        low, high = variable.range
        question = variable.question.in_(lang) if variable.question else ""
        named = points_text(labels_in(variable, lang))
        lines = [say("sheet_scale", lang, low=low, high=high) + ".", named, question]
    else:
        how = say("sheet_type_several" if variable.kind == "multiple" else "sheet_type_one", lang)
        labels = layout.labels_of(variable, lang)
        shorts = [_numbered(variable, code, labels[code]) for code in codes]
        return _first_that_fits(
            [how, *(_named(variable, code, lang) for code in codes.values())], [how, *shorts], lang
        )
    return _first_that_fits(lines, lines, lang)


def _first_that_fits(lines: list[str], shorter: list[str], lang: str) -> str:
    """Return the lines if there is room for them all, else shorter ones, as many as there is room for.

    They are broken, since LibreOffice shows a line as wide as it is.
    """
    text, brief, more = _broken(lines), shorter, "\n" + say("sheet_more_in_codebook", lang)
    if _size(text) <= _LONGEST_PROMPT:
        return text
    while len(brief) > 1 and _size(_broken(brief) + "\n…" + more) > _LONGEST_PROMPT:
        brief = brief[:-1]
    text = _broken(brief) + ("\n…" if len(brief) < len(shorter) else "")
    return _cut(text, _LONGEST_PROMPT - _size(more)) + more


def _broken(lines: list[str]) -> str:
    parts = (part for line in lines for part in layout.writable(line).split("\n") if part.strip())
    return "\n".join(piece for part in parts for piece in wrap(part, _PROMPT_LINE))


def _numbered(variable: Variable, code: str, label: str) -> str:
    number = layout.number_of(variable, code)
    return f"{number}. {label}" if number else label


def _named(variable: Variable, code: Code, lang: str) -> str:
    label = _numbered(variable, code.id, layout.labels_of(variable, lang)[code.id])
    about = code.definition.in_(lang) if code.definition else ""
    return f"{label}: {about}" if about else label


def _defined(code: Code, lang: str) -> str:
    texts = [code.definition.in_(lang)] if code.definition else []
    for part in ("include", "exclude"):
        if text := getattr(code, part):
            texts.append(f"{say(f'sheet_head_{part}', lang)}: {text.in_(lang)}")
    return "\n".join(texts)


def _size(text: str) -> int:
    """Return how long Excel takes a text to be."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, most: int) -> str:
    text = layout.writable(text).strip()
    if _size(text) <= most:
        return text
    while _size(text) > most - 1:
        text = text[:-1]
    return text.rstrip() + "…"


# --- what is read, in formulas ------------------------------------------------------------------------


def tick(writer: TabWriter, number: int, row: Row) -> str:
    """Return the formula that ticks a row once each of its questions has an answer."""
    answered = [_is_answered(writer, number, writer.variables[name]) for name in row.variables]
    return f'=IF(AND({",".join(answered)}),"{layout.DONE}","")'


def _is_answered(writer: TabWriter, number: int, variable: Variable) -> str:
    if variable.kind != "multiple":
        cell = f"{letter(writer.places[Column(variable.id, ANSWER)])}{number}"
        filled = f'{cell}<>""'
        return (
            f"{filled},NOT({_unread(cell, layout.forms_name(variable.id))})"
            if _has_forms(variable)
            else filled
        )
    codes, none = _codes_and_none(writer, variable, number)
    given = [f'({none}<>"")']
    given += [f"(COUNTA({codes})>0)"] if variable.code_ids else []
    if not layout.is_typed(variable):
        return f"{'+'.join(given)}=1"
    typed = [f"{letter(place)}{number}" for place in _typed_places(writer, variable)]
    given.append(f"(COUNTA({typed[0]}:{typed[-1]})>0)")
    unread = [_unread(cell, layout.forms_name(variable.id)) for cell in typed]
    return f"{'+'.join(given)}=1,NOT(OR({','.join(unread)}))"


def _typed_places(writer: TabWriter, variable: Variable) -> list[int]:
    return [writer.places[column] for column in layout.typed_columns(variable)]


def _has_forms(variable: Variable) -> bool:
    """Whether a list says all that is understood in the cell of the answer; numbers alone need none."""
    return bool(variable.codes or variable.labels)


def _unread(cell: str, *lists: str) -> str:
    """Return a formula that is true where a filled cell holds none of what is understood."""
    text = f'TRIM(SUBSTITUTE({cell},"~","~~"))'
    missing = ",".join(f"ISNA(MATCH({text},{name},0))" for name in lists)
    return f'AND({cell}<>"",{missing})'


def _codes_and_none(writer: TabWriter, variable: Variable, number: int) -> tuple[str, str]:
    """Return where the marks of a `multiple` are in a row: those of the codes, and that of none of them."""
    none = writer.places[Column(variable.id, NONE)]
    first = none - len(variable.code_ids)
    return f"${letter(first)}{number}:${letter(none - 1)}{number}", f"${letter(none)}{number}"


def _redden_unread(writer: TabWriter, column: Column, place: int) -> None:
    """Colour what cannot be read as an answer, since it is not stopped."""
    lists = list(_lists_of(writer.variables[column.variable], column))
    if lists:
        rule = FormulaRule(formula=[_unread(f"{letter(place)}{FIRST}", *lists)], fill=layout.CONTRADICTION)
        writer.sheet.conditional_formatting.add(writer.whole_column(place), rule)


def _lists_of(variable: Variable, column: Column) -> Iterator[str]:
    if column.part == CERTAINTY:
        yield layout.forms_name("", CERTAINTY)
    elif column.part in (CODE, NONE):
        yield layout.forms_name("", CODE)
    if (column.part == ANSWER and _has_forms(variable)) or column.part in (CODE, NONE):
        yield layout.forms_name(variable.id)


def _redden_contradictions(writer: TabWriter, variable: Variable) -> None:
    """Colour a row's answers where a code and 'none of them' are both marked, or typed ones beside marks."""
    if variable.kind != "multiple" or not variable.code_ids:
        return
    codes, none = _codes_and_none(writer, variable, FIRST)
    both = f'AND({none}<>"",COUNTA({codes})>0)'
    place = writer.places[Column(variable.id, NONE)]
    area = f"{letter(place - len(variable.code_ids))}{FIRST}:{letter(place)}{writer.last}"
    if layout.is_typed(variable):
        typed = [letter(place) for place in _typed_places(writer, variable)]
        both = f"OR({both},AND(COUNTA(${typed[0]}{FIRST}:${typed[-1]}{FIRST})>0,COUNTA({codes},{none})>0))"
        area += f" {typed[0]}{FIRST}:{typed[-1]}{writer.last}"
    rule = FormulaRule(formula=[both], fill=layout.CONTRADICTION)
    writer.sheet.conditional_formatting.add(area, rule)
