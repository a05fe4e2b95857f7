"""A study's workbook as a file: a first sheet that says what is where, and one sheet per page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import pandas as pd
from openpyxl.styles import Alignment, Font

from sekom_analysis.basics.errors import TableError
from sekom_analysis.basics.wording import LANGUAGES, Problem, column_beside, problem_lines, say
from sekom_analysis.exchange.layout import FONT, Style, apply, lines
from sekom_analysis.formats.workbooks import LONGEST_TEXT, MOST_ROWS, exactly, plain_text, saved
from sekom_analysis.study.about import About
from sekom_analysis.study.codebook import RESERVED_VARIABLES, Definitions, Variable
from sekom_analysis.study.codebook_table import codebook_table
from sekom_analysis.study.raw import CODED
from sekom_analysis.study.study import Study

# --- the sheets of a study's workbook that come back: the study, its notes, codebook and decisions ----


COMES_BACK = ("study", "notes", "codebook", "decisions", "definitions")
NEEDED = ("notes", "codebook", "decisions")
DECISION_COLUMNS = (
    "note_id", "coder", "variable", "codes", "answer", "certainty", "memo", "pass", "decided_at", "via",
    "event_id", "note_hash", "codebook",
)  # fmt: skip
REQUIRED_OF_DECISIONS = ("note_id", "coder", "variable", "codes")
STUDY_COLUMNS = ("key", "of", "value")
DEFINITION_COLUMNS = ("version", "variable", "definition")
_GROUPS = ("coders", "reviewers")


class Page(NamedTuple):
    """One sheet.

    Parameters
    ----------
    key : what it is; of ratings one each for a variable
    title : the sheet's name
    about : what is in it, for the first sheet
    table : its rows; texts are written sign by sign, numbers as numbers, gaps as empty cells
    """

    key: str
    title: str
    about: str
    table: pd.DataFrame


def title_of(key: str, lang: str) -> str:
    """Return the name of a sheet."""
    return say(f"workbook_tab_{key}", lang)


def titles_of(key: str) -> set[str]:
    """Return every name that a sheet may have, in either language."""
    return {title_of(key, lang) for lang in LANGUAGES}


def page(key: str, table: pd.DataFrame, lang: str) -> Page:
    """Return a sheet with the name and the description that its key has."""
    return Page(key, title_of(key, lang), say(f"workbook_about_{key}", lang), table)


def pages_that_come_back(study: Study, lang: str) -> list[Page]:
    """Return the sheets of which the study can be made again."""
    tables = {
        "study": about_table(study.about),
        "notes": study.notes.reset_index(),
        "codebook": codebook_table(study.codebook),
        "decisions": decision_table(study, lang),
        "definitions": definition_table(study),
    }
    return [page(key, tables[key], lang) for key in COMES_BACK if key != "definitions" or len(tables[key])]


def about_table(about: About) -> pd.DataFrame:
    """Return what the study says of itself: key, of whom, value."""
    plain = about.model_dump(mode="json", exclude_defaults=True)
    rows = [(key, "", _cell(value)) for key, value in plain.items() if key not in (*_GROUPS, "readable")]
    for group in _GROUPS:
        rows += [(group, who, _cell(value)) for who, value in plain.get(group, {}).items()]
    return pd.DataFrame(rows, columns=list(STUDY_COLUMNS), dtype="str")


def about_of(table: pd.DataFrame) -> dict[str, Any]:
    """Return what `about_table` was made of, as plain data."""
    about: dict[str, Any] = {}
    for key, who, cell in table[list(STUDY_COLUMNS)].itertuples(index=False):
        if key in _GROUPS:
            about.setdefault(key, {})[who] = _parsed(cell)
        elif key:
            about[key] = _parsed(cell)
    return about


def _cell(value: Any) -> str:
    """Return a value as a cell: a text as it is, unless it could be taken for anything else."""
    if isinstance(value, str) and _parsed(value) == value and value.strip():
        return value
    return json.dumps(value, ensure_ascii=False)


def _parsed(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def decision_table(study: Study, lang: str) -> pd.DataFrame:
    """Return every decision that stands; the empty set is a row without codes, unseen is not a row."""
    decisions = study.decisions(as_given=True)
    by_id = {name: study.codebook[name] for name in (*study.codebook.ids, *RESERVED_VARIABLES)}
    answers = decisions[["variable", "codes"]].itertuples(index=False)
    said = [_answer(by_id.get(name), codes, lang) for name, codes in answers]
    return decisions.assign(answer=pd.Series(said, dtype="str"))[list(DECISION_COLUMNS)]


def _answer(variable: Variable | None, codes: str, lang: str) -> str:
    if not codes:
        return say("reading_empty", lang)
    return ", ".join(variable.label_of(code, lang) if variable else code for code in codes.split("|"))


def definition_table(study: Study) -> pd.DataFrame:
    """Return the definitions that decisions were made under and that differ by now, each as JSON."""
    kept = Definitions(study.root / CODED).read()
    now = {variable.version for variable in study.codebook.variables}
    versions = sorted({str(v) for v in study.decisions()["codebook"].unique()} - now)
    of_codebook = {v: one for v, one in kept.items() if one.id not in RESERVED_VARIABLES}
    rows = [(v, of_codebook[v].id, _definition(of_codebook[v])) for v in versions if v in of_codebook]
    return pd.DataFrame(rows, columns=list(DEFINITION_COLUMNS), dtype="str")


def _definition(variable: Variable) -> str:
    plain = variable.model_dump(mode="json", exclude_none=True, exclude={"codes_from"})
    return json.dumps(plain, ensure_ascii=False)


def definitions_of(table: pd.DataFrame) -> Iterator[Variable]:
    """Return the definitions that `definition_table` was made of; one that was changed is none."""
    for version, _, definition in table[list(DEFINITION_COLUMNS)].itertuples(index=False):
        try:
            variable = Variable.model_validate_json(definition)
        except ValueError:
            continue
        if variable.version == version:
            yield variable


def rating_pages(study: Study, lang: str) -> list[Page]:
    """Return a sheet for each variable that somebody decided on: notes down, coders across."""
    pages: list[Page] = []
    for variable in study.codebook.variables:
        ratings = study.ratings(variable.id)
        if ratings.empty or not len(ratings.columns):
            continue
        shown = ratings.astype(object).map(lambda codes: _shown(codes, lang), na_action="ignore")
        texts = study.notes["text"].reindex(ratings.index)
        shown.columns = pd.Index([column_beside(str(coder), ("note_id", "text")) for coder in shown.columns])
        table = pd.concat([texts, shown], axis=1).rename_axis(columns=None).reset_index()
        about = say("workbook_about_ratings", lang, variable=variable.label.in_(lang))
        title = _short_title(f"{title_of('ratings', lang)} {variable.id}", [one.title for one in pages])
        pages.append(Page("ratings", title, about, table))
    return pages


def _shown(codes: Any, lang: str) -> Any:
    if isinstance(codes, frozenset):
        return "|".join(sorted(codes)) or say("reading_empty", lang)
    return codes


def _short_title(title: str, taken: Sequence[str], longest: int = 31) -> str:
    """Return a sheet's name as short as Excel wants it."""
    short, number = title[:longest], 1
    while short in taken:
        number += 1
        short = f"{title[: longest - len(str(number)) - 1]} {number}"
    return short


# --- A study's workbook as a file: a first sheet that says what is where, and one sheet per page --------


_LINE, _TALLEST = 15.5, 400.0  # points
_NARROW, _WIDE, _CELLS_LOOKED_AT = 9.0, 60.0, 200
_TOP = Alignment(vertical="top", wrap_text=True)
TITLE, LINE = Style(Font(name=FONT, size=16, bold=True)), Style(Font(name=FONT, size=11))
HEAD, BODY = (
    Style(Font(name=FONT, size=11, bold=True), alignment=_TOP),
    Style(Font(name=FONT, size=11), alignment=_TOP),
)
_GUIDE_WIDTHS = (30.0, 96.0, 12.0)


def workbook_bytes(pages: Sequence[Page], file: str, title: str, lang: str) -> bytes:
    """Return pages as a workbook; the same pages give the same bytes.

    Parameters
    ----------
    pages : the sheets, in their order
    file : name of the file, for problems
    title : what the study is called
    lang : language of the first sheet, ``"sv"`` or ``"en"``

    Raises
    ------
    TableError
        If a text is longer than a cell can be, or there are more rows than a sheet holds: all are listed.
    """
    from openpyxl import Workbook

    problems = [problem for one in pages for problem in _problems(one, file)]
    if problems:
        msg = f"The study does not fit into a workbook:\n{problem_lines(problems)}\nNothing was written."
        raise TableError(msg)
    book = Workbook(write_only=True)
    book.properties.creator, book.properties.title = "sekom_analysis", plain_title(title)
    _write_guide(book.create_sheet(title_of("guide", lang)), pages, title, lang)
    for one in pages:
        _write_page(book.create_sheet(one.title), one)
    return saved(book)


def plain_title(title: str) -> str:
    """Return a title without signs that XML cannot hold."""
    return "".join(sign for sign in title if sign.isprintable())


def _problems(page: Page, file: str) -> Iterator[Problem]:
    where = f"{file}, {page.title}"
    if len(page.table) >= MOST_ROWS:
        yield Problem.of(where, None, "studybook_rows", most=MOST_ROWS, n=len(page.table) + 1)
    for name in page.table.columns:
        for row, value in enumerate(page.table[name], start=2):
            if isinstance(value, str) and len(exactly(value).encode("utf-16-le")) > 2 * LONGEST_TEXT:
                yield Problem.of(where, row, "studybook_text", name=name, most=LONGEST_TEXT)


def _write_guide(sheet: Any, pages: Sequence[Page], title: str, lang: str) -> None:
    for letter, width in zip("ABC", _GUIDE_WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_text(sheet, title, TITLE)])
    sheet.append([_text(sheet, say("workbook_intro", lang), LINE)])
    sheet.append([_text(sheet, say("workbook_intro_back", lang), LINE)])
    sheet.append([])
    heads = (say(f"workbook_head_{name}", lang) for name in ("sheet", "about", "rows"))
    sheet.append([_text(sheet, head, HEAD) for head in heads])
    sheet.row_dimensions[1].height = 24.0
    for row, page in enumerate(pages, start=6):
        mark = f"{page.about} {say('workbook_comes_back', lang)}" if page.key in COMES_BACK else page.about
        sheet.row_dimensions[row].height = _LINE * lines(mark, 1.2 * _GUIDE_WIDTHS[1])
        sheet.append([_text(sheet, page.title), _text(sheet, mark), _number(sheet, len(page.table))])


def _write_page(sheet: Any, page: Page) -> None:
    from openpyxl.utils import get_column_letter

    table = page.table
    widths = [_width(str(name), table.iloc[:, place]) for place, name in enumerate(table.columns)]
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B2" if page.key in ("notes", "ratings") else "A2"
    if len(table.columns):
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table) + 1}"
    sheet.append([_text(sheet, str(name), HEAD) for name in table.columns])
    gaps = table.isna().to_numpy()
    rows = zip(table.itertuples(index=False, name=None), gaps, strict=True)
    for number, (row, is_gap) in enumerate(rows, start=2):
        cells = zip(row, is_gap, strict=True)
        texts = zip(row, widths, strict=True)
        tallest = max((lines(text, width) for text, width in texts if isinstance(text, str)), default=1)
        sheet.row_dimensions[number].height = min(_LINE * tallest, _TALLEST)
        sheet.append([None if gap else _value_of(sheet, value) for value, gap in cells])


def _width(name: str, column: pd.Series) -> float:
    longest = max((len(plain_text(value)) for value in islice(column, _CELLS_LOOKED_AT)), default=0)
    return min(max(_NARROW, 1.1 * max(longest, len(name) + 2)), _WIDE)


def _value_of(sheet: Any, value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(sheet, round(value, 6) if isinstance(value, float) else value)
    return _text(sheet, plain_text(value)) if value != "" else None


def _number(sheet: Any, value: float) -> Any:
    from openpyxl.cell import WriteOnlyCell

    return apply(WriteOnlyCell(sheet, value), BODY)


def _text(sheet: Any, text: str, look: Style = BODY) -> Any:
    """Return a cell that holds a text and never a formula."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, exactly(text))
    cell.data_type = "s"
    return apply(cell, look)
