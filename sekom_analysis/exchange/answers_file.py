"""Read the answers file of a coding page: what the log lacks, and every line that cannot be taken."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sekom_analysis.basics.files import patiently, reason_of
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.exchange.takings import Dates, Takings, believed_passes
from sekom_analysis.study.checks import named_first, was_possible
from sekom_analysis.study.codebook import PROPOSAL, RESERVED_VARIABLES, Definitions, as_in_log
from sekom_analysis.study.decisions import Event, Question, coder_fault, question_of
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.log import IDENTITY, LOG, coder_log
from sekom_analysis.study.raw import CODED
from sekom_analysis.study.rows import (
    answer_fault,
    field_faults,
    is_time,
    local_day,
    local_minute,
    utc_text,
    well_formed,
)
from sekom_analysis.study.secret import is_note_key
from sekom_analysis.study.selections import given_words

# --- what a file that came back holds, be it a page's answers or a coding sheet -----------------------


def known_by_text(file: str, n_notes: int) -> Iterator[Problem]:
    """Say that notes were known by their texts alone: their keys come from a secret that is not here."""
    if n_notes:
        yield Problem.of(file, None, "known_by_text", n=n_notes)


class AsWritten(NamedTuple):
    """An answer that a sheet was written with and still holds, though it was changed elsewhere since.

    It is left out; `event` makes it count again, if it was put back on purpose, and then `told` is untrue.
    """

    row: int
    event: dict[str, str]
    told: Sequence[Problem]


class Reading(NamedTuple):
    """What a page's answers or a coding sheet bring; nothing of it is saved yet.

    Attributes
    ----------
    coder : whose answers they are; empty where the file is of another kind
    events : fields of the events that the log does not hold yet, in the order made; those of a page with
        ``decided_at``
    problems : what cannot be taken: file, row, value, what is allowed
    stale : notes whose text has changed since the coder saw it
    remarks : what was left as it is in the log, and is worth knowing
    known : how many answers of the file the log holds already
    rows : the row or line of each event in the file
    copy : id of the page's copy or of the sheet; empty where an older program wrote it
    last_event : id of the newest event of the coder that page or sheet was written with; empty if none
    saved_at : when the file was last saved, UTC as in a log; empty where it does not say
    other_texts : those of `stale` whose text is another one, not the same with a typo corrected
    n_notes : how many different notes the file answers
    came : the times that the events came with, where they do not count from these; else as in `events`
    as_written : answers of a sheet that were changed elsewhere since; they are not among the events
    other_wave : ids of events about the texts of an earlier wave, which were under the same keys
    blank : questions, note and variable, that a sheet shows without an answer
    """

    coder: str
    events: list[dict[str, str]]
    problems: list[Problem]
    stale: Sequence[Problem] = ()
    remarks: Sequence[Problem] = ()
    known: int = 0
    rows: Sequence[int] = ()
    copy: str = ""
    last_event: str = ""
    saved_at: str = ""
    other_texts: Sequence[Problem] = ()
    n_notes: int = 0
    came: Sequence[str] = ()
    other_wave: Collection[str] = ()
    as_written: Sequence[AsWritten] = ()
    blank: Sequence[tuple[str, str]] = ()


# --- read the answers file of a coding page: what the log lacks, and every line that cannot be taken ---


KIND, VERSION, SUFFIXES = "sekom-answers", 1, (".jsonl", ".ndjson", ".json")
TEXTS = ("event_id", "key", "variable", "certainty", "memo", "event", "at")
_BEGINNING = 300
_FEW = 2  # so many notes may have other texts without being other notes, as on the page
Line = tuple[int, Mapping[str, Any]]


def is_progress_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a progress file by its name, or says so of itself."""
    if Path(path).suffix.lower() in SUFFIXES:
        return True
    text, _, _ = _text_of(Path(path))
    return KIND in text[:_BEGINNING]


def read_progress(path: str | os.PathLike[str], desk: Desk | Callable[[str], Desk]) -> Reading:
    """Read a progress file; nothing is saved.

    Times are those of the coder's browser, in the order in which they came;
    one that lies ahead of this computer's clock counts as of now (see
    `takings.Dates`). No event comes before one that was made earlier on
    the same page, whatever became of that one's time. The pass that a line
    names is believed only where it can be so (see `believed_passes`).

    Parameters
    ----------
    path : the file, as a coding page wrote it
    desk : the desk of the coder whose answers it must hold; or a function that is given the coder whom the
        file names, and gives the desk of the coder whose answers they are to be, such as ``study.desk``

    Returns
    -------
    Reading. The events are given without those that the problems name; to take all or nothing,
    look at the problems first.
    """
    path = Path(path)
    text, problems, remarks = _text_of(path)
    lines = _lines_of(text)
    head = _head_of(lines[0]) if lines else None
    if head is None:
        return Reading("", [], problems or [_no_answers_file(path.name, text)])
    coder = str(head.get("coder", ""))
    if fault := coder_fault(coder):
        return Reading("", [], [Problem.of(path.name, 1, "page_whose", fault=fault)])
    own = desk if isinstance(desk, Desk) else desk(coder)
    problems += _not_for(own, head, coder if isinstance(desk, Desk) else own.coder, path.name)
    if problems:
        return Reading(own.coder, [], problems)
    reader = _Reader(own, path.name, remarks)
    reader.read(lines[1:], head)
    return reader.reading(datetime.now(UTC), head)


def event_ids(path: Path) -> list[str]:
    """Return the ids of all events in a progress file, as far as its lines can be read."""
    found = [_parsed(line) or {} for _, line in _lines_of(_text_of(path)[0])]
    return [one["event_id"] for one in found if isinstance(one.get("event_id"), str)]


def _text_of(path: Path) -> tuple[str, list[Problem], list[Problem]]:
    """Return what a file says, why it cannot be read, and what is worth knowing of how it was saved."""
    try:
        data = patiently(path.read_bytes)
    except OSError as error:
        return "", [Problem.of(path.name, None, "page_unreadable", reason=reason_of(error))], []
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding), [], []
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), [], [Problem.of(path.name, None, "page_encoding")]


def _lines_of(text: str) -> list[tuple[int, str]]:
    lines = re.split(r"\r\n|\r|\n", text)
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _no_answers_file(file: str, text: str) -> Problem:
    """Say what a file without a first line that can be read seems to be."""
    if text.lstrip().startswith("[") and KIND in text:
        return Problem.of(file, 1, "page_list")
    if KIND in text:
        return Problem.of(file, 1, "page_first_line")
    return Problem.of(file, None, "page_none")


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _head_of(line: tuple[int, str]) -> dict[str, Any] | None:
    head = _parsed(line[1])
    return head if head is not None and head.get("file") == KIND else None


def _not_for(desk: Desk, head: Mapping[str, Any], coder: str, file: str, row: int = 1) -> Iterator[Problem]:
    if head.get("version") != VERSION:
        yield Problem.of(file, row, "page_version", found=repr(head.get("version")), version=VERSION)
    if head.get("study") != desk.study_id:
        yield Problem.of(file, row, "page_other_study", other=head.get("study"), study=desk.study_id)
    if coder != desk.coder:
        yield Problem.of(file, row, "page_other_coder", other=coder, coder=desk.coder)


class _Reader:
    """Goes through the lines of one file; holds what it finds."""

    def __init__(self, desk: Desk, file: str, remarks: Iterable[Problem] = ()) -> None:
        self.desk, self.file = desk, file
        self.problems: list[Problem] = []
        self.remarks = list(remarks)
        self._found: dict[str, tuple[str, int, Event]] = {}  # event_id -> time on the page, line, event
        self._by_text: set[str] = set()  # notes known by their texts alone
        self._kept = Definitions(desk.root / CODED).read()
        self._hashes = desk.seen.hashes
        history: Any = desk.history(as_given=True).to_dict("records")
        self._known: dict[str, Mapping[str, str]] = {row["event_id"]: row for row in history}

    def read(self, lines: list[tuple[int, str]], head: Mapping[str, Any]) -> None:
        """Take every line of the file; a second file that was put behind it must be one of the same page."""
        again = [found for line in lines if (found := _head_of(line)) is not None]
        if again:
            self.remarks.append(Problem.of(self.file, None, "page_joined", n=1 + len(again)))
        self._compare_number(len(lines) - len(again), [head, *again])
        for number, line in lines:
            given = _parsed(line)
            if given is not None and given.get("file") == KIND:
                self.problems += _not_for(self.desk, given, str(given.get("coder", "")), self.file, number)
            elif given is None or not _is_whole(given):
                shown = line[:60] + ("…" if len(line) > 60 else "")
                self.problems.append(Problem.of(self.file, number, "line_unreadable", line=shown))
            else:
                self._take(number, given)

    def _compare_number(self, n_lines: int, heads: list[Mapping[str, Any]]) -> None:
        """Compare the number of lines with what the file says; doubled lines are counted later."""
        said = sum(number for head in heads if isinstance(number := head.get("events"), int))
        if said > n_lines:
            self.problems.append(Problem.of(self.file, None, "page_cut", said=said, n=n_lines))

    def _take(self, number: int, given: Mapping[str, Any]) -> None:
        note_id = self._note_of(given)
        if note_id is None:
            self.problems.append(Problem.of(self.file, number, "page_key", key=given["key"]))
            return
        event = self._with_definition(_event_of(given, note_id))
        beyond = [fault] if event.words and (fault := self.desk.beyond_fault(event)) else []
        faults = [*field_faults(event), *beyond, *self._answer_faults(event), *self._contradictions(event)]
        for fault in faults:
            said = {"event_id": event.event_id, "note": note_id, "fault": fault}
            self.problems.append(Problem.of(self.file, number, "page_decision", **said))
        if not faults:
            self._found[event.event_id] = (given["at"], number, event)

    def _note_of(self, given: Mapping[str, Any]) -> str | None:
        """Return the note of a line by its key; by its text where the key's secret is not here."""
        note_id = self.desk.note_of(given["key"])
        if note_id is None and is_note_key(given["key"]):
            note_id = self.desk.note_with(str(given.get("note_hash", "")))
            self._by_text |= {note_id} if note_id else set()
        return note_id

    def _with_definition(self, event: Event) -> Event:
        """Flags have one definition, which no codebook holds: pages do not name it."""
        if event.codebook or event.variable not in RESERVED_VARIABLES:
            return event
        return event._replace(codebook=self.desk.codebook[event.variable].version)

    def _answer_faults(self, event: Event) -> list[str]:
        codebook = self.desk.codebook
        if event.variable not in codebook:
            there = ", ".join(codebook.ids)
            return [Phrase("fault_variable", variable=event.variable, there=there)]
        variable = codebook[event.variable]
        if variable.id in codebook.ids and variable not in self.desk.variables_of(event.note_id):
            return [Phrase("fault_not_asked", variable=variable.id)]
        if event.event != "decide" and variable.id != PROPOSAL:
            return []
        fault = answer_fault(variable, event.codes)
        possible = not fault or was_possible(variable, self._kept.get(event.codebook), event.codes)
        return [] if possible else [fault]

    def _contradictions(self, event: Event) -> list[str]:
        """Say where an id belongs to another decision, in the log or in this file."""
        known = self._known.get(event.event_id)
        if known is None and event.event_id in self._found:
            known = self._found[event.event_id][2]._asdict()
        said = () if known is None else ((name, known[name], getattr(event, name)) for name in IDENTITY)
        differing = [name for name, one, other in said if LOG.contradict(name, one, other)]
        if not differing:
            return []
        return [Phrase("fault_other_event", names=", ".join(differing))]

    def _in_order(self) -> list[tuple[str, int, Event]]:
        return sorted(self._found.values(), key=lambda one: (one[0], one[2].event_id))

    def _is_other_text(self, event: Event) -> bool:
        return event.note_hash not in ("", self._hashes[event.note_id])

    def _other_wave(self, head: Mapping[str, Any]) -> frozenset[str]:
        """Return the ids of events about other texts that were under the same keys in an earlier wave.

        A browser keeps them, and the file of the next wave's page holds them too. They were given before that
        page was written, most of what was given by then is about other texts, and what came after is not.
        """
        written = _time_in(head, "page")
        found = [(at, event, self._is_other_text(event)) for at, _, event in self._in_order()]
        earlier = {event.note_id for at, event, _ in found if at < written}
        others = [event for at, event, is_other in found if at < written and is_other]
        changed = {event.note_id for event in others}
        goes_on = any(at >= written and not is_other for at, _, is_other in found)
        is_wave = goes_on and len(changed) > max(_FEW, len(earlier - changed))
        return frozenset(event.event_id for event in others if is_wave)

    def _stale(self, without: Collection[str] = (), *, by_text: bool = False) -> list[Problem]:
        """Return a remark on each note whose last answer to a question is new, and about it as it was then.

        By their texts, those that only lacked what is shown beside them now are left out.
        """
        texts = self.desk.seen.text_hashes
        last: dict[Question, tuple[int, Event]] = {}
        counted = [one for one in self._in_order() if one[2].event_id not in without]
        for _, number, event in counted:
            if event.event != "skip" or question_of(event) not in last:
                last[question_of(event)] = (number, event)
        found: dict[str, Problem] = {}
        for number, event in sorted(last.values()):
            if event.event_id not in self._known and self._is_other_text(event):
                if by_text and event.note_hash == texts[event.note_id]:
                    continue
                stale = Problem.of(self.file, number, "page_stale", note=event.note_id)
                found.setdefault(event.note_id, stale)
        return list(found.values())

    def reading(self, now: datetime, head: Mapping[str, Any]) -> Reading:
        """Return what the file brings; what is new has its time, in the order of the page."""
        self._believe_passes(head)
        made, came = self._dated(utc_text(now))
        dated = list(zip(came, made, strict=True))
        times = [at for at, _, _ in self._found.values()]
        earlier = self._other_wave(head)
        counted = [event for _, _, event in self._found.values() if event.event_id not in earlier]
        return Reading(
            self.desk.coder,
            [{name.rstrip("_"): text for name, text in event._asdict().items()} for _, event in made],
            self.problems,
            self._stale(),
            [
                *self.remarks,
                *self._clock(came, made),
                *self._too_early(head, [at for at, (_, e) in dated if e.event_id not in earlier]),
                *known_by_text(self.file, len(self._by_text)),
            ],
            len(self._found) - len(made),
            [number for number, _ in made],
            copy=_text_in(head, "copy"),
            last_event=self.desk.event_of(_text_in(head, "last_event")) or _text_in(head, "last_event"),
            saved_at=_time_in(head, "written") or max(times, default=""),
            other_texts=self._stale(earlier, by_text=True),
            n_notes=len({event.note_id for event in counted}),
            came=came,
            other_wave=earlier,
        )

    def _believe_passes(self, head: Mapping[str, Any]) -> None:
        """Give each event the pass that it can be of."""
        events = [event for _, _, event in self._found.values()]
        believed = believed_passes(self.desk, events, self._known.values(), head.get("passes"))
        moved = []
        for event_id, (at, number, event) in self._found.items():
            pass_ = believed[event_id]
            if event_id not in self._known and pass_ != event.pass_:
                said = {"variable": event.variable, "note": event.note_id, "n": event.pass_}
                moved.append(Phrase("pass_of_answer", **said))
            self._found[event_id] = (at, number, event._replace(pass_=pass_))
        if moved:
            told = {"n": len(moved), "notes": named_first(moved)}
            self.remarks.append(Problem.of(self.file, None, "page_passes", **told))

    def _dated(self, present: str) -> tuple[list[tuple[int, Event]], list[str]]:
        """Return the new events with lines and the times that count, and the times that they came with."""
        found = self._in_order()
        rows = coder_log(self.desk.root, self.desk.coder).read()[0]
        news = [(at, event.event_id) for at, _, event in found if event.event_id not in self._known]
        dates = Dates([*((row[0], row[1]) for _, row in rows), *Takings(self.desk.root).came()], present)
        times = dates.of(news)
        made: list[tuple[int, Event]] = []
        came: list[str] = []
        newest = ""
        for at, number, event in found:
            known = self._known.get(event.event_id)
            time = known["decided_at"] if known else max(times[event.event_id], _just_after(newest))
            newest = max(newest, time)
            if known is None:
                made.append((number, event._replace(decided_at=time)))
                came.append(max(at, time))
        return made, came

    def _clock(self, came: list[str], made: list[tuple[int, Event]]) -> Iterator[Problem]:
        ahead = [at for at, (_, event) in zip(came, made, strict=True) if at > event.decided_at]
        if ahead:
            until = local_minute(max(ahead))
            yield Problem.of(self.file, None, "page_clock", n=len(ahead), until=until)

    def _too_early(self, head: Mapping[str, Any], came: list[str]) -> Iterator[Problem]:
        """Tell of answers older than the page that they were given on: somebody changed their times."""
        written = _time_in(head, "page")
        early = [at for at in came if at < written]
        if early:
            yield Problem.of(self.file, None, "page_early", n=len(early), date=local_day(written))


def _text_in(head: Mapping[str, Any], name: str) -> str:
    found = head.get(name, "")
    return found if isinstance(found, str) else ""


def _time_in(head: Mapping[str, Any], name: str) -> str:
    found = _text_in(head, name)
    return found if is_time(found) else ""


def _just_after(time: str) -> str:
    return utc_text(datetime.fromisoformat(time) + timedelta(microseconds=1)) if time else ""


def _is_whole(given: Mapping[str, Any]) -> bool:
    """Whether a line holds an event, whatever it says."""
    codes = given.get("codes")
    return (
        all(isinstance(given.get(name), str) for name in TEXTS)
        and isinstance(codes, list)
        and all(isinstance(code, str) for code in codes)
        and is_time(given["at"])
    )


def _event_of(given: Mapping[str, Any], note_id: str) -> Event:
    variable, codes = as_in_log(given["variable"], given["codes"])
    return Event(
        decided_at="",
        event_id=given["event_id"],
        note_id=note_id,
        note_hash=str(given.get("note_hash", "")),
        variable=variable,
        codes="|".join(codes) if given["event"] == "decide" or variable == PROPOSAL else "",
        certainty=given["certainty"],
        memo=well_formed(given["memo"]),
        codebook=str(given.get("codebook", "")),
        pass_=str(given.get("pass", "")),
        via="page",
        event=given["event"],
        words=given_words(words) if (words := given.get("words")) else "",
    )
