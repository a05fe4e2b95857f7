"""The sheets of a study's workbook that come back: the study, its notes, codebook and decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.about import About
from sekom_analysis.codebook import FLAG, FLAG_VARIABLE, Variable
from sekom_analysis.definitions import Definitions
from sekom_analysis.exchange.codebook_table import codebook_table
from sekom_analysis.raw import CODED
from sekom_analysis.study import Study
from sekom_analysis.wording import LANGUAGES, column_beside, say

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
            about.setdefault(key, {})[who] = _value(cell)
        elif key:
            about[key] = _value(cell)
    return about


def _cell(value: Any) -> str:
    """Return a value as a cell: a text as it is, unless it could be taken for anything else."""
    if isinstance(value, str) and _value(value) == value and value.strip():
        return value
    return json.dumps(value, ensure_ascii=False)


def _value(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def decision_table(study: Study, lang: str) -> pd.DataFrame:
    """Return every decision that stands; the empty set is a row without codes, unseen is no row."""
    decisions = study.decisions()
    by_id = {variable.id: variable for variable in (*study.codebook.variables, FLAG_VARIABLE)}
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
    rows = [(v, kept[v].id, _definition(kept[v])) for v in versions if v in kept and kept[v].id != FLAG]
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
