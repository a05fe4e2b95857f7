"""Adjudications: what a ledger holds of disagreements that somebody settled, and what of it stands.

Beside it is the ledger of which coder was shown what others answered; the two together say who
still answers a question on their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.study.decisions import Known, Question, coder_fault, new_event_id
from sekom_analysis.study.ledgers import RETRACT, Ledger, standing
from sekom_analysis.study.rows import Format, Row

SETTLE, OPEN = "settle", "open"
ADJUDICATION_EVENTS = (SETTLE, OPEN, RETRACT)
KEYS = ["note_id", "variable", "adjudicator"]
TABLE_COLUMNS = [
    "note_id", "variable", "adjudicator", "codes", "event", "reason", "decided_at", "seen", "is_stale",
    "changed", "present", "codebook", "note_hash", "event_id", "row",
]  # fmt: skip
PRESENT = ".present"  # beside the coders in `seen`, where no coder can be called so: older ledgers have none


class Adjudication(NamedTuple):
    """One thing that an adjudicator did, as it is in the ledger, with the fields in the ledger's order.

    ``seen`` is JSON: what each coder said when the adjudicator looked, coder -> codes as in a log; and
    under ``.present``, where there were any, the coders who sat beside the adjudicator, joined by ``|``.
    """

    decided_at: str
    event_id: str
    note_id: str
    note_hash: str
    variable: str
    codes: str
    reason: str
    adjudicator: str
    seen: str
    codebook: str
    event: str


COLUMNS = Adjudication._fields
# What an event says; sent again it may find other answers or another definition.
IDENTITY = ("note_id", "variable", "codes", "reason", "adjudicator", "event")


def _row_fault(row: Row) -> str:
    event = Adjudication._make(row)
    if fault := coder_fault(event.adjudicator):
        return fault
    return "" if _parsed(event.seen) is not None else Phrase("fault_seen")


def _parsed(seen: str) -> dict[str, str] | None:
    """Return what `seen` says; None if it cannot be read."""
    try:
        found = json.loads(seen)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(codes, str) for codes in found.values()):
        return None
    return found


FORM = Format(COLUMNS, ADJUDICATION_EVENTS, _row_fault, IDENTITY)


def adjudication_ledger(root: Path) -> Ledger[Adjudication]:
    """Return the ledger of the study in `root`."""
    return Ledger(root, "adjudicated", FORM, Adjudication._make)


def seen_text(answers: Mapping[str, str], present: Iterable[str] = ()) -> str:
    """Return what each coder said, and who was present, as the ledger keeps it.

    Examples
    --------
    >>> seen_text({"k2": "vilja", "k1": "kunskap"}), seen_text({"k1": "tid"}, ["k2"])
    ('{"k1": "kunskap", "k2": "vilja"}', '{".present": "k2", "k1": "tid"}')
    """
    named = "|".join(sorted(set(present)))
    return json.dumps({**answers, **({PRESENT: named} if named else {})}, ensure_ascii=False, sort_keys=True)


def present_in(seen: str) -> tuple[str, ...]:
    """Return the coders who were present, of what the ledger keeps; nobody where it cannot be read.

    Examples
    --------
    >>> present_in('{".present": "anna|bo", "anna": "tid"}'), present_in('{"anna": "tid"}')
    (('anna', 'bo'), ())
    """
    if PRESENT not in seen:  # most have none, and every entry is asked
        return ()
    return tuple(filter(None, (_parsed(seen) or {}).get(PRESENT, "").split("|")))


def _answers_in(seen: str) -> dict[str, str]:
    """Return what each coder said, of what the ledger keeps."""
    return {coder: codes for coder, codes in (_parsed(seen) or {}).items() if coder != PRESENT}


def same_answer(codes: str) -> frozenset[str]:
    """Return an answer as it is compared: the order of several codes says nothing."""
    return frozenset(codes.split("|"))


def changed_since(seen: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the coders whose answer is another now: changed, given since, or taken back.

    Examples
    --------
    >>> changed_since({"k1": "a", "k2": "b", "k3": "c"}, {"k1": "a", "k2": "x", "k4": "a"})
    ['k2', 'k3', 'k4']
    """
    as_said = {coder: same_answer(codes) for coder, codes in seen.items()}
    as_now = {coder: same_answer(codes) for coder, codes in now.items()}
    return sorted(coder for coder in as_said | as_now if as_said.get(coder) != as_now.get(coder))


def adjudication_table(
    history: pd.DataFrame, answers: Mapping[tuple[str, str], Mapping[str, str]]
) -> pd.DataFrame:
    """Return what stands: one row per note, variable and adjudicator.

    Parameters
    ----------
    history : every event of the ledger, in the order in which they count
    answers : (note_id, variable) -> coder -> what that coder says now

    Returns
    -------
    DataFrame. ``event`` is settle (``codes`` is the code) or open (left open on purpose, ``codes`` is
    empty); ``seen`` a dict, coder -> codes; ``changed`` the coders whose answers are others now, as a
    text; ``is_stale`` whether there are any; ``present`` the coders who sat beside the adjudicator, as a
    text; ``row`` the line in the file.
    """
    table = standing(history, KEYS)
    beside = [", ".join(present_in(seen)) for seen in table["seen"]]
    table["present"] = pd.Series(beside, index=table.index, dtype="str")
    table["seen"] = pd.Series([_answers_in(seen) for seen in table["seen"]], index=table.index, dtype=object)
    changed = [
        changed_since(row["seen"], answers.get((row["note_id"], row["variable"]), {}))
        for row in table.to_dict("records")
    ]
    table["changed"] = pd.Series([", ".join(coders) for coders in changed], index=table.index, dtype="str")
    table["is_stale"] = pd.Series([bool(coders) for coders in changed], index=table.index, dtype=bool)
    return table[TABLE_COLUMNS]


# --- who was shown what -------------------------------------------------------------------------------------

SHOWN = "shown"
MOST_SHOWN = 25_000  # characters in a cell: a spreadsheet program cuts one at 32,767


class Showing(NamedTuple):
    """A coder was shown what others answered, as it is in the ledger; the fields are in its order.

    ``variables`` and ``notes`` are JSON lists of ids, and no variable means all of them; ``by`` what
    showed it, such as coder-report.
    """

    decided_at: str
    event_id: str
    coder: str
    variables: str
    notes: str
    by: str
    event: str


def _showing_fault(row: Row) -> str:
    entry = Showing._make(row)
    if fault := coder_fault(entry.coder):
        return fault
    is_readable = _ids_in(entry.variables) is not None and _ids_in(entry.notes) is not None
    return "" if is_readable else Phrase("fault_showing")


def _ids_in(text: str) -> list[str] | None:
    """Return the ids of a JSON list; None if it is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_list = isinstance(found, list) and all(isinstance(one, str) for one in found)
    return found if is_list else None


SHOWINGS = Format(Showing._fields, (SHOWN,), _showing_fault, ("coder", "variables", "notes", "by", "event"))


def shown_ledger(root: Path) -> Ledger[Showing]:
    """Return the ledger of what coders of the study in `root` were shown; no coder can be called so."""
    return Ledger(root, ".shown", SHOWINGS, Showing._make)


def notes_shown(cells: Row) -> list[str]:
    """Return the notes that an entry of the ledger of showings is about."""
    return _ids_in(Showing._make(cells).notes) or []


def showings(
    coder: str, notes: Iterable[str], variables: Iterable[str], by: str, at: str = ""
) -> Iterator[Showing]:
    """Yield what the ledger is to hold of a showing: as many entries as its notes fill cells.

    Examples
    --------
    >>> [entry.notes for entry in showings("anna", ["n1", "n2"], ["valence"], "coder-report")]
    ['["n1", "n2"]']
    """
    asked = json.dumps(sorted(set(variables)), ensure_ascii=False)
    part: list[str] = []
    length = 0
    for note_id in dict.fromkeys(notes):
        if part and length + len(note_id) + 4 > MOST_SHOWN:
            yield Showing(at, new_event_id(), coder, asked, json.dumps(part, ensure_ascii=False), by, SHOWN)
            part, length = [], 0
        part.append(note_id)
        length += len(note_id) + 4
    if part:
        yield Showing(at, new_event_id(), coder, asked, json.dumps(part, ensure_ascii=False), by, SHOWN)


def showings_table(history: pd.DataFrame) -> pd.DataFrame:
    """Return what coders were shown, one row per showing: lists of variables (none: all) and notes, by what.

    Parameters
    ----------
    history : every entry of the ledger, in the order in which they count
    """
    table = history.rename(columns={"decided_at": "shown_at"})
    for name in ("variables", "notes"):
        lists = [_ids_in(text) or [] for text in table[name]]
        table[name] = pd.Series(lists, index=table.index, dtype=object)
    return table[["shown_at", "coder", "variables", "notes", "by", "event_id", "row"]]


# --- who answers on their own -------------------------------------------------------------------------------


class _Facts(NamedTuple):
    """When each question and note was adjudicated, and since when coders know what others said of them."""

    settled: dict[Question, list[str]]
    notes: dict[str, str]
    shown: dict[str, dict[Question, str]]


class Blindness:
    """Who answers which questions on their own: what the ledgers say of it, never what was answered.

    Parameters
    ----------
    root : the study's folder
    """

    def __init__(self, root: Path) -> None:
        self._adjudicated, self._shown = adjudication_ledger(root), shown_ledger(root)
        self._facts: tuple[tuple[object, object], _Facts] | None = None

    def known(self, coder: str, question: Question) -> Known:
        """Return what bears on whether a coder still answers a question on their own."""
        facts = self._read()
        own = facts.shown.get(coder, {})
        times = [own[key] for key in (question, (question[0], "")) if key in own]
        first = facts.notes.get(question[0], "")
        return Known(facts.settled.get(question, ()), min(times, default=""), first)

    def bears(self, coder: str) -> Callable[[Question], bool]:
        """Return what says whether anything that is known bears on a coder's independence there."""
        facts = self._read()
        settled, own = facts.settled, facts.shown.get(coder, {})
        return lambda question: question in settled or question in own or (question[0], "") in own

    def problems(self) -> list[Problem]:
        """List lines of the ledger of showings that cannot be read."""
        return self._shown.read().problems

    def mark(self) -> object:
        """Return what is another object whenever what the ledgers say may be another."""
        return self._read()

    def _read(self) -> _Facts:
        """Return what the ledgers say; worked out again only where one of them has changed."""
        settled, shown = self._adjudicated.read().history, self._shown.read().history
        if self._facts is None or self._facts[0][0] is not settled or self._facts[0][1] is not shown:
            self._facts = ((settled, shown), _facts(settled, shown))
        return self._facts[1]


def _facts(adjudicated: pd.DataFrame, shown: pd.DataFrame) -> _Facts:
    """Work out what two ledgers say; an adjudication taken back since was seen all the same."""
    facts = _Facts({}, {}, {})
    met = adjudicated[adjudicated["event"] != RETRACT]
    cells = (met[name].tolist() for name in ("note_id", "variable", "decided_at", "adjudicator", "seen"))
    for note_id, variable, at, adjudicator, seen in zip(*cells, strict=True):
        facts.settled.setdefault((note_id, variable), []).append(at)
        facts.notes.setdefault(note_id, at)
        for coder in (adjudicator, *present_in(seen)):
            facts.shown.setdefault(coder, {}).setdefault((note_id, variable), at)
    cells = (shown[name].tolist() for name in ("coder", "variables", "notes", "decided_at"))
    for coder, variables, notes, at in zip(*cells, strict=True):
        own = facts.shown.setdefault(coder, {})
        for question in _questions(_ids_in(notes) or [], _ids_in(variables) or []):
            own[question] = min(at, own.get(question, at))
    return facts


def _questions(notes: Sequence[str], variables: Sequence[str]) -> Iterator[Question]:
    """Yield each variable of each note; no variables mean all, which are one question without a name."""
    for note_id in notes:
        for variable in variables or [""]:
            yield note_id, variable
