"""Taking in what comes back: what a file offers, what became of it, and all of it or nothing saved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import pandas as pd

from sekom_analysis.adjudications import same_answer
from sekom_analysis.decisions import Event, counting, history_table
from sekom_analysis.errors import DecisionError
from sekom_analysis.files import as_typed
from sekom_analysis.problems import Problem, problem_lines
from sekom_analysis.raw import study_option

Numbered = tuple[int, Event]
Cell = tuple[str, str, str]  # note, variable, pass
Question = tuple[str, str]
REPLACED_COLUMNS = ["note_id", "variable", "pass", "old", "new", "is_gone", "row"]
NONE_REPLACED = pd.DataFrame({name: pd.Series(dtype="str") for name in REPLACED_COLUMNS})
_MOST_LISTED = 10


class Collected(NamedTuple):
    """What a file brought.

    Attributes
    ----------
    coder : whose decisions they are; of a ledger its name, such as ``adjudicated``
    added : the new events, one row each, ``row`` being that in the file
    known : how many events of the file were here already
    refused : what cannot be taken, and why
    stale : notes that were coded before their text was changed; they are taken
    unfinished : lines that were cut off; they say nothing
    saved : whether `added` is in the coder's log now
    remarks : what was left as it is in the log, and is worth knowing
    replaced : answers that stood here and do so no longer: ``note_id``, ``variable``, ``pass``, ``old``,
        ``new``, ``is_gone`` (it is taken back, and nothing stands), and the ``row`` in the file
    """

    coder: str
    added: pd.DataFrame
    known: int
    refused: list[Problem]
    stale: list[Problem]
    unfinished: list[Problem]
    saved: bool = False
    remarks: Sequence[Problem] = ()
    replaced: pd.DataFrame = NONE_REPLACED


class Wish(NamedTuple):
    """How a file is to be taken.

    Attributes
    ----------
    coder : to whom its answers belong, whatever the file says; None: as it says
    same_person : answers that share nothing with those here are the same person's
    older : take answers of an older sheet too, and those that were taken back
    changed_texts : take answers to texts that have changed, however many
    """

    coder: str | None = None
    same_person: bool = False
    older: bool = False
    changed_texts: bool = False


class Offer(NamedTuple):
    """What a file of one coder offers, be it a page's, a sheet or a copied log.

    Attributes
    ----------
    file : name of the file
    coder : whose answers they are to be
    events : the new ones: row in the file, and the event in its pass and with the time that counts; a
        sheet's have no time, and get that of the saving
    known : how many answers of the file are here already
    refused, stale, unfinished, remarks : as in `Collected`
    other_texts : those of `stale` whose text is another one
    n_notes : how many notes the file answers
    last_event : the newest event of the coder that page or sheet was written with
    saved_at : when a page's file or a sheet was saved; a log bears its own times
    way : page, sheet or log
    here : ids of the events of the file that stand in the coder's log
    came : event_id -> the time that an event came with, where another counts
    redated : events of the log that get an earlier time, which the file has
    as_written : answers that a sheet was written with, and what is said where they are left out: they were
        changed elsewhere since
    other_wave : ids of events about the texts of an earlier wave; they are left out unless they are asked for
    copy : id of the page's copy or of the sheet; empty where it has none
    blank : questions, note and variable, that a sheet shows without an answer
    save : saves events of `events`
    """

    file: str
    coder: str
    events: list[Numbered]
    known: int
    refused: list[Problem]
    save: Callable[[list[Event]], object]
    stale: Sequence[Problem] = ()
    unfinished: Sequence[Problem] = ()
    remarks: Sequence[Problem] = ()
    other_texts: Sequence[Problem] = ()
    n_notes: int = 0
    last_event: str = ""
    saved_at: str = ""
    way: str = "log"
    here: Collection[str] = ()
    came: Mapping[str, str] = MappingProxyType({})
    redated: Sequence[Event] = ()
    other_wave: Collection[str] = ()
    as_written: Sequence[tuple[Numbered, Sequence[Problem]]] = ()
    copy: str = ""
    blank: Collection[tuple[str, str]] = ()

    def found(self) -> Collected:
        """Return it as what was found, before anything of it is saved."""
        is_timed = all(event.decided_at for _, event in self.events)
        added = history_table({self.coder: self.events}) if is_timed else self._in_order_of_rows()
        return Collected(
            self.coder,
            added,
            self.known,
            list(self.refused),
            list(self.stale),
            list(self.unfinished),
            remarks=list(self.remarks),
        )

    def _in_order_of_rows(self) -> pd.DataFrame:
        columns = history_table({}).columns
        return pd.DataFrame([(self.coder, *event, row) for row, event in self.events], columns=columns)


def command(path: Path, *options: str, root: Path | None = None) -> str:
    """Return the command that collects a file, as it can be typed here.

    Parameters
    ----------
    path : the file
    options : as they are typed
    root : the study's folder, which is named where the command would not find it; None: it would

    Examples
    --------
    >>> command(Path("svar anna.jsonl"), "--same-person")
    'sekom collect "svar anna.jsonl" --same-person'
    """
    words = [as_typed(path), *options, study_option(root)]
    return " ".join(["sekom collect", *filter(None, words)])


def settle(
    found: Collected,
    save: Callable[[], object],
    path: Path,
    *,
    dry_run: bool,
    keep_valid: bool,
    root: Path | None = None,
) -> Collected:
    """Save what a file brings, all of it or nothing unless `keep_valid`, and nothing in a dry run.

    Parameters
    ----------
    found : what was found in the file
    save : saves what is new in it
    path : the file
    root : the study's folder, as in `command`

    Raises
    ------
    DecisionError
        If something is refused; nothing is saved.
    """
    if dry_run:
        return found
    taken = len(found.added) + found.known
    if found.refused and not (keep_valid and taken):
        offered = f" With --keep-valid (in Python keep_valid=True) the other {taken} decisions are taken."
        rest = offered if taken and not keep_valid else ""
        lines = "\n".join(_lines(found.refused, path, root))
        msg = f"'{path.name}' cannot be taken in whole. Nothing was saved.{rest}\n{lines}"
        raise DecisionError(msg)
    save()
    return found._replace(saved=True)


def _lines(refused: Sequence[Problem], path: Path, root: Path | None) -> Iterator[str]:
    yield problem_lines(refused[:_MOST_LISTED])
    if len(refused) > _MOST_LISTED:
        every = command(path, "--dry-run", root=root)
        yield f"- and {len(refused) - _MOST_LISTED} more; all of them: {every}"


# --- what stands, and what no longer does -----------------------------------------------------------------


def cell_of(event: Event) -> Cell:
    """Return what an event is about."""
    return event.note_id, event.variable, event.pass_


def standing(events: Iterable[Event]) -> dict[Cell, Event]:
    """Fold events of one coder into the standing decisions, as `decisions.fold` does."""
    once: dict[str, Event] = {}
    for event in events:
        known = once.get(event.event_id)
        once[event.event_id] = event if known is None else min(event, known)
    found = {cell_of(event): event for event in sorted(counting(once.values())) if event.event != "skip"}
    return {cell: event for cell, event in found.items() if event.event == "decide"}


def standing_answers(events: Iterable[Event]) -> dict[Question, Event]:
    """Return question -> the last answer to it, whatever its pass."""
    found = sorted(standing(timed(events)).values())
    return {(event.note_id, event.variable): event for event in found}


def replaced(
    own: Sequence[Event], events: Sequence[tuple[int, Event]], redated: Sequence[Event] = ()
) -> pd.DataFrame:
    """Return the answers that stand and do so no longer once some events are added.

    Parameters
    ----------
    own : every event of a coder
    events : the new ones, with their rows in a file
    redated : events of `own` with the earlier times that they get
    """
    before = standing(own)
    after = standing(timed([*own, *redated, *(event for _, event in events)]))
    rows = {cell_of(event): row for row, event in events}
    found = []
    for cell, old in before.items():
        new = after.get(cell)
        if new is None or same_answer(new.codes) != same_answer(old.codes):
            codes = new.codes if new is not None else ""
            found.append((*cell, old.codes, codes, new is None, rows.get(cell)))
    table = pd.DataFrame(found, columns=REPLACED_COLUMNS)
    return table.astype({**dict.fromkeys(REPLACED_COLUMNS[:5], "str"), "is_gone": "bool", "row": "Int64"})


def timed(events: Iterable[Event]) -> list[Event]:
    """Give a time to events that get it only when they are saved: later than any, in their order."""
    return [
        event if event.decided_at else event._replace(decided_at=f"9{number:09}")
        for number, event in enumerate(events)
    ]
