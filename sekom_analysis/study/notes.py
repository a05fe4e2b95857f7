"""Notes: what is coded, one text each, and what makes them usable.

Tables come in as texts. An index named ``row`` (as `exchange.read_table` gives
it) says where each row is in its file; otherwise rows count from 2.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from sekom_analysis.basics.wording import Phrase, Problem, quoted

REQUIRED = ("note_id", "text")
OPTIONAL = ("source", "stage", "subcategory", "text_en")

_LIKELY_NAMES = {
    "note_id": ("noteid", "id", "nr", "nummer", "number", "lapp", "lapp_id", "lappid", "lappnr"),
    "text": ("texten", "lapptext", "innehåll", "note", "notes", "statement", "påstående", "content"),
}
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def check_notes(frame: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Notes of one table, and everything that is wrong with them.

    Parameters
    ----------
    frame : table with columns note_id and text, and any others
    where : name of the file, for the problems

    Returns
    -------
    notes : DataFrame of dtype str, index note_id, shape (N, columns)
        The usable rows in file order: text, then source, stage, subcategory and
        text_en where they exist, then all other columns.
    problems : list of Problem
        Good without any.

    Examples
    --------
    >>> table = pd.DataFrame({"note_id": ["B1", "B1"], "text": ["Ojämn nivå", " "]})
    >>> notes, problems = check_notes(table, "notes.csv")
    >>> [(problem.row, problem.what) for problem in problems]
    [(3, "the note_id 'B1' is already used in row 2"), (3, 'the text is empty')]
    """
    return join_notes([(where, frame)])


def join_notes(tables: Iterable[tuple[str, pd.DataFrame]]) -> tuple[pd.DataFrame, list[Problem]]:
    """Notes of several tables joined, and everything that is wrong with them.

    Parameters
    ----------
    tables : pairs of a file's name and its table, in the order to read them

    Returns
    -------
    notes, problems
        As `check_notes` gives them. A column that one table lacks is empty there.

    Examples
    --------
    >>> one = pd.DataFrame({"note_id": ["B1"], "text": ["Ojämn nivå"], "stage": ["B"]})
    >>> two = pd.DataFrame({"note_id": ["007"], "text": ["Ta fram nyckeltal"]})
    >>> join_notes([("notes-a.csv", one), ("notes-b.csv", two)])[0].to_dict("index")
    {'B1': {'text': 'Ojämn nivå', 'stage': 'B'}, '007': {'text': 'Ta fram nyckeltal', 'stage': ''}}
    """
    problems: list[Problem] = []
    parts: list[pd.DataFrame] = []
    first: dict[str, tuple[str, int]] = {}
    for where, table in tables:
        part = _as_texts(table)
        problems += _column_problems(part, table.columns, where)
        found = list(_row_problems(part, where, first))
        problems += found
        if set(REQUIRED) <= set(part.columns):
            parts.append(part.drop(index=list({problem.row for problem in found})))
    return _joined(parts), problems


def _as_texts(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as texts with row numbers as index, ids tidy, the first of doubled columns."""
    if table.index.name == "note_id" and "note_id" not in table.columns:
        table = table.reset_index()
    texts = table.astype(object).where(table.notna(), "").astype("str")
    texts.columns = texts.columns.astype("str")
    texts = texts.loc[:, ~texts.columns.duplicated()]
    if table.index.name != "row":
        texts.index = pd.RangeIndex(2, len(texts) + 2)
    if "note_id" in texts.columns:
        texts["note_id"] = [unicodedata.normalize("NFC", note.strip()) for note in texts["note_id"]]
    return texts.rename_axis(index="row", columns=None)


def _column_problems(table: pd.DataFrame, names: pd.Index, where: str) -> Iterator[Problem]:
    for name in names[names.duplicated()].unique():
        yield Problem.of(where, 1, "notes_same_name", name=name)
    found = list(table.columns)
    named = quoted(found) or Phrase("none")
    for column in REQUIRED:
        if column not in found:
            likely = _likely_name(column, found)
            kind = "notes_other_name" if likely else f"notes_no_{column}"
            yield Problem.of(where, 1, kind, column=column, found=named, likely=likely)
    if table.empty:
        yield Problem.of(where, None, "notes_none")


def _likely_name(column: str, found: Sequence[str]) -> str:
    """Return the column that is likely meant; empty if none is."""
    for name in found:
        plain = name.casefold().strip().replace(" ", "_").replace("-", "_")
        if name not in REQUIRED and plain in (column, *_LIKELY_NAMES[column]):
            return name
    return ""


def _row_problems(table: pd.DataFrame, where: str, first: dict[str, tuple[str, int]]) -> Iterator[Problem]:
    """Yield problems row by row; `first` collects where each id was first seen."""
    ids = table["note_id"] if "note_id" in table.columns else [None] * len(table)
    texts = table["text"] if "text" in table.columns else [None] * len(table)
    for row, note_id, text in zip(table.index, ids, texts, strict=True):
        if note_id is not None:
            yield from _id_problems(note_id, where, row, first)
        if text is not None and not text.strip():
            yield Problem.of(where, row, "notes_empty_text")


def _id_problems(note_id: str, where: str, row: int, first: dict[str, tuple[str, int]]) -> Iterator[Problem]:
    if not note_id:
        yield Problem.of(where, row, "notes_no_id")
        return
    hidden = [sign for sign in note_id if unicodedata.category(sign) in _INVISIBLE]
    if hidden:
        yield Problem.of(where, row, "notes_hidden", note=ascii(note_id), sign=f"U+{ord(hidden[0]):04X}")
    if note_id in first:
        file, earlier = first[note_id]
        place = Phrase("row_here" if file == where else "row_in_file", file=file, row=earlier)
        yield Problem.of(where, row, "notes_same_id", note=note_id, place=place)
    else:
        first[note_id] = (where, row)


def _joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        index = pd.Index([], name="note_id", dtype="str")
        return pd.DataFrame({"text": pd.Series([], dtype="str", index=index)})
    joined = pd.concat(parts, ignore_index=True).fillna("").set_index("note_id")
    known = [name for name in ("text", *OPTIONAL) if name in joined.columns]
    others = [name for name in joined.columns if name not in known]
    return joined[[*known, *others]]
