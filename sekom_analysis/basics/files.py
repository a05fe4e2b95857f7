"""Files that are whole or not there, on the disk when it is said that they are; what copies are called."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shlex
import shutil
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO, TypeVar

from sekom_analysis.basics.errors import NotSavedError
from sekom_analysis.basics.wording import Phrase

T = TypeVar("T")

HELD_SECONDS, HELD_PAUSE = 2.0, 0.05  # how long a file that another program holds is tried, how often
LOCK_SECONDS, LOCK_PAUSE = 30, 0.005
DRAFTS = 20  # of a file that others write at the same moment
_BLOCK = 1 << 20
_NOT_OFFERED = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}  # what a network drive says to what it cannot do
_HELD = {5, 32, 33}  # what Windows calls a file that another program holds: access, sharing, lock violation
_DATA = "data"
_STUDY = Path("raw/study.yaml")  # in a study's folder of data
_DRAFT_FOLDER = ".new-study-"
_SHORT = 40  # signs of a name in that of its draft, which must not be too long where the name is not
_BEGUN = ".begun.json"
# What mail programs, file managers and sync programs put before or after the name of a second copy.
_BEFORE = re.compile(r"^(?:copy(?: \(\d+\))? of|kopia(?: \(\d+\))? (?:av|från)) +", re.IGNORECASE)
_ENDING = re.compile(r"(?:\.(?:csv|xlsx|xlsm|yaml|yml|txt|bak|old|orig|tmp)|~)+$", re.IGNORECASE)
_AFTER = re.compile(
    r"(?:[ ._-]*\([^()]*\)"  # (1), (Annas dator:s i konflikt kopia …), (conflicted copy …)
    r"|[ ._-]*\[[^][]*(?:conflict|konflikt)[^][]*\]"
    r"| *[-–] *(?:copy|kopia)\b.*"
    r"|[ ._-]+(?:copy|kopia|säkerhetskopia|backup|conflict|conflicted|konflikt|conf|sync-conflict)\b.*"
    r"|[ ._-]+conflict(?:ed)?[ _-].*)$",
    re.IGNORECASE,
)
# These may belong to a name: a number after a space, and after a hyphen what OneDrive calls a computer.
_NUMBER = re.compile(r" \d{1,3}$")
_COMPUTER = re.compile(
    r"-(?:[A-Z0-9][A-Z0-9-]{3,}"
    r"|(?:.*[ '’.-])?(?:MacBook|iMac|Mac|MBP|PC|iPad|iPhone|Surface|[Dd]ator|[Ll]aptop|[Dd]esktop)\b.*)$"
)


def original_name(name: str, known: Collection[str]) -> str:
    """Return what a file was called, without ending and in small letters, before somebody made a second copy.

    Parameters
    ----------
    name : the file's name
    known : names, in small letters, that stay as they are, and before which a number or a computer's
        name is understood as a copy's too

    Examples
    --------
    >>> names = ("anna-DESKTOP-7K3Q.csv", "anna 2.csv", "Kopia av anna - Kopia (2).csv", "anna.csv.bak")
    >>> [original_name(name, ["anna"]) for name in names]
    ['anna', 'anna', 'anna', 'anna']
    >>> original_name("bo 2.csv", ["anna"]), original_name("anna-kopia.csv", ["anna", "anna-kopia"])
    ('bo 2', 'anna-kopia')
    """
    plain = _ENDING.sub("", unicodedata.normalize("NFC", name))
    while plain.casefold() not in known:
        shorter = _ENDING.sub("", _AFTER.sub("", _BEFORE.sub("", plain)).strip())
        if shorter == plain or not shorter:
            break
        plain = shorter
    for pattern in (_NUMBER, _COMPUTER):
        shorter = pattern.sub("", plain)
        if plain.casefold() not in known and shorter not in ("", plain):
            found = original_name(shorter, known)
            plain = found if found in known else plain
    return plain.casefold()


def in_a_command(path: str) -> str:
    """Return a path as it is typed after a command, in any shell where its signs allow that.

    Examples
    --------
    >>> in_a_command("data/coded/anna (1).csv"), in_a_command("anna.csv")
    ('"data/coded/anna (1).csv"', '"anna.csv"')
    """
    return shlex.quote(path) if any(sign in path for sign in '"$`!\\') else f'"{path}"'


def as_typed(path: str | Path) -> str:
    """Return a path as `in_a_command` does, but as it is where it needs no quotes.

    Examples
    --------
    >>> as_typed("data/coded/anna (1).csv"), as_typed("anna.csv")
    ('"data/coded/anna (1).csv"', 'anna.csv')
    """
    return in_a_command(str(path)) if re.search(r"[^\w./\\:+-]", str(path)) else str(path)


def seen_from_here(path: Path) -> Path:
    """Return a path as it is typed here, where that is shorter."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve())
    except (ValueError, OSError):
        return path


def data_folder_of(path: Path) -> Path | None:
    """Return the folder of a study's data that a path is in, by any name or link; None if it is in none."""
    places = dict.fromkeys([path.absolute(), path.resolve(), path.parent.resolve() / path.name])
    folders = (folder for place in places for folder in (place, *place.parents))
    return next((folder for folder in folders if (folder / _STUDY).is_file()), None)


def check_outside(path: Path) -> Path:
    """Return a path that a person named for a file, or a folder, of ours; refuse it among a study's data.

    The one guard of everything that is written where somebody says: logs, ledgers, notes and codebook
    are never written over, and nothing is laid between them that would be taken for one.

    Raises
    ------
    NotSavedError
        If it is in a study's folder of data, also through links, ``..`` or other capitals.
    """
    folder = data_folder_of(path)
    if folder is None:
        return path
    msg = (
        f"'{path}' is in {folder}, where a study keeps its notes, codebook, logs and ledgers, and nothing "
        f"else is written there. Nothing was saved. Choose another place, such as: "
        f"{folder.parent / (path.name or 'out')}"
    )
    raise NotSavedError(msg)


def check_new(path: Path) -> Path:
    """Return a path that a person named, if it is outside a study's data and nothing is there yet.

    Raises
    ------
    NotSavedError
        If something is there: it may be somebody's work, a log to collect, or what the command reads.
    """
    if check_outside(path).exists() or path.is_symlink():
        free = next(_beside(path, number) for number in count(2) if not _beside(path, number).exists())
        msg = (
            f"'{path}' is there already; somebody may have gone on with it. Nothing was saved. "
            f"Move it away, or choose another name, such as: {free}"
        )
        raise NotSavedError(msg)
    return path


def _beside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem} ({number}){path.suffix}")


# --- files that other programs hold: Excel, Word, a sync program, an antivirus ------------------------


def is_held(error: BaseException) -> bool:
    """Whether another program holds the file, so that it may be had in a moment."""
    if isinstance(error, OSError) and error.errno == errno.EBUSY:
        return True
    return getattr(error, "winerror", None) in _HELD


def patiently(act: Callable[[], T]) -> T:
    """Do what needs a file; where another program holds it, try again for two seconds.

    Raises
    ------
    OSError
        If it is held all that time, or cannot be done for another reason.
    """
    end = time.monotonic() + HELD_SECONDS
    while True:
        try:
            return act()
        except OSError as error:
            if not is_held(error) or time.monotonic() > end:
                raise
        time.sleep(HELD_PAUSE)


def reason_of(error: BaseException) -> str:
    """Return why a file cannot be had, for a message."""
    if is_held(error):
        return Phrase("file_held")
    return getattr(error, "strerror", None) or str(error)


@contextmanager
def locked(lock: Path, what: str) -> Iterator[None]:
    """Hold a lock while something is written, so that one program at a time writes it.

    Parameters
    ----------
    lock : the lock's file, never what is written: on Windows that would shut readers out
    what : what is written, for the message

    Raises
    ------
    NotSavedError
        If another program holds the lock for half a minute, or the folder takes no lock.
    """
    from filelock import FileLock, Timeout

    held = FileLock(str(lock), timeout=LOCK_SECONDS)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held.acquire(poll_interval=LOCK_PAUSE)
    except Timeout:
        msg = (
            f"{what}: another program has been writing for {LOCK_SECONDS} seconds. "
            f"Nothing was saved. Close it (a second notebook perhaps) and try again."
        )
        raise NotSavedError(msg) from None
    except (OSError, NotImplementedError) as error:
        msg = (
            f"{what}: the study's folder cannot be written to ({reason_of(error)}). "
            f"Nothing was saved. Check that it is not read-only, or copy the study to where you may write."
        )
        raise NotSavedError(msg) from error
    try:
        yield
    finally:
        held.release()


def write_whole(path: Path, data: bytes) -> None:
    """Put a whole file in its place at once: a crash leaves the old one or the new one, never half.

    What a program that was killed left of an earlier attempt is taken away.

    Raises
    ------
    OSError
        If it cannot be written; a file that was there stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_left_drafts(path)
    for _ in range(DRAFTS):
        if _is_written(path, data):
            sync_folder(path.parent)
            return
    _write_draft(path, data)  # says what is the matter


def _is_written(path: Path, data: bytes) -> bool:
    """Whether a file got its place, and no other program took its draft for one that was left."""
    try:
        _write_draft(path, data)
    except FileNotFoundError:
        path.parent.stat()
        return False
    return True


def _write_draft(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name[:_SHORT]}.{secrets.token_hex(4)}.draft")
    try:
        with patiently(lambda: draft.open("xb")) as file:
            _hold(file.fileno())
            file.write(data)
            file.flush()
            sync(file.fileno())
        patiently(lambda: draft.replace(path))
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _remove_left_drafts(path: Path) -> None:
    """Take away drafts of a file that nobody is writing any more."""
    is_draft = re.compile(rf"\.{re.escape(path.name[:_SHORT])}\.[0-9a-f]{{8}}\.draft")
    for left in path.parent.glob(".*.draft"):
        if is_draft.fullmatch(left.name):
            with suppress(OSError), left.open("r+b") as file:  # Windows refuses to delete what is open
                if os.name != "posix" or _hold(file.fileno()):
                    file.close()
                    left.unlink()


def _hold(handle: int) -> bool:
    """Mark an open draft as being written, or say that another program does so; Windows does it itself."""
    if os.name != "posix":
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def draft_folder(beside: Path) -> Iterator[Path]:
    """Make a hidden folder to fill before it gets its name; what is left of it goes, whatever happens."""
    made, lock = _claimed_folder(beside)
    try:
        with lock:
            (made / "draft").mkdir()
            yield made / "draft"
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _claimed_folder(beside: Path) -> tuple[Path, BinaryIO]:
    """Make a folder with a lock that is held; one that another program took for left is made anew."""
    while True:
        made = Path(tempfile.mkdtemp(prefix=_DRAFT_FOLDER, dir=beside))
        with suppress(FileNotFoundError, FileExistsError):
            lock = (made / "lock").open("xb")
            if _hold(lock.fileno()) and (made / "lock").exists():
                return made, lock
            lock.close()


def remove_left_folders(beside: Path) -> None:
    """Take away what programs that were killed left of `draft_folder`."""
    for made in beside.glob(f"{_DRAFT_FOLDER}*"):
        with suppress(OSError):
            if {path.name for path in made.iterdir()} <= {"lock", "draft"}:
                _remove_left(made)


def _remove_left(made: Path) -> None:
    """Take a folder away whose lock nobody holds; the lock is held meanwhile, or made where there is none."""
    lock = made / "lock"
    with lock.open("a+b") as file:
        if not _hold(file.fileno()):
            return
        if os.name != "posix":
            file.close()
            lock.unlink()  # Windows refuses while another program has it open
        shutil.rmtree(made, ignore_errors=True)


def put_in_place(draft: Path, target: Path) -> None:
    """Give a whole folder its name: at once, or part by part into an empty folder, the data last.

    A folder in which parts are missing holds a list of what was put there, for `remove_begun`.
    """
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.rename(target)
        return
    listed = json.dumps(_hashes(draft), ensure_ascii=False, indent=1)
    write_whole(target / _BEGUN, listed.encode("utf-8"))
    for part in sorted(draft.iterdir(), key=lambda path: path.name == _DATA):
        part.rename(target / part.name)
    (target / _BEGUN).unlink()


def remove_begun(target: Path) -> None:
    """Empty a folder in which `put_in_place` was cut off, if nothing but what it put there is in it."""
    begun = target / _BEGUN
    if not begun.is_file():
        return
    if (target / _DATA).exists():  # the last part: nothing is missing
        begun.unlink()
        return
    try:
        listed = json.loads(begun.read_bytes())
    except ValueError:  # no list of ours
        return
    if all(listed.get(name) == mark for name, mark in _hashes(target).items()):
        for part in target.iterdir():
            if part != begun:
                shutil.rmtree(part) if part.is_dir() else part.unlink()
        begun.unlink()


def _hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != _BEGUN)
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def free_path(folder: Path, stem: str, ending: str, data: bytes) -> Path:
    """Return a path that no file has, or that of a file that holds the same already."""
    names = (f"{stem}{f'-{number}' if number > 1 else ''}{ending}" for number in count(1))
    paths = (folder / name for name in names)
    return next(path for path in paths if not path.exists() or path.read_bytes() == data)


def sync(handle: int) -> None:
    """Wait until the disk itself has it; a Mac's plain fsync stops at the drive's cache."""
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):  # a network drive does not know the stronger way
            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
            return
    os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the disk knows the name of a new file too; Windows has no such wait."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _NOT_OFFERED:
                raise
        finally:
            os.close(handle)


def replace_file(path: str | os.PathLike[str], data: bytes, *, in_study: bool = False) -> Path:
    """Write a file whole or not at all: beside its place first, then into it.

    Parameters
    ----------
    path : where to; among a study's data only `in_study`, as `check_outside` sees to
    data : what it is to hold
    in_study : whether it belongs there

    Raises
    ------
    NotSavedError
        If it cannot be written; a file that was there stays as it was.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> replace_file(Path(mkdtemp()) / "a.txt", b"text").read_bytes()
    b'text'
    """
    path = Path(path) if in_study else check_outside(Path(path))
    try:
        path.parent.stat()  # a misspelt folder is not made in passing
        write_whole(path, data)
    except OSError as error:
        todo = (
            "Close it there, and try again."
            if is_held(error)
            else "Allowed is a name in a folder that exists, may be written to and has room; close the file "
            "if it is open in Excel, and try again."
        )
        msg = f"'{path}' was not saved ({reason_of(error)}). {todo} What was there before is unchanged."
        raise NotSavedError(msg) from error
    return path


def file_hash(path: Path) -> str:
    """Return the SHA-256 of what a file holds, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
