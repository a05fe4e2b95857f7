"""Read the answers file of a coding page: what the log lacks, and every line that cannot be taken."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sekom_analysis.answers import answer_fault, field_faults
from sekom_analysis.checks import was_possible
from sekom_analysis.codebook import RESERVED_VARIABLES
from sekom_analysis.coderlog import IDENTITY
from sekom_analysis.coding.worklist import is_note_key
from sekom_analysis.decisions import Event, coder_fault
from sekom_analysis.definitions import Definitions
from sekom_analysis.desk import Desk
from sekom_analysis.exchange.reading import OTHER_SECRET, Reading, known_by_text
from sekom_analysis.logline import is_time, utc_text, well_formed
from sekom_analysis.notes import note_hash
from sekom_analysis.problems import Problem
from sekom_analysis.raw import CODED

KIND, VERSION, SUFFIX = "sekom-answers", 1, ".jsonl"
TEXTS = ("event_id", "key", "variable", "certainty", "memo", "event", "at")
_AGAIN = "ask for it again; whole lines can be taken with --keep-valid"
_WRONG = "send the answers file that was made on this study's page"
Line = tuple[int, Mapping[str, Any]]


def is_progress_file(path: str | os.PathLike[str]) -> bool:
    """Whether a file is a progress file by its name, or says so of itself."""
    lines, _ = _lines_of(Path(path))
    return Path(path).suffix.lower() == SUFFIX or (bool(lines) and _head_of(lines[0]) is not None)


def read_progress(path: str | os.PathLike[str], desk: Desk | Callable[[str], Desk]) -> Reading:
    """Read a progress file; nothing is saved.

    Times are those of the coder's browser. One that lies ahead of this
    computer's clock becomes now; no event comes before one that was made
    earlier on the same page, whatever became of that one's time.

    Parameters
    ----------
    path : the file, as a coding page wrote it
    desk : the desk of the coder whose answers it must hold; or a function that gives the desk of a
        coder, such as ``study.desk``

    Returns
    -------
    Reading. The events stand without those that the problems name; whoever wants all or nothing
    looks at the problems first.
    """
    path = Path(path)
    lines, problems = _lines_of(path)
    head = _head_of(lines[0]) if lines else None
    if head is None:
        what = "it is no answers file of a coding page"
        return Reading("", [], problems or [Problem(path.name, None, what, _WRONG)])
    coder = str(head.get("coder", ""))
    if fault := coder_fault(coder):
        what = f"it does not say whose answers it holds: {fault}"
        return Reading("", [], [Problem(path.name, 1, what, _WRONG)])
    own = desk if isinstance(desk, Desk) else desk(coder)
    problems += _not_for(own, head, coder, path.name)
    if problems:
        return Reading(coder, [], problems)
    reader = _Reader(own, path.name)
    reader.read(lines[1:], head)
    return reader.reading(datetime.now(UTC))


def _lines_of(path: Path) -> tuple[list[tuple[int, str]], list[Problem]]:
    """Return the lines with their numbers; what is no UTF-8 shows as such and fails to be read later."""
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError as error:
        return [], [Problem(path.name, None, f"it cannot be read: {error.strerror}", "look where it lies")]
    return [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()], []


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _head_of(line: tuple[int, str]) -> dict[str, Any] | None:
    head = _parsed(line[1])
    return head if head is not None and head.get("file") == KIND else None


def _not_for(desk: Desk, head: Mapping[str, Any], coder: str, file: str) -> Iterator[Problem]:
    if head.get("version") != VERSION:
        what = f"it is of version {head.get('version')!r}, and this program reads version {VERSION}"
        yield Problem(file, 1, what, "collect it with the program that wrote the page")
    if head.get("study") != desk.study_id:
        what = f"it belongs to the study '{head.get('study')}', and this is '{desk.study_id}'"
        yield Problem(file, 1, what, _WRONG)
    if coder != desk.coder:
        what = f"it holds the answers of '{coder}', and they were to be those of '{desk.coder}'"
        yield Problem(file, 1, what, f"collect it as what it is, or send the file of '{desk.coder}'")


class _Reader:
    """Goes through the lines of one file; holds what it finds."""

    def __init__(self, desk: Desk, file: str) -> None:
        self.desk, self.file = desk, file
        self.problems: list[Problem] = []
        self._stale: dict[str, Problem] = {}
        self._found: dict[str, tuple[str, int, Event]] = {}  # event_id -> time on the page, line, event
        self._by_text: set[str] = set()  # notes known by their texts alone
        self._kept = Definitions(desk.root / CODED).read()
        history: Any = desk.history().to_dict("records")
        self._known: dict[str, Mapping[str, str]] = {row["event_id"]: row for row in history}

    def read(self, lines: list[tuple[int, str]], head: Mapping[str, Any]) -> None:
        """Take every line of the file."""
        said = head.get("events")
        if isinstance(said, int) and said > len(lines):
            what = f"it was cut off: {said} decisions belong in it, and it holds {len(lines)} lines of them"
            self.problems.append(Problem(self.file, None, what, _AGAIN))
        for number, line in lines:
            given = _parsed(line)
            if given is None or not _is_whole(given):
                shown = line[:60] + ("…" if len(line) > 60 else "")
                self.problems.append(
                    Problem(self.file, number, f"a line that cannot be read: {shown}", _AGAIN)
                )
            else:
                self._take(number, given)

    def _take(self, number: int, given: Mapping[str, Any]) -> None:
        note_id = self._note_of(given)
        if note_id is None:
            what = f"the study has no note with the key '{given['key']}'"
            self.problems.append(Problem(self.file, number, what, f"{_WRONG}; {OTHER_SECRET}"))
            return
        event = self._with_definition(_event_of(given, note_id))
        faults = [*field_faults(event), *self._answer_faults(event), *self._contradictions(event)]
        for fault in faults:
            what = f"the decision '{event.event_id}' on note '{note_id}': {fault}"
            self.problems.append(Problem(self.file, number, what, "ask the coder to decide that note again"))
        if not faults:
            self._found[event.event_id] = (given["at"], number, event)
            self._note_stale_text(number, event)

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
            return [f"there is no variable '{event.variable}'; there are: {', '.join(codebook.ids)}"]
        variable = codebook[event.variable]
        if variable.id in codebook.ids and variable not in self.desk.variables_of(event.note_id):
            return [f"variable '{variable.id}' is not asked of this note"]
        if event.event != "decide":
            return []
        fault = answer_fault(variable, event.codes)
        possible = not fault or was_possible(variable, self._kept.get(event.codebook), event.codes)
        return [] if possible else [fault]

    def _contradictions(self, event: Event) -> list[str]:
        """Say where an id stands for another decision, in the log or in this file."""
        known = self._known.get(event.event_id)
        if known is None and event.event_id in self._found:
            known = self._found[event.event_id][2]._asdict()
        differing = [name for name in IDENTITY if known is not None and known[name] != getattr(event, name)]
        if not differing:
            return []
        return [f"its event_id stands for another decision already (different: {', '.join(differing)})"]

    def _note_stale_text(self, number: int, event: Event) -> None:
        now = note_hash(str(self.desk.notes.at[event.note_id, "text"]))
        is_news = event.event_id not in self._known and event.note_id not in self._stale
        if is_news and event.note_hash not in ("", now):
            what = f"the text of note '{event.note_id}' has changed since the coder saw it"
            todo = "its answers are taken for the old text; look whether they still fit"
            self._stale[event.note_id] = Problem(self.file, number, what, todo)

    def reading(self, now: datetime) -> Reading:
        """Return what the file brings; what is new has its time, in the order of the page."""
        made: list[tuple[int, Event]] = []
        newest, ahead, present = "", 0, utc_text(now)
        for at, number, event in sorted(
            self._found.values(), key=lambda found: (found[0], found[2].event_id)
        ):
            known = self._known.get(event.event_id)
            time = known["decided_at"] if known else max(min(at, present), _just_after(newest))
            newest = max(newest, time)
            if known is None:
                made.append((number, event._replace(decided_at=time)))
                ahead += at > present
        return Reading(
            self.desk.coder,
            [{name.rstrip("_"): text for name, text in event._asdict().items()} for _, event in made],
            self.problems,
            list(self._stale.values()),
            [*self._clock(ahead), *known_by_text(self.file, len(self._by_text))],
            len(self._found) - len(made),
            [number for number, _ in made],
        )

    def _clock(self, ahead: int) -> Iterator[Problem]:
        if ahead:
            what = f"the clock of the coder's computer was ahead: {ahead} decisions are dated after now"
            yield Problem(self.file, None, what, "they are taken in the order made, dated now")


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
    return Event(
        decided_at="",
        event_id=given["event_id"],
        note_id=note_id,
        note_hash=str(given.get("note_hash", "")),
        variable=given["variable"],
        codes="|".join(given["codes"]) if given["event"] == "decide" else "",
        certainty=given["certainty"],
        memo=well_formed(given["memo"]),
        codebook=str(given.get("codebook", "")),
        pass_=str(given.get("pass", "")),
        via="page",
        event=given["event"],
    )
