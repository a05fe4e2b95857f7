"""Ledgers beside the coders' logs: what people settle about notes, one append-only file for each kind.

A ledger is written as the logs are, by several people at once, and read in
the order of (decided_at, event_id): two copies that went apart are joined as
a union of their events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

import pandas as pd
import yaml

from sekom_analysis.basics.errors import NotSavedError
from sekom_analysis.basics.files import original_name, reason_of, write_whole
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.basics.yamlfile import dump_yaml, load_yaml, read_yaml_text
from sekom_analysis.study.codebook import FLAG, FLAG_VARIABLE, Variable
from sekom_analysis.study.decisions import coder_fault
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


# --- every definition that was ever coded with: ``data/coded/codebooks/<version>.yaml``, one a variable ---


FOLDER = "codebooks"


class Definitions:
    """The kept definitions beside one folder of logs; a file read once is not read again.

    Parameters
    ----------
    folder : ``data/coded``, or wherever copied logs and their ``codebooks`` lie
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / FOLDER
        self._known: dict[str, Variable] = {FLAG_VARIABLE.version: FLAG_VARIABLE}
        self._broken: dict[str, Problem] = {}

    def read(self) -> Mapping[str, Variable]:
        """Return the variables as they were seen, by version."""
        for path in sorted(self.folder.glob("*.yaml")):
            if path.stem not in self._known:
                self._read(path)
        return self._known

    def problems(self) -> list[Problem]:
        """List the files that are not what their name says."""
        self.read()
        return list(self._broken.values())

    def _read(self, path: Path) -> None:
        variable = read_definition(path)
        if variable is not None and variable.version == path.stem:
            self._known[path.stem] = variable
            self._broken.pop(path.stem, None)
            return
        if variable is not None and original_name(path.name, {variable.version}) == variable.version:
            self._known.setdefault(variable.version, variable)  # a second copy says the same as the first
            return
        file = f"{FOLDER}/{path.name}"
        if variable is None:
            self._broken[path.stem] = Problem.of(file, None, "definition_unreadable")
            return
        held = {"version": variable.version, "variable": variable.id}
        self._broken[path.stem] = Problem.of(file, None, "definition_other", **held)


def read_definition(path: Path) -> Variable | None:
    """Return the variable that a file holds; None if it holds none."""
    try:
        return _variable(load_yaml(read_yaml_text(path)))
    except (yaml.YAMLError, ValueError, OSError, RecursionError):
        return None


def _variable(data: object) -> Variable:
    if isinstance(data, dict) and data.get("id") == FLAG:
        return FLAG_VARIABLE.model_copy(update={"codes": Variable.model_validate(data).codes})
    return Variable.model_validate(data)


def keep(root: Path, variables: Iterable[Variable]) -> None:
    """Keep variables as they are seen now, unless they are kept already.

    Raises
    ------
    NotSavedError
        If the disk does not take them.
    """
    for variable in variables:
        path = root / CODED / FOLDER / f"{variable.version}.yaml"
        seen = read_definition(path)
        if seen is not None and seen.version == variable.version:
            continue
        try:  # the name is a hash of the content: what holds anything else is damaged, and mended here
            write_whole(path, _yaml(variable))
        except OSError as error:
            msg = f"{path.name}: cannot be written ({reason_of(error)}). Nothing was saved."
            raise NotSavedError(msg) from error


def _yaml(variable: Variable) -> bytes:
    kept = variable.model_dump(mode="json", exclude_none=True, exclude={"codes_from"})
    return dump_yaml(kept).encode("utf-8")


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
