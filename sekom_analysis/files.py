"""Files that are whole or not there, and on the disk when it is said that they are."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path


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
