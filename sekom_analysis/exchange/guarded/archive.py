"""ZIP archives of strangers: entries are read into memory within limits, never unpacked onto the disk."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

from sekom_analysis.exchange.guarded.limits import (
    LIMITS,
    SAVE_AGAIN,
    Limits,
    megabytes,
    opened,
    refusal,
    refusal_of,
    shown_name,
)
from sekom_analysis.problems import Problem

_BLOCK = 1 << 20
_SMALLER = "take it apart into several files; if it should be small, ask whoever sent it what it is"
_ENTRY_MARK = b"PK\x01\x02"
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the other two ways cannot be undone bit by bit
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    RuntimeError,  # NotImplementedError too: a kind of archive that Python cannot read
)


class Archive:
    """An opened ZIP archive whose entries can be read, never unpacked; made by `open_archive`."""

    def __init__(self, file: IO[bytes], name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self._file = file
        self._zip = _unpacker(file, name, limits)
        self._read = 0
        problems = list(_entry_problems(self._zip.infolist(), name))
        if problems:
            raise refusal_of(problems)
        # Not `is_dir()`: before Python 3.12 it fails on an entry without a name, which damage can make.
        entries = [entry for entry in self._zip.infolist() if not entry.filename.endswith("/")]
        self._entries = {entry.filename: entry for entry in entries}

    @property
    def names(self) -> list[str]:
        """Names of the files in it, in their order, with ``/`` between folders."""
        return list(self._entries)

    def stamp(self, name: str) -> tuple[int, int, int, int, int, int]:
        """Return when a file was put into the archive, as it says: year, month, day, hour, minute, second."""
        return self._entries[name].date_time

    def read(self, name: str) -> bytes:
        """Return one file of the archive.

        Raises
        ------
        ExchangeError
            If it is not there, damaged, or larger than the limits allow.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise refusal(self.name, f"there is no '{name}' in it", SAVE_AGAIN)
        excess = self._excess(entry)
        if excess:
            raise refusal(self.name, f"'{name}' in it {excess}", _SMALLER)
        self._read += entry.file_size
        try:
            with self._zip.open(entry) as file:
                # with a size, else all is unpacked that there is and only then cut off
                return file.read(entry.file_size + 1)
        except _BROKEN as error:
            raise refusal(self.name, f"'{name}' in it is damaged ({error})", SAVE_AGAIN) from None

    def check_all(self) -> None:
        """Refuse the archive if its files together are too large for another program to read.

        Raises
        ------
        ExchangeError
            If one of them, or all together, are larger than the limits allow.
        """
        problems = [
            Problem(self.name, None, f"'{name}' in it {excess}", _SMALLER)
            for name, entry in self._entries.items()
            if (excess := self._excess(entry))
        ]
        total = sum(entry.file_size for entry in self._entries.values())
        if total > self.limits.total_bytes:
            most = megabytes(self.limits.total_bytes)
            what = f"unpacked it would be {megabytes(total)}, and {most} are read"
            problems.append(Problem(self.name, None, what, "leave pictures and the like out of it"))
        if problems:
            raise refusal_of(problems)

    def _excess(self, entry: zipfile.ZipInfo) -> str:
        size, limits = entry.file_size, self.limits
        if size > limits.entry_bytes:
            return f"is {megabytes(size)}, and {megabytes(limits.entry_bytes)} are read"
        if self._read + size > limits.total_bytes:
            return f"is beyond the {megabytes(limits.total_bytes)} that are read of one file"
        if size > limits.free_bytes and size > limits.ratio * max(entry.compress_size, 1):
            return f"is packed more than {limits.ratio} times over, as only a file meant to do harm is"
        return ""

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_archive(path: Path | bytes, limits: Limits = LIMITS, name: str = "") -> Archive:
    """Open a ZIP archive, if it is one that can do no harm.

    Parameters
    ----------
    path : the file, or what it holds
    limits : what is taken into memory at most
    name : what to call it in messages; a file's own name, if empty

    Returns
    -------
    Archive
        Its ``names``, and ``read(name)``; close it, or use it in a ``with``.

    Raises
    ------
    ExchangeError
        If it is no whole ZIP archive, or some entry has a name that leads out
        of it, stands there twice, is locked by a password, is a link, or is
        packed in a way that cannot be unpacked within limits; lists them all.

    Examples
    --------
    >>> buffer = io.BytesIO()
    >>> with zipfile.ZipFile(buffer, "w") as made:
    ...     made.writestr("sources/a.txt", "en lapp")
    >>> with open_archive(buffer.getvalue(), name="a.qdpx") as archive:
    ...     archive.names, archive.read("sources/a.txt")
    (['sources/a.txt'], b'en lapp')
    """
    if isinstance(path, bytes):
        return Archive(io.BytesIO(path), name or "the archive", limits)
    file = opened(path)
    try:
        return Archive(file, name or path.name, limits)
    except BaseException:
        file.close()
        raise


def _unpacker(file: IO[bytes], name: str, limits: Limits) -> zipfile.ZipFile:
    # Counted before `zipfile` makes an object of each: a directory of millions is an attack of its own.
    if _count(file, _ENTRY_MARK) > limits.entries:
        raise refusal(name, f"it holds more than {limits.entries:,} files", "take them apart")
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except _BROKEN as error:
        raise refusal(name, f"it is damaged or no archive ({error})", SAVE_AGAIN) from None


def _count(file: IO[bytes], mark: bytes) -> int:
    found, rest = 0, b""
    while block := file.read(_BLOCK):
        block = rest + block
        found += block.count(mark)
        rest = block[-len(mark) + 1 :]
    return found


def _entry_problems(entries: list[zipfile.ZipInfo], file: str) -> Iterator[Problem]:
    for name, times in Counter(entry.filename for entry in entries).items():
        if times > 1:
            yield Problem(file, None, f"'{shown_name(name)}' stands in it {times} times", SAVE_AGAIN)
    for entry in entries:
        fault = _fault(entry)
        if fault:
            todo = "nothing of it was unpacked; ask whoever sent it what it is"
            yield Problem(file, None, f"its entry '{shown_name(entry.orig_filename)}' {fault}", todo)


def _fault(entry: zipfile.ZipInfo) -> str:
    name = entry.orig_filename.replace("\\", "/")
    parts = name.split("/")
    if not name or "\0" in name or name.startswith("/") or re.match("[A-Za-z]:", name):
        return "has a name that no file inside an archive can have"
    if ".." in parts:
        return "has a name that leads out of the archive"
    if entry.flag_bits & 0x1:
        return "is locked by a password"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link to another file"
    if entry.compress_type not in _PLAIN:
        return "is packed in an unusual way"
    return ""
