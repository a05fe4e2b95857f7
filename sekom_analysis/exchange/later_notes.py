"""Notes that come later, such as a second workshop's, into a study that has some: with ids that go on.

What a table holds is found by `notes_file`, as for a new study. A note that is here under the same id is
left as it is; all others come in, those with a text that is here too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError, TableError
from sekom_analysis.basics.wording import Phrase, Problem, capped, quoted, rows_in_words
from sekom_analysis.exchange.finding import UnclearError
from sekom_analysis.exchange.notes_file import NotesRead, Wish, read_notes
from sekom_analysis.exchange.registry import Request
from sekom_analysis.exchange.taking_in import Material, free_ids
from sekom_analysis.study.checks import named_first
from sekom_analysis.study.raw import Raw
from sekom_analysis.study.rows import note_hash

PREFIX, WIDTH = "N", 3  # of ids, where the study's own are no series
_SERIES = re.compile(r"(.*?)(\d{1,9})")
_LONGEST_SHOWN = 60


class Numbered(NamedTuple):
    """A table's notes with the ids that they get in the study.

    Attributes
    ----------
    notes : DataFrame, one row per note that the study does not have; index ``row``, where it is in the file
    known : rows of the notes that it has, with the same id and text
    changed : rows whose id is another text in a study that has most of these ids
    line : says where the ids are from
    is_given : whether ids are the study's numbers, not the file's own
    """

    notes: pd.DataFrame
    known: list[int]
    changed: dict[int, str]
    line: str
    is_given: bool = False


def find_notes(request: Request) -> Material:
    """Return the notes of a table that the study does not have.

    Ids of the file are kept where none of them is another note's here; else the notes continue the
    study's own numbers, and the file's ids are kept in a column. Where the notes come from is their
    ``source``: the file's name, unless the table says.

    Raises
    ------
    UnclearError
        If the table can be read in several ways; with what to give for each.
    ExchangeError
        If it cannot be read, or everything in it is here already.
    """
    path, raw = request.path, request.raw
    try:
        read = read_notes(path, **request.wish._asdict())
    except UnclearError:
        raise
    except TableError as error:
        msg = f"{error}\nNothing was saved."
        raise ExchangeError(msg) from error
    numbered = numbered_after(raw.notes, read)
    notes = numbered.notes
    if notes.empty or (numbered.is_given and _is_here(raw.notes, notes)):
        msg = (
            f"'{path.name}' brings nothing new: its {len(read.notes)} notes are in the study already. "
            f"Nothing was added."
        )
        raise ExchangeError(msg)
    told = [*read.told, *_told(raw, numbered, path.name)]
    return Material(
        notes=_with_source(notes, path, request.wish).set_index("note_id"),
        remarks=capped(told),
        lines=(*read.lines[:2], numbered.line),
    )


def _with_source(notes: pd.DataFrame, path: Path, wish: Wish) -> pd.DataFrame:
    """Fill in where notes come from: the file's name, and its sheet where that was asked for."""
    name = " ".join(", ".join(filter(None, (path.stem, wish.sheet))).split())
    given = notes["source"] if "source" in notes.columns else pd.Series("", index=notes.index, dtype="str")
    return notes.assign(source=given.where(given.str.strip() != "", name))


# --- ids ----------------------------------------------------------------------------------------------


def numbered_after(here: pd.DataFrame, read: NotesRead) -> Numbered:
    """Return the notes of a table that a study does not have, with their ids.

    Parameters
    ----------
    here : the study's notes, index note_id
    read : the table as it was read

    Examples
    --------
    >>> here = pd.DataFrame({"text": ["Tid", "Vilja"]}, index=pd.Index(["N001", "N002"], name="note_id"))
    >>> notes = pd.DataFrame({"note_id": ["N001", "N002"], "text": ["Tid", "Pengar"]})
    >>> read = NotesRead(notes.rename_axis("row"), ("", "", ""), (), id_column="Nr")
    >>> numbered_after(here, read).notes.to_dict("records")
    [{'note_id': 'N003', 'text': 'Pengar', 'Nr': 'N002'}]
    """
    notes = read.notes.assign(note_id=list(map(_tidy, read.notes["note_id"])))
    if not read.id_column:
        fresh = notes if here.empty else notes.assign(note_id=next_ids(here, notes))
        line = Phrase("later_ids_given", ids=_span(fresh["note_id"]))
        return Numbered(fresh, [], {}, read.lines[2] if here.empty else line, is_given=True)
    texts = dict(zip(map(str, here.index), map(note_hash, here["text"]), strict=True))
    is_known = [
        texts.get(note) == note_hash(text) for note, text in notes[["note_id", "text"]].to_numpy().tolist()
    ]
    known, fresh = notes[is_known], notes[[not one for one in is_known]]
    taken = fresh[fresh["note_id"].isin(texts)]
    if taken.empty:
        return Numbered(fresh, known.index.tolist(), {}, read.lines[2])
    is_same_series = len(taken) <= len(known)  # most ids say the same here: a newer version of a list
    moved = taken if is_same_series else fresh
    stay = set(fresh["note_id"]) if is_same_series else set()
    ids = pd.Series(next_ids(here, moved, stay), index=moved.index, dtype="str")
    own, kept = fresh["note_id"], read.id_column
    if (
        kept == "note_id" or kept not in fresh.columns
    ):  # where several columns hold texts, it is a column already
        kept = kept if kept != "note_id" else "note_id (2)"
        fresh = fresh.assign(**{kept: own})
    fresh = fresh.assign(note_id=ids.reindex(fresh.index).fillna(own))
    said = {"n": len(taken), "of": len(notes), "column": quoted([read.id_column]), "ids": _span(ids)}
    kind = "later_ids_some" if is_same_series else "later_ids_renumbered"
    line = Phrase(kind, **said, taken=named_first(taken["note_id"]), kept=kept)
    changed = dict(zip(taken.index.tolist(), taken["note_id"], strict=True)) if is_same_series else {}
    return Numbered(fresh, known.index.tolist(), changed, line, is_given=not is_same_series)


def _tidy(note_id: str) -> str:
    return unicodedata.normalize("NFC", note_id.strip())


def next_ids(here: pd.DataFrame, notes: pd.DataFrame, kept: Iterable[str] = ()) -> list[str]:
    """Return ids for more notes: those of a stage go on where the study's notes of that stage end.

    Parameters
    ----------
    here : the study's notes, index note_id
    notes : the notes that are to be numbered
    kept : other ids that are taken

    Examples
    --------
    >>> here = pd.DataFrame({"stage": ["B", "D"]}, index=["B009", "D200"])
    >>> next_ids(here, pd.DataFrame({"stage": ["D", "B", "D"]}))
    ['D201', 'B010', 'D202']
    """
    taken = {*map(str, here.index), *kept}
    has_stages = "stage" in here.columns and "stage" in notes.columns
    stages = notes["stage"].str.strip().tolist() if has_stages else [""] * len(notes)
    of_stage = dict(zip(map(str, here.index), here["stage"], strict=True)) if has_stages else {}
    series = {
        stage: _series([one for one, theirs in of_stage.items() if theirs == stage])
        or _series(list(map(str, here.index)))
        or (PREFIX, WIDTH)
        for stage in dict.fromkeys(stages)
    }
    wanted = Counter(series[stage] for stage in stages)
    free = {one: iter(free_ids(taken, one[0], n, one[1])) for one, n in wanted.items()}
    return [next(free[series[stage]]) for stage in stages]


def _series(ids: Sequence[str]) -> tuple[str, int] | None:
    """Return what most ids begin with, and how many digits they have at least; None if they are no series."""
    parts = [found.groups() for one in ids if (found := _SERIES.fullmatch(one))]
    prefix, n = next(iter(Counter(prefix for prefix, _ in parts).most_common(1)), ("", 0))
    if not n or 2 * n <= len(ids):
        return None
    return prefix, min(len(digits) for one, digits in parts if one == prefix)


def _span(ids: pd.Series) -> str:
    return f"{ids.iloc[0]}–{ids.iloc[-1]}" if len(ids) > 1 else str(ids.iloc[0])


# --- what is here already, and what is to be known ----------------------------------------------------


def _is_here(here: pd.DataFrame, notes: pd.DataFrame) -> bool:
    """Whether the study has this very table under other ids: all notes of a source, one after another."""
    columns = [name for name in notes.columns if name != "note_id"]
    if not set(columns) <= set(here.columns):
        return False
    source = here["source"] if "source" in here.columns else pd.Series("", index=here.index, dtype="str")
    if "source" in columns:
        groups = [here[source.isin(notes["source"])]]
    else:
        groups = [theirs for _, theirs in here.groupby(source, sort=False)]
    return any(_are_same(theirs[columns], notes[columns]) for theirs in groups if len(theirs) == len(notes))


def _are_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    hashes = [list(map(note_hash, table["text"])) for table in (one, other)]
    one, other = one.drop(columns="text"), other.drop(columns="text")
    cells = [[[cell.strip() for cell in row] for row in table.to_numpy().tolist()] for table in (one, other)]
    return hashes[0] == hashes[1] and cells[0] == cells[1]


def _told(raw: Raw, numbered: Numbered, file: str) -> Iterator[Problem]:
    """Yield which notes and texts are here already, what is shown beside none, and what nobody is asked."""
    notes, here = numbered.notes, raw.notes
    if numbered.known:
        rows = rows_in_words(numbered.known)
        yield Problem.of(file, None, "later_known", n=len(numbered.known), rows=rows)
    for row, own in numbered.changed.items():
        said = {"own": own, "text": _short(str(here.at[own, "text"])), "note": notes.at[row, "note_id"]}
        yield Problem.of(file, int(row), "later_changed", **said)
    ids: dict[str, list[str]] = {}
    for note_id, text in zip(map(str, here.index), here["text"], strict=True):
        ids.setdefault(note_hash(text), []).append(note_id)
    for row, note_id, text in notes[["note_id", "text"]].itertuples():
        if there := ids.get(note_hash(text)):
            said = {"text": _short(text), "ids": named_first(there), "note": note_id}
            yield Problem.of(file, int(row), "later_same", **said)
    for name in (one for one in raw.context if one not in notes.columns):
        yield Problem.of(file, None, "later_no_context", name=name)
    unasked = list(_unasked(raw, notes))
    if unasked:
        yield Problem.of(file, None, "later_unasked", n=len(unasked), rows=rows_in_words(unasked))


def _unasked(raw: Raw, notes: pd.DataFrame) -> Iterator[int]:
    stages = notes["stage"] if "stage" in notes.columns else pd.Series("", index=notes.index, dtype="str")
    for row, note_id, stage in zip(notes.index, notes["note_id"], stages, strict=True):
        if not any(variable.applies_to(note_id, stage) for variable in raw.codebook.variables):
            yield int(row)


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _LONGEST_SHOWN else said[: _LONGEST_SHOWN - 1] + "…"
