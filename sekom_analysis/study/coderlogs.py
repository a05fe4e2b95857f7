"""The logs of all coders of a study, as they are on the disk now: which files are logs, and how whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.files import in_a_command, original_name
from sekom_analysis.basics.wording import Phrase, Problem, kind_of
from sekom_analysis.study.decisions import (
    AFTER_TALK,
    HIDDEN_LEDGERS,
    LEDGERS,
    Event,
    Question,
    by_question,
    coder_fault,
    fold,
    history_table,
    in_passes,
    moved,
    question_of,
)
from sekom_analysis.study.imports import FORM as IMPORTS
from sekom_analysis.study.imports import IMPORTS_FILE
from sekom_analysis.study.ledgers import ADJUDICATIONS as ADJUDICATED
from sekom_analysis.study.ledgers import PAIR_FORM as PAIRS
from sekom_analysis.study.ledgers import SHOWINGS, Blindness
from sekom_analysis.study.log import LOG, MARKS, Marked, coder_log, events_of, is_unreadable, loss_problem
from sekom_analysis.study.merges import MERGE_FORM as MERGES
from sekom_analysis.study.raw import CODED
from sekom_analysis.study.rows import DELIMITERS, EVENT_ID, as_utf8, cells_of, is_time, lines_of, row_of
from sekom_analysis.study.secret import is_secret

MOST_KEPT = 64  # tables; of the sample's report each is asked for about three times
EXPECTED = ("codebooks", "plans", "README.md")
FORMS = {"": LOG, "adjudicated": ADJUDICATED, "merges": MERGES, "pairs": PAIRS, "imports": IMPORTS}
FORMS[".shown"] = SHOWINGS
JOINED = ("adjudicated", "merges", "pairs", *HIDDEN_LEDGERS)  # ledgers that `collect` joins


class _Written(NamedTuple):
    """A coder's log as it is written: its rows, where any is of pass 3, and the lines that cannot be read."""

    rows: list[tuple[int, Event]]
    talked: set[Question]
    problems: list[Problem]


class AsRead(NamedTuple):
    """One coder's log as last read; ``passes`` event_id -> the pass that counts, if not the one written."""

    history: pd.DataFrame
    decisions: pd.DataFrame
    by_variable: dict[str, pd.DataFrame]
    problems: list[Problem]
    passes: dict[str, str]

    def of(self, variable: str | None) -> pd.DataFrame:
        """Return the standing decisions on one variable, or on all."""
        if variable is None:
            return self.decisions
        return self.by_variable.get(variable, self.decisions.iloc[:0])


class Doubled(NamedTuple):
    """A log whose events are in another one too.

    Attributes
    ----------
    coder, other : the two, by the names of their files
    shared, n : how many of the `n` events are in both
    is_copy : whether it takes no part, since most of it is in the other
    is_settled : whether the other is known to be the coder's own
    """

    coder: str
    other: str
    shared: int
    n: int
    is_copy: bool
    is_settled: bool = True


class Sorted(NamedTuple):
    """What the files that could be logs are: coders' own, doubled, and others (a ledger's name or none)."""

    coders: frozenset[str]
    doubled: list[Doubled]
    others: dict[str, str]


class Faults(NamedTuple):
    """What is wrong with the logs as such.

    Attributes
    ----------
    problems : what makes numbers doubtful: lost, incomplete, saved again, or counting twice
    asides : files that are not read and hold nothing new
    lost : coders of whom nothing can be read, though there was something
    """

    problems: list[Problem]
    asides: list[Problem]
    lost: list[str]


class CoderLogs:
    """Reads logs; one again only when it has changed. Each event is in the pass that it counts in.

    That follows from the logs and the ledgers as they are now, so that it does not matter in which order
    copies came together, or what an older version wrote down.

    Parameters
    ----------
    root : the study's folder
    named : ids of the coders whom the study's file names
    """

    def __init__(self, root: Path, named: Collection[str] = ()) -> None:
        self.root = root
        self._named = frozenset(named)
        self._sorting: tuple[object, Sorted] | None = None
        self._blindness = Blindness(root)
        self._written: dict[str, tuple[object, _Written]] = {}
        self._read: dict[str, tuple[_Written, object, AsRead]] = {}
        self._kept: dict[Hashable, tuple[list[AsRead], pd.DataFrame]] = {}

    def coders(self) -> set[str]:
        """Return the ids of the coders who have a log; a file that repeats another's log is none."""
        return set(self._sorted().coders)

    def _sorted(self) -> Sorted:
        """Tell logs from other files; anew only when one has changed."""
        found = (self.root / CODED).glob("*.csv")
        names = sorted(path.stem for path in found if not coder_fault(path.stem))
        key = tuple((name, coder_log(self.root, name).mark()) for name in names)
        if self._sorting is None or self._sorting[0] != key:
            others = {name: what for name in names if (what := self._no_log(name)) is not None}
            logs = [name for name in names if name not in others]
            doubled = self._doubled({name: self.read(name).history["event_id"] for name in logs})
            copies = {one.coder for one in doubled if one.is_copy}
            made = Sorted(frozenset(logs) - copies, doubled, others)
            if any(is_unreadable(self.read(name).problems) for name in names):
                return made
            self._sorting = key, made
        return self._sorting[1]

    def _no_log(self, name: str) -> str | None:
        """Return the ledger that a file is a copy of, "" if it is none either; None if it is a log."""
        as_read = self.read(name)
        if len(as_read.history) or not as_read.problems or is_unreadable(as_read.problems):
            return None
        ledger, ids = _held(self.root / CODED / f"{name}.csv")
        is_known = name in self._named or coder_log(self.root, name).marked().ids
        return ledger if ids else None if is_known else ""

    def _doubled(self, ids: Mapping[str, pd.Series]) -> list[Doubled]:
        """Find the logs that share events, and which of those is the coder's own."""
        shared = _shared(ids)
        alike = {pair for pair, n in shared.items() if 2 * n > min(len(ids[name]) for name in pair)}
        found = []
        for group in _joined_up(alike):
            own = self._own(group)
            for name in sorted(group - {own}):
                most = Counter({other: _of(shared, name, other) for other in sorted(group - {name})})
                other = own if own is not None and most[own] else most.most_common(1)[0][0]
                found.append(Doubled(name, other, most[other], len(ids[name]), True, own is not None))
        copies = {one.coder for one in found}
        for (name, other), n in sorted(shared.items()):
            if not copies & {name, other}:
                found.append(Doubled(name, other, n, len(ids[name]), False))
        return found

    def _own(self, names: Collection[str]) -> str | None:
        """Return which of several logs that repeat each other is the coder's own; None if nothing says.

        What decides: that the study's file names one alone; that only one holds all that its marks say; that
        the others' names begin with it.
        """
        left = sorted(names)
        for fits in (self._is_named, self._holds_its_marks, _begins):
            left = [name for name in left if fits(name, left)] or left
            if len(left) == 1:
                return left[0]
        return None

    def _is_named(self, name: str, among: Collection[str]) -> bool:
        return name in self._named

    def _holds_its_marks(self, name: str, among: Collection[str]) -> bool:
        marked = coder_log(self.root, name).marked()
        return _is_whole(marked, self.read(name).history["event_id"])

    def faults(self) -> Faults:
        """Say what is wrong with the logs as such: what is gone, incomplete, saved again, or there twice."""
        marked = dict(self._marks())  # before the logs: a log has what its marks name
        sorting = self._sorted()
        logs = {name: self.read(name) for name in (*sorting.coders, *(one.coder for one in sorting.doubled))}
        ids = {name: set(as_read.history["event_id"]) for name, as_read in logs.items()}
        strays = [_stray(self.root, path, ids, self._named) for path in self._strange(sorting)]
        beside = {name: set[str]() for name in ids}
        for one in sorting.doubled:
            beside.setdefault(one.other, set()).update(ids[one.coder] if one.is_copy else ())
        for stray in strays:
            beside.setdefault(stray.own, set()).update(stray.ids)
        problems, lost = self._losses(marked, ids, beside)
        problems += [
            problem for name in sorted(logs) for problem in logs[name].problems if _is_resaved(problem)
        ]
        problems += [_doubled_problem(one, ids) for one in sorting.doubled]
        problems += [stray.problem for stray in strays if stray.has_new]
        nothing_read = [name for name in sorting.coders if not ids[name] and logs[name].problems]
        undecided = [one.coder for one in sorting.doubled if one.is_copy and not one.is_settled]
        return Faults(
            problems,
            [stray.problem for stray in strays if not stray.has_new],
            sorted({*lost, *nothing_read, *undecided}),
        )

    def taken_losses(self) -> list[Problem]:
        """Say whether the ledger of what was taken in lacks entries that it held: no number hangs on it."""
        marked = coder_log(self.root, ".taken").marked()
        path = self.root / CODED / ".taken.csv"
        return loss_problem(path, marked, _ids_in(path))

    def unreadable_lines(self) -> list[Problem]:
        """Say in how many lines something may be lost: those of logs that are not known to be whole."""
        found = []
        for name in sorted(self.coders()):
            marked = coder_log(self.root, name).marked()
            as_read = self.read(name)
            n = sum(kind_of(problem) == "problem_damaged_line" for problem in as_read.problems)
            if is_unreadable(as_read.problems):
                found += as_read.problems
            elif n and not _is_whole(marked, as_read.history["event_id"]):
                found.append(Problem.of(f"{name}.csv", None, "damaged_lines", n=n))
        return found

    def _marks(self) -> Iterator[tuple[str, Marked]]:
        for path in sorted((self.root / MARKS).glob("*.csv")):
            if not coder_fault(path.stem):
                yield path.stem, coder_log(self.root, path.stem).marked()

    def _losses(
        self, marked: Mapping[str, Marked], ids: Mapping[str, set[str]], beside: Mapping[str, set[str]]
    ) -> tuple[list[Problem], list[str]]:
        """List what logs are known to lack, and the coders of whom everything is gone.

        Rows that are in a second copy beside the log are not lost, but not joined yet: the copy is listed.
        """
        problems, lost, gone = [], [], []
        for name, marks in marked.items():
            path = self.root / CODED / f"{name}.csv"
            here = ids.get(name, set())
            if name in ids and is_unreadable(self.read(name).problems):
                continue
            if marks.n_most and not here:
                if not path.exists() and any(_is_whole(marks, own) for own in ids.values()):
                    continue  # the file has another name now
                lost.append(name)
                gone += [] if path.exists() else [path.name]
            if path.exists():
                problems += loss_problem(path, marks, here | beside.get(name, set()) if here else here)
        if gone:
            n = sum(marked[Path(file).stem].n_most for file in gone)
            kind, file = ("log_gone", gone[0]) if len(gone) == 1 else ("logs_gone", CODED.as_posix())
            names = ", ".join(gone)
            problems.insert(0, Problem.of(file, None, kind, file=names, n=n, of=n))
        return problems, lost

    def _strange(self, sorting: Sorted) -> Iterator[Path]:
        """Files among the logs that are nobody's log, such as a sync program's second copy."""
        folder = self.root / CODED
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            if path.name in EXPECTED or path.stem in LEDGERS or is_secret(path) or _is_aside(path):
                continue
            if path.suffix != ".csv" or coder_fault(path.stem) or path.stem in sorting.others:
                yield path
        for path in sorted((self.root / "data").glob("*.csv")):
            if path.stem != "imports" and original_name(path.name, ["imports"]) == "imports":
                yield path

    def read(self, coder: str) -> AsRead:
        """Return one coder's log."""
        written, mark = self._as_written(coder), self._blindness.mark()
        before = self._read.get(coder)
        if before is None or before[0] is not written or before[1] is not mark:
            passes = self._moved(coder, written)
            is_same = before is not None and before[0] is written and before[2].passes == passes
            as_read = before[2] if before is not None and is_same else _as_read(coder, written, passes)
            self._read[coder] = (written, mark, as_read)
        return self._read[coder][2]

    def _moved(self, coder: str, written: _Written) -> dict[str, str]:
        """Return event_id -> the pass that counts, looking only where anything bears on it."""
        bears, talked = self._blindness.bears(coder), written.talked
        found = [
            event for _, event in written.rows if question_of(event) in talked or bears(question_of(event))
        ]
        return moved(by_question(found), lambda question: self._blindness.known(coder, question))

    def _as_written(self, coder: str) -> _Written:
        log = coder_log(self.root, coder)
        mark = log.mark()
        if coder not in self._written or self._written[coder][0] != mark:
            rows, problems = log.read()
            events = events_of(rows)
            talked = {question_of(e) for _, e in events if e.pass_ == str(AFTER_TALK)}
            written = _Written(events, talked, problems)
            if is_unreadable(problems):  # it may be readable the next time
                return written
            self._written[coder] = (mark, written)
        return self._written[coder][1]

    def history(self, coders: Collection[str]) -> pd.DataFrame:
        """Return every event of some coders, in the order in which they count."""
        return _joined([self.read(coder).history for coder in coders]) if coders else history_table({})

    def decisions(self, coders: Collection[str], variable: str | None = None) -> pd.DataFrame:
        """Return the standing decisions of some coders, on one variable or on all."""
        if not coders:
            return fold(history_table({}))
        return self.kept(
            ("decisions", variable),
            coders,
            lambda: _joined([self.read(coder).of(variable) for coder in coders]),
        )

    def kept(
        self, asked: Hashable, coders: Collection[str], make: Callable[[], pd.DataFrame]
    ) -> pd.DataFrame:
        """Return a table made from some coders' logs; made again only when one of these has changed.

        Parameters
        ----------
        asked : what distinguishes this table from others
        coders : whose logs it is made from, in their order
        make : makes it
        """
        logs = [self.read(coder) for coder in coders]
        key = (asked, *coders)
        made = self._kept.pop(key, None)
        if made is None or any(before is not now for before, now in zip(made[0], logs, strict=True)):
            made = (logs, make())
        self._kept[key] = made  # the last one asked for goes last
        if len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return made[1].copy(deep=False)


def _as_read(coder: str, written: _Written, passes: dict[str, str]) -> AsRead:
    history = history_table({coder: in_passes(written.rows, passes)})
    decisions = fold(history)
    parts = {str(name): part for name, part in decisions.groupby("variable", sort=False)}
    return AsRead(history, decisions, parts, written.problems, passes)


def _joined(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return tables of several coders joined, in the order of time."""
    if len(tables) == 1:
        return tables[0].reset_index(drop=True)
    joined = pd.concat(tables)
    return joined.sort_values(["decided_at", "event_id"], kind="stable", ignore_index=True)


def _is_aside(path: Path) -> bool:
    """Whether a file is a hidden one: of a program's own, or a ledger that nobody looks into, but no copy."""
    is_hidden, name = path.name.startswith("."), original_name(path.name, HIDDEN_LEDGERS)
    return is_hidden and (name not in HIDDEN_LEDGERS or path.stem == name)


def _begins(name: str, among: Collection[str]) -> bool:
    """Whether all the names begin with this one."""
    return all(other.startswith(name) for other in among)


def _is_whole(marked: Marked, ids: Collection[str]) -> bool:
    """Whether there are marks, and all that they name is there."""
    return bool(marked.ids) and marked.lost(set(ids)) is None


def _is_resaved(problem: Problem) -> bool:
    return kind_of(problem) == "problem_resaved"


def _shared(ids: Mapping[str, pd.Series]) -> Counter[tuple[str, str]]:
    """Count the events that are in two logs, by the two."""
    if len(ids) < 2:
        return Counter()
    every = pd.concat([pd.Series(name, index=own.to_numpy()) for name, own in ids.items()])
    twice = every[every.index.duplicated(keep=False)]
    owners: dict[object, list[str]] = {}
    for event_id, name in twice.items():
        owners.setdefault(event_id, []).append(str(name))
    return Counter(pair for names in owners.values() for pair in combinations(sorted(names), 2))


def _of(shared: Counter[tuple[str, str]], one: str, other: str) -> int:
    return shared[min(one, other), max(one, other)]


def _joined_up(pairs: Collection[tuple[str, str]]) -> list[set[str]]:
    """Return the groups whose members hang together by pairs."""
    groups: list[set[str]] = []
    for pair in sorted(pairs):
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched]
        groups.append(set(pair).union(*touched))
    return groups


def _doubled_problem(one: Doubled, ids: Mapping[str, set[str]]) -> Problem:
    new = len(ids[one.coder] - ids[one.other])
    kind = "undecided" if not one.is_settled else "doubled" if one.is_copy else "shared"
    if kind == "doubled" and not new:
        kind = "doubled_same"
    command = _command(CODED / f"{one.coder}.csv", one.other)
    said = {"shared": one.shared, "n": one.n, "other": f"{one.other}.csv", "new": new, "command": command}
    return Problem.of(f"{one.coder}.csv", None, kind, **said)


def _command(path: Path, coder: str = "") -> str:
    whose = f" --coder {coder}" if coder else ""
    return f"sekom collect {in_a_command(path.as_posix())}{whose}"


class _Stray(NamedTuple):
    """A file that is not a log of its own: a copy of what, with which events, what is new, what to say."""

    own: str
    ids: set[str]
    has_new: bool
    problem: Problem


def _stray(root: Path, path: Path, logs: Mapping[str, set[str]], named: Collection[str]) -> _Stray:
    """Tell by content, then by name, what a file that is nobody's log is a second copy of."""
    place = path.relative_to(root)
    ledger, ids = _held(path) if path.is_file() else ("", set())
    ledgers = (*LEDGERS, *HIDDEN_LEDGERS)
    by_name = original_name(path.name, {*logs, *named, *ledgers})
    if ledger or (by_name in ledgers and not ids):
        return _stray_ledger(root, place, ledger or by_name)
    own = max(logs, key=lambda name: len(logs[name] & ids), default="")
    shared = len(logs.get(own, set()) & ids)
    if not shared and ids and by_name in {*logs, *named}:
        said = {"own": f"{by_name}.csv", "n": len(ids), "command": _command(place, by_name)}
        return _Stray(by_name, ids, True, Problem.of(path.name, None, "second_apart", **said))
    if not shared:
        fault = coder_fault(path.stem) if path.suffix == ".csv" else Phrase("fault_log_name")
        problem = Problem.of(path.name, None, "strange_file", fault=fault or Phrase("fault_no_log"))
        return _Stray("", ids, bool(ids), problem)
    new = len(ids - logs[own])
    said = {"own": f"{own}.csv", "new": new, "n": len(ids), "command": _command(place, own)}
    kind = "second_copy" if new else "second_copy_same"
    return _Stray(own, ids, bool(new), Problem.of(path.name, None, kind, **said))


def _stray_ledger(root: Path, place: Path, ledger: str) -> _Stray:
    own = root / (IMPORTS_FILE if ledger == "imports" else CODED / f"{ledger}.csv")
    ids = _ids_in(root / place)
    new = len(ids - _ids_in(own))
    kind = "second_plan" if ledger not in JOINED else "second_ledger" if new else "second_ledger_same"
    said = {"own": own.name, "new": new, "n": len(ids), "command": _command(place)}
    return _Stray(ledger, ids, bool(new), Problem.of(place.name, None, kind, **said))


def _held(path: Path) -> tuple[str, set[str]]:
    """Return the ledger whose rows a file holds, "" for a log, and the ids of its events, if it holds any."""
    try:
        data = as_utf8(path.read_bytes())
    except OSError:
        return "", set()
    for ledger, form in FORMS.items():
        rows = (row_of(line, form) for _, line in lines_of(data, form) if line)
        ids = {row[1] for row, fault in rows if not fault}
        if ids:
            return ledger, ids
    return "", set()


def _ids_in(path: Path) -> set[str]:
    """Return the ids of the events that a log or ledger holds, whatever its further columns."""
    try:
        lines = as_utf8(path.read_bytes()).decode("utf-8", "replace").splitlines()
    except OSError:
        return set()
    rows = (cells_of(line, sign) for line in lines for sign in DELIMITERS)
    return {row[1] for row in rows if len(row) > 2 and is_time(row[0]) and EVENT_ID.fullmatch(row[1])}
