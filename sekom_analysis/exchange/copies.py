"""Hold a copied log or ledger against the study: what is new, what is here, what cannot be taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.basics.wording import Phrase, Problem
from sekom_analysis.exchange.returned import Delivery
from sekom_analysis.exchange.takings import Dates, Numbered, Offer, Takings
from sekom_analysis.study.codebook import Codebook, Variable, keep
from sekom_analysis.study.decisions import (
    AFTER_TALK,
    HIDDEN_LEDGERS,
    INDEPENDENT,
    LEDGERS,
    Event,
    events_in,
)
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.imports import FORM as IMPORTS
from sekom_analysis.study.imports import Collected
from sekom_analysis.study.ledgers import Ledger, adjudication_ledger, notes_shown, pair_ledger, shown_ledger
from sekom_analysis.study.log import LOG, coder_log, row_of_event
from sekom_analysis.study.merges import merge_ledger
from sekom_analysis.study.raw import CODED, Raw
from sekom_analysis.study.rows import (
    DELIMITERS,
    Format,
    Row,
    answer_fault,
    cells_of,
    field_faults,
    is_header,
    local_minute,
    row_of,
    utc_text,
)


def weigh_log(
    raw: Raw,
    delivery: Delivery,
    desk: Desk,
    histories: Mapping[str, pd.DataFrame],
    kept: Mapping[str, Variable],
) -> Offer:
    """Hold a copied log against the study; return what it offers.

    It is another study's if most of its notes have texts that this study never
    had. What its rows say of their times and passes is believed no more than
    what a page says: times ahead of the clock count as of now, and a pass 3
    that nothing known here gives is asked about.

    Parameters
    ----------
    raw : the study's notes and codebook
    delivery : the file as it was read
    desk : that of the coder to whose log it is to be joined
    histories : every event of each coder here
    kept : the definitions kept here, by version
    """
    scales = _Scales(raw, delivery, desk, histories, kept)
    foreign = list(scales.foreign_study())
    if not foreign:
        scales.weigh()
    stale, other_texts = scales.stale(scales.new)
    return Offer(
        delivery.file,
        desk.coder,
        scales.new,
        scales.n_known,
        sorted([*delivery.refused, *foreign, *scales.refused], key=lambda problem: problem.row or 0),
        scales.save,
        stale,
        delivery.unfinished,
        scales.remarks(),
        other_texts=other_texts,
        n_notes=len({event.note_id for _, event in delivery.events}),
        here={event.event_id for _, event in delivery.events} & scales.own.keys(),
        came=scales.came,
        redated=scales.earlier,
    )


class _Scales:
    """One file on one side, the study on the other."""

    def __init__(
        self,
        raw: Raw,
        delivery: Delivery,
        desk: Desk,
        histories: Mapping[str, pd.DataFrame],
        kept: Mapping[str, Variable],
    ) -> None:
        self.file, self.events, self.desk, self.histories = delivery.file, delivery.events, desk, histories
        self.codebook: Codebook = raw.codebook
        self.kept, self.brought = kept, delivery.definitions
        self.now, self.texts = raw.seen.hashes, raw.seen.text_hashes
        self.current = {variable.version: variable for variable in raw.codebook.variables}
        own = histories.get(desk.coder)
        self.own = {} if own is None else {event.event_id: event for event in events_in(own)}
        self.new: list[Numbered] = []
        self.refused: list[Problem] = []
        self.n_known = 0
        self.earlier: list[Event] = []
        self.came: dict[str, str] = {}  # event_id -> the time it came with, where another one counts

    def foreign_study(self) -> Iterator[Problem]:
        """Yield a problem if the texts that were coded are not this study's."""
        seen = {
            (event.note_id, event.note_hash) for _, event in self.events if event.event_id not in self.own
        }
        before = {
            pair
            for history in self.histories.values()
            for pair in zip(history["note_id"], history["note_hash"], strict=True)
        }
        here = {*self.now.items(), *self.texts.items()}
        texts = {digest for _, digest in here}
        fitting = [
            (note, digest)
            for note, digest in seen
            if (note, digest) in here
            or (note, digest) in before
            or (note not in self.now and digest in texts)
        ]
        if 2 * len(fitting) < len(seen):
            what = Phrase("another_study", n=len(fitting), of=len(seen))
            yield Problem.of(self.file, None, "log_other_study", what=what)

    def weigh(self) -> None:
        """Tell new events from known ones and from those that cannot be taken."""
        here = dict(self.own)
        lacking: dict[tuple[str, str], list[int]] = {}
        events = self._in_their_passes(self._dated())
        for row, event in sorted(events, key=lambda numbered: numbered[1]):
            if event.event_id in here:
                self._compare(row, event, here[event.event_id])
            elif self._definition(event) is None and event.variable in self.codebook:
                lacking.setdefault((event.variable, event.codebook), []).append(row)
            elif faults := list(self._faults(row, event)):
                self.refused += faults
            else:
                here[event.event_id] = event
                self.new.append((row, event))
        self.refused += self._lacking(lacking)
        self.n_known = sum(event.event_id in self.own for _, event in self.events)

    def _dated(self) -> list[Numbered]:
        """Give the new events the times that count, and remember those that they came with."""
        rows = [(row[0], row[1]) for _, row in coder_log(self.desk.root, self.desk.coder).read()[0]]
        came: dict[str, str] = {}
        for _, event in self.events:
            came[event.event_id] = min(event.decided_at, came.get(event.event_id, event.decided_at))
        news = [(time, event_id) for event_id, time in came.items() if event_id not in self.own]
        dates = Dates([*rows, *Takings(self.desk.root).came()], utc_text(datetime.now(UTC)))
        times = dates.of(news)
        self.came = {event_id: came[event_id] for event_id, time in times.items() if time < came[event_id]}
        return [
            (row, event._replace(decided_at=times.get(event.event_id, event.decided_at)))
            for row, event in self.events
        ]

    def _in_their_passes(self, events: list[Numbered]) -> list[Numbered]:
        """Give each event the pass that it has by what is known here."""
        passes = self.desk.in_their_passes([event for _, event in events], as_said=True)
        return [(row, event) for (row, _), event in zip(events, passes, strict=True)]

    def _compare(self, row: int, event: Event, here: Event) -> None:
        contradictions = list(self._contradiction(row, event, here))
        self.refused += contradictions
        if not contradictions and event.event_id in self.own and event.decided_at < here.decided_at:
            # The earliest time of an event counts, so that copies joined either way are the same.
            first, talk = str(INDEPENDENT), str(AFTER_TALK)
            was_first = event.pass_ == first and here.pass_ == talk
            pass_ = first if was_first else here.pass_
            self.earlier.append(here._replace(decided_at=event.decided_at, pass_=pass_))

    def remarks(self) -> list[Problem]:
        """Tell of clocks that were ahead, and of answers known here that get an earlier time."""
        now = utc_text(datetime.now(UTC))
        found = []
        ahead = [time for _, event in self.new if (time := self.came.get(event.event_id, "")) > now]
        if ahead:
            until = local_minute(max(ahead))
            found.append(Problem.of(self.file, None, "log_clock", n=len(ahead), until=until))
        if self.earlier:
            found.append(Problem.of(self.file, None, "log_earlier", n=len(self.earlier)))
        return found

    def save(self, events: Sequence[Event]) -> None:
        """Save events, and the earlier times of known ones."""
        rows = [*self.earlier, *events]
        if not rows:
            return
        versions = sorted({event.codebook for event in rows} - self.kept.keys())
        there = {**self.brought, **self.current}
        keep(self.desk.root / CODED, [there[version] for version in versions if version in there])
        coder_log(self.desk.root, self.desk.coder).append(list(map(row_of_event, rows)), stamp=False)

    def stale(self, new: Iterable[Numbered]) -> tuple[list[Problem], list[Problem]]:
        """List the notes that look otherwise now than when they were coded, and those with another text."""
        first: dict[str, int] = {}
        for row, event in sorted(new):
            if self.now[event.note_id] != event.note_hash:
                first.setdefault(event.note_id, row)
        others = {event.note_id for _, event in new if self.texts[event.note_id] != event.note_hash}
        told = {note: Problem.of(self.file, row, "log_stale", note=note) for note, row in first.items()}
        return list(told.values()), [problem for note, problem in told.items() if note in others]

    def _definition(self, event: Event) -> Variable | None:
        version = event.codebook
        return self.kept.get(version) or self.current.get(version) or self.brought.get(version)

    def _contradiction(self, row: int, event: Event, here: Event) -> Iterator[Problem]:
        """Yield a problem if an event says something else than it does here; a memo may have suffered."""
        for name in ("note_id", "variable", "codes", "certainty", "event"):
            given, stands = getattr(event, name), getattr(here, name)
            if given != stands:
                said = {"name": name, "given": given, "here": stands}
                yield Problem.of(self.file, row, "log_contradiction", **said)

    def _faults(self, row: int, event: Event) -> Iterator[Problem]:
        for wrong in field_faults(event):
            yield Problem.of(self.file, row, "log_field", fault=wrong)
        if event.words and (beyond := self.desk.beyond_fault(event)):
            yield Problem.of(self.file, row, "log_field", fault=beyond)
        if event.note_id not in self.now:
            yield self._unknown_note(row, event)
        then = self._definition(event)
        if event.variable not in self.codebook and (then is None or event.codebook not in self.kept):
            named = {"variable": event.variable, "allowed": ", ".join(self.codebook.ids)}
            yield Problem.of(self.file, row, "log_variable", **named)
        elif then is not None and then.id != event.variable:
            named = {"version": event.codebook, "other": then.id, "variable": event.variable}
            yield Problem.of(self.file, row, "log_definition", **named)
        elif then is not None and event.event == "decide" and (fault := self._answer_fault(event, then)):
            yield Problem.of(self.file, row, "log_answer", fault=fault)

    def _answer_fault(self, event: Event, then: Variable) -> str:
        fault = answer_fault(then, event.codes)
        if fault and event.variable in self.codebook:
            fault = answer_fault(self.codebook[event.variable], event.codes) and fault
        return fault

    def _unknown_note(self, row: int, event: Event) -> Problem:
        alike = [n for n in self.now if event.note_hash in (self.now[n], self.texts[n])]
        if alike:
            return Problem.of(self.file, row, "log_renamed_note", note=event.note_id, alike=alike[0])
        first, *_, last = [*self.now, *self.now]
        said = {"note": event.note_id, "n": len(self.now), "first": first, "last": last}
        return Problem.of(self.file, row, "log_note", **said)

    def _lacking(self, lacking: Mapping[tuple[str, str], list[int]]) -> Iterator[Problem]:
        for (variable, version), rows in lacking.items():
            said = {"version": version, "variable": variable, "n": len(rows)}
            yield Problem.of(self.file, min(rows), "log_lacking", **said)


# --- copies of a study's ledgers, as they come back ---------------------------------------------------


_OPEN: dict[str, Callable[[Path], Ledger[Any]]] = {
    "adjudicated": adjudication_ledger,
    "merges": merge_ledger,
    "pairs": pair_ledger,
    ".shown": shown_ledger,
    ".taken": lambda root: Takings(root).ledger,
}
_FORMS = {name: made(Path()).form for name, made in _OPEN.items()} | {"imports": IMPORTS}
_NAMES = "|".join(map(re.escape, (*LEDGERS, *HIDDEN_LEDGERS)))
_NAME = re.compile(rf"(?:copy of|kopia av|kopia från)? *({_NAMES})(?![a-z0-9_])", re.IGNORECASE)
_ELSEWHERE = {
    "plan": "it is a plan of actions, which is filled in here and not joined: put it in the study, or "
    "read it in notebooks/05-actions.ipynb",
    "imports": "it lists what was ever imported in one copy of the study, and is not joined: leave it there",
}
# What says of which note an entry is, and which text that note had; see `_notes_of`.
_NOTES = {
    "adjudicated": (("note_id", "note_hash"),),
    "merges": (("note_id", ""), ("into", "")),
    "pairs": (("note_a", "hash_a"), ("note_b", "hash_b")),
}


def ledger_of(path: Path) -> str:
    """Return which ledger a file is a copy of, by what it holds, else by its name; empty if of none."""
    if path.suffix.lower() != ".csv":
        return ""
    try:
        with path.open("rb") as file:
            first = file.readline(2_000)
    except OSError:
        return ""
    encoding = "utf-16" if first.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = first.decode(encoding, "replace").strip("\r\n\x00")
    headers = [tuple(cells_of(text, delimiter)) for delimiter in DELIMITERS]
    if {LOG.columns, LOG.earlier} & {*headers}:
        return ""
    told = [name for name, form in _FORMS.items() if form.columns in headers]
    named = _NAME.match(path.stem)
    return told[0] if told else named[1].lower() if named else ""


class _Weighed(NamedTuple):
    """New entries with their rows, and known ones with an earlier time."""

    new: list[tuple[int, Row]]
    earlier: list[Row]
    known: int
    refused: list[Problem]


def weigh_ledger(raw: Raw, path: Path, name: str) -> tuple[Collected, Callable[[], object]]:
    """Return what a copy of a ledger brings, and what saves that.

    Raises
    ------
    DecisionError
        If it is a ledger that is not joined.
    """
    if name in _ELSEWHERE:
        msg = f"'{path.name}' cannot be collected: {_ELSEWHERE[name]}. Nothing was saved."
        raise DecisionError(msg)
    form, ledger = _FORMS[name], _OPEN[name](raw.root)
    rows, refused = _read(path, form, name)
    weighed = _weigh(raw, rows, _rows_here(ledger.path, form), path.name, name)
    takings = Takings(raw.root)
    here = [(row[0], row[1]) for _, row in _rows_here(ledger.path, form)]
    dates = Dates([*here, *takings.came()], utc_text(datetime.now(UTC)))
    dated = dates.of((row[0], row[1]) for _, row in weighed.new)
    table = pd.DataFrame(
        [(dated[row[1]], *row[1:], number) for number, row in weighed.new], columns=[*form.columns, "row"]
    )
    remarks = list(_ahead(weighed.new, dated, path.name))
    found = Collected(name, table, weighed.known, [*refused, *weighed.refused], [], [], remarks=remarks)

    def save() -> None:
        came = {row[1]: row[0] for _, row in weighed.new if dated[row[1]] < row[0]}
        if came:
            takings.note(name, path, list(came), came)
        ledger.append([(dated[row[1]], *row[1:]) for _, row in weighed.new] + weighed.earlier, stamp=False)

    return found, save


def _read(path: Path, form: Format, name: str) -> tuple[list[tuple[int, Row]], list[Problem]]:
    """Return the rows of a file, and those that cannot be read."""
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16", "replace").encode("utf-8")
    rows, refused = [], []
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip(b" ,;\t") or is_header(line, form):
            continue
        row, fault = row_of(line, form)
        if fault:
            shown = line[:60].decode("utf-8", "replace")
            said = {"fault": fault, "line": shown, "name": name}
            refused.append(Problem.of(path.name, number, "ledger_line", **said))
        else:
            rows.append((number, row))
    if not rows and not refused:
        refused.append(Problem.of(path.name, None, "ledger_empty", name=name))
    return rows, refused


def _rows_here(path: Path, form: Format) -> list[tuple[int, Row]]:
    return _read(path, form, path.stem)[0] if path.exists() else []


def _weigh(
    raw: Raw, rows: list[tuple[int, Row]], here: list[tuple[int, Row]], file: str, name: str
) -> _Weighed:
    """Tell new entries from known ones and from those that cannot be taken."""
    form = _FORMS[name]
    foreign = list(_other_study(raw, rows, file, name))
    if foreign:
        return _Weighed([], [], 0, foreign)
    known: dict[str, Row] = {}
    for _, row in sorted(here, key=lambda numbered: numbered[1]):
        known.setdefault(row[1], row)
    new: dict[str, tuple[int, Row]] = {}
    found = _Weighed([], [], len({row[1] for _, row in rows} & known.keys()), [])
    for number, row in sorted(rows, key=lambda numbered: numbered[1]):
        stands = known.get(row[1]) or new.get(row[1], (0, None))[1]
        if stands is not None:
            differing = form.differing(row, stands)
            if differing:
                said = {"entry": row[1], "names": ", ".join(differing)}
                found.refused.append(Problem.of(file, number, "ledger_contradiction", **said))
            elif row[1] in known and row[0] < stands[0]:
                found.earlier.append((row[0], *stands[1:]))
        elif unknown := _unknown(raw, row, name):
            found.refused.append(Problem.of(file, number, "ledger_note", note=unknown))
        else:
            new[row[1]] = (number, row)
    return found._replace(new=list(new.values()))


def _unknown(raw: Raw, row: Row, name: str) -> str:
    """Return the first note of an entry that the study does not have."""
    if name in HIDDEN_LEDGERS:  # that a note is gone makes nobody blind to the others
        return ""
    return next((note for note, _ in _notes_of(row, name) if note not in raw.notes.index), "")


def _notes_of(row: Row, name: str) -> list[tuple[str, str]]:
    """Return the notes that an entry is about, each with the hash of the text it had, as far as it says."""
    if name == ".shown":
        return [(note, "") for note in notes_shown(row)]
    cells = dict(zip(_FORMS[name].columns, row, strict=True))
    found = [(cells[note], cells.get(text, "")) for note, text in _NOTES.get(name, ())]
    return [(note, digest) for note, digest in found if note]


def _other_study(raw: Raw, rows: list[tuple[int, Row]], file: str, name: str) -> Iterator[Problem]:
    """Yield a problem if most entries are about notes or texts that this study does not have."""
    now = {*raw.seen.hashes.items(), *raw.seen.text_hashes.items()}
    pairs = {pair for _, row in rows for pair in _notes_of(row, name)}
    fitting = [n for n, digest in pairs if (n, digest) in now or (not digest and n in raw.notes.index)]
    if 2 * len(fitting) < len(pairs):
        what = Phrase("another_study", n=len(fitting), of=len(pairs))
        yield Problem.of(file, None, "ledger_other_study", what=what)


def _ahead(new: list[tuple[int, Row]], dated: dict[str, str], file: str) -> Iterator[Problem]:
    ahead = [row[0] for _, row in new if dated[row[1]] < row[0]]
    if ahead:
        yield Problem.of(file, None, "ledger_clock", n=len(ahead))
