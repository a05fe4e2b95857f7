"""Copies of a study's ledgers, as they come back: joined as a union of their events, like coders' logs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.adjudications import adjudication_ledger, notes_shown, shown_ledger
from sekom_analysis.collect import Collected
from sekom_analysis.decisions import COLUMNS, HIDDEN_LEDGERS, LEDGERS
from sekom_analysis.errors import DecisionError
from sekom_analysis.exchange.dating import Dates
from sekom_analysis.exchange.takings import Takings
from sekom_analysis.imports import FORM as IMPORTS
from sekom_analysis.ledgers import Ledger
from sekom_analysis.logline import DELIMITERS, Format, Row, cells_of, is_header, row_of, utc_text
from sekom_analysis.merges import merge_ledger
from sekom_analysis.notes import note_hash
from sekom_analysis.pairs import pair_ledger
from sekom_analysis.problems import Problem
from sekom_analysis.raw import CODED, Raw

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
    "plan": "it is a plan of actions, which is filled in here and not joined: lay it in the study, or "
    "read it in notebooks/05-actions.ipynb",
    "imports": "it tells what was ever imported in one copy of the study, and is not joined: leave it there",
}
_AGAIN = "send it once more (data/coded/{name}.csv), not opened in another program"
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
    if COLUMNS in headers:
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
            what = f"a line that cannot be read ({fault}): {shown}"
            refused.append(Problem(path.name, number, what, _AGAIN.format(name=name)))
        else:
            rows.append((number, row))
    if not rows and not refused:
        refused.append(Problem(path.name, None, "there is no entry in it", _AGAIN.format(name=name)))
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
                what = f"the entry '{row[1]}' says something else here (different: {', '.join(differing)})"
                found.refused.append(Problem(file, number, what, "a ledger is not edited: settle it anew"))
            elif row[1] in known and row[0] < stands[0]:
                found.earlier.append((row[0], *stands[1:]))
        elif unknown := _unknown(raw, row, name):
            what = f"there is no note '{unknown}'"
            found.refused.append(Problem(file, number, what, "collect it in the study that it is from"))
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
    now = {str(note): note_hash(str(text)) for note, text in raw.notes["text"].items()}
    pairs = {pair for _, row in rows for pair in _notes_of(row, name)}
    fitting = [note for note, digest in pairs if note in now and digest in ("", now[note])]
    if 2 * len(fitting) < len(pairs):
        what = f"it seems to be another study's: {len(fitting)} of its {len(pairs)} notes have a text of this"
        yield Problem(file, None, what, "collect it in its own study")


def _ahead(new: list[tuple[int, Row]], dated: dict[str, str], file: str) -> Iterator[Problem]:
    ahead = [row[0] for _, row in new if dated[row[1]] < row[0]]
    if ahead:
        what = f"a clock was ahead: {len(ahead)} entries are dated after now"
        yield Problem(file, None, what, "they are taken in the order made, dated now")


def is_in_coded(path: Path, root: Path) -> bool:
    """Whether a file lies among the study's own logs and ledgers, as a sync program's second copy does."""
    return path.resolve().parent == (root / CODED).resolve()
