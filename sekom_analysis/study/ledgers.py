"""Ledgers beside the coders' logs: what people settle about notes, one append-only file for each kind.

A ledger is written as the logs are, by several people at once, and read in
the order of (decided_at, event_id): two copies that went apart are joined as
a union of their events.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import pandas as pd

from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.study.decisions import Known, Question, coder_fault, new_event_id
from sekom_analysis.study.log import MARKS, EventFile, is_unreadable, loss_problem
from sekom_analysis.study.raw import CODED
from sekom_analysis.study.rows import Format, Row

RETRACT = "retract"
Entry = TypeVar("Entry", bound=tuple[str, ...])


class AsRead(NamedTuple):
    """A ledger as it was last read: every event once, in the order in which they count."""

    history: pd.DataFrame
    problems: list[Problem]


class Ledger(Generic[Entry]):
    """One append-only ledger of a study.

    Parameters
    ----------
    root : the study's folder
    name : the file's name without ``.csv``, one of `decisions.LEDGERS`: no coder can have it
    form : its columns, kinds of event, and what must be equal where an event is sent again
    make : makes an entry of a row's cells, such as the ``_make`` of a NamedTuple of those columns

    Examples
    --------
    >>> import tempfile
    >>> class Remark(NamedTuple):
    ...     decided_at: str
    ...     event_id: str
    ...     note_id: str
    ...     event: str
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ledger = Ledger(Path(folder), "plan", Format(Remark._fields, ("say",)), Remark._make)
    ...     saved = ledger.append([Remark("", "e001", "n1", "say")])
    ...     ledger.read().history[["note_id", "event", "row"]].values.tolist()
    [['n1', 'say', 2]]
    """

    def __init__(self, root: Path, name: str, form: Format, make: Callable[[Iterable[str]], Entry]) -> None:
        lock = root / ".sekom" / f"{name}.lock"
        self._file = EventFile(root / CODED / f"{name}.csv", form, lock, root / MARKS)
        self._make = make
        self._read: tuple[object, AsRead] | None = None

    @property
    def path(self) -> Path:
        """The file, which is made with the first entry."""
        return self._file.path

    @property
    def form(self) -> Format:
        """What its rows look like."""
        return self._file.form

    def read(self) -> AsRead:
        """Return every event and what cannot be read; from the disk only where the file has changed."""
        mark = self._file.mark()
        if self._read is None or self._read[0] != mark:
            rows, problems = self._file.read()
            as_read = AsRead(self._table(rows), problems)
            if is_unreadable(problems):
                return as_read
            self._read = (mark, as_read)
        return self._read[1]

    def losses(self) -> list[Problem]:
        """Say whether the file lacks entries that it held."""
        marked = self._file.marked()
        found = self.read()
        return (
            []
            if is_unreadable(found.problems)
            else loss_problem(self.path, marked, set(found.history["event_id"]))
        )

    def append(self, entries: Sequence[Entry], *, stamp: bool = True) -> list[Entry]:
        """Save entries and return them, with their times, once the disk has them; see `EventFile.append`."""
        return [self._make(row) for row in self._file.append(entries, stamp=stamp)] if entries else []

    def _table(self, rows: Sequence[tuple[int, tuple[str, ...]]]) -> pd.DataFrame:
        once: dict[str, tuple[str | int, ...]] = {}
        for cells, number in sorted((cells, number) for number, cells in rows):
            once.setdefault(cells[1], (*cells, number))
        return pd.DataFrame(once.values(), columns=[*self._file.form.columns, "row"])


def standing(history: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return what stands: the last event for each combination of `keys`, without what was taken back.

    Parameters
    ----------
    history : every event in the order in which they count, as `Ledger.read` gives them
    keys : columns that say what an event is about, such as note and variable and who
    """
    last = history.drop_duplicates(list(keys), keep="last")
    return last[last["event"] != RETRACT].reset_index(drop=True)


# --- judgements of pairs of notes: whether they say the same, by reviewers, each on their own ---------


SAME, OVERLAPPING, DIFFERENT = "same", "overlapping", "different"
JUDGEMENTS = (SAME, OVERLAPPING, DIFFERENT)
JUDGE = "judge"
PAIR_EVENTS = (JUDGE, RETRACT)
KEYS = ["note_a", "note_b", "reviewer"]


class Judgement(NamedTuple):
    """What a reviewer said of a pair, as it is in the ledger, with the fields in the ledger's order.

    ``note_a`` comes before ``note_b`` as texts do, so that a pair is one pair either way round.
    """

    decided_at: str
    event_id: str
    note_a: str
    hash_a: str
    note_b: str
    hash_b: str
    judgement: str
    reason: str
    reviewer: str
    event: str


PAIR_COLUMNS = Judgement._fields
PAIR_IDENTITY = ("note_a", "note_b", "judgement", "reason", "reviewer", "event")


def _pair_fault(row: Row) -> str:
    event = Judgement._make(row)
    if fault := coder_fault(event.reviewer):
        return fault
    if event.note_a >= event.note_b:
        return Phrase("fault_pair", first=event.note_a, second=event.note_b)
    if event.event == JUDGE and event.judgement not in JUDGEMENTS:
        return Phrase("fault_none_of", text=event.judgement, allowed=", ".join(JUDGEMENTS))
    return ""


PAIR_FORM = Format(PAIR_COLUMNS, PAIR_EVENTS, _pair_fault, PAIR_IDENTITY)


def pair_ledger(root: Path) -> Ledger[Judgement]:
    """Return the ledger of the study in `root`."""
    return Ledger(root, "pairs", PAIR_FORM, Judgement._make)


def judgements_table(history: pd.DataFrame) -> pd.DataFrame:
    """Return what stands: one row per pair and reviewer."""
    columns = ["note_a", "note_b", "judgement", "reason", "reviewer", "decided_at", "hash_a", "hash_b"]
    return standing(history, KEYS)[[*columns, "event_id", "row"]]


def pair_ratings(judgements: pd.DataFrame) -> pd.DataFrame:
    """Return judgements as ratings, pairs × reviewers, for `agreement` and all that takes ratings.

    Parameters
    ----------
    judgements : as `judgements_table` gives them

    Returns
    -------
    DataFrame, index ``note_id`` (a pair as ``D001+D012``), one categorical column a reviewer; a missing
    cell is a pair that the reviewer has not judged. The codes are in order from same to different, so
    that the ordinal level makes sense too.
    """
    pairs = judgements["note_a"] + "+" + judgements["note_b"]
    table = judgements.assign(note_id=pairs).pivot(index="note_id", columns="reviewer", values="judgement")
    table.columns = pd.Index(table.columns, name="coder")
    return table.astype(pd.CategoricalDtype(list(JUDGEMENTS)))


# --- adjudications as they are kept; what they come to is in `adjudicating` ------------------------------


SETTLE, OPEN = "settle", "open"
ADJUDICATION_EVENTS = (SETTLE, OPEN, RETRACT)
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


# What an event says; sent again it may find other answers or another definition.
_SAID = ("note_id", "variable", "codes", "reason", "adjudicator", "event")


def _adjudication_fault(row: Row) -> str:
    event = Adjudication._make(row)
    if fault := coder_fault(event.adjudicator):
        return fault
    return "" if answers_seen(event.seen) is not None else Phrase("fault_seen")


def answers_seen(seen: str) -> dict[str, str] | None:
    """Return what `seen` says; None if it cannot be read."""
    try:
        found = json.loads(seen)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not all(isinstance(codes, str) for codes in found.values()):
        return None
    return found


ADJUDICATIONS = Format(Adjudication._fields, ADJUDICATION_EVENTS, _adjudication_fault, _SAID)


def adjudication_ledger(root: Path) -> Ledger[Adjudication]:
    """Return the ledger of the study in `root`."""
    return Ledger(root, "adjudicated", ADJUDICATIONS, Adjudication._make)


def present_in(seen: str) -> tuple[str, ...]:
    """Return the coders who were present, of what the ledger keeps; nobody where it cannot be read.

    Examples
    --------
    >>> present_in('{".present": "anna|bo", "anna": "tid"}'), present_in('{"anna": "tid"}')
    (('anna', 'bo'), ())
    """
    if PRESENT not in seen:  # most have none, and every entry is asked
        return ()
    return tuple(filter(None, (answers_seen(seen) or {}).get(PRESENT, "").split("|")))


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
