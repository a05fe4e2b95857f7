"""What a coding sheet is made of: tabs, columns, labels, and the marks by which a file is known again.

Writing and reading share this module, so that they cannot drift apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.coding import worklist
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.workbooks import UNWRITABLE
from sekom_analysis.notes import note_hash

TICKET = "sekom_analysis coding sheet"
FORMAT = "1"
KEY, TEXT = "sekom/key", "sekom/text"
TICKET_MARK, GLOSS, REMARK, TEXTS = "sekom/ticket", "sekom/gloss", "sekom/remark", "sekom/texts"
DONE = "✓"
MARK = "x"
MARKS = frozenset({MARK, "×", "✓", "✔", "1", "ja", "yes", "true", "sant"})
ANSWER, CODE, NONE, CERTAINTY, MEMO = "answer", "code", "none", "certainty", "memo"
CERTAINTIES = ("1", "2", "3")
PASS = str(worklist.INDEPENDENT)
PASSES = (PASS, str(worklist.AFTER_TALK))

_MARK = re.compile(r"([a-z0-9_]{1,40})/(answer|code|none|certainty|memo)(?:/([a-z0-9_]{1,40}))?")
_KEY = re.compile(r"(n[0-9a-f]{20})\.(h[0-9a-f]{11})")


class Column(NamedTuple):
    """One column that a coder fills in; `code` only where a `multiple` has a column for each code."""

    variable: str
    part: str
    code: str = ""

    @property
    def mark(self) -> str:
        """The text in the hidden row by which the column is known, wherever it has moved."""
        return "/".join(filter(None, self))


class Row(NamedTuple):
    """One note in a sheet, with the variables that are asked of it; `remark` says what to know of it."""

    note_id: str
    key: str
    text: str
    gloss: str
    variables: tuple[str, ...]
    hash: str
    remark: str = ""


class Tab(NamedTuple):
    """The notes of one stage, in the coder's order, and every variable that is asked of any of them."""

    stage: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]


def column_of(mark: str) -> Column | None:
    """Return the column that a mark names; None if it names none.

    Examples
    --------
    >>> column_of("themes/code/filmer"), column_of("sekom/text")
    (Column(variable='themes', part='code', code='filmer'), None)
    """
    found = _MARK.fullmatch(mark)
    return Column(found[1], found[2], found[3] or "") if found else None


def is_mark(text: str) -> bool:
    """Whether a text is one of those by which columns are known."""
    fixed = (KEY, TEXT, GLOSS, REMARK)
    return text in fixed or text.startswith(f"{TICKET_MARK} ") or column_of(text) is not None


def columns_of(variable: Variable) -> list[Column]:
    """Return a variable's columns: its answers, how sure, and the memo."""
    if variable.kind == "multiple":
        answers = [Column(variable.id, CODE, code) for code in variable.code_ids]
        answers.append(Column(variable.id, NONE))
    else:
        answers = [Column(variable.id, ANSWER)]
    return [*answers, Column(variable.id, CERTAINTY), Column(variable.id, MEMO)]


def tabs_of(desk: Desk) -> list[Tab]:
    """Return what a coder is asked, one tab a stage; stages that ask the same share a tab."""
    rows: dict[str, list[Row]] = {}
    for note_id in _in_order(desk):
        row = _row(desk, note_id)
        if row.variables:
            rows.setdefault(_stage(desk, note_id), []).append(row)
    asked = {stage: frozenset(v for row in mine for v in row.variables) for stage, mine in rows.items()}
    if len(set(asked.values())) == 1:
        place = {note_id: n for n, note_id in enumerate(_in_order(desk))}
        together = sorted((row for mine in rows.values() for row in mine), key=lambda row: place[row.note_id])
        rows, asked = {"": together}, {"": next(iter(asked.values()))}
    return [Tab(stage, _variables(desk, asked[stage]), tuple(rows[stage])) for stage in sorted(rows)]


def _in_order(desk: Desk) -> list[str]:
    """Return the notes as the coder meets them on the card too: those of the warm-up last."""
    decisions = desk.decisions()
    met = set(decisions.loc[decisions["pass"] == str(worklist.WARM_UP), "note_id"])
    return worklist.first_time_notes(desk.notes.index, desk.seed, desk.coder, met)


def _row(desk: Desk, note_id: str) -> Row:
    text = str(desk.notes.at[note_id, "text"])
    gloss = str(desk.notes.at[note_id, "text_en"]) if "text_en" in desk.notes.columns else ""
    asked = tuple(variable.id for variable in desk.variables_of(note_id))
    hash_ = note_hash(text)
    key = f"{desk.note_keys[note_id]}.{hash_}"
    return Row(note_id, key, writable(text), writable(gloss), asked, hash_)


def _stage(desk: Desk, note_id: str) -> str:
    return str(desk.notes.at[note_id, "stage"]) if "stage" in desk.notes.columns else ""


def _variables(desk: Desk, asked: Collection[str]) -> tuple[Variable, ...]:
    return tuple(variable for variable in desk.codebook.variables if variable.id in asked)


def key_and_hash(key: str) -> tuple[str, str] | None:
    """Split the key of a row into the note's key and the hash of the text that was written."""
    found = _KEY.fullmatch(key)
    return (found[1], found[2]) if found else None


def writable(text: str) -> str:
    """Return a text without the characters that no workbook can hold; nobody sees them."""
    return UNWRITABLE.sub("", text)


def plain(text: str) -> str:
    """Return a text as it is compared: spaces, composed letters and capitals aside.

    Examples
    --------
    >>> plain(" Oja\u0308mn  Nivå") == plain("ojämn nivå")
    True
    """
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def labels_of(variable: Variable, lang: str, codes: Iterable[str] | None = None) -> dict[str, str]:
    """Return the label of each answer, in the codebook's order; labels that are alike carry their code.

    Parameters
    ----------
    variable : Variable of kind `single` or `multiple`
    lang : ``"sv"`` or ``"en"``
    codes : which; left out, those that can be chosen now
    """
    wanted = list(variable.answers if codes is None else codes)
    labels = {code: " ".join(writable(variable.label_of(code, lang)).split()) for code in wanted}
    times = Counter(map(plain, labels.values()))
    return {code: f"{label} [{code}]" if times[plain(label)] > 1 else label for code, label in labels.items()}


def can_show(variable: Variable, codes: str) -> bool:
    """Whether an earlier answer has a place in the sheet: one with a retired code has none."""
    return not codes or all(code in variable.answers for code in codes.split("|"))


def standing(decisions: pd.DataFrame) -> dict[tuple[str, str], Mapping[str, str]]:
    """Return the independent decisions by (note_id, variable), or what has replaced them since."""
    counted = decisions[decisions["pass"].isin(PASSES)].sort_values("pass", kind="stable")
    rows: list[dict[str, str]] = counted.to_dict("records")  # type: ignore[assignment]
    return {(row["note_id"], row["variable"]): row for row in rows}
