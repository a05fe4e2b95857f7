"""Notes: what is coded, one text each, and what makes them usable.

Tables come in as texts. An index named ``row`` (as `exchange.read_table` gives
it) says where each row is in its file; otherwise rows count from 2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from sekom_analysis.basics.wording import LANGUAGES, Phrase, Problem, quoted
from sekom_analysis.study.codebook import Codebook

REQUIRED = ("note_id", "text")
OPTIONAL = ("source", "stage", "subcategory", "text_en")

# What people call the columns beside their notes, by `plain_name`.
ID_NAMES = """
    note_id noteid lapp_id lappid lappnr lapp_nr id nr nummer löpnummer löpnr lopnummer lopnr no num number #
    respondent_id respondentid respondent respondentnr respondent_nr svars_id svarsid response_id responseid
    record_id recordid case_id caseid deltagare_id deltagarid deltagarnr participant_id participant informant
    uuid key nyckel rad radnr row
"""
PERSONAL_NAMES = """
    namn name förnamn efternamn fornamn first_name last_name firstname lastname full_name fullname e_post
    epost e_mail email mail mejl telefon telefonnummer telefonnr phone telephone mobil mobile personnummer
    personnr adress address postadress ip ip_adress ip_address
"""
SORTING_NAMES = """
    subcategory category categories kategori kategorier underkategori huvudkategori tema teman theme themes
    kod koder kodning code codes coding tag tags tagg taggar kluster cluster sortering sorting klassning
    bedömning
"""
SOURCE_NAMES = "source sources källa källor kalla"
CLUSTER_NAMES = """
    bord bordsnummer bordsnr bord_nr grupp gruppnr grupp_nr gruppnummer table table_no group workshop session
    tillfälle fokusgrupp focus_group respondent respondent_id respondentid intervju interview informant
    deltagare participant participant_id person kommun organisation klass class
"""
CODER_NAMES = "coder coders kodare rater raters bedömare annotator"

_LIKELY_NAMES = {
    "note_id": ("noteid", "id", "nr", "nummer", "number", "lapp", "lapp_id", "lappid", "lappnr"),
    "text": ("texten", "lapptext", "innehåll", "note", "notes", "statement", "påstående", "content"),
}
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def plain_name(name: str) -> str:
    """Return a column's name without what people vary: case, blanks, punctuation.

    Examples
    --------
    >>> plain_name(" Lapp-ID: "), plain_name("Vad hindrar er?"), plain_name("#")
    ('lapp_id', 'vad_hindrar_er', '#')
    """
    words = re.sub(r"[^\w#]+", " ", name.casefold()).replace("_", " ").split()
    return "_".join(words)


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


# --- which columns may be shown beside the text -------------------------------------------------------


QUESTION = "question"  # the column that says which question of a survey a note answers
_KINDS = {
    name: kind
    for kind, names in (
        ("id", ID_NAMES),
        ("source", SOURCE_NAMES),
        ("sorting", SORTING_NAMES),
        ("coder", CODER_NAMES),
    )
    for name in names.split()
}
_PERSONAL = frozenset(PERSONAL_NAMES.split())
_PERSONAL_CELL = re.compile(
    r"[^\s@]+@[^\s@]+\.[a-z]{2,}|(?:19|20)?\d{6}[-+]\d{4}|(?:19|20)\d{10}|[+0][\d ()/-]{7,}\d", re.IGNORECASE
)
_MOSTLY = 0.9


def context_faults(
    notes: pd.DataFrame, columns: Iterable[str], codebook: Codebook | None = None, coders: Iterable[str] = ()
) -> dict[str, Phrase]:
    """Say which columns must not be shown beside the notes, and why.

    Parameters
    ----------
    notes : DataFrame of N notes, index note_id
    columns : names of those that are to be shown
    codebook : whose codes a column may hold, as somebody's answers
    coders : ids of coders, whose answers a column may be called after
    """
    named = {coder.casefold() for coder in coders}
    faults = {}
    for name in dict.fromkeys(columns):
        if fault := _context_fault(notes, name, codebook, named):
            faults[name] = fault
    return faults


def _context_fault(
    notes: pd.DataFrame, name: str, codebook: Codebook | None, coders: set[str]
) -> Phrase | None:
    if name not in notes.columns and name != "note_id":
        return Phrase("context_none", columns=quoted([one for one in notes.columns if one != "text"]) or "–")
    if name in ("text", "text_en"):
        return Phrase("context_text")
    kind = _kind_of_name(name)
    if kind == "id" and (name == "note_id" or _is_id(notes[name])):
        return Phrase("context_id")
    if kind in ("source", "sorting"):
        return Phrase(f"context_{kind}")
    if kind == "coder" or name.casefold() in coders:
        return Phrase("context_coder")
    variable = _variable_in(notes[name], codebook)
    return Phrase("context_answers", variable=variable) if variable else None


def _kind_of_name(name: str) -> str:
    """Return what a column is by its name, or by the first or last word of it: ``Kod 1``, ``Theme Anna``."""
    plain = plain_name(name)
    words = [re.sub(r"\d+$", "", word) for word in plain.split("_")]
    ends = (kind for word in (words[0], words[-1]) if (kind := _KINDS.get(word, "")) in ("sorting", "coder"))
    return _KINDS.get(plain, "") or next(ends, "")


def _is_id(cells: pd.Series) -> bool:
    said = cells[cells.str.strip() != ""]
    return 2 * said.nunique() > len(said)


def _variable_in(cells: pd.Series, codebook: Codebook | None) -> str:
    """Return the variable whose codes, by id or label, a column holds; empty if it holds none's."""
    said = {part.strip().casefold() for cell in cells for part in re.split(r"[;|]", cell) if part.strip()}
    for variable in codebook.variables if codebook is not None and len(said) > 1 else ():
        names = {code.id.casefold() for code in variable.codes}
        names |= {code.label.in_(lang).casefold() for code in variable.codes for lang in LANGUAGES}
        if len(said & names) >= _MOSTLY * len(said):
            return variable.id
    return ""


def looks_personal(name: str, cells: Iterable[str]) -> bool:
    """Whether a column seems to say who somebody is: by its name, or as addresses and numbers do.

    Examples
    --------
    >>> looks_personal("E-post", []), looks_personal("Kontakt", ["a@b.se"]), looks_personal("Roll", ["1"])
    (True, True, False)
    """
    plain = plain_name(name)
    if {plain, *plain.split("_")} & _PERSONAL:
        return True
    said = [cell.strip() for cell in cells if cell.strip()]
    return bool(said) and 2 * sum(bool(_PERSONAL_CELL.fullmatch(cell)) for cell in said) > len(said)


def likely_cluster(notes: pd.DataFrame) -> str | None:
    """Return a column that seems to say which notes were written together: by its name, where values recur.

    Examples
    --------
    >>> likely_cluster(pd.DataFrame({"text": list("abcd"), "Bord": ["1", "1", "2", "2"]}))
    'Bord'
    """
    known = set(CLUSTER_NAMES.split())
    for name in notes.columns:
        said = notes[name][notes[name].astype(str).str.strip() != ""]
        if plain_name(str(name)) in known and 1 < said.nunique() < len(said):
            return str(name)
    return None
