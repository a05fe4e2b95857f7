"""Files that are whole or not there, on the disk when it is said that they are; what copies are called."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import sys
import unicodedata
from collections.abc import Collection
from contextlib import suppress
from itertools import count
from pathlib import Path

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


def write_whole(path: Path, data: bytes) -> None:
    """Put a whole file in its place at once: a crash leaves the old one or the new one, never half.

    Raises
    ------
    OSError
        If it cannot be written; a file that was there stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            sync(file.fileno())
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    sync_folder(path.parent)


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
        finally:
            os.close(handle)
