"""Taking in a file that came back, whatever its kind: a sheet, a page's answers, a copied log or ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from sekom_analysis.basics.errors import DecisionError, SekomError
from sekom_analysis.basics.files import file_hash, patiently, reason_of
from sekom_analysis.basics.wording import Problem, problem_lines
from sekom_analysis.exchange.answers_file import Reading, event_ids, is_progress_file, read_progress
from sekom_analysis.exchange.copies import ledger_of, weigh_ledger, weigh_log
from sekom_analysis.exchange.returned import coder_of, read_log_copy
from sekom_analysis.exchange.sheet_file import is_coding_sheet
from sekom_analysis.exchange.sheet_reading import event_id_of, read_coding_sheet
from sekom_analysis.exchange.takings import Offer, Takings, command, replaced
from sekom_analysis.exchange.undoing import countering, offer_of_undoing, save_undoing
from sekom_analysis.exchange.weighing import Judge
from sekom_analysis.formats.guarded import LIMITS, MEGABYTE, megabytes
from sekom_analysis.formats.tables import WORKBOOKS
from sekom_analysis.formats.workbook_reading import Book
from sekom_analysis.study.codebook import PROPOSAL, Variable, asked_by
from sekom_analysis.study.decisions import AFTER_TALK, Event, coder_fault, events_in, question_of
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.imports import Collected, Wish
from sekom_analysis.study.log import coder_log, row_of_event
from sekom_analysis.study.raw import CODED, Raw
from sekom_analysis.study.rows import is_time, utc_text

# --- what a coding page sent back, as it is held against the study ------------------------------------


def weigh_progress(path: Path, desk: Callable[[str], Desk], coder: str | None = None) -> Offer:
    """Return what a progress file offers, with the times it was made.

    Parameters
    ----------
    path : the file
    desk : gives the desk of a coder
    coder : to whom the answers belong; left out, the file says so itself

    Raises
    ------
    DecisionError
        If `coder` cannot be a coder's id.
    """
    reading = read_progress(path, lambda said: desk(coder if coder is not None else said))
    own = desk(reading.coder) if reading.events else None
    events = events_of(reading.events, own)
    came = {
        event.event_id: time
        for event, time in zip(events, reading.came, strict=True)
        if time > event.decided_at
    }

    def save(wanted: Sequence[Event]) -> None:
        if own is not None and wanted:
            own.take_in(wanted)

    here = set(event_ids(path)) - {event.event_id for event in events} if reading.known else set()
    offer = offer_of(reading, path.name, events, save, "page")
    return offer._replace(here=here, came=came, other_wave=reading.other_wave)


def events_of(rows: Iterable[Mapping[str, str]], desk: Desk | None) -> list[Event]:
    """Return the events of a reading, each in the pass that it counts in."""
    events = [
        Event(**{"decided_at": "", "note_hash": "", **{_field(name): text for name, text in row.items()}})
        for row in rows
    ]
    return desk.in_their_passes(events) if desk is not None else []


def offer_of(
    reading: Reading, file: str, events: Sequence[Event], save: Callable[[Sequence[Event]], object], way: str
) -> Offer:
    """Return what a page's answers or a sheet offer."""
    return Offer(
        file,
        reading.coder,
        list(zip(reading.rows, events, strict=True)),
        reading.known,
        reading.problems,
        save,
        reading.stale,
        (),
        reading.remarks,
        reading.other_texts,
        reading.n_notes,
        reading.last_event,
        reading.saved_at,
        way,
        copy=reading.copy,
        blank=reading.blank,
    )


def _field(column: str) -> str:
    return "pass_" if column == "pass" else column


# --- what a coding sheet offers, as it is held against the study --------------------------------------


def weigh_sheet(path: Path, desk: Callable[[str], Desk], coder: str | None = None) -> Offer:
    """Return what a coding sheet offers.

    Parameters
    ----------
    path : the file
    desk : gives the desk of a coder
    coder : to whom the answers belong; left out, the sheet says so itself

    Raises
    ------
    DecisionError
        If `coder` cannot be a coder's id.
    """
    reading = read_coding_sheet(path, lambda said: desk(coder if coder is not None else said))
    own = desk(reading.coder) if reading.coder else None
    events = events_of(reading.events, own)
    unchanged = events_of([one.event for one in reading.as_written], own)
    as_written = [
        ((one.row, event), one.told) for one, event in zip(reading.as_written, unchanged, strict=True)
    ]

    def save(wanted: Sequence[Event]) -> None:
        given = [*reading.events, *(one.event for one in reading.as_written)]
        fields = {(one["note_id"], asked_by(one["variable"], one["codes"])): one for one in given}
        if own is not None:
            own.record([{**fields[question_of(e)], "event_id": e.event_id} for e in wanted])

    ids = set(sheet_event_ids(path, own)) & set(own.history()["event_id"]) if own is not None else set()
    offer = offer_of(reading, path.name, events, save, "sheet")
    return offer._replace(here=ids, as_written=as_written)


def sheet_event_ids(path: Path, desk: Desk) -> Iterable[str]:
    """Return the ids of all events that a sheet can give: they are made of what the file holds."""
    digest = file_hash(path)
    names = {*desk.codebook.ids, *desk.history()["variable"]}
    names |= {asked_by(PROPOSAL, name) for name in names}
    return [event_id_of(digest, str(note_id), name) for note_id in desk.notes.index for name in names]


# --- files as they arrive: what can be collected at all, and which of several was made first ----------


LOG_BYTES = 200 * MEGABYTE  # 100,000 notes with five questions each
_WORDS = (".doc", ".docx", ".odt", ".rtf", ".pdf", ".eml", ".msg")
_HOW_PAGE = (
    "no answers are in it: they are kept in the coder's browser. Ask for the answers file, which the page "
    "makes by the button 'Download the answers file' ('Ladda ner svarsfilen'): answers-STUDY-CODER.jsonl or "
    "svar-STUDY-CODER.jsonl"
)
_TIME = re.compile(r"2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_HEAD = 4_000
_MOST_LISTED = 10


def check_arrival(path: Path) -> None:
    """Refuse what cannot be collected whatever it holds, before it is read.

    Raises
    ------
    DecisionError
        With what it seems to be, and what to send instead.
    """
    if fault := _fault(path):
        msg = f"'{path.name}' {fault}. Nothing was saved."
        raise DecisionError(msg)


def _fault(path: Path) -> str:
    ending = path.suffix.lower()
    if ending in (".html", ".htm"):
        return f"is a page, and {_HOW_PAGE}"
    if ending == ".zip":
        return "is packed. Unpack it, and collect what is in it"
    if ending in _WORDS:
        return "is a text or a mail: save what is attached to it as a file of its own, and collect that"
    if path.is_dir():
        return "is a folder: name the files in it"
    if not path.exists():
        return f"is not in '{path.resolve().parent}': check the name and the folder"
    try:
        with patiently(lambda: path.open("rb")) as file:
            file.read(1)
    except OSError as error:
        return (
            f"cannot be read: {reason_of(error)}. Close it in other programs, or copy it to where it can be"
        )
    most = LIMITS.file_bytes if ending in WORKBOOKS else LOG_BYTES
    if path.is_file() and path.stat().st_size > most:
        size = megabytes(path.stat().st_size)
        return f"is {size} large, and at most {megabytes(most)} are read: no coder's answers are that large"
    return ""


ANSWERS, SHEET, LOG = KINDS = "answers of a page", "coding sheet", "coder's log"


def kind_of(path: Path) -> str:
    """Return what a file is by what it holds, one of `KINDS`; for a copy of a ledger the ledger's name."""
    if is_progress_file(path):
        return ANSWERS
    if name := ledger_of(path):
        return name
    return SHEET if is_coding_sheet(path) else LOG


def in_order_of_making(paths: Iterable[Path]) -> list[Path]:
    """Return files in the order in which they are to be taken: ledgers, then the rest, the oldest first.

    Ledgers come first since they say which answers of a log came after others' could be seen. A file that
    does not say when it was made keeps its place behind those that do.
    """
    return sorted(paths, key=lambda path: (ledger_of(path) == "", _made(path) or "9"))


def _made(path: Path) -> str:
    """Return when a file was made, as far as it says so itself: UTC; empty if it does not."""
    try:
        if path.suffix.lower() in WORKBOOKS:
            return _saved_at(path)
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, path.stat().st_size - _HEAD))
            tail = file.read()
    except (OSError, SekomError):
        return ""
    return _written(head) or max(_TIME.findall(tail.decode("utf-8", "replace")), default="")


def _written(head: bytes) -> str:
    """Return when a page says that it wrote its answers."""
    try:
        found = json.loads(head.decode("utf-8-sig").splitlines()[0])["written"]
    except (ValueError, LookupError, TypeError):
        return ""
    return found if isinstance(found, str) and is_time(found) else ""


def _saved_at(path: Path) -> str:
    """Return when a workbook was saved, as it says itself, UTC as in a log; empty if it does not."""
    with Book(path.read_bytes(), path.name) as book:
        return utc_text(book.saved_at) if book.saved_at else ""


# --- taking in a file that came back, whatever its kind -----------------------------------------------


class Collector:
    """What deliveries to one study are held against.

    Parameters
    ----------
    raw : the study's notes and codebook
    desk : gives the desk of a coder
    histories : gives every event of each coder who has a log
    kept : gives the definitions kept, by version
    """

    def __init__(
        self,
        raw: Raw,
        desk: Callable[[str], Desk],
        histories: Callable[[], Mapping[str, pd.DataFrame]],
        kept: Callable[[], Mapping[str, Variable]],
    ) -> None:
        self._raw, self._desk, self._histories, self._kept = raw, desk, histories, kept

    def collect(self, path: Path, wish: Wish, *, dry_run: bool, keep_valid: bool) -> Collected:
        """Take a file in; see `Study.collect`."""
        check_arrival(path)
        kind = kind_of(path)
        if kind not in KINDS:
            weighed = weigh_ledger(self._raw, path, kind)
            return settle(*weighed, path, dry_run=dry_run, keep_valid=keep_valid, root=self._raw.root)
        histories = self._histories_beside(path)
        offer = self._offer(path, kind, wish.coder, histories)
        logs = {coder: events_in(history) for coder, history in histories.items()}
        takings = Takings(self._raw.root)
        copies, saved = takings.of_copy(offer.copy), takings.saved()
        judge = Judge(offer, logs, wish, path, self._raw.root, copies, saved)
        found = judge.found()
        offer = judge.offer
        again = judge.taken_back() if wish.older else []
        if again:
            found = _with_again(found, judge, again)
        found = found._replace(remarks=[*found.remarks, *self._late(found, path.name)])

        def save() -> None:
            self._save(path, offer, found, takings)
            if judge.earlier:
                self._desk(offer.coder).take_in(judge.earlier)

        return settle(found, save, path, dry_run=dry_run, keep_valid=keep_valid, root=self._raw.root)

    def undo(self, path: Path, coder: str | None, *, dry_run: bool) -> Collected:
        """Take a file back; see `Study.undo_collect`."""
        check_arrival(path)
        kind = kind_of(path)
        if kind not in KINDS:
            msg = (
                f"'{path.name}' is a copy of the ledger '{kind}', whose entries are taken back one by one, "
                f"each with a new one. Nothing was saved."
            )
            raise DecisionError(msg)
        logs = {name: events_in(history) for name, history in self._histories_beside(path).items()}
        found = offer_of_undoing(self._raw.root, path, coder, logs, lambda: self._ids_in(path, kind))
        if dry_run or found.added.empty:
            return found
        save_undoing(self._raw.root, path, found)
        return found._replace(saved=True)

    def _histories_beside(self, path: Path) -> Mapping[str, pd.DataFrame]:
        """Return the logs except the file itself, where it is a second copy that is among them."""
        histories = dict(self._histories())
        if path.resolve().parent == (self._raw.root / CODED).resolve():
            others = [coder for coder in (*histories, *self._raw.about.coders) if coder != path.stem]
            if coder_of(path, others) in others:
                histories.pop(path.stem, None)
        return histories

    def _offer(
        self, path: Path, kind: str, coder: str | None, histories: Mapping[str, pd.DataFrame]
    ) -> Offer:
        """Return what a file of a kind offers."""
        if fault := coder_fault(coder) if coder is not None else "":
            msg = f"{fault}. Nothing was saved."
            raise DecisionError(msg)
        if kind == SHEET:
            return weigh_sheet(path, self._desk, coder)
        if kind == ANSWERS:
            return weigh_progress(path, self._desk, coder)
        whose = coder or self._whose(path, histories)
        return weigh_log(self._raw, read_log_copy(path), self._desk(whose), histories, self._kept())

    def _whose(self, path: Path, histories: Mapping[str, pd.DataFrame]) -> str:
        """Return whose log a file is by its name."""
        names = {*histories, *self._raw.about.coders}
        told = coder_of(path, names if path.stem in histories else names - {path.stem} or names)
        if not told:
            msg = (
                f"the name '{path.name}' does not say whose log it is; say so with coder=. Nothing was "
                f"saved. On the command line: {command(path, '--coder ID', root=self._raw.root)}"
            )
            raise DecisionError(msg)
        return told

    def _save(self, path: Path, offer: Offer, found: Collected, takings: Takings) -> None:
        """Save what was found, and which file it is from."""
        ids = list(found.added["event_id"])
        if ids:
            takings.note(offer.coder, path, ids, offer.came, copy=offer.copy, saved_at=offer.saved_at)
        offer.save([event for _, event in offer.events if event.event_id in set(ids)])
        brought = {event.event_id for _, event in offer.events}
        again = [event for event in events_in(found.added) if event.event_id not in brought]
        if again:
            coder_log(self._raw.root, offer.coder).append(list(map(row_of_event, again)))

    def _ids_in(self, path: Path, kind: str) -> Iterable[str]:
        """Return the ids of all events that a file of a kind holds."""
        if kind == SHEET:
            first = next(iter(self._histories()), "a")
            return sheet_event_ids(path, self._desk(first))
        if kind == ANSWERS:
            return event_ids(path)
        return [event.event_id for _, event in read_log_copy(path).events]

    def _late(self, found: Collected, file: str) -> Iterator[Problem]:
        """Say how many answers are not independent."""
        late = found.added["pass"] == str(AFTER_TALK)
        if late.any():
            yield Problem.of(file, None, "late_answers", n=int(late.sum()))


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
        lines = "\n".join(_refused_lines(found.refused, path, root))
        msg = f"'{path.name}' cannot be taken in whole. Nothing was saved.{rest}\n{lines}"
        raise DecisionError(msg)
    save()
    return found._replace(saved=True)


def _refused_lines(refused: Sequence[Problem], path: Path, root: Path | None) -> Iterator[str]:
    yield problem_lines(refused[:_MOST_LISTED])
    if len(refused) > _MOST_LISTED:
        every = command(path, "--dry-run", root=root)
        yield f"- and {len(refused) - _MOST_LISTED} more; all of them: {every}"


def _with_again(found: Collected, judge: Judge, again: Iterable[Event]) -> Collected:
    """Add what makes answers count again that had been taken back, as they were."""
    ways = {event.event_id: event.via for event in judge.own}
    anew = [countering(event, ways) for event in again]
    rows = pd.DataFrame([(found.coder, *event, 0) for event in anew], columns=found.added.columns)
    brought = [*judge.offer.events, *((0, event) for event in anew)]
    return found._replace(
        added=pd.concat([found.added, rows], ignore_index=True), replaced=replaced(judge.own, brought)
    )
