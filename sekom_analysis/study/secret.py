"""The secret of a study: keys and orders come from it, so that what a coder is given opens nothing.

It is a file of its own, ``data/coded/.secret``, that goes wherever the study
goes and is not in anything that is handed out. It is made with the study, or
when it is first needed. What was handed out before there was one, or under
another one, is still known when it comes back. A hash of it is among the
marks, so that its loss can be told.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import NotSavedError, StudyError
from sekom_analysis.basics.files import locked, patiently, reason_of, write_whole
from sekom_analysis.basics.wording import Phrase, Problem, say
from sekom_analysis.study.decisions import WARM_UP, coder_fault
from sekom_analysis.study.log import MARKS, coder_log, events_of
from sekom_analysis.study.raw import CODED, Raw
from sekom_analysis.study.rows import utc_text

SECRET_FILE = CODED / ".secret"
OWN, FORMER, BEGUN, OLD_WARM_UP = "secret", "former", "begun", "warm-up-begun"
BROWSER = ("card", "page")  # where an event's id is made at random, and must be known again
MARK = MARKS / "secret"
_HEX = re.compile(r"[0-9a-f]{64}")
_MARK = re.compile(r"[0-9a-f]{16}")
_LONGEST = 1 << 16
Seed = int | str  # a number in orders from before there was a secret, else a text that holds the secret


class Secret(NamedTuple):
    """What the file says.

    Attributes
    ----------
    now : 64 hexadecimal digits, from which keys and orders are made
    former : those from which they were made earlier, or in another copy of the study
    begun : coders who had begun before there was a secret; they keep the order that they had
    warm_up : whether somebody had warmed up by then; the notes for that stay the same too
    """

    now: str
    former: tuple[str, ...] = ()
    begun: frozenset[str] = frozenset()
    warm_up: bool = False


def read_secret(root: Path) -> Secret | None:
    """Return a study's secret; None if there is none yet.

    What is in copies beside the file, as programs that synchronize folders
    leave them, is read as former secrets.

    Parameters
    ----------
    root : the study's folder

    Raises
    ------
    StudyError
        If there is a file, and no secret can be read from it.
    """
    own, problems = _parts(root / SECRET_FILE)
    copies = [parts for path in secret_copies(root) if (parts := _parts(path)[0])]
    if own is None and problems:
        said = problems[0]
        msg = f"{SECRET_FILE.as_posix()}: {said.what}: {said.todo}. Nothing was given out or saved."
        raise StudyError(msg)
    found = [parts for parts in (own, *copies) if parts is not None]
    if not found:
        return None
    first = found[0]
    every = dict.fromkeys(secret for parts in found for secret in (parts.now, *parts.former))
    former = tuple(secret for secret in every if secret != first.now)
    begun = frozenset(coder for parts in found for coder in parts.begun)
    return Secret(first.now, former, begun, any(parts.warm_up for parts in found))


def secret_of(root: Path) -> Secret:
    """Return a study's secret; make one if there is none.

    Raises
    ------
    NotSavedError
        If there is none, and none can be made.
    StudyError
        If there is a file, and no secret can be read from it.
    """
    found = read_secret(root)
    if found is not None and (root / SECRET_FILE).exists():
        _leave_mark(root, found)
        return found
    try:
        with locked(root / ".sekom" / "secret.lock", SECRET_FILE.as_posix()):
            make_secret(root)
    except (OSError, NotSavedError) as error:
        said = f" ({reason_of(error)}). Nothing was saved." if isinstance(error, OSError) else f". {error}"
        msg = (
            f"{SECRET_FILE.as_posix()}: the study's secret cannot be saved, and without it no page, sheet or "
            f"card can be given out{said}"
        )
        raise NotSavedError(msg) from error
    return _there(root)


def _there(root: Path) -> Secret:
    found = read_secret(root)
    if found is None:
        msg = f"{SECRET_FILE.as_posix()}: it was written and is not there. Nothing was given out or saved."
        raise NotSavedError(msg)
    return found


def _leave_mark(root: Path, secret: Secret) -> None:
    """Note that there is this secret; a disk that takes no mark has it all the same."""
    if _hash(secret.now) in _marked(root):
        return
    with suppress(OSError):
        (root / MARKS).mkdir(parents=True, exist_ok=True)
        with (root / MARK).open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{_hash(secret.now)}\n")


def _marked(root: Path) -> set[str]:
    """Return the hashes of the secrets that the study has had; none where it is not known."""
    try:
        words = (root / MARK).read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return set()
    return {word for word in words if _MARK.fullmatch(word)}


def _hash(secret: str) -> str:
    return hashlib.sha256(f"mark {secret}".encode()).hexdigest()[:16]


def make_secret(root: Path) -> None:
    """Make a study's secret, unless there is one; only one at a time may do so.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    path = root / SECRET_FILE
    if path.exists():
        return
    beside = next((data for copy in secret_copies(root) if (data := copy.read_bytes())), b"")
    write_whole(path, beside or _text(root).encode("utf-8"))
    if (made := read_secret(root)) is not None:
        _leave_mark(root, made)


def _text(root: Path) -> str:
    """Return what a new file holds: what it is, the secret, and who had begun before there was one.

    Where there was one, and it is lost, nobody had: an order from the study's own seed can be guessed.
    """
    begun, warmed_up = ([], False) if _marked(root) else _begun(root)
    lines = [f"# {say('secret_file', lang)}" for lang in ("sv", "en")]
    lines.append(f"{OWN} {secrets.token_hex(32)} {utc_text(datetime.now(UTC))}")
    lines += [f"{BEGUN} {' '.join(begun)}"] if begun else []
    lines += [OLD_WARM_UP] if warmed_up else []
    return "".join(f"{line}\n" for line in lines)


def _begun(root: Path) -> tuple[list[str], bool]:
    """Return who has a log with anything in it, and whether anybody has warmed up."""
    coders = sorted(path.stem for path in (root / CODED).glob("*.csv") if not coder_fault(path.stem))
    begun, warmed_up = [], False
    for coder in coders:
        rows, problems = coder_log(root, coder).read()
        begun += [coder] if rows or problems else []
        warmed_up |= any(event.pass_ == str(WARM_UP) for _, event in events_of(rows))
    return begun, warmed_up


def secret_copies(root: Path) -> list[Path]:
    """Return the copies of the secret beside it, whatever a program has called them."""
    folder = root / CODED
    found = folder.iterdir() if folder.is_dir() else []
    return sorted(path for path in found if path.name != SECRET_FILE.name and is_secret(path))


def is_secret(path: Path) -> bool:
    """Whether a file is a secret, or a copy of one, by its name and by what it holds."""
    name = path.name.lower()
    is_named = SECRET_FILE.name in name and path.suffix.lower() != ".draft"
    return is_named and path.is_file() and _parts(path)[0] is not None


def secret_problems(root: Path) -> list[Problem]:
    """List what of the secret cannot be read, and that one is lost; having none yet is not a problem."""
    if problems := _parts(root / SECRET_FILE)[1]:
        return problems
    found = read_secret(root)
    there = {_hash(secret) for secret in (found.now, *found.former)} if found is not None else set()
    return [] if _marked(root) <= there else [Problem.of(SECRET_FILE.name, None, "secret_lost")]


def _parts(path: Path) -> tuple[Secret | None, list[Problem]]:
    """Read one file; None where there is none, or no secret in it."""
    try:
        with patiently(lambda: path.open("rb")) as file:
            text = file.read(_LONGEST).decode("utf-8-sig", "replace")
    except FileNotFoundError:
        return None, []
    except OSError as error:
        return None, [Problem.of(path.name, None, "secret_unreadable", reason=reason_of(error))]
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, words) for number, words in lines if words and not words[0].startswith("#")]
    problems = [_odd(path.name, number, words) for number, words in lines if not _is_sound(words)]
    said = [words for _, words in lines if _is_sound(words)]
    now = [words[1] for words in said if words[0] == OWN]
    if not now:
        return None, [Problem.of(path.name, None, "secret_unreadable", reason=Phrase("problem_secret_none"))]
    former = [words[1] for words in said if words[0] == FORMER]
    begun = frozenset(coder for words in said if words[0] == BEGUN for coder in words[1:])
    warm_up = any(words[0] == OLD_WARM_UP for words in said)
    return Secret(now[0], (*now[1:], *former), begun, warm_up), problems


def _is_sound(words: list[str]) -> bool:
    if words[0] in (OWN, FORMER):
        return len(words) > 1 and _HEX.fullmatch(words[1]) is not None
    return words[0] in (BEGUN, OLD_WARM_UP)


def _odd(file: str, number: int, words: list[str]) -> Problem:
    return Problem.of(file, number, "secret_line", line=" ".join(words)[:12])


# --- the names and orders that come from it: hashes, so that they are the same every day --------------


def note_key(secret: bytes, name: str) -> str:
    """Return the name by which a card knows a note; it reveals neither id nor place without the secret.

    Examples
    --------
    >>> note_key(bytes(32), "B001") == note_key(bytes(31) + b"1", "B001")
    False
    """
    return "n" + _hidden(secret, f"note\0{name}", 10)


def old_note_key(study_id: str, name: str) -> str:
    """Return the key that a note had before there was a secret; it is read, and never given out."""
    return "n" + _digest(study_id, "note", name)[:20]


def is_note_key(text: str) -> bool:
    """Whether a text looks like the key of a note."""
    return re.fullmatch(r"n[0-9a-f]{20}", text) is not None


def masked(secret: bytes, event_id: str) -> str:
    """Return a name for an event that reveals nothing of what its id was made from.

    Examples
    --------
    >>> masked(bytes(32), "s0123")
    'x514219d3c6f9fbd9'
    """
    return "x" + _hidden(secret, f"event\0{event_id}", 8)


def _hidden(secret: bytes, text: str, n_bytes: int) -> str:
    """Return a keyed hash (RFC 7693): without the secret it can be made from no guess."""
    return hashlib.blake2b(text.encode("utf-8"), key=secret, digest_size=n_bytes).hexdigest()


def shuffled(note_ids: Iterable[str], *seed: object) -> list[str]:
    """Return the ids in an order that is random to the eye and the same every time.

    Examples
    --------
    >>> shuffled(["B001", "B002", "B003", "B004"], 2016, "anna")
    ['B002', 'B001', 'B003', 'B004']
    """
    return sorted(note_ids, key=lambda note_id: (_digest(*seed, note_id), note_id))


def _digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(str(part) for part in parts).encode("utf-8")).hexdigest()


def warm_up_notes(
    note_ids: Iterable[str], seed: Seed, n_notes: int, begun: Collection[str] = ()
) -> list[str]:
    """Return the notes on which all coders of a study warm up, in an order that all share.

    Parameters
    ----------
    note_ids : ids of the N notes
    seed : what the choice comes from, as `Desk.warm_up_seed`
    n_notes : how many are wanted
    begun : notes on which the coder has warmed up already; they stay, whatever notes came later
    """
    order = shuffled(note_ids, seed, "warm-up")
    chosen = _with_begun(order, n_notes, begun)
    return [n for n in order if n in chosen]


def first_time_notes(note_ids: Iterable[str], seed: Seed, coder: str, met: Collection[str] = ()) -> list[str]:
    """Return all notes in the coder's own order.

    Parameters
    ----------
    note_ids : ids of the N notes
    seed : what the coder's orders come from, as `Desk.seed`
    coder : the coder's id
    met : notes of the warm-up; they come last, when what was said of them has faded
    """
    order = shuffled(note_ids, seed, coder)
    return [*(n for n in order if n not in met), *(n for n in order if n in met)]


def second_time_notes(
    coded: Iterable[str], seed: Seed, coder: str, n_notes: int, begun: Collection[str] = ()
) -> list[str]:
    """Return the notes to be coded a second time, in an order other than the first.

    Parameters
    ----------
    coded : notes that the coder has decided on
    seed : what the coder's orders come from, as `Desk.seed`
    coder : the coder's id
    n_notes : how many are wanted
    begun : notes already met a second time; they stay among the chosen
    """
    order = shuffled(coded, seed, coder, "again")
    return shuffled(_with_begun(order, n_notes, begun), seed, coder, "again", "order")


def _with_begun(order: Sequence[str], n_notes: int, begun: Collection[str]) -> set[str]:
    """Return the first notes of an order, those that were begun before any others."""
    return set(sorted(order, key=lambda note_id: note_id not in begun)[:n_notes])


# --- the keys of one study ----------------------------------------------------------------------------


class Keys:
    """The names by which cards, pages and sheets know the notes of a study, and what orders come from.

    A key that is given out comes from the secret as it is now. One that comes
    back may come from an earlier secret, or from a time before there was one.

    Parameters
    ----------
    raw : the study
    """

    def __init__(self, raw: Raw) -> None:
        self._root, self._study_id, self._seed = raw.root, raw.about.id, raw.about.seed
        self._notes: pd.DataFrame = raw.notes
        self._seen = raw.seen
        self._read: tuple[object, Secret] | None = None
        self._marks: object = None
        self._met: dict[str, None] = {}  # secrets, of which some may have been replaced since
        self._known: dict[str, dict[str, str]] = {}  # secret, or nothing for the time before -> key -> note
        self._now: tuple[str, dict[str, str]] = ("", {})
        self._texts: dict[str, str | None] | None = None

    @property
    def secret(self) -> Secret:
        """The study's secret as it is on the disk now; made if there is none."""
        mark = _mark(self._root / SECRET_FILE)
        if self._read is None or mark is None or self._read[0] != mark:
            found = secret_of(self._root)
            self._read = (_mark(self._root / SECRET_FILE), found)
            self._met |= dict.fromkeys((found.now, *found.former))
        return self._read[1]

    @property
    def notes(self) -> Mapping[str, str]:
        """Every note's key as it is given out now, by note_id."""
        secret = self.secret.now
        if self._now[0] != secret:
            name = self.namer()
            self._now = (secret, {note_id: name(note_id) for note_id in map(str, self._notes.index)})
        return self._now[1]

    def namer(self) -> Callable[[str], str]:
        """Return what gives anything its key, always from the same secret."""
        secret = bytes.fromhex(self.secret.now)
        return lambda name: note_key(secret, name)

    def names(self, name: str) -> Iterator[str]:
        """Yield every key under which something may come back."""
        yield self.namer()(name)
        yield from (self._name_in(secret, name) for secret in self._secrets())

    def note_of(self, key: str) -> str | None:
        """Return the note of a key, be it given out now or earlier; None if it is that of none."""
        for known in self._known.values():
            if key in known:
                return known[key]
        fresh = [secret for secret in self._secrets() if secret not in self._known]
        return next((note for secret in fresh if (note := self._notes_by_key(secret).get(key))), None)

    def note_with(self, text_hash: str) -> str | None:
        """Return the only note whose text, with or without context, has this hash; None if several have."""
        if self._texts is None:
            self._texts = {}
            for note_id, found in {*self._seen.hashes.items(), *self._seen.text_hashes.items()}:
                self._texts[found] = None if found in self._texts else note_id
        return self._texts.get(text_hash)

    def shown_id(self, event_id: str, via: str) -> str:
        """Return the id under which a page or sheet names an event; it reveals nothing of the note.

        Ids made elsewhere than in a browser may come from the note's id and a file that the coder has.
        """
        return event_id if via in BROWSER else masked(bytes.fromhex(self.secret.now), event_id)

    def shown_ids(self, event_ids: Iterable[str]) -> dict[str, str]:
        """Return events' ids by every name under which a page or sheet may have named them."""
        secrets_ = [bytes.fromhex(secret) for secret in self._secrets() if secret]
        ids = list(event_ids)
        return {masked(secret, one): one for secret in secrets_ for one in ids} | {one: one for one in ids}

    def seed_of(self, coder: str) -> Seed:
        """Return what a coder's orders come from: what they came from when the coder began."""
        return self._seed if coder in self.secret.begun else self.seed

    @property
    def seed(self) -> Seed:
        """What all other orders come from."""
        return f"{self.secret.now} {self._seed}"

    @property
    def warm_up_seed(self) -> Seed:
        """What the choice of notes to warm up on comes from."""
        return self._seed if self.secret.warm_up else self.seed

    def _secrets(self) -> Iterable[str]:
        """Return the secrets met so far or to be read now, and nothing for the time before there was one."""
        mark = tuple(map(_mark, [self._root / SECRET_FILE, *secret_copies(self._root)]))
        if mark != self._marks and (found := read_secret(self._root)) is not None:
            self._met |= dict.fromkeys((found.now, *found.former))
        self._marks = mark
        return [*self._met, ""]

    def _name_in(self, secret: str, name: str) -> str:
        return note_key(bytes.fromhex(secret), name) if secret else old_note_key(self._study_id, name)

    def _notes_by_key(self, secret: str) -> Mapping[str, str]:
        if secret not in self._known:
            is_now = bool(secret) and self._now[0] == secret
            ids = list(map(str, self._notes.index))
            keys = self._now[1].values() if is_now else (self._name_in(secret, note_id) for note_id in ids)
            self._known[secret] = dict(zip(keys, ids, strict=True))
        return self._known[secret]


def _mark(path: Path) -> object:
    """Return what is another whenever a file is; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
